/*
 * extras: the strategy's host, and what it asks for beside orders.
 *
 * A bar of a higher timeframe shows from the first step on that ends at or
 * after both its own close and the end of the last bar it was made from, so
 * that bars which lie across a close never show early.
 */
#include "run/extras.h"

#include <string.h>

#include "market/resample.h"
#include "run/notes.h"
#include "util/mem.h"

#define PAGE_BITS 10			/* orders of a page */

/* -- orders ---------------------------------------------------------------- */

static int host_submit(void *ctx, const struct sim_order_req *req,
		       uint32_t *id, struct sim_err *err)
{
	struct sim_extras *x = ctx;

	if (req->sym < x->view->nsyms)
		sim_strategy_fetch_next(&x->view->syms[req->sym]);
	return sim_engine_submit(x->engine, req, id, err);
}

static int host_cancel(void *ctx, uint32_t id, struct sim_err *err)
{
	struct sim_extras *x = ctx;

	return sim_engine_cancel(x->engine, id, err);
}

static int host_replace(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
			sim_dec stop, struct sim_err *err)
{
	struct sim_extras *x = ctx;

	return sim_engine_replace(x->engine, id, qty, limit, stop, err);
}

/* Before the first bar and after the last there is no market. */
static int refuse(struct sim_err *err)
{
	return sim_err_set(err, SIM_E_REJECTED, "an order can only be sent, "
			   "changed or taken back in a step, not before the "
			   "first or after the last");
}

static int no_submit(void *ctx, const struct sim_order_req *req, uint32_t *id,
		     struct sim_err *err)
{
	(void)ctx;
	(void)req;
	*id = 0;
	return refuse(err);
}

static int no_cancel(void *ctx, uint32_t id, struct sim_err *err)
{
	(void)ctx;
	(void)id;
	return refuse(err);
}

static int no_replace(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
		      sim_dec stop, struct sim_err *err)
{
	(void)ctx;
	(void)id;
	(void)qty;
	(void)limit;
	(void)stop;
	return refuse(err);
}

static void close_market(struct sim_extras *x)
{
	x->host.submit = no_submit;
	x->host.cancel = no_cancel;
	x->host.replace = no_replace;
}

static void open_market(struct sim_extras *x)
{
	x->host.submit = host_submit;
	x->host.cancel = host_cancel;
	x->host.replace = host_replace;
}

/* -- a step that was cut short --------------------------------------------- */

bool sim_extras_is_over(const struct sim_extras *x)
{
	return sim_engine_counts(x->engine)->events >= x->cut;
}

/* What a request comes to when it may be the last one. */
static int last(const struct sim_extras *x, int rc, struct sim_err *err)
{
	return !sim_extras_is_over(x) ? rc :
		sim_err_set(err, SIM_E_INTR, "the run was stopped here");
}

static int cut_submit(void *ctx, const struct sim_order_req *req,
		      uint32_t *id, struct sim_err *err)
{
	return last(ctx, host_submit(ctx, req, id, err), err);
}

static int cut_cancel(void *ctx, uint32_t id, struct sim_err *err)
{
	return last(ctx, host_cancel(ctx, id, err), err);
}

static int cut_replace(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
		       sim_dec stop, struct sim_err *err)
{
	return last(ctx, host_replace(ctx, id, qty, limit, stop, err), err);
}

void sim_extras_cut(struct sim_extras *x, uint64_t seq)
{
	x->is_cut = true;
	x->cut = seq;
	x->host.submit = cut_submit;
	x->host.cancel = cut_cancel;
	x->host.replace = cut_replace;
}

static const struct sim_order *host_next_order(void *ctx, uint32_t sym,
					       uint32_t after)
{
	struct sim_extras *x = ctx;
	const struct sim_order *o = NULL;

	/* Who looks for open orders is about to make one. */
	if (!after && sym < x->view->nsyms)
		sim_strategy_fetch_next(&x->view->syms[sym]);
	if (after) {
		o = sim_engine_order(x->engine, after);
		if (!o)
			return NULL;
	}
	return sim_engine_next_order(x->engine, sym, o);
}

/* -- orders that ended ----------------------------------------------------- */

