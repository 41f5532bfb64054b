/*
 * import: the real files of SIMUTRADOR_TESTDATA with what is known of them,
 * what is inferred from small texts, options over inference, and that nothing
 * is stored when anything is wrong.  What a row means is test_bar_csv.c's.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "run/import.h"
#include "expect.h"
#include "suite.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/rand.h"

static char dir[64];
static struct sim_store *st;

static void setup(void)
{
	char path[80];

	snprintf(dir, sizeof(dir), "/tmp/sim-import-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store", dir);
	ck_assert_int_eq(sim_store_open(path, &st, NULL), 0);
}

static void teardown(void)
{
	sim_store_close(st);
	ck_assert_int_eq(sim_file_remove_tree(dir, NULL), 0);
}

/* ---- real files --------------------------------------------------------- */

struct real {
	const char *file;
	size_t bars;
	const char *first, *last;
	const char *tf, *calendar, *class;
	const char *tick, *close;	/* of the last bar */
	const char *tz, *stamp;		/* options, or NULL */
};

/* Counts are wc -l without headers; first and last from the files' ends. */
static const struct real reals[] = {
	{ "AAPL_1min_2014-06_split.csv", 2303, "2014-06-05T08:15:00Z",
	  "2014-06-09T23:59:00Z", "1min", "XNYS", "equity", "0.01", "93.77",
	  NULL, NULL },
	{ "ESTX50_1min_2006.txt", 30889, "2006-01-02T08:00:00Z",
	  "2006-02-27T20:59:00Z", "1min", "24/5", "future", "1", "3838",
	  "Europe/Berlin", "end" },
	{ "EURUSD_1h.csv", 5000, "2017-04-19T09:00:00Z",
	  "2018-02-07T15:00:00Z", "1h", "24/5", "fx", "0.00001", "1.22904",
	  NULL, NULL },
	{ "GBPUSD_1min_2012_bid.csv", 30117, "2012-02-01T00:00:00Z",
	  "2012-03-01T00:00:00Z", "1min", "24/5", "fx", "0.00001", "1.59208",
	  NULL, NULL },
	{ "GOOG_daily.csv", 2148, "2004-08-19T13:30:00Z",
	  "2013-03-01T14:30:00Z", "daily", "XNYS", "equity", "0.01", "806.19",
	  NULL, NULL },
	{ "SPY_1min_2013-10.csv", 4128, "2013-10-07T08:00:00Z",
	  "2013-10-11T23:59:00Z", "1min", "XNYS", "equity", "0.01", "170.41",
	  NULL, NULL },
	{ "aapl_daily_lean.csv", 5849, "1998-01-02T14:30:00Z",
	  "2021-03-31T13:30:00Z", "daily", "XNYS", "equity", "0.0001",
	  "122.15", NULL, NULL },
	{ "qqq_daily_lean.csv", 3964, "1999-03-10T14:30:00Z",
	  "2021-03-31T13:30:00Z", "daily", "XNYS", "equity", "0.0001",
	  "319.13", NULL, NULL },
	{ "spy_daily_lean.csv", 5849, "1998-01-02T14:30:00Z",
	  "2021-03-31T13:30:00Z", "daily", "XNYS", "equity", "0.0001",
	  "396.33", NULL, NULL },
	{ "orcl-1995-2014_daily_yahoo.csv", 5036, "1995-01-03T14:30:00Z",
	  "2014-12-31T14:30:00Z", "daily", "XNYS", "equity", "0.000001",
	  "44.970001", NULL, NULL },
	{ "yhoo-1996-2014_daily_yahoo.csv", 4713, "1996-04-12T13:30:00Z",
	  "2014-12-31T14:30:00Z", "daily", "XNYS", "equity", "0.000001",
	  "50.509998", NULL, NULL },
};

