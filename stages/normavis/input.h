/* input.h - a file to be imported, seen through a window that moves over it.
 *
 * The readers (csv.h, ndjson.h) look at the bytes in the window, ask for more when a row
 * is not complete, and consume what they are done with. Memory is bounded by INPUT_WINDOW_MAX;
 * a pipe is as good as a file.
 *
 * A UTF-8 byte order mark at the front is passed over. UTF-16 and UTF-32 are named and
 * refused: an import that guessed would turn an author's words into others. So are files
 * packed by gzip, zstd or zip.
 */
#ifndef INPUT_H
#define INPUT_H

#include "status.h"

#define INPUT_WINDOW_BYTES (256 << 10) /* to begin with */
#define INPUT_WINDOW_MAX   (1 << 20)   /* of one row, too */

struct input {
	int fd;
	char *path; /* for complaints */
	uint8_t *at;
	size_t start,
		end; /* what is in the window and not consumed: at + start, at + end */
	size_t capacity;
	uint64_t consumed; /* bytes of the file, the mark included */
	uint64_t bytes;	   /* of the whole file; 0 for what has no size */
	bool eof;
};

/* Errors: ST_ENOTFOUND, ST_EIO, ST_EMALFORMED (UTF-16, packed, a directory). */
enum status input_open(struct input **ret, const char *path, struct err *err) MUST_CHECK;
void input_close(struct input *in); /* accepts NULL */
DEFINE_OWNED(struct input, input_close)

/* The same over bytes that are already there, for tests; they are copied. */
enum status input_of(struct input **ret, struct span bytes, struct err *err) MUST_CHECK;

/* Reads on. False when nothing was added: the end (in->eof), or the window is as large as
 * it may be. Spans into the window are void afterwards. Errors: ST_EIO. */
enum status input_more(struct input *in, bool *ret_added, struct err *err) MUST_CHECK;

void input_consume(struct input *in, size_t bytes);

static inline struct span input_view(const struct input *in)
{
	return (struct span){in->at + in->start, in->end - in->start};
}

#endif
