#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"

void input_close(struct input *in)
{
	if (!in)
		return;
	file_close(&in->fd);
	free(in->path);
	free(in->at);
	free(in);
}

void input_consume(struct input *in, size_t bytes)
{
	assert(bytes <= in->end - in->start);
	in->start += bytes;
	in->consumed += bytes;
}

/* Room behind `end`: by moving to the front first, by growing where that is not enough. */
static void make_room(struct input *in)
{
	size_t held = in->end - in->start;

	if (in->start > 0) {
		memmove(in->at, in->at + in->start, held);
		in->start = 0;
		in->end = held;
	}
	if (held > in->capacity / 2 && in->capacity < INPUT_WINDOW_MAX) {
		in->capacity *= 2;
		in->at = xrealloc(in->at, in->capacity);
	}
}

enum status input_more(struct input *in, bool *ret_added, struct err *err)
{
	*ret_added = false;
	if (in->eof)
		return ST_OK;
	make_room(in);
	if (in->end == in->capacity)
		return ST_OK;
	for (;;) {
		ssize_t got = read(in->fd, in->at + in->end, in->capacity - in->end);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, ST_EIO, errno, "%s", in->path);
		in->end += (size_t)got;
		in->eof = got == 0;
		*ret_added = got > 0;
		return ST_OK;
	}
}

/* Bytes that no text begins with. */
static enum status check_unpacked(const struct input *in, struct err *err)
{
	static const struct {
		const char *magic, *name, *unpack, *besides;
	} packed[] = {
		{"\x1F\x8B", "gzip", "zcat", ""},
		{"\x28\xB5\x2F\xFD", "zstd", "zstdcat", ""},
		{"PK\3\4", "zip", "unzip -p", " (or, of a spreadsheet, save it as CSV)"},
	};
	struct span head = input_view(in);

	for (size_t i = 0; i < ARRAY_LEN(packed); i++) {
		size_t len = strlen(packed[i].magic);

		if (head.len >= len && memcmp(head.at, packed[i].magic, len) == 0)
			return err_set(err, ST_EMALFORMED,
				       "%s: packed (%s); unpack it first: %s FILE | "
				       "normavis import ... /dev/stdin%s",
				       in->path, packed[i].name, packed[i].unpack,
				       packed[i].besides);
	}
	return ST_OK;
}

/* UTF-16 without a mark shows by a NUL in one of the first two bytes; no text that we take
 * begins so. */
static enum status check_head(struct input *in, struct err *err)
{
	struct span head = input_view(in);

	if (head.len >= 3 && memcmp(head.at, "\xEF\xBB\xBF", 3) == 0) {
		input_consume(in, 3);
		return ST_OK;
	}
	bool marked = head.len >= 2 && (memcmp(head.at, "\xFF\xFE", 2) == 0 ||
					memcmp(head.at, "\xFE\xFF", 2) == 0);
	bool bare = head.len >= 4 && ((head.at[0] == 0) != (head.at[1] == 0)) &&
		    ((head.at[2] == 0) != (head.at[3] == 0));

	if (marked || bare)
		return err_set(err, ST_EMALFORMED,
			       "%s: UTF-16; save the file as UTF-8 and import that one",
			       in->path);
	return check_unpacked(in, err);
}

static enum status fill_first(struct input *in, struct err *err)
{
	bool added = true;
	enum status st = ST_OK;

	in->capacity = INPUT_WINDOW_BYTES;
	in->at = xmalloc(in->capacity);
	while (!st && added && in->end < 4)
		st = input_more(in, &added, err);
	return st ? st : check_head(in, err);
}

enum status input_open(struct input **ret, const char *path, struct err *err)
{
	OWNED(input_closep) struct input *in = xcalloc(1, sizeof(*in));
	struct stat about;

	in->path = xstrdup(path);
	in->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0)
		return err_sys(err, errno == ENOENT ? ST_ENOTFOUND : ST_EIO, errno, "%s",
			       path);
	if (fstat(in->fd, &about))
		return err_sys(err, ST_EIO, errno, "%s", path);
	if (S_ISDIR(about.st_mode))
		return err_set(err, ST_EMALFORMED, "%s: a directory", path);
	in->bytes = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
	enum status st = fill_first(in, err);
	if (st)
		return st;
	*ret = TAKE(in);
	return ST_OK;
}

enum status input_of(struct input **ret, struct span bytes, struct err *err)
{
	OWNED(input_closep) struct input *in = xcalloc(1, sizeof(*in));

	in->path = xstrdup("input");
	in->fd = -1;
	in->eof = true;
	in->bytes = bytes.len;
	in->capacity = bytes.len + 1;
	in->at = xmalloc(in->capacity);
	if (bytes.len)
		memcpy(in->at, bytes.at, bytes.len);
	in->end = bytes.len;
	enum status st = check_head(in, err);
	if (st)
		return st;
	*ret = TAKE(in);
	return ST_OK;
}
