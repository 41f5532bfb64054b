/* report: from columns and fills to tables. */
#include "report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/exposure.h"
#include "report/stats.h"
#include "util/mem.h"

static int check_curve(const struct sim_report_curve *c, struct sim_err *err)
{
	for (size_t i = 1; i < c->n; i++)
		if (c->time[i] <= c->time[i - 1])
			return sim_err_set(err, SIM_E_DATA, "point %zu of the "
				"equity curve is not after the one before it; "
				"the equity file of the run is damaged", i + 1);
	return 0;
}

size_t sim_report_sample(const struct sim_report_curve *c, size_t i)
{
	const uint8_t *p;

	if (!c->is_close || i >= c->n)
		return i;
	p = memchr(c->is_close + i, 1, c->n - i);
	return p ? (size_t)(p - c->is_close) : c->n - 1;
}

double *sim_report_levels(const struct sim_report *r)
{
	double *level = sim_mem_array(r->n_levels, sizeof(*level));

	level[0] = sim_dec_to_double(r->in->initial);
	for (size_t i = 1; i < r->n_levels; i++)
		level[i] = sim_dec_to_double(r->in->curve.equity[i - 1]);
	return level;
}

size_t sim_report_level_at(const struct sim_report *r, sim_time t)
{
	const struct sim_report_curve *c = &r->in->curve;
	size_t a = 0, b = c->n;

	while (a < b) {
		size_t mid = a + (b - a) / 2;

		if (c->time[mid] < t)
			a = mid + 1;
		else
			b = mid;
	}
	return a + 1 < r->n_levels ? a + 1 : r->n_levels - 1;
}

/* The closes as returns with their days. */
static void sample(struct sim_report *r)
{
	const struct sim_report_curve *c = &r->in->curve;
	double last = sim_dec_to_double(r->in->initial);
	size_t cap = 0, cap_day = 0;

	r->n_levels = c->n + 1;
	for (size_t i = sim_report_sample(c, 0); i < c->n;
	     i = sim_report_sample(c, i + 1)) {
		double level = sim_dec_to_double(c->equity[i]);

		SIM_MEM_GROW(r->ret, cap, r->n + 1);
		SIM_MEM_GROW(r->day, cap_day, r->n + 1);
		r->day[r->n] = sim_metrics_day(c->time[i]);
		r->ret[r->n++] = last > 0 ?
			sim_stats_change(last, level) : NAN;
		last = level;
	}
}

/* The benchmark's return over each period: its newest level at each close; it
 * is flat before its first level. */
static void sample_bench(struct sim_report *r)
{
	const struct sim_report_curve *c = &r->in->curve;
	const struct sim_report_bench *b = &r->in->bench;
	double last = NAN;
	size_t k = 0, at = 0;

	if (!b->name || !b->n)
		return;
	r->bench_ret = sim_mem_array(r->n + 1, sizeof(*r->bench_ret));
	while (at < b->n && r->in->start != SIM_TIME_NONE &&
	       b->time[at] <= r->in->start)
		last = b->level[at++];
	for (size_t i = sim_report_sample(c, 0); i < c->n;
	     i = sim_report_sample(c, i + 1)) {
		double now = last;

		while (at < b->n && b->time[at] <= c->time[i])
			now = b->level[at++];
		r->bench_ret[k++] = isnan(last) ? 0 :
				    sim_stats_change(last, now);
		last = now;
	}
}

static void measure(struct sim_report *r)
{
	const struct sim_report_input *in = r->in;
	const struct sim_report_curve *c = &in->curve;
	const double ends[2] = {
		sim_dec_to_double(in->initial),
		sim_dec_to_double(c->n ? c->equity[c->n - 1] : in->initial),
	};
	struct sim_metrics_input m = {
		.n = r->n, .ret = r->ret, .bench = r->bench_ret,
		.day = r->day,
		.start_day = in->start == SIM_TIME_NONE ? SIM_METRICS_NO_DAY :
			     sim_time_day_of(in->start),
		.n_curve = r->n_levels, .ends = ends,
		.curve_time = c->time, .drawdown = &r->dd,
		.periods_per_year = in->periods_per_year, .rf = in->rf,
		.annualize_short = in->annualize_short,
	};

	sim_drawdown_of_equity(in->initial, c->equity, c->n, &r->dd);
	sim_metrics_init(&r->metrics);
	sim_metrics_series(&m, &r->metrics);
	sim_trades_metrics(&r->trades, &r->metrics);
	sim_exposure_metrics(r, &r->metrics);
}

static struct sim_report_year *add_year(struct sim_report *r, int year)
{
	struct sim_report_year *y = &r->years[r->n_years++];

