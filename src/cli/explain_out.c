/* explain_out: the same lists, in two faces. */
#include "cli/explain_out.h"

#include <inttypes.h>
#include <string.h>

#define BARS_SHOWN	12	/* of a text; JSON has all */

static const char *dec(sim_dec v, char buf[SIM_DEC_STRMAX])
{
	sim_dec_format(v, 0, buf);
	return buf;
}

static const char *when(sim_time t, char buf[SIM_TIME_STRMAX])
{
	sim_time_format(t, buf);
	return buf;
}

/* The attempt that made a fill, or the first. */
static const struct sim_trace_fill *attempt_of(const struct sim_explain_out *e)
{
	const struct sim_trace *t = &e->x->trace;

	for (size_t i = 0; i < t->n; i++)
		if (e->fill && t->fills[i].fill == e->fill)
			return &t->fills[i];
	return t->n ? &t->fills[0] : NULL;
}

/* -- text ---------------------------------------------------------------- */

static void put_prices(const struct sim_order *o, struct sim_buf *b)
{
	const struct {
		const char *name;
		sim_dec v;
	} p[] = {
		{ "limit", o->limit }, { "stop", o->stop },
		{ "trail", o->trail }, { "take profit", o->take_profit },
		{ "stop loss", o->stop_loss },
	};
	const sim_dec *trail = &p[2].v;

	for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
		if (!p[i].v)
			continue;
		sim_buf_printf(b, ", %s ", p[i].name);
		sim_buf_dec(b, p[i].v, 0);
		if (&p[i].v == trail && o->trail_is_percent)
			sim_buf_putc(b, '%');
	}
}

static void put_bar(const struct sim_bar *r, struct sim_buf *b)
{
	char t[5][SIM_DEC_STRMAX];

	sim_buf_printf(b, "O %s  H %s  L %s  C %s  V %s", dec(r->open, t[0]),
		       dec(r->high, t[1]), dec(r->low, t[2]),
		       dec(r->close, t[3]), dec(r->volume, t[4]));
}

static void head(const struct sim_explain_out *e, struct sim_buf *b)
{
	const struct sim_explain *x = e->x;
	const struct sim_order *o = &x->state->order;
	char q[SIM_DEC_STRMAX], t[SIM_TIME_STRMAX];

	if (e->fill)
		sim_buf_printf(b, "Fill %" PRIu32 " of run %s: order", e->fill,
			       e->run_id);
	else
		sim_buf_printf(b, "Run %s: order", e->run_id);
	sim_buf_printf(b, " %" PRIu32 ", %s %s %s %s, %s", x->order,
		       sim_vocab_side_text(o->side), dec(o->qty, q),
		       x->instrument->symbol,
		       sim_vocab_order_type_text(o->type),
		       sim_vocab_tif_text(o->tif));
	put_prices(o, b);
	sim_buf_printf(b, "; %s\n\n", sim_vocab_order_status_text(o->status));
	sim_buf_printf(b, "Decision\n  step %" PRIu64 ", %s%s\n  bar  ",
		       x->step, when(x->decided, t), o->parent ?
		       ": made by the engine for the entry" : "");
	put_bar(&x->bar, b);
	sim_buf_putc(b, '\n');
}

