/* vocabulary_doc.h - what a rule can say, printed: for people, for scripts, for editors.
 *
 * From the tables that the loader itself goes by (vocabulary.h, record.h). Catalogue and
 * lists are an installation's own: `reasons` may be NULL.
 */
#ifndef VOCABULARY_DOC_H
#define VOCABULARY_DOC_H

#include "buf.h"
#include "reasons.h"

#define VOCABULARY_DOC_BYTES_MAX (256 << 10)

void vocabulary_doc_text(struct buf *ret, const struct reasons *reasons);

/* One JSON object, schema normavis.vocabulary/1. */
void vocabulary_doc_json(struct buf *ret, const struct reasons *reasons);

/* JSON Schema (2020-12) of a file of rules/moderation. */
void vocabulary_doc_schema(struct buf *ret);

#endif
