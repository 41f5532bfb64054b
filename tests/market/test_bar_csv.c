/*
 * bar_csv: what is sniffed, what is read, how bad rows are named, and that the
 * vector path and the portable one agree on random input to the last byte of
 * their messages.  The real files are tests/run/test_import.c's, options those
 * of test_bar_csv_opts.c.
 */
#include <stdio.h>
#include <string.h>

#include "bar_csv_load.h"
#include "expect.h"
#include "suite.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/rand.h"

#define HEAD "time,open,high,low,close,volume\n"

/* ---- sniffing and reading ----------------------------------------------- */

struct good {
	const char *text;
	const char *first, *last;	/* times */
	const char *close, *volume;	/* of the last row */
	size_t n;
	enum sim_bar_csv_format format;
	int shift;
};

static const struct good goods[] = {
	{ HEAD "2024-01-02,1,2,0.5,1.5,10\n2024-01-03,1,2,0.5,1.25,11\n",
	  "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", "1.25", "11", 2,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	/* An empty first name, integers among decimals, no last newline. */
	{ ",Open,High,Low,Close,Volume\n2024-01-02 10:00,100,101.5,99,101,7",
	  "2024-01-02T10:00:00Z", "2024-01-02T10:00:00Z", "101", "7", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	/* Semicolons, CRLF, a byte order mark, quotes and blanks. */
	{ "\xef\xbb\xbf\"Date\";\"Open\"; High ;Low;Close\r\n"
	  "\"2024-01-02\"; \"1.5\" ;2 ; 1;1.75\r\n",
	  "2024-01-02T00:00:00Z", "2024-01-02T00:00:00Z", "1.75", "0", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	/* Date and time in two columns under one name, as some exporters do. */
	{ "Date,Open,High,Low,Close,Volume,OpenInterest\n"
	  "2006-01-02,09:01:00,3602.00,3603.00,3597.00,3599.00,5699,0\n",
	  "2006-01-02T09:01:00Z", "2006-01-02T09:01:00Z", "3599", "5699", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\n"
	  "2024.01.02\t09:30:00\t1\t2\t0.5\t1\t3\n",
	  "2024-01-02T09:30:00Z", "2024-01-02T09:30:00Z", "1", "3", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	/* A time of day without colons. */
	{ "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\n"
	  "X.US,5,20240102,153000,1,2,0.5,1.5,10\n",
	  "2024-01-02T15:30:00Z", "2024-01-02T15:30:00Z", "1.5", "10", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ "20120201 000000;1.30661;1.30662;1.30650;1.30655;0\n",
	  "2012-02-01T00:00:00Z", "2012-02-01T00:00:00Z", "1.30655", "0", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ "19980102 00:00,136300,162500,135000,162500,6315000\n",
	  "1998-01-02T00:00:00Z", "1998-01-02T00:00:00Z", "16.25", "6315000",
	  1, SIM_BAR_CSV_FORMAT_LEAN, 4 },
	{ "Date,Open,High,Low,Close,Adj Close,Volume\n"
	  "1995-01-03,2.179012,2.191358,2.117284,2.117284,1.883304,36301200\n",
	  "1995-01-03T00:00:00Z", "1995-01-03T00:00:00Z", "2.117284",
	  "36301200", 1, SIM_BAR_CSV_FORMAT_YAHOO, 0 },
	/* Milliseconds since 1970, columns that don't matter behind. */
	{ "1704189600000,1,2,0.5,1,3,1704189659999,9\n",
	  "2024-01-02T10:00:00Z", "2024-01-02T10:00:00Z", "1", "3", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	/* Day first shows by a 13th. */
	{ "Date|Open|High|Low|Close\n05/01/2024|1|2|1|1\n13/01/2024|1|2|1|2\n",
	  "2024-01-05T00:00:00Z", "2024-01-13T00:00:00Z", "2", "0", 2,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ "Date|Open|High|Low|Close\n1/5/2024|1|2|1|1\n1/13/2024|1|2|1|2\n",
	  "2024-01-05T00:00:00Z", "2024-01-13T00:00:00Z", "2", "0", 2,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ "t,o,h,l,c\n05.01.2024 1:30,1,2,1,1\n",
	  "2024-01-05T01:30:00Z", "2024-01-05T01:30:00Z", "1", "0", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	/* Newest first. */
	{ HEAD "2024-01-03,1,2,0.5,1.5,10\n2024-01-02,1,2,0.5,1.25,11\n",
	  "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", "1.5", "10", 2,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ HEAD "2024-01-02T05:00:00-05:00,1,2,0.5,1.5,10\n",
	  "2024-01-02T10:00:00Z", "2024-01-02T10:00:00Z", "1.5", "10", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ HEAD "2024-01-02 10:00:00 UTC,1,2,0.5,1.5,\n",
	  "2024-01-02T10:00:00Z", "2024-01-02T10:00:00Z", "1.5", "0", 1,
	  SIM_BAR_CSV_FORMAT_GENERIC, 0 },
	{ "{\"t\":\"2024-01-02T10:00:00Z\",\"o\":1,\"h\":\"2\",\"l\":0.5,"
	  "\"c\":1.25,\"v\":3}\n\n"
	  "{\"c\":1.5,\"t\":\"2024-01-02T10:01:00Z\",\"o\":1,\"h\":2,"
	  "\"l\":0.5}\n",
	  "2024-01-02T10:00:00Z", "2024-01-02T10:01:00Z", "1.5", "0", 2,
	  SIM_BAR_CSV_FORMAT_NDJSON, 0 },
	{ "{\"time\":1704189600,\"open\":1,\"high\":2,\"low\":0.5,"
	  "\"close\":1.25,\"volume\":3}\n",
	  "2024-01-02T10:00:00Z", "2024-01-02T10:00:00Z", "1.25", "3", 1,
	  SIM_BAR_CSV_FORMAT_NDJSON, 0 },
	/* A day and a time of day, newest first. */
	{ "{\"date\":\"2024-01-02\",\"time\":\"10:01\",\"o\":1,\"h\":2,"
	  "\"l\":0.5,\"c\":1.5}\n"
	  "{\"date\":\"2024-01-02\",\"time\":\"10:00\",\"o\":1,\"h\":2,"
	  "\"l\":0.5,\"c\":1.25}\n",
	  "2024-01-02T10:00:00Z", "2024-01-02T10:01:00Z", "1.5", "0", 2,
	  SIM_BAR_CSV_FORMAT_NDJSON, 0 },
	/* No volume at first. */
	{ "{\"t\":\"2024-01-02\",\"o\":1,\"h\":2,\"l\":0.5,\"c\":1.5}\n"
	  "{\"v\":9,\"t\":\"2024-01-03\",\"o\":1,\"h\":2,\"l\":0.5,"
	  "\"c\":1.25}\n",
	  "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", "1.25", "9", 2,
	  SIM_BAR_CSV_FORMAT_NDJSON, 0 },
	/* The time of day said once more. */
	{ "{\"datetime\":\"2024-01-02 10:01\",\"time\":\"10:01\",\"o\":1,"
	  "\"h\":2,\"l\":0.5,\"c\":1.5}\n",
	  "2024-01-02T10:01:00Z", "2024-01-02T10:01:00Z", "1.5", "0", 1,
	  SIM_BAR_CSV_FORMAT_NDJSON, 0 },
};

START_TEST(reads)
{
	const struct good *g = &goods[_i];
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_REFUSE };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!load(g->text, &o, &in, &lay, &r, &err), "%s", err.msg);
	ck_assert_str_eq(err.msg, "");
	ck_assert_uint_eq(r.bars.n, g->n);
	expect_time(r.bars.ts[0], g->first);
	expect_time(r.bars.ts[g->n - 1], g->last);
	expect_dec(r.bars.close[g->n - 1], g->close);
	expect_dec(r.bars.volume[g->n - 1], g->volume);
	ck_assert_int_eq((int)lay.format, (int)g->format);
	ck_assert_int_eq(lay.shift, g->shift);
	sim_bar_csv_release(&r);
}
END_TEST

/* ---- refusals ----------------------------------------------------------- */

struct refusal {
	const char *text;
	struct sim_bar_csv_opts o;
	int rc;
	const char *says;
};

#define ROW1 "2024-01-02 10:00,1,2,0.5,1.5,10\n"
#define ANY SIM_BAR_CSV_OPTS_INIT

static const struct refusal refusals[] = {
	{ "", ANY, SIM_E_DATA, "f.csv is empty" },
	{ "\n \r\n", ANY, SIM_E_DATA, "f.csv is empty" },
	{ "hello\nworld\n", ANY, SIM_E_DATA, "not a table of bars" },
	{ HEAD, ANY, SIM_E_DATA, "a header and no rows" },
	{ "a,b,c,d,e\n1,2,3,4,5\n", ANY, SIM_E_DATA, "--map ts=NAME" },
	{ "Date,a,b,c,d\n2024-01-02,2,3,4,5\n", ANY, SIM_E_DATA,
	  "no column for the open" },
	{ "Date,Open,High,Low,Close\nx,1,2,1,1\n", ANY, SIM_E_DATA,
	  "line 2: \"x\" in column 1 is not a time" },
	{ "Date,Open,High,Low,Close\n01/02/2024,1,2,1,1\n", ANY, SIM_E_DATA,
	  "day first or month first; say which with --dates" },
	{ "Date,Open,High,Low,Close\n13/02/2024,1,2,1,1\n",
	  { .has_dates = true, .dates = SIM_BAR_CSV_DATES_MDY }, SIM_E_DATA,
	  "line 2: \"13/02/2024\" in column 1 is not a time" },
	{ HEAD ROW1, { .map = "x=1" }, SIM_E_INVAL,
	  "'x' is not a column of bars" },
	{ HEAD ROW1, { .map = "ts" }, SIM_E_INVAL,
	  "not KEY=COLUMN" },
	{ HEAD ROW1, { .map = "o=Price" }, SIM_E_DATA,
	  "no column 'Price'" },
	{ "Date,Open,High,Low,Close\n2024-01-02,1,2,0.5,1,9,9\n",
	  { .map = "v=7" }, SIM_E_DATA,
	  "line 2: 7 columns where 5 were expected" },
	{ HEAD ROW1, { .scale = 3 }, SIM_E_INVAL,
	  "--scale must be" },
	{ HEAD ROW1 "2024-01-02 10:00,1,2,0.5,1.5,10\n", ANY, SIM_E_DATA,
	  "f.csv, line 3, column 1 (time): the time 2024-01-02T10:00:00Z "
	  "stands there twice" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,1.5,1\n"
	  "2024-01-02 09:59,1,2,0.5,1.5,1\n", ANY, SIM_E_DATA,
	  "line 4, column 1 (time): the time 2024-01-02T09:59:00Z is out of "
	  "order after 2024-01-02T10:01:00Z" },
	{ HEAD ROW1 "2024-01-02 10:01,1,0.4,0.5,0.45,1\n", ANY, SIM_E_DATA,
	  "line 3, column 3 (high): the high 0.4 is below the low 0.5" },
	{ HEAD ROW1 "2024-01-02 10:01,3,2,0.5,1,1\n", ANY, SIM_E_DATA,
	  "line 3, column 3 (high): the high 2 is below the open 3" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,0.4,1\n", ANY, SIM_E_DATA,
	  "line 3, column 4 (low): the low 0.5 is above the close 0.4" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,-0.5,1,1\n", ANY, SIM_E_DATA,
	  "line 3, column 4 (low): the price -0.5 is not above zero" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0,1,1\n", ANY, SIM_E_DATA,
	  "line 3, column 4 (low): the price 0 is not above zero" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,1,-1\n", ANY, SIM_E_DATA,
	  "line 3, column 6 (volume): the volume -1 is below zero" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,x,1\n", ANY, SIM_E_DATA,
	  "line 3, column 5 (close): \"x\" is not a number" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,null,1\n", ANY, SIM_E_DATA,
	  "line 3, column 5 (close): \"null\" is not a number" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,,1\n", ANY, SIM_E_DATA,
	  "line 3, column 5 (close): \"\" is not a number" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,1.123456789,1\n", ANY,
	  SIM_E_DATA, "column 5 (close): \"1.123456789\" has more than eight" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,1,99999999999999\n", ANY,
	  SIM_E_DATA, "column 6 (volume): \"99999999999999\" is out of range" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,1\n", ANY, SIM_E_DATA,
	  "line 3: 5 columns where 6 were expected" },
	{ HEAD ROW1 "2024-01-02 10:01,1,2,0.5,1,2,3\n", ANY, SIM_E_DATA,
	  "line 3: 7 columns where 6 were expected" },
	{ HEAD ROW1 "\"2024-01-02 10:01,1,2,0.5,1,2\n", ANY, SIM_E_DATA,
	  "line 3: a quoted field doesn't end" },
	{ HEAD ROW1 "2024-01-03,1,2,0.5,1,2\n", ANY, SIM_E_DATA,
	  "line 3, column 1 (time): \"2024-01-03\" is not a time without" },
	{ HEAD ROW1 "2024-01-02 10:01Z,1,2,0.5,1,2\n", ANY, SIM_E_DATA,
	  "is not a time without zone" },
	{ HEAD ROW1 "\n\n2024-02-30 10:01,1,2,0.5,1,2\n", ANY, SIM_E_DATA,
	  "line 5, column 1 (time): \"2024-02-30 10:01\" is not a date or" },
	{ HEAD "2024-01-02,1.12345678,2,1,1.5,1\n",
	  { .scale = 10 }, SIM_E_DATA,
	  "line 2, column 2 (open): 1.12345678 divided by the scale" },
	{ HEAD ROW1, { .map = "ts=time,date=time" },
	  SIM_E_INVAL, "the column of the time twice" },
	{ "{\"t\":1}\n", ANY, SIM_E_DATA, "no member for the open" },
	{ "{\"t\":1}\n", { .map = "o=x" }, SIM_E_DATA,
	  "the first object has no member 'x'" },
	{ "{\"t\":1}\n", { .map = "x=t" }, SIM_E_INVAL,
	  "'x' is not a column of bars" },
	{ "{\"t\":\"2024-01-02\",\"o\":1,\"h\":2,\"l\":1,"
	  "\"c\":1.00000001}\n", { .scale = 10 },
	  SIM_E_DATA, "the c divided by the scale" },
	{ "{\"t\":\"2024-01-02\",\"o\":1,\"h\":2,\"l\":1,\"c\":1}\n",
	  { .scale = 3 }, SIM_E_INVAL,
	  "--scale must be" },
	{ "{x\n", ANY, SIM_E_DATA, "the first line is not a JSON object" },
	{ "{\"t\":\"x\",\"o\":1,\"h\":1,\"l\":1,\"c\":1}\n", ANY, SIM_E_DATA,
	  "\"x\" is not a time" },
	{ "{\"t\":\"2024-01-02\",\"o\":1,\"h\":1,\"l\":1,\"c\":1}\n{}\n", ANY,
	  SIM_E_DATA, "line 2, column 1 (t): the time is missing" },
	{ "{\"t\":\"2024-01-02\",\"o\":1,\"h\":1,\"l\":1,\"c\":1}\n"
	  "{\"t\":\"2024-01-03\",\"o\":1,\"h\":1,\"l\":1,\"c\":true}\n", ANY,
	  SIM_E_DATA, "line 2, column 5 (c): the c is missing or not" },
};

START_TEST(refuses)
{
	const struct refusal *f = &refusals[_i];
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_REFUSE };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(load(f->text, &f->o, &in, &lay, &r, &err), f->rc);
	ck_assert_msg(strstr(err.msg, f->says) != NULL, "'%s' in '%s'",
		      f->says, err.msg);
	ck_assert_ptr_null(strchr(err.msg, '\n'));
	ck_assert_ptr_null(r.bars.ts);
}
END_TEST

START_TEST(binary_is_no_text)
{
	static const char text[] = "a\0b,c,d,e,f";
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_bar_csv_sniff("f", text, sizeof(text), &o, &lay,
					   &err), SIM_E_DATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "is not text"));
}
END_TEST

START_TEST(skips_and_counts)
{
	static const char text[] = HEAD ROW1
		"2024-01-02 10:01,1,2,0.5,x,1\n"
		"\n"
		"2024-01-02 10:02,1,2,0.5,1,1\n"
		"2024-01-02 10:02,1,2,0.5,1,1\n"
		"2024-01-02 10:03,1,2,0.5,1,1\n";
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_SKIP };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;
	static const size_t lines[] = { 2, 5, 7 };

	ck_assert_int_eq(load(text, &o, &in, &lay, &r, &err), 0);
	ck_assert_uint_eq(r.bars.n, 3);
	ck_assert_uint_eq(r.rows, 5);
	ck_assert_uint_eq(r.skipped, 2);
	ck_assert_ptr_nonnull(strstr(r.first_bad, "line 3, column 5"));
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(sim_bar_csv_line_of(&r, i), lines[i]);
	sim_bar_csv_release(&r);
}
END_TEST

