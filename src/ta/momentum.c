/*
 * momentum: how far and how fast one series has moved.
 *
 * Warm-up: a change over `period` bars starts at index period; exponential
 * averages start as the mean of their first values (TA-Lib), each on its own
 * first bars, so the fast average of macd doesn't wait for the slow one.
 */
#include "ta/part_priv.h"

/*
 * mom: x - x'; rocp: x / x' - 1; roc: 100 times that; x' the value `period`
 * bars ago, and 0 where x' is 0.
 */
static void change_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	sim_part_ring_init(state, mem, (int)opt[0]);
}

static bool mom_push(void *state, const double *in, double *out)
{
	double old;

	if (!sim_part_ring_push(state, in[0], &old))
		return false;
	out[0] = in[0] - old;
	return true;
}
SIM_PART_OPS3(momentum, mom, sim_part_ring, sim_part_look_change, change_init,
	      mom_push);

static bool rocp_push(void *state, const double *in, double *out)
{
	double old;

	if (!sim_part_ring_push(state, in[0], &old))
		return false;
	out[0] = sim_part_div(in[0] - old, old, 0);
	return true;
}
SIM_PART_OPS3(momentum, rocp, sim_part_ring, sim_part_look_change, change_init,
	      rocp_push);

static bool roc_push(void *state, const double *in, double *out)
{
	if (!rocp_push(state, in, out))
		return false;
	out[0] *= 100;
	return true;
}
SIM_PART_OPS3(momentum, roc, sim_part_ring, sim_part_look_change, change_init,
	      roc_push);

/* coppock: wma of the sum of a long and a short roc. */
struct coppock {
	struct sim_part_ring l, s;
	struct sim_part_mom avg;
};

static int coppock_lookback(const double *opt)
{
	return sim_part_max((int)opt[0], (int)opt[1]) + (int)opt[2] - 1;
}

static void coppock_init(void *state, struct sim_part_mem *mem,
			 const double *opt)
{
	struct coppock *s = state;

	sim_part_ring_init(&s->l, mem, (int)opt[0]);
	sim_part_ring_init(&s->s, mem, (int)opt[1]);
	sim_part_mom_init(&s->avg, mem, (int)opt[2]);
}

static bool coppock_push(void *state, const double *in, double *out)
{
	struct coppock *s = state;
	double a, b;
	bool first = roc_push(&s->l, in, &a), second = roc_push(&s->s, in, &b);

	if (!first || !second || !sim_part_mom_push(&s->avg, a + b))
		return false;
	out[0] = sim_part_mom_wma(&s->avg.value);
	return true;
}
SIM_PART_OPS(momentum, coppock);

/*
 * rsi: 100 up / (up + down), averages as Wilder smooths them, the first being
 * the mean of the first `period` changes; 50 when nothing has ever moved.  A
 * bar that doesn't move shrinks both averages alike, so rsi stays as it was,
 * to the last bit.
 */
struct rsi {
	struct sim_part_prev last;
	struct sim_part_ema up, down;
	double value;
	bool ready;
};

static void rsi_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct rsi *s = state;

	(void)mem;
	sim_part_rma_init(&s->up, (int)opt[0]);
	sim_part_rma_init(&s->down, (int)opt[0]);
}

static bool rsi_push(void *state, const double *in, double *out)
{
	struct rsi *s = state;
	double old, d, up, down;

	if (!sim_part_prev_swap(&s->last, in[0], &old))
		return false;
	d = in[0] - old;
	sim_part_ema_push(&s->down, d < 0 ? -d : 0);
	if (!sim_part_ema_push(&s->up, d > 0 ? d : 0))
		return false;
	up = s->up.value;
	down = s->down.value;
	if (!s->ready || d != 0)
		s->value = sim_part_div(100 * up, up + down, 50);
	s->ready = true;
	out[0] = s->value;
	return true;
}
SIM_PART_OPS3(momentum, rsi, rsi, sim_part_look_change, rsi_init, rsi_push);

