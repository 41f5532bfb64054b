/*
 * moment: variance, the least-squares line and their kin over a window.
 *
 * Moments are joined, never subtracted, so a flat window has a variance of
 * exactly 0.  Warm-up: the first value is at the bar that fills the window.
 */
#include "ta/part_priv.h"

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

/* var: over the n values (ddof 0, as TA-Lib) or n - 1 (ddof 1). */
static bool var_push(void *state, const double *in, double *out)
{
	struct moment *s = state;

	if (!sim_part_mom_push(&s->w, in[0]))
		return false;
	out[0] = s->w.value.m2 / (s->w.n - s->ddof);
	return true;
}
SIM_PART_OPS3(moment, var, moment, sim_part_look_full, moment_init, var_push);

/* stddev: its root */
static bool stddev_push(void *state, const double *in, double *out)
{
	if (!var_push(state, in, out))
		return false;
	out[0] = sqrt(out[0]);
	return true;
}
SIM_PART_OPS3(moment, stddev, moment, sim_part_look_full, moment_init,
	      stddev_push);

/* zscore: (x - mean) / stddev, 0 in a flat window. */
static bool zscore_push(void *state, const double *in, double *out)
{
	struct moment *s = state;
	double dev;

	if (!stddev_push(state, in, &dev))
		return false;
	out[0] = sim_part_div(in[0] - s->w.value.mean, dev, 0);
	return true;
}
SIM_PART_OPS3(moment, zscore, moment, sim_part_look_full, moment_init,
	      zscore_push);

/* The least-squares line: its height in the middle of the window, and its
 * rise a bar. */
static bool line(struct moment *s, double x, double *mean, double *slope)
{
	if (!sim_part_mom_push(&s->w, x))
		return false;
	*mean = s->w.value.mean;
	*slope = sim_part_mom_slope(&s->w.value);
	return true;
}

/* linreg: the line at the newest bar. */
static bool linreg_push(void *state, const double *in, double *out)
{
	struct moment *s = state;
	double mean, slope;

	if (!line(s, in[0], &mean, &slope))
		return false;
	out[0] = mean + slope * (s->w.n - 1) / 2;
	return true;
}
SIM_PART_OPS3(moment, linreg, moment, sim_part_look_full, moment_init,
	      linreg_push);

/* linreg_slope: its rise a bar. */
static bool linreg_slope_push(void *state, const double *in, double *out)
{
	double mean;

	return line(state, in[0], &mean, out);
}
SIM_PART_OPS3(moment, linreg_slope, moment, sim_part_look_full, moment_init,
	      linreg_slope_push);

/* linreg_intercept: the line at the oldest bar of the window. */
static bool linreg_intercept_push(void *state, const double *in, double *out)
{
	struct moment *s = state;
	double mean, slope;

	if (!line(s, in[0], &mean, &slope))
		return false;
	out[0] = mean - slope * (s->w.n - 1) / 2;
	return true;
}
SIM_PART_OPS3(moment, linreg_intercept, moment, sim_part_look_full,
	      moment_init, linreg_intercept_push);

/* tsf: the line one bar after the newest. */
static bool tsf_push(void *state, const double *in, double *out)
{
	struct moment *s = state;
	double mean, slope;

	if (!line(s, in[0], &mean, &slope))
		return false;
	out[0] = mean + slope * (s->w.n + 1) / 2;
	return true;
}
SIM_PART_OPS3(moment, tsf, moment, sim_part_look_full, moment_init, tsf_push);

/* r2: the part of the variance that the line explains, 0 in a flat window. */
static bool r2_push(void *state, const double *in, double *out)
{
	struct moment *s = state;
	double mean, slope;

	if (!line(s, in[0], &mean, &slope))
		return false;
	out[0] = sim_part_div(slope * s->w.value.cxy, s->w.value.m2, 0);
	return true;
}
SIM_PART_OPS3(moment, r2, moment, sim_part_look_full, moment_init, r2_push);
