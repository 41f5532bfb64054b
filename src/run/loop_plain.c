/*
 * loop_plain: steps made short where every symbol has a bar in the middle of
 * its session: no flag, no fill to tell of, nothing due.
 *
 * Where neither the market nor the strategy does anything only prices move:
 * such steps are passed over many at a time.
 */
#include "run/loop_priv.h"

#include <string.h>

#include "engine/calm.h"

#define LEVEL 16384			/* bars of all symbols at a time, */
#define LEVEL_MIN 64			/* in as many steps at least */
#define LOOK 1024			/* steps looked over at a time */
#define FETCH 64			/* whose times are fetched meanwhile */
#define PAGE 512			/* times of a page, */
#define LINE 8				/* and of a line of the cache */

/* Let all symbols stand before plain bars of each. */
static void begin_plain(struct sim_loop *l)
{
	for (uint32_t i = 0; i < l->nsyms; i++) {
		l->bars[i].at = l->cur[i].i - 1;
		l->bars[i].flags = 0;
		l->view.syms[i].is_eod = false;
		l->view.syms[i].traded = true;
		l->traded[i] = i;
	}
	l->view.ntraded = l->nsyms;
	l->is_passing = true;
}

/* Move the cursors of all symbols over n plain bars whose points are made. */
static void end_plain(struct sim_loop *l, size_t n)
{
	struct sim_run_equity *q = l->eq;

	l->is_passing = false;
	memset(q->eod + q->n, 0, n);
	q->n += n;
	l->bars_done += n * l->nsyms;
	for (uint32_t i = 0; i < l->nsyms; i++) {
		l->cur[i].i += n;
		l->view.syms[i].bars.n = l->cur[i].i;
		l->next_end[i] = sim_loop_next_end(&l->cur[i]);
	}
}

/* Let every symbol stand n bars further on. */
static inline void go_on(struct sim_loop *l, size_t n)
{
	struct sim_strategy_sym *s = l->view.syms, *end = s + l->nsyms;
	struct sim_engine_bar *b = l->bars;

	for (; s < end; s++, b++) {
		s->bars.n += n;
		b->at += n;
	}
}

/* Pass over the first steps, of n at most, in which neither the market nor the
 * strategy does anything, and make the one in which the strategy alone does.
 * Gives: how many, their points, and whether it is to be told of the last. */
static size_t pass(struct sim_loop *l, size_t n, sim_time *time, sim_dec *value,
		   bool *is_told)
{
	const struct cursor *c = &l->cur[0];
	const sim_time *ts = c->s.ts + l->bars[0].at + 1;
	size_t most = n < LOOK ? n : LOOK, quiet;

	if (!sim_calm_is_next(l->e))
		return 0;
	for (size_t j = 0; j < n && j < FETCH; j += LINE)
		__builtin_prefetch(ts + j);
	quiet = l->ops->quiet(l->self, &l->view, most);
	most = quiet < most ? quiet + 1 : quiet;
	n = quiet ? sim_calm_pass(l->e, l->bars, most, c->span, value) : 0;
	if (!n)
		return 0;
	for (size_t j = 0; j < n; j++)
		time[j] = ts[j] + c->span;
	go_on(l, n);
	l->view.now = time[n - 1];
	l->view.step += n;
	*is_told = n > quiet;
	return n;
}

/* What the market does in the next step. */
static inline int make_step(struct sim_loop *l, sim_time now, bool alone,
			    struct sim_err *err)
{
	l->view.now = now;
	l->view.step++;
	if (alone) {
		l->view.syms->bars.n++;
		l->bars->at++;
		return sim_engine_step_alone(l->e, now, l->bars, err);
	}
	go_on(l, 1);
	return sim_engine_step_level(l->e, now, l->bars, l->traded, err);
}

