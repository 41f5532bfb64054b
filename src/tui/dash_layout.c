/* dash: layout.def's plans into boxes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dash_do.h"
#include "util/str.h"

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

/* The sizes of the items of a group of `room` cells; how many. */
static int measure(const char *s, int room, int size[DASH_PLACES])
{
	int n = 0, open = 0, left = room, share;

	while (*s != ']' && n < DASH_PLACES) {
		size[n] = get_size(&s);
		if (size[n] < 0)
			size[n] = room * -size[n] / 100;
		if (*s == ' ' || *s == ']')
			continue;
		left -= size[n];
		open += size[n] == 0;
		n++;
		s = behind(s);
	}
	left = left > 0 ? left : 0;
	for (int i = 0; i < n; i++) {
		if (size[i])
			continue;
		share = left / open;
		size[i] = share;
		left -= share;
		open--;
	}
	return n;
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
	int size[DASH_PLACES], n;
	bool is_stack;

	if (*r->s != '[') {
		put_leaf(r, box);
		r->s = behind(r->s);
		return;
	}
	is_stack = r->s[1] == '-';
	r->s += 2;
	n = measure(r->s, is_stack ? box.rows : box.cols, size);
	for (int i = 0; i < n; i++) {
		struct sim_screen_box part = box;
		int *at = is_stack ? &box.row : &box.col;
		int *rest = is_stack ? &box.rows : &box.cols;
		int take = size[i] < *rest ? size[i] : *rest;

		(void)get_size(&r->s);
		if (is_stack)
			part.rows = take;
		else
			part.cols = take;
		put_item(r, part);
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

/* The pane with the focus alone, or above the tabs. */
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

void sim_dash_layout_places(const struct sim_dash *d, int rows, int cols,
			    struct dash_places *p)
{
	const char *plan = plan_of(d->layout, rows, cols);
	char buf[64];
	struct reader r = { plan, d, p };

	memset(p, 0, sizeof(*p));
	p->is_tight = cols < 80 || rows < 24;
	p->is_line = !plan;
	if (!plan)
		return;
	if (d->zoom && rows >= 12)
		r.s = zoomed(d, buf);
	put_item(&r, (struct sim_screen_box){ 0, 0, rows, cols });
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
