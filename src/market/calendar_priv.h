/*
 * calendar_priv: what a calendar is made of, before its sessions are computed.
 *
 * XNYS and the reader of user files each fill a definition; calendar.c turns
 * it into sessions.
 */
#ifndef SIM_CALENDAR_PRIV_H
#define SIM_CALENDAR_PRIV_H

#include <stdbool.h>
#include <stddef.h>

#include "util/mem.h"
#include "util/time.h"

#define SIM_CALENDAR_NAME	24	/* as in struct sim_instrument */
#define SIM_CALENDAR_ZONE	64
#define SIM_CALENDAR_YEAR_MIN	1900
#define SIM_CALENDAR_YEAR_MAX	2200

/* Minutes from local midnight of the exchange day; below 0: the day before. */
struct sim_calendar_hours {
	bool is_open, has_extended;
	int open, close, pre, post;
};

/* What is different on one day. */
struct sim_calendar_exception {
	int64_t day;
	int close;			/* minutes, or SIM_CALENDAR_CLOSED */
	int rank;			/* the highest of a day counts */
	int line;			/* in the user's file, else 0 */
	const char *note;		/* static or in the arena; never NULL */
};
#define SIM_CALENDAR_CLOSED	(-1)
/* Ranks: a full date beats a yearly one, then a holiday an early close. */
enum {
	SIM_CALENDAR_YEARLY_EARLY,
	SIM_CALENDAR_YEARLY_HOLIDAY,
	SIM_CALENDAR_DATE_EARLY,
	SIM_CALENDAR_DATE_HOLIDAY
};

struct sim_calendar_def {
	char zone[SIM_CALENDAR_ZONE];
	int first_year, last_year;
	int periods;			/* a year */
	struct sim_calendar_hours week[7];	/* 0 Sunday .. 6 */
	struct sim_calendar_exception *ex;
	size_t nex, cap;
	struct sim_mem_arena notes;
};

/* Append an exception to a definition. */
void sim_calendar_def_add(struct sim_calendar_def *def,
			  const struct sim_calendar_exception *ex);
/* New York's stock exchange: weekly hours, holidays and early closes. */
void sim_calendar_xnys_define(struct sim_calendar_def *def);
/* Read the format of simutrador-calendar(5) into a zeroed definition. */
int sim_calendar_file_parse(const char *text, size_t len,
			    struct sim_calendar_def *def, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
