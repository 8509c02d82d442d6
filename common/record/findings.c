#include "findings.h"

const char *const duplicate_kind_names[] = {
	[DUPLICATE_SAME_AUTHOR_SAME_SUBJECT - 1] = "same-author-same-subject",
	[DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT - 1] = "same-author-other-subject",
	[DUPLICATE_OTHER_AUTHOR - 1] = "other-author",
	[DUPLICATE_COLLECTOR_FAULT - 1] = "collector-fault",
	NULL,
};

const char *const arrival_names[ARRIVAL_COUNT + 1] = {
	[ARRIVAL_AUTHOR] = "author",	 [ARRIVAL_SUBJECT] = "subject",
	[ARRIVAL_SUPPLIER] = "supplier", [ARRIVAL_SOURCE] = "source",
	[ARRIVAL_TEXT] = "text",
};

const char *const window_names[WINDOW_COUNT + 1] = {
	[WINDOW_HOUR] = "hour",
	[WINDOW_DAY] = "day",
	[WINDOW_MONTH] = "month",
	[WINDOW_EVER] = "ever",
};

const char *const action_names[ACTION_COUNT + 1] = {
	[ACTION_ACCEPT] = "accept",
	[ACTION_LABEL] = "label",
	[ACTION_AWAIT_AUTHOR] = "await-author",
	[ACTION_HOLD] = "hold",
	[ACTION_REJECT] = "reject",
};

static bool is_duplicate_kind(unsigned kind)
{
	return kind >= DUPLICATE_SAME_AUTHOR_SAME_SUBJECT &&
	       kind <= DUPLICATE_COLLECTOR_FAULT;
}

const char *duplicate_kind_name(enum duplicate_kind kind)
{
	assert(is_duplicate_kind(kind));
	return duplicate_kind_names[kind - 1];
}

static unsigned percent(uint64_t part, uint64_t whole)
{
	return whole ? (unsigned)(part * 100 / whole) : 0;
}

unsigned duplicate_similarity(const struct duplicate *d)
{
	return percent(d->shared, (uint64_t)d->mine + d->theirs - d->shared);
}

unsigned duplicate_containment(const struct duplicate *d)
{
	return percent(d->shared, MIN(d->mine, d->theirs));
}

const char *action_name(enum action action)
{
	assert(action < ACTION_COUNT);
	return action_names[action];
}

/* --- writing ------------------------------------------------------------------------- */

/* Writes a section's head; its length is filled in by section_end. */
static size_t section_begin(struct buf *out, enum section_type type)
{
	buf_le16(out, (uint16_t)type);
	buf_le16(out, FINDINGS_VERSION);
	buf_le32(out, 0);
	return out->len;
}

static void section_end(struct buf *out, size_t begin)
{
	if (!out->full)
		put_le32(out->at + begin - 4, (uint32_t)(out->len - begin));
}

static void put_text(struct buf *out, struct span text)
{
	assert(text.len <= UINT8_MAX);
	buf_char(out, (char)text.len);
	buf_span(out, text);
}

void arrivals_put(struct buf *out, const struct arrivals *a)
{
	size_t begin = section_begin(out, SECTION_ARRIVALS);

	for (size_t of = 0; of < ARRIVAL_COUNT; of++)
		for (size_t window = 0; window < WINDOW_COUNT; window++)
			buf_le32(out, a->count[of][window]);
	section_end(out, begin);
}

void duplicates_put(struct buf *out, const struct duplicates *d)
{
	assert(d->count <= DUPLICATES_MAX);
	size_t begin = section_begin(out, SECTION_DUPLICATES);

	buf_char(out, (char)d->count);
	for (uint32_t i = 0; i < d->count; i++) {
		const struct duplicate *c = &d->candidate[i];

		buf_char(out, (char)c->kind);
		buf_le64(out, c->seq);
		buf_bytes(out, c->id, UUID_BYTES);
		buf_le32(out, c->shared);
		buf_le32(out, c->mine);
		buf_le32(out, c->theirs);
		buf_le16(out, c->bits);
	}
	section_end(out, begin);
}

static void put_hit(struct buf *out, const struct hit *hit)
{
	size_t begin = out->len;

	assert(hit->span_count <= HIT_SPANS_MAX);
	buf_char(out, (char)hit->action);
	buf_char(out, (char)hit->mode);
	put_text(out, hit->rule);
	buf_le16(out, hit->version);
	put_text(out, hit->reason);
	put_text(out, hit->clauses);
	buf_le64(out, hit->duplicate_of);
	buf_char(out, (char)hit->span_count);
	for (size_t i = 0; i < hit->span_count; i++) {
		buf_le16(out, hit->spans[i].tag);
		buf_le32(out, hit->spans[i].start);
		buf_le32(out, hit->spans[i].len);
	}
	assert(hit->value_count <= HIT_VALUES_MAX);
	buf_char(out, (char)hit->value_count);
	for (size_t i = 0; i < hit->value_count; i++) {
		put_text(out, hit->values[i].name);
		buf_le64(out, (uint64_t)hit->values[i].value);
	}
	assert(out->len - begin <= HIT_BYTES_MAX);
}

void hits_put(struct buf *out, const struct hit *hits, size_t count)
{
	assert(count <= HITS_MAX);
	size_t begin = section_begin(out, SECTION_VERDICT);

	buf_le16(out, (uint16_t)count);
	for (size_t i = 0; i < count; i++)
		put_hit(out, &hits[i]);
	section_end(out, begin);
}

