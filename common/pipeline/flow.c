#include "flow.h"

#include <stdlib.h>

#include "alloc.h"
#include "held.h"

struct worker {
	struct bus_peer peer;
	char slot[FRAME_SLOT_MAX + 1];
	uint64_t incarnation;
	int64_t heard_ms;
	size_t outstanding; /* bytes SENT and not RETURNED */
	bool fresh;	    /* it had been given nothing when it first said HELLO */
	uint64_t given;	    /* batches since then */
	bool alone;	    /* what is outstanding was named: nothing else may kill it */
	bool open;	    /* may be given batches */
	bool retiring;
};

struct flow {
	struct flow_options options;
	struct held held;
	uint64_t committed;
	uint64_t turn;
	struct worker workers[FLOW_PEERS_MAX];
	size_t worker_count;
	int64_t progress_ms; /* of the last commit, or of the last time handed out again */
	int64_t again_ms;    /* the present patience */
	struct flow_figures figures;
};

struct flow *flow_new(const struct flow_options *options)
{
	struct flow *f = xcalloc(1, sizeof(*f));

	f->options = *options;
	f->again_ms = options->again_ms;
	return f;
}

void flow_free(struct flow *f)
{
	if (!f)
		return;
	held_release(&f->held);
	free(f);
}

/* --- batches -------------------------------------------------------------------------- */

size_t flow_room(const struct flow *f)
{
	if (f->held.count == 0)
		return SIZE_MAX;
	return f->held.bytes < f->options.window_bytes
		       ? f->options.window_bytes - f->held.bytes
		       : 0;
}

void flow_add(struct flow *f, struct span batch)
{
	held_add(&f->held, batch);
}

static struct worker *worker_of(struct flow *f, uint64_t incarnation)
{
	for (size_t i = 0; i < f->worker_count; i++) {
		if (f->workers[i].incarnation == incarnation)
			return &f->workers[i];
	}
	return NULL;
}

static struct worker *worker_at(struct flow *f, const struct bus_peer *peer)
{
	for (size_t i = 0; i < f->worker_count; i++) {
		if (bus_peer_equal(&f->workers[i].peer, peer))
			return &f->workers[i];
	}
	return NULL;
}

/* The holder has nothing more to do with the batch; its credit is free again. */
static void give_back_credit(struct flow *f, const struct held_batch *b)
{
	struct worker *w = worker_of(f, b->holder);

	if (w && b->place == SENT)
		w->outstanding -= MIN(w->outstanding, b->len);
}

/* Lets go of what is committed. dedup behind collect must see every record, even one that
 * was committed before it started; moderate need not. */
static size_t let_go(struct flow *f)
{
	const struct held *h = &f->held;
	size_t done = 0;

	for (; done < h->count && held_last_seq(&h->batch[done]) <= f->committed &&
	       (!f->options.in_order || h->batch[done].place == RETURNED);
	     done++)
		give_back_credit(f, &h->batch[done]);
	held_drop_first(&f->held, done);
	return done;
}

void flow_committed(struct flow *f, uint64_t seq, int64_t now_ms)
{
	f->committed = MAX(f->committed, seq);
	if (let_go(f) == 0)
		return;
	f->progress_ms = now_ms;
	f->again_ms = f->options.again_ms;
}

uint64_t flow_oldest(const struct flow *f)
{
	return f->held.count ? f->held.batch[0].first_seq : 0;
}

uint64_t flow_newest(const struct flow *f)
{
	return f->held.newest;
}

size_t flow_held_bytes(const struct flow *f)
{
	return f->held.bytes;
}

void flow_restart(struct flow *f)
{
	for (size_t i = 0; i < f->held.count; i++)
		give_back_credit(f, &f->held.batch[i]);
	held_release(&f->held);
	f->committed = 0;
	f->again_ms = f->options.again_ms;
}

static void make_ready(struct flow *f, struct held_batch *b)
{
	give_back_credit(f, b);
	b->place = READY;
	b->holder = 0;
	b->begun = false;
	b->attempt++;
}

void flow_again(struct flow *f)
{
	for (size_t i = 0; i < f->held.count; i++) {
		struct held_batch *b = &f->held.batch[i];
		if (b->place == RETURNED)
			make_ready(f, b);
		b->told =
			false; /* who was to set it aside may have died of another cause */
	}
}

bool flow_rewind(struct flow *f, const struct bus_peer *peer, uint64_t next)
{
	struct worker *w = worker_at(f, peer);

	if (w)
		w->open = true;
	for (size_t i = 0; w && i < f->held.count; i++) {
		struct held_batch *b = &f->held.batch[i];
		if (b->place == CULPRIT)
			continue;
		make_ready(f, b);
		if (held_last_seq(b) < next) {
			b->place = RETURNED;
			b->holder = w->incarnation;
		}
	}
	let_go(f);
	return next <= f->held.newest + 1 &&
	       next >= (f->held.count ? f->held.batch[0].first_seq : f->held.newest + 1);
}

