/*
 * bar_csv: every row, by the portable path.
 *
 * This file decides what a row means; the vector path (bar_csv_fast.c) only
 * reads rows it can read to the same end, and hands the others here.
 */
#include "market/bar_csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "market/bar_csv_priv.h"
#include "util/mem.h"
#include "util/str.h"

const struct sim_bar_csv_role_row sim_bar_csv_roles[SIM_BAR_CSV__ROLES] = {
#define SIM_BAR_CSV_ROLE(name, key, text, headers) { key, text, headers },
#include "market/bar_csv_role.def"
#undef SIM_BAR_CSV_ROLE
};

static const char *const format_text[] = {
#define SIM_BAR_CSV_FORMAT(name, text, what) text,
#include "market/bar_csv_format.def"
#undef SIM_BAR_CSV_FORMAT
};

const char *sim_bar_csv_format_text(enum sim_bar_csv_format f)
{
	return format_text[f];
}

int sim_bar_csv_format_parse(const char *s, enum sim_bar_csv_format *f,
			     struct sim_err *err)
{
	for (int i = 0; i < SIM_BAR_CSV_FORMAT__COUNT; i++) {
		if (strcmp(s, format_text[i]))
			continue;
		*f = (enum sim_bar_csv_format)i;
		return SIM_OK;
	}
	return sim_err_set(err, SIM_E_INVAL, "'%.32s' is not a format; use "
			   "auto, generic, yahoo, lean or ndjson", s);
}

const char *const sim_bar_csv_dates_words[] = { "ymd", "dmy", "mdy", NULL };

int sim_bar_csv_dates_parse(const char *s, enum sim_bar_csv_dates *d,
			    struct sim_err *err)
{
	for (int i = 0; i < SIM_BAR_CSV_DATES__COUNT; i++) {
		if (strcmp(s, sim_bar_csv_dates_words[i]))
			continue;
		*d = (enum sim_bar_csv_dates)i;
		return SIM_OK;
	}
	return sim_err_set(err, SIM_E_INVAL, "'%.32s' is not an order of "
			   "dates; use ymd, dmy or mdy", s);
}

static size_t squeeze(const char *s, size_t n, char out[32])
{
	size_t k = 0;

	for (size_t i = 0; i < n && k < 31; i++) {
		char c = s[i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			out[k++] = c;
	}
	out[k] = '\0';
	return k;
}

/* The place of a word in a list of words with blanks between, or -1. */
static int place_in(const char *list, const char *word, size_t n)
{
	for (int k = 0; *list; k++) {
		size_t len = strcspn(list, " ");

		if (len == n && !memcmp(list, word, n))
			return k;
		list += len + (list[len] == ' ');
	}
	return -1;
}

int sim_bar_csv_role_rank(int role, const char *s, size_t n)
{
	char word[32];
	size_t k = squeeze(s, n, word);

	return k ? place_in(sim_bar_csv_roles[role].headers, word, k) : -1;
}

void sim_bar_csv_release(struct sim_bar_csv_result *r)
{
	struct sim_bar_csv_result empty = SIM_BAR_CSV_RESULT_INIT;

	sim_bar_table_release(&r->bars);
	sim_mem_free(r->jumps);
	*r = empty;
}

void sim_bar_csv_reset(struct sim_bar_csv_result *r)
{
	struct sim_bar_csv_result empty = SIM_BAR_CSV_RESULT_INIT;

	empty.bars = r->bars;
	empty.bars.n = 0;
	empty.bars.gap = 0;
	empty.jumps = r->jumps;
	empty.jump_cap = r->jump_cap;
	*r = empty;
}

size_t sim_bar_csv_line_of(const struct sim_bar_csv_result *r, size_t row)
{
	size_t lo = 0, hi = r->jump_count;

	/* The last jump at or before the row. */
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->jumps[mid].row <= row)
			lo = mid;
		else
			hi = mid;
	}
	return hi ? r->jumps[lo].line + (row - r->jumps[lo].row) : 0;
}

