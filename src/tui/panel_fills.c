/* panel: every fill and what else happened to orders, the newest first. */
#include <stdio.h>
#include <string.h>

#include "tui/figure.h"
#include "tui/panel.h"
#include "util/mem.h"

enum { TIME, WHAT, ORDER, SYM, SIDE, QTY, PRICE, FEE, SLIP, WHY };
static const struct sim_table_col cols[] = {
	[TIME]  = { .head = "TIME" },
	[WHAT]  = { .head = "EVENT", .rank = 2 },
	[ORDER] = { .head = "ORDER", .rank = 5, .grows = true },
	[SYM]   = { .head = "SYM" },
	[SIDE]  = { .head = "SIDE", .rank = 1 },
	[QTY]   = { .head = "QTY", .right = true, .rank = 1 },
	[PRICE] = { .head = "PRICE", .right = true, .rank = 1 },
	[FEE]   = { .head = "FEE", .right = true, .rank = 6 },
	[SLIP]  = { .head = "SLIP", .right = true, .rank = 7 },
	[WHY]   = { .head = "WHY", .rank = 4, .grows = true },
};

static const struct {
	const char *name;
	enum sim_theme_role role;
} kinds[] = {
	[DASH_FILL]     = { "● fill", SIM_THEME_INFO },
	[DASH_REJECTED] = { "✗ rejected", SIM_THEME_ERROR },
	[DASH_ENDED]    = { "○ ended", SIM_THEME_DIM },
	[DASH_MADE]     = { "→ placed", SIM_THEME_DIM },
	[DASH_ACTION]   = { "■ action", SIM_THEME_WARN },
	[DASH_MARK]     = { "• mark", SIM_THEME_TEXT },
};

/* The key of an event is its number, from the first that was ever heard. */
static const struct dash_event *find(const struct sim_dash *d, uint64_t key)
{
	return sim_dash_book_at(d, (size_t)(d->n_heard - 1 - key));
}

static void keys(const struct sim_dash *d, struct dash_list *list)
{
	SIM_MEM_GROW(list->key, list->cap, d->n_events);
	for (size_t i = 0; i < d->n_events; i++)
		list->key[list->n++] = d->n_heard - 1 - i;
}

static void words(char *text)
{
	for (; *text; text++)
		if (*text == '_')
			*text = ' ';
}

static void fill_cells(const struct dash_event *e, int decimals,
		       struct sim_table_cell *c)
{
	sim_figure_dec(c[PRICE].text, e->price, decimals);
	sim_figure_dec(c[FEE].text, e->commission, 2);
	sim_figure_dec(c[SLIP].text, e->slippage_bps, 1);
	memcpy(c[SLIP].text + strlen(c[SLIP].text), "bp", 3);
	c[FEE].ink = c[SLIP].ink = c[WHY].ink = SIM_THEME_DIM;
	snprintf(c[WHY].text, sizeof(c[WHY].text), "%s%s%s",
		 sim_vocab_fill_reason_text(e->reason),
		 e->is_partial ? ", partial" : "",
		 e->is_ambiguous ? " ⚠ ambiguous" : "");
	words(c[WHY].text);
	if (e->is_ambiguous)
		c[WHY].ink = SIM_THEME_WARN;
}

/* Times of another day than that of the session have their date. */
static void put_time(const struct sim_dash *d, sim_time t, char *out)
{
	int offset = sim_dash_view_offset(d, t);
	char minute[SIM_FIGURE_MAX];

	sim_figure_clock(out, t, offset);
	if (t == SIM_TIME_NONE || d->sim_time == SIM_TIME_NONE ||
	    sim_time_day_of(t + offset * SIM_TIME_SEC) ==
	    sim_time_day_of(d->sim_time + offset * SIM_TIME_SEC))
		return;
	sim_figure_day(out, t, offset);
	out[5] = ' ';
	sim_figure_minute(minute, t, offset);
	memcpy(out + 6, minute, strlen(minute) + 1);
}

static void cells(const struct sim_dash *d, uint64_t key,
		  struct sim_table_cell *c)
{
	const struct dash_event *e = find(d, key);
	bool has_symbol = e->symbol < d->n_symbols;

	put_time(d, e->time, c[TIME].text);
	c[TIME].ink = SIM_THEME_DIM;
	sim_panel_text(&c[WHAT], kinds[e->kind].role, kinds[e->kind].name);
	sim_panel_text(&c[ORDER], SIM_THEME_TEXT, e->order);
	if (has_symbol)
		sim_panel_text(&c[SYM], SIM_THEME_TEXT | SIM_THEME_BOLD,
			       d->symbol[e->symbol].name);
	if (e->quantity) {
		bool is_buy = e->side == SIM_SIDE_BUY;

		sim_panel_text(&c[SIDE], is_buy ? SIM_THEME_UP : SIM_THEME_DOWN,
			       is_buy ? "▲ buy" : "▼ sell");
		sim_figure_quantity(c[QTY].text, e->quantity, 8);
	}
	if (e->kind == DASH_FILL)
		fill_cells(e, has_symbol ? d->symbol[e->symbol].decimals : 2,
			   c);
	else
		sim_panel_text(&c[WHY], e->kind == DASH_REJECTED ?
			       SIM_THEME_ERROR : SIM_THEME_DIM, e->text);
}

static void pick(const struct sim_dash *d, uint64_t key,
		 struct sim_dash_pick *p)
{
	const struct dash_event *e = find(d, key);

	p->symbol = e->symbol < d->n_symbols ? d->symbol[e->symbol].name : NULL;
	p->order_id = e->order[0] ? e->order : NULL;
	p->execution_id = e->id[0] ? e->id : NULL;
	p->step = e->step;
}

static const char *word(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_event *e = find(d, key);

	switch (col) {
	case WHAT:
		return kinds[e->kind].name;
	case ORDER:
		return e->order;
	case SYM:
		return e->symbol < d->n_symbols ? d->symbol[e->symbol].name
						: "";
	case SIDE:
		return e->quantity ? sim_vocab_side_text(e->side) : "";
	case WHY:
		return e->kind == DASH_FILL ?
			sim_vocab_fill_reason_text(e->reason) : e->text;
	default:
		return NULL;
	}
}

static double weight(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_event *e = find(d, key);

	switch (col) {
	case QTY:
		return (double)e->quantity;
	case PRICE:
		return (double)e->price;
	case FEE:
		return (double)e->commission;
	case SLIP:
		return (double)e->slippage_bps;
	default:
		return (double)e->time;
	}
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	char text[SIM_FIGURE_MAX];

	sim_buf_puts(out, sim_figure_count(text, d->n_fills));
	if (d->n_ambiguous)
		sim_buf_printf(out, " ⚠%s",
			       sim_figure_count(text, d->n_ambiguous));
}

const struct sim_panel_ops sim_panel_fills = {
	.count = count, .col = cols, .n_cols = 10, .keys = keys,
	.cells = cells, .pick = pick, .word = word, .weight = weight,
	.n_sorts = 3, .sort_col = { SYM, QTY, PRICE },
	.nothing = "nothing has filled yet"
};
