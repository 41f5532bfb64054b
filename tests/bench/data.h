/* The bars of a bench, the same everywhere, and its strategy by hand. */
#ifndef DATA_H
#define DATA_H

#include "market/feed.h"
#include "model/bar.h"
#include "util/mem.h"

/*
 * The workload's generator: alternating drifts of 60 to 140 bars with noise,
 * pulled to 100; an integer generator and plain doubles, the same everywhere.
 */
struct gen {
	uint64_t s[4];
	double price;
	int direction, left;
};

static inline uint64_t rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

static inline uint64_t draw(struct gen *g)
{
	uint64_t *s = g->s, r = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return r;
}

/* Twelve uniforms less six: nearly normal. */
static inline double noise(struct gen *g)
{
	double a = 0;

	for (int i = 0; i < 12; i++)
		a += (double)(draw(g) >> 11) * (1.0 / 9007199254740992.0);
	return a - 6.0;
}

static inline void gen_init(struct gen *g, uint64_t seed, uint64_t symbol)
{
	uint64_t x = seed * 1000003u + symbol * 7919u + 1;

	for (int i = 0; i < 4; i++) {
		uint64_t z = x += 0x9E3779B97F4A7C15u;

		z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
		z = (z ^ z >> 27) * 0x94D049BB133111EBu;
		g->s[i] = z ^ z >> 31;
	}
	g->price = 100.0;
	g->direction = draw(g) & 1 ? 1 : -1;
	g->left = 0;
}

static inline sim_dec fixed(double price)
{
	return (sim_dec)(price * 1e5 + 0.5) * 1000;
}

static inline void gen_bar(struct gen *g, sim_time ts, struct sim_bar *b)
{
	double o, c, hi, lo, gh, gl;

	if (g->left == 0) {
		g->direction = -g->direction;
		g->left = 60 + (int)(draw(g) % 81);
	}
	g->left--;
	o = g->price * (1.0 + noise(g) * 2.0e-5);
	c = o * (1.0 + g->direction * 4.65e-5 + noise(g) * 1.2e-4 +
		 (100.0 - o) * 2.0e-8);
	hi = o > c ? o : c;
	lo = o < c ? o : c;
	gh = noise(g);
	gl = noise(g);
	hi *= 1.0 + (gh < 0 ? -gh : gh) * 8.0e-5;
	lo *= 1.0 - (gl < 0 ? -gl : gl) * 8.0e-5;
	*b = (struct sim_bar){ ts, fixed(o), fixed(hi), fixed(lo), fixed(c),
			       (sim_dec)(100 + draw(g) % 9900) * SIM_DEC_ONE };
	g->price = c;
}

static inline void make_bars(struct sim_bar_table *t, size_t n, uint64_t symbol)
{
	struct gen g;
	struct sim_bar b;
	struct sim_bar_series all;

	gen_init(&g, 22, symbol);
	sim_bar_table_reserve(t, n);
	for (size_t i = 0; i < n; i++) {
		gen_bar(&g, (INT64_C(1577836800) + 60 * (sim_time)i) *
				    SIM_TIME_SEC, &b);
		sim_bar_table_add(t, &b, 0);
	}
	all = sim_bar_table_view(t);
	t->gap = sim_bar_gap(&all);
}

static inline double *doubles(const sim_dec *v, size_t n)
{
	double *d = sim_mem_array(n, sizeof(*d));

	for (size_t i = 0; i < n; i++)
		d[i] = (double)v[i] / 1e8;
	return d;
}

struct loop_result {
	double equity, drawdown;
	long fills;
};

/* The strategy by hand over arrays: no orders, no account, no checks. */
static __attribute__((noinline, unused)) struct loop_result
by_hand(const double *open, const double *close, size_t n, double *equity)
{
	double sf = 0, ss = 0, cash = 1e6, held = 0, wanted = 0, peak = 1e6;
	struct loop_result r = { 0, 0, 0 };
	int pending = 0;

	for (size_t i = 0; i < n; i++) {
		double x = close[i], e;

		if (pending) {
			double q = pending > 0 ? wanted : -held;

			cash -= q * open[i] +
				(q > 0 ? q : -q) * open[i] * 0.001;
			held = pending > 0 ? wanted : 0;
			r.fills++;
			pending = 0;
		}
		sf += x - (i >= 10 ? close[i - 10] : 0);
		ss += x - (i >= 30 ? close[i - 30] : 0);
		e = cash + held * x;
		equity[i] = e;
		if (e > peak)
			peak = e;
		else if (1 - e / peak > r.drawdown)
			r.drawdown = 1 - e / peak;
		if (i < 30)
			continue;
		if (held == 0 && sf * 3 > ss) {
			wanted = (double)(int64_t)(0.98 * cash / x);
			pending = wanted >= 1;
		} else if (held > 0 && sf * 3 < ss) {
			pending = -1;
		}
	}
	r.equity = cash + held * close[n - 1];
	return r;
}

#endif
