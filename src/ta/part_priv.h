/*
 * part: what indicators are built from: windows, sums, moments, extremes and
 * exponential averages, each O(1) amortised a value and free of drift.
 *
 * A windowed aggregate is never subtracted from.  The window is cut into
 * blocks of n values; when a block ends, the aggregates of all its suffixes
 * are computed once, and until the next block ends the window's aggregate is
 * a suffix of the old block joined with the head of the new one.
 */
#ifndef SIM_PART_PRIV_H
#define SIM_PART_PRIV_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "ta/ta.h"
#include "util/fmath.h"

/*
 * How an indicator is computed.  init() sets up a zeroed state and takes the
 * memory of its parts from `mem`; it runs twice, first to measure with a
 * `mem` that gives NULL, so it writes to the state only.  push() gives all
 * outputs and true once they are warm.
 */
struct sim_part_mem {
	double *base;		/* NULL: measuring */
	size_t used;
};
double *sim_part_take(struct sim_part_mem *mem, size_t n);
struct sim_ta_ops {
	size_t size;
	int (*lookback)(const double *opt);
	void (*init)(void *state, struct sim_part_mem *mem, const double *opt);
	bool (*push)(void *state, const double *in, double *out);
};
#define SIM_PART_STATEMAX 1024
#define SIM_PART_OPS(file, name) \
	const struct sim_ta_ops sim_##file##_##name = { \
		sizeof(struct name), name##_lookback, name##_init, name##_push \
	}; \
	_Static_assert(sizeof(struct name) <= SIM_PART_STATEMAX, #name)
/* The same, where the lookback or the start is shared with another row. */
#define SIM_PART_OPS3(file, name, type, look, start, step) \
	const struct sim_ta_ops sim_##file##_##name = { \
		sizeof(struct type), look, start, step \
	}; \
	_Static_assert(sizeof(struct type) <= SIM_PART_STATEMAX, #name)

/* Shared lookbacks: 0, period - 1, period; period is the first option. */
int sim_part_look_none(const double *opt);
int sim_part_look_full(const double *opt);
int sim_part_look_change(const double *opt);
/* For a state that starts as zeros. */
void sim_part_zero_init(void *state, struct sim_part_mem *mem,
			const double *opt);

#define SIM_TA(file, name, ...) extern const struct sim_ta_ops \
	sim_##file##_##name;
#include "ta/ta.def"
#undef SIM_TA

/* num / den, or `flat` where the denominator is (as good as) nothing. */
static inline double sim_part_div(double num, double den, double flat)
{
	return fabs(den) < 1e-100 ? flat : num / den;
}

/* The largest of three. */
static inline double sim_part_max3(double a, double b, double c)
{
	double m = a > b ? a : b;

	return m > c ? m : c;
}

/* The larger one. */
static inline int sim_part_max(int a, int b)
{
	return a > b ? a : b;
}

/* The logarithm, or 0 where there is none. */
static inline double sim_part_log(double x)
{
	return x > 0 ? sim_fmath_log(x) : 0;
}

/* The value before this one; false when there is none. */
struct sim_part_prev {
	double x;
	bool has;
};
static inline bool sim_part_prev_swap(struct sim_part_prev *p, double x,
				      double *old)
{
	bool has = p->has;

	*old = p->x;
	p->x = x;
	p->has = true;
	return has;
}

/* A delay line: *old is the value pushed n pushes ago. */
struct sim_part_ring {
	double *x;
	int n, at;
	bool full;
};
void sim_part_ring_init(struct sim_part_ring *r, struct sim_part_mem *mem,
			int n);
static inline bool sim_part_ring_push(struct sim_part_ring *r, double x,
				      double *old)
{
	bool full = r->full;

	*old = r->x[r->at];
	r->x[r->at] = x;
	if (++r->at == r->n) {
		r->at = 0;
		r->full = true;
	}
	return full;
}

/* Sum of the newest n values, compensated. */
struct sim_part_sum {
	double *x;		/* the block being filled */
	struct sim_fmath_sum *suffix, head;	/* old block; new block */
	int n, at;
	bool full;
	double value;		/* of the window, once push gave true */
	double last;		/* the newest value, `run` times in a row */
	int run;
};
void sim_part_sum_init(struct sim_part_sum *s, struct sim_part_mem *mem,
		       int n);
bool sim_part_sum_push(struct sim_part_sum *s, double x);
/* value / n; exactly the value of a flat window, so that two means of a price
 * that stands still are equal. */
double sim_part_sum_mean(const struct sim_part_sum *s);

/* Mean, sum of squared deviations, and co-moment with time, of n values. */
struct sim_part_moment {
	double n, mean, m2, cxy;
};
struct sim_part_mom {
	double *x;
	struct sim_part_moment *suffix, head;
	int n, at;
	bool full;
	struct sim_part_moment value;	/* once push gave true */
};
void sim_part_mom_init(struct sim_part_mom *s, struct sim_part_mem *mem,
		       int n);
bool sim_part_mom_push(struct sim_part_mom *s, double x);
/* Linearly weighted mean, slope a bar of the least-squares line. */
double sim_part_mom_wma(const struct sim_part_moment *m);
double sim_part_mom_slope(const struct sim_part_moment *m);

/* Largest (sign 1) or smallest (sign -1) of the newest n values. */
struct sim_part_ext {
	double *v, *i;		/* a queue of falling values and their times */
	int n, head, len;
	double sign, now;
	double value, age;	/* age in bars; of equals the newest */
};
void sim_part_ext_init(struct sim_part_ext *e, struct sim_part_mem *mem,
		       int n, double sign);
bool sim_part_ext_push(struct sim_part_ext *e, double x);

/* Exponential average, seeded with the mean of its first n values. */
struct sim_part_ema {
	double k, value;
	struct sim_fmath_sum seed;
	int n, count;
};
void sim_part_ema_init(struct sim_part_ema *e, int n);	/* k = 2 / (n + 1) */
void sim_part_rma_init(struct sim_part_ema *e, int n);	/* k = 1 / n */
bool sim_part_ema_push(struct sim_part_ema *e, double x);

/*
 * n exponential averages in a row, each fed with the one before, starting
 * with x: their values go to y[n].
 */
bool sim_part_ema_chain(struct sim_part_ema *e, int n, double x, double *y);

/* True range: needs the close before; false on the first bar. */
static inline bool sim_part_tr(struct sim_part_prev *close, double h, double l,
			       double c, double *tr)
{
	double pc;

	if (!sim_part_prev_swap(close, c, &pc))
		return false;
	*tr = sim_part_max3(h - l, fabs(h - pc), fabs(l - pc));
	return true;
}

#endif
