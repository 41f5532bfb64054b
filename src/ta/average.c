/*
 * average: moving averages of one series.
 *
 * Warm-up: a window has a value once it is full.  An exponential average
 * starts as the mean of its first `period` values, as in TA-Lib, so its
 * first value is at index period - 1; one fed by another starts with the
 * other's first value.
 */
#include "ta/part_priv.h"

static void sum_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	sim_part_sum_init(state, mem, (int)opt[0]);
}

/* sma: the mean of the window. */
static bool sma_push(void *state, const double *in, double *out)
{
	struct sim_part_sum *s = state;

	if (!sim_part_sum_push(s, in[0]))
		return false;
	out[0] = sim_part_sum_mean(s);
	return true;
}
SIM_PART_OPS3(average, sma, sim_part_sum, sim_part_look_full, sum_init,
	      sma_push);

/* ema: e += 2 / (period + 1) * (x - e); rma: e += 1 / period * (x - e). */
static void ema_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	(void)mem;
	sim_part_ema_init(state, (int)opt[0]);
}

static void rma_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	(void)mem;
	sim_part_rma_init(state, (int)opt[0]);
}

static bool ema_push(void *state, const double *in, double *out)
{
	return sim_part_ema_chain(state, 1, in[0], out);
}
SIM_PART_OPS3(average, ema, sim_part_ema, sim_part_look_full, ema_init,
	      ema_push);
SIM_PART_OPS3(average, rma, sim_part_ema, sim_part_look_full, rma_init,
	      ema_push);

/* dema: 2 e1 - e2, tema: 3 e1 - 3 e2 + e3, e2 the average of e1 and so on. */
struct chain {
	struct sim_part_ema e[6];
	double c[4];		/* t3: of e3 to e6 */
};

static int dema_lookback(const double *opt)
{
	return 2 * ((int)opt[0] - 1);
}

static int tema_lookback(const double *opt)
{
	return 3 * ((int)opt[0] - 1);
}

static void chain_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	struct chain *s = state;
	int i;

	(void)mem;
	for (i = 0; i < 6; i++)
		sim_part_ema_init(&s->e[i], (int)opt[0]);
}

static bool dema_push(void *state, const double *in, double *out)
{
	struct chain *s = state;
	double e[2];

	if (!sim_part_ema_chain(s->e, 2, in[0], e))
		return false;
	out[0] = 2 * e[0] - e[1];
	return true;
}
SIM_PART_OPS3(average, dema, chain, dema_lookback, chain_init, dema_push);

static bool tema_push(void *state, const double *in, double *out)
{
	struct chain *s = state;
	double e[3];

	if (!sim_part_ema_chain(s->e, 3, in[0], e))
		return false;
	out[0] = 3 * (e[0] - e[1]) + e[2];
	return true;
}
SIM_PART_OPS3(average, tema, chain, tema_lookback, chain_init, tema_push);

/* t3: (1 + v) x - v times its average, three times over, written out. */
static int t3_lookback(const double *opt)
{
	return 6 * ((int)opt[0] - 1);
}

static void t3_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct chain *s = state;
	double v = opt[1];

	chain_init(state, mem, opt);
	s->c[0] = (1 + v) * (1 + v) * (1 + v);
	s->c[1] = -3 * v * (1 + v) * (1 + v);
	s->c[2] = 3 * v * v * (1 + v);
	s->c[3] = -v * v * v;
}

static bool t3_push(void *state, const double *in, double *out)
{
	struct chain *s = state;
	double e[6];

	if (!sim_part_ema_chain(s->e, 6, in[0], e))
		return false;
	out[0] = s->c[0] * e[2] + s->c[1] * e[3] + s->c[2] * e[4] +
		 s->c[3] * e[5];
	return true;
}
SIM_PART_OPS3(average, t3, chain, t3_lookback, t3_init, t3_push);

/* wma: weights 1 to period, the newest the heaviest. */
static void wma_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	sim_part_mom_init(state, mem, (int)opt[0]);
}

static bool wma_push(void *state, const double *in, double *out)
{
	struct sim_part_mom *s = state;

	if (!sim_part_mom_push(s, in[0]))
		return false;
	out[0] = sim_part_mom_wma(&s->value);
	return true;
}
SIM_PART_OPS3(average, wma, sim_part_mom, sim_part_look_full, wma_init,
	      wma_push);

/* hma: wma over sqrt(period) of 2 wma(period / 2) - wma(period). */
struct hma {
	struct sim_part_mom half, whole, root;
};

static int floor_sqrt(double x)
{
	return (int)sqrt(x);
}

static int hma_lookback(const double *opt)
{
	return (int)opt[0] - 1 + floor_sqrt(opt[0]) - 1;
}

static void hma_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct hma *s = state;

	sim_part_mom_init(&s->half, mem, (int)opt[0] / 2);
	sim_part_mom_init(&s->whole, mem, (int)opt[0]);
	sim_part_mom_init(&s->root, mem, floor_sqrt(opt[0]));
}

