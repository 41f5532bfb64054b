/*
 * lua_order: what a script asks the host for, and what it is told.
 *
 * A script's numbers are doubles.  A size is cut, never rounded up; a limit is
 * moved to the tick in the trader's favour, a bracket's price towards the
 * entry, a stop to the nearest tick.
 */
#include "strategy/lua_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum snap { SNAP_DOWN, SNAP_NEAR, SNAP_UP };

/* A double as a decimal: itself when it is one but for its last bits, else
 * cut towards zero.  False when it is none. */
static bool cut(double x, sim_dec *out)
{
	double y = x * 1e8, n = rint(y);

	if (!(fabs(y) < 9.2e18))
		return false;
	if (fabs(y - n) > fabs(y) * 4e-16)
		n = trunc(y);
	*out = (sim_dec)n;
	return true;
}

static bool to_tick(double x, sim_dec tick, enum snap snap, sim_dec *out)
{
	double y = x * 1e8;
	sim_dec p, down;

	if (!(fabs(y) < 9.2e18 - (double)tick))
		return false;
	p = (sim_dec)rint(y);
	down = sim_dec_floor_to(p, tick);
	if (down == p || snap == SNAP_DOWN ||
	    (snap == SNAP_NEAR && p - down < tick - (p - down)))
		*out = down;
	else
		*out = down + tick;
	return true;
}

static double number(sim_dec v)
{
	return (double)v / 1e8;
}

/* -- what a call gives ----------------------------------------------------- */

static int ends(struct sim_lua *l, const struct sim_err *why)
{
	l->fatal = *why;
	snprintf(l->core.msg, sizeof(l->core.msg), "%s", why->msg);
	return -1;
}

static int refuses(struct sim_lua *l, const char *why)
{
	snprintf(l->core.msg, sizeof(l->core.msg), "%s", why);
	return 1;
}

/* What a script may go on after it is told; the rest ends the run. */
static int answer(struct sim_lua *l, int rc, const struct sim_err *why)
{
	if (!rc)
		return 0;
	if (rc == SIM_E_REJECTED || rc == SIM_E_NOENT || rc == SIM_E_INVAL)
		return refuses(l, why->msg);
	return ends(l, why);
}

/* -- orders ---------------------------------------------------------------- */

struct price {
	double from;
	sim_dec *to;
	enum snap snap;
	const char *name;
};

static bool convert(struct sim_lua *l, const struct price *p, size_t n,
		    sim_dec tick)
{
	for (size_t i = 0; i < n; i++) {
		if (to_tick(p[i].from, tick, p[i].snap, p[i].to))
			continue;
		snprintf(l->core.msg, sizeof(l->core.msg), "%s is %.10g, "
			 "which is no price", p[i].name, p[i].from);
		return false;
	}
	return true;
}

/* The prices of an order in the grid of its symbol. */
static bool set_prices(struct sim_lua *l, const struct sim_lua_order *o,
		       sim_dec tick, struct sim_order_req *r)
{
	bool buy = o->side == SIM_SIDE_BUY;
	const struct price prices[] = {
		{ o->limit, &r->limit, buy ? SNAP_DOWN : SNAP_UP, "limit" },
		{ o->stop, &r->stop, SNAP_NEAR, "stop" },
		{ o->take_profit, &r->take_profit, buy ? SNAP_DOWN : SNAP_UP,
		  "take_profit" },
		{ o->stop_loss, &r->stop_loss, buy ? SNAP_UP : SNAP_DOWN,
		  "stop_loss" },
	};

	if (!convert(l, prices, sizeof(prices) / sizeof(prices[0]), tick))
		return false;
	if (!cut(o->trail, &r->trail) ||
	    !cut(o->bracket_trail, &r->bracket_trail)) {
		refuses(l, "a trail is out of range");
		return false;
	}
	return true;
}

static bool set_size(struct sim_lua *l, const struct sim_lua_order *o,
		     sim_dec lot, struct sim_order_req *r)
{
	if (!cut(o->size, &r->size)) {
		refuses(l, "the size is out of range");
		return false;
	}
	if (o->size_kind == SIM_ORDER_SIZE_QTY)
		r->size = sim_dec_floor_to(r->size, lot);
	if (r->size <= 0 && o->size_kind != SIM_ORDER_SIZE_ALL) {
		refuses(l, "the size is less than a lot");
		return false;
	}
	return true;
}

