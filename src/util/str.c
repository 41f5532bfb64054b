/*
 * str: small text helpers.
 *
 * A double's text: a fast exact path for numbers of up to 15 digits (every
 * price and percentage), the C library's printing checked by reading back for
 * the rest.
 */
#include "util/str.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/digits.h"

/* The decimal number 0.DIGITS times 10^point. */
struct decimal {
	char digits[24];
	int n;			/* how many, without trailing zeros */
	int point;
};

static void trim_zeros(struct decimal *d)
{
	while (d->n > 1 && d->digits[d->n - 1] == '0')
		d->n--;
}

/*
 * Find v = d / 10^k with d < 10^15 and the smallest k.  Both are exact
 * doubles, so the quotient is the correctly rounded value of the text, and a
 * number of 15 digits that reads back is the shortest.
 */
static bool short_decimal(double v, struct decimal *out)
{
	static const double pow10[] = {
		1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
		1e11, 1e12, 1e13, 1e14, 1e15,
	};
	double scaled;
	uint64_t d;
	size_t k;

	for (k = 0; k < sizeof(pow10) / sizeof(pow10[0]); k++) {
		scaled = v * pow10[k] + 0.5;
		if (!(scaled < 1e15))
			return false;
		d = (uint64_t)scaled;
		if ((double)d / pow10[k] == v) {
			out->n = (int)sim_digits_u64(out->digits, d);
			out->point = out->n - (int)k;
			trim_zeros(out);
			return true;
		}
	}
	return false;
}

/* Read "d.ddde+xx" as printf writes it, whatever the decimal point. */
static void from_scientific(const char *text, struct decimal *out)
{
	const char *p = text;

	out->n = 0;
	for (; *p != 'e'; p++) {
		if (*p >= '0' && *p <= '9')
			out->digits[out->n++] = *p;
	}
	out->point = (int)strtol(p + 1, NULL, 10) + 1;
}

static bool reads_back(const struct decimal *d, double v)
{
	char text[48], *p = text + d->n;
	int e = d->point - d->n;

	memcpy(text, d->digits, (size_t)d->n);
	*p++ = 'e';
	if (e < 0)
		*p++ = '-';
	p += sim_digits_u64(p, (uint64_t)(e < 0 ? -e : e));
	*p = '\0';
	/* No point in the text, so the locale does not matter. */
	return strtod(text, NULL) == v;
}

/* One unit up in the last digit. */
static void increment(struct decimal *d)
{
	int i = d->n - 1;

	while (i >= 0 && d->digits[i] == '9')
		d->digits[i--] = '0';
	if (i >= 0) {
		d->digits[i]++;
		return;
	}
	d->digits[0] = '1';
	d->point++;
}

/*
 * Try up to 17 digits.  A normal number starts with 15, because whatever
 * shorter text there is, zeros make it the nearest of 15 digits.  Above a
 * power of two the neighbours are twice as far as below it, so the next text
 * up may read back where the nearest does not.
 */
static void long_decimal(double v, struct decimal *out)
{
	char text[48];
	int precision = v < DBL_MIN ? 0 : DBL_DIG - 1;
	uint64_t bits;
	bool is_edge;

	memcpy(&bits, &v, sizeof(bits));
	is_edge = v < DBL_MIN || !(bits & ((UINT64_C(1) << 52) - 1));
	for (; precision <= 16; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, v);
		from_scientific(text, out);
		if (reads_back(out, v))
			break;
		if (!is_edge)
			continue;
		increment(out);
		if (reads_back(out, v))
			break;
	}
	trim_zeros(out);
}

static char *put(char *p, const char *s, int n)
{
	memcpy(p, s, (size_t)n);
	return p + n;
}

static char *put_zeros(char *p, int n)
{
	memset(p, '0', (size_t)n);
	return p + n;
}

static char *put_exponent(char *p, int e)
{
	*p++ = 'e';
	if (e < 0) {
		*p++ = '-';
		e = -e;
	}
	return p + sim_digits_u64(p, (uint64_t)e);
}

/* Plain from 1e-5 up to below 1e16, with an exponent outside. */
static char *put_decimal(char *p, const struct decimal *d)
{
	if (d->point > 16 || d->point < -4) {
		*p++ = d->digits[0];
		if (d->n > 1) {
			*p++ = '.';
			p = put(p, d->digits + 1, d->n - 1);
		}
		return put_exponent(p, d->point - 1);
	}
	if (d->point <= 0) {
		p = put_zeros(put(p, "0.", 2), -d->point);
		return put(p, d->digits, d->n);
	}
	if (d->n <= d->point)
		return put_zeros(put(p, d->digits, d->n), d->point - d->n);
	p = put(p, d->digits, d->point);
	*p++ = '.';
	return put(p, d->digits + d->point, d->n - d->point);
}

size_t sim_str_double(double v, char *buf)
{
	struct decimal d;
	char *p = buf;

	if (!isfinite(v)) {
		p = put(p, "null", 4);
	} else if (v == 0) {
		*p++ = '0';
	} else {
		if (v < 0) {
			*p++ = '-';
			v = -v;
		}
		if (!short_decimal(v, &d))
			long_decimal(v, &d);
		p = put_decimal(p, &d);
	}
	*p = '\0';
	return (size_t)(p - buf);
}

