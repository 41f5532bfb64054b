/*
 * stats: statistics of a series, the bricks of metrics.
 *
 * Sums are compensated and run in index order; NaN is "undefined".  Only
 * + - * / sqrt and util/fmath, so the bytes are the same anywhere.
 */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

/* Sum, mean, and the rest with N - 1. */
double sim_stats_sum(const double *x, size_t n);
double sim_stats_mean(const double *x, size_t n);	/* NaN when n = 0 */
double sim_stats_var(const double *x, size_t n);	/* N - 1; NaN n < 2 */
double sim_stats_sd(const double *x, size_t n);
double sim_stats_cov(const double *x, const double *y, size_t n);
/* Squared correlation; NaN when either does not vary. */
double sim_stats_r2(const double *x, const double *y, size_t n);
/* a / b, NaN when b is zero or either is not finite. */
double sim_stats_ratio(double a, double b);
/*
 * to / from - 1, rounded once where both are amounts: a level that is the
 * double nearest to a decimal of eight places counts as that decimal.
 */
double sim_stats_change(double from, double to);
/* prod(1 + r), with the rounding errors carried along. */
double sim_stats_growth(const double *r, size_t n);
/* base^exponent, NaN unless base >= 0 (0 stays 0 for a positive exponent). */
double sim_stats_power(double base, double exponent);
/* Is every value finite? */
bool sim_stats_all_finite(const double *x, size_t n);

struct sim_stats_moments {
	double mean, sd;		/* sd with N - 1 */
	double g1, k;			/* population skewness, raw kurtosis */
	double skew, kurtosis;		/* bias-corrected, excess */
};
/* NaN what is undefined: no variation, n < 3 (skew), n < 4 (kurtosis). */
void sim_stats_moments(const double *x, size_t n, struct sim_stats_moments *m);

/*
 * Reorder x so that x[k] is what sorting would put there, everything before it
 * no greater, everything after it no less.  Cost: O(n) expected, repeatable.
 */
void sim_stats_select(double *x, size_t n, size_t k);
/* The type 7 quantile, 0 <= q <= 1; reorders x.  NaN when n = 0. */
double sim_stats_quantile(double *x, size_t n, double q);
/* Mean of the lowest floor(share (n - 1)) + 1; reorders x. */
double sim_stats_tail_mean(double *x, size_t n, double share);

/* Autocorrelation at lag 1 and up; NaN without variation or n <= lag. */
double sim_stats_autocorr(const double *x, size_t n, size_t lag);
double sim_stats_ljung_box(const double *x, size_t n, size_t lags);
/* sqrt(1 + 2 sum over i = 1..n-1 of (n - i) / n |rho|^i). */
double sim_stats_smart_penalty(double rho, size_t n);

/* What a Sharpe ratio per period is worth: n periods, population skewness and
 * raw kurtosis of the returns, reference ratio per period.
 * Source: Bailey and Lopez de Prado 2012, "The Sharpe ratio efficient
 * frontier"; 2014, "The deflated Sharpe ratio". */
struct sim_stats_sharpe {
	double s, g1, k;
	size_t n;
};
double sim_stats_sharpe_se(const struct sim_stats_sharpe *q);	/* per period */
double sim_stats_psr(const struct sim_stats_sharpe *q, double ref);
double sim_stats_min_trl(const struct sim_stats_sharpe *q, double ref,
			 double confidence);
double sim_stats_exp_max_sharpe(double trials, double sd);

/*
 * Probability of backtest overfitting by combinatorially symmetric
 * cross-validation.
 *
 * Shape:  ret[row * n_cols + col], rows in order of time; rows that don't fill
 *         `blocks` equal blocks are dropped at the front.
 * Gives:  *pbo; logits (may be NULL) one for each split, in lexicographic
 *         order of the in-sample blocks, C(blocks, blocks / 2) of them.
 * Errors: SIM_E_INVAL blocks odd, below 2 or above SIM_STATS_BLOCKS_MAX, fewer
 *         than two rows a half, or fewer than two columns.
 * Order:  equal ratios: the column with the lower index is the best.
 * Source: Bailey, Borwein, Lopez de Prado and Zhu 2015, "The probability of
 *         backtest overfitting".
 */
#define SIM_STATS_BLOCKS_MAX 16
struct sim_stats_trials {
	const double *ret;
	size_t n_rows, n_cols;
};
int sim_stats_pbo(const struct sim_stats_trials *t, unsigned blocks,
		  double *pbo, double *logits, struct sim_err *err)
	SIM_MUST_CHECK;

/* The same in two parts, so that not all returns need to be at hand: what they
 * come to in each block of time, [block * n_cols + col]. */
struct sim_stats_blocks {
	size_t n_cols, rows;		/* rows of a block */
	unsigned blocks;
	double *sum, *sq;		/* of deviations from the mean */
	double *mean;			/* of each column */
};
/* Fill in column col from ret[row * b->n_cols + col], n_rows of them. */
void sim_stats_pbo_gather(const double *ret, size_t n_rows, size_t col,
			  struct sim_stats_blocks *b);
/* Gives: pbo; its logits as above, logits may be NULL. */
double sim_stats_pbo_blocks(const struct sim_stats_blocks *b, double *logits);

/* The rate x with sum(flow_i / (1 + x)^(day_i / 365)) = 0 between -0.999999 and
 * 1e6, days from the first flow; NaN when there is none. */
double sim_stats_xirr(const double *flow, const int64_t *day, size_t n);

#endif