void sim_bar_csv_mark_line(struct bar_csv_ctx *c)
{
	struct sim_bar_csv_result *r = c->out;

	if (c->line != c->next_line) {
		SIM_MEM_GROW(r->jumps, r->jump_cap, r->jump_count + 1);
		r->jumps[r->jump_count].row = r->bars.n;
		r->jumps[r->jump_count++].line = c->line;
	}
	c->next_line = c->line + 1;
}

int sim_bar_csv_bad(struct bar_csv_ctx *c, int role, const char *fmt, ...)
{
	char why[256], where[SIM_BAR_CSV_NAMEMAX + 40] = "";
	struct sim_err e = SIM_ERR_INIT;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	if (role >= 0 && c->lay->name[role][0])
		snprintf(where, sizeof(where), ", column %d (%s)",
			 c->lay->col[role] + 1, c->lay->name[role]);
	else if (role >= 0)
		snprintf(where, sizeof(where), ", column %d (%s)",
			 c->lay->col[role] + 1, sim_bar_csv_roles[role].text);
	sim_err_set(&e, SIM_E_DATA, "%.120s, line %zu%s: %s", c->in->name,
		    c->line, where, why);
	if (c->in->bad != SIM_BAR_CSV_SKIP)
		return sim_err_set(c->err, SIM_E_DATA, "%.400s; correct it, or "
				   "import the file with --skip-bad, which "
				   "leaves such rows out", e.msg);
	if (!c->out->skipped++)
		memcpy(c->out->first_bad, e.msg, sizeof(e.msg));
	return SIM_OK;
}

/* ---- splitting ---------------------------------------------------------- */

static struct bar_csv_field trim(const char *s, const char *e)
{
	while (s < e && *s == ' ')
		s++;
	while (s < e && e[-1] == ' ')
		e--;
	return (struct bar_csv_field){ s, (size_t)(e - s) };
}

/* A quoted field at s: its inside; *next behind the closing quote. */
static bool quoted(const char *s, const char *e, struct bar_csv_field *f,
		   const char **next)
{
	const char *q = memchr(s + 1, '"', (size_t)(e - s) - 1);

	while (q && q + 1 < e && q[1] == '"')
		q = memchr(q + 2, '"', (size_t)(e - q) - 2);
	if (!q)
		return false;
	*f = trim(s + 1, q);
	for (*next = q + 1; *next < e && **next == ' '; (*next)++)
		;
	return true;
}

int sim_bar_csv_split(const char *s, const char *e, char delim,
		      struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX])
{
	int n = 0;

	for (;;) {
		struct bar_csv_field one;
		const char *end;

		while (s < e && *s == ' ')
			s++;
		if (s < e && *s == '"') {
			if (!quoted(s, e, &one, &end) ||
			    (end < e && *end != delim))
				return -1;
		} else {
			end = s < e ? memchr(s, delim, (size_t)(e - s)) : NULL;
			end = end ? end : e;
			one = trim(s, end);
		}
		if (n < SIM_BAR_CSV_COLUMNS_MAX)
			f[n] = one;
		n++;
		if (end == e)
			return n;
		s = end + 1;
	}
}

/* ---- values ------------------------------------------------------------- */

static void note_decimals(struct bar_csv_ctx *c, struct bar_csv_field f)
{
	const char *dot = memchr(f.s, '.', f.n);
	int n = dot ? (int)(f.s + f.n - dot) - 1 : 0;

	n = n + c->lay->shift > 8 ? 8 : n + c->lay->shift;
	if (n > c->out->price_decimals)
		c->out->price_decimals = n;
}

