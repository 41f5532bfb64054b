/*
 * resample: one pass over the bars that step, one bucket at a time.
 */
#include "market/resample.h"

#include "market/feed.h"
#include "util/mem.h"

/* Where a bucket lies.  Bars with begin <= ts < end belong to it. */
struct slot {
	sim_time begin, end;
	sim_time stamp;			/* the bar's ts */
	sim_time close;			/* known and whole from here on */
	bool is_short;			/* the session cuts it */
};

struct bucket {
	struct slot slot;
	struct sim_bar bar;
	size_t n;			/* bars in it; 0: none open */
	sim_time last_end;		/* end of the newest of them */
	bool all_synthetic, begins_late;
};

struct pass {
	const struct sim_resample *how;
	struct sim_feed feed;
	struct sim_bar_table *out;
	struct bucket b;
	bool is_first;			/* bucket of the series */
	bool is_timed;
	sim_time *known;		/* when each bar of out is whole */
	size_t nknown, known_cap;
	struct sim_err *err;
};

static int check_multiple(const struct sim_resample *how, struct sim_err *err)
{
	struct sim_bar_tf a = how->from, b = how->to;
	char from[16], to[16];

	if (b.unit > a.unit ||
	    (b.unit == SIM_BAR_TF_INTRADAY && b.unit == a.unit &&
	     b.span > a.span && b.span % a.span == 0))
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL,
			   "%s bars can't be made from %s bars; choose a "
			   "longer timeframe that is a multiple of it",
			   sim_bar_tf_text(b, to), sim_bar_tf_text(a, from));
}

/* The bucket of an instant within the hours before, in or after a session. */
static struct slot intraday_slot(const struct sim_hours *s, sim_time span,
				 sim_time ts)
{
	sim_time a = s->open, b = s->close;
	struct slot x;

	if (ts < s->open) {
		a = s->pre_open;
		b = s->open;
	} else if (ts >= s->close) {
		a = s->close;
		b = s->post_close;
	}
	x.begin = a + (ts - a) / span * span;
	x.end = x.begin + span;
	x.is_short = x.end > b;
	if (x.is_short)
		x.end = b;
	x.stamp = x.begin;
	x.close = x.end;
	return x;
}

/* From the open of one session to the close of another (or the same). */
static struct slot session_slot(const struct sim_hours *a,
				const struct sim_hours *b, bool extended)
{
	return (struct slot){
		.begin = extended ? a->pre_open : a->open,
		.end = extended ? b->post_close : b->close,
		.stamp = a->open, .close = b->close
	};
}

static struct slot week_slot(const struct sim_calendar *cal,
			     const struct sim_hours *s, bool extended)
{
	int64_t monday = s->day - (sim_time_weekday(s->day) + 6) % 7;
	struct sim_hours first = *s, last = *s, x;

	for (int64_t d = monday; d < monday + 7; d++) {
		if (!sim_calendar_day(cal, d, &x))
			continue;
		if (x.day < first.day)
			first = x;
		last = x;
	}
	return session_slot(&first, &last, extended);
}

static struct slot slot_of(const struct sim_resample *how,
			   const struct sim_hours *s, sim_time ts)
{
	switch (how->to.unit) {
	case SIM_BAR_TF_INTRADAY:
		return intraday_slot(s, how->to.span, ts);
	case SIM_BAR_TF_DAY:
		return session_slot(s, s, how->extended);
	case SIM_BAR_TF_WEEK:
		return week_slot(how->cal, s, how->extended);
	}
	SIM_BUG("a timeframe of no unit");
}

/* Both ends of a bucket count: a bar may lie across its close. */
static void note_time(struct pass *p)
{
	const struct bucket *b = &p->b;

	SIM_MEM_GROW(p->known, p->known_cap, p->nknown + 1);
	p->known[p->nknown++] = b->slot.end > b->last_end ? b->slot.end
							  : b->last_end;
}

