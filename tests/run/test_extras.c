/*
 * extras: bars of higher timeframes show at their close and not a step
 * earlier; timers, notes, events, ended orders, and an end that is asked for.
 * A small strategy made of a table of callbacks stands for all forms.
 */
#include "run/loop.h"

#include <string.h>

#include "suite.h"
#include "util/mem.h"

#define TF_MIN(n) { SIM_BAR_TF_INTRADAY, (n) * SIM_TIME_MIN }

static const struct sim_bar_tf minute = TF_MIN(1), hour = TF_MIN(60),
	day = { SIM_BAR_TF_DAY, SIM_TIME_DAY },
	week = { SIM_BAR_TF_WEEK, 7 * SIM_TIME_DAY };

struct world;

struct script {
	int (*init)(struct world *w, struct sim_strategy_view *v,
		    struct sim_err *err);
	int (*step)(struct world *w, struct sim_strategy_view *v,
		    struct sim_err *err);
	int (*timer)(struct world *w, struct sim_strategy_view *v, uint64_t id,
		     struct sim_err *err);
	int (*end)(struct world *w, struct sim_strategy_view *v,
		   struct sim_err *err);
	bool listens;
};

#define SEEN 4096
struct world {
	const struct script *script;
	struct sim_strategy_ops ops;
	struct sim_strategy strategy;
	struct sim_run_spec spec;
	struct sim_run_data data[2];
	struct sim_bar_table bars[2];
	struct sim_prepare p;
	struct sim_run_result r;
	struct sim_buf log;
	uint64_t seen[SEEN];		/* what a script saw, in order */
	sim_time when[SEEN];
	size_t nseen, events;
	uint32_t order;
};

static struct world w;

static int on_init(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct world *x = self;

	return x->script->init ? x->script->init(x, v, err) : SIM_OK;
}

static int on_step(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct world *x = self;

	return x->script->step ? x->script->step(x, v, err) : SIM_OK;
}

static int on_timer(void *self, struct sim_strategy_view *v, uint64_t id,
		    struct sim_err *err)
{
	struct world *x = self;

	return x->script->timer(x, v, id, err);
}

static int on_end(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct world *x = self;

	return x->script->end(x, v, err);
}

static void on_event(void *self, const struct sim_event *ev)
{
	struct world *x = self;

	ck_assert_uint_eq(ev->seq, ++x->events);
}

static void see(uint64_t what, sim_time when)
{
	ck_assert_uint_lt(w.nseen, SEEN);
	w.when[w.nseen] = when;
	w.seen[w.nseen++] = what;
}

static sim_time at(const char *s)
{
	sim_time t = 0;

	ck_assert_int_eq(sim_time_parse(s, strlen(s), &t, NULL, NULL), 0);
	return t;
}

static void setup(void)
{
	static const struct sim_run_spec spec = SIM_RUN_SPEC_INIT;
	static const struct sim_bar_table empty = SIM_BAR_TABLE_INIT;

	memset(&w, 0, sizeof(w));
	w.spec = spec;
	w.spec.data = w.data;
	w.log.max = SIM_BUF_MAX;
	ck_assert_int_eq(sim_config_preset("us-equity", &w.spec.config, NULL),
			 0);
	for (int i = 0; i < 2; i++) {
		struct sim_run_data *d = &w.data[i];

		w.bars[i] = empty;
		memset(d->instrument.symbol, 'A' + i, 3);
		d->instrument.tick_size = SIM_DEC_ONE / 100;
		d->instrument.lot_size = SIM_DEC_ONE;
		d->instrument.multiplier = SIM_DEC_ONE;
		memcpy(d->instrument.currency, "USD", 4);
		memcpy(d->instrument.calendar, "XNYS", 5);
		d->tf = minute;
	}
}

static void teardown(void)
{
	sim_prepare_release(&w.p);
	sim_run_result_release(&w.r);
	sim_buf_release(&w.log);
	for (int i = 0; i < 2; i++)
		sim_bar_table_release(&w.bars[i]);
}

