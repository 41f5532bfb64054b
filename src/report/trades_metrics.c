/* trades_metrics: what closed round trips amount to; sums are exact. */
#include "report/trades.h"

#include <math.h>

#include "report/stats.h"
#include "util/mem.h"

#define NS_A_DAY ((double)SIM_TIME_DAY)

struct tally {
	double wins, losses, even;
	sim_dec_wide won, lost, held, bars;
	double best, worst, win_row, loss_row, row, longest;
	bool bars_known;
};

static void add_result(struct tally *c, sim_dec net)
{
	double v = sim_dec_wide_to_double(net);

	if (net > 0) {
		c->wins++;
		c->won += net;
		c->row = c->row > 0 ? c->row + 1 : 1;
	} else if (net < 0) {
		c->losses++;
		c->lost -= net;
		c->row = c->row < 0 ? c->row - 1 : -1;
	} else {
		c->even++;
		c->row = 0;
	}
	c->win_row = c->row > c->win_row ? c->row : c->win_row;
	c->loss_row = -c->row > c->loss_row ? -c->row : c->loss_row;
	c->best = v <= c->best ? c->best : v;
	c->worst = v >= c->worst ? c->worst : v;
}

static void add_time(struct tally *c, const struct sim_trades_item *t)
{
	double span = (double)(t->exit_time - t->entry_time);

	c->held += t->exit_time - t->entry_time;
	c->longest = span > c->longest ? span : c->longest;
	c->bars += t->bars;
	c->bars_known = c->bars_known && t->bars >= 0;
}

/* Means of returns and of risk multiples. */
static void ratios(const struct sim_trades *t, struct sim_metrics *m)
{
	double *x = sim_mem_array(t->n_closed + 1, sizeof(*x));
	double n, q;
	size_t k = 0;

	for (size_t i = 0; i < t->n_closed; i++)
		x[i] = t->items[i].ret;
	m->v[SIM_METRICS_EXPECTANCY_PCT] = sim_stats_mean(x, t->n_closed);
	for (size_t i = 0; i < t->n_closed; i++)
		if (t->items[i].risk > 0)
			x[k++] = (double)t->items[i].net /
				 (double)t->items[i].risk;
	n = (double)k;
	q = sim_stats_ratio(sim_stats_mean(x, k), sim_stats_sd(x, k));
	m->v[SIM_METRICS_EXPECTANCY_R] = sim_stats_mean(x, k);
	m->v[SIM_METRICS_SQN] = sqrt(n < 100 ? n : 100) * q;
	m->v[SIM_METRICS_SQN_UNCAPPED] = sqrt(n) * q;
	sim_mem_free(x);
}

/* Means of what trades met, where that is known. */
static void excursions(const struct sim_trades *t, struct sim_metrics *m)
{
	double *x = sim_mem_array(3 * t->n_closed + 1, sizeof(*x));
	double *mae = x, *mfe = x + t->n_closed, *kept = mfe + t->n_closed;
	size_t n = 0, k = 0;

	for (size_t i = 0; i < t->n_closed; i++) {
		const struct sim_excursion_trade *met = &t->items[i].met;

		if (isnan(met->mae))
			continue;
		mae[n] = met->mae;
		mfe[n++] = met->mfe;
		if (!isnan(met->efficiency))
			kept[k++] = met->efficiency;
	}
	m->v[SIM_METRICS_AVG_MAE] = sim_stats_mean(mae, n);
	m->v[SIM_METRICS_AVG_MFE] = sim_stats_mean(mfe, n);
	m->v[SIM_METRICS_EDGE_RATIO] =
		sim_stats_ratio(m->v[SIM_METRICS_AVG_MFE],
				-m->v[SIM_METRICS_AVG_MAE]);
	m->v[SIM_METRICS_EFFICIENCY] = sim_stats_mean(kept, k);
	sim_mem_free(x);
}

static void fill_in(const struct tally *c, double n, struct sim_metrics *m)
{
	double won = sim_dec_wide_to_double(c->won);
	double lost = sim_dec_wide_to_double(c->lost);
	double rate = sim_stats_ratio(c->wins, c->wins + c->losses);
	double payoff = sim_stats_ratio(sim_stats_ratio(won, c->wins),
					sim_stats_ratio(lost, c->losses));

	m->v[SIM_METRICS_WINS] = c->wins;
	m->v[SIM_METRICS_LOSSES] = c->losses;
	m->v[SIM_METRICS_BREAK_EVEN] = c->even;
	m->v[SIM_METRICS_WIN_RATE] = rate;
	m->v[SIM_METRICS_PROFIT_FACTOR] = sim_stats_ratio(won, lost);
	m->v[SIM_METRICS_PAYOFF] = payoff;
	m->v[SIM_METRICS_EXPECTANCY] =
		sim_stats_ratio(sim_dec_wide_to_double(c->won - c->lost), n);
	m->v[SIM_METRICS_KELLY] = rate - sim_stats_ratio(1 - rate, payoff);
	m->v[SIM_METRICS_BEST_TRADE] = c->best;
	m->v[SIM_METRICS_WORST_TRADE] = c->worst;
	m->v[SIM_METRICS_MAX_WINS_ROW] = c->win_row;
	m->v[SIM_METRICS_MAX_LOSSES_ROW] = c->loss_row;
	m->v[SIM_METRICS_AVG_HOLDING] =
		sim_stats_ratio((double)c->held / NS_A_DAY, n);
	m->v[SIM_METRICS_MAX_HOLDING] = n > 0 ? c->longest / NS_A_DAY : NAN;
	m->v[SIM_METRICS_AVG_BARS] =
		c->bars_known ? sim_stats_ratio((double)c->bars, n) : NAN;
}

void sim_trades_metrics(const struct sim_trades *t, struct sim_metrics *m)
{
	struct tally c = { .best = NAN, .worst = NAN, .bars_known = true };

	for (size_t i = 0; i < t->n_closed; i++) {
		add_result(&c, t->items[i].net);
		add_time(&c, &t->items[i]);
	}
	m->v[SIM_METRICS_TRADES] = (double)t->n_closed;
	m->v[SIM_METRICS_OPEN_TRADES] = (double)(t->n - t->n_closed);
	fill_in(&c, (double)t->n_closed, m);
	ratios(t, m);
	excursions(t, m);
}
