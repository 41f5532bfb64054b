/*
 * metrics_from_csv: lines to columns, columns to a series.
 *
 * The one home of strtod in this folder: a value is checked to be plain digits
 * with an optional exponent first, so neither locale nor hex, inf or nan of
 * the library show.
 */
#include "report/metrics_from_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/metrics.h"
#include "report/stats.h"
#include "util/mem.h"
#include "util/str.h"

#define FIELD_MAX 64			/* characters of a value or a date */
#define COLUMNS_MAX 64

struct field {
	const char *s;
	size_t len;
};

struct reader {
	const char *at, *end;
	size_t line;			/* of the newest row, from 1 */
	size_t n, cap, cap_time;
	double *value;
	sim_time *time;			/* NULL: one column */
	unsigned columns;		/* 0: not known yet */
	bool is_equity;
	bool picks;			/* among many, by a heading's names: */
	unsigned picked[2], need;	/* its columns; fields a row needs */
	struct sim_err *err;
};

/* Text for a message: cut, and nothing that isn't printable. */
static const char *quote(struct field f, char buf[FIELD_MAX])
{
	size_t n = f.len < FIELD_MAX - 1 ? f.len : FIELD_MAX - 1;

	for (size_t i = 0; i < n; i++)
		buf[i] = f.s[i] >= ' ' && f.s[i] <= '~' ? f.s[i] : '?';
	buf[n] = '\0';
	return buf;
}

static size_t digits(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* [+-] digits [. digits] [e [+-] digits], at least one digit before e. */
static bool looks_numeric(const char *s, size_t len)
{
	size_t i = len && (*s == '+' || *s == '-'), a, b = 0;

	a = digits(s + i, len - i);
	i += a;
	if (i < len && s[i] == '.') {
		b = digits(s + i + 1, len - i - 1);
		i += 1 + b;
	}
	if (!a && !b)
		return false;
	if (i < len && (s[i] == 'e' || s[i] == 'E')) {
		i++;
		i += i < len && (s[i] == '+' || s[i] == '-');
		a = digits(s + i, len - i);
		if (!a)
			return false;
		i += a;
	}
	return i == len;
}

static bool number(struct field f, double *out)
{
	char buf[FIELD_MAX];
	double v;

	if (f.len >= FIELD_MAX || !looks_numeric(f.s, f.len))
		return false;
	memcpy(buf, f.s, f.len);
	buf[f.len] = '\0';
	v = strtod(buf, NULL);
	if (!isfinite(v))
		return false;
	*out = v;
	return true;
}

/* Without blanks around. */
static struct field trim(const char *s, size_t len)
{
	while (len && (*s == ' ' || *s == '\r')) {
		s++;
		len--;
	}
	while (len && (s[len - 1] == ' ' || s[len - 1] == '\r'))
		len--;
	return (struct field){ s, len };
}

/* The next line that isn't empty; false at the end. */
static bool next_line(struct reader *r, struct field *line)
{
	while (r->at < r->end) {
		const char *s = r->at;
		const char *nl = memchr(s, '\n', (size_t)(r->end - s));
		size_t len = (size_t)((nl ? nl : r->end) - s);

		r->at = nl ? nl + 1 : r->end;
		r->line++;
		*line = trim(s, len);
		if (line->len)
			return true;
	}
	return false;
}

/* Without a pair of quotes around. */
static struct field unquote(struct field f)
{
	if (f.len >= 2 && *f.s == '"' && f.s[f.len - 1] == '"')
		return (struct field){ f.s + 1, f.len - 2 };
	return f;
}

/* Split a line; the number of fields it has, of which `max` are kept. */
static unsigned split(struct field line, struct field *out, unsigned max)
{
	unsigned n = 0;
	size_t from = 0;

	for (size_t i = 0; i <= line.len; i++) {
		if (i < line.len && !strchr(",;\t", line.s[i]))
			continue;
		if (n < max)
			out[n] = unquote(trim(line.s + from, i - from));
		n++;
		from = i + 1;
	}
	return n;
}

/* The fields of a row that count: value, or date and value; 0: not so many. */
static unsigned fields(const struct reader *r, struct field line,
		       struct field out[2])
{
	struct field all[COLUMNS_MAX];
	unsigned n;

	if (!r->picks)
		return split(line, out, 2);
	n = split(line, all, COLUMNS_MAX);
	if (n < r->need)
		return 0;
	for (unsigned i = 0; i < r->columns; i++)
		out[i] = all[r->picked[i]];
	return r->columns;
}

static int bad(const struct reader *r, struct field f, const char *what)
{
	char buf[FIELD_MAX];

	return sim_err_set(r->err, SIM_E_DATA, "line %zu: '%s' %s", r->line,
			   quote(f, buf), what);
}

static int add_time(struct reader *r, struct field f)
{
	sim_time t;

	if (sim_time_parse(f.s, f.len, &t, NULL, NULL))
		return bad(r, f, "is not a date; write dates as 2024-01-31");
	if (r->n && t <= r->time[r->n - 1])
		return bad(r, f, "is not after the date of the row before; "
			   "sort the rows by date and drop doubles");
	SIM_MEM_GROW(r->time, r->cap_time, r->n + 1);
	r->time[r->n] = t;
	return 0;
}

static int add_row(struct reader *r, struct field line, unsigned n,
		   const struct field *f)
{
	double v;
	int rc;

	if (!n)
		return bad(r, line, "has fewer columns than the heading");
	if (n > 2)
		return bad(r, line, r->is_equity ?
			   "has more than two columns; give values, dates and "
			   "values, or a heading that calls one equity" :
			   "has more than two columns; give values, dates and "
			   "values, or a heading that calls one return");
	if (r->columns && n != r->columns)
		return bad(r, line, r->columns == 2 ?
			   "has no date; give every row a date or none" :
			   "has a date; give every row a date or none");
	if (!number(f[n - 1], &v))
		return bad(r, f[n - 1], "is not a finite number; write "
			   "values as 0.0123 or 101.23");
	if (r->n == SIM_METRICS_FROM_CSV_ROWS_MAX)
		return bad(r, line, "is beyond 50000000 rows; give fewer");
	r->columns = n;
	if (n == 2) {
		rc = add_time(r, f[0]);
		if (rc)
			return rc;
	}
	SIM_MEM_GROW(r->value, r->cap, r->n + 1);
	r->value[r->n++] = v;
	return 0;
}

/* Words, but not those that stand for a missing number. */
static bool is_heading(struct field f)
{
	static const char *const missing[] = { "nan", "na", "n/a", "null",
					       "none", "inf", "infinity" };
	char buf[FIELD_MAX];
	double v;

	if (!f.len || number(f, &v) || strchr("+-.0123456789", f.s[0]))
		return false;
	quote(f, buf);
	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++)
		if (sim_str_eq_nocase(buf, missing[i]))
			return false;
	return true;
}

