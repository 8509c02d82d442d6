/* The schema for editors of a file of rules. */
#include "ground.h"
#include "json_out.h"
#include "record.h"
#include "vocabulary.h"
#include "vocabulary_doc.h"

static json_t *json_names(const char *const *names)
{
	json_t *ret = json_out_sure(json_array());

	for (; *names; names++)
		json_out_add(ret, json_string(*names));
	return ret;
}

static json_t *schema_keys(const struct term *keys);

static json_t *schema_fields(bool moments)
{
	json_t *names = json_out_sure(json_array());

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = &field_table[i];
		bool moment =
			info->type == FIELD_TYPE_DATE || info->type == FIELD_TYPE_TIME;

		if (vocabulary_has_field(info) && (moment || !moments))
			json_out_add(names, json_string(info->path));
	}
	if (moments)
		json_out_add(names, json_string("received_at"));
	return json_pack("{s:o}", "enum", names);
}

static json_t *schema_list(json_t *item)
{
	return json_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items",
			 json_out_sure(item));
}

static json_t *schema_reference(const char *name)
{
	return json_pack("{s:s}", "$ref", name);
}

static json_t *schema_type(const char *name)
{
	return json_pack("{s:s}", "type", name);
}

static json_t *schema_names(const char *const *names)
{
	return json_pack("{s:o}", "enum", json_names(names));
}

static json_t *schema_languages(const char *const *names)
{
	json_t *all = json_names(names);

	json_out_add(all, json_string("unknown"));
	return schema_list(json_pack("{s:o}", "enum", all));
}

static json_t *schema_scalar(void)
{
	return json_pack("{s:[s, s, s]}", "type", "string", "number", "boolean");
}

static json_t *schema_term(const struct term *term)
{
	switch (term->type) {
	case TERM_TEXT:
		return schema_type("string");
	case TERM_TEXTS:
		return schema_list(schema_type("string"));
	case TERM_NUMBER:
		return schema_type("integer");
	case TERM_BOOL:
		return schema_type("boolean");
	case TERM_DATE:
		return json_pack("{s:s, s:s}", "type", "string", "format", "date");
	case TERM_NAME:
		return schema_names(term->names);
	case TERM_NAMES:
		return schema_list(schema_names(term->names));
	case TERM_LANGUAGES:
		return schema_languages(term->names);
	case TERM_FIELD:
		return schema_fields(false);
	case TERM_MOMENT:
		return schema_fields(true);
	case TERM_VALUE:
		return schema_scalar();
	case TERM_VALUES:
		return schema_list(schema_scalar());
	case TERM_CONDITION:
		return schema_reference("#/$defs/condition");
	case TERM_CONDITIONS:
		return schema_list(schema_reference("#/$defs/condition"));
	case TERM_MAPPING:
		return schema_keys(term->keys);
	case TERM_EXAMPLES:
		break;
	}
	return json_pack("{s:s, s:i, s:{s:[s, s]}}", "type", "array", "minItems", 1,
			 "items", "type", "string", "object");
}

static json_t *schema_keys(const struct term *keys)
{
	json_t *properties = json_out_sure(json_object()),
	       *required = json_out_sure(json_array());

	for (; keys->name; keys++) {
		json_t *value = json_out_sure(schema_term(keys));

		/* What stands beside a reference is read since 2019-09. */
		json_out_put(value, "description", json_string(keys->doc));
		json_out_put(properties, keys->name, value);
		if (keys->needed)
			json_out_add(required, json_string(keys->name));
	}
	return json_pack("{s:s, s:b, s:o, s:o}", "type", "object", "additionalProperties",
			 0, "properties", properties, "required", required);
}

/* What takes something from an author has a reason (ground.h). */
static json_t *schema_restricts(void)
{
	json_t *actions = json_out_sure(json_array());

	for (enum action a = ACTION_ACCEPT; a < ACTION_COUNT; a++)
		if (ground_restricts(a))
			json_out_add(actions, json_string(action_name(a)));
	return json_pack("{s:{s:{s:o}}, s:[s]}", "properties", "action", "enum", actions,
			 "required", "action");
}

/* One of the first two keys is there. */
static json_t *schema_either(const struct vocabulary_form *form)
{
	return json_pack("[{s:[s]}, {s:[s]}]", "required", form->keys[0].name, "required",
			 form->keys[1].name);
}

void vocabulary_doc_schema(struct buf *ret)
{
	json_t *forms = json_out_sure(json_array());

	for (size_t i = 0; i < FORM_COUNT; i++) {
		json_t *form = json_out_sure(schema_keys(vocabulary_forms[i].keys));

		json_out_put(form, "description", json_string(vocabulary_forms[i].doc));
		if (vocabulary_forms[i].either)
			json_out_put(form, "anyOf", schema_either(&vocabulary_forms[i]));
		json_out_add(forms, form);
	}
	json_t *rule = json_out_sure(schema_keys(vocabulary_rule));

	json_out_put(rule, "if", schema_restricts());
	json_out_put(rule, "then", json_pack("{s:[s]}", "required", "reason"));
	json_t *rules = json_out_sure(schema_list(rule));
	json_out_print(
		ret, json_out_sure(json_pack(
			     "{s:s, s:s, s:s, s:b, s:{s:o}, s:[s], s:{s:{s:o}}}",
			     "$schema", "https://json-schema.org/draft/2020-12/schema",
			     "title", "a file of rules of Normavis", "type", "object",
			     "additionalProperties", 0, "properties", "rules", rules,
			     "required", "rules", "$defs", "condition", "anyOf", forms)));
}
