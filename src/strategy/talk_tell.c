/* talk_tell: what the other side is told. */
#include "strategy/talk.h"

#include <stdio.h>
#include <string.h>

void sim_talk_send(struct sim_talk *t, enum sim_message_type type,
		   const void *data, const char *request_id)
{
	sim_message_encode(t->out, type, data, request_id, &t->style);
}

void sim_talk_put_instrument(struct sim_json *j,
			     const struct sim_instrument *x)
{
	sim_json_object(j, x->symbol);
	sim_json_dec(j, "tick", x->tick_size);
	sim_json_dec(j, "lot", x->lot_size);
	sim_json_dec(j, "multiplier", x->multiplier);
	sim_json_str(j, "ccy", x->currency);
	sim_json_str(j, "asset_class",
		     sim_vocab_asset_class_text(x->asset_class));
	sim_json_str(j, "cal", x->calendar);
	sim_json_end(j);
}

void sim_talk_error_about(struct sim_talk *t, const char *code,
			  const char *text, const struct sim_talk_detail *d,
			  const char *request_id)
{
	struct sim_buf details = SIM_BUF_INIT(SIM_BUF_MAX);
	enum sim_message_code known = sim_message_code_find(code);
	struct sim_message_error e = {
		.error_code = code, .message = text, .recoverable = true,
		.failed_request_id = request_id,
		.has_failed_request_id = request_id != NULL,
	};
	struct sim_json j;

	if (known != SIM_MESSAGE_CODE__COUNT)
		e.error_type = sim_message_code_kind(known);
	if (d) {
		sim_json_init(&j, &details, false);
		sim_json_object(&j, NULL);
		sim_json_str(&j, d->key, d->value);
		sim_json_end(&j);
		e.details.text = details.data;
	}
	sim_talk_send(t, SIM_MESSAGE_error, &e, request_id);
	sim_buf_release(&details);
}

void sim_talk_error(struct sim_talk *t, const char *code, const char *text,
		    const char *request_id)
{
	sim_talk_error_about(t, code, text, NULL, request_id);
}

/* -- events --------------------------------------------------------------- */

/* What our own request brought about is told by its answer. */
static bool is_answered(const struct sim_talk *t, const struct sim_event *ev)
{
	if (!t->is_asking)
		return false;
	switch (ev->type) {
	case SIM_EVENT_TYPE_ORDER_ACCEPTED:
	case SIM_EVENT_TYPE_ORDER_REJECTED:
	case SIM_EVENT_TYPE_ORDER_REPLACED:
		return !ev->order->parent;
	case SIM_EVENT_TYPE_ORDER_CANCELLED:
		return ev->order->id == t->asked_id;
	default:
		return false;
	}
}

static void keep(struct sim_talk *t, const struct sim_event *ev)
{
	struct sim_talk_event *e;

	SIM_MEM_GROW(t->events, t->events_cap, t->nevents + 1);
	e = &t->events[t->nevents++];
	memset(e, 0, sizeof(*e));
	e->ev = *ev;
	if (ev->order)
		e->order = *ev->order;
	if (ev->fill)
		e->fill = *ev->fill;
}

void sim_talk_note(struct sim_talk *t, const struct sim_event *ev)
{
	if (is_answered(t, ev)) {
		if (ev->type == SIM_EVENT_TYPE_ORDER_REJECTED)
			snprintf(t->refusal.text, sizeof(t->refusal.text),
				 "%s", sim_vocab_reject_text(
					 (enum sim_reject)ev->reason));
		if (t->style.is_wire)
			keep(t, ev);
		return;
	}
	if (ev->type >= SIM_EVENT_TYPE_FILL)
		t->account_moved = true;
	if (t->topics)
		keep(t, ev);
}

static const char *symbol_of(const struct sim_talk *t, uint32_t sym)
{
	return t->v->syms[sym].instrument->symbol;
}

