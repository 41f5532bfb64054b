/*
 * adjust: a raw series seen as if its splits, or its splits and dividends, had
 * happened before it began.
 *
 * LIMIT: a bar that began before an ex-day is before it as a whole, so weekly
 * bars are adjusted by resampling adjusted daily bars.
 */
#ifndef SIM_ADJUST_H
#define SIM_ADJUST_H

#include "market/calendar.h"
#include "model/action.h"
#include "model/bar.h"

enum sim_adjust_mode {
	SIM_ADJUST_RAW,			/* "raw" */
	SIM_ADJUST_SPLIT,		/* "split": prices and volumes */
	SIM_ADJUST_TOTAL_RETURN		/* "total-return": dividends too */
};
bool sim_adjust_parse(const char *s, enum sim_adjust_mode *mode);
const char *sim_adjust_text(enum sim_adjust_mode mode);

/*
 * Copy a series, adjusted: before a split of num for den, prices times den/num
 * and volumes times num/den; before a dividend, prices times one minus the
 * dividend's part of the last raw close before it.  Prices are rounded to
 * 1e-8 and are at least that.
 *
 * Shape:  actions ascending by day.
 * Gives:  bars appended to *out.
 * Errors: SIM_E_DATA a dividend not smaller than the close before it;
 *         SIM_E_OVERFLOW a volume or price.
 */
struct sim_adjust_actions {
	const struct sim_action *a;
	size_t n;
};
int sim_adjust_series(const struct sim_bar_series *s,
		      struct sim_adjust_actions actions,
		      enum sim_adjust_mode mode,
		      const struct sim_calendar *cal,
		      struct sim_bar_table *out, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
