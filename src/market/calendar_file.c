/*
 * calendar_file: the reader of users' calendar files, simutrador-calendar(5).
 *
 * One keyword a line.  Every complaint names the line; nothing is guessed.
 */
#include "market/calendar_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "market/calendar.h"

#define LINE_MAX_BYTES	256
#define DAY_MINUTES	(24 * 60)
#define DEFAULT_FIRST	1970
#define DEFAULT_LAST	2069
#define ANY_YEAR	0
#define DATES_MAX	4000		/* holiday and early lines of a file */

struct reader {
	struct sim_calendar_def *def;
	struct sim_err *err;
	int line;
	bool has_years, has_periods;
	int dates;			/* holiday and early lines so far */
};

static int fail(struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static int fail(struct reader *r, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return sim_err_set(r->err, SIM_E_DATA, "line %d: %s", r->line, msg);
}

/* -- words ----------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cut the next word off *s; "" at the end. */
static char *next_word(char **s)
{
	char *w;

	while (is_blank(**s))
		(*s)++;
	w = *s;
	while (**s && !is_blank(**s))
		(*s)++;
	if (**s)
		*(*s)++ = '\0';
	return w;
}

/* The rest of the line without blanks around it. */
static char *rest(char *s)
{
	size_t n;

	while (is_blank(*s))
		s++;
	n = strlen(s);
	while (n && is_blank(s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* Exactly n digits at *s; moves on.  -1 when they are not there. */
static int digits(const char **s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		char c = (*s)[i];

		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
	}
	*s += n;
	return v;
}

static bool skip(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* HH:MM from 00:00 to 24:00, as minutes; -1 if it is not one. */
static int minutes(const char **s)
{
	int h = digits(s, 2), m;

	if (h < 0 || !skip(s, ':'))
		return -1;
	m = digits(s, 2);
	if (m < 0 || m > 59 || h * 60 + m > DAY_MINUTES)
		return -1;
	return h * 60 + m;
}

static int month_days(int year, int month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30,
				       31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* YYYY-MM-DD, or MM-DD with *year = ANY_YEAR. */
static int read_date(struct reader *r, const char *word, int *year, int *month,
		     int *day)
{
	const char *s = word;

	*year = ANY_YEAR;
	if (strlen(word) > 5) {
		*year = digits(&s, 4);
		if (*year <= 0 || !skip(&s, '-'))
			goto bad;
	}
	*month = digits(&s, 2);
	if (*month < 1 || *month > 12 || !skip(&s, '-'))
		goto bad;
	*day = digits(&s, 2);
	if (*day >= 1 && !*s &&
	    *day <= month_days(*year == ANY_YEAR ? 2000 : *year, *month))
		return SIM_OK;
bad:
	return fail(r, "'%.40s' is not a date; write 2024-12-25, or 12-25 for "
		    "every year", word);
}

/* -- lines ----------------------------------------------------------------- */

static int weekday(const char *s, size_t n)
{
	static const char names[] = "sunmontuewedthufrisat";

	for (int i = 0; n == 3 && i < 7; i++)
		if (!strncmp(s, names + 3 * i, 3))
			return i;
	return -1;
}

/* "mon-fri", "sat,sun": a bit for each weekday. */
static int read_weekdays(struct reader *r, const char *word, unsigned *set)
{
	const char *s = word;

	*set = 0;
	for (;;) {
		size_t n = strcspn(s, ",-");
		int a = weekday(s, n), b = a;

		s += n;
		if (a >= 0 && skip(&s, '-')) {
			n = strcspn(s, ",-");
			b = weekday(s, n);
			s += n;
		}
		if (a < 0 || b < 0 || *s == '-')
			return fail(r, "'%.40s' is not a list of weekdays; "
				    "write mon-fri or sat,sun", word);
		for (; a != b; a = (a + 1) % 7)
			*set |= 1u << a;
		*set |= 1u << b;
		if (!skip(&s, ','))
			return SIM_OK;
	}
}

/* "09:30-16:00".  An opening not before the close is the evening before. */
static int read_span(struct reader *r, const char *word, int *from, int *to)
{
	const char *s = word;
	int a = minutes(&s), b = -1;

	if (a >= 0 && skip(&s, '-'))
		b = minutes(&s);
	if (a < 0 || b < 0 || *s || a == DAY_MINUTES || b == 0)
		return fail(r, "'%.40s' is not a span of hours; write "
			    "09:30-16:00", word);
	*from = a < b ? a : a - DAY_MINUTES;
	*to = b;
	return SIM_OK;
}

static int want_end(struct reader *r, char *s)
{
	s = rest(s);
	if (!*s)
		return SIM_OK;
	return fail(r, "'%.40s' is too much on this line; remove it", s);
}

static int line_zone(struct reader *r, char *s)
{
	const char *w = next_word(&s);
	size_t n = strlen(w);

	if (r->def->zone[0])
		return fail(r, "the zone was given before; remove one of the "
			    "two lines");
	if (!n || n >= sizeof(r->def->zone) || w[0] == '/' || w[0] == '.' ||
	    strstr(w, ".."))
		return fail(r, "'%.40s' is not a time zone; write a name such "
			    "as America/New_York", w);
	memcpy(r->def->zone, w, n + 1);
	return want_end(r, s);
}

static int line_years(struct reader *r, char *s)
{
	const char *w = next_word(&s), *p = w;
	int a = digits(&p, 4), b = -1;

	if (a >= 0 && skip(&p, '-'))
		b = digits(&p, 4);
	if (*p || a < SIM_CALENDAR_YEAR_MIN || b > SIM_CALENDAR_YEAR_MAX ||
	    a > b)
		return fail(r, "'%.40s' is not a span of years within %d-%d; "
			    "write 2000-2030", w, SIM_CALENDAR_YEAR_MIN,
			    SIM_CALENDAR_YEAR_MAX);
	if (r->has_years)
		return fail(r, "the years were given before; remove one of "
			    "the two lines");
	if (r->def->nex)
		return fail(r, "the years must stand before the first holiday "
			    "or early close; move this line up");
	r->has_years = true;
	r->def->first_year = a;
	r->def->last_year = b;
	return want_end(r, s);
}

static int line_periods(struct reader *r, char *s)
{
	const char *w = next_word(&s), *p = w;
	int v = digits(&p, (int)strnlen(w, 4));

	if (v < 1 || v > 366 || *p)
		return fail(r, "'%.40s' is not a number of trading days a "
			    "year; write 1 to 366, such as 252", w);
	r->has_periods = true;
	r->def->periods = v;
	return want_end(r, s);
}

static int line_hours(struct reader *r, char *s)
{
	struct sim_calendar_hours h = { .is_open = true };
	unsigned set;
	int rc = read_weekdays(r, next_word(&s), &set);

	if (!rc)
		rc = read_span(r, next_word(&s), &h.open, &h.close);
	if (rc)
		return rc;
	for (int wd = 0; wd < 7; wd++) {
		if (!(set & 1u << wd))
			continue;
		if (r->def->week[wd].is_open)
			return fail(r, "a weekday of this line has hours "
				    "already; name each weekday once");
		r->def->week[wd] = h;
	}
	return want_end(r, s);
}

static int line_extended(struct reader *r, char *s)
{
	unsigned set;
	int from = 0, to = 0, rc = read_weekdays(r, next_word(&s), &set);

	if (!rc)
		rc = read_span(r, next_word(&s), &from, &to);
	if (rc)
		return rc;
	for (int wd = 0; wd < 7; wd++) {
		struct sim_calendar_hours *h = &r->def->week[wd];

		if (!(set & 1u << wd))
			continue;
		if (!h->is_open || h->has_extended || from > h->open ||
		    to < h->close)
			return fail(r, "extended hours must follow the hours "
				    "of their weekdays, enclose them and be "
				    "given once");
		h->has_extended = true;
		h->pre = from;
		h->post = to;
	}
	return want_end(r, s);
}

/* One dated line, for its year or for every year. */
static int add_dates(struct reader *r, const char *date, int close,
		     const char *note)
{
	struct sim_calendar_def *def = r->def;
	int year = 0, month = 1, day = 1;
	int rc = read_date(r, date, &year, &month, &day);
	bool yearly, holiday = close == SIM_CALENDAR_CLOSED;
	struct sim_calendar_exception ex = {
		.close = close, .line = r->line,
		.note = *note ? sim_mem_arena_strdup(&def->notes, note) : ""
	};

	if (rc)
		return rc;
	if (++r->dates > DATES_MAX)
		return fail(r, "there are more than %d holidays and early "
			    "closes; split the calendar by years", DATES_MAX);
	yearly = year == ANY_YEAR;
	if (!yearly && (year < def->first_year || year > def->last_year))
		return fail(r, "%.10s lies outside of the years %d-%d; widen "
			    "the years line or remove the date", date,
			    def->first_year, def->last_year);
	ex.rank = yearly ? (holiday ? SIM_CALENDAR_YEARLY_HOLIDAY :
				      SIM_CALENDAR_YEARLY_EARLY) :
			   (holiday ? SIM_CALENDAR_DATE_HOLIDAY :
				      SIM_CALENDAR_DATE_EARLY);
	for (int y = yearly ? def->first_year : year;
	     y <= (yearly ? def->last_year : year); y++) {
		if (day > month_days(y, month))
			continue;
		ex.day = sim_time_days(y, month, day);
		sim_calendar_def_add(def, &ex);
	}
	return SIM_OK;
}

static int line_holiday(struct reader *r, char *s)
{
	const char *date = next_word(&s);

	return add_dates(r, date, SIM_CALENDAR_CLOSED, rest(s));
}

static int line_early(struct reader *r, char *s)
{
	const char *date = next_word(&s), *w = next_word(&s), *p = w;
	int close = minutes(&p);

	if (close < 0 || *p)
		return fail(r, "'%.40s' is not a time of day; write an early "
			    "close as 'early 2024-12-24 13:00'", w);
	return add_dates(r, date, close, rest(s));
}

static const struct keyword {
	const char *name;
	int (*line)(struct reader *r, char *s);
} keywords[] = {
	{ "zone", line_zone },
	{ "years", line_years },
	{ "periods", line_periods },
	{ "hours", line_hours },
	{ "extended", line_extended },
	{ "holiday", line_holiday },
	{ "early", line_early },
};

static int read_line(struct reader *r, char *s)
{
	const char *word;

	for (const char *p = s; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\t')
			return fail(r, "there is a control character; save "
				    "the file as plain text");
	s = rest(s);
	if (!*s || *s == '#')
		return SIM_OK;
	word = next_word(&s);
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (!strcmp(word, keywords[i].name))
			return keywords[i].line(r, s);
	return fail(r, "'%.40s' is not a keyword; use zone, years, periods, "
		    "hours, extended, holiday or early", word);
}

/* -- the whole file -------------------------------------------------------- */

static int finish(struct reader *r)
{
	struct sim_calendar_def *def = r->def;
	int open = 0;

	for (int wd = 0; wd < 7; wd++)
		open += def->week[wd].is_open;
	if (!def->zone[0] || !open)
		return sim_err_set(r->err, SIM_E_DATA,
				   "the calendar has no '%s' line; add one, "
				   "such as '%s'", open ? "zone" : "hours",
				   open ? "zone America/New_York" :
					  "hours mon-fri 09:30-16:00");
	if (!r->has_periods)
		def->periods = open == 7 ? 365 : 252;
	return SIM_OK;
}

int sim_calendar_file_parse(const char *text, size_t len,
			    struct sim_calendar_def *def, struct sim_err *err)
{
	struct reader r = { .def = def, .err = err };
	const char *p = text, *end = text + len;

	def->first_year = DEFAULT_FIRST;
	def->last_year = DEFAULT_LAST;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);
		char line[LINE_MAX_BYTES];
		int rc;

		r.line++;
		if (n >= sizeof(line))
			return fail(&r, "the line has %zu bytes; at most %d "
				    "are possible", n, LINE_MAX_BYTES - 1);
		if (memchr(p, '\0', n))
			return fail(&r, "there is a control character; save "
				    "the file as plain text");
		memcpy(line, p, n);
		line[n] = '\0';
		if (n && line[n - 1] == '\r')
			line[n - 1] = '\0';
		rc = read_line(&r, line);
		if (rc)
			return rc;
		p = nl ? nl + 1 : end;
	}
	return finish(&r);
}
