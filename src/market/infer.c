/* infer: timeframe, calendar, tick and lot from the bars themselves. */
#include "market/infer.h"

#include <string.h>

#include "util/tz.h"

#define DIFFS_MAX	256		/* different ones that are counted */

struct count {
	sim_time diff;
	size_t n;
};

/* Neighbours mostly differ alike, so the last hit is tried first. */
static sim_time most_frequent(const struct sim_bar_series *s)
{
	struct count c[DIFFS_MAX] = { { 0, 0 } };
	size_t n = 0, hit = 0, best = 0;

	for (size_t i = 1; i < s->n; i++) {
		sim_time d;

		if (__builtin_sub_overflow(s->ts[i], s->ts[i - 1], &d) ||
		    d <= 0)
			continue;
		for (size_t k = 0; c[hit].diff != d && k < n; k++)
			hit = k;
		if (c[hit].diff != d) {
			if (n == DIFFS_MAX)
				continue;
			hit = n++;
			c[hit].diff = d;
		}
		c[hit].n++;
	}
	for (size_t i = 1; i < n; i++)
		if (c[i].n > c[best].n ||
		    (c[i].n == c[best].n && c[i].diff < c[best].diff))
			best = i;
	return c[best].diff;
}

int sim_infer_timeframe(const struct sim_bar_series *s, struct sim_bar_tf *tf,
			struct sim_err *err)
{
	sim_time d = most_frequent(s);

	if (d <= 0)
		return sim_err_set(err, SIM_E_DATA, "%zu row%s can't tell the "
				   "timeframe; give --timeframe", s->n,
				   s->n == 1 ? "" : "s");
	if (d == SIM_TIME_DAY)
		*tf = (struct sim_bar_tf){ SIM_BAR_TF_DAY, d };
	else if (d == 7 * SIM_TIME_DAY)
		*tf = (struct sim_bar_tf){ SIM_BAR_TF_WEEK, d };
	else if (d < SIM_TIME_DAY && d % SIM_TIME_SEC == 0)
		*tf = (struct sim_bar_tf){ SIM_BAR_TF_INTRADAY, d };
	else
		return sim_err_set(err, SIM_E_DATA, "most rows are %lld.%03lld "
				   "seconds apart, which is no timeframe; give "
				   "--timeframe", (long long)(d / SIM_TIME_SEC),
				   (long long)(d % SIM_TIME_SEC /
					       SIM_TIME_MS));
	return SIM_OK;
}

static bool on_weekend(sim_time t, bool intraday)
{
	int64_t day = sim_time_day_of(t);
	sim_time clock = t - day * SIM_TIME_DAY;
	int weekday = sim_time_weekday(day);

	if (!intraday)
		return weekday == 6 || weekday == 0;
	return (weekday == 6 && clock >= 6 * SIM_TIME_HOUR) ||
	       (weekday == 0 && clock < 12 * SIM_TIME_HOUR);
}

/* The clocks of New York, looked at once a day of UTC. */
struct clock {
	struct sim_tz *ny;
	int64_t day;
	sim_time offset;
};

static void clock_open(struct clock *c)
{
	if (sim_tz_open("America/New_York", &c->ny, NULL))
		SIM_BUG("the built-in zone is missing");
	c->day = INT64_MIN;
	c->offset = 0;
}

/* An instant as a reading of those clocks. */
static sim_time clock_read(struct clock *c, sim_time t)
{
	int64_t d = sim_time_day_of(t);

	/* Clocks change on Sundays, when nothing here is open. */
	if (d != c->day) {
		c->offset = sim_tz_offset(c->ny, d * SIM_TIME_DAY +
						 12 * SIM_TIME_HOUR) *
			    SIM_TIME_SEC;
		c->day = d;
	}
	return t + c->offset;
}

