/* channel: lines over descriptors that are never waited for. */
#include "tui/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/mem.h"

#define END_MS	300	/* that a process has to end by itself */

static void set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		SIM_BUG("a descriptor can't be made not to wait");
}

void sim_channel_listen(struct sim_channel *c, int fd)
{
	set_nonblocking(fd);
	c->in = fd;
}

/* -- the process ---------------------------------------------------------- */

/* Signals of the terminal are the dashboard's. */
static void stand_aside(void)
{
	static const int usual[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH,
		SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL,
	};
	struct sigaction sa = { .sa_handler = SIG_DFL };

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		sigaction(usual[i], &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	if (setpgid(0, 0))
		errno = 0;		/* then it hears them: no harm */
}

static _Noreturn void be_other_end(sim_channel_work work, void *ctx, int fd)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	stand_aside();
	rc = work(ctx, fd, &err);
	if (rc) {
		sim_buf_printf(&b, "!error %d %s\n", rc,
			       *err.msg ? err.msg : sim_err_text(rc));
		sim_channel_put(fd, sim_buf_str(&b), b.len);
		sim_buf_release(&b);
	}
	_exit(sim_err_exit(rc));
}

int sim_channel_spawn(struct sim_channel *c, sim_channel_work work, void *ctx,
		      struct sim_err *err)
{
	int ends[2];
	pid_t pid = -1;

	if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		pid = fork();
	else
		ends[0] = ends[1] = -1;
	if (!pid) {
		close(ends[0]);
		be_other_end(work, ctx, ends[1]);
	}
	if (pid < 0) {
		sim_err_set(err, SIM_E_UNAVAILABLE,
			    "the process that works for the dashboard cannot be"
			    " started: %s", strerror(errno));
		close(ends[0]);
		close(ends[1]);
		return SIM_E_UNAVAILABLE;
	}
	close(ends[1]);
	set_nonblocking(ends[0]);
	c->in = c->out = ends[0];
	c->child = pid;
	return SIM_OK;
}

/* "!error CODE sentence", from the process. */
static int read_error(const char *s, struct sim_err *err)
{
	int code = 0;

	for (s += s[0] == '-'; *s >= '0' && *s <= '9'; s++)
		code = code * 10 + *s - '0';
	code = code > 0 && code < SIM_N__COUNT ? -code : SIM_E_UNAVAILABLE;
	return sim_err_set(err, code, "%s", s + (*s == ' '));
}

/* The first thing that it says. */
static bool hear_first(const char *line, char *said, size_t size)
{
	if (strncmp(line, "!ready", 6))
		return false;
	snprintf(said, size, "%s", line[6] ? line + 7 : "");
	return true;
}

int sim_channel_wait(struct sim_channel *c, char *said, size_t size,
		     struct sim_err *err)
{
	char *line;
	size_t n;

	for (;;) {
		struct pollfd p = { .fd = c->in, .events = POLLIN };

		while (sim_channel_line(c, &line, &n)) {
			if (hear_first(line, said, size))
				return SIM_OK;
			if (!strncmp(line, "!error ", 7))
				return read_error(line + 7, err);
		}
		if (c->is_over)
			return sim_err_set(err, SIM_E_UNAVAILABLE,
					   "the process that works for the"
					   " dashboard ended without a word");
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			SIM_BUG("poll refused a descriptor");
		sim_channel_pump(c);
	}
}

/* Give it a moment, then end it. */
static void reap(struct sim_channel *c)
{
	struct pollfd p = { .fd = c->in, .events = POLLIN };
	char waste[4096];
	int status;

	if (shutdown(c->in, SHUT_WR))
		errno = 0;
	while (poll(&p, 1, END_MS) > 0 &&
	       read(c->in, waste, sizeof(waste)) > 0)
		continue;
	kill(c->child, SIGKILL);
	while (waitpid(c->child, &status, 0) < 0 && errno == EINTR)
		continue;
}

void sim_channel_close(struct sim_channel *c)
{
	if (c->child)
		reap(c);
	if (c->in >= 0)
		close(c->in);
	sim_buf_release(&c->rx);
	sim_buf_release(&c->tx);
	*c = (struct sim_channel)SIM_CHANNEL_INIT;
}

