/*
 * run: prepare, loop, seal, manifest, stamps and the ambiguity band.
 */
#include "run/run.h"

#include <string.h>

#include "run/equity.h"
#include "run/log.h"
#include "run/loop.h"
#include "run/manifest.h"
#include "run/playlist.h"
#include "run/reach.h"
#include "run/run_priv.h"
#include "util/mem.h"

#define YEAR_DAYS 365

/* -- small words ----------------------------------------------------------- */

static const struct sim_run_stamp_row stamps[] = {
#define SIM_RUN_STAMP(name, text, unsafe, help) { text, unsafe, help },
#include "run/stamp.def"
#undef SIM_RUN_STAMP
};

const struct sim_run_stamp_row *sim_run_stamp(int i)
{
	return i >= 0 && i < SIM_RUN_STAMP__COUNT ? &stamps[i] : NULL;
}

int sim_run_bound_parse(const char *s, const char *what, bool is_end,
			struct sim_run_bound *b, struct sim_err *err)
{
	enum sim_time_kind kind;
	sim_time t;

	if (!*s) {
		*b = (struct sim_run_bound){ SIM_RUN_BOUND_NONE, 0, 0 };
		return SIM_OK;
	}
	if (sim_time_parse_bound(s, strlen(s), is_end, &t, &kind, NULL))
		return sim_err_set(err, SIM_E_INVAL, "%s is '%.40s'; it must "
				   "be a date such as 2024-01-16, 2024-01 or "
				   "2024, or a time such as "
				   "2024-01-16T14:30:00Z", what, s);
	if (kind == SIM_TIME_DATE)
		*b = (struct sim_run_bound){ SIM_RUN_BOUND_DAY,
					     sim_time_day_of(t), 0 };
	else
		*b = (struct sim_run_bound){ SIM_RUN_BOUND_TIME, 0, t };
	return SIM_OK;
}

/* -- what stands beside the numbers ---------------------------------------- */

static bool has_synthetic(const struct sim_bar_series *s)
{
	size_t i = 0;

	while ((i = sim_bar_flagged(s, i, s->n)) < s->n) {
		if (s->flags[i++] & SIM_BAR_SYNTHETIC)
			return true;
	}
	return false;
}

static bool is_without_volume(const struct sim_bar_series *s)
{
	for (size_t i = 0; s->volume && i < s->n; i++) {
		if (s->volume[i])
			return false;
	}
	return true;
}

static uint32_t find_stamps(const struct sim_run_spec *spec,
			    const struct sim_prepare *p,
			    const struct sim_run_result *r)
{
	bool is_set[SIM_RUN_STAMP__COUNT] = {
		[SIM_RUN_STAMP_CLOSE_FILL] = spec->config.fill_close,
		[SIM_RUN_STAMP_ZERO_COST] = sim_config_is_free(&spec->config),
		[SIM_RUN_STAMP_ADJUSTED] = spec->view != SIM_ADJUST_RAW,
		[SIM_RUN_STAMP_SHORT_HISTORY] =
			r->last - r->first < YEAR_DAYS * SIM_TIME_DAY,
		[SIM_RUN_STAMP_STOPPED] = r->stop_step != 0,
		[SIM_RUN_STAMP_STRATEGY_FAILED] = r->failure.code != 0,
	};
	uint32_t mask = 0;

	for (uint32_t i = 0; i < p->nsyms; i++) {
		const struct sim_bar_series *s = &p->syms[i].feed.bars;

		is_set[SIM_RUN_STAMP_SYNTHETIC] |= has_synthetic(s);
		is_set[SIM_RUN_STAMP_NO_VOLUME] |= is_without_volume(s);
	}
	for (int k = 0; k < SIM_RUN_STAMP__COUNT; k++)
		mask |= (uint32_t)is_set[k] << k;
	return mask;
}

void sim_run_describe(const struct sim_run_spec *spec,
		      const struct sim_prepare *p, struct sim_run_result *r)
{
	size_t size = p->nsyms * sizeof(*r->instruments);

	r->nsyms = p->nsyms;
	r->instruments = sim_mem_realloc(r->instruments, size);
	memcpy(r->instruments, p->instruments, size);
	if (spec->orders)
		memcpy(r->strategy, "orders", sizeof("orders"));
	else
		sim_form_label(&spec->form, r->strategy);
	sim_bar_tf_text(p->syms[0].data->tf, r->timeframe);
	r->periods = p->periods;
	r->stamps = find_stamps(spec, p, r);
}

/* -- one pass -------------------------------------------------------------- */

