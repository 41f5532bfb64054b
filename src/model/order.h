/*
 * order: what is asked for, and an order's life in the book.
 */
#ifndef SIM_ORDER_H
#define SIM_ORDER_H

#include <stdbool.h>

#include "model/vocab.h"
#include "util/dec.h"
#include "util/time.h"

/* How a request states its size. */
enum sim_order_size {
	SIM_ORDER_SIZE_QTY,		/* size is a quantity */
	SIM_ORDER_SIZE_NOTIONAL,	/* size is money */
	SIM_ORDER_SIZE_PERCENT,	/* size is percent of equity (100 = all) */
	SIM_ORDER_SIZE_ALL,	/* all buying power, or the whole position */
	SIM_ORDER_SIZE_RISK	/* percent of equity lost at stop_loss */
};

/* A request; zero means "none" in every optional field. */
struct sim_order_req {
	uint32_t sym;			/* index in the run's symbol table */
	enum sim_side side;
	enum sim_order_type type;
	enum sim_tif tif;
	enum sim_order_size size_kind;
	sim_dec size;			/* > 0, by size_kind */
	bool size_at_fill;	/* compute the quantity at the fill price */
	bool reduce_only;		/* never opens or flips a position */
	bool trail_is_percent;	/* trail is percent (2 = 2%), else price */
	bool bracket_trail_is_percent;
	sim_dec limit, stop, trail;
	sim_dec take_profit, stop_loss;	/* bracket prices */
	sim_dec bracket_trail;		/* bracket's stop trails by this */
	sim_time expire_at;		/* gtd */
	uint32_t oco_with;	/* an open order's id: one cancels other */
};

enum sim_order_role {
	SIM_ORDER_ROLE_PLAIN,
	SIM_ORDER_ROLE_TAKE_PROFIT,
	SIM_ORDER_ROLE_STOP_LOSS,
	SIM_ORDER_ROLE_LIQUIDATION
};

/* An order in the book.  Quantities: qty = filled + leaves. */
struct sim_order {
	uint32_t id;			/* 1, 2, ... in the order they came */
	uint32_t sym;
	uint8_t side, type, tif, status;	/* the vocab enums */
	uint8_t role;			/* enum sim_order_role */
	bool reduce_only, triggered, trail_is_percent, size_at_fill;
	uint8_t size_kind;
	sim_dec size;			/* with size_at_fill: as asked */
	sim_dec qty, filled;
	sim_dec limit, stop, trail;	/* stop moves with a trailing stop */
	sim_dec trail_ref;		/* best price the trail has seen */
	sim_dec take_profit, stop_loss, bracket_trail;
	bool bracket_trail_is_percent;
	sim_time expire_at;		/* SIM_TIME_MAX when it never does */
	uint32_t parent;	/* entry that a bracket child protects */
	uint32_t oco;			/* sibling: one cancels the other */
	uint32_t child_tp, child_sl;	/* ids, once they exist */
	uint64_t seq;		/* of its newest event: causes point here */
	sim_dec notional, commission;	/* over its fills so far */
	sim_dec reserve;	/* buying power held (negative: freed) */
};

/*
 * One execution; its id is its place among the run's fills, from 1.  A cache
 * line, because a run may have millions.
 */
struct sim_fill {
	sim_time time;			/* the step's sim_time */
	sim_dec qty, price;
	sim_dec base_price;		/* before slippage */
	sim_dec commission;		/* negative: a rebate */
	sim_dec realized;		/* gross, of the part that closes */
	uint32_t seq;			/* of its event */
	uint32_t order;
	uint16_t sym;
	uint8_t side, reason;		/* the vocab enums */
	bool maker, ambiguous, synthetic;
	bool is_close;			/* reduced a position */
};

/* The lowest and highest prices that the market surely met between a fill and
 * the next of its symbol; see run/reach.h. */
struct sim_fill_reach {
	sim_dec low, high;
};

#endif
