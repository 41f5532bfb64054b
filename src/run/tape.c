/*
 * tape: a recorder stands between a strategy and its host; a player makes the
 * same requests at the same steps.
 */
#include "run/tape.h"

#include <string.h>

#include "run/loop.h"
#include "run/run_priv.h"
#include "util/mem.h"

enum kind { SUBMIT, CANCEL, REPLACE, STOP };

struct request {
	uint64_t step;
	enum kind kind;
	uint32_t id;
	sim_dec qty, limit, stop;	/* REPLACE */
	struct sim_order_req req;	/* SUBMIT */
};

struct sim_tape {
	struct sim_run_spec spec;
	struct sim_prepare prepared;
	struct request *requests;
	size_t n, cap;
	struct sim_run_result result;
};

/* -- recording ------------------------------------------------------------- */

struct recorder {
	struct sim_tape *tape;
	struct sim_strategy inner;
	struct sim_strategy_ops ops;
	const struct sim_strategy_host *real;
	struct sim_strategy_host host;
	const struct sim_strategy_view *view;
	sim_tape_watch watch;
	void *ctx;
};

static struct request *new_request(struct recorder *x, enum kind kind)
{
	struct sim_tape *t = x->tape;
	struct request *q;

	SIM_MEM_GROW(t->requests, t->cap, t->n + 1);
	q = &t->requests[t->n++];
	memset(q, 0, sizeof(*q));
	q->kind = kind;
	q->step = x->view->step;
	return q;
}

static int rec_submit(void *ctx, const struct sim_order_req *req, uint32_t *id,
		      struct sim_err *err)
{
	struct recorder *x = ctx;

	new_request(x, SUBMIT)->req = *req;
	return x->real->submit(x->real->ctx, req, id, err);
}

static int rec_cancel(void *ctx, uint32_t id, struct sim_err *err)
{
	struct recorder *x = ctx;

	new_request(x, CANCEL)->id = id;
	return x->real->cancel(x->real->ctx, id, err);
}

static int rec_replace(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
		       sim_dec stop, struct sim_err *err)
{
	struct recorder *x = ctx;
	struct request *q = new_request(x, REPLACE);

	q->id = id;
	q->qty = qty;
	q->limit = limit;
	q->stop = stop;
	return x->real->replace(x->real->ctx, id, qty, limit, stop, err);
}

static const struct sim_order *rec_next_order(void *ctx, uint32_t sym,
					      uint32_t after)
{
	const struct sim_strategy_host *h = ((struct recorder *)ctx)->real;

	return h->next_order(h->ctx, sym, after);
}

static const struct sim_order *rec_order(void *ctx, uint32_t id)
{
	const struct sim_strategy_host *h = ((struct recorder *)ctx)->real;

	return h->order(h->ctx, id);
}

static int rec_frame(void *ctx, struct sim_bar_tf tf, uint32_t *index,
		     struct sim_err *err)
{
	const struct sim_strategy_host *h = ((struct recorder *)ctx)->real;

	return h->frame(h->ctx, tf, index, err);
}

static int rec_timer(void *ctx, sim_time at, sim_time every, uint64_t id,
		     struct sim_err *err)
{
	const struct sim_strategy_host *h = ((struct recorder *)ctx)->real;

	return h->timer(h->ctx, at, every, id, err);
}

static int rec_note(void *ctx, const struct sim_note *n, struct sim_err *err)
{
	const struct sim_strategy_host *h = ((struct recorder *)ctx)->real;

	return h->note(h->ctx, n, err);
}

static void rec_stop(void *ctx)
{
	struct recorder *x = ctx;

	new_request(x, STOP);
	x->real->stop(x->real->ctx);
}

static void rec_funds(void *ctx, sim_dec *buying_power, sim_dec *margin_used)
{
	const struct sim_strategy_host *h = ((struct recorder *)ctx)->real;

	h->funds(h->ctx, buying_power, margin_used);
}

static int rec_init(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	struct recorder *x = self;

	x->real = v->host;
	x->view = v;
	x->host = (struct sim_strategy_host){
		.ctx = x, .submit = rec_submit, .cancel = rec_cancel,
		.replace = rec_replace, .next_order = rec_next_order,
		.order = rec_order, .frame = rec_frame, .timer = rec_timer,
		.note = rec_note, .stop = rec_stop, .funds = rec_funds,
	};
	v->host = &x->host;
	return x->inner.ops->init(x->inner.self, v, err);
}

