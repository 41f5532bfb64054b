/*
 * account: cash, positions, and what must always add up:
 *
 *   cash + sum(open cost) = initial + realized + dividends + interest - fees
 *
 * to the last unit; the open cost of a short is negative.
 */
#ifndef SIM_ACCOUNT_H
#define SIM_ACCOUNT_H

#include "util/dec.h"

struct sim_position {
	sim_dec qty;			/* signed */
	sim_dec cost;			/* open cost, signed like qty */
	sim_dec last;			/* newest close (or fill) price */
	sim_dec value;			/* qty * last * multiplier */
	sim_dec realized, fees, dividends;	/* of this symbol so far */
};

struct sim_account {
	sim_dec initial, cash;
	sim_dec open_cost;		/* sum over positions */
	sim_dec value;			/* market value of positions, signed */
	sim_dec gross;			/* sum of |value| */
	sim_dec short_value;		/* sum of |value| of shorts */
	sim_dec equity;			/* cash + value */
	sim_dec realized, dividends, interest, fees;	/* interest: received */
	sim_dec reserved;		/* buying power held by open orders */
	sim_dec peak;			/* highest equity so far */
	sim_dec trough;			/* lowest since the peak */
	double max_drawdown;	/* positive fraction, over every point */
};

#endif
