/*
 * bench: what the engine, the importer and the store reach, each beside a
 * reference in the same run, and the check values that show that it was the
 * same work.
 *
 * Prints one line a measurement: name, figure, unit, ratio to its reference.
 * Times are medians, of what the process has worked where no disk is waited
 * for.  A check value that is off ends the run with status 1.
 * Usage: bench SCRATCH_DIR [bars]; bench SCRATCH_DIR rss (after the first).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "market/bar_csv.h"
#include "run/loop.h"
#include "store/store.h"
#include "util/file.h"
#include "util/mem.h"

#include "clock.h"
#include "data.h"
#include "job.h"
#include "row.h"

#define REPS	15
#define PUTS	7		/* to a disk */
#define BARS	1000000
#define SYMS	JOB_SYMS

static int failures;

static void check(const char *what, double got, double want)
{
	double off = got - want;

	if ((off < 0 ? -off : off) <= 1e-6 + 1e-12 * want)
		return;
	printf("CHECK FAILED: %s is %.9f, expected %.9f\n", what, got, want);
	failures++;
}

/* -- data ---------------------------------------------------------------- */

static void put_price(struct sim_buf *out, sim_dec v)
{
	sim_buf_putc(out, ',');
	sim_buf_dec(out, v, 5);
}

/* The same bars as text. */
static void make_csv(const struct sim_bar_table *t, struct sim_buf *out)
{
	char stamp[SIM_TIME_STRMAX];

	sim_buf_puts(out, "timestamp,open,high,low,close,volume\n");
	for (size_t i = 0; i < t->n; i++) {
		sim_time_format(t->ts[i], stamp);
		stamp[10] = ' ';
		sim_buf_add(out, stamp, 19);
		put_price(out, t->open[i]);
		put_price(out, t->high[i]);
		put_price(out, t->low[i]);
		put_price(out, t->close[i]);
		sim_buf_putc(out, ',');
		sim_buf_dec(out, t->volume[i], 0);
		sim_buf_putc(out, '\n');
	}
}

/* -- reference loops ----------------------------------------------------- */

/* The hand-written loop over a table. */
struct hand {
	double *open, *close, *equity;
	size_t n;
};

static void hand_init(struct hand *h, const struct sim_bar_table *t)
{
	h->n = t->n;
	h->open = doubles(t->open, t->n);
	h->close = doubles(t->close, t->n);
	h->equity = sim_mem_array(t->n, sizeof(*h->equity));
}

static void hand_release(struct hand *h)
{
	sim_mem_free(h->open);
	sim_mem_free(h->close);
	sim_mem_free(h->equity);
}

/* Seconds of one. */
static double hand_time(const struct hand *h)
{
	double t0 = seconds_worked(), t;
	struct loop_result r = by_hand(h->open, h->close, h->n, h->equity);

	t = seconds_worked() - t0;
	if (h->n == BARS)
		check("final equity by hand", r.equity, 1324243.186606);
	return t;
}

static void bench_by_hand(const struct hand *h)
{
	double time[REPS];

	for (int i = 0; i < REPS; i++)
		time[i] = hand_time(h);
	row("reference: loop by hand", (double)h->n / median(time, REPS) / 1e6,
	    "M bars/s", 0);
}

/* What a run and the loop by hand took, by turns: so that both meet the same
 * machine. */
struct turns {
	double run[REPS], hand[REPS];
};

/* A million bars a second; the reference is what makes the ratio the median
 * of the turns' own. */
struct pace {
	double rate, reference;
};

static struct pace pace_of(struct turns *t, double bars, const struct hand *h)
{
	double share[REPS];
	struct pace p;

	for (int i = 0; i < REPS; i++)
		share[i] = t->hand[i] / (double)h->n * bars / t->run[i];
	p.rate = bars / median(t->run, REPS) / 1e6;
	p.reference = p.rate / median(share, REPS);
	return p;
}

