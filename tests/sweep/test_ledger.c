/* ledger: what is written comes back; torn rows are cut off, other processes
 * are kept out, points that hang are remembered; what is damaged is refused.
 * Not covered: power cuts. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#include "sweep/ledger.h"
#include "util/file.h"
#include "util/mem.h"

static const char head[] = "{\"format\":\"simutrador-sweep-1\",\"n\":3}\n";

static const char *dir(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "sweep-test-%ld.tmp", (long)getpid());
	return path;
}

static void make(struct sim_ledger *l)
{
	struct sim_buf b = SIM_BUF_INIT(4096);
	struct sim_err err = SIM_ERR_INIT;

	sim_buf_puts(&b, head);
	ck_assert_msg(!sim_ledger_new(dir(), &b, l, &err), "%s", err.msg);
	sim_buf_release(&b);
}

static void clean(void)
{
	ck_assert(!sim_file_remove_tree(dir(), NULL));
}

/* Append bytes past the ledger. */
static void scribble(const char *id, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s/rows.ndjson", dir(), id);
	fd = open(path, O_WRONLY | O_APPEND);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

START_TEST(keeps_rows)
{
	struct sim_ledger l, again;
	struct sim_buf b = SIM_BUF_INIT(4096);
	int64_t n = 0;

	make(&l);
	ck_assert_str_eq(l.id, "s1");
	ck_assert(!sim_ledger_add(&l, "one\ntwo\n", 8, NULL));
	ck_assert(!sim_ledger_add(&l, "three\n", 6, NULL));
	ck_assert_uint_eq(l.rows, 3);
	ck_assert(!sim_ledger_read(&l, 4, 7, &b, NULL));
	ck_assert_uint_eq(b.len, 4);
	ck_assert(!memcmp(b.data, "two\n", 4));
	sim_ledger_close(&l);
	scribble("s1", "torn");
	ck_assert(!sim_ledger_open(dir(), "last", false, &again, NULL));
	ck_assert_uint_eq(again.rows, 3);
	ck_assert_uint_eq(again.bytes, 14);
	ck_assert(sim_json_as_int(sim_json_get(sim_json_root(again.head),
					       "n"), &n));
	ck_assert_int_eq(n, 3);
	sim_ledger_close(&again);
	ck_assert(!sim_ledger_open(dir(), "s1", true, &again, NULL));
	ck_assert(!sim_ledger_add(&again, "four\n", 5, NULL));
	ck_assert(!sim_ledger_read(&again, 0, 100, &b, NULL));
	ck_assert_uint_eq(b.len, 19);
	ck_assert(!memcmp(b.data, "one\ntwo\nthree\nfour\n", 19));
	sim_ledger_close(&again);
	sim_buf_release(&b);
	clean();
}
END_TEST

START_TEST(keeps_others_out)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_ledger l, other;

	make(&l);
	ck_assert_int_eq(sim_ledger_open(dir(), "s1", true, &other, &err),
			 SIM_E_STATE);
	ck_assert_ptr_nonnull(strstr(err.msg, "at work on sweep s1"));
	ck_assert_int_eq(sim_ledger_remove(dir(), "s1", &err), SIM_E_STATE);
	ck_assert(!sim_ledger_open(dir(), "s1", false, &other, &err));
	sim_ledger_close(&other);
	sim_ledger_close(&l);
	ck_assert(!sim_ledger_remove(dir(), "s1", &err));
	ck_assert_int_eq(sim_ledger_open(dir(), "s1", false, &other, &err),
			 SIM_E_NOENT);
	clean();
}
END_TEST

START_TEST(numbers)
{
	struct sim_ledger l;
	uint64_t *list;
	size_t n;

	ck_assert(!sim_ledger_list(dir(), &list, &n, NULL));
	ck_assert_uint_eq(n, 0);
	for (int i = 0; i < 3; i++) {
		make(&l);
		sim_ledger_close(&l);
	}
	ck_assert(!sim_ledger_remove(dir(), "s2", NULL));
	make(&l);
	ck_assert_str_eq(l.id, "s4");
	sim_ledger_close(&l);
	ck_assert(!sim_ledger_list(dir(), &list, &n, NULL));
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(list[2], 4);
	sim_mem_free(list);
	clean();
}
END_TEST

START_TEST(remembers_hangs)
{
	struct sim_err why = SIM_ERR_INIT;
	struct sim_sweep_skip *skips;
	struct sim_ledger l;
	size_t n;

	make(&l);
	ck_assert(!sim_ledger_skips(&l, &skips, &n, NULL));
	ck_assert_uint_eq(n, 0);
	sim_err_set(&why, SIM_E_STRATEGY, "it \"slept\"");
	ck_assert(!sim_ledger_hang(&l, 7, &why, NULL));
	ck_assert(!sim_ledger_hang(&l, 9, &why, NULL));
	ck_assert(!sim_ledger_skips(&l, &skips, &n, NULL));
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(skips[1].number, 9);
	ck_assert_str_eq(skips[0].why.msg, "it \"slept\"");
	ck_assert_int_eq(skips[0].why.code, SIM_E_STRATEGY);
	sim_mem_free(skips);
	sim_ledger_close(&l);
	clean();
}
END_TEST

START_TEST(refuses)
{
	static const char *const ids[] = {
		"s9", "x", "", "s0", "s01", "../s1", "r1", "s1x"
	};
	struct sim_err err = SIM_ERR_INIT;
	struct sim_ledger l;
	char path[128];

	make(&l);
	sim_ledger_close(&l);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		ck_assert_int_eq(sim_ledger_open(dir(), ids[i], false, &l,
						 &err), SIM_E_NOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "the newest is s1"));
	snprintf(path, sizeof(path), "%s/s1/sweep.json", dir());
	ck_assert(!sim_file_write(path, "{\"format\":\"y\"}", 14, 0600, NULL));
	ck_assert_int_eq(sim_ledger_open(dir(), "s1", false, &l, &err),
			 SIM_E_DATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "format 'y'"));
	ck_assert(!sim_file_write(path, "{", 1, 0600, NULL));
	ck_assert_int_eq(sim_ledger_open(dir(), "s1", false, &l, &err),
			 SIM_E_DATA);
	ck_assert(!sim_ledger_remove(dir(), "s1", &err));
	clean();
}
END_TEST

START_TEST(without_a_folder)
{
	struct sim_ledger l;
	struct sim_buf b = SIM_BUF_INIT(4096);
	struct sim_err why = SIM_ERR_INIT;

	ck_assert(!sim_ledger_temp(".", &l, NULL));
	ck_assert(!sim_ledger_add(&l, "a\nb\n", 4, NULL));
	ck_assert(!sim_ledger_read(&l, 2, 10, &b, NULL));
	ck_assert_uint_eq(b.len, 2);
	ck_assert(!sim_ledger_hang(&l, 1, &why, NULL));
	sim_ledger_close(&l);
	ck_assert_int_eq(sim_ledger_temp("./not-there", &l, &why),
			 SIM_E_CANTCREAT);
	sim_buf_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ledger");
	TCase *tc = tcase_create("ledger");

	tcase_add_test(tc, keeps_rows);
	tcase_add_test(tc, keeps_others_out);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, remembers_hangs);
	tcase_add_test(tc, refuses);
	tcase_add_test(tc, without_a_folder);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
