/* findings.h - what the stages find out about a record, behind its bytes in a batch.
 *
 * An item of a batch is the record as collect wrote it, then sections: type (2 bytes),
 * version (2: FINDINGS_VERSION), length (4), content. A stage appends its own and never touches the others.
 * All integers little-endian; a text is its length (1 byte) and its bytes.
 *
 * SECTION_ARRIVALS, by dedup: how many records of the same kind arrived before
 * this one, ARRIVAL_COUNT dimensions x WINDOW_COUNT windows x 4 bytes. The only history
 * that a rule may name, a function of earlier records alone. A window ends with the
 * record's own received_at and starts on a boundary: hour = this UTC hour and the one
 * before; day = this UTC day and the one before; month = this period of 30 days (counted from 1970)
 * and the one before; ever. A dimension that the record lacks (unknown author, no text) counts 0.
 * All names are within the record's site; an author is author_ref within its source.
 *
 * SECTION_DUPLICATES, by dedup: count (1), then per candidate: kind (1), seq
 * (8), id (16), shared (4), mine (4), theirs (4): sizes of the compared sets, so that
 * Jaccard = shared / (mine + theirs - shared) and containment = shared / min(mine, theirs) are exact;
 * bits (2): information of what both share in whole bits, 0xFFFF at most, the evidence that two
 * people did not come upon it by themselves. The best candidate comes first.
 *
 * SECTION_VERDICT, by moderate: count (2), then per rule that hit, in the order of
 * severity and then as ruleset.h says: action (1), mode (1), rule id (text), rule version (2), reason
 * (text, "" where the action needs none), clauses (text, comma-separated), duplicate of seq (8, 0 where the hit
 * names no candidate: publish applies such a hit only while that review is there), spans
 * (1), then per span: field tag (2), start (4), length (4) in bytes of the author's value; values
 * (1), then per value: name (text), value (8, signed).
 */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "buf.h"
#include "status.h"
#include "uuid.h"

enum section_type { SECTION_ARRIVALS = 1, SECTION_DUPLICATES = 2, SECTION_VERDICT = 3 };
#define SECTION_HEAD_BYTES 8
#define FINDINGS_VERSION   3

enum arrival {
	ARRIVAL_AUTHOR,
	ARRIVAL_SUBJECT,
	ARRIVAL_SUPPLIER,
	ARRIVAL_SOURCE,
	ARRIVAL_TEXT,
	ARRIVAL_COUNT
};
enum window { WINDOW_HOUR, WINDOW_DAY, WINDOW_MONTH, WINDOW_EVER, WINDOW_COUNT };

extern const char *const duplicate_kind_names[]; /* by kind - 1, NULL-ended */
extern const char
	*const arrival_names[ARRIVAL_COUNT + 1]; /* author subject ..., NULL-ended */
extern const char *const window_names[WINDOW_COUNT + 1]; /* hour day month ever */

struct arrivals {
	uint32_t count[ARRIVAL_COUNT][WINDOW_COUNT];
};

enum duplicate_kind {
	DUPLICATE_SAME_AUTHOR_SAME_SUBJECT = 1,
	DUPLICATE_SAME_AUTHOR_OTHER_SUBJECT = 2,
	DUPLICATE_OTHER_AUTHOR = 3,
	DUPLICATE_COLLECTOR_FAULT = 4,
};

const char *duplicate_kind_name(
	enum duplicate_kind kind); /* "same-author-same-subject" */

struct duplicate {
	enum duplicate_kind kind;
	uint64_t seq; /* of the earlier record */
	uint8_t id[UUID_BYTES];
	uint32_t shared, mine, theirs; /* theirs: of the earlier one */
	uint16_t bits;
};

/* In whole percent, rounded down, so that "at least" and "below" a whole number are exact.
 * Sets without elements have nothing in common: 0. */
unsigned duplicate_similarity(const struct duplicate *d); /* Jaccard */
unsigned duplicate_containment(
	const struct duplicate *d); /* of the smaller in the larger */

#define DUPLICATES_MAX 8

struct duplicates {
	uint32_t count;
	struct duplicate candidate[DUPLICATES_MAX];
};

/* Ascending severity; the severest live hit wins. */
enum action {
	ACTION_ACCEPT,
	ACTION_LABEL,
	ACTION_AWAIT_AUTHOR,
	ACTION_HOLD,
	ACTION_REJECT,
	ACTION_COUNT
};
enum rule_mode { MODE_LIVE, MODE_SHADOW };

extern const char *const action_names[ACTION_COUNT + 1]; /* NULL-ended */
const char *action_name(enum action action); /* accept label await-author hold reject */

#define HIT_SPANS_MAX  8
#define HIT_VALUES_MAX 4
#define HITS_MAX       64

/* What a rule's texts and all places and values of a hit may take, and all sections. */
#define HIT_BYTES_MAX	   768
#define FINDINGS_BYTES_MAX (HITS_MAX * HIT_BYTES_MAX + 1024)

struct hit_span {
	uint16_t tag; /* of the field */
	uint32_t start, len;
};

/* A number that a condition of the rule compared. */
struct hit_value {
	struct span name; /* "measure.words", as condition.h says; borrows */
	int64_t value;
};

struct hit {
	enum action action;
	enum rule_mode mode;
	struct span rule;    /* borrows */
	struct span reason;  /* borrows; empty where none */
	struct span clauses; /* borrows */
	uint64_t duplicate_of;
	uint16_t version; /* of the rule */
	uint8_t span_count;
	uint8_t value_count;
	struct hit_span spans[HIT_SPANS_MAX];
	struct hit_value values[HIT_VALUES_MAX];
};

void arrivals_put(struct buf *out, const struct arrivals *a); /* whole section */
void duplicates_put(struct buf *out, const struct duplicates *d);
void hits_put(struct buf *out, const struct hit *hits, size_t count);

/* All sections behind a record; what is absent is zero. `hits` has room for HITS_MAX. */
struct findings {
	bool has_arrivals, has_duplicates, has_verdict;
	struct arrivals arrivals;
	struct duplicates duplicates;
	size_t hit_count;
	struct hit *hits;
};

/* `sections`: the bytes behind the record. Errors: ST_EMALFORMED, ST_EVERSION. */
enum status findings_parse(struct findings *ret, struct hit *hits, struct span sections,
			   struct err *err) MUST_CHECK;

#endif
