// uses: tests/lib/taken.c
#include "record_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "taken.h"

/* A valid record of each shape, which the rows change. */
static const char *const bases[KIND_LIMIT] = {
	[KIND_REVIEW] = "{\"kind\":\"review\",\"source\":\"shop\",\"source_id\":\"r-1\","
			"\"subject\":\"p\",\"supplier\":\"q\",\"rating\":{\"value\":4}}",
	[KIND_SUPPLIER] =
		"{\"kind\":\"supplier\",\"source\":\"shop\",\"source_id\":\"s-1\","
		"\"supplier\":\"q\"}",
	[KIND_SUBJECT] =
		"{\"kind\":\"subject\",\"source\":\"shop\",\"source_id\":\"p-1\","
		"\"subject\":\"p\",\"supplier\":\"q\"}",
	[KIND_SITE] = "{\"kind\":\"site\",\"source\":\"shop\",\"source_id\":\"site-1\"}",
	[KIND_ACTIVATION] =
		"{\"kind\":\"activation\",\"source\":\"op\",\"source_id\":\"a-1\","
		"\"activates\":\"rules\",\"hash\":\"000102030405060708090a0b0c0d"
		"0e0f101112131415161718191a1b1c1d1e1f\"}",
	[KIND_REPLY] = "{\"kind\":\"reply\",\"source\":\"shop\",\"source_id\":\"y-1\"}",
	[KIND_REFUSAL] =
		"{\"kind\":\"refusal\",\"source\":\"shop\",\"source_id\":\"f-1\"}",
	[KIND_REPEAT] = "{\"kind\":\"repeat\",\"source\":\"shop\",\"source_id\":\"t-1\"}",
	[KIND_TICK] = "{\"kind\":\"tick\",\"source\":\"collect\",\"source_id\":\"k-1\"}",
};

static enum endpoint widest(enum kind kind)
{
	return kind_endpoints(kind) & ADMIN ? ADMIN : OWN;
}

/* What a row writes for short: ' for ", and <N|piece> for N pieces. */
static void expand(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text != '<') {
			buf_char(out, *text == '\'' ? '"' : *text);
			continue;
		}
		char *piece;
		long count = strtol(text + 1, &piece, 10);
		size_t len = strcspn(++piece, ">");
		for (long i = 0; i < count; i++) {
			if (i && *piece == '{')
				buf_char(out, ',');
			for (size_t j = 0; j < len; j++)
				buf_char(out, piece[j] == '\'' ? '"' : piece[j]);
		}
		text = piece + len;
	}
}

/* The base of `kind` without the key `drop`, with the keys of `change` put over it. */
static char *changed(enum kind kind, const char *drop, const char *change)
{
	OWNED(buf_release) struct buf full = BUF_INIT(RECORD_BYTES_MAX);
	json_t *base = json_loads(bases[kind], 0, NULL);

	expand(&full, change);
	json_t *over = json_loads(buf_string(&full), 0, NULL);

	assert_non_null(base);
	if (!over)
		fail_msg("the row is no JSON: %s", change);
	if (drop)
		assert_int_equal(json_object_del(base, drop), 0);
	assert_int_equal(json_object_update(base, over), 0);
	char *text = json_dumps(base, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(base);
	json_decref(over);
	return text;
}

/* A body as a record without its place: what record_to_json prints is then the submission. */
static void print(struct buf *out, const struct taken *o, const struct buf *body)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	struct record_head head = {.kind = o->submission.kind,
				   .version = o->submission.version,
				   .site = span_of(o->submission.site)};
	struct record r;

	record_put(&bytes, &head, buf_view(body));
	assert_int_equal(record_parse(&r, buf_view(&bytes), NULL), ST_OK);
	record_to_json(out, &r);
}

