#include "detect_own.h"

#include "detect_lists.h"

/* local SIGN host. The clearer the sign, the less is asked of the host: behind a bare "at"
 * ("look at amazon.com") it has to be where people have their mail, or spelled out. */

#define LOCAL_BYTES_MAX 64  /* RFC 5321 4.5.3.1.1 */
#define HOST_BYTES_MAX	255 /* 4.5.3.1.2 */

static const char roles[] = DETECT_ROLES;

enum sign { SIGN_NONE, SIGN_PLAIN, SIGN_SPELLED, SIGN_WORD, SIGN_HYPHENS };

struct host {
	size_t end;	 /* behind the top-level domain; 0: there is no host */
	size_t name_end; /* behind the first label */
	unsigned labels;
	bool known;   /* where people have their mail */
	bool people;  /* by its first label alone */
	bool only;    /* and nothing else, by its first label */
	bool spelled; /* a dot of it is */
	bool near;    /* the first label is known, or the first dot spelled */
	bool hidden;  /* a dot of it is a comma, or hyphens are around it */
	bool sure;    /* ends with a top-level domain that people spell out */
};

static size_t skip_space(struct span text, size_t at)
{
	return at + (detect_byte(text, at) == ' ');
}

static bool opens(uint8_t c)
{
	return c == '(' || c == '[' || c == '{' || c == '<';
}

static bool closes(uint8_t c)
{
	return c == ')' || c == ']' || c == '}' || c == '>';
}

/* "(at)", "[ arobase ]", " at ", "_at_", "-at-", "@" from `at` on. */
static enum sign sign_at(struct span text, size_t at, size_t *ret_end)
{
	uint8_t c = text.at[at];
	bool bracket = opens(c);

	*ret_end = at + 1;
	if (c == '@')
		return SIGN_PLAIN;
	if (detect_starts(text, at, "-at-")) {
		*ret_end = at + strlen("-at-");
		return SIGN_HYPHENS;
	}
	if (!bracket && c != ' ' && c != '_' && c != 'a')
		return SIGN_NONE;
	if (c == 'a' && detect_glued_before(text, at))
		return SIGN_NONE;
	size_t from = c == 'a' ? at : bracket ? skip_space(text, at + 1) : at + 1;
	struct span word = detect_word(text, from);
	size_t end = from + word.len;
	if (bracket) {
		end = skip_space(text, word.len ? end : end + 1);
		*ret_end = skip_space(text, end + 1);
		return closes(detect_byte(text, end)) &&
				       (detect_listed("at|a|chez|arobas*", word) ||
					(!word.len && text.at[from] == '@'))
			       ? SIGN_SPELLED
			       : SIGN_NONE;
	}
	*ret_end = skip_space(text, end);
	if (detect_listed("arobas*", word))
		return SIGN_SPELLED;
	*ret_end = end + 1;
	if (c == 'a' || !detect_listed(c == ' ' ? "at|chez" : "at", word) ||
	    detect_byte(text, end) != c)
		return SIGN_NONE;
	return c == '_' ? SIGN_SPELLED : SIGN_WORD;
}

static bool is_local(uint8_t c)
{
	return detect_is_alnum(c) || (c && strchr("._%+-", c));
}

/* Where the local part that ends at `end` begins; `end`: there is none. */
static size_t local_start(struct span text, size_t end)
{
	size_t start = end;

	while (start && end - start < LOCAL_BYTES_MAX && is_local(text.at[start - 1]))
		start--;
	while (start < end && !detect_is_alnum(text.at[start]))
		start++;
	return start;
}

/* Behind what stands for a dot and is none of the ways to spell it openly: "gmail,com",
 * "gmail·com", "gmail-dot-com". 0: nothing does. */
static size_t hidden_dot_end(struct span text, size_t at)
{
	static const char *const dots[] = {",", "\u00b7", "-dot-", "-point-"};

	for (size_t i = 0; i < ARRAY_LEN(dots); i++)
		if (detect_starts(text, at, dots[i]) &&
		    detect_is_letter(detect_byte(text, at + strlen(dots[i]))))
			return at + strlen(dots[i]);
	return 0;
}

static size_t label_end(struct span text, size_t at)
{
	size_t end = at;

	if (!detect_is_alnum(detect_byte(text, at)))
		return at;
	for (;; end++) {
		struct span label = {text.at + at, end - at};
		uint8_t c = detect_byte(text, end);

		if (!detect_is_alnum(c) &&
		    (c != '-' || (hidden_dot_end(text, end) &&
				  detect_listed(DETECT_MAIL_HOSTS, label))))
			return end;
	}
}

/* Behind a dot, however written, that begins at `at`: where the next label begins. 0: it
 * is none. */
static size_t dot_end(struct span text, size_t at, bool *ret_spelled)
{
	size_t from = skip_space(text, at);
	bool space = from > at, bracket = opens(detect_byte(text, from));

	if (detect_byte(text, at) == '.' && detect_is_alnum(detect_byte(text, at + 1))) {
		*ret_spelled = false;
		return at + 1;
	}
	*ret_spelled = true;
	from = bracket ? skip_space(text, from + 1) : from;
	struct span word = detect_word(text, from);
	bool sign = detect_byte(text, from) == '.';
	if (!sign && !detect_listed("dot|point", word))
		return 0;
	from += sign ? 1 : word.len;
	size_t end = skip_space(text, from);
	if (bracket)
		return closes(detect_byte(text, end)) ? skip_space(text, end + 1) : 0;
	return space && end > from ? end : 0;
}

