/*
 * explain: the run once more with a trace, then the same bar under other
 * rules.
 */
#include "run/explain.h"

#include <inttypes.h>
#include <string.h>

#include "run/explain_priv.h"
#include "run/manifest.h"
#include "run/tape.h"
#include "util/mem.h"

#define PATIENCE 1000		/* steps that another rule is followed for */

static bool is_buy(const struct sim_order *o)
{
	return o->side == SIM_SIDE_BUY;
}

/* -- the log --------------------------------------------------------------- */

static struct sim_explain_event *add_event(struct sim_explain *x,
					   const struct sim_log_line *l,
					   bool is_other)
{
	struct sim_explain_event *e;

	SIM_MEM_GROW(x->events, x->events_cap, x->nevents + 1);
	e = &x->events[x->nevents++];
	memset(e, 0, sizeof(*e));
	e->ev = l->ev;
	e->ev.order = NULL;
	e->ev.fill = NULL;
	e->ev.text = NULL;
	e->fill = l->fill;
	e->order = l->order.id;
	e->is_other = is_other;
	if (*l->text)
		e->text = sim_mem_strdup(l->text);
	return e;
}

/* The events of the order, in the log's order; what caused one of them and
 * belongs to another order is asked for by seq. */
static int read_events(const struct sim_folder *f, struct sim_explain *x,
		       uint64_t seq, struct sim_err *err)
{
	const struct sim_run_result *r = &f->result;
	struct sim_log_reader reader;
	struct sim_log_line line;
	int rc = sim_log_open(&reader, r->log.data, r->log.len,
			      r->instruments, r->nsyms, err);

	while (!rc && (rc = sim_log_next(&reader, &line, err)) == 1) {
		uint32_t id = line.ev.type == SIM_EVENT_TYPE_FILL ?
			line.fill.order : line.order.id;

		rc = SIM_OK;
		line.order.id = id;
		if (seq ? line.ev.seq == seq : id == x->order)
			add_event(x, &line, seq != 0);
	}
	return rc;
}

static bool is_known(const struct sim_explain *x, uint64_t seq)
{
	for (size_t i = 0; i < x->nevents; i++)
		if (x->events[i].ev.seq == seq)
			return true;
	return false;
}

/* What caused the events, and what caused that, from outside the order. */
static int read_causes(const struct sim_folder *f, struct sim_explain *x,
		       struct sim_err *err)
{
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < x->nevents && x->nevents < 64; i++) {
		uint64_t cause = x->events[i].ev.cause;

		if (cause && !is_known(x, cause))
			rc = read_events(f, x, cause, err);
	}
	return rc;
}

static int no_order(const struct sim_folder *f, uint32_t id, size_t n,
		    struct sim_err *err)
{
	if (!n)
		return sim_err_set(err, SIM_E_NOENT, "run %s has no order %"
				   PRIu32 "; it has none at all", f->id, id);
	return sim_err_set(err, SIM_E_NOENT, "run %s has no order %" PRIu32
			   "; its orders are 1 to %zu", f->id, id, n);
}

static int read_log(const struct sim_folder *f, struct sim_explain *x,
		    struct sim_err *err)
{
	int rc = sim_run_orders(&f->result, &x->orders, &x->norders, err);

	if (rc)
		return rc;
	if (!x->order || x->order > x->norders ||
	    !x->orders[x->order - 1].order.id)
		return no_order(f, x->order, x->norders, err);
	x->state = &x->orders[x->order - 1];
	x->instrument = &f->result.instruments[x->state->order.sym];
	rc = read_events(f, x, 0, err);
	return rc ? rc : read_causes(f, x, err);
}

/* -- the run, watched ------------------------------------------------------ */

struct watch {
	struct sim_explain *x;
	const struct sim_explain_opts *opts;
	struct sim_order before;	/* as the last step left it; id 0 */
	size_t attempts;		/* traced until the last step */
};

