/* drawdown: one pass, a short insertion-sorted list of the deepest. */
#include "report/drawdown.h"

#include <math.h>

#include "report/stats.h"
#include "util/fmath.h"

/* Units of 1e-8: amounts so far apart differ as doubles, as neither rounding
 * moves one of any size by more than 1024. */
#define NEAR 8192

static void insert(struct sim_drawdown *d, struct sim_drawdown_episode e)
{
	size_t i = d->n;

	if (d->n == SIM_DRAWDOWN_TOP) {
		if (!(e.depth < d->top[d->n - 1].depth))
			return;
		i--;
	} else {
		d->n++;
	}
	for (; i > 0 && e.depth < d->top[i - 1].depth; i--)
		d->top[i] = d->top[i - 1];
	d->top[i] = e;
}

/* An episode has ended, or the levels have. */
static void note(struct sim_drawdown *d, struct sim_fmath_sum *sum,
		 struct sim_drawdown_episode e)
{
	sim_fmath_sum_add(sum, e.depth);
	d->episodes++;
	insert(d, e);
}

static void conclude(struct sim_drawdown *d, struct sim_fmath_sum *sum)
{
	d->mean_depth = d->episodes ?
		sim_fmath_sum_get(sum) / (double)d->episodes : NAN;
}

void sim_drawdown_find(const double *level, size_t n, struct sim_drawdown *d)
{
	struct sim_fmath_sum sum = { 0, 0 };
	size_t peak = 0, low = 0;
	double top = n ? level[0] : 0, bottom = top;

	d->n = d->episodes = 0;
	for (size_t i = 1; i <= n && n > 0; i++) {
		if (i < n && level[i] < top) {
			if (level[i] < bottom) {
				low = i;
				bottom = level[i];
			}
			continue;
		}
		if (low != peak)
			note(d, &sum, (struct sim_drawdown_episode){ peak, low,
			     i, sim_stats_change(top, bottom) });
		if (i < n) {
			peak = low = i;
			top = bottom = level[i];
		}
	}
	conclude(d, &sum);
}

/* Is v below w as a double?  Of large amounts those that are near each other
 * may be the same. */
static inline bool is_below(sim_dec v, sim_dec w)
{
	return v < w && ((uint64_t)w - (uint64_t)v >= NEAR ||
			 sim_dec_to_double(v) < sim_dec_to_double(w));
}

void sim_drawdown_of_equity(sim_dec first, const sim_dec *equity, size_t n,
			    struct sim_drawdown *d)
{
	struct sim_fmath_sum sum = { 0, 0 };
	size_t peak = 0, low = 0;
	sim_dec top = first, bottom = first;

	d->n = d->episodes = 0;
	for (size_t i = 1; i <= n + 1; i++) {
		if (i <= n && is_below(equity[i - 1], top)) {
			if (is_below(equity[i - 1], bottom)) {
				low = i;
				bottom = equity[i - 1];
			}
			continue;
		}
		if (low != peak)
			note(d, &sum, (struct sim_drawdown_episode){ peak, low,
			     i, sim_stats_change(sim_dec_to_double(top),
						 sim_dec_to_double(bottom)) });
		if (i <= n) {
			peak = low = i;
			top = bottom = equity[i - 1];
		}
	}
	conclude(d, &sum);
}
