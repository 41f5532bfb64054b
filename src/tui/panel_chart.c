/* panel: the chart: what is seen of the bars, axes, fills, stops, cursor. */
#include "tui/panel_chart.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/figure.h"
#include "util/mem.h"

#define MARKS_MOST 4000			/* events looked at for marks */

/* -- the plan --------------------------------------------------------------*/

static void add_bar(struct chart_slot *p, const struct sim_bar *b)
{
	double high = sim_dec_to_double(b->high), low = sim_dec_to_double(
		b->low);

	if (p->to == p->from) {
		p->open = sim_dec_to_double(b->open);
		p->high = high;
		p->low = low;
		p->volume = 0;
	}
	p->high = high > p->high ? high : p->high;
	p->low = low < p->low ? low : p->low;
	p->close = sim_dec_to_double(b->close);
	p->volume += sim_dec_to_double(b->volume);
}

/* Which bars go into which slot; from the last one that is seen backwards. */
static void make_slots(struct chart *c)
{
	const struct dash_chart *v = &c->d->chart;
	size_t many = v->zoom < 0 ? (size_t)1 << -v->zoom : 1;
	size_t n = c->ring->n, scroll = (size_t)v->scroll, end, first;
	size_t before = (size_t)(c->ring->total - n);
	int most;

	c->wide = v->zoom > 0 ? v->zoom + 1 : 1;
	most = c->plot.cols / c->wide;
	end = scroll < n ? n - scroll : 1;
	/* Number of the group that the last one is in, and of the first. */
	first = (before + end - 1) / many;
	first = first + 1 > (size_t)most ? first + 1 - (size_t)most : 0;
	c->slot = sim_mem_array((size_t)most + 1, sizeof(*c->slot));
	for (size_t i = first * many > before ? first * many - before : 0;
	     i < end; i++) {
		size_t group = (before + i) / many;
		struct chart_slot *p;

		if (!c->n_slots || group != (before + i - 1) / many ||
		    many == 1) {
			c->slot[c->n_slots].from = i;
			c->slot[c->n_slots++].to = i;
		}
		p = &c->slot[c->n_slots - 1];
		add_bar(p, dash_bar(c->ring, i));
		p->to = i + 1;
	}
	for (int i = 0; i < c->n_slots; i++)
		c->slot[i].x = c->plot.col + c->plot.cols -
			       (c->n_slots - i) * c->wide + c->wide / 2;
}

/* The plot above, then the indicator, then volume, then times. */
static void make_boxes(struct chart *c, struct sim_screen_box b)
{
	int volume = b.rows >= 12 ? (b.rows - 2) / 6 : b.rows >= 8 ? 1 : 0;
	int study = b.rows >= 14 && sim_panel_chart_has_study(c->d) ?
		b.rows / 4 : 0;
	char text[SIM_FIGURE_MAX];

	sim_figure_dec(text, c->symbol->last, c->symbol->decimals);
	c->label = (int)strlen(text) + 1;
	if (c->label * 4 > b.cols)
		c->label = 0;
	volume = volume > 4 ? 4 : volume;
	c->axis = b;
	c->axis.rows = b.rows >= 5;
	c->axis.row = b.row + b.rows - c->axis.rows;
	b.cols -= c->label;
	c->plot = b;
	c->plot.rows = b.rows - c->axis.rows - volume - study;
	c->study = b;
	c->study.row = c->plot.row + c->plot.rows;
	c->study.rows = study;
	c->volume = b;
	c->volume.row = c->study.row + study;
	c->volume.rows = volume;
}

static void make_range(struct chart *c)
{
	double pad;

	c->low = INFINITY;
	c->high = -INFINITY;
	for (int i = 0; i < c->n_slots; i++) {
		c->low = c->slot[i].low < c->low ? c->slot[i].low : c->low;
		c->high = c->slot[i].high > c->high ? c->slot[i].high
						    : c->high;
	}
	pad = (c->high - c->low) * 0.04;
	if (pad <= 0)
		pad = c->high * 0.005;
	c->low -= pad;
	c->high += pad;
}

/* -- axes ------------------------------------------------------------------*/

double sim_panel_chart_step(double range, int n)
{
	double step = 1e-8;

	n = n < 1 ? 1 : n;
	while (step * 10 * n < range)
		step *= 10;
	if (step * n >= range)
		return step;
	if (step * 2 * n >= range)
		return step * 2;
	return step * 5 * n >= range ? step * 5 : step * 10;
}

