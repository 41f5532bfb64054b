/*
 * screen_curses: what only a real terminal can do.
 *
 * Its end comes whatever happens: a signal that ends the program leaves the
 * terminal as it was found.
 */
#ifndef SIM_SCREEN_CURSES_H
#define SIM_SCREEN_CURSES_H

#include "tui/screen.h"

/* Have the mouse reported, or leave it to the terminal (to select text). */
void sim_screen_curses_mouse(struct sim_screen *s, bool is_on);
/* Give the terminal back and stop; returns when the program is continued. */
void sim_screen_curses_suspend(struct sim_screen *s);
/* Write bytes that are no picture: a bell, the clipboard. */
void sim_screen_curses_send(struct sim_screen *s, const char *text, size_t n);

#endif
