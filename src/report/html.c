/* html: the page, section by section. */
#include "report/html.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/html_chart.h"
#include "util/mem.h"
#include "util/time.h"

#define MARKS_MAX 1000
#define CHART_MARKS_MAX 200
#define TRADES_MAX  50			/* of each choice */
#define SYMBOLS_MAX 300
#define TEXT	    64

static const char style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#5b6570;"
	"--line:#d9dee3;--card:#f5f7f9;--up:#0b6e4f;--down:#b3261e;"
	"--curve:#1f5fbf}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e4e8eb;"
	"--dim:#98a3ad;--line:#333a41;--card:#1d2226;--up:#5fd3a5;"
	"--down:#ff9a8f;--curve:#7fb0ff}}\n"
	"body{background:var(--bg);color:var(--fg);margin:0 auto;padding:1rem;"
	"max-width:64rem;font:15px/1.45 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.1rem;"
	"border-bottom:1px solid var(--line);margin:2rem 0 .6rem}\n"
	"h3{font-size:1rem;margin:1rem 0 .3rem}p{margin:.3rem 0}\n"
	"table{border-collapse:collapse;width:100%;"
	"font-variant-numeric:tabular-nums;font-size:13px}\n"
	"th,td{text-align:right;padding:.15rem .4rem;"
	"border-bottom:1px solid var(--line)}\n"
	"th:first-child,td:first-child{text-align:left}\n"
	"th{color:var(--dim);font-weight:600}td.text{text-align:left;"
	"word-break:break-all}\n"
	".wide{overflow-x:auto}.wide th,.wide td{padding:.15rem .25rem}\n"
	".up{color:var(--up)}.down{color:var(--down)}\n"
	".dim{color:var(--dim)}.stamp{border:1px solid var(--down);"
	"color:var(--down);padding:.05rem .5rem;margin-right:.4rem;"
	"border-radius:.3rem;display:inline-block}\n"
	".tiles{display:grid;gap:.5rem;margin:1rem 0;"
	"grid-template-columns:repeat(auto-fit,minmax(9rem,1fr))}\n"
	".tiles div{background:var(--card);padding:.5rem .7rem;"
	"border-radius:.4rem}.tiles b{display:block;font-size:1.15rem}\n"
	".pair{display:grid;gap:0 1.5rem;"
	"grid-template-columns:repeat(auto-fit,minmax(20rem,1fr))}\n"
	"svg{width:100%;height:auto;display:block}\n"
	".grid{stroke:var(--line);fill:none}.axis{fill:var(--dim);"
	"font-size:11px}.end{text-anchor:end}\n"
	".mark{stroke:var(--dim);stroke-dasharray:2 3;stroke-width:1}"
	".curve{stroke:var(--curve);fill:none;stroke-width:1.3}"
	".under{stroke:var(--down);fill:var(--down);fill-opacity:.3}\n"
	"@media print{body{max-width:none}}\n";

/* Length of the well-formed UTF-8 character at s, 0 when it is none. */
static size_t utf8_len(const unsigned char *s)
{
	static const struct {
		unsigned char mask, lead, low, high;
	} k[] = { { 0xe0, 0xc0, 0xc2, 0xdf }, { 0xf0, 0xe0, 0xe0, 0xef },
		  { 0xf8, 0xf0, 0xf0, 0xf4 } };

	if (*s >= ' ' && *s <= '~')
		return 1;
	for (size_t i = 0; i < 3; i++) {
		if ((*s & k[i].mask) != k[i].lead || *s < k[i].low ||
		    *s > k[i].high)
			continue;
		for (size_t j = 1; j <= i + 1; j++)
			if ((s[j] & 0xc0) != 0x80)
				return 0;
		/* Overlong forms, surrogates, beyond U+10FFFF, and C1. */
		if ((*s == 0xe0 && s[1] < 0xa0) ||
		    (*s == 0xed && s[1] > 0x9f) ||
		    (*s == 0xf0 && s[1] < 0x90) ||
		    (*s == 0xf4 && s[1] > 0x8f) ||
		    (*s == 0xc2 && s[1] < 0xa0))
			return 0;
		return i + 2;
	}
	return 0;
}

