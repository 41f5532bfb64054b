/* prepare: a specification made ready to run. */
#include "run/prepare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* No closure of an exchange is longer than this. */
#define DAYS_CLOSED 31
#define WEEKS 52				/* a year */

static int by_symbol(const void *pa, const void *pb)
{
	const struct sim_prepare_sym *a = pa, *b = pb;

	return strcmp(a->data->instrument.symbol, b->data->instrument.symbol);
}

static void sort_symbols(struct sim_prepare *p, const struct sim_run_spec *spec)
{
	p->nsyms = spec->nsyms;
	p->syms = sim_mem_array(spec->nsyms, sizeof(*p->syms));
	for (uint32_t i = 0; i < spec->nsyms; i++)
		p->syms[i].data = &spec->data[i];
	qsort(p->syms, p->nsyms, sizeof(*p->syms), by_symbol);
}

static bool same_tf(struct sim_bar_tf a, struct sim_bar_tf b)
{
	return a.unit == b.unit && a.span == b.span;
}

static int check_symbols(const struct sim_prepare *p, struct sim_err *err)
{
	const struct sim_run_data *a = p->syms[0].data;
	char x[16], y[16];

	for (uint32_t i = 1; i < p->nsyms; i++) {
		const struct sim_run_data *b = p->syms[i].data;

		if (!strcmp(p->syms[i - 1].data->instrument.symbol,
			    b->instrument.symbol))
			return sim_err_set(err, SIM_E_INVAL, "symbol %s is "
					   "given twice; give it once",
					   b->instrument.symbol);
		if (!same_tf(a->tf, b->tf))
			return sim_err_set(err, SIM_E_INVAL, "%s has %s bars "
					   "and %s has %s; a run has one "
					   "timeframe", a->instrument.symbol,
					   sim_bar_tf_text(a->tf, x),
					   b->instrument.symbol,
					   sim_bar_tf_text(b->tf, y));
	}
	return SIM_OK;
}

/* The finer bars of a path must be finer. */
static int check_detail(const struct sim_run_spec *spec, struct sim_err *err)
{
	struct sim_bar_tf fine = { SIM_BAR_TF_INTRADAY,
				   spec->config.detail_span };
	struct sim_bar_tf tf = spec->data[0].tf;
	char x[16], y[16];

	if (spec->config.path != SIM_CONFIG_PATH_DETAIL || fine.span < tf.span)
		return SIM_OK;
	return sim_err_set(err, SIM_E_INVAL, "--path detail:%s is not finer "
			   "than the run's %s bars; name a shorter timeframe",
			   sim_bar_tf_text(fine, x), sim_bar_tf_text(tf, y));
}

static int open_calendar(struct sim_prepare *p, const char *name,
			 const char *dir, const struct sim_calendar **out,
			 struct sim_err *err)
{
	struct sim_calendar *cal;
	int rc;

	for (uint32_t i = 0; i < p->ncals; i++) {
		if (!strcmp(sim_calendar_name(p->cals[i]), name)) {
			*out = p->cals[i];
			return SIM_OK;
		}
	}
	rc = sim_calendar_open(name, dir, &cal, err);
	if (rc)
		return rc;
	p->cals = sim_mem_realloc(p->cals, (p->ncals + 1) * sizeof(*p->cals));
	p->cals[p->ncals++] = cal;
	*out = cal;
	return SIM_OK;
}

/* The instant that a bound means on a calendar. */
static sim_time from_of(const struct sim_run_spec *spec,
			const struct sim_calendar *cal)
{
	const struct sim_run_bound *b = &spec->from;
	struct sim_hours *s;
	sim_time t = SIM_TIME_MAX;
	size_t n;

	if (b->kind == SIM_RUN_BOUND_NONE)
		return SIM_TIME_NONE;
	if (b->kind == SIM_RUN_BOUND_TIME)
		return b->time;
	n = sim_calendar_sessions(cal, b->day, b->day + DAYS_CLOSED, &s);
	if (n)
		t = spec->extended ? s[0].pre_open : s[0].open;
	sim_mem_free(s);
	return t;
}

static sim_time to_of(const struct sim_run_spec *spec,
		      const struct sim_calendar *cal)
{
	const struct sim_run_bound *b = &spec->to;
	struct sim_hours *s;
	sim_time t = SIM_TIME_NONE;
	size_t n;

	if (b->kind == SIM_RUN_BOUND_NONE)
		return SIM_TIME_MAX;
	if (b->kind == SIM_RUN_BOUND_TIME)
		return b->time;
	n = sim_calendar_sessions(cal, b->day - DAYS_CLOSED, b->day, &s);
	if (n)
		t = spec->extended ? s[n - 1].post_close : s[n - 1].close;
	sim_mem_free(s);
	return t;
}

/* Actions later than the first bar's day: before it nothing is held. */
static void cut_actions(struct sim_prepare_sym *s)
{
	const struct sim_run_data *d = s->data;
	int64_t day = s->feed.nsessions ? s->feed.sessions[0].day : 0;
	size_t i = 0;

	while (i < d->nactions && d->actions[i].day <= day)
		i++;
	s->actions = i ? d->actions + i : d->actions;
	s->nactions = d->nactions - i;
}

