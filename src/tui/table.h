/*
 * table: rows in columns that fit a box.
 *
 * Columns are as wide as what is in them.  Where there is no room those of the
 * highest rank go; what is left of the room goes between them.
 */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include "tui/screen.h"

#define SIM_TABLE_COLS 14
#define SIM_TABLE_TEXT 104		/* bytes of a cell */

struct sim_table_col {
	const char *head;
	int rank;			/* 0: never goes */
	bool right;			/* to the right, like numbers */
	bool grows;			/* takes what room there is */
	bool tail;			/* where cut, its end is what counts */
};
struct sim_table_cell {
	char text[SIM_TABLE_TEXT];
	sim_theme_ink ink;
};
struct sim_table {
	const struct sim_table_col *col;
	int n_cols;
	size_t n, selected;		/* rows; past the last: none */
	bool is_focused;
	int sort_col;			/* marked; -1: none */
	const void *ctx;
	/* The cells of row i, which are empty before. */
	void (*cells)(const void *ctx, size_t i, struct sim_table_cell *cell);
};

/* Draw head and rows; the selection is in sight. */
void sim_table_draw(const struct sim_table *t, struct sim_screen *s,
		    struct sim_screen_box box);
/* The column whose head stands at a column of the screen. */
int sim_table_column(const struct sim_table *t, struct sim_screen_box box,
		     int at);
/* The first row that is seen when `room` rows fit. */
size_t sim_table_first(size_t n, size_t selected, int room);

#endif
