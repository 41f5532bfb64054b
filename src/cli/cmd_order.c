/* simutrador order: what a run ordered. */
#include "cli/cli.h"

#include "cli/saved.h"

extern const struct sim_cmd sim_cmd_order_list;

static struct sim_run_out_filter filter;
static const char *const statuses[] = {
#define SIM_ORDER_STATUS(name, text, fix) text,
#include "model/order_status.def"
#undef SIM_ORDER_STATUS
	NULL
};

static const struct sim_opt opts[] = {
	{ SIM_OPT_ENUM, "status", .arg = "STATUS",
	  .help = "only orders that are or ended so",
	  .value = &filter.status, .choices = statuses },
	{ SIM_OPT_STR, "symbol", .arg = "SYMBOL", .help = "only of this symbol",
	  .value = &filter.symbol, .words = SIM_OPT_WORDS_SYMBOL },
	{ .kind = SIM_OPT_END }
};
static const char *const examples[] = {
	"simutrador order list last --status rejected",
	"simutrador order list last --limit 5 -o table",
	NULL
};

static const struct sim_out_col *cols_of(void)
{
	return sim_run_out_cols(SIM_RUN_OUT_ORDERS);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	return sim_saved_print(cli, SIM_RUN_OUT_ORDERS, filter, err);
}

const struct sim_cmd sim_cmd_order_list = {
	.name = "order list", .summary = "list a run's orders",
	.operands = "RUN", .min = 1, .max = 1, .words = SIM_OPT_WORDS_RUN,
	.opts = opts, .cols_of = cols_of,
	.examples = examples, .run = run,
};