/*
 * stochrsi: where rsi stands between its lowest and highest of `stoch` bars,
 * 0 to 100 (50 in a flat window), smoothed over k bars, and that over d.
 */
struct stochrsi {
	struct rsi rsi;
	struct sim_part_ext hi, lo;
	struct sim_part_sum k, d;
};

static int stochrsi_lookback(const double *opt)
{
	return (int)(opt[0] + opt[1] - 1 + opt[2] - 1 + opt[3] - 1);
}

static void stochrsi_init(void *state, struct sim_part_mem *mem,
			  const double *opt)
{
	struct stochrsi *s = state;

	rsi_init(&s->rsi, mem, opt);
	sim_part_ext_init(&s->hi, mem, (int)opt[1], 1);
	sim_part_ext_init(&s->lo, mem, (int)opt[1], -1);
	sim_part_sum_init(&s->k, mem, (int)opt[2]);
	sim_part_sum_init(&s->d, mem, (int)opt[3]);
}

static bool stochrsi_push(void *state, const double *in, double *out)
{
	struct stochrsi *s = state;
	double rsi, raw;

	if (!rsi_push(&s->rsi, in, &rsi))
		return false;
	sim_part_ext_push(&s->lo, rsi);
	if (!sim_part_ext_push(&s->hi, rsi))
		return false;
	raw = sim_part_div(100 * (rsi - s->lo.value),
			   s->hi.value - s->lo.value, 50);
	if (!sim_part_sum_push(&s->k, raw))
		return false;
	out[0] = sim_part_sum_mean(&s->k);
	if (!sim_part_sum_push(&s->d, out[0]))
		return false;
	out[1] = sim_part_sum_mean(&s->d);
	return true;
}
SIM_PART_OPS(momentum, stochrsi);

/* cmo: 100 (up - down) / (up + down), sums of the window's rises and falls
 * as Chande has it (TA-Lib smooths them); 0 in a flat window. */
struct cmo {
	struct sim_part_prev last;
	struct sim_part_sum up, down;
};

static void cmo_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct cmo *s = state;

	sim_part_sum_init(&s->up, mem, (int)opt[0]);
	sim_part_sum_init(&s->down, mem, (int)opt[0]);
}

static bool cmo_push(void *state, const double *in, double *out)
{
	struct cmo *s = state;
	double old, d;

	if (!sim_part_prev_swap(&s->last, in[0], &old))
		return false;
	d = in[0] - old;
	sim_part_sum_push(&s->down, d < 0 ? -d : 0);
	if (!sim_part_sum_push(&s->up, d > 0 ? d : 0))
		return false;
	out[0] = sim_part_div(100 * (s->up.value - s->down.value),
			      s->up.value + s->down.value, 0);
	return true;
}
SIM_PART_OPS3(momentum, cmo, cmo, sim_part_look_change, cmo_init, cmo_push);

/* macd: fast less slow average, its average, and the difference of both;
 * apo: fast less slow; ppo: that in percent of the slow one. */
struct macd {
	struct sim_part_ema fast, slow, signal;
};

static int apo_lookback(const double *opt)
{
	return sim_part_max((int)opt[0], (int)opt[1]) - 1;
}

static int macd_lookback(const double *opt)
{
	return apo_lookback(opt) + (int)opt[2] - 1;
}

static void apo_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct macd *s = state;

	(void)mem;
	sim_part_ema_init(&s->fast, (int)opt[0]);
	sim_part_ema_init(&s->slow, (int)opt[1]);
}

static void macd_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct macd *s = state;

	apo_init(state, mem, opt);
	sim_part_ema_init(&s->signal, (int)opt[2]);
}

