/*
 * registry: the built-in strategies and their parameters, as tables.
 */
#ifndef SIM_REGISTRY_H
#define SIM_REGISTRY_H

#include "strategy/strategy.h"
#include "util/buf.h"

#define SIM_REGISTRY_PARAMS_MAX 24

enum sim_registry_kind {
	SIM_REGISTRY_INT, SIM_REGISTRY_DEC, SIM_REGISTRY_WORD, SIM_REGISTRY_SIZE
};

struct sim_registry_param {
	const char *name;
	enum sim_registry_kind kind;
	const char *def;		/* as typed; "0" or "none": off */
	const char *min, *max;		/* of numbers; WORD: choices in min */
	const char *help;
};

struct sim_registry_row {
	const char *name, *summary;
	const struct sim_registry_param *params;	/* its own */
	int nparams;
	bool many_symbols;		/* needs more than one symbol */
};

/* The i-th strategy by name, NULL past the last. */
const struct sim_registry_row *sim_registry_row(int i);
/* The i-th parameter that all strategies share, NULL past the last. */
const struct sim_registry_param *sim_registry_shared(int i);
/* Errors: SIM_E_NOENT with the nearest name and how to list them. */
int sim_registry_find(const char *name, const struct sim_registry_row **row,
		      struct sim_err *err) SIM_MUST_CHECK;

/*
 * Make a strategy.
 *
 * Gives:  *out; its ops->free releases it.
 * Errors: SIM_E_NOENT unknown name; SIM_E_INVAL a parameter unknown, given
 *         twice, not of its kind or out of range.
 */
int sim_registry_new(const char *name, const struct sim_strategy_param *p,
		     size_t n, struct sim_strategy *out, struct sim_err *err)
	SIM_MUST_CHECK;

/* The param slot of a strategy made here: the own ones, then the shared, in
 * table order. */
bool sim_registry_value(void *self, int i, struct sim_strategy_param *out);

#endif
