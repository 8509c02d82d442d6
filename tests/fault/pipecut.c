/* pipecut - the power goes at every moment of a short run of the whole pipeline.
 *
 * The run is traced (trace.h): a first start, some reviews, a stop, a second start, more
 * reviews, long ones among them, a stop; with small limits, so that checkpoints, syncs of
 * the tables, a second segment of the journal and the end of the first are in it. Then it
 * is cut:
 *
 *	each   before each entry of the trace, with all and with a part of what was not
 *	       synced, and before each sync with nothing of it: journal, store and tables
 *	       are opened as the programs open them. Every acknowledged record is there under
 *	       its seq and id; the store is whole, not ahead of the journal, has the
 *	       journal's records and those that the journal let go; the intake knows every key, dedup what is stored.
 *	whole  at --starts cuts, most before and after a sync: a pipeline is started on that
 *	       disc and everything submitted again. Who was answered gets the same answer,
 *	       the drain leaves nothing in flight, and the books balance (war.h).
 *
 * Syncs do nothing while discs are checked: those are not the ones that were traced. The
 * control: with every sync taken out of the trace, acknowledged records must be lost.
 */
#include "war.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "alloc.h"
#include "clock.h"
#include "dedup.h"
#include "file.h"
#include "log.h"
#include "replay.h"
#include "start.h"
#include "store.h"

#define GIVE_UP_MS   30000
#define WORKERS	     2	   /* beside each other */
#define LONG_BYTES   60000 /* of a text */
#define LONG_RECORDS 18
#define CONTROL_STEP 5 /* cuts; it needs no more to see that there are losses */

static int starts_wanted = 40;

static const char sections[] =
	"  resend_first: 200ms\n  resend_max: 1s\n"
	"processes: {publish: 1, collect: 1, dedup: 1, moderate: 1}\n"
	"collect: {reserve_bytes: 0, segment_bytes: 1MiB, keep: 0}\n"
	"dedup: {sync: 1s}\n"
	"publish: {wal_checkpoint_bytes: 1MiB}\n"
	"run: {backoff_first: 10ms, backoff_max: 100ms, hang: 5s}\n";

int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	(void)fd;
	return 0;
}

/* --- the run ---------------------------------------------------------------------------- */

/* As much as fills a segment. */
static void make_some_long(void)
{
	char text[LONG_BYTES + 1] = "";

	memset(text, 'a', LONG_BYTES);
	for (size_t i = 9; i < LONG_BYTES; i += 10)
		text[i] = ' ';
	for (int n = war.records / 2; n < war.records / 2 + LONG_RECORDS; n++) {
		struct war_submission *s = &war_corpus[n];
		free(s->json);
		s->json = xasprintf(
			"{\"kind\":\"review\",\"source\":\"chaos\",\"source_id\":\"%s\","
			"\"subject\":\"subject-%d\",\"supplier\":\"supplier-1\","
			"\"rating\":{\"value\":4},\"text\":\"%s %d\",\"language\":\"en\"}\n",
			s->source_id, n, text, n);
	}
}

/* The first segment goes when all of it is in the store; that is looked at now and then. */
static void await_trim(const char *run)
{
	OWNED(freep)
	char *first = xasprintf("%s/%s/data/journal/00000000000000000001.journal",
				war.work, run);
	int64_t end = clock_mono_ms() + GIVE_UP_MS;

	while (access(first, F_OK) == 0 && clock_mono_ms() < end)
		(void)poll(NULL, 0, 20);
	WAR_CHECK(access(first, F_OK) != 0, "live: the first segment is still there");
}

static void submit_part(struct war_submitter *s, struct trace_page *page, int until)
{
	int64_t end = clock_mono_ms() + GIVE_UP_MS;

	while (s->first < until && clock_mono_ms() < end) {
		int noted = s->first;
		war_submit(s, MIN(until, s->first + 3));
		for (; noted < s->first; noted++)
			replay_answer(page, (uint64_t)noted, war_corpus[noted].seq,
				      war_corpus[noted].id);
	}
	WAR_CHECK(s->first >= until, "live: %d of %d answered", s->first, until);
}

