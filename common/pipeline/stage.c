#include "stage.h"

#include <getopt.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alive.h"
#include "alloc.h"
#include "clock.h"
#include "digest.h"
#include "file.h"
#include "run_dir.h"

#define IDLE_WAIT_MS 250

struct arguments {
	const char *config;
	const char *slot;
	bool check;
	bool rebuild;
};

static void print_help(const struct stage *stage)
{
	printf("usage: %s [--config FILE] [--slot NAME] [--check]\n\n%s\n"
	       "  --config FILE  the pipeline's configuration (default: pipeline.yaml)\n"
	       "  --slot NAME    which of several workers this is (default: %s)\n"
	       "  --check        read the configuration, complain, and leave\n"
	       "%s"
	       "  --help, --version\n\n"
	       "Usually started by `normavis run`.\n",
	       stage->name, stage->about, stage->name,
	       stage->rebuild
		       ? "  --rebuild      make its files again from the store, and leave\n"
		       : "");
}

/* -1: go on; else the exit code. */
static int read_arguments(int argc, char **argv, const struct stage *stage,
			  struct arguments *ret)
{
	static const struct option known[] = {
		{"config", required_argument, NULL, 'c'},
		{"slot", required_argument, NULL, 's'},
		{"check", no_argument, NULL, 'k'},
		{"rebuild", no_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'v'},
		{0},
	};
	int option;

	*ret = (struct arguments){.config = "pipeline.yaml", .slot = stage->name};
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			ret->config = optarg;
			break;
		case 's':
			ret->slot = optarg;
			break;
		case 'k':
			ret->check = true;
			break;
		case 'r':
			ret->rebuild = stage->rebuild != NULL;
			if (ret->rebuild)
				break;
			fprintf(stderr, "%s: --rebuild: nothing is kept here\n",
				stage->name);
			return EXIT_CODE_USAGE;
		case 'h':
			print_help(stage);
			return EXIT_CODE_OK;
		case 'v':
			printf("%s %s\n", stage->name, STAGE_VERSION);
			return EXIT_CODE_OK;
		default:
			return EXIT_CODE_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "%s: '%s' is no option of mine (--help lists them)\n",
			stage->name, argv[optind]);
		return EXIT_CODE_USAGE;
	}
	return -1;
}

/* Nothing stops for want of figures: a disk that is full has better ways of being heard. */
static void show_figures(const struct stage *stage, const struct stage_run *run)
{
	struct figures figures = {.count = 0};
	OWNED(freep) char *path = options_figures(run->options, run->slot);

	figures_set(&figures, "pid", (uint64_t)getpid());
	stage->figures(&figures);
	(void)!figures_write(&figures, path, NULL);
}

static enum status turn_until_done(const struct stage *stage, struct stage_run *run,
				   struct err *err)
{
	struct bus_event event = {0};
	int64_t beat_ms = 0;

	while (!run->done) {
		run->now_ms = clock_mono_ms();
		run->wait_ms = IDLE_WAIT_MS;
		if (event.stop && !run->stopping) {
			run->stopping = true;
			log_info("stopping", "slot=%s", run->slot);
			alive_stopping();
		}
		run->reload = event.reload;
		enum status st = stage->turn(run, err);
		if (st)
			return st;
		if (run->done || event.hurry)
			break;
		if (run->now_ms - beat_ms >= run->options->pipeline.heartbeat_ms) {
			alive_beat();
			show_figures(stage, run);
			(void)malloc_trim(0); /* what a burst took: glibc keeps it */
			beat_ms = run->now_ms;
		}
		int64_t wait =
			MIN((int64_t)run->wait_ms, run->options->pipeline.heartbeat_ms);
		st = bus_wait(run->bus, (int)wait, &event, err);
		if (st)
			return st;
	}
	return ST_OK;
}

bool stage_left_in_order(const struct stage_run *run)
{
	return run->failed == ST_OK || run->failed == ST_ENOSPACE ||
	       run->failed == ST_EIO || run->failed == ST_EBUSY ||
	       run->failed == ST_EWIRE || run->failed == ST_EAGAIN;
}

static enum status open_and_turn(const struct stage *stage, struct stage_run *run,
				 struct err *err)
{
	/* May be refused, and -1 may be the value: either way the work is the same. */
	(void)!nice(stage->nice);
	enum status st = stage->open(run, err);

	if (st == ST_OK) {
		alive_ready();
		log_info("ready", "slot=%s pid=%d", run->slot, (int)getpid());
		st = turn_until_done(stage, run, err);
	}
	run->failed = st;
	stage->close(run);
	return st;
}

static enum status run_stage(const struct stage *stage, const struct arguments *arguments,
			     struct err *err)
{
	OWNED(options_freep) struct options *options = NULL;
	OWNED(bus_closep) struct bus *bus = NULL;
	OWNED(file_close) int lock = -1;
	struct stage_run run = {.slot = arguments->slot};
	enum status st = options_load(&options, arguments->config, NULL, err);

	if (st == ST_ENOTFOUND)
		st = ST_ECONFIG; /* the operator named a file that is not there */
	if (st || arguments->check)
		return st;
	log_init(arguments->slot, options->pipeline.log_level,
		 options->pipeline.log_format);
	st = file_make_dirs(options->pipeline.run, 0750, err);
	if (st == ST_OK)
		st = file_make_dirs(options->pipeline.data, 0700, err);
	if (st == ST_OK)
		st = run_dir_take(&lock, options, arguments->slot, err);
	if (st == ST_OK && arguments->rebuild)
		return stage->rebuild(options, err);
	if (st == ST_OK)
		st = bus_open(&bus, err);
	if (st)
		return st;
	run.options = options;
	run.bus = bus;
	do
		random_bytes(&run.incarnation, sizeof(run.incarnation));
	while (run.incarnation == 0);
	return open_and_turn(stage, &run, err);
}

int stage_main(int argc, char **argv, const struct stage *stage)
{
	struct arguments arguments;
	struct err err = {""};

	file_fill_standard();
	int code = read_arguments(argc, argv, stage, &arguments);
	if (code >= 0)
		return code;
	/* Or libzmq's thread has an area of its own, which gives less back. */
	(void)mallopt(M_ARENA_MAX, 1);
	log_init(arguments.slot, LOG_INFO, LOG_LOGFMT);
	enum status st = run_stage(stage, &arguments, &err);
	if (st)
		log_error("failed", "status=%s why=%s", status_name(st),
			  log_quote(err.text));
	else if (!arguments.check)
		log_info("stopped", "slot=%s", arguments.slot);
	return (int)status_exit_code(st);
}
