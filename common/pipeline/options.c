#include "options.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "nearest.h"

/* RUN/NAME.sock must fit into a socket's path. */
#define RUN_BYTES_MAX \
	(ADDRESS_IPC_PATH_MAX - ADDRESS_NAME_MAX - (int)sizeof("/.sock") + 1)

const char *options_program_name(enum options_program program)
{
	static const char *const names[PROGRAM_COUNT] = {
		[PROGRAM_PUBLISH] = "publish",
		[PROGRAM_COLLECT] = "collect",
		[PROGRAM_DEDUP] = "dedup",
		[PROGRAM_MODERATE] = "moderate",
	};

	return names[program];
}

void options_free(struct options *options)
{
	if (!options)
		return;
	for (size_t i = 0; i < OPTIONS_TABLES; i++) {
		conf_unbind(&options_tables[i],
			    (uint8_t *)options + options_tables[i].target);
		free(options->places[i]);
	}
	free(options->path);
	free(options->file);
	free(options->base);
	free(options);
}

struct conf_place options_place(const struct options *options, const char *section,
				const char *name)
{
	for (size_t i = 0; i < OPTIONS_TABLES; i++) {
		if (strcmp(options_tables[i].name, section) != 0)
			continue;
		for (size_t k = 0; options_tables[i].rows[k].name; k++)
			if (strcmp(options_tables[i].rows[k].name, name) == 0)
				return options->places[i][k];
	}
	assert(!"an option that no table has");
	return (struct conf_place){1, 1, false};
}

char *options_endpoint(const struct options *options, const char *name, char *ret,
		       size_t bytes)
{
	assert(strlen(name) <= ADDRESS_NAME_MAX && bytes >= ADDRESS_BYTES);
	snprintf(ret, bytes, "ipc://%s/%s.sock", options->pipeline.run, name);
	return ret;
}

char *options_lock(const struct options *options, const char *name)
{
	return xasprintf("%s/%s.lock", options->pipeline.run, name);
}

char *options_figures(const struct options *options, const char *name)
{
	return xasprintf("%s/%s.figures", options->pipeline.run, name);
}

/* --- what one value alone cannot say ------------------------------------------------ */

struct judge {
	struct options *options;
	struct conf_report *report;
};

struct named {
	const char *section, *name;
};

/* Complains about `one` when its relation to the other (may be NULL) does not hold: where
 * it stands or, when the file has the other alone, where that does. */
PRINTF(5, 6)
static void require(const struct judge *j, bool holds, const struct named *one,
		    const struct named *other, const char *format, ...)
{
	char text[2 * ERR_BYTES];
	va_list ap;

	if (holds)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	struct conf_place own = options_place(j->options, one->section, one->name);
	struct conf_place place =
		other ? options_place(j->options, other->section, other->name) : own;
	if (own.given || !place.given)
		conf_complain(j->report, j->options->path, own, "%s: %s", one->name,
			      text);
	else
		conf_complain(j->report, j->options->path, place, "%s.%s: %s",
			      one->section, one->name, text);
}

#define OPTION(section, name) (&(const struct named){section, name})

static void judge_times(const struct judge *j)
{
	const struct options *o = j->options;

	require(j, o->pipeline.resend_max_ms >= o->pipeline.resend_first_ms,
		OPTION("pipeline", "resend_max"), OPTION("pipeline", "resend_first"),
		"less than resend_first");
	require(j, o->run.backoff_max_ms >= o->run.backoff_first_ms,
		OPTION("run", "backoff_max"), OPTION("run", "backoff_first"),
		"less than backoff_first");
	require(j, o->run.hang_ms >= 3 * o->pipeline.heartbeat_ms, OPTION("run", "hang"),
		OPTION("pipeline", "heartbeat"),
		"less than three times pipeline.heartbeat: healthy programs would be killed");
	require(j, o->run.stop_ms > o->collect.drain_ms, OPTION("run", "stop"),
		OPTION("collect", "drain"),
		"not above collect.drain: a drain that takes all its time would end in a kill");
}

