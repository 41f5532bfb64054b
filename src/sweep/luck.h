/*
 * luck: how far the choice of the best of many trials may be luck.
 *
 * Of every point of a sweep, or of an even choice of at most
 * SIM_LUCK_COLUMNS of them, its returns are kept as sums of blocks of time:
 * enough for the probability of backtest overfitting, and no more memory for
 * more points.
 */
#ifndef SIM_LUCK_H
#define SIM_LUCK_H

#include <stddef.h>
#include <stdint.h>

#define SIM_LUCK_COLUMNS	1024	/* kept, at most */
#define SIM_LUCK_LEAST		16	/* fewer say nothing */
#define SIM_LUCK_BLOCKS		12	/* of time */

struct sim_luck;

/* For points numbered from 0. */
struct sim_luck *sim_luck_new(uint64_t points);
void sim_luck_free(struct sim_luck *l);		/* NULL is fine */

/* The returns of a point, in order of time; each point once, in any thread. */
void sim_luck_take(struct sim_luck *l, uint64_t number, const double *ret,
		   size_t n);

/* How likely the best in one half of the time is below the median in the
 * other; NaN: fewer than SIM_LUCK_LEAST points have returns over the same
 * periods, or these are too few. */
double sim_luck_pbo(const struct sim_luck *l);

/* Of trials: their Sharpe ratios as they come, and what they amount to. */
struct sim_luck_sharpe {
	double n, mean, squares;	/* of deviations from the mean */
	double best;
	uint64_t at;			/* number of the best, the first */
};
#define SIM_LUCK_SHARPE_INIT { 0, 0, 0, 0, 0 }
void sim_luck_sharpe_add(struct sim_luck_sharpe *s, uint64_t number, double v);
/* What the best of as many trials without skill is expected to have; NaN of
 * fewer than two. */
double sim_luck_sharpe_expected(const struct sim_luck_sharpe *s);
/* How likely the best is above that; se: the standard error of its ratio. */
double sim_luck_sharpe_deflated(const struct sim_luck_sharpe *s, double se);

#endif
