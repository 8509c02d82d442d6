/* fold_gen - prints fold_table.inc, the table behind fold.c; the Makefile compiles and runs
 * it. The output depends on ICU's data alone: another Unicode version moves keys, and what
 * is made of them says of which version it is.
 *
 * A code point is taken apart first (plain: NFKD, marks dropped, case folding, until
 * nothing changes) and look-alikes are looked up only for the parts. A composed and a
 * decomposed spelling can't come apart that way.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#define LEN_MAX	    64 /* code units of one folded code point */
#define STRINGS_MAX 16384
#define POOL_MAX    65536
#define BLOCK	    64 /* code points of a leaf */
#define BLOCKS_MAX  2048
/* Tags and variation selectors, and nothing else, begin here; fold.c drops the block. */
#define LIMIT 0xE0000

#define HANGUL_FIRST 0xAC00
#define HANGUL_LAST  0xD7A3

/* The first values of a leaf; every other is FOLD_STRINGS + number of a string. */
enum value { FOLD_OTHER, FOLD_LETTER, FOLD_NUMBER, FOLD_HANGUL, FOLD_DROP, FOLD_STRINGS };

struct text {
	UChar at[LEN_MAX];
	int32_t len;
};

static USpoofChecker *spoof;
static const UNormalizer2 *nfkd;

static char pool[POOL_MAX];
static unsigned starts[STRINGS_MAX + 1];
static unsigned strings;

static uint16_t values[LIMIT];
static unsigned leaf_of[LIMIT / BLOCK];
static unsigned leaves[BLOCKS_MAX]; /* block that a leaf was first seen in */

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fold_gen: %s\n", what);
	exit(70);
}

static struct text text_of(UChar32 c)
{
	struct text t = {.len = 0};

	U16_APPEND_UNSAFE(t.at, t.len, c);
	return t;
}

static bool text_equal(const struct text *a, const struct text *b)
{
	return u_strCompare(a->at, a->len, b->at, b->len, false) == 0;
}

static bool is_dropped(UChar32 c)
{
	int8_t type = u_charType(c);

	return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ||
	       u_getCombiningClass(c) != 0 || type == U_FORMAT_CHAR ||
	       u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ||
	       (type == U_CONTROL_CHAR && !u_hasBinaryProperty(c, UCHAR_WHITE_SPACE));
}

/* What typesetters and their programs put in the place of a keyboard's signs: whoever
 * writes a phrase for a rule types those. Symbols for symbols, so no key moves. */
static UChar32 typewritten(UChar32 c)
{
	if (c == 0x2018 || c == 0x2019 || c == 0x201B)
		return '\'';
	return (c >= 0x2010 && c <= 0x2013) || c == 0x2212 ? '-' : c;
}

static struct text without_marks(const struct text *in)
{
	struct text out = {.len = 0};
	UChar32 c;

	for (int32_t i = 0; i < in->len;) {
		U16_NEXT(in->at, i, in->len, c);
		if (is_dropped(c))
			continue;
		if (u_hasBinaryProperty(c, UCHAR_WHITE_SPACE))
			c = ' ';
		c = typewritten(c);
		U16_APPEND_UNSAFE(out.at, out.len, c);
	}
	return out;
}

static struct text plain(struct text t)
{
	struct text before;

	do {
		UErrorCode e = U_ZERO_ERROR;
		struct text apart;
		before = t;
		apart.len = unorm2_normalize(nfkd, t.at, t.len, apart.at, LEN_MAX, &e);
		apart = without_marks(&apart);
		t.len = u_strFoldCase(t.at, LEN_MAX, apart.at, apart.len,
				      U_FOLD_CASE_DEFAULT, &e);
		must(U_SUCCESS(e) && t.len <= LEN_MAX, "cannot normalise");
	} while (!text_equal(&before, &t));
	return t;
}

static bool is_ascii_letters(const struct text *t)
{
	for (int32_t i = 0; i < t->len; i++)
		if (t->at[i] < 'a' || t->at[i] > 'z')
			return false;
	return t->len > 0;
}

/* Scripts whose letters share shapes with Latin by descent or by design. Letters of
 * others (Arabic alef and "l") are listed in confusables.txt too, but replacing them
 * would shred genuine text for the sake of a poor disguise. */
