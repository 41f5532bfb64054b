/*
 * str: doubles as text (double_oracle.py has the many), near words,
 * splitting, whole numbers, quoting.
 */
#include "../suite.h"

#include <math.h>
#include <string.h>

#include "util/str.h"

static const struct {
	double v;
	const char *want;
} doubles[] = {
	{ 0, "0" },
	{ -0.0, "0" },
	{ 1, "1" },
	{ -1.5, "-1.5" },
	{ 0.1, "0.1" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ 100, "100" },
	{ 123456.789, "123456.789" },
	{ 0.00001, "0.00001" },
	{ 0.000001, "1e-6" },
	{ 1e15, "1000000000000000" },
	{ 9007199254740993.0, "9007199254740992" },
	{ 1e16, "1e16" },
	{ 1.25e300, "1.25e300" },
	{ 5e-324, "5e-324" },
	{ 1.7976931348623157e308, "1.7976931348623157e308" },
	{ 0x1p-44, "5.684341886080802e-14" },
	{ NAN, "null" },
	{ INFINITY, "null" },
	{ -INFINITY, "null" },
};

START_TEST(shortest_double)
{
	char buf[SIM_STR_DOUBLEMAX];
	size_t n = sim_str_double(doubles[_i].v, buf);

	ck_assert_str_eq(buf, doubles[_i].want);
	ck_assert_uint_eq(n, strlen(buf));
}
END_TEST

START_TEST(after)
{
	static const char *const starts[] = { "a://", "ab://", NULL };

	ck_assert_str_eq(sim_str_after("ab://c", starts), "c");
	ck_assert_str_eq(sim_str_after("a://", starts), "");
	ck_assert_ptr_null(sim_str_after("a:/", starts));
	ck_assert_ptr_null(sim_str_after("", starts));
}
END_TEST

START_TEST(near)
{
	static const char *const list[] = {
		"simulate", "data", "report", "run", "runs", NULL
	};
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "simulat", "simulate" },
		{ "smiulate", "simulate" },	/* two swapped */
		{ "simualtee", "simulate" },
		{ "reprot", "report" },
		{ "dtaa", "data" },
		{ "runn", "run" },		/* the first of equals */
		{ "ru", NULL },			/* too short to guess */
		{ "xyz", NULL },
		{ "simulation-of-it", NULL },
		{ "", NULL },
	};
	const char *found = sim_str_near(rows[_i].word, list);

	if (!rows[_i].want) {
		ck_assert_ptr_null(found);
		return;
	}
	ck_assert_ptr_nonnull(found);
	ck_assert_str_eq(found, rows[_i].want);
}
END_TEST

START_TEST(near_long_words)
{
	static const char *const list[] = { "abc", NULL };
	char word[200];

	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ck_assert_ptr_null(sim_str_near(word, list));
}
END_TEST

START_TEST(sep)
{
	char text[] = "a,,b,";
	char *s = text;

	ck_assert_str_eq(sim_str_sep(&s, ','), "a");
	ck_assert_str_eq(sim_str_sep(&s, ','), "");
	ck_assert_str_eq(sim_str_sep(&s, ','), "b");
	ck_assert_str_eq(sim_str_sep(&s, ','), "");
	ck_assert_ptr_null(sim_str_sep(&s, ','));
	ck_assert_ptr_null(sim_str_sep(&s, ','));
}
END_TEST

static const struct {
	const char *text;
	int64_t lo, hi;
	int rc;
	int64_t want;
} ints[] = {
	{ "0", 0, 10, 0, 0 },
	{ "10", 0, 10, 0, 10 },
	{ "+7", 0, 10, 0, 7 },
	{ "-3", -5, 10, 0, -3 },
	{ "11", 0, 10, SIM_E_INVAL, 0 },
	{ "-1", 0, 10, SIM_E_INVAL, 0 },
	{ "", 0, 10, SIM_E_INVAL, 0 },
	{ "-", -10, 10, SIM_E_INVAL, 0 },
	{ "1x", 0, 10, SIM_E_INVAL, 0 },
	{ " 1", 0, 10, SIM_E_INVAL, 0 },
	{ "1.0", 0, 10, SIM_E_INVAL, 0 },
	{ "0x1", 0, 10, SIM_E_INVAL, 0 },
	{ "9223372036854775807", 0, INT64_MAX, 0, INT64_MAX },
	{ "-9223372036854775808", INT64_MIN, 0, 0, INT64_MIN },
	{ "9223372036854775808", 0, INT64_MAX, SIM_E_INVAL, 0 },
	{ "-9223372036854775809", INT64_MIN, 0, SIM_E_INVAL, 0 },
	{ "99999999999999999999999", 0, INT64_MAX, SIM_E_INVAL, 0 },
};

START_TEST(whole_numbers)
{
	struct sim_err err = SIM_ERR_INIT;
	int64_t v = 555;
	int rc = sim_str_int(ints[_i].text, "--seed", ints[_i].lo,
			     ints[_i].hi, &v, &err);

	ck_assert_int_eq(rc, ints[_i].rc);
	ck_assert_int_eq(v, rc ? 555 : ints[_i].want);
	ck_assert_int_eq(err.code, rc);
	if (rc)
		ck_assert_int_eq(strncmp(err.msg, "--seed ", 7), 0);
}
END_TEST

START_TEST(int_message)
{
	struct sim_err err = SIM_ERR_INIT;
	int64_t v;

	ck_assert_int_ne(sim_str_int("many", "--jobs", 1, 64, &v, &err), 0);
	ck_assert_str_eq(err.msg, "--jobs is \"many\"; give a whole number "
				  "from 1 to 64");
}
END_TEST

