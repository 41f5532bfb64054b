/* pipe_wake: the condition under which a step is told at once. */
#include "strategy/pipe_priv.h"

#include <string.h>

enum { FILL, POSITION, TIMER };
static const char *const host_names[] = { "fill", "position", "timer" };
#define NHOST (sizeof(host_names) / sizeof(host_names[0]))

int sim_pipe_wake_make(struct sim_pipe *p, const char *text,
		       struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	uint32_t n = p->talk.v->nsyms;
	int rc = SIM_OK;

	if (!strcmp(text, "bar"))
		return SIM_OK;
	p->wake = sim_mem_array(n, sizeof(*p->wake));
	p->filled = sim_mem_array(n, sizeof(*p->filled));
	for (uint32_t i = 0; i < n; i++)
		p->filled[i] = SIM_TIME_NONE;
	for (uint32_t i = 0; !rc && i < n; i++)
		rc = sim_series_expr_compile(text, "ready.wake", host_names,
					     NHOST, &p->wake[i], &why);
	return rc ? sim_pipe_fail(p, err, "asked for what can't be: %s",
				  why.msg) : SIM_OK;
}

static int test_one(struct sim_pipe *p, uint32_t i, bool *wakes,
		    struct sim_err *err)
{
	const struct sim_strategy_sym *s = &p->talk.v->syms[i];
	struct sim_bar bar = sim_bar_at(&s->bars, s->bars.n - 1);
	const struct sim_expr_value host[NHOST] = {
		[FILL] = { .type = SIM_EXPR_BOOL,
			   .b = p->filled[i] == p->talk.v->now },
		[POSITION] = { .type = SIM_EXPR_NUM,
			       .num = sim_dec_to_double(s->position->qty) },
		[TIMER] = { .type = SIM_EXPR_BOOL, .b = p->timer_due },
	};
	struct sim_err why;
	bool is_true;

	if (sim_series_expr_test(p->wake[i], &bar, host, &is_true, &why))
		return sim_pipe_fail(p, err, "has a wake condition that can't "
				     "be computed: %s", why.msg);
	*wakes |= is_true;
	return SIM_OK;
}

int sim_pipe_wake_test(struct sim_pipe *p, bool *wakes, struct sim_err *err)
{
	int rc = SIM_OK;

	*wakes = !p->wake || p->timer_due;
	for (uint32_t k = 0; p->wake && !rc && k < p->talk.v->ntraded; k++)
		rc = test_one(p, p->talk.v->traded[k], wakes, err);
	return rc;
}

void sim_pipe_wake_free(struct sim_pipe *p)
{
	for (uint32_t i = 0; p->wake && i < p->nsyms; i++)
		sim_series_expr_free(p->wake[i]);
	sim_mem_free(p->wake);
	sim_mem_free(p->filled);
}
