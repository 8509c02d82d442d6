/* Patterns of folded text that ask for what no folded text has: capitals, accents. */
#include "fold.h"
#include "lint_own.h"

struct check {
	const struct lint *l;
	const struct yaml_doc *doc;
	struct fold fold;
};

static size_t length_of(const char *at)
{
	size_t len = 1;

	while ((at[len] & 0xC0) == 0x80)
		len++;
	return len;
}

/* Behind what is no letter of the text: an escape, a flag or the name of a group or a class. */
static const char *skip(const char *at)
{
	const char *end = NULL;

	if (*at == '\\' && at[1] && at[2] == '{')
		end = strchr(at, '}');
	else if (*at == '\\' && at[1])
		end = at + 1;
	else if (at[0] == '(' && at[1] == '?')
		end = at + strcspn(at, ":)<=!");
	else if (at[0] == '[' && at[1] == ':')
		end = at + 1 + strcspn(at + 1, "]");
	return end && *end ? end + 1 : NULL;
}

static void complain(struct check *c, const struct yaml_node *node, struct span letter)
{
	const char *folded = buf_string(&c->fold.match);

	lint_complain(
		c->l, c->doc, node,
		"'%.*s' stands in no text as this pattern reads it, folded to small "
		"letters without accents: write %s%s%s, or `on: raw`",
		(int)letter.len, (const char *)letter.at, *folded ? "'" : "nothing",
		folded, *folded ? "'" : "");
}

static void check_pattern(struct check *c, const struct yaml_node *node)
{
	bool caseless = strncmp(node->text, "(?i)", 4) == 0;
	const char *next;

	for (const char *at = node->text; *at; at = next) {
		struct span letter = {(const uint8_t *)at, length_of(at)};
		bool capital = *at >= 'A' && *at <= 'Z' && !caseless;

		next = skip(at);
		if (next)
			continue;
		next = at + letter.len;
		if (letter.len == 1 && !capital)
			continue;
		fold_text(&c->fold, letter);
		if (span_equal(buf_view(&c->fold.match), letter))
			continue;
		complain(c, node, letter);
		return; /* one is enough */
	}
}

static void check_tree(struct check *c, const struct yaml_node *node)
{
	const struct yaml_node *pattern = yaml_get(node, "pattern");
	const struct yaml_node *on = yaml_get(node, "on");

	if (pattern && pattern->kind == YAML_SCALAR &&
	    !(on && on->text && strcmp(on->text, "raw") == 0))
		check_pattern(c, pattern);
	for (const struct yaml_node *at = node->first; at; at = at->next)
		if (at->kind != YAML_SCALAR)
			check_tree(c, at);
}

static void check_release(struct check *c)
{
	fold_release(&c->fold);
}

void lint_patterns(const struct lint *l)
{
	OWNED(check_release) struct check c = {.l = l};

	fold_init(&c.fold);
	for (size_t i = 0; i < l->rs->rule_count; i++) {
		c.doc = l->rs->rules[i].doc;
		check_tree(&c, yaml_get(l->rs->rules[i].node, "when"));
	}
}
