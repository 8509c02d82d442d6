/* Design: the first pass of the key (fold_key.c) is looked through 64 bytes at a time for
 * anything to mend: a digit beside a letter, three tokens of one letter in a row, or a
 * character that is not ASCII, which this look cannot judge. Where there is, rows of bits
 * (spaces, digits, bytes that are not ASCII) and their shifts say at which byte; that
 * token, or row of letters, is written again in its place, shorter or as long, and what
 * stands between two such places is moved. Most texts are left as they stand. The
 * author's own text is asked only how wide the gaps of a long row of letters are.
 *
 * The bits may say too much (two Cyrillic letters look like one character of four bytes)
 * but never too little: what is written again without need is written as it was. */
#include "fold_own.h"

#include <stdlib.h>

#define WORD_MIN   3 /* single letters in a row that are a word, or several */
#define PHRASE_MIN 6 /* of them that may be several */
#define THERE_MAX  4 /* of them that "y a" keeps apart: "n'y a-t-il" */

#define NOWHERE SIZE_MAX

struct mending {
	struct keying out; /* in the same place, never ahead of what is being read */
	struct span read;  /* what the first pass wrote */
	const struct fold_source *source;
	uint32_t *match_from; /* of each byte read, into match; NULL until asked for */
};

/* --- is there anything to mend? --------------------------------------------------- */

typedef uint8_t lanes __attribute__((vector_size(16)));
typedef int8_t signed_lanes __attribute__((vector_size(16)));

