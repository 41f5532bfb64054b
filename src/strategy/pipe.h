/*
 * pipe: strategies in another process, which speak the protocol of
 * simutrador-pipe(7) on their standard input and output.
 */
#ifndef SIM_PIPE_H
#define SIM_PIPE_H

#include "strategy/form.h"

/*
 * The opener of the form PIPE.  The process is started by init.
 *
 * Gives:  out->hash covers the command and the files it names.
 * Errors: SIM_E_INVAL an empty command, a parameter given twice; SIM_E_IO.
 */
int sim_pipe_open(const struct sim_form *f, struct sim_strategy *out,
		  struct sim_err *err) SIM_MUST_CHECK;

#endif
