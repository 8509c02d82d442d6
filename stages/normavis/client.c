#include "client.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "alloc.h"
#include "bus.h"
#include "clock.h"
#include "journal.h"
#include "store.h"

#define MESSAGE_BYTES  (4 << 20) /* of one message; the intake takes 8 MiB */
#define ANSWER_BYTES   (8 << 20)
#define POLL_MS	       100
#define COMMIT_POLL_MS 5
#define ALIVE_POLL_MS  250  /* looking at locks, while commits are waited for */
#define BUSY_FIRST_MS  1000 /* where the intake does not say */
#define WHY_BYTES      32   /* of the reason for being busy */
#define REQUEST_BYTES  24

struct line {
	uint64_t tag;
	size_t at, len; /* in the message's text */
	char *answer;	/* JSON; NULL: none yet */
};

/* Some lines, from their first sending to the last of their answers. */
struct message {
	uint64_t number; /* of the sending that is under way; 0: none is */
	struct buf text;
	struct line line[CLIENT_LINES];
	size_t count;
	size_t asked[CLIENT_LINES]; /* lines of this sending, by their order in it */
	size_t asked_count;
	int64_t sent_ms;
	int64_t due_ms;	 /* not sent before */
	int64_t busy_ms; /* since when it is refused as busy; 0: it is not */
};

struct client {
	const struct installation *installation;
	struct client_options options;
	struct bus *bus;
	struct bus_socket *socket;
	struct message message[CLIENT_WINDOW + 1]; /* a ring: the oldest first */
	size_t first, sealed; /* `sealed` of them, then the one that is gathered */
	uint64_t sendings;
	uint64_t last_seq;
	int64_t heard_ms; /* last answer, or when waiting began */
	struct buf out;
	/* Once somebody waits for commits: */
	struct store *store;
	uint64_t journal_id; /* of collect's journal; 0: not read yet */
	bool supervised;     /* `normavis run` was seen */
};

/* --- the store that is waited for ------------------------------------------------------- */

/* Seqs count per journal, and the store may know others than the one that collect writes. */
static enum status find_journal(struct client *c, struct err *err)
{
	OWNED(journal_reader_closep) struct journal_reader *reader = NULL;
	enum status st = journal_reader_open(&reader, c->installation->journal, 0, err);

	if (st == ST_OK)
		c->journal_id = journal_reader_id(reader);
	return st;
}

/* ST_ENOTFOUND: neither is there yet, or a segment was trimmed while we looked. */
static enum status read_committed(struct client *c, uint64_t *ret, struct err *err)
{
	enum status st = c->journal_id ? ST_OK : find_journal(c, err);

	if (st == ST_OK && !c->store)
		st = store_open(&c->store, c->installation->store, STORE_READ, err);
	return st ? st : store_committed(c->store, c->journal_id, ret, err);
}

/* Said before anything is sent. What is read now is read anew when it is needed: a start
 * may make another journal. */
static enum status check_readable(struct client *c, struct err *err)
{
	uint64_t committed;
	struct err why = {""};
	enum status st = read_committed(c, &committed, &why);

	store_close(c->store);
	c->store = NULL;
	c->journal_id = 0;
	if (st == ST_OK || st == ST_ENOTFOUND || st == ST_EBUSY)
		return ST_OK;
	return err_set(err, st,
		       "cannot see what is committed (%s); nothing was sent, --no-wait "
		       "sends without waiting for it",
		       why.text);
}

enum status client_open(struct client **ret, const struct installation *installation,
			const struct client_options *options, struct err *err)
{
	OWNED(client_closep) struct client *c = xcalloc(1, sizeof(*c));
	const struct collect_options *o = &installation->options->collect;

	c->installation = installation;
	c->options = *options;
	c->out = BUF_INIT(2 * MESSAGE_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(c->message); i++)
		c->message[i].text = BUF_INIT(2 * MESSAGE_BYTES);
	enum status st = run_dir_check(installation->options, err);
	if (st == ST_OK)
		st = bus_open(&c->bus, err);
	if (st == ST_OK)
		st = bus_add(c->bus, &c->socket, BUS_DEALER,
			     options->endpoint == ADMIN ? o->admin : o->submit, 0,
			     ANSWER_BYTES, err);
	if (st == ST_OK && options->wait)
		st = check_readable(c, err);
	if (st)
		return st;
	c->supervised = installation_holds(installation, INSTALLATION_SUPERVISOR, NULL);
	c->heard_ms = clock_mono_ms();
	*ret = TAKE(c);
	return ST_OK;
}