static const struct sim_order *host_order(void *ctx, uint32_t id)
{
	struct sim_extras *x = ctx;
	const struct sim_order *o = sim_engine_order(x->engine, id);
	size_t page = id >> PAGE_BITS;

	if (o || page >= x->pages || !x->ended[page])
		return o;
	o = &x->ended[page][id & ((1u << PAGE_BITS) - 1)];
	return o->id ? o : NULL;
}

static void keep_order(struct sim_extras *x, const struct sim_order *o,
		       enum sim_order_status status)
{
	size_t page = o->id >> PAGE_BITS;
	struct sim_order *to;

	SIM_MEM_GROW(x->ended, x->pages_cap, page + 1);
	while (x->pages <= page)
		x->ended[x->pages++] = NULL;
	if (!x->ended[page])
		x->ended[page] = sim_mem_array(1u << PAGE_BITS, sizeof(*to));
	to = &x->ended[page][o->id & ((1u << PAGE_BITS) - 1)];
	*to = *o;
	to->status = (uint8_t)status;
}

static void keep_ended(struct sim_extras *x, const struct sim_event *ev)
{
	struct sim_order o;

	switch (ev->type) {
	case SIM_EVENT_TYPE_ORDER_REJECTED:
		keep_order(x, ev->order, SIM_ORDER_STATUS_REJECTED);
		return;
	case SIM_EVENT_TYPE_ORDER_CANCELLED:
		keep_order(x, ev->order, SIM_ORDER_STATUS_CANCELLED);
		return;
	case SIM_EVENT_TYPE_ORDER_EXPIRED:
		keep_order(x, ev->order, SIM_ORDER_STATUS_EXPIRED);
		return;
	case SIM_EVENT_TYPE_FILL:
		if (ev->b)
			return;
		o = *ev->order;
		o.filled = ev->a;
		keep_order(x, &o, SIM_ORDER_STATUS_FILLED);
		return;
	default:
		return;
	}
}

/* -- events ---------------------------------------------------------------- */

bool sim_extras_listens(const struct sim_extras *x)
{
	return x->strategy->ops->on_event || x->strategy->ops->keeps_orders;
}

void sim_extras_tell(struct sim_extras *x, const struct sim_event *ev)
{
	const struct sim_strategy_ops *ops = x->strategy->ops;

	if (x->log && !x->is_trying)
		sim_log_add(x->log, ev);
	if (ops->keeps_orders && !x->is_trying)
		keep_ended(x, ev);
	if (ops->on_event)
		ops->on_event(x->strategy->self, ev);
}

/* -- timers ---------------------------------------------------------------- */

static void insert_timer(struct sim_extras *x, struct sim_extras_timer t)
{
	size_t i = x->ntimers;

	SIM_MEM_GROW(x->timers, x->timers_cap, i + 1);
	for (; i && (x->timers[i - 1].at > t.at ||
		     (x->timers[i - 1].at == t.at &&
		      x->timers[i - 1].seq > t.seq)); i--)
		x->timers[i] = x->timers[i - 1];
	x->timers[i] = t;
	x->ntimers++;
}

static int host_timer(void *ctx, sim_time at, sim_time every, uint64_t id,
		      struct sim_err *err)
{
	struct sim_extras *x = ctx;

	if (every < 0)
		return sim_err_set(err, SIM_E_STRATEGY, "a timer every %lld ns "
				   "can't be set; the interval must be "
				   "positive, or 0 for a timer that fires "
				   "once", (long long)every);
	if (x->ntimers == SIM_STRATEGY_TIMERS)
		return sim_err_set(err, SIM_E_STRATEGY, "%d timers are set "
				   "already, which is as many as there may "
				   "be; let one fire before another is set",
				   SIM_STRATEGY_TIMERS);
	insert_timer(x, (struct sim_extras_timer){ at, every, id,
						   ++x->timer_seq });
	x->due = at < x->due ? at : x->due;
	x->room = 0;
	return SIM_OK;
}

