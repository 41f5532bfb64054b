/* Tests of quota.c: the caps of plan.def, each to the last one. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/quota.h"
#include "suite.h"
#include "util/rand.h"

#define SEC UINT64_C(1000000000)
#define ORDERS SIM_PLAN_LIMIT_orders_per_minute
#define CONNECTIONS SIM_PLAN_LIMIT_concurrent_connections

static struct sim_quota_ask ask(enum sim_plan plan, enum sim_plan_limit which,
				uint64_t now)
{
	return (struct sim_quota_ask){ "u_1", plan, which, now };
}

/* Every plan, every counted limit: the limit, and one more is refused. */
START_TEST(limit_and_one)
{
	enum sim_plan plan = (enum sim_plan)(_i % SIM_PLAN_LOCAL);
	enum sim_plan_limit which = sim_quota_counted(_i / SIM_PLAN_LOCAL);
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(plan, which, 5000 * SEC);
	int64_t limit = sim_plan_limit(plan, which);
	struct sim_quota_answer r;
	int warnings = 0;

	for (int64_t i = 1; i <= limit; i++) {
		ck_assert(sim_quota_take(q, &a, 1, &r));
		ck_assert_int_eq(r.usage, i);
		ck_assert_int_eq(r.remaining, limit - i);
		if (r.is_warning)
			ck_assert_int_eq(i, limit * 4 / 5);
		warnings += r.is_warning;
	}
	ck_assert_int_eq(warnings, limit >= 5);
	ck_assert(!sim_quota_take(q, &a, 1, &r));
	ck_assert(!r.is_allowed);
	ck_assert_int_eq(r.limit, limit);
	ck_assert_int_eq(r.usage, limit);
	ck_assert_int_eq(r.remaining, 0);
	ck_assert_int_eq(r.which, which);
	ck_assert_int_eq(r.plan, plan);
	a.user = "u_2";
	ck_assert(sim_quota_take(q, &a, 1, &r));
	sim_quota_free(q);
	sim_quota_free(NULL);
}
END_TEST

START_TEST(all_or_none)
{
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE, ORDERS, 7 * SEC);
	struct sim_quota_answer r;

	ck_assert(sim_quota_take(q, &a, 60, &r));
	ck_assert(!sim_quota_take(q, &a, 41, &r));
	ck_assert_int_eq(r.usage, 60);
	ck_assert(!sim_quota_take(q, &a, UINT32_MAX, &r));
	ck_assert(sim_quota_take(q, &a, 40, &r));
	ck_assert_int_eq(r.usage, 100);
	ck_assert(sim_quota_take(q, &a, 0, &r));
	sim_quota_free(q);
}
END_TEST

/* Who waits as told fits in, and a nanosecond before does not. */
START_TEST(waiting_as_told)
{
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE, ORDERS, 1000 * SEC + 5);
	struct sim_quota_answer r;

	ck_assert(sim_quota_take(q, &a, 30, &r));
	a.now_ns += 10 * SEC;
	ck_assert(sim_quota_take(q, &a, 30, &r));
	a.now_ns += 10 * SEC;
	ck_assert(sim_quota_take(q, &a, 40, &r));
	/* one comes back with the first lot, 31 take the second too */
	ck_assert(!sim_quota_take(q, &a, 1, &r));
	ck_assert_uint_eq(r.reset_ns, 41 * SEC - 5);
	ck_assert(!sim_quota_take(q, &a, 31, &r));
	ck_assert_uint_eq(r.reset_ns, 51 * SEC - 5);
	a.now_ns += r.reset_ns - 1;
	ck_assert(!sim_quota_take(q, &a, 31, NULL));
	a.now_ns++;
	ck_assert(sim_quota_take(q, &a, 31, &r));
	ck_assert_int_eq(r.usage, 71);
	/* what never fits is told when all is free */
	ck_assert(!sim_quota_take(q, &a, 101, &r));
	a.now_ns += r.reset_ns;
	sim_quota_look(q, &a, &r);
	ck_assert_int_eq(r.usage, 0);
	ck_assert_uint_eq(r.reset_ns, 0);
	sim_quota_free(q);
}
END_TEST

/* At random times: no minute, wherever it begins, holds more than the limit,
 * and none that asked is kept waiting longer than 61 seconds. */
START_TEST(any_minute)
{
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE, ORDERS, 3);
	static uint64_t times[20000];
	struct sim_rand r;
	size_t n = 0, from = 0;

	sim_rand_init(&r, 2, "test");
	while (n < 20000) {
		a.now_ns += sim_rand_next(&r) % 2 ? sim_rand_next(&r) % SEC :
			sim_rand_next(&r) % (SEC / 50);
		if (!sim_quota_take(q, &a, 1, NULL)) {
			ck_assert_uint_lt(a.now_ns - times[n - 100], 61 * SEC);
			continue;
		}
		times[n++] = a.now_ns;
		while (times[from] + 60 * SEC <= a.now_ns)
			from++;
		ck_assert_uint_le(n - from, 100);
	}
	sim_quota_free(q);
}
END_TEST

START_TEST(given_back)
{
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE, CONNECTIONS, SEC);
	struct sim_quota_answer r;

	ck_assert(sim_quota_take(q, &a, 1, NULL));
	ck_assert(sim_quota_take(q, &a, 1, NULL));
	ck_assert(!sim_quota_take(q, &a, 1, NULL));
	sim_quota_give(q, "u_1", CONNECTIONS, 1);
	ck_assert(sim_quota_take(q, &a, 1, NULL));
	sim_quota_give(q, "u_1", CONNECTIONS, 2);
	sim_quota_look(q, &a, &r);
	ck_assert_int_eq(r.usage, 0);
	ck_assert(r.is_allowed);
	ck_assert_int_eq(r.period_sec, 0);
	sim_quota_free(q);
}
END_TEST

