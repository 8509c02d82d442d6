/* One pass over the text of the pattern, by recursion into groups. Of each part only what
 * is needed to judge the whole is kept: no tree. */
#include "pattern.h"

#include <inttypes.h>

#define COUNT_MAX  ((uint64_t)1 << 30) /* counts stop here; their products fit */
#define NO_LIMIT   UINT64_MAX
#define WIDE_FROM  5 /* small letters in a class that is nearly any letter */
#define NON_ASCII  3 /* states of a character of several bytes */
#define CLASS_BITS 128

/* A part of the pattern. */
struct part {
	uint64_t size; /* states */
	uint64_t min;  /* characters of the shortest match */
	uint64_t
		loose; /* of the shortest that needs no certain character; COUNT_MAX: none */
	bool any;      /* one character, nearly whichever */
	bool idle_start; /* begins with what may be anything or nothing */
	bool idle_end;
	bool start, end; /* asks for the start, the end of the text */
	bool no_width;	 /* matches between characters */
};

struct parser {
	const char *at;
	unsigned depth;
	bool any_case; /* (?i) stands somewhere */
	bool broken;   /* does not parse */
	bool deep;
	bool not_taken;
};

static struct part parse_alternatives(struct parser *p);

static uint64_t plus(uint64_t a, uint64_t b)
{
	return MIN(a + b, COUNT_MAX);
}

static uint64_t times(uint64_t a, uint64_t b)
{
	return MIN(a * MIN(b, COUNT_MAX), COUNT_MAX);
}

static struct part literal(uint64_t size)
{
	return (struct part){.size = size, .min = 1, .loose = COUNT_MAX};
}

static struct part nearly_any(uint64_t size, bool any)
{
	return (struct part){.size = size, .min = 1, .loose = 1, .any = any};
}

static const struct part nothing = {.no_width = true};

/* --- escapes ------------------------------------------------------------------------- */

/* Behind \x \p \P \g \k and the like: {...}. */
static void skip_braces(struct parser *p)
{
	if (*p->at != '{')
		return;
	while (*p->at && *p->at != '}')
		p->at++;
	if (*p->at)
		p->at++;
}

static void skip_hex(struct parser *p)
{
	for (int i = 0; i < 2 && *p->at && strchr("0123456789abcdefABCDEF", *p->at); i++)
		p->at++;
}

static struct part quoted(struct parser *p)
{
	const char *end = strstr(p->at, "\\E");
	size_t len = end ? (size_t)(end - p->at) : strlen(p->at);

	p->at += len + (end ? 2 : 0);
	return (struct part){.size = len,
			     .min = len,
			     .loose = len ? COUNT_MAX : 0,
			     .no_width = len == 0};
}

/* p->at stands behind the backslash. */
static struct part parse_escape(struct parser *p)
{
	char c = *p->at;

	if (c == '\0') {
		p->broken = true;
		return nothing;
	}
	p->at++;
	switch (c) {
	case 'b':
	case 'B':
	case 'E':
		return nothing;
	case 'A':
		return (struct part){.start = true, .no_width = true};
	case 'z':
	case 'Z':
		return (struct part){.end = true, .no_width = true};
	case 'Q':
		return quoted(p);
	case 'p':
	case 'P':
		if (*p->at == '{')
			skip_braces(p);
		else if (*p->at)
			p->at++;
		return nearly_any(PATTERN_PROPERTY, false);
	case 'w':
		return nearly_any(1, false);
	case 'N':
	case 'S':
	case 'D':
	case 'X':
		return nearly_any(PATTERN_ANY, c == 'N' || c == 'X');
	case 'W':
	case 'H':
	case 'V':
	case 'R':
		return literal(PATTERN_ANY);
	case 'x':
		skip_hex(p);
		skip_braces(p);
		return literal(NON_ASCII);
	case 'c':
		p->at += *p->at != '\0';
		return literal(1);
	default:
		return literal(1);
	}
}

/* --- classes ------------------------------------------------------------------------- */

struct class
{
	bool has[CLASS_BITS];
	bool negated, beyond; /* non-ASCII stands in it */
	bool letters;	      /* \w \S \D, or [:alpha:] and the like */
	bool lower, upper;    /* of \s\S, \w\W, \d\D: the one and the other */
	bool property;
};

static void add_range(struct class *c, unsigned char from, unsigned char to)
{
	for (unsigned i = from; i <= to; i++)
		if (i < CLASS_BITS)
			c->has[i] = true;
	c->beyond |= to >= CLASS_BITS;
}

static void add_escape(struct class *c, struct parser *p)
{
	char e = *p->at;

	if (e == '\0')
		return;
	p->at++;
	c->letters |= strchr("wSDHVNpP", e) != NULL;
	c->lower |= strchr("wsd", e) != NULL;
	c->upper |= strchr("WSD", e) != NULL;
	c->property |= e == 'p' || e == 'P';
	c->has[' '] |= e == 's';
	if (e == 'x' || e == 'p' || e == 'P') {
		c->beyond = true;
		skip_hex(p);
		skip_braces(p);
	} else if (!strchr("wWsSdDhHvVNRb", e)) {
		add_range(c, (unsigned char)e, (unsigned char)e);
	}
}