/* A bad row decides nothing about the others, wherever it stands. */
START_TEST(bad_first_row)
{
	static const char *const bad[] = {
		"x", "x,1,2,3,4,5", "2024-01-02 10:00,x,2,0.5,1.5,10",
		",,,,,", "2024-01-02,1,2,0.5,1.5,10,1,1,1", "\"", "1;2;3",
		"19980101 00:00,1,2", "19980101 00:00:x,1,2,3,4,5"
	};
	static const char *const rest[] = {
		HEAD "%s\n" ROW1 "2024-01-02 10:01,1,2,0.5,1.5,10\n",
		"%s\n19980102 00:00,136300,162500,135000,162500,6315000\n"
		"19980105 00:00,136300,162500,135000,162500,6315000\n",
	};
	size_t which = (size_t)_i % 2;
	struct sim_buf b = SIM_BUF_INIT(4096);
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_SKIP };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;
	const char *slot = strstr(rest[which], "%s");

	sim_buf_add(&b, rest[which], (size_t)(slot - rest[which]));
	sim_buf_puts(&b, bad[_i / 2]);
	sim_buf_puts(&b, slot + 2);
	ck_assert_msg(!load(sim_buf_str(&b), &o, &in, &lay, &r, &err), "%s",
		      err.msg);
	ck_assert_uint_eq(r.bars.n, 2);
	ck_assert_uint_eq(r.skipped, 1);
	expect_dec(r.bars.close[1], which ? "16.25" : "1.5");
	sim_bar_csv_release(&r);
	sim_buf_release(&b);
}
END_TEST

