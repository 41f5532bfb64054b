/*
 * momentum: how far and how fast one series has moved.
 *
 * Warm-up: a change over `period` bars starts at index period; exponential
 * averages start as the mean of their first values (TA-Lib), each on its own
 * first bars, so the fast average of macd doesn't wait for the slow one.
 */
#include "ta/part_priv.h"

static int max(int a, int b)
{
	return a > b ? a : b;
}

/* roc: 100 (x / x' - 1), x' the value `period` bars ago; 0 when x' is 0. */
static int change_lookback(const double *opt)
{
	return (int)opt[0];
}

static void change_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	sim_part_ring_init(state, mem, (int)opt[0]);
}

static bool roc_push(void *state, const double *in, double *out)
{
	double old;

	if (!sim_part_ring_push(state, in[0], &old))
		return false;
	out[0] = sim_part_div(100 * (in[0] - old), old, 0);
	return true;
}
SIM_PART_OPS3(momentum, roc, sim_part_ring, change_lookback, change_init,
	      roc_push);

/*
 * rsi: 100 up / (up + down), averages as Wilder smooths them, the first being
 * the mean of the first `period` changes; 50 when nothing has ever moved.
 */
struct rsi {
	struct sim_part_prev last;
	struct sim_part_ema up, down;
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
	out[0] = sim_part_div(100 * up, up + down, 50);
	return true;
}
SIM_PART_OPS3(momentum, rsi, rsi, change_lookback, rsi_init, rsi_push);

/* macd: fast less slow average, its average, and the difference of both. */
struct macd {
	struct sim_part_ema fast, slow, signal;
};

static int macd_lookback(const double *opt)
{
	return max((int)opt[0], (int)opt[1]) - 1 + (int)opt[2] - 1;
}

static void macd_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	struct macd *s = state;

	(void)mem;
	sim_part_ema_init(&s->fast, (int)opt[0]);
	sim_part_ema_init(&s->slow, (int)opt[1]);
	sim_part_ema_init(&s->signal, (int)opt[2]);
}

static bool macd_push(void *state, const double *in, double *out)
{
	struct macd *s = state;
	bool fast = sim_part_ema_push(&s->fast, in[0]);
	bool slow = sim_part_ema_push(&s->slow, in[0]);

	if (!fast || !slow)
		return false;
	out[0] = s->fast.value - s->slow.value;
	if (!sim_part_ema_push(&s->signal, out[0]))
		return false;
	out[1] = s->signal.value;
	out[2] = out[0] - out[1];
	return true;
}
SIM_PART_OPS(momentum, macd);
