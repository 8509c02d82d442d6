#include "record_doc.h"

#include <inttypes.h>

#include "record_json.h"

static const char *const type_names[] = {
	[FIELD_TYPE_TEXT] = "text",    [FIELD_TYPE_TOKEN] = "token",
	[FIELD_TYPE_INT] = "integer",  [FIELD_TYPE_DECIMAL] = "decimal",
	[FIELD_TYPE_DATE] = "date",    [FIELD_TYPE_TIME] = "time",
	[FIELD_TYPE_BOOL] = "boolean", [FIELD_TYPE_CHOICE] = "choice",
	[FIELD_TYPE_HASH] = "hash",    [FIELD_TYPE_JSON] = "object",
	[FIELD_TYPE_GROUP] = "array",
};

/* --- the page --------------------------------------------------------------------------- */

static const char introduction[] =
	"# Records\n"
	"\n"
	"Generated from `common/record/kinds.def`, `fields.def`, `choices.def` and `refusals.def`; "
	"do not edit.\nAs a JSON Schema: `docs/schema/records.schema.json`. It takes whatever the "
	"intake takes, and says less: it\ncounts characters where bounds are bytes, and has no "
	"three decimals, scale of a rating, calendar (30 February),\ntime of reception, depth "
	"or repeated key, nor who may send what.\n"
	"\n"
	"Everything that enters the pipeline is a record: one JSON object (RFC 8259, UTF-8, at "
	"most 256 KiB,\nat most 8 levels of objects and arrays). A key that is not listed here "
	"is refused, and so is a\nrepeated key. Nothing is repaired, cut or guessed: a record is "
	"taken as it stands, or refused with\nthe field and the reason. The author's words are "
	"kept byte for byte.\n"
	"\n"
	"## The envelope\n"
	"\n"
	"Keys of every record. `source` and `source_id`, with the site, are its identity: the "
	"same three with\nthe same content are a repeat and get the first answer again; with "
	"another content they are a\nconflict. Key order and white space are no content.\n"
	"\n"
	"`site`, `source` and the ids of suppliers and subjects must not name a person: "
	"`site` and `source` stand\nin the log in clear, all four stay in the store for ever, "
	"and no erasure reaches them. `source_id` may.\n"
	"\n"
	"| key | type | bounds | required | personal | committed | meaning |\n"
	"|---|---|---|---|---|---|---|\n"
	"| `kind` | token | a kind below | yes | | | what the record is |\n"
	"| `version` | integer | 1 | | | | version of the kind; default 1 |\n"
	"| `site` | token | 1 to 64 bytes | | | | the review site; default: the configured one |\n";

static const char types[] =
	"\n"
	"- text: a string; bounds are bytes of UTF-8, U+0000 is refused. Where a text may be "
	"empty, an\n  empty one counts as absent. token: a text without white space and control "
	"characters;\n  `language` has lower-case, `country` upper-case letters.\n"
	"- decimal: a number with at most three decimals, kept exactly, in thousandths. It is "
	"read to fifteen digits\n  that count, since some programs print 4.9 as "
	"4.9000000000000004. A rating lies\n  on its own scale, `worst` to `best`, 1 to 5 where "
	"none is named.\n"
	"- time: RFC 3339 with an offset, from 1990, at most 5 minutes after the reception. "
	"date: YYYY-MM-DD,\n  from 1990, not after the day of reception in the easternmost time "
	"zone (UTC+14).\n"
	"- hash: SHA-256, 64 lower-case hex digits. object: any JSON object; bounds are bytes "
	"of its compact\n  form. `null` is no value of any type: leave the key out.\n"
	"- A required key of a nested object or of an array's element is required where that "
	"object is there.\n"
	"- personal: of a person; kept apart from the log, and destroyed by an erasure.\n"
	"- committed: the log commits to it under this path, in the record's event that has "
	"`commit`\n  ([EVENTS](EVENTS.md): formula, and the form of the value by type). `words`: "
	"so too, and these are the\n  author's own words, shown byte for byte or not at all. "
	"`in its array`: by the one commitment to the whole\n  array. Empty: not at all. A "
	"record that is refused, quarantined or erased commits to nothing.\n"
	"- A review has a rating or a text that shows something (not only white space). "
	"`legacy`, `origin_state`, `origin_reason` and "
	"`origin_decided_at` are taken\n  from the operator only, and the last three need "
	"`\"legacy\": true`.\n"
	"\n"
	"## Three times\n"
	"\n"
	"| time | whose | what for |\n"
	"|---|---|---|\n"
	"| `submitted_at` | the source's claim | shown and compared, never trusted |\n"
	"| `received_at` | the intake's clock at acceptance, never going back | every deadline "
	"runs on it |\n"
	"| `tick` | a record of the intake | says that a deadline has passed |\n"
	"\n"
	"A review that was published elsewhere keeps `published_at_origin`, which starts no "
	"clock.\n";

