/* term: what the terminal can do, from isatty and the environment. */
#ifndef SIM_TERM_H
#define SIM_TERM_H

#include <stdbool.h>

struct sim_term {
	bool out_tty, err_tty;
	bool color;			/* stdout may have escape sequences */
	bool utf8;
	int width;			/* of stdout; 0: not a terminal */
};

/*
 * Put something under 0, 1 and 2 where whoever started us closed them, that
 * can't be read or written: no file of ours takes a result for its own.
 *
 * Order:  before anything is opened.
 */
void sim_term_fill(void);

/*
 * Look once.
 *
 * Takes:  color, "always", "never" or "auto": the last follows NO_COLOR
 *         (wins), CLICOLOR_FORCE, FORCE_COLOR, TERM=dumb, CLICOLOR=0, isatty.
 *         SIMUTRADOR_FORCE_TTY=COLUMNS makes stdout count as a terminal.
 */
void sim_term_detect(const char *color, struct sim_term *t);

#endif
