/*
 * moment: variance, correlation with time and their kin over a window.
 *
 * Moments are joined, never subtracted, so a flat window has a variance of
 * exactly 0.  Warm-up: the first value is at the bar that fills the window.
 */
#include "ta/part_priv.h"

static int period_lookback(const double *opt)
{
	return (int)opt[0] - 1;
}

struct moment {
	struct sim_part_mom w;
	double ddof;
};

static void moment_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	struct moment *s = state;

	sim_part_mom_init(&s->w, mem, (int)opt[0]);
	s->ddof = opt[1];
}

/* stddev: over the n values (ddof 0, as TA-Lib) or n - 1 (ddof 1). */
static bool stddev_push(void *state, const double *in, double *out)
{
	struct moment *s = state;

	if (!sim_part_mom_push(&s->w, in[0]))
		return false;
	out[0] = sqrt(s->w.value.m2 / (s->w.n - s->ddof));
	return true;
}
SIM_PART_OPS3(moment, stddev, moment, period_lookback, moment_init,
	      stddev_push);