/* --- reading ------------------------------------------------------------------------- */

/* Takes bytes off the front; once they run out everything reads as zero and `bad` stays. */
struct cursor {
	struct span rest;
	bool bad;
};

static struct span take(struct cursor *c, size_t len)
{
	if (c->bad || c->rest.len < len) {
		c->bad = true;
		return SPAN_NONE;
	}
	struct span ret = {c->rest.at, len};
	c->rest.at += len;
	c->rest.len -= len;
	return ret;
}

static uint8_t take_byte(struct cursor *c)
{
	struct span s = take(c, 1);

	return s.at ? s.at[0] : 0;
}

static uint16_t take_le16(struct cursor *c)
{
	struct span s = take(c, 2);

	return s.at ? get_le16(s.at) : 0;
}

static uint32_t take_le32(struct cursor *c)
{
	struct span s = take(c, 4);

	return s.at ? get_le32(s.at) : 0;
}

static uint64_t take_le64(struct cursor *c)
{
	struct span s = take(c, 8);

	return s.at ? get_le64(s.at) : 0;
}

static struct span take_text(struct cursor *c)
{
	return take(c, take_byte(c));
}

static bool read_arrivals(struct arrivals *ret, struct cursor *c)
{
	for (size_t of = 0; of < ARRIVAL_COUNT; of++)
		for (size_t window = 0; window < WINDOW_COUNT; window++)
			ret->count[of][window] = take_le32(c);
	return true;
}

static bool read_duplicates(struct duplicates *ret, struct cursor *c)
{
	ret->count = take_byte(c);
	if (ret->count > DUPLICATES_MAX)
		return false;
	for (uint32_t i = 0; i < ret->count && !c->bad; i++) {
		struct duplicate *d = &ret->candidate[i];
		uint8_t kind = take_byte(c);

		if (!is_duplicate_kind(kind))
			return false;
		d->kind = kind;
		d->seq = take_le64(c);
		struct span id = take(c, UUID_BYTES);
		if (id.at)
			memcpy(d->id, id.at, UUID_BYTES);
		d->shared = take_le32(c);
		d->mine = take_le32(c);
		d->theirs = take_le32(c);
		d->bits = take_le16(c);
		/* Nothing has more in common than it has. */
		if (d->shared > MIN(d->mine, d->theirs))
			return false;
	}
	return true;
}

static bool read_hit(struct hit *ret, struct cursor *c)
{
	uint8_t action = take_byte(c);
	uint8_t mode = take_byte(c);

	if (action >= ACTION_COUNT || mode > MODE_SHADOW)
		return false;
	*ret = (struct hit){.action = action, .mode = mode};
	ret->rule = take_text(c);
	ret->version = take_le16(c);
	ret->reason = take_text(c);
	ret->clauses = take_text(c);
	ret->duplicate_of = take_le64(c);
	ret->span_count = take_byte(c);
	if (ret->span_count > HIT_SPANS_MAX)
		return false;
	for (size_t i = 0; i < ret->span_count; i++) {
		ret->spans[i].tag = take_le16(c);
		ret->spans[i].start = take_le32(c);
		ret->spans[i].len = take_le32(c);
	}
	ret->value_count = take_byte(c);
	if (ret->value_count > HIT_VALUES_MAX)
		return false;
	for (size_t i = 0; i < ret->value_count; i++) {
		ret->values[i].name = take_text(c);
		ret->values[i].value = (int64_t)take_le64(c);
	}
	return true;
}

static bool read_hits(struct hit *hits, size_t *ret_count, struct cursor *c)
{
	size_t count = take_le16(c);

	if (count > HITS_MAX)
		return false;
	for (size_t i = 0; i < count && !c->bad; i++)
		if (!read_hit(&hits[i], c))
			return false;
	*ret_count = count;
	return true;
}

/* False: not the bytes of such a section, or the second of its type. */
static bool read_section(struct findings *f, uint16_t type, struct cursor *c)
{
	bool *seen = type == SECTION_ARRIVALS	  ? &f->has_arrivals
		     : type == SECTION_DUPLICATES ? &f->has_duplicates
						  : &f->has_verdict;
	bool good = !*seen;

	*seen = true;
	if (good && type == SECTION_ARRIVALS)
		good = read_arrivals(&f->arrivals, c);
	else if (good && type == SECTION_DUPLICATES)
		good = read_duplicates(&f->duplicates, c);
	else if (good)
		good = read_hits(f->hits, &f->hit_count, c);
	return good && !c->bad && c->rest.len == 0;
}

static bool is_known_section(uint16_t type)
{
	return type >= SECTION_ARRIVALS && type <= SECTION_VERDICT;
}

enum status findings_parse(struct findings *ret, struct hit *hits, struct span sections,
			   struct err *err)
{
	struct findings f = {.hits = hits};
	struct cursor all = {.rest = sections};

	while (all.rest.len > 0) {
		uint16_t type = take_le16(&all);
		uint16_t version = take_le16(&all);
		struct cursor one = {.rest = take(&all, take_le32(&all))};

		if (all.bad)
			return err_set(err, ST_EMALFORMED, "a section is cut short");
		if (!is_known_section(type))
			continue;
		if (version != FINDINGS_VERSION)
			return err_set(err, ST_EVERSION, "section %u has version %u",
				       type, version);
		if (!read_section(&f, type, &one))
			return err_set(err, ST_EMALFORMED,
				       "section %u does not have its form", type);
	}
	*ret = f;
	return ST_OK;
}