/* The first of `names` among the fields; false when none is. */
static bool find(const struct field *f, unsigned n, const char *const *names,
		 unsigned *at)
{
	char buf[FIELD_MAX];

	for (; *names; names++) {
		for (*at = 0; *at < n; ++*at)
			if (sim_str_eq_nocase(quote(f[*at], buf), *names))
				return true;
	}
	return false;
}

/* Choose among many columns by what a heading calls them. */
static bool pick(struct reader *r, struct field line)
{
	static const char *const dates[] = { "date", "time", "timestamp",
					     "datetime", NULL };
	static const char *const equity[] = { "equity", "value", "level",
					      "nav", "balance", "close",
					      NULL };
	static const char *const returns[] = { "return", "returns", "ret",
					       NULL };
	struct field all[COLUMNS_MAX];
	unsigned n = split(line, all, COLUMNS_MAX), date, value;

	if (n <= 2 || n > COLUMNS_MAX ||
	    !find(all, n, r->is_equity ? equity : returns, &value))
		return false;
	r->picks = true;
	r->columns = 0;
	r->need = value + 1;
	if (find(all, n, dates, &date)) {
		r->picked[r->columns++] = date;
		r->need = date >= value ? date + 1 : r->need;
	}
	r->picked[r->columns++] = value;
	return true;
}

static int read_rows(struct reader *r)
{
	struct field line, f[2] = { { "", 0 }, { "", 0 } };
	bool first = true;
	int rc = 0;

	while (!rc && next_line(r, &line)) {
		unsigned n = fields(r, line, f);

		if (first && pick(r, line))
			;
		else if (first && n <= 2 && is_heading(f[n - 1]))
			r->columns = n;
		else
			rc = add_row(r, line, n, f);
		first = false;
	}
	return rc;
}

static void finish_times(struct reader *r, struct sim_metrics_from_csv *s)
{
	size_t skip = s->is_equity ? 1 : 0;

	s->start = SIM_TIME_NONE;
	s->start_day = SIM_METRICS_NO_DAY;
	if (!r->time)
		return;
	if (skip) {
		s->start = r->time[0];
		s->start_day = sim_time_day_of(s->start);
	}
	memmove(r->time, r->time + skip, s->n * sizeof(*r->time));
	s->time = r->time;
	s->day = sim_mem_array(s->n + 1, sizeof(*s->day));
	for (size_t i = 0; i < s->n; i++)
		s->day[i] = sim_time_day_of(s->time[i]);
	r->time = NULL;
}

static void finish(struct reader *r, bool is_equity,
		   struct sim_metrics_from_csv *out)
{
	struct sim_metrics_from_csv s = { .is_equity = is_equity };

