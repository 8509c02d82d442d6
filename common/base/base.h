/* base.h - what every file includes first: attributes, ownership, small arithmetic.
 *
 * Ownership: an object has one owner and the owner is visible in its declaration.
 *
 *	OWNED(buf_release) struct buf b = BUF_INIT(LIMIT);    freed on every path
 *	*ret_thing = TAKE(thing);                             handed over, local is NULL
 *
 * `const T *` borrows for the call, `T **ret_x` receives, `x_take_y(T **)` consumes.
 */
#ifndef BASE_H
#define BASE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define MUST_CHECK	   __attribute__((warn_unused_result))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define NORETURN	   __attribute__((noreturn))
#define UNUSED		   __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)    ((a) < (b) ? (a) : (b))
#define MAX(a, b)    ((a) > (b) ? (a) : (b))

/* Runs fn(&variable) when the variable leaves its scope. fn takes a pointer to it and
 * accepts what a zeroed or handed-over variable holds. */
#define OWNED(fn) __attribute__((cleanup(fn)))

/* The value of an owned pointer, which becomes NULL. */
#define TAKE(p)                                 \
	__extension__({                         \
		__typeof__(p) take_value = (p); \
		(p) = NULL;                     \
		take_value;                     \
	})

/* Declares name##p(type **), for OWNED, from name(type *). */
#define DEFINE_OWNED(type, name)                          \
	UNUSED static inline void name##p(type **pointer) \
	{                                                 \
		name(*pointer);                           \
	}

/* Bytes that somebody else owns: `len` bytes at `at`; at may be NULL when len is 0. */
struct span {
	const uint8_t *at;
	size_t len;
};

#define SPAN_NONE     ((struct span){NULL, 0})
#define SPAN_OF(text) ((struct span){(const uint8_t *)(text), sizeof(text) - 1})

static inline struct span span_of(const char *text)
{
	return (struct span){(const uint8_t *)text, text ? strlen(text) : 0};
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Everything on disk and on the wire is little-endian. */
static inline void put_le16(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)v;
	at[1] = (uint8_t)(v >> 8);
}

static inline void put_le32(uint8_t *at, uint32_t v)
{
	put_le16(at, (uint16_t)v);
	put_le16(at + 2, (uint16_t)(v >> 16));
}

static inline void put_le64(uint8_t *at, uint64_t v)
{
	put_le32(at, (uint32_t)v);
	put_le32(at + 4, (uint32_t)(v >> 32));
}

static inline uint16_t get_le16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t get_le32(const uint8_t *at)
{
	return (uint32_t)get_le16(at) | (uint32_t)get_le16(at + 2) << 16;
}

static inline uint64_t get_le64(const uint8_t *at)
{
	return (uint64_t)get_le32(at) | (uint64_t)get_le32(at + 4) << 32;
}

#endif
