/*
 * tz: a zone is a sorted list of moments from which an offset holds.
 *
 * The rule for the years to come (a TZif footer, or the built-in New York
 * rule) is written out up to the end of sim_time when a zone is opened, so a
 * question is one binary search.
 * Sources: RFC 8536 (TZif), POSIX.1-2017 8.3 (TZ), the Uniform Time Act of
 * 1966 with its changes of 1973, 1974, 1986 and 2005 (New York).
 */
#include "util/tz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

#define FILE_MAX	((size_t)1 << 20)
#define NAME_MAX_LEN	64
#define FIRST_YEAR	1678		/* the years that sim_time reaches */
#define LAST_YEAR	2262
#define OFFSET_MAX_S	(26 * 3600)

struct change {
	sim_time at;
	int offset_s;			/* east of UTC, from then on */
};

struct sim_tz {
	struct change *changes;		/* ascending */
	size_t n, cap;
	int before_s;			/* the offset before the first */
};

/* Append; a change at the time of the last one replaces it. */
static void add_change(struct sim_tz *z, sim_time at, int offset_s)
{
	if (z->n && z->changes[z->n - 1].at == at)
		z->n--;
	SIM_MEM_GROW(z->changes, z->cap, z->n + 1);
	z->changes[z->n++] = (struct change){ at, offset_s };
}

/* -- rules for every year ---------------------------------------------- */

enum day_kind { DAY_NTH, DAY_NOLEAP, DAY_OF_YEAR };

struct rule_day {
	enum day_kind kind;
	int month, week, weekday;	/* DAY_NTH; week 5 is the last */
	int day;			/* the other two */
	int at_s;			/* local time of the change */
};

struct rule {
	int std_s, dst_s;		/* offsets east of UTC */
	bool has_dst;
	struct rule_day start, end;	/* of daylight saving */
};

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t nth_weekday(int year, const struct rule_day *r)
{
	int64_t first = sim_time_days(year, r->month, 1), day, next;

	day = first + (r->weekday - sim_time_weekday(first) + 7) % 7 +
	      7 * (r->week - 1);
	next = r->month == 12 ? sim_time_days(year + 1, 1, 1)
			      : sim_time_days(year, r->month + 1, 1);
	return day < next ? day : day - 7;
}

static int64_t rule_days(int year, const struct rule_day *r)
{
	int64_t first = sim_time_days(year, 1, 1);

	switch (r->kind) {
	case DAY_NTH:
		return nth_weekday(year, r);
	case DAY_NOLEAP:
		return first + r->day - 1 + (is_leap(year) && r->day >= 60);
	case DAY_OF_YEAR:
		return first + r->day;
	}
	SIM_BUG("a rule of no kind");
}

/* The instant of a change; false when it is out of sim_time's range. */
static bool rule_time(int year, const struct rule_day *r, int offset_s,
		      sim_time *out)
{
	int64_t sec = rule_days(year, r) * 86400 + r->at_s - offset_s;

	return !__builtin_mul_overflow(sec, SIM_TIME_SEC, out);
}

/* Both changes of a year, as far as they come after the last known one. */
static void add_year(struct sim_tz *z, const struct rule *r, int year,
		     sim_time after)
{
	sim_time start = SIM_TIME_MAX, end = SIM_TIME_MAX, t;
	int offset_s, i;
	bool dst;

	if (!rule_time(year, &r->start, r->std_s, &start) ||
	    !rule_time(year, &r->end, r->dst_s, &end))
		return;
	for (i = 0; i < 2; i++) {
		dst = (start <= end) == (i == 0);
		t = dst ? start : end;
		offset_s = dst ? r->dst_s : r->std_s;
		if (t > after)
			add_change(z, t, offset_s);
	}
}

static void add_rule(struct sim_tz *z, const struct rule *r, int first_year)
{
	sim_time after = z->n ? z->changes[z->n - 1].at : SIM_TIME_NONE;
	int year;

	if (!r->has_dst)
		return;
	for (year = first_year; year <= LAST_YEAR; year++)
		add_year(z, r, year, after);
}

/* -- New York ---------------------------------------------------------- */