static void flush(struct pass *p, bool is_last)
{
	const struct bucket *b = &p->b;
	uint8_t flags = 0;

	if (!b->n)
		return;
	if (b->slot.is_short || (p->is_first && b->begins_late) ||
	    (is_last && b->last_end < b->slot.close))
		flags |= SIM_BAR_PARTIAL;
	if (b->all_synthetic)
		flags |= SIM_BAR_SYNTHETIC;
	sim_bar_table_add(p->out, &b->bar, flags);
	if (p->is_timed)
		note_time(p);
	p->is_first = false;
	p->b.n = 0;
}

static int too_much_volume(struct pass *p)
{
	char when[SIM_TIME_STRMAX];

	sim_time_format(p->b.slot.stamp, when);
	return sim_err_set(p->err, SIM_E_OVERFLOW,
			   "the volume of the bar at %s exceeds 92 billion; "
			   "choose a shorter timeframe", when);
}

/* Put bar i, of session k, into its bucket. */
static int put(struct pass *p, size_t i, size_t k)
{
	struct sim_bar x = sim_bar_at(&p->feed.bars, i);
	const uint8_t *flags = p->feed.bars.flags;
	bool synthetic = flags && flags[i] & SIM_BAR_SYNTHETIC;
	struct bucket *b = &p->b;

	if (b->n && x.ts >= b->slot.end)
		flush(p, false);
	if (!b->n) {
		b->slot = slot_of(p->how, &p->feed.sessions[k], x.ts);
		b->begins_late = x.ts > b->slot.stamp;
		b->all_synthetic = synthetic;
		b->bar = x;
		b->bar.ts = b->slot.stamp;
	} else {
		if (x.high > b->bar.high)
			b->bar.high = x.high;
		if (x.low < b->bar.low)
			b->bar.low = x.low;
		b->bar.close = x.close;
		b->all_synthetic &= synthetic;
		if (!sim_dec_add(b->bar.volume, x.volume, &b->bar.volume))
			return too_much_volume(p);
	}
	b->n++;
	b->last_end = sim_feed_end(&p->feed, i, k);
	return SIM_OK;
}

static int run(struct pass *p)
{
	const struct sim_feed *f = &p->feed;

	for (size_t k = 0; k < f->nsessions; k++) {
		for (size_t i = f->first[k]; i < f->first[k + 1]; i++) {
			int rc = put(p, i, k);

			if (rc)
				return rc;
		}
	}
	flush(p, true);
	return SIM_OK;
}

static int resample(struct pass *p, const struct sim_bar_series *s,
		    size_t *dropped)
{
	size_t before = p->out->n;
	int rc = check_multiple(p->how, p->err);

	if (!rc)
		rc = sim_feed_prepare(s, p->how->from, p->how->cal,
				      p->how->extended, &p->feed, p->err);
	if (rc)
		return rc;
	rc = run(p);
	if (rc)
		p->out->n = before;
	else if (dropped)
		*dropped = p->feed.dropped;
	if (!rc && !s->volume)
		p->out->has_volume = false;
	sim_feed_release(&p->feed);
	return rc;
}

int sim_resample_series(const struct sim_bar_series *s,
			const struct sim_resample *how,
			struct sim_bar_table *out, size_t *dropped,
			struct sim_err *err)
{
	struct pass p = { .how = how, .out = out, .is_first = true,
			  .err = err };

	return resample(&p, s, dropped);
}

int sim_resample_timed(const struct sim_bar_series *s,
		       const struct sim_resample *how,
		       struct sim_bar_table *out, sim_time **known,
		       struct sim_err *err)
{
	struct pass p = { .how = how, .out = out, .is_first = true,
			  .is_timed = true, .err = err };
	int rc = resample(&p, s, NULL);

	if (rc)
		sim_mem_free(p.known);
	else
		*known = p.known;
	return rc;
}
