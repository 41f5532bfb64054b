/* Every role has a look in every theme and depth that the depth can show; gains
 * and losses differ wherever there is colour. */
#include <string.h>

#include "suite.h"
#include "tui/figure.h"
#include "tui/theme.h"
#include "util/mem.h"

static const int32_t counts[] = { 0, 8, 16, 256, 0x1000000 };

static const struct sim_theme *theme(int i)
{
	const struct sim_theme *t;
	struct sim_err err;

	ck_assert_int_eq(sim_theme_find(sim_theme_names()[i], &t, &err), 0);
	return t;
}

START_TEST(looks)
{
	struct sim_theme_style style = { theme(_i % 5), _i / 5 % 5,
					 _i / 25 };
	unsigned grounds[] = { 0, SIM_THEME_BAND, SIM_THEME_SELECTED };
	bool is_mono = style.depth == SIM_THEME_MONO ||
		       !strcmp(sim_theme_name(style.theme), "mono");
	struct sim_theme_look up, down;

	for (unsigned role = 0; role < SIM_THEME__COUNT; role++) {
		for (int g = 0; g < 3; g++) {
			struct sim_theme_look l = sim_theme_look(&style, role |
								 grounds[g]);

			ck_assert_int_ge(l.fg, -1);
			ck_assert_int_lt(l.fg, is_mono ? 0 :
					 counts[style.depth]);
			ck_assert_int_lt(l.bg, is_mono ? 0 :
					 counts[style.depth]);
			/* What is selected can be told. */
			if (grounds[g])
				ck_assert(l.bg >= 0 ||
					  l.attr & SIM_THEME_REVERSE);
		}
	}
	up = sim_theme_look(&style, SIM_THEME_UP);
	down = sim_theme_look(&style, SIM_THEME_DOWN);
	if (is_mono)
		ck_assert_uint_ne(up.attr, down.attr);
	else
		ck_assert_int_ne(up.fg, down.fg);
}
END_TEST

/* Red is up there, and down elsewhere. */
START_TEST(asia_is_classic_turned)
{
	struct sim_theme_style a = { theme(1), SIM_THEME_TRUE, false };
	struct sim_theme_style b = { theme(2), SIM_THEME_TRUE, false };

	ck_assert_str_eq(sim_theme_name(a.theme), "classic");
	ck_assert_str_eq(sim_theme_name(b.theme), "asia");
	ck_assert_int_eq(sim_theme_look(&a, SIM_THEME_UP).fg,
			 sim_theme_look(&b, SIM_THEME_DOWN).fg);
	ck_assert_int_eq(sim_theme_look(&a, SIM_THEME_DOWN).fg,
			 sim_theme_look(&b, SIM_THEME_UP).fg);
}
END_TEST

START_TEST(names)
{
	const struct sim_theme *t = NULL, *first = theme(0);
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_str_eq(sim_theme_name(NULL), "okabe");
	ck_assert_int_eq(sim_theme_find("okabi", &t, &err), SIM_E_INVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "did you mean okabe"));
	ck_assert_int_eq(sim_theme_find("pink", &t, &err), SIM_E_INVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "high-contrast"));
	ck_assert_ptr_null(t);
	t = first;
	for (int i = 0; i < 5; i++) {
		t = sim_theme_next(t);
		ck_assert((t == first) == (i == 4));
	}
}
END_TEST

