/*
 * loop: feeds merged by the end of their bars, one step an end.
 *
 * The next end of every symbol lies in one array that is scanned for the
 * least; sessions are looked at when a symbol enters one.  What a step shows
 * to the strategy is kept up to date in place.
 */
#include "run/loop_priv.h"

#include <string.h>

#include "util/mem.h"

/* -- cursors --------------------------------------------------------------- */

/* The first and last bar of session k inside regular hours. */
static void regular_bars(struct cursor *c, const struct sim_hours *x)
{
	size_t a = c->feed->first[c->k], b = c->end;

	c->first = a;
	c->last = b - 1;
	if (!c->feed->extended)
		return;
	while (c->first < b && c->s.ts[c->first] < x->open)
		c->first++;
	while (c->last > a && c->s.ts[c->last] >= x->close)
		c->last--;
	if (c->first > c->last || c->s.ts[c->last] >= x->close)
		c->last = c->first = SIZE_MAX;
}

/* Move to the session that holds bar i. */
static void enter_session(struct cursor *c)
{
	const struct sim_feed *f = c->feed;
	const struct sim_hours *x;

	while (f->first[c->k + 1] <= c->i)
		c->k++;
	x = &f->sessions[c->k];
	c->end = f->first[c->k + 1];
	c->day = x->day;
	c->close = x->close;
	c->post_close = x->post_close;
	regular_bars(c, x);
}

/* When bar i becomes known; see sim_feed_end(). */
static sim_time end_of(const struct cursor *c)
{
	sim_time ts = c->s.ts[c->i], end = ts + c->span;
	sim_time limit = ts < c->close ? c->close : c->post_close;

	if (c->i + 1 < c->s.n && c->s.ts[c->i + 1] < limit)
		limit = c->s.ts[c->i + 1];
	return end < limit ? end : limit;
}

static uint32_t flags_of(const struct cursor *c, size_t i)
{
	uint32_t flags = 0;

	if (i == c->first)
		flags |= SIM_ENGINE_FIRST;
	if (i == c->last)
		flags |= SIM_ENGINE_LAST;
	if (i < c->first || i > c->last || c->last == SIZE_MAX)
		flags |= SIM_ENGINE_CLOSED;
	if (c->s.flags && c->s.flags[i] & SIM_BAR_SYNTHETIC)
		flags |= SIM_ENGINE_SYNTHETIC;
	return flags;
}

/* How far bars like the next one reach: up to the next that has a flag of its
 * own, at most to the session's last regular bar, when the close cuts none. */
static void find_turn(struct cursor *c)
{
	size_t i = c->i;

	c->turn = i;
	if (i <= c->first || i >= c->last || c->last == SIZE_MAX ||
	    c->s.ts[c->last - 1] + c->span > c->close)
		return;
	c->turn = sim_bar_flagged(&c->s, i, c->last);
}

/* The next end at a turn: perhaps another session, perhaps no more bars. */
static __attribute__((noinline)) sim_time turn(struct cursor *c)
{
	if (c->i == c->end) {
		if (c->i == c->s.n)
			return SIM_TIME_MAX;
		enter_session(c);
	}
	find_turn(c);
	return end_of(c);
}

static inline sim_time next_end(struct cursor *c)
{
	if (c->i < c->turn)
		return c->s.ts[c->i] + c->span;
	return turn(c);
}

sim_time sim_loop_next_end(struct cursor *c)
{
	return next_end(c);
}

static sim_time cursor_start(struct cursor *c, const struct sim_feed *f)
{
	c->feed = f;
	c->s = f->bars;
	/* Days and weeks always reach to their close. */
	c->span = f->tf.unit == SIM_BAR_TF_INTRADAY ? f->tf.span :
		INT64_C(400) * SIM_TIME_DAY;
	return next_end(c);
}

/* -- making ---------------------------------------------------------------- */

