/*
 * sweep_out: rows of a sweep on stdout: as they are (NDJSON), as chosen
 * fields, or the best of them; and the map of two parameters.
 */
#ifndef SIM_SWEEP_OUT_H
#define SIM_SWEEP_OUT_H

#include "cli/sweep_rows.h"
#include "script/expr.h"
#include "sweep/heat.h"

/* What rows have; texts are borrowed or of the command's arena. */
struct sim_sweep_out_shape {
	const char *params[SIM_RUN_PARAMS_MAX];
	size_t nparams;
	bool want[SIM_METRICS__COUNT];
	bool has_log;
};
/* By the first row without an error (or the first), from the start; the rows
 * are then at their start again. */
int sim_sweep_out_shape(struct sim_cli *cli, struct sim_sweep_rows *rows,
			struct sim_sweep_out_shape *s, struct sim_err *err)
	SIM_MUST_CHECK;

struct sim_sweep_out;

/* Expressions over a row, or NULL. */
struct sim_sweep_out_asks {
	const char *maximize;		/* NULL: the Sharpe ratio */
	const char *where;		/* NULL: all rows */
	const char *fail_if;
	bool fails_by_best;		/* of what _best() prints, not of all */
};

/*
 * Begin.
 *
 * Takes:  texts and *s, which outlive the output.
 * Errors: SIM_E_USAGE what an expression or --fields names isn't there.
 */
int sim_sweep_out_new(struct sim_cli *cli, const struct sim_sweep_out_shape *s,
		      const struct sim_sweep_out_asks *asks,
		      struct sim_sweep_out **o, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_sweep_out_free(struct sim_sweep_out *o);

/* --fields without a value: the names alone are asked for, and printed. */
bool sim_sweep_out_names(struct sim_sweep_out *o);
/* Do rows go out as they are, as soon as they are there? */
bool sim_sweep_out_streams(const struct sim_sweep_out *o);
/* Is there an objective that rows can be ordered by? */
bool sim_sweep_out_ranks(const struct sim_sweep_out *o);
/* Print the rows that are there now. */
int sim_sweep_out_more(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		       struct sim_err *err) SIM_MUST_CHECK;
/* Print all rows as a list; or the n with the highest objective, highest
 * first (of equal ones the lower number). */
int sim_sweep_out_list(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		       struct sim_err *err) SIM_MUST_CHECK;
int sim_sweep_out_best(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		       size_t n, struct sim_err *err) SIM_MUST_CHECK;

/* Was --fail-if true of a row so far, for which --where is?  Errors:
 * SIM_E_FALSE, of the first such row. */
int sim_sweep_out_verdict(const struct sim_sweep_out *o, struct sim_err *err)
	SIM_MUST_CHECK;

/* The map of the objective, when exactly two parameters vary; else nothing. */
int sim_sweep_out_map(struct sim_sweep_out *o, struct sim_sweep_rows *rows,
		      struct sim_err *err) SIM_MUST_CHECK;

#endif
