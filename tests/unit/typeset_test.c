#include "typeset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void signs_keep_to_their_words(void **state)
{
	(void)state;
	static const struct {
		const char *from, *english, *french;
	} rows[] = {
		{"", "", ""},
		{"oui ; non", "oui ; non", "oui\u202F; non"},
		{"Quoi ? Non !", "Quoi ? Non !", "Quoi\u202F? Non\u202F!"},
		{"ceci : cela", "ceci : cela", "ceci\u00A0: cela"},
		{"un « mot » là", "un « mot » là", "un «\u202Fmot\u202F» là"},
		{"l'avis", "l\u2019avis", "l\u2019avis"},
		{"d'être", "d\u2019être", "d\u2019être"},
		{"été'a", "été\u2019a", "été\u2019a"},
		{"'mot'", "'mot'", "'mot'"},
		{"5'4", "5'4", "5'4"},
		{"mot; mot", "mot; mot", "mot; mot"},
		{"https://a.example ", "https://a.example ", "https://a.example "},
		{"fin :", "fin :", "fin\u00A0:"},
		{"oui\u202F; l\u2019avis", "oui\u202F; l\u2019avis",
		 "oui\u202F; l\u2019avis"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		OWNED(buf_release) struct buf out = BUF_INIT(1000);

		typeset_put(&out, span_of(rows[i].from), false);
		assert_string_equal(buf_string(&out), rows[i].english);
		buf_clear(&out);
		typeset_put(&out, span_of(rows[i].from), true);
		assert_string_equal(buf_string(&out), rows[i].french);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_keep_to_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