/* "[:alpha:]": p->at stands at its bracket. */
static bool take_named(struct class *c, struct parser *p)
{
	const char *end = strncmp(p->at, "[:", 2) == 0 ? strstr(p->at, ":]") : NULL;

	if (!end)
		return false;
	c->letters |=
		strncmp(p->at, "[:digit", 7) != 0 && strncmp(p->at, "[:space", 7) != 0 &&
		strncmp(p->at, "[:punct", 7) != 0 && strncmp(p->at, "[:upper", 7) != 0;
	p->at = end + 2;
	return true;
}

static void take_member(struct class *c, struct parser *p)
{
	unsigned char from = (unsigned char)*p->at++;

	if (p->at[0] == '-' && p->at[1] && p->at[1] != ']' && p->at[1] != '\\') {
		add_range(c, from, (unsigned char)p->at[1]);
		p->at += 2;
	} else {
		add_range(c, from, from);
	}
}

static bool is_wide(const struct class *c, bool any_case)
{
	unsigned letters = 0;

	for (unsigned i = 'a'; i <= 'z'; i++)
		letters += c->has[i] || (any_case && c->has[i - 'a' + 'A']);
	if (c->negated)
		return !c->letters && 26 - letters >= WIDE_FROM;
	return c->letters || letters >= WIDE_FROM;
}

/* p->at stands behind the opening bracket. */
static struct part parse_class(struct parser *p)
{
	struct class c = {.negated = *p->at == '^'};

	p->at += c.negated;
	for (bool first = true; *p->at && (first || *p->at != ']'); first = false) {
		if (*p->at == '\\') {
			p->at++;
			add_escape(&c, p);
		} else if (!take_named(&c, p)) {
			take_member(&c, p);
		}
	}
	p->broken |= *p->at == '\0';
	p->at += *p->at != '\0';
	uint64_t size = c.property  ? PATTERN_PROPERTY
			: c.negated ? PATTERN_ANY
			: c.beyond  ? NON_ASCII
				    : 1;
	if (!is_wide(&c, p->any_case))
		return literal(size);
	/* What stops at a space shows more of a find, and is no more of anything. */
	return nearly_any(size, (c.negated && !c.has[' ']) || (c.lower && c.upper));
}

/* --- groups -------------------------------------------------------------------------- */

static void skip_to(struct parser *p, char end)
{
	while (*p->at && *p->at != end)
		p->at++;
	p->broken |= *p->at == '\0';
	p->at += *p->at != '\0';
}

/* Behind "(?": is there a group to be parsed? Otherwise all of it was taken. */
static bool open_group(struct parser *p)
{
	if (*p->at == '#') {
		skip_to(p, ')');
		return false;
	}
	if (*p->at == 'P')
		p->at++;
	if (*p->at == '<' && p->at[1] != '=' && p->at[1] != '!') {
		skip_to(p, '>');
		return true;
	}
	if (*p->at == '\'') {
		p->at++;
		skip_to(p, '\'');
		return true;
	}
	/* Look-around is Hyperscan's to refuse. */
	size_t len = strspn(p->at, "imsxU-<=!>|");
	p->not_taken |= memchr(p->at, 'x', len) != NULL;
	p->any_case |= memchr(p->at, 'i', len) != NULL;
	bool group = len > 0 && strchr("=!>|", p->at[len - 1]) != NULL;
	p->at += len;
	if (!group && *p->at == ')') {
		p->at++;
		return false;
	}
	p->not_taken |= !group && *p->at != ':';
	p->at += *p->at == ':';
	return true;
}

/* p->at stands behind the opening parenthesis. */
static struct part parse_group(struct parser *p)
{
	if (*p->at == '*') {
		p->not_taken = true;
		skip_to(p, ')');
		return nothing;
	}
	if (*p->at == '?') {
		p->at++;
		if (!open_group(p))
			return nothing;
	}
	if (p->depth == PATTERN_DEPTH_MAX) {
		p->deep = true;
		p->at += strlen(p->at);
		return nothing;
	}
	p->depth++;
	struct part inside = parse_alternatives(p);
	p->depth--;
	if (*p->at == ')')
		p->at++;
	else
		p->broken = true;
	return inside;
}

/* --- repeats ------------------------------------------------------------------------- */

static bool take_number(const char **at, uint64_t *ret)
{
	const char *from = *at;

	*ret = 0;
	for (; **at >= '0' && **at <= '9'; (*at)++)
		*ret = MIN(*ret * 10 + (uint64_t)(**at - '0'), COUNT_MAX);
	return *at > from;
}

/* {n} {n,} {n,m}; anything else in braces is a text. */
static bool take_count(struct parser *p, uint64_t *low, uint64_t *high)
{
	const char *at = p->at + 1;

	if (*p->at != '{' || !take_number(&at, low))
		return false;
	*high = *low;
	if (*at == ',') {
		at++;
		if (!take_number(&at, high))
			*high = NO_LIMIT;
	}
	if (*at != '}')
		return false;
	p->at = at + 1;
	return true;
}

