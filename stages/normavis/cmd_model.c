/* normavis model - trains, shows and measures the local classifier. docs/MODELS.md */
#include "cmd.h"

#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "file.h"
#include "fold.h"
#include "model_eval.h"
#include "model_train.h"

#define LIST_BYTES_MAX	  (4 << 20)
#define THRESHOLD_DEFAULT 500
#define HOLDOUT_MAX	  500 /* permille */

static const char help[] =
	"usage: normavis model train --data FILE.ndjson --name NAME --out FILE.model [OPTION]...\n"
	"       normavis model show FILE.model\n"
	"       normavis model eval --model FILE.model --data FILE.ndjson [OPTION]...\n"
	"\n"
	"The local classifier: how much a text looks like those of a kind, from 0 to 1000. It\n"
	"may have a review held or labelled, never rejected. docs/MODELS.md says what it is made\n"
	"of, and what it must not be used for.\n"
	"\n"
	"Lines of data: {\"text\": \"...\", \"label\": true, \"language\": \"fr\", \"split\": \"test\",\n"
	"\"group\": \"tweets/insult\", \"weight\": 3}; text and label are required. Training leaves\n"
	"lines with the split \"test\" alone, eval those with \"train\".\n"
	"\n"
	"train:\n"
	"  --data FILE     labelled texts, NDJSON\n"
	"  --name NAME     what rules call the model: a-z, 0-9, '-'\n"
	"  --out FILE      where the model goes\n"
	"  --buckets N     weights, a power of two from 256 to 262144 (default: 131072)\n"
	"  --holdout F     share of the lines without a split that is kept for figures, 0 to 0.5\n"
	"                  (default: 0)\n"
	"  --seed N        another cut of the data (default: 1)\n"
	"  --created DATE  YYYY-MM-DD to stand in the file (default: today); with the same date,\n"
	"                  data and seed the file is the same, byte for byte\n"
	"eval:\n"
	"  --model FILE    the model\n"
	"  --data FILE     labelled texts, NDJSON\n"
	"  --threshold N   the score from which a text is taken for true (default: 500)\n"
	"  --at-most F     instead: the lowest score that at most this share of the false texts\n"
	"                  reaches, 0 to 1\n"
	"  --of GROUP      of this group, for --at-most (default: of all)\n"
	"  --words FILE    compare with a list of words, one a line\n"
	"all:\n"
	"  --json          print one JSON object (normavis.model/1)\n"
	"\n"
	"Example:\n"
	"  normavis model eval --model rules/models/abuse.model --data build/model/abuse.ndjson \\\n"
	"          --at-most 0.015 --of clothing\n"
	"\n"
	"Exit codes: 0 done, 64 usage, 65 data or a model that cannot be read, 74 input or output,\n"
	"78 the model was made by a newer version.\n";

struct arguments {
	const char *data, *name, *out, *buckets, *holdout, *seed, *created; /* train */
	const char *model, *threshold, *at_most, *of, *words;		    /* eval */
	bool json;
};

/* --- numbers of the command line ------------------------------------------------------------ */

static bool read_whole(const char *text, uint64_t *ret)
{
	char *end;

	*ret = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && strlen(text) < 19;
}

/* A decimal from 0 to `most` permille, exact to thousandths. */
static bool read_share(const char *text, unsigned most, unsigned *ret)
{
	char *end;
	double value = strtod(text, &end) * 1000;

	*ret = (unsigned)(value + 0.5);
	return *text >= '0' && *text <= '9' && *end == '\0' && value <= most;
}

