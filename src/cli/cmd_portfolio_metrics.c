/* simutrador portfolio metrics: how a run or session did, in numbers. */
#include "cli/cli.h"

#include "cli/saved.h"
#include "cli/tear.h"
#include "report/metrics.h"

extern const struct sim_cmd sim_cmd_portfolio_metrics;

static const char *const examples[] = {
	"simutrador portfolio metrics last --fields total_return,sharpe",
	NULL
};

static const struct sim_out_col *cols_of(void)
{
	static struct sim_out_col cols[SIM_METRICS__COUNT + 1];

	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		cols[i].name = sim_metrics_row((enum sim_metrics_id)i)->key;
	return cols;
}

static void put(struct sim_out *o, const struct sim_metrics *x)
{
	sim_out_object(o, cols_of());
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		sim_tear_metric(o, (enum sim_metrics_id)i, x);
	sim_out_end(o);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_tear_opts how = { .run_id = NULL };
	struct sim_folder *f;
	struct sim_tear t;
	int rc = sim_saved_tear(cli, cli->argc ? cli->argv[0] : NULL, &how,
				&f, &t, err);

	if (rc)
		return rc;
	put(cli->out, &t.report.metrics);
	sim_tear_release(&t);
	sim_folder_close(f);
	return SIM_OK;
}

const struct sim_cmd sim_cmd_portfolio_metrics = {
	.name = "portfolio metrics",
	.summary = "print the statistics of a run",
	.operands = "[RUN|SESSION]", .max = 1, .words = SIM_OPT_WORDS_EITHER,
	.cols_of = cols_of, .examples = examples, .run = run,
};
