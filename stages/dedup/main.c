/* dedup - says of every review whether it, and how much like it, came before.
 *
 *	collect --> [dedup] --> moderate 1..N
 *
 * In:    batches of records in seq order. Out: the same records with two findings behind
 *        each review (findings.h): arrival counts, and earlier reviews that it repeats.
 * State: tables and an index, caches of the store (dedup.h); batches that are not committed
 *        yet.
 *        Options: section `dedup` of pipeline.yaml.
 *
 * It finds; it does not decide. Its own deaths are judged by collect, those of the
 * moderate workers here (flow.h).
 */
#include "clock.h"
#include "dedup.h"
#include "link.h"
#include "log.h"
#include "outlet.h"
#include "record.h"
#include "stage.h"
#include "store.h"

static struct {
	struct link link;
	struct outlet outlet;
	struct dedup *dedup;
	uint64_t expected;  /* seq that comes next; 0: not opened yet */
	uint64_t committed; /* as far as we were told */
	struct buf batch;
	int64_t sync_ms;
	uint64_t records; /* since the start */
} self;

static enum status open_stage(struct stage_run *run, struct err *err)
{
	char upstream[ADDRESS_BYTES], downstream[ADDRESS_BYTES];
	const struct options *o = run->options;
	struct flow_options flow = {
		/* collect's window bounds what can be held here */
		.window_bytes = SIZE_MAX,
		.worker_bytes = (size_t)o->dedup.worker_window_bytes,
		.silent_ms = o->run.hang_ms,
		.again_ms = o->pipeline.resend_first_ms,
		.again_max_ms = o->pipeline.resend_max_ms,
	};

	self.batch = BUF_INIT(FRAME_BYTES_MAX);
	options_endpoint(o, "dedup", upstream, sizeof(upstream));
	options_endpoint(o, "moderate", downstream, sizeof(downstream));
	enum status st = link_open(&self.link, run->bus, upstream, run->slot,
				   run->incarnation, o->pipeline.heartbeat_ms, err);
	return st ? st : outlet_open(&self.outlet, run->bus, downstream, &flow, err);
}

/* collect says which journal it is and how far the store is: open what belongs to it. */
static enum status welcome(const struct stage_run *run, const struct frame *frame,
			   struct err *err)
{
	if (self.dedup && self.link.journal_id == frame->journal_id)
		return ST_OK;
	struct dedup_place place = {.data = run->options->pipeline.data,
				    .journal_id = frame->journal_id,
				    .options = &run->options->dedup};
	dedup_close(TAKE(self.dedup));
	flow_restart(self.outlet.flow);
	enum status st = dedup_open(&self.dedup, &self.expected, &place, err);
	if (st)
		return st;
	self.committed = self.expected - 1;
	self.link.journal_id = frame->journal_id;
	self.link.next = self.expected;
	log_info("opened", "journal_id=%016llx next=%llu",
		 (unsigned long long)frame->journal_id,
		 (unsigned long long)self.expected);
	link_hello_now(&self.link, run->now_ms);
	return ST_OK;
}

static enum status commit(uint64_t seq, int64_t now_ms, struct err *err)
{
	self.committed = MAX(self.committed, seq);
	flow_committed(self.outlet.flow, self.committed, now_ms);
	/* What we have not seen yet is committed when it comes. */
	return dedup_commit(self.dedup, MIN(self.committed, self.expected - 1), err);
}

/* Builds the batch for moderate: what is new in this one, with its findings. */
static enum status build(const struct batch_head *head, struct span items,
			 uint32_t *ret_count, struct err *err)
{
	static struct record record;
	struct batch_head out = *head;
	struct span bytes, sections;

	*ret_count = 0;
	out.first_seq = self.expected;
	out.attempt = 0;
	out.flags = 0;
	batch_begin(&self.batch, &out);
	while (batch_next(&items, &bytes, &sections)) {
		enum status st = record_read(&record, bytes,
					     RECORD_KILLED_DEDUP | RECORD_ERASED, err);
		if (st)
			return st;
		if (record.seq < self.expected)
			continue;
		size_t opened = batch_item_open(&self.batch, bytes, sections);
		st = dedup_record(self.dedup, &record, &self.batch, err);
		if (st)
			return st;
		batch_item_close(&self.batch, opened);
		self.expected = record.seq + 1;
		++*ret_count;
		self.records++;
	}
	if (*ret_count > 0)
		batch_end(&self.batch, *ret_count);
	return ST_OK;
}

static enum status take_batch(const struct stage_run *run, struct span bytes,
			      struct err *err)
{
	struct batch_head head;
	struct span items;
	uint32_t count;

	if (!self.dedup || batch_parse(&head, &items, bytes, NULL))
		return ST_OK;
	if (head.journal_id != self.link.journal_id)
		return ST_OK;
	if (head.first_seq > self.expected)
		return err_set(
			err, ST_EWIRE,
			"a batch is missing: record %llu came where %llu was expected",
			(unsigned long long)head.first_seq,
			(unsigned long long)self.expected);
	enum status st = build(&head, items, &count, err);
	if (st)
		return st;
	if (count > 0 && self.expected - 1 > self.committed)
		flow_add(self.outlet.flow, buf_view(&self.batch));
	if (count > 0)
		st = commit(self.committed, run->now_ms, err);
	self.link.next = self.expected;
	link_returned(&self.link, &head);
	return st;
}

