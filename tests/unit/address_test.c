#include "address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "alloc.h"

static void endpoints_are_judged(void **state)
{
	static const struct {
		const char *text, *complaint;
	} rows[] = {
		{"submit", ""},
		{"a-2", ""},
		{"tcp://127.0.0.1:1", ""},
		{"tcp://127.1.2.3:65535", ""},
		{"ipc:///run/x.sock", ""},
		{"",
		 "'' is no endpoint: a name of a-z, 0-9 and '-', ipc:///path or tcp://127.0.0.1:port"},
		{"abcdefghijklmnopqrstuvwxy",
		 "'abcdefghijklmnopqrstuvwxy' is longer than 24 bytes"},
		{"udp://127.0.0.1:1", "udp://127.0.0.1:1: expected ipc:// or tcp://"},
		{"tcp://127.0.0.1",
		 "tcp://127.0.0.1: expected tcp://address:port with a port of 1..65535"},
		{"tcp://127.0.0.1:0",
		 "tcp://127.0.0.1:0: expected tcp://address:port with a port of 1..65535"},
		{"tcp://127.0.0.1:65536",
		 "tcp://127.0.0.1:65536: expected tcp://address:port with a port of 1..65535"},
		{"tcp://127.0.0.1:*",
		 "tcp://127.0.0.1:*: expected tcp://address:port with a port of 1..65535"},
		{"tcp://localhost:80",
		 "tcp://localhost:80: expected an IPv4 address such as 127.0.0.1, not a name and no wildcard"},
		{"tcp://*:80",
		 "tcp://*:80: expected an IPv4 address such as 127.0.0.1, not a name and no wildcard"},
		{"tcp://192.0.2.1:80",
		 "tcp://192.0.2.1:80: only loopback (127.0.0.1) is taken: beyond this machine tcp needs CURVE keys, which are not supported yet"},
		{"tcp://0.0.0.0:80",
		 "tcp://0.0.0.0:80: only loopback (127.0.0.1) is taken: beyond this machine tcp needs CURVE keys, which are not supported yet"},
		{"ipc://run/x.sock", "ipc://run/x.sock: expected ipc:///path/to/a.sock"},
		{"ipc:///run/", "ipc:///run/: expected ipc:///path/to/a.sock"},
		{"ipc://", "ipc://: expected ipc:///path/to/a.sock"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = {""};
		enum status st = address_check(rows[i].text, &err);

		assert_string_equal(err.text, rows[i].complaint);
		assert_int_equal(st != ST_OK, *rows[i].complaint != '\0');
	}
	OWNED(freep) char *longest = xasprintf("ipc:///%0106d", 0);
	OWNED(freep) char *longer = xasprintf("ipc:///%0107d", 0);
	assert_int_equal(address_check(longest, NULL), ST_OK);
	assert_int_equal(address_check(longer, NULL), ST_ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoints_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
