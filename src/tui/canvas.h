/*
 * canvas: dots, two by four to a cell, as braille.
 */
#ifndef SIM_CANVAS_H
#define SIM_CANVAS_H

#include "tui/screen.h"

struct sim_canvas {
	int rows, cols;			/* cells */
	uint8_t *dots;			/* of each cell, as U+2800 has them */
	uint8_t *role;			/* of what was drawn in it last */
};

/* Empty; rows and cols of a screen.  Released by the caller. */
void sim_canvas_init(struct sim_canvas *c, int rows, int cols);
void sim_canvas_release(struct sim_canvas *c);
/* A dot; outside nothing. */
void sim_canvas_dot(struct sim_canvas *c, int x, int y,
		    enum sim_theme_role role);
/* A line between two places whose ends may be outside. */
void sim_canvas_line(struct sim_canvas *c, const int from[2], const int to[2],
		     enum sim_theme_role role);
/* The cells that have dots, with the left upper corner at a place of a screen;
 * over what `is_free` says (NULL: everything). */
void sim_canvas_put(const struct sim_canvas *c, struct sim_screen *s, int row,
		    int col, bool (*is_free)(const char *glyph));

#endif
