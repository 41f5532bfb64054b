/* explain_priv: between the files of explain. */
#ifndef SIM_EXPLAIN_PRIV_H
#define SIM_EXPLAIN_PRIV_H

#include "run/explain.h"

/* Make the terms from the trace. */
void sim_explain_terms(struct sim_explain *x,
		       const struct sim_explain_opts *opts);

#endif
