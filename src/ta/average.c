/*
 * average: moving averages of one series.
 *
 * Warm-up: a window has a value once it is full.  An exponential average
 * starts as the mean of its first `period` values, as in TA-Lib, so its
 * first value is at index period - 1.
 */
#include "ta/part_priv.h"

static int period_lookback(const double *opt)
{
	return (int)opt[0] - 1;
}

/* sma: the mean of the window. */
static void sma_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	sim_part_sum_init(state, mem, (int)opt[0]);
}

static bool sma_push(void *state, const double *in, double *out)
{
	struct sim_part_sum *s = state;

	if (!sim_part_sum_push(s, in[0]))
		return false;
	out[0] = s->value / s->n;
	return true;
}
SIM_PART_OPS3(average, sma, sim_part_sum, period_lookback, sma_init, sma_push);

/* ema: e += 2 / (period + 1) * (x - e). */
static void ema_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	(void)mem;
	sim_part_ema_init(state, (int)opt[0]);
}

static bool ema_push(void *state, const double *in, double *out)
{
	struct sim_part_ema *e = state;

	if (!sim_part_ema_push(e, in[0]))
		return false;
	out[0] = e->value;
	return true;
}
SIM_PART_OPS3(average, ema, sim_part_ema, period_lookback, ema_init, ema_push);
