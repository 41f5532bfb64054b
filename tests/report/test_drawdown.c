/*
 * Episodes of amounts of money are those of the same amounts as doubles, also
 * where neighbours are no longer apart as doubles; a few by hand.
 */
#include "../suite.h"

#include <math.h>
#include <string.h>

#include "report/drawdown.h"
#include "util/rand.h"

#define U SIM_DEC_ONE
#define N 400

static void same(sim_dec first, const sim_dec *equity, size_t n)
{
	struct sim_drawdown a, b;
	double level[N + 1];

	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
	level[0] = sim_dec_to_double(first);
	for (size_t i = 0; i < n; i++)
		level[i + 1] = sim_dec_to_double(equity[i]);
	sim_drawdown_find(level, n + 1, &a);
	sim_drawdown_of_equity(first, equity, n, &b);
	ck_assert_uint_eq(a.episodes, b.episodes);
	ck_assert_uint_eq(a.n, b.n);
	ck_assert(memcmp(a.top, b.top, sizeof(a.top)) == 0);
	ck_assert(a.mean_depth == b.mean_depth ||
		  (isnan(a.mean_depth) && isnan(b.mean_depth)));
}

/* Where the walk begins and how far a step goes. */
static const struct {
	sim_dec at, step;
} walks[] = {
	{ 1000000 * U, 500 * U }, { 1000000 * U, 2 }, { 10 * U, 5 * U },
	{ 60000000 * U, 3 }, { 80000000 * U, 3 }, { 100000000 * U, 2 },
	{ INT64_C(90000000000) * U, 1500 }, { INT64_C(90000000000) * U, 9000 },
	{ INT64_C(-90000000000) * U, 1500 }, { 0, 1 },
};

START_TEST(test_walk)
{
	struct sim_rand g;
	uint64_t span = (uint64_t)walks[_i].step * 2 + 1;
	sim_dec equity[N];

	sim_rand_init(&g, (uint64_t)_i + 1, "walk");
	for (int k = 0; k < 50; k++) {
		sim_dec v = walks[_i].at;

		for (int i = 0; i < N; i++) {
			v += (sim_dec)sim_rand_below(&g, span) -
			     walks[_i].step;
			equity[i] = v;
		}
		same(walks[_i].at, equity, N);
	}
}
END_TEST

START_TEST(test_by_hand)
{
	const sim_dec equity[] = { 120 * U, 90 * U, 60 * U, 120 * U, 110 * U };
	const sim_dec near = 1000000000 * U;
	struct sim_drawdown d;

	sim_drawdown_of_equity(100 * U, equity, 5, &d);
	ck_assert_uint_eq(d.episodes, 2);
	ck_assert_uint_eq(d.top[0].start, 1);
	ck_assert_uint_eq(d.top[0].valley, 3);
	ck_assert_uint_eq(d.top[0].end, 4);
	ck_assert(d.top[0].depth == -0.5);
	ck_assert_uint_eq(d.top[1].start, 4);
	ck_assert_uint_eq(d.top[1].valley, 5);
	ck_assert_uint_eq(d.top[1].end, 6);
	sim_drawdown_of_equity(100 * U, equity, 0, &d);
	ck_assert_uint_eq(d.episodes, 0);
	ck_assert(isnan(d.mean_depth));
	/* A unit is no step down where doubles are further apart. */
	sim_drawdown_of_equity(1000000000 * U + 1, &near, 1, &d);
	ck_assert_uint_eq(d.episodes, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("drawdown");
	TCase *t = tcase_create("drawdown");

	tcase_add_test(t, test_by_hand);
	tcase_add_loop_test(t, test_walk, 0, sizeof(walks) / sizeof(*walks));
	suite_add_tcase(s, t);
	return run_suite(s);
}
