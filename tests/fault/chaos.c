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
 * The submitter keeps one message under way and sends it again, unchanged, until it is
 * answered, so that both runs have the same order. Everything follows from --seed but the moments.
 */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>
#include <sqlite3.h>

#include "alloc.h"
#include "buf.h"
#include "bus.h"
#include "clock.h"
#include "file.h"

#define LINES_PER_MESSAGE 50
#define ANSWER_WAIT_MS	  3000
#define GIVE_UP_MS	  240000
#define CHILDREN_MAX	  16

static struct {
	const char *bin;
	const char *work;
	int kills;
	int records;
	unsigned seed;
	bool planted;
	bool supervisor_too;
} arg = {.kills = 200, .records = 40000, .seed = 1};

static int failures;

#define CHECK(condition, ...)                           \
	do {                                            \
		if (!(condition)) {                     \
			failures++;                     \
			printf("not ok: " __VA_ARGS__); \
			printf("\n");                   \
		}                                       \
	} while (0)

NORETURN static void die(const char *what, const char *why)
{
	printf("chaos: %s: %s\n", what, why);
	exit(70);
}

/* --- what is submitted ------------------------------------------------------------------ */

struct submission {
	char *json;
	char source_id[32];
	uint64_t seq; /* of the acknowledgement; 0: refused */
	char id[40];
};

static struct submission *corpus;

static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(random_state >> 8) * below >> 24);
}

static void make_text(char *ret, size_t bytes)
{
	static const char *const words[] = {
		"the",	     "service", "was",	 "good",    "slow",  "room",  "dinner",
		"friendly",  "cold",	"price", "fair",    "staff", "kind",  "noisy",
		"clean",     "again",	"un",	 "accueil", "bon",   "repas", "long",
		"livraison", "soignée", "prix",	 "correct"};
	size_t len = 0, count = 6 + next_random(60);

	for (size_t i = 0; i < count && len + 16 < bytes; i++)
		len += (size_t)snprintf(ret + len, bytes - len, "%s%s", i ? " " : "",
					words[next_random(ARRAY_LEN(words))]);
	if (next_random(20) == 0)
		snprintf(ret + len, bytes - len, " write to me%u@example.org",
			 next_random(1000));
}

/* One review in eight repeats an earlier text of its author about the same subject. */
static void make_review(struct submission *s, int n)
{
	static char remembered[64][512];
	static unsigned author[64], subject[64];
	char text[512];
	unsigned slot = next_random(64);

	if (n < 64 || next_random(8) != 0) {
		slot = (unsigned)n % 64;
		author[slot] = next_random(500);
		subject[slot] = next_random(80);
		make_text(remembered[slot], sizeof(remembered[slot]) - 64);
	}
	memcpy(text, remembered[slot], sizeof(text));
	snprintf(s->source_id, sizeof(s->source_id), "r%07d", n);
	s->json = xasprintf(
		"{\"kind\":\"review\",\"source\":\"chaos\",\"source_id\":\"%s\","
		"\"subject\":\"subject-%u\",\"supplier\":\"supplier-%u\","
		"\"author_ref\":\"author-%u\",\"rating\":{\"value\":%u},"
		"\"text\":\"%s\",\"language\":\"en\"}\n",
		s->source_id, subject[slot], subject[slot] % 20, author[slot],
		1 + next_random(5), text);
}

static const char *const planted[] = {"crash moderate", "hang moderate", "crash dedup",
				      "crash publish", "hang publish"};

static void make_planted(struct submission *s, size_t which)
{
	snprintf(s->source_id, sizeof(s->source_id), "planted%zu", which);
	s->json = xasprintf(
		"{\"kind\":\"review\",\"source\":\"chaos\",\"source_id\":\"%s\","
		"\"subject\":\"subject-1\",\"supplier\":\"supplier-1\","
		"\"text\":\"normavis-test %s\"}\n",
		s->source_id, planted[which]);
}

static void make_corpus(void)
{
	corpus = xcalloc((size_t)arg.records, sizeof(*corpus));
	random_state = arg.seed;
	for (int n = 0; n < arg.records; n++) {
		int step = arg.records / (int)(ARRAY_LEN(planted) + 1);
		if (arg.planted && n > 0 && n % step == 0 &&
		    (size_t)(n / step) <= ARRAY_LEN(planted))
			make_planted(&corpus[n], (size_t)(n / step) - 1);
		else
			make_review(&corpus[n], n);
	}
}

/* --- the pipeline ------------------------------------------------------------------------- */

static char *config_path(const char *run)
{
	return xasprintf("%s/%s/pipeline.yaml", arg.work, run);
}

