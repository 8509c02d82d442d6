/* fuzz_csv - a file of rows, from its first byte to its last.
 *
 * The first byte chooses the dialect. Whatever the rest is: reading ends, lines ascend, no row
 * reaches beyond the file, a row with a stray quote ends with a line, sound rows are UTF-8 as
 * wide as the header, and NDJSON lines hold no line end.
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -Istages/normavis ...
 */
// uses: stages/normavis/csv.c
// uses: stages/normavis/input.c
// uses: stages/normavis/ndjson.c
#include "csv.h"

#include <stdlib.h>

#include "ndjson.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void must(bool true_for_every_file)
{
	if (!true_for_every_file)
		abort();
}

static void check_row(const struct csv_row *row, size_t header_count)
{
	must(row->last_line >= row->line);
	if (row->flaw) {
		must(row->count == 0);
		return;
	}
	must(row->count == header_count);
	for (size_t i = 0; i < row->count; i++)
		must(utf8_flaw(row->column[i]) == row->column[i].len);
}

static void read_csv(struct span bytes, struct csv_dialect dialect)
{
	OWNED(input_closep) struct input *in = NULL;
	OWNED(csv_freep) struct csv *csv = NULL;
	struct csv_row row;
	size_t count;
	uint64_t line = 0;
	bool end = false;

	if (input_of(&in, bytes, NULL) || csv_open(&csv, in, dialect, NULL))
		return;
	(void)csv_header(csv, &count);
	for (size_t rows = 0; !end; rows++) {
		must(rows <= bytes.len);
		must(csv_next(csv, &row, &end, NULL) == ST_OK);
		if (end)
			break;
		must(row.line > line);
		line = row.line;
		if (row.flaw == CSV_UNCLOSED_QUOTE && in->consumed < bytes.len)
			must(strchr("\r\n", row.raw.at[row.raw.len - 1]));
		check_row(&row, count);
	}
	must(in->consumed == bytes.len);
}

static void read_ndjson(struct span bytes)
{
	OWNED(input_closep) struct input *in = NULL;
	struct ndjson_line line;
	bool end = false;

	if (input_of(&in, bytes, NULL))
		return;
	struct ndjson ndjson = NDJSON_START(in);
	while (!end) {
		must(ndjson_next(&ndjson, &line, &end, NULL) == ST_OK);
		if (!end)
			must(!memchr(line.text.at, '\n', line.text.len));
	}
	must(in->consumed == bytes.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct csv_dialect dialects[] = {
		{',', true}, {';', true}, {'\t', false}};

	if (len == 0)
		return 0;
	struct span rest = {bytes + 1, len - 1};
	if (bytes[0] % 4 == 3)
		read_ndjson(rest);
	else
		read_csv(rest, dialects[bytes[0] % 4]);
	return 0;
}
