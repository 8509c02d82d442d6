#include "record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SEED 20488

static const struct record_head head = {
	.kind = KIND_REVIEW,
	.version = 1,
	.seq = UINT64_C(0x1122334455667788),
	.received_at = 1790000000123,
	.id = {0x01, 0x02},
	.secret = {0x5E},
	.key_hash = {0xCE},
	.body_hash = {0xB0},
	.site = {(const uint8_t *)"demo", 4},
	.principal = {(const uint8_t *)"importer", 8},
};

/* One field of each type, and a group of two elements. */
static void fill_body(struct buf *body)
{
	OWNED(buf_release) struct buf element = BUF_INIT(4096);
	static const uint8_t hash[32] = {1, 2, 3};

	body_put_bytes(body, FIELD_SOURCE, SPAN_OF("shop"));
	body_put_bytes(body, FIELD_SOURCE_ID, SPAN_OF("r-1"));
	body_put_int(body, FIELD_SUBMITTED_AT, -1);
	body_put_code(body, FIELD_LEGACY, 1);
	body_put_int(body, FIELD_RATING_VALUE, 4500);
	for (int i = 0; i < 2; i++) {
		buf_clear(&element);
		body_put_bytes(&element, FIELD_RATINGS_CRITERION,
			       i ? SPAN_OF("size") : SPAN_OF("price"));
		body_put_int(&element, FIELD_RATINGS_VALUE, 1000 * (i + 1));
		body_put_bytes(body, FIELD_RATINGS, buf_view(&element));
	}
	body_put_int(body, FIELD_EXPERIENCE_DATE, -3);
	body_put_code(body, FIELD_ORIGIN, ORIGIN_SOLICITED);
	buf_clear(&element);
	body_put_bytes(&element, FIELD_MEDIA_HASH, (struct span){hash, sizeof(hash)});
	body_put_bytes(body, FIELD_MEDIA, buf_view(&element));
	body_put_bytes(body, FIELD_EXTRA, SPAN_OF("{\"a\":1}"));
}

static void fill_record(struct buf *out)
{
	OWNED(buf_release) struct buf body = BUF_INIT(4096);

	fill_body(&body);
	record_put(out, &head, buf_view(&body));
}

/* --- the tables ----------------------------------------------------------------------- */

static size_t nested_prefix(const char *path)
{
	size_t len = strcspn(path, ".[");

	return path[len] ? len + 1 : 0;
}

static void the_field_table_is_in_order(void **state)
{
	(void)state;
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = &field_table[f];
		assert_true(info->tag > 0 && info->tag < 128);
		if (f > 0)
			assert_true(info->tag > info[-1].tag);
		assert_int_equal(!!(info->flags & ELEMENT),
				 strstr(info->path, "[].") != NULL);
		bool group = strlen(info->path) > 2 && strstr(info->path, "[]") &&
			     !(info->flags & ELEMENT);
		assert_int_equal(info->type == FIELD_TYPE_GROUP, group);
		assert_true(info->kinds != 0);
		assert_true(info->min <= info->max);
		assert_true(info->meaning[0] != '\0');
	}
}

/* The border finds the fields of a nested object in one stretch, and knows from the first
 * of them whether a kind has the object at all. */
static void fields_of_one_object_stand_together(void **state)
{
	(void)state;
	for (enum field f = 1; f < FIELD_COUNT; f++)
		for (enum field g = 0; g < f; g++) {
			const char *a = field_table[g].path, *b = field_table[f].path;
			assert_string_not_equal(a, b);
			size_t len = nested_prefix(b);
			if (!len || len != nested_prefix(a) || strncmp(a, b, len) != 0)
				continue;
			assert_true(strncmp(field_table[f - 1].path, b, len) == 0);
			assert_true((field_table[f].kinds & ~field_table[g].kinds) == 0);
		}
}

static void kinds_have_names_and_endpoints(void **state)
{
	int count = 0;

	(void)state;
	for (unsigned i = 0; i < KIND_LIMIT + 2; i++) {
		enum kind kind = (enum kind)i;
		if (!kind_name(kind)) {
			assert_int_equal(kind_endpoints(kind), 0);
			continue;
		}
		count++;
		assert_int_equal(kind_from_name(span_of(kind_name(kind))), kind);
		assert_non_null(kind_meaning(kind));
		assert_true(kind_endpoints(kind) != 0);
		assert_true(strlen(kind_name(kind)) <= 32);
	}
	assert_int_equal(count, 36);
	assert_int_equal(kind_from_name(SPAN_OF("Review")), KIND_NONE);
	assert_int_equal(kind_from_name(SPAN_NONE), KIND_NONE);
	assert_int_equal(kind_endpoints(KIND_TICK), OWN);
}

