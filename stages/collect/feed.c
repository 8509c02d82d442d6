#include "feed.h"

#include <stdlib.h>

#include "alloc.h"
#include "log.h"

struct feed {
	struct outlet outlet;
	const struct options *options;
	struct keys *keys;
	uint64_t journal_id;
	char *journal_dir;
	struct journal_reader *reader; /* NULL: dedup has not said where to start */
	struct bus_peer dedup;
	uint64_t dedup_incarnation;
	uint64_t fed; /* last seq handed to the flow */
	struct buf batch;
};

enum status feed_open(struct feed **ret, struct bus *bus, const struct options *options,
		      uint64_t journal_id, const char *journal_dir, struct keys *keys,
		      struct err *err)
{
	OWNED(feed_freep) struct feed *f = xcalloc(1, sizeof(*f));
	char endpoint[ADDRESS_BYTES];
	struct flow_options flow = {
		.window_bytes = (size_t)options->collect.window_bytes,
		.worker_bytes = (size_t)options->collect.window_bytes,
		.silent_ms = options->run.hang_ms,
		.again_ms = options->pipeline.resend_first_ms,
		.again_max_ms = options->pipeline.resend_max_ms,
		.in_order = true,
	};

	f->options = options;
	f->keys = keys;
	f->journal_id = journal_id;
	f->journal_dir = xstrdup(journal_dir);
	f->batch = BUF_INIT(FRAME_BYTES_MAX);
	enum status st = outlet_open(
		&f->outlet, bus,
		options_endpoint(options, "dedup", endpoint, sizeof(endpoint)), &flow,
		err);
	if (st)
		return st;
	*ret = TAKE(f);
	return ST_OK;
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	outlet_release(&f->outlet);
	journal_reader_close(f->reader);
	free(f->journal_dir);
	buf_release(&f->batch);
	free(f);
}

static void say_committed(struct feed *f, uint64_t seq)
{
	if (f->dedup.len > 0)
		outlet_say(&f->outlet, &f->dedup,
			   &(struct frame){.type = FRAME_COMMITTED,
					   .journal_id = f->journal_id,
					   .seq = seq});
}

/* dedup is there and says where it wants to start. */
static enum status start(struct feed *f, const struct frame *hello, struct err *err)
{
	f->dedup_incarnation = hello->incarnation;
	log_info("feeding", "from=%llu", (unsigned long long)hello->seq);
	/* What is held keeps its marks: who killed dedup twice must not be forgotten. */
	if (flow_rewind(f->outlet.flow, &f->dedup, hello->seq) && f->reader)
		return ST_OK;
	flow_restart(f->outlet.flow);
	journal_reader_close(TAKE(f->reader));
	f->fed = hello->seq - 1;
	return journal_reader_open(&f->reader, f->journal_dir, hello->seq, err);
}

static enum status take_hello(struct feed *f, const struct outlet_event *event,
			      bool known, uint64_t committed, struct feed_event *ret,
			      struct err *err)
{
	const struct frame *hello = &event->frame;
	bool knows_where = hello->journal_id == f->journal_id && hello->seq > 0;
	bool is_new = event->new_worker || f->dedup_incarnation != hello->incarnation;

	f->dedup = event->peer;
	if (!knows_where) {
		if (known)
			outlet_say(&f->outlet, &f->dedup,
				   &(struct frame){.type = FRAME_WELCOME,
						   .journal_id = f->journal_id,
						   .seq = committed});
		return ST_OK;
	}
	if (f->reader && !is_new) {
		/* It beats; what the wire refused of the last word reaches it now. */
		if (known)
			say_committed(f, committed);
		return ST_OK;
	}
	ret->started = true;
	return start(f, hello, err);
}

/* Appends the record to the batch that is being built, set aside where it is marked. */
static void add_record(struct feed *f, struct span bytes, uint64_t seq)
{
	unsigned flags = keys_marked(f->keys, seq);
	size_t at = f->batch.len + 4; /* behind the item's length */

	batch_item(&f->batch, bytes, SPAN_NONE);
	if (flags)
		record_set_flag(f->batch.at + at, (enum record_flag)flags);
}

/* Reads one batch. *ret_count 0: nothing is there. */
static enum status read_batch(struct feed *f, uint64_t last_seq, uint32_t *ret_count,
			      struct err *err)
{
	struct batch_head head = {.journal_id = f->journal_id, .first_seq = f->fed + 1};
	const struct collect_options *limits = &f->options->collect;
	enum journal_item item = JOURNAL_RECORD;
	struct span bytes;
	struct record record;
	const char *reason;
	uint64_t seq;
	bool cut = false;

