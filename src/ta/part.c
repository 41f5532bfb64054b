/*
 * part: windows whose aggregates are rebuilt, never subtracted from, and the
 * exponential average.  See part_priv.h.
 */
#include "ta/part_priv.h"

double *sim_part_take(struct sim_part_mem *mem, size_t n)
{
	double *p = mem->base ? mem->base + mem->used : NULL;

	mem->used += n;
	return p;
}

int sim_part_look_none(const double *opt)
{
	(void)opt;
	return 0;
}

int sim_part_look_full(const double *opt)
{
	return (int)opt[0] - 1;
}

int sim_part_look_change(const double *opt)
{
	return (int)opt[0];
}

void sim_part_zero_init(void *state, struct sim_part_mem *mem,
			const double *opt)
{
	(void)state;
	(void)mem;
	(void)opt;
}

void sim_part_ring_init(struct sim_part_ring *r, struct sim_part_mem *mem,
			int n)
{
	r->n = n;
	r->x = sim_part_take(mem, (size_t)n);
}

_Static_assert(sizeof(struct sim_fmath_sum) == 2 * sizeof(double), "packed");

void sim_part_sum_init(struct sim_part_sum *s, struct sim_part_mem *mem, int n)
{
	s->n = n;
	s->x = sim_part_take(mem, (size_t)n);
	s->suffix = (void *)sim_part_take(mem, 2 * (size_t)n);
}

static void sum_rebuild(struct sim_part_sum *s)
{
	struct sim_fmath_sum acc = { 0, 0 };
	int i;

	for (i = s->n - 1; i >= 0; i--) {
		sim_fmath_sum_add(&acc, s->x[i]);
		s->suffix[i] = acc;
	}
	s->head = (struct sim_fmath_sum){ 0, 0 };
	s->at = 0;
	s->full = true;
	s->value = sim_fmath_sum_get(&acc);
}

bool sim_part_sum_push(struct sim_part_sum *s, double x)
{
	struct sim_fmath_sum all;

	s->run = x == s->last ? s->run + (s->run < s->n) : 1;
	s->last = x;
	s->x[s->at++] = x;
	if (s->at == s->n) {
		sum_rebuild(s);
		return true;
	}
	sim_fmath_sum_add(&s->head, x);
	if (!s->full)
		return false;
	all = s->suffix[s->at];
	sim_fmath_sum_add(&all, s->head.s);
	all.c += s->head.c;
	s->value = sim_fmath_sum_get(&all);
	return true;
}

double sim_part_sum_mean(const struct sim_part_sum *s)
{
	return s->run == s->n ? s->last : s->value / s->n;
}

_Static_assert(sizeof(struct sim_part_moment) == 4 * sizeof(double), "packed");

void sim_part_mom_init(struct sim_part_mom *s, struct sim_part_mem *mem, int n)
{
	s->n = n;
	s->x = sim_part_take(mem, (size_t)n);
	s->suffix = (void *)sim_part_take(mem, 4 * (size_t)n);
}

/*
 * Moments of `a` followed in time by `b`.
 * Source: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm
 * for computing sample variances" (1979); the co-moment with time uses that
 * the middles of two neighbouring runs are (na + nb) / 2 bars apart.
 */
static struct sim_part_moment join(struct sim_part_moment a,
				   struct sim_part_moment b)
{
	struct sim_part_moment r;
	double d = b.mean - a.mean;

	if (a.n == 0)
		return b;
	if (b.n == 0)
		return a;
	r.n = a.n + b.n;
	r.mean = a.mean + d * b.n / r.n;
	r.m2 = a.m2 + b.m2 + d * d * (a.n * b.n / r.n);
	r.cxy = a.cxy + b.cxy + d * (a.n * b.n / 2);
	return r;
}

static struct sim_part_moment single(double x)
{
	return (struct sim_part_moment){ 1, x, 0, 0 };
}

static void mom_rebuild(struct sim_part_mom *s)
{
	struct sim_part_moment acc = { 0, 0, 0, 0 };
	int i;

	for (i = s->n - 1; i >= 0; i--) {
		acc = join(single(s->x[i]), acc);
		s->suffix[i] = acc;
	}
	s->head = (struct sim_part_moment){ 0, 0, 0, 0 };
	s->at = 0;
	s->full = true;
	s->value = acc;
}

bool sim_part_mom_push(struct sim_part_mom *s, double x)
{
	s->x[s->at++] = x;
	if (s->at == s->n) {
		mom_rebuild(s);
		return true;
	}
	s->head = join(s->head, single(x));
	if (!s->full)
		return false;
	s->value = join(s->suffix[s->at], s->head);
	return true;
}

/* Sum of k x(k) over k = 1..n is cxy + n mean (n + 1) / 2. */
double sim_part_mom_wma(const struct sim_part_moment *m)
{
	return m->mean + 2 * m->cxy / (m->n * (m->n + 1));
}

double sim_part_mom_slope(const struct sim_part_moment *m)
{
	return m->n < 2 ? 0 : 12 * m->cxy / (m->n * (m->n * m->n - 1));
}

void sim_part_ext_init(struct sim_part_ext *e, struct sim_part_mem *mem,
		       int n, double sign)
{
	e->n = n;
	e->sign = sign;
	e->v = sim_part_take(mem, (size_t)n);
	e->i = sim_part_take(mem, (size_t)n);
}

bool sim_part_ext_push(struct sim_part_ext *e, double x)
{
	double y = e->sign * x;
	int back;

	if (e->len && e->i[e->head] <= e->now - e->n) {
		e->head = (e->head + 1) % e->n;
		e->len--;
	}
	while (e->len && e->v[(e->head + e->len - 1) % e->n] <= y)
		e->len--;
	back = (e->head + e->len++) % e->n;
	e->v[back] = y;
	e->i[back] = e->now;
	e->value = e->sign * e->v[e->head];
	e->age = e->now - e->i[e->head];
	e->now++;
	return e->now >= e->n;
}

void sim_part_ema_init(struct sim_part_ema *e, int n)
{
	e->n = n;
	e->k = 2.0 / (n + 1.0);
}

void sim_part_rma_init(struct sim_part_ema *e, int n)
{
	e->n = n;
	e->k = 1.0 / n;
}

bool sim_part_ema_push(struct sim_part_ema *e, double x)
{
	if (e->count == e->n) {
		e->value += e->k * (x - e->value);
		return true;
	}
	/* Deviations from the first: a flat start is met exactly. */
	if (e->count == 0)
		e->value = x;
	sim_fmath_sum_add(&e->seed, x - e->value);
	if (++e->count < e->n)
		return false;
	e->value += sim_fmath_sum_get(&e->seed) / e->n;
	return true;
}

bool sim_part_ema_chain(struct sim_part_ema *e, int n, double x, double *y)
{
	int i;

	for (i = 0; i < n; i++) {
		if (!sim_part_ema_push(&e[i], x))
			return false;
		x = y[i] = e[i].value;
	}
	return true;
}
