/* frame.h - what programs say to each other: one ZeroMQ frame, one message.
 *
 * Every frame starts with 8 bytes: 'N' 'V', version (1), type (1), length of the frame
 * (4). All integers are little-endian, all lengths in bytes. Frames of another version are
 * answered with INCOMPATIBLE and the sender stops with exit 78: it must be upgraded, not
 * restarted.
 *
 *	type		from -> to		content behind the head
 *	HELLO		stage -> upstream	incarnation (8), next seq wanted (8), journal_id (8),
 *						batches seen (4), slot (text); said again at every heartbeat
 *	WELCOME		upstream -> stage	journal_id (8), committed seq (8), flags (8)
 *	BATCH		upstream -> stage	see below; moderate sends it on to publish
 *	RETURNED	stage -> upstream	first seq (8), count (4), attempt (4): done, credit back
 *	BEGUN		stage -> upstream	seq (8): I am about to look at this record
 *	GO		upstream -> stage	seq (8): noted, do
 *	RETIRE		upstream -> stage	finish, exit 0, come back fresh
 *	COMMITTED	publish -> collect,	journal_id (8), committed seq (8), next deadline (8,
 *			collect -> dedup	ms UTC, 0: none)
 *	AGAIN		collect -> dedup	publish is new: hand out again what is not committed
 *	SUSPECT		dedup -> collect	seq (8), stage (text): it killed a fresh stage; set it aside
 *	MARKED		collect -> dedup,	seq (8), record flags (8): the mark is in the journal
 *			collect -> publish
 *	BYE		stage -> upstream	stopping in order
 *	INCOMPATIBLE	upstream -> stage	lowest (1) and highest (1) version spoken
 *
 * A text is its length (1) and its bytes, none of them NUL.
 *
 * BATCH: journal_id (8), first seq (8), count (4), attempt (4), flags (4), CRC32C of
 * everything behind the head but these two and itself (4), rules hash (32), policy hash
 * (32), then `count` items in seq order: length (4) of record and sections, record
 * (record.h), sections (findings.h).
 * Flag BATCH_NAMED: say BEGUN and wait for GO before each record.
 */
#ifndef FRAME_H
#define FRAME_H

#include "buf.h"
#include "status.h"

#define FRAME_VERSION	 1
#define FRAME_HEAD_BYTES 8
#define FRAME_BYTES_MAX	 (16 << 20)
#define FRAME_SLOT_MAX	 64 /* "moderate.12" */

/* What collect may be told to put into a batch: a frame holds it with all that can be found. */
#define BATCH_RECORDS_MAX 256
#define BATCH_BYTES_MAX	  (1 << 20)

enum frame_type {
	FRAME_HELLO = 1,
	FRAME_WELCOME,
	FRAME_BATCH,
	FRAME_RETURNED,
	FRAME_BEGUN,
	FRAME_GO,
	FRAME_RETIRE,
	FRAME_COMMITTED,
	FRAME_AGAIN,
	FRAME_SUSPECT,
	FRAME_MARKED,
	FRAME_BYE,
	FRAME_INCOMPATIBLE,
	FRAME_TYPE_LIMIT
};

const char *frame_name(enum frame_type type);

/* Every message but BATCH, as one struct; a type uses the members named above. */
struct frame {
	enum frame_type type;
	uint64_t incarnation; /* random, minted at each start of a process */
	uint64_t seq;	      /* next wanted, first, begun, committed, suspected */
	uint64_t journal_id;
	uint64_t flags;		       /* WELCOME: WELCOME_CAREFUL; MARKED: RECORD_* */
	int64_t deadline;	       /* ms UTC */
	uint32_t count, attempt;       /* HELLO: count 0 says that the stage is fresh */
	char text[FRAME_SLOT_MAX + 1]; /* slot or stage */
};

enum welcome_flag { WELCOME_CAREFUL = 1 /* publish: one record at a time, named */ };

/* Appends the frame to `out`. */
void frame_put(struct buf *out, const struct frame *f);

/* The type of any frame. Errors: ST_EVERSION, ST_EMALFORMED. */
enum status frame_type(enum frame_type *ret, struct span bytes,
		       struct err *err) MUST_CHECK;
enum status frame_parse(struct frame *ret, struct span bytes, struct err *err) MUST_CHECK;

/* --- batches -------------------------------------------------------------------------- */

#define BATCH_HEAD_BYTES 104
#define BATCH_HASH_BYTES 32

enum batch_flag { BATCH_NAMED = 1 };

struct batch_head {
	uint64_t journal_id;
	uint64_t first_seq;
	uint32_t count;
	uint32_t attempt; /* 0: first time */
	uint32_t flags;
	uint8_t rules_hash[BATCH_HASH_BYTES];
	uint8_t policy_hash[BATCH_HASH_BYTES];
};

/* Building: begin, items, end. `out` is emptied first. */
void batch_begin(struct buf *out, const struct batch_head *head);
void batch_item(struct buf *out, struct span record, struct span sections);
/* An item whose sections are appended to `out` by the caller between these two. */
size_t batch_item_open(struct buf *out, struct span record, struct span sections);
void batch_item_close(struct buf *out, size_t opened);
void batch_end(struct buf *out, uint32_t count); /* fills count, length and CRC in */

/* Reading. `at` is moved behind each item; false at the end. batch_parse has checked
 * CRC and lengths, so that batch_next cannot fail. */
enum status batch_parse(struct batch_head *ret, struct span *ret_items, struct span bytes,
			struct err *err) MUST_CHECK;
bool batch_next(struct span *items, struct span *ret_record, struct span *ret_sections);

/* Fills in the hashes of a batch that is being built. */
void batch_set_hashes(uint8_t *bytes, const uint8_t rules[BATCH_HASH_BYTES],
		      const uint8_t policy[BATCH_HASH_BYTES]);

/* Changes of a whole batch that is held: the CRC does not cover these two. */
void batch_set_attempt(uint8_t *bytes, uint32_t attempt, uint32_t flags);

#endif
