#include "review.h"

struct review review_of_record(const struct record *r)
{
	int64_t worst = REVIEW_NO_RATING, best = REVIEW_NO_RATING;

	if (record_has(r, FIELD_RATING_VALUE))
		record_rating_scale(r, &worst, &best);
	return (struct review){
		.seq = r->seq,
		.id = r->id,
		.received_at = r->received_at,
		.submitted_at = record_int(r, FIELD_SUBMITTED_AT, REVIEW_NO_TIME),
		.experience_date =
			(int32_t)record_int(r, FIELD_EXPERIENCE_DATE, EARLIER_NO_DATE),
		.rating = record_int(r, FIELD_RATING_VALUE, REVIEW_NO_RATING),
		.rating_worst = worst,
		.rating_best = best,
		.site = r->site,
		.source = r->field[FIELD_SOURCE],
		.author_ref = r->field[FIELD_AUTHOR_REF],
		.subject = r->field[FIELD_SUBJECT],
		.supplier = r->field[FIELD_SUPPLIER],
		.purchase_ref = r->field[FIELD_PURCHASE_REF],
		.title = r->field[FIELD_TITLE],
		.display_name = r->field[FIELD_DISPLAY_NAME],
		.text = r->field[FIELD_TEXT],
	};
}

bool review_counts(const struct record *record)
{
	if (record->flags & RECORD_ERASED)
		return false;
	return !(record->flags & RECORD_QUARANTINED) ||
	       record->flags & (RECORD_KILLED_MODERATE | RECORD_KILLED_PUBLISH);
}

static bool row_counts(const struct store_row *row)
{
	return !row->quarantined ||
	       (row->set_aside.at &&
		(row->killed == STAGE_MODERATE || row->killed == STAGE_PUBLISH));
}

enum status review_of_row(struct review *ret, bool *ret_is, struct record *record,
			  const struct store_row *row, struct err *err)
{
	*ret_is = row->kind == KIND_REVIEW && row_counts(row);
	if (!*ret_is)
		return ST_OK;
	if (row->quarantined) {
		enum status st = record_parse(record, row->set_aside, err);
		if (st == ST_OK)
			*ret = review_of_record(record);
		return st;
	}
	*ret = (struct review){
		.seq = row->seq,
		.id = row->id,
		.received_at = row->received_at,
		.submitted_at = row->submitted_at,
		.experience_date =
			row->has_experience_date ? row->experience_date : EARLIER_NO_DATE,
		.rating = row->rating,
		.rating_worst = row->rating_worst,
		.rating_best = row->rating_best,
		.site = row->site,
		.source = row->source,
		.author_ref = row->author_ref,
		.subject = row->subject,
		.supplier = row->supplier,
		.purchase_ref = row->purchase_ref,
		.title = row->title,
		.display_name = row->display_name,
		.text = row->text,
	};
	return ST_OK;
}

/* Length before each piece, so that no two rows of pieces give the same bytes. */
static uint64_t hash_of(const struct fast_key *key, const struct span *pieces,
			size_t count)
{
	uint8_t joined[1024], hash[KEYED_HASH_BYTES];
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		assert(len + 4 + pieces[i].len <= sizeof(joined));
		put_le32(joined + len, (uint32_t)pieces[i].len);
		len += 4;
		if (pieces[i].len)
			memcpy(joined + len, pieces[i].at, pieces[i].len);
		len += pieces[i].len;
	}
	fast_hash(hash, key, (struct span){joined, len});
	return get_le64(hash) | 1; /* 0 says: not stated */
}

struct said review_said(const struct review *r, const struct fast_key *key,
			struct span text)
{
	const struct span author[] = {r->site, r->source, r->author_ref};
	struct said said = {
		.seq = r->seq,
		.site = hash_of(key, &r->site, 1),
		.author = r->author_ref.len ? hash_of(key, author, 3) : 0,
		.subject = hash_of(key, &r->subject, 1),
		.purchase = r->purchase_ref.len ? hash_of(key, &r->purchase_ref, 1) : 0,
		.experience_date = r->experience_date,
		.text = text,
	};

	memcpy(said.id, r->id, UUID_BYTES);
	return said;
}