static void check_real(const struct real *r, const struct sim_import *imp)
{
	struct sim_bar_series s = sim_import_series(imp);
	char tf[16];

	ck_assert_uint_eq(s.n, r->bars);
	expect_time(s.ts[0], r->first);
	expect_time(s.ts[s.n - 1], r->last);
	expect_dec(s.close[s.n - 1], r->close);
	expect_dec(imp->instrument.tick_size, r->tick);
	expect_dec(imp->instrument.lot_size, "1");
	ck_assert_str_eq(imp->instrument.calendar, r->calendar);
	ck_assert_str_eq(imp->instrument.currency, "USD");
	ck_assert_str_eq(sim_bar_tf_text(imp->tf, tf), r->tf);
	ck_assert_str_eq(sim_vocab_asset_class_text(
				 imp->instrument.asset_class), r->class);
}

START_TEST(real_files)
{
	const struct real *r = &reals[_i];
	const char *data = getenv("SIMUTRADOR_TESTDATA");
	struct sim_import_opts o = { .symbol = "X", .tz = r->tz,
				     .stamp = r->stamp };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_store_merge m;
	struct sim_import imp;
	struct sim_store_bars *b;
	size_t chunk;
	char path[512];

	if (!data) {
		printf("skipped: %s (SIMUTRADOR_TESTDATA is not set)\n",
		       r->file);
		return;
	}
	snprintf(path, sizeof(path), "%s/%s", data, r->file);
	ck_assert_msg(!sim_import_store(st, path, &o, &imp, &m, &err), "%s",
		      err.msg);
	ck_assert_uint_eq(m.added, r->bars);
	check_real(r, &imp);
	ck_assert_int_eq(sim_store_bars_open(st, "X", imp.tf, &b, NULL), 0);
	ck_assert_uint_eq(sim_store_bars_series(b).n, r->bars);
	ck_assert_int_eq(sim_store_bars_verify(b, &chunk, NULL), 0);
	sim_store_bars_close(b);
	sim_import_release(&imp);
	/* Twice stores nothing new. */
	ck_assert_int_eq(sim_import_store(st, path, &o, &imp, &m, &err), 0);
	ck_assert_uint_eq(m.added, 0);
	ck_assert_uint_eq(m.same, r->bars);
	sim_import_release(&imp);
}
END_TEST

/* ---- small texts -------------------------------------------------------- */

static const char *write_text(const char *name, const char *text)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_int_eq(sim_file_write(path, text, strlen(text), 0644, NULL),
			 0);
	return path;
}

#define HEAD "time,open,high,low,close,volume\n"
#define P ",1,2,0.5,1.5,10\n"

struct inference {
	const char *text;
	struct sim_import_opts o;
	const char *first;
	const char *tf, *calendar, *class, *tick, *lot;
	size_t bars;
};

