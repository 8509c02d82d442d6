/* policies.h - the policies that records were decided under, by hash, read when first named. */
#ifndef POLICIES_H
#define POLICIES_H

#include "policy.h"

struct policies;

struct policies *policies_new(const char *data); /* packs lie in data/packs */
void policies_free(struct policies *p);		 /* accepts NULL */

/* As apply_options.policy wants it: `policies` is a struct policies. Borrowed until
 * policies_free. Errors: ST_ENOTFOUND, ST_ECORRUPT, ST_ECONFIG. */
enum status policies_find(void *policies, const struct policy **ret,
			  const uint8_t hash[SHA256_BYTES], struct err *err);

#endif