static void write_config(const char *run)
{
	OWNED(freep) char *dir = xasprintf("%s/%s", arg.work, run);
	OWNED(freep) char *path = config_path(run);
	char rules[4096];
	struct err err;

	if (!realpath("rules", rules))
		die("rules", "run me from the top of the tree");
	OWNED(freep)
	char *text =
		xasprintf("pipeline:\n  data: data\n  rules: %s\n"
			  "  heartbeat: 200ms\n"
			  "processes: {publish: 1, collect: 1, dedup: 1, moderate: 2}\n"
			  "collect: {reserve_bytes: 16MiB}\n"
			  "run: {backoff_first: 50ms, backoff_max: 200ms, hang: 2s}\n",
			  rules);
	if (file_make_dirs(dir, 0700, &err) ||
	    file_replace(path, span_of(text), 0600, &err))
		die(path, err.text);
}

static pid_t start(const char *run)
{
	OWNED(freep) char *config = config_path(run);
	OWNED(freep) char *program = xasprintf("%s/normavis", arg.bin);
	OWNED(freep) char *log = xasprintf("%s/%s/log", arg.work, run);
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(fd, STDERR_FILENO);
	dup2(fd, STDOUT_FILENO);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl(program, "normavis", "run", "--config", config, (char *)NULL);
	_exit(127);
}

static int stop(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static size_t children_of(pid_t pid, pid_t ret[CHILDREN_MAX])
{
	OWNED(freep) char *path = xasprintf("/proc/%d/task/%d/children", pid, pid);
	FILE *file = fopen(path, "re");
	size_t count = 0;
	int child;

	while (file && count < CHILDREN_MAX && fscanf(file, "%d", &child) == 1)
		ret[count++] = child;
	if (file)
		fclose(file);
	return count;
}

/* --- the submitter ------------------------------------------------------------------------ */

struct progress {
	int first, count; /* of the message that is under way */
	int64_t sent_ms;
};

static void send_message(struct bus_socket *socket, struct progress *p)
{
	OWNED(buf_release) struct buf lines = BUF_INIT(1 << 20);
	char request[16];

	p->count = MIN(LINES_PER_MESSAGE, arg.records - p->first);
	for (int i = 0; i < p->count; i++)
		buf_text(&lines, corpus[p->first + i].json);
	snprintf(request, sizeof(request), "%d", p->first);
	const struct span parts[] = {span_of(request), buf_view(&lines)};
	(void)!bus_send_parts(socket, NULL, parts, 2,
			      NULL); /* sent again when it is lost */
	p->sent_ms = clock_mono_ms();
}

/* True when every line has an answer that is final. */
static bool take_answers(const struct progress *p, struct span answers)
{
	bool final = true;

	for (int i = 0; i < p->count && answers.len > 0; i++) {
		const uint8_t *end = memchr(answers.at, '\n', answers.len);
		size_t len = (size_t)(end - answers.at);
		json_auto_t *answer = json_loadb((const char *)answers.at, len, 0, NULL);
		const char *status = json_string_value(json_object_get(answer, "status"));
		struct submission *s = &corpus[p->first + i];
		answers = (struct span){end + 1, answers.len - len - 1};
		if (!status)
			die("answer", "no status");
		if (strcmp(status, "busy") == 0) {
			final = false;
			continue;
		}
		uint64_t seq =
			(uint64_t)json_integer_value(json_object_get(answer, "seq"));
		const char *id = json_string_value(json_object_get(answer, "id")) ?: "";
		CHECK(s->seq == 0 || s->seq == seq, "%s was %llu, is now %llu",
		      s->source_id, (unsigned long long)s->seq, (unsigned long long)seq);
		s->seq = seq;
		snprintf(s->id, sizeof(s->id), "%s", id);
	}
	return final;
}

/* Lines from `paced` on must wait, so that the load lasts as long as the kills. */
static void submit_turn(struct bus_socket *socket, struct progress *p, int paced)
{
	struct bus_message message;
	char request[16];

	snprintf(request, sizeof(request), "%d", p->first);
	while (bus_recv(socket, &message, NULL) == ST_OK) {
		if (message.count != 2 || !span_equal(message.part[0], span_of(request)))
			continue; /* an answer to an earlier try */
		if (take_answers(p, message.part[1]))
			p->first += p->count;
		p->count = 0;
		snprintf(request, sizeof(request), "%d", p->first);
	}
	if (p->first < paced &&
	    (p->count == 0 || clock_mono_ms() - p->sent_ms > ANSWER_WAIT_MS))
		send_message(socket, p);
}

/* --- one run -------------------------------------------------------------------------------- */

static int64_t query(const char *run, const char *sql)
{
	OWNED(freep) char *path = xasprintf("%s/%s/data/store.db", arg.work, run);
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	int64_t value = -1;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
	    sqlite3_busy_timeout(db, 2000) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK &&
	    sqlite3_step(row) == SQLITE_ROW)
		value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	return value;
}

