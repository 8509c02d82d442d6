#include "war.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>
#include <sqlite3.h>

#include "alloc.h"
#include "buf.h"
#include "clock.h"
#include "file.h"

#define LINES_PER_MESSAGE 50
#define MESSAGE_BYTES	  (1 << 20)
#define ANSWER_WAIT_MS	  3000
#define BUSY_WAIT_MS	  50 /* less than is asked for: a test has no patience */

struct war war = {.records = 1000, .seed = 1};

NORETURN void war_die(const char *what, const char *why)
{
	printf("not ok: %s: %s\n", what, why);
	exit(70);
}

static void usage(const char *program)
{
	printf("usage: %s --bin DIR --work DIR [--records N] [--seed N] ...\n", program);
	exit(64);
}

void war_arguments(int argc, char **argv, const struct option *more,
		   void (*take)(int option, const char *value))
{
	struct option known[16] = {
		{"bin", required_argument, NULL, 'b'},
		{"work", required_argument, NULL, 'w'},
		{"records", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'},
	};
	int option;

	for (size_t i = 4; more && more->name && i < ARRAY_LEN(known) - 1; i++)
		known[i] = *more++;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'b')
			war.bin = optarg;
		else if (option == 'w')
			war.work = optarg;
		else if (option == 'n')
			war.records = atoi(optarg);
		else if (option == 's')
			war.seed = (unsigned)atoi(optarg);
		else if (option != '?' && take)
			take(option, optarg);
		else
			usage(argv[0]);
	}
	if (!war.bin || !war.work || war.records < 10)
		usage(argv[0]);
	setvbuf(stdout, NULL, _IOLBF, 0);
}

/* --- what is submitted ------------------------------------------------------------------ */

struct war_submission *war_corpus;

static uint32_t random_state;

uint32_t war_random(uint32_t below)
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
	size_t len = 0, count = 6 + war_random(60);

	for (size_t i = 0; i < count && len + 16 < bytes; i++)
		len += (size_t)snprintf(ret + len, bytes - len, "%s%s", i ? " " : "",
					words[war_random(ARRAY_LEN(words))]);
	if (war_random(20) == 0)
		snprintf(ret + len, bytes - len, " write to me%u@example.org",
			 war_random(1000));
}

/* One review in eight repeats an earlier text of its author about the same subject. */
static void make_review(struct war_submission *s, int n)
{
	static char remembered[64][512];
	static unsigned author[64], subject[64];
	char text[512];
	unsigned slot = war_random(64);

	if (n < 64 || war_random(8) != 0) {
		slot = (unsigned)n % 64;
		author[slot] = war_random(500);
		subject[slot] = war_random(80);
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
		1 + war_random(5), text);
}

static const char *const planted[] = {"crash moderate", "hang moderate", "crash dedup",
				      "crash publish", "hang publish"};

static void make_planted(struct war_submission *s, size_t which)
{
	snprintf(s->source_id, sizeof(s->source_id), "planted%zu", which);
	s->json = xasprintf(
		"{\"kind\":\"review\",\"source\":\"chaos\",\"source_id\":\"%s\","
		"\"subject\":\"subject-1\",\"supplier\":\"supplier-1\","
		"\"text\":\"normavis-test %s\"}\n",
		s->source_id, planted[which]);
}

void war_make_corpus(void)
{
	war_corpus = xcalloc((size_t)war.records, sizeof(*war_corpus));
	random_state = war.seed;
	for (int n = 0; n < war.records; n++) {
		int step = war.records / (int)(ARRAY_LEN(planted) + 1);
		if (war.planted && n > 0 && n % step == 0 &&
		    (size_t)(n / step) <= ARRAY_LEN(planted))
			make_planted(&war_corpus[n], (size_t)(n / step) - 1);
		else
			make_review(&war_corpus[n], n);
	}
}

void war_forget_answers(void)
{
	for (int n = 0; n < war.records; n++)
		war_corpus[n].seq = 0;
}

uint64_t war_last_acknowledged(void)
{
	uint64_t last = 0;

	for (int n = 0; n < war.records; n++)
		last = MAX(last, war_corpus[n].seq);
	return last;
}

/* --- the pipeline ------------------------------------------------------------------------- */

const char war_sections[] = "processes: {publish: 1, collect: 1, dedup: 1, moderate: 2}\n"
			    "collect: {reserve_bytes: 16MiB}\n"
			    "run: {backoff_first: 50ms, backoff_max: 200ms, hang: 2s}\n";

static char *config_path(const char *run)
{
	return xasprintf("%s/%s/pipeline.yaml", war.work, run);
}

void war_configure(const char *run, const char *sections)
{
	OWNED(freep) char *dir = xasprintf("%s/%s", war.work, run);
	OWNED(freep) char *path = config_path(run);
	char rules[4096];
	struct err err;

	if (!realpath("rules", rules))
		war_die("rules", "run me from the top of the tree");
	OWNED(freep)
	char *text = xasprintf("pipeline:\n  data: data\n  rules: %s\n"
			       "  heartbeat: 200ms\n%s",
			       rules, sections);
	if (file_make_dirs(dir, 0700, &err) ||
	    file_replace(path, span_of(text), 0600, &err))
		war_die(path, err.text);
}