static int decimals_of(double step, int most)
{
	int n = 0;

	for (double s = step; n < most && fabs(s - floor(s + 0.5)) > 1e-6 * s;
	     s *= 10)
		n++;
	return n < 2 ? 2 : n;
}

static void put_price(const struct chart *c, int row, double price,
		      int decimals, sim_theme_ink ink)
{
	char text[SIM_FIGURE_MAX];
	sim_dec v;

	if (c->label < 1 || row < 0 || row >= c->plot.rows ||
	    !sim_dec_from_double(price, &v))
		return;
	sim_screen_right(c->s, c->plot.row + row,
			 c->plot.col + c->plot.cols, c->label, ink,
			 sim_figure_dec(text, v, decimals));
}

static void price_axis(const struct chart *c)
{
	double step = sim_panel_chart_step(c->high - c->low,
					   (c->plot.rows + 1) / 2);
	int decimals = decimals_of(step, c->symbol->decimals);
	double first = ceil(c->low / step) * step;

	for (int i = 0; i <= c->plot.rows; i++) {
		double v = first + i * step;
		int row = v < c->high ? (int)floor(chart_row(c, v)) : -1;

		if (row < 0 || row >= c->plot.rows)
			continue;
		put_price(c, row, v, decimals, SIM_THEME_DIM);
		for (int col = 0; col < c->plot.cols; col += 2)
			sim_screen_cell(c->s, c->plot.row + row,
					c->plot.col + col, SIM_THEME_BORDER,
					"┈");
	}
}

/* The time between labels of bars that take so many columns: a round one. */
static sim_time label_step(sim_time span, double columns)
{
	static const int minutes[] = { 1, 2, 5, 10, 15, 30, 60, 120, 240 };

	for (size_t i = 0; i < sizeof(minutes) / sizeof(*minutes); i++) {
		sim_time step = minutes[i] * SIM_TIME_MIN;

		if ((double)step / (double)span * columns >= 9)
			return step;
	}
	return SIM_TIME_DAY;
}

/* What stands below a bar: a day that begins, a month, or a round time; ""
 * for nothing. */
static const char *time_label(const struct chart *c, size_t i, sim_time step,
			      char text[SIM_FIGURE_MAX])
{
	bool is_daily = c->d->frame[c->d->chart.frame].tf.unit !=
			SIM_BAR_TF_INTRADAY;
	sim_time t = dash_bar(c->ring, i)->ts, was = i ?
		dash_bar(c->ring, i - 1)->ts : t - SIM_TIME_DAY;
	int offset = sim_dash_view_offset(c->d, t);
	char before[SIM_FIGURE_MAX];

	sim_figure_date(text, t, offset);
	sim_figure_date(before, was, offset);
	if (is_daily) {
		text[7] = before[7] = '\0';
		if (i && !strcmp(text, before))
			text[0] = '\0';
	} else if (strcmp(text, before) != 0) {
		sim_figure_day(text, t, offset);
	} else if ((t + offset * SIM_TIME_SEC) % step == 0) {
		sim_figure_minute(text, t, offset);
	} else {
		text[0] = '\0';
	}
	return text;
}

/* Times below the bars. */
static void time_axis(const struct chart *c)
{
	double columns = (double)c->wide * c->n_slots /
			 (double)(c->slot[c->n_slots - 1].to -
				  c->slot[0].from);
	sim_time step = label_step(c->d->frame[c->d->chart.frame].tf.span,
				   columns);
	int end = c->axis.col + c->axis.cols, free = c->axis.col;
	char text[SIM_FIGURE_MAX];

	for (int i = 0; i < c->n_slots; i++) {
		int width, x = c->slot[i].x;

		text[0] = '\0';
		for (size_t k = c->slot[i].from; k < c->slot[i].to &&
		     !text[0]; k++)
			time_label(c, k, step, text);
		width = (int)strlen(text);
		if (!width || x < free || x + width > end)
			continue;
		sim_screen_put(c->s, c->axis.row, x, width, SIM_THEME_DIM,
			       text);
		free = x + width + 2;
	}
}

/* -- marks ---------------------------------------------------------------*/

