/*
 * trades: fills and splits in the order of the log, a queue of lots a symbol.
 *
 * Sharing money: a part takes round(rest * part / whole of the rest), so what
 * is left always belongs to what is left, and the last part takes all of it.
 */
#include "report/trades.h"

#include <math.h>

#include "util/mem.h"

struct lot {
	sim_time time;
	uint32_t fill;
	bool ambiguous;
	size_t step;
	sim_dec qty, price;		/* in shares of now */
	sim_dec value, fee, risk;	/* what is left */
	double entry;			/* in shares of the start */
	size_t number;			/* of its fill in the symbol's */
};

struct queue {
	struct lot *lots;
	size_t head, n, cap;		/* lots[head..n) are open */
	bool is_long;
	struct sim_excursion met;
};

/* What closes lots: a fill, a fractional lot's cash, or the final mark. */
struct exit {
	sim_time time;
	uint32_t sym, fill;
	uint8_t reason;
	bool is_open, ambiguous;
	size_t step;
	sim_dec price, qty, value, fee;	/* what is left */
};

struct build {
	const struct sim_trades_input *in;
	struct sim_trades *out;
	struct queue *queues;
	size_t step;
	struct sim_err *err;
};

static sim_dec share(sim_dec rest, sim_dec part, sim_dec whole)
{
	sim_dec v;

	/* part <= whole, so this fits. */
	if (part == whole || !sim_dec_muldiv(rest, part, whole, &v))
		return rest;
	return v;
}

static sim_dec smaller(sim_dec a, sim_dec b)
{
	return a < b ? a : b;
}

static sim_dec magnitude(sim_dec v)
{
	return v < 0 ? -v : v;
}

static const char *symbol(const struct build *b, uint32_t sym)
{
	return b->in->instruments[sym].symbol;
}

static int too_large(const struct build *b, uint32_t sym, const char *what)
{
	return sim_err_set(b->err, SIM_E_OVERFLOW, "the %s of %s is out of "
			   "range in the list of trades; use fewer units or a "
			   "smaller multiplier", what, symbol(b, sym));
}

static int add_total(const struct build *b, sim_dec *total, sim_dec v,
		     uint32_t sym)
{
	return sim_dec_add(*total, v, total) ? 0 : too_large(b, sym, "profit");
}

static int count(struct build *b, const struct sim_trades_item *t)
{
	struct sim_trades *o = b->out;
	int rc;

	rc = add_total(b, t->is_open ? &o->open_gross : &o->gross, t->gross,
		       t->sym);
	if (!rc)
		rc = add_total(b, t->is_open ? &o->open_fees : &o->fees,
			       t->fees, t->sym);
	if (!rc)
		rc = add_total(b, t->is_open ? &o->open_net : &o->net, t->net,
			       t->sym);
	o->n_closed += !t->is_open;
	return rc;
}

/* The cash for a fraction comes in the middle of what prices did. */
static struct sim_excursion_trade met(const struct build *b,
				      const struct queue *q,
				      const struct lot *l,
				      const struct exit *e)
{
	const struct sim_excursion_trade unknown = { NAN, NAN, NAN, NAN };

	if (!b->in->reach || (!e->fill && !e->is_open))
		return unknown;
	return sim_excursion_of(&q->met, l->number, l->entry,
				sim_excursion_price(&q->met, e->price),
				q->is_long);
}

/* Close `take` of a lot with the same part of an exit. */
static int match(struct build *b, struct queue *q, struct lot *l,
		 struct exit *e, sim_dec take)
{
	bool is_long = q->is_long;
	struct sim_trades *o = b->out;
	struct sim_trades_item *t;
	sim_dec lot_fee = share(l->fee, take, l->qty);
	sim_dec exit_fee = share(e->fee, take, e->qty);

	SIM_MEM_GROW(o->items, o->cap, o->n + 1);
	t = &o->items[o->n++];
	*t = (struct sim_trades_item){
		.entry_time = l->time, .exit_time = e->time, .sym = e->sym,
		.entry_fill = l->fill, .exit_fill = e->fill,
		.side = is_long ? SIM_SIDE_BUY : SIM_SIDE_SELL,
		.exit_reason = e->reason, .is_open = e->is_open,
		.ambiguous = l->ambiguous || e->ambiguous, .qty = take,
		.entry_price = l->price, .exit_price = e->price,
		.entry_value = share(l->value, take, l->qty),
		.exit_value = share(e->value, take, e->qty),
		.risk = share(l->risk, take, l->qty),
		.bars = b->in->steps ? (int64_t)(e->step - l->step) : -1,
		.met = met(b, q, l, e),
	};
	t->gross = is_long ? t->exit_value - t->entry_value :
		   t->entry_value - t->exit_value;
	if (!sim_dec_add(lot_fee, exit_fee, &t->fees) ||
	    !sim_dec_sub(t->gross, t->fees, &t->net))
		return too_large(b, e->sym, "profit");
	if (t->entry_value)
		t->ret = (double)t->net / (double)t->entry_value;
	l->qty -= take;
	l->value -= t->entry_value;
	l->fee -= lot_fee;
	l->risk -= t->risk;
	e->qty -= take;
	e->value -= t->exit_value;
	e->fee -= exit_fee;
	return count(b, t);
}

