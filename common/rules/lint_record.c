/* Reviews made for a trial: what one has, and another text. */
#include "field_value.h"
#include "lint_own.h"

#define SITE "control"

void lint_writer_init(struct lint_writer *w)
{
	*w = (struct lint_writer){BUF_INIT(RECORD_BYTES_MAX), BUF_INIT(RECORD_BYTES_MAX)};
}

void lint_writer_release(struct lint_writer *w)
{
	buf_release(&w->body);
	buf_release(&w->bytes);
}

static struct field_value value_of(const struct record *base, enum field field)
{
	struct field_value value = {.text = base->field[field]};

	switch (field_table[field].type) {
	case FIELD_TYPE_INT:
	case FIELD_TYPE_DECIMAL:
	case FIELD_TYPE_DATE:
	case FIELD_TYPE_TIME:
		value.number = record_int(base, field, 0);
		break;
	case FIELD_TYPE_BOOL:
		value.number = record_bool(base, field);
		break;
	case FIELD_TYPE_CHOICE:
		value.number = record_choice(base, field);
		break;
	case FIELD_TYPE_TEXT:
	case FIELD_TYPE_TOKEN:
	case FIELD_TYPE_HASH:
	case FIELD_TYPE_JSON:
	case FIELD_TYPE_GROUP:
		break;
	}
	return value;
}

bool lint_write(struct lint_writer *w, const struct record *base, struct span text,
		const char *language, struct record *ret)
{
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = 1,
				   .received_at = base->received_at,
				   .site = SPAN_OF(SITE),
				   .principal = SPAN_OF(SITE)};
	struct record with = *base;

	with.field[FIELD_TEXT] = text;
	with.field[FIELD_LANGUAGE] = language ? span_of(language) : SPAN_NONE;
	buf_clear(&w->body);
	buf_clear(&w->bytes);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		struct field_value value;

		if (!record_has(&with, (enum field)i))
			continue;
		value = value_of(&with, (enum field)i);
		field_value_put(&w->body, (enum field)i, &value);
	}
	record_put(&w->bytes, &head, buf_view(&w->body));
	return !w->body.full && !record_parse(ret, buf_view(&w->bytes), NULL);
}
