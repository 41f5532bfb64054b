/* dash: the frame: panes in their places, those that have changed. */
#include <stdio.h>
#include <string.h>

#include "tui/figure.h"
#include "tui/panel.h"
#include "util/mem.h"

#define SLOT_ARRANGED (SIM_SCREEN_SLOTS - 1)
_Static_assert(SIM_DASH__COUNT < SLOT_ARRANGED, "a slot for each pane");

/* -- titles ----------------------------------------------------------------*/

/* A title with what it counts, and the filter. */
static int put_title(const struct sim_dash *d, struct sim_screen *s,
		     struct sim_screen_box b, enum sim_dash_pane pane,
		     sim_theme_ink ink)
{
	const struct sim_panel_ops *ops = sim_panel(pane);
	struct sim_buf buf = SIM_BUF_INIT(512);
	int end = b.col + b.cols, at = b.col;

	at += sim_screen_put(s, b.row, at, end - at, ink,
			     pane == SIM_DASH_sheet ? d->sheet_title
						    : sim_panel_title(pane));
	if (ops->count)
		ops->count(d, &buf);
	if (d->look[pane].filter[0])
		sim_buf_printf(&buf, " /%s", d->look[pane].filter);
	/* Whole words: half a number would be another one. */
	while (buf.len && sim_glyph_width(buf.data) > end - at - 1) {
		char *blank = strrchr(buf.data, ' ');

		buf.len = blank ? (size_t)(blank - buf.data) : 0;
		buf.data[buf.len] = '\0';
	}
	if (buf.len) {
		at += sim_screen_put(s, b.row, at, 1, ink, " ");
		at += sim_screen_put(s, b.row, at, end - at, SIM_THEME_DIM,
				     buf.data);
	}
	sim_buf_release(&buf);
	return at - b.col;
}

/* Columns that the titles of all tabs take when those that are not open are cut
 * to `most` columns. */
static int tabs_width(const struct dash_place *p, int most)
{
	int sum = 0;

	for (int i = 0; i < p->n_tabs; i++) {
		int w = sim_glyph_width(sim_panel_title(p->tab[i]));

		sum += 2 + (w > most && p->tab[i] != p->pane ? most : w);
	}
	return sum;
}

/* The title of the pane, as wide as the other tabs let it be. */
static int put_open(const struct sim_dash *d, struct sim_screen *s,
		    struct sim_screen_box b, const struct dash_place *p)
{
	bool has_focus = p->pane == sim_dash_focused(d);
	int n;

	if (b.cols < 3)
		return 0;
	sim_screen_put(s, b.row, b.col, 1, SIM_THEME_TITLE, " ");
	b.col++;
	b.cols -= 2;
	n = put_title(d, s, b, p->pane, has_focus ? SIM_THEME_TAB
						  : SIM_THEME_TITLE);
	sim_screen_put(s, b.row, b.col + n, 1, SIM_THEME_TITLE, " ");
	return n + 2;
}

static int put_tab(struct sim_screen *s, struct sim_screen_box b,
		   const char *title, int most)
{
	char text[32];
	int width = sim_glyph_width(title);

	snprintf(text, sizeof(text), "%.*s", width > most ? most : width,
		 title);
	sim_screen_put(s, b.row, b.col, 1, SIM_THEME_DIM, " ");
	width = sim_screen_put(s, b.row, b.col + 1, b.cols - 2, SIM_THEME_DIM,
			       text);
	sim_screen_put(s, b.row, b.col + 1 + width, 1, SIM_THEME_DIM, " ");
	return width + 2;
}

/* The line above a pane: its title, or tabs among which it is. */
static void put_head(const struct sim_dash *d, struct sim_screen *s,
		     struct sim_screen_box b, struct dash_place *p)
{
	int most = tabs_width(p, 99) + 12 <= b.cols ? 99 : 3;
	int rest = tabs_width(p, most) -
		   sim_glyph_width(sim_panel_title(p->pane)) - 2;

	if (!p->n_tabs) {
		put_open(d, s, b, p);
		return;
	}
	for (int i = 0; i < p->n_tabs; i++) {
		const char *title = sim_panel_title(p->tab[i]);
		struct sim_screen_box part = b;
		int n = sim_glyph_width(title);

		n = 2 + (n > most ? most : n);
		p->tab_col[i] = b.col;
		if (p->tab[i] == p->pane) {
			part.cols -= rest;
			n = put_open(d, s, part, p);
		} else if (n <= b.cols) {
			put_tab(s, b, title, most);
			rest -= n;
		} else {
			break;
		}
		b.col += n;
		b.cols -= n;
	}
}

