/* scan.h - many patterns over one text in one pass.
 *
 * All patterns for one input are one Hyperscan database. There are two inputs: the folded
 * text (fold.h) and the raw one. Words are not here: words.h finds whole words without
 * regard to their number, where Hyperscan needs 20 s to compile ten thousand of them
 * with their boundaries and then reads 15 times slower.
 *
 * Pattern: Hyperscan's subset of PCRE (no back-references, no look-around), at most
 *	SCAN_PATTERN_BYTES_MAX bytes; it matches characters, never parts of one,
 *	case-sensitively unless it says (?i); \b, \w, \d, \s are ASCII's. One that
 *	matches the empty text is refused, and so is what pattern.h refuses. The patterns of
 *	an input stand for at most SCAN_SIZE_MAX states together.
 *
 * Two steps: a pattern is reported once per text; scan_locate finds where. Tracking the
 * start of each match would cost every text, and only the few that hit need it.
 * Cache: the compiled databases behind a hash of all they were made from; taken only when
 *	hash, checksum, Hyperscan's version and the machine agree, otherwise made again
 *	silently. It is as trusted as the program: keep it where only the operator writes.
 */
#ifndef SCAN_H
#define SCAN_H

#include "status.h"

#define SCAN_PATTERN_BYTES_MAX 2048
#define SCAN_PATTERNS_MAX      20000
#define SCAN_SIZE_MAX	       15000 /* as pattern.h counts */

enum scan_input { SCAN_MATCH, SCAN_RAW, SCAN_INPUT_COUNT };

struct scan;

struct scan *scan_new(void);
void scan_free(struct scan *s); /* accepts NULL */
DEFINE_OWNED(struct scan, scan_free)

/* Adds a pattern on behalf of `owner`, a number of the caller's.
 * Errors: ST_ECONFIG (err says what is wrong with it), ST_ETOOBIG (too many). */
enum status scan_add(struct scan *s, enum scan_input input, const char *pattern,
		     uint32_t owner, struct err *err) MUST_CHECK;

size_t scan_count(const struct scan *s, enum scan_input input); /* patterns */

/* Makes the databases, from the file at `cache` where that serves (NULL: no cache); a
 * cache that cannot be written is done without.
 * Errors: ST_ECONFIG; *ret_owner is then whose pattern does not compile. */
enum status scan_build(struct scan *s, const char *cache, uint32_t *ret_owner,
		       struct err *err) MUST_CHECK;

/* Calls `found` once for each pattern that matches somewhere, in no stated order. `text`
 * is valid UTF-8. */
void scan_text(struct scan *s, enum scan_input input, struct span text,
	       void (*found)(void *context, uint32_t owner, uint32_t pattern),
	       void *context);

struct scan_place {
	size_t start, end; /* bytes of the text */
};

/* The first places of a pattern that scan_text reported for this very text, at most
 * `room`, ascending; those that overlap are one. Returns how many, at least 1 (the whole
 * text where Hyperscan cannot tell). */
size_t scan_locate(struct scan *s, enum scan_input input, uint32_t pattern,
		   struct span text, struct scan_place *ret, size_t room);

#endif
