/* Lua scripts against a host that writes down what they ask for: what each
 * thing of simutrador-lua(7) gives, and the sentence of everything that is
 * wrong.  Not covered: fills (tests/strategy/examples.sh). */
#include <stdio.h>
#include <string.h>

#include "script/lua_state.h"
#include "strategy/lua.h"
#include "suite.h"
#include "util/mem.h"

#define BARS 128
#define NOTES 64

/* Two symbols with bars of a minute, and a book of what was asked. */
struct world {
	struct sim_instrument ins[2];
	struct sim_position pos[2];
	struct sim_account acc;
	sim_time ts[BARS];
	sim_dec price[2][BARS], high[2][BARS], volume[2][BARS];
	struct sim_strategy_sym syms[2];
	struct sim_strategy_host host;
	struct sim_strategy_view view;
	uint32_t traded[2];
	struct sim_order_req req[32];
	int n, cancelled, stopped;
	bool refuses;
	struct sim_order book[4];
	int nbook;
	char notes[NOTES][96];
	int nnotes;
	sim_time timer_at, timer_every;
	uint64_t timer_id;
	struct sim_bar_series frames[2];
};

static int submit(void *ctx, const struct sim_order_req *req, uint32_t *id,
		  struct sim_err *err)
{
	struct world *w = ctx;

	ck_assert_int_lt(w->n, 32);
	w->req[w->n++] = *req;
	*id = (uint32_t)w->n;
	return w->refuses ? sim_err_set(err, SIM_E_REJECTED, "no money")
			  : SIM_OK;
}

static int cancel(void *ctx, uint32_t id, struct sim_err *err)
{
	struct world *w = ctx;

	if (id > 4)
		return sim_err_set(err, SIM_E_REJECTED, "no order %u", id);
	w->cancelled++;
	w->nbook = 0;
	return SIM_OK;
}

static int replace(void *ctx, uint32_t id, sim_dec qty, sim_dec limit,
		   sim_dec stop, struct sim_err *err)
{
	struct world *w = ctx;

	(void)err;
	w->book[id - 1].qty = qty;
	w->book[id - 1].limit = limit;
	w->book[id - 1].stop = stop;
	return SIM_OK;
}

static const struct sim_order *next_order(void *ctx, uint32_t sym,
					  uint32_t after)
{
	struct world *w = ctx;

	for (int i = 0; i < w->nbook; i++) {
		if (w->book[i].id > after && w->book[i].sym == sym)
			return &w->book[i];
	}
	return NULL;
}

static const struct sim_order *order(void *ctx, uint32_t id)
{
	struct world *w = ctx;

	return id && (int)id <= w->nbook ? &w->book[id - 1] : NULL;
}

static int frame(void *ctx, struct sim_bar_tf tf, uint32_t *index,
		 struct sim_err *err)
{
	(void)ctx;
	if (tf.span <= SIM_TIME_MIN)
		return sim_err_set(err, SIM_E_INVAL, "1min is no higher "
				   "timeframe than that of the bars");
	*index = 0;
	return SIM_OK;
}

static int timer(void *ctx, sim_time at, sim_time every, uint64_t id,
		 struct sim_err *err)
{
	struct world *w = ctx;

	(void)err;
	w->timer_at = at;
	w->timer_every = every;
	w->timer_id = id;
	return SIM_OK;
}

static int note(void *ctx, const struct sim_note *n, struct sim_err *err)
{
	struct world *w = ctx;

	if (w->nnotes == NOTES)
		return sim_err_set(err, SIM_E_STRATEGY, "too many notes");
	snprintf(w->notes[w->nnotes++], 96, "%d %d %s %.6g %s", (int)n->kind,
		 n->sym == UINT32_MAX ? -1 : (int)n->sym,
		 n->name ? n->name : "-", n->value, n->text ? n->text : "-");
	return SIM_OK;
}

static void stop(void *ctx)
{
	((struct world *)ctx)->stopped++;
}

static void funds(void *ctx, sim_dec *buying_power, sim_dec *margin_used)
{
	*buying_power = ((struct world *)ctx)->acc.cash;
	*margin_used = 0;
}

static void init_world(struct world *w, uint32_t nsyms)
{
	memset(w, 0, sizeof(*w));
	w->acc.initial = w->acc.cash = w->acc.equity = w->acc.peak =
		1000 * SIM_DEC_ONE;
	w->host = (struct sim_strategy_host){
		w, submit, cancel, replace, next_order, order, frame, timer,
		note, stop, funds
	};
	w->view = (struct sim_strategy_view){
		.nsyms = nsyms, .ntraded = nsyms, .syms = w->syms,
		.traded = w->traded, .account = &w->acc, .host = &w->host,
		.tf = { SIM_BAR_TF_INTRADAY, SIM_TIME_MIN },
	};
	for (uint32_t i = 0; i < nsyms; i++) {
		struct sim_strategy_sym *s = &w->syms[i];

		snprintf(w->ins[i].symbol, sizeof(w->ins[i].symbol), "%s",
			 i ? "BBB" : "AAA");
		w->ins[i].tick_size = SIM_DEC_ONE / 100;
		w->ins[i].lot_size = w->ins[i].multiplier = SIM_DEC_ONE;
		s->instrument = &w->ins[i];
		s->position = &w->pos[i];
		s->traded = true;
		s->bars = (struct sim_bar_series){ 0, w->ts, w->price[i],
			w->high[i], w->price[i], w->price[i], w->volume[i],
			NULL, 0 };
		s->frames = &w->frames[i];
		w->traded[i] = i;
	}
	for (int t = 0; t < BARS; t++)
		w->ts[t] = INT64_C(1704205800) * SIM_TIME_SEC +
			t * SIM_TIME_MIN;
}

