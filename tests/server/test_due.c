/*
 * due: whatever is set, moved and taken out, in random order, comes in the
 * order of a sorted list; equal times in the order they were set.
 */
#include "suite.h"

#include "server/due.h"
#include "util/rand.h"

#define N 300

/* The first by time, then by when it was set; -1: none. */
static int first_of(const int64_t *at, const uint64_t *when)
{
	int best = -1;

	for (int i = 0; i < N; i++) {
		if (at[i] == SIM_DUE_NEVER)
			continue;
		if (best < 0 || at[i] < at[best] ||
		    (at[i] == at[best] && when[i] < when[best]))
			best = i;
	}
	return best;
}

START_TEST(as_sorted)
{
	static struct sim_due_item items[N];
	int64_t at[N];
	uint64_t when[N], clock = 0;
	struct sim_due q = { .items = NULL };
	struct sim_rand r;
	int popped = 0;

	sim_rand_init(&r, (uint64_t)_i + 1, "due");
	for (int i = 0; i < N; i++)
		at[i] = SIM_DUE_NEVER;
	for (int step = 0; step < 20000; step++) {
		int i = (int)sim_rand_below(&r, N), best;
		int64_t t = (int64_t)sim_rand_below(&r, 50);

		if (sim_rand_below(&r, 4) == 0)
			t = SIM_DUE_NEVER;
		sim_due_set(&q, &items[i], t);
		at[i] = t;
		when[i] = ++clock;
		best = first_of(at, when);
		ck_assert_int_eq(sim_due_first(&q), best < 0 ? SIM_DUE_NEVER :
				 at[best]);
		if (best >= 0 && sim_rand_below(&r, 3) == 0) {
			ck_assert_ptr_null(sim_due_pop(&q, at[best] - 1));
			ck_assert_ptr_eq(sim_due_pop(&q, at[best]),
					 &items[best]);
			at[best] = SIM_DUE_NEVER;
			popped++;
		}
	}
	ck_assert_int_gt(popped, 1000);
	sim_due_release(&q);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("due");
	TCase *tc = tcase_create("due");

	tcase_add_loop_test(tc, as_sorted, 0, 3);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
