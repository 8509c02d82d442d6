/* replay.h - the disc of a traced run, as a power cut would have left it.
 *
 * A cut is a prefix of the trace (trace.h). What survives it: all that was synced within the
 * prefix, a name by a sync of its directory, content and size by a sync of the file; and of
 * the rest nothing, all, or any part: each block of a write, each size, each name for
 * itself, drawn with a fixed seed.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "base.h"

#include "trace.h"

enum replay_rest { REPLAY_NOTHING, REPLAY_ALL, REPLAY_PART, REPLAY_RESTS };

extern const char *const replay_rest_names[REPLAY_RESTS];

/* Makes an empty page in the file `path`, mapped here and for every program that is told
 * of it. One at a time; it stays until the process ends. */
struct trace_page *replay_page(const char *path);

/* Reads what was traced; nothing more may be added. */
void replay_load(void);

size_t replay_count(void); /* entries; a cut is 0 to that many of them */
const struct trace_entry *replay_entry(size_t i);
const char *replay_name(const struct trace_entry *e);
bool replay_is_sync(size_t i); /* entry i makes something last */

void replay_forget_syncs(void); /* for a control: nothing was ever synced */

/* From the test itself, while the run goes on. */
void replay_answer(struct trace_page *page, uint64_t number, uint64_t seq,
		   const char *id);

/* Makes the files below `dir`, which is made, or emptied of what a replay left there. */
void replay_make(const char *dir, size_t cut, enum replay_rest rest);

#endif
