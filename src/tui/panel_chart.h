/*
 * panel_chart, inside: the plan of a chart, and its parts.
 *
 * A slot is what one candle takes: some columns for a bar, or a column for
 * some bars.  Slots stand to the right; their bars are those with numbers that
 * are multiples, so that they stay together when another bar comes.
 */
#ifndef SIM_PANEL_CHART_H
#define SIM_PANEL_CHART_H

#include "tui/panel.h"

struct chart_slot {
	size_t from, to;		/* bars of the ring: [from, to) */
	int x;				/* its column on the screen */
	double open, high, low, close, volume;
};
struct chart {
	const struct sim_dash *d;
	const struct dash_symbol *symbol;
	const struct dash_ring *ring;
	struct sim_screen *s;
	struct sim_screen_box plot, volume, study, axis;
	int label;		/* columns of prices at the right */
	struct chart_slot *slot;
	int n_slots, wide;		/* columns a slot */
	double low, high;		/* of the plot */
};

/* The row of a price on the plot, and in parts of a row; may be outside. */
static inline double chart_row(const struct chart *c, double price)
{
	return (c->high - price) / (c->high - c->low) * c->plot.rows;
}

/* Candles or a line; volume. */
void sim_panel_chart_bars(const struct chart *c);
void sim_panel_chart_volume(const struct chart *c);
/* Indicators: over the bars, and one below them.  Gives: their names with
 * their last values on the line `row`. */
void sim_panel_chart_studies(const struct chart *c, int row);
/* Is there one that has a scale of its own? */
bool sim_panel_chart_has_study(const struct sim_dash *d);
/* A step between labels: 1, 2 or 5 times a power of ten. */
double sim_panel_chart_step(double range, int n);

#endif
