/*
 * theme: colours by what they mean.
 *
 * Panels name roles; a theme gives each role a look, which depends on how many
 * colours the terminal has and whether its background is light.  No meaning
 * hangs on colour alone: panels put a sign or a glyph beside it.
 */
#ifndef SIM_THEME_H
#define SIM_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

enum sim_theme_role {
#define SIM_THEME_ROLE(name, help) SIM_THEME_##name,
#include "tui/theme.def"
#undef SIM_THEME_ROLE
	SIM_THEME__COUNT
};

enum sim_theme_depth {
	SIM_THEME_MONO,			/* attributes only: NO_COLOR too */
	SIM_THEME_8, SIM_THEME_16, SIM_THEME_256, SIM_THEME_TRUE
};

/* Attributes of a cell, or'ed to a role: SIM_THEME_UP | SIM_THEME_BOLD. */
#define SIM_THEME_BOLD		0x0100u
#define SIM_THEME_UNDERLINE	0x0200u
#define SIM_THEME_REVERSE	0x0400u
#define SIM_THEME_FAINT		0x0800u
#define SIM_THEME_BAND		0x1000u	/* on the ground of the session bar */
#define SIM_THEME_SELECTED	0x2000u	/* another ground, or reverse */

/* What is lost, beside its sign. */
#define SIM_THEME_LOSS	(SIM_THEME_DOWN | SIM_THEME_UNDERLINE)

/* A role with attributes. */
typedef unsigned sim_theme_ink;

#define SIM_THEME_DEFAULT (-1)		/* the terminal's own colour */
/* A colour: SIM_THEME_DEFAULT, an index below the depth's count, or with
 * SIM_THEME_TRUE 0xRRGGBB. */
struct sim_theme_look {
	int32_t fg, bg;
	unsigned attr;			/* SIM_THEME_BOLD .. FAINT */
};

struct sim_theme;			/* a row of theme.c */

/* What makes a look of a role. */
struct sim_theme_style {
	const struct sim_theme *theme;	/* NULL: the default one */
	enum sim_theme_depth depth;
	bool is_light;			/* dark on light */
};

/* The names, NULL-ended, the default (okabe) first. */
const char *const *sim_theme_names(void);
/* Errors: SIM_E_INVAL with the nearest name or all of them. */
int sim_theme_find(const char *name, const struct sim_theme **theme,
		   struct sim_err *err) SIM_MUST_CHECK;
/*
 * A theme of the user's own: another one, but for some roles.
 *
 * Takes:  base: NULL: the default.  text: lines "ROLE #RRGGBB ATTRIBUTE...",
 *         a role as theme.def has it in small letters, the colour or
 *         attributes (bold, underline, reverse, faint) alone too; '#' and a
 *         blank begin a comment.  It is changed.
 * Gives:  *out, called "own": sim_mem_free() it.
 * Errors: SIM_E_CONFIG with the line.
 */
int sim_theme_read(const struct sim_theme *base, char *text,
		   struct sim_theme **out, struct sim_err *err) SIM_MUST_CHECK;
/* NULL: of the default. */
const char *sim_theme_name(const struct sim_theme *theme);
/* The one after it in the list, and after the last the first. */
const struct sim_theme *sim_theme_next(const struct sim_theme *theme);

/* How a role with attributes looks. */
struct sim_theme_look sim_theme_look(const struct sim_theme_style *style,
				     sim_theme_ink ink);

/*
 * How many colours a terminal has, by its name and what is told about it.
 *
 * Takes:  term: $TERM, colorterm: $COLORTERM, no_color: $NO_COLOR, or NULL.
 *         n_colors: as terminfo has it; -1 where that is not known.
 */
enum sim_theme_depth sim_theme_depth(const char *term, const char *colorterm,
				     const char *no_color, int n_colors);


#endif
