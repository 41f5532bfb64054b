/* pipe_order: orders as the strategy words them, to the host and back. */
#include "strategy/pipe_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* -- one order ------------------------------------------------------------ */

static bool refuse(struct sim_pipe *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct sim_pipe *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->refusal.text, sizeof(p->refusal.text), fmt, ap);
	va_end(ap);
	return false;
}

static bool check_id(struct sim_pipe *p, const char *id)
{
	const char *c = id;

	while (*c > ' ' && *c < 0x7f && *c != '/')
		c++;
	if (!*id || *c)
		return refuse(p, "INVALID_PARAMS: order_id must be 1 to 64 "
			      "printable characters without blank and slash");
	if (sim_pipe_find(&p->orders, id))
		return refuse(p, "DUPLICATE_ORDER_ID: an order of this run is "
			      "called %s already", id);
	return true;
}

/* The one way in which the order states its size. */
static bool get_size(struct sim_pipe *p, const struct sim_message_order *o,
		     struct sim_order_req *req)
{
	const struct {
		bool is_set;
		sim_dec size;
	} ways[] = {
		[SIM_ORDER_SIZE_QTY] = { o->has_quantity, o->quantity },
		[SIM_ORDER_SIZE_NOTIONAL] = { o->has_notional, o->notional },
		[SIM_ORDER_SIZE_PERCENT] = { o->has_percent, o->percent },
		[SIM_ORDER_SIZE_ALL] = { o->has_all && o->all, SIM_DEC_ONE },
		[SIM_ORDER_SIZE_RISK] = { o->has_risk, o->risk },
	};
	int n = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!ways[i].is_set)
			continue;
		req->size_kind = (enum sim_order_size)i;
		req->size = ways[i].size;
		n++;
	}
	if (n != 1)
		return refuse(p, "INVALID_ORDER_QUANTITY: an order states its "
			      "size once, as quantity, notional, percent, "
			      "risk or all");
	return true;
}

static bool get_trails(struct sim_pipe *p, const struct sim_message_order *o,
		       struct sim_order_req *req)
{
	if ((o->has_trail_price && o->has_trail_percent) ||
	    (o->has_stop_loss_trail_price && o->has_stop_loss_trail_percent))
		return refuse(p, "INVALID_PRICE: a trail is a price or a "
			      "percentage, not both");
	req->trail = o->has_trail_percent ? o->trail_percent : o->trail_price;
	req->trail_is_percent = o->has_trail_percent;
	req->bracket_trail = o->has_stop_loss_trail_percent ?
		o->stop_loss_trail_percent : o->stop_loss_trail_price;
	req->bracket_trail_is_percent = o->has_stop_loss_trail_percent;
	return true;
}

static bool get_request(struct sim_pipe *p, const struct sim_message_order *o,
			struct sim_order_req *req)
{
	*req = (struct sim_order_req){
		.sym = sim_pipe_symbol(p, o->symbol),
		.side = (enum sim_side)o->side,
		.type = (enum sim_order_type)o->type,
		.tif = (enum sim_tif)o->time_in_force,
		.size_at_fill = o->size_at == 1,
		.reduce_only = o->reduce_only,
		.limit = o->price, .stop = o->stop_price,
		.take_profit = o->take_profit, .stop_loss = o->stop_loss,
		.expire_at = o->expire_at,
	};
	if (req->sym == UINT32_MAX)
		return refuse(p, "INVALID_SYMBOL: the run has no symbol %s",
			      o->symbol);
	if (o->has_oco_with) {
		uint32_t other = sim_pipe_find(&p->orders, o->oco_with);

		if (!other)
			return refuse(p, "UNKNOWN_ORDER: oco_with names %s, "
				      "which is no order of this run",
				      o->oco_with);
		req->oco_with = p->orders.number[other];
	}
	return get_size(p, o, req) && get_trails(p, o, req);
}

/* The code that the event told goes before the sentence. */
static void keep_refusal(struct sim_pipe *p, const char *sentence)
{
	char code[48];

	snprintf(code, sizeof(code), "%.40s", p->refusal.text);
	snprintf(p->refusal.text, sizeof(p->refusal.text), "%.40s: %.250s",
		 code[0] ? code : "ORDER_REJECTED", sentence);
}

/* Gives: *id, 0 when it was refused, and why. */
static int submit(struct sim_pipe *p, const struct sim_message_order *o,
		  uint32_t *id, struct sim_err *err)
{
	const struct sim_strategy_host *h = p->v->host;
	struct sim_err why = SIM_ERR_INIT;
	struct sim_order_req req;
	uint32_t got = 0;
	int rc;

	*id = 0;
	if (!check_id(p, o->order_id) || !get_request(p, o, &req))
		return SIM_OK;
	p->refusal.text[0] = '\0';
	p->asked_id = 0;
	p->is_asking = true;
	rc = h->submit(h->ctx, &req, &got, &why);
	p->is_asking = false;
	if (got)
		sim_pipe_order_called(p, got, o->order_id);
	if (rc == SIM_E_REJECTED) {
		keep_refusal(p, why.msg);
		return SIM_OK;
	}
	if (rc && err)
		*err = why;
	*id = rc ? 0 : got;
	return rc;
}

