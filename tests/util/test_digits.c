/* digits: every length of a number, its zeros in front and at its end, against
 * the same digit by digit. */
#include "suite.h"

#include <string.h>

#include "util/digits.h"

/* v digit by digit; returns the length. */
static size_t slowly(char *out, uint64_t v)
{
	char back[SIM_DIGITS_U64MAX];
	size_t n = 0;

	do {
		back[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	for (size_t i = 0; i < n; i++)
		out[i] = back[n - 1 - i];
	return n;
}

static void check(uint64_t v)
{
	char want[SIM_DIGITS_U64MAX], got[SIM_DIGITS_U64MAX];
	size_t n = slowly(want, v);

	ck_assert_uint_eq(sim_digits_u64(got, v), n);
	ck_assert(!memcmp(got, want, n));
}

START_TEST(any_length)
{
	for (uint64_t unit = 1, d = 1; d <= SIM_DIGITS_U64MAX; d++, unit *= 10)
		for (uint64_t k = 1; k <= 9 && unit <= UINT64_MAX / k; k++) {
			check(unit * k - 1);
			check(unit * k);
			check(unit * k + unit / 7);
		}
	check(UINT64_MAX);
}
END_TEST

START_TEST(eight)
{
	char want[8], got[8];

	for (uint64_t v = 0; v < 100000000; v = v * 3 / 2 + 1) {
		uint64_t all = 100000000 + v, rest = v;
		size_t n = 8;

		for (int i = 7; i >= 0; i--, all /= 10)
			want[i] = (char)('0' + all % 10);
		sim_digits_8(got, (uint32_t)v);
		ck_assert(!memcmp(got, want, 8));
		for (; n && rest % 10 == 0; rest /= 10)
			n--;
		ck_assert_uint_eq(sim_digits_count(
				  sim_digits_word((uint32_t)v)), n);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("digits");
	TCase *tc = tcase_create("digits");

	tcase_add_test(tc, any_length);
	tcase_add_test(tc, eight);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
