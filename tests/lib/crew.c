#include "crew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "batches.h"

#define PADDING 60

unsigned crew_random(struct crew *c, unsigned below)
{
	c->random = c->random * 1103515245u + 12345u;
	return (c->random >> 16) % below;
}

struct crew crew_of(size_t members, bool in_order)
{
	const struct flow_options options = {.window_bytes = CREW_WINDOW,
					     .worker_bytes = CREW_WORKER,
					     .silent_ms = CREW_SILENT_MS,
					     .again_ms = CREW_AGAIN_MS,
					     .again_max_ms = CREW_AGAIN_MAX_MS,
					     .in_order = in_order};
	struct crew c = {.flow = flow_new(&options),
			 .in_order = in_order,
			 .members = in_order ? 1 : members,
			 .next = 1,
			 .now_ms = 1,
			 .random = 1};

	for (size_t m = 0; m < CREW_MAX; m++)
		snprintf(c.member[m].slot, sizeof(c.member[m].slot), "w.%zu", m);
	return c;
}

void crew_release(struct crew *c)
{
	flow_free(c->flow);
}

void crew_add_padded(struct crew *c, uint32_t records, size_t padding)
{
	OWNED(buf_release) struct buf batch = BUF_INIT(FRAME_BYTES_MAX);

	assert_true(c->next + records < CREW_SEQS);
	batches_make(&batch, c->next, records, padding);
	flow_add(c->flow, buf_view(&batch));
	c->next += records;
}

void crew_add(struct crew *c, uint32_t records)
{
	crew_add_padded(c, records, PADDING);
}

static void new_peer(struct crew *c, struct crew_member *m)
{
	m->peer.len = 8;
	put_le64(m->peer.id, ++c->minted);
}

void crew_hello(struct crew *c, size_t member)
{
	struct crew_member *m = &c->member[member];
	bool known = flow_knows(c->flow, &m->peer);

	flow_hello(c->flow, &m->peer, m->slot, m->incarnation, m->seen == 0, c->now_ms);
	if (c->in_order && !known)
		assert_true(flow_rewind(c->flow, &m->peer, m->expected));
}

void crew_start(struct crew *c, size_t member)
{
	struct crew_member *m = &c->member[member];

	m->alive = true;
	m->incarnation = ++c->minted;
	m->seen = 0;
	m->count = 0;
	new_peer(c, m);
	m->expected = c->committed + 1; /* as the store says */
	crew_hello(c, member);
}

static void gone(struct crew_member *m)
{
	m->alive = false;
	m->count = 0;
}

void crew_bye(struct crew *c, size_t member)
{
	gone(&c->member[member]);
	flow_bye(c->flow, &c->member[member].peer);
	assert_false(flow_knows(c->flow, &c->member[member].peer));
}

void crew_kill(struct crew *c, size_t member)
{
	gone(&c->member[member]);
	flow_lost(c->flow, &c->member[member].peer);
}

void crew_replace(struct crew *c, size_t member)
{
	gone(&c->member[member]);
	crew_start(c, member);
}

void crew_rewire(struct crew *c, size_t member)
{
	struct crew_member *m = &c->member[member];

	m->count = 0; /* what was on the wire */
	new_peer(c, m);
	crew_hello(c, member);
}

size_t crew_credit(const struct crew *c, size_t member)
{
	size_t bytes = 0;

	for (size_t i = 0; i < c->member[member].count; i++) {
		const struct crew_batch *b = &c->member[member].queue[i];
		if (b->first + b->count - 1 > c->committed)
			bytes += b->len;
	}
	return bytes;
}

/* --- handing out ------------------------------------------------------------------------ */

static struct crew_member *who_is(struct crew *c, const struct bus_peer *peer)
{
	for (size_t m = 0; m < c->members; m++) {
		if (bus_peer_equal(&c->member[m].peer, peer) && c->member[m].alive)
			return &c->member[m];
	}
	fail_msg("a batch for somebody who is not there");
	return NULL;
}

static void receive(struct crew *c, const struct flow_step *step)
{
	struct crew_member *m = who_is(c, &step->peer);
	struct batch_head head;
	struct span items, record, sections;

	assert_string_equal(step->slot, m->slot);
	assert_int_equal(batch_parse(&head, &items, step->batch, NULL), ST_OK);
	assert_int_equal(step->seq, head.first_seq);
	assert_true(m->count < CREW_QUEUE);
	struct crew_batch *b = &m->queue[m->count++];
	*b = (struct crew_batch){.first = head.first_seq,
				 .count = head.count,
				 .len = step->batch.len,
				 .named = head.flags & BATCH_NAMED};
	while (batch_next(&items, &record, &sections))
		b->flags |= record.at[5];
	m->seen++;
	if (b->named) {
		assert_int_equal(m->count, 1); /* nothing else is near it */
		assert_int_equal(b->count, 1);
		assert_true(flow_begun(c->flow, &m->peer, b->first));
	}
}