/* -- a batch -------------------------------------------------------------- */

struct answer {
	const char **accepted;
	uint32_t *ids;
	size_t n;
	struct sim_buf rejected, prices;
	struct sim_json jr, jp;
};

static void open_answer(struct answer *a, size_t n)
{
	a->accepted = sim_mem_array(n + 1, sizeof(*a->accepted));
	a->ids = sim_mem_array(n + 1, sizeof(*a->ids));
	a->n = 0;
	a->rejected = a->prices = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	sim_json_init(&a->jr, &a->rejected, false);
	sim_json_init(&a->jp, &a->prices, false);
	sim_json_object(&a->jr, NULL);
	sim_json_object(&a->jp, NULL);
}

static void free_answer(struct answer *a)
{
	sim_mem_free(a->accepted);
	sim_mem_free(a->ids);
	sim_buf_release(&a->rejected);
	sim_buf_release(&a->prices);
}

static void estimate(struct sim_pipe *p, const struct sim_message_order *o,
		     struct answer *a)
{
	const struct sim_bar_series *b =
		&p->v->syms[sim_pipe_symbol(p, o->symbol)].bars;
	sim_dec price = b->n ? b->close[b->n - 1] : 0;

	if (o->price)
		price = o->price;
	else if (o->stop_price)
		price = o->stop_price;
	if (price)
		sim_message_dec(&a->jp, o->order_id, price, p->as_text);
}

/* Has order i's refusal been written already, for one of the same id? */
static bool is_written(const struct sim_message_order_batch *b, size_t i,
		       const struct answer *a)
{
	const char *id = b->orders[i].order_id;
	size_t seen = 0;

	for (size_t k = 0; k < i; k++)
		seen += !strcmp(b->orders[k].order_id, id);
	for (size_t k = 0; seen == 1 && k < a->n; k++)
		seen -= !strcmp(a->accepted[k], id);
	return seen > 0;
}

static int submit_all(struct sim_pipe *p,
		      const struct sim_message_order_batch *b,
		      struct answer *a, bool *refused, struct sim_err *err)
{
	bool is_atomic = b->execution_mode == 1;
	int rc = SIM_OK;

	*refused = false;
	for (size_t i = 0; !rc && i < b->n_orders; i++) {
		const struct sim_message_order *o = &b->orders[i];
		uint32_t id;

		rc = submit(p, o, &id, err);
		if (rc)
			break;
		if (id) {
			a->ids[a->n] = id;
			a->accepted[a->n++] = o->order_id;
			estimate(p, o, a);
			continue;
		}
		*refused = true;
		if (!is_written(b, i, a))
			sim_json_str(&a->jr, o->order_id, p->refusal.text);
		if (is_atomic)
			break;
	}
	return rc;
}

/* All or none: what was accepted goes again. */
static int withdraw(struct sim_pipe *p, struct answer *a, struct sim_err *err)
{
	const struct sim_strategy_host *h = p->v->host;
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < a->n; i++) {
		p->asked_id = a->ids[i];
		p->is_asking = true;
		rc = h->cancel(h->ctx, a->ids[i], err);
		p->is_asking = false;
		sim_json_str(&a->jr, a->accepted[i], "BATCH_REJECTED: another "
			     "order of the batch was refused");
	}
	a->n = 0;
	sim_buf_reset(&a->prices);
	sim_json_init(&a->jp, &a->prices, false);
	sim_json_object(&a->jp, NULL);
	return rc;
}

/* Send it, and keep it for when the batch comes again. */
static void send_answer(struct sim_pipe *p, struct answer *a,
			const struct sim_message_order_batch *b,
			const char *request_id)
{
	struct sim_message_batch_ack ack = {
		.batch_id = b->batch_id, .accepted_orders = a->accepted,
		.n_accepted_orders = a->n,
	};
	char made_up[24];
	uint32_t number;
	size_t at = p->child.out.len;

	sim_json_end(&a->jr);
	sim_json_end(&a->jp);
	ack.rejected_orders.text = sim_buf_str(&a->rejected);
	ack.estimated_fills.text = sim_buf_str(&a->prices);
	if (!b->has_batch_id) {
		snprintf(made_up, sizeof(made_up), "b%llu",
			 (unsigned long long)++p->made_up);
		ack.batch_id = made_up;
	}
	sim_pipe_send(p, SIM_MESSAGE_batch_ack, &ack, request_id);
	if (!b->has_batch_id)
		return;
	number = sim_pipe_add(&p->batches, b->batch_id);
	SIM_MEM_GROW(p->batch_ack, p->batch_ack_cap, (size_t)number + 1);
	p->batch_ack[number] =
		sim_mem_arena_strdup(&p->batches.arena,
				     sim_buf_str(&p->child.out) + at);
}

