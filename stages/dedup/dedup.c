#include "dedup_own.h"

#include "grams.h"
#include "hook.h"

/* What an earlier review says, from its row in the store (said_of_row). */
bool dedup_read_earlier(struct said *ret, const struct store_row *row, void *context)
{
	struct dedup *d = context;
	struct review review;
	bool is = false;

	if (review_of_row(&review, &is, &d->set_aside, row, NULL) || !is ||
	    review.text.len == 0)
		return false;
	fold_text(&d->earlier_fold, review.text);
	*ret = review_said(&review, &d->key, grams_text(buf_view(&d->earlier_fold.key)));
	return ret->text.len > 0;
}

static void count_arrivals(struct dedup *d, const struct review *r, struct span key_text,
			   struct arrivals *ret)
{
	struct arrival_names names = {.site = r->site,
				      .name = {[ARRIVAL_AUTHOR] = r->author_ref,
					       [ARRIVAL_SUBJECT] = r->subject,
					       [ARRIVAL_SUPPLIER] = r->supplier,
					       [ARRIVAL_SOURCE] = r->source,
					       [ARRIVAL_TEXT] = key_text}};

	arrivals_count(d->arrivals, &d->key, &names, r->seq, r->received_at, ret);
}

/* Those of the very same words, by tables. Their sets of grams are this one's. */
static void find_equal(struct dedup *d, const struct review *r, const struct said *said,
		       struct information *information, struct duplicates *ret)
{
	struct exact_review exact = {.seq = r->seq,
				     .id = r->id,
				     .site = r->site,
				     .source = r->source,
				     .author_ref = r->author_ref,
				     .subject = r->subject,
				     .purchase_ref = r->purchase_ref,
				     .key_text = said->text,
				     .experience_date = r->experience_date};

	exact_find(d->exact, &d->key, &exact, ret);
	if (items_needs_information(r))
		*information = information_of(said->text);
	items_find(d->exact, &d->key, r, information->tenths >= d->kinds.enough, ret);
	if (ret->count == 0)
		return;
	*information = information_of(said->text);
	overlap_take(d->overlap, said->text);
	/* An item without text is one thing, and all of it is the same. */
	uint32_t size = MAX(overlap_mine(d->overlap), 1);
	for (uint32_t i = 0; i < ret->count; i++) {
		struct duplicate *e = &ret->candidate[i];
		e->shared = e->mine = e->theirs = size;
		e->bits = (uint16_t)(information->tenths / 10);
	}
}

/* A damaged file of the index is removed, and the next start makes it again. */
static enum status mend(const struct dedup *d, enum status st, struct err *err)
{
	if (st != ST_ECORRUPT)
		return st;
	err_prefix(err, "the index of duplicates is made again");
	(void)!near_remove(d->data, NULL); /* or the next start finds it, too */
	return ST_EAGAIN;
}

enum status dedup_look(struct dedup *d, const struct review *r,
		       struct arrivals *ret_arrivals, struct duplicates *ret_duplicates,
		       struct err *err)
{
	struct near_found found;

	fold_text(&d->fold, r->text);
	struct said said = review_said(r, &d->key, grams_text(buf_view(&d->fold.key)));
	struct information information = {0}; /* asked for where it is needed: seldom */

	count_arrivals(d, r, said.text, ret_arrivals);
	ret_duplicates->count = 0;
	find_equal(d, r, &said, &information, ret_duplicates);
	enum status st = near_look(d->near, &said, &found, err);
	if (found.count > 0)
		information = information_of(said.text);
	if (st == ST_OK)
		kinds_name(&d->kinds, &said, &information, &found, ret_duplicates);
	return mend(d, st, err);
}

enum status dedup_record(struct dedup *d, const struct record *record, struct buf *out,
			 struct err *err)
{
	struct arrivals arrivals;
	struct duplicates duplicates;

	if (record->kind != KIND_REVIEW || !review_counts(record))
		return ST_OK;
	hook_stage("dedup", record);
	struct review review = review_of_record(record);
	enum status st = dedup_look(d, &review, &arrivals, &duplicates, err);
	if (st)
		return st;
	arrivals_put(out, &arrivals);
	duplicates_put(out, &duplicates);
	return ST_OK;
}

enum status dedup_commit(struct dedup *d, uint64_t seq, struct err *err)
{
	enum status st = layer_commit(d->exact, seq, err);

	if (st == ST_OK)
		st = layer_commit(d->arrivals, seq, err);
	if (st == ST_OK)
		st = mend(d, near_commit(d->near, seq, err), err);
	if (st == ST_OK)
		earlier_commit(d->earlier, seq);
	return st;
}

enum status dedup_sync(struct dedup *d, struct err *err)
{
	enum status st = table_sync(d->exact_table, err);

	if (st == ST_OK)
		st = table_sync(d->arrivals_table, err);
	return st ? st : near_sync(d->near, err);
}

void dedup_figures(const struct dedup *d, struct dedup_figures *ret)
{
	struct near_figures near;

	near_figures(d->near, &near);
	*ret = (struct dedup_figures){
		.texts = near.texts, .leaders = near.leaders, .bytes = near.bytes};
}
