/* sess_replay: an event log as the list of what was asked for in it. */
#ifndef SIM_SESS_REPLAY_H
#define SIM_SESS_REPLAY_H

#include "model/instrument.h"
#include "run/orders.h"

/*
 * The requests of a log, in the form of simutrador-orders(5).
 *
 * Takes:  ins: its symbols, by name.
 * Gives:  *o, freed with sim_orders_free; empty when nothing was asked for.
 * Errors: SIM_E_DATA it is no log.
 */
int sim_sess_replay_orders(const char *log, size_t n,
			   const struct sim_instrument *ins, uint32_t nsyms,
			   struct sim_orders **o, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
