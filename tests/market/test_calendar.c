/*
 * calendar: sessions of the built-in calendars, lookups, and the user's file
 * format with its complaints.  The holidays themselves are cross-checked by
 * xnys_quantlib.py and real_dates.py.
 */
#include "market/calendar.h"

#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "util/mem.h"

static struct sim_calendar *open_ok(const char *name)
{
	struct sim_calendar *cal = NULL;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_calendar_open(name, NULL, &cal, &err), "%s",
		      err.msg);
	return cal;
}

static struct sim_calendar *parse_ok(const char *text)
{
	struct sim_calendar *cal = NULL;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_calendar_parse("MINE", text, strlen(text), &cal,
					  &err), "%s", err.msg);
	return cal;
}

static int64_t date(const char *s)
{
	sim_time t = 0;

	ck_assert_int_eq(sim_time_parse(s, strlen(s), &t, NULL, NULL), 0);
	return sim_time_day_of(t);
}

static sim_time at(const char *s)
{
	sim_time t = 0;

	ck_assert_int_eq(sim_time_parse(s, strlen(s), &t, NULL, NULL), 0);
	return t;
}

static void assert_time(sim_time t, const char *want)
{
	char buf[SIM_TIME_STRMAX];

	sim_time_format(t, buf);
	ck_assert_str_eq(buf, want);
}

/* want_open NULL: closed all day. */
static const struct session_case {
	const char *cal, *day, *open, *close, *pre, *post;
} session_cases[] = {
	{ "XNYS", "2024-01-16", "2024-01-16T14:30:00Z", "2024-01-16T21:00:00Z",
	  "2024-01-16T09:00:00Z", "2024-01-17T01:00:00Z" },
	{ "XNYS", "2024-07-16", "2024-07-16T13:30:00Z", "2024-07-16T20:00:00Z",
	  "2024-07-16T08:00:00Z", "2024-07-17T00:00:00Z" },
	{ "XNYS", "2024-07-03", "2024-07-03T13:30:00Z", "2024-07-03T17:00:00Z",
	  "2024-07-03T08:00:00Z", "2024-07-03T21:00:00Z" },
	{ "XNYS", "2024-01-15", NULL, NULL, NULL, NULL },
	{ "XNYS", "2024-01-13", NULL, NULL, NULL, NULL },
	/* The Mondays around the two changes of the clock. */
	{ "XNYS", "2024-03-08", "2024-03-08T14:30:00Z", "2024-03-08T21:00:00Z",
	  "2024-03-08T09:00:00Z", "2024-03-09T01:00:00Z" },
	{ "XNYS", "2024-03-11", "2024-03-11T13:30:00Z", "2024-03-11T20:00:00Z",
	  "2024-03-11T08:00:00Z", "2024-03-12T00:00:00Z" },
	{ "XNYS", "2024-11-04", "2024-11-04T14:30:00Z", "2024-11-04T21:00:00Z",
	  "2024-11-04T09:00:00Z", "2024-11-05T01:00:00Z" },
	/* The DST rule of before 2007: last Sunday of October. */
	{ "XNYS", "2006-10-30", "2006-10-30T14:30:00Z", "2006-10-30T21:00:00Z",
	  "2006-10-30T09:00:00Z", "2006-10-31T01:00:00Z" },
	{ "XNYS", "1990-12-24", "1990-12-24T14:30:00Z", "1990-12-24T19:00:00Z",
	  "1990-12-24T09:00:00Z", "1990-12-24T23:00:00Z" },
	{ "XNYS", "1989-12-29", NULL, NULL, NULL, NULL },
	{ "XNYS", "2031-01-02", NULL, NULL, NULL, NULL },
	{ "24/7", "2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z",
	  "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z" },
	{ "24/7", "2024-12-25", "2024-12-25T00:00:00Z", "2024-12-26T00:00:00Z",
	  "2024-12-25T00:00:00Z", "2024-12-26T00:00:00Z" },
	{ "24/5", "2024-01-15", "2024-01-14T22:00:00Z", "2024-01-15T22:00:00Z",
	  "2024-01-14T22:00:00Z", "2024-01-15T22:00:00Z" },
	/* Monday after the clock went forward: Sunday 17:00 is 21:00Z. */
	{ "24/5", "2024-03-11", "2024-03-10T21:00:00Z", "2024-03-11T21:00:00Z",
	  "2024-03-10T21:00:00Z", "2024-03-11T21:00:00Z" },
	{ "24/5", "2024-01-13", NULL, NULL, NULL, NULL },
	{ "24/5", "2024-01-14", NULL, NULL, NULL, NULL },
};

