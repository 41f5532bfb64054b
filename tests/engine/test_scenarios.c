/*
 * Micro-scenarios: a few bars, a few orders, and every event that must come
 * of them, in text tables under tests/engine/scenarios/ (format: README
 * there).  The expected lines are derived by hand from simutrador-fills(7).
 *
 * Covers: matching, time in force, brackets, margin, corporate actions, costs.
 * Does not cover: calendars, strategies, files.
 */
#include "engine/engine.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

#define SYMS	8
#define WORDS	32

struct scenario {
	char name[96];
	const char *file;
	int line;			/* of its first line */
	char *text;			/* its lines */
};

static struct scenario *scenarios;
static size_t nscenarios, scenario_cap;

/* -- the world of one scenario ------------------------------------------- */

struct world {
	struct sim_config cfg;
	struct sim_instrument ins[SYMS];
	uint32_t nsyms;
	struct sim_action actions[SYMS][8];
	size_t nactions[SYMS];
	bool no_volume[SYMS];
	int session;			/* bars a session */
	int steps;			/* steps begun */
	struct sim_engine *e;
	struct sim_buf got;		/* event lines not yet expected */
	struct sim_buf fine;
	struct sim_bar_table detail;
	struct sim_bar_series detail_view;
	struct sim_bar bar[SYMS];
	struct sim_bar_series series[SYMS];	/* one bar each */
	struct sim_engine_bar bars[SYMS];
	uint32_t traded[SYMS], nbars;
	bool pending;			/* a step waits to be run */
};

#define T0	(INT64_C(20000) * SIM_TIME_DAY + 14 * SIM_TIME_HOUR)

static sim_time start_of(const struct world *w, int step)
{
	int day = step / w->session, bar = step % w->session;

	return T0 + day * SIM_TIME_DAY + bar * SIM_TIME_MIN;
}

static sim_time next_close(void *ctx, uint32_t sym, sim_time t)
{
	const struct world *w = ctx;
	int step = 0;

	(void)sym;
	while (start_of(w, step + w->session - 1) + SIM_TIME_MIN <= t)
		step += w->session;
	return start_of(w, step + w->session - 1) + SIM_TIME_MIN;
}

static void put(struct world *w, const char *label, sim_dec v)
{
	sim_buf_puts(&w->got, label);
	sim_buf_dec(&w->got, v, 0);
}

static void show_fill(struct world *w, const struct sim_event *ev)
{
	const struct sim_fill *f = ev->fill;

	sim_buf_printf(&w->got, "fill %u %s ", f->order,
		       sim_vocab_side_text((enum sim_side)f->side));
	put(w, "", f->qty);
	put(w, " @ ", f->price);
	sim_buf_printf(&w->got, " %s",
		       sim_vocab_fill_reason_text(
				(enum sim_fill_reason)f->reason));
	if (f->maker)
		sim_buf_puts(&w->got, " maker");
	if (f->ambiguous)
		sim_buf_puts(&w->got, " ambiguous");
	if (f->commission)
		put(w, " fee ", f->commission);
	if (f->realized)
		put(w, " realized ", f->realized);
}

static void show_order(struct world *w, const char *verb,
		       const struct sim_order *o)
{
	sim_buf_printf(&w->got, "%s %u ", verb, o->id);
	put(w, "qty ", o->qty);
	if (o->limit)
		put(w, " limit ", o->limit);
	if (o->stop)
		put(w, " stop ", o->stop);
}

static void show_accepted(struct world *w, const struct sim_order *o)
{
	const char *side = sim_vocab_side_text((enum sim_side)o->side);

	if (o->role == SIM_ORDER_ROLE_LIQUIDATION)
		sim_buf_printf(&w->got, "liquidate %u %s %s ", o->id,
			       w->ins[o->sym].symbol, side);
	else
		sim_buf_printf(&w->got, "child %u of %u %s ", o->id, o->parent,
			       side);
	put(w, "", o->qty);
	if (o->limit)
		put(w, " limit ", o->limit);
	if (o->stop)
		put(w, " stop ", o->stop);
}

