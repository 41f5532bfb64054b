/*
 * lua: a script behind the vtable.
 *
 * The driver (driver.lua) stands between: C feeds the indicators and calls it
 * once a symbol and step, it calls the script.  Fields go through shared
 * memory (lua_core.def), so that what a trace compiles to is loads.
 */
#include "strategy/lua.h"

#include <lua.h>

#include <stdio.h>
#include <string.h>

#include "strategy/lua_priv.h"
#include "util/sha256.h"

#define NOTE_CUT (SIM_NOTE_TEXT_MAX - 4)

static const char driver_text[] =
#include "strategy/driver.inc"
;
static const char order_text[] =
#include "strategy/driver_order.inc"
;
static const char setup_text[] =
#include "strategy/driver_setup.inc"
;

/* Where things lie on the interpreter's stack for good, above the handler. */
enum { AT_DRIVER = 2, AT_BAR = 3 };

/* Results of driver.check(), in its order. */
enum { HAS_BAR, HAS_STEP, HAS_FILL, HAS_ORDER, HAS_TIMER, HAS_END, HAS__COUNT };

struct sim_lua_run {
	struct sim_lua l;
	bool has[HAS__COUNT];
	uint32_t fills;
	int32_t (*seen)[SIM_STRATEGY_FRAMES + 1];	/* bars, by symbol */
};

/* -- errors ---------------------------------------------------------------- */

/* "bar 2024-01-02T14:30:00Z of AAPL" or the callback that runs. */
static const char *where(struct sim_lua *l)
{
	const struct sim_lua_core *c = &l->core;
	const struct sim_bar_series *b = c->cur < 0 || !l->view ? NULL :
		&l->view->syms[c->cur].bars;
	char t[SIM_TIME_STRMAX];

	if (l->place || !l->view) {
		snprintf(l->where, sizeof(l->where), "%s",
			 l->place ? l->place : "");
	} else if (b && b->n) {
		/* Its newest, also where the script sees it only later. */
		sim_time_format(b->ts[b->n - 1], t);
		snprintf(l->where, sizeof(l->where), "bar %s of %s", t,
			 c->syms[c->cur].name);
	} else {
		sim_time_format(l->view->now, t);
		snprintf(l->where, sizeof(l->where), "step %s", t);
	}
	return l->where;
}

/* A method that isn't there may be an indicator misspelt. */
static void hint(struct sim_lua_state_fault *f)
{
	const char *p = strstr(f->msg, "call method '");
	const struct sim_ta_row *row;
	struct sim_err err = SIM_ERR_INIT;
	char name[40];
	size_t n;

	if (!p)
		return;
	p += strlen("call method '");
	n = strcspn(p, "'");
	if (n >= sizeof(name))
		return;
	memcpy(name, p, n);
	name[n] = '\0';
	p = sim_ta_find(name, &row, &err) ? strstr(err.msg, "did you") : NULL;
	n = strlen(f->msg);
	if (p)
		snprintf(f->msg + n, sizeof(f->msg) - n, "; %s", p);
}

static int tell(struct sim_lua *l, struct sim_lua_state_fault *f,
		struct sim_err *err)
{
	if (l->fatal.code) {
		if (err)
			*err = l->fatal;
		if (err && l->fatal.code == SIM_E_STRATEGY)
			sim_err_prefix(err, "%s, line %d, %s", l->label,
				       f->line, where(l));
		return l->fatal.code;
	}
	if (!*f->chunk)
		snprintf(f->chunk, sizeof(f->chunk), "%s", l->label);
	hint(f);
	return sim_lua_state_tell(f, where(l), err);
}

/* For the watchdog's thread: the strategy's stands still. */
static void describe(void *ctx, struct sim_err *err)
{
	struct sim_lua *l = ctx;

	sim_err_set(err, SIM_E_STRATEGY, "%s, %s: it has not come back for "
		    "%lld ms, the limit of a call; look for a loop without "
		    "an end", l->label, *where(l) ? where(l) : "its start",
		    (long long)l->dog.limit_ms);
}

