/*
 * fmath: elementary functions from + - * / and sqrt, so that every IEEE
 * machine gives the same bytes.
 *
 * exp and log reduce by multiples of ln 2 (held in two parts) and sum a
 * series; pow carries its logarithm in two doubles.  The normal distribution
 * is a series in the middle and a continued fraction in the tail.
 * Sources: Abramowitz and Stegun 1964, 4.1.27, 26.2.11, 26.2.14, 26.2.23;
 * Dekker 1971, "A floating-point technique for extending the available
 * precision".
 */
#include "util/fmath.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ln 2: the first 33 bits, so that k * LN2_HI is exact, and the rest. */
#define LN2_HI		0x1.62e42fee00000p-1
#define LN2_LO		0x1.a39ef35793c76p-33
#define LN2_INV		0x1.71547652b82fep+0
#define SQRT_HALF	0x1.6a09e667f3bcdp-1
#define SQRT_2PI_INV	0x1.9884533d43651p-2

/* -- exact sums and products ------------------------------------------- */

struct pair {
	double hi, lo;
};

/* a + b exactly. */
static struct pair sum2(double a, double b)
{
	double s = a + b, bb = s - a;

	return (struct pair){ s, (a - (s - bb)) + (b - bb) };
}

/* The upper half of the bits, |x| below 2^990. */
static double upper(double x)
{
	double t = x * 0x1.0000002p+27;

	return t - (t - x);
}

/* a * b exactly. */
static struct pair mul2(double a, double b)
{
	double p = a * b, ah = upper(a), bh = upper(b);
	double al = a - ah, bl = b - bh;
	double lo = ((ah * bh - p) + ah * bl + al * bh) + al * bl;

	return (struct pair){ p, lo };
}

