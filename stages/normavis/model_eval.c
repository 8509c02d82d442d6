#include "model_eval.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"

void model_eval_release(struct model_eval *e)
{
	free(e->score);
	free(e->listed);
	free(e->row);
	*e = (struct model_eval){0};
}

static bool is_tested(const struct model_line *l)
{
	return l->split == MODEL_TEST || l->split == MODEL_EITHER;
}

static void on_word(void *context, uint32_t owner, size_t start, size_t end)
{
	(void)owner, (void)start, (void)end;
	*(bool *)context = true;
}

void model_eval_score(struct model_eval *ret, const struct classifier *c,
		      const struct words *words, const struct model_data *d)
{
	*ret = (struct model_eval){0};
	ret->score = xcalloc(d->count, sizeof(*ret->score));
	ret->listed = xcalloc(d->count, sizeof(*ret->listed));
	for (size_t i = 0; i < d->count; i++) {
		struct span text = model_data_text(d, i);

		if (!is_tested(&d->line[i]))
			continue;
		ret->score[i] = classifier_score(c, text);
		if (words && text.len)
			words_find(words, text, on_word, &ret->listed[i]);
	}
}

/* "a/b" is of "a/b", of "a" and of "". */
static bool is_of(const char *group, const char *name)
{
	size_t len = strlen(name);

	return len == 0 || (strncmp(group, name, len) == 0 &&
			    (group[len] == '\0' || group[len] == '/'));
}

enum status model_eval_threshold(const struct model_eval *e, const struct model_data *d,
				 const char *group, unsigned permille, uint16_t *ret,
				 struct err *err)
{
	uint64_t with[CLASSIFIER_SCORE_MAX + 1] = {0}, all = 0, above = 0;
	unsigned t = CLASSIFIER_SCORE_MAX + 1;

	for (size_t i = 0; i < d->count; i++) {
		const struct model_line *l = &d->line[i];

		if (!is_tested(l) || l->label || !is_of(d->group[l->group], group))
			continue;
		with[e->score[i]]++;
		all++;
	}
	if (all == 0)
		return err_set(err, ST_EUNKNOWN,
			       "no line of group '%s' is false and not for training",
			       group);
	while (t > 0 && (above + with[t - 1]) * 1000 <= all * permille)
		above += with[--t];
	*ret = (uint16_t)t;
	return ST_OK;
}

/* --- rows ---------------------------------------------------------------------------------- */

static struct model_row *row_named(struct model_eval *e, const char *name, size_t len)
{
	for (size_t i = 0; i < e->rows; i++)
		if (strncmp(e->row[i].name, name, len) == 0 &&
		    e->row[i].name[len] == '\0')
			return &e->row[i];
	e->row = xrealloc(e->row, (e->rows + 1) * sizeof(*e->row));
	struct model_row *r = &e->row[e->rows++];
	*r = (struct model_row){0};
	memcpy(r->name, name, len);
	return r;
}

static void add(struct model_row *r, bool label, bool hit, bool listed)
{
	r->lines[label]++;
	r->hit[label] += hit;
	r->listed[label] += listed;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct model_row *)a)->name,
		      ((const struct model_row *)b)->name);
}

void model_eval_count(struct model_eval *e, const struct model_data *d)
{
	e->rows = 0;
	for (size_t i = 0; i < d->count; i++) {
		const struct model_line *l = &d->line[i];
		const char *group = d->group[l->group];
		size_t len = strlen(group), set = strcspn(group, "/");
		bool hit = e->score[i] >= e->threshold;

		if (!is_tested(l))
			continue;
		add(row_named(e, "", 0), l->label, hit, e->listed[i]);
		if (set > 0)
			add(row_named(e, group, set), l->label, hit, e->listed[i]);
		if (set < len)
			add(row_named(e, group, len), l->label, hit, e->listed[i]);
	}
	qsort(e->row, e->rows, sizeof(*e->row), by_name);
}

static int ratio(uint64_t of, uint64_t all)
{
	return all ? (int)((of * 1000 + all / 2) / all) : -1;
}

int model_eval_recall(const struct model_row *row, const uint32_t hit[2])
{
	return ratio(hit[1], row->lines[1]);
}

int model_eval_false_rate(const struct model_row *row, const uint32_t hit[2])
{
	return ratio(hit[0], row->lines[0]);
}

/* Mean of 2*right / (2*right + wrong) for each label. */
int model_eval_macro_f1(const struct model_row *row, const uint32_t hit[2])
{
	uint64_t missed = row->lines[1] - hit[1], passed = row->lines[0] - hit[0];
	uint64_t wrong = missed + hit[0];

	if (row->lines[0] == 0 || row->lines[1] == 0)
		return -1;
	double of_true = 2.0 * (double)hit[1], of_false = 2.0 * (double)passed;
	double f1_true = of_true > 0 ? of_true / (of_true + (double)wrong) : 0;
	double f1_false = of_false > 0 ? of_false / (of_false + (double)wrong) : 0;
	return (int)((f1_true + f1_false) * 500 + 0.5);
}

int model_eval_majority(const struct model_row *row)
{
	bool larger = row->lines[1] > row->lines[0];
	uint32_t all[] = {larger ? row->lines[0] : 0, larger ? row->lines[1] : 0};

	return model_eval_macro_f1(row, all);
}
