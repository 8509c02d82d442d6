#include "verdict.h"

#include <sqlite3.h>

#include "canon.h"

#define CHAIN_MAX \
	8 /* what stands ends it; more has been gone for so long that it is new */

/* Row of the statement earlier_review. */
enum { STATE, DUPLICATE_OF, EXPERIENCE_DATE, PURCHASE_REF, ID };

static bool is_there(int state)
{
	return state == STATE_PUBLISHED || state == STATE_HELD || state == STATE_WAITING;
}

/* Whether the review in the current row of `select` may tell of the same experience. */
static bool same_experience(sqlite3_stmt *select, const struct record *r)
{
	if (record_has(r, FIELD_EXPERIENCE_DATE) &&
	    sqlite3_column_type(select, EXPERIENCE_DATE) != SQLITE_NULL &&
	    sqlite3_column_int64(select, EXPERIENCE_DATE) !=
		    record_int(r, FIELD_EXPERIENCE_DATE, 0))
		return false;
	struct span purchase = {sqlite3_column_text(select, PURCHASE_REF),
				(size_t)sqlite3_column_bytes(select, PURCHASE_REF)};
	return !purchase.at || !record_has(r, FIELD_PURCHASE_REF) ||
	       span_equal(purchase, r->field[FIELD_PURCHASE_REF]);
}

static const struct duplicate *candidate_of(const struct findings *f, uint64_t seq)
{
	for (uint32_t i = 0; i < f->duplicates.count; i++)
		if (f->duplicates.candidate[i].seq == seq)
			return &f->duplicates.candidate[i];
	return NULL;
}

/* By the kind that dedup gave it; a hit that names no candidate is judged as the author's. */
static bool is_of_another(const struct findings *f, uint64_t seq)
{
	const struct duplicate *d = candidate_of(f, seq);

	return d && d->kind == DUPLICATE_OTHER_AUTHOR;
}

/* No condition can tell them apart. */
static bool is_as_like(const struct duplicate *a, const struct duplicate *b)
{
	return a->kind == b->kind && a->shared == b->shared && a->mine == b->mine &&
	       a->theirs == b->theirs && a->bits == b->bits;
}

/* Whether the review in the current row of `select` stands in the way of this one: then *ret_n
 * is n. What it repeated was in its way only if it was rejected for that. Returns where to
 * look next, or ROW_NULL. */
static int64_t read_link(sqlite3_stmt *select, const struct act *act, bool of_another,
			 int64_t n, int64_t *ret_n)
{
	int state = sqlite3_column_int(select, STATE);

	if (is_there(state)) {
		if (of_another || same_experience(select, act->record))
			*ret_n = n;
		return ROW_NULL;
	}
	if (state != STATE_REJECTED ||
	    sqlite3_column_type(select, DUPLICATE_OF) == SQLITE_NULL)
		return ROW_NULL;
	return sqlite3_column_int64(select, DUPLICATE_OF);
}

/* Sets *ret_n to the earlier review that stands in the way, or to ROW_NULL. */
static enum status find_earlier(struct act *act, uint64_t seq, int64_t *ret_n,
				uint8_t ret_id[UUID_BYTES], struct err *err)
{
	sqlite3_stmt *select = act->apply->earlier_review;
	bool of_another = is_of_another(act->findings, seq);
	int64_t n = store_n(act->journal->ordinal, seq);
	int result = SQLITE_OK;

	*ret_n = ROW_NULL;
	for (int i = 0; i < CHAIN_MAX && n != ROW_NULL && !result; i++) {
		int64_t next = ROW_NULL;
		sqlite3_bind_int64(select, 1, n);
		if (sqlite3_step(select) == SQLITE_ROW)
			next = read_link(select, act, of_another, n, ret_n);
		if (*ret_n != ROW_NULL)
			memcpy(ret_id, sqlite3_column_blob(select, ID), UUID_BYTES);
		result = sqlite3_reset(select);
		n = next;
	}
	return result ? store_failed(act->apply->store, result, "earlier review", err)
		      : ST_OK;
}

/* The same for a hit: by the candidate that it names, or one just as like. *ret_seq: which. */
static enum status find_for_hit(struct act *act, const struct hit *hit, int64_t *ret_n,
				uint8_t ret_id[UUID_BYTES], uint64_t *ret_seq,
				struct err *err)
{
	const struct duplicates *all = &act->findings->duplicates;
	const struct duplicate *named = candidate_of(act->findings, hit->duplicate_of);
	enum status st = find_earlier(act, hit->duplicate_of, ret_n, ret_id, err);

	*ret_seq = hit->duplicate_of;
	for (uint32_t i = 0; named && i < all->count && *ret_n == ROW_NULL && !st; i++) {
		const struct duplicate *d = &all->candidate[i];

		if (d->seq == named->seq || !is_as_like(d, named))
			continue;
		st = find_earlier(act, d->seq, ret_n, ret_id, err);
		if (*ret_n != ROW_NULL)
			*ret_seq = d->seq;
	}
	return st;
}

