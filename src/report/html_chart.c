/* html_chart: axes, grid, and a path through each column's extremes. */
#include "report/html_chart.h"

#include <string.h>

#include "report/html.h"
#include "report/plot.h"

#define WIDTH	960			/* of the viewBox */
#define LEFT	90
#define RIGHT	12
#define TOP	10
#define BOTTOM	24
#define COLUMNS	(WIDTH - LEFT - RIGHT)
#define TITLE	80			/* bytes of a mark's text */
#define GRID	4			/* parts of the value axis */

struct frame {
	const struct sim_html_chart *c;
	double low, high;
	struct sim_buf *out;
};

static double y_of(const struct frame *f, double v)
{
	double h = f->c->height - TOP - BOTTOM, span = f->high - f->low;

	return span > 0 ? TOP + (f->high - v) / span * h : TOP + h / 2;
}

/* Digits after the point, the same for every line of the grid. */
static int decimals(double step)
{
	return step >= 10 ? 0 : step >= 0.1 || step <= 0 ? 2 : 4;
}

static void grid(const struct frame *f)
{
	double step = (f->high - f->low) / GRID;

	for (int i = 0; i <= GRID; i++) {
		double v = i < GRID ? f->low + step * i : f->high;
		double y = y_of(f, v);

		sim_buf_printf(f->out, "<path class=\"grid\" "
			"d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
			"class=\"axis end\">%.*f%s</text>\n", LEFT, y,
			WIDTH - RIGHT, LEFT - 6, y + 4,
			decimals(step * f->c->scale), v * f->c->scale,
			f->c->unit);
		if (!(f->high > f->low))
			break;
	}
	sim_buf_printf(f->out, "<text x=\"%d\" y=\"%u\" class=\"axis\">%s"
		"</text><text x=\"%d\" y=\"%u\" class=\"axis end\">%s</text>\n",
		LEFT, f->c->height - 6, f->c->from, WIDTH - RIGHT,
		f->c->height - 6, f->c->to);
}

static void point(const struct frame *f, char command, double x, double v)
{
	sim_buf_printf(f->out, "%c%.1f %.1f", command, x, y_of(f, v));
}

/* Few values: a point each.  Many: down and up in each column. */
static void curve(const struct frame *f, const double *low, const double *high)
{
	size_t n = f->c->n;

	if (n <= COLUMNS) {
		double step = n > 1 ? (double)COLUMNS / (double)(n - 1) : 0;

		for (size_t i = 0; i < n; i++)
			point(f, i ? 'L' : 'M', LEFT + (double)i * step,
			      f->c->y[i]);
		return;
	}
	for (int i = 0; i < COLUMNS; i++) {
		bool even = i % 2 == 0;

		point(f, i ? 'L' : 'M', LEFT + i, even ? low[i] : high[i]);
		if (low[i] < high[i])
			point(f, 'L', LEFT + i, even ? high[i] : low[i]);
	}
}

/* The beginning of a text, of whole characters. */
static void short_text(struct sim_buf *out, const char *text)
{
	char begin[TITLE + 1];
	size_t n = strlen(text);

	n = n < TITLE ? n : TITLE;
	while (n && (text[n] & 0xc0) == 0x80)
		n--;
	memcpy(begin, text, n);
	begin[n] = '\0';
	sim_html_escape(out, begin);
}

/* Where the strategy remarked something; its words show when pointed at. */
static void marks(const struct frame *f)
{
	size_t n = f->c->n;

	for (size_t i = 0; i < f->c->n_marks; i++) {
		const struct sim_report_mark *m = &f->c->marks[i];
		double at = (double)f->c->marks_at[i];
		double x = n <= COLUMNS && n > 1 ? at / (double)(n - 1) :
			at / (double)n;

		sim_buf_printf(f->out, "<path class=\"mark\" "
			       "d=\"M%.1f %dV%u\"><title>",
			       LEFT + x * COLUMNS, TOP, f->c->height - BOTTOM);
		sim_buf_time(f->out, m->time);
		sim_buf_putc(f->out, ' ');
		if (m->symbol) {
			sim_html_escape(f->out, m->symbol);
			sim_buf_puts(f->out, ": ");
		}
		short_text(f->out, m->text);
		sim_buf_puts(f->out, "</title></path>\n");
	}
}

static void bounds(struct frame *f, const double *low, const double *high)
{
	f->low = low[0];
	f->high = high[0];
	for (int i = 1; i < COLUMNS; i++) {
		f->low = low[i] < f->low ? low[i] : f->low;
		f->high = high[i] > f->high ? high[i] : f->high;
	}
}

void sim_html_chart(const struct sim_html_chart *c, struct sim_buf *out)
{
	struct frame f = { c, 0, 0, out };
	double low[COLUMNS], high[COLUMNS];

	if (!c->n)
		return;
	sim_plot_extremes(c->y, c->n, COLUMNS, low, high);
	bounds(&f, low, high);
	sim_buf_printf(out, "<svg viewBox=\"0 0 %d %u\" role=\"img\" "
		       "aria-label=\"%s\">\n", WIDTH, c->height, c->label);
	grid(&f);
	marks(&f);
	sim_buf_printf(out, "<path class=\"%s\" d=\"", c->class_name);
	curve(&f, low, high);
	if (c->area)
		sim_buf_printf(out, "V%dH%dZ", TOP, LEFT);
	sim_buf_puts(out, "\"/>\n</svg>\n");
}
