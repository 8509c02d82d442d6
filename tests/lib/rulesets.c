#include "rulesets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "pack.h"

#define REASON(code)                                                                \
	"  - {code: " code ", label: {en: x, fr: x}, explanation: {en: x, fr: x}, " \
	"evidence: x}\n"
#define TERM(code)                                                                  \
	"  - {code: " code ", label: {en: x, fr: x}, explanation: {en: x, fr: x}, " \
	"evidence: x, condition: x}\n"
const char rulesets_reasons[] = "version: 1\nlawful:\n" REASON("L-SPAM") REASON(
	"L-DUP") REASON("L-OFFTOPIC") REASON("L-FAKE") REASON("L-ILLEGAL")
	REASON("L-COURT") REASON("L-EXPIRED") "conditional:\n" TERM("C-SHORT") TERM(
		"C-NOPROOF") TERM("C-LATE") TERM("C-OLD")
		TERM("C-LANG") "unlawful:\n"
			       "  - {code: U-NEG, behaviour: b, breaks: [EU-04, UK-03, US-12, AF-14, ISO-28]}\n"
			       "  - {code: U-SUPREQ, behaviour: b, breaks: [AF-30, UK-20, DE-02]}\n"
			       "  - {code: U-PLAN, behaviour: b, breaks: [AF-14, IT-07, FR-22]}\n"
			       "  - {code: U-COMPLAINT, behaviour: b, breaks: [UK-21]}\n"
			       "  - {code: U-DEAL, behaviour: b, breaks: [UK-22, US-11]}\n"
			       "  - {code: U-DELAY, behaviour: b, breaks: [UK-19, AF-13]}\n"
			       "  - {code: U-EDIT, behaviour: b, breaks: [AF-16, FR-20, AU-01]}\n"
			       "  - {code: U-HIDE, behaviour: b, breaks: [DSA-11, UK-04]}\n"
			       "  - {code: U-HIDDENRULE, behaviour: b, breaks: [FR-16, AF-10, DSA-17]}\n"
			       "  - {code: U-OTHER, behaviour: b, breaks: [DSA-17, DSA-19]}\n"
			       "  - {code: U-NOTICE, behaviour: b, breaks: [FR-04, ISO-33, DSA-11]}\n"
			       "  - {code: U-GATE, behaviour: b, breaks: [UK-27, AU-02, IT-07, ISO-14]}\n"
			       "  - {code: U-AUTO5, behaviour: b, breaks: [IT-08]}\n"
			       "  - {code: U-EARLY, behaviour: b, breaks: [US-16]}\n"
			       "  - {code: U-LABEL, behaviour: b, breaks: [PL-01, IT-07, FR-19]}\n"
			       "  - {code: U-INCENT, behaviour: b, breaks: [US-05, UK-02]}\n"
			       "  - {code: U-HIJACK, behaviour: b, breaks: [UK-26]}\n"
			       "  - {code: U-RETAL, behaviour: b, breaks: [US-11, DSA-03]}\n"
			       "  - {code: U-STALE, behaviour: b, breaks: [UK-16]}\n"
			       "  - {code: U-ERASEHOLD, behaviour: b, breaks: [GD-11, ISO-44]}\n";

static void put_file(struct buf *pack, const char *path, const char *text)
{
	if (text)
		buf_format(pack, "file %s %zu\n%s\n", path, strlen(text), text);
}

void rulesets_pack(struct buf *ret, const char *list, const char *rules)
{
	buf_clear(ret);
	buf_text(ret, "normavis-pack 1\n");
	put_file(ret, "rules/lists/l.yaml", list);
	put_file(ret, "rules/moderation/a.yaml", rules);
	put_file(ret, "rules/reasons.yaml", rulesets_reasons);
}

enum status rulesets_load(struct ruleset **ret, const char *rules, struct err *err)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(1 << 20);

	rulesets_pack(&pack, NULL, rules);
	return ruleset_judge(ret, buf_view(&pack), NULL, NULL, err);
}

struct ruleset *rulesets_of(const char *rules)
{
	struct ruleset *rs = NULL;
	struct err err = {""};

	if (rulesets_load(&rs, rules, &err))
		fail_msg("%s", err.text);
	return rs;
}

struct record rulesets_record(struct buf *bytes, const struct review *review)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	struct record_head head = {.kind = review->kind ? review->kind : KIND_REVIEW,
				   .version = 1,
				   .seq = 9,
				   .site = SPAN_OF("s"),
				   .principal = SPAN_OF("p")};
	struct record record;

	body_put_bytes(&body, FIELD_SOURCE,
		       span_of(review->source ? review->source : "src"));
	if (review->name)
		body_put_bytes(&body, FIELD_DISPLAY_NAME, span_of(review->name));
	if (review->title)
		body_put_bytes(&body, FIELD_TITLE, span_of(review->title));
	if (review->text)
		body_put_bytes(&body, FIELD_TEXT, span_of(review->text));
	if (review->language)
		body_put_bytes(&body, FIELD_LANGUAGE, span_of(review->language));
	if (review->experience_day)
		body_put_int(&body, FIELD_EXPERIENCE_DATE, review->experience_day);
	record_put(bytes, &head, buf_view(&body));
	assert_int_equal(record_parse(&record, buf_view(bytes), NULL), ST_OK);
	return record;
}

size_t rulesets_evaluate(struct ruleset *rs, const struct review *review,
			 struct hit *hits)
{
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	struct record record = rulesets_record(&bytes, review);

	return ruleset_evaluate(rs, &record, &review->findings, hits);
}
