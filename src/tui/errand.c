/* errand: posix_spawn and a pipe. */
#include "tui/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/mem.h"

#define ENV_MAX 4096

extern char **environ;

/* -- words ----------------------------------------------------------------- */

static void end_word(struct sim_errand_words *w, struct sim_buf *b)
{
	w->v[w->n++] = sim_mem_strdup(sim_buf_str(b));
	sim_buf_reset(b);
}

/* A character of a word; quote: the one it stands in, or 0. */
static const char *take_char(const char *s, char *quote, struct sim_buf *b)
{
	if (*quote && *s == *quote)
		*quote = '\0';
	else if (!*quote && (*s == '\'' || *s == '"'))
		*quote = *s;
	else if (*quote != '\'' && *s == '\\' && s[1])
		sim_buf_putc(b, *++s);
	else
		sim_buf_putc(b, *s);
	return s + 1;
}

int sim_errand_split(const char *line, bool must_end,
		     struct sim_errand_words *w, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *s = line;
	char quote = '\0';

	memset(w, 0, sizeof(*w));
	while (*s && w->n < SIM_ERRAND_WORDS) {
		s += strspn(s, " \t");
		if (!*s)
			break;
		w->last = (size_t)(s - line);
		while (*s && (quote || !strchr(" \t", *s)))
			s = take_char(s, &quote, &b);
		w->is_open = !*s;
		end_word(w, &b);
	}
	sim_buf_release(&b);
	if (!*s && !(quote && must_end))
		return SIM_OK;
	sim_errand_words_release(w);
	return *s ? sim_err_set(err, SIM_E_USAGE,
				"a command line may have %d words",
				SIM_ERRAND_WORDS)
		  : sim_err_set(err, SIM_E_USAGE,
				"a %c does not end; write another one behind"
				" the word", quote);
}

void sim_errand_words_release(struct sim_errand_words *w)
{
	for (size_t i = 0; i < w->n; i++)
		sim_mem_free(w->v[i]);
	memset(w, 0, sizeof(*w));
}

/* -- the process ----------------------------------------------------------- */

/* Our environment, but for how the output looks. */
static char **make_env(int columns, char tty[48])
{
	static char no_color[] = "NO_COLOR=1", pager[] = "SIMUTRADOR_PAGER=cat";
	char **env;
	size_t n = 0, k = 0;

	while (environ[n])
		n++;
	n = n < ENV_MAX ? n : ENV_MAX;
	env = sim_mem_array(n + 4, sizeof(*env));
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "SIMUTRADOR_FORCE_TTY=", 21) &&
		    strncmp(environ[i], "SIMUTRADOR_PAGER=", 17))
			env[k++] = environ[i];
	snprintf(tty, 48, "SIMUTRADOR_FORCE_TTY=%d", columns);
	env[k++] = tty;
	env[k++] = no_color;
	env[k++] = pager;
	return env;
}

static int spawn(struct sim_errand *e, const char *program, char *const *argv,
		 char **env, int to)
{
	static const int usual[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGPIPE, SIGWINCH,
		SIGXFSZ,
	};
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t set, none;
	int rc;

	sigemptyset(&set);
	sigemptyset(&none);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		sigaddset(&set, usual[i]);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, to, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&fa, to, STDERR_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
				 POSIX_SPAWN_SETSIGDEF |
				 POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigdefault(&attr, &set);
	posix_spawnattr_setsigmask(&attr, &none);
	rc = posix_spawn(&e->pid, program, &fa, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	return rc;
}

int sim_errand_start(struct sim_errand *e, const char *program,
		     char *const *argv, int columns, struct sim_err *err)
{
	char tty[48], **env;
	int ends[2], rc;

	sim_errand_stop(e);
	if (pipe(ends) || fcntl(ends[0], F_SETFD, FD_CLOEXEC) ||
	    fcntl(ends[1], F_SETFD, FD_CLOEXEC))
		return sim_err_set(err, SIM_E_UNAVAILABLE, "no command can be"
				   " started: %s", strerror(errno));
	env = make_env(columns, tty);
	rc = spawn(e, program, argv, env, ends[1]);
	sim_mem_free(env);
	close(ends[1]);
	if (rc) {
		e->pid = 0;
		close(ends[0]);
		return sim_err_set(err, SIM_E_UNAVAILABLE, "%s cannot be"
				   " started: %s", program, strerror(rc));
	}
	e->fd = ends[0];
	if (fcntl(e->fd, F_SETFL, O_NONBLOCK))
		SIM_BUG("a pipe can't be made not to wait");
	return SIM_OK;
}

static void end(struct sim_errand *e, bool by_force)
{
	int status = 0;

	if (by_force)
		kill(-e->pid, SIGKILL);
	while (waitpid(e->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	close(e->fd);
	e->fd = -1;
	e->pid = 0;
	e->status = WIFEXITED(status) ? WEXITSTATUS(status)
				      : 128 + WTERMSIG(status);
}

bool sim_errand_pump(struct sim_errand *e)
{
	char piece[16384];
	ssize_t n;

	if (!e->pid)
		return false;
	while ((n = read(e->fd, piece, sizeof(piece))) > 0) {
		if (e->out.len + (size_t)n >= SIM_ERRAND_MAX) {
			e->is_cut = true;
			end(e, true);
			return true;
		}
		sim_buf_add(&e->out, piece, (size_t)n);
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	end(e, false);
	return true;
}

void sim_errand_stop(struct sim_errand *e)
{
	if (e->pid)
		end(e, true);
	sim_buf_release(&e->out);
	*e = (struct sim_errand)SIM_ERRAND_INIT;
}
