/* eval_rules - what a rule set does to texts of which somebody said what they are.
 *
 *	eval_rules [--rules DIR] [--words FILE] [--profile P] [--rejected N] [--held N] FILE.ndjson...
 *
 * A line is {"text": .., "title": .., "language": .., "label": true|false, "group": ..}; only
 * the text is needed. Each becomes a review with nothing but that, so that rules about text
 * are measured alone. Printed, per file: how many a live rule rejects, holds, labels; and
 * where lines have labels, macro-F1 of "held or rejected", of the plain list --words (a word
 * a line), and of saying always the same (majority), then the same by group. --rejected and
 * --held print so many of those, with their rules, for people to look at.
 */
#include "ruleset.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "alloc.h"
#include "clock.h"
#include "file.h"
#include "fold.h"
#include "pack.h"
#include "words.h"

#define FILE_BYTES_MAX	((size_t)256 << 20)
#define LIST_BYTES_MAX	(1 << 20)
#define GROUPS_MAX	64
#define GROUP_BYTES	40
#define RECEIVED_AT	INT64_C(1767225600000) /* 2026-01-01 */
#define NAMES_BYTES_MAX 512

/* How often each was said of what has the label, and of what has not. */
struct counts {
	size_t said[2][2]; /* [label][said] */
};

struct group {
	char name[GROUP_BYTES];
	struct counts rules, words;
};

struct tally {
	size_t rows, by_action[ACTION_COUNT + 1], labelled;
	size_t bytes;
	struct group all, groups[GROUPS_MAX];
	size_t group_count;
};

static struct {
	struct ruleset *rules;
	struct words *words; /* NULL: none */
	struct fold fold;
	int show_rejected, show_held;
} self;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "eval_rules: %s: %s\n", what, why);
	exit(EXIT_CODE_UNREADABLE);
}

/* --- what is said ------------------------------------------------------------------------ */

static void found_word(void *context, uint32_t owner UNUSED, size_t start UNUSED,
		       size_t end UNUSED)
{
	*(bool *)context = true;
}

static bool list_says(const char *title, const char *text)
{
	bool found = false;

	if (!self.words)
		return false;
	fold_text(&self.fold, span_of(title));
	words_find(self.words, buf_view(&self.fold.match), found_word, &found);
	fold_text(&self.fold, span_of(text));
	words_find(self.words, buf_view(&self.fold.match), found_word, &found);
	return found;
}

static void put_text(struct buf *body, enum field field, const char *text)
{
	if (text[0])
		body_put_bytes(body, field, span_of(text));
}

static const char *text_of(const json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));

	return text ? text : "";
}

/* The severest live action, or ACTION_COUNT where there is none. */
static enum action decide(const json_t *line, struct hit *hits, size_t *ret_count)
{
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = 1,
				   .received_at = RECEIVED_AT,
				   .site = SPAN_OF("eval"),
				   .principal = SPAN_OF("eval")};
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	const struct findings none = {.has_arrivals = true};
	struct record record;
	struct err err;

	put_text(&body, FIELD_TITLE, text_of(line, "title"));
	put_text(&body, FIELD_TEXT, text_of(line, "text"));
	put_text(&body, FIELD_LANGUAGE, text_of(line, "language"));
	record_put(&bytes, &head, buf_view(&body));
	if (record_parse(&record, buf_view(&bytes), &err))
		die("record", err.text);
	*ret_count = ruleset_evaluate(self.rules, &record, &none, hits);
	for (size_t i = 0; i < *ret_count; i++)
		if (hits[i].mode == MODE_LIVE)
			return hits[i].action;
	return ACTION_COUNT;
}

/* --- counting ---------------------------------------------------------------------------- */

static struct group *group_of(struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->group_count; i++)
		if (strcmp(t->groups[i].name, name) == 0)
			return &t->groups[i];
	if (t->group_count == GROUPS_MAX)
		die(name, "too many groups");
	struct group *group = &t->groups[t->group_count++];
	snprintf(group->name, sizeof(group->name), "%s", name);
	return group;
}

static void count_label(struct tally *t, const json_t *line, bool rules, bool words)
{
	const json_t *label = json_object_get(line, "label");
	const char *name = text_of(line, "group");

	if (!json_is_boolean(label))
		return;
	bool is = json_is_true(label);
	t->labelled++;
	t->all.rules.said[is][rules]++;
	t->all.words.said[is][words]++;
	if (!name[0])
		return;
	struct group *group = group_of(t, name);
	group->rules.said[is][rules]++;
	group->words.said[is][words]++;
}

static void show(const json_t *line, enum action action, const struct hit *hits,
		 size_t count)
{
	int *left = action == ACTION_REJECT ? &self.show_rejected : &self.show_held;

	if ((action != ACTION_REJECT && action != ACTION_HOLD) || *left <= 0)
		return;
	(*left)--;
	printf("%s:", action_name(action));
	for (size_t i = 0; i < count; i++)
		if (hits[i].mode == MODE_LIVE && hits[i].action == action)
			printf(" %.*s", (int)hits[i].rule.len,
			       (const char *)hits[i].rule.at);
	printf(": %s | %s\n", text_of(line, "title"), text_of(line, "text"));
}

static void count_line(struct tally *t, const json_t *line)
{
	static struct hit hits[HITS_MAX];
	size_t count;
	enum action action = decide(line, hits, &count);
	bool blocked = action == ACTION_REJECT || action == ACTION_HOLD;

	t->rows++;
	t->bytes += strlen(text_of(line, "text")) + strlen(text_of(line, "title"));
	t->by_action[action]++;
	count_label(t, line, blocked,
		    list_says(text_of(line, "title"), text_of(line, "text")));
	show(line, action, hits, count);
}

