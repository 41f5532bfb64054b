/*
 * excursion: how far a trade went against and in favour of its holder, from the
 * lowest and highest prices after each fill (struct sim_fill_reach).
 *
 * A symbol's fills come in order; what is asked is always from one of them to
 * the newest, so two stacks of ever lower lows and ever higher highs answer in
 * O(log fills).
 */
#ifndef SIM_EXCURSION_H
#define SIM_EXCURSION_H

#include "model/order.h"

struct sim_excursion_stack {
	struct sim_excursion_point {
		size_t fill;
		double price;
	} *v;
	size_t n, cap;
};

/* Of one symbol; starts as SIM_EXCURSION_INIT. */
struct sim_excursion {
	struct sim_excursion_stack low, high;
	size_t n;			/* fills so far */
	double shares;			/* of now, for one of the start */
};
#define SIM_EXCURSION_INIT { .shares = 1 }

/* What a trade met; NaN is not known or undefined. */
struct sim_excursion_trade {
	double mae;			/* <= 0: worst against, of the entry */
	double mfe;			/* >= 0: best in favour */
	double edge;			/* mfe / |mae| */
	double efficiency;		/* part of the range that was kept */
};

/* A fill: what prices did after it.  x->n is then its number, from 1. */
void sim_excursion_add(struct sim_excursion *x,
		       const struct sim_fill_reach *reach);
/* num shares for den of them. */
void sim_excursion_split(struct sim_excursion *x, int64_t num, int64_t den);
/* A price of now in shares of the start. */
double sim_excursion_price(const struct sim_excursion *x, sim_dec price);

/*
 * From fill number `from` (as sim_excursion_add left it) to now.
 *
 * Takes:  entry and exit as sim_excursion_price gave them at their time.
 */
struct sim_excursion_trade sim_excursion_of(const struct sim_excursion *x,
					    size_t from, double entry,
					    double exit, bool is_long);
void sim_excursion_release(struct sim_excursion *x);

#endif
