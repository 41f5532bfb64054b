/*
 * rotation: momentum-rotation over many symbols.
 *
 * Every `every` steps the symbols are ranked by their return over `lookback`
 * bars, compared exactly as fractions, ties by name; the best `top` are held.
 */
#include "strategy/builtin.h"

enum { LOOKBACK, EVERY, TOP };

static const struct sim_registry_param params[] = {
	{ "lookback", SIM_REGISTRY_INT, "60", "1", "10000",
	  "bars whose return is ranked" },
	{ "every", SIM_REGISTRY_INT, "20", "1", "100000",
	  "steps between two rankings" },
	{ "top", SIM_REGISTRY_INT, "3", "1", "1000", "symbols to hold" },
};

struct rotation {
	uint32_t *best;			/* the newest ranking, best first */
	int8_t *wish;			/* per symbol */
};

static int start(struct sim_builtin *b, const struct sim_strategy_view *v,
		 struct sim_err *err)
{
	struct rotation *r = sim_mem_zalloc(sizeof(*r));

	(void)err;
	r->best = sim_mem_array((size_t)b->value[TOP] + 1, sizeof(*r->best));
	r->wish = sim_mem_array(v->nsyms, sizeof(*r->wish));
	b->trade.shares = (uint32_t)b->value[TOP];
	b->state = r;
	return SIM_OK;
}

static void stop(struct sim_builtin *b)
{
	struct rotation *r = b->state;

	sim_mem_free(r->best);
	sim_mem_free(r->wish);
}

/* Did a gain more than b over the lookback?  Compares a1/a0 with b1/b0. */
static bool is_better(const struct sim_bar_series *a,
		      const struct sim_bar_series *b, size_t lookback)
{
	return (sim_dec_wide)a->close[a->n - 1] *
		b->close[b->n - 1 - lookback] >
		(sim_dec_wide)b->close[b->n - 1] *
		a->close[a->n - 1 - lookback];
}

/* Insert symbol i into the ranking of n, of which `top` are kept. */
static size_t rank(struct rotation *r, const struct sim_strategy_view *v,
		   uint32_t i, size_t n, const int64_t *value)
{
	size_t at = n, top = (size_t)value[TOP];

	while (at && is_better(&v->syms[i].bars, &v->syms[r->best[at - 1]].bars,
			       (size_t)value[LOOKBACK])) {
		r->best[at] = r->best[at - 1];
		at--;
	}
	r->best[at] = i;
	return n < top ? n + 1 : top;
}

static int follow(struct sim_builtin *b, struct sim_strategy_view *v, int wish,
		  struct sim_err *err)
{
	struct rotation *r = b->state;
	int rc = SIM_OK;

	for (uint32_t i = 0; !rc && i < v->nsyms; i++) {
		if (r->wish[i] == wish && v->syms[i].bars.n)
			rc = sim_trade_follow(&b->trade, v, i, wish, err);
	}
	return rc;
}

static int step(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct sim_builtin *b = self;
	struct rotation *r = b->state;
	size_t n = 0;
	int rc;

	if (v->step % (uint64_t)b->value[EVERY])
		return SIM_OK;
	for (uint32_t i = 0; i < v->nsyms; i++) {
		r->wish[i] = SIM_TRADE_FLAT;
		if (v->syms[i].bars.n > (size_t)b->value[LOOKBACK])
			n = rank(r, v, i, n, b->value);
	}
	for (size_t k = 0; k < n; k++)
		r->wish[r->best[k]] = b->trade.side == SIM_TRADE_SIDE_SHORT ?
			SIM_TRADE_SHORT : SIM_TRADE_LONG;
	rc = follow(b, v, SIM_TRADE_FLAT, err);
	if (!rc)
		rc = follow(b, v, SIM_TRADE_SHORT, err);
	return rc ? rc : follow(b, v, SIM_TRADE_LONG, err);
}

static const char summary[] =
	"hold the symbols that gained most over the last bars";
const struct sim_builtin_row sim_rotation_momentum = {
	.pub = SIM_BUILTIN_PUB("momentum-rotation", summary, params, true),
	.version = 1,
	.ops = SIM_BUILTIN_OPS("momentum-rotation", summary, step),
	.start = start,
	.stop = stop,
};
