/* panel: what is open. */
#include <stdio.h>
#include <string.h>

#include "tui/figure.h"
#include "tui/panel.h"
#include "util/mem.h"

enum { ID, SYM, SIDE, QTY, TYPE, PRICE, AWAY, TIF, STATUS };
static const struct sim_table_col cols[] = {
	[ID]     = { .head = "ORDER", .grows = true },
	[SYM]    = { .head = "SYM", .rank = 1 },
	[SIDE]   = { .head = "SIDE" },
	[QTY]    = { .head = "QTY", .right = true },
	[TYPE]   = { .head = "TYPE", .rank = 2 },
	[PRICE]  = { .head = "PRICE", .right = true, .rank = 1 },
	[AWAY]   = { .head = "AWAY", .right = true, .rank = 4 },
	[TIF]    = { .head = "TIF", .rank = 5 },
	[STATUS] = { .head = "STATUS", .rank = 6 },
};

static void keys(const struct sim_dash *d, struct dash_list *list)
{
	SIM_MEM_GROW(list->key, list->cap, d->n_orders);
	for (size_t i = 0; i < d->n_orders; i++)
		list->key[list->n++] = d->order[i].serial;
}

static const struct dash_order *find(const struct sim_dash *d, uint64_t serial)
{
	size_t lo = 0, hi = d->n_orders;

	while (lo + 1 < hi) {
		size_t mid = (lo + hi) / 2;

		if (d->order[mid].serial <= serial)
			lo = mid;
		else
			hi = mid;
	}
	return &d->order[lo];
}

static const char *type_of(const struct dash_order *o)
{
	static const char *const names[] = { "mkt", "lmt", "stp", "stp lmt",
					     "trail" };

	return names[o->type];
}

/* How far the price still has to go, in percent of it. */
static void away(const struct dash_symbol *s, sim_dec price,
		 struct sim_table_cell *c)
{
	if (!s->last)
		return;
	sim_figure_percent(c->text, ((double)price / (double)s->last - 1) * 100,
			   2);
	c->ink = SIM_THEME_DIM;
}

static void prices(const struct dash_order *o, const struct dash_symbol *s,
		   struct sim_table_cell *c)
{
	char limit[SIM_FIGURE_MAX];
	sim_dec at = o->has_stop ? o->stop : o->price;

	if (!o->has_stop && !o->has_price)
		return;
	sim_figure_dec(c[PRICE].text, at, s->decimals);
	if (o->has_stop && o->has_price)
		snprintf(c[PRICE].text + strlen(c[PRICE].text),
			 SIM_FIGURE_MAX, "/%s",
			 sim_figure_dec(limit, o->price, s->decimals));
	away(s, at, &c[AWAY]);
}

static const char *status_of(const struct dash_order *o)
{
	return o->is_sent ? "sent" : o->is_partial ? "partial" : "open";
}

static void cells(const struct sim_dash *d, uint64_t key,
		  struct sim_table_cell *c)
{
	const struct dash_order *o = find(d, key);
	const struct dash_symbol *s = &d->symbol[o->symbol];

	sim_panel_text(&c[ID], SIM_THEME_TEXT, o->id);
	sim_panel_text(&c[SYM], SIM_THEME_TEXT | SIM_THEME_BOLD, s->name);
	if (!o->has_type) {
		sim_panel_text(&c[STATUS], SIM_THEME_DIM, "accepted");
		return;
	}
	sim_panel_text(&c[SIDE], o->side == SIM_SIDE_BUY ? SIM_THEME_UP
							 : SIM_THEME_DOWN,
		       o->side == SIM_SIDE_BUY ? "▲ buy" : "▼ sell");
	if (o->quantity)
		sim_figure_quantity(c[QTY].text, o->remaining, 8);
	sim_panel_text(&c[TYPE], SIM_THEME_TEXT, type_of(o));
	prices(o, s, c);
	sim_panel_text(&c[TIF], SIM_THEME_DIM, sim_vocab_tif_text(o->tif));
	sim_panel_text(&c[STATUS], o->is_sent ? SIM_THEME_WARN : SIM_THEME_DIM,
		       status_of(o));
}

static const char *word(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_order *o = find(d, key);

	switch (col) {
	case ID:
		return o->id;
	case SYM:
		return d->symbol[o->symbol].name;
	case SIDE:
		return sim_vocab_side_text(o->side);
	case TYPE:
		return type_of(o);
	case TIF:
		return sim_vocab_tif_text(o->tif);
	case STATUS:
		return status_of(o);
	default:
		return NULL;
	}
}

static double weight(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_order *o = find(d, key);
	const struct dash_symbol *s = &d->symbol[o->symbol];
	sim_dec at = o->has_stop ? o->stop : o->price;

	if (col == QTY)
		return (double)o->remaining;
	if (col == PRICE || !s->last)
		return (double)at;
	return (double)at / (double)s->last;
}

static void pick(const struct sim_dash *d, uint64_t key,
		 struct sim_dash_pick *p)
{
	const struct dash_order *o = find(d, key);

	p->order_id = o->id;
	p->symbol = d->symbol[o->symbol].name;
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	sim_buf_int(out, (int64_t)d->n_orders);
	sim_buf_puts(out, " open");
}

const struct sim_panel_ops sim_panel_orders = {
	.count = count, .col = cols, .n_cols = 9, .keys = keys, .cells = cells,
	.pick = pick, .word = word, .weight = weight, .n_sorts = 3,
	.sort_col = { SYM, PRICE, AWAY }, .nothing = "no open orders"
};