/* -- calls ----------------------------------------------------------------- */

/* Call what was pushed; what the script may not catch ends the run too. */
static inline int call(struct sim_lua *l, int nargs, int nres,
		       struct sim_err *err)
{
	struct sim_lua_state_fault f;
	int rc;

	f.msg[0] = f.chunk[0] = '\0';
	f.line = 0;
	f.is_memory = false;
	sim_watchdog_enter(&l->dog);
	rc = sim_lua_state_call(l->state, nargs, nres, &f);
	sim_watchdog_leave(&l->dog);
	if (__builtin_expect(rc || l->fatal.code, 0))
		return tell(l, &f, err);
	return SIM_OK;
}

/* Push a function of the driver. */
static void push_driver(struct sim_lua *l, const char *name)
{
	lua_getfield(sim_lua_state_get(l->state), AT_DRIVER, name);
}

static void on_print(void *ctx, const char *text, size_t n)
{
	struct sim_lua *l = ctx;
	char buf[SIM_NOTE_TEXT_MAX];

	if (!l->view)
		return;
	n = n < NOTE_CUT ? n : NOTE_CUT;
	memcpy(buf, text, n);
	buf[n] = '\0';
	l->core.note(l, SIM_NOTE_LOG, -1, NULL, 0, buf);
}

/* -- the vtable ------------------------------------------------------------ */

static void show_bars(struct sim_lua_bars *b, const struct sim_bar_series *s)
{
	b->n = (int32_t)s->n;
	b->col[SIM_LUA_TS] = s->ts;
	b->col[SIM_LUA_OPEN] = s->open;
	b->col[SIM_LUA_HIGH] = s->high;
	b->col[SIM_LUA_LOW] = s->low;
	b->col[SIM_LUA_CLOSE] = s->close;
	b->col[SIM_LUA_VOLUME] = s->volume;
}

static void show_symbols(struct sim_lua *l, const struct sim_strategy_view *v)
{
	struct sim_lua_core *c = &l->core;

	c->nsyms = (int32_t)v->nsyms;
	c->syms = sim_mem_array(v->nsyms, sizeof(*c->syms));
	c->bars = sim_mem_array((size_t)v->nsyms * (SIM_STRATEGY_FRAMES + 1),
				sizeof(*c->bars));
	for (uint32_t i = 0; i < v->nsyms; i++) {
		const struct sim_strategy_sym *s = &v->syms[i];
		struct sim_lua_sym *x = &c->syms[i];

		show_bars(&c->bars[i], &s->bars);
		x->qty = &s->position->qty;
		x->cost = &s->position->cost;
		x->value = &s->position->value;
		snprintf(x->name, sizeof(x->name), "%s",
			 s->instrument->symbol);
		x->tick = (double)s->instrument->tick_size / 1e8;
		x->lot = (double)s->instrument->lot_size / 1e8;
		x->multiplier = (double)s->instrument->multiplier / 1e8;
	}
}

static int start_script(struct sim_lua_run *r, struct sim_err *err)
{
	struct sim_lua *l = &r->l;
	struct sim_lua_core *c = &l->core;
	int rc;

	l->place = "in on_start";
	c->cur = c->nsyms == 1 ? 0 : -1;
	c->is_open = 1;
	c->depth = c->warmup;
	l->feed.nsrc = 1;
	push_driver(l, "start");
	rc = call(l, 0, 0, err);
	l->place = NULL;
	c->is_open = 0;
	if (rc)
		return rc;
	sim_lua_feed_make(&l->feed);
	c->can_trade = 1;
	push_driver(l, "bar_function");
	return call(l, 0, 1, err);
}

static int on_init(void *self, struct sim_strategy_view *v,
		   struct sim_err *err)
{
	struct sim_lua_run *r = self;
	struct sim_lua_core *c = &r->l.core;

