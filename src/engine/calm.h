/*
 * calm: many steps of an engine at once in which only prices move.
 *
 * The figures of each step are those it has when it is made alone.
 */
#ifndef SIM_CALM_H
#define SIM_CALM_H

#include "engine/engine.h"

/* Can nothing happen in the next step but what prices do?  May say no. */
bool sim_calm_is_next(struct sim_engine *e);

/*
 * Make steps as long as only prices move: no order is reached or expires, and
 * no day begins.
 *
 * Takes:  bars that stand at the last step; behind it each symbol has n plain
 *         bars which begin together and end `span` later.
 * Gives:  how many steps, and in equity[] what the account is worth after each
 *         (more may be written there, up to n); 0 also when they had better be
 *         made one by one.
 */
size_t sim_calm_pass(struct sim_engine *e, const struct sim_engine_bar *bars,
		     size_t n, sim_time span, sim_dec *equity);

#endif
