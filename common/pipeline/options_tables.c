/* The tables alone: what can be set, to what, and why it is what it is when it is not. */
#include "options.h"

#include "clock.h"
#include "frame.h"
#include "record.h"

#define KIB	  ((int64_t)1 << 10)
#define MIB	  ((int64_t)1 << 20)
#define GIB	  ((int64_t)1 << 30)
#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS ((int64_t)60000)

/* What record_json.h takes as a site, less what is not ASCII. */
static enum status check_site(const char *text, struct err *err)
{
	bool printable = true;

	for (const char *at = text; *at; at++)
		printable &= *at > ' ' && *at < 0x7F;
	if (!printable || strlen(text) > RECORD_NAME_MAX)
		return err_set(
			err, ST_EMALFORMED,
			"'%s' is no site: at most %d letters, digits and signs, no space",
			text, RECORD_NAME_MAX);
	return ST_OK;
}

static const char *const log_formats[] = {
	[LOG_LOGFMT] = "logfmt", [LOG_JSON] = "json", NULL};
static const char *const log_levels[] = {[LOG_ERROR] = "error",
					 [LOG_WARN] = "warn",
					 [LOG_INFO] = "info",
					 [LOG_DEBUG] = "debug",
					 NULL};

#define ROW(name, member) CONF(name, struct pipeline_options, member)
static const struct conf_row pipeline_rows[] = {
	{ROW("site", site), .type = CONF_TEXT, .unit = "name", .value = "main",
	 .check = check_site,
	 .doc = "The site of records that name none; one site is the usual case."},
	{ROW("data", data), .type = CONF_PATH, .unit = "directory", .value = "data",
	 .doc = "Where the journal and the store are; beside the file, so that a copied "
		"directory is a whole installation."},
	{ROW("run", run), .type = CONF_PATH, .unit = "directory",
	 .derived = "`run` inside `data`",
	 .doc = "Sockets and locks; short, because a socket's path holds 107 bytes and the "
		"longest name under it takes 30."},
	{ROW("rules", rules), .type = CONF_PATH, .unit = "directory", .value = "rules",
	 .doc = "The rules, reasons and profiles; those that are shipped stand beside the "
		"file."},
	{ROW("policy", policy), .type = CONF_PATH, .unit = "file",
	 .derived = "`policy.yaml` inside `rules`",
	 .doc = "What the operator declares: delays, retention, profile."},
	{ROW("log_format", log_format), .type = CONF_ENUM, .value = "logfmt",
	 .choices = log_formats,
	 .doc = "How a line on standard error is written; logfmt reads well without a tool."},
	{ROW("log_level", log_level), .type = CONF_ENUM, .value = "info",
	 .choices = log_levels,
	 .doc = "The least urgent level that is written; info is starts, stops and what "
		"changes rarely."},
	{ROW("heartbeat", heartbeat_ms), .type = CONF_DURATION, .unit = "ms",
	 .value = "1s", .min = 100, .max = 10 * SECOND_MS,
	 .doc = "How often an idle program says that it lives; one a second costs nothing "
		"and finds a dead one before an operator does."},
	{ROW("resend_first", resend_first_ms), .type = CONF_DURATION, .unit = "ms",
	 .value = "2s", .min = 100, .max = 30 * SECOND_MS,
	 .doc = "How long a batch may stay unanswered before it is sent again, its holder "
		"not being known to be gone; above the slowest sync seen on a busy disk, and "
		"doubled at each further try."},
	{ROW("resend_max", resend_max_ms), .type = CONF_DURATION, .unit = "ms",
	 .value = "30s", .min = SECOND_MS, .max = 10 * MINUTE_MS,
	 .doc = "Where that doubling ends, so that a recovered program is found within half "
		"a minute."},
	CONF_END,
};
#undef ROW

#define PROCESS(program_name, program, most, why)                                        \
	{                                                                                \
		.name = (program_name), .type = CONF_INT, .unit = "processes", .min = 1, \
		.max = (most),                                                           \
		.target = (program) * sizeof(struct process_row) +                       \
			  offsetof(struct process_row, count),                           \
		.doc = (why)                                                             \
	}
static const struct conf_row process_rows[] = {
	PROCESS("publish", PROGRAM_PUBLISH, 1, "The only writer of the store."),
	PROCESS("collect", PROGRAM_COLLECT, 1, "The only writer of the journal."),
	PROCESS("dedup", PROGRAM_DEDUP, 1,
		"One table of everything seen, so one process that owns it."),
	PROCESS("moderate", PROGRAM_MODERATE, 64,
		"As many as there are processors to spare: each keeps one busy."),
	CONF_END,
};

