/*
 * range: true range and what is built on it.
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

static void tr_init(void *state, struct sim_part_mem *mem, const double *opt)
{
	(void)state;
	(void)mem;
	(void)opt;
}

static bool tr_push(void *state, const double *in, double *out)
{
	return sim_part_tr(state, in[0], in[1], in[2], out);
}
SIM_PART_OPS3(range, tr, sim_part_prev, tr_lookback, tr_init, tr_push);

/* atr: true range smoothed as Wilder does. */
struct atr {
	struct sim_part_prev close;
	struct sim_part_ema avg;
};

static int atr_lookback(const double *opt)
{
	return (int)opt[0];
}

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

	if (!sim_part_tr(&s->close, in[0], in[1], in[2], &tr) ||
	    !sim_part_ema_push(&s->avg, tr))
		return false;
	out[0] = s->avg.value;
	return true;
}
SIM_PART_OPS(range, atr);
