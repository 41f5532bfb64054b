/* run_out: fields of runs, fills, orders, trades, equity and events. */
#include "cli/run_out.h"

#include <stdio.h>
#include <string.h>

#include "run/log.h"
#include "util/mem.h"

const char *const sim_run_out_words[] = {
	"fills", "orders", "trades", "equity", "events", "notes", NULL
};

enum sim_run_out_what sim_run_out_what(const char *word)
{
	for (int i = 0; word && sim_run_out_words[i]; i++)
		if (!strcmp(word, sim_run_out_words[i]))
			return (enum sim_run_out_what)(i + 1);
	return SIM_RUN_OUT_OBJECT;
}

#define WIDE SIM_OUT_COL_WIDE
#define ID SIM_OUT_COL_ID

static const struct sim_out_col object_cols[] = {
	{ "run_id", ID }, { "strategy", 0 }, { "symbols", 0 },
	{ "timeframe", 0 }, { "first", 0 }, { "last", 0 }, { "created", 0 },
	{ "bars", 0 }, { "steps", 0 }, { "currency", 0 }, { "initial", 0 },
	{ "equity", 0 }, { "total_return", 0 }, { "cagr", 0 },
	{ "max_drawdown", 0 }, { "sharpe", 0 }, { "trades", 0 },
	{ "win_rate", 0 }, { "profit_factor", 0 }, { "realized", 0 },
	{ "unrealized", 0 }, { "dividends", 0 }, { "interest", 0 },
	{ "fees", 0 }, { "slippage", 0 }, { "orders.submitted", 0 },
	{ "orders.rejected", 0 }, { "orders.cancelled", 0 },
	{ "orders.expired", 0 }, { "fills", 0 }, { "ambiguous_fills", 0 },
	{ "liquidations", 0 }, { "band.low", 0 }, { "band.high", 0 },
	{ "strategy_metrics", 0 }, { "marks", 0 }, { "stamps", 0 },
	{ "failure", 0 }, { "partial", 0 }, { "manifest_hash", 0 },
	{ "log_hash", 0 }, { NULL, 0 }
};
static const struct sim_out_col fill_cols[] = {
	{ "fill", ID }, { "time", 0 }, { "symbol", 0 }, { "side", 0 },
	{ "qty", 0 }, { "price", 0 }, { "base_price", WIDE },
	{ "commission", 0 }, { "realized", 0 }, { "reason", 0 },
	{ "order", 0 }, { "closes", WIDE }, { "maker", WIDE },
	{ "ambiguous", 0 }, { "synthetic", WIDE }, { "seq", WIDE },
	{ NULL, 0 }
};
static const struct sim_out_col order_cols[] = {
	{ "order", ID }, { "submitted", 0 }, { "symbol", 0 }, { "side", 0 },
	{ "type", 0 }, { "tif", WIDE }, { "status", 0 }, { "qty", 0 },
	{ "cum_qty", 0 }, { "leaves_qty", WIDE }, { "limit", 0 },
	{ "stop", 0 }, { "trail", WIDE }, { "take_profit", WIDE },
	{ "stop_loss", WIDE }, { "avg_px", 0 }, { "commission", WIDE },
	{ "ended", WIDE }, { "reason", 0 }, { "parent", WIDE },
	{ "oco", WIDE }, { "rej_code", WIDE }, { "text", WIDE }, { NULL, 0 }
};
static const struct sim_out_col trade_cols[] = {
	{ "trade", ID }, { "symbol", 0 }, { "side", 0 }, { "qty", 0 },
	{ "entry_time", 0 }, { "exit_time", 0 }, { "net", 0 },
	{ "return", 0 }, { "entry_price", 0 }, { "exit_price", 0 },
	{ "gross", WIDE }, { "fees", WIDE }, { "bars", WIDE },
	{ "exit_reason", 0 }, { "mae", WIDE }, { "mfe", WIDE },
	{ "edge_ratio", WIDE }, { "efficiency", WIDE }, { "is_open", WIDE },
	{ "ambiguous", WIDE }, { NULL, 0 }
};
static const struct sim_out_col equity_cols[] = {
	{ "time", ID }, { "equity", 0 }, { "is_close", 0 },
	{ "benchmark", 0 }, { NULL, 0 }
};
static const struct sim_out_col event_cols[] = {
	{ "seq", ID }, { "time", 0 }, { "type", 0 }, { "cause", 0 },
	{ "symbol", 0 }, { "order", 0 }, { "side", 0 }, { "qty", 0 },
	{ "price", 0 }, { "text", 0 }, { NULL, 0 }
};

