/* talk_order: orders as they are worded in messages, to the host and back. */
#include "strategy/talk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* -- one order ------------------------------------------------------------ */

static bool refuse(struct sim_talk *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct sim_talk *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->refusal.text, sizeof(t->refusal.text), fmt, ap);
	va_end(ap);
	return false;
}

static bool check_id(struct sim_talk *t, const char *id)
{
	const char *c = id;

	while (*c > ' ' && *c < 0x7f && *c != '/')
		c++;
	if (!*id || *c)
		return refuse(t, "INVALID_PARAMS: order_id must be 1 to 64 "
			      "printable characters without blank and slash");
	if (sim_talk_names_find(&t->orders, id))
		return refuse(t, "DUPLICATE_ORDER_ID: an order of this run is "
			      "called %s already", id);
	return true;
}

/* The one way in which the order states its size. */
static bool get_size(struct sim_talk *t, const struct sim_message_order *o,
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
		return refuse(t, "INVALID_ORDER_QUANTITY: an order states its "
			      "size once, as quantity, notional, percent, "
			      "risk or all");
	return true;
}

static bool get_trails(struct sim_talk *t, const struct sim_message_order *o,
		       struct sim_order_req *req)
{
	if ((o->has_trail_price && o->has_trail_percent) ||
	    (o->has_stop_loss_trail_price && o->has_stop_loss_trail_percent))
		return refuse(t, "INVALID_PRICE: a trail is a price or a "
			      "percentage, not both");
	req->trail = o->has_trail_percent ? o->trail_percent : o->trail_price;
	req->trail_is_percent = o->has_trail_percent;
	req->bracket_trail = o->has_stop_loss_trail_percent ?
		o->stop_loss_trail_percent : o->stop_loss_trail_price;
	req->bracket_trail_is_percent = o->has_stop_loss_trail_percent;
	return true;
}

