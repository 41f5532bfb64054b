/* report_out: rows are written once as JSON members; CSV from its own list. */
#include "report/report_out.h"

#include <math.h>
#include <string.h>

#include "util/str.h"

static void opt_str(struct sim_json *j, const char *key, const char *v)
{
	if (v)
		sim_json_str(j, key, v);
}

static void opt_time(struct sim_json *j, const char *key, sim_time t)
{
	if (t != SIM_TIME_NONE)
		sim_json_time(j, key, t);
}

static void facts(struct sim_json *j, const char *key,
		  const struct sim_report_facts *f)
{
	sim_json_object(j, key);
	for (size_t i = 0; i < f->n; i++) {
		if (f->items[i].value)
			sim_json_str(j, f->items[i].key, f->items[i].value);
		else
			sim_json_null(j, f->items[i].key);
	}
	sim_json_end(j);
}

static void head(const struct sim_report *r, struct sim_json *j)
{
	const struct sim_report_input *in = r->in;

	opt_str(j, "run_id", in->run_id);
	opt_str(j, "strategy", in->strategy);
	facts(j, "params", &in->params);
	sim_json_array(j, "symbols");
	for (size_t i = 0; i < in->n_symbols; i++)
		sim_json_str(j, NULL, in->instruments[i].symbol);
	sim_json_end(j);
	opt_str(j, "timeframe", in->timeframe);
	opt_time(j, "from", in->from);
	opt_time(j, "to", in->to);
	opt_str(j, "currency", in->currency);
	facts(j, "models", &in->models);
	facts(j, "hashes", &in->hashes);
	sim_json_array(j, "stamps");
	for (size_t i = 0; i < in->n_stamps; i++)
		sim_json_str(j, NULL, in->stamps[i]);
	sim_json_end(j);
	sim_json_bool(j, "partial", in->partial);
}

static void money(const struct sim_report *r, struct sim_json *j)
{
	const struct sim_report_bridge *b = &r->bridge;

	sim_json_object(j, "equity");
	sim_json_dec(j, "start", b->start);
	sim_json_dec(j, "end", b->end);
	sim_json_dec(j, "closed_trades_net", b->closed_net);
	sim_json_dec(j, "open_trades_net", b->open_net);
	sim_json_dec(j, "dividends", b->dividends);
	sim_json_dec(j, "interest", b->interest);
	sim_json_dec(j, "borrow_fees", b->borrow_fees);
	sim_json_dec(j, "unexplained", b->unexplained);
	sim_json_end(j);
	if (!r->in->has_band)
		return;
	sim_json_object(j, "band");
	sim_json_dec(j, "lowest", r->in->band_low);
	sim_json_dec(j, "highest", r->in->band_high);
	sim_json_end(j);
}

static void months(const struct sim_report *r, struct sim_json *j)
{
	sim_json_array(j, "years");
	for (size_t i = 0; i < r->n_years; i++) {
		sim_json_object(j, NULL);
		sim_json_int(j, "year", r->years[i].year);
		sim_json_double(j, "total", r->years[i].total);
		sim_json_array(j, "months");
		for (int m = 0; m < 12; m++)
			sim_json_double(j, NULL, r->years[i].month[m]);
		sim_json_end(j);
		sim_json_end(j);
	}
	sim_json_end(j);
}

static void level_time(const struct sim_report *r, struct sim_json *j,
		       const char *key, size_t i)
{
	const struct sim_report_input *in = r->in;

	if (i && i < r->n_levels)
		sim_json_time(j, key, in->curve.time[i - 1]);
	else if (!i && in->start != SIM_TIME_NONE)
		sim_json_time(j, key, in->start);
	else
		sim_json_null(j, key);
}

static void drawdowns(const struct sim_report *r, struct sim_json *j)
{
	sim_json_array(j, "drawdowns");
	for (size_t i = 0; i < r->dd.n; i++) {
		sim_json_object(j, NULL);
		sim_json_double(j, "depth", r->dd.top[i].depth);
		level_time(r, j, "start", r->dd.top[i].start);
		level_time(r, j, "valley", r->dd.top[i].valley);
		level_time(r, j, "end", r->dd.top[i].end);
		sim_json_end(j);
	}
	sim_json_end(j);
}

static void symbols(const struct sim_report *r, struct sim_json *j)
{
	sim_json_array(j, "by_symbol");
	for (size_t i = 0; i < r->n_symbols; i++) {
		const struct sim_report_symbol *s = &r->symbols[i];

		sim_json_object(j, NULL);
		sim_json_str(j, "symbol", s->name);
		sim_json_int(j, "fills", (int64_t)s->fills);
		sim_json_int(j, "trades", (int64_t)s->trades);
		sim_json_int(j, "wins", (int64_t)s->wins);
		sim_json_int(j, "losses", (int64_t)s->losses);
		sim_json_int(j, "open", (int64_t)s->open);
		sim_json_dec(j, "gross", s->gross);
		sim_json_dec(j, "fees", s->fees);
		sim_json_dec(j, "net", s->net);
		sim_json_dec(j, "open_net", s->open_net);
		sim_json_dec(j, "dividends", s->dividends);
		sim_json_double(j, "traded", s->traded);
		sim_json_end(j);
	}
	sim_json_end(j);
}

