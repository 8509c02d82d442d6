#include "models.h"

#include <stdlib.h>

#include "alloc.h"

struct models {
	struct classifier *at[MODELS_MAX];
	size_t count;
};

struct models *models_new(void)
{
	return xcalloc(1, sizeof(struct models));
}

void models_free(struct models *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++)
		classifier_free(m->at[i]);
	free(m);
}

enum status models_add(struct models *m, const char *path, struct span bytes,
		       struct err *err)
{
	OWNED(classifier_freep) struct classifier *c = NULL;
	struct err why;

	if (classifier_load(&c, bytes, &why))
		return err_set(err, ST_ECONFIG, "%s:1:1: %s", path, why.text);
	const char *name = classifier_about(c)->name;
	if (models_find(m, name) < MODELS_MAX)
		return err_set(err, ST_ECONFIG, "%s:1:1: the model '%s' is there already",
			       path, name);
	if (m->count == MODELS_MAX)
		return err_set(err, ST_ECONFIG, "%s:1:1: more than %d models", path,
			       MODELS_MAX);
	m->at[m->count++] = TAKE(c);
	return ST_OK;
}

size_t models_find(const struct models *m, const char *name)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(classifier_about(m->at[i])->name, name) == 0)
			return i;
	return MODELS_MAX;
}

const struct classifier *const *models_all(const struct models *m, size_t *ret_count)
{
	*ret_count = m->count;
	return (const struct classifier *const *)m->at;
}
