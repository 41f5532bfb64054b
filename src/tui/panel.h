/*
 * panel: the operations of a pane.  One panel_NAME.c each, a row of panel.def.
 */
#ifndef SIM_PANEL_H
#define SIM_PANEL_H

#include "tui/dash_do.h"
#include "tui/table.h"

struct sim_panel_ops {
	/* What stands behind its title: how many. */
	void (*count)(const struct sim_dash *d, struct sim_buf *out);
	/* Draw into a box that is clear and clipped to; any size.  NULL: its
	 * table. */
	void (*draw)(const struct sim_dash *d, struct sim_screen *s,
		     struct sim_screen_box box);

	/* A pane that is a table: its columns; the keys of all rows in their
	 * order; the texts of a row; NULL: none. */
	const struct sim_table_col *col;
	int n_cols;
	void (*keys)(const struct sim_dash *d, struct dash_list *list);
	void (*cells)(const struct sim_dash *d, uint64_t key,
		      struct sim_table_cell *cell);
	/* What a row names. */
	void (*pick)(const struct sim_dash *d, uint64_t key,
		     struct sim_dash_pick *p);
	/* By what rows are sorted: the text of a column, from A to Z, or NULL,
	 * and its weight then counts, the highest first.  sort_col: columns in
	 * the order in which one goes through them. */
	const char *(*word)(const struct sim_dash *d, uint64_t key, int col);
	double (*weight)(const struct sim_dash *d, uint64_t key, int col);
	int n_sorts;
	int sort_col[6];
	const char *nothing;		/* said when there are no rows */
};

/* The operations of a pane, and its title. */
const struct sim_panel_ops *sim_panel(enum sim_dash_pane pane);
const char *sim_panel_title(enum sim_dash_pane pane);
/* What stands in a pane's frame: its table. */
void sim_panel_table(const struct sim_dash *d, enum sim_dash_pane pane,
		     struct sim_screen *s, struct sim_screen_box box);

/* The column of that table which stands at a column of the screen. */
int sim_panel_column(const struct sim_dash *d, enum sim_dash_pane pane,
		     struct sim_screen_box box, int at);

/* What a row names whose key is that of a symbol, and its first column. */
void sim_panel_symbol_pick(const struct sim_dash *d, uint64_t key,
			   struct sim_dash_pick *p);
const char *sim_panel_symbol_word(const struct sim_dash *d, uint64_t key,
				  int col);

/* Shorthands for cells. */
void sim_panel_text(struct sim_table_cell *c, sim_theme_ink ink,
		    const char *text);
/* A gain: arrow and sign, blue or vermillion; the arrow stands before it. */
void sim_panel_gain(struct sim_table_cell *c, sim_dec v, int decimals);

#define SIM_PANEL(name, letter, title, help) \
	extern const struct sim_panel_ops sim_panel_##name;
#include "tui/panel.def"
#undef SIM_PANEL

#endif
