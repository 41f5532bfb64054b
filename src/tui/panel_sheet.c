/* panel: a text to read over the panes, wrapped and scrolled. */
#include "tui/panel.h"

static void draw(const struct sim_dash *d, struct sim_screen *s,
		 struct sim_screen_box box)
{
	const char *text = d->sheet ? d->sheet : "";
	struct sim_screen_box b = { box.row, box.col + 1, box.rows,
				    box.cols - 2 };
	size_t want = d->look[SIM_DASH_sheet].row;
	int top = sim_glyph_lines(text, b.cols) - b.rows;

	top = top < 0 ? 0 : want < (size_t)top ? (int)want : top;
	sim_screen_lines(s, b, SIM_THEME_TEXT, text, top);
}

const struct sim_panel_ops sim_panel_sheet = { .draw = draw };
