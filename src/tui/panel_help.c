/* panel: all keys, from keys.def. */
#include <string.h>

#include "tui/panel.h"

#define KEY_COLS 12

static void draw_row(struct sim_screen *s, struct sim_screen_box b,
		     const struct sim_keys_row *row, bool is_possible)
{
	int at = b.col + KEY_COLS;

	sim_screen_put(s, b.row, b.col, KEY_COLS - 1, is_possible ?
		       SIM_THEME_KEY : SIM_THEME_DIM, row->keys);
	sim_screen_put(s, b.row, at, b.cols - KEY_COLS, is_possible ?
		       SIM_THEME_TEXT : SIM_THEME_DIM, row->help);
}

/* In as many columns as there is room for; scrolled by rows. */
static void draw(const struct sim_dash *d, struct sim_screen *s,
		 struct sim_screen_box box)
{
	int n = 0, groups = box.cols / 56 < 1 ? 1 : box.cols / 56, deep, top;
	const struct sim_keys_row *row;
	int wide = (box.cols - 1) / groups;

	while (sim_keys_row(n))
		n++;
	deep = (n + groups - 1) / groups;
	top = deep - box.rows > 0 ? deep - box.rows : 0;
	if (d->look[SIM_DASH_help].row < (size_t)top)
		top = (int)d->look[SIM_DASH_help].row;
	if (wide < KEY_COLS + 4)
		return;
	for (int i = 0; (row = sim_keys_row(i)); i++) {
		struct sim_screen_box line = {
			box.row + i % deep - top,
			box.col + 1 + i / deep * wide, 1, wide - 1
		};

		if (i % deep < top || i % deep >= top + box.rows)
			continue;
		draw_row(s, line, row, !(row->needs & ~d->can));
	}
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	(void)d;
	sim_buf_puts(out, "· ? or Esc closes it");
}

const struct sim_panel_ops sim_panel_help = { .count = count, .draw = draw };
