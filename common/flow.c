/* Held batches stand in an array in seq order; there are at most window / smallest batch
 * of them, and every operation but a split touches its ends or walks it once. A list or a
 * tree would not be faster at this size and would be harder to read.
 */
#include "flow.h"

#include <stdlib.h>

#include "alloc.h"
#include "record.h"

/* How a batch is handed out, by what it has done so far. */
enum manner {
	TOGETHER, /* as it was built */
	NAMED,	  /* one record, named before it is looked at */
	ALONE,	  /* the same, in a fresh worker that has nothing else */
};

enum place {
	READY,	  /* with nobody */
	SENT,	  /* with its holder */
	RETURNED, /* its holder passed it on; not committed yet */
	CULPRIT,  /* waits for flow_set_aside */
};

struct batch {
	uint64_t first_seq;
	uint32_t count;
	uint32_t attempt;
	uint8_t *bytes;
	size_t len;
	enum manner manner;
	enum place place;
	unsigned deaths; /* of holders that were at it; for ALONE: strikes */
	bool begun;	 /* its holder named it */
	bool told;	 /* CULPRIT was reported */
	uint64_t holder; /* incarnation, 0: nobody */
	uint64_t turn;	 /* order of sending */
};

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
	struct batch *batches;
	size_t count, capacity;
	size_t held_bytes;
	uint64_t newest;
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
	flow_restart(f);
	free(f->batches);
	free(f);
}

/* --- batches -------------------------------------------------------------------------- */

size_t flow_room(const struct flow *f)
{
	if (f->count == 0)
		return SIZE_MAX;
	return f->held_bytes < f->options.window_bytes
		       ? f->options.window_bytes - f->held_bytes
		       : 0;
}

static struct batch *insert(struct flow *f, size_t at, size_t how_many)
{
	while (f->count + how_many > f->capacity) {
		f->capacity = f->capacity ? 2 * f->capacity : 64;
		f->batches = xrealloc(f->batches, f->capacity * sizeof(*f->batches));
	}
	memmove(f->batches + at + how_many, f->batches + at,
		(f->count - at) * sizeof(*f->batches));
	memset(f->batches + at, 0, how_many * sizeof(*f->batches));
	f->count += how_many;
	return f->batches + at;
}

void flow_add(struct flow *f, struct span bytes)
{
	struct batch_head head;
	struct span items;
	enum status st = batch_parse(&head, &items, bytes, NULL);

	assert(st == ST_OK && head.count > 0);
	(void)st;
	assert(f->count == 0 || head.first_seq == f->newest + 1);
	struct batch *b = insert(f, f->count, 1);
	b->first_seq = head.first_seq;
	b->count = head.count;
	b->attempt = head.attempt;
	b->bytes = xmemdup(bytes.at, bytes.len);
	b->len = bytes.len;
	f->held_bytes += bytes.len;
	f->newest = head.first_seq + head.count - 1;
}

static uint64_t last_seq(const struct batch *b)
{
	return b->first_seq + b->count - 1;
}

static struct batch *find(struct flow *f, uint64_t seq)
{
	size_t low = 0, high = f->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (last_seq(&f->batches[middle]) < seq)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < f->count && f->batches[low].first_seq <= seq)
		return &f->batches[low];
	return NULL;
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
static void give_back_credit(struct flow *f, const struct batch *b)
{
	struct worker *w = worker_of(f, b->holder);

	if (w && b->place == SENT)
		w->outstanding -= MIN(w->outstanding, b->len);
}

static void drop(struct flow *f, struct batch *b)
{
	give_back_credit(f, b);
	f->held_bytes -= b->len;
	free(b->bytes);
}

/* Lets go of what is committed. dedup behind collect must see every record, even one that
 * was committed before it started; moderate need not. */
static size_t let_go(struct flow *f)
{
	size_t done = 0;

	while (done < f->count && last_seq(&f->batches[done]) <= f->committed &&
	       (!f->options.in_order || f->batches[done].place == RETURNED))
		drop(f, &f->batches[done++]);
	if (done > 0)
		memmove(f->batches, f->batches + done,
			(f->count - done) * sizeof(*f->batches));
	f->count -= done;
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
	return f->count ? f->batches[0].first_seq : 0;
}

uint64_t flow_newest(const struct flow *f)
{
	return f->newest;
}

size_t flow_held_bytes(const struct flow *f)
{
	return f->held_bytes;
}

void flow_restart(struct flow *f)
{
	for (size_t i = 0; i < f->count; i++)
		drop(f, &f->batches[i]);
	f->count = 0;
	f->newest = f->committed = 0;
	f->again_ms = f->options.again_ms;
}

static void make_ready(struct flow *f, struct batch *b)
{
	give_back_credit(f, b);
	b->place = READY;
	b->holder = 0;
	b->begun = false;
	b->attempt++;
}