/* Close one more bar at that price; all later prices are poisoned. */
static int close_bar(struct world *w, struct sim_strategy *s, double price,
		     struct sim_err *err)
{
	size_t t = w->syms[0].bars.n;

	for (uint32_t i = 0; i < w->view.nsyms; i++) {
		w->price[i][t] = (sim_dec)(price * 1e8 + 0.5) * (i + 1);
		w->high[i][t] = w->price[i][t] + SIM_DEC_ONE;
		w->volume[i][t] = (sim_dec)(t + 1) * SIM_DEC_ONE;
		for (size_t k = t + 1; k < BARS; k++)
			w->price[i][k] = INT64_MIN / 2;
		w->syms[i].bars.n = t + 1;
	}
	w->view.step++;
	w->view.now = w->ts[t] + SIM_TIME_MIN;
	return s->ops->on_step(s->self, &w->view, err);
}

static int open_script(const char *text, const char *params,
		       struct sim_strategy *s, struct sim_err *err)
{
	struct sim_strategy_param p[8];
	struct sim_form f = SIM_FORM_INIT;
	char buf[256], *rest = buf, *word;

	snprintf(buf, sizeof(buf), "%s", params ? params : "");
	f.params = p;
	while (*rest) {
		word = rest;
		rest += strcspn(rest, " ");
		if (*rest)
			*rest++ = '\0';
		p[f.nparams].name = word;
		word[strcspn(word, "=")] = '\0';
		p[f.nparams++].value = word + strlen(word) + 1;
	}
	f.kind = SIM_FORM_LUA;
	f.source = "dir/t.lua";
	f.text = text;
	f.len = strlen(text);
	f.limits.memory = (size_t)16 << 20;
	return sim_lua_open(&f, s, err);
}

/* Open, start and run over `bars` bars that rise by one from 10. */
static int run(struct world *w, const char *text, const char *params, int bars,
	       struct sim_err *err)
{
	struct sim_strategy s = { .ops = NULL };
	int rc = open_script(text, params, &s, err);

	if (rc)
		return rc;
	rc = s.ops->init(s.self, &w->view, err);
	for (int t = 0; !rc && t < bars; t++) {
		rc = close_bar(w, &s, 10 + t, err);
		if (!rc && w->timer_id && s.ops->on_timer) {
			rc = s.ops->on_timer(s.self, &w->view, w->timer_id,
					     err);
			w->timer_id = 0;
		}
	}
	if (!rc && s.ops->on_end)
		rc = s.ops->on_end(s.self, &w->view, err);
	s.ops->free(s.self);
	return rc;
}

/* -- what scripts get ------------------------------------------------------ */

