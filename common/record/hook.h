/* hook.h - a record that kills a stage, for tests of quarantine.
 *
 * Only in binaries built with HOOKS=1 (-DTEST_HOOKS): a review whose text says
 * `normavis-test crash STAGE` aborts that stage, `normavis-test hang STAGE` stops it for
 * good. In every other build this is nothing at all.
 */
#ifndef HOOK_H
#define HOOK_H

#include "record.h"

#ifdef TEST_HOOKS
void hook_stage(const char *stage, const struct record *record);
#else
static inline void hook_stage(const char *stage, const struct record *record)
{
	(void)stage;
	(void)record;
}
#endif

#endif