static const struct inference inferences[] = {
	/* Three minutes of a Saturday noon. */
	{ HEAD "2024-01-06 12:00" P "2024-01-06 12:01" P "2024-01-06 12:02" P,
	  { .symbol = "X" }, "2024-01-06T12:00:00Z", "1min", "24/7", "crypto",
	  "0.1", "1", 3 },
	{ HEAD "2024-01-06 12:00,1,2,0.5,1.5,0.001\n"
	  "2024-01-06 12:01,1,2,0.5,1.5,0.25\n",
	  { .symbol = "X" }, "2024-01-06T12:00:00Z", "1min", "24/7", "crypto",
	  "0.1", "0.001", 2 },
	/* The most frequent difference, a gap notwithstanding. */
	{ HEAD "2024-01-08 15:00" P "2024-01-08 15:05" P "2024-01-08 15:10" P
	  "2024-01-08 18:00" P,
	  { .symbol = "X" }, "2024-01-08T15:00:00Z", "5min", "XNYS", "equity",
	  "0.1", "1", 4 },
	/* 03:59 in New York is before the pre-market. */
	{ HEAD "2024-01-08 08:59,1,2,0.5,1.5001,1\n" "2024-01-08 09:00" P,
	  { .symbol = "X" }, "2024-01-08T08:59:00Z", "1min", "24/5", "fx",
	  "0.0001", "1", 2 },
	{ HEAD "2024-01-08 09:00" P "2024-01-08 09:01" P,
	  { .symbol = "X" }, "2024-01-08T09:00:00Z", "1min", "XNYS", "equity",
	  "0.1", "1", 2 },
	/* Options win over all of it. */
	{ HEAD "2024-01-08 10:01" P "2024-01-08 10:02" P,
	  { .symbol = "X", .tz = "America/New_York", .stamp = "end",
	    .calendar = "24/7", .tick = "0.25", .lot = "100",
	    .multiplier = "50", .currency = "EUR", .asset_class = "cfd",
	    .timeframe = "30s" },
	  "2024-01-08T15:00:30Z", "30s", "24/7", "cfd", "0.25", "100", 2 },
	/* Dates are exchange days: DST on both sides, a single row. */
	{ HEAD "2024-03-08" P "2024-03-11" P "2024-03-12" P,
	  { .symbol = "X" }, "2024-03-08T14:30:00Z", "daily", "XNYS",
	  "equity", "0.1", "1", 3 },
	{ HEAD "2024-07-03" P, { .symbol = "X" }, "2024-07-03T13:30:00Z",
	  "daily", "XNYS", "equity", "0.1", "1", 1 },
	/* Midnight in New York, as one provider stamps days in UTC. */
	{ HEAD "2024-07-01T04:00:00Z" P "2024-07-02T04:00:00Z" P,
	  { .symbol = "X" }, "2024-07-01T13:30:00Z", "daily", "XNYS",
	  "equity", "0.1", "1", 2 },
	/* Our own stamps come back as they are. */
	{ HEAD "2024-07-01T13:30:00Z" P "2024-07-02T13:30:00Z" P,
	  { .symbol = "X" }, "2024-07-01T13:30:00Z", "daily", "XNYS",
	  "equity", "0.1", "1", 2 },
	/* Our own stamps of 24/5, over a change of the clocks; on Friday
	 * evening nothing opens there. */
	{ HEAD "2024-03-07T22:00:00Z" P "2024-03-10T21:00:00Z" P
	  "2024-03-11T21:00:00Z" P "2024-03-12T21:00:00Z" P,
	  { .symbol = "X" }, "2024-03-07T22:00:00Z", "daily", "24/5",
	  "future", "0.1", "1", 4 },
	{ HEAD "2024-03-03T22:00:00Z" P "2024-03-10T21:00:00Z" P
	  "2024-03-17T21:00:00Z" P "2024-03-24T21:00:00Z" P,
	  { .symbol = "X" }, "2024-03-03T22:00:00Z", "weekly", "24/5",
	  "future", "0.1", "1", 4 },
	{ HEAD "2024-03-07T22:00:00Z" P "2024-03-08T22:00:00Z" P
	  "2024-03-09T22:00:00Z" P, { .symbol = "X" }, "2024-03-07T00:00:00Z",
	  "daily", "24/7", "crypto", "0.1", "1", 3 },
	/* Neither a zone nor the end of a bar moves a date. */
	{ HEAD "2024-03-08" P "2024-03-11" P,
	  { .symbol = "X", .tz = "America/New_York", .stamp = "end",
	    .timeframe = "daily" },
	  "2024-03-08T14:30:00Z", "daily", "XNYS", "equity", "0.1", "1", 2 },
	{ HEAD "2024-07-06" P "2024-07-07" P,
	  { .symbol = "X", .tz = "America/New_York" },
	  "2024-07-06T00:00:00Z", "daily", "24/7", "crypto", "0.1", "1", 2 },
	/* A midnight that ends a day. */
	{ HEAD "2024-07-07T00:00:00Z" P "2024-07-08T00:00:00Z" P,
	  { .symbol = "X", .stamp = "end", .calendar = "24/7" },
	  "2024-07-06T00:00:00Z", "daily", "24/7", "crypto", "0.1", "1", 2 },
	{ HEAD "2024-07-03 00:00" P "2024-07-04 00:00" P,
	  { .symbol = "X", .stamp = "end", .tz = "America/New_York" },
	  "2024-07-02T13:30:00Z", "daily", "XNYS", "equity", "0.1", "1", 2 },
	{ HEAD "2024-07-02 16:00" P "2024-07-03 16:00" P,
	  { .symbol = "X", .stamp = "end", .tz = "America/New_York" },
	  "2024-07-02T13:30:00Z", "daily", "XNYS", "equity", "0.1", "1", 2 },
	{ HEAD "2024-07-06" P "2024-07-07" P, { .symbol = "X" },
	  "2024-07-06T00:00:00Z", "daily", "24/7", "crypto", "0.1", "1", 2 },
	/* Weeks begin with their first session: Monday 2024-01-15 was a
	 * holiday. */
	{ HEAD "2024-01-08" P "2024-01-15" P "2024-01-22" P,
	  { .symbol = "X" }, "2024-01-08T14:30:00Z", "weekly", "XNYS",
	  "equity", "0.1", "1", 3 },
	{ HEAD "2024-01-19" P "2024-01-26" P, { .symbol = "X" },
	  "2024-01-16T14:30:00Z", "weekly", "XNYS", "equity", "0.1", "1", 2 },
	/* Bad rows left out: a holiday, a bar inside of another. */
	{ HEAD "2024-01-12" P "2024-01-15" P "2024-01-16" P "2024-01-17" P,
	  { .symbol = "X", .bad = SIM_BAR_CSV_SKIP }, "2024-01-12T14:30:00Z",
	  "daily", "XNYS", "equity", "0.1", "1", 3 },
	{ HEAD "2024-01-08 15:00" P "2024-01-08 15:05" P "2024-01-08 15:06" P
	  "2024-01-08 15:10" P "2024-01-08 15:15" P,
	  { .symbol = "X", .bad = SIM_BAR_CSV_SKIP }, "2024-01-08T15:00:00Z",
	  "5min", "XNYS", "equity", "0.1", "1", 4 },
};