/* A price as a line behind the bars, with its name at the left. */
static void level(const struct chart *c, double price, const char *glyph,
		  sim_theme_ink ink, const char *name)
{
	double at = floor(chart_row(c, price));
	int row, width;

	/* However far away it is. */
	if (!(at >= 0 && at < c->plot.rows))
		return;
	row = (int)at;
	for (int col = 0; col < c->plot.cols; col++) {
		const struct sim_screen_cell *was = sim_screen_at(
			c->s, c->plot.row + row, c->plot.col + col);

		if (was && (!strcmp(was->glyph, " ") ||
			    !strcmp(was->glyph, "┈")))
			sim_screen_cell(c->s, c->plot.row + row,
					c->plot.col + col, ink, glyph);
	}
	width = sim_glyph_width(name);
	if (width + 2 < c->plot.cols)
		sim_screen_put(c->s, c->plot.row + row, c->plot.col + 1, width,
			       ink, name);
	put_price(c, row, price, c->symbol->decimals, ink);
}

static void levels(const struct chart *c)
{
	const struct sim_dash *d = c->d;
	char text[64];

	if (c->symbol->quantity && c->symbol->marked)
		level(c, sim_dec_to_double(c->symbol->avg_cost), "╌",
		      SIM_THEME_INFO, "average cost");
	for (size_t i = 0; i < d->n_orders; i++) {
		const struct dash_order *o = &d->order[i];
		const char *side = o->side == SIM_SIDE_BUY ? "buy" : "sell";

		if (&d->symbol[o->symbol] != c->symbol || !o->has_type)
			continue;
		if (o->has_stop) {
			snprintf(text, sizeof(text), "%s stop", side);
			level(c, sim_dec_to_double(o->stop), "┄",
			      SIM_THEME_WARN, text);
		}
		if (o->has_price) {
			snprintf(text, sizeof(text), "%s limit", side);
			level(c, sim_dec_to_double(o->price), "┄",
			      SIM_THEME_INFO, text);
		}
	}
}

