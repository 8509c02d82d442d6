#include "ground.h"

#define SEGMENT_ENDS "._-[]"

static const struct unlawful_ground {
	const char *code, *why;
} grounds[] = {
	{"U-NEG", "no review is refused, held or slowed for its rating or its tone"},
	{"U-PLAN", "nothing depends on what the supplier pays"},
	{"U-HIDDENRULE", "what readers of the terms cannot know is no ground"},
	{"U-SUPREQ",
	 "who is reviewed is no ground; a supplier disputes one review, with evidence"},
	{"U-RETAL", "nobody is shut out by a rule; a person decides on each review"},
	{"U-HIDE",
	 "a review is shown, or refused or held with a reason that its author is told"},
	{"U-EDIT",
	 "nobody changes an author's words; hold or reject, and the author writes again"},
	{"U-DELAY", "no review waits but for a stated reason: hold it with one"},
	{"U-COMPLAINT", "a review is not turned into a private complaint"},
	{"U-HIJACK", "a review stays with what it was written about"},
	{"U-GATE", "who is invited to write depends on no rule"},
	{"U-ERASEHOLD",
	 "an author's withdrawal and an erasure are never refused or held by a rule"},
};

struct word {
	const char *text, *code;
};

/* Segments of keys, of paths of fields, of names of measures and models. */
static const struct word in_conditions[] = {
	{"rating", "U-NEG"},	    {"ratings", "U-NEG"},      {"stars", "U-NEG"},
	{"star", "U-NEG"},	    {"etoiles", "U-NEG"},      {"note", "U-NEG"},
	{"notes", "U-NEG"},	    {"score", "U-NEG"},	       {"grade", "U-NEG"},
	{"nps", "U-NEG"},	    {"tone", "U-NEG"},	       {"ton", "U-NEG"},
	{"tonality", "U-NEG"},	    {"sentiment", "U-NEG"},    {"sentiments", "U-NEG"},
	{"polarity", "U-NEG"},	    {"polarite", "U-NEG"},     {"mood", "U-NEG"},
	{"positive", "U-NEG"},	    {"negative", "U-NEG"},     {"positif", "U-NEG"},
	{"negatif", "U-NEG"},	    {"positivity", "U-NEG"},   {"negativity", "U-NEG"},
	{"satisfaction", "U-NEG"},  {"plan", "U-PLAN"},	       {"plans", "U-PLAN"},
	{"subscription", "U-PLAN"}, {"abonnement", "U-PLAN"},  {"premium", "U-PLAN"},
	{"tier", "U-PLAN"},	    {"extra", "U-HIDDENRULE"},
};

static const struct word in_scopes[] = {
	{"suppliers", "U-SUPREQ"},   {"supplier", "U-SUPREQ"}, {"subjects", "U-SUPREQ"},
	{"subject", "U-SUPREQ"},     {"authors", "U-RETAL"},   {"author", "U-RETAL"},
	{"reviews", "U-HIDDENRULE"},
};

static const struct word in_actions[] = {
	{"hide", "U-HIDE"},	      {"demote", "U-HIDE"},  {"bury", "U-HIDE"},
	{"shadow-ban", "U-HIDE"},     {"edit", "U-EDIT"},    {"mask", "U-EDIT"},
	{"redact", "U-EDIT"},	      {"censor", "U-EDIT"},  {"replace", "U-EDIT"},
	{"trim", "U-EDIT"},	      {"correct", "U-EDIT"}, {"delay", "U-DELAY"},
	{"postpone", "U-DELAY"},      {"slow", "U-DELAY"},   {"redirect", "U-COMPLAINT"},
	{"complaint", "U-COMPLAINT"}, {"move", "U-HIJACK"},  {"ban", "U-RETAL"},
	{"suspend", "U-RETAL"},	      {"block", "U-RETAL"},  {"warn", "U-RETAL"},
};

/* Fields that a restriction may ask to be there, and compare with nothing. */
static const struct word compared[] = {
	{"supplier", "U-SUPREQ"},
	{"subject", "U-SUPREQ"},
	{"name", "U-SUPREQ"},
	{"parent", "U-SUPREQ"},
	{"address", "U-SUPREQ"},
	{"author_ref", "U-RETAL"},
	{"consumer_ref", "U-RETAL"},
	{"display_name", "U-RETAL"},
	{"contact.value", "U-RETAL"},
	{"source_id", "U-HIDDENRULE"},
	{"purchase_ref", "U-HIDDENRULE"},
	{"invitation_id", "U-HIDDENRULE"},
	{"syndication.original_id", "U-HIDDENRULE"},
	{"syndication.original_url", "U-HIDDENRULE"},
	{"target", "U-HIDDENRULE"},
};

/* What the author wrote: the tone check reads words and patterns, not values. */
static const struct word written[] = {
	{"title", "U-NEG"},
	{"text", "U-NEG"},
};

static const struct unlawful_ground *find_ground(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(grounds); i++)
		if (strcmp(grounds[i].code, code) == 0)
			return &grounds[i];
	return NULL;
}

static const struct unlawful_ground *ground_of(const struct word *words, size_t count,
					       const char *text, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i].text) == len && memcmp(words[i].text, text, len) == 0)
			return find_ground(words[i].code);
	return NULL;
}

