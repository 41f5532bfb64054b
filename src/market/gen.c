/*
 * gen: prices as the exponential of a random walk, stepped several times a
 * bar so that highs and lows are those of a path.
 *
 * Only + - * / sqrt and util/fmath are used, in a fixed order, so the bars are
 * the same on every machine.
 */
#include "market/gen.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "market/resample.h"
#include "util/fmath.h"
#include "util/mem.h"
#include "util/rand.h"

#define STEPS		6		/* of the walk, in one bar */
#define GAP_SHARE	0.25		/* of a day's variance, while closed */
#define VOLUME_SPREAD	0.4		/* of the logarithm of a bar's volume */
#define PRICE_MAX	1e9

struct walk {
	const struct sim_gen *g;
	struct sim_rand price, jump, volume;
	double x;			/* logarithm of the price */
	double daily_variance;
	double daily_drift;		/* of the logarithm */
	double daily_jumps;
	double tick, x_min, x_max;
	sim_time prev_close;
};

void sim_gen_defaults(struct sim_gen *g)
{
	*g = (struct sim_gen){
		.tf = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN },
		.symbol = "SIM", .seed = 1,
		.start = 100 * SIM_DEC_ONE, .tick = SIM_DEC_ONE / 100,
		.drift = 0.08, .volatility = 0.2,
		.jump_rate = 4, .jump_size = 0.03, .volume = 1e6
	};
}

/* -- parameters ------------------------------------------------------------ */

static const struct range {
	const char *name;
	size_t offset;
	double lo, hi;
} ranges[] = {
	{ "drift", offsetof(struct sim_gen, drift), -10, 10 },
	{ "volatility", offsetof(struct sim_gen, volatility), 0, 10 },
	{ "jump rate", offsetof(struct sim_gen, jump_rate), 0, 100000 },
	{ "jump size", offsetof(struct sim_gen, jump_size), 0, 1 },
	{ "volume", offsetof(struct sim_gen, volume), 0, 1e10 },
};

static int check(const struct sim_gen *g, struct sim_err *err)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const struct range *r = &ranges[i];
		double v;

		memcpy(&v, (const char *)g + r->offset, sizeof(v));
		if (!(v >= r->lo && v <= r->hi))
			return sim_err_set(err, SIM_E_INVAL,
					   "a %s of %g can't be generated; "
					   "choose one from %g to %g", r->name,
					   v, r->lo, r->hi);
	}
	if (g->tick <= 0 || g->start < g->tick ||
	    sim_dec_to_double(g->start) > PRICE_MAX)
		return sim_err_set(err, SIM_E_INVAL,
				   "the first price must be at least one tick "
				   "and at most %g, and the tick above 0",
				   PRICE_MAX);
	return SIM_OK;
}

static size_t bars_in(const struct sim_hours *s, struct sim_bar_tf tf)
{
	if (tf.unit != SIM_BAR_TF_INTRADAY)
		return 1;
	return (size_t)((s->close - s->open + tf.span - 1) / tf.span);
}

/* Days that the calendar can't tell about would be left out in silence. */
static int beyond(const struct sim_gen *g, struct sim_err *err)
{
	int first, last, from, to, month, day;

	sim_calendar_years(g->cal, &first, &last);
	sim_time_from_days(g->from, &from, &month, &day);
	sim_time_from_days(g->to, &to, &month, &day);
	if (from >= first && to <= last)
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL, "calendar %s is known from %d to "
			   "%d, not in %d; choose other days",
			   sim_calendar_name(g->cal), first, last,
			   from < first ? from : to);
}

/* The sessions to fill, and how many bars that makes. */
static int load_sessions(const struct sim_gen *g, struct sim_hours **out,
			 size_t *n, size_t *bars, struct sim_err *err)
{
	struct sim_hours *s;
	size_t count = sim_calendar_sessions(g->cal, g->from, g->to, &s);
	char from[16], to[16];

	*bars = 0;
	for (size_t i = 0; i < count && *bars <= SIM_GEN_BARS_MAX; i++)
		*bars += bars_in(&s[i], g->tf);
	if (beyond(g, err)) {
		sim_mem_free(s);
		return SIM_E_INVAL;
	}
	if (count && *bars <= SIM_GEN_BARS_MAX) {
		*out = s;
		*n = count;
		return SIM_OK;
	}
	sim_mem_free(s);
	if (count && *bars > SIM_GEN_BARS_MAX)
		return sim_err_set(err, SIM_E_INVAL,
				   "that would be more than %zu bars; choose "
				   "fewer days or a longer timeframe",
				   SIM_GEN_BARS_MAX);
	sim_time_format_date(g->from, from);
	sim_time_format_date(g->to, to);
	return sim_err_set(err, SIM_E_INVAL,
			   "calendar %s has no session from %s to %s; choose "
			   "other days", sim_calendar_name(g->cal), from, to);
}

/* -- the walk -------------------------------------------------------------- */

static void seed(struct walk *w, struct sim_rand *r, const char *purpose)
{
	char text[96];

	snprintf(text, sizeof(text), "gen.%s:%.64s", purpose, w->g->symbol);
	sim_rand_init(r, w->g->seed, text);
}

static void init(struct walk *w, const struct sim_gen *g)
{
	double days = sim_calendar_periods(g->cal);

	memset(w, 0, sizeof(*w));
	w->g = g;
	seed(w, &w->price, "price");
	seed(w, &w->jump, "jump");
	seed(w, &w->volume, "volume");
	w->tick = sim_dec_to_double(g->tick);
	w->x = sim_fmath_log(sim_dec_to_double(g->start));
	w->x_min = sim_fmath_log(w->tick);
	w->x_max = sim_fmath_log(PRICE_MAX);
	w->daily_variance = g->volatility * g->volatility / days;
	w->daily_drift = g->drift / days - w->daily_variance / 2;
	w->daily_jumps = g->jump_rate / days;
	w->prev_close = SIM_TIME_NONE;
}

