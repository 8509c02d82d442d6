#include "uuid.h"

#include <pthread.h>

#include "digest.h"

#define COUNTER_LIMIT 4096 /* the 12 bits behind the version */
#define RANDOM_BYTES  10   /* per id: where a counter starts, and the last 8 bytes */
#define IDS_AHEAD     64   /* random bytes are fetched for so many ids at once */

static struct {
	pthread_mutex_t lock;
	int64_t ms;	  /* of the newest id */
	uint16_t counter; /* of the newest id */
	uint8_t ahead[IDS_AHEAD][RANDOM_BYTES];
	size_t used; /* of them */
} newest = {.lock = PTHREAD_MUTEX_INITIALIZER, .ms = -1, .used = IDS_AHEAD};

static void next_random(uint8_t ret[RANDOM_BYTES])
{
	if (newest.used == IDS_AHEAD) {
		random_bytes(newest.ahead, sizeof(newest.ahead));
		newest.used = 0;
	}
	memcpy(ret, newest.ahead[newest.used++], RANDOM_BYTES);
}

/* A new millisecond starts at random in the lower half (RFC 9562 section 6.2, method 1):
 * unguessable, with room for 2048 more. A clock that stands or goes back changes nothing:
 * the last millisecond goes on, and when its counter is used up the next one is borrowed. */
static void advance(int64_t utc_ms, uint16_t seed)
{
	if (utc_ms > newest.ms) {
		newest.ms = utc_ms;
		newest.counter = seed % (COUNTER_LIMIT / 2);
	} else if (++newest.counter == COUNTER_LIMIT) {
		newest.ms++;
		newest.counter = 0;
	}
}

void uuid_mint(uint8_t ret[UUID_BYTES], int64_t utc_ms)
{
	uint8_t random[RANDOM_BYTES];

	pthread_mutex_lock(&newest.lock);
	next_random(random);
	advance(utc_ms, get_le16(random));
	uint64_t ms = (uint64_t)newest.ms;
	uint16_t counter = newest.counter;
	pthread_mutex_unlock(&newest.lock);
	for (int i = 0; i < 6; i++)
		ret[i] = (uint8_t)(ms >> (40 - 8 * i));
	ret[6] = (uint8_t)(0x70 | counter >> 8);
	ret[7] = (uint8_t)counter;
	memcpy(ret + 8, random + 2, 8);
	ret[8] = (uint8_t)(0x80 | (ret[8] & 0x3F)); /* the variant of RFC 9562 */
}

/* Bytes before which the text has a hyphen. */
static bool hyphen_before(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

char *uuid_format(char *ret, const uint8_t id[UUID_BYTES])
{
	char *at = ret;

	for (int i = 0; i < UUID_BYTES; i++) {
		if (hyphen_before(i))
			*at++ = '-';
		hex_format(at, id + i, 1);
		at += 2;
	}
	return ret;
}

bool uuid_parse(uint8_t ret[UUID_BYTES], struct span text)
{
	uint8_t id[UUID_BYTES];
	const uint8_t *at = text.at;

	if (text.len != UUID_TEXT_BYTES - 1)
		return false;
	for (int i = 0; i < UUID_BYTES; i++) {
		if (hyphen_before(i) && *at++ != '-')
			return false;
		if (!hex_parse(id + i, 1, (struct span){at, 2}))
			return false;
		at += 2;
	}
	memcpy(ret, id, sizeof(id));
	return true;
}
