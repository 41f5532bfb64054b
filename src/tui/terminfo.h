/*
 * terminfo: the entry of a terminal, written anew.
 *
 * Curses knows true colours only of terminals whose entry has them, while many
 * can show them and say so by COLORTERM alone.  It takes an entry by the
 * variable TERMINFO too, in the form of term(5) as hex digits: so it is given
 * the terminal's own one with the colours put in.
 */
#ifndef SIM_TERMINFO_H
#define SIM_TERMINFO_H

#include <stddef.h>

#include "util/buf.h"

/* The capabilities in the order of term(5). */
struct sim_terminfo {
	const char *name;
	const int *flag, *number;	/* number: -1 absent */
	const char *const *text;	/* NULL: absent */
	size_t n_flags, n_numbers, n_texts;
};

/* Texts that set a true colour, or one of the first eight by its number. */
#define SIM_TERMINFO_FG \
	"\033[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;" \
	"%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m"
#define SIM_TERMINFO_BG \
	"\033[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;" \
	"%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m"

/* What TERMINFO is to be for this entry, with the flag RGB: "hex:...". */
void sim_terminfo_write(const struct sim_terminfo *t, struct sim_buf *out);

#endif
