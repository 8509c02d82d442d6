/* One group at a time: records go to the journal's buffer and to the overlay of keys,
 * answers to reply buffers; then everything is synced at once and answered. While the disk
 * is at work, the next group queues up in ZeroMQ: that is the group commit.
 */
#include "intake.h"

#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "alloc.h"
#include "clock.h"
#include "digest.h"

#define GROUP_BYTES_MAX	 (8 << 20)
#define ANSWER_BYTES_MAX 512
#define REQUEST_ID_MAX	 64
#define REPLIES_MAX	 4096
#define ANSWERS_MAX	 20000	     /* of one group, repeated and busy ones included */
#define ANSWERS_KEPT	 (16 * 1024) /* bytes of a reply's memory kept for the next group */
#define TALLIES_MAX	 64
#define RETRY_AFTER_MS	 1000
#define SECRETS_AHEAD	 64 /* random bytes are fetched for so many records at once */

struct reply {
	struct bus_socket *to;
	struct bus_peer peer;
	uint8_t request[REQUEST_ID_MAX];
	size_t request_len;
	struct buf answers;
};

/* Repeats of one kind from one source in this group. */
struct tally {
	char site[RECORD_NAME_MAX + 1], source[RECORD_NAME_MAX + 1];
	enum kind kind;
	int64_t count;
};

struct intake {
	const struct options *options;
	struct journal *journal;
	struct keys *keys;
	uint64_t last_seq;
	int64_t received_at; /* of the record accepted last */
	bool has_rules;
	uint8_t rules_hash[JOURNAL_HASH_BYTES], policy_hash[JOURNAL_HASH_BYTES];
	enum gate gate;
	uint64_t end_seq;
	size_t group_records;
	size_t group_answers;
	struct reply *replies;
	size_t reply_count;
	struct tally tallies[TALLIES_MAX];
	size_t tally_count;
	struct buf body, record;
	uint8_t secrets[SECRETS_AHEAD][RECORD_SECRET_BYTES];
	size_t secrets_used;
	struct intake_figures figures;
};

struct intake *intake_new(const struct options *options, struct journal *journal,
			  struct keys *keys, const struct journal_state *state)
{
	static const uint8_t none[JOURNAL_HASH_BYTES];
	struct intake *i = xcalloc(1, sizeof(*i));

	i->options = options;
	i->journal = journal;
	i->keys = keys;
	i->last_seq = state->last_seq;
	i->end_seq = UINT64_MAX;
	i->received_at = state->last_received_at;
	i->has_rules = memcmp(state->rules_hash, none, sizeof(none)) != 0;
	memcpy(i->rules_hash, state->rules_hash, sizeof(none));
	memcpy(i->policy_hash, state->policy_hash, sizeof(none));
	i->replies = xcalloc(REPLIES_MAX, sizeof(*i->replies));
	i->body = BUF_INIT(RECORD_BYTES_MAX);
	i->record = BUF_INIT(RECORD_BYTES_MAX);
	i->secrets_used = SECRETS_AHEAD;
	return i;
}

void intake_free(struct intake *i)
{
	if (!i)
		return;
	for (size_t n = 0; n < REPLIES_MAX; n++)
		buf_release(&i->replies[n].answers);
	free(i->replies);
	buf_release(&i->body);
	buf_release(&i->record);
	free(i);
}

void intake_set_gate(struct intake *i, enum gate gate)
{
	i->gate = gate;
}

void intake_set_end(struct intake *i, uint64_t seq)
{
	i->end_seq = seq;
}

static enum gate gate_now(const struct intake *i)
{
	if (i->gate == GATE_OPEN && i->last_seq >= i->end_seq)
		return GATE_BACKLOG;
	return i->gate;
}

bool intake_full(const struct intake *i)
{
	return i->group_records >= (size_t)i->options->collect.group_records ||
	       i->group_answers >= ANSWERS_MAX || i->reply_count == REPLIES_MAX ||
	       journal_pending(i->journal) > GROUP_BYTES_MAX;
}

bool intake_pending(const struct intake *i)
{
	return i->group_records > 0 || i->reply_count > 0 || i->tally_count > 0;
}

uint64_t intake_last_seq(const struct intake *i)
{
	return i->last_seq;
}

bool intake_has_rules(const struct intake *i)
{
	return i->has_rules;
}

void intake_figures(const struct intake *i, struct intake_figures *ret)
{
	*ret = i->figures;
}

/* --- records ---------------------------------------------------------------------------- */

static void next_secret(struct intake *i, uint8_t ret[RECORD_SECRET_BYTES])
{
	if (i->secrets_used == SECRETS_AHEAD) {
		random_bytes(i->secrets, sizeof(i->secrets));
		i->secrets_used = 0;
	}
	memcpy(ret, i->secrets[i->secrets_used], RECORD_SECRET_BYTES);
	explicit_bzero(i->secrets[i->secrets_used++], RECORD_SECRET_BYTES);
}