	r->l.view = v;
	c->cash = &v->account->cash;
	c->equity = &v->account->equity;
	c->initial = &v->account->initial;
	c->peak = &v->account->peak;
	c->now = v->now;
	sim_bar_tf_text(v->tf, c->timeframe);
	show_symbols(&r->l, v);
	r->seen = sim_mem_array(v->nsyms, sizeof(*r->seen));
	return start_script(r, err);
}

/* Bars of higher timeframes that have closed since. */
static int show_frames(struct sim_lua_run *r, const struct sim_strategy_sym *s,
		       uint32_t i, struct sim_err *err)
{
	struct sim_lua_core *c = &r->l.core;
	int rc = SIM_OK;

	for (int32_t k = 1; !rc && k < r->l.feed.nsrc; k++) {
		struct sim_lua_bars *b = &c->bars[k * c->nsyms + (int32_t)i];
		int32_t before = r->seen[i][k];

		if (!s->frames || (int32_t)s->frames[k - 1].n == before)
			continue;
		show_bars(b, &s->frames[k - 1]);
		r->seen[i][k] = b->n;
		if (!before)
			c->syms[i].pending--;
		rc = sim_lua_feed_push(&r->l.feed, k, i, before, err);
	}
	return rc;
}

static inline int take_bar(struct sim_lua_run *r, uint32_t i,
			   struct sim_err *err)
{
	struct sim_lua_core *c = &r->l.core;
	const struct sim_strategy_sym *s = &r->l.view->syms[i];
	int32_t before = c->bars[i].n;

	c->bars[i].n = (int32_t)s->bars.n;
	c->syms[i].is_eod = s->is_eod;
	if (r->l.feed.nsrc > 1) {
		int rc = show_frames(r, s, i, err);

		if (rc)
			return rc;
	}
	return r->l.feed.by_source[0] ?
		sim_lua_feed_push(&r->l.feed, 0, i, before, err) : SIM_OK;
}

static inline bool is_warm(const struct sim_lua_core *c, uint32_t i)
{
	return c->bars[i].n > c->depth && !c->syms[i].pending;
}

/* on_bar of symbol i. */
static inline int call_bar(struct sim_lua_run *r, uint32_t i,
			   struct sim_err *err)
{
	if (!r->has[HAS_BAR])
		return SIM_OK;
	r->l.core.cur = (int32_t)i;
	lua_pushvalue(sim_lua_state_get(r->l.state), AT_BAR);
	return call(&r->l, 0, 0, err);
}

/* Order updates since the last step. */
static __attribute__((noinline)) int tell_updates(struct sim_lua_run *r,
						  struct sim_err *err)
{
	struct sim_lua *l = &r->l;
	int rc = SIM_OK;

	/* One by one: what a callback does adds more. */
	for (size_t k = 0; !rc && k < l->nupdates; k++) {
		l->core.update = l->updates[k];
		l->core.cur = l->core.update.sym;
		push_driver(l, "order");
		rc = call(l, 0, 0, err);
	}
	l->nupdates = 0;
	return rc;
}

static int call_step(struct sim_lua_run *r, uint32_t nwarm,
		     struct sim_err *err)
{
	struct sim_lua_core *c = &r->l.core;

	c->cur = c->nsyms == 1 ? 0 : -1;
	if (!r->has[HAS_STEP] || !nwarm)
		return SIM_OK;
	push_driver(&r->l, "step");
	return call(&r->l, 0, 0, err);
}

/* A run of many symbols, or with callbacks that few scripts have. */
static __attribute__((noinline)) int
step_all(struct sim_lua_run *r, struct sim_strategy_view *v,
	 struct sim_err *err)
{
	struct sim_lua_core *c = &r->l.core;
	uint32_t nwarm = 0;
	int rc = SIM_OK;

	for (uint32_t i = 0; i < v->nsyms; i++)
		c->syms[i].traded = v->syms[i].traded;
	for (uint32_t k = 0; !rc && k < v->ntraded; k++)
		rc = take_bar(r, v->traded[k], err);
	if (!rc && r->l.nupdates)
		rc = tell_updates(r, err);
	for (uint32_t k = 0; !rc && k < v->ntraded; k++) {
		if (!is_warm(c, v->traded[k]))
			continue;
		nwarm++;
		rc = call_bar(r, v->traded[k], err);
	}
	return rc ? rc : call_step(r, nwarm, err);
}

