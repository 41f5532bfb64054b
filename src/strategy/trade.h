/*
 * trade: from a signal to orders, shared by the built-in strategies.
 *
 * A signal is a wish per symbol: long, short, flat or none.  A wish that the
 * position already fulfils costs a few instructions.  After a bracket or a
 * refusal has ended a position, the same wish is not followed again until it
 * has changed.
 */
#ifndef SIM_TRADE_H
#define SIM_TRADE_H

#include "strategy/strategy.h"

enum sim_trade_wish {
	SIM_TRADE_SHORT = -1, SIM_TRADE_NONE = 0, SIM_TRADE_LONG = 1,
	SIM_TRADE_FLAT = 2
};
enum sim_trade_side {
	SIM_TRADE_SIDE_LONG, SIM_TRADE_SIDE_SHORT, SIM_TRADE_SIDE_BOTH
};
enum sim_trade_size {
	SIM_TRADE_SIZE_PERCENT, SIM_TRADE_SIZE_QTY, SIM_TRADE_SIZE_NOTIONAL,
	SIM_TRADE_SIZE_CASH, SIM_TRADE_SIZE_SLEEVE
};

/* What it remembers of a symbol. */
struct sim_trade_sym {
	sim_dec qty;			/* with it and this wish, nothing was */
	int8_t settled;			/* left to do; or not a wish */
	int8_t was;			/* sign of the position last seen */
	int8_t blocked;			/* wish not to follow again, or 0 */
	bool is_exiting;		/* the way out was asked for */
};

struct sim_trade {
	enum sim_trade_side side;
	enum sim_trade_size size_kind;
	sim_dec size;
	sim_dec take_profit, stop_loss, trail;	/* percent; 0: none */
	uint32_t shares;		/* positions that share the equity */
	struct sim_trade_sym *syms;
};

/* Allocate for the symbols of v; shares defaults to their number. */
void sim_trade_init(struct sim_trade *t, const struct sim_strategy_view *v);
void sim_trade_release(struct sim_trade *t);

/* With this wish and the position it has, symbol s has nothing left to do. */
static inline bool sim_trade_is_done(const struct sim_trade_sym *t,
				     const struct sim_strategy_sym *s, int wish)
{
	return wish == t->settled && s->position->qty == t->qty;
}

/* What sim_trade_follow does when the fast answer is not enough. */
int sim_trade_weigh(struct sim_trade *t, struct sim_strategy_view *v,
		    uint32_t i, int wish, struct sim_err *err);

/*
 * Follow a wish for symbol i, which has just closed a bar.
 *
 * Errors: SIM_E_OVERFLOW; a rejected order is not an error.
 */
static inline int sim_trade_follow(struct sim_trade *t,
				   struct sim_strategy_view *v, uint32_t i,
				   int wish, struct sim_err *err)
{
	if (sim_trade_is_done(&t->syms[i], &v->syms[i], wish))
		return SIM_OK;
	return sim_trade_weigh(t, v, i, wish, err);
}

#endif
