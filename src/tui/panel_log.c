/* panel: what was asked for and what was answered, the newest first. */
#include "tui/figure.h"
#include "tui/panel.h"
#include "util/mem.h"

enum { TIME, TEXT };
static const struct sim_table_col cols[] = {
	[TIME] = { .head = "TIME", .rank = 1 },
	[TEXT] = { .head = "LOG", .grows = true },
};

static void keys(const struct sim_dash *d, struct dash_list *list)
{
	SIM_MEM_GROW(list->key, list->cap, d->n_lines);
	for (size_t i = 0; i < d->n_lines; i++)
		list->key[list->n++] = d->n_logged - 1 - i;
}

static void cells(const struct sim_dash *d, uint64_t key,
		  struct sim_table_cell *c)
{
	size_t back = (size_t)(d->n_logged - 1 - key);
	const struct dash_line *l = &d->line[(d->first_line + d->n_lines - 1 -
					      back) % SIM_DASH_LOG];

	sim_figure_clock(c[TIME].text, l->time,
			 sim_dash_view_offset(d, l->time));
	c[TIME].ink = SIM_THEME_DIM;
	sim_panel_text(&c[TEXT], l->role, l->text);
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	char text[SIM_FIGURE_MAX];

	if (d->n_logged)
		sim_buf_puts(out, sim_figure_count(text, d->n_logged));
}

const struct sim_panel_ops sim_panel_log = {
	.count = count, .col = cols, .n_cols = 2, .keys = keys, .cells = cells,
	.nothing = "nothing was asked for yet"
};
