#include "canon.h"

#include "digest.h"
#include "uuid.h"

struct canon canon_begin(struct buf *out)
{
	return (struct canon){.out = out};
}

/* Before each value: the comma of an array. Behind a key canon_key has written it. */
static void value_begins(struct canon *c)
{
	if (c->comma[c->depth])
		buf_char(c->out, ',');
	c->comma[c->depth] = true;
}

static void level_begins(struct canon *c, char bracket)
{
	value_begins(c);
	buf_char(c->out, bracket);
	assert(c->depth + 1 < CANON_DEPTH_MAX);
	c->depth++;
	c->comma[c->depth] = false;
	c->key[c->depth] = NULL;
}

static void level_ends(struct canon *c, char bracket)
{
	assert(c->depth > 0);
	c->depth--;
	buf_char(c->out, bracket);
}

void canon_object(struct canon *c)
{
	level_begins(c, '{');
}

void canon_end_object(struct canon *c)
{
	level_ends(c, '}');
}

void canon_array(struct canon *c)
{
	level_begins(c, '[');
}

void canon_end_array(struct canon *c)
{
	level_ends(c, ']');
}

void canon_key(struct canon *c, const char *key)
{
	const char *last = c->key[c->depth];
	size_t len = strlen(key);

	assert(!last || strcmp(last, key) < 0);
	c->key[c->depth] = key;
	uint8_t *at = buf_extend(c->out, len + 3 + (last != NULL));
	if (at) {
		if (last)
			*at++ = ',';
		*at++ = '"';
		memcpy(at, key, len);
		memcpy(at + len, "\":", 2);
	}
	c->comma[c->depth] = false; /* the value follows its key */
}

void canon_int(struct canon *c, int64_t value)
{
	uint8_t digits[20], *at = digits + sizeof(digits);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	assert(rest <= (uint64_t)CANON_INT_MAX);
	value_begins(c);
	do {
		*--at = (uint8_t)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--at = '-';
	buf_bytes(c->out, at, (size_t)(digits + sizeof(digits) - at));
}

void canon_bool(struct canon *c, bool value)
{
	value_begins(c);
	buf_text(c->out, value ? "true" : "false");
}

static void put_escape(struct buf *out, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	static const char shorts[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char text[6] = {'\\', (char)byte};

	if (byte >= 0x20) {
		buf_bytes(out, text, 2);
	} else if (shorts[byte]) {
		text[1] = shorts[byte];
		buf_bytes(out, text, 2);
	} else {
		memcpy(text, "\\u00", 4);
		text[4] = digits[byte >> 4];
		text[5] = digits[byte & 15];
		buf_bytes(out, text, 6);
	}
}

void canon_text(struct canon *c, struct span utf8)
{
	size_t from = 0;

	value_begins(c);
	buf_char(c->out, '"');
	for (size_t i = 0; i < utf8.len; i++) {
		uint8_t byte = utf8.at[i];
		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		buf_bytes(c->out, utf8.at + from, i - from);
		put_escape(c->out, byte);
		from = i + 1;
	}
	if (utf8.len > from)
		buf_bytes(c->out, utf8.at + from, utf8.len - from);
	buf_char(c->out, '"');
}

void canon_base64(struct canon *c, const uint8_t *from, size_t len)
{
	value_begins(c);
	uint8_t *at = buf_extend(c->out, BASE64_BYTES(len) + 1);
	if (!at)
		return;
	*at = '"';
	base64_format((char *)at + 1, from, len); /* its NUL is where the quote goes */
	at[BASE64_BYTES(len)] = '"';
}

void canon_hex(struct canon *c, const uint8_t *from, size_t len)
{
	value_begins(c);
	uint8_t *at = buf_extend(c->out, HEX_BYTES(len) + 1);
	if (!at)
		return;
	*at = '"';
	hex_format((char *)at + 1, from, len);
	at[HEX_BYTES(len)] = '"';
}

void canon_uuid(struct canon *c, const uint8_t id[16])
{
	char text[UUID_TEXT_BYTES];

	uuid_format(text, id);
	canon_text(c, (struct span){(const uint8_t *)text, UUID_TEXT_BYTES - 1});
}
