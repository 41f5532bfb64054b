/* pipe_tell: what the strategy is told. */
#include "strategy/pipe_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

void sim_pipe_send(struct sim_pipe *p, enum sim_message_type type,
		   const void *data, const char *request_id)
{
	sim_message_encode(&p->child.out, type, data, request_id, p->as_text);
}

void sim_pipe_error(struct sim_pipe *p, const char *code, const char *text,
		    const char *request_id)
{
	struct sim_message_error e = {
		.error_code = code, .message = text, .recoverable = true,
		.failed_request_id = request_id,
		.has_failed_request_id = request_id != NULL,
	};

	sim_pipe_send(p, SIM_MESSAGE_error, &e, request_id);
}

/* -- hello ---------------------------------------------------------------- */

static void put_instruments(const struct sim_pipe *p, struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	for (uint32_t i = 0; i < p->v->nsyms; i++) {
		const struct sim_instrument *x = p->v->syms[i].instrument;

		sim_json_object(&j, x->symbol);
		sim_json_dec(&j, "tick", x->tick_size);
		sim_json_dec(&j, "lot", x->lot_size);
		sim_json_dec(&j, "multiplier", x->multiplier);
		sim_json_str(&j, "ccy", x->currency);
		sim_json_str(&j, "asset_class",
			     sim_vocab_asset_class_text(x->asset_class));
		sim_json_str(&j, "cal", x->calendar);
		sim_json_end(&j);
	}
	sim_json_end(&j);
}

static void put_params(const struct sim_pipe *p, struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	for (size_t i = 0; i < p->form.nparams; i++)
		sim_json_str(&j, p->params[i].name, p->params[i].value);
	sim_json_end(&j);
}

void sim_pipe_hello(struct sim_pipe *p)
{
	static const char *const features[] = {
		"columns", "wake", "timer", "cancel", "replace"
	};
	uint32_t n = p->v->nsyms;
	const char **symbols = sim_mem_array(n, sizeof(*symbols));
	struct sim_buf instruments = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf params = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_message_session session = {
		.symbols = symbols, .n_symbols = n,
		.timeframe = p->tick.timeframe,
		.initial_capital = p->v->account->initial,
	};
	const struct sim_message_limits limits = {
		.line = (int64_t)p->form.limits.line,
		.ack_timeout_ms = p->form.limits.callback_ms,
	};
	char seed[24];
	struct sim_message_hello hello = {
		.protocol = SIM_PIPE_PROTOCOL, .engine = PACKAGE_VERSION,
		.seed = seed, .session = &session, .limits = &limits,
		.features = features, .n_features = N(features),
	};

	for (uint32_t i = 0; i < n; i++)
		symbols[i] = p->v->syms[i].instrument->symbol;
	snprintf(seed, sizeof(seed), "%" PRIu64, p->v->seed);
	put_instruments(p, &instruments);
	put_params(p, &params);
	hello.instruments.text = sim_buf_str(&instruments);
	hello.params.text = sim_buf_str(&params);
	sim_pipe_send(p, SIM_MESSAGE_hello, &hello, NULL);
	sim_buf_release(&instruments);
	sim_buf_release(&params);
	sim_mem_free(symbols);
}

/* -- events --------------------------------------------------------------- */

/* What our own request brought about is told by its answer. */
static bool is_answered(const struct sim_pipe *p, const struct sim_event *ev)
{
	if (!p->is_asking)
		return false;
	switch (ev->type) {
	case SIM_EVENT_TYPE_ORDER_ACCEPTED:
	case SIM_EVENT_TYPE_ORDER_REJECTED:
	case SIM_EVENT_TYPE_ORDER_REPLACED:
		return !ev->order->parent;
	case SIM_EVENT_TYPE_ORDER_CANCELLED:
		return ev->order->id == p->asked_id;
	default:
		return false;
	}
}

static void keep(struct sim_pipe *p, const struct sim_event *ev)
{
	struct sim_pipe_event *e;

	SIM_MEM_GROW(p->events, p->events_cap, p->nevents + 1);
	e = &p->events[p->nevents++];
	memset(e, 0, sizeof(*e));
	e->ev = *ev;
	if (ev->order)
		e->order = *ev->order;
	if (ev->fill)
		e->fill = *ev->fill;
}

void sim_pipe_note(struct sim_pipe *p, const struct sim_event *ev)
{
	if (is_answered(p, ev)) {
		if (ev->type == SIM_EVENT_TYPE_ORDER_REJECTED)
			snprintf(p->refusal.text, sizeof(p->refusal.text),
				 "%s", sim_vocab_reject_text(
					 (enum sim_reject)ev->reason));
		return;
	}
	if (ev->type == SIM_EVENT_TYPE_FILL && p->filled)
		p->filled[ev->sym] = ev->time;
	if (ev->type >= SIM_EVENT_TYPE_FILL)
		p->account_moved = true;
	if (p->topics)
		keep(p, ev);
}