static bool apo_push(void *state, const double *in, double *out)
{
	struct macd *s = state;
	bool fast = sim_part_ema_push(&s->fast, in[0]);
	bool slow = sim_part_ema_push(&s->slow, in[0]);

	if (!fast || !slow)
		return false;
	out[0] = s->fast.value - s->slow.value;
	return true;
}
SIM_PART_OPS3(momentum, apo, macd, apo_lookback, apo_init, apo_push);

static bool ppo_push(void *state, const double *in, double *out)
{
	struct macd *s = state;
	double diff;

	if (!apo_push(state, in, &diff))
		return false;
	out[0] = sim_part_div(100 * diff, s->slow.value, 0);
	return true;
}
SIM_PART_OPS3(momentum, ppo, macd, apo_lookback, apo_init, ppo_push);

static bool macd_push(void *state, const double *in, double *out)
{
	struct macd *s = state;
	double diff;

	if (!apo_push(state, in, &diff) ||
	    !sim_part_ema_push(&s->signal, diff))
		return false;
	out[0] = diff;
	out[1] = s->signal.value;
	out[2] = diff - out[1];
	return true;
}
SIM_PART_OPS(momentum, macd);

/* trix: percent change a bar of an average of an average of an average. */
struct trix {
	struct sim_part_ema e[3];
	struct sim_part_prev last;
};

static int trix_lookback(const double *opt)
{
	return 3 * ((int)opt[0] - 1) + 1;
}

static void trix_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct trix *s = state;
	int i;

	(void)mem;
	for (i = 0; i < 3; i++)
		sim_part_ema_init(&s->e[i], (int)opt[0]);
}

static bool trix_push(void *state, const double *in, double *out)
{
	struct trix *s = state;
	double e[3], old;

	if (!sim_part_ema_chain(s->e, 3, in[0], e) ||
	    !sim_part_prev_swap(&s->last, e[2], &old))
		return false;
	out[0] = sim_part_div(100 * (e[2] - old), old, 0);
	return true;
}
SIM_PART_OPS(momentum, trix);

/* tsi: 100 times the twice smoothed change over the twice smoothed size of
 * the change; 0 where nothing has moved. */
struct tsi {
	struct sim_part_prev last;
	struct sim_part_ema change[2], size[2];
};

static int tsi_lookback(const double *opt)
{
	return (int)opt[0] + (int)opt[1] - 1;
}

static void tsi_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct tsi *s = state;
	int i;

	(void)mem;
	for (i = 0; i < 2; i++) {
		sim_part_ema_init(&s->change[i], (int)opt[i]);
		sim_part_ema_init(&s->size[i], (int)opt[i]);
	}
}

static bool tsi_push(void *state, const double *in, double *out)
{
	struct tsi *s = state;
	double old, c[2], z[2];

	if (!sim_part_prev_swap(&s->last, in[0], &old))
		return false;
	sim_part_ema_chain(s->size, 2, fabs(in[0] - old), z);
	if (!sim_part_ema_chain(s->change, 2, in[0] - old, c))
		return false;
	out[0] = sim_part_div(100 * c[1], z[1], 0);
	return true;
}
SIM_PART_OPS(momentum, tsi);

/* dpo: the value period / 2 + 1 bars ago less the mean of the window. */
struct dpo {
	struct sim_part_ring past;
	struct sim_part_sum mean;
};

static int dpo_lookback(const double *opt)
{
	int n = (int)opt[0];

	return sim_part_max(n - 1, n / 2 + 1);
}

static void dpo_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct dpo *s = state;

	sim_part_ring_init(&s->past, mem, (int)opt[0] / 2 + 1);
	sim_part_sum_init(&s->mean, mem, (int)opt[0]);
}

static bool dpo_push(void *state, const double *in, double *out)
{
	struct dpo *s = state;
	double old;
	bool past = sim_part_ring_push(&s->past, in[0], &old);
	bool mean = sim_part_sum_push(&s->mean, in[0]);

	if (!past || !mean)
		return false;
	out[0] = old - sim_part_sum_mean(&s->mean);
	return true;
}
SIM_PART_OPS(momentum, dpo);
