/*
 * actions: rows of text into splits and dividends.
 *
 * One reader per format fills a list; what they share (lines, fields, order,
 * duplicates) stands at the end.
 */
#include "market/actions.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

#define LINE_MAX_BYTES	256
#define FIELDS_MAX	4
#define SPLIT_DEN_MAX	100		/* q of a LEAN ratio p/q */
#define DIVIDEND_STEP	(SIM_DEC_ONE / 10000)

/* One row of a LEAN file. */
struct lean_row {
	int64_t day;
	double price, split, reference;
};

struct reader {
	const struct sim_calendar *cal;
	struct sim_err *err;
	int line;
	struct sim_action *a;
	size_t n, cap;
	struct lean_row prev;
	bool has_prev;
	bool has_rows;			/* a line that says something */
};

static int fail(struct reader *r, int column, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int fail(struct reader *r, int column, const char *fmt, ...)
{
	char msg[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return sim_err_set(r->err, SIM_E_DATA, "line %d, column %d: %s",
			   r->line, column, msg);
}

static int add(struct reader *r, const struct sim_action *a)
{
	if (r->n == SIM_ACTIONS_MAX)
		return fail(r, 1, "there are more than %d actions; that is no "
			    "file of one symbol", SIM_ACTIONS_MAX);
	SIM_MEM_GROW(r->a, r->cap, r->n + 1);
	r->a[r->n++] = *a;
	return SIM_OK;
}

/* -- fields ---------------------------------------------------------------- */

static int read_date(struct reader *r, const char *s, int64_t *day)
{
	enum sim_time_kind kind;
	sim_time t;

	if (sim_time_parse(s, strlen(s), &t, &kind, NULL) ||
	    kind != SIM_TIME_DATE)
		return fail(r, 1, "'%.40s' is not a date; write 2014-06-09",
			    s);
	*day = sim_time_day_of(t);
	return SIM_OK;
}

/* A plain number >= 0 of any length; fifteen digits count.  Written out here
 * because factors may have more decimals than sim_dec holds. */
static bool read_number(const char *s, double *out)
{
	int64_t m = 0;
	double scale = 1;
	int digits = 0;
	bool point = false;

	for (; *s; s++) {
		if (*s == '.' && !point) {
			point = true;
			continue;
		}
		if (*s < '0' || *s > '9' || digits > 60)
			return false;
		digits++;
		if (m < INT64_C(100000000000000)) {
			m = m * 10 + (*s - '0');
			scale = point ? scale * 10 : scale;
		} else if (!point) {
			return false;
		}
	}
	*out = (double)m / scale;
	return digits > 0;
}

/* -- LEAN ------------------------------------------------------------------ */

/* The nearest p/q with q <= SPLIT_DEN_MAX. */
static bool snap_ratio(double x, int32_t *num, int32_t *den)
{
	double best = 1;

	if (!(x > 1e-4 && x < 1e6))
		return false;
	for (int q = 1; q <= SPLIT_DEN_MAX; q++) {
		double p = (double)(int64_t)(x * q + 0.5);
		double miss = x - p / q < 0 ? p / q - x : x - p / q;

		/* Not a multiple of a smaller one that is as near. */
		if (p < 1 || miss > best - 1e-12)
			continue;
		best = miss;
		*num = (int32_t)p;
		*den = q;
	}
	return best < 1;
}

static int64_t ex_day(const struct sim_calendar *cal, int64_t day)
{
	struct sim_hours s;

	for (int64_t d = day + 1; d <= day + 14; d++)
		if (sim_calendar_day(cal, d, &s))
			return d;
	return day + 1;
}

/* What happened between two rows. */
static int lean_step(struct reader *r, const struct lean_row *a,
		     const struct lean_row *b)
{
	struct sim_action x = { .day = ex_day(r->cal, a->day), .num = 1,
				.den = 1 };
	double cash = a->reference * (1 - a->price / b->price);
	double steps = cash * 10000 + 0.5;

	if (!snap_ratio(b->split / a->split, &x.num, &x.den))
		return fail(r, 3, "a split of %g shares for one is out of "
			    "range; correct the split factor",
			    b->split / a->split);
	if (x.num != x.den) {
		int rc = add(r, &x);

		if (rc)
			return rc;
	}
	if (steps < 0 || steps > 1e13)
		return fail(r, 2, "the price factor falls to the next row; a "
			    "dividend can't be negative, so correct it");
	x.type = SIM_ACTION_DIVIDEND;
	x.num = x.den = 0;
	x.cash = (int64_t)steps * DIVIDEND_STEP;
	return x.cash > 0 ? add(r, &x) : SIM_OK;
}

static int lean_row(struct reader *r, char *const *f, int n)
{
	static const char *const names[] = { "price factor", "split factor",
					     "reference price" };
	struct lean_row row;
	double *const v[] = { &row.price, &row.split, &row.reference };
	int rc;

	if (n != 4)
		return fail(r, 1, "a factor file has 4 columns, this row %d; "
			    "write date,price factor,split factor,reference "
			    "price", n);
	rc = read_date(r, f[0], &row.day);
	if (rc)
		return rc;
	for (int i = 0; i < 3; i++)
		if (!read_number(f[i + 1], v[i]) || (i < 2 && *v[i] <= 0))
			return fail(r, i + 2, "'%.40s' is not a %s; write a "
				    "number above zero", f[i + 1], names[i]);
	if (r->has_prev && row.day <= r->prev.day)
		return fail(r, 1, "'%.40s' does not follow the date of the "
			    "row before; sort the rows", f[0]);
	if (r->has_prev)
		rc = lean_step(r, &r->prev, &row);
	r->prev = row;
	r->has_prev = true;
	return rc;
}

/* -- plain ----------------------------------------------------------------- */

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t t = a % b;

		a = b;
		b = t;
	}
	return a;
}

