/*
 * replay: states of a window of steps as text, made by playing the tape up to
 * its end.
 */
#include "run/replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/manifest.h"
#include "run/tape.h"
#include "script/expr.h"
#include "util/mem.h"

#define SYMBOLS_NAMED 1000	/* whose fields have names of their own */

/* Fields of the state, before those of the symbols. */
static const char *const fixed[] = {
	"step", "seq", "cash", "equity", "peak", "drawdown", "realized",
	"fees", "gross", "fills", "orders", "fill", "rejected", "position",
	"price",
};
enum {
	STEP, SEQ, CASH, EQUITY, PEAK, DRAWDOWN, REALIZED, FEES, GROSS, FILLS,
	ORDERS, FILL, REJECTED, POSITION, PRICE, FIXED
};

struct sim_replay {
	const struct sim_folder *f;
	struct sim_tape *tape;
	const struct sim_instrument *ins;
	uint32_t nsyms, nnamed;
	uint64_t steps, at;
	sim_dec initial;
	/* The states of steps first .. first + n - 1. */
	uint64_t first, n;
	char *state[SIM_REPLAY_WINDOW];
	/* Where the events of a step begin: the log's length before it. */
	uint64_t *seq_of;		/* newest event, by step; steps + 1 */
	size_t *line;			/* offset of an event, by seq */
	char **names;
	struct sim_expr *breaks[SIM_REPLAY_BREAKS];
	int nbreaks;
};

/* -- a pass over the run --------------------------------------------------- */

/* What the step at work has brought. */
struct pass {
	struct sim_replay *r;
	const struct sim_strategy_view *view;
	uint64_t seq, from, to;
	uint64_t nfills;
	bool fill, rejected;
	int hit;
	struct sim_err *err;
	int rc;
};

static void take_event(void *ctx, const struct sim_event *ev)
{
	struct pass *p = ctx;

	p->seq = ev->seq;
	p->fill |= ev->type == SIM_EVENT_TYPE_FILL;
	p->nfills += ev->type == SIM_EVENT_TYPE_FILL;
	p->rejected |= ev->type == SIM_EVENT_TYPE_ORDER_REJECTED;
}

static void forget_step(struct pass *p)
{
	p->fill = p->rejected = false;
}

/* -- the state as text ----------------------------------------------------- */

static void write_order(struct sim_json *j, const struct sim_order *o,
			const char *symbol)
{
	sim_json_object(j, NULL);
	sim_json_int(j, "order", o->id);
	sim_json_str(j, "symbol", symbol);
	sim_json_str(j, "side", sim_vocab_side_text(o->side));
	sim_json_str(j, "type", sim_vocab_order_type_text(o->type));
	sim_json_dec(j, "quantity", o->qty);
	sim_json_dec(j, "filled", o->filled);
	if (o->limit)
		sim_json_dec(j, "limit", o->limit);
	if (o->stop)
		sim_json_dec(j, "stop", o->stop);
	if (o->trail_ref)
		sim_json_dec(j, "trail_from", o->trail_ref);
	sim_json_bool(j, "triggered", o->triggered);
	sim_json_dec(j, "reserved", o->reserve);
	sim_json_end(j);
}

static void write_positions(struct sim_json *j,
			    const struct sim_strategy_view *v)
{
	sim_json_array(j, "positions");
	for (uint32_t i = 0; i < v->nsyms; i++) {
		const struct sim_position *p = v->syms[i].position;

		if (!p->qty)
			continue;
		sim_json_object(j, NULL);
		sim_json_str(j, "symbol", v->syms[i].instrument->symbol);
		sim_json_dec(j, "qty", p->qty);
		sim_json_dec(j, "cost", p->cost);
		sim_json_dec(j, "last", p->last);
		sim_json_dec(j, "value", p->value);
		sim_json_end(j);
	}
	sim_json_end(j);
}

static void write_orders(struct sim_json *j, const struct sim_strategy_view *v)
{
	const struct sim_strategy_host *h = v->host;

	sim_json_array(j, "orders");
	for (uint32_t i = 0; i < v->nsyms; i++) {
		const struct sim_order *o = h->next_order(h->ctx, i, 0);

		for (; o; o = h->next_order(h->ctx, i, o->id))
			write_order(j, o, v->syms[i].instrument->symbol);
	}
	sim_json_end(j);
}

