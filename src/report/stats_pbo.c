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
	const struct sim_stats_blocks *b;
	double *in, *out;		/* ratios of one split */
};

void sim_stats_pbo_gather(const double *ret, size_t n_rows, size_t col,
			  struct sim_stats_blocks *b)
{
	size_t used = b->rows * b->blocks, n = b->n_cols;
	struct sim_fmath_sum a = { 0, 0 };

	ret += (n_rows - used) * n + col;
	for (size_t i = 0; i < used; i++)
		sim_fmath_sum_add(&a, ret[i * n]);
	b->mean[col] = sim_fmath_sum_get(&a) / (double)used;
	for (size_t k = 0; k < b->blocks; k++)
		b->sum[k * n + col] = b->sq[k * n + col] = 0;
	for (size_t i = 0; i < used; i++) {
		size_t at = i / b->rows * n + col;
		double d = ret[i * n] - b->mean[col];

		b->sum[at] += d;
		b->sq[at] += d * d;
	}
}

/* Sharpe ratio of a column over the blocks of a mask. */
static double ratio(const struct sim_stats_blocks *s, size_t col,
		    unsigned mask)
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
	unsigned all = (1U << s->b->blocks) - 1;
	size_t best = 0, below = 0, n = s->b->n_cols;
	double w;

	for (size_t c = 0; c < n; c++) {
		s->in[c] = ratio(s->b, c, mask);
		s->out[c] = ratio(s->b, c, all & ~mask);
		if (s->in[c] > s->in[best])
			best = c;
	}
	for (size_t c = 0; c < n; c++)
		below += s->out[c] < s->out[best];
	w = (double)(below + 1) / (double)(n + 1);
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
		for (unsigned b = from; b + left <= w->s->b->blocks; b++)
			walk(w, mask | 1U << b, b + 1, left - 1);
		return;
	}
	v = judge(w->s, mask);
	if (w->logits)
		w->logits[w->n] = v;
	w->n++;
	w->bad += v <= 0;
}

double sim_stats_pbo_blocks(const struct sim_stats_blocks *b, double *logits)
{
	struct split s = {
		.b = b, .in = sim_mem_array(b->n_cols, sizeof(*s.in)),
		.out = sim_mem_array(b->n_cols, sizeof(*s.out)),
	};
	struct walk w = { &s, logits, 0, 0 };

	walk(&w, 0, 0, b->blocks / 2);
	sim_mem_free(s.in);
	sim_mem_free(s.out);
	return (double)w.bad / (double)w.n;
}

int sim_stats_pbo(const struct sim_stats_trials *t, unsigned blocks,
		  double *pbo, double *logits, struct sim_err *err)
{
	struct sim_stats_blocks b = { .n_cols = t->n_cols, .blocks = blocks };

	if (blocks < 2 || blocks > SIM_STATS_BLOCKS_MAX || blocks % 2)
		return sim_err_set(err, SIM_E_INVAL, "the number of blocks is "
			"%u; use an even number from 2 to %d", blocks,
			SIM_STATS_BLOCKS_MAX);
	b.rows = t->n_rows / blocks;
	if (t->n_cols < 2 || b.rows * (blocks / 2) < 2)
		return sim_err_set(err, SIM_E_INVAL, "%zu trials of %zu "
			"periods are too few for %u blocks; give at least 2 "
			"trials and 2 periods in each half", t->n_cols,
			t->n_rows, blocks);
	b.sum = sim_mem_array(blocks * b.n_cols, sizeof(*b.sum));
	b.sq = sim_mem_array(blocks * b.n_cols, sizeof(*b.sq));
	b.mean = sim_mem_array(b.n_cols, sizeof(*b.mean));
	for (size_t c = 0; c < b.n_cols; c++)
		sim_stats_pbo_gather(t->ret, t->n_rows, c, &b);
	*pbo = sim_stats_pbo_blocks(&b, logits);
	sim_mem_free(b.sum);
	sim_mem_free(b.sq);
	sim_mem_free(b.mean);
	return 0;
}
