#include "complaints.h"

#include <stdio.h>

json_t *complaints_json(const struct conf_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->count; i++) {
		const struct conf_complaint *c = &report->at[i];

		json_array_append_new(list,
				      json_pack("{s:s,s:I,s:I,s:s}", "file", c->file,
						"line", (json_int_t)c->line, "column",
						(json_int_t)c->column, "text", c->text));
	}
	return list;
}

void complaints_print_notes(const struct conf_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		printf("note: %s:%u:%u: %s\n", report->at[i].file, report->at[i].line,
		       report->at[i].column, report->at[i].text);
}
