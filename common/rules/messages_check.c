/* What authors are owed, whoever writes the templates. */
#include "messages_own.h"

#include <stdio.h>

struct owed {
	enum placeholder place;
	bool by[MESSAGE_ACTIONS]; /* reject, hold, await-author */
	const char *what;
	const char *clauses;
};

static const struct owed owed[] = {
	{PLACE_REASON_LABEL, {true, true, true}, "the reason", "FR-04, DSA-11"},
	{PLACE_EXPLANATION, {true, true, true}, "why", "DSA-14, DSA-17"},
	{PLACE_PASSAGES, {true, true, true}, "which words are meant", "DSA-19"},
	{PLACE_GROUND, {true, false, false}, "the law or the terms", "DSA-16, DSA-17"},
	{PLACE_DECIDER, {true, true, true}, "who decided", "DSA-15"},
	{PLACE_RESUBMIT, {true, false, false}, "how to write again", "AF-27"},
	{PLACE_ASK, {false, false, true}, "what is asked for", "AF-05"},
	{PLACE_COMPLAINT_ADDRESS,
	 {true, true, true},
	 "how to complain",
	 "DSA-18, DSA-22"},
};

static bool says(const struct message_form *form, enum placeholder place,
		 enum reason_language language)
{
	char braced[64];

	snprintf(braced, sizeof(braced), "{%s}", messages_places[place].name);
	for (size_t i = 0; i < form->part_count; i++)
		if (strstr(form->part[i]->in[language], braced))
			return true;
	return false;
}

enum status messages_check(const struct messages *m, struct err *err)
{
	for (size_t action = 0; action < MESSAGE_ACTIONS; action++)
		for (size_t i = 0; i < ARRAY_LEN(owed); i++)
			for (size_t k = 0; k < REASON_LANGUAGES; k++)
				if (owed[i].by[action] &&
				    !says(&m->form[action], owed[i].place, k))
					return yaml_error(
						m->doc, m->form[action].body, err,
						"an author is owed %s: no part here has {%s} "
						"in %s (U-NOTICE; %s)",
						owed[i].what,
						messages_places[owed[i].place].name,
						k == REASON_EN ? "English" : "French",
						owed[i].clauses);
	return ST_OK;
}
