/* duplicates_verb.h - what `normavis duplicates` can do: list clusters, show one. */
#ifndef DUPLICATES_VERB_H
#define DUPLICATES_VERB_H

#include "clusters.h"

struct duplicates_arguments {
	struct clusters_filter filter;
	size_t limit; /* clusters, or groups of one */
	bool json, authors;
	const char *id; /* NULL: the list */
};

/* Both return an exit code. */
int duplicates_list(const struct duplicates_arguments *arguments, struct store *store);
int duplicates_show(const struct duplicates_arguments *arguments, struct store *store);

/* Of a row, without its schema. */
struct json_t *duplicates_row_object(const struct clusters_row *row);

/* "2026-01-31" of ms UTC; room for CLOCK_TEXT_BYTES. Returns ret. */
char *duplicates_day(char *ret, int64_t ms);

/* "0.714" as "71.4 %", rounded down: only what is the same is 100 %. Room for 16. */
char *duplicates_percent(char *ret, double part);

#endif