void sim_html_escape(struct sim_buf *out, const char *s)
{
	static const char *const special = "&<>\"'";
	static const char *const entity[] = { "&amp;", "&lt;", "&gt;",
					      "&quot;", "&#39;" };

	while (*s) {
		const char *e = strchr(special, *s);
		size_t n = utf8_len((const unsigned char *)s);

		if (e)
			sim_buf_puts(out, entity[e - special]);
		else if (n)
			sim_buf_add(out, s, n);
		else
			sim_buf_puts(out, "\xef\xbf\xbd");
		s += n ? n : 1;
	}
}

static void day_text(sim_time t, char *buf)
{
	if (t == SIM_TIME_NONE)
		snprintf(buf, TEXT, "-");
	else
		sim_time_format_date(sim_metrics_day(t), buf);
}

static const char *tone(double v)
{
	return v > 0 ? " class=\"up\"" : v < 0 ? " class=\"down\"" : "";
}

/* A cell with a signed amount, two decimals; colour only repeats the sign. */
/* To the cent, as the sheet rounds it. */
static void money(struct sim_buf *out, sim_dec v)
{
	int64_t cents = 0;

	sim_dec_muldiv(v, 1, SIM_DEC_ONE / 100, &cents);
	sim_buf_dec(out, cents * (SIM_DEC_ONE / 100), 2);
}

static void money_cell(struct sim_buf *out, sim_dec v)
{
	sim_buf_printf(out, "<td%s>%s", tone(sim_dec_to_double(v)),
		       v < 0 ? "" : "+");
	money(out, v);
	sim_buf_puts(out, "</td>");
}

static void fees_cell(struct sim_buf *out, sim_dec v)
{
	sim_buf_puts(out, "<td>");
	money(out, v);
	sim_buf_puts(out, "</td>");
}

static void percent_cell(struct sim_buf *out, double v)
{
	if (isfinite(v))
		sim_buf_printf(out, "<td%s>%+.2f%%</td>", tone(v), v * 100);
	else
		sim_buf_puts(out, "<td class=\"dim\">-</td>");
}

static void dec_cell(struct sim_buf *out, sim_dec v)
{
	sim_buf_puts(out, "<td>");
	sim_buf_dec(out, v, 0);
	sim_buf_puts(out, "</td>");
}

static void begin_table(struct sim_buf *out, const char *const *heads)
{
	sim_buf_puts(out, "<div class=\"wide\"><table><thead><tr>");
	for (; *heads; heads++)
		sim_buf_printf(out, "<th scope=\"col\">%s</th>", *heads);
	sim_buf_puts(out, "</tr></thead><tbody>\n");
}

static void end_table(struct sim_buf *out)
{
	sim_buf_puts(out, "</tbody></table></div>\n");
}

static void head(const struct sim_report *r, struct sim_buf *out)
{
	const struct sim_report_input *in = r->in;

	sim_buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
		"content=\"width=device-width, initial-scale=1\">\n<title>");
	sim_html_escape(out, in->strategy ? in->strategy : "simutrador");
	sim_buf_putc(out, ' ');
	sim_html_escape(out, in->run_id ? in->run_id : "");
	sim_buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n"
		       "<header>\n<h1>", style);
	sim_html_escape(out, in->strategy ? in->strategy : "simutrador");
	sim_buf_puts(out, " <span class=\"dim\">");
	sim_html_escape(out, in->run_id ? in->run_id : "");
	sim_buf_puts(out, "</span></h1>\n");
}

