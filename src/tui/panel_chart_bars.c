/* panel_chart: candles in half cells, lines in dots, volume in eighths. */
#include <math.h>
#include <string.h>

#include "tui/canvas.h"
#include "tui/panel_chart.h"

enum half { NOTHING, WICK, BODY };

/* What a half of a cell shows of a candle, in halves from the top. */
static enum half half_at(int y, const int wick[2], const int body[2])
{
	if (y >= body[0] && y < body[1])
		return BODY;
	return y >= wick[0] && y < wick[1] ? WICK : NOTHING;
}

/* A rising candle is slim and a falling one is full, whatever the colours. */
static const char *glyph_of(enum half top, enum half bottom, bool is_up)
{
	static const char *const up[3][3] = {
		{ NULL, "╷", "╻" }, { "╵", "│", "╽" }, { "╹", "╿", "┃" }
	};
	static const char *const down[3][3] = {
		{ NULL, "╷", "▄" }, { "╵", "│", "▄" }, { "▀", "▀", "█" }
	};

	return is_up ? up[top][bottom] : down[top][bottom];
}

static int halves(const struct chart *c, double price)
{
	return (int)floor(chart_row(c, price) * 2 + 0.5);
}

static void candle(const struct chart *c, const struct chart_slot *p)
{
	bool is_up = p->close >= p->open;
	int wick[2] = { halves(c, p->high), halves(c, p->low) };
	int body[2] = { halves(c, is_up ? p->close : p->open),
			halves(c, is_up ? p->open : p->close) };

	if (body[1] <= body[0])
		body[1] = body[0] + 1;
	for (int row = 0; row < c->plot.rows; row++) {
		const char *g = glyph_of(half_at(row * 2, wick, body),
					 half_at(row * 2 + 1, wick, body),
					 is_up);

		if (g)
			sim_screen_cell(c->s, c->plot.row + row, p->x,
					is_up ? SIM_THEME_UP : SIM_THEME_DOWN,
					g);
	}
}

/* The close of the first or the second half of a slot's bars. */
static double close_of(const struct chart *c, const struct chart_slot *p,
		       bool is_second)
{
	size_t n = p->to - p->from;
	size_t i = is_second || n < 2 ? p->to - 1 : p->from + n / 2 - 1;

	return sim_dec_to_double(dash_bar(c->ring, i)->close);
}

/* Through the closes: a dot for half a column. */
static void line(const struct chart *c)
{
	const struct chart_slot *end = &c->slot[c->n_slots - 1];
	enum sim_theme_role role = end->close >= c->slot[0].open ?
		SIM_THEME_UP : SIM_THEME_DOWN;
	struct sim_canvas canvas;
	int last[2] = { 0, 0 };

	sim_canvas_init(&canvas, c->plot.rows, c->plot.cols);
	for (int i = 0; i < 2 * c->n_slots; i++) {
		const struct chart_slot *p = &c->slot[i / 2];
		int at[2] = {
			(p->x - c->plot.col) * 2 + i % 2,
			(int)floor(chart_row(c, close_of(c, p, i % 2)) * 4)
		};

		sim_canvas_line(&canvas, i ? last : at, at, role);
		memcpy(last, at, sizeof(last));
	}
	sim_canvas_put(&canvas, c->s, c->plot.row, c->plot.col, NULL);
	sim_canvas_release(&canvas);
}

void sim_panel_chart_bars(const struct chart *c)
{
	if (c->d->chart.is_line) {
		line(c);
		return;
	}
	for (int i = 0; i < c->n_slots; i++)
		candle(c, &c->slot[i]);
}

void sim_panel_chart_volume(const struct chart *c)
{
	static const char *const eighths[] = { "▁", "▂", "▃", "▄", "▅", "▆",
					       "▇", "█" };
	double most = 0;

	for (int i = 0; i < c->n_slots; i++)
		most = c->slot[i].volume > most ? c->slot[i].volume : most;
	if (most <= 0)
		return;
	for (int i = 0; i < c->n_slots; i++) {
		int full = (int)ceil(c->slot[i].volume / most *
				     c->volume.rows * 8);

		for (int row = c->volume.rows - 1; full > 0 && row >= 0;
		     row--, full -= 8)
			sim_screen_cell(c->s, c->volume.row + row,
					c->slot[i].x, SIM_THEME_VOLUME,
					eighths[full > 8 ? 7 : full - 1]);
	}
}