static void write_account(struct sim_json *j, const struct sim_account *a)
{
	sim_json_dec(j, "cash", a->cash);
	sim_json_dec(j, "equity", a->equity);
	sim_json_dec(j, "peak", a->peak);
	sim_json_dec(j, "open_cost", a->open_cost);
	sim_json_dec(j, "gross", a->gross);
	sim_json_dec(j, "realized", a->realized);
	sim_json_dec(j, "fees", a->fees);
	sim_json_dec(j, "dividends", a->dividends);
	sim_json_dec(j, "interest", a->interest);
	sim_json_dec(j, "reserved", a->reserved);
}

static char *state_text(const struct pass *p)
{
	const struct sim_strategy_view *v = p->view;
	struct sim_account none = { .initial = p->r->initial,
				    .cash = p->r->initial,
				    .equity = p->r->initial,
				    .peak = p->r->initial };
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;
	char *s;

	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	sim_json_int(&j, "step", v ? (int64_t)v->step : 0);
	if (v)
		sim_json_time(&j, "time", v->now);
	else
		sim_json_null(&j, "time");
	sim_json_int(&j, "seq", v ? (int64_t)p->seq : 0);
	sim_json_int(&j, "fills", v ? (int64_t)p->nfills : 0);
	write_account(&j, v ? v->account : &none);
	if (v) {
		write_positions(&j, v);
		write_orders(&j, v);
	} else {
		sim_json_array(&j, "positions");
		sim_json_end(&j);
		sim_json_array(&j, "orders");
		sim_json_end(&j);
	}
	sim_json_end(&j);
	s = sim_mem_strdup(sim_buf_str(&b));
	sim_buf_release(&b);
	return s;
}

/* -- the window ------------------------------------------------------------ */

static void empty_window(struct sim_replay *r)
{
	for (uint64_t i = 0; i < r->n; i++)
		sim_mem_free(r->state[i]);
	r->n = 0;
}

static bool keep_state(void *ctx, const struct sim_strategy_view *v)
{
	struct pass *p = ctx;

	p->view = v;
	if (v->step >= p->from && p->r->n < SIM_REPLAY_WINDOW)
		p->r->state[p->r->n++] = state_text(p);
	forget_step(p);
	return v->step >= p->to;
}

static int play(struct sim_replay *r, struct pass *p, sim_tape_watch watch,
		struct sim_err *err)
{
	struct sim_run_result out = SIM_RUN_RESULT_INIT;
	const struct sim_tape_play how = {
		.event = take_event, .watch = watch, .ctx = p,
	};
	int rc = sim_tape_run(r->tape, &how, &out, err);

	sim_run_result_release(&out);
	return rc;
}

/* Fill the window so that `step` lies in it, most of it before. */
static int fill_window(struct sim_replay *r, uint64_t step,
		       struct sim_err *err)
{
	uint64_t back = SIM_REPLAY_WINDOW * 3 / 4;
	struct pass p = { .r = r };

	empty_window(r);
	r->first = step > back ? step - back : 0;
	p.from = r->first;
	p.to = r->first + SIM_REPLAY_WINDOW - 1;
	if (!r->first)
		r->state[r->n++] = state_text(&p);
	return play(r, &p, keep_state, err);
}

int sim_replay_seek(struct sim_replay *r, uint64_t step, struct sim_err *err)
{
	int rc = SIM_OK;

	step = step < r->steps ? step : r->steps;
	if (!r->n || step < r->first || step >= r->first + r->n)
		rc = fill_window(r, step, err);
	if (!rc)
		r->at = step;
	return rc;
}

/* -- opening --------------------------------------------------------------- */

/* Which events belong to a step: by their time, which is its end. */
static void index_event(void *ctx, const struct sim_event *ev)
{
	struct pass *p = ctx;
	const struct sim_run_equity *q = &sim_tape_result(p->r->tape)->equity;

	while (p->to < q->n && q->time[p->to] < ev->time)
		p->to++;
	for (; p->from <= p->to; p->from++)
		p->r->seq_of[p->from] = p->seq;
	p->seq = ev->seq;
}

