/* simutrador session watch, log: what a session says, and has said. */
#include "cli/cli.h"

#include <string.h>

#include "cli/run_out.h"
#include "cli/sess_log.h"
#include "cli/sess_run.h"
#include "cli/sess_stream.h"

extern const struct sim_cmd sim_cmd_session_watch, sim_cmd_session_log;

/* -- watch ----------------------------------------------------------------- */

#define WIDE SIM_OUT_COL_WIDE

static const struct sim_out_col watch_cols[] = {
	{ "time", SIM_OUT_COL_ID }, { "event", 0 }, { "step", 0 },
	{ "symbol", 0 }, { "order", 0 }, { "side", 0 }, { "qty", 0 },
	{ "price", 0 }, { "open", WIDE }, { "high", WIDE }, { "low", WIDE },
	{ "close", 0 }, { "volume", WIDE }, { "status", 0 }, { "reason", 0 },
	{ "commission", WIDE }, { "cash", WIDE }, { "equity", 0 }, { NULL, 0 }
};
static const char *const event_words[] = {
	"all", "orders", "fills", "ticks", NULL
};
enum { TICKS = 1, FILLS = 2, OTHERS = 4 };
static const unsigned event_kinds[] = {
	TICKS | FILLS | OTHERS, FILLS | OTHERS, FILLS, TICKS
};
static const char *events = "all", *speed;

static const struct sim_opt watch_opts[] = {
	{ SIM_OPT_STR, "events", .arg = "WHICH",
	  .help = "all (default), or some of orders (no bars), fills and"
		  " ticks: fills,ticks", .value = &events,
	  .choices = event_words },
	SIM_SESS_STREAM_SPEED_OPT(speed),
	{ .kind = SIM_OPT_END }
};
static const char *const watch_examples[] = {
	"simutrador session watch --events orders --speed max",
	NULL
};

static void put_tick(struct sim_out *o, const struct sim_message *m)
{
	const struct sim_message_tick *t = m->data;

	for (size_t i = 0; i < sim_json_len(t->candles.val); i++) {
		const char *symbol;
		const struct sim_json_val *c =
			sim_json_member(t->candles.val, i, &symbol);

		sim_out_row(o);
		sim_out_time(o, "time", t->sim_time);
		sim_out_str(o, "event", "bar");
		sim_out_int(o, "step", t->sequence_id);
		sim_out_str(o, "symbol", symbol);
		sim_sess_stream_candle(o, c);
		sim_out_row_end(o);
	}
}

static void put_fill(struct sim_out *o, const struct sim_message *m)
{
	const struct sim_message_execution_report *r = m->data;

	sim_out_row(o);
	sim_out_time(o, "time", r->execution_time);
	sim_out_str(o, "event", "fill");
	sim_out_str(o, "symbol", r->symbol);
	sim_out_str(o, "order", r->order_id);
	sim_out_str(o, "side", sim_vocab_side_text(r->side));
	sim_out_dec(o, "qty", r->executed_quantity);
	sim_out_dec(o, "price", r->executed_price);
	sim_out_str(o, "status", sim_vocab_order_status_text(r->ord_status));
	sim_out_str(o, "reason", sim_vocab_fill_reason_text(r->fill_reason));
	sim_out_dec(o, "commission", r->commission);
	sim_out_dec(o, "cash", r->cash);
	sim_out_row_end(o);
}

static void put_update(struct sim_out *o, const struct sim_message *m)
{
	const struct sim_message_order_update *u = m->data;

	sim_out_row(o);
	sim_out_str(o, "event", "order");
	sim_out_str(o, "symbol", u->symbol);
	sim_out_str(o, "order", u->order_id);
	sim_out_str(o, "status", sim_vocab_order_status_text(u->status));
	if (u->has_reason)
		sim_out_str(o, "reason", u->reason);
	sim_out_row_end(o);
}

/* Both messages name the order alone. */
static void put_change(struct sim_out *o, const struct sim_message *m)
{
	bool is_cancelled = m->type == SIM_MESSAGE_order_cancelled;
	const struct sim_message_order_cancelled *c = m->data;
	const struct sim_message_order_replaced *r = m->data;

	sim_out_row(o);
	sim_out_str(o, "event", "order");
	sim_out_str(o, "order", is_cancelled ? c->order_id : r->order_id);
	sim_out_str(o, "status", is_cancelled ? "cancelled" : "replaced");
	sim_out_row_end(o);
}

static void put_account(struct sim_out *o, const struct sim_message *m)
{
	const struct sim_message_account_snapshot *a = m->data;

	sim_out_row(o);
	sim_out_str(o, "event", "account");
	sim_out_dec(o, "cash", a->cash);
	sim_out_dec(o, "equity", a->equity);
	sim_out_row_end(o);
}

static void put_state(struct sim_out *o, const struct sim_message *m)
{
	const struct sim_message_status *s = m->data;

	sim_out_row(o);
	if (s->has_sim_time)
		sim_out_time(o, "time", s->sim_time);
	sim_out_str(o, "event", "state");
	sim_out_int(o, "step", s->sequence_id);
	sim_out_str(o, "status", sim_session_states[s->state]);
	sim_out_row_end(o);
}