#define NEAR_MAX 64		/* words longer than this have no near ones */

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	size_t row[3][NEAR_MAX + 1], i, j, swap;
	size_t *up2 = row[0], *up = row[1], *cur = row[2], *t;

	for (j = 0; j <= nb; j++)
		up[j] = j;
	memcpy(up2, up, sizeof(row[0]));
	for (i = 1; i <= na; i++) {
		cur[0] = i;
		for (j = 1; j <= nb; j++) {
			cur[j] = min3(up[j] + 1, cur[j - 1] + 1,
				      up[j - 1] + (a[i - 1] != b[j - 1]));
			swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			       a[i - 2] == b[j - 1];
			if (swap && up2[j - 2] + 1 < cur[j])
				cur[j] = up2[j - 2] + 1;
		}
		t = up2;
		up2 = up;
		up = cur;
		cur = t;
	}
	return up[nb];
}

const char *sim_str_near(const char *word, const char *const *list)
{
	size_t n = strlen(word), best = 3, d, len;
	const char *found = NULL;

	if (n > NEAR_MAX)
		return NULL;
	for (; *list; list++) {
		len = strlen(*list);
		if (len > NEAR_MAX)
			continue;
		d = distance(word, n, *list, len);
		if (d < best && 2 * d < n) {
			best = d;
			found = *list;
		}
	}
	return found;
}

char *sim_str_sep(char **s, char sep)
{
	char *field = *s, *end;

	if (!field)
		return NULL;
	end = strchr(field, sep);
	if (end)
		*end++ = '\0';
	*s = end;
	return field;
}

/* All of s as a signed 64-bit number. */
static bool whole_number(const char *s, int64_t *out)
{
	bool neg = *s == '-';
	int64_t v = 0;

	if (*s == '-' || *s == '+')
		s++;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' ||
		    __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, *s - '0', &v))
			return false;
	}
	/* Collected below zero, where there is room for INT64_MIN. */
	if (!neg && v == INT64_MIN)
		return false;
	*out = neg ? v : -v;
	return true;
}

int sim_str_int(const char *s, const char *what, int64_t lo, int64_t hi,
		int64_t *out, struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];
	int64_t v;

	if (!whole_number(s, &v) || v < lo || v > hi) {
		sim_str_quote(s, strlen(s), quoted);
		return sim_err_set(err, SIM_E_INVAL,
				   "%s is %s; give a whole number from "
				   "%lld to %lld", what, quoted,
				   (long long)lo, (long long)hi);
	}
	*out = v;
	return 0;
}

size_t sim_str_quote(const char *s, size_t len, char *buf)
{
	static const char hex[] = "0123456789abcdef";
	const char *end = s + len;
	char *p = buf, *last = buf + SIM_STR_QUOTEMAX - sizeof("\\xff...\"");
	unsigned char c;

	*p++ = '"';
	for (; s < end && p <= last; s++) {
		size_t one = sim_str_utf8(s, (size_t)(end - s), NULL);

		c = (unsigned char)*s;
		if (sim_str_is_plain(s, one ? one : 1)) {
			p = put(p, s, one);
			s += one - 1;
			continue;
		}
		*p++ = '\\';
		*p++ = 'x';
		*p++ = hex[c >> 4];
		*p++ = hex[c & 15];
	}
	if (s < end)
		p = put(p, "...", 3);
	*p++ = '"';
	*p = '\0';
	return (size_t)(p - buf);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool sim_str_is_control(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c <= 0x9f) ||
		(c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool sim_str_is_plain(const char *s, size_t n)
{
	size_t one;
	uint32_t c;

	for (size_t i = 0; i < n; i += one) {
		one = sim_str_utf8(s + i, n - i, &c);
		if (!one || sim_str_is_control(c))
			return false;
	}
	return true;
}

size_t sim_str_put_utf8(char out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t sim_str_utf8(const char *s, size_t n, uint32_t *code)
{
	static const struct {
		unsigned char len, from, to, mark;	/* of the first byte */
		uint32_t lowest;			/* code point */
	} rows[] = {
		{ 1, 0x00, 0x7f, 0x00, 0x00 },
		{ 2, 0xc2, 0xdf, 0xc0, 0x80 },
		{ 3, 0xe0, 0xef, 0xe0, 0x800 },
		{ 4, 0xf0, 0xf4, 0xf0, 0x10000 },
	};
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c;
	size_t i, row = 0;

	while (row < 4 && (*u < rows[row].from || *u > rows[row].to))
		row++;
	if (row == 4 || rows[row].len > n)
		return 0;
	c = *u - (uint32_t)rows[row].mark;
	for (i = 1; i < rows[row].len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	if (c < rows[row].lowest || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return 0;
	if (code)
		*code = c;
	return rows[row].len;
}

bool sim_str_eq_nocase(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++)
		b++;
	return lower(*a) == lower(*b);
}

const char *sim_str_after(const char *s, const char *const *starts)
{
	for (; *starts; starts++)
		if (!strncmp(s, *starts, strlen(*starts)))
			return s + strlen(*starts);
	return NULL;
}
