#include "judged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

const char judged_criticism[] =
	"owner: o\nreview_by: 2030-01-01\ncontrols:\n"
	"  - {text: \"Nul !!!\", language: fr, why: {en: x, fr: x}}\n"
	"  - {text: \"LIARS AND THIEVES\", language: en, why: {en: x, fr: x}}\n"
	"  - {text: \"The waiter was rude.\", language: en, why: {en: x, fr: x}}\n"
	"praise:\n  - {text: \"Lovely place, thank you so much.\", language: en}\n";

static void put_file(struct buf *pack, const char *path, const char *text)
{
	if (text)
		buf_format(pack, "file %s %zu\n%s\n", path, strlen(text), text);
}

void judged_by(struct buf *ret, const char *catalogue, const char *controls,
	       const char *list, const char *rules)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 20);
	OWNED(conf_report_release) struct conf_report report = {0};
	OWNED(ruleset_freep) struct ruleset *rs = NULL;

	buf_text(&pack, "normavis-pack 1\n");
	put_file(&pack, "rules/controls/criticism.yaml", controls);
	put_file(&pack, "rules/lists/l.yaml", list);
	put_file(&pack, "rules/moderation/a.yaml", rules);
	put_file(&pack, "rules/reasons.yaml", catalogue);
	enum status st = ruleset_judge(&rs, buf_view(&pack), NULL, &report, NULL);
	assert_int_equal(st == ST_OK, report.count == 0);
	buf_clear(ret);
	conf_report_format(&report, ret);
}

void judged(struct buf *ret, const char *controls, const char *list, const char *rules)
{
	judged_by(ret, rulesets_reasons, controls, list, rules);
}

void judged_put_rule(struct buf *out, const struct judged_row *row)
{
	buf_format(
		out,
		"  - id: %s\n    when: %s\n    scope: %s\n    action: %s\n    mode: %s\n"
		"    examples: {match: [%s], pass: [%s]}\n    reason: %s\n    version: 1\n"
		"    clause: [AF-10]\n    title: {en: x, fr: x}\n    owner: o\n"
		"    review_by: 2030-01-01\n",
		row->id ? row->id : "r", row->when,
		row->scope ? row->scope : "{kinds: [review]}",
		row->action ? row->action : "hold", row->mode ? row->mode : "live",
		row->match ? row->match : "a", row->pass ? row->pass : "b",
		row->reason ? row->reason : "L-SPAM");
}

void judged_rows(const struct judged_row *rows, size_t count, const char *controls)
{
	OWNED(buf_release) struct buf rules = BUF_INIT(1 << 16);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const char *expected = rows[i].complaint;

		buf_clear(&rules);
		buf_text(&rules, "rules:\n");
		judged_put_rule(&rules, &rows[i]);
		judged(&said, controls, NULL, buf_string(&rules));
		if (expected ? strstr(buf_string(&said), expected) != NULL
			     : said.len == 0)
			continue;
		print_error("row %zu: %s: %s\n", i, rows[i].when, buf_string(&said));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}
