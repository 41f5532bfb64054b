/* What tests over New York sessions share: the calendar, and times by name. */
#ifndef XNYS_H
#define XNYS_H
#include <string.h>

#include "market/calendar.h"
#include "suite.h"

static struct sim_calendar *xnys;

static void setup(void)
{
	ck_assert_int_eq(sim_calendar_open("XNYS", NULL, &xnys, NULL), 0);
}

static void teardown(void)
{
	sim_calendar_close(xnys);
}

static sim_time at(const char *s)
{
	sim_time t = 0;

	ck_assert_int_eq(sim_time_parse(s, strlen(s), &t, NULL, NULL), 0);
	return t;
}
#endif
