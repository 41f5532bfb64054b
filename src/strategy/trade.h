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

/* Orders that take symbol i to `target` (-1, 0, 1), unless some are open. */
int sim_trade_go(struct sim_trade *t, struct sim_strategy_view *v, uint32_t i,
		 int target, struct sim_err *err);

/*
 * Follow a wish for symbol i, which has just closed a bar.
 *
 * Errors: SIM_E_OVERFLOW; a rejected order is not an error.
 */
static inline int sim_trade_wish(struct sim_trade *t,
				 struct sim_strategy_view *v, uint32_t i,
				 int wish, struct sim_err *err)
{
	struct sim_trade_sym *s = &t->syms[i];
	sim_dec qty = v->syms[i].position->qty;
	int dir = (qty > 0) - (qty < 0);

	if (dir != s->was) {
		if (!dir && !s->is_exiting)
			s->blocked = s->was;
		s->is_exiting = false;
		s->was = (int8_t)dir;
	}
	if (wish == SIM_TRADE_NONE || wish == dir)
		return SIM_OK;
	if (s->blocked) {
		if (wish == s->blocked)
			return SIM_OK;
		s->blocked = 0;
	}
	if (wish == SIM_TRADE_FLAT ||
	    (t->side == SIM_TRADE_SIDE_LONG && wish < 0) ||
	    (t->side == SIM_TRADE_SIDE_SHORT && wish > 0))
		wish = 0;
	return wish == dir ? SIM_OK : sim_trade_go(t, v, i, wish, err);
}

#endif