static void show_ended(struct world *w, const char *verb,
		       const struct sim_event *ev)
{
	sim_buf_printf(&w->got, "%s %u %s", verb, ev->order->id,
		       sim_vocab_end_reason_text(
				(enum sim_end_reason)ev->reason));
}

static void show_money(struct world *w, const struct sim_event *ev)
{
	sim_buf_printf(&w->got, "%s ", sim_vocab_event_type_text(ev->type));
	if (ev->sym != UINT32_MAX)
		sim_buf_printf(&w->got, "%s ", w->ins[ev->sym].symbol);
	switch (ev->type) {
	case SIM_EVENT_TYPE_SPLIT:
		sim_buf_printf(&w->got, "%d:%d", (int)ev->a, (int)ev->b);
		put(w, " position ", ev->c);
		if (ev->d)
			put(w, " cash ", ev->d);
		break;
	case SIM_EVENT_TYPE_MARGIN_CALL:
		put(w, "equity ", ev->a);
		put(w, " required ", ev->b);
		break;
	default:
		put(w, "", ev->c);
	}
}

static void on_event(void *ctx, const struct sim_event *ev)
{
	struct world *w = ctx;

	switch (ev->type) {
	case SIM_EVENT_TYPE_ORDER_ACCEPTED:
		if (!ev->order->parent &&
		    ev->order->role != SIM_ORDER_ROLE_LIQUIDATION)
			return;
		show_accepted(w, ev->order);
		break;
	case SIM_EVENT_TYPE_ORDER_REJECTED:
		sim_buf_printf(&w->got, "reject %u %s", ev->order->id,
			       sim_vocab_reject_text(
					(enum sim_reject)ev->reason));
		break;
	case SIM_EVENT_TYPE_ORDER_TRIGGERED:
		sim_buf_printf(&w->got, "trigger %u", ev->order->id);
		put(w, " @ ", ev->a);
		break;
	case SIM_EVENT_TYPE_ORDER_REPLACED:
		show_order(w, "replace", ev->order);
		break;
	case SIM_EVENT_TYPE_ORDER_CANCELLED:
		show_ended(w, "cancel", ev);
		break;
	case SIM_EVENT_TYPE_ORDER_EXPIRED:
		show_ended(w, "expire", ev);
		break;
	case SIM_EVENT_TYPE_FILL:
		show_fill(w, ev);
		break;
	default:
		show_money(w, ev);
	}
	sim_buf_putc(&w->got, '\n');
}

/* -- reading ------------------------------------------------------------- */

static const struct scenario *now;	/* for messages */
static int now_line;

#define FAIL(...) do { \
	char fail_[512]; \
	snprintf(fail_, sizeof(fail_), __VA_ARGS__); \
	ck_abort_msg("%s:%d (%s): %s", now->file, now_line, now->name, \
		     fail_); \
} while (0)

static int split(char *line, char **words)
{
	int n = 0;
	char *p = line;

	while (*p && n < WORDS) {
		while (*p == ' ' || *p == '\t')
			*p++ = '\0';
		if (!*p)
			break;
		words[n++] = p;
		while (*p && *p != ' ' && *p != '\t')
			p++;
	}
	return n;
}

static sim_dec dec(const char *s)
{
	sim_dec v = 0;

	if (!s || sim_dec_parse(s, strlen(s), &v, NULL))
		FAIL("'%s' is not a number", s ? s : "(nothing)");
	return v;
}

static uint32_t sym_of(struct world *w, const char *name)
{
	for (uint32_t i = 0; i < w->nsyms; i++)
		if (!strcmp(w->ins[i].symbol, name))
			return i;
	FAIL("no instrument '%s'", name);
	return 0;
}

static uint32_t add_instrument(struct world *w, const char *name)
{
	struct sim_instrument *i = &w->ins[w->nsyms];

	snprintf(i->symbol, sizeof(i->symbol), "%s", name);
	i->tick_size = SIM_DEC_ONE / 100;
	i->lot_size = SIM_DEC_ONE;
	i->multiplier = SIM_DEC_ONE;
	snprintf(i->currency, sizeof(i->currency), "USD");
	return w->nsyms++;
}