	y->year = year;
	for (int i = 0; i < 12; i++)
		y->month[i] = NAN;
	return y;
}

/* Compound the returns of each calendar month and year. */
static void calendar_table(struct sim_report *r)
{
	struct sim_report_year *y = NULL;
	int first, last, mo, d;

	if (!r->n)
		return;
	sim_time_from_days(r->day[0], &first, &mo, &d);
	sim_time_from_days(r->day[r->n - 1], &last, &mo, &d);
	r->years = sim_mem_array((size_t)(last - first) + 1,
				 sizeof(*r->years));
	for (size_t i = 0; i < r->n; i++) {
		double *v;
		int year;

		sim_time_from_days(r->day[i], &year, &mo, &d);
		if (!y || y->year != year)
			y = add_year(r, year);
		v = &y->month[mo - 1];
		*v = isnan(*v) ? r->ret[i] : (1 + *v) * (1 + r->ret[i]) - 1;
		y->total = (1 + y->total) * (1 + r->ret[i]) - 1;
	}
}

static int by_name(const void *a, const void *b)
{
	const struct sim_report_symbol *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void add_trade(struct sim_report_symbol *s,
		      const struct sim_trades_item *t)
{
	if (t->is_open) {
		s->open++;
		s->open_net += t->net;
		return;
	}
	s->trades++;
	s->wins += t->net > 0;
	s->losses += t->net < 0;
	s->gross += t->gross;
	s->fees += t->fees;
	s->net += t->net;
}

static void symbol_table(struct sim_report *r)
{
	const struct sim_report_input *in = r->in;
	struct sim_report_symbol *s;

	s = sim_mem_array(in->n_symbols + 1, sizeof(*s));
	for (size_t i = 0; i < r->trades.n; i++)
		add_trade(&s[r->trades.items[i].sym], &r->trades.items[i]);
	for (size_t i = 0; i < in->n_fills; i++) {
		const struct sim_fill *f = &in->fills[i];

		s[f->sym].fills++;
		s[f->sym].traded += sim_dec_to_double(f->qty) *
			sim_dec_to_double(f->price) *
			sim_dec_to_double(in->instruments[f->sym].multiplier);
	}
	for (uint32_t i = 0; i < in->n_symbols; i++) {
		s[i].sym = i;
		s[i].name = in->instruments[i].symbol;
		s[i].dividends = in->positions[i].dividends;
		if (s[i].fills)
			s[r->n_symbols++] = s[i];
	}
	qsort(s, r->n_symbols, sizeof(*s), by_name);
	r->symbols = s;
}

static void bridge(struct sim_report *r)
{
	const struct sim_report_input *in = r->in;
	struct sim_report_bridge *b = &r->bridge;

	*b = (struct sim_report_bridge){
		.start = in->initial,
		.end = in->curve.n ? in->curve.equity[in->curve.n - 1] :
		       in->initial,
		.closed_net = r->trades.net, .open_net = r->trades.open_net,
		.dividends = in->dividends, .interest = in->interest,
		.borrow_fees = in->borrow_fees,
	};
	b->unexplained = (sim_dec)((sim_dec_wide)b->end - b->start -
		b->closed_net - b->open_net - b->dividends - b->interest +
		b->borrow_fees);
}

int sim_report_build(const struct sim_report_input *in, struct sim_report *r,
		     struct sim_err *err)
{
	struct sim_report made = { .in = in, .trades = SIM_TRADES_INIT };
	const struct sim_report_curve *c = &in->curve;
	struct sim_trades_input t = {
		.fills = in->fills, .n_fills = in->n_fills,
		.adjusts = in->adjusts, .n_adjusts = in->n_adjusts,
		.instruments = in->instruments, .positions = in->positions,
		.n_symbols = in->n_symbols, .steps = c->time,
		.n_steps = c->n, .stop = in->fill_stop, .reach = in->reach,
		.end = c->n ? c->time[c->n - 1] : in->start,
	};
	int rc = check_curve(c, err);

	if (!rc)
		rc = sim_trades_build(&t, &made.trades, err);
	if (rc)
		return rc;
	sample(&made);
	sample_bench(&made);
	measure(&made);
	calendar_table(&made);
	symbol_table(&made);
	bridge(&made);
	*r = made;
	return 0;
}

void sim_report_release(struct sim_report *r)
{
	sim_trades_release(&r->trades);
	sim_mem_free(r->ret);
	sim_mem_free(r->bench_ret);
	sim_mem_free(r->day);
	sim_mem_free(r->years);
	sim_mem_free(r->symbols);
	*r = (struct sim_report){ .in = NULL };
}