/* Money lost to slippage, in basis points of the price before it. */
static sim_dec slippage_of(const struct sim_fill *f)
{
	sim_dec lost = f->side == SIM_SIDE_BUY ? f->price - f->base_price
					       : f->base_price - f->price;
	sim_dec bps = 0;

	if (f->base_price > 0 &&
	    !sim_dec_muldiv(lost, 10000 * SIM_DEC_ONE, f->base_price, &bps))
		bps = 0;
	return bps;
}

struct sim_message_execution_report
sim_talk_report(struct sim_talk *t, const struct sim_talk_event *e)
{
	const struct sim_fill *f = &e->fill;

	return (struct sim_message_execution_report){
		.order_id = sim_talk_order_name(t, &e->order),
		.symbol = symbol_of(t, e->ev.sym), .side = f->side,
		.executed_quantity = f->qty, .executed_price = f->price,
		.execution_time = f->time, .timestamp = f->time,
		.commission = f->commission, .slippage_bps = slippage_of(f),
		.is_partial = e->ev.b != 0, .remaining_quantity = e->ev.b,
		.ord_status = e->ev.b ? SIM_ORDER_STATUS_PARTIALLY_FILLED :
			SIM_ORDER_STATUS_FILLED,
		.fill_reason = f->reason, .liquidity = f->maker,
		.ambiguous = f->ambiguous, .position = e->ev.c,
		.cash = e->ev.d, .event = (int64_t)e->ev.seq,
		.has_event = true,
	};
}

static void tell_update(struct sim_talk *t, const struct sim_talk_event *e)
{
	static const int status[SIM_EVENT_TYPE__COUNT] = {
		[SIM_EVENT_TYPE_ORDER_ACCEPTED] = SIM_ORDER_STATUS_ACCEPTED,
		[SIM_EVENT_TYPE_ORDER_REJECTED] = SIM_ORDER_STATUS_REJECTED,
		[SIM_EVENT_TYPE_ORDER_CANCELLED] = SIM_ORDER_STATUS_CANCELLED,
		[SIM_EVENT_TYPE_ORDER_EXPIRED] = SIM_ORDER_STATUS_EXPIRED,
		[SIM_EVENT_TYPE_FILL] = SIM_ORDER_STATUS_FILLED,
	};
	bool is_refused = e->ev.type == SIM_EVENT_TYPE_ORDER_REJECTED;
	struct sim_message_order_update u = {
		.order_id = sim_talk_order_name(t, &e->order),
		.symbol = symbol_of(t, e->order.sym),
		.status = status[e->ev.type],
		.has_reason = e->ev.type != SIM_EVENT_TYPE_ORDER_ACCEPTED &&
			e->ev.type != SIM_EVENT_TYPE_FILL,
		.event = (int64_t)e->ev.seq, .has_event = true,
	};

	if (e->ev.type == SIM_EVENT_TYPE_FILL && e->ev.b)
		u.status = SIM_ORDER_STATUS_PARTIALLY_FILLED;
	if (u.has_reason)
		u.reason = is_refused ?
			sim_vocab_reject_text((enum sim_reject)e->ev.reason) :
			sim_vocab_end_reason_text(
				(enum sim_end_reason)e->ev.reason);
	if (t->topics & SIM_TALK_UPDATES)
		sim_talk_send(t, SIM_MESSAGE_order_update, &u, NULL);
}

/* On the wire every change of an order's status is an update too. */
static void tell_fill(struct sim_talk *t, const struct sim_talk_event *e)
{
	struct sim_message_execution_report r;
	char id[16];

	if (!(t->topics & SIM_TALK_EXECUTIONS) ||
	    e->ev.fill_id <= t->told_execution)
		return;
	r = sim_talk_report(t, e);
	snprintf(id, sizeof(id), "e%u", (unsigned)e->ev.fill_id);
	r.execution_id = id;
	sim_talk_send(t, SIM_MESSAGE_execution_report, &r, NULL);
	if (t->style.is_wire)
		tell_update(t, e);
}

