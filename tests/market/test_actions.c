/*
 * actions: LEAN factor files and plain CSV into splits and dividends, and what
 * is refused.  With SIMUTRADOR_TESTDATA also the real files.
 */
#include "market/actions.h"

#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "util/file.h"
#include "util/mem.h"

static struct sim_calendar *xnys;

static void setup(void)
{
	ck_assert_int_eq(sim_calendar_open("XNYS", NULL, &xnys, NULL), 0);
}

static void teardown(void)
{
	sim_calendar_close(xnys);
}

static int parse(const char *s, enum sim_actions_format *f,
		 struct sim_action **a, size_t *n, struct sim_err *err)
{
	struct sim_actions_text t = { s, strlen(s) };

	return sim_actions_parse(t, f, xnys, a, n, err);
}

/* "2014-06-09 split 7/1" or "2014-05-08 dividend 3.29", one a line. */
static char *list(const struct sim_action *a, size_t n)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char day[16], *s;

	for (size_t i = 0; i < n; i++) {
		sim_time_format_date(a[i].day, day);
		if (a[i].type == SIM_ACTION_SPLIT) {
			sim_buf_printf(&b, "%s split %d/%d\n", day, a[i].num,
				       a[i].den);
		} else {
			sim_buf_printf(&b, "%s dividend ", day);
			sim_buf_dec(&b, a[i].cash, 0);
			sim_buf_putc(&b, '\n');
		}
	}
	s = sim_mem_strdup(sim_buf_str(&b));
	sim_buf_release(&b);
	return s;
}

static const struct good_case {
	const char *text;
	enum sim_actions_format format;
	const char *want;
} good_cases[] = {
	/* Factors that never change: nothing happened. */
	{ "20190101,1,1,10\n20501231,1,1,0\n", SIM_ACTIONS_LEAN, "" },
	{ "date,type,value\n2014-06-09,split,7\n", SIM_ACTIONS_PLAIN,
	  "2014-06-09 split 7/1\n" },
	{ "2014-06-09,Split,7:1\r\n2014-05-08,DIVIDEND,3.29", SIM_ACTIONS_PLAIN,
	  "2014-05-08 dividend 3.29\n2014-06-09 split 7/1\n" },
	{ "# by hand\n\n20140609 , split , 3/2\n2014-06-09,dividend,0.5\n",
	  SIM_ACTIONS_PLAIN,
	  "2014-06-09 split 3/2\n2014-06-09 dividend 0.5\n" },
	/* A byte order mark; a note above the heading. */
	{ "\xef\xbb\xbf# by hand\ndate,type,value\n2014-06-09,split,7\n",
	  SIM_ACTIONS_PLAIN, "2014-06-09 split 7/1\n" },
	{ "2020-01-02,split,0.125\n2020-01-03,split,1.5\n2020-01-06,split,2/20",
	  SIM_ACTIONS_PLAIN,
	  "2020-01-02 split 1/8\n2020-01-03 split 3/2\n"
	  "2020-01-06 split 1/10\n" },
	/* Friday's row: ex on Monday; both factors at once. */
	{ "20140101,0.9,0.142857,1\n20140606,0.9,0.142857,645.57\n"
	  "20140807,0.995,1,94.48\n20501231,1,1,0\n", SIM_ACTIONS_LEAN,
	  "2014-06-09 split 7/1\n2014-06-09 dividend 61.6373\n"
	  "2014-08-08 dividend 0.4724\n" },
	/* The rounded factors of a 1:8 and of a 3:2 split. */
	{ "20190101,1,4.0000001,10\n20190703,1,0.5000001,10\n"
	  "20191231,1,0.75,9\n20501231,1,0.75,0\n", SIM_ACTIONS_LEAN,
	  "2019-01-02 split 1/8\n2019-07-05 split 3/2\n" },
	/* More decimals than fit, and no change at all. */
	{ "20190103,0.99123456789012345678,1,50\n"
	  "20200106,0.99123456789012345678,1,60\n20501231,1,1,0\n",
	  SIM_ACTIONS_LEAN, "2020-01-07 dividend 0.5259\n" },
};

START_TEST(good)
{
	const struct good_case *c = &good_cases[_i];
	enum sim_actions_format f = SIM_ACTIONS_AUTO;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_action *a = NULL;
	size_t n = 0;
	char *got;

	ck_assert_msg(!parse(c->text, &f, &a, &n, &err), "%s", err.msg);
	ck_assert_int_eq(f, c->format);
	got = list(a, n);
	ck_assert_str_eq(got, c->want);
	sim_mem_free(got);
	sim_mem_free(a);
}
END_TEST