static void survives_a_round_trip(const struct taken *o, const struct buf *body)
{
	OWNED(buf_release) struct buf json = BUF_INIT(4 * RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf again = BUF_INIT(RECORD_BYTES_MAX);

	print(&json, o, body);
	struct taken back =
		take_record(&again, buf_view(&json), widest(o->submission.kind));
	if (!back.good)
		fail_msg("%s refused: %s %s", buf_string(&json), back.refusal.field,
			 back.refusal.detail);
	assert_int_equal(again.len, body->len);
	assert_memory_equal(again.at, body->at, body->len);
	assert_string_equal(back.submission.site, o->submission.site);
}

/* --- one row and more per field ------------------------------------------------------------ */

#define H63	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1"
#define H64	  H63 "f"
#define H64_UPPER "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
#define REV	  KIND_REVIEW
#define SUP	  KIND_SUPPLIER
#define SUB	  KIND_SUBJECT
#define OK	  REFUSED_NOTHING

static const struct row {
	enum field field; /* what the row is about; FIELD_COUNT: the whole record */
	enum kind kind;
	const char *drop; /* key taken out of the base, or NULL */
	const char *change;
	enum refusal_reason reason; /* OK: accepted, and the field is there */
	const char *path;	    /* "" when accepted */
} rows[] = {
#include "record_json_rows.inc"
};

static bool field_is_there(const struct record *r, enum field field)
{
	if (field == FIELD_COUNT || record_has(r, field))
		return true;
	if (!(field_table[field].flags & ELEMENT))
		return false;
	enum field group = field;
	while (field_table[group].type != FIELD_TYPE_GROUP)
		group--;
	struct span at = SPAN_NONE;
	struct record element;
	while (record_next(r, group, &at, &element))
		if (record_has(&element, field))
			return true;
	return false;
}

static void each_row_comes_out_as_stated(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		char *json = changed(row->kind, row->drop, row->change);
		struct taken o = take_record(&body, span_of(json), widest(row->kind));
		free(json);
		if (o.refusal.reason != row->reason ||
		    strcmp(o.refusal.field, row->path) != 0)
			fail_msg("%s %s: %s at '%s' (%s)", kind_name(row->kind),
				 row->change,
				 o.good ? "accepted" : refusal_name(o.refusal.reason),
				 o.refusal.field, o.refusal.detail);
		if (!o.good)
			continue;
		if (!field_is_there(&o.record, row->field))
			fail_msg("%s: the field is not in the body", row->change);
		survives_a_round_trip(&o, &body);
	}
}

static void every_field_has_an_accepting_and_a_refusing_row(void **state)
{
	(void)state;
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		int good = 0, bad = 0;
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			if (rows[i].field == f)
				*(rows[i].reason == OK ? &good : &bad) += 1;
		if (!good || !bad)
			fail_msg("%s has %d accepting and %d refusing rows",
				 field_table[f].path, good, bad);
	}
}

/* --- texts that cannot be given as a changed base ----------------------------------------- */

