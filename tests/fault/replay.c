#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"

#define NEVER SIZE_MAX

const char *const replay_rest_names[REPLAY_RESTS] = {"nothing", "all", "a part"};

static struct op {
	const struct trace_entry *e;
	int file;	  /* number of it; -1: none */
	size_t synced_at; /* entry after which it lasts */
} * ops;
static size_t op_count;
static int file_count;
static struct trace_page *page;

static void must(bool worked, const char *what)
{
	if (worked)
		return;
	printf("not ok: replay: %s: %s\n", what, strerror(errno));
	exit(70);
}

struct trace_page *replay_page(const char *path)
{
	pthread_mutexattr_t shared;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && ftruncate(fd, sizeof(*page)) == 0, path);
	void *mapped =
		mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(mapped != MAP_FAILED, path);
	close(fd);
	page = mapped;
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&page->lock, &shared);
	return page;
}

void replay_answer(struct trace_page *to, uint64_t number, uint64_t seq, const char *id)
{
	struct trace_entry e = {
		.what = TRACE_ANSWER,
		.ino = number,
		.offset = seq,
		.name_len = (uint32_t)strlen(id),
	};

	e.bytes = (uint32_t)((sizeof(e) + e.name_len + 2 + 7) / 8 * 8);
	pthread_mutex_lock(&to->lock);
	uint8_t *at = to->at + to->used;
	memcpy(at, &e, sizeof(e));
	memcpy(at + sizeof(e), id, e.name_len + 1);
	at[sizeof(e) + e.name_len + 1] = '\0';
	to->used += e.bytes;
	pthread_mutex_unlock(&to->lock);
}

/* --- reading the trace ------------------------------------------------------------------ */

const struct trace_entry *replay_entry(size_t i)
{
	return ops[i].e;
}

const char *replay_name(const struct trace_entry *e)
{
	return (const char *)(e + 1);
}

static const char *other_name(const struct trace_entry *e)
{
	return replay_name(e) + e->name_len + 1;
}

static const uint8_t *data_of(const struct trace_entry *e)
{
	return (const uint8_t *)other_name(e) + e->other_len + 1;
}

size_t replay_count(void)
{
	return op_count;
}

bool replay_is_sync(size_t i)
{
	return ops[i].e->what == TRACE_SYNC || ops[i].e->what == TRACE_SYNC_DIR;
}

static bool of_directory(const struct trace_entry *e)
{
	return e->what == TRACE_NAME || e->what == TRACE_RENAME ||
	       e->what == TRACE_UNLINK || e->what == TRACE_MKDIR;
}

/* The file behind a name, or an inode, before entry i: of the last that said so. */
static int file_before(size_t i, const char *name, uint64_t ino)
{
	while (i-- > 0) {
		const struct op *op = &ops[i];
		if (!name && op->e->what == TRACE_NAME && op->e->ino == ino)
			return op->file;
		if (name && strcmp(replay_name(op->e), name) == 0 &&
		    (op->e->what == TRACE_NAME || op->e->what == TRACE_RENAME))
			return op->file;
	}
	return -1;
}

static bool is_in(const char *name, const char *dir, size_t dir_len)
{
	const char *slash = strrchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : 0;

	return len == dir_len && memcmp(name, dir, len) == 0;
}

static void apply_sync(size_t at)
{
	const struct trace_entry *sync = ops[at].e;

	for (size_t i = 0; i < at; i++) {
		const struct trace_entry *e = ops[i].e;
		bool covered =
			sync->what == TRACE_SYNC
				? (e->what == TRACE_WRITE || e->what == TRACE_RESIZE) &&
					  ops[i].file == ops[at].file
				: of_directory(e) &&
					  is_in(replay_name(e), replay_name(sync),
						sync->name_len);
		if (covered && ops[i].synced_at == NEVER)
			ops[i].synced_at = at;
	}
}

