/* dash: open orders, and what happened to orders. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dash_do.h"
#include "util/mem.h"

#define MADE_LATELY 16			/* events looked at for an order */

/* -- open orders -------------------------------------------------------
 * order_sum is the sum of the hashes of the ids: whether a list of ids is the
 * one that is known. */

static uint64_t hash_id(const char *s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; s[i] && i < DASH_ID - 1; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
	return h | 1;
}

/* Those that are asked for one after the other stand so too. */
static struct dash_order *find(struct sim_dash *d, const char *id)
{
	for (size_t k = 0; k < d->n_orders; k++) {
		size_t i = (d->order_hint + k) % d->n_orders;

		if (strncmp(d->order[i].id, id, DASH_ID - 1) != 0)
			continue;
		d->order_hint = i + 1;
		return &d->order[i];
	}
	return NULL;
}

static void changed(struct sim_dash *d)
{
	dash_touch(d, SIM_DASH_orders);
	dash_touch(d, SIM_DASH_chart);
}

static void set_open(struct sim_dash *d, struct dash_order *o)
{
	if (o->is_sent) {
		o->is_sent = false;
		d->order_sum += hash_id(o->id);
	}
	changed(d);
}

static void take_out(struct sim_dash *d, struct dash_order *o)
{
	size_t i = (size_t)(o - d->order);

	if (!o->is_sent)
		d->order_sum -= hash_id(o->id);
	d->n_orders--;
	memmove(o, o + 1, (d->n_orders - i) * sizeof(*o));
	changed(d);
}

/* An order of this id, sent but not accepted; NULL when there are too many. */
static struct dash_order *add(struct sim_dash *d, const char *id,
			      const char *symbol)
{
	struct dash_order *o = find(d, id);
	uint32_t s = sim_dash_symbol_of(d, symbol);

	if (o || s == UINT32_MAX || d->n_orders == SIM_DASH_ORDERS)
		return o;
	SIM_MEM_GROW(d->order, d->cap_orders, d->n_orders + 1);
	o = &d->order[d->n_orders++];
	memset(o, 0, sizeof(*o));
	sim_dash_copy(o->id, sizeof(o->id), id);
	o->serial = d->next_serial++;
	o->symbol = s;
	o->is_sent = true;
	changed(d);
	return o;
}

void sim_dash_book_gone(struct sim_dash *d, const char *id)
{
	struct dash_order *o = find(d, id);

	if (o)
		take_out(d, o);
}

void sim_dash_book_sent(struct sim_dash *d,
			const struct sim_message_order_batch *b)
{
	if (b->has_dry_run && b->dry_run)
		return;
	for (size_t i = 0; i < b->n_orders; i++) {
		const struct sim_message_order *from = &b->orders[i];
		struct dash_order *o = add(d, from->order_id, from->symbol);

		if (!o || !o->is_sent)
			continue;
		o->has_type = true;
		o->side = (enum sim_side)from->side;
		o->type = from->has_type ? (enum sim_order_type)from->type
					 : SIM_ORDER_TYPE_MARKET;
		o->tif = from->has_time_in_force ?
			(enum sim_tif)from->time_in_force : SIM_TIF_DAY;
		o->quantity = o->remaining = from->has_quantity ?
			from->quantity : 0;
		o->has_price = from->has_price;
		o->price = from->price;
		o->has_stop = from->has_stop_price;
		o->stop = from->stop_price;
	}
}

/* "CODE: sentence" of an order that was refused. */
static void refused(struct sim_dash *d, const char *id, const char *why)
{
	struct dash_order *o = find(d, id);
	struct dash_event *e;

	e = sim_dash_book_event(d, DASH_REJECTED,
				o ? d->symbol[o->symbol].name : NULL);
	sim_dash_copy(e->order, sizeof(e->order), id);
	sim_dash_copy(e->text, sizeof(e->text), why);
	if (o) {
		e->side = o->side;
		e->quantity = o->quantity;
		take_out(d, o);
	}
}

void sim_dash_book_ack(struct sim_dash *d,
		       const struct sim_message_batch_ack *a)
{
	const struct sim_json_val *no = a->rejected_orders.val;
	const char *id, *why;

	if (a->has_estimates)
		return;
	for (size_t i = 0; i < a->n_accepted_orders; i++) {
		struct dash_order *o = find(d, a->accepted_orders[i]);

		if (o)
			set_open(d, o);
		/* Sizes that the engine works out, and orders of others. */
		if (!o || !o->quantity)
			d->wants |= SIM_DASH_WANT_ORDERS;
	}
	for (size_t i = 0; i < sim_json_len(no); i++) {
		why = sim_json_as_str(sim_json_member(no, i, &id));
		refused(d, id, why ? why : "");
	}
}