START_TEST(infers)
{
	const struct inference *f = &inferences[_i];
	const char *path = write_text("f.csv", f->text);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_import imp;
	struct sim_bar_series s;
	char tf[16];

	ck_assert_msg(!sim_import_read(path, &f->o, NULL, &imp, &err), "%s",
		      err.msg);
	s = sim_import_series(&imp);
	ck_assert_uint_eq(s.n, f->bars);
	expect_time(s.ts[0], f->first);
	ck_assert_str_eq(sim_bar_tf_text(imp.tf, tf), f->tf);
	ck_assert_str_eq(imp.instrument.calendar, f->calendar);
	ck_assert_str_eq(sim_vocab_asset_class_text(
				 imp.instrument.asset_class), f->class);
	expect_dec(imp.instrument.tick_size, f->tick);
	expect_dec(imp.instrument.lot_size, f->lot);
	ck_assert_uint_eq(imp.rows.rows, s.n + imp.rows.skipped);
	sim_import_release(&imp);
}
END_TEST

START_TEST(facts_say_where_from)
{
	static const struct {
		const char *name, *value;
		enum sim_import_source source;
	} want[] = {
		{ "format", "generic", SIM_IMPORT_SNIFFED },
		{ "delimiter", "comma", SIM_IMPORT_SNIFFED },
		{ "header", "yes", SIM_IMPORT_SNIFFED },
		{ "columns", "ts=time,o=open,h=high,l=low,c=close,v=volume",
		  SIM_IMPORT_SNIFFED },
		{ "scale", "1", SIM_IMPORT_SNIFFED },
		{ "timeframe", "1min", SIM_IMPORT_SNIFFED },
		{ "time zone", "UTC", SIM_IMPORT_DEFAULT },
		{ "stamp", "start", SIM_IMPORT_DEFAULT },
		{ "calendar", "XNYS", SIM_IMPORT_STORED },
		{ "tick size", "0.25", SIM_IMPORT_GIVEN },
		{ "lot size", "10", SIM_IMPORT_STORED },
		{ "multiplier", "1", SIM_IMPORT_STORED },
		{ "currency", "CHF", SIM_IMPORT_STORED },
		{ "asset class", "etf", SIM_IMPORT_STORED },
	};
	const struct sim_instrument known = { "X", 1, 10 * SIM_DEC_ONE,
		SIM_DEC_ONE, "CHF", SIM_ASSET_CLASS_ETF, "XNYS" };
	struct sim_import_opts o = { .symbol = "X", .tick = "0.25" };
	const char *path = write_text("f.csv", HEAD "2024-01-06 12:00" P
						    "2024-01-06 12:01" P);
	struct sim_import imp;

	ck_assert_int_eq(sim_import_read(path, &o, &known, &imp, NULL), 0);
	ck_assert_uint_eq(imp.nfacts, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < imp.nfacts; i++) {
		ck_assert_str_eq(imp.facts[i].name, want[i].name);
		ck_assert_str_eq(imp.facts[i].value, want[i].value);
		ck_assert_int_eq((int)imp.facts[i].source,
				 (int)want[i].source);
	}
	sim_import_release(&imp);
}
END_TEST