static void do_instrument(struct world *w, char **v, int n)
{
	uint32_t s = add_instrument(w, v[1]);

	for (int i = 2; i + 1 < n; i += 2) {
		if (!strcmp(v[i], "tick"))
			w->ins[s].tick_size = dec(v[i + 1]);
		else if (!strcmp(v[i], "lot"))
			w->ins[s].lot_size = dec(v[i + 1]);
		else if (!strcmp(v[i], "multiplier"))
			w->ins[s].multiplier = dec(v[i + 1]);
		else if (!strcmp(v[i], "volume"))
			w->no_volume[s] = true;
		else
			FAIL("unknown instrument word '%s'", v[i]);
	}
}

/* action SYM split NUM DEN STEP | action SYM dividend CASH STEP */
static void do_action(struct world *w, char **v, int n)
{
	uint32_t s = sym_of(w, v[1]);
	struct sim_action *a = &w->actions[s][w->nactions[s]++];
	bool is_split = !strcmp(v[2], "split");

	*a = (struct sim_action){ 0 };
	a->type = is_split ? SIM_ACTION_SPLIT : SIM_ACTION_DIVIDEND;
	if (is_split) {
		a->num = (int32_t)(dec(v[3]) / SIM_DEC_ONE);
		a->den = (int32_t)(dec(v[4]) / SIM_DEC_ONE);
	} else {
		a->cash = dec(v[3]);
	}
	/* Bars are numbered from 1 in the text. */
	a->day = 20000 + (dec(v[n - 1]) / SIM_DEC_ONE - 1) / w->session;
}

static void begin(struct world *w)
{
	struct sim_engine_sink sink = { w, on_event, next_close };
	struct sim_err err = SIM_ERR_INIT;

	if (w->e)
		return;
	if (!w->nsyms)
		add_instrument(w, "A");
	if (sim_engine_new(&w->cfg, w->ins, w->nsyms, &sink, &w->e, &err))
		FAIL("%s", err.msg);
	for (uint32_t i = 0; i < w->nsyms; i++) {
		sim_engine_actions(w->e, i, w->actions[i], w->nactions[i]);
		if (w->no_volume[i])
			sim_engine_no_volume(w->e, i);
	}
}

static void check_account(struct world *w)
{
	struct sim_err err = SIM_ERR_INIT;

	if (sim_engine_check(w->e, &err))
		FAIL("%s", err.msg);
}

/* Run the step whose bars were read. */
static void run_step(struct world *w)
{
	struct sim_err err = SIM_ERR_INIT;

	if (!w->pending)
		return;
	w->pending = false;
	w->detail_view = sim_bar_table_view(&w->detail);
	if (w->detail.n)
		w->bars[w->traded[0]].detail = &w->detail_view;
	if (sim_engine_step(w->e, start_of(w, w->steps - 1) + SIM_TIME_MIN,
			    w->bars, w->traded, w->nbars, &err))
		FAIL("%s", err.msg);
	check_account(w);
}

static void end_step(struct world *w)
{
	struct sim_err err = SIM_ERR_INIT;

	if (!w->e)
		return;
	run_step(w);
	if (sim_engine_step_end(w->e, w->bars, w->traded, w->nbars, &err))
		FAIL("%s", err.msg);
	check_account(w);
	w->nbars = 0;
	w->detail.n = 0;
}

/* bar SYM O H L C [VOLUME] [synthetic]; '+bar' joins the step before. */
static void do_bar(struct world *w, char **v, int n, bool joins)
{
	struct sim_engine_bar *b;
	struct sim_bar *bar;
	uint32_t sym;
	int step;

	begin(w);
	if (!joins) {
		end_step(w);
		w->steps++;
	}
	if (n < 6)
		FAIL("a bar needs a symbol and four prices");
	step = w->steps - 1;
	sym = sym_of(w, v[1]);
	w->traded[w->nbars++] = sym;
	bar = &w->bar[sym];
	w->series[sym] = (struct sim_bar_series){
		1, &bar->ts, &bar->open, &bar->high, &bar->low, &bar->close,
		&bar->volume, NULL, 0
	};
	b = &w->bars[sym];
	*b = (struct sim_engine_bar){ .series = &w->series[sym] };
	*bar = (struct sim_bar){ start_of(w, step), dec(v[2]), dec(v[3]),
				   dec(v[4]), dec(v[5]),
				   1000000 * SIM_DEC_ONE };
	b->day = 20000 + step / w->session;
	if (step % w->session == 0)
		b->flags |= SIM_ENGINE_FIRST;
	if (step % w->session == w->session - 1)
		b->flags |= SIM_ENGINE_LAST;
	for (int i = 6; i < n; i++) {
		if (!strcmp(v[i], "synthetic"))
			b->flags |= SIM_ENGINE_SYNTHETIC;
		else
			bar->volume = dec(v[i]);
	}
	w->pending = true;
}

