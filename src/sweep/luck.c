/* luck: block sums of a choice of points; moments of all their ratios. */
#include "sweep/luck.h"

#include <math.h>

#include "report/stats.h"
#include "util/fmath.h"
#include "util/mem.h"

struct column {
	size_t n;			/* periods; 0: none */
	double mean, sum[SIM_LUCK_BLOCKS], sq[SIM_LUCK_BLOCKS];
};

struct sim_luck {
	uint64_t step;			/* every how many points is kept */
	size_t n;
	struct column *columns;
};

struct sim_luck *sim_luck_new(uint64_t points)
{
	struct sim_luck *l = sim_mem_zalloc(sizeof(*l));

	l->step = points / SIM_LUCK_COLUMNS + !!(points % SIM_LUCK_COLUMNS);
	l->step = l->step ? l->step : 1;
	l->n = (size_t)(points / l->step + !!(points % l->step));
	l->columns = sim_mem_array(l->n + 1, sizeof(*l->columns));
	return l;
}

void sim_luck_free(struct sim_luck *l)
{
	if (!l)
		return;
	sim_mem_free(l->columns);
	sim_mem_free(l);
}

void sim_luck_take(struct sim_luck *l, uint64_t number, const double *ret,
		   size_t n)
{
	struct sim_stats_blocks b = {
		.n_cols = 1, .rows = n / SIM_LUCK_BLOCKS,
		.blocks = SIM_LUCK_BLOCKS,
	};
	struct column *c;

	if (number % l->step || b.rows < 2 || !sim_stats_all_finite(ret, n))
		return;
	c = &l->columns[number / l->step];
	b.mean = &c->mean;
	b.sum = c->sum;
	b.sq = c->sq;
	sim_stats_pbo_gather(ret, n, 0, &b);
	c->n = n;
}

/* The columns over as many periods as the first; gives their number. */
static size_t choose(const struct sim_luck *l, const struct column **out)
{
	size_t k = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->columns[i].n && (!k || l->columns[i].n == out[0]->n))
			out[k++] = &l->columns[i];
	return k;
}

static double pbo_of(const struct column *const *of, size_t n)
{
	struct sim_stats_blocks b = {
		.n_cols = n, .rows = of[0]->n / SIM_LUCK_BLOCKS,
		.blocks = SIM_LUCK_BLOCKS,
		.sum = sim_mem_array(n * SIM_LUCK_BLOCKS, sizeof(*b.sum)),
		.sq = sim_mem_array(n * SIM_LUCK_BLOCKS, sizeof(*b.sq)),
		.mean = sim_mem_array(n, sizeof(*b.mean)),
	};
	double pbo;

	for (size_t i = 0; i < n; i++) {
		b.mean[i] = of[i]->mean;
		for (size_t k = 0; k < SIM_LUCK_BLOCKS; k++) {
			b.sum[k * n + i] = of[i]->sum[k];
			b.sq[k * n + i] = of[i]->sq[k];
		}
	}
	pbo = sim_stats_pbo_blocks(&b, NULL);
	sim_mem_free(b.sum);
	sim_mem_free(b.sq);
	sim_mem_free(b.mean);
	return pbo;
}

double sim_luck_pbo(const struct sim_luck *l)
{
	const struct column **of = sim_mem_array(l->n + 1, sizeof(*of));
	size_t n = choose(l, of);
	double pbo = n < SIM_LUCK_LEAST ? NAN : pbo_of(of, n);

	sim_mem_free(of);
	return pbo;
}

/* -- Sharpe ratios --------------------------------------------------------- */

void sim_luck_sharpe_add(struct sim_luck_sharpe *s, uint64_t number, double v)
{
	double d = v - s->mean;

	if (!isfinite(v))
		return;
	if (!s->n || v > s->best) {
		s->best = v;
		s->at = number;
	}
	s->n++;
	s->mean += d / s->n;
	s->squares += d * (v - s->mean);
}

double sim_luck_sharpe_expected(const struct sim_luck_sharpe *s)
{
	if (s->n < 2)
		return NAN;
	return sim_stats_exp_max_sharpe(s->n, sqrt(s->squares / (s->n - 1)));
}

double sim_luck_sharpe_deflated(const struct sim_luck_sharpe *s, double se)
{
	double z = (s->best - sim_luck_sharpe_expected(s)) / se;

	return isfinite(z) ? sim_fmath_normal_cdf(z) : NAN;
}
