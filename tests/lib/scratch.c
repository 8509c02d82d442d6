#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"

char scratch_dir[256];

int scratch_make(void **state)
{
	const char *under = getenv("TMPDIR");

	(void)state;
	snprintf(scratch_dir, sizeof(scratch_dir), "%s/nv-XXXXXX",
		 under ? under : "/tmp");
	return mkdtemp(scratch_dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *info, int what,
		      struct FTW *where)
{
	(void)info;
	(void)what;
	(void)where;
	return remove(path);
}

int scratch_remove(void **state)
{
	(void)state;
	return nftw(scratch_dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *scratch_path(const char *name)
{
	return xasprintf("%s/%s", scratch_dir, name);
}
