#include "vocabulary_doc.h"

#include "json_out.h"
#include "record.h"
#include "vocabulary.h"

#define NAME_WIDTH 18

/* Fields that no rule may look at are no part of the vocabulary (docs/RULES.md). */
static bool may_be_named(const struct field_info *info)
{
	static const char *const never[] = {"rating", "plan", "extra"};

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (strncmp(info->path, never[i], strlen(never[i])) == 0)
			return false;
	return !strchr(info->path, '[') && (info->kinds & KIND_BIT(KIND_REVIEW));
}

static const char *field_type_name(enum field_type type)
{
	switch (type) {
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
		return "text";
	case FIELD_TYPE_INT:
		return "whole number";
	case FIELD_TYPE_DECIMAL:
		return "number";
	case FIELD_TYPE_DATE:
		return "date";
	case FIELD_TYPE_TIME:
		return "time";
	case FIELD_TYPE_BOOL:
		return "true or false";
	case FIELD_TYPE_CHOICE:
		return "one of";
	case FIELD_TYPE_HASH:
		return "hash";
	case FIELD_TYPE_JSON:
	case FIELD_TYPE_GROUP:
		break;
	}
	return "only `present`";
}

/* Names of a choice, in the order of their codes; NULL behind the last. */
static const char *choice_after(enum field field, int *code)
{
	const char *name = NULL;

	while (!name && ++*code < UINT8_MAX)
		name = choice_name(field, *code);
	return name;
}

/* --- for people ---------------------------------------------------------------------- */

static void text_names(struct buf *ret, const char *const *names)
{
	for (size_t i = 0; names && names[i]; i++)
		buf_format(ret, "%s%s", i ? ", " : " ", names[i]);
}

static void text_keys(struct buf *ret, const struct term *keys, int depth)
{
	for (; keys->name; keys++) {
		buf_format(ret, "%*s%-*s %s%s", depth * 2, "", NAME_WIDTH - depth * 2,
			   keys->name,
			   keys->needed ? "" : "may be left out: ", keys->doc);
		if (keys->type != TERM_MAPPING) {
			buf_format(ret, " (%s", vocabulary_type(keys->type));
			text_names(ret, keys->names);
			buf_text(ret, ")");
		}
		buf_text(ret, "\n");
		if (keys->keys)
			text_keys(ret, keys->keys, depth + 1);
	}
}

static void text_fields(struct buf *ret)
{
	buf_text(ret, "\nFIELDS of a review\n");
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = &field_table[i];
		int code = 0;

		if (!may_be_named(info))
			continue;
		buf_format(ret, "  %-28s %s", info->path, field_type_name(info->type));
		if (info->type == FIELD_TYPE_CHOICE)
			for (const char *name;
			     (name = choice_after((enum field)i, &code));)
				buf_format(ret, " %s", name);
		buf_format(ret, "; %s\n", info->meaning);
	}
}

static void text_reasons(struct buf *ret, const struct reasons *reasons)
{
	buf_text(ret, "\nREASONS\n");
	for (size_t i = 0; i < reasons_count(reasons); i++) {
		const struct reason *reason = reasons_at(reasons, i);

		buf_format(ret, "  %-*s %s / %s%s%s\n", NAME_WIDTH, reason->code,
			   reason->label[REASON_EN], reason->label[REASON_FR],
			   reason->condition ? "; only if: " : "",
			   reason->condition ? reason->condition : "");
	}
}

void vocabulary_doc_text(struct buf *ret, const struct reasons *reasons)
{
	buf_text(ret, "KEYS of a rule\n");
	text_keys(ret, vocabulary_rule, 1);
	buf_text(ret, "\nCONDITIONS\n");
	for (size_t i = 0; i < FORM_COUNT; i++) {
		const struct vocabulary_form *form = &vocabulary_forms[i];

		buf_format(ret, "  %s: %s\n", form->keys[0].name, form->doc);
		text_keys(ret, form->keys, 2);
		buf_format(ret, "    %-*s {%s}\n", NAME_WIDTH - 4, "example",
			   form->example);
	}
	text_fields(ret);
	if (reasons)
		text_reasons(ret, reasons);
}

