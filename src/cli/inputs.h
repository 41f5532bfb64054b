/* inputs: the data a saved run was made from, found again. */
#ifndef SIM_INPUTS_H
#define SIM_INPUTS_H

#include "cli/progress.h"
#include "cli/saved.h"
#include "run/bundle.h"
#include "run/verify.h"

struct sim_inputs {
	struct sim_verify_source source;	/* for verifying */
	/* private */
	struct sim_cli *cli;
	struct sim_inputs_series *all;
	struct sim_progress bar;
	struct sim_inputs_bundle *bundle;	/* or NULL */
	/* with sim_inputs_open */
	struct sim_folder *folder;
	struct sim_run_spec *spec;	/* that gives it again */
	struct sim_verify_inputs *in;
	struct sim_sess_run *session;	/* instead of in; or NULL */
};

/* A source that looks into the store and at files. */
void sim_inputs_begin(struct sim_cli *cli, struct sim_inputs *x);
/*
 * The same, with run `id` opened and its inputs checked.
 * Gives: *x, to be ended, also after an error.
 */
int sim_inputs_open(struct sim_cli *cli, const char *id, struct sim_inputs *x,
		    struct sim_err *err) SIM_MUST_CHECK;
/* The same for a run, or else a session as it is so far. */
int sim_inputs_open_either(struct sim_cli *cli, const char *id,
			   struct sim_inputs *x, struct sim_err *err)
	SIM_MUST_CHECK;
/* End the program with a sentence when the strategy does not come back. */
void sim_inputs_watch(struct sim_inputs *x);
void sim_inputs_end(struct sim_inputs *x);

/* A bundle unpacked into a folder of its own while it is looked at. */
struct sim_inputs_bundle {
	struct sim_buf text;
	struct sim_bundle bundle;
	struct sim_folder *folder;
	char *dir;			/* removed in the end */
	char *calendars;
};
/* Is it a file, and no run's name? */
bool sim_inputs_is_bundle(const char *name);
/*
 * Unpack a file.
 * Gives:  *b, forgotten also after an error.
 * Errors: SIM_E_DATA no bundle, or damaged; SIM_E_CANTCREAT.
 */
int sim_inputs_unbundle(const char *file, struct sim_inputs_bundle *b,
			struct sim_err *err) SIM_MUST_CHECK;
void sim_inputs_forget(struct sim_inputs_bundle *b);
/* Let data and calendars come from it alone. */
void sim_inputs_use(struct sim_inputs *x, struct sim_inputs_bundle *b);

#endif