static sim_time sink_next_close(void *ctx, uint32_t sym, sim_time t)
{
	struct sim_loop *l = ctx;
	const struct cursor *c = &l->cur[sym];
	const struct sim_feed *f = c->feed;
	struct sim_hours x;
	size_t k = c->k;

	while (k && f->sessions[k - 1].close > t)
		k--;
	while (k < f->nsessions && f->sessions[k].close <= t)
		k++;
	/* The bar of a day or week that is under way can't be met any more. */
	if (f->tf.unit != SIM_BAR_TF_INTRADAY && k < f->nsessions &&
	    f->sessions[k].open < t)
		k++;
	if (k < f->nsessions)
		return f->sessions[k].close;
	return sim_calendar_next(l->setup->prepared->syms[sym].cal, t, &x) ?
		x.close : SIM_TIME_MAX;
}

static void sink_event(void *ctx, const struct sim_event *ev)
{
	sim_log_add(((struct sim_loop *)ctx)->setup->log, ev);
}

static void sink_extras(void *ctx, const struct sim_event *ev)
{
	sim_extras_tell(&((struct sim_loop *)ctx)->x, ev);
}

static bool has_volume(const struct sim_bar_series *s)
{
	for (size_t i = 0; s->volume && i < s->n; i++) {
		if (s->volume[i])
			return true;
	}
	return false;
}

static int make_engine(struct sim_loop *l, struct sim_err *err)
{
	const struct sim_prepare *p = l->setup->prepared;
	struct sim_engine_sink sink = {
		.ctx = l, .event = l->setup->log ? sink_event : NULL,
		.next_close = sink_next_close,
	};
	int rc;

	if (sim_extras_listens(&l->x))
		sink.event = sink_extras;
	rc = sim_engine_new(l->setup->config, p->instruments, p->nsyms, &sink,
			    &l->e, err);

	for (uint32_t i = 0; !rc && i < p->nsyms; i++) {
		const struct sim_prepare_sym *s = &p->syms[i];

		sim_engine_actions(l->e, i, s->actions, s->nactions);
		if (!has_volume(&s->feed.bars))
			sim_engine_no_volume(l->e, i);
	}
	if (rc)
		return rc;
	sim_engine_trace(l->e, l->setup->spec->trace);
	l->acc = sim_engine_account(l->e);
	l->counts = sim_engine_counts(l->e);
	return SIM_OK;
}

static void make_view(struct sim_loop *l)
{
	const struct sim_prepare *p = l->setup->prepared;

	l->x.engine = l->e;
	l->x.view = &l->view;
	l->view.nsyms = l->nsyms;
	l->view.syms = sim_mem_array(l->nsyms, sizeof(*l->view.syms));
	l->view.traded = l->traded;
	l->view.account = l->acc;
	l->view.host = &l->x.host;
	l->view.tf = p->syms[0].feed.tf;
	l->view.seed = l->setup->spec->seed;
	for (uint32_t i = 0; i < l->nsyms; i++) {
		struct sim_strategy_sym *s = &l->view.syms[i];

		s->instrument = &p->instruments[i];
		s->bars = p->syms[i].feed.bars;
		s->bars.n = 0;
		s->position = sim_engine_position(l->e, i);
	}
}

static void make_cursors(struct sim_loop *l)
{
	const struct sim_prepare *p = l->setup->prepared;
	bool wants_detail = false;

	l->nsyms = p->nsyms;
	l->next_end = sim_mem_array(p->nsyms, sizeof(*l->next_end));
	l->cur = sim_mem_array(p->nsyms, sizeof(*l->cur));
	l->bars = sim_mem_array(p->nsyms, sizeof(*l->bars));
	l->traded = sim_mem_array(p->nsyms, sizeof(*l->traded));
	for (uint32_t i = 0; i < p->nsyms; i++) {
		l->next_end[i] = cursor_start(&l->cur[i], &p->syms[i].feed);
		l->cur[i].closes = p->syms[i].cal == p->closes;
		l->bars[i].series = &l->cur[i].s;
		wants_detail |= p->syms[i].data->detail != NULL;
	}
	if (wants_detail && l->setup->config->path == SIM_CONFIG_PATH_DETAIL)
		l->detail = sim_mem_array(p->nsyms, sizeof(*l->detail));
	l->bench_end = SIM_TIME_MAX;
	if (p->benchmark.data)
		l->bench_end = cursor_start(&l->bench, &p->benchmark.feed);
}

