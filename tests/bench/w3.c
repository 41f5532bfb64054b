/*
 * w3: a hundred runs of 20,000 bars: one by one, over one preparation, and as
 * a sweep in one thread and in two, by turns with the loop by hand in one
 * thread and in two; and what ten thousand points hold in memory more than a
 * hundred.
 *
 * Prints a line a measurement as bench does.  A check value that is off ends
 * the run with status 1.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "run/batch.h"
#include "sweep/sweep.h"

#include "clock.h"
#include "data.h"
#include "job.h"
#include "row.h"

#define REPS	15
#define BARS	20000
#define POINTS	100

static int failures;

static void check(const char *what, double got, double low, double high)
{
	if (got >= low && got <= high)
		return;
	printf("CHECK FAILED: %s is %.4f, not in [%.4f, %.4f]\n", what, got,
	       low, high);
	failures++;
}

/* Points' worth of bars a microsecond. */
static double rate_of(double spent)
{
	return (double)BARS * POINTS / spent / 1e6;
}

/* -- by hand ------------------------------------------------------------- */

struct copy {
	pthread_t thread;
	const double *open, *close;
	double *equity;
};

static void *hand_all(void *ctx)
{
	const struct copy *c = ctx;

	for (int i = 0; i < POINTS; i++)
		by_hand(c->open, c->close, BARS, c->equity);
	return NULL;
}

/* All points in every thread: seconds. */
static double hand_time(struct copy *c, int threads)
{
	double t0 = seconds();

	for (int k = 1; k < threads; k++)
		if (pthread_create(&c[k].thread, NULL, hand_all, &c[k]))
			exit(1);
	hand_all(&c[0]);
	for (int k = 1; k < threads; k++)
		pthread_join(c[k].thread, NULL);
	return seconds() - t0;
}

/* -- runs ---------------------------------------------------------------- */

static void space_of(struct sim_space *s, const char *fast, const char *slow)
{
	const struct sim_strategy_param p[] = {
		{ "fast", fast }, { "slow", slow }, { "size", "cash:0.98" },
	};
	struct sim_err err;

	*s = (struct sim_space)SIM_SPACE_INIT;
	must(sim_space_parse(p, 3, s, &err), &err);
}

/* One by one; b NULL: each prepared anew. */
static double run_rate(const struct job *j, const struct sim_space *s,
		       const struct sim_batch *b)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_strategy_param p[SIM_RUN_PARAMS_MAX];
	struct sim_batch_point pt = { .params = p, .nparams = s->naxes };
	struct sim_run_spec spec = j->spec;
	double time[REPS], sum, fills;
	struct sim_err err;

	spec.form.params = p;
	spec.form.nparams = s->naxes;
	for (int i = 0; i < REPS; i++) {
		double t0 = seconds();

		sum = fills = 0;
		for (uint64_t k = 0; k < s->points; k++) {
			sim_space_params(s, k, p);
			must(b ? sim_batch_run(b, &pt, &r, &err)
			       : sim_run_execute(&spec, &r, &err), &err);
			sum += sim_dec_to_double(r.account.equity);
			fills += (double)r.nfills;
		}
		time[i] = seconds() - t0;
		check("W3 fills", fills, 24042, 24042);
		check("W3 sum of equity", sum, 98747777.0640,
		      98747777.0650);
	}
	sim_run_result_release(&r);
	return rate_of(median(time, REPS));
}

/* -- sweeps -------------------------------------------------------------- */

struct rows {
	int fd;
	uint64_t n;
};

static int take(void *ctx, const char *text, size_t n, struct sim_err *err)
{
	struct rows *rows = ctx;

	rows->n++;
	if (write(rows->fd, text, n) != (ssize_t)n)
		return sim_err_set(err, SIM_E_IO, "rows can't be written");
	return SIM_OK;
}

static void sweep(const struct job *j, const struct sim_batch *b,
		  const struct sim_space *s, unsigned threads)
{
	static const enum sim_metrics_id usual[] = {
		SIM_METRICS_TOTAL_RETURN, SIM_METRICS_CAGR,
		SIM_METRICS_VOL_ANN, SIM_METRICS_SHARPE, SIM_METRICS_SORTINO,
		SIM_METRICS_CALMAR, SIM_METRICS_MAX_DRAWDOWN,
		SIM_METRICS_TRADES, SIM_METRICS_WIN_RATE,
		SIM_METRICS_PROFIT_FACTOR, SIM_METRICS_FILLS,
	};
	static const char *const args[] = { "--symbols=S00", NULL };
	bool want[SIM_METRICS__COUNT] = { false };
	const struct sim_row_style style = {
		.id = "w3", .space = s, .want = want, .args = args,
	};
	char path[] = "/tmp/simutrador-bench-XXXXXX";
	struct rows rows = { mkstemp(path), 0 };
	const struct sim_sweep w = {
		.batch = b, .style = &style, .config = &j->spec.config,
		.threads = threads, .ctx = &rows, .rows = take,
	};
	struct sim_sweep_end end;
	struct sim_err err;

	unlink(path);
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		want[usual[i]] = true;
	must(sim_sweep_run(&w, &end, &err), &err);
	check("W3 rows", (double)end.rows, (double)s->points,
	      (double)s->points);
	check("W3 refused", (double)end.refused, 0, 0);
	close(rows.fd);
}

