/* json_out.h - JSON that is made to be printed, with jansson.
 *
 * jansson answers NULL or -1 only without memory, or for text that is no UTF-8: both end the
 * program here, as everywhere (alloc.h).
 */
#ifndef JSON_OUT_H
#define JSON_OUT_H

#include <jansson.h>

#include "buf.h"

json_t *json_out_sure(json_t *value); /* the value, which is not NULL */

/* Both take the value. */
void json_out_put(json_t *object, const char *name, json_t *value);
void json_out_add(json_t *array, json_t *value);

/* Appends the text, indented, with a line end, and gives `root` back to jansson. */
void json_out_print(struct buf *ret, json_t *root);

#endif
