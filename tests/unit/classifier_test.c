#include "classifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#define WEIGHTS ((size_t)1 << 8)

static const struct classifier_about about = {
	.name = "abuse",
	.languages = "en fr",
	.created = "2026-11-22",
	.data = {0xAB},
	.bits = 8,
	.scale = 400000,
	.bias = -500,
	.figures = 2,
	.figure = {{"train-true", 12}, {"seed", 0}},
};

static void make_weights(int8_t weights[WEIGHTS])
{
	for (size_t i = 0; i < WEIGHTS; i++)
		weights[i] = (int8_t)((int)(i * 37 % 255) - 127);
}

static void make_file(struct buf *ret)
{
	int8_t weights[WEIGHTS];

	make_weights(weights);
	classifier_store(ret, &about, weights);
}

static struct classifier *load(struct span bytes)
{
	struct classifier *c = NULL;
	struct err err = {""};

	if (classifier_load(&c, bytes, &err))
		fail_msg("%s", err.text);
	return c;
}

/* Margins and scores by a second program, written from classifier.h alone. */
static void a_text_has_the_score_of_the_definition(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int32_t margin;
		uint16_t score;
	} rows[] = {
		{"", INT32_MIN, 0},
		{" ... !", INT32_MIN, 0},
		{"a", -7682, 133},
		{"(a)", -7682, 133},
		{"parfait merci", -10789, 67},
		{"parfait, merci!", -10789, 67},
		{"12 34", -20584, 7},
		{"99 00", -20584, 7},
		{"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 60597, 1000},
		{"the waiter is an idiot!", 2672, 657},
		{"one two three four five six seven eight "
		 "one two three four five six seven eight "
		 "one two three four five six seven eight "
		 "one two three four five six seven eight "
		 "one two three four five six seven eight",
		 3107, 681},
	};
	OWNED(buf_release) struct buf file = BUF_INIT(CLASSIFIER_BYTES_MAX);

	make_file(&file);
	OWNED(classifier_freep) struct classifier *c = load(buf_view(&file));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span text = span_of(rows[i].text);

		if (classifier_margin(c, text) != rows[i].margin ||
		    classifier_score(c, text) != rows[i].score)
			fail_msg("'%s': margin %d, score %u", rows[i].text,
				 classifier_margin(c, text), classifier_score(c, text));
	}
}

static void scores_rise_with_the_margin_from_0_to_1000(void **state)
{
	(void)state;
	static const struct {
		int32_t margin;
		uint16_t score;
	} rows[] = {
		/* 1000 / (1 + exp(-margin / 4096)) */
		{INT32_MIN, 0},	  {-9 * 4096, 0},    {-4096, 269},    {-1, 500},
		{0, 500},	  {4096, 731},	     {2 * 4096, 881}, {4 * 4096, 982},
		{9 * 4096, 1000}, {INT32_MAX, 1000},
	};
	uint16_t before = 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(classifier_score_of_margin(rows[i].margin),
				 rows[i].score);
	for (int32_t m = -10 * 4096; m <= 10 * 4096; m += 7) {
		uint16_t score = classifier_score_of_margin(m);

		assert_true(score >= before && score <= CLASSIFIER_SCORE_MAX);
		before = score;
	}
}

/* Weight on the pieces of one word alone. */
static struct classifier *load_with_word(const char *word)
{
	OWNED(buf_release) struct buf file = BUF_INIT(CLASSIFIER_BYTES_MAX);
	uint32_t piece[CLASSIFIER_WORD_PIECES_MAX];
	struct classifier_place place = {span_of(word), 0};
	struct classifier_about wide = about;
	int8_t *weights = calloc((size_t)1 << 16, 1);
	size_t count = classifier_word(&place, piece);

	assert_non_null(weights);
	assert_int_equal(place.rest.len, 0);
	wide.bits = 16;
	for (size_t i = 0; i < count; i++)
		weights[piece[i] >> 16] = 100;
	classifier_store(&file, &wide, weights);
	free(weights);
	return load(buf_view(&file));
}

static void an_insult_at_the_end_of_a_long_text_weighs_as_one_alone(void **state)
{
	(void)state;
	OWNED(classifier_freep) struct classifier *c = load_with_word("idiot");
	OWNED(buf_release) struct buf text = BUF_INIT(1 << 16);
	int32_t calm, last;
	size_t last_blocks = 0;

	for (int i = 0; i < 20 * CLASSIFIER_BLOCK_WORDS - 1; i++) {
		if (i == 17 * CLASSIFIER_BLOCK_WORDS)
			last_blocks = text.len;
		buf_text(&text, "mmm ");
	}
	calm = classifier_margin(c, buf_view(&text));
	buf_text(&text, "idiot");
	last = classifier_margin(
		c, (struct span){text.at + last_blocks, text.len - last_blocks});
	assert_int_equal(calm, about.bias);
	assert_true(last > calm + CLASSIFIER_MARGIN_ONE / 2);
	assert_int_equal(classifier_margin(c, buf_view(&text)), last);
}

