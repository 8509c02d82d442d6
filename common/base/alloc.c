#include "alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void *there(void *p)
{
	if (!p)
		abort();
	return p;
}

void *xmalloc(size_t bytes)
{
	return there(malloc(bytes ? bytes : 1));
}

void *xcalloc(size_t count, size_t bytes)
{
	return there(calloc(count ? count : 1, bytes ? bytes : 1));
}

void *xrealloc(void *old, size_t bytes)
{
	return there(realloc(old, bytes ? bytes : 1));
}

void *xmemdup(const void *from, size_t bytes)
{
	void *copy = xmalloc(bytes);

	if (bytes)
		memcpy(copy, from, bytes);
	return copy;
}

char *xstrdup(const char *text)
{
	return there(strdup(text));
}

char *xstrndup(const char *text, size_t len)
{
	if (len == 0)
		return xstrdup(""); /* text may be NULL: an empty span */
	return there(strndup(text, len));
}

char *xasprintf(const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		abort();
	va_end(ap);
	return text;
}

void freep(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}
