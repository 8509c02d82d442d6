/* Writing: one template filled in. Our own words are typeset; the author's, and what the
 * caller names, go in as they are, made one line. */
#include "messages_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "passage.h"
#include "typeset.h"
#include "utf8.h"

#define TITLE_BYTES_MAX 60
#define VALUE_BYTES_MAX 8192 /* of one placeholder */
#define CLAUSES_MAX	32   /* names that are told; a rule has fewer */

struct writing {
	struct buf *out;
	const struct messages *m;
	const struct message_facts *facts;
	size_t action;
	const struct reason *reason; /* NULL: none */
	const struct message_reason *about;
};

static enum status put_text(struct writing *w, const char *text, struct err *err);

static const char *in(const struct writing *w, const struct message_text *text)
{
	return text->in[w->facts->language];
}

/* --- values -------------------------------------------------------------------------- */

/* A name or an address: no line break may get into a subject. */
static void put_line(struct buf *out, struct span value)
{
	passage_put_start(out, value, VALUE_BYTES_MAX);
}

static void put_own_words(struct writing *w, const char *text)
{
	typeset_put(w->out, span_of(text), w->facts->language == REASON_FR);
}

static void put_date(struct writing *w, int64_t utc_ms)
{
	char text[CLOCK_TEXT_BYTES];
	int year = 0, month = 1, day = 1;

	clock_format(text, utc_ms);
	if (sscanf(text, "%d-%d-%d", &year, &month, &day) != 3)
		return; /* no such year; the caller sees an empty value */
	bool first = w->facts->language == REASON_FR && day == 1;
	buf_format(w->out, "%d%s %s %d", day, first ? "er" : "",
		   w->m->months[w->facts->language][month - 1], year);
}

/* The author's title, else how the text begins, else what we call a rating alone. */
static void put_title(struct writing *w)
{
	const struct record *r = w->facts->record;
	const enum field fields[] = {FIELD_TITLE, FIELD_TEXT};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (!utf8_shows_nothing(r->field[fields[i]])) {
			passage_put_start(w->out, r->field[fields[i]], TITLE_BYTES_MAX);
			return;
		}
	buf_text(w->out, in(w, &w->m->untitled));
}

static void put_number(struct writing *w, uint32_t number)
{
	if (number > 0)
		buf_format(w->out, "%" PRIu32, number);
}

static void put_id(struct writing *w)
{
	char id[UUID_TEXT_BYTES];

	buf_text(w->out, uuid_format(id, w->facts->record->id));
}

static void put_review(struct writing *w, enum placeholder place)
{
	const struct message_facts *f = w->facts;

	if (place == PLACE_REVIEW_TITLE)
		put_title(w);
	else if (place == PLACE_REVIEW_ID)
		put_id(w);
	else if (place == PLACE_RECEIVED_ON)
		put_date(w, f->record->received_at);
	else if (place == PLACE_DECIDE_BY)
		put_date(w, f->record->received_at + f->policy->hold_days * DAY_MS);
	else if (f->supplier.len > 0)
		put_line(w->out, f->supplier);
	else
		put_line(w->out, f->record->field[FIELD_SUPPLIER]);
}

/* --- longer ones --------------------------------------------------------------------- */

static void put_passage(struct writing *w, size_t field, struct span quote)
{
	const char *at = in(w, &w->m->passage);

	while (*at) {
		size_t len = strcspn(at, "{");

		buf_bytes(w->out, at, len);
		at += len;
		if (*at == '\0')
			break;
		if (strncmp(at, "{field}", 7) == 0)
			buf_text(w->out, in(w, &w->m->field[field]));
		else
			buf_span(w->out, quote);
		at = strchr(at, '}') + 1;
	}
}

/* Only the author's own words are quoted: a date that broke a rule is in the explanation. */
static void put_passages(struct writing *w)
{
	static const enum field quoted[MESSAGE_FIELDS] = {FIELD_TITLE, FIELD_TEXT,
							  FIELD_DISPLAY_NAME};
	const struct message_facts *f = w->facts;
	OWNED(freep) struct hit_span *spans = xcalloc(f->span_count + 1, sizeof(*spans));
	OWNED(buf_release) struct buf quote = BUF_INIT(VALUE_BYTES_MAX);
	size_t count = f->span_count, shown = 0;

	if (count > 0)
		memcpy(spans, f->spans, count * sizeof(*spans));
	count = passage_sort(spans, count);
	for (size_t i = 0; i < count && shown < MESSAGE_PASSAGES_MAX;) {
		size_t field = 0, same = i + 1;

		while (same < count && spans[same].tag == spans[i].tag)
			same++;
		while (field < MESSAGE_FIELDS &&
		       field_table[quoted[field]].tag != spans[i].tag)
			field++;
		struct span value = field < MESSAGE_FIELDS
					    ? f->record->field[quoted[field]]
					    : SPAN_NONE;
		if (spans[i].start >= value.len) {
			i++;
			continue;
		}
		buf_clear(&quote);
		i += passage_put(&quote, value, &spans[i], same - i);
		if (shown++ > 0)
			buf_char(w->out, '\n');
		put_passage(w, field, buf_view(&quote));
	}
}

