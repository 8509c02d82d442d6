/* figures.h - a few numbers that a running program shows to whoever looks.
 *
 * Each program writes RUN/NAME.figures once a heartbeat, one `name=value` a line, its own
 * `pid` first; `normavis status` reads them beside it. The file is replaced by rename, so a
 * reader sees all of one moment or all of another. It is not synced: after a power cut no
 * program runs whose figures it could hold.
 *
 * Figures count since the program's start and prove nothing: what must balance is recounted
 * from journal and store.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "base.h"
#include "status.h"

#define FIGURES_MAX	   96 /* the supervisor has one a slot */
#define FIGURES_NAME_BYTES 32

struct figures {
	struct figure {
		char name[FIGURES_NAME_BYTES];
		uint64_t value;
	} figure[FIGURES_MAX];
	size_t count;
};

/* Names are a-z, 0-9, '_' and '.'; one that is there already gets the new value. */
void figures_set(struct figures *f, const char *name, uint64_t value);

/* False: it is not there. */
bool figures_get(const struct figures *f, const char *name, uint64_t *ret);

enum status figures_write(const struct figures *f, const char *path,
			  struct err *err) MUST_CHECK;

/* Errors: ST_ENOTFOUND, ST_EIO, ST_ETOOBIG, ST_EMALFORMED. */
enum status figures_read(struct figures *ret, const char *path,
			 struct err *err) MUST_CHECK;

#endif
