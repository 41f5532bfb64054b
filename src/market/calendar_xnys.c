/*
 * calendar_xnys: New York's holidays and early closes, 1990-2030, as rows.
 *
 * Announced dates to 2026, the exchange's rules (Rule 7.2) after that.  Late
 * openings (a snowy morning, minutes of silence) are not modelled; such days
 * open at 09:30.
 */
#include "market/calendar_priv.h"

#include <stdio.h>

#define FIRST	1990
#define LAST	2030
#define HM(h, m) ((h) * 60 + (m))

enum { SUN, MON, TUE, WED, THU, FRI, SAT };
enum base { FIXED, NTH, EASTER };
enum shift { STAY, SUNDAY_TO_MONDAY, NEAREST };

#define ON(wd) (1u << (wd))
#define ANY_DAY 0x7fu

/* A day of the year: a date, the nth weekday of a month, or Easter. */
struct rule {
	const char *name;
	int from, to;			/* years */
	enum base base;
	int month, day;			/* FIXED; NTH: month and n, 0 = last */
	int weekday;			/* NTH */
	int offset;			/* days added */
	enum shift shift;		/* where a weekend date goes */
	unsigned only;			/* weekdays on which it holds */
	int close;			/* or SIM_CALENDAR_CLOSED */
};

#define CLOSED SIM_CALENDAR_CLOSED
static const struct rule rules[] = {
	/* A Saturday's New Year is not made up for: Friday ends the year. */
	{ "New Year's Day", FIRST, LAST, FIXED, 1, 1, 0, 0,
	  SUNDAY_TO_MONDAY, ANY_DAY, CLOSED },
	{ "Martin Luther King, Jr. Day", 1998, LAST, NTH, 1, 3, MON, 0,
	  STAY, ANY_DAY, CLOSED },
	{ "Washington's Birthday", FIRST, LAST, NTH, 2, 3, MON, 0,
	  STAY, ANY_DAY, CLOSED },
	{ "Good Friday", FIRST, LAST, EASTER, 0, 0, 0, -2,
	  STAY, ANY_DAY, CLOSED },
	{ "Memorial Day", FIRST, LAST, NTH, 5, 0, MON, 0,
	  STAY, ANY_DAY, CLOSED },
	{ "Juneteenth", 2022, LAST, FIXED, 6, 19, 0, 0,
	  NEAREST, ANY_DAY, CLOSED },
	{ "Independence Day", FIRST, LAST, FIXED, 7, 4, 0, 0,
	  NEAREST, ANY_DAY, CLOSED },
	{ "Labor Day", FIRST, LAST, NTH, 9, 1, MON, 0,
	  STAY, ANY_DAY, CLOSED },
	{ "Thanksgiving Day", FIRST, LAST, NTH, 11, 4, THU, 0,
	  STAY, ANY_DAY, CLOSED },
	{ "Christmas Day", FIRST, LAST, FIXED, 12, 25, 0, 0,
	  NEAREST, ANY_DAY, CLOSED },

	{ "Day before Independence Day", 1995, 2012, FIXED, 7, 3, 0, 0,
	  STAY, ON(MON) | ON(TUE) | ON(THU), HM(13, 0) },
	{ "Day after Independence Day", 1995, 2012, FIXED, 7, 5, 0, 0,
	  STAY, ON(FRI), HM(13, 0) },
	{ "Day before Independence Day", 2013, LAST, FIXED, 7, 3, 0, 0,
	  STAY, ON(MON) | ON(TUE) | ON(WED) | ON(THU), HM(13, 0) },
	{ "Day after Thanksgiving", 1992, 1992, NTH, 11, 4, THU, 1,
	  STAY, ANY_DAY, HM(14, 0) },
	{ "Day after Thanksgiving", 1993, LAST, NTH, 11, 4, THU, 1,
	  STAY, ANY_DAY, HM(13, 0) },
	{ "Christmas Eve", FIRST, 1992, FIXED, 12, 24, 0, 0,
	  STAY, ON(MON) | ON(TUE) | ON(WED) | ON(THU), HM(14, 0) },
	{ "Christmas Eve", 1993, LAST, FIXED, 12, 24, 0, 0,
	  STAY, ON(MON) | ON(TUE) | ON(WED) | ON(THU), HM(13, 0) },
};