static int on_step(void *self, struct sim_strategy_view *v,
		   struct sim_err *err)
{
	struct sim_lua_run *r = self;
	struct sim_lua_core *c = &r->l.core;
	int rc;

	c->now = v->now;
	if (v->nsyms > 1 || r->has[HAS_STEP] || r->has[HAS_ORDER])
		return step_all(r, v, err);
	c->syms[0].traded = true;
	rc = take_bar(r, 0, err);
	if (rc || !is_warm(c, 0))
		return rc;
	return call_bar(r, 0, err);
}

static int on_fill(void *self, struct sim_strategy_view *v,
		   const struct sim_fill *f, struct sim_err *err)
{
	struct sim_lua_run *r = self;

	r->l.core.now = v->now;
	r->l.core.cur = f->sym;
	sim_lua_order_fill(&r->l, f);
	push_driver(&r->l, "fill");
	lua_pushinteger(sim_lua_state_get(r->l.state),
			(lua_Integer)++r->fills);
	return call(&r->l, 1, 0, err);
}

static void on_event(void *self, const struct sim_event *ev)
{
	sim_lua_order_note(self, ev);
}

static int on_timer(void *self, struct sim_strategy_view *v, uint64_t id,
		    struct sim_err *err)
{
	struct sim_lua_run *r = self;
	struct sim_lua_core *c = &r->l.core;

	c->now = v->now;
	c->cur = c->nsyms == 1 ? 0 : -1;
	push_driver(&r->l, "timer");
	lua_pushinteger(sim_lua_state_get(r->l.state), (lua_Integer)id);
	return call(&r->l, 1, 0, err);
}

static int on_end(void *self, struct sim_strategy_view *v,
		  struct sim_err *err)
{
	struct sim_lua_run *r = self;
	struct sim_lua_core *c = &r->l.core;

	(void)v;
	c->cur = c->nsyms == 1 ? 0 : -1;
	c->can_trade = 0;
	push_driver(&r->l, "finish");
	return call(&r->l, 0, 0, err);
}

static bool param(void *self, int i, struct sim_strategy_param *out)
{
	struct sim_lua *l = self;

	if (i < 0 || i >= l->nparams)
		return false;
	*out = (struct sim_strategy_param){ l->params[i].name,
					    l->params[i].value };
	return true;
}

static void release(void *self)
{
	struct sim_lua_run *r = self;

	sim_watchdog_stop(&r->l.dog);
	sim_lua_state_free(r->l.state);
	sim_lua_feed_release(&r->l.feed);
	for (int i = 0; i < r->l.nparams; i++) {
		sim_mem_free(r->l.params[i].name);
		sim_mem_free(r->l.params[i].value);
	}
	sim_mem_free(r->l.updates);
	sim_mem_free(r->l.core.syms);
	sim_mem_free(r->l.core.bars);
	sim_mem_free(r->seen);
	sim_mem_free(r);
}

/* -- opening --------------------------------------------------------------- */

/* Call a part of the driver with what the first one shares, below it. */
static int load_part(struct sim_lua *l, const char *text, const char *name,
		     int nres, struct sim_err *err)
{
	lua_State *L = sim_lua_state_get(l->state);

	sim_lua_state_load_own(l->state, text, name);
	lua_pushvalue(L, AT_DRIVER);
	return call(l, 1, nres, err);
}

static int load_driver(struct sim_lua *l, struct sim_err *err)
{
	lua_State *L = sim_lua_state_get(l->state);
	int rc;

	sim_lua_state_load_own(l->state, driver_text, "driver");
	sim_lua_state_push_kit(l->state);
	lua_pushlightuserdata(L, &l->core);
	sim_lua_api_push(l);
	rc = call(l, 3, 1, err);
	rc = rc ? rc : load_part(l, order_text, "driver_order", 0, err);
	rc = rc ? rc : load_part(l, setup_text, "driver_setup", 1, err);
	if (!rc)
		lua_replace(L, AT_DRIVER);
	return rc;
}

