/* excursion: two monotonic stacks of prices. */
#include "report/excursion.h"

#include <math.h>

#include "report/stats.h"
#include "util/mem.h"

/* Whatever is not beyond the newest price will never be asked for again. */
static void push(struct sim_excursion_stack *s, size_t fill, double price,
		 int sign)
{
	while (s->n && sign * (s->v[s->n - 1].price - price) <= 0)
		s->n--;
	SIM_MEM_GROW(s->v, s->cap, s->n + 1);
	s->v[s->n++] = (struct sim_excursion_point){ fill, price };
}

/* The price of the first entry that is not older than `from`. */
static double since(const struct sim_excursion_stack *s, size_t from,
		    double none)
{
	size_t a = 0, b = s->n;

	while (a < b) {
		size_t mid = a + (b - a) / 2;

		if (s->v[mid].fill < from)
			a = mid + 1;
		else
			b = mid;
	}
	return a < s->n ? s->v[a].price : none;
}

double sim_excursion_price(const struct sim_excursion *x, sim_dec price)
{
	return (double)price * x->shares;
}

void sim_excursion_add(struct sim_excursion *x,
		       const struct sim_fill_reach *reach)
{
	x->n++;
	push(&x->low, x->n, sim_excursion_price(x, reach->low), -1);
	push(&x->high, x->n, sim_excursion_price(x, reach->high), 1);
}

void sim_excursion_split(struct sim_excursion *x, int64_t num, int64_t den)
{
	x->shares = x->shares * (double)num / (double)den;
}

struct sim_excursion_trade sim_excursion_of(const struct sim_excursion *x,
					    size_t from, double entry,
					    double exit, bool is_long)
{
	double low = fmin(since(&x->low, from, entry), fmin(entry, exit));
	double high = fmax(since(&x->high, from, entry), fmax(entry, exit));
	double down = sim_stats_ratio(low - entry, entry);
	double up = sim_stats_ratio(high - entry, entry);
	struct sim_excursion_trade t = {
		.mae = is_long ? down : 0 - up,
		.mfe = is_long ? up : 0 - down,
	};

	t.edge = sim_stats_ratio(t.mfe, -t.mae);
	t.efficiency = sim_stats_ratio(is_long ? exit - entry : entry - exit,
				       high - low);
	return t;
}

void sim_excursion_release(struct sim_excursion *x)
{
	sim_mem_free(x->low.v);
	sim_mem_free(x->high.v);
	*x = (struct sim_excursion)SIM_EXCURSION_INIT;
}