static enum status weigh(struct verdict *v, struct act *act, size_t i, struct err *err)
{
	const struct hit *hit = &act->findings->hits[i];
	uint8_t id[UUID_BYTES];
	int64_t original = ROW_NULL;
	enum status st = ST_OK;

	v->holds[i] = true;
	v->earlier[i] = 0;
	if (hit->duplicate_of) {
		st = find_for_hit(act, hit, &original, id, &v->earlier[i], err);
		v->holds[i] = original != ROW_NULL;
	}
	if (st || !v->holds[i] || hit->mode != MODE_LIVE ||
	    (v->hit && hit->action <= v->action))
		return st;
	v->action = hit->action;
	v->hit = hit;
	v->duplicate_n = original;
	if (original != ROW_NULL)
		memcpy(v->duplicate_id, id, UUID_BYTES);
	return ST_OK;
}

enum status verdict_find(struct verdict *ret, struct act *act, bool asserted,
			 struct err *err)
{
	const struct findings *f = act->findings;
	enum status st = ST_OK;

	ret->action = ACTION_ACCEPT;
	ret->hit = NULL;
	ret->duplicate_n = ROW_NULL;
	ret->shadow_count = 0;
	for (size_t i = 0; f && i < f->hit_count && !st; i++) {
		st = weigh(ret, act, i, err);
		if ((asserted || f->hits[i].mode == MODE_SHADOW) &&
		    ret->shadow_count < EVENT_LIST_MAX)
			ret->shadow[ret->shadow_count++] = f->hits[i].rule;
	}
	if (asserted) {
		ret->action = ACTION_ACCEPT;
		ret->hit = NULL;
		ret->duplicate_n = ROW_NULL;
	}
	return st;
}

/* --- evidence -------------------------------------------------------------------------- */

static const char *path_of_tag(uint16_t tag)
{
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (field_table[f].tag == tag)
			return field_table[f].path;
	return "";
}

static void put_int(struct canon *c, const char *key, int64_t value)
{
	canon_key(c, key);
	canon_int(c, value);
}

static void put_text(struct canon *c, const char *key, struct span text)
{
	if (!text.len)
		return;
	canon_key(c, key);
	canon_text(c, text);
}

/* The sizes of the compared sets, where dedup gave them. */
static void put_duplicate(struct canon *c, const struct findings *f, uint64_t seq)
{
	for (uint32_t i = 0; i < f->duplicates.count; i++) {
		const struct duplicate *d = &f->duplicates.candidate[i];
		if (d->seq != seq)
			continue;
		canon_key(c, "duplicate");
		canon_object(c);
		put_int(c, "bits", d->bits);
		put_text(c, "kind", span_of(duplicate_kind_name(d->kind)));
		put_int(c, "mine", d->mine);
		put_int(c, "seq", (int64_t)d->seq);
		put_int(c, "shared", d->shared);
		put_int(c, "theirs", d->theirs);
		canon_end_object(c);
		return;
	}
}

static void put_spans(struct canon *c, const struct hit *hit)
{
	if (!hit->span_count)
		return;
	canon_key(c, "spans");
	canon_array(c);
	for (unsigned i = 0; i < hit->span_count; i++) {
		canon_object(c);
		put_text(c, "field", span_of(path_of_tag(hit->spans[i].tag)));
		put_int(c, "length", hit->spans[i].len);
		put_int(c, "start", hit->spans[i].start);
		canon_end_object(c);
	}
	canon_end_array(c);
}

static void put_values(struct canon *c, const struct hit *hit)
{
	if (!hit->value_count)
		return;
	canon_key(c, "values");
	canon_array(c);
	for (unsigned i = 0; i < hit->value_count; i++) {
		canon_object(c);
		put_text(c, "name", hit->values[i].name);
		put_int(c, "value", hit->values[i].value);
		canon_end_object(c);
	}
	canon_end_array(c);
}

struct span verdict_evidence(const struct verdict *v, struct act *act)
{
	const struct findings *f = act->findings;
	struct buf *out = &act->apply->evidence;

	buf_clear(out);
	if (!f || !f->hit_count)
		return SPAN_NONE;
	struct canon c = canon_begin(out);
	canon_array(&c);
	for (size_t i = 0; i < f->hit_count; i++) {
		const struct hit *hit = &f->hits[i];
		canon_object(&c);
		put_text(&c, "action", span_of(action_name(hit->action)));
		if (hit->duplicate_of)
			put_duplicate(&c, f, v->earlier[i]);
		canon_key(&c, "holds");
		canon_bool(&c, v->holds[i]);
		put_text(&c, "mode", span_of(hit->mode == MODE_LIVE ? "live" : "shadow"));
		put_text(&c, "reason", hit->reason);
		put_text(&c, "rule", hit->rule);
		put_spans(&c, hit);
		put_values(&c, hit);
		put_int(&c, "version", hit->version);
		canon_end_object(&c);
	}
	canon_end_array(&c);
	assert(!out->full);
	return buf_view(out);
}
