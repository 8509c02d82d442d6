/* record.h - what flows through the pipeline: a fixed head, typed fields, the author's bytes.
 *
 * JSON is parsed once, at the border (record_json.h). Inside, a record is bytes that every
 * stage reads in place, copies whole, and never writes again:
 *
 *	offset	bytes
 *	0	4	length of the whole record, this field included
 *	4	1	format, RECORD_FORMAT
 *	5	1	flags, RECORD_*
 *	6	2	kind (kinds.def)
 *	8	8	seq: place in the one order, from 1, gap-free within a journal
 *	16	8	received_at, ms UTC, collect's clock, never going back
 *	24	16	id, UUIDv7
 *	40	32	secret: salts and nonces of the log and the key of the journal come from it
 *	72	16	key hash: keyed hash of (site, source, source_id)
 *	88	16	body hash: keyed hash of the submitted fields, to tell repeat from conflict
 *	104	2	version of the record's kind, from 1
 *	106	1	length of the site
 *	107	1	length of the principal
 *	108	4	length of the body
 *	112		site, principal, body
 *
 * The body is a row of fields: tag (2 bytes), length (4 bytes), value; tags ascending, each
 * at most once but GROUP tags, whose values are rows of the same form, one per element.
 * Integers are 8 bytes, CHOICE and BOOL 1 byte, DATE 4 bytes; all little-endian.
 * The body is a function of the content alone: the same submission with other
 * white space or another order of keys has the same body, byte for byte.
 *
 * Tests: tests/unit/record_test.c, tests/fuzz/fuzz_record.c
 */
#ifndef RECORD_H
#define RECORD_H

#include "buf.h"
#include "clock.h"
#include "status.h"
#include "uuid.h"

#define RECORD_FORMAT	    1
#define RECORD_HEAD_BYTES   112
#define RECORD_SECRET_BYTES 32
#define RECORD_BYTES_MAX    (256 * 1024) /* of a whole record */
#define RECORD_NAME_MAX	    64		 /* bytes of a site, a principal, a source */

enum record_flag {
	RECORD_QUARANTINED =
		1, /* killed a stage: everybody passes it on, publish stores it as such */
	RECORD_ERASED = 2, /* secret and body are destroyed */
	/* With RECORD_QUARANTINED: the stage that it killed. */
	RECORD_KILLED_DEDUP = 16,
	RECORD_KILLED_MODERATE = 32,
	RECORD_KILLED_PUBLISH = 64,
};

/* Endpoints, as a mask. */
enum endpoint { SUBMIT = 1, ADMIN = 2, OWN = 4 };

enum kind {
	KIND_NONE = 0,
#define KIND(symbol, number, name, endpoints, meaning) symbol = number,
#include "kinds.def"
#undef KIND
	KIND_LIMIT = 64
};

#define KIND_BIT(kind) (UINT64_C(1) << (kind))
#define KIND_BIT_ALL   (~UINT64_C(0))

const char *kind_name(enum kind kind); /* NULL for a number that is no kind */
const char *kind_meaning(enum kind kind);
enum kind kind_from_name(struct span name); /* KIND_NONE: no such kind */
unsigned kind_endpoints(enum kind kind);    /* mask of enum endpoint */

enum field {
#define FIELD(symbol, ...) symbol,
#include "fields.def"
#undef FIELD
	FIELD_COUNT
};

enum field_type {
	FIELD_TYPE_TEXT,
	FIELD_TYPE_TOKEN,
	FIELD_TYPE_INT,
	FIELD_TYPE_DECIMAL,
	FIELD_TYPE_DATE,
	FIELD_TYPE_TIME,
	FIELD_TYPE_BOOL,
	FIELD_TYPE_CHOICE,
	FIELD_TYPE_HASH,
	FIELD_TYPE_JSON,
	FIELD_TYPE_GROUP,
};

enum field_flag { REQUIRED = 1, PERSONAL = 2, COMMITTED = 4, WORDS = 8, ELEMENT = 16 };

struct field_info {
	const char *path; /* "contact.value", "ratings[].value" */
	uint16_t tag;
	enum field_type type;
	uint64_t kinds; /* mask of KIND_BIT */
	unsigned flags; /* mask of enum field_flag */
	int64_t min, max;
	const char *unit;
	const char *meaning;
};

