/*
 * plugin_host: what a plugin may ask for, each question checked before it goes
 * to the run: a wrong index or a struct of no size is refused, not followed.
 */
#include "strategy/plugin_priv.h"

#include <string.h>

/* A plugin reads the run's columns where they lie. */
#define SAME(field, ours) \
	_Static_assert(offsetof(struct simu_bars, field) == \
		       offsetof(struct sim_bar_series, ours), #field)
SAME(n, n);
SAME(ts, ts);
SAME(open, open);
SAME(high, high);
SAME(low, low);
SAME(close, close);
SAME(volume, volume);
SAME(flags, flags);
_Static_assert(SIMU_ONE == SIM_DEC_ONE, "the unit of a decimal");
#define EQUAL(a, b) _Static_assert((int)(a) == (int)(b), #a)
EQUAL(SIMU_SELL, SIM_SIDE_SELL);
EQUAL(SIMU_TRAILING_STOP, SIM_ORDER_TYPE_TRAILING_STOP);
EQUAL(SIMU_STOP_LIMIT, SIM_ORDER_TYPE_STOP_LIMIT);
EQUAL(SIMU_GTD, SIM_TIF_GTD);
EQUAL(SIMU_CLS, SIM_TIF_CLS);
EQUAL(SIMU_RISK, SIM_ORDER_SIZE_RISK);
EQUAL(SIMU_PERCENT, SIM_ORDER_SIZE_PERCENT);
EQUAL(SIMU_EXPIRED, SIM_ORDER_STATUS_EXPIRED);
EQUAL(SIMU_CANCELLED, SIM_ORDER_STATUS_CANCELLED);
EQUAL(SIMU_LIQUIDATION, SIM_ORDER_ROLE_LIQUIDATION);
EQUAL(SIMU_ACCOUNT, UINT32_MAX);

static struct sim_plugin *plugin_of(const struct simu_host *h)
{
	return h->ctx;
}

/* The run is at work: nobody may end it now. */
static const struct sim_strategy_host *enter(struct sim_plugin *p)
{
	if (p->is_looking && !p->fatal)
		p->fatal = sim_err_set(&p->end, SIM_E_STRATEGY, "%s: quiet "
				       "asks the host for something; it may "
				       "only look at bars", p->label);
	sim_watchdog_host_enter(&p->watch);
	return p->view->host;
}

/* It is done.  Gives the host's answer to a status of the run. */
static int answer(struct sim_plugin *p, int rc, const struct sim_err *err)
{
	sim_watchdog_host_leave(&p->watch);
	if (!rc)
		return 0;
	p->why = *err;
	switch (rc) {
	case SIM_E_REJECTED:
		return SIMU_E_REJECTED;
	case SIM_E_NOENT:
		return SIMU_E_NOENT;
	case SIM_E_INVAL:
		return SIMU_E_INVAL;
	case SIM_E_STRATEGY:
		return SIMU_E_LIMIT;
	}
	p->fatal = rc;
	p->end = *err;
	return SIMU_E_FAILED;
}

static int invalid(struct sim_plugin *p, const char *what, int64_t value)
{
	sim_err_set(&p->why, SIM_E_INVAL, "%s is %lld, which is none", what,
		    (long long)value);
	return SIMU_E_INVAL;
}

static bool has_symbol(struct sim_plugin *p, uint32_t sym)
{
	if (sym < p->view->nsyms)
		return true;
	invalid(p, "the symbol's number", sym);
	return false;
}

/* Give as much of a struct as the plugin knows; its size stays its own. */
static int give(void *out, const void *from, size_t size)
{
	uint32_t n;

	memcpy(&n, out, sizeof(n));
	if (n < 2 * sizeof(n))
		return SIMU_E_INVAL;
	memcpy((char *)out + sizeof(n), (const char *)from + sizeof(n),
	       (n < size ? n : size) - sizeof(n));
	return 0;
}

/* -- looking around -------------------------------------------------------- */

static int64_t now_ns(const struct simu_host *h)
{
	return plugin_of(h)->view->now;
}

static const struct simu_bars *bars(const struct simu_host *h, uint32_t sym)
{
	struct sim_plugin *p = plugin_of(h);

	if (!has_symbol(p, sym))
		return NULL;
	return (const struct simu_bars *)(const void *)&p->view->syms[sym].bars;
}

static int is_session_end(const struct simu_host *h, uint32_t sym)
{
	struct sim_plugin *p = plugin_of(h);

	return has_symbol(p, sym) && p->view->syms[sym].traded &&
		p->view->syms[sym].is_eod;
}

static int instrument(const struct simu_host *h, uint32_t sym,
		      struct simu_instrument *out)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_instrument *ins;
	struct simu_instrument x;

	if (!has_symbol(p, sym))
		return SIMU_E_INVAL;
	ins = p->view->syms[sym].instrument;
	x = (struct simu_instrument){
		.symbol = ins->symbol, .currency = ins->currency,
		.calendar = ins->calendar, .tick_size = ins->tick_size,
		.lot_size = ins->lot_size, .multiplier = ins->multiplier,
	};
	return give(out, &x, sizeof(x));
}

