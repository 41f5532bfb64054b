/*
 * dec: texts in and out, rounding at ties, the ends of the range.  The
 * arithmetic at large is checked against another implementation by
 * dec_oracle.py.
 */
#include "../suite.h"

#include <math.h>
#include <string.h>

#include "util/dec.h"

#define MAX SIM_DEC_MAX

static const struct {
	const char *text;
	int rc;
	sim_dec want;
} parses[] = {
	{ "0", 0, 0 },
	{ "-0", 0, 0 },
	{ "1", 0, SIM_DEC_ONE },
	{ "+1.5", 0, 150000000 },
	{ "-1234.5", 0, -123450000000 },
	{ "0.00000001", 0, 1 },
	{ "0.000000010000", 0, 1 },
	{ "00000000000000000000000000000007", 0, 7 * SIM_DEC_ONE },
	{ "92233720368.54775807", 0, MAX },
	{ "-92233720368.54775807", 0, -MAX },
	{ "92233720368.54775808", SIM_E_DATA, 0 },
	{ "-92233720368.54775808", SIM_E_DATA, 0 },
	{ "99999999999999999999999999999999999999999", SIM_E_DATA, 0 },
	{ "0.000000001", SIM_E_DATA, 0 },
	{ "0.000000000000000000000000000000000000000000001", SIM_E_DATA, 0 },
	{ "", SIM_E_DATA, 0 },
	{ "-", SIM_E_DATA, 0 },
	{ ".5", SIM_E_DATA, 0 },
	{ "5.", SIM_E_DATA, 0 },
	{ ".", SIM_E_DATA, 0 },
	{ "1.2.3", SIM_E_DATA, 0 },
	{ "1e5", SIM_E_DATA, 0 },
	{ " 1", SIM_E_DATA, 0 },
	{ "1 ", SIM_E_DATA, 0 },
	{ "1,000", SIM_E_DATA, 0 },
	{ "--1", SIM_E_DATA, 0 },
	{ "nan", SIM_E_DATA, 0 },
};

START_TEST(parse)
{
	const char *text = parses[_i].text;
	struct sim_err err = SIM_ERR_INIT;
	sim_dec v = 4711;
	int rc = sim_dec_parse(text, strlen(text), &v, &err);

	ck_assert_int_eq(rc, parses[_i].rc);
	if (!rc) {
		ck_assert_int_eq(v, parses[_i].want);
		ck_assert_int_eq(err.code, 0);
		return;
	}
	ck_assert_int_eq(v, 4711);
	ck_assert_int_eq(err.code, rc);
	ck_assert_ptr_nonnull(strchr(err.msg, '"'));
	ck_assert_ptr_null(strchr(err.msg, '\n'));
}
END_TEST

START_TEST(parse_says_why)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "12x", "is not a number" },
		{ "0.123456789", "more than eight decimals" },
		{ "92233720369", "out of range" },
	};
	struct sim_err err = SIM_ERR_INIT;
	sim_dec v;

	ck_assert_int_ne(sim_dec_parse(rows[_i].text, strlen(rows[_i].text),
				       &v, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, rows[_i].why));
	ck_assert_ptr_nonnull(strstr(err.msg, rows[_i].text));
}
END_TEST

START_TEST(parse_respects_length)
{
	sim_dec v;

	ck_assert_int_eq(sim_dec_parse("1.2599", 4, &v, NULL), 0);
	ck_assert_int_eq(v, 125000000);
	ck_assert_int_eq(sim_dec_parse("1.2599", 2, &v, NULL), SIM_E_DATA);
	ck_assert_int_eq(sim_dec_parse("1", 0, &v, NULL), SIM_E_DATA);
}
END_TEST