/* What was placed a moment ago is known only now. */
static void tell_made(struct sim_dash *d, const struct dash_order *o)
{
	for (size_t i = 0; i < d->n_events && i < MADE_LATELY; i++) {
		struct dash_event *e = &d->event[(d->first_event +
			d->n_events - 1 - i) % SIM_DASH_FILLS];

		if (e->kind != DASH_MADE || e->quantity ||
		    strcmp(e->order, o->id) != 0)
			continue;
		e->side = o->side;
		e->quantity = o->quantity;
		dash_touch(d, SIM_DASH_fills);
	}
}

void sim_dash_book_open(struct sim_dash *d,
			const struct sim_message_open_order *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct dash_order *to = add(d, o[i].order_id, o[i].symbol);

		if (!to)
			continue;
		to->is_listed = true;
		set_open(d, to);
		to->has_type = true;
		to->side = (enum sim_side)o[i].side;
		to->type = (enum sim_order_type)o[i].type;
		to->tif = (enum sim_tif)o[i].time_in_force;
		to->quantity = o[i].quantity;
		to->remaining = o[i].remaining_quantity;
		to->has_price = o[i].has_price;
		to->price = o[i].price;
		to->has_stop = o[i].has_stop_price;
		to->stop = o[i].stop_price;
		to->is_partial = o[i].status ==
				 SIM_ORDER_STATUS_PARTIALLY_FILLED;
		tell_made(d, to);
	}
	for (size_t i = d->n_orders; i-- > 0;) {
		bool is_listed = d->order[i].is_listed || d->order[i].is_sent;

		d->order[i].is_listed = false;
		if (!is_listed)
			take_out(d, &d->order[i]);
	}
	d->wants &= ~(unsigned)SIM_DASH_WANT_ORDERS;
	changed(d);
}

void sim_dash_book_check(struct sim_dash *d, const char *const *ids, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += hash_id(ids[i]);
	if (sum != d->order_sum)
		d->wants |= SIM_DASH_WANT_ORDERS;
}

/* -- what happened ---------------------------------------------------------*/

struct dash_event *sim_dash_book_event(struct sim_dash *d,
				       enum dash_event_kind kind,
				       const char *symbol)
{
	struct dash_event *e;

	if (d->n_events == SIM_DASH_FILLS) {
		d->first_event = (d->first_event + 1) % SIM_DASH_FILLS;
		d->n_events--;
	} else {
		SIM_MEM_GROW(d->event, d->cap_events, d->n_events + 1);
	}
	e = &d->event[(d->first_event + d->n_events++) % SIM_DASH_FILLS];
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	/* What a step has done comes before its tick, fills with their time. */
	e->time = d->last_fill_at > d->sim_time ? d->last_fill_at
						: d->sim_time;
	e->step = d->step;
	e->symbol = symbol ? sim_dash_symbol_of(d, symbol) : UINT32_MAX;
	d->n_heard++;
	d->n_ahead += d->n_ahead > 0;
	dash_touch(d, SIM_DASH_fills);
	return e;
}

void sim_dash_book_ahead(struct sim_dash *d, struct dash_event *e)
{
	/* A run tells its tick first. */
	e->is_ahead = !d->is_replay;
	if (e->is_ahead && !d->n_ahead)
		d->n_ahead = 1;
}

void sim_dash_book_step(struct sim_dash *d)
{
	for (size_t i = 0; i < d->n_ahead && i < d->n_events; i++) {
		struct dash_event *e = &d->event[(d->first_event +
			d->n_events - 1 - i) % SIM_DASH_FILLS];

		if (!e->is_ahead)
			continue;
		e->is_ahead = false;
		e->time = d->sim_time;
		e->step = d->step;
		dash_touch(d, SIM_DASH_fills);
	}
	d->n_ahead = 0;
}

const struct dash_event *sim_dash_book_at(const struct sim_dash *d, size_t i)
{
	return &d->event[(d->first_event + d->n_events - 1 - i) %
			 SIM_DASH_FILLS];
}

/* The number in e17; 0 when there is none. */
static uint64_t number_of(const char *id)
{
	size_t n = strlen(id);

	while (n && isdigit((unsigned char)id[n - 1]))
		n--;
	return strtoull(id + n, NULL, 10);
}

