/* Tests of bucket.c: so many and not one more, and when the next. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "server/bucket.h"
#include "suite.h"

#define SEC UINT64_C(1000000000)

static const struct sim_bucket_rule ten_a_minute = { 10, 60 };

/* Ten at once, then one in six seconds. */
START_TEST(limit_and_one)
{
	struct sim_bucket *b = sim_bucket_new(&ten_a_minute, 100);
	struct sim_bucket_answer a;
	uint64_t now = 1000 * SEC;

	for (uint32_t i = 1; i <= 10; i++) {
		ck_assert(sim_bucket_take(b, "x", now, &a));
		ck_assert_uint_eq(a.remaining, 10 - i);
		ck_assert_uint_eq(a.reset_sec, 6 * i);
	}
	ck_assert_uint_eq(a.retry_after_sec, 6);
	ck_assert(a.is_allowed);
	ck_assert(!sim_bucket_take(b, "x", now, &a));
	ck_assert(!a.is_allowed);
	ck_assert_uint_eq(a.limit, 10);
	ck_assert_uint_eq(a.period_sec, 60);
	ck_assert_uint_eq(a.remaining, 0);
	ck_assert_uint_eq(a.retry_after_sec, 6);
	ck_assert_uint_eq(a.reset_sec, 60);
	ck_assert(sim_bucket_take(b, "y", now, NULL));
	/* a nanosecond early, on time, once */
	ck_assert(!sim_bucket_take(b, "x", now + 6 * SEC - 1, &a));
	ck_assert_uint_eq(a.retry_after_sec, 1);
	ck_assert(sim_bucket_take(b, "x", now + 6 * SEC, &a));
	ck_assert(!sim_bucket_take(b, "x", now + 6 * SEC, &a));
	/* full again after a period without use */
	now += 200 * SEC;
	sim_bucket_look(b, "x", now, &a);
	ck_assert_uint_eq(a.remaining, 10);
	ck_assert_uint_eq(a.reset_sec, 0);
	for (int i = 0; i < 10; i++)
		ck_assert(sim_bucket_take(b, "x", now, &a));
	ck_assert(!sim_bucket_take(b, "x", now, &a));
	sim_bucket_free(b);
	sim_bucket_free(NULL);
}
END_TEST

/* Refused calls cost nothing: who waits as told is let in. */
START_TEST(waiting_as_told)
{
	static const struct sim_bucket_rule rules[] = {
		{ 1, 1 }, { 1, 3600 }, { 3, 10 }, { 7, 60 }, { 100, 60 },
		{ 10000, 1 },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		struct sim_bucket *b = sim_bucket_new(&rules[i], 4);
		struct sim_bucket_answer a;
		uint64_t now = 77;
		uint32_t n = 0;

		while (sim_bucket_take(b, "k", now, &a))
			n++;
		ck_assert_uint_eq(n, rules[i].limit);
		for (int j = 0; j < 50; j++)
			ck_assert(!sim_bucket_take(b, "k", now, &a));
		ck_assert_uint_ge(a.retry_after_sec, 1);
		ck_assert_uint_le(a.retry_after_sec, rules[i].period_sec);
		now += a.retry_after_sec * SEC;
		ck_assert(sim_bucket_take(b, "k", now, &a));
		sim_bucket_free(b);
	}
}
END_TEST

START_TEST(idle_ones_are_forgotten)
{
	struct sim_bucket *b = sim_bucket_new(&ten_a_minute, 1000);
	char key[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "10.0.%d.%d", i / 256, i % 256);
		sim_bucket_take(b, key, SEC, NULL);
	}
	ck_assert_uint_eq(sim_bucket_count(b), 1000);
	for (int i = 0; i < 600; i++)
		sim_bucket_take(b, "other", 100 * SEC, NULL);
	ck_assert_uint_le(sim_bucket_count(b), 1);
	sim_bucket_free(b);
}
END_TEST

/* A flood of addresses takes no more memory than was allowed, and the one that
 * keeps knocking is not forgotten for it. */
START_TEST(bounded)
{
	struct sim_bucket *b = sim_bucket_new(&ten_a_minute, 100);
	uint64_t now = SEC;
	int allowed = 0;
	char key[32];

	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		sim_bucket_take(b, key, now, NULL);
		if (i % 50 == 0)
			allowed += sim_bucket_take(b, "knock", now, NULL);
	}
	ck_assert_uint_eq(sim_bucket_count(b), 100);
	ck_assert_int_eq(allowed, 10);
	sim_bucket_free(b);
}
END_TEST

START_TEST(changed_rule)
{
	static const struct sim_bucket_rule two = { 2, 60 }, many = { 60, 60 };
	struct sim_bucket *b = sim_bucket_new(&ten_a_minute, 10);
	struct sim_bucket_answer a;

	for (int i = 0; i < 10; i++)
		sim_bucket_take(b, "x", SEC, NULL);
	sim_bucket_set(b, &two);
	ck_assert(!sim_bucket_take(b, "x", SEC, &a));
	ck_assert_uint_eq(a.limit, 2);
	ck_assert_uint_eq(a.retry_after_sec, 30);
	sim_bucket_set(b, &many);
	ck_assert(!sim_bucket_take(b, "x", SEC, &a));
	ck_assert(sim_bucket_take(b, "x", 2 * SEC, &a));
	sim_bucket_free(b);
}
END_TEST

static const struct {
	const char *address, *key;
} addresses[] = {
	{ "192.0.2.7", "192.0.2.7" },
	{ "::ffff:192.0.2.7", "192.0.2.7" },
	{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
	{ "2001:db8:1:2::1", "2001:db8:1:2::/64" },
	{ "::1", "::/64" },
	{ "unix", "unix" },
	{ "", "" },
	{ "a text of more than the 63 bytes that a key holds, which is cut, so",
	  "a text of more than the 63 bytes that a key holds, which is cut" },
};

START_TEST(address)
{
	char key[SIM_BUCKET_KEY];

	sim_bucket_address(addresses[_i].address, key);
	ck_assert_str_eq(key, addresses[_i].key);
}
END_TEST

static struct sim_bucket *shared;

static void *login(void *arg)
{
	(void)arg;
	return sim_bucket_take(shared, "u_1", SEC, NULL) ? shared : NULL;
}

START_TEST(hundred_parallel_logins)
{
	for (int round = 0; round < 10; round++) {
		pthread_t threads[100];
		int allowed = 0;

		shared = sim_bucket_new(&ten_a_minute, 10);
		for (int i = 0; i < 100; i++)
			ck_assert_int_eq(pthread_create(&threads[i], NULL,
							login, NULL), 0);
		for (int i = 0; i < 100; i++) {
			void *res;

			pthread_join(threads[i], &res);
			allowed += res != NULL;
		}
		ck_assert_int_eq(allowed, 10);
		sim_bucket_free(shared);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bucket");
	TCase *c = tcase_create("bucket");

	tcase_add_test(c, limit_and_one);
	tcase_add_test(c, waiting_as_told);
	tcase_add_test(c, idle_ones_are_forgotten);
	tcase_add_test(c, bounded);
	tcase_add_test(c, changed_rule);
	tcase_add_loop_test(c, address, 0,
			    sizeof(addresses) / sizeof(addresses[0]));
	tcase_add_test(c, hundred_parallel_logins);
	suite_add_tcase(s, c);
	return run_suite(s);
}
