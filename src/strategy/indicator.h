/* indicator: streams of ta/ for every symbol of a built-in strategy. */
#ifndef SIM_INDICATOR_H
#define SIM_INDICATOR_H

#include "strategy/builtin.h"
#include "ta/ta.h"

#define SIM_INDICATOR_MAX 4		/* streams a symbol */

struct sim_indicator {
	struct sim_ta_stream *stream[SIM_INDICATOR_MAX];
	double out[SIM_INDICATOR_MAX][SIM_TA_OUTPUTS];	/* of the last push */
};

/* Make b->state: one struct sim_indicator a symbol, no stream yet. */
void sim_indicator_begin(struct sim_builtin *b);
/* Give every symbol stream number `slot`.  Errors: those of sim_ta_new. */
int sim_indicator_add(struct sim_builtin *b, int slot, const char *name,
		      const double *options, struct sim_err *err);
/* The stop slot of a row. */
void sim_indicator_end(struct sim_builtin *b);
/* Feed one number; true when out[slot] is ready. */
bool sim_indicator_push(struct sim_builtin *b, uint32_t i, int slot,
			sim_dec x);
/* The values last pushed out. */
const double *sim_indicator_out(const struct sim_builtin *b, uint32_t i,
				int slot);

#endif