/* n bars of a symbol from a time on; their price is their number. */
static void add(int sym, const char *from, int n, int64_t span_min)
{
	for (int i = 0; i < n; i++) {
		sim_dec p = (sim_dec)(100 + w.bars[sym].n) * SIM_DEC_ONE;
		struct sim_bar b = {
			at(from) + i * span_min * SIM_TIME_MIN, p, p, p, p,
			1000 * SIM_DEC_ONE
		};

		sim_bar_table_add(&w.bars[sym], &b, 0);
	}
}

static int run(const struct script *s, bool with_log)
{
	struct sim_log log;
	struct sim_loop_setup loop = {
		.prepared = &w.p, .spec = &w.spec, .config = &w.spec.config,
		.strategy = &w.strategy, .log = with_log ? &log : NULL,
	};
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	w.script = s;
	w.ops.init = on_init;
	w.ops.on_step = on_step;
	w.ops.on_timer = s->timer ? on_timer : NULL;
	w.ops.on_end = s->end ? on_end : NULL;
	w.ops.on_event = s->listens ? on_event : NULL;
	w.ops.keeps_orders = s->listens;
	w.strategy.ops = &w.ops;
	w.strategy.self = &w;
	w.spec.nsyms = w.bars[1].n ? 2 : 1;
	for (uint32_t i = 0; i < w.spec.nsyms; i++)
		w.data[i].bars = sim_bar_table_view(&w.bars[i]);
	ck_assert_msg(!sim_prepare_run(&w.spec, &w.p, &err), "%s", err.msg);
	if (with_log)
		sim_log_begin(&log, &w.log, w.p.instruments, w.p.nsyms);
	rc = sim_loop_run(&loop, &w.r, &err);
	if (rc)
		ck_assert_str_ne(err.msg, "");
	return rc;
}

/* -- higher timeframes ----------------------------------------------------- */

/* Every bar that shows is whole: none of the bars it spans is still to come,
 * and its prices are those of the bars it spans. */
static void check_frame(const struct sim_strategy_view *v, uint32_t sym,
			const struct sim_bar_series *f,
			const struct sim_bar_series *full, sim_time until)
{
	const struct sim_bar_series *s = &v->syms[sym].bars;
	size_t i = f->n - 1, a = sim_bar_find(full, f->ts[i]);
	size_t b = sim_bar_find(full, until);

	ck_assert_int_le(until, v->now);
	ck_assert_uint_le(b, s->n);
	ck_assert_int_eq(f->open[i], full->open[a]);
	ck_assert_int_eq(f->close[i], full->close[b - 1]);
	ck_assert_int_eq(f->high[i], full->close[b - 1]);
	ck_assert_int_eq(f->volume[i], (sim_dec)(b - a) * full->volume[a]);
}

static uint32_t f_hour, f_day, f_week;

static int ask_frames(struct world *x, struct sim_strategy_view *v,
		      struct sim_err *err)
{
	uint32_t again;

	(void)x;
	ck_assert_ptr_null(v->syms[0].frames);
	ck_assert(!v->host->frame(v->host->ctx, hour, &f_hour, err));
	ck_assert(!v->host->frame(v->host->ctx, day, &f_day, err));
	ck_assert(!v->host->frame(v->host->ctx, week, &f_week, err));
	ck_assert(!v->host->frame(v->host->ctx, day, &again, err));
	ck_assert_uint_eq(again, f_day);
	return SIM_OK;
}

/* Notes each change of what shows. */
static int watch_frames(struct world *x, struct sim_strategy_view *v,
			struct sim_err *err)
{
	const struct sim_bar_series *f = v->syms[0].frames;
	uint64_t code = f[f_hour].n * 10000 + f[f_day].n * 100 + f[f_week].n;

	(void)err;
	if (!x->nseen || x->seen[x->nseen - 1] != code)
		see(code, v->now);
	return SIM_OK;
}

/* Tuesday afternoon, the half day before Independence Day, Friday, Monday:
 * which hours, days and weeks show from which step on. */
static const struct {
	const char *when;
	uint64_t code;			/* hours, days, weeks */
} shown[] = {
	{ "2024-07-02T19:01:00Z", 0 },
	{ "2024-07-02T19:30:00Z", 10000 },
	{ "2024-07-02T20:00:00Z", 20100 },
	{ "2024-07-03T14:30:00Z", 30100 },
	{ "2024-07-03T15:30:00Z", 40100 },
	{ "2024-07-03T16:30:00Z", 50100 },
	{ "2024-07-03T17:00:00Z", 60200 },	/* the half day's close */
	{ "2024-07-05T14:30:00Z", 70200 },
	{ "2024-07-05T15:30:00Z", 80200 },
	/* Its bars end at 15:45 and the next step is Monday's first. */
	{ "2024-07-08T13:31:00Z", 90301 },
	{ "2024-07-08T14:30:00Z", 100301 },
	/* The last hour stops half way: it never shows. */
};

