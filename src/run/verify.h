/*
 * verify: does a saved run still come out of the same inputs?
 */
#ifndef SIM_VERIFY_H
#define SIM_VERIFY_H

#include "run/folder.h"

struct sim_verify_report;

/*
 * Where the inputs are now.
 *
 * load fills *d with the whole series of a symbol (file: the path it came
 * from, NULL: the store); what it points to must live until the verification
 * is over.
 */
struct sim_verify_source {
	void *ctx;
	int (*load)(void *ctx, const char *symbol, struct sim_bar_tf tf,
		    const char *file, struct sim_run_data *d,
		    struct sim_err *err);
	const char *calendar_dir;
	const char *hidden;		/* as in struct sim_form */
	/* Commands are started in the current folder, not in theirs. */
	bool is_elsewhere;
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	/* The strategy does not come back: called in another thread with what
	 * sim_verify_run would have given; must not return.  May be NULL:
	 * nobody watches. */
	void (*abandon)(void *ctx, const struct sim_folder *f,
			const struct sim_verify_report *rep, int rc,
			const struct sim_err *err);
};

struct sim_verify_report {
	uint64_t bars, events;		/* checked */
	/* The data differs. */
	bool data_differs;
	char symbol[SIM_INSTRUMENT_SYMBOL];
	size_t chunk, row;		/* of the run's bars, from 0 */
	sim_time row_time;
	/* The events differ: line number and both lines ("" past the end). */
	bool events_differ;
	uint64_t line;
	char *saved, *now;
};

/*
 * Check the data, run again, compare.
 *
 * Gives:  *rep, also with SIM_E_REPRO (release it).
 * Errors: SIM_E_REPRO with the first difference, SIM_E_NOENT an input is
 *         missing.
 */
int sim_verify_run(const struct sim_folder *f,
		   const struct sim_verify_source *src,
		   struct sim_verify_report *rep, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_verify_release(struct sim_verify_report *rep);

/* The inputs of a saved run, checked and ready to run again. */
struct sim_verify_inputs;
/*
 * Open them; f and src outlive them.
 *
 * Errors: as sim_verify_run when the data differs or is missing.
 */
int sim_verify_open(const struct sim_folder *f,
		    const struct sim_verify_source *src,
		    struct sim_verify_inputs **in, struct sim_err *err)
	SIM_MUST_CHECK;
/* The specification that gives the run again; may be changed. */
struct sim_run_spec *sim_verify_spec(struct sim_verify_inputs *in);
/* The points it was forked at; applied to the specification. */
struct sim_fork;
struct sim_fork *sim_verify_forks(struct sim_verify_inputs *in);
void sim_verify_close(struct sim_verify_inputs *in);

#endif
