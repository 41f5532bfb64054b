/*
 * trades: FIFO round trips from fills, a view beside average-cost accounting.
 *
 * One trade is one pair of an entry fill and an exit fill of the same symbol,
 * oldest entry first; what is still held at the end makes open trades, marked
 * at the position's value.  Money of a fill (its value, its commission) is
 * shared over its trades by quantity, rounded half-even, the remainder to the
 * last, so every sum reconciles to the unit:
 *
 *   net of closed + net of open = equity change - dividends - interest
 *                                 + borrow fees
 *
 * A split scales the open lots; the fractional lot paid in cash closes as a
 * trade with exit_fill 0.
 */
#ifndef SIM_TRADES_H
#define SIM_TRADES_H

#include "model/account.h"
#include "model/instrument.h"
#include "model/order.h"
#include "report/excursion.h"
#include "report/metrics.h"

/* A split of one symbol, as its SPLIT event says. */
struct sim_trades_adjust {
	uint64_t seq;			/* of its event: before later fills */
	sim_time time;
	uint32_t sym;
	int64_t num, den;		/* num new for den old */
	sim_dec qty_after;		/* signed position after it */
	sim_dec cash;			/* for the fractional lot, signed */
};

struct sim_trades_input {
	const struct sim_fill *fills;	/* in order of the log */
	size_t n_fills;
	const struct sim_trades_adjust *adjusts;	/* likewise */
	size_t n_adjusts;
	const struct sim_instrument *instruments;	/* by symbol index */
	const struct sim_position *positions;	/* at the end */
	size_t n_symbols;
	const sim_time *steps;		/* ascending, or NULL: bars -1 */
	size_t n_steps;
	sim_time end;			/* when open trades are marked */
	const struct sim_fill_reach *reach;	/* of each fill, or NULL */
	const sim_dec *stop;		/* first stop price of each fill's
					 * order, 0 none; or NULL */
};

struct sim_trades_item {
	sim_time entry_time, exit_time;	/* exit: the mark's time while open */
	uint32_t sym;
	uint32_t entry_fill, exit_fill;	/* ids; 0: open, or cash for a lot */
	uint8_t side;			/* SIM_SIDE_BUY: long */
	uint8_t exit_reason;		/* sim_fill_reason; of exit_fill */
	bool is_open, ambiguous;	/* ambiguous: either fill was */
	sim_dec qty;			/* > 0, in shares at the exit */
	sim_dec entry_price;		/* in shares at the exit */
	sim_dec exit_price;		/* open: the mark */
	sim_dec entry_value, exit_value;	/* money, both > 0 */
	sim_dec gross, fees, net;	/* net = gross - fees */
	sim_dec risk;			/* money at the first stop; 0 unknown */
	double ret;			/* net / entry_value */
	struct sim_excursion_trade met;	/* NaN: not known */
	int64_t bars;			/* steps between; -1 unknown */
};

struct sim_trades {
	struct sim_trades_item *items;	/* closed by exit, open by symbol */
	size_t n, n_closed, cap;
	sim_dec gross, fees, net;	/* of the closed */
	sim_dec open_gross, open_fees, open_net;
};
#define SIM_TRADES_INIT { NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/*
 * Match fills into round trips.
 *
 * Gives:  *out, to be released; written only on success.
 * Errors: SIM_E_DATA fill of an unknown symbol, out of order, or fills that
 *         don't lead to the final positions; SIM_E_OVERFLOW naming the fill.
 * Cost:   O(fills + splits * open lots + trades).
 */
int sim_trades_build(const struct sim_trades_input *in, struct sim_trades *out,
		     struct sim_err *err) SIM_MUST_CHECK;
void sim_trades_release(struct sim_trades *t);

/* Money of a fill at a price: qty * price * multiplier, rounded once,
 * half-even; false when it is out of range, *value untouched. */
bool sim_trades_value(const struct sim_fill *f, const struct sim_instrument *i,
		      sim_dec price, sim_dec *value);

/* Fill in the trade group of the metrics. */
void sim_trades_metrics(const struct sim_trades *t, struct sim_metrics *m);

#endif