void sim_loop_release(struct sim_loop *l)
{
	sim_engine_free(l->e);
	sim_mem_free(l->next_end);
	sim_mem_free(l->cur);
	sim_mem_free(l->bars);
	sim_mem_free(l->traded);
	sim_mem_free(l->detail);
	sim_mem_free(l->view.syms);
	sim_extras_release(&l->x);
}

/* -- a step ---------------------------------------------------------------- */

/* The finer bars of a symbol inside [ts, end). */
static const struct sim_bar_series *find_detail(struct sim_loop *l, uint32_t i,
						sim_time ts, sim_time end)
{
	const struct sim_bar_series *d =
		l->setup->prepared->syms[i].data->detail;

	if (!d)
		return NULL;
	l->detail[i] = sim_bar_range(d, ts, end);
	return l->detail[i].n ? &l->detail[i] : NULL;
}

/* What a bar that begins a session, ends one or is flagged needs besides. */
static __attribute__((noinline)) void
take_marked(struct sim_loop *l, uint32_t i)
{
	struct cursor *c = &l->cur[i];
	struct sim_engine_bar *b = &l->bars[i];

	b->flags = flags_of(c, c->i);
	b->day = c->day;
	l->view.syms[i].is_eod = (b->flags & SIM_ENGINE_LAST) != 0;
	l->marked = true;
}

/* Let symbol i stand at its next bar, and move its cursor on. */
static inline void take_bar(struct sim_loop *l, uint32_t i)
{
	struct cursor *c = &l->cur[i];
	struct sim_engine_bar *b = &l->bars[i];
	struct sim_strategy_sym *s = &l->view.syms[i];
	size_t k = c->i;

	b->at = k;
	if (k < c->turn) {
		b->flags = 0;
		s->is_eod = false;
	} else {
		take_marked(l, i);
	}
	if (l->detail)
		b->detail = find_detail(l, i, c->s.ts[k], l->next_end[i]);
	s->bars.n = k + 1;
	s->traded = true;
	c->i = k + 1;
	l->next_end[i] = next_end(c);
}

/* Collect the bars that end first.  Gives: their number and *now. */
static inline uint32_t take_bars(struct sim_loop *l, sim_time *now)
{
	uint32_t n = 0;
	sim_time t = l->next_end[0];

	*now = t;
	if (l->nsyms == 1) {
		take_bar(l, 0);
		return 1;
	}
	for (uint32_t i = 1; i < l->nsyms; i++)
		t = l->next_end[i] < t ? l->next_end[i] : t;
	for (uint32_t k = 0; k < l->view.ntraded; k++)
		l->view.syms[l->traded[k]].traded = false;
	for (uint32_t i = 0; i < l->nsyms; i++) {
		if (l->next_end[i] != t)
			continue;
		take_bar(l, i);
		l->traded[n++] = i;
	}
	*now = t;
	return n;
}

static int tell_fills(struct sim_loop *l, struct sim_err *err)
{
	size_t n;
	int rc = SIM_OK;

	if (!l->ops->on_fill) {
		l->fills_seen = l->counts->fills;
		return SIM_OK;
	}
	while (!rc && l->fills_seen < l->counts->fills) {
		/* Fetched anew: the array may move while it is told. */
		const struct sim_fill *f = sim_engine_fills(l->e, &n);

		rc = l->ops->on_fill(l->self, &l->view, &f[l->fills_seen++],
				     err);
	}
	return rc;
}

static void follow_benchmark(struct sim_loop *l, sim_time now)
{
	while (l->bench_end <= now) {
		l->bench_close = l->bench.s.close[l->bench.i++];
		l->bench_end = next_end(&l->bench);
	}
}