/* Read all bytes of the columns once. */
static double bench_memory(const struct sim_bar_table *t)
{
	const int64_t *col[6] = { t->ts, t->open, t->high, t->low, t->close,
				  t->volume };
	volatile int64_t sink;
	double time[REPS], rate;

	for (int i = 0; i < REPS; i++) {
		double t0 = seconds_worked();
		int64_t s[4] = { 0, 0, 0, 0 };

		for (int k = 0; k < 6; k++)
			for (size_t j = 0; j + 4 <= t->n; j += 4)
				for (int m = 0; m < 4; m++)
					s[m] ^= col[k][j + (size_t)m];
		sink = s[0] ^ s[1] ^ s[2] ^ s[3];
		(void)sink;
		time[i] = seconds_worked() - t0;
	}
	rate = (double)t->n / median(time, REPS) / 1e6;
	row("reference: memory read of columns", rate, "M bars/s", 0);
	return rate;
}

/* -- runs ---------------------------------------------------------------- */

/* The result is the last run's. */
static struct pace pace_of_runs(const struct job *j, const struct hand *h,
				struct sim_run_result *r)
{
	struct turns t;
	struct sim_err err;

	for (int i = 0; i < REPS; i++) {
		double t0;

		t.hand[i] = hand_time(h);
		t0 = seconds_worked();
		must(sim_run_execute(&j->spec, r, &err), &err);
		t.run[i] = seconds_worked() - t0;
	}
	return pace_of(&t, (double)r->bars, h);
}

static void check_w1(const struct sim_run_result *r)
{
	if (r->bars != BARS)
		return;
	check("W1 fills", (double)r->nfills, 15644);
	check("W1 equity", sim_dec_to_double(r->account.equity),
	      1324243.186606);
	if (r->account.max_drawdown < 0.1241025 ||
	    r->account.max_drawdown > 0.1241035)
		check("W1 drawdown", r->account.max_drawdown, 0.124103);
}

static double peak_mb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

static void bench_w1(const struct sim_bar_table *t, const struct hand *h)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct pace p;
	struct job j;

	job_init(&j, t, 1);
	param(&j, "fast", "10");
	param(&j, "slow", "30");
	param(&j, "size", "cash:0.98");
	p = pace_of_runs(&j, h, &r);
	check_w1(&r);
	row("W1, event log off", p.rate, "M bars/s", p.reference);
	j.spec.log = true;
	p = pace_of_runs(&j, h, &r);
	check_w1(&r);
	row("W1, event log on", p.rate, "M bars/s", p.reference);
	j.spec.log = false;
	param(&j, "take_profit", "3");
	param(&j, "stop_loss", "2");
	p = pace_of_runs(&j, h, &r);
	row("W1, a bracket on every trade", p.rate, "M bars/s", p.reference);
	sim_run_result_release(&r);
}

static void bench_w2(const struct sim_bar_table *t, const struct hand *h)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct pace p;
	struct job j;

	job_init(&j, t, SYMS);
	param(&j, "fast", "10");
	param(&j, "slow", "30");
	param(&j, "size", "sleeve:0.98");
	p = pace_of_runs(&j, h, &r);
	if (t[0].n == 100000) {
		check("W2 fills", (double)r.nfills, 15691);
		check("W2 equity", sim_dec_to_double(r.account.equity),
		      1035010.438714);
	}
	row("W2, ten symbols", p.rate, "M bars/s", p.reference);
	sim_run_result_release(&r);
}

/* -- strategies that only a bench wants ---------------------------------- */

static int no_init(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	(void)self;
	(void)v;
	(void)err;
	return SIM_OK;
}

static void no_free(void *self)
{
	(void)self;
}

/* An order a bar: in, out, in, out. */
static int flip(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct sim_order_req r = {
		.side = v->syms[0].position->qty ? SIM_SIDE_SELL : SIM_SIDE_BUY,
		.type = SIM_ORDER_TYPE_MARKET, .tif = SIM_TIF_GTC,
		.size = SIM_DEC_ONE,
	};
	uint32_t id;

	(void)self;
	return v->host->submit(v->host->ctx, &r, &id, err);
}