static void live(struct trace_page *page, const char *page_path)
{
	OWNED(freep) char *dir = xasprintf("%s/live", war.work);
	struct war_submitter s;

	war_configure("live", sections);
	setenv("TRACE_PAGE", page_path, 1);
	setenv("TRACE_DIR", dir, 1);
	for (int part = 1; part <= 2; part++) {
		pid_t supervisor = war_start("live");
		if (part == 1)
			war_submitter_open(&s, "live");
		submit_part(&s, page, war.records * part / 2);
		if (part == 2)
			await_trim("live");
		int code = war_stop(supervisor);
		WAR_CHECK(code == 0, "live: the supervisor left with %d", code);
	}
	war_submitter_close(&s);
	unsetenv("TRACE_PAGE");
	unsetenv("TRACE_DIR");
	war.preload = NULL;
	war_check_books("live", war.records);
}

/* What was answered before the cut. */
static void promise(size_t cut)
{
	war_forget_answers();
	for (size_t i = 0; i < cut; i++) {
		const struct trace_entry *e = replay_entry(i);
		if (e->what != TRACE_ANSWER)
			continue;
		war_corpus[e->ino].seq = e->offset;
		snprintf(war_corpus[e->ino].id, sizeof(war_corpus[e->ino].id), "%s",
			 replay_name(e));
	}
}

/* --- each cut --------------------------------------------------------------------------- */

/* Ids by seq, of what the journal has. */
struct ids {
	char (*id)[UUID_TEXT_BYTES];
	uint64_t first, last;
};

static const char *read_ids(struct ids *ret, const char *dir,
			    const struct journal_state *state)
{
	OWNED(journal_reader_closep) struct journal_reader *r = NULL;
	enum journal_item item = JOURNAL_RECORD;
	struct span bytes;
	const char *reason;
	uint64_t seq;
	struct record record;

	*ret = (struct ids){.first = state->first_seq, .last = state->first_seq - 1};
	ret->id = xcalloc(state->last_seq + 2, sizeof(*ret->id));
	if (state->last_seq == 0)
		return NULL;
	if (journal_reader_open(&r, dir, 0, NULL))
		return "the journal's reader does not open";
	while (item != JOURNAL_END) {
		if (journal_read(r, &item, &bytes, &seq, &reason, NULL))
			return "the journal's reader meets damage";
		if (item != JOURNAL_RECORD)
			continue;
		if (record_parse(&record, bytes, NULL) || record.seq != ++ret->last)
			return "the journal has a wrong record";
		uuid_format(ret->id[record.seq], record.id);
	}
	return ret->last == state->last_seq ? NULL
					    : "the journal's reader sees another end";
}

static const char *check_promise(const struct ids *ids)
{
	for (int n = 0; n < war.records; n++) {
		uint64_t seq = war_corpus[n].seq;
		if (seq > ids->last)
			return "an acknowledged record is lost";
		if (seq >= ids->first && seq > 0 &&
		    strcmp(ids->id[seq], war_corpus[n].id) != 0)
			return "an acknowledged record has another id";
	}
	return NULL;
}

static bool is_whole(struct store *store)
{
	sqlite3_stmt *row = NULL;
	bool whole =
		store_prepare(store, &row, "PRAGMA integrity_check", NULL) == ST_OK &&
		sqlite3_step(row) == SQLITE_ROW &&
		strcmp((const char *)sqlite3_column_text(row, 0), "ok") == 0;

	sqlite3_finalize(row);
	return whole;
}

static const char *check_rows(struct store *store, const struct ids *ids,
			      uint64_t committed)
{
	sqlite3_stmt *row = NULL;
	uint64_t rows = 0;
	const char *problem = NULL;

	if (store_prepare(store, &row, "SELECT n, id FROM record ORDER BY n", NULL))
		return "the store has no records";
	while (!problem && sqlite3_step(row) == SQLITE_ROW) {
		uint64_t seq = store_seq(sqlite3_column_int64(row, 0));
		char id[UUID_TEXT_BYTES];
		uuid_format(id, sqlite3_column_blob(row, 1));
		if (seq != ++rows)
			problem = "the store has a gap";
		else if (seq >= ids->first && seq <= ids->last &&
			 strcmp(id, ids->id[seq]) != 0)
			problem = "the store has another record than the journal";
	}
	sqlite3_finalize(row);
	return !problem && rows != committed ? "the store says another end" : problem;
}

static const char *check_store(const char *data, const struct journal_state *state,
			       const struct ids *ids, uint64_t *ret_committed)
{
	OWNED(freep) char *path = xasprintf("%s/store.db", data);
	OWNED(store_closep) struct store *store = NULL;
	int64_t gap = 0;

	*ret_committed = 0;
	if (store_open(&store, path, STORE_WRITE, NULL))
		return "the store does not open";
	if (!is_whole(store))
		return "the store is damaged";
	if (store_committed(store, state->journal_id, ret_committed, NULL) ||
	    *ret_committed > state->last_seq)
		return "the store is ahead of the journal";
	if (store_int(store, &gap, "SELECT count(*) - (max(idx) + 1) FROM event", 0,
		      NULL) ||
	    gap != 0)
		return "the log has a gap";
	return check_rows(store, ids, *ret_committed);
}