static void put_event(const struct sim_explain_event *e, struct sim_buf *b)
{
	char t[SIM_TIME_STRMAX], q[SIM_DEC_STRMAX], p[SIM_DEC_STRMAX];
	const struct sim_event *ev = &e->ev;

	sim_buf_printf(b, "  %6" PRIu64 "  %s  %-16s", ev->seq,
		       when(ev->time, t), sim_vocab_event_type_text(ev->type));
	if (ev->type == SIM_EVENT_TYPE_FILL)
		sim_buf_printf(b, "  %s at %s, fill %" PRIu32 ", %s",
			       dec(e->fill.qty, q), dec(e->fill.price, p),
			       ev->fill_id,
			       sim_vocab_fill_reason_text(e->fill.reason));
	else if (ev->type == SIM_EVENT_TYPE_ORDER_TRIGGERED)
		sim_buf_printf(b, "  at %s", dec(ev->a, p));
	else if (ev->type == SIM_EVENT_TYPE_ORDER_REJECTED)
		sim_buf_printf(b, "  %s: %s",
			       sim_vocab_reject_text(ev->reason),
			       e->text ? e->text : "");
	else if (ev->type == SIM_EVENT_TYPE_ORDER_CANCELLED ||
		 ev->type == SIM_EVENT_TYPE_ORDER_EXPIRED)
		sim_buf_printf(b, "  %s",
			       sim_vocab_end_reason_text(ev->reason));
	else if (ev->type == SIM_EVENT_TYPE_SPLIT)
		sim_buf_printf(b, "  %" PRId64 " for %" PRId64, ev->a, ev->b);
	if (e->is_other && e->order)
		sim_buf_printf(b, "  (order %" PRIu32 ")", e->order);
	if (ev->cause)
		sim_buf_printf(b, "  <- %" PRIu64, ev->cause);
	else
		sim_buf_puts(b, e->order ? "  <- the strategy"
					 : "  <- the market");
	sim_buf_putc(b, '\n');
}

static void put_events(const struct sim_explain *x, struct sim_buf *b)
{
	sim_buf_puts(b, "\nEvents\n");
	for (size_t i = 0; i < x->nevents; i++)
		put_event(&x->events[i], b);
}

/* Where and on which bar it filled. */
static void put_where(const struct sim_explain_out *e, struct sim_buf *b)
{
	const struct sim_trace_fill *a = attempt_of(e);

	if (!a)
		return;
	sim_buf_printf(b, "\nFilled where\n  step %" PRIu64 ", ", a->step);
	sim_explain_leg(a, b);
	if (a->fee.maker)
		sim_buf_puts(b, ", as a maker");
	sim_buf_puts(b, "\n  bar  ");
	put_bar(&a->bar, b);
	sim_buf_putc(b, '\n');
}

static void put_terms(const struct sim_explain *x, struct sim_buf *b)
{
	const char *part = "";
	char v[SIM_DEC_STRMAX];

	for (size_t i = 0; i < x->nterms; i++) {
		const struct sim_explain_term *t = &x->terms[i];

		if (strcmp(part, t->part)) {
			part = t->part;
			sim_buf_printf(b, "\n%c%s\n", part[0] - 'a' + 'A',
				       part + 1);
		}
		sim_buf_printf(b, "  %-16s", t->name);
		if (t->expr)
			sim_buf_printf(b, " = %s", t->expr);
		sim_buf_printf(b, " = %s", dec(t->value, v));
		if (t->note)
			sim_buf_printf(b, "   (%s)", t->note);
		sim_buf_putc(b, '\n');
	}
}

/* The bar that came nearest. */
static size_t nearest(const struct sim_explain *x)
{
	size_t best = 0;

	for (size_t i = 1; i < x->nbars; i++)
		if (x->bars[i].away < x->bars[best].away)
			best = i;
	return best;
}

static void put_met(const struct sim_explain_bar *r, bool nearest_of,
		    struct sim_buf *b)
{
	char t[SIM_TIME_STRMAX], v[SIM_DEC_STRMAX], w[SIM_DEC_STRMAX];

	sim_buf_printf(b, "  step %" PRIu64 ", %s: ", r->step,
		       when(r->end, t));
	put_bar(&r->bar, b);
	if (r->level)
		sim_buf_printf(b, "; waits for %s", dec(r->level, v));
	if (r->away)
		sim_buf_printf(b, ", %s away", dec(r->away, w));
	if (r->synthetic)
		sim_buf_puts(b, ", a synthetic bar");
	if (nearest_of)
		sim_buf_puts(b, " (nearest)");
	sim_buf_putc(b, '\n');
}

static void put_bars(const struct sim_explain *x, struct sim_buf *b)
{
	size_t near = nearest(x);

	if (!x->nbars)
		return;
	sim_buf_printf(b, "\nBars it met while open: %zu\n", x->nbars);
	for (size_t i = 0; i < x->nbars; i++)
		if (i < BARS_SHOWN || i == near || i + 1 == x->nbars)
			put_met(&x->bars[i], i == near && x->nbars > 1, b);
}

