/*
 * replay: a run step by step, forwards and backwards.
 *
 * The strategy runs once; what it asked for is played from then on, so that
 * going back costs no more than a run of a built-in strategy to there, and
 * nothing inside a window around where one stands.  The state of a step is
 * canonical JSON; its hash is the same however one came to it.
 */
#ifndef SIM_REPLAY_H
#define SIM_REPLAY_H

#include "run/folder.h"

#define SIM_REPLAY_BREAKS 32
#define SIM_REPLAY_WINDOW 512		/* states kept around the place */

struct sim_replay;
struct sim_tape;

/*
 * Open a run, before its first step.
 *
 * Takes:  f and spec (as sim_verify_spec gives it), which outlive *r.
 * Errors: SIM_E_REPRO the run does not come out the same; those of running.
 */
int sim_replay_open(const struct sim_folder *f,
		    const struct sim_run_spec *spec, struct sim_replay **r,
		    struct sim_err *err) SIM_MUST_CHECK;
void sim_replay_close(struct sim_replay *r);	/* NULL is fine */

/* What it plays, to be played otherwise between two calls. */
struct sim_tape *sim_replay_tape(struct sim_replay *r);
uint64_t sim_replay_steps(const struct sim_replay *r);	/* of the run */
uint64_t sim_replay_step(const struct sim_replay *r);	/* where one stands */

/* Stand at the end of a step; 0 is before the first, past the last is the
 * last. */
int sim_replay_seek(struct sim_replay *r, uint64_t step, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Add a breakpoint: a Lua expression over the fields of the state.
 *
 * Gives:  its number, from 1, or an error.
 * Errors: SIM_E_USAGE the expression; SIM_E_INVAL too many.
 */
int sim_replay_break(struct sim_replay *r, const char *expr,
		     struct sim_err *err);
/* The names of the fields, NULL-ended. */
const char *const *sim_replay_fields(const struct sim_replay *r);

/*
 * Go on to the first step at which a breakpoint holds, or the end.
 * Gives:  *hit, the breakpoint's number; 0 at the end.
 */
int sim_replay_continue(struct sim_replay *r, int *hit, struct sim_err *err)
	SIM_MUST_CHECK;

/* The state where one stands, one line of JSON without its end, and the
 * SHA-256 of that line; both live until the next move. */
const char *sim_replay_state(struct sim_replay *r,
			     char hash[SIM_SHA256_HEX]);
/* The log's lines of a step, NULL when it has none.  Gives: *len bytes. */
const char *sim_replay_events(const struct sim_replay *r, uint64_t step,
			      size_t *len);

#endif
