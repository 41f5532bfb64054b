/*
 * tear: a run's result as the input of report/, with everything the two
 * layers don't share: facts from the manifest, splits and stops from the log,
 * amounts as doubles.
 */
#ifndef SIM_TEAR_H
#define SIM_TEAR_H

#include "cli/out.h"
#include "report/report.h"
#include "run/run.h"
#include "util/json.h"
#include "util/mem.h"

struct sim_tear {
	struct sim_report_input in;
	struct sim_report report;
	/* owned */
	struct sim_json_doc *manifest;
	struct sim_mem_arena arena;
	struct sim_trades_adjust *adjusts;
	struct sim_notes_view notes;
	sim_dec *fill_stop;
	double *bench;
	sim_time *bench_time;
	size_t cap_adjusts;
	bool is_built;
};

struct sim_tear_opts {
	const char *run_id;		/* NULL: not saved */
	const char *benchmark;		/* its symbol; NULL: unknown or none */
	double rf;			/* annual */
	bool annualize_short;
};

/*
 * Build the report of a run.
 *
 * Takes:  r, which outlives *t.
 * Gives:  *t, to be released (also after an error).
 * Errors: those of the log, the manifest and sim_report_build.
 * Cost:   reads the log once when there is one.
 */
int sim_tear_build(const struct sim_run_result *r,
		   const struct sim_tear_opts *opts, struct sim_tear *t,
		   struct sim_err *err) SIM_MUST_CHECK;
void sim_tear_release(struct sim_tear *t);

/* One metric as a field called by its key: a date, a count or a number. */
void sim_tear_metric(struct sim_out *o, enum sim_metrics_id id,
		     const struct sim_metrics *m);

#endif
