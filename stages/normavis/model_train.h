/* model_train.h - a classifier from labelled texts: logistic regression by liblinear.
 *
 * A text with the label false has no part that deserves it: each of its windows
 * (classifier.h) is an example. One with the label true is one example as a whole. Both
 * labels weigh the same in all. The cost (liblinear's C) is the one of MODEL_COSTS with the
 * least log loss in a cross-validation on at most MODEL_SAMPLE examples of the training's own.
 * The same data, settings and machine give the same bytes: the solver has no chance in it,
 * and folds and sample go by hash. Another BLAS may round otherwise, and move a weight by one.
 * Source: R.-E. Fan et al., LIBLINEAR: A Library for Large Linear Classification (2008)
 */
#ifndef MODEL_TRAIN_H
#define MODEL_TRAIN_H

#include "model_data.h"
#include "progress.h"

#define MODEL_BITS_DEFAULT 17
#define MODEL_SAMPLE	   16000
#define MODEL_FOLDS	   3

struct model_settings {
	const char *name;
	const char *created; /* YYYY-MM-DD */
	unsigned bits;
	uint64_t seed;
};

/* Trains on the lines of MODEL_TRAIN and writes the model's file into `ret` (emptied first,
 * with a maximum of at least CLASSIFIER_BYTES_MAX). Errors: ST_ERANGE (there must be texts of
 * both labels). */
enum status model_train(struct buf *ret, const struct model_data *d,
			const struct model_settings *settings,
			struct err *err) MUST_CHECK;

#endif