/* The price that an open order waits for, and whether from below. */
static sim_dec level_of(const struct sim_explain *x, const struct sim_order *o,
			bool *up)
{
	bool stop = o->type != SIM_ORDER_TYPE_LIMIT &&
		    o->type != SIM_ORDER_TYPE_MARKET && !o->triggered;

	*up = stop == is_buy(o);
	if (stop)
		return o->stop;
	if (o->type == SIM_ORDER_TYPE_MARKET ||
	    (o->triggered && o->type != SIM_ORDER_TYPE_STOP_LIMIT))
		return 0;
	return sim_config_reach(&x->config, is_buy(o), o->limit,
				x->instrument->tick_size);
}

static void add_bar(struct watch *w, const struct sim_strategy_view *v,
		    const struct sim_bar_series *s)
{
	struct sim_explain *x = w->x;
	struct sim_explain_bar b = {
		.step = v->step, .end = v->now,
		.bar = sim_bar_at(s, s->n - 1),
		.synthetic = s->flags &&
			s->flags[s->n - 1] & SIM_BAR_SYNTHETIC,
		.acted = x->trace.n > w->attempts,
	};
	sim_time at = w->opts->at;
	bool up;

	if (at != SIM_TIME_NONE && (at < b.bar.ts || at > b.end))
		return;
	b.level = level_of(x, &w->before, &up);
	if (b.level && up)
		b.away = b.bar.high < b.level ? b.level - b.bar.high : 0;
	else if (b.level)
		b.away = b.bar.low > b.level ? b.bar.low - b.level : 0;
	SIM_MEM_GROW(x->bars, x->bars_cap, x->nbars + 1);
	x->bars[x->nbars++] = b;
}

static void note_decision(struct sim_explain *x,
			  const struct sim_strategy_view *v,
			  const struct sim_bar_series *s)
{
	x->step = v->step;
	x->decided = v->now;
	if (s->n)
		x->bar = sim_bar_at(s, s->n - 1);
}

static bool watch_step(void *ctx, const struct sim_strategy_view *v)
{
	struct watch *w = ctx;
	struct sim_explain *x = w->x;
	const struct sim_strategy_sym *s = &v->syms[x->state->order.sym];
	const struct sim_order *o;

	if (v->now < x->state->submitted)
		return false;
	if (!x->step)
		note_decision(x, v, &s->bars);
	/* A bar that was under way when the order came did not meet it. */
	if (w->before.id && s->traded &&
	    s->bars.ts[s->bars.n - 1] >= x->decided)
		add_bar(w, v, &s->bars);
	o = v->host->order(v->host->ctx, x->order);
	w->before.id = 0;
	if (o && o->status <= SIM_ORDER_STATUS_PARTIALLY_FILLED)
		w->before = *o;
	w->attempts = x->trace.n;
	return x->state->ended != SIM_TIME_NONE &&
	       v->now >= x->state->ended;
}

/* The rules in force while a step is made. */
static const struct sim_config *config_at(const struct sim_run_spec *spec,
					  uint64_t step)
{
	const struct sim_config *c = &spec->config;

	for (size_t i = 0; i < spec->nturns && spec->turns[i].step < step; i++)
		c = &spec->turns[i].config;
	return c;
}

/* Are the events of the new run those of the log? */
static int check_prefix(const struct sim_folder *f, const struct sim_tape *t,
			struct sim_err *err)
{
	const struct sim_buf *a = &f->result.log;
	const struct sim_buf *b = &sim_tape_result(t)->log;

	if (b->len <= a->len && !memcmp(sim_buf_str(a), sim_buf_str(b),
					b->len))
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "run %s does not come out the "
			   "same any more, so what it did can't be explained; "
			   "simutrador run verify %s says where it parts",
			   f->id, f->id);
}

static int trace_run(const struct sim_folder *f,
		     const struct sim_run_spec *spec,
		     const struct sim_explain_opts *opts,
		     struct sim_explain *x, struct sim_err *err)
{
	struct watch w = { .x = x, .opts = opts };
	struct sim_run_spec traced = *spec;
	int rc;

	x->trace.order = x->order;
	x->config = spec->config;
	traced.trace = &x->trace;
	sim_manifest_cut(f->manifest, &traced);
	rc = sim_tape_record(&traced, watch_step, &w, &x->tape, err);
	return rc ? rc : check_prefix(f, x->tape, err);
}

