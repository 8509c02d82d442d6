#include "vocabulary_doc.h"

#include "clause.h"
#include "json_out.h"
#include "record.h"
#include "vocabulary.h"

#define NAME_WIDTH 18

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

		if (!vocabulary_has_field(info))
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

static void text_lists(struct buf *ret, const struct ruleset *rules)
{
	size_t count;
	const struct ruleset_list *lists = ruleset_lists(rules, &count);

	buf_text(ret, "\nLISTS of words, for {list: name}\n");
	for (size_t i = 0; i < count; i++)
		buf_format(ret, "  %-*s %s, %zu entries\n", NAME_WIDTH, lists[i].name,
			   *lists[i].language ? lists[i].language : "any language",
			   lists[i].entries);
}

static void text_models(struct buf *ret, const struct ruleset *rules)
{
	size_t count;
	const struct classifier *const *all = models_all(ruleset_models(rules), &count);

	buf_text(ret, "\nMODELS, for {classifier: name}\n");
	for (size_t i = 0; i < count; i++) {
		const struct classifier_about *about = classifier_about(all[i]);

		buf_format(ret, "  %-*s %s\n", NAME_WIDTH, about->name, about->languages);
	}
	if (count == 0)
		buf_text(ret, "  none; docs/MODELS.md says how they are made\n");
}

static void text_clauses(struct buf *ret)
{
	buf_text(ret, "\nCLAUSES\n");
	for (const struct clause_source *s = clause_sources; s->prefix; s++)
		buf_format(ret, "  %s-01 to %s-%02u%*s %s\n", s->prefix, s->prefix,
			   s->count, 6 - 2 * (int)strlen(s->prefix), "", s->title);
}

void vocabulary_doc_text(struct buf *ret, const struct ruleset *rules)
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
	text_reasons(ret, ruleset_reasons(rules));
	text_lists(ret, rules);
	text_models(ret, rules);
	text_clauses(ret);
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

		if (!vocabulary_has_field(info))
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

	for (size_t i = 0; i < reasons_count(reasons); i++) {
		const struct reason *reason = reasons_at(reasons, i);

		json_out_add(ret, json_pack("{s:s, s:s, s:s, s:s?}", "code", reason->code,
					    "en", reason->label[REASON_EN], "fr",
					    reason->label[REASON_FR], "condition",
					    reason->condition));
	}
	return ret;
}

static json_t *json_lists(const struct ruleset *rules)
{
	json_t *ret = json_out_sure(json_array());
	size_t count;
	const struct ruleset_list *lists = ruleset_lists(rules, &count);

	for (size_t i = 0; i < count; i++)
		json_out_add(ret, json_pack("{s:s, s:s?, s:I}", "name", lists[i].name,
					    "language",
					    *lists[i].language ? lists[i].language : NULL,
					    "entries", (json_int_t)lists[i].entries));
	return ret;
}

static json_t *json_models(const struct ruleset *rules)
{
	json_t *ret = json_out_sure(json_array());
	size_t count;
	const struct classifier *const *all = models_all(ruleset_models(rules), &count);

	for (size_t i = 0; i < count; i++)
		json_out_add(ret, json_pack("{s:s, s:s}", "name",
					    classifier_about(all[i])->name, "language",
					    classifier_about(all[i])->languages));
	return ret;
}

static json_t *json_clauses(void)
{
	json_t *ret = json_out_sure(json_array());

	for (const struct clause_source *s = clause_sources; s->prefix; s++)
		json_out_add(ret,
			     json_pack("{s:s, s:i, s:s}", "prefix", s->prefix,
				       "requirements", (int)s->count, "title", s->title));
	return ret;
}

static json_t *json_forms(void)
{
	json_t *ret = json_out_sure(json_array());

	for (size_t i = 0; i < FORM_COUNT; i++) {
		const struct vocabulary_form *form = &vocabulary_forms[i];

		json_out_add(ret,
			     json_pack("{s:s, s:s, s:s, s:o}", "name", form->keys[0].name,
				       "doc", form->doc, "example", form->example, "keys",
				       json_keys(form->keys)));
	}
	return ret;
}

void vocabulary_doc_json(struct buf *ret, const struct ruleset *rules)
{
	json_t *all = json_out_sure(json_pack(
		"{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema",
		"normavis.vocabulary/1", "rule", json_keys(vocabulary_rule), "conditions",
		json_forms(), "fields", json_fields(), "reasons",
		json_reasons(ruleset_reasons(rules)), "lists", json_lists(rules),
		"models", json_models(rules), "clauses", json_clauses()));

	json_out_print(ret, all);
}
