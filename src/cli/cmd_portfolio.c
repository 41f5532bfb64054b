/* simutrador portfolio: what a run held, or a session holds. */
#include "cli/cli.h"

#include <string.h>

#include "cli/saved.h"
#include "report/stats.h"

extern const struct sim_cmd sim_cmd_portfolio_show,
	sim_cmd_portfolio_positions, sim_cmd_portfolio_history,
	sim_cmd_portfolio_allocation;

/* Open the run or session, let `put` print, close. */
static int with_run(struct sim_cli *cli,
		    int (*put)(struct sim_cli *, const struct sim_folder *,
			       struct sim_err *), struct sim_err *err)
{
	struct sim_folder *f;
	int rc = sim_saved_open_either(cli, cli->argc ? cli->argv[0] : NULL,
				       &f, err);

	if (rc)
		return rc;
	rc = put(cli, f, err);
	sim_folder_close(f);
	return rc;
}

static double change(sim_dec from, sim_dec to)
{
	return sim_stats_change(sim_dec_to_double(from), sim_dec_to_double(to));
}

static double share(sim_dec part, sim_dec whole)
{
	return sim_dec_to_double(part) / sim_dec_to_double(whole);
}

/* -- show ---------------------------------------------------------------- */

static const struct sim_out_col show_cols[] = {
	{ "run_id", SIM_OUT_COL_ID }, { "time", 0 }, { "currency", 0 },
	{ "initial", 0 }, { "cash", 0 }, { "value", 0 }, { "gross", 0 },
	{ "equity", 0 }, { "realized", 0 }, { "unrealized", 0 },
	{ "dividends", 0 }, { "interest", 0 }, { "fees", 0 }, { "peak", 0 },
	{ "max_drawdown", 0 }, { "positions", 0 }, { NULL, 0 }
};
static const char *const show_examples[] = {
	"simutrador portfolio show last -o table",
	NULL
};

static int64_t count_positions(const struct sim_run_result *r)
{
	int64_t n = 0;

	for (uint32_t i = 0; i < r->nsyms; i++)
		n += r->positions[i].qty != 0;
	return n;
}

static int put_show(struct sim_cli *cli, const struct sim_folder *f,
		    struct sim_err *err)
{
	const struct sim_run_result *r = &f->result;
	const struct sim_account *a = &r->account;
	struct sim_out *o = cli->out;

	(void)err;
	sim_out_object(o, show_cols);
	sim_out_str(o, "run_id", f->id);
	sim_out_time(o, "time", r->last);
	if (r->nsyms)
		sim_out_str(o, "currency", r->instruments[0].currency);
	sim_out_dec(o, "initial", a->initial);
	sim_out_dec(o, "cash", a->cash);
	sim_out_dec(o, "value", a->value);
	sim_out_dec(o, "gross", a->gross);
	sim_out_dec(o, "equity", a->equity);
	sim_out_dec(o, "realized", a->realized);
	sim_out_dec(o, "unrealized", a->value - a->open_cost);
	sim_out_dec(o, "dividends", a->dividends);
	sim_out_dec(o, "interest", a->interest);
	sim_out_dec(o, "fees", a->fees);
	sim_out_dec(o, "peak", a->peak);
	sim_out_double(o, "max_drawdown", 0.0 - a->max_drawdown);
	sim_out_int(o, "positions", count_positions(r));
	sim_out_end(o);
	return SIM_OK;
}

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	return with_run(cli, put_show, err);
}

const struct sim_cmd sim_cmd_portfolio_show = {
	.name = "portfolio show", .summary = "print the account of a run",
	.operands = "[RUN|SESSION]", .max = 1, .words = SIM_OPT_WORDS_EITHER,
	.cols = show_cols, .examples = show_examples, .run = run_show,
};

/* -- positions ----------------------------------------------------------- */

static bool all;

