/* panel: the last line: what is said, or the keys of the moment. */
#include <stdio.h>
#include <string.h>

#include "tui/panel.h"

/* The key of an action as it is shown; "" when there is none. */
static const char *key_of(const struct sim_dash *d,
			  const struct sim_keys_row *row, int action,
			  char buf[24])
{
	size_t n;

	if (d->keys)
		return sim_keys_shown(d->keys, (enum sim_keys_action)action,
				      buf);
	n = strcspn(row->keys, " ");
	snprintf(buf, 24, "%.*s", n < 23 ? (int)n : 23, row->keys);
	return buf;
}

static void draw(const struct sim_dash *d, struct sim_screen *s,
		 struct sim_screen_box box)
{
	int at = box.col + 1, end = box.col + box.cols;
	const struct sim_keys_row *row;

	if (d->said[0]) {
		sim_screen_put(s, box.row, at, end - at, d->said_role |
			       SIM_THEME_BOLD, d->said);
		return;
	}
	for (int i = 0; (row = sim_keys_row(i)); i++) {
		char buf[24];
		const char *key = key_of(d, row, i, buf);
		int width = sim_glyph_width(key) + 1 +
			    sim_glyph_width(row->hint);

		if (!row->hint[0] || !key[0] || (row->needs & ~d->can) ||
		    at + width > end)
			continue;
		at += sim_screen_put(s, box.row, at, end - at, SIM_THEME_KEY,
				     key) + 1;
		at += sim_screen_put(s, box.row, at, end - at, SIM_THEME_DIM,
				     row->hint) + 2;
	}
}

const struct sim_panel_ops sim_panel_hints = { .draw = draw };
