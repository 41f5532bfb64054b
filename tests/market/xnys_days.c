/* Prints every XNYS session, `date open close` in UTC, for the Python tests. */
#include <stdio.h>
#include <stdlib.h>

#include "market/calendar.h"
#include "util/mem.h"

int main(void)
{
	struct sim_calendar *cal;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_hours *s;
	size_t n;

	if (sim_calendar_open("XNYS", NULL, &cal, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return EXIT_FAILURE;
	}
	n = sim_calendar_sessions(cal, INT64_MIN, INT64_MAX, &s);
	for (size_t i = 0; i < n; i++) {
		char day[16], a[SIM_TIME_STRMAX], b[SIM_TIME_STRMAX];

		sim_time_format_date(s[i].day, day);
		sim_time_format(s[i].open, a);
		sim_time_format(s[i].close, b);
		printf("%s %s %s\n", day, a, b);
	}
	sim_mem_free(s);
	sim_calendar_close(cal);
	return EXIT_SUCCESS;
}