/* --- JSON ---------------------------------------------------------------------------- */

static json_t *json_names(const char *const *names)
{
	json_t *ret = json_out_sure(json_array());

	for (; *names; names++)
		json_out_add(ret, json_string(*names));
	return ret;
}

static json_t *json_keys(const struct term *keys)
{
	json_t *ret = json_out_sure(json_array());

	for (; keys->name; keys++) {
		json_t *one = json_out_sure(
			json_pack("{s:s, s:s, s:b, s:s}", "name", keys->name, "takes",
				  vocabulary_type(keys->type), "needed", keys->needed,
				  "doc", keys->doc));
		if (keys->names)
			json_out_put(one, "names", json_names(keys->names));
		if (keys->keys)
			json_out_put(one, "keys", json_keys(keys->keys));
		json_out_add(ret, one);
	}
	return ret;
}

static json_t *json_fields(void)
{
	json_t *ret = json_out_sure(json_array());

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = &field_table[i];
		int code = 0;

		if (!may_be_named(info))
			continue;
		json_t *one = json_out_sure(
			json_pack("{s:s, s:s, s:s}", "path", info->path, "type",
				  field_type_name(info->type), "doc", info->meaning));
		json_t *names = json_out_sure(json_array());
		if (info->type == FIELD_TYPE_CHOICE)
			for (const char *name;
			     (name = choice_after((enum field)i, &code));)
				json_out_add(names, json_string(name));
		json_out_put(one, "names", names);
		json_out_add(ret, one);
	}
	return ret;
}

static json_t *json_reasons(const struct reasons *reasons)
{
	json_t *ret = json_out_sure(json_array());

	for (size_t i = 0; reasons && i < reasons_count(reasons); i++) {
		const struct reason *reason = reasons_at(reasons, i);

		json_out_add(ret, json_pack("{s:s, s:s, s:s, s:s?}", "code", reason->code,
					    "en", reason->label[REASON_EN], "fr",
					    reason->label[REASON_FR], "condition",
					    reason->condition));
	}
	return ret;
}

void vocabulary_doc_json(struct buf *ret, const struct reasons *reasons)
{
	json_t *forms = json_out_sure(json_array());

	for (size_t i = 0; i < FORM_COUNT; i++) {
		const struct vocabulary_form *form = &vocabulary_forms[i];

		json_out_add(forms,
			     json_pack("{s:s, s:s, s:s, s:o}", "name", form->keys[0].name,
				       "doc", form->doc, "example", form->example, "keys",
				       json_keys(form->keys)));
	}
	json_out_print(ret,
		       json_out_sure(json_pack("{s:s, s:o, s:o, s:o, s:o}", "schema",
					       "normavis.vocabulary/1", "rule",
					       json_keys(vocabulary_rule), "conditions",
					       forms, "fields", json_fields(), "reasons",
					       json_reasons(reasons))));
}

/* --- schema -------------------------------------------------------------------------- */

static json_t *schema_keys(const struct term *keys);

static json_t *schema_fields(bool moments)
{
	json_t *names = json_out_sure(json_array());

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = &field_table[i];
		bool moment =
			info->type == FIELD_TYPE_DATE || info->type == FIELD_TYPE_TIME;

		if (may_be_named(info) && (moment || !moments))
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

void vocabulary_doc_schema(struct buf *ret)
{
	json_t *forms = json_out_sure(json_array());

	for (size_t i = 0; i < FORM_COUNT; i++) {
		json_t *form = json_out_sure(schema_keys(vocabulary_forms[i].keys));

		json_out_put(form, "description", json_string(vocabulary_forms[i].doc));
		json_out_add(forms, form);
	}
	json_t *rules = json_out_sure(schema_list(schema_keys(vocabulary_rule)));
	json_out_print(
		ret, json_out_sure(json_pack(
			     "{s:s, s:s, s:s, s:b, s:{s:o}, s:[s], s:{s:{s:o}}}",
			     "$schema", "https://json-schema.org/draft/2020-12/schema",
			     "title", "a file of rules of Normavis", "type", "object",
			     "additionalProperties", 0, "properties", "rules", rules,
			     "required", "rules", "$defs", "condition", "anyOf", forms)));
}
