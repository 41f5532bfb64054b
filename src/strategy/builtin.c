/* builtin: the ops that all built-in strategies share. */
#include "strategy/builtin.h"

int sim_builtin_init(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct sim_builtin *b = self;

	b->nsyms = v->nsyms;
	sim_trade_init(&b->trade, v);
	return b->row->start ? b->row->start(b, v, err) : SIM_OK;
}

int sim_builtin_step(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct sim_builtin *b = self;

	for (uint32_t k = 0; k < v->ntraded; k++) {
		uint32_t i = v->traded[k];
		int wish = b->row->wish(b, &v->syms[i], i);
		int rc = sim_trade_follow(&b->trade, v, i, wish, err);

		if (rc)
			return rc;
	}
	return SIM_OK;
}

void sim_builtin_free(void *self)
{
	struct sim_builtin *b = self;

	if (b->row->stop && b->state)
		b->row->stop(b);
	sim_mem_free(b->state);
	sim_trade_release(&b->trade);
	sim_mem_free(b);
}