START_TEST(test_frames_show_at_their_close)
{
	static const struct script s = { .init = ask_frames,
					 .step = watch_frames };

	add(0, "2024-07-02T19:00:00Z", 60, 1);
	add(0, "2024-07-03T13:30:00Z", 210, 1);
	add(0, "2024-07-05T13:30:00Z", 135, 1);
	add(0, "2024-07-08T13:30:00Z", 90, 1);
	ck_assert_int_eq(run(&s, false), SIM_OK);
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		char t[SIM_TIME_STRMAX];

		ck_assert_uint_lt(i, w.nseen);
		sim_time_format(w.when[i], t);
		ck_assert_str_eq(t, shown[i].when);
		ck_assert_uint_eq(w.seen[i], shown[i].code);
	}
	ck_assert_uint_eq(w.nseen, sizeof(shown) / sizeof(shown[0]));
}
END_TEST

static int compare_hours(struct world *x, struct sim_strategy_view *v,
			 struct sim_err *err)
{
	(void)err;
	for (uint32_t i = 0; i < v->nsyms; i++) {
		const struct sim_bar_series *f = &v->syms[i].frames[f_hour];
		const struct sim_bar_series full =
			sim_bar_table_view(&x->bars[i]);
		sim_time until;

		if (!f->n)
			continue;
		until = f->ts[f->n - 1] + hour.span;
		if (until == at("2024-07-02T20:30:00Z"))
			until -= 30 * SIM_TIME_MIN;	/* the close */
		if (until == at("2024-07-03T17:30:00Z"))
			until -= 30 * SIM_TIME_MIN;	/* of a half day */
		check_frame(v, i, f, &full, until);
		x->order++;
	}
	return SIM_OK;
}

/* Two symbols with holes at different times: a frame of one shows in the first
 * step there is, also when that is the other's. */
START_TEST(test_frames_of_two_symbols)
{
	static const struct script s = { .init = ask_frames,
					 .step = compare_hours };

	add(0, "2024-07-02T13:30:00Z", 390, 1);
	add(0, "2024-07-03T13:30:00Z", 100, 1);
	add(1, "2024-07-02T13:45:00Z", 70, 1);
	add(1, "2024-07-02T16:00:00Z", 30, 1);
	add(1, "2024-07-03T13:30:00Z", 210, 1);
	ck_assert_int_eq(run(&s, false), SIM_OK);
	ck_assert_uint_gt(w.order, 500);
}
END_TEST

/* A bar that lies across the end of its bucket holds it back to its own end. */
START_TEST(test_a_bar_across_the_close)
{
	static const struct script s = { .init = ask_frames,
					 .step = watch_frames };

	w.data[0].tf.span = w.data[1].tf.span = 20 * SIM_TIME_MIN;
	add(0, "2024-07-02T13:30:00Z", 2, 20);
	add(0, "2024-07-02T14:15:00Z", 4, 20);	/* to 14:35, 14:55, ... */
	add(1, "2024-07-02T13:30:00Z", 6, 20);	/* 14:30 is a step */
	w.nseen = 0;
	ck_assert_int_eq(run(&s, false), SIM_OK);
	ck_assert_int_eq(w.when[1], at("2024-07-02T14:35:00Z"));
	ck_assert_uint_eq(w.seen[1], 10000);
}
END_TEST

static int ask_lower(struct world *x, struct sim_strategy_view *v,
		     struct sim_err *err)
{
	struct sim_bar_tf tf = { SIM_BAR_TF_INTRADAY, 0 };
	static const int64_t minutes[] = { 5, 10, 15, 30, 60, 120, 240, 390 };
	uint32_t k;

