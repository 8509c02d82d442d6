/* rows.h - the rows of the store, as structs, and the statements that write them.
 *
 * Publish decides what a record means; this file only writes. Whoever wants to know what
 * the writing alone costs fills the same structs and calls the same function.
 *
 * Shape:  one struct per table, its members in the order of the table's columns
 *	   (schema.sql has units and meaning). int64_t: an integer, ROW_NULL for NULL. struct
 *	   span: text or bytes, NULL where `at` is NULL; borrowed until rows_put returns.
 * Rate:   statements are compiled once; nothing is allocated or copied per row.
 */
#ifndef ROWS_H
#define ROWS_H

#include "store.h"

#define ROW_NULL INT64_MIN

struct record_row {
	int64_t n, kind, site;
	struct span id;
	int64_t source, principal, received_at, submitted_at;
	struct span key_hash, body_hash;
	int64_t version, outcome;
	struct span detail;
};

struct review_row {
	int64_t n, state, state_version, subject, supplier;
	int64_t rating, rating_worst, rating_best;
	struct span language, country;
	int64_t experience_date, experience_date_source, origin;
	int64_t incentive_type;
	struct span incentive_value;
	int64_t incentive_conditioned, incentive_disclosed, attestation, attestation_at;
	struct span terms_version;
	int64_t published_at, published_at_origin, legacy;
	int64_t origin_state, origin_decided_at;
	struct span syndication_from;
	int64_t verification, live, revisions, decision, duplicate_of, deadline,
		last_event;
};

struct revision_row {
	int64_t n, review, number;
	struct span secret, source_id, author_ref;
	int64_t contact_channel;
	struct span contact, display_name, title, text, purchase_ref, consumer_ref;
	struct span invitation, origin_reason, syndication_id, syndication_url;
	struct span media, extra, consents;
};

struct criterion_row {
	int64_t n, place;
	struct span criterion;
	int64_t value, worst, best;
};

struct decision_row {
	int64_t n, review, outcome, action, reason, rule, rule_version, clause;
	int64_t rules, policy, actor, at;
	struct span evidence;
};

struct event_row {
	int64_t idx, t, n, kind, review, prev;
	struct span entry;
};

struct outbox_row {
	int64_t id; /* ROW_NULL: the next one */
	int64_t n, review, template, recipient;
	struct span language;
	int64_t reason, due_at, state;
};

/* Added to the row of its scope and target, which is made where there is none. */
struct rating_row {
	int64_t scope, target, method, version, count, sum, fifth[5], updated_n;
};

struct supplier_version_row {
	int64_t supplier, n;
	struct span label;
	int64_t contact_channel;
	struct span contact, language, country, sector, plan_name;
	int64_t plan_from;
	struct span identifiers, extra, source_id, secret;
};

struct subject_version_row {
	int64_t subject, n, supplier;
	struct span label;
	int64_t type, parent;
	struct span address, identifiers, extra, source_id, secret;
};

struct site_version_row {
	int64_t site, n;
	struct span label, operator, country, extra, source_id, secret;
};

struct listing_row {
	int64_t subject, published_at, n;
};

struct carried_row {
	int64_t n, expects;
	struct span target, payload, source_id, secret;
};

struct set_aside_row {
	int64_t n, stage;
	struct span bytes;
};

struct refusal_row {
	int64_t n, kind;
	struct span field, reason;
	int64_t rating;
};

struct repeat_row {
	int64_t n, kind, count;
};

struct duplicate_row {
	int64_t n, place, earlier, kind, shared, mine, theirs, bits;
};

struct duplicate_member_row { /* one that is there stays as it is */
	int64_t n, cluster;
};

enum row_table {
	ROW_RECORD,
	ROW_REVIEW,
	ROW_REVISION,
	ROW_CRITERION,
	ROW_DECISION,
	ROW_EVENT,
	ROW_OUTBOX,
	ROW_RATING,
	ROW_SUPPLIER_VERSION,
	ROW_SUBJECT_VERSION,
	ROW_SITE_VERSION,
	ROW_LISTING, /* listing_recent */
	ROW_CARRIED,
	ROW_SET_ASIDE,
	ROW_REFUSAL,
	ROW_REPEAT,
	ROW_DUPLICATE,
	ROW_DUPLICATE_MEMBER,
	ROW_TABLE_COUNT
};

struct rows;

/* `store` is borrowed and must outlive the rows. */
enum status rows_open(struct rows **ret, struct store *store, struct err *err) MUST_CHECK;
void rows_close(struct rows *rows); /* accepts NULL */
DEFINE_OWNED(struct rows, rows_close)

/* Writes one row; `row` is the struct of that table. Errors: those of store_failed. */
enum status rows_put(struct rows *rows, enum row_table table, const void *row,
		     struct err *err) MUST_CHECK;

#endif