/* A pass: a strategy of its own under its own rules. */
struct pass {
	const struct sim_run_spec *spec;
	const struct sim_prepare *p;
	struct sim_run_result *r;
	struct sim_run_result *whole;	/* whose band it makes, or NULL */
	struct sim_strategy s;
	bool with_log;
	struct sim_log log;
	struct sim_loop *loop;		/* while it runs */
};

static void write_manifest(struct pass *x)
{
	struct sim_run_result *r = x->r;
	struct sim_manifest_facts facts = {
		.nsyms = x->p->nsyms, .strategy = &x->s,
		.stop_step = r->stop_step, .stop_seq = r->counts.events,
		.is_cut = r->is_cut,
		.failed_step = r->failure.code ? r->steps : 0,
	};

	facts.syms = sim_mem_array(x->p->nsyms, sizeof(*facts.syms));
	for (uint32_t i = 0; i < x->p->nsyms; i++)
		sim_manifest_bars(&x->p->syms[i], &facts.syms[i]);
	sim_manifest_write(x->spec, &facts, &r->manifest, r->manifest_hash);
	sim_mem_free(facts.syms);
}

static void conclude(struct pass *x, const struct sim_err *failure)
{
	if (failure)
		x->r->failure = *failure;
	sim_run_describe(x->spec, x->p, x->r);
	if (x->spec->reach)
		sim_reach_make(x->p, x->r);
	write_manifest(x);
}

/* In the watchdog's thread: the strategy does not come back.  What it did is
 * kept as if it had failed; in the band the run itself is whole. */
static void hang(void *ctx, const struct sim_err *err)
{
	struct pass *x = ctx;
	struct sim_run_result *r = x->whole ? x->whole : x->r;

	if (!x->whole && sim_loop_abandon(x->loop, r)) {
		if (x->with_log)
			sim_log_seal(&x->log, r->log_hash);
		conclude(x, err);
	}
	x->spec->abandon(x->spec->abandon_ctx, r, err);
}

/* What stands in front of it, if anything. */
static int wrapped(const struct sim_run_spec *spec, const struct sim_form *f,
		   struct sim_strategy *s, struct sim_err *err)
{
	int rc = spec->wrap ? spec->wrap(spec->wrap_ctx, f, s, err) : SIM_OK;

	if (rc)
		s->ops->free(s->self);
	return rc;
}

int sim_run_strategy(const struct sim_run_spec *spec,
		     const struct sim_prepare *p, struct sim_form *f,
		     struct sim_strategy *s, struct sim_err *err)
{
	int rc;

	if (!spec->orders && !f->source)
		return sim_err_set(err, SIM_E_INVAL, "a run needs a strategy "
				   "or a list of orders");
	f->seed = spec->seed;
	rc = spec->orders ? sim_playlist_new(spec->orders, p, s, err)
			  : sim_form_open(f, s, err);
	return rc ? rc : wrapped(spec, f, s, err);
}

static int make_strategy(struct pass *x, struct sim_err *err)
{
	struct sim_form f = x->spec->form;

	f.hang = x->spec->abandon ? hang : NULL;
	f.hang_ctx = x;
	f.stop = x->spec->stop;
	return sim_run_strategy(x->spec, x->p, &f, &x->s, err);
}

/* The loop under cfg; with a log, it is filled, and sealed unless the engine
 * gave up. */
static int pass(struct pass *x, const struct sim_config *cfg,
		struct sim_err *err)
{
	struct sim_loop_setup setup = {
		.prepared = x->p, .spec = x->spec, .config = cfg,
		.strategy = &x->s, .log = x->with_log ? &x->log : NULL,
		.running = &x->loop,
	};
	int rc;

	if (x->with_log)
		sim_log_begin(&x->log, &x->r->log, x->p->instruments,
			      x->p->nsyms);
	rc = sim_loop_run(&setup, x->r, err);
	if (x->with_log && (!rc || (rc == SIM_E_STRATEGY && x->r->steps)))
		sim_log_seal(&x->log, x->r->log_hash);
	return rc;
}

/* -- the ambiguity band ---------------------------------------------------- */

/* A complete pass on another path, for its final equity. */
static int band_pass(const struct pass *main, const struct sim_config *cfg,
		     struct sim_run_result *one, struct sim_err *err)
{
	struct pass x = { .spec = main->spec, .p = main->p, .r = one,
			  .whole = main->r };
	int rc = make_strategy(&x, err);

	if (rc)
		return rc;
	rc = pass(&x, cfg, err);
	x.s.ops->free(x.s.self);
	return rc;
}