static const struct sim_strategy_ops flip_ops = {
	.name = "flip", .init = no_init, .on_step = flip, .free = no_free
};

/* A limit rests beside the price; a path that stays away from it is settled
 * by the orders' envelope. */
static int quote(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct sim_strategy_sym *s = &v->syms[0];
	sim_dec close = s->bars.close[s->bars.n - 1];
	struct sim_order_req r = {
		.side = SIM_SIDE_BUY, .type = SIM_ORDER_TYPE_LIMIT,
		.tif = SIM_TIF_GTC, .size = SIM_DEC_ONE,
		.limit = sim_dec_floor_to(close - close / 5000, 1000),
	};
	uint32_t id;

	(void)self;
	if (v->host->next_order(v->host->ctx, 0, 0))
		return SIM_OK;
	if (s->position->qty) {
		r.side = SIM_SIDE_SELL;
		r.limit = sim_dec_ceil_to(close + close / 5000, 1000);
	}
	return v->host->submit(v->host->ctx, &r, &id, err);
}

static const struct sim_strategy_ops quote_ops = {
	.name = "quote", .init = no_init, .on_step = quote, .free = no_free
};

static int rest(struct sim_strategy_view *v, enum sim_order_type type,
		enum sim_tif tif, sim_dec limit, sim_dec stop,
		struct sim_err *err)
{
	struct sim_order_req r = {
		.side = SIM_SIDE_BUY, .type = type, .tif = tif,
		.size = SIM_DEC_ONE, .limit = limit, .stop = stop,
	};
	uint32_t id;

	return v->host->submit(v->host->ctx, &r, &id, err);
}

/*
 * Orders rest and never fill: a limit and a stop far away, and one for the
 * session's close, which keeps the engine from leaving a bar out.  So every
 * bar's open and range are held against all of them.
 */
static int walk(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	int rc = SIM_OK;

	(void)self;
	if (v->step == 1) {
		rc = rest(v, SIM_ORDER_TYPE_LIMIT, SIM_TIF_GTC, SIM_DEC_ONE, 0,
			  err);
		if (!rc)
			rc = rest(v, SIM_ORDER_TYPE_STOP, SIM_TIF_GTC, 0,
				  900 * SIM_DEC_ONE, err);
	}
	if (!rc && (v->step == 1 || v->syms[0].is_eod))
		rc = rest(v, SIM_ORDER_TYPE_LIMIT, SIM_TIF_CLS, SIM_DEC_ONE, 0,
			  err);
	return rc;
}

static const struct sim_strategy_ops walk_ops = {
	.name = "walk", .init = no_init, .on_step = walk, .free = no_free
};

/* The same of a strategy given as code. */
static struct pace pace_of_code(const struct sim_bar_table *t,
				const struct sim_strategy_ops *ops,
				const struct hand *h, uint64_t *fills)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_strategy strategy = { ops, NULL, "" };
	struct sim_prepare p = { 0 };
	struct job j;
	struct sim_err err;
	struct turns turns;

	job_init(&j, t, 1);
	must(sim_config_set(&j.spec.config, "commission", "percent:0.001",
			    &err), &err);
	must(sim_prepare_run(&j.spec, &p, &err), &err);
	for (int i = 0; i < REPS; i++) {
		struct sim_loop_setup setup = {
			.prepared = &p, .spec = &j.spec,
			.config = &j.spec.config, .strategy = &strategy,
		};
		double t0;

		r.nfills = 0;
		r.equity.n = 0;
		turns.hand[i] = hand_time(h);
		t0 = seconds_worked();
		must(sim_loop_run(&setup, &r, &err), &err);
		turns.run[i] = seconds_worked() - t0;
	}
	*fills = r.nfills;
	sim_prepare_release(&p);
	sim_run_result_release(&r);
	return pace_of(&turns, (double)t->n, h);
}