/* The first timer that is due and older than this step's. */
static size_t due_timer(const struct sim_extras *x, sim_time now, uint64_t seq)
{
	for (size_t i = 0; i < x->ntimers && x->timers[i].at <= now; i++) {
		if (x->timers[i].seq <= seq)
			return i;
	}
	return SIZE_MAX;
}

/* Again at the first of its times that is still to come. */
static void rearm(struct sim_extras *x, struct sim_extras_timer t, sim_time now)
{
	sim_time gone = (now - t.at) / t.every;

	if (t.at > now - gone * t.every || SIM_TIME_MAX - t.every < now)
		return;
	t.at += (gone + 1) * t.every;
	insert_timer(x, t);
}

int sim_extras_fire(struct sim_extras *x, sim_time now, struct sim_err *err)
{
	const struct sim_strategy *s = x->strategy;
	uint64_t seq = x->timer_seq;
	size_t i;
	int rc = SIM_OK;

	while (!rc && (i = due_timer(x, now, seq)) != SIZE_MAX) {
		struct sim_extras_timer t = x->timers[i];

		x->ntimers--;
		memmove(&x->timers[i], &x->timers[i + 1],
			(x->ntimers - i) * sizeof(*x->timers));
		if (t.every)
			rearm(x, t, now);
		if (s->ops->on_timer)
			rc = s->ops->on_timer(s->self, x->view, t.id, err);
	}
	return rc;
}

/* -- higher timeframes ----------------------------------------------------- */

static int make_frame(struct sim_extras *x, uint32_t sym, uint32_t index,
		      struct sim_err *err)
{
	const struct sim_prepare_sym *s = &x->prepared->syms[sym];
	size_t at = (size_t)sym * SIM_STRATEGY_FRAMES + index;
	struct sim_extras_frame *f = &x->frames[at];
	const struct sim_resample how = {
		s->feed.tf, x->frame_tf[index], s->cal, s->feed.extended
	};
	int rc;

	f->bars = (struct sim_bar_table)SIM_BAR_TABLE_INIT;
	rc = sim_resample_timed(&s->feed.bars, &how, &f->bars, &f->known, err);
	if (rc) {
		sim_err_prefix(err, "%s", s->data->instrument.symbol);
		return rc;
	}
	x->shown[at] = sim_bar_table_view(&f->bars);
	x->shown[at].n = 0;
	return SIM_OK;
}

static void begin_frames(struct sim_extras *x)
{
	size_t n = (size_t)x->prepared->nsyms * SIM_STRATEGY_FRAMES;

	x->frames = sim_mem_array(n, sizeof(*x->frames));
	x->shown = sim_mem_array(n, sizeof(*x->shown));
	for (uint32_t i = 0; i < x->prepared->nsyms; i++)
		x->view->syms[i].frames =
			&x->shown[(size_t)i * SIM_STRATEGY_FRAMES];
}

static bool same_tf(struct sim_bar_tf a, struct sim_bar_tf b)
{
	return a.unit == b.unit && a.span == b.span;
}

static int host_frame(void *ctx, struct sim_bar_tf tf, uint32_t *index,
		      struct sim_err *err)
{
	struct sim_extras *x = ctx;
	uint32_t k = 0;
	int rc = SIM_OK;

	while (k < x->nframes && !same_tf(x->frame_tf[k], tf))
		k++;
	if (k == SIM_STRATEGY_FRAMES)
		return sim_err_set(err, SIM_E_INVAL, "a strategy may have %d "
				   "higher timeframes; this is one more",
				   SIM_STRATEGY_FRAMES);
	if (!x->frames)
		begin_frames(x);
	if (k == x->nframes) {
		x->frame_tf[k] = tf;
		for (uint32_t i = 0; !rc && i < x->prepared->nsyms; i++)
			rc = make_frame(x, i, k, err);
		if (rc)
			return rc;
		x->nframes++;
	}
	*index = k;
	return SIM_OK;
}

static int late_frame(void *ctx, struct sim_bar_tf tf, uint32_t *index,
		      struct sim_err *err)
{
	char text[16];

	(void)ctx;
	(void)index;
	return sim_err_set(err, SIM_E_INVAL, "the timeframe %s is asked for "
			   "after the start; ask for it before the first bar",
			   sim_bar_tf_text(tf, text));
}

