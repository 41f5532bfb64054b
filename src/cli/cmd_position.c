/* simutrador position: what a session holds now. */
#include "cli/cli.h"

#include <string.h>

#include "cli/order_send.h"
#include "cli/order_text.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_position_list, sim_cmd_position_show,
	sim_cmd_position_close;

static const char *session;

/* -- positions ------------------------------------------------------------- */

static const struct sim_out_col cols[] = {
	{ "symbol", SIM_OUT_COL_ID }, { "side", 0 }, { "qty", 0 },
	{ "avg_price", 0 }, { "value", 0 }, { "unrealized", 0 }, { NULL, 0 }
};

static void put_fields(struct sim_out *o, const struct sim_message_position *p)
{
	sim_out_str(o, "symbol", p->symbol);
	sim_out_str(o, "side", p->quantity < 0 ? "short" : "long");
	sim_out_dec(o, "qty", p->quantity);
	sim_out_dec(o, "avg_price", p->avg_cost);
	sim_out_dec(o, "value", p->market_value);
	sim_out_dec(o, "unrealized", p->unrealized_pnl);
}

static const struct sim_message_position *
find(const struct sim_message_account_snapshot *a, const char *symbol)
{
	for (size_t i = 0; i < a->n_positions; i++)
		if (!strcmp(a->positions[i].symbol, symbol))
			return &a->positions[i];
	return NULL;
}

static int not_held(const char *id, const char *symbol, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_NOENT, "session %s holds no %.40s; "
			   "position list shows what it holds", id, symbol);
}

static const char *const list_examples[] = {
	"simutrador position list -o table",
	NULL
};

static int run_list(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_account_snapshot *a;
	const char *id;
	int rc = sim_sess_account(cli, cli->argc ? cli->argv[0] : NULL, &id,
				  &m, &a, err);

	if (rc)
		return rc;
	sim_out_list(cli->out, cols);
	for (size_t i = 0; i < a->n_positions; i++) {
		sim_out_row(cli->out);
		put_fields(cli->out, &a->positions[i]);
		sim_out_row_end(cli->out);
	}
	sim_out_end(cli->out);
	sim_backend_release(&m);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_position_list = {
	.name = "position list", .summary = "list what a session holds",
	.operands = "[SESSION]", .max = 1, .words = SIM_OPT_WORDS_SESSION,
	.cols = cols, .examples = list_examples, .run = run_list,
};

static const struct sim_opt show_opts[] = {
	SIM_SESS_OPT(session),
	{ .kind = SIM_OPT_END }
};
static const char *const show_examples[] = {
	"simutrador position show ACME",
	NULL
};

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_account_snapshot *a;
	const struct sim_message_position *p = NULL;
	const char *id;
	int rc = sim_sess_account(cli, session, &id, &m, &a, err);

	if (!rc)
		p = find(a, cli->argv[0]);
	if (!rc && !p)
		rc = not_held(id, cli->argv[0], err);
	if (!rc) {
		sim_out_object(cli->out, cols);
		put_fields(cli->out, p);
		sim_out_end(cli->out);
	}
	sim_backend_release(&m);
	return rc;
}

const struct sim_cmd sim_cmd_position_show = {
	.name = "position show", .summary = "show a position of a session",
	.operands = "SYMBOL", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_SYMBOL, .opts = show_opts, .cols = cols,
	.examples = show_examples, .run = run_show,
};

/* -- close ----------------------------------------------------------------- */

static bool close_all, dry_run;
static sim_dec share = 100 * SIM_DEC_ONE;

static const struct sim_opt close_opts[] = {
	{ SIM_OPT_FLAG, "all", .help = "all that is held",
	  .value = &close_all },
	{ SIM_OPT_DEC, "pct", .arg = "N",
	  .help = "so many percent of it (default 100)", .value = &share,
	  .lo = 1, .hi = 100 * SIM_DEC_ONE },
	{ SIM_OPT_FLAG, "dry-run",
	  .help = "say what it would cost, and send nothing",
	  .value = &dry_run },
	SIM_SESS_OPT(session),
	{ .kind = SIM_OPT_END }
};
static const char *const close_examples[] = {
	"simutrador position close ACME --pct 50 --dry-run",
	NULL
};

/* A part of a position: whole lots of it. */
static sim_dec part_of(sim_dec qty, sim_dec lot)
{
	sim_dec abs = qty < 0 ? -qty : qty, part;

	if (share == 100 * SIM_DEC_ONE ||
	    !sim_dec_mul(abs, share, &part))
		return abs;
	part /= 100;
	return lot > 0 ? part - part % lot : part;
}

static sim_dec lot_of(const struct sim_sess *s, const char *symbol)
{
	sim_dec lot = 0;

	if (s->info->has_instruments &&
	    sim_json_as_dec(sim_json_get(
		    sim_json_get(s->info->instruments.val, symbol), "lot"),
		    &lot))
		return lot;
	return 0;
}

static struct sim_message_order order_of(const struct sim_message_position *p,
					 sim_dec lot)
{
	return (struct sim_message_order){
		.symbol = p->symbol, .has_symbol = true,
		.side = p->quantity < 0 ? SIM_SIDE_BUY : SIM_SIDE_SELL,
		.has_side = true,
		.type = SIM_ORDER_TYPE_MARKET, .has_type = true,
		.quantity = part_of(p->quantity, lot), .has_quantity = true,
		.reduce_only = true, .has_reduce_only = true,
	};
}

static int close_these(struct sim_cli *cli, const struct sim_sess *s,
		       const struct sim_message_account_snapshot *a,
		       struct sim_err *err)
{
	struct sim_order_send send = {
		.session = s->id, .dry_run = dry_run,
		.orders = sim_mem_arena_alloc(cli->arena,
			(a->n_positions + 1) * sizeof(*send.orders)),
	};

	for (size_t i = 0; i < a->n_positions; i++) {
		const struct sim_message_position *p = &a->positions[i];
		struct sim_message_order o = order_of(p, lot_of(s, p->symbol));

		if ((close_all || !strcmp(p->symbol, cli->argv[0])) &&
		    o.quantity)
			send.orders[send.n++] = o;
	}
	if (!send.n && !close_all)
		return find(a, cli->argv[0]) ?
			sim_err_set(err, SIM_E_USAGE, "--pct of the position "
				    "in %s is less than one lot",
				    cli->argv[0]) :
			not_held(s->id, cli->argv[0], err);
	if (!send.n) {
		sim_out_list(cli->out, sim_order_send_cols);
		sim_out_end(cli->out);
		return SIM_OK;
	}
	return sim_order_send_batch(cli, &send, err);
}

static int run_close(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_account_snapshot *a;
	struct sim_sess s = SIM_SESS_INIT;
	const char *id;
	int rc;

	if (close_all == (cli->argc > 0))
		return sim_err_set(err, SIM_E_USAGE, "position close needs a "
				   "symbol or --all, and not both");
	rc = sim_sess_find(cli, session, SIM_SESS_STARTED, &s, err);
	if (!rc)
		rc = sim_sess_account(cli, s.id, &id, &m, &a, err);
	if (!rc)
		rc = close_these(cli, &s, a, err);
	sim_backend_release(&m);
	sim_sess_release(&s);
	return rc;
}

const struct sim_cmd sim_cmd_position_close = {
	.name = "position close", .summary = "sell, or buy back, what is held",
	.operands = "[SYMBOL]", .max = 1, .words = SIM_OPT_WORDS_SYMBOL,
	.opts = close_opts, .cols = sim_order_send_cols,
	.examples = close_examples, .flags = SIM_CMD_ACTS, .run = run_close,
};
