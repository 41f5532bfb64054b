/*
 * Fuzz the reader of users' calendar files: it refuses with a sentence, or it
 * gives sessions in order that every lookup agrees on.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "market/calendar.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void look_up(const struct sim_calendar *cal)
{
	struct sim_hours *s, x;
	size_t n = sim_calendar_sessions(cal, INT64_MIN, INT64_MAX, &s);
	int64_t day;

	for (size_t i = 0; i < n; i += 1 + n / 64) {
		must(s[i].pre_open <= s[i].open && s[i].open < s[i].close &&
		     s[i].close <= s[i].post_close);
		must(i == 0 || s[i - 1].post_close <= s[i].pre_open);
		must(sim_calendar_day(cal, s[i].day, &x) &&
		     x.open == s[i].open);
		must(sim_calendar_next(cal, s[i].open, &x) &&
		     x.day == s[i].day);
		must(sim_calendar_day_of(cal, s[i].open, &day) &&
		     day == s[i].day);
	}
	sim_mem_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_calendar *cal = NULL;
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_calendar_parse("FUZZ", (const char *)data, size, &cal,
				    &err);

	if (rc) {
		must(!cal && err.code == rc && err.msg[0] &&
		     !strchr(err.msg, '\n'));
		return 0;
	}
	look_up(cal);
	sim_calendar_close(cal);
	return 0;
}
