/* compat_series: what peers make of returns. */
#include "report/compat_priv.h"

#include <math.h>

#include "report/stats.h"
#include "util/fmath.h"
#include "util/mem.h"

struct work {
	struct sim_compat *c;
	const double *r, *b;		/* b NULL: no benchmark */
	size_t n;
	double ann, rf, growth, depth, ulcer;
	struct sim_stats_moments of;
};

static void em(const struct work *w, const char *key, double v)
{
	sim_compat_set(w->c, SIM_COMPAT_EMPYRICAL, key, v);
}

static void qs(const struct work *w, const char *key, double v)
{
	sim_compat_set(w->c, SIM_COMPAT_QUANTSTATS, key, v);
}

static void bp(const struct work *w, const char *key, double v)
{
	sim_compat_set(w->c, SIM_COMPAT_BACKTESTING_PY, key, v);
}

static double ours(const struct work *w, const char *key)
{
	return sim_compat_ours(w->c, key);
}

/* What all of a list of keys have in common with ours. */
static void same(const struct work *w,
		 void (*put)(const struct work *, const char *, double),
		 const char *const *keys)
{
	for (; *keys; keys++)
		put(w, *keys, ours(w, *keys));
}

/* Lowest drawdown at closes, and the sum of its squares. */
static void drown(struct work *w)
{
	struct sim_fmath_sum sq = { 0, 0 };
	double level = 1, peak = 1, d;

	w->depth = 0;
	for (size_t i = 0; i < w->n; i++) {
		level *= 1 + w->r[i];
		peak = level > peak ? level : peak;
		d = level / peak - 1;
		w->depth = d < w->depth ? d : w->depth;
		sim_fmath_sum_add(&sq, d * d);
	}
	w->ulcer = w->n > 1 ? sqrt(sim_fmath_sum_get(&sq) /
				   (double)(w->n - 1)) : NAN;
}

static double omega(const struct work *w, double t)
{
	struct sim_fmath_sum up = { 0, 0 }, down = { 0, 0 };

	for (size_t i = 0; i < w->n; i++) {
		double d = w->r[i] - t;

		sim_fmath_sum_add(d > 0 ? &up : &down, d > 0 ? d : -d);
	}
	return sim_stats_ratio(sim_fmath_sum_get(&up),
			       sim_fmath_sum_get(&down));
}

/* Annual return of y over the periods in which b has this sign. */
static double side_return(const struct work *w, const double *y, int sign)
{
	double *x = sim_mem_array(w->n, sizeof(*x)), v = NAN;
	size_t k = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->b[i] * sign > 0)
			x[k++] = y[i];
	if (k)
		v = sim_stats_power(sim_stats_growth(x, k),
				    w->ann / (double)k) - 1;
	sim_mem_free(x);
	return v;
}

static void empyrical_bench(const struct work *w)
{
	double beta = ours(w, "beta");
	double alpha = w->of.mean - w->rf -
		beta * (sim_stats_mean(w->b, w->n) - w->rf);

	em(w, "beta", beta);
	em(w, "alpha", sim_stats_power(1 + alpha, w->ann) - 1);
	em(w, "up_capture", sim_stats_ratio(side_return(w, w->r, 1),
					    side_return(w, w->b, 1)));
	em(w, "down_capture", sim_stats_ratio(side_return(w, w->r, -1),
					      side_return(w, w->b, -1)));
}

static void empyrical(const struct work *w)
{
	static const char *const keys[] = {
		"vol_ann", "downside_dev", "sharpe", "sortino", "var_95",
		"cvar_95", "tail_ratio", "stability", NULL
	};
	double cagr = sim_stats_power(w->growth, w->ann / (double)w->n) - 1;

	same(w, em, keys);
	em(w, "total_return", w->growth - 1);
	em(w, "cagr", cagr);
	em(w, "max_drawdown", w->depth);
	em(w, "calmar", w->depth < 0 ? cagr / -w->depth : NAN);
	em(w, "omega", omega(w, w->rf + w->c->in->series->omega_threshold));
	if (w->b)
		empyrical_bench(w);
}

/* -- quantstats ---------------------------------------------------------- */

/* Correlation of the returns with themselves a period later. */
static double lagged(const struct work *w)
{
	double sx, sy;

	if (w->n < 3)
		return NAN;
	sx = sim_stats_sd(w->r, w->n - 1);
	sy = sim_stats_sd(w->r + 1, w->n - 1);
	return sim_stats_ratio(sim_stats_cov(w->r, w->r + 1, w->n - 1),
			       sx * sy);
}

static double sortino_rf(const struct work *w)
{
	struct sim_fmath_sum a = { 0, 0 };

	for (size_t i = 0; i < w->n; i++) {
		double d = w->r[i] - w->rf;

		if (d < 0)
			sim_fmath_sum_add(&a, d * d);
	}
	return sim_stats_ratio(w->of.mean - w->rf,
			       sqrt(sim_fmath_sum_get(&a) / (double)w->n)) *
	       sqrt(w->ann);
}

/* The probabilistic Sharpe ratio, which takes 3 off an excess kurtosis. */
static double psr_twice(const struct work *w)
{
	double s = sim_stats_ratio(w->of.mean - w->rf, w->of.sd);
	double v = 1 + s * s / 2 - w->of.skew * s +
		   (w->of.kurtosis - 3) / 4 * s * s;

	return sim_fmath_normal_cdf(s / sqrt(v / (double)(w->n - 1)));
}

static double mean_below(const struct work *w, double limit)
{
	struct sim_fmath_sum a = { 0, 0 };
	double k = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (!(w->r[i] < limit))
			continue;
		sim_fmath_sum_add(&a, w->r[i]);
		k++;
	}
	return k > 0 ? sim_fmath_sum_get(&a) / k : limit;
}