static int64_t position(const struct simu_host *h, uint32_t sym)
{
	struct sim_plugin *p = plugin_of(h);

	return has_symbol(p, sym) ? p->view->syms[sym].position->qty : 0;
}

static const int64_t *holding(const struct simu_host *h, uint32_t sym)
{
	struct sim_plugin *p = plugin_of(h);

	return has_symbol(p, sym) ? &p->view->syms[sym].position->qty : NULL;
}

static int position_get(const struct simu_host *h, uint32_t sym,
			struct simu_position *out)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_position *q;
	struct simu_position x;

	if (!has_symbol(p, sym))
		return SIMU_E_INVAL;
	q = p->view->syms[sym].position;
	x = (struct simu_position){
		.qty = q->qty, .cost = q->cost, .last = q->last,
		.value = q->value, .realized = q->realized, .fees = q->fees,
		.dividends = q->dividends,
	};
	return give(out, &x, sizeof(x));
}

static int account(const struct simu_host *h, struct simu_account *out)
{
	const struct sim_account *a = plugin_of(h)->view->account;
	const struct simu_account x = {
		.initial = a->initial, .cash = a->cash, .equity = a->equity,
		.gross = a->gross, .net = a->value, .realized = a->realized,
		.fees = a->fees, .dividends = a->dividends,
		.interest = a->interest,
	};

	return give(out, &x, sizeof(x));
}

/* -- orders ---------------------------------------------------------------- */

static bool check_order(struct sim_plugin *p, const struct simu_order *o)
{
	const struct {
		const char *what;
		int32_t value, count;
	} rows[] = {
		{ "the side of an order", o->side, SIM_SIDE__COUNT },
		{ "the type of an order", o->type, SIM_ORDER_TYPE__COUNT },
		{ "the time in force of an order", o->tif, SIM_TIF__COUNT },
		{ "the sizing of an order", o->sizing,
		  SIM_ORDER_SIZE_RISK + 1 },
		{ "the set of flags of an order", (int32_t)o->flags, 16 },
	};

	if (!has_symbol(p, o->sym))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].value < 0 || rows[i].value >= rows[i].count) {
			invalid(p, rows[i].what, rows[i].value);
			return false;
		}
	}
	return true;
}

