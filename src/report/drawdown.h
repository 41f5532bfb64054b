/* drawdown: episodes below the highest equity so far. */
#ifndef SIM_DRAWDOWN_H
#define SIM_DRAWDOWN_H

#include <stddef.h>

#include "util/dec.h"

#define SIM_DRAWDOWN_TOP 10

/* Indices into the levels; [start] is the peak.  end is the first point back
 * at the peak, or n while below it. */
struct sim_drawdown_episode {
	size_t start, valley, end;
	double depth;			/* negative fraction */
};

struct sim_drawdown {
	/* Deepest first. */
	struct sim_drawdown_episode top[SIM_DRAWDOWN_TOP];
	size_t n;			/* of top */
	size_t episodes;		/* all */
	double mean_depth;		/* over all; NaN when none */
};

/*
 * Find the episodes of level[0..n-1]; the first level is the first peak.
 *
 * Order:  equal depths: the earlier first.
 * Cost:   O(n), no allocation.
 */
void sim_drawdown_find(const double *level, size_t n, struct sim_drawdown *d);
/* The same of n + 1 amounts of money, `first` before equity[0..n-1]: what it
 * would find in them as doubles. */
void sim_drawdown_of_equity(sim_dec first, const sim_dec *equity, size_t n,
			    struct sim_drawdown *d);

#endif
