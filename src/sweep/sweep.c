/*
 * sweep: workers take the next point from a counter; a ring of finished rows
 * puts them into order.
 *
 * The caller is a worker too.  Whoever finishes the row that is next hands out
 * all that follow it, while the others go on: the lock is held for no longer
 * than it takes to copy rows.  A worker whose point lies a ring ahead waits.
 */
#include "sweep/sweep.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "report/measure.h"
#include "report/of_run.h"
#include "util/mem.h"

#define AHEAD		8		/* rows of the ring, a thread */
#define LINE		128		/* bytes that threads keep apart */
#define EXACT_MAX	(90000000 * SIM_DEC_ONE)

struct slot {
	struct sim_buf row;
	struct sim_err why;		/* code 0: it ran */
	bool is_ready;
};

struct ring {
	const struct sim_sweep *s;
	uint64_t total;			/* points of the shard */
	uint64_t next, out;		/* to be taken; to be handed out */
	uint64_t refused;
	struct sim_err first;		/* refusal */
	struct slot *slots;
	size_t nslots;
	struct sim_buf text;		/* rows on their way out */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	int rc;
	struct sim_err err;
	bool is_writing;		/* somebody hands out rows */
	bool is_over;			/* nobody takes another point */
};

/* What a thread keeps from point to point. */
struct worker {
	struct ring *ring;
	pthread_t thread;
	struct sim_run_result result;
	struct sim_measure measure;
	struct sim_metrics metrics;
	uint64_t number;		/* of its point */
	bool is_caller;
} __attribute__((aligned(LINE)));

/* Set by a signal handler, or another thread. */
static bool is_stopped(const struct sim_sweep *s)
{
	return sim_stop_is_asked(s->stop);
}

/* -- a point --------------------------------------------------------------- */

bool sim_sweep_needs_full(const bool *want, bool has_actions)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		enum sim_metrics_group g =
			sim_metrics_row((enum sim_metrics_id)i)->group;

		if (want[i] && (g == SIM_METRICS_GROUP_BENCHMARK ||
				(has_actions && (g == SIM_METRICS_GROUP_TRADE ||
				 g == SIM_METRICS_GROUP_EXPOSURE))))
			return true;
	}
	return want[SIM_METRICS_EXPECTANCY_R] || want[SIM_METRICS_SQN] ||
		want[SIM_METRICS_SQN_UNCAPPED] ||
		want[SIM_METRICS_FILL_RATIO];
}

static bool wants_reach(const bool *want)
{
	return want[SIM_METRICS_AVG_MAE] || want[SIM_METRICS_AVG_MFE] ||
		want[SIM_METRICS_EDGE_RATIO] || want[SIM_METRICS_EFFICIENCY];
}

static int measure(struct worker *w, struct sim_err *err)
{
	const struct sim_sweep *s = w->ring->s;
	const struct sim_run_result *r = &w->result;
	struct sim_report_input in;
	int rc;

	if (s->is_full)
		return s->full(s->ctx, w->number, r, &w->metrics, err);
	sim_of_run(r, &in);
	/* The engine watched every point; its figure is the report's while
	 * amounts are exact as doubles, and closes don't fill. */
	w->measure.max_drawdown = r->account.peak < EXACT_MAX &&
		!s->config->fill_close ? r->account.max_drawdown : NAN;
	rc = sim_measure_run(&w->measure, &in, &w->metrics, err);
	if (!rc && s->returns)
		s->returns(s->ctx, w->number, w->measure.ret, w->measure.n);
	return rc;
}

static void on_hang(void *ctx, const struct sim_err *err)
{
	const struct worker *w = ctx;
	const struct sim_sweep *s = w->ring->s;

	s->hang(s->ctx, w->number, err);
}

static const struct sim_sweep_skip *find_skip(const struct sim_sweep *s,
					      uint64_t number)
{
	for (size_t i = 0; i < s->nskips; i++)
		if (s->skips[i].number == number)
			return &s->skips[i];
	return NULL;
}