/* Each logs what it found in a bar; the last log is compared. */
static const struct {
	const char *body;		/* of on_bar, after five bars */
	const char *want;
} gives[] = {
	{ "ctx:log(close[0], close[1], bar.close, bar.high)", "14 13 14 15" },
	{ "ctx:log(open[0], high[0], low[0], volume[0])", "14 15 14 5" },
	{ "ctx:log(close[4], bar.n, bar.symbol)", "10 5 AAA" },
	{ "ctx:log(close:of('BBB'), close:of('BBB', 1))", "28 26" },
	{ "ctx:log(ctx:bar('BBB').close, ctx:bar(nil, 2).close)", "28 12" },
	{ "ctx:log(bar.time, ctx.now, ctx.date)",
	  "1704206040 1704206100 2024-01-02" },
	{ "ctx:log(ctx:iso(), ctx:utc().hour, ctx:utc().min, "
	  "ctx:utc(0).wday)", "2024-01-02T14:35:00Z 14 35 5" },
	{ "ctx:log(sma[0], sma[1], sma.value, sma)", "13 12 13 13" },
	{ "ctx:log(ema2[0] == close[0] - 0.5, sma:of('BBB'))", "true 26" },
	{ "ctx:log(sma + 1, 2 * sma, -sma, sma % 4, sma ^ 2, 2 ^ sma)",
	  "14 26 -13 1 169 8192" },
	{ "ctx:log(sma > 12, sma < 12, sma >= 13, 13 <= sma, sma == 13)",
	  "true false true true true" },
	{ "ctx:log(close > sma, sma == nil, sma ~= 'x')", "true false true" },
	{ "ctx:log(sma .. '!', math.floor(sma + 0.5), tostring(sma))",
	  "13! 13 13" },
	{ "ctx:log(string.format('%.1f %s', sma, sma))", "13.0 13" },
	{ "ctx:log(math.max(sma[0], 20), math.sqrt(close[0] + 2))", "20 4" },
	{ "ctx:log(bands.upper > bands.middle, bands.lower[1] < 12)",
	  "true true" },
	{ "ctx:log(range[0], donchian.upper[0])", "2 15" },
	{ "ctx:log(crosses_above(close, 13.5), crosses_above(close, 13), "
	  "crosses_below(13.5, close), crosses(close, 99))",
	  "true true true false" },
	{ "ctx:log(ctx.cash, ctx.equity, ctx.initial, ctx.drawdown)",
	  "1000 1000 1000 0" },
	{ "ctx:log(ctx.symbol, #ctx.symbols, ctx.symbols[2], "
	  "ctx.timeframe, ctx.warmup)", "AAA 2 BBB 1min 4" },
	{ "ctx:log(ctx:flat(), ctx:long(), ctx:short('BBB'))",
	  "true false false" },
	{ "ctx:log(ctx:position(), ctx:entry() == nil, ctx:gain(), "
	  "ctx:value('BBB'))", "0 true 0 0" },
	{ "ctx:log(ctx:instrument().tick, ctx:traded('BBB'), ctx:warm())",
	  "0.01 true true" },
	{ "ctx:log(sma.ready, tonumber(sma), type(sma), type(bar))",
	  "true 13 userdata userdata" },
	{ "ctx.count = (ctx.count or 0) + 1 ctx:log(ctx.count)", "1" },
	{ "print('a', sma)", "a\t13" },
	{ "ctx:log(ctx.p.n, ctx.p.word, ctx.p.flag)", "7 hey true" },
	{ "local t = {} for k in pairs(ctx.p) do t[#t + 1] = k end "
	  "ctx:log(table.concat(t, ' '))", "flag n word" },
};

START_TEST(gives_values)
{
	char text[1024], want[128];
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	snprintf(text, sizeof(text),
		 "params = { n = {7, min=1, max=9}, word = 'hey', flag = true }"
		 "warmup = 4 function on_start(ctx) "
		 "sma = ctx:sma(3) ema2 = ctx:ema('close', 2) "
		 "bands = ctx:bbands(close, {period = 2}) "
		 "donchian = ctx:donchian(2) range = ctx:tr() end "
		 "function on_bar(ctx, bar) "
		 "if bar.symbol == 'BBB' then return end %s end",
		 gives[_i / 2].body);
	sim_lua_state_jit(_i & 1);
	init_world(&w, 2);
	ck_assert_msg(!run(&w, text, NULL, 5, &err), "%s", err.msg);
	sim_lua_state_jit(true);
	ck_assert_int_ge(w.nnotes, 1);
	snprintf(want, sizeof(want), "2 -1 - 0 %s", gives[_i / 2].want);
	ck_assert_str_eq(w.notes[w.nnotes - 1], want);
}
END_TEST

/* -- orders ---------------------------------------------------------------- */

#define D(x) ((sim_dec)((x) * 1e8 + 0.5))

