/*
 * time: civil dates by arithmetic on the 400-year cycle, and ISO 8601 text.
 *
 * Years are counted from March inside, so that the leap day comes last.
 */
#include "util/time.h"

#include <stdbool.h>

#include "util/digits.h"
#include "util/str.h"

#define CYCLE_DAYS	146097		/* days in 400 years */
#define EPOCH_DAYS	719468		/* 0000-03-01 to 1970-01-01 */
#define YEAR_MIN	1678		/* the whole years that fit sim_time */
#define YEAR_MAX	2261

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t sim_time_days(int year, int month, int day)
{
	int64_t y = month > 2 ? year : (int64_t)year - 1;
	int64_t cycle = floor_div(y, 400), yoc = y - cycle * 400;
	int from_march = month > 2 ? month - 3 : month + 9;
	int64_t doy = (153 * from_march + 2) / 5 + day - 1;

	return cycle * CYCLE_DAYS + yoc * 365 + yoc / 4 - yoc / 100 + doy -
	       EPOCH_DAYS;
}

void sim_time_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + EPOCH_DAYS, cycle = floor_div(z, CYCLE_DAYS);
	unsigned doc = (unsigned)(z - cycle * CYCLE_DAYS);
	unsigned yoc = (doc - doc / 1460 + doc / 36524 - doc / 146096) / 365;
	unsigned doy = doc - (365 * yoc + yoc / 4 - yoc / 100);
	unsigned from_march = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * from_march + 2) / 5 + 1);
	*month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	*year = (int)(cycle * 400 + yoc) + (*month <= 2);
}

int64_t sim_time_day_of(sim_time t)
{
	return floor_div(t, SIM_TIME_DAY);
}

int sim_time_weekday(int64_t days)
{
	/* 1970-01-01 was a Thursday. */
	int64_t w = (days % 7 + 4) % 7;

	return (int)(w < 0 ? w + 7 : w);
}

sim_time sim_time_from_civil(const struct sim_time_civil *c)
{
	int64_t sec = (c->hour * INT64_C(60) + c->minute) * 60 + c->second;

	return sim_time_days(c->year, c->month, c->day) * SIM_TIME_DAY +
	       sec * SIM_TIME_SEC + c->nsec;
}

struct sim_time_civil sim_time_to_civil(sim_time t)
{
	int64_t days = sim_time_day_of(t);
	/* Unsigned: the first day's midnight is below the range. */
	uint64_t rest = (uint64_t)t - (uint64_t)days * (uint64_t)SIM_TIME_DAY;
	unsigned sec = (unsigned)(rest / (uint64_t)SIM_TIME_SEC);
	struct sim_time_civil c;

	sim_time_from_days(days, &c.year, &c.month, &c.day);
	c.nsec = (int)(rest - sec * (uint64_t)SIM_TIME_SEC);
	c.hour = (int)(sec / 3600);
	c.minute = (int)(sec / 60 % 60);
	c.second = (int)(sec % 60);
	return c;
}

/* What is left of the text. */
struct cursor {
	const char *p, *end;
};

/* Exactly n digits. */
static bool digits(struct cursor *c, int n, int *out)
{
	int v = 0;

	if (c->end - c->p < n)
		return false;
	for (; n > 0; n--, c->p++) {
		if (*c->p < '0' || *c->p > '9')
			return false;
		v = v * 10 + (*c->p - '0');
	}
	*out = v;
	return true;
}

static bool at(const struct cursor *c, char ch)
{
	return c->p < c->end && *c->p == ch;
}

static bool skip(struct cursor *c, char ch)
{
	if (!at(c, ch))
		return false;
	c->p++;
	return true;
}

static int month_days(int year, int month)
{
	static const int days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static bool read_date(struct cursor *c, struct sim_time_civil *out)
{
	bool dashes;

	if (!digits(c, 4, &out->year))
		return false;
	dashes = skip(c, '-');
	if (!digits(c, 2, &out->month) || (dashes && !skip(c, '-')) ||
	    !digits(c, 2, &out->day))
		return false;
	return out->year >= YEAR_MIN && out->year <= YEAR_MAX &&
	       out->month >= 1 && out->month <= 12 && out->day >= 1 &&
	       out->day <= month_days(out->year, out->month);
}

/* One to nine digits; more only when they are zeros. */
static bool read_fraction(struct cursor *c, int *nsec)
{
	const char *start = c->p;
	int v = 0, scale = 100000000;

	for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
		if (!scale && *c->p != '0')
			return false;
		v += (*c->p - '0') * scale;
		scale /= 10;
	}
	*nsec = v;
	return c->p > start;
}

static bool read_clock(struct cursor *c, struct sim_time_civil *out)
{
	bool colons, seconds;

	if (!digits(c, 2, &out->hour))
		return false;
	colons = skip(c, ':');
	if (!digits(c, 2, &out->minute))
		return false;
	seconds = colons ? skip(c, ':') : c->p < c->end && *c->p >= '0' &&
					  *c->p <= '9';
	if (seconds && !digits(c, 2, &out->second))
		return false;
	if (seconds && skip(c, '.') && !read_fraction(c, &out->nsec))
		return false;
	return out->hour <= 23 && out->minute <= 59 && out->second <= 59;
}

