/* dash_zone: whose clock times are shown by; the exchange's is that of the
 * calendar of the symbol that one looks at. */
#include "tui/dash_do.h"

#include <string.h>

#include "market/calendar.h"
#include "util/mem.h"

void sim_dash_zone_set(struct sim_dash *d, enum sim_dash_zone zone,
		       const struct sim_tz *tz)
{
	d->tz[zone] = tz;
	sim_dash_view_touch(d);
}

void sim_dash_zone(struct sim_dash *d, enum sim_dash_zone zone)
{
	d->zone = zone;
	sim_dash_view_touch(d);
}

enum sim_dash_zone sim_dash_zone_is(const struct sim_dash *d)
{
	return d->zone;
}

/* -- calendars -------------------------------------------------------------*/

void sim_dash_calendars(struct sim_dash *d, const char *dir)
{
	d->calendar_dir = dir;
}

void sim_dash_zone_release(struct sim_dash *d)
{
	for (size_t i = 0; i < d->n_calendars; i++)
		sim_calendar_close(d->calendar[i].cal);
	d->n_calendars = 0;
}

/* Its number; 0: there are too many. */
static unsigned calendar_of(struct sim_dash *d, const char *name)
{
	struct dash_calendar *c;

	for (size_t i = 0; i < d->n_calendars; i++)
		if (!strcmp(d->calendar[i].name, name))
			return (unsigned)i + 1;
	if (d->n_calendars == DASH_CALENDARS)
		return 0;
	c = &d->calendar[d->n_calendars++];
	sim_dash_copy(c->name, sizeof(c->name), name);
	c->cal = NULL;
	/* One that is known elsewhere alone: then no time of it is shown. */
	if (sim_calendar_open(name, d->calendar_dir, &c->cal, NULL))
		c->cal = NULL;
	return (unsigned)d->n_calendars;
}

void sim_dash_zone_hear(struct sim_dash *d,
			const struct sim_json_val *instruments)
{
	const char *symbol, *name;

	for (size_t i = 0; i < sim_json_len(instruments); i++) {
		const struct sim_json_val *v =
			sim_json_member(instruments, i, &symbol);
		uint32_t at = sim_dash_symbol_of(d, symbol);

		name = sim_json_as_str(sim_json_get(v, "cal"));
		if (name && at != UINT32_MAX)
			d->symbol[at].calendar = calendar_of(d, name);
	}
	sim_dash_view_touch(d);
}

/* NULL: not known, or nothing was said of one. */
static const struct dash_calendar *calendar(const struct sim_dash *d)
{
	const struct dash_symbol *s = sim_dash_view_symbol(d);

	return s && s->calendar ? &d->calendar[s->calendar - 1] : NULL;
}

void sim_dash_zone_chosen(struct sim_dash *d)
{
	if (d->zone == SIM_DASH_EXCHANGE)
		sim_dash_view_touch(d);
	else
		dash_touch(d, SIM_DASH_bar);
}

bool sim_dash_zone_exchange(const struct sim_dash *d, sim_time t,
			    struct dash_clock *at)
{
	const struct dash_calendar *c = calendar(d);
	const struct sim_tz *tz = d->tz[SIM_DASH_EXCHANGE];

	if (t == SIM_TIME_NONE || (c ? !c->cal : !tz))
		return false;
	at->offset = c ? sim_calendar_offset(c->cal, t) : sim_tz_offset(tz, t);
	at->name = c ? c->name : "exch";
	return true;
}

struct dash_clock sim_dash_zone_at(const struct sim_dash *d, sim_time t)
{
	struct dash_clock at = { 0, "UTC" };
	const struct sim_tz *tz = d->tz[d->zone];

	if (d->zone == SIM_DASH_EXCHANGE) {
		(void)sim_dash_zone_exchange(d, t, &at);
	} else if (tz) {
		at.name = d->zone == SIM_DASH_LOCAL ? "local" : "UTC";
		at.offset = t == SIM_TIME_NONE ? 0 : sim_tz_offset(tz, t);
	}
	return at;
}

int sim_dash_view_offset(const struct sim_dash *d, sim_time t)
{
	return sim_dash_zone_at(d, t).offset;
}