static const struct sim_out_col note_cols[] = {
	{ "time", ID }, { "kind", 0 }, { "symbol", 0 }, { "name", 0 },
	{ "value", 0 }, { "text", 0 }, { NULL, 0 }
};

const struct sim_out_col *sim_run_out_cols(enum sim_run_out_what what)
{
	static const struct sim_out_col *const cols[] = {
		object_cols, fill_cols, order_cols, trade_cols, equity_cols,
		event_cols, note_cols
	};

	return cols[what];
}

size_t sim_run_out_stamps(uint32_t mask, struct sim_mem_arena *arena,
			  const char **list)
{
	const struct sim_run_stamp_row *row;
	size_t n = 0;

	for (int i = 0; (row = sim_run_stamp(i)); i++) {
		const char *lead = row->is_unsafe ? "UNSAFE " : "";
		size_t a = strlen(lead), b = strlen(row->text);
		char *s;

		if (!(mask >> i & 1))
			continue;
		s = sim_mem_arena_alloc(arena, a + b + 1);
		memcpy(s, lead, a);
		memcpy(s + a, row->text, b);
		list[n++] = s;
	}
	return n;
}

/* -- the object ---------------------------------------------------------- */

static void put_what(struct sim_out *o, const struct sim_run_out *r)
{
	const struct sim_run_result *x = r->result;
	const char **symbols = sim_mem_array(x->nsyms + 1, sizeof(*symbols));

	if (r->run_id)
		sim_out_str(o, "run_id", r->run_id);
	sim_out_str(o, "strategy", x->strategy);
	for (uint32_t i = 0; i < x->nsyms; i++)
		symbols[i] = x->instruments[i].symbol;
	sim_out_strs(o, "symbols", symbols, x->nsyms);
	sim_mem_free(symbols);
	sim_out_str(o, "timeframe", x->timeframe);
	sim_out_time(o, "first", x->first);
	sim_out_time(o, "last", x->last);
	if (r->created != SIM_TIME_NONE)
		sim_out_time(o, "created", r->created);
	sim_out_int(o, "bars", (int64_t)x->bars);
	sim_out_int(o, "steps", (int64_t)x->steps);
}

static void put_metrics(struct sim_out *o, const struct sim_report *rep)
{
	const double *v = rep->metrics.v;

	sim_out_double(o, "total_return", v[SIM_METRICS_TOTAL_RETURN]);
	sim_out_double(o, "cagr", v[SIM_METRICS_CAGR]);
	sim_out_double(o, "max_drawdown", v[SIM_METRICS_MAX_DRAWDOWN]);
	sim_out_double(o, "sharpe", v[SIM_METRICS_SHARPE]);
	sim_out_int(o, "trades", (int64_t)rep->trades.n_closed);
	sim_out_double(o, "win_rate", v[SIM_METRICS_WIN_RATE]);
	sim_out_double(o, "profit_factor", v[SIM_METRICS_PROFIT_FACTOR]);
}

static void put_money(struct sim_out *o, const struct sim_run_result *x)
{
	const struct sim_account *a = &x->account;

	sim_out_dec(o, "realized", a->realized);
	sim_out_dec(o, "unrealized", a->value - a->open_cost);
	sim_out_dec(o, "dividends", a->dividends);
	sim_out_dec(o, "interest", a->interest);
	sim_out_dec(o, "fees", a->fees);
	sim_out_dec(o, "slippage", x->counts.slippage);
}

static void put_counts(struct sim_out *o, const struct sim_run_result *x)
{
	sim_out_int(o, "orders.submitted", x->counts.submitted);
	sim_out_int(o, "orders.rejected", x->counts.rejected);
	sim_out_int(o, "orders.cancelled", x->counts.cancelled);
	sim_out_int(o, "orders.expired", x->counts.expired);
	sim_out_int(o, "fills", (int64_t)x->nfills);
	sim_out_int(o, "ambiguous_fills", x->counts.ambiguous);
	sim_out_int(o, "liquidations", x->counts.liquidations);
	if (x->band.is_known) {
		sim_out_dec(o, "band.low", x->band.low);
		sim_out_dec(o, "band.high", x->band.high);
	}
}

