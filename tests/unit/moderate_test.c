// uses: stages/moderate/moderate.c
// uses: tests/lib/made.c tests/lib/scratch.c
#include "moderate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "made.h"
#include "pack.h"
#include "scratch.h"

static const uint8_t none[32];

#define REASONS                                                           \
	"version: 1\nlawful:\n  - {code: L-SPAM, label: {en: x, fr: x}, " \
	"explanation: {en: x, fr: x}, evidence: x}\nconditional: []\nunlawful: []\n"

/* A rule set of one rule, which hits a word; its hash. */
static void store_rules(uint8_t ret_hash[32], const char *id, const char *word)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(100000);
	OWNED(freep) char *packs = scratch_path("packs");
	OWNED(freep)
	char *rules = xasprintf(
		"rules:\n"
		"  - {id: %s, version: 1, clause: [AF-10], title: {en: x, fr: x}, owner: o, "
		"review_by: 2030-01-01, when: {words: [%s]}, action: reject, "
		"reason: L-SPAM, mode: live, examples: {match: [%s], pass: [other]}}\n",
		id, word, word);

	buf_format(&pack,
		   "normavis-pack 1\nfile rules/moderation/a.yaml %zu\n%s\n"
		   "file rules/reasons.yaml %zu\n%s\n",
		   strlen(rules), rules, strlen(REASONS), REASONS);
	assert_int_equal(pack_store(packs, buf_view(&pack), ret_hash, NULL), ST_OK);
}

/* The rule that hit a review of this text, "" for none. */
static const char *hit_rule(struct moderate *m, const char *text, uint8_t flags)
{
	static char rule[100];
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf out = BUF_INIT(100000);
	struct made made = made_review(1);
	struct findings f;
	struct hit hits[HITS_MAX];
	struct record r;
	struct err err = {""};

	made.text = text;
	made.flags = flags;
	made_parse(&keep, &r, &made);
	if (moderate_record(m, &r, SPAN_NONE, &out, &err))
		fail_msg("%s", err.text);
	assert_int_equal(findings_parse(&f, hits, buf_view(&out), NULL), ST_OK);
	assert_true(f.hit_count <= 1);
	snprintf(rule, sizeof(rule), "%.*s", f.hit_count ? (int)hits[0].rule.len : 0,
		 f.hit_count ? (const char *)hits[0].rule.at : "");
	return rule;
}

static void use(struct moderate *m, const uint8_t hash[32])
{
	struct err err = {""};

	if (moderate_use(m, hash, none, &err))
		fail_msg("%s", err.text);
}

static void without_rules_nothing_is_said(void **state)
{
	OWNED(moderate_freep) struct moderate *m = moderate_new(scratch_dir, 65536);
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf out = BUF_INIT(100000);
	struct made made = made_review(1);
	struct record r;

	(void)state;
	use(m, none);
	made_parse(&keep, &r, &made);
	assert_int_equal(moderate_record(m, &r, SPAN_NONE, &out, NULL), ST_OK);
	assert_int_equal(out.len, 0);
}

/* Around an activation batches of both rule sets come mixed; each gets its own. */
static void each_batch_gets_the_rules_it_names(void **state)
{
	OWNED(moderate_freep) struct moderate *m = moderate_new(scratch_dir, 65536);
	uint8_t hash[3][32];
	static const char *const words[] = {"alpha", "beta", "gamma"};
	static const char *const ids[] = {"rule-a", "rule-b", "rule-c"};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		store_rules(hash[i], ids[i], words[i]);
	static const size_t turns[] = {0, 1, 0, 1, 1, 2, 1, 2, 0, 2};
	for (size_t t = 0; t < ARRAY_LEN(turns); t++) {
		use(m, hash[turns[t]]);
		for (size_t w = 0; w < 3; w++)
			assert_string_equal(hit_rule(m, words[w], 0),
					    w == turns[t] ? ids[w] : "");
	}
	use(m, none);
	assert_string_equal(hit_rule(m, "alpha", 0), "");
}

/* Two are kept in memory: these need no file any more. */
static void two_rule_sets_are_kept(void **state)
{
	OWNED(moderate_freep) struct moderate *m = moderate_new(scratch_dir, 65536);
	OWNED(freep) char *packs = scratch_path("packs");
	uint8_t hash[3][32];

	(void)state;
	store_rules(hash[0], "rule-a", "alpha");
	store_rules(hash[1], "rule-b", "beta");
	store_rules(hash[2], "rule-c", "gamma");
	use(m, hash[0]);
	use(m, hash[1]);
	use(m, hash[0]);
	use(m, hash[2]); /* the one used longest ago, B, goes */
	for (size_t i = 0; i < 3; i++) {
		OWNED(freep) char *path = pack_path(packs, hash[i], ".pack");
		assert_int_equal(unlink(path), 0);
	}
	use(m, hash[0]);
	assert_string_equal(hit_rule(m, "alpha", 0), "rule-a");
	use(m, hash[2]);
	assert_int_equal(moderate_use(m, hash[1], none, NULL), ST_ENOTFOUND);
	assert_string_equal(hit_rule(m, "gamma", 0), ""); /* none is in force now */
	use(m, hash[2]);
	assert_string_equal(hit_rule(m, "gamma", 0), "rule-c");
}

static void what_is_set_aside_or_no_review_is_passed_on(void **state)
{
	OWNED(moderate_freep) struct moderate *m = moderate_new(scratch_dir, 65536);
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf out = BUF_INIT(100000);
	struct made site = made_of(KIND_SITE, 1);
	struct record r;
	uint8_t hash[32];

	(void)state;
	store_rules(hash, "rule-a", "alpha");
	use(m, hash);
	assert_string_equal(hit_rule(m, "alpha", RECORD_QUARANTINED), "");
	assert_string_equal(hit_rule(m, "alpha", 0), "rule-a");
	site.name = "alpha";
	made_parse(&keep, &r, &site);
	assert_int_equal(moderate_record(m, &r, SPAN_NONE, &out, NULL), ST_OK);
	assert_int_equal(out.len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_rules_nothing_is_said),
		TEST(each_batch_gets_the_rules_it_names),
		TEST(two_rule_sets_are_kept),
		TEST(what_is_set_aside_or_no_review_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
