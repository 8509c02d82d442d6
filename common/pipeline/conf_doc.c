#include "conf_doc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_out.h"
#include "options.h"

/* --- markdown ----------------------------------------------------------------------- */

static const char intro[] =
	"# Configuration\n"
	"\n"
	"One file, `pipeline.yaml`, is read by every program. This page is written by\n"
	"`normavis docs config` from the tables that the programs read it with.\n"
	"\n"
	"- A section that is left out has its defaults; `processes` has none.\n"
	"- Sizes are written `64KiB`, `8MiB`, `1GiB`; durations `500ms`, `10s`, `5min`, "
	"`24h`, `7d`.\n"
	"  A plain number counts the unit in the table.\n"
	"- Relative paths start at the directory of the file.\n"
	"- An endpoint is a name (a socket in the run directory), `ipc:///path/to/a.sock`, or\n"
	"  `tcp://127.0.0.1:port`. tcp is taken on loopback alone until it can be guarded with\n"
	"  CURVE keys.\n"
	"- Anchors, aliases, merge keys and repeated keys are refused: what a person reads is\n"
	"  what the programs read.\n"
	"- A change needs a restart. `normavis check` reports everything that can stop one, as\n"
	"  `file:line:column: text`, and exits with 78.\n"
	"\n"
	"`docs/schema/pipeline.schema.json` says to an editor what a schema can say: not the\n"
	"lower bound of what has a unit (`1ms`), not what is no whole number of the row's unit,\n"
	"and nothing of what options, files and the machine say about each other. What\n"
	"`normavis check` takes, the schema takes.\n";

static const char *type_name(enum conf_type type)
{
	switch (type) {
	case CONF_INT:
		return "whole number";
	case CONF_BYTES:
		return "size";
	case CONF_DURATION:
		return "duration";
	case CONF_BOOL:
		return "true or false";
	case CONF_TEXT:
		return "text";
	case CONF_PATH:
		return "path";
	case CONF_ENUM:
		return "one of";
	case CONF_RATIO:
		return "ratio";
	case CONF_MODE:
		return "mode";
	}
	return "";
}

static bool is_quantity(const struct conf_row *row)
{
	return row->type == CONF_INT || row->type == CONF_BYTES ||
	       row->type == CONF_DURATION;
}

static void markdown_bounds(struct buf *ret, const struct conf_row *row)
{
	char low[CONF_QUANTITY_BYTES], high[CONF_QUANTITY_BYTES];

	if (is_quantity(row))
		buf_format(ret, "%s to %s", conf_quantity_format(row, row->min, low),
			   conf_quantity_format(row, row->max, high));
	for (size_t i = 0; row->choices && row->choices[i]; i++)
		buf_format(ret, "%s`%s`", i ? ", " : "", row->choices[i]);
	if (row->type == CONF_RATIO)
		buf_text(ret, "0 to 1");
	if (row->type == CONF_MODE)
		buf_text(ret, "`0600`, `0640`, `0620`, `0660`");
}

static void markdown_row(struct buf *ret, const struct conf_row *row)
{
	buf_format(ret, "| `%s` | %s", row->name, type_name(row->type));
	if (row->unit)
		buf_format(ret, " (%s)", row->unit);
	if (row->value)
		buf_format(ret, " | `%s` | ", row->value);
	else
		buf_format(ret, " | %s | ", row->derived ? row->derived : "required");
	markdown_bounds(ret, row);
	buf_format(ret, " | %s |\n", row->doc);
}

void conf_doc_markdown(struct buf *ret)
{
	buf_text(ret, intro);
	for (size_t i = 0; i < OPTIONS_TABLES; i++) {
		const struct conf_table *table = &options_tables[i];

		buf_format(ret, "\n## %s\n\n%s\n\n", table->name, table->doc);
		buf_text(ret, "| option | type (unit) | default | bounds | what it is |\n"
			      "|---|---|---|---|---|\n");
		for (const struct conf_row *row = table->rows; row->name; row++)
			markdown_row(ret, row);
	}
}

/* --- schema ------------------------------------------------------------------------- */

/* Digits that say a number of 0 (or 1) to `max`: shorter ones, those that fall below its
 * digits at one place, and itself. */
static void put_numbers(struct buf *out, bool zero, int64_t max)
{
	char digits[CONF_QUANTITY_BYTES];
	int count = snprintf(digits, sizeof(digits), "%" PRId64, max);

	buf_text(out, zero && max > 0 ? "(0|" : "(");
	if (count > 1)
		buf_format(out, "[1-9][0-9]{0,%d}|", count - 2);
	for (int i = 0; i < count; i++)
		if (digits[i] > (i ? '0' : '1'))
			buf_format(out, "%.*s[%c-%c][0-9]{%d}|", i, digits, i ? '0' : '1',
				   digits[i] - 1, count - i - 1);
	buf_format(out, "%s)", digits);
}

