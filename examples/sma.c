/*
 * sma: hold a symbol while its fast average is above its slow one.
 *
 *	cc -shared -fPIC -O2 -o sma.so sma.c
 *	simutrador simulate --plugin ./sma.so --symbols ACME -p fast=10
 *
 * Averages are compared as exact sums, so that no decision hangs on rounding:
 * the orders are those of the built-in sma-cross and its other forms.
 */
#include <stdlib.h>

#include <simutrador.h>

struct symbol {
	const struct simu_bars *bars;
	const int64_t *close;		/* the column of them */
	const int64_t *qty;		/* of its position */
	int64_t qty_then;		/* with it and this wish, there was */
	int wish_then;			/* nothing left to do */
	int64_t fast, slow;		/* sums of the windows as they fill */
	int64_t lead;			/* of the fast mean, times both windows */
	size_t seen;			/* bars that the lead is of */
	int was;			/* 1: it was held when last looked at */
	int is_leaving, is_blocked;
};

struct sma {
	const struct simu_host *host;
	ptrdiff_t fast, slow;
	struct symbol symbols[];
};

static const struct simu_param params[] = {
	{ "fast", "10", SIMU_INT, 1, 10000, "bars of the fast average" },
	{ "slow", "30", SIMU_INT, 2, 10000, "bars of the slow average" },
};

static int init(const struct simu_host *h, void **self)
{
	struct sma *s = calloc(1, sizeof(*s) + h->nsyms * sizeof(*s->symbols));

	if (!s)
		return h->fail(h, "there is no memory for the sums");
	*self = s;
	s->host = h;
	s->fast = (ptrdiff_t)h->param_int(h, "fast");
	s->slow = (ptrdiff_t)h->param_int(h, "slow");
	for (uint32_t i = 0; i < h->nsyms; i++) {
		s->symbols[i].bars = h->bars(h, i);
		s->symbols[i].close = s->symbols[i].bars->close;
		s->symbols[i].qty = h->holding(h, i);
	}
	return s->fast < s->slow ? 0 :
		h->fail(h, "fast must be less than slow");
}

/* Orders of ours that wait, other than a bracket's. */
static int is_working(const struct simu_host *h, uint32_t sym)
{
	struct simu_order_state o = { .struct_size = sizeof(o) };
	uint32_t id = 0;

	while ((id = h->next_order(h, sym, id, &o))) {
		if (o.role == SIMU_PLAIN)
			return 1;
	}
	return 0;
}

static int enter(struct sma *s, uint32_t sym)
{
	struct simu_order o = SIMU_ORDER_INIT;
	int rc;

	o.sym = sym;
	o.side = SIMU_BUY;
	o.tif = SIMU_GTC;
	o.sizing = SIMU_PERCENT;
	o.size = 95 * SIMU_ONE / s->host->nsyms;
	rc = s->host->submit(s->host, &o, NULL);
	s->symbols[sym].is_blocked = rc == SIMU_E_REJECTED;
	return rc == SIMU_E_REJECTED ? 0 : rc;
}

static int leave(struct sma *s, uint32_t sym, int64_t qty)
{
	struct simu_order o = SIMU_ORDER_INIT;
	int rc;

	o.sym = sym;
	o.side = SIMU_SELL;
	o.tif = SIMU_GTC;
	o.size = qty;
	o.flags = SIMU_REDUCE_ONLY;
	s->symbols[sym].is_leaving = 1;
	rc = s->host->submit(s->host, &o, NULL);
	return rc == SIMU_E_REJECTED ? 0 : rc;
}

/* Follow a wish: 1 to hold, -1 not to, 0 none.  What was refused, or sold for
 * us, is not wished for again before the averages have crossed. */
static SIMU_RARE int follow(struct sma *s, uint32_t sym, int wish)
{
	struct symbol *x = &s->symbols[sym];
	int64_t qty = *x->qty;
	int held = qty > 0;

	x->wish_then = 2;
	if (held != x->was) {
		if (!held && !x->is_leaving)
			x->is_blocked = 1;
		x->is_leaving = 0;
		x->was = held;
	}
	if (wish < 0)
		x->is_blocked = 0;
	if (!wish || held == (wish > 0) || (wish > 0 && x->is_blocked)) {
		x->wish_then = wish;
		x->qty_then = qty;
		return 0;
	}
	if (is_working(s->host, sym))
		return 0;
	return wish > 0 ? enter(s, sym) : leave(s, sym, qty);
}

/* The first bars, whose windows are not full. */
static SIMU_RARE int fill(const struct sma *s, struct symbol *x, ptrdiff_t t)
{
	x->fast += x->close[t] - (t >= s->fast ? x->close[t - s->fast] : 0);
	x->slow += x->close[t];
	x->lead = x->fast * s->slow - x->slow * s->fast;
	x->seen = (size_t)t + 1;
	return 0;
}

/* How much the lead changes by a bar. */
static int64_t change(const struct sma *s, const int64_t *close)
{
	return (*close - close[-s->fast]) * s->slow -
	       (*close - close[-s->slow]) * s->fast;
}

static int wish_of(const struct symbol *x)
{
	return (x->lead > 0) - (x->lead < 0);
}

static int on_bar(struct sma *s, uint32_t i)
{
	struct symbol *x = &s->symbols[i];
	ptrdiff_t t = (ptrdiff_t)x->bars->n - 1;
	int wish;

	if (t < s->slow)
		return fill(s, x, t);
	if (x->bars->n > x->seen) {
		x->lead += change(s, x->close + t);
		x->seen = x->bars->n;
	}
	wish = wish_of(x);
	if (wish == x->wish_then && *x->qty == x->qty_then)
		return 0;
	return follow(s, i, wish);
}

static int on_step(void *self, const struct simu_step *step)
{
	struct sma *s = self;
	int rc = 0;

	for (uint32_t k = 0; !rc && k < step->ntraded; k++)
		rc = on_bar(s, step->traded[k]);
	return rc;
}

/* Move the lead on, over n bars at most, as long as the wish stays. */
static uint64_t look(const struct sma *s, struct symbol *x, uint64_t n)
{
	size_t end = x->bars->n + n;
	int wish = wish_of(x);
	int64_t then;

	for (; x->seen < end; x->seen++, x->lead = then) {
		then = x->lead + change(s, x->close + x->seen);
		if (wish > 0 ? then <= 0 : then >= 0)
			break;
	}
	return x->seen - x->bars->n < n ? x->seen - x->bars->n : n;
}

/* In how many of the next n steps is there nothing to do? */
static uint64_t quiet(void *self, const struct simu_step *step, uint64_t n)
{
	struct sma *s = self;

	for (uint32_t i = 0; n && i < step->nsyms; i++) {
		struct symbol *x = &s->symbols[i];

		if (x->seen <= (size_t)s->slow || !x->lead ||
		    wish_of(x) != x->wish_then || *x->qty != x->qty_then)
			return 0;
		n = look(s, x, n);
	}
	return n;
}

static const struct simu_strategy strategy = {
	SIMU_STRATEGY_INIT,
	SIMU_PARAMS(params),
	.name = "sma",
	.version = "1",
	.init = init,
	.on_step = on_step,
	.release = free,
	.quiet = quiet,
};

const struct simu_strategy *simu_strategy_entry(void)
{
	return &strategy;
}
