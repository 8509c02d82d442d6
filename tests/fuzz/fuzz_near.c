// uses: stages/dedup/near.c stages/dedup/index.c stages/dedup/index_find.c
// uses: stages/dedup/index_slots.c stages/dedup/sketches.c stages/dedup/slots.c
// uses: stages/dedup/mapped.c stages/dedup/recent.c stages/dedup/signature.c
// uses: stages/dedup/grams.c stages/dedup/overlap.c stages/dedup/earlier.c
// uses: tests/lib/scratch.c
/* fuzz_near - the files of near duplicates, with bytes flipped and ends cut off.
 *
 * The first byte says whether they lie in another place, as after a power cut, and which of
 * them; each five bytes behind it are one damage: which file, what, where. Whatever is
 * damaged: no crash, each score that is reported is the exact one, and what fails is said to
 * be corrupt, and is found again once it is made again. Where the damage is not in a sketch
 * that nobody has a reason to doubt, the very same is found.
 */
#include "near.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "scratch.h"

#define SYNCED	  40
#define COMMITTED 50
#define LAST	  60
#define TEXT_MAX  1000
#define FILES	  3

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct near_options options = {.similar = 450000, .leader = 600000};
static const char *const names[FILES] = {"sketches", "bands", "texts"};

static struct said said[LAST + 1]; /* by seq */
static struct near_found expected[LAST + 1];
static struct {
	char *path, *kept; /* kept: another name of the inode that the header knows */
	struct buf bytes;
} files[FILES];

static bool no_row(struct said *ret, const struct store_row *row, void *context)
{
	(void)ret;
	(void)row;
	(void)context;
	return false;
}

/* Families of six, some word for word. */
static void write_text(char *text, uint64_t seq)
{
	size_t len = 0;

	for (uint64_t i = 0; i < 40; i++) {
		bool own = seq % 3 && i > 40 - seq % 12;
		uint64_t x = (own ? seq * 100 + i : seq / 6 * 7777 + i) + 1;
		x *= UINT64_C(0x9E3779B97F4A7C15);
		x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
		for (unsigned k = 0; k < 6; k++, x >>= 7)
			text[len++] = (char)('a' + (x >> 20) % 26);
		text[len++] = ' ';
	}
	text[len] = '\0';
}

static enum status open_near(struct near **ret, uint64_t *ret_from, struct earlier *e)
{
	struct near_kind kind = {
		.data = scratch_dir, .journal_id = 1, .parameters = 2, .seed = 3};

	return near_open(ret, ret_from, &kind, &options, e, NULL);
}

static void leave(void)
{
	(void)scratch_remove(NULL);
}

static void make_files(void)
{
	static char texts[LAST + 1][TEXT_MAX];
	struct near *near;
	uint64_t from;

	if (scratch_make(NULL) != 0)
		abort();
	(void)atexit(leave);
	OWNED(freep) char *store = scratch_path("store.db");
	OWNED(earlier_freep)
	struct earlier *earlier = earlier_new(store, 1, no_row, NULL);
	enum status st = open_near(&near, &from, earlier);
	for (uint64_t seq = 1; seq <= LAST && st == ST_OK; seq++) {
		write_text(texts[seq], seq);
		said[seq] = (struct said){.seq = seq,
					  .site = 1,
					  .author = seq * 1000003,
					  .subject = seq % 4,
					  .text = span_of(texts[seq])};
		st = near_look(near, &said[seq], &expected[seq], NULL);
		if (st == ST_OK && (seq == SYNCED || seq == COMMITTED))
			st = near_commit(near, seq, NULL);
		if (st == ST_OK && seq == SYNCED)
			st = near_sync(near, NULL);
	}
	near_close(near);
	for (size_t i = 0; i < FILES && st == ST_OK; i++) {
		files[i].path = xasprintf("%s/near.%s", scratch_dir, names[i]);
		files[i].kept = xasprintf("%s/kept.%s", scratch_dir, names[i]);
		files[i].bytes = BUF_INIT(1 << 24);
		assert(link(files[i].path, files[i].kept) == 0);
		st = file_read(&files[i].bytes, files[i].path, NULL);
	}
	assert(st == ST_OK);
}