/* What has filled of an order. */
static void reduce(struct sim_dash *d,
		   const struct sim_message_execution_report *x)
{
	struct dash_order *o = find(d, x->order_id);

	if (!o)
		return;
	if (!x->is_partial || x->remaining_quantity <= 0) {
		take_out(d, o);
		return;
	}
	set_open(d, o);
	o->remaining = x->remaining_quantity;
	o->is_partial = true;
}

/* The position by the report, until the account comes. */
static void hold(struct sim_dash *d,
		 const struct sim_message_execution_report *x, uint32_t symbol)
{
	struct dash_symbol *s = &d->symbol[symbol];

	if (s->quantity == x->position)
		return;
	s->quantity = x->position;
	s->marked = 0;
	d->wants |= SIM_DASH_WANT_ACCOUNT;
	dash_touch(d, SIM_DASH_positions);
	dash_touch(d, SIM_DASH_symbols);
}

void sim_dash_book_fill(struct sim_dash *d,
			const struct sim_message_execution_report *x)
{
	uint64_t number = number_of(x->execution_id);
	struct dash_event *e;

	if (number && number <= d->last_execution)
		return;			/* told again */
	d->last_execution = number ? number : d->last_execution;
	e = sim_dash_book_event(d, DASH_FILL, x->symbol);
	e->time = d->last_fill_at = x->execution_time;
	e->step += x->execution_time > d->sim_time;
	e->side = (enum sim_side)x->side;
	e->reason = (enum sim_fill_reason)x->fill_reason;
	e->is_partial = x->is_partial;
	e->is_ambiguous = x->ambiguous;
	e->quantity = x->executed_quantity;
	e->price = x->executed_price;
	e->commission = x->commission;
	e->slippage_bps = x->slippage_bps;
	e->position = x->position;
	sim_dash_copy(e->id, sizeof(e->id), x->execution_id);
	sim_dash_copy(e->order, sizeof(e->order), x->order_id);
	d->n_fills++;
	d->n_ambiguous += x->ambiguous;
	if (!sim_dec_add(d->fees, x->commission, &d->fees))
		d->fees = SIM_DEC_MAX;
	if (e->symbol != UINT32_MAX)
		hold(d, x, e->symbol);
	reduce(d, x);
	dash_touch(d, SIM_DASH_chart);
	dash_touch(d, SIM_DASH_account);
}

/* Is the newest event that this order was refused? */
static bool is_told(const struct sim_dash *d, const char *id)
{
	for (size_t i = 0; i < d->n_events && i < 8; i++) {
		const struct dash_event *e = sim_dash_book_at(d, i);

		if (e->kind == DASH_REJECTED && e->step == d->step &&
		    !strncmp(e->order, id, DASH_ID - 1))
			return true;
	}
	return false;
}

/* Did the engine end it, and nobody ask for that? */
static bool is_engines(const struct sim_message_order_update *u)
{
	return (u->status == SIM_ORDER_STATUS_CANCELLED ||
		u->status == SIM_ORDER_STATUS_EXPIRED) && u->has_reason &&
		strcmp(u->reason, sim_vocab_end_reason_text(
				SIM_END_REASON_REQUESTED)) != 0;
}

void sim_dash_book_update(struct sim_dash *d,
			  const struct sim_message_order_update *u)
{
	struct dash_order *o = find(d, u->order_id);
	enum dash_event_kind kind = DASH_ENDED;
	struct dash_event *e;

	/* Its report has said so, or the answer to the batch. */
	if (u->status == SIM_ORDER_STATUS_FILLED ||
	    u->status == SIM_ORDER_STATUS_PARTIALLY_FILLED ||
	    (u->status == SIM_ORDER_STATUS_REJECTED &&
	     is_told(d, u->order_id)))
		return;
	if (u->status == SIM_ORDER_STATUS_ACCEPTED)
		kind = DASH_MADE;
	else if (u->status == SIM_ORDER_STATUS_REJECTED)
		kind = DASH_REJECTED;
	e = sim_dash_book_event(d, kind, u->symbol);
	if (is_engines(u))
		sim_dash_book_ahead(d, e);
	sim_dash_copy(e->order, sizeof(e->order), u->order_id);
	snprintf(e->text, sizeof(e->text), "%s%s%.120s",
		 sim_vocab_order_status_text((enum sim_order_status)u->status),
		 u->has_reason ? ": " : "", u->has_reason ? u->reason : "");
	if (o) {
		e->side = o->side;
		e->quantity = o->quantity;
	}
	if (kind != DASH_MADE) {
		sim_dash_book_gone(d, u->order_id);
		return;
	}
	o = add(d, u->order_id, u->symbol);
	if (o)
		set_open(d, o);
	d->wants |= SIM_DASH_WANT_ORDERS;
}
