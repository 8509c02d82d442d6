/* feed.h - from the journal to dedup: whatever is durable and not committed is under way.
 *
 * Batches are read back from the journal, never from memory: what was resent after a crash
 * and what was sent at first come the same way. A batch ends where a rule set or policy
 * takes effect, so that one pair of hashes holds for all of its records.
 */
#ifndef FEED_H
#define FEED_H

#include "figures.h"
#include "journal.h"
#include "keys.h"
#include "options.h"
#include "outlet.h"

struct feed;

enum status feed_open(struct feed **ret, struct bus *bus, const struct options *options,
		      uint64_t journal_id, const char *journal_dir, struct keys *keys,
		      struct err *err) MUST_CHECK;
void feed_free(struct feed *f); /* accepts NULL */
DEFINE_OWNED(struct feed, feed_free)

struct feed_event {
	uint64_t culprit; /* seq to set aside, 0: none */
	unsigned flags;	  /* RECORD_KILLED_* */
	bool started;	  /* dedup is new: tell it what is marked */
};

/* `known`: publish has said how far it is; `last_seq`: the last durable record. Does all
 * that can be done now; call again while *ret says something. ST_ECORRUPT: the journal
 * does not have a record up to last_seq. */
enum status feed_turn(struct feed *f, int64_t now_ms, bool known, uint64_t committed,
		      uint64_t last_seq, struct feed_event *ret,
		      struct err *err) MUST_CHECK;

void feed_committed(struct feed *f, uint64_t seq, int64_t now_ms);
void feed_figures(const struct feed *f, struct figures *ret);
void feed_again(struct feed *f); /* publish is new */
void feed_marked(struct feed *f, uint64_t seq, unsigned flags);

#endif
