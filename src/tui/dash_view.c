/* dash: how one looks at it: focus, selection, filters, the chart. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/panel.h"
#include "util/mem.h"
#include "util/str.h"

#define ZOOM_IN	2			/* three columns a bar */
#define ZOOM_OUT (-7)			/* 128 bars a column */

void sim_dash_view_touch(struct sim_dash *d)
{
	d->arranged++;
	for (int i = 0; i < SIM_DASH__COUNT; i++)
		d->changed[i]++;
}

/* -- focus -----------------------------------------------------------------*/

void sim_dash_focus(struct sim_dash *d, enum sim_dash_pane pane)
{
	const struct dash_places *p = &d->seen->places;

	for (int i = 0; i < p->n; i++)
		for (int k = 0; k < p->place[i].n_tabs; k++)
			if (p->place[i].tab[k] == pane)
				d->tab = pane;
	d->focus = pane;
	sim_dash_view_touch(d);
}

enum sim_dash_pane sim_dash_focused(const struct sim_dash *d)
{
	if (d->is_helped)
		return SIM_DASH_help;
	return d->sheet ? SIM_DASH_sheet : d->focus;
}

bool sim_dash_covered(const struct sim_dash *d)
{
	return d->is_helped || d->sheet;
}

void sim_dash_focus_next(struct sim_dash *d, int by)
{
	enum sim_dash_pane all[SIM_DASH__COUNT];
	int n = sim_dash_layout_panes(d, all), at = by < 0 ? n : -1;

	for (int i = 0; i < n; i++)
		if (all[i] == d->focus)
			at = i;
	if (n)
		sim_dash_focus(d, all[((at + by) % n + n) % n]);
}

bool sim_dash_focus_tab(struct sim_dash *d, int by)
{
	const struct dash_places *p = &d->seen->places;

	for (int i = 0; i < p->n && d->focus != SIM_DASH_chart; i++) {
		const struct dash_place *l = &p->place[i];

		for (int k = 0; k < l->n_tabs; k++) {
			if (l->tab[k] != d->focus)
				continue;
			k = ((k + by) % l->n_tabs + l->n_tabs) % l->n_tabs;
			sim_dash_focus(d, l->tab[k]);
			return true;
		}
	}
	return false;
}

void sim_dash_zoom(struct sim_dash *d, int size)
{
	d->zoom = size < 0 ? 0 : size > 2 ? 2 : size;
	sim_dash_view_touch(d);
}

int sim_dash_zoomed(const struct sim_dash *d)
{
	return d->zoom;
}

/* -- rows ------------------------------------------------------------------*/

static bool contains(const char *text, const char *part)
{
	size_t n = strlen(part);

	for (; *text; text++) {
		size_t i = 0;

		while (i < n && text[i] &&
		       tolower((unsigned char)text[i]) ==
		       tolower((unsigned char)part[i]))
			i++;
		if (i == n)
			return true;
	}
	return n == 0;
}

bool sim_dash_view_shows(const struct sim_dash *d, enum sim_dash_pane pane,
			 const char *text)
{
	return contains(text, d->look[pane].filter);
}

/* Keep the rows that have the filter in one of their cells. */
static void sift(const struct sim_dash *d, enum sim_dash_pane pane,
		 struct dash_list *list)
{
	const struct sim_panel_ops *ops = sim_panel(pane);
	struct sim_table_cell *c;
	size_t keep = 0;

	if (!d->look[pane].filter[0] || !ops->cells)
		return;
	c = sim_mem_alloc((size_t)ops->n_cols * sizeof(*c));
	for (size_t i = 0; i < list->n; i++) {
		bool is_shown = false;

		memset(c, 0, (size_t)ops->n_cols * sizeof(*c));
		ops->cells(d, list->key[i], c);
		for (int k = 0; k < ops->n_cols; k++)
			is_shown |= sim_dash_view_shows(d, pane, c[k].text);
		if (is_shown)
			list->key[keep++] = list->key[i];
	}
	list->n = keep;
	sim_mem_free(c);
}

struct weighed {
	const char *word;		/* or by weight */
	double weight;
	size_t place;
	uint64_t key;
};