/* Read params and apply what was given. */
static int read_params(struct sim_lua *l, const struct sim_form *f,
		       struct sim_err *err)
{
	lua_State *L = sim_lua_state_get(l->state);
	const char *why;
	int rc;

	push_driver(l, "params");
	lua_createtable(L, (int)f->nparams, 0);
	for (size_t i = 0; i < f->nparams; i++) {
		lua_createtable(L, 2, 0);
		lua_pushstring(L, f->params[i].name);
		lua_rawseti(L, -2, 1);
		lua_pushstring(L, f->params[i].value);
		lua_rawseti(L, -2, 2);
		lua_rawseti(L, -2, (int)i + 1);
	}
	rc = call(l, 1, 1, err);
	if (rc)
		return rc;
	why = lua_tostring(L, -1);
	if (why)
		rc = sim_err_set(err, SIM_E_INVAL, "%s: %s", l->label, why);
	lua_pop(L, 1);
	return rc;
}

static int check_script(struct sim_lua_run *r, struct sim_err *err)
{
	lua_State *L = sim_lua_state_get(r->l.state);
	int rc;

	push_driver(&r->l, "check");
	rc = call(&r->l, 0, HAS__COUNT, err);
	if (rc)
		return rc;
	for (int i = 0; i < HAS__COUNT; i++)
		r->has[i] = lua_toboolean(L, i - HAS__COUNT);
	lua_pop(L, HAS__COUNT);
	return SIM_OK;
}

static int open_script(struct sim_lua_run *r, const struct sim_form *f,
		       struct sim_err *err)
{
	struct sim_lua *l = &r->l;
	int rc = sim_lua_state_new(f->limits.memory, f->seed, &l->state, err);

	rc = rc ? rc : load_driver(l, err);
	if (rc)
		return rc;
	sim_lua_state_on_print(l->state, on_print, l);
	rc = sim_lua_state_load(l->state, f->text, f->len, l->label, err);
	rc = rc ? rc : call(l, 0, 0, err);
	rc = rc ? rc : read_params(l, f, err);
	return rc ? rc : check_script(r, err);
}

static uint64_t warmup(void *self)
{
	const struct sim_lua_run *r = self;

	return (uint64_t)r->l.core.warmup;
}

static void set_ops(struct sim_lua_run *r)
{
	r->l.ops = (struct sim_strategy_ops){
		.name = r->l.label, .summary = "a Lua script",
		.init = on_init, .on_step = on_step,
		.on_fill = r->has[HAS_FILL] ? on_fill : NULL,
		.on_event = r->has[HAS_ORDER] ? on_event : NULL,
		.on_timer = r->has[HAS_TIMER] ? on_timer : NULL,
		.on_end = r->has[HAS_END] ? on_end : NULL,
		.param = param, .warmup = warmup, .free = release,
	};
}

int sim_lua_open(const struct sim_form *f, struct sim_strategy *out,
		 struct sim_err *err)
{
	struct sim_lua_run *r = sim_mem_zalloc(sizeof(*r));
	uint8_t hash[SIM_SHA256_SIZE];
	int rc;

	sim_form_label(f, r->l.label);
	r->l.feed.core = &r->l.core;
	r->l.core.cur = -1;
	sim_lua_order_bind(&r->l);
	sim_watchdog_start(&r->l.dog, f->limits.callback_ms, f->hang,
			   f->hang_ctx, describe, &r->l);
	rc = open_script(r, f, err);
	if (rc) {
		release(r);
		return rc;
	}
	set_ops(r);
	out->ops = &r->l.ops;
	out->self = r;
	sim_sha256_of(f->text, f->len, hash);
	sim_sha256_hex(hash, out->hash);
	return SIM_OK;
}
