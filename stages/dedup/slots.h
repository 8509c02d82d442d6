/* slots.h - from a key to the few numbers that have it: cache lines of 4-byte slots.
 *
 * Numbers are small integers (ordinals of sketches), a key is 64 random bits within one of
 * some `bands`. A slot keeps as much of a key as its number leaves free, so that a look-up
 * gives numbers that probably have the key: who asks looks at the sketch.
 *
 * Shape:  lines of 64 bytes: 15 slots, filled from the first on, and a check of them. A key
 *	has its line by its high bits, within its band's share of the file (so that making
 *	the table again, a band after the other, stays in the processor's cache); a full
 *	line runs over into the next. A slot is 0 or, from the low bits up, number + 1 and
 *	the low bits of the key.
 * Size:   at most 92 % of the slots are filled; then the caller makes a table of a fifth
 *	more lines from the sketches. So a number takes 4.6 to 5.6 bytes a band.
 * Check:  a line whose check is wrong (flipped bytes, or a kill amid a change) is said to
 *	be damaged, and the caller makes the table again.
 * Again:  putting what is there already changes nothing.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "mapped.h"

#define SLOTS_BANDS_MAX 32

struct slots;

/* `kind`: name, parameters and journal; the rest is filled in here. Makes a table that has
 * room for `numbers` numbers with one key in each band. */
enum status slots_open(struct slots **ret, enum mapped_state *ret_state, const char *path,
		       const struct mapped_kind *kind, unsigned bands, uint64_t numbers,
		       struct err *err) MUST_CHECK;
/* As mapped_make: the file takes the name by slots_name. */
enum status slots_make(struct slots **ret, const char *path,
		       const struct mapped_kind *kind, unsigned bands, uint64_t numbers,
		       struct err *err) MUST_CHECK;
enum status slots_name(struct slots *s, struct err *err) MUST_CHECK;
void slots_close(struct slots *s); /* accepts NULL */
DEFINE_OWNED(struct slots, slots_close)

unsigned slots_bands(const struct slots *s);
struct mapped *slots_file(struct slots *s); /* to cover and to sync */

/* Whether `entries` keys in each band, and numbers below `numbers`, still fit. */
bool slots_hold(const struct slots *s, uint64_t entries, uint64_t numbers);

/* Whether a table made for `numbers` would have bits for all numbers below `below`. */
bool slots_would_hold(unsigned bands, uint64_t numbers, uint64_t below);

void slots_prefetch(const struct slots *s, unsigned band, uint64_t key);

/* Numbers that may have the key, at most `room`; what is beyond is left out. Adds to
 * *ret_count. False: a line is damaged. */
bool slots_find(const struct slots *s, unsigned band, uint64_t key, uint32_t *ret,
		size_t room, size_t *ret_count) MUST_CHECK;

/* There is room (slots_hold). Damage is left to slots_find, whom it stays for. False: there
 * is no line with room after all. */
bool slots_put(struct slots *s, unsigned band, uint64_t key, uint32_t number) MUST_CHECK;

/* The quick way while a table is made, of numbers that are not in it: puts one unless `most`
 * seem to have its key already. False: look and put. There is room (slots_hold). */
bool slots_fill(struct slots *s, unsigned band, uint64_t key, uint32_t number,
		unsigned most) MUST_CHECK;

#endif
