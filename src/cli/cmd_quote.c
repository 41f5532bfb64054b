/* simutrador quote: prices of a session, now and as they come. */
#include "cli/cli.h"

#include <string.h>

#include "cli/sess_stream.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_quote;

static const char *session, *speed;
static bool watch;

/* -- quote ----------------------------------------------------------------- */

static const struct sim_out_col cols[] = {
	{ "time", 0 }, { "symbol", SIM_OUT_COL_ID }, { "price", 0 },
	{ "change", 0 }, { "open", 0 }, { "high", 0 }, { "low", 0 },
	{ "close", SIM_OUT_COL_WIDE }, { "volume", 0 }, { NULL, 0 }
};
static const struct sim_opt opts[] = {
	{ SIM_OPT_FLAG, "watch", .help = "go on as prices change",
	  .value = &watch },
	SIM_SESS_STREAM_SPEED_OPT(speed),
	SIM_SESS_OPT(session),
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador quote ACME -o table",
	NULL
};

/* What was the price before, by symbol. */
struct quotes {
	sim_dec *last;			/* by operand; 0: unknown */
};

static void put_candle(struct sim_cli *cli, struct quotes *q,
		       const char *symbol, const struct sim_json_val *c)
{
	const char *date = sim_json_as_str(sim_json_get(c, "date"));
	struct sim_out *o = cli->out;
	sim_time t;
	sim_dec close = 0;
	int i = 0;

	while (strcmp(cli->argv[i], symbol))
		i++;
	sim_out_row(o);
	if (date && !sim_time_parse(date, strlen(date), &t, NULL, NULL))
		sim_out_time(o, "time", t);
	sim_out_str(o, "symbol", symbol);
	if (sim_json_as_dec(sim_json_get(c, "close"), &close)) {
		sim_out_dec(o, "price", close);
		if (q->last[i])
			sim_out_dec(o, "change", close - q->last[i]);
	}
	sim_sess_stream_candle(o, c);
	sim_out_row_end(o);
	q->last[i] = close;
}

/* The newest bar of each, with the one before it to compare. */
static int put_now(struct sim_cli *cli, const char *id, struct quotes *q,
		   struct sim_err *err)
{
	const struct sim_message_query_bars ask = {
		.symbols = (const char *const *)cli->argv,
		.n_symbols = (size_t)cli->argc, .has_symbols = true,
		.count = 2, .has_count = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_history_snapshot *h;
	int rc = sim_connect_call(cli, SIM_MESSAGE_query_bars, &ask, id, &m,
				  err);

	h = m.m.data;
	for (int i = 0; !rc && i < cli->argc; i++) {
		const struct sim_json_val *list =
			sim_json_get(h->candles.val, cli->argv[i]);
		size_t n = sim_json_len(list);

		if (n > 1 && !sim_json_as_dec(sim_json_get(
				sim_json_at(list, n - 2), "close"),
				&q->last[i]))
			q->last[i] = 0;
		if (n)
			put_candle(cli, q, cli->argv[i],
				   sim_json_at(list, n - 1));
	}
	sim_backend_release(&m);
	return rc;
}

static void put_next(void *ctx, struct sim_cli *cli,
		     const struct sim_message_tick *t, const char *symbol,
		     const struct sim_json_val *c)
{
	(void)t;
	put_candle(cli, ctx, symbol, c);
}

static int quote(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	struct quotes q = {
		.last = sim_mem_arena_alloc(cli->arena, (size_t)cli->argc *
					    sizeof(*q.last)),
	};
	const struct sim_sess_stream s = {
		.session = id, .speed = speed, .candle = put_next, .ctx = &q,
	};
	int rc;

	if (watch)
		sim_out_stream(cli->out, cols);
	else
		sim_out_list(cli->out, cols);
	rc = put_now(cli, id, &q, err);
	if (!rc && watch && sim_out_wants_more(cli->out))
		rc = sim_sess_stream_run(cli, &s, err);
	sim_out_end(cli->out);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_sess s = SIM_SESS_INIT;
	int rc;

	if (speed && !watch)
		return sim_err_set(err, SIM_E_USAGE, "--speed goes with "
				   "--watch; without it the quote of now is "
				   "printed");
	rc = sim_sess_find(cli, session, watch ? SIM_SESS_STARTED :
			   SIM_SESS_STARTED | SIM_SESS_IN(COMPLETED), &s, err);
	if (!rc)
		rc = sim_sess_stream_check(cli, &s, err);
	if (!rc)
		rc = quote(cli, s.id, err);
	sim_sess_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_quote = {
	.name = "quote", .summary = "print prices of a session",
	.operands = "SYMBOL...", .min = 1, .max = -1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = opts, .cols = cols,
	.examples = examples, .run = run,
};