static const struct bad_case {
	const char *text, *want;
} bad_cases[] = {
	{ "", "no rows of actions" },
	{ "\n# none\n\n", "no rows of actions" },
	{ "date,type,value\n", "no rows of actions" },
	{ "2014-06-09,split\n", "line 1, column 1: a row of actions has 3" },
	{ "date,type,value\n2014-06-09,split,7,8\n", "line 2, column 1" },
	{ "2014-06-31,split,7\n", "'2014-06-31' is not a date" },
	{ "2014-06-09 10:00,split,7\n", "is not a date" },
	{ "2014-06-09,splot,7\n", "column 2: 'splot' is not a type" },
	{ "2014-06-09,split,0\n", "column 3: '0' is not a split ratio" },
	{ "2014-06-09,split,-2\n", "is not a split ratio" },
	{ "2014-06-09,split,1\n", "is not a split ratio" },
	{ "2014-06-09,split,7/0\n", "is not a split ratio" },
	{ "2014-06-09,split,7/x\n", "is not a split ratio" },
	{ "2014-06-09,split,99999999999\n", "is not a split ratio" },
	{ "2014-06-09,dividend,0\n", "column 3: '0' is not an amount" },
	{ "2014-06-09,dividend,-1\n", "is not an amount" },
	{ "2014-06-09,dividend,1e3\n", "is not an amount" },
	{ "2014-06-09,dividend,1\n2014-06-09,dividend,2\n",
	  "two dividends on 2014-06-09" },
	{ "2014-06-09,split,2\n2014-06-09,split,3\n",
	  "two splits on 2014-06-09" },
	{ "20140101,1,1,0\n20140101,1,1,0\n", "does not follow the date" },
	{ "20140101,1,1,0\n20150101,1,1\n", "line 2, column 1: a factor file" },
	{ "20140101,0,1,5\n", "column 2: '0' is not a price factor" },
	{ "20140101,1,-1,5\n", "column 3: '-1' is not a split factor" },
	{ "20140101,1,1,x\n", "column 4: 'x' is not a reference price" },
	{ "20140101,1,1,50\n20150101,0.9,1,50\n", "a dividend can't be neg" },
	{ "20140101,1,1,50\n20150101,1,9999999,50\n", "out of range" },
	{ "2014-06-09,split,7777777777777777777777777777777777777777777777777"
	  "77777777777777777777777777777777777777777777777777777777777777777"
	  "77777777777777777777777777777777777777777777777777777777777777777"
	  "77777777777777777777777777777777777777777777777777777777777777777"
	  "777777777777777777777777777777777777777777777777777777777777\n",
	  "no line of text" },
};

START_TEST(bad)
{
	const struct bad_case *c = &bad_cases[_i];
	enum sim_actions_format f = SIM_ACTIONS_AUTO;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_action *a = NULL;
	size_t n = 77;

	ck_assert_int_eq(parse(c->text, &f, &a, &n, &err), SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, c->want) != NULL, "%s\nsaid: %s",
		      c->text, err.msg);
	ck_assert_ptr_null(a);
	ck_assert_uint_eq(n, 77);
	ck_assert_int_eq(f, SIM_ACTIONS_AUTO);
}
END_TEST

/* What happened, as the companies announced it. */
static const struct real_case {
	const char *file;
	const char *want[6];
} real_cases[] = {
	{ "aapl_factors_lean.csv",
	  { "2000-06-21 split 2/1\n", "2005-02-28 split 2/1\n",
	    "2014-06-09 split 7/1\n", "2020-08-31 split 4/1\n",
	    "2014-05-08 dividend 3.29", "2021-02-05 dividend 0.205" } },
	{ "spy_factors_lean.csv",
	  { "2020-12-18 dividend 1.58", "2021-03-19 dividend 1.27" } },
};

START_TEST(real_files)
{
	const struct real_case *c = &real_cases[_i];
	const char *dir = getenv("SIMUTRADOR_TESTDATA");
	struct sim_buf path = SIM_BUF_INIT(4096), text = SIM_BUF_INIT(1 << 20);
	enum sim_actions_format f = SIM_ACTIONS_AUTO;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_action *a = NULL;
	size_t n = 0;
	char *got;

	if (!dir) {
		puts("real_files skipped: SIMUTRADOR_TESTDATA is not set");
		return;
	}
	sim_buf_printf(&path, "%s/%s", dir, c->file);
	ck_assert_int_eq(sim_file_read(sim_buf_str(&path), 1 << 20, &text,
				       NULL), 0);
	ck_assert_msg(!parse(sim_buf_str(&text), &f, &a, &n, &err), "%s",
		      err.msg);
	ck_assert_int_eq(f, SIM_ACTIONS_LEAN);
	got = list(a, n);
	for (int i = 0; i < 6 && c->want[i]; i++)
		ck_assert_msg(strstr(got, c->want[i]) != NULL, "no %s in\n%s",
			      c->want[i], got);
	sim_mem_free(got);
	sim_mem_free(a);
	sim_buf_release(&text);
	sim_buf_release(&path);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("actions");
	TCase *tc = tcase_create("actions");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, good, 0, COUNT(good_cases));
	tcase_add_loop_test(tc, bad, 0, COUNT(bad_cases));
	tcase_add_loop_test(tc, real_files, 0, COUNT(real_cases));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