static void summary(const struct sim_report *r, struct sim_buf *out)
{
	const struct sim_report_input *in = r->in;
	char from[TEXT], to[TEXT];

	day_text(in->start == SIM_TIME_NONE ? SIM_TIME_NONE : in->start + 1,
		 from);
	day_text(in->curve.n ? in->curve.time[in->curve.n - 1] : SIM_TIME_NONE,
		 to);
	sim_buf_printf(out, "<p>%s to %s, ", from, to);
	sim_html_escape(out, in->timeframe ? in->timeframe : "");
	sim_buf_printf(out, ", %zu closes, %g periods a year", r->n,
		       in->periods_per_year);
	for (size_t i = 0; i < in->n_symbols && i < 12; i++) {
		sim_buf_puts(out, i ? " " : "; ");
		sim_html_escape(out, in->instruments[i].symbol);
	}
	sim_buf_printf(out, "%s (%zu)</p>\n", in->n_symbols > 12 ? " ..." : "",
		       in->n_symbols);
	sim_buf_puts(out, "<p>");
	if (in->partial)
		sim_buf_puts(out, "<span class=\"stamp\">PARTIAL, stopped "
			     "early</span>");
	for (size_t i = 0; i < in->n_stamps; i++) {
		sim_buf_puts(out, "<span class=\"stamp\">");
		sim_html_escape(out, in->stamps[i]);
		sim_buf_puts(out, "</span>");
	}
	sim_buf_puts(out, in->n_stamps || in->partial ? "</p>\n" :
		     "<span class=\"dim\">No stamp.</span></p>\n");
}

static void band(const struct sim_report *r, struct sim_buf *out)
{
	const struct sim_report_input *in = r->in;

	sim_buf_printf(out, "<p>%.0f of %zu fills are ambiguous",
		       r->metrics.v[SIM_METRICS_AMBIGUOUS_FILLS], in->n_fills);
	if (in->has_band) {
		sim_buf_puts(out, ": final equity is between ");
		money(out, in->band_low);
		sim_buf_puts(out, " and ");
		money(out, in->band_high);
		sim_buf_puts(out, " whatever the order of prices inside the "
			     "bars");
	}
	sim_buf_puts(out, ".</p>\n</header>\n");
}

static void tiles(const struct sim_report *r, struct sim_buf *out)
{
	static const int ids[] = { SIM_METRICS_TOTAL_RETURN, SIM_METRICS_CAGR,
		SIM_METRICS_VOL_ANN, SIM_METRICS_SHARPE,
		SIM_METRICS_MAX_DRAWDOWN, SIM_METRICS_TRADES,
		SIM_METRICS_WIN_RATE, SIM_METRICS_COST_TOTAL };
	char text[SIM_METRICS_STRMAX];

	sim_buf_puts(out, "<div class=\"tiles\">\n<div>Final equity<b>");
	money(out, r->bridge.end);
	sim_buf_puts(out, " <span class=\"dim\">");
	sim_html_escape(out, r->in->currency ? r->in->currency : "");
	sim_buf_puts(out, "</span></b></div>\n");
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		sim_metrics_format((enum sim_metrics_id)ids[i],
				   r->metrics.v[ids[i]], text);
		sim_buf_printf(out, "<div>%s<b>%s</b></div>\n",
			       sim_metrics_row(ids[i])->title, text);
	}
	sim_buf_puts(out, "</div>\n");
}

/* How many marks are shown. */
static size_t newest_marks(const struct sim_report_input *in, size_t max)
{
	return in->n_marks < max ? in->n_marks : max;
}

/* The points of the curve that the newest n belong to; the caller frees
 * them. */
static size_t *mark_points(const struct sim_report *r, size_t n)
{
	size_t *at = sim_mem_array(n + 1, sizeof(*at));

	for (size_t i = 0; i < n; i++)
		at[i] = sim_report_level_at(r, r->in->marks[r->in->n_marks -
							    n + i].time);
	return at;
}

