#include "installation.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "installed.h"
#include "log.h"

#define COMPLAINTS_BYTES_MAX (256 * 1024)

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* A file that cannot even be read is one complaint, at its first line. */
static void complain_unread(struct conf_report *report, const char *config, bool nowhere,
			    const struct err *err)
{
	size_t len = strlen(config);
	bool named = strncmp(err->text, config, len) == 0 && err->text[len] == ':';

	conf_complain(report, config, (struct conf_place){1, 1, false},
		      "%s%s%s (--config FILE names another)",
		      named ? err->text + len + 2 : err->text,
		      nowhere ? ", nor is there " : "", nowhere ? installed_config : "");
}

enum status installation_open(struct installation *ret, const char *config,
			      struct conf_report *report, struct err *err)
{
	bool here = config || is_there(INSTALLATION_CONFIG);
	bool nowhere = !here && !is_there(installed_config);

	*ret = (struct installation){0};
	if (!config)
		config = here || nowhere ? INSTALLATION_CONFIG : installed_config;
	enum status st = options_load(&ret->options, config, report, err);
	if (st && report && report->count == 0)
		complain_unread(report, config, nowhere, err);
	if (st)
		return st;
	const char *data = ret->options->pipeline.data;
	ret->journal = xasprintf("%s/journal", data);
	ret->store = xasprintf("%s/store.db", data);
	ret->packs = xasprintf("%s/packs", data);
	return ST_OK;
}

int installation_refuse(const struct conf_report *report)
{
	OWNED(buf_release) struct buf said = BUF_INIT(COMPLAINTS_BYTES_MAX);

	conf_report_format(report, &said);
	fputs(buf_string(&said), stderr);
	return EXIT_CODE_CONFIG;
}

int installation_open_for(struct installation *ret, const char *config)
{
	OWNED(conf_report_release) struct conf_report report = {0};
	struct err err = {""};

	return installation_open(ret, config, &report, &err)
		       ? installation_refuse(&report)
		       : 0;
}

int installation_open_to_log(struct installation *ret, const char *config)
{
	int code = installation_open_for(ret, config);

	if (code == 0)
		log_init("normavis", ret->options->pipeline.log_level,
			 ret->options->pipeline.log_format);
	return code;
}

void installation_release(struct installation *i)
{
	options_free(i->options);
	free(i->journal);
	free(i->store);
	free(i->packs);
	*i = (struct installation){0};
}

/* "1: FLOCK  ADVISORY  WRITE 4242 08:01:131090 0 EOF" */
static pid_t find_holder(const struct stat *lock)
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[256];
	pid_t found = 0;

	if (!locks)
		return 0;
	while (!found && fgets(line, sizeof(line), locks)) {
		unsigned major_number, minor_number;
		uint64_t inode;
		int pid;

		if (sscanf(line, "%*d: FLOCK %*s WRITE %d %x:%x:%" SCNu64, &pid,
			   &major_number, &minor_number, &inode) == 4 &&
		    inode == lock->st_ino && major_number == major(lock->st_dev) &&
		    minor_number == minor(lock->st_dev))
			found = pid;
	}
	fclose(locks);
	return found;
}

bool installation_holds(const struct installation *i, const char *slot, pid_t *ret_pid)
{
	OWNED(freep) char *path = options_lock(i->options, slot);
	OWNED(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;

	if (ret_pid)
		*ret_pid = 0;
	if (fd < 0 && errno == EACCES && stat(path, &info) == 0) {
		pid_t holder = find_holder(&info);
		if (ret_pid)
			*ret_pid = holder;
		return holder != 0;
	}
	if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return false;
	if (ret_pid && fstat(fd, &info) == 0)
		*ret_pid = find_holder(&info);
	return true;
}

/* Only of moderate there may be several. */
static void fill_slot(struct installation_slot *slot, enum options_program program,
		      int64_t n)
{
	const char *name = options_program_name(program);

	slot->program = program;
	if (program == PROGRAM_MODERATE)
		snprintf(slot->name, sizeof(slot->name), "%s.%d", name, (int)n);
	else
		snprintf(slot->name, sizeof(slot->name), "%s", name);
}

size_t installation_slots(const struct installation *i,
			  struct installation_slot ret[INSTALLATION_SLOTS_MAX])
{
	static const enum options_program order[] = {PROGRAM_PUBLISH, PROGRAM_DEDUP,
						     PROGRAM_MODERATE, PROGRAM_COLLECT};
	size_t count = 0;

	for (size_t k = 0; k < ARRAY_LEN(order); k++) {
		int64_t processes = i->options->processes[order[k]].count;

		assert(count + (size_t)processes <= INSTALLATION_SLOTS_MAX);
		for (int64_t n = 1; n <= processes; n++)
			fill_slot(&ret[count++], order[k], n);
	}
	return count;
}
