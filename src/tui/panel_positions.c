/* panel: what is held. */
#include <math.h>
#include <string.h>

#include "tui/figure.h"
#include "tui/panel.h"
#include "util/mem.h"

enum { SYM, QTY, AVG, PRICE, GAIN, PART, VALUE, SHARE };
static const struct sim_table_col cols[] = {
	[SYM]   = { .head = "SYM", .grows = true },
	[QTY]   = { .head = "QTY", .right = true },
	[AVG]   = { .head = "AVG", .right = true, .rank = 2 },
	[PRICE] = { .head = "LAST", .right = true, .rank = 3 },
	[GAIN]  = { .head = "P&L", .right = true, .rank = 1 },
	[PART]  = { .head = "P&L%", .right = true, .rank = 4 },
	[VALUE] = { .head = "VALUE", .right = true, .rank = 5 },
	[SHARE] = { .head = "EQ%", .right = true, .rank = 6 },
};

static void keys(const struct sim_dash *d, struct dash_list *list)
{
	for (size_t i = 0; i < d->n_symbols; i++) {
		if (!d->symbol[i].quantity)
			continue;
		SIM_MEM_GROW(list->key, list->cap, list->n + 1);
		list->key[list->n++] = i;
	}
}

/* What prices have added to a value since the account was heard. */
static double added(const struct dash_symbol *s)
{
	if (!s->marked || !s->last)
		return 0;
	return sim_dec_to_double(s->value) *
	       ((double)s->last / (double)s->marked - 1);
}

static sim_dec to_dec(double v)
{
	sim_dec d = 0;

	(void)sim_dec_from_double(v, &d);
	return d;
}

static void cells(const struct sim_dash *d, uint64_t key,
		  struct sim_table_cell *c)
{
	const struct dash_symbol *s = &d->symbol[key];
	double more = added(s), cost;
	double gain = sim_dec_to_double(s->gain) + more;
	double value = sim_dec_to_double(s->value) + more;

	sim_panel_text(&c[SYM], SIM_THEME_TEXT | SIM_THEME_BOLD, s->name);
	sim_figure_quantity(c[QTY].text, s->quantity, 8);
	c[QTY].ink = s->quantity < 0 ? SIM_THEME_DOWN : SIM_THEME_UP;
	if (s->last) {
		sim_figure_dec(c[PRICE].text, s->last, s->decimals);
		c[PRICE].ink = d->is_stale ? SIM_THEME_STALE : SIM_THEME_TEXT;
	}
	if (!s->marked)
		return;			/* until the account comes */
	sim_figure_dec(c[AVG].text, s->avg_cost, s->decimals);
	sim_panel_gain(&c[GAIN], to_dec(gain), 2);
	cost = fabs(value - gain);
	if (cost > 0) {
		sim_figure_percent(c[PART].text, gain / cost * 100, 2);
		c[PART].ink = c[GAIN].ink;
	}
	sim_figure_dec(c[VALUE].text, to_dec(value), 2);
	c[SHARE].ink = c[VALUE].ink = SIM_THEME_DIM;
	if (d->account.marked_equity > 0)
		sim_figure_percent(c[SHARE].text,
				   value / d->account.marked_equity * 100, 1);
}

static double weight(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_symbol *s = &d->symbol[key];
	double gain = sim_dec_to_double(s->gain) + added(s);
	double value = sim_dec_to_double(s->value) + added(s);

	switch (col) {
	case QTY:
		return (double)s->quantity;
	case AVG:
		return (double)s->avg_cost;
	case PRICE:
		return (double)s->last;
	case GAIN:
		return gain;
	case PART:
		return fabs(value - gain) > 0 ? gain / fabs(value - gain) : 0;
	default:
		return fabs(value);
	}
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->n_symbols; i++)
		n += d->symbol[i].quantity != 0;
	sim_buf_int(out, n);
}

const struct sim_panel_ops sim_panel_positions = {
	.count = count, .col = cols, .n_cols = 8, .keys = keys, .cells = cells,
	.pick = sim_panel_symbol_pick, .word = sim_panel_symbol_word,
	.weight = weight, .n_sorts = 2,
	.sort_col = { GAIN, VALUE },
	.nothing = "nothing is held"
};