static bool take_repeat(struct parser *p, uint64_t *low, uint64_t *high)
{
	switch (*p->at) {
	case '*':
		*low = 0, *high = NO_LIMIT;
		break;
	case '+':
		*low = 1, *high = NO_LIMIT;
		break;
	case '?':
		*low = 0, *high = 1;
		break;
	default:
		if (!take_count(p, low, high))
			return false;
		p->at -= 1;
		break;
	}
	p->at++;
	p->at += *p->at == '?' || *p->at == '+'; /* lazy, possessive */
	return true;
}

static void repeat(struct part *part, uint64_t low, uint64_t high)
{
	uint64_t most = high == NO_LIMIT ? low : high;

	if (part->any)
		part->idle_start = part->idle_end = low == 0 || high == NO_LIMIT;
	part->size = times(part->size, MAX(most, 1));
	part->min = times(part->min, low);
	part->loose = low == 0 ? 0 : times(part->loose, low);
}

/* --- the whole ------------------------------------------------------------------------ */

static struct part parse_atom(struct parser *p)
{
	char c = *p->at++;

	switch (c) {
	case '\\':
		return parse_escape(p);
	case '[':
		return parse_class(p);
	case '(':
		return parse_group(p);
	case '.':
		return nearly_any(PATTERN_ANY, true);
	case '^':
		return (struct part){.start = true, .no_width = true};
	case '$':
		return (struct part){.end = true, .no_width = true};
	default:
		return literal(1);
	}
}

static void append(struct part *to, const struct part *next, size_t *chars)
{
	bool first = *chars == 0 && !to->start;

	to->size = plus(to->size, next->size);
	to->min = plus(to->min, next->min);
	to->loose = plus(to->loose, next->loose);
	if (next->no_width) {
		to->start |= first && next->start;
		to->end |= next->end;
		to->idle_end &= !next->end;
		return;
	}
	if (first)
		to->idle_start = next->idle_start;
	to->idle_end = next->idle_end;
	to->any = ++*chars == 1 && next->any;
	to->end = next->end;
	to->no_width = false;
}

static struct part parse_sequence(struct parser *p)
{
	struct part sequence = nothing;
	size_t chars = 0; /* parts that are no_width left out */
	uint64_t low, high;

	while (*p->at && *p->at != '|' && *p->at != ')') {
		struct part next = parse_atom(p);

		while (take_repeat(p, &low, &high))
			repeat(&next, low, high);
		append(&sequence, &next, &chars);
	}
	/* What is held at both ends may be as loose as it likes. */
	if (sequence.start && sequence.end)
		sequence.loose = COUNT_MAX;
	return sequence;
}

static struct part parse_alternatives(struct parser *p)
{
	struct part all = parse_sequence(p);

	while (*p->at == '|') {
		p->at++;
		struct part one = parse_sequence(p);
		all.size = plus(all.size, one.size);
		all.min = MIN(all.min, one.min);
		all.loose = MIN(all.loose, one.loose);
		all.any |= one.any;
		all.idle_start |= one.idle_start;
		all.idle_end |= one.idle_end;
		all.start &= one.start;
		all.end &= one.end;
		all.no_width &= one.no_width;
	}
	return all;
}

enum status pattern_check(const char *pattern, size_t *ret_size, struct err *err)
{
	struct parser p = {.at = pattern, .any_case = strstr(pattern, "(?i") != NULL};
	struct part whole = parse_alternatives(&p);
	size_t len = strlen(pattern);

	*ret_size = whole.size > len ? (size_t)(whole.size - len) : 0;
	if (p.deep)
		return err_set(err, ST_ECONFIG,
			       "the pattern has groups within groups, more than %d deep",
			       PATTERN_DEPTH_MAX);
	if (*ret_size > PATTERN_SIZE_MAX)
		return err_set(err, ST_ECONFIG,
			       "the pattern is too large: its repeats stand for %zu "
			       "states, at most %d; count less, or use words",
			       *ret_size, PATTERN_SIZE_MAX);
	if (p.not_taken)
		return err_set(err, ST_ECONFIG,
			       "the pattern cannot be used: (?x), (*..) and conditions "
			       "are not taken here");
	if (p.broken || *p.at)
		return err_set(err, ST_EMALFORMED,
			       "the pattern cannot be used: it does not parse");
	if (whole.min == 0)
		return ST_OK; /* it matches the empty text: Hyperscan says so */
	if (whole.idle_start || whole.idle_end)
		return err_set(
			err, ST_ECONFIG,
			"the pattern %s with what may be anything: leave that out, a "
			"pattern is found anywhere in a text",
			whole.idle_start ? "begins" : "ends");
	if (whole.loose <= PATTERN_LOOSE_MAX)
		return err_set(
			err, ST_ECONFIG,
			"the pattern matches nearly any text: name a letter, a sign or a "
			"word that must be there");
	return ST_OK;
}
