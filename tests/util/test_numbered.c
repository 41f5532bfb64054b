/* Names such as r12, and the folders that have them. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"
#include "util/mem.h"
#include "util/numbered.h"

START_TEST(names)
{
	static const struct {
		const char *name;
		uint64_t n;
	} rows[] = {
		{ "r1", 1 }, { "r120", 120 }, { "r", 0 }, { "", 0 },
		{ "r0", 0 }, { "r01", 0 }, { "s1", 0 }, { "r1x", 0 },
		{ "r-1", 0 }, { "r999999999999999999", 999999999999999999 },
		{ "r9999999999999999999", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_uint_eq(sim_numbered_of(rows[i].name, 'r'),
				  rows[i].n);
}
END_TEST

START_TEST(folders)
{
	static const char *const made[] = { "r10", "r2", "s3", ".new-1" };
	char dir[] = "/tmp/test_numbered.XXXXXX", path[64];
	uint64_t *all, last = 7;
	size_t n;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(sim_numbered_last(dir, 'r', "runs", &last, NULL), 0);
	ck_assert_uint_eq(last, 0);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, made[i]);
		ck_assert_int_eq(mkdir(path, 0700), 0);
	}
	ck_assert_int_eq(sim_numbered_list(dir, 'r', "runs", &all, &n, NULL),
			 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(all[0], 2);
	ck_assert_uint_eq(all[1], 10);
	sim_mem_free(all);
	for (size_t i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, made[i]);
		ck_assert_int_eq(rmdir(path), 0);
	}
	ck_assert_int_eq(rmdir(dir), 0);
	ck_assert_int_eq(sim_numbered_list(dir, 'r', "runs", &all, &n, NULL),
			 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(sim_numbered_list("/dev/null", 'r', "runs", &all, &n,
					   NULL), SIM_E_IO);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("numbered");
	TCase *t = tcase_create("numbered");

	tcase_add_test(t, names);
	tcase_add_test(t, folders);
	suite_add_tcase(s, t);
	return run_suite(s);
}
