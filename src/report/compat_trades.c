/* compat_trades: what peers make of closed trades. */
#include "report/compat_priv.h"

#include <math.h>

#include "report/stats.h"
#include "util/mem.h"

#define MARK	-100		/* freqtrade's word for "undefined" */

struct work {
	struct sim_compat *c;
	double *p;			/* profits over the initial equity */
	size_t n;
	double initial, days;		/* days NaN: unknown */
	double sum, wins, losses, won, lost;
};

static void ft(const struct work *w, const char *key, double v)
{
	sim_compat_set(w->c, SIM_COMPAT_FREQTRADE, key, v);
}

static void bp(const struct work *w, const char *key, double v)
{
	sim_compat_set(w->c, SIM_COMPAT_BACKTESTING_PY, key, v);
}

/* Standard deviation over n; of the losing trades alone, if asked. */
static double deviation(const struct work *w, bool losing)
{
	double *x = sim_mem_array(w->n + 1, sizeof(*x)), v;
	size_t k = 0;

	for (size_t i = 0; i < w->n; i++)
		if (!losing || w->p[i] < 0)
			x[k++] = w->p[i];
	v = sim_stats_sd(x, k);
	if (k)
		v = k > 1 ? v * sqrt((double)(k - 1) / (double)k) : 0;
	sim_mem_free(x);
	return v;
}

/* The fall of the sum of profits as a share of its peak and the start; 0 when
 * there is none to speak of. */
static double account_drawdown(const struct work *w)
{
	double sum = 0, high = 0, worst = 0, rel = 0;
	size_t at = 0;

	for (size_t i = 0; i < w->n; i++) {
		sum += w->p[i];
		high = !i || sum > high ? sum : high;
		if (sum - high >= worst)
			continue;
		worst = sum - high;
		rel = (high - sum) / (1 + high);
		at = i;
	}
	return at ? rel : 0;
}

/* A ratio to a deviation, a year of 365 days. */
static double scaled(const struct work *w, double by)
{
	if (!isfinite(w->days))
		return NAN;
	return by > 0 ? w->sum / w->days / by * sqrt(365) : MARK;
}

static void freqtrade(const struct work *w)
{
	double n = (double)w->n, depth = account_drawdown(w);
	double calmar = scaled(w, depth);

	ft(w, "total_return", w->sum);
	ft(w, "cagr", sim_stats_power(1 + w->sum, 365 / w->days) - 1);
	ft(w, "sharpe", scaled(w, deviation(w, false)));
	ft(w, "sortino", scaled(w, deviation(w, true)));
	ft(w, "calmar", depth > 0 ? 100 * calmar : calmar);
	ft(w, "max_drawdown", depth);
	ft(w, "trades", n);
	ft(w, "win_rate", w->wins / n);
	ft(w, "profit_factor", sim_stats_ratio(w->won, w->lost));
	ft(w, "expectancy", (w->won - w->lost) / n * w->initial);
	ft(w, "sqn", sqrt(n) * sim_stats_ratio(w->sum / n,
					       sim_stats_sd(w->p, w->n)));
}

/* Sums of the trades' own returns. */
static void backtesting_py(const struct work *w, const struct sim_trades *t)
{
	double n = (double)w->n, up = 0, down = 0, rate = w->wins / n;
	double payoff = sim_stats_ratio(sim_stats_ratio(w->won, w->wins),
					sim_stats_ratio(w->lost, w->losses));

	for (size_t i = 0; i < w->n; i++) {
		up += t->items[i].ret > 0 ? t->items[i].ret : 0;
		down -= t->items[i].ret < 0 ? t->items[i].ret : 0;
	}
	bp(w, "trades", n);
	bp(w, "win_rate", rate);
	bp(w, "profit_factor", sim_stats_ratio(up, down));
	bp(w, "expectancy_pct", sim_compat_ours(w->c, "expectancy_pct"));
	bp(w, "sqn", sqrt(n) * sim_stats_ratio(w->sum / n,
					       sim_stats_sd(w->p, w->n)));
	bp(w, "kelly", rate - sim_stats_ratio(1 - rate, payoff));
}

/* Profits of the trades, or of the periods when there are none to look at. */
static void collect(struct work *w)
{
	const struct sim_compat_input *in = w->c->in;
	double level = 1;

	for (size_t i = 0; i < w->n; i++) {
		double r = in->trades ? 0 : in->series->ret[i];

		w->p[i] = in->trades ? (double)in->trades->items[i].net / 1e8 /
				       w->initial : level * r;
		level *= 1 + r;
		w->wins += w->p[i] > 0;
		w->losses += w->p[i] < 0;
		w->won += w->p[i] > 0 ? w->p[i] : 0;
		w->lost -= w->p[i] < 0 ? w->p[i] : 0;
	}
	w->sum = sim_stats_sum(w->p, w->n);
}

void sim_compat_trades(struct sim_compat *c)
{
	const struct sim_compat_input *in = c->in;
	const struct sim_metrics_input *s = in->series;
	struct work w = {
		.c = c, .initial = in->trades ? in->initial : 1, .days = NAN,
		.n = in->trades ? in->trades->n_closed : s->n,
	};

	if (s->day && s->start_day != SIM_METRICS_NO_DAY) {
		w.days = (double)(s->day[s->n - 1] - s->start_day);
		w.days = w.days < 1 ? 1 : w.days;
	}
	if (!w.n || !(w.initial > 0))
		return;
	w.p = sim_mem_array(w.n, sizeof(*w.p));
	collect(&w);
	freqtrade(&w);
	if (in->trades)
		backtesting_py(&w, in->trades);
	sim_mem_free(w.p);
}
