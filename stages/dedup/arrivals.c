#include "arrivals.h"

#include "clock.h"

#define NAME_BYTES_MAX (80 * 1024) /* names and the longest folded text */

/* Length of the period of each window but the last; a window is a period and the one
 * before. */
static const int64_t period_ms[WINDOW_EVER] = {
	[WINDOW_HOUR] = 3600000,
	[WINDOW_DAY] = DAY_MS,
	[WINDOW_MONTH] = 30 * DAY_MS,
};

enum { PERIOD_BYTES = 12, EVER_AT = WINDOW_EVER * PERIOD_BYTES };

/* Length (1) and name; a site and a source are no longer (RECORD_NAME_MAX). */
static size_t append_short(uint8_t *at, struct span name)
{
	assert(name.len <= UINT8_MAX);
	at[0] = (uint8_t)name.len;
	if (name.len)
		memcpy(at + 1, name.at, name.len);
	return 1 + name.len;
}

static void line_key(uint8_t ret[TABLE_KEY_BYTES], const struct fast_key *key,
		     enum arrival dimension, const struct arrival_names *names)
{
	static uint8_t joined[NAME_BYTES_MAX];
	struct span name = names->name[dimension];
	size_t len = 1;

	joined[0] = (uint8_t)dimension;
	len += append_short(joined + len, names->site);
	if (dimension == ARRIVAL_AUTHOR)
		len += append_short(joined + len, names->name[ARRIVAL_SOURCE]);
	size_t name_len = MIN(name.len, sizeof(joined) - len);
	memcpy(joined + len, name.at, name_len);
	fast_hash(ret, key, (struct span){joined, len + name_len});
}

/* Reads one window of a line as it is in `period`, and counts one more in it. */
static uint32_t count_window(uint8_t *at, uint32_t period)
{
	uint32_t stored = get_le32(at), current = get_le32(at + 4),
		 before = get_le32(at + 8);

	if (stored != period) {
		before = stored + 1 == period ? current : 0;
		current = 0;
	}
	put_le32(at, period);
	put_le32(at + 4, current + 1);
	put_le32(at + 8, before);
	return current + before;
}

static void count_line(struct layer *layer, const uint8_t key[TABLE_KEY_BYTES],
		       uint64_t seq, int64_t received_at, uint32_t ret[WINDOW_COUNT])
{
	uint8_t value[TABLE_VALUE_BYTES];
	uint64_t newest;

	if (!layer_find(layer, key, value, &newest))
		memset(value, 0, sizeof(value));
	for (int w = 0; w < WINDOW_EVER; w++)
		ret[w] = count_window(value + (size_t)w * PERIOD_BYTES,
				      (uint32_t)(received_at / period_ms[w]));
	ret[WINDOW_EVER] = get_le32(value + EVER_AT);
	put_le32(value + EVER_AT, ret[WINDOW_EVER] + 1);
	layer_put(layer, key, seq, value);
}

void arrivals_count(struct layer *layer, const struct fast_key *key,
		    const struct arrival_names *names, uint64_t seq, int64_t received_at,
		    struct arrivals *ret)
{
	uint8_t line[TABLE_KEY_BYTES];

	*ret = (struct arrivals){0};
	for (int d = 0; d < ARRIVAL_COUNT; d++) {
		if (names->name[d].len == 0)
			continue;
		line_key(line, key, (enum arrival)d, names);
		count_line(layer, line, seq, received_at, ret->count[d]);
	}
}
