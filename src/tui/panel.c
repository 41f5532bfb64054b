/* panel: the list of panes, and what those have in common that are tables. */
#include "tui/panel.h"

#include <string.h>

#include "tui/figure.h"
#include "util/mem.h"

static const struct {
	const struct sim_panel_ops *ops;
	const char *title;
} panels[] = {
#define SIM_PANEL(name, letter, title, help) { &sim_panel_##name, title },
#include "tui/panel.def"
#undef SIM_PANEL
};

const struct sim_panel_ops *sim_panel(enum sim_dash_pane pane)
{
	return panels[pane].ops;
}

const char *sim_panel_title(enum sim_dash_pane pane)
{
	return panels[pane].title;
}

void sim_panel_symbol_pick(const struct sim_dash *d, uint64_t key,
			   struct sim_dash_pick *p)
{
	p->symbol = d->symbol[key].name;
}

const char *sim_panel_symbol_word(const struct sim_dash *d, uint64_t key,
				  int col)
{
	return col ? NULL : d->symbol[key].name;
}

void sim_panel_text(struct sim_table_cell *c, sim_theme_ink ink,
		    const char *text)
{
	c->ink = ink;
	sim_dash_copy(c->text, sizeof(c->text), text);
}

void sim_panel_gain(struct sim_table_cell *c, sim_dec v, int decimals)
{
	const char *arrow = sim_figure_arrow((double)v);
	size_t n = strlen(arrow);

	memcpy(c->text, arrow, n);
	sim_figure_signed(c->text + n, v, decimals);
	c->ink = v > 0 ? SIM_THEME_UP : v < 0 ? SIM_THEME_LOSS
					      : SIM_THEME_TEXT;
}

struct context {
	const struct sim_dash *d;
	const struct sim_panel_ops *ops;
	const struct dash_list *list;
};

static void cells(const void *ctx, size_t i, struct sim_table_cell *cell)
{
	const struct context *c = ctx;

	c->ops->cells(c->d, c->list->key[i], cell);
}

/* The table of a pane; c and list live as long as it. */
static struct sim_table table_of(struct context *c, enum sim_dash_pane pane,
				 struct dash_list *list)
{
	struct sim_table t = {
		.col = c->ops->col, .n_cols = c->ops->n_cols,
		.sort_col = c->d->look[pane].sort - 1,
		.is_focused = c->d->focus == pane && !sim_dash_covered(c->d),
		.ctx = c, .cells = cells
	};

	sim_dash_view_list(c->d, pane, list);
	t.n = list->n;
	t.selected = list->n ? sim_dash_view_row(c->d, pane, list) : 1;
	return t;
}

void sim_panel_table(const struct sim_dash *d, enum sim_dash_pane pane,
		     struct sim_screen *s, struct sim_screen_box box)
{
	struct dash_list list;
	struct context ctx = { d, sim_panel(pane), &list };
	struct sim_table t = table_of(&ctx, pane, &list);

	sim_table_draw(&t, s, box);
	if (!list.n && box.rows > 1)
		sim_screen_put(s, box.row + 1, box.col + 1, box.cols - 2,
			       SIM_THEME_DIM, d->look[pane].filter[0] ?
			       "nothing contains that text" :
			       ctx.ops->nothing);
	sim_mem_free(list.key);
}

int sim_panel_column(const struct sim_dash *d, enum sim_dash_pane pane,
		     struct sim_screen_box box, int at)
{
	struct dash_list list;
	struct context ctx = { d, sim_panel(pane), &list };
	struct sim_table t = table_of(&ctx, pane, &list);
	int col = sim_table_column(&t, box, at);

	sim_mem_free(list.key);
	return col;
}