START_TEST(sessions)
{
	const struct session_case *c = &session_cases[_i];
	struct sim_calendar *cal = open_ok(c->cal);
	struct sim_hours s;

	ck_assert_str_eq(sim_calendar_name(cal), c->cal);
	ck_assert_int_eq(sim_calendar_day(cal, date(c->day), &s),
			 c->open != NULL);
	if (c->open) {
		ck_assert_int_eq(s.day, date(c->day));
		assert_time(s.open, c->open);
		assert_time(s.close, c->close);
		assert_time(s.pre_open, c->pre);
		assert_time(s.post_close, c->post);
	}
	sim_calendar_close(cal);
}
END_TEST

/* Early closes and one-off days, by exchange local close; 0: closed. */
static const struct close_case {
	const char *day;
	int hour, minute;
	const char *note;
} close_cases[] = {
	{ "1990-11-23", 16, 0, NULL },
	{ "1991-12-24", 14, 0, "Christmas Eve" },
	{ "1992-11-27", 14, 0, "Day after Thanksgiving" },
	{ "1993-11-26", 13, 0, "Day after Thanksgiving" },
	{ "1993-12-24", 0, 0, "Christmas Day" },
	{ "1993-12-31", 16, 0, NULL },
	{ "1994-02-11", 14, 30, "Snowstorm" },
	{ "1994-04-27", 0, 0, "Funeral of President Nixon" },
	{ "1994-07-01", 16, 0, NULL },
	{ "1995-07-03", 13, 0, "Day before Independence Day" },
	{ "1996-07-03", 16, 0, NULL },
	{ "1996-07-05", 13, 0, "Day after Independence Day" },
	{ "1997-01-20", 16, 0, NULL },
	{ "1998-01-19", 0, 0, "Martin Luther King, Jr. Day" },
	{ "1997-10-27", 15, 30, "Circuit breaker" },
	{ "2001-09-14", 0, 0, "Attacks of September 11" },
	{ "2001-09-17", 16, 0, NULL },
	{ "2002-07-05", 13, 0, "Day after Independence Day" },
	{ "2003-12-26", 13, 0, "Day after Christmas" },
	{ "2004-06-11", 0, 0, "Mourning for President Reagan" },
	{ "2007-01-02", 0, 0, "Mourning for President Ford" },
	{ "2010-12-31", 16, 0, NULL },
	{ "2012-10-30", 0, 0, "Hurricane Sandy" },
	{ "2013-07-03", 13, 0, "Day before Independence Day" },
	{ "2013-07-05", 16, 0, NULL },
	{ "2018-12-05", 0, 0, "Mourning for President George H. W. Bush" },
	{ "2021-06-18", 16, 0, NULL },
	{ "2022-06-20", 0, 0, "Juneteenth" },
	{ "2024-03-29", 0, 0, "Good Friday" },
	{ "2025-01-09", 0, 0, "Mourning for President Carter" },
	{ "2026-07-03", 0, 0, "Independence Day" },
	{ "2027-06-18", 0, 0, "Juneteenth" },
	{ "2028-07-03", 13, 0, "Day before Independence Day" },
	{ "2030-04-19", 0, 0, "Good Friday" },
};

START_TEST(closes)
{
	const struct close_case *c = &close_cases[_i];
	struct sim_calendar *cal = open_ok("XNYS");
	const char *note = sim_calendar_note(cal, date(c->day));
	struct sim_hours s;

	ck_assert_int_eq(sim_calendar_day(cal, date(c->day), &s), c->hour > 0);
	if (c->hour) {
		sim_time local = s.close + sim_calendar_offset(cal, s.close) *
					   SIM_TIME_SEC;

		ck_assert_int_eq((local - s.day * SIM_TIME_DAY) / SIM_TIME_MIN,
				 c->hour * 60 + c->minute);
	}
	ck_assert_int_eq(sim_calendar_is_early(cal, date(c->day)),
			 c->hour && c->hour != 16);
	if (c->note)
		ck_assert_str_eq(note ? note : "(none)", c->note);
	else
		ck_assert_ptr_null(note);
	sim_calendar_close(cal);
}
END_TEST

