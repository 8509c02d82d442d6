// uses: tests/lib/rulesets.c
#include "rulesets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* What was told, as lines. */
static void tell_rule(void *context, const struct ruleset_view *view)
{
	buf_format(context, "%s%s%s%s%s %u\n", view->id, view->applies ? "" : " out",
		   view->holds ? " holds" : "", view->wins ? " wins" : "",
		   view->near ? " near" : "", view->hit.span_count);
}

static void tell_condition(void *context, const struct ruleset_condition *condition)
{
	buf_format(context, "%*s%u:%u %s\n", (int)condition->depth + 1, "",
		   condition->line, condition->column, condition->holds ? "yes" : "no");
}

static void each_rule_says_why(void **state)
{
	OWNED(ruleset_freep)
	struct ruleset *rs = rulesets_of(
		"rules:\n" RULE("a", "{all: [{words: [dog]}, {words: [cat]}]}", "reject",
				"") RULE("b", "{any: [{words: [dog]}, {words: [cow]}]}",
					 "hold", "") RULE("c", "{words: [dog]}", "hold",
							  ", scope: {sources: [other]}")
			RULE("d", "{not: {words: [dog]}}", "label", "")
				RULE("e", "{field: title, present: true}", "label", "")
					RULE("f", "{words: [dog]}", "label", ""));
	OWNED(buf_release) struct buf bytes = BUF_INIT(RECORD_BYTES_MAX);
	OWNED(buf_release) struct buf said = BUF_INIT(1 << 16);
	struct record record =
		rulesets_record(&bytes, &(struct review){.text = "The Dög, a dog."});
	const struct findings none = {.has_arrivals = true};

	(void)state;
	ruleset_explain(rs, &record, &none,
			&(struct ruleset_listener){tell_rule, tell_condition, &said});
	assert_string_equal(buf_string(&said), "a near 2\n"
					       " 2:104 no\n"
					       "  2:111 yes\n"
					       "  2:127 no\n"
					       "b holds wins near 2\n"
					       " 3:104 yes\n"
					       "  3:111 yes\n"
					       "  3:127 no\n"
					       "c out near 2\n"
					       " 4:104 yes\n"
					       "d near 0\n"
					       " 5:104 no\n"
					       "  5:110 yes\n"
					       "e 0\n"
					       "f holds near 2\n"
					       " 7:104 yes\n");
	assert_memory_equal(ruleset_match(rs, FIELD_TEXT).at, "the dog, a dog.", 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_says_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