static bool hma_push(void *state, const double *in, double *out)
{
	struct hma *s = state;
	double raw;

	sim_part_mom_push(&s->half, in[0]);
	if (!sim_part_mom_push(&s->whole, in[0]))
		return false;
	raw = 2 * sim_part_mom_wma(&s->half.value) -
	      sim_part_mom_wma(&s->whole.value);
	if (!sim_part_mom_push(&s->root, raw))
		return false;
	out[0] = sim_part_mom_wma(&s->root.value);
	return true;
}
SIM_PART_OPS(average, hma);

/* trima: the mean of means, their windows (period + 1) / 2 and the rest. */
struct trima {
	struct sim_part_sum first, second;
};

static void trima_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	struct trima *s = state;
	int n = (int)opt[0], half = (n + 1) / 2;

	sim_part_sum_init(&s->first, mem, half);
	sim_part_sum_init(&s->second, mem, n + 1 - half);
}

static bool trima_push(void *state, const double *in, double *out)
{
	struct trima *s = state;

	if (!sim_part_sum_push(&s->first, in[0]) ||
	    !sim_part_sum_push(&s->second, sim_part_sum_mean(&s->first)))
		return false;
	out[0] = sim_part_sum_mean(&s->second);
	return true;
}
SIM_PART_OPS3(average, trima, trima, sim_part_look_full, trima_init,
	      trima_push);

/*
 * er: |x - x'| over the sum of the |changes| in between, x' the value
 * `period` bars ago; 0 where nothing moved.
 * kama: k += (er (fast - slow) + slow)^2 (x - k), starting from the value
 * before the first er (TA-Lib), fast and slow as the factors of an ema.
 */
struct kama {
	struct sim_part_ring past;
	struct sim_part_sum path;
	struct sim_part_prev last;
	double fast, slow, value;
	bool started;
};

static void kama_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct kama *s = state;

	sim_part_ring_init(&s->past, mem, (int)opt[0]);
	sim_part_sum_init(&s->path, mem, (int)opt[0]);
	s->fast = 2 / (opt[1] + 1);
	s->slow = 2 / (opt[2] + 1);
}

static bool er_step(struct kama *s, double x, double *last, double *er)
{
	double old;
	bool full = sim_part_ring_push(&s->past, x, &old);

	if (sim_part_prev_swap(&s->last, x, last))
		sim_part_sum_push(&s->path, fabs(x - *last));
	if (full)
		*er = sim_part_div(fabs(x - old), s->path.value, 0);
	return full;
}

static bool er_push(void *state, const double *in, double *out)
{
	double last;

	return er_step(state, in[0], &last, out);
}
SIM_PART_OPS3(average, er, kama, sim_part_look_change, kama_init, er_push);

static bool kama_push(void *state, const double *in, double *out)
{
	struct kama *s = state;
	double last, er, sc;

	if (!er_step(s, in[0], &last, &er))
		return false;
	if (!s->started)
		s->value = last;
	s->started = true;
	sc = er * (s->fast - s->slow) + s->slow;
	s->value += sc * sc * (in[0] - s->value);
	out[0] = s->value;
	return true;
}
SIM_PART_OPS3(average, kama, kama, sim_part_look_change, kama_init, kama_push);

/* zlema: ema of x + (x - x'), x' the value (period - 1) / 2 bars ago. */
struct zlema {
	struct sim_part_ring past;
	struct sim_part_ema avg;
	int lag;
};

static int zlema_lookback(const double *opt)
{
	int n = (int)opt[0];

	return (n - 1) / 2 + n - 1;
}

static void zlema_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	struct zlema *s = state;

	s->lag = ((int)opt[0] - 1) / 2;
	if (s->lag)
		sim_part_ring_init(&s->past, mem, s->lag);
	sim_part_ema_init(&s->avg, (int)opt[0]);
}

static bool zlema_push(void *state, const double *in, double *out)
{
	struct zlema *s = state;
	double old = in[0];

	if (s->lag && !sim_part_ring_push(&s->past, in[0], &old))
		return false;
	return sim_part_ema_chain(&s->avg, 1, 2 * in[0] - old, out);
}
SIM_PART_OPS(average, zlema);

/* vwma: mean weighted by volume; the plain value where nothing was traded. */
struct vwma {
	struct sim_part_sum pv, v;
};

static void vwma_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct vwma *s = state;

	sim_part_sum_init(&s->pv, mem, (int)opt[0]);
	sim_part_sum_init(&s->v, mem, (int)opt[0]);
}

static bool vwma_push(void *state, const double *in, double *out)
{
	struct vwma *s = state;

	sim_part_sum_push(&s->v, in[1]);
	if (!sim_part_sum_push(&s->pv, in[0] * in[1]))
		return false;
	out[0] = sim_part_div(s->pv.value, s->v.value, in[0]);
	return true;
}
SIM_PART_OPS3(average, vwma, vwma, sim_part_look_full, vwma_init, vwma_push);
