/* model_data.h - the labelled texts that a classifier is trained on, or measured with.
 *
 * NDJSON, one object a line:
 *	{"text": "...", "label": true}
 * and, where known: "language" ("fr"), "split" ("train" or "test"), "group" (a name that
 * figures are printed for; "a/b" counts for "a" too), "weight" (1 to MODEL_WEIGHT_MAX:
 * training sees the line so many times). Other keys are refused: a misspelt one would
 * silently do nothing.
 *
 * Texts are kept folded (fold.h, match). A text for training that a text for testing equals,
 * folded, is left out of the training, and counted.
 * Bounds: INPUT_WINDOW_MAX bytes a line, MODEL_DATA_BYTES_MAX a file.
 * Errors: at file:line:column.
 */
#ifndef MODEL_DATA_H
#define MODEL_DATA_H

#include "buf.h"
#include "classifier.h"
#include "status.h"

#define MODEL_DATA_BYTES_MAX ((size_t)1 << 30)
#define MODEL_WEIGHT_MAX     100
#define MODEL_GROUP_MAX	     64
#define MODEL_GROUPS_MAX     1024

enum model_split { MODEL_EITHER, MODEL_TRAIN, MODEL_TEST, MODEL_LEFT_OUT };

struct model_line {
	size_t at, len; /* of the text in model_data.texts */
	uint64_t hash;	/* of the text */
	uint32_t group; /* of model_data.group; 0: "" */
	enum model_split split;
	uint8_t weight;
	bool label;
};

struct model_data {
	struct model_line *line;
	size_t count, room;
	struct buf texts; /* folded, one behind the other */
	char (*group)[MODEL_GROUP_MAX + 1];
	size_t groups;
	char languages[CLASSIFIER_LANGUAGES_MAX + 1]; /* sorted; "und": none was named */
	uint8_t hash[SHA256_BYTES];		      /* of the file */
	size_t left_out;
};

/* Errors: ST_ENOTFOUND, ST_EIO, ST_ETOOBIG, ST_EMALFORMED, ST_EUNKNOWN, ST_ERANGE. */
enum status model_data_read(struct model_data *ret, const char *path,
			    struct err *err) MUST_CHECK;
void model_data_release(struct model_data *d);

/* Lines that name no split become the test's, `permille` of them by the hash of text and
 * seed, or the training's; then training texts that are in the test are left out. */
void model_data_divide(struct model_data *d, unsigned permille, uint64_t seed);

static inline struct span model_data_text(const struct model_data *d, size_t i)
{
	return (struct span){d->texts.at + d->line[i].at, d->line[i].len};
}

#endif
