/* messages.h - what an author is told about a review: templates, and the message made of one.
 *
 * rules/messages.yaml, in French and English. A message is for one action: the review was
 * rejected, it is held and waits for a person, or its author is asked for something. It
 * says what happened to which review, the reason (reasons.h), the author's own words that
 * broke the rule, the texts behind it, who decided, how to write again, how to complain.
 *
 * Shape:  a template is a row of parts, each a paragraph with placeholders in braces. A
 *	   part whose optional placeholder has no value in this case (no passage, say) is
 *	   left out whole; a needed one without a value is an error, so that nobody ever
 *	   gets a message with a hole. messages.c lists the placeholders.
 * Output: plain text, UTF-8: the subject on the first line, an empty line, paragraphs with an
 *	   empty line between them, a newline at the end. Lines are not wrapped.
 * Source: DSA art. 17(3) and (4), 20; Code de la consommation L111-7-2, D111-19; ISO 20488
 *	   clause 6 (catalogue: DSA-13 to 20, DSA-22, FR-04, FR-17, ISO-33, AF-27).
 * Tests:  tests/unit/messages_test.c
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "buf.h"
#include "findings.h"
#include "policy.h"
#include "reasons.h"
#include "record.h"

#define MESSAGE_BYTES_MAX    65536
#define MESSAGE_PASSAGES_MAX 16

struct messages;

/* `path` names the file in complaints; `reasons` is borrowed for as long as the messages
 * live: each of its codes must have an entry. Errors: ST_ECONFIG (file:line:column: text)
 * for an unknown placeholder, a brace without its other, a missing language or code. */
enum status messages_load(struct messages **ret, const char *path, struct span bytes,
			  const struct reasons *reasons, struct err *err) MUST_CHECK;

/* Do they tell all that an author is owed: the reason, the passages, who decided, how to
 * complain ...? Errors: ST_ECONFIG (file:line:column: what is missing, and the clauses). */
enum status messages_check(const struct messages *m, struct err *err) MUST_CHECK;
void messages_free(struct messages *m); /* accepts NULL */
DEFINE_OWNED(struct messages, messages_free)

/* The language an author is told in who writes in that one (ISO 639; empty: unknown). */
enum reason_language messages_language(struct span language);

/* What the author is asked for, where nothing but the author's word is missing. */
enum message_ask { ASK_NOTHING, ASK_ANSWER, ASK_CONTACT, ASK_PROOF, ASK_COUNT };

struct message_facts {
	enum reason_language language;
	enum action action; /* ACTION_REJECT, ACTION_HOLD or ACTION_AWAIT_AUTHOR */
	const char *reason; /* code; NULL only with ACTION_AWAIT_AUTHOR */
	enum message_ask ask;
	bool automatic;		      /* no person took part in the decision */
	const struct record *record;  /* the review; its words may be erased */
	const struct hit_span *spans; /* what broke the rule; may be none */
	size_t span_count;
	struct span clauses; /* comma-separated ids, as in struct hit; may be empty */
	struct span note;    /* what the moderator adds, in `language`; may be empty */
	const struct policy *policy;
	struct span site;     /* its name, for readers */
	struct span supplier; /* its name; empty: the id in the record */
	struct span terms_address;
	struct span resubmit_address;
	struct span complaint_address;
};

/* Appends the message. Errors: ST_ECONFIG (a needed fact is missing, or the policy declares
 * no terms or no times for complaints), ST_EUNKNOWN (no such reason), ST_ETOOBIG; `out`
 * then holds part of a message. */
enum status messages_write(struct buf *out, const struct messages *m,
			   const struct message_facts *facts, struct err *err) MUST_CHECK;

/* Whether a rejection for this reason must carry a note: which law, which order. */
bool messages_need_note(const struct messages *m, const char *reason);

#endif
