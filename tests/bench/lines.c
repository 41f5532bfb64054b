/* lines FILE COMMAND...: send the lines of a file to a command, all up to one
 * that is to be answered in one piece, and wait for the line back; how many
 * are answered, and the seconds from the first answer to the last. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define ANSWER	(1 << 16)

/* The file, and the ends of its pieces: nothing but writing and waiting is
 * left to be timed. */
struct script {
	char *text;
	size_t len;
	size_t *end;
	size_t n;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void start(char **argv, int *to, FILE **from)
{
	int in[2], out[2];

	if (pipe(in) || pipe(out))
		die("pipe");
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
	*to = in[1];
	*from = fdopen(out[0], "r");
}

static bool is_asked(const char *line, size_t n)
{
	return memmem(line, n, "\"sequence_id\"", 13) ||
		memmem(line, n, "\"hello\"", 7);
}

static void load(struct script *s, const char *path)
{
	FILE *f = fopen(path, "r");
	struct stat st;
	char *end;

	if (!f || fstat(fileno(f), &st))
		die(path);
	s->len = (size_t)st.st_size;
	s->text = malloc(s->len + 1);
	/* No line that is asked is shorter than `"hello"` and its end. */
	s->end = malloc((s->len / 8 + 1) * sizeof(*s->end));
	if (!s->text || !s->end || fread(s->text, 1, s->len, f) != s->len)
		die(path);
	fclose(f);
	for (char *p = s->text; p < s->text + s->len; p = end + 1) {
		end = memchr(p, '\n', s->len - (size_t)(p - s->text));
		if (!end)
			break;
		if (is_asked(p, (size_t)(end - p)))
			s->end[s->n++] = (size_t)(end + 1 - s->text);
	}
}

static void put(int to, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(to, p, n);

		if (k < 0)
			die("write");
		p += k;
		n -= (size_t)k;
	}
}

int main(int argc, char **argv)
{
	static char answer[ANSWER];
	struct script s = { 0 };
	size_t at = 0;
	FILE *from;
	double t = 0;
	int to;

	if (argc < 3)
		return 64;
	load(&s, argv[1]);
	start(argv + 2, &to, &from);
	for (size_t i = 0; i < s.n; at = s.end[i++]) {
		put(to, s.text + at, s.end[i] - at);
		if (!fgets(answer, ANSWER, from))
			die("no answer");
		if (!i)
			t = seconds();
	}
	t = seconds() - t;
	put(to, s.text + at, s.len - at);
	close(to);
	wait(NULL);
	printf("%zu %.6f\n", s.n - 1, t);
	free(s.text);
	free(s.end);
	return 0;
}