/* Returns false when the row is bad; *rc says whether that ends it. */
static bool read_value(struct bar_csv_ctx *c, int role, struct bar_csv_field f,
		       sim_dec *out, int *rc)
{
	struct sim_err why = SIM_ERR_INIT;
	sim_dec v;

	if (role == SIM_BAR_CSV_VOLUME && !f.n) {
		*out = 0;
		return true;
	}
	if (sim_dec_parse(f.s, f.n, &v, &why)) {
		*rc = sim_bar_csv_bad(c, role, "%.200s", why.msg);
		return false;
	}
	if (role == SIM_BAR_CSV_VOLUME) {
		*out = v;
		return true;
	}
	if (v % c->divisor) {
		*rc = sim_bar_csv_bad(c, role, "%.*s divided by the scale has "
				      "more than eight decimals", (int)f.n,
				      f.s);
		return false;
	}
	note_decimals(c, f);
	*out = v / c->divisor;
	return true;
}

static bool one_hour(const struct sim_tz *tz, sim_time hour, sim_time *offset)
{
	sim_time a[2], b[2];
	sim_time last = hour + SIM_TIME_HOUR - 1;

	if (sim_tz_resolve(tz, hour, a) != 1 ||
	    sim_tz_resolve(tz, last, b) != 1 || hour - a[0] != last - b[0])
		return false;
	*offset = hour - a[0];
	return true;
}

int sim_bar_csv_resolve(struct bar_csv_ctx *c, sim_time *t)
{
	sim_time into = *t % SIM_TIME_HOUR, u[2], hour;
	char when[SIM_TIME_STRMAX];
	int n, pick = 0;

	hour = *t - (into < 0 ? into + SIM_TIME_HOUR : into);
	if (hour == c->hour ||
	    one_hour(c->in->tz, hour, &c->hour_offset)) {
		c->hour = hour;
		*t -= c->hour_offset;
		return SIM_OK;
	}
	c->hour = SIM_TIME_NONE;
	n = sim_tz_resolve(c->in->tz, *t, u);
	if (!n) {
		sim_time_format(*t, when);
		when[strlen(when) - 1] = '\0';
		*t = SIM_TIME_NONE;
		return sim_bar_csv_bad(c, SIM_BAR_CSV_TIME,
				       "%s never happened in that time zone "
				       "(clocks went forward)", when);
	}
	if (n == 2 && c->lay->newest_first)
		pick = !(c->has_prev && u[1] >= c->prev);
	else if (n == 2)
		pick = c->has_prev && u[0] <= c->prev;
	*t = u[pick];
	return SIM_OK;
}

/* ---- rows --------------------------------------------------------------- */

static int check_order(struct bar_csv_ctx *c, sim_time t, bool *fine)
{
	char now[SIM_TIME_STRMAX], last[SIM_TIME_STRMAX];

	*fine = !c->has_prev || (c->lay->newest_first ? t < c->prev
						      : t > c->prev);
	if (*fine)
		return SIM_OK;
	sim_time_format(t, now);
	sim_time_format(c->prev, last);
	if (t == c->prev)
		return sim_bar_csv_bad(c, SIM_BAR_CSV_TIME,
				       "the time %s stands there twice", now);
	return sim_bar_csv_bad(c, SIM_BAR_CSV_TIME,
			       "the time %s is out of order after %s", now,
			       last);
}

static int bad_pair(struct bar_csv_ctx *c, int role, const sim_dec v[5],
		    int a, int b, const char *how)
{
	const struct sim_bar_csv_role_row *of =
		&sim_bar_csv_roles[SIM_BAR_CSV_OPEN];
	char x[SIM_DEC_STRMAX], y[SIM_DEC_STRMAX];

	sim_dec_format(v[a], 0, x);
	sim_dec_format(v[b], 0, y);
	return sim_bar_csv_bad(c, role, "the %s %s is %s the %s %s", of[a].text,
			       x, how, of[b].text, y);
}

enum { O, H, L, C, V };

