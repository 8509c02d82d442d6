/* normavis status - the two lines that must balance, recounted, and what runs.
 *
 * Only reads: works beside a running pipeline and without one.
 */
#include "cmd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <jansson.h>

#include "account.h"
#include "alloc.h"
#include "figures.h"
#include "journal.h"
#include "outcomes.h"

static const char help[] =
	"usage: normavis status [--config FILE] [--kinds] [--outcomes] [--json]\n"
	"\n"
	"Recounts where every record is, from the journal and the store, not from counters,\n"
	"and says whether it adds up:\n"
	"\n"
	"  records  submitted = repeated + refused at intake + accepted\n"
	"           accepted = applied + refused + quarantined + erased + in flight\n"
	"           (the intake's own records, refusals and repeats, are counted apart)\n"
	"  reviews  applied = published + rejected + held + ... , each in exactly one state\n"
	"\n"
	"The events of the audit log are counted too: they have no gap, there is one for each\n"
	"row that they tell of, and the last decision about a review says its state. What does\n"
	"not agree is named.\n"
	"\n"
	"then which programs run and what each counted since it started, how far journal\n"
	"and store are, and their size on disk.\n"
	"Works without a running pipeline.\n"
	"\n"
	"  --config FILE  the pipeline's configuration (default: " CMD_CONFIG_DEFAULT
	")\n"
	"  --kinds        the first line for every kind of record\n"
	"  --outcomes     what became of the reviews, by state, reason and rule\n"
	"  --json         one object, schema normavis.status/1, with all of this\n"
	"\n"
	"Exit codes: 0 it balances, 1 it does not, 65 journal or store cannot be read,\n"
	"or do not belong together, 78 the configuration, or what runs has other data.\n";

struct arguments {
	const char *config;
	bool kinds, outcomes, json;
};

/* Files of the data directory whose size is shown, and what they are called. */
static const struct {
	const char *name, *file;
} sizes[] = {
	{"store", "store.db"},
	{"store_log", "store.db-wal"},
	{"intake_keys", "collect.table"},
	{"exact", "exact.table"},
	{"near_sketches", "near.sketches"},
	{"near_bands", "near.bands"},
	{"near_texts", "near.texts"},
	{"arrivals", "arrivals.table"},
};

static int read_arguments(int argc, char **argv, struct arguments *ret)
{
	const struct cmd_option options[] = {
		{"config", .text = &ret->config},
		{"kinds", .flag = &ret->kinds},
		{"outcomes", .flag = &ret->outcomes},
		{"json", .flag = &ret->json},
		{0},
	};

	*ret = (struct arguments){0};
	return cmd_options(&cmd_status, argc, argv, options, false);
}

static uint64_t file_bytes(const struct installation *i, const char *name)
{
	OWNED(freep) char *path = xasprintf("%s/%s", i->options->pipeline.data, name);
	struct stat info;

	return stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
}

static uint64_t journal_bytes(const struct installation *i)
{
	uint64_t bytes = 0;

	/* A size that cannot be had is no reason not to print the rest. */
	return journal_disk_bytes(&bytes, i->journal, NULL) ? 0 : bytes;
}

/* --- programs --------------------------------------------------------------------------- */

struct program {
	const char *slot;
	bool up;
	pid_t pid;	   /* 0: none, or the kernel does not say */
	bool has_restarts; /* `normavis run` is there and has said so */
	uint64_t restarts;
	struct figures figures; /* none where it has not written any yet */
};

/* Only what the process that runs now has written: a file outlives who wrote it. */
static void read_figures(struct figures *ret, const struct installation *i,
			 const char *slot, pid_t pid)
{
	OWNED(freep) char *path = options_figures(i->options, slot);
	uint64_t writer = 0;
	enum status st = figures_read(ret, path, NULL);

	if (st || !figures_get(ret, "pid", &writer) ||
	    (pid != 0 && writer != (uint64_t)pid))
		*ret = (struct figures){.count = 0};
}

/* The caller frees the array. */
static struct program *read_programs(const struct installation *i,
				     const struct installation_slot *slots, size_t count)
{
	struct program *programs = xcalloc(count + 1, sizeof(*programs));
	struct figures supervisor = {.count = 0};
	pid_t pid;

	if (installation_holds(i, INSTALLATION_SUPERVISOR, &pid))
		read_figures(&supervisor, i, INSTALLATION_SUPERVISOR, pid);
	for (size_t k = 0; k < count; k++) {
		struct program *p = &programs[k];

		p->slot = slots[k].name;
		p->up = installation_holds(i, p->slot, &p->pid);
		p->has_restarts = figures_get(&supervisor, p->slot, &p->restarts);
		if (p->up)
			read_figures(&p->figures, i, p->slot, p->pid);
	}
	return programs;
}

/* --- JSON ------------------------------------------------------------------------------- */

