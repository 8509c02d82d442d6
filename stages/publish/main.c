/* publish - the only writer of the store.
 *
 *	moderate 1..N --> [publish] --> store
 *	                     | committed up to seq
 *	                     v
 *	                  collect
 *
 * In:    batches with findings, in any order, some of them twice.
 * Out:   the store: reviews, decisions, ratings, notices, and the events of the audit log,
 *        in seq order, each record once; then a word to collect.
 * State: the store (the truth, with the journal). Options: section `publish`.
 *
 * Exactly once comes from the transaction that moves committed_seq together with the rows
 * (apply.h), not from the wire. Whatever is not committed comes again.
 */
#include "alive.h"
#include "alloc.h"
#include "apply.h"
#include "hook.h"
#include "link.h"
#include "log.h"
#include "marked.h"
#include "pack.h"
#include "policies.h"
#include "record.h"
#include "reorder.h"
#include "stage.h"

/* So many records one by one after a WELCOME that asks for care. */
#define CAREFUL_RECORDS 2000
#define MESSAGES_A_TURN 64
#define SAY_AGAIN_MS	250

static struct {
	struct link link; /* to collect */
	struct bus_socket *batches;
	struct apply *apply;
	struct policies *policies;
	struct reorder *reorder;
	bool welcomed;
	uint64_t next;	    /* seq to apply */
	bool open;	    /* a transaction */
	uint32_t in_open;   /* records in it */
	int64_t open_ms;    /* when it was begun */
	int64_t said_ms;    /* when collect was told what is committed */
	uint32_t careful;   /* records still to be named */
	uint64_t asked, go; /* named; allowed */
	struct marked marked;
	struct hit hits[HITS_MAX];
	uint64_t records; /* since the start */
} self;

static enum status open_stage(struct stage_run *run, struct err *err)
{
	const struct options *o = run->options;
	OWNED(freep) char *path = xasprintf("%s/store.db", o->pipeline.data);
	char commits[ADDRESS_BYTES], batches[ADDRESS_BYTES];

	self.policies = policies_new(o->pipeline.data);
	self.reorder = reorder_new((size_t)o->publish.reorder_bytes);
	struct apply_options apply = {.policy = policies_find, .context = self.policies};
	alive_hold(); /* a new schema, or a long log of the store's */
	enum status st = apply_open(&self.apply, path, &apply, err);
	alive_release();
	if (st)
		return st;
	options_endpoint(o, "commits", commits, sizeof(commits));
	options_endpoint(o, "publish", batches, sizeof(batches));
	st = link_open(&self.link, run->bus, commits, run->slot, run->incarnation,
		       o->pipeline.heartbeat_ms, err);
	return st ? st
		  : bus_add(run->bus, &self.batches, BUS_PULL, batches, 0600,
			    FRAME_BYTES_MAX, err);
}

/* --- collect ------------------------------------------------------------------------------ */

/* Also said when nothing is new: what the wire refused must not wait for the next commit. */
static enum status say_committed(struct err *err)
{
	struct frame frame = {.type = FRAME_COMMITTED,
			      .journal_id = self.link.journal_id,
			      .seq = apply_committed(self.apply, self.link.journal_id)};
	enum status st = apply_next_deadline(self.apply, &frame.deadline, err);

	if (st == ST_OK)
		link_say(&self.link, &frame);
	self.said_ms = clock_mono_ms();
	return st;
}

static enum status welcome(const struct frame *frame, struct err *err)
{
	self.asked = 0; /* collect may have died with our question */
	if (!self.welcomed || self.link.journal_id != frame->journal_id) {
		if (self.open)
			apply_rollback(self.apply);
		self.open = false;
		reorder_clear(self.reorder); /* of another journal */
		self.welcomed = true;
		self.link.journal_id = frame->journal_id;
		self.next = apply_committed(self.apply, frame->journal_id) + 1;
		self.careful = frame->flags & WELCOME_CAREFUL ? CAREFUL_RECORDS : 0;
		log_info("welcomed", "journal_id=%016llx next=%llu careful=%u",
			 (unsigned long long)frame->journal_id,
			 (unsigned long long)self.next, self.careful);
	}
	return say_committed(err);
}