/* Says the same as m calls of step(). */
static inline __attribute__((always_inline)) int
run(struct sim_loop *l, size_t m, bool alone, struct sim_err *err)
{
	const sim_time *ts = l->cur[0].s.ts + l->cur[0].i;
	const sim_time span = l->cur[0].span;
	sim_dec *value = l->eq->value + l->eq->n;
	sim_time *time = l->eq->time + l->eq->n;
	const bool tells = l->ops->quiet && !l->setup->spec->each_step;
	size_t j = 0;
	int rc = SIM_OK;

	begin_plain(l);
	l->x.room = m;
	while (!rc && j < l->x.room) {
		bool is_told = true;
		size_t n = 0;

		if (tells)
			n = pass(l, m - j, time + j, value + j, &is_told);
		if (!n) {
			n = 1;
			time[j] = ts[j] + span;
			rc = make_step(l, time[j], alone, err);
			value[j] = l->acc->equity;
		}
		j += n;
		if (!rc && is_told)
			rc = l->ops->on_step(l->self, &l->view, err);
	}
	end_plain(l, j);
	return rc;
}

static __attribute__((noinline)) int
run_alone(struct sim_loop *l, size_t m, struct sim_err *err)
{
	return run(l, m, true, err);
}

static __attribute__((noinline)) int
run_level(struct sim_loop *l, size_t m, struct sim_err *err)
{
	return run(l, m, false, err);
}

int sim_loop_plain(struct sim_loop *l, size_t m, struct sim_err *err)
{
	return l->nsyms == 1 ? run_alone(l, m, err) : run_level(l, m, err);
}

/* Steps of all symbols whose times are compared before they are made: not so
 * many that the first are forgotten meanwhile. */
static uint64_t level_steps(const struct sim_loop *l)
{
	uint64_t n = LEVEL / l->nsyms;

	return n > LEVEL_MIN ? n : LEVEL_MIN;
}

/* Do the next n bars follow each other at the least distance? */
static inline bool is_even(const struct cursor *c, size_t n)
{
	return sim_bar_is_even(&c->s, c->i, n);
}

/* Begin to fetch n times: a page's lines follow its first ones. */
static void fetch_times(const struct cursor *c, size_t n)
{
	for (size_t j = 0; j < n; j += PAGE) {
		__builtin_prefetch(c->s.ts + c->i + j);
		__builtin_prefetch(c->s.ts + c->i + j + LINE);
	}
}

/* How many of n bars two cursors have at the same times.  Two that begin
 * together and go on at the same distance need not be compared. */
static size_t same_times(const struct cursor *a, const struct cursor *b,
			 size_t n)
{
	const sim_time *x = a->s.ts + a->i, *y = b->s.ts + b->i;
	size_t i = 0;

	if (a->s.gap == b->s.gap && is_even(a, n) && is_even(b, n) && *x == *y)
		return n;
	if (!memcmp(x, y, n * sizeof(*x)))
		return n;
	while (i < n && x[i] == y[i])
		i++;
	return i;
}

/* How many of the next n plain steps end before something is due. */
static size_t steps_before(const struct sim_loop *l, size_t n)
{
	const struct cursor *c = &l->cur[0];
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->s.ts[c->i + mid] + c->span < l->x.due)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint64_t sim_loop_plain_ahead(const struct sim_loop *l, uint64_t n)
{
	const struct cursor *first = &l->cur[0];

	if (l->detail || l->eq->benchmark || l->ops->on_fill ||
	    l->fills_at_close || l->x.is_cut)
		return 0;
	if (l->nsyms > 1 && n > level_steps(l))
		n = level_steps(l);
	for (uint32_t i = 0; n && i < l->nsyms; i++) {
		const struct cursor *c = &l->cur[i];
		size_t left = c->i < c->turn ? c->turn - c->i : 0;

		n = left < n ? left : n;
		if (i + 1 < l->nsyms && !is_even(c, n))
			fetch_times(c + 1, n);
		if (i)
			n = c->span == first->span ? same_times(first, c, n)
						   : 0;
	}
	return n && l->x.due != SIM_TIME_MAX ? steps_before(l, n) : n;
}