/* What the strategy said: "edge=0.5". */
static void put_own(struct sim_out *o, const struct sim_report_input *in)
{
	const char **list = sim_mem_array(in->own.n + 1, sizeof(*list));
	struct sim_mem_arena arena = SIM_MEM_ARENA_INIT;

	for (size_t i = 0; i < in->own.n; i++) {
		const struct sim_report_fact *f = &in->own.items[i];
		size_t n = strlen(f->key) + strlen(f->value) + 2;
		char *s = sim_mem_arena_alloc(&arena, n);

		snprintf(s, n, "%s=%s", f->key, f->value);
		list[i] = s;
	}
	if (in->own.n)
		sim_out_strs(o, "strategy_metrics", list, in->own.n);
	if (in->n_marks)
		sim_out_int(o, "marks", (int64_t)in->n_marks);
	sim_mem_arena_release(&arena);
	sim_mem_free(list);
}

static int put_object(struct sim_out *o, const struct sim_run_out *r,
		      struct sim_err *err)
{
	const struct sim_run_result *x = r->result;
	const struct sim_tear_opts opts = {
		.run_id = r->run_id, .benchmark = r->benchmark,
	};
	const char *stamps[SIM_RUN_STAMP__COUNT];
	struct sim_tear t;
	int rc = sim_tear_build(x, &opts, &t, err);

	if (!rc) {
		sim_out_object(o, object_cols);
		put_what(o, r);
		sim_out_str(o, "currency", t.in.currency);
		sim_out_dec(o, "initial", x->account.initial);
		sim_out_dec(o, "equity", x->account.equity);
		put_metrics(o, &t.report);
		put_money(o, x);
		put_counts(o, x);
		put_own(o, &t.in);
		sim_out_strs(o, "stamps", stamps,
			     sim_run_out_stamps(x->stamps, &t.arena, stamps));
		if (x->failure.code)
			sim_out_str(o, "failure", x->failure.msg);
		sim_out_bool(o, "partial", x->stop_step != 0);
		sim_out_str(o, "manifest_hash", x->manifest_hash);
		if (*x->log_hash)
			sim_out_str(o, "log_hash", x->log_hash);
		sim_out_end(o);
	}
	sim_tear_release(&t);
	return rc;
}

/* -- fills --------------------------------------------------------------- */

static void put_fill(struct sim_out *o, const struct sim_run_result *x,
		     const struct sim_fill *f, size_t number)
{
	sim_out_row(o);
	sim_out_int(o, "fill", (int64_t)number);
	sim_out_time(o, "time", f->time);
	sim_out_str(o, "symbol", x->instruments[f->sym].symbol);
	sim_out_str(o, "side", sim_vocab_side_text(f->side));
	sim_out_dec(o, "qty", f->qty);
	sim_out_dec(o, "price", f->price);
	sim_out_dec(o, "base_price", f->base_price);
	sim_out_dec(o, "commission", f->commission);
	sim_out_dec(o, "realized", f->realized);
	sim_out_str(o, "reason", sim_vocab_fill_reason_text(f->reason));
	sim_out_int(o, "order", f->order);
	sim_out_bool(o, "closes", f->is_close);
	sim_out_bool(o, "maker", f->maker);
	sim_out_bool(o, "ambiguous", f->ambiguous);
	sim_out_bool(o, "synthetic", f->synthetic);
	sim_out_int(o, "seq", f->seq);
	sim_out_row_end(o);
}

static int put_fills(struct sim_out *o, const struct sim_run_out *r,
		     struct sim_err *err)
{
	const struct sim_run_result *x = r->result;

	(void)err;
	sim_out_list(o, fill_cols);
	for (size_t i = 0; i < x->nfills && sim_out_wants_more(o); i++)
		put_fill(o, x, &x->fills[i], i + 1);
	sim_out_end(o);
	return SIM_OK;
}

/* -- orders -------------------------------------------------------------- */

static void put_price(struct sim_out *o, const char *name, sim_dec v)
{
	if (v)
		sim_out_dec(o, name, v);
}

/* An amount, or as in an order list percent with its sign. */
static void put_trail(struct sim_out *o, const struct sim_order *q)
{
	char text[SIM_DEC_STRMAX + 1];
	size_t n;

	if (!q->trail || !q->trail_is_percent) {
		put_price(o, "trail", q->trail);
		return;
	}
	n = sim_dec_format(q->trail, 0, text);
	snprintf(text + n, sizeof(text) - n, "%%");
	sim_out_str(o, "trail", text);
}