	(void)x;
	tf.span = 30 * SIM_TIME_SEC;
	ck_assert_int_eq(v->host->frame(v->host->ctx, tf, &k, err),
			 SIM_E_INVAL);
	ck_assert_int_eq(v->host->frame(v->host->ctx, minute, &k, err),
			 SIM_E_INVAL);
	for (size_t i = 0; i < 8; i++) {
		tf.span = minutes[i] * SIM_TIME_MIN;
		ck_assert(!v->host->frame(v->host->ctx, tf, &k, err));
		ck_assert_uint_eq(k, i);
	}
	ck_assert_int_eq(v->host->frame(v->host->ctx, day, &k, err),
			 SIM_E_INVAL);
	return SIM_OK;
}

static int ask_late(struct world *x, struct sim_strategy_view *v,
		    struct sim_err *err)
{
	uint32_t k;

	(void)x;
	ck_assert_int_eq(v->host->frame(v->host->ctx, week, &k, err),
			 SIM_E_INVAL);
	return SIM_OK;
}

START_TEST(test_wrong_frames)
{
	static const struct script s = { .init = ask_lower, .step = ask_late };

	add(0, "2024-07-02T13:30:00Z", 30, 1);
	ck_assert_int_eq(run(&s, false), SIM_OK);
}
END_TEST

/* -- timers ---------------------------------------------------------------- */

static int set(struct sim_strategy_view *v, const char *when, sim_time every,
	       uint64_t id)
{
	return v->host->timer(v->host->ctx, at(when), every, id, NULL);
}

static int set_timers(struct world *x, struct sim_strategy_view *v,
		      struct sim_err *err)
{
	(void)x;
	(void)err;
	ck_assert(!set(v, "2024-07-02T13:40:30Z", 0, 1));
	ck_assert(!set(v, "2024-07-02T13:35:00Z", 5 * SIM_TIME_MIN, 2));
	ck_assert(!set(v, "2024-07-02T13:35:00Z", 0, 3));
	ck_assert(!set(v, "2024-07-02T13:55:00Z", SIM_TIME_SEC, 4));
	ck_assert(!set(v, "2020-01-01T00:00:00Z", 0, 5));
	ck_assert_int_eq(set(v, "2024-07-02T13:35:00Z", -1, 6),
			 SIM_E_STRATEGY);
	return SIM_OK;
}

static int on_alarm(struct world *x, struct sim_strategy_view *v, uint64_t id,
		    struct sim_err *err)
{
	(void)x;
	(void)err;
	see(id, v->now);
	if (id == 3)	/* due at once, so in the next step */
		ck_assert(!set(v, "2024-07-02T13:35:00Z", 0, 7));
	return SIM_OK;
}

START_TEST(test_timers)
{
	static const struct script s = { .init = set_timers,
					 .timer = on_alarm };
	static const struct { uint64_t id; const char *when; } want[] = {
		{ 5, "13:31" }, { 2, "13:35" }, { 3, "13:35" }, { 7, "13:36" },
		{ 2, "13:40" }, { 1, "13:41" }, { 2, "13:45" }, { 2, "13:50" },
		{ 2, "13:55" }, { 4, "13:55" }, { 4, "13:56" }, { 4, "13:57" },
		{ 4, "13:58" }, { 4, "13:59" }, { 4, "14:00" }, { 2, "14:00" },
	};

	add(0, "2024-07-02T13:30:00Z", 30, 1);
	ck_assert_int_eq(run(&s, false), SIM_OK);
	ck_assert_uint_eq(w.nseen, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < w.nseen; i++) {
		char t[SIM_TIME_STRMAX];

		sim_time_format(w.when[i], t);
		ck_assert_mem_eq(t + 11, want[i].when, 5);
		ck_assert_uint_eq(w.seen[i], want[i].id);
	}
}
END_TEST

static int set_too_many(struct world *x, struct sim_strategy_view *v,
			struct sim_err *err)
{
	(void)x;
	for (int i = 0; i < SIM_STRATEGY_TIMERS; i++)
		ck_assert(!set(v, "2024-07-02T13:31:00Z", 0, (uint64_t)i));
	return v->host->timer(v->host->ctx, 0, 0, 0, err);
}

/* Set inside the steps that pass together. */
static int set_within(struct world *x, struct sim_strategy_view *v,
		      struct sim_err *err)
{
	(void)x;
	if (v->step != 20)
		return SIM_OK;
	return v->host->timer(v->host->ctx, v->now + 3 * SIM_TIME_MIN, 0, 9,
			      err);
}