static const char head_layout[] =
	"\n"
	"## In the journal and in frames\n"
	"\n"
	"All numbers are little-endian.\n"
	"\n"
	"| offset | bytes | what |\n"
	"|---|---|---|\n"
	"| 0 | 4 | length of the whole record |\n"
	"| 4 | 1 | format, 1 |\n"
	"| 5 | 1 | flags: 1 quarantined, 2 erased |\n"
	"| 6 | 2 | number of the kind |\n"
	"| 8 | 8 | seq, the place in the one order |\n"
	"| 16 | 8 | received_at, ms since 1970 UTC |\n"
	"| 24 | 16 | id, UUID version 7 |\n"
	"| 40 | 32 | secret, from which salts and nonces are derived |\n"
	"| 72 | 16 | keyed hash of site, source and source_id |\n"
	"| 88 | 16 | keyed hash of the content |\n"
	"| 104 | 2 | version of the kind |\n"
	"| 106 | 1 | length of the site |\n"
	"| 107 | 1 | length of the principal, who submitted it |\n"
	"| 108 | 4 | length of the body |\n"
	"| 112 | | site, principal, body |\n"
	"\n"
	"The body is a row of fields, each tag (2 bytes), length (4 bytes), value; tags ascend. "
	"An element of an\narray is a value of the array's tag and holds fields of the same form. "
	"integer, decimal and time are\n8 bytes, date 4, boolean and choice 1, a hash its 32 "
	"bytes.\n";

static const struct {
	const char *title;
	const char *json;
} examples[] = {
	{"A review",
	 "{\n  \"kind\": \"review\", \"site\": \"example\", \"source\": \"shop\", \"source_id\": "
	 "\"r-1017\",\n  \"submitted_at\": \"2026-03-01T10:00:00+01:00\",\n  \"subject\": "
	 "\"kettle-2\", \"supplier\": \"acme\", \"author_ref\": \"u-88\",\n  \"contact\": "
	 "{\"channel\": \"email\", \"value\": \"author@example.org\"},\n  \"rating\": {\"value\": "
	 "4.5},\n  \"ratings\": [{\"criterion\": \"price\", \"value\": 8, \"worst\": 0, \"best\": "
	 "10}],\n  \"title\": \"Bonne bouilloire\", \"text\": \"Chauffe vite, un peu bruyante.\",\n"
	 "  \"language\": \"fr\", \"country\": \"FR\",\n  \"experience_date\": \"2026-02-20\", "
	 "\"experience_date_source\": \"purchase\",\n  \"origin\": \"solicited\", "
	 "\"invitation_id\": \"i-5\", \"attestation\": true,\n  \"consents\": [{\"purpose\": "
	 "\"publication\", \"given\": true}], \"terms_version\": \"2026-01\"\n}"},
	{"A supplier",
	 "{\n  \"kind\": \"supplier\", \"site\": \"example\", \"source\": \"shop\", "
	 "\"source_id\": \"supplier/acme/3\",\n  \"supplier\": \"acme\", \"name\": \"Acme SARL\", "
	 "\"country\": \"FR\",\n  \"identifiers\": [{\"scheme\": \"siret\", \"value\": "
	 "\"00000000000000\"}]\n}"},
	{"A subject",
	 "{\n  \"kind\": \"subject\", \"site\": \"example\", \"source\": \"shop\", \"source_id\": "
	 "\"subject/kettle-2/1\",\n  \"subject\": \"kettle-2\", \"supplier\": \"acme\", \"type\": "
	 "\"product\", \"name\": \"Kettle 2\"\n}"},
	{"A site",
	 "{\n  \"kind\": \"site\", \"site\": \"example\", \"source\": \"operator\", "
	 "\"source_id\": \"site/1\",\n  \"name\": \"Example\", \"operator\": \"Example SAS\", "
	 "\"country\": \"FR\"\n}"},
	{"An activation",
	 "{\n  \"kind\": \"activation\", \"site\": \"example\", \"source\": \"operator\", "
	 "\"source_id\": \"rules/7\",\n  \"activates\": \"rules\",\n  \"hash\": "
	 "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"\n}"},
	{"A reply",
	 "{\n  \"kind\": \"reply\", \"site\": \"example\", \"source\": \"shop\", \"source_id\": "
	 "\"reply-4\",\n  \"target\": \"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\",\n  \"payload\": "
	 "{\"text\": \"Merci de votre avis.\"}\n}"},
};