static int read_settings(const struct arguments *a, struct model_settings *ret,
			 unsigned *ret_holdout)
{
	uint64_t buckets = (uint64_t)1 << MODEL_BITS_DEFAULT;
	int32_t day;

	if (a->buckets && !read_whole(a->buckets, &buckets))
		buckets = 0;
	*ret = (struct model_settings){.name = a->name,
				       .created = a->created,
				       .bits = CLASSIFIER_BITS_MIN,
				       .seed = 1};
	while (ret->bits < CLASSIFIER_BITS_MAX && (uint64_t)1 << ret->bits < buckets)
		ret->bits++;
	if ((uint64_t)1 << ret->bits != buckets)
		return cmd_usage(&cmd_model,
				 "--buckets %s: a power of two from 256 to 262144",
				 a->buckets);
	if (a->seed && !read_whole(a->seed, &ret->seed))
		return cmd_usage(&cmd_model, "--seed %s: a whole number", a->seed);
	if (a->holdout && !read_share(a->holdout, HOLDOUT_MAX, ret_holdout))
		return cmd_usage(&cmd_model, "--holdout %s: from 0 to 0.5", a->holdout);
	if (strlen(a->created) != 10 || !clock_parse_date(&day, span_of(a->created)))
		return cmd_usage(&cmd_model, "--created %s: a date YYYY-MM-DD",
				 a->created);
	if (strspn(a->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(a->name) ||
	    strlen(a->name) > CLASSIFIER_NAME_MAX || a->name[0] < 'a')
		return cmd_usage(
			&cmd_model,
			"--name %s: up to %d of a-z, 0-9 and '-', a letter first",
			a->name, CLASSIFIER_NAME_MAX);
	return 0;
}

/* --- show ------------------------------------------------------------------------------------ */

static enum status load(struct classifier **ret, const char *path, struct err *err)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(CLASSIFIER_BYTES_MAX);
	enum status st = file_read(&bytes, path, err);

	if (st)
		return st;
	st = classifier_load(ret, buf_view(&bytes), err);
	if (st)
		err_prefix(err, "%s", path);
	return st;
}

static json_t *about_json(const struct classifier *c)
{
	const struct classifier_about *a = classifier_about(c);
	char data[HEX_BYTES(SHA256_BYTES)], hash[HEX_BYTES(SHA256_BYTES)];
	json_t *figures = json_object();

	for (size_t i = 0; i < a->figures; i++)
		json_object_set_new(figures, a->figure[i].name,
				    json_integer(a->figure[i].value));
	return json_pack("{s:s,s:s,s:i,s:s,s:s,s:s,s:s,s:i,s:o}", "schema",
			 "normavis.model/1", "name", a->name, "version",
			 CLASSIFIER_VERSION, "languages", a->languages, "created",
			 a->created, "data", hex_format(data, a->data, SHA256_BYTES),
			 "hash", hex_format(hash, classifier_hash(c), SHA256_BYTES),
			 "buckets", 1 << a->bits, "figures", figures);
}

static void print_about(const struct classifier *c)
{
	const struct classifier_about *a = classifier_about(c);
	char hex[HEX_BYTES(SHA256_BYTES)];

	printf("name       %s\nversion    %d\nlanguages  %s\ncreated    %s\n", a->name,
	       CLASSIFIER_VERSION, a->languages, a->created);
	printf("data       %s\n", hex_format(hex, a->data, SHA256_BYTES));
	printf("hash       %s\n", hex_format(hex, classifier_hash(c), SHA256_BYTES));
	printf("buckets    %d\nfigures\n", 1 << a->bits);
	for (size_t i = 0; i < a->figures; i++)
		printf("  %-22s %" PRId64 "\n", a->figure[i].name, a->figure[i].value);
}