/* What no rule foresees. */
static const struct once {
	int year, month, day;
	int close;
	const char *name;
} once[] = {
	{ 1994, 2, 11, HM(14, 30), "Snowstorm" },
	{ 1994, 4, 27, CLOSED, "Funeral of President Nixon" },
	{ 1996, 1, 8, HM(14, 0), "Snowstorm" },
	{ 1997, 10, 27, HM(15, 30), "Circuit breaker" },
	{ 1997, 12, 26, HM(13, 0), "Day after Christmas" },
	{ 2001, 9, 11, CLOSED, "Attacks of September 11" },
	{ 2001, 9, 12, CLOSED, "Attacks of September 11" },
	{ 2001, 9, 13, CLOSED, "Attacks of September 11" },
	{ 2001, 9, 14, CLOSED, "Attacks of September 11" },
	{ 2003, 12, 26, HM(13, 0), "Day after Christmas" },
	{ 2004, 6, 11, CLOSED, "Mourning for President Reagan" },
	{ 2005, 6, 1, HM(15, 56), "Communication failure" },
	{ 2007, 1, 2, CLOSED, "Mourning for President Ford" },
	{ 2012, 10, 29, CLOSED, "Hurricane Sandy" },
	{ 2012, 10, 30, CLOSED, "Hurricane Sandy" },
	{ 2018, 12, 5, CLOSED, "Mourning for President George H. W. Bush" },
	{ 2025, 1, 9, CLOSED, "Mourning for President Carter" },
};

/* Gregorian Easter.  Source: J.-M. Oudin's computus, in the Explanatory
 * Supplement to the Astronomical Almanac, 1992, section 12.62. */
static int64_t easter(int y)
{
	int c = y / 100, n = y % 19, k = (c - 17) / 25;
	int i = (c - c / 4 - (c - k) / 3 + 19 * n + 15) % 30;
	int j, l, month;

	i -= i / 28 * (1 - i / 28 * (29 / (i + 1)) * ((21 - n) / 11));
	j = (y + y / 4 + i + 2 - c + c / 4) % 7;
	l = i - j;
	month = 3 + (l + 40) / 44;
	return sim_time_days(y, month, l + 28 - 31 * (month / 4));
}

static int64_t nth_weekday(int year, int month, int n, int weekday)
{
	int64_t first = sim_time_days(year, month, 1), next, d;

	d = first + (weekday - sim_time_weekday(first) + 7) % 7;
	if (n)
		return d + 7 * (n - 1);
	next = month == 12 ? sim_time_days(year + 1, 1, 1) :
			     sim_time_days(year, month + 1, 1);
	while (d + 7 < next)
		d += 7;
	return d;
}

static int64_t rule_day(const struct rule *r, int year)
{
	int64_t d = 0;
	int wd;

	switch (r->base) {
	case FIXED:
		d = sim_time_days(year, r->month, r->day);
		break;
	case NTH:
		d = nth_weekday(year, r->month, r->day, r->weekday);
		break;
	case EASTER:
		d = easter(year);
		break;
	}
	d += r->offset;
	wd = sim_time_weekday(d);
	if (wd == SUN && r->shift != STAY)
		d++;
	else if (wd == SAT && r->shift == NEAREST)
		d--;
	return d;
}

static void add(struct sim_calendar_def *def, int64_t day, int close,
		bool is_rule, const char *name)
{
	bool holiday = close == CLOSED;
	struct sim_calendar_exception ex = {
		.day = day, .close = close, .note = name,
		.rank = is_rule ? (holiday ? SIM_CALENDAR_YEARLY_HOLIDAY :
					     SIM_CALENDAR_YEARLY_EARLY) :
				  (holiday ? SIM_CALENDAR_DATE_HOLIDAY :
					     SIM_CALENDAR_DATE_EARLY)
	};

	sim_calendar_def_add(def, &ex);
}

void sim_calendar_xnys_define(struct sim_calendar_def *def)
{
	static const struct sim_calendar_hours hours = {
		true, true, HM(9, 30), HM(16, 0), HM(4, 0), HM(20, 0)
	};

	snprintf(def->zone, sizeof(def->zone), "America/New_York");
	def->first_year = FIRST;
	def->last_year = LAST;
	def->periods = 252;
	for (int wd = MON; wd <= FRI; wd++)
		def->week[wd] = hours;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];

		for (int y = r->from; y <= r->to; y++) {
			int64_t d = rule_day(r, y);

			if (r->only & ON(sim_time_weekday(d)))
				add(def, d, r->close, true, r->name);
		}
	}
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		add(def, sim_time_days(once[i].year, once[i].month,
				       once[i].day),
		    once[i].close, false, once[i].name);
}
