/* dash: layout.def's plans into boxes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dash_do.h"
#include "util/str.h"

#define PANE_LEAST 3			/* rows that one can be dragged to */

static const struct {
	enum sim_dash_layout layout;
	int cols, rows;
	const char *plan;
} rows_of[] = {
#define SIM_LAYOUT(name, cols, rows, plan) \
	{ SIM_DASH_##name, cols, rows, plan },
#include "tui/layout.def"
#undef SIM_LAYOUT
};
#define N_ROWS (sizeof(rows_of) / sizeof(*rows_of))

static const char letters[] = {
#define SIM_PANEL(name, letter, title, help) letter,
#include "tui/panel.def"
#undef SIM_PANEL
};

const char *const *sim_dash_layouts(void)
{
	static const char *const names[] = { "trade", "monitor", "replay",
					     "wide", NULL };

	return names;
}

int sim_dash_layout_find(const char *name, enum sim_dash_layout *layout,
			 struct sim_err *err)
{
	const char *const *names = sim_dash_layouts();

	for (int i = 0; names[i]; i++) {
		if (!strcmp(names[i], name)) {
			*layout = (enum sim_dash_layout)i;
			return 0;
		}
	}
	return sim_err_set(err, SIM_E_INVAL, "there is no layout \"%.40s\"; "
			   "use trade, monitor, replay or wide", name);
}

static bool has_pane(const char *plan, enum sim_dash_pane pane)
{
	return strchr(plan, letters[pane]) != NULL;
}

/* Is it in the layout, on a screen of some size? */
static bool is_ever_in(enum sim_dash_layout layout, enum sim_dash_pane pane)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows_of[i].layout == layout &&
		    has_pane(rows_of[i].plan, pane))
			return true;
	return false;
}

void sim_dash_layout(struct sim_dash *d, enum sim_dash_layout layout)
{
	d->layout = layout;
	d->zoom = 0;
	if (layout == SIM_DASH_MONITOR) {
		d->focus = SIM_DASH_sessions;
		d->wants |= SIM_DASH_WANT_SESSIONS;
	} else if (layout == SIM_DASH_REPLAY) {
		d->focus = SIM_DASH_chart;
		d->tab = SIM_DASH_fills;
	} else if (!is_ever_in(layout, d->focus)) {
		d->focus = SIM_DASH_symbols;
	}
	sim_dash_view_touch(d);
}

enum sim_dash_layout sim_dash_layout_is(const struct sim_dash *d)
{
	return d->layout;
}

/* -- a plan ----------------------------------------------------------------*/

struct reader {
	const char *s;
	const struct sim_dash *d;
	struct dash_places *out;
	bool is_fixed;			/* nothing can be dragged */
};

static enum sim_dash_pane pane_of(char letter)
{
	const char *at = memchr(letters, letter, sizeof(letters));

	if (!at)
		SIM_BUG("layout.def names a pane that panel.def has not");
	return (enum sim_dash_pane)(at - letters);
}

/* The size before an item; 0: none.  A part is negative. */
static int get_size(const char **s)
{
	int n = 0;

	while (**s == ' ')
		(*s)++;
	while (isdigit((unsigned char)**s))
		n = n * 10 + (*(*s)++ - '0');
	if (**s != '%')
		return n;
	(*s)++;
	return -n;
}

/* Behind an item, whatever is in it. */
static const char *behind(const char *s)
{
	int depth = 0;

	do {
		if (*s == '[' || *s == '(')
			depth++;
		else if (*s == ']' || *s == ')')
			depth--;
		s++;
	} while (depth > 0 && *s);
	return s;
}

/* The part of an item that was dragged; 0: it was not. */
static int64_t *share_of(struct sim_dash *d, const char *item, bool is_new)
{
	for (int i = 0; i < SIM_DASH_SHARES; i++) {
		if (is_new && !d->share[i].item)
			d->share[i].item = item;
		if (d->share[i].item == item)
			return &d->share[i].part;
	}
	return NULL;
}

static int dragged(const struct sim_dash *d, const char *item, int room)
{
	for (int i = 0; i < SIM_DASH_SHARES; i++)
		if (d->share[i].item == item)
			return (int)((d->share[i].part * room + 500) / 1000);
	return 0;
}

struct group {
	int size[DASH_PLACES];		/* of its items */
	bool is_open[DASH_PLACES];	/* takes what room is left */
	int n, n_open, left, room;
};

/* The items of a group of `room` cells, as the plan has them or as they were
 * dragged. */
