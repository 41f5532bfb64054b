/*
 * @NAME@: buy a close above the average of the last bars, sell one below.
 *
 *	cc -shared -fPIC -O2 -o @NAME@.so @NAME@.c
 *	simutrador strategy check --plugin ./@NAME@.so
 *	simutrador simulate --plugin ./@NAME@.so --symbols ACME -p bars=30
 */
#include <stdlib.h>

#include "simutrador.h"

struct mine {
	const struct simu_host *host;
	size_t n;
};

static const struct simu_param params[] = {
	{ "bars", "20", SIMU_INT, 2, 500, "bars looked back" },
};

static int init(const struct simu_host *h, void **self)
{
	struct mine *m = calloc(1, sizeof(*m));

	if (!m)
		return h->fail(h, "there is no memory");
	*self = m;
	m->host = h;
	m->n = (size_t)h->param_int(h, "bars");
	return 0;
}

/* One order at a time; a refusal stands in the event log. */
static int order(const struct simu_host *h, uint32_t sym, int side)
{
	struct simu_order o = SIMU_ORDER_INIT;
	int rc;

	if (h->next_order(h, sym, 0, NULL))
		return 0;
	o.sym = sym;
	o.side = side;
	o.sizing = side == SIMU_BUY ? SIMU_PERCENT : SIMU_ALL;
	o.size = 95 * SIMU_ONE / h->nsyms;
	rc = h->submit(h, &o, NULL);
	return rc == SIMU_E_REJECTED ? 0 : rc;
}

static int on_bar(struct mine *m, uint32_t sym)
{
	const struct simu_bars *b = m->host->bars(m->host, sym);
	int64_t sum = 0, close = b->close[b->n - 1];
	int held = m->host->position(m->host, sym) > 0;

	if (b->n < m->n)
		return 0;
	for (size_t i = b->n - m->n; i < b->n; i++)
		sum += b->close[i];
	if (close * (int64_t)m->n > sum && !held)
		return order(m->host, sym, SIMU_BUY);
	if (close * (int64_t)m->n < sum && held)
		return order(m->host, sym, SIMU_SELL);
	return 0;
}

static int on_step(void *self, const struct simu_step *step)
{
	int rc = 0;

	for (uint32_t k = 0; !rc && k < step->ntraded; k++)
		rc = on_bar(self, step->traded[k]);
	return rc;
}

static const struct simu_strategy strategy = {
	SIMU_STRATEGY_INIT, SIMU_PARAMS(params),
	.name = "@NAME@", .version = "1",
	.init = init, .on_step = on_step, .release = free,
};

const struct simu_strategy *simu_strategy_entry(void)
{
	return &strategy;
}