/* -- other rules ----------------------------------------------------------- */

/* Which rules are tried, and on which orders. */
enum who { ANY, LIMITS, SLIPS, MARKETS };
static const struct {
	const char *setting, *value;
	enum who who;
	bool from_decision;	/* else from the bar of the first attempt */
} rules[] = {
	{ "path", "worst", ANY, false }, { "path", "best", ANY, false },
	{ "path", "ohlc", ANY, false }, { "path", "olhc", ANY, false },
	{ "path", "adaptive", ANY, false },
	{ "limit-fill", "touch", LIMITS, true },
	{ "limit-fill", "through:1", LIMITS, true },
	{ "fill", "next-open", MARKETS, true },
	{ "fill", "close", MARKETS, true },
	{ "slippage", "none", SLIPS, false },
	{ "max-volume-share", "off", ANY, false },
};

static bool concerns(enum who who, const struct sim_order *o)
{
	bool market = o->type == SIM_ORDER_TYPE_MARKET;
	bool limits = o->type == SIM_ORDER_TYPE_LIMIT ||
		      o->type == SIM_ORDER_TYPE_STOP_LIMIT;

	switch (who) {
	case ANY:
		return true;
	case LIMITS:
		return limits;
	case SLIPS:
		return !limits;
	case MARKETS:
		return market;
	}
	return false;
}

/* The order under another rule, until it ends. */
struct follow {
	struct sim_explain_other *out;
	uint32_t order;
	uint64_t first, until;		/* steps in which it can be open */
};

static void follow_event(void *ctx, const struct sim_event *ev)
{
	struct follow *w = ctx;
	uint32_t id = ev->fill ? ev->fill->order : ev->order ? ev->order->id :
		0;

	if (id != w->order)
		return;
	if (ev->type == SIM_EVENT_TYPE_FILL) {
		if (!w->out->filled) {
			w->out->filled = true;
			w->out->qty = ev->fill->qty;
			w->out->price = ev->fill->price;
			w->out->time = ev->time;
		}
		w->out->total += ev->fill->qty;
	} else if (ev->type == SIM_EVENT_TYPE_ORDER_REJECTED) {
		w->out->ending = sim_vocab_reject_text(ev->reason);
	} else if (ev->type == SIM_EVENT_TYPE_ORDER_CANCELLED ||
		   ev->type == SIM_EVENT_TYPE_ORDER_EXPIRED) {
		w->out->ending = sim_vocab_end_reason_text(ev->reason);
	}
}

static bool follow_step(void *ctx, const struct sim_strategy_view *v)
{
	struct follow *w = ctx;

	if (v->step <= w->first)
		return false;
	if (v->step >= w->until)
		return true;
	return !v->host->order(v->host->ctx, w->order);
}

static int try_rule(struct sim_explain *x, const struct sim_run_spec *spec,
		    size_t rule, uint64_t step, struct sim_err *err)
{
	struct sim_run_result r = SIM_RUN_RESULT_INIT;
	struct sim_run_turn *turns;
	struct sim_explain_other *o;
	struct follow w = {
		.order = x->order, .first = x->step > step ? x->step : step,
		.until = step + PATIENCE,
	};
	struct sim_tape_play how = {
		.event = follow_event, .watch = follow_step, .ctx = &w,
		.silent_after = x->step > step ? x->step : step + !step,
	};
	int rc;

	SIM_MEM_GROW(x->others, x->others_cap, x->nothers + 1);
	o = &x->others[x->nothers];
	*o = (struct sim_explain_other){
		.setting = rules[rule].setting, .value = rules[rule].value,
	};
	w.out = o;
	turns = sim_mem_array(spec->nturns + 1, sizeof(*turns));
	for (size_t i = 0; i < spec->nturns && spec->turns[i].step <= step;
	     i++)
		turns[how.nturns++] = spec->turns[i];
	turns[how.nturns].step = step;
	turns[how.nturns].config = *config_at(spec, step + 1);
	rc = sim_config_set(&turns[how.nturns++].config, o->setting, o->value,
			    err);
	how.turns = turns;
	if (!rc)
		rc = sim_tape_run(x->tape, &how, &r, err);
	if (!rc)
		x->nothers++;
	sim_run_result_release(&r);
	sim_mem_free(turns);
	return rc;
}