void crew_pump(struct crew *c)
{
	struct flow_step step;

	flow_tick(c->flow, c->now_ms);
	for (;;) {
		flow_next(c->flow, &step);
		switch (step.what) {
		case FLOW_NOTHING:
			return;
		case FLOW_SEND:
			receive(c, &step);
			break;
		case FLOW_RETIRE:
			who_is(c, &step.peer);
			for (size_t m = 0; m < c->members; m++) {
				if (bus_peer_equal(&c->member[m].peer, &step.peer))
					crew_bye(c, m);
			}
			break;
		case FLOW_CULPRIT:
			c->aside = step.seq;
			if (!c->deaf)
				flow_set_aside(c->flow, step.seq, RECORD_QUARANTINED,
					       true);
			break;
		}
	}
}

/* --- work ------------------------------------------------------------------------------- */

static bool kills(const struct crew *c, const struct crew_batch *b)
{
	return c->killer >= b->first && c->killer < b->first + b->count &&
	       !(b->flags & RECORD_QUARANTINED);
}

static bool pass_on(struct crew *c, size_t member, bool arrives)
{
	struct crew_member *m = &c->member[member];
	struct crew_batch b = m->queue[0];

	if (!m->alive || m->count == 0)
		return false;
	if (kills(c, &b)) {
		crew_kill(c, member);
		return false;
	}
	if (c->in_order) {
		assert_true(b.first <= m->expected); /* no gap */
		m->expected = MAX(m->expected, b.first + b.count);
	}
	memmove(m->queue, m->queue + 1, --m->count * sizeof(m->queue[0]));
	if (arrives)
		memset(c->arrived + b.first, 1, b.count);
	flow_returned(c->flow, &m->peer, b.first, b.count);
	return true;
}

bool crew_work(struct crew *c, size_t member)
{
	return pass_on(c, member, true);
}

bool crew_lose(struct crew *c, size_t member)
{
	return pass_on(c, member, false);
}

void crew_commit(struct crew *c)
{
	while (c->committed + 1 < c->next && c->arrived[c->committed + 1])
		c->committed++;
	flow_committed(c->flow, c->committed, c->now_ms);
}

/* --- all of it --------------------------------------------------------------------------- */

static void check(const struct crew *c)
{
	struct flow_figures figures;

	flow_figures(c->flow, &figures);
	assert_true(flow_held_bytes(c->flow) <= CREW_WINDOW + CREW_WORKER);
	if (c->committed + 1 < c->next) { /* whatever is not committed is held */
		assert_int_not_equal(flow_oldest(c->flow), 0);
		assert_true(flow_oldest(c->flow) <= c->committed + 1);
	}
	assert_int_equal(flow_newest(c->flow), c->next - 1);
}

void crew_turn(struct crew *c)
{
	c->now_ms += 10;
	for (size_t m = 0; m < c->members; m++) {
		if (!c->member[m].alive)
			crew_start(c, m);
		else
			crew_hello(c, m);
	}
	crew_pump(c);
	for (size_t m = 0; m < c->members; m++) {
		assert_true(c->member[m].count <= 1 || crew_credit(c, m) <= CREW_WORKER);
		if (crew_random(c, 3) != 0)
			crew_work(c, m);
	}
	if (crew_random(c, 2) == 0)
		crew_commit(c);
	check(c);
}

void crew_accident(struct crew *c)
{
	size_t m = crew_random(c, (unsigned)c->members);

	if (!c->member[m].alive)
		return;
	switch (crew_random(c, 7)) {
	case 0:
		crew_kill(c, m);
		break;
	case 1:
		crew_replace(c, m);
		break;
	case 2:
		crew_bye(c, m);
		break;
	case 3: /* its word that it lives, and what it held, are late */
		c->member[m].count = 0;
		c->member[m].alive = false;
		c->now_ms += CREW_SILENT_MS + 1;
		break;
	case 4:
		crew_rewire(c, m);
		break;
	case 5:
		crew_lose(c, m);
		break;
	default: /* the store's writer is new, and had not committed what it had */
		memset(c->arrived + c->committed + 1, 0, c->next - c->committed - 1);
		flow_again(c->flow);
		break;
	}
}