static void bench_orders(const struct sim_bar_table *t, const struct hand *h)
{
	uint64_t fills;
	struct pace p = pace_of_code(t, &flip_ops, h, &fills);

	row("one fill a bar", p.rate * (double)fills / (double)t->n,
	    "M fills/s", p.reference);
	p = pace_of_code(t, &quote_ops, h, &fills);
	row("paths with resting orders", 4 * p.rate, "M points/s",
	    p.reference);
	p = pace_of_code(t, &walk_ops, h, &fills);
	check("fills of orders that only rest", (double)fills, 0);
	row("paths with one for the close", 4 * p.rate, "M points/s",
	    p.reference);
}

/* -- text and files ------------------------------------------------------ */

static size_t count_lines(const char *p, size_t n)
{
	size_t lines = 0;
	const char *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		lines++;
		p++;
	}
	return lines;
}

static double bench_lines(const struct sim_buf *csv, size_t rows)
{
	double time[REPS], rate;

	for (int i = 0; i < REPS; i++) {
		double t0 = seconds_worked();

		if (count_lines(csv->data, csv->len) != rows + 1)
			failures++;
		time[i] = seconds_worked() - t0;
	}
	rate = (double)rows / median(time, REPS) / 1e6;
	row("reference: count lines (wc -l)", rate, "M rows/s", 0);
	return rate;
}

static void bench_parse(const struct sim_buf *csv, size_t rows, bool portable,
			double lines)
{
	struct sim_bar_csv_opts opts = SIM_BAR_CSV_OPTS_INIT;
	struct sim_bar_csv_result r = SIM_BAR_CSV_RESULT_INIT;
	struct sim_bar_csv_input in = {
		.name = "bench", .text = csv->data, .len = csv->len,
		.bad = SIM_BAR_CSV_REFUSE, .portable = portable,
	};
	struct sim_bar_csv_layout lay;
	struct sim_err err;
	double time[REPS];

	must(sim_bar_csv_sniff("bench", csv->data, csv->len, &opts, &lay,
			       &err), &err);
	for (int i = 0; i < REPS; i++) {
		double t0 = seconds_worked();

		sim_bar_csv_reset(&r);
		must(sim_bar_csv_parse(&in, &lay, &r, &err), &err);
		time[i] = seconds_worked() - t0;
	}
	check("rows read", (double)r.bars.n, (double)rows);
	row(portable ? "CSV to columns, portable" : "CSV to columns",
	    (double)rows / median(time, REPS) / 1e6, "M rows/s", lines);
	sim_bar_csv_release(&r);
}

static void path_in(char *out, size_t size, const char *dir, const char *name)
{
	snprintf(out, size, "%s/%s", dir, name);
}

static const char *csv_path(const char *dir)
{
	static char path[4096];

	path_in(path, sizeof(path), dir, "w1.csv");
	return path;
}

/* Copy the bytes and fsync: what a durable import can't beat. */
static double copy_time(const char *dir, const struct sim_bar_table *t)
{
	const void *col[6] = { t->ts, t->open, t->high, t->low, t->close,
			       t->volume };
	char path[4096];
	struct sim_file_new f;
	struct sim_err err;
	double t0 = seconds();

	path_in(path, sizeof(path), dir, "copy");
	must(sim_file_new_open(&f, path, 0600, &err), &err);
	for (int k = 0; k < 6; k++)
		must(sim_file_new_write(&f, col[k], t->n * 8, &err), &err);
	must(sim_file_new_commit(&f, &err), &err);
	t0 = seconds() - t0;
	unlink(path);
	return t0;
}

