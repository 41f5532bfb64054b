/* metrics_series: every metric that returns, levels and a benchmark give. */
#include "report/metrics.h"

#include <math.h>

#include "report/drawdown.h"
#include "report/stats.h"
#include "util/fmath.h"
#include "util/mem.h"
#include "util/time.h"

#define SET(name, value) (x->m->v[SIM_METRICS_##name] = (value))
#define GET(name) (x->m->v[SIM_METRICS_##name])

/* What the groups share; a and b are scratch of n + 1 values. */
struct work {
	const struct sim_metrics_input *in;
	struct sim_metrics *m;
	size_t n;
	const double *r;
	double ann, root_ann;		/* A and its root */
	double rf, target;		/* per period */
	bool annual;			/* may be annualised */
	double *a, *b;
	struct sim_stats_moments of;	/* r */
};

/* Is any of the metrics from..to wanted, in the order of the list? */
static bool wants(const struct work *x, int from, int to)
{
	const bool *want = x->in->want;

	for (int i = from; want && i <= to; i++)
		if (want[i])
			return true;
	return !want;
}
#define WANTS(from, to) wants(x, SIM_METRICS_##from, SIM_METRICS_##to)

static double per_period(double annual, double ann)
{
	return annual == 0 ? 0 : sim_stats_power(1 + annual, 1 / ann) - 1;
}

/* Days from start to end; -1 when the start has no date. */
static int64_t days_of(const struct sim_metrics_input *in)
{
	if (!in->n || !in->day || in->start_day == SIM_METRICS_NO_DAY)
		return -1;
	return in->day[in->n - 1] - in->start_day;
}

static void returns_group(struct work *x)
{
	const struct sim_metrics_input *in = x->in;
	int64_t days = days_of(in), span[2] = { 0, days };
	double change, growth, years, flow[2];

	change = in->ends ? sim_stats_change(in->ends[0], in->ends[1]) :
		 in->n_curve ? sim_stats_change(in->curve[0],
						in->curve[in->n_curve - 1]) :
		 sim_stats_growth(x->r, x->n) - 1;
	if (!isfinite(change))
		change = NAN;
	growth = 1 + change;
	years = days >= 0 ? (double)days / 365.25 : (double)x->n / x->ann;
	x->annual = in->annualize_short || days >= 365 ||
		    (double)x->n >= x->ann;
	SET(PERIODS, (double)x->n);
	SET(PERIODS_PER_YEAR, x->ann);
	SET(YEARS, years);
	SET(TOTAL_RETURN, change);
	if (!x->annual)
		return;
	SET(CAGR, sim_stats_power(growth, 1 / years) - 1);
	if (!WANTS(CAGR_PERIODS, XIRR))
		return;
	SET(CAGR_PERIODS, sim_stats_power(sim_stats_growth(x->r, x->n),
					  x->ann / (double)x->n) - 1);
	flow[0] = -1;
	flow[1] = growth;
	if (days > 0 && isfinite(growth))
		SET(XIRR, sim_stats_xirr(flow, span, 2));
}

static void periods_group(struct work *x)
{
	struct sim_fmath_sum up = { 0, 0 }, down = { 0, 0 };
	double best = x->r[0], worst = x->r[0], ups = 0, downs = 0, w, gain;

	for (size_t i = 0; i < x->n; i++) {
		double r = x->r[i];

		best = r > best ? r : best;
		worst = r < worst ? r : worst;
		ups += r > 0;
		downs += r < 0;
		sim_fmath_sum_add(r > 0 ? &up : &down, r);
	}
	gain = sim_fmath_sum_get(&up);
	w = sim_stats_ratio(ups, ups + downs);
	SET(BEST_PERIOD, best);
	SET(WORST_PERIOD, worst);
	SET(PCT_POSITIVE, ups / (double)x->n);
	SET(PERIOD_WIN_RATE, w);
	SET(PERIOD_PAYOFF,
	    sim_stats_ratio(sim_stats_ratio(gain, ups),
			    -sim_stats_ratio(sim_fmath_sum_get(&down), downs)));
	SET(PERIOD_PROFIT_FACTOR,
	    sim_stats_ratio(gain, -sim_fmath_sum_get(&down)));
	SET(PERIOD_KELLY, w - sim_stats_ratio(1 - w, GET(PERIOD_PAYOFF)));
	SET(GAIN_TO_PAIN, sim_stats_ratio(sim_stats_sum(x->r, x->n),
					  -sim_fmath_sum_get(&down)));
}

