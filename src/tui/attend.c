/* attend: lines from one side to the other, in turns. */
#include "tui/attend.h"

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tui/channel.h"

#define TURN_MS		10	/* waited for one side before the other */
#define EVENTS_AT_ONCE	256
#define TOLD_MS		500	/* a countdown is told as often */

struct attendant {
	const struct sim_attend *in;
	struct sim_backend *b;
	struct sim_channel ear;
	struct sim_buf out;
	int fd;
	char id[SIM_MESSAGE_ID_MAX + 1];
	enum sim_backend_link link;
	int64_t retry_ms;		/* as it was told last */
	bool is_over;			/* nobody listens any more */
	bool is_closed;			/* the session's side is at its end */
};

/* -- saying ---------------------------------------------------------------- */

static void flush(struct attendant *a)
{
	if (a->out.len &&
	    !sim_channel_put(a->fd, sim_buf_str(&a->out), a->out.len))
		a->is_over = true;
	sim_buf_reset(&a->out);
}

static void pass_on(struct attendant *a, const struct sim_backend_message *m)
{
	sim_buf_add(&a->out, m->line, m->len);
	sim_buf_putc(&a->out, '\n');
}

/* That a request could not be sent, as its answer. */
static void refuse(struct attendant *a, const char *request_id,
		   const struct sim_err *why)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(a->id, SIM_TIME_NONE);
	struct sim_message_error e = {
		.error_code = sim_err_wire(why->code), .message = why->msg,
		.recoverable = true, .failed_request_id = request_id,
		.has_failed_request_id = request_id != NULL,
		.details = { .text = "{}" },
	};

	sim_message_encode(&a->out, SIM_MESSAGE_error, &e, request_id, &style);
}

/* How the connection is, when that has changed. */
static void tell_link(struct attendant *a)
{
	struct sim_backend_state s;

	sim_backend_state(a->b, &s);
	if (s.link == a->link && (s.link != SIM_BACKEND_CONNECTING ||
				  (s.retry_ms <= a->retry_ms &&
				   a->retry_ms - s.retry_ms < TOLD_MS)))
		return;
	a->link = s.link;
	a->retry_ms = s.retry_ms;
	if (s.link == SIM_BACKEND_CONNECTED)
		sim_buf_puts(&a->out, "!live\n");
	else if (s.link == SIM_BACKEND_CONNECTING)
		sim_buf_printf(&a->out, "!lost %" PRId64 " %s\n", s.retry_ms,
			       s.reason);
	else
		sim_buf_printf(&a->out, "!closed %s\n", s.reason);
}

/* -- hearing --------------------------------------------------------------- */

static void obey(struct attendant *a, const char *line, size_t n)
{
	struct sim_err why = SIM_ERR_INIT;
	struct sim_message m;
	struct sim_backend_request q;
	int rc = sim_message_decode_wire(line, n, SIM_CHANNEL_LINE_MAX,
					 SIM_MESSAGE_IN, &m, &why);

	if (!rc && m.type != SIM_MESSAGE__COUNT) {
		q = (struct sim_backend_request){
			.type = m.type, .data = m.data,
			.session_id = m.session_id,
		};
		rc = sim_backend_send(a->b, &q, m.request_id, &why);
	}
	if (rc)
		refuse(a, m.request_id, &why);
	sim_message_release(&m);
}

static void hear(struct attendant *a)
{
	char *line;
	size_t n;

	sim_channel_pump(&a->ear);
	while (sim_channel_line(&a->ear, &line, &n))
		if (*line != '!' && !a->is_closed)
			obey(a, line, n);
	a->is_over |= a->ear.is_over;
}

static void close_up(struct attendant *a, const struct sim_err *why)
{
	a->is_closed = true;
	sim_buf_printf(&a->out, "!closed %s\n", why->msg);
}

/* What the session has said; waits a moment for the first of it. */
static void listen_to(struct attendant *a)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err why = SIM_ERR_INIT;
	int rc = 1;

	for (int i = 0; rc > 0 && i < EVENTS_AT_ONCE; i++) {
		rc = sim_backend_next(a->b, i ? 0 : TURN_MS, &m, &why);
		if (rc <= 0)
			break;
		pass_on(a, &m);
		sim_backend_release(&m);
	}
	if (rc < 0)
		close_up(a, &why);
}

/* -- the beginning --------------------------------------------------------- */

static int ask(struct attendant *a, enum sim_message_type type,
	       const void *data, struct sim_err *err)
{
	const struct sim_backend_request q = {
		.type = type, .data = data, .session_id = a->id,
	};
	struct sim_backend_message reply = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_backend_call(a->b, &q, &reply, err);

	if (!rc)
		pass_on(a, &reply);
	sim_backend_release(&reply);
	return rc;
}

/* What is known of it at once, and from now on what happens. */
static int attach(struct attendant *a, struct sim_err *err)
{
	struct sim_message_attach_session m = {
		.bars = a->in->bars, .has_bars = true,
	};
	struct sim_err why = SIM_ERR_INIT;
	struct sim_backend_state at;
	int rc;

	sim_backend_state(a->b, &at);
	sim_buf_printf(&a->out, "!ready %s %s\n", a->id,
		       strcmp(sim_backend_name(a->b), "remote")
		       ? sim_backend_name(a->b) : at.where);
	rc = ask(a, SIM_MESSAGE_get_session, NULL, err);
	/* One that has not begun can only be looked at. */
	if (!rc && ask(a, SIM_MESSAGE_attach_session, &m, &why) &&
	    why.code != SIM_E_STATE)
		rc = sim_err_set(err, why.code, "%s", why.msg);
	a->link = SIM_BACKEND_CLOSED;
	if (!rc)
		tell_link(a);
	return rc;
}

/* What is said here on stderr would be said into the picture. */
static void be_quiet(void)
{
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (nowhere >= 0)
		dup2(nowhere, STDERR_FILENO);
}

static void converse(struct attendant *a)
{
	struct pollfd f = { .fd = a->fd, .events = POLLIN };

	while (!a->is_over) {
		hear(a);
		if (!a->is_closed)
			listen_to(a);
		if (!a->is_closed)
			tell_link(a);
		flush(a);
		if (a->is_closed && !a->is_over)
			poll(&f, 1, -1);
	}
}

int sim_attend_work(void *ctx, int fd, struct sim_err *err)
{
	struct attendant a = {
		.in = ctx, .fd = fd, .ear = SIM_CHANNEL_INIT,
		.out = SIM_BUF_INIT(SIM_BUF_MAX),
	};
	int rc = a.in->open(a.in->ctx, &a.b, a.id, err);

	if (!rc) {
		sim_channel_listen(&a.ear, fd);
		rc = attach(&a, err);
	}
	if (!rc) {
		be_quiet();
		converse(&a);
	}
	a.ear.in = -1;			/* fd is not ours */
	sim_channel_close(&a.ear);
	sim_buf_release(&a.out);
	a.in->close(a.in->ctx);
	return rc;
}