/* By any segment of the text: "review_score", "rating.value". */
static const struct unlawful_ground *ground_of_path(const char *path)
{
	while (*path) {
		size_t len = strcspn(path, SEGMENT_ENDS);
		const struct unlawful_ground *ground =
			ground_of(in_conditions, ARRAY_LEN(in_conditions), path, len);

		if (ground)
			return ground;
		path += len + (path[len] != '\0');
	}
	return NULL;
}

static enum status refuse(const struct law *law, const struct yaml_node *node,
			  const struct unlawful_ground *ground, struct err *err)
{
	return yaml_error(law->doc, node, err, "a rule cannot look at '%s': %s (%s)",
			  node->text, ground->why,
			  reasons_cite(law->reasons, ground->code));
}

static enum status refuse_key(const struct law *law, const struct yaml_node *node,
			      const struct unlawful_ground *ground, struct err *err)
{
	return yaml_error_key(law->doc, node, err, "a rule cannot look at '%s': %s (%s)",
			      node->key, ground->why,
			      reasons_cite(law->reasons, ground->code));
}

/* --- scope and action ---------------------------------------------------------------- */

enum status ground_check_scope(const struct law *law, const struct yaml_node *scope,
			       struct err *err)
{
	for (const struct yaml_node *at = scope->first; at; at = at->next) {
		const struct unlawful_ground *ground =
			at->key ? ground_of_path(at->key) : NULL;

		if (!ground && at->key)
			ground = ground_of(in_scopes, ARRAY_LEN(in_scopes), at->key,
					   strlen(at->key));
		if (ground)
			return refuse_key(law, at, ground, err);
	}
	return ST_OK;
}

enum status ground_check_action(const struct law *law, const struct yaml_node *action,
				struct err *err)
{
	const struct unlawful_ground *ground =
		action->kind == YAML_SCALAR ? ground_of(in_actions, ARRAY_LEN(in_actions),
							action->text, action->len)
					    : NULL;

	if (!ground)
		return ST_OK;
	return yaml_error(law->doc, action, err, "no rule does '%s': %s (%s)",
			  action->text, ground->why,
			  reasons_cite(law->reasons, ground->code));
}

/* --- the tree ------------------------------------------------------------------------ */

/* Keys whose value names what is looked at. */
static bool names_something(const struct yaml_node *node)
{
	static const char *const keys[] = {"field",   "date",	    "after",
					   "measure", "classifier", "detect"};

	for (size_t i = 0; i < ARRAY_LEN(keys) && node->kind == YAML_SCALAR; i++)
		if (strcmp(node->key, keys[i]) == 0)
			return true;
	return false;
}

static enum status check_key(const struct law *law, const struct yaml_node *node,
			     struct err *err)
{
	const struct unlawful_ground *ground;

	if (!node->key)
		return ST_OK;
	ground = ground_of_path(node->key);
	if (ground)
		return refuse_key(law, node, ground, err);
	ground = names_something(node) ? ground_of_path(node->text) : NULL;
	return ground ? refuse(law, node, ground, err) : ST_OK;
}

enum status ground_check_when(const struct law *law, const struct yaml_node *when,
			      struct err *err)
{
	enum status st = ST_OK;

	for (const struct yaml_node *at = when->first; at && !st; at = at->next) {
		st = check_key(law, at, err);
		if (!st)
			st = ground_check_when(law, at, err);
	}
	return st;
}

bool ground_restricts(enum action action)
{
	return action >= ACTION_AWAIT_AUTHOR;
}

static enum status check_field(const struct law *law, const struct yaml_node *field,
			       struct err *err)
{
	const struct unlawful_ground *ground =
		ground_of(compared, ARRAY_LEN(compared), field->text, field->len);
	const char *instead = "";

	if (!ground) {
		ground = ground_of(written, ARRAY_LEN(written), field->text, field->len);
		instead = "; look for words or a pattern in it";
	}
	if (!ground)
		return ST_OK;
	return yaml_error(law->doc, field, err,
			  "a rule that restricts cannot name values of '%s': %s (%s)%s",
			  field->text, ground->why,
			  reasons_cite(law->reasons, ground->code), instead);
}

static enum status check_compared(const struct law *law, const struct yaml_node *node,
				  struct err *err)
{
	const struct yaml_node *field = yaml_get(node, "field");
	enum status st = ST_OK;

	if (field && field->kind == YAML_SCALAR &&
	    (yaml_get(node, "is") || yaml_get(node, "in")))
		st = check_field(law, field, err);
	for (const struct yaml_node *at = node->first; at && !st; at = at->next)
		st = check_compared(law, at, err);
	return st;
}

enum status ground_check_restriction(const struct law *law, const struct yaml_node *when,
				     uint64_t kinds, struct err *err)
{
	const struct unlawful_ground *ground = NULL;

	if (kinds & (KIND_BIT(KIND_WITHDRAWAL) | KIND_BIT(KIND_ERASURE)))
		ground = find_ground("U-ERASEHOLD");
	else if (kinds & KIND_BIT(KIND_INVITATION))
		ground = find_ground("U-GATE");
	if (ground)
		return yaml_error(law->doc, when, err, "%s (%s)", ground->why,
				  reasons_cite(law->reasons, ground->code));
	return check_compared(law, when, err);
}