static void judge_sizes(const struct judge *j)
{
	const struct options *o = j->options;

	require(j, o->collect.window_bytes >= o->collect.batch_bytes,
		OPTION("collect", "window_bytes"), OPTION("collect", "batch_bytes"),
		"less than batch_bytes: no batch could leave");
	require(j, o->dedup.worker_window_bytes >= o->collect.batch_bytes,
		OPTION("dedup", "worker_window_bytes"), OPTION("collect", "batch_bytes"),
		"less than collect.batch_bytes: no batch could leave");
	require(j, o->publish.reorder_bytes >= o->collect.window_bytes,
		OPTION("publish", "reorder_bytes"), OPTION("collect", "window_bytes"),
		"less than collect.window_bytes: the store could stand still");
}

static void judge_run(const struct judge *j)
{
	size_t len = strlen(j->options->pipeline.run);

	require(j, len <= (size_t)RUN_BYTES_MAX, OPTION("pipeline", "run"), NULL,
		"%s has %zu bytes; at most %d leave room for a socket's name in the %d bytes "
		"of its path",
		j->options->pipeline.run, len, RUN_BYTES_MAX, ADDRESS_IPC_PATH_MAX);
}

/* Sockets between programs are called after them. */
static bool is_internal(const char *name)
{
	for (int i = 0; i < PROGRAM_COUNT; i++) {
		const char *program = options_program_name((enum options_program)i);

		if (strncmp(name, program, strlen(program)) == 0)
			return true;
	}
	return false;
}

static void resolve_endpoint(const struct judge *j, const char *name, char **endpoint)
{
	struct address e;
	char text[ADDRESS_BYTES];

	if (address_parse(&e, *endpoint, NULL) || e.kind != ADDRESS_NAME)
		return; /* the row's check has refused it, or it is complete */
	require(j, !is_internal(e.path), OPTION("collect", name), NULL,
		"'%s' begins like a program, whose own sockets are called so", e.path);
	if (strlen(j->options->pipeline.run) > (size_t)RUN_BYTES_MAX)
		return; /* complained about at run */
	options_endpoint(j->options, e.path, text, sizeof(text));
	free(*endpoint);
	*endpoint = xstrdup(text);
}

static void derive(struct options *o)
{
	if (!o->pipeline.run)
		o->pipeline.run = conf_path(o->pipeline.data, "run");
	if (!o->pipeline.policy)
		o->pipeline.policy = conf_path(o->pipeline.rules, "policy.yaml");
	if (o->publish.reorder_bytes == 0)
		o->publish.reorder_bytes = 2 * o->collect.window_bytes;
}

static void judge_all(struct options *options, struct conf_report *report)
{
	const struct judge j = {options, report};

	judge_times(&j);
	judge_sizes(&j);
	judge_run(&j);
	resolve_endpoint(&j, "submit", &options->collect.submit);
	resolve_endpoint(&j, "admin", &options->collect.admin);
	require(&j, strcmp(options->collect.submit, options->collect.admin) != 0,
		OPTION("collect", "admin"), OPTION("collect", "submit"),
		"the same endpoint as submit: each must say which records it takes");
}

/* --- reading ------------------------------------------------------------------------ */

static const struct conf_table *find_table(const char *name)
{
	for (size_t i = 0; i < OPTIONS_TABLES; i++)
		if (strcmp(options_tables[i].name, name) == 0)
			return &options_tables[i];
	return NULL;
}

