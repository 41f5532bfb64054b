/*
 * infer: what bars say about themselves: how long they are, when their market
 * is open, in which steps prices and volumes come.
 *
 * Every rule is simple enough to be said to a user, who can override each.
 */
#ifndef SIM_INFER_H
#define SIM_INFER_H

#include "market/calendar.h"
#include "model/bar.h"
#include "model/instrument.h"

/*
 * The timeframe: the most frequent difference between neighbours that rises.
 *
 * Errors: SIM_E_DATA fewer than two rows, or a difference that is no
 *         timeframe (says --timeframe).
 */
int sim_infer_timeframe(const struct sim_bar_series *s, struct sim_bar_tf *tf,
			struct sim_err *err) SIM_MUST_CHECK;

/*
 * The calendar's name: days or weeks that all begin at 17:00 New York time,
 * none of them on a Friday or Saturday: 24/5; else weeks: XNYS; bars on
 * weekends: 24/7; else intraday bars outside of 04:00-20:00 New York time:
 * 24/5; else XNYS.  A weekend is a Saturday or Sunday for days, Saturday 06:00
 * to Sunday 12:00 UTC for intraday bars.
 */
const char *sim_infer_calendar(const struct sim_bar_series *s,
			       struct sim_bar_tf tf);

/* The coarsest power of ten, at most 1, that all prices are multiples of;
 * `decimals` is the most that any price was written with. */
sim_dec sim_infer_tick(const struct sim_bar_series *s, int decimals);
/* The same of the volumes; 1 without any. */
sim_dec sim_infer_lot(const struct sim_bar_series *s);
/* 24/7: crypto; 24/5: fx, but a future when its tick is a hundredth or more;
 * else equity. */
enum sim_asset_class sim_infer_class(const char *calendar, sim_dec tick);

/*
 * Stamp a daily or weekly bar at the open of its session, or of its week's
 * first session.
 *
 * Takes:  t, midnight UTC of its date, or any instant when `instant`.
 * Gives:  *open; false when the calendar is closed on that day or ends before
 *         it: *day is the day then.
 */
bool sim_infer_session(const struct sim_calendar *cal, struct sim_bar_tf tf,
		       sim_time t, bool instant, sim_time *open, int64_t *day);

#endif