/* Move by a part of a day: variance and everything else by their shares. */
static void step(struct walk *w, double variance_share, double time_share)
{
	double sd = sqrt(w->daily_variance * variance_share);

	w->x += w->daily_drift * time_share + sd * sim_rand_normal(&w->price);
	if (w->daily_jumps > 0 &&
	    sim_rand_unit(&w->jump) < w->daily_jumps * time_share)
		w->x += w->g->jump_size * sim_rand_normal(&w->jump);
	if (w->x < w->x_min)
		w->x = w->x_min;
	if (w->x > w->x_max)
		w->x = w->x_max;
}

/* The price on the tick grid, at least one tick. */
static sim_dec price(const struct walk *w, double x)
{
	int64_t ticks = (int64_t)(sim_fmath_exp(x) / w->tick + 0.5);

	return (ticks < 1 ? 1 : ticks) * w->g->tick;
}

/* How much more than the mean trades at u (0 open, 1 close) of a session: a
 * parabola of mean 1 that is 1.8 at both ends and 0.6 at noon. */
static double profile(double u)
{
	double v = 2 * u - 1;

	return 0.6 + 1.2 * v * v;
}

/* Whole units, at least one; share is the part of the session, at u. */
static sim_dec volume(struct walk *w, double share, double u)
{
	double noise = sim_fmath_exp(VOLUME_SPREAD *
				     sim_rand_normal(&w->volume) -
				     VOLUME_SPREAD * VOLUME_SPREAD / 2);
	double v = w->g->volume * share * noise;

	if (w->g->tf.unit == SIM_BAR_TF_INTRADAY)
		v *= profile(u);
	if (v > 9e10)
		v = 9e10;
	return v < 1 ? SIM_DEC_ONE : (int64_t)(v + 0.5) * SIM_DEC_ONE;
}

/* One bar over `share` of a session, its middle at u. */
static void make_bar(struct walk *w, struct sim_bar *b, double share, double u,
		     double session_variance)
{
	double part = share / STEPS, variance = part * session_variance;
	double open, high, low;

	step(w, variance, part);
	open = high = low = w->x;
	for (int i = 1; i < STEPS; i++) {
		step(w, variance, part);
		if (w->x > high)
			high = w->x;
		if (w->x < low)
			low = w->x;
	}
	b->open = price(w, open);
	b->high = price(w, high);
	b->low = price(w, low);
	b->close = price(w, w->x);
	b->volume = w->g->volume > 0 ? volume(w, share, u) : 0;
}

static void make_session(struct walk *w, const struct sim_hours *s,
			 struct sim_bar_table *out)
{
	double length = (double)(s->close - s->open), variance = 1;
	sim_time span = w->g->tf.span;

	if (w->g->tf.unit != SIM_BAR_TF_INTRADAY)
		span = s->close - s->open;
	if (w->prev_close != SIM_TIME_NONE && w->prev_close < s->open) {
		step(w, GAP_SHARE, 0);
		variance = 1 - GAP_SHARE;
	}
	for (sim_time t = s->open; t < s->close; t += span) {
		sim_time end = t + span < s->close ? t + span : s->close;
		double u = ((double)(t - s->open) + (double)(end - t) / 2) /
			   length;
		struct sim_bar b = { .ts = t };

		make_bar(w, &b, (double)(end - t) / length, u, variance);
		sim_bar_table_add(out, &b, end - t < span ? SIM_BAR_PARTIAL :
							    0);
	}
	w->prev_close = s->close;
}

static int make_bars(const struct sim_gen *g, struct sim_bar_table *out,
		     struct sim_err *err)
{
	struct sim_hours *sessions = NULL;
	size_t n = 0, bars = 0;
	struct walk w;
	int rc = load_sessions(g, &sessions, &n, &bars, err);

	if (rc)
		return rc;
	init(&w, g);
	sim_bar_table_reserve(out, out->n + bars);
	if (g->volume <= 0)
		out->has_volume = false;
	for (size_t i = 0; i < n; i++)
		make_session(&w, &sessions[i], out);
	sim_mem_free(sessions);
	return SIM_OK;
}

/* Weeks are those of the daily bars. */
static int make_weeks(const struct sim_gen *g, struct sim_bar_table *out,
		      struct sim_err *err)
{
	struct sim_resample how = {
		.from = { SIM_BAR_TF_DAY, SIM_TIME_DAY }, .to = g->tf,
		.cal = g->cal
	};
	struct sim_bar_table days = SIM_BAR_TABLE_INIT;
	struct sim_gen daily = *g;
	int rc;

	daily.tf = how.from;
	rc = make_bars(&daily, &days, err);
	if (!rc) {
		struct sim_bar_series s = sim_bar_table_view(&days);

		rc = sim_resample_series(&s, &how, out, NULL, err);
	}
	sim_bar_table_release(&days);
	return rc;
}

int sim_gen_bars(const struct sim_gen *g, struct sim_bar_table *out,
		 struct sim_err *err)
{
	int rc = check(g, err);

	if (rc)
		return rc;
	return g->tf.unit == SIM_BAR_TF_WEEK ? make_weeks(g, out, err) :
					       make_bars(g, out, err);
}
