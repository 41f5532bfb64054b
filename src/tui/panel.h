/*
 * panel: the operations of a pane.  One panel_NAME.c each, a row of panel.def.
 */
#ifndef SIM_PANEL_H
#define SIM_PANEL_H

#include "tui/dash.h"

struct sim_panel_ops {
	/* Its title in this box, with what it counts: "Orders (3)". */
	void (*title)(const struct sim_dash *d, struct sim_buf *out);
	/* Draw into a box that is clear and clipped to; any size. */
	void (*draw)(const struct sim_dash *d, struct sim_screen *s,
		     struct sim_screen_box box);
	/* A number that changes when what it draws does. */
	uint64_t (*stamp)(const struct sim_dash *d);
	/* Rows that can be selected or scrolled to; NULL: none. */
	size_t (*rows)(const struct sim_dash *d);
	/* What row i names; NULL: nothing. */
	void (*pick)(const struct sim_dash *d, size_t i,
		     struct sim_dash_pick *pick);
	/* Lines above the first row (heads); the least useful height. */
	int n_head, least;
};

/* The operations of a pane. */
const struct sim_panel_ops *sim_panel(enum sim_dash_pane pane);

#define SIM_PANEL(name, letter, title, help) \
	extern const struct sim_panel_ops sim_panel_##name;
#include "tui/panel.def"
#undef SIM_PANEL

#endif
