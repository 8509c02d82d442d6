#include "child.h"

#include <sys/wait.h>

#include "spawn.h"
#include "vitals.h"

#define SOUND_MS	 1000 /* least life of a sound child */
#define SOUND_PAUSES	 10
#define ABORT_TO_KILL_MS 2000 /* for a core dump, where one is wanted */

void child_started(struct child *c, pid_t pid, int64_t now_ms)
{
	c->state = CHILD_STARTING;
	c->pid = pid;
	c->started_ms = c->beat_ms = now_ms;
	c->kill_ms = 0;
	c->starts++;
}

bool child_heard(struct child *c, unsigned signs, int64_t now_ms)
{
	bool became_ready = c->state == CHILD_STARTING && (signs & VITALS_READY);

	if (became_ready)
		c->state = CHILD_READY;
	if (signs & (VITALS_READY | VITALS_BEAT))
		c->beat_ms = now_ms;
	return became_ready;
}

static int64_t next_pause(const struct child *c, int64_t lived_ms, bool was_ready,
			  const struct run_options *options)
{
	bool sound = was_ready && lived_ms >= MAX(SOUND_MS, SOUND_PAUSES * c->pause_ms);

	if (sound || c->pause_ms == 0)
		return options->backoff_first_ms;
	return MIN(2 * c->pause_ms, options->backoff_max_ms);
}

static bool is_refusal(int code)
{
	return code == EXIT_CODE_CONFIG || code == EXIT_CODE_UNREADABLE ||
	       code == EXIT_CODE_USAGE || code == SPAWN_NO_PROGRAM;
}

int child_refusal_code(const struct child *c)
{
	return c->exit_code == EXIT_CODE_USAGE || c->exit_code == SPAWN_NO_PROGRAM
		       ? EXIT_CODE_SOFTWARE
		       : c->exit_code;
}

enum child_end child_ended(struct child *c, int status, int64_t now_ms,
			   const struct run_options *options)
{
	bool was_ready = c->state == CHILD_READY;
	bool exited = WIFEXITED(status);

	c->exit_code = exited ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	c->state = CHILD_DOWN;
	c->pid = 0;
	c->kill_ms = 0;
	if (c->leaving)
		return CHILD_ASKED;
	if (exited && was_ready && c->exit_code == 0) {
		c->due_ms = now_ms;
		return CHILD_RETIRED;
	}
	if (exited && is_refusal(c->exit_code)) {
		c->leaving = true;
		return CHILD_REFUSED;
	}
	c->pause_ms = next_pause(c, now_ms - c->started_ms, was_ready, options);
	c->due_ms = now_ms + c->pause_ms;
	return CHILD_CRASHED;
}

void child_not_started(struct child *c, int64_t now_ms, const struct run_options *options)
{
	c->pause_ms = next_pause(c, 0, false, options);
	c->due_ms = now_ms + c->pause_ms;
}

bool child_hangs(struct child *c, int64_t now_ms, const struct run_options *options)
{
	if (c->state == CHILD_DOWN || c->leaving || c->kill_ms != 0 ||
	    now_ms - c->beat_ms < options->hang_ms)
		return false;
	c->kill_ms = now_ms + ABORT_TO_KILL_MS;
	return true;
}
