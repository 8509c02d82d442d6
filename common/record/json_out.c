#include "json_out.h"

#include <stdlib.h>

json_t *json_out_sure(json_t *value)
{
	if (!value)
		abort();
	return value;
}

void json_out_put(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, json_out_sure(value)) != 0)
		abort();
}

void json_out_add(json_t *array, json_t *value)
{
	if (json_array_append_new(array, json_out_sure(value)) != 0)
		abort();
}

void json_out_print(struct buf *ret, json_t *root)
{
	char *text = json_dumps(root, JSON_INDENT(2));

	if (!text)
		abort();
	buf_text(ret, text);
	buf_char(ret, '\n');
	free(text);
	json_decref(root);
}