/* The name of a clause, or of the family of texts that its id begins with. */
static const struct message_named *find_clause(const struct messages *m, struct span id)
{
	const struct message_named *found = messages_find(&m->clauses, id);
	const uint8_t *hyphen = id.len ? memchr(id.at, '-', id.len) : NULL;

	if (!found && hyphen)
		found = messages_find(&m->clauses,
				      (struct span){id.at, (size_t)(hyphen - id.at)});
	return found;
}

static bool is_told(const struct message_named *clause, const char *profile)
{
	if (!clause || !clause->profiles)
		return clause;
	for (const struct yaml_node *at = clause->profiles->first; at; at = at->next)
		if (at->text && strcmp(at->text, profile) == 0)
			return true;
	return false;
}

static bool is_in(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The id at the front of "ISO-05, FR-16", which is taken off. */
static struct span take_id(struct span *rest)
{
	const uint8_t *comma = memchr(rest->at, ',', rest->len);
	struct span id = {rest->at, comma ? (size_t)(comma - rest->at) : rest->len};
	size_t used = MIN(id.len + 1, rest->len);

	*rest = (struct span){rest->at + used, rest->len - used};
	for (; id.len > 0 && *id.at == ' '; id.at++)
		id.len--;
	return id;
}

/* Several clauses may be one text to a reader: each name is told once. */
static void put_clauses(struct writing *w)
{
	struct span rest = w->facts->clauses;
	const char *told[CLAUSES_MAX];
	size_t count = 0;

	while (rest.len > 0 && count < CLAUSES_MAX) {
		const struct message_named *clause = find_clause(w->m, take_id(&rest));

		if (!is_told(clause, w->facts->policy->profile) ||
		    is_in(told, count, in(w, &clause->text)))
			continue;
		if (count > 0)
			buf_text(w->out, ", ");
		told[count] = in(w, &clause->text);
		buf_text(w->out, told[count++]);
	}
}

/* --- which text ---------------------------------------------------------------------- */

static const struct message_text *ground_of(const struct writing *w)
{
	const char *ground = w->reason ? w->reason->dsa_ground : NULL;

	if (!ground)
		return NULL;
	return &w->m->ground[strcmp(ground, "illegal") == 0 ? GROUND_ILLEGAL
							    : GROUND_INCOMPATIBLE];
}

static const struct message_text *own_of(const struct writing *w)
{
	return w->about && w->about->own[w->action].in[0] ? &w->about->own[w->action]
							  : NULL;
}

/* The text that stands for a placeholder; NULL: none in this case. */
static const struct message_text *text_of(const struct writing *w, enum placeholder place)
{
	const struct message_form *form = &w->m->form[w->action];

	switch ((int)place) {
	case PLACE_OWN:
		return own_of(w);
	case PLACE_GROUND:
		return ground_of(w);
	case PLACE_DECIDER:
		return w->facts->automatic ? &form->machine : &form->person;
	case PLACE_RESUBMIT:
		return w->about ? w->about->resubmit : NULL;
	case PLACE_ASK:
		return w->facts->ask ? &w->m->ask[w->facts->ask] : NULL;
	case PLACE_OUT_OF_COURT: /* DSA art. 21 binds online platforms */
		return w->facts->policy->dsa_role == DSA_PLATFORM ? &w->m->out_of_court
								  : NULL;
	default:
		return NULL;
	}
}

static void put_reason(struct writing *w, enum placeholder place)
{
	if (!w->reason || (place == PLACE_EXPLANATION && own_of(w)))
		return;
	if (place == PLACE_REASON_CODE)
		buf_text(w->out, w->reason->code);
	else
		put_own_words(w, place == PLACE_REASON_LABEL
					 ? w->reason->label[w->facts->language]
					 : w->reason->explanation[w->facts->language]);
}

static void put_fact(struct writing *w, enum placeholder place)
{
	const struct message_facts *f = w->facts;
	const struct {
		enum placeholder place;
		struct span value;
	} named[] = {
		{PLACE_SITE, f->site},
		{PLACE_TERMS, span_of(f->policy->terms)},
		{PLACE_TERMS_ADDRESS, f->terms_address},
		{PLACE_RESUBMIT_ADDRESS, f->resubmit_address},
		{PLACE_COMPLAINT_ADDRESS, f->complaint_address},
		{PLACE_NOTE, f->note},
	};

	for (size_t i = 0; i < ARRAY_LEN(named); i++)
		if (named[i].place == place)
			put_line(w->out, named[i].value);
}

static enum status put_place(struct writing *w, enum placeholder place, struct err *err)
{
	switch (place) {
	case PLACE_REVIEW_TITLE:
	case PLACE_REVIEW_ID:
	case PLACE_RECEIVED_ON:
	case PLACE_DECIDE_BY:
	case PLACE_SUPPLIER:
		put_review(w, place);
		return ST_OK;
	case PLACE_COMPLAINT_MONTHS:
		put_number(w, w->facts->policy->complaint_months);
		return ST_OK;
	case PLACE_COMPLAINT_DAYS:
		put_number(w, w->facts->policy->complaint_days);
		return ST_OK;
	case PLACE_REASON_CODE:
	case PLACE_REASON_LABEL:
	case PLACE_EXPLANATION:
		put_reason(w, place);
		return ST_OK;
	case PLACE_PASSAGES:
		put_passages(w);
		return ST_OK;
	case PLACE_CLAUSES:
		put_clauses(w);
		return ST_OK;
	case PLACE_SITE:
	case PLACE_TERMS:
	case PLACE_TERMS_ADDRESS:
	case PLACE_RESUBMIT_ADDRESS:
	case PLACE_COMPLAINT_ADDRESS:
	case PLACE_NOTE:
		put_fact(w, place);
		return ST_OK;
	default: {
		const struct message_text *text = text_of(w, place);
		return text ? put_text(w, in(w, text), err) : ST_OK;
	}
	}
}

/* --- texts --------------------------------------------------------------------------- */

/* ST_ENOTFOUND: an optional placeholder has no value here. */
static enum status put_text(struct writing *w, const char *text, struct err *err)
{
	while (*text) {
		size_t len = strcspn(text, "{");

		buf_bytes(w->out, text, len);
		text += len;
		if (*text == '\0')
			break;
		size_t name = strcspn(text + 1, "}"), before = w->out->len;
		enum placeholder place = messages_find_place(
			(struct span){(const uint8_t *)text + 1, name});
		enum status st = put_place(w, place, err);
		if (st)
			return st;
		if (w->out->len == before && !w->out->full)
			return err_set(err,
				       messages_places[place].optional ? ST_ENOTFOUND
								       : ST_ECONFIG,
				       "nothing is known that could stand for '{%s}'",
				       messages_places[place].name);
		text += name + 2;
	}
	return ST_OK;
}

static enum status put_part(struct writing *w, const char *text, struct err *err)
{
	const size_t before = w->out->len;

	buf_char(w->out, '\n');
	enum status st = put_text(w, text, err);
	if (st == ST_ENOTFOUND) {
		w->out->len = before;
		w->out->at[before] = '\0';
		return ST_OK;
	}
	buf_char(w->out, '\n');
	return st;
}

static enum status look_up(struct writing *w, struct err *err)
{
	const struct message_facts *f = w->facts;

	if (w->action == MESSAGE_ACTIONS)
		return err_set(err, ST_EUNKNOWN, "no message tells of the action %s",
			       action_name(f->action));
	if (!f->reason)
		return f->action == ACTION_AWAIT_AUTHOR
			       ? ST_OK
			       : err_set(err, ST_ECONFIG,
					 "a message without a reason (U-NOTICE)");
	w->reason = reasons_find(w->m->reasons, f->reason);
	if (!w->reason)
		return err_set(err, ST_EUNKNOWN, "no reason is called '%s'", f->reason);
	w->about = &w->m->reason[w->reason - reasons_at(w->m->reasons, 0)];
	if (w->about->needs_note && f->action == ACTION_REJECT && f->note.len == 0)
		return err_set(err, ST_ECONFIG,
			       "%s needs a note: the law or the order that it rests on",
			       f->reason);
	return ST_OK;
}

enum status messages_write(struct buf *out, const struct messages *m,
			   const struct message_facts *facts, struct err *err)
{
	struct writing w = {out, m, facts, messages_action(facts->action), NULL, NULL};
	const struct message_form *form = &m->form[w.action % MESSAGE_ACTIONS];
	enum status st = look_up(&w, err);

	if (!st)
		st = put_text(&w, in(&w, &form->subject), err);
	buf_char(out, '\n');
	for (size_t i = 0; i < form->part_count && !st; i++)
		st = put_part(&w, in(&w, form->part[i]), err);
	if (!st && out->full)
		st = err_set(err, ST_ETOOBIG, "the message has more than %zu bytes",
			     out->max);
	return st;
}
