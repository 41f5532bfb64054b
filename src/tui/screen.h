/*
 * screen: what the dashboard draws on, a grid of cells.
 *
 * Drawing changes the grid alone; show() brings what has changed to where it
 * is seen.  Nothing is written outside the box that is clipped to: what would
 * be is dropped and counted, since a panel that does so has a fault.  Texts
 * are UTF-8, put in the columns they take on a terminal.
 */
#ifndef SIM_SCREEN_H
#define SIM_SCREEN_H

#include "tui/glyph.h"
#include "tui/theme.h"
#include "util/buf.h"

#define SIM_SCREEN_ROWS_MAX 500
#define SIM_SCREEN_COLS_MAX 1000
#define SIM_SCREEN_SLOTS 24		/* things that remember their picture */

struct sim_screen_cell {
	char glyph[SIM_GLYPH_MAX];	/* "": right half of a wide one */
	uint16_t ink;			/* a role and attributes */
};

struct sim_screen_box {
	int row, col, rows, cols;
};

enum sim_screen_kind {
	SIM_SCREEN_NONE,		/* nothing before the timeout */
	SIM_SCREEN_KEY,
	SIM_SCREEN_MOUSE,
	SIM_SCREEN_PASTE,		/* one character of a bracketed paste */
	SIM_SCREEN_RESIZE,		/* rows and cols have changed already */
	SIM_SCREEN_END			/* there will be no more */
};
/* Keys beyond Unicode; others are their code point (Enter 13, Tab 9, Escape
 * 27, Backspace 127; Ctrl-A is 1, and so on). */
enum sim_screen_code {
	SIM_SCREEN_UP = 0x110000, SIM_SCREEN_DOWN, SIM_SCREEN_LEFT,
	SIM_SCREEN_RIGHT, SIM_SCREEN_HOME, SIM_SCREEN_LAST,
	SIM_SCREEN_PAGE_UP, SIM_SCREEN_PAGE_DOWN, SIM_SCREEN_INSERT,
	SIM_SCREEN_DELETE, SIM_SCREEN_BACK_TAB,
	SIM_SCREEN_F1, SIM_SCREEN_F12 = SIM_SCREEN_F1 + 11
};
enum sim_screen_button {
	SIM_SCREEN_CLICK, SIM_SCREEN_DOUBLE, SIM_SCREEN_WHEEL_UP,
	SIM_SCREEN_WHEEL_DOWN,
	SIM_SCREEN_DRAG, SIM_SCREEN_DROP	/* moved while down, let go */
};
struct sim_screen_event {
	enum sim_screen_kind kind;
	uint32_t code;			/* of a key, or of what is pasted */
	bool is_alt;			/* with Escape before it */
	int row, col;			/* of the mouse */
	enum sim_screen_button button;
};

struct sim_screen;
struct sim_screen_ops {
	/* Bring rows with .touched to where they are seen, and untouch them. */
	void (*show)(struct sim_screen *s);
	/* Wait for what happens; timeout_ms < 0: for ever. */
	void (*event)(struct sim_screen *s, int timeout_ms,
		      struct sim_screen_event *ev);
	/* .style or .set was changed, or the terminal's content is lost. */
	void (*restyle)(struct sim_screen *s);
	void (*close)(struct sim_screen *s);	/* and free it */
};

struct sim_screen {
	const struct sim_screen_ops *ops;
	int rows, cols;
	struct sim_screen_cell *cells;	/* rows * cols, row by row */
	bool *touched;			/* by row */
	struct sim_screen_box clip;
	enum sim_glyph_set set;
	struct sim_theme_style style;
	int cursor_row, cursor_col;	/* -1: none is shown */
	uint64_t outside;		/* columns that fell outside the clip */
	uint64_t seen[SIM_SCREEN_SLOTS];	/* stamps of what is drawn */
};

/* For implementations: a blank grid, and its end. */
void sim_screen_init(struct sim_screen *s, const struct sim_screen_ops *ops,
		     int rows, int cols);
