#include "owner.h"

#include "clock.h"

enum status owner_check(const struct yaml_doc *doc, const struct yaml_node *mapping,
			struct err *err)
{
	const struct yaml_node *owner, *review_by;
	const char *text;
	int32_t days;
	enum status st = yaml_need(doc, mapping, "owner", &owner, err);

	if (!st)
		st = yaml_text(doc, owner, &text, err);
	if (!st && text[strspn(text, " \t\n")] == '\0')
		st = yaml_error(doc, owner, err, "'owner' is empty: who answers for it?");
	if (!st)
		st = yaml_need(doc, mapping, "review_by", &review_by, err);
	if (!st)
		st = yaml_text(doc, review_by, &text, err);
	if (!st && !clock_parse_date(&days, span_of(text)))
		st = yaml_error(doc, review_by, err,
				"expected a date such as 2026-01-31");
	return st;
}
