/*
 * measure: a few metrics of a run, without the rest of its report.
 *
 * The figures are those of sim_report_build, bit for bit; what nobody wants is
 * not computed.
 */
#ifndef SIM_MEASURE_H
#define SIM_MEASURE_H

#include "report/report.h"

struct sim_measure {
	bool want[SIM_METRICS__COUNT];
	/* The deepest drawdown over every point, a positive fraction, where
	 * somebody has watched it; NaN: it is looked for. */
	double max_drawdown;
	/* The returns of the newest run, n of them; memory that is used
	 * again. */
	size_t n;
	double *ret;
	int64_t *day;
	size_t cap_ret, cap_day;
};
#define SIM_MEASURE_INIT { .max_drawdown = __builtin_nan("") }

/*
 * Fill in the wanted metrics; all others are NaN.
 *
 * Shape:  in->bench is not looked at: the benchmark group is undefined.
 * Errors: those of sim_trades_build, when a metric of trades is wanted.
 * Cost:   O(closes) for returns and ratios, O(curve) for drawdowns and costs,
 *         O(fills) for trades.
 */
int sim_measure_run(struct sim_measure *w, const struct sim_report_input *in,
		    struct sim_metrics *m, struct sim_err *err) SIM_MUST_CHECK;
void sim_measure_release(struct sim_measure *w);

/* Is any metric of this group wanted? */
bool sim_measure_wants(const struct sim_measure *w,
		       enum sim_metrics_group group);

#endif