static const struct {
	const char *call;
	struct sim_order_req want;
} orders[] = {
	{ "ctx:buy{qty = 2.9}", { .size = 2 * SIM_DEC_ONE,
	  .tif = SIM_TIF_GTC } },
	{ "ctx:sell{notional = 0.29, symbol = 'BBB'}", { .sym = 1,
	  .side = SIM_SIDE_SELL, .size_kind = SIM_ORDER_SIZE_NOTIONAL,
	  .size = 29000000, .tif = SIM_TIF_GTC } },
	/* A third is cut, not rounded. */
	{ "ctx:buy{percent = 95 / 3}", { .size = INT64_C(3166666666),
	  .size_kind = SIM_ORDER_SIZE_PERCENT, .tif = SIM_TIF_GTC } },
	{ "ctx:buy{all = true, tif = 'day'}", {
	  .size_kind = SIM_ORDER_SIZE_ALL, .tif = SIM_TIF_DAY } },
	{ "ctx:buy{risk = 1, stop_loss = 9.001, size_at = 'fill'}", {
	  .size = SIM_DEC_ONE, .size_kind = SIM_ORDER_SIZE_RISK,
	  .stop_loss = D(9.01), .size_at_fill = true, .tif = SIM_TIF_GTC } },
	/* Limits to the trader's favour, targets towards the entry. */
	{ "ctx:buy{qty = 1, limit = 10.019, take_profit = 12.019}", {
	  .size = SIM_DEC_ONE, .type = SIM_ORDER_TYPE_LIMIT,
	  .limit = D(10.01), .take_profit = D(12.01), .tif = SIM_TIF_GTC } },
	{ "ctx:sell{qty = 1, limit = 10.011, stop_loss = 12.019}", {
	  .side = SIM_SIDE_SELL, .size = SIM_DEC_ONE,
	  .type = SIM_ORDER_TYPE_LIMIT, .limit = D(10.02),
	  .stop_loss = D(12.01), .tif = SIM_TIF_GTC } },
	{ "ctx:buy{qty = 1, stop = 10.016}", { .size = SIM_DEC_ONE,
	  .type = SIM_ORDER_TYPE_STOP, .stop = D(10.02),
	  .tif = SIM_TIF_GTC } },
	{ "ctx:buy{qty = 1, stop = 10, limit = 11}", { .size = SIM_DEC_ONE,
	  .type = SIM_ORDER_TYPE_STOP_LIMIT, .stop = D(10), .limit = D(11),
	  .tif = SIM_TIF_GTC } },
	{ "ctx:buy{qty = 1, trail_percent = 2}", { .size = SIM_DEC_ONE,
	  .type = SIM_ORDER_TYPE_TRAILING_STOP, .trail = D(2),
	  .trail_is_percent = true, .tif = SIM_TIF_GTC } },
	{ "ctx:buy{qty = 1, bracket_trail = 0.5, tif = 'gtd', "
	  "expire_at = 1.7e9}", { .size = SIM_DEC_ONE,
	  .bracket_trail = D(0.5), .tif = SIM_TIF_GTD,
	  .expire_at = INT64_C(1700000000) * SIM_TIME_SEC } },
	{ "ctx:order{side = 'sell', qty = 3, type = 'market', oco = 1, "
	  "reduce_only = true}", { .side = SIM_SIDE_SELL, .size = D(3),
	  .reduce_only = true, .oco_with = 1, .tif = SIM_TIF_GTC } },
	{ "ctx:buy{qty = 1, limit = close}", { .size = SIM_DEC_ONE,
	  .type = SIM_ORDER_TYPE_LIMIT, .limit = D(10),
	  .tif = SIM_TIF_GTC } },
	{ "ctx:close{symbol = 'BBB'}", { .sym = 1, .side = SIM_SIDE_BUY,
	  .size = D(5), .reduce_only = true, .tif = SIM_TIF_GTC } },
	{ "ctx:target{percent = 50, tag = 'half'}", { .size = D(50),
	  .tif = SIM_TIF_GTC } },
	{ "ctx:target{qty = 2, symbol = 'BBB'}", { .sym = 1, .size = D(7),
	  .tif = SIM_TIF_GTC } },
	{ "ctx:target{symbol = 'BBB'}", { .sym = 1, .size = D(5),
	  .tif = SIM_TIF_GTC } },
};

/* By its fields: what lies between them is nobody's. */
static void same_request(const struct sim_order_req *is,
			 const struct sim_order_req *want)
{
	ck_assert_uint_eq(is->sym, want->sym);
	ck_assert_int_eq(is->side, want->side);
	ck_assert_int_eq(is->type, want->type);
	ck_assert_int_eq(is->tif, want->tif);
	ck_assert_int_eq(is->size_kind, want->size_kind);
	ck_assert_int_eq(is->size, want->size);
	ck_assert_int_eq(is->size_at_fill, want->size_at_fill);
	ck_assert_int_eq(is->reduce_only, want->reduce_only);
	ck_assert_int_eq(is->trail_is_percent, want->trail_is_percent);
	ck_assert_int_eq(is->bracket_trail_is_percent,
			 want->bracket_trail_is_percent);
	ck_assert_int_eq(is->limit, want->limit);
	ck_assert_int_eq(is->stop, want->stop);
	ck_assert_int_eq(is->trail, want->trail);
	ck_assert_int_eq(is->take_profit, want->take_profit);
	ck_assert_int_eq(is->stop_loss, want->stop_loss);
	ck_assert_int_eq(is->bracket_trail, want->bracket_trail);
	ck_assert_int_eq(is->expire_at, want->expire_at);
	ck_assert_uint_eq(is->oco_with, want->oco_with);
}

START_TEST(makes_orders)
{
	char text[512];
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	snprintf(text, sizeof(text), "function on_bar(ctx, bar) "
		 "if bar.symbol == 'AAA' then assert(%s) end end",
		 orders[_i].call);
	init_world(&w, 2);
	w.pos[1].qty = -5 * SIM_DEC_ONE;
	ck_assert_msg(!run(&w, text, NULL, 1, &err), "%s", err.msg);
	ck_assert_int_eq(w.n, 1);
	same_request(&w.req[0], &orders[_i].want);
}
END_TEST

START_TEST(a_refusal_is_told)
{
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	init_world(&w, 1);
	w.refuses = true;
	ck_assert_msg(!run(&w, "function on_bar(ctx) local id, why = "
		"ctx:buy{qty = 1} ctx:log(id, why) "
		"ctx:log(ctx:buy{qty = 0.5}) ctx:log(ctx:close()) end",
		NULL, 1, &err), "%s", err.msg);
	ck_assert_str_eq(w.notes[0], "2 -1 - 0 nil no money");
	ck_assert_str_eq(w.notes[1],
			 "2 -1 - 0 nil the size is less than a lot");
	ck_assert_str_eq(w.notes[2],
			 "2 -1 - 0 nil there is no position to close");
}
END_TEST

