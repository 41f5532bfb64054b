/* mem: growth, alignment, zeroes, and that running out aborts. */
#include "../suite.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "util/mem.h"

START_TEST(empty_sizes)
{
	void *p[5] = {
		sim_mem_alloc(0), sim_mem_zalloc(0), sim_mem_array(0, 8),
		sim_mem_array(8, 0), sim_mem_realloc(NULL, 0),
	};
	size_t i;

	for (i = 0; i < 5; i++) {
		ck_assert_ptr_nonnull(p[i]);
		free(p[i]);
	}
}
END_TEST

START_TEST(copies)
{
	char *a = sim_mem_strdup("abc"), *b = sim_mem_strndup("abcdef", 4);
	char *c = sim_mem_strndup("ab", 10);

	ck_assert_str_eq(a, "abc");
	ck_assert_str_eq(b, "abcd");
	ck_assert_str_eq(c, "ab");
	free(a);
	free(b);
	free(c);
}
END_TEST

START_TEST(grow)
{
	int *v = NULL, i;
	size_t cap = 0, old;

	for (i = 0; i < 1000; i++) {
		SIM_MEM_GROW(v, cap, (size_t)i + 1);
		v[i] = i;
	}
	ck_assert_uint_ge(cap, 1000);
	ck_assert_uint_lt(cap, 4000);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(v[i], i);
	old = cap;
	SIM_MEM_GROW(v, cap, old);
	ck_assert_uint_eq(cap, old);
	free(v);
}
END_TEST

START_TEST(arena)
{
	struct sim_mem_arena a = SIM_MEM_ARENA_INIT;
	unsigned char *p;
	char *s = sim_mem_arena_strdup(&a, "first");
	size_t n, i;

	for (n = 0; n < 3000; n += 7) {
		p = sim_mem_arena_alloc(&a, n);
		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (i = 0; i < n; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, n);
	}
	p = sim_mem_arena_alloc(&a, 5 << 20);	/* more than any chunk */
	memset(p, 0xff, 5 << 20);
	ck_assert_str_eq(s, "first");
	sim_mem_arena_release(&a);
	ck_assert_ptr_null(a.chunks);
	ck_assert_str_eq(sim_mem_arena_strdup(&a, "again"), "again");
	sim_mem_arena_release(&a);
}
END_TEST

START_TEST(too_much_aborts)
{
	struct sim_mem_arena a = SIM_MEM_ARENA_INIT;
	size_t cap = 8;

	if (_i == 0)
		sim_mem_grow(NULL, &cap, SIZE_MAX, 1);
	else if (_i == 1)
		sim_mem_grow(NULL, &cap, SIZE_MAX / 16, 64);
	else
		sim_mem_arena_alloc(&a, SIZE_MAX - 8);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mem");
	TCase *tc = tcase_create("mem");

	tcase_add_test(tc, empty_sizes);
	tcase_add_test(tc, copies);
	tcase_add_test(tc, grow);
	tcase_add_test(tc, arena);
	tcase_add_loop_test_raise_signal(tc, too_much_aborts, SIGABRT, 0, 3);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