static uint64_t last_acknowledged(void)
{
	uint64_t last = 0;

	for (int n = 0; n < arg.records; n++)
		last = MAX(last, corpus[n].seq);
	return last;
}

/* Kills one to three programs. Returns how many. */
static int kill_some(pid_t *supervisor, const char *run)
{
	pid_t children[CHILDREN_MAX];
	size_t count = children_of(*supervisor, children);
	int killed = 0,
	    wanted = 1 + (int)(next_random(8) == 0) + (int)(next_random(24) == 0);

	if (arg.supervisor_too && next_random(40) == 0) {
		kill(*supervisor, SIGKILL);
		waitpid(*supervisor, NULL, 0);
		*supervisor = start(run);
		return 1;
	}
	for (int i = 0; i < wanted && count > 0; i++)
		killed += kill(children[next_random((uint32_t)count)], SIGKILL) == 0;
	return killed;
}

static void run_once(const char *run, int kills)
{
	struct err err = {""};
	struct bus *bus = NULL;
	struct bus_socket *socket = NULL;
	struct bus_event event;
	struct progress p = {0};
	OWNED(freep)
	char *endpoint = xasprintf("ipc://%s/%s/data/run/submit.sock", arg.work, run);
	int64_t begun = clock_mono_ms(), next_kill = begun + 1000;
	int killed = 0;

	for (int n = 0; n < arg.records; n++)
		corpus[n].seq = 0;
	write_config(run);
	pid_t supervisor = start(run);
	if (bus_open(&bus, &err) ||
	    bus_add(bus, &socket, BUS_DEALER, endpoint, 0, 8 << 20, &err))
		die(endpoint, err.text);
	for (;;) {
		int64_t now = clock_mono_ms();
		submit_turn(socket, &p,
			    killed < kills
				    ? (int)((int64_t)arg.records * (killed + 1) / kills)
				    : arg.records);
		if (kills > killed && now >= next_kill) {
			killed += kill_some(&supervisor, run);
			next_kill = now + 20 + next_random(300);
		}
		if (p.first >= arg.records && killed >= kills &&
		    query(run, "SELECT max(committed_seq) FROM journal") >=
			    (int64_t)last_acknowledged())
			break;
		if (now - begun > GIVE_UP_MS) {
			CHECK(false,
			      "%s: not done after %d s: %d of %d submitted, committed %lld of %llu",
			      run, GIVE_UP_MS / 1000, p.first, arg.records,
			      (long long)query(run,
					       "SELECT max(committed_seq) FROM journal"),
			      (unsigned long long)last_acknowledged());
			break;
		}
		if (bus_wait(bus, 10, &event, &err) || event.stop)
			die("interrupted", err.text);
	}
	bus_close(bus);
	int code = stop(supervisor);
	CHECK(code == 0, "%s: the supervisor left with %d", run, code);
	printf("# %s: %d records, %d kills, %lld ms\n", run, arg.records, killed,
	       (long long)(clock_mono_ms() - begun));
}

/* --- the books --------------------------------------------------------------------------------- */

static void check_acknowledged(const char *run)
{
	OWNED(freep) char *path = xasprintf("%s/%s/data/store.db", arg.work, run);
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	uint64_t lost = 0, other = 0;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(
		    db, "SELECT lower(hex(id)) FROM record WHERE n = (1 << 40) + ?1", -1,
		    &row, NULL) != SQLITE_OK)
		die(path, sqlite3_errmsg(db));
	for (int n = 0; n < arg.records; n++) {
		char hex[33];
		size_t at = 0;
		for (const char *c = corpus[n].id; *c && at < 32; c++) {
			if (*c != '-')
				hex[at++] = *c;
		}
		hex[at] = '\0';
		sqlite3_bind_int64(row, 1, (int64_t)corpus[n].seq);
		if (corpus[n].seq == 0 || sqlite3_step(row) != SQLITE_ROW)
			lost++;
		else if (strcmp((const char *)sqlite3_column_text(row, 0), hex) != 0)
			other++;
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	sqlite3_close(db);
	CHECK(lost == 0, "%s: %llu acknowledged records are not in the store", run,
	      (unsigned long long)lost);
	CHECK(other == 0, "%s: %llu acknowledged records have another id", run,
	      (unsigned long long)other);
}

