/* dash: the account, what prices add to it between snapshots, and the curve of
 * equity. */
#include <string.h>

#include "tui/dash_do.h"

/* Two points become one, so that there is room again. */
static void curve_halve(struct dash_curve *c)
{
	for (size_t i = 0; i + 1 < c->n; i += 2) {
		double a = c->depth[i], b = c->depth[i + 1];

		c->value[i / 2] = c->value[i + 1];
		c->depth[i / 2] = a < b ? a : b;
	}
	c->n /= 2;
	c->every *= 2;
}

static void curve_add(struct dash_curve *c, double v)
{
	double depth;

	if (!c->seen || v > c->peak)
		c->peak = v;
	depth = c->peak > 0 ? v / c->peak - 1 : 0;
	c->worst = depth < c->worst ? depth : c->worst;
	c->last = v;
	if (!c->every)
		c->every = 1;
	if (c->seen++ % c->every == 0) {
		if (c->n == DASH_CURVE)
			curve_halve(c);
		c->value[c->n] = v;
		c->depth[c->n++] = depth;
		return;
	}
	c->value[c->n - 1] = v;
	if (depth < c->depth[c->n - 1])
		c->depth[c->n - 1] = depth;
}

/* The price that a position's value was made with.  It may be that of the step
 * whose bars come after the account; contracts of several units are told by the
 * value being a multiple. */
static sim_dec price_of(const struct dash_symbol *s)
{
	sim_dec unit;
	double ratio, many;

	if (!s->quantity || !sim_dec_div(s->value, s->quantity, &unit) ||
	    unit <= 0)
		return s->last;
	ratio = s->last ? (double)unit / (double)s->last : 1;
	if (ratio < 0.67)
		return s->last;
	many = ratio < 1.5 ? 1 : (double)(int64_t)(ratio + 0.5);
	return many > 1 ? (sim_dec)((double)unit / many) : unit;
}

static void forget_positions(struct sim_dash *d)
{
	for (size_t i = 0; i < d->n_symbols; i++)
		d->symbol[i].quantity = 0;
}

static void hear_position(struct sim_dash *d,
			  const struct sim_message_position *p)
{
	uint32_t i = sim_dash_symbol_of(d, p->symbol);
	struct dash_symbol *s;

	if (i == UINT32_MAX)
		return;
	s = &d->symbol[i];
	s->quantity = p->quantity;
	s->avg_cost = p->avg_cost;
	s->value = p->market_value;
	s->gain = p->unrealized_pnl;
	s->marked = price_of(s);
}

void sim_dash_money_account(struct sim_dash *d,
			    const struct sim_message_account_snapshot *a)
{
	struct dash_account *to = &d->account;

	to->is_known = true;
	to->has_margin = a->has_margin_used;
	to->cash = a->cash;
	to->equity = a->equity;
	to->buying_power = a->buying_power;
	to->day_gain = a->day_pnl;
	to->realized = a->realized_pnl;
	to->unrealized = a->unrealized_pnl;
	to->margin_used = a->margin_used;
	forget_positions(d);
	d->hint = 0;
	for (size_t i = 0; i < a->n_positions; i++)
		hear_position(d, &a->positions[i]);
	if (!d->has_capital) {
		d->capital = a->equity;
		d->has_capital = true;
	}
	to->marked = 0;
	to->marked_equity = sim_dec_to_double(a->equity);
	d->wants &= ~(unsigned)SIM_DASH_WANT_ACCOUNT;
	curve_add(&d->curve, to->marked_equity);
	sim_dash_book_check(d, a->open_orders, a->n_open_orders);
	dash_touch(d, SIM_DASH_positions);
	dash_touch(d, SIM_DASH_symbols);
	dash_touch(d, SIM_DASH_chart);
	dash_touch(d, SIM_DASH_account);
	dash_touch(d, SIM_DASH_bar);
}

void sim_dash_money_mark(struct sim_dash *d)
{
	struct dash_account *a = &d->account;
	double sum = 0;

	if (!a->is_known)
		return;
	for (size_t i = 0; i < d->n_symbols; i++) {
		const struct dash_symbol *s = &d->symbol[i];

		if (s->quantity && s->marked && s->last != s->marked)
			sum += sim_dec_to_double(s->value) *
			       ((double)s->last / (double)s->marked - 1);
	}
	a->marked = sum;
	a->marked_equity = sim_dec_to_double(a->equity) + sum;
	curve_add(&d->curve, a->marked_equity);
	dash_touch(d, SIM_DASH_account);
	dash_touch(d, SIM_DASH_bar);
}
