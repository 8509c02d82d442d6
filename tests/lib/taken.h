/* taken.h - a record as collect takes or refuses it, for tests of record_json.h. */
#ifndef TAKEN_H
#define TAKEN_H

#include "record_json.h"

#define TAKEN_AT 1790000000000 /* 2026-09-21T14:13:20Z */

/* A valid review without its closing brace. */
#define TAKEN_HEAD                                                                     \
	"{\"kind\":\"review\",\"source\":\"s\",\"source_id\":\"1\",\"subject\":\"p\"," \
	"\"supplier\":\"q\",\"rating\":{\"value\":4}"

struct taken {
	bool good;
	struct submission submission;
	struct refusal refusal;
	struct record record; /* borrows from the body given */
};

/* Into an empty `body`; a record that is taken parses. */
struct taken take_record(struct buf *body, struct span json, enum endpoint endpoint);

/* Appends the text `count` times. */
void taken_repeat(struct buf *out, const char *text, size_t count);

#endif