/* Before 04:00 or from 20:00 on in New York. */
static bool overnight(const struct sim_bar_series *s)
{
	struct clock c;
	bool found = false;

	clock_open(&c);
	for (size_t i = 0; i < s->n && !found; i++) {
		sim_time at = clock_read(&c, s->ts[i]);

		at -= sim_time_day_of(at) * SIM_TIME_DAY;
		found = at < 4 * SIM_TIME_HOUR || at >= 20 * SIM_TIME_HOUR;
	}
	sim_tz_close(c.ny);
	return found;
}

/* Days and weeks that all open where those of 24/5 do: at 17:00 in New York,
 * from Sunday to Thursday. */
static bool opens_24_5(const struct sim_bar_series *s)
{
	struct clock c;
	size_t i = 0;

	clock_open(&c);
	for (; i < s->n; i++) {
		sim_time at = clock_read(&c, s->ts[i]);
		int64_t day = sim_time_day_of(at);

		if (at - day * SIM_TIME_DAY != 17 * SIM_TIME_HOUR ||
		    sim_time_weekday(day) > 4)
			break;
	}
	sim_tz_close(c.ny);
	return s->n && i == s->n;
}

const char *sim_infer_calendar(const struct sim_bar_series *s,
			       struct sim_bar_tf tf)
{
	bool intraday = tf.unit == SIM_BAR_TF_INTRADAY;

	if (!intraday && opens_24_5(s))
		return "24/5";
	if (tf.unit == SIM_BAR_TF_WEEK)
		return "XNYS";
	for (size_t i = 0; i < s->n; i++)
		if (on_weekend(s->ts[i], intraday))
			return "24/7";
	return intraday && overnight(s) ? "24/5" : "XNYS";
}

/* Divide `step` down until v is its multiple. */
static sim_dec refine(sim_dec v, sim_dec step)
{
	while (v % step)
		step /= 10;
	return step;
}

sim_dec sim_infer_tick(const struct sim_bar_series *s, int decimals)
{
	sim_dec step = SIM_DEC_ONE, least = SIM_DEC_ONE;

	for (int i = 0; i < decimals; i++)
		least /= 10;
	/* No price can need less than it was written with. */
	for (size_t i = 0; i < s->n && step > least; i++) {
		step = refine(s->open[i], step);
		step = refine(s->high[i], step);
		step = refine(s->low[i], step);
		step = refine(s->close[i], step);
	}
	return step;
}

sim_dec sim_infer_lot(const struct sim_bar_series *s)
{
	sim_dec step = SIM_DEC_ONE;

	for (size_t i = 0; s->volume && i < s->n; i++)
		if (s->volume[i] % SIM_DEC_ONE)
			step = refine(s->volume[i], step);
	return step;
}

enum sim_asset_class sim_infer_class(const char *calendar, sim_dec tick)
{
	if (!strcmp(calendar, "24/7"))
		return SIM_ASSET_CLASS_CRYPTO;
	if (strcmp(calendar, "24/5"))
		return SIM_ASSET_CLASS_EQUITY;
	return tick >= SIM_DEC_ONE / 100 ? SIM_ASSET_CLASS_FUTURE
					 : SIM_ASSET_CLASS_FX;
}

/* The exchange day an instant belongs to: its session's, else its date on the
 * exchange's clock. */
static int64_t exchange_day(const struct sim_calendar *cal, sim_time t)
{
	int64_t day;

	if (sim_calendar_day_of(cal, t, &day))
		return day;
	return sim_time_day_of(t + sim_calendar_offset(cal, t) * SIM_TIME_SEC);
}

bool sim_infer_session(const struct sim_calendar *cal, struct sim_bar_tf tf,
		       sim_time t, bool instant, sim_time *open, int64_t *day)
{
	struct sim_hours s;
	int64_t d = instant ? exchange_day(cal, t) : sim_time_day_of(t);
	int64_t last = d;

	*day = d;
	if (tf.unit == SIM_BAR_TF_WEEK) {
		d -= (sim_time_weekday(d) + 6) % 7;	/* its Monday */
		last = d + 6;
	}
	for (; d <= last; d++) {
		if (!sim_calendar_day(cal, d, &s))
			continue;
		*open = s.open;
		return true;
	}
	return false;
}
