/*
 * trend: is there a direction, which, and where does it end.
 *
 * Warm-up: Wilder's directional movement needs the bar before, so its first
 * average of `period` is at index period, seeded with the mean of the first
 * `period` values as he does (TA-Lib seeds with one value less).
 */
#include "ta/part_priv.h"

/*
 * di: 100 times smoothed directional movement over smoothed true range, up
 * and down; dx: 100 |up - down| / (up + down); adx: dx smoothed, with both;
 * adxr: mean of adx and adx `period` bars ago.
 */
struct adx {
	struct sim_part_prev high, low, close;
	struct sim_part_ema plus, minus, tr, dx;
	struct sim_part_ring past;
};

static int adx_lookback(const double *opt)
{
	return 2 * (int)opt[0] - 1;
}

static int adxr_lookback(const double *opt)
{
	return 3 * (int)opt[0] - 1;
}

static void adx_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct adx *s = state;
	int n = (int)opt[0];

	sim_part_rma_init(&s->plus, n);
	sim_part_rma_init(&s->minus, n);
	sim_part_rma_init(&s->tr, n);
	sim_part_rma_init(&s->dx, n);
	sim_part_ring_init(&s->past, mem, n);
}

static bool di_push(void *state, const double *in, double *out)
{
	struct adx *s = state;
	double h, l, tr, up, down;

	sim_part_prev_swap(&s->high, in[0], &h);
	sim_part_prev_swap(&s->low, in[1], &l);
	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr))
		return false;
	up = in[0] - h;
	down = l - in[1];
	sim_part_ema_push(&s->plus, up > down && up > 0 ? up : 0);
	sim_part_ema_push(&s->minus, down > up && down > 0 ? down : 0);
	if (!sim_part_ema_push(&s->tr, tr))
		return false;
	out[0] = sim_part_div(100 * s->plus.value, s->tr.value, 0);
	out[1] = sim_part_div(100 * s->minus.value, s->tr.value, 0);
	return true;
}
SIM_PART_OPS3(trend, di, adx, sim_part_look_change, adx_init, di_push);

static bool dx_push(void *state, const double *in, double *out)
{
	double di[2];

	if (!di_push(state, in, di))
		return false;
	out[0] = sim_part_div(100 * fabs(di[0] - di[1]), di[0] + di[1], 0);
	return true;
}
SIM_PART_OPS3(trend, dx, adx, sim_part_look_change, adx_init, dx_push);

static bool adx_push(void *state, const double *in, double *out)
{
	struct adx *s = state;
	double di[2], dx;

	if (!di_push(state, in, di))
		return false;
	dx = sim_part_div(100 * fabs(di[0] - di[1]), di[0] + di[1], 0);
	if (!sim_part_ema_push(&s->dx, dx))
		return false;
	out[0] = s->dx.value;
	out[1] = di[0];
	out[2] = di[1];
	return true;
}
SIM_PART_OPS(trend, adx);

static bool adxr_push(void *state, const double *in, double *out)
{
	struct adx *s = state;
	double adx[3], old;

	if (!adx_push(state, in, adx) ||
	    !sim_part_ring_push(&s->past, adx[0], &old))
		return false;
	out[0] = (adx[0] + old) / 2;
	return true;
}
SIM_PART_OPS3(trend, adxr, adx, adxr_lookback, adx_init, adxr_push);

/* aroon: 100 (period - age) / period of the highest high and the lowest low
 * of period + 1 bars, of equals the newest; aroonosc: up less down. */
struct aroon {
	struct sim_part_ext hi, lo;
	double n;
};

static void aroon_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	struct aroon *s = state;

	s->n = opt[0];
	sim_part_ext_init(&s->hi, mem, (int)opt[0] + 1, 1);
	sim_part_ext_init(&s->lo, mem, (int)opt[0] + 1, -1);
}

static bool aroon_push(void *state, const double *in, double *out)
{
	struct aroon *s = state;

	sim_part_ext_push(&s->hi, in[0]);
	if (!sim_part_ext_push(&s->lo, in[1]))
		return false;
	out[0] = 100 * (s->n - s->hi.age) / s->n;
	out[1] = 100 * (s->n - s->lo.age) / s->n;
	return true;
}
SIM_PART_OPS3(trend, aroon, aroon, sim_part_look_change, aroon_init,
	      aroon_push);