static bool is_own(const struct sim_config *c, const char *setting,
		   const char *value)
{
	struct sim_buf b = SIM_BUF_INIT(256);
	bool own;

	sim_config_get(c, setting, &b);
	own = !strcmp(sim_buf_str(&b), value);
	sim_buf_release(&b);
	return own;
}

/* From the end of the step before the first attempt, or the last before the
 * order's first bar. */
static uint64_t point_of(const struct sim_explain *x, bool from_decision)
{
	uint64_t step = x->trace.n ? x->trace.fills[0].step - 1 : x->step;

	if (!from_decision)
		return step;
	return x->step ? x->step - 1 : 0;
}

static int try_rules(struct sim_explain *x, const struct sim_run_spec *spec,
		     struct sim_err *err)
{
	const struct sim_order *o = &x->state->order;
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < sizeof(rules) / sizeof(rules[0]); i++) {
		uint64_t step = point_of(x, rules[i].from_decision);

		if (!concerns(rules[i].who, o))
			continue;
		rc = try_rule(x, spec, i, step, err);
		if (!rc)
			x->others[x->nothers - 1].is_own =
				is_own(config_at(spec, step + 1),
				       rules[i].setting, rules[i].value);
	}
	return rc;
}

/* -- the whole ------------------------------------------------------------- */

int sim_explain_order(const struct sim_folder *f,
		      const struct sim_run_spec *spec, uint32_t id,
		      const struct sim_explain_opts *opts,
		      struct sim_explain *x, struct sim_err *err)
{
	int rc;

	memset(x, 0, sizeof(*x));
	x->order = id;
	rc = read_log(f, x, err);
	if (!rc)
		rc = trace_run(f, spec, opts, x, err);
	if (rc)
		return rc;
	if (x->trace.n)
		x->config = *config_at(spec, x->trace.fills[0].step);
	sim_explain_terms(x, opts);
	if (!opts->brief && !x->state->reject)
		rc = try_rules(x, spec, err);
	return rc;
}

void sim_explain_release(struct sim_explain *x)
{
	for (size_t i = 0; i < x->nevents; i++)
		sim_mem_free(x->events[i].text);
	for (size_t i = 0; i < x->nterms; i++)
		sim_mem_free(x->terms[i].expr);
	sim_mem_free(x->events);
	sim_mem_free(x->terms);
	sim_mem_free(x->bars);
	sim_mem_free(x->others);
	sim_trace_release(&x->trace);
	sim_run_orders_free(x->orders, x->norders);
	sim_tape_free(x->tape);
	memset(x, 0, sizeof(*x));
}

void sim_explain_leg(const struct sim_trace_fill *a, struct sim_buf *out)
{
	switch (a->leg.where) {
	case SIM_TRACE_OPEN:
		sim_buf_puts(out, "at the open");
		break;
	case SIM_TRACE_FINE_OPEN:
		sim_buf_puts(out, "at the open");
		break;
	case SIM_TRACE_CLOSE:
		sim_buf_puts(out, "at the close");
		break;
	case SIM_TRACE_PATH:
		sim_buf_puts(out, "on the way from ");
		sim_buf_dec(out, a->leg.from, 0);
		sim_buf_puts(out, " to ");
		sim_buf_dec(out, a->leg.to, 0);
		break;
	}
	if (a->leg.detail)
		sim_buf_printf(out, " of finer bar %" PRIu32, a->leg.detail);
}

const char *sim_explain_outcome(const struct sim_trace_fill *a)
{
	static const char *const texts[] = {
		[SIM_TRACE_FILLED] = NULL,
		[SIM_TRACE_NO_VOLUME] = "nothing of the bar's volume was left",
		[SIM_TRACE_NOT_WHOLE] =
			"not all of it could fill, and fok wants all",
		[SIM_TRACE_NO_POSITION] = "there was no position to reduce",
		[SIM_TRACE_NOT_PAYABLE] = "it could not be paid",
	};

	return texts[a->outcome];
}
