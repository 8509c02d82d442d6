#include "figures.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"

#define FILE_BYTES_MAX (FIGURES_MAX * (FIGURES_NAME_BYTES + 22))
#define NAME_LETTERS   "abcdefghijklmnopqrstuvwxyz0123456789_."

/* Its place, or f->count. */
static size_t find(const struct figures *f, const char *name)
{
	size_t i = 0;

	while (i < f->count && strcmp(f->figure[i].name, name) != 0)
		i++;
	return i;
}

void figures_set(struct figures *f, const char *name, uint64_t value)
{
	size_t at = find(f, name);

	if (at == f->count) {
		assert(f->count < FIGURES_MAX && strlen(name) < FIGURES_NAME_BYTES);
		memcpy(f->figure[f->count++].name, name, strlen(name) + 1);
	}
	f->figure[at].value = value;
}

bool figures_get(const struct figures *f, const char *name, uint64_t *ret)
{
	size_t at = find(f, name);

	if (at == f->count)
		return false;
	*ret = f->figure[at].value;
	return true;
}

static enum status write_file(const char *path, struct span content, struct err *err)
{
	OWNED(file_close)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(err, ST_EIO, errno, "%s", path);
	return file_pwrite(fd, content.at, content.len, 0, err);
}

enum status figures_write(const struct figures *f, const char *path, struct err *err)
{
	OWNED(freep) char *temporary = xasprintf("%s.new", path);
	OWNED(buf_release) struct buf text = BUF_INIT(FILE_BYTES_MAX);

	for (size_t i = 0; i < f->count; i++)
		buf_format(&text, "%s=%" PRIu64 "\n", f->figure[i].name,
			   f->figure[i].value);
	enum status st = write_file(temporary, buf_view(&text), err);
	if (st == ST_OK && rename(temporary, path) != 0)
		st = err_sys(err, ST_EIO, errno, "rename to %s", path);
	if (st)
		(void)unlink(temporary); /* the first failure is the one to report */
	return st;
}

static bool read_line(struct figures *f, char *line)
{
	char *value = strchr(line, '='), *end;

	if (!value || f->count == FIGURES_MAX)
		return false;
	*value++ = '\0';
	size_t len = strlen(line);
	if (len == 0 || len >= FIGURES_NAME_BYTES || strspn(line, NAME_LETTERS) != len ||
	    *value < '0' || *value > '9')
		return false;
	errno = 0;
	uint64_t number = strtoull(value, &end, 10);
	if (errno || *end)
		return false;
	figures_set(f, line, number);
	return true;
}

enum status figures_read(struct figures *ret, const char *path, struct err *err)
{
	OWNED(buf_release) struct buf text = BUF_INIT(FILE_BYTES_MAX);
	enum status st = file_read(&text, path, err);

	*ret = (struct figures){0};
	if (st)
		return st;
	OWNED(freep) char *copy = xstrndup((const char *)text.at, text.len);
	char *rest = copy;
	for (char *line = strsep(&rest, "\n"); line && rest; line = strsep(&rest, "\n")) {
		if (!read_line(ret, line))
			return err_set(err, ST_EMALFORMED, "%s: no figures", path);
	}
	return ST_OK;
}
