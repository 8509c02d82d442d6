/* import.h - files in: every row submitted, every answer counted, every refusal reported.
 *
 * A row is refused here only when it is no row; all else goes to the intake, whose
 * refusals are records. Refused rows never stop the others. Whatever ends an import
 * half way, importing the same files again brings in the rest and nothing twice.
 *
 * Tests: tests/scenario/import.bats
 */
#ifndef IMPORT_H
#define IMPORT_H

#include "client.h"
#include "feed.h"
#include "import_outcome.h"
#include "import_report.h"
#include "progress.h"

#define IMPORT_FILES_MAX 4096

struct import {
	/* Set by the caller. */
	const struct installation *installation;
	struct feed_options feed;
	struct import_report *report;
	char *const *files;
	size_t file_count;
	int64_t busy_ms; /* give up when the intake is busy for so long */
	bool wait;	 /* until everything is committed */
	bool admin;	 /* through the operator's endpoint; legacy does so anyway */

	/* The result. */
	uint64_t rows, accepted, repeated,
		refused;	      /* in order: rows = the sum of the other three */
	uint64_t first_seq, last_seq; /* of the accepted ones; 0: none */
	struct outcome_ranges accepted_seqs;
	bool committed;
	struct outcome outcome; /* once committed */

	/* While it runs. */
	struct client *client;
	struct progress progress;
	uint64_t bytes_done; /* of the files that are through */
	enum status failed;  /* of the report */
	struct err err;
};

/* Looks at every file: readable, and with all columns that the mapping names. Pipes are
 * looked at when their turn comes. Errors: those of feed_open. */
enum status import_check(struct import *im, struct err *err) MUST_CHECK;

/* Errors: those of feed_open (*ret_input is true then), client.h, the report's, the store's. */
enum status import_run(struct import *im, bool *ret_input, struct err *err) MUST_CHECK;

void import_release(struct import *im);

#endif
