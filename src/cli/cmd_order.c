/* simutrador order list, show, cancel, replace. */
#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/order_text.h"
#include "cli/saved.h"
#include "cli/sess_log.h"
#include "util/mem.h"

extern const struct sim_cmd sim_cmd_order_list, sim_cmd_order_show,
	sim_cmd_order_cancel, sim_cmd_order_replace;

static struct sim_run_out_filter filter;
static const char *session;
static const char *const statuses[] = {
#define SIM_ORDER_STATUS(name, text, fix) text,
#include "model/order_status.def"
#undef SIM_ORDER_STATUS
	NULL
};

static const struct sim_out_col *cols_of(void)
{
	return sim_run_out_cols(SIM_RUN_OUT_ORDERS);
}

/* -- of a session ---------------------------------------------------------- */

/* Its orders, from its log and its names. */
static int print_session(struct sim_cli *cli, const char *id,
			 struct sim_err *err)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_sess_log l = SIM_SESS_LOG_INIT;
	struct sim_run_out out = { .result = &r, .filter = filter };
	struct sim_sess s = SIM_SESS_INIT;
	int rc = sim_sess_find(cli, id, SIM_SESS_LOADED, &s, err);

	if (!rc)
		rc = sim_sess_log_fetch(cli, s.id, &l, err);
	if (!rc) {
		out.has_names = true;
		out.names = (const char *const *)l.names;
		out.nnames = l.nnames;
		sim_sess_log_result(&s, &l, &r);
		rc = sim_run_out_print(cli->out, &out, SIM_RUN_OUT_ORDERS,
				       err);
	}
	sim_run_result_release(&r);
	sim_sess_log_release(&l);
	sim_sess_release(&s);
	return rc;
}

/* -- list ------------------------------------------------------------------ */

static const struct sim_opt opts[] = {
	{ SIM_OPT_ENUM, "status", .arg = "STATUS",
	  .help = "only orders that are or ended so",
	  .value = &filter.status, .choices = statuses },
	{ SIM_OPT_FLAG, "open", .help = "only orders that have not ended",
	  .value = &filter.open },
	{ SIM_OPT_STR, "symbol", .arg = "SYMBOL", .help = "only of this symbol",
	  .value = &filter.symbol, .words = SIM_OPT_WORDS_SYMBOL },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador order list last --status rejected",
	"simutrador order list last --limit 5 -o table",
	NULL
};

static int run(struct sim_cli *cli, struct sim_err *err)
{
	const char *id = cli->argc ? cli->argv[0] : NULL;

	if (id && (sim_saved_is_run(id) || !sim_connect_has_sessions(cli)))
		return sim_saved_print(cli, SIM_RUN_OUT_ORDERS, filter, err);
	return print_session(cli, id, err);
}

const struct sim_cmd sim_cmd_order_list = {
	.name = "order list", .summary = "list the orders of a run or session",
	.operands = "[RUN|SESSION]", .max = 1,
	.words = SIM_OPT_WORDS_EITHER,
	.opts = opts, .cols_of = cols_of,
	.examples = examples, .run = run,
};

/* -- show ------------------------------------------------------------------ */

static const struct sim_opt show_opts[] = {
	SIM_SESS_OPT(session),
	{ .kind = SIM_OPT_END }
};
static const char *const show_examples[] = {
	"simutrador order show first",
	NULL
};

static int run_show(struct sim_cli *cli, struct sim_err *err)
{
	int rc;

	filter.name = cli->argv[0];
	rc = print_session(cli, session, err);
	if (!rc && !sim_out_rows(cli->out) && !cli->common->where)
		rc = sim_err_set(err, SIM_E_NOENT, "the session has no order "
				 "'%.64s'; order list shows them",
				 cli->argv[0]);
	return rc;
}

const struct sim_cmd sim_cmd_order_show = {
	.name = "order show", .summary = "show an order of a session",
	.operands = "ORDER", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_ORDER, .opts = show_opts, .cols_of = cols_of,
	.examples = show_examples, .run = run_show,
};

/* -- cancel ---------------------------------------------------------------- */

static const struct sim_out_col change_cols[] = {
	{ "order", SIM_OUT_COL_ID }, { "status", 0 }, { "qty", 0 },
	{ "limit", 0 }, { "stop", 0 }, { NULL, 0 }
};

static bool cancel_all;
static const char *cancel_symbol;

static const struct sim_opt cancel_opts[] = {
	{ SIM_OPT_FLAG, "all", .help = "all that are open",
	  .value = &cancel_all },
	{ SIM_OPT_STR, "symbol", .arg = "SYMBOL",
	  .help = "with --all: of this symbol", .value = &cancel_symbol,
	  .words = SIM_OPT_WORDS_SYMBOL },
	SIM_SESS_OPT(session),
	{ .kind = SIM_OPT_END }
};
static const char *const cancel_examples[] = {
	"simutrador order cancel --all --symbol ACME",
	NULL
};

static void put_changed(struct sim_out *o, const char *order,
			const char *status)
{
	sim_out_row(o);
	sim_out_str(o, "order", order);
	sim_out_str(o, "status", status);
	sim_out_row_end(o);
}

static int cancel_these(struct sim_cli *cli, const char *id,
			struct sim_err *err)
{
	int rc = SIM_OK;

