/* compat_out: peers' figures as columns beside ours. */
#ifndef SIM_COMPAT_OUT_H
#define SIM_COMPAT_OUT_H

#include "cli/opt.h"
#include "cli/out.h"
#include "report/compat.h"

/* Which peers: bit 1 << enum sim_compat_peer. */
struct sim_compat_out {
	unsigned peers;			/* 0: none */
};

/* Read --compat: names, or "all".  Errors: SIM_E_USAGE with the names. */
int sim_compat_out_parse(const struct sim_opt_list *names,
			 struct sim_compat_out *c, struct sim_err *err)
	SIM_MUST_CHECK;

/* Columns of the rows, or of the list of formulas. */
const struct sim_out_col *sim_compat_out_cols(const struct sim_compat_out *c,
					      bool list);
/* A row for each key of those peers: ours, and a column each. */
void sim_compat_out_put(struct sim_out *o, const struct sim_compat_out *c,
			const struct sim_compat_input *in);
/* The formulas, a row each. */
void sim_compat_out_list(struct sim_out *o, const struct sim_compat_out *c);

#endif
