/* remove: `run rm` and `optimize rm`: all that are named, or none. */
#ifndef SIM_REMOVE_H
#define SIM_REMOVE_H

#include "cli/cli.h"

struct sim_remove {
	const char *folder;		/* of the data folder: "runs" */
	const char *noun, *like;	/* "run", "r3" */
	const struct sim_out_col *cols;	/* the first is its id */
	/* Is it there?  Errors: SIM_E_NOENT. */
	int (*find)(const char *dir, const char *id, struct sim_err *err);
	int (*remove)(const char *dir, const char *id, struct sim_err *err);
};

/*
 * Remove what the operands name, after asking, and print a row for each.
 *
 * Errors: SIM_E_USAGE one is "last" or stands twice, those of find: then
 *         nothing was removed.
 */
int sim_remove_run(struct sim_cli *cli, const struct sim_remove *what,
		   struct sim_err *err) SIM_MUST_CHECK;

#endif