static void quantstats_ratios(const struct work *w)
{
	double rho = lagged(w), penalty = 1, sortino = sortino_rf(w);
	double cagr = sim_stats_power(fabs(w->growth),
				      w->ann / (double)w->n) - 1;
	double rf = w->c->in->series->rf;

	if (isfinite(rho))
		penalty = sim_stats_smart_penalty(rho, w->n);
	qs(w, "total_return", w->growth - 1);
	qs(w, "cagr", cagr);
	qs(w, "sharpe", ours(w, "sharpe"));
	qs(w, "smart_sharpe", ours(w, "sharpe") / penalty);
	qs(w, "sortino", sortino);
	qs(w, "adjusted_sortino", sortino / sqrt(2));
	qs(w, "smart_sortino", sortino / penalty);
	qs(w, "calmar", sim_stats_ratio(cagr, -w->depth));
	qs(w, "omega", omega(w, w->rf + w->c->in->series->omega_threshold));
	qs(w, "max_drawdown", w->depth);
	qs(w, "ulcer_index", w->ulcer);
	qs(w, "upi", sim_stats_ratio(w->growth - 1 - rf, w->ulcer));
	qs(w, "psr", psr_twice(w));
}

static void quantstats_periods(const struct work *w)
{
	double win = ours(w, "period_win_rate");
	double factor = ours(w, "period_profit_factor");
	double payoff = ours(w, "period_payoff"), moved = 0, var;

	for (size_t i = 0; i < w->n; i++)
		moved += w->r[i] != 0;
	var = ours(w, "var_95_gauss");
	qs(w, "var_95", var);
	qs(w, "cvar_95", mean_below(w, var));
	qs(w, "win_rate", win);
	qs(w, "profit_factor", factor);
	qs(w, "payoff", payoff);
	qs(w, "kelly", ours(w, "period_kelly"));
	qs(w, "exposure_time", ceil(moved / (double)w->n * 100) / 100);
	qs(w, "recovery_factor",
	   sim_stats_ratio(fabs(sim_stats_sum(w->r, w->n)), -w->depth));
	qs(w, "common_sense_ratio", factor * ours(w, "tail_ratio"));
	qs(w, "cpc_index", factor * win * payoff);
}

static void quantstats_bench(const struct work *w)
{
	double beta = ours(w, "beta"), *x;

	x = sim_mem_array(w->n, sizeof(*x));
	for (size_t i = 0; i < w->n; i++)
		x[i] = w->r[i] - w->b[i];
	qs(w, "beta", beta);
	qs(w, "alpha", (w->of.mean - beta * sim_stats_mean(w->b, w->n)) *
	   w->ann);
	qs(w, "r2", ours(w, "r2"));
	qs(w, "information_ratio", sim_stats_ratio(sim_stats_mean(x, w->n),
						   sim_stats_sd(x, w->n)));
	qs(w, "treynor",
	   sim_stats_ratio(w->growth - 1 - w->c->in->series->rf, beta));
	sim_mem_free(x);
}

static void quantstats(const struct work *w)
{
	static const char *const keys[] = {
		"best_period", "worst_period", "vol_ann", "gain_to_pain",
		"tail_ratio", "skew", "kurtosis", NULL
	};

	same(w, qs, keys);
	quantstats_ratios(w);
	quantstats_periods(w);
	if (w->b)
		quantstats_bench(w);
}

/* -- backtesting.py ------------------------------------------------------ */

/* Geometric mean return; 0 once a period lost everything, as it does. */
static double geometric(const struct work *w)
{
	struct sim_fmath_sum s = { 0, 0 };

	for (size_t i = 0; i < w->n; i++) {
		if (w->r[i] <= -1)
			return 0;
		sim_fmath_sum_add(&s, sim_fmath_log1p(w->r[i]));
	}
	return sim_fmath_exp(sim_fmath_sum_get(&s) / (double)w->n) - 1;
}

static void backtesting_py(const struct work *w)
{
	static const char *const keys[] = {
		"total_return", "max_drawdown", "avg_drawdown", NULL
	};
	double g = geometric(w), rf = w->c->in->series->rf, down = 0;
	double cagr = sim_stats_power(1 + g, w->ann) - 1;
	double var = w->of.sd * w->of.sd;
	double vol = sqrt(sim_stats_power(var + (1 + g) * (1 + g), w->ann) -
			  sim_stats_power(1 + g, 2 * w->ann));

	for (size_t i = 0; i < w->n; i++)
		down += w->r[i] < 0 ? w->r[i] * w->r[i] : 0;
	same(w, bp, keys);
	bp(w, "cagr", cagr);
	bp(w, "vol_ann", vol);
	bp(w, "sharpe", sim_stats_ratio(cagr - rf / 100, vol));
	bp(w, "sortino", sim_stats_ratio(cagr - rf,
					 sqrt(down / (double)w->n) *
					 sqrt(w->ann)));
	bp(w, "calmar", sim_stats_ratio(cagr, -ours(w, "max_drawdown")));
}

void sim_compat_series(struct sim_compat *c)
{
	const struct sim_metrics_input *in = c->in->series;
	struct work w = {
		.c = c, .r = in->ret, .n = in->n, .ann = in->periods_per_year,
		.rf = sim_compat_ours(c, "rf_period"),
		.growth = sim_stats_growth(in->ret, in->n),
	};

	if (in->bench && sim_stats_all_finite(in->bench, in->n))
		w.b = in->bench;
	sim_stats_moments(w.r, w.n, &w.of);
	drown(&w);
	empyrical(&w);
	quantstats(&w);
	backtesting_py(&w);
}
