/*
 * time: instants as UTC nanoseconds since 1970, and civil dates.
 *
 * Proleptic Gregorian, no leap seconds.  Nothing here reads a clock.
 */
#ifndef SIM_TIME_H
#define SIM_TIME_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "util/err.h"

typedef int64_t sim_time;		/* UTC ns since 1970-01-01T00:00:00Z */

#define SIM_TIME_NONE	INT64_MIN
#define SIM_TIME_MAX	INT64_MAX
#define SIM_TIME_US	INT64_C(1000)
#define SIM_TIME_MS	INT64_C(1000000)
#define SIM_TIME_SEC	INT64_C(1000000000)
#define SIM_TIME_MIN	(60 * SIM_TIME_SEC)
#define SIM_TIME_HOUR	(60 * SIM_TIME_MIN)
#define SIM_TIME_DAY	(24 * SIM_TIME_HOUR)
#define SIM_TIME_STRMAX	40

struct sim_time_civil {
	int year, month, day;		/* 1678..2261, 1..12, 1..31 */
	int hour, minute, second;
	int nsec;
};

/* Days since 1970-01-01 of a civil date, and back. */
int64_t sim_time_days(int year, int month, int day);
void sim_time_from_days(int64_t days, int *year, int *month, int *day);
/* Days since 1970 of an instant (floor), and its weekday: 0 Sunday .. 6. */
int64_t sim_time_day_of(sim_time t);
int sim_time_weekday(int64_t days);

/* A civil time in UTC to an instant, and back; the fields must be in range. */
sim_time sim_time_from_civil(const struct sim_time_civil *c);
struct sim_time_civil sim_time_to_civil(sim_time t);

/* What a parsed time said about itself. */
enum sim_time_kind {
	SIM_TIME_DATE,			/* 2024-01-02: midnight */
	SIM_TIME_NAIVE,			/* 2024-01-02 09:30[:00[.frac]] */
	SIM_TIME_ZONED			/* the same with Z or +hh[:mm] */
};

/*
 * Read a date or a datetime: ISO 8601 with '-' or without (20240102), 'T' or
 * a blank between, seconds and fraction optional, zone optional.
 *
 * Gives:  *t in UTC for SIM_TIME_ZONED, else as if the wall clock were UTC;
 *         *kind (may be NULL).
 * Errors: SIM_E_DATA with the text quoted; outputs untouched.
 */
int sim_time_parse(const char *s, size_t len, sim_time *t,
		   enum sim_time_kind *kind, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * The same for an end of a range, where a month (2024-01) or a year (2024) may
 * stand for its first day, or with is_end its last; *kind is SIM_TIME_DATE.
 */
int sim_time_parse_bound(const char *s, size_t len, bool is_end, sim_time *t,
			 enum sim_time_kind *kind, struct sim_err *err)
	SIM_MUST_CHECK;

/* RFC 3339 with Z; fractions only as many digits (0, 3, 6, 9) as needed.
 * buf holds SIM_TIME_STRMAX bytes; returns the length. */
size_t sim_time_format(sim_time t, char *buf);
/* YYYY-MM-DD of days since 1970; returns the length (10). */
size_t sim_time_format_date(int64_t days, char *buf);

#endif
