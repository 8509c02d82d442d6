/* collect - takes records in, makes them durable, gives each its place in the order.
 *
 *	submit, admin --> [collect] --> dedup
 *	                     ^ journal      publish says how far the store is
 *
 * In:    NDJSON on two ZeroMQ ROUTER endpoints, `submit` and `admin` (docs/INTAKE.md).
 * Out:   batches of records to dedup, again and again until they are committed.
 * State: the journal (the truth, with the store), and a table of idempotency keys (a
 *        cache of both). Options: section `collect` of pipeline.yaml.
 *
 * A record is answered when it is on the disk, and not before. Everything behind can die
 * at any moment: what publish has not committed is read from the journal again.
 */
#include "stage.h"

#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "commits.h"
#include "feed.h"
#include "intake.h"
#include "log.h"
#include "marks.h"
#include "space.h"
#include "start.h"

#define INTAKE_BYTES_MAX (8 << 20)
#define SYNC_MS		 60000
#define TRIM_MS		 10000

static struct {
	char *journal_dir;
	struct journal *journal;
	struct journal_state state;
	struct keys *keys;
	struct intake *intake;
	struct feed *feed;
	struct commits commits;
	struct marks marks;
	struct space space;
	struct bus_socket *submit, *admin;
	int64_t sync_ms, trim_ms, stop_ms, deadline_told;
	bool recalled;
} self;

static enum status open_sockets(struct stage_run *run, struct err *err)
{
	const struct collect_options *o = &run->options->collect;
	char endpoint[ADDRESS_BYTES];
	enum status st = bus_add(run->bus, &self.submit, BUS_ROUTER, o->submit,
				 o->submit_mode, INTAKE_BYTES_MAX, err);

	if (st == ST_OK)
		st = bus_add(run->bus, &self.admin, BUS_ROUTER, o->admin, o->admin_mode,
			     INTAKE_BYTES_MAX, err);
	if (st == ST_OK)
		st = commits_open(&self.commits, run->bus,
				  options_endpoint(run->options, "commits", endpoint,
						   sizeof(endpoint)),
				  self.state.journal_id, err);
	if (st == ST_OK)
		st = feed_open(&self.feed, run->bus, run->options, self.state.journal_id,
			       self.journal_dir, self.keys, err);
	return st;
}

static enum status open_collect(struct stage_run *run, struct err *err)
{
	uint64_t keys_from = 0;

	self.journal_dir = xasprintf("%s/journal", run->options->pipeline.data);
	enum status st = start_open(&self.journal, &self.keys, &keys_from, run->options,
				    &self.state, err);
	if (st == ST_OK)
		st = start_learn(self.keys, keys_from, self.journal_dir, &self.state,
				 run->options, &self.marks, err);
	if (st)
		return st;
	log_info(
		"journal",
		"journal_id=%016llx first_seq=%llu last_seq=%llu torn_bytes=%llu keys=%llu",
		(unsigned long long)self.state.journal_id,
		(unsigned long long)self.state.first_seq,
		(unsigned long long)self.state.last_seq,
		(unsigned long long)self.state.torn_bytes,
		(unsigned long long)keys_count(self.keys));
	self.intake = intake_new(run->options, self.journal, self.keys, &self.state);
	space_init(&self.space, self.journal_dir, run->options->pipeline.data);
	return open_sockets(run, err);
}

/* --- intake --------------------------------------------------------------------------- */

static enum status take_from(struct bus_socket *socket, enum endpoint endpoint,
			     struct err *err)
{
	struct bus_message message;

	while (!intake_full(self.intake)) {
		enum status st = bus_recv(socket, &message, err);
		if (st == ST_EAGAIN)
			return ST_OK;
		if (st && st != ST_EMALFORMED) /* too many parts: refused as one */
			return st;
		intake_take(self.intake, socket, endpoint, &message, clock_utc_ms());
	}
	return ST_OK;
}

