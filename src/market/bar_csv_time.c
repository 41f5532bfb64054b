/*
 * bar_csv_time: the shapes that times have in files.
 *
 * Whatever is met becomes ISO text in a small buffer and goes through the one
 * parser of times; a plain number counts seconds, milli-, micro- or
 * nanoseconds since 1970, told apart by its length.
 */
#include <string.h>

#include "market/bar_csv_priv.h"
#include "util/str.h"

#define TEXT_MAX 64
/* Numbers reach as far as dates do: to the end of 2261. */
#define AFTER_LAST_YEAR (INT64_C(9214646400) * SIM_TIME_SEC)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *s, const char *e)
{
	const char *p = s;

	while (p < e && is_digit(*p))
		p++;
	return (size_t)(p - s);
}

/* Numbers of these lengths count from 1970; 8, 12 and 14 are dates. */
static sim_time epoch_unit(size_t n)
{
	switch (n) {
	case 9:
	case 10:
		return SIM_TIME_SEC;
	case 13:
		return SIM_TIME_MS;
	case 16:
		return SIM_TIME_US;
	case 19:
		return 1;
	default:
		return 0;
	}
}

struct text {
	char buf[TEXT_MAX];
	size_t n;
};

static bool put(struct text *t, const char *s, size_t n)
{
	if (t->n + n >= TEXT_MAX)
		return false;
	memcpy(t->buf + t->n, s, n);
	t->n += n;
	return true;
}

static bool put_padded(struct text *t, const char *s, size_t n)
{
	return (n == 2 || (n == 1 && put(t, "0", 1))) && put(t, s, n);
}

/* Three groups with one separator, year first or last. */
static const char *separated_date(const char *s, const char *e,
				  enum sim_bar_csv_dates order, struct text *t)
{
	const char *g[3];
	size_t n[3];

	for (int i = 0; i < 3; i++) {
		g[i] = s;
		n[i] = digits(s, e);
		s += n[i];
		if (i == 2)
			break;
		if (s == e || !strchr("-/.", *s) || (i && *s != g[1][-1]))
			return NULL;
		s++;
	}
	if (n[0] == 4)
		order = SIM_BAR_CSV_DATES_YMD;
	else if (order == SIM_BAR_CSV_DATES_YMD)
		return NULL;
	int y = order == SIM_BAR_CSV_DATES_YMD ? 0 : 2;
	int m = order == SIM_BAR_CSV_DATES_MDY ? 0 : 1;
	int d = 3 - y - m;

	if (n[y] != 4 || !put(t, g[y], 4) || !put(t, "-", 1) ||
	    !put_padded(t, g[m], n[m]) || !put(t, "-", 1) ||
	    !put_padded(t, g[d], n[d]))
		return NULL;
	return s;
}

static const char *date(const char *s, const char *e,
			enum sim_bar_csv_dates order, struct text *t)
{
	size_t n = digits(s, e);

	if (n != 8 && n != 12 && n != 14)
		return separated_date(s, e, order, t);
	if (!put(t, s, 4) || !put(t, "-", 1) || !put(t, s + 4, 2) ||
	    !put(t, "-", 1) || !put(t, s + 6, 2))
		return NULL;
	return s + 8;
}

/* HH:MM[:SS..], H:MM, HHMM or HHMMSS, then what else there is. */
static bool clock_text(const char *s, const char *e, struct text *t)
{
	size_t n = digits(s, e);

	if (!put(t, " ", 1))
		return false;
	if (n == 4 || n == 6) {
		if (!put(t, s, 2) || !put(t, ":", 1) || !put(t, s + 2, 2))
			return false;
		if (n == 6 && (!put(t, ":", 1) || !put(t, s + 4, 2)))
			return false;
		s += n;
	} else if (n == 1 && !put(t, "0", 1)) {
		return false;
	}
	if (e - s >= 4 && (!memcmp(e - 4, " UTC", 4) ||
			   !memcmp(e - 4, " GMT", 4)))
		return put(t, s, (size_t)(e - s) - 4) && put(t, "Z", 1);
	return put(t, s, (size_t)(e - s));
}

/* The ISO text of a time; false when its shape is unknown. */
static bool normalise(enum sim_bar_csv_dates order, struct bar_csv_field f,
		      struct bar_csv_field clock, struct text *t)
{
	const char *e = f.s + f.n, *p;

	t->n = 0;
	p = date(f.s, e, order, t);
	if (!p)
		return false;
	if (p < e && (*p == ' ' || *p == 'T'))
		p++;
	if (clock.n)
		return p == e && clock_text(clock.s, clock.s + clock.n, t);
	return p == e || clock_text(p, e, t);
}

static bool number(struct bar_csv_field f, sim_time unit, sim_time *t)
{
	int64_t v = 0;

	if (f.n != digits(f.s, f.s + f.n) || !f.n || f.n > 19)
		return false;
	for (size_t i = 0; i < f.n; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, f.s[i] - '0', &v))
			return false;
	if (__builtin_mul_overflow(v, unit, &v) || v >= AFTER_LAST_YEAR)
		return false;
	*t = v;
	return true;
}

static int no_time(struct bar_csv_field f, const char *what,
		   struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];

	sim_str_quote(f.s, f.n, quoted);
	return sim_err_set(err, SIM_E_DATA, "%s %s", quoted, what);
}

int sim_bar_csv_time(const struct sim_bar_csv_layout *lay,
		     struct bar_csv_field f, struct bar_csv_field clock,
		     sim_time *out, struct sim_err *err)
{
	static const char *const want[] = {
		[SIM_TIME_DATE] = "is not a date, as the first row has",
		[SIM_TIME_NAIVE] = "is not a time without zone, as the first "
				   "row has",
		[SIM_TIME_ZONED] = "is not a time with zone, as the first row "
				   "has",
	};
	enum sim_time_kind kind;
	struct text t;
	sim_time v;

	if (lay->epoch) {
		if (!number(f, lay->epoch, out))
			return no_time(f, "is not a number of seconds (or ms, "
				       "us, ns) since 1970, as the first row "
				       "has", err);
		return SIM_OK;
	}
	if (!normalise(lay->dates, f, clock, &t) ||
	    sim_time_parse(t.buf, t.n, &v, &kind, NULL))
		return no_time(f, "is not a date or time; write it like "
			       "2024-01-31 or 2024-01-31T09:30:00Z", err);
	if (kind != lay->kind)
		return no_time(f, want[lay->kind], err);
	*out = v;
	return SIM_OK;
}

bool sim_bar_csv_time_sniff(struct sim_bar_csv_layout *lay,
			    struct bar_csv_field f, struct bar_csv_field clock)
{
	struct text t;
	sim_time v;

	lay->epoch = 0;
	if (f.n && digits(f.s, f.s + f.n) == f.n && epoch_unit(f.n)) {
		lay->epoch = epoch_unit(f.n);
		lay->kind = SIM_TIME_ZONED;
		return number(f, lay->epoch, &v);
	}
	return normalise(lay->dates, f, clock, &t) &&
	       !sim_time_parse(t.buf, t.n, &v, &lay->kind, NULL);
}

bool sim_bar_csv_time_is_clock(struct bar_csv_field f, bool bare)
{
	static const char day[] = "2000-01-03";
	struct bar_csv_field d = { day, sizeof(day) - 1 };
	enum sim_time_kind kind;
	struct text t;
	sim_time v;

	return f.n >= 4 && (bare || memchr(f.s, ':', f.n)) &&
	       normalise(SIM_BAR_CSV_DATES_YMD, d, f, &t) &&
	       !sim_time_parse(t.buf, t.n, &v, &kind, NULL);
}