/* What was not begun counts no more, in whichever 60th of the period it was
 * counted, and no more than was counted. */
START_TEST(untaken)
{
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE, ORDERS, 1000 * SEC);
	struct sim_quota_answer r;

	sim_quota_untake(q, "u_1", ORDERS, 1);
	ck_assert(sim_quota_take(q, &a, 60, NULL));
	a.now_ns += SEC;
	ck_assert(sim_quota_take(q, &a, 40, NULL));
	ck_assert(!sim_quota_take(q, &a, 1, NULL));
	sim_quota_untake(q, "u_1", ORDERS, 1);
	ck_assert(sim_quota_take(q, &a, 1, NULL));
	sim_quota_untake(q, "u_1", ORDERS, 50);
	sim_quota_look(q, &a, &r);
	ck_assert_int_eq(r.usage, 50);
	a.now_ns += 60 * SEC;
	sim_quota_look(q, &a, &r);
	ck_assert_int_eq(r.usage, 0);
	sim_quota_untake(q, "u_1", ORDERS, 1);
	ck_assert(sim_quota_take(q, &a, 100, NULL));
	sim_quota_untake(q, "u_1", ORDERS, 1000);
	sim_quota_look(q, &a, &r);
	ck_assert_int_eq(r.usage, 0);
	sim_quota_free(q);
}
END_TEST

/* What was found in use counts beyond the cap, and can be given back. */
START_TEST(held)
{
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE,
				     SIM_PLAN_LIMIT_concurrent_sessions, SEC);
	struct sim_quota_answer r;

	for (int i = 0; i < 3; i++)
		sim_quota_hold(q, &a, 1);
	sim_quota_look(q, &a, &r);
	ck_assert_int_eq(r.usage, 3);
	ck_assert_int_eq(r.remaining, 0);
	for (int i = 0; i < 3; i++) {
		ck_assert(!sim_quota_take(q, &a, 1, NULL));
		sim_quota_give(q, "u_1", a.which, 1);
	}
	ck_assert(sim_quota_take(q, &a, 1, NULL));
	a.which = ORDERS;
	sim_quota_hold(q, &a, 101);
	ck_assert(!sim_quota_take(q, &a, 1, &r));
	ck_assert_int_eq(r.usage, 101);
	sim_quota_free(q);
}
END_TEST

/* Time that does not pass evenly: back a little, or far ahead. */
START_TEST(jumps_of_time)
{
	struct sim_quota *q = sim_quota_new(10);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE, ORDERS, 100 * SEC);
	struct sim_quota_answer r;

	ck_assert(sim_quota_take(q, &a, 100, NULL));
	a.now_ns -= 2 * SEC;
	ck_assert(!sim_quota_take(q, &a, 1, &r));
	ck_assert_int_eq(r.usage, 100);
	a.now_ns = UINT64_MAX / 4;
	ck_assert(sim_quota_take(q, &a, 100, &r));
	ck_assert_int_eq(r.usage, 100);
	sim_quota_free(q);
}
END_TEST

/* Users without use are forgotten, those with use never; there is room for so
 * many. */
START_TEST(bounded)
{
	struct sim_quota *q = sim_quota_new(50);
	struct sim_quota_ask a = ask(SIM_PLAN_FREE, CONNECTIONS, SEC);
	char user[32];

	a.user = user;
	for (int i = 0; i < 50; i++) {
		snprintf(user, sizeof(user), "u_%d", i);
		a.which = i < 25 ? CONNECTIONS : ORDERS;
		ck_assert(sim_quota_take(q, &a, 1, NULL));
	}
	a.user = "u_new";
	a.which = CONNECTIONS;
	ck_assert(!sim_quota_take(q, &a, 1, NULL));
	ck_assert_uint_eq(sim_quota_users(q), 50);
	/* two a call are looked at: after 25 calls all were */
	a.now_ns += 100 * SEC;
	for (int i = 0; i < 25; i++)
		sim_quota_take(q, &a, 0, NULL);
	ck_assert(sim_quota_take(q, &a, 1, NULL));
	ck_assert_uint_eq(sim_quota_users(q), 26);
	for (int i = 0; i < 25; i++) {
		snprintf(user, sizeof(user), "u_%d", i);
		sim_quota_give(q, user, CONNECTIONS, 1);
	}
	sim_quota_free(q);
}
END_TEST

static struct sim_quota *shared;

static void *connect_once(void *arg)
{
	struct sim_quota_ask a = ask(SIM_PLAN_PROFESSIONAL, CONNECTIONS, SEC);

	(void)arg;
	return sim_quota_take(shared, &a, 1, NULL) ? shared : NULL;
}

START_TEST(hundred_in_parallel)
{
	pthread_t threads[100];
	int allowed = 0;

	shared = sim_quota_new(10);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
						connect_once, NULL), 0);
	for (int i = 0; i < 100; i++) {
		void *res;

		pthread_join(threads[i], &res);
		allowed += res != NULL;
	}
	ck_assert_int_eq(allowed, 10);
	sim_quota_free(shared);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("quota");
	TCase *c = tcase_create("quota");

	tcase_add_loop_test(c, limit_and_one, 0,
			    SIM_PLAN_LOCAL * SIM_QUOTA_COUNTED);
	tcase_add_test(c, all_or_none);
	tcase_add_test(c, waiting_as_told);
	tcase_add_test(c, any_minute);
	tcase_add_test(c, given_back);
	tcase_add_test(c, untaken);
	tcase_add_test(c, held);
	tcase_add_test(c, jumps_of_time);
	tcase_add_test(c, bounded);
	tcase_add_test(c, hundred_in_parallel);
	suite_add_tcase(s, c);
	return run_suite(s);
}