#define ROW(name, member) CONF(name, struct collect_options, member)
static const struct conf_row collect_rows[] = {
	{ROW("submit", submit), .type = CONF_TEXT, .unit = "endpoint", .value = "submit",
	 .check = address_check,
	 .doc = "Where reviews, replies and notices come in; a socket file in the run "
		"directory, so that its mode says who may."},
	{ROW("admin", admin), .type = CONF_TEXT, .unit = "endpoint", .value = "admin",
	 .check = address_check,
	 .doc = "Where decisions, erasures and rule sets come in; apart from `submit`, so "
		"that a web server has no way to send them."},
	{ROW("submit_mode", submit_mode), .type = CONF_MODE, .value = "0660",
	 .doc = "Mode of the submit socket; the group is for web servers and importers."},
	{ROW("admin_mode", admin_mode), .type = CONF_MODE, .value = "0600",
	 .doc = "Mode of the admin socket; the operator's account alone."},
	{ROW("segment_bytes", segment_bytes), .type = CONF_BYTES, .unit = "B",
	 .value = "64MiB", .min = MIB, .max = GIB,
	 .doc = "Size of one file of the journal; the unit in which it is deleted, and few "
		"files at any rate."},
	{ROW("keep", keep_ms), .type = CONF_DURATION, .unit = "ms", .value = "7d",
	 .min = 0, .max = 365 * DAY_MS,
	 .doc = "How long a segment stays after all of it is in the store; a week in which a "
		"store can be rebuilt from an older backup."},
	{ROW("window_bytes", window_bytes), .type = CONF_BYTES, .unit = "B",
	 .value = "8MiB", .min = 512 * KIB, .max = 256 * MIB,
	 .doc = "Bytes that may be on their way between the journal and the store's commit; "
		"some eight thousand reviews, which keeps every program busy while memory "
		"stays flat."},
	{ROW("batch_records", batch_records), .type = CONF_INT, .unit = "records",
	 .value = "128", .min = 1, .max = BATCH_RECORDS_MAX,
	 .doc = "Most records in one frame; at about a hundred the cost of a frame is lost "
		"in that of its records."},
	{ROW("batch_bytes", batch_bytes), .type = CONF_BYTES, .unit = "B",
	 .value = "256KiB", .min = 16 * KIB, .max = BATCH_BYTES_MAX,
	 .doc = "Most bytes in one frame, whichever of the two comes first; a larger record "
		"travels alone."},
	{ROW("group_records", group_records), .type = CONF_INT, .unit = "records",
	 .value = "2000", .min = 1, .max = 100000,
	 .doc = "Most records that share one sync of the journal; beyond a thousand the sync "
		"is no longer what costs."},
	{ROW("backlog_records", backlog_records), .type = CONF_INT, .unit = "records",
	 .value = "1000000", .min = 1000, .max = 1000000000,
	 .doc = "Accepted records that may wait for the store before the intake refuses and says "
		"when to try again; a store that is away for an hour should not lose visitors."},
	{ROW("reserve_bytes", reserve_bytes), .type = CONF_BYTES, .unit = "B",
	 .value = "256MiB", .min = 0, .max = 1024 * GIB,
	 .doc = "Free disk below which the intake refuses and says when to try again; more "
		"than two segments and a write-ahead log, so that what was accepted can be stored."},
	{ROW("record_bytes_max", record_bytes_max), .type = CONF_BYTES, .unit = "B",
	 .value = "256KiB", .min = 4 * KIB, .max = 512 * KIB,
	 .doc = "Most JSON bytes of one record; far beyond any review, and what one record "
		"may cost in memory."},
	{ROW("drain", drain_ms), .type = CONF_DURATION, .unit = "ms", .value = "30s",
	 .min = 0, .max = 10 * MINUTE_MS,
	 .doc = "How long a stop waits for what is on its way; what is left stays in the "
		"journal, so that a cut drain costs time at the next start, no record."},
	CONF_END,
};
#undef ROW

#define ROW(name, member) CONF(name, struct dedup_options, member)
static const struct conf_row dedup_rows[] = {
	{ROW("worker_window_bytes", worker_window_bytes), .type = CONF_BYTES, .unit = "B",
	 .value = "512KiB", .min = 512 * KIB, .max = 64 * MIB,
	 .doc = "Bytes that one moderate worker may hold; two batches, one in work and one "
		"waiting, so that a slow worker hoards nothing, and never less than the largest "
		"record needs."},
	{ROW("sync", sync_ms), .type = CONF_DURATION, .unit = "ms", .value = "60s",
	 .min = 100, .max = 60 * MINUTE_MS,
	 .doc = "Time between two syncs of the table; what a crash loses is rebuilt from the "
		"store, so a minute of it is cheap."},
	{ROW("similarity", similarity_percent), .type = CONF_INT, .unit = "%",
	 .value = "45", .min = 30, .max = 100,
	 .doc = "Least Jaccard similarity of two texts, in character 4-grams, that is "
		"reported; a text with a fifth of its words changed has about that much left. "
		"What follows from a likeness is the rules' to say. Another value makes the "
		"index again, from the store."},
	{ROW("leader", leader_percent), .type = CONF_INT, .unit = "%", .value = "60",
	 .min = 30, .max = 100,
	 .doc = "Similarity from which on a text is found by the earlier one that it is like, "
		"and not by itself: so a template sent a thousand times fills no index. Not below "
		"`similarity`. Another value makes the index again, from the store."},
	{ROW("enough_bits", enough_bits), .type = CONF_INT, .unit = "bit", .value = "44",
	 .min = 0, .max = 1000,
	 .doc = "Least information that texts of two authors share, so that it is reported; "
		"below, people write the same by coincidence: `Livraison rapide, je recommande`."},
	{ROW("sure_bits", sure_bits), .type = CONF_INT, .unit = "bit", .value = "65",
	 .min = 0, .max = 1000,
	 .doc = "The same for a text that is common already; from here on nobody writes the "
		"same by coincidence, however many do. Not below `enough_bits`."},
	{ROW("common_authors", common_authors), .type = CONF_INT, .value = "2", .min = 2,
	 .max = 8,
	 .doc = "Authors and subjects, at least, that have a text already, so that it is common: a "
		"phrase of everybody has many of both, the text of a campaign mostly more "
		"information."},
	CONF_END,
};
#undef ROW

