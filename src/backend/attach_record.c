/* attach_record: stands between a strategy and its host, and words what it
 * asks for as messages. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/attach_priv.h"

#define BATCH_MAX	500		/* orders of a message */

enum kind { SUBMIT, CANCEL, REPLACE };

struct request {
	enum kind kind;
	char name[96];			/* of the order */
	char other[96];			/* oco_with; "" is none */
	struct sim_order_req req;	/* SUBMIT */
	sim_dec qty, limit, stop;	/* REPLACE */
};

struct sim_attach_record {
	struct sim_strategy inner;
	struct sim_strategy_ops ops;
	const struct sim_strategy_host *real;
	struct sim_strategy_host host;
	const struct sim_strategy_view *view;
	struct sim_talk names;		/* for the names of orders alone */
	struct sim_buf unsaid;
	struct request *list;
	size_t n, cap;
	uint64_t made;			/* names so far */
	uint64_t batches;
	bool is_over, is_past;
};

/* -- the host -------------------------------------------------------------- */

static const char *name_of(struct sim_attach_record *x, uint32_t id)
{
	const struct sim_order *o = x->real->order(x->real->ctx, id);

	return o ? sim_talk_order_name(&x->names, o) : "";
}

static struct request *request_new(struct sim_attach_record *x, enum kind kind,
				   const char *name)
{
	struct request *q;

	SIM_MEM_GROW(x->list, x->cap, x->n + 1);
	q = &x->list[x->n++];
	memset(q, 0, sizeof(*q));
	q->kind = kind;
	snprintf(q->name, sizeof(q->name), "%s", name);
	return q;
}

static int refuse(struct sim_err *err)
{
	return sim_err_set(err, SIM_E_REJECTED, "the session is past this step "
			   "already");
}

static int submit(void *ctx, const struct sim_order_req *req, uint32_t *id,
		  struct sim_err *err)
{
	struct sim_attach_record *x = ctx;
	uint32_t got = 0;
	char name[32];
	struct request *q;
	int rc;

	*id = 0;
	if (x->is_past)
		return refuse(err);
	snprintf(name, sizeof(name), "o%" PRIu64, ++x->made);
	q = request_new(x, SUBMIT, name);
	q->req = *req;
	if (req->oco_with)
		snprintf(q->other, sizeof(q->other), "%s",
			 name_of(x, req->oco_with));
	rc = x->real->submit(x->real->ctx, req, &got, err);
	if (got)
		sim_talk_order_called(&x->names, got, name);
	*id = got;
	return rc;
}

static int cancel(void *ctx, uint32_t id, struct sim_err *err)
{
	struct sim_attach_record *x = ctx;

	if (x->is_past)
		return refuse(err);
	request_new(x, CANCEL, name_of(x, id));
	return x->real->cancel(x->real->ctx, id, err);
}

static int replace(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
		   sim_dec stop, struct sim_err *err)
{
	struct sim_attach_record *x = ctx;
	struct request *q;

	if (x->is_past)
		return refuse(err);
	q = request_new(x, REPLACE, name_of(x, id));
	q->qty = qty;
	q->limit = limit;
	q->stop = stop;
	return x->real->replace(x->real->ctx, id, qty, limit, stop, err);
}

static const struct sim_order *next_order(void *ctx, uint32_t sym,
					  uint32_t after)
{
	const struct sim_strategy_host *h =
		((struct sim_attach_record *)ctx)->real;

	return h->next_order(h->ctx, sym, after);
}

static const struct sim_order *order(void *ctx, uint32_t id)
{
	const struct sim_strategy_host *h =
		((struct sim_attach_record *)ctx)->real;

	return h->order(h->ctx, id);
}

static int frame(void *ctx, struct sim_bar_tf tf, uint32_t *index,
		 struct sim_err *err)
{
	const struct sim_strategy_host *h =
		((struct sim_attach_record *)ctx)->real;

	return h->frame(h->ctx, tf, index, err);
}

static int timer(void *ctx, sim_time at, sim_time every, uint64_t id,
		 struct sim_err *err)
{
	const struct sim_strategy_host *h =
		((struct sim_attach_record *)ctx)->real;

	return h->timer(h->ctx, at, every, id, err);
}