void flow_set_aside(struct flow *f, uint64_t seq, unsigned record_flags, bool again)
{
	struct held_batch *b = held_find(&f->held, seq);

	if (!b)
		return;
	if (b->place == CULPRIT || (again && b->place != READY))
		make_ready(f, b);
	held_flag(b, seq, record_flags);
	b->manner = TOGETHER;
	b->deaths = 0;
	b->told = false;
}

/* --- workers ---------------------------------------------------------------------------- */

/* A death counts against a record only when it was alone in a fresh worker that had named
 * it. Before that a death is only a reason to look closer. */
static void blame(struct flow *f, struct held_batch *b)
{
	switch (b->manner) {
	case TOGETHER:
		if (++b->deaths < 2)
			return;
		if (b->count > 1)
			held_split(&f->held, b);
		else
			b->manner = NAMED;
		return;
	case NAMED:
		b->manner = ALONE;
		b->deaths = 0;
		return;
	case ALONE:
		if (++b->deaths >= FLOW_STRIKES) {
			b->place = CULPRIT;
			f->figures.culprits++;
		}
		return;
	}
}

/* The batch that a worker was at when it died: what it was given first and had not passed
 * on. For what had to be named, naming decides. */
static struct held_batch *was_at(struct flow *f, uint64_t incarnation)
{
	struct held_batch *first = NULL;

	for (size_t i = 0; i < f->held.count; i++) {
		struct held_batch *b = &f->held.batch[i];
		if (b->holder != incarnation || b->place != SENT)
			continue;
		if (!first || b->turn < first->turn)
			first = b;
	}
	return first && (first->manner == TOGETHER || first->begun) ? first : NULL;
}

static void bury(struct flow *f, struct worker *w, bool died)
{
	struct held_batch *suspect = died ? was_at(f, w->incarnation) : NULL;
	uint64_t suspect_seq = suspect ? suspect->first_seq : 0;

	for (size_t i = 0; i < f->held.count; i++) {
		struct held_batch *b = &f->held.batch[i];
		if (b->holder == w->incarnation && b->place != CULPRIT)
			make_ready(f, b);
	}
	if (died)
		f->figures.deaths++;
	*w = f->workers[--f->worker_count];
	if (suspect_seq)
		blame(f, held_find(&f->held, suspect_seq));
}

/* A worker that comes over a new wire has lost what was on the old one. */
static void heard_again(struct flow *f, struct worker *w, const struct bus_peer *peer)
{
	if (bus_peer_equal(&w->peer, peer))
		return;
	for (size_t i = 0; i < f->held.count; i++) {
		if (f->held.batch[i].place == SENT &&
		    f->held.batch[i].holder == w->incarnation)
			make_ready(f, &f->held.batch[i]);
	}
	w->peer = *peer;
	w->retiring = false;
}

void flow_hello(struct flow *f, const struct bus_peer *peer, const char *slot,
		uint64_t incarnation, bool fresh, int64_t now_ms)
{
	for (size_t i = 0; i < f->worker_count; i++) {
		struct worker *before = &f->workers[i];
		if (strcmp(before->slot, slot) != 0)
			continue;
		if (before->incarnation == incarnation) {
			heard_again(f, before, peer);
			before->heard_ms = now_ms;
			return;
		}
		bury(f, before, !before->retiring);
		break;
	}
	if (f->worker_count == FLOW_PEERS_MAX)
		return; /* it will say HELLO again */
	struct worker *w = &f->workers[f->worker_count++];
	*w = (struct worker){.peer = *peer,
			     .incarnation = incarnation,
			     .heard_ms = now_ms,
			     .fresh = fresh,
			     .open = !f->options.in_order};
	memcpy(w->slot, slot, MIN(strlen(slot), (size_t)FRAME_SLOT_MAX));
}

bool flow_knows(const struct flow *f, const struct bus_peer *peer)
{
	for (size_t i = 0; i < f->worker_count; i++) {
		if (bus_peer_equal(&f->workers[i].peer, peer))
			return true;
	}
	return false;
}

void flow_bye(struct flow *f, const struct bus_peer *peer)
{
	struct worker *w = worker_at(f, peer);

	if (w)
		bury(f, w, false);
}

void flow_lost(struct flow *f, const struct bus_peer *peer)
{
	struct worker *w = worker_at(f, peer);

	if (w)
		bury(f, w, true);
}

void flow_returned(struct flow *f, const struct bus_peer *peer, uint64_t first_seq,
		   uint32_t count)
{
	struct worker *w = worker_at(f, peer);
	struct held_batch *b = held_find(&f->held, first_seq);

	/* Late word about something that was since given to another, split or committed. */
	if (!w || !b || b->holder != w->incarnation || b->place != SENT ||
	    b->first_seq != first_seq || b->count != count)
		return;
	give_back_credit(f, b);
	b->place = RETURNED;
	b->begun = false;
	let_go(f);
}

bool flow_begun(struct flow *f, const struct bus_peer *peer, uint64_t seq)
{
	struct worker *w = worker_at(f, peer);
	struct held_batch *b = held_find(&f->held, seq);

	if (!w || !b || b->holder != w->incarnation || b->place != SENT)
		return false;
	b->begun = true;
	return true;
}

