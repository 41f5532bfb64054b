/* stats: compensated sums first, everything else on top of them. */
#include "report/stats.h"

#include <math.h>

#include "util/fmath.h"

double sim_stats_sum(const double *x, size_t n)
{
	struct sim_fmath_sum a = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		sim_fmath_sum_add(&a, x[i]);
	return sim_fmath_sum_get(&a);
}

double sim_stats_mean(const double *x, size_t n)
{
	return n ? sim_stats_sum(x, n) / (double)n : NAN;
}

double sim_stats_cov(const double *x, const double *y, size_t n)
{
	struct sim_fmath_sum a = { 0, 0 };
	double mx = sim_stats_mean(x, n), my = sim_stats_mean(y, n);

	if (n < 2)
		return NAN;
	for (size_t i = 0; i < n; i++)
		sim_fmath_sum_add(&a, (x[i] - mx) * (y[i] - my));
	return sim_fmath_sum_get(&a) / (double)(n - 1);
}

double sim_stats_var(const double *x, size_t n)
{
	return sim_stats_cov(x, x, n);
}

/* A constant series must not vary by the rounding of its own mean. */
static bool varies(const double *x, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (x[i] != x[0])
			return true;
	return false;
}

double sim_stats_sd(const double *x, size_t n)
{
	if (n >= 2 && !varies(x, n))
		return 0;
	return sqrt(sim_stats_var(x, n));
}

double sim_stats_r2(const double *x, const double *y, size_t n)
{
	double c = sim_stats_cov(x, y, n);

	if (!varies(x, n) || !varies(y, n))
		return NAN;
	return sim_stats_ratio(c * c,
			       sim_stats_var(x, n) * sim_stats_var(y, n));
}

double sim_stats_ratio(double a, double b)
{
	double q = a / b;

	return b != 0 && isfinite(a) && isfinite(b) && isfinite(q) ? q : NAN;
}

bool sim_stats_all_finite(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(x[i]))
			return false;
	return true;
}

/* The part of a * b that rounding takes away (Dekker's product). */
static double product_error(double a, double b, double p)
{
	const double split = 134217729.0;	/* 2^27 + 1 */
	double ca = split * a, cb = split * b;
	double ah = ca - (ca - a), al = a - ah;
	double bh = cb - (cb - b), bl = b - bh;

	return ((ah * bh - p) + ah * bl + al * bh) + al * bl;
}

/* An amount in units of 1e-8 that a double holds exactly, or NAN. */
static double units(double x)
{
	double u;

	if (!(fabs(x) < 9e7))
		return NAN;
	u = (double)(int64_t)(x * 1e8 + (x < 0 ? -0.5 : 0.5));
	return u / 1e8 == x ? u : NAN;
}

double sim_stats_change(double from, double to)
{
	double a = units(from), b = units(to);

	return isnan(a) || isnan(b) ? (to - from) / from : (b - a) / a;
}

double sim_stats_growth(const double *r, size_t n)
{
	double p = 1, e = 0;

	for (size_t i = 0; i < n; i++) {
		double f = 1 + r[i], fe = r[i] - (f - 1), q = p * f;
		double lost = product_error(p, f, q);

		e = e * f + p * fe + (isfinite(lost) ? lost : 0);
		p = q;
	}
	return p + e;
}

double sim_stats_power(double base, double exponent)
{
	double v;

	if (!isfinite(exponent) || !(base >= 0) || !isfinite(base))
		return NAN;
	if (base == 0)
		return exponent > 0 ? 0 : NAN;
	v = sim_fmath_pow(base, exponent);
	return isfinite(v) ? v : NAN;
}

void sim_stats_moments(const double *x, size_t n, struct sim_stats_moments *m)
{
	struct sim_fmath_sum s2 = { 0, 0 }, s3 = { 0, 0 }, s4 = { 0, 0 };
	double mean = sim_stats_mean(x, n), dn = (double)n, m2;

	*m = (struct sim_stats_moments){ mean, NAN, NAN, NAN, NAN, NAN };
	if (n < 2)
		return;
	m->sd = sim_stats_sd(x, n);
	if (!(m->sd > 0))
		return;
	for (size_t i = 0; i < n; i++) {
		double d = x[i] - mean;

		sim_fmath_sum_add(&s2, d * d);
		sim_fmath_sum_add(&s3, d * d * d);
		sim_fmath_sum_add(&s4, d * d * d * d);
	}
	m2 = sim_fmath_sum_get(&s2) / dn;
	m->g1 = sim_stats_ratio(sim_fmath_sum_get(&s3) / dn, m2 * sqrt(m2));
	m->k = sim_stats_ratio(sim_fmath_sum_get(&s4) / dn, m2 * m2);
	if (n >= 3)
		m->skew = m->g1 * sqrt(dn * (dn - 1)) / (dn - 2);
	if (n >= 4)
		m->kurtosis = (dn - 1) / ((dn - 2) * (dn - 3)) *
			      ((dn + 1) * (m->k - 3) + 6);
}

/* Hoare's partition of x[lo..hi] around its first value; returns the last
 * index of the left part, which is below hi. */
static size_t partition(double *x, size_t lo, size_t hi, double pivot)
{
	size_t i = lo, j = hi;

	for (;;) {
		while (x[i] < pivot)
			i++;
		while (x[j] > pivot)
			j--;
		if (i >= j)
			return j;

		double t = x[i];

		x[i++] = x[j];
		x[j--] = t;
	}
}