	s.n = is_equity ? r->n - 1 : r->n;
	finish_times(r, &s);
	if (is_equity) {
		s.level = r->value;
		s.ret = sim_mem_array(r->n, sizeof(*s.ret));
		sim_metrics_returns(s.level, r->n, s.ret);
	} else {
		s.ret = r->value;
	}
	r->value = NULL;
	*out = s;
}

int sim_metrics_from_csv(const char *s, size_t len, bool is_equity,
			 struct sim_metrics_from_csv *out, struct sim_err *err)
{
	struct reader r = { .at = s, .end = s + len, .is_equity = is_equity,
			    .err = err };
	int rc;

	/* A byte order mark is not part of the first field. */
	if (len >= 3 && !memcmp(s, "\xef\xbb\xbf", 3))
		r.at += 3;
	rc = read_rows(&r);
	if (!rc && !r.n)
		rc = sim_err_set(err, SIM_E_DATA, "the input has no row; give "
				 "one value a line, with a date before it or "
				 "without");
	if (!rc && is_equity && !(r.value[0] > 0))
		rc = sim_err_set(err, SIM_E_DATA, "the first equity level is "
				 "%g; it must be above zero (are these "
				 "returns? then say --input returns)",
				 r.value[0]);
	if (!rc)
		finish(&r, is_equity, out);
	sim_mem_free(r.value);
	sim_mem_free(r.time);
	return rc;
}

void sim_metrics_from_csv_release(struct sim_metrics_from_csv *s)
{
	sim_mem_free(s->ret);
	sim_mem_free(s->level);
	sim_mem_free(s->time);
	sim_mem_free(s->day);
	*s = (struct sim_metrics_from_csv){ .n = 0 };
}

/* Level of the benchmark at t: the newest at or before it, else NaN. */
static double level_at(const struct sim_metrics_from_csv *b, size_t *at,
		       sim_time t)
{
	while (*at < b->n && b->time[*at] <= t)
		(*at)++;
	return *at || (b->start != SIM_TIME_NONE && b->start <= t) ?
	       b->level[*at] : NAN;
}

static void align_levels(const struct sim_metrics_from_csv *s,
			 const struct sim_metrics_from_csv *b, double *ret)
{
	size_t at = 0;
	double last = s->start == SIM_TIME_NONE ? NAN :
		      level_at(b, &at, s->start);

	for (size_t i = 0; i < s->n; i++) {
		double now = level_at(b, &at, s->time[i]);

		ret[i] = isnan(last) ? 0 : sim_stats_change(last, now);
		last = now;
	}
}

static int align_returns(const struct sim_metrics_from_csv *s,
			 const struct sim_metrics_from_csv *b, double *ret,
			 struct sim_err *err)
{
	char day[SIM_TIME_STRMAX];
	size_t at = 0;

	for (size_t i = 0; i < s->n; i++) {
		while (at < b->n && b->time[at] < s->time[i])
			at++;
		if (at == b->n || b->time[at] != s->time[i]) {
			sim_time_format_date(s->day[i], day);
			return sim_err_set(err, SIM_E_DATA, "the benchmark has "
				"no return for %s; give one for each date of "
				"the series", day);
		}
		ret[i] = b->ret[at];
	}
	return 0;
}

int sim_metrics_from_csv_align(const struct sim_metrics_from_csv *series,
			       const struct sim_metrics_from_csv *bench,
			       double *ret, struct sim_err *err)
{
	if (!series->time != !bench->time)
		return sim_err_set(err, SIM_E_DATA, "only the %s has dates; "
				   "give both dates or neither",
				   series->time ? "series" : "benchmark");
	if (series->time && bench->is_equity) {
		align_levels(series, bench, ret);
		return 0;
	}
	if (series->time)
		return align_returns(series, bench, ret, err);
	if (series->n != bench->n)
		return sim_err_set(err, SIM_E_DATA, "the benchmark has %zu "
				   "returns and the series %zu; without dates "
				   "they must be as many", bench->n,
				   series->n);
	if (series->n)
		memcpy(ret, bench->ret, series->n * sizeof(*ret));
	return 0;
}

int sim_metrics_from_csv_freq(const char *name, double *periods_per_year,
			      struct sim_err *err)
{
	static const struct {
		const char *name;
		double periods;
	} freqs[] = { { "daily", 252 }, { "fx", 260 }, { "crypto", 365 },
		      { "weekly", 52 }, { "monthly", 12 }, { "quarterly", 4 },
		      { "yearly", 1 } };

	for (size_t i = 0; i < sizeof(freqs) / sizeof(*freqs); i++) {
		if (strcmp(freqs[i].name, name))
			continue;
		*periods_per_year = freqs[i].periods;
		return 0;
	}
	return sim_err_set(err, SIM_E_INVAL, "there is no frequency '%.40s'; "
			   "use daily, fx, crypto, weekly, monthly, quarterly "
			   "or yearly", name);
}
