/*
 * process: the median milliseconds of a whole process, its output thrown away,
 * and the median of what it is more than a base, which runs by turns with it.
 *
 * Usage: process BASE COMMAND...
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define REPS	21

/* Milliseconds. */
static double run(char **argv)
{
	extern char **environ;
	posix_spawn_file_actions_t acts;
	double t0 = seconds();
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_addopen(&acts, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &acts, NULL, argv, environ) ||
	    waitpid(pid, &status, 0) < 0 || status) {
		fprintf(stderr, "process: %s failed\n", argv[0]);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&acts);
	return (seconds() - t0) * 1e3;
}

int main(int argc, char **argv)
{
	double time[REPS], more[REPS];

	if (argc < 3) {
		fprintf(stderr, "usage: process BASE COMMAND...\n");
		return 64;
	}
	for (int i = 0; i < REPS; i++) {
		char *base[] = { argv[1], NULL };
		double t = run(base);

		time[i] = run(argv + 2);
		more[i] = time[i] - t;
	}
	printf("%.3f %.3f\n", median(time, REPS), median(more, REPS));
	return 0;
}