static void put_other(const struct sim_explain_other *o, struct sim_buf *b)
{
	char q[SIM_DEC_STRMAX], p[SIM_DEC_STRMAX], t[SIM_TIME_STRMAX];

	sim_buf_printf(b, "  %-17s %-10s", o->setting, o->value);
	if (o->filled)
		sim_buf_printf(b, " %s at %s, %s", dec(o->qty, q),
			       dec(o->price, p), when(o->time, t));
	else
		sim_buf_printf(b, " no fill: %s", o->ending ? o->ending :
			       "still open");
	if (o->filled && o->total != o->qty)
		sim_buf_printf(b, ", %s in all", dec(o->total, q));
	if (o->is_own)
		sim_buf_puts(b, "  (this run's)");
	sim_buf_putc(b, '\n');
}

void sim_explain_out_text(const struct sim_explain_out *e, struct sim_buf *b)
{
	const struct sim_explain *x = e->x;

	head(e, b);
	put_events(x, b);
	put_where(e, b);
	put_terms(x, b);
	if (!e->fill)
		put_bars(x, b);
	if (x->nothers)
		sim_buf_puts(b, "\nUnder another rule, from the same state\n");
	for (size_t i = 0; i < x->nothers; i++)
		put_other(&x->others[i], b);
}

/* -- JSON ---------------------------------------------------------------- */

static void json_bar(struct sim_json *j, const struct sim_bar *r)
{
	sim_json_object(j, "bar");
	sim_json_time(j, "time", r->ts);
	sim_json_dec(j, "open", r->open);
	sim_json_dec(j, "high", r->high);
	sim_json_dec(j, "low", r->low);
	sim_json_dec(j, "close", r->close);
	sim_json_dec(j, "volume", r->volume);
	sim_json_end(j);
}

static void json_order(struct sim_json *j, const struct sim_explain *x)
{
	const struct sim_order *o = &x->state->order;

	sim_json_int(j, "order", x->order);
	sim_json_str(j, "symbol", x->instrument->symbol);
	sim_json_str(j, "side", sim_vocab_side_text(o->side));
	sim_json_str(j, "type", sim_vocab_order_type_text(o->type));
	sim_json_str(j, "time_in_force", sim_vocab_tif_text(o->tif));
	sim_json_str(j, "status", sim_vocab_order_status_text(o->status));
	sim_json_dec(j, "quantity", o->qty);
	sim_json_dec(j, "filled", o->filled);
	sim_json_object(j, "decision");
	sim_json_int(j, "step", (int64_t)x->step);
	sim_json_time(j, "time", x->decided);
	json_bar(j, &x->bar);
	sim_json_end(j);
}

static void json_event(struct sim_json *j, const struct sim_explain_event *e)
{
	const struct sim_event *ev = &e->ev;

	sim_json_object(j, NULL);
	sim_json_int(j, "seq", (int64_t)ev->seq);
	sim_json_time(j, "time", ev->time);
	sim_json_str(j, "type", sim_vocab_event_type_text(ev->type));
	sim_json_int(j, "cause", (int64_t)ev->cause);
	sim_json_int(j, "order", e->order);
	if (ev->type == SIM_EVENT_TYPE_FILL) {
		sim_json_int(j, "fill", ev->fill_id);
		sim_json_dec(j, "quantity", e->fill.qty);
		sim_json_dec(j, "price", e->fill.price);
		sim_json_str(j, "reason",
			     sim_vocab_fill_reason_text(e->fill.reason));
	} else if (ev->type == SIM_EVENT_TYPE_ORDER_TRIGGERED) {
		sim_json_dec(j, "price", ev->a);
	} else if (ev->type == SIM_EVENT_TYPE_ORDER_REJECTED) {
		sim_json_str(j, "reason", sim_vocab_reject_text(ev->reason));
		sim_json_str(j, "message", e->text ? e->text : "");
	} else if (ev->type == SIM_EVENT_TYPE_ORDER_CANCELLED ||
		   ev->type == SIM_EVENT_TYPE_ORDER_EXPIRED) {
		sim_json_str(j, "reason",
			     sim_vocab_end_reason_text(ev->reason));
	}
	sim_json_end(j);
}

