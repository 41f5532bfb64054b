/* Widths of characters, the grid, clipping, what a terminal cannot show, keys
 * as text, and the grid as text. */
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "tui/screen.h"

static const struct {
	const char *text;
	int columns;
} widths[] = {
	{ "", 0 }, { "ACME", 4 }, { "CAF\303\211", 4 }, { "日経", 4 },
	{ "e\314\201", 1 },		/* e and an acute that combines */
	{ "\314\201x", 2 },		/* an acute on nothing */
	{ "삼성", 4 }, { "▲", 1 }, { "⠿", 1 }, { "😀", 2 },
	{ "\377", 1 }, { "a\303", 2 },	/* no UTF-8 */
	{ "a\tb", 3 }, { "\033[0m", 4 },	/* nothing gets through */
	{ "ｗ", 2 }, { "\342\200\213x", 2 },
};

START_TEST(glyph_widths)
{
	const char *s = widths[_i].text;
	char glyph[SIM_GLYPH_MAX];
	size_t n = strlen(s);
	int sum = 0, columns;

	ck_assert_int_eq(sim_glyph_width(s), widths[_i].columns);
	while (n) {
		size_t len = sim_glyph_next(s, n, glyph, &columns);

		ck_assert(len >= 1 && len <= n);
		ck_assert(columns == 1 || columns == 2);
		for (int set = 0; set <= SIM_GLYPH_ASCII; set++) {
			char fit[SIM_GLYPH_MAX];

			memcpy(fit, glyph, sizeof(fit));
			sim_glyph_fit((enum sim_glyph_set)set, fit, columns);
			ck_assert_int_eq(sim_glyph_width(fit), columns);
		}
		s += len;
		n -= len;
		sum += columns;
	}
	ck_assert_int_eq(sum, widths[_i].columns);
}
END_TEST

START_TEST(glyph_ascii)
{
	char g[][SIM_GLYPH_MAX] = { "▲", "⠿", "┃", "│", "日", "é", "…" };
	const char *want[] = { "^", "*", "o", "|", "??", "?", "~" };

	for (size_t i = 0; i < 7; i++) {
		sim_glyph_fit(SIM_GLYPH_ASCII, g[i], i == 4 ? 2 : 1);
		ck_assert_str_eq(g[i], want[i]);
	}
	ck_assert_int_eq(sim_glyph_set_of("linux", true), SIM_GLYPH_BLOCKS);
	ck_assert_int_eq(sim_glyph_set_of("xterm", true), SIM_GLYPH_FULL);
	ck_assert_int_eq(sim_glyph_set_of("xterm", false), SIM_GLYPH_ASCII);
}
END_TEST

static struct sim_screen *s;
static struct sim_buf out;

static void set_up(void)
{
	s = sim_screen_text(3, 8, "");
	out = (struct sim_buf)SIM_BUF_INIT(1 << 20);
}

static void tear_down(void)
{
	sim_screen_close(s);
	sim_buf_release(&out);
}

static const char *shown(bool is_ansi)
{
	sim_buf_reset(&out);
	sim_screen_text_write(s, is_ansi, &out);
	return sim_buf_str(&out);
}

static const struct {
	const char *text;
	int col, width;
	const char *row;
	int taken;
} puts_[] = {
	{ "hello", 0, 8, "hello", 5 }, { "hello", 2, 4, "  hel…", 4 },
	{ "hello", 0, 5, "hello", 5 }, { "hello", 0, 1, "…", 1 },
	{ "hello", 0, 0, "", 0 }, { "hello", 0, -3, "", 0 },
	{ "日経平均", 0, 8, "日経平均", 8 }, { "日経平均", 0, 7, "日経平…", 7 },
	{ "日経平均", 0, 6, "日経…", 5 }, { "e\314\201e", 0, 2, "e\314\201e", 2 },
};

START_TEST(put_fits)
{
	char want[64];

	ck_assert_int_eq(sim_screen_put(s, 0, puts_[_i].col, puts_[_i].width, 0,
					puts_[_i].text), puts_[_i].taken);
	snprintf(want, sizeof(want), "%s\n\n\n", puts_[_i].row);
	ck_assert_str_eq(shown(false), want);
	ck_assert_uint_eq(s->outside, 0);
}
END_TEST

START_TEST(outside_is_dropped_and_counted)
{
	struct sim_screen_box old = sim_screen_clip(s, (struct sim_screen_box){
						    1, 2, 1, 3 });

	sim_screen_put(s, 1, 2, 3, 0, "abc");
	ck_assert_uint_eq(s->outside, 0);
	sim_screen_put(s, 1, 3, 4, 0, "xyzw");
	ck_assert_uint_eq(s->outside, 2);
	sim_screen_cell(s, 0, 2, 0, "q");
	sim_screen_cell(s, 1, -1, 0, "q");
	sim_screen_cell(s, 7, 7, 0, "q");
	ck_assert_uint_eq(s->outside, 5);
	sim_screen_put(s, 1, 4, 2, 0, "日");	/* half of it would be */
	ck_assert_uint_eq(s->outside, 7);
	sim_screen_paint(s, 1, 4, 2, SIM_THEME_BOLD);
	ck_assert_uint_eq(s->outside, 8);
	sim_screen_clip(s, old);
	ck_assert_str_eq(shown(false), "\n  axy\n\n");
}
END_TEST

START_TEST(halves_are_mended)
{
	sim_screen_put(s, 0, 0, 8, 0, "日経");
	sim_screen_put(s, 0, 1, 1, 0, "x");	/* on the right half */
	ck_assert_str_eq(shown(false), " x経\n\n\n");
	sim_screen_put(s, 0, 2, 1, 0, "y");	/* on the left half */
	ck_assert_str_eq(shown(false), " xy\n\n\n");
	sim_screen_put(s, 0, 0, 8, 0, "日経");
	sim_screen_put(s, 0, 1, 2, 0, "本");	/* on both */
	ck_assert_str_eq(shown(false), " 本\n\n\n");
}
END_TEST

