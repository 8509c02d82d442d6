#include "vocabulary.h"

#include "detect.h"
#include "findings.h"
#include "language.h"
#include "measure.h"
#include "policy.h"
#include "rule.h"

/* --- names --------------------------------------------------------------------------- */

static const char *const inputs[] = {"match", "raw", NULL};
static const char *const modes[] = {"live", "shadow", NULL};

/* --- conditions ---------------------------------------------------------------------- */

#define NEEDED .needed = true
#define END       \
	{         \
		0 \
	}

static const struct term all_keys[] = {
	{"all", TERM_CONDITIONS, NEEDED, .doc = "conditions that must all hold"},
	END,
};

static const struct term any_keys[] = {
	{"any", TERM_CONDITIONS, NEEDED, .doc = "conditions of which one must hold"},
	END,
};

static const struct term not_keys[] = {
	{"not", TERM_CONDITION, NEEDED, .doc = "the condition that must not hold"},
	END,
};

static const struct term pattern_keys[] = {
	{"pattern", TERM_TEXT, NEEDED,
	 .doc = "a regular expression without back-references and look-around"},
	{"on", TERM_NAME, .names = inputs,
	 .doc = "the folded text (match, the default) or the author's own (raw)"},
	END,
};

static const struct term words_keys[] = {
	{"words", TERM_TEXTS,
	 .doc = "words and phrases, found only whole, in the folded text"},
	{"stems", TERM_TEXTS,
	 .doc = "words that are found in all their inflections; needs a language; with "
		"or without words"},
	{"language", TERM_NAME, .names = language_codes,
	 .doc = "they count only in texts in this language, or in an unknown one"},
	{"except", TERM_TEXTS, .doc = "phrases in which the words are no find"},
	END,
};

static const struct term list_keys[] = {
	{"list", TERM_TEXT, NEEDED, .doc = "a list of words by its name in rules/lists"},
	END,
};

static const struct term detect_keys[] = {
	{"detect", TERM_NAME, NEEDED, .names = detector_names,
	 .doc = "what is looked for, by its form and its check digits"},
	{"countries", TERM_NAMES, .names = detect_country_names,
	 .doc = "phone: only numbers of these; left out, of all that are known"},
	END,
};

static const struct term language_keys[] = {
	{"language", TERM_LANGUAGES, NEEDED, .names = language_codes,
	 .doc = "languages of which the text is in one; `unknown` is one too"},
	END,
};

static const struct term classifier_keys[] = {
	{"classifier", TERM_TEXT, NEEDED,
	 .doc = "a model of rules/models by its name; without it the condition does not "
		"hold"},
	{"above", TERM_NUMBER, NEEDED, .doc = "its score, 0 to 1000, lies above this"},
	END,
};

static const struct term measure_keys[] = {
	{"measure", TERM_NAME, NEEDED, .names = measure_names,
	 .doc = "what is counted in the text"},
	{"above", TERM_NUMBER, .doc = "it lies above this"},
	{"below", TERM_NUMBER, .doc = "it lies below this"},
	END,
};

static const struct term field_keys[] = {
	{"field", TERM_FIELD, NEEDED, .doc = "a field of the record, by its path"},
	{"is", TERM_VALUE, .doc = "it has this value"},
	{"in", TERM_VALUES, .doc = "it has one of these values"},
	{"present", TERM_BOOL, .doc = "it is there, or it is not"},
	END,
};

static const struct term date_keys[] = {
	{"date", TERM_MOMENT, NEEDED, .doc = "a moment"},
	{"after", TERM_MOMENT, NEEDED, .doc = "lies after this one"},
	{"days", TERM_NUMBER, .doc = "and by more than so many days (0)"},
	END,
};

static const struct term likeness_inside[] = {
	{"at_least", TERM_NUMBER, .doc = "it is this or more"},
	{"below", TERM_NUMBER, .doc = "it lies below this"},
	END,
};

static const struct term duplicate_keys[] = {
	{"duplicate", TERM_NAME, NEEDED, .names = duplicate_kind_names,
	 .doc = "an earlier record is a duplicate of this kind"},
	{"similarity", TERM_MAPPING, .keys = likeness_inside,
	 .doc = "what both texts share of all that is in them, in percent (Jaccard)"},
	{"containment", TERM_MAPPING, .keys = likeness_inside,
	 .doc = "what they share of the shorter one, in percent"},
	{"bits", TERM_MAPPING, .keys = likeness_inside,
	 .doc = "how much what they share says, in bits: short and common words say little"},
	END,
};

static const struct term arrivals_inside[] = {
	{"of", TERM_NAME, NEEDED, .names = arrival_names,
	 .doc = "what they have in common"},
	{"window", TERM_NAME, NEEDED, .names = window_names, .doc = "how far back"},
	{"above", TERM_NUMBER, .doc = "more than so many"},
	{"below", TERM_NUMBER, .doc = "fewer than so many"},
	END,
};

static const struct term arrivals_keys[] = {
	{"arrivals", TERM_MAPPING, NEEDED, .keys = arrivals_inside,
	 .doc = "records that arrived before this one"},
	END,
};

