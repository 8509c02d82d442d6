#include "marks.h"

#include <stdlib.h>

#include "alloc.h"

static const struct {
	unsigned flag;
	const char *stage;
} killed[] = {
	{RECORD_KILLED_DEDUP, "dedup"},
	{RECORD_KILLED_MODERATE, "moderate"},
	{RECORD_KILLED_PUBLISH, "publish"},
};

const char *marks_stage(unsigned flags)
{
	for (size_t i = 0; i < ARRAY_LEN(killed); i++) {
		if (flags & killed[i].flag)
			return killed[i].stage;
	}
	return "unknown";
}

unsigned marks_flags(const char *stage)
{
	for (size_t i = 0; i < ARRAY_LEN(killed); i++) {
		if (strncmp(stage, killed[i].stage, strlen(killed[i].stage)) == 0)
			return RECORD_QUARANTINED | killed[i].flag;
	}
	return RECORD_QUARANTINED;
}

bool marks_add(struct marks *m, uint64_t seq, unsigned flags)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->mark[i].seq == seq)
			return false;
	}
	if (m->count == m->capacity) {
		m->capacity = m->capacity ? 2 * m->capacity : 8;
		m->mark = xrealloc(m->mark, m->capacity * sizeof(*m->mark));
	}
	m->mark[m->count++] = (struct mark){seq, flags};
	return true;
}

void marks_forget(struct marks *m, uint64_t committed)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (m->mark[i].seq > committed)
			m->mark[kept++] = m->mark[i];
	}
	m->count = kept;
}

void marks_release(struct marks *m)
{
	free(m->mark);
	*m = (struct marks){0};
}
