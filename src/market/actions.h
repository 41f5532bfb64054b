/*
 * actions: reading corporate actions, from LEAN factor files and plain CSV.
 *
 * LEAN: rows `date,price factor,split factor,reference price`, each good up to
 * and including its date; what goes ex on the next session is the step to the
 * row after it.  The factors are rounded, so split ratios snap to the nearest
 * p/q with q <= 100 and dividends to 0.0001.
 *
 * Plain: rows `date,type,value` (a heading line is skipped), date the ex-date,
 * type `split` with 7, 7/1, 7:1 or 1.5 new shares for one old, or `dividend`
 * with the cash per share before any split of that day.
 */
#ifndef SIM_ACTIONS_H
#define SIM_ACTIONS_H

#include "market/calendar.h"
#include "model/action.h"

#define SIM_ACTIONS_MAX		100000		/* rows */

enum sim_actions_format {
	SIM_ACTIONS_AUTO, SIM_ACTIONS_LEAN, SIM_ACTIONS_PLAIN
};

/*
 * Read a text of corporate actions.
 *
 * Takes:  *format, AUTO to tell by the first row; cal, whose next session after
 *         a LEAN row is the ex-date.
 * Gives:  *out (sim_mem_free) with *n entries, ascending by day, a split
 *         before a dividend of the same day; *format, what it was.
 * Errors: SIM_E_DATA with line, column, value and reason; the same type twice
 *         on a day; no row at all.
 */
struct sim_actions_text {
	const char *s;
	size_t len;
};
int sim_actions_parse(struct sim_actions_text text,
		      enum sim_actions_format *format,
		      const struct sim_calendar *cal, struct sim_action **out,
		      size_t *n, struct sim_err *err) SIM_MUST_CHECK;

#endif