START_TEST(manages_orders)
{
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	init_world(&w, 1);
	w.nbook = 2;
	w.book[0] = (struct sim_order){ .id = 1, .qty = D(4),
		.limit = D(9), .type = SIM_ORDER_TYPE_LIMIT };
	w.book[1] = (struct sim_order){ .id = 2, .qty = D(4),
		.role = SIM_ORDER_ROLE_STOP_LOSS };
	ck_assert_msg(!run(&w, "function on_bar(ctx) local l = ctx:orders() "
		"ctx:log(#l, l[1].type, l[1].limit, l[2].is_bracket, "
		"ctx:working()) ctx:replace(1, {limit = 9.017, qty = 3}) "
		"ctx:log(ctx:find(1).limit, ctx:find(7)) "
		"ctx:log(ctx:cancel(9)) ctx:log(ctx:cancel_all()) end",
		NULL, 1, &err), "%s", err.msg);
	ck_assert_str_eq(w.notes[0], "2 -1 - 0 2 limit 9 true true");
	ck_assert_str_eq(w.notes[1], "2 -1 - 0 9.01 nil");
	ck_assert_str_eq(w.notes[2], "2 -1 - 0 nil no order 9");
	ck_assert_str_eq(w.notes[3], "2 -1 - 0 1");
	ck_assert_int_eq(w.cancelled, 1);
}
END_TEST

START_TEST(notes_timers_and_ends)
{
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	init_world(&w, 1);
	ck_assert_msg(!run(&w, "function on_start(ctx) "
		"ctx:every(3600, 'hour') end "
		"function on_timer(ctx, what) ctx:log(what) end "
		"function on_bar(ctx, bar) if bar.n == 2 then "
		"ctx:metric('m', 1.5) ctx:mark('here') ctx:stop() end end "
		"function on_end(ctx) ctx:log('end', ctx:position()) end",
		NULL, 2, &err), "%s", err.msg);
	ck_assert(w.timer_every == 3600 * SIM_TIME_SEC);
	ck_assert_str_eq(w.notes[0], "2 -1 - 0 hour");
	ck_assert_str_eq(w.notes[1], "0 -1 m 1.5 -");
	ck_assert_str_eq(w.notes[2], "1 0 - 0 here");
	ck_assert_str_eq(w.notes[3], "2 -1 - 0 end 0");
	ck_assert_int_eq(w.stopped, 1);
}
END_TEST

/* on_bar is not called before the warm-up, by whichever asks for most. */
START_TEST(warms_up)
{
	static const struct {
		const char *text;
		int first;		/* bars there are in the first call */
	} rows[] = {
		{ "", 1 },
		{ "warmup = 3", 4 },
		{ "warmup = function(p) return 2 end", 3 },
		{ "function on_start(ctx) x = ctx:sma(5) end", 5 },
		{ "warmup = 9 function on_start(ctx) x = ctx:sma(5) end", 10 },
		{ "function on_start(ctx) x = ctx:ema(ctx:roc('close', 1), 3) "
		  "end", 4 },
	};
	char text[256], want[32];
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	snprintf(text, sizeof(text), "%s function on_bar(ctx, bar) "
		 "if not done then ctx:log(bar.n) done = true end end",
		 rows[_i].text);
	init_world(&w, 1);
	ck_assert_msg(!run(&w, text, NULL, 20, &err), "%s", err.msg);
	snprintf(want, sizeof(want), "2 -1 - 0 %d", rows[_i].first);
	ck_assert_str_eq(w.notes[0], want);
}
END_TEST

/* A higher timeframe shows what has closed and nothing else. */
START_TEST(higher_timeframes)
{
	static const sim_dec hours[] = { D(100), D(101), D(102), D(103) };
	struct sim_strategy s;
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	init_world(&w, 1);
	ck_assert_msg(!open_script("function on_start(ctx) h = ctx:frame('1h')"
		" m = h:sma('close', 2) end function on_bar(ctx, bar) "
		"ctx:log(bar.n, h.close[0], m[0]) end", NULL, &s, &err),
		"%s", err.msg);
	ck_assert_int_eq(s.ops->init(s.self, &w.view, &err), 0);
	w.frames[0] = (struct sim_bar_series){ 0, w.ts, hours, hours, hours,
					       hours, NULL, NULL, 0 };
	for (int t = 0; t < 6; t++) {
		w.frames[0].n = t < 2 ? 0 : (size_t)t - 1 < 4 ? (size_t)t - 1
							      : 4;
		ck_assert_msg(!close_bar(&w, &s, 10 + t, &err), "%s",
			      err.msg);
	}
	s.ops->free(s.self);
	ck_assert_int_eq(w.nnotes, 3);
	ck_assert_str_eq(w.notes[0], "2 -1 - 0 4 101 100.5");
	ck_assert_str_eq(w.notes[2], "2 -1 - 0 6 103 102.5");
}
END_TEST

