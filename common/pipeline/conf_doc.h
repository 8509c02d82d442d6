/* conf_doc.h - what the option tables say, for people and for editors.
 *
 * docs/CONFIG.md and docs/schema/pipeline.schema.json are these two outputs, byte for
 * byte; a test compares them.
 */
#ifndef CONF_DOC_H
#define CONF_DOC_H

#include "buf.h"

#define CONF_DOC_BYTES_MAX (1 << 20) /* room that either is sure to fit */

void conf_doc_markdown(struct buf *ret);

/* JSON Schema 2020-12 of pipeline.yaml. It cannot say what lies between two options; the
 * programs check that too. */
void conf_doc_schema(struct buf *ret);

#endif