static void choices_have_names_in_their_field_alone(void **state)
{
	(void)state;
	assert_int_equal(choice_code(FIELD_ORIGIN, SPAN_OF("expert")), ORIGIN_EXPERT);
	assert_int_equal(choice_code(FIELD_ORIGIN, SPAN_OF("email")), 0);
	assert_string_equal(choice_name(FIELD_SUBJECT_TYPE, SUBJECT_PLACE), "place");
	assert_null(choice_name(FIELD_SUBJECT_TYPE, 77));
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		if (field_table[f].type != FIELD_TYPE_CHOICE)
			continue;
		assert_non_null(choice_name(f, 1));
		for (int code = 1; choice_name(f, code); code++)
			assert_int_equal(choice_code(f, span_of(choice_name(f, code))),
					 code);
	}
}

/* --- bytes ---------------------------------------------------------------------------- */

static void the_head_lies_as_written(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(RECORD_BYTES_MAX);

	(void)state;
	record_put(&out, &head, SPAN_OF("\x01\0\x01\0\0\0x"));
	const uint8_t *at = out.at;
	assert_int_equal(out.len, 112 + 4 + 8 + 7);
	assert_int_equal(get_le32(at), out.len);
	assert_int_equal(at[4], 1);
	assert_int_equal(at[5], 0);
	assert_int_equal(get_le16(at + 6), 1);
	assert_memory_equal(at + 8, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
	assert_true(get_le64(at + 16) == 1790000000123);
	assert_int_equal(at[24], 0x01);
	assert_int_equal(at[40], 0x5E);
	assert_int_equal(at[72], 0xCE);
	assert_int_equal(at[88], 0xB0);
	assert_int_equal(get_le16(at + 104), 1);
	assert_int_equal(at[106], 4);
	assert_int_equal(at[107], 8);
	assert_int_equal(get_le32(at + 108), 7);
	assert_memory_equal(at + 112, "demoimporter\x01\0\x01\0\0\0x", 19);
}

static void what_is_put_is_read(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;
	struct err err;

	(void)state;
	fill_record(&out);
	buf_text(&out, "more behind it");
	assert_int_equal(record_parse(&r, buf_view(&out), &err), ST_OK);
	assert_int_equal(r.bytes.len, out.len - strlen("more behind it"));
	assert_int_equal(r.kind, KIND_REVIEW);
	assert_int_equal(r.version, 1);
	assert_true(r.seq == head.seq && r.received_at == head.received_at);
	assert_memory_equal(r.id, head.id, UUID_BYTES);
	assert_memory_equal(r.secret, head.secret, RECORD_SECRET_BYTES);
	assert_memory_equal(r.key_hash, head.key_hash, 16);
	assert_memory_equal(r.body_hash, head.body_hash, 16);
	assert_true(span_equal(r.site, head.site));
	assert_true(span_equal(r.principal, head.principal));
	assert_true(span_equal(r.field[FIELD_SOURCE], SPAN_OF("shop")));
	assert_true(record_int(&r, FIELD_SUBMITTED_AT, 7) == -1);
	assert_true(record_int(&r, FIELD_EXPERIENCE_DATE, 7) == -3);
	assert_true(record_int(&r, FIELD_RATING_BEST, 7) == 7);
	assert_true(record_bool(&r, FIELD_LEGACY));
	assert_false(record_bool(&r, FIELD_ATTESTATION));
	assert_int_equal(record_choice(&r, FIELD_ORIGIN), ORIGIN_SOLICITED);
	assert_int_equal(record_choice(&r, FIELD_CONTACT_CHANNEL), 0);
	assert_false(record_has(&r, FIELD_TEXT));
	assert_false(record_has(&r, FIELD_RATINGS_VALUE));
}

static void elements_are_stepped_through(void **state)
{
	OWNED(buf_release) struct buf body = BUF_INIT(4096);
	struct record r, element;
	struct span at = SPAN_NONE;

	(void)state;
	fill_body(&body);
	assert_int_equal(record_parse_body(&r, buf_view(&body), NULL), ST_OK);
	assert_true(record_next(&r, FIELD_RATINGS, &at, &element));
	assert_true(span_equal(element.field[FIELD_RATINGS_CRITERION], SPAN_OF("price")));
	assert_true(record_int(&element, FIELD_RATINGS_VALUE, 0) == 1000);
	assert_false(record_has(&element, FIELD_SOURCE));
	assert_true(record_next(&r, FIELD_RATINGS, &at, &element));
	assert_true(record_int(&element, FIELD_RATINGS_VALUE, 0) == 2000);
	assert_false(record_next(&r, FIELD_RATINGS, &at, &element));
	at = SPAN_NONE;
	assert_false(record_next(&r, FIELD_CONSENTS, &at, &element));
}

static void a_scale_is_one_to_five_unless_named(void **state)
{
	OWNED(buf_release) struct buf body = BUF_INIT(4096);
	struct record r;
	int64_t worst, best;

	(void)state;
	body_put_int(&body, FIELD_RATING_VALUE, 3000);
	body_put_int(&body, FIELD_RATING_BEST, 10000);
	assert_int_equal(record_parse_body(&r, buf_view(&body), NULL), ST_OK);
	record_rating_scale(&r, &worst, &best);
	assert_true(worst == 1000 && best == 10000);
	record_element_scale(&r, &worst, &best);
	assert_true(worst == 1000 && best == 5000);
}

static void a_flag_is_set_in_place(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	(void)state;
	fill_record(&out);
	record_set_flag(out.at, RECORD_QUARANTINED);
	record_set_flag(out.at, RECORD_ERASED);
	assert_int_equal(record_parse(&r, buf_view(&out), NULL), ST_OK);
	assert_int_equal(r.flags, RECORD_QUARANTINED | RECORD_ERASED);
}

/* --- what is refused ------------------------------------------------------------------ */

static void damaged_heads_are_refused(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t byte;
		enum status st;
	} rows[] = {
		{"length beyond the bytes", 1, 0xFF, ST_EMALFORMED},
		{"length beyond the limit", 3, 1, ST_EMALFORMED},
		{"length below the head", 0, 0, ST_EMALFORMED},
		{"format 0", 4, 0, ST_EMALFORMED},
		{"newer format", 4, 2, ST_EVERSION},
		{"unknown flag", 5, 4, ST_EVERSION},
		{"kind 0", 6, 0, ST_EMALFORMED},
		{"kind beyond the mask", 6, 64, ST_EMALFORMED},
		{"kind beyond a byte", 7, 1, ST_EMALFORMED},
		{"kind of a newer version", 6, 59, ST_EVERSION},
		{"site too long", 106, 65, ST_EMALFORMED},
		{"principal too long", 107, 65, ST_EMALFORMED},
		{"site longer than it is", 106, 5, ST_EMALFORMED},
		{"body longer than it is", 110, 1, ST_EMALFORMED},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(RECORD_BYTES_MAX);
		struct record r;
		struct err err = {""};
		fill_record(&out);
		out.at[rows[i].at] = rows[i].byte;
		if (rows[i].at == 0)
			out.at[1] = 0;
		if (record_parse(&r, buf_view(&out), &err) != rows[i].st || !err.text[0])
			fail_msg("%s: %s", rows[i].what, err.text);
	}
}