static int take_note(void *ctx, const struct sim_note *n, struct sim_err *err)
{
	const struct sim_strategy_host *h =
		((struct sim_attach_record *)ctx)->real;

	return h->note(h->ctx, n, err);
}

static void stop(void *ctx)
{
	struct sim_attach_record *x = ctx;

	if (x->is_past)
		return;
	x->is_over = true;
	x->real->stop(x->real->ctx);
}

static void funds(void *ctx, sim_dec *buying_power, sim_dec *margin_used)
{
	const struct sim_strategy_host *h =
		((struct sim_attach_record *)ctx)->real;

	h->funds(h->ctx, buying_power, margin_used);
}

/* -- the strategy ---------------------------------------------------------- */

static int on_init(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct sim_attach_record *x = self;

	x->real = v->host;
	x->view = v;
	x->names.v = v;
	x->host = (struct sim_strategy_host){
		.ctx = x, .submit = submit, .cancel = cancel,
		.replace = replace, .next_order = next_order, .order = order,
		.frame = frame, .timer = timer, .note = take_note,
		.stop = stop, .funds = funds,
	};
	v->host = &x->host;
	return x->inner.ops->init(x->inner.self, v, err);
}

static int on_step(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct sim_attach_record *x = self;

	return x->inner.ops->on_step(x->inner.self, v, err);
}

static int on_fill(void *self, struct sim_strategy_view *v,
		   const struct sim_fill *f, struct sim_err *err)
{
	struct sim_attach_record *x = self;

	return x->inner.ops->on_fill(x->inner.self, v, f, err);
}

static void on_event(void *self, const struct sim_event *ev)
{
	struct sim_attach_record *x = self;

	x->inner.ops->on_event(x->inner.self, ev);
}

static int on_timer(void *self, struct sim_strategy_view *v, uint64_t id,
		    struct sim_err *err)
{
	struct sim_attach_record *x = self;

	return x->inner.ops->on_timer(x->inner.self, v, id, err);
}

static int on_end(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct sim_attach_record *x = self;

	return x->inner.ops->on_end(x->inner.self, v, err);
}

static bool param(void *self, int i, struct sim_strategy_param *out)
{
	struct sim_attach_record *x = self;

	return x->inner.ops->param(x->inner.self, i, out);
}

static uint64_t warmup(void *self)
{
	struct sim_attach_record *x = self;

	return x->inner.ops->warmup(x->inner.self);
}

struct sim_attach_record *sim_attach_record_new(struct sim_strategy *s)
{
	struct sim_attach_record *x = sim_mem_zalloc(sizeof(*x));
	const struct sim_strategy_ops *o = s->ops;

	x->inner = *s;
	x->ops = (struct sim_strategy_ops){
		.name = o->name, .summary = o->summary, .init = on_init,
		.on_step = on_step, .on_fill = o->on_fill ? on_fill : NULL,
		.on_event = o->on_event ? on_event : NULL,
		.on_timer = o->on_timer ? on_timer : NULL,
		.on_end = o->on_end ? on_end : NULL,
		.param = o->param ? param : NULL,
		.warmup = o->warmup ? warmup : NULL,
		.keeps_orders = o->keeps_orders,
	};
	s->ops = &x->ops;
	s->self = x;
	return x;
}

void sim_attach_record_free(struct sim_attach_record *x)
{
	if (!x)
		return;
	x->inner.ops->free(x->inner.self);
	sim_talk_release(&x->names);
	sim_buf_release(&x->unsaid);
	sim_mem_free(x->list);
	sim_mem_free(x);
}

void sim_attach_record_past(struct sim_attach_record *x, bool is_past)
{
	x->is_past = is_past;
}

bool sim_attach_record_is_over(const struct sim_attach_record *x)
{
	return x->is_over;
}

/* -- as messages ----------------------------------------------------------- */

static void word_size(const struct sim_order_req *r,
		      struct sim_message_order *m)
{
	m->has_quantity = r->size_kind == SIM_ORDER_SIZE_QTY;
	m->has_notional = r->size_kind == SIM_ORDER_SIZE_NOTIONAL;
	m->has_percent = r->size_kind == SIM_ORDER_SIZE_PERCENT;
	m->has_all = m->all = r->size_kind == SIM_ORDER_SIZE_ALL;
	m->has_risk = r->size_kind == SIM_ORDER_SIZE_RISK;
	m->quantity = m->notional = m->percent = m->risk = r->size;
	m->has_size_at = r->size_at_fill;
	m->size_at = r->size_at_fill;
}