static void read_group(const struct sim_dash *d, const char *s, int room,
		       bool is_dragged, struct group *g)
{
	memset(g, 0, sizeof(*g));
	g->left = g->room = room;
	while (*s != ']' && g->n < DASH_PLACES) {
		int size = get_size(&s), other;

		if (*s == ' ' || *s == ']')
			continue;
		size = size < 0 ? room * -size / 100 : size;
		other = is_dragged ? dragged(d, s, room) : 0;
		size = other ? other : size;
		g->size[g->n] = size;
		g->is_open[g->n] = size == 0;
		g->left -= size;
		g->n_open += size == 0;
		g->n++;
		s = behind(s);
	}
}

/* The sizes of the items of a group of `room` cells. */
static void measure(const struct sim_dash *d, const char *s, int room,
		    struct group *g)
{
	int open;

	read_group(d, s, room, true, g);
	/* What was dragged where there was more room. */
	if (g->left < g->n_open * PANE_LEAST)
		read_group(d, s, room, false, g);
	g->left = g->left > 0 ? g->left : 0;
	open = g->n_open;
	for (int i = 0; i < g->n; i++) {
		if (!g->is_open[i])
			continue;
		g->size[i] = g->left / open--;
		g->left -= g->size[i];
	}
}

/* Between the items i and i + 1 of a group, whose boxes are these. */
static void add_border(struct dash_places *p, const struct group *g, int i,
		       const char *const item[2],
		       const struct sim_screen_box box[2])
{
	struct dash_border *b = &p->border[p->n_borders];
	bool is_stack = box[0].col == box[1].col;
	int others = g->n_open - g->is_open[i] - g->is_open[i + 1];

	if (p->n_borders == DASH_PLACES || strchr("HK", *item[0]) ||
	    strchr("HK", *item[1]))
		return;
	p->n_borders++;
	*b = (struct dash_border){ .item = { item[0], item[1] },
		.is_stack = is_stack, .box = box[0],
		.at = is_stack ? box[1].row : box[1].col, .room = g->room };
	if (is_stack)
		b->box.rows += box[1].rows;
	else
		b->box.cols += box[1].cols;
	/* The one that takes what is left need not be told. */
	b->sets[0] = others || !g->is_open[i] || g->is_open[i + 1];
	b->sets[1] = others || !g->is_open[i + 1];
}

static void put_leaf(struct reader *r, struct sim_screen_box box)
{
	struct dash_place *p = &r->out->place[r->out->n];

	if (r->out->n == DASH_PLACES || box.rows < 1 || box.cols < 1)
		return;
	r->out->n++;
	*p = (struct dash_place){ .box = box };
	if (*r->s != '(') {
		p->pane = pane_of(*r->s);
		return;
	}
	for (const char *s = r->s + 1; *s != ')' && p->n_tabs < DASH_TABS; s++)
		p->tab[p->n_tabs++] = pane_of(*s);
	p->pane = p->tab[0];
	for (int i = 0; i < p->n_tabs; i++)
		if (p->tab[i] == r->d->tab)
			p->pane = r->d->tab;
	for (int i = 0; i < p->n_tabs; i++)
		if (p->tab[i] == r->d->focus)
			p->pane = r->d->focus;
}

/* A group, or a leaf, into a box: the plan has as many levels as calls. */
static void put_item(struct reader *r, struct sim_screen_box box)
{
	struct sim_screen_box part[2] = { { 0, 0, 0, 0 } };
	const char *item[2] = { NULL, NULL };
	struct group g;
	bool is_stack;

	if (*r->s != '[') {
		put_leaf(r, box);
		r->s = behind(r->s);
		return;
	}
	is_stack = r->s[1] == '-';
	r->s += 2;
	measure(r->d, r->s, is_stack ? box.rows : box.cols, &g);
	for (int i = 0; i < g.n; i++) {
		int *at = is_stack ? &box.row : &box.col;
		int *rest = is_stack ? &box.rows : &box.cols;
		int take = g.size[i] < *rest ? g.size[i] : *rest;

		(void)get_size(&r->s);
		part[0] = part[1];
		item[0] = item[1];
		item[1] = r->s;
		part[1] = box;
		if (is_stack)
			part[1].rows = take;
		else
			part[1].cols = take;
		if (i && !r->is_fixed)
			add_border(r->out, &g, i - 1, item, part);
		put_item(r, part[1]);
		*at += take;
		*rest -= take;
	}
	while (*r->s == ' ')
		r->s++;
	r->s++;
}

/* -- choosing one ----------------------------------------------------------*/