static void charts(const struct sim_report *r, struct sim_buf *out)
{
	double *level = sim_report_levels(r), peak = level[0];
	double *d = sim_mem_array(r->n_levels, sizeof(*d));
	char from[TEXT], to[TEXT];
	size_t n = newest_marks(r->in, CHART_MARKS_MAX);
	size_t *at = mark_points(r, n);
	struct sim_html_chart c = {
		"Equity over time", "curve", level, r->n_levels, 1, "", 300,
		false, from, to,
		n ? r->in->marks + (r->in->n_marks - n) : NULL, at, n
	};

	day_text(r->in->start == SIM_TIME_NONE ? SIM_TIME_NONE :
		 r->in->start + 1, from);
	day_text(r->in->curve.n ? r->in->curve.time[r->in->curve.n - 1] :
		 SIM_TIME_NONE, to);
	for (size_t i = 0; i < r->n_levels; i++) {
		peak = level[i] > peak ? level[i] : peak;
		d[i] = peak > 0 ? level[i] / peak - 1 : 0;
	}
	sim_buf_puts(out, "<h2>Equity</h2>\n");
	sim_html_chart(&c, out);
	c = (struct sim_html_chart){ "Drawdown over time", "under", d,
		r->n_levels, 100, "%", 180, true, from, to, NULL, NULL, 0 };
	sim_buf_puts(out, "<h2>Drawdown</h2>\n");
	sim_html_chart(&c, out);
	sim_mem_free(at);
	sim_mem_free(d);
	sim_mem_free(level);
}

static void months(const struct sim_report *r, struct sim_buf *out)
{
	static const char *const heads[] = { "Year", "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
		"Year", NULL };

	sim_buf_puts(out, "<h2>Monthly returns</h2>\n");
	begin_table(out, heads);
	for (size_t i = 0; i < r->n_years; i++) {
		sim_buf_printf(out, "<tr><th scope=\"row\">%d</th>",
			       r->years[i].year);
		for (int m = 0; m < 12; m++)
			percent_cell(out, r->years[i].month[m]);
		percent_cell(out, r->years[i].total);
		sim_buf_puts(out, "</tr>\n");
	}
	end_table(out);
}

static void group(const struct sim_report *r, int g, struct sim_buf *out)
{
	char text[SIM_METRICS_STRMAX];

	sim_buf_printf(out, "<div><h3>%s</h3><table><tbody>\n",
		       sim_metrics_group_text((enum sim_metrics_group)g));
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		const struct sim_metrics_row *row = sim_metrics_row(i);

		if ((int)row->group != g)
			continue;
		sim_metrics_format((enum sim_metrics_id)i, r->metrics.v[i],
				   text);
		sim_buf_puts(out, "<tr><td title=\"");
		sim_html_escape(out, row->formula);
		sim_buf_printf(out, "\">%s</td><td>%s</td></tr>\n", row->title,
			       text);
	}
	sim_buf_puts(out, "</tbody></table></div>\n");
}

static void facts(const char *title, const struct sim_report_facts *f,
		  struct sim_buf *out);

static void metrics(const struct sim_report *r, struct sim_buf *out)
{
	sim_buf_puts(out, "<h2>Metrics</h2>\n<div class=\"pair\">\n");
	for (int g = 0; g < SIM_METRICS_GROUP__COUNT; g++)
		if (g != SIM_METRICS_GROUP_BENCHMARK || r->bench_ret)
			group(r, g, out);
	sim_buf_puts(out, "</div>\n");
	facts("Said by the strategy", &r->in->own, out);
}

static void level_cell(const struct sim_report *r, size_t i,
		       struct sim_buf *out)
{
	const struct sim_report_input *in = r->in;
	char text[TEXT] = "not yet";

