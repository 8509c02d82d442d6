#include "model_train.h"

#include <linear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"

/* One example of the problem; liblinear wants indices from 1, ascending, -1 at the end. */
struct examples {
	struct feature_node **node;
	double *label;	/* 1: true, -1: false */
	uint64_t *hash; /* of the text it is from */
	size_t count, room;
};

struct training {
	const struct model_data *data;
	const struct model_settings *settings;
	struct examples all;
	uint32_t *bucket; /* of the example that is being made */
	size_t buckets, bucket_room;
	struct progress progress;
	uint64_t steps;
};

static const double costs[] = {0.5, 1, 2, 4, 8, 16, 32};

/* --- examples ----------------------------------------------------------------------------- */

static int by_bucket(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* What stands in t->bucket as one row: a count each, divided by the root of all. */
static struct feature_node *row_of(struct training *t)
{
	struct feature_node *row = xcalloc(t->buckets + 2, sizeof(*row));
	double each = 1 / sqrt((double)t->buckets);
	size_t count = 0;

	qsort(t->bucket, t->buckets, sizeof(*t->bucket), by_bucket);
	for (size_t i = 0; i < t->buckets; i++) {
		if (i == 0 || t->bucket[i] != t->bucket[i - 1])
			row[count++].index = (int)t->bucket[i] + 1;
		row[count - 1].value += each;
	}
	row[count++] = (struct feature_node){(1 << t->settings->bits) + 1, 1}; /* bias */
	row[count++].index = -1;
	return xrealloc(row, count * sizeof(*row));
}

static void add_example(struct examples *e, struct feature_node *row, bool label,
			uint64_t hash)
{
	if (e->count == e->room) {
		e->room = MAX(e->room * 2, 1024);
		e->node = xrealloc(e->node, e->room * sizeof(*e->node));
		e->label = xrealloc(e->label, e->room * sizeof(*e->label));
		e->hash = xrealloc(e->hash, e->room * sizeof(*e->hash));
	}
	e->node[e->count] = row;
	e->label[e->count] = label ? 1 : -1;
	e->hash[e->count++] = hash;
}

/* The example that stands in t->bucket, as often as the line weighs: the same row again. */
static void end_example(struct training *t, const struct model_line *l)
{
	if (t->buckets == 0)
		return;
	struct feature_node *row = row_of(t);

	for (unsigned i = 0; i < l->weight; i++)
		add_example(&t->all, row, l->label, l->hash);
}

/* Appends the pieces of the next block; false where no word was left. */
static bool read_block(struct training *t, struct classifier_place *place)
{
	unsigned shift = 32 - t->settings->bits;

	for (unsigned words = 0; words < CLASSIFIER_BLOCK_WORDS; words++) {
		if (t->bucket_room < t->buckets + CLASSIFIER_WORD_PIECES_MAX) {
			t->bucket_room = 2 * t->buckets + CLASSIFIER_WORD_PIECES_MAX;
			t->bucket =
				xrealloc(t->bucket, t->bucket_room * sizeof(*t->bucket));
		}
		size_t count = classifier_word(place, t->bucket + t->buckets);
		for (size_t i = 0; i < count; i++)
			t->bucket[t->buckets + i] >>= shift;
		t->buckets += count;
		if (count == 0)
			return words > 0;
	}
	return true;
}

static void add_whole(struct training *t, size_t i)
{
	struct classifier_place place = {model_data_text(t->data, i), 0};

	t->buckets = 0;
	while (read_block(t, &place))
		;
	end_example(t, &t->data->line[i]);
}

/* Windows overlap by a block: each is read from the place where its first block begins. */
static void add_windows(struct training *t, size_t i)
{
	struct classifier_place first = {model_data_text(t->data, i), 0}, place;

	for (size_t windows = 0;; windows++) {
		t->buckets = 0;
		if (!read_block(t, &first))
			return;
		place = first;
		if (!read_block(t, &place) && windows > 0)
			return;
		end_example(t, &t->data->line[i]);
	}
}

static void make_examples(struct training *t)
{
	for (size_t i = 0; i < t->data->count; i++) {
		if (t->data->line[i].split != MODEL_TRAIN)
			continue;
		if (t->data->line[i].label)
			add_whole(t, i);
		else
			add_windows(t, i);
	}
}

static void release(struct training *t)
{
	for (size_t i = 0; i < t->all.count; i++)
		if (i == 0 || t->all.node[i] != t->all.node[i - 1])
			free(t->all.node[i]);
	free(t->all.node);
	free(t->all.label);
	free(t->all.hash);
	free(t->bucket);
}

/* --- liblinear ---------------------------------------------------------------------------- */

static void be_silent(const char *text)
{
	(void)text;
}

static size_t count_true(const struct examples *e)
{
	size_t count = 0;

	for (size_t i = 0; i < e->count; i++)
		count += e->label[i] > 0;
	return count;
}

/* Weights for rows of this training: 2^bits, and the bias. */
static double *solve(const struct training *t, struct examples *e, double cost)
{
	double positive = (double)count_true(e), all = (double)e->count;
	int labels[] = {1, -1};
	double weights[] = {all / (2 * positive), all / (2 * (all - positive))};
	int n = (1 << t->settings->bits) + 1;
	struct problem problem = {
		.l = (int)e->count, .n = n, .y = e->label, .x = e->node, .bias = -1};
	struct parameter parameter = {.solver_type = L2R_LR,
				      .eps = 0.01,
				      .C = cost,
				      .nr_weight = 2,
				      .weight_label = labels,
				      .weight = weights};

	set_print_string_function(be_silent);
	assert(!check_parameter(&problem, &parameter));
	struct model *m = train(&problem, &parameter);
	double *ret = xmemdup(m->w, (size_t)n * sizeof(*ret));
	if (m->label[0] < 0) /* the label that comes first has the positive side */
		for (int i = 0; i < n; i++)
			ret[i] = -ret[i];
	free_and_destroy_model(&m);
	return ret;
}

static double margin_of(const double *w, const struct feature_node *row)
{
	double sum = 0;

	for (; row->index > 0; row++)
		sum += w[row->index - 1] * row->value;
	return sum;
}

/* --- the cost ------------------------------------------------------------------------------- */

static uint64_t mixed(const struct training *t, uint64_t hash)
{
	uint8_t key[8];

	put_le64(key, hash);
	return hash64((struct span){key, sizeof(key)}, t->settings->seed + 1);
}

/* Examples of the sample: in fold `fold`, or in all others. */
static struct examples part_of(const struct training *t, unsigned fold, bool inside)
{
	uint64_t share = MAX(1, t->all.count / MODEL_SAMPLE);
	struct examples ret = {0};

	for (size_t i = 0; i < t->all.count; i++) {
		uint64_t h = mixed(t, t->all.hash[i]);

		if (h % share == 0 && (h / share % MODEL_FOLDS == fold) == inside)
			add_example(&ret, t->all.node[i], t->all.label[i] > 0, 0);
	}
	return ret;
}

static void free_part(struct examples *e)
{
	free(e->node);
	free(e->label);
	free(e->hash);
}

/* Mean log loss, each label as a half. */
static double loss_of(const double *w, const struct examples *e)
{
	double loss[2] = {0}, count[2] = {0};

	for (size_t i = 0; i < e->count; i++) {
		bool label = e->label[i] > 0;

		loss[label] += log1p(exp(-e->label[i] * margin_of(w, e->node[i])));
		count[label]++;
	}
	return loss[0] / MAX(count[0], 1) / 2 + loss[1] / MAX(count[1], 1) / 2;
}

static bool has_both(const struct examples *e)
{
	size_t positive = count_true(e);

	return positive > 0 && positive < e->count;
}

static double fold_loss(struct training *t, unsigned fold, double cost)
{
	struct examples seen = part_of(t, fold, false), unseen = part_of(t, fold, true);
	double loss = 0;

	if (has_both(&seen)) {
		double *w = solve(t, &seen, cost);

		loss = loss_of(w, &unseen);
		free(w);
	}
	free_part(&seen);
	free_part(&unseen);
	progress_at(&t->progress, ++t->steps);
	return loss / MODEL_FOLDS;
}

static double choose_cost(struct training *t, double *ret_loss)
{
	double best = costs[0];

	*ret_loss = INFINITY;
	for (size_t i = 0; i < ARRAY_LEN(costs); i++) {
		double loss = 0;

		for (unsigned fold = 0; fold < MODEL_FOLDS; fold++)
			loss += fold_loss(t, fold, costs[i]);
		if (loss >= *ret_loss)
			break; /* the loss has one valley */
		*ret_loss = loss;
		best = costs[i];
	}
	return best;
}

/* --- the model ------------------------------------------------------------------------------- */

static void add_figure(struct classifier_about *about, const char *name, double value)
{
	struct classifier_figure *f = &about->figure[about->figures++];

	snprintf(f->name, sizeof(f->name), "%s", name);
	f->value = llround(value);
}

/* Weights of a byte each: the largest is 127. */
static int8_t *quantise(const double *w, struct classifier_about *about)
{
	size_t count = (size_t)1 << about->bits;
	int8_t *ret = xcalloc(count, 1);
	double most = 1e-9;

	for (size_t i = 0; i < count; i++)
		most = fmax(most, fabs(w[i]));
	about->scale = (int32_t)fmin(CLASSIFIER_SCALE_MAX,
				     ceil(most / INT8_MAX * CLASSIFIER_SCALE_MAX));
	for (size_t i = 0; i < count; i++)
		ret[i] = (int8_t)fmax(-127, fmin(127, lround(w[i] / about->scale *
							     CLASSIFIER_SCALE_MAX)));
	about->bias = (int32_t)fmax(
		-CLASSIFIER_BIAS_MAX,
		fmin(CLASSIFIER_BIAS_MAX, lround(w[count] * CLASSIFIER_MARGIN_ONE)));
	return ret;
}

static void describe(struct classifier_about *ret, const struct training *t, double cost,
		     double loss)
{
	const struct model_data *d = t->data;
	size_t lines[2] = {0};

	*ret = (struct classifier_about){.bits = t->settings->bits};
	snprintf(ret->name, sizeof(ret->name), "%s", t->settings->name);
	snprintf(ret->created, sizeof(ret->created), "%s", t->settings->created);
	memcpy(ret->languages, d->languages, sizeof(ret->languages));
	memcpy(ret->data, d->hash, SHA256_BYTES);
	for (size_t i = 0; i < d->count; i++)
		if (d->line[i].split == MODEL_TRAIN)
			lines[d->line[i].label]++;
	add_figure(ret, "seed", (double)t->settings->seed);
	add_figure(ret, "train-true", (double)lines[1]);
	add_figure(ret, "train-false", (double)lines[0]);
	add_figure(ret, "left-out", (double)d->left_out);
	add_figure(ret, "examples", (double)t->all.count);
	add_figure(ret, "cost-thousandths", cost * 1000);
	add_figure(ret, "log-loss-thousandths", loss * 1000);
}

enum status model_train(struct buf *ret, const struct model_data *d,
			const struct model_settings *settings, struct err *err)
{
	struct training t = {.data = d, .settings = settings};
	struct classifier_about about;
	double loss;

	make_examples(&t);
	if (!has_both(&t.all)) {
		release(&t);
		return err_set(err, ST_ERANGE,
			       "there must be texts of both labels to train on");
	}
	progress_begin(&t.progress, "train", ARRAY_LEN(costs) * MODEL_FOLDS + 1);
	double cost = choose_cost(&t, &loss);
	double *w = solve(&t, &t.all, cost);
	progress_end(&t.progress);
	describe(&about, &t, cost, loss);
	int8_t *weights = quantise(w, &about);
	classifier_store(ret, &about, weights);
	free(weights);
	free(w);
	release(&t);
	return ST_OK;
}
