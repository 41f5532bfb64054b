/* panel: the symbols: last price, change of the day, volume, course. */
#include <math.h>
#include <string.h>

#include "tui/figure.h"
#include "tui/panel.h"
#include "util/mem.h"

#define SPARK 24			/* bars of the course */

enum { SYM, LAST, CHANGE, LOW, HIGH, VOLUME, HELD, COURSE };
static const struct sim_table_col cols[] = {
	[SYM]    = { .head = "SYM", .grows = true },
	[LAST]   = { .head = "LAST", .right = true },
	[CHANGE] = { .head = "CHG", .right = true, .rank = 1 },
	[LOW]    = { .head = "LOW", .right = true, .rank = 6 },
	[HIGH]   = { .head = "HIGH", .right = true, .rank = 5 },
	[VOLUME] = { .head = "VOL", .right = true, .rank = 4 },
	[HELD]   = { .head = "HELD", .right = true, .rank = 3 },
	[COURSE] = { .head = "COURSE", .rank = 2, .grows = true, .tail = true },
};

static void keys(const struct sim_dash *d, struct dash_list *list)
{
	SIM_MEM_GROW(list->key, list->cap, d->n_symbols);
	for (size_t i = 0; i < d->n_symbols; i++)
		list->key[list->n++] = i;
}

/* The last closes as bars of eight heights. */
static void spark(const struct dash_ring *r, char *out)
{
	static const char *const heights[] = { "▁", "▂", "▃", "▄", "▅", "▆",
					       "▇", "█" };
	size_t n = r->n < SPARK ? r->n : SPARK, at = 0;
	sim_dec low = INT64_MAX, high = 0;

	for (size_t i = r->n - n; i < r->n; i++) {
		sim_dec c = dash_bar(r, i)->close;

		low = c < low ? c : low;
		high = c > high ? c : high;
	}
	for (size_t i = r->n - n; i < r->n; i++) {
		double part = high > low ? (double)(dash_bar(r, i)->close - low)
					   / (double)(high - low) : 0.5;
		const char *h = heights[(int)(part * 7.99)];

		memcpy(out + at, h, 3);
		at += 3;
	}
	out[at] = '\0';
}

static void cells(const struct sim_dash *d, uint64_t key,
		  struct sim_table_cell *c)
{
	const struct dash_symbol *s = &d->symbol[key];
	double change = sim_dash_bars_change(s);
	sim_theme_ink ink = d->is_stale ? SIM_THEME_STALE : SIM_THEME_TEXT;
	sim_theme_ink way = change > 0 ? SIM_THEME_UP
				       : change < 0 ? SIM_THEME_LOSS : ink;

	sim_panel_text(&c[SYM], SIM_THEME_TEXT | SIM_THEME_BOLD, s->name);
	if (s->quantity) {
		sim_figure_quantity(c[HELD].text, s->quantity, 4);
		c[HELD].ink = s->quantity < 0 ? SIM_THEME_DOWN : SIM_THEME_UP;
	}
	if (!s->last)
		return;
	c[LAST].ink = ink;
	if (s->flashed_at && d->is_flashing &&
	    d->now - s->flashed_at < DASH_FLASH)
		c[LAST].ink |= SIM_THEME_REVERSE;
	sim_figure_dec(c[LAST].text, s->last, s->decimals);
	if (isfinite(change)) {
		const char *arrow = sim_figure_arrow(change);
		size_t n = strlen(arrow);

		memcpy(c[CHANGE].text, arrow, n);
		sim_figure_percent(c[CHANGE].text + n, change, 2);
		c[CHANGE].ink = d->is_stale ? SIM_THEME_STALE : way;
	}
	if (!s->ring[0].n)
		return;
	c[LOW].ink = c[HIGH].ink = c[VOLUME].ink = SIM_THEME_DIM;
	sim_figure_dec(c[LOW].text, s->day_low, s->decimals);
	sim_figure_dec(c[HIGH].text, s->day_high, s->decimals);
	sim_figure_short(c[VOLUME].text, sim_dec_to_double(s->volume));
	spark(&s->ring[0], c[COURSE].text);
	c[COURSE].ink = d->is_stale ? SIM_THEME_STALE
				    : way & ~SIM_THEME_UNDERLINE;
}

static double weight(const struct sim_dash *d, uint64_t key, int col)
{
	const struct dash_symbol *s = &d->symbol[key];

	switch (col) {
	case LAST:
		return (double)s->last;
	case LOW:
		return (double)s->day_low;
	case HIGH:
		return (double)s->day_high;
	case VOLUME:
		return sim_dec_to_double(s->volume);
	case HELD:
		return fabs((double)s->quantity);
	default:
		return sim_dash_bars_change(s);
	}
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	sim_buf_int(out, (int64_t)d->n_symbols);
}

const struct sim_panel_ops sim_panel_symbols = {
	.count = count, .col = cols, .n_cols = 8, .keys = keys, .cells = cells,
	.pick = sim_panel_symbol_pick, .word = sim_panel_symbol_word,
	.weight = weight, .n_sorts = 4,
	.sort_col = { CHANGE, LAST, VOLUME, HELD },
	.nothing = "no prices yet"
};