static enum status hear_collect(struct err *err)
{
	struct link_event event;
	enum status st;

	do {
		st = link_recv(&self.link, &event, err);
		if (st || event.what != LINK_FRAME)
			continue;
		if (event.frame.type == FRAME_WELCOME)
			st = welcome(&event.frame, err);
		else if (event.frame.type == FRAME_MARKED)
			marked_add(&self.marked, event.frame.seq,
				   (unsigned)event.frame.flags, self.next);
		else if (event.frame.type == FRAME_GO)
			self.go = event.frame.seq;
	} while (st == ST_OK && event.what != LINK_NOTHING);
	return st;
}

/* --- the store ------------------------------------------------------------------------------ */

static enum status begin(const struct stage_run *run, struct err *err)
{
	if (self.open)
		return ST_OK;
	enum status st = apply_begin(self.apply, err);
	if (st)
		return st;
	self.open = true;
	self.in_open = 0;
	self.open_ms = run->now_ms;
	return ST_OK;
}

static enum status commit(struct err *err)
{
	if (!self.open)
		return ST_OK;
	enum status st = apply_commit(self.apply, err);
	if (st)
		return st;
	self.open = false;
	return say_committed(err);
}

static enum status apply_one(const struct stage_run *run, const struct batch_head *head,
			     struct span bytes, struct span sections, struct err *err)
{
	static struct record record;
	struct findings findings;
	unsigned flags;
	enum status st = record_parse_head(&record, bytes, err);

	if (st)
		return st == ST_EMALFORMED ? ST_ESOFTWARE : st;
	flags = marked_flags(&self.marked, record.seq);
	record.flags |= (uint8_t)flags;
	bool unread = record.flags & (RECORD_QUARANTINED | RECORD_ERASED);
	if (!unread)
		st = record_parse_body(&record, record.body, err);
	if (st == ST_OK)
		st = findings_parse(&findings, self.hits, sections, err);
	if (st == ST_EMALFORMED)
		st = ST_ESOFTWARE; /* as record_read has it: collect sets it aside */
	if (st == ST_OK)
		st = begin(run, err);
	if (st)
		return st;
	if (!unread)
		hook_stage("publish", &record);
	st = apply_record(self.apply, head->journal_id, &record, &findings,
			  head->rules_hash, head->policy_hash, err);
	if (st)
		return st;
	self.next = record.seq + 1;
	self.in_open++;
	self.records++;
	return ST_OK;
}

/* In careful mode a record is named before it is touched, and committed alone. True: go on
 * with `seq`. */
static bool may_apply(uint64_t seq)
{
	if (self.careful == 0 || self.go == seq)
		return true;
	if (self.asked != seq) {
		link_say(&self.link, &(struct frame){.type = FRAME_BEGUN, .seq = seq});
		self.asked = seq;
	}
	return false;
}

/* Applies what is next in this batch. *ret_rest: there is more that must wait. */
static enum status apply_batch(const struct stage_run *run, struct span batch,
			       bool *ret_rest, struct err *err)
{
	struct batch_head head;
	struct span items, bytes, sections;
	enum status st = batch_parse(&head, &items, batch, err);

	*ret_rest = false;
	if (st)
		return st;
	for (uint64_t seq = head.first_seq; batch_next(&items, &bytes, &sections);
	     seq++) {
		if (seq < self.next)
			continue;
		if (!may_apply(seq)) {
			*ret_rest = true;
			return ST_OK;
		}
		st = apply_one(run, &head, bytes, sections, err);
		if (st == ST_OK && self.careful > 0) {
			self.careful--;
			st = commit(err);
		}
		if (st == ST_OK &&
		    self.in_open >= (uint32_t)run->options->publish.batch_records)
			st = commit(err);
		if (st)
			return st;
	}
	return ST_OK;
}

static enum status apply_waiting(const struct stage_run *run, struct err *err)
{
	struct span batch;
	struct batch_head head;
	struct span items;
	bool rest = false;
	enum status st = ST_OK;

