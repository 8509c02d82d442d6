/* activation.h: the rules and the policy on disk, what is wrong with them, what is in force. */
// uses: stages/normavis/activation.c stages/normavis/client.c stages/normavis/installation.c stages/normavis/installed.c
// uses: tests/lib/scratch.c tests/lib/journals.c
#include "activation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "file.h"
#include "journals.h"
#include "pack.h"
#include "scratch.h"

#define FILE_BYTES_MAX (1 << 20)

static const char one_rule[] = "rules:\n"
			       "  - id: links\n"
			       "    version: 1\n"
			       "    clause: [ISO-05]\n"
			       "    title: {en: A link, fr: Un lien}\n"
			       "    scope: {kinds: [review]}\n"
			       "    when:\n"
			       "      any:\n"
			       "        - {pattern: 'https?://', on: match}\n"
			       "    action: hold\n"
			       "    reason: L-SPAM\n"
			       "    mode: live\n"
			       "    owner: norms\n"
			       "    review_by: 2027-11-21\n"
			       "    examples:\n"
			       "      match:\n"
			       "        - see http://example.com\n"
			       "      pass:\n"
			       "        - no address here\n";

static void write_file(const char *name, const char *text)
{
	OWNED(freep) char *path = scratch_path(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Replaces the first `from` in a file; an empty `from` is its beginning. */
static void edit_file(const char *name, const char *from, const char *to)
{
	OWNED(freep) char *path = scratch_path(name);
	OWNED(buf_release) struct buf text = BUF_INIT(FILE_BYTES_MAX);

	assert_int_equal(file_read(&text, path, NULL), ST_OK);
	const char *all = buf_string(&text), *at = strstr(all, from);
	assert_non_null(at);
	OWNED(freep)
	char *edited = xasprintf("%.*s%s%s", (int)(at - all), all, to, at + strlen(from));
	write_file(name, edited);
}

/* One rule of ours under the shipped catalogue and policy. The test runs at the root of the
 * tree. */
static void open_one_rule(struct installation *ret)
{
	OWNED(freep) char *config = scratch_path("pipeline.yaml");
	OWNED(freep)
	char *copy = xasprintf(
		"mkdir -p '%s/rules/moderation' && "
		"cp -r rules/reasons.yaml rules/messages.yaml rules/policy.yaml "
		"rules/controls '%s/rules'",
		scratch_dir, scratch_dir);

	assert_int_equal(system(copy), 0);
	write_file("rules/moderation/one.yaml", one_rule);
	write_file("pipeline.yaml",
		   "processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n");
	assert_int_equal(installation_open(ret, config, NULL, NULL), ST_OK);
}

static bool is_there(const struct installation *in, const uint8_t *hash,
		     const char *suffix)
{
	OWNED(freep) char *path = pack_path(in->packs, hash, suffix);

	return access(path, F_OK) == 0;
}

static void each_hash_follows_its_own_files(void **state)
{
	static const struct {
		const char *file;
		bool rules, policy; /* whose hash changes */
	} rows[] = {
		{"rules/moderation/one.yaml", true, false},
		{"rules/reasons.yaml", true, false},
		{"rules/policy.yaml", false, true},
	};
	OWNED(installation_release) struct installation in = {0};
	OWNED(activation_release) struct activation before = {0};

	(void)state;
	open_one_rule(&in);
	assert_int_equal(activation_pack(&before, &in, NULL), ST_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(activation_release) struct activation after = {0}, again = {0};

		edit_file(rows[i].file, "", "# another word\n");
		assert_int_equal(activation_pack(&after, &in, NULL), ST_OK);
		assert_int_equal(
			memcmp(before.rules_hash, after.rules_hash, SHA256_BYTES) != 0,
			rows[i].rules);
		assert_int_equal(
			memcmp(before.policy_hash, after.policy_hash, SHA256_BYTES) != 0,
			rows[i].policy);
		edit_file(rows[i].file, "# another word\n", "");
		assert_int_equal(activation_pack(&again, &in, NULL), ST_OK);
		assert_memory_equal(before.rules_hash, again.rules_hash, SHA256_BYTES);
		assert_memory_equal(before.policy_hash, again.policy_hash, SHA256_BYTES);
	}
}

static void sound_rules_are_counted_and_nothing_is_written_unless_asked(void **state)
{
	OWNED(installation_release) struct installation in = {0};

	(void)state;
	open_one_rule(&in);
	assert_int_equal(file_make_dirs(in.packs, 0700, NULL), ST_OK);
	for (int keep = 0; keep < 2; keep++) {
		OWNED(conf_report_release) struct conf_report report = {0};
		OWNED(activation_release) struct activation a = {0}, packed = {0};
		struct err err = {""};

		if (activation_read(&a, &in, keep, &report, &err))
			fail_msg("%s", err.text);
		assert_int_equal(report.count, 0);
		assert_int_equal(a.rule_count, 1);
		assert_true(a.reason_count > 10);
		assert_string_equal(a.profile, "nf-iso-20488");
		assert_int_equal(is_there(&in, a.rules_hash, ".hsdb"), keep);
		assert_false(is_there(&in, a.rules_hash, ".pack"));
		assert_int_equal(activation_pack(&packed, &in, NULL), ST_OK);
		assert_memory_equal(packed.rules_hash, a.rules_hash, SHA256_BYTES);
		assert_memory_equal(packed.policy_hash, a.policy_hash, SHA256_BYTES);
	}
}

static void what_is_wrong_is_named_with_the_file_as_it_lies(void **state)
{
	static const struct {
		const char *file, *from, *to;
		const char *place; /* behind the file's name */
		const char *text;
	} rows[] = {
		{"rules/moderation/one.yaml", "see http://", "see ",
		 ":17:11: ", "rule links: this example must match, and does not"},
		{"rules/moderation/one.yaml", "no address", "no http://address",
		 ":19:11: ", "rule links: this example must not match, and does"},
		{"rules/moderation/one.yaml", "action: hold", "action: eat",
		 ":10:", "eat"},
		{"rules/moderation/one.yaml", "reason: L-SPAM", "reason: L-NONE",
		 ":11:", "L-NONE"},
		{"rules/moderation/one.yaml", "reason: L-SPAM", "reason: C-LATE",
		 ":11:13: ",
		 "rule links: the policy does not declare 'C-LATE' (U-HIDDENRULE; "
		 "FR-16, AF-10, DSA-17)"},
		{"rules/policy.yaml", "  - L-IP\n", "  - L-NONE\n",
		 ":1:1: ", "reasons: 'L-NONE' is not in reasons.yaml"},
		{"rules/policy.yaml", "", "colour: red\n", ":1:1: ", "colour"},
		{"rules/messages.yaml", "{reason_label}", "{reason_lable}", ":",
		 "did you mean '{reason_label}'?"},
		{"rules/messages.yaml", "      resubmit, complaint, out",
		 "      resubmit, out", ":",
		 "how to complain: no part here has {complaint_address} in English"},
		{"rules/messages.yaml", "passages, note, decider, expl",
		 "note, decider, expl", ":", "which words are meant"},
		{"rules/messages.yaml", "Le motif : {reason_label}.", "Voici.", ":",
		 "the reason: no part here has {reason_label} in French"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(installation_release) struct installation in = {0};
		OWNED(conf_report_release) struct conf_report report = {0};
		OWNED(activation_release) struct activation a = {0};
		OWNED(buf_release) struct buf said = BUF_INIT(65536);
		OWNED(freep) char *file = scratch_path(rows[i].file);
		OWNED(freep) char *place = xasprintf("%s%s", file, rows[i].place);
		struct err err = {""};

		open_one_rule(&in);
		edit_file(rows[i].file, rows[i].from, rows[i].to);
		assert_int_equal(activation_read(&a, &in, false, &report, &err),
				 ST_ECONFIG);
		conf_report_format(&report, &said);
		if (report.count != 1 || strncmp(err.text, place, strlen(place)) != 0 ||
		    !strstr(err.text, rows[i].text))
			fail_msg("row %zu: %s", i, buf_string(&said));
	}
}

static void rules_of_other_profiles_and_shadows_may_rest_on_more(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{"{kinds: [review]}", "{kinds: [review], profiles: [it, es]}"},
		{"mode: live", "mode: shadow"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(installation_release) struct installation in = {0};
		OWNED(conf_report_release) struct conf_report report = {0};
		OWNED(activation_release) struct activation a = {0};

		open_one_rule(&in);
		edit_file("rules/moderation/one.yaml", "reason: L-SPAM",
			  "reason: C-LATE");
		edit_file("rules/moderation/one.yaml", rows[i].from, rows[i].to);
		assert_int_equal(activation_read(&a, &in, false, &report, NULL), ST_OK);
	}
}

static void is_needed(const char *file, const char *clause)
{
	OWNED(installation_release) struct installation in = {0};
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(activation_release) struct activation a = {0};
	OWNED(freep) char *path = scratch_path(file);
	struct err err = {""};

	open_one_rule(&in);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(activation_read(&a, &in, false, &report, &err), ST_ECONFIG);
	assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
	assert_non_null(strstr(err.text, clause));
}

static void without_the_harsh_opinions_nothing_goes_into_force(void **state)
{
	(void)state;
	is_needed("rules/controls/criticism.yaml", "U-NEG");
}

static void without_messages_nothing_goes_into_force(void **state)
{
	(void)state;
	is_needed("rules/messages.yaml", "FR-04");
}

static void rules_and_policy_are_both_looked_at(void **state)
{
	OWNED(installation_release) struct installation in = {0};
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(activation_release) struct activation a = {0};

	(void)state;
	open_one_rule(&in);
	edit_file("rules/moderation/one.yaml", "action: hold", "action: eat");
	edit_file("rules/policy.yaml", "", "colour: red\n");
	assert_int_equal(activation_read(&a, &in, false, &report, NULL), ST_ECONFIG);
	assert_int_equal(report.count, 2);
}

static void what_is_stored_is_found_under_its_hash(void **state)
{
	OWNED(installation_release) struct installation in = {0};
	OWNED(activation_release) struct activation a = {0};
	OWNED(buf_release) struct buf read = BUF_INIT(PACK_BYTES_MAX);

	(void)state;
	open_one_rule(&in);
	assert_int_equal(activation_pack(&a, &in, NULL), ST_OK);
	for (int times = 0; times < 2; times++) { /* the second finds it there */
		assert_int_equal(activation_store(&a, &in, NULL), ST_OK);
		assert_int_equal(pack_open(&read, in.packs, a.rules_hash, NULL), ST_OK);
		assert_true(span_equal(buf_view(&read), buf_view(&a.rules)));
		assert_int_equal(pack_open(&read, in.packs, a.policy_hash, NULL), ST_OK);
		assert_true(span_equal(buf_view(&read), buf_view(&a.policy)));
	}
}

/* --- in force --------------------------------------------------------------------------- */

static void assert_in_force(uint8_t rules, uint8_t policy, uint64_t last_seq)
{
	const struct installation in = {.journal = journals_dir};
	struct in_force now = {.last_seq = 99};
	struct err err = {""};

	if (activation_in_force(&now, &in, &err))
		fail_msg("%s", err.text);
	assert_int_equal(now.rules_hash[0], rules);
	assert_int_equal(now.policy_hash[0], policy);
	assert_int_equal(now.last_seq, last_seq);
}

static void in_force_is_what_the_last_activation_says(void **state)
{
	static const uint8_t a[SHA256_BYTES] = {0xA1}, b[SHA256_BYTES] = {0xB2};

	(void)state;
	assert_in_force(0, 0, 0); /* an empty directory */
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	assert_in_force(0, 0, 0);
	journals_fill(j, 1, 2, 2);
	assert_in_force(0, 0, 2);
	journal_in_force(j, a, b);
	journals_append(j, 3);
	assert_in_force(0, 0, 2); /* only in memory yet */
	journals_commit(j);
	assert_in_force(0xA1, 0xB2, 3);
	journal_in_force(j, b, b);
	journals_fill(j, 4, 5, 2);
	assert_in_force(0xB2, 0xB2, 5);
	journals_fill(j, 6, 60, 5); /* more than a segment: the last one's head says it */
	assert_in_force(0xB2, 0xB2, 60);
}

/* What stands before the damage would be an older state, shown as the one of now. */
static void of_a_damaged_journal_nothing_is_said(void **state)
{
	const struct installation in = {.journal = journals_dir};
	OWNED(buf_release) struct buf file = BUF_INIT(1 << 20);
	struct in_force now;
	struct err err = {""};
	size_t ends[16];

	(void)state;
	(void)journals_record_run(&file, ends, 1);
	file.at[ends[1] + 20] ^= 1;
	journals_write_file(1, file.at, file.len);
	assert_int_equal(activation_in_force(&now, &in, &err), ST_ECORRUPT);
	assert_non_null(strstr(err.text, journals_dir));
}

static void without_a_journal_nothing_is_in_force(void **state)
{
	const struct installation in = {.journal = (char[]){"/no/such/directory"}};
	struct in_force now = {.last_seq = 99};

	(void)state;
	assert_int_equal(activation_in_force(&now, &in, NULL), ST_OK);
	assert_int_equal(now.last_seq, 0);
}

static void what_is_in_force_is_not_submitted_again(void **state)
{
	const struct installation in = {.journal = journals_dir};
	const struct activation same = {.rules_hash = {0xA1}, .policy_hash = {0xB2}};
	uint64_t rules_seq = 9, policy_seq = 9;

	(void)state;
	OWNED(journal_closep) struct journal *j = journals_open(NULL);
	journal_in_force(j, same.rules_hash, same.policy_hash);
	journals_fill(j, 1, 1, 1);
	/* Without options a client could not even be opened. */
	assert_int_equal(activation_submit(&same, &in, &rules_seq, &policy_seq, NULL),
			 ST_OK);
	assert_int_equal(rules_seq, 0);
	assert_int_equal(policy_seq, 0);
}

#define FILES(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
#define JOURNAL(name)                                                \
	cmocka_unit_test_setup_teardown(name, journals_make_scratch, \
					journals_remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILES(each_hash_follows_its_own_files),
		FILES(sound_rules_are_counted_and_nothing_is_written_unless_asked),
		FILES(what_is_wrong_is_named_with_the_file_as_it_lies),
		FILES(rules_of_other_profiles_and_shadows_may_rest_on_more),
		FILES(without_the_harsh_opinions_nothing_goes_into_force),
		FILES(without_messages_nothing_goes_into_force),
		FILES(rules_and_policy_are_both_looked_at),
		FILES(what_is_stored_is_found_under_its_hash),
		JOURNAL(in_force_is_what_the_last_activation_says),
		JOURNAL(of_a_damaged_journal_nothing_is_said),
		JOURNAL(without_a_journal_nothing_is_in_force),
		JOURNAL(what_is_in_force_is_not_submitted_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
