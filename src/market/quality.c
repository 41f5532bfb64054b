/*
 * quality: each bar against itself, its neighbours and the calendar.
 *
 * The tests are rows of one table; a test looks at one bar and writes its
 * sentence when something is wrong.
 */
#include "market/quality.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "market/feed.h"
#include "util/mem.h"

#define SPIKE_FLOOR	0.005		/* smaller moves are never spikes */
#define SPIKE_TIMES	12		/* the usual move nearby */
#define SPIKE_AROUND	20	/* bars before and after that are nearby */
#define SPIKE_MIN	4		/* so many must be there to judge */
#define SPLIT_NEAR	0.04		/* what a night may add to a split */
#define SPLIT_DAYS	10		/* between the bars around a split */

static const struct {
	const char *text;
	bool error;
} kinds[] = {
#define SIM_QUALITY_KIND(name, text, error) { text, error },
#include "market/quality_kind.def"
#undef SIM_QUALITY_KIND
};

const char *sim_quality_text(enum sim_quality_kind k)
{
	return kinds[k].text;
}

bool sim_quality_is_error(enum sim_quality_kind k)
{
	return kinds[k].error;
}

/* -- findings -------------------------------------------------------------- */

struct check {
	const struct sim_bar_series *s;
	struct sim_bar_tf tf;
	const struct sim_calendar *cal;
	struct sim_adjust_actions actions;
	struct sim_quality *q;
	size_t newest;			/* row of the highest ts so far */
};

