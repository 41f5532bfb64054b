/* loop_end: room for what a run leaves behind, and its figures at the end,
 * wherever that is. */
#include "run/loop_priv.h"

#include <string.h>

#include "util/mem.h"

void sim_loop_held(struct sim_loop *l)
{
	struct sim_run_equity *q = l->eq;

	if (q->nheld == q->held_cap) {
		q->held_cap = q->held_cap ? q->held_cap * 2 : 1024;
		q->gross = sim_mem_realloc(q->gross, q->held_cap *
					   sizeof(*q->gross));
		q->net = sim_mem_realloc(q->net, q->held_cap *
					 sizeof(*q->net));
	}
	q->gross[q->nheld] = l->acc->gross;
	q->net[q->nheld++] = l->acc->value;
}

void sim_loop_reserve(struct sim_run_equity *q, size_t n)
{
	size_t cap = q->cap;

	if (q->n + n <= cap)
		return;
	cap = cap * 2 > q->n + n ? cap * 2 : q->n + n;
	q->time = sim_mem_realloc(q->time, cap * sizeof(*q->time));
	q->value = sim_mem_realloc(q->value, cap * sizeof(*q->value));
	q->eod = sim_mem_realloc(q->eod, cap);
	if (q->benchmark)
		q->benchmark = sim_mem_realloc(q->benchmark,
					       cap * sizeof(*q->benchmark));
	q->cap = cap;
}

void sim_loop_reserve_first(struct sim_loop *l)
{
	struct sim_run_equity *q = l->eq;
	uint64_t n = l->setup->prepared->steps_max;
	uint64_t stop = l->setup->spec->stop_step;

	n = stop && stop < n ? stop : n;
	if (n <= q->cap)
		return;
	sim_loop_reserve(q, n);
	sim_mem_touch(q->time, n * sizeof(*q->time));
	sim_mem_touch(q->value, n * sizeof(*q->value));
	sim_mem_touch(q->eod, n);
}

static void copy_out(const struct sim_loop *l, struct sim_run_result *r)
{
	r->account = *l->acc;
	r->counts = *l->counts;
	r->bars = l->bars_done;
	r->steps = l->view.step;
	r->positions = sim_mem_realloc(r->positions,
				       l->nsyms * sizeof(*r->positions));
	for (uint32_t i = 0; i < l->nsyms; i++)
		r->positions[i] = *sim_engine_position(l->e, i);
	r->last = l->view.now;
	r->first = SIM_TIME_MAX;
	for (uint32_t i = 0; i < l->nsyms; i++) {
		if (l->cur[i].s.n && l->cur[i].s.ts[0] < r->first)
			r->first = l->cur[i].s.ts[0];
	}
}

void sim_loop_finish(struct sim_loop *l, struct sim_run_result *r)
{
	const struct sim_run_equity *q = l->eq;

	if (q->n && !q->eod[q->n - 1])
		sim_loop_held(l);
	r->fills = sim_engine_take_fills(l->e, &r->nfills, &r->fills_cap);
	copy_out(l, r);
}

/* The points that the passing of plain bars has made but not counted, and that
 * of the step which was under way. */
static void count_points(struct sim_loop *l)
{
	struct sim_run_equity *q = l->eq;
	size_t n = l->view.step;

	if (n == q->n)
		return;
	if (l->is_passing)
		l->bars_done += (n - q->n) * l->nsyms;
	memset(q->eod + q->n, 0, n - q->n);
	if (q->benchmark && !l->is_passing)
		q->benchmark[n - 1] = l->bench_close;
	q->time[n - 1] = l->view.now;
	q->value[n - 1] = l->acc->equity;
	q->n = n;
}

bool sim_loop_abandon(struct sim_loop *l, struct sim_run_result *r)
{
	if (!l || !l->view.step)
		return false;
	count_points(l);
	sim_loop_finish(l, r);
	return true;
}
