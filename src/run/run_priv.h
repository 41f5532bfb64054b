/* run_priv: what a run and a batch of runs share. */
#ifndef SIM_RUN_PRIV_H
#define SIM_RUN_PRIV_H

#include "run/prepare.h"

/* Fill in what stands beside the numbers: instruments, names, periods a year
 * and stamps. */
void sim_run_describe(const struct sim_run_spec *spec,
		      const struct sim_prepare *p, struct sim_run_result *r);

#endif
