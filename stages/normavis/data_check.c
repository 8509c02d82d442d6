#include "data_check.h"

#include <sys/stat.h>

#include "data_dir.h"
#include "journal.h"
#include "store.h"

static void complain(const struct installation *i, struct conf_report *report,
		     const struct err *err)
{
	conf_complain(report, i->options->path,
		      options_place(i->options, "pipeline", "data"), "data: %s",
		      err->text);
}

/* How far the store is with that journal; false where it cannot say, which is told already. */
static bool read_committed(uint64_t *ret, const struct installation *i,
			   uint64_t journal_id)
{
	OWNED(store_closep) struct store *store = NULL;
	uint64_t committed = 0;
	enum status st = store_open(&store, i->store, STORE_READ, NULL);

	if (st == ST_OK)
		st = store_committed(store, journal_id, &committed, NULL);
	*ret = committed;
	return st == ST_OK || st == ST_ENOTFOUND;
}

/* Every entry of every segment: what is damaged far from the end would stop a replay on the day
 * that the store is lost, which is the day when nothing else is left. */
static enum status read_through(const char *dir, struct err *err)
{
	OWNED(journal_reader_closep) struct journal_reader *reader = NULL;
	enum journal_item item = JOURNAL_RECORD;
	struct span bytes;
	const char *reason;
	uint64_t seq;
	enum status st = journal_reader_open(&reader, dir, 0, err);

	if (st == ST_ENOTFOUND)
		return ST_OK;
	while (st == ST_OK && item != JOURNAL_END)
		st = journal_read(reader, &item, &bytes, &seq, &reason, err);
	return st ? st : journal_reader_check_end(reader, err);
}

static enum status check_journal(const struct installation *i, bool store_is_sound,
				 struct err *err)
{
	const char *data = i->options->pipeline.data;
	struct journal_state state;
	uint64_t committed;
	enum status st = journal_look(&state, i->journal, err);

	if (st == ST_OK)
		st = read_through(i->journal, err);
	if (st == ST_OK && store_is_sound)
		st = data_dir_check_journal(data, err);
	if (st == ST_OK && store_is_sound)
		st = data_dir_check_key(data, state.last_seq, err);
	if (st || state.journal_id == 0)
		return st;
	return read_committed(&committed, i, state.journal_id)
		       ? journal_check_age(&state, committed, err)
		       : ST_OK;
}

enum status data_check(const struct installation *i, struct conf_report *report)
{
	struct err err = {""};
	struct stat info;

	/* A directory that is none has its complaint already. */
	if (stat(i->options->pipeline.data, &info) != 0 || !S_ISDIR(info.st_mode) ||
	    installation_holds(i, "collect", NULL) ||
	    installation_holds(i, "publish", NULL))
		return ST_OK;
	enum status store = store_check(i->store, &err);
	if (store)
		complain(i, report, &err);
	enum status journal = check_journal(i, store == ST_OK, &err);
	if (journal)
		complain(i, report, &err);
	return store ? store : journal;
}