/* One's own colours stand upon a theme. */
START_TEST(own)
{
	char text[] = "# mine\n\nup #00B4ff bold\n down\tunderline\ntext "
		      "#808080\n", wrong[] = "up #00b4ff\npu bold\n";
	char colour[] = "up blue\n";
	struct sim_theme *t = NULL, *none = NULL;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_theme_style style = { NULL, SIM_THEME_TRUE, false };
	int32_t down;

	down = sim_theme_look(&style, SIM_THEME_DOWN).fg;
	ck_assert_int_eq(sim_theme_read(NULL, text, &t, &err), 0);
	style.theme = t;
	ck_assert_int_eq(sim_theme_look(&style, SIM_THEME_UP).fg, 0x00b4ff);
	ck_assert_uint_eq(sim_theme_look(&style, SIM_THEME_UP).attr,
			  SIM_THEME_BOLD);
	ck_assert_int_eq(sim_theme_look(&style, SIM_THEME_DOWN).fg, down);
	ck_assert_uint_eq(sim_theme_look(&style, SIM_THEME_DOWN).attr,
			  SIM_THEME_UNDERLINE);
	style.depth = SIM_THEME_256;
	ck_assert_int_eq(sim_theme_look(&style, SIM_THEME_UP).fg, 39);
	ck_assert_int_eq(sim_theme_look(&style, SIM_THEME_TEXT).fg, 244);
	style.depth = SIM_THEME_MONO;
	ck_assert_int_eq(sim_theme_look(&style, SIM_THEME_UP).fg, -1);
	ck_assert_ptr_eq(sim_theme_next(t), theme(0));
	ck_assert_str_eq(sim_theme_name(t), "own");
	ck_assert_int_eq(sim_theme_read(NULL, wrong, &none, &err),
			 SIM_E_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.msg, "line 2"));
	ck_assert_int_eq(sim_theme_read(NULL, colour, &none, &err),
			 SIM_E_CONFIG);
	ck_assert_ptr_null(none);
	sim_mem_free(t);
}
END_TEST

static const struct {
	const char *term, *colorterm, *no_color;
	int n;
	enum sim_theme_depth depth;
} terms[] = {
	{ "xterm-256color", NULL, NULL, 256, SIM_THEME_256 },
	{ "xterm-256color", "truecolor", NULL, 256, SIM_THEME_TRUE },
	{ "xterm-256color", "24bit", NULL, -1, SIM_THEME_TRUE },
	{ "xterm-256color", "truecolor", "1", 256, SIM_THEME_MONO },
	{ "xterm-256color", NULL, "", 256, SIM_THEME_256 },
	{ "xterm-direct", NULL, NULL, 1 << 24, SIM_THEME_TRUE },
	{ "xterm", NULL, NULL, 8, SIM_THEME_8 },
	{ "xterm-16color", NULL, NULL, 16, SIM_THEME_16 },
	{ "linux", NULL, NULL, 8, SIM_THEME_8 },
	{ "vt100", NULL, NULL, -1, SIM_THEME_MONO },
	{ "dumb", NULL, NULL, -1, SIM_THEME_MONO },
	{ "anything", NULL, NULL, -1, SIM_THEME_8 },
	{ NULL, "truecolor", NULL, -1, SIM_THEME_MONO },
};

START_TEST(depths)
{
	ck_assert_int_eq(sim_theme_depth(terms[_i].term, terms[_i].colorterm,
					 terms[_i].no_color, terms[_i].n),
			 terms[_i].depth);
}
END_TEST

/* -- figures ----------------------------------------------------------------*/

static const struct {
	const char *value;
	int decimals;
	const char *plain, *with_sign, *quantity;
} numbers[] = {
	{ "0", 2, "0.00", "0.00", "0" },
	{ "103551.53", 2, "103 551.53", "+103 551.53", "103 551.53" },
	{ "-0.001", 2, "0.00", "0.00", "0.00" },
	{ "-0.005", 2, "0.00", "0.00", "0.00" },
	{ "-0.015", 2, "-0.02", "-0.02", "-0.02" },
	{ "999.995", 2, "1 000.00", "+1 000.00", "1 000.00" },
	{ "100", 8, "100.00000000", "+100.00000000", "100" },
	{ "-1234567.5", 0, "-1 234 568", "-1 234 568", "-1 234 568" },
	{ "92233720368.54775807", 8, "92 233 720 368.54775807",
	  "+92 233 720 368.54775807", "92 233 720 368.54775807" },
	{ "0.00000001", 8, "0.00000001", "+0.00000001", "0.00000001" },
};