static const struct {
	sim_dec v;
	int places;
	const char *want;
} formats[] = {
	{ 0, 0, "0" },
	{ 0, 2, "0.00" },
	{ 0, 8, "0.00000000" },
	{ SIM_DEC_ONE, 0, "1" },
	{ SIM_DEC_ONE, 2, "1.00" },
	{ 150000000, 0, "1.5" },
	{ 150000000, 2, "1.50" },
	{ 1, 0, "0.00000001" },
	{ -1, 2, "-0.00000001" },
	{ 10000000, 0, "0.1" },
	{ -12345678900, 3, "-123.456789" },
	{ MAX, 0, "92233720368.54775807" },
	{ -MAX, 8, "-92233720368.54775807" },
};

START_TEST(format)
{
	char buf[SIM_DEC_STRMAX];
	size_t n = sim_dec_format(formats[_i].v, formats[_i].places, buf);

	ck_assert_str_eq(buf, formats[_i].want);
	ck_assert_uint_eq(n, strlen(buf));
}
END_TEST

static const struct {
	int64_t a, b, c;
	bool ok;
	int64_t want;
} muldivs[] = {
	{ 1, 1, 2, true, 0 },		/* ties go to the even neighbour */
	{ 3, 1, 2, true, 2 },
	{ 5, 1, 2, true, 2 },
	{ -1, 1, 2, true, 0 },
	{ -3, 1, 2, true, -2 },
	{ -5, 1, 2, true, -2 },
	{ 2, 1, 3, true, 1 },
	{ 1, 1, 3, true, 0 },
	{ MAX, MAX, MAX, true, MAX },
	{ MAX, -MAX, MAX, true, -MAX },
	{ MAX, 2, 1, false, 0 },
	{ MAX, MAX, 1, false, 0 },
	{ MAX, 3, 3, true, MAX },
	{ MAX, MAX, MAX - 1, false, 0 },
};

START_TEST(muldiv)
{
	int64_t out = 99;
	bool ok = sim_dec_muldiv(muldivs[_i].a, muldivs[_i].b, muldivs[_i].c,
				 &out);

	ck_assert(ok == muldivs[_i].ok);
	ck_assert_int_eq(out, ok ? muldivs[_i].want : 99);
}
END_TEST

/* Products beyond 64 bits, up to and beyond 72. */
static const struct {
	int64_t a, b;
	bool ok;
	int64_t want;
} products[] = {
	{ 150000000, INT64_C(99999999999), true, INT64_C(149999999998) },
	{ 150000000, INT64_C(-99999999999), true, INT64_C(-149999999998) },
	{ 150000000, INT64_C(99999999997), true, INT64_C(149999999996) },
	{ 150000001, INT64_C(99999999999), true, INT64_C(150000000998) },
	{ 68719476737, 68719476734, true, INT64_C(47223664828009) },
	{ 68719476737, 68719476737, true, INT64_C(47223664830071) },
	{ -68719476737, 68719476737, true, INT64_C(-47223664830071) },
	{ SIM_DEC_ONE + 1, MAX, false, 0 },
	{ SIM_DEC_ONE - 1, MAX, true, INT64_C(9223371944621055438) },
	{ MAX, MAX, false, 0 },
};

START_TEST(long_products)
{
	int64_t a = products[_i].a, b = products[_i].b, way[3] = { 9, 9, 9 };
	bool ok[] = { sim_dec_mul(a, b, &way[0]),
		      sim_dec_mul_rate(a, b, &way[1]),
		      sim_dec_muldiv(a, b, SIM_DEC_ONE, &way[2]) };

	for (int i = 0; i < 3; i++) {
		ck_assert(ok[i] == products[_i].ok);
		ck_assert_int_eq(way[i], ok[i] ? products[_i].want : 9);
	}
}
END_TEST

