#include "record.h"

/* Reading in place: one pass over the body notes where each field lies. Everything after
 * that is an array access, and nothing is copied. */

#define FIELD_HEAD_BYTES 6 /* tag and length */
#define TAG_LIMIT	 128

const struct field_info field_table[FIELD_COUNT] = {
#define FIELD(symbol, tag_, path_, type_, kinds_, flags_, min_, max_, unit_, meaning_) \
	[symbol] = {.path = (path_),                                                   \
		    .tag = (tag_),                                                     \
		    .type = FIELD_TYPE_##type_,                                        \
		    .kinds = (kinds_),                                                 \
		    .flags = (flags_),                                                 \
		    .min = (min_),                                                     \
		    .max = (max_),                                                     \
		    .unit = (unit_),                                                   \
		    .meaning = (meaning_)},
#include "fields.def"
#undef FIELD
};

/* One more than the field of a tag; 0: no field has it. */
static const uint8_t field_of_tag[TAG_LIMIT] = {
#define FIELD(symbol, tag, ...) [tag] = (symbol) + 1,
#include "fields.def"
#undef FIELD
};

static const struct {
	const char *name;
	const char *meaning;
	unsigned endpoints;
} kinds[KIND_LIMIT] = {
#define KIND(symbol, number, name, endpoints, meaning) \
	[number] = {name, meaning, endpoints},
#include "kinds.def"
#undef KIND
};

static const struct {
	enum field field;
	int code;
	const char *name;
} choices[] = {
#define CHOICE(field, symbol, code, name) {field, code, name},
#include "choices.def"
#undef CHOICE
};

const char *kind_name(enum kind kind)
{
	return kind < KIND_LIMIT ? kinds[kind].name : NULL;
}

const char *kind_meaning(enum kind kind)
{
	return kind < KIND_LIMIT ? kinds[kind].meaning : NULL;
}

unsigned kind_endpoints(enum kind kind)
{
	return kind < KIND_LIMIT ? kinds[kind].endpoints : 0;
}

enum kind kind_from_name(struct span name)
{
	for (unsigned i = 1; i < KIND_LIMIT; i++)
		if (kinds[i].name && span_equal(name, span_of(kinds[i].name)))
			return (enum kind)i;
	return KIND_NONE;
}

const char *choice_name(enum field field, int code)
{
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (choices[i].field == field && choices[i].code == code)
			return choices[i].name;
	return NULL;
}

int choice_code(enum field field, struct span name)
{
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (choices[i].field == field &&
		    span_equal(name, span_of(choices[i].name)))
			return choices[i].code;
	return 0;
}

static enum status parse_lengths(struct record *ret, struct span bytes, struct err *err)
{
	const uint8_t *at = bytes.at;
	size_t site = at[106], principal = at[107], body = get_le32(at + 108);

	if (site > RECORD_NAME_MAX || principal > RECORD_NAME_MAX)
		return err_set(err, ST_EMALFORMED,
			       "record: site or principal is too long");
	if (RECORD_HEAD_BYTES + site + principal + body != bytes.len)
		return err_set(err, ST_EMALFORMED, "record: its lengths do not add up");
	at += RECORD_HEAD_BYTES;
	ret->site = (struct span){at, site};
	ret->principal = (struct span){at + site, principal};
	ret->body = (struct span){at + site + principal, body};
	return ST_OK;
}

enum status record_parse_head(struct record *ret, struct span bytes, struct err *err)
{
	memset(ret, 0, sizeof(*ret));
	if (bytes.len < RECORD_HEAD_BYTES)
		return err_set(err, ST_EMALFORMED, "record: shorter than its head");
	size_t len = get_le32(bytes.at);
	const uint8_t *at = bytes.at;
	if (len < RECORD_HEAD_BYTES || len > RECORD_BYTES_MAX || len > bytes.len)
		return err_set(err, ST_EMALFORMED, "record: length %zu cannot be", len);
	if (at[4] == 0)
		return err_set(err, ST_EMALFORMED, "record: format 0");
	if (at[4] != RECORD_FORMAT)
		return err_set(err, ST_EVERSION, "record: format %u is newer than %d",
			       at[4], RECORD_FORMAT);
	if (at[5] & ~(RECORD_QUARANTINED | RECORD_ERASED | RECORD_KILLED_DEDUP |
		      RECORD_KILLED_MODERATE | RECORD_KILLED_PUBLISH))
		return err_set(err, ST_EVERSION, "record: unknown flags 0x%02x", at[5]);
	unsigned kind = get_le16(at + 6);
	if (kind == KIND_NONE || kind >= KIND_LIMIT)
		return err_set(err, ST_EMALFORMED, "record: kind %u cannot be", kind);
	if (!kinds[kind].name)
		return err_set(err, ST_EVERSION, "record: kind %u is not known here",
			       kind);
	ret->bytes = (struct span){at, len};
	ret->flags = at[5];
	ret->kind = (enum kind)kind;
	ret->version = get_le16(at + 104);
	ret->seq = get_le64(at + 8);
	ret->received_at = (int64_t)get_le64(at + 16);
	ret->id = at + 24;
	ret->secret = at + 40;
	ret->key_hash = at + 72;
	ret->body_hash = at + 88;
	return parse_lengths(ret, ret->bytes, err);
}