START_TEST(test_more_timers)
{
	static const struct script many = { .init = set_too_many },
		within = { .step = set_within, .timer = on_alarm };

	add(0, "2024-07-02T13:30:00Z", 30, 1);
	ck_assert_int_eq(run(&many, false), SIM_E_STRATEGY);
	sim_prepare_release(&w.p);
	ck_assert_int_eq(run(&within, false), SIM_OK);
	ck_assert_uint_eq(w.nseen, 1);
	ck_assert_int_eq(w.when[0], at("2024-07-02T13:53:00Z"));
}
END_TEST

/* -- events, orders, the end ----------------------------------------------- */

static int buy(struct sim_strategy_view *v, uint32_t *id)
{
	struct sim_order_req req = {
		.sym = 0, .side = SIM_SIDE_BUY, .type = SIM_ORDER_TYPE_MARKET,
		.tif = SIM_TIF_DAY, .size = SIM_DEC_ONE,
	};

	return v->host->submit(v->host->ctx, &req, id, NULL);
}

static int early_order(struct world *x, struct sim_strategy_view *v,
		       struct sim_err *err)
{
	uint32_t id;

	(void)x;
	(void)err;
	ck_assert_int_eq(buy(v, &id), SIM_E_REJECTED);
	return SIM_OK;
}

static int trade_and_stop(struct world *x, struct sim_strategy_view *v,
			  struct sim_err *err)
{
	const struct sim_order *o;

	(void)err;
	if (v->step == 1)
		ck_assert_int_eq(buy(v, &x->order), SIM_OK);
	o = v->host->order(v->host->ctx, x->order);
	ck_assert_ptr_nonnull(o);
	ck_assert_uint_eq(o->id, x->order);
	ck_assert_int_eq(o->status, v->step == 1 ? SIM_ORDER_STATUS_ACCEPTED :
			 SIM_ORDER_STATUS_FILLED);
	ck_assert_ptr_null(v->host->order(v->host->ctx, x->order + 1));
	if (v->step == 12)
		v->host->stop(v->host->ctx);
	return SIM_OK;
}

static int late_order(struct world *x, struct sim_strategy_view *v,
		      struct sim_err *err)
{
	uint32_t id;

	(void)err;
	see(v->step, v->now);
	ck_assert_int_eq(buy(v, &id), SIM_E_REJECTED);
	ck_assert_int_eq(v->host->cancel(v->host->ctx, x->order, NULL),
			 SIM_E_REJECTED);
	return SIM_OK;
}

START_TEST(test_events_and_stop)
{
	static const struct script s = {
		.init = early_order, .step = trade_and_stop,
		.end = late_order, .listens = true
	};

	add(0, "2024-07-02T13:30:00Z", 30, 1);
	ck_assert_int_eq(run(&s, _i != 0), SIM_OK);
	ck_assert_uint_eq(w.events, 2);
	ck_assert_uint_eq(w.r.counts.events, 2);
	ck_assert_uint_eq(w.r.steps, 12);
	ck_assert_uint_eq(w.r.equity.n, 12);
	ck_assert_uint_eq(w.r.stop_step, 0);
	ck_assert_uint_eq(w.nseen, 1);
	ck_assert_uint_eq(w.seen[0], 12);
	ck_assert_int_eq(w.log.len != 0, _i != 0);
}
END_TEST

/* -- notes ----------------------------------------------------------------- */

static int note(struct sim_strategy_view *v, enum sim_note_kind kind,
		uint32_t sym, const char *name, double value, const char *text)
{
	const struct sim_note n = { kind, 0, sym, name, value, text };

	return v->host->note(v->host->ctx, &n, NULL);
}

static int leave_notes(struct world *x, struct sim_strategy_view *v,
		       struct sim_err *err)
{
	static char longer[SIM_NOTE_TEXT_MAX + 2], name[SIM_NOTE_NAME_MAX + 2];
	volatile double zero = 0;

