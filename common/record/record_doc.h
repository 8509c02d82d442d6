/* record_doc.h - the record's tables as a page for people and as a JSON Schema.
 *
 * docs/RECORDS.md and docs/schema/records.schema.json are what these two print; a test
 * compares them, so that the page cannot lag behind the tables.
 * Source: https://json-schema.org/draft/2020-12/json-schema-core
 * Tests:  tests/unit/record_doc_test.c
 */
#ifndef RECORD_DOC_H
#define RECORD_DOC_H

#include "buf.h"

/* Markdown. Its ```json blocks are whole submissions that the border takes. */
void record_doc_markdown(struct buf *out);

/* JSON Schema 2020-12 of a submission: one definition per kind, chosen by `kind`. Lengths
 * there count characters, ours count bytes: the schema is never the stricter one. */
void record_doc_schema(struct buf *out);

#endif
