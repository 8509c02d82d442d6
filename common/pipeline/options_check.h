/* options_check.h - would a start with these options fail on this machine?
 *
 * Looks, and changes nothing: no directory is made, no file is left. What a load has
 * checked already (bounds, the length of ipc paths) is not looked at again.
 *
 *	run, data       can be made, or are there and can be written; no pipeline with other
 *	                data runs in that run
 *	rules, policy   are there and can be read
 *	ipc:///path     its directory can be written; what stands there is a socket that no
 *	                other process has, unless the running pipeline does (its locks); the
 *	                sockets between the programs too, at the option run
 *	tcp://          the port is free, unless the running pipeline holds it (its lock)
 *	reserve_bytes   there is more free disk than that
 *
 * Each complaint points at the option, or at the first line for a default.
 */
#ifndef OPTIONS_CHECK_H
#define OPTIONS_CHECK_H

#include "options.h"

void options_check(const struct options *options, struct conf_report *report);

#endif
