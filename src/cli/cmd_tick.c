/* simutrador tick stream: the bars of a session as they come. */
#include "cli/cli.h"

#include <string.h>

#include "cli/sess_stream.h"

extern const struct sim_cmd sim_cmd_tick_stream;

static const char *session, *speed;

static const struct sim_out_col tick_cols[] = {
	{ "time", SIM_OUT_COL_ID }, { "step", 0 }, { "symbol", 0 },
	{ "date", SIM_OUT_COL_WIDE }, { "open", 0 }, { "high", 0 },
	{ "low", 0 }, { "close", 0 }, { "volume", 0 },
	{ "market_session", SIM_OUT_COL_WIDE }, { "is_eod", SIM_OUT_COL_WIDE },
	{ NULL, 0 }
};
static const struct sim_opt tick_opts[] = {
	SIM_SESS_STREAM_SPEED_OPT(speed),
	SIM_SESS_OPT(session),
	{ .kind = SIM_OPT_END }
};
static const char *const tick_examples[] = {
	"simutrador tick stream ACME --speed max --limit 5",
	NULL
};

static void put_bar(void *ctx, struct sim_cli *cli,
		    const struct sim_message_tick *t, const char *symbol,
		    const struct sim_json_val *c)
{
	static const char *const hours[] = {
		"regular", "pre_market", "after_hours"
	};
	const char *date = sim_json_as_str(sim_json_get(c, "date"));
	struct sim_out *o = cli->out;
	sim_time start;

	(void)ctx;
	sim_out_row(o);
	sim_out_time(o, "time", t->sim_time);
	sim_out_int(o, "step", t->sequence_id);
	sim_out_str(o, "symbol", symbol);
	if (date && !sim_time_parse(date, strlen(date), &start, NULL, NULL))
		sim_out_time(o, "date", start);
	sim_sess_stream_candle(o, c);
	sim_out_str(o, "market_session", hours[t->market_session]);
	sim_out_bool(o, "is_eod", t->is_eod);
	sim_out_row_end(o);
}

static int run_tick(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_sess s = SIM_SESS_INIT;
	struct sim_sess_stream stream = { .speed = speed, .candle = put_bar };
	int rc = sim_sess_find(cli, session, SIM_SESS_STARTED, &s, err);

	if (!rc)
		rc = sim_sess_stream_check(cli, &s, err);
	stream.session = s.id;
	if (!rc) {
		sim_out_stream(cli->out, tick_cols);
		rc = sim_sess_stream_run(cli, &stream, err);
		sim_out_end(cli->out);
	}
	sim_sess_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_tick_stream = {
	.name = "tick stream", .summary = "print the bars of a session as they"
	" come",
	.operands = "SYMBOL...", .min = 1, .max = -1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = tick_opts, .cols = tick_cols,
	.examples = tick_examples, .run = run_tick,
};