static const struct sim_opt positions_opts[] = {
	{ SIM_OPT_FLAG, "all", .help = "closed positions too", .value = &all },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col positions_cols[] = {
	{ "symbol", SIM_OUT_COL_ID }, { "qty", 0 }, { "avg_price", 0 },
	{ "last", 0 }, { "cost", SIM_OUT_COL_WIDE }, { "value", 0 },
	{ "unrealized", 0 }, { "realized", 0 }, { "fees", 0 },
	{ "dividends", 0 }, { NULL, 0 }
};
static const char *const positions_examples[] = {
	"simutrador portfolio positions last --all -o table",
	NULL
};

/* cost / (qty * multiplier), left out when it does not fit. */
static void put_avg(struct sim_out *o, const struct sim_position *p,
		    const struct sim_instrument *ins)
{
	sim_dec units, avg;

	if (p->qty && sim_dec_mul(p->qty, ins->multiplier, &units) &&
	    units && sim_dec_div(units < 0 ? -p->cost : p->cost,
				 units < 0 ? -units : units, &avg))
		sim_out_dec(o, "avg_price", avg);
}

static void put_position(struct sim_out *o, const struct sim_instrument *ins,
			 const struct sim_position *p)
{
	sim_out_row(o);
	sim_out_str(o, "symbol", ins->symbol);
	sim_out_dec(o, "qty", p->qty);
	put_avg(o, p, ins);
	sim_out_dec(o, "last", p->last);
	sim_out_dec(o, "cost", p->cost);
	sim_out_dec(o, "value", p->value);
	sim_out_dec(o, "unrealized", p->value - p->cost);
	sim_out_dec(o, "realized", p->realized);
	sim_out_dec(o, "fees", p->fees);
	sim_out_dec(o, "dividends", p->dividends);
	sim_out_row_end(o);
}

static int put_positions(struct sim_cli *cli, const struct sim_folder *f,
			 struct sim_err *err)
{
	const struct sim_run_result *r = &f->result;

	(void)err;
	sim_out_list(cli->out, positions_cols);
	for (uint32_t i = 0; i < r->nsyms; i++)
		if (all || r->positions[i].qty)
			put_position(cli->out, &r->instruments[i],
				     &r->positions[i]);
	sim_out_end(cli->out);
	return SIM_OK;
}

static int run_positions(struct sim_cli *cli, struct sim_err *err)
{
	return with_run(cli, put_positions, err);
}

const struct sim_cmd sim_cmd_portfolio_positions = {
	.name = "portfolio positions",
	.summary = "list what a run holds",
	.operands = "[RUN|SESSION]", .max = 1, .words = SIM_OPT_WORDS_EITHER,
	.opts = positions_opts, .cols = positions_cols,
	.examples = positions_examples, .run = run_positions,
};

/* -- history ------------------------------------------------------------- */

static const struct sim_out_col history_cols[] = {
	{ "time", SIM_OUT_COL_ID }, { "equity", 0 }, { "return", 0 },
	{ "drawdown", 0 }, { "gross", 0 }, { "net", 0 }, { NULL, 0 }
};
static const char *const history_examples[] = {
	"simutrador portfolio history last --limit 5 -o table",
	NULL
};

static int put_history(struct sim_cli *cli, const struct sim_folder *f,
		       struct sim_err *err)
{
	const struct sim_run_equity *e = &f->result.equity;
	sim_dec before = f->result.account.initial, peak = before;
	struct sim_out *o = cli->out;
	size_t held = 0;

	(void)err;
	sim_out_list(o, history_cols);
	for (size_t i = 0; i < e->n && sim_out_wants_more(o); i++) {
		peak = e->value[i] > peak ? e->value[i] : peak;
		if (!e->eod[i] && i + 1 < e->n)
			continue;
		sim_out_row(o);
		sim_out_time(o, "time", e->time[i]);
		sim_out_dec(o, "equity", e->value[i]);
		sim_out_double(o, "return", change(before, e->value[i]));
		sim_out_double(o, "drawdown", change(peak, e->value[i]));
		sim_out_dec(o, "gross", e->gross[held]);
		sim_out_dec(o, "net", e->net[held++]);
		sim_out_row_end(o);
		before = e->value[i];
	}
	sim_out_end(o);
	return SIM_OK;
}

static int run_history(struct sim_cli *cli, struct sim_err *err)
{
	return with_run(cli, put_history, err);
}

const struct sim_cmd sim_cmd_portfolio_history = {
	.name = "portfolio history",
	.summary = "print equity at each session close",
	.operands = "[RUN|SESSION]", .max = 1, .words = SIM_OPT_WORDS_EITHER,
	.cols = history_cols,
	.examples = history_examples, .run = run_history,
};

/* -- allocation ---------------------------------------------------------- */

static const struct sim_out_col allocation_cols[] = {
	{ "asset", SIM_OUT_COL_ID }, { "class", 0 }, { "value", 0 },
	{ "weight", 0 }, { NULL, 0 }
};
static const char *const allocation_examples[] = {
	"simutrador portfolio allocation last",
	NULL
};

static void put_asset(struct sim_out *o, const char *asset, const char *class,
		      sim_dec value, sim_dec equity)
{
	sim_out_row(o);
	sim_out_str(o, "asset", asset);
	sim_out_str(o, "class", class);
	sim_out_dec(o, "value", value);
	sim_out_double(o, "weight", share(value, equity));
	sim_out_row_end(o);
}

static int put_allocation(struct sim_cli *cli, const struct sim_folder *f,
			  struct sim_err *err)
{
	const struct sim_run_result *r = &f->result;

	(void)err;
	sim_out_list(cli->out, allocation_cols);
	put_asset(cli->out, r->nsyms ? r->instruments[0].currency : "cash",
		  "cash", r->account.cash, r->account.equity);
	for (uint32_t i = 0; i < r->nsyms; i++) {
		const struct sim_instrument *ins = &r->instruments[i];

		if (r->positions[i].qty)
			put_asset(cli->out, ins->symbol,
				  sim_vocab_asset_class_text(ins->asset_class),
				  r->positions[i].value, r->account.equity);
	}
	sim_out_end(cli->out);
	return SIM_OK;
}

static int run_allocation(struct sim_cli *cli, struct sim_err *err)
{
	return with_run(cli, put_allocation, err);
}

const struct sim_cmd sim_cmd_portfolio_allocation = {
	.name = "portfolio allocation",
	.summary = "print what equity consists of",
	.operands = "[RUN|SESSION]", .max = 1, .words = SIM_OPT_WORDS_EITHER,
	.cols = allocation_cols, .examples = allocation_examples,
	.run = run_allocation,
};
