/* Bars of a minute whose prices walk by a seeded generator. */
#ifndef WALK_H
#define WALK_H
#include "model/bar.h"
#include "util/rand.h"

struct walk {
	const char *name;		/* of the stream of random numbers */
	uint64_t seed;
	sim_time start;
	size_t n, skip;			/* skip: every so manieth is left out */
};

static inline void walk_bars(struct sim_bar_table *t, const struct walk *w)
{
	const sim_dec tick = SIM_DEC_ONE / 100;
	sim_dec p = 100 * SIM_DEC_ONE;
	struct sim_rand r;

	sim_rand_init(&r, w->seed, w->name);
	for (size_t i = 0; i < w->n; i++) {
		struct sim_bar b = { .ts = w->start +
					   (sim_time)i * SIM_TIME_MIN };

		b.open = p;
		p += ((sim_dec)sim_rand_below(&r, 101) - 50) * tick;
		p = p < 10 * SIM_DEC_ONE ? 10 * SIM_DEC_ONE : p;
		b.close = p;
		b.high = (b.open > p ? b.open : p) +
			(sim_dec)sim_rand_below(&r, 30) * tick;
		b.low = (b.open < p ? b.open : p) -
			(sim_dec)sim_rand_below(&r, 30) * tick;
		b.volume = (sim_dec)(1000 + sim_rand_below(&r, 9000)) *
			SIM_DEC_ONE;
		if (!w->skip || i % w->skip)
			sim_bar_table_add(t, &b, 0);
	}
}
#endif