static void damaged_bodies_are_refused(void **state)
{
#define BODY(bytes)                                         \
	{                                                   \
		(const uint8_t *)(bytes), sizeof(bytes) - 1 \
	}
	static const struct {
		const char *what;
		struct span body;
		enum status st;
	} rows[] = {
		{"empty", BODY(""), ST_OK},
		{"one field", BODY("\1\0\1\0\0\0x"), ST_OK},
		{"head of a field cut", BODY("\1\0\1\0\0"), ST_EMALFORMED},
		{"value cut", BODY("\1\0\2\0\0\0x"), ST_EMALFORMED},
		{"length of 4 GB", BODY("\1\0\xFF\xFF\xFF\xFFx"), ST_EMALFORMED},
		{"field twice", BODY("\1\0\1\0\0\0x\1\0\1\0\0\0x"), ST_EMALFORMED},
		{"tags descend", BODY("\2\0\1\0\0\0x\1\0\1\0\0\0x"), ST_EMALFORMED},
		{"unknown tag", BODY("\x63\0\1\0\0\0x"), ST_OK},
		{"unknown tag twice", BODY("\x63\0\1\0\0\0x\x63\0\0\0\0\0"), ST_OK},
		{"unknown tag beyond a byte", BODY("\1\0\1\0\0\0x\1\2\1\0\0\0x"), ST_OK},
		{"empty source", BODY("\1\0\0\0\0\0"), ST_EMALFORMED},
		{"integer of 4 bytes", BODY("\3\0\4\0\0\0abcd"), ST_EMALFORMED},
		{"date of 8 bytes", BODY("\x1C\0\x8\0\0\0abcdefgh"), ST_EMALFORMED},
		{"bool of value 2", BODY("\5\0\1\0\0\0\2"), ST_EMALFORMED},
		{"choice 0", BODY("\x21\0\1\0\0\0\0"), ST_EMALFORMED},
		{"choice of a newer list", BODY("\x21\0\1\0\0\0\x63"), ST_OK},
		{"element's field in the body", BODY("\x14\0\1\0\0\0x"), ST_EMALFORMED},
		{"body's field in an element", BODY("\x13\0\7\0\0\0\1\0\1\0\0\0x"),
		 ST_EMALFORMED},
		{"another group's field", BODY("\x13\0\7\0\0\0\x28\0\1\0\0\0x"),
		 ST_EMALFORMED},
		{"element cut", BODY("\x13\0\6\0\0\0\x14\0\2\0\0\0"), ST_EMALFORMED},
		{"second element cut",
		 BODY("\x13\0\7\0\0\0\x14\0\1\0\0\0x\x13\0\3\0\0\0abc"), ST_EMALFORMED},
		{"field twice in an element",
		 BODY("\x13\0\xE\0\0\0\x14\0\1\0\0\0x\x14\0\1\0\0\0x"), ST_EMALFORMED},
		{"empty element", BODY("\x13\0\0\0\0\0"), ST_OK},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct record r = {0};
		struct err err = {""};
		enum status st = record_parse_body(&r, rows[i].body, &err);
		if (st != rows[i].st)
			fail_msg("%s: %s %s", rows[i].what, status_name(st), err.text);
	}
}