static enum status commit_group(struct err *err)
{
	if (!intake_pending(self.intake) && journal_pending(self.journal) == 0)
		return ST_OK;
	intake_close_group(self.intake);
	enum status st = journal_commit(self.journal, err);
	if (st == ST_OK)
		st = keys_commit(self.keys, intake_last_seq(self.intake), err);
	if (st)
		return st;
	self.state.last_seq = intake_last_seq(self.intake);
	intake_answer(self.intake);
	return ST_OK;
}

/* The store's next deadline has passed: say so in the order, once. */
static void tick(void)
{
	int64_t deadline = self.commits.deadline;

	if (deadline == 0 || deadline == self.deadline_told || clock_utc_ms() < deadline)
		return;
	intake_tick(self.intake, deadline, clock_utc_ms());
	self.deadline_told = deadline;
}

/* Refuses in good time, so that what was accepted can still be stored. */
static enum status set_gate(const struct stage_run *run, struct err *err)
{
	const struct collect_options *o = &run->options->collect;
	const struct commits *c = &self.commits;
	uint64_t backlog = c->known ? self.state.last_seq - c->committed : 0;
	enum status st = space_look(&self.space, self.keys, o, backlog, run->now_ms, err);

	if (run->stopping)
		intake_set_gate(self.intake, GATE_STOPPING);
	else if (!self.space.enough)
		intake_set_gate(self.intake, GATE_DISK);
	else
		intake_set_gate(self.intake, GATE_OPEN);
	intake_set_end(self.intake, c->committed + (uint64_t)o->backlog_records);
	return st;
}

/* --- what the stages behind say -------------------------------------------------------- */

/* The mark is on the disk before anybody passes the record by. */
static enum status set_aside(uint64_t seq, unsigned flags, struct err *err)
{
	if (!marks_add(&self.marks, seq, flags | RECORD_QUARANTINED)) {
		/* known already, but perhaps not to those who ask */
		feed_marked(self.feed, seq, flags | RECORD_QUARANTINED);
		return ST_OK;
	}
	log_error("quarantined", "seq=%llu stage=%s", (unsigned long long)seq,
		  marks_stage(flags));
	journal_mark(self.journal, seq, marks_stage(flags));
	enum status st = journal_commit(self.journal, err);
	if (st == ST_OK)
		st = keys_mark(self.keys, seq, self.state.last_seq,
			       flags | RECORD_QUARANTINED, err);
	if (st)
		return st;
	feed_marked(self.feed, seq, flags | RECORD_QUARANTINED);
	return ST_OK;
}

static enum status publish_started(uint64_t culprit, struct err *err)
{
	enum status st = ST_OK;

	if (culprit)
		st = set_aside(culprit, RECORD_KILLED_PUBLISH, err);
	for (size_t i = 0; i < self.marks.count; i++)
		commits_say(&self.commits,
			    &(struct frame){.type = FRAME_MARKED,
					    .seq = self.marks.mark[i].seq,
					    .flags = self.marks.mark[i].flags});
	commits_welcome(&self.commits);
	feed_again(self.feed);
	return st;
}

/* After a start of ours: what was set aside and is not committed yet, from the table. */
static void recall_marks(void)
{
	if (self.recalled)
		return;
	self.recalled = true;
	for (uint64_t seq = self.commits.committed + 1; seq <= self.state.last_seq;
	     seq++) {
		unsigned flags = keys_marked(self.keys, seq);
		if (!flags || !marks_add(&self.marks, seq, flags))
			continue;
		commits_say(&self.commits, &(struct frame){.type = FRAME_MARKED,
							   .seq = seq,
							   .flags = flags});
		feed_marked(self.feed, seq, flags);
	}
}

static enum status hear_publish(const struct stage_run *run, struct err *err)
{
	struct commits_event event;

	do {
		enum status st = commits_recv(&self.commits, &event, err);
		if (st == ST_OK && event.what == COMMITS_STARTED)
			st = publish_started(event.culprit, err);
		if (st)
			return st;
		if (event.what == COMMITS_ADVANCED) {
			recall_marks();
			st = journal_check_age(&self.state, self.commits.committed, err);
			if (st)
				return st;
			marks_forget(&self.marks, self.commits.committed);
			feed_committed(self.feed, self.commits.committed, run->now_ms);
		}
	} while (event.what != COMMITS_NOTHING);
	return ST_OK;
}

