/* models.h - the classifiers of a rule set, by their names.
 *
 * A set may have models (rules/models/NAME.model in its pack); they are made, not shipped
 * (docs/MODELS.md). A condition that names one that is not there does not hold.
 */
#ifndef MODELS_H
#define MODELS_H

#include "classifier.h"

#define MODELS_MAX CLASSIFIER_TOGETHER_MAX

struct models;

struct models *models_new(void);
void models_free(struct models *m); /* accepts NULL */
DEFINE_OWNED(struct models, models_free)

/* Adds the model of a file; `path` names it in complaints. Errors: ST_ECONFIG. */
enum status models_add(struct models *m, const char *path, struct span bytes,
		       struct err *err) MUST_CHECK;

/* The number of a model, or MODELS_MAX where there is none. */
size_t models_find(const struct models *m, const char *name);

/* By number. */
const struct classifier *const *models_all(const struct models *m, size_t *ret_count);

#endif