/* ---- refusals ----------------------------------------------------------- */

struct refusal {
	const char *text;
	struct sim_import_opts o;
	int rc;
	const char *says;
};

#define TWO HEAD "2024-01-08 15:00" P "2024-01-08 15:01" P

static const struct refusal refusals[] = {
	{ TWO, { .symbol = "a b" }, SIM_E_INVAL, "'a b' is not a symbol" },
	{ TWO, { .symbol = "X", .format = "xls" }, SIM_E_INVAL,
	  "'xls' is not a format" },
	{ TWO, { .symbol = "X", .scale = "0" }, SIM_E_INVAL, "--scale" },
	{ TWO, { .symbol = "X", .scale = "7" }, SIM_E_INVAL, "--scale" },
	{ TWO, { .symbol = "X", .dates = "dym" }, SIM_E_INVAL,
	  "'dym' is not an order of dates; use ymd, dmy or mdy" },
	{ TWO, { .symbol = "X", .stamp = "middle" }, SIM_E_INVAL,
	  "--stamp is 'middle'; use start or end" },
	{ TWO, { .symbol = "X", .tz = "Mars/Olympus" }, SIM_E_INVAL,
	  "Mars/Olympus" },
	{ TWO, { .symbol = "X", .timeframe = "fortnight" }, SIM_E_INVAL,
	  "'fortnight' is not a timeframe" },
	{ TWO, { .symbol = "X", .calendar = "XMAR" }, SIM_E_NOENT, "XMAR" },
	{ TWO, { .symbol = "X", .tick = "0" }, SIM_E_INVAL,
	  "--tick is '0'; it must be above zero" },
	{ TWO, { .symbol = "X", .lot = "-1" }, SIM_E_INVAL, "--lot" },
	{ TWO, { .symbol = "X", .multiplier = "x" }, SIM_E_INVAL,
	  "--multiplier" },
	{ TWO, { .symbol = "X", .currency = "usd" }, SIM_E_INVAL,
	  "'usd' is not a currency" },
	{ TWO, { .symbol = "X", .asset_class = "art" }, SIM_E_INVAL,
	  "'art' is not an asset class" },
	{ TWO, { .symbol = "X", .map = "ts=When" }, SIM_E_DATA,
	  "no column 'When'" },
	{ HEAD "2024-01-08 15:00" P, { .symbol = "X" }, SIM_E_DATA,
	  "1 row can't tell the timeframe" },
	{ HEAD "2024-01-08" P "2024-02-08" P "2024-03-10" P, { .symbol = "X" },
	  SIM_E_DATA, "is no timeframe; give --timeframe" },
	{ HEAD "2024-01-08" P "2024-01-09" P,
	  { .symbol = "X", .timeframe = "1h" }, SIM_E_INVAL,
	  "dates without a time of day" },
	{ HEAD "2024-01-08T15:00Z" P "2024-01-08T15:01Z" P,
	  { .symbol = "X", .tz = "UTC" }, SIM_E_INVAL, "their own zone" },
	{ HEAD "2024-01-12" P "2024-01-15" P "2024-01-16" P,
	  { .symbol = "X" }, SIM_E_DATA,
	  "line 3, column 1 (time): XNYS is closed on 2024-01-15" },
	{ HEAD "1950-01-03" P "1950-01-04" P, { .symbol = "X" }, SIM_E_DATA,
	  "calendar doesn't reach there" },
	{ HEAD "2024-01-08 15:00" P "2024-01-08 15:05" P "2024-01-08 15:06" P
	  "2024-01-08 15:10" P "2024-01-08 15:15" P, { .symbol = "X" },
	  SIM_E_DATA, "line 4, column 1 (time): the 5min bar of 2024-01-08T"
	  "15:06:00Z begins before that of 2024-01-08T15:05:00Z ends" },
	{ HEAD "2024-01-08" P "2024-01-10" P,
	  { .symbol = "X", .timeframe = "weekly" }, SIM_E_DATA,
	  "line 3, column 1 (time): 2024-01-10 falls into the session" },
	{ HEAD "2024-01-15" P,
	  { .symbol = "X", .bad = SIM_BAR_CSV_SKIP }, SIM_E_DATA,
	  "every row is bad" },
	{ HEAD "2024-01-08 15:00" P "2024-01-08 15:01,1,0.1,2,1,1\n",
	  { .symbol = "X" }, SIM_E_DATA, "line 3, column 3 (high)" },
};