static void complain_sections(const struct conf_source *source)
{
	const struct yaml_node *root = yaml_root(source->doc);
	const char *known[OPTIONS_TABLES + 1] = {NULL};
	const char *file = yaml_path(source->doc);

	for (size_t i = 0; i < OPTIONS_TABLES; i++)
		known[i] = options_tables[i].name;
	if (root->kind != YAML_MAPPING)
		conf_complain(source->report, file,
			      (struct conf_place){root->line, root->column, true},
			      "expected sections such as pipeline: and processes:");
	for (const struct yaml_node *at = root->first; at && at->key; at = at->next) {
		struct conf_place place = {at->key_line, at->key_column, true};
		const char *near = nearest_name(at->key, known);

		if (find_table(at->key))
			continue;
		conf_complain(source->report, file, place, "unknown section '%s'%s%s%s",
			      at->key, near ? ", did you mean '" : "", near ? near : "",
			      near ? "'?" : "");
	}
}

static void bind_all(struct options *options, const struct conf_source *source)
{
	const struct yaml_node *root = yaml_root(source->doc);

	complain_sections(source);
	for (int i = 0; i < PROGRAM_COUNT; i++)
		options->processes[i].program =
			options_program_name((enum options_program)i);
	for (size_t i = 0; i < OPTIONS_TABLES; i++) {
		const struct conf_table *table = &options_tables[i];
		size_t rows = conf_row_count(table->rows);

		options->places[i] = xcalloc(rows, sizeof(**options->places));
		conf_bind(source, table, yaml_get(root, table->name),
			  (uint8_t *)options + table->target, options->places[i]);
	}
	derive(options);
	judge_all(options, source->report);
}

static enum status set_names(struct options *options, const char *path, struct err *err)
{
	char directory[PATH_MAX];

	if (*path != '/' && !getcwd(directory, sizeof(directory)))
		return err_set(err, ST_EIO, "the working directory has no name");
	options->path = xstrdup(path);
	options->file = conf_path(*path == '/' ? "/" : directory, path);
	const char *slash = strrchr(options->file, '/');
	options->base =
		xstrndup(options->file,
			 slash == options->file ? 1 : (size_t)(slash - options->file));
	return ST_OK;
}

/* Takes nothing: `doc` is borrowed. */
static enum status read_doc(struct options **ret, const char *path,
			    const struct yaml_doc *doc, struct conf_report *report,
			    struct err *err)
{
	OWNED(options_freep) struct options *options = xcalloc(1, sizeof(*options));
	OWNED(conf_report_release) struct conf_report own = {0};
	enum status st = set_names(options, path, err);

	if (st)
		return st;
	if (!report)
		report = &own;
	bind_all(options, &(struct conf_source){doc, options->base, report});
	st = conf_report_first(report, err);
	if (st)
		return st;
	*ret = TAKE(options);
	return ST_OK;
}

/* A file that is no YAML has one complaint, which yaml.c has written with its position. */
static enum status not_yaml(enum status st, struct conf_report *report, const char *path,
			    const struct err *why, struct err *err)
{
	struct conf_place place = {1, 1, false};
	size_t len = strlen(path);
	const char *text = why->text;
	int end = 0;

	if (strncmp(text, path, len) == 0 &&
	    sscanf(text + len, ":%" SCNu32 ":%" SCNu32 ": %n", &place.line, &place.column,
		   &end) == 2)
		text += len + (size_t)end;
	if (report && st == ST_ECONFIG)
		conf_complain(report, path, place, "%s", text);
	return err_set(err, st, "%s", why->text);
}

enum status options_parse(struct options **ret, const char *path, struct span bytes,
			  struct conf_report *report, struct err *err)
{
	OWNED(yaml_doc_freep) struct yaml_doc *doc = NULL;
	struct err why;
	enum status st = yaml_parse(&doc, path, bytes, &why);

	if (st)
		return not_yaml(st, report, path, &why, err);
	return read_doc(ret, path, doc, report, err);
}

enum status options_load(struct options **ret, const char *path,
			 struct conf_report *report, struct err *err)
{
	OWNED(buf_release) struct buf content = BUF_INIT(YAML_BYTES_MAX);
	enum status st = file_read(&content, path, err);

	return st ? st : options_parse(ret, path, buf_view(&content), report, err);
}
