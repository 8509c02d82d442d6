#include "taken.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct taken take_record(struct buf *body, struct span json, enum endpoint endpoint)
{
	struct taken o = {0};

	o.good = record_from_json(&o.submission, body, &o.refusal, json, endpoint,
				  TAKEN_AT, "demo");
	if (o.good)
		assert_int_equal(record_parse_body(&o.record, buf_view(body), NULL),
				 ST_OK);
	else
		assert_true(o.refusal.reason > REFUSED_NOTHING &&
			    o.refusal.reason < REFUSED_COUNT);
	return o;
}

void taken_repeat(struct buf *out, const char *text, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_text(out, text);
}