START_TEST(refuses)
{
	const struct refusal *f = &refusals[_i];
	const char *path = write_text("f.csv", f->text);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_store_merge m;
	struct sim_store_entry *e;
	struct sim_import imp;
	size_t n = 9;

	ck_assert_int_eq(sim_import_store(st, path, &f->o, &imp, &m, &err),
			 f->rc);
	ck_assert_msg(strstr(err.msg, f->says) != NULL, "'%s' in '%s'",
		      f->says, err.msg);
	ck_assert_int_eq(sim_store_list(st, &e, &n, NULL), 0);
	ck_assert_uint_eq(n, 0);
	sim_mem_free(e);
}
END_TEST

START_TEST(no_such_file)
{
	struct sim_import_opts o = { .symbol = "X" };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_import imp;

	ck_assert_int_eq(sim_import_read("/nonexistent/f.csv", &o, NULL, &imp,
					 &err), SIM_E_NOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "/nonexistent/f.csv"));
	ck_assert_int_ne(sim_import_read(dir, &o, NULL, &imp, &err), 0);
}
END_TEST

/* ---- into the store ----------------------------------------------------- */

static int store_text(const char *text, struct sim_import_opts *o,
		      struct sim_store_merge *m, struct sim_err *err)
{
	struct sim_import imp;
	int rc = sim_import_store(st, write_text("f.csv", text), o, &imp, m,
				  err);

	if (!rc)
		sim_import_release(&imp);
	return rc;
}

START_TEST(adds_and_replaces)
{
	struct sim_import_opts o = { .symbol = "X" };
	struct sim_store_merge m;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(store_text(TWO, &o, &m, &err), 0);
	/* More of the same symbol, finer prices: the stored tick stays. */
	ck_assert_int_eq(store_text(HEAD "2024-01-08 15:01" P
				    "2024-01-08 15:02,1,2,0.5,1.5001,1\n", &o,
				    &m, &err), 0);
	ck_assert_uint_eq(m.added, 1);
	ck_assert_uint_eq(m.same, 1);
	ck_assert_int_eq(store_text(HEAD "2024-01-08 15:01" P
				    "2024-01-08 15:02,1,2,0.5,1.6,1\n", &o, &m,
				    &err), SIM_E_DATA);
	ck_assert_ptr_nonnull(strstr(err.msg, "--replace"));
	o.replace = true;
	ck_assert_int_eq(store_text(HEAD "2024-01-08 15:01" P
				    "2024-01-08 15:02,1,2,0.5,1.6,1\n", &o, &m,
				    &err), 0);
	ck_assert_uint_eq(m.changed, 1);
	o.tick = "0.5";
	ck_assert_int_eq(store_text(TWO, &o, &m, &err), SIM_E_CONFIG);
}
END_TEST