static void raw_texts_come_out_as_stated(void **state)
{
#define RAW(text)                                         \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
	static const struct {
		struct span json;
		enum refusal_reason reason;
		const char *field;
	} raw[] = {
		{RAW(TAKEN_HEAD "}"), OK, ""},
		{RAW(" \t\r\n" TAKEN_HEAD " } \n"), OK, ""},
		{RAW(""), REFUSED_NOT_JSON, ""},
		{RAW("   "), REFUSED_NOT_JSON, ""},
		{RAW(TAKEN_HEAD), REFUSED_NOT_JSON, ""},
		{RAW(TAKEN_HEAD "}}"), REFUSED_NOT_JSON, ""},
		{RAW(TAKEN_HEAD "} {}"), REFUSED_NOT_JSON, ""},
		{RAW(TAKEN_HEAD "} \"a tail that never ends"), REFUSED_NOT_JSON, ""},
		{RAW("\xEF\xBB\xBF" TAKEN_HEAD "}"), REFUSED_NOT_JSON, ""},
		{RAW(TAKEN_HEAD ",\"text\":\"a\0b\"}"), REFUSED_NUL, "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"a\nb\"}"), REFUSED_NOT_JSON, "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"\\ud800\"}"), REFUSED_NOT_JSON, "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"\\udc00\"}"), REFUSED_NOT_JSON, "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"\\ud83d\\ude00\"}"), OK, ""},
		{RAW(TAKEN_HEAD ",\"expects\":1\0}"), REFUSED_NUL, ""},
		{RAW(TAKEN_HEAD "}\0"), REFUSED_NUL, ""},
		{RAW(TAKEN_HEAD ",\"expects\":NaN}"), REFUSED_NOT_JSON, "expects"},
		{RAW(TAKEN_HEAD ",\"expects\":Infinity}"), REFUSED_NOT_JSON, "expects"},
		{RAW(TAKEN_HEAD ",\"expects\":01}"), REFUSED_NOT_JSON, ""},
		{RAW("7"), REFUSED_NOT_OBJECT, ""},
		{RAW("null"), REFUSED_NOT_OBJECT, ""},
		{RAW("\"review\""), REFUSED_NOT_OBJECT, ""},
		{RAW("[" TAKEN_HEAD "}]"), REFUSED_NOT_OBJECT, ""},
		{RAW(TAKEN_HEAD ",\"subject\":\"p\"}"), REFUSED_DUPLICATE_KEY, "subject"},
		{RAW(TAKEN_HEAD ",\"s\\u0075bject\":\"p\"}"), REFUSED_DUPLICATE_KEY,
		 "subject"},
		{RAW(TAKEN_HEAD ",\"extra\":{\"a\":1,\"a\":1}}"), REFUSED_DUPLICATE_KEY,
		 "extra"},
		{RAW(TAKEN_HEAD ",\"text\":\"\xFF\"}"), REFUSED_BAD_UTF8, "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"\xC0\x80\"}"), REFUSED_BAD_UTF8, "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"\xED\xA0\x80\"}"), REFUSED_BAD_UTF8, "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"\xF4\x90\x80\x80\"}"), REFUSED_BAD_UTF8,
		 "text"},
		{RAW(TAKEN_HEAD ",\"text\":\"a\\u0000b\"}"), REFUSED_NUL, "text"},
		{RAW(TAKEN_HEAD ",\"a\\u0000b\":1}"), REFUSED_NUL, ""},
		{RAW(TAKEN_HEAD ",\"expects\":9223372036854775808}"),
		 REFUSED_OUT_OF_BOUNDS, "expects"},
		{RAW(TAKEN_HEAD ",\"expects\":-9223372036854775809}"),
		 REFUSED_OUT_OF_BOUNDS, "expects"},
		{RAW(TAKEN_HEAD ",\"expects\":1e400}"), REFUSED_OUT_OF_BOUNDS, "expects"},
		{RAW(TAKEN_HEAD ",\"extra\":{\"a\":1e400}}"), REFUSED_OUT_OF_BOUNDS,
		 "extra"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(raw); i++) {
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		struct taken o = take_record(&body, raw[i].json, SUBMIT);
		if (o.refusal.reason != raw[i].reason ||
		    strcmp(o.refusal.field, raw[i].field) != 0)
			fail_msg("%s: %s of '%s'", raw[i].json.at,
				 refusal_name(o.refusal.reason), o.refusal.field);
	}
}

static void append_levels(struct buf *json, int levels)
{
	for (int i = 0; i < levels; i++)
		buf_text(json, i % 2 ? "[" : "{\"a\":");
	buf_char(json, '1');
	for (int i = levels - 1; i >= 0; i--)
		buf_char(json, i % 2 ? ']' : '}');
}

static void depth_is_counted_from_the_record(void **state)
{
	static const struct {
		int levels; /* of extra; the record itself is one more */
		enum refusal_reason reason;
	} deep[] = {{1, OK},
		    {7, OK},
		    {8, REFUSED_TOO_DEEP},
		    {9, REFUSED_TOO_DEEP},
		    {1000, REFUSED_TOO_DEEP},
		    {5000, REFUSED_TOO_DEEP}};

	(void)state;
	assert_int_equal(RECORD_JSON_DEPTH_MAX, 8);
	for (size_t i = 0; i < ARRAY_LEN(deep); i++) {
		OWNED(buf_release) struct buf json = BUF_INIT(RECORD_BYTES_MAX);
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		buf_text(&json, TAKEN_HEAD ",\"extra\":");
		append_levels(&json, deep[i].levels);
		buf_char(&json, '}');
		struct taken o = take_record(&body, buf_view(&json), SUBMIT);
		assert_int_equal(o.refusal.reason, deep[i].reason);
	}
}

