/* sweep_luck: the rows once, the best point again, two sentences. */
#include "cli/sweep_luck.h"

#include <math.h>

static int scan(struct sim_sweep_rows *rows, struct sim_luck_sharpe *sharpe,
		struct sim_err *err)
{
	const char *text;
	struct sim_row row;
	size_t n;
	double v;
	int rc;

	sim_sweep_rows_rewind(rows);
	while ((rc = sim_sweep_rows_read(rows, &row, &text, &n, err)) == 1) {
		if (sim_json_as_double(sim_json_get(row.root, "sharpe"), &v))
			sim_luck_sharpe_add(sharpe, row.number, v);
		sim_row_release(&row);
	}
	return rc;
}

static int say_deflated(const struct sim_cli *cli, const struct sim_sweep *s,
			const struct sim_luck_sharpe *sharpe,
			struct sim_err *err)
{
	const bool want[SIM_METRICS__COUNT] = {
		[SIM_METRICS_SHARPE_SE] = true
	};
	struct sim_metrics m;
	double p;
	int rc;

	if (sharpe->n < 2)
		return SIM_OK;
	rc = sim_sweep_again(s, sharpe->at, want, &m, err);
	if (rc)
		return rc;
	p = sim_luck_sharpe_deflated(sharpe, m.v[SIM_METRICS_SHARPE_SE]);
	if (isfinite(p))
		sim_cli_note(cli, "The best Sharpe ratio of %.0f trials is"
			     " %.2f; without any skill the best of as many"
			     " would have %.2f. It is more than luck with a"
			     " probability of %.1f%% (deflated Sharpe ratio).",
			     sharpe->n, sharpe->best,
			     sim_luck_sharpe_expected(sharpe), 100 * p);
	return SIM_OK;
}

int sim_sweep_luck_say(const struct sim_cli *cli, const struct sim_sweep *s,
		       struct sim_sweep_rows *rows,
		       const struct sim_luck *luck, struct sim_err *err)
{
	struct sim_luck_sharpe sharpe = SIM_LUCK_SHARPE_INIT;
	double pbo = NAN;
	int rc;

	if (cli->common->quiet || !cli->term.err_tty)
		return SIM_OK;
	rc = scan(rows, &sharpe, err);
	if (!rc)
		rc = say_deflated(cli, s, &sharpe, err);
	if (!rc && luck)
		pbo = sim_luck_pbo(luck);
	if (isfinite(pbo))
		sim_cli_note(cli, "The best in one half of the time is below"
			     " the median in the other with a probability of"
			     " %.1f%% (PBO: of backtest overfitting).",
			     100 * pbo);
	return rc;
}