const struct vocabulary_form vocabulary_forms[FORM_COUNT] = {
	[FORM_ALL] = {"all of several conditions",
		      "all: [{words: [parking]}, {measure: words, below: 4}]",
		      .keys = all_keys},
	[FORM_ANY] = {"one of several conditions",
		      "any: [{words: [casino]}, {detect: url}]", .keys = any_keys},
	[FORM_NOT] = {"not a condition", "not: {field: incentive.disclosed, is: true}",
		      .keys = not_keys},
	[FORM_PATTERN] = {"a pattern matches in title, text or display name",
			  "pattern: 'go back to (?:your|their) country'",
			  .keys = pattern_keys},
	[FORM_WORDS] =
		{"one of the words or phrases stands in title, text or display name",
		 "words: [con, connard], language: fr, except: [chili con carne]",
		 .keys = words_keys, .either = true},
	[FORM_LIST] =
		{"a word of a list that has a name stands in title, text or display name",
		 "list: insult-fr", .keys = list_keys},
	[FORM_DETECT] = {"something of this form stands in title, text or display name",
			 "detect: phone, countries: [fr, gb]", .keys = detect_keys},
	[FORM_LANGUAGE] = {"the language that the text itself is in",
			   "language: [fr, en, unknown]", .keys = language_keys},
	[FORM_CLASSIFIER] =
		{"what a model says of title and text; may hold or label, never "
		 "reject",
		 "classifier: abuse, above: 900", .keys = classifier_keys},
	[FORM_MEASURE] = {"what can be counted in the text",
			  "measure: capitals_percent, above: 70", .keys = measure_keys},
	[FORM_FIELD] = {"a field of the record",
			"field: origin, in: [expert, syndicated]", .keys = field_keys},
	[FORM_DATE] = {"two moments",
		       "date: submitted_at, after: experience_date, days: 30",
		       .keys = date_keys},
	[FORM_DUPLICATE] = {"what the search for duplicates found",
			    "duplicate: other-author, similarity: {at_least: 80}",
			    .keys = duplicate_keys},
	[FORM_ARRIVALS] = {"how much arrived before",
			   "arrivals: {of: author, window: day, above: 20}",
			   .keys = arrivals_keys},
};

/* --- rules --------------------------------------------------------------------------- */

static const struct term title_keys[] = {
	{"en", TERM_TEXT, NEEDED, .doc = "in English"},
	{"fr", TERM_TEXT, NEEDED, .doc = "in French"},
	END,
};

static const struct term scope_keys[] = {
	{"kinds", TERM_TEXTS, .doc = "kinds of records; left out: review"},
	{"languages", TERM_TEXTS,
	 .doc = "languages that a record names; one that names none is in it"},
	{"sources", TERM_TEXTS, .doc = "sources that records come from"},
	{"profiles", TERM_NAMES, .names = policy_profiles,
	 .doc = "profiles of the policy under which the rule applies"},
	END,
};

static const struct term example_keys[] = {
	{"match", TERM_EXAMPLES, NEEDED, .doc = "what the rule must catch"},
	{"pass", TERM_EXAMPLES, NEEDED, .doc = "what it must let pass"},
	END,
};

const struct term vocabulary_rule[] = {
	{"id", TERM_TEXT, NEEDED,
	 .doc = "small letters, digits, hyphens; once in the whole set"},
	{"version", TERM_NUMBER, NEEDED, .doc = "raised with each change of meaning"},
	{"clause", TERM_TEXTS, NEEDED,
	 .doc = "what it rests on, by the ids of the catalogue"},
	{"title", TERM_MAPPING, NEEDED, .keys = title_keys, .doc = "for people"},
	{"scope", TERM_MAPPING, .keys = scope_keys, .doc = "where it applies"},
	{"when", TERM_CONDITION, NEEDED, .doc = "what must hold"},
	{"action", TERM_NAME, NEEDED, .names = action_names,
	 .doc = "what follows; the severest live one wins"},
	{"reason", TERM_TEXT,
	 .doc = "a code of rules/reasons.yaml; needed for await-author, hold and reject"},
	{"mode", TERM_NAME, NEEDED, .names = modes,
	 .doc = "shadow is reported and never acts"},
	{"owner", TERM_TEXT, NEEDED, .doc = "who answers for it"},
	{"review_by", TERM_DATE, NEEDED, .doc = "when it is to be looked at again"},
	{"examples", TERM_MAPPING, NEEDED, .keys = example_keys,
	 .doc = "tried at each start and by `normavis rules test`"},
	END,
};

void vocabulary_keys(const struct term *keys, const char *ret[VOCABULARY_KEYS_MAX + 1])
{
	size_t count = 0;

	for (; keys->name; keys++) {
		assert(count < VOCABULARY_KEYS_MAX);
		ret[count++] = keys->name;
	}
	ret[count] = NULL;
}

const char *vocabulary_type(enum term_type type)
{
	static const char *const texts[] = {
		[TERM_TEXT] = "a text",
		[TERM_TEXTS] = "a list of texts",
		[TERM_NUMBER] = "a whole number",
		[TERM_BOOL] = "true or false",
		[TERM_DATE] = "a date such as 2026-01-31",
		[TERM_NAME] = "one of",
		[TERM_NAMES] = "a list of",
		[TERM_LANGUAGES] = "a list of `unknown` and",
		[TERM_FIELD] = "a field",
		[TERM_MOMENT] = "a field that is a date or a time, or received_at",
		[TERM_VALUE] = "a value of the field",
		[TERM_VALUES] = "a list of values of the field",
		[TERM_CONDITION] = "a condition",
		[TERM_CONDITIONS] = "a list of conditions",
		[TERM_MAPPING] = "keys of its own",
		[TERM_EXAMPLES] = "a list of examples",
	};

	return texts[type];
}

bool vocabulary_has_field(const struct field_info *info)
{
	static const char *const never[] = {"rating", "plan", "extra"};

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		if (strncmp(info->path, never[i], strlen(never[i])) == 0)
			return false;
	return !strchr(info->path, '[') && (info->kinds & KIND_BIT(KIND_REVIEW));
}