	(void)x;
	(void)err;
	if (v->step != 2)
		return SIM_OK;
	memset(longer, 'x', SIM_NOTE_TEXT_MAX + 1);
	memset(name, 'n', SIM_NOTE_NAME_MAX + 1);
	ck_assert(!note(v, SIM_NOTE_METRIC, UINT32_MAX, "edge", 0.5, NULL));
	ck_assert(!note(v, SIM_NOTE_METRIC, UINT32_MAX, "n", 2, NULL));
	ck_assert(!note(v, SIM_NOTE_METRIC, UINT32_MAX, "edge", 0.1, NULL));
	ck_assert(!note(v, SIM_NOTE_MARK, 0, NULL, 0, "a \"mark\"\n"));
	ck_assert(!note(v, SIM_NOTE_LOG, UINT32_MAX, NULL, 0, ""));
	ck_assert_int_eq(note(v, SIM_NOTE_LOG, 0, NULL, 0, longer),
			 SIM_E_STRATEGY);
	ck_assert_int_eq(note(v, SIM_NOTE_METRIC, 0, name, 0, NULL),
			 SIM_E_STRATEGY);
	ck_assert_int_eq(note(v, SIM_NOTE_METRIC, 0, "", 0, NULL),
			 SIM_E_STRATEGY);
	ck_assert_int_eq(note(v, SIM_NOTE_METRIC, 0, "q", zero / zero, NULL),
			 SIM_E_STRATEGY);
	ck_assert_int_eq(note(v, SIM_NOTE_MARK, 1, NULL, 0, "no symbol"),
			 SIM_E_STRATEGY);
	return SIM_OK;
}

static const char notes_text[] =
	"{\"time\":\"2024-07-02T13:32:00Z\",\"kind\":\"metric\","
	"\"name\":\"edge\",\"value\":0.5}\n"
	"{\"time\":\"2024-07-02T13:32:00Z\",\"kind\":\"metric\","
	"\"name\":\"n\",\"value\":2}\n"
	"{\"time\":\"2024-07-02T13:32:00Z\",\"kind\":\"metric\","
	"\"name\":\"edge\",\"value\":0.1}\n"
	"{\"time\":\"2024-07-02T13:32:00Z\",\"kind\":\"mark\","
	"\"symbol\":\"AAA\",\"text\":\"a \\\"mark\\\"\\n\"}\n"
	"{\"time\":\"2024-07-02T13:32:00Z\",\"kind\":\"log\",\"text\":\"\"}\n";

START_TEST(test_notes)
{
	static const struct script s = { .step = leave_notes };
	struct sim_notes back = { { NULL, 0, 0, 0, false }, 0 };
	struct sim_notes_view v;

	add(0, "2024-07-02T13:30:00Z", 5, 1);
	ck_assert_int_eq(run(&s, false), SIM_OK);
	ck_assert_uint_eq(w.r.notes.n, 5);
	ck_assert_str_eq(sim_buf_str(&w.r.notes.text), notes_text);
	ck_assert_int_eq(sim_notes_read(&back, notes_text,
					sizeof(notes_text) - 1,
					w.p.instruments, 1, NULL), SIM_OK);
	ck_assert_str_eq(sim_buf_str(&back.text), notes_text);
	sim_notes_view(&back, w.p.instruments, 1, &v);
	ck_assert_uint_eq(v.nmetrics, 2);
	ck_assert_str_eq(v.metrics[0].name, "edge");
	ck_assert_double_eq(v.metrics[0].value, 0.1);
	ck_assert_double_eq(v.metrics[1].value, 2);
	ck_assert_uint_eq(v.nmarks, 1);
	ck_assert_str_eq(v.marks[0].text, "a \"mark\"\n");
	ck_assert_uint_eq(v.logs, 1);
	sim_notes_view_release(&v);
	ck_assert_int_eq(sim_notes_read(&back, "{}\n", 3, w.p.instruments, 1,
					NULL), SIM_E_DATA);
	sim_notes_release(&back);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("extras");
	TCase *t = tcase_create("extras");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, test_frames_show_at_their_close);
	tcase_add_test(t, test_frames_of_two_symbols);
	tcase_add_test(t, test_a_bar_across_the_close);
	tcase_add_test(t, test_wrong_frames);
	tcase_add_test(t, test_timers);
	tcase_add_test(t, test_more_timers);
	tcase_add_loop_test(t, test_events_and_stop, 0, 2);
	tcase_add_test(t, test_notes);
	suite_add_tcase(s, t);
	return run_suite(s);
}