/* Two averages whose doubles are equal still have an order. */
START_TEST(averages_compare_exactly)
{
	struct sim_strategy s;
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	init_world(&w, 1);
	ck_assert_msg(!open_script("function on_start(ctx) "
		"a, b = ctx:sma(1), ctx:sma(3) end function on_bar(ctx, bar) "
		"ctx:log(a > b, a < b, a == b, crosses_above(a, b), "
		"crosses_below(a, b)) end", NULL, &s, &err), "%s", err.msg);
	ck_assert_int_eq(s.ops->init(s.self, &w.view, &err), 0);
	for (int t = 0; t < 5; t++) {
		int rc;

		w.price[0][t] = 0;
		rc = close_bar(&w, &s, 9e9, &err);
		ck_assert_msg(!rc, "%s", err.msg);
		if (t == 3)
			w.price[0][t]++;
	}
	s.ops->free(s.self);
	ck_assert_str_eq(w.notes[0], "2 -1 - 0 false false true false false");
}
END_TEST

START_TEST(parameters)
{
	static const char text[] =
		"params = { b = {2.5, min = 0, max = 10}, a = 1, "
		"c = {'x', choices = {'x', 'y'}}, d = false } "
		"function on_bar(ctx, bar) ctx:log(ctx.p.a, ctx.p.b, ctx.p.c, "
		"ctx.p.d) end";
	static const struct sim_strategy_param want[] = {
		{ "a", "10" }, { "b", "0.1" }, { "c", "y" }, { "d", "true" }
	};
	struct sim_strategy s;
	struct sim_strategy_param p;
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	init_world(&w, 1);
	ck_assert_int_eq(run(&w, text, "c=y b=1e-1 d=yes a=10", 1, &err), 0);
	ck_assert_str_eq(w.notes[0], "2 -1 - 0 10 0.1 y true");
	ck_assert_int_eq(open_script(text, "c=y b=1e-1 d=yes a=10", &s, &err),
			 0);
	for (int i = 0; i < 4; i++) {
		ck_assert(s.ops->param(s.self, i, &p));
		ck_assert_str_eq(p.name, want[i].name);
		ck_assert_str_eq(p.value, want[i].value);
	}
	ck_assert(!s.ops->param(s.self, 4, &p));
	ck_assert_uint_eq(strlen(s.hash), 64);
	s.ops->free(s.self);
}
END_TEST

/* -- wrong scripts --------------------------------------------------------- */

#define BAR "function on_bar(ctx, bar) "
#define START "function on_start(ctx) "
#define AT_BAR "t.lua, line 1, bar 2024-01-02T14:30:00Z of AAA: "
#define IN_START "t.lua, line 1, in on_start: "

