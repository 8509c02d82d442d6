#include "detect_own.h"

#define GAP_CHARACTERS_MAX 3

/* What stands between two digits; false: they do not belong together. */
static bool gap_at(struct span text, size_t at, size_t *ret_end, char *ret_kind)
{
	static const char kinds[] = " .-/("; /* the later one tells more */
	size_t strongest = 0;

	for (size_t i = 0; i <= GAP_CHARACTERS_MAX; i++, at++) {
		uint8_t c = detect_byte(text, at);

		if (detect_is_digit(c)) {
			*ret_end = at;
			*ret_kind = kinds[strongest];
			return true;
		}
		c = c == ')' ? '(' : c == '_' ? '-' : c;
		const char *kind = c ? strchr(kinds, c) : NULL;
		if (!kind)
			return false;
		strongest = MAX(strongest, (size_t)(kind - kinds));
	}
	return false;
}

/* A group's digits, as far as there is room. Returns where it ends. */
static size_t take_group(struct span text, size_t at, char kind, struct detect_run *r)
{
	struct detect_group *g = &r->groups[r->count++];

	*g = (struct detect_group){.start = at, .first = (uint8_t)r->len, .before = kind};
	for (size_t i = r->count > 1 ? g[-1].end : at; i < at; i++)
		g->apart = g->apart || text.at[i] == ' ' || text.at[i] == '/';
	while (detect_is_digit(detect_byte(text, at)) && r->len < DETECT_DIGITS_MAX)
		r->digits[r->len++] = (char)text.at[at++];
	g->end = at;
	g->len = (uint8_t)(r->len - g->first);
	return at;
}

bool detect_run_next(struct span text, size_t from, struct detect_run *ret)
{
	size_t at = from, next;
	char kind = '\0';

	while (at < text.len && !detect_is_digit(text.at[at]))
		at++;
	if (at >= text.len)
		return false;
	ret->start = at;
	ret->count = ret->len = 0;
	at = take_group(text, at, '\0', ret);
	while (ret->len < DETECT_DIGITS_MAX && gap_at(text, at, &next, &kind))
		at = take_group(text, next, kind, ret);
	ret->end = at;
	ret->digits[ret->len] = '\0';
	return true;
}