/* Is it the step that is cut short?  Its end is told by the loop. */
static bool is_cut(const struct sim_run_spec *s, uint64_t step)
{
	return s->stop_inside && s->stop_step == step;
}

static void rec_watch(const struct recorder *x,
		      const struct sim_strategy_view *v)
{
	if (x->watch && x->watch(x->ctx, v))
		x->real->stop(x->real->ctx);
}

static void rec_after(void *ctx, const struct sim_strategy_view *v)
{
	const struct recorder *x = ctx;

	if (is_cut(&x->tape->spec, v->step))
		rec_watch(x, v);
}

static int rec_step(void *self, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	struct recorder *x = self;
	int rc = x->inner.ops->on_step(x->inner.self, v, err);

	if (!rc && !is_cut(&x->tape->spec, v->step))
		rec_watch(x, v);
	return rc;
}

static int rec_fill(void *self, struct sim_strategy_view *v,
		    const struct sim_fill *f, struct sim_err *err)
{
	struct recorder *x = self;

	return x->inner.ops->on_fill(x->inner.self, v, f, err);
}

static void rec_event(void *self, const struct sim_event *ev)
{
	struct recorder *x = self;

	x->inner.ops->on_event(x->inner.self, ev);
}

static int rec_on_timer(void *self, struct sim_strategy_view *v, uint64_t id,
			struct sim_err *err)
{
	struct recorder *x = self;

	return x->inner.ops->on_timer(x->inner.self, v, id, err);
}

static int rec_end(void *self, struct sim_strategy_view *v,
		   struct sim_err *err)
{
	struct recorder *x = self;

	return x->inner.ops->on_end(x->inner.self, v, err);
}

static void rec_free(void *self)
{
	struct recorder *x = self;

	x->inner.ops->free(x->inner.self);
}

/* Stand before `s`, with the slots that it has. */
static void stand_before(struct recorder *x, struct sim_strategy *s)
{
	const struct sim_strategy_ops *o = s->ops;

	x->inner = *s;
	x->ops = (struct sim_strategy_ops){
		.name = o->name, .summary = o->summary, .init = rec_init,
		.on_step = rec_step, .on_fill = o->on_fill ? rec_fill : NULL,
		.on_event = o->on_event ? rec_event : NULL,
		.on_timer = o->on_timer ? rec_on_timer : NULL,
		.on_end = o->on_end ? rec_end : NULL, .free = rec_free,
		.keeps_orders = o->keeps_orders,
	};
	s->ops = &x->ops;
	s->self = x;
}

/* In the watchdog's thread: the strategy does not come back. */
static void hang(void *ctx, const struct sim_err *err)
{
	const struct sim_tape *t = ctx;

	t->spec.abandon(t->spec.abandon_ctx, &t->result, err);
}

static int record(struct sim_tape *t, sim_tape_watch watch, void *ctx,
		  struct sim_err *err)
{
	struct recorder x = { .tape = t, .watch = watch, .ctx = ctx };
	struct sim_strategy s = { NULL, NULL, "" };
	struct sim_log log;
	struct sim_loop_setup setup = {
		.prepared = &t->prepared, .spec = &t->spec,
		.config = &t->spec.config, .strategy = &s, .log = &log,
		.after = rec_after, .after_ctx = &x,
	};
	struct sim_form form = t->spec.form;
	int rc;

	form.hang = t->spec.abandon ? hang : NULL;
	form.hang_ctx = t;
	rc = sim_run_strategy(&t->spec, &t->prepared, &form, &s, err);

	if (rc)
		return rc;
	stand_before(&x, &s);
	t->result.log.max = SIM_BUF_MAX;
	sim_log_begin(&log, &t->result.log, t->prepared.instruments,
		      t->prepared.nsyms);
	rc = sim_loop_run(&setup, &t->result, err);
	s.ops->free(s.self);
	/* A strategy that failed did something until then. */
	return rc == SIM_E_STRATEGY && t->result.steps ? SIM_OK : rc;
}

int sim_tape_record(const struct sim_run_spec *spec, sim_tape_watch watch,
		    void *ctx, struct sim_tape **out, struct sim_err *err)
{
	struct sim_tape *t = sim_mem_zalloc(sizeof(*t));
	int rc;

	t->spec = *spec;
	rc = sim_prepare_run(&t->spec, &t->prepared, err);
	if (!rc)
		rc = record(t, watch, ctx, err);
	if (rc)
		sim_tape_free(t);
	else
		*out = t;
	return rc;
}

