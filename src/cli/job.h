/* job: what to simulate, as options say it, made into a specification. */
#ifndef SIM_JOB_H
#define SIM_JOB_H

#include "cli/formopt.h"
#include "cli/source.h"
#include "run/run.h"

#define SIM_JOB_SETTINGS 24	/* at most, of sim_config_setting_row() */

/* Rows of sim_config_setting_row(), in its order (tested). */
enum sim_job_setting {
	SIM_JOB_CASH,
	SIM_JOB_LEVERAGE,
	SIM_JOB_ACCOUNT,
	SIM_JOB_INITIAL_MARGIN,
	SIM_JOB_MAINTENANCE_LONG,
	SIM_JOB_MAINTENANCE_SHORT,
	SIM_JOB_DEBIT_RATE,
	SIM_JOB_BORROW_RATE,
	SIM_JOB_PATH,
	SIM_JOB_SEMANTICS,
	SIM_JOB_FILL,
	SIM_JOB_LIMIT_FILL,
	SIM_JOB_SLIP_OUT,
	SIM_JOB_FILL_SYNTHETIC,
	SIM_JOB_MAX_VOLUME_SHARE,
	SIM_JOB_SLIPPAGE,
	SIM_JOB_COMMISSION
};

/* Values as typed; NULL or empty is not given. */
struct sim_job_opts {
	struct sim_opt_list symbols;	/* of the store */
	struct sim_opt_list files;	/* SYMBOL=FILE */
	struct sim_formopt form;	/* the strategy, or */
	const char *orders;		/* a list of orders */
	struct sim_opt_tf tf;
	const char *from, *to;
	const char *model, *adjust, *session, *benchmark;
	/* By row of sim_config_setting_row(). */
	const char *setting[SIM_JOB_SETTINGS];
	bool slip_out, fill_synthetic;
	int64_t seed;
	bool no_log, band, no_band;
};

/* Words of their options, NULL-ended. */
extern const char *const sim_job_sessions[], *const sim_job_accounts[];
extern const char *const sim_job_fills[], *const sim_job_semantics[];
/* To offer; a number or a timeframe follows those that end in a colon. */
extern const char *const sim_job_paths[], *const sim_job_limit_fills[];
extern const char *const sim_job_slippages[], *const sim_job_commissions[];

struct sim_job {
	struct sim_run_spec spec;
	struct sim_source *sources;	/* one a symbol, the benchmark last */
	struct sim_source *details;	/* finer bars, with --path detail:TF */
	struct sim_bar_series *detail_series;
	struct sim_run_data *data;
	struct sim_formopt_made strategy;
	struct sim_orders *own_orders;
	struct sim_calendar **cals;	/* each name opened once */
	size_t ncals;
	size_t nsources, ndetails;
};
#define SIM_JOB_INIT \
	{ .spec = SIM_RUN_SPEC_INIT, .strategy = SIM_FORMOPT_MADE_INIT }

/*
 * Open data and order list and fill in the specification.
 *
 * Takes:  *j is SIM_JOB_INIT; opts is borrowed as long as *j lives.
 * Gives:  *j, to be released (also after an error).
 * Errors: SIM_E_USAGE what contradicts or is missing; those of sources,
 *         settings, order lists.
 */
int sim_job_open(struct sim_cli *cli, const struct sim_job_opts *opts,
		 struct sim_job *j, struct sim_err *err) SIM_MUST_CHECK;
void sim_job_release(struct sim_job *j);
/* One strategy, or else a list of orders?  Errors: SIM_E_USAGE. */
int sim_job_check(const struct sim_job_opts *opts, struct sim_err *err)
	SIM_MUST_CHECK;
/* Read a list of orders; path NULL: none, and *out is left as it is. */
int sim_job_orders(const char *path, struct sim_orders **out,
		   struct sim_err *err) SIM_MUST_CHECK;
/* Is the ambiguity band wanted? */
bool sim_job_band(const struct sim_job_opts *opts, enum sim_form_kind kind);
/* Give the memory of stored bars back; they are read again when touched. */
void sim_job_forget(const struct sim_job *j);

/* Borrowed view of a source for the run. */
struct sim_run_data sim_job_data(const struct sim_source *s, const char *file);

#endif
