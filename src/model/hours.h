/* hours: one trading day of a calendar, as instants. */
#ifndef SIM_HOURS_H
#define SIM_HOURS_H

#include "util/time.h"

struct sim_hours {
	int64_t day;			/* exchange date, days since 1970 */
	sim_time open, close;		/* regular session [open, close) */
	/* extended hours; = open, close if none */
	sim_time pre_open, post_close;
};

#endif