	*ret_count = 0;
	batch_begin(&f->batch, &head);
	while (!cut && f->fed < last_seq &&
	       *ret_count < (uint32_t)limits->batch_records &&
	       f->batch.len < (size_t)limits->batch_bytes) {
		enum status st =
			journal_read(f->reader, &item, &bytes, &seq, &reason, err);
		if (st)
			return st;
		if (item == JOURNAL_END) /* up to last_seq everything was synced */
			return journal_reader_missing(f->reader, f->fed + 1, err);
		if (item == JOURNAL_MARK)
			continue;
		st = record_parse_head(&record, bytes, err);
		if (st)
			return st;
		add_record(f, bytes, record.seq);
		f->fed = record.seq;
		++*ret_count;
		cut = record.kind == KIND_ACTIVATION;
	}
	if (*ret_count == 0)
		return ST_OK;
	/* One pair for the whole batch, because it ends with an activation. */
	journal_reader_in_force(f->reader, head.rules_hash, head.policy_hash);
	batch_set_hashes(f->batch.at, head.rules_hash, head.policy_hash);
	batch_end(&f->batch, *ret_count);
	return ST_OK;
}

static enum status fill_window(struct feed *f, uint64_t last_seq, struct err *err)
{
	uint32_t count = 1;

	while (f->reader && count > 0 && f->fed < last_seq &&
	       flow_room(f->outlet.flow) >= (size_t)f->options->collect.batch_bytes) {
		enum status st = read_batch(f, last_seq, &count, err);
		if (st)
			return st;
		if (count > 0)
			flow_add(f->outlet.flow, buf_view(&f->batch));
	}
	return ST_OK;
}

static unsigned killed_flag(const char *stage)
{
	return strncmp(stage, "moderate", 8) == 0  ? RECORD_KILLED_MODERATE
	       : strncmp(stage, "publish", 7) == 0 ? RECORD_KILLED_PUBLISH
						   : RECORD_KILLED_DEDUP;
}

static enum status recv_all(struct feed *f, int64_t now_ms, bool known,
			    uint64_t committed, struct feed_event *ret, struct err *err)
{
	struct outlet_event event;

	do {
		enum status st = outlet_recv(&f->outlet, now_ms, &event, err);
		if (st)
			return st;
		if (event.what == OUTLET_HELLO) {
			st = take_hello(f, &event, known, committed, ret, err);
			if (st)
				return st;
		}
		if (event.what == OUTLET_FRAME && event.frame.type == FRAME_SUSPECT) {
			ret->culprit = event.frame.seq;
			ret->flags = killed_flag(event.frame.text);
		}
	} while (event.what != OUTLET_NOTHING && !ret->culprit && !ret->started);
	return ST_OK;
}

enum status feed_turn(struct feed *f, int64_t now_ms, bool known, uint64_t committed,
		      uint64_t last_seq, struct feed_event *ret, struct err *err)
{
	struct outlet_event event;

	*ret = (struct feed_event){0};
	enum status st = recv_all(f, now_ms, known, committed, ret, err);
	if (st || ret->culprit || ret->started)
		return st;
	st = fill_window(f, last_seq, err);
	if (st)
		return st;
	outlet_pump(&f->outlet, now_ms, &event);
	if (event.what == OUTLET_CULPRIT) {
		ret->culprit = event.seq;
		ret->flags = RECORD_KILLED_DEDUP;
	}
	return ST_OK;
}

void feed_committed(struct feed *f, uint64_t seq, int64_t now_ms)
{
	flow_committed(f->outlet.flow, seq, now_ms);
	say_committed(f, seq);
}

void feed_again(struct feed *f)
{
	if (f->dedup.len > 0)
		outlet_say(&f->outlet, &f->dedup, &(struct frame){.type = FRAME_AGAIN});
}

void feed_marked(struct feed *f, uint64_t seq, unsigned flags)
{
	struct frame marked = {.type = FRAME_MARKED, .seq = seq, .flags = flags};

	flow_set_aside(f->outlet.flow, seq, flags, false);
	if (f->dedup.len > 0)
		outlet_say(&f->outlet, &f->dedup, &marked);
}

void feed_figures(const struct feed *f, struct figures *ret)
{
	struct flow_figures flow;

	flow_figures(f->outlet.flow, &flow);
	figures_set(ret, "in_flight_bytes", flow_held_bytes(f->outlet.flow));
	figures_set(ret, "batches_sent", flow.sent);
	figures_set(ret, "batches_sent_again", flow.sent_again);
	figures_set(ret, "deaths", flow.deaths);
}