static void put_bounds(struct buf *out, enum field field)
{
	const struct field_info *info = &field_table[field];

	switch (info->type) {
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
		buf_format(out, "%" PRId64 " to %" PRId64 " bytes", info->min, info->max);
		break;
	case FIELD_TYPE_JSON:
		buf_format(out, "to %" PRId64 " bytes", info->max);
		break;
	case FIELD_TYPE_INT:
		buf_format(out, "%" PRId64 " to %" PRId64, info->min, info->max);
		break;
	case FIELD_TYPE_DECIMAL:
		buf_format(out, "%" PRId64 " to %" PRId64, info->min / 1000,
			   info->max / 1000);
		break;
	case FIELD_TYPE_GROUP:
		buf_format(out, "%" PRId64 " to %" PRId64 " elements", info->min,
			   info->max);
		break;
	case FIELD_TYPE_CHOICE:
		for (int code = 1; choice_name(field, code); code++)
			buf_format(out, "%s`%s`", code > 1 ? ", " : "",
				   choice_name(field, code));
		break;
	case FIELD_TYPE_HASH:
		buf_text(out, "64 hex digits");
		break;
	case FIELD_TYPE_DATE:
	case FIELD_TYPE_TIME:
	case FIELD_TYPE_BOOL:
		break;
	}
}

/* What a verifier must know. An element has no commitment of its own: its array's has it. */
static const char *commitment(const struct field_info *info)
{
	if (info->flags & ELEMENT)
		return "in its array";
	if (!(info->flags & COMMITTED))
		return "";
	return info->flags & WORDS ? "words" : "yes";
}

static void put_row(struct buf *out, enum field field)
{
	const struct field_info *info = &field_table[field];

	buf_format(out, "| `%s` | %s | ", info->path, type_names[info->type]);
	/* What JSON shows is not the stored unit, except where the unit is a standard's. */
	bool stored = info->type == FIELD_TYPE_TIME || info->type == FIELD_TYPE_DATE ||
		      info->type == FIELD_TYPE_DECIMAL || info->type == FIELD_TYPE_GROUP;
	put_bounds(out, field);
	buf_format(out, " | %s | %s | %s | %s | %s |\n", stored ? "" : info->unit,
		   info->flags & REQUIRED ? "yes" : "",
		   info->flags & PERSONAL ? "yes" : "", commitment(info), info->meaning);
}

static void put_kind_fields(struct buf *out, enum kind kind)
{
	buf_text(out,
		 "\n| key | type | bounds | unit | required | personal | committed | "
		 "meaning |\n|---|---|---|---|---|---|---|---|\n");
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (field_table[f].kinds != KIND_BIT_ALL &&
		    (field_table[f].kinds & KIND_BIT(kind)))
			put_row(out, f);
}

static const char *endpoint_names(enum kind kind)
{
	unsigned endpoints = kind_endpoints(kind);

	if (endpoints & OWN)
		return "the intake itself";
	return endpoints & SUBMIT ? "submit, admin" : "admin";
}

static bool is_carried(enum kind kind)
{
	return (field_table[FIELD_TARGET].kinds & KIND_BIT(kind)) != 0;
}

static void put_kinds(struct buf *out)
{
	enum kind carried = KIND_NONE;

	buf_text(out, "\n## Kinds\n\n| kind | number | taken from | what it says |\n"
		      "|---|---|---|---|\n");
	for (enum kind k = 1; k < KIND_LIMIT; k++)
		if (kind_name(k))
			buf_format(out, "| `%s` | %d | %s | %s |\n", kind_name(k), (int)k,
				   endpoint_names(k), kind_meaning(k));
	for (enum kind k = 1; k < KIND_LIMIT; k++) {
		if (!kind_name(k))
			continue;
		if (is_carried(k)) {
			carried = k;
			continue;
		}
		buf_format(out, "\n### %s\n", kind_name(k));
		put_kind_fields(out, k);
	}
	buf_text(
		out,
		"\n### All other kinds\n\nThey are carried through the pipeline with what "
		"they act on.\n");
	put_kind_fields(out, carried);
}

static void put_refusals(struct buf *out)
{
	buf_text(
		out,
		"\n## Reasons of a refusal\n\nThe answer names the reason, and the field "
		"where there is one (`ratings[2].value`).\n\n| reason | meaning |\n"
		"|---|---|\n");
	for (unsigned i = REFUSED_NOTHING + 1; i < REFUSED_COUNT; i++)
		buf_format(out, "| `%s` | %s |\n", refusal_name((enum refusal_reason)i),
			   refusal_meaning((enum refusal_reason)i));
}

void record_doc_markdown(struct buf *out)
{
	buf_text(out, introduction);
	for (enum field f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = &field_table[f];
		if (info->kinds != KIND_BIT_ALL)
			continue;
		buf_format(out, "| `%s` | %s | ", info->path, type_names[info->type]);
		put_bounds(out, f);
		buf_format(out, " | %s | %s | %s | %s |\n",
			   info->flags & REQUIRED ? "yes" : "",
			   info->flags & PERSONAL ? "yes" : "", commitment(info),
			   info->meaning);
	}
	buf_text(out, types);
	put_kinds(out);
	put_refusals(out);
	buf_text(out, head_layout);
	buf_text(out, "\n## Examples\n");
	for (size_t i = 0; i < ARRAY_LEN(examples); i++)
		buf_format(out, "\n%s:\n\n```json\n%s\n```\n", examples[i].title,
			   examples[i].json);
}