static bool value_has_form(const struct field_info *info, struct span value)
{
	switch (info->type) {
	case FIELD_TYPE_INT:
	case FIELD_TYPE_DECIMAL:
	case FIELD_TYPE_TIME:
		return value.len == 8;
	case FIELD_TYPE_DATE:
		return value.len == 4;
	case FIELD_TYPE_BOOL:
		return value.len == 1 && value.at[0] <= 1;
	case FIELD_TYPE_CHOICE:
		return value.len == 1 && value.at[0] != 0;
	case FIELD_TYPE_HASH:
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
	case FIELD_TYPE_JSON:
		return value.len >= (size_t)info->min && value.len <= (size_t)info->max;
	case FIELD_TYPE_GROUP:
		return true;
	}
	return false;
}

/* The group that an element's field belongs to stands above it in the table. */
static enum field group_of(enum field field)
{
	while (field_table[field].type != FIELD_TYPE_GROUP)
		field--;
	return field;
}

/* group: FIELD_COUNT for a body, else the group that the rows are an element of. */
static enum status parse_rows(struct record *ret, struct span rows, enum field group,
			      struct err *err)
{
	int before = -1;

	for (size_t at = 0; at < rows.len;) {
		if (rows.len - at < FIELD_HEAD_BYTES)
			return err_set(err, ST_EMALFORMED, "body: cut at byte %zu", at);
		unsigned tag = get_le16(rows.at + at);
		size_t len = get_le32(rows.at + at + 2);
		at += FIELD_HEAD_BYTES;
		if (len > rows.len - at)
			return err_set(err, ST_EMALFORMED, "body: field %u is cut", tag);
		struct span value = {rows.at + at, len};
		at += len;
		unsigned known = tag < TAG_LIMIT ? field_of_tag[tag] : 0;
		bool again = (int)tag == before && group == FIELD_COUNT &&
			     (!known || field_table[known - 1].type == FIELD_TYPE_GROUP);
		if ((int)tag <= before && !again)
			return err_set(err, ST_EMALFORMED, "body: field %u out of order",
				       tag);
		before = (int)tag;
		if (!known)
			continue;
		enum field field = (enum field)(known - 1);
		const struct field_info *info = &field_table[field];
		if ((info->flags & ELEMENT ? group_of(field) : FIELD_COUNT) != group ||
		    !value_has_form(info, value))
			return err_set(err, ST_EMALFORMED, "body: %s has no valid form",
				       info->path);
		if (!again)
			ret->field[field] = value;
	}
	return ST_OK;
}

static enum status check_elements(const struct record *r, enum field group,
				  struct err *err)
{
	struct record element;
	const uint8_t *end = r->body.at + r->body.len;

	for (struct span at = r->field[group];;) {
		memset(&element, 0, sizeof(element));
		enum status st = parse_rows(&element, at, group, err);
		const uint8_t *next = at.at + at.len;
		if (st || next == end || get_le16(next) != field_table[group].tag)
			return st;
		at = (struct span){next + FIELD_HEAD_BYTES, get_le32(next + 2)};
	}
}

enum status record_parse_body(struct record *ret, struct span body, struct err *err)
{
	memset(ret->field, 0, sizeof(ret->field));
	ret->body = body;
	enum status st = parse_rows(ret, body, FIELD_COUNT, err);
	for (enum field f = 0; f < FIELD_COUNT && !st; f++)
		if (field_table[f].type == FIELD_TYPE_GROUP && record_has(ret, f))
			st = check_elements(ret, f, err);
	return st;
}

enum status record_parse(struct record *ret, struct span bytes, struct err *err)
{
	enum status st = record_parse_head(ret, bytes, err);

	if (st)
		return st;
	return record_parse_body(ret, ret->body, err);
}

enum status record_read(struct record *ret, struct span bytes, unsigned unread,
			struct err *err)
{
	enum status st = record_parse_head(ret, bytes, err);