/* Where the lines of the log begin, and which belong to a step. */
static int index_events(struct sim_replay *r, struct sim_err *err)
{
	const struct sim_buf *log = &sim_tape_result(r->tape)->log;
	const char *p = sim_buf_str(log), *end = p + log->len;
	uint64_t n = sim_tape_result(r->tape)->counts.events;
	struct sim_run_result out = SIM_RUN_RESULT_INIT;
	struct pass pass = { .r = r };
	const struct sim_tape_play how = {
		.event = index_event, .ctx = &pass,
	};
	int rc;

	r->seq_of = sim_mem_array(r->steps + 1, sizeof(*r->seq_of));
	r->line = sim_mem_array(n + 2, sizeof(*r->line));
	for (uint64_t i = 1; i <= n + 1 && p; i++) {
		r->line[i] = (size_t)(p - sim_buf_str(log));
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	rc = sim_tape_run(r->tape, &how, &out, err);
	sim_run_result_release(&out);
	for (; pass.from <= r->steps; pass.from++)
		r->seq_of[pass.from] = pass.seq;
	return rc;
}

/* A symbol that can be part of a name. */
static bool is_plain(const char *s)
{
	return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		      "0123456789_") == strlen(s) &&
	       strspn(s, "0123456789") == 0;
}

static void name_fields(struct sim_replay *r)
{
	size_t n = 0;
	char name[SIM_INSTRUMENT_SYMBOL + 16];

	r->nnamed = r->nsyms < SYMBOLS_NAMED ? r->nsyms : SYMBOLS_NAMED;
	r->names = sim_mem_array(FIXED + 2 * r->nnamed + 1,
				 sizeof(*r->names));
	for (; n < FIXED; n++)
		r->names[n] = sim_mem_strdup(fixed[n]);
	for (uint32_t i = 0; i < r->nnamed; i++) {
		const char *s = r->ins[i].symbol;

		/* One that can't be written is never asked for. */
		snprintf(name, sizeof(name), "position.%s",
			 is_plain(s) ? s : "?");
		r->names[n++] = sim_mem_strdup(name);
		snprintf(name, sizeof(name), "price.%s",
			 is_plain(s) ? s : "?");
		r->names[n++] = sim_mem_strdup(name);
	}
}

static int check_log(const struct sim_replay *r, struct sim_err *err)
{
	const struct sim_buf *a = &r->f->result.log;
	const struct sim_buf *b = &sim_tape_result(r->tape)->log;

	if (b->len <= a->len &&
	    !memcmp(sim_buf_str(a), sim_buf_str(b), b->len))
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "run %s does not come out the "
			   "same any more, so it can't be replayed; simutrador "
			   "run verify %s says where it parts", r->f->id,
			   r->f->id);
}

int sim_replay_open(const struct sim_folder *f,
		    const struct sim_run_spec *spec, struct sim_replay **out,
		    struct sim_err *err)
{
	struct sim_replay *r = sim_mem_zalloc(sizeof(*r));
	struct sim_run_spec once = *spec;
	int rc;

	r->f = f;
	r->initial = spec->config.cash;
	sim_manifest_cut(f->manifest, &once);
	rc = sim_tape_record(&once, NULL, NULL, &r->tape, err);
	if (!rc)
		rc = check_log(r, err);
	if (!rc) {
		r->steps = sim_tape_result(r->tape)->steps;
		r->ins = sim_tape_symbols(r->tape, &r->nsyms);
		name_fields(r);
		rc = index_events(r, err);
	}
	if (!rc)
		rc = sim_replay_seek(r, 0, err);
	if (rc)
		sim_replay_close(r);
	else
		*out = r;
	return rc;
}

void sim_replay_close(struct sim_replay *r)
{
	if (!r)
		return;
	empty_window(r);
	for (int i = 0; i < r->nbreaks; i++)
		sim_expr_free(r->breaks[i]);
	for (size_t i = 0; r->names && r->names[i]; i++)
		sim_mem_free(r->names[i]);
	sim_mem_free(r->names);
	sim_mem_free(r->seq_of);
	sim_mem_free(r->line);
	sim_tape_free(r->tape);
	sim_mem_free(r);
}

struct sim_tape *sim_replay_tape(struct sim_replay *r)
{
	return r->tape;
}

uint64_t sim_replay_steps(const struct sim_replay *r)
{
	return r->steps;
}

uint64_t sim_replay_step(const struct sim_replay *r)
{
	return r->at;
}

/* -- breakpoints ----------------------------------------------------------- */

static const char *const *names_of(const struct sim_replay *r)
{
	const void *names = r->names;

	return names;
}

const char *const *sim_replay_fields(const struct sim_replay *r)
{
	return names_of(r);
}

int sim_replay_break(struct sim_replay *r, const char *expr,
		     struct sim_err *err)
{
	int rc;

	if (r->nbreaks == SIM_REPLAY_BREAKS)
		return sim_err_set(err, SIM_E_INVAL, "there are %d breakpoints "
				   "already", SIM_REPLAY_BREAKS);
	rc = sim_expr_compile(expr, "break", names_of(r),
			      FIXED + 2 * r->nnamed, &r->breaks[r->nbreaks],
			      err);
	return rc ? rc : ++r->nbreaks;
}

