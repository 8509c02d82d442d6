// uses: stages/dedup/grams.c stages/dedup/signature.c stages/dedup/overlap.c
/* fuzz_grams - any text becomes grams, and each text is wholly like itself.
 *
 * The bytes are folded as those of a review are. The two halves are texts, too: what they
 * share is counted plainly.
 */
#include "grams.h"

#include <stdlib.h>

#include "alloc.h"
#include "buf.h"
#include "fold.h"
#include "overlap.h"
#include "signature.h"

#define PLAIN_MAX 400 /* grams that are counted plainly */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static size_t next_start(struct span text, size_t at)
{
	do
		at++;
	while (at < text.len && (text.at[at] & 0xC0) == 0x80);
	return at;
}

/* What the character counts, by its first bytes as UTF-8. */
static unsigned weight_at(struct span text, size_t at)
{
	const uint8_t *c = text.at + at;
	uint32_t code = 0;

	if (c[0] >= 0xF0)
		code = (uint32_t)(c[0] & 7) << 18 | (uint32_t)(c[1] & 63) << 12;
	else if (c[0] >= 0xE0)
		code = (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 |
		       (c[2] & 63);
	if (code >= 0x20000)
		return code < 0x40000 ? 2 : 1;
	return (code >= 0x3040 && code <= 0x30FF) || (code >= 0x3400 && code <= 0x9FFF) ||
			       (code >= 0xF900 && code <= 0xFAFF)
		       ? 2
		       : 1;
}

/* Spaces are nothing. */
static struct span letters_of(struct buf *keep, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != ' ')
			buf_char(keep, (char)text.at[i]);
	return buf_view(keep);
}

/* From how many characters on is there a gram's worth of text left? */
static size_t count_plainly(struct span text)
{
	size_t count = 0;

	for (size_t at = 0; at < text.len; at = next_start(text, at)) {
		unsigned weight = 0;
		for (size_t i = at; i < text.len && weight < 4; i = next_start(text, i))
			weight += weight_at(text, i);
		count += weight >= 4;
	}
	return text.len > 0 && count == 0 ? 1 : count;
}

static bool is_among(const uint64_t *grams, size_t count, uint64_t gram)
{
	for (size_t i = 0; i < count; i++)
		if (grams[i] == gram)
			return true;
	return false;
}

static size_t make_set(uint64_t *grams, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!is_among(grams, kept, grams[i]))
			grams[kept++] = grams[i];
	return kept;
}

static void check_sizes(const struct overlap_sizes *s, uint64_t *a, size_t count_a,
			uint64_t *b, size_t count_b)
{
	uint32_t shared = 0;

	if (count_a > PLAIN_MAX || count_b > PLAIN_MAX)
		return;
	count_a = make_set(a, count_a);
	count_b = make_set(b, count_b);
	for (size_t i = 0; i < count_b; i++)
		shared += is_among(a, count_a, b[i]);
	assert(s->mine == count_a && s->theirs == count_b && s->shared == shared);
}

static void check_signature(struct span text, size_t count)
{
	OWNED(freep) uint32_t *telling = xcalloc(text.len + 1, sizeof(*telling));
	uint8_t once[SIGNATURE_BYTES], again[SIGNATURE_BYTES];
	struct signature_key key;
	size_t told = grams_telling(telling, text);

	assert(told <= count && (told > 0) == (count > 0));
	if (told == 0)
		return;
	signature_key_init(&key, text.len);
	signature_make(once, &key, telling, told);
	for (size_t i = 0; i < told / 2; i++) {
		uint32_t kept = telling[i];
		telling[i] = telling[told - 1 - i];
		telling[told - 1 - i] = kept;
	}
	signature_make(again, &key, telling, told);
	assert(signature_alike(once, again) == SIGNATURE_BYTES);
}

static size_t take(uint64_t **ret, struct span text)
{
	*ret = xcalloc(text.len + 1, sizeof(**ret));
	OWNED(buf_release) struct buf letters = BUF_INIT(GRAMS_TEXT_MAX);
	size_t count = grams_of(*ret, text);
	assert(count <= text.len && count == count_plainly(letters_of(&letters, text)));
	check_signature(text, count);
	return count;
}

static void compare(struct overlap *o, struct span mine, struct span theirs)
{
	OWNED(freep) uint64_t *a = NULL;
	OWNED(freep) uint64_t *b = NULL;
	size_t count_a = take(&a, mine), count_b = take(&b, theirs);
	struct overlap_sizes sizes;

	overlap_take(o, mine);
	overlap_with(o, mine, &sizes);
	assert(sizes.mine == sizes.theirs && sizes.mine == sizes.shared);
	assert(overlap_jaccard(&sizes) == (mine.len ? 1000000 : 0));
	overlap_with(o, theirs, &sizes);
	assert(sizes.shared <= MIN(sizes.mine, sizes.theirs));
	check_sizes(&sizes, a, count_a, b, count_b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct overlap *o; /* the same for all: stamps go on */
	struct fold first, second;

	if (len > FOLD_BYTES_MAX / FOLD_GROWTH)
		return 0;
	if (!o)
		o = overlap_new();
	fold_init(&first);
	fold_init(&second);
	fold_text(&first, (struct span){bytes, len});
	fold_text(&second, (struct span){bytes, len / 2});
	compare(o, grams_text(buf_view(&first.key)), grams_text(buf_view(&second.key)));
	fold_release(&second);
	fold_release(&first);
	return 0;
}
