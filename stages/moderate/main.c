/* moderate - applies the norm rules in force to each review.
 *
 *	dedup --> [moderate 1..N] --> publish
 *
 * In:    batches with what dedup found. Out: the same with the rules that hit behind each
 *        review (findings.h), straight to publish.
 * State: none but the compiled rule sets, which batches name by hash; as many workers as
 *        wanted, each may die at any time. Options: section `moderate` of pipeline.yaml.
 *
 * It proposes; publish decides in order, because only there is known what became of the
 * reviews before.
 */
#include "alive.h"
#include "link.h"
#include "log.h"
#include "moderate.h"
#include "stage.h"

static struct {
	struct link link;
	struct bus_socket *publish;
	struct moderate *moderate;
	struct buf batch; /* waits when publish is not there or full */
	struct batch_head head;
	bool waiting;
	uint64_t batches, records; /* since the start */
} self;

static enum status open_stage(struct stage_run *run, struct err *err)
{
	char upstream[ADDRESS_BYTES], downstream[ADDRESS_BYTES];
	const struct options *o = run->options;

	self.batch = BUF_INIT(FRAME_BYTES_MAX);
	self.moderate =
		moderate_new(o->pipeline.data, (size_t)o->moderate.scan_bytes_max);
	options_endpoint(o, "moderate", upstream, sizeof(upstream));
	options_endpoint(o, "publish", downstream, sizeof(downstream));
	enum status st = link_open(&self.link, run->bus, upstream, run->slot,
				   run->incarnation, o->pipeline.heartbeat_ms, err);
	return st ? st
		  : bus_add(run->bus, &self.publish, BUS_PUSH, downstream, 0,
			    FRAME_BYTES_MAX, err);
}

/* Compiling a rule set can take longer than a stage may be silent. Leaves dedup meanwhile,
 * so that no record is blamed for it; the batch is handed out again. */
static enum status compile_first(struct err *err)
{
	log_info("compiling", "slot=%s", self.link.slot);
	link_bye(&self.link);
	alive_hold();
	enum status st = moderate_use(self.moderate, self.head.rules_hash,
				      self.head.policy_hash, err);
	alive_release();
	self.link.hello_ms = 0; /* due at once */
	return st;
}

static enum status build(struct span bytes, struct err *err)
{
	static struct record record;
	struct span items, record_bytes, sections;
	enum status st = batch_parse(&self.head, &items, bytes, err);

	if (st == ST_OK &&
	    !moderate_ready(self.moderate, self.head.rules_hash, self.head.policy_hash)) {
		self.link.seen--; /* it was not looked at */
		return compile_first(err);
	}
	if (st == ST_OK)
		st = moderate_use(self.moderate, self.head.rules_hash,
				  self.head.policy_hash, err);
	if (st)
		return st;
	batch_begin(&self.batch, &self.head);
	while (batch_next(&items, &record_bytes, &sections)) {
		st = record_read(&record, record_bytes,
				 RECORD_QUARANTINED | RECORD_ERASED, err);
		size_t opened = batch_item_open(&self.batch, record_bytes, sections);
		if (st == ST_OK)
			st = moderate_record(self.moderate, &record, sections,
					     &self.batch, err);
		if (st) /* findings too are written by a program of ours */
			return st == ST_EMALFORMED ? ST_ESOFTWARE : st;
		batch_item_close(&self.batch, opened);
	}
	batch_end(&self.batch, self.head.count);
	self.batches++;
	self.records += self.head.count;
	self.waiting = true;
	return ST_OK;
}

/* Credit goes back only when the batch is on its way: publish's slowness reaches dedup. */
static enum status send(struct stage_run *run, struct err *err)
{
	enum status st = bus_send(self.publish, NULL, buf_view(&self.batch), err);

	if (st == ST_EAGAIN) {
		run->wait_ms = 10;
		return ST_OK;
	}
	if (st)
		return st;
	self.waiting = false;
	link_returned(&self.link, &self.head);
	return ST_OK;
}

static enum status turn(struct stage_run *run, struct err *err)
{
	struct link_event event = {.what = LINK_FRAME};
	enum status st = ST_OK;

	link_beat(&self.link, run->now_ms);
	bus_pause(self.link.socket, self.waiting);
	if (self.waiting)
		st = send(run, err);
	while (st == ST_OK && !self.waiting && event.what != LINK_NOTHING) {
		st = link_recv(&self.link, &event, err);
		if (st || event.what != LINK_BATCH)
			continue;
		st = build(event.batch, err);
		if (st == ST_OK && self.waiting)
			st = send(run, err);
		/* One batch a turn: the heartbeat must go on. */
		run->wait_ms = 0;
		break;
	}
	bus_pause(self.link.socket, self.waiting);
	run->done = !self.waiting && (run->stopping || self.link.retired);
	if (run->stopping && self.waiting)
		run->done = true; /* it is handed out again */
	return st;
}

static void close_stage(struct stage_run *run)
{
	if (self.link.socket && stage_left_in_order(run))
		link_bye(&self.link);
	moderate_free(self.moderate);
	link_release(&self.link);
	buf_release(&self.batch);
}

static void figures(struct figures *ret)
{
	figures_set(ret, "batches_done", self.batches);
	figures_set(ret, "records_seen", self.records);
}

int main(int argc, char **argv)
{
	static const struct stage stage = {
		.name = "moderate",
		.about = "Applies the norm rules in force to each review.\n",
		.nice = STAGE_NICE_BEFORE_PUBLISH,
		.open = open_stage,
		.turn = turn,
		.close = close_stage,
		.figures = figures,
	};

	return stage_main(argc, argv, &stage);
}
