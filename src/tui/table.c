/* table: measure what is to be seen, choose columns, put it. */
#include "tui/table.h"

#include <string.h>

#include "util/mem.h"

#define GROW_LEAST 10			/* columns of one that grows */
#define GAP_MOST 3

struct fit {
	int wide[SIM_TABLE_COLS];	/* 0: it is not shown */
	int gap;
};

size_t sim_table_first(size_t n, size_t selected, int room)
{
	size_t r = room > 0 ? (size_t)room : 1, first;

	if (n <= r || selected >= n)
		return 0;
	first = selected > r / 2 ? selected - r / 2 : 0;
	return first > n - r ? n - r : first;
}

/* Columns that are shown, and what they take with gaps of one. */
static int total(const struct fit *f, int n_cols, int *shown)
{
	int sum = 0;

	*shown = 0;
	for (int i = 0; i < n_cols; i++) {
		sum += f->wide[i];
		*shown += f->wide[i] > 0;
	}
	return sum + (*shown ? *shown - 1 : 0);
}

/* The column of the highest rank, the last of them; -1 when all stay. */
static int next_to_go(const struct sim_table *t, const struct fit *f)
{
	int at = -1, rank = 0;

	for (int i = 0; i < t->n_cols; i++) {
		if (f->wide[i] && t->col[i].rank > 0 &&
		    t->col[i].rank >= rank) {
			rank = t->col[i].rank;
			at = i;
		}
	}
	return at;
}

static void measure(const struct sim_table *t, const struct sim_table_cell *c,
		    int rows, struct fit *f)
{
	for (int i = 0; i < t->n_cols; i++) {
		f->wide[i] = sim_glyph_width(t->col[i].head) +
			     (i == t->sort_col);
		for (int r = 0; r < rows; r++) {
			int w = sim_glyph_width(c[r * t->n_cols + i].text);

			f->wide[i] = w > f->wide[i] ? w : f->wide[i];
		}
	}
}

/* What fits: those that grow are counted with what they need at least. */
static void choose(const struct sim_table *t, int room, struct fit *f)
{
	int want[SIM_TABLE_COLS], shown, rest, go;

	memcpy(want, f->wide, (size_t)t->n_cols * sizeof(*want));
	for (int i = 0; i < t->n_cols; i++)
		if (t->col[i].grows && f->wide[i] > GROW_LEAST)
			f->wide[i] = GROW_LEAST;
	while (total(f, t->n_cols, &shown) > room &&
	       (go = next_to_go(t, f)) >= 0)
		f->wide[go] = 0;
	rest = room - total(f, t->n_cols, &shown);
	for (int i = 0; i < t->n_cols && rest > 0; i++) {
		int more = want[i] - f->wide[i];

		if (!f->wide[i] || more <= 0)
			continue;
		more = more < rest ? more : rest;
		f->wide[i] += more;
		rest -= more;
	}
	f->gap = 1;
	if (rest > 0 && shown > 1)
		f->gap += rest / (shown - 1) < GAP_MOST - 1 ?
			rest / (shown - 1) : GAP_MOST - 1;
}

/* The end of a text that is too wide. */
static const char *tail_of(const char *text, int width)
{
	char glyph[SIM_GLYPH_MAX];
	int columns, w = sim_glyph_width(text);

	while (w > width) {
		text += sim_glyph_next(text, strlen(text), glyph, &columns);
		w -= columns;
	}
	return text;
}

static void put(struct sim_screen *s, const struct sim_table_col *col, int row,
		const int at[2], const struct sim_table_cell *c)
{
	const char *text = col->tail ? tail_of(c->text, at[1]) : c->text;

	/* A number that is cut would be another one. */
	if (col->right && sim_glyph_width(text) > at[1])
		sim_screen_right(s, row, at[0], at[1], c->ink, at[1] > 1 ?
				 "##" : "#");
	else if (col->right)
		sim_screen_right(s, row, at[0], at[1], c->ink, text);
	else
		sim_screen_put(s, row, at[0], at[1], c->ink, text);
}

/* One line, of a head or a row, from column 1 of the box on. */
static void put_line(const struct sim_table *t, const struct fit *f,
		     struct sim_screen *s, struct sim_screen_box b,
		     const struct sim_table_cell *c)
{
	int at[2] = { b.col + 1, 0 }, end = b.col + b.cols;

	for (int i = 0; i < t->n_cols && at[0] < end; i++) {
		if (!f->wide[i])
			continue;
		at[1] = f->wide[i] < end - at[0] ? f->wide[i] : end - at[0];
		put(s, &t->col[i], b.row, at, &c[i]);
		at[0] += at[1] + f->gap;
	}
}

static void put_head(const struct sim_table *t, const struct fit *f,
		     struct sim_screen *s, struct sim_screen_box b)
{
	struct sim_table_cell head[SIM_TABLE_COLS];

	for (int i = 0; i < t->n_cols; i++) {
		size_t n = strlen(t->col[i].head);

		memcpy(head[i].text, t->col[i].head, n + 1);
		if (i == t->sort_col)
			memcpy(head[i].text + n, "▾", sizeof("▾"));
		head[i].ink = SIM_THEME_HEAD;
	}
	put_line(t, f, s, b, head);
}

/* The cells of the rows that are seen, from `first` on, and how they fit. */
static struct sim_table_cell *prepare(const struct sim_table *t,
				      struct sim_screen_box box, size_t *first,
				      int *rows, struct fit *f)
{
	int room = box.rows > 1 ? box.rows - 1 : box.rows;
	struct sim_table_cell *c;

	*first = sim_table_first(t->n, t->selected, room);
	*rows = t->n - *first < (size_t)room ? (int)(t->n - *first) : room;
	c = sim_mem_zalloc((size_t)(*rows * t->n_cols + 1) * sizeof(*c));
	for (int r = 0; r < *rows; r++)
		t->cells(t->ctx, *first + (size_t)r, c + r * t->n_cols);
	measure(t, c, *rows, f);
	choose(t, box.cols - 1, f);
	return c;
}

int sim_table_column(const struct sim_table *t, struct sim_screen_box box,
		     int at)
{
	int rows, from = box.col + 1, col = 0;
	size_t first;
	struct fit f;

	if (box.rows < 1 || box.cols < 4)
		return 0;
	sim_mem_free(prepare(t, box, &first, &rows, &f));
	for (int i = 0; i < t->n_cols; i++) {
		if (!f.wide[i])
			continue;
		if (from > at)
			break;
		col = i;
		from += f.wide[i] + f.gap;
	}
	return col;
}

void sim_table_draw(const struct sim_table *t, struct sim_screen *s,
		    struct sim_screen_box box)
{
	struct sim_table_cell *c;
	struct sim_screen_box line = box;
	size_t first;
	struct fit f;
	int rows;

	if (box.rows < 1 || box.cols < 4)
		return;
	c = prepare(t, box, &first, &rows, &f);
	if (box.rows > 1) {
		put_head(t, &f, s, line);
		line.row++;
	}
	for (int r = 0; r < rows; r++, line.row++) {
		put_line(t, &f, s, line, c + r * t->n_cols);
		if (first + (size_t)r != t->selected)
			continue;
		sim_screen_cell(s, line.row, box.col, SIM_THEME_KEY, "›");
		if (t->is_focused)
			sim_screen_paint(s, line.row, box.col, box.cols,
					 SIM_THEME_SELECTED);
	}
	sim_mem_free(c);
}
