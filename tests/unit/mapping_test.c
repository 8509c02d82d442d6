/* mapping.h, mapping_date.h: what a mapping's file may say, and the records it makes. */
// uses: stages/normavis/mapping.c
// uses: stages/normavis/mapping_load.c
// uses: stages/normavis/mapping_field.c
// uses: stages/normavis/mapping_value.c
// uses: stages/normavis/mapping_date.c
// uses: stages/normavis/csv.c
// uses: stages/normavis/input.c
#include "mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"
#include "buf.h"
#include "mapping_date.h"
#include "record_json.h"

/* The three fields that every review needs, to be followed by others. */
#define HEAD                       \
	"format: csv\n"            \
	"fields:\n"                \
	"  subject: {column: s}\n" \
	"  supplier: {constant: x}\n"

static struct mapping *load(const char *text)
{
	struct mapping *m = NULL;
	struct err err = {""};

	enum status st = mapping_parse(&m, "m", span_of(text), &err);
	assert_string_equal(err.text, "");
	assert_int_equal(st, ST_OK);
	return m;
}

/* The record of the only row, as sorted JSON without subject and supplier. */
static char *map_row(const char *mapping, const char *csv_text)
{
	OWNED(mapping_freep) struct mapping *m = load(mapping);
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	struct mapping_places places;
	struct csv_row row;
	struct err err = {""};
	size_t count;
	bool end;

	assert_int_equal(input_of(&in, span_of(csv_text), &err), ST_OK);
	assert_int_equal(csv_open(&csv, in, mapping_dialect(m), &err), ST_OK);
	const struct span *header = csv_header(csv, &count);
	assert_int_equal(mapping_bind(m, &places, header, count, "f", &err), ST_OK);
	assert_int_equal(csv_next(csv, &row, &end, &err), ST_OK);
	assert_int_equal(row.flaw, CSV_SOUND);
	json_auto_t *record = mapping_row(m, &places, &row);
	json_object_del(record, "subject");
	json_object_del(record, "supplier");
	return json_dumps(record,
			  JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(15));
}

