#include "copies.h"

#include <sqlite3.h>

static enum status put_candidates(struct act *act, struct err *err)
{
	const struct duplicates *all = &act->findings->duplicates;
	enum status st = ST_OK;

	for (uint32_t i = 0; i < all->count && !st; i++) {
		const struct duplicate *d = &all->candidate[i];
		const struct duplicate_row row = {
			.n = act->n,
			.place = i + 1,
			.earlier = store_n(act->journal->ordinal, d->seq),
			.kind = d->kind,
			.shared = d->shared,
			.mine = d->mine,
			.theirs = d->theirs,
			.bits = d->bits,
		};
		st = rows_put(act->apply->rows, ROW_DUPLICATE, &row, err);
	}
	return st;
}

/* A review that is in two is the first of the later one: it belongs to the earlier one. */
static enum status cluster_of(struct act *act, int64_t n, int64_t *ret, struct err *err)
{
	sqlite3_stmt *select = act->apply->cluster_of;

	*ret = n;
	sqlite3_bind_int64(select, 1, n);
	if (sqlite3_step(select) == SQLITE_ROW &&
	    sqlite3_column_type(select, 0) != SQLITE_NULL)
		*ret = sqlite3_column_int64(select, 0);
	int result = sqlite3_reset(select);
	return result ? store_failed(act->apply->store, result, "duplicate_member", err)
		      : ST_OK;
}

static enum status put_member(struct act *act, int64_t n, int64_t cluster,
			      struct err *err)
{
	const struct duplicate_member_row row = {n, cluster};

	return rows_put(act->apply->rows, ROW_DUPLICATE_MEMBER, &row, err);
}

enum status copies_keep(struct act *act, struct err *err)
{
	const struct duplicate *best = &act->findings->duplicates.candidate[0];
	int64_t earlier = store_n(act->journal->ordinal, best->seq), cluster = earlier;
	enum status st = put_candidates(act, err);

	if (!st && duplicate_similarity(best) >= COPIES_CLOSE_PERCENT)
		st = cluster_of(act, earlier, &cluster, err);
	if (!st)
		st = put_member(act, cluster, cluster, err);
	return st ? st : put_member(act, act->n, cluster, err);
}