static int submit(void *self, struct sim_lua_order *o)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;
	const struct sim_instrument *ins = l->view->syms[o->sym].instrument;
	struct sim_err err;
	struct sim_order_req r = {
		.sym = (uint32_t)o->sym, .side = (enum sim_side)o->side,
		.type = (enum sim_order_type)o->type,
		.tif = (enum sim_tif)o->tif,
		.size_kind = (enum sim_order_size)o->size_kind,
		.size_at_fill = o->size_at_fill, .reduce_only = o->reduce_only,
		.trail_is_percent = o->trail_is_percent,
		.bracket_trail_is_percent = o->bracket_trail_is_percent,
		.oco_with = o->oco_with,
	};
	int rc;

	if (!set_size(l, o, ins->lot_size, &r) ||
	    !set_prices(l, o, ins->tick_size, &r))
		return 1;
	if (!(fabs(o->expire_at) < 9e9))
		return refuses(l, "expire_at is out of range");
	r.expire_at = (sim_time)(o->expire_at * 1e9);
	sim_watchdog_host_enter(&l->dog);
	rc = h->submit(h->ctx, &r, &o->id, &err);
	sim_watchdog_host_leave(&l->dog);
	return answer(l, rc, &err);
}

static int cancel(void *self, uint32_t id)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	sim_watchdog_host_enter(&l->dog);
	rc = h->cancel(h->ctx, id, &err);
	sim_watchdog_host_leave(&l->dog);
	return answer(l, rc, &err);
}

static int replace(void *self, uint32_t id, double qty, double limit,
		   double stop)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;
	struct sim_err err = SIM_ERR_INIT;
	const struct sim_order *o = h->order(h->ctx, id);
	sim_dec q, at, trigger;
	int rc;

	if (!o)
		return refuses(l, "there is no such open order");
	if (!cut(qty, &q) ||
	    !to_tick(limit, l->view->syms[o->sym].instrument->tick_size,
		     o->side == SIM_SIDE_BUY ? SNAP_DOWN : SNAP_UP, &at) ||
	    !to_tick(stop, l->view->syms[o->sym].instrument->tick_size,
		     SNAP_NEAR, &trigger))
		return refuses(l, "a number of the replacement is out of "
			       "range");
	q = sim_dec_floor_to(q, l->view->syms[o->sym].instrument->lot_size);
	sim_watchdog_host_enter(&l->dog);
	rc = h->replace(h->ctx, id, q, at, trigger, &err);
	sim_watchdog_host_leave(&l->dog);
	return answer(l, rc, &err);
}

static int show(struct sim_lua *l, const struct sim_order *o)
{
	struct sim_lua_open *x = &l->core.order;

	if (!o)
		return 1;
	*x = (struct sim_lua_open){
		.id = o->id, .sym = (int32_t)o->sym,
		.is_plain = o->role == SIM_ORDER_ROLE_PLAIN,
		.side = sim_vocab_side_text((enum sim_side)o->side),
		.type = sim_vocab_order_type_text(
				(enum sim_order_type)o->type),
		.status = sim_vocab_order_status_text(
				(enum sim_order_status)o->status),
		.qty = number(o->qty), .filled = number(o->filled),
		.limit = number(o->limit), .stop = number(o->stop),
	};
	return 0;
}

static int next_order(void *self, int32_t sym, uint32_t after)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;

	return show(l, h->next_order(h->ctx, (uint32_t)sym, after));
}

static int find_order(void *self, uint32_t id)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;

	return show(l, h->order(h->ctx, id));
}

/* -- everything else ------------------------------------------------------- */

static int note(void *self, int32_t kind, int32_t sym, const char *name,
		double value, const char *text)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_note n = {
		.kind = (enum sim_note_kind)kind,
		.sym = sym < 0 ? UINT32_MAX : (uint32_t)sym,
		.name = name, .value = value, .text = text,
	};
	int rc;

	sim_watchdog_host_enter(&l->dog);
	rc = h->note(h->ctx, &n, &err);
	sim_watchdog_host_leave(&l->dog);
	return answer(l, rc, &err);
}