static void put_end(struct sim_out *o, const struct sim_message *m)
{
	const struct sim_message_simulation_end *e = m->data;

	sim_out_row(o);
	sim_out_str(o, "event", "end");
	sim_out_str(o, "status", "completed");
	sim_out_dec(o, "equity", e->final_equity);
	sim_out_row_end(o);
}

static void watch_event(void *ctx, struct sim_cli *cli,
			const struct sim_message *m)
{
	static void (*const put[SIM_MESSAGE__COUNT])(
		struct sim_out *, const struct sim_message *) = {
		[SIM_MESSAGE_tick] = put_tick,
		[SIM_MESSAGE_execution_report] = put_fill,
		[SIM_MESSAGE_order_update] = put_update,
		[SIM_MESSAGE_order_cancelled] = put_change,
		[SIM_MESSAGE_order_replaced] = put_change,
		[SIM_MESSAGE_account_snapshot] = put_account,
		[SIM_MESSAGE_simulation_status] = put_state,
		[SIM_MESSAGE_simulation_paused] = put_state,
		[SIM_MESSAGE_simulation_resumed] = put_state,
		[SIM_MESSAGE_simulation_stepped] = put_state,
		[SIM_MESSAGE_simulation_stopped] = put_state,
		[SIM_MESSAGE_speed_set] = put_state,
		[SIM_MESSAGE_simulation_complete] = put_end,
		[SIM_MESSAGE_simulation_end] = put_end,
	};
	unsigned kind = m->type == SIM_MESSAGE_tick ? TICKS :
		m->type == SIM_MESSAGE_execution_report ? FILLS : OTHERS;

	if (m->type < SIM_MESSAGE__COUNT && put[m->type] &&
	    *(const unsigned *)ctx & kind)
		put[m->type](cli->out, m);
}

/* The kinds that words between commas stand for. */
static int read_events(unsigned *kinds, struct sim_err *err)
{
	const char *s = events;
	size_t n;
	int i;

	for (*kinds = 0; ; s += n + 1) {
		n = strcspn(s, ",");
		for (i = 0; event_words[i]; i++)
			if (strlen(event_words[i]) == n &&
			    !strncmp(event_words[i], s, n))
				break;
		if (!event_words[i])
			return sim_err_set(err, SIM_E_USAGE, "--events is all,"
					   " or a list of orders, fills and"
					   " ticks such as fills,ticks, not"
					   " '%s'", events);
		*kinds |= event_kinds[i];
		if (!s[n])
			return SIM_OK;
	}
}

static int run_watch(struct sim_cli *cli, struct sim_err *err)
{
	unsigned kinds;
	struct sim_sess_stream s = {
		.session = cli->argc ? cli->argv[0] : NULL, .speed = speed,
		.event = watch_event, .ctx = &kinds,
	};
	int rc = read_events(&kinds, err);

	if (rc)
		return rc;
	s.orders_only = !(kinds & TICKS);
	sim_out_stream(cli->out, watch_cols);
	rc = sim_sess_stream_run(cli, &s, err);
	sim_out_end(cli->out);
	return rc;
}

const struct sim_cmd sim_cmd_session_watch = {
	.name = "session watch", .summary = "print what a session says",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.opts = watch_opts, .cols = watch_cols, .examples = watch_examples,
	.run = run_watch,
};

/* -- log ------------------------------------------------------------------- */

static int64_t since;
static bool save;

static const struct sim_opt log_opts[] = {
	{ SIM_OPT_INT, "since", .arg = "SEQ",
	  .help = "only events after this one", .value = &since, .lo = 0,
	  .hi = INT64_MAX },
	{ SIM_OPT_FLAG, "save", .help = "keep a session that is over as a run",
	  .value = &save },
	{ .kind = SIM_OPT_END }
};
static const char *const log_examples[] = {
	"simutrador session log --where 'type == \"fill\"'",
	NULL
};

static const struct sim_out_col *log_cols_of(void)
{
	return save ? sim_sess_status_cols :
		sim_run_out_cols(SIM_RUN_OUT_EVENTS);
}

static int save_it(struct sim_cli *cli, const char *given, struct sim_err *err)
{
	char run[SIM_FOLDER_ID];
	const char *id;
	int rc = sim_sess_id(cli, given, SIM_SESS_IN(COMPLETED), &id, err);

	if (!rc)
		rc = sim_sess_run_save(cli, id, run, err);
	return rc ? rc : sim_sess_print(cli, id, run, err);
}

static int run_log(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_run_out out = { .result = &r, .since = since };
	struct sim_sess_log l = SIM_SESS_LOG_INIT;
	struct sim_sess s = SIM_SESS_INIT;
	const char *given = cli->argc ? cli->argv[0] : NULL;
	int rc;

	if (save)
		return save_it(cli, given, err);
	rc = sim_sess_find(cli, given, SIM_SESS_LOADED, &s, err);
	if (!rc)
		rc = sim_sess_log_fetch(cli, s.id, &l, err);
	if (!rc) {
		out.is_open = !l.is_sealed;
		sim_sess_log_result(&s, &l, &r);
		rc = sim_run_out_print(cli->out, &out, SIM_RUN_OUT_EVENTS,
				       err);
	}
	sim_run_result_release(&r);
	sim_sess_log_release(&l);
	sim_sess_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_session_log = {
	.name = "session log", .summary = "print the event log of a session",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.opts = log_opts, .cols_of = log_cols_of, .examples = log_examples,
	.run = run_log,
};
