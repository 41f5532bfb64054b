/* screen: the grid, and what is common to all screens. */
#include "tui/screen.h"

#include <string.h>

#include "util/mem.h"

static int within(int v, int lo, int hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

static const struct sim_screen_cell blank = { " ", SIM_THEME_TEXT };

void sim_screen_init(struct sim_screen *s, const struct sim_screen_ops *ops,
		     int rows, int cols)
{
	s->ops = ops;
	s->cells = NULL;
	s->touched = NULL;
	s->outside = 0;
	sim_screen_resize(s, rows, cols);
}

void sim_screen_release(struct sim_screen *s)
{
	sim_mem_free(s->cells);
	sim_mem_free(s->touched);
	s->cells = NULL;
	s->touched = NULL;
}

void sim_screen_resize(struct sim_screen *s, int rows, int cols)
{
	size_t n;

	s->rows = within(rows, 1, SIM_SCREEN_ROWS_MAX);
	s->cols = within(cols, 1, SIM_SCREEN_COLS_MAX);
	n = (size_t)s->rows * (size_t)s->cols;
	sim_mem_free(s->cells);
	sim_mem_free(s->touched);
	s->cells = sim_mem_array(n, sizeof(*s->cells));
	s->touched = sim_mem_array((size_t)s->rows, sizeof(*s->touched));
	for (size_t i = 0; i < n; i++)
		s->cells[i] = blank;
	s->cursor_row = s->cursor_col = -1;
	s->clip = sim_screen_all(s);
	sim_screen_spoil(s);
}

void sim_screen_spoil(struct sim_screen *s)
{
	memset(s->seen, 0, sizeof(s->seen));
	memset(s->touched, true, (size_t)s->rows * sizeof(*s->touched));
}

struct sim_screen_box sim_screen_all(const struct sim_screen *s)
{
	return (struct sim_screen_box){ 0, 0, s->rows, s->cols };
}

struct sim_screen_box sim_screen_inside(struct sim_screen_box b)
{
	return (struct sim_screen_box){
		b.row + 1, b.col + 1,
		b.rows > 2 ? b.rows - 2 : 0, b.cols > 2 ? b.cols - 2 : 0
	};
}

struct sim_screen_box sim_screen_clip(struct sim_screen *s,
				      struct sim_screen_box b)
{
	struct sim_screen_box old = s->clip;
	int row = within(b.row, 0, s->rows), col = within(b.col, 0, s->cols);
	int end = within(b.row + b.rows, row, s->rows);
	int right = within(b.col + b.cols, col, s->cols);

	s->clip = (struct sim_screen_box){ row, col, end - row, right - col };
	return old;
}

static bool is_inside(const struct sim_screen_box *b, int row, int col,
		      int columns)
{
	return row >= b->row && row < b->row + b->rows && col >= b->col &&
	       col + columns <= b->col + b->cols;
}

/* What is left of a wide glyph when one half of it is written over. */
static void mend(struct sim_screen *s, int row, int col)
{
	struct sim_screen_cell *c = s->cells + row * s->cols + col;

	if (!c->glyph[0] && col > 0)
		memcpy(c[-1].glyph, " ", 2);
	if (col + 1 < s->cols && !c[1].glyph[0])
		memcpy(c[1].glyph, " ", 2);
}

/* A glyph of so many columns at a place. */
static void set_cell(struct sim_screen *s, int row, int col, int columns,
		     const struct sim_screen_cell *from)
{
	struct sim_screen_cell *c;

	if (!is_inside(&s->clip, row, col, columns)) {
		s->outside += (uint64_t)columns;
		return;
	}
	c = s->cells + row * s->cols + col;
	if (c->ink == from->ink && columns == 1 &&
	    !memcmp(c->glyph, from->glyph, 2) && from->glyph[1] == '\0')
		return;
	mend(s, row, col);
	if (columns == 2)
		mend(s, row, col + 1);
	*c = *from;
	if (columns == 2) {
		c[1].glyph[0] = '\0';
		c[1].ink = from->ink;
	}
	s->touched[row] = true;
}

/* Columns of a text that fit into width beside an ellipsis, if it needs one. */
static int room_of(const char *text, int width, bool *is_cut)
{
	int total = 0;

	for (const char *p = text; *p && total <= width; p++)
		total += (unsigned char)*p < 0x80;
	*is_cut = false;
	if (!text[0] || (total <= width && total == (int)strlen(text)))
		return width;
	*is_cut = sim_glyph_width(text) > width;
	return *is_cut ? width - 1 : width;
}

/* What of n bytes fits into the columns of a row; those that it takes. */
static int put_glyphs(struct sim_screen *s, struct sim_screen_box to,
		      struct sim_screen_cell *c, const char *text, size_t n)
{
	int at = 0, columns;

	while (n) {
		size_t len = sim_glyph_next(text, n, c->glyph, &columns);

		if (at + columns > to.cols)
			break;
		sim_glyph_fit(s->set, c->glyph, columns);
		set_cell(s, to.row, to.col + at, columns, c);
		text += len;
		n -= len;
		at += columns;
	}
	return at;
}

int sim_screen_put(struct sim_screen *s, int row, int col, int width,
		   sim_theme_ink ink, const char *text)
{
	struct sim_screen_cell c = { "", (uint16_t)ink };
	struct sim_screen_box to = { row, col, 1, width };
	bool is_cut;
	int at;

	if (width <= 0)
		return 0;
	to.cols = room_of(text, width, &is_cut);
	at = put_glyphs(s, to, &c, text, strlen(text));
	if (is_cut) {
		memcpy(c.glyph, "…", sizeof("…"));
		sim_glyph_fit(s->set, c.glyph, 1);
		set_cell(s, row, col + at++, 1, &c);
	}
	return at;
}

int sim_screen_lines(struct sim_screen *s, struct sim_screen_box b,
		     sim_theme_ink ink, const char *text, int skip)
{
	struct sim_screen_cell c = { "", (uint16_t)ink };
	struct sim_screen_box to = { b.row - skip, b.col, 1, b.cols };
	size_t n, next;

	for (; *text && b.cols > 0 && to.row < b.row + b.rows; to.row++) {
		n = sim_glyph_line(text, b.cols, &next);
		if (to.row >= b.row)
			(void)put_glyphs(s, to, &c, text, n);
		text += next;
	}
	return to.row > b.row ? to.row - b.row : 0;
}

int sim_screen_right(struct sim_screen *s, int row, int col, int width,
		     sim_theme_ink ink, const char *text)
{
	int n = sim_glyph_width(text);

	return n >= width ? sim_screen_put(s, row, col, width, ink, text)
			  : sim_screen_put(s, row, col + width - n, n, ink,
					   text);
}

void sim_screen_cell(struct sim_screen *s, int row, int col,
		     sim_theme_ink ink, const char *glyph)
{
	struct sim_screen_cell c = { "", (uint16_t)ink };
	int columns;

	(void)sim_glyph_next(*glyph ? glyph : " ", *glyph ? strlen(glyph) : 1,
			     c.glyph, &columns);
	sim_glyph_fit(s->set, c.glyph, columns);
	set_cell(s, row, col, columns, &c);
}

void sim_screen_fill(struct sim_screen *s, struct sim_screen_box b,
		     sim_theme_ink ink)
{
	struct sim_screen_cell c = { " ", (uint16_t)ink };

	for (int row = b.row; row < b.row + b.rows; row++)
		for (int col = b.col; col < b.col + b.cols; col++)
			set_cell(s, row, col, 1, &c);
}

void sim_screen_paint(struct sim_screen *s, int row, int col, int width,
		      unsigned attr)
{
	for (int at = col; at < col + width; at++) {
		if (!is_inside(&s->clip, row, at, 1)) {
			s->outside++;
			continue;
		}
		s->cells[row * s->cols + at].ink |= (uint16_t)attr;
		s->touched[row] = true;
	}
}

void sim_screen_frame(struct sim_screen *s, struct sim_screen_box b,
		      sim_theme_ink ink, const char *title)
{
	int end = b.row + b.rows - 1, right = b.col + b.cols - 1;

	if (b.rows < 1 || b.cols < 2)
		return;
	for (int col = b.col + 1; col < right; col++) {
		sim_screen_cell(s, b.row, col, ink, "─");
		sim_screen_cell(s, end, col, ink, "─");
	}
	for (int row = b.row + 1; row < end; row++) {
		sim_screen_cell(s, row, b.col, ink, "│");
		sim_screen_cell(s, row, right, ink, "│");
	}
	sim_screen_cell(s, end, b.col, ink, "╰");
	sim_screen_cell(s, end, right, ink, "╯");
	sim_screen_cell(s, b.row, b.col, ink, "╭");
	sim_screen_cell(s, b.row, right, ink, "╮");
	if (title && b.cols > 6) {
		int n = sim_screen_put(s, b.row, b.col + 2, b.cols - 5,
				       SIM_THEME_TITLE, " ");

		n += sim_screen_put(s, b.row, b.col + 2 + n, b.cols - 6,
				    SIM_THEME_TITLE, title);
		sim_screen_cell(s, b.row, b.col + 2 + n, SIM_THEME_TITLE, " ");
	}
}

const struct sim_screen_cell *sim_screen_at(const struct sim_screen *s,
					    int row, int col)
{
	if (row < 0 || row >= s->rows || col < 0 || col >= s->cols)
		return NULL;
	return s->cells + row * s->cols + col;
}
