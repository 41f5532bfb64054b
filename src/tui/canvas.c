/* canvas: dots in cells, lines after Bresenham. */
#include "tui/canvas.h"

#include <stdlib.h>

#include "util/mem.h"

void sim_canvas_init(struct sim_canvas *c, int rows, int cols)
{
	size_t n = (size_t)rows * (size_t)cols;

	c->rows = rows;
	c->cols = cols;
	c->dots = sim_mem_array(n ? n : 1, 1);
	c->role = sim_mem_array(n ? n : 1, 1);
}

void sim_canvas_release(struct sim_canvas *c)
{
	sim_mem_free(c->dots);
	sim_mem_free(c->role);
}

void sim_canvas_dot(struct sim_canvas *c, int x, int y,
		    enum sim_theme_role role)
{
	static const uint8_t bit[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 },
					   { 0x04, 0x20 }, { 0x40, 0x80 } };
	int at;

	if (x < 0 || y < 0 || x >= c->cols * 2 || y >= c->rows * 4)
		return;
	at = y / 4 * c->cols + x / 2;
	c->dots[at] |= bit[y % 4][x % 2];
	c->role[at] = (uint8_t)role;
}

/* The part of a way that can be seen: a far end comes to the edge. */
static int bounded(int v, int most)
{
	return v < -most ? -most : v > 2 * most ? 2 * most : v;
}

void sim_canvas_line(struct sim_canvas *c, const int from[2], const int to[2],
		     enum sim_theme_role role)
{
	int h = c->rows * 4 + 4;
	int x = from[0], y = bounded(from[1], h), end = bounded(to[1], h);
	int dx = abs(to[0] - x), dy = -abs(end - y), e = dx + dy;
	int sx = x < to[0] ? 1 : -1, sy = y < end ? 1 : -1;

	for (;;) {
		int twice = 2 * e;

		sim_canvas_dot(c, x, y, role);
		if (x == to[0] && y == end)
			return;
		if (twice >= dy) {
			e += dy;
			x += sx;
		}
		if (twice <= dx) {
			e += dx;
			y += sy;
		}
	}
}

void sim_canvas_put(const struct sim_canvas *c, struct sim_screen *s, int row,
		    int col, bool (*is_free)(const char *glyph))
{
	char glyph[4] = "\342\240\200";

	for (int i = 0; i < c->rows * c->cols; i++) {
		const struct sim_screen_cell *was = sim_screen_at(
			s, row + i / c->cols, col + i % c->cols);

		if (!c->dots[i] || !was || (is_free && !is_free(was->glyph)))
			continue;
		glyph[1] = (char)(0xa0 | c->dots[i] >> 6);
		glyph[2] = (char)(0x80 | (c->dots[i] & 0x3f));
		sim_screen_cell(s, row + i / c->cols, col + i % c->cols,
				c->role[i], glyph);
	}
}
