#include "record_doc.h"

#include <jansson.h>

#include "record_json.h"

/* Built as a jansson tree; every json_*_new below hands its reference to its parent. */

/* Only the ASCII and Latin-1 part of what a token may not hold: engines differ on the rest. */
#define NO_BLANK      "[^\\u0000-\\u0020\\u007f-\\u00a0]"
#define TOKEN_PATTERN "^" NO_BLANK "+$"
#define TEXT_PATTERN  "^[^\\u0000]*$"

/* Not before 1990; of a time the day before it too, which an offset may bring into it. */
#define DATE_PATTERN(early) \
	"^(" early "199[0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
#define TIME_PATTERN                                                      \
	DATE_PATTERN("1989|")                                             \
	"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?" \
	"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"

#define HTTP_PATTERN "^[Hh][Tt][Tt][Pp][Ss]?://" NO_BLANK "+$"
#define MEDIA_PATTERN \
	"^[^/\\u0000-\\u0020\\u007f-\\u00a0]+/[^/\\u0000-\\u0020\\u007f-\\u00a0]+$"

static const char *token_pattern(enum field field)
{
	switch (field) {
	case FIELD_LANGUAGE:
		return "^[a-z]{2,3}$";
	case FIELD_COUNTRY:
		return "^[A-Z]{2}$";
	case FIELD_MEDIA_TYPE:
		return MEDIA_PATTERN;
	case FIELD_MEDIA_ADDRESS:
	case FIELD_SYNDICATION_URL:
		return HTTP_PATTERN;
	default:
		return field_table[field].min == 0 ? "^" NO_BLANK "*$" : TOKEN_PATTERN;
	}
}

static json_t *string_schema(size_t min, size_t max)
{
	return json_pack("{s:s,s:I,s:I}", "type", "string", "minLength",
			 (json_int_t)(min > 0), "maxLength", (json_int_t)max);
}

static json_t *with_pattern(json_t *schema, const char *pattern)
{
	json_object_set_new(schema, "pattern", json_string(pattern));
	return schema;
}

static json_t *token_schema(enum field field)
{
	const struct field_info *info = &field_table[field];

	return with_pattern(string_schema((size_t)info->min, (size_t)info->max),
			    token_pattern(field));
}

static json_t *choice_schema(enum field field)
{
	json_t *names = json_array();

	for (int code = 1; choice_name(field, code); code++)
		json_array_append_new(names, json_string(choice_name(field, code)));
	return json_pack("{s:o}", "enum", names);
}

static json_t *field_schema(enum field field)
{
	const struct field_info *info = &field_table[field];

	switch (info->type) {
	case FIELD_TYPE_TEXT:
		return with_pattern(string_schema((size_t)info->min, (size_t)info->max),
				    TEXT_PATTERN);
	case FIELD_TYPE_TOKEN:
		return token_schema(field);
	case FIELD_TYPE_INT:
		return json_pack("{s:s,s:I,s:I}", "type", "integer", "minimum",
				 (json_int_t)info->min, "maximum", (json_int_t)info->max);
	case FIELD_TYPE_DECIMAL:
		/* No multipleOf: validators divide doubles, and refuse 0.043. */
		return json_pack("{s:s,s:I,s:I}", "type", "number", "minimum",
				 (json_int_t)(info->min / 1000), "maximum",
				 (json_int_t)(info->max / 1000));
	case FIELD_TYPE_DATE:
		return with_pattern(
			json_pack("{s:s,s:s}", "type", "string", "format", "date"),
			DATE_PATTERN("") "$");
	case FIELD_TYPE_TIME:
		/* Seconds may be missing here, so "format" would be the stricter one. */
		return with_pattern(json_pack("{s:s}", "type", "string"), TIME_PATTERN);
	case FIELD_TYPE_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case FIELD_TYPE_CHOICE:
		return choice_schema(field);
	case FIELD_TYPE_HASH:
		return with_pattern(json_pack("{s:s}", "type", "string"),
				    "^[0-9a-f]{64}$");
	case FIELD_TYPE_JSON:
		return json_pack("{s:s}", "type", "object");
	case FIELD_TYPE_GROUP:
		return json_pack("{s:s,s:I}", "type", "array", "maxItems",
				 (json_int_t)info->max);
	}
	return NULL;
}

