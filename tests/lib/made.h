/* made.h - records made by hand, for tests of what comes behind the border.
 *
 *	struct made m = made_review(7);
 *	m.text = "too noisy";
 *	made_parse(&keep, &record, &m);
 */
#ifndef MADE_H
#define MADE_H

#include "record.h"

/* What a test cares about; NULL or 0: absent. Everything else is derived from seq. */
struct made {
	uint64_t seq;
	enum kind kind;
	uint8_t flags;
	int64_t received_at; /* ms UTC */
	const char *site;
	const char *source; /* NULL: "shop" */
	const char *source_id;
	const char *subject, *supplier;
	const char *author_ref, *contact, *display_name, *title, *text;
	int64_t rating, worst, best; /* thousandths */
	bool has_rating;
	const char *language, *purchase_ref, *invitation;
	const char *origin_reason, *original_url;  /* of a syndicated review */
	const char *media_address;		   /* of the one media[] */
	int64_t attestation_at, origin_decided_at; /* ms UTC */
	int32_t experience_date;
	int origin, origin_state;
	bool legacy;
	int64_t published_at_origin, submitted_at; /* ms UTC */
	bool criteria, media;			   /* two ratings[], one media[] */
	const char *name;			   /* supplier, subject, site */
	const char *parent, *address, *operator;   /* subject; site */
	int subject_type;
	const char
		*incentive_value; /* of a discount that asked for praise, undisclosed */
	int activates;		  /* activation */
	const char *target, *payload;
	const char *refused_kind, *refused_field, *refused_reason;
	uint8_t key; /* first byte of the key hash; its others are 0 */
	const char *repeated_kind;
	int64_t count, deadline;
};

#define MADE_FIRST_MS INT64_C(1795000000000) /* 2026-11-18T10:26:40Z */

struct made made_review(
	uint64_t seq); /* an ordinary one: five stars, a text, an author */
struct made made_of(enum kind kind, uint64_t seq);

/* Writes the record to `keep` (emptied first) and reads it; *ret borrows from keep. */
void made_parse(struct buf *keep, struct record *ret, const struct made *m);

#endif