START_TEST(next_and_day_of)
{
	struct sim_calendar *cal = open_ok("XNYS");
	struct sim_hours s;
	int64_t day;

	/* At the close the next session is tomorrow's. */
	ck_assert(sim_calendar_next(cal, at("2024-01-16T20:59:59Z"), &s));
	ck_assert_int_eq(s.day, date("2024-01-16"));
	ck_assert(sim_calendar_next(cal, at("2024-01-16T21:00:00Z"), &s));
	ck_assert_int_eq(s.day, date("2024-01-17"));
	ck_assert(sim_calendar_next(cal, at("2001-09-10T20:00:00Z"), &s));
	ck_assert_int_eq(s.day, date("2001-09-17"));
	ck_assert(sim_calendar_next(cal, at("1950-01-01"), &s));
	ck_assert_int_eq(s.day, date("1990-01-02"));
	ck_assert(!sim_calendar_next(cal, at("2030-12-31T21:00:00Z"), &s));
	/* After hours reach into the next UTC day. */
	ck_assert(sim_calendar_day_of(cal, at("2024-01-17T00:59:59Z"), &day));
	ck_assert_int_eq(day, date("2024-01-16"));
	ck_assert(!sim_calendar_day_of(cal, at("2024-01-17T01:00:00Z"), &day));
	ck_assert(!sim_calendar_day_of(cal, at("2024-01-16T08:59:59Z"), &day));
	ck_assert(sim_calendar_day_of(cal, at("2024-01-16T09:00:00Z"), &day));
	sim_calendar_close(cal);
}
END_TEST

START_TEST(session_arrays)
{
	struct sim_calendar *cal = open_ok("XNYS");
	struct sim_hours *s;
	size_t n;

	n = sim_calendar_sessions(cal, date("2023-01-01"), date("2023-12-31"),
				  &s);
	ck_assert_uint_eq(n, 250);
	ck_assert_int_eq(s[0].day, date("2023-01-03"));
	ck_assert_int_eq(s[249].day, date("2023-12-29"));
	sim_mem_free(s);
	n = sim_calendar_sessions(cal, date("2023-02-04"), date("2023-02-05"),
				  &s);
	ck_assert_uint_eq(n, 0);
	sim_mem_free(s);
	n = sim_calendar_sessions(cal, INT64_MIN, INT64_MAX, &s);
	ck_assert_int_eq(s[0].day, date("1990-01-02"));
	ck_assert_int_eq(s[n - 1].day, date("2030-12-31"));
	for (size_t i = 1; i < n; i++)
		ck_assert(s[i - 1].post_close <= s[i].pre_open);
	sim_mem_free(s);
	sim_calendar_close(cal);
}
END_TEST

START_TEST(periods)
{
	static const struct { const char *name; int periods; } t[] = {
		{ "XNYS", 252 }, { "24/5", 260 }, { "24/7", 365 },
	};
	struct sim_calendar *cal = open_ok(t[_i].name);

	ck_assert_int_eq(sim_calendar_periods(cal), t[_i].periods);
	sim_calendar_close(cal);
}
END_TEST

static const char sample[] =
	"# a market that opens the evening before\n"
	"zone America/New_York\r\n"
	"years 2020-2030\n"
	"periods 250\n"
	"hours mon-thu 18:00-17:00\n"
	"hours fri 18:00-16:00\n"
	"\n"
	"holiday 12-25 Christmas\n"
	"holiday 2024-11-28\tThanksgiving \n"
	"early 12-24 13:00 Christmas Eve\n"
	"early 06-28 16:30 Only where that is early\n"
	"early 2024-06-20 12:00\n"
	"early 2024-12-25 10:00 opens after all\n";

/* What a line says, a day may do without: the name, or the effect. */
static const struct {
	const char *day;
	bool is_early, has_note;
} earlies[] = {
	{ "2024-12-24", true, true },
	{ "2024-06-20", true, false },		/* has no name */
	{ "2024-06-28", false, false },		/* Friday ends at 16:00 */
	{ "2023-06-28", true, true },
	{ "2025-06-28", false, false },		/* Saturday */
	{ "2024-11-28", false, true },
	{ "2024-06-21", false, false },
};