/* -- panes -----------------------------------------------------------------*/

static void draw_content(const struct sim_dash *d, struct sim_screen *s,
			 enum sim_dash_pane pane, struct sim_screen_box b)
{
	const struct sim_panel_ops *ops = sim_panel(pane);
	struct sim_screen_box old;

	if (b.rows < 1 || b.cols < 1)
		return;
	old = sim_screen_clip(s, b);
	sim_screen_fill(s, b, SIM_THEME_TEXT);
	if (ops->draw)
		ops->draw(d, s, b);
	else
		sim_panel_table(d, pane, s, b);
	sim_screen_clip(s, old);
}

/* Which rows of a table are seen, on its frame, where not all are. */
static void put_range(const struct sim_dash *d, struct sim_screen *s,
		      const struct dash_place *p, struct sim_screen_box inner)
{
	int room = inner.rows > 1 ? inner.rows - 1 : inner.rows, width;
	struct dash_list list;
	char text[80];
	size_t first;

	sim_dash_view_list(d, p->pane, &list);
	first = sim_table_first(list.n, sim_dash_view_row(d, p->pane, &list),
				room);
	snprintf(text, sizeof(text), " %zu-%zu of %zu ", first + 1,
		 first + (size_t)(room > 0 ? room : 0), list.n);
	width = sim_glyph_width(text);
	if (room > 0 && list.n > (size_t)room && width + 4 <= p->box.cols)
		sim_screen_put(s, p->box.row + p->box.rows - 1, p->box.col +
			       p->box.cols - width - 2, width, SIM_THEME_DIM,
			       text);
	sim_mem_free(list.key);
}

static void draw_place(const struct sim_dash *d, struct sim_screen *s,
		       const struct dash_places *all, struct dash_place *p)
{
	struct sim_screen_box b = p->box, head;
	bool has_focus = p->pane == sim_dash_focused(d);
	sim_theme_ink ink = has_focus ? SIM_THEME_FOCUS : SIM_THEME_BORDER;

	if (p->pane != SIM_DASH_bar && p->pane != SIM_DASH_hints) {
		bool is_framed = !all->is_tight && b.rows > 2;

		if (is_framed)
			sim_screen_frame(s, b, ink, NULL);
		else
			for (int i = 0; i < b.cols; i++)
				sim_screen_cell(s, b.row, b.col + i, ink, "─");
		head = (struct sim_screen_box){ b.row, b.col + 2, 1,
						b.cols - 4 };
		if (!is_framed && p->n_tabs)
			head = (struct sim_screen_box){ b.row, b.col, 1,
							b.cols };
		if (head.cols > 2)
			put_head(d, s, head, p);
	}
	draw_content(d, s, p->pane, sim_dash_layout_inner(all, p));
	if (!all->is_tight && b.rows > 2 && sim_panel(p->pane)->keys)
		put_range(d, s, p, sim_dash_layout_inner(all, p));
}

/* A pane over the others. */
static void draw_cover(const struct sim_dash *d, struct sim_screen *s)
{
	enum sim_dash_pane pane = sim_dash_focused(d);
	int side = s->cols >= 100 ? s->cols / 10 : s->cols >= 60 ? 3 : 0;
	int top = s->rows >= 20 ? 2 : 1;
	struct dash_places all = { .n = 1, .is_tight = s->cols < 60 };
	struct dash_place *p = &all.place[0];

	*p = (struct dash_place){ .pane = pane, .box = {
		top, side, s->rows - 2 * top, s->cols - 2 * side } };
	if (pane == SIM_DASH_sheet) {
		int n = sim_glyph_lines(d->sheet, p->box.cols -
					(all.is_tight ? 2 : 4)) +
			(all.is_tight ? 1 : 2);

		p->box.row += n < p->box.rows ? (p->box.rows - n) / 2 : 0;
		p->box.rows = n < p->box.rows ? n : p->box.rows;
	}
	if (p->box.rows > 0 && p->box.cols > 0)
		draw_place(d, s, &all, p);
}