static bool has_latin_shapes(UChar32 c)
{
	UErrorCode e = U_ZERO_ERROR;

	switch (uscript_getScript(c, &e)) {
	case USCRIPT_COMMON:
	case USCRIPT_LATIN:
	case USCRIPT_GREEK:
	case USCRIPT_COPTIC:
	case USCRIPT_CYRILLIC:
	case USCRIPT_ARMENIAN:
	case USCRIPT_CHEROKEE:
	case USCRIPT_LISU:
	case USCRIPT_CANADIAN_ABORIGINAL:
		return true;
	default:
		return false;
	}
}

/* Confusables.txt has I and l and 1 as one class, shown as l. What is a capital of that
 * class looks like I, since capital L has a class of its own. */
static bool is_capital_i(UChar32 c, const struct text *skeleton)
{
	UErrorCode e = U_ZERO_ERROR;

	return skeleton->at[0] == 'l' &&
	       (u_isUUppercase(c) || uscript_getScript(c, &e) == USCRIPT_LISU);
}

static bool is_small_capital(UChar32 c, UChar *ret_letter)
{
	static const char prefix[] = "LATIN LETTER SMALL CAPITAL ";
	char name[128];
	UErrorCode e = U_ZERO_ERROR;
	int32_t len = u_charName(c, U_UNICODE_CHAR_NAME, name, sizeof(name), &e);

	if (len != (int32_t)sizeof(prefix) ||
	    strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return false;
	*ret_letter = (UChar)u_tolower(name[len - 1]);
	return true;
}

/* What Latin letters `c` looks like, if any. */
static bool looks_like(UChar32 c, struct text *ret)
{
	struct text t = text_of(c), skeleton;
	UErrorCode e = U_ZERO_ERROR;
	UErrorCode e_script = U_ZERO_ERROR;

	if (!u_isalpha(c) || !has_latin_shapes(c))
		return false;
	ret->len = 1;
	if (is_small_capital(c, &ret->at[0]))
		return true;
	skeleton.len =
		uspoof_getSkeleton(spoof, 0, t.at, t.len, skeleton.at, LEN_MAX, &e);
	must(U_SUCCESS(e), "cannot make a skeleton");
	*ret = plain(skeleton);
	if (!is_ascii_letters(ret))
		return false;
	if (ret->len == 1) {
		if (is_capital_i(c, &skeleton))
			ret->at[0] = 'i';
		return true;
	}
	if (u_strncmp(ret->at, u"rn", ret->len) ==
	    0) { /* how the skeleton of m is written */
		*ret = text_of('m');
		return true;
	}
	/* Ligatures; not the click letters, nor a Latin beta that is taken for "ß". */
	return uscript_getScript(c, &e_script) == USCRIPT_LATIN &&
	       u_charType(c) != U_OTHER_LETTER && skeleton.at[0] < 0x80;
}

static struct text folded(UChar32 c)
{
	struct text parts = plain(text_of(c)), out = {.len = 0};

	for (int32_t i = 0; i < parts.len;) {
		struct text latin;
		UChar32 part;
		U16_NEXT(parts.at, i, parts.len, part);
		if (part < 0x80 ||
		    (!looks_like(part, &latin) && !looks_like(u_toupper(part), &latin)))
			latin = text_of(part);
		must(out.len + latin.len <= LEN_MAX, "too long");
		u_memcpy(out.at + out.len, latin.at, latin.len);
		out.len += latin.len;
	}
	return out;
}

static unsigned string_of(const struct text *t)
{
	char utf8[4 * LEN_MAX];
	int32_t len;
	UErrorCode e = U_ZERO_ERROR;

	u_strToUTF8(utf8, sizeof(utf8), &len, t->at, t->len, &e);
	must(U_SUCCESS(e), "not UTF-8");
	for (unsigned i = 0; i < strings; i++)
		if (starts[i + 1] - starts[i] == (unsigned)len &&
		    memcmp(pool + starts[i], utf8, (size_t)len) == 0)
			return i;
	must(strings < STRINGS_MAX && starts[strings] + (unsigned)len < POOL_MAX, "full");
	memcpy(pool + starts[strings], utf8, (size_t)len);
	starts[strings + 1] = starts[strings] + (unsigned)len;
	return strings++;
}

static unsigned value_of(UChar32 c)
{
	struct text same = text_of(c), t;

	if (c >= HANGUL_FIRST && c <= HANGUL_LAST)
		return FOLD_HANGUL;
	if (U_IS_SURROGATE(c))
		return FOLD_OTHER;
	t = folded(c);
	if (t.len == 0)
		return FOLD_DROP;
	if (!text_equal(&t, &same))
		return FOLD_STRINGS + string_of(&t);
	uint32_t type = U_MASK(u_charType(c));
	if (type & (U_GC_L_MASK | U_GC_MC_MASK))
		return FOLD_LETTER;
	return type & U_GC_N_MASK ? FOLD_NUMBER : FOLD_OTHER;
}

static void print_numbers(const char *type, const char *name, const unsigned *at,
			  size_t len)
{
	printf("\nstatic const %s %s[%zu] = {", type, name, len);
	for (size_t i = 0; i < len; i++)
		printf("%s%u,", i % 16 ? "" : "\n", at[i]);
	printf("\n};\n");
}

static unsigned leaf_with(unsigned block, unsigned *count)
{
	for (unsigned i = 0; i < *count; i++)
		if (memcmp(values + leaves[i] * BLOCK, values + block * BLOCK,
			   BLOCK * sizeof(values[0])) == 0)
			return i;
	must(*count < BLOCKS_MAX, "too many leaves");
	leaves[*count] = block;
	return (*count)++;
}

static void print_leaves(unsigned blocks)
{
	static unsigned flat[BLOCKS_MAX * BLOCK];
	unsigned count = 0;

	for (unsigned b = 0; b < blocks; b++)
		leaf_of[b] = leaf_with(b, &count);
	for (unsigned i = 0; i < count * BLOCK; i++)
		flat[i] = values[leaves[i / BLOCK] * BLOCK + i % BLOCK];
	printf("#define FOLD_TABLE_LIMIT 0x%XU\n", blocks * BLOCK);
	print_numbers("uint16_t", "fold_leaf_of", leaf_of, blocks);
	print_numbers("uint16_t", "fold_leaves", flat, (size_t)count * BLOCK);
}

/* What a reader sees in `c` and the fold does not make of it: the fold lowers a capital
 * first, and leaves digits and symbols what they are. 0: nothing else. */
static char seen_in(UChar32 c)
{
	struct text t = text_of(c), skeleton, match;
	UErrorCode e = U_ZERO_ERROR;

	if (c < 0x80 || U_IS_SURROGATE(c))
		return 0;
	skeleton.len =
		uspoof_getSkeleton(spoof, 0, t.at, t.len, skeleton.at, LEN_MAX, &e);
	must(U_SUCCESS(e), "cannot make a skeleton");
	if (skeleton.len != 1 || skeleton.at[0] >= 0x80 || !u_isalnum(skeleton.at[0]))
		return 0;
	match = folded(c);
	skeleton.at[0] = (UChar)u_tolower(skeleton.at[0]);
	return text_equal(&match, &skeleton) ? 0 : (char)skeleton.at[0];
}

static void print_seen(void)
{
	printf("\nstatic const struct {\n\tuint32_t code;\n\tchar seen;\n} fold_seen[] = {");
	for (UChar32 c = 0; c < LIMIT; c++)
		if (seen_in(c))
			printf("\n{0x%X, '%c'},", (unsigned)c, seen_in(c));
	printf("\n};\n");
}

int main(void)
{
	UErrorCode e = U_ZERO_ERROR;
	UVersionInfo version;
	UChar32 last = 0;

	spoof = uspoof_open(&e);
	nfkd = unorm2_getNFKDInstance(&e);
	must(U_SUCCESS(e), "cannot open ICU");
	for (UChar32 c = 0; c < LIMIT; c++) {
		unsigned value = value_of(c);
		must(value <= UINT16_MAX, "value too big");
		values[c] = (uint16_t)value;
		if (value != FOLD_OTHER)
			last = c;
	}
	u_getUnicodeVersion(version);
	printf("/* Unicode %d.%d; printed by fold_gen.c from ICU's data, not edited by hand.\n"
	       " * The data are Unicode's: https://www.unicode.org/license.txt */\n",
	       version[0], version[1]);
	printf("#define FOLD_TABLE_UNICODE \"%d.%d\"\n", version[0], version[1]);
	printf("#define FOLD_BLOCK %d\n", BLOCK);
	printf("enum { FOLD_OTHER, FOLD_LETTER, FOLD_NUMBER, FOLD_HANGUL, FOLD_DROP, "
	       "FOLD_STRINGS };\n");
	print_leaves((unsigned)last / BLOCK + 1);
	static unsigned bytes[POOL_MAX];
	for (unsigned i = 0; i < starts[strings]; i++)
		bytes[i] = (uint8_t)pool[i];
	print_numbers("uint16_t", "fold_string_at", starts, strings + 1);
	print_numbers("uint8_t", "fold_bytes", bytes, starts[strings]);
	print_seen();
	uspoof_close(spoof);
	return 0;
}