START_TEST(gzip)
{
	struct sim_import_opts o = { .symbol = "X" };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_import imp;
	char path[128];
	gzFile z;

	snprintf(path, sizeof(path), "%s/f.csv.gz", dir);
	z = gzopen(path, "wb");
	ck_assert_int_eq(gzputs(z, TWO), (int)strlen(TWO));
	gzclose(z);
	ck_assert_msg(!sim_import_read(path, &o, NULL, &imp, &err), "%s",
		      err.msg);
	ck_assert_uint_eq(sim_import_series(&imp).n, 2);
	sim_import_release(&imp);
}
END_TEST

/* A file of n minutes whose closes say which one it is. */
static const char *write_minutes(const char *name, size_t n, int which)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	static char path[2][128];

	sim_buf_puts(&b, HEAD);
	for (size_t i = 0; i < n; i++) {
		sim_buf_time(&b, (sim_time)i * SIM_TIME_MIN);
		sim_buf_printf(&b, ",10,20,5,%d,1\n", 11 + which);
	}
	snprintf(path[which], sizeof(path[which]), "%s/%s", dir, name);
	ck_assert_int_eq(sim_file_write(path[which], sim_buf_str(&b), b.len,
					0644, NULL), 0);
	sim_buf_release(&b);
	return path[which];
}

static void import_until_killed(const char *const file[2])
{
	struct sim_import_opts o = { .symbol = "X", .replace = true };
	struct sim_store_merge m;
	struct sim_import imp;

	for (int i = 0;; i = !i) {
		if (sim_import_store(st, file[i], &o, &imp, &m, NULL))
			_exit(1);
		sim_import_release(&imp);
	}
}

static void expect_whole(size_t bars)
{
	static const struct sim_bar_tf min1 = { SIM_BAR_TF_INTRADAY,
						SIM_TIME_MIN };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_store_bars *b;
	struct sim_bar_series s;
	size_t chunk;

	ck_assert_msg(!sim_store_bars_open(st, "X", min1, &b, &err), "%s",
		      err.msg);
	s = sim_store_bars_series(b);
	ck_assert_uint_eq(s.n, bars);
	ck_assert_int_eq(sim_store_bars_verify(b, &chunk, NULL), 0);
	for (size_t i = 1; i < s.n; i++)
		ck_assert_int_eq(s.close[i], s.close[0]);
	sim_store_bars_close(b);
}

START_TEST(killed_imports)
{
	const int kills = getenv("SIM_LONG") ? 100 : 10;
	const char *file[2] = { write_minutes("a.csv", 5000, 0),
				write_minutes("b.csv", 5000, 1) };
	struct sim_import_opts o = { .symbol = "X" };
	struct sim_store_merge m;
	struct sim_import imp;
	struct sim_rand rand;

	sim_rand_init(&rand, 5, "kill");
	ck_assert_int_eq(sim_import_store(st, file[0], &o, &imp, &m, NULL), 0);
	sim_import_release(&imp);
	for (int i = 0; i < kills; i++) {
		struct timespec nap = { 0, (long)sim_rand_below(&rand,
								60000000) };
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (!pid)
			import_until_killed(file);
		nanosleep(&nap, NULL);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		expect_whole(5000);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("import");
	TCase *t = tcase_create("import");

	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, real_files, 0,
			    sizeof(reals) / sizeof(reals[0]));
	tcase_add_loop_test(t, infers, 0,
			    sizeof(inferences) / sizeof(inferences[0]));
	tcase_add_test(t, facts_say_where_from);
	tcase_add_loop_test(t, refuses, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(t, no_such_file);
	tcase_add_test(t, adds_and_replaces);
	tcase_add_test(t, gzip);
	tcase_add_test(t, killed_imports);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
