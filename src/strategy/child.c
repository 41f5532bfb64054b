/* child: fork, pipes and the lines in them. */
#include "config.h"

#include "strategy/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "strategy/sandbox.h"
#include "strategy/warden.h"
#include "util/mem.h"

#define PIPE_BYTES	(1 << 20)
#define CHUNK		65536		/* bytes read at a time, at least */
#define STOP_MS		250		/* for an answer, when asked to end */
#define OUT_MAX		((size_t)64 << 20)	/* bytes it leaves unread */

/* What of our environment a strategy sees, and what else. */
static const char *const env_kept[] = {
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR",
	"LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME",
	"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV",
	"PYENV_ROOT", "PYENV_VERSION", "CONDA_PREFIX", "NODE_PATH",
	"PERL5LIB", "GEM_PATH", "GOROOT", "JAVA_HOME"
};
static const char *const env_set[] = {
	"SIMUTRADOR_STRATEGY=1", "TZ=UTC", "LC_ALL=C.UTF-8",
	"PYTHONHASHSEED=0"
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

/* -- the child's side, after fork: async-signal-safe calls only ------------ */

/* What it tells if it can't become the command. */
struct failure {
	int stage, error;
};
#define SAID 3				/* the descriptor it tells it on */
enum { STAGE_FOLLOW, STAGE_FILES, STAGE_FOLDER, STAGE_SANDBOX, STAGE_EXEC };

struct start {
	const struct sim_child_spec *spec;
	struct sim_sandbox box;
	char **env;
	int in[2], out[2], said[2];	/* read and write ends */
	pid_t parent;
};

static _Noreturn void fail(int fd, int stage)
{
	struct failure f = { stage, errno };

	_exit(write(fd, &f, sizeof(f)) == sizeof(f) ? 127 : 126);
}

static void default_signals(void)
{
	static const int signals[] = {
		SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGWINCH,
		SIGUSR1, SIGUSR2, SIGXFSZ
	};
	struct sigaction sa;
	sigset_t none;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_DFL;
	for (size_t i = 0; i < N(signals); i++)
		sigaction(signals[i], &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(const struct start *s)
{
	char sh[] = "/bin/sh", dash_c[] = "-c";
	char *argv[] = { sh, dash_c, NULL, NULL };
	const int said = SAID;

	memcpy(&argv[2], &s->spec->command, sizeof(argv[2]));
	if (dup3(s->said[1], said, O_CLOEXEC) < 0)
		_exit(127);
	if (setpgid(0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL) ||
	    getppid() != s->parent)
		fail(said, STAGE_FOLLOW);
	default_signals();
	if (dup2(s->in[0], 0) < 0 || dup2(s->out[1], 1) < 0)
		fail(said, STAGE_FILES);
	if (s->spec->directory && chdir(s->spec->directory))
		fail(said, STAGE_FOLDER);
	if (s->spec->sandbox && sim_sandbox_enter(&s->box))
		fail(said, STAGE_SANDBOX);
#ifdef SYS_close_range
	/* Whatever else is open stays ours. */
	syscall(SYS_close_range, SAID + 1U, ~0U, 0U);
#endif
	execve(sh, argv, s->env);
	fail(said, STAGE_EXEC);
}

/* -- starting -------------------------------------------------------------- */

static char **make_env(void)
{
	char **env = sim_mem_array(N(env_kept) + N(env_set) + 1,
				   sizeof(*env));
	size_t n = 0, size;
	const char *v;

	for (size_t i = 0; i < N(env_kept); i++) {
		v = getenv(env_kept[i]);
		if (!v)
			continue;
		size = strlen(env_kept[i]) + strlen(v) + 2;
		env[n] = sim_mem_alloc(size);
		memcpy(env[n], env_kept[i], strlen(env_kept[i]));
		env[n][strlen(env_kept[i])] = '=';
		memcpy(env[n++] + size - strlen(v) - 1, v, strlen(v) + 1);
	}
	for (size_t i = 0; i < N(env_set); i++)
		env[n++] = sim_mem_strdup(env_set[i]);
	return env;
}

static void free_env(char **env)
{
	for (size_t i = 0; env && env[i]; i++)
		sim_mem_free(env[i]);
	sim_mem_free(env);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A write to a child that is gone must be an error, not our end. */
static void mask_sigpipe(struct sim_child *c)
{
	sigset_t pipe, pending;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	c->was_pending = sigismember(&pending, SIGPIPE) == 1;
	c->masked = !pthread_sigmask(SIG_BLOCK, &pipe, &c->mask);
}

static void unmask_sigpipe(struct sim_child *c)
{
	struct timespec now = { 0, 0 };
	sigset_t pipe;

	if (!c->masked)
		return;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (!c->was_pending) {
		while (sigtimedwait(&pipe, NULL, &now) == SIGPIPE)
			;
	}
	pthread_sigmask(SIG_SETMASK, &c->mask, NULL);
	c->masked = false;
}

static int cannot(struct sim_err *err, const char *what, int error)
{
	return sim_err_set(err, SIM_E_STRATEGY, "the strategy's process can't "
			   "be started: %s: %s", what, strerror(error));
}

/* A pipe whose ends leave the low descriptors to the child. */
static bool make_pipe(int end[2])
{
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return false;
	for (int i = 0; i < 2; i++) {
		end[i] = fcntl(p[i], F_DUPFD_CLOEXEC, SAID + 1);
		close(p[i]);
	}
	return end[0] >= 0 && end[1] >= 0;
}

static int make_pipes(struct start *s, struct sim_err *err)
{
	if (!make_pipe(s->in) || !make_pipe(s->out) || !make_pipe(s->said))
		return cannot(err, "no pipe", errno);
	/* Larger is faster only; a system may allow less. */
	fcntl(s->in[1], F_SETPIPE_SZ, PIPE_BYTES);
	fcntl(s->out[0], F_SETPIPE_SZ, PIPE_BYTES);
	return SIM_OK;
}

/* It has become the command, or it tells what stood in the way. */
static int hear(struct start *s, struct sim_err *err)
{
	static const char *const stages[] = {
		[STAGE_FOLLOW] = "it can't be put into a group",
		[STAGE_FILES] = "its input and output can't be set",
		[STAGE_FOLDER] = "its folder can't be entered",
		[STAGE_SANDBOX] = "the sandbox can't be entered",
		[STAGE_EXEC] = "/bin/sh can't be run",
	};
	struct failure f;
	ssize_t n;

	shut(&s->said[1]);
	do {
		n = read(s->said[0], &f, sizeof(f));
	} while (n < 0 && errno == EINTR);
	if (!n)
		return SIM_OK;
	if (n != sizeof(f))
		return cannot(err, "it said nothing sensible", EIO);
	return cannot(err, stages[f.stage], f.error);
}

static int spawn(struct sim_child *c, struct start *s, struct sim_err *err)
{
	int rc = make_pipes(s, err);

	if (rc)
		return rc;
	s->env = make_env();
	s->parent = getpid();
	c->pid = fork();
	if (c->pid < 0) {
		c->pid = 0;
		return cannot(err, "no process", errno);
	}
	if (!c->pid)
		become(s);
	if (!sim_warden_add(c->pid))
		SIM_BUG("more strategies run at a time than there are threads");
	c->to = s->in[1];
	c->from = s->out[0];
	s->in[1] = s->out[0] = -1;
#ifdef SYS_pidfd_open
	c->alive = (int)syscall(SYS_pidfd_open, c->pid, 0);
#endif
	fcntl(c->to, F_SETFL, O_NONBLOCK);
	fcntl(c->from, F_SETFL, O_NONBLOCK);
	return hear(s, err);
}

int sim_child_start(struct sim_child *c, const struct sim_child_spec *spec,
		    struct sim_err *err)
{
	struct start s = { .spec = spec, .in = { -1, -1 }, .out = { -1, -1 },
			   .said = { -1, -1 }, .box = SIM_SANDBOX_INIT };
	int rc = SIM_OK;

	*c = (struct sim_child)SIM_CHILD_INIT;
	c->spec = *spec;
	c->out.max = SIM_BUF_MAX;
	if (spec->sandbox)
		rc = sim_sandbox_open(&s.box, spec->folder, spec->hidden, err);
	if (rc)
		return rc;
	mask_sigpipe(c);
	c->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	c->in = sim_mem_alloc(spec->line_max + CHUNK + 1);
	if (c->timer < 0)
		rc = cannot(err, "no timer", errno);
	if (!rc)
		rc = spawn(c, &s, err);
	sim_sandbox_close(&s.box);
	free_env(s.env);
	for (int i = 0; i < 2; i++) {
		shut(&s.in[i]);
		shut(&s.out[i]);
		shut(&s.said[i]);
	}
	if (rc)
		sim_child_kill(c);
	return rc;
}

/* -- talking --------------------------------------------------------------- */

static void arm(struct sim_child *c, int64_t ms)
{
	struct itimerspec t = { .it_value = { ms / 1000,
					      ms % 1000 * 1000000 } };

	timerfd_settime(c->timer, 0, &t, NULL);
	c->is_armed = ms != 0;
}

void sim_child_turn(struct sim_child *c)
{
	if (c->is_armed)
		arm(c, 0);
	c->has_waited = c->was_asked = false;
}

/* As much as the pipe takes now. */
static void send_some(struct sim_child *c)
{
	while (c->to >= 0 && c->sent < c->out.len) {
		ssize_t n = write(c->to, c->out.data + c->sent,
				  c->out.len - c->sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			shut(&c->to);
		else
			c->sent += (size_t)n;
	}
	sim_buf_reset(&c->out);
	c->sent = 0;
	if (c->is_last)
		shut(&c->to);
}

/* Room for at least CHUNK more bytes behind what is not used up. */
static void make_room(struct sim_child *c)
{
	if (c->in_at == c->in_len) {
		c->in_at = c->in_len = c->in_scan = 0;
		return;
	}
	if (c->spec.line_max + CHUNK - c->in_len >= CHUNK)
		return;
	memmove(c->in, c->in + c->in_at, c->in_len - c->in_at);
	c->in_len -= c->in_at;
	c->in_scan -= c->in_at;
	c->in_at = 0;
}

static void read_some(struct sim_child *c)
{
	ssize_t n;

	make_room(c);
	n = read(c->from, c->in + c->in_len,
		 c->spec.line_max + CHUNK - c->in_len);
	if (n > 0)
		c->in_len += (size_t)n;
	else if (!n || (errno != EINTR && errno != EAGAIN))
		c->is_eof = true;
}

/* The process has ended: what it wrote is there, even when something that it
 * started holds the pipe open. */
static void read_rest(struct sim_child *c)
{
	size_t was;

	make_room(c);
	was = c->in_len;
	read_some(c);
	c->is_eof |= c->in_len == was;
}

/* An end is asked for: an answer that is about to come may still do so. */
static bool notice(struct sim_child *c)
{
	if (c->was_asked || !sim_stop_is_asked(c->spec.stop))
		return false;
	c->was_asked = c->has_waited = true;
	arm(c, STOP_MS);
	return true;
}

/* Until something has come.  One wait is the rule and has its own end; only a
 * child that answers in pieces is timed. */
static int wait_for_it(struct sim_child *c)
{
	struct pollfd p[5] = {
		{ .fd = c->from, .events = POLLIN },
		{ .fd = -1, .events = POLLOUT },
		{ .fd = -1, .events = POLLIN },
		{ .fd = c->alive, .events = POLLIN },
		{ .fd = c->spec.stop && !c->was_asked ? c->spec.stop->fd : -1,
		  .events = POLLIN },
	};
	int64_t ms = c->spec.wait_ms;
	int n;

	send_some(c);
	if (c->out.len)
		p[1].fd = c->to;
	if (c->has_waited) {
		if (!c->is_armed)
			arm(c, ms);
		p[2].fd = c->timer;
	}
	c->has_waited = true;
	n = poll(p, 5, ms < INT32_MAX ? (int)ms : INT32_MAX);
	if (notice(c) || (n < 0 && errno == EINTR))
		return SIM_OK;
	if (n <= 0 || p[2].revents)
		return c->was_asked ? SIM_E_INTR : SIM_E_TIMEOUT;
	if (p[1].revents)
		send_some(c);
	if (p[0].revents)
		read_some(c);
	else if (p[3].revents)
		read_rest(c);
	return SIM_OK;
}

/* The next line that is wholly there. */
static bool take_line(struct sim_child *c, const char **line, size_t *n)
{
	char *end = memchr(c->in + c->in_scan, '\n', c->in_len - c->in_scan);

	if (!end) {
		c->in_scan = c->in_len;
		return false;
	}
	*line = c->in + c->in_at;
	*n = (size_t)(end - *line);
	c->in_at = c->in_scan = (size_t)(end + 1 - c->in);
	if (*n && (*line)[*n - 1] == '\r')
		--*n;
	return true;
}

int sim_child_line(struct sim_child *c, const char **line, size_t *n)
{
	while (!take_line(c, line, n)) {
		size_t left = c->in_len - c->in_at;
		int rc;

		*line = c->in + c->in_at;
		*n = left;
		if (left > c->spec.line_max || (c->is_eof && left))
			return SIM_E_DATA;
		if (c->is_eof)
			return 0;
		if (c->out.len - c->sent > OUT_MAX)
			return SIM_E_TIMEOUT;
		rc = wait_for_it(c);
		if (rc)
			return rc;
	}
	return *n > c->spec.line_max ? SIM_E_DATA : 1;
}

/* -- ending ---------------------------------------------------------------- */

static struct sim_child_end reap(struct sim_child *c, int64_t wait_ms)
{
	struct sim_child_end end = { .is_running = true };
	int status, step = 1;
	pid_t got;

	for (;;) {
		got = waitpid(c->pid, &status, WNOHANG);
		if (got || wait_ms <= 0 || sim_stop_is_asked(c->spec.stop))
			break;
		poll(NULL, 0, step);
		wait_ms -= step;
		step = step < 50 ? step * 2 : step;
	}
	if (got != c->pid)
		return end;
	end.is_running = false;
	end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	/* What it has started and left behind. */
	kill(-c->pid, SIGKILL);
	sim_warden_drop(c->pid);
	c->pid = 0;
	return end;
}

struct sim_child_end sim_child_finish(struct sim_child *c, int64_t wait_ms)
{
	send_some(c);
	shut(&c->to);
	return reap(c, wait_ms);
}

void sim_child_kill(struct sim_child *c)
{
	shut(&c->to);
	shut(&c->from);
	shut(&c->timer);
	shut(&c->alive);
	if (c->pid) {
		kill(-c->pid, SIGKILL);
		kill(c->pid, SIGKILL);
		sim_warden_drop(c->pid);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	c->pid = 0;
	sim_mem_free(c->in);
	c->in = NULL;
	sim_buf_release(&c->out);
	unmask_sigpipe(c);
}
