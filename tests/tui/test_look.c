/* How one looks at it: sorting, dragging, tabs, the cursor, flashes; and what
 * is told in words instead. */
#include "tui/dash_priv.h"
/* Its names would hide those of others. */
#include "heard.h"

/* A click on the head of a column sorts by it, another one takes it back. */
START_TEST(heads_sort)
{
	const char *text;
	int row, col;

	hear(TICK("1", "30", "11"));
	hear(BATCH("{\"order_id\":\"z\",\"symbol\":\"ACME\",\"side\":"
		   "\"buy\",\"type\":\"limit\",\"price\":9,\"quantity\":7},"
		   ORDER("m") "," ORDER("a")));
	sim_screen_resize(s, 30, 120);
	frame();
	sim_dash_focus(d, SIM_DASH_orders);
	sim_dash_zoom(d, 2);
	text = frame();
	ck_assert(text);
	for (row = 0; row < s->rows; row++)
		if (sim_screen_at(s, row, 2)->glyph[0] == 'O' &&
		    sim_screen_at(s, row, 3)->glyph[0] == 'R')
			break;
	ck_assert_int_lt(row, s->rows);
	ck_assert_str_eq(sim_dash_pick(d).order_id, "z");
	ck_assert(sim_dash_click(d, row, 3));		/* ORDER: from A */
	sim_dash_move(d, SIM_DASH_FIRST, 0);
	ck_assert_str_eq(sim_dash_pick(d).order_id, "a");
	ck_assert(shows("ORDER▾"));
	for (col = 4; col < s->cols; col++)
		if (sim_screen_at(s, row, col)->glyph[0] == 'Q')
			break;
	ck_assert(sim_dash_click(d, row, col));		/* QTY: the most */
	sim_dash_move(d, SIM_DASH_END, 0);
	ck_assert_str_eq(sim_dash_pick(d).order_id, "z");
	ck_assert(sim_dash_click(d, row, col));
	sim_dash_move(d, SIM_DASH_FIRST, 0);
	ck_assert_str_eq(sim_dash_pick(d).order_id, "z");
	ck_assert(!shows("▾"));
}
END_TEST

/* A border goes where it is dragged, and both panes stay to be seen. */
START_TEST(borders_are_dragged)
{
	struct sim_dash_view was, now;
	int border;

	hear(TICK("1", "30", "11"));
	sim_screen_resize(s, 40, 160);
	frame();
	sim_dash_view_get(d, &was);
	ck_assert_int_eq(sim_dash_border(d, 0, 5), -1);	/* the session bar */
	ck_assert_int_eq(sim_dash_border(d, 39, 5), -1);
	border = sim_dash_border(d, 10, 64);		/* symbols and chart */
	ck_assert_int_ge(border, 0);
	sim_dash_drag(d, border, 10, 100);
	frame();
	ck_assert_str_eq(sim_screen_at(s, 1, 100)->glyph, "╭");
	ck_assert_int_eq(sim_dash_border(d, 10, 100), border);
	sim_dash_drag(d, border, 10, 0);
	frame();
	ck_assert_str_eq(sim_screen_at(s, 1, 12)->glyph, "╭");
	sim_dash_drag(d, border, 10, 159);
	frame();
	ck_assert_str_eq(sim_screen_at(s, 1, 148)->glyph, "╭");
	/* Another size has its parts, and as it was is as it was. */
	sim_screen_resize(s, 40, 130);
	frame();
	ck_assert_str_eq(sim_screen_at(s, 1, 120)->glyph, "╭");
	sim_dash_view_get(d, &now);
	ck_assert(memcmp(&was, &now, sizeof(was)) != 0);
	sim_dash_view_set(d, &was);
	sim_screen_resize(s, 40, 160);
	frame();
	ck_assert_str_eq(sim_screen_at(s, 1, 64)->glyph, "╭");
	/* Nor is there anything to drag when one is large. */
	sim_dash_zoom(d, 2);
	frame();
	ck_assert_int_eq(sim_dash_border(d, 10, 64), -1);
}
END_TEST

/* What the engine ends is of the step that is told next, what was asked for of
 * the last. */
