#include "record_json.h"

#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "digest.h"

/* Written field by field, because the order of the keys and the decimal notation of ratings
 * are ours to keep, and JSON inside is copied as it stands. jansson escapes the strings. */

static int append(const char *bytes, size_t len, void *out)
{
	buf_bytes(out, bytes, len);
	return 0;
}

static void put_string(struct buf *out, struct span text)
{
	json_t *string = json_stringn((const char *)text.at, text.len);

	/* A body that did not come through the border may hold other bytes. */
	if (!string || json_dump_callback(string, append, out, JSON_ENCODE_ANY))
		buf_text(out, "null");
	json_decref(string);
}

static void put_key(struct buf *out, const char *key, size_t len)
{
	uint8_t last = out->len ? out->at[out->len - 1] : '{';

	if (last != '{' && last != '[')
		buf_char(out, ',');
	buf_char(out, '"');
	buf_bytes(out, key, len);
	buf_text(out, "\":");
}

static void put_decimal(struct buf *out, int64_t thousandths)
{
	uint64_t size = thousandths < 0 ? -(uint64_t)thousandths : (uint64_t)thousandths;
	char fraction[8] = "";

	if (size % 1000) {
		size_t len = (size_t)snprintf(fraction, sizeof(fraction), ".%03u",
					      (unsigned)(size % 1000));
		while (fraction[len - 1] == '0')
			fraction[--len] = '\0';
	}
	buf_format(out, "%s%" PRIu64 "%s", thousandths < 0 ? "-" : "", size / 1000,
		   fraction);
}

static void put_choice(struct buf *out, enum field field, int code)
{
	const char *name = choice_name(field, code);

	if (name)
		put_string(out, span_of(name));
	else
		buf_format(out, "%d", code); /* of a newer list than ours */
}

static void put_quoted(struct buf *out, const char *plain)
{
	buf_format(out, "\"%s\"", plain);
}

static void put_value(struct buf *out, const struct record *r, enum field field)
{
	char text[HEX_BYTES(SHA256_BYTES)];
	struct span value = r->field[field];

	switch (field_table[field].type) {
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
		put_string(out, value);
		return;
	case FIELD_TYPE_INT:
		buf_format(out, "%" PRId64, record_int(r, field, 0));
		return;
	case FIELD_TYPE_DECIMAL:
		put_decimal(out, record_int(r, field, 0));
		return;
	case FIELD_TYPE_DATE:
		put_quoted(out,
			   clock_format_date(text, (int32_t)record_int(r, field, 0)));
		return;
	case FIELD_TYPE_TIME:
		put_quoted(out, clock_format(text, record_int(r, field, 0)));
		return;
	case FIELD_TYPE_BOOL:
		buf_text(out, record_bool(r, field) ? "true" : "false");
		return;
	case FIELD_TYPE_CHOICE:
		put_choice(out, field, record_choice(r, field));
		return;
	case FIELD_TYPE_HASH:
		put_quoted(out, hex_format(text, value.at, value.len));
		return;
	case FIELD_TYPE_JSON:
		buf_span(out, value);
		return;
	case FIELD_TYPE_GROUP:
		return;
	}
}

/* The elements of the group as an array of objects. */
static void put_group(struct buf *out, const struct record *r, enum field group)
{
	struct span at = SPAN_NONE;
	struct record element;
	size_t skip = strlen(field_table[group].path) + 1;

	buf_char(out, '[');
	while (record_next(r, group, &at, &element)) {
		if (out->at && out->at[out->len - 1] == '}')
			buf_char(out, ',');
		buf_char(out, '{');
		for (enum field f = group + 1;
		     f < FIELD_COUNT && (field_table[f].flags & ELEMENT); f++) {
			if (!record_has(&element, f))
				continue;
			put_key(out, field_table[f].path + skip,
				strlen(field_table[f].path + skip));
			put_value(out, &element, f);
		}
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

/* Opens and closes the nested object that fields such as "contact.value" share. */
static void enter_object(struct buf *out, const char **open, const char *path)
{
	size_t len = strcspn(path, ".");
	bool inside = *open && strncmp(*open, path, len + 1) == 0;

	if (*open && !inside)
		buf_char(out, '}');
	if (!inside && path[len]) {
		put_key(out, path, len);
		buf_char(out, '{');
	}
	*open = path[len] ? path : NULL;
}

static void put_field(struct buf *out, const struct record *r, enum field field,
		      const char **open)
{
	const char *path = field_table[field].path;

	enter_object(out, open, path);
	const char *dot = strchr(path, '.');
	const char *key = dot ? dot + 1 : path;
	put_key(out, key, strcspn(key, "["));
	if (field_table[field].type == FIELD_TYPE_GROUP)
		put_group(out, r, field);
	else
		put_value(out, r, field);
}

static void put_head(struct buf *out, const struct record *r)
{
	char text[UUID_TEXT_BYTES];
	const char *name = kind_name(r->kind);

	buf_format(out, "{\"kind\":\"%s\",\"version\":%u", name, r->version);
	if (r->site.len) {
		put_key(out, "site", 4);
		put_string(out, r->site);
	}
	if (r->seq == 0)
		return;
	buf_format(out, ",\"seq\":%" PRIu64 ",\"id\":\"%s\"", r->seq,
		   uuid_format(text, r->id));
	buf_format(out, ",\"received_at\":\"%s\"", clock_format(text, r->received_at));
}

void record_to_json(struct buf *out, const struct record *r)
{
	const char *open = NULL;

	put_head(out, r);
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (record_has(r, f) && !(field_table[f].flags & ELEMENT))
			put_field(out, r, f, &open);
	buf_text(out, open ? "}}" : "}");
}