static bool aroonosc_push(void *state, const double *in, double *out)
{
	double a[2];

	if (!aroon_push(state, in, a))
		return false;
	out[0] = a[0] - a[1];
	return true;
}
SIM_PART_OPS3(trend, aroonosc, aroon, sim_part_look_change, aroon_init,
	      aroonosc_push);

/*
 * psar: Wilder's stop and reverse.  The second bar decides the first
 * direction: short if its low fell further than its high rose, else long; the
 * first stop is the first bar's far end (TA-Lib).  For a short position all
 * prices change sign, so there is only one rule.
 */
struct psar {
	double step, max;
	double sign;		/* 1 long, -1 short, 0 not started */
	double sar, ep, af;	/* sar and ep times sign */
	double hi[2], lo[2];	/* of this bar and the one before */
	bool has;
};

static int psar_lookback(const double *opt)
{
	(void)opt;
	return 1;
}

static void psar_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct psar *s = state;

	(void)mem;
	s->step = opt[0];
	s->max = opt[1];
}

/* The lower of both bars, seen from the position; and the higher. */
static double psar_low(const struct psar *s, int bar)
{
	return s->sign > 0 ? s->lo[bar] : -s->hi[bar];
}

static double psar_high(const struct psar *s, int bar)
{
	return s->sign > 0 ? s->hi[bar] : -s->lo[bar];
}

/* Not above the lows of this bar and the one before. */
static void psar_hold(struct psar *s)
{
	s->sar = -sim_part_max3(-s->sar, -psar_low(s, 0), -psar_low(s, 1));
}

static void psar_turn(struct psar *s, double af)
{
	double stop = s->ep * s->sign;

	s->sign = -s->sign;
	s->sar = stop * s->sign;
	s->ep = psar_high(s, 0);
	s->af = af;
	psar_hold(s);
}

static void psar_start(struct psar *s, double af)
{
	double up = s->hi[0] - s->hi[1], down = s->lo[1] - s->lo[0];

	s->sign = down > 0 && down > up ? -1 : 1;
	s->sar = psar_low(s, 1);
	s->ep = psar_high(s, 0);
	s->af = af;
	/* Only this bar counts until there are two behind the start. */
	s->hi[1] = s->hi[0];
	s->lo[1] = s->lo[0];
}

static void psar_move(struct psar *s)
{
	s->sar += s->af * (s->ep - s->sar);
	psar_hold(s);
}

static bool psar_push(void *state, const double *in, double *out)
{
	struct psar *s = state;
	double af = s->step < s->max ? s->step : s->max;
	bool had = s->has;

	s->hi[1] = s->hi[0];
	s->lo[1] = s->lo[0];
	s->hi[0] = in[0];
	s->lo[0] = in[1];
	s->has = true;
	if (!had)
		return false;
	if (s->sign == 0)
		psar_start(s, af);
	if (psar_low(s, 0) <= s->sar) {
		psar_turn(s, af);
		out[0] = s->sar * s->sign;
	} else {
		out[0] = s->sar * s->sign;
		if (psar_high(s, 0) > s->ep) {
			s->ep = psar_high(s, 0);
			s->af += s->step;
			s->af = s->af < s->max ? s->af : s->max;
		}
	}
	psar_move(s);
	return true;
}
SIM_PART_OPS(trend, psar);

/* vortex: sums of |high - low'| and |low - high'| over that of true range;
 * 0 where there is none. */
struct vortex {
	struct sim_part_prev high, low, close;
	struct sim_part_sum plus, minus, tr;
};

static void vortex_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	struct vortex *s = state;

	sim_part_sum_init(&s->plus, mem, (int)opt[0]);
	sim_part_sum_init(&s->minus, mem, (int)opt[0]);
	sim_part_sum_init(&s->tr, mem, (int)opt[0]);
}

