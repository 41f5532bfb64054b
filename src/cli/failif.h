/* failif: --fail-if, a condition on the metrics of a run or series, on the
 * rows of a list or on the points of a sweep. */
#ifndef SIM_FAILIF_H
#define SIM_FAILIF_H

#include "cli/cli.h"
#include "report/metrics.h"
#include "run/run.h"
#include "script/expr.h"

/* A row of an option table; text is a static const char *. */
#define SIM_FAILIF_OPT(text) \
	{ SIM_OPT_STR, "fail-if", .arg = "EXPR", \
	  .help = "end with status 1 when this is true of the metrics; see" \
		  " simutrador-expressions(7)", \
	  .value = &(text), .words = SIM_OPT_WORDS_METRIC }

/* A condition and what it is about. */
struct sim_failif {
	const char *text;		/* as it was typed */
	struct sim_expr *expr;
	const char *const *names;	/* that it was compiled with */
	size_t n;
};

/*
 * Ask it of a record; without an expression it is never true.
 * Errors: SIM_E_FALSE it is true, with the fields it reads; SIM_E_DATA.
 */
int sim_failif_ask(const struct sim_failif *f, const struct sim_expr_record *r,
		   struct sim_err *err) SIM_MUST_CHECK;

/* Is the expression one?  NULL is.  Errors: SIM_E_USAGE. */
int sim_failif_check(const char *text, struct sim_err *err) SIM_MUST_CHECK;

/*
 * Ask it of metrics; NULL is never true.
 * Errors: SIM_E_FALSE it is true, with the metrics it reads; SIM_E_DATA;
 *         those of sim_failif_check() and, for a run, sim_tear_build().
 */
int sim_failif_test(const char *text, const struct sim_metrics *m,
		    struct sim_err *err) SIM_MUST_CHECK;
int sim_failif_run(const char *text, const struct sim_run_result *r,
		   const char *benchmark, struct sim_err *err) SIM_MUST_CHECK;

#endif