static int timer(void *self, double after, double every, uint32_t id)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	if (!(after >= 0 && after < 4e9 && every >= 0 && every < 4e9))
		return refuses(l, "a timer takes seconds, from 0 to 4e9");
	sim_watchdog_host_enter(&l->dog);
	rc = h->timer(h->ctx, l->view->now + (sim_time)(after * 1e9),
		      (sim_time)(every * 1e9), id, &err);
	sim_watchdog_host_leave(&l->dog);
	return answer(l, rc, &err);
}

static void stop(void *self)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;

	sim_watchdog_host_enter(&l->dog);
	h->stop(h->ctx);
	sim_watchdog_host_leave(&l->dog);
}

static int add_ind(void *self, struct sim_lua_wish *w)
{
	struct sim_lua *l = self;
	struct sim_err err = SIM_ERR_INIT;

	if (!sim_lua_feed_add(&l->feed, w, &err))
		return 0;
	return refuses(l, err.msg);
}

static int add_frame(void *self, const char *tf)
{
	struct sim_lua *l = self;
	const struct sim_strategy_host *h = l->view->host;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_bar_tf t;
	uint32_t index;
	int rc = sim_bar_tf_parse(tf, &t, &err);

	rc = rc ? rc : h->frame(h->ctx, t, &index, &err);
	if (rc) {
		refuses(l, err.msg);
		return -1;
	}
	if ((int32_t)index + 2 > l->feed.nsrc)
		l->feed.nsrc = (int32_t)index + 2;
	return (int32_t)index + 1;
}

static int compare(int64_t a, int64_t n, int64_t b, int64_t m)
{
	sim_dec_wide x = (sim_dec_wide)a * m, y = (sim_dec_wide)b * n;

	return (x > y) - (x < y);
}

static void time_text(void *self, double seconds)
{
	struct sim_lua *l = self;

	l->core.text[0] = '\0';
	if (fabs(seconds) < 9e9)
		sim_time_format((sim_time)floor(seconds) * SIM_TIME_SEC,
				l->core.text);
}

void sim_lua_order_bind(struct sim_lua *l)
{
	struct sim_lua_core *c = &l->core;

	c->self = l;
	c->submit = submit;
	c->cancel = cancel;
	c->replace = replace;
	c->next_order = next_order;
	c->find_order = find_order;
	c->note = note;
	c->timer = timer;
	c->stop = stop;
	c->add_ind = add_ind;
	c->add_frame = add_frame;
	c->compare = compare;
	c->time_text = time_text;
}

void sim_lua_order_fill(struct sim_lua *l, const struct sim_fill *f)
{
	l->core.fill = (struct sim_lua_fill){
		.order = f->order, .sym = f->sym,
		.side = sim_vocab_side_text((enum sim_side)f->side),
		.reason = sim_vocab_fill_reason_text(
				(enum sim_fill_reason)f->reason),
		.qty = number(f->qty), .price = number(f->price),
		.commission = number(f->commission),
		.realized = number(f->realized), .maker = f->maker,
		.ambiguous = f->ambiguous, .is_close = f->is_close,
	};
}

void sim_lua_order_note(struct sim_lua *l, const struct sim_event *ev)
{
	struct sim_lua_update *u;
	const char *reason = "";

	if (ev->type > SIM_EVENT_TYPE_ORDER_EXPIRED || !ev->order)
		return;
	SIM_MEM_GROW(l->updates, l->updates_cap, l->nupdates + 1);
	u = &l->updates[l->nupdates++];
	if (ev->type == SIM_EVENT_TYPE_ORDER_REJECTED)
		reason = sim_vocab_reject_text((enum sim_reject)ev->reason);
	else if (ev->type == SIM_EVENT_TYPE_ORDER_CANCELLED ||
		 ev->type == SIM_EVENT_TYPE_ORDER_EXPIRED)
		reason = sim_vocab_end_reason_text(
				(enum sim_end_reason)ev->reason);
	*u = (struct sim_lua_update){
		.id = ev->order->id, .sym = (int32_t)ev->sym,
		.event = sim_vocab_event_type_text(ev->type),
		.reason = reason,
	};
	snprintf(u->text, sizeof(u->text), "%s", ev->text ? ev->text : "");
}
