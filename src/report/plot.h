/* plot: a curve as text cells: braille dots, or ASCII. */
#ifndef SIM_PLOT_H
#define SIM_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

#define SIM_PLOT_WIDTH_MAX  128
#define SIM_PLOT_HEIGHT_MAX 32

/* Lowest and highest value of each of n_cols equal parts of y. */
void sim_plot_extremes(const double *y, size_t n, size_t n_cols, double *low,
		       double *high);

struct sim_plot {
	const double *y;		/* finite */
	size_t n;
	double low, high;		/* of the axis: set by draw */
	unsigned width, height;		/* cells, up to the MAX above */
	bool ascii;
	bool hang;			/* filled from the top down to y */
};

/* Row `row` (0 on top) of the plot: exactly `width` cells.  The cells of all
 * rows are made once, by sim_plot_draw. */
struct sim_plot_cells {
	unsigned char cell[SIM_PLOT_HEIGHT_MAX][SIM_PLOT_WIDTH_MAX];
};
void sim_plot_draw(struct sim_plot *p, struct sim_plot_cells *c);
void sim_plot_row(const struct sim_plot *p, const struct sim_plot_cells *c,
		  unsigned row, struct sim_buf *out);

#endif