static void print_json(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static void show(const struct arguments *a, const struct classifier *c)
{
	if (a->json)
		print_json(about_json(c));
	else
		print_about(c);
}

static int run_show(const struct arguments *a, const char *path)
{
	OWNED(classifier_freep) struct classifier *c = NULL;
	struct err err = {""};
	enum status st = load(&c, path, &err);

	if (st)
		return cmd_failed(&cmd_model, st, &err);
	show(a, c);
	return EXIT_CODE_OK;
}

/* --- train ------------------------------------------------------------------------------------- */

static enum status train_on(const struct arguments *a, struct model_data *d,
			    const struct model_settings *settings, struct err *err)
{
	OWNED(buf_release) struct buf model = BUF_INIT(CLASSIFIER_BYTES_MAX);
	OWNED(classifier_freep) struct classifier *c = NULL;
	enum status st = model_train(&model, d, settings, err);

	if (st)
		err_prefix(err, "%s", a->data);
	if (!st)
		st = classifier_load(&c, buf_view(&model), err);
	if (!st)
		st = file_replace(a->out, buf_view(&model), 0644, err);
	if (!st)
		show(a, c);
	return st;
}

static int run_train(struct arguments *a)
{
	OWNED(model_data_release) struct model_data d = {0};
	struct model_settings settings;
	char today[CLOCK_TEXT_BYTES];
	struct err err = {""};
	unsigned holdout = 0;

	if (!a->data || !a->name || !a->out)
		return cmd_usage(&cmd_model, "train needs --data, --name and --out");
	if (!a->created)
		a->created = clock_format_date(today, (int32_t)(clock_utc_ms() / DAY_MS));
	int code = read_settings(a, &settings, &holdout);
	if (code)
		return code;
	enum status st = model_data_read(&d, a->data, &err);
	if (!st) {
		model_data_divide(&d, holdout, settings.seed);
		st = train_on(a, &d, &settings, &err);
	}
	return st ? cmd_failed(&cmd_model, st, &err) : EXIT_CODE_OK;
}

/* --- eval --------------------------------------------------------------------------------------- */

/* Entries that are no words (pictures, in some lists) are passed over, and counted. */
static enum status read_words(struct words *ret, const char *path, struct err *err)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(LIST_BYTES_MAX);
	enum status st = file_read(&bytes, path, err);
	size_t passed_over = 0;
	struct fold fold;

	if (st)
		return st;
	fold_init(&fold);
	for (size_t at = 0, end; at < bytes.len; at = end + 1) {
		const uint8_t *line_end = memchr(bytes.at + at, '\n', bytes.len - at);

		end = line_end ? (size_t)(line_end - bytes.at) : bytes.len;
		fold_text(&fold, (struct span){bytes.at + at, end - at});
		if (fold.match.len > 0)
			passed_over +=
				words_add(ret, buf_view(&fold.match), 0, NULL) != ST_OK;
	}
	fold_release(&fold);
	if (passed_over > 0)
		fprintf(stderr, "%s: %zu entries are no words\n", path, passed_over);
	return ST_OK;
}

static const char *format_ratio(char ret[8], int thousandths)
{
	if (thousandths < 0)
		snprintf(ret, 8, "-");
	else
		snprintf(ret, 8, "%d.%03d", thousandths / 1000 % 10, thousandths % 1000);
	return ret;
}

static void print_rows(const struct model_eval *e, bool words)
{
	printf("threshold %u\n%-38s %6s %6s %7s %7s %7s %7s%s\n", e->threshold, "group",
	       "true", "false", "recall", "wrongly", "macroF1", "largest",
	       words ? "   words: recall wrongly macroF1" : "");
	for (size_t i = 0; i < e->rows; i++) {
		const struct model_row *r = &e->row[i];
		char a[8], b[8], c[8], m[8];

		printf("%-38s %6u %6u %7s %7s %7s %7s", *r->name ? r->name : "(all)",
		       r->lines[1], r->lines[0],
		       format_ratio(a, model_eval_recall(r, r->hit)),
		       format_ratio(b, model_eval_false_rate(r, r->hit)),
		       format_ratio(c, model_eval_macro_f1(r, r->hit)),
		       format_ratio(m, model_eval_majority(r)));
		if (words)
			printf("          %7s %7s %7s",
			       format_ratio(a, model_eval_recall(r, r->listed)),
			       format_ratio(b, model_eval_false_rate(r, r->listed)),
			       format_ratio(c, model_eval_macro_f1(r, r->listed)));
		putchar('\n');
	}
}

/* Thousandths; what has no value is null. */
static json_t *ratio_json(int thousandths)
{
	return thousandths < 0 ? json_null() : json_integer(thousandths);
}

static json_t *row_json(const struct model_row *r, bool words)
{
	json_t *o = json_pack("{s:s,s:I,s:I,s:o,s:o,s:o,s:o}", "group", r->name, "true",
			      (json_int_t)r->lines[1], "false", (json_int_t)r->lines[0],
			      "recall", ratio_json(model_eval_recall(r, r->hit)),
			      "wrongly", ratio_json(model_eval_false_rate(r, r->hit)),
			      "macro_f1", ratio_json(model_eval_macro_f1(r, r->hit)),
			      "largest", ratio_json(model_eval_majority(r)));

	if (words)
		json_object_set_new(
			o, "words",
			json_pack("{s:o,s:o,s:o}", "recall",
				  ratio_json(model_eval_recall(r, r->listed)), "wrongly",
				  ratio_json(model_eval_false_rate(r, r->listed)),
				  "macro_f1",
				  ratio_json(model_eval_macro_f1(r, r->listed))));
	return o;
}

