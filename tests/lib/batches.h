/* batches.h - batch frames made by hand, for tests of what carries them. */
#ifndef BATCHES_H
#define BATCHES_H

#include "frame.h"

#define BATCHES_JOURNAL UINT64_C(0x0102030405060708)

/* A batch of empty reviews first..first+count-1, each followed by `padding` bytes where
 * sections stand; `out` is emptied first. */
void batches_make(struct buf *out, uint64_t first, uint32_t count, size_t padding);

#endif
