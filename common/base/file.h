/* file.h - files that must be there after a power cut, and files that one process holds.
 *
 * A write that must last is: write, fdatasync, and for a new name the directory too. A
 * failed fsync is never tried again: what the kernel did with the pages is unknown
 * (https://wiki.postgresql.org/wiki/Fsync_Errors); the caller stops.
 */
#ifndef FILE_H
#define FILE_H

#include "buf.h"
#include "status.h"

/* The first thing a program does. Who started it may have closed its standard input or
 * output, and a journal that is opened then would get that number, and what is printed.
 * Such a one becomes /dev/null, to be read: input is empty, and writing fails as before. */
void file_fill_standard(void);

/* Closes *fd unless it is negative. For OWNED(file_close) int fd. */
void file_close(int *fd);

/* The whole file into `ret` (emptied first). ST_ETOOBIG beyond ret->max. */
enum status file_read(struct buf *ret, const char *path, struct err *err) MUST_CHECK;

/* All of the bytes at `offset`, or a failure. */
enum status file_pwrite(int fd, const void *from, size_t len, uint64_t offset,
			struct err *err) MUST_CHECK;

/* Replaces the file: temporary name, fsync, rename, fsync of the directory. */
enum status file_replace(const char *path, struct span content, mode_t mode,
			 struct err *err) MUST_CHECK;

/* A finished file gets its name, in the same directory: fsync, rename, fsync of the
 * directory. */
enum status file_put_in_place(const char *from, const char *path,
			      struct err *err) MUST_CHECK;

enum status file_sync(int fd, struct err *err) MUST_CHECK;		 /* fdatasync */
enum status file_sync_dir(const char *path, struct err *err) MUST_CHECK; /* a directory */

/* Makes the directory and its parents; one that is there already is fine. */
enum status file_make_dirs(const char *path, mode_t mode, struct err *err) MUST_CHECK;

/* Holds `path` (created empty) until the descriptor is closed or the process dies.
 * ST_EBUSY: another process holds it, for more than some milliseconds. */
enum status file_lock(int *ret_fd, const char *path, struct err *err) MUST_CHECK;

/* A secret of this installation: the `len` bytes of `path`, which is made with random bytes
 * (mode 0600, in `dir`, made too) where it is not there. */
enum status file_secret(uint8_t *ret, size_t len, const char *dir, const char *path,
			struct err *err) MUST_CHECK;

/* Bytes that an unprivileged writer may still use on the file system of `path`. */
enum status file_free_bytes(uint64_t *ret, const char *path, struct err *err) MUST_CHECK;

#endif
