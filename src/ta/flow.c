/*
 * flow: volume weighed by what the price did.
 *
 * Running totals start with the stream and are compensated.  Warm-up: totals
 * have a value from the first bar; what needs the bar before starts at index
 * 1, its average of `period` at index period.
 */
#include "ta/part_priv.h"

/* obv: volume added on a rise, taken off on a fall; starts as the first
 * volume (TA-Lib). */
struct total {
	struct sim_part_prev last;
	struct sim_fmath_sum sum;
};

static bool obv_push(void *state, const double *in, double *out)
{
	struct total *s = state;
	double old;
	bool has = sim_part_prev_swap(&s->last, in[0], &old);

	if (!has || in[0] > old)
		sim_fmath_sum_add(&s->sum, in[1]);
	else if (in[0] < old)
		sim_fmath_sum_add(&s->sum, -in[1]);
	out[0] = sim_fmath_sum_get(&s->sum);
	return true;
}
SIM_PART_OPS3(flow, obv, total, sim_part_look_none, sim_part_zero_init,
	      obv_push);

/* pvt: volume times the relative change of the close; starts as 0. */
static bool pvt_push(void *state, const double *in, double *out)
{
	struct total *s = state;
	double old;

	if (sim_part_prev_swap(&s->last, in[0], &old))
		sim_fmath_sum_add(&s->sum, in[1] *
				  sim_part_div(in[0] - old, old, 0));
	out[0] = sim_fmath_sum_get(&s->sum);
	return true;
}
SIM_PART_OPS3(flow, pvt, total, sim_part_look_none, sim_part_zero_init,
	      pvt_push);

/* nvi, pvi: follow the close in proportion on bars whose volume fell (nvi)
 * or rose (pvi); start as 1000. */
struct vindex {
	struct sim_part_prev close, volume;
	double value;
};

static void vindex_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	struct vindex *s = state;

	(void)mem;
	(void)opt;
	s->value = 1000;
}

static bool vindex_step(struct vindex *s, const double *in, double sign,
			double *out)
{
	double c, v = 0;
	bool has = sim_part_prev_swap(&s->close, in[0], &c);

	sim_part_prev_swap(&s->volume, in[1], &v);
	if (has && sign * (in[1] - v) > 0)
		s->value *= sim_part_div(in[0], c, 1);
	out[0] = s->value;
	return true;
}

static bool nvi_push(void *state, const double *in, double *out)
{
	return vindex_step(state, in, -1, out);
}
SIM_PART_OPS3(flow, nvi, vindex, sim_part_look_none, vindex_init, nvi_push);

static bool pvi_push(void *state, const double *in, double *out)
{
	return vindex_step(state, in, 1, out);
}
SIM_PART_OPS3(flow, pvi, vindex, sim_part_look_none, vindex_init, pvi_push);

/* Volume times the place of the close in the bar, -1 (low) to 1 (high); 0
 * where the bar has no height.  in: high, low, close, volume. */
static double money_flow(const double *in)
{
	double place = sim_part_div((in[2] - in[1]) - (in[0] - in[2]),
				    in[0] - in[1], 0);

	return place * in[3];
}

/* ad: the running total of it. */
static bool ad_push(void *state, const double *in, double *out)
{
	struct sim_fmath_sum *s = state;

	sim_fmath_sum_add(s, money_flow(in));
	out[0] = sim_fmath_sum_get(s);
	return true;
}
SIM_PART_OPS3(flow, ad, sim_fmath_sum, sim_part_look_none, sim_part_zero_init,
	      ad_push);

/* adosc: fast less slow ema of ad, both starting as the mean of their first
 * values (TA-Lib starts both with the first one). */
struct adosc {
	struct sim_fmath_sum ad;
	struct sim_part_ema fast, slow;
};

static int adosc_lookback(const double *opt)
{
	return sim_part_max((int)opt[0], (int)opt[1]) - 1;
}

static void adosc_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	struct adosc *s = state;

	(void)mem;
	sim_part_ema_init(&s->fast, (int)opt[0]);
	sim_part_ema_init(&s->slow, (int)opt[1]);
}