/* Best and worst of calendar months (by_year: years). */
static void calendar(struct work *x, bool by_year, double *best, double *worst)
{
	int64_t key = INT64_MIN;
	size_t from = 0;

	for (size_t i = 0; i <= x->n; i++) {
		int y = 0, mo = 0, d;
		int64_t k = INT64_MAX;
		double g;

		if (i < x->n) {
			sim_time_from_days(x->in->day[i], &y, &mo, &d);
			k = by_year ? y : (int64_t)y * 12 + mo;
		}
		if (k == key)
			continue;
		if (i > from) {
			g = sim_stats_growth(x->r + from, i - from) - 1;
			*best = g <= *best ? *best : g;
			*worst = g >= *worst ? *worst : g;
		}
		key = k;
		from = i;
	}
}

static double downside(const struct work *x)
{
	struct sim_fmath_sum a = { 0, 0 };

	for (size_t i = 0; i < x->n; i++) {
		double d = x->r[i] - x->target;

		if (d < 0)
			sim_fmath_sum_add(&a, d * d);
	}
	return sqrt(sim_fmath_sum_get(&a) / (double)x->n);
}

static double omega(const struct work *x, double t)
{
	struct sim_fmath_sum up = { 0, 0 }, down = { 0, 0 };

	for (size_t i = 0; i < x->n; i++) {
		double d = x->r[i] - t;

		if (d > 0)
			sim_fmath_sum_add(&up, d);
		else
			sim_fmath_sum_add(&down, -d);
	}
	return sim_stats_ratio(sim_fmath_sum_get(&up),
			       sim_fmath_sum_get(&down));
}

/* Taking a constant rate off changes the mean and nothing else. */
static void inference(struct work *x)
{
	const struct sim_metrics_input *in = x->in;
	struct sim_stats_sharpe q = {
		sim_stats_ratio(x->of.mean - x->rf, x->of.sd), x->of.g1,
		x->of.k, x->n };
	double z, se, best;

	SET(SHARPE, q.s * x->root_ann);
	if (WANTS(SHARPE_SE, SHARPE_CI_HIGH)) {
		z = sim_fmath_normal_inv(0.975);
		se = sim_stats_sharpe_se(&q) * x->root_ann;
		SET(SHARPE_SE, se);
		SET(SHARPE_CI_LOW, GET(SHARPE) - z * se);
		SET(SHARPE_CI_HIGH, GET(SHARPE) + z * se);
	}
	if (!WANTS(PSR, DSR))
		return;
	SET(PSR, sim_stats_psr(&q, in->sharpe_ref));
	SET(MIN_TRL, sim_stats_min_trl(&q, in->sharpe_ref, 0.95));
	best = sim_stats_exp_max_sharpe(in->trials, in->trials_sd);
	SET(EXP_MAX_SHARPE, best);
	if (isfinite(best))
		SET(DSR, sim_stats_psr(&q, best));
}

static void ratios_group(struct work *x)
{
	double down = downside(x), smart;

	SET(RF_PERIOD, x->rf);
	inference(x);
	SET(VOL_ANN, x->of.sd * x->root_ann);
	SET(DOWNSIDE_DEV, down * x->root_ann);
	SET(SORTINO, sim_stats_ratio(x->of.mean - x->target, down) *
		     x->root_ann);
	SET(ADJUSTED_SORTINO, GET(SORTINO) / sqrt(2));
	if (WANTS(OMEGA, OMEGA))
		SET(OMEGA, omega(x, x->in->omega_threshold));
	if (!WANTS(SMART_SHARPE, SMART_SORTINO) &&
	    !WANTS(AUTOCORR_1, AUTOCORR_1))
		return;
	SET(AUTOCORR_1, sim_stats_autocorr(x->r, x->n, 1));
	smart = sim_stats_smart_penalty(GET(AUTOCORR_1), x->n);
	SET(SMART_SHARPE, GET(SHARPE) / smart);
	SET(SMART_SORTINO, GET(SORTINO) / smart);
}