static void do_detail(struct world *w, char **v)
{
	struct sim_bar b = { (sim_time)w->detail.n, dec(v[1]), dec(v[2]),
			     dec(v[3]), dec(v[4]), 0 };

	sim_bar_table_add(&w->detail, &b, 0);
}

/* A size word: 10, 5000$ (notional), 50% (of equity), all, risk:1% */
static void size_word(struct sim_order_req *r, char *s)
{
	size_t n = strlen(s);

	if (!strcmp(s, "all")) {
		r->size_kind = SIM_ORDER_SIZE_ALL;
		return;
	}
	if (!strncmp(s, "risk:", 5)) {
		r->size_kind = SIM_ORDER_SIZE_RISK;
		s += 5;
		n -= 5;
	} else if (s[n - 1] == '%') {
		r->size_kind = SIM_ORDER_SIZE_PERCENT;
	} else if (s[n - 1] == '$') {
		r->size_kind = SIM_ORDER_SIZE_NOTIONAL;
	}
	if (s[n - 1] == '%' || s[n - 1] == '$')
		s[n - 1] = '\0';
	r->size = dec(s);
}

static sim_dec trail_word(char *s, bool *percent)
{
	size_t n = strlen(s);

	*percent = s[n - 1] == '%';
	if (*percent)
		s[n - 1] = '\0';
	return dec(s);
}

/* Option words of an order with a value; flags without one come after. */
static bool order_value(struct world *w, struct sim_order_req *r,
			const char *k, char *v)
{
	const struct { const char *k; sim_dec *to; } prices[] = {
		{ "limit", &r->limit }, { "stop", &r->stop },
		{ "tp", &r->take_profit }, { "sl", &r->stop_loss },
	};

	for (size_t i = 0; i < 4; i++) {
		if (!strcmp(k, prices[i].k)) {
			*prices[i].to = dec(v);
			return true;
		}
	}
	if (!strcmp(k, "trail"))
		r->trail = trail_word(v, &r->trail_is_percent);
	else if (!strcmp(k, "sltrail"))
		r->bracket_trail = trail_word(v, &r->bracket_trail_is_percent);
	else if (!strcmp(k, "oco"))
		r->oco_with = (uint32_t)(dec(v) / SIM_DEC_ONE);
	else if (!strcmp(k, "until"))	/* the end of bar N */
		r->expire_at = start_of(w, (int)(dec(v) / SIM_DEC_ONE) - 1) +
			       SIM_TIME_MIN;
	else
		return false;
	return true;
}

/* order SYM buy|sell SIZE TYPE [limit P] [stop P] ... [tif] [reduce] */
static void do_order(struct world *w, char **v, int n)
{
	struct sim_order_req r = { .tif = SIM_TIF_GTC };
	uint32_t id;

	begin(w);
	run_step(w);
	if (n < 5)
		FAIL("an order needs a symbol, side, size and type");
	r.sym = sym_of(w, v[1]);
	if (!sim_vocab_side_parse(v[2], &r.side) ||
	    !sim_vocab_order_type_parse(v[4], &r.type))
		FAIL("bad side or type");
	size_word(&r, v[3]);
	for (int i = 5; i < n; i++) {
		if (i + 1 < n && order_value(w, &r, v[i], v[i + 1]))
			i++;
		else if (!strcmp(v[i], "reduce"))
			r.reduce_only = true;
		else if (!strcmp(v[i], "at-fill"))
			r.size_at_fill = true;
		else if (!sim_vocab_tif_parse(v[i], &r.tif))
			FAIL("unknown order word '%s'", v[i]);
	}
	(void)sim_engine_submit(w->e, &r, &id, NULL);
	check_account(w);
}