	if (st == ST_OK && !(ret->flags & unread))
		st = record_parse_body(ret, ret->body, err);
	return st == ST_EMALFORMED ? ST_ESOFTWARE : st;
}

int64_t record_int(const struct record *r, enum field field, int64_t absent)
{
	const uint8_t *at = r->field[field].at;

	if (!at)
		return absent;
	if (field_table[field].type == FIELD_TYPE_DATE)
		return (int32_t)get_le32(at);
	return (int64_t)get_le64(at);
}

bool record_bool(const struct record *r, enum field field)
{
	return record_has(r, field) && r->field[field].at[0] != 0;
}

int record_choice(const struct record *r, enum field field)
{
	return record_has(r, field) ? r->field[field].at[0] : 0;
}

#define WORST_DEFAULT 1000
#define BEST_DEFAULT  5000

void record_rating_scale(const struct record *r, int64_t *ret_worst, int64_t *ret_best)
{
	*ret_worst = record_int(r, FIELD_RATING_WORST, WORST_DEFAULT);
	*ret_best = record_int(r, FIELD_RATING_BEST, BEST_DEFAULT);
}

void record_element_scale(const struct record *element, int64_t *ret_worst,
			  int64_t *ret_best)
{
	*ret_worst = record_int(element, FIELD_RATINGS_WORST, WORST_DEFAULT);
	*ret_best = record_int(element, FIELD_RATINGS_BEST, BEST_DEFAULT);
}

bool record_next(const struct record *r, enum field group, struct span *at,
		 struct record *ret_element)
{
	if (!at->at) {
		*at = r->field[group];
	} else {
		const uint8_t *next = at->at + at->len;
		if (next == r->body.at + r->body.len ||
		    get_le16(next) != field_table[group].tag)
			return false;
		*at = (struct span){next + FIELD_HEAD_BYTES, get_le32(next + 2)};
	}
	if (!at->at)
		return false;
	memset(ret_element, 0, sizeof(*ret_element));
	enum status st = parse_rows(ret_element, *at, group, NULL);
	assert(st == ST_OK); /* record_parse looked at every element */
	return true;
}

void body_put_bytes(struct buf *body, enum field field, struct span value)
{
	buf_le16(body, field_table[field].tag);
	buf_le32(body, (uint32_t)value.len);
	buf_span(body, value);
}

void body_put_int(struct buf *body, enum field field, int64_t value)
{
	uint8_t bytes[8];

	put_le64(bytes, (uint64_t)value);
	size_t len = field_table[field].type == FIELD_TYPE_DATE ? 4 : 8;
	body_put_bytes(body, field, (struct span){bytes, len});
}

void body_put_code(struct buf *body, enum field field, int code)
{
	uint8_t byte = (uint8_t)code;

	assert(code >= 0 && code <= UINT8_MAX);
	body_put_bytes(body, field, (struct span){&byte, 1});
}

void record_put(struct buf *out, const struct record_head *head, struct span body)
{
	size_t len = RECORD_HEAD_BYTES + head->site.len + head->principal.len + body.len;

	assert(len <= RECORD_BYTES_MAX);
	assert(head->site.len <= RECORD_NAME_MAX &&
	       head->principal.len <= RECORD_NAME_MAX);
	uint8_t *at = buf_extend(out, len);
	if (!at)
		return;
	put_le32(at, (uint32_t)len);
	at[4] = RECORD_FORMAT;
	at[5] = head->flags;
	put_le16(at + 6, (uint16_t)head->kind);
	put_le64(at + 8, head->seq);
	put_le64(at + 16, (uint64_t)head->received_at);
	memcpy(at + 24, head->id, UUID_BYTES);
	memcpy(at + 40, head->secret, RECORD_SECRET_BYTES);
	memcpy(at + 72, head->key_hash, sizeof(head->key_hash));
	memcpy(at + 88, head->body_hash, sizeof(head->body_hash));
	put_le16(at + 104, head->version);
	at[106] = (uint8_t)head->site.len;
	at[107] = (uint8_t)head->principal.len;
	put_le32(at + 108, (uint32_t)body.len);
	const struct span tail[] = {head->site, head->principal, body};
	at += RECORD_HEAD_BYTES;
	for (size_t i = 0; i < ARRAY_LEN(tail); i++) {
		if (tail[i].len)
			memcpy(at, tail[i].at, tail[i].len);
		at += tail[i].len;
	}
}

void record_set_flag(uint8_t *bytes, enum record_flag flag)
{
	bytes[5] |= (uint8_t)flag;
}