static double sweep_time(const struct job *j, const struct sim_batch *b,
			 const struct sim_space *s, unsigned threads)
{
	double t0 = seconds();

	sweep(j, b, s, threads);
	return seconds() - t0;
}

/* Rates of one thread and of two, by hand and as a sweep. */
struct scaling {
	double hand[2], sweep[2];
	double share;		/* of the scaling by hand */
};

/* All four by turns: what else the machine does hits each of them. */
static void measure(const struct job *j, const struct sim_batch *b,
		    const struct sim_space *s, struct copy *c,
		    struct scaling *out)
{
	double hand[2][REPS], made[2][REPS], share[REPS];

	for (int i = 0; i < REPS; i++) {
		for (int k = 0; k < 2; k++) {
			hand[k][i] = hand_time(c, k + 1);
			made[k][i] = sweep_time(j, b, s, (unsigned)k + 1);
		}
		share[i] = made[0][i] / made[1][i] /
			   (2 * hand[0][i] / hand[1][i]);
	}
	for (int k = 0; k < 2; k++) {
		out->hand[k] = (k + 1) * rate_of(median(hand[k], REPS));
		out->sweep[k] = rate_of(median(made[k], REPS));
	}
	out->share = median(share, REPS);
}

static double peak_mb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

/* The peak of a hundred times as many points, over few bars. */
static void memory(const struct job *j)
{
	struct sim_run_data data = j->data[0];
	struct job few = *j;
	struct sim_space s;
	struct sim_batch *b;
	struct sim_err err;
	double before;

	data.bars.n = 1000;
	data.hash = NULL;
	few.spec.data = &data;
	must(sim_batch_open(&few.spec, &b, &err), &err);
	space_of(&s, "1:10", "11:20");
	sweep(&few, b, &s, 2);
	sim_space_release(&s);
	before = peak_mb();
	space_of(&s, "1:100", "101:200");
	sweep(&few, b, &s, 2);
	row("10,000 points, memory over 100", peak_mb() - before, "MB", 0);
	sim_space_release(&s);
	sim_batch_close(b);
}

static void bench(const struct job *j, struct copy *c)
{
	struct sim_batch *b;
	struct sim_space s;
	struct sim_err err;
	struct scaling x;
	double rate;

	space_of(&s, "5,8,10,12,15,18,20,22,25,28",
		 "30,35,40,45,50,60,70,80,100,120");
	must(sim_batch_open(&j->spec, &b, &err), &err);
	measure(j, b, &s, c, &x);
	row("reference: 100 loops by hand", x.hand[0], "M bar-steps/s", 0);
	row("reference: two copies at once", x.hand[1], "M bar-steps/s", 0);
	rate = run_rate(j, &s, NULL);
	row("W3, 100 runs of 20k bars", rate, "M bar-steps/s", x.hand[0]);
	rate = run_rate(j, &s, b);
	row("W3, prepared once", rate, "M bar-steps/s", x.hand[0]);
	row("W3, a sweep in one thread", x.sweep[0], "M bar-steps/s",
	    x.hand[0]);
	row("W3, a sweep in two threads", x.sweep[1], "M bar-steps/s",
	    x.hand[1]);
	row("two threads over one, to by hand", x.sweep[1] / x.sweep[0],
	    "times", x.sweep[1] / x.sweep[0] / x.share);
	memory(j);
	sim_batch_close(b);
	sim_space_release(&s);
}

int main(void)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	double *open, *close;
	struct copy c[2];
	struct job j;

	make_bars(&t, BARS, 0);
	open = doubles(t.open, t.n);
	close = doubles(t.close, t.n);
	for (int k = 0; k < 2; k++)
		c[k] = (struct copy){ .open = open, .close = close,
			.equity = sim_mem_array(BARS, sizeof(double)) };
	job_init(&j, &t, 1);
	bench(&j, c);
	for (int k = 0; k < 2; k++)
		sim_mem_free(c[k].equity);
	sim_mem_free(open);
	sim_mem_free(close);
	sim_bar_table_release(&t);
	return failures ? 1 : 0;
}