static void do_cancel(struct world *w, char **v)
{
	int rc;

	run_step(w);
	rc = sim_engine_cancel(w->e, (uint32_t)(dec(v[1]) / SIM_DEC_ONE), NULL);
	if (rc)
		sim_buf_printf(&w->got, "%s %s\n", rc == SIM_E_NOENT ?
			       "not open" : "not cancelled", v[1]);
	check_account(w);
}

/* modify ID [qty Q] [limit P] [stop P] */
static void do_modify(struct world *w, char **v, int n)
{
	sim_dec x[3] = { 0, 0, 0 };
	static const char *const k[3] = { "qty", "limit", "stop" };
	int rc;

	run_step(w);
	for (int i = 2; i + 1 < n; i += 2)
		for (int j = 0; j < 3; j++)
			if (!strcmp(v[i], k[j]))
				x[j] = dec(v[i + 1]);
	rc = sim_engine_replace(w->e, (uint32_t)(dec(v[1]) / SIM_DEC_ONE),
				x[0], x[1], x[2], NULL);
	if (rc)
		sim_buf_printf(&w->got, "%s %s\n",
			       rc == SIM_E_NOENT ? "not open" : "not replaced",
			       v[1]);
	check_account(w);
}

/* "> text": the next event line must be this. */
static void do_expect(struct world *w, const char *want)
{
	char *nl;

	run_step(w);
	if (!w->got.len)
		FAIL("expected '%s', but nothing happened", want);
	nl = strchr(w->got.data, '\n');
	*nl = '\0';
	if (strcmp(w->got.data, want))
		FAIL("expected '%s', got '%s'", want, w->got.data);
	w->got.len -= (size_t)(nl + 1 - w->got.data);
	memmove(w->got.data, nl + 1, w->got.len + 1);
}

static void nothing_left(struct world *w)
{
	if (w->got.len)
		FAIL("unexpected: %s", sim_buf_str(&w->got));
}

/* "= cash X equity X pos SYM Q cost SYM C ..." */
static void do_state(struct world *w, char **v, int n)
{
	const struct sim_account *a;

	end_step(w);
	nothing_left(w);
	a = sim_engine_account(w->e);
	for (int i = 1; i + 1 < n; i += 2) {
		const struct { const char *k; sim_dec v; } plain[] = {
			{ "cash", a->cash }, { "equity", a->equity },
			{ "realized", a->realized }, { "fees", a->fees },
			{ "dividends", a->dividends },
			{ "interest", a->interest },
			{ "power", sim_engine_buying_power(w->e) },
			{ "reserved", a->reserved },
			{ "ambiguous", sim_engine_counts(w->e)->ambiguous *
				       SIM_DEC_ONE },
		};
		char text[SIM_DEC_STRMAX];
		sim_dec got = 0;
		bool known = false;
		const char *what = v[i];

		for (size_t j = 0; j < sizeof(plain) / sizeof(plain[0]); j++) {
			if (strcmp(plain[j].k, what))
				continue;
			got = plain[j].v;
			known = true;
		}
		if (!known) {
			const struct sim_position *p = sim_engine_position(
				w->e, sym_of(w, v[++i]));

			got = strcmp(what, "pos") ? p->cost : p->qty;
		}
		sim_dec_format(got, 0, text);
		if (got != dec(v[i + 1]))
			FAIL("expected %s %s, got %s", what, v[i + 1], text);
	}
}

static void do_set(struct world *w, char **v)
{
	struct sim_err err = SIM_ERR_INIT;

	if (!strcmp(v[1], "session"))
		w->session = (int)(dec(v[2]) / SIM_DEC_ONE);
	else if (!strcmp(v[1], "preset")) {
		if (sim_config_preset(v[2], &w->cfg, &err))
			FAIL("%s", err.msg);
	} else if (sim_config_set(&w->cfg, v[1], v[2], &err))
		FAIL("%s", err.msg);
}

