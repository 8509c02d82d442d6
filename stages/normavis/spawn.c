#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "alloc.h"
#include "file.h"
#include "log.h"

char *spawn_sibling(const char *name)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return xstrdup(name);
	self[len] = '\0';
	char *slash = strrchr(self, '/');
	*slash = '\0'; /* the kernel gives an absolute path */
	return xasprintf("%s/%s", self, name);
}

static void set_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
}

NORETURN static void become(const struct spawn *spawn, pid_t parent, int input)
{
	/* Who would take up what a drain waits for is told at the same time, and the next
	 * supervisor needs the locks: a hurry (stage.h), to all but stages an end like any. */
	prctl(PR_SET_PDEATHSIG, SIGUSR1);
	if (getppid() != parent) /* it died before the line above */
		_exit(EXIT_CODE_OK);
	(void)setpgid(0, 0);
	set_signals();
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (spawn->notify)
		setenv("NOTIFY_SOCKET", spawn->notify, 1);
	else
		unsetenv("NOTIFY_SOCKET");
	int kept = spawn->output ? STDOUT_FILENO : STDERR_FILENO;
	int other = spawn->output ? STDERR_FILENO : STDOUT_FILENO;
	if (dup2(input, STDIN_FILENO) < 0 || dup2(kept, other) < 0)
		_exit(EXIT_CODE_IO);
	execv(spawn->argv[0], (char *const *)(uintptr_t)spawn->argv);
	log_error("no_program", "path=%s why=%s", log_quote(spawn->argv[0]),
		  log_quote(strerror(errno)));
	_exit(SPAWN_NO_PROGRAM);
}

enum status spawn_start(pid_t *ret, const struct spawn *spawn, struct err *err)
{
	const char *path = spawn->input ? spawn->input : "/dev/null";
	OWNED(file_close) int input = open(path, O_RDONLY | O_CLOEXEC);
	pid_t parent = getpid();

	if (input < 0)
		return err_sys(err, ST_EIO, errno, "%s", path);
	pid_t pid = fork();
	if (pid < 0)
		return err_sys(err, ST_EIO, errno, "fork");
	if (pid == 0)
		become(spawn, parent, input);
	*ret = pid;
	return ST_OK;
}
