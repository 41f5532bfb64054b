/* pager: posix_spawn with a pipe; one pager a process. */
#include "cli/pager.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t reader;			/* 0: none */

static int spawn(const char *command, int from, int other)
{
	char *const by_shell[] = { (char *)"sh", (char *)"-c", (char *)command,
				   NULL };
	char *const less[] = { (char *)"less", NULL };
	char *const *argv = command ? by_shell : less;
	posix_spawn_file_actions_t a;
	int rc;

	if (posix_spawn_file_actions_init(&a))
		return -1;
	rc = posix_spawn_file_actions_adddup2(&a, from, STDIN_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_addclose(&a, from);
	if (!rc)
		rc = posix_spawn_file_actions_addclose(&a, other);
	if (!rc)
		rc = posix_spawnp(&reader, argv[0], &a, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&a);
	return rc;
}

/* What to run; NULL: less itself.  False: nothing. */
static bool choose(const char **command)
{
	const char *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || !term || !strcmp(term, "dumb"))
		return false;
	if (!*command || !**command)
		*command = getenv("PAGER");
	if (*command && !**command)
		*command = NULL;
	return !*command || strcmp(*command, "cat") != 0;
}

bool sim_pager_start(const char *command)
{
	int fd[2];

	if (reader || !choose(&command) || pipe(fd))
		return false;
	if (setenv("LESS", "FRSX", 0) || spawn(command, fd[0], fd[1])) {
		reader = 0;
		close(fd[0]);
		close(fd[1]);
		return false;
	}
	dup2(fd[1], STDOUT_FILENO);
	close(fd[0]);
	close(fd[1]);
	return true;
}

void sim_pager_wait(void)
{
	if (!reader)
		return;
	close(STDOUT_FILENO);
	while (waitpid(reader, NULL, 0) < 0 && errno == EINTR)
		;
	reader = 0;
}
