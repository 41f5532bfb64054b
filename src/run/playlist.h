/* playlist: an order list as a strategy: each order after its bar's close. */
#ifndef SIM_PLAYLIST_H
#define SIM_PLAYLIST_H

#include "run/orders.h"
#include "run/prepare.h"

/*
 * Find every order's bar.
 *
 * Gives:  *out; its ops->free releases it.  o and p must outlive it.
 * Errors: SIM_E_DATA with file, line and time: no such bar, or a symbol that
 *         is not in the run.
 */
int sim_playlist_new(const struct sim_orders *o, const struct sim_prepare *p,
		     struct sim_strategy *out, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