static char *log_path(const char *run)
{
	return xasprintf("%s/%s.log", war.work, run);
}

pid_t war_start(const char *run)
{
	OWNED(freep) char *config = config_path(run);
	OWNED(freep) char *program = xasprintf("%s/normavis", war.bin);
	OWNED(freep) char *log = log_path(run);
	pid_t pid = fork();

	if (pid < 0)
		war_die("fork", strerror(errno));
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(fd, STDERR_FILENO);
	dup2(fd, STDOUT_FILENO);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (war.preload)
		setenv("LD_PRELOAD", war.preload, 1);
	execl(program, "normavis", "run", "--config", config, (char *)NULL);
	_exit(127);
}

int war_stop(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

size_t war_children(pid_t pid, pid_t ret[WAR_CHILDREN_MAX])
{
	OWNED(freep) char *path = xasprintf("/proc/%d/task/%d/children", pid, pid);
	FILE *file = fopen(path, "re");
	size_t count = 0;
	int child;

	while (file && count < WAR_CHILDREN_MAX && fscanf(file, "%d", &child) == 1)
		ret[count++] = child;
	if (file)
		fclose(file);
	return count;
}

/* Its arguments are PROGRAM --config FILE --slot SLOT. */
static bool has_slot(pid_t pid, const char *slot)
{
	OWNED(freep) char *path = xasprintf("/proc/%d/cmdline", pid);
	OWNED(buf_release) struct buf line = BUF_INIT(8192);
	size_t len = strlen(slot) + 1;

	return file_read(&line, path, NULL) == ST_OK && line.len > len &&
	       memcmp(line.at + line.len - len, slot, len) == 0;
}

pid_t war_child(pid_t supervisor, const char *slot)
{
	pid_t children[WAR_CHILDREN_MAX];
	size_t count = war_children(supervisor, children);

	for (size_t i = 0; i < count; i++)
		if (has_slot(children[i], slot))
			return children[i];
	return 0;
}

bool war_log_says(const char *run, const char *text)
{
	OWNED(freep) char *path = log_path(run);
	OWNED(buf_release) struct buf log = BUF_INIT(64 << 20);

	return file_read(&log, path, NULL) == ST_OK && log.len > 0 &&
	       memmem(log.at, log.len, text, strlen(text)) != NULL;
}

/* --- the submitter ------------------------------------------------------------------------ */

void war_submitter_open(struct war_submitter *s, const char *run)
{
	OWNED(freep)
	char *endpoint = xasprintf("ipc://%s/%s/data/run/submit.sock", war.work, run);
	struct err err;

	*s = (struct war_submitter){.patience_ms = ANSWER_WAIT_MS};
	if (bus_open(&s->bus, &err) ||
	    bus_add(s->bus, &s->socket, BUS_DEALER, endpoint, 0, 8 << 20, &err))
		war_die(endpoint, err.text);
}

void war_submitter_close(struct war_submitter *s)
{
	bus_close(s->bus);
	s->bus = NULL;
}

static void send_message(struct war_submitter *s, int until)
{
	OWNED(buf_release) struct buf lines = BUF_INIT(MESSAGE_BYTES);
	char request[16];

	for (s->count = 0; s->count < MIN(LINES_PER_MESSAGE, until - s->first);
	     s->count++) {
		const char *line = war_corpus[s->first + s->count].json;
		if (lines.len + strlen(line) > MESSAGE_BYTES)
			break;
		buf_text(&lines, line);
	}
	snprintf(request, sizeof(request), "%d", s->first);
	const struct span parts[] = {span_of(request), buf_view(&lines)};
	(void)!bus_send_parts(s->socket, NULL, parts, 2,
			      NULL); /* sent again when it is lost */
	s->sent_ms = clock_mono_ms();
}

static const char *text_of(const json_t *answer, const char *name)
{
	const char *text = json_string_value(json_object_get(answer, name));

	return text ? text : "";
}

/* False when the line must be sent again. */
static bool take_answer(struct war_submitter *s, struct war_submission *line,
			const json_t *answer)
{
	const char *status = text_of(answer, "status");
	uint64_t seq = (uint64_t)json_integer_value(json_object_get(answer, "seq"));

	if (!status[0])
		war_die("answer", "no status");
	if (strcmp(status, "busy") == 0) {
		snprintf(s->reason, sizeof(s->reason), "%s", text_of(answer, "reason"));
		s->busy++;
		return false;
	}
	WAR_CHECK(line->seq == 0 || line->seq == seq, "%s was %llu, is now %llu",
		  line->source_id, (unsigned long long)line->seq,
		  (unsigned long long)seq);
	line->seq = seq;
	snprintf(line->id, sizeof(line->id), "%s", text_of(answer, "id"));
	return true;
}

/* True when every line has an answer that is final. */
static bool take_answers(struct war_submitter *s, struct span answers)
{
	bool final = true;
	int i;

	for (i = 0; i < s->count && answers.len > 0; i++) {
		const uint8_t *end = memchr(answers.at, '\n', answers.len);
		size_t len = (size_t)(end - answers.at);
		json_auto_t *answer = json_loadb((const char *)answers.at, len, 0, NULL);

		answers = (struct span){end + 1, answers.len - len - 1};
		final &= take_answer(s, &war_corpus[s->first + i], answer);
	}
	WAR_CHECK(i == s->count, "%d lines, %d answers", s->count, i);
	return final;
}

static void hear_answers(struct war_submitter *s)
{
	struct bus_message message;
	char request[16];

	snprintf(request, sizeof(request), "%d", s->first);
	while (bus_recv(s->socket, &message, NULL) == ST_OK) {
		if (message.count != 2 || s->count == 0 ||
		    !span_equal(message.part[0], span_of(request)))
			continue; /* an answer to an earlier try */
		if (take_answers(s, message.part[1]))
			s->first += s->count;
		else
			s->hold_ms = clock_mono_ms() + BUSY_WAIT_MS;
		s->count = 0;
		snprintf(request, sizeof(request), "%d", s->first);
	}
}

void war_submit(struct war_submitter *s, int until)
{
	struct bus_event event;
	struct err err = {""};
	int64_t now = clock_mono_ms();

	hear_answers(s);
	if (s->first < until && now >= s->hold_ms &&
	    (s->count == 0 || now - s->sent_ms > s->patience_ms))
		send_message(s, until);
	if (bus_wait(s->bus, 10, &event, &err) || event.stop)
		war_die("interrupted", err.text);
}

bool war_submit_all(struct war_submitter *s, const char *run, int until,
		    int64_t give_up_ms)
{
	int64_t end = clock_mono_ms() + give_up_ms;

	while (clock_mono_ms() < end) {
		war_submit(s, until);
		if (s->first >= until &&
		    war_committed(run) >= (int64_t)war_last_acknowledged())
			return true;
	}
	WAR_CHECK(false,
		  "%s: not done after %lld s: %d of %d answered, committed %lld of %llu",
		  run, (long long)give_up_ms / 1000, s->first, until,
		  (long long)war_committed(run),
		  (unsigned long long)war_last_acknowledged());
	return false;
}

/* --- the books ------------------------------------------------------------------------------ */

char *war_store(const char *run)
{
	return xasprintf("%s/%s/data/store.db", war.work, run);
}

int64_t war_query(const char *run, const char *sql)
{
	OWNED(freep) char *path = war_store(run);
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

int64_t war_committed(const char *run)
{
	return war_query(run, "SELECT max(committed_seq) FROM journal");
}

static void hex_of(char ret[33], const char *id)
{
	size_t at = 0;

	for (; *id && at < 32; id++)
		if (*id != '-')
			ret[at++] = *id;
	ret[at] = '\0';
}

void war_check_acknowledged(const char *run, int from, int until)
{
	OWNED(freep) char *path = war_store(run);
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	uint64_t lost = 0, other = 0;
	char hex[33];

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, 2000) != SQLITE_OK || /* a start takes it whole */
	    sqlite3_prepare_v2(
		    db, "SELECT lower(hex(id)) FROM record WHERE n = (1 << 40) + ?1", -1,
		    &row, NULL) != SQLITE_OK)
		war_die(path, sqlite3_errmsg(db));
	for (int n = from; n < until; n++) {
		hex_of(hex, war_corpus[n].id);
		sqlite3_bind_int64(row, 1, (int64_t)war_corpus[n].seq);
		if (war_corpus[n].seq == 0 || sqlite3_step(row) != SQLITE_ROW)
			lost++;
		else if (strcmp((const char *)sqlite3_column_text(row, 0), hex) != 0)
			other++;
		sqlite3_reset(row);
	}
	sqlite3_finalize(row);
	sqlite3_close(db);
	WAR_CHECK(lost == 0, "%s: %llu of %d records are not in the store", run,
		  (unsigned long long)lost, until - from);
	WAR_CHECK(other == 0, "%s: %llu acknowledged records have another id", run,
		  (unsigned long long)other);
}

void war_check_books(const char *run, int until)
{
	OWNED(freep)
	char *status =
		xasprintf("%s/normavis status --config %s/%s/pipeline.yaml >%s/%s.status",
			  war.bin, war.work, run, war.work, run);
	int64_t expected = war.planted ? (int64_t)ARRAY_LEN(planted) : 0;
	int64_t quarantined =
		war_query(run, "SELECT count(*) FROM record WHERE outcome = 3");

	war_check_acknowledged(run, 0, until);
	WAR_CHECK(quarantined == expected, "%s: %lld quarantined, %lld planted", run,
		  (long long)quarantined, (long long)expected);
	WAR_CHECK(war_query(run, "SELECT count(*) - count(DISTINCT id) FROM record") == 0,
		  "%s: a record is there twice", run);
	WAR_CHECK(war_query(run, "SELECT count(*) - (max(idx) + 1) FROM event") == 0,
		  "%s: the log has a gap", run);
	WAR_CHECK(system(status) == 0,
		  "%s: `normavis status` says that the books do not balance", run);
}
