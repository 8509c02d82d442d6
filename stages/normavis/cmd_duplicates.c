/* normavis duplicates - texts that came again: for moderators and auditors.
 *
 * Only reads the store: works beside a running pipeline and without one.
 */
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "duplicates_verb.h"
#include "installation.h"

#define LIMIT 20 /* what a person reads; --json has all */

static const char help[] =
	"usage: normavis duplicates [--supplier ID] [--author REF] [--site ID] [--kind KIND]\n"
	"                           [--since DATE] [--until DATE] [--min-size N]\n"
	"                           [--sort size|newest|suppliers] [--limit N] [--json]\n"
	"       normavis duplicates CLUSTER-OR-REVIEW-ID [--authors] [--limit N] [--json]\n"
	"\n"
	"Reviews whose texts are the same or nearly so, whether a rule acted on it or not. They\n"
	"stand in clusters: a first text, and those that are like it. A cluster bears the id\n"
	"of its first review. Likeness is a sign and no proof: people who went to the same\n"
	"place use the same words, and a site may suggest them. Look at who wrote, when, and\n"
	"about whom before you decide.\n"
	"\n"
	"Without an id: the clusters, the largest first.\n"
	"\n"
	"  --supplier ID   one of its reviews is about this supplier (the site's id of it)\n"
	"  --author REF    one is by this author_ref; what is personal is compared, not shown\n"
	"  --site ID       its first review is of this site\n"
	"  --kind KIND     same-author-same-subject, same-author-other-subject, other-author\n"
	"                  or collector-fault: one of its reviews was found to be that\n"
	"  --since DATE    one came on this day (2026-01-31, UTC) or later\n"
	"  --until DATE    one came on this day or earlier\n"
	"  --min-size N    at least so many reviews\n"
	"  --sort WHAT     size (the default), newest: where something came last, or\n"
	"                  suppliers: about how many\n"
	"  --limit N       at most so many (20; with --json all)\n"
	"\n"
	"With the id of a cluster or of any review in it: its first text, and what is other in\n"
	"those that are like it, word by word: [-taken out-]{+put in+}, or red and green on a\n"
	"terminal. Reviews with the same text stand together (x 37). Behind each: how much\n"
	"it shares with the first text, or with the earlier one that is most like it (~), as\n"
	"a number and as the exact fraction. A1, A2 ... are its authors, - is unknown.\n"
	"\n"
	"  --authors       their references at the source, which are personal data\n"
	"  --limit N       at most so many different texts (20; with --json all)\n"
	"\n"
	"  --config FILE   the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"  --json          one object, schema normavis.duplicates/1 or\n"
	"                  normavis.duplicate_cluster/1, with every row\n"
	"\n"
	"Examples:\n"
	"  normavis duplicates --kind other-author --min-size 5\n"
	"          the same text under several names: the widest campaigns\n"
	"  normavis duplicates --supplier sup-northfield --since 2026-11-01\n"
	"          what came again this month about one supplier\n"
	"  normavis duplicates 0189a7c2-5d7e-7c55-b0f3-3d0f5a8e1c11\n"
	"          who said it first, and what the others changed\n"
	"\n"
	"Exit codes: 0 done, 64 usage, 65 no such review, nothing like it, or a store that\n"
	"cannot be read, 74 input or output, 75 busy, try again, 78 the configuration.\n";

struct texts {
	const char *config, *supplier, *author, *site, *kind, *since, *until, *min_size,
		*sort, *limit;
};