static int submit(const struct simu_host *h, const struct simu_order *given,
		  uint32_t *id)
{
	struct sim_plugin *p = plugin_of(h);
	struct simu_order o = SIMU_ORDER_INIT;
	struct sim_order_req req;
	struct sim_err err;
	const struct sim_strategy_host *run;
	uint32_t number = 0;
	int rc;

	if (given->struct_size < offsetof(struct simu_order, limit))
		return invalid(p, "the size of an order's struct",
			       given->struct_size);
	memcpy(&o, given, given->struct_size < sizeof(o) ?
	       given->struct_size : sizeof(o));
	if (!check_order(p, &o))
		return SIMU_E_INVAL;
	req = (struct sim_order_req){
		.sym = o.sym, .side = (enum sim_side)o.side,
		.type = (enum sim_order_type)o.type,
		.tif = (enum sim_tif)o.tif,
		.size_kind = (enum sim_order_size)o.sizing, .size = o.size,
		.size_at_fill = o.flags & SIMU_SIZE_AT_FILL,
		.reduce_only = o.flags & SIMU_REDUCE_ONLY,
		.trail_is_percent = o.flags & SIMU_TRAIL_PERCENT,
		.bracket_trail_is_percent =
			o.flags & SIMU_BRACKET_TRAIL_PERCENT,
		.limit = o.limit, .stop = o.stop, .trail = o.trail,
		.take_profit = o.take_profit, .stop_loss = o.stop_loss,
		.bracket_trail = o.bracket_trail, .expire_at = o.expire_ns,
		.oco_with = o.oco_with,
	};
	run = enter(p);
	rc = run->submit(run->ctx, &req, &number, &err);
	rc = answer(p, rc, &err);
	if (id)
		*id = number;
	return rc;
}

static int cancel(const struct simu_host *h, uint32_t id)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_strategy_host *run = enter(p);
	struct sim_err err = SIM_ERR_INIT;

	return answer(p, run->cancel(run->ctx, id, &err), &err);
}

static int replace(const struct simu_host *h, uint32_t id, int64_t qty,
		   int64_t limit, int64_t stop)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_strategy_host *run = enter(p);
	struct sim_err err = SIM_ERR_INIT;

	return answer(p, run->replace(run->ctx, id, qty, limit, stop, &err),
		      &err);
}

static int give_order(const struct sim_order *o, struct simu_order_state *out)
{
	const struct simu_order_state x = {
		.id = o->id, .sym = o->sym, .side = o->side, .type = o->type,
		.tif = o->tif, .status = o->status, .role = o->role,
		.qty = o->qty, .filled = o->filled, .limit = o->limit,
		.stop = o->stop, .notional = o->notional,
		.commission = o->commission, .parent = o->parent,
		.oco = o->oco,
	};

	return give(out, &x, sizeof(x));
}

static int order(const struct simu_host *h, uint32_t id,
		 struct simu_order_state *out)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_order *o =
		p->view->host->order(p->view->host->ctx, id);

	if (o)
		return give_order(o, out);
	sim_err_set(&p->why, SIM_E_NOENT, "the run has no order %u",
		    (unsigned)id);
	return SIMU_E_NOENT;
}

static uint32_t next_order(const struct simu_host *h, uint32_t sym,
			   uint32_t after, struct simu_order_state *out)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_order *o;

	if (!has_symbol(p, sym))
		return 0;
	o = p->view->host->next_order(p->view->host->ctx, sym, after);
	if (o && out && give_order(o, out))
		return 0;
	return o ? o->id : 0;
}

/* -- timers, timeframes, notes --------------------------------------------- */

static const struct simu_bars *frame(const struct simu_host *h,
				     const char *timeframe, uint32_t sym)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_strategy_host *run;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_bar_tf tf;
	uint32_t k;

	if (!has_symbol(p, sym) ||
	    sim_bar_tf_parse(timeframe, &tf, &p->why))
		return NULL;
	run = enter(p);
	if (answer(p, run->frame(run->ctx, tf, &k, &err), &err))
		return NULL;
	return (const struct simu_bars *)
		(const void *)&p->view->syms[sym].frames[k];
}

static int timer(const struct simu_host *h, int64_t at_ns, int64_t every_ns,
		 uint64_t id)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_strategy_host *run;
	struct sim_err err = SIM_ERR_INIT;

	if (!p->ops.on_timer)
		return invalid(p, "on_timer", 0);
	run = enter(p);
	return answer(p, run->timer(run->ctx, at_ns, every_ns, id, &err),
		      &err);
}