START_TEST(keeps_for_checkers)
{
	static const char text[] = HEAD ROW1
		"2024-01-02 10:01,1,0.1,0.5,-1,-1\n"
		"2024-01-02 10:00,1,2,0.5,1,1\n";
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_KEEP };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(load(text, &o, &in, &lay, &r, &err), 0);
	ck_assert_uint_eq(r.bars.n, 3);
	expect_dec(r.bars.close[1], "-1");
	sim_bar_csv_release(&r);
}
END_TEST

START_TEST(long_lines_are_bad)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_SKIP };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;
	/* The line without the note is 32 bytes long. */
	static const int note[] = { 10, 4096 - 32, 4097 - 32, 40000, 10 };

	sim_buf_puts(&b, "time,open,high,low,close,volume,note\n");
	for (int i = 0; i < 5; i++)
		sim_buf_printf(&b, "2024-01-02 10:0%d,1,2,0.5,1.5,10,%0*d\n",
			       i, note[i], 0);
	ck_assert_int_eq(load(sim_buf_str(&b), &o, &in, &lay, &r, &err), 0);
	ck_assert_uint_eq(r.bars.n, 3);
	ck_assert_uint_eq(r.skipped, 2);
	ck_assert_ptr_nonnull(strstr(r.first_bad, "has 4097 bytes"));
	sim_bar_csv_release(&r);
	sim_buf_release(&b);
}
END_TEST