static void tell_action(struct sim_talk *t, const struct sim_talk_event *e)
{
	bool is_split = e->ev.type == SIM_EVENT_TYPE_SPLIT;
	struct sim_message_corporate_action a = {
		.symbol = symbol_of(t, e->ev.sym), .action = !is_split,
		.new_shares = e->ev.a, .has_new_shares = is_split,
		.old_shares = e->ev.b, .has_old_shares = is_split,
		.amount = e->ev.a, .has_amount = !is_split,
		.quantity = is_split ? e->ev.c : e->ev.b,
		.cash = is_split ? e->ev.d : e->ev.c,
	};

	if (t->topics & SIM_TALK_ACTIONS)
		sim_talk_send(t, SIM_MESSAGE_corporate_action, &a, NULL);
}

/* Who tells an event; the others show in the account. */
static void (*const tellers[SIM_EVENT_TYPE__COUNT])
	(struct sim_talk *t, const struct sim_talk_event *e) = {
	[SIM_EVENT_TYPE_ORDER_ACCEPTED] = tell_update,
	[SIM_EVENT_TYPE_ORDER_REJECTED] = tell_update,
	[SIM_EVENT_TYPE_ORDER_CANCELLED] = tell_update,
	[SIM_EVENT_TYPE_ORDER_EXPIRED] = tell_update,
	[SIM_EVENT_TYPE_FILL] = tell_fill,
	[SIM_EVENT_TYPE_SPLIT] = tell_action,
	[SIM_EVENT_TYPE_DIVIDEND] = tell_action,
};

static void tell_event(struct sim_talk *t, const struct sim_talk_event *e)
{
	if (tellers[e->ev.type])
		tellers[e->ev.type](t, e);
}

void sim_talk_tell_again(struct sim_talk *t, const struct sim_talk_event *e)
{
	uint32_t told = t->told_execution;

	t->told_execution = 0;
	tell_event(t, e);
	t->told_execution = told;
}

void sim_talk_tell_updates(struct sim_talk *t)
{
	for (size_t i = 0; i < t->nevents; i++) {
		tell_event(t, &t->events[i]);
		t->told_event = t->events[i].ev.seq;
	}
	t->nevents = 0;
}

void sim_talk_tell_events(struct sim_talk *t)
{
	sim_talk_tell_updates(t);
	if (t->topics & SIM_TALK_ACCOUNT &&
	    (t->frequency == SIM_TALK_EVERY_TICK ||
	     (t->frequency == SIM_TALK_EVERY_FILL && t->account_moved)))
		sim_talk_tell_account(t, false, NULL);
	t->account_moved = false;
}

/* -- the step -------------------------------------------------------------- */

void sim_talk_tell_tick(struct sim_talk *t, const struct sim_tick_end *e)
{
	sim_tick_begin(&t->tick, e);
	for (uint32_t k = 0; k < t->v->ntraded; k++) {
		uint32_t i = t->v->traded[k];
		const struct sim_strategy_sym *s = &t->v->syms[i];
		struct sim_bar b = sim_bar_at(&s->bars, s->bars.n - 1);

		sim_tick_candle(&t->tick, s->instrument->symbol, &b);
	}
	sim_tick_finish(&t->tick, e);
}

/* -- the account and orders ----------------------------------------------- */

static struct sim_message_position position_of(const struct sim_talk *t,
					       uint32_t i)
{
	const struct sim_position *x = t->v->syms[i].position;
	sim_dec units = 0, avg = 0;

	if (sim_dec_mul(x->qty, t->v->syms[i].instrument->multiplier,
			&units) && units && !sim_dec_div(x->cost, units, &avg))
		avg = 0;
	return (struct sim_message_position){
		.symbol = symbol_of(t, i), .quantity = x->qty,
		.avg_cost = avg, .market_value = x->value,
		.unrealized_pnl = x->value - x->cost,
	};
}

