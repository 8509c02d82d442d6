#include "marked.h"

void marked_add(struct marked *m, uint64_t seq, unsigned flags, uint64_t next)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->count; i++) {
		if (m->mark[i].seq >= next && m->mark[i].seq != seq)
			m->mark[kept++] = m->mark[i];
	}
	if (kept < MARKED_MAX) {
		m->mark[kept].seq = seq;
		m->mark[kept++].flags = flags;
	}
	m->count = kept;
}

unsigned marked_flags(const struct marked *m, uint64_t seq)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->mark[i].seq == seq)
			return m->mark[i].flags;
	}
	return 0;
}