/* An object that takes nothing but its properties. */
static json_t *object_schema(void)
{
	return json_pack("{s:s,s:{},s:[],s:b}", "type", "object", "properties",
			 "required", "additionalProperties", 0);
}

static json_t *add_property(json_t *object, const char *key, size_t len, json_t *schema)
{
	json_t *properties = json_object_get(object, "properties");

	json_object_setn_new(properties, key, len, schema);
	return schema;
}

static void require(json_t *object, const char *key)
{
	json_array_append_new(json_object_get(object, "required"), json_string(key));
}

/* The schema of the object or element in which the field stands; made when first needed. */
static json_t *holder_of(json_t *record, const char *path, const char **ret_key)
{
	size_t len = strcspn(path, ".[");
	json_t *properties = json_object_get(record, "properties");
	json_t *outer = json_object_getn(properties, path, len);
	const char *dot = strchr(path, '.');

	*ret_key = dot ? dot + 1 : path;
	if (!dot)
		return record;
	if (path[len] == '.')
		return outer ? outer : add_property(record, path, len, object_schema());
	json_t *items = json_object_get(outer, "items");
	if (!items) {
		items = object_schema();
		json_object_set_new(outer, "items", items);
	}
	return items;
}

static void add_field(json_t *record, enum field field)
{
	const struct field_info *info = &field_table[field];
	const char *key;
	json_t *holder = holder_of(record, info->path, &key);
	json_t *schema = field_schema(field);

	json_object_set_new(schema, "description", json_string(info->meaning));
	add_property(holder, key, strcspn(key, "["), schema);
	if (info->flags & REQUIRED)
		require(holder, key);
}

static json_t *kind_schema(enum kind kind)
{
	json_t *record = object_schema();

	json_object_set_new(record, "description", json_string(kind_meaning(kind)));
	add_property(record, "kind", 4, json_pack("{s:s}", "const", kind_name(kind)));
	add_property(record, "version", 7, json_pack("{s:i}", "const", 1));
	add_property(record, "site", 4,
		     with_pattern(string_schema(1, RECORD_NAME_MAX), TOKEN_PATTERN));
	require(record, "kind");
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (field_table[f].kinds & KIND_BIT(kind))
			add_field(record, f);
	if (kind == KIND_REVIEW)
		json_object_set_new(record, "anyOf",
				    json_pack("[{s:[s]},{s:[s]}]", "required", "rating",
					      "required", "text"));
	return record;
}

static int append(const char *bytes, size_t len, void *out)
{
	buf_bytes(out, bytes, len);
	return 0;
}

void record_doc_schema(struct buf *out)
{
	json_t *kinds = json_object();
	json_t *any = json_array();

	for (enum kind k = 1; k < KIND_LIMIT; k++) {
		if (!kind_name(k) || kind_endpoints(k) == OWN)
			continue;
		json_object_set_new(kinds, kind_name(k), kind_schema(k));
		json_array_append_new(
			any, json_pack("{s:o}", "$ref",
				       json_sprintf("#/$defs/%s", kind_name(k))));
	}
	json_t *schema =
		json_pack("{s:s,s:s,s:o,s:o}", "$schema",
			  "https://json-schema.org/draft/2020-12/schema", "title",
			  "A record submitted to Normavis", "oneOf", any, "$defs", kinds);
	assert(schema);
	json_dump_callback(schema, append, out, JSON_INDENT(2));
	buf_char(out, '\n');
	json_decref(schema);
}