START_TEST(right_frame_fill)
{
	sim_screen_right(s, 1, 1, 6, 0, "42");
	sim_screen_frame(s, sim_screen_all(s), 0, "T");
	ck_assert_str_eq(shown(false), "╭─ T ──╮\n│    42│\n╰──────╯\n");
	sim_screen_fill(s, (struct sim_screen_box){ 0, 0, 3, 4 }, 0);
	ck_assert_str_eq(shown(false), "     ──╮\n     42│\n    ───╯\n");
	sim_screen_resize(s, 2, 5);
	ck_assert_str_eq(shown(false), "\n\n");
	ck_assert_ptr_null(sim_screen_at(s, 2, 0));
	ck_assert_ptr_nonnull(sim_screen_at(s, 1, 4));
}
END_TEST

START_TEST(ansi_has_colours)
{
	s->style.depth = SIM_THEME_256;
	sim_screen_put(s, 0, 0, 8, SIM_THEME_UP, "up");
	sim_screen_put(s, 1, 0, 8, SIM_THEME_TEXT | SIM_THEME_BOLD, "bold");
	ck_assert_str_eq(shown(true), "\033[0;38;5;39mup\033[0m\n"
			 "\033[0;1mbold\033[0m\n\n");
	s->style.depth = SIM_THEME_16;
	sim_screen_fill(s, (struct sim_screen_box){ 1, 0, 1, 8 }, 0);
	ck_assert_str_eq(shown(true), "\033[0;94mup\033[0m\n\n\n");
	s->style.depth = SIM_THEME_MONO;
	ck_assert_str_eq(shown(true), "\033[0;1mup\033[0m\n\n\n");
}
END_TEST

static const struct {
	const char *text;
	enum sim_screen_kind kind;
	uint32_t code;
	bool is_alt;
} keys[] = {
	{ "q", SIM_SCREEN_KEY, 'q', false }, { "<Enter>", SIM_SCREEN_KEY, 13,
					       false },
	{ "<C-d>", SIM_SCREEN_KEY, 4, false }, { "<A-x>", SIM_SCREEN_KEY, 'x',
						 true },
	{ "<A-Left>", SIM_SCREEN_KEY, SIM_SCREEN_LEFT, true },
	{ "<lt>", SIM_SCREEN_KEY, '<', false },
	{ "<PgDn>", SIM_SCREEN_KEY, SIM_SCREEN_PAGE_DOWN, false },
	{ "<F12>", SIM_SCREEN_KEY, SIM_SCREEN_F12, false },
	{ "é", SIM_SCREEN_KEY, 0xe9, false },
	{ "<", SIM_SCREEN_KEY, '<', false },
	{ "<Click 3,40>", SIM_SCREEN_MOUSE, 0, false },
	{ "<Size 80x24>", SIM_SCREEN_RESIZE, 0, false },
};

START_TEST(keys_as_text)
{
	struct sim_screen_event ev;
	char name[24];

	ck_assert_uint_eq(sim_screen_key_parse(keys[_i].text, &ev),
			  strlen(keys[_i].text));
	ck_assert_int_eq(ev.kind, keys[_i].kind);
	ck_assert_uint_eq(ev.code, keys[_i].code);
	ck_assert_int_eq(ev.is_alt, keys[_i].is_alt);
	if (ev.kind == SIM_SCREEN_MOUSE)
		ck_assert(ev.row == 3 && ev.col == 40);
	if (ev.kind != SIM_SCREEN_KEY || !strcmp(keys[_i].text, "<"))
		return;
	ck_assert_str_eq(sim_screen_key_name(ev.code, ev.is_alt, name),
			 keys[_i].text);
}
END_TEST

START_TEST(canned_keys_end)
{
	struct sim_screen *k = sim_screen_text(5, 5, "a<Size 9x7><Up>");
	struct sim_screen_event ev;

	k->ops->event(k, 0, &ev);
	ck_assert_uint_eq(ev.code, 'a');
	k->ops->event(k, 0, &ev);
	ck_assert_int_eq(ev.kind, SIM_SCREEN_RESIZE);
	ck_assert(k->rows == 7 && k->cols == 9);
	k->ops->event(k, 0, &ev);
	ck_assert_uint_eq(ev.code, SIM_SCREEN_UP);
	k->ops->event(k, 0, &ev);
	ck_assert_int_eq(ev.kind, SIM_SCREEN_END);
	sim_screen_close(k);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("screen");
	TCase *t = tcase_create("glyph"), *g = tcase_create("grid");

	tcase_add_loop_test(t, glyph_widths, 0,
			    (int)(sizeof(widths) / sizeof(*widths)));
	tcase_add_test(t, glyph_ascii);
	tcase_add_loop_test(t, keys_as_text, 0,
			    (int)(sizeof(keys) / sizeof(*keys)));
	tcase_add_test(t, canned_keys_end);
	tcase_add_checked_fixture(g, set_up, tear_down);
	tcase_add_loop_test(g, put_fits, 0,
			    (int)(sizeof(puts_) / sizeof(*puts_)));
	tcase_add_test(g, outside_is_dropped_and_counted);
	tcase_add_test(g, halves_are_mended);
	tcase_add_test(g, right_frame_fill);
	tcase_add_test(g, ansi_has_colours);
	suite_add_tcase(suite, t);
	suite_add_tcase(suite, g);
	return run_suite(suite);
}
