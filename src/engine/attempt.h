/*
 * attempt: orders that are submitted to be looked at, and then never were.
 *
 * Between begin and end requests do what they always do, events included,
 * which the caller keeps to itself; end puts everything back.
 */
#ifndef SIM_ATTEMPT_H
#define SIM_ATTEMPT_H

#include "engine/engine.h"

/* End frees a. */
struct sim_attempt;
struct sim_attempt *sim_attempt_begin(struct sim_engine *e);
void sim_attempt_end(struct sim_engine *e, struct sim_attempt *a);

/*
 * What an open order is expected to do to the account, as its acceptance
 * reckoned.
 *
 * Gives:  false, and nothing, when it is not open.
 */
struct sim_attempt_quote {
	sim_dec qty, price;		/* expected */
	sim_dec cost;			/* their product; sold: negative */
	sim_dec commission;
	sim_dec margin;			/* that it takes of buying power */
	sim_dec power;			/* that is left, of all orders */
};
bool sim_attempt_quote(struct sim_engine *e, uint32_t id,
		       struct sim_attempt_quote *q);

#endif