START_TEST(ends_have_their_step)
{
	struct sim_dash_told told = { .n_events = 0 };
	struct sim_buf said = SIM_BUF_INIT(1 << 16);

	hear(TICK("1", "30", "11"));
	hear(UPDATE("a", "cancelled", "requested"));
	hear(UPDATE("b", "expired", "day_over"));
	sim_dash_tell(d, &told, &said);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&said),
				     "14:30:00 order a cancelled"));
	ck_assert_ptr_null(strstr(sim_buf_str(&said), "order b"));
	hear(TICK("2", "31", "12"));
	sim_buf_reset(&said);
	sim_dash_tell(d, &told, &said);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&said),
				     "14:31:00 order b expired"));
	sim_buf_reset(&said);
	sim_dash_tell(d, &told, &said);
	ck_assert_uint_eq(said.len, 0);
	sim_buf_release(&said);
}
END_TEST

/* Each is told once, in words. */
START_TEST(told_in_words)
{
	struct sim_dash_told told = { .n_events = 0 };
	struct sim_buf said = SIM_BUF_INIT(1 << 16);

	hear(TICK("1", "30", "11"));
	hear(FILL("e1", "a", "0"));
	sim_dash_log(d, SIM_THEME_TEXT, false, "a line");
	sim_dash_tell(d, &told, &said);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&said),
		"14:31:00 fill: bought 10 ACME at 10.50, market open, order a, "
		"fee 1.00, holding 10\n"));
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&said), "a line\n"));
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&said), "running, step 1\n"));
	sim_buf_reset(&said);
	sim_dash_link(d, SIM_DASH_RECONNECTING, SIM_TIME_NONE, "gone");
	sim_dash_tell(d, &told, &said);
	ck_assert_str_eq(sim_buf_str(&said), "the connection is lost: gone\n");
	sim_buf_release(&said);
}
END_TEST

/* The ink of the last price. */
static bool is_flashing(void)
{
	frame();
	for (int i = 0; i < s->rows * s->cols; i++)
		if ((s->cells[i].ink & 0xfff) ==
		    (SIM_THEME_TEXT | SIM_THEME_REVERSE))
			return true;
	return false;
}

/* Only where it is wanted, and twice a second at most. */
START_TEST(flashes)
{
	sim_dash_now(d, 100 * SIM_TIME_SEC);
	hear(TICK("1", "30", "11"));
	hear(TICK("2", "31", "12"));
	ck_assert(!is_flashing());
	sim_dash_flash(d, true);
	hear(TICK("3", "32", "11"));
	ck_assert(is_flashing());
	sim_dash_now(d, 100 * SIM_TIME_SEC + DASH_FLASH);
	ck_assert(sim_dash_is_dirty(d, s));
	ck_assert(!is_flashing());
	hear(TICK("4", "33", "12"));
	ck_assert(!is_flashing());
	sim_dash_now(d, 100 * SIM_TIME_SEC + DASH_FLASH_EVERY);
	hear(TICK("5", "34", "12"));			/* no other price */
	ck_assert(!is_flashing());
	hear(TICK("6", "35", "11"));
	ck_assert(is_flashing());
}
END_TEST

/* The fill in the bar under the chart's cursor. */
START_TEST(cursor_picks_a_fill)
{
	hear(TICK("1", "30", "11"));
	hear(FILL("e1", "a", "0"));
	hear(TICK("2", "31", "12"));
	hear(TICK("3", "32", "12"));
	sim_dash_focus(d, SIM_DASH_chart);
	ck_assert_ptr_null(sim_dash_pick(d).execution_id);
	sim_dash_chart_cursor(d, -1);
	ck_assert_ptr_null(sim_dash_pick(d).execution_id);
	sim_dash_chart_cursor(d, -1);
	sim_dash_chart_cursor(d, -1);
	ck_assert_str_eq(sim_dash_pick(d).execution_id, "e1");
}
END_TEST

/* The brackets go through tabs, but for the chart. */
START_TEST(tabs)
{
	hear(TICK("1", "30", "11"));
	sim_screen_resize(s, 24, 80);
	frame();
	ck_assert(!sim_dash_focus_tab(d, 1));
	sim_dash_focus(d, SIM_DASH_positions);
	ck_assert(sim_dash_focus_tab(d, 1));
	ck_assert_int_eq(sim_dash_focused(d), SIM_DASH_orders);
	ck_assert(sim_dash_focus_tab(d, -2));
	ck_assert_int_eq(sim_dash_focused(d), SIM_DASH_log);
	sim_dash_focus(d, SIM_DASH_chart);
	ck_assert(!sim_dash_focus_tab(d, 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("look");
	TCase *t = tcase_create("look");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, heads_sort);
	tcase_add_test(t, borders_are_dragged);
	tcase_add_test(t, ends_have_their_step);
	tcase_add_test(t, told_in_words);
	tcase_add_test(t, flashes);
	tcase_add_test(t, cursor_picks_a_fill);
	tcase_add_test(t, tabs);
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