	if (i && i < r->n_levels)
		day_text(in->curve.time[i - 1], text);
	else if (!i)
		day_text(in->start == SIM_TIME_NONE ? SIM_TIME_NONE :
			 in->start + 1, text);
	sim_buf_printf(out, "<td>%s</td>", text);
}

static void drawdowns(const struct sim_report *r, struct sim_buf *out)
{
	static const char *const heads[] = { "Depth", "Start", "Valley", "End",
					     NULL };

	sim_buf_puts(out, "<h2>Drawdowns</h2>\n");
	begin_table(out, heads);
	for (size_t i = 0; i < r->dd.n; i++) {
		sim_buf_puts(out, "<tr>");
		percent_cell(out, r->dd.top[i].depth);
		level_cell(r, r->dd.top[i].start, out);
		level_cell(r, r->dd.top[i].valley, out);
		level_cell(r, r->dd.top[i].end, out);
		sim_buf_puts(out, "</tr>\n");
	}
	end_table(out);
}

static void symbols(const struct sim_report *r, struct sim_buf *out)
{
	static const char *const heads[] = { "Symbol", "Fills", "Trades",
		"Wins", "Losses", "Gross", "Fees", "Net", "Open, net",
		"Dividends", NULL };
	size_t n = r->n_symbols < SYMBOLS_MAX ? r->n_symbols : SYMBOLS_MAX;

	sim_buf_puts(out, "<h2>Symbols</h2>\n");
	if (n < r->n_symbols)
		sim_buf_printf(out, "<p class=\"dim\">The first %zu of %zu."
			       "</p>\n", n, r->n_symbols);
	begin_table(out, heads);
	for (size_t i = 0; i < n; i++) {
		const struct sim_report_symbol *s = &r->symbols[i];

		sim_buf_puts(out, "<tr><td>");
		sim_html_escape(out, s->name);
		sim_buf_printf(out, "</td><td>%zu</td><td>%zu</td><td>%zu</td>"
			       "<td>%zu</td>", s->fills, s->trades, s->wins,
			       s->losses);
		money_cell(out, s->gross);
		fees_cell(out, s->fees);
		money_cell(out, s->net);
		money_cell(out, s->open_net);
		money_cell(out, s->dividends);
		sim_buf_puts(out, "</tr>\n");
	}
	end_table(out);
}

static void trade_time(sim_time t, struct sim_buf *out)
{
	sim_buf_puts(out, "<td>");
	sim_buf_time(out, t);
	sim_buf_puts(out, "</td>");
}

static void trade(const struct sim_report *r, const struct sim_trades_item *t,
		  struct sim_buf *out)
{
	sim_buf_puts(out, "<tr><td>");
	sim_html_escape(out, r->in->instruments[t->sym].symbol);
	sim_buf_printf(out, "</td><td>%s</td>",
		       t->side == SIM_SIDE_BUY ? "long" : "short");
	dec_cell(out, t->qty);
	trade_time(t->entry_time, out);
	dec_cell(out, t->entry_price);
	if (t->is_open)
		sim_buf_puts(out, "<td>open</td>");
	else
		trade_time(t->exit_time, out);
	dec_cell(out, t->exit_price);
	fees_cell(out, t->fees);
	money_cell(out, t->net);
	percent_cell(out, t->ret);
	percent_cell(out, t->met.mae);
	percent_cell(out, t->met.mfe);
	sim_buf_printf(out, "<td>%s</td></tr>\n",
		       t->ambiguous ? "ambiguous" : "");
}

static void trade_range(const struct sim_report *r, const char *title,
			size_t from, size_t to, struct sim_buf *out)
{
	static const char *const heads[] = { "Symbol", "Side", "Quantity",
		"In", "Price", "Out", "Price", "Fees", "Net", "Return", "Worst",
		"Best", "",
		NULL };

	if (from == to)
		return;
	sim_buf_printf(out, "<h3>%s</h3>\n", title);
	begin_table(out, heads);
	for (size_t i = from; i < to; i++)
		trade(r, &r->trades.items[i], out);
	end_table(out);
}

