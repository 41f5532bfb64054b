/*
 * row: a point of a sweep as one line of JSON.
 *
 *   point, points, sweep	its number, of how many, of which sweep
 *   params			what it was run with
 *   equity, and metrics	of the run; or error and code
 *   manifest_hash, log_hash	the run's identity (the log's when it was kept)
 *   args, directory		what run exec makes it again from
 *   manifest			everything that decides the run
 */
#ifndef SIM_ROW_H
#define SIM_ROW_H

#include "report/metrics.h"
#include "sweep/space.h"
#include "util/json.h"

#define SIM_ROW_BYTES_MAX	((size_t)64 << 20)

/* What all rows of a sweep share; borrowed. */
struct sim_row_style {
	const char *id;			/* of the sweep */
	const struct sim_space *space;
	const bool *want;		/* metrics, by enum sim_metrics_id */
	const char *const *args;	/* but parameters, NULL-ended */
	const char *directory;		/* of relative names in args, or NULL */
};

/* Append the row of a run, or of a point that gave none, with its newline. */
void sim_row_write(const struct sim_row_style *s, uint64_t number,
		   const struct sim_run_result *r, const struct sim_metrics *m,
		   struct sim_buf *out);
void sim_row_refuse(const struct sim_row_style *s, uint64_t number,
		    const struct sim_err *why, struct sim_buf *out);

/* A row that was read. */
struct sim_row {
	struct sim_json_doc *doc;
	const struct sim_json_val *root;
	uint64_t number, points;
	const char *sweep;		/* borrowed from doc, as all texts */
	const char *error;		/* NULL: it ran */
};

/*
 * Read a line.
 *
 * Gives:  *row, released by the function below.
 * Errors: SIM_E_DATA it is no row of a sweep.
 */
int sim_row_read(const char *s, size_t n, struct sim_row *row,
		 struct sim_err *err) SIM_MUST_CHECK;
void sim_row_release(struct sim_row *row);

#endif