static void columns_become_fields_of_their_type(void **state)
{
	static const struct {
		const char *name, *mapping, *csv, *record;
	} rows[] = {
		{"text as it stands", HEAD "  text: {column: t}\n", "s,t\n1, a \n",
		 "{\"text\":\" a \"}"},
		{"empty is absent", HEAD "  text: {column: t}\n", "s,t\n1,\n", "{}"},
		{"decimal", HEAD "  rating.value: {column: t}\n", "s,t\n1,4.5\n",
		 "{\"rating\":{\"value\":4.5}}"},
		{"whole", HEAD "  rating.value: {column: t}\n", "s,t\n1,4.0\n",
		 "{\"rating\":{\"value\":4}}"},
		{"decimal comma", "decimal: ','\n" HEAD "  rating.value: {column: t}\n",
		 "s,t\n1,\"4,5\"\n", "{\"rating\":{\"value\":4.5}}"},
		{"no number is passed on", HEAD "  rating.value: {column: t}\n",
		 "s,t\n1,4/5\n", "{\"rating\":{\"value\":\"4/5\"}}"},
		{"nor is hexadecimal", HEAD "  rating.value: {column: t}\n",
		 "s,t\n1,0x5\n", "{\"rating\":{\"value\":\"0x5\"}}"},
		{"yes and no", HEAD "  attestation: {column: t}\n", "s,t\n1,YES\n",
		 "{\"attestation\":true}"},
		{"words for values",
		 HEAD "  attestation: {column: t, values: {oui: true, non: false}}\n",
		 "s,t\n1,non\n", "{\"attestation\":false}"},
		{"value for nothing", HEAD "  text: {column: t, values: {none: null}}\n",
		 "s,t\n1,none\n", "{}"},
		{"other values as they stand",
		 HEAD "  origin: {column: t, values: {a: solicited}}\n", "s,t\n1,b\n",
		 "{\"origin\":\"b\"}"},
		{"what counts as empty", HEAD "  text: {column: t, empty: [' - ']}\n",
		 "s,t\n1, - \n", "{}"},
		{"default", HEAD "  language: {column: t, default: fr}\n", "s,t\n1,\n",
		 "{\"language\":\"fr\"}"},
		{"template", HEAD "  source_id: {template: 'r-{s}/{t}.'}\n", "s,t\n1,2\n",
		 "{\"source_id\":\"r-1/2.\"}"},
		{"template with an empty column",
		 HEAD "  source_id: {template: 'r-{t}'}\n", "s,t\n1,\n", "{}"},
		{"extra", HEAD "  extra.Size: {column: t}\n", "s,t\n1,XL\n",
		 "{\"extra\":{\"Size\":\"XL\"}}"},
		{"date", HEAD "  experience_date: {column: t, date: MM/DD/YYYY}\n",
		 "s,t\n1,2/9/2024\n", "{\"experience_date\":\"2024-02-09\"}"},
		{"time of a date", HEAD "  submitted_at: {column: t, date: DD/MM/YYYY}\n",
		 "s,t\n1,09/02/2024\n",
		 "{\"submitted_at\":\"2024-02-09T00:00:00.000Z\"}"},
		{"no date is passed on",
		 HEAD "  experience_date: {column: t, date: MM/DD/YYYY}\n",
		 "s,t\n1,31/12/2024\n", "{\"experience_date\":\"31/12/2024\"}"},
		{"nested needs its column",
		 HEAD
		 "  contact.channel: {constant: email}\n  contact.value: {column: t}\n",
		 "s,t\n1,\n", "{}"},
		{"nested",
		 HEAD
		 "  contact.channel: {constant: email}\n  contact.value: {column: t}\n",
		 "s,t\n1,a@b.c\n",
		 "{\"contact\":{\"channel\":\"email\",\"value\":\"a@b.c\"}}"},
		{"elements without holes",
		 HEAD "  'ratings[0].criterion': {constant: fit}\n"
		      "  'ratings[0].value': {column: t}\n"
		      "  'ratings[1].criterion': {constant: price}\n"
		      "  'ratings[1].value': {column: u}\n",
		 "s,t,u\n1,,3\n",
		 "{\"ratings\":[{\"criterion\":\"price\",\"value\":3}]}"},
		{"no element at all",
		 HEAD "  'ratings[0].criterion': {constant: fit}\n"
		      "  'ratings[0].value': {column: t}\n",
		 "s,t\n1,\n", "{}"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("  %s\n", rows[i].name);
		OWNED(freep) char *record = map_row(rows[i].mapping, rows[i].csv);
		assert_string_equal(record, rows[i].record);
	}
}

static void ratings_keep_their_own_scale(void **state)
{
#define RATED(rest) "name: n\nrating: " rest "\n" HEAD "  rating.value: {column: t}\n"
#define STEPS                                                    \
	"{from: {worst: 1, best: 10}, to: {worst: 1, best: 5}, " \
	"steps: [{upto: 1.9, is: 1}, {upto: 4, is: 2}, {upto: 10, is: 5}]}"
	static const struct {
		const char *name, *mapping, *csv, *record;
	} rows[] = {
		{"scale only", RATED("{from: {worst: 0, best: 10}}"), "s,t\n1,7\n",
		 "{\"rating\":{\"best\":10,\"value\":7,\"worst\":0}}"},
		{"no rating, no scale", RATED("{from: {worst: 0, best: 10}}"),
		 "s,t\n1,\n", "{}"},
		{"converted, the native one kept",
		 RATED("{from: {worst: 0, best: 10}, to: {worst: 1, best: 5}}"),
		 "s,t\n1,7\n",
		 "{\"extra\":{\"native_rating\":{\"best\":10,\"mapping\":\"n\",\"value\":7,"
		 "\"worst\":0}},\"rating\":{\"best\":5,\"value\":3.8,\"worst\":1}}"},
		{"outside its scale: not converted",
		 RATED("{from: {worst: 0, best: 10}, to: {worst: 1, best: 5}}"),
		 "s,t\n1,11\n", "{\"rating\":{\"best\":10,\"value\":11,\"worst\":0}}"},
		{"by steps", RATED(STEPS), "s,t\n1,1.9\n",
		 "{\"extra\":{\"native_rating\":{\"best\":10,\"mapping\":\"n\",\"value\":1.9,"
		 "\"worst\":1}},\"rating\":{\"best\":5,\"value\":1,\"worst\":1}}"},
		{"by steps, next", RATED(STEPS), "s,t\n1,2\n",
		 "{\"extra\":{\"native_rating\":{\"best\":10,\"mapping\":\"n\",\"value\":2,"
		 "\"worst\":1}},\"rating\":{\"best\":5,\"value\":2,\"worst\":1}}"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("  %s\n", rows[i].name);
		OWNED(freep) char *record = map_row(rows[i].mapping, rows[i].csv);
		assert_string_equal(record, rows[i].record);
	}
}

static void what_cannot_work_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *name, *text, *complaint;
	} rows[] = {
		{"no format", "fields: {}\n", "m:1:1: 'format' is missing"},
		{"unknown key", "formt: csv\n",
		 "m:1:1: unknown key 'formt', did you mean 'format'?"},
		{"unknown field", HEAD "  txt: {column: t}\n",
		 "m:5:3: a review has no field 'txt', did you mean 'text'?"},
		{"field of another kind", HEAD "  operator: {column: t}\n",
		 "m:5:3: a review has no field 'operator'"},
		{"source is no column", HEAD "  source: {column: t}\n",
		 "m:5:3: 'source' is the same for all rows: say it at the top, or by --source"},
		{"two origins", HEAD "  text: {column: t, constant: x}\n",
		 "m:5:3: 'text' needs one of column, template, constant"},
		{"no origin", HEAD "  text: {empty: [x]}\n",
		 "m:5:3: 'text' needs one of column, template, constant"},
		{"template without column", HEAD "  text: {template: abc}\n",
		 "m:5:20: a template names a column in braces: \"product-{Product ID}\""},
		{"template left open", HEAD "  text: {template: 'a{b'}\n",
		 "m:5:20: a template names a column in braces: \"product-{Product ID}\""},
		{"choice of a constant", HEAD "  origin: {constant: solicted}\n",
		 "m:5:22: unknown 'solicted', did you mean 'solicited'?"},
		{"choice of a value", HEAD "  origin: {column: t, values: {a: bad}}\n",
		 NULL},
		{"date of a text", HEAD "  text: {column: t, date: YYYY-MM-DD}\n",
		 "m:5:21: 'text' is no date"},
		{"date without day",
		 HEAD "  experience_date: {column: t, date: MM/YYYY}\n",
		 "m:5:38: a date's format has YYYY, MM and DD, and may have hh, mm, ss; or it is "
		 "epoch-s or epoch-ms"},
		{"subject is missing", "format: csv\nfields: {supplier: {constant: x}}\n",
		 "m:2:1: every review needs 'subject', and no field here fills it"},
		{"conversion without name",
		 "rating: {from: {worst: 1, best: 10}, to: {worst: 1, best: 5}}\n" HEAD
		 "  rating.value: {column: t}\n",
		 "m:1:42: a mapping that converts ratings needs a 'name': each record says which "
		 "one converted it"},
		{"scale upside down", "rating: {from: {worst: 5, best: 1}}\n" HEAD,
		 "m:1:16: worst must be less than best"},
		{"scale without rating", "rating: {from: {worst: 1, best: 10}}\n" HEAD,
		 "m:1:1: no field fills 'rating.value'"},
		{"steps that end early",
		 "name: n\nrating: {from: {worst: 1, best: 10}, to: {worst: 1, best: 5}, steps: "
		 "[{upto: 9, is: 1}]}\n" HEAD "  rating.value: {column: t}\n",
		 "m:2:70: the last step must reach the best rating"},
		{"delimiter", "delimiter: '::'\n" HEAD,
		 "m:1:12: expected one character such as ',' or ';', or tab"},
		{"encoding", "encoding: latin1\n" HEAD, NULL},
		{"element without number", HEAD "  'ratings[].value': {column: t}\n",
		 "m:5:3: write an element as 'ratings[0].value', 0 to 31"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(mapping_freep) struct mapping *m = NULL;
		struct err err = {""};

		print_message("  %s\n", rows[i].name);
		assert_int_equal(mapping_parse(&m, "m", span_of(rows[i].text), &err),
				 ST_ECONFIG);
		assert_null(m);
		if (rows[i].complaint)
			assert_string_equal(err.text, rows[i].complaint);
	}
}

static void columns_are_looked_for_before_anything_is_read(void **state)
{
	static const struct span header[] = {{(const uint8_t *)"s", 1},
					     {(const uint8_t *)"t", 1},
					     {(const uint8_t *)"t", 1}};
	OWNED(mapping_freep) struct mapping *one = load(HEAD "  text: {column: u}\n");
	OWNED(mapping_freep)
	struct mapping *two = load(HEAD "  text: {template: 'x{t}'}\n");
	struct mapping_places places;
	struct err err = {""};

	(void)state;
	assert_int_equal(mapping_bind(one, &places, header, 3, "f.csv", &err),
			 ST_ECONFIG);
	assert_string_equal(err.text, "m:5:18: f.csv has no column 'u'");
	assert_int_equal(mapping_bind(one, &places, header, 1, "f.csv", &err),
			 ST_ECONFIG);
	assert_string_equal(err.text, "m:5:18: f.csv has no column 'u', and one alone: "
				      "'s'; is 'delimiter' right?");
	assert_int_equal(mapping_bind(two, &places, header, 3, "f.csv", &err),
			 ST_ECONFIG);
	assert_string_equal(err.text,
			    "m:5:20: f.csv has two columns 't'; which one is meant?");
	assert_int_equal(mapping_bind(two, &places, header, 2, "f.csv", &err), ST_OK);
	assert_string_equal(mapping_column_of(two, "text"), "t");
	assert_string_equal(mapping_column_of(two, "supplier"), "");
}

static void list_unused(void *out, struct span name)
{
	buf_format(out, "[%.*s]", (int)name.len, (const char *)name.at);
}

static void columns_that_nothing_names_are_told(void **state)
{
	static const struct span header[] = {{(const uint8_t *)"s", 1},
					     {(const uint8_t *)"t", 1},
					     {(const uint8_t *)"u", 1},
					     {NULL, 0}};
	OWNED(mapping_freep) struct mapping *m = load("ignore: [u]\n" HEAD);
	OWNED(buf_release) struct buf out = BUF_INIT(100);

	(void)state;
	mapping_unused(m, header, 4, list_unused, &out);
	assert_string_equal(buf_string(&out), "[t][]");
}

static void keys_of_json_are_columns(void **state)
{
	OWNED(mapping_freep)
	struct mapping *m = load(
		"format: ndjson\nfields:\n"
		"  subject: {column: product.id}\n  supplier: {constant: x}\n"
		"  rating.value: {column: stars}\n  attestation: {column: verified}\n"
		"  text: {column: text}\n  title: {column: a.b}\n"
		"  submitted_at: {column: ts, date: epoch-ms}\n");
	json_auto_t *object = json_loads(
		"{\"product\":{\"id\":77},\"stars\":4.5,\"verified\":true,\"text\":null,"
		"\"a.b\":\"whole\",\"ts\":1582050000123}",
		0, NULL);
	json_auto_t *record = mapping_object(m, object);
	OWNED(freep) char *text = json_dumps(record, JSON_SORT_KEYS | JSON_COMPACT);

	(void)state;
	assert_string_equal(
		text,
		"{\"attestation\":true,\"rating\":{\"value\":4.5},\"subject\":\"77\","
		"\"submitted_at\":\"2020-02-18T18:20:00.123Z\",\"supplier\":\"x\","
		"\"title\":\"whole\"}");
}

static void dates_are_read_by_their_format(void **state)
{
	static const struct {
		const char *text, *format, *date; /* date: NULL, refused */
	} rows[] = {
		{"2026-02-10 15:30:40 UTC", "YYYY-MM-DD hh:mm:ss UTC",
		 "2026-02-10T15:30:40.000Z"},
		{"10/02/2026", "DD/MM/YYYY", "2026-02-10T00:00:00.000Z"},
		{"09 1, 2016", "MM D, YYYY", NULL},
		{"09 1, 2016", "MM DD, YYYY", "2016-09-01T00:00:00.000Z"},
		{"1600000000", "epoch-s", "2020-09-13T12:26:40.000Z"},
		{"16x", "epoch-s", NULL},
		{"99999999999999999999", "epoch-ms", NULL},
		{"30/02/2026", "DD/MM/YYYY", NULL},
		{"05/11/1989", "DD/MM/YYYY", "1989-11-05T00:00:00.000Z"},
		{"31/12/2999", "DD/MM/YYYY", "2999-12-31T00:00:00.000Z"},
		{"10/02/26", "DD/MM/YYYY", NULL},
		{"10/02/2026 ", "DD/MM/YYYY", NULL},
		{"", "DD/MM/YYYY", NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char date[CLOCK_TEXT_BYTES] = "";
		bool ok = mapping_date(date, span_of(rows[i].text), rows[i].format, true);

		print_message("  %s by %s\n", rows[i].text, rows[i].format);
		assert_int_equal(ok, rows[i].date != NULL);
		if (ok)
			assert_string_equal(date, rows[i].date);
	}
	assert_false(mapping_date_format_ok("MM D, YYYY"));
	assert_false(mapping_date_format_ok("DD/MM/YYYY DD"));
	assert_false(mapping_date_format_ok("YYYY-MM"));
	assert_true(mapping_date_format_ok("DD.MM.YYYY"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_become_fields_of_their_type),
		cmocka_unit_test(ratings_keep_their_own_scale),
		cmocka_unit_test(what_cannot_work_is_refused_with_its_place),
		cmocka_unit_test(columns_are_looked_for_before_anything_is_read),
		cmocka_unit_test(columns_that_nothing_names_are_told),
		cmocka_unit_test(keys_of_json_are_columns),
		cmocka_unit_test(dates_are_read_by_their_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
