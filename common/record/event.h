/* event.h - the bytes of the audit log: one canonical JSON object per event.
 *
 * They are final: what is hashed is what is stored, and no later version writes an old
 * event anew. docs/EVENTS.md says what each key means and which event has which.
 *
 * No personal data: what a person wrote or is called stands in an event only as a salted
 * commitment (seal.h), whose salt goes with the record's secret.
 *
 * Shape:  event_put writes every key of `struct event` that is set, in ascending order, so
 *	   that there is one place that knows the order.
 * Bounds: EVENT_BYTES_MAX, the limit of an entry of a C2SP tlog-tiles log.
 */
#ifndef EVENT_H
#define EVENT_H

#include "digest.h"
#include "record.h"

#define EVENT_VERSION	1
#define EVENT_BYTES_MAX 65535
#define EVENT_LIST_MAX	64 /* rules in `shadow` */

enum event_kind {
	EVENT_NONE = 0,
#define EVENT(symbol, code, name, meaning) symbol = code,
#include "events.def"
#undef EVENT
	EVENT_LIMIT
};

const char *event_kind_name(enum event_kind kind); /* NULL for a number that is none */
const char *event_kind_meaning(enum event_kind kind);

/* Absent: NULL, an empty span, 0, or what the comment says. Everything is borrowed. */
struct event {
	enum event_kind kind;
	uint32_t ordinal; /* among the events of `record`, from 0 */
	uint64_t index;	  /* place in the log, from 0 */
	int64_t t;	  /* ms UTC, never going back */
	int64_t prev;	  /* index of the review's event before; -1: none */
	uint64_t journal; /* journal_id */
	const struct record
		*record;	/* what caused it: site, seq, id, received_at, secret */
	const uint8_t *review;	/* id of the review that it is about */
	const char *actor_role; /* "principal", "system" */
	struct span actor;	/* who, in that role */
	bool commits;		/* to every COMMITTED field of the record */

	/* review.received */
	bool shows_review; /* rating, language, origin, legacy in clear */
	int64_t subject;   /* number in the store */
	int64_t supplier;

	/* review.decided */
	const char *from, *to; /* names of states */
	const char *action;
	struct span rule, reason, clause;
	const uint8_t *rules, *policy; /* SHA256_BYTES each */
	const uint8_t *duplicate_of;   /* id */
	struct span evidence;	       /* the log commits to it, path "evidence" */
	uint16_t rule_version;
	bool decided; /* "automated" is there */
	bool automated;
	size_t shadow_count;
	const struct span *shadow; /* rules that hit without effect */

	/* the others */
	struct span source;		  /* who sent it */
	struct span of;			  /* kind of the record that it is about */
	struct span field;		  /* record.refused: a path of fields.def */
	bool has_rating;		  /* record.refused: rating_value */
	int64_t rating_value;		  /* thousandths, no scale known */
	int64_t count;			  /* record.repeated */
	const uint8_t *key_hash;	  /* record.refused; NULL: illegible */
	const uint8_t *line_hash;	  /* record.refused */
	const uint8_t *content_hash;	  /* *.activated */
	int64_t deadline;		  /* clock.tick, review.decided; ms UTC */
	int64_t due_at;			  /* notice.queued; ms UTC */
	const char *template, *recipient; /* notice.queued */
	const char *what;		  /* alarm.raised */
};

/* Writes the event to `out`, emptied first. out->max must be at least EVENT_BYTES_MAX. */
void event_put(struct buf *out, const struct event *e);

/* The value of a field as the log commits to it and as an opening must give it: TEXT,
 * TOKEN and JSON as they are; INT, DECIMAL and TIME in decimal digits; DATE as
 * YYYY-MM-DD; BOOL true or false; CHOICE its name; HASH 64 hex digits; GROUP a canonical JSON array of its
 * elements, numbers in thousandths or ms. The field must be there. The result borrows
 * from the record or from `keep`, which is emptied first. */
struct span event_value(struct buf *keep, const struct record *r, enum field field);

#endif