static int note(struct sim_plugin *p, const struct sim_note *n)
{
	const struct sim_strategy_host *run = enter(p);
	struct sim_err err = SIM_ERR_INIT;

	return answer(p, run->note(run->ctx, n, &err), &err);
}

static int metric(const struct simu_host *h, const char *name, double value)
{
	return note(plugin_of(h), &(struct sim_note){
		.kind = SIM_NOTE_METRIC, .sym = UINT32_MAX, .name = name,
		.value = value });
}

static int mark(const struct simu_host *h, uint32_t sym, const char *text)
{
	return note(plugin_of(h), &(struct sim_note){
		.kind = SIM_NOTE_MARK, .sym = sym, .text = text });
}

static int log_line(const struct simu_host *h, const char *text)
{
	return note(plugin_of(h), &(struct sim_note){
		.kind = SIM_NOTE_LOG, .sym = UINT32_MAX, .text = text });
}

/* -- parameters and the rest ----------------------------------------------- */

int sim_plugin_index(const struct sim_plugin *p, const char *name)
{
	for (uint32_t i = 0; i < p->row.nparams; i++) {
		if (!strcmp(p->params[i].name, name))
			return (int)i;
	}
	return -1;
}

static const char *param(const struct simu_host *h, const char *name)
{
	const struct sim_plugin *p = plugin_of(h);
	int i = sim_plugin_index(p, name);

	return i < 0 ? NULL : p->values[i].text;
}

static int64_t param_int(const struct simu_host *h, const char *name)
{
	const struct sim_plugin *p = plugin_of(h);
	int i = sim_plugin_index(p, name);

	return i < 0 ? 0 : p->values[i].whole;
}

static double param_real(const struct simu_host *h, const char *name)
{
	const struct sim_plugin *p = plugin_of(h);
	int i = sim_plugin_index(p, name);

	return i < 0 ? 0 : p->values[i].real;
}

static uint64_t next_random(const struct simu_host *h)
{
	return sim_rand_next(&plugin_of(h)->rand);
}

static void stop(const struct simu_host *h)
{
	struct sim_plugin *p = plugin_of(h);
	const struct sim_strategy_host *run = enter(p);

	run->stop(run->ctx);
	sim_watchdog_host_leave(&p->watch);
}

static int fail(const struct simu_host *h, const char *sentence)
{
	struct sim_plugin *p = plugin_of(h);

	p->fatal = sim_err_set(&p->end, SIM_E_STRATEGY, "%.*s",
			       SIM_PLUGIN_TEXT,
			       sentence ? sentence : "it gave up");
	for (char *s = p->end.msg; *s; s++)
		*s = (unsigned char)*s < ' ' ? ' ' : *s;
	return SIMU_E_FAILED;
}

static const char *why(const struct simu_host *h)
{
	return plugin_of(h)->why.msg;
}

void sim_plugin_host(struct sim_plugin *p, const struct sim_form *f)
{
	p->host = (struct simu_host){
		.struct_size = sizeof(p->host), .abi = SIMU_ABI,
		.seed = f->seed, .timeframe = p->timeframe, .ctx = p,
		.now_ns = now_ns, .bars = bars,
		.is_session_end = is_session_end, .instrument = instrument,
		.position = position, .holding = holding,
		.position_get = position_get, .account = account,
		.submit = submit, .cancel = cancel, .replace = replace,
		.order = order, .next_order = next_order, .frame = frame,
		.timer = timer, .metric = metric, .mark = mark,
		.log = log_line, .param = param, .param_int = param_int,
		.param_real = param_real, .rand = next_random, .stop = stop,
		.fail = fail, .why = why,
	};
	sim_rand_init(&p->rand, f->seed, "plugin");
}