START_TEST(user_file)
{
	struct sim_calendar *cal = parse_ok(sample);
	struct sim_hours s;
	int a, b;

	sim_calendar_years(cal, &a, &b);
	ck_assert_int_eq(a, 2020);
	ck_assert_int_eq(b, 2030);
	ck_assert_int_eq(sim_calendar_periods(cal), 250);
	ck_assert(sim_calendar_day(cal, date("2024-11-29"), &s));
	assert_time(s.open, "2024-11-28T23:00:00Z");
	assert_time(s.close, "2024-11-29T21:00:00Z");
	ck_assert(!sim_calendar_day(cal, date("2024-11-28"), &s));
	ck_assert_str_eq(sim_calendar_note(cal, date("2024-11-28")),
			 "Thanksgiving");
	ck_assert(sim_calendar_day(cal, date("2024-12-24"), &s));
	assert_time(s.close, "2024-12-24T18:00:00Z");
	/* The full date beats the yearly holiday. */
	ck_assert(sim_calendar_day(cal, date("2024-12-25"), &s));
	assert_time(s.close, "2024-12-25T15:00:00Z");
	ck_assert(!sim_calendar_day(cal, date("2023-12-25"), &s));
	for (size_t i = 0; i < sizeof(earlies) / sizeof(earlies[0]); i++) {
		int64_t day = date(earlies[i].day);

		ck_assert_int_eq(sim_calendar_is_early(cal, day),
				 earlies[i].is_early);
		ck_assert_int_eq(sim_calendar_note(cal, day) != NULL,
				 earlies[i].has_note);
	}
	sim_calendar_close(cal);
}
END_TEST

START_TEST(user_extended)
{
	struct sim_calendar *cal = parse_ok(
		"zone UTC\nhours mon-fri,sun 09:00-17:00\n"
		"extended mon 07:00-18:00\nearly 2024-01-15 12:00\n");
	struct sim_hours s;

	ck_assert_int_eq(sim_calendar_periods(cal), 252);
	ck_assert(sim_calendar_day(cal, date("2024-01-15"), &s));
	assert_time(s.pre_open, "2024-01-15T07:00:00Z");
	assert_time(s.post_close, "2024-01-15T13:00:00Z");
	ck_assert(sim_calendar_day(cal, date("2024-01-14"), &s));
	ck_assert_int_eq(s.pre_open, s.open);
	ck_assert(!sim_calendar_day(cal, date("2024-01-13"), &s));
	sim_calendar_close(cal);
}
END_TEST

/* The example of the manual page. */
static const char manual[] =
	"zone America/Toronto\nyears 2024-2024\n"
	"hours mon-fri 09:30-16:00\nextended mon-fri 07:00-17:00\n"
	"holiday 2024-01-01 New Year's Day\nholiday 2024-02-19 Family Day\n"
	"holiday 2024-03-29 Good Friday\nholiday 2024-05-20 Victoria Day\n"
	"holiday 2024-07-01 Canada Day\nholiday 2024-08-05 Civic Holiday\n"
	"holiday 2024-09-02 Labour Day\n"
	"holiday 2024-10-14 Thanksgiving Day\n"
	"holiday 2024-12-25 Christmas Day\nholiday 2024-12-26 Boxing Day\n"
	"early 2024-12-24 13:00 Christmas Eve\n";

START_TEST(manual_example)
{
	struct sim_calendar *cal = NULL;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_hours *s;
	int rc = sim_calendar_parse("XTSE", manual, strlen(manual), &cal, &err);

	if (rc == SIM_E_NOENT) {
		puts("manual_example skipped: no time zone files here");
		return;
	}
	ck_assert_msg(rc == 0, "%s", err.msg);
	/* 262 weekdays less ten. */
	ck_assert_uint_eq(sim_calendar_sessions(cal, INT64_MIN, INT64_MAX, &s),
			  252);
	ck_assert_str_eq(sim_calendar_note(cal, date("2024-12-24")),
			 "Christmas Eve");
	sim_mem_free(s);
	sim_calendar_close(cal);
}
END_TEST