/* Gives the record its place in the order. The body is i->body. */
static void append(struct intake *i, struct record_head *head)
{
	head->seq = ++i->last_seq;
	head->received_at = i->received_at;
	uuid_mint(head->id, head->received_at);
	next_secret(i, head->secret);
	buf_clear(&i->record);
	record_put(&i->record, head, buf_view(&i->body));
	assert(!i->record.full); /* the body was bounded to less */
	journal_append(i->journal, buf_view(&i->record));
	i->group_records++;
	explicit_bzero(head->secret, sizeof(head->secret));
}

static struct span principal_of(enum endpoint endpoint)
{
	return endpoint == ADMIN    ? SPAN_OF("admin")
	       : endpoint == SUBMIT ? SPAN_OF("submit")
				    : SPAN_OF("collect");
}

static void append_refusal(struct intake *i, const struct refusal *why, struct span line,
			   enum endpoint endpoint)
{
	struct record_head head = {
		.kind = KIND_REFUSAL,
		.version = 1,
		.site = span_of(why->site[0] ? why->site : i->options->pipeline.site),
		.principal = principal_of(endpoint)};

	if (why->source_id[0])
		keys_hash_key(i->keys, head.key_hash,
			      why->site[0] ? why->site : i->options->pipeline.site,
			      why->source, why->source_id);
	buf_clear(&i->body);
	if (why->source[0])
		body_put_bytes(&i->body, FIELD_SOURCE, span_of(why->source));
	if (why->has_rating)
		body_put_int(&i->body, FIELD_RATING_VALUE, why->rating);
	/* Only words of ours: an unknown kind or key may be anything, a name too. */
	if (kind_from_name(span_of(why->kind)) != KIND_NONE)
		body_put_bytes(&i->body, FIELD_REFUSED_KIND, span_of(why->kind));
	if (why->known[0])
		body_put_bytes(&i->body, FIELD_REFUSED_FIELD, span_of(why->known));
	body_put_bytes(&i->body, FIELD_REFUSED_REASON,
		       span_of(refusal_name(why->reason)));
	keys_hash_body(i->keys, head.body_hash, KIND_REFUSAL, 0, line);
	append(i, &head);
	i->figures.refused++;
}

/* --- answers ------------------------------------------------------------------------------ */

static void answer_place(struct reply *reply, size_t line, const char *status,
			 const struct key_entry *entry)
{
	char id[UUID_TEXT_BYTES];

	buf_format(&reply->answers,
		   "{\"line\":%zu,\"status\":\"%s\",\"seq\":%llu,\"id\":\"%s\"%s}\n",
		   line, status, (unsigned long long)entry->seq,
		   uuid_format(id, entry->id),
		   entry->earlier ? ",\"journal\":\"earlier\"" : "");
}

static void answer_refusal(struct reply *reply, size_t line, const struct refusal *why)
{
	json_auto_t *answer = json_pack(
		"{s:I,s:s,s:s,s:s,s:s}", "line", (json_int_t)line, "status", "refused",
		"field", why->field, "reason", refusal_name(why->reason), "detail",
		why->detail[0] ? why->detail : refusal_meaning(why->reason));
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;

	/* A field name or detail that is no UTF-8 is left out rather than sent broken. */
	if (text)
		buf_format(&reply->answers, "%s\n", text);
	else
		buf_format(&reply->answers,
			   "{\"line\":%zu,\"status\":\"refused\",\"reason\":\"%s\"}\n",
			   line, refusal_name(why->reason));
	free(text);
}

static void answer_busy(struct intake *i, struct reply *reply, size_t line,
			enum gate gate)
{
	static const char *const why[GATE_COUNT] = {"", "disk", "backlog", "stopping",
						    "no-rules"};

	buf_format(
		&reply->answers,
		"{\"line\":%zu,\"status\":\"busy\",\"reason\":\"%s\",\"retry_after_ms\":%d}\n",
		line, why[gate], RETRY_AFTER_MS);
	i->figures.busy++;
}

/* --- one line ------------------------------------------------------------------------------ */

static void tally_repeat(struct intake *i, const struct submission *s)
{
	struct tally *t = i->tallies;

	while (t < i->tallies + i->tally_count &&
	       (t->kind != s->kind || strcmp(t->source, s->source) != 0 ||
		strcmp(t->site, s->site) != 0))
		t++;
	if (t == i->tallies + i->tally_count) {
		*t = (struct tally){.kind = s->kind};
		memcpy(t->site, s->site, sizeof(t->site));
		memcpy(t->source, s->source, sizeof(t->source));
		i->tally_count++;
	}
	t->count++;
	i->figures.repeated++;
}

