/*
 * calendar: sessions computed once from a definition, then only looked up.
 *
 * Every open day of every year lies in one array; a second one, by day, says
 * where to look, so that each lookup touches a few neighbours.
 */
#include "market/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "market/calendar_priv.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/tz.h"

struct sim_calendar {
	char name[SIM_CALENDAR_NAME];
	struct sim_calendar_def def;
	struct sim_tz *tz;
	int64_t day0;			/* January 1st of the first year */
	size_t ndays;
	struct sim_hours *sessions;	/* ascending */
	size_t n;
	uint32_t *from;			/* by day: first session not before */
};

/* Calendars that are texts of the format everyone can write. */
static const struct builtin {
	const char *name, *text;	/* NULL: computed */
} builtins[] = {
	{ "XNYS", NULL },
	{ "24/7",
	  "zone UTC\nyears 1970-2069\nperiods 365\n"
	  "hours mon-sun 00:00-24:00\n" },
	{ "24/5",
	  "zone America/New_York\nyears 1970-2069\nperiods 260\n"
	  "hours mon-fri 17:00-17:00\n" },
};

void sim_calendar_def_add(struct sim_calendar_def *def,
			  const struct sim_calendar_exception *ex)
{
	SIM_MEM_GROW(def->ex, def->cap, def->nex + 1);
	def->ex[def->nex++] = *ex;
}

void sim_calendar_close(struct sim_calendar *cal)
{
	if (!cal)
		return;
	sim_mem_free(cal->def.ex);
	sim_mem_arena_release(&cal->def.notes);
	sim_mem_free(cal->sessions);
	sim_mem_free(cal->from);
	sim_tz_close(cal->tz);
	sim_mem_free(cal);
}

/* -- building -------------------------------------------------------------- */

/* Local to UTC.  The offset is asked for once a fortnight, and again only
 * where it changes in between (no zone changes twice within three weeks). */
struct wall {
	const struct sim_tz *tz;
	sim_time from, to;		/* wall times the offset is good for */
	sim_time offset;
};

static sim_time wall_slow(const struct sim_tz *tz, sim_time wall)
{
	sim_time t[2];

	if (sim_tz_resolve(tz, wall, t) > 0)
		return t[0];
	/* The clock jumps over this reading: as if it had not jumped yet. */
	return wall - sim_tz_offset(tz, wall - SIM_TIME_DAY) * SIM_TIME_SEC;
}

static __attribute__((noinline)) sim_time ask(struct wall *w, sim_time at)
{
	sim_time a = at - 3 * SIM_TIME_DAY, b = at + 16 * SIM_TIME_DAY;
	int offset = sim_tz_offset(w->tz, a);

	w->from = w->to = at;
	if (offset == sim_tz_offset(w->tz, b)) {
		w->from = at - SIM_TIME_DAY;
		w->to = at + 14 * SIM_TIME_DAY;
		w->offset = offset * SIM_TIME_SEC;
	}
	return at < w->to ? at - w->offset : wall_slow(w->tz, at);
}

static inline sim_time to_utc(struct wall *w, int64_t day, int minutes)
{
	sim_time at = day * SIM_TIME_DAY + minutes * SIM_TIME_MIN;

	return at >= w->from && at < w->to ? at - w->offset : ask(w, at);
}