/* Daylight saving by law: from this year's rule until the next row's. */
static const struct {
	int year, start_month, start_week, start_weekday, end_month, end_week;
} new_york[] = {
	{ 1967, 4, 5, 0, 10, 5 },	/* last Sunday to last Sunday */
	{ 1974, 1, 1, 0, 10, 5 },	/* January 6: the oil crisis */
	{ 1975, 2, 4, 0, 10, 5 },	/* February 23 */
	{ 1976, 4, 5, 0, 10, 5 },
	{ 1987, 4, 1, 0, 10, 5 },	/* first Sunday of April */
	{ 2007, 3, 2, 0, 11, 1 },	/* second of March, first of November */
};
#define NEW_YORK_ROWS (sizeof(new_york) / sizeof(new_york[0]))

static void build_new_york(struct sim_tz *z)
{
	struct rule r = { .std_s = -5 * 3600, .dst_s = -4 * 3600,
			  .has_dst = true };
	size_t i = 0;
	int year;

	z->before_s = r.std_s;
	for (year = new_york[0].year; year <= LAST_YEAR; year++) {
		if (i + 1 < NEW_YORK_ROWS && new_york[i + 1].year == year)
			i++;
		r.start = (struct rule_day){
			.month = new_york[i].start_month,
			.week = new_york[i].start_week,
			.weekday = new_york[i].start_weekday, .at_s = 7200,
		};
		r.end = (struct rule_day){
			.month = new_york[i].end_month,
			.week = new_york[i].end_week, .at_s = 7200,
		};
		add_year(z, &r, year, SIM_TIME_NONE);
	}
}

/* -- POSIX TZ ---------------------------------------------------------- */

/* At least three letters, or anything in <>. */
static bool skip_name(const char **s)
{
	const char *p = *s, *end;

	if (*p == '<') {
		end = strchr(p, '>');
		if (!end)
			return false;
		*s = end + 1;
		return true;
	}
	while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'))
		p++;
	if (p - *s < 3)
		return false;
	*s = p;
	return true;
}

static bool number(const char **s, int lo, int hi, int *out)
{
	const char *p = *s;
	int v = 0;

	while (*p >= '0' && *p <= '9' && v <= hi)
		v = v * 10 + (*p++ - '0');
	if (p == *s || v < lo || v > hi)
		return false;
	*s = p;
	*out = v;
	return true;
}

/* [+-]h[:mm[:ss]] in seconds. */
static bool clock_time(const char **s, int *out)
{
	bool neg = **s == '-';
	int h, m = 0, sec = 0;

	if (**s == '-' || **s == '+')
		(*s)++;
	if (!number(s, 0, 167, &h))
		return false;
	if (**s == ':') {
		(*s)++;
		if (!number(s, 0, 59, &m))
			return false;
	}
	if (**s == ':') {
		(*s)++;
		if (!number(s, 0, 59, &sec))
			return false;
	}
	*out = (neg ? -1 : 1) * (h * 3600 + m * 60 + sec);
	return true;
}

static bool skip_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

/* ,Mm.w.d or ,Jn or ,n, each with an optional /time. */
static bool change_day(const char **s, struct rule_day *r)
{
	bool ok;

	*r = (struct rule_day){ .at_s = 7200 };
	if (!skip_char(s, ','))
		return false;
	if (skip_char(s, 'M')) {
		r->kind = DAY_NTH;
		ok = number(s, 1, 12, &r->month) && skip_char(s, '.') &&
		     number(s, 1, 5, &r->week) && skip_char(s, '.') &&
		     number(s, 0, 6, &r->weekday);
	} else if (skip_char(s, 'J')) {
		r->kind = DAY_NOLEAP;
		ok = number(s, 1, 365, &r->day);
	} else {
		r->kind = DAY_OF_YEAR;
		ok = number(s, 0, 365, &r->day);
	}
	if (ok && skip_char(s, '/'))
		ok = clock_time(s, &r->at_s);
	return ok;
}

static bool parse_rule(const char *s, struct rule *r)
{
	int west_s;

	*r = (struct rule){ .has_dst = false };
	if (!skip_name(&s) || !clock_time(&s, &west_s))
		return false;
	r->std_s = -west_s;
	if (!*s)
		return true;
	r->has_dst = true;
	r->dst_s = r->std_s + 3600;
	if (!skip_name(&s))
		return false;
	if (*s && *s != ',') {
		if (!clock_time(&s, &west_s))
			return false;
		r->dst_s = -west_s;
	}
	return change_day(&s, &r->start) && change_day(&s, &r->end) && !*s;
}