static void bury_silent(struct flow *f, int64_t now_ms)
{
	for (size_t i = f->worker_count; i > 0; i--) {
		struct worker *w = &f->workers[i - 1];
		if (now_ms - w->heard_ms > f->options.silent_ms)
			bury(f, w, true);
	}
}

void flow_tick(struct flow *f, int64_t now_ms)
{
	bury_silent(f, now_ms);
	if (f->held.count == 0 || f->held.batch[0].place != RETURNED) {
		f->progress_ms = now_ms;
		return;
	}
	if (now_ms - f->progress_ms < f->again_ms)
		return;
	make_ready(f, &f->held.batch[0]);
	f->progress_ms = now_ms;
	f->again_ms = MIN(2 * f->again_ms, f->options.again_max_ms);
}

/* --- what to do next ---------------------------------------------------------------------- */

static bool takes_work(const struct worker *w)
{
	return w->open && !w->retiring;
}

static struct worker *roomiest(struct flow *f, size_t bytes)
{
	struct worker *best = NULL;

	for (size_t i = 0; i < f->worker_count; i++) {
		struct worker *w = &f->workers[i];
		bool fits =
			w->outstanding == 0 ||
			(!w->alone && w->outstanding + bytes <= f->options.worker_bytes);
		if (fits && takes_work(w) &&
		    (!best || w->outstanding < best->outstanding))
			best = w;
	}
	return best;
}

static struct worker *idle(struct flow *f, bool fresh)
{
	for (size_t i = 0; i < f->worker_count; i++) {
		struct worker *w = &f->workers[i];
		if (w->outstanding == 0 && takes_work(w) &&
		    (!fresh || (w->fresh && w->given == 0)))
			return w;
	}
	return NULL;
}

/* One that comes back fresh; a single one, while the others go on working. */
static struct worker *to_retire(struct flow *f)
{
	for (size_t i = 0; i < f->worker_count; i++) {
		if (f->workers[i].retiring)
			return NULL;
	}
	return idle(f, false);
}

static void step_to(struct flow_step *ret, enum flow_what what, const struct worker *w)
{
	ret->what = what;
	ret->peer = w->peer;
	memcpy(ret->slot, w->slot, sizeof(ret->slot));
}

static void hand_out(struct flow *f, struct held_batch *b, struct worker *w,
		     struct flow_step *ret)
{
	step_to(ret, FLOW_SEND, w);
	batch_set_attempt(b->bytes, b->attempt, b->manner == TOGETHER ? 0 : BATCH_NAMED);
	ret->batch = (struct span){b->bytes, b->len};
	ret->seq = b->first_seq;
	b->place = SENT;
	b->holder = w->incarnation;
	b->turn = ++f->turn;
	w->outstanding += b->len;
	w->alone = b->manner != TOGETHER;
	w->given++;
	f->figures.sent++;
	f->figures.sent_again += b->attempt > 0;
}

/* True when the batch made a step. */
static bool try_batch(struct flow *f, struct held_batch *b, struct flow_step *ret)
{
	struct worker *w = NULL;

	switch (b->manner) {
	case TOGETHER:
		w = roomiest(f, b->len);
		break;
	case NAMED:
		w = idle(f, false);
		break;
	case ALONE:
		/* A fresh worker that needs all records before it first would not be fresh
		 * when it comes to this one: wait until they are committed. */
		if (f->options.in_order && b != &f->held.batch[0])
			return false;
		w = idle(f, true);
		if (w)
			break;
		w = to_retire(f);
		if (!w)
			return false;
		w->retiring = true;
		step_to(ret, FLOW_RETIRE, w);
		return true;
	}
	if (!w)
		return false;
	hand_out(f, b, w, ret);
	return true;
}

void flow_next(struct flow *f, struct flow_step *ret)
{
	*ret = (struct flow_step){.what = FLOW_NOTHING};
	for (size_t i = 0; i < f->held.count; i++) {
		struct held_batch *b = &f->held.batch[i];
		if (b->place == CULPRIT && !b->told) {
			b->told = true;
			ret->what = FLOW_CULPRIT;
			ret->seq = b->first_seq;
			return;
		}
		if (b->place == READY && try_batch(f, b, ret))
			return;
		if (f->options.in_order && (b->place == READY || b->place == CULPRIT))
			return; /* nothing may overtake it */
	}
}

void flow_unsent(struct flow *f, uint64_t first_seq)
{
	struct held_batch *b = held_find(&f->held, first_seq);

	if (!b || b->place != SENT)
		return;
	struct worker *w = worker_of(f, b->holder);
	if (w)
		w->given--;
	make_ready(f, b);
	b->attempt--;
}

void flow_figures(const struct flow *f, struct flow_figures *ret)
{
	*ret = f->figures;
	ret->batches = (uint32_t)f->held.count;
	ret->peers = (uint32_t)f->worker_count;
}