static int by_weight(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;
	int order = x->word && y->word ? strcmp(x->word, y->word) : 0;

	if (order)
		return order;
	if (x->weight > y->weight || x->weight < y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static void order(const struct sim_dash *d, enum sim_dash_pane pane,
		  struct dash_list *list)
{
	const struct sim_panel_ops *ops = sim_panel(pane);
	int col = d->look[pane].sort - 1;
	struct weighed *w;

	if (col < 0 || !ops->weight || list->n < 2)
		return;
	w = sim_mem_array(list->n, sizeof(*w));
	for (size_t i = 0; i < list->n; i++) {
		double v = ops->weight(d, list->key[i], col);

		w[i] = (struct weighed){ ops->word(d, list->key[i], col),
					 v == v ? v : -1e300, i,
					 list->key[i] };
	}
	qsort(w, list->n, sizeof(*w), by_weight);
	for (size_t i = 0; i < list->n; i++)
		list->key[i] = w[i].key;
	sim_mem_free(w);
}

void sim_dash_view_list(const struct sim_dash *d, enum sim_dash_pane pane,
			struct dash_list *list)
{
	const struct sim_panel_ops *ops = sim_panel(pane);

	*list = (struct dash_list){ NULL, 0, 0 };
	if (!ops->keys)
		return;
	ops->keys(d, list);
	sift(d, pane, list);
	order(d, pane, list);
}

size_t sim_dash_view_row(const struct sim_dash *d, enum sim_dash_pane pane,
			 const struct dash_list *list)
{
	const struct dash_look *l = &d->look[pane];

	if (l->key == DASH_NO_KEY)
		return 0;
	for (size_t i = 0; i < list->n; i++)
		if (list->key[i] == l->key)
			return i;
	return list->n && l->row >= list->n ? list->n - 1 : l->row;
}

static void select_row(struct sim_dash *d, enum sim_dash_pane pane,
		       const struct dash_list *list, size_t row)
{
	struct dash_look *l = &d->look[pane];

	if (!list->n)
		return;
	l->row = row < list->n ? row : list->n - 1;
	l->key = list->key[l->row];
	/* The newest stays the newest. */
	if (l->row == 0 && (pane == SIM_DASH_fills || pane == SIM_DASH_log))
		l->key = DASH_NO_KEY;
	if (pane == SIM_DASH_symbols) {
		d->chosen = (uint32_t)l->key;
		d->chart.scroll = 0;
		d->chart.cursor = -1;
		dash_touch(d, SIM_DASH_chart);
		sim_dash_zone_chosen(d);
	}
	dash_touch(d, pane);
}

/* Lines of a pane on the frame drawn last. */
static int page_of(const struct sim_dash *d, enum sim_dash_pane pane)
{
	const struct dash_places *p = &d->seen->places;

	if (pane == SIM_DASH_help || pane == SIM_DASH_sheet)
		return d->seen->rows > 8 ? d->seen->rows - 6 : 2;
	for (int i = 0; i < p->n; i++)
		if (p->place[i].pane == pane)
			return sim_dash_layout_inner(p, &p->place[i]).rows > 2 ?
			       sim_dash_layout_inner(p, &p->place[i]).rows - 1
			       : 1;
	return 10;
}

/* Where a move from row `at` of n leads. */
static size_t moved(size_t at, size_t n, int64_t by)
{
	if (by < 0)
		return (uint64_t)-by > at ? 0 : at - (size_t)-by;
	return (uint64_t)by > n - 1 - at ? n - 1 : at + (size_t)by;
}

static void move_text(struct sim_dash *d, enum sim_dash_pane pane,
		      enum sim_dash_move unit, int64_t by)
{
	struct dash_look *l = &d->look[pane];

	if (unit == SIM_DASH_FIRST)
		l->row = 0;
	else if (unit == SIM_DASH_END)
		l->row = 100000;
	else
		l->row = moved(l->row, 100000, by);
	dash_touch(d, pane);
}

static void move_chart(struct sim_dash *d, enum sim_dash_move unit, int by)
{
	struct dash_list list;

	if (unit == SIM_DASH_FIRST || unit == SIM_DASH_END) {
		sim_dash_chart_scroll(d, unit == SIM_DASH_END ? 1000000
							      : -1000000);
		return;
	}
	if (unit != SIM_DASH_LINE) {
		sim_dash_chart_scroll(d, by * (unit == SIM_DASH_PAGE ? 60
								     : 30));
		return;
	}
	sim_dash_view_list(d, SIM_DASH_symbols, &list);
	if (list.n)
		select_row(d, SIM_DASH_symbols, &list,
			   moved(sim_dash_view_row(d, SIM_DASH_symbols, &list),
				 list.n, by));
	sim_mem_free(list.key);
}

void sim_dash_move(struct sim_dash *d, enum sim_dash_move unit, int by)
{
	enum sim_dash_pane pane = sim_dash_focused(d);
	int page = page_of(d, pane);
	int64_t rows = by;
	struct dash_list list;
	size_t at;

	if (pane == SIM_DASH_chart) {
		move_chart(d, unit, by);
		return;
	}
	rows *= unit == SIM_DASH_PAGE ? page : unit == SIM_DASH_HALF ?
		(page + 1) / 2 : 1;
	if (pane == SIM_DASH_help || pane == SIM_DASH_sheet) {
		move_text(d, pane, unit, rows);
		return;
	}
	sim_dash_view_list(d, pane, &list);
	if (list.n) {
		at = moved(sim_dash_view_row(d, pane, &list), list.n, rows);
		if (unit == SIM_DASH_FIRST)
			at = 0;
		else if (unit == SIM_DASH_END)
			at = list.n - 1;
		select_row(d, pane, &list, at);
	}
	sim_mem_free(list.key);
}

void sim_dash_filter(struct sim_dash *d, const char *text)
{
	struct dash_look *l = &d->look[d->focus];

	sim_dash_copy(l->filter, sizeof(l->filter), text);
	dash_touch(d, d->focus);
}

const char *sim_dash_filtered(const struct sim_dash *d)
{
	return d->look[d->focus].filter;
}

void sim_dash_sort(struct sim_dash *d, int by)
{
	const struct sim_panel_ops *ops = sim_panel(d->focus);
	struct dash_look *l = &d->look[d->focus];
	int n = ops->n_sorts + 1, at = 0;

	/* One that only a click reaches counts like none. */
	for (int i = 1; i < n; i++)
		if (ops->sort_col[i - 1] == l->sort - 1)
			at = i;
	at = ((at + by) % n + n) % n;
	l->sort = at ? ops->sort_col[at - 1] + 1 : 0;
	dash_touch(d, d->focus);
}

void sim_dash_sort_by(struct sim_dash *d, int col)
{
	const struct sim_panel_ops *ops = sim_panel(d->focus);
	struct dash_look *l = &d->look[d->focus];

	if (!ops->weight || col < 0 || col >= ops->n_cols)
		return;
	l->sort = l->sort == col + 1 ? 0 : col + 1;
	dash_touch(d, d->focus);
}

void sim_dash_view_get(const struct sim_dash *d, struct sim_dash_view *v)
{
	memset(v, 0, sizeof(*v));
	for (int i = 0; i < SIM_DASH__COUNT; i++) {
		sim_dash_copy(v->filter[i], sizeof(v->filter[i]),
			      d->look[i].filter);
		v->sort[i] = d->look[i].sort;
	}
	memcpy(v->share, d->share, sizeof(v->share));
	v->frame = d->chart.frame;
	v->is_line = d->chart.is_line;
}

void sim_dash_view_set(struct sim_dash *d, const struct sim_dash_view *v)
{
	for (int i = 0; i < SIM_DASH__COUNT; i++) {
		sim_dash_copy(d->look[i].filter, sizeof(d->look[i].filter),
			      v->filter[i]);
		d->look[i].sort = v->sort[i];
	}
	memcpy(d->share, v->share, sizeof(d->share));
	if (d->chart.is_line != (v->is_line != 0))
		sim_dash_chart_kind(d);
	if (d->chart.frame != v->frame)
		sim_dash_chart_frame(d, v->frame - d->chart.frame);
	sim_dash_view_touch(d);
}

/* -- what is selected ------------------------------------------------------*/

/* The newest fill in the bar under the chart's cursor. */
static void pick_cursor(const struct sim_dash *d, const struct dash_symbol *s,
			struct sim_dash_pick *p)
{
	const struct dash_ring *r = &s->ring[d->chart.frame];
	size_t back = (size_t)d->chart.cursor;
	sim_time from, to;

	if (d->chart.cursor < 0 || back >= r->n)
		return;
	from = dash_bar(r, r->n - 1 - back)->ts;
	to = back ? dash_bar(r, r->n - back)->ts : INT64_MAX;
	for (size_t i = 0; i < d->n_events; i++) {
		const struct dash_event *e = sim_dash_book_at(d, i);

		if (e->kind != DASH_FILL || e->time <= from || e->time > to ||
		    e->symbol >= d->n_symbols || &d->symbol[e->symbol] != s)
			continue;
		sim_panel(SIM_DASH_fills)->pick(d, d->n_heard - 1 - i, p);
		return;
	}
}

struct sim_dash_pick sim_dash_pick(const struct sim_dash *d)
{
	const struct sim_panel_ops *ops = sim_panel(d->focus);
	const struct dash_symbol *s = sim_dash_view_symbol(d);
	struct sim_dash_pick p = { .pane = d->focus };
	struct dash_list list;
	size_t row;

	sim_dash_view_list(d, d->focus, &list);
	row = sim_dash_view_row(d, d->focus, &list);
	if (ops->pick && row < list.n)
		ops->pick(d, list.key[row], &p);
	sim_mem_free(list.key);
	if (d->focus == SIM_DASH_chart && s)
		pick_cursor(d, s, &p);
	if (!p.symbol && !p.order_id && s)
		p.symbol = s->name;
	return p;
}

bool sim_dash_select_symbol(struct sim_dash *d, const char *symbol)
{
	uint32_t i = sim_dash_symbol_find(d, symbol);
	struct dash_look *l = &d->look[SIM_DASH_symbols];

	if (i == UINT32_MAX)
		return false;
	l->key = d->chosen = i;
	l->row = i;
	d->chart.scroll = 0;
	d->chart.cursor = -1;
	dash_touch(d, SIM_DASH_symbols);
	dash_touch(d, SIM_DASH_chart);
	sim_dash_zone_chosen(d);
	return true;
}

const struct dash_symbol *sim_dash_view_symbol(const struct sim_dash *d)
{
	return d->chosen < d->n_symbols ? &d->symbol[d->chosen] : NULL;
}

/* -- the chart -------------------------------------------------------------*/

/* Bars of the time frame that is shown. */
static int chart_bars(const struct sim_dash *d)
{
	const struct dash_symbol *s = sim_dash_view_symbol(d);

	return s ? (int)s->ring[d->chart.frame].n : 0;
}

static int within(int v, int lo, int hi)
{
	return v > hi ? (hi < lo ? lo : hi) : v < lo ? lo : v;
}

void sim_dash_chart_scroll(struct sim_dash *d, int by)
{
	int step = d->chart.zoom < 0 ? 1 << -d->chart.zoom : 1;
	int64_t to = d->chart.scroll - (int64_t)by * step;
	int most = chart_bars(d) - 1;

	d->chart.scroll = to > most ? within(most, 0, most)
				    : within((int)to, 0, most);
	dash_touch(d, SIM_DASH_chart);
}

void sim_dash_chart_zoom(struct sim_dash *d, int by)
{
	d->chart.zoom = within(d->chart.zoom + by, ZOOM_OUT, ZOOM_IN);
	dash_touch(d, SIM_DASH_chart);
}

void sim_dash_chart_frame(struct sim_dash *d, int by)
{
	int n = d->n_frames ? d->n_frames : 1;

	d->chart.frame = ((d->chart.frame + by) % n + n) % n;
	d->chart.scroll = 0;
	d->chart.cursor = -1;
	dash_touch(d, SIM_DASH_chart);
}

void sim_dash_chart_kind(struct sim_dash *d)
{
	d->chart.is_line = !d->chart.is_line;
	dash_touch(d, SIM_DASH_chart);
}

void sim_dash_chart_cursor(struct sim_dash *d, int by)
{
	int at = d->chart.cursor < 0 ? d->chart.scroll : d->chart.cursor - by;

	d->chart.cursor = by ? within(at, 0, chart_bars(d) - 1) : -1;
	dash_touch(d, SIM_DASH_chart);
}

/* "sma:20,2" into a study. */
static int read_study(char *text, struct dash_study *st, struct sim_err *err)
{
	static const char *const overlays[] = {
		"sma", "ema", "wma", "dema", "tema", "hma", "kama", "t3",
		"trima", "rma", "vwma", "zlema", "vwap", "bbands", "keltner",
		"donchian", "psar", "supertrend", "chandelier", "ichimoku",
		"linreg", "tsf", "highest", "lowest", "median", "medprice",
		"midpoint", "midprice", "typprice", "wclprice", "avgprice",
		"heikin", NULL
	};
	char *rest = text, *name, *number, *end;
	int n = 0, rc;

	sim_dash_copy(st->text, sizeof(st->text), text);
	name = sim_str_sep(&rest, ':');
	rc = sim_ta_find(name, &st->row, err);
	for (int i = 0; !rc && i < st->row->n_options; i++)
		st->options[i] = st->row->options[i].def;
	while (!rc && rest && *rest) {
		int64_t whole;

		number = sim_str_sep(&rest, ',');
		if (n == st->row->n_options)
			return sim_err_set(err, SIM_E_INVAL, "%s takes %d "
					   "options; \"%.40s\" is one more",
					   name, n, number);
		end = strchr(number, '.');
		rc = end ? 0 : sim_str_int(number, "an option of an indicator",
					   0, 1000000, &whole, err);
		if (!rc && !end) {
			st->options[n++] = (double)whole;
		} else if (!rc) {
			sim_dec v;

			rc = sim_dec_parse(number, strlen(number), &v, err);
			st->options[n++] = rc ? 0 : sim_dec_to_double(v);
		}
	}
	for (int i = 0; overlays[i]; i++)
		st->is_overlay |= !strcmp(overlays[i], name);
	return rc ? rc : sim_ta_check(st->row, st->options, err);
}

int sim_dash_studies(struct sim_dash *d, const char *text,
		     struct sim_err *err)
{
	struct dash_study got[SIM_DASH_STUDIES];
	char *copy = sim_mem_strdup(text), *rest = copy;
	int n = 0, rc = 0;

	memset(got, 0, sizeof(got));
	while (!rc && rest && *rest) {
		char *one = sim_str_sep(&rest, ' ');

		if (!*one)
			continue;
		if (n == SIM_DASH_STUDIES)
			rc = sim_err_set(err, SIM_E_INVAL, "a chart has at "
					 "most %d indicators; \"%.40s\" is one "
					 "more", n, one);
		else
			rc = read_study(one, &got[n++], err);
	}
	sim_mem_free(copy);
	if (rc)
		return rc;
	memcpy(d->chart.study, got, sizeof(got));
	d->chart.n_studies = n;
	dash_touch(d, SIM_DASH_chart);
	return 0;
}

/* -- over the panes --------------------------------------------------------*/

void sim_dash_sheet(struct sim_dash *d, const char *title, const char *text)
{
	sim_mem_free(d->sheet);
	d->sheet = text ? sim_mem_strdup(text) : NULL;
	sim_dash_copy(d->sheet_title, sizeof(d->sheet_title), title);
	d->look[SIM_DASH_sheet].row = 0;
	sim_dash_view_touch(d);
}

void sim_dash_help(struct sim_dash *d, bool is_shown)
{
	d->is_helped = is_shown;
	d->look[SIM_DASH_help].row = 0;
	sim_dash_view_touch(d);
}

/* -- the mouse -------------------------------------------------------------*/

static const struct dash_place *place_at(const struct sim_dash *d, int row,
					 int col)
{
	const struct dash_places *p = &d->seen->places;

	for (int i = 0; i < p->n; i++) {
		const struct sim_screen_box *b = &p->place[i].box;

		if (row >= b->row && row < b->row + b->rows && col >= b->col &&
		    col < b->col + b->cols)
			return &p->place[i];
	}
	return NULL;
}

/* The tab that a column of a title names; -1: none. */
static int tab_at(const struct dash_place *at, int col)
{
	for (int k = at->n_tabs; k-- > 0;)
		if (at->tab_col[k] && col >= at->tab_col[k])
			return k;
	return -1;
}

static void click_row(struct sim_dash *d, const struct dash_place *at, int row,
		      int col)
{
	struct sim_screen_box b = sim_dash_layout_inner(&d->seen->places, at);
	int line = row - b.row - (b.rows > 1);
	struct dash_list list;
	size_t first;

	sim_dash_view_list(d, at->pane, &list);
	first = sim_table_first(list.n, sim_dash_view_row(d, at->pane, &list),
				b.rows > 1 ? b.rows - 1 : b.rows);
	if (line == -1)
		sim_dash_sort_by(d, sim_panel_column(d, at->pane, b, col));
	else if (line >= 0 && first + (size_t)line < list.n)
		select_row(d, at->pane, &list, first + (size_t)line);
	sim_mem_free(list.key);
}

bool sim_dash_click(struct sim_dash *d, int row, int col)
{
	const struct dash_place *at = place_at(d, row, col);
	struct dash_place place;
	int tab;

	if (!at || sim_dash_covered(d) || at->pane == SIM_DASH_bar ||
	    at->pane == SIM_DASH_hints)
		return false;
	place = *at;
	tab = row == place.box.row ? tab_at(&place, col) : -1;
	sim_dash_focus(d, tab >= 0 ? place.tab[tab] : place.pane);
	if (tab < 0 && row > place.box.row)
		click_row(d, &place, row, col);
	return true;
}

bool sim_dash_wheel(struct sim_dash *d, int row, int col, int by)
{
	const struct dash_place *at = place_at(d, row, col);

	if (!sim_dash_covered(d)) {
		if (!at || at->pane == SIM_DASH_bar ||
		    at->pane == SIM_DASH_hints)
			return false;
		if (at->pane != d->focus)
			sim_dash_focus(d, at->pane);
	}
	if (sim_dash_focused(d) == SIM_DASH_chart)
		sim_dash_chart_zoom(d, by < 0 ? 1 : -1);
	else
		sim_dash_move(d, SIM_DASH_LINE, by);
	return true;
}