/* ---- zones -------------------------------------------------------------- */

struct zone_case {
	const char *zone;
	const char *walls[6];
	const char *utc[6];		/* "" a bad row */
};

static const struct zone_case zones[] = {
	/* Clocks go back: the hour from 01:00 happens twice, in file order. */
	{ "America/New_York",
	  { "2024-11-03 00:30", "2024-11-03 01:30", "2024-11-03 01:45",
	    "2024-11-03 01:30", "2024-11-03 01:45", "2024-11-03 02:00" },
	  { "2024-11-03T04:30:00Z", "2024-11-03T05:30:00Z",
	    "2024-11-03T05:45:00Z", "2024-11-03T06:30:00Z",
	    "2024-11-03T06:45:00Z", "2024-11-03T07:00:00Z" } },
	/* Once through is the first time. */
	{ "America/New_York",
	  { "2024-11-03 01:00", "2024-11-03 02:00" },
	  { "2024-11-03T05:00:00Z", "2024-11-03T07:00:00Z" } },
	/* A third time is out of order. */
	{ "America/New_York",
	  { "2024-11-03 01:00", "2024-11-03 01:00", "2024-11-03 01:00",
	    "2024-11-03 02:00" },
	  { "2024-11-03T05:00:00Z", "2024-11-03T06:00:00Z", "",
	    "2024-11-03T07:00:00Z" } },
	/* Clocks go forward: 02:00 to 03:00 never happens. */
	{ "America/New_York",
	  { "2024-03-10 01:59", "2024-03-10 02:00", "2024-03-10 02:59",
	    "2024-03-10 03:00" },
	  { "2024-03-10T06:59:00Z", "", "", "2024-03-10T07:00:00Z" } },
	{ "Europe/Berlin",
	  { "2024-10-27 01:59", "2024-10-27 02:00", "2024-10-27 02:00",
	    "2024-10-27 03:00" },
	  { "2024-10-26T23:59:00Z", "2024-10-27T00:00:00Z",
	    "2024-10-27T01:00:00Z", "2024-10-27T02:00:00Z" } },
	/* Half an hour, in the middle of an hour of UTC. */
	{ "Australia/Lord_Howe",
	  { "2024-10-06 01:59", "2024-10-06 02:10", "2024-10-06 02:30" },
	  { "2024-10-05T15:29:00Z", "", "2024-10-05T15:30:00Z" } },
	/* Newest first, the later of the two comes first. */
	{ "America/New_York",
	  { "2024-11-03 02:00", "2024-11-03 01:00", "2024-11-03 01:00",
	    "2024-11-03 00:00" },
	  { "2024-11-03T04:00:00Z", "2024-11-03T05:00:00Z",
	    "2024-11-03T06:00:00Z", "2024-11-03T07:00:00Z" } },
};

