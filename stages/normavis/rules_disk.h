/* rules_disk.h - the rules as they stand on disk, loaded, with complaints by real paths. */
#ifndef RULES_DISK_H
#define RULES_DISK_H

#include "buf.h"
#include "installation.h"
#include "ruleset.h"

struct rules_disk {
	struct buf pack;
	struct ruleset *rules;
};

/* Packs and loads them, writing nothing. Returns 0 or, having complained, the exit code. */
int rules_disk_load(struct rules_disk *ret, const struct installation *installation);
void rules_disk_release(struct rules_disk *d);

#endif