/* Use up lots, oldest first, until the exit or the queue is empty. */
static int close_lots(struct build *b, struct queue *q, struct exit *e)
{
	int rc;

	while (q->head < q->n && e->qty > 0) {
		struct lot *l = &q->lots[q->head];

		rc = match(b, q, l, e, smaller(l->qty, e->qty));
		if (rc)
			return rc;
		if (l->qty > 0)
			break;
		q->head++;
	}
	if (q->head == q->n)
		q->head = q->n = 0;
	return 0;
}

bool sim_trades_value(const struct sim_fill *f, const struct sim_instrument *i,
		      sim_dec price, sim_dec *value)
{
	return sim_dec_mul3(f->qty, price, i->multiplier, value);
}

static int fill_value(const struct build *b, const struct sim_fill *f,
		      sim_dec price, sim_dec *value)
{
	if (!sim_trades_value(f, &b->in->instruments[f->sym], price, value))
		return too_large(b, f->sym, "value of a fill");
	return 0;
}

/* Money between the entry and its stop; 0 when there is none. */
static int fill_risk(const struct build *b, const struct sim_fill *f,
		     sim_dec *risk)
{
	sim_dec stop = b->in->stop ? b->in->stop[f - b->in->fills] : 0;

	*risk = 0;
	return stop ? fill_value(b, f, magnitude(f->price - stop), risk) : 0;
}

/* A fill's id is its place, from 1. */
static uint32_t fill_id(const struct sim_trades_input *in,
			const struct sim_fill *f)
{
	return (uint32_t)(f - in->fills) + 1;
}

/* What a fill leaves after closing opens a lot. */
static int open_lot(struct build *b, struct queue *q, const struct sim_fill *f,
		    const struct exit *rest)
{
	sim_dec risk;
	int rc = fill_risk(b, f, &risk);

	if (rc)
		return rc;
	q->is_long = f->side == SIM_SIDE_BUY;
	SIM_MEM_GROW(q->lots, q->cap, q->n + 1);
	q->lots[q->n++] = (struct lot){
		.time = f->time, .fill = fill_id(b->in, f),
		.ambiguous = f->ambiguous,
		.step = rest->step, .qty = rest->qty, .price = f->price,
		.value = rest->value, .fee = rest->fee,
		.risk = share(risk, rest->qty, f->qty),
		.entry = sim_excursion_price(&q->met, f->price),
		.number = q->met.n,
	};
	return 0;
}

static size_t step_of(struct build *b, sim_time t)
{
	const struct sim_trades_input *in = b->in;

	while (in->steps && b->step + 1 < in->n_steps &&
	       in->steps[b->step] < t)
		b->step++;
	return b->step;
}

static int take_fill(struct build *b, const struct sim_fill *f)
{
	struct queue *q = &b->queues[f->sym];
	struct exit e = {
		.time = f->time, .sym = f->sym, .fill = fill_id(b->in, f),
		.reason = f->reason, .ambiguous = f->ambiguous,
		.step = step_of(b, f->time), .price = f->price,
		.qty = f->qty, .fee = f->commission,
	};
	int rc = fill_value(b, f, f->price, &e.value);

	if (rc)
		return rc;
	if (q->head < q->n && q->is_long != (f->side == SIM_SIDE_BUY))
		rc = close_lots(b, q, &e);
	if (b->in->reach)
		sim_excursion_add(&q->met, &b->in->reach[f - b->in->fills]);
	return rc || !e.qty ? rc : open_lot(b, q, f, &e);
}

/* Scale lots by running totals: their sum is the scaled sum. */
static int scale_lots(struct build *b, struct queue *q,
		      const struct sim_trades_adjust *a, sim_dec *total)
{
	sim_dec old = 0, sum = 0, next;

	for (size_t i = q->head; i < q->n; i++) {
		struct lot *l = &q->lots[i];

		old += l->qty;
		if (!sim_dec_muldiv(old, a->num, a->den, &next) ||
		    !sim_dec_muldiv(l->price, a->den, a->num, &l->price))
			return too_large(b, a->sym, "quantity after a split");
		l->qty = next - sum;
		sum = next;
	}
	*total = sum;
	return 0;
}

