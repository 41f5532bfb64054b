/* out_stamp: RFC 3339 with an offset, seconds, microseconds, wall clocks. */
#include "cli/out_stamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARGIN	(2 * SIM_TIME_DAY)	/* no offset leads out of sim_time */

const char *const sim_out_stamp_forms[] = {
	"rfc3339", "epoch", "epoch_us", "local", NULL
};

/* The name behind the link /etc/localtime: what follows "zoneinfo/". */
static bool machine_zone(char *name, size_t size)
{
	ssize_t n = readlink("/etc/localtime", name, size - 1);
	char *tail;

	if (n <= 0)
		return false;
	name[n] = '\0';
	tail = strstr(name, "zoneinfo/");
	if (!tail)
		return false;
	tail += strlen("zoneinfo/");
	memmove(name, tail, strlen(tail) + 1);
	return true;
}

static void open_machine(struct sim_tz **tz)
{
	const char *env = getenv("TZ");
	char name[256];

	if (env && *env) {
		if (sim_tz_open(env + (*env == ':'), tz, NULL))
			*tz = NULL;
	} else if (!machine_zone(name, sizeof(name)) ||
		   sim_tz_open(name, tz, NULL)) {
		*tz = NULL;
	}
}

int sim_out_stamp_open(const char *form, const char *zone,
		       struct sim_out_stamp *s, struct sim_err *err)
{
	struct sim_out_stamp made = { SIM_OUT_STAMP_RFC3339, NULL };

	for (int i = 0; form && sim_out_stamp_forms[i]; i++)
		if (!strcmp(form, sim_out_stamp_forms[i]))
			made.form = (enum sim_out_stamp_form)i;
	if (!zone && made.form == SIM_OUT_STAMP_LOCAL)
		zone = "local";
	if (zone && !strcmp(zone, "local")) {
		open_machine(&made.tz);
	} else if (zone && sim_tz_open(zone, &made.tz, err)) {
		sim_err_prefix(err, "--tz");
		if (err)
			err->code = SIM_E_USAGE;
		return SIM_E_USAGE;
	}
	*s = made;
	return SIM_OK;
}

void sim_out_stamp_release(struct sim_out_stamp *s)
{
	sim_tz_close(s->tz);
	s->tz = NULL;
}

bool sim_out_stamp_is_number(const struct sim_out_stamp *s)
{
	return s->form == SIM_OUT_STAMP_EPOCH ||
	       s->form == SIM_OUT_STAMP_EPOCH_US;
}

/* floor(t / unit), and what is left. */
static int64_t units_of(sim_time t, int64_t unit, int64_t *rest)
{
	int64_t q = t / unit, r = t % unit;

	*rest = r < 0 ? r + unit : r;
	return r < 0 ? q - 1 : q;
}

static size_t epoch_text(sim_time t, char *buf)
{
	int64_t ns, s = units_of(t, SIM_TIME_SEC, &ns);
	bool minus = s < 0 && ns;
	int n;

	if (minus) {			/* -1.25 is -2 + 0.75 */
		s++;
		ns = SIM_TIME_SEC - ns;
	}
	n = snprintf(buf, SIM_TIME_STRMAX, "%s%" PRId64, minus && !s ? "-" : "",
		     s);
	if (!ns)
		return (size_t)n;
	n += snprintf(buf + n, SIM_TIME_STRMAX - (size_t)n, ".%09" PRId64, ns);
	while (buf[n - 1] == '0')
		buf[--n] = '\0';
	return (size_t)n;
}

/* The wall clock there, with its offset or, as `local`, without one. */
static size_t wall_text(const struct sim_out_stamp *s, sim_time t, char *buf)
{
	bool shifts = s->tz && t > INT64_MIN + MARGIN && t < INT64_MAX - MARGIN;
	int offset = shifts ? sim_tz_offset(s->tz, t) : 0;
	size_t n = sim_time_format(t + offset * SIM_TIME_SEC, buf);
	int minutes = (offset < 0 ? -offset : offset) / 60;

	if (s->form == SIM_OUT_STAMP_LOCAL) {
		buf[strlen("2024-01-16")] = ' ';
		buf[--n] = '\0';
		return n;
	}
	if (!offset)
		return n;
	return n - 1 + (size_t)snprintf(buf + n - 1, SIM_TIME_STRMAX - n + 1,
					"%c%02d:%02d", offset < 0 ? '-' : '+',
					minutes / 60 % 100, minutes % 60);
}

size_t sim_out_stamp_text(const struct sim_out_stamp *s, sim_time t, char *buf)
{
	int64_t rest;

	if (s->form == SIM_OUT_STAMP_EPOCH)
		return epoch_text(t, buf);
	if (s->form == SIM_OUT_STAMP_EPOCH_US)
		return (size_t)snprintf(buf, SIM_TIME_STRMAX, "%" PRId64,
					units_of(t, 1000, &rest));
	return wall_text(s, t, buf);
}
