/*
 * strategy: the one interface behind which every form of a strategy stands.
 *
 * A strategy sees only closed bars: columns end at the bar just closed.
 * Built-in strategies are rows of builtin.def.
 */
#ifndef SIM_STRATEGY_H
#define SIM_STRATEGY_H

#include "model/account.h"
#include "model/bar.h"
#include "model/instrument.h"
#include "model/order.h"

/* One symbol as the strategy may see it. */
struct sim_strategy_sym {
	const struct sim_instrument *instrument;
	struct sim_bar_series bars; /* .n = bars closed so far (look back) */
	const struct sim_position *position;
	bool traded;			/* has a bar in this step */
	bool is_eod;			/* that bar is its session's last */
};

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
};

/* One -p name=value. */
struct sim_strategy_param {
	const char *name, *value;
};

struct sim_strategy_ops {
	const char *name, *summary;
	/* Called once before the first step. */
	int (*init)(void *self, struct sim_strategy_view *v,
		    struct sim_err *err);
	/* Called once a step with every symbol that traded. */
	int (*on_step)(void *self, struct sim_strategy_view *v,
		       struct sim_err *err);
	/* May be NULL: the fills of the step, before on_step. */
	int (*on_fill)(void *self, struct sim_strategy_view *v,
		       const struct sim_fill *f, struct sim_err *err);
	void (*free)(void *self);
};

struct sim_strategy {
	const struct sim_strategy_ops *ops;
	void *self;
	char hash[65];			/* identity of its code, hex SHA-256 */
};

#endif
