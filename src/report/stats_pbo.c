/*
 * stats_pbo: combinatorially symmetric cross-validation.
 *
 * Each column's sums are kept per block, around the column's mean so that
 * squares don't cancel; a split only adds up blocks.
 */
#include "report/stats.h"

#include <math.h>
#include <stdlib.h>

#include "util/fmath.h"
#include "util/mem.h"

struct split {
	size_t n_cols, rows;		/* rows of a block */
	unsigned blocks;
	double *sum, *sq;		/* [block * n_cols + col], centred */
	double *mean;			/* of each column */
	double *in, *out;		/* ratios of one split */
};

static void gather(const struct sim_stats_trials *t, struct split *s)
{
	size_t used = s->rows * s->blocks, skip = t->n_rows - used;
	const double *ret = t->ret + skip * t->n_cols;

	for (size_t c = 0; c < s->n_cols; c++) {
		struct sim_fmath_sum a = { 0, 0 };

		for (size_t i = 0; i < used; i++)
			sim_fmath_sum_add(&a, ret[i * s->n_cols + c]);
		s->mean[c] = sim_fmath_sum_get(&a) / (double)used;
		for (size_t i = 0; i < used; i++) {
			size_t at = i / s->rows * s->n_cols + c;
			double d = ret[i * s->n_cols + c] - s->mean[c];

			s->sum[at] += d;
			s->sq[at] += d * d;
		}
	}
}

/* Sharpe ratio of a column over the blocks of a mask. */
static double ratio(const struct split *s, size_t col, unsigned mask)
{
	double sum = 0, sq = 0, n = 0, var;

	for (unsigned b = 0; b < s->blocks; b++) {
		if (!(mask >> b & 1))
			continue;
		sum += s->sum[b * s->n_cols + col];
		sq += s->sq[b * s->n_cols + col];
		n += (double)s->rows;
	}
	var = (sq - sum * sum / n) / (n - 1);
	return var > 0 ? (s->mean[col] + sum / n) / sqrt(var) : -HUGE_VAL;
}

/* Logit of the out-of-sample rank of the best in sample. */
static double judge(struct split *s, unsigned mask)
{
	unsigned all = (1U << s->blocks) - 1;
	size_t best = 0, below = 0;
	double w;

	for (size_t c = 0; c < s->n_cols; c++) {
		s->in[c] = ratio(s, c, mask);
		s->out[c] = ratio(s, c, all & ~mask);
		if (s->in[c] > s->in[best])
			best = c;
	}
	for (size_t c = 0; c < s->n_cols; c++)
		below += s->out[c] < s->out[best];
	w = (double)(below + 1) / (double)(s->n_cols + 1);
	return sim_fmath_log(w / (1 - w));
}

/* Walk the subsets of `left` more blocks from `from` on, in order. */
struct walk {
	struct split *s;
	double *logits;
	size_t n, bad;
};

static void walk(struct walk *w, unsigned mask, unsigned from, unsigned left)
{
	double v;

	if (left) {
		for (unsigned b = from; b + left <= w->s->blocks; b++)
			walk(w, mask | 1U << b, b + 1, left - 1);
		return;
	}
	v = judge(w->s, mask);
	if (w->logits)
		w->logits[w->n] = v;
	w->n++;
	w->bad += v <= 0;
}

int sim_stats_pbo(const struct sim_stats_trials *t, unsigned blocks,
		  double *pbo, double *logits, struct sim_err *err)
{
	struct split s = { t->n_cols, 0, blocks, NULL, NULL, NULL, NULL, NULL };
	struct walk w = { &s, logits, 0, 0 };

	if (blocks < 2 || blocks > SIM_STATS_BLOCKS_MAX || blocks % 2)
		return sim_err_set(err, SIM_E_INVAL, "the number of blocks is "
			"%u; use an even number from 2 to %d", blocks,
			SIM_STATS_BLOCKS_MAX);
	s.rows = t->n_rows / blocks;
	if (t->n_cols < 2 || s.rows * (blocks / 2) < 2)
		return sim_err_set(err, SIM_E_INVAL, "%zu trials of %zu "
			"periods are too few for %u blocks; give at least 2 "
			"trials and 2 periods in each half", t->n_cols,
			t->n_rows, blocks);
	s.sum = sim_mem_array(blocks * s.n_cols, sizeof(*s.sum));
	s.sq = sim_mem_array(blocks * s.n_cols, sizeof(*s.sq));
	s.mean = sim_mem_array(s.n_cols, sizeof(*s.mean));
	s.in = sim_mem_array(s.n_cols, sizeof(*s.in));
	s.out = sim_mem_array(s.n_cols, sizeof(*s.out));
	gather(t, &s);
	walk(&w, 0, 0, blocks / 2);
	*pbo = (double)w.bad / (double)w.n;
	sim_mem_free(s.sum);
	sim_mem_free(s.sq);
	sim_mem_free(s.mean);
	sim_mem_free(s.in);
	sim_mem_free(s.out);
	return 0;
}