static const struct conf_row moderate_rows[] = {
	{CONF("scan_bytes_max", struct moderate_options, scan_bytes_max),
	 .type = CONF_BYTES, .unit = "B", .value = "256KiB", .min = KIB, .max = 4 * MIB,
	 .doc = "Most bytes of one review, folded, that the patterns read; a longer one is "
		"held for a person, because half a text read is a way around the rules; as much "
		"as a whole record, so that only a text that folding inflates meets it."},
	CONF_END,
};

#define ROW(name, member) CONF(name, struct publish_options, member)
static const struct conf_row publish_rows[] = {
	{ROW("batch_records", batch_records), .type = CONF_INT, .unit = "records",
	 .value = "2000", .min = 1, .max = 10000,
	 .doc = "Most records in one transaction; the cost of a commit is spread thin, and a "
		"reader waits little."},
	{ROW("flush", flush_ms), .type = CONF_DURATION, .unit = "ms", .value = "5ms",
	 .min = 0, .max = SECOND_MS,
	 .doc = "How long an idle publish waits for more before it commits; about one sync."},
	{ROW("reorder_bytes", reorder_bytes), .type = CONF_BYTES, .unit = "B",
	 .derived = "twice `collect.window_bytes`", .min = 512 * KIB, .max = GIB,
	 .doc = "Room for results that came before their turn; findings make a record larger "
		"than it was in the window."},
	{ROW("wal_checkpoint_bytes", wal_checkpoint_bytes), .type = CONF_BYTES,
	 .unit = "B", .value = "16MiB", .min = MIB, .max = GIB,
	 .doc = "Length of the write-ahead log at which it is written back; SQLite's own "
		"thousand pages, of 16 KiB each."},
	CONF_END,
};
#undef ROW

#define ROW(name, member) CONF(name, struct run_options, member)
static const struct conf_row run_rows[] = {
	{ROW("backoff_first", backoff_first_ms), .type = CONF_DURATION, .unit = "ms",
	 .value = "100ms", .min = 10, .max = 10 * SECOND_MS,
	 .doc = "Pause before a program that died is started again; doubled at each further "
		"death, so that a lone one is hardly seen."},
	{ROW("backoff_max", backoff_max_ms), .type = CONF_DURATION, .unit = "ms",
	 .value = "5s", .min = 100, .max = 10 * MINUTE_MS,
	 .doc = "Where that doubling ends: a mended machine works again within seconds."},
	{ROW("hang", hang_ms), .type = CONF_DURATION, .unit = "ms", .value = "10s",
	 .min = SECOND_MS, .max = 10 * MINUTE_MS,
	 .doc = "Silence after which a program is killed and started again; ten heartbeats."},
	{ROW("stop", stop_ms), .type = CONF_DURATION, .unit = "ms", .value = "45s",
	 .min = SECOND_MS, .max = 15 * MINUTE_MS,
	 .doc = "How long a program may take to stop before it is killed; it must be "
		"more than `collect.drain`, and better more than that and `hang` together: "
		"collect ends a drain that leads nowhere only behind the turn in which its "
		"time is over, and a turn may take as long as a hang."},
	CONF_END,
};
#undef ROW

const struct conf_table options_tables[OPTIONS_TABLES] = {
	{"pipeline", "What every program shares.", pipeline_rows,
	 offsetof(struct options, pipeline)},
	{"processes",
	 "How many of each program `normavis run` starts; each must be named.",
	 process_rows, offsetof(struct options, processes)},
	{"collect", "The intake and its journal.", collect_rows,
	 offsetof(struct options, collect)},
	{"dedup", "Duplicates, and the share of each moderate worker.", dedup_rows,
	 offsetof(struct options, dedup)},
	{"moderate", "The workers that apply the rules.", moderate_rows,
	 offsetof(struct options, moderate)},
	{"publish", "The writer of the store.", publish_rows,
	 offsetof(struct options, publish)},
	{"run", "The supervisor.", run_rows, offsetof(struct options, run)},
};
