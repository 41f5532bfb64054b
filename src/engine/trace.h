/*
 * trace: the arithmetic of one order, term by term, as the engine did it.
 *
 * A trace that is lent to an engine is filled in by the code that fills,
 * prices and charges; nothing is computed a second time elsewhere.  Products
 * and quotients are rounded half-even at the eighth decimal, once each.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "engine/config.h"
#include "model/bar.h"
#include "model/order.h"

/* Where on a bar's path something happened. */
enum sim_trace_where {
	SIM_TRACE_OPEN,			/* the bar's open, a jump */
	SIM_TRACE_PATH,			/* on the way between two prices */
	SIM_TRACE_FINE_OPEN,		/* a finer bar's open */
	SIM_TRACE_CLOSE			/* the bar's close */
};
struct sim_trace_leg {
	enum sim_trace_where where;
	sim_dec from, to;
	uint32_t detail;		/* finer bar, from 1; 0: none */
};

/* What became of an attempt to fill. */
enum sim_trace_outcome {
	SIM_TRACE_FILLED,
	SIM_TRACE_NO_VOLUME,		/* the bar's share is taken */
	SIM_TRACE_NOT_WHOLE,		/* fok, and less was there */
	SIM_TRACE_NO_POSITION,		/* nothing left to reduce */
	SIM_TRACE_NOT_PAYABLE
};

/*
 * From a price to the one that is paid.
 *
 *   share  = qty / volume, at most 1      impact only
 *   root   = sqrt(share), cut             impact only
 *   by     = how far the model moves it
 *   moved  = base + by (buy) or base - by (sell)
 *   ticked = moved on the tick grid, against the trader
 *   price  = ticked within [low, high], unless slip-out
 */
struct sim_trace_price {
	bool slips;			/* false: price = base */
	sim_dec base, share, root, by, moved, ticked, low, high, price;
};

/* The part of a fill's fee that one rate gives. */
struct sim_trace_band {
	sim_dec amount, rate, fee;	/* fee = amount * rate */
};
#define SIM_TRACE_BANDS (SIM_CONFIG_TIERS + 1)

/*
 * raw    = sum of the bands' fees
 * sum    = before + raw: of the order's fills so far, without bounds
 * cap    = value * max_fraction, value the order's notional so far
 * due    = sum, at least min, at most max and cap
 * fee    = due - paid
 */
struct sim_trace_fee {
	bool by_quantity, maker;
	int nbands;
	struct sim_trace_band band[SIM_TRACE_BANDS];
	sim_dec raw, before, sum, min, max, value, max_fraction, cap, due,
		paid, fee;
};

/* Before [0] and after [1]. */
struct sim_trace_account {
	sim_dec cash[2], position[2], cost[2], equity[2], free[2];
};

struct sim_trace_fill {
	enum sim_trace_outcome outcome;
	uint64_t step;
	uint32_t fill;			/* its id; 0: nothing filled */
	struct sim_bar bar;		/* with detail: the finer bar */
	struct sim_trace_leg leg;
	uint8_t reason;			/* sim_fill_reason */
	/* qty = the least of what is wanted, may be reduced and is there */
	sim_dec wanted, reducible;	/* reducible 0: not reduce-only */
	bool capped;			/* volume_cap and volume_left count */
	sim_dec volume_cap, volume_left, qty;
	struct sim_trace_price price;
	sim_dec multiplier, notional;	/* qty * price * multiplier */
	struct sim_trace_fee fee;
	bool pays;			/* needs and has are compared */
	sim_dec needs, has;
	struct sim_trace_account account;
	/* What it closes: part = notional * closing / qty,
	 * released = cost * closing / held, realized = +-part - released. */
	sim_dec closing, part, held, released, realized;
};

/* What was estimated when the order came. */
struct sim_trace_request {
	uint64_t step;
	sim_dec last, equity;
	struct sim_trace_price price;	/* estimate; base the last close */
	sim_dec qty, notional, fee, needs, has;
	sim_dec reserved;		/* of a pair, less than it needs */
};

/* Lent to an engine: what order `order` went through. */
struct sim_trace {
	uint32_t order;
	bool has_request;
	struct sim_trace_request request;
	struct sim_trace_fill *fills;	/* attempts, in order */
	size_t n, cap;
	struct sim_trace_leg leg;	/* where the path is */
};
void sim_trace_release(struct sim_trace *t);

#endif