/* Run the worker's point and write its row; false: it was stopped. */
static bool make_row(struct worker *w, struct slot *x)
{
	const struct sim_sweep *s = w->ring->s;
	const struct sim_space *space = s->style->space;
	const struct sim_sweep_skip *skip = find_skip(s, w->number);
	struct sim_strategy_param params[SIM_RUN_PARAMS_MAX];
	struct sim_batch_point pt = {
		.params = params, .nparams = space->naxes,
		.log = s->log || s->is_full, .stop = s->stop,
		.reach = wants_reach(s->style->want),
		.hang = s->hang ? on_hang : NULL, .hang_ctx = w,
	};
	int rc;

	sim_buf_reset(&x->row);
	x->why.code = SIM_OK;
	if (skip) {
		x->why = skip->why;
		sim_row_refuse(s->style, w->number, &x->why, &x->row);
		return true;
	}
	sim_space_params(space, w->number, params);
	rc = sim_batch_run(s->batch, &pt, &w->result, &x->why);
	if ((rc == SIM_E_INTR || (!rc && w->result.stop_step)) &&
	    is_stopped(s))
		return false;
	if (!s->log)
		w->result.log_hash[0] = '\0';
	if (!rc)
		rc = measure(w, &x->why);
	x->why.code = rc;
	if (rc)
		sim_row_refuse(s->style, w->number, &x->why, &x->row);
	else
		sim_row_write(s->style, w->number, &w->result, &w->metrics,
			      &x->row);
	return true;
}

/* -- the ring -------------------------------------------------------------- */

static struct slot *slot_of(struct ring *g, uint64_t k)
{
	return &g->slots[k % g->nslots];
}

/* Take a point; false: there is none left.  The lock is held. */
static bool take(struct ring *g, uint64_t *k)
{
	const struct sim_sweep *s = g->s;

	while (!g->is_over && g->next < g->total &&
	       g->next >= g->out + g->nslots)
		pthread_cond_wait(&g->moved, &g->lock);
	if (g->is_over || g->next >= g->total || is_stopped(s))
		return false;
	*k = g->next++;
	return true;
}

static void end_all(struct ring *g, int rc, const struct sim_err *err)
{
	if (rc && !g->rc) {
		g->rc = rc;
		g->err = *err;
	}
	g->is_over = true;
	pthread_cond_broadcast(&g->moved);
}

/* Put the text of the rows that are next together.  Gives: the first that is
 * not among them. */
static uint64_t collect(struct ring *g)
{
	uint64_t n = g->out;

	sim_buf_reset(&g->text);
	while (n < g->next && slot_of(g, n)->is_ready) {
		struct slot *x = slot_of(g, n++);

		sim_buf_add(&g->text, x->row.data, x->row.len);
		x->is_ready = false;
		if (x->why.code && !g->refused++)
			g->first = x->why;
	}
	return n;
}

/* Hand out the rows that are next, and those that become ready meanwhile.  The
 * lock is held, but not while rows are written: threads whose points take the
 * same time would meet at it each time. */
static void hand_out(struct ring *g)
{
	struct sim_err err = SIM_ERR_INIT;
	uint64_t n;
	int rc;

	if (g->is_writing)
		return;
	g->is_writing = true;
	while (!g->rc && (n = collect(g)) > g->out) {
		pthread_mutex_unlock(&g->lock);
		rc = g->s->rows(g->s->ctx, g->text.data, g->text.len, &err);
		pthread_mutex_lock(&g->lock);
		if (rc) {
			end_all(g, rc, &err);
			break;
		}
		if (g->next >= g->out + g->nslots)
			pthread_cond_broadcast(&g->moved);
		g->out = n;
	}
	g->is_writing = false;
}

