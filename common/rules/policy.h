/* policy.h - what the operator declares, and is then held to.
 *
 * rules/policy.yaml, packed as one file (pack.h). Each key must be there: a promise that
 * nobody made is not a default. `terms`, `complaint_months` and `complaint_days` may be left
 * out; then no message to an author can be written (messages.h).
 */
#ifndef POLICY_H
#define POLICY_H

#include "digest.h"
#include "status.h"

#define POLICY_PROFILE_DEFAULT "nf-iso-20488"

enum edit_mode { EDIT_NONE, EDIT_VERSIONED };
enum dsa_role { DSA_NONE, DSA_HOSTING, DSA_PLATFORM, DSA_MICRO_SMALL };
enum rating_method { RATING_MEAN };

/* Of the norms' profiles; the first is the default. NULL-ended. */
extern const char *const policy_profiles[];

const char *edit_mode_name(enum edit_mode mode); /* none versioned */
const char *dsa_role_name(enum dsa_role role);	 /* none hosting platform micro-small */
const char *rating_method_name(enum rating_method method); /* mean */

struct policy {
	uint8_t hash[SHA256_BYTES]; /* of the pack */
	uint32_t version;	    /* of the declaration, from 1 */
	const char *profile;	    /* "nf-iso-20488" */
	uint32_t publish_days;	    /* receipt to publication or refusal */
	uint32_t retention_days;    /* how long a published review is shown */
	uint32_t illicit_archive_days;
	uint32_t hold_days; /* a held review waits for a person; at most publish_days */
	uint32_t notify_days;
	uint32_t withdraw_days;
	uint32_t reply_days;
	uint32_t complaint_months; /* how long a decision can be complained about, and */
	uint32_t complaint_days;   /* within how many an answer comes; 0: not declared */
	const char *terms;	   /* version of the terms in force; NULL: not declared */
	enum edit_mode edit_mode;
	enum dsa_role dsa_role;
	struct {
		bool contact_confirmed;
		bool proof;
		bool order_of_writing;
	} gates; /* what a review must have before it is published */
	struct {
		enum rating_method method;
		uint32_t version;
	} rating;
	const char *const *languages; /* NULL-ended, ISO 639: what moderators master */
	const char *const *reasons;   /* NULL-ended: the only codes that may be used */
};

/* `pack`: as pack_build_policy makes it. The policy owns its texts.
 * Errors: ST_ECONFIG (file:line:column: text), ST_EMALFORMED, ST_EVERSION (no pack). */
enum status policy_load(struct policy **ret, struct span pack,
			struct err *err) MUST_CHECK;
void policy_free(struct policy *p); /* accepts NULL */
DEFINE_OWNED(struct policy, policy_free)

bool policy_allows(const struct policy *p,
		   const char *reason); /* is the code declared? */
bool policy_speaks(const struct policy *p,
		   struct span language); /* do moderators master it? */

#endif