/* `from`: as the keys were opened. */
static const char *check_keys(struct keys *keys, uint64_t from,
			      const struct options *options, const char *journal_dir,
			      const struct journal_state *state, struct err *err)
{
	struct marks marks = {0};

	if (start_learn(keys, from, journal_dir, state, options, &marks, err))
		return "the keys cannot be learned again";
	marks_release(&marks);
	for (int n = 0; n < war.records; n++) {
		struct key_entry entry;
		uint8_t hash[16];
		keys_hash_key(keys, hash, "main", "chaos", war_corpus[n].source_id);
		if (war_corpus[n].seq > 0 &&
		    (!keys_find(keys, hash, &entry) || entry.seq != war_corpus[n].seq))
			return "the intake does not know an acknowledged record";
	}
	return NULL;
}

/* The intake's own way in, then the store's, dedup's last. NULL: all is well. */
static const char *check_disc(const struct options *options, struct err *err)
{
	const char *data = options->pipeline.data;
	OWNED(freep) char *dir = xasprintf("%s/journal", data);
	OWNED(journal_closep) struct journal *journal = NULL;
	OWNED(keys_closep) struct keys *keys = NULL;
	OWNED(dedup_closep) struct dedup *dedup = NULL;
	struct journal_state state;
	struct ids ids = {0};
	uint64_t from = 0, committed = 0, next = 0;

	if (start_open(&journal, &keys, &from, options, &state, err))
		return "the intake does not open";
	const struct dedup_place place = {
		.data = data, .journal_id = state.journal_id, .options = &options->dedup};
	const char *problem = read_ids(&ids, dir, &state);
	if (!problem)
		problem = check_promise(&ids);
	if (!problem)
		problem = check_keys(keys, from, options, dir, &state, err);
	if (!problem)
		problem = check_store(data, &state, &ids, &committed);
	if (!problem && state.first_seq > committed + 1)
		problem = "the journal let go what the store does not have";
	if (!problem &&
	    (dedup_open(&dedup, &next, &place, NULL) || next != committed + 1))
		problem = "dedup does not begin behind the store";
	free(ids.id);
	return problem;
}

/* --- cuts ------------------------------------------------------------------------------- */

/* A cut here is another disc than the one before, or has more answers. */
static bool is_worth_it(size_t cut, enum replay_rest rest)
{
	if (cut == replay_count())
		return true;
	if (rest == REPLAY_NOTHING)
		return replay_is_sync(cut);
	return cut > 0 && !replay_is_sync(cut - 1);
}

/* Every worker has its share. Sets *ret_discs; returns how many of them failed. */
static int check_each(int worker, bool control, int *ret_discs)
{
	OWNED(freep) char *run = xasprintf("each%d", worker);
	OWNED(freep) char *dir = xasprintf("%s/%s", war.work, run);
	OWNED(freep) char *config = xasprintf("%s/%s/pipeline.yaml", war.work, run);
	OWNED(options_freep) struct options *options = NULL;
	struct err err = {""};
	int failed = 0;

	*ret_discs = 0;
	war_configure(run, sections);
	if (options_load(&options, config, NULL, &err))
		war_die(config, err.text);
	for (size_t cut = (size_t)worker; cut <= replay_count();
	     cut += control ? (size_t)WORKERS * CONTROL_STEP : WORKERS) {
		promise(cut);
		for (int rest = 0; rest < REPLAY_RESTS; rest++) {
			if (!is_worth_it(cut, (enum replay_rest)rest))
				continue;
			replay_make(dir, cut, (enum replay_rest)rest);
			err.text[0] = '\0';
			const char *problem = check_disc(options, &err);
			(*ret_discs)++;
			failed += problem != NULL;
			WAR_CHECK(control || !problem,
				  "cut before entry %zu, with %s of the rest: %s %s", cut,
				  replay_rest_names[rest], problem, err.text);
		}
	}
	printf("# %d discs opened, %d failed%s\n", *ret_discs, failed,
	       control ? " without syncs" : "");
	return failed;
}

