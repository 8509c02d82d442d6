/* activation.h - the rules and the policy as they stand on disk, and those in force.
 *
 * A change of a rule file changes nothing by itself: the directory is packed, checked,
 * stored under its hash, and an activation record, through the intake like any other,
 * says from which record on it is in force.
 */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "client.h"
#include "digest.h"

struct activation {
	struct buf rules, policy; /* packs */
	uint8_t rules_hash[SHA256_BYTES], policy_hash[SHA256_BYTES];
	size_t rule_count, reason_count;
	char profile[64];
	struct conf_report unavailable; /* conditions that cannot hold: no complaints */
};

/* Packs both, without a look inside. Errors: those of pack.h. */
enum status activation_pack(struct activation *ret,
			    const struct installation *installation,
			    struct err *err) MUST_CHECK;

/* Packs and loads both; every complaint goes into `report`: what does not load, examples
 * that come out otherwise, templates that are wrong, reasons of the policy that the
 * catalogue has not. `keep`: leave
 * the compiled patterns where the workers find them, or nothing is written at all.
 * Errors: ST_ECONFIG (err: the first complaint). */
enum status activation_read(struct activation *ret,
			    const struct installation *installation, bool keep,
			    struct conf_report *report, struct err *err) MUST_CHECK;
void activation_release(struct activation *a);

/* Where a file of the pack really stands. The caller frees it. */
char *activation_path(const struct installation *installation, const char *path);

/* Writes both packs where the programs find them. Errors: ST_EIO, ST_ENOSPACE. */
enum status activation_store(const struct activation *a,
			     const struct installation *installation,
			     struct err *err) MUST_CHECK;

/* What is in force behind the last record of the journal; zeros: nothing, or no journal.
 * *ret_last_seq: that record (0: none). */
struct in_force {
	uint8_t rules_hash[SHA256_BYTES], policy_hash[SHA256_BYTES];
	uint64_t last_seq;
};

enum status activation_in_force(struct in_force *ret,
				const struct installation *installation,
				struct err *err) MUST_CHECK;

/* Submits what differs from what is in force, and waits until it is accepted. The seqs are
 * 0 where nothing had to change. Errors: those of client.h; ST_ECONFIG when the intake
 * refused. */
enum status activation_submit(const struct activation *a,
			      const struct installation *installation,
			      uint64_t *ret_rules_seq, uint64_t *ret_policy_seq,
			      struct err *err) MUST_CHECK;

#endif