/* Walks everything that a reader may touch; the sanitizers are the judge. */
static size_t touch_all(const struct record *r)
{
	size_t sum = 0;
	struct record element;

	for (enum field f = 0; f < FIELD_COUNT; f++) {
		for (size_t i = 0; i < r->field[f].len; i++)
			sum += r->field[f].at[i];
		struct span at = SPAN_NONE;
		while (field_table[f].type == FIELD_TYPE_GROUP &&
		       record_next(r, f, &at, &element))
			sum += element.field[FIELD_RATINGS_CRITERION].len;
	}
	return sum;
}

/* In memory of exactly its size, so that a read beyond the end is seen. */
static bool parses(const uint8_t *bytes, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);
	struct record r;

	memcpy(exact, bytes, len);
	enum status st = record_parse(&r, (struct span){exact, len}, NULL);
	if (st == ST_OK)
		touch_all(&r);
	free(exact);
	return st == ST_OK;
}

/* Between our own programs it is no bad input: the program that wrote it is wrong. */
static void a_stage_takes_damage_for_our_own_fault(void **state)
{
	OWNED(buf_release) struct buf b = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	(void)state;
	fill_record(&b);
	assert_int_equal(record_read(&r, buf_view(&b), RECORD_QUARANTINED, NULL), ST_OK);
	assert_true(record_has(&r, FIELD_SOURCE_ID));
	memset(b.at + (r.body.at - b.at), 0xFF, 8);
	assert_int_equal(record_read(&r, buf_view(&b), RECORD_QUARANTINED, NULL),
			 ST_ESOFTWARE);
	assert_int_equal(status_exit_code(ST_ESOFTWARE), EXIT_CODE_SOFTWARE);
	record_set_flag(b.at, RECORD_QUARANTINED);
	assert_int_equal(record_read(&r, buf_view(&b), RECORD_QUARANTINED, NULL), ST_OK);
	assert_false(record_has(&r, FIELD_SOURCE_ID));
	b.at[4] = 99;
	assert_int_equal(record_read(&r, buf_view(&b), RECORD_QUARANTINED, NULL),
			 ST_EVERSION);
}

static void no_cut_record_parses(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(RECORD_BYTES_MAX);

	(void)state;
	fill_record(&out);
	for (size_t len = 0; len < out.len; len++)
		assert_false(parses(out.at, len));
	assert_true(parses(out.at, out.len));
}

static void flipped_bits_never_crash(void **state)
{
	OWNED(buf_release) struct buf out = BUF_INIT(RECORD_BYTES_MAX);
	unsigned short seed[3] = {SEED, 0, 0};
	int taken = 0, refused = 0;

	(void)state;
	for (int i = 0; i < 50000; i++) {
		buf_clear(&out);
		fill_record(&out);
		for (long flips = 1 + nrand48(seed) % 4; flips > 0; flips--)
			out.at[(size_t)nrand48(seed) % out.len] ^=
				(uint8_t)(1 << nrand48(seed) % 8);
		if (parses(out.at, out.len))
			taken++;
		else
			refused++;
	}
	assert_true(taken > 0 && refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_field_table_is_in_order),
		cmocka_unit_test(fields_of_one_object_stand_together),
		cmocka_unit_test(kinds_have_names_and_endpoints),
		cmocka_unit_test(choices_have_names_in_their_field_alone),
		cmocka_unit_test(the_head_lies_as_written),
		cmocka_unit_test(what_is_put_is_read),
		cmocka_unit_test(elements_are_stepped_through),
		cmocka_unit_test(a_scale_is_one_to_five_unless_named),
		cmocka_unit_test(a_flag_is_set_in_place),
		cmocka_unit_test(damaged_heads_are_refused),
		cmocka_unit_test(damaged_bodies_are_refused),
		cmocka_unit_test(a_stage_takes_damage_for_our_own_fault),
		cmocka_unit_test(no_cut_record_parses),
		cmocka_unit_test(flipped_bits_never_crash),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
