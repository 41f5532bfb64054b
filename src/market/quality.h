/*
 * quality: what is wrong with bars, and which are missing.
 */
#ifndef SIM_QUALITY_H
#define SIM_QUALITY_H

#include "market/adjust.h"
#include "market/calendar.h"
#include "model/bar.h"

enum sim_quality_kind {
#define SIM_QUALITY_KIND(name, text, error) SIM_QUALITY_##name,
#include "market/quality_kind.def"
#undef SIM_QUALITY_KIND
	SIM_QUALITY__COUNT
};
/* The word for a kind of finding, and is it an error (else a warning)? */
const char *sim_quality_text(enum sim_quality_kind k);
bool sim_quality_is_error(enum sim_quality_kind k);

struct sim_quality_finding {
	enum sim_quality_kind kind;
	size_t row;			/* index in the series; of a gap: of the
					 * first bar after it in time */
	sim_time ts;			/* of a gap: where it begins */
	int num, den;			/* of a split: new for old; else 0 */
	int64_t day;			/* of a split: its exchange day */
	char text[160];			/* a sentence without its full stop */
};

#define SIM_QUALITY_MAX	10000		/* findings kept; all are counted */

struct sim_quality {
	struct sim_quality_finding *items;	/* by row, then kind */
	size_t n, cap;
	size_t counts[SIM_QUALITY__COUNT];
	size_t errors, suspects;	/* sums of counts */
};

/*
 * Look at every bar of a series, which may be in any order.
 *
 * A spike is a close, high or low beyond both neighbours by more than half a
 * percent and twelve times what is usual nearby.  A gap is missing bars
 * between the first and the last one there is, over however many sessions, as
 * one finding; CLOSED is a bar while the market, extended hours included, is
 * closed; OFF_GRID one that begins at no multiple of its timeframe, nor
 * counted from the session's open.  A split is suspected where a session opens
 * within 4% of what a usual split makes of the close before, stays nearer to
 * it, and `actions` have none then.
 *
 * Takes:  actions of the series' symbol, in any order; perhaps none.
 * Gives:  *q, to be released.
 */
void sim_quality_check(const struct sim_bar_series *s, struct sim_bar_tf tf,
		       const struct sim_calendar *cal,
		       struct sim_adjust_actions actions,
		       struct sim_quality *q);
void sim_quality_release(struct sim_quality *q);

/* A session (for weekly bars a week) and how many regular bars it has. */
struct sim_quality_session {
	int64_t day;
	size_t expected, actual;
};
/* Missing bars in a row, within one session: [from, to). */
struct sim_quality_span {
	int64_t day;
	sim_time from, to;
	size_t bars;
};
struct sim_quality_gaps {
	struct sim_quality_session *sessions;
	size_t nsessions;
	struct sim_quality_span *spans;
	size_t nspans, cap;
	size_t expected, actual, missing;	/* over all sessions */
};

/* Bars with from <= ts < to. */
struct sim_quality_range {
	sim_time from, to;
};
#define SIM_QUALITY_ALL \
	((struct sim_quality_range){ SIM_TIME_NONE, SIM_TIME_MAX })

/*
 * Hold the regular sessions from the first bar's to the last bar's against
 * what is there, as far as a range asks for it.  The series may be in any
 * order; a bar counts for the slot it begins in, once.
 *
 * Gives:  *g, to be released.
 */
void sim_quality_find_gaps(const struct sim_bar_series *s, struct sim_bar_tf tf,
			   const struct sim_calendar *cal,
			   struct sim_quality_range range,
			   struct sim_quality_gaps *g);
void sim_quality_gaps_release(struct sim_quality_gaps *g);

#endif