/* The slot of a bar that begins before t; -1: it is not seen. */
static int slot_at(const struct chart *c, sim_time t)
{
	int lo = 0, hi = c->n_slots - 1;
	const struct chart_slot *end = &c->slot[hi];
	sim_time last = dash_bar(c->ring, end->to - 1)->ts;

	if (t <= dash_bar(c->ring, c->slot[0].from)->ts)
		return -1;
	/* Behind what is seen: of a bar that was scrolled away. */
	if (end->to < c->ring->n && t > dash_bar(c->ring, end->to)->ts)
		return -1;
	if (t > last)
		return hi;
	while (lo < hi) {
		int mid = (lo + hi + 1) / 2;

		if (dash_bar(c->ring, c->slot[mid].from)->ts < t)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

static void mark(const struct chart *c, const struct dash_event *e,
		 bool is_selected)
{
	int i = slot_at(c, e->time), row;
	bool is_buy = e->side == SIM_SIDE_BUY;
	sim_theme_ink ink = (is_buy ? SIM_THEME_UP : SIM_THEME_DOWN) |
			    SIM_THEME_BOLD;

	if (i < 0)
		return;
	if (is_selected)
		ink |= SIM_THEME_REVERSE;
	row = (int)floor(chart_row(c, is_buy ? c->slot[i].low
					     : c->slot[i].high)) +
	      (is_buy ? 1 : -1);
	row = row < 0 ? 0 : row >= c->plot.rows ? c->plot.rows - 1 : row;
	sim_screen_cell(c->s, c->plot.row + row, c->slot[i].x, ink,
			is_buy ? "▲" : "▼");
}

static void marks(const struct chart *c)
{
	const struct sim_dash *d = c->d;
	sim_time first = dash_bar(c->ring, c->slot[0].from)->ts;
	uint64_t key = d->look[SIM_DASH_fills].key;

	for (size_t i = 0; i < d->n_events && i < MARKS_MOST; i++) {
		const struct dash_event *e = sim_dash_book_at(d, i);

		if (e->kind == DASH_FILL && e->time < first)
			return;
		if (e->kind == DASH_FILL && e->symbol < d->n_symbols &&
		    &d->symbol[e->symbol] == c->symbol)
			mark(c, e, key == d->n_heard - 1 - i);
	}
}

/* The bar under the cursor, and what it is. */
static void cursor(const struct chart *c)
{
	size_t back = (size_t)c->d->chart.cursor;
	const struct sim_bar *b;
	char text[4 * SIM_FIGURE_MAX], v[SIM_FIGURE_MAX];
	const sim_dec *prices;
	int i = c->n_slots - 1, n = c->symbol->decimals, offset;

	if (c->d->chart.cursor < 0 || back >= c->ring->n)
		return;
	b = dash_bar(c->ring, c->ring->n - 1 - back);
	prices = &b->open;
	while (i > 0 && c->slot[i].from > c->ring->n - 1 - back)
		i--;
	for (int row = 0; row < c->plot.rows; row++)
		sim_screen_paint(c->s, c->plot.row + row, c->slot[i].x, 1,
				 SIM_THEME_SELECTED);
	offset = sim_dash_view_offset(c->d, b->ts);
	snprintf(text, sizeof(text), "%s ", sim_figure_date(v, b->ts, offset));
	snprintf(text + 11, 16, "%s", sim_figure_minute(v, b->ts, offset));
	for (int k = 0; k < 4; k++)
		snprintf(text + strlen(text), SIM_FIGURE_MAX, " %c %s",
			 "OHLC"[k], sim_figure_dec(v, prices[k], n));
	snprintf(text + strlen(text), SIM_FIGURE_MAX / 2, " V %s",
		 sim_figure_short(v, sim_dec_to_double(b->volume)));
	sim_screen_put(c->s, c->plot.row, c->plot.col, c->plot.cols,
		       SIM_THEME_TEXT | SIM_THEME_BOLD, text);
}

/* -- all of it -------------------------------------------------------------*/

static void draw_chart(struct chart *c)
{
	const struct chart_slot *end = &c->slot[c->n_slots - 1];

	make_range(c);
	price_axis(c);
	sim_panel_chart_bars(c);
	if (c->volume.rows)
		sim_panel_chart_volume(c);
	if (c->axis.rows)
		time_axis(c);
	sim_panel_chart_studies(c, c->plot.row);
	levels(c);
	marks(c);
	put_price(c, (int)floor(chart_row(c, end->close)), end->close,
		  c->symbol->decimals, (end->close >= end->open ?
					SIM_THEME_UP : SIM_THEME_DOWN) |
				       SIM_THEME_REVERSE);
	cursor(c);
}

static void draw(const struct sim_dash *d, struct sim_screen *s,
		 struct sim_screen_box box)
{
	struct chart c = { .d = d, .s = s,
			   .symbol = sim_dash_view_symbol(d) };

	if (c.symbol)
		c.ring = &c.symbol->ring[d->chart.frame];
	if (!c.symbol || !c.ring->n) {
		sim_screen_put(s, box.row, box.col + 1, box.cols - 2,
			       SIM_THEME_DIM, "no bars yet");
		return;
	}
	if (box.rows < 2 || box.cols < 4)
		return;
	make_boxes(&c, box);
	make_slots(&c);
	if (c.n_slots)
		draw_chart(&c);
	sim_mem_free(c.slot);
}

/* Symbol, time frame, price, change; where it stands in time. */
static void count(const struct sim_dash *d, struct sim_buf *out)
{
	const struct dash_symbol *s = sim_dash_view_symbol(d);
	char text[SIM_FIGURE_MAX];
	double change;

	if (!s)
		return;
	sim_buf_printf(out, "%s %s", s->name,
		       d->n_frames ? d->frame[d->chart.frame].name : "");
	if (!s->last)
		return;
	change = sim_dash_bars_change(s);
	sim_buf_printf(out, "  %s", sim_figure_dec(text, s->last,
						   s->decimals));
	if (isfinite(change))
		sim_buf_printf(out, " %s%s", sim_figure_arrow(change),
			       sim_figure_percent(text, change, 2));
	if (d->chart.zoom < 0)
		sim_buf_printf(out, "  %d bars a column",
			       1 << -d->chart.zoom);
	if (d->chart.scroll)
		sim_buf_printf(out, "  ‹ %d bars back", d->chart.scroll);
	if (d->is_stale)
		sim_buf_puts(out, "  ⚠ stale");
}

const struct sim_panel_ops sim_panel_chart = { .count = count, .draw = draw };