static struct sim_quality_finding *found(struct check *c,
					 enum sim_quality_kind kind,
					 size_t row, sim_time ts,
					 const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Count, and keep unless there are too many: then NULL. */
static struct sim_quality_finding *found(struct check *c,
					 enum sim_quality_kind kind,
					 size_t row, sim_time ts,
					 const char *fmt, ...)
{
	struct sim_quality *q = c->q;
	struct sim_quality_finding *f;
	va_list ap;

	q->counts[kind]++;
	if (kinds[kind].error)
		q->errors++;
	else
		q->suspects++;
	if (q->n == SIM_QUALITY_MAX)
		return NULL;
	SIM_MEM_GROW(q->items, q->cap, q->n + 1);
	f = &q->items[q->n++];
	f->kind = kind;
	f->row = row;
	f->ts = ts;
	f->num = f->den = 0;
	f->day = 0;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return f;
}

static const char *dec(sim_dec v, char buf[SIM_DEC_STRMAX])
{
	sim_dec_format(v, 0, buf);
	return buf;
}

/* -- tests of one bar ------------------------------------------------------ */

static void test_range(struct check *c, size_t i)
{
	struct sim_bar b = sim_bar_at(c->s, i);
	char x[SIM_DEC_STRMAX], y[SIM_DEC_STRMAX], z[SIM_DEC_STRMAX];
	bool open_out = b.open < b.low || b.open > b.high;

	if (b.high < b.low) {
		found(c, SIM_QUALITY_HIGH_LOW, i, b.ts,
		      "the high %s is below the low %s", dec(b.high, x),
		      dec(b.low, y));
		return;
	}
	if (open_out || b.close < b.low || b.close > b.high)
		found(c, SIM_QUALITY_RANGE, i, b.ts,
		      "the %s %s lies outside of low %s to high %s",
		      open_out ? "open" : "close",
		      dec(open_out ? b.open : b.close, x), dec(b.low, y),
		      dec(b.high, z));
}

static void test_price(struct check *c, size_t i)
{
	const sim_dec v[] = { c->s->open[i], c->s->high[i], c->s->low[i],
			      c->s->close[i] };
	static const char *const names[] = { "open", "high", "low", "close" };
	char x[SIM_DEC_STRMAX];

	for (int k = 0; k < 4; k++) {
		if (v[k] > 0)
			continue;
		found(c, SIM_QUALITY_PRICE, i, c->s->ts[i],
		      "the %s %s is not above zero", names[k], dec(v[k], x));
		return;
	}
}

static void test_volume(struct check *c, size_t i)
{
	char x[SIM_DEC_STRMAX];

	if (c->s->volume && c->s->volume[i] < 0)
		found(c, SIM_QUALITY_VOLUME, i, c->s->ts[i],
		      "the volume %s is negative", dec(c->s->volume[i], x));
}

static void test_order(struct check *c, size_t i)
{
	sim_time ts = c->s->ts[i], max = c->s->ts[c->newest];
	char x[SIM_TIME_STRMAX];

	if (i == 0 || ts > max) {
		c->newest = i;
		return;
	}
	sim_time_format(max, x);
	if (ts == max)
		found(c, SIM_QUALITY_DUPLICATE, i, ts,
		      "the bar of %s was there before", x);
	else
		found(c, SIM_QUALITY_OUT_OF_ORDER, i, ts,
		      "the bar stands after a newer one, of %s", x);
}

static double above(sim_dec a, sim_dec b)
{
	return b > 0 ? (double)a / (double)b - 1 : 0;
}

static sim_dec max3(sim_dec a, sim_dec b, sim_dec c)
{
	sim_dec m = a > b ? a : b;

	return m > c ? m : c;
}

static sim_dec min3(sim_dec a, sim_dec b, sim_dec c)
{
	sim_dec m = a < b ? a : b;

	return m < c ? m : c;
}

/* How far a bar sticks out beyond both of its neighbours, as a fraction. */
static double sticks_out(const struct sim_bar_series *s, size_t i)
{
	sim_dec body_top = s->open[i] > s->close[i] ? s->open[i] : s->close[i];
	sim_dec body_low = s->open[i] < s->close[i] ? s->open[i] : s->close[i];
	double d[] = {
		above(s->close[i], max3(s->close[i - 1], s->close[i + 1], 0)),
		above(min3(s->close[i - 1], s->close[i + 1], INT64_MAX),
		      s->close[i]),
		above(s->high[i], max3(s->high[i - 1], s->high[i + 1],
				       body_top)),
		above(min3(s->low[i - 1], s->low[i + 1], body_low), s->low[i]),
	};
	double max = 0;

	for (int k = 0; k < 4; k++)
		max = d[k] > max ? d[k] : max;
	return max;
}

/* Mean absolute move from close to close around a bar, without its own two. */
static bool usual_move(const struct sim_bar_series *s, size_t i, double *mean)
{
	size_t a = i > SPIKE_AROUND ? i - SPIKE_AROUND : 1;
	size_t b = s->n - i > SPIKE_AROUND ? i + SPIKE_AROUND : s->n - 1;
	double sum = 0;
	int n = 0;

	for (size_t k = a; k <= b; k++) {
		double move = above(s->close[k], s->close[k - 1]);

		if (k == i || k == i + 1)
			continue;
		sum += move < 0 ? -move : move;
		n++;
	}
	*mean = n ? sum / n : 0;
	return n >= SPIKE_MIN;
}

static void test_spike(struct check *c, size_t i)
{
	double out, usual;

	if (i == 0 || i + 1 == c->s->n)
		return;
	out = sticks_out(c->s, i);
	if (out > SPIKE_FLOOR && usual_move(c->s, i, &usual) &&
	    out > SPIKE_TIMES * usual)
		found(c, SIM_QUALITY_SPIKE, i, c->s->ts[i],
		      "the bar sticks out %.2f%% beyond both neighbours, "
		      "where moves of %.2f%% are usual", 100 * out,
		      100 * usual);
}

/* New shares for old that companies choose; smaller steps, and 2 for 3, are
 * too near to what news does. */
static const struct ratio {
	int num, den;
} ratios[] = {
	{ 3, 2 }, { 2, 1 }, { 5, 2 }, { 3, 1 }, { 4, 1 }, { 5, 1 }, { 6, 1 },
	{ 7, 1 }, { 8, 1 }, { 10, 1 }, { 15, 1 }, { 20, 1 }, { 25, 1 },
	{ 30, 1 }, { 40, 1 }, { 50, 1 }, { 100, 1 },
	{ 1, 2 }, { 1, 3 }, { 1, 4 }, { 1, 5 }, { 1, 6 }, { 1, 7 }, { 1, 8 },
	{ 1, 10 }, { 1, 12 }, { 1, 15 }, { 1, 20 }, { 1, 25 }, { 1, 30 },
	{ 1, 40 }, { 1, 50 }, { 1, 100 },
};

/* How far a price is from what the ratio makes of the one before it. */
static double split_error(const struct ratio *r, sim_dec before, sim_dec after)
{
	double d = (double)after * r->num / ((double)before * r->den) - 1;

	return d < 0 ? -d : d;
}

static const struct ratio *nearest_ratio(sim_dec before, sim_dec after)
{
	const struct ratio *best = &ratios[0];

	for (size_t i = 1; i < sizeof(ratios) / sizeof(ratios[0]); i++)
		if (split_error(&ratios[i], before, after) <
		    split_error(best, before, after))
			best = &ratios[i];
	return split_error(best, before, after) <= SPLIT_NEAR ? best : NULL;
}

/* Whether a split is recorded in the days (after, day]. */
static bool has_split(const struct check *c, int64_t after, int64_t day)
{
	for (size_t i = 0; i < c->actions.n; i++)
		if (c->actions.a[i].type == SIM_ACTION_SPLIT &&
		    c->actions.a[i].day > after && c->actions.a[i].day <= day)
			return true;
	return false;
}

static void test_split(struct check *c, size_t i)
{
	const struct sim_bar_series *s = c->s;
	char x[SIM_DEC_STRMAX], y[SIM_DEC_STRMAX];
	struct sim_quality_finding *f;
	const struct ratio *r;
	int64_t day, before;

	if (i == 0 || s->close[i - 1] <= 0 || s->open[i] <= 0 ||
	    s->ts[i] - s->ts[i - 1] > SPLIT_DAYS * SIM_TIME_DAY)
		return;
	r = nearest_ratio(s->close[i - 1], s->open[i]);
	/* Back where it was: a bad price, not a split. */
	if (!r || split_error(r, s->close[i - 1], s->close[i]) > 5 * SPLIT_NEAR)
		return;
	if (!sim_calendar_day_of(c->cal, s->ts[i], &day) ||
	    !sim_calendar_day_of(c->cal, s->ts[i - 1], &before) ||
	    day <= before || has_split(c, before, day))
		return;
	f = found(c, SIM_QUALITY_SPLIT, i, s->ts[i],
		  "the open %s after a close of %s looks like a %d:%d split "
		  "that is not recorded", dec(s->open[i], x),
		  dec(s->close[i - 1], y), r->num, r->den);
	if (!f)
		return;
	f->num = r->num;
	f->den = r->den;
	f->day = day;
}

static bool on_grid(const struct check *c, const struct sim_hours *s,
		    sim_time ts)
{
	sim_time span = c->tf.span;
	struct sim_hours x;

	if (c->tf.unit == SIM_BAR_TF_INTRADAY)
		return ts % span == 0 || (ts - s->open) % span == 0 ||
		       (ts - s->pre_open) % span == 0 ||
		       (ts - s->close) % span == 0;
	if (ts != s->open)
		return false;
	for (int64_t d = s->day; c->tf.unit == SIM_BAR_TF_WEEK &&
	     sim_time_weekday(d) != 1; d--)
		if (sim_calendar_day(c->cal, d - 1, &x))
			return false;
	return true;
}

/* Beyond its years a calendar has no sessions, which says nothing. */
static void found_closed(struct check *c, size_t i)
{
	int first, last, year, month, day;
	sim_time ts = c->s->ts[i];
	char x[SIM_TIME_STRMAX];

	sim_time_format(ts, x);
	sim_calendar_years(c->cal, &first, &last);
	sim_time_from_days(sim_time_day_of(ts), &year, &month, &day);
	if (year < first || year > last)
		found(c, SIM_QUALITY_CLOSED, i, ts, "%s knows the years %d to "
		      "%d, not %s", sim_calendar_name(c->cal), first, last, x);
	else
		found(c, SIM_QUALITY_CLOSED, i, ts, "%s is closed at %s",
		      sim_calendar_name(c->cal), x);
}

static void test_calendar(struct check *c, size_t i)
{
	sim_time ts = c->s->ts[i];
	char x[SIM_TIME_STRMAX], tf[16];
	struct sim_hours s;
	int64_t day;

	if (!sim_calendar_day_of(c->cal, ts, &day) ||
	    !sim_calendar_day(c->cal, day, &s)) {
		found_closed(c, i);
		return;
	}
	if (on_grid(c, &s, ts))
		return;
	sim_time_format(ts, x);
	found(c, SIM_QUALITY_OFF_GRID, i, ts, "no %s bar begins at %s",
	      sim_bar_tf_text(c->tf, tf), x);
}

static void (*const tests[])(struct check *, size_t) = {
	test_range, test_price, test_volume, test_order, test_spike,
	test_split, test_calendar,
};

/* -- gaps ------------------------------------------------------------------ */

static int by_time(const void *a, const void *b)
{
	sim_time x = *(const sim_time *)a, y = *(const sim_time *)b;

	return (x > y) - (x < y);
}

/* The times of a series in order; a copy, to be freed, when they were not. */
static const sim_time *sorted(const struct sim_bar_series *s, sim_time **copy)
{
	size_t i = 1;

	*copy = NULL;
	while (i < s->n && s->ts[i - 1] <= s->ts[i])
		i++;
	if (i >= s->n)
		return s->ts;
	*copy = sim_mem_array(s->n, sizeof(**copy));
	memcpy(*copy, s->ts, s->n * sizeof(**copy));
	qsort(*copy, s->n, sizeof(**copy), by_time);
	return *copy;
}

/* Where the first bar of a session is to begin: at its open, or on the hours
 * of the clock when the source counts from midnight. */
static sim_time anchor(const struct sim_hours *s, sim_time span,
		       const sim_time *ts, size_t n)
{
	sim_time clock = s->open - (s->open % span + span) % span;

	for (size_t i = 0; i < n && ts[i] < s->close; i++)
		if (ts[i] >= clock)
			return ts[i] % span == 0 ? clock : s->open;
	return s->open;
}

static void add_span(struct sim_quality_gaps *g, int64_t day, sim_time from,
		     sim_time to, size_t bars)
{
	if (!bars)
		return;
	SIM_MEM_GROW(g->spans, g->cap, g->nspans + 1);
	g->spans[g->nspans++] = (struct sim_quality_span){ day, from, to,
							   bars };
}

/* A session's bars: where the first begins, how long each is, how many. */
struct slots {
	sim_time a, length;
	size_t n;
};

static size_t slots_before(const struct sim_hours *s, const struct slots *x,
			   sim_time t)
{
	if (t <= x->a)
		return 0;
	return t >= s->close ? x->n
			     : (size_t)((t - x->a + x->length - 1) / x->length);
}

static sim_time slot_begin(const struct slots *x, size_t i)
{
	return x->a + (sim_time)i * x->length;
}

struct times {
	const sim_time *ts;		/* ascending */
	size_t n;
};

/* Hold one session against times, all at or after its first slot. */
static void scan_session(struct sim_quality_gaps *g,
			 const struct sim_hours *s, sim_time span,
			 struct sim_quality_range r, const struct times *b)
{
	struct slots x = { s->open, span ? span : s->close - s->open, 0 };
	size_t first, last, next, actual = 0;	/* next: not yet seen */

	if (span)
		x.a = anchor(s, span, b->ts, b->n);
	x.n = (size_t)((s->close - x.a + x.length - 1) / x.length);
	first = next = slots_before(s, &x, r.from);
	last = slots_before(s, &x, r.to);
	if (first >= last)
		return;
	for (size_t i = 0; i < b->n && b->ts[i] < s->close; i++) {
		size_t slot;

		if (b->ts[i] < x.a)
			continue;
		slot = (size_t)((b->ts[i] - x.a) / x.length);
		if (slot < next)
			continue;
		if (slot >= last)
			break;
		add_span(g, s->day, slot_begin(&x, next), slot_begin(&x, slot),
			 slot - next);
		next = slot + 1;
		actual++;
	}
	add_span(g, s->day, slot_begin(&x, next),
		 last == x.n ? s->close : slot_begin(&x, last), last - next);
	g->sessions[g->nsessions++] = (struct sim_quality_session){
		s->day, last - first, actual
	};
	g->expected += last - first;
	g->actual += actual;
}

void sim_quality_find_gaps(const struct sim_bar_series *s, struct sim_bar_tf tf,
			   const struct sim_calendar *cal,
			   struct sim_quality_range range,
			   struct sim_quality_gaps *g)
{
	struct sim_hours *x;
	sim_time *copy, span = tf.unit == SIM_BAR_TF_INTRADAY ? tf.span : 0;
	sim_time first, last;
	struct times rest = { NULL, s->n };
	size_t n;

	memset(g, 0, sizeof(*g));
	if (!s->n)
		return;
	rest.ts = sorted(s, &copy);
	first = rest.ts[0];
	last = rest.ts[s->n - 1];
	n = sim_calendar_sessions(cal, sim_time_day_of(first) - 7,
				  sim_time_day_of(last) + 7, &x);
	if (tf.unit == SIM_BAR_TF_WEEK)
		n = sim_feed_weeks(x, n);
	g->sessions = sim_mem_array(n, sizeof(*g->sessions));
	for (size_t k = 0; k < n; k++) {
		/* A source on the clock's grid begins before the open. */
		while (rest.n && *rest.ts <= x[k].open - (span ? span : 1)) {
			rest.ts++;
			rest.n--;
		}
		if (x[k].close > first && x[k].open <= last)
			scan_session(g, &x[k], span, range, &rest);
	}
	g->missing = g->expected - g->actual;
	sim_mem_free(x);
	sim_mem_free(copy);
}

void sim_quality_gaps_release(struct sim_quality_gaps *g)
{
	sim_mem_free(g->sessions);
	sim_mem_free(g->spans);
	memset(g, 0, sizeof(*g));
}

/* Rows by time; sorted is NULL when they are in order as they stand. */
struct rows {
	const struct sim_bar_series *s;
	struct row {
		sim_time ts;		/* first, for by_time() */
		size_t row;
	} *sorted;
};

static void rows_init(struct rows *r, const struct sim_bar_series *s)
{
	size_t i = 1;

	*r = (struct rows){ s, NULL };
	while (i < s->n && s->ts[i - 1] <= s->ts[i])
		i++;
	if (i >= s->n)
		return;
	r->sorted = sim_mem_array(s->n, sizeof(*r->sorted));
	for (i = 0; i < s->n; i++)
		r->sorted[i] = (struct row){ s->ts[i], i };
	qsort(r->sorted, s->n, sizeof(*r->sorted), by_time);
}

/* A row with the first time at or after t. */
static size_t row_after(const struct rows *r, sim_time t)
{
	size_t lo = 0, hi = r->s->n;

	if (!r->sorted)
		return sim_bar_find(r->s, t);
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->sorted[mid].ts < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->s->n ? r->sorted[lo].row : lo;
}

/* Gaps between the first and the last bar, as findings. */
static void test_gaps(struct check *c)
{
	struct sim_quality_gaps g;
	struct rows rows;
	sim_time first = SIM_TIME_MAX, last = SIM_TIME_NONE;
	char x[SIM_TIME_STRMAX], y[SIM_TIME_STRMAX];

	for (size_t i = 0; i < c->s->n; i++) {
		first = c->s->ts[i] < first ? c->s->ts[i] : first;
		last = c->s->ts[i] > last ? c->s->ts[i] : last;
	}
	sim_quality_find_gaps(c->s, c->tf, c->cal, SIM_QUALITY_ALL, &g);
	rows_init(&rows, c->s);
	for (size_t i = 0, next; i < g.nspans; i = next) {
		size_t row = row_after(&rows, g.spans[i].to);
		size_t bars = g.spans[i].bars;
		sim_time from = g.spans[i].from, to = g.spans[i].to;

		/* With no bar in between it is one gap over many sessions. */
		for (next = i + 1; next < g.nspans &&
		     row_after(&rows, g.spans[next].from) == row; next++) {
			bars += g.spans[next].bars;
			to = g.spans[next].to;
		}
		if (to <= first || from > last)
			continue;
		sim_time_format(from, x);
		sim_time_format(to, y);
		found(c, SIM_QUALITY_GAP, row_after(&rows, to), from,
		      "%zu bar%s missing from %s to %s", bars,
		      bars == 1 ? " is" : "s are", x, y);
	}
	sim_mem_free(rows.sorted);
	sim_quality_gaps_release(&g);
}

/* -- the whole series ------------------------------------------------------ */

static int by_row(const void *a, const void *b)
{
	const struct sim_quality_finding *x = a, *y = b;

	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->ts > y->ts) - (x->ts < y->ts);
}

void sim_quality_check(const struct sim_bar_series *s, struct sim_bar_tf tf,
		       const struct sim_calendar *cal,
		       struct sim_adjust_actions actions, struct sim_quality *q)
{
	struct check c = { .s = s, .tf = tf, .cal = cal, .actions = actions,
			   .q = q };

	memset(q, 0, sizeof(*q));
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < sizeof(tests) / sizeof(tests[0]); k++)
			tests[k](&c, i);
	if (s->n)
		test_gaps(&c);
	if (q->n)
		qsort(q->items, q->n, sizeof(*q->items), by_row);
}

void sim_quality_release(struct sim_quality *q)
{
	sim_mem_free(q->items);
	memset(q, 0, sizeof(*q));
}
