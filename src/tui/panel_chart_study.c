/* panel_chart: indicators, computed from the first bar that is kept. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/canvas.h"
#include "tui/figure.h"
#include "tui/panel_chart.h"
#include "util/mem.h"

bool sim_panel_chart_has_study(const struct sim_dash *d)
{
	for (int i = 0; i < d->chart.n_studies; i++)
		if (!d->chart.study[i].is_overlay)
			return true;
	return false;
}

static double input_of(const struct sim_bar *b, const char *name)
{
	if (!strcmp(name, "open"))
		return sim_dec_to_double(b->open);
	if (!strcmp(name, "high"))
		return sim_dec_to_double(b->high);
	if (!strcmp(name, "low"))
		return sim_dec_to_double(b->low);
	if (!strcmp(name, "volume"))
		return sim_dec_to_double(b->volume);
	return sim_dec_to_double(b->close);
}

/* The outputs for every bar of the ring, one after the other; NULL when there
 * is nothing. */
static double *compute(const struct chart *c, const struct dash_study *st)
{
	size_t n = c->ring->n, n_out = (size_t)st->row->n_outputs;
	struct sim_ta_stream *stream;
	struct sim_err ignored;
	double in[SIM_TA_INPUTS], *out;

	if (sim_ta_new(st->row, st->options, &stream, &ignored))
		return NULL;
	out = sim_mem_array(n * n_out, sizeof(*out));
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < st->row->n_inputs; k++)
			in[k] = input_of(dash_bar(c->ring, i),
					 st->row->inputs[k]);
		(void)sim_ta_push(stream, in, out + i * n_out);
	}
	sim_ta_free(stream);
	return out;
}

/* The range of what is to be seen. */
static void range_of(const struct chart *c, const double *v, size_t n_out,
		     double range[2])
{
	range[0] = INFINITY;
	range[1] = -INFINITY;
	for (int i = 0; i < c->n_slots; i++) {
		for (size_t k = 0; k < n_out; k++) {
			double x = v[(c->slot[i].to - 1) * n_out + k];

			if (!isfinite(x))
				continue;
			range[0] = x < range[0] ? x : range[0];
			range[1] = x > range[1] ? x : range[1];
		}
	}
	if (!(range[1] > range[0])) {
		range[0] = isfinite(range[0]) ? range[0] - 1 : 0;
		range[1] = range[0] + 2;
	}
}

/* One output as a line through the slots. */
static void trace(const struct chart *c, struct sim_canvas *canvas,
		  const double *v, size_t n_out, const double range[2],
		  enum sim_theme_role role)
{
	int last[2] = { 0, 0 };
	bool has_last = false;

	for (int i = 0; i < c->n_slots; i++) {
		double x = v[(c->slot[i].to - 1) * n_out];
		double part = (range[1] - x) / (range[1] - range[0]);
		int at[2] = { (c->slot[i].x - c->plot.col) * 2, 0 };

		if (!isfinite(x) || fabs(part) > 100) {
			has_last = false;
			continue;
		}
		at[1] = (int)floor(part * canvas->rows * 4);
		sim_canvas_line(canvas, has_last ? last : at, at, role);
		memcpy(last, at, sizeof(last));
		has_last = true;
	}
}

/* Over bars lines run through gaps and beside bodies. */
static bool is_free(const char *glyph)
{
	return !strcmp(glyph, " ") || !strcmp(glyph, "┈") ||
	       !strcmp(glyph, "│") || !strcmp(glyph, ".") ||
	       !strcmp(glyph, "╷") || !strcmp(glyph, "╵") ||
	       !strcmp(glyph, "|");
}

/* "sma:20 185.21" at a column of a line; the column behind it. */
static int name_of(const struct chart *c, const struct dash_study *st,
		   const double *v, int at[2], enum sim_theme_role role)
{
	size_t n_out = (size_t)st->row->n_outputs;
	size_t i = c->slot[c->n_slots - 1].to - 1;
	char text[128], number[SIM_FIGURE_MAX];
	int end = c->plot.col + c->plot.cols;
	sim_dec d;

	snprintf(text, sizeof(text), "%s", st->text);
	if (isfinite(v[i * n_out]) && sim_dec_from_double(v[i * n_out], &d))
		snprintf(text + strlen(text), 60, " %s",
			 sim_figure_dec(number, d, st->is_overlay ?
					c->symbol->decimals : 2));
	return at[1] + 2 + sim_screen_put(c->s, at[0], at[1], end - at[1], role,
					  text);
}

/* The scale of the one below: its ends. */
static void scale(const struct chart *c, const double range[2])
{
	char text[SIM_FIGURE_MAX];
	int col = c->study.col + c->study.cols;

	if (c->label < 4)
		return;
	sim_screen_right(c->s, c->study.row, col, c->label, SIM_THEME_DIM,
			 sim_figure_short(text, range[1]));
	sim_screen_right(c->s, c->study.row + c->study.rows - 1, col, c->label,
			 SIM_THEME_DIM, sim_figure_short(text, range[0]));
}

static void put_study(const struct chart *c, int i, const double *v,
		      bool is_below)
{
	const struct dash_study *st = &c->d->chart.study[i];
	size_t n_out = (size_t)st->row->n_outputs;
	const struct sim_screen_box *b = is_below ? &c->study : &c->plot;
	double range[2] = { c->low, c->high };
	struct sim_canvas canvas;

	if (is_below)
		range_of(c, v, n_out, range);
	sim_canvas_init(&canvas, b->rows, b->cols);
	for (size_t k = n_out; k-- > 0;)
		trace(c, &canvas, v + k, n_out, range, is_below ?
		      (enum sim_theme_role)(SIM_THEME_LINE1 + k % 3) :
		      (enum sim_theme_role)(SIM_THEME_LINE1 + i));
	sim_canvas_put(&canvas, c->s, b->row, b->col, is_free);
	sim_canvas_release(&canvas);
	if (is_below)
		scale(c, range);
}

void sim_panel_chart_studies(const struct chart *c, int row)
{
	int at[2] = { row, c->plot.col }, below[2] = { c->study.row,
						       c->plot.col };
	double *v[SIM_DASH_STUDIES] = { NULL };
	bool is_below_taken = c->study.rows == 0;

	for (int i = 0; i < c->d->chart.n_studies; i++) {
		bool is_below = !c->d->chart.study[i].is_overlay;

		if (is_below && is_below_taken)
			continue;
		is_below_taken |= is_below;
		v[i] = compute(c, &c->d->chart.study[i]);
		if (v[i])
			put_study(c, i, v[i], is_below);
	}
	for (int i = 0; i < c->d->chart.n_studies; i++) {
		const struct dash_study *st = &c->d->chart.study[i];

		if (v[i] && !st->is_overlay)
			name_of(c, st, v[i], below, SIM_THEME_LINE1);
		else if (v[i] && at[1] < c->plot.col + c->plot.cols)
			at[1] = name_of(c, st, v[i], at,
					(enum sim_theme_role)(SIM_THEME_LINE1 +
							      i));
		sim_mem_free(v[i]);
	}
}