void sim_talk_account(struct sim_talk *t, struct sim_talk_account *a)
{
	const struct sim_account *x = t->v->account;
	const struct sim_strategy_host *h = t->v->host;
	struct sim_message_account_snapshot *d = &a->data;
	size_t cap = 0;

	a->held = sim_mem_array(t->v->nsyms, sizeof(*a->held));
	a->open = NULL;
	*d = (struct sim_message_account_snapshot){
		.cash = x->cash, .equity = x->equity,
		.day_pnl = x->equity - t->day_equity,
		.realized_pnl = x->realized,
		.unrealized_pnl = x->value - x->open_cost,
		.positions = a->held,
	};
	h->funds(h->ctx, &d->buying_power, &d->margin_used);
	for (uint32_t i = 0; i < t->v->nsyms; i++) {
		const struct sim_order *o = h->next_order(h->ctx, i, 0);

		if (t->v->syms[i].position->qty)
			a->held[d->n_positions++] = position_of(t, i);
		for (; o; o = h->next_order(h->ctx, i, o->id)) {
			SIM_MEM_GROW(a->open, cap, d->n_open_orders + 1);
			a->open[d->n_open_orders++] = sim_talk_order_name(t, o);
		}
	}
	d->open_orders = a->open;
}

void sim_talk_account_release(struct sim_talk_account *a)
{
	sim_mem_free(a->held);
	sim_mem_free(a->open);
}

void sim_talk_tell_account(struct sim_talk *t, bool is_asked,
			   const char *request_id)
{
	struct sim_talk_account a;
	struct sim_message_current_positions asked = { .account = &a.data };

	sim_talk_account(t, &a);
	if (is_asked)
		sim_talk_send(t, SIM_MESSAGE_current_positions, &asked,
			      request_id);
	else
		sim_talk_send(t, SIM_MESSAGE_account_snapshot, &a.data, NULL);
	sim_talk_account_release(&a);
}

static struct sim_message_open_order open_order(struct sim_talk *t,
						const struct sim_order *o)
{
	return (struct sim_message_open_order){
		.order_id = sim_talk_order_name(t, o),
		.symbol = symbol_of(t, o->sym), .side = o->side,
		.type = o->type, .quantity = o->qty,
		.remaining_quantity = o->qty - o->filled,
		.price = o->limit, .has_price = o->limit != 0,
		.stop_price = o->stop, .has_stop_price = o->stop != 0,
		.time_in_force = o->tif,
		.status = o->filled ? SIM_ORDER_STATUS_PARTIALLY_FILLED :
			SIM_ORDER_STATUS_ACCEPTED,
	};
}

struct sim_message_open_order *
sim_talk_open_orders(struct sim_talk *t, uint32_t sym, size_t *n)
{
	const struct sim_strategy_host *h = t->v->host;
	struct sim_message_open_order *list = NULL;
	uint32_t first = sym == UINT32_MAX ? 0 : sym;
	uint32_t end = sym == UINT32_MAX ? t->v->nsyms : sym + 1;
	size_t cap = 0;

	*n = 0;
	for (uint32_t i = first; i < end; i++) {
		const struct sim_order *o = h->next_order(h->ctx, i, 0);

		for (; o; o = h->next_order(h->ctx, i, o->id)) {
			SIM_MEM_GROW(list, cap, *n + 1);
			list[(*n)++] = open_order(t, o);
		}
	}
	return list;
}

void sim_talk_tell_orders(struct sim_talk *t, uint32_t sym,
			  const char *request_id)
{
	struct sim_message_current_orders m = { .n_orders = 0 };
	struct sim_message_open_order *list =
		sim_talk_open_orders(t, sym, &m.n_orders);

	m.orders = list;
	sim_talk_send(t, SIM_MESSAGE_current_orders, &m, request_id);
	sim_mem_free(list);
}

/* -- symbols --------------------------------------------------------------- */

void sim_talk_instruments(const struct sim_strategy_view *v,
			  struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	for (uint32_t i = 0; i < v->nsyms; i++)
		sim_talk_put_instrument(&j, v->syms[i].instrument);
	sim_json_end(&j);
}