static enum status take_frame(const struct stage_run *run, const struct frame *frame,
			      struct err *err)
{
	switch (frame->type) {
	case FRAME_WELCOME:
		return welcome(run, frame, err);
	case FRAME_COMMITTED:
		if (!self.dedup || frame->journal_id != self.link.journal_id)
			return ST_OK;
		return commit(frame->seq, run->now_ms, err);
	case FRAME_AGAIN:
		flow_again(self.outlet.flow);
		return ST_OK;
	case FRAME_MARKED:
		flow_set_aside(self.outlet.flow, frame->seq, (unsigned)frame->flags,
			       true);
		return ST_OK;
	default:
		return ST_OK;
	}
}

static enum status hear_collect(const struct stage_run *run, struct err *err)
{
	struct link_event event;

	do {
		enum status st = link_recv(&self.link, &event, err);
		if (st == ST_OK && event.what == LINK_BATCH)
			st = take_batch(run, event.batch, err);
		else if (st == ST_OK && event.what == LINK_FRAME)
			st = take_frame(run, &event.frame, err);
		if (st)
			return st;
	} while (event.what != LINK_NOTHING);
	return ST_OK;
}

static enum status hear_workers(const struct stage_run *run, struct err *err)
{
	struct outlet_event event;

	do {
		enum status st = outlet_recv(&self.outlet, run->now_ms, &event, err);
		if (st)
			return st;
	} while (event.what != OUTLET_NOTHING);
	return ST_OK;
}

static void hand_out(const struct stage_run *run)
{
	struct outlet_event event;

	do {
		outlet_pump(&self.outlet, run->now_ms, &event);
		if (event.what == OUTLET_CULPRIT) {
			struct frame suspect = {.type = FRAME_SUSPECT,
						.seq = event.seq,
						.text = "moderate"};
			log_warn("suspect", "seq=%llu stage=moderate",
				 (unsigned long long)event.seq);
			link_say(&self.link, &suspect);
		}
	} while (event.what == OUTLET_CULPRIT);
}

static enum status turn(struct stage_run *run, struct err *err)
{
	link_beat(&self.link, run->now_ms);
	enum status st = hear_collect(run, err);
	if (st == ST_OK)
		st = hear_workers(run, err);
	if (st)
		return st;
	hand_out(run);
	if (self.dedup && run->now_ms - self.sync_ms >= run->options->dedup.sync_ms) {
		self.sync_ms = run->now_ms;
		st = dedup_sync(self.dedup, err);
	}
	run->done = run->stopping || self.link.retired;
	return st;
}

static void close_stage(struct stage_run *run)
{
	if (self.link.socket && stage_left_in_order(run))
		link_bye(&self.link);
	if (self.dedup)
		(void)!dedup_sync(self.dedup,
				  NULL); /* a cache: the next start catches up */
	dedup_close(self.dedup);
	outlet_release(&self.outlet);
	link_release(&self.link);
	buf_release(&self.batch);
}

static void figures(struct figures *ret)
{
	struct flow_figures flow;
	struct dedup_figures index;

	flow_figures(self.outlet.flow, &flow);
	figures_set(ret, "records_seen", self.records);
	figures_set(ret, "batches_held", flow.batches);
	figures_set(ret, "batches_sent", flow.sent);
	figures_set(ret, "batches_sent_again", flow.sent_again);
	figures_set(ret, "workers", flow.peers);
	figures_set(ret, "deaths", flow.deaths);
	figures_set(ret, "culprits", flow.culprits);
	if (!self.dedup)
		return;
	dedup_figures(self.dedup, &index);
	figures_set(ret, "index_texts", index.texts);
	figures_set(ret, "index_leaders", index.leaders);
	figures_set(ret, "index_bytes", index.bytes);
}

/* As the start does with files that are lost, for people, who see how it goes. */
static enum status rebuild(const struct options *o, struct err *err)
{
	OWNED(dedup_closep) struct dedup *dedup = NULL;
	struct progress progress = {0};
	struct dedup_place place = {
		.data = o->pipeline.data, .options = &o->dedup, .progress = &progress};
	struct dedup_figures figures;
	uint64_t next = 1;
	int64_t start = clock_mono_ms();
	enum status st = store_newest_journal(&place.journal_id, o->pipeline.data, err);

	if (st == ST_OK && place.journal_id == 0)
		st = err_set(err, ST_ENOTFOUND,
			     "%s has no store yet, to make anything again from",
			     place.data);
	if (st == ST_OK)
		st = dedup_remove(place.data, err);
	if (st == ST_OK)
		st = dedup_open(&dedup, &next, &place, err);
	progress_end(&progress);
	if (st == ST_OK)
		st = dedup_sync(dedup, err);
	if (st)
		return st;
	dedup_figures(dedup, &figures);
	log_info("rebuilt", "records=%llu texts=%llu leaders=%llu bytes=%llu ms=%lld",
		 (unsigned long long)next - 1, (unsigned long long)figures.texts,
		 (unsigned long long)figures.leaders, (unsigned long long)figures.bytes,
		 (long long)(clock_mono_ms() - start));
	return ST_OK;
}

int main(int argc, char **argv)
{
	static const struct stage stage = {
		.name = "dedup",
		.about =
			"Says of every review whether it, or one like it, came before.\n",
		.nice = STAGE_NICE_BEFORE_PUBLISH,
		.open = open_stage,
		.turn = turn,
		.close = close_stage,
		.figures = figures,
		.rebuild = rebuild,
	};

	return stage_main(argc, argv, &stage);
}