/* -- TZif -------------------------------------------------------------- */

struct tzif {
	const unsigned char *p, *end;
	uint32_t isut, isstd, leap, times, types, chars;
};
#define HEADER_SIZE 44

static uint64_t big_endian(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* A signed number of 4 or 8 bytes. */
static int64_t big_signed(const unsigned char *p, int bytes)
{
	uint64_t v = big_endian(p, bytes);

	return bytes == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

/* The counts at f->p, which moves behind the header. */
static bool read_header(struct tzif *f, int *version)
{
	if (f->end - f->p < HEADER_SIZE || memcmp(f->p, "TZif", 4) != 0)
		return false;
	*version = f->p[4] ? f->p[4] - '0' : 1;
	f->isut = (uint32_t)big_endian(f->p + 20, 4);
	f->isstd = (uint32_t)big_endian(f->p + 24, 4);
	f->leap = (uint32_t)big_endian(f->p + 28, 4);
	f->times = (uint32_t)big_endian(f->p + 32, 4);
	f->types = (uint32_t)big_endian(f->p + 36, 4);
	f->chars = (uint32_t)big_endian(f->p + 40, 4);
	f->p += HEADER_SIZE;
	/* No file of FILE_MAX bytes can hold more. */
	return f->isut <= FILE_MAX && f->isstd <= FILE_MAX &&
	       f->leap <= FILE_MAX && f->times <= FILE_MAX &&
	       f->types <= 256 && f->types > 0 && f->chars <= FILE_MAX;
}

static size_t block_size(const struct tzif *f, size_t time_bytes)
{
	return f->times * (time_bytes + 1) + f->types * (size_t)6 + f->chars +
	       f->leap * (time_bytes + 4) + f->isstd + f->isut;
}

static bool type_offset(const struct tzif *f, const unsigned char *types,
			unsigned type, int *offset_s)
{
	int64_t v;

	if (type >= f->types)
		return false;
	v = big_signed(types + 6 * (size_t)type, 4);
	if (v > OFFSET_MAX_S || v < -OFFSET_MAX_S)
		return false;
	*offset_s = (int)v;
	return true;
}

/* Moments outside of sim_time move to its ends. */
static sim_time clamp_time(int64_t sec)
{
	if (sec > SIM_TIME_MAX / SIM_TIME_SEC)
		return SIM_TIME_MAX;
	if (sec < SIM_TIME_NONE / SIM_TIME_SEC)
		return SIM_TIME_NONE;
	return sec * SIM_TIME_SEC;
}

/* The block at f->p, which moves behind it. */
static bool read_block(struct tzif *f, int time_bytes, struct sim_tz *z)
{
	const unsigned char *times = f->p, *index, *types;
	int64_t before = INT64_MIN, sec;
	size_t i;
	int offset_s;

	/* Leap seconds have no place in sim_time. */
	if (f->leap || block_size(f, (size_t)time_bytes) >
		       (size_t)(f->end - f->p))
		return false;
	index = times + f->times * (size_t)time_bytes;
	types = index + f->times;
	if (!type_offset(f, types, 0, &z->before_s))
		return false;
	for (i = 0; i < f->times; i++) {
		sec = big_signed(times + i * (size_t)time_bytes, time_bytes);
		if ((i && sec <= before) ||
		    !type_offset(f, types, index[i], &offset_s))
			return false;
		add_change(z, clamp_time(sec), offset_s);
		before = sec;
	}
	f->p += block_size(f, (size_t)time_bytes);
	return true;
}

/* The line "\nRULE\n" after the second block; empty says nothing. */
static bool read_footer(struct tzif *f, struct sim_tz *z)
{
	const unsigned char *end;
	struct rule rule;
	char text[128];
	size_t n;
	int year = FIRST_YEAR, month, day;

	if (f->p == f->end || *f->p++ != '\n')
		return false;
	end = memchr(f->p, '\n', (size_t)(f->end - f->p));
	if (!end || (n = (size_t)(end - f->p)) >= sizeof(text))
		return false;
	memcpy(text, f->p, n);
	text[n] = '\0';
	if (!n)
		return true;
	if (!parse_rule(text, &rule))
		return false;
	if (z->n)
		sim_time_from_days(sim_time_day_of(z->changes[z->n - 1].at),
				   &year, &month, &day);
	else
		z->before_s = rule.std_s;
	add_rule(z, &rule, year);
	return true;
}

static bool read_tzif(const struct sim_buf *b, struct sim_tz *z)
{
	struct tzif f = { 0 };
	int version;

	f.p = (const unsigned char *)sim_buf_str(b);
	f.end = f.p + b->len;
	if (!read_header(&f, &version))
		return false;
	if (version < 2)
		return read_block(&f, 4, z);
	if (block_size(&f, 4) > (size_t)(f.end - f.p))
		return false;
	f.p += block_size(&f, 4);
	return read_header(&f, &version) && read_block(&f, 8, z) &&
	       read_footer(&f, z);
}

/* -- opening ----------------------------------------------------------- */

static bool name_is_safe(const char *name)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_+-/.";
	size_t n = strlen(name);

	return n > 0 && n <= NAME_MAX_LEN && strspn(name, allowed) == n &&
	       name[0] != '/' && name[n - 1] != '/' && !strstr(name, "..");
}

static int unknown(const char *name, struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];

	sim_str_quote(name, strlen(name), quoted);
	return sim_err_set(err, SIM_E_NOENT,
			   "time zone %s is unknown; give a name like UTC, "
			   "America/New_York or Europe/Berlin", quoted);
}

