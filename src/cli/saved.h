/* saved: the run a command line names, opened and shown. */
#ifndef SIM_SAVED_H
#define SIM_SAVED_H

#include "cli/cli.h"
#include "cli/run_out.h"
#include "cli/tear.h"
#include "run/folder.h"

/* Open run `id` ("r3", "last"); closed by the caller. */
int sim_saved_open(struct sim_cli *cli, const char *id, struct sim_folder **f,
		   struct sim_err *err) SIM_MUST_CHECK;
/* The same for a run whose event log may have been altered. */
int sim_saved_open_any(struct sim_cli *cli, const char *id,
		       struct sim_folder **f, struct sim_err *err)
	SIM_MUST_CHECK;
/* The same for a run, or else a session as it is so far; id may be NULL: the
 * session that fits. */
int sim_saved_open_either(struct sim_cli *cli, const char *id,
			  struct sim_folder **f, struct sim_err *err)
	SIM_MUST_CHECK;
/* Open it as sim_saved_open_either does, and build its report.
 * Takes: *how, whose run_id and benchmark are set to its own.
 * Gives: *f to be closed and *t to be released; nothing after an error. */
int sim_saved_tear(struct sim_cli *cli, const char *id,
		   struct sim_tear_opts *how, struct sim_folder **f,
		   struct sim_tear *t, struct sim_err *err) SIM_MUST_CHECK;
/* Does an operand mean a run, not a session: r3, last? */
bool sim_saved_is_run(const char *id);
/* A view of it for printing. */
struct sim_run_out sim_saved_out(const struct sim_folder *f);
/* Open the run that the first operand names, print rows of it, close it. */
int sim_saved_print(struct sim_cli *cli, enum sim_run_out_what what,
		    struct sim_run_out_filter filter, struct sim_err *err)
	SIM_MUST_CHECK;

/* The wall clock, for summaries; SOURCE_DATE_EPOCH makes them reproducible
 * too. */
sim_time sim_saved_now(void);

#endif