/* The range through the wanted view. */
static int see(const struct sim_run_spec *spec, struct sim_prepare_sym *s,
	       struct sim_bar_series *bars, struct sim_err *err)
{
	const struct sim_run_data *d = s->data;
	struct sim_adjust_actions actions = { d->actions, d->nactions };
	struct sim_bar_table empty = SIM_BAR_TABLE_INIT;
	int rc;

	*bars = s->range;
	if (spec->view == SIM_ADJUST_RAW)
		return SIM_OK;
	s->adjusted = empty;
	rc = sim_adjust_series(&s->range, actions, spec->view, s->cal,
			       &s->adjusted, err);
	if (!rc)
		*bars = sim_bar_table_view(&s->adjusted);
	return rc;
}

static int prepare_sym(struct sim_prepare *p, const struct sim_run_spec *spec,
		       struct sim_prepare_sym *s, struct sim_err *err)
{
	const struct sim_run_data *d = s->data;
	struct sim_bar_series bars;
	int rc = SIM_OK;

	s->cal = d->calendar;
	if (!s->cal)
		rc = open_calendar(p, d->instrument.calendar,
				   spec->calendar_dir, &s->cal, err);
	if (rc)
		return rc;
	s->range = sim_bar_range(&d->bars, from_of(spec, s->cal),
				 to_of(spec, s->cal));
	if (!s->range.n)
		return SIM_OK;
	rc = see(spec, s, &bars, err);
	if (rc)
		return rc;
	rc = sim_feed_prepare(&bars, d->tf, s->cal, spec->extended, &s->feed,
			      err);
	if (rc)
		sim_err_prefix(err, "%s", d->instrument.symbol);
	else if (spec->view == SIM_ADJUST_RAW)
		cut_actions(s);
	return rc;
}

static int no_bars(const struct sim_prepare *p, struct sim_err *err)
{
	const struct sim_run_data *d = p->syms[0].data;
	char a[SIM_TIME_STRMAX], b[SIM_TIME_STRMAX];

	if (!d->bars.n)
		return sim_err_set(err, SIM_E_INVAL, "%s has no bars",
				   d->instrument.symbol);
	sim_time_format(d->bars.ts[0], a);
	sim_time_format(d->bars.ts[d->bars.n - 1], b);
	return sim_err_set(err, SIM_E_INVAL, "there is no bar to run on in "
			   "this range; %s has bars from %s to %s (regular "
			   "hours alone, unless --session extended)",
			   d->instrument.symbol, a, b);
}

/* Holding it would earn its dividends and not lose by its splits, so it is
 * seen as total return, whatever the orders meet. */
static int prepare_benchmark(struct sim_prepare *p,
			     const struct sim_run_spec *spec,
			     struct sim_err *err)
{
	struct sim_run_spec seen = *spec;

	p->benchmark.data = spec->benchmark;
	if (!spec->benchmark)
		return SIM_OK;
	seen.view = SIM_ADJUST_TOTAL_RETURN;
	return prepare_sym(p, &seen, &p->benchmark, err);
}

static void choose_closes(struct sim_prepare *p)
{
	for (uint32_t i = 0; i < p->nsyms; i++) {
		const struct sim_prepare_sym *s = &p->syms[i];
		int n = s->data->tf.unit == SIM_BAR_TF_WEEK ? WEEKS :
			sim_calendar_periods(s->cal);

		if (!s->feed.bars.n || (p->closes && n <= p->periods))
			continue;
		p->closes = s->cal;
		p->periods = n;
	}
}

int sim_prepare_run(const struct sim_run_spec *spec, struct sim_prepare *p,
		    struct sim_err *err)
{
	int rc;

	memset(p, 0, sizeof(*p));
	if (!spec->nsyms || spec->nsyms > SIM_ENGINE_SYMS_MAX)
		return sim_err_set(err, SIM_E_INVAL, "a run needs 1 to %d "
				   "symbols, not %" PRIu32, SIM_ENGINE_SYMS_MAX,
				   spec->nsyms);
	sort_symbols(p, spec);
	rc = check_symbols(p, err);
	if (!rc)
		rc = check_detail(spec, err);
	if (rc)
		return rc;
	p->instruments = sim_mem_array(p->nsyms, sizeof(*p->instruments));
	for (uint32_t i = 0; i < p->nsyms; i++) {
		struct sim_prepare_sym *s = &p->syms[i];

		p->instruments[i] = s->data->instrument;
		rc = prepare_sym(p, spec, s, err);
		if (rc)
			return rc;
		p->bars += s->feed.bars.n;
		if (s->feed.bars.n > p->steps_max)
			p->steps_max = s->feed.bars.n;
	}
	if (!p->bars)
		return no_bars(p, err);
	choose_closes(p);
	return prepare_benchmark(p, spec, err);
}

void sim_prepare_release(struct sim_prepare *p)
{
	for (uint32_t i = 0; p->syms && i < p->nsyms; i++) {
		sim_feed_release(&p->syms[i].feed);
		sim_bar_table_release(&p->syms[i].adjusted);
	}
	sim_feed_release(&p->benchmark.feed);
	sim_bar_table_release(&p->benchmark.adjusted);
	for (uint32_t i = 0; i < p->ncals; i++)
		sim_calendar_close(p->cals[i]);
	sim_mem_free(p->cals);
	sim_mem_free(p->syms);
	sim_mem_free(p->instruments);
	memset(p, 0, sizeof(*p));
}