/* The same inode as the header says, or another one. */
static void write_file(size_t file, struct span bytes, bool elsewhere)
{
	const char *path = files[file].path;

	(void)unlink(path);
	assert(elsewhere || link(files[file].kept, path) == 0);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert(fd >= 0 && ftruncate(fd, (off_t)bytes.len) == 0 &&
	       pwrite(fd, bytes.at, bytes.len, 0) == (ssize_t)bytes.len);
	(void)close(fd);
}

/* Whether a sketch is hurt, which nobody looks at before it is needed. */
static bool damage(struct buf *bytes, size_t file, const uint8_t *op)
{
	size_t where = get_le16(op + 2) | (size_t)op[4] << 16;

	if (bytes->len == 0)
		return false;
	if (op[1] % 8 == 0)
		where %= 2048; /* what changes with a commit, and the header */
	else if (file == 0)
		where = where % (4096 + COMMITTED * 90);
	where %= bytes->len;
	if (op[1] == 255) {
		bytes->len = where;
		return false;
	}
	bytes->at[where] ^= op[1] / 8 ? op[1] / 8 : 0x40;
	return file == 0 && where >= 4096;
}

/* All that is reported is true. */
static void check_found(const struct near_found *found, const struct said *mine)
{
	OWNED(overlap_freep) struct overlap *o = overlap_new();
	struct overlap_sizes sizes;

	overlap_take(o, mine->text);
	assert(found->count <= NEAR_FOUND_MAX);
	for (size_t i = 0; i < found->count; i++) {
		const struct near_match *m = &found->match[i];
		assert(m->said.seq > 0 && m->said.seq < mine->seq);
		struct span theirs = said[m->said.seq].text;
		overlap_with(o, theirs, &sizes);
		assert(memcmp(&sizes, &m->sizes, sizeof(sizes)) == 0);
		assert(m->jaccard == overlap_jaccard(&sizes));
		assert(m->jaccard >= options.similar);
		assert(m->equal == span_equal(theirs, mine->text));
		assert(i == 0 || m[-1].jaccard >= m->jaccard);
	}
}

static void check_same(const struct near_found *found, const struct near_found *as)
{
	assert(found->count == as->count);
	for (size_t i = 0; i < found->count; i++)
		assert(found->match[i].said.seq == as->match[i].said.seq &&
		       found->match[i].ordinal == as->match[i].ordinal &&
		       found->match[i].jaccard == as->match[i].jaccard);
}

/* From where it says that it is. */
static enum status run(bool same)
{
	OWNED(freep) char *store = scratch_path("store.db");
	OWNED(earlier_freep)
	struct earlier *earlier = earlier_new(store, 1, no_row, NULL);
	OWNED(near_closep) struct near *near = NULL;
	struct near_found found;
	uint64_t from;
	enum status st = open_near(&near, &from, earlier);

	if (st)
		return st;
	assert(from == 0 || from == SYNCED || from == COMMITTED);
	for (uint64_t seq = 1; seq <= from; seq++)
		earlier_add(earlier, &said[seq]);
	for (uint64_t seq = from + 1; seq <= LAST && st == ST_OK; seq++) {
		st = near_look(near, &said[seq], &found, NULL);
		if (st == ST_OK)
			check_found(&found, &said[seq]);
		if (st == ST_OK && same)
			check_same(&found, &expected[seq]);
		if (st == ST_OK && seq == LAST - 5)
			st = near_commit(near, seq, NULL);
	}
	return st ? st : near_commit(near, LAST, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	bool hurt = false;

	if (len == 0)
		return 0;
	if (!files[0].path)
		make_files();
	for (size_t i = 0; i < FILES; i++) {
		OWNED(buf_release) struct buf copy = BUF_INIT(1 << 24);
		buf_span(&copy, buf_view(&files[i].bytes));
		for (size_t at = 1; at + 5 <= len && at < 200; at += 5)
			if (bytes[at] % FILES == i)
				hurt |= damage(&copy, i, bytes + at);
		write_file(i, buf_view(&copy), bytes[0] >> i & 1);
	}
	enum status st = run(!hurt);
	if (st == ST_OK)
		return 0;
	assert(st == ST_ECORRUPT || st == ST_EVERSION);
	assert(near_remove(scratch_dir, NULL) == ST_OK);
	assert(run(true) == ST_OK);
	return 0;
}