/* With a suffix: no more of it than the bound is. */
static void put_suffixed(struct buf *out, const struct conf_row *row)
{
	static const char *const sizes[] = {"B", "KiB", "MiB", "GiB", NULL};
	static const char *const durations[] = {"ms", "s", "min", "h", "d", NULL};
	const char *const *suffix = row->type == CONF_BYTES ? sizes : durations;
	char one[CONF_QUANTITY_BYTES];
	int64_t scale;

	for (const char *before = "^("; *suffix; suffix++, before = "|") {
		buf_text(out, before);
		snprintf(one, sizeof(one), "1%s", *suffix);
		/* One that is less than the row's unit: its multiples may be no number of it. */
		if (conf_quantity_parse(row, one, &scale, NULL))
			buf_text(out, "(0|[1-9][0-9]*)");
		else
			put_numbers(out, row->min <= 0, row->max / scale);
		buf_text(out, *suffix);
	}
	buf_text(out, ")$");
}

static json_t *schema_quantity(const struct conf_row *row)
{
	OWNED(buf_release) struct buf pattern = BUF_INIT(4096);
	json_t *number = json_out_sure(json_pack("{s:s, s:I, s:I}", "type", "integer",
						 "minimum", (json_int_t)row->min,
						 "maximum", (json_int_t)row->max));

	if (row->type == CONF_INT)
		return number;
	put_suffixed(&pattern, row);
	json_t *text = json_out_sure(json_pack("{s:s, s:s}", "type", "string", "pattern",
					       buf_string(&pattern)));
	return json_pack("{s:[o, o]}", "anyOf", number, text);
}

static json_t *schema_enum(const struct conf_row *row)
{
	json_t *names = json_out_sure(json_array());

	for (size_t i = 0; row->choices[i]; i++)
		json_out_add(names, json_string(row->choices[i]));
	return json_pack("{s:o}", "enum", names);
}

/* A mode without quotes is a number to an editor: YAML 1.1 reads 0660 as 432, 1.2 as 660. */
static json_t *schema_mode(void)
{
	return json_pack("{s:[{s:s, s:s}, {s:[i, i, i, i, i, i, i, i]}]}", "anyOf",
			 "type", "string", "pattern", "^06[0246]0$", "enum", 0600, 0620,
			 0640, 0660, 600, 620, 640, 660);
}

static json_t *schema_value(const struct conf_row *row)
{
	switch (row->type) {
	case CONF_INT:
	case CONF_BYTES:
	case CONF_DURATION:
		return schema_quantity(row);
	case CONF_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case CONF_ENUM:
		return schema_enum(row);
	case CONF_RATIO:
		return json_pack("{s:s, s:i, s:i}", "type", "number", "minimum", 0,
				 "maximum", 1);
	case CONF_MODE:
		return schema_mode();
	case CONF_TEXT:
	case CONF_PATH:
		return json_pack("{s:s, s:i}", "type", "string", "minLength", 1);
	}
	return NULL;
}

static json_t *schema_default(const struct conf_row *row)
{
	if (row->type == CONF_INT)
		return json_integer(strtoll(row->value, NULL, 10));
	if (row->type == CONF_RATIO)
		return json_real(strtod(row->value, NULL));
	if (row->type == CONF_BOOL)
		return json_boolean(strcmp(row->value, "true") == 0);
	return json_string(row->value);
}

static json_t *schema_table(const struct conf_table *table)
{
	json_t *properties = json_out_sure(json_object()),
	       *required = json_out_sure(json_array());

	for (const struct conf_row *row = table->rows; row->name; row++) {
		json_t *value = json_out_sure(schema_value(row));

		json_out_put(value, "description", json_string(row->doc));
		if (row->value)
			json_out_put(value, "default", schema_default(row));
		else if (!row->derived)
			json_out_add(required, json_string(row->name));
		json_out_put(properties, row->name, value);
	}
	json_t *ret = json_out_sure(
		json_pack("{s:s, s:s, s:b, s:o}", "description", table->doc, "type",
			  "object", "additionalProperties", 0, "properties", properties));
	if (json_array_size(required) > 0)
		json_out_put(ret, "required", json_incref(required));
	json_decref(required);
	return ret;
}

static bool has_required(const struct conf_table *table)
{
	for (const struct conf_row *row = table->rows; row->name; row++)
		if (!row->value && !row->derived)
			return true;
	return false;
}

void conf_doc_schema(struct buf *ret)
{
	json_t *sections = json_out_sure(json_object()),
	       *required = json_out_sure(json_array());

	for (size_t i = 0; i < OPTIONS_TABLES; i++) {
		const struct conf_table *table = &options_tables[i];

		json_out_put(sections, table->name, schema_table(table));
		if (has_required(table))
			json_out_add(required, json_string(table->name));
	}
	json_t *root = json_out_sure(json_pack(
		"{s:s, s:s, s:s, s:b, s:o, s:o}", "$schema",
		"https://json-schema.org/draft/2020-12/schema", "title",
		"pipeline.yaml of Normavis", "type", "object", "additionalProperties", 0,
		"properties", sections, "required", required));
	json_out_print(ret, root);
}