static double pow2(int k)
{
	uint64_t bits = (uint64_t)(k + 1023) << 52;
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* x * 2^k, rounded once, for x near 1 and |k| <= 1100. */
static double scale(double x, int k)
{
	return x * pow2(k / 2) * pow2(k - k / 2);
}

/* c[0] + c[1] x + ... + c[n-1] x^(n-1). */
static double polynomial(const double *c, int n, double x)
{
	double v = c[n - 1];
	int i;

	for (i = n - 2; i >= 0; i--)
		v = v * x + c[i];
	return v;
}

/* -- exp, log, pow ----------------------------------------------------- */

/* e^(hi + lo), |lo| at most an ulp of hi. */
static double exp_pair(double hi, double lo)
{
	/* 1/2!, 1/3!, ...: |r| < 0.35, so r^15/15! is below 2^-60. */
	static const double c[] = {
		1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720,
		1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800,
		1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800,
		1.0 / 87178291200,
	};
	double a, b, r;
	int k;

	if (hi != hi)
		return hi;
	if (hi > 709.8)
		return INFINITY;
	if (hi < -745.2)
		return 0;
	k = (int)(hi * LN2_INV + (hi < 0 ? -0.5 : 0.5));
	a = hi - k * LN2_HI;
	b = k * LN2_LO - lo;
	r = a - b;
	b = (a - r) - b;
	b += r * r * polynomial(c, sizeof(c) / sizeof(c[0]), r);
	return scale(1 + (r + b), k);
}

/* ln x to about 2^-64 relative; x positive and finite. */
static struct pair log_pair(double x)
{
	/* ln((1+s)/(1-s)) = 2s + 2/3 s^3 + ...; s^2 < 0.0295. */
	static const double c[] = {
		2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13,
		2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23, 2.0 / 25,
	};
	struct pair d, p, sum, all;
	double f, s, s_lo, z, lo;
	int k;

	f = frexp(x, &k);
	if (f < SQRT_HALF) {
		f *= 2;
		k--;
	}
	f -= 1;
	d = sum2(2, f);
	s = f / d.hi;
	p = mul2(s, d.hi);
	s_lo = (((f - p.hi) - p.lo) - s * d.lo) / d.hi;
	z = s * s;
	sum = sum2(k * LN2_HI, 2 * s);
	all = sum2(sum.hi, s * z * polynomial(c, sizeof(c) / sizeof(c[0]), z));
	lo = k * LN2_LO + (2 * s_lo + 2 * s_lo * z);
	return sum2(all.hi, all.lo + (sum.lo + lo));
}

double sim_fmath_exp(double x)
{
	return exp_pair(x, 0);
}

/* What log gives where there is nothing to compute; false otherwise. */
static bool log_special(double x, double *out)
{
	if (x > 0 && x < INFINITY)
		return false;
	*out = x == 0 ? -INFINITY : x < 0 ? NAN : x;
	return true;
}

double sim_fmath_log(double x)
{
	double v;

	return log_special(x, &v) ? v : log_pair(x).hi;
}

double sim_fmath_log1p(double x)
{
	struct pair u, l;
	double v;

	if (x > 0x1p60)
		return sim_fmath_log(x);
	u = sum2(1, x);
	if (log_special(u.hi, &v))
		return v;
	l = log_pair(u.hi);
	return l.hi + (l.lo + u.lo / u.hi);
}

/* x^y for x = 0 or infinite. */
static double pow_edge(double x, double y)
{
	bool grows = (x > 1) == (y > 0);

	return grows ? INFINITY : 0;
}

double sim_fmath_pow(double x, double y)
{
	struct pair l, p;

	if (y == 0 || x == 1)
		return 1;
	if (x != x || y != y || x < 0)
		return NAN;
	if (x == 0 || x == INFINITY)
		return pow_edge(x, y);
	l = log_pair(x);
	p.hi = y * l.hi;
	if (!(p.hi < 1100 && p.hi > -1100))
		return p.hi > 0 ? INFINITY : 0;
	/* The logarithm of a number that is not 1 is above 2^-54. */
	p = mul2(y, l.hi);
	return exp_pair(p.hi, p.lo + y * l.lo);
}

/* -- the normal distribution ------------------------------------------- */

#define TAIL_FROM	0.75	/* where the fraction takes over */
#define TAIL_END	38.6	/* beyond it the tail is 0 in a double */

static double density(double x)
{
	struct pair h = mul2(x, x);

	return SQRT_2PI_INV * exp_pair(-h.hi / 2, -h.lo / 2);
}

/* P(0 < X < x), |x| small: density times x + x^3/3 + x^5/(3*5) + ... */
static double middle(double x)
{
	double term = x, sum = x, before;
	int n = 1;

	do {
		n += 2;
		term *= x * x / n;
		before = sum;
		sum += term;
	} while (sum != before);
	return density(x) * sum;
}

/* P(X > x) for x >= TAIL_FROM: density over x + 1/(x + 2/(x + ...)). */
static double tail(double x)
{
	int n = (int)(330 / (x * x)) + 20;
	double t = x;

	if (x > TAIL_END)
		return 0;
	for (; n > 0; n--)
		t = x + n / t;
	return density(x) / t;
}

double sim_fmath_normal_cdf(double x)
{
	if (x != x)
		return x;
	if (x <= -TAIL_FROM)
		return tail(-x);
	if (x >= TAIL_FROM)
		return 1 - tail(x);
	return 0.5 + middle(x);
}

/* A first guess, 4.5e-4 off at most: x > 0 with P(X > x) = p. */
static double inverse_guess(double p)
{
	static const double num[] = { 2.515517, 0.802853, 0.010328 };
	static const double den[] = { 1, 1.432788, 0.189269, 0.001308 };
	double t = sqrt(-2 * sim_fmath_log(p));

	return t - polynomial(num, 3, t) / polynomial(den, 4, t);
}

/* x > 0 with P(X > x) = p, p < 0.5; Halley's steps triple the digits.  Near
 * the middle the distance from it is solved for, which keeps its digits. */
static double inverse_tail(double p, double from_middle)
{
	double x = inverse_guess(p), t;
	int i;

	for (i = 0; i < 3; i++) {
		if (x < TAIL_FROM)
			t = (middle(x) - from_middle) / density(x);
		else
			t = (p - tail(x)) / density(x);
		x -= t / (1 + x * t / 2);
	}
	return x;
}

double sim_fmath_normal_inv(double p)
{
	if (!(p > 0 && p < 1))
		return p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
	if (p == 0.5)
		return 0;
	return p < 0.5 ? -inverse_tail(p, 0.5 - p)
		       : inverse_tail(1 - p, p - 0.5);
}
