/*
 * engine_priv: the engine's insides, shared by the files of engine/ only.
 *
 * Orders live in nodes of a pool with stable addresses; a symbol's open orders
 * are a list of nodes in arrival order.  A bar touches a symbol's orders only
 * when it reaches the envelope: the nearest prices at which any of them could
 * act.  While two paths are tried, events are staged and a snapshot of the
 * symbol and the account allows going back.
 */
#ifndef SIM_ENGINE_PRIV_H
#define SIM_ENGINE_PRIV_H

#include "engine/engine.h"

#define NIL		UINT32_MAX
#define NO_FILL		SIZE_MAX
#define UNFORESEEN	(INT64_MIN + 1)
#define NODE_BITS	10		/* nodes a chunk: 1024 */

/* What kinds of orders a symbol has; may say too much, never too little. */
enum {
	KIND_MARKET = 1 << 0, KIND_STOP = 1 << 1, KIND_LIMIT = 1 << 2,
	KIND_AT_OPEN = 1 << 3,		/* ioc, fok, opg */
	KIND_AT_CLOSE = 1 << 4,
	KIND_FRESH = 1 << 5		/* became active on the way */
};

/* An open order and its place in the symbol's list. */
struct node {
	struct sim_order o;
	uint32_t slot, prev, next;
	sim_dec raw_fee;		/* commission before minimum, maximum */
	sim_time live_from;		/* bars it meets begin then or later */
	bool done;			/* left the book; freed later */
	bool fresh;	/* just became active where the path is: may take */
};

struct sim_trial;

struct sym {
	struct sim_position pos;
	int64_t units;		/* position times multiplier if whole, or 0 */
	sim_dec tick, lot, multiplier;
	uint32_t head, tail, nopen;	/* open orders, arrival order */
	/* The envelope; stale says that it must be made anew. */
	sim_dec low_reach, high_reach;	/* act when low <= / high >= */
	bool urgent, stale;
	uint8_t kinds;			/* of open orders, KIND_* */
	bool no_volume;
	sim_time next_expiry, begins;	/* begins: this step's bar */
	struct sim_bar bar;		/* this step's, when orders meet it */
	const struct sim_engine_bar *rest;	/* where all is, or NULL */
	uint32_t flags;
	uint64_t volume_step;		/* the step volume_left belongs to */
	sim_dec volume_left;
	const struct sim_bar_series *detail;
	const struct sim_action *actions;
	size_t nactions, next_action;
	struct sim_instrument ins;
};

/* A staged event with its own copy of the order. */
struct staged {
	struct sim_event ev;
	struct sim_order order;
	size_t fill;			/* index, SIZE_MAX: none */
};

struct sim_engine {
	struct sim_config cfg;
	struct sim_engine_sink sink;
	struct sim_account acc;
	struct sim_engine_counts counts;
	struct sym *syms;
	uint32_t nsyms;
	sim_time now;
	uint64_t step;
	int64_t accrued_day;		/* UTC day interest is paid up to */
	sim_time accrue_at;		/* the next day's beginning */
	const char *overflow;		/* what left the range: dead */
	bool plain_fee;			/* a rate of notional, nothing else */
	bool open_is_all;	/* of a bar, market orders ask no more */
	bool is_simple;		/* and cash pays for it, a plain fee with it */
	sim_time next_expiry;		/* over all symbols; may be early */
	sim_time wake_at;		/* start of a step with more to do */
	/* A step that starts before it only moves prices, unless the bars
	 * reach open orders; INT64_MIN: there is none, UNFORESEEN: nobody has
	 * looked yet. */
	sim_time calm_until;
	bool resting;			/* then: some symbol has open orders */
	uint64_t *concerned, *held;	/* a bit a symbol, see concern() */
	uint32_t *active, nactive;	/* symbols whose orders may match */
	/* The order pool. */
	struct node **chunks;
	size_t nchunks, chunk_cap;
	uint32_t used;			/* slots ever used */
	uint32_t *free_slots;
	size_t nfree, free_cap;
	uint32_t *dead_slots;		/* freed when no one looks any more */
	size_t ndead, dead_cap;
	uint32_t *slot_of;		/* by id; NIL when not open */
	size_t slot_cap;
	uint32_t next_id;
	struct sim_fill *fills;
	size_t nfills, fill_cap;
	uint32_t liquidating;		/* open liquidation orders */
	bool staging;
	struct staged *staged;
	size_t nstaged, staged_cap;
	struct sim_trial *trial;	/* made on first use */
	/* What is traced, or NULL; the attempt and the price at work. */
	struct sim_trace *trace;
	struct sim_trace_fill *terms;
	struct sim_trace_price *pricing;
};

