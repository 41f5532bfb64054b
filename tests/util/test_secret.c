/* Tests of secret.c: what can be seen of it from outside. */
#include <string.h>

#include "suite.h"
#include "util/secret.h"

START_TEST(random_hex)
{
	char a[129], b[129];

	for (size_t n = 1; n <= 64; n++) {
		sim_secret_hex(a, n);
		ck_assert_uint_eq(strlen(a), 2 * n);
		ck_assert_uint_eq(strspn(a, "0123456789abcdef"), 2 * n);
	}
	sim_secret_hex(b, 64);
	ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(equal)
{
	ck_assert(sim_secret_equal("abc", "abd", 2));
	ck_assert(!sim_secret_equal("abc", "abd", 3));
	ck_assert(!sim_secret_equal("bbc", "abc", 3));
	ck_assert(sim_secret_equal("", "x", 0));
}
END_TEST

START_TEST(wiped)
{
	char text[] = "secret";

	sim_secret_wipe(text, 3);
	ck_assert(!memcmp(text, "\0\0\0ret", 7));
}
END_TEST

/* The same key has one place under a seed, and another under another; keys
 * that differ little lie apart. */
START_TEST(places)
{
	unsigned char seed[SIM_SECRET_SEED] = { 0 };
	uint64_t at = sim_secret_place(seed, "a", 1);
	unsigned used = 0;

	ck_assert_uint_eq(sim_secret_place(seed, "ab", 1), at);
	ck_assert_uint_ne(sim_secret_place(seed, "ab", 2), at);
	for (unsigned char i = 0; i < 32; i++)
		used |= 1U << (sim_secret_place(seed, &i, 1) & 31);
	ck_assert_int_gt(__builtin_popcount(used), 12);
	seed[15] = 1;
	ck_assert_uint_ne(sim_secret_place(seed, "a", 1), at);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("secret");
	TCase *c = tcase_create("secret");

	tcase_add_test(c, random_hex);
	tcase_add_test(c, equal);
	tcase_add_test(c, wiped);
	tcase_add_test(c, places);
	suite_add_tcase(s, c);
	return run_suite(s);
}