/* Z, +hh, +hhmm or +hh:mm; the seconds east of UTC. */
static bool read_zone(struct cursor *c, int *east_s)
{
	int h, m = 0;
	bool west;

	if (skip(c, 'Z') || skip(c, 'z')) {
		*east_s = 0;
		return true;
	}
	west = skip(c, '-');
	if (!west && !skip(c, '+'))
		return false;
	if (!digits(c, 2, &h))
		return false;
	if (c->p < c->end) {
		skip(c, ':');
		if (!digits(c, 2, &m))
			return false;
	}
	if (h > 23 || m > 59)
		return false;
	*east_s = (west ? -60 : 60) * (h * 60 + m);
	return true;
}

static bool read_all(struct cursor *c, sim_time *t, enum sim_time_kind *kind)
{
	struct sim_time_civil civil = { 0 };
	int east_s = 0, year, month, day;
	sim_time v;

	*kind = SIM_TIME_DATE;
	if (!read_date(c, &civil))
		return false;
	if (c->p < c->end) {
		*kind = SIM_TIME_NAIVE;
		if ((!skip(c, 'T') && !skip(c, ' ') && !skip(c, 't')) ||
		    !read_clock(c, &civil))
			return false;
	}
	if (c->p < c->end) {
		*kind = SIM_TIME_ZONED;
		if (!read_zone(c, &east_s) || c->p < c->end)
			return false;
	}
	v = sim_time_from_civil(&civil) - east_s * SIM_TIME_SEC;
	/* A zone may lead out of the range that can be written again. */
	sim_time_from_days(sim_time_day_of(v), &year, &month, &day);
	*t = v;
	return year >= YEAR_MIN && year <= YEAR_MAX;
}

int sim_time_parse(const char *s, size_t len, sim_time *t,
		   enum sim_time_kind *kind, struct sim_err *err)
{
	struct cursor c = { s, s + len };
	char quoted[SIM_STR_QUOTEMAX];
	enum sim_time_kind k;
	sim_time v;

	if (!read_all(&c, &v, &k)) {
		sim_str_quote(s, len, quoted);
		return sim_err_set(err, SIM_E_DATA,
				   "%s is not a date or time from %d to %d; "
				   "write it like 2024-01-31 or "
				   "2024-01-31T09:30:00Z", quoted, YEAR_MIN,
				   YEAR_MAX);
	}
	*t = v;
	if (kind)
		*kind = k;
	return 0;
}

/* 2024 or 2024-01, and its first or last day. */
static bool read_span(struct cursor *c, bool is_end, sim_time *t)
{
	struct sim_time_civil x = { .month = is_end ? 12 : 1, .day = 1 };

	if (!digits(c, 4, &x.year) || x.year < YEAR_MIN || x.year > YEAR_MAX)
		return false;
	if (c->p < c->end && (!skip(c, '-') || !digits(c, 2, &x.month)))
		return false;
	if (c->p < c->end || x.month < 1 || x.month > 12)
		return false;
	if (is_end)
		x.day = month_days(x.year, x.month);
	*t = sim_time_from_civil(&x);
	return true;
}

int sim_time_parse_bound(const char *s, size_t len, bool is_end, sim_time *t,
			 enum sim_time_kind *kind, struct sim_err *err)
{
	struct cursor c = { s, s + len };
	sim_time v;

	if (!read_span(&c, is_end, &v))
		return sim_time_parse(s, len, t, kind, err);
	*t = v;
	*kind = SIM_TIME_DATE;
	return 0;
}

static char *put_date(char *p, int year, int month, int day)
{
	sim_digits_4(p, (unsigned)year);
	p[4] = p[7] = '-';
	sim_digits_2(p + 5, (unsigned)month);
	sim_digits_2(p + 8, (unsigned)day);
	return p + 10;
}

/* Nothing, or a point and 3, 6 or 9 digits. */
static char *put_fraction(char *p, unsigned nsec)
{
	int n = nsec % 1000 ? 9 : nsec % 1000000 ? 6 : 3;

	if (!nsec)
		return p;
	*p = '.';
	p[1] = (char)('0' + nsec / 100000000);
	sim_digits_8(p + 2, nsec % 100000000);
	return p + 1 + n;
}

size_t sim_time_format(sim_time t, char *buf)
{
	struct sim_time_civil c = sim_time_to_civil(t);
	char *p = put_date(buf, c.year, c.month, c.day);

	*p = 'T';
	p[3] = p[6] = ':';
	sim_digits_2(p + 1, (unsigned)c.hour);
	sim_digits_2(p + 4, (unsigned)c.minute);
	sim_digits_2(p + 7, (unsigned)c.second);
	p = put_fraction(p + 9, (unsigned)c.nsec);
	*p++ = 'Z';
	*p = '\0';
	return (size_t)(p - buf);
}

size_t sim_time_format_date(int64_t days, char *buf)
{
	int year, month, day;
	char *p;

	sim_time_from_days(days, &year, &month, &day);
	/* Four digits; what sim_time cannot hold is the caller's bug. */
	if (year < 0 || year > 9999)
		SIM_BUG("a date outside of the years 0 to 9999");
	p = put_date(buf, year, month, day);
	*p = '\0';
	return (size_t)(p - buf);
}
