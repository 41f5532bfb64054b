/* exposure: one pass over fills and splits, one over the curve. */
#include "report/exposure.h"

#include <math.h>

#include "report/stats.h"
#include "report/trades.h"
#include "util/fmath.h"
#include "util/mem.h"

/* How many symbols are held, and for how long any was. */
struct holding {
	sim_dec *qty;			/* by symbol, signed */
	size_t n;
	sim_time since;
	double total;			/* ns */
};

static void hold(struct holding *h, uint32_t sym, sim_dec qty, sim_time t)
{
	bool held = qty != 0, was = h->qty[sym] != 0;

	h->qty[sym] = qty;
	if (held == was)
		return;
	if (held && !h->n++)
		h->since = t;
	else if (!held && !--h->n)
		h->total += (double)(t - h->since);
}

static double time_held(const struct sim_report_input *in, sim_time end)
{
	struct holding h = { NULL, 0, 0, 0 };
	size_t a = 0;

	h.qty = sim_mem_array(in->n_symbols + 1, sizeof(*h.qty));
	for (size_t i = 0; i < in->n_fills; i++) {
		const struct sim_fill *f = &in->fills[i];

		for (; a < in->n_adjusts && in->adjusts[a].time < f->time; a++)
			hold(&h, in->adjusts[a].sym, in->adjusts[a].qty_after,
			     in->adjusts[a].time);
		hold(&h, f->sym, h.qty[f->sym] + (f->side == SIM_SIDE_BUY
						  ? f->qty : -f->qty),
		     f->time);
	}
	for (; a < in->n_adjusts; a++)
		hold(&h, in->adjusts[a].sym, in->adjusts[a].qty_after,
		     in->adjusts[a].time);
	if (h.n)
		h.total += (double)(end - h.since);
	sim_mem_free(h.qty);
	return h.total;
}

static void time_group(const struct sim_report *r, struct sim_metrics *m)
{
	const struct sim_report_input *in = r->in;
	sim_time from, to;

	if (!in->curve.n)
		return;
	from = in->start != SIM_TIME_NONE ? in->start : in->curve.time[0];
	to = in->curve.time[in->curve.n - 1];
	m->v[SIM_METRICS_EXPOSURE_TIME] =
		sim_stats_ratio(time_held(in, to), (double)(to - from));
}

/* Mean and highest of held / equity at closes, where equity is above zero. */
static void leverage(const struct sim_report_curve *c, const sim_dec *held,
		     double *mean, double *high)
{
	struct sim_fmath_sum sum = { 0, 0 };
	size_t n = 0;

	for (size_t i = sim_report_sample(c, 0); held && i < c->n;
	     i = sim_report_sample(c, i + 1)) {
		double v = (double)*held++ / (double)c->equity[i];

		if (c->equity[i] <= 0)
			continue;
		sim_fmath_sum_add(&sum, v);
		*high = v <= *high ? *high : v;
		n++;
	}
	if (n)
		*mean = sim_fmath_sum_get(&sum) / (double)n;
}

/* Exact sums; a cost beyond a decimal makes them unknown. */
struct flow {
	sim_dec_wide traded, commission, slippage;
	double ambiguous, synthetic;
	bool is_unknown;
};

static void add_fill(const struct sim_report_input *in,
		     const struct sim_fill *f, struct flow *s)
{
	const struct sim_instrument *i = &in->instruments[f->sym];
	sim_dec slip = f->price > f->base_price ? f->price - f->base_price
						: f->base_price - f->price;
	sim_dec traded, cost = 0;

	s->ambiguous += f->ambiguous;
	s->synthetic += f->synthetic;
	if (!sim_trades_value(f, i, f->price, &traded) ||
	    (f->base_price && !sim_trades_value(f, i, slip, &cost))) {
		s->is_unknown = true;
		return;
	}
	s->traded += traded;
	s->commission += f->commission;
	s->slippage += cost;
}

/* Over all points, exact before the division. */
static double mean_equity(const struct sim_report_curve *c)
{
	sim_dec_wide sum = 0;

	for (size_t i = 0; i < c->n; i++)
		sum += c->equity[i];
	return c->n ? sim_dec_wide_to_double(sum) / (double)c->n : NAN;
}

static void cost_group(const struct sim_report *r, const struct flow *s,
		       struct sim_metrics *m)
{
	sim_dec_wide financing = -(sim_dec_wide)r->in->interest;
	sim_dec_wide total = s->commission + s->slippage +
		r->in->borrow_fees + financing;
	double mean = mean_equity(&r->in->curve);

	if (s->is_unknown)
		return;
	m->v[SIM_METRICS_COST_COMMISSION] =
		sim_dec_wide_to_double(s->commission);
	m->v[SIM_METRICS_COST_SLIPPAGE] = sim_dec_wide_to_double(s->slippage);
	m->v[SIM_METRICS_COST_BORROW] = sim_dec_to_double(r->in->borrow_fees);
	m->v[SIM_METRICS_COST_FINANCING] = sim_dec_wide_to_double(financing);
	m->v[SIM_METRICS_COST_TOTAL] = sim_dec_wide_to_double(total);
	if (!(mean > 0))
		return;
	m->v[SIM_METRICS_COST_BPS_PER_YEAR] = sim_stats_ratio(
		10000 * m->v[SIM_METRICS_COST_TOTAL] / mean,
		m->v[SIM_METRICS_YEARS]);
	m->v[SIM_METRICS_TURNOVER] = sim_stats_ratio(
		sim_dec_wide_to_double(s->traded) / (2 * mean) *
		r->in->periods_per_year, (double)r->n);
}

void sim_exposure_metrics(const struct sim_report *r, struct sim_metrics *m)
{
	const struct sim_report_input *in = r->in;
	struct flow s = { 0, 0, 0, 0, 0, false };

	for (size_t i = 0; i < in->n_fills; i++)
		add_fill(in, &in->fills[i], &s);
	time_group(r, m);
	leverage(&in->curve, in->curve.gross,
		 &m->v[SIM_METRICS_GROSS_LEVERAGE_AVG],
		 &m->v[SIM_METRICS_GROSS_LEVERAGE_MAX]);
	leverage(&in->curve, in->curve.net,
		 &m->v[SIM_METRICS_NET_LEVERAGE_AVG],
		 &m->v[SIM_METRICS_NET_LEVERAGE_MAX]);
	cost_group(r, &s, m);
	m->v[SIM_METRICS_FILLS] = (double)in->n_fills;
	m->v[SIM_METRICS_AMBIGUOUS_FILLS] = s.ambiguous;
	m->v[SIM_METRICS_SYNTHETIC_BAR_FILLS] = s.synthetic;
	m->v[SIM_METRICS_REJECTED] = (double)in->orders.rejected;
	m->v[SIM_METRICS_EXPIRED] = (double)in->orders.expired;
	m->v[SIM_METRICS_FILL_RATIO] =
		sim_stats_ratio((double)in->orders.filled,
				(double)in->orders.accepted);
}
