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

/*
 * Make a session of what the options say, and have the strategy drive it to
 * its end.
 *
 * Gives:  *r, to be released (sim_attach_release) also after an error; the
 *         session, which stays at the server, is named in a note.
 * Errors: SIM_E_USAGE an option that needs bars of this machine; those of
 *         sim_formopt_make, sim_cli_backend and sim_attach_drive.
 */
int sim_far_simulate(struct sim_cli *cli, const struct sim_job_opts *o,
		     struct sim_attach_result *r, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