static void empty(struct message *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->line[i].answer);
	buf_clear(&m->text);
	m->number = 0;
	m->count = m->asked_count = 0;
	m->due_ms = m->busy_ms = 0;
}

void client_close(struct client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < ARRAY_LEN(c->message); i++) {
		empty(&c->message[i]);
		buf_release(&c->message[i].text);
	}
	buf_release(&c->out);
	store_close(c->store);
	bus_close(c->bus);
	free(c);
}

static struct message *message_at(struct client *c, size_t place)
{
	return &c->message[(c->first + place) % ARRAY_LEN(c->message)];
}

bool client_idle(const struct client *c)
{
	size_t open = (c->first + c->sealed) % ARRAY_LEN(c->message);

	return c->sealed == 0 && c->message[open].count == 0;
}

uint64_t client_last_seq(const struct client *c)
{
	return c->last_seq;
}

int client_exit_code(enum status st)
{
	return st == ST_ENOTFOUND ? EXIT_CODE_UNAVAILABLE : (int)status_exit_code(st);
}

/* --- sending ---------------------------------------------------------------------------- */

void client_push(struct client *c)
{
	if (c->sealed < CLIENT_WINDOW && message_at(c, c->sealed)->count > 0)
		c->sealed++;
}

static void put_request(char ret[REQUEST_BYTES], uint64_t number)
{
	snprintf(ret, REQUEST_BYTES, "%llu", (unsigned long long)number);
}

/* Sends those lines of the message that have no answer. */
static enum status send_message(struct client *c, struct message *m, int64_t now_ms,
				struct err *err)
{
	char request[REQUEST_BYTES];

	m->asked_count = 0;
	buf_clear(&c->out);
	for (size_t i = 0; i < m->count; i++) {
		if (m->line[i].answer)
			continue;
		m->asked[m->asked_count++] = i;
		buf_bytes(&c->out, m->text.at + m->line[i].at, m->line[i].len);
		buf_char(&c->out, '\n');
	}
	m->number = ++c->sendings;
	m->sent_ms = now_ms;
	put_request(request, m->number);
	const struct span parts[] = {span_of(request), buf_view(&c->out)};
	enum status st = bus_send_parts(c->socket, NULL, parts, ARRAY_LEN(parts), err);
	if (st != ST_EAGAIN)
		return st;
	m->number = 0; /* nobody is there yet */
	m->due_ms = now_ms + POLL_MS;
	return ST_OK;
}

static enum status send_due(struct client *c, struct err *err)
{
	int64_t now_ms = clock_mono_ms();

	for (size_t i = 0; i < c->sealed; i++) {
		struct message *m = message_at(c, i);
		bool lost = m->number && now_ms - m->sent_ms >= CLIENT_RESEND_MS;
		bool due = !m->number && now_ms >= m->due_ms;

		if (!lost && !due)
			continue;
		enum status st = send_message(c, m, now_ms, err);
		if (st)
			return st;
	}
	return ST_OK;
}

/* --- answers ---------------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void deliver_line(struct client *c, const struct message *m,
			 const struct line *line)
{
	json_auto_t *json = json_loads(line->answer, 0, NULL);
	const char *status = text_of(json, "status");
	struct client_answer answer = {
		.tag = line->tag,
		.verdict = strcmp(status, "accepted") == 0   ? CLIENT_ACCEPTED
			   : strcmp(status, "repeated") == 0 ? CLIENT_REPEATED
							     : CLIENT_REFUSED,
		.seq = (uint64_t)json_integer_value(json_object_get(json, "seq")),
		.id = text_of(json, "id"),
		.field = text_of(json, "field"),
		.reason = text_of(json, "reason"),
		.detail = text_of(json, "detail"),
		.line = {m->text.at + line->at, line->len},
		.json = line->answer,
	};

	/* What an earlier journal accepted is known from the store: nothing to wait for. */
	if (!json_object_get(json, "journal"))
		c->last_seq = MAX(c->last_seq, answer.seq);
	c->options.answered(c->options.context, &answer);
}

