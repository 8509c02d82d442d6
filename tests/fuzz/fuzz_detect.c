/* fuzz_detect - in any folded text places ascend, do not overlap, lie in the text and on
 * borders of characters, and the patterns let through whatever is found. The first byte
 * chooses the countries, the rest is the text.
 */
#include "detect.h"

#include "fold.h"

#define PLACES	       64
#define TEXT_BYTES_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct scan *patterns_of_all(void)
{
	struct scan *s = scan_new();
	uint32_t owner;

	for (enum detector d = 0; d < DETECTOR_COUNT; d++)
		for (const char *const *p = detect_patterns(d); *p; p++)
			if (scan_add(s, SCAN_MATCH, *p, d, NULL))
				assert(!"a pattern is refused");
	if (scan_build(s, NULL, &owner, NULL))
		assert(!"the patterns do not compile");
	return s;
}

static void on_match(void *context, uint32_t owner, uint32_t pattern UNUSED)
{
	((bool *)context)[owner] = true;
}

static void check_places(struct span text, const struct scan_place *places, size_t count)
{
	size_t done = 0;

	for (size_t i = 0; i < count; i++) {
		assert(places[i].start >= done && places[i].start < places[i].end);
		assert(places[i].end <= text.len);
		assert((text.at[places[i].start] & 0xC0) != 0x80);
		assert(places[i].end == text.len ||
		       (text.at[places[i].end] & 0xC0) != 0x80);
		done = places[i].end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct scan *scan;
	static struct fold fold; /* kept: making its room anew costs more than the rest */
	bool matched[DETECTOR_COUNT] = {false};
	uint64_t countries = len && bytes[0] & 1 ? DETECT_ALL_COUNTRIES
						 : (uint64_t)(len ? bytes[0] : 0) << 8;

	if (!scan) {
		scan = patterns_of_all();
		fold_init(&fold);
	}
	if (len < 1 || len > TEXT_BYTES_MAX)
		return 0;
	fold_text(&fold, (struct span){bytes + 1, len - 1});
	struct span text = buf_view(&fold.match);
	scan_text(scan, SCAN_MATCH, text, on_match, matched);
	for (enum detector d = 0; d < DETECTOR_COUNT; d++) {
		struct scan_place places[PLACES], first;
		size_t count = detect_find(d, countries, text, places, PLACES);

		check_places(text, places, count);
		assert(count == 0 || matched[d]);
		assert(detect_find(d, countries, text, &first, 1) == MIN(count, 1));
		assert(count == 0 || first.start == places[0].start);
	}
	return 0;
}
