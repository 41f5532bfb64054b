/* lines FILE COMMAND...: send each line of a file to a command and, where it
 * is one to be answered, wait for a line back; how many are answered, and the
 * seconds it took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define LINE (1 << 20)

static void start(char **argv, FILE **to, FILE **from)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		exit(1);
	if (!fork()) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	*to = fdopen(in[1], "w");
	*from = fdopen(out[0], "r");
}

int main(int argc, char **argv)
{
	FILE *f, *to, *from;
	char *line = malloc(LINE), *answer = malloc(LINE);
	long n = 0;
	double t = 0;

	if (argc < 3 || !line || !answer || !(f = fopen(argv[1], "r")))
		return 1;
	start(argv + 2, &to, &from);
	while (fgets(line, LINE, f)) {
		fputs(line, to);
		if (!strstr(line, "\"sequence_id\"") &&
		    !strstr(line, "\"hello\""))
			continue;
		fflush(to);
		if (!fgets(answer, LINE, from))
			return 1;
		if (n++ == 0)
			t = seconds();
	}
	t = seconds() - t;
	fclose(to);
	wait(NULL);
	printf("%ld %.6f\n", n - 1, t);
	free(line);
	free(answer);
	return 0;
}