START_TEST(decimals)
{
	char text[SIM_FIGURE_MAX];
	struct sim_err err;
	sim_dec v;

	ck_assert_int_eq(sim_dec_parse(numbers[_i].value,
				       strlen(numbers[_i].value), &v, &err), 0);
	ck_assert_str_eq(sim_figure_dec(text, v, numbers[_i].decimals),
			 numbers[_i].plain);
	ck_assert_str_eq(sim_figure_signed(text, v, numbers[_i].decimals),
			 numbers[_i].with_sign);
	ck_assert_str_eq(sim_figure_quantity(text, v, numbers[_i].decimals),
			 numbers[_i].quantity);
}
END_TEST

static const struct {
	double v;
	const char *text;
} shorts[] = {
	{ 0, "0" }, { 950, "950" }, { 1.5, "1.50" }, { 12, "12" },
	{ 999.4, "999" }, { 999.6, "1.00k" }, { 18204, "18.2k" },
	{ 99950, "100k" }, { 1250000, "1.25M" }, { -3100, "-3.10k" },
	{ 9e15, "9.00Q" }, { -91e9, "-91.0B" },
};

START_TEST(short_numbers)
{
	char text[SIM_FIGURE_MAX];

	ck_assert_str_eq(sim_figure_short(text, shorts[_i].v),
			 shorts[_i].text);
	ck_assert_uint_le(strlen(text), 6);
}
END_TEST

START_TEST(times)
{
	char text[SIM_FIGURE_MAX];
	sim_time t = 1705417440 * SIM_TIME_SEC;	/* 2024-01-16T15:04:00Z */

	ck_assert_str_eq(sim_figure_clock(text, t, 0), "15:04:00");
	ck_assert_str_eq(sim_figure_minute(text, t, -5 * 3600), "10:04");
	ck_assert_str_eq(sim_figure_date(text, t, 9 * 3600), "2024-01-17");
	ck_assert_str_eq(sim_figure_day(text, t, 0), "01-16");
	ck_assert_str_eq(sim_figure_clock(text, SIM_TIME_NONE, 0), "");
	ck_assert_str_eq(sim_figure_span(text, 45), "45s");
	ck_assert_str_eq(sim_figure_span(text, 200), "3m20s");
	ck_assert_str_eq(sim_figure_span(text, 7500), "2h05m");
	ck_assert_str_eq(sim_figure_span(text, 273600), "3d04h");
	ck_assert_str_eq(sim_figure_percent(text, 0.714, 2), "+0.71%");
	ck_assert_str_eq(sim_figure_percent(text, -100, 0), "-100%");
	ck_assert_str_eq(sim_figure_percent(text, 0.0 / 0.0, 2), "");
	ck_assert_str_eq(sim_figure_count(text, 18204), "18 204");
	ck_assert_int_eq(sim_figure_decimals(18500 * (SIM_DEC_ONE / 100)), 2);
	ck_assert_int_eq(sim_figure_decimals(12345), 8);
	ck_assert_int_eq(sim_figure_decimals(2 * SIM_DEC_ONE + 12345678), 4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("theme");
	TCase *t = tcase_create("theme"), *f = tcase_create("figure");

	tcase_add_loop_test(t, looks, 0, 50);
	tcase_add_test(t, asia_is_classic_turned);
	tcase_add_test(t, names);
	tcase_add_test(t, own);
	tcase_add_loop_test(t, depths, 0,
			    (int)(sizeof(terms) / sizeof(*terms)));
	tcase_add_loop_test(f, decimals, 0,
			    (int)(sizeof(numbers) / sizeof(*numbers)));
	tcase_add_loop_test(f, short_numbers, 0,
			    (int)(sizeof(shorts) / sizeof(*shorts)));
	tcase_add_test(f, times);
	suite_add_tcase(suite, t);
	suite_add_tcase(suite, f);
	return run_suite(suite);
}