static void tail_group(struct work *x)
{
	const struct sim_stats_moments m = x->of;
	double z = sim_fmath_normal_inv(0.05), lo, hi, ex, zcf;

	for (size_t i = 0; i < x->n; i++)
		x->a[i] = x->r[i];
	hi = sim_stats_quantile(x->a, x->n, 0.95);
	lo = sim_stats_quantile(x->a, x->n, 0.05);
	ex = m.k - 3;
	zcf = z + (z * z - 1) * m.g1 / 6 + (z * z * z - 3 * z) * ex / 24 -
	      (2 * z * z * z - 5 * z) * m.g1 * m.g1 / 36;
	SET(VAR_95, lo);
	SET(CVAR_95, sim_stats_tail_mean(x->a, x->n, 0.05));
	SET(TAIL_RATIO, sim_stats_ratio(fabs(hi), fabs(lo)));
	SET(VAR_95_GAUSS, m.mean + m.sd * z);
	SET(VAR_95_CF, m.mean + m.sd * zcf);
	SET(SKEW_POP, m.g1);
	SET(KURTOSIS_RAW, m.k);
	SET(SKEW, m.skew);
	SET(KURTOSIS, m.kurtosis);
	SET(LJUNG_BOX, sim_stats_ljung_box(x->r, x->n, 10));
}

static void stability(struct work *x)
{
	struct sim_fmath_sum s = { 0, 0 };

	for (size_t i = 0; i < x->n; i++) {
		if (!(x->r[i] > -1))
			return;
		sim_fmath_sum_add(&s, sim_fmath_log1p(x->r[i]));
		x->a[i] = (double)i;
		x->b[i] = sim_fmath_sum_get(&s);
	}
	SET(STABILITY, sim_stats_r2(x->a, x->b, x->n));
}

/* Day of a point of the curve (or of the closes), NaN when unknown. */
static double day_at(const struct work *x, size_t i)
{
	const struct sim_metrics_input *in = x->in;

	if (!i)
		return in->start_day == SIM_METRICS_NO_DAY ? NAN :
		       (double)in->start_day;
	if (in->n_curve)
		return in->curve_time ?
		       (double)sim_metrics_day(in->curve_time[i - 1]) : NAN;
	return in->day ? (double)in->day[i - 1] : NAN;
}

static void episodes(struct work *x, const double *level, size_t n)
{
	struct sim_drawdown d;
	const struct sim_drawdown_episode *e = d.top;
	size_t end;

	if (x->in->n_curve && x->in->drawdown)
		d = *x->in->drawdown;
	else
		sim_drawdown_find(level, n, &d);
	SET(MAX_DRAWDOWN, d.n ? e->depth : 0);
	SET(AVG_DRAWDOWN, d.mean_depth);
	if (!d.n)
		return;
	end = e->end < n ? e->end : n - 1;
	SET(DD_START, day_at(x, e->start));
	SET(DD_VALLEY, day_at(x, e->valley));
	SET(DD_DAYS, day_at(x, end) - GET(DD_START));
	if (e->end == n)
		return;
	SET(DD_END, day_at(x, end));
	SET(DD_RECOVERY, GET(DD_END) - GET(DD_VALLEY));
}

/* Drawdown at closes: levels are chained into a, drawdowns into b. */
static void water(struct work *x)
{
	struct sim_fmath_sum sq = { 0, 0 }, sum = { 0, 0 };
	double level = 1, peak = 1, under = 0, n = (double)x->n;

	for (size_t i = 0; i < x->n; i++) {
		level *= 1 + x->r[i];
		peak = level > peak ? level : peak;
		x->b[i] = level / peak - 1;
		under += x->b[i] < 0;
		sim_fmath_sum_add(&sq, x->b[i] * x->b[i]);
		sim_fmath_sum_add(&sum, -x->b[i]);
	}
	SET(TIME_UNDER_WATER, under / n);
	SET(ULCER_INDEX, sqrt(sim_fmath_sum_get(&sq) / n));
	SET(PAIN_INDEX, sim_fmath_sum_get(&sum) / n);
	SET(CDAR_95, sim_stats_tail_mean(x->b, x->n, 0.05));
}

static void drawdown_group(struct work *x, bool finite)
{
	const struct sim_metrics_input *in = x->in;
	double excess;

	if (in->n_curve) {
		episodes(x, in->curve, in->n_curve);
	} else if (finite) {
		x->a[0] = 1;
		for (size_t i = 0; i < x->n; i++)
			x->a[i + 1] = x->a[i] * (1 + x->r[i]);
		episodes(x, x->a, x->n + 1);
	}
	SET(CALMAR, sim_stats_ratio(GET(CAGR), fabs(GET(MAX_DRAWDOWN))));
	if (!finite || !WANTS(TIME_UNDER_WATER, CDAR_95))
		return;
	water(x);
	excess = GET(CAGR) - in->rf;
	SET(UPI, sim_stats_ratio(excess, GET(ULCER_INDEX)));
	SET(PAIN_RATIO, sim_stats_ratio(excess, GET(PAIN_INDEX)));
}