static void append_repeats(struct intake *i)
{
	for (size_t n = 0; n < i->tally_count; n++) {
		const struct tally *t = &i->tallies[n];
		struct record_head head = {.kind = KIND_REPEAT,
					   .version = 1,
					   .site = span_of(t->site),
					   .principal = principal_of(OWN)};
		buf_clear(&i->body);
		body_put_bytes(&i->body, FIELD_SOURCE, span_of(t->source));
		body_put_bytes(&i->body, FIELD_REPEATED_KIND,
			       span_of(kind_name(t->kind)));
		body_put_int(&i->body, FIELD_REPEATED_COUNT, t->count);
		append(i, &head);
	}
	i->tally_count = 0;
}

/* What an activation names: where its hash is kept here, and its bytes. */
static uint8_t *activated(struct intake *i, struct span *ret_hash)
{
	static struct record record; /* large, and only read */
	struct record_head head = {.kind = KIND_ACTIVATION, .version = 1};

	buf_clear(&i->record);
	record_put(&i->record, &head, buf_view(&i->body));
	if (record_parse(&record, buf_view(&i->record), NULL))
		abort(); /* we have just written it */
	*ret_hash = record.field[FIELD_CONTENT_HASH];
	return record_choice(&record, FIELD_ACTIVATES) == ACTIVATES_RULES
		       ? i->rules_hash
		       : i->policy_hash;
}

static bool pack_is_stored(const struct intake *i, struct span hash)
{
	char hex[HEX_BYTES(SHA256_BYTES)];
	OWNED(freep)
	char *path = xasprintf("%s/packs/%s.pack", i->options->pipeline.data,
			       hex_format(hex, hash.at, SHA256_BYTES));

	return access(path, R_OK) == 0;
}

/* False with *ret_why filled when what is to take effect is not here. */
static bool can_take_effect(struct intake *i, const struct submission *s,
			    struct refusal *ret_why)
{
	struct span hash;

	if (s->kind != KIND_ACTIVATION)
		return true;
	(void)activated(i, &hash);
	if (pack_is_stored(i, hash))
		return true;
	ret_why->reason = REFUSED_NO_PACK;
	refusal_place(ret_why, "hash");
	return false;
}

static void accept(struct intake *i, struct reply *reply, size_t line,
		   enum endpoint endpoint, const struct submission *s,
		   const uint8_t key_hash[16], const uint8_t body_hash[16])
{
	struct record_head head = {.kind = s->kind,
				   .version = s->version,
				   .site = span_of(s->site),
				   .principal = principal_of(endpoint)};
	struct key_entry entry = {0};
	struct span hash;
	uint8_t *in_force = s->kind == KIND_ACTIVATION ? activated(i, &hash) : NULL;

	memcpy(head.key_hash, key_hash, sizeof(head.key_hash));
	memcpy(head.body_hash, body_hash, sizeof(head.body_hash));
	if (in_force) {
		memcpy(in_force, hash.at, JOURNAL_HASH_BYTES);
		i->has_rules |= in_force == i->rules_hash;
		journal_in_force(i->journal, i->rules_hash, i->policy_hash);
	}
	append(i, &head);
	entry.seq = head.seq;
	memcpy(entry.id, head.id, sizeof(entry.id));
	memcpy(entry.body_hash, body_hash, sizeof(entry.body_hash));
	keys_add(i->keys, key_hash, &entry);
	answer_place(reply, line, "accepted", &entry);
	i->figures.accepted++;
}

static void refuse(struct intake *i, struct reply *reply, size_t line,
		   enum endpoint endpoint, const struct refusal *why, struct span text)
{
	append_refusal(i, why, text, endpoint);
	answer_refusal(reply, line, why);
}

static void name_refused(struct refusal *ret, const struct submission *s)
{
	memcpy(ret->source, s->source, sizeof(ret->source));
	memcpy(ret->site, s->site, sizeof(ret->site));
	memcpy(ret->source_id, s->source_id, sizeof(ret->source_id));
	const char *kind = kind_name(s->kind);
	memcpy(ret->kind, kind, strlen(kind) + 1);
}

static void take_line(struct intake *i, struct reply *reply, size_t line,
		      enum endpoint endpoint, struct span text)
{
	struct submission s;
	struct refusal why = {0};
	uint8_t key_hash[16], body_hash[16];
	struct key_entry first;

