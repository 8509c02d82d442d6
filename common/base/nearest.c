#include "nearest.h"

#define ROW (NEAREST_BYTES_MAX + 1)

size_t nearest_distance(const char *a, const char *b)
{
	size_t alen = strlen(a), blen = strlen(b);
	size_t rows[3][ROW]; /* the row being made and the two before it */

	if (alen > NEAREST_BYTES_MAX || blen > NEAREST_BYTES_MAX)
		return NEAREST_BYTES_MAX + 1;
	for (size_t j = 0; j <= blen; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t *now = rows[i % 3], *before = rows[(i + 2) % 3];
		const size_t *earlier = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			size_t best = before[j - 1] + (a[i - 1] != b[j - 1]);

			best = MIN(best, MIN(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				best = MIN(best, earlier[j - 2] + 1);
			now[j] = best;
		}
	}
	return rows[alen % 3][blen];
}

const char *nearest_name(const char *wrong, const char *const *known)
{
	const char *best = NULL;
	size_t best_edits = SIZE_MAX;

	for (; *known; known++) {
		size_t edits = nearest_distance(wrong, *known);
		size_t near = MAX(strlen(wrong), strlen(*known)) / 3;

		if (edits > MIN(MAX(near, 1), 3) || edits >= best_edits)
			continue;
		best = *known;
		best_edits = edits;
	}
	return best;
}
