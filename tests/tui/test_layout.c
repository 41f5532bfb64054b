/* Panes cover the screen, each cell once, at every size; tables keep what
 * counts, and whole numbers. */
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "tui/panel.h"

/* -- layouts ----------------------------------------------------------------*/

static void check_places(const struct sim_dash *d, int rows, int cols)
{
	struct dash_places p;
	unsigned char *times = calloc((size_t)rows, (size_t)cols);

	sim_dash_layout_places(d, rows, cols, &p);
	ck_assert(p.is_line == (rows < 10 || cols < 40));
	for (int i = 0; i < p.n; i++) {
		const struct sim_screen_box *b = &p.place[i].box;
		struct sim_screen_box in = sim_dash_layout_inner(&p,
								 &p.place[i]);

		ck_assert(b->row >= 0 && b->row + b->rows <= rows);
		ck_assert(b->col >= 0 && b->col + b->cols <= cols);
		ck_assert(in.row >= b->row && in.col >= b->col);
		ck_assert(in.row + in.rows <= b->row + b->rows);
		ck_assert(in.col + in.cols <= b->col + b->cols);
		for (int k = 0; k < b->rows * b->cols; k++)
			times[(b->row + k / b->cols) * cols + b->col +
			      k % b->cols]++;
	}
	for (int k = 0; !p.is_line && k < rows * cols; k++)
		if (times[k] != 1)
			ck_abort_msg("%dx%d: cell %d,%d is in %d panes", cols,
				     rows, k / cols, k % cols, times[k]);
	free(times);
}

START_TEST(panes_cover_the_screen)
{
	struct sim_dash *d = sim_dash_new();

	sim_dash_layout(d, (enum sim_dash_layout)(_i / 3));
	for (int rows = 1; rows <= 90; rows += rows < 12 ? 1 : 5) {
		for (int cols = 1; cols <= 260; cols += cols < 42 ? 3 : 7) {
			sim_dash_zoom(d, _i % 3);
			check_places(d, rows, cols);
		}
	}
	sim_dash_free(d);
}
END_TEST

/* What the breakpoints promise. */
START_TEST(breakpoints)
{
	static const struct {
		int cols, rows, panes;
		bool has_account;
	} sizes[] = {
		{ 120, 30, 8, true }, { 119, 30, 7, false },
		{ 80, 24, 5, false }, { 60, 16, 5, false },
		{ 40, 10, 3, false }, { 39, 10, 0, false },
	};
	struct sim_dash *d = sim_dash_new();

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct dash_places p;

		sim_dash_layout_places(d, sizes[i].rows, sizes[i].cols, &p);
		ck_assert_int_eq(p.n, sizes[i].panes);
		ck_assert_int_eq(sim_dash_layout_has(&p, SIM_DASH_account),
				 sizes[i].has_account);
	}
	sim_dash_free(d);
}
END_TEST

/* Every pane but those over the others can be reached. */
START_TEST(tabs_reach_every_pane)
{
	struct sim_dash *d = sim_dash_new();
	struct sim_screen *s = sim_screen_text(10, 40, "");
	bool seen[SIM_DASH__COUNT] = { false };

	for (int i = 0; i < 20; i++) {
		sim_dash_draw(d, s);
		sim_dash_focus_next(d, 1);
		sim_dash_draw(d, s);
		ck_assert(sim_dash_layout_has(&d->seen->places,
					      sim_dash_focused(d)));
		seen[sim_dash_focused(d)] = true;
	}
	for (int pane = SIM_DASH_symbols; pane <= SIM_DASH_log; pane++)
		ck_assert_msg(seen[pane], "%s", sim_panel_title(
			(enum sim_dash_pane)pane));
	sim_screen_close(s);
	sim_dash_free(d);
}
END_TEST

/* A pane that is asked for is seen, whatever layout, size and zoom; from there
 * one comes back to all that the layout has. */