static const char verdicts_sql[] =
	"SELECT x.source_id || '|' || v.state || '|' || coalesce(r.name, '-') || '|' ||"
	" coalesce(u.name, '-') || '|' || coalesce(e.source_id, '-')"
	" FROM review v JOIN revision x ON x.n = v.n JOIN decision d ON d.n = v.decision"
	" LEFT JOIN reason r ON r.id = d.reason LEFT JOIN rule u ON u.id = d.rule"
	" LEFT JOIN revision e ON e.n = v.duplicate_of ORDER BY x.source_id";

static void compare_verdicts(void)
{
	sqlite3 *db[2] = {NULL, NULL};
	sqlite3_stmt *row[2] = {NULL, NULL};
	static const char *const runs[] = {"peace", "war"};
	int rows = 0, differ = 0;

	for (int i = 0; i < 2; i++) {
		OWNED(freep)
		char *path = xasprintf("%s/%s/data/store.db", arg.work, runs[i]);
		if (sqlite3_open_v2(path, &db[i], SQLITE_OPEN_READONLY, NULL) !=
			    SQLITE_OK ||
		    sqlite3_prepare_v2(db[i], verdicts_sql, -1, &row[i], NULL) !=
			    SQLITE_OK)
			die(path, sqlite3_errmsg(db[i]));
	}
	for (;; rows++) {
		bool more[2] = {sqlite3_step(row[0]) == SQLITE_ROW,
				sqlite3_step(row[1]) == SQLITE_ROW};
		if (!more[0] || !more[1]) {
			CHECK(more[0] == more[1],
			      "the two runs have different numbers of reviews");
			break;
		}
		const char *peace = (const char *)sqlite3_column_text(row[0], 0);
		const char *war = (const char *)sqlite3_column_text(row[1], 0);
		if (strcmp(peace, war) != 0 && differ++ < 5)
			printf("# in peace %s, in war %s\n", peace, war);
	}
	CHECK(differ == 0, "%d of %d verdicts differ", differ, rows);
	printf("# %d verdicts compared\n", rows);
	for (int i = 0; i < 2; i++) {
		sqlite3_finalize(row[i]);
		sqlite3_close(db[i]);
	}
}

static void check_run(const char *run)
{
	OWNED(freep)
	char *status =
		xasprintf("%s/normavis status --config %s/%s/pipeline.yaml >%s/%s/status",
			  arg.bin, arg.work, run, arg.work, run);
	int64_t expected = arg.planted ? (int64_t)ARRAY_LEN(planted) : 0;
	int64_t quarantined = query(run, "SELECT count(*) FROM record WHERE outcome = 3");

	check_acknowledged(run);
	CHECK(quarantined == expected, "%s: %lld quarantined, %lld planted", run,
	      (long long)quarantined, (long long)expected);
	CHECK(query(run, "SELECT count(*) - count(DISTINCT id) FROM record") == 0,
	      "%s: a record is there twice", run);
	CHECK(query(run, "SELECT count(*) - (max(idx) + 1) FROM event") == 0,
	      "%s: the log has a gap", run);
	CHECK(system(status) == 0,
	      "%s: `normavis status` says that the books do not balance", run);
}

static void read_arguments(int argc, char **argv)
{
	static const struct option known[] = {
		{"bin", required_argument, NULL, 'b'},
		{"work", required_argument, NULL, 'w'},
		{"kills", required_argument, NULL, 'k'},
		{"records", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'},
		{"planted", no_argument, NULL, 'p'},
		{"supervisor", no_argument, NULL, 'u'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'b':
			arg.bin = optarg;
			break;
		case 'w':
			arg.work = optarg;
			break;
		case 'k':
			arg.kills = atoi(optarg);
			break;
		case 'n':
			arg.records = atoi(optarg);
			break;
		case 's':
			arg.seed = (unsigned)atoi(optarg);
			break;
		case 'p':
			arg.planted = true;
			break;
		case 'u':
			arg.supervisor_too = true;
			break;
		default:
			exit(64);
		}
	}
	if (!arg.bin || !arg.work || arg.records < 100) {
		printf("usage: chaos --bin DIR --work DIR [--kills N] [--records N] [--seed N] [--planted] [--supervisor]\n");
		exit(64);
	}
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	read_arguments(argc, argv);
	make_corpus();
	run_once("peace", 0);
	check_run("peace");
	run_once("war", arg.kills);
	check_run("war");
	compare_verdicts();
	printf("chaos: %s (seed %u)\n",
	       failures ? "FAILED" : "nothing lost, nothing twice", arg.seed);
	return failures ? 1 : 0;
}