static void put_prices(struct sim_out *o, const struct sim_order *q)
{
	sim_dec avg;

	put_price(o, "limit", q->limit);
	put_price(o, "stop", q->stop);
	put_trail(o, q);
	put_price(o, "take_profit", q->take_profit);
	put_price(o, "stop_loss", q->stop_loss);
	if (q->filled > 0 && sim_dec_div(q->notional, q->filled, &avg))
		sim_out_dec(o, "avg_px", avg);
	sim_out_dec(o, "commission", q->commission);
}

static void put_ending(struct sim_out *o, const struct sim_run_order *x)
{
	if (x->ended != SIM_TIME_NONE)
		sim_out_time(o, "ended", x->ended);
	if (x->has_end_reason)
		sim_out_str(o, "reason",
			    sim_vocab_end_reason_text(x->end_reason));
	else if (x->reject)
		sim_out_str(o, "reason", sim_vocab_reject_text(x->reject));
	if (x->order.parent)
		sim_out_int(o, "parent", x->order.parent);
	if (x->order.oco)
		sim_out_int(o, "oco", x->order.oco);
	if (x->reject)
		sim_out_str(o, "rej_code", sim_vocab_reject_text(x->reject));
	if (x->text)
		sim_out_str(o, "text", x->text);
}

/* As the protocol calls orders that the engine made. */
static void order_name(const struct sim_run_out *r, const struct sim_order *q,
		       char out[128])
{
	static const char *const roles[] = {
		[SIM_ORDER_ROLE_PLAIN] = "order",
		[SIM_ORDER_ROLE_TAKE_PROFIT] = "take_profit",
		[SIM_ORDER_ROLE_STOP_LOSS] = "stop_loss",
		[SIM_ORDER_ROLE_LIQUIDATION] = "liquidation",
	};
	const char *own = q->id < r->nnames ? r->names[q->id] : NULL;
	const char *parent = q->parent && q->parent < r->nnames ?
		r->names[q->parent] : NULL;

	if (own)
		snprintf(out, 128, "%s", own);
	else if (parent)
		snprintf(out, 128, "%.100s/%s", parent, roles[q->role]);
	else
		snprintf(out, 128, "%s/%u", roles[q->role], (unsigned)q->id);
}

static void put_order(struct sim_out *o, const struct sim_run_out *out,
		      const struct sim_run_order *x)
{
	const struct sim_run_result *r = out->result;
	const struct sim_order *q = &x->order;
	char name[128];

	sim_out_row(o);
	order_name(out, q, name);
	if (out->has_names)
		sim_out_str(o, "order", name);
	else
		sim_out_int(o, "order", q->id);
	sim_out_time(o, "submitted", x->submitted);
	sim_out_str(o, "symbol", r->instruments[q->sym].symbol);
	sim_out_str(o, "side", sim_vocab_side_text(q->side));
	sim_out_str(o, "type", sim_vocab_order_type_text(q->type));
	sim_out_str(o, "tif", sim_vocab_tif_text(q->tif));
	sim_out_str(o, "status", sim_vocab_order_status_text(q->status));
	sim_out_dec(o, "qty", q->qty);
	sim_out_dec(o, "cum_qty", q->filled);
	sim_out_dec(o, "leaves_qty", q->qty - q->filled);
	put_prices(o, q);
	put_ending(o, x);
	sim_out_row_end(o);
}

static bool is_wanted(const struct sim_run_out *r,
		      const struct sim_run_order *x)
{
	const struct sim_run_out_filter *f = &r->filter;
	const struct sim_order *q = &x->order;

	if (!q->id || (f->open && x->ended != SIM_TIME_NONE))
		return false;
	if (f->name) {
		char name[128], number[16];

		order_name(r, q, name);
		snprintf(number, sizeof(number), "%u", (unsigned)q->id);
		if (strcmp(f->name, name) && strcmp(f->name, number))
			return false;
	}
	if (f->status &&
	    strcmp(f->status, sim_vocab_order_status_text(q->status)))
		return false;
	return !f->symbol ||
	       !strcmp(f->symbol, r->result->instruments[q->sym].symbol);
}