static int make_band(const struct pass *x, struct sim_err *err)
{
	struct sim_run_result *r = x->r;
	struct sim_run_band *b = &r->band;
	const struct {
		enum sim_config_path path;
		sim_dec *final;
	} runs[] = {
		{ SIM_CONFIG_PATH_OHLC, &b->ohlc },
		{ SIM_CONFIG_PATH_OLHC, &b->olhc },
		{ SIM_CONFIG_PATH_WORST, &b->worst },
		{ SIM_CONFIG_PATH_BEST, &b->best },
	};
	struct sim_run_result one = SIM_RUN_RESULT_INIT;
	struct sim_config cfg = x->spec->config;
	bool is_stopped = false;
	int rc = SIM_OK;

	for (int i = 0; i < 4; i++) {
		cfg.path = runs[i].path;
		one.account = r->account;
		if (cfg.path != x->spec->config.path)
			rc = band_pass(x, &cfg, &one, err);
		is_stopped = rc == SIM_E_INTR || one.stop_step;
		if (rc || is_stopped)
			break;
		*runs[i].final = one.account.equity;
		if (!i || one.account.equity < b->low)
			b->low = one.account.equity;
		if (!i || one.account.equity > b->high)
			b->high = one.account.equity;
	}
	b->is_known = !rc && !is_stopped;
	if (is_stopped)
		rc = SIM_OK;
	sim_run_result_release(&one);
	if (rc)
		sim_err_prefix(err, "the run is whole, but not its ambiguity "
			       "band");
	return rc;
}

/* -- the whole ------------------------------------------------------------- */

static int execute(struct pass *x, struct sim_err *err)
{
	const struct sim_run_spec *spec = x->spec;
	struct sim_err failure = SIM_ERR_INIT;
	int rc = make_strategy(x, err);

	if (rc)
		return rc;
	rc = pass(x, &spec->config, &failure);
	if (x->s.ops->warmup)
		x->r->warmup = x->s.ops->warmup(x->s.self);
	if (!rc || (rc == SIM_E_STRATEGY && x->r->steps))
		conclude(x, rc ? &failure : NULL);
	if (rc && err)
		*err = failure;
	x->s.ops->free(x->s.self);
	if (!rc && spec->band && x->r->counts.ambiguous && !x->r->stop_step)
		rc = make_band(x, err);
	return rc;
}

int sim_run_execute(const struct sim_run_spec *spec, struct sim_run_result *r,
		    struct sim_err *err)
{
	struct sim_prepare p;
	struct pass x = { .spec = spec, .p = &p, .r = r,
			  .with_log = spec->log };
	int rc;

	r->log.max = r->manifest.max = SIM_BUF_MAX;
	sim_buf_reset(&r->log);
	r->log_hash[0] = '\0';
	memset(&r->band, 0, sizeof(r->band));
	r->steps = 0;
	r->nreach = 0;
	r->failure.code = SIM_OK;
	r->warmup = 0;
	rc = sim_prepare_run(spec, &p, err);
	if (!rc)
		rc = execute(&x, err);
	sim_prepare_release(&p);
	return rc;
}

/* -- a run that was stepped ------------------------------------------------ */

/* Its last close at or before each point; 0 before the first. */
static void follow_benchmark(const struct sim_feed *f,
			     struct sim_run_equity *q)
{
	size_t i = 0, k = 0;
	sim_dec close = 0;

	q->benchmark = sim_mem_array(q->n + 1, sizeof(*q->benchmark));
	for (size_t at = 0; at < q->n; at++) {
		while (i < f->bars.n) {
			while (f->first[k + 1] <= i)
				k++;
			if (sim_feed_end(f, i, k) > q->time[at])
				break;
			close = f->bars.close[i++];
		}
		q->benchmark[at] = close;
	}
}

int sim_run_complete(const struct sim_run_spec *spec,
		     const struct sim_strategy *s, struct sim_run_result *r,
		     struct sim_err *err)
{
	struct sim_prepare p;
	struct pass x = { .spec = spec, .p = &p, .r = r, .s = *s };
	int rc = sim_prepare_run(spec, &p, err);

	if (!rc) {
		r->instruments = NULL;
		r->manifest.max = SIM_BUF_MAX;
		r->equity.benchmark = NULL;
		r->reach = NULL;
		r->nreach = r->reach_cap = 0;
		if (p.benchmark.data)
			follow_benchmark(&p.benchmark.feed, &r->equity);
		conclude(&x, NULL);
		if (spec->band && r->counts.ambiguous && !r->stop_step &&
		    !r->failure.code)
			rc = make_band(&x, err);
	}
	sim_prepare_release(&p);
	return rc;
}

