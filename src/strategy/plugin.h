/*
 * plugin: a strategy in a shared library, by the interface of simutrador.h.
 *
 * The library's bytes are its identity.  It runs in this process and can do
 * what a program can; what it declares and asks for is checked.
 */
#ifndef SIM_PLUGIN_H
#define SIM_PLUGIN_H

#include "strategy/form.h"

#define SIM_PLUGIN_PARAMS 64		/* most that one may declare */
#define SIM_PLUGIN_BYTES ((size_t)256 << 20)	/* of the file */

/*
 * Load and check.
 *
 * Errors: SIM_E_NOENT no such file; SIM_E_STRATEGY it is no plugin, or a wrong
 *         one; SIM_E_INVAL a parameter.
 */
int sim_plugin_open(const struct sim_form *f, struct sim_strategy *out,
		    struct sim_err *err) SIM_MUST_CHECK;

/* A parameter that it declares, for those who list them. */
struct sim_plugin_param {
	const char *name, *value, *help;
	const char *kind;		/* "text", "int", "real" */
	double min, max;		/* both 0: any */
};
/* The i-th of a strategy that sim_plugin_open made; false past the last. */
bool sim_plugin_declared(const struct sim_strategy *s, int i,
			 struct sim_plugin_param *out);

/* Hash of a library's bytes.  Errors: SIM_E_NOENT, SIM_E_IO. */
int sim_plugin_hash(const char *path, char hex[65], struct sim_err *err)
	SIM_MUST_CHECK;

#endif