static const char *plan_of(enum sim_dash_layout layout, int rows, int cols)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (rows_of[i].layout == layout && rows_of[i].cols <= cols &&
		    rows_of[i].rows <= rows)
			return rows_of[i].plan;
	return layout == SIM_DASH_TRADE ? NULL
					: plan_of(SIM_DASH_TRADE, rows, cols);
}

/* The pane with the focus alone, or beside the chart. */
static const char *zoomed(const struct sim_dash *d, char buf[64])
{
	static const char whole[] = "[-2H? 1K]", half[] = "[-2H[-C 60%? ]1K]",
			  chart[] = "[-2H[-60%? (SPOFAL)]1K]";

	if (d->zoom == 2)
		memcpy(buf, whole, sizeof(whole));
	else if (d->focus == SIM_DASH_chart)
		memcpy(buf, chart, sizeof(chart));
	else
		memcpy(buf, half, sizeof(half));
	*strchr(buf, '?') = letters[d->focus];
	return buf;
}

int sim_dash_layout_panes(const struct sim_dash *d,
			  enum sim_dash_pane out[SIM_DASH__COUNT])
{
	const char *plan = plan_of(d->layout, d->seen->rows, d->seen->cols);
	int n = 0;

	for (; plan && *plan; plan++)
		for (int i = 0; i < SIM_DASH__COUNT; i++)
			if (letters[i] == *plan && i != SIM_DASH_bar &&
			    i != SIM_DASH_hints)
				out[n++] = (enum sim_dash_pane)i;
	return n;
}

void sim_dash_layout_places(const struct sim_dash *d, int rows, int cols,
			    struct dash_places *p)
{
	const char *plan = plan_of(d->layout, rows, cols);
	char buf[64];
	struct reader r = { plan, d, p, false };

	memset(p, 0, sizeof(*p));
	p->is_tight = cols < 80 || rows < 24;
	p->is_line = !plan;
	if (!plan)
		return;
	/* One that the layout has not is seen nevertheless. */
	r.is_fixed = (d->zoom || !has_pane(plan, d->focus)) && rows >= 12;
	if (r.is_fixed)
		r.s = zoomed(d, buf);
	put_item(&r, (struct sim_screen_box){ 0, 0, rows, cols });
}

/* -- dragging ---------------------------------------------------------------*/

int sim_dash_border(const struct sim_dash *d, int row, int col)
{
	const struct dash_places *p = &d->seen->places;
	int thick = p->is_tight ? 0 : 1;

	for (int i = p->n_borders; i-- > 0;) {
		const struct dash_border *b = &p->border[i];
		int at = b->is_stack ? row : col;
		int across = b->is_stack ? col - b->box.col
					 : row - b->box.row;
		int width = b->is_stack ? b->box.cols : b->box.rows;

		if (at <= b->at && at >= b->at - thick && across >= 0 &&
		    across < width)
			return i;
	}
	return -1;
}

/* An item's part shall be so many cells. */
static void set_share(struct sim_dash *d, const char *item, int cells,
		      int room)
{
	int64_t *part = share_of(d, item, true);

	if (part)
		*part = ((int64_t)cells * 1000 + room / 2) / room;
}

void sim_dash_drag(struct sim_dash *d, int border, int row, int col)
{
	const struct dash_places *p = &d->seen->places;
	const struct dash_border *b;
	int first, both, least, to;

	if (border < 0 || border >= p->n_borders)
		return;
	b = &p->border[border];
	first = b->is_stack ? b->box.row : b->box.col;
	both = b->is_stack ? b->box.rows : b->box.cols;
	least = b->is_stack ? PANE_LEAST : PANE_LEAST * 4;
	to = (b->is_stack ? row : col) - first;
	to = to > both - least ? both - least : to;
	to = to < least ? least : to;
	if (both < 2 * least || b->room < 1)
		return;
	if (b->sets[0])
		set_share(d, b->item[0], to, b->room);
	if (b->sets[1])
		set_share(d, b->item[1], both - to, b->room);
	sim_dash_view_touch(d);
}

struct sim_screen_box sim_dash_layout_inner(const struct dash_places *p,
					    const struct dash_place *at)
{
	struct sim_screen_box b = at->box;

	if (at->pane == SIM_DASH_bar || at->pane == SIM_DASH_hints)
		return b;
	if (!p->is_tight && b.rows > 2)
		return sim_screen_inside(b);
	if (b.rows > 1) {
		b.row++;
		b.rows--;
	}
	return b;
}

bool sim_dash_layout_has(const struct dash_places *p, enum sim_dash_pane pane)
{
	for (int i = 0; i < p->n; i++)
		if (p->place[i].pane == pane)
			return true;
	return false;
}