/* What the strategy said, when it said something. */
static void own(const struct sim_report_input *in, struct sim_json *j)
{
	if (in->own.n)
		sim_json_object(j, "strategy_metrics");
	for (size_t i = 0; i < in->own.n; i++)
		sim_json_raw(j, in->own.items[i].key, in->own.items[i].value,
			     strlen(in->own.items[i].value));
	if (in->own.n)
		sim_json_end(j);
	if (in->n_marks)
		sim_json_array(j, "marks");
	for (size_t i = 0; i < in->n_marks; i++) {
		sim_json_object(j, NULL);
		sim_json_time(j, "time", in->marks[i].time);
		if (in->marks[i].symbol)
			sim_json_str(j, "symbol", in->marks[i].symbol);
		sim_json_str(j, "text", in->marks[i].text);
		sim_json_end(j);
	}
	if (in->n_marks)
		sim_json_end(j);
}

void sim_report_out_members(const struct sim_report *r, struct sim_json *j)
{
	head(r, j);
	money(r, j);
	sim_json_object(j, "metrics");
	sim_metrics_json(&r->metrics, j);
	sim_json_end(j);
	own(r->in, j);
	months(r, j);
	drawdowns(r, j);
	symbols(r, j);
}

static void trade(const struct sim_report *r, const struct sim_trades_item *t,
		  struct sim_json *j)
{
	sim_json_object(j, NULL);
	sim_json_str(j, "symbol", r->in->instruments[t->sym].symbol);
	sim_json_str(j, "side", t->side == SIM_SIDE_BUY ? "long" : "short");
	sim_json_dec(j, "qty", t->qty);
	sim_json_time(j, "entry_time", t->entry_time);
	sim_json_dec(j, "entry_price", t->entry_price);
	sim_json_dec(j, "entry_value", t->entry_value);
	sim_json_int(j, "entry_fill", t->entry_fill);
	sim_json_time(j, "exit_time", t->exit_time);
	sim_json_dec(j, "exit_price", t->exit_price);
	sim_json_dec(j, "exit_value", t->exit_value);
	sim_json_int(j, "exit_fill", t->exit_fill);
	if (t->exit_fill)
		sim_json_str(j, "exit_reason", sim_vocab_fill_reason_text(
			     (enum sim_fill_reason)t->exit_reason));
	else
		sim_json_null(j, "exit_reason");
	sim_json_dec(j, "gross", t->gross);
	sim_json_dec(j, "fees", t->fees);
	sim_json_dec(j, "net", t->net);
	sim_json_double(j, "return", t->entry_value ? t->ret : NAN);
	if (t->bars >= 0)
		sim_json_int(j, "bars", t->bars);
	else
		sim_json_null(j, "bars");
	sim_json_double(j, "mae", t->met.mae);
	sim_json_double(j, "mfe", t->met.mfe);
	sim_json_double(j, "edge_ratio", t->met.edge);
	sim_json_double(j, "efficiency", t->met.efficiency);
	sim_json_bool(j, "open", t->is_open);
	sim_json_bool(j, "ambiguous", t->ambiguous);
	sim_json_end(j);
}

static void trade_csv_met(const struct sim_excursion_trade *m,
			  struct sim_buf *out)
{
	const double v[] = { m->mae, m->mfe, m->edge, m->efficiency };
	char text[SIM_STR_DOUBLEMAX];

	for (size_t i = 0; i < 4; i++) {
		if (!isnan(v[i])) {
			sim_str_double(v[i], text);
			sim_buf_puts(out, text);
		}
		sim_buf_putc(out, ',');
	}
}

/* The same fields as CSV. */
static void trade_csv(const struct sim_report *r,
		      const struct sim_trades_item *t, struct sim_buf *out)
{
	char ret[SIM_STR_DOUBLEMAX] = "";
	const sim_dec end[] = { t->gross, t->fees, t->net };

	sim_buf_printf(out, "%s,%s,", r->in->instruments[t->sym].symbol,
		       t->side == SIM_SIDE_BUY ? "long" : "short");
	sim_buf_dec(out, t->qty, 0);
	sim_buf_putc(out, ',');
	sim_buf_time(out, t->entry_time);
	sim_buf_putc(out, ',');
	sim_buf_dec(out, t->entry_price, 0);
	sim_buf_putc(out, ',');
	sim_buf_dec(out, t->entry_value, 0);
	sim_buf_printf(out, ",%u,", t->entry_fill);
	sim_buf_time(out, t->exit_time);
	sim_buf_putc(out, ',');
	sim_buf_dec(out, t->exit_price, 0);
	sim_buf_putc(out, ',');
	sim_buf_dec(out, t->exit_value, 0);
	sim_buf_printf(out, ",%u,%s", t->exit_fill, t->exit_fill ?
		       sim_vocab_fill_reason_text(
		       (enum sim_fill_reason)t->exit_reason) : "");
	for (size_t i = 0; i < 3; i++) {
		sim_buf_putc(out, ',');
		sim_buf_dec(out, end[i], 0);
	}
	if (t->entry_value)
		sim_str_double(t->ret, ret);
	sim_buf_printf(out, ",%s,", ret);
	if (t->bars >= 0)
		sim_buf_int(out, t->bars);
	sim_buf_putc(out, ',');
	trade_csv_met(&t->met, out);
	sim_buf_printf(out, "%s,%s\n", t->is_open ? "true" : "false",
		       t->ambiguous ? "true" : "false");
}

