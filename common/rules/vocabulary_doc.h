/* vocabulary_doc.h - what a rule can say, printed: for people, for scripts, for editors.
 *
 * From the tables that the loader itself goes by (vocabulary.h, record.h, clause.h) and from
 * the rule set: reasons, word lists and models are an installation's own.
 */
#ifndef VOCABULARY_DOC_H
#define VOCABULARY_DOC_H

#include "buf.h"
#include "ruleset.h"

#define VOCABULARY_DOC_BYTES_MAX (256 << 10)

void vocabulary_doc_text(struct buf *ret, const struct ruleset *rules);

/* One JSON object, schema normavis.vocabulary/1. */
void vocabulary_doc_json(struct buf *ret, const struct ruleset *rules);

/* JSON Schema (2020-12) of a file of rules/moderation. */
void vocabulary_doc_schema(struct buf *ret);

#endif
