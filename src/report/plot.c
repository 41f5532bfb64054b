/* plot: dots of 2 by 4 in a cell; ASCII uses the same dots by the cell. */
#include "report/plot.h"

#include <math.h>
#include <string.h>

void sim_plot_extremes(const double *y, size_t n, size_t n_cols, double *low,
		       double *high)
{
	for (size_t c = 0; c < n_cols && n; c++) {
		size_t from = (size_t)((double)c * (double)n / (double)n_cols);
		size_t to = (size_t)((double)(c + 1) * (double)n /
				     (double)n_cols);
		double lo, hi;

		from = from < n ? from : n - 1;
		to = to > from ? to : from + 1;
		to = to < n ? to : n;
		lo = hi = y[from];
		for (size_t i = from + 1; i < to; i++) {
			lo = y[i] < lo ? y[i] : lo;
			hi = y[i] > hi ? y[i] : hi;
		}
		low[c] = lo;
		high[c] = hi;
	}
}

/* Dot row of a value: 0 on top. */
static int dot_row(const struct sim_plot *p, double v)
{
	int rows = (int)p->height * 4;
	double span = p->high - p->low;
	int row;

	if (!(span > 0))
		return rows / 2;
	row = (int)floor((p->high - v) / span * (rows - 1) + 0.5);
	return row < 0 ? 0 : row >= rows ? rows - 1 : row;
}

static void set_dots(struct sim_plot_cells *c, unsigned col, int from, int to)
{
	static const unsigned char bit[4][2] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
	};

	for (int r = from; r <= to; r++)
		c->cell[r / 4][col / 2] |= bit[r % 4][col % 2];
}

void sim_plot_draw(struct sim_plot *p, struct sim_plot_cells *c)
{
	double low[2 * SIM_PLOT_WIDTH_MAX], high[2 * SIM_PLOT_WIDTH_MAX];
	int last_top = 0, last_bottom = 0;

	memset(c, 0, sizeof(*c));
	if (!p->n)
		return;
	sim_plot_extremes(p->y, p->n, 2 * (size_t)p->width, low, high);
	p->low = low[0];
	p->high = high[0];
	for (unsigned i = 1; i < 2 * p->width; i++) {
		p->low = low[i] < p->low ? low[i] : p->low;
		p->high = high[i] > p->high ? high[i] : p->high;
	}
	for (unsigned i = 0; i < 2 * p->width; i++) {
		int top = dot_row(p, high[i]), bottom = dot_row(p, low[i]);
		int from = top, to = bottom;

		/* Join columns that don't touch. */
		if (i && top > last_bottom + 1)
			from = last_bottom + 1;
		else if (i && bottom < last_top - 1)
			to = last_top - 1;
		set_dots(c, i, p->hang ? 0 : from, to);
		last_top = top;
		last_bottom = bottom;
	}
}

/* A cell for terminals without braille: where its dots are. */
static char ascii_cell(unsigned char dots)
{
	bool up = dots & 0x1b, down = dots & 0xe4;

	return up && down ? '|' : up ? '\'' : down ? '.' : ' ';
}

void sim_plot_row(const struct sim_plot *p, const struct sim_plot_cells *c,
		  unsigned row, struct sim_buf *out)
{
	for (unsigned i = 0; i < p->width; i++) {
		unsigned char dots = c->cell[row][i];

		if (p->ascii) {
			sim_buf_putc(out, ascii_cell(dots));
			continue;
		}
		/* U+2800 + dots in UTF-8. */
		sim_buf_putc(out, (char)0xe2);
		sim_buf_putc(out, (char)(0xa0 | dots >> 6));
		sim_buf_putc(out, (char)(0x80 | (dots & 0x3f)));
	}
}