static int take_split(struct build *b, const struct sim_trades_adjust *a)
{
	struct queue *q = &b->queues[a->sym];
	sim_dec total = 0, left = magnitude(a->qty_after);
	struct exit e = {
		.time = a->time, .sym = a->sym, .step = step_of(b, a->time),
		.value = magnitude(a->cash),
	};
	int rc;

	sim_excursion_split(&q->met, a->num, a->den);
	if (q->head == q->n)
		return 0;
	rc = scale_lots(b, q, a, &total);
	if (rc)
		return rc;
	if (left > total)
		return sim_err_set(b->err, SIM_E_DATA, "a split leaves more of "
				   "%s than its fills can have; the files of "
				   "the run don't belong together",
				   symbol(b, a->sym));
	e.qty = total - left;
	if (e.qty)
		sim_dec_div(e.value, e.qty, &e.price);
	return close_lots(b, q, &e);
}

static int mark_open(struct build *b, uint32_t sym)
{
	const struct sim_position *p = &b->in->positions[sym];
	struct queue *q = &b->queues[sym];
	sim_dec held = 0;
	struct exit e = {
		.time = b->in->end, .sym = sym, .is_open = true,
		.step = step_of(b, b->in->end), .price = p->last,
		.value = magnitude(p->value),
	};

	for (size_t i = q->head; i < q->n; i++)
		held += q->lots[i].qty;
	if ((q->is_long ? held : -held) != p->qty)
		return sim_err_set(b->err, SIM_E_DATA, "the fills of %s don't "
				   "lead to its final position; the files of "
				   "the run don't belong together",
				   symbol(b, sym));
	e.qty = held;
	return close_lots(b, q, &e);
}

static int check(const struct sim_trades_input *in, struct sim_err *err)
{
	for (size_t i = 0; i < in->n_fills; i++) {
		const struct sim_fill *f = &in->fills[i];

		if (f->sym >= in->n_symbols || f->qty <= 0)
			return sim_err_set(err, SIM_E_DATA, "fill %u has an "
				"unknown symbol or no quantity; the fills of "
				"the run are damaged", fill_id(in, f));
		if (i && f->time < in->fills[i - 1].time)
			return sim_err_set(err, SIM_E_DATA, "fill %u is older "
				"than the one before it; fills must come in "
				"the order of the log", fill_id(in, f));
	}
	for (size_t i = 0; i < in->n_adjusts; i++)
		if (in->adjusts[i].sym >= in->n_symbols ||
		    in->adjusts[i].num <= 0 || in->adjusts[i].den <= 0)
			return sim_err_set(err, SIM_E_DATA, "split %zu has an "
				"unknown symbol or no ratio; the events of the "
				"run are damaged", i + 1);
	return 0;
}

static bool before(const struct sim_trades_adjust *a, const struct sim_fill *f)
{
	return a->time < f->time || (a->time == f->time && a->seq < f->seq);
}

static int run(struct build *b)
{
	const struct sim_trades_input *in = b->in;
	size_t a = 0;
	int rc = 0;

	for (size_t i = 0; i < in->n_fills && !rc; i++) {
		while (a < in->n_adjusts && !rc &&
		       before(&in->adjusts[a], &in->fills[i]))
			rc = take_split(b, &in->adjusts[a++]);
		if (!rc)
			rc = take_fill(b, &in->fills[i]);
	}
	while (a < in->n_adjusts && !rc)
		rc = take_split(b, &in->adjusts[a++]);
	for (uint32_t s = 0; s < in->n_symbols && !rc; s++)
		rc = mark_open(b, s);
	return rc;
}

int sim_trades_build(const struct sim_trades_input *in, struct sim_trades *out,
		     struct sim_err *err)
{
	struct sim_trades t = SIM_TRADES_INIT;
	struct build b = { in, &t, NULL, 0, err };
	int rc = check(in, err);

	if (rc)
		return rc;
	b.queues = sim_mem_array(in->n_symbols + 1, sizeof(*b.queues));
	for (size_t i = 0; i < in->n_symbols; i++)
		b.queues[i].met = (struct sim_excursion)SIM_EXCURSION_INIT;
	rc = run(&b);
	for (size_t i = 0; i < in->n_symbols; i++) {
		sim_excursion_release(&b.queues[i].met);
		sim_mem_free(b.queues[i].lots);
	}
	sim_mem_free(b.queues);
	if (rc)
		sim_trades_release(&t);
	else
		*out = t;
	return rc;
}

void sim_trades_release(struct sim_trades *t)
{
	sim_mem_free(t->items);
	*t = (struct sim_trades)SIM_TRADES_INIT;
}
