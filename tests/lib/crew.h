/* crew.h - workers made of nothing, for tests of flow.h: what they hold, what reached the
 * store, and who died of what. Every call checks what must hold at any time. */
#ifndef CREW_H
#define CREW_H

#include "flow.h"
#include "record.h"

#define CREW_MAX	  4
#define CREW_QUEUE	  256
#define CREW_SEQS	  65536
#define CREW_WINDOW	  60000
#define CREW_WORKER	  6000
#define CREW_SILENT_MS	  1000
#define CREW_AGAIN_MS	  200
#define CREW_AGAIN_MAX_MS 800

struct crew_batch {
	uint64_t first;
	uint32_t count;
	size_t len;
	bool named;
	unsigned flags; /* of its records, together */
};

struct crew_member {
	bool alive;
	struct bus_peer peer;
	char slot[8];
	uint64_t incarnation;
	uint32_t seen;	   /* batches since its start */
	uint64_t expected; /* in order: the record that comes next */
	struct crew_batch queue[CREW_QUEUE];
	size_t count;
};

struct crew {
	struct flow *flow;
	bool in_order;
	size_t members;
	struct crew_member member[CREW_MAX];
	uint64_t next;	    /* seq to add */
	uint64_t committed; /* in the store */
	uint64_t minted;    /* incarnations */
	int64_t now_ms;
	uint64_t killer; /* seq that kills who looks at it, 0: none */
	uint64_t aside;	 /* the last culprit */
	bool deaf;	 /* culprits are not set aside */
	unsigned random;
	uint8_t arrived[CREW_SEQS]; /* what the store's writer has seen */
};

struct crew crew_of(size_t members, bool in_order);
void crew_release(struct crew *c);

void crew_add(struct crew *c, uint32_t records);
void crew_add_padded(struct crew *c, uint32_t records, size_t padding);

void crew_start(struct crew *c, size_t member); /* a new process says HELLO */
void crew_hello(struct crew *c, size_t member);
void crew_bye(struct crew *c, size_t member);
void crew_kill(struct crew *c, size_t member);	  /* the wire tells */
void crew_replace(struct crew *c, size_t member); /* its successor tells */
void crew_rewire(struct crew *c, size_t member);

void crew_pump(struct crew *c);		       /* everything that can be handed out */
bool crew_work(struct crew *c, size_t member); /* passes its first batch on */
bool crew_lose(struct crew *c, size_t member); /* the same, but it gets lost behind it */
void crew_commit(struct crew *c);

/* Bytes in the queue of a member that are not committed, by way of another. */
size_t crew_credit(const struct crew *c, size_t member);

/* Time passes; everybody lives, works and commits. */
void crew_turn(struct crew *c);
void crew_accident(struct crew *c);
unsigned crew_random(struct crew *c, unsigned below);

#endif
