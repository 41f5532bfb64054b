/*
 * strategy: the one interface behind which every form of a strategy stands.
 *
 * A strategy sees only closed bars: columns end at the bar just closed.  The
 * order of calls in a step: on_event for each event of it, on_fill for each
 * fill, on_timer for each timer that is due, on_step.  A slot that is NULL
 * costs nothing.  A call that returns SIM_E_STRATEGY ends the run; what was
 * done until then is sealed and kept.
 */
#ifndef SIM_STRATEGY_H
#define SIM_STRATEGY_H

#include "model/account.h"
#include "model/action.h"
#include "model/bar.h"
#include "model/event.h"
#include "model/instrument.h"
#include "model/note.h"
#include "model/order.h"

#define SIM_STRATEGY_FRAMES 8		/* higher timeframes of a run */
#define SIM_STRATEGY_TIMERS 1024	/* pending at a time */

/* One symbol as the strategy may see it. */
struct sim_strategy_sym {
	const struct sim_instrument *instrument;
	struct sim_bar_series bars; /* .n = bars closed so far (look back) */
	const struct sim_position *position;
	bool traded;			/* has a bar in this step */
	bool is_eod;			/* that bar is its session's last */
	/* By the index that host->frame gave: bars of higher timeframes that
	 * have closed.  NULL when none was asked for. */
	const struct sim_bar_series *frames;
};

/* Fetch bar i, which an order will meet, while that is made and looked at: its
 * columns, but for closes, have been left alone.  (Inlined always: calls of a
 * function that has no effect may be left out.) */
static inline __attribute__((always_inline)) void
sim_strategy_fetch(const struct sim_bar_series *b, size_t i)
{
	__builtin_prefetch(b->ts + i);
	__builtin_prefetch(b->open + i);
	__builtin_prefetch(b->high + i);
	__builtin_prefetch(b->low + i);
	if (b->volume)
		__builtin_prefetch(b->volume + i);
}

/* The same of the next bar. */
static inline __attribute__((always_inline)) void
sim_strategy_fetch_next(const struct sim_strategy_sym *s)
{
	sim_strategy_fetch(&s->bars, s->bars.n);
}

/* What a strategy may do; implemented by run/ on the engine. */
struct sim_strategy_host {
	void *ctx;
	/* 0 and *id, or SIM_E_REJECTED (also logged by the engine). */
	int (*submit)(void *ctx, const struct sim_order_req *req, uint32_t *id,
		      struct sim_err *err);
	int (*cancel)(void *ctx, uint32_t id, struct sim_err *err);
	/* New quantity, limit, stop (0: keep). */
	int (*replace)(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
		       sim_dec stop, struct sim_err *err);
	/* Open orders of a symbol, in arrival order: next after `after` (0:
	 * first), or NULL. */
	const struct sim_order *(*next_order)(void *ctx, uint32_t sym,
					      uint32_t after);
	/* An open order; with ops->keeps_orders also one that has ended.  NULL
	 * when there is none. */
	const struct sim_order *(*order)(void *ctx, uint32_t id);
	/* In init only: have bars of a higher timeframe of every symbol made
	 * from its bars.  Gives their index in frames[].
	 * Errors: SIM_E_INVAL not a higher timeframe, or too many. */
	int (*frame)(void *ctx, struct sim_bar_tf tf, uint32_t *index,
		     struct sim_err *err);
	/* on_timer(id) in the first step that ends at `at` or later; from
	 * there on every `every` ns (0: once).
	 * Errors: SIM_E_STRATEGY too many. */
	int (*timer)(void *ctx, sim_time at, sim_time every, uint64_t id,
		     struct sim_err *err);
	/* Errors: SIM_E_STRATEGY too many, too long, or not finite. */
	int (*note)(void *ctx, const struct sim_note *n, struct sim_err *err);
	/* End the run after this step; it is complete then. */
	void (*stop)(void *ctx);
	/* What a new opening order may cost at most, and the initial margin
	 * of what is held (0 in a cash account). */
	void (*funds)(void *ctx, sim_dec *buying_power, sim_dec *margin_used);
};

struct sim_strategy_view {
	sim_time now;			/* the step's end */
	uint64_t step;			/* 1, 2, ... */
	uint32_t nsyms;
	struct sim_strategy_sym *syms;	/* by symbol name */
	/* Indices of the symbols with a bar in this step, ascending. */
	const uint32_t *traded;
	uint32_t ntraded;
	const struct sim_account *account;
	const struct sim_strategy_host *host;
	struct sim_bar_tf tf;		/* of the bars that step */
	uint64_t seed;
};

/* One -p name=value. */
struct sim_strategy_param {
	const char *name, *value;
};

struct sim_strategy_ops {
	const char *name, *summary;
	/* host->order knows orders that ended too, at the cost of a copy of
	 * each. */
	bool keeps_orders;
	/* Called once before the first step; v->now is the start of the first
	 * bar, and orders are refused. */
	int (*init)(void *self, struct sim_strategy_view *v,
		    struct sim_err *err);
	/* Called once a step with every symbol that traded. */
	int (*on_step)(void *self, struct sim_strategy_view *v,
		       struct sim_err *err);
	/*
	 * May be NULL: in how many of the next n steps, in which every symbol
	 * has a bar, would on_step do nothing if no position changed?  Asked
	 * for where the bars are known beforehand; those n stand behind the
	 * closed ones of each symbol.  What is found out about them may be
	 * kept, but must not change what is done.  on_step is left out in as
	 * many steps as then are calm, perhaps none.
	 */
	uint64_t (*quiet)(void *self, const struct sim_strategy_view *v,
			  uint64_t n);
	/* May be NULL: the fills of the step, before on_step. */
	int (*on_fill)(void *self, struct sim_strategy_view *v,
		       const struct sim_fill *f, struct sim_err *err);
	/* May be NULL: every event of the log as it happens, also inside the
	 * host's calls.  It may only take note: the host must not be called. */
	void (*on_event)(void *self, const struct sim_event *ev);
	/* May be NULL: a timer that is due, before on_step. */
	int (*on_timer)(void *self, struct sim_strategy_view *v, uint64_t id,
			struct sim_err *err);
	/* May be NULL: after the last step; orders are refused by then. */
	int (*on_end)(void *self, struct sim_strategy_view *v,
		      struct sim_err *err);
	/* May be NULL: the i-th effective parameter, canonical, living as
	 * long as the strategy; false past the last. */
	bool (*param)(void *self, int i, struct sim_strategy_param *out);
	/* May be NULL: how many bars it lets pass before it trades; asked for
	 * after init. */
	uint64_t (*warmup)(void *self);
	void (*free)(void *self);
};

struct sim_strategy {
	const struct sim_strategy_ops *ops;
	void *self;
	char hash[65];			/* identity of its code, hex SHA-256 */
};

#endif
