/*
 * extreme: highest and lowest of a window and what is made of them.
 *
 * Warm-up: the first value is at the bar that fills the window.
 */
#include <string.h>

#include "ta/part_priv.h"

/* highest, lowest */
static void highest_init(void *state, struct sim_part_mem *mem,
			 const double *opt)
{
	sim_part_ext_init(state, mem, (int)opt[0], 1);
}

static void lowest_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	sim_part_ext_init(state, mem, (int)opt[0], -1);
}

static bool ext_push(void *state, const double *in, double *out)
{
	struct sim_part_ext *e = state;

	if (!sim_part_ext_push(e, in[0]))
		return false;
	out[0] = e->value;
	return true;
}
SIM_PART_OPS3(extreme, highest, sim_part_ext, sim_part_look_full, highest_init,
	      ext_push);
SIM_PART_OPS3(extreme, lowest, sim_part_ext, sim_part_look_full, lowest_init,
	      ext_push);

/*
 * donchian: highest high, lowest low and their middle, this bar included;
 * midprice: that middle; midpoint: the middle of one series.
 */
struct range {
	struct sim_part_ext hi, lo;
};

static void range_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	struct range *s = state;

	sim_part_ext_init(&s->hi, mem, (int)opt[0], 1);
	sim_part_ext_init(&s->lo, mem, (int)opt[0], -1);
}

static bool range_step(struct range *s, double h, double l)
{
	sim_part_ext_push(&s->lo, l);
	return sim_part_ext_push(&s->hi, h);
}

static bool donchian_push(void *state, const double *in, double *out)
{
	struct range *s = state;

	if (!range_step(s, in[0], in[1]))
		return false;
	out[0] = s->hi.value;
	out[1] = (s->hi.value + s->lo.value) / 2;
	out[2] = s->lo.value;
	return true;
}
SIM_PART_OPS3(extreme, donchian, range, sim_part_look_full, range_init,
	      donchian_push);

static bool midprice_push(void *state, const double *in, double *out)
{
	struct range *s = state;

	if (!range_step(s, in[0], in[1]))
		return false;
	out[0] = (s->hi.value + s->lo.value) / 2;
	return true;
}
SIM_PART_OPS3(extreme, midprice, range, sim_part_look_full, range_init,
	      midprice_push);

static bool midpoint_push(void *state, const double *in, double *out)
{
	double both[2] = { in[0], in[0] };

	return midprice_push(state, both, out);
}
SIM_PART_OPS3(extreme, midpoint, range, sim_part_look_full, range_init,
	      midpoint_push);

/*
 * max_drawdown: the deepest fall inside the window from a value to a later
 * one, in percent of the former; 0 if it never falls.  Built like the sums of
 * part.c: suffixes of the old block joined with the head of the new one.
 */
struct fall {
	double hi, lo, depth;
};
struct max_drawdown {
	double *x;
	struct fall *suffix, head;
	int n, at;
	bool full;
};

_Static_assert(sizeof(struct fall) == 3 * sizeof(double), "packed");

static void max_drawdown_init(void *state, struct sim_part_mem *mem,
			      const double *opt)
{
	struct max_drawdown *s = state;
	size_t n = (size_t)opt[0];

	s->n = (int)n;
	s->x = sim_part_take(mem, n);
	s->suffix = (void *)sim_part_take(mem, 3 * n);
}

/* A run of values followed by a later one. */
static struct fall fall_join(struct fall a, struct fall b)
{
	double across = sim_part_div(100 * (a.hi - b.lo), a.hi, 0);

	return (struct fall){ a.hi > b.hi ? a.hi : b.hi,
			      a.lo < b.lo ? a.lo : b.lo,
			      sim_part_max3(a.depth, b.depth, across) };
}

static double fall_rebuild(struct max_drawdown *s)
{
	struct fall acc = { 0, 0, 0 };
	int i;

	for (i = s->n - 1; i >= 0; i--) {
		struct fall one = { s->x[i], s->x[i], 0 };

		acc = i == s->n - 1 ? one : fall_join(one, acc);
		s->suffix[i] = acc;
	}
	s->at = 0;
	s->full = true;
	return acc.depth;
}

static bool max_drawdown_push(void *state, const double *in, double *out)
{
	struct max_drawdown *s = state;
	struct fall one = { in[0], in[0], 0 };

	s->head = s->at ? fall_join(s->head, one) : one;
	s->x[s->at++] = in[0];
	if (s->at == s->n) {
		out[0] = fall_rebuild(s);
		return true;
	}
	if (s->full)
		out[0] = fall_join(s->suffix[s->at], s->head).depth;
	return s->full;
}
SIM_PART_OPS3(extreme, max_drawdown, max_drawdown, sim_part_look_full,
	      max_drawdown_init, max_drawdown_push);

/* ulcer: root of the mean square of the percent below the window's highest,
 * each bar below the highest of its own window. */
struct ulcer {
	struct sim_part_ext hi;
	struct sim_part_sum sq;
};

static int ulcer_lookback(const double *opt)
{
	return 2 * ((int)opt[0] - 1);
}

static void ulcer_init(void *state, struct sim_part_mem *mem,
		       const double *opt)
{
	struct ulcer *s = state;

	sim_part_ext_init(&s->hi, mem, (int)opt[0], 1);
	sim_part_sum_init(&s->sq, mem, (int)opt[0]);
}

static bool ulcer_push(void *state, const double *in, double *out)
{
	struct ulcer *s = state;
	double d;

	if (!sim_part_ext_push(&s->hi, in[0]))
		return false;
	d = sim_part_div(100 * (in[0] - s->hi.value), s->hi.value, 0);
	if (!sim_part_sum_push(&s->sq, d * d))
		return false;
	out[0] = sqrt(sim_part_sum_mean(&s->sq));
	return true;
}
SIM_PART_OPS(extreme, ulcer);

/* median: the middle value, or the mean of the two; the window is kept
 * sorted, so a bar moves up to `period` numbers. */
struct median {
	struct sim_part_ring past;
	double *sorted;
	int count;
};

static void median_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	struct median *s = state;

	sim_part_ring_init(&s->past, mem, (int)opt[0]);
	s->sorted = sim_part_take(mem, (size_t)opt[0]);
}

/* The first place whose value is not below x. */
static int median_find(const struct median *s, double x)
{
	int lo = 0, hi = s->count;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (s->sorted[mid] < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void median_shift(struct median *s, int from, int to, int end)
{
	memmove(s->sorted + to, s->sorted + from,
		(size_t)(end - from) * sizeof(double));
}

static bool median_push(void *state, const double *in, double *out)
{
	struct median *s = state;
	double old;
	int i, n = s->past.n;

	if (sim_part_ring_push(&s->past, in[0], &old)) {
		i = median_find(s, old);
		median_shift(s, i + 1, i, s->count--);
	}
	i = median_find(s, in[0]);
	median_shift(s, i, i + 1, s->count++);
	s->sorted[i] = in[0];
	if (s->count < n)
		return false;
	out[0] = n % 2 ? s->sorted[n / 2] :
		 (s->sorted[n / 2 - 1] + s->sorted[n / 2]) / 2;
	return true;
}
SIM_PART_OPS3(extreme, median, median, sim_part_look_full, median_init,
	      median_push);