static void trades(const struct sim_report *r, struct sim_buf *out)
{
	size_t n = r->trades.n, half = TRADES_MAX;

	sim_buf_printf(out, "<h2>Trades</h2>\n<p>%zu closed, %zu open; FIFO "
		       "round trips net of costs.</p>\n", r->trades.n_closed,
		       n - r->trades.n_closed);
	if (n <= 2 * half) {
		trade_range(r, "All", 0, n, out);
		return;
	}
	trade_range(r, "First", 0, half, out);
	trade_range(r, "Last", n - half, n, out);
}

static void bridge(const struct sim_report *r, struct sim_buf *out)
{
	const struct sim_report_bridge *b = &r->bridge;
	const struct {
		const char *title;
		sim_dec v;
	} rows[] = {
		{ "Start", b->start },
		{ "Closed trades, net", b->closed_net },
		{ "Open trades, net", b->open_net },
		{ "Dividends", b->dividends }, { "Interest", b->interest },
		{ "Borrow fees", -b->borrow_fees }, { "End", b->end },
		{ "Unexplained", b->unexplained },
	};

	sim_buf_puts(out, "<h2>Where the equity came from</h2>\n"
		     "<table><tbody>\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		sim_buf_printf(out, "<tr><td>%s</td>", rows[i].title);
		dec_cell(out, rows[i].v);
		sim_buf_puts(out, "</tr>\n");
	}
	sim_buf_puts(out, "</tbody></table>\n");
}

static void facts(const char *title, const struct sim_report_facts *f,
		  struct sim_buf *out)
{
	if (!f->n)
		return;
	sim_buf_printf(out, "<h3>%s</h3>\n<table><tbody>\n", title);
	for (size_t i = 0; i < f->n; i++) {
		sim_buf_puts(out, "<tr><td>");
		sim_html_escape(out, f->items[i].key);
		sim_buf_puts(out, "</td><td class=\"text\">");
		sim_html_escape(out, f->items[i].value ? f->items[i].value :
				"");
		sim_buf_puts(out, "</td></tr>\n");
	}
	sim_buf_puts(out, "</tbody></table>\n");
}

/* The newest marks of the strategy. */
static void marks(const struct sim_report_input *in, struct sim_buf *out)
{
	static const char *const heads[] = { "Time", "Symbol", "Mark", NULL };
	size_t from = in->n_marks - newest_marks(in, MARKS_MAX);

	if (!in->n_marks)
		return;
	sim_buf_printf(out, "<h3>Marks%s</h3>\n", from ? ", the newest" : "");
	begin_table(out, heads);
	for (size_t i = from; i < in->n_marks; i++) {
		const struct sim_report_mark *m = &in->marks[i];

		sim_buf_puts(out, "<tr>");
		trade_time(m->time, out);
		sim_buf_puts(out, "<td>");
		sim_html_escape(out, m->symbol ? m->symbol : "");
		sim_buf_puts(out, "</td><td class=\"text\">");
		sim_html_escape(out, m->text);
		sim_buf_puts(out, "</td></tr>\n");
	}
	end_table(out);
}

void sim_html_report(const struct sim_report *r, struct sim_buf *out)
{
	head(r, out);
	summary(r, out);
	band(r, out);
	sim_buf_puts(out, "<main>\n");
	tiles(r, out);
	charts(r, out);
	months(r, out);
	metrics(r, out);
	drawdowns(r, out);
	symbols(r, out);
	trades(r, out);
	bridge(r, out);
	sim_buf_puts(out, "<h2>Model and data</h2>\n");
	facts("Strategy parameters", &r->in->params, out);
	facts("Market model", &r->in->models, out);
	facts("Hashes", &r->in->hashes, out);
	marks(r->in, out);
	sim_buf_puts(out, "</main>\n</body>\n</html>\n");
}
