#include "conf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "nearest.h"

#define ROWS_MAX 64 /* of one table; for the list of known names */

/* --- complaints --------------------------------------------------------------------- */

void conf_report_release(struct conf_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		free(report->at[i].file);
		free(report->at[i].text);
	}
	free(report->at);
	*report = (struct conf_report){0};
}

static bool stands_after(const struct conf_complaint *a, const struct conf_complaint *b)
{
	if (strcmp(a->file, b->file) != 0)
		return false;
	return a->line > b->line || (a->line == b->line && a->column > b->column);
}

void conf_complain(struct conf_report *report, const char *file, struct conf_place place,
		   const char *format, ...)
{
	char text[2 * ERR_BYTES];
	struct err line;
	va_list ap;

	if (report->count == CONF_COMPLAINTS_MAX) {
		report->left_out++;
		return;
	}
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	/* cuts at a character's border, and leaves no line break */
	err_set(&line, ST_ECONFIG, "%s", text);
	struct conf_complaint complaint = {xstrdup(file), place.line, place.column,
					   xstrdup(line.text)};
	report->at = xrealloc(report->at, (report->count + 1) * sizeof(*report->at));
	size_t i = report->count++;
	for (; i > 0 && stands_after(&report->at[i - 1], &complaint); i--)
		report->at[i] = report->at[i - 1];
	report->at[i] = complaint;
}

void conf_complain_err(struct conf_report *report, const char *file,
		       const struct err *err)
{
	OWNED(freep) char *text = xstrdup(err->text);
	struct conf_place place = {1, 1, false};
	char *colon = strchr(text, ':');
	int end = 0;

	if (colon &&
	    sscanf(colon, ":%" SCNu32 ":%" SCNu32 ": %n", &place.line, &place.column,
		   &end) == 2 &&
	    end > 0) {
		*colon = '\0';
		conf_complain(report, text, place, "%s", colon + end);
	} else {
		conf_complain(report, file, place, "%s", err->text);
	}
}

enum status conf_report_first(const struct conf_report *report, struct err *err)
{
	if (report->count == 0)
		return ST_OK;
	const struct conf_complaint *first = &report->at[0];
	return err_set(err, ST_ECONFIG, "%s:%" PRIu32 ":%" PRIu32 ": %s", first->file,
		       first->line, first->column, first->text);
}

void conf_report_format(const struct conf_report *report, struct buf *ret)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct conf_complaint *at = &report->at[i];

		buf_format(ret, "%s:%" PRIu32 ":%" PRIu32 ": %s\n", at->file, at->line,
			   at->column, at->text);
	}
	if (report->left_out > 0)
		buf_format(ret, "and %zu more\n", report->left_out);
}

/* --- binding ------------------------------------------------------------------------ */

size_t conf_row_count(const struct conf_row *rows)
{
	size_t n = 0;

	while (rows[n].name)
		n++;
	assert(n < ROWS_MAX);
	return n;
}

static void set_defaults(const struct conf_source *source, const struct conf_table *table,
			 void *target)
{
	for (const struct conf_row *row = table->rows; row->name; row++) {
		if (!row->value)
			continue;
		const struct yaml_node value = {.kind = YAML_SCALAR,
						.text = row->value,
						.len = strlen(row->value),
						.plain = true};
		enum status st = conf_value_set(row, &value, source->base, target, NULL);
		assert(st == ST_OK); /* a table whose own default it refuses */
	}
}

static void complain_unknown(const struct conf_source *source,
			     const struct conf_table *table, const struct yaml_node *node)
{
	const char *known[ROWS_MAX];
	size_t n = 0;
	struct conf_place place = {node->key_line, node->key_column, true};

	for (; table->rows[n].name; n++)
		known[n] = table->rows[n].name;
	known[n] = NULL;
	const char *near = nearest_name(node->key, known);
	if (near)
		conf_complain(source->report, yaml_path(source->doc), place,
			      "unknown option '%s' in %s, did you mean '%s'?", node->key,
			      table->name, near);
	else
		conf_complain(source->report, yaml_path(source->doc), place,
			      "unknown option '%s' in %s", node->key, table->name);
}

static const struct conf_row *find_row(const struct conf_row *rows, const char *name)
{
	for (; rows->name; rows++)
		if (strcmp(rows->name, name) == 0)
			return rows;
	return NULL;
}

static void take_values(const struct conf_source *source, const struct conf_table *table,
			const struct yaml_node *section, void *target,
			struct conf_place *places)
{
	for (const struct yaml_node *at = section->first; at; at = at->next) {
		const struct conf_row *row = find_row(table->rows, at->key);
		struct err err;

		if (!row) {
			complain_unknown(source, table, at);
			continue;
		}
		struct conf_place *place = &places[row - table->rows];
		*place = (struct conf_place){at->line, at->column, true};
		if (conf_value_set(row, at, source->base, target, &err))
			conf_complain(source->report, yaml_path(source->doc), *place,
				      "%s: %s", row->name, err.text);
	}
}

static struct conf_place place_of_section(const struct yaml_node *section)
{
	if (!section)
		return (struct conf_place){1, 1, false};
	if (!section->key)
		return (struct conf_place){section->line, section->column, false};
	return (struct conf_place){section->key_line, section->key_column, false};
}

void conf_bind(const struct conf_source *source, const struct conf_table *table,
	       const struct yaml_node *section, void *target, struct conf_place *places)
{
	struct conf_place place = place_of_section(section);
	size_t rows = conf_row_count(table->rows);
	const char *file = yaml_path(source->doc);

	for (size_t i = 0; i < rows; i++)
		places[i] = place;
	set_defaults(source, table, target);
	if (section && section->kind == YAML_MAPPING)
		take_values(source, table, section, target, places);
	else if (section && (!section->plain || section->len > 0))
		conf_complain(source->report, file,
			      (struct conf_place){section->line, section->column, true},
			      "%s: expected a mapping of options", table->name);
	for (size_t i = 0; i < rows; i++) {
		const struct conf_row *row = &table->rows[i];

		if (!row->value && !row->derived && !places[i].given)
			conf_complain(source->report, file, place,
				      "%s: '%s' is missing and has no default",
				      table->name, row->name);
	}
}

void conf_unbind(const struct conf_table *table, void *target)
{
	for (const struct conf_row *row = table->rows; row->name; row++) {
		char *text = NULL;

		if (row->type != CONF_TEXT && row->type != CONF_PATH)
			continue;
		memcpy(&text, (uint8_t *)target + row->target, sizeof(text));
		free(text);
		memset((uint8_t *)target + row->target, 0, sizeof(text));
	}
}