START_TEST(arithmetic_edges)
{
	sim_dec v = 5;

	ck_assert(!sim_dec_add(MAX, 1, &v));
	ck_assert(!sim_dec_add(-MAX, -1, &v));
	ck_assert(!sim_dec_sub(-MAX, 1, &v));
	ck_assert(!sim_dec_div(1, 0, &v));
	ck_assert(!sim_dec_div(MAX, 1, &v));
	ck_assert(!sim_dec_mul(2 * SIM_DEC_ONE, -(MAX / 2) - 1, &v));
	ck_assert_int_eq(v, 5);
	ck_assert(sim_dec_add(MAX - 1, 1, &v) && v == MAX);
	ck_assert(sim_dec_sub(1 - MAX, 1, &v) && v == -MAX);
	ck_assert(sim_dec_div(SIM_DEC_ONE, 3 * SIM_DEC_ONE, &v) &&
		  v == 33333333);
	ck_assert(sim_dec_div(2 * SIM_DEC_ONE, -3 * SIM_DEC_ONE, &v) &&
		  v == -66666667);
}
END_TEST

static const struct {
	sim_dec v, step, down, up;
} steps[] = {
	{ 17, 5, 15, 20 },
	{ 15, 5, 15, 15 },
	{ -17, 5, -20, -15 },
	{ 0, 5, 0, 0 },
	{ 4, 5, 0, 5 },
	{ -4, 5, -5, 0 },
	/* 5 does not divide MAX: no multiple is left beyond the last. */
	{ MAX, 5, MAX - MAX % 5, MAX - MAX % 5 },
	{ -MAX, 5, -MAX + MAX % 5, -MAX + MAX % 5 },
	{ 1, MAX, 0, MAX },
	{ -1, MAX, -MAX, 0 },
};

START_TEST(floor_and_ceil)
{
	ck_assert_int_eq(sim_dec_floor_to(steps[_i].v, steps[_i].step),
			 steps[_i].down);
	ck_assert_int_eq(sim_dec_ceil_to(steps[_i].v, steps[_i].step),
			 steps[_i].up);
}
END_TEST

START_TEST(doubles)
{
	static const struct {
		double x;
		bool ok;
		sim_dec want;
	} rows[] = {
		{ 0, true, 0 },
		{ -0.0, true, 0 },
		{ 0.1, true, 10000000 },
		{ -123.45, true, -12345000000 },
		{ 0.5e-8, true, 1 },		/* a little above the tie */
		{ 0x1p-9, true, 195312 },	/* a tie: 195312.5 */
		{ 0x3p-9, true, 585938 },	/* a tie: 585937.5 */
		{ 1e-300, true, 0 },
		{ 5e-324, true, 0 },
		{ 92233720368.0, true, INT64_C(9223372036800000000) },
		{ 92233720369.0, false, 0 },
		{ -92233720369.0, false, 0 },
		{ 1e300, false, 0 },
		{ INFINITY, false, 0 },
		{ NAN, false, 0 },
	};
	sim_dec v = 77;
	bool ok = sim_dec_from_double(rows[_i].x, &v);

	ck_assert(ok == rows[_i].ok);
	ck_assert_int_eq(v, ok ? rows[_i].want : 77);
}
END_TEST

START_TEST(decimals)
{
	ck_assert_int_eq(sim_dec_decimals(0), 0);
	ck_assert_int_eq(sim_dec_decimals(SIM_DEC_ONE), 0);
	ck_assert_int_eq(sim_dec_decimals(-50000000), 1);
	ck_assert_int_eq(sim_dec_decimals(123000000), 2);
	ck_assert_int_eq(sim_dec_decimals(1), 8);
	ck_assert_double_eq(sim_dec_to_double(-123450000000), -1234.5);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("dec");
	TCase *tc = tcase_create("dec");

	tcase_add_loop_test(tc, parse, 0, N(parses));
	tcase_add_loop_test(tc, parse_says_why, 0, 3);
	tcase_add_test(tc, parse_respects_length);
	tcase_add_loop_test(tc, format, 0, N(formats));
	tcase_add_loop_test(tc, muldiv, 0, N(muldivs));
	tcase_add_loop_test(tc, long_products, 0, N(products));
	tcase_add_test(tc, arithmetic_edges);
	tcase_add_loop_test(tc, floor_and_ceil, 0, N(steps));
	tcase_add_loop_test(tc, doubles, 0, 15);
	tcase_add_test(tc, decimals);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