static const struct {
	const char *text, *params;
	int code;
	const char *want;
} wrong[] = {
	{ "x =", NULL, SIM_E_STRATEGY, "t.lua, line 1: unexpected symbol" },
	{ "", NULL, SIM_E_STRATEGY, "t.lua: there is neither on_bar nor "
	  "on_step" },
	{ "\nfoo.bar = 1", NULL, SIM_E_STRATEGY, "t.lua, line 2: attempt to "
	  "index global 'foo' (a nil value)" },
	{ "function on_bra() end", NULL, SIM_E_STRATEGY, "there is no callback "
	  "on_bra; did you mean on_bar?" },
	{ "on_bar = 3", NULL, SIM_E_STRATEGY, "on_bar is a number, not a "
	  "function" },
	{ "name = {} " BAR "end", NULL, SIM_E_STRATEGY, "name is a table" },
	{ "params = 3 " BAR "end", NULL, SIM_E_STRATEGY, "params is a number" },
	{ "params = { 3 } " BAR "end", NULL, SIM_E_STRATEGY, "names of "
	  "parameters are letters" },
	{ "params = { a = {} } " BAR "end", NULL, SIM_E_STRATEGY,
	  "parameter a has no default" },
	{ "params = { a = {1, mni = 0} } " BAR "end", NULL, SIM_E_STRATEGY,
	  "parameter a has 'mni'" },
	{ "params = { a = {1, min = 2} } " BAR "end", NULL, SIM_E_STRATEGY,
	  "the default of a is 1; it has to be from 2 to any" },
	{ "params = { fast = 1 } " BAR "end", "fats=2", SIM_E_INVAL,
	  "t.lua: there is no parameter 'fats'; did you mean 'fast'?" },
	{ "params = { fast = 1 } " BAR "end", "fast=2 fast=3", SIM_E_INVAL,
	  "parameter fast is given twice" },
	{ "params = { fast = 1 } " BAR "end", "fast=x", SIM_E_INVAL,
	  "fast is \"x\"; it has to be a number" },
	{ "params = { fast = {1, min=1, max=5} } " BAR "end", "fast=6",
	  SIM_E_INVAL, "fast is 6; it has to be from 1 to 5" },
	{ "params = { f = {'a', choices={'a','b'}} } " BAR "end", "f=c",
	  SIM_E_INVAL, "f is c; choose a or b" },
	{ BAR "end", "x=1", SIM_E_INVAL, "the script has none" },
	{ "warmup = -1 " BAR "end", NULL, SIM_E_STRATEGY, "warmup is -1; it "
	  "has to be a whole number" },
	{ "warmup = function(p) return p.x.y end " BAR "end", NULL,
	  SIM_E_STRATEGY, "t.lua, line 1: attempt to index field 'x'" },
	{ START "ctx:sma('close', 0) end " BAR "end", NULL, SIM_E_STRATEGY,
	  IN_START "sma: period is 0, but it must be a whole number" },
	{ START "ctx:sma('close', 0 / 0) end " BAR "end", NULL, SIM_E_STRATEGY,
	  IN_START "period of sma is nan, not a number" },
	{ START "ctx:smma('close', 5) end " BAR "end", NULL, SIM_E_STRATEGY,
	  IN_START "attempt to call method 'smma' (a nil value); did you "
	  "mean 'sma'?" },
	{ START "ctx:sma('clos', 5) end " BAR "end", NULL, SIM_E_STRATEGY,
	  "there is no series \"clos\"" },
	{ START "ctx:atr('close', 5) end " BAR "end", NULL, SIM_E_STRATEGY,
	  "atr takes no series: it is made from high, low and close" },
	{ START "ctx:sma('close', 5, 6) end " BAR "end", NULL, SIM_E_STRATEGY,
	  "sma takes 1 options: period" },
	{ START "ctx:bbands('close', {perod = 5}) end " BAR "end", NULL,
	  SIM_E_STRATEGY, "bbands has no option 'perod'; it has period" },
	{ START "ctx:frame('7 days') end " BAR "end", NULL, SIM_E_STRATEGY,
	  IN_START },
	{ START "ctx:frame('1min') end " BAR "end", NULL, SIM_E_STRATEGY,
	  "1min is no higher timeframe" },
	{ START "ctx:buy{qty = 1} end " BAR "end", NULL, SIM_E_STRATEGY,
	  "orders are taken from the first bar to the last" },
	{ START "x = ctx:sma(3) y = x[0] end " BAR "end", NULL,
	  SIM_E_STRATEGY, "sma has no value in on_start" },
	{ BAR "ctx:sma('close', 5) end", NULL, SIM_E_STRATEGY, AT_BAR "sma is "
	  "made once, in on_start" },
	{ BAR "ctx:frame('1h') end", NULL, SIM_E_STRATEGY, "a timeframe is "
	  "made once, in on_start" },
	{ BAR "return close[-1] end", NULL, SIM_E_STRATEGY, AT_BAR
	  "close[-1] would look ahead" },
	{ BAR "return close[1] end", NULL, SIM_E_STRATEGY, AT_BAR "close[1] "
	  "looks back beyond the warm-up of 0 bars; set warmup to 1 or more" },
	{ BAR "return close[0.5] end", NULL, SIM_E_STRATEGY, "close[0.5] takes "
	  "a whole number of bars" },
	{ BAR "return ctx:bar(nil, -1) end", NULL, SIM_E_STRATEGY,
	  "would look ahead" },
	{ "warmup = 3 " START "x = ctx:sma(3) end " BAR "return x[3] end",
	  NULL, SIM_E_STRATEGY, "sma[3] looks back beyond its first value; "
	  "set warmup to 5 or more" },
	{ BAR "ctx:buy{} end", NULL, SIM_E_STRATEGY, AT_BAR "an order needs a "
	  "size" },
	{ BAR "ctx:buy() end", NULL, SIM_E_STRATEGY, "an order is written in "
	  "braces" },
	{ BAR "ctx:buy{qty = 1, percent = 2} end", NULL, SIM_E_STRATEGY,
	  "an order has one size" },
	{ BAR "ctx:buy{qty = -1} end", NULL, SIM_E_STRATEGY, "qty is -1; a "
	  "size is above 0" },
	{ BAR "ctx:buy{qty = 0/0} end", NULL, SIM_E_STRATEGY, "qty is nan, "
	  "not a number" },
	{ BAR "ctx:buy{qty = 1, limt = 3} end", NULL, SIM_E_STRATEGY,
	  "an order has no field 'limt'; did you mean 'limit'?" },
	{ BAR "ctx:buy{qty = 1, tif = 'soon'} end", NULL, SIM_E_STRATEGY,
	  "there is no tif soon" },
	{ BAR "ctx:order{qty = 1} end", NULL, SIM_E_STRATEGY, "an order needs "
	  "a side" },
	{ BAR "ctx:buy{qty = 1, limit = {}} end", NULL, SIM_E_STRATEGY,
	  "limit is a table; it has to be a number" },
	{ BAR "ctx:buy{qty = 'x'} end", NULL, SIM_E_STRATEGY,
	  "qty is \"x\"; it has to be a number" },
	{ BAR "ctx:metric('x', true) end", NULL, SIM_E_STRATEGY,
	  "a metric is a boolean; it has to be a number" },
	{ BAR "ctx:buy{qty = 1, symbol = 'ZZZ'} end", NULL, SIM_E_STRATEGY,
	  "there is no symbol ZZZ in this run; it has AAA" },
	{ BAR "bar.close = 1 end", NULL, SIM_E_STRATEGY, "a bar can't be "
	  "changed" },
	{ BAR "return bar.clsoe end", NULL, SIM_E_STRATEGY, "a bar has no "
	  "'clsoe'" },
	{ BAR "close() end", NULL, SIM_E_STRATEGY, "a series is no function" },
	{ BAR "return close.src.x end", NULL, SIM_E_STRATEGY, "line 1" },
	{ BAR "ctx:cancel(nil) end", NULL, SIM_E_STRATEGY, "nil is no order's "
	  "id" },
	{ BAR "ctx:buy{qty = 1, oco = 2^40} end", NULL, SIM_E_STRATEGY,
	  "1099511627776 is no order's id" },
	{ BAR "ctx:metric('x', 1/0) end", NULL, SIM_E_STRATEGY, "a metric is "
	  "inf, not a number" },
	{ BAR "ctx:mark(3) end", NULL, SIM_E_STRATEGY, "ctx:mark takes a "
	  "text" },
	{ BAR "ctx:every(0) end", NULL, SIM_E_STRATEGY, "seconds above 0" },
	{ BAR "for i = 1, 100 do pcall(ctx.log, ctx, i) end end", NULL,
	  SIM_E_STRATEGY, "too many notes" },
	{ BAR "os.exit(1) end", NULL, SIM_E_STRATEGY, AT_BAR "os is not "
	  "there" },
	{ BAR "local t = {} while true do t[#t + 1] = {} end end", NULL,
	  SIM_E_STRATEGY, "the script holds more than 16 MiB of memory" },
	{ BAR "local function f() return 1 + f() end f() end", NULL,
	  SIM_E_STRATEGY, "stack overflow" },
	{ BAR "error('mine') end", NULL, SIM_E_STRATEGY, AT_BAR "mine" },
};

