/*
 * engine: what a simulated market does with an order.
 *
 * A calculator: bars and requests in, events out.  No I/O, clock, randomness
 * or logging; the same calls give the same events.  The rules are in
 * simutrador-fills(7).
 */
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include "engine/config.h"
#include "engine/trace.h"
#include "model/account.h"
#include "model/action.h"
#include "model/bar.h"
#include "model/event.h"
#include "model/instrument.h"
#include "model/hours.h"

#define SIM_ENGINE_SYMS_MAX	65536
#define SIM_ENGINE_OPEN_MAX	(1u << 20)	/* open orders at a time */

struct sim_engine;

/* Where events and questions about the calendar go.  Called in event order. */
struct sim_engine_sink {
	void *ctx;
	/* May be NULL: no log is wanted. */
	void (*event)(void *ctx, const struct sim_event *ev);
	/* Close of the first regular session of sym with close > t;
	 * SIM_TIME_MAX when the calendar knows none. */
	sim_time (*next_close)(void *ctx, uint32_t sym, sim_time t);
};

/*
 * Make an engine.
 *
 * Takes:  nothing; cfg and the instruments are copied.  Symbols must be sorted
 *         by name (strcmp) and share one currency.
 * Errors: SIM_E_INVAL two currencies, a tick or lot that is not positive.
 */
int sim_engine_new(const struct sim_config *cfg,
		   const struct sim_instrument *ins, uint32_t nsyms,
		   const struct sim_engine_sink *sink, struct sim_engine **e,
		   struct sim_err *err) SIM_MUST_CHECK;
void sim_engine_free(struct sim_engine *e);

/* Corporate actions of a symbol, ascending day; borrowed. */
void sim_engine_actions(struct sim_engine *e, uint32_t sym,
			const struct sim_action *a, size_t n);
/* Volume is all zero or absent: no cap on this symbol. */
void sim_engine_no_volume(struct sim_engine *e, uint32_t sym);

/* Fill in *t (NULL: none) from now on; it outlives the engine. */
void sim_engine_trace(struct sim_engine *e, struct sim_trace *t);
/* Other rules from now on; initial cash and kind of account stay. */
void sim_engine_retune(struct sim_engine *e, const struct sim_config *cfg);

enum {
	SIM_ENGINE_FIRST = 1 << 0,	/* first bar of its regular session */
	SIM_ENGINE_LAST  = 1 << 1,	/* last bar of its regular session */
	SIM_ENGINE_SYNTHETIC = 1 << 2,
	SIM_ENGINE_CLOSED = 1 << 3	/* a bar outside regular hours */
};

/* Where a symbol stands in its bars; kept by the caller, one a symbol. */
struct sim_engine_bar {
	const struct sim_bar_series *series;
	size_t at;			/* the bar that ends now */
	int64_t day;			/* exchange day of its session */
	uint32_t flags;
	/* With path detail: the finer bars inside, or NULL. */
	const struct sim_bar_series *detail;
};

/*
 * One step: expire, apply what goes ex, accrue, match, mark, margin check.
 *
 * Shape:  bars by symbol; traded[n], ascending, are those whose bar ends at
 *         `now`.
 * Order:  see simutrador-fills(7).
 * Errors: SIM_E_OVERFLOW names what overflowed; the engine is dead then.
 * Cost:   O(n) plus open orders of the symbols that trade; no allocation but
 *         for orders and fills that grow their arrays.
 */
int sim_engine_step(struct sim_engine *e, sim_time now,
		    const struct sim_engine_bar *bars, const uint32_t *traded,
		    uint32_t n, struct sim_err *err) SIM_MUST_CHECK;

/* The same step when every symbol trades, in bars that begin together. */
int sim_engine_step_level(struct sim_engine *e, sim_time now,
			  const struct sim_engine_bar *bars,
			  const uint32_t *traded, struct sim_err *err)
	SIM_MUST_CHECK;

/* The same step for an engine of one symbol, which trades in it. */
int sim_engine_step_alone(struct sim_engine *e, sim_time now,
			  const struct sim_engine_bar *b, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * After the strategy has seen the step: with fill_close, market orders take
 * the close of this step's bars; else nothing.  Arguments as for the step.
 */
int sim_engine_step_end(struct sim_engine *e,
			const struct sim_engine_bar *bars,
			const uint32_t *traded, uint32_t n,
			struct sim_err *err) SIM_MUST_CHECK;

/*
 * Submit, to match from the symbol's next bar on.
 *
 * Gives:  *id, the engine's number (also for a rejected order).
 * Errors: SIM_E_REJECTED (an ORDER_REJECTED event tells why; err holds the
 *         sentence); SIM_E_OVERFLOW.
 */
int sim_engine_submit(struct sim_engine *e, const struct sim_order_req *req,
		      uint32_t *id, struct sim_err *err);
/* Errors: SIM_E_NOENT not open. */
int sim_engine_cancel(struct sim_engine *e, uint32_t id, struct sim_err *err);
/* 0 keeps a value; the quantity is the order's total and must exceed what has
 * filled.  Errors: SIM_E_NOENT not open, SIM_E_REJECTED; the order stays. */
int sim_engine_replace(struct sim_engine *e, uint32_t id, sim_dec qty,
		       sim_dec limit, sim_dec stop, struct sim_err *err);

/* What the strategy and the report look at; valid while the engine lives. */
const struct sim_account *sim_engine_account(const struct sim_engine *e);
const struct sim_position *sim_engine_position(const struct sim_engine *e,
					       uint32_t sym);
/* What a new opening order may cost at most. */
sim_dec sim_engine_buying_power(const struct sim_engine *e);
/* The initial margin of what is held; 0 in a cash account. */
sim_dec sim_engine_margin_used(const struct sim_engine *e);
/* Open orders of a symbol in arrival order: the next after `after` (NULL: the
 * first), or NULL. */
const struct sim_order *sim_engine_next_order(const struct sim_engine *e,
					      uint32_t sym,
					      const struct sim_order *after);
const struct sim_order *sim_engine_order(const struct sim_engine *e,
					 uint32_t id);	/* open, or NULL */
/* All fills so far, in order; the array may move at the next step. */
const struct sim_fill *sim_engine_fills(const struct sim_engine *e, size_t *n);

/*
 * The array the fills are written to changes hands, so that a run that follows
 * another need not have its pages made again.
 *
 * Takes:  lend takes f (sim_mem; may be NULL), before the first step.
 * Gives:  take gives the array away, with *n fills and room for *cap; the
 *         engine has none then.
 */
void sim_engine_lend_fills(struct sim_engine *e, struct sim_fill *f,
			   size_t cap);
struct sim_fill *sim_engine_take_fills(struct sim_engine *e, size_t *n,
				       size_t *cap);

struct sim_engine_counts {
	uint64_t events;		/* = last seq */
	uint32_t submitted, rejected, cancelled, expired, replaced;
	uint32_t fills, ambiguous, synthetic, liquidations;
	sim_dec slippage;		/* money lost to it */
	sim_dec traded;			/* sum of notional */
};
const struct sim_engine_counts *sim_engine_counts(const struct sim_engine *e);

/* Does the account add up, to the last unit? (see model/account.h) */
int sim_engine_check(const struct sim_engine *e, struct sim_err *err);

#endif
