/*
 * dec: the one decimal type, for prices, quantities and money.
 *
 * A sim_dec is a signed 64-bit count of 1e-8 units (about +-92 billion).
 * Products and quotients go through 128 bits and are rounded half-even once,
 * at the end.  Overflow is reported, never wrapped.  The range is symmetric:
 * INT64_MIN is not a decimal, so every value can be negated.
 */
#ifndef SIM_DEC_H
#define SIM_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

typedef int64_t sim_dec;

#define SIM_DEC_SCALE	8
#define SIM_DEC_ONE	INT64_C(100000000)
#define SIM_DEC_MAX	INT64_MAX
#define SIM_DEC_STRMAX	32		/* room for any value and its NUL */

__extension__ typedef __int128 sim_dec_wide;
__extension__ typedef unsigned __int128 sim_dec_uwide;

/*
 * Divide a 128-bit product by a positive divisor, rounding half-even.
 *
 * Gives:  *out, written only on success.
 * Errors: false when the quotient does not fit.
 * Cost:   one 128-by-64 division when the quotient fits 64 bits.
 */
static inline bool sim_dec_wide_div(sim_dec_wide a, int64_t d, int64_t *out)
{
	bool neg = a < 0;
	sim_dec_uwide m = neg ? -(sim_dec_uwide)a : (sim_dec_uwide)a;
	uint64_t ud = (uint64_t)d, q, r;

	if ((uint64_t)(m >> 64) >= ud)
		return false;
	q = (uint64_t)(m / ud);
	r = (uint64_t)(m - (sim_dec_uwide)q * ud);
	if (r > ud - r || (r == ud - r && (q & 1)))
		q++;
	if (q > (uint64_t)INT64_MAX)
		return false;
	*out = neg ? -(int64_t)q : (int64_t)q;
	return true;
}

/* a * b / c rounded half-even, c > 0; false on overflow, *out untouched. */
static inline bool sim_dec_muldiv(int64_t a, int64_t b, int64_t c, int64_t *out)
{
	return sim_dec_wide_div((sim_dec_wide)a * b, c, out);
}

/* A product below 2^63 in both factors, brought back to scale: no division by
 * a variable, and none of 128 bits. */
static inline int64_t sim_dec_descale(int64_t p)
{
	uint64_t m = p < 0 ? -(uint64_t)p : (uint64_t)p;
	uint64_t q = m / SIM_DEC_ONE, r = m - q * SIM_DEC_ONE;

	q += r + (q & 1) > SIM_DEC_ONE / 2;
	return p < 0 ? -(int64_t)q : (int64_t)q;
}

/* The same of any product.  What is below 2^72 is divided in 64 bits: by 2^8,
 * which loses nothing of the quotient, and by the rest of the scale. */
static inline bool sim_dec_wide_descale(sim_dec_wide p, int64_t *out)
{
	bool neg = p < 0;
	sim_dec_uwide m = neg ? -(sim_dec_uwide)p : (sim_dec_uwide)p;
	uint64_t q, r;

	if (m >> 72)
		return sim_dec_wide_div(p, SIM_DEC_ONE, out);
	q = (uint64_t)(m >> 8) / (SIM_DEC_ONE >> 8);
	r = (uint64_t)m - q * SIM_DEC_ONE;
	q += r + (q & 1) > SIM_DEC_ONE / 2;
	*out = neg ? -(int64_t)q : (int64_t)q;
	return true;
}

/* Product of two decimals; false on overflow, *out untouched. */
static inline bool sim_dec_mul(sim_dec a, sim_dec b, sim_dec *out)
{
	int64_t whole = a / SIM_DEC_ONE, r;

	/* Whole quantities are the common case and need no division. */
	if (whole * SIM_DEC_ONE == a) {
		if (__builtin_expect(__builtin_mul_overflow(whole, b, &r), 0))
			return false;
		if (__builtin_expect(r == INT64_MIN, 0))
			return false;
		*out = r;
		return true;
	}
	if (!__builtin_mul_overflow(a, b, &r)) {
		*out = sim_dec_descale(r);
		return true;
	}
	return sim_dec_wide_descale((sim_dec_wide)a * b, out);
}

/* Product of three, rounded once; what is in range fits 128 bits before. */
static inline bool sim_dec_mul3(sim_dec a, sim_dec b, sim_dec c, sim_dec *out)
{
	sim_dec_wide p;

	return !__builtin_mul_overflow((sim_dec_wide)a * b, (sim_dec_wide)c,
				       &p) &&
	       sim_dec_wide_div(p, SIM_DEC_ONE * SIM_DEC_ONE, out);
}

/* Product of two, quicker when the first factor has decimals. */
static inline bool sim_dec_mul_rate(sim_dec rate, sim_dec v, sim_dec *out)
{
	int64_t p;

	if (__builtin_mul_overflow(rate, v, &p))
		return sim_dec_wide_descale((sim_dec_wide)rate * v, out);
	*out = sim_dec_descale(p);
	return true;
}

/* Quotient of two decimals; false on overflow and b == 0, *out untouched. */
bool sim_dec_div(sim_dec a, sim_dec b, sim_dec *out);

/* Sum; false on overflow, *out untouched. */
static inline bool sim_dec_add(sim_dec a, sim_dec b, sim_dec *out)
{
	int64_t r;

	if (__builtin_add_overflow(a, b, &r) || r == INT64_MIN)
		return false;
	*out = r;
	return true;
}

/* Difference; false on overflow, *out untouched. */
static inline bool sim_dec_sub(sim_dec a, sim_dec b, sim_dec *out)
{
	int64_t r;

	if (__builtin_sub_overflow(a, b, &r) || r == INT64_MIN)
		return false;
	*out = r;
	return true;
}

/* Largest multiple of step (> 0) that is <= v; smallest that is >= v.  Beyond
 * the last multiple in range the nearest one in range. */
sim_dec sim_dec_floor_to(sim_dec v, sim_dec step);
sim_dec sim_dec_ceil_to(sim_dec v, sim_dec step);

/*
 * Read a decimal: [+-]digits[.digits], at most eight decimals, nothing else
 * (no exponent, no blanks, no thousands separators).
 *
 * Shape:  `len` bytes at s, need not end in NUL.
 * Errors: SIM_E_DATA with the text quoted: empty, not a number, more than
 *         eight decimals that are not zero, or out of range; *out untouched.
 */
int sim_dec_parse(const char *s, size_t len, sim_dec *out,
		  struct sim_err *err) SIM_MUST_CHECK;

/*
 * Write a decimal exactly, with at least `min_decimals` (0..8) decimals and no
 * more than needed.  Returns the length; buf holds SIM_DEC_STRMAX bytes.
 */
size_t sim_dec_format(sim_dec v, int min_decimals, char *buf);

/* Nearest double: v / 1e8.  The inverse rounds half-even; false if not finite
 * or out of range. */
static inline double sim_dec_to_double(sim_dec v)
{
	return (double)v / 1e8;
}
/* The same of a sum; not the nearest where that has more than 53 bits. */
static inline double sim_dec_wide_to_double(sim_dec_wide v)
{
	return (double)v / 1e8;
}
bool sim_dec_from_double(double x, sim_dec *out);

/* How many decimals v needs (0..8). */
int sim_dec_decimals(sim_dec v);

#endif
