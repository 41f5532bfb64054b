/* ask: reads byte by byte, so that what follows a secret is left to others. */
#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "util/secret.h"

/* -- one line ------------------------------------------------------------ */

/* Into out without its newline; false: too long.  *n: its bytes, 0 also at the
 * end of the file. */
static bool read_line(int fd, char out[SIM_ASK_SECRET], size_t *n)
{
	ssize_t got;
	char c;

	*n = 0;
	while ((got = read(fd, &c, 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || c == '\n')
			break;
		if (*n == SIM_ASK_SECRET - 1)
			return false;
		out[(*n)++] = c;
	}
	out[*n] = '\0';
	return true;
}

static void trim(char *s)
{
	size_t n = strlen(s), lead = strspn(s, " \t\r");

	while (n > lead && strchr(" \t\r", s[n - 1]))
		n--;
	memmove(s, s + lead, n - lead);
	s[n - lead] = '\0';
}

static int take(int fd, const char *what, char out[SIM_ASK_SECRET],
		struct sim_err *err)
{
	size_t n;

	if (!read_line(fd, out, &n)) {
		sim_secret_wipe(out, SIM_ASK_SECRET);
		return sim_err_set(err, SIM_E_DATA, "%s has a line of more than"
				   " %d bytes; a secret was expected", what,
				   SIM_ASK_SECRET - 1);
	}
	trim(out);
	if (!*out)
		return sim_err_set(err, SIM_E_DATA, "%s has nothing in its"
				   " first line; a secret was expected there",
				   what);
	return SIM_OK;
}

int sim_ask_stdin(const char *what, char out[SIM_ASK_SECRET],
		  struct sim_err *err)
{
	int rc = take(STDIN_FILENO, "standard input", out, err);

	if (rc)
		sim_err_prefix(err, "%s", what);
	return rc;
}

int sim_ask_file(const char *path, char out[SIM_ASK_SECRET],
		 struct sim_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = SIM_OK;
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		if (fd >= 0)
			close(fd);
		return sim_err_set(err, SIM_E_NOENT, "%s can't be read (%s)",
				   path, strerror(errno));
	}
	if (S_ISREG(st.st_mode) && st.st_mode & 077)
		rc = sim_err_set(err, SIM_E_CONFIG, "%s holds a secret and"
				 " others can read it (mode %04o); chmod 600"
				 " it", path, (unsigned)st.st_mode & 07777);
	if (!rc)
		rc = take(fd, path, out, err);
	close(fd);
	return rc;
}

/* -- a person ------------------------------------------------------------ */

static volatile sig_atomic_t signalled;

static void on_signal(int sig)
{
	signalled = sig;
}

/* With the terminal silent, before the prompt is seen, so that what is typed
 * after it is not lost; it is put back whatever happens. */
static bool read_silent(const char *prompt, char out[SIM_ASK_SECRET],
			size_t *n)
{
	static const int sigs[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal }, before[3];
	struct termios old, silent;
	bool fits = true, is_set = !tcgetattr(STDIN_FILENO, &old);

	for (int i = 0; i < 3; i++)
		sigaction(sigs[i], &sa, &before[i]);
	if (is_set) {
		silent = old;
		silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	fprintf(stderr, "%s: ", prompt);
	*n = 0;
	for (ssize_t got = 1; fits && !signalled && got; ) {
		char c = '\0';

		got = read(STDIN_FILENO, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || c == '\n')
			break;
		fits = *n < SIM_ASK_SECRET - 1;
		if (fits)
			out[(*n)++] = c;
	}
	out[fits ? *n : 0] = '\0';
	if (is_set)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	for (int i = 0; i < 3; i++)
		sigaction(sigs[i], &before[i], NULL);
	return fits;
}

int sim_ask_person(const struct sim_cli *cli, const char *prompt,
		   const char *else_do, char out[SIM_ASK_SECRET],
		   struct sim_err *err)
{
	bool fits;
	size_t n;

	if (cli->common->no_input || !isatty(STDIN_FILENO) ||
	    !isatty(STDERR_FILENO))
		return sim_err_set(err, SIM_E_USAGE, "%s is wanted, and nobody"
				   " can be asked here; %s", prompt, else_do);
	fits = read_silent(prompt, out, &n);
	fputc('\n', stderr);
	if (signalled) {
		sim_secret_wipe(out, SIM_ASK_SECRET);
		return sim_err_set(err, signalled == SIGINT ? SIM_E_INTR
				   : SIM_E_TERM, "interrupted");
	}
	if (!fits || !n)
		return sim_err_set(err, SIM_E_INVAL, "the answer has %s; give"
				   " one of 1 to %d bytes",
				   n ? "too many bytes" : "no bytes",
				   SIM_ASK_SECRET - 1);
	return SIM_OK;
}
