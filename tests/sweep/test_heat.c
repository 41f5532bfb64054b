/* heat: peak and plateau of maps worked out by hand, gaps, maps that are wider
 * than the terminal; pictures to the byte. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

#include "sweep/heat.h"

static char five[][3] = { "5", "10", "15", "20", "25" };
static char *const names[] = { five[0], five[1], five[2], five[3], five[4] };
#define __ NAN

/* A lone peak at (1, 1), good ground around (3, 3). */
static const double lone[] = {
	0, 0, 0, 0, 0,
	0, 9, 0, 0, 0,
	0, 0, 5, 5, 5,
	0, 0, 5, 6, 5,
	0, 0, 5, 5, 5,
};

static struct sim_heat map_of(const double *v, size_t nx, size_t ny)
{
	return (struct sim_heat){ "slow", "fast", nx, ny, names, names, v };
}

START_TEST(finds_plateau)
{
	struct sim_heat h = map_of(lone, 5, 5);
	struct sim_heat_spot peak = sim_heat_peak(&h);
	struct sim_heat_spot plateau = sim_heat_plateau(&h);

	ck_assert(peak.is_known && plateau.is_known);
	ck_assert_uint_eq(peak.x, 1);
	ck_assert_uint_eq(peak.y, 1);
	ck_assert_double_eq(peak.value, 9);
	ck_assert_double_eq(peak.median, 0);
	ck_assert_uint_eq(plateau.x, 3);
	ck_assert_uint_eq(plateau.y, 3);
	ck_assert_double_eq(plateau.value, 6);
	ck_assert_double_eq(plateau.median, 5);
}
END_TEST

/* By hand: the median of an even number is the middle of the middle two; gaps
 * don't count. */
START_TEST(gaps)
{
	static const double v[] = { 1, __, 4, 2 };
	static const double none[] = { __, __, __, __ };
	struct sim_heat h = map_of(v, 2, 2), empty = map_of(none, 2, 2);
	struct sim_heat_spot p = sim_heat_peak(&h);
	struct sim_buf b = SIM_BUF_INIT(4096);
	const struct sim_heat_opts o = { 80, false };

	ck_assert_uint_eq(p.x, 0);
	ck_assert_uint_eq(p.y, 1);
	ck_assert_double_eq(p.median, 2);
	ck_assert(!sim_heat_peak(&empty).is_known);
	ck_assert(!sim_heat_plateau(&empty).is_known);
	sim_heat_draw(&empty, &o, &b);
	ck_assert_uint_eq(b.len, 0);
	sim_buf_release(&b);
}
END_TEST

START_TEST(draws_glyphs)
{
	static const double v[] = { 0, 1, 2, __, 4, 5, 9, 7, 8 };
	struct sim_heat h = map_of(v, 3, 3);
	struct sim_buf b = SIM_BUF_INIT(4096);
	const struct sim_heat_opts o = { 80, false };

	sim_heat_draw(&h, &o, &b);
	ck_assert_str_eq(b.data,
		"fast\n"
		"   5 ..... ::::: ----- \n"
		"  10       +++++ ***** \n"
		"  15 PPPPP %%%%% @@@@@ \n"
		"     5     10    15\n"
		"     slow\n"
		".:-=+*#%@ from 0 to 9\n"
		"P peak     fast=15 slow=5: 9, median around it 7\n"
		"M plateau  fast=15 slow=5: 9, median around it 7\n");
	sim_buf_release(&b);
}
END_TEST

/* Every line fits, with hundreds of values a side, in colour or not. */
START_TEST(fits)
{
	enum { N = 300 };
	static double v[N * N];
	static char *labels[N];
	static char text[N][16];
	struct sim_heat h = { "slow", "fast", N, N, labels, labels, v };
	const struct sim_heat_opts o = { _i, false }, color = { _i, true };
	struct sim_buf b = SIM_BUF_INIT((size_t)1 << 20);
	int lines = 0;

	for (int i = 0; i < N; i++) {
		snprintf(text[i], sizeof(text[i]), "%d", i * 1000);
		labels[i] = text[i];
	}
	for (int i = 0; i < N * N; i++)
		v[i] = i % 7 ? sin(i / 900.0) : NAN;
	sim_heat_draw(&h, &color, &b);
	ck_assert_ptr_nonnull(strstr(b.data, "\033[48;5;"));
	sim_buf_reset(&b);
	sim_heat_draw(&h, &o, &b);
	for (const char *p = b.data, *nl; (nl = strchr(p, '\n')); p = nl + 1) {
		if (lines++ < 26)
			ck_assert_int_le(nl - p, _i < 40 ? 40 : _i);
	}
	ck_assert_int_eq(lines, 30);
	ck_assert_ptr_nonnull(strchr(b.data, 'P'));
	sim_buf_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("heat");
	TCase *tc = tcase_create("heat");

	tcase_add_test(tc, finds_plateau);
	tcase_add_test(tc, gaps);
	tcase_add_test(tc, draws_glyphs);
	tcase_add_loop_test(tc, fits, 20, 100);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