static int check_prices(struct bar_csv_ctx *c, const sim_dec v[5], bool *fine)
{
	char x[SIM_DEC_STRMAX];

	*fine = false;
	for (int i = O; i <= C; i++) {
		if (v[i] > 0)
			continue;
		sim_dec_format(v[i], 0, x);
		return sim_bar_csv_bad(c, SIM_BAR_CSV_OPEN + i,
				       "the price %s is not above zero", x);
	}
	if (v[V] < 0) {
		sim_dec_format(v[V], 0, x);
		return sim_bar_csv_bad(c, SIM_BAR_CSV_VOLUME,
				       "the volume %s is below zero", x);
	}
	if (v[H] < v[L])
		return bad_pair(c, SIM_BAR_CSV_HIGH, v, H, L, "below");
	for (int i = O; i <= C; i += C) {
		if (v[i] > v[H])
			return bad_pair(c, SIM_BAR_CSV_HIGH, v, H, i, "below");
		if (v[i] < v[L])
			return bad_pair(c, SIM_BAR_CSV_LOW, v, L, i, "above");
	}
	*fine = true;
	return SIM_OK;
}

int sim_bar_csv_row(struct bar_csv_ctx *c, sim_time t, const sim_dec v[5])
{
	struct sim_bar bar = { t, v[O], v[H], v[L], v[C], v[V] };
	bool fine = true;
	int rc = SIM_OK;

	if (c->in->bad != SIM_BAR_CSV_KEEP) {
		rc = check_order(c, t, &fine);
		if (fine)
			rc = check_prices(c, v, &fine);
	}
	if (rc || !fine)
		return rc;
	if (c->out->bars.n >= SIM_BAR_CSV_ROWS_MAX)
		return sim_err_set(c->err, SIM_E_DATA, "%.120s has more than "
				   "%zu rows, the most that is read; split it",
				   c->in->name, SIM_BAR_CSV_ROWS_MAX);
	sim_bar_csv_mark_line(c);
	sim_bar_table_add(&c->out->bars, &bar, 0);
	c->prev = t;
	c->has_prev = true;
	return SIM_OK;
}

static int read_time(struct bar_csv_ctx *c, struct bar_csv_field f,
		     struct bar_csv_field clock, sim_time *t)
{
	struct sim_err why = SIM_ERR_INIT;

	*t = SIM_TIME_NONE;
	if (sim_bar_csv_time(c->lay, f, clock, t, &why))
		return sim_bar_csv_bad(c, SIM_BAR_CSV_TIME, "%.200s", why.msg);
	if (c->in->tz && c->lay->kind == SIM_TIME_NAIVE)
		return sim_bar_csv_resolve(c, t);
	return SIM_OK;
}

static int split_error(struct bar_csv_ctx *c, int n)
{
	if (n < 0)
		return sim_bar_csv_bad(c, -1, "a quoted field doesn't end at "
				       "a delimiter");
	return sim_bar_csv_bad(c, -1, "%d column%s where %d were expected", n,
			       n == 1 ? "" : "s", c->lay->columns);
}

static int csv_line(struct bar_csv_ctx *c, const char *s, const char *e)
{
	struct bar_csv_field f[SIM_BAR_CSV_COLUMNS_MAX], clock = { s, 0 };
	const int *col = c->lay->col;
	sim_dec v[5] = { 0, 0, 0, 0, 0 };
	int rc, n = sim_bar_csv_split(s, e, c->lay->delim, f);
	sim_time t;

	if (n != c->lay->columns)
		return split_error(c, n);
	if (col[SIM_BAR_CSV_CLOCK] >= 0)
		clock = f[col[SIM_BAR_CSV_CLOCK]];
	rc = read_time(c, f[col[SIM_BAR_CSV_TIME]], clock, &t);
	if (rc || t == SIM_TIME_NONE)
		return rc;
	for (int i = O; i <= V; i++) {
		int role = SIM_BAR_CSV_OPEN + i;

		if (col[role] >= 0 &&
		    !read_value(c, role, f[col[role]], &v[i], &rc))
			return rc;
	}
	return sim_bar_csv_row(c, t, v);
}

static bool is_blank(const char *s, const char *e)
{
	while (s < e && (*s == ' ' || *s == '\t'))
		s++;
	return s == e;
}

