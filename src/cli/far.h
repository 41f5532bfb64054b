/*
 * far: simulate on a server: its bars and its session, the strategy here.
 */
#ifndef SIM_FAR_H
#define SIM_FAR_H

#include "backend/attach.h"
#include "cli/cli.h"
#include "cli/job.h"

/* Is a server named on the command line? */
bool sim_far_is_asked(const struct sim_cli *cli);

/* What is done with what came of it, while it is there. */
typedef int sim_far_use(struct sim_cli *cli, struct sim_attach_result *r,
			struct sim_err *err);

/*
 * Make a session of what the options say, and have the strategy, or the list
 * of orders, drive it to its end.
 *
 * Gives:  use is called once it is over; the session, which stays at the
 *         server, is named in a note.
 * Errors: SIM_E_USAGE an option that needs bars of this machine; those of
 *         sim_formopt_make, sim_cli_backend, sim_attach_drive and use.
 */
int sim_far_simulate(struct sim_cli *cli, const struct sim_job_opts *o,
		     sim_far_use *use, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