static void lengths_count_bytes_up_to_the_limit(void **state)
{
	static const struct {
		const char *unit;
		size_t count;
		enum refusal_reason reason;
	} texts[] = {
		{"a", 65536, OK},
		{"a", 65537, REFUSED_TOO_LONG},
		{"é", 32768, OK},
		{"é", 32769, REFUSED_TOO_LONG},
		{"\\u00e9", 32768, OK},
		{"a", RECORD_BYTES_MAX, REFUSED_TOO_BIG},
		{"\\u0001", 65536, REFUSED_TOO_BIG},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		OWNED(buf_release) struct buf json = BUF_INIT(4 * RECORD_BYTES_MAX);
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		buf_text(&json, TAKEN_HEAD ",\"text\":\"");
		taken_repeat(&json, texts[i].unit, texts[i].count);
		buf_text(&json, "\"}");
		struct taken o = take_record(&body, buf_view(&json), SUBMIT);
		if (o.refusal.reason != texts[i].reason)
			fail_msg("%s x %zu: %s", texts[i].unit, texts[i].count,
				 refusal_name(o.refusal.reason));
	}
}

/* JSON inside is measured as it is stored: without white space. */
static void extra_is_measured_compact(void **state)
{
	(void)state;
	for (size_t len = 8184; len <= 8185; len++) {
		OWNED(buf_release) struct buf json = BUF_INIT(RECORD_BYTES_MAX);
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		buf_text(&json, TAKEN_HEAD ",\"extra\":  { \"a\" :  \"");
		taken_repeat(&json, "x", len);
		buf_text(&json, "\" } }");
		struct taken o = take_record(&body, buf_view(&json), SUBMIT);
		assert_int_equal(o.refusal.reason, len == 8184 ? OK : REFUSED_TOO_LONG);
	}
}

static void too_small_a_body_buffer_is_too_big_a_record(void **state)
{
	OWNED(buf_release) struct buf body = BUF_INIT(40);

	(void)state;
	struct taken o = take_record(&body, SPAN_OF(TAKEN_HEAD "}"), SUBMIT);
	assert_int_equal(o.refusal.reason, REFUSED_TOO_BIG);
}

/* --- the same content is the same body ----------------------------------------------------- */

static void order_and_white_space_leave_no_trace(void **state)
{
	static const char *const same[] = {
		TAKEN_HEAD ",\"extra\":{\"a\":0.1,\"b\":[1,2]},\"title\":\"é\"}",
		"{ \"extra\" : {\"b\":[1, 2], \"a\":0.10 },\n\"title\":\"\\u00e9\",\"text\":\"\","
		"\"ratings\":[],\"rating\":{\"value\":40.000e-1},\"supplier\":\"q\",\"subject\":\"p\","
		"\"source_id\":\"1\",\"source\":\"s\",\"version\":1,\"kind\":\"review\"}",
	};
	OWNED(buf_release) struct buf a = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf b = BUF_INIT(RECORD_BYTES_MAX);

	(void)state;
	assert_true(take_record(&a, span_of(same[0]), SUBMIT).good);
	assert_true(take_record(&b, span_of(same[1]), SUBMIT).good);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.at, b.at, a.len);
}

static void the_body_is_these_bytes(void **state)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	static const char bytes[] = "\1\0\1\0\0\0s"
				    "\2\0\1\0\0\0001"
				    "\xA\0\1\0\0\0p"
				    "\xB\0\1\0\0\0q"
				    "\x10\0\10\0\0\0\xA0\xF\0\0\0\0\0\0"
				    "\x34\0\x13\0\0\0{\"a\":0.25,\"b\":true}";

	(void)state;
	assert_true(take_record(&body,
				SPAN_OF(TAKEN_HEAD ",\"extra\":{\"b\":true,\"a\":0.25}}"),
				SUBMIT)
			    .good);
	assert_int_equal(body.len, sizeof(bytes) - 1);
	assert_memory_equal(body.at, bytes, body.len);
}

/* --- head, endpoints --------------------------------------------------- */

static void the_head_gets_its_names(void **state)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);

	(void)state;
	struct taken o = take_record(&body, SPAN_OF(TAKEN_HEAD "}"), SUBMIT);
	assert_int_equal(o.submission.kind, KIND_REVIEW);
	assert_int_equal(o.submission.version, 1);
	assert_string_equal(o.submission.site, "demo");
	assert_string_equal(o.submission.source, "s");
	assert_string_equal(o.submission.source_id, "1");
	o = take_record(&body, SPAN_OF(TAKEN_HEAD ",\"site\":\"other\"}"), SUBMIT);
	assert_string_equal(o.submission.site, "other");
	struct submission s;
	struct refusal refusal;
	assert_false(record_from_json(&s, &body, &refusal, SPAN_OF(TAKEN_HEAD "}"),
				      SUBMIT, TAKEN_AT, NULL));
	assert_int_equal(refusal.reason, REFUSED_MISSING);
	assert_string_equal(refusal.field, "site");
}