void sim_stats_select(double *x, size_t n, size_t k)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	size_t lo = 0, hi = n - 1;

	while (lo < hi) {
		size_t p, j;
		double pivot;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		p = lo + (size_t)(state % (hi - lo + 1));
		pivot = x[p];
		x[p] = x[lo];
		x[lo] = pivot;
		j = partition(x, lo, hi, pivot);
		if (k <= j)
			hi = j;
		else
			lo = j + 1;
	}
}

double sim_stats_quantile(double *x, size_t n, double q)
{
	double h, f, a, b;
	size_t i;

	if (!n)
		return NAN;
	h = (double)(n - 1) * q;
	i = (size_t)h;
	f = h - (double)i;
	sim_stats_select(x, n, i);
	a = x[i];
	if (f == 0 || i + 1 >= n)
		return a;
	b = x[i + 1];
	for (size_t j = i + 2; j < n; j++)
		b = x[j] < b ? x[j] : b;
	return a + f * (b - a);
}

double sim_stats_tail_mean(double *x, size_t n, double share)
{
	size_t k;

	if (!n)
		return NAN;
	k = (size_t)((double)(n - 1) * share);
	sim_stats_select(x, n, k);
	return sim_stats_mean(x, k + 1);
}

/* Sum of the products of deviations `lag` apart. */
static double lag_product(const double *x, size_t n, size_t lag, double mean)
{
	struct sim_fmath_sum a = { 0, 0 };

	for (size_t i = lag; i < n; i++)
		sim_fmath_sum_add(&a, (x[i] - mean) * (x[i - lag] - mean));
	return sim_fmath_sum_get(&a);
}

double sim_stats_autocorr(const double *x, size_t n, size_t lag)
{
	double mean = sim_stats_mean(x, n);

	if (n <= lag || !varies(x, n))
		return NAN;
	return sim_stats_ratio(lag_product(x, n, lag, mean),
			       lag_product(x, n, 0, mean));
}

double sim_stats_ljung_box(const double *x, size_t n, size_t lags)
{
	struct sim_fmath_sum a = { 0, 0 };
	double dn = (double)n, mean = sim_stats_mean(x, n), whole;

	if (n <= lags || !varies(x, n))
		return NAN;
	whole = lag_product(x, n, 0, mean);
	for (size_t i = 1; i <= lags; i++) {
		double rho = lag_product(x, n, i, mean) / whole;

		sim_fmath_sum_add(&a, rho * rho / (dn - (double)i));
	}
	return dn * (dn + 2) * sim_fmath_sum_get(&a);
}

double sim_stats_smart_penalty(double rho, size_t n)
{
	struct sim_fmath_sum a = { 0, 0 };
	double dn = (double)n, x = rho < 0 ? -rho : rho, p = 1;

	if (!isfinite(rho))
		return NAN;
	for (size_t i = 1; i < n && p > 0; i++) {
		p *= x;
		sim_fmath_sum_add(&a, (dn - (double)i) / dn * p);
	}
	return sqrt(1 + 2 * sim_fmath_sum_get(&a));
}

/* 1 - g1 S + (k - 1) / 4 S^2, NaN unless positive. */
static double spread(const struct sim_stats_sharpe *q)
{
	double v = 1 - q->g1 * q->s + (q->k - 1) / 4 * q->s * q->s;

	return v > 0 && isfinite(v) ? v : NAN;
}

double sim_stats_sharpe_se(const struct sim_stats_sharpe *q)
{
	return q->n < 2 ? NAN : sqrt(spread(q) / (double)(q->n - 1));
}

double sim_stats_psr(const struct sim_stats_sharpe *q, double ref)
{
	double z;

	if (q->n < 2)
		return NAN;
	z = (q->s - ref) * sqrt((double)(q->n - 1)) / sqrt(spread(q));
	return isfinite(z) ? sim_fmath_normal_cdf(z) : NAN;
}

double sim_stats_min_trl(const struct sim_stats_sharpe *q, double ref,
			 double confidence)
{
	double z = sim_fmath_normal_inv(confidence) / (q->s - ref);

	/* No record is long enough for a ratio below the reference. */
	if (!(q->s > ref))
		return NAN;
	return 1 + spread(q) * (z * z);
}

double sim_stats_exp_max_sharpe(double trials, double sd)
{
	const double euler = 0.5772156649015329, e = 2.718281828459045;

	if (!(trials > 1) || !(sd >= 0))
		return NAN;
	return sd * ((1 - euler) * sim_fmath_normal_inv(1 - 1 / trials) +
		     euler * sim_fmath_normal_inv(1 - 1 / (trials * e)));
}

/* Value of the flows at rate x. */
static double present(const double *flow, const int64_t *day, size_t n,
		      double x)
{
	struct sim_fmath_sum a = { 0, 0 };

	for (size_t i = 0; i < n; i++)
		sim_fmath_sum_add(&a, flow[i] * sim_fmath_pow(1 + x,
				  -(double)(day[i] - day[0]) / 365));
	return sim_fmath_sum_get(&a);
}

double sim_stats_xirr(const double *flow, const int64_t *day, size_t n)
{
	double lo = -0.999999, hi = 1e6, at_lo, at_hi;

	if (n < 2)
		return NAN;
	at_lo = present(flow, day, n, lo);
	at_hi = present(flow, day, n, hi);
	if (!isfinite(at_lo) || !isfinite(at_hi) || at_lo * at_hi >= 0)
		return NAN;
	for (int i = 0; i < 200; i++) {
		double mid = lo + (hi - lo) / 2;
		double v = present(flow, day, n, mid);

		if (mid == lo || mid == hi)
			break;
		if ((v > 0) == (at_lo > 0))
			lo = mid;
		else
			hi = mid;
	}
	return lo + (hi - lo) / 2;
}
