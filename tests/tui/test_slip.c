/* The ticket: the command that a shell understands, what is seen of it where
 * there is little room; lines that are broken between glyphs. */
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "tui/slip.h"

static struct sim_screen *s;
static struct sim_slip t;
static struct sim_buf out;

static void set_up(void)
{
	s = sim_screen_text(24, 80, "");
	out = (struct sim_buf)SIM_BUF_INIT(1 << 20);
	sim_slip_begin(&t, "d1", "ACME", SIM_SIDE_BUY, 1000 * SIM_DEC_ONE);
	sim_edit_set(&t.text[SIM_SLIP_QUANTITY], "125");
	t.estimate = (struct sim_slip_estimate){
		.is_known = true, .price = 1000 * SIM_DEC_ONE,
		.cost = 125000 * SIM_DEC_ONE, .commission = SIM_DEC_ONE,
		.margin = 125001 * SIM_DEC_ONE, .left = 874999 * SIM_DEC_ONE,
	};
}

static void tear_down(void)
{
	sim_screen_close(s);
	sim_buf_release(&out);
}

static const char *frame(int rows, int cols)
{
	char command[SIM_SLIP_COMMAND];

	sim_screen_resize(s, rows, cols);
	sim_slip_command(&t, command);
	sim_slip_draw(&t, s, command);
	sim_buf_reset(&out);
	sim_screen_text_write(s, false, &out);
	return sim_buf_str(&out);
}

START_TEST(words_are_quoted)
{
	static const char *const words[][2] = {
		{ "ACME", "x ACME" }, { "", "x" }, { "10%", "x 10%" },
		{ "$5000", "x '$5000'" }, { "BRK^A", "x 'BRK^A'" },
		{ "a b", "x 'a b'" }, { "it's", "x 'it'\\''s'" },
		{ "''", "x ''\\'''\\'''" }, { "#1;(`~!)", "x '#1;(`~!)'" },
		{ "\xe6\xbc\xa2", "x '\xe6\xbc\xa2'" },
	};
	char command[SIM_SLIP_COMMAND] = "x";

	sim_slip_word(command, words[_i][0]);
	ck_assert_str_eq(command, words[_i][1]);
}
END_TEST

/* A word that is longer than a command may be ends within it. */
START_TEST(a_command_is_bounded)
{
	char command[SIM_SLIP_COMMAND] = "x", word[SIM_SLIP_COMMAND];

	memset(word, '\'', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	for (int i = 0; i < 3; i++)
		sim_slip_word(command, word);
	ck_assert_uint_lt(strlen(command), sizeof(command));
}
END_TEST

START_TEST(small_ones_keep_what_counts)
{
	const char *text = frame(24, 80);

	ck_assert_ptr_nonnull(strstr(text, "cost 125 000.00"));
	ck_assert_ptr_nonnull(strstr(text, "simutrador order buy ACME 125"));
	for (int f = 0; f < 7; f++) {
		struct sim_screen_event tab = { .kind = SIM_SCREEN_KEY,
						.code = '\t' };

		text = frame(10, 40);
		ck_assert_msg(strstr(text, "cost 125k") != NULL, "%s", text);
		ck_assert_msg(strstr(text, "power then 875k") != NULL, "%s",
			      text);
		ck_assert_msg(strstr(text, "simutrador order buy ACME 125") !=
			      NULL, "%s", text);
		if (t.at == SIM_SLIP_QUANTITY)
			ck_assert_msg(strstr(text, "Quantity ") != NULL, "%s",
				      text);
		if (t.at == SIM_SLIP_STOP_LOSS)
			ck_assert_msg(strstr(text, "Stop loss ") != NULL, "%s",
				      text);
		sim_slip_event(&t, &tab);
	}
}
END_TEST

START_TEST(it_fits_everywhere)
{
	sim_edit_set(&t.text[SIM_SLIP_SYMBOL],
		     "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97");
	t.estimate.is_known = _i;
	snprintf(t.estimate.refusal, sizeof(t.estimate.refusal),
		 "\xe6\xbc\xa2\xe5\xad\x97 is no symbol of this session, which "
		 "has others");
	for (int rows = 1; rows < 30; rows++)
		for (int cols = 1; cols < 70; cols++) {
			frame(rows, cols);
			ck_assert_int_lt(s->cursor_row, rows);
			ck_assert_int_lt(s->cursor_col, cols);
			if (rows > 8 && cols > 30)
				ck_assert_uint_eq(s->outside, 0);
			s->outside = 0;
		}
}
END_TEST

/* What a small window has scrolled away is seen again in a large one. */
START_TEST(a_price_comes_back)
{
	sim_edit_set(&t.text[SIM_SLIP_QUANTITY], "64801.25");
	frame(10, 20);
	ck_assert_ptr_nonnull(strstr(frame(24, 80), "64801.25"));
}
END_TEST

START_TEST(lines_break_between_glyphs)
{
	static const struct {
		const char *text;
		int width;
		size_t n, next;
	} rows[] = {
		{ "one two", 80, 7, 7 }, { "one two", 7, 7, 7 },
		{ "one two", 6, 3, 4 }, { "one two", 3, 3, 4 },
		{ "one two", 2, 2, 2 }, { "one\ntwo", 80, 3, 4 },
		{ "\n\n", 80, 0, 1 }, { "", 80, 0, 0 },
		{ "\xe6\xbc\xa2\xe5\xad\x97", 3, 3, 3 },
		{ "\xe6\xbc\xa2\xe5\xad\x97", 1, 3, 3 },
		{ "e\xcc\x81\xcc\x81\x65", 1, 5, 5 },
		{ "a \xe6\xbc\xa2", 3, 1, 2 },
	};
	size_t next, n = sim_glyph_line(rows[_i].text, rows[_i].width, &next);

	ck_assert_uint_eq(n, rows[_i].n);
	ck_assert_uint_eq(next, rows[_i].next);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("slip");
	TCase *c = tcase_create("slip");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_loop_test(c, words_are_quoted, 0, 10);
	tcase_add_test(c, a_command_is_bounded);
	tcase_add_test(c, small_ones_keep_what_counts);
	tcase_add_loop_test(c, it_fits_everywhere, 0, 2);
	tcase_add_test(c, a_price_comes_back);
	tcase_add_loop_test(c, lines_break_between_glyphs, 0, 12);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