/* One list in any of the formats: rows by index. */
struct list {
	size_t n;
	const char *header;
	void (*json)(const struct sim_report *r, size_t i, struct sim_json *j);
	void (*csv)(const struct sim_report *r, size_t i, struct sim_buf *out);
};

static void write_list(const struct sim_report *r, const struct list *l,
		       enum sim_report_out_format f, struct sim_buf *out)
{
	struct sim_json j;

	if (f == SIM_REPORT_OUT_CSV)
		sim_buf_puts(out, l->header);
	sim_json_init(&j, out, f == SIM_REPORT_OUT_JSON);
	if (f == SIM_REPORT_OUT_JSON)
		sim_json_array(&j, NULL);
	for (size_t i = 0; i < l->n; i++) {
		if (f == SIM_REPORT_OUT_CSV) {
			l->csv(r, i, out);
			continue;
		}
		if (f == SIM_REPORT_OUT_NDJSON)
			sim_json_init(&j, out, false);
		l->json(r, i, &j);
		if (f == SIM_REPORT_OUT_NDJSON)
			sim_buf_putc(out, '\n');
	}
	if (f != SIM_REPORT_OUT_JSON)
		return;
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}

static void trade_json_at(const struct sim_report *r, size_t i,
			  struct sim_json *j)
{
	trade(r, &r->trades.items[i], j);
}

static void trade_csv_at(const struct sim_report *r, size_t i,
			 struct sim_buf *out)
{
	trade_csv(r, &r->trades.items[i], out);
}

void sim_report_out_trades(const struct sim_report *r,
			   enum sim_report_out_format f, struct sim_buf *out)
{
	struct list l = { r->trades.n,
		"symbol,side,qty,entry_time,entry_price,entry_value,entry_fill,"
		"exit_time,exit_price,exit_value,exit_fill,exit_reason,gross,"
		"fees,net,return,bars,mae,mfe,edge_ratio,efficiency,open,"
		"ambiguous\n",
		trade_json_at, trade_csv_at };

	write_list(r, &l, f, out);
}

static bool is_close(const struct sim_report_curve *c, size_t i)
{
	return !c->is_close || c->is_close[i];
}

static void equity_json_at(const struct sim_report *r, size_t i,
			   struct sim_json *j)
{
	const struct sim_report_curve *c = &r->in->curve;

	sim_json_object(j, NULL);
	sim_json_time(j, "time", c->time[i]);
	sim_json_dec(j, "equity", c->equity[i]);
	sim_json_bool(j, "is_close", is_close(c, i));
	sim_json_end(j);
}

static void equity_csv_at(const struct sim_report *r, size_t i,
			  struct sim_buf *out)
{
	const struct sim_report_curve *c = &r->in->curve;

	sim_buf_time(out, c->time[i]);
	sim_buf_putc(out, ',');
	sim_buf_dec(out, c->equity[i], 0);
	sim_buf_puts(out, is_close(c, i) ? ",true\n" : ",false\n");
}

void sim_report_out_equity(const struct sim_report *r,
			   enum sim_report_out_format f, struct sim_buf *out)
{
	struct list l = { r->in->curve.n, "time,equity,is_close\n",
			  equity_json_at, equity_csv_at };

	write_list(r, &l, f, out);
}

void sim_report_out_metrics(const struct sim_report *r,
			    enum sim_report_out_format f, struct sim_buf *out)
{
	struct sim_json j;

	if (f == SIM_REPORT_OUT_CSV) {
		sim_metrics_csv(&r->metrics, out);
		return;
	}
	sim_json_init(&j, out, f == SIM_REPORT_OUT_JSON);
	sim_json_object(&j, NULL);
	sim_metrics_json(&r->metrics, &j);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}

void sim_report_out_json(const struct sim_report *r, struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, true);
	sim_json_object(&j, NULL);
	sim_report_out_members(r, &j);
	sim_json_array(&j, "trades");
	for (size_t i = 0; i < r->trades.n; i++)
		trade(r, &r->trades.items[i], &j);
	sim_json_end(&j);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}

void sim_report_out_line(const struct sim_report *r, struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_report_out_members(r, &j);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}
