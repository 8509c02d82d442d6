#include "status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *name;
	const char *meaning;
	enum status_class class;
} table[STATUS_COUNT] = {
#define STATUS(symbol, name, class, meaning) [symbol] = {name, meaning, CLASS_##class},
#include "status.def"
#undef STATUS
};

const char *status_name(enum status st)
{
	assert(st < STATUS_COUNT);
	return table[st].name;
}

const char *status_meaning(enum status st)
{
	assert(st < STATUS_COUNT);
	return table[st].meaning;
}

enum status_class status_class(enum status st)
{
	assert(st < STATUS_COUNT);
	return table[st].class;
}

enum exit_code status_exit_code(enum status st)
{
	if (st == ST_EBUSY || st == ST_EAGAIN)
		return EXIT_CODE_TEMPFAIL;
	if (st == ST_ESOFTWARE)
		return EXIT_CODE_SOFTWARE;
	switch (status_class(st)) {
	case CLASS_NONE:
		return EXIT_CODE_OK;
	case CLASS_FAULT:
		return EXIT_CODE_IO;
	case CLASS_CONFIG:
		return EXIT_CODE_CONFIG;
	case CLASS_INPUT:
	case CLASS_DAMAGE:
		return EXIT_CODE_UNREADABLE;
	}
	return EXIT_CODE_SOFTWARE;
}

/* A cut message must not end within a UTF-8 sequence. */
static void end_at_character(char *text, size_t len)
{
	while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
		len--;
	if (len > 0 && (unsigned char)text[len - 1] >= 0xC0)
		len--;
	text[len] = '\0';
}

__attribute__((format(printf, 2, 0))) static void format_into(struct err *err,
							      const char *format,
							      va_list ap)
{
	int len = vsnprintf(err->text, sizeof(err->text), format, ap);

	if (len >= (int)sizeof(err->text))
		end_at_character(err->text, sizeof(err->text) - 1);
	for (char *at = err->text; *at; at++) /* a quoted name must not end the line */
		if ((unsigned char)*at < ' ' || *at == 0x7F)
			*at = '?';
}

enum status err_set(struct err *err, enum status st, const char *format, ...)
{
	va_list ap;

	if (!err)
		return st;
	va_start(ap, format);
	format_into(err, format, ap);
	va_end(ap);
	return st;
}

enum status err_sys(struct err *err, enum status st, int errno_value, const char *format,
		    ...)
{
	va_list ap;

	if (errno_value == ENOSPC || errno_value == EDQUOT)
		st = ST_ENOSPACE;
	if (!err)
		return st;
	va_start(ap, format);
	format_into(err, format, ap);
	va_end(ap);
	size_t len = strlen(err->text);
	snprintf(err->text + len, sizeof(err->text) - len, ": %s", strerror(errno_value));
	return st;
}

void err_prefix(struct err *err, const char *format, ...)
{
	if (!err)
		return;
	struct err before = *err;
	va_list ap;
	va_start(ap, format);
	format_into(err, format, ap);
	va_end(ap);
	size_t len = strlen(err->text);
	int wanted =
		snprintf(err->text + len, sizeof(err->text) - len, ": %s", before.text);
	if (wanted >= (int)(sizeof(err->text) - len))
		end_at_character(err->text, sizeof(err->text) - 1);
}
