/*
 * tz: time zones.
 *
 * Two built-in zones need no files, so calendars are the same everywhere:
 * "UTC" and "America/New_York" (US rules from 1967 on).  Any other name is
 * read from the system's TZif files (/usr/share/zoneinfo, or $TZDIR).
 */
#ifndef SIM_TZ_H
#define SIM_TZ_H

#include "util/time.h"

struct sim_tz;

/* Errors: SIM_E_NOENT unknown zone (names it), SIM_E_DATA broken TZif file. */
int sim_tz_open(const char *name, struct sim_tz **tz, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_tz_close(struct sim_tz *tz);

/* Offset east of UTC, in seconds, in force at t. */
int sim_tz_offset(const struct sim_tz *tz, sim_time t);

/* The instants that a wall clock reading (ns as if UTC) may mean: 0 when it
 * falls into a gap, 1, or 2 (earlier first) when the hour happens twice. */
int sim_tz_resolve(const struct sim_tz *tz, sim_time wall, sim_time out[2]);

#endif