static double open_orders(const struct sim_strategy_view *v)
{
	const struct sim_strategy_host *h = v->host;
	double n = 0;

	for (uint32_t i = 0; i < v->nsyms; i++)
		for (const struct sim_order *o = h->next_order(h->ctx, i, 0);
		     o; o = h->next_order(h->ctx, i, o->id))
			n++;
	return n;
}

static void set_symbol(const struct sim_strategy_view *v, size_t i,
		       bool is_price, struct sim_expr_value *out)
{
	const struct sim_position *p = v->syms[i].position;

	if (is_price && !p->last)
		return;			/* no bar yet */
	out->type = SIM_EXPR_NUM;
	out->num = sim_dec_to_double(is_price ? p->last : p->qty);
}

/* An amount of the account; NaN when the field is none. */
static double amount(const struct pass *p, size_t i)
{
	const struct sim_account *a = p->view->account;

	switch (i) {
	case STEP:
		return (double)p->view->step;
	case SEQ:
		return (double)p->seq;
	case CASH:
		return sim_dec_to_double(a->cash);
	case EQUITY:
		return sim_dec_to_double(a->equity);
	case PEAK:
		return sim_dec_to_double(a->peak);
	case DRAWDOWN:
		return a->peak > 0 ? (double)a->equity / (double)a->peak - 1
				   : 0;
	case REALIZED:
		return sim_dec_to_double(a->realized);
	case FEES:
		return sim_dec_to_double(a->fees);
	case GROSS:
		return sim_dec_to_double(a->gross);
	case FILLS:
		return (double)p->nfills;
	default:
		return open_orders(p->view);
	}
}

static void field(void *ctx, size_t i, struct sim_expr_value *out)
{
	const struct pass *p = ctx;

	out->type = SIM_EXPR_NIL;
	if (i == FILL || i == REJECTED) {
		out->type = SIM_EXPR_BOOL;
		out->b = i == FILL ? p->fill : p->rejected;
	} else if (i == POSITION || i == PRICE) {
		if (p->view->nsyms == 1)
			set_symbol(p->view, 0, i == PRICE, out);
	} else if (i >= FIXED) {
		set_symbol(p->view, (i - FIXED) / 2, (i - FIXED) & 1, out);
	} else {
		out->type = SIM_EXPR_NUM;
		out->num = amount(p, i);
	}
}

static bool test_breaks(void *ctx, const struct sim_strategy_view *v)
{
	struct pass *p = ctx;
	const struct sim_expr_record rec = { p, field };
	bool holds = false;

	p->view = v;
	for (int i = 0; v->step >= p->from && !p->rc && i < p->r->nbreaks;
	     i++) {
		p->rc = sim_expr_test(p->r->breaks[i], &rec, &holds, p->err);
		if (!p->rc && holds) {
			p->hit = i + 1;
			break;
		}
	}
	forget_step(p);
	p->to = v->step;
	return p->rc || p->hit;
}

int sim_replay_continue(struct sim_replay *r, int *hit, struct sim_err *err)
{
	struct pass p = { .r = r, .from = r->at + 1, .err = err };
	int rc = SIM_OK;

	p.to = r->steps;
	if (r->nbreaks && r->at < r->steps)
		rc = play(r, &p, test_breaks, err);
	if (!rc)
		rc = p.rc;
	if (!rc)
		rc = sim_replay_seek(r, p.hit ? p.to : r->steps, err);
	if (!rc)
		*hit = p.hit;
	return rc;
}

/* -- looking --------------------------------------------------------------- */

const char *sim_replay_state(struct sim_replay *r, char hash[SIM_SHA256_HEX])
{
	const char *s = r->state[r->at - r->first];
	uint8_t sum[SIM_SHA256_SIZE];

	sim_sha256_of(s, strlen(s), sum);
	sim_sha256_hex(sum, hash);
	return s;
}

const char *sim_replay_events(const struct sim_replay *r, uint64_t step,
			      size_t *len)
{
	const struct sim_buf *log = &sim_tape_result(r->tape)->log;
	uint64_t from, to;

	if (!step || step > r->steps)
		return NULL;
	from = r->seq_of[step - 1];
	to = r->seq_of[step];
	if (from == to)
		return NULL;
	*len = r->line[to + 1] - r->line[from + 1];
	return sim_buf_str(log) + r->line[from + 1];
}