static void word_prices(const struct sim_order_req *r,
			struct sim_message_order *m)
{
	m->price = r->limit;
	m->has_price = r->limit != 0;
	m->stop_price = r->stop;
	m->has_stop_price = r->stop != 0;
	m->trail_price = m->trail_percent = r->trail;
	m->has_trail_price = r->trail && !r->trail_is_percent;
	m->has_trail_percent = r->trail && r->trail_is_percent;
	m->stop_loss = r->stop_loss;
	m->has_stop_loss = r->stop_loss != 0;
	m->take_profit = r->take_profit;
	m->has_take_profit = r->take_profit != 0;
	m->stop_loss_trail_price = m->stop_loss_trail_percent =
		r->bracket_trail;
	m->has_stop_loss_trail_price = r->bracket_trail &&
		!r->bracket_trail_is_percent;
	m->has_stop_loss_trail_percent = r->bracket_trail &&
		r->bracket_trail_is_percent;
}

static struct sim_message_order word(const struct sim_attach_record *x,
				     const struct request *q)
{
	const struct sim_order_req *r = &q->req;
	struct sim_message_order m = {
		.order_id = q->name,
		.symbol = x->view->syms[r->sym].instrument->symbol,
		.side = (int)r->side, .type = (int)r->type, .has_type = true,
		.time_in_force = (int)r->tif, .has_time_in_force = true,
		.expire_at = r->expire_at, .has_expire_at = r->expire_at != 0,
		.reduce_only = r->reduce_only,
		.has_reduce_only = r->reduce_only,
		.oco_with = q->other, .has_oco_with = q->other[0] != '\0',
	};

	word_size(r, &m);
	word_prices(r, &m);
	return m;
}

/* A refusal is the engine's, which has said the same here. */
static int say(const struct sim_attach *a, enum sim_message_type type,
	       const void *data, struct sim_err *err)
{
	const struct sim_backend_request q = {
		.type = type, .data = data, .session_id = a->session_id,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_backend_call(a->b, &q, &m, &why);

	sim_backend_release(&m);
	if (rc && !strcmp(sim_backend_code(a->b), "RATE_LIMITED"))
		*err = why;
	else if (rc && sim_backend_code(a->b)[0])
		rc = SIM_OK;
	else if (rc)
		*err = why;
	return rc;
}

static int send_orders(struct sim_attach_record *x, const struct sim_attach *a,
		       size_t from, size_t n, struct sim_err *err)
{
	struct sim_message_order *m = sim_mem_array(n, sizeof(*m));
	struct sim_message_order_batch b = {
		.orders = m, .n_orders = n, .has_batch_id = true,
	};
	char id[32];
	int rc;

	snprintf(id, sizeof(id), "a%" PRIu64, ++x->batches);
	b.batch_id = id;
	for (size_t i = 0; i < n; i++)
		m[i] = word(x, &x->list[from + i]);
	rc = say(a, SIM_MESSAGE_order_batch, &b, err);
	sim_mem_free(m);
	return rc;
}

static int send_change(const struct request *q, const struct sim_attach *a,
		       struct sim_err *err)
{
	const struct sim_message_cancel_order c = { .order_id = q->name };
	const struct sim_message_replace_order r = {
		.order_id = q->name,
		.quantity = q->qty, .has_quantity = q->qty != 0,
		.price = q->limit, .has_price = q->limit != 0,
		.stop_price = q->stop, .has_stop_price = q->stop != 0,
	};

	return q->kind == CANCEL ? say(a, SIM_MESSAGE_cancel_order, &c, err) :
		say(a, SIM_MESSAGE_replace_order, &r, err);
}

int sim_attach_record_send(struct sim_attach_record *x,
			   const struct sim_attach *a, struct sim_err *err)
{
	size_t i = 0, n;
	int rc = SIM_OK;

	for (; !rc && i < x->n; i += n) {
		n = 0;
		while (i + n < x->n && n < BATCH_MAX &&
		       x->list[i + n].kind == SUBMIT)
			n++;
		rc = n ? send_orders(x, a, i, n, err) :
			send_change(&x->list[i], a, err);
		n += !n;
	}
	x->n = 0;
	return rc;
}
