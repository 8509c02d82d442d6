/* model_eval.h - what a classifier, or a plain list of words, gets right at a threshold.
 *
 * One row a group of lines, and one for what stands before a group's first '/'. Macro-F1 is
 * the mean of the F1 of both labels; a model's is printed beside that of the larger label
 * alone (majority) and of a list of words (all texts with one of them).
 * Units: ratios in thousandths; -1 where nothing stands under the line.
 */
#ifndef MODEL_EVAL_H
#define MODEL_EVAL_H

#include "model_data.h"
#include "words.h"

struct model_row {
	char name[MODEL_GROUP_MAX + 1]; /* "": all lines */
	uint32_t lines[2];		/* by label */
	uint32_t hit[2];		/* of them, with the threshold's score or more */
	uint32_t listed[2];		/* of them, with a word of the list */
};

struct model_eval {
	uint16_t *score; /* of each line of the data; of those that are tested */
	bool *listed;
	struct model_row *row; /* by name, "" first */
	size_t rows;
	uint16_t threshold;
};

/* Scores every line that is not MODEL_TRAIN. `words` may be NULL. */
void model_eval_score(struct model_eval *ret, const struct classifier *c,
		      const struct words *words, const struct model_data *d);

/* The lowest threshold that at most `permille` of the false lines of `group` (or of what
 * begins with "group/") reach. Errors: ST_EUNKNOWN (no such line). */
enum status model_eval_threshold(const struct model_eval *e, const struct model_data *d,
				 const char *group, unsigned permille, uint16_t *ret,
				 struct err *err) MUST_CHECK;

/* Counts the rows at e->threshold. */
void model_eval_count(struct model_eval *e, const struct model_data *d);
void model_eval_release(struct model_eval *e);

/* Thousandths. `hit`: row->hit or row->listed. */
int model_eval_recall(const struct model_row *row, const uint32_t hit[2]);
int model_eval_false_rate(const struct model_row *row, const uint32_t hit[2]);
int model_eval_macro_f1(const struct model_row *row, const uint32_t hit[2]);
int model_eval_majority(const struct model_row *row);

#endif
