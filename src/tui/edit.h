/* edit: a line of text that is being typed. */
#ifndef SIM_EDIT_H
#define SIM_EDIT_H

#include "tui/screen.h"

#define SIM_EDIT_MAX 1024		/* bytes and NUL */

struct sim_edit {
	char text[SIM_EDIT_MAX];
	size_t len, at;			/* bytes; the cursor */
	size_t from;			/* first byte that is seen */
};

/* Begin with a text, the cursor behind it. */
void sim_edit_set(struct sim_edit *e, const char *text);
/* Replace the bytes from `from` up to the cursor. */
void sim_edit_put(struct sim_edit *e, size_t from, const char *text);
/* A key or a pasted character; false when it is none for a line. */
bool sim_edit_event(struct sim_edit *e, const struct sim_screen_event *ev);
/* Draw it; with has_cursor the screen's cursor stands in it. */
void sim_edit_draw(struct sim_edit *e, struct sim_screen *s, int row, int col,
		   int width, bool has_cursor);

#endif
