/*
 * What a series may look like, and the sentence for each way to be wrong.
 */
#include "../suite.h"

#include <math.h>
#include <string.h>

#include "report/metrics.h"
#include "report/metrics_from_csv.h"

static const struct {
	const char *text;
	bool is_equity;
	size_t n;
	double first, last;		/* returns */
	int64_t start_day;
} good[] = {
	{ "0.01\n-0.02\n", false, 2, 0.01, -0.02, SIM_METRICS_NO_DAY },
	{ "0.01\n-0.02", false, 2, 0.01, -0.02, SIM_METRICS_NO_DAY },
	{ "ret\r\n0.01\r\n\r\n-2e-2\r\n", false, 2, 0.01, -0.02,
	  SIM_METRICS_NO_DAY },
	{ "100\n110\n99\n", true, 2, 0.1, -0.1, SIM_METRICS_NO_DAY },
	{ "100\n", true, 0, 0, 0, SIM_METRICS_NO_DAY },
	{ "100\n50\n0\n", true, 2, -0.5, -1, SIM_METRICS_NO_DAY },
	{ "\xef\xbb\xbf" "Date,Equity\n2024-01-02,100\n2024-01-03,110\n", true,
	  1, 0.1, 0.1, 19724 },
	{ "\"Date\";\"Equity\"\n\"20240102\";\"100\"\n20240103; +110 \n", true,
	  1, 0.1, 0.1, 19724 },
	{ "2024-01-02 09:30\t100\n2024-01-02T09:31\t110\n", true, 1, 0.1, 0.1,
	  19724 },
	/* Among many columns, by name and in any order. */
	{ "flag,Equity,note,time\n1,100,x,2024-01-02\n,110,,2024-01-03T05:00\n",
	  true, 1, 0.1, 0.1, 19724 },
	{ "time,equity,return\n2024-01-02,1,0.5\n2024-01-09,1,-.5,9\n", false,
	  2, 0.5, -0.5, SIM_METRICS_NO_DAY },
	{ "a,b,close\n1,2,100\nx,y,50\n", true, 1, -0.5, -0.5,
	  SIM_METRICS_NO_DAY },
	{ "2024-01-02,0.5\n", false, 1, 0.5, 0.5, SIM_METRICS_NO_DAY },
	{ "date,ret\n2024-01-02,.5\n2024-01-09,-.5\n", false, 2, 0.5, -0.5,
	  SIM_METRICS_NO_DAY },
};

START_TEST(test_good)
{
	struct sim_metrics_from_csv s;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_metrics_from_csv(good[_i].text,
		strlen(good[_i].text), good[_i].is_equity, &s, &err), "%s",
		err.msg);
	ck_assert_uint_eq(s.n, good[_i].n);
	ck_assert_int_eq(s.start_day, good[_i].start_day);
	if (s.n) {
		ck_assert(fabs(s.ret[0] - good[_i].first) < 1e-15);
		ck_assert(fabs(s.ret[s.n - 1] - good[_i].last) < 1e-15);
	}
	ck_assert_int_eq(s.level != NULL, good[_i].is_equity);
	sim_metrics_from_csv_release(&s);
}
END_TEST

static const struct {
	const char *text;
	bool is_equity;
	const char *says;
} bad[] = {
	{ "", false, "the input has no row" },
	{ "\n \n", true, "the input has no row" },
	{ "equity\n", true, "the input has no row" },
	{ "0.1\nx\n", false, "line 2: 'x' is not a finite number" },
	{ "0.1\n\n1e999\n", false, "line 3: '1e999' is not a finite number" },
	{ "0.1\nnan\n", false, "line 2: 'nan' is not a finite number" },
	{ "NaN\n0.1\n", false, "line 1: 'NaN' is not a finite number" },
	{ "0.1\n0x10\n", false, "line 2: '0x10' is not a finite number" },
	{ "0.1\n1,5\n", false, "line 2: '1,5' has a date" },
	{ "2024-01-02,1\n5\n", false, "line 2: '5' has no date" },
	{ "0.1\n1.\x01\n", false, "line 2: '1.?' is not a finite number" },
	{ "a,b,c\n1,2,3\n", false, "line 1: 'a,b,c' has more than two" },
	{ "time,equity,x\n2024-01-02,100,1\n", false,
	  "line 1: 'time,equity,x' has more than two columns; give" },
	{ "x,time,equity\n1,2024-01-02,100\n1,2024-01-03\n", true,
	  "line 3: '1,2024-01-03' has fewer columns than the heading" },
	{ "equity,x,time\n1,1,2024-01-02\n1,1\n", true, "line 3: '1,1' has" },
	{ "x,y,equity\n1,2,3\n1,2,\n", true, "line 3: '' is not a finite" },
	{ "2024-01-02,1\n2024-01-02,2\n", false,
	  "line 2: '2024-01-02' is not after" },
	{ "2024-01-02,1\n2024-13-02,2\n", false,
	  "line 2: '2024-13-02' is not a date" },
	{ "2024-01-02,\n", false, "line 1: '' is not a finite number" },
	{ "0\n1\n", true, "the first equity level is 0" },
	{ "-5\n1\n", true, "the first equity level is -5" },
	{ "0.1\n11111111111111111111111111111111111111111111111111111111111"
	  "1111111\n", false, "line 2: '1111" },
	{ "1e\n", false, "line 1: '1e' is not a finite number" },
	{ ".\n", false, "line 1: '.' is not a finite number" },
};