static void check_zone(const struct zone_case *z, const struct sim_tz *tz,
		       bool portable)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_bar_csv_opts o = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = { .bad = SIM_BAR_CSV_SKIP, .tz = tz,
					.portable = portable };
	struct sim_bar_csv_layout lay;
	struct sim_err err = SIM_ERR_INIT;
	size_t k = 0, bad = 0;

	sim_buf_puts(&b, HEAD);
	for (int i = 0; i < 6 && z->walls[i]; i++)
		sim_buf_printf(&b, "%s,1,2,0.5,1.5,10\n", z->walls[i]);
	ck_assert_msg(!load(sim_buf_str(&b), &o, &in, &lay, &r, &err), "%s",
		      err.msg);
	for (int i = 0; i < 6 && z->utc[i]; i++) {
		if (z->utc[i][0])
			expect_time(r.bars.ts[k++], z->utc[i]);
		else
			bad++;
	}
	ck_assert_uint_eq(k, r.bars.n);
	ck_assert_uint_eq(bad, r.skipped);
	sim_bar_csv_release(&r);
	sim_buf_release(&b);
}

START_TEST(zone_hours)
{
	const struct zone_case *z = &zones[_i];
	struct sim_err err = SIM_ERR_INIT;
	struct sim_tz *tz;
	int rc = sim_tz_open(z->zone, &tz, &err);

	if (rc == SIM_E_NOENT) {
		printf("skipped: no zone files for %s\n", z->zone);
		return;
	}
	ck_assert_int_eq(rc, 0);
	check_zone(z, tz, false);
	check_zone(z, tz, true);
	sim_tz_close(tz);
}
END_TEST