void replay_load(void)
{
	op_count = 0;
	for (uint64_t at = 0; at < page->used; op_count++)
		at += ((const struct trace_entry *)(page->at + at))->bytes;
	ops = xcalloc(op_count, sizeof(*ops));
	const uint8_t *at = page->at;
	for (size_t i = 0; i < op_count; at += ops[i++].e->bytes) {
		const struct trace_entry *e = (const struct trace_entry *)at;
		ops[i] = (struct op){.e = e, .file = -1, .synced_at = NEVER};
		if (e->what == TRACE_NAME)
			ops[i].file = file_count++;
		else if (e->what == TRACE_RENAME)
			ops[i].file = file_before(i, other_name(e), 0);
		else if (!of_directory(e) && e->what != TRACE_SYNC_DIR &&
			 e->what != TRACE_ANSWER)
			ops[i].file = file_before(i, NULL, e->ino);
	}
	for (size_t i = 0; i < op_count; i++)
		if (replay_is_sync(i))
			apply_sync(i);
}

void replay_forget_syncs(void)
{
	for (size_t i = 0; i < op_count; i++)
		ops[i].synced_at = NEVER;
}

/* --- making a disc ---------------------------------------------------------------------- */

struct chance {
	enum replay_rest rest;
	uint64_t state;
};

static bool survives(struct chance *c)
{
	if (c->rest != REPLAY_PART)
		return c->rest == REPLAY_ALL;
	c->state = c->state * 6364136223846793005U + 1442695040888963407U;
	return c->state >> 63;
}

static int remove_one(const char *path, const struct stat *info, int what, struct FTW *at)
{
	(void)info;
	(void)what;
	return at->level == 0 ? 0 : remove(path);
}

static void empty_dir(const char *dir)
{
	if (mkdir(dir, 0700) != 0)
		must(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, dir);
}

static void put_write(int fd, const struct trace_entry *e, bool lasts, struct chance *c)
{
	const uint8_t *data = data_of(e);

	for (uint64_t at = 0, len; at < e->data_len; at += len) {
		uint64_t end = (e->offset + at) / TRACE_BLOCK * TRACE_BLOCK + TRACE_BLOCK;
		len = lasts || c->rest == REPLAY_ALL
			      ? e->data_len
			      : MIN(e->data_len - at, end - e->offset - at);
		if (lasts || survives(c))
			must(pwrite(fd, data + at, len, (off_t)(e->offset + at)) ==
				     (ssize_t)len,
			     "pwrite");
	}
}

static void put_name(const char *dir, const struct op *op)
{
	OWNED(freep) char *name = xasprintf("%s/%s", dir, replay_name(op->e));
	OWNED(freep) char *other = xasprintf("%s/%s", dir, other_name(op->e));
	OWNED(freep) char *inode = xasprintf("%s/inode-%d", dir, op->file);

	if (op->e->what == TRACE_MKDIR) {
		must(mkdir(name, 0700) == 0 || errno == EEXIST || errno == ENOENT, name);
		return;
	}
	(void)unlink(name); /* may not be there */
	if (op->e->what == TRACE_UNLINK)
		return;
	/* Its directory may not have survived. */
	must(link(inode, name) == 0 || errno == ENOENT, name);
	if (op->e->what == TRACE_RENAME)
		(void)unlink(other); /* its making may not have survived */
}

void replay_make(const char *dir, size_t cut, enum replay_rest rest)
{
	OWNED(freep) int *fds = xcalloc((size_t)file_count, sizeof(int));
	struct chance c = {rest, cut + 1};

	empty_dir(dir);
	for (int i = 0; i < file_count; i++) {
		OWNED(freep) char *inode = xasprintf("%s/inode-%d", dir, i);
		fds[i] = open(inode, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		must(fds[i] >= 0, inode);
	}
	for (size_t i = 0; i < cut; i++) {
		const struct op *op = &ops[i];
		bool lasts = op->synced_at < cut;
		if (of_directory(op->e)) {
			if (lasts || survives(&c))
				put_name(dir, op);
		} else if (op->file >= 0 && op->e->what == TRACE_WRITE) {
			put_write(fds[op->file], op->e, lasts, &c);
		} else if (op->file >= 0 && op->e->what == TRACE_RESIZE &&
			   (lasts || survives(&c))) {
			must(ftruncate(fds[op->file], (off_t)op->e->offset) == 0,
			     "ftruncate");
		}
	}
	for (int i = 0; i < file_count; i++) {
		OWNED(freep) char *inode = xasprintf("%s/inode-%d", dir, i);
		close(fds[i]);
		must(unlink(inode) == 0, inode);
	}
}
