/* explain_terms: a trace as lines of arithmetic. */
#include "run/explain_priv.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "util/mem.h"

/* Where the next term goes. */
struct pen {
	struct sim_explain *x;
	const char *part;
	struct sim_buf b;
};

static const char *text(sim_dec v)
{
	static _Thread_local char buf[8][SIM_DEC_STRMAX];
	static _Thread_local unsigned next;
	char *s = buf[next++ % 8];

	sim_dec_format(v, 0, s);
	return s;
}

static struct sim_explain_term *put(struct pen *p, const char *name,
				    sim_dec value)
{
	struct sim_explain *x = p->x;
	struct sim_explain_term *t;

	SIM_MEM_GROW(x->terms, x->terms_cap, x->nterms + 1);
	t = &x->terms[x->nterms++];
	*t = (struct sim_explain_term){
		.part = p->part, .name = name, .value = value,
	};
	return t;
}

/* A number that is given, with what it is. */
static void given(struct pen *p, const char *name, sim_dec value,
		  const char *note)
{
	put(p, name, value)->note = note;
}

static void made(struct pen *p, const char *name, sim_dec value,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void made(struct pen *p, const char *name, sim_dec value,
		 const char *fmt, ...)
{
	va_list ap;

	sim_buf_reset(&p->b);
	va_start(ap, fmt);
	sim_buf_vprintf(&p->b, fmt, ap);
	va_end(ap);
	put(p, name, value)->expr = sim_mem_strdup(sim_buf_str(&p->b));
}

static bool is_buy(const struct sim_explain *x)
{
	return x->state->order.side == SIM_SIDE_BUY;
}

/* -- quantity -------------------------------------------------------------- */

static void quantity(struct pen *p, const struct sim_trace_fill *a)
{
	const struct sim_explain *x = p->x;
	sim_dec part = 0;

	p->part = "quantity";
	given(p, "wanted", a->wanted, "what is left of the order");
	if (a->reducible)
		given(p, "reducible", a->reducible,
		      "held, since the order only reduces");
	if (a->capped) {
		if (!sim_dec_mul(a->bar.volume, x->config.max_volume_share,
				 &part))
			part = 0;
		made(p, "share", part, "%s * %s", text(a->bar.volume),
		     text(x->config.max_volume_share));
		made(p, "cap", a->volume_cap, "floor(%s / %s) * %s",
		     text(part), text(x->instrument->lot_size),
		     text(x->instrument->lot_size));
		made(p, "left", a->volume_left, "%s - %s",
		     text(a->volume_cap),
		     text(a->volume_cap - a->volume_left));
	}
	if (!a->qty)
		return;
	if (a->reducible && a->capped)
		made(p, "quantity", a->qty, "min(%s, %s, %s)",
		     text(a->wanted), text(a->reducible),
		     text(a->volume_left));
	else if (a->reducible || a->capped)
		made(p, "quantity", a->qty, "min(%s, %s)", text(a->wanted),
		     text(a->reducible ? a->reducible : a->volume_left));
	else
		made(p, "quantity", a->qty, "%s", text(a->wanted));
}

/* -- price ----------------------------------------------------------------- */

/* How far the model moves the price. */
static void moved_by(struct pen *p, const struct sim_trace_fill *a)
{
	const struct sim_config *c = &p->x->config;
	const struct sim_trace_price *q = &a->price;
	const char *v = text(c->slippage_value);
	sim_dec rate = 0;

	switch (c->slippage) {
	case SIM_CONFIG_SLIPPAGE_NONE:
		break;
	case SIM_CONFIG_SLIPPAGE_BPS:
		made(p, "slippage", q->by, "%s * %s / 10000", text(q->base),
		     v);
		break;
	case SIM_CONFIG_SLIPPAGE_TICKS:
		made(p, "slippage", q->by, "%s * %s", v,
		     text(p->x->instrument->tick_size));
		break;
	case SIM_CONFIG_SLIPPAGE_SPREAD:
		made(p, "half_spread", q->by, "%s * %s / 20000",
		     text(q->base), v);
		break;
	case SIM_CONFIG_SLIPPAGE_VOL:
		made(p, "slippage", q->by, "%s * (%s - %s)", v,
		     text(a->bar.high), text(a->bar.low));
		break;
	case SIM_CONFIG_SLIPPAGE_IMPACT:
		if (a->bar.volume > a->qty)
			made(p, "volume_share", q->share, "%s / %s",
			     text(a->qty), text(a->bar.volume));
		else
			given(p, "volume_share", q->share,
			      "all of the bar's volume, or unknown");
		made(p, "root", q->root, "sqrt(%s)", text(q->share));
		if (!sim_dec_mul(c->slippage_value, q->root, &rate))
			rate = 0;
		made(p, "rate", rate, "%s * %s", v, text(q->root));
		made(p, "impact", q->by, "%s * %s / 10000", text(q->base),
		     text(rate));
		break;
	}
}

static void on_tick(struct pen *p, const struct sim_trace_price *q)
{
	const char *tick = text(p->x->instrument->tick_size);

	if (is_buy(p->x)) {
		made(p, "moved", q->moved, "%s + %s", text(q->base),
		     text(q->by));
		made(p, "on_tick", q->ticked, "ceil(%s / %s) * %s",
		     text(q->moved), tick, tick);
		return;
	}
	made(p, "moved", q->moved, "%s - %s", text(q->base), text(q->by));
	made(p, "on_tick", q->ticked, "max(floor(%s / %s) * %s, %s)",
	     text(q->moved), tick, tick, tick);
}

static void price(struct pen *p, const struct sim_trace_fill *a)
{
	const struct sim_trace_price *q = &a->price;
	sim_dec from = q->slips ? q->ticked : q->base;

	p->part = "price";
	given(p, "base", q->base, "before slippage");
	if (q->slips) {
		moved_by(p, a);
		on_tick(p, q);
	}
	if (q->high)
		made(p, "price", q->price, "max(%s, min(%s, %s))",
		     text(q->low), text(q->high), text(from));
	else
		made(p, "price", q->price, "%s", text(from));
}

/* -- money ----------------------------------------------------------------- */

static void value(struct pen *p, const struct sim_trace_fill *a)
{
	p->part = "value";
	if (a->multiplier == SIM_DEC_ONE)
		made(p, "value", a->notional, "%s * %s", text(a->qty),
		     text(a->price.price));
	else
		made(p, "value", a->notional, "%s * %s * %s", text(a->qty),
		     text(a->price.price), text(a->multiplier));
}

/* The fee before bounds, band by band. */
static void raw_fee(struct pen *p, const struct sim_trace_fee *f)
{
	struct sim_buf sum = SIM_BUF_INIT(4096);

	for (int i = 0; i < f->nbands; i++) {
		const struct sim_trace_band *b = &f->band[i];

		made(p, "band", b->fee, "%s * %s", text(b->amount),
		     text(b->rate));
		sim_buf_printf(&sum, "%s%s", i ? " + " : "", text(b->fee));
	}
	if (f->nbands)
		made(p, "raw", f->raw, "%s", sim_buf_str(&sum));
	else
		given(p, "raw", f->raw, "a fee an order, on its first fill");
	made(p, "order_raw", f->sum, "%s + %s", text(f->before),
	     text(f->raw));
	sim_buf_release(&sum);
}

/* Minimum, maximum and cap, in the order in which they bind. */
static void bounds(struct pen *p, const struct sim_trace_fee *f)
{
	sim_dec fee = f->sum;

	if (f->min) {
		sim_dec v = fee < f->min ? f->min : fee;

		made(p, "at_least", v, "max(%s, %s)", text(fee),
		     text(f->min));
		fee = v;
	}
	if (f->max) {
		sim_dec v = fee > f->max ? f->max : fee;

		made(p, "at_most", v, "min(%s, %s)", text(fee),
		     text(f->max));
		fee = v;
	}
	if (!f->max_fraction)
		return;
	made(p, "cap", f->cap, "%s * %s", text(f->value),
	     text(f->max_fraction));
	made(p, "capped", f->due, "min(%s, %s)", text(fee), text(f->cap));
}

static void fee(struct pen *p, const struct sim_trace_fee *f)
{
	p->part = "fee";
	if (p->x->config.fee.kind == SIM_CONFIG_COMMISSION_NONE) {
		given(p, "fee", f->fee, "no commission");
		return;
	}
	raw_fee(p, f);
	bounds(p, f);
	made(p, "fee", f->fee, "%s - %s", text(f->due), text(f->paid));
}

/* -- account --------------------------------------------------------------- */

static void closing(struct pen *p, const struct sim_trace_fill *a)
{
	const struct sim_trace_account *c = &a->account;

	if (!a->closing)
		return;
	given(p, "held", a->held, "before the fill");
	if (a->closing == a->qty)
		made(p, "closing_value", a->part, "%s", text(a->notional));
	else
		made(p, "closing_value", a->part, "%s * %s / %s",
		     text(a->notional), text(a->closing), text(a->qty));
	if (a->closing == a->held)
		made(p, "released_cost", a->released, "%s", text(c->cost[0]));
	else
		made(p, "released_cost", a->released, "%s * %s / %s",
		     text(c->cost[0]), text(a->closing), text(a->held));
	made(p, "realized", a->realized, "%s%s - %s",
	     c->position[0] > 0 ? "" : "0 - ", text(a->part),
	     text(a->released));
}

/* Cash, position and cost move. */
static void booked(struct pen *p, const struct sim_trace_fill *a)
{
	const struct sim_trace_account *c = &a->account;
	bool buy = is_buy(p->x);
	sim_dec part = a->closing ? a->part : 0;
	sim_dec released = a->closing ? a->released : 0;

	closing(p, a);
	given(p, "cash_before", c->cash[0], NULL);
	made(p, "cash_after", c->cash[1], "%s %c %s - %s", text(c->cash[0]),
	     buy ? '-' : '+', text(a->notional), text(a->fee.fee));
	given(p, "position_before", c->position[0], NULL);
	made(p, "position_after", c->position[1], "%s %c %s",
	     text(c->position[0]), buy ? '+' : '-', text(a->qty));
	given(p, "cost_before", c->cost[0], NULL);
	if (buy)
		made(p, "cost_after", c->cost[1], "%s - %s + (%s - %s)",
		     text(c->cost[0]), text(released), text(a->notional),
		     text(part));
	else
		made(p, "cost_after", c->cost[1], "%s - %s + (%s - %s)",
		     text(c->cost[0]), text(released), text(part),
		     text(a->notional));
	given(p, "equity_before", c->equity[0], NULL);
	given(p, "equity_after", c->equity[1], "marked at the fill");
	given(p, "free_before", c->free[0], "buying power");
	given(p, "free_after", c->free[1], "buying power");
}

static void account(struct pen *p, const struct sim_trace_fill *a)
{
	p->part = "account";
	if (a->outcome == SIM_TRACE_FILLED)
		booked(p, a);
	if (a->pays) {
		given(p, "needs", a->needs, "to be paid");
		given(p, "has", a->has, "to pay with");
	}
}

/* -- the request ----------------------------------------------------------- */

static void request(struct pen *p, const struct sim_trace_request *q)
{
	p->part = "request";
	given(p, "last", q->last, "the last close");
	given(p, "equity", q->equity, NULL);
	given(p, "estimate", q->price.price, "the price it was weighed at");
	given(p, "quantity", q->qty, NULL);
	given(p, "estimated_fee", q->fee, NULL);
	given(p, "needs", q->needs, "buying power, on its own");
	given(p, "has", q->has, "buying power that was free");
}

void sim_explain_terms(struct sim_explain *x,
		       const struct sim_explain_opts *opts)
{
	struct pen p = { .x = x, .b = SIM_BUF_INIT(4096) };

	if (x->trace.has_request && !opts->attempt)
		request(&p, &x->trace.request);
	for (size_t i = 0; i < x->trace.n; i++) {
		const struct sim_trace_fill *a = &x->trace.fills[i];

		if (opts->attempt && a->fill != opts->attempt)
			continue;
		p.part = "attempt";
		given(&p, "fill", (sim_dec)a->fill * SIM_DEC_ONE,
		      sim_explain_outcome(a));
		quantity(&p, a);
		if (a->outcome != SIM_TRACE_FILLED &&
		    a->outcome != SIM_TRACE_NOT_PAYABLE)
			continue;
		price(&p, a);
		value(&p, a);
		fee(&p, &a->fee);
		account(&p, a);
	}
	sim_buf_release(&p.b);
}