void sim_extras_show(struct sim_extras *x, sim_time now)
{
	for (uint32_t i = 0; i < x->prepared->nsyms * x->nframes; i++) {
		size_t at = (size_t)(i / x->nframes) * SIM_STRATEGY_FRAMES +
			    i % x->nframes;
		struct sim_extras_frame *f = &x->frames[at];

		while (f->n < f->bars.n && f->known[f->n] <= now)
			f->n++;
		x->shown[at].n = f->n;
	}
}

void sim_extras_next(struct sim_extras *x)
{
	x->due = x->ntimers ? x->timers[0].at : SIM_TIME_MAX;
	for (uint32_t i = 0; i < x->prepared->nsyms * x->nframes; i++) {
		size_t at = (size_t)(i / x->nframes) * SIM_STRATEGY_FRAMES +
			    i % x->nframes;
		const struct sim_extras_frame *f = &x->frames[at];

		if (f->n < f->bars.n && f->known[f->n] < x->due)
			x->due = f->known[f->n];
	}
}

/* -- notes and the end ----------------------------------------------------- */

static int host_note(void *ctx, const struct sim_note *n, struct sim_err *err)
{
	struct sim_extras *x = ctx;
	struct sim_note at = *n;

	at.time = x->view->now;
	return sim_notes_add(&x->r->notes, &at, x->prepared->instruments,
			     x->prepared->nsyms, err);
}

static void host_stop(void *ctx)
{
	struct sim_extras *x = ctx;

	x->is_stopped = true;
	x->room = 0;
}

static void host_funds(void *ctx, sim_dec *buying_power, sim_dec *margin_used)
{
	const struct sim_extras *x = ctx;

	*buying_power = sim_engine_buying_power(x->engine);
	*margin_used = sim_engine_margin_used(x->engine);
}

/* -- the whole ------------------------------------------------------------- */

void sim_extras_begin(struct sim_extras *x, const struct sim_prepare *p,
		      const struct sim_strategy *s, struct sim_log *log,
		      struct sim_run_result *r)
{
	memset(x, 0, sizeof(*x));
	x->due = SIM_TIME_MAX;
	x->prepared = p;
	x->strategy = s;
	x->log = log;
	x->r = r;
	x->host = (struct sim_strategy_host){
		.ctx = x, .next_order = host_next_order, .order = host_order,
		.frame = host_frame, .timer = host_timer, .note = host_note,
		.stop = host_stop, .funds = host_funds,
	};
	close_market(x);
	sim_notes_reset(&r->notes);
}

static sim_time first_bar(const struct sim_prepare *p)
{
	sim_time t = SIM_TIME_MAX;

	for (uint32_t i = 0; i < p->nsyms; i++) {
		const struct sim_bar_series *s = &p->syms[i].feed.bars;

		t = s->n && s->ts[0] < t ? s->ts[0] : t;
	}
	return t;
}

int sim_extras_init(struct sim_extras *x, struct sim_err *err)
{
	const struct sim_strategy *s = x->strategy;
	int rc;

	x->view->now = first_bar(x->prepared);
	rc = s->ops->init(s->self, x->view, err);
	x->host.frame = late_frame;
	open_market(x);
	sim_extras_next(x);
	return rc;
}

int sim_extras_end(struct sim_extras *x, struct sim_err *err)
{
	const struct sim_strategy *s = x->strategy;

	if (!s->ops->on_end)
		return SIM_OK;
	close_market(x);
	return s->ops->on_end(s->self, x->view, err);
}

void sim_extras_release(struct sim_extras *x)
{
	size_t n = x->frames ?
		(size_t)x->prepared->nsyms * SIM_STRATEGY_FRAMES : 0;

	for (size_t i = 0; i < n; i++) {
		sim_bar_table_release(&x->frames[i].bars);
		sim_mem_free(x->frames[i].known);
	}
	for (size_t i = 0; i < x->pages; i++)
		sim_mem_free(x->ended[i]);
	sim_mem_free(x->ended);
	sim_mem_free(x->frames);
	sim_mem_free(x->shown);
	sim_mem_free(x->timers);
}