static bool get_request(struct sim_talk *t, const struct sim_message_order *o,
			struct sim_order_req *req)
{
	*req = (struct sim_order_req){
		.sym = sim_talk_symbol(t, o->symbol),
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
		return refuse(t, "INVALID_SYMBOL: the run has no symbol %s",
			      o->symbol);
	if (o->has_oco_with) {
		uint32_t other = sim_talk_names_find(&t->orders, o->oco_with);

		if (!other)
			return refuse(t, "UNKNOWN_ORDER: oco_with names %s, "
				      "which is no order of this run",
				      o->oco_with);
		req->oco_with = t->orders.number[other];
	}
	return get_size(t, o, req) && get_trails(t, o, req);
}

/* The code that the event told goes before the sentence. */
static void keep_refusal(struct sim_talk *t, const char *sentence)
{
	char code[48];

	snprintf(code, sizeof(code), "%.40s", t->refusal.text);
	snprintf(t->refusal.text, sizeof(t->refusal.text), "%.40s: %.250s",
		 code[0] ? code : "ORDER_REJECTED", sentence);
}

/* Gives: *id, 0 when it was refused, and why. */
static int submit(struct sim_talk *t, const struct sim_message_order *o,
		  uint32_t *id, struct sim_err *err)
{
	const struct sim_strategy_host *h = t->v->host;
	struct sim_err why = SIM_ERR_INIT;
	struct sim_order_req req;
	uint32_t got = 0;
	int rc;

	*id = 0;
	if (!check_id(t, o->order_id) || !get_request(t, o, &req))
		return SIM_OK;
	t->refusal.text[0] = '\0';
	t->asked_id = 0;
	t->is_asking = true;
	rc = h->submit(h->ctx, &req, &got, &why);
	t->is_asking = false;
	if (got)
		sim_talk_order_called(t, got, o->order_id);
	if (rc == SIM_E_REJECTED) {
		keep_refusal(t, why.msg);
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
	struct sim_buf rejected, prices, quotes, data;
	struct sim_json jr, jp, jq;
};

static void open_object(struct sim_json *j, struct sim_buf *b)
{
	sim_buf_reset(b);
	sim_json_init(j, b, false);
	sim_json_object(j, NULL);
}

static void open_answer(struct answer *a, size_t n)
{
	a->accepted = sim_mem_array(n + 1, sizeof(*a->accepted));
	a->ids = sim_mem_array(n + 1, sizeof(*a->ids));
	a->n = 0;
	a->rejected = a->prices = a->quotes = a->data =
		(struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	open_object(&a->jr, &a->rejected);
	open_object(&a->jp, &a->prices);
	open_object(&a->jq, &a->quotes);
}

static void free_answer(struct answer *a)
{
	sim_mem_free(a->accepted);
	sim_mem_free(a->ids);
	sim_buf_release(&a->rejected);
	sim_buf_release(&a->prices);
	sim_buf_release(&a->quotes);
	sim_buf_release(&a->data);
}

static void estimate(struct sim_talk *t, const struct sim_message_order *o,
		     struct answer *a)
{
	const struct sim_bar_series *b =
		&t->v->syms[sim_talk_symbol(t, o->symbol)].bars;
	sim_dec price = b->n ? b->close[b->n - 1] : 0;

	if (o->price)
		price = o->price;
	else if (o->stop_price)
		price = o->stop_price;
	if (price)
		sim_message_dec(&a->jp, o->order_id, price, &t->style);
}

static void quote(struct sim_talk *t, const char *order_id, uint32_t id,
		  struct answer *a)
{
	struct sim_talk_quote q;

	if (!t->trial || !t->trial->quote(t->trial->ctx, id, &q))
		return;
	sim_json_object(&a->jq, order_id);
	sim_message_dec(&a->jq, "quantity", q.quantity, &t->style);
	sim_message_dec(&a->jq, "expected_price", q.price, &t->style);
	sim_message_dec(&a->jq, "cost", q.cost, &t->style);
	sim_message_dec(&a->jq, "commission", q.commission, &t->style);
	sim_message_dec(&a->jq, "margin", q.margin, &t->style);
	sim_message_dec(&a->jq, "buying_power_after", q.power, &t->style);
	sim_json_end(&a->jq);
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

static int submit_all(struct sim_talk *t,
		      const struct sim_message_order_batch *b,
		      struct answer *a, const char **refused,
		      struct sim_err *err)
{
	bool is_atomic = b->execution_mode == 1;
	int rc = SIM_OK;

	*refused = NULL;
	for (size_t i = 0; !rc && i < b->n_orders; i++) {
		const struct sim_message_order *o = &b->orders[i];
		uint32_t id;

		rc = submit(t, o, &id, err);
		if (rc)
			break;
		if (id) {
			a->ids[a->n] = id;
			a->accepted[a->n++] = o->order_id;
			estimate(t, o, a);
			quote(t, o->order_id, id, a);
			continue;
		}
		*refused = o->order_id;
		if (!is_written(b, i, a))
			sim_json_str(&a->jr, o->order_id, t->refusal.text);
		if (is_atomic)
			break;
	}
	return rc;
}

/* All or none: all but the one that was refused are refused with it. */
static void refuse_others(const struct sim_message_order_batch *b,
			  const char *refused, struct answer *a)
{
	for (size_t i = 0; i < b->n_orders; i++) {
		const char *id = b->orders[i].order_id;
		size_t k = 0;

		while (k < i && strcmp(b->orders[k].order_id, id))
			k++;
		if (k == i && strcmp(id, refused))
			sim_json_str(&a->jr, id, "BATCH_REJECTED: another "
				     "order of the batch was refused");
	}
}

/* What was accepted before that goes again. */
static int withdraw(struct sim_talk *t, struct answer *a, struct sim_err *err)
{
	const struct sim_strategy_host *h = t->v->host;
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < a->n; i++) {
		t->asked_id = a->ids[i];
		t->is_asking = true;
		rc = h->cancel(h->ctx, a->ids[i], err);
		t->is_asking = false;
	}
	a->n = 0;
	open_object(&a->jp, &a->prices);
	open_object(&a->jq, &a->quotes);
	return rc;
}

/* An id that no batch has. */
static void make_up(struct sim_talk *t, char *out, size_t size)
{
	do
		snprintf(out, size, "b%llu", (unsigned long long)++t->made_up);
	while (sim_talk_names_find(&t->batches, out));
}

/* For when the batch comes again. */
static void keep_answer(struct sim_talk *t, const struct answer *a,
			const struct sim_message_order_batch *b)
{
	uint32_t number;

	if (!b->has_batch_id || t->trial)
		return;
	number = sim_talk_names_add(&t->batches, b->batch_id);
	SIM_MEM_GROW(t->batch_ack, t->batch_ack_cap, (size_t)number + 1);
	t->batch_ack[number] = sim_mem_arena_strdup(&t->batches.arena,
						    sim_buf_str(&a->data));
}

static void send_answer(struct sim_talk *t, struct answer *a,
			const struct sim_message_order_batch *b,
			const char *request_id)
{
	struct sim_message_batch_ack ack = {
		.batch_id = b->batch_id, .accepted_orders = a->accepted,
		.n_accepted_orders = a->n,
	};
	char made_up[24];

	sim_json_end(&a->jr);
	sim_json_end(&a->jp);
	sim_json_end(&a->jq);
	ack.estimates.text = sim_buf_str(&a->quotes);
	ack.has_estimates = t->trial != NULL;
	ack.rejected_orders.text = sim_buf_str(&a->rejected);
	ack.estimated_fills.text = sim_buf_str(&a->prices);
	if (!b->has_batch_id) {
		make_up(t, made_up, sizeof(made_up));
		ack.batch_id = made_up;
	}
	sim_message_encode_data(&a->data, SIM_MESSAGE_batch_ack, &ack,
				&t->style);
	sim_message_encode_text(t->out, SIM_MESSAGE_batch_ack,
				sim_buf_str(&a->data), request_id, &t->style);
	keep_answer(t, a, b);
}

/* Submit what is no repetition, and answer. */
static int answer_batch(struct sim_talk *t,
			const struct sim_message_order_batch *b,
			const char *request_id, struct sim_err *err)
{
	struct answer a;
	const char *refused;
	int rc;

	open_answer(&a, b->n_orders);
	rc = submit_all(t, b, &a, &refused, err);
	if (!rc && refused && b->execution_mode == 1) {
		refuse_others(b, refused, &a);
		rc = withdraw(t, &a, err);
	}
	if (!rc)
		send_answer(t, &a, b, request_id);
	free_answer(&a);
	return rc;
}

int sim_talk_batch(struct sim_talk *t, const struct sim_message_order_batch *b,
		   const char *request_id, struct sim_err *err)
{
	uint32_t number = b->has_batch_id ?
		sim_talk_names_find(&t->batches, b->batch_id) : 0;

	if (number) {
		sim_message_encode_text(t->out, SIM_MESSAGE_batch_ack,
					t->batch_ack[number], request_id,
					&t->style);
		return SIM_OK;
	}
	if (b->has_batch_id && !b->batch_id[0]) {
		sim_talk_error(t, "INVALID_PARAMS", "batch_id is empty; give "
			       "each batch one of its own, or leave it out",
			       request_id);
		return SIM_OK;
	}
	if (t->batches.n >= SIM_TALK_BATCHES_MAX) {
		sim_talk_error(t, "INVALID_PARAMS", "the run has had as many "
			       "batches with an id as it can; leave batch_id "
			       "out", request_id);
		return SIM_OK;
	}
	return answer_batch(t, b, request_id, err);
}

/* What the orders of an attempt are called is forgotten with them. */
static void forget_names(struct sim_talk *t, uint32_t n)
{
	for (uint32_t i = n + 1; i <= t->orders.n; i++)
		t->order_name[t->orders.number[i]] = 0;
	sim_talk_names_cut(&t->orders, n);
}

int sim_talk_try(struct sim_talk *t, const struct sim_message_order_batch *b,
		 const char *request_id, const struct sim_talk_trial *trial,
		 struct sim_err *err)
{
	const struct sim_mem_arena none = SIM_MEM_ARENA_INIT;
	struct sim_mem_arena arena = t->orders.arena;
	uint32_t n = t->orders.n;
	size_t nevents = t->nevents;
	uint64_t made_up = t->made_up;
	bool account_moved = t->account_moved;
	int rc;

	t->orders.arena = none;
	t->trial = trial;
	trial->begin(trial->ctx);
	rc = answer_batch(t, b, request_id, err);
	trial->end(trial->ctx);
	t->trial = NULL;
	forget_names(t, n);
	sim_mem_arena_release(&t->orders.arena);
	t->orders.arena = arena;
	t->nevents = nevents;
	t->made_up = made_up;
	t->account_moved = account_moved;
	return rc;
}

/* -- changes -------------------------------------------------------------- */

static void unknown(struct sim_talk *t, const char *order_id,
		    const char *request_id)
{
	const struct sim_talk_detail about = { "order_id", order_id };
	char text[200];

	snprintf(text, sizeof(text), "%s is no open order of this run",
		 order_id);
	sim_talk_error_about(t, "UNKNOWN_ORDER", text, &about, request_id);
}

/* The engine's id of an order; 0 and an answer when there is none. */
static uint32_t engine_id(struct sim_talk *t, const char *order_id,
			  const char *request_id)
{
	uint32_t number = sim_talk_names_find(&t->orders, order_id);

	if (!number)
		unknown(t, order_id, request_id);
	return number ? t->orders.number[number] : 0;
}

static int cancel(struct sim_talk *t, uint32_t id, const char *order_id,
		  const char *request_id, struct sim_err *err)
{
	const struct sim_strategy_host *h = t->v->host;
	struct sim_message_order_cancelled done = { .order_id = order_id };
	int rc;

	t->asked_id = id;
	t->is_asking = true;
	rc = h->cancel(h->ctx, id, err);
	t->is_asking = false;
	if (rc == SIM_E_NOENT) {
		unknown(t, order_id, request_id);
		return SIM_OK;
	}
	if (!rc)
		sim_talk_send(t, SIM_MESSAGE_order_cancelled, &done,
			      request_id);
	return rc;
}

int sim_talk_cancel(struct sim_talk *t, const char *order_id,
		    const char *request_id, struct sim_err *err)
{
	uint32_t id = engine_id(t, order_id, request_id);

	return id ? cancel(t, id, order_id, request_id, err) : SIM_OK;
}

/* Zero means to the engine that it stays; asked for, it is a mistake. */
static bool has_zero(const struct sim_message_replace_order *r)
{
	return (r->has_quantity && r->quantity <= 0) ||
		(r->has_price && !r->price) ||
		(r->has_stop_price && !r->stop_price);
}

int sim_talk_replace(struct sim_talk *t,
		     const struct sim_message_replace_order *r,
		     const char *request_id, struct sim_err *err)
{
	const struct sim_strategy_host *h = t->v->host;
	struct sim_message_order_replaced done = { .order_id = r->order_id };
	const struct sim_talk_detail about = { "order_id", r->order_id };
	uint32_t id = engine_id(t, r->order_id, request_id);
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	if (!id)
		return SIM_OK;
	if (has_zero(r)) {
		sim_talk_error_about(t, "ORDER_REJECTED", "quantity and prices "
				     "of an order must be above zero; leave "
				     "out what stays", &about, request_id);
		return SIM_OK;
	}
	t->asked_id = id;
	t->is_asking = true;
	rc = h->replace(h->ctx, id, r->quantity, r->price, r->stop_price,
			&why);
	t->is_asking = false;
	if (rc == SIM_E_NOENT)
		unknown(t, r->order_id, request_id);
	else if (rc == SIM_E_REJECTED)
		sim_talk_error_about(t, "ORDER_REJECTED", why.msg, &about,
				     request_id);
	else if (rc)
		return sim_err_set(err, rc, "%s", why.msg);
	else
		sim_talk_send(t, SIM_MESSAGE_order_replaced, &done,
			      request_id);
	return SIM_OK;
}

/* Cancel the orders of a symbol; one may take others with it. */
static int cancel_of(struct sim_talk *t, uint32_t sym, const char *request_id,
		     struct sim_err *err)
{
	const struct sim_strategy_host *h = t->v->host;
	const struct sim_order *o = h->next_order(h->ctx, sym, 0);
	uint32_t last = 0;
	int rc = SIM_OK;

	while (!rc && o && o->id != last) {
		last = o->id;
		rc = cancel(t, last, sim_talk_order_name(t, o), request_id,
			    err);
		o = h->next_order(h->ctx, sym, 0);
	}
	return rc;
}

int sim_talk_cancel_all(struct sim_talk *t,
			const struct sim_message_cancel_all *c,
			const char *request_id, struct sim_err *err)
{
	uint32_t only = UINT32_MAX;
	int rc = SIM_OK;

	if (c->has_symbol) {
		only = sim_talk_symbol(t, c->symbol);
		if (only == UINT32_MAX) {
			const struct sim_talk_detail about = { "symbol",
							       c->symbol };

			sim_talk_error_about(t, "INVALID_SYMBOL", "the run has "
					     "no such symbol", &about,
					     request_id);
			return SIM_OK;
		}
		return cancel_of(t, only, request_id, err);
	}
	for (uint32_t i = 0; !rc && i < t->v->nsyms; i++)
		rc = cancel_of(t, i, request_id, err);
	return rc;
}