/* Hands over whole messages from the front, so that order is kept. */
static void deliver(struct client *c)
{
	while (c->sealed > 0) {
		struct message *m = message_at(c, 0);

		for (size_t i = 0; i < m->count; i++)
			if (!m->line[i].answer)
				return;
		for (size_t i = 0; i < m->count; i++)
			deliver_line(c, m, &m->line[i]);
		empty(m);
		c->first = (c->first + 1) % ARRAY_LEN(c->message);
		c->sealed--;
	}
}

/* One answer. False when it is none that the intake gives. *ret_retry_ms: busy,
 * for the reason *ret_why. */
static bool take_answer(struct message *m, struct span text, int64_t *ret_retry_ms,
			char ret_why[WHY_BYTES])
{
	json_auto_t *json = json_loadb((const char *)text.at, text.len, 0, NULL);
	json_int_t number = json_integer_value(json_object_get(json, "line"));

	if (number < 1 || (size_t)number > m->asked_count)
		return false;
	struct line *line = &m->line[m->asked[number - 1]];
	if (strcmp(text_of(json, "status"), "busy") == 0) {
		json_t *after = json_object_get(json, "retry_after_ms");
		*ret_retry_ms = json_is_integer(after) ? json_integer_value(after)
						       : BUSY_FIRST_MS;
		(void)snprintf(ret_why, WHY_BYTES, "%s", text_of(json, "reason"));
		return true;
	}
	json_object_set_new(json, "line", json_integer((json_int_t)line->tag));
	free(line->answer);
	line->answer = json_dumps(json, JSON_COMPACT);
	return line->answer != NULL;
}

static enum status take_reply(struct client *c, struct message *m, struct span rest,
			      struct err *err)
{
	int64_t retry_ms = 0, now_ms = clock_mono_ms();
	char why[WHY_BYTES] = "";

	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.at, '\n', rest.len);
		size_t len = end ? (size_t)(end - rest.at) : rest.len;

		if (!take_answer(m, (struct span){rest.at, len}, &retry_ms, why))
			return err_set(err, ST_EWIRE,
				       "the intake's answer makes no sense");
		rest.at += len + (end != NULL);
		rest.len -= len + (end != NULL);
	}
	m->number = 0;
	m->due_ms = now_ms + retry_ms;
	if (retry_ms == 0)
		m->busy_ms = 0;
	else if (m->busy_ms == 0)
		m->busy_ms = now_ms;
	if (retry_ms > 0 && now_ms + retry_ms - m->busy_ms > c->options.busy_ms)
		return err_set(err, ST_EBUSY, "the intake is busy (%s); try again later",
			       why);
	return ST_OK;
}

/* *ret_any: something came. */
static enum status receive(struct client *c, bool *ret_any, struct err *err)
{
	struct bus_message message;
	char request[REQUEST_BYTES];

	*ret_any = false;
	for (;;) {
		enum status st = bus_recv(c->socket, &message, err);
		if (st == ST_EAGAIN)
			return ST_OK;
		if (st)
			return st;
		c->heard_ms = clock_mono_ms();
		*ret_any = true;
		for (size_t i = 0; i < c->sealed && message.count == 2; i++) {
			struct message *m = message_at(c, i);

			put_request(request, m->number);
			if (!m->number || !span_equal(message.part[0], span_of(request)))
				continue; /* or it is the answer to a sending given up */
			st = take_reply(c, m, message.part[1], err);
			if (st)
				return st;
			break;
		}
		deliver(c);
	}
}

/* --- waiting ---------------------------------------------------------------------------- */

static bool is_running(const struct client *c)
{
	return installation_holds(c->installation, INSTALLATION_SUPERVISOR, NULL) ||
	       installation_holds(c->installation, "collect", NULL);
}

static enum status check_presence(struct client *c, struct err *err)
{
	int64_t now_ms = clock_mono_ms();

	if (now_ms - c->heard_ms < CLIENT_ABSENT_MS)
		return ST_OK;
	if (!is_running(c))
		return err_set(err, ST_ENOTFOUND,
			       "the pipeline is not running (`normavis run` starts it)");
	c->heard_ms = now_ms; /* it may be starting again */
	return ST_OK;
}