int sim_run_out_order(const struct sim_run_out *r, const char *name,
		      uint32_t *id, struct sim_err *err)
{
	struct sim_run_order *list;
	char its[128];
	size_t n;
	int rc = sim_run_orders(r->result, &list, &n, err);

	if (rc)
		return rc;
	*id = 0;
	for (size_t i = 0; i < n && !*id; i++) {
		order_name(r, &list[i].order, its);
		if (list[i].order.id && !strcmp(its, name))
			*id = (uint32_t)list[i].order.id;
	}
	sim_run_orders_free(list, n);
	return SIM_OK;
}

static int put_orders(struct sim_out *o, const struct sim_run_out *r,
		      struct sim_err *err)
{
	struct sim_run_order *list;
	size_t n;
	int rc = sim_run_orders(r->result, &list, &n, err);

	if (rc)
		return rc;
	sim_out_list(o, order_cols);
	for (size_t i = 0; i < n && sim_out_wants_more(o); i++)
		if (is_wanted(r, &list[i]))
			put_order(o, r, &list[i]);
	sim_out_end(o);
	sim_run_orders_free(list, n);
	return SIM_OK;
}

/* -- trades -------------------------------------------------------------- */

static void put_trade(struct sim_out *o, const struct sim_run_result *r,
		      const struct sim_trades_item *t, size_t number)
{
	sim_out_row(o);
	sim_out_int(o, "trade", (int64_t)number);
	sim_out_str(o, "symbol", r->instruments[t->sym].symbol);
	sim_out_str(o, "side", t->side == SIM_SIDE_BUY ? "long" : "short");
	sim_out_dec(o, "qty", t->qty);
	sim_out_time(o, "entry_time", t->entry_time);
	sim_out_time(o, "exit_time", t->exit_time);
	sim_out_dec(o, "net", t->net);
	sim_out_double(o, "return", t->ret);
	sim_out_dec(o, "entry_price", t->entry_price);
	sim_out_dec(o, "exit_price", t->exit_price);
	sim_out_dec(o, "gross", t->gross);
	sim_out_dec(o, "fees", t->fees);
	if (t->bars >= 0)
		sim_out_int(o, "bars", t->bars);
	if (t->exit_fill)
		sim_out_str(o, "exit_reason",
			    sim_vocab_fill_reason_text(t->exit_reason));
	else if (t->is_open)	/* marked at the last close */
		sim_out_str(o, "exit_reason", "open");
	sim_out_double(o, "mae", t->met.mae);
	sim_out_double(o, "mfe", t->met.mfe);
	sim_out_double(o, "edge_ratio", t->met.edge);
	sim_out_double(o, "efficiency", t->met.efficiency);
	sim_out_bool(o, "is_open", t->is_open);
	sim_out_bool(o, "ambiguous", t->ambiguous);
	sim_out_row_end(o);
}

static int put_trades(struct sim_out *o, const struct sim_run_out *r,
		      struct sim_err *err)
{
	const struct sim_tear_opts opts = {
		.run_id = r->run_id, .benchmark = r->benchmark,
	};
	struct sim_tear t;
	int rc = sim_tear_build(r->result, &opts, &t, err);

	if (!rc) {
		sim_out_list(o, trade_cols);
		for (size_t i = 0; i < t.report.trades.n; i++)
			put_trade(o, r->result, &t.report.trades.items[i],
				  i + 1);
		sim_out_end(o);
	}
	sim_tear_release(&t);
	return rc;
}

/* -- equity and events --------------------------------------------------- */

static int put_equity(struct sim_out *o, const struct sim_run_out *r,
		      struct sim_err *err)
{
	const struct sim_run_equity *e = &r->result->equity;

	(void)err;
	sim_out_list(o, equity_cols);
	for (size_t i = 0; i < e->n && sim_out_wants_more(o); i++) {
		sim_out_row(o);
		sim_out_time(o, "time", e->time[i]);
		sim_out_dec(o, "equity", e->value[i]);
		sim_out_bool(o, "is_close", e->eod[i]);
		if (e->benchmark && e->benchmark[i])
			sim_out_dec(o, "benchmark", e->benchmark[i]);
		sim_out_row_end(o);
	}
	sim_out_end(o);
	return SIM_OK;
}

