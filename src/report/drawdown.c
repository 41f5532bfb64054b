/* drawdown: one pass, a short insertion-sorted list of the deepest. */
#include "report/drawdown.h"

#include <math.h>

#include "report/stats.h"
#include "util/fmath.h"

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

void sim_drawdown_find(const double *level, size_t n, struct sim_drawdown *d)
{
	struct sim_drawdown_episode e = { 0, 0, 0, 0 };
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
		if (low != peak) {
			e = (struct sim_drawdown_episode){ peak, low, i,
				sim_stats_change(top, bottom) };
			sim_fmath_sum_add(&sum, e.depth);
			d->episodes++;
			insert(d, e);
		}
		if (i < n) {
			peak = low = i;
			top = bottom = level[i];
		}
	}
	d->mean_depth = d->episodes ?
		sim_fmath_sum_get(&sum) / (double)d->episodes : NAN;
}
