/*
 * glyph: what a character takes on a terminal, without asking the locale.
 *
 * A glyph is a character with all that combines with it.  Widths are those of
 * Unicode's East Asian Width and general categories, from a table of ranges.
 */
#ifndef SIM_GLYPH_H
#define SIM_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_GLYPH_MAX 14	/* bytes of a glyph and its NUL; more is cut */

/* What the terminal can show. */
enum sim_glyph_set {
	SIM_GLYPH_FULL,		/* braille, blocks and frames */
	SIM_GLYPH_BLOCKS,	/* no braille: the Linux console */
	SIM_GLYPH_ASCII
};

/* The set of a terminal: $TERM (may be NULL), and what the locale says. */
enum sim_glyph_set sim_glyph_set_of(const char *term, bool is_utf8);

/* Columns of a code point: 0, 1 or 2; -1: it does not print. */
int sim_glyph_columns(uint32_t code);

/*
 * Take the next glyph of n >= 1 bytes at s.
 *
 * Gives:  the bytes it takes; out, NUL-ended, and *columns (1 or 2).  Bytes
 *         that are no UTF-8 and what does not print give U+FFFD; what combines
 *         with nothing stands on a blank.
 */
size_t sim_glyph_next(const char *s, size_t n, char out[SIM_GLYPH_MAX],
		      int *columns);

/* The columns of a text. */
int sim_glyph_width(const char *s);

/*
 * The next line of a text in `width` columns: up to a newline, or broken at a
 * blank if there is one, and never within a glyph.
 *
 * Gives:  its bytes, without the blank it is broken at; *next: where the line
 *         after it begins.
 */
size_t sim_glyph_line(const char *s, int width, size_t *next);
/* How many of them a text takes; none without columns. */
int sim_glyph_lines(const char *s, int width);

/* Put what stands for a glyph in a set into its place (as many columns). */
void sim_glyph_fit(enum sim_glyph_set set, char glyph[SIM_GLYPH_MAX],
		   int columns);

#endif