static void endpoints_take_their_kinds_only(void **state)
{
	(void)state;
	for (enum kind kind = 1; kind < KIND_LIMIT; kind++) {
		if (!kind_name(kind))
			continue;
		for (enum endpoint e = SUBMIT; e <= OWN; e <<= 1) {
			OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
			OWNED(buf_release) struct buf json = BUF_INIT(1024);
			buf_format(&json, "{\"kind\":\"%s\"}", kind_name(kind));
			struct taken o = take_record(&body, buf_view(&json), e);
			bool taken = (kind_endpoints(kind) & e) != 0;
			assert_int_equal(o.refusal.reason == REFUSED_KIND_NOT_TAKEN,
					 !taken);
			assert_string_equal(o.refusal.field, taken ? "source" : "kind");
		}
	}
}

static void an_old_state_comes_from_the_operator_only(void **state)
{
	static const char *const parts[] = {"legacy\":true", "origin_state\":\"published",
					    "origin_reason\":\"old",
					    "origin_decided_at\":\"2026-03-01T10:00:00Z"};
	static const char *const fields[] = {"legacy", "origin_state", "origin_reason",
					     "origin_decided_at"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
		OWNED(buf_release) struct buf json = BUF_INIT(1024);
		buf_format(&json, TAKEN_HEAD ",\"%s%s}", parts[i], i ? "\"" : "");
		struct taken o = take_record(&body, buf_view(&json), SUBMIT);
		assert_int_equal(o.refusal.reason, REFUSED_KIND_NOT_TAKEN);
		assert_string_equal(o.refusal.field, fields[i]);
	}
}

/* --- printing --------------------------------------------------------------------------- */

static void a_placed_record_prints_its_head_too(void **state)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf out = BUF_INIT(RECORD_BYTES_MAX);
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = 12,
				   .received_at = TAKEN_AT,
				   .id = {1},
				   .site = SPAN_OF("demo")};
	struct record r;

	(void)state;
	assert_true(
		take_record(
			&body,
			SPAN_OF(TAKEN_HEAD
				",\"ratings\":[{\"criterion\":\"a\\\"b\",\"value\":-0.05,"
				"\"worst\":-1},{\"criterion\":\"c\",\"value\":2}],"
				"\"contact\":{\"value\":\"a@b\",\"channel\":\"email\"},"
				"\"experience_date\":\"2026-02-28\"}"),
			SUBMIT)
			.good);
	record_put(&bytes, &head, buf_view(&body));
	assert_int_equal(record_parse(&r, buf_view(&bytes), NULL), ST_OK);
	record_to_json(&out, &r);
	assert_string_equal(
		buf_string(&out),
		"{\"kind\":\"review\",\"version\":1,\"site\":\"demo\",\"seq\":12,"
		"\"id\":\"01000000-0000-0000-0000-000000000000\","
		"\"received_at\":\"2026-09-21T14:13:20.000Z\",\"source\":\"s\","
		"\"source_id\":\"1\",\"subject\":\"p\",\"supplier\":\"q\","
		"\"contact\":{\"channel\":\"email\",\"value\":\"a@b\"},\"rating\":{\"value\":4},"
		"\"ratings\":[{\"criterion\":\"a\\\"b\",\"value\":-0.05,\"worst\":-1},"
		"{\"criterion\":\"c\",\"value\":2}],\"experience_date\":\"2026-02-28\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_comes_out_as_stated),
		cmocka_unit_test(every_field_has_an_accepting_and_a_refusing_row),
		cmocka_unit_test(raw_texts_come_out_as_stated),
		cmocka_unit_test(depth_is_counted_from_the_record),
		cmocka_unit_test(lengths_count_bytes_up_to_the_limit),
		cmocka_unit_test(extra_is_measured_compact),
		cmocka_unit_test(too_small_a_body_buffer_is_too_big_a_record),
		cmocka_unit_test(order_and_white_space_leave_no_trace),
		cmocka_unit_test(the_body_is_these_bytes),
		cmocka_unit_test(the_head_gets_its_names),
		cmocka_unit_test(endpoints_take_their_kinds_only),
		cmocka_unit_test(an_old_state_comes_from_the_operator_only),
		cmocka_unit_test(a_placed_record_prints_its_head_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