static int by_day(const void *a, const void *b)
{
	const struct sim_calendar_exception *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Sort the exceptions and keep the highest-ranking one of each day. */
static int settle_exceptions(struct sim_calendar_def *def, struct sim_err *err)
{
	size_t n = 0;

	if (def->nex)
		qsort(def->ex, def->nex, sizeof(*def->ex), by_day);
	for (size_t i = 0; i < def->nex; i++) {
		const struct sim_calendar_exception *e = &def->ex[i];

		if (n && def->ex[n - 1].day == e->day) {
			if (def->ex[n - 1].rank != e->rank)
				continue;
			return sim_err_set(err, SIM_E_DATA,
					   "line %d: line %d already has an "
					   "entry for that day; keep one of "
					   "the two", e->line,
					   def->ex[n - 1].line);
		}
		def->ex[n++] = *e;
	}
	def->nex = n;
	return SIM_OK;
}

static const struct sim_calendar_exception *
find_exception(const struct sim_calendar_def *def, int64_t day)
{
	size_t lo = 0, hi = def->nex;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (def->ex[mid].day < day)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < def->nex && def->ex[lo].day == day ? &def->ex[lo] : NULL;
}

/* Apply a day's exception (NULL: none) to the hours of its weekday. */
static int except(const struct sim_calendar_exception *e,
		  struct sim_calendar_hours *h, struct sim_err *err)
{
	int shorter;

	if (!e || !h->is_open)
		return SIM_OK;
	if (e->close == SIM_CALENDAR_CLOSED) {
		h->is_open = false;
		return SIM_OK;
	}
	shorter = h->close - e->close;
	if (e->close > h->open && shorter > 0) {
		h->close -= shorter;
		h->post -= shorter;	/* late trading keeps its length */
		return SIM_OK;
	}
	if (e->rank < SIM_CALENDAR_DATE_EARLY)
		return SIM_OK;
	return sim_err_set(err, SIM_E_DATA,
			   "line %d: an early close must lie between the "
			   "opening and the usual close of that weekday",
			   e->line);
}

/* A change of the clock can turn the hours of a day around. */
static int check_length(const struct sim_hours *s, struct sim_err *err)
{
	char x[16];

	if (s->pre_open <= s->open && s->open < s->close &&
	    s->close <= s->post_close)
		return SIM_OK;
	sim_time_format_date(s->day, x);
	return sim_err_set(err, SIM_E_DATA,
			   "on %s the clock changes within the hours, which "
			   "leaves no session; choose hours outside of it", x);
}

static int check_overlap(const struct sim_hours *a,
			 const struct sim_hours *b, struct sim_err *err)
{
	char x[16], y[16];

	if (a->post_close <= b->pre_open)
		return SIM_OK;
	sim_time_format_date(a->day, x);
	sim_time_format_date(b->day, y);
	return sim_err_set(err, SIM_E_DATA,
			   "the sessions of %s and %s overlap; correct the "
			   "hours or the extended hours", x, y);
}

static void fill_session(struct sim_hours *s, int64_t day, struct wall *w,
			 const struct sim_calendar_hours *h)
{
	s->day = day;
	s->open = to_utc(w, day, h->open);
	s->close = to_utc(w, day, h->close);
	s->pre_open = s->open;
	s->post_close = s->close;
	if (h->has_extended) {
		s->pre_open = to_utc(w, day, h->pre);
		s->post_close = to_utc(w, day, h->post);
	}
}

static int build_sessions(struct sim_calendar *cal, struct sim_err *err)
{
	const struct sim_calendar_def *def = &cal->def;
	int weekday = sim_time_weekday(cal->day0);
	struct wall w = { cal->tz, 0, 0, 0 };
	size_t e = 0;

	for (size_t i = 0; i < cal->ndays; i++) {
		int64_t day = cal->day0 + (int64_t)i;
		struct sim_hours *s = &cal->sessions[cal->n];
		struct sim_calendar_hours h = def->week[weekday];
		bool differs = e < def->nex && def->ex[e].day == day;
		int rc = except(differs ? &def->ex[e] : NULL, &h, err);

		e += differs;
		weekday = weekday == 6 ? 0 : weekday + 1;
		cal->from[i] = (uint32_t)cal->n;
		if (rc)
			return rc;
		if (!h.is_open)
			continue;
		fill_session(s, day, &w, &h);
		rc = check_length(s, err);
		if (!rc && cal->n)
			rc = check_overlap(s - 1, s, err);
		if (rc)
			return rc;
		cal->n++;
	}
	cal->from[cal->ndays] = (uint32_t)cal->n;
	return SIM_OK;
}

/* Sessions from the definition; on failure the caller closes. */
static int build(struct sim_calendar *cal, struct sim_err *err)
{
	struct sim_calendar_def *def = &cal->def;
	int rc = settle_exceptions(def, err);

	if (rc)
		return rc;
	rc = sim_tz_open(def->zone, &cal->tz, err);
	if (rc)
		return rc;
	cal->day0 = sim_time_days(def->first_year, 1, 1);
	cal->ndays = (size_t)(sim_time_days(def->last_year + 1, 1, 1) -
			      cal->day0);
	cal->sessions = sim_mem_alloc(cal->ndays * sizeof(*cal->sessions));
	cal->from = sim_mem_alloc((cal->ndays + 1) * sizeof(*cal->from));
	return build_sessions(cal, err);
}

/* A calendar from a text, or XNYS when there is none. */
static int make(const char *name, const char *text, size_t len,
		struct sim_calendar **out, struct sim_err *err)
{
	struct sim_calendar *cal = sim_mem_zalloc(sizeof(*cal));
	int rc = SIM_OK;

	snprintf(cal->name, sizeof(cal->name), "%s", name);
	if (text)
		rc = sim_calendar_file_parse(text, len, &cal->def, err);
	else
		sim_calendar_xnys_define(&cal->def);
	if (!rc)
		rc = build(cal, err);
	if (rc) {
		sim_calendar_close(cal);
		return rc;
	}
	*out = cal;
	return SIM_OK;
}

int sim_calendar_parse(const char *name, const char *text, size_t len,
		       struct sim_calendar **cal, struct sim_err *err)
{
	if (strlen(name) >= SIM_CALENDAR_NAME)
		return sim_err_set(err, SIM_E_INVAL,
				   "the calendar name '%.40s' is too long; use "
				   "at most %d characters", name,
				   SIM_CALENDAR_NAME - 1);
	if (len > SIM_CALENDAR_FILE_MAX)
		return sim_err_set(err, SIM_E_DATA,
				   "the calendar has %zu bytes; at most %zu "
				   "are possible", len, SIM_CALENDAR_FILE_MAX);
	return make(name, text, len, cal, err);
}

/* Names that can be files: letters, digits, '.', '_', '-', no leading dot. */
static bool is_file_name(const char *s)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(s);

	return n && n < SIM_CALENDAR_NAME && s[0] != '.' && strspn(s, ok) == n;
}

