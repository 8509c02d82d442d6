/* act.h - what the files of publish share: the open store, and the record in hand.
 *
 * Inside publish only. apply.c owns struct apply and dispatches; apply_review.c,
 * apply_fact.c and apply_other.c each know some kinds of record.
 */
#ifndef ACT_H
#define ACT_H

#include "apply.h"
#include "buf.h"
#include "event.h"
#include "names.h"
#include "rating.h"
#include "rows.h"
#include "state.h"

#define ACT_JOURNALS_MAX 64
#define ACT_JSON_COUNT	 3

struct act_journal {
	uint64_t id;
	int64_t ordinal;
	uint64_t committed; /* durable */
	uint64_t applied;   /* in the open transaction; else as committed */
};

/* A pack whose number is known. */
struct act_pack {
	uint8_t hash[SHA256_BYTES];
	int64_t id; /* ROW_NULL: the hash is zero */
};

struct sqlite3_stmt;

struct apply {
	struct store *store;
	struct rows *rows;
	struct names *names;
	struct rating *rating;
	struct apply_options options;
	struct act_journal journals[ACT_JOURNALS_MAX];
	size_t journal_count;
	uint64_t next_event;
	int64_t last_t;
	int64_t ticked_to; /* deadline of the last tick, ms UTC */
	bool open;	   /* a transaction */
	enum status dead;  /* why reading failed behind a rollback; ST_OK: it did not */
	uint64_t wal_bytes;
	struct act_pack rules, policy_pack;
	const struct policy *policy; /* of policy_pack; NULL: none */
	struct buf event;
	struct buf json[ACT_JSON_COUNT]; /* values that a row borrows */
	struct buf evidence;
	struct sqlite3_stmt *committed_record, *set_committed, *add_journal;
	struct sqlite3_stmt *find_pack, *add_pack, *activate_pack;
	struct sqlite3_stmt *earlier_review, *is_behind, *next_deadline, *set_ticked;
	struct sqlite3_stmt *cluster_of;
};

/* One record on its way into the store. */
struct act {
	struct apply *apply;
	const struct record *record;
	const struct findings *findings;
	struct act_journal *journal;
	int64_t n;
	int64_t t;	/* of its events, ms UTC */
	int64_t site;	/* numbers of names */
	int64_t source; /* ROW_NULL where the body was not read */
	int64_t principal;
	int64_t last_event; /* of the review; -1: none yet */
	uint32_t events;    /* that the record has caused so far */
};

/* Writes an event: fills index, t, prev, journal, record and ordinal in, and chains those
 * of one review (e->review set) by act->last_event. */
enum status act_event(struct act *act, struct event *e, struct err *err) MUST_CHECK;

/* Writes the row of the record itself; everything else refers to it. detail may be NULL. */
enum status act_record(struct act *act, enum store_code outcome, const char *detail,
		       struct err *err) MUST_CHECK;

/* The number of a pack, made where it is new. */
enum status act_pack_id(struct apply *apply, int64_t *ret,
			const uint8_t hash[SHA256_BYTES], enum choice kind,
			struct err *err) MUST_CHECK;

/* A field as a row takes it. */
static inline int64_t act_int(const struct record *r, enum field field)
{
	return record_int(r, field, ROW_NULL);
}

static inline int64_t act_code(const struct record *r,
			       enum field field) /* BOOL and CHOICE */
{
	return record_has(r, field) ? r->field[field].at[0] : ROW_NULL;
}

/* A GROUP as the JSON that the log commits to, in json[keep]; none where it is absent. */
struct span act_json(struct apply *apply, unsigned keep, const struct record *r,
		     enum field field);

/* By kind: each writes the record's row and all others. */
enum status apply_review(struct act *act, struct err *err) MUST_CHECK;
enum status apply_supplier(struct act *act, struct err *err) MUST_CHECK;
enum status apply_subject(struct act *act, struct err *err) MUST_CHECK;
enum status apply_site(struct act *act, struct err *err) MUST_CHECK;
enum status apply_activation(struct act *act, struct err *err) MUST_CHECK;
enum status apply_refusal(struct act *act, struct err *err) MUST_CHECK;
enum status apply_repeat(struct act *act, struct err *err) MUST_CHECK;
enum status apply_tick(struct act *act, struct err *err) MUST_CHECK;
enum status apply_carried(struct act *act, struct err *err) MUST_CHECK;
enum status apply_set_aside(struct act *act,
			    struct err *err) MUST_CHECK; /* quarantined, erased */

#endif
