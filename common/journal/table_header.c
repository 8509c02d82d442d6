#include "table_header.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"

#define FORMAT_VERSION 1

static const uint8_t magic[8] = {'N', 'V', 'T', 'A', 'B', 'L', 'E', '\n'};

/* The first sector as it lies on the disk. */
struct sector {
	uint8_t magic[8];
	uint8_t version[4];
	uint8_t capacity_log2[4];
	uint8_t parameters[8];
	uint8_t journal_id[8];
	uint8_t synced[8];
	uint8_t place[PLACE_BYTES];
	uint8_t zero[408];
	uint8_t crc[4]; /* CRC32C of all before it */
};

static_assert(sizeof(struct sector) == 512, "one sector");
static_assert(sizeof(struct table_hot) == 128, "two cache lines");

static uint32_t sector_crc(const struct sector *s)
{
	return crc32c(0, (struct span){s->magic, offsetof(struct sector, crc)});
}

uint64_t table_header_file_bytes(const struct table_header *h)
{
	return TABLE_HEADER_BYTES + (sizeof(struct table_line) << h->capacity_log2);
}

static enum status read_sector(struct sector *ret, int fd, struct err *err)
{
	ssize_t got = pread(fd, ret, sizeof(*ret), 0);

	if (got < 0)
		return err_sys(err, ST_EIO, errno, "read");
	if (got != (ssize_t)sizeof(*ret) || memcmp(ret->magic, magic, sizeof(magic)) != 0)
		return err_set(err, ST_ECORRUPT, "not a table");
	if (get_le32(ret->version) != FORMAT_VERSION)
		return err_set(err, ST_EVERSION, "table format %u, this program reads %d",
			       get_le32(ret->version), FORMAT_VERSION);
	if (get_le32(ret->crc) != sector_crc(ret))
		return err_set(err, ST_ECORRUPT, "the header's CRC32C is wrong");
	return ST_OK;
}

enum status table_header_read(struct table_header *ret, int fd, struct err *err)
{
	struct sector s;
	struct stat info;
	enum status st = read_sector(&s, fd, err);

	if (st)
		return st;
	*ret = (struct table_header){
		.capacity_log2 = get_le32(s.capacity_log2),
		.parameters = get_le64(s.parameters),
		.journal_id = get_le64(s.journal_id),
		.synced = get_le64(s.synced),
	};
	place_get(&ret->place, s.place);
	if (fstat(fd, &info) != 0)
		return err_sys(err, ST_EIO, errno, "fstat");
	if (ret->capacity_log2 < TABLE_LOG2_MIN || ret->capacity_log2 > TABLE_LOG2_MAX ||
	    (uint64_t)info.st_size != table_header_file_bytes(ret))
		return err_set(err, ST_ECORRUPT, "%lld bytes are not 2^%u lines",
			       (long long)info.st_size, ret->capacity_log2);
	return ST_OK;
}

enum status table_header_write(const struct table_header *h, int fd, struct err *err)
{
	struct sector s = {0};

	memcpy(s.magic, magic, sizeof(magic));
	put_le32(s.version, FORMAT_VERSION);
	put_le32(s.capacity_log2, h->capacity_log2);
	put_le64(s.parameters, h->parameters);
	put_le64(s.journal_id, h->journal_id);
	put_le64(s.synced, h->synced);
	place_put(s.place, &h->place);
	put_le32(s.crc, sector_crc(&s));
	return file_pwrite(fd, &s, sizeof(s), 0, err);
}
