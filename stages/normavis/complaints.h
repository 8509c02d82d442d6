/* complaints.h - complaints about files, as verbs print them with --json. */
#ifndef COMPLAINTS_H
#define COMPLAINTS_H

#include <jansson.h>

#include "conf.h"

/* A list of {file, line, column, text}; the caller owns it. */
json_t *complaints_json(const struct conf_report *report);

/* As lines "note: file:line:column: text". */
void complaints_print_notes(const struct conf_report *report);

#endif
