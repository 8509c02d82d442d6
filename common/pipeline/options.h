/* options.h - everything that pipeline.yaml says, with defaults filled in.
 *
 * One file, read by every program; read-only after the start: a change needs a restart
 * (rules excepted, which are no options). docs/CONFIG.md describes each option; it comes
 * from the same tables (options.c).
 *
 * Paths are absolute; those that the file gives as relative start at its directory.
 * Endpoints are as ZeroMQ wants them ("ipc:///srv/normavis/data/run/submit.sock").
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "conf.h"
#include "address.h"
#include "log.h"

struct pipeline_options {
	char *site;   /* of records that name none */
	char *data;   /* directory of journal and store */
	char *run;    /* directory of sockets and locks */
	char *rules;  /* directory */
	char *policy; /* file */
	enum log_format log_format;
	enum log_level log_level;
	int64_t heartbeat_ms;
	int64_t resend_first_ms, resend_max_ms;
};

enum options_program {
	PROGRAM_PUBLISH,
	PROGRAM_COLLECT,
	PROGRAM_DEDUP,
	PROGRAM_MODERATE,
	PROGRAM_COUNT, /* in the order in which the supervisor starts them */
};

struct process_row {
	const char *program; /* its name, of static duration */
	int64_t count;
};

struct collect_options {
	char *submit, *admin;		/* endpoints */
	mode_t submit_mode, admin_mode; /* of the ipc socket files */
	int64_t segment_bytes;
	int64_t keep_ms;
	int64_t window_bytes;
	int64_t batch_records;
	int64_t batch_bytes;
	int64_t group_records;
	int64_t backlog_records;
	int64_t reserve_bytes;
	int64_t record_bytes_max;
	int64_t drain_ms;
};

struct dedup_options {
	int64_t worker_window_bytes;
	int64_t sync_ms;
	int64_t similarity_percent;
	int64_t leader_percent;
	int64_t enough_bits;
	int64_t sure_bits;
	int64_t common_authors;
};

struct moderate_options {
	int64_t scan_bytes_max;
};

struct publish_options {
	int64_t batch_records;
	int64_t flush_ms;
	int64_t reorder_bytes;
	int64_t wal_checkpoint_bytes;
};

struct run_options { /* the supervisor's */
	int64_t backoff_first_ms, backoff_max_ms;
	int64_t hang_ms;
	int64_t stop_ms;
};

#define OPTIONS_TABLES 7

struct options {
	char *path; /* as given; complaints begin with it */
	char *file; /* the same, absolute */
	char *base; /* its directory, absolute */
	struct pipeline_options pipeline;
	struct process_row processes[PROGRAM_COUNT];
	struct collect_options collect;
	struct dedup_options dedup;
	struct moderate_options moderate;
	struct publish_options publish;
	struct run_options run;
	struct conf_place *places[OPTIONS_TABLES]; /* per table, per row */
};

/* The sections of the file, in the order of the documentation. */
extern const struct conf_table options_tables[OPTIONS_TABLES];

const char *options_program_name(enum options_program program);

/* Reads the file. On ST_ECONFIG `report` has every complaint and err the first of them;
 * report may be NULL. Errors: also ST_ENOTFOUND, ST_EIO, ST_ETOOBIG. */
enum status options_load(struct options **ret, const char *path,
			 struct conf_report *report, struct err *err) MUST_CHECK;

/* The same from bytes; `path` names them and says where relative paths start. */
enum status options_parse(struct options **ret, const char *path, struct span bytes,
			  struct conf_report *report, struct err *err) MUST_CHECK;

void options_free(struct options *options); /* accepts NULL */
DEFINE_OWNED(struct options, options_free)

/* Where an option stands, for complaints: options_place(o, "collect", "window_bytes"). */
struct conf_place options_place(const struct options *options, const char *section,
				const char *name);

/* "ipc://RUN/NAME.sock", the endpoint of a socket between programs. The name has at most
 * ADDRESS_NAME_MAX bytes, `ret` has room for at least ADDRESS_BYTES; returns ret. */
char *options_endpoint(const struct options *options, const char *name, char *ret,
		       size_t bytes);

/* "RUN/NAME.lock", what a program holds while it runs. The caller frees it. */
char *options_lock(const struct options *options, const char *name);

/* "RUN/NAME.figures" (figures.h). The caller frees it. */
char *options_figures(const struct options *options, const char *name);

#endif