START_TEST(says_what_is_wrong)
{
	struct sim_err err = SIM_ERR_INIT;
	struct world w;
	int rc;

	sim_lua_state_jit(_i & 1);
	init_world(&w, 1);
	rc = run(&w, wrong[_i / 2].text, wrong[_i / 2].params, 5, &err);
	sim_lua_state_jit(true);
	ck_assert_msg(rc == wrong[_i / 2].code, "%s: %d %s",
		      wrong[_i / 2].text, rc, err.msg);
	ck_assert_msg(strstr(err.msg, wrong[_i / 2].want), "%s\nsays: %s\n"
		      "not:  %s", wrong[_i / 2].text, err.msg,
		      wrong[_i / 2].want);
	ck_assert_ptr_null(strchr(err.msg, '\n'));
	ck_assert_ptr_null(strstr(err.msg, "0x"));
	ck_assert_ptr_null(strstr(err.msg, "driver"));
}
END_TEST

/* Objects keep their inside to themselves. */
START_TEST(objects_are_closed)
{
	static const char *const bodies[] = {
		"close.src = 5", "sma.id = 9", "sma.__index = 1", "bar.sym = 1",
		"getmetatable(sma).__index = nil", "setmetatable(sma, {})",
		"rawset(sma, 'id', 1)", "getmetatable(ctx).__index = nil",
		"for k in pairs(sma) do end",
		"sma[1e9] = 2", "return sma[1e9]", "return close[2^31]",
		"return close['n']", "return #sma",
	};
	char text[512];
	struct sim_err err = SIM_ERR_INIT;
	struct world w;

	snprintf(text, sizeof(text), START "sma = ctx:sma(2) end " BAR
		 "%s end", bodies[_i]);
	init_world(&w, 1);
	ck_assert_msg(run(&w, text, NULL, 5, &err) == SIM_E_STRATEGY, "%s",
		      bodies[_i]);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("lua");
	TCase *c = tcase_create("scripts");

	tcase_add_loop_test(c, gives_values, 0, 2 * COUNT(gives));
	tcase_add_loop_test(c, makes_orders, 0, COUNT(orders));
	tcase_add_test(c, a_refusal_is_told);
	tcase_add_test(c, manages_orders);
	tcase_add_test(c, notes_timers_and_ends);
	tcase_add_loop_test(c, warms_up, 0, 6);
	tcase_add_test(c, higher_timeframes);
	tcase_add_test(c, averages_compare_exactly);
	tcase_add_test(c, parameters);
	tcase_add_loop_test(c, says_what_is_wrong, 0, 2 * COUNT(wrong));
	tcase_add_loop_test(c, objects_are_closed, 0, 14);
	suite_add_tcase(s, c);
	return run_suite(s);
}
