#include "segment.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"

#define NAME_DIGITS 20

char *segment_path(const char *dir, uint64_t first_seq)
{
	return xasprintf("%s/%0*" PRIu64 ".journal", dir, NAME_DIGITS, first_seq);
}

uint64_t segment_seq_of_name(const char *name)
{
	if (strspn(name, "0123456789") != NAME_DIGITS ||
	    strcmp(name + NAME_DIGITS, ".journal") != 0)
		return 0;
	return strtoull(name, NULL, 10);
}

static int by_seq(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

enum status segment_list_read(struct segment_list *ret, const char *dir, struct err *err)
{
	OWNED(close_dir) DIR *open_dir = opendir(dir);
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	size_t room = 0;

	if (!open_dir && errno != ENOENT)
		return err_sys(err, ST_EIO, errno, "%s", dir);
	while (open_dir) {
		errno = 0;
		const struct dirent *entry = readdir(open_dir);
		if (!entry && errno)
			return err_sys(err, ST_EIO, errno, "%s", dir);
		if (!entry)
			break;
		uint64_t seq = segment_seq_of_name(entry->d_name);
		if (!seq)
			continue;
		if (list.count == room) {
			room = room ? 2 * room : 16;
			list.first_seq =
				xrealloc(list.first_seq, room * sizeof(uint64_t));
		}
		list.first_seq[list.count++] = seq;
	}
	if (list.count)
		qsort(list.first_seq, list.count, sizeof(uint64_t), by_seq);
	*ret = list;
	list = (struct segment_list){NULL, 0};
	return ST_OK;
}

void segment_list_release(struct segment_list *list)
{
	free(list->first_seq);
	*list = (struct segment_list){NULL, 0};
}

size_t segment_list_find(const struct segment_list *list, uint64_t seq)
{
	for (size_t i = list->count; i > 0; i--)
		if (list->first_seq[i - 1] <= seq)
			return i - 1;
	return list->count;
}
