/*
 * calendar: when a market is open.
 *
 * Built in: XNYS (regular 09:30-16:00, pre from 04:00, after to 20:00, New
 * York time; holidays and early closes 1990-2030), 24/7, and 24/5 (FX: Sunday
 * 17:00 to Friday 17:00 New York time, a session from 17:00 to 17:00).  Any
 * other name is a file in the user's calendar folder; the format is in
 * simutrador-calendar(5).
 */
#ifndef SIM_CALENDAR_H
#define SIM_CALENDAR_H

#include <stdbool.h>

#include "model/hours.h"
#include "util/err.h"

#define SIM_CALENDAR_FILE_MAX ((size_t)1 << 20)	/* bytes of a user's file */

struct sim_calendar;

/*
 * Open a calendar by name.
 *
 * Takes:  dir, where user calendar files lie (NAME.cal); NULL: none.
 * Gives:  *cal, owned by the caller.
 * Errors: SIM_E_NOENT unknown name (lists the built-in ones), SIM_E_DATA a bad
 *         file, with its line.
 */
int sim_calendar_open(const char *name, const char *dir,
		      struct sim_calendar **cal, struct sim_err *err)
	SIM_MUST_CHECK;
/*
 * The same from the text of a user's file, in memory.
 *
 * Shape:  at most SIM_CALENDAR_FILE_MAX bytes.
 * Errors: SIM_E_DATA with the line.
 */
int sim_calendar_parse(const char *name, const char *text, size_t len,
		       struct sim_calendar **cal, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_calendar_close(struct sim_calendar *cal);
const char *sim_calendar_name(const struct sim_calendar *cal);
/* Periods a year for annualisation: 252, 260 or 365. */
int sim_calendar_periods(const struct sim_calendar *cal);
/* First and last year it knows; outside of them there is no session. */
void sim_calendar_years(const struct sim_calendar *cal, int *first, int *last);
/* The session of an exchange day; false when it is closed all day. */
bool sim_calendar_day(const struct sim_calendar *cal, int64_t day,
		      struct sim_hours *s);
/* First session whose close is > t; false past the calendar's last year. */
bool sim_calendar_next(const struct sim_calendar *cal, sim_time t,
		       struct sim_hours *s);
/* The exchange day an instant falls into (extended hours included); false when
 * the market is closed then. */
bool sim_calendar_day_of(const struct sim_calendar *cal, sim_time t,
			 int64_t *day);
/* Sessions with from <= day <= to, into a new array (sim_mem_free). */
size_t sim_calendar_sessions(const struct sim_calendar *cal, int64_t from,
			     int64_t to, struct sim_hours **out);
/* Offset of exchange local time at t, seconds east of UTC. */
int sim_calendar_offset(const struct sim_calendar *cal, sim_time t);
/* Whether a day's session ends before the hour usual for its weekday. */
bool sim_calendar_is_early(const struct sim_calendar *cal, int64_t day);
/* Holiday name or early-close reason of a day, or NULL; that of an early close
 * only where there is one. */
const char *sim_calendar_note(const struct sim_calendar *cal, int64_t day);

#endif
