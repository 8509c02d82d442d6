#include "submitter.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "pack.h"

#define ANSWER_BYTES_MAX (8 << 20)
#define CORPUS_BYTES_MAX ((size_t)4 << 30)
#define POLL_MS		 1000
#define SILENT_POLLS	 60
#define START_POLL_US	 2000

void bench_must(enum status st, const struct err *err)
{
	if (!st)
		return;
	fprintf(stderr, "bench: %s: %s\n", status_name(st), err->text);
	exit(1);
}

static NORETURN void give_up(const char *why)
{
	fprintf(stderr, "bench: %s\n", why);
	exit(1);
}

void submitter_open(struct submitter *ret, const char *config)
{
	struct err err;

	*ret = (struct submitter){0};
	bench_must(options_load(&ret->options, config, NULL, &err), &err);
	const struct collect_options *o = &ret->options->collect;
	bench_must(bus_open(&ret->bus, &err), &err);
	bench_must(bus_add(ret->bus, &ret->submit, BUS_DEALER, o->submit, 0,
			   ANSWER_BYTES_MAX, &err),
		   &err);
	bench_must(bus_add(ret->bus, &ret->admin, BUS_DEALER, o->admin, 0,
			   ANSWER_BYTES_MAX, &err),
		   &err);
}

void submitter_close(struct submitter *s)
{
	store_close(s->store);
	bus_close(s->bus);
	options_free(s->options);
}

/* --- messages ---------------------------------------------------------------------------- */

/* Waits while nobody is there yet: the programs may still be starting. */
static void send_parts(struct submitter *s, struct bus_socket *to,
		       const struct span parts[2])
{
	struct err err;
	enum status st;

	while ((st = bus_send_parts(to, NULL, parts, 2, &err)) == ST_EAGAIN)
		usleep(START_POLL_US);
	bench_must(st, &err);
	s->sent++;
}

static uint64_t count_accepted(struct span answers)
{
	static const char accepted[] = "\"status\":\"accepted\"";
	const uint8_t *end = answers.at + answers.len, *at = answers.at;
	uint64_t count = 0;

	while (at < end &&
	       (at = memmem(at, (size_t)(end - at), accepted, sizeof(accepted) - 1))) {
		count++;
		at += sizeof(accepted) - 1;
	}
	return count;
}

static void receive_from(struct submitter *s, struct bus_socket *from)
{
	struct bus_message message;
	struct bus_event event;
	struct err err;
	enum status st;

	for (int silent = 0; (st = bus_recv(from, &message, &err)) == ST_EAGAIN;
	     silent++) {
		if (silent == SILENT_POLLS)
			give_up("the intake does not answer");
		bench_must(bus_wait(s->bus, POLL_MS, &event, &err), &err);
		if (event.stop)
			give_up("interrupted");
	}
	bench_must(st, &err);
	s->answered++;
	s->accepted += count_accepted(message.part[1]);
}

void submitter_receive(struct submitter *s)
{
	receive_from(s, s->submit);
}

void submitter_send(struct submitter *s, const struct span *lines, size_t count)
{
	/* Lines stand one behind the other in the file: the message is that stretch. */
	const struct span *last = &lines[count - 1];
	const struct span parts[2] = {
		SPAN_OF("bench"),
		{lines->at, (size_t)(last->at + last->len - lines->at)}};

	send_parts(s, s->submit, parts);
}

void submitter_activate(struct submitter *s, const char *rules)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	OWNED(freep) char *dir = xasprintf("%s/packs", s->options->pipeline.data);
	uint8_t hash[SHA256_BYTES];
	char hex[HEX_BYTES(SHA256_BYTES)];
	struct err err;

	bench_must(pack_build(&pack, rules, &err), &err);
	bench_must(pack_store(dir, buf_view(&pack), hash, &err), &err);
	OWNED(freep)
	char *line = xasprintf("{\"kind\":\"activation\",\"source\":\"bench\","
			       "\"source_id\":\"rules\",\"activates\":\"rules\","
			       "\"hash\":\"%s\"}",
			       hex_format(hex, hash, sizeof(hash)));
	send_parts(s, s->admin, (struct span[]){SPAN_OF("activate"), span_of(line)});
	receive_from(s, s->admin);
	if (s->accepted != 1)
		give_up("the rule set was not accepted: is the data directory fresh?");
	submitter_wait_committed(s, 1, START_POLL_US);
}

/* --- the store --------------------------------------------------------------------------- */

uint64_t submitter_committed(struct submitter *s)
{
	int64_t seq;
	struct err err;

	if (!s->store) {
		OWNED(freep)
		char *path = xasprintf("%s/store.db", s->options->pipeline.data);
		enum status st = store_open(&s->store, path, STORE_READ, &err);
		if (st == ST_ENOTFOUND || st == ST_EBUSY)
			return 0;
		bench_must(st, &err);
	}
	bench_must(store_int(s->store, &seq,
			     "SELECT committed_seq FROM journal "
			     "ORDER BY ordinal DESC LIMIT 1",
			     0, &err),
		   &err);
	return (uint64_t)seq;
}

void submitter_wait_committed(struct submitter *s, uint64_t seq, int64_t poll_us)
{
	while (submitter_committed(s) < seq)
		usleep((useconds_t)poll_us);
}

/* --- lines ------------------------------------------------------------------------------- */

void lines_read(struct lines *ret, const char *path, size_t first, size_t count)
{
	struct err err;

	*ret = (struct lines){.text = BUF_INIT(CORPUS_BYTES_MAX)};
	ret->line = xcalloc(count, sizeof(*ret->line));
	bench_must(file_read(&ret->text, path, &err), &err);
	struct span rest = buf_view(&ret->text);
	for (size_t i = 0; rest.len > 0 && ret->count < count; i++) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.at) + 1 : rest.len;
		if (i >= first)
			ret->line[ret->count++] = (struct span){rest.at, len};
		rest.at += len;
		rest.len -= len;
	}
	if (ret->count < count)
		give_up("the corpus is shorter than that");
}

void lines_release(struct lines *l)
{
	free(l->line);
	buf_release(&l->text);
}