static void set(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static json_t *line_object(const struct account_line *l)
{
	json_t *object = json_object();

	set(object, "submitted", account_submitted(l));
	set(object, "repeated", l->repeated);
	set(object, "refused_at_intake", l->refused_at_intake);
	set(object, "accepted", l->accepted);
	set(object, "applied", l->applied);
	set(object, "refused", l->refused);
	set(object, "quarantined", l->quarantined);
	set(object, "erased", l->erased);
	set(object, "in_flight", l->in_flight);
	return object;
}

static bool is_empty(const struct account_line *l)
{
	return account_submitted(l) == 0;
}

static json_t *conservation_object(const struct account *a)
{
	json_t *kinds = json_object(), *states = json_object(), *faults = json_array();

	for (int k = 0; k < KIND_LIMIT; k++) {
		const char *name = k ? kind_name((enum kind)k) : "illegible";

		if (name && !is_empty(&a->kind[k]))
			json_object_set_new(kinds, name, line_object(&a->kind[k]));
	}
	for (int s = STATE_NONE + 1; s < STATE_LIMIT; s++)
		if (state_name((enum state)s))
			set(states, state_name((enum state)s), a->state[s]);
	for (size_t i = 0; i < a->fault_count; i++)
		json_array_append_new(faults, json_string(a->fault[i]));
	json_t *records = line_object(&a->total);
	json_object_set_new(records, "kinds", kinds);
	json_object_set_new(records, "own", line_object(&a->own));
	json_t *reviews = json_object();
	set(reviews, "applied", a->kind[KIND_REVIEW].applied);
	json_object_set_new(reviews, "states", states);
	return json_pack("{s:b,s:o,s:o,s:o,s:I}", "balanced", a->fault_count == 0,
			 "records", records, "reviews", reviews, "faults", faults,
			 "compared", (json_int_t)a->compared);
}

static json_t *program_object(const struct program *p)
{
	json_t *program = json_pack("{s:s,s:b}", "slot", p->slot, "running", p->up);
	json_t *figures = json_object();

	for (size_t k = 0; k < p->figures.count; k++)
		if (strcmp(p->figures.figure[k].name, "pid") != 0)
			set(figures, p->figures.figure[k].name,
			    p->figures.figure[k].value);
	if (p->pid)
		set(program, "pid", (uint64_t)p->pid);
	if (p->has_restarts)
		set(program, "restarts", p->restarts);
	if (p->up)
		json_object_set_new(program, "figures", figures);
	else
		json_decref(figures);
	return program;
}

static json_t *programs_array(const struct installation *i)
{
	struct installation_slot slots[INSTALLATION_SLOTS_MAX];
	size_t count = installation_slots(i, slots);
	json_t *programs = json_array();

	OWNED(freep) struct program *read = read_programs(i, slots, count);
	for (size_t k = 0; k < count; k++)
		json_array_append_new(programs, program_object(&read[k]));
	return programs;
}

static json_t *sizes_object(const struct installation *i)
{
	json_t *bytes = json_object();

	set(bytes, "journal", journal_bytes(i));
	for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
		set(bytes, sizes[k].name, file_bytes(i, sizes[k].file));
	return bytes;
}

static void print_json(const struct installation *i, const struct account *a,
		       json_t *outcomes)
{
	uint64_t in_flight = a->total.in_flight + a->own.in_flight;
	char id[17];

	snprintf(id, sizeof(id), "%016" PRIx64, a->journal_id);
	json_auto_t *all = json_pack(
		"{s:s,s:b,s:o,s:{s:s,s:I,s:I,s:I,s:I},s:o,s:o}", "schema",
		"normavis.status/1", "running",
		installation_holds(i, INSTALLATION_SUPERVISOR, NULL), "conservation",
		conservation_object(a), "order", "journal_id", id, "first_seq",
		(json_int_t)a->first_seq, "last_seq", (json_int_t)a->last_seq,
		"committed_seq", (json_int_t)a->committed_seq, "in_flight",
		(json_int_t)in_flight, "programs", programs_array(i), "bytes",
		sizes_object(i));
	if (outcomes)
		json_object_set(all, "outcomes", outcomes);
	OWNED(freep) char *text = json_dumps(all, JSON_INDENT(2));

	puts(text);
}

/* --- text ------------------------------------------------------------------------------- */

static void print_line(const char *name, const struct account_line *l)
{
	printf("%-8s submitted %" PRIu64 " = repeated %" PRIu64
	       " + refused at intake %" PRIu64 " + accepted %" PRIu64 "\n",
	       name, account_submitted(l), l->repeated, l->refused_at_intake,
	       l->accepted);
	printf("%-8s accepted %" PRIu64 " = applied %" PRIu64 " + refused %" PRIu64
	       " + quarantined %" PRIu64 " + erased %" PRIu64 " + in flight %" PRIu64
	       "\n",
	       "", l->accepted, l->applied, l->refused, l->quarantined, l->erased,
	       l->in_flight);
}

static void print_reviews(const struct account *a)
{
	const char *sign = "=";

	printf("%-8s applied %" PRIu64, "reviews", a->kind[KIND_REVIEW].applied);
	for (int s = STATE_NONE + 1; s < STATE_LIMIT; s++) {
		if (!state_name((enum state)s) || a->state[s] == 0)
			continue;
		printf(" %s %s %" PRIu64, sign, state_name((enum state)s), a->state[s]);
		sign = "+";
	}
	putchar('\n');
}

static void print_kinds(const struct account *a)
{
	printf("\n%-18s %9s %9s %9s %9s %9s %9s %11s %9s %9s\n", "kind", "submitted",
	       "repeated", "refused", "accepted", "applied", "refused", "quarantined",
	       "erased", "in flight");
	for (int k = 0; k < KIND_LIMIT; k++) {
		const struct account_line *l = &a->kind[k];
		const char *name = k ? kind_name((enum kind)k) : "illegible";

		if (!name || is_empty(l))
			continue;
		printf("%-18s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64
		       " %9" PRIu64 " %9" PRIu64 " %11" PRIu64 " %9" PRIu64 " %9" PRIu64
		       "\n",
		       name, account_submitted(l), l->repeated, l->refused_at_intake,
		       l->accepted, l->applied, l->refused, l->quarantined, l->erased,
		       l->in_flight);
	}
}

/* Two columns of figures below the program. */
static void print_program(const struct program *p)
{
	size_t shown = 0;

	printf("%-14s %s", p->slot, p->up ? "running" : "not running");
	if (p->pid)
		printf(", pid %d", (int)p->pid);
	if (p->has_restarts)
		printf(", restarts %" PRIu64, p->restarts);
	for (size_t k = 0; k < p->figures.count; k++) {
		const struct figure *figure = &p->figures.figure[k];

		if (strcmp(figure->name, "pid") == 0)
			continue;
		printf(shown++ % 2 == 0 ? "\n%-14s %-18s %14" PRIu64
					: "%3s%-18s %14" PRIu64,
		       "", figure->name, figure->value);
	}
	putchar('\n');
}

static void print_programs(const struct installation *i)
{
	struct installation_slot slots[INSTALLATION_SLOTS_MAX];
	size_t count = installation_slots(i, slots);

	if (!installation_holds(i, INSTALLATION_SUPERVISOR, NULL))
		puts("\nnot running (`normavis run` starts it)");
	else
		putchar('\n');
	OWNED(freep) struct program *programs = read_programs(i, slots, count);
	for (size_t k = 0; k < count; k++)
		print_program(&programs[k]);
}

static void print_size(const char *name, uint64_t bytes)
{
	printf("%-14s %" PRIu64 " bytes\n", name, bytes);
}

static void print_text(const struct installation *i, const struct account *a,
		       const struct arguments *arguments)
{
	print_line("records", &a->total);
	printf("%-8s written by the intake itself %" PRIu64 " = applied %" PRIu64
	       " + in flight %" PRIu64 "\n",
	       "", a->own.accepted, a->own.applied, a->own.in_flight);
	print_reviews(a);
	if (a->fault_count == 0)
		printf("balanced: nothing is lost, nothing is there twice (%" PRIu64
		       " records found in both journal and store)\n",
		       a->compared);
	for (size_t k = 0; k < a->fault_count; k++)
		printf("NOT BALANCED: %s\n", a->fault[k]);
	if (arguments->kinds)
		print_kinds(a);
	print_programs(i);
	printf("\njournal        records %" PRIu64 " to %" PRIu64 ", %" PRIu64 " bytes\n",
	       a->first_seq, a->last_seq, journal_bytes(i));
	printf("committed      up to %" PRIu64 ", %" PRIu64 " in flight\n",
	       a->committed_seq, a->total.in_flight);
	for (size_t k = 0; k < ARRAY_LEN(sizes); k++)
		print_size(sizes[k].name, file_bytes(i, sizes[k].file));
}

static int run_status(int argc, char **argv)
{
	OWNED(installation_release) struct installation installation = {0};
	OWNED(account_release) struct account account = {0};
	json_auto_t *outcomes = NULL;
	struct arguments arguments;
	struct err err = {""};
	int code = read_arguments(argc, argv, &arguments);

	if (code == 0)
		code = installation_open_for(&installation, arguments.config);
	if (code)
		return code;
	enum status st = run_dir_check(installation.options, &err);
	if (st == ST_OK)
		st = account_take(&account, &installation, &err);
	if (st == ST_OK && account.has_store && (arguments.outcomes || arguments.json))
		st = outcomes_read(&outcomes, &installation, &err);
	if (st)
		return cmd_failed(&cmd_status, st, &err);
	if (arguments.json) {
		print_json(&installation, &account, outcomes);
	} else if (arguments.outcomes) {
		outcomes_print(outcomes);
		putchar('\n');
		print_line("records", &account.total);
		print_reviews(&account);
	} else {
		print_text(&installation, &account, &arguments);
	}
	return account.fault_count > 0 ? EXIT_CODE_FOUND : EXIT_CODE_OK;
}

const struct cmd cmd_status = {
	.name = "status",
	.summary = "where every record is, recounted; what runs",
	.help = help,
	.run = run_status,
};
