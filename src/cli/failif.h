/* failif: --fail-if, a condition on the metrics of a run or series. */
#ifndef SIM_FAILIF_H
#define SIM_FAILIF_H

#include "cli/cli.h"
#include "report/metrics.h"
#include "run/run.h"

/* A row of an option table; text is a static const char *. */
#define SIM_FAILIF_OPT(text) \
	{ SIM_OPT_STR, "fail-if", .arg = "EXPR", \
	  .help = "end with status 1 when this is true of the metrics; see" \
		  " simutrador-expressions(7)", \
	  .value = &(text), .words = SIM_OPT_WORDS_METRIC }

/* Is the expression one?  NULL is.  Errors: SIM_E_USAGE. */
int sim_failif_check(const char *text, struct sim_err *err) SIM_MUST_CHECK;

/*
 * Ask it; NULL is never true.
 * Errors: SIM_E_FALSE it is true, with the metrics it reads; SIM_E_DATA;
 *         those of sim_failif_check() and, for a run, sim_tear_build().
 */
int sim_failif_test(const char *text, const struct sim_metrics *m,
		    struct sim_err *err) SIM_MUST_CHECK;
int sim_failif_run(const char *text, const struct sim_run_result *r,
		   const char *benchmark, struct sim_err *err) SIM_MUST_CHECK;

#endif