/* What a line of the log says, where it says it. */
static void put_event_numbers(struct sim_out *o, const struct sim_log_line *l)
{
	const struct sim_event *ev = &l->ev;
	bool is_fill = ev->type == SIM_EVENT_TYPE_FILL;
	uint32_t order = is_fill ? l->fill.order : l->order.id;
	bool is_request = ev->type == SIM_EVENT_TYPE_ORDER_ACCEPTED ||
			  ev->type == SIM_EVENT_TYPE_ORDER_REJECTED;
	sim_dec qty = is_fill ? l->fill.qty : l->order.qty, price = 0;

	if (is_fill)
		price = l->fill.price;
	else if (ev->type == SIM_EVENT_TYPE_ORDER_TRIGGERED ||
		 ev->type == SIM_EVENT_TYPE_DIVIDEND)
		price = ev->a;
	if (ev->type == SIM_EVENT_TYPE_DIVIDEND)
		qty = ev->b;
	else if (ev->type == SIM_EVENT_TYPE_SPLIT)
		qty = ev->c;
	if (order)
		sim_out_int(o, "order", order);
	if (is_fill || is_request)
		sim_out_str(o, "side", sim_vocab_side_text(
			is_fill ? l->fill.side : l->order.side));
	if (qty)
		sim_out_dec(o, "qty", qty);
	if (price)
		sim_out_dec(o, "price", price);
}

static void put_event(struct sim_out *o, const struct sim_run_result *r,
		      const struct sim_log_line *l)
{
	const struct sim_event *ev = &l->ev;

	sim_out_row(o);
	sim_out_int(o, "seq", (int64_t)ev->seq);
	sim_out_time(o, "time", ev->time);
	sim_out_str(o, "type", sim_vocab_event_type_text(ev->type));
	sim_out_int(o, "cause", (int64_t)ev->cause);
	if (ev->sym < r->nsyms)
		sim_out_str(o, "symbol", r->instruments[ev->sym].symbol);
	put_event_numbers(o, l);
	if (*l->text)
		sim_out_str(o, "text", l->text);
	sim_out_row_end(o);
}

/* Bytes of the log, without a seal that isn't its own. */
static size_t log_len(const struct sim_run_out *r)
{
	size_t n = r->result->log.len;

	if (!r->is_open)
		return n;
	for (n--; n && r->result->log.data[n - 1] != '\n'; n--)
		;
	return n;
}

static int put_events(struct sim_out *o, const struct sim_run_out *r,
		      struct sim_err *err)
{
	const struct sim_run_result *x = r->result;
	struct sim_log_reader reader;
	struct sim_log_line line;
	int rc;

	if (!x->log.len)
		return sim_err_set(err, SIM_E_STATE,
				   "this run kept no event log; run it without"
				   " --no-log");
	/* NDJSON is what the log is: its own bytes, seal included. */
	if (sim_out_format_of(o) == SIM_OUT_NDJSON && !sim_out_is_choosy(o) &&
	    !r->since) {
		sim_out_write(o, x->log.data, log_len(r));
		return SIM_OK;
	}
	rc = sim_log_open(&reader, x->log.data, x->log.len, x->instruments,
			  x->nsyms, err);
	if (rc)
		return rc;
	sim_out_list(o, event_cols);
	while ((rc = sim_log_next(&reader, &line, err)) == 1)
		if ((int64_t)line.ev.seq > r->since)
			put_event(o, x, &line);
	sim_out_end(o);
	return rc;
}

/* -- notes ----------------------------------------------------------------- */

static void put_note(void *ctx, const struct sim_note *n, const char *symbol)
{
	struct sim_out *o = ctx;

	sim_out_row(o);
	sim_out_time(o, "time", n->time);
	sim_out_str(o, "kind", sim_notes_kind((int)n->kind));
	if (symbol)
		sim_out_str(o, "symbol", symbol);
	if (n->kind == SIM_NOTE_METRIC) {
		sim_out_str(o, "name", n->name);
		sim_out_double(o, "value", n->value);
	} else {
		sim_out_str(o, "text", n->text);
	}
	sim_out_row_end(o);
}

static int put_notes(struct sim_out *o, const struct sim_run_out *r,
		     struct sim_err *err)
{
	const struct sim_run_result *x = r->result;

	(void)err;
	sim_out_list(o, note_cols);
	sim_notes_each(&x->notes, x->instruments, x->nsyms, put_note, o);
	sim_out_end(o);
	return SIM_OK;
}

int sim_run_out_print(struct sim_out *o, const struct sim_run_out *r,
		      enum sim_run_out_what what, struct sim_err *err)
{
	static int (*const print[])(struct sim_out *,
				    const struct sim_run_out *,
				    struct sim_err *) = {
		put_object, put_fills, put_orders, put_trades, put_equity,
		put_events, put_notes
	};

	return print[what](o, r, err);
}
