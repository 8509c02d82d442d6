/* chaos - kill -9 at random under load, and then the books are opened.
 *
 * Two runs over the same submissions: one in peace, one in which programs are killed at
 * random moments, alone and together. Afterwards, of the second:
 *
 *	lost	    every acknowledged record is in the store, once, under the seq and id of
 *		    its acknowledgement
 *	verdicts    state, reason, rule and earlier review of each review are those of the
 *		    run in peace
 *	quarantine  exactly the planted records (with --planted; needs binaries with HOOKS=1)
 *	balance	    `normavis status` says that both lines balance
 *
 * Both runs have the same order (war.h). Everything follows from --seed but the moments.
 */
#include "war.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "alloc.h"
#include "clock.h"

#define GIVE_UP_MS 240000

static int kills_wanted = 200;
static bool supervisor_too;

/* Kills one to three programs. Returns how many. */
static int kill_some(pid_t *supervisor, const char *run)
{
	pid_t children[WAR_CHILDREN_MAX];
	size_t count = war_children(*supervisor, children);
	int killed = 0,
	    wanted = 1 + (int)(war_random(8) == 0) + (int)(war_random(24) == 0);

	if (supervisor_too && war_random(40) == 0) {
		kill(*supervisor, SIGKILL);
		waitpid(*supervisor, NULL, 0);
		*supervisor = war_start(run);
		return 1;
	}
	for (int i = 0; i < wanted && count > 0; i++)
		killed += kill(children[war_random((uint32_t)count)], SIGKILL) == 0;
	return killed;
}

/* Lines wait for their turn, so that the load lasts as long as the kills. */
static int paced(int killed, int kills)
{
	return killed < kills ? (int)((int64_t)war.records * (killed + 1) / kills)
			      : war.records;
}

static void run_once(const char *run, int kills)
{
	struct war_submitter s;
	int64_t begun = clock_mono_ms(), next_kill = begun + 1000, now = begun;
	int killed = 0;

	war_forget_answers();
	war_configure(run, war_sections);
	pid_t supervisor = war_start(run);
	war_submitter_open(&s, run);
	for (; killed < kills && now - begun < GIVE_UP_MS; now = clock_mono_ms()) {
		war_submit(&s, paced(killed, kills));
		if (now < next_kill)
			continue;
		killed += kill_some(&supervisor, run);
		next_kill = now + 20 + war_random(300);
	}
	(void)war_submit_all(&s, run, war.records, GIVE_UP_MS); /* it says so itself */
	war_submitter_close(&s);
	int code = war_stop(supervisor);
	WAR_CHECK(code == 0, "%s: the supervisor left with %d", run, code);
	WAR_CHECK(killed >= kills, "%s: only %d of %d kills after %d s", run, killed,
		  kills, GIVE_UP_MS / 1000);
	printf("# %s: %d records, %d kills, %lld ms\n", run, war.records, killed,
	       (long long)(clock_mono_ms() - begun));
	war_check_books(run, war.records);
}

/* --- the books --------------------------------------------------------------------------------- */

static const char verdicts_sql[] =
	"SELECT x.source_id || '|' || v.state || '|' || coalesce(r.name, '-') || '|' ||"
	" coalesce(u.name, '-') || '|' || coalesce(e.source_id, '-')"
	" FROM review v JOIN revision x ON x.n = v.n JOIN decision d"
	" ON d.n = v.decision AND d.review = v.n"
	" LEFT JOIN reason r ON r.id = d.reason LEFT JOIN rule u ON u.id = d.rule"
	" LEFT JOIN revision e ON e.n = v.duplicate_of ORDER BY x.source_id";

static void compare_verdicts(void)
{
	sqlite3 *db[2] = {NULL, NULL};
	sqlite3_stmt *row[2] = {NULL, NULL};
	static const char *const runs[] = {"peace", "war"};
	int rows = 0, differ = 0;

	for (int i = 0; i < 2; i++) {
		OWNED(freep) char *path = war_store(runs[i]);
		if (sqlite3_open_v2(path, &db[i], SQLITE_OPEN_READONLY, NULL) !=
			    SQLITE_OK ||
		    sqlite3_prepare_v2(db[i], verdicts_sql, -1, &row[i], NULL) !=
			    SQLITE_OK)
			war_die(path, sqlite3_errmsg(db[i]));
	}
	for (;; rows++) {
		bool more[2] = {sqlite3_step(row[0]) == SQLITE_ROW,
				sqlite3_step(row[1]) == SQLITE_ROW};
		if (!more[0] || !more[1]) {
			WAR_CHECK(more[0] == more[1],
				  "the two runs have different numbers of reviews");
			break;
		}
		const char *before = (const char *)sqlite3_column_text(row[0], 0);
		const char *after = (const char *)sqlite3_column_text(row[1], 0);
		if (strcmp(before, after) != 0 && differ++ < 5)
			printf("# in peace %s, in war %s\n", before, after);
	}
	WAR_CHECK(differ == 0, "%d of %d verdicts differ", differ, rows);
	printf("# %d verdicts compared\n", rows);
	for (int i = 0; i < 2; i++) {
		sqlite3_finalize(row[i]);
		sqlite3_close(db[i]);
	}
}

static void take_argument(int option, const char *value)
{
	if (option == 'k')
		kills_wanted = atoi(value);
	else if (option == 'p')
		war.planted = true;
	else
		supervisor_too = true;
}

int main(int argc, char **argv)
{
	static const struct option more[] = {
		{"kills", required_argument, NULL, 'k'},
		{"planted", no_argument, NULL, 'p'},
		{"supervisor", no_argument, NULL, 'u'},
		{0},
	};

	war_arguments(argc, argv, more, take_argument);
	war_make_corpus();
	run_once("peace", 0);
	run_once("war", kills_wanted);
	compare_verdicts();
	printf("chaos: %s (seed %u)\n",
	       war.failures ? "FAILED" : "nothing lost, nothing twice", war.seed);
	return war.failures ? 1 : 0;
}
