/*
 * series_expr: expressions over the bars of one symbol, fed one at a time:
 * wake conditions, breakpoints, alerts, indicator eval.
 *
 * The language is that of expr.h with series besides: open high low close
 * volume, close[1] for the bar before, every indicator of ta.def by its name
 * (rsi(close,14), macd(close,12,26,9).signal, atr(14)), crosses(a,b),
 * crosses_above(a,b), crosses_below(a,b), every(30m), and the values the host
 * gives by name (`fill`).  It looks back only.  What is not warm yet is nil;
 * arithmetic with nil is nil, a comparison with nil false.  Each call has a
 * stream of its own, fed exactly once a bar whatever `and` and `or` skip.
 * An expression belongs to one thread at a time.
 */
#ifndef SIM_SERIES_EXPR_H
#define SIM_SERIES_EXPR_H

#include "model/bar.h"
#include "script/expr.h"

struct sim_series_expr;

/*
 * Compile.
 *
 * Takes:  what names the option for messages ("wake"); host[n] are names of
 *         values that come with every feed, borrowed until the expression is
 *         freed; n may be 0.
 * Gives:  *out, which has seen no bar; freed by sim_series_expr_free().
 * Errors: SIM_E_USAGE with the expression, the place and what is wrong.
 */
int sim_series_expr_compile(const char *text, const char *what,
			    const char *const *host, size_t n,
			    struct sim_series_expr **out, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_series_expr_free(struct sim_series_expr *e);	/* NULL is fine */

/* Does it read value i of the host? */
bool sim_series_expr_uses(const struct sim_series_expr *e, size_t i);

/* The bars after which everything in it that can be warm is. */
int sim_series_expr_warmup(const struct sim_series_expr *e);

/*
 * Feed one bar and evaluate.
 *
 * Takes:  the bar just closed, later than the last; NULL: no new bar, series
 *         keep their values, crosses and every are false.  host[] in the order
 *         compiled, NULL when there are none.
 * Gives:  *out; a string in it lives until the next feed.
 * Errors: SIM_E_DATA arithmetic on what is no number; the bar counts as fed.
 */
int sim_series_expr_feed(struct sim_series_expr *e, const struct sim_bar *bar,
			 const struct sim_expr_value *host,
			 struct sim_expr_value *out, struct sim_err *err)
	SIM_MUST_CHECK;

/* The same, as a truth: nil and false are false, all else is true. */
int sim_series_expr_test(struct sim_series_expr *e, const struct sim_bar *bar,
			 const struct sim_expr_value *host, bool *out,
			 struct sim_err *err) SIM_MUST_CHECK;

/* Forget every bar, as after compiling. */
void sim_series_expr_reset(struct sim_series_expr *e);

/* The i-th function that only series have ("crosses(a, b)"), NULL past the
 * last; indicators are in ta.h. */
const char *sim_series_expr_function(int i);

#endif
