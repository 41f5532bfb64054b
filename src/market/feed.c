/*
 * feed: finding each session's bars by galloping, copying only when a bar in
 * the middle doesn't step.
 */
#include "market/feed.h"

#include <string.h>

#include "util/mem.h"

/* So many days are looked at for sessions after the last bar: longer than any
 * closure of an exchange. */
#define DAYS_AFTER	31

/* Bars of session k in the input: [from, to). */
struct span {
	size_t from, to;
};

/* First index >= i with ts >= t; `guess` bars further is tried first. */
static size_t gallop(const struct sim_bar_series *s, size_t i, size_t guess,
		     sim_time t)
{
	size_t lo = i, hi, step = 1;

	if (i >= s->n || s->ts[i] >= t)
		return i;
	/* ts[lo] < t from here on. */
	if (guess && guess <= s->n - i && s->ts[i + guess - 1] < t) {
		lo = i + guess - 1;
		if (lo + 1 == s->n || s->ts[lo + 1] >= t)
			return lo + 1;
	}
	while (step < s->n - lo && s->ts[lo + step] < t) {
		lo += step;
		step *= 2;
	}
	hi = step < s->n - lo ? lo + step : s->n;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->ts[mid] < t)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

int sim_feed_check_years(const struct sim_bar_series *s,
			 const struct sim_calendar *cal, struct sim_err *err)
{
	int first, last;
	int64_t a = sim_time_day_of(s->ts[0]);
	int64_t b = sim_time_day_of(s->ts[s->n - 1]);
	char from[16], to[16];

	sim_calendar_years(cal, &first, &last);
	if (a >= sim_time_days(first, 1, 1) - 1 &&
	    b <= sim_time_days(last, 12, 31) + 1)
		return SIM_OK;
	sim_time_format_date(a, from);
	sim_time_format_date(b, to);
	return sim_err_set(err, SIM_E_DATA,
			   "the bars reach from %s to %s, but calendar %s "
			   "knows the years %d to %d; choose a range or "
			   "another calendar", from, to,
			   sim_calendar_name(cal), first, last);
}

/* Monday of the ISO week a day lies in. */
static int64_t week_of(int64_t day)
{
	return day - (sim_time_weekday(day) + 6) % 7;
}

size_t sim_feed_weeks(struct sim_hours *s, size_t n)
{
	size_t w = 0;

	for (size_t i = 0; i < n; i++) {
		if (w && week_of(s[w - 1].day) == week_of(s[i].day)) {
			s[w - 1].close = s[i].close;
			s[w - 1].post_close = s[i].post_close;
		} else {
			s[w++] = s[i];
		}
	}
	return w;
}

/* The sessions from the first bar's week on to some after the last bar. */
static void load_sessions(const struct sim_bar_series *s,
			  const struct sim_calendar *cal, struct sim_feed *f)
{
	int64_t from = week_of(sim_time_day_of(s->ts[0]) - 1);
	int64_t to = sim_time_day_of(s->ts[s->n - 1]) + DAYS_AFTER;

	f->nsessions = sim_calendar_sessions(cal, from, to, &f->sessions);
	if (f->tf.unit == SIM_BAR_TF_WEEK)
		f->nsessions = sim_feed_weeks(f->sessions, f->nsessions);
}

/* Find each session's bars; returns how many step. */
static size_t find_spans(const struct sim_bar_series *s,
			 const struct sim_feed *f, struct span *spans)
{
	size_t i = 0, guess = 0, kept = 0;

	for (size_t k = 0; k < f->nsessions; k++) {
		const struct sim_hours *x = &f->sessions[k];

		i = gallop(s, i, 0, f->extended ? x->pre_open : x->open);
		spans[k].from = i;
		i = gallop(s, i, guess, f->extended ? x->post_close : x->close);
		spans[k].to = i;
		guess = i - spans[k].from;
		kept += guess;
	}
	return kept;
}

static void copy_columns(const struct sim_bar_series *s, struct span from,
			 struct sim_bar_table *t)
{
	size_t n = from.to - from.from, a = from.from, size = n * 8;

	memcpy(t->ts + t->n, s->ts + a, size);
	memcpy(t->open + t->n, s->open + a, size);
	memcpy(t->high + t->n, s->high + a, size);
	memcpy(t->low + t->n, s->low + a, size);
	memcpy(t->close + t->n, s->close + a, size);
	if (s->volume)
		memcpy(t->volume + t->n, s->volume + a, size);
	else
		memset(t->volume + t->n, 0, size);
	if (s->flags)
		memcpy(t->flags + t->n, s->flags + a, n);
	else
		memset(t->flags + t->n, 0, n);
	t->n += n;
}

/* A view when the bars that step are neighbours, else a copy of them. */
static void take_bars(const struct sim_bar_series *s, struct sim_feed *f,
		      const struct span *spans, size_t kept)
{
	const struct span *a = spans, *b = &spans[f->nsessions - 1];

	if (kept == 0)
		return;
	while (a->from == a->to)
		a++;
	while (b->from == b->to)
		b--;
	if (b->to - a->from == kept) {
		f->bars = sim_bar_range(s, s->ts[a->from],
					s->ts[b->to - 1] + 1);
		return;
	}
	sim_bar_table_reserve(&f->own, kept);
	f->own.has_volume = s->volume != NULL;
	for (size_t k = 0; k < f->nsessions; k++)
		if (spans[k].to > spans[k].from)
			copy_columns(s, spans[k], &f->own);
	f->own.gap = s->gap;
	f->bars = sim_bar_table_view(&f->own);
}

/* Drop sessions before the first bar; number the bars that are left. */
static void number_bars(struct sim_feed *f, const struct span *spans)
{
	size_t skip = 0, n = 0;

	while (skip < f->nsessions && spans[skip].from == spans[skip].to)
		skip++;
	f->nsessions -= skip;
	if (skip)
		memmove(f->sessions, f->sessions + skip,
			f->nsessions * sizeof(*f->sessions));
	f->first = sim_mem_array(f->nsessions + 1, sizeof(*f->first));
	for (size_t k = 0; k < f->nsessions; k++) {
		f->first[k] = n;
		n += spans[k + skip].to - spans[k + skip].from;
	}
	f->first[f->nsessions] = n;
}

int sim_feed_prepare(const struct sim_bar_series *s, struct sim_bar_tf tf,
		     const struct sim_calendar *cal, bool extended,
		     struct sim_feed *f, struct sim_err *err)
{
	struct sim_feed x = { .tf = tf, .extended = extended,
			      .own = SIM_BAR_TABLE_INIT };
	struct span *spans;
	size_t kept;
	int rc = s->n ? sim_feed_check_years(s, cal, err) : SIM_OK;

	if (rc)
		return rc;
	if (s->n)
		load_sessions(s, cal, &x);
	spans = sim_mem_array(x.nsessions + 1, sizeof(*spans));
	kept = find_spans(s, &x, spans);
	x.dropped = s->n - kept;
	if (x.nsessions)
		take_bars(s, &x, spans, kept);
	number_bars(&x, spans);
	sim_mem_free(spans);
	*f = x;
	return SIM_OK;
}

void sim_feed_release(struct sim_feed *f)
{
	sim_mem_free(f->sessions);
	sim_mem_free(f->first);
	sim_bar_table_release(&f->own);
	memset(f, 0, sizeof(*f));
}

size_t sim_feed_session_of(const struct sim_feed *f, size_t i)
{
	size_t lo = 0, hi = f->nsessions;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->first[mid] <= i)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}