static void a_word_without_end_is_read_in_parts(void **state)
{
	(void)state;
	uint32_t piece[CLASSIFIER_WORD_PIECES_MAX];
	uint8_t text[1000];
	struct classifier_place place = {{text, sizeof(text)}, 0};
	size_t words = 0;

	memset(text, 'a', sizeof(text));
	while (classifier_word(&place, piece) > 0)
		words++;
	assert_int_equal(words, sizeof(text) / CLASSIFIER_WORD_BYTES_MAX);
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf file = BUF_INIT(CLASSIFIER_BYTES_MAX);
	uint8_t hash[SHA256_BYTES];

	make_file(&file);
	OWNED(classifier_freep) struct classifier *c = load(buf_view(&file));
	assert_memory_equal(classifier_about(c), &about, sizeof(about));
	sha256(hash, buf_view(&file));
	assert_memory_equal(classifier_hash(c), hash, SHA256_BYTES);
}

/* Replaces the first `from` of the head by `to`. */
static void edit(struct buf *ret, const struct buf *file, const char *from,
		 const char *to)
{
	const uint8_t *at = memmem(file->at, file->len, from, strlen(from));

	assert_non_null(at);
	buf_clear(ret);
	buf_bytes(ret, file->at, (size_t)(at - file->at));
	buf_text(ret, to);
	buf_bytes(ret, at + strlen(from),
		  file->len - (size_t)(at - file->at) - strlen(from));
}

static void what_is_no_model_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		enum status status;
	} rows[] = {
		{"normavis-model 1", "normavis-model 2", ST_EVERSION},
		{"normavis-model 1", "normavis-model 0", ST_EMALFORMED},
		{"normavis-model 1", "normavis-model 1 ", ST_EMALFORMED},
		{"normavis-model 1", "normavis-pack 1", ST_EMALFORMED},
		{"name abuse", "name Abuse", ST_EMALFORMED},
		{"name abuse", "name ", ST_EMALFORMED},
		{"name abuse", "name a23456789b123456789c123456789d123", ST_EMALFORMED},
		{"name abuse\n", "", ST_EMALFORMED},
		{"languages en fr", "languages en;fr", ST_EMALFORMED},
		{"2026-11-22", "2026-13-22", ST_EMALFORMED},
		{"data ab", "data zb", ST_EMALFORMED},
		{"train-true 12", "train-true -12", ST_EMALFORMED},
		{"train-true 12", "train-true", ST_EMALFORMED},
		{"train-true 12", "train-true 99999999999999999999", ST_EMALFORMED},
		{"bits 8", "bits 7", ST_EMALFORMED},
		{"bits 8", "bits 19", ST_EMALFORMED},
		{"bits 8", "bits 9", ST_ECORRUPT},
		{"scale 400000", "scale 0", ST_EMALFORMED},
		{"scale 400000", "scale 16777217", ST_EMALFORMED},
		{"scale 400000", "scale 400001", ST_ECORRUPT},
		{"bias -500", "bias -1048577", ST_EMALFORMED},
		{"bias -500", "bias  5", ST_EMALFORMED},
		{"train-true 12", "train-true 13", ST_ECORRUPT},
		{"\n\n", "\n", ST_EMALFORMED},
		{"sha256", "sha1", ST_EMALFORMED},
	};
	OWNED(buf_release) struct buf file = BUF_INIT(CLASSIFIER_BYTES_MAX);
	OWNED(buf_release) struct buf edited = BUF_INIT(CLASSIFIER_BYTES_MAX);

	make_file(&file);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct classifier *c = NULL;
		struct err err = {""};

		edit(&edited, &file, rows[i].from, rows[i].to);
		enum status st = classifier_load(&c, buf_view(&edited), &err);
		if (st != rows[i].status || c || !*err.text)
			fail_msg("'%s' for '%s': %s", rows[i].to, rows[i].from,
				 status_name(st));
	}
}

static void a_model_that_was_cut_or_changed_is_refused(void **state)
{
	(void)state;
	OWNED(buf_release) struct buf file = BUF_INIT(CLASSIFIER_BYTES_MAX);
	struct classifier *c = NULL;

	make_file(&file);
	for (size_t len = 0; len < file.len; len++)
		assert_int_not_equal(
			classifier_load(&c, (struct span){file.at, len}, NULL), ST_OK);
	buf_char(&file, 'x');
	assert_int_equal(classifier_load(&c, buf_view(&file), NULL), ST_ECORRUPT);
	file.len--;
	for (size_t at = 0; at < file.len; at++) {
		file.at[at] ^= 1;
		assert_int_not_equal(classifier_load(&c, buf_view(&file), NULL), ST_OK);
		file.at[at] ^= 1;
	}
	assert_null(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_has_the_score_of_the_definition),
		cmocka_unit_test(scores_rise_with_the_margin_from_0_to_1000),
		cmocka_unit_test(an_insult_at_the_end_of_a_long_text_weighs_as_one_alone),
		cmocka_unit_test(a_word_without_end_is_read_in_parts),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_no_model_is_refused),
		cmocka_unit_test(a_model_that_was_cut_or_changed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