	if (gate_now(i) != GATE_OPEN) {
		answer_busy(i, reply, line, gate_now(i));
		return;
	}
	if (text.len > (size_t)i->options->collect.record_bytes_max) {
		why.reason = REFUSED_TOO_BIG;
		snprintf(why.detail, sizeof(why.detail), "%zu bytes, at most %lld",
			 text.len, (long long)i->options->collect.record_bytes_max);
		record_json_legible(&why, text);
		refuse(i, reply, line, endpoint, &why, text);
		return;
	}
	if (!record_from_json(&s, &i->body, &why, text, endpoint, i->received_at,
			      i->options->pipeline.site)) {
		refuse(i, reply, line, endpoint, &why, text);
		return;
	}
	if (!i->has_rules && s.kind != KIND_ACTIVATION) {
		answer_busy(i, reply, line,
			    GATE_NO_RULES); /* a start that is not finished */
		return;
	}
	keys_hash_key(i->keys, key_hash, s.site, s.source, s.source_id);
	keys_hash_body(i->keys, body_hash, s.kind, s.version, buf_view(&i->body));
	if (keys_find(i->keys, key_hash, &first)) {
		if (memcmp(first.body_hash, body_hash, sizeof(body_hash)) == 0) {
			if (i->tally_count == TALLIES_MAX)
				append_repeats(i);
			tally_repeat(i, &s);
			answer_place(reply, line, "repeated", &first);
			return;
		}
		why.reason = REFUSED_CONFLICT;
		refusal_place(&why, "source_id");
	}
	if (why.reason != REFUSED_NOTHING || !can_take_effect(i, &s, &why)) {
		name_refused(&why, &s);
		refuse(i, reply, line, endpoint, &why, text);
		return;
	}
	accept(i, reply, line, endpoint, &s, key_hash, body_hash);
}

/* --- messages ------------------------------------------------------------------------------ */

static struct reply *new_reply(struct intake *i, struct bus_socket *from,
			       const struct bus_message *message)
{
	struct reply *reply = &i->replies[i->reply_count++];

	reply->to = from;
	reply->peer = message->peer;
	reply->request_len = MIN(message->part[0].len, (size_t)REQUEST_ID_MAX);
	memcpy(reply->request, message->part[0].at, reply->request_len);
	reply->answers.max = INTAKE_LINES_MAX * ANSWER_BYTES_MAX * 2;
	buf_clear(&reply->answers);
	return reply;
}

static struct span next_line(struct span *rest)
{
	const uint8_t *end = memchr(rest->at, '\n', rest->len);
	size_t len = end ? (size_t)(end - rest->at) : rest->len;
	struct span line = {rest->at, len};

	rest->at += len + (end != NULL);
	rest->len -= len + (end != NULL);
	return line;
}

/* What is beyond the bounds of a message is one refusal, as durable as any. */
static void refuse_rest(struct intake *i, struct reply *reply, enum endpoint endpoint,
			struct span rest)
{
	static const char bounds[] = "a message is a request id and at most 1000 lines";
	struct refusal why = {.reason = REFUSED_TOO_BIG};

	if (gate_now(i) != GATE_OPEN) {
		answer_busy(i, reply, INTAKE_LINES_MAX + 1, gate_now(i));
		return;
	}
	memcpy(why.detail, bounds, sizeof(bounds));
	refuse(i, reply, INTAKE_LINES_MAX + 1, endpoint, &why, rest);
}

void intake_take(struct intake *i, struct bus_socket *from, enum endpoint endpoint,
		 const struct bus_message *message, int64_t now_ms)
{
	if (message->count == 0)
		return;
	struct reply *reply = new_reply(i, from, message);
	struct span rest = message->count == 2 ? message->part[1] : SPAN_NONE;

	i->received_at = MAX(i->received_at, now_ms);
	for (size_t line = 1; rest.len > 0 && line <= INTAKE_LINES_MAX; line++) {
		take_line(i, reply, line, endpoint, next_line(&rest));
		i->group_answers++;
	}
	if (message->count != 2 || rest.len > 0)
		refuse_rest(i, reply, endpoint, rest);
}

void intake_tick(struct intake *i, int64_t deadline_ms, int64_t now_ms)
{
	struct record_head head = {.kind = KIND_TICK,
				   .version = 1,
				   .site = span_of(i->options->pipeline.site),
				   .principal = principal_of(OWN)};

	i->received_at = MAX(i->received_at, now_ms);
	buf_clear(&i->body);
	body_put_int(&i->body, FIELD_TICK_DEADLINE, deadline_ms);
	append(i, &head);
}

void intake_close_group(struct intake *i)
{
	append_repeats(i);
}

void intake_answer(struct intake *i)
{
	for (size_t n = 0; n < i->reply_count; n++) {
		struct reply *reply = &i->replies[n];
		const struct span parts[] = {{reply->request, reply->request_len},
					     buf_view(&reply->answers)};
		/* A submitter that is gone asks again with the same ids. */
		(void)!bus_send_parts(reply->to, &reply->peer, parts, ARRAY_LEN(parts),
				      NULL);
		if (reply->answers.capacity > ANSWERS_KEPT)
			buf_release(&reply->answers);
	}
	i->group_answers = 0;
	i->reply_count = 0;
	i->group_records = 0;
}
