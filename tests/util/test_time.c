/* time: calendar arithmetic over the whole range, ISO texts in and out. */
#include "../suite.h"

#include <string.h>

#include "util/time.h"

#define SEC SIM_TIME_SEC

START_TEST(days_count_up)
{
	/* One day at a time by the plain calendar, 1600 to 2400. */
	static const int len[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	int64_t days = sim_time_days(1600, 1, 1);
	int weekday = sim_time_weekday(days), year, month, day, n, y, m, d;

	ck_assert_int_eq(weekday, 6);	/* a Saturday */
	for (year = 1600; year < 2400; year++) {
		for (month = 1; month <= 12; month++) {
			n = len[month - 1] + (month == 2 && year % 4 == 0 &&
					      (year % 100 || year % 400 == 0));
			for (day = 1; day <= n; day++, days++) {
				if (sim_time_days(year, month, day) != days ||
				    sim_time_weekday(days) != weekday)
					ck_abort_msg("%d-%d-%d", year, month,
						     day);
				sim_time_from_days(days, &y, &m, &d);
				if (y != year || m != month || d != day)
					ck_abort_msg("%d-%d-%d", year, month,
						     day);
				weekday = (weekday + 1) % 7;
			}
		}
	}
	ck_assert_int_eq(sim_time_days(1970, 1, 1), 0);
	ck_assert_int_eq(sim_time_days(2000, 3, 1), 11017);
}
END_TEST

START_TEST(civil)
{
	struct sim_time_civil c = { 2024, 2, 29, 23, 59, 58, 123456789 };
	sim_time t = sim_time_from_civil(&c);
	struct sim_time_civil back = sim_time_to_civil(t);

	ck_assert_int_eq(t, INT64_C(1709251198123456789));
	ck_assert_mem_eq(&back, &c, sizeof(c));
	back = sim_time_to_civil(-1);
	c = (struct sim_time_civil){ 1969, 12, 31, 23, 59, 59, 999999999 };
	ck_assert_mem_eq(&back, &c, sizeof(c));
	ck_assert_int_eq(sim_time_day_of(-1), -1);
	ck_assert_int_eq(sim_time_day_of(0), 0);
	ck_assert_int_eq(sim_time_day_of(SIM_TIME_DAY - 1), 0);
}
END_TEST

static const struct {
	const char *text;
	sim_time want;
	enum sim_time_kind kind;
} good[] = {
	{ "1970-01-01", 0, SIM_TIME_DATE },
	{ "19700102", 86400 * SEC, SIM_TIME_DATE },
	{ "2024-02-29", 1709164800 * SEC, SIM_TIME_DATE },
	{ "2024-01-02 09:30", 1704187800 * SEC, SIM_TIME_NAIVE },
	{ "2024-01-02T09:30:00", 1704187800 * SEC, SIM_TIME_NAIVE },
	{ "20240102 09:30", 1704187800 * SEC, SIM_TIME_NAIVE },
	{ "20240102T0930", 1704187800 * SEC, SIM_TIME_NAIVE },
	{ "20240102T093001", 1704187801 * SEC, SIM_TIME_NAIVE },
	{ "2024-01-02T09:30:00.5", 1704187800 * SEC + 500000000,
	  SIM_TIME_NAIVE },
	{ "2024-01-02T09:30:00.123456789000", 1704187800 * SEC + 123456789,
	  SIM_TIME_NAIVE },
	{ "2024-01-02T09:30Z", 1704187800 * SEC, SIM_TIME_ZONED },
	{ "2024-01-02t09:30:00z", 1704187800 * SEC, SIM_TIME_ZONED },
	{ "2024-01-02T09:30:00.25+01:00", 1704184200 * SEC + 250000000,
	  SIM_TIME_ZONED },
	{ "2024-01-02T09:30:00-0530", 1704207600 * SEC, SIM_TIME_ZONED },
	{ "2024-01-02 09:30:00+02", 1704180600 * SEC, SIM_TIME_ZONED },
	{ "1678-01-01", -9214560000 * SEC, SIM_TIME_DATE },
	{ "2261-12-31T23:59:59.999999999Z",
	  9214646400 * SEC - 1, SIM_TIME_ZONED },
};

START_TEST(parse_good)
{
	struct sim_err err = SIM_ERR_INIT;
	enum sim_time_kind kind;
	sim_time t;

	ck_assert_int_eq(sim_time_parse(good[_i].text, strlen(good[_i].text),
					&t, &kind, &err), 0);
	ck_assert_int_eq(t, good[_i].want);
	ck_assert_int_eq(kind, good[_i].kind);
	ck_assert_int_eq(sim_time_parse(good[_i].text, strlen(good[_i].text),
					&t, NULL, NULL), 0);
}
END_TEST

static const char *const bad[] = {
	"", "2024", "2024-1-2", "2024-0102", "202401-02", "2024-13-01",
	"2024-00-10", "2024-01-00", "2024-01-32", "2023-02-29", "1900-02-29",
	"2024-01-02T", "2024-01-02T9:30", "2024-01-02T24:00",
	"2024-01-02T09:60", "2024-01-02T09:30:60", "2024-01-02T09:30:00.",
	"2024-01-02T09:30:00.1234567891", "2024-01-02T09:30:00+",
	"2024-01-02T09:30:00+1", "2024-01-02T09:30:00+24:00",
	"2024-01-02T09:30:00+01:60", "2024-01-02T09:30:00+01:",
	"2024-01-02T09:30:00Zx", "2024-01-02T09:30:00 Z", "2024-01-02x09:30",
	"2024-01-02Z", "2024-01-02T09:3000", "2024-01-02T0930:00",
	"1677-12-31", "2262-01-01", "0000-01-01", " 2024-01-02",
	"2024-01-02 ", "1678-01-01T00:30:00+01:00",
	"2261-12-31T23:30:00-01:00", "20240102T093", "2024-01-02T09:30:0",
};

START_TEST(parse_bad)
{
	struct sim_err err = SIM_ERR_INIT;
	enum sim_time_kind kind = 77;
	sim_time t = 4711;

	ck_assert_int_eq(sim_time_parse(bad[_i], strlen(bad[_i]), &t, &kind,
					&err), SIM_E_DATA);
	ck_assert_int_eq(t, 4711);
	ck_assert_int_eq(kind, 77);
	ck_assert_ptr_nonnull(strstr(err.msg, bad[_i]));
}
END_TEST

static const struct {
	const char *text, *first, *last;	/* NULL: refused */
} bounds[] = {
	{ "2024", "2024-01-01", "2024-12-31" },
	{ "2024-02", "2024-02-01", "2024-02-29" },
	{ "1900-02", "1900-02-01", "1900-02-28" },
	{ "2024-12", "2024-12-01", "2024-12-31" },
	{ "2024-02-03", "2024-02-03", "2024-02-03" },
	{ "1678", "1678-01-01", "1678-12-31" },
	{ "2261", "2261-01-01", "2261-12-31" },
	{ "2024-13", NULL, NULL }, { "2024-00", NULL, NULL },
	{ "2024-", NULL, NULL }, { "202402", NULL, NULL },
	{ "1677", NULL, NULL }, { "2262", NULL, NULL }, { "", NULL, NULL },
	{ "2024x", NULL, NULL }, { "2024-1", NULL, NULL },
};

START_TEST(parse_bound)
{
	const char *const want[] = { bounds[_i].first, bounds[_i].last };
	const char *s = bounds[_i].text;

	for (int end = 0; end < 2; end++) {
		enum sim_time_kind kind = 77;
		sim_time t = 4711;
		char buf[SIM_TIME_STRMAX];
		int rc = sim_time_parse_bound(s, strlen(s), end, &t, &kind,
					      NULL);

		ck_assert_int_eq(rc, want[end] ? 0 : SIM_E_DATA);
		ck_assert_int_eq(kind, rc ? 77 : SIM_TIME_DATE);
		if (rc) {
			ck_assert_int_eq(t, 4711);
			continue;
		}
		sim_time_format_date(sim_time_day_of(t), buf);
		ck_assert_str_eq(buf, want[end]);
		ck_assert_int_eq(t % SIM_TIME_DAY, 0);
	}
}
END_TEST

static const struct {
	sim_time t;
	const char *want;
} formats[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ -1, "1969-12-31T23:59:59.999999999Z" },
	{ 1704187800 * SEC, "2024-01-02T09:30:00Z" },
	{ 1704187800 * SEC + 120000000, "2024-01-02T09:30:00.120Z" },
	{ 1704187800 * SEC + 1000, "2024-01-02T09:30:00.000001Z" },
	{ 1704187800 * SEC + 10, "2024-01-02T09:30:00.000000010Z" },
	{ INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
	{ INT64_MIN, "1677-09-21T00:12:43.145224192Z" },
};

START_TEST(format)
{
	char buf[SIM_TIME_STRMAX];
	size_t n = sim_time_format(formats[_i].t, buf);

	ck_assert_str_eq(buf, formats[_i].want);
	ck_assert_uint_eq(n, strlen(buf));
}
END_TEST

START_TEST(format_date)
{
	char buf[SIM_TIME_STRMAX];

	ck_assert_uint_eq(sim_time_format_date(19724, buf), 10);
	ck_assert_str_eq(buf, "2024-01-02");
	sim_time_format_date(-1, buf);
	ck_assert_str_eq(buf, "1969-12-31");
}
END_TEST

START_TEST(round_trip)
{
	/* A stride that is prime to a second, a minute and a day. */
	const int64_t stride = INT64_C(7919) * 86413 * 1009 * 997;
	char buf[SIM_TIME_STRMAX];
	sim_time t, back;
	size_t n;

	for (t = -9214560000 * SEC; t < 9214646400 * SEC; t += stride) {
		n = sim_time_format(t, buf);
		ck_assert_int_eq(sim_time_parse(buf, n, &back, NULL, NULL), 0);
		ck_assert_int_eq(back, t);
	}
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("time");
	TCase *tc = tcase_create("time");

	tcase_add_test(tc, days_count_up);
	tcase_add_test(tc, civil);
	tcase_add_loop_test(tc, parse_good, 0, N(good));
	tcase_add_loop_test(tc, parse_bad, 0, N(bad));
	tcase_add_loop_test(tc, parse_bound, 0, N(bounds));
	tcase_add_loop_test(tc, format, 0, N(formats));
	tcase_add_test(tc, format_date);
	tcase_add_test(tc, round_trip);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
