#include "data_dir.h"

#include <errno.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "segment.h"
#include "store.h"

static enum status store_has_records(bool *ret, const char *data, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", data);
	OWNED(store_closep) struct store *store = NULL;
	int64_t committed = 0;
	enum status st = store_open(&store, path, STORE_READ, err);

	if (st == ST_OK)
		st = store_int(store, &committed,
			       "SELECT max(committed_seq) FROM journal", 0, err);
	*ret = committed > 0;
	return st == ST_ENOTFOUND ? ST_OK : st;
}

static char *permission(const char *data)
{
	return xasprintf("%s/new-journal", data);
}

enum status data_dir_check_journal(const char *data, struct err *err)
{
	OWNED(freep) char *dir = xasprintf("%s/journal", data);
	OWNED(freep) char *permitted = permission(data);
	OWNED(segment_list_release) struct segment_list list = {NULL, 0};
	bool records = false;
	enum status st = segment_list_read(&list, dir, err);

	if (st || list.count > 0 || access(permitted, F_OK) == 0)
		return st;
	st = store_has_records(&records, data, err);
	if (st || !records)
		return st;
	return err_set(err, ST_ECORRUPT,
		       "%s: no journal is there, but the store has records of one: "
		       "mount it or put it back; if it is gone for good, make the "
		       "file %s and start again",
		       dir, permitted);
}

enum status data_dir_check_key(const char *data, uint64_t last_seq, struct err *err)
{
	OWNED(freep) char *path = xasprintf("%s/keys/intake.key", data);
	bool records = last_seq > 0;
	enum status st = ST_OK;

	if (access(path, F_OK) == 0)
		return ST_OK;
	if (!records)
		st = store_has_records(&records, data, err);
	if (st || !records)
		return st;
	return err_set(err, ST_ECORRUPT,
		       "%s: missing, and without it no repeat of a record from before "
		       "is known: put it back; if it is gone for good, make a new one "
		       "of 32 random bytes",
		       path);
}

enum status data_dir_journal_made(const char *data, struct err *err)
{
	OWNED(freep) char *permitted = permission(data);

	if (unlink(permitted) == 0)
		return file_sync_dir(data, err);
	return errno == ENOENT ? ST_OK : err_sys(err, ST_EIO, errno, "%s", permitted);
}