/* -- engine.c ------------------------------------------------------------ */

/* Find out how long nothing can happen but what prices do.  Whatever the
 * caller asks for between two steps ends that. */
void sim_engine_foresee(struct sim_engine *e);

/* -- engine.c: events ---------------------------------------------------- */

/* Hand on what was staged. */
void sim_engine_flush(struct sim_engine *e);
/* Number an event and hand it on (or stage it); returns its seq. */
uint64_t sim_engine_emit(struct sim_engine *e, struct sim_event *ev);
/* An order's event; its seq becomes the order's newest.  Ask emit_order(). */
uint64_t sim_engine_emit_order(struct sim_engine *e, enum sim_event_type type,
			       struct node *n, uint64_t cause);

/* -- book.c: the pool and the lists -------------------------------------- */

/* The node in a slot of the pool. */
static inline struct node *sim_book_node(const struct sim_engine *e,
					 uint32_t slot)
{
	return &e->chunks[slot >> NODE_BITS][slot & ((1u << NODE_BITS) - 1)];
}
/* An open order by its id, or NULL. */
static inline struct node *sim_book_find(const struct sim_engine *e,
					 uint32_t id)
{
	if (id == 0 || id >= e->next_id || e->slot_of[id] == NIL)
		return NULL;
	return sim_book_node(e, e->slot_of[id]);
}
/* A zeroed node with the next id, not yet in a list. */
struct node *sim_book_new(struct sim_engine *e);
/* Widen the envelope by an order that is more than a market order waiting for
 * the next bar.  Ask include(). */
void sim_book_include(struct sym *s, const struct sim_order *o);
/* Take it out and say why (ORDER_CANCELLED or ORDER_EXPIRED). */
void sim_book_end(struct sim_engine *e, struct node *n,
		  enum sim_end_reason why, uint64_t cause);
/* An order loses its place in the queue. */
void sim_book_requeue(struct sim_engine *e, struct node *n);
/* Set the buying power that an order holds. */
void sim_book_reserve(struct sim_engine *e, struct node *n, sim_dec amount);
/* Make the envelope and the next expiry anew. */
void sim_book_envelope(struct sim_engine *e, struct sym *s);
/* End what is due at `start`, the beginning of the step's bars. */
void sim_book_expire(struct sim_engine *e, struct sym *s, sim_time start);
/* Give back a node that never was in a list; readable until the sweep. */
void sim_book_discard(struct sim_engine *e, struct node *n);
/* Recycle the nodes that ended. */
void sim_book_sweep(struct sim_engine *e);

/* -- cost.c -------------------------------------------------------------- */

/* Price after slippage, on the tick, within the bar unless slip_out.  Ask
 * slipped(), which knows of no slippage. */
sim_dec sim_cost_slip(struct sim_engine *e, const struct sym *s,
		      enum sim_side side, sim_dec qty, sim_dec price);
/* The same as an estimate, with no bar to go by. */
sim_dec sim_cost_slip_estimate(struct sim_engine *e, const struct sym *s,
			       enum sim_side side, sim_dec price);
/* Commission due for a further fill of an order; updates n->raw_fee.  Ask
 * commission() and commission_estimate(), which know the simplest fee. */
sim_dec sim_cost_commission(struct sim_engine *e, struct node *n, sim_dec qty,
			    sim_dec notional, bool maker);
/* Commission of an order of this size, taker. */
sim_dec sim_cost_commission_estimate(struct sim_engine *e, sim_dec qty,
				     sim_dec notional);

/* -- power.c: buying power and sizes ------------------------------------- */

/* What is free: cash (cash account) or equity beyond initial margin.  Ask
 * power_free() and power_need(), which know the cash account. */
sim_dec sim_power_free(const struct sim_engine *e);
/* What an order of this size would take from it, at an estimated price. */
sim_dec sim_power_need(struct sim_engine *e, const struct node *n, sim_dec qty,
		       sim_dec price);
/* A fill about to be booked. */
struct trade {
	bool buy, closes;
	sim_dec qty, price, notional, commission;
	sim_dec opens;			/* part of qty that opens a position */
};
/* Can it be paid?  pay[]: what it needs and what there is.  Ask can_pay(),
 * which knows the cash account. */
bool sim_power_can_pay(struct sim_engine *e, const struct sym *s,
		       const struct trade *t, sim_dec pay[2]);
/* Quantity by the request's size rule at a price, rounded down to the lot;
 * 0 when nothing can be bought. */
sim_dec sim_power_size(struct sim_engine *e, const struct node *n,
		       sim_dec price);
