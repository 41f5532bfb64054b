/*
 * extreme: highest and lowest of a window and what is made of them.
 *
 * Warm-up: the first value is at the bar that fills the window.
 */
#include "ta/part_priv.h"

static int period_lookback(const double *opt)
{
	return (int)opt[0] - 1;
}

/* highest, lowest */
static void highest_init(void *state, struct sim_part_mem *mem,
			 const double *opt)
{
	sim_part_ext_init(state, mem, (int)opt[0], 1);
}

static void lowest_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	sim_part_ext_init(state, mem, (int)opt[0], -1);
}

static bool ext_push(void *state, const double *in, double *out)
{
	struct sim_part_ext *e = state;

	if (!sim_part_ext_push(e, in[0]))
		return false;
	out[0] = e->value;
	return true;
}
SIM_PART_OPS3(extreme, highest, sim_part_ext, period_lookback, highest_init,
	      ext_push);
SIM_PART_OPS3(extreme, lowest, sim_part_ext, period_lookback, lowest_init,
	      ext_push);