int sim_pipe_batch(struct sim_pipe *p, const struct sim_message_order_batch *b,
		   const char *request_id, struct sim_err *err)
{
	uint32_t number = b->has_batch_id ?
		sim_pipe_find(&p->batches, b->batch_id) : 0;
	struct answer a;
	bool refused;
	int rc;

	if (number) {
		sim_buf_puts(&p->child.out, p->batch_ack[number]);
		return SIM_OK;
	}
	if (p->batches.n >= SIM_PIPE_BATCHES_MAX)
		return sim_pipe_fail(p, err, "has given more than %d batches "
				     "an id; leave batch_id out",
				     SIM_PIPE_BATCHES_MAX);
	open_answer(&a, b->n_orders);
	rc = submit_all(p, b, &a, &refused, err);
	if (!rc && refused && b->execution_mode == 1)
		rc = withdraw(p, &a, err);
	if (!rc)
		send_answer(p, &a, b, request_id);
	free_answer(&a);
	p->orders_due -= (int64_t)b->n_orders;
	return rc;
}

/* -- changes -------------------------------------------------------------- */

static void unknown(struct sim_pipe *p, const char *order_id,
		    const char *request_id)
{
	char text[200];

	snprintf(text, sizeof(text), "%s is no open order of this run",
		 order_id);
	sim_pipe_error(p, "UNKNOWN_ORDER", text, request_id);
}

/* The engine's id of an order; 0 and an answer when there is none. */
static uint32_t engine_id(struct sim_pipe *p, const char *order_id,
			  const char *request_id)
{
	uint32_t number = sim_pipe_find(&p->orders, order_id);

	if (!number)
		unknown(p, order_id, request_id);
	return number ? p->orders.number[number] : 0;
}

static int cancel(struct sim_pipe *p, uint32_t id, const char *order_id,
		  const char *request_id, struct sim_err *err)
{
	const struct sim_strategy_host *h = p->v->host;
	struct sim_message_order_cancelled done = { .order_id = order_id };
	int rc;

	p->asked_id = id;
	p->is_asking = true;
	rc = h->cancel(h->ctx, id, err);
	p->is_asking = false;
	if (rc == SIM_E_NOENT) {
		unknown(p, order_id, request_id);
		return SIM_OK;
	}
	if (!rc)
		sim_pipe_send(p, SIM_MESSAGE_order_cancelled, &done,
			      request_id);
	return rc;
}

int sim_pipe_cancel(struct sim_pipe *p, const char *order_id,
		    const char *request_id, struct sim_err *err)
{
	uint32_t id = engine_id(p, order_id, request_id);

	return id ? cancel(p, id, order_id, request_id, err) : SIM_OK;
}

int sim_pipe_replace(struct sim_pipe *p,
		     const struct sim_message_replace_order *r,
		     const char *request_id, struct sim_err *err)
{
	const struct sim_strategy_host *h = p->v->host;
	struct sim_message_order_replaced done = { .order_id = r->order_id };
	uint32_t id = engine_id(p, r->order_id, request_id);
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	if (!id)
		return SIM_OK;
	p->asked_id = id;
	p->is_asking = true;
	rc = h->replace(h->ctx, id, r->quantity, r->price, r->stop_price,
			&why);
	p->is_asking = false;
	if (rc == SIM_E_NOENT)
		unknown(p, r->order_id, request_id);
	else if (rc == SIM_E_REJECTED)
		sim_pipe_error(p, "ORDER_REJECTED", why.msg, request_id);
	else if (rc)
		return sim_err_set(err, rc, "%s", why.msg);
	else
		sim_pipe_send(p, SIM_MESSAGE_order_replaced, &done,
			      request_id);
	return SIM_OK;
}

/* Cancel the orders of a symbol; one may take others with it. */
static int cancel_of(struct sim_pipe *p, uint32_t sym, const char *request_id,
		     struct sim_err *err)
{
	const struct sim_strategy_host *h = p->v->host;
	const struct sim_order *o = h->next_order(h->ctx, sym, 0);
	uint32_t last = 0;
	int rc = SIM_OK;

	while (!rc && o && o->id != last) {
		last = o->id;
		rc = cancel(p, last, sim_pipe_order_name(p, o), request_id,
			    err);
		o = h->next_order(h->ctx, sym, 0);
	}
	return rc;
}

int sim_pipe_cancel_all(struct sim_pipe *p,
			const struct sim_message_cancel_all *c,
			const char *request_id, struct sim_err *err)
{
	uint32_t only = UINT32_MAX;
	int rc = SIM_OK;

	if (c->has_symbol) {
		only = sim_pipe_symbol(p, c->symbol);
		if (only == UINT32_MAX) {
			sim_pipe_error(p, "INVALID_SYMBOL", "the run has no "
				       "such symbol", request_id);
			return SIM_OK;
		}
		return cancel_of(p, only, request_id, err);
	}
	for (uint32_t i = 0; !rc && i < p->v->nsyms; i++)
		rc = cancel_of(p, i, request_id, err);
	return rc;
}