/* Let two orders of which one cancels the other hold the larger need. */
void sim_power_reserve_pair(struct sim_engine *e, struct node *a,
			    struct node *b);
/* What an open order would take from buying power if it stood alone. */
sim_dec sim_power_need_of(struct sim_engine *e, const struct node *n);
/* The price an order is estimated at. */
sim_dec sim_power_estimate(struct sim_engine *e, const struct node *n);

/* -- fill.c -------------------------------------------------------------- */

struct fill_at {
	sim_dec price;			/* before slippage */
	enum sim_fill_reason reason;
	bool slips, maker;
};
/* Execute what can be executed of an order.  The node may have left the book
 * afterwards (n->done).  Returns the filled quantity.  Ask sim_fill_execute,
 * which knows of the trace. */
sim_dec sim_fill_plain(struct sim_engine *e, struct node *n,
		       const struct fill_at *at);
sim_dec sim_fill_traced(struct sim_engine *e, struct node *n,
			const struct fill_at *at);
/* The same while is_simple, for an order that takes a price as it is. */
void sim_fill_simple(struct sim_engine *e, struct node *n, sim_dec price,
		     enum sim_fill_reason reason);

/* -- match.c ------------------------------------------------------------- */

/* The open of this step's bars over all symbols. */
void sim_match_open(struct sim_engine *e);
/* The open and all of an engine's only symbol, when it has one market order
 * and there is no more to it; false: not so, and nothing was done. */
bool sim_match_lone(struct sim_engine *e, struct sym *s,
		    const struct sim_engine_bar *b);
/* What follows the open: each symbol's path, then orders for the close. */
void sim_match_rest(struct sim_engine *e);
/* The price from which a resting limit counts as reached (limit_through). */
sim_dec sim_match_limit(const struct sim_engine *e, const struct sym *s,
			const struct sim_order *o);
/* Market orders at the close of this step's bar (fill_close): those that
 * reduce a position, then all. */
void sim_match_close_markets(struct sim_engine *e, struct sym *s,
			     bool opening);

/* -- trial.c: both paths from one state ---------------------------------- */

/* Walk the bar by the configured rule of two paths. */
void sim_trial_run(struct sim_engine *e, struct sym *s);
/* Give back what a trial keeps between bars. */
void sim_trial_free(struct sim_trial *t);
/* match.c: one walk along O-H-L-C (high_first) or O-L-H-C. */
void sim_match_walk(struct sim_engine *e, struct sym *s, bool high_first);

/* -- trail.c ------------------------------------------------------------- */

/* Stop level of a trailing order from its best price. */
void sim_trail_set(const struct sym *s, struct sim_order *o);
/* Move the trails of a symbol to a price the path has reached. */
void sim_trail_follow(struct sim_engine *e, struct sym *s, sim_dec price);

/* -- bracket.c ----------------------------------------------------------- */

/* After a fill of an entry: make or grow its children. */
void sim_bracket_grow(struct sim_engine *e, struct node *entry, sim_dec qty,
		      sim_dec price, uint64_t cause);
/* After a fill of one of a pair: shrink or cancel the other. */
void sim_bracket_shrink(struct sim_engine *e, struct node *n, sim_dec qty,
			uint64_t cause);
/* Order `n` ended unfilled: the other of its pair goes on alone. */
void sim_bracket_part(struct sim_engine *e, const struct node *n);
/* End children that have no position left to protect. */
void sim_bracket_orphans(struct sim_engine *e, struct sym *s, uint64_t cause);

/* -- corporate.c, margin.c ----------------------------------------------- */

/* Apply what goes ex up to this bar's day. */
void sim_corporate_apply(struct sim_engine *e, struct sym *s, int64_t day,
			 sim_dec open);
/* Interest and borrow fees for the days since the last accrual. */
void sim_margin_accrue(struct sim_engine *e, int64_t day);
/* Margin call and liquidation orders when maintenance is breached. */
void sim_margin_check(struct sim_engine *e);
/* The doors of engine.h: see there. */
int sim_submit_request(struct sim_engine *e, const struct sim_order_req *req,
		       uint32_t *id, struct sim_err *err);
int sim_submit_cancel(struct sim_engine *e, uint32_t id, struct sim_err *err);
int sim_submit_replace(struct sim_engine *e, uint32_t id, sim_dec qty,
		       sim_dec limit, sim_dec stop, struct sim_err *err);
/* Order `n` was accepted without questions: number it, link it, say so. */
void sim_submit_internal(struct sim_engine *e, struct node *n, uint64_t cause);

#endif
