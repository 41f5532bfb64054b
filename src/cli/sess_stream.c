/* sess_stream: attach, let go, and hand on until the end. */
#include "cli/sess_stream.h"

#include <string.h>

#include "cli/sess_pace.h"

void sim_sess_stream_candle(struct sim_out *o, const struct sim_json_val *c)
{
	static const char *const names[] = {
		"open", "high", "low", "close", "volume"
	};
	sim_dec d;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sim_json_as_dec(sim_json_get(c, names[i]), &d))
			sim_out_dec(o, names[i], d);
}

/* A symbol that the session doesn't have is a mistake, not a silence. */
int sim_sess_stream_check(struct sim_cli *cli, const struct sim_sess *s,
			  struct sim_err *err)
{
	for (int i = 0; i < cli->argc; i++) {
		size_t k = 0;

		while (k < s->info->n_symbols &&
		       strcmp(s->info->symbols[k], cli->argv[i]))
			k++;
		if (k == s->info->n_symbols)
			return sim_err_set(err, SIM_E_NOENT, "session %s has "
					   "no symbol %.40s; session show "
					   "lists those it has", s->id,
					   cli->argv[i]);
	}
	return SIM_OK;
}

/* -- messages -------------------------------------------------------------- */

/* Is it about the connection, or something that went wrong? */
static bool is_aside(struct sim_cli *cli, const struct sim_message *m)
{
	const struct sim_message_warning *w = m->data;
	const struct sim_message_error *e = m->data;

	switch (m->type) {
	case SIM_MESSAGE_connection_warning:
	case SIM_MESSAGE_rate_limit_warning:
		sim_cli_warn(cli, "%s", w->message);
		return true;
	case SIM_MESSAGE_error:
		sim_cli_warn(cli, "%s", e->message);
		return true;
	case SIM_MESSAGE_connection_ready:
	case SIM_MESSAGE_connection_closing:
		return true;
	default:
		return false;
	}
}

static bool is_of(const struct sim_message *m, const char *id)
{
	return m->session_id && !strcmp(m->session_id, id);
}

static bool is_end(const struct sim_message *m)
{
	return m->type == SIM_MESSAGE_simulation_complete ||
		m->type == SIM_MESSAGE_simulation_end ||
		m->type == SIM_MESSAGE_session_deleted;
}

/* Nothing more of the session comes here: it is gone, or in trouble.  One that
 * has run for too long is ended, and says so. */
static int check(const struct sim_message *m, const char *id,
		 struct sim_err *err)
{
	const struct sim_message_error *e = m->data;
	const struct sim_message_session_error *s = m->data;

	if (!is_of(m, id))
		return SIM_OK;
	if (m->type == SIM_MESSAGE_session_error)
		return sim_err_set(err, sim_backend_status(s->error_code),
				   "%s", s->message);
	if (m->type == SIM_MESSAGE_error &&
	    strcmp(e->error_code, "HANDLER_TIMEOUT") != 0)
		return sim_err_set(err, sim_backend_status(e->error_code),
				   "%s", e->message);
	return SIM_OK;
}

/* Is the symbol one of the command's operands? */
static bool is_wanted(const struct sim_cli *cli, const char *symbol)
{
	for (int i = 0; i < cli->argc; i++)
		if (!strcmp(cli->argv[i], symbol))
			return true;
	return false;
}

static void hear_candles(struct sim_cli *cli, const struct sim_sess_stream *s,
			 const struct sim_message_tick *t)
{
	for (size_t i = 0; i < sim_json_len(t->candles.val); i++) {
		const char *symbol;
		const struct sim_json_val *c =
			sim_json_member(t->candles.val, i, &symbol);

		if (is_wanted(cli, symbol))
			s->candle(s->ctx, cli, t, symbol, c);
	}
}

/* Gives: 1 go on, 0 it is over. */
static int hear(struct sim_cli *cli, const struct sim_sess_stream *s,
		const char *id, const struct sim_message *m)
{
	if (is_aside(cli, m) || !is_of(m, id))
		return 1;
	if (s->event)
		s->event(s->ctx, cli, m);
	else if (m->type == SIM_MESSAGE_tick)
		hear_candles(cli, s, m->data);
	return !is_end(m) && sim_out_wants_more(cli->out);
}

/* -- the stream ------------------------------------------------------------ */

struct pace {
	double speed;
	bool is_asked, is_ours;		/* to let it run; it runs by that */
};

static int attach(struct sim_cli *cli, const struct sim_sess_stream *s,
		  const char *id, int *state, struct sim_err *err)
{
	const struct sim_message_attach_session a = {
		.events = s->orders_only, .has_events = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_session_attached *is;
	int rc = sim_connect_call(cli, SIM_MESSAGE_attach_session, &a, id, &m,
				  err);

	if (!rc) {
		is = m.m.data;
		*state = is->status->state;
	}
	sim_backend_release(&m);
	return rc;
}

/* A server that was started again has its sessions paused: what we let run
 * before, and nobody has paused since, goes on.  After a new connection alone
 * the state comes without being asked for. */
static int keep_going(struct sim_cli *cli, const struct sim_message *m,
		      const char *id, struct pace *p, struct sim_err *err)
{
	const struct sim_message_status *is = m->data;

	if (!is_of(m, id))
		return SIM_OK;
	if (m->type == SIM_MESSAGE_simulation_paused)
		p->is_ours = false;
	if (m->type == SIM_MESSAGE_simulation_resumed)
		p->is_ours = p->is_asked;
	if (m->type == SIM_MESSAGE_simulation_status && p->is_ours &&
	    is->state == SIM_SESSION_PAUSED)
		return sim_sess_pace_go(cli, id, p->speed, err);
	return SIM_OK;
}

static int follow(struct sim_cli *cli, const struct sim_sess_stream *s,
		  const char *id, struct pace *p, struct sim_err *err)
{
	struct sim_backend *b;
	int rc = sim_cli_backend(cli, &b, err);

	if (rc)
		return rc;
	do {
		struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;

		rc = sim_backend_next(b, -1, &m, err);
		if (rc == 1)
			rc = check(&m.m, id, err) ? :
				keep_going(cli, &m.m, id, p, err) ? :
				hear(cli, s, id, &m.m);
		sim_backend_release(&m);
	} while (rc == 1);
	return rc;
}

static int find(struct sim_cli *cli, const struct sim_sess_stream *s,
		const char **id, struct sim_err *err)
{
	return sim_sess_id(cli, s->session, SIM_SESS_STARTED, id, err);
}

int sim_sess_stream_run(struct sim_cli *cli, const struct sim_sess_stream *s,
			struct sim_err *err)
{
	const char *id;
	struct pace p = { .is_asked = s->speed, .is_ours = s->speed };
	int state = SIM_SESSION_ERROR;
	int rc = s->speed ? sim_sess_pace_parse("--speed", s->speed, &p.speed,
						err) : SIM_OK;

	if (!rc)
		rc = find(cli, s, &id, err);
	if (!rc)
		rc = attach(cli, s, id, &state, err);
	if (rc || !(SIM_SESS_STARTED >> state & 1))
		return rc;
	if (s->speed)
		rc = sim_sess_pace_go(cli, id, p.speed, err);
	else if (state == SIM_SESSION_PAUSED)
		sim_cli_note(cli, "The session is paused; --speed max lets it "
			     "run.");
	return rc ? rc : follow(cli, s, id, &p, err);
}