static const char *symbol_of(const struct sim_pipe *p, uint32_t sym)
{
	return p->v->syms[sym].instrument->symbol;
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

static void tell_fill(struct sim_pipe *p, const struct sim_pipe_event *e)
{
	const struct sim_fill *f = &e->fill;
	char id[16];
	struct sim_message_execution_report r = {
		.execution_id = id,
		.order_id = sim_pipe_order_name(p, &e->order),
		.symbol = symbol_of(p, e->ev.sym), .side = f->side,
		.executed_quantity = f->qty, .executed_price = f->price,
		.execution_time = f->time, .commission = f->commission,
		.slippage_bps = slippage_of(f),
		.is_partial = e->ev.b != 0, .remaining_quantity = e->ev.b,
		.ord_status = e->ev.b ? SIM_ORDER_STATUS_PARTIALLY_FILLED :
			SIM_ORDER_STATUS_FILLED,
		.fill_reason = f->reason, .liquidity = f->maker,
		.ambiguous = f->ambiguous, .position = e->ev.c,
		.cash = e->ev.d,
	};

	snprintf(id, sizeof(id), "e%u", (unsigned)e->ev.fill_id);
	if (p->topics & SIM_PIPE_EXECUTIONS)
		sim_pipe_send(p, SIM_MESSAGE_execution_report, &r, NULL);
}

static void tell_update(struct sim_pipe *p, const struct sim_pipe_event *e)
{
	static const int status[SIM_EVENT_TYPE__COUNT] = {
		[SIM_EVENT_TYPE_ORDER_ACCEPTED] = SIM_ORDER_STATUS_ACCEPTED,
		[SIM_EVENT_TYPE_ORDER_REJECTED] = SIM_ORDER_STATUS_REJECTED,
		[SIM_EVENT_TYPE_ORDER_CANCELLED] = SIM_ORDER_STATUS_CANCELLED,
		[SIM_EVENT_TYPE_ORDER_EXPIRED] = SIM_ORDER_STATUS_EXPIRED,
	};
	bool is_new = e->ev.type == SIM_EVENT_TYPE_ORDER_ACCEPTED;
	bool is_refused = e->ev.type == SIM_EVENT_TYPE_ORDER_REJECTED;
	struct sim_message_order_update u = {
		.order_id = sim_pipe_order_name(p, &e->order),
		.symbol = symbol_of(p, e->order.sym),
		.status = status[e->ev.type],
		.reason = is_refused ?
			sim_vocab_reject_text((enum sim_reject)e->ev.reason) :
			sim_vocab_end_reason_text(
				(enum sim_end_reason)e->ev.reason),
		.has_reason = !is_new,
	};

	if (p->topics & SIM_PIPE_UPDATES)
		sim_pipe_send(p, SIM_MESSAGE_order_update, &u, NULL);
}

static void tell_action(struct sim_pipe *p, const struct sim_pipe_event *e)
{
	bool is_split = e->ev.type == SIM_EVENT_TYPE_SPLIT;
	struct sim_message_corporate_action a = {
		.symbol = symbol_of(p, e->ev.sym), .action = !is_split,
		.new_shares = e->ev.a, .has_new_shares = is_split,
		.old_shares = e->ev.b, .has_old_shares = is_split,
		.amount = e->ev.a, .has_amount = !is_split,
		.quantity = is_split ? e->ev.c : e->ev.b,
		.cash = is_split ? e->ev.d : e->ev.c,
	};

	if (p->topics & SIM_PIPE_ACTIONS)
		sim_pipe_send(p, SIM_MESSAGE_corporate_action, &a, NULL);
}

/* Who tells an event; the others show in the account. */
static void (*const tellers[SIM_EVENT_TYPE__COUNT])
	(struct sim_pipe *p, const struct sim_pipe_event *e) = {
	[SIM_EVENT_TYPE_ORDER_ACCEPTED] = tell_update,
	[SIM_EVENT_TYPE_ORDER_REJECTED] = tell_update,
	[SIM_EVENT_TYPE_ORDER_CANCELLED] = tell_update,
	[SIM_EVENT_TYPE_ORDER_EXPIRED] = tell_update,
	[SIM_EVENT_TYPE_FILL] = tell_fill,
	[SIM_EVENT_TYPE_SPLIT] = tell_action,
	[SIM_EVENT_TYPE_DIVIDEND] = tell_action,
};

void sim_pipe_tell_events(struct sim_pipe *p)
{
	for (size_t i = 0; i < p->nevents; i++) {
		const struct sim_pipe_event *e = &p->events[i];

		if (tellers[e->ev.type])
			tellers[e->ev.type](p, e);
	}
	p->nevents = 0;
	if (p->topics & SIM_PIPE_ACCOUNT &&
	    (p->frequency == SIM_PIPE_EVERY_TICK ||
	     (p->frequency == SIM_PIPE_EVERY_FILL && p->account_moved)))
		sim_pipe_tell_account(p, false, NULL);
	p->account_moved = false;
}

/* -- the account and orders ----------------------------------------------- */

static struct sim_message_position position_of(const struct sim_pipe *p,
					       uint32_t i)
{
	const struct sim_position *x = p->v->syms[i].position;
	sim_dec units = 0, avg = 0;

	if (sim_dec_mul(x->qty, p->v->syms[i].instrument->multiplier,
			&units) && units && !sim_dec_div(x->cost, units, &avg))
		avg = 0;
	return (struct sim_message_position){
		.symbol = symbol_of(p, i), .quantity = x->qty,
		.avg_cost = avg, .market_value = x->value,
		.unrealized_pnl = x->value - x->cost,
	};
}

void sim_pipe_tell_account(struct sim_pipe *p, bool is_asked,
			   const char *request_id)
{
	const struct sim_account *x = p->v->account;
	const struct sim_strategy_host *h = p->v->host;
	uint32_t n = p->v->nsyms;
	struct sim_message_position *held = sim_mem_array(n, sizeof(*held));
	const char **open = NULL;
	size_t cap = 0;
	struct sim_message_account_snapshot a = {
		.cash = x->cash, .equity = x->equity,
		.realized_pnl = x->realized,
		.unrealized_pnl = x->value - x->open_cost, .positions = held,
	};
	struct sim_message_current_positions asked = { .account = &a };

	for (uint32_t i = 0; i < n; i++) {
		const struct sim_order *o = h->next_order(h->ctx, i, 0);

		if (p->v->syms[i].position->qty)
			held[a.n_positions++] = position_of(p, i);
		for (; o; o = h->next_order(h->ctx, i, o->id)) {
			SIM_MEM_GROW(open, cap, a.n_open_orders + 1);
			open[a.n_open_orders++] = sim_pipe_order_name(p, o);
		}
	}
	a.open_orders = open;
	if (is_asked)
		sim_pipe_send(p, SIM_MESSAGE_current_positions, &asked,
			      request_id);
	else
		sim_pipe_send(p, SIM_MESSAGE_account_snapshot, &a, NULL);
	sim_mem_free(held);
	sim_mem_free(open);
}

static struct sim_message_open_order open_order(struct sim_pipe *p,
						const struct sim_order *o)
{
	return (struct sim_message_open_order){
		.order_id = sim_pipe_order_name(p, o),
		.symbol = symbol_of(p, o->sym), .side = o->side,
		.type = o->type, .quantity = o->qty,
		.remaining_quantity = o->qty - o->filled,
		.price = o->limit, .has_price = o->limit != 0,
		.stop_price = o->stop, .has_stop_price = o->stop != 0,
		.time_in_force = o->tif,
		.status = o->filled ? SIM_ORDER_STATUS_PARTIALLY_FILLED :
			SIM_ORDER_STATUS_ACCEPTED,
	};
}

void sim_pipe_tell_orders(struct sim_pipe *p, uint32_t sym,
			  const char *request_id)
{
	const struct sim_strategy_host *h = p->v->host;
	struct sim_message_current_orders m = { .n_orders = 0 };
	struct sim_message_open_order *list = NULL;
	uint32_t first = sym == UINT32_MAX ? 0 : sym;
	uint32_t end = sym == UINT32_MAX ? p->v->nsyms : sym + 1;
	size_t cap = 0;

	for (uint32_t i = first; i < end; i++) {
		const struct sim_order *o = h->next_order(h->ctx, i, 0);

		for (; o; o = h->next_order(h->ctx, i, o->id)) {
			SIM_MEM_GROW(list, cap, m.n_orders + 1);
			list[m.n_orders++] = open_order(p, o);
		}
	}
	m.orders = list;
	sim_pipe_send(p, SIM_MESSAGE_current_orders, &m, request_id);
	sim_mem_free(list);
}

void sim_pipe_tell_end(struct sim_pipe *p)
{
	const struct sim_account *x = p->v->account;
	struct sim_message_simulation_end m = {
		.final_equity = x->equity,
		.total_return_pct = x->initial ? 100 *
			(sim_dec_to_double(x->equity) /
			 sim_dec_to_double(x->initial) - 1) : 0,
		.total_commission = x->fees,
		.max_drawdown_pct = 100 * x->max_drawdown,
		.steps = (int64_t)p->v->step,
		.executions = (int64_t)p->executions,
	};

	sim_pipe_send(p, SIM_MESSAGE_simulation_end, &m, NULL);
}