static inline void add_point(struct sim_loop *l, sim_time now, uint32_t n)
{
	struct sim_run_equity *q = l->eq;
	size_t k = q->n++;
	uint32_t flags = 0;

	for (uint32_t i = 0; l->marked && i < n; i++)
		if (l->cur[l->traded[i]].closes)
			flags |= l->bars[l->traded[i]].flags;
	l->marked = false;
	q->time[k] = now;
	q->value[k] = l->acc->equity;
	q->eod[k] = (flags & SIM_ENGINE_LAST) != 0;
	if (q->eod[k])
		sim_loop_held(l);
	if (q->benchmark) {
		follow_benchmark(l, now);
		q->benchmark[k] = l->bench_close;
	}
}

/* Tell of a step that is made: fills, timers when some may be due, the step
 * itself. */
static inline int tell(struct sim_loop *l, sim_time now, bool is_due,
		       struct sim_err *err)
{
	int rc = SIM_OK;

	if (l->fills_seen != l->counts->fills)
		rc = tell_fills(l, err);
	if (!rc && is_due)
		rc = sim_extras_fire(&l->x, now, err);
	return rc ? rc : l->ops->on_step(l->self, &l->view, err);
}

/* The same of a step that was cut short: no more than was. */
static int tell_cut(struct sim_loop *l, sim_time now, bool is_due,
		    struct sim_err *err)
{
	int rc = sim_extras_is_over(&l->x) ? SIM_OK :
		tell(l, now, is_due, err);

	if (rc && rc != SIM_E_INTR)
		return rc;
	/* Unless it goes on to the close. */
	if (l->setup->after &&
	    (sim_extras_is_over(&l->x) || !l->fills_at_close))
		l->setup->after(l->setup->after_ctx, &l->view);
	return SIM_E_INTR;
}

/* A step until its requests can come. */
static inline int step_begin(struct sim_loop *l, struct sim_err *err)
{
	sim_time now;
	uint32_t n = take_bars(l, &now);
	bool is_due = now >= l->x.due;
	int rc = sim_engine_step(l->e, now, l->bars, l->traded, n, err);

	l->bars_done += n;
	l->view.now = now;
	l->view.step++;
	l->view.ntraded = n;
	l->was_due = is_due;
	if (rc)
		return rc;
	if (is_due)
		sim_extras_show(&l->x, now);
	return l->x.is_cut ? tell_cut(l, now, is_due, err) :
		tell(l, now, is_due, err);
}

/* Was the step not cut short before its orders fill at the close?  A strategy
 * that failed has ordered what it has ordered: its last step is whole. */
static inline bool goes_on(const struct sim_loop *l, int rc)
{
	return !rc || rc == SIM_E_STRATEGY ||
		(rc == SIM_E_INTR && l->x.is_cut &&
		 !sim_extras_is_over(&l->x));
}

/* What follows the requests of a step; rc: how it went until then. */
static inline int step_end(struct sim_loop *l, int rc, struct sim_err *err)
{
	uint32_t n = l->view.ntraded;

	if (l->fills_at_close && goes_on(l, rc)) {
		int end = sim_engine_step_end(l->e, l->bars, l->traded, n,
					      err);

		rc = end ? end : rc;
		if (!end && l->setup->after)
			l->setup->after(l->setup->after_ctx, &l->view);
	}
	if (l->was_due)
		sim_extras_next(&l->x);
	add_point(l, l->view.now, n);
	return rc;
}

static inline int step(struct sim_loop *l, struct sim_err *err)
{
	return step_end(l, step_begin(l, err), err);
}

/* Make n steps; fewer, but one at least, when the strategy wants no more or
 * somebody asks for an end. */
