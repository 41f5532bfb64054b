/*
 * bar_csv with options: the map, scale and order of dates that are given come
 * before what is sniffed, in tables and in NDJSON.
 */
#include <string.h>

#include "bar_csv_load.h"
#include "expect.h"
#include "suite.h"

static const char *const foreign[] = {
	"a,b,c,d,e,f\n2024-01-02,9,200,50,100,7\n",
	"{\"a\":\"2024-01-02\",\"o\":9,\"c\":200,\"d\":50,\"e\":100,"
	"\"f\":7}\n",
};

START_TEST(options_win)
{
	const char *text = foreign[_i];
	struct sim_bar_csv_opts o = {
		.map = _i ? "ts=a,o=e,h=c,l=d,c=e,v=f" :
			    "ts=a,o=5,h=c,l=d,c=e,v=f", .scale = 100
	};
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_REFUSE };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!load(text, &o, &in, &lay, &r, &err), "%s", err.msg);
	expect_dec(r.bars.open[0], "1");
	expect_dec(r.bars.high[0], "2");
	expect_dec(r.bars.low[0], "0.5");
	expect_dec(r.bars.volume[0], "7");
	sim_bar_csv_release(&r);
}
END_TEST

static const struct ordered {
	const char *text;
	enum sim_bar_csv_dates dates;
	const char *first;
} ordereds[] = {
	{ "Date,Open,High,Low,Close\n01/02/2024,1,2,1,1\n",
	  SIM_BAR_CSV_DATES_DMY, "2024-02-01T00:00:00Z" },
	{ "Date,Open,High,Low,Close\n01/02/2024,1,2,1,1\n",
	  SIM_BAR_CSV_DATES_MDY, "2024-01-02T00:00:00Z" },
	/* Dots are day first, unless that is said. */
	{ "Date,Open,High,Low,Close\n01.02.2024 10:30,1,2,1,1\n",
	  SIM_BAR_CSV_DATES_MDY, "2024-01-02T10:30:00Z" },
	{ "{\"t\":\"01/02/2024\",\"o\":1,\"h\":2,\"l\":1,\"c\":1}\n",
	  SIM_BAR_CSV_DATES_DMY, "2024-02-01T00:00:00Z" },
};

START_TEST(dates_as_said)
{
	const struct ordered *d = &ordereds[_i];
	struct sim_bar_csv_opts o = { .has_dates = true, .dates = d->dates };
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_REFUSE };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!load(d->text, &o, &in, &lay, &r, &err), "%s", err.msg);
	expect_time(r.bars.ts[0], d->first);
	sim_bar_csv_release(&r);
}
END_TEST

/* Names of a header whose first one stands over two columns. */
START_TEST(map_over_two_columns)
{
	static const char text[] = "Date,A,B,C,D,V\n"
				   "2006-01-02,09:01:00,1,3,0.5,2,7\n";
	struct sim_bar_csv_opts o = { .map = "date=Date,o=A,h=B,l=C,c=D,v=V" };
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_REFUSE };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!load(text, &o, &in, &lay, &r, &err), "%s", err.msg);
	expect_time(r.bars.ts[0], "2006-01-02T09:01:00Z");
	expect_dec(r.bars.open[0], "1");
	expect_dec(r.bars.close[0], "2");
	expect_dec(r.bars.volume[0], "7");
	sim_bar_csv_release(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bar_csv_opts");
	TCase *t = tcase_create("opts");

	tcase_add_loop_test(t, options_win, 0, 2);
	tcase_add_test(t, map_over_two_columns);
	tcase_add_loop_test(t, dates_as_said, 0, 4);
	suite_add_tcase(s, t);
	return run_suite(s);
}