static enum status hand_out(const struct stage_run *run, struct err *err)
{
	struct feed_event event;

	do {
		enum status st = feed_turn(self.feed, run->now_ms, self.commits.known,
					   self.commits.committed, self.state.last_seq,
					   &event, err);
		if (st == ST_OK && event.culprit)
			st = set_aside(event.culprit, event.flags, err);
		if (st)
			return st;
		if (event.started) {
			for (size_t i = 0; i < self.marks.count; i++)
				feed_marked(self.feed, self.marks.mark[i].seq,
					    self.marks.mark[i].flags);
			feed_again(self.feed);
			/* What was committed while nobody could tell it. */
			feed_committed(self.feed, self.commits.committed, run->now_ms);
		}
	} while (event.culprit || event.started);
	return ST_OK;
}

/* --- upkeep ---------------------------------------------------------------------------- */

static enum status keep_up(const struct stage_run *run, struct err *err)
{
	enum status st = ST_OK;

	if (run->now_ms - self.sync_ms >= SYNC_MS && !intake_pending(self.intake)) {
		self.sync_ms = run->now_ms;
		st = keys_sync(self.keys, err);
	}
	if (st == ST_OK && self.commits.known && run->now_ms - self.trim_ms >= TRIM_MS) {
		self.trim_ms = run->now_ms;
		st = journal_trim(self.journal, self.commits.committed,
				  clock_utc_ms() - run->options->collect.keep_ms,
				  &self.state.first_seq, err);
	}
	return st;
}

static bool all_committed(void)
{
	/* Nobody is waited for when there is nothing to commit. */
	return self.state.last_seq == 0 ||
	       (self.commits.known && self.commits.committed == self.state.last_seq);
}

static enum status turn(struct stage_run *run, struct err *err)
{
	enum status st = set_gate(run, err);
	if (st == ST_OK)
		st = take_from(self.admin, ADMIN, err);
	if (st == ST_OK)
		st = take_from(self.submit, SUBMIT, err);
	tick();
	if (st == ST_OK)
		st = commit_group(err);
	if (st == ST_OK)
		st = hear_publish(run, err);
	if (st == ST_OK)
		st = hand_out(run, err);
	if (st == ST_OK)
		st = keep_up(run, err);
	if (!run->stopping)
		return st;
	if (self.stop_ms == 0)
		self.stop_ms = run->now_ms;
	run->wait_ms = 20;
	run->done = all_committed() ||
		    run->now_ms - self.stop_ms > run->options->collect.drain_ms;
	return st;
}

static void close_collect(struct stage_run *run)
{
	(void)run;
	if (self.keys && self.state.last_seq > 0)
		(void)!keys_sync(self.keys, NULL); /* a cache: the next start replays */
	feed_free(self.feed);
	commits_release(&self.commits);
	intake_free(self.intake);
	keys_close(self.keys);
	journal_close(self.journal);
	marks_release(&self.marks);
	free(self.journal_dir);
}

static void figures(struct figures *ret)
{
	struct intake_figures intake;

	intake_figures(self.intake, &intake);
	figures_set(ret, "accepted", intake.accepted);
	figures_set(ret, "repeated", intake.repeated);
	figures_set(ret, "refused", intake.refused);
	figures_set(ret, "busy", intake.busy);
	figures_set(ret, "last_seq", self.state.last_seq);
	figures_set(ret, "committed_seq", self.commits.committed);
	feed_figures(self.feed, ret);
}

int main(int argc, char **argv)
{
	static const struct stage stage = {
		.name = "collect",
		.about =
			"Takes records in, makes them durable, gives each its place in the order.\n",
		.nice = STAGE_NICE_BEFORE_PUBLISH,
		.open = open_collect,
		.turn = turn,
		.close = close_collect,
		.figures = figures,
	};

	return stage_main(argc, argv, &stage);
}
