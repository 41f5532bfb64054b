/* simutrador account: money as it stands. */
#include "cli/cli.h"

#include "cli/saved.h"
#include "cli/sess.h"

extern const struct sim_cmd sim_cmd_account;

static const struct sim_out_col account_cols[] = {
	{ "id", SIM_OUT_COL_ID }, { "cash", 0 }, { "equity", 0 },
	{ "buying_power", 0 }, { "day_pnl", 0 }, { "realized", 0 },
	{ "unrealized", 0 }, { "margin_used", 0 }, { "positions", 0 },
	{ "open_orders", 0 }, { NULL, 0 }
};
static const char *const account_examples[] = {
	"simutrador account -o table",
	NULL
};

static void put_account(struct sim_out *o, const char *id,
			const struct sim_message_account_snapshot *a)
{
	sim_out_object(o, account_cols);
	sim_out_str(o, "id", id);
	sim_out_dec(o, "cash", a->cash);
	sim_out_dec(o, "equity", a->equity);
	sim_out_dec(o, "buying_power", a->buying_power);
	sim_out_dec(o, "day_pnl", a->day_pnl);
	sim_out_dec(o, "realized", a->realized_pnl);
	sim_out_dec(o, "unrealized", a->unrealized_pnl);
	sim_out_dec(o, "margin_used", a->margin_used);
	sim_out_int(o, "positions", (int64_t)a->n_positions);
	sim_out_int(o, "open_orders", (int64_t)a->n_open_orders);
	sim_out_end(o);
}

/* What a run ended with; what it could still have bought isn't kept. */
static int put_run(struct sim_cli *cli, const char *id, struct sim_err *err)
{
	struct sim_out *o = cli->out;
	const struct sim_account *a;
	struct sim_folder *f;
	int64_t held = 0;
	int rc = sim_saved_open(cli, id, &f, err);

	if (rc)
		return rc;
	a = &f->result.account;
	for (uint32_t i = 0; i < f->result.nsyms; i++)
		held += f->result.positions[i].qty != 0;
	sim_out_object(o, account_cols);
	sim_out_str(o, "id", f->id);
	sim_out_dec(o, "cash", a->cash);
	sim_out_dec(o, "equity", a->equity);
	sim_out_dec(o, "realized", a->realized);
	sim_out_dec(o, "unrealized", a->value - a->open_cost);
	sim_out_int(o, "positions", held);
	sim_out_end(o);
	sim_folder_close(f);
	return SIM_OK;
}

static int run_account(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_account_snapshot *a;
	const char *given = cli->argc ? cli->argv[0] : NULL, *id;
	int rc;

	if (given && (sim_saved_is_run(given) ||
		      !sim_connect_has_sessions(cli)))
		return put_run(cli, given, err);
	rc = sim_sess_account(cli, given, &id, &m, &a, err);
	if (!rc)
		put_account(cli->out, id, a);
	sim_backend_release(&m);
	return rc;
}

const struct sim_cmd sim_cmd_account = {
	.name = "account", .summary = "print an account as it stands",
	.operands = "[RUN|SESSION]", .max = 1, .words = SIM_OPT_WORDS_EITHER,
	.cols = account_cols, .examples = account_examples,
	.run = run_account,
};
