/* desk_hear: lines from the other end, and ours to it. */
#include "tui/desk_priv.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/bar.h"

#define LINES_AT_ONCE 16		/* between two looks at the clock */

/* -- what goes ------------------------------------------------------------- */

bool sim_desk_tell(struct desk *k, const char *text, size_t n)
{
	if (sim_channel_say(k->c, text, n))
		return true;
	sim_desk_say(k, SIM_THEME_ERROR, k->c->out < 0 ?
		     "nobody listens at the other end; this is only shown" :
		     "this could not be sent: too much waits to be sent");
	return false;
}

static void encode(struct desk *k, enum sim_message_type type,
		   const void *data, const char *request_id,
		   struct sim_buf *out)
{
	const struct sim_message_style style = SIM_MESSAGE_STYLE_WIRE(
		k->in->session && *k->in->session ? k->in->session : NULL,
		SIM_TIME_NONE);

	sim_message_encode(out, type, data, request_id, &style);
}

bool sim_desk_send(struct desk *k, enum sim_message_type type,
		   const void *data, const char *request_id)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	bool ok;

	encode(k, type, data, request_id, &b);
	ok = sim_desk_tell(k, sim_buf_str(&b), b.len);
	sim_buf_release(&b);
	return ok;
}

void sim_desk_encode(struct desk *k, enum sim_message_type type,
		     const void *data, struct sim_buf *out)
{
	char id[24];

	snprintf(id, sizeof(id), "d%" PRId64, ++k->asked);
	k->pending++;
	encode(k, type, data, id, out);
}

static const struct {
	enum sim_dash_want want;
	enum sim_message_type type;
	bool of_session;
} questions[] = {
	{ SIM_DASH_WANT_ORDERS, SIM_MESSAGE_query_orders, true },
	{ SIM_DASH_WANT_ACCOUNT, SIM_MESSAGE_query_positions, true },
	{ SIM_DASH_WANT_STATUS, SIM_MESSAGE_query_status, true },
	{ SIM_DASH_WANT_SESSIONS, SIM_MESSAGE_list_sessions, false },
	{ SIM_DASH_WANT_DETAILS, SIM_MESSAGE_get_session, true },
};

void sim_desk_ask_wanted(struct desk *k)
{
	unsigned wants = sim_dash_wants(k->d);
	static const char nothing[64];

	if (!(k->c->can & SIM_CHANNEL_TRADES) || k->c->is_over)
		return;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (wants & questions[i].want)
			sim_desk_send(k, questions[i].type, nothing, NULL);
}

/* -- what comes ------------------------------------------------------------ */

/* "MS sentence": the connection is lost and tried again then. */
static void hear_lost(struct desk *k, const char *text)
{
	char *end;
	int64_t ms = strtoll(text, &end, 10);

	end += *end == ' ';
	sim_dash_link(k->d, SIM_DASH_RECONNECTING,
		      (k->now_ms + ms) * SIM_TIME_MS, end);
}

static void hear_error(struct desk *k, const char *text)
{
	char *end;
	int code = (int)strtol(text, &end, 10);

	end += *end == ' ';
	k->failed = code < 0 && code > -SIM_N__COUNT ? code
						      : SIM_E_UNAVAILABLE;
	sim_err_set(k->err, k->failed, "%s", end);
}

static void hear_word(struct desk *k, const char *line)
{
	if (!strncmp(line, "!lost ", 6))
		hear_lost(k, line + 6);
	else if (!strcmp(line, "!live"))
		sim_dash_link(k->d, SIM_DASH_CONNECTED, SIM_TIME_NONE, NULL);
	else if (!strncmp(line, "!closed", 7))
		sim_dash_link(k->d, SIM_DASH_CLOSED, SIM_TIME_NONE,
			      line[7] ? line + 8 : NULL);
	else if (!strncmp(line, "!error ", 7))
		hear_error(k, line + 7);
	else if (!strcmp(line, "!forget"))
		sim_dash_forget(k->d);
	else
		sim_desk_seek_word(k, line);
}