static int unknown(const char *name, const char *dir, struct sim_err *err)
{
	if (dir && is_file_name(name))
		return sim_err_set(err, SIM_E_NOENT,
				   "there is no calendar '%s'; use XNYS, 24/7 "
				   "or 24/5, or write %s/%s.cal", name, dir,
				   name);
	return sim_err_set(err, SIM_E_NOENT,
			   "there is no calendar '%.40s'; use XNYS, 24/7 or "
			   "24/5", name);
}

static int open_file(const char *name, const char *dir,
		     struct sim_calendar **cal, struct sim_err *err)
{
	struct sim_buf path = SIM_BUF_INIT(4096);
	struct sim_buf text = SIM_BUF_INIT(SIM_CALENDAR_FILE_MAX + 1);
	int rc;

	sim_buf_printf(&path, "%s/%s.cal", dir, name);
	rc = sim_file_read(sim_buf_str(&path), SIM_CALENDAR_FILE_MAX, &text,
			   err);
	if (rc == SIM_E_NOENT) {
		rc = unknown(name, dir, err);
	} else if (!rc) {
		rc = sim_calendar_parse(name, sim_buf_str(&text), text.len,
					cal, err);
		if (rc)
			sim_err_prefix(err, "%s", sim_buf_str(&path));
	}
	sim_buf_release(&text);
	sim_buf_release(&path);
	return rc;
}

int sim_calendar_open(const char *name, const char *dir,
		      struct sim_calendar **cal, struct sim_err *err)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++) {
		const struct builtin *b = &builtins[i];

		if (!strcmp(name, b->name))
			return make(name, b->text,
				    b->text ? strlen(b->text) : 0, cal, err);
	}
	if (!dir || !is_file_name(name))
		return unknown(name, dir, err);
	return open_file(name, dir, cal, err);
}

/* -- looking up ------------------------------------------------------------ */

const char *sim_calendar_name(const struct sim_calendar *cal)
{
	return cal->name;
}

int sim_calendar_periods(const struct sim_calendar *cal)
{
	return cal->def.periods;
}

void sim_calendar_years(const struct sim_calendar *cal, int *first, int *last)
{
	*first = cal->def.first_year;
	*last = cal->def.last_year;
}

/* Index of the first session whose day is not before `day`. */
static size_t session_from(const struct sim_calendar *cal, int64_t day)
{
	if (day <= cal->day0)
		return 0;
	if (day - cal->day0 >= (int64_t)cal->ndays)
		return cal->n;
	return cal->from[day - cal->day0];
}

bool sim_calendar_day(const struct sim_calendar *cal, int64_t day,
		      struct sim_hours *s)
{
	size_t i = session_from(cal, day);

	if (i == cal->n || cal->sessions[i].day != day)
		return false;
	*s = cal->sessions[i];
	return true;
}

bool sim_calendar_next(const struct sim_calendar *cal, sim_time t,
		       struct sim_hours *s)
{
	/* A session ends at most two UTC days from its exchange day. */
	size_t i = session_from(cal, sim_time_day_of(t) - 2);

	while (i < cal->n && cal->sessions[i].close <= t)
		i++;
	if (i == cal->n)
		return false;
	*s = cal->sessions[i];
	return true;
}

bool sim_calendar_day_of(const struct sim_calendar *cal, sim_time t,
			 int64_t *day)
{
	size_t i = session_from(cal, sim_time_day_of(t) - 2);

	while (i < cal->n && cal->sessions[i].post_close <= t)
		i++;
	if (i == cal->n || cal->sessions[i].pre_open > t)
		return false;
	*day = cal->sessions[i].day;
	return true;
}

size_t sim_calendar_sessions(const struct sim_calendar *cal, int64_t from,
			     int64_t to, struct sim_hours **out)
{
	size_t a = session_from(cal, from);
	size_t b = to == INT64_MAX ? cal->n : session_from(cal, to + 1);
	size_t n = b > a ? b - a : 0;

	*out = sim_mem_array(n ? n : 1, sizeof(**out));
	if (n)
		memcpy(*out, cal->sessions + a, n * sizeof(**out));
	return n;
}

int sim_calendar_offset(const struct sim_calendar *cal, sim_time t)
{
	return sim_tz_offset(cal->tz, t);
}

bool sim_calendar_is_early(const struct sim_calendar *cal, int64_t day)
{
	const struct sim_calendar_exception *e = find_exception(&cal->def, day);
	const struct sim_calendar_hours *h;

	if (!e || e->close == SIM_CALENDAR_CLOSED)
		return false;
	h = &cal->def.week[sim_time_weekday(day)];
	return h->is_open && e->close > h->open && e->close < h->close;
}

const char *sim_calendar_note(const struct sim_calendar *cal, int64_t day)
{
	const struct sim_calendar_exception *e = find_exception(&cal->def, day);

	if (!e || !*e->note || (e->close != SIM_CALENDAR_CLOSED &&
				!sim_calendar_is_early(cal, day)))
		return NULL;
	return e->note;
}