static void print_eval(const struct arguments *a, const struct classifier *c,
		       const struct model_eval *e)
{
	if (!a->json) {
		print_rows(e, a->words != NULL);
		return;
	}
	json_t *result = about_json(c), *rows = json_array();

	for (size_t i = 0; i < e->rows; i++)
		json_array_append_new(rows, row_json(&e->row[i], a->words != NULL));
	json_object_set_new(result, "threshold", json_integer(e->threshold));
	json_object_set_new(result, "rows", rows);
	print_json(result);
}

static enum status eval_at(const struct arguments *a, const struct classifier *c,
			   const struct words *words, unsigned threshold,
			   unsigned at_most, struct err *err)
{
	OWNED(model_data_release) struct model_data d = {0};
	OWNED(model_eval_release) struct model_eval e = {0};
	enum status st = model_data_read(&d, a->data, err);

	if (st)
		return st;
	model_eval_score(&e, c, words, &d);
	e.threshold = (uint16_t)threshold;
	if (a->at_most)
		st = model_eval_threshold(&e, &d, a->of ? a->of : "", at_most,
					  &e.threshold, err);
	if (st)
		return st;
	model_eval_count(&e, &d);
	print_eval(a, c, &e);
	return ST_OK;
}

static int run_eval(const struct arguments *a)
{
	OWNED(classifier_freep) struct classifier *c = NULL;
	OWNED(words_freep) struct words *words = words_new();
	uint64_t threshold = THRESHOLD_DEFAULT;
	struct err err = {""};
	unsigned at_most = 0;

	if (!a->data || !a->model)
		return cmd_usage(&cmd_model, "eval needs --model and --data");
	if (a->threshold &&
	    (!read_whole(a->threshold, &threshold) || threshold > CLASSIFIER_SCORE_MAX))
		return cmd_usage(&cmd_model, "--threshold %s: from 0 to 1000",
				 a->threshold);
	if (a->at_most && !read_share(a->at_most, 1000, &at_most))
		return cmd_usage(&cmd_model, "--at-most %s: from 0 to 1", a->at_most);
	enum status st = load(&c, a->model, &err);
	if (!st && a->words)
		st = read_words(words, a->words, &err);
	if (!st)
		st = eval_at(a, c, words, (unsigned)threshold, at_most, &err);
	return st ? cmd_failed(&cmd_model, st, &err) : EXIT_CODE_OK;
}

/* --- the verb ------------------------------------------------------------------------------------ */

static int run_model(int argc, char **argv)
{
	struct arguments a = {0};
	const struct cmd_option options[] = {
		{"data", &a.data, NULL},
		{"name", &a.name, NULL},
		{"out", &a.out, NULL},
		{"buckets", &a.buckets, NULL},
		{"holdout", &a.holdout, NULL},
		{"seed", &a.seed, NULL},
		{"created", &a.created, NULL},
		{"model", &a.model, NULL},
		{"threshold", &a.threshold, NULL},
		{"at-most", &a.at_most, NULL},
		{"of", &a.of, NULL},
		{"words", &a.words, NULL},
		{"json", NULL, &a.json},
		{0},
	};
	int code = cmd_options(&cmd_model, argc, argv, options, true);

	if (code)
		return code;
	argv += optind;
	argc -= optind;
	if (argc == 1 && strcmp(argv[0], "train") == 0)
		return run_train(&a);
	if (argc == 1 && strcmp(argv[0], "eval") == 0)
		return run_eval(&a);
	if (argc == 2 && strcmp(argv[0], "show") == 0)
		return run_show(&a, argv[1]);
	return cmd_usage(&cmd_model, "say train, eval or show, and what it needs");
}

const struct cmd cmd_model = {
	.name = "model",
	.summary = "train, show and measure the local classifier",
	.help = help,
	.run = run_model,
};
