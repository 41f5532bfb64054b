/* buf: appends, the maximum, reserved room and the exact writers. */
#include "../suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"

START_TEST(appends)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	ck_assert_str_eq(sim_buf_str(&b), "");
	sim_buf_puts(&b, "ab");
	sim_buf_putc(&b, 'c');
	sim_buf_add(&b, "d\0e", 3);
	sim_buf_add(&b, NULL, 0);
	sim_buf_printf(&b, "%s-%d", "f", 42);
	ck_assert_uint_eq(b.len, 10);
	ck_assert_mem_eq(sim_buf_str(&b), "abcd\0ef-42", 11);
	sim_buf_reset(&b);
	ck_assert_str_eq(sim_buf_str(&b), "");
	ck_assert_ptr_nonnull(b.data);
	sim_buf_release(&b);
	ck_assert_ptr_null(b.data);
	sim_buf_release(&b);
}
END_TEST

START_TEST(grows_and_stays_ended)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	size_t i;

	for (i = 0; i < 5000; i++) {
		sim_buf_putc(&b, (char)('a' + i % 26));
		ck_assert_uint_eq(b.len, i + 1);
		ck_assert_int_eq(b.data[b.len], 0);
	}
	sim_buf_printf(&b, "%1000d", 1);
	ck_assert_uint_eq(strlen(b.data), 6000);
	sim_buf_release(&b);
}
END_TEST

START_TEST(maximum)
{
	struct sim_buf b = SIM_BUF_INIT(5);

	sim_buf_puts(&b, "12345");
	ck_assert(!b.overflow);
	sim_buf_putc(&b, '6');
	ck_assert(b.overflow);
	ck_assert_str_eq(sim_buf_str(&b), "12345");
	sim_buf_reset(&b);
	ck_assert(!b.overflow);
	/* What does not fit is dropped whole, and so is what follows. */
	sim_buf_puts(&b, "123");
	sim_buf_printf(&b, "%d", 456);
	sim_buf_putc(&b, '7');
	ck_assert(b.overflow);
	ck_assert_str_eq(sim_buf_str(&b), "123");
	ck_assert_ptr_null(sim_buf_reserve(&b, 1));
	sim_buf_release(&b);
}
END_TEST

START_TEST(reserve)
{
	struct sim_buf b = SIM_BUF_INIT(200);
	char *p;

	sim_buf_puts(&b, "x");
	p = sim_buf_reserve(&b, 100);
	memset(p, 'y', 100);
	ck_assert_str_eq(sim_buf_str(&b), "x");
	p = sim_buf_reserve(&b, 100);
	memset(p, 'z', 100);
	b.len += 100;
	ck_assert_uint_eq(strlen(sim_buf_str(&b)), 101);
	ck_assert_ptr_null(sim_buf_reserve(&b, 100));
	ck_assert(b.overflow);
	sim_buf_release(&b);
}
END_TEST

START_TEST(integers)
{
	static const int64_t rows[] = {
		0, 1, -1, 9, 10, 99, 100, 101, 999, 1000, 12345, -98765,
		INT64_C(1000000000), INT64_C(99999999999), INT64_MAX,
		INT64_MIN,
	};
	struct sim_buf b = SIM_BUF_INIT(64);
	char want[32];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sim_buf_reset(&b);
		sim_buf_int(&b, rows[i]);
		snprintf(want, sizeof(want), "%" PRId64, rows[i]);
		ck_assert_str_eq(sim_buf_str(&b), want);
	}
	sim_buf_release(&b);
}
END_TEST

START_TEST(decimals_and_times)
{
	struct sim_buf b = SIM_BUF_INIT(64);

	sim_buf_dec(&b, -12345000000, 4);
	sim_buf_putc(&b, ' ');
	sim_buf_time(&b, 1704187800 * SIM_TIME_SEC);
	ck_assert_str_eq(sim_buf_str(&b), "-123.4500 2024-01-02T09:30:00Z");
	sim_buf_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("buf");
	TCase *tc = tcase_create("buf");

	tcase_add_test(tc, appends);
	tcase_add_test(tc, grows_and_stays_ended);
	tcase_add_test(tc, maximum);
	tcase_add_test(tc, reserve);
	tcase_add_test(tc, integers);
	tcase_add_test(tc, decimals_and_times);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
