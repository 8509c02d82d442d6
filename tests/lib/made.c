#include "made.h"

#include <stdio.h>

struct made made_of(enum kind kind, uint64_t seq)
{
	return (struct made){.seq = seq,
			     .kind = kind,
			     .received_at = MADE_FIRST_MS + (int64_t)seq * 1000,
			     .site = "main"};
}

struct made made_review(uint64_t seq)
{
	struct made m = made_of(KIND_REVIEW, seq);

	m.subject = "hotel-1";
	m.supplier = "hotels";
	m.author_ref = "anne";
	m.display_name = "Anne D.";
	m.text = "Une chambre calme, un accueil \"parfait\".";
	m.language = "fr";
	m.rating = 5000;
	m.has_rating = true;
	return m;
}

static void put_text(struct buf *body, enum field field, const char *text)
{
	if (text)
		body_put_bytes(body, field, span_of(text));
}

static void put_int(struct buf *body, enum field field, int64_t value)
{
	if (value)
		body_put_int(body, field, value);
}

static void put_code(struct buf *body, enum field field, int code)
{
	if (code)
		body_put_code(body, field, code);
}

static void put_criterion(struct buf *body, const char *criterion, int64_t value,
			  int64_t best)
{
	OWNED(buf_release) struct buf element = BUF_INIT(1024);

	put_text(&element, FIELD_RATINGS_CRITERION, criterion);
	body_put_int(&element, FIELD_RATINGS_VALUE, value);
	put_int(&element, FIELD_RATINGS_BEST, best);
	body_put_bytes(body, FIELD_RATINGS, buf_view(&element));
}

static void put_media(struct buf *body, const char *address)
{
	OWNED(buf_release) struct buf element = BUF_INIT(1024);
	uint8_t hash[32];

	memset(hash, 0xAB, sizeof(hash));
	body_put_bytes(&element, FIELD_MEDIA_HASH, (struct span){hash, sizeof(hash)});
	put_text(&element, FIELD_MEDIA_TYPE, "image/jpeg");
	put_text(&element, FIELD_MEDIA_ADDRESS, address);
	body_put_bytes(body, FIELD_MEDIA, buf_view(&element));
}

static void put_review_fields(struct buf *body, const struct made *m)
{
	put_text(body, FIELD_SUBJECT, m->subject);
	put_text(body, FIELD_SUPPLIER, m->supplier);
	put_text(body, FIELD_AUTHOR_REF, m->author_ref);
	put_code(body, FIELD_CONTACT_CHANNEL, m->contact ? CHANNEL_EMAIL : 0);
	put_text(body, FIELD_CONTACT_VALUE, m->contact);
	put_text(body, FIELD_DISPLAY_NAME, m->display_name);
	if (m->has_rating)
		body_put_int(body, FIELD_RATING_VALUE, m->rating);
	put_int(body, FIELD_RATING_WORST, m->worst);
	put_int(body, FIELD_RATING_BEST, m->best);
	if (m->criteria) {
		put_criterion(body, "calm", 4000, 0);
		put_criterion(body, "welcome", 8500, 10000);
	}
	put_text(body, FIELD_TITLE, m->title);
	put_text(body, FIELD_TEXT, m->text);
	put_text(body, FIELD_LANGUAGE, m->language);
	if (m->experience_date)
		body_put_int(body, FIELD_EXPERIENCE_DATE, m->experience_date);
	put_text(body, FIELD_PURCHASE_REF, m->purchase_ref);
	put_text(body, FIELD_INVITATION_ID, m->invitation);
	put_code(body, FIELD_ORIGIN, m->origin);
	if (m->incentive_value) {
		put_code(body, FIELD_INCENTIVE_TYPE, INCENTIVE_DISCOUNT);
		put_text(body, FIELD_INCENTIVE_VALUE, m->incentive_value);
		body_put_code(body, FIELD_INCENTIVE_CONDITIONED, true);
		body_put_code(body, FIELD_INCENTIVE_DISCLOSED, false);
	}
	if (m->media)
		put_media(body, m->media_address);
	put_text(body, FIELD_SYNDICATION_URL, m->original_url);
	put_int(body, FIELD_PUBLISHED_AT_ORIGIN, m->published_at_origin);
	put_code(body, FIELD_ORIGIN_STATE, m->origin_state);
	put_text(body, FIELD_ORIGIN_REASON, m->origin_reason);
	put_int(body, FIELD_ATTESTATION_AT, m->attestation_at);
	put_int(body, FIELD_ORIGIN_DECIDED_AT, m->origin_decided_at);
}

static void put_other_fields(struct buf *body, const struct made *m)
{
	uint8_t hash[32];

	put_text(body, FIELD_NAME, m->name);
	put_code(body, FIELD_SUBJECT_TYPE, m->subject_type);
	put_text(body, FIELD_PARENT, m->parent);
	put_text(body, FIELD_ADDRESS, m->address);
	put_text(body, FIELD_OPERATOR, m->operator);
	if (m->activates) {
		memset(hash, 0x11, sizeof(hash));
		put_code(body, FIELD_ACTIVATES, m->activates);
		body_put_bytes(body, FIELD_CONTENT_HASH,
			       (struct span){hash, sizeof(hash)});
	}
	put_text(body, FIELD_TARGET, m->target);
	put_text(body, FIELD_PAYLOAD, m->payload);
	put_text(body, FIELD_REFUSED_KIND, m->refused_kind);
	put_text(body, FIELD_REFUSED_FIELD, m->refused_field);
	put_text(body, FIELD_REFUSED_REASON, m->refused_reason);
	put_text(body, FIELD_REPEATED_KIND, m->repeated_kind);
	put_int(body, FIELD_REPEATED_COUNT, m->count);
	put_int(body, FIELD_TICK_DEADLINE, m->deadline);
}

void made_parse(struct buf *keep, struct record *ret, const struct made *m)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	char source_id[32];
	struct record_head head = {.flags = m->flags,
				   .kind = m->kind,
				   .version = 1,
				   .seq = m->seq,
				   .received_at = m->received_at,
				   .site = span_of(m->site),
				   .principal = SPAN_OF("submit")};

	snprintf(source_id, sizeof(source_id), "s-%llu", (unsigned long long)m->seq);
	for (size_t i = 0; i < sizeof(head.secret); i++)
		head.secret[i] = (uint8_t)(i + m->seq * 7);
	head.id[15] = (uint8_t)m->seq;
	head.id[14] = (uint8_t)(m->seq >> 8);
	head.key_hash[0] = m->key;
	head.body_hash[0] = (uint8_t)m->seq;
	head.body_hash[1] = (uint8_t)(m->text ? strlen(m->text) : 0);
	put_text(&body, FIELD_SOURCE, m->source ? m->source : "shop");
	put_text(&body, FIELD_SOURCE_ID, m->source_id ? m->source_id : source_id);
	put_int(&body, FIELD_SUBMITTED_AT, m->submitted_at);
	put_code(&body, FIELD_LEGACY, m->legacy);
	put_review_fields(&body, m);
	put_other_fields(&body, m);
	buf_clear(keep);
	record_put(keep, &head, buf_view(&body));
	enum status st =
		(m->flags ? record_parse_head : record_parse)(ret, buf_view(keep), NULL);
	assert(st == ST_OK);
}