void flow_again(struct flow *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct batch *b = &f->batches[i];
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
	for (size_t i = 0; w && i < f->count; i++) {
		struct batch *b = &f->batches[i];
		if (b->place == CULPRIT)
			continue;
		make_ready(f, b);
		if (last_seq(b) < next) {
			b->place = RETURNED;
			b->holder = w->incarnation;
		}
	}
	let_go(f);
	return next <= f->newest + 1 &&
	       next >= (f->count ? f->batches[0].first_seq : f->newest + 1);
}

/* A held batch of several records becomes as many batches of one. */
static void split(struct flow *f, struct batch *b)
{
	struct batch whole = *b;
	struct batch_head head;
	struct span items, record, sections;
	OWNED(buf_release) struct buf one = BUF_INIT(FRAME_BYTES_MAX);
	size_t at = (size_t)(b - f->batches);

	if (batch_parse(&head, &items, (struct span){whole.bytes, whole.len}, NULL))
		abort(); /* it was whole when it was added */
	f->held_bytes -= whole.len;
	insert(f, at + 1, whole.count - 1);
	for (uint32_t i = 0; batch_next(&items, &record, &sections); i++) {
		struct batch *single = &f->batches[at + i];
		head.first_seq = whole.first_seq + i;
		batch_begin(&one, &head);
		batch_item(&one, record, sections);
		batch_end(&one, 1);
		*single = (struct batch){.first_seq = head.first_seq,
					 .count = 1,
					 .attempt = whole.attempt,
					 .bytes = xmemdup(one.at, one.len),
					 .len = one.len,
					 .manner = NAMED};
		f->held_bytes += one.len;
	}
	free(whole.bytes);
}

void flow_set_aside(struct flow *f, uint64_t seq, unsigned record_flags, bool again)
{
	struct batch *b = find(f, seq);
	struct span items, record, sections;
	struct batch_head head;

	if (!b)
		return;
	if (b->place == CULPRIT || (again && b->place != READY))
		make_ready(f, b);
	if (batch_parse(&head, &items, (struct span){b->bytes, b->len}, NULL))
		abort(); /* it was whole when it was added */
	for (uint64_t at = b->first_seq; batch_next(&items, &record, &sections); at++) {
		if (at == seq)
			b->bytes[(size_t)(record.at - b->bytes) + 5] |=
				(uint8_t)record_flags;
	}
	batch_end(&(struct buf){b->bytes, b->len, b->len, b->len, false}, b->count);
	b->manner = TOGETHER;
	b->deaths = 0;
	b->told = false;
}

/* --- workers ---------------------------------------------------------------------------- */

/* A death counts against a record only when it was alone in a fresh worker that had named
 * it. Before that a death is only a reason to look closer. */
static void blame(struct flow *f, struct batch *b)
{
	switch (b->manner) {
	case TOGETHER:
		if (++b->deaths < 2)
			return;
		if (b->count > 1)
			split(f, b);
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
static struct batch *was_at(struct flow *f, uint64_t incarnation)
{
	struct batch *first = NULL;

	for (size_t i = 0; i < f->count; i++) {
		struct batch *b = &f->batches[i];
		if (b->holder != incarnation || b->place != SENT)
			continue;
		if (!first || b->turn < first->turn)
			first = b;
	}
	return first && (first->manner == TOGETHER || first->begun) ? first : NULL;
}

static void bury(struct flow *f, struct worker *w, bool died)
{
	struct batch *suspect = died ? was_at(f, w->incarnation) : NULL;
	uint64_t suspect_seq = suspect ? suspect->first_seq : 0;

	for (size_t i = 0; i < f->count; i++) {
		struct batch *b = &f->batches[i];
		if (b->holder == w->incarnation && b->place != CULPRIT)
			make_ready(f, b);
	}
	if (died)
		f->figures.deaths++;
	*w = f->workers[--f->worker_count];
	if (suspect_seq)
		blame(f, find(f, suspect_seq));
}

/* A worker that comes over a new wire has lost what was on the old one. */
static void heard_again(struct flow *f, struct worker *w, const struct bus_peer *peer)
{
	if (bus_peer_equal(&w->peer, peer))
		return;
	for (size_t i = 0; i < f->count; i++) {
		if (f->batches[i].place == SENT && f->batches[i].holder == w->incarnation)
			make_ready(f, &f->batches[i]);
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
	struct batch *b = find(f, first_seq);

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
	struct batch *b = find(f, seq);

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
	if (f->count == 0 || f->batches[0].place != RETURNED) {
		f->progress_ms = now_ms;
		return;
	}
	if (now_ms - f->progress_ms < f->again_ms)
		return;
	make_ready(f, &f->batches[0]);
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

static void hand_out(struct flow *f, struct batch *b, struct worker *w,
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
static bool try_batch(struct flow *f, struct batch *b, struct flow_step *ret)
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
		if (f->options.in_order && b != &f->batches[0])
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
	for (size_t i = 0; i < f->count; i++) {
		struct batch *b = &f->batches[i];
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
	struct batch *b = find(f, first_seq);

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
	ret->batches = (uint32_t)f->count;
	ret->peers = (uint32_t)f->worker_count;
}