/* ---- both paths agree --------------------------------------------------- */

static const char *const odd_numbers[] = {
	"", "0", "-1", "+1.5", ".5", "5.", "1..2", "1.2.3", "x", "1e3", " 1.5",
	"1.5 ", "\"1.5\"", "\"1,5\"", "1.123456789", "1.100000000", "00001.5",
	"12345678", "123456789", "12345678.12345678", "123456789.1",
	"99999999999", "92233720368.54775807", "92233720368.54775808",
	"0.00000001", "0.000000001", "1/2", "1:2", "\"", "1\t2", "1'000",
	"1234567890123456", "12345678901234567", "1.5\r", "\xb1.5",
};
static const char *const odd_times[] = {
	"", "x", "2024-01-02", "2024-01-02 10:00", "2024-01-02 10:00:00",
	"2024-01-02T10:00:00Z", "2024-01-02 24:00:00", "2024-01-02 23:59:60",
	"2024-02-30 00:00:00", "2024-01-02 10:00:00+01:00", "20240102 1000",
	"2024-01-02 10:00:00.5", "2024-01-02 1a:00:00", "2024-01-02_10:00:00",
	"2024/01/02 10:00:00", "1704189600", "2024-01-02 10-00-00",
	"2024-01-02 10:00:00+00:00", "\"2024-01-02 10:00:00\"",
};
static const char *const time_forms[] = {
	"%04d-%02d-%02d %02d:%02d:%02d", "%04d-%02d-%02dT%02d:%02d:%02dZ",
	"%04d-%02d-%02d %02d:%02d:%02d+00:00", "%04d-%02d-%02dT%02d:%02d",
	"%04d-%02d-%02d", "%04d/%02d/%02d %02d:%02d",
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A random text of bars and how to read it. */
struct doc {
	struct sim_rand *rand;
	struct sim_buf text;
	struct sim_bar_csv_layout lay;
	sim_time t;
	size_t form;
	uint64_t odds;			/* one value in so many is odd */
	bool crlf;
};

static bool chance(struct doc *d, uint64_t n)
{
	return sim_rand_below(d->rand, n) == 0;
}

static void plan(struct doc *d)
{
	static const char delims[] = ",;\t|";
	static const char first[][24] = {
		"2024-11-03T04:10:00Z", "2024-03-10T05:00:00Z",
		"2000-01-01T00:00:00Z"
	};
	const char *from = first[sim_rand_below(d->rand, 3)];
	int left[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	d->lay = (struct sim_bar_csv_layout){
		.format = SIM_BAR_CSV_FORMAT_GENERIC,
		.delim = delims[sim_rand_below(d->rand, 4)],
		.has_header = true, .first_line = 1,
		.columns = 6 + (int)sim_rand_below(d->rand, 3),
	};
	for (int r = 0; r < SIM_BAR_CSV__ROLES; r++)
		d->lay.col[r] = -1;
	for (int r = 0, n = d->lay.columns; r <= SIM_BAR_CSV_VOLUME; r++) {
		int k = chance(d, 2) ? 0 : (int)sim_rand_below(d->rand,
							       (uint64_t)n);

		if (r == SIM_BAR_CSV_CLOCK ||
		    (r == SIM_BAR_CSV_VOLUME && chance(d, 5)))
			continue;
		d->lay.col[r] = left[k];
		n--;
		memmove(left + k, left + k + 1, (size_t)(n - k) * sizeof(int));
	}
	d->form = sim_rand_below(d->rand, COUNT(time_forms));
	d->lay.kind = d->form == 4 ? SIM_TIME_DATE
		    : d->form == 1 || d->form == 2 ? SIM_TIME_ZONED
						   : SIM_TIME_NAIVE;
	d->odds = chance(d, 3) ? 10 : chance(d, 2) ? 300 : 1000000;
	d->crlf = chance(d, 3);
	ck_assert_int_eq(sim_time_parse(from, 20, &d->t, NULL, NULL), 0);
}

static void put_price(struct doc *d, int64_t v, int decimals)
{
	char text[SIM_DEC_STRMAX];

	if (chance(d, d->odds)) {
		sim_buf_puts(&d->text, odd_numbers[sim_rand_below(d->rand,
						COUNT(odd_numbers))]);
		return;
	}
	sim_dec_format(v, decimals, text);
	sim_buf_puts(&d->text, text);
}

static void put_time(struct doc *d)
{
	struct sim_time_civil c = sim_time_to_civil(d->t);

	if (chance(d, d->odds)) {
		sim_buf_puts(&d->text, odd_times[sim_rand_below(d->rand,
						COUNT(odd_times))]);
		return;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	sim_buf_printf(&d->text, time_forms[d->form], c.year, c.month, c.day,
		       c.hour, c.minute, c.second);
#pragma GCC diagnostic pop
}

static void put_field(struct doc *d, int col, const int64_t v[5], int decimals)
{
	int role = 0;

	while (role <= SIM_BAR_CSV_VOLUME && d->lay.col[role] != col)
		role++;
	if (role == SIM_BAR_CSV_TIME)
		put_time(d);
	else if (role <= SIM_BAR_CSV_VOLUME)
		put_price(d, v[role - SIM_BAR_CSV_OPEN], decimals);
	else if (chance(d, d->odds))
		sim_buf_puts(&d->text, chance(d, 2) ? "\"a;b,c\td|e\"" : "\"");
	else
		sim_buf_puts(&d->text, "note");
}

static void put_row(struct doc *d)
{
	static const int64_t steps[] = { 1, 100, 100000, 1000000, 100000000,
					 20000000000 };
	int64_t step = steps[sim_rand_below(d->rand, COUNT(steps))];
	int64_t low = step * (1 + (int64_t)sim_rand_below(d->rand, 999999));
	int64_t range = step * (int64_t)sim_rand_below(d->rand, 50) + 1;
	int64_t v[5];

	v[0] = low + (int64_t)sim_rand_below(d->rand, (uint64_t)range);
	v[1] = low + range;
	v[2] = low;
	v[3] = low + (int64_t)sim_rand_below(d->rand, (uint64_t)range);
	v[4] = (int64_t)sim_rand_below(d->rand, 20000000000) * SIM_DEC_ONE;
	if (chance(d, 10))
		v[4] += 12300000;
	if (chance(d, d->odds))
		v[1] = low - 1;
	for (int i = 0; i < d->lay.columns; i++) {
		if (i)
			sim_buf_putc(&d->text, d->lay.delim);
		put_field(d, i, v, chance(d, 4) ? 2 : 0);
	}
	if (chance(d, d->odds))
		sim_buf_putc(&d->text, d->lay.delim);
	if (chance(d, d->odds * 20))
		sim_buf_printf(&d->text, "%05000d", 1);
	sim_buf_puts(&d->text, d->crlf != chance(d, d->odds) ? "\r\n" : "\n");
	if (chance(d, d->odds))
		sim_buf_puts(&d->text, chance(d, 2) ? "\n" : " \r\n");
	if (!chance(d, d->odds))
		d->t += d->form == 4 ? SIM_TIME_DAY : 10 * SIM_TIME_MIN;
}

static void make_doc(struct doc *d)
{
	size_t rows = sim_rand_below(d->rand, chance(d, 8) ? 1500 : 40) + 1;

	plan(d);
	sim_buf_reset(&d->text);
	for (size_t i = 0; i < rows; i++)
		put_row(d);
	if (chance(d, 3) && d->text.len)
		d->text.len--;		/* no newline at the end */
}

static void same_results(const struct sim_bar_csv_result *a,
			 const struct sim_bar_csv_result *b)
{
	size_t n = a->bars.n;

	ck_assert_uint_eq(n, b->bars.n);
	ck_assert_uint_eq(a->rows, b->rows);
	ck_assert_uint_eq(a->skipped, b->skipped);
	ck_assert_str_eq(a->first_bad, b->first_bad);
	ck_assert_int_eq(a->price_decimals, b->price_decimals);
	ck_assert_mem_eq(a->bars.ts, b->bars.ts, n * 8);
	ck_assert_mem_eq(a->bars.open, b->bars.open, n * 8);
	ck_assert_mem_eq(a->bars.high, b->bars.high, n * 8);
	ck_assert_mem_eq(a->bars.low, b->bars.low, n * 8);
	ck_assert_mem_eq(a->bars.close, b->bars.close, n * 8);
	ck_assert_mem_eq(a->bars.volume, b->bars.volume, n * 8);
	ck_assert_mem_eq(a->bars.flags, b->bars.flags, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_uint_eq(sim_bar_csv_line_of(a, i),
				  sim_bar_csv_line_of(b, i));
}

/* The text at a size that ends where its memory ends, so that a read beyond
 * is seen. */
static void both_paths(struct doc *d, const struct sim_tz *tz,
		       enum sim_bar_csv_bad bad)
{
	char *exact = sim_mem_alloc(d->text.len);
	struct sim_bar_csv_result r[2] = { SIM_BAR_CSV_RESULT_INIT,
					   SIM_BAR_CSV_RESULT_INIT };
	struct sim_err err[2] = { SIM_ERR_INIT, SIM_ERR_INIT };
	int rc[2];

	memcpy(exact, d->text.data, d->text.len);
	for (int i = 0; i < 2; i++) {
		struct sim_bar_csv_input in = { "f.csv", exact, d->text.len,
						tz, bad, i == 1 };

		rc[i] = sim_bar_csv_parse(&in, &d->lay, &r[i], &err[i]);
	}
	ck_assert_int_eq(rc[0], rc[1]);
	ck_assert_str_eq(err[0].msg, err[1].msg);
	if (!rc[0])
		same_results(&r[0], &r[1]);
	sim_bar_csv_release(&r[0]);
	sim_bar_csv_release(&r[1]);
	sim_mem_free(exact);
}

START_TEST(paths_agree)
{
	const int docs = getenv("SIM_LONG") ? 100000 : 3000;
	struct sim_rand rand;
	struct doc d = { .rand = &rand, .text = SIM_BUF_INIT(SIM_BUF_MAX) };
	struct sim_tz *tz;

	ck_assert_int_eq(sim_tz_open("America/New_York", &tz, NULL), 0);
	sim_rand_init(&rand, 7, "bar_csv");
	for (int i = 0; i < docs; i++) {
		make_doc(&d);
		both_paths(&d, chance(&d, 2) ? tz : NULL,
			   chance(&d, 4) ? SIM_BAR_CSV_REFUSE
					 : SIM_BAR_CSV_SKIP);
	}
	sim_tz_close(tz);
	sim_buf_release(&d.text);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("bar_csv");
	TCase *t = tcase_create("bar_csv");

	tcase_set_timeout(t, 3000);
	tcase_add_loop_test(t, reads, 0, COUNT(goods));
	tcase_add_loop_test(t, refuses, 0, COUNT(refusals));
	tcase_add_test(t, binary_is_no_text);
	tcase_add_test(t, skips_and_counts);
	tcase_add_loop_test(t, bad_first_row, 0, 18);
	tcase_add_test(t, keeps_for_checkers);
	tcase_add_test(t, long_lines_are_bad);
	tcase_add_loop_test(t, zone_hours, 0, COUNT(zones));
	tcase_add_test(t, paths_agree);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
