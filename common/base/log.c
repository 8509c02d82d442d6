#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"

#define LINE_BYTES   4096
#define QUOTED_COUNT 4

static const char *const names[] = {"error", "warn", "info", "debug"};

static struct {
	const char *prog;
	enum log_level level;
	enum log_format format;
	bool journald;
} target = {"normavis", LOG_INFO, LOG_LOGFMT, false};

void log_init(const char *prog, enum log_level level, enum log_format format)
{
	target.prog = prog;
	target.level = level;
	target.format = format;
	target.journald = getenv("JOURNAL_STREAM") != NULL;
}

bool log_level_from_name(enum log_level *ret, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum log_level)i;
			return true;
		}
	}
	return false;
}

static void escape(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];
		if (c == '"' || c == '\\')
			buf_format(out, "\\%c", c);
		else if (c == '\n')
			buf_text(out, "\\n");
		else if (c < 0x20 || c == 0x7F)
			buf_format(out, "\\u%04x", c);
		else
			buf_char(out, (char)c);
	}
}

const char *log_quote(const char *text)
{
	static struct buf ring[QUOTED_COUNT];
	static size_t turn;
	struct buf *out = &ring[turn++ % QUOTED_COUNT];

	out->max = LINE_BYTES;
	buf_clear(out);
	buf_char(out, '"');
	escape(out, span_of(text));
	buf_char(out, '"');
	return buf_string(out);
}

/* The end of the pair that starts at `pairs`: quotes may hold spaces. */
static size_t pair_length(const char *pairs)
{
	bool quoted = false;
	size_t i = 0;

	for (; pairs[i] && (quoted || pairs[i] != ' '); i++) {
		if (pairs[i] == '\\' && pairs[i + 1])
			i++;
		else if (pairs[i] == '"')
			quoted = !quoted;
	}
	return i;
}

static void json_pairs(struct buf *line, const char *pairs)
{
	while (*pairs) {
		size_t len = pair_length(pairs);
		const char *equals = memchr(pairs, '=', len);
		if (equals) {
			const char *value = equals + 1;
			size_t value_len = len - (size_t)(value - pairs);
			bool quoted = value_len >= 2 && value[0] == '"';
			buf_format(line, ",\"%.*s\":", (int)(equals - pairs), pairs);
			if (!quoted)
				buf_char(line, '"');
			buf_bytes(line, value, value_len);
			if (!quoted)
				buf_char(line, '"');
		}
		pairs += len;
		while (*pairs == ' ')
			pairs++;
	}
}

static void write_line(enum log_level level, const char *event, const char *pairs)
{
	static const int priority[] = {3, 4, 6, 7}; /* syslog(3) */
	OWNED(buf_release) struct buf line = BUF_INIT(LINE_BYTES);
	char now[CLOCK_TEXT_BYTES];

	if (target.journald)
		buf_format(&line, "<%d>", priority[level]);
	clock_format(now, clock_utc_ms());
	if (target.format == LOG_JSON) {
		buf_format(
			&line,
			"{\"ts\":\"%s\",\"level\":\"%s\",\"prog\":\"%s\",\"event\":\"%s\"",
			now, names[level], target.prog, event);
		json_pairs(&line, pairs);
		buf_text(&line, "}\n");
	} else {
		buf_format(&line, "ts=%s level=%s prog=%s event=%s%s%s\n", now,
			   names[level], target.prog, event, *pairs ? " " : "", pairs);
	}
	/* One write, so that lines of several programs do not mix. A log that cannot be
	 * written is no reason to stop. */
	(void)!write(STDERR_FILENO, line.at, line.len);
}

/* Bytes of the character or escape that starts here. */
static size_t unit_length(const char *at)
{
	unsigned char c = (unsigned char)*at;

	if (c == '\\')
		return at[1] == 'u' ? 6 : 2;
	return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* A text that was cut ends with a whole character, and what was quoted with a quote. There
 * is room for one byte more. */
static void end_cut(char *text, size_t len)
{
	bool quoted = false;
	size_t i = 0;

	while (i < len && i + unit_length(text + i) <= len) {
		quoted ^= text[i] == '"';
		i += unit_length(text + i);
	}
	if (quoted)
		text[i++] = '"';
	text[i] = '\0';
}

__attribute__((format(printf, 3, 0))) static void log_at(enum log_level level,
							 const char *event,
							 const char *pairs, va_list ap)
{
	char text[LINE_BYTES / 2];

	if (level > target.level)
		return;
	if (vsnprintf(text, sizeof(text) - 1, pairs, ap) >= (int)sizeof(text) - 1)
		end_cut(text, sizeof(text) - 2);
	write_line(level, event, text);
}

#define DEFINE_LEVEL(function, level)                            \
	void function(const char *event, const char *pairs, ...) \
	{                                                        \
		va_list ap;                                      \
                                                                 \
		va_start(ap, pairs);                             \
		log_at(level, event, pairs, ap);                 \
		va_end(ap);                                      \
	}

DEFINE_LEVEL(log_error, LOG_ERROR)
DEFINE_LEVEL(log_warn, LOG_WARN)
DEFINE_LEVEL(log_info, LOG_INFO)
DEFINE_LEVEL(log_debug, LOG_DEBUG)
