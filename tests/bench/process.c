/*
 * process: the median milliseconds of a whole process, its output thrown away.
 *
 * Usage: process COMMAND...
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define REPS	21

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t acts;
	extern char **environ;
	double time[REPS];

	if (argc < 2) {
		fprintf(stderr, "usage: process COMMAND...\n");
		return 64;
	}
	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_addopen(&acts, 1, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < REPS; i++) {
		double t0 = seconds();
		pid_t pid;
		int status;

		if (posix_spawnp(&pid, argv[1], &acts, NULL, argv + 1,
				 environ) ||
		    waitpid(pid, &status, 0) < 0 || status) {
			fprintf(stderr, "process: %s failed\n", argv[1]);
			return 1;
		}
		time[i] = seconds() - t0;
	}
	posix_spawn_file_actions_destroy(&acts);
	printf("%.3f\n", median(time, REPS) * 1e3);
	return 0;
}
