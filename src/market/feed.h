/*
 * feed: a series laid out for the run loop, session by session.
 *
 * The bars that step (those in the regular session, or with extended hours in
 * any), the sessions around them, and where each session's bars begin.
 */
#ifndef SIM_FEED_H
#define SIM_FEED_H

#include "market/calendar.h"
#include "model/bar.h"

/*
 * Session k holds bars first[k] .. first[k + 1] - 1, perhaps none;
 * first[nsessions] = bars.n.  The first session has a bar; at least one
 * follows the last bar's, unless the calendar ends.  For weekly bars an entry
 * is a week: day, open and pre_open of its first session, close and
 * post_close of its last.
 */
struct sim_feed {
	struct sim_bar_series bars;	/* a view of the input, or of `own` */
	struct sim_hours *sessions;
	size_t nsessions;
	size_t *first;			/* nsessions + 1 */
	size_t dropped;			/* bars of the input that don't step */
	struct sim_bar_tf tf;
	bool extended;
	struct sim_bar_table own;	/* only when bars had to be left out in
					 * the middle */
};

/* Whether a series, not empty, lies in the years that a calendar knows, a day
 * before and after them included.  Errors: SIM_E_DATA. */
int sim_feed_check_years(const struct sim_bar_series *s,
			 const struct sim_calendar *cal, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Lay out a series.
 *
 * Shape:  ts strictly ascending, as every series.
 * Gives:  *f, to be released; its bars point into s unless some inside had to
 *         be left out.  No bar that steps: bars.n = 0 and no sessions.
 * Errors: SIM_E_DATA when the series begins before or ends after the years
 *         that the calendar knows.
 * Cost:   a few probes a session; bars are touched only to be copied.
 */
int sim_feed_prepare(const struct sim_bar_series *s, struct sim_bar_tf tf,
		     const struct sim_calendar *cal, bool extended,
		     struct sim_feed *f, struct sim_err *err) SIM_MUST_CHECK;
void sim_feed_release(struct sim_feed *f);

/* When bar i, of session k, becomes known: a day or week with its last close;
 * an intraday bar after its span, but not later than the close it runs into or
 * the bar that follows: before a session the last one may be short. */
static inline sim_time sim_feed_end(const struct sim_feed *f, size_t i,
				    size_t k)
{
	const struct sim_hours *s = &f->sessions[k];
	sim_time ts = f->bars.ts[i], end = ts + f->tf.span;
	sim_time limit = ts < s->close ? s->close : s->post_close;

	if (f->tf.unit != SIM_BAR_TF_INTRADAY || end > limit)
		end = limit;
	if (i + 1 < f->bars.n && f->bars.ts[i + 1] < end)
		end = f->bars.ts[i + 1];
	return end;
}

/* Join ascending sessions of one ISO week to an entry, in place: day, open and
 * pre_open of the first, close and post_close of the last.  Returns how many
 * weeks that makes. */
size_t sim_feed_weeks(struct sim_hours *s, size_t n);

/* The session of bar i: the last k with first[k] <= i.  Cost: O(log n). */
size_t sim_feed_session_of(const struct sim_feed *f, size_t i);

#endif