int sim_bar_csv_line(struct bar_csv_ctx *c, const char *s, const char *e)
{
	int rc = SIM_OK;

	if (e > s && e[-1] == '\r')
		e--;
	if (!is_blank(s, e)) {
		c->out->rows++;
		if ((size_t)(e - s) > SIM_BAR_CSV_LINE_MAX)
			rc = sim_bar_csv_bad(c, -1, "the line has %zu bytes, "
					     "more than %d", (size_t)(e - s),
					     SIM_BAR_CSV_LINE_MAX);
		else if (c->lay->format == SIM_BAR_CSV_FORMAT_NDJSON)
			rc = sim_bar_csv_ndjson(c, s, e);
		else
			rc = csv_line(c, s, e);
	}
	c->line++;
	return rc;
}

/* ---- the whole ---------------------------------------------------------- */

static int every_line(struct bar_csv_ctx *c)
{
	const char *text = c->in->text, *end = text + c->in->len;
	size_t at = c->lay->start;
	bool fast = !c->in->portable && sim_bar_csv_fast_usable(c);
	int rc = SIM_OK;

	while (!rc && at < c->in->len) {
		const char *s = text + at, *e;

		e = memchr(s, '\n', (size_t)(end - s));
		rc = sim_bar_csv_line(c, s, e ? e : end);
		at = e ? (size_t)(e - text) + 1 : c->in->len;
		if (!rc && fast)
			rc = sim_bar_csv_fast(c, &at);
	}
	return rc;
}

#define REVERSE(column, n) do { \
	for (size_t i_ = 0; i_ < (n) / 2; i_++) { \
		int64_t x_ = (column)[i_]; \
		(column)[i_] = (column)[(n) - 1 - i_]; \
		(column)[(n) - 1 - i_] = x_; \
	} \
} while (0)

/* Oldest first; the rows' lines then count down, one jump a row. */
static void turn_round(struct sim_bar_csv_result *r)
{
	struct sim_bar_table *t = &r->bars;
	struct sim_bar_csv_jump *jumps;

	jumps = sim_mem_array(t->n + 1, sizeof(*jumps));
	for (size_t i = 0; i < t->n; i++) {
		jumps[i].row = i;
		jumps[i].line = sim_bar_csv_line_of(r, t->n - 1 - i);
	}
	sim_mem_free(r->jumps);
	r->jumps = jumps;
	r->jump_count = r->jump_cap = t->n;
	REVERSE(t->ts, t->n);
	REVERSE(t->open, t->n);
	REVERSE(t->high, t->n);
	REVERSE(t->low, t->n);
	REVERSE(t->close, t->n);
	REVERSE(t->volume, t->n);
}

static int no_rows(struct bar_csv_ctx *c)
{
	if (c->out->skipped)
		return sim_err_set(c->err, SIM_E_DATA, "every row is bad; %s",
				   c->out->first_bad);
	return sim_err_set(c->err, SIM_E_DATA, "%.120s holds no rows; a file "
			   "of bars has one a line", c->in->name);
}

int sim_bar_csv_parse(const struct sim_bar_csv_input *in,
		      const struct sim_bar_csv_layout *lay,
		      struct sim_bar_csv_result *out, struct sim_err *err)
{
	struct bar_csv_ctx c = {
		.in = in, .lay = lay, .out = out, .err = err,
		.line = lay->first_line, .hour = SIM_TIME_NONE, .divisor = 1
	};
	int rc;

	for (int i = 0; i < lay->shift; i++)
		c.divisor *= 10;
	out->bars.has_volume = lay->col[SIM_BAR_CSV_VOLUME] >= 0;
	rc = every_line(&c);
	if (!rc && !out->bars.n)
		rc = no_rows(&c);
	if (rc) {
		sim_bar_csv_release(out);
		return rc;
	}
	if (lay->newest_first)
		turn_round(out);
	return SIM_OK;
}