/* "7", "7/1", "7:1", "1.5", "0.125" as a fraction in lowest terms. */
static bool read_ratio(const char *s, struct sim_action *x)
{
	size_t n = strcspn(s, "/:");
	sim_dec a, b = SIM_DEC_ONE;
	int64_t d;

	if (sim_dec_parse(s, n, &a, NULL) ||
	    (s[n] && sim_dec_parse(s + n + 1, strlen(s + n + 1), &b, NULL)) ||
	    a <= 0 || b <= 0)
		return false;
	d = gcd(a, b);
	if (a / d > INT32_MAX || b / d > INT32_MAX)
		return false;
	x->num = (int32_t)(a / d);
	x->den = (int32_t)(b / d);
	return true;
}

static int plain_row(struct reader *r, char *const *f, int n)
{
	struct sim_action x = { .type = SIM_ACTION_SPLIT };
	int rc;

	if (n != 3)
		return fail(r, 1, "a row of actions has 3 columns, this one "
			    "%d; write date,type,value", n);
	if (!r->has_rows && sim_str_eq_nocase(f[0], "date"))
		return SIM_OK;
	rc = read_date(r, f[0], &x.day);
	if (rc)
		return rc;
	if (sim_str_eq_nocase(f[1], "split")) {
		if (!read_ratio(f[2], &x) || x.num == x.den)
			return fail(r, 3, "'%.40s' is not a split ratio; "
				    "write the new shares for one old, such "
				    "as 7 or 3/2", f[2]);
		return add(r, &x);
	}
	if (!sim_str_eq_nocase(f[1], "dividend"))
		return fail(r, 2, "'%.40s' is not a type of action; write "
			    "split or dividend", f[1]);
	x.type = SIM_ACTION_DIVIDEND;
	if (sim_dec_parse(f[2], strlen(f[2]), &x.cash, NULL) || x.cash <= 0)
		return fail(r, 3, "'%.40s' is not an amount; write the cash "
			    "per share, such as 0.47", f[2]);
	return add(r, &x);
}

/* -- lines ----------------------------------------------------------------- */

static char *trim(char *s)
{
	size_t n;

	while (*s == ' ' || *s == '\t')
		s++;
	n = strlen(s);
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
		s[--n] = '\0';
	return s;
}

/* Fields in place; more than FIELDS_MAX are counted but not kept. */
static int split_line(char *line, char **f)
{
	int n = 0;

	for (char *rest = line; rest; n++) {
		char *field = sim_str_sep(&rest, ',');

		if (n < FIELDS_MAX)
			f[n] = trim(field);
	}
	return n;
}

static bool is_lean_date(const char *s)
{
	return strspn(s, "0123456789") == 8 && s[8] == '\0';
}

static int read_line(struct reader *r, char *line,
		     enum sim_actions_format *format)
{
	char *f[FIELDS_MAX] = { NULL };
	int n, rc;

	line = trim(line);
	if (!*line || *line == '#')
		return SIM_OK;
	n = split_line(line, f);
	if (*format == SIM_ACTIONS_AUTO)
		*format = n == 4 && is_lean_date(f[0]) ? SIM_ACTIONS_LEAN :
							 SIM_ACTIONS_PLAIN;
	rc = *format == SIM_ACTIONS_LEAN ? lean_row(r, f, n) :
					   plain_row(r, f, n);
	r->has_rows = true;
	return rc;
}

static int read_lines(struct reader *r, struct sim_actions_text text,
		      enum sim_actions_format *format)
{
	const char *p = text.s, *end = text.s + text.len;

	if (text.len >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
		p += 3;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((nl ? nl : end) - p);
		char line[LINE_MAX_BYTES];
		int rc;

		r->line++;
		if (n >= sizeof(line) || memchr(p, '\0', n))
			return fail(r, 1, "this is no line of text of at most "
				    "%d bytes; is this the right file?",
				    LINE_MAX_BYTES - 1);
		memcpy(line, p, n);
		line[n] = '\0';
		rc = read_line(r, line, format);
		if (rc)
			return rc;
		p = nl ? nl + 1 : end;
	}
	return SIM_OK;
}

static int by_day(const void *a, const void *b)
{
	const struct sim_action *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->type > y->type) - (x->type < y->type);
}

static int settle(struct reader *r)
{
	char day[16];

	if (r->n)
		qsort(r->a, r->n, sizeof(*r->a), by_day);
	for (size_t i = 1; i < r->n; i++) {
		if (by_day(&r->a[i - 1], &r->a[i]))
			continue;
		sim_time_format_date(r->a[i].day, day);
		return sim_err_set(r->err, SIM_E_DATA,
				   "there are two %s on %s; join them in one "
				   "row", r->a[i].type == SIM_ACTION_SPLIT ?
				   "splits" : "dividends", day);
	}
	return SIM_OK;
}

int sim_actions_parse(struct sim_actions_text text,
		      enum sim_actions_format *format,
		      const struct sim_calendar *cal, struct sim_action **out,
		      size_t *n, struct sim_err *err)
{
	enum sim_actions_format found = *format;
	struct reader r = { .cal = cal, .err = err };
	int rc = read_lines(&r, text, &found);

	if (!rc && !r.n && !r.has_prev)
		rc = sim_err_set(err, SIM_E_DATA, "there are no rows of actions"
				 " in it; data actions rm SYMBOL removes what"
				 " is recorded");
	if (!rc)
		rc = settle(&r);
	if (rc) {
		sim_mem_free(r.a);
		return rc;
	}
	*out = r.a;
	*n = r.n;
	*format = found;
	return SIM_OK;
}