/* Each bad file and a piece of the sentence it must earn. */
static const struct bad_case {
	const char *text, *want;
} bad_cases[] = {
	{ "", "no 'hours' line" },
	{ "hours mon-fri 09:00-17:00\n", "no 'zone' line" },
	{ "zone UTC\n", "no 'hours' line" },
	{ "zone UTC\nzone UTC\n", "line 2: the zone was given before" },
	{ "zone\n", "line 1: '' is not a time zone" },
	{ "zone ../../etc/passwd\n", "is not a time zone" },
	{ "zone UTC x\n", "'x' is too much" },
	{ "zone Nowhere/Land\nhours mon 09:00-10:00\n", "Nowhere/Land" },
	{ "colour blue\n", "line 1: 'colour' is not a keyword" },
	{ "hours mon-fry 09:00-17:00\n", "not a list of weekdays" },
	{ "hours mon-wed-fri 09:00-17:00\n", "not a list of weekdays" },
	{ "hours mon, 09:00-17:00\n", "not a list of weekdays" },
	{ "hours mon 9:00-17:00\n", "not a span of hours" },
	{ "hours mon 09:00-24:01\n", "not a span of hours" },
	{ "hours mon 09:60-17:00\n", "not a span of hours" },
	{ "hours mon 09:00-17:00x\n", "not a span of hours" },
	{ "hours mon 09:00-10:00\nhours mon 12:00-13:00\n",
	  "line 2: a weekday of this line has hours already" },
	{ "extended mon 09:00-10:00\n", "must follow the hours" },
	{ "hours mon 09:00-17:00\nextended mon 10:00-18:00\n", "enclose" },
	{ "years 2010\n", "not a span of years" },
	{ "years 2010-2009\n", "not a span of years" },
	{ "years 1000-2009\n", "not a span of years" },
	{ "years 2000-2001\nyears 2000-2001\n", "given before" },
	{ "holiday 01-01\nyears 2000-2001\n", "line 2: the years must stand" },
	{ "periods 0\n", "not a number of trading days" },
	{ "periods\n", "not a number of trading days" },
	{ "periods 367\n", "not a number of trading days" },
	{ "holiday 2023-02-29\n", "line 1: '2023-02-29' is not a date" },
	{ "holiday 13-01\n", "is not a date" },
	{ "holiday 2024-1-1\n", "is not a date" },
	{ "holiday\n", "is not a date" },
	{ "years 2000-2001\nholiday 2002-01-01\n", "outside of the years" },
	{ "early 12-24\n", "not a time of day" },
	{ "early 12-24 1pm\n", "not a time of day" },
	{ "zone UTC\nhours mon-sun 09:00-17:00\nearly 2024-01-01 17:00\n",
	  "line 3: an early close must lie between" },
	{ "zone UTC\nhours mon-sun 09:00-17:00\nearly 2024-01-01 09:00\n",
	  "line 3: an early close must lie between" },
	{ "zone UTC\nhours mon-sun 09:00-17:00\nholiday 01-01\nholiday 01-01\n",
	  "line 4: line 3 already has an entry" },
	{ "zone UTC\nhours mon 09:00-17:00\nhours tue 16:00-15:00\n",
	  "overlap" },
	/* 2024-03-10: 02:30 does not occur, 03:10 is ten minutes later. */
	{ "zone America/New_York\nyears 2024-2024\nhours sun 02:30-03:10\n",
	  "on 2024-03-10 the clock changes" },
	{ "zone UTC\x01\n", "control character" },
};

START_TEST(bad_files)
{
	const struct bad_case *c = &bad_cases[_i];
	struct sim_calendar *cal = NULL;
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_calendar_parse("BAD", c->text, strlen(c->text), &cal,
				    &err);

	ck_assert_msg(rc == SIM_E_DATA || rc == SIM_E_NOENT,
		      "%s: status %d", c->text, rc);
	ck_assert_ptr_null(cal);
	ck_assert_msg(strstr(err.msg, c->want) != NULL, "%s\nsaid: %s",
		      c->text, err.msg);
}
END_TEST

static const char *const bad_names[] = {
	"", "xnys", "XLON", "../XNYS", ".hidden", "24/6",
	"A-name-that-is-too-long-to-be-a-calendar",
};

START_TEST(unknown_names)
{
	struct sim_calendar *cal = NULL;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_calendar_open(bad_names[_i], "/nonexistent", &cal,
					   &err), SIM_E_NOENT);
	ck_assert_ptr_null(cal);
	ck_assert(strstr(err.msg, "XNYS") != NULL);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("calendar");
	TCase *tc = tcase_create("calendar");

	tcase_add_loop_test(tc, sessions, 0, COUNT(session_cases));
	tcase_add_loop_test(tc, closes, 0, COUNT(close_cases));
	tcase_add_test(tc, next_and_day_of);
	tcase_add_test(tc, session_arrays);
	tcase_add_loop_test(tc, periods, 0, 3);
	tcase_add_test(tc, user_file);
	tcase_add_test(tc, user_extended);
	tcase_add_test(tc, manual_example);
	tcase_add_loop_test(tc, bad_files, 0, COUNT(bad_cases));
	tcase_add_loop_test(tc, unknown_names, 0, COUNT(bad_names));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