void sim_screen_release(struct sim_screen *s);
/* Another size: blank, nothing of it drawn.  Beyond the MAX: the MAX. */
void sim_screen_resize(struct sim_screen *s, int rows, int cols);
/* Forget what is drawn, so that everything is drawn anew. */
void sim_screen_spoil(struct sim_screen *s);

/* The box of the whole screen. */
struct sim_screen_box sim_screen_all(const struct sim_screen *s);
/* The part of a box inside its frame; may be empty. */
struct sim_screen_box sim_screen_inside(struct sim_screen_box b);
/* Clip to a box (and the screen).  Gives: the one before, to go back to. */
struct sim_screen_box sim_screen_clip(struct sim_screen *s,
				      struct sim_screen_box b);

/*
 * Put a text into at most `width` columns, cut with an ellipsis.
 * Gives:  the columns it takes.
 */
int sim_screen_put(struct sim_screen *s, int row, int col, int width,
		   sim_theme_ink ink, const char *text);
/*
 * Put a text over the rows of a box, from its line `skip` on.
 * Gives:  the rows it takes.
 */
int sim_screen_lines(struct sim_screen *s, struct sim_screen_box b,
		     sim_theme_ink ink, const char *text, int skip);
/* As sim_screen_put(), at the right end of the columns; the rest is left. */
int sim_screen_right(struct sim_screen *s, int row, int col, int width,
		     sim_theme_ink ink, const char *text);
/* One glyph of one column. */
void sim_screen_cell(struct sim_screen *s, int row, int col,
		     sim_theme_ink ink, const char *glyph);
/* Blanks. */
void sim_screen_fill(struct sim_screen *s, struct sim_screen_box b,
		     sim_theme_ink ink);
/* Add attributes to what stands there (SIM_THEME_SELECTED). */
void sim_screen_paint(struct sim_screen *s, int row, int col, int width,
		      unsigned attr);
/* A frame around the inside of a box, with a title if it is not NULL. */
void sim_screen_frame(struct sim_screen *s, struct sim_screen_box b,
		      sim_theme_ink ink, const char *title);
/* The cell at a place; NULL outside. */
const struct sim_screen_cell *sim_screen_at(const struct sim_screen *s,
					    int row, int col);

/* Shorthands of the operations. */
static inline void sim_screen_show(struct sim_screen *s)
{
	s->ops->show(s);
}
static inline void sim_screen_close(struct sim_screen *s)
{
	if (s)
		s->ops->close(s);
}

/*
 * The screen of tests and --snapshot: the grid is all there is.
 *
 * Its events are those of `keys` one by one, then SIM_SCREEN_END: characters
 * as they are, others by name: <Enter> <Tab> <S-Tab> <Esc> <Space> <Bs> <Up>
 * <Down> <Left> <Right> <Home> <End> <PgUp> <PgDn> <Ins> <Del> <F1> <C-d>
 * <A-x> <lt>; <Click ROW,COL> <Drag ROW,COL> <Drop ROW,COL> <Wheel-Up
 * ROW,COL> <Wheel-Down ROW,COL>; <Size WxH>.
 */
struct sim_screen *sim_screen_text(int rows, int cols, const char *keys);
/* The grid as lines without blanks at their ends; with is_ansi with colours
 * and attributes as the screen's style has them. */
void sim_screen_text_write(const struct sim_screen *s, bool is_ansi,
			   struct sim_buf *out);

/* Read one event of a text as above; returns its bytes (n >= 1). */
size_t sim_screen_key_parse(const char *text, struct sim_screen_event *ev);
/* A key's name as above; buf holds 24 bytes. */
const char *sim_screen_key_name(uint32_t code, bool is_alt, char *buf);

/* A terminal (curses): stdin and stdout.  Errors: SIM_E_UNAVAILABLE none. */
int sim_screen_curses(const struct sim_theme_style *style,
		      struct sim_screen **s, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
