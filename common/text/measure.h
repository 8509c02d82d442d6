/* measure.h - what can be counted in a text without reading it.
 *
 * Each measure is a whole number that a rule can set bounds for; all are of the author's own
 * text, not of the folded one. Letters, capitals: those of scripts in the table of measure.c
 * (alphabets and CJK; capitals of Latin, Greek, Cyrillic and Armenian). "Visible" is every
 * code point but white space, controls and what only joins or colours emoji. The tables are
 * ours and fixed: a library's would move a verdict.
 *
 *	capitals_percent    0..100: capitals of all letters
 *	length_chars	    code points
 *	letters		    letters
 *	words		    words as token.h cuts them: "don't" is one, "l'été" is one
 *	lines		    lines that are not blank; CR, LF, CR LF and U+2028 end one
 *	longest_run	    the most times that one visible character stands in a row
 *			    ("nooo!!" 3); case is ignored
 *	repetition_percent  0..100: words of all that stand in a row of three which stood
 *			    in the text before (repetition.h)
 *	emoji_percent	    0..100: emoji of all visible characters
 *	digits_percent	    0..100: 0 to 9, full width ones too, of all visible characters
 *	mixed_script_words  words with a letter of the Latin and one of the Cyrillic or Greek
 *			    script ("frее" with Cyrillic "е"); units ("µm", "kΩ") are none
 *	gibberish	    0..1000: letters in improbable words of all letters that count;
 *			    0 for texts with fewer than eight of these (gibberish.h)
 *
 * Percentages are rounded down, and 0 where there is nothing to take them of.
 * Cost:   measure_text a fraction of a nanosecond a byte, so that it can be done to every
 *	text; the rest when it is asked for, once for a text.
 * Tests:  tests/unit/measure_test.c, tests/eval/eval_language.c
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "base.h"

enum measure_kind {
	MEASURE_CAPITALS_PERCENT,
	MEASURE_LENGTH_CHARS,
	MEASURE_LETTERS,
	MEASURE_WORDS,
	MEASURE_LINES,
	MEASURE_LONGEST_RUN,
	MEASURE_REPETITION_PERCENT,
	MEASURE_EMOJI_PERCENT,
	MEASURE_DIGITS_PERCENT,
	MEASURE_MIXED_SCRIPT_WORDS,
	MEASURE_GIBBERISH,
	MEASURE_KIND_COUNT
};

extern const char *const measure_names[MEASURE_KIND_COUNT + 1]; /* NULL-ended */

/* Does it grow with the text, whatever the text says? */
bool measure_is_length(enum measure_kind kind);

struct measure {
	uint32_t chars;
	uint32_t letters;
	uint32_t capitals; /* some of the letters */
	struct span text;  /* borrowed from the caller of measure_text */
	uint32_t known;	   /* bit k: value[k] is there */
	uint32_t value[MEASURE_KIND_COUNT];
};

/* `text` is valid UTF-8. */
struct measure measure_text(struct span text);

/* The value of one measure; it may look into the text that measure_text was given, which
 * must still be there, and remembers what it found. */
int64_t measure_of(struct measure *m, enum measure_kind kind);

/* Capitals among the letters, rounded down; 0 where there is no letter. */
uint32_t measure_capitals_percent(const struct measure *m);

#endif