/* The place in a list that NULL ends; -1: not there. */
static int place_of(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static bool read_number(int64_t *ret, const char *text)
{
	char *end;

	errno = 0;
	*ret = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *ret > 0;
}

static bool read_day(int64_t *ret, const char *text, int days_behind)
{
	int32_t days;

	if (!clock_parse_date(&days, span_of(text)))
		return false;
	*ret = (days + (int64_t)days_behind) * DAY_MS;
	return true;
}

static int read_filter(struct duplicates_arguments *ret, const struct texts *t)
{
	int kind = t->kind ? place_of(duplicate_kind_names, t->kind) + 1 : 0;
	int sort = t->sort ? place_of(clusters_sort_names, t->sort) : CLUSTERS_BY_SIZE;
	struct clusters_filter *f = &ret->filter;

	*f = (struct clusters_filter){
		.supplier = t->supplier, .author = t->author, .site = t->site};
	if (t->kind && kind == 0)
		return cmd_usage(&cmd_duplicates, "no kind '%s'", t->kind);
	if (sort < 0)
		return cmd_usage(&cmd_duplicates, "--sort: size, newest or suppliers");
	if (t->since && !read_day(&f->since, t->since, 0))
		return cmd_usage(&cmd_duplicates, "--since: no date such as 2026-01-31");
	if (t->until && !read_day(&f->until, t->until, 1))
		return cmd_usage(&cmd_duplicates, "--until: no date such as 2026-01-31");
	if (t->min_size && !read_number(&f->min_size, t->min_size))
		return cmd_usage(&cmd_duplicates, "--min-size: a number from 1 on");
	f->kind = (enum duplicate_kind)kind;
	f->sort = (enum clusters_sort)sort;
	return 0;
}

static bool has_filter(const struct texts *t)
{
	return t->supplier || t->author || t->site || t->kind || t->since || t->until ||
	       t->min_size || t->sort;
}

static int read_arguments(int argc, char **argv, struct duplicates_arguments *ret,
			  const char **ret_config)
{
	struct texts t = {NULL};
	int64_t limit = LIMIT;
	const struct cmd_option options[] = {
		{"config", .text = &t.config},
		{"supplier", .text = &t.supplier},
		{"author", .text = &t.author},
		{"site", .text = &t.site},
		{"kind", .text = &t.kind},
		{"since", .text = &t.since},
		{"until", .text = &t.until},
		{"min-size", .text = &t.min_size},
		{"sort", .text = &t.sort},
		{"limit", .text = &t.limit},
		{"authors", .flag = &ret->authors},
		{"json", .flag = &ret->json},
		{0},
	};

	*ret = (struct duplicates_arguments){.limit = 0};
	int code = cmd_options(&cmd_duplicates, argc, argv, options, true);
	if (code)
		return code;
	*ret_config = t.config;
	ret->id = argv[optind];
	if (ret->id && argv[optind + 1])
		return cmd_usage(&cmd_duplicates, "one id, not several");
	if (ret->id && has_filter(&t))
		return cmd_usage(&cmd_duplicates, "either an id or what to look for");
	if (!ret->id && ret->authors)
		return cmd_usage(&cmd_duplicates,
				 "--authors is for one cluster: say which");
	if (t.limit && !read_number(&limit, t.limit))
		return cmd_usage(&cmd_duplicates, "--limit: a number from 1 on");
	ret->limit = ret->json && !t.limit ? SIZE_MAX : (size_t)limit;
	return read_filter(ret, &t);
}

static int run_duplicates(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(store_closep) struct store *store = NULL;
	struct duplicates_arguments arguments;
	const char *config = NULL;
	struct err err = {""};
	int code = read_arguments(argc, argv, &arguments, &config);

	if (code == 0)
		code = installation_open_for(&installation, config);
	if (code)
		return code;
	enum status st = store_open(&store, installation.store, STORE_READ, &err);
	if (st == ST_ENOTFOUND)
		err_set(&err, st, "nothing is stored yet: `normavis run` begins a store");
	if (st)
		return cmd_failed(&cmd_duplicates, st, &err);
	return arguments.id ? duplicates_show(&arguments, store)
			    : duplicates_list(&arguments, store);
}

const struct cmd cmd_duplicates = {
	.name = "duplicates",
	.summary = "texts that came again: who, about whom, and what was changed",
	.help = help,
	.run = run_duplicates,
};
