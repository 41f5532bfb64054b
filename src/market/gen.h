/*
 * gen: synthetic bars, the same bytes for the same parameters everywhere.
 *
 * Geometric Brownian motion with jumps, an overnight gap where a session does
 * not follow at once, and a U-shaped volume profile over the session.
 */
#ifndef SIM_GEN_H
#define SIM_GEN_H

#include "market/calendar.h"
#include "model/bar.h"

#define SIM_GEN_BARS_MAX ((size_t)50000000)

struct sim_gen {
	const struct sim_calendar *cal;
	struct sim_bar_tf tf;
	int64_t from, to;		/* exchange days, inclusive */
	const char *symbol;	/* symbols of one seed are independent */
	uint64_t seed;
	sim_dec start;			/* first price, > 0 */
	sim_dec tick;			/* > 0 */
	double drift;			/* a year, of the price: 0.08 is 8% */
	double volatility;		/* a year: 0.2 is 20% */
	double jump_rate;		/* jumps a year */
	double jump_size;	/* their standard deviation: 0.03 is 3% */
	double volume;			/* mean a session; 0: no volume */
};

/* Fill in everything but cal, from and to: 1min, "SIM", seed 1, 100.00, tick
 * 0.01, drift 8%, volatility 20%, 4 jumps of 3%, 1,000,000 a session. */
void sim_gen_defaults(struct sim_gen *g);

/*
 * Generate the bars of every session from `from` to `to`.
 *
 * Shape:  prices are multiples of the tick, at least one and at most 1e9.
 * Gives:  bars appended to *out.
 * Errors: SIM_E_INVAL a parameter out of range, no session in the range, or
 *         more than SIM_GEN_BARS_MAX bars.
 * Source: Merton 1976, "Option pricing when underlying stock returns are
 *         discontinuous", for the jumps.
 */
int sim_gen_bars(const struct sim_gen *g, struct sim_bar_table *out,
		 struct sim_err *err) SIM_MUST_CHECK;

#endif