START_TEST(quote)
{
	char buf[SIM_STR_QUOTEMAX], text[300];
	size_t n;

	n = sim_str_quote("a\nb\x01\x7f\xc3\xa9", 7, buf);
	ck_assert_str_eq(buf, "\"a\\x0ab\\x01\\x7f\xc3\xa9\"");
	ck_assert_uint_eq(n, strlen(buf));
	sim_str_quote("", 0, buf);
	ck_assert_str_eq(buf, "\"\"");
	memset(text, 1, sizeof(text));
	for (n = 0; n <= sizeof(text); n++)
		ck_assert_uint_lt(sim_str_quote(text, n, buf), sizeof(buf));
	ck_assert_str_eq(buf + strlen(buf) - 4, "...\"");
	memset(text, 'x', sizeof(text));
	for (n = 0; n <= sizeof(text); n++)
		ck_assert_uint_lt(sim_str_quote(text, n, buf), sizeof(buf));
}
END_TEST

static const struct {
	const char *text;
	size_t n, len;
	uint32_t code;
} characters[] = {
	{ "a", 1, 1, 'a' },
	{ "", 1, 1, 0 },
	{ "\x7f", 1, 1, 0x7f },
	{ "\xc2\x9b", 2, 2, 0x9b },
	{ "\xdf\xbf", 2, 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 3, 0x800 },
	{ "\xed\x9f\xbf", 3, 3, 0xd7ff },
	{ "\xef\xbf\xbf", 3, 3, 0xffff },
	{ "\xf0\x90\x80\x80", 4, 4, 0x10000 },
	{ "\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff },
	{ "\xc3\xa9tude", 6, 2, 0xe9 },
	{ "\x80", 1, 0, 0 },			/* begins within one */
	{ "\xc3", 1, 0, 0 },			/* ends within one */
	{ "\xc3\xa9", 1, 0, 0 },
	{ "\xf0\x90\x80", 3, 0, 0 },
	{ "\xc1\xbf", 2, 0, 0 },		/* longer than need be */
	{ "\xe0\x9f\xbf", 3, 0, 0 },
	{ "\xf0\x8f\xbf\xbf", 4, 0, 0 },
	{ "\xed\xa0\x80", 3, 0, 0 },		/* half of a pair */
	{ "\xf4\x90\x80\x80", 4, 0, 0 },	/* past the last */
	{ "\xe0\xa0" "a", 3, 0, 0 },
	{ "\xff", 1, 0, 0 },
};

START_TEST(utf8)
{
	uint32_t code = 12345;

	ck_assert_uint_eq(sim_str_utf8(characters[_i].text, characters[_i].n,
				       &code), characters[_i].len);
	ck_assert_uint_eq(code, characters[_i].len ? characters[_i].code :
			  12345);
	ck_assert_uint_eq(sim_str_utf8(characters[_i].text, characters[_i].n,
				       NULL), characters[_i].len);
	if (characters[_i].len) {
		char back[4];

		ck_assert_uint_eq(sim_str_put_utf8(back, code),
				  characters[_i].len);
		ck_assert_mem_eq(back, characters[_i].text,
				 characters[_i].len);
	}
}
END_TEST

/* What acts on a terminal, and what only stands there. */
START_TEST(plain)
{
	static const struct {
		const char *text;
		bool is_plain;
	} rows[] = {
		{ "", true }, { "a b~", true }, { "\xc3\xa9", true },
		{ "\xe2\x80\x8c", true },		/* joins nothing */
		{ "\xf0\x9f\x98\x80", true },
		{ "\n", false }, { "a\x1b[m", false }, { "\x7f", false },
		{ "\xc2\x80", false }, { "a\xc2\x9b" "1m", false },
		{ "\xc2\x9f", false }, { "\xc2\xa0", true },
		{ "\xe2\x80\xa7", true }, { "\xe2\x80\xa8", false },
		{ "\xe2\x80\xae", false }, { "\xe2\x80\xaf", true },
		{ "\xe2\x81\xa5", true }, { "\xe2\x81\xa6", false },
		{ "\xe2\x81\xa9", false }, { "\xe2\x81\xaa", true },
		{ "\x9b", false }, { "\xc3", false }, { "\xff", false },
	};
	char buf[SIM_STR_QUOTEMAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *s = rows[i].text;

		ck_assert_msg(sim_str_is_plain(s, strlen(s)) ==
			      rows[i].is_plain, "row %zu", i);
		sim_str_quote(s, strlen(s), buf);
		ck_assert(sim_str_is_plain(buf, strlen(buf)));
		ck_assert((strstr(buf, "\\x") == NULL) == rows[i].is_plain);
	}
	sim_str_quote("x\xc2\x9b" "1m", 5, buf);
	ck_assert_str_eq(buf, "\"x\\xc2\\x9b1m\"");
}
END_TEST

START_TEST(no_case)
{
	ck_assert(sim_str_eq_nocase("", ""));
	ck_assert(sim_str_eq_nocase("AbC9", "aBc9"));
	ck_assert(!sim_str_eq_nocase("abc", "abcd"));
	ck_assert(!sim_str_eq_nocase("abcd", "abc"));
	ck_assert(!sim_str_eq_nocase("[", "{"));
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("str");
	TCase *tc = tcase_create("str");

	tcase_add_loop_test(tc, shortest_double, 0, N(doubles));
	tcase_add_loop_test(tc, near, 0, 10);
	tcase_add_test(tc, near_long_words);
	tcase_add_test(tc, after);
	tcase_add_test(tc, sep);
	tcase_add_loop_test(tc, whole_numbers, 0, N(ints));
	tcase_add_test(tc, int_message);
	tcase_add_test(tc, quote);
	tcase_add_loop_test(tc, utf8, 0, N(characters));
	tcase_add_test(tc, plain);
	tcase_add_test(tc, no_case);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
