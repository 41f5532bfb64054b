/*
 * heat: a map of one figure over two parameters, its peak and its plateau.
 *
 * The peak is the cell with the highest figure; the plateau the one whose
 * neighbourhood (itself and the up to eight cells around it) has the highest
 * median, which a lucky cell among bad ones hasn't.
 */
#ifndef SIM_HEAT_H
#define SIM_HEAT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

#define SIM_HEAT_CELLS_MAX	((size_t)1 << 22)

/* Figures at[y * nx + x], NaN where there is none; labels are borrowed. */
struct sim_heat {
	const char *xname, *yname;
	size_t nx, ny;
	char *const *x, *const *y;
	const double *at;
};

struct sim_heat_spot {
	bool is_known;
	size_t x, y;
	double value, median;		/* of the cell, its neighbourhood's */
};

/* Order: of equal medians the higher cell, of equal ones the first, by y then
 * x. */
struct sim_heat_spot sim_heat_peak(const struct sim_heat *h);
struct sim_heat_spot sim_heat_plateau(const struct sim_heat *h);

struct sim_heat_opts {
	int width;			/* columns; at least 40 are used */
	bool color;			/* cells in 256 colours, not glyphs */
};

/* Append the map, its scale and both spots; cells that don't fit are drawn
 * together, as their mean. */
void sim_heat_draw(const struct sim_heat *h, const struct sim_heat_opts *o,
		   struct sim_buf *out);

#endif