/* Annual return of y over the periods in which b has this sign. */
static double side_return(struct work *x, const double *y, int sign)
{
	size_t k = 0;

	for (size_t i = 0; i < x->n; i++)
		if (x->in->bench[i] * sign > 0)
			x->a[k++] = y[i];
	if (!k)
		return NAN;
	return sim_stats_power(sim_stats_growth(x->a, k),
			       x->ann / (double)k) - 1;
}

static void benchmark_group(struct work *x)
{
	const double *b = x->in->bench;
	double beta, alpha, better = 0;

	beta = sim_stats_sd(b, x->n) > 0 ?
	       sim_stats_ratio(sim_stats_cov(x->r, b, x->n),
			       sim_stats_var(b, x->n)) : NAN;
	for (size_t i = 0; i < x->n; i++) {
		x->a[i] = x->r[i] - x->rf - beta * (b[i] - x->rf);
		x->b[i] = x->r[i] - b[i];
		better += x->b[i] > 0;
	}
	alpha = sim_stats_mean(x->a, x->n);
	SET(BENCH_RETURN, sim_stats_growth(b, x->n) - 1);
	SET(BETA, beta);
	SET(R2, sim_stats_r2(x->r, b, x->n));
	SET(TRACKING_ERROR, sim_stats_sd(x->b, x->n) * x->root_ann);
	SET(INFORMATION_RATIO,
	    sim_stats_ratio(sim_stats_mean(x->b, x->n),
			    sim_stats_sd(x->b, x->n)) * x->root_ann);
	SET(BATTING_AVG, better / (double)x->n);
	if (!x->annual)
		return;
	SET(ALPHA, sim_stats_power(1 + alpha, x->ann) - 1);
	SET(ALPHA_ARITH, alpha * x->ann);
	SET(TREYNOR, sim_stats_ratio(GET(CAGR) - x->in->rf, beta));
	SET(UP_CAPTURE, sim_stats_ratio(side_return(x, x->r, 1),
					side_return(x, b, 1)));
	SET(DOWN_CAPTURE, sim_stats_ratio(side_return(x, x->r, -1),
					  side_return(x, b, -1)));
}

static void finite_groups(struct work *x)
{
	double best = NAN, worst = NAN;

	sim_stats_moments(x->r, x->n, &x->of);
	if (WANTS(BEST_PERIOD, WORST_PERIOD) ||
	    WANTS(PCT_POSITIVE, PERIOD_KELLY) ||
	    WANTS(GAIN_TO_PAIN, GAIN_TO_PAIN))
		periods_group(x);
	if (x->in->day && WANTS(BEST_MONTH, WORST_YEAR)) {
		calendar(x, false, &best, &worst);
		SET(BEST_MONTH, best);
		SET(WORST_MONTH, worst);
		best = worst = NAN;
		calendar(x, true, &best, &worst);
		SET(BEST_YEAR, best);
		SET(WORST_YEAR, worst);
	}
	ratios_group(x);
	if (WANTS(VAR_95, LJUNG_BOX))
		tail_group(x);
	if (WANTS(STABILITY, STABILITY))
		stability(x);
	if (x->in->bench && WANTS(BENCH_RETURN, BATTING_AVG) &&
	    sim_stats_all_finite(x->in->bench, x->n))
		benchmark_group(x);
}

void sim_metrics_series(const struct sim_metrics_input *in,
			struct sim_metrics *m)
{
	double ann = in->periods_per_year;
	struct work w = { in, m, in->n, in->ret, ann, sqrt(ann),
			  per_period(in->rf, ann), per_period(in->target, ann),
			  false, NULL, NULL, { 0, 0, 0, 0, 0, 0 } };
	bool finite = sim_stats_all_finite(in->ret, in->n);

	if (!in->n) {
		m->v[SIM_METRICS_PERIODS] = 0;
		m->v[SIM_METRICS_PERIODS_PER_YEAR] = ann;
		return;
	}
	w.a = sim_mem_array(in->n + 1, sizeof(*w.a));
	w.b = sim_mem_array(in->n + 1, sizeof(*w.b));
	returns_group(&w);
	if (finite)
		finite_groups(&w);
	drawdown_group(&w, finite);
	for (int i = 0; i <= SIM_METRICS_BATTING_AVG; i++)
		if (!isfinite(m->v[i]))
			m->v[i] = NAN;
	sim_mem_free(w.a);
	sim_mem_free(w.b);
}