/* The letters at `at` as a top-level domain: two at least, and no digit behind them. */
static bool read_top(struct span text, size_t at, struct host *h)
{
	struct span word = detect_word(text, at);

	if (word.len < 2 || word.len > 24)
		return false;
	h->end = at + word.len;
	h->sure = detect_listed(DETECT_TLDS_SPELLED, word);
	return true;
}

static struct host host_at(struct span text, size_t start)
{
	struct host h = {0};
	size_t at = start, next, end;
	bool spelled;

	while ((end = label_end(text, at)) > at && end - start < HOST_BYTES_MAX) {
		struct span label = {text.at + at, end - at};
		h.known = h.known || detect_listed(DETECT_MAIL_HOSTS, label);
		if (h.labels == 0) {
			h.near = h.people = h.known;
			h.only = detect_listed(DETECT_MAIL_ONLY, label);
		}
		if (h.labels++ == 0)
			h.name_end = end;
		else if (!read_top(text, at, &h))
			h.labels--;
		next = dot_end(text, end, &spelled);
		if (!next && h.known && h.labels == 1) {
			next = hidden_dot_end(text, end);
			h.hidden = next > 0;
		}
		/* Behind a whole address, only what is surely more of it. */
		if (!next || (spelled && h.labels > 1))
			break;
		h.spelled = h.spelled || spelled;
		h.near = h.near || (spelled && end == h.name_end);
		at = next;
	}
	if (h.hidden && !h.sure)
		h.end = 0;
	return h;
}

/* A digit, dot or underscore in it, or "dot" before it, as words before "at" seldom have
 * ("x-small at"). */
static bool is_unlike_words(struct span text, size_t start, size_t end)
{
	bool unlike =
		detect_ends(text, start, " dot ") || detect_ends(text, start, " point ");

	for (size_t i = start; i < end; i++)
		unlike = unlike || detect_is_digit(text.at[i]) || text.at[i] == '.' ||
			 text.at[i] == '_';
	return unlike && detect_is_alnum(text.at[end - 1]);
}

/* Where the address with this sign and local part ends; 0: it is none. */
static size_t address_end(struct span text, size_t start, size_t sign_start,
			  size_t sign_end, enum sign sign, struct host *ret_host)
{
	bool apart = detect_byte(text, sign_start - 1) == ' ' ||
		     detect_byte(text, sign_end) == ' ';
	struct host h = host_at(text, skip_space(text, sign_end));
	bool whole = h.end && h.labels > 1;

	*ret_host = h;
	ret_host->hidden = h.hidden || sign == SIGN_HYPHENS;
	if (sign == SIGN_PLAIN && !apart)
		return whole && (!h.spelled || h.known || h.sure) ? h.end : 0;
	if (sign == SIGN_PLAIN)
		return whole && h.known ? h.end : 0;
	if (sign == SIGN_SPELLED)
		return whole && (!h.spelled || h.known || h.sure) ? h.end
		       : h.known				  ? h.name_end
								  : 0;
	if (sign == SIGN_HYPHENS)
		return whole && h.known && (h.only || h.hidden) ? h.end : 0;
	bool unlike = is_unlike_words(text, start, sign_start);
	bool chez = detect_starts(text, sign_start, " chez "); /* also "client chez .." */
	bool likely = h.only ? unlike || !chez
			     : !chez && unlike && h.near && (h.known || h.sure);
	return whole && likely ? h.end : 0;
}

/* "contact", "no-reply", "sav.lyon": is the local part that of a role? With a host where
 * people have their mail ("info.jean@gmail.com"), each piece has to be. */
static bool is_role(struct span text, size_t start, size_t local_end, bool known)
{
	bool role = true;

	for (size_t at = start, end; at < local_end && role; at = end + 1) {
		for (end = at; end < local_end && detect_is_alnum(text.at[end]); end++)
			;
		role = detect_listed(roles, (struct span){text.at + at, end - at});
		if (role && !known)
			return true;
	}
	return role;
}

static void find_emails(struct span text, bool people, struct detect_found *ret)
{
	size_t sign_end, done = 0;

	for (size_t at = 1; at < text.len; at++) {
		enum sign sign = sign_at(text, at, &sign_end);

		if (sign == SIGN_NONE)
			continue;
		size_t local_end = at - (text.at[at - 1] == ' ' && sign != SIGN_WORD);
		size_t start = local_start(text, local_end);
		if (start == local_end || start < done)
			continue;
		struct host host;
		size_t end = address_end(text, start, at, sign_end, sign, &host);
		if (!end)
			continue;
		if ((!people || (host.people && !host.hidden)) &&
		    !is_role(text, start, local_end, host.known) &&
		    !detect_add(ret, start, end))
			return;
		done = end;
		at = end - 1;
	}
}

void detect_email(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	find_emails(text, false, ret);
}

void detect_mailbox(struct span text, uint64_t countries UNUSED, struct detect_found *ret)
{
	find_emails(text, true, ret);
}
