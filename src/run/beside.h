/*
 * beside: the bars of a run kept in its folder, when they are nowhere else on
 * this machine: a store of its own.
 */
#ifndef SIM_BESIDE_H
#define SIM_BESIDE_H

#include "run/run.h"

/* Write the inputs of a run into its folder `dir`.  Errors: those of writing a
 * store. */
int sim_beside_write(const char *dir, const struct sim_run_spec *spec,
		     struct sim_err *err) SIM_MUST_CHECK;

struct sim_beside;
/*
 * Open what stands beside a run.
 *
 * Gives:  *out, closed by the caller; NULL where nothing does.
 */
int sim_beside_open(const char *dir, struct sim_beside **out,
		    struct sim_err *err) SIM_MUST_CHECK;
/* A symbol's inputs, as sim_verify_source.load gives them; they live until it
 * is closed. */
int sim_beside_load(struct sim_beside *b, const char *symbol,
		    struct sim_bar_tf tf, struct sim_run_data *d,
		    struct sim_err *err) SIM_MUST_CHECK;
void sim_beside_close(struct sim_beside *b);	/* NULL is fine */

#endif
