/*
 * band: a line with an upper and a lower companion.
 *
 * Warm-up: all outputs start together, at the bar where the slowest has a
 * value.
 */
#include "ta/part_priv.h"

/* bbands: the mean of the window and mult population deviations off it. */
struct bbands {
	struct sim_part_mom w;
	double mult;
};

static int bbands_lookback(const double *opt)
{
	return (int)opt[0] - 1;
}

static void bbands_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	struct bbands *s = state;

	sim_part_mom_init(&s->w, mem, (int)opt[0]);
	s->mult = opt[1];
}

static bool bbands_push(void *state, const double *in, double *out)
{
	struct bbands *s = state;
	double width;

	if (!sim_part_mom_push(&s->w, in[0]))
		return false;
	width = s->mult * sqrt(s->w.value.m2 / s->w.n);
	out[1] = s->w.value.mean;
	out[0] = out[1] + width;
	out[2] = out[1] - width;
	return true;
}
SIM_PART_OPS(band, bbands);
