/*
 * band: a line with an upper and a lower companion.
 *
 * Warm-up: all outputs start together, at the bar where the slowest part has
 * a value.
 */
#include "ta/part_priv.h"

/*
 * bbands: the mean of the window and mult population deviations off it;
 * bbands_b: where the value stands between the bands, 0 to 1 (0.5 in a flat
 * window); bbands_width: their distance in percent of the mean.
 */
struct bbands {
	struct sim_part_mom w;
	double mult;
};

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
SIM_PART_OPS3(band, bbands, bbands, sim_part_look_full, bbands_init,
	      bbands_push);

static bool bbands_b_push(void *state, const double *in, double *out)
{
	double b[3];

	if (!bbands_push(state, in, b))
		return false;
	out[0] = sim_part_div(in[0] - b[2], b[0] - b[2], 0.5);
	return true;
}
SIM_PART_OPS3(band, bbands_b, bbands, sim_part_look_full, bbands_init,
	      bbands_b_push);

static bool bbands_width_push(void *state, const double *in, double *out)
{
	double b[3];

	if (!bbands_push(state, in, b))
		return false;
	out[0] = sim_part_div(100 * (b[0] - b[2]), b[1], 0);
	return true;
}
SIM_PART_OPS3(band, bbands_width, bbands, sim_part_look_full, bbands_init,
	      bbands_width_push);

/* keltner: ema of the close and mult average true ranges off it. */
struct keltner {
	struct sim_part_ema mid, atr;
	struct sim_part_prev close;
	double mult;
};

static int keltner_lookback(const double *opt)
{
	return sim_part_max((int)opt[0] - 1, (int)opt[1]);
}

static void keltner_init(void *state, struct sim_part_mem *mem,
			 const double *opt)
{
	struct keltner *s = state;

	(void)mem;
	sim_part_ema_init(&s->mid, (int)opt[0]);
	sim_part_rma_init(&s->atr, (int)opt[1]);
	s->mult = opt[2];
}

static bool keltner_push(void *state, const double *in, double *out)
{
	struct keltner *s = state;
	double tr;
	bool mid = sim_part_ema_push(&s->mid, in[2]);

	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr) ||
	    !sim_part_ema_push(&s->atr, tr) || !mid)
		return false;
	out[0] = s->mid.value + s->mult * s->atr.value;
	out[1] = s->mid.value;
	out[2] = s->mid.value - s->mult * s->atr.value;
	return true;
}
SIM_PART_OPS(band, keltner);

/* chandelier: mult average true ranges below the highest high (the stop of a
 * long position) and above the lowest low (of a short one). */
struct chandelier {
	struct sim_part_ext hi, lo;
	struct sim_part_ema atr;
	struct sim_part_prev close;
	double mult;
};

static void chandelier_init(void *state, struct sim_part_mem *mem,
			    const double *opt)
{
	struct chandelier *s = state;

	sim_part_ext_init(&s->hi, mem, (int)opt[0], 1);
	sim_part_ext_init(&s->lo, mem, (int)opt[0], -1);
	sim_part_rma_init(&s->atr, (int)opt[0]);
	s->mult = opt[1];
}

static bool chandelier_push(void *state, const double *in, double *out)
{
	struct chandelier *s = state;
	double tr;

	sim_part_ext_push(&s->hi, in[0]);
	sim_part_ext_push(&s->lo, in[1]);
	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr) ||
	    !sim_part_ema_push(&s->atr, tr))
		return false;
	out[0] = s->hi.value - s->mult * s->atr.value;
	out[1] = s->lo.value + s->mult * s->atr.value;
	return true;
}
SIM_PART_OPS3(band, chandelier, chandelier, sim_part_look_change,
	      chandelier_init, chandelier_push);
