/*
 * builtin: what a built-in strategy is made of: a row, parsed parameters, the
 * shared trading side, and state of its own made once the symbols are known.
 */
#ifndef SIM_BUILTIN_H
#define SIM_BUILTIN_H

#include "strategy/registry.h"
#include "strategy/trade.h"
#include "util/mem.h"

#define SIM_BUILTIN_TEXT 48		/* canonical value of a parameter */

struct sim_builtin;

struct sim_builtin_row {
	struct sim_registry_row pub;
	int version;			/* raised when its decisions change */
	struct sim_strategy_ops ops;
	/* The wish for a symbol that closed a bar; for sim_builtin_step. */
	int (*wish)(struct sim_builtin *b, const struct sim_strategy_sym *s,
		    uint32_t i);
	/* State of all symbols; nothing is allocated later. */
	int (*start)(struct sim_builtin *b, const struct sim_strategy_view *v,
		     struct sim_err *err);
	void (*stop)(struct sim_builtin *b);
	/* Are the values together possible?  May be NULL. */
	int (*check)(const struct sim_builtin *b, struct sim_err *err);
};

struct sim_builtin {
	const struct sim_builtin_row *row;
	struct sim_trade trade;
	/* Values in the order own, then shared: INT the number, DEC scaled,
	 * WORD the choice's index, SIZE its fraction or amount. */
	int64_t value[SIM_REGISTRY_PARAMS_MAX];
	char text[SIM_REGISTRY_PARAMS_MAX][SIM_BUILTIN_TEXT];
	uint32_t nsyms;
	void *state;
};

/* The ops of every built-in. */
int sim_builtin_init(void *self, struct sim_strategy_view *v,
		     struct sim_err *err);
int sim_builtin_step(void *self, struct sim_strategy_view *v,
		     struct sim_err *err);
void sim_builtin_free(void *self);

#define SIM_BUILTIN(row) extern const struct sim_builtin_row sim_##row;
#include "strategy/builtin.def"
#undef SIM_BUILTIN

#define SIM_BUILTIN_SLOTS(name_, summary_, step_) \
	.name = (name_), .summary = (summary_), .init = sim_builtin_init, \
	.on_step = (step_), .param = sim_registry_value, \
	.free = sim_builtin_free
#define SIM_BUILTIN_OPS(name_, summary_, step_) { \
	SIM_BUILTIN_SLOTS(name_, summary_, step_) }
#define SIM_BUILTIN_PUB(name_, summary_, params_, many_) { \
	.name = (name_), .summary = (summary_), .params = (params_), \
	.nparams = (int)(sizeof(params_) / sizeof((params_)[0])), \
	.many_symbols = (many_) }

#endif