/* -- lines ---------------------------------------------------------------- */

/* What was used makes room. */
static void tidy(struct sim_channel *c)
{
	if (!c->used)
		return;
	memmove(c->rx.data, c->rx.data + c->used, c->rx.len - c->used);
	c->rx.len -= c->used;
	c->scanned -= c->scanned < c->used ? c->scanned : c->used;
	c->used = 0;
}

static bool take_in(struct sim_channel *c)
{
	char *room;
	ssize_t n;

	tidy(c);
	if (c->in < 0 || c->is_over || c->rx.len >= SIM_CHANNEL_LINE_MAX)
		return false;
	room = sim_buf_reserve(&c->rx, SIM_CHANNEL_READ_MAX);
	n = read(c->in, room, SIM_CHANNEL_READ_MAX);
	if (n > 0)
		c->rx.len += (size_t)n;
	else if (!n || (errno != EAGAIN && errno != EINTR))
		c->is_over = true;
	return n == (ssize_t)SIM_CHANNEL_READ_MAX;
}

static void put_out(struct sim_channel *c)
{
	ssize_t n;

	while (c->out >= 0 && c->sent < c->tx.len) {
		n = send(c->out, c->tx.data + c->sent, c->tx.len - c->sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n <= 0)
			break;
		c->sent += (size_t)n;
	}
	if (c->sent == c->tx.len)
		c->sent = c->tx.len = 0;
}

bool sim_channel_pump(struct sim_channel *c)
{
	put_out(c);
	return take_in(c);
}

bool sim_channel_line(struct sim_channel *c, char **line, size_t *n)
{
	size_t from = c->scanned > c->used ? c->scanned : c->used;
	char *end = c->rx.len > from
		? memchr(c->rx.data + from, '\n', c->rx.len - from) : NULL;

	if (!end) {
		c->scanned = c->rx.len;
		return false;
	}
	*line = c->rx.data + c->used;
	*n = (size_t)(end - *line);
	c->used += *n + 1;
	c->scanned = c->used;
	*end = '\0';
	if (*n && end[-1] == '\r')
		(*line)[--*n] = '\0';
	return true;
}

bool sim_channel_say(struct sim_channel *c, const char *text, size_t n)
{
	if (c->out < 0 || c->is_over || c->tx.len + n > SIM_CHANNEL_SEND_MAX)
		return false;
	sim_buf_add(&c->tx, text, n);
	put_out(c);
	return true;
}

bool sim_channel_is_sending(const struct sim_channel *c)
{
	return c->sent < c->tx.len;
}

bool sim_channel_put(int fd, const char *text, size_t n)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	while (n) {
		ssize_t k = write(fd, text, n);

		if (k < 0 && errno == EAGAIN)
			poll(&p, 1, -1);
		else if (k <= 0 && errno != EINTR)
			return false;
		k = k > 0 ? k : 0;
		text += k;
		n -= (size_t)k;
	}
	return true;
}

/* -- messages ------------------------------------------------------------- */

static int decode_as(bool as_pipe, const char *line, size_t n,
		     struct sim_message *m, struct sim_err *err)
{
	if (!as_pipe)
		return sim_message_decode_wire(line, n, SIM_CHANNEL_LINE_MAX,
					       SIM_MESSAGE_OUT, m, err);
	*m = (struct sim_message){ .type = SIM_MESSAGE__COUNT };
	return sim_message_decode(line, n, SIM_MESSAGE_OUT, m, err);
}

int sim_channel_decode(struct sim_channel *c, const char *line, size_t n,
		       struct sim_message *m, struct sim_err *err)
{
	struct sim_message other;
	int rc = decode_as(c->is_pipe_form, line, n, m, err);

	if (!rc && m->type != SIM_MESSAGE__COUNT)
		return SIM_OK;
	if (decode_as(!c->is_pipe_form, line, n, &other, NULL) ||
	    other.type == SIM_MESSAGE__COUNT) {
		sim_message_release(&other);
		return rc;
	}
	c->is_pipe_form = !c->is_pipe_form;
	sim_message_release(m);
	*m = other;
	return SIM_OK;
}