static int until_due(const struct client *c, int timeout_ms)
{
	int64_t now_ms = clock_mono_ms();

	for (size_t i = 0; i < c->sealed; i++) {
		const struct message *m =
			&c->message[(c->first + i) % ARRAY_LEN(c->message)];
		int64_t due = m->number ? m->sent_ms + CLIENT_RESEND_MS : m->due_ms;

		timeout_ms = (int)MIN(timeout_ms, MAX(due - now_ms, 0));
	}
	return timeout_ms;
}

enum status client_wait(struct client *c, int timeout_ms, int fd, bool *ret_readable,
			struct err *err)
{
	struct bus_event event = {0};
	bool any;
	enum status st = send_due(c, err);

	if (st == ST_OK)
		st = receive(c, &any, err);
	if (st)
		return st;
	bus_watch(c->bus, fd);
	st = bus_wait(c->bus, any ? 0 : until_due(c, timeout_ms), &event, err);
	if (st == ST_OK)
		st = receive(c, &any, err);
	if (st)
		return st;
	if (ret_readable)
		*ret_readable = event.readable;
	if (event.stop)
		return err_set(
			err, ST_EAGAIN,
			"interrupted; what was answered is stored, send the rest again");
	if (client_idle(c)) {
		c->heard_ms = clock_mono_ms();
		return ST_OK;
	}
	return check_presence(c, err);
}

enum status client_put(struct client *c, struct span line, uint64_t tag, struct err *err)
{
	size_t limit = (size_t)c->installation->options->collect.record_bytes_max + 1;
	struct message *m = message_at(c, c->sealed);

	if (client_idle(c))
		c->heard_ms = clock_mono_ms();
	m->line[m->count++] =
		(struct line){.tag = tag, .at = m->text.len, .len = MIN(line.len, limit)};
	buf_bytes(&m->text, line.at, MIN(line.len, limit));
	if (m->count < CLIENT_LINES && m->text.len < MESSAGE_BYTES)
		return ST_OK;
	enum status st = ST_OK;
	while (st == ST_OK && c->sealed >= CLIENT_WINDOW)
		st = client_wait(c, POLL_MS, -1, NULL, err);
	client_push(c);
	return st ? st : send_due(c, err);
}

enum status client_flush(struct client *c, struct err *err)
{
	enum status st = ST_OK;

	while (st == ST_OK && !client_idle(c)) {
		client_push(c);
		st = client_wait(c, POLL_MS, -1, NULL, err);
	}
	return st;
}

/* --- commits ---------------------------------------------------------------------------- */

/* Commits go on while the pipeline runs, and while it stops in order. Where nobody
 * supervises, the programs are started one by one. */
static bool may_commit(struct client *c)
{
	if (installation_holds(c->installation, INSTALLATION_SUPERVISOR, NULL))
		c->supervised = true;
	else if (!installation_holds(c->installation, "publish", NULL))
		return !c->supervised &&
		       installation_holds(c->installation, "collect", NULL);
	return true;
}

/* *looked_ms: when it was looked last; *seen_ms: when somebody was there last. */
static enum status check_committing(struct client *c, int64_t *looked_ms,
				    int64_t *seen_ms, struct err *err)
{
	int64_t now_ms = clock_mono_ms();

	if (now_ms - *looked_ms < ALIVE_POLL_MS)
		return ST_OK;
	*looked_ms = now_ms;
	if (may_commit(c))
		*seen_ms = now_ms;
	if (now_ms - *seen_ms < CLIENT_GONE_MS)
		return ST_OK;
	return err_set(err, ST_ENOTFOUND,
		       "accepted and durable, not committed yet: the pipeline is not "
		       "running (`normavis run` starts it, and commits it)");
}

enum status client_wait_committed(struct client *c, uint64_t seq, struct err *err)
{
	uint64_t committed = 0;
	int64_t looked_ms = clock_mono_ms(), seen_ms = looked_ms;

	for (;;) {
		struct bus_event event = {0};
		enum status st = read_committed(c, &committed, err);

		if (st && st != ST_ENOTFOUND && st != ST_EBUSY)
			return st;
		if (committed >= seq)
			return ST_OK;
		st = bus_wait(c->bus, COMMIT_POLL_MS, &event, err);
		if (st == ST_OK && event.stop)
			st = err_set(
				err, ST_EAGAIN,
				"interrupted; accepted records are stored when the pipeline goes on");
		if (st == ST_OK)
			st = check_committing(c, &looked_ms, &seen_ms, err);
		if (st)
			return st;
	}
}