static int run_steps(struct sim_loop *l, uint64_t n, struct sim_err *err)
{
	const struct sim_stop *stop = l->setup->spec->stop;
	uint64_t first = l->view.step, last = first + n;
	int rc = SIM_OK;

	while (!rc && l->view.step < last && !l->x.is_stopped &&
	       (l->view.step == first || !sim_stop_is_asked(stop))) {
		uint64_t m = sim_loop_plain_ahead(l, last - l->view.step);

		rc = m ? sim_loop_plain(l, m, err) : step(l, err);
	}
	return rc;
}

static int run_blocks(struct sim_loop *l, struct sim_run_result *r,
		      struct sim_err *err)
{
	const struct sim_run_spec *s = l->setup->spec;
	int rc = SIM_OK;

	while (!rc && !sim_loop_is_over(l) && !r->stop_step) {
		uint64_t n;

		sim_loop_turn(l);
		if (s->stop_inside && l->view.step + 1 == s->stop_step)
			sim_extras_cut(&l->x, s->stop_seq);
		n = sim_loop_ahead(l);
		sim_loop_reserve(l->eq, n);
		rc = run_steps(l, n, err);
		if (s->progress)
			s->progress(s->progress_ctx, l->bars_done,
				    l->setup->prepared->bars);
		r->is_cut = rc == SIM_E_INTR;
		if (r->is_cut)
			rc = SIM_OK;
		if (r->is_cut || (sim_loop_is_asked(l) && !sim_loop_is_over(l)))
			r->stop_step = l->view.step;
	}
	return rc;
}

/* -- by its caller --------------------------------------------------------- */

int sim_loop_begin(struct sim_loop *l, const struct sim_loop_setup *setup,
		   struct sim_run_result *r, struct sim_err *err)
{
	int rc;

	memset(l, 0, sizeof(*l));
	l->setup = setup;
	l->ops = setup->strategy->ops;
	l->self = setup->strategy->self;
	l->eq = &r->equity;
	sim_extras_begin(&l->x, setup->prepared, setup->strategy, setup->log,
			 r);
	r->equity.n = r->equity.nheld = 0;
	r->stop_step = r->steps = 0;
	r->is_cut = false;
	sim_mem_free(r->equity.benchmark);
	r->equity.benchmark = !setup->prepared->benchmark.data ? NULL :
		sim_mem_array(r->equity.cap + 1, sizeof(sim_dec));
	make_cursors(l);
	l->fills_at_close = setup->config->fill_close;
	rc = make_engine(l, err);
	if (!rc)
		make_view(l);
	return rc;
}

int sim_loop_step_begin(struct sim_loop *l, struct sim_err *err)
{
	int rc;

	if (sim_loop_is_over(l))
		return 0;
	sim_loop_reserve(l->eq, 1);
	rc = step_begin(l, err);
	return rc ? step_end(l, rc, err) : 1;
}

int sim_loop_step_end(struct sim_loop *l, struct sim_err *err)
{
	return step_end(l, SIM_OK, err);
}

/* -- the whole ------------------------------------------------------------- */

/* All of it, into what is ready to run. */
static int run_all(struct sim_loop *l, struct sim_run_result *r,
		   struct sim_err *err)
{
	int rc = sim_extras_init(&l->x, err);

	if (rc)
		return rc;
	sim_engine_lend_fills(l->e, r->fills, r->fills_cap);
	r->fills = NULL;
	sim_loop_reserve_first(l);
	rc = run_blocks(l, r, err);
	if (!rc)
		rc = sim_extras_end(&l->x, err);
	if (!rc || rc == SIM_E_STRATEGY)
		sim_loop_finish(l, r);
	else
		r->fills = sim_engine_take_fills(l->e, &r->nfills,
						 &r->fills_cap);
	return rc;
}

int sim_loop_run(const struct sim_loop_setup *setup, struct sim_run_result *r,
		 struct sim_err *err)
{
	struct sim_loop l;
	int rc = sim_loop_begin(&l, setup, r, err);

	if (!rc) {
		if (setup->running)
			*setup->running = &l;
		rc = run_all(&l, r, err);
	}
	if (setup->running)
		*setup->running = NULL;
	sim_loop_release(&l);
	return rc;
}
