/*
 * candle: prices made from the four prices of a bar.
 *
 * Warm-up: none, but for qstick's window.
 */
#include "ta/part_priv.h"

/* What needs nothing but the bar itself. */
struct plain {
	char none;
};

static bool avgprice_push(void *state, const double *in, double *out)
{
	(void)state;
	out[0] = (in[0] + in[1] + in[2] + in[3]) / 4;
	return true;
}
SIM_PART_OPS3(candle, avgprice, plain, sim_part_look_none, sim_part_zero_init,
	      avgprice_push);

static bool medprice_push(void *state, const double *in, double *out)
{
	(void)state;
	out[0] = (in[0] + in[1]) / 2;
	return true;
}
SIM_PART_OPS3(candle, medprice, plain, sim_part_look_none, sim_part_zero_init,
	      medprice_push);

static bool typprice_push(void *state, const double *in, double *out)
{
	(void)state;
	out[0] = (in[0] + in[1] + in[2]) / 3;
	return true;
}
SIM_PART_OPS3(candle, typprice, plain, sim_part_look_none, sim_part_zero_init,
	      typprice_push);

static bool wclprice_push(void *state, const double *in, double *out)
{
	(void)state;
	out[0] = (in[0] + in[1] + 2 * in[2]) / 4;
	return true;
}
SIM_PART_OPS3(candle, wclprice, plain, sim_part_look_none, sim_part_zero_init,
	      wclprice_push);

/* bop: (close - open) / (high - low), 0 where the bar has no height. */
static bool bop_push(void *state, const double *in, double *out)
{
	(void)state;
	out[0] = sim_part_div(in[3] - in[0], in[1] - in[2], 0);
	return true;
}
SIM_PART_OPS3(candle, bop, plain, sim_part_look_none, sim_part_zero_init,
	      bop_push);

/*
 * heikin: the close is the mean of the four prices, the open the middle of
 * the body before (of the first bar: of its own), high and low reach to both.
 */
struct heikin {
	double open, close;
	bool started;
};

static bool heikin_push(void *state, const double *in, double *out)
{
	struct heikin *s = state;

	s->open = s->started ? (s->open + s->close) / 2 : (in[0] + in[3]) / 2;
	s->close = (in[0] + in[1] + in[2] + in[3]) / 4;
	s->started = true;
	out[0] = s->open;
	out[1] = sim_part_max3(in[1], s->open, s->close);
	out[2] = -sim_part_max3(-in[2], -s->open, -s->close);
	out[3] = s->close;
	return true;
}
SIM_PART_OPS3(candle, heikin, heikin, sim_part_look_none, sim_part_zero_init,
	      heikin_push);

/* qstick: the mean of close - open. */
static void qstick_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	sim_part_sum_init(state, mem, (int)opt[0]);
}

static bool qstick_push(void *state, const double *in, double *out)
{
	struct sim_part_sum *s = state;

	if (!sim_part_sum_push(s, in[1] - in[0]))
		return false;
	out[0] = sim_part_sum_mean(s);
	return true;
}
SIM_PART_OPS3(candle, qstick, sim_part_sum, sim_part_look_full, qstick_init,
	      qstick_push);
