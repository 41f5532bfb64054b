/*
 * sess_replay: events that nothing in the run has caused are requests.
 *
 * An order that a bracket made, or a cancellation by its sibling, has a cause
 * and comes again by itself.
 */
#include "cli/sess_replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/log.h"
#include "util/json.h"
#include "util/mem.h"

struct writer {
	const struct sim_instrument *ins;
	uint32_t nsyms;
	struct sim_buf out;
	uint8_t *types;			/* of orders, by their number */
	size_t types_cap;
};

static void put_dec(struct sim_json *j, const char *key, sim_dec v)
{
	if (v)
		sim_json_dec(j, key, v);
}

/* A number, and a percent sign where it is meant so. */
static void put_share(struct sim_json *j, const char *key, sim_dec v,
		      bool is_percent)
{
	char number[SIM_DEC_STRMAX], text[SIM_DEC_STRMAX + 2];

	if (!v)
		return;
	sim_dec_format(v, 0, number);
	snprintf(text, sizeof(text), "%s%s", number, is_percent ? "%" : "");
	sim_json_str(j, key, text);
}

static void put_size(struct sim_json *j, const struct sim_order *o)
{
	switch ((enum sim_order_size)o->size_kind) {
	case SIM_ORDER_SIZE_QTY:
		sim_json_dec(j, "quantity", o->qty);
		break;
	case SIM_ORDER_SIZE_NOTIONAL:
		sim_json_dec(j, "notional", o->size);
		break;
	case SIM_ORDER_SIZE_PERCENT:
		put_share(j, "quantity", o->size, true);
		break;
	case SIM_ORDER_SIZE_ALL:
		sim_json_str(j, "quantity", "all");
		break;
	case SIM_ORDER_SIZE_RISK:
		sim_json_dec(j, "risk", o->size);
		break;
	}
	if (o->size_at_fill)
		sim_json_str(j, "size_at", "fill");
}

static bool has_trail(unsigned type)
{
	return type == SIM_ORDER_TYPE_TRAILING_STOP;
}

static void put_order(struct writer *w, struct sim_json *j,
		      const struct sim_log_line *l)
{
	const struct sim_order *o = &l->order;

	if (l->ev.sym < w->nsyms)
		sim_json_str(j, "symbol", w->ins[l->ev.sym].symbol);
	sim_json_str(j, "side", sim_vocab_side_text(o->side));
	sim_json_str(j, "type", sim_vocab_order_type_text(o->type));
	put_size(j, o);
	put_dec(j, "limit", o->limit);
	if (!has_trail(o->type))
		put_dec(j, "stop", o->stop);
	put_share(j, "trail", o->trail, o->trail_is_percent);
	put_dec(j, "take_profit", o->take_profit);
	put_dec(j, "stop_loss", o->stop_loss);
	put_share(j, "bracket_trail", o->bracket_trail,
		  o->bracket_trail_is_percent);
	sim_json_str(j, "time_in_force", sim_vocab_tif_text(o->tif));
	if (o->expire_at && o->expire_at != SIM_TIME_MAX &&
	    o->tif == SIM_TIF_GTD)
		sim_json_time(j, "expire_at", o->expire_at);
	if (o->oco)
		sim_json_int(j, "oco_with", o->oco);
	if (o->reduce_only)
		sim_json_bool(j, "reduce_only", true);
}

static void put_change(struct writer *w, struct sim_json *j,
		       const struct sim_log_line *l)
{
	const struct sim_order *o = &l->order;
	unsigned type = o->id < w->types_cap ? w->types[o->id] : 0;

	if (l->ev.type == SIM_EVENT_TYPE_ORDER_CANCELLED) {
		sim_json_int(j, "cancel", o->id);
		return;
	}
	sim_json_int(j, "replace", o->id);
	sim_json_dec(j, "quantity", o->qty);
	put_dec(j, "limit", o->limit);
	if (!has_trail(type))
		put_dec(j, "stop", o->stop);
}

static bool is_request(const struct sim_log_line *l)
{
	switch (l->ev.type) {
	case SIM_EVENT_TYPE_ORDER_ACCEPTED:
	case SIM_EVENT_TYPE_ORDER_REJECTED:
	case SIM_EVENT_TYPE_ORDER_REPLACED:
		return !l->ev.cause;
	case SIM_EVENT_TYPE_ORDER_CANCELLED:
		return !l->ev.cause &&
			l->ev.reason == SIM_END_REASON_REQUESTED;
	default:
		return false;
	}
}

static bool is_new(const struct sim_log_line *l)
{
	return l->ev.type == SIM_EVENT_TYPE_ORDER_ACCEPTED ||
		l->ev.type == SIM_EVENT_TYPE_ORDER_REJECTED;
}

/* The types of all orders are kept, as a replacement doesn't tell it. */
static void keep_type(struct writer *w, const struct sim_order *o)
{
	size_t was = w->types_cap;

	if (o->id > SIM_ORDERS_MAX)
		return;
	SIM_MEM_GROW(w->types, w->types_cap, (size_t)o->id + 1);
	if (w->types_cap > was)
		memset(w->types + was, 0, w->types_cap - was);
	w->types[o->id] = o->type;
}

static void put_line(struct writer *w, const struct sim_log_line *l)
{
	struct sim_json j;

	if (is_new(l))
		keep_type(w, &l->order);
	if (!is_request(l))
		return;
	sim_json_init(&j, &w->out, false);
	sim_json_object(&j, NULL);
	sim_json_time(&j, "at", l->ev.time);
	if (is_new(l))
		put_order(w, &j, l);
	else
		put_change(w, &j, l);
	sim_json_end(&j);
	sim_buf_putc(&w->out, '\n');
}

int sim_sess_replay_orders(const char *log, size_t n,
			   const struct sim_instrument *ins, uint32_t nsyms,
			   struct sim_orders **o, struct sim_err *err)
{
	struct sim_log_reader reader = {
		.p = log, .end = log + n, .ins = ins, .nsyms = nsyms,
	};
	struct writer w = { .ins = ins, .nsyms = nsyms,
			    .out = SIM_BUF_INIT(SIM_BUF_MAX) };
	struct sim_log_line line;
	int rc;

	while ((rc = sim_log_next(&reader, &line, err)) == 1)
		put_line(&w, &line);
	if (!rc)
		rc = sim_orders_parse("session", sim_buf_str(&w.out),
				      w.out.len, o, err);
	if (!rc)
		(*o)->is_ndjson = true;
	sim_buf_release(&w.out);
	sim_mem_free(w.types);
	return rc;
}