static void do_line(struct world *w, char *line)
{
	char *v[WORDS] = { NULL };
	int n;

	if (!strncmp(line, "> ", 2)) {
		do_expect(w, line + 2);
		return;
	}
	n = split(line, v);
	if (!n || v[0][0] == '#')
		return;
	if (strcmp(v[0], "=") && strcmp(v[0], "detail") &&
	    strcmp(v[0], "+bar"))
		nothing_left(w);
	if (!strcmp(v[0], "set"))
		do_set(w, v);
	else if (!strcmp(v[0], "instrument"))
		do_instrument(w, v, n);
	else if (!strcmp(v[0], "action"))
		do_action(w, v, n);
	else if (!strcmp(v[0], "bar") || !strcmp(v[0], "+bar"))
		do_bar(w, v, n, v[0][0] == '+');
	else if (!strcmp(v[0], "detail"))
		do_detail(w, v);
	else if (!strcmp(v[0], "order"))
		do_order(w, v, n);
	else if (!strcmp(v[0], "cancel"))
		do_cancel(w, v);
	else if (!strcmp(v[0], "modify"))
		do_modify(w, v, n);
	else if (!strcmp(v[0], "="))
		do_state(w, v, n);
	else
		FAIL("unknown word '%s'", v[0]);
}

START_TEST(scenario)
{
	struct sim_bar_table empty = SIM_BAR_TABLE_INIT;
	struct world w = { .session = 100 };
	char *text, *line;

	now = &scenarios[_i];
	now_line = now->line;
	w.got = (struct sim_buf)SIM_BUF_INIT(1 << 20);
	w.detail = empty;
	ck_assert_int_eq(sim_config_preset("frictionless", &w.cfg, NULL), 0);
	w.cfg.cash = 10000 * SIM_DEC_ONE;
	w.cfg.path = SIM_CONFIG_PATH_WORST;
	text = now->text;
	while ((line = sim_str_sep(&text, '\n')) != NULL) {
		do_line(&w, line);
		now_line++;
	}
	end_step(&w);
	nothing_left(&w);
	sim_engine_free(w.e);
	sim_bar_table_release(&w.detail);
	sim_buf_release(&w.got);
}
END_TEST

/* -- finding the files --------------------------------------------------- */

static void read_file(const char *dir, const char *name)
{
	char path[4096 + 256];
	struct sim_buf b = SIM_BUF_INIT(1 << 20);
	char *text, *line;
	int n = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (sim_file_read(path, 1 << 20, &b, NULL))
		abort();
	text = sim_mem_strdup(b.data);
	sim_buf_release(&b);
	for (char *p = text; (line = sim_str_sep(&p, '\n')) != NULL;) {
		n++;
		if (!strncmp(line, "scenario ", 9)) {
			struct scenario *s;

			SIM_MEM_GROW(scenarios, scenario_cap, nscenarios + 1);
			s = &scenarios[nscenarios++];
			snprintf(s->name, sizeof(s->name), "%s", line + 9);
			s->file = sim_mem_strdup(name);
			s->line = n + 1;
			s->text = sim_mem_strdup("");
		} else if (nscenarios && scenarios[nscenarios - 1].text) {
			struct scenario *s = &scenarios[nscenarios - 1];
			size_t a = strlen(s->text), k = strlen(line);

			s->text = sim_mem_realloc(s->text, a + k + 2);
			memcpy(s->text + a, line, k);
			memcpy(s->text + a + k, "\n", 2);
		}
	}
	sim_mem_free(text);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_table(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 4 && !strcmp(d->d_name + n - 4, ".txt");
}

int main(void)
{
	const char *src = getenv("top_srcdir");
	Suite *s = suite_create("scenarios");
	TCase *t = tcase_create("scenario");
	struct dirent **list;
	char dir[4096];
	int n;

	snprintf(dir, sizeof(dir), "%s/tests/engine/scenarios",
		 src ? src : ".");
	n = scandir(dir, &list, is_table, by_name);
	if (n <= 0) {
		fprintf(stderr, "no scenarios in %s\n", dir);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		read_file(dir, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	tcase_add_loop_test(t, scenario, 0, (int)nscenarios);
	suite_add_tcase(s, t);
	n = run_suite(s);
	for (size_t i = 0; i < nscenarios; i++) {
		sim_mem_free((void *)(uintptr_t)scenarios[i].file);
		sim_mem_free(scenarios[i].text);
	}
	sim_mem_free(scenarios);
	return n;
}