	while (st == ST_OK && !rest && reorder_take(self.reorder, self.next, &batch)) {
		st = apply_batch(run, batch, &rest, err);
		if (rest && batch_parse(&head, &items, batch, NULL) == ST_OK)
			reorder_put(self.reorder, batch, head.first_seq, head.count);
	}
	return st;
}

/* --- batches ---------------------------------------------------------------------------------- */

static enum status take_batch(const struct stage_run *run, struct span bytes,
			      struct err *err)
{
	struct batch_head head;
	struct span items;

	if (batch_parse(&head, &items, bytes, NULL) || !self.welcomed ||
	    head.journal_id != self.link.journal_id ||
	    head.first_seq + head.count <= self.next)
		return ST_OK;
	if (head.first_seq > self.next || self.careful > 0) {
		reorder_put(self.reorder, bytes, head.first_seq, head.count);
		return ST_OK;
	}
	bool rest;
	return apply_batch(run, bytes, &rest, err);
}

static enum status hear_workers(const struct stage_run *run, struct err *err)
{
	struct bus_message message;

	/* Not for ever, however fast they are: we must beat, hear and stop as well. */
	for (int n = 0; n < MESSAGES_A_TURN; n++) {
		enum status st = bus_recv_one(self.batches, &message, err);
		if (st == ST_EAGAIN)
			return ST_OK;
		if (st == ST_OK)
			st = take_batch(run, message.part[0], err);
		if (st == ST_OK)
			st = apply_waiting(run, err);
		if (st)
			return st;
	}
	return ST_OK;
}

/* --- the loop ----------------------------------------------------------------------------------- */

static enum status commit_in_time(struct stage_run *run, struct err *err)
{
	int64_t flush_ms = run->options->publish.flush_ms;

	if (!self.open)
		return ST_OK;
	int64_t open_for = clock_mono_ms() - self.open_ms;
	if (open_for < flush_ms && !run->stopping) {
		run->wait_ms = (int)(flush_ms - open_for);
		return ST_OK;
	}
	return commit(err);
}

static enum status tidy_up(const struct stage_run *run, struct err *err)
{
	if (self.open || apply_wal_bytes(self.apply) <
				 (uint64_t)run->options->publish.wal_checkpoint_bytes)
		return ST_OK;
	enum status st = apply_checkpoint(self.apply, false, err);
	return st == ST_EBUSY ? ST_OK : st;
}

static enum status turn(struct stage_run *run, struct err *err)
{
	link_beat(&self.link, run->now_ms);
	enum status st = hear_collect(err);
	if (st == ST_OK && self.welcomed && run->now_ms - self.said_ms >= SAY_AGAIN_MS)
		st = say_committed(err);
	if (st == ST_OK && self.welcomed)
		st = apply_waiting(run, err);
	if (st == ST_OK)
		st = hear_workers(run, err);
	if (st == ST_OK)
		st = commit_in_time(run, err);
	if (st == ST_OK)
		st = tidy_up(run, err);
	run->done = run->stopping && !self.open;
	return st;
}

static void close_stage(struct stage_run *run)
{
	struct err err;

	if (self.apply && run->failed == ST_OK) {
		enum status st = apply_checkpoint(self.apply, true, &err);
		if (st && st != ST_EBUSY)
			log_warn("checkpoint", "why=%s", log_quote(err.text));
	}
	if (self.link.socket && stage_left_in_order(run))
		link_bye(&self.link);
	apply_close(self.apply);
	policies_free(self.policies);
	reorder_free(self.reorder);
	link_release(&self.link);
}

static void figures(struct figures *ret)
{
	if (self.welcomed)
		figures_set(ret, "committed_seq",
			    apply_committed(self.apply, self.link.journal_id));
	figures_set(ret, "applied", self.records);
	figures_set(ret, "waiting_bytes", reorder_bytes(self.reorder));
	figures_set(ret, "wal_bytes", apply_wal_bytes(self.apply));
}

int main(int argc, char **argv)
{
	static const struct stage stage = {
		.name = "publish",
		.about =
			"The only writer of the store: applies each record once, in order.\n",
		.open = open_stage,
		.turn = turn,
		.close = close_stage,
		.figures = figures,
	};

	return stage_main(argc, argv, &stage);
}