void sim_run_result_release(struct sim_run_result *r)
{
	struct sim_run_result empty = SIM_RUN_RESULT_INIT;

	sim_mem_free(r->instruments);
	sim_mem_free(r->positions);
	sim_mem_free(r->fills);
	sim_mem_free(r->reach);
	sim_equity_release(&r->equity);
	sim_buf_release(&r->log);
	sim_buf_release(&r->manifest);
	sim_notes_release(&r->notes);
	*r = empty;
}

/* -- orders from the log --------------------------------------------------- */

struct history {
	struct sim_run_order *o;
	size_t n, cap;
	size_t max;			/* no log of this size has more */
};

static void begin_order(struct history *h, const struct sim_log_line *l)
{
	bool is_rejected = l->ev.type == SIM_EVENT_TYPE_ORDER_REJECTED;
	struct sim_run_order *o;

	if (!l->order.id || l->order.id > h->max)
		return;
	SIM_MEM_GROW(h->o, h->cap, l->order.id);
	while (h->n < l->order.id)
		memset(&h->o[h->n++], 0, sizeof(*o));
	o = &h->o[l->order.id - 1];
	o->order = l->order;
	o->order.status = is_rejected ? SIM_ORDER_STATUS_REJECTED :
		SIM_ORDER_STATUS_ACCEPTED;
	o->submitted = l->ev.time;
	o->ended = is_rejected ? l->ev.time : SIM_TIME_NONE;
	o->reject = is_rejected ? l->ev.reason : SIM_REJECT_NONE;
	o->text = is_rejected ? sim_mem_strdup(l->text) : NULL;
}

static void fill_order(struct sim_run_order *o, const struct sim_log_line *l)
{
	const struct sim_fill *f = &l->fill;
	sim_dec notional = 0;

	o->order.filled = l->ev.a;
	o->order.qty = l->ev.a + l->ev.b;
	o->order.commission += f->commission;
	if (sim_dec_mul(f->qty, f->price, &notional))
		o->order.notional += notional;
	o->order.status = l->ev.b ? SIM_ORDER_STATUS_PARTIALLY_FILLED :
		SIM_ORDER_STATUS_FILLED;
	if (!l->ev.b)
		o->ended = l->ev.time;
}

static void end_order(struct sim_run_order *o, const struct sim_log_line *l)
{
	o->order.status = l->ev.type == SIM_EVENT_TYPE_ORDER_EXPIRED ?
		SIM_ORDER_STATUS_EXPIRED : SIM_ORDER_STATUS_CANCELLED;
	o->ended = l->ev.time;
	o->end_reason = l->ev.reason;
	o->has_end_reason = true;
}

static void replace_order(struct sim_order *o, const struct sim_order *now)
{
	o->qty = now->qty;
	o->limit = now->limit;
	o->stop = now->stop;
	o->trail = now->trail;
	o->take_profit = now->take_profit;
	o->stop_loss = now->stop_loss;
	o->bracket_trail = now->bracket_trail;
}

static void follow_order(struct history *h, const struct sim_log_line *l)
{
	struct sim_run_order *o;

	if (l->ev.type <= SIM_EVENT_TYPE_ORDER_REJECTED) {
		begin_order(h, l);
		return;
	}
	if (l->ev.type > SIM_EVENT_TYPE_FILL || !l->order.id ||
	    l->order.id > h->n)
		return;
	o = &h->o[l->order.id - 1];
	o->order.seq = l->ev.seq;
	if (l->ev.type == SIM_EVENT_TYPE_FILL)
		fill_order(o, l);
	else if (l->ev.type == SIM_EVENT_TYPE_ORDER_REPLACED)
		replace_order(&o->order, &l->order);
	else if (l->ev.type == SIM_EVENT_TYPE_ORDER_TRIGGERED)
		o->order.triggered = true;
	else
		end_order(o, l);
}

int sim_run_orders(const struct sim_run_result *r, struct sim_run_order **out,
		   size_t *n, struct sim_err *err)
{
	struct history h = { NULL, 0, 0, r->log.len / 64 + 1 };
	struct sim_log_reader reader;
	struct sim_log_line line;
	int rc;

	if (!r->log.len)
		return sim_err_set(err, SIM_E_STATE, "this run kept no event "
				   "log, so its orders are not known; run it "
				   "with the log");
	rc = sim_log_open(&reader, r->log.data, r->log.len, r->instruments,
			  r->nsyms, err);
	while (!rc && (rc = sim_log_next(&reader, &line, err)) == 1) {
		follow_order(&h, &line);
		rc = SIM_OK;
	}
	if (rc) {
		sim_run_orders_free(h.o, h.n);
		return rc;
	}
	*out = h.o;
	*n = h.n;
	return SIM_OK;
}

void sim_run_orders_free(struct sim_run_order *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sim_mem_free(o[i].text);
	sim_mem_free(o);
}
