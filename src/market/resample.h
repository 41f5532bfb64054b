/*
 * resample: finer bars into coarser ones, session by session.
 */
#ifndef SIM_RESAMPLE_H
#define SIM_RESAMPLE_H

#include "market/calendar.h"
#include "model/bar.h"

struct sim_resample {
	struct sim_bar_tf from, to;
	const struct sim_calendar *cal;
	bool extended;			/* pre-market and after-hours too */
};

/*
 * Make coarser bars.
 *
 * Buckets are anchored at the session's open (pre-market and after-hours, if
 * asked for, at their own begin) and end with it at the latest; buckets
 * without a bar are left out.  A daily bar is stamped at the session's open, a
 * weekly one at the open of the ISO week's first session.  Volumes are exact
 * sums.  SIM_BAR_PARTIAL marks a bar that the session's end cuts short, and
 * the first and last bar when the data begin or end inside of them;
 * SIM_BAR_SYNTHETIC one made of synthetic bars only.
 *
 * Shape:  ts ascending; bars outside of the sessions are left out and counted
 *         in *dropped (may be NULL).
 * Gives:  bars appended to *out.
 * Errors: SIM_E_INVAL when `to` is not a multiple of `from`; SIM_E_DATA bars
 *         outside of the calendar's years; SIM_E_OVERFLOW a volume.
 */
int sim_resample_series(const struct sim_bar_series *s,
			const struct sim_resample *how,
			struct sim_bar_table *out, size_t *dropped,
			struct sim_err *err) SIM_MUST_CHECK;

/*
 * The same, and when each bar appended is whole: at its own end, or at that of
 * the last bar it was made from when that lies later.
 *
 * Gives:  *known, an array with a time a bar appended (sim_mem_free; NULL when
 *         there is none), ascending.
 */
int sim_resample_timed(const struct sim_bar_series *s,
		       const struct sim_resample *how,
		       struct sim_bar_table *out, sim_time **known,
		       struct sim_err *err) SIM_MUST_CHECK;

#endif