/* Is it an answer to one of our requests? */
static bool is_ours(const struct sim_message *m)
{
	const struct sim_message_error *e = m->data;
	const char *id = m->request_id;

	if (!id && m->type == SIM_MESSAGE_error && e->has_failed_request_id)
		id = e->failed_request_id;
	return id && *id == 'd';
}

static void learn_frame(struct desk *k, const char *timeframe)
{
	struct sim_bar_tf tf;

	if (timeframe && !sim_bar_tf_parse(timeframe, &tf, NULL))
		k->bar_ms = tf.span / SIM_TIME_MS;
}

/* Which session one wants to see was not said, and there are several. */
static void offer(struct desk *k)
{
	size_t n = sim_dash_facts(k->d).n_open;
	struct desk_look to = sim_desk_view_now(k);

	if (!k->in->is_any || k->stats->has_offered || n < 2)
		return;
	k->stats->has_offered = true;
	to.layout = SIM_DASH_MONITOR;
	sim_desk_view_change(k, &to);
	sim_dash_focus(k->d, SIM_DASH_sessions);
	sim_desk_say(k, SIM_THEME_INFO, "%zu sessions are not over: this is the"
		     " newest; Enter shows the one that is selected", n);
}

static void hear_message(struct desk *k, const struct sim_message *m)
{
	if (m->type == SIM_MESSAGE_session_details)
		learn_frame(k, ((const struct sim_message_session_info *)
				m->data)->timeframe);
	else if (m->type == SIM_MESSAGE_tick && !k->seek.at)
		learn_frame(k, ((const struct sim_message_tick *)
				m->data)->timeframe);
	sim_dash_hear(k->d, m);
	if (m->type == SIM_MESSAGE_sessions_list)
		offer(k);
	if (is_ours(m)) {
		k->pending -= k->pending > 0;
		sim_desk_trade_hear(k, m);
	}
	sim_desk_seek_hear(k, m);
}

static void hear_line(struct desk *k, const char *line, size_t n)
{
	struct sim_message m;
	struct sim_err why = SIM_ERR_INIT;

	if (*line == '!') {
		if (k->c->child)
			hear_word(k, line);
		return;
	}
	if (k->seek.is_skipping || !n)
		return;
	if (sim_channel_decode(k->c, line, n, &m, &why)) {
		if (k->c->child || !sim_dash_tape_line(k->d, line, n))
			sim_dash_log(k->d, SIM_THEME_WARN, false, why.msg);
	} else if (m.type != SIM_MESSAGE__COUNT) {
		hear_message(k, &m);
	} else if (!k->c->child) {
		(void)sim_dash_tape_line(k->d, line, n);
	}
	sim_message_release(&m);
	if (k->heard_ms < 0)
		k->heard_ms = k->now_ms;
}

/* The next line, read now if need be. */
static bool next_line(struct desk *k, char **line, size_t *n)
{
	if (sim_channel_line(k->c, line, n))
		return true;
	if (k->c->is_over)
		return false;
	sim_channel_pump(k->c);
	return sim_channel_line(k->c, line, n);
}

/* It is read first. */
static bool is_key_waiting(const struct desk *k)
{
	struct pollfd f = { .fd = k->in->host->tty, .events = POLLIN };

	return poll(&f, 1, 0) > 0;
}

bool sim_desk_hear(struct desk *k)
{
	int64_t until = k->now_ms + DESK_HEAR_MS;
	bool was_over = k->c->is_over;
	char *line;
	size_t n;

	for (unsigned i = 1; next_line(k, &line, &n); i++) {
		hear_line(k, line, n);
		k->stats->lines++;
		if (i % LINES_AT_ONCE == 0 && (is_key_waiting(k) ||
		    k->in->host->now_ms() >= until))
			return true;
	}
	if (k->c->is_over && !was_over)
		sim_dash_link(k->d, SIM_DASH_CLOSED, SIM_TIME_NONE, NULL);
	return false;
}
