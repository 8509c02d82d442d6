#include "place.h"

#include <fcntl.h>
#include <errno.h>
#include <sys/stat.h>

#include "buf.h"
#include "file.h"

enum status place_find(struct place *ret, int fd, struct err *err)
{
	OWNED(buf_release) struct buf boot = BUF_INIT(256);
	struct stat info;
	struct statx more;

	if (fstat(fd, &info) != 0)
		return err_sys(err, ST_EIO, errno, "fstat");
	*ret = (struct place){.device = info.st_dev, .inode = info.st_ino};
	if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &more) == 0 &&
	    more.stx_mask & STATX_BTIME)
		ret->born_ns = (uint64_t)more.stx_btime.tv_sec * 1000000000 +
			       more.stx_btime.tv_nsec;
	/* Where /proc is missing the boot stays unknown, and every open counts as after a
	 * power cut: slower, never wrong. */
	if (file_read(&boot, "/proc/sys/kernel/random/boot_id", NULL) == ST_OK &&
	    boot.len >= PLACE_BOOT_BYTES)
		memcpy(ret->boot, boot.at, PLACE_BOOT_BYTES);
	return ST_OK;
}

bool place_same(const struct place *a, const struct place *b)
{
	static const uint8_t unknown[PLACE_BOOT_BYTES];

	return a->device == b->device && a->inode == b->inode &&
	       a->born_ns == b->born_ns &&
	       memcmp(a->boot, b->boot, PLACE_BOOT_BYTES) == 0 &&
	       memcmp(a->boot, unknown, PLACE_BOOT_BYTES) != 0;
}

void place_put(uint8_t to[PLACE_BYTES], const struct place *place)
{
	put_le64(to, place->device);
	put_le64(to + 8, place->inode);
	put_le64(to + 16, place->born_ns);
	memcpy(to + 24, place->boot, PLACE_BOOT_BYTES);
}

void place_get(struct place *ret, const uint8_t from[PLACE_BYTES])
{
	*ret = (struct place){.device = get_le64(from),
			      .inode = get_le64(from + 8),
			      .born_ns = get_le64(from + 16)};
	memcpy(ret->boot, from + 24, PLACE_BOOT_BYTES);
}