START_TEST(test_bad)
{
	struct sim_metrics_from_csv s = { .n = 77 };
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_metrics_from_csv(bad[_i].text,
		strlen(bad[_i].text), bad[_i].is_equity, &s, &err),
		SIM_E_DATA);
	ck_assert_msg(!strncmp(err.msg, bad[_i].says, strlen(bad[_i].says)),
		      "%s", err.msg);
	ck_assert_uint_eq(s.n, 77);
}
END_TEST

static const struct {
	const char *series, *bench;
	bool series_equity, bench_equity;
	const char *says;		/* NULL: works */
	double ret[3];
} align[] = {
	{ "1\n2\n", "3\n4\n", false, false, NULL, { 3, 4, 0 } },
	{ "1\n2\n", "3\n", false, false, "the benchmark has 1 returns and the "
	  "series 2", { 0 } },
	{ "2024-01-02,1\n", "3\n", false, false, "only the series has", { 0 } },
	{ "1\n", "2024-01-02,1\n", false, false, "only the benchmark has",
	  { 0 } },
	/* Levels: the newest at or before each date; flat before the first. */
	{ "2024-01-02,1\n2024-01-04,2\n2024-01-08,3\n2024-01-09,3\n",
	  "2024-01-03,10\n2024-01-04,20\n2024-01-05,30\n", true, true, NULL,
	  { 0, 0.5, 0 } },
	{ "2024-01-02,1\n2024-01-03,2\n2024-01-04,3\n2024-01-05,3\n",
	  "2023-12-31,10\n2024-01-03,20\n2024-01-05,30\n", true, true, NULL,
	  { 1, 0, 0.5 } },
	{ "2024-01-02,1\n2024-01-04,2\n", "2024-01-02,7\n2024-01-03,8\n"
	  "2024-01-04,9\n", false, false, NULL, { 7, 9, 0 } },
	{ "2024-01-02,1\n2024-01-04,2\n", "2024-01-02,7\n2024-01-03,8\n",
	  false, false, "the benchmark has no return for 2024-01-04", { 0 } },
};

START_TEST(test_align)
{
	struct sim_metrics_from_csv s, b;
	struct sim_err err = SIM_ERR_INIT;
	double ret[3] = { 0 };
	int rc;

	ck_assert_int_eq(sim_metrics_from_csv(align[_i].series,
		strlen(align[_i].series), align[_i].series_equity, &s, &err),
		0);
	ck_assert_int_eq(sim_metrics_from_csv(align[_i].bench,
		strlen(align[_i].bench), align[_i].bench_equity, &b, &err), 0);
	rc = sim_metrics_from_csv_align(&s, &b, ret, &err);
	if (align[_i].says) {
		ck_assert_int_eq(rc, SIM_E_DATA);
		ck_assert_msg(strstr(err.msg, align[_i].says) != NULL, "%s",
			      err.msg);
	} else {
		ck_assert_int_eq(rc, 0);
		for (int i = 0; i < 3; i++)
			ck_assert_msg(fabs(ret[i] - align[_i].ret[i]) < 1e-15,
				      "%d: %g", i, ret[i]);
	}
	sim_metrics_from_csv_release(&s);
	sim_metrics_from_csv_release(&b);
}
END_TEST

START_TEST(test_freq)
{
	struct sim_err err = SIM_ERR_INIT;
	double a = 0;

	ck_assert_int_eq(sim_metrics_from_csv_freq("weekly", &a, &err), 0);
	ck_assert(a == 52);
	ck_assert_int_eq(sim_metrics_from_csv_freq("hourly", &a, &err),
			 SIM_E_INVAL);
	ck_assert_ptr_nonnull(strstr(err.msg, "'hourly'; use daily, fx"));
	ck_assert(a == 52);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof(*(a)))

int main(void)
{
	Suite *s = suite_create("metrics_from_csv");
	TCase *t = tcase_create("metrics_from_csv");

	tcase_add_loop_test(t, test_good, 0, COUNT(good));
	tcase_add_loop_test(t, test_bad, 0, COUNT(bad));
	tcase_add_loop_test(t, test_align, 0, COUNT(align));
	tcase_add_test(t, test_freq);
	suite_add_tcase(s, t);
	return run_suite(s);
}
