/* Decimals: decided by the digits that stand there, however they are written. */
#include "record_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "alloc.h"

struct row {
	const char *text;
	bool taken;
	int64_t thousandths;
};

static void decide(const struct row *row, struct span text)
{
	OWNED(json_tree_release) struct json_tree tree = {.count = 0};
	struct json_flaw flaw;
	int64_t found = -77;

	if (!json_tree_read(&tree, text, &flaw))
		fail_msg("%s: no JSON", row->text);
	const struct json_node *node = json_tree_first(&tree, tree.node);
	if (!node)
		node = tree.node;
	if (record_value_decimal(&found, node) != row->taken)
		fail_msg("%s is %s", row->text, row->taken ? "refused" : "taken");
	if (row->taken && found != row->thousandths)
		fail_msg("%s is %lld thousandths", row->text, (long long)found);
}

/* As an element and alone, where the reader holds it in memory of its own. */
static void a_decimal_is_what_its_digits_say(void **state)
{
	static const struct row rows[] = {
		{"4", true, 4000},
		{"4.0", true, 4000},
		{"4.000", true, 4000},
		{"4.00000000000000000000000", true, 4000},
		{"4e0", true, 4000},
		{"40e-1", true, 4000},
		{"0.0004e1", true, 4},
		{"0.004E+0", true, 4},
		{"400000000000000000000e-20", true, 4000},
		{"4000e-6", true, 4},
		{"-4.125", true, -4125},
		{"4.9990", true, 4999},
		{"0", true, 0},
		{"-0.0e-9", true, 0},
		{"0e999999999999999999999", true, 0},
		{"0.00000", true, 0},
		{"1000000", true, 1000000000},
		{"-1e6", true, -1000000000},
		{"999999.999", true, 999999999},
		{"4.0000000000000000001", true, 4000},
		{"3.9999999999999999999", true, 4000},
		{"4.9000000000000004", true, 4900},
		{"3.0499999999999998", true, 3050},
		{"0.30000000000000004", true, 300},
		{"4.00000000000001", false, 0}, /* fifteen that count */
		{"4.0001", false, 0},
		{"0.0004", false, 0},
		{"4e-4", false, 0},
		{"1e-400", false, 0},
		{"1e-99999999999999999999", false, 0},
		{"1000000.001", false, 0},
		{"1000000.0000000000001", true, 1000000000},
		{"1000001", false, 0},
		{"-1e7", false, 0},
		{"9223372036854775807", false, 0},
		{"1e300", false, 0},
		{"\"4\"", false, 0},
		{"null", false, 0},
		{"[[]]", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(freep) char *listed = xasprintf("[%s]", rows[i].text);

		decide(&rows[i], span_of(rows[i].text));
		decide(&rows[i], span_of(listed));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decimal_is_what_its_digits_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
