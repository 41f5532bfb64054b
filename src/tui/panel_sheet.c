/* panel: a text to read over the panes, wrapped and scrolled. */
#include <string.h>

#include "tui/panel.h"

/* Bytes of the next line of a text in so many columns: broken at a blank if
 * there is one. */
static size_t line_of(const char *s, int width)
{
	size_t at = 0, blank = 0, n = strlen(s);
	char glyph[SIM_GLYPH_MAX];
	int used = 0, columns;

	while (s[at] && s[at] != '\n') {
		size_t len = sim_glyph_next(s + at, n - at, glyph, &columns);

		if (used + columns > width)
			return blank ? blank : at ? at : len;
		if (s[at] == ' ')
			blank = at + 1;
		used += columns;
		at += len;
	}
	return at;
}

static void put_line(struct sim_screen *s, struct sim_screen_box b, int row,
		     const char *text, size_t n)
{
	char line[1024];

	n = n < sizeof(line) ? n : sizeof(line) - 1;
	memcpy(line, text, n);
	line[n] = '\0';
	sim_screen_put(s, b.row + row, b.col + 1, b.cols - 2, SIM_THEME_TEXT,
		       line);
}

int sim_panel_sheet_lines(const char *s, int width)
{
	int n = 0;

	while (*s && width > 0) {
		s += line_of(s, width);
		s += *s == '\n';
		n++;
	}
	return n;
}

static void draw(const struct sim_dash *d, struct sim_screen *s,
		 struct sim_screen_box box)
{
	const char *p = d->sheet ? d->sheet : "";
	int width = box.cols - 2, n, top;
	size_t want = d->look[SIM_DASH_sheet].row;

	if (width < 1)
		return;
	n = sim_panel_sheet_lines(p, width);
	top = n > box.rows ? n - box.rows : 0;
	top = want < (size_t)top ? (int)want : top;
	for (int i = 0; *p && i < top + box.rows; i++) {
		size_t len = line_of(p, width);

		if (i >= top)
			put_line(s, box, i - top, p, len);
		p += len;
		p += *p == '\n';
	}
}

const struct sim_panel_ops sim_panel_sheet = { .draw = draw };
