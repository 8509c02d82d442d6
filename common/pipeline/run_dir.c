#include "run_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"

#define OWNER_BYTES (PATH_MAX + 64)

/* That nobody can tell whose the directory is, as on a full disk, keeps nobody from work.
 * What is left of a longer line stands behind the new one's end. */
static void sign(int lock, const char *data)
{
	struct stat info;

	if (stat(data, &info) != 0)
		return;
	OWNED(freep)
	char *owner = xasprintf("%ju %ju %s\n", (uintmax_t)info.st_dev,
				(uintmax_t)info.st_ino, data);
	(void)!file_pwrite(lock, owner, strlen(owner), 0, NULL);
}

enum status run_dir_take(int *ret_lock, const struct options *options, const char *slot,
			 struct err *err)
{
	OWNED(freep) char *path = options_lock(options, slot);
	enum status st = file_lock(ret_lock, path, err);

	if (st == ST_OK)
		sign(*ret_lock, options->pipeline.data);
	return st;
}

bool run_dir_is_held(const struct options *options, const char *slot)
{
	OWNED(freep) char *path = options_lock(options, slot);
	OWNED(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/* Whether the line names a directory that is not ours; where its path stands in it. */
static bool is_other(const struct options *options, const char *line, int *ret_at)
{
	uintmax_t device, inode;
	struct stat ours;

	*ret_at = 0;
	if (sscanf(line, "%ju %ju %n", &device, &inode, ret_at) != 2 || *ret_at == 0)
		return false; /* not written yet, or by an earlier version */
	if (stat(options->pipeline.data, &ours) != 0)
		return errno == ENOENT; /* who runs has made its own */
	return device != (uintmax_t)ours.st_dev || inode != (uintmax_t)ours.st_ino;
}

static enum status check_slot(const struct options *options, const char *slot,
			      struct err *err)
{
	OWNED(freep) char *path = options_lock(options, slot);
	OWNED(buf_release) struct buf content = BUF_INIT(OWNER_BYTES);
	int at;

	if (!run_dir_is_held(options, slot) || file_read(&content, path, NULL) ||
	    !is_other(options, buf_string(&content), &at))
		return ST_OK;
	const char *data = buf_string(&content) + at;
	return err_set(err, ST_ECONFIG,
		       "%s: a pipeline runs there whose data are others, in %.*s",
		       options->pipeline.run, (int)strcspn(data, "\n"), data);
}

enum status run_dir_check(const struct options *options, struct err *err)
{
	const char *slots[] = {RUN_DIR_SUPERVISOR, options_program_name(PROGRAM_COLLECT),
			       options_program_name(PROGRAM_PUBLISH)};
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < ARRAY_LEN(slots); i++)
		st = check_slot(options, slots[i], err);
	return st;
}
