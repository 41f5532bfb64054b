/*
 * bar: one bar, and a series of bars as packed columns.
 */
#ifndef SIM_BAR_H
#define SIM_BAR_H

#include <stdbool.h>

#include "util/dec.h"
#include "util/time.h"

/* A bar at ts covers [ts, ts + timeframe) and is knowable at its end. */
struct sim_bar {
	sim_time ts;			/* start, UTC */
	sim_dec open, high, low, close;	/* > 0 */
	sim_dec volume;			/* >= 0 */
};

enum sim_bar_flag {
	SIM_BAR_SYNTHETIC = 1 << 0,	/* no vendor gave this bar */
	SIM_BAR_PARTIAL   = 1 << 1 /* made from fewer bars than it should */
};

/* How far a bar reaches.  Days and weeks follow the calendar. */
struct sim_bar_tf {
	enum { SIM_BAR_TF_INTRADAY, SIM_BAR_TF_DAY, SIM_BAR_TF_WEEK } unit;
	sim_time span;			/* ns; a day or seven for the others */
};

/*
 * Columns, oldest first, strictly ascending ts.  A view: whoever made it owns
 * the memory (a mapped file, an arena, a csv load).
 */
struct sim_bar_series {
	size_t n;
	const sim_time *ts;
	const sim_dec *open, *high, *low, *close;
	const sim_dec *volume;		/* NULL: the source had none */
	const uint8_t *flags;		/* NULL: all zero */
	sim_time gap;			/* no two begin closer; 0: not known */
};

/* The i-th bar, its columns put together; i < n is the caller's. */
static inline struct sim_bar sim_bar_at(const struct sim_bar_series *s,
					size_t i)
{
	return (struct sim_bar){ s->ts[i], s->open[i], s->high[i], s->low[i],
				 s->close[i], s->volume ? s->volume[i] : 0 };
}

/* The part of a series with from <= ts < to. */
struct sim_bar_series sim_bar_range(const struct sim_bar_series *s,
				    sim_time from, sim_time to);
/* First index with ts >= t (n when there is none). */
size_t sim_bar_find(const struct sim_bar_series *s, sim_time t);

/* Nanoseconds between two bars, i <= j: more than sim_time has, perhaps. */
static inline uint64_t sim_bar_apart(const struct sim_bar_series *s, size_t i,
				     size_t j)
{
	return (uint64_t)s->ts[j] - (uint64_t)s->ts[i];
}

/* How close the two closest bars begin; 0 when there is but one. */
sim_time sim_bar_gap(const struct sim_bar_series *s);
/* Do n bars from i on follow each other at the least distance?  No, when that
 * is not known. */
static inline bool sim_bar_is_even(const struct sim_bar_series *s, size_t i,
				   size_t n)
{
	return s->gap > 0 && n && sim_bar_apart(s, i, i + n - 1) ==
				  (n - 1) * (uint64_t)s->gap;
}

/* The first of the bars from i up to end that has a flag, or end. */
size_t sim_bar_flagged(const struct sim_bar_series *s, size_t i, size_t end);

/* Owned columns that grow: what importers and generators fill. */
struct sim_bar_table {
	size_t n, cap;
	sim_time *ts;
	sim_dec *open, *high, *low, *close, *volume;
	uint8_t *flags;
	bool has_volume;
	size_t skew;		/* bytes between an allocation and its column */
	sim_time gap;		/* set once all are there; add forgets it */
};
#define SIM_BAR_TABLE_INIT \
	{ 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, true, 0, 0 }
void sim_bar_table_reserve(struct sim_bar_table *t, size_t cap);
void sim_bar_table_add(struct sim_bar_table *t, const struct sim_bar *b,
		       uint8_t flags);
struct sim_bar_series sim_bar_table_view(const struct sim_bar_table *t);
void sim_bar_table_release(struct sim_bar_table *t);

/*
 * Timeframes as typed and printed: 1min 5min 15min 30min 1h 2h 4h daily
 * weekly; also 1m 5m .. 1d 1w, Nmin, Nh, Ns up to a day.
 *
 * Errors: SIM_E_INVAL with the list of what is possible.
 */
int sim_bar_tf_parse(const char *s, struct sim_bar_tf *tf, struct sim_err *err)
	SIM_MUST_CHECK;
/* Canonical text into buf (16 bytes): "1min", "daily". */
const char *sim_bar_tf_text(struct sim_bar_tf tf, char buf[16]);

#endif