	for (int i = 0; !rc && i < cli->argc; i++) {
		const struct sim_message_cancel_order m = {
			.order_id = cli->argv[i],
		};

		rc = sim_connect_tell(cli, SIM_MESSAGE_cancel_order, &m, id,
				      err);
		if (!rc)
			put_changed(cli->out, cli->argv[i], "cancelled");
	}
	return rc;
}

static bool is_listed(const struct sim_message_current_orders *l,
		      const char *order)
{
	for (size_t i = 0; i < l->n_orders; i++)
		if (!strcmp(l->orders[i].order_id, order))
			return true;
	return false;
}

/* Those that were open and no longer are. */
static int cancel_open(struct sim_cli *cli, const char *id,
		       struct sim_err *err)
{
	const bool has = cancel_symbol != NULL;
	const struct sim_message_query_orders q = { cancel_symbol, has, 0 };
	const struct sim_message_cancel_all c = { cancel_symbol, has, 0 };
	struct sim_backend_message was = SIM_BACKEND_MESSAGE_INIT;
	struct sim_backend_message is = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_current_orders *before;
	int rc = sim_connect_call(cli, SIM_MESSAGE_query_orders, &q, id, &was,
				  err);

	if (!rc)
		rc = sim_connect_call(cli, SIM_MESSAGE_cancel_all, &c, id, &is,
				      err);
	before = was.m.data;
	for (size_t i = 0; !rc && i < before->n_orders; i++)
		if (!is_listed(is.m.data, before->orders[i].order_id))
			put_changed(cli->out, before->orders[i].order_id,
				    "cancelled");
	sim_backend_release(&was);
	sim_backend_release(&is);
	return rc;
}

static int run_cancel(struct sim_cli *cli, struct sim_err *err)
{
	const char *id;
	int rc;

	if (cancel_all == (cli->argc > 0))
		return sim_err_set(err, SIM_E_USAGE, "order cancel needs "
				   "orders or --all, and not both");
	if (cancel_symbol && !cancel_all)
		return sim_err_set(err, SIM_E_USAGE, "--symbol goes with "
				   "--all; an order is named alone");
	rc = sim_sess_id(cli, session, SIM_SESS_STARTED, &id, err);
	if (rc)
		return rc;
	sim_out_list(cli->out, change_cols);
	rc = cancel_all ? cancel_open(cli, id, err) :
		cancel_these(cli, id, err);
	sim_out_end(cli->out);
	return rc;
}

const struct sim_cmd sim_cmd_order_cancel = {
	.name = "order cancel", .summary = "cancel open orders of a session",
	.operands = "[ORDER...]", .max = -1, .words = SIM_OPT_WORDS_ORDER,
	.opts = cancel_opts, .cols = change_cols, .examples = cancel_examples,
	.flags = SIM_CMD_ACTS, .run = run_cancel,
};

/* -- replace --------------------------------------------------------------- */

static sim_dec new_price, new_stop, new_quantity;

static const struct sim_opt replace_opts[] = {
	{ SIM_OPT_DEC, "price", .arg = "PRICE", .help = "new limit",
	  .value = &new_price, .lo = 1, .hi = INT64_MAX },
	{ SIM_OPT_DEC, "stop", .arg = "PRICE", .help = "new stop",
	  .value = &new_stop, .lo = 1, .hi = INT64_MAX },
	{ SIM_OPT_DEC, "quantity", .arg = "N",
	  .help = "new quantity, what has filled included",
	  .value = &new_quantity, .lo = 1, .hi = INT64_MAX },
	SIM_SESS_OPT(session),
	{ .kind = SIM_OPT_END }
};
static const char *const replace_examples[] = {
	"simutrador order replace first --price 69.5",
	NULL
};

static void put_replaced(struct sim_out *o, const char *order)
{
	sim_out_row(o);
	sim_out_str(o, "order", order);
	sim_out_str(o, "status", "replaced");
	if (new_quantity)
		sim_out_dec(o, "qty", new_quantity);
	if (new_price)
		sim_out_dec(o, "limit", new_price);
	if (new_stop)
		sim_out_dec(o, "stop", new_stop);
	sim_out_row_end(o);
}

static int run_replace(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_message_replace_order m = {
		.order_id = cli->argv[0],
		.price = new_price, .has_price = new_price > 0,
		.stop_price = new_stop, .has_stop_price = new_stop > 0,
		.quantity = new_quantity, .has_quantity = new_quantity > 0,
	};
	const char *id;
	int rc;

	if (!new_price && !new_stop && !new_quantity)
		return sim_err_set(err, SIM_E_USAGE, "order replace needs "
				   "something new: --price, --stop or "
				   "--quantity");
	rc = sim_sess_id(cli, session, SIM_SESS_STARTED, &id, err);
	if (!rc)
		rc = sim_connect_tell(cli, SIM_MESSAGE_replace_order, &m, id,
				      err);
	if (rc)
		return rc;
	sim_out_list(cli->out, change_cols);
	put_replaced(cli->out, cli->argv[0]);
	sim_out_end(cli->out);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_order_replace = {
	.name = "order replace", .summary = "change an open order of a session",
	.operands = "ORDER", .min = 1, .max = 1,
	.words = SIM_OPT_WORDS_ORDER, .opts = replace_opts,
	.cols = change_cols, .examples = replace_examples,
	.flags = SIM_CMD_ACTS, .run = run_replace,
};
