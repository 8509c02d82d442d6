/* messages_own.h - the templates as they were loaded, for messages*.c alone. */
#ifndef MESSAGES_OWN_H
#define MESSAGES_OWN_H

#include "messages.h"
#include "yaml.h"

#define MESSAGE_ACTIONS	  3 /* reject, hold, await-author: messages_action */
#define MESSAGE_PARTS_MAX 32
#define MONTHS		  12

enum placeholder {
	/* Simple ones: may stand in any text. */
	PLACE_SITE,
	PLACE_SUPPLIER,
	PLACE_REVIEW_TITLE,
	PLACE_REVIEW_ID,
	PLACE_RECEIVED_ON,
	PLACE_DECIDE_BY,
	PLACE_TERMS,
	PLACE_TERMS_ADDRESS,
	PLACE_RESUBMIT_ADDRESS,
	PLACE_COMPLAINT_ADDRESS,
	PLACE_COMPLAINT_MONTHS,
	PLACE_COMPLAINT_DAYS,
	PLACE_REASON_CODE,
	PLACE_REASON_LABEL,
	PLACE_SIMPLE, /* how many */
	/* Made of texts of their own: in parts alone. */
	PLACE_EXPLANATION = PLACE_SIMPLE,
	PLACE_OWN,
	PLACE_PASSAGES,
	PLACE_NOTE,
	PLACE_GROUND,
	PLACE_CLAUSES,
	PLACE_DECIDER,
	PLACE_RESUBMIT,
	PLACE_ASK,
	PLACE_OUT_OF_COURT,
	/* In the form of a passage alone. */
	PLACE_FIELD,
	PLACE_QUOTE,
	PLACE_COUNT
};

#define PLACE_BIT(place) (UINT32_C(1) << (place))

struct placeholder_info {
	const char *name;
	bool optional;
};

extern const struct placeholder_info messages_places[PLACE_COUNT];

/* The placeholder that is called so; PLACE_COUNT: none. */
enum placeholder messages_find_place(struct span name);

struct message_text {
	char *in[REASON_LANGUAGES]; /* typeset, with its placeholders */
};

struct message_named {
	const char *name; /* the document's */
	struct message_text text;
	const struct yaml_node
		*profiles; /* of a clause: only under these; NULL: always */
};

struct message_list {
	struct message_named *at;
	size_t count;
};

const struct message_named *messages_find(const struct message_list *l, struct span name);

struct message_reason {
	const struct message_text *resubmit; /* NULL: cannot be written again */
	bool needs_note;
	struct message_text own[MESSAGE_ACTIONS]; /* in[] NULL: the explanation serves */
};

struct message_form {
	struct message_text subject, machine, person;
	const struct message_text *part[MESSAGE_PARTS_MAX];
	size_t part_count;
	const struct yaml_node *body;
};

enum message_field { MESSAGE_TITLE, MESSAGE_TEXT, MESSAGE_NAME, MESSAGE_FIELDS };
enum message_ground { GROUND_ILLEGAL, GROUND_INCOMPATIBLE, MESSAGE_GROUNDS };

struct messages {
	struct yaml_doc *doc;
	const struct reasons *reasons;
	char *months[REASON_LANGUAGES][MONTHS];
	struct message_text untitled, passage, out_of_court;
	struct message_text field[MESSAGE_FIELDS], ground[MESSAGE_GROUNDS];
	struct message_text ask[ASK_COUNT]; /* [ASK_NOTHING] empty */
	struct message_list parts, resubmit, clauses;
	struct message_form form[MESSAGE_ACTIONS];
	struct message_reason *reason; /* as reasons_at counts */
};

/* The place of an action among those that have messages; MESSAGE_ACTIONS: it has none. */
size_t messages_action(enum action action);

#endif
