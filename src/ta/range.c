/*
 * range: true range and what is built on it, and volatility.
 *
 * Warm-up: the first bar has no close before it and no true range (as in
 * TA-Lib), so an average of `period` true ranges starts at index period.
 */
#include "ta/part_priv.h"

/* tr: the largest of high - low, |high - close'|, |low - close'|. */
static int tr_lookback(const double *opt)
{
	(void)opt;
	return 1;
}

static bool tr_push(void *state, const double *in, double *out)
{
	return sim_part_tr(state, in[0], in[1], in[2], out);
}
SIM_PART_OPS3(range, tr, sim_part_prev, tr_lookback, sim_part_zero_init,
	      tr_push);

/* atr: true range smoothed as Wilder does; natr: in percent of the close. */
struct atr {
	struct sim_part_prev close;
	struct sim_part_ema avg;
};

static void atr_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct atr *s = state;

	(void)mem;
	sim_part_rma_init(&s->avg, (int)opt[0]);
}

static bool atr_push(void *state, const double *in, double *out)
{
	struct atr *s = state;
	double tr;

	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr))
		return false;
	return sim_part_ema_chain(&s->avg, 1, tr, out);
}
SIM_PART_OPS3(range, atr, atr, sim_part_look_change, atr_init, atr_push);

static bool natr_push(void *state, const double *in, double *out)
{
	if (!atr_push(state, in, out))
		return false;
	out[0] = sim_part_div(100 * out[0], in[2], 0);
	return true;
}
SIM_PART_OPS3(range, natr, atr, sim_part_look_change, atr_init, natr_push);

/* chaikin_vol: percent change over `change` bars of the ema of high - low. */
struct chaikin_vol {
	struct sim_part_ema avg;
	struct sim_part_ring past;
};

static int chaikin_vol_lookback(const double *opt)
{
	return (int)opt[0] - 1 + (int)opt[1];
}

static void chaikin_vol_init(void *state, struct sim_part_mem *mem,
			     const double *opt)
{
	struct chaikin_vol *s = state;

	sim_part_ema_init(&s->avg, (int)opt[0]);
	sim_part_ring_init(&s->past, mem, (int)opt[1]);
}

static bool chaikin_vol_push(void *state, const double *in, double *out)
{
	struct chaikin_vol *s = state;
	double old;

	if (!sim_part_ema_push(&s->avg, in[0] - in[1]) ||
	    !sim_part_ring_push(&s->past, s->avg.value, &old))
		return false;
	out[0] = sim_part_div(100 * (s->avg.value - old), old, 0);
	return true;
}
SIM_PART_OPS(range, chaikin_vol);

/* choppiness: 100 log(sum of true ranges / (highest - lowest)) / log(period);
 * 100 where the window has no height. */
struct choppiness {
	struct sim_part_prev close;
	struct sim_part_sum tr;
	struct sim_part_ext hi, lo;
	double log_n;
};

static void choppiness_init(void *state, struct sim_part_mem *mem,
			    const double *opt)
{
	struct choppiness *s = state;
	int n = (int)opt[0];

	sim_part_sum_init(&s->tr, mem, n);
	sim_part_ext_init(&s->hi, mem, n, 1);
	sim_part_ext_init(&s->lo, mem, n, -1);
	s->log_n = sim_fmath_log(n);
}

static bool choppiness_push(void *state, const double *in, double *out)
{
	struct choppiness *s = state;
	double tr, height;

	sim_part_ext_push(&s->hi, in[0]);
	sim_part_ext_push(&s->lo, in[1]);
	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr) ||
	    !sim_part_sum_push(&s->tr, tr))
		return false;
	height = s->hi.value - s->lo.value;
	out[0] = height < 1e-100 ? 100 :
		 100 * sim_part_log(s->tr.value / height) / s->log_n;
	return true;
}
SIM_PART_OPS3(range, choppiness, choppiness, sim_part_look_change,
	      choppiness_init, choppiness_push);

/* mass: sum over `sum` bars of the ema of high - low over the ema of it. */
struct mass {
	struct sim_part_ema e[2];
	struct sim_part_sum sum;
};

static int mass_lookback(const double *opt)
{
	return 2 * ((int)opt[0] - 1) + (int)opt[1] - 1;
}

static void mass_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct mass *s = state;

	sim_part_ema_init(&s->e[0], (int)opt[0]);
	sim_part_ema_init(&s->e[1], (int)opt[0]);
	sim_part_sum_init(&s->sum, mem, (int)opt[1]);
}

static bool mass_push(void *state, const double *in, double *out)
{
	struct mass *s = state;
	double e[2];

	if (!sim_part_ema_chain(s->e, 2, in[0] - in[1], e) ||
	    !sim_part_sum_push(&s->sum, sim_part_div(e[0], e[1], 1)))
		return false;
	out[0] = s->sum.value;
	return true;
}
SIM_PART_OPS(range, mass);

/* parkinson: root of the mean of ln(high / low)^2 / (4 ln 2), per bar;
 * prices of 0 or below count as not moving. */
static void parkinson_init(void *state, struct sim_part_mem *mem,
			   const double *opt)
{
	sim_part_sum_init(state, mem, (int)opt[0]);
}

static bool parkinson_push(void *state, const double *in, double *out)
{
	struct sim_part_sum *s = state;
	double x = sim_part_log(sim_part_div(in[0], in[1], 1));

	if (!sim_part_sum_push(s, x * x))
		return false;
	out[0] = sqrt(s->value / (4 * s->n * sim_fmath_log(2)));
	return true;
}
SIM_PART_OPS3(range, parkinson, sim_part_sum, sim_part_look_full,
	      parkinson_init, parkinson_push);

/* hist_vol: sample deviation of the log changes, times the root of the bars
 * of a year; prices of 0 or below count as not moving. */
struct hist_vol {
	struct sim_part_prev last;
	struct sim_part_mom w;
	double scale;
};

static void hist_vol_init(void *state, struct sim_part_mem *mem,
			  const double *opt)
{
	struct hist_vol *s = state;

	sim_part_mom_init(&s->w, mem, (int)opt[0]);
	s->scale = sqrt(opt[1]);
}

static bool hist_vol_push(void *state, const double *in, double *out)
{
	struct hist_vol *s = state;
	double old, x;

	if (!sim_part_prev_swap(&s->last, in[0], &old))
		return false;
	x = sim_part_log(sim_part_div(in[0], old, 1));
	if (!sim_part_mom_push(&s->w, x))
		return false;
	out[0] = s->scale * sqrt(s->w.value.m2 / (s->w.n - 1));
	return true;
}
SIM_PART_OPS3(range, hist_vol, hist_vol, sim_part_look_change, hist_vol_init,
	      hist_vol_push);