/* Where there is no room for panes: what counts most. */
static void draw_line(const struct sim_dash *d, struct sim_screen *s)
{
	char text[160], money[SIM_FIGURE_MAX], part[SIM_FIGURE_MAX];
	double base = sim_dec_to_double(d->capital);
	double change = base > 0 ? d->account.marked_equity / base - 1 : 0;
	sim_dec v = 0;
	int at = 0;

	sim_screen_fill(s, sim_screen_all(s), SIM_THEME_TEXT);
	if (d->account.is_known) {
		(void)sim_dec_from_double(d->account.marked_equity, &v);
		at = sim_screen_put(s, 0, 0, s->cols, SIM_THEME_BAR,
				    s->cols < 12 ? sim_figure_short(money,
					d->account.marked_equity) :
				    sim_figure_dec(money, v, 2)) + 1;
		snprintf(text, sizeof(text), "%s%s", sim_figure_arrow(change),
			 sim_figure_percent(part, change * 100, 2));
		if (sim_glyph_width(text) <= s->cols - at)
			at += sim_screen_put(s, 0, at, s->cols - at,
					     change < 0 ? SIM_THEME_LOSS :
					     SIM_THEME_UP, text) + 1;
	}
	sim_figure_minute(money, d->sim_time,
			  sim_dash_view_offset(d, d->sim_time));
	snprintf(text, sizeof(text), "%s%s", money, money[0] ? " " : "");
	if (s->rows > 1)
		snprintf(text + strlen(text), 100, "%s",
			 sim_dash_team_word(d->state));
	at += sim_screen_put(s, s->rows > 1 && at, s->rows > 1 ? 0 : at,
			     s->rows > 1 ? s->cols : s->cols - at,
			     SIM_THEME_TEXT, text);
	snprintf(text, sizeof(text), "needs 40x10, has %dx%d", s->cols,
		 s->rows);
	if (s->rows > 2)
		sim_screen_put(s, 2, 0, s->cols, SIM_THEME_DIM, text);
	else if (s->rows == 1)
		sim_screen_put(s, 0, at, s->cols - at, SIM_THEME_DIM, text);
}

static bool is_new(const struct sim_dash *d, const struct sim_screen *s,
		   enum sim_dash_pane pane)
{
	return s->seen[pane] != d->changed[pane] + 1;
}

/* Has anything changed that is seen, or only the pane over the others? */
static bool is_any_new(const struct sim_dash *d, const struct sim_screen *s)
{
	const struct dash_places *all = &d->seen->places;

	for (int i = 0; i < all->n; i++)
		if (is_new(d, s, all->place[i].pane))
			return true;
	return false;
}

static void draw_panes(const struct sim_dash *d, struct sim_screen *s,
		       bool is_all)
{
	struct dash_places *all = &d->seen->places;
	enum sim_dash_pane over = sim_dash_focused(d);
	bool is_covered = sim_dash_covered(d);

	/* What is over the panes is drawn over what they draw. */
	is_all |= is_covered && (is_any_new(d, s) || is_new(d, s, over));
	for (int i = 0; i < all->n; i++) {
		struct dash_place *p = &all->place[i];

		if (!is_all && !is_new(d, s, p->pane))
			continue;
		draw_place(d, s, all, p);
		s->seen[p->pane] = d->changed[p->pane] + 1;
	}
	if (!is_covered || !is_all)
		return;
	draw_cover(d, s);
	s->seen[over] = d->changed[over] + 1;
}

void sim_dash_draw(const struct sim_dash *d, struct sim_screen *s)
{
	struct dash_seen *seen = d->seen;
	bool is_all = s->seen[SLOT_ARRANGED] != d->arranged + 1;
	struct sim_screen_box old = sim_screen_clip(s, sim_screen_all(s));

	if (is_all || seen->rows != s->rows || seen->cols != s->cols) {
		is_all = true;
		seen->rows = s->rows;
		seen->cols = s->cols;
		sim_dash_layout_places(d, s->rows, s->cols, &seen->places);
		sim_screen_fill(s, sim_screen_all(s), SIM_THEME_TEXT);
	}
	if (!seen->places.is_line) {
		draw_panes(d, s, is_all);
	} else if (is_all || is_new(d, s, SIM_DASH_bar)) {
		draw_line(d, s);
		s->seen[SIM_DASH_bar] = d->changed[SIM_DASH_bar] + 1;
	}
	s->seen[SLOT_ARRANGED] = d->arranged + 1;
	sim_screen_clip(s, old);
}

bool sim_dash_is_dirty(const struct sim_dash *d, const struct sim_screen *s)
{
	if (s->seen[SLOT_ARRANGED] != d->arranged + 1 ||
	    d->seen->rows != s->rows || d->seen->cols != s->cols)
		return true;
	if (d->seen->places.is_line)
		return is_new(d, s, SIM_DASH_bar);
	return is_any_new(d, s) || (sim_dash_covered(d) &&
				    is_new(d, s, sim_dash_focused(d)));
}