START_TEST(asked_for_is_seen)
{
	static const int sizes[][2] = { { 10, 40 }, { 16, 60 }, { 24, 80 },
					{ 30, 100 }, { 40, 120 }, { 70, 250 } };
	struct sim_dash *d = sim_dash_new();
	struct sim_screen *s = sim_screen_text(10, 40, "");

	for (int i = 0; i < 6 * SIM_DASH_LAYOUT__COUNT * 3; i++) {
		enum sim_dash_pane all[SIM_DASH__COUNT], first;
		int n;

		sim_screen_resize(s, sizes[i % 6][0], sizes[i % 6][1]);
		sim_dash_layout(d, (enum sim_dash_layout)
				(i / 6 % SIM_DASH_LAYOUT__COUNT));
		sim_dash_zoom(d, i / 6 / SIM_DASH_LAYOUT__COUNT);
		sim_dash_draw(d, s);
		for (int p = SIM_DASH_symbols; p <= SIM_DASH_log; p++) {
			sim_dash_focus(d, (enum sim_dash_pane)p);
			sim_dash_draw(d, s);
			ck_assert_msg(sim_dash_layout_has(&d->seen->places,
				(enum sim_dash_pane)p), "%dx%d %d", s->cols,
				s->rows, p);
		}
		n = sim_dash_layout_panes(d, all);
		sim_dash_focus_next(d, 1);
		first = sim_dash_focused(d);
		for (int k = 0; k < n; k++) {
			sim_dash_focus_next(d, -1);
			sim_dash_focus_next(d, 1);
			sim_dash_focus_next(d, 1);
			sim_dash_draw(d, s);
			ck_assert(sim_dash_layout_has(&d->seen->places,
						      sim_dash_focused(d)));
		}
		ck_assert_int_eq(sim_dash_focused(d), first);
	}
	sim_screen_close(s);
	sim_dash_free(d);
}
END_TEST

/* -- tables -----------------------------------------------------------------*/

static const struct sim_table_col cols[] = {
	{ .head = "NAME", .grows = true }, { .head = "N", .right = true },
	{ .head = "PRICE", .right = true, .rank = 1 },
	{ .head = "NOTE", .rank = 2, .grows = true },
	{ .head = "MORE", .rank = 3 },
};

static void cells(const void *ctx, size_t i, struct sim_table_cell *c)
{
	(void)ctx;
	snprintf(c[0].text, SIM_TABLE_TEXT, "row number %zu", i);
	snprintf(c[1].text, SIM_TABLE_TEXT, "%zu00", i + 1);
	snprintf(c[2].text, SIM_TABLE_TEXT, "%zu.25", i * 1000);
	snprintf(c[3].text, SIM_TABLE_TEXT, "a note that is long");
	snprintf(c[4].text, SIM_TABLE_TEXT, "x%zu", i);
}

/* Everything as lines; returned until the next call. */
static const char *drawn(int rows, int width, size_t n, size_t selected)
{
	static struct sim_buf out = SIM_BUF_INIT(1 << 20);
	struct sim_screen *s = sim_screen_text(rows, width, "");
	struct sim_table t = { .col = cols, .n_cols = 5, .n = n,
			       .selected = selected, .sort_col = 1,
			       .cells = cells };

	sim_table_draw(&t, s, sim_screen_all(s));
	ck_assert_uint_eq(s->outside, 0);
	sim_buf_reset(&out);
	sim_screen_text_write(s, false, &out);
	sim_screen_close(s);
	return sim_buf_str(&out);
}

START_TEST(columns_go_by_rank)
{
	ck_assert_str_eq(drawn(3, 60, 2, 1),
		" NAME            N▾     PRICE   NOTE"
		"                  MORE\n"
		" row number 0   100      0.25   a note that is long   x0\n"
		"›row number 1   200   1000.25   a note that is long   x1\n");
}
END_TEST

/* At any width: the name, and numbers that are whole or not there. */
START_TEST(numbers_are_whole)
{
	for (int width = 1; width < 80; width++) {
		const char *text = drawn(4, width, 3, 0);

		if (width < 4)
			continue;
		ck_assert_ptr_null(strstr(text, "0…"));
		ck_assert_ptr_null(strstr(text, ".…"));
		ck_assert_ptr_null(strstr(text, ".2…"));
		if (width >= 18)
			ck_assert_ptr_nonnull(strstr(text, "300"));
		if (width >= 26)
			ck_assert_ptr_nonnull(strstr(text, "2000.25"));
	}
}
END_TEST

START_TEST(selection_is_seen)
{
	for (size_t n = 0; n < 40; n++) {
		for (size_t selected = 0; selected < n; selected++) {
			size_t first = sim_table_first(n, selected, 7);

			ck_assert_uint_le(first, selected);
			ck_assert_uint_lt(selected, first + 7);
			ck_assert(first == 0 || first + 7 <= n);
			ck_assert_ptr_nonnull(strstr(drawn(8, 60, n, selected),
						     "›"));
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("layout");
	TCase *t = tcase_create("layout"), *b = tcase_create("table");

	tcase_add_loop_test(t, panes_cover_the_screen, 0, 12);
	tcase_add_test(t, breakpoints);
	tcase_add_test(t, tabs_reach_every_pane);
	tcase_add_test(t, asked_for_is_seen);
	tcase_add_test(b, columns_go_by_rank);
	tcase_add_test(b, numbers_are_whole);
	tcase_add_test(b, selection_is_seen);
	suite_add_tcase(suite, t);
	suite_add_tcase(suite, b);
	return run_suite(suite);
}