void sim_tape_free(struct sim_tape *t)
{
	if (!t)
		return;
	sim_prepare_release(&t->prepared);
	sim_run_result_release(&t->result);
	sim_mem_free(t->requests);
	sim_mem_free(t);
}

const struct sim_run_result *sim_tape_result(const struct sim_tape *t)
{
	return &t->result;
}

const struct sim_bar_series *sim_tape_bars(const struct sim_tape *t,
					   uint32_t i)
{
	return &t->prepared.syms[i].feed.bars;
}

const struct sim_instrument *sim_tape_symbols(const struct sim_tape *t,
					      uint32_t *n)
{
	*n = t->prepared.nsyms;
	return t->prepared.instruments;
}

/* -- playing --------------------------------------------------------------- */

struct player {
	const struct sim_tape *tape;
	const struct sim_tape_play *how;
	const struct sim_run_spec *spec;
	size_t next;
	struct sim_strategy_ops ops;
};

static int play_init(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	(void)self, (void)v, (void)err;
	return SIM_OK;
}

/* Refusals were refusals then; under other rules they may come anew. */
static void ask(const struct sim_strategy_host *h, const struct request *q)
{
	uint32_t id;
	int rc = SIM_OK;

	switch (q->kind) {
	case SUBMIT:
		rc = h->submit(h->ctx, &q->req, &id, NULL);
		break;
	case CANCEL:
		rc = h->cancel(h->ctx, q->id, NULL);
		break;
	case REPLACE:
		rc = h->replace(h->ctx, q->id, q->qty, q->limit, q->stop,
				NULL);
		break;
	case STOP:
		h->stop(h->ctx);
		break;
	}
	(void)rc;
}

/* Do market orders fill at the close of this step, after the strategy? */
static bool closes_at(const struct sim_run_spec *s, uint64_t step)
{
	bool closes = s->config.fill_close;

	for (size_t i = 0; i < s->nturns && s->turns[i].step < step; i++)
		closes = s->turns[i].config.fill_close;
	return closes;
}

static void play_watch(void *ctx, const struct sim_strategy_view *v)
{
	struct player *x = ctx;

	if (x->how->watch && x->how->watch(x->how->ctx, v))
		v->host->stop(v->host->ctx);
}

static int play_step(void *self, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct player *x = self;
	const struct sim_tape *t = x->tape;

	(void)err;
	while (x->next < t->n && t->requests[x->next].step <= v->step) {
		if (!x->how->silent_after ||
		    v->step <= x->how->silent_after)
			ask(v->host, &t->requests[x->next]);
		x->next++;
	}
	if (!closes_at(x->spec, v->step) && !is_cut(x->spec, v->step))
		play_watch(x, v);
	return SIM_OK;
}

static void play_event(void *self, const struct sim_event *ev)
{
	const struct sim_tape_play *how = ((struct player *)self)->how;

	how->event(how->ctx, ev);
}

static void play_free(void *self)
{
	(void)self;
}

int sim_tape_run(struct sim_tape *t, const struct sim_tape_play *how,
		 struct sim_run_result *r, struct sim_err *err)
{
	struct sim_run_spec spec = t->spec;
	struct player x = { .tape = t, .how = how, .spec = &spec };
	struct sim_strategy s = { &x.ops, &x, "" };
	struct sim_log log;
	struct sim_loop_setup setup = {
		.prepared = &t->prepared, .spec = &spec,
		.config = &spec.config, .strategy = &s,
		.log = how->log ? &log : NULL,
		.after = play_watch, .after_ctx = &x,
	};

	x.ops = (struct sim_strategy_ops){
		.name = "tape", .summary = "", .init = play_init,
		.on_step = play_step, .free = play_free,
		.on_event = how->event ? play_event : NULL,
	};
	if (how->turns) {
		spec.turns = how->turns;
		spec.nturns = how->nturns;
	}
	spec.trace = how->trace;
	/* Where the run was cut short says nothing of other rules. */
	if (how->turns || (how->stop_step && how->stop_step != spec.stop_step))
		spec.stop_inside = false;
	if (how->stop_step)
		spec.stop_step = how->stop_step;
	spec.progress = NULL;
	r->log.max = SIM_BUF_MAX;
	if (how->log)
		sim_log_begin(&log, &r->log, t->prepared.instruments,
			      t->prepared.nsyms);
	return sim_loop_run(&setup, r, err);
}
