/* indicator: streams of ta/ for every symbol of a built-in strategy. */
#include "strategy/indicator.h"

static struct sim_indicator *of(const struct sim_builtin *b, uint32_t i)
{
	return (struct sim_indicator *)b->state + i;
}

void sim_indicator_begin(struct sim_builtin *b)
{
	b->state = sim_mem_array(b->nsyms, sizeof(struct sim_indicator));
}

int sim_indicator_add(struct sim_builtin *b, int slot, const char *name,
		      const double *options, struct sim_err *err)
{
	const struct sim_ta_row *row;
	int rc = sim_ta_find(name, &row, err);

	for (uint32_t i = 0; !rc && i < b->nsyms; i++)
		rc = sim_ta_new(row, options, &of(b, i)->stream[slot], err);
	return rc;
}

void sim_indicator_end(struct sim_builtin *b)
{
	for (uint32_t i = 0; i < b->nsyms; i++) {
		for (int k = 0; k < SIM_INDICATOR_MAX; k++)
			sim_ta_free(of(b, i)->stream[k]);
	}
}

bool sim_indicator_push(struct sim_builtin *b, uint32_t i, int slot, sim_dec x)
{
	struct sim_indicator *n = of(b, i);
	double in = sim_dec_to_double(x);

	return sim_ta_push(n->stream[slot], &in, n->out[slot]);
}

const double *sim_indicator_out(const struct sim_builtin *b, uint32_t i,
				int slot)
{
	return of(b, i)->out[slot];
}