static bool vortex_push(void *state, const double *in, double *out)
{
	struct vortex *s = state;
	double h, l, tr;

	sim_part_prev_swap(&s->high, in[0], &h);
	sim_part_prev_swap(&s->low, in[1], &l);
	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr))
		return false;
	sim_part_sum_push(&s->plus, fabs(in[0] - l));
	sim_part_sum_push(&s->minus, fabs(in[1] - h));
	if (!sim_part_sum_push(&s->tr, tr))
		return false;
	out[0] = sim_part_div(s->plus.value, s->tr.value, 0);
	out[1] = sim_part_div(s->minus.value, s->tr.value, 0);
	return true;
}
SIM_PART_OPS3(trend, vortex, vortex, sim_part_look_change, vortex_init,
	      vortex_push);

/*
 * supertrend: bands of mult average true ranges around the middle of the bar
 * that only close in, unless the close before was outside; the line is the
 * lower band while the direction is 1 (up) and the upper while it is -1, and
 * a close beyond it turns the direction.  It starts as -1.
 */
struct supertrend {
	struct sim_part_prev close;
	struct sim_part_ema atr;
	double mult, upper, lower;
	bool started, up;
};

static void supertrend_init(void *state, struct sim_part_mem *mem,
			    const double *opt)
{
	struct supertrend *s = state;

	(void)mem;
	sim_part_rma_init(&s->atr, (int)opt[0]);
	s->mult = opt[1];
}

static bool supertrend_push(void *state, const double *in, double *out)
{
	struct supertrend *s = state;
	double last = s->close.x, tr, upper, lower;

	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr) ||
	    !sim_part_ema_push(&s->atr, tr))
		return false;
	upper = (in[0] + in[1]) / 2 + s->mult * s->atr.value;
	lower = (in[0] + in[1]) / 2 - s->mult * s->atr.value;
	if (!s->started || upper < s->upper || last > s->upper)
		s->upper = upper;
	if (!s->started || lower > s->lower || last < s->lower)
		s->lower = lower;
	if (s->started)
		s->up = s->up ? in[2] >= s->lower : in[2] > s->upper;
	s->started = true;
	out[0] = s->up ? s->lower : s->upper;
	out[1] = s->up ? 1 : -1;
	return true;
}
SIM_PART_OPS3(trend, supertrend, supertrend, sim_part_look_change,
	      supertrend_init, supertrend_push);

/*
 * ichimoku: middles of three windows: conversion, base, span_b; span_a is the
 * middle of the first two.  All as of this bar: charts draw the spans `base`
 * bars ahead, and the close that far back.
 */
struct ichimoku {
	struct sim_part_ext hi[3], lo[3];
};

static int ichimoku_lookback(const double *opt)
{
	return (int)sim_part_max3(opt[0], opt[1], opt[2]) - 1;
}

static void ichimoku_init(void *state, struct sim_part_mem *mem,
			  const double *opt)
{
	struct ichimoku *s = state;
	int i;

	for (i = 0; i < 3; i++) {
		sim_part_ext_init(&s->hi[i], mem, (int)opt[i], 1);
		sim_part_ext_init(&s->lo[i], mem, (int)opt[i], -1);
	}
}

static bool ichimoku_push(void *state, const double *in, double *out)
{
	struct ichimoku *s = state;
	double mid[3];
	bool full = true;
	int i;

	for (i = 0; i < 3; i++) {
		full &= sim_part_ext_push(&s->hi[i], in[0]);
		full &= sim_part_ext_push(&s->lo[i], in[1]);
		mid[i] = (s->hi[i].value + s->lo[i].value) / 2;
	}
	out[0] = mid[0];
	out[1] = mid[1];
	out[2] = (mid[0] + mid[1]) / 2;
	out[3] = mid[2];
	return full;
}
SIM_PART_OPS(trend, ichimoku);

/* elder_ray: high (bull) and low (bear) less the ema of the close. */
static void elder_ray_init(void *state, struct sim_part_mem *mem,
			   const double *opt)
{
	(void)mem;
	sim_part_ema_init(state, (int)opt[0]);
}

static bool elder_ray_push(void *state, const double *in, double *out)
{
	struct sim_part_ema *e = state;

	if (!sim_part_ema_push(e, in[2]))
		return false;
	out[0] = in[0] - e->value;
	out[1] = in[1] - e->value;
	return true;
}
SIM_PART_OPS3(trend, elder_ray, sim_part_ema, sim_part_look_full,
	      elder_ray_init, elder_ray_push);
