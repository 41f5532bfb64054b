/*
 * fmath: the few transcendental functions that promised bytes depend on,
 * written with + - * / sqrt only, because libm differs between machines.
 * Errors are below 2 ulp for exp and log, 1e-15 relative elsewhere.
 */
#ifndef SIM_FMATH_H
#define SIM_FMATH_H

/* Their namesakes of <math.h>, the same on every machine. */
double sim_fmath_exp(double x);
double sim_fmath_log(double x);
double sim_fmath_log1p(double x);
double sim_fmath_pow(double x, double y);	/* x >= 0 */
double sim_fmath_normal_cdf(double x);
double sim_fmath_normal_inv(double p);		/* 0 < p < 1 */

/* Compensated (Neumaier) sum, order fixed by the caller. */
struct sim_fmath_sum {
	double s, c;
};
static inline void sim_fmath_sum_add(struct sim_fmath_sum *a, double x)
{
	double t = a->s + x;
	double as = a->s < 0 ? -a->s : a->s, ax = x < 0 ? -x : x;

	a->c += as >= ax ? (a->s - t) + x : (x - t) + a->s;
	a->s = t;
}
/* The sum so far with its correction. */
static inline double sim_fmath_sum_get(const struct sim_fmath_sum *a)
{
	return a->s + a->c;
}

#endif