extern const struct field_info field_table[FIELD_COUNT];

enum choice {
#define CHOICE(field, symbol, code, name) symbol = code,
#include "choices.def"
#undef CHOICE
};

const char *choice_name(enum field field, int code); /* NULL: no such code */
int choice_code(enum field field, struct span name); /* 0: no such name */

/* A record as its reader sees it; every span borrows the record's bytes. */
struct record {
	struct span bytes; /* the whole record */
	uint8_t flags;
	enum kind kind;
	uint16_t version;
	uint64_t seq;
	int64_t received_at;	  /* ms UTC */
	const uint8_t *id;	  /* UUID_BYTES */
	const uint8_t *secret;	  /* RECORD_SECRET_BYTES */
	const uint8_t *key_hash;  /* KEYED_HASH_BYTES */
	const uint8_t *body_hash; /* KEYED_HASH_BYTES */
	struct span site;
	struct span principal;
	struct span body;
	struct span field
		[FIELD_COUNT]; /* at is NULL where absent; GROUP: its first element */
};

/* Reads the record at the front of `bytes` (more may follow). Fields are checked for form
 * and order, tags unknown here are passed over. Errors: ST_EMALFORMED; ST_EVERSION for a
 * format, flag or kind that is not known here. */
enum status record_parse(struct record *ret, struct span bytes,
			 struct err *err) MUST_CHECK;

/* As a stage reads one that another passed on: with one of the flags `unread` the body is not
 * looked at, and all fields are absent. Errors: ST_ESOFTWARE for what is malformed (it
 * passed the border, so a program of ours is wrong; the stage that dies of it has the
 * record set aside); ST_EVERSION. */
enum status record_read(struct record *ret, struct span bytes, unsigned unread,
			struct err *err) MUST_CHECK;

/* The head alone, for who must find its way in a journal or frame: same errors. */
enum status record_parse_head(struct record *ret, struct span bytes,
			      struct err *err) MUST_CHECK;

static inline bool record_has(const struct record *r, enum field field)
{
	return r->field[field].at != NULL;
}

/* A body that has no head yet: sets ret->body and ret->field, nothing else is touched.
 * Errors: ST_EMALFORMED. */
enum status record_parse_body(struct record *ret, struct span body,
			      struct err *err) MUST_CHECK;

/* Typed readers; `absent` is returned where the record has no such field. */
int64_t record_int(const struct record *r, enum field field,
		   int64_t absent);			     /* INT DECIMAL DATE TIME */
bool record_bool(const struct record *r, enum field field);  /* absent: false */
int record_choice(const struct record *r, enum field field); /* absent: 0 */

/* The scale of the overall rating, thousandths; 1 to 5 where the record names none.
 * For an element of FIELD_RATINGS: record_element_scale. */
void record_rating_scale(const struct record *r, int64_t *ret_worst, int64_t *ret_best);
void record_element_scale(const struct record *element, int64_t *ret_worst,
			  int64_t *ret_best);

/* Steps through the elements of a GROUP: start with *at = SPAN_NONE; false at the end.
 * `ret_element` gets only the fields of the group, its other members are zero. */
bool record_next(const struct record *r, enum field group, struct span *at,
		 struct record *ret_element);

/* Writing. The head's lengths are filled in by record_finish. Fields are put in the order
 * of their tags; anything else is a bug. */
struct record_head {
	uint8_t flags;
	enum kind kind;
	uint16_t version;
	uint64_t seq;
	int64_t received_at;
	uint8_t id[UUID_BYTES];
	uint8_t secret[RECORD_SECRET_BYTES];
	uint8_t key_hash[16];
	uint8_t body_hash[16];
	struct span site;
	struct span principal;
};

void body_put_bytes(struct buf *body, enum field field,
		    struct span value); /* TEXT TOKEN HASH JSON GROUP */
void body_put_int(struct buf *body, enum field field,
		  int64_t value); /* INT DECIMAL DATE TIME */
void body_put_code(struct buf *body, enum field field, int code); /* BOOL CHOICE */

/* Appends the whole record to `out`; it must not be larger than RECORD_BYTES_MAX. */
void record_put(struct buf *out, const struct record_head *head, struct span body);

/* Sets a flag in bytes that record_parse_head accepts. */
void record_set_flag(uint8_t *bytes, enum record_flag flag);

#endif