/* Points until none is left.  The caller's thread ticks in between. */
static void *work(void *ctx)
{
	struct worker *w = ctx;
	struct ring *g = w->ring;
	const struct sim_sweep *s = g->s;
	struct sim_err err = SIM_ERR_INIT;
	uint64_t k, out;
	int rc = SIM_OK;

	pthread_mutex_lock(&g->lock);
	while (take(g, &k)) {
		struct slot *x = slot_of(g, k);
		bool made;

		pthread_mutex_unlock(&g->lock);
		w->number = sim_space_number(s->style->space, k);
		made = make_row(w, x);
		pthread_mutex_lock(&g->lock);
		x->is_ready = made;
		if (!made)
			break;
		hand_out(g);
		out = g->out;
		if (!w->is_caller || !s->tick || g->is_over)
			continue;
		pthread_mutex_unlock(&g->lock);
		rc = s->tick(s->ctx, out, g->total, &err);
		pthread_mutex_lock(&g->lock);
		if (rc)
			end_all(g, rc, &err);
	}
	if (is_stopped(s))
		end_all(g, SIM_OK, &err);
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

/* -- the whole ------------------------------------------------------------- */

static void worker_init(struct worker *w, struct ring *g, bool is_caller)
{
	const struct sim_run_result result = SIM_RUN_RESULT_INIT;
	const struct sim_measure measure = SIM_MEASURE_INIT;

	w->ring = g;
	w->result = result;
	w->measure = measure;
	w->is_caller = is_caller;
	memcpy(w->measure.want, g->s->style->want, sizeof(w->measure.want));
}

/* Others may have handed out rows since the caller's own last point, or left
 * none to it. */
static void last_tick(struct ring *g)
{
	const struct sim_sweep *s = g->s;

	if (!g->rc && s->tick)
		g->rc = s->tick(s->ctx, g->out, g->total, &g->err);
}

int sim_sweep_again(const struct sim_sweep *s, uint64_t number,
		    const bool *want, struct sim_metrics *m,
		    struct sim_err *err)
{
	struct sim_strategy_param params[SIM_RUN_PARAMS_MAX];
	const struct sim_space *space = s->style->space;
	const struct sim_batch_point pt = {
		.params = params, .nparams = space->naxes, .stop = s->stop,
	};
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_measure measure = SIM_MEASURE_INIT;
	struct sim_report_input in;
	int rc;

	sim_space_params(space, number, params);
	memcpy(measure.want, want, sizeof(measure.want));
	rc = sim_batch_run(s->batch, &pt, &r, err);
	if (!rc) {
		sim_of_run(&r, &in);
		rc = sim_measure_run(&measure, &in, m, err);
	}
	sim_measure_release(&measure);
	sim_run_result_release(&r);
	return rc;
}

/* Fewer threads than asked for do the same work, so a thread that cannot be
 * made is done without. */
static void work_all(struct ring *g, struct worker *w, unsigned n)
{
	unsigned made = 1;

	for (unsigned i = 0; i < n; i++)
		worker_init(&w[i], g, i == 0);
	while (made < n &&
	       !pthread_create(&w[made].thread, NULL, work, &w[made]))
		made++;
	work(&w[0]);
	for (unsigned i = 1; i < made; i++)
		pthread_join(w[i].thread, NULL);
	for (unsigned i = 0; i < n; i++) {
		sim_run_result_release(&w[i].result);
		sim_measure_release(&w[i].measure);
	}
}

static void ring_release(struct ring *g)
{
	for (size_t i = 0; i < g->nslots; i++)
		sim_buf_release(&g->slots[i].row);
	sim_mem_free(g->slots);
	sim_buf_release(&g->text);
	pthread_mutex_destroy(&g->lock);
	pthread_cond_destroy(&g->moved);
}

static unsigned threads_of(const struct sim_sweep *s, uint64_t left)
{
	unsigned n = s->threads < SIM_SWEEP_THREADS_MAX ?
		s->threads : SIM_SWEEP_THREADS_MAX;

	n = left < n ? (unsigned)left : n;
	return n ? n : 1;
}

int sim_sweep_run(const struct sim_sweep *s, struct sim_sweep_end *out,
		  struct sim_err *err)
{
	struct ring g = {
		.s = s, .total = sim_space_count(s->style->space),
		.next = s->done, .out = s->done,
		.text = SIM_BUF_INIT(SIM_BUF_MAX), .err = SIM_ERR_INIT,
	};
	unsigned n = threads_of(s, g.total - s->done);
	void *room = sim_mem_alloc((n + 1) * sizeof(struct worker));
	struct worker *w = (struct worker *)(((uintptr_t)room + LINE - 1) /
					     LINE * LINE);

	g.nslots = (size_t)n * AHEAD;
	g.slots = sim_mem_array(g.nslots, sizeof(*g.slots));
	for (size_t i = 0; i < g.nslots; i++)
		g.slots[i].row.max = SIM_ROW_BYTES_MAX;
	pthread_mutex_init(&g.lock, NULL);
	pthread_cond_init(&g.moved, NULL);
	work_all(&g, w, n);
	last_tick(&g);
	ring_release(&g);
	sim_mem_free(room);
	if (g.rc && err)
		*err = g.err;
	*out = (struct sim_sweep_end){ g.out, g.refused, g.first };
	return g.rc;
}