static int open_system(const char *name, struct sim_tz *z, struct sim_err *err)
{
	const char *dir = getenv("TZDIR");
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf data = SIM_BUF_INIT(FILE_MAX);
	int rc;

	sim_buf_printf(&path, "%s/%s",
		       dir && *dir ? dir : "/usr/share/zoneinfo", name);
	if (sim_file_read(path.data, FILE_MAX, &data, NULL)) {
		rc = unknown(name, err);
	} else if (!read_tzif(&data, z)) {
		rc = sim_err_set(err, SIM_E_DATA,
				 "the time zone file %s is damaged or counts "
				 "leap seconds; install the zone data again",
				 path.data);
	} else {
		rc = 0;
	}
	sim_buf_release(&path);
	sim_buf_release(&data);
	return rc;
}

int sim_tz_open(const char *name, struct sim_tz **tz, struct sim_err *err)
{
	struct sim_tz *z;
	int rc = 0;

	if (!name_is_safe(name))
		return unknown(name, err);
	z = sim_mem_zalloc(sizeof(*z));
	if (!strcmp(name, "America/New_York"))
		build_new_york(z);
	else if (strcmp(name, "UTC") != 0)
		rc = open_system(name, z, err);
	if (rc)
		sim_tz_close(z);
	else
		*tz = z;
	return rc;
}

void sim_tz_close(struct sim_tz *tz)
{
	if (!tz)
		return;
	free(tz->changes);
	free(tz);
}

/* -- asking ------------------------------------------------------------ */

/* How many changes are at or before t. */
static size_t changes_until(const struct sim_tz *z, sim_time t)
{
	size_t lo = 0, hi = z->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (z->changes[mid].at <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The offset of span i: before the first change, or from change i - 1 on. */
static int span_offset(const struct sim_tz *z, size_t i)
{
	return i ? z->changes[i - 1].offset_s : z->before_s;
}

int sim_tz_offset(const struct sim_tz *tz, sim_time t)
{
	return span_offset(tz, changes_until(tz, t));
}

int sim_tz_resolve(const struct sim_tz *tz, sim_time wall, sim_time out[2])
{
	sim_time reach = OFFSET_MAX_S * SIM_TIME_SEC, from, to, t;
	size_t i, last;
	int n = 0;

	if (__builtin_sub_overflow(wall, reach, &from))
		from = SIM_TIME_NONE;
	if (__builtin_add_overflow(wall, reach, &to))
		to = SIM_TIME_MAX;
	last = changes_until(tz, to);
	for (i = changes_until(tz, from); i <= last && n < 2; i++) {
		if (!__builtin_sub_overflow(wall, span_offset(tz, i) *
					    SIM_TIME_SEC, &t) &&
		    changes_until(tz, t) == i)
			out[n++] = t;
	}
	return n;
}