static void bench_store(const char *dir, const struct sim_bar_table *t)
{
	struct sim_bar_series s = sim_bar_table_view(t);
	double copy[PUTS], put[PUTS], share[PUTS], opened[REPS], ms;
	struct sim_store *st;
	struct sim_bar_tf tf;
	struct sim_err err;
	char path[4096];

	path_in(path, sizeof(path), dir, "store");
	must(sim_bar_tf_parse("1min", &tf, &err), &err);
	must(sim_store_open(path, &st, &err), &err);
	for (int i = 0; i < PUTS; i++) {
		double t0;

		copy[i] = copy_time(dir, t);
		t0 = seconds();
		must(sim_store_put(st, &crypto, tf, &s, &err), &err);
		put[i] = seconds() - t0;
		share[i] = put[i] / copy[i];
	}
	ms = median(put, PUTS) * 1e3;
	row("reference: write and fsync", median(copy, PUTS) * 1e3, "ms", 0);
	row("store, with hashes", ms, "ms", ms / median(share, PUTS));
	for (int i = 0; i < REPS; i++) {
		struct sim_store_bars *b;
		double t0 = seconds();

		must(sim_store_bars_open(st, "W", tf, &b, &err), &err);
		opened[i] = seconds() - t0;
		sim_store_bars_close(b);
	}
	row("open the stored series", median(opened, REPS) * 1e3, "ms", 0);
	sim_store_close(st);
}

/* Memory of W1 alone, in a process of its own: argv[2] is "rss". */
static int only_w1(const char *dir)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_store_bars *b;
	struct sim_store *st;
	struct sim_bar_table none = SIM_BAR_TABLE_INIT;
	struct sim_bar_tf tf;
	struct sim_err err;
	struct job j;
	char path[4096];

	path_in(path, sizeof(path), dir, "store");
	must(sim_bar_tf_parse("1min", &tf, &err), &err);
	must(sim_store_open(path, &st, &err), &err);
	must(sim_store_bars_open(st, "W", tf, &b, &err), &err);
	job_init(&j, &none, 1);
	j.data[0].bars = sim_store_bars_series(b);
	j.data[0].instrument = *sim_store_bars_instrument(b);
	param(&j, "fast", "10");
	param(&j, "slow", "30");
	param(&j, "size", "cash:0.98");
	must(sim_run_execute(&j.spec, &r, &err), &err);
	row("peak memory of W1 from the store", peak_mb(), "MB", 0);
	sim_run_result_release(&r);
	sim_store_bars_close(b);
	sim_store_close(st);
	return 0;
}

int main(int argc, char **argv)
{
	struct sim_bar_table w1 = SIM_BAR_TABLE_INIT, w2[SYMS];
	static const uint64_t symbols[SYMS] = { 2, 6, 7, 8, 9, 10, 11, 12, 13,
						15 };
	struct sim_buf csv = SIM_BUF_INIT((size_t)1 << 30);
	size_t bars = argc > 2 ? strtoul(argv[2], NULL, 10) : BARS;
	struct hand hand;
	double lines;

	if (argc > 2 && !strcmp(argv[2], "rss"))
		return only_w1(argv[1]);
	if (argc < 2 || bars < 1000) {
		fprintf(stderr, "usage: bench SCRATCH_DIR [BARS|rss]\n");
		return 64;
	}
	make_bars(&w1, bars, 0);
	for (int i = 0; i < SYMS; i++) {
		w2[i] = (struct sim_bar_table)SIM_BAR_TABLE_INIT;
		make_bars(&w2[i], bars / 10, symbols[i]);
	}
	make_csv(&w1, &csv);
	if (sim_file_write(csv_path(argv[1]), csv.data, csv.len, 0600, NULL))
		return 1;
	printf("%-34s %12s %-16s %8s\n", "measurement (median)", "figure",
	       "unit", "ratio");
	hand_init(&hand, &w1);
	bench_by_hand(&hand);
	bench_memory(&w1);
	bench_w1(&w1, &hand);
	bench_w2(w2, &hand);
	bench_orders(&w1, &hand);
	hand_release(&hand);
	lines = bench_lines(&csv, bars);
	bench_parse(&csv, bars, false, lines);
	bench_parse(&csv, bars, true, lines);
	bench_store(argv[1], &w1);
	sim_buf_release(&csv);
	sim_bar_table_release(&w1);
	for (int i = 0; i < SYMS; i++)
		sim_bar_table_release(&w2[i]);
	return failures ? 1 : 0;
}