static void json_attempt(struct sim_json *j, const struct sim_trace_fill *a)
{
	struct sim_buf leg = SIM_BUF_INIT(256);

	sim_explain_leg(a, &leg);
	sim_json_object(j, NULL);
	sim_json_int(j, "step", (int64_t)a->step);
	sim_json_int(j, "fill", a->fill);
	sim_json_str(j, "where", sim_buf_str(&leg));
	sim_json_bool(j, "maker", a->fee.maker);
	if (sim_explain_outcome(a))
		sim_json_str(j, "outcome", sim_explain_outcome(a));
	else
		sim_json_str(j, "outcome", "filled");
	json_bar(j, &a->bar);
	sim_json_end(j);
	sim_buf_release(&leg);
}

static void json_term(struct sim_json *j, const struct sim_explain_term *t)
{
	sim_json_object(j, NULL);
	sim_json_str(j, "part", t->part);
	sim_json_str(j, "term", t->name);
	if (t->expr)
		sim_json_str(j, "expression", t->expr);
	else
		sim_json_null(j, "expression");
	sim_json_dec(j, "value", t->value);
	sim_json_end(j);
}

static void json_met(struct sim_json *j, const struct sim_explain_bar *r)
{
	sim_json_object(j, NULL);
	sim_json_int(j, "step", (int64_t)r->step);
	sim_json_time(j, "time", r->end);
	if (r->level)
		sim_json_dec(j, "level", r->level);
	else
		sim_json_null(j, "level");
	sim_json_dec(j, "away", r->away);
	sim_json_bool(j, "acted", r->acted);
	sim_json_bool(j, "synthetic", r->synthetic);
	json_bar(j, &r->bar);
	sim_json_end(j);
}

static void json_other(struct sim_json *j, const struct sim_explain_other *o)
{
	sim_json_object(j, NULL);
	sim_json_str(j, "setting", o->setting);
	sim_json_str(j, "value", o->value);
	sim_json_bool(j, "own", o->is_own);
	sim_json_bool(j, "filled", o->filled);
	if (o->filled) {
		sim_json_dec(j, "quantity", o->qty);
		sim_json_dec(j, "price", o->price);
		sim_json_time(j, "time", o->time);
		sim_json_dec(j, "total", o->total);
	}
	if (o->ending)
		sim_json_str(j, "ending", o->ending);
	else
		sim_json_null(j, "ending");
	sim_json_end(j);
}

static void json_lists(struct sim_json *j, const struct sim_explain *x)
{
	sim_json_array(j, "events");
	for (size_t i = 0; i < x->nevents; i++)
		json_event(j, &x->events[i]);
	sim_json_end(j);
	sim_json_array(j, "attempts");
	for (size_t i = 0; i < x->trace.n; i++)
		json_attempt(j, &x->trace.fills[i]);
	sim_json_end(j);
	sim_json_array(j, "terms");
	for (size_t i = 0; i < x->nterms; i++)
		json_term(j, &x->terms[i]);
	sim_json_end(j);
	sim_json_array(j, "bars");
	for (size_t i = 0; i < x->nbars; i++)
		json_met(j, &x->bars[i]);
	sim_json_end(j);
	sim_json_array(j, "others");
	for (size_t i = 0; i < x->nothers; i++)
		json_other(j, &x->others[i]);
	sim_json_end(j);
}

void sim_explain_out_json(const struct sim_explain_out *e, bool pretty,
			  struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, pretty);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "explains", e->what);
	sim_json_str(&j, "run_id", e->run_id);
	if (e->fill)
		sim_json_int(&j, "fill", e->fill);
	json_order(&j, e->x);
	json_lists(&j, e->x);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}
