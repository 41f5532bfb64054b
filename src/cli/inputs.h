/* inputs: the data a saved run was made from, found again. */
#ifndef SIM_INPUTS_H
#define SIM_INPUTS_H

#include "cli/progress.h"
#include "cli/saved.h"
#include "run/verify.h"

struct sim_inputs {
	struct sim_verify_source source;	/* for verifying */
	/* private */
	struct sim_cli *cli;
	struct sim_inputs_series *all;
	struct sim_progress bar;
	/* with sim_inputs_open */
	struct sim_folder *folder;
	struct sim_verify_inputs *in;
};

/* A source that looks into the store and at files. */
void sim_inputs_begin(struct sim_cli *cli, struct sim_inputs *x);
/*
 * The same, with run `id` opened and its inputs checked.
 * Gives: *x, to be ended, also after an error.
 */
int sim_inputs_open(struct sim_cli *cli, const char *id, struct sim_inputs *x,
		    struct sim_err *err) SIM_MUST_CHECK;
void sim_inputs_end(struct sim_inputs *x);

#endif
