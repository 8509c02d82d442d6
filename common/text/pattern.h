/* pattern.h - may a pattern be compiled, and is it worth it? Judged by its text alone,
 * before Hyperscan sees it.
 *
 * A match takes linear time whatever the pattern is; making the automaton does not:
 * Hyperscan takes seconds to refuse `a.{0,200}b.{0,200}c`, and seconds to compile a hundred
 * patterns such as `word.{0,40}end` (docs/decisions/0022-rules-that-do-not-load.md). So the
 * states that a pattern stands for are counted first, each repeat multiplied out: 1 for
 * a literal and for a class of ASCII characters, PATTERN_ANY for `.` and a class that says
 * what it is not, PATTERN_PROPERTY for \p{..}.
 *
 * Refused, with the reason in err:
 *	too large     more than PATTERN_SIZE_MAX states beyond one per byte of its text
 *	too deep      groups in groups beyond PATTERN_DEPTH_MAX
 *	idle          begins or ends with `.*`, `.+`, `.{0,9}`, `.?` or the like: it is found
 *		      in the same texts without
 *	nearly all    its shortest match is of up to PATTERN_LOOSE_MAX characters, each of
 *		      which may be nearly any letter, and it is not held at both ends
 *	not taken     forms that this cannot count: (?x), (*VERB), conditions
 * A pattern that does not parse is left to Hyperscan, which says better where.
 *
 * Bounds: linear time in the pattern's text; PATTERN_DEPTH_MAX levels of recursion.
 * Tests:  tests/unit/pattern_test.c
 */
#ifndef PATTERN_H
#define PATTERN_H

#include "status.h"

#define PATTERN_SIZE_MAX  1000
#define PATTERN_DEPTH_MAX 32
#define PATTERN_ANY	  4
#define PATTERN_PROPERTY  200
#define PATTERN_LOOSE_MAX 3

/* *ret_size: the states beyond one per byte (0: none), for who adds up those of a set.
 * Errors: ST_ECONFIG; ST_EMALFORMED (it does not parse: ask Hyperscan why, and do not use it
 * whatever Hyperscan says). */
enum status pattern_check(const char *pattern, size_t *ret_size,
			  struct err *err) MUST_CHECK;

#endif