static bool adosc_push(void *state, const double *in, double *out)
{
	struct adosc *s = state;
	double ad;
	bool fast, slow;

	ad_push(&s->ad, in, &ad);
	fast = sim_part_ema_push(&s->fast, ad);
	slow = sim_part_ema_push(&s->slow, ad);
	out[0] = s->fast.value - s->slow.value;
	return fast && slow;
}
SIM_PART_OPS(flow, adosc);

/* cmf: the window's money flow over its volume, 0 without volume. */
struct pair {
	struct sim_part_prev last;
	struct sim_part_sum a, b;
};

static void pair_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct pair *s = state;

	sim_part_sum_init(&s->a, mem, (int)opt[0]);
	sim_part_sum_init(&s->b, mem, (int)opt[0]);
}

static bool cmf_push(void *state, const double *in, double *out)
{
	struct pair *s = state;

	sim_part_sum_push(&s->b, in[3]);
	if (!sim_part_sum_push(&s->a, money_flow(in)))
		return false;
	out[0] = sim_part_div(s->a.value, s->b.value, 0);
	return true;
}
SIM_PART_OPS3(flow, cmf, pair, sim_part_look_full, pair_init, cmf_push);

static double typical(const double *in)
{
	return (in[0] + in[1] + in[2]) / 3;
}

/* mfi: 100 times typical price by volume on rises over that on rises and
 * falls; 50 where there were neither. */
static bool mfi_push(void *state, const double *in, double *out)
{
	struct pair *s = state;
	double tp = typical(in), flow = tp * in[3], old;

	if (!sim_part_prev_swap(&s->last, tp, &old))
		return false;
	sim_part_sum_push(&s->b, tp < old ? flow : 0);
	if (!sim_part_sum_push(&s->a, tp > old ? flow : 0))
		return false;
	out[0] = sim_part_div(100 * s->a.value, s->a.value + s->b.value, 50);
	return true;
}
SIM_PART_OPS3(flow, mfi, pair, sim_part_look_change, pair_init, mfi_push);

/* vwap: typical price by volume since the stream began; start a stream a
 * session.  The typical price while nothing was traded. */
struct vwap {
	struct sim_fmath_sum pv, v;
};

static bool vwap_push(void *state, const double *in, double *out)
{
	struct vwap *s = state;
	double tp = typical(in);

	sim_fmath_sum_add(&s->pv, tp * in[3]);
	sim_fmath_sum_add(&s->v, in[3]);
	out[0] = sim_part_div(sim_fmath_sum_get(&s->pv),
			      sim_fmath_sum_get(&s->v), tp);
	return true;
}
SIM_PART_OPS3(flow, vwap, vwap, sim_part_look_none, sim_part_zero_init,
	      vwap_push);

/* eom: mean of (move of the middle) (height) unit / volume; a bar without
 * volume counts as 0. */
struct eom {
	struct sim_part_prev last;
	struct sim_part_sum avg;
	double unit;
};

static void eom_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct eom *s = state;

	sim_part_sum_init(&s->avg, mem, (int)opt[0]);
	s->unit = opt[1];
}

static bool eom_push(void *state, const double *in, double *out)
{
	struct eom *s = state;
	double mid = (in[0] + in[1]) / 2, old, move;

	if (!sim_part_prev_swap(&s->last, mid, &old))
		return false;
	move = (mid - old) * (in[0] - in[1]) * s->unit;
	if (!sim_part_sum_push(&s->avg, sim_part_div(move, in[2], 0)))
		return false;
	out[0] = sim_part_sum_mean(&s->avg);
	return true;
}
SIM_PART_OPS3(flow, eom, eom, sim_part_look_change, eom_init, eom_push);

/* force_index: ema of the change of the close times volume. */
struct force_index {
	struct sim_part_prev last;
	struct sim_part_ema avg;
};

static void force_index_init(void *state, struct sim_part_mem *mem,
			     const double *opt)
{
	struct force_index *s = state;

	(void)mem;
	sim_part_ema_init(&s->avg, (int)opt[0]);
}

static bool force_index_push(void *state, const double *in, double *out)
{
	struct force_index *s = state;
	double old;

	if (!sim_part_prev_swap(&s->last, in[0], &old))
		return false;
	return sim_part_ema_chain(&s->avg, 1, (in[0] - old) * in[1], out);
}
SIM_PART_OPS3(flow, force_index, force_index, sim_part_look_change,
	      force_index_init, force_index_push);
