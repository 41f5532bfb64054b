/*
 * calendars: each calendar made once, for all the sessions that need it: one
 * takes up to some megabytes, and a fraction of a millisecond to make.
 */
#ifndef SIM_CALENDARS_H
#define SIM_CALENDARS_H

#include "market/calendar.h"

struct sim_calendars;

/* Takes: dir: the user's calendar files, copied; NULL: none. */
struct sim_calendars *sim_calendars_new(const char *dir);
/* Nobody may use one of its calendars any more.  NULL is fine. */
void sim_calendars_free(struct sim_calendars *c);

/*
 * The calendar of a name, made when it is asked for first; from any thread.
 *
 * Gives:  *cal, which lives as long as c.
 * Errors: those of sim_calendar_open().
 */
int sim_calendars_get(struct sim_calendars *c, const char *name,
		      const struct sim_calendar **cal, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