/* --- printing ---------------------------------------------------------------------------- */

static double f1(size_t hit, size_t missed, size_t false_hit)
{
	return hit ? 2.0 * (double)hit / (double)(2 * hit + missed + false_hit) : 0;
}

static double macro_f1(const struct counts *c)
{
	return (f1(c->said[1][1], c->said[1][0], c->said[0][1]) +
		f1(c->said[0][0], c->said[0][1], c->said[1][0])) /
	       2;
}

static double majority_f1(const struct counts *c)
{
	size_t yes = c->said[1][0] + c->said[1][1], no = c->said[0][0] + c->said[0][1];
	struct counts same = {{{0}}};

	same.said[1][yes >= no] = yes;
	same.said[0][yes >= no] = no;
	return macro_f1(&same);
}

static double percent(size_t part, size_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static void print_group(const struct group *g)
{
	size_t yes = g->rules.said[1][0] + g->rules.said[1][1];
	size_t no = g->rules.said[0][0] + g->rules.said[0][1];

	printf("  %-28s %6zu of the kind, %5.1f %% found, list %5.1f %%; %6zu not, %5.1f %% "
	       "stopped, list %5.1f %%\n",
	       g->name, yes, percent(g->rules.said[1][1], yes),
	       percent(g->words.said[1][1], yes), no, percent(g->rules.said[0][1], no),
	       percent(g->words.said[0][1], no));
}

static void print_tally(const char *path, const struct tally *t, double seconds)
{
	printf("%s: %zu reviews: rejected %.2f %%, held %.2f %%, labelled %.2f %% (%.1f MB/s)\n",
	       path, t->rows, percent(t->by_action[ACTION_REJECT], t->rows),
	       percent(t->by_action[ACTION_HOLD], t->rows),
	       percent(t->by_action[ACTION_LABEL], t->rows),
	       (double)t->bytes / 1e6 / seconds);
	if (t->labelled == 0)
		return;
	printf("  macro-F1: rules %.3f, plain list %.3f, majority class %.3f\n",
	       macro_f1(&t->all.rules), macro_f1(&t->all.words),
	       majority_f1(&t->all.rules));
	print_group(&t->all);
	for (size_t i = 0; i < t->group_count; i++)
		print_group(&t->groups[i]);
}

/* --- reading ----------------------------------------------------------------------------- */

static void read_file(const char *path)
{
	OWNED(buf_release) struct buf file = BUF_INIT(FILE_BYTES_MAX);
	struct tally *t = xcalloc(1, sizeof(*t));
	struct err err;
	int64_t begun = clock_mono_ms();

	if (file_read(&file, path, &err))
		die(path, err.text);
	snprintf(t->all.name, sizeof(t->all.name), "all");
	for (const uint8_t *at = file.at, *end = at + file.len; at < end;) {
		const uint8_t *line_end = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((line_end ? line_end : end) - at);
		json_error_t why;
		json_auto_t *line = json_loadb((const char *)at, len, 0, &why);
		if (!line)
			die(path, why.text);
		count_line(t, line);
		at += len + 1;
	}
	print_tally(path, t, (double)(clock_mono_ms() - begun) / 1000 + 0.001);
	free(t);
}

static void load_rules(const char *dir)
{
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 20);
	struct err err;

	if (pack_build(&pack, dir, &err))
		die(dir, err.text);
	if (!ruleset_judge(&self.rules, buf_view(&pack), NULL, &report, &err))
		return;
	conf_report_format(&report, &said);
	die(dir, buf_string(&said));
}

static void load_words(const char *path)
{
	OWNED(buf_release) struct buf file = BUF_INIT(LIST_BYTES_MAX);
	struct err err;
	char *rest;

	if (file_read(&file, path, &err))
		die(path, err.text);
	self.words = words_new();
	for (char *word = strtok_r((char *)file.at, "\r\n", &rest); word;
	     word = strtok_r(NULL, "\r\n", &rest)) {
		fold_text(&self.fold, span_of(word));
		/* A list has words that begin with no letter; they are not looked for. */
		(void)!words_add(self.words, buf_view(&self.fold.match), 0, NULL);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"rules", required_argument, NULL, 'r'},
		{"words", required_argument, NULL, 'w'},
		{"profile", required_argument, NULL, 'p'},
		{"rejected", required_argument, NULL, 'R'},
		{"held", required_argument, NULL, 'H'},
		{0},
	};
	const char *dir = "rules", *profile = NULL, *words = NULL;

	fold_init(&self.fold);
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) >= 0;) {
		if (c == 'r')
			dir = optarg;
		else if (c == 'w')
			words = optarg;
		else if (c == 'p')
			profile = optarg;
		else if (c == 'R')
			self.show_rejected = (int)strtol(optarg, NULL, 10);
		else if (c == 'H')
			self.show_held = (int)strtol(optarg, NULL, 10);
		else
			return EXIT_CODE_USAGE;
	}
	load_rules(dir);
	if (words)
		load_words(words);
	if (profile)
		ruleset_use_profile(self.rules, profile);
	for (int i = optind; i < argc; i++)
		read_file(argv[i]);
	words_free(self.words);
	fold_release(&self.fold);
	ruleset_free(self.rules);
	return 0;
}
