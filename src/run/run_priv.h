/* run_priv: what a run and a batch of runs share. */
#ifndef SIM_RUN_PRIV_H
#define SIM_RUN_PRIV_H

#include "run/prepare.h"

/* Fill in what stands beside the numbers: instruments, names, periods a year
 * and stamps. */
void sim_run_describe(const struct sim_run_spec *spec,
		      const struct sim_prepare *p, struct sim_run_result *r);

/* Make the strategy of a run, with what stands in front of it; *f is its form,
 * whose seed is set. */
int sim_run_strategy(const struct sim_run_spec *spec,
		     const struct sim_prepare *p, struct sim_form *f,
		     struct sim_strategy *s, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
