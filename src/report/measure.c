/* measure: the parts of a report that the wanted metrics need. */
#include "report/measure.h"

#include <math.h>

#include "report/exposure.h"
#include "report/stats.h"
#include "util/mem.h"

bool sim_measure_wants(const struct sim_measure *w,
		       enum sim_metrics_group group)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		if (w->want[i] &&
		    sim_metrics_row((enum sim_metrics_id)i)->group == group)
			return true;
	return false;
}

/* Returns at the closes, with their days; gives their number. */
static size_t sample(struct sim_measure *w, const struct sim_report_input *in)
{
	const struct sim_report_curve *c = &in->curve;
	double last = sim_dec_to_double(in->initial);
	size_t n = 0;

	for (size_t i = sim_report_sample(c, 0); i < c->n;
	     i = sim_report_sample(c, i + 1)) {
		double level = sim_dec_to_double(c->equity[i]);

		SIM_MEM_GROW(w->ret, w->cap_ret, n + 1);
		SIM_MEM_GROW(w->day, w->cap_day, n + 1);
		w->day[n] = sim_metrics_day(c->time[i]);
		w->ret[n++] = last > 0 ? sim_stats_change(last, level) : NAN;
		last = level;
	}
	return n;
}

/* What is looked for along the curve, but for its deepest point. */
static bool wants_curve(const struct sim_measure *w)
{
	if (!(w->max_drawdown >= 0))
		return true;
	for (int i = SIM_METRICS_DD_START; i <= SIM_METRICS_AVG_DRAWDOWN; i++)
		if (w->want[i])
			return true;
	return false;
}

static size_t measure_series(struct sim_measure *w,
			     const struct sim_report_input *in,
			     struct sim_metrics *m)
{
	const struct sim_report_curve *c = &in->curve;
	const double ends[2] = {
		sim_dec_to_double(in->initial),
		sim_dec_to_double(c->n ? c->equity[c->n - 1] : in->initial),
	};
	struct sim_drawdown dd = {
		.top = { { .depth = -w->max_drawdown } },
		.n = w->max_drawdown > 0,
	};
	struct sim_metrics_input x = {
		.n = sample(w, in), .n_curve = c->n + 1,
		.ret = w->ret, .day = w->day, .ends = ends,
		.start_day = in->start == SIM_TIME_NONE ? SIM_METRICS_NO_DAY :
			     sim_time_day_of(in->start),
		.curve_time = c->time, .drawdown = &dd,
		.periods_per_year = in->periods_per_year, .rf = in->rf,
		.annualize_short = in->annualize_short, .want = w->want,
	};

	if (wants_curve(w))
		sim_drawdown_of_equity(in->initial, c->equity, c->n, &dd);
	sim_metrics_series(&x, m);
	return x.n;
}

static int measure_trades(const struct sim_measure *w,
			  const struct sim_report_input *in,
			  struct sim_metrics *m, struct sim_err *err)
{
	const struct sim_report_curve *c = &in->curve;
	struct sim_trades trades = SIM_TRADES_INIT;
	struct sim_trades_input t = {
		.fills = in->fills, .n_fills = in->n_fills,
		.adjusts = in->adjusts, .n_adjusts = in->n_adjusts,
		.instruments = in->instruments, .positions = in->positions,
		.n_symbols = in->n_symbols,
		/* Steps are walked to count the bars of a trade. */
		.steps = w->want[SIM_METRICS_AVG_BARS] ? c->time : NULL,
		.n_steps = c->n, .stop = in->fill_stop, .reach = in->reach,
		.end = c->n ? c->time[c->n - 1] : in->start,
	};
	int rc = sim_trades_build(&t, &trades, err);

	if (rc)
		return rc;
	sim_trades_metrics(&trades, m);
	sim_trades_release(&trades);
	return SIM_OK;
}

/* Costs and turnover are a share of the mean equity, over every point. */
static void measure_costs(const struct sim_measure *w,
			  const struct sim_report_input *in, size_t n,
			  struct sim_metrics *m)
{
	struct sim_report r = { .in = in, .n = n };

	if (sim_measure_wants(w, SIM_METRICS_GROUP_EXPOSURE) ||
	    sim_measure_wants(w, SIM_METRICS_GROUP_COST) ||
	    w->want[SIM_METRICS_AMBIGUOUS_FILLS] ||
	    w->want[SIM_METRICS_SYNTHETIC_BAR_FILLS] ||
	    w->want[SIM_METRICS_FILL_RATIO])
		sim_exposure_metrics(&r, m);
	m->v[SIM_METRICS_FILLS] = (double)in->n_fills;
	m->v[SIM_METRICS_REJECTED] = (double)in->orders.rejected;
	m->v[SIM_METRICS_EXPIRED] = (double)in->orders.expired;
}

int sim_measure_run(struct sim_measure *w, const struct sim_report_input *in,
		    struct sim_metrics *m, struct sim_err *err)
{
	struct sim_metrics made;
	size_t n;
	int rc = SIM_OK;

	sim_metrics_init(&made);
	w->n = n = measure_series(w, in, &made);
	if (sim_measure_wants(w, SIM_METRICS_GROUP_TRADE))
		rc = measure_trades(w, in, &made, err);
	if (rc)
		return rc;
	measure_costs(w, in, n, &made);
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		m->v[i] = w->want[i] ? made.v[i] : NAN;
	return SIM_OK;
}

void sim_measure_release(struct sim_measure *w)
{
	sim_mem_free(w->ret);
	sim_mem_free(w->day);
	*w = (struct sim_measure)SIM_MEASURE_INIT;
}
