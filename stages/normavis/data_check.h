/* data_check.h - what of journal and store would stop a start, before anything is started.
 *
 * Looks at what collect and publish look at when they start, with the same code, reads the
 * whole journal besides, and writes nothing. What is not there yet, and a store of an older version, are no hindrance.
 * Beside a collect or a publish that runs there is nothing to look at: they have.
 */
#ifndef DATA_CHECK_H
#define DATA_CHECK_H

#include "installation.h"

/* Complains at the option `data`. Returns what the stage would fail with, the first of them
 * where both would: its exit code is the start's. */
enum status data_check(const struct installation *installation,
		       struct conf_report *report);

#endif
