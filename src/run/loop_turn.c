/* loop_turn: where the loop has to look up: at the end of the bars, where the
 * rules change, where it is to stop. */
#include "run/loop_priv.h"

#define BLOCK 16384			/* steps between looks at the flag */

bool sim_loop_is_over(const struct sim_loop *l)
{
	if (l->x.is_stopped)
		return true;
	for (uint32_t i = 0; i < l->nsyms; i++) {
		if (l->next_end[i] != SIM_TIME_MAX)
			return false;
	}
	return true;
}

/* The next change of rules, or NULL. */
static const struct sim_run_turn *next_turn(const struct sim_loop *l)
{
	const struct sim_run_spec *s = l->setup->spec;

	return l->turned < s->nturns ? &s->turns[l->turned] : NULL;
}

/* Change the rules where it is time to. */
void sim_loop_turn(struct sim_loop *l)
{
	const struct sim_run_turn *t;

	while ((t = next_turn(l)) && t->step <= l->view.step) {
		sim_engine_retune(l->e, &t->config);
		l->fills_at_close = t->config.fill_close;
		l->turned++;
	}
}

/* How many steps can be made before anything has to be looked at again: no
 * symbol may run out of bars, or they may only do so at the end. */
uint64_t sim_loop_ahead(const struct sim_loop *l)
{
	size_t most = 0;
	uint64_t stop = l->setup->spec->stop_step, n = BLOCK;
	const struct sim_run_turn *turn = next_turn(l);

	for (uint32_t i = 0; i < l->nsyms; i++) {
		size_t left = l->cur[i].s.n - l->cur[i].i;

		most = left > most ? left : most;
	}
	n = most < n ? most : n;
	if (stop && l->setup->spec->stop_inside && stop > l->view.step + 1)
		stop--;
	if (stop && stop - l->view.step < n)
		n = stop - l->view.step;
	if (turn && turn->step - l->view.step < n)
		n = turn->step - l->view.step;
	return n;
}

bool sim_loop_is_asked(const struct sim_loop *l)
{
	const struct sim_run_spec *s = l->setup->spec;

	return sim_stop_is_asked(s->stop) ||
		(s->stop_step && l->view.step >= s->stop_step);
}