/* Rules are compiled once: the compiled ones are a cache, not what the disc is about. */
static void bring_compiled(const char *run)
{
	OWNED(freep)
	char *command = xasprintf(
		"if [ -d %s/%s/data/packs ]; then cp -n %s/live/data/packs/*.hsdb "
		"%s/%s/data/packs; fi",
		war.work, run, war.work, war.work, run);
	if (system(command) != 0)
		war_die("packs", "cannot be copied");
}

static void start_on(const char *run, size_t cut, enum replay_rest rest)
{
	OWNED(freep) char *dir = xasprintf("%s/%s", war.work, run);
	OWNED(freep) char *status = xasprintf("%s/%s.status", war.work, run);
	OWNED(buf_release) struct buf said = BUF_INIT(65536);
	struct war_submitter s;
	int failures = war.failures;

	replay_make(dir, cut, rest);
	war_configure(run, sections);
	bring_compiled(run);
	promise(cut);
	pid_t supervisor = war_start(run);
	war_submitter_open(&s, run);
	(void)war_submit_all(&s, run, war.records, GIVE_UP_MS); /* it says so itself */
	war_submitter_close(&s);
	int code = war_stop(supervisor);
	WAR_CHECK(code == 0, "%s: the supervisor left with %d", run, code);
	war_check_books(run, war.records);
	WAR_CHECK(file_read(&said, status, NULL) == ST_OK &&
			  memmem(said.at, said.len, ", 0 in flight", 13) != NULL,
		  "%s: something is in flight after the drain", run);
	if (war.failures > failures)
		printf("# that was a cut before entry %zu, with %s of the rest\n", cut,
		       replay_rest_names[rest]);
}

/* Before and after syncs in turn, all over the trace; every cut when so many are asked. */
static void start_some(int worker)
{
	OWNED(freep) char *run = xasprintf("start%d", worker);
	OWNED(freep) size_t *cuts = xcalloc(replay_count() + 1, sizeof(size_t));
	size_t count = 0, wanted = (size_t)starts_wanted;
	bool every = wanted > replay_count();

	for (size_t i = 0; i < replay_count(); i++)
		if (every || replay_is_sync(i))
			cuts[count++] = i;
	for (size_t k = (size_t)worker; k < MIN(wanted, count); k += WORKERS) {
		size_t at = every ? k : k * count / MIN(wanted, count);
		start_on(run, cuts[at] + (every ? 0 : k / WORKERS % 2),
			 (enum replay_rest)(k / WORKERS % REPLAY_RESTS));
	}
}

/* The control has every sync out of the trace. */
static void run_worker(int worker, bool control)
{
	OWNED(freep) char *log = xasprintf("%s/worker%d.log", war.work, worker);

	if (!freopen(log, "a", stderr))
		war_die(log, "cannot be written");
	if (control)
		replay_forget_syncs();
	int discs, failed = check_each(worker, control, &discs);
	if (!control)
		start_some(worker);
	WAR_CHECK(!control || failed > discs / 5,
		  "control: too little is lost without syncs");
	fflush(stdout);
	_exit(war.failures ? 1 : 0);
}

static void cut_it(bool control)
{
	for (int worker = 0; worker < WORKERS; worker++) {
		fflush(stdout);
		if (fork() == 0)
			run_worker(worker, control);
	}
	for (int status; wait(&status) > 0;)
		war.failures += status != 0;
}

static void take_argument(int option, const char *value)
{
	if (option == 'l')
		war.preload = value;
	else
		starts_wanted = atoi(value);
}

int main(int argc, char **argv)
{
	static const struct option more[] = {
		{"library", required_argument, NULL, 'l'},
		{"starts", required_argument, NULL, 't'},
		{0},
	};
	int64_t begun = clock_mono_ms();

	war.records = 40;
	war_arguments(argc, argv, more, take_argument);
	if (!war.preload)
		war_die("--library", "is needed");
	OWNED(freep) char *page_path = xasprintf("%s/page", war.work);
	log_init("pipecut", LOG_ERROR, LOG_LOGFMT);
	war_make_corpus();
	make_some_long();
	live(replay_page(page_path), page_path);
	replay_load();
	printf("# %zu entries in the trace of %d records\n", replay_count(), war.records);
	cut_it(false);
	cut_it(true);
	printf("pipecut: %s, %lld s (seed %u)\n",
	       war.failures ? "FAILED" : "nothing acknowledged lost at any cut",
	       (long long)(clock_mono_ms() - begun) / 1000, war.seed);
	return war.failures ? 1 : 0;
}