static inline lanes lanes_at(const uint8_t *at)
{
	lanes v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static inline lanes spaces_at(const uint8_t *at)
{
	return (lanes)(lanes_at(at) == ' ');
}

static inline lanes small_letters(lanes v)
{
	return (lanes)((signed_lanes)v > '`');
}

/* Does a flaw begin in these 64 bytes, or is one not ASCII? */
static inline bool may_be_flawed(const uint8_t *at)
{
	lanes rows = {0}, mixed = {0}, tops = {0};
	uint64_t answer[2];

	for (unsigned i = 0; i < 64; i += 16) {
		lanes v = lanes_at(at + i), next = lanes_at(at + i + 1);
		lanes spaces = (lanes)(v == ' ');
		rows |= spaces & spaces_at(at + i + 2) & spaces_at(at + i + 4) &
			spaces_at(at + i + 6);
		mixed |= (small_letters(v) ^ small_letters(next)) &
			 ~(spaces | (lanes)(next == ' '));
		tops |= v | next;
	}
	rows |= mixed | (tops & 0x80);
	memcpy(answer, &rows, sizeof(answer));
	return answer[0] | answer[1];
}

/* One bit for each of 64 bytes. */
struct rows {
	uint64_t spaces, digits, wide;
};

/* The bits 6 of eight bytes, as one byte. */
static inline uint64_t gathered(uint64_t bits)
{
	return (bits >> 6) * UINT64_C(0x0102040810204080) >> 56;
}

/* The first pass leaves four sorts of bytes: small letters and the first bytes of longer
 * characters have a bit 6; those that go on have a bit 7; spaces have neither, and
 * digits have neither but a bit 4. */
static inline struct rows rows_at(const uint8_t *at, unsigned bytes)
{
	struct rows r = {0, 0, 0};

	for (unsigned i = 0; i < bytes; i += 8) {
		uint64_t x = get_le64(at + i);
		uint64_t low = ~(x | x >> 1) & EACH(0x40);
		uint64_t digits = low & x << 2;
		r.spaces |= gathered(low & ~digits) << i;
		r.digits |= gathered(digits) << i;
		r.wide |= gathered((x & TOPS) >> 1) << i;
	}
	return r;
}

/* What stands `n` bytes behind each. */
static inline uint64_t behind(uint64_t row, uint64_t next_row, unsigned n)
{
	return row >> n | next_row << (64 - n);
}

/* The spaces before three tokens of one letter, and before one character that is not
 * ASCII and may be alone; the first of a digit and a letter side by side. */
static uint64_t flaws_at(const uint8_t *at)
{
	struct rows r = rows_at(at, 64), next = rows_at(at + 64, 8);
	uint64_t s = r.spaces, t = next.spaces;
	uint64_t letters = ~(s | r.digits), next_letters = ~(t | next.digits);
	uint64_t found = s & behind(s, t, 2) & behind(s, t, 4) & behind(s, t, 6);

	found |= r.digits & behind(letters, next_letters, 1);
	found |= letters & behind(r.digits, next.digits, 1);
	found |= s & behind(r.wide, next.wide, 1) &
		 (behind(s, t, 3) | behind(s, t, 4) | behind(s, t, 5));
	return found;
}

/* How many bytes the token at byte `i` has if it is one character; 0: it is more. */
static size_t single_at(const struct mending *m, size_t i)
{
	size_t len = decode(m->read.at + i, m->read.len - i).len;

	return m->read.at[i + len] == ' ' ? len : 0;
}

/* A byte of the next token that is to be read again, of those from byte `from` on, where
 * a token begins; NOWHERE: there is none. */
static size_t next_flaw(const struct mending *m, size_t from)
{
	const uint8_t *at = m->read.at;

	if (from >= m->read.len || single_at(m, from))
		return from < m->read.len ? from : NOWHERE;
	for (size_t i = from; i < m->read.len; i += 64) {
		uint64_t found = may_be_flawed(at + i) ? flaws_at(at + i) : 0;
		if (found) {
			i += (unsigned)__builtin_ctzll(found);
			return at[i] == ' ' ? i + 1 : i;
		}
	}
	return NOWHERE;
}

/* Where the token with byte `i` begins, or the row of single letters that it ends;
 * not before `from`. */
static size_t flaw_start(const struct mending *m, size_t from, size_t i)
{
	const uint8_t *at = m->read.at;

	while (i > from && at[i - 1] != ' ')
		i--;
	if (!single_at(m, i))
		return i;
	while (i > from) {
		size_t j = i - 2;
		while (j > from && continues(at[j]))
			j--;
		if (j > from && at[j - 1] != ' ')
			break;
		i = j;
	}
	return i;
}

static void write_as_read(struct mending *m, size_t start, size_t end)
{
	if (m->out.len != start)
		memmove(m->out.at + m->out.len, m->read.at + start, end - start);
	m->out.len += end - start;
}

static bool has_letter(const struct mending *m, size_t start, size_t end)
{
	struct character c;

	for (size_t i = start; i < end; i += c.len) {
		c = decode(m->read.at + i, end - i);
		if (kind_of(c.code) == FOLD_KIND_LETTER)
			return true;
	}
	return false;
}

/* All of it as one word: no spaces, no digits that are letters, no runs. */
static void write_word(struct mending *m, size_t start, size_t end)
{
	static const uint8_t letters[] = "oi2eas6t89";
	bool word = has_letter(m, start, end);

	for (size_t i = start; i < end;) {
		struct character c = decode(m->read.at + i, end - i);
		uint8_t bytes[4];
		memcpy(bytes, m->read.at + i, c.len);
		i += c.len;
		if (c.code == ' ')
			continue;
		if (word && c.code >= '0' && c.code <= '9') {
			bytes[0] = letters[c.code - '0'];
			c.code = bytes[0];
		}
		key_character(&m->out, c, bytes);
	}
}

/* --- letters in a row ------------------------------------------------------------- */

/* How many spaces the author's text had where match has one. */
static size_t blanks_at(const struct fold_source *s, size_t i)
{
	size_t blanks = 0;

	for (size_t at = s->match_at[i]; at < s->match_at[i + 1];) {
		struct character c = decode(s->raw.at + at, s->raw.len - at);
		blanks += fold_blanks_of(c.code);
		at += c.len;
	}
	return MAX(blanks, 1);
}

/* How many characters stand between the single letter before byte `space` and the one
 * behind. */
static size_t gap_at(struct mending *m, size_t space)
{
	struct span match = m->source->match;
	size_t width = 0;

	if (!m->match_from)
		m->match_from = fold_key_from(match);
	size_t i = m->match_from[space], end = m->match_from[space + 1];
	while (i < end) {
		struct character c = decode(match.at + i, end - i);
		width += c.code == ' ' ? blanks_at(m->source, i) : 1;
		i += c.len;
	}
	return width;
}

static size_t narrowest_gap(struct mending *m, size_t start, size_t end)
{
	size_t least = SIZE_MAX;

	for (size_t i = start; i < end; i++)
		if (m->read.at[i] == ' ')
			least = MIN(least, gap_at(m, i));
	return least;
}

/* The end of the letters that stand `gap` apart from byte `start` on. */
static size_t spaced_end(struct mending *m, size_t start, size_t end, size_t gap)
{
	size_t i = start + single_at(m, start);

	while (i < end && gap_at(m, i) == gap)
		i += 1 + single_at(m, i + 1);
	return i;
}

/* Does the letter at byte `i`, where a word begins, end it too? */
static bool is_alone(struct mending *m, size_t i, size_t end, size_t gap)
{
	size_t behind = i + single_at(m, i);

	return behind == end || gap_at(m, behind) != gap;
}

/* A row of single letters: its narrowest gaps are within words, wider ones between them.
 * What is left alone by that stays, but three in a row would be a word if they were
 * folded again. */
static void write_phrase(struct mending *m, size_t start, size_t end)
{
	size_t gap = narrowest_gap(m, start, end);
	size_t word_end;

	for (size_t i = start; i < end; i = word_end + 1) {
		size_t alone = 0;
		word_end = i - 1;
		while (word_end != end && is_alone(m, word_end + 1, end, gap)) {
			word_end += 1 + single_at(m, word_end + 1);
			alone++;
		}
		if (alone == 0)
			word_end = spaced_end(m, i, end, gap);
		if (alone == 0 || alone >= WORD_MIN)
			write_word(m, i, word_end);
		else
			write_as_read(m, i, word_end);
		if (word_end < end)
			m->out.at[m->out.len++] = ' ';
	}
}

/* --- writing again ----------------------------------------------------------------- */

/* Writes the row of `count` single letters. */
static void write_row(struct mending *m, size_t start, size_t end, size_t count)
{
	bool there = memmem(m->read.at + start, end - start, "y a", 3);

	if (count < WORD_MIN || (count <= THERE_MAX && there))
		write_as_read(m, start, end);
	else if (count < PHRASE_MIN)
		write_word(m, start, end);
	else
		write_phrase(m, start, end);
}

/* Writes the row of single letters, or the token, at byte `start`, and the space behind;
 * returns where the next begins. */
static size_t mend_at(struct mending *m, size_t start)
{
	size_t end = start, count = 0, len;

	for (size_t i = start; i < m->read.len && (len = single_at(m, i)); i = end + 1) {
		end = i + len;
		count++;
	}
	if (count > 0) {
		write_row(m, start, end, count);
	} else {
		while (end < m->read.len && m->read.at[end] != ' ')
			end++;
		write_word(m, start, end);
	}
	if (end == m->read.len)
		return end;
	m->out.at[m->out.len++] = ' ';
	return end + 1;
}

static void mend(struct mending *m)
{
	size_t from = 0, flaw;

	while ((flaw = next_flaw(m, from)) != NOWHERE) {
		size_t start = flaw_start(m, from, flaw);
		write_as_read(m, from, start);
		from = mend_at(m, start);
	}
	write_as_read(m, from, m->read.len);
}

size_t fold_mend(const struct fold_source *source, uint8_t *key, size_t len)
{
	struct mending m = {.out = {.at = key}, .read = {key, len}, .source = source};

	key[len] = ' ';
	memset(key + len + 1, 'x', FOLD_KEY_ROOM(0) - 1);
	mend(&m);
	free(m.match_from);
	return m.out.len;
}
