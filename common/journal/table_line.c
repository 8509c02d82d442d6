#include "table_line.h"

#include "digest.h"

static_assert(sizeof(struct table_line) == 64, "one cache line");
static_assert(offsetof(struct table_line, check) == offsetof(struct table_line, seq) + 6,
	      "one word says whether a slot is empty");

void table_line_seal(struct table_line *line)
{
	memset(line->check, 0, sizeof(line->check));
	uint32_t crc = crc32c(0, (struct span){(const uint8_t *)line, sizeof(*line)});
	put_le16(line->check, (uint16_t)(crc ^ crc >> 16));
}

struct table_line table_line_grave(void)
{
	return (struct table_line){.check = {0xDE, 0xAD}};
}

bool table_line_whole(const struct table_line *line)
{
	struct table_line wanted = {0};

	if (table_seq(line) != 0) {
		wanted = *line;
		table_line_seal(&wanted);
	} else if (!table_line_empty(line)) {
		wanted = table_line_grave();
	}
	return memcmp(&wanted, line, sizeof(wanted)) == 0;
}
