/* sheet_pages: overview, curves, metrics, costs, and what the run assumed. */
#include "report/sheet_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/plot.h"
#include "util/mem.h"
#include "util/time.h"

#define CELL	  12			/* columns of a metric's value */
#define LABEL	  11			/* columns left of a chart */
#define MARKS_MAX 40
#define LONG_KEY  13			/* of a fact with a long value */
#define LONG_TEXT 64			/* a hash */
#define CHART	  (SIM_SHEET_COLUMNS - LABEL - 2)

/* A metric's value in at most CELL columns. */
static const char *value(const struct sim_sheet_set *s, int id, char *buf)
{
	double v = s->r->metrics.v[id];

	if (sim_metrics_format((enum sim_metrics_id)id, v, buf) > CELL)
		snprintf(buf, SIM_METRICS_STRMAX, "%.4e", v);
	return buf;
}

static void pair(struct sim_sheet_set *s, int left, int right)
{
	char a[SIM_METRICS_STRMAX], b[SIM_METRICS_STRMAX];

	sim_sheet_set_line(s, "%-26s %*s  %-26s %*s",
			   sim_metrics_row(left)->title, CELL,
			   value(s, left, a),
			   right < 0 ? "" : sim_metrics_row(right)->title,
			   CELL, right < 0 ? "" : value(s, right, b));
}

/* All metrics of a group, two in a line, under its name. */
static void group(struct sim_sheet_set *s, enum sim_metrics_group g)
{
	int left = -1;

	sim_sheet_set_line(s, "%c%s%c", MARK_BOLD, sim_metrics_group_text(g),
			   MARK_OFF);
	for (int i = 0; i < SIM_METRICS__COUNT; i++) {
		if (sim_metrics_row(i)->group != g)
			continue;
		if (left < 0) {
			left = i;
			continue;
		}
		pair(s, left, i);
		left = -1;
	}
	if (left >= 0)
		pair(s, left, -1);
}

static void facts_line(struct sim_sheet_set *s, const char *label,
		       const struct sim_report_facts *f)
{
	struct sim_buf b = SIM_BUF_INIT(4096);
	char key[40], text[80];

	for (size_t i = 0; i < f->n; i++) {
		sim_sheet_set_clean(f->items[i].key, 24, key, sizeof(key));
		sim_sheet_set_clean(f->items[i].value ? f->items[i].value : "",
				    32, text, sizeof(text));
		/* Room for what says that there is more. */
		if (b.len + strlen(key) + strlen(text) + 2 >
		    SIM_SHEET_COLUMNS - 10 - 3) {
			sim_buf_puts(&b, " ..");
			break;
		}
		sim_buf_printf(&b, "%s%s=%s", i ? " " : "", key, text);
	}
	sim_sheet_set_line(s, "%-9s %s", label, f->n ? sim_buf_str(&b) : "-");
	sim_buf_release(&b);
}

static void symbols_line(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;
	struct sim_buf b = SIM_BUF_INIT(4096);
	char name[40];

	for (size_t i = 0; i < in->n_symbols && b.len < 48; i++)
		sim_buf_printf(&b, "%s%s", i ? " " : "",
			       sim_sheet_set_clean(in->instruments[i].symbol,
						   32, name, sizeof(name)));
	sim_sheet_set_line(s, "%-9s %.56s (%zu)", "Symbols", sim_buf_str(&b),
			   in->n_symbols);
	sim_buf_release(&b);
}

static void period_line(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;
	char from[SHEET_TEXT], to[SHEET_TEXT], frame[24];

	sim_sheet_set_day(in->start == SIM_TIME_NONE ? SIM_TIME_NONE :
			  in->start + 1, from);
	sim_sheet_set_day(in->curve.n ? in->curve.time[in->curve.n - 1] :
			  SIM_TIME_NONE, to);
	sim_sheet_set_line(s, "%-9s %s .. %s  %s  %zu closes, A = %g", "Period",
			   from, to,
			   sim_sheet_set_clean(in->timeframe ? in->timeframe :
					       "", 16, frame, sizeof(frame)),
			   s->r->n, in->periods_per_year);
}

static void equity_line(struct sim_sheet_set *s)
{
	const struct sim_report_bridge *b = &s->r->bridge;
	char from[SHEET_TEXT], to[SHEET_TEXT], by[SHEET_TEXT], pct[SHEET_TEXT];
	char tint[SHEET_TEXT], currency[8];
	double change = (double)b->end - (double)b->start;

	sim_sheet_set_money(b->start, false, from);
	sim_sheet_set_money(b->end, false, to);
	sim_sheet_set_money((sim_dec)((sim_dec_wide)b->end - b->start), true,
			    by);
	sim_sheet_set_tint(change, 0, by, tint);
	sim_sheet_set_percent(s->r->metrics.v[SIM_METRICS_TOTAL_RETURN], pct);
	sim_sheet_set_line(s, "%-9s %s -> %s %s  %s %s (%s)", "Equity", from,
			   to, sim_sheet_set_clean(s->r->in->currency ?
			   s->r->in->currency : "", 4, currency,
			   sizeof(currency)), sim_sheet_set_glyph(s, change),
			   tint, pct);
}

static void stamps_line(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;
	struct sim_buf b = SIM_BUF_INIT(4096);
	char text[48];

	if (in->partial)
		sim_buf_puts(&b, "PARTIAL (stopped early)");
	for (size_t i = 0; i < in->n_stamps && b.len < SIM_SHEET_COLUMNS; i++)
		sim_buf_printf(&b, "%s%s", b.len ? ", " : "",
			       sim_sheet_set_clean(in->stamps[i], 40, text,
						   sizeof(text)));
	sim_sheet_set_line(s, "%-9s %c%s%c", "Stamps", MARK_BOLD,
			   b.len ? sim_buf_str(&b) : "none", MARK_OFF);
	sim_buf_release(&b);
}

static void band_line(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;
	char low[SHEET_TEXT], high[SHEET_TEXT];
	double n = s->r->metrics.v[SIM_METRICS_AMBIGUOUS_FILLS];

	if (in->has_band)
		sim_sheet_set_line(s, "%-9s %s .. %s final equity, %.0f of %zu "
				   "fills ambiguous", "Band",
				   sim_sheet_set_money(in->band_low, false,
						       low),
				   sim_sheet_set_money(in->band_high, false,
						       high),
				   n, in->n_fills);
	else
		sim_sheet_set_line(s, "%-9s %s, %.0f of %zu fills ambiguous",
				   "Band", n > 0 ? "not computed" : "none", n,
				   in->n_fills);
}

static void axis_label(double v, bool percent, char *buf)
{
	if (percent)
		snprintf(buf, SHEET_TEXT, "%.2f%%", v * 100);
	else if (fabs(v) < 1e6)
		snprintf(buf, SHEET_TEXT, "%.2f", v);
	else if (fabs(v) < 1e10)
		snprintf(buf, SHEET_TEXT, "%.0f", v);
	else
		snprintf(buf, SHEET_TEXT, "%.4e", v);
}

static void chart(struct sim_sheet_set *s, struct sim_plot *p, bool percent)
{
	struct sim_plot_cells cells;
	char label[SHEET_TEXT];

	p->width = CHART;
	p->ascii = s->opts->ascii;
	sim_plot_draw(p, &cells);
	for (unsigned row = 0; row < p->height; row++) {
		struct sim_buf b = SIM_BUF_INIT(4096);

		label[0] = '\0';
		if (row == 0)
			axis_label(p->high, percent, label);
		else if (row + 1 == p->height && p->low < p->high)
			axis_label(p->low, percent, label);
		sim_plot_row(p, &cells, row, &b);
		sim_sheet_set_line(s, "%*s %s%s", LABEL, label,
				   p->ascii ? "|" : "\xe2\x94\x82",
				   sim_buf_str(&b));
		sim_buf_release(&b);
	}
}

static void time_axis(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;
	char from[SHEET_TEXT], to[SHEET_TEXT];
	size_t n = in->curve.n;

	if (!n)
		return;
	sim_sheet_set_day(in->start != SIM_TIME_NONE ? in->start + 1 :
			  in->curve.time[0], from);
	sim_sheet_set_day(in->curve.time[n - 1], to);
	sim_sheet_set_line(s, "%*s  %-*s%s", LABEL, "", CHART - 10, from, to);
}

void sim_sheet_pages_overview(struct sim_sheet_set *s)
{
	double *level = sim_report_levels(s->r);
	struct sim_plot p = { .y = level, .n = s->r->n_levels, .height = 6 };

	facts_line(s, "Params", &s->r->in->params);
	symbols_line(s);
	period_line(s);
	equity_line(s);
	stamps_line(s);
	band_line(s);
	sim_sheet_set_gap(s);
	pair(s, SIM_METRICS_CAGR, SIM_METRICS_SHARPE);
	pair(s, SIM_METRICS_VOL_ANN, SIM_METRICS_SORTINO);
	pair(s, SIM_METRICS_MAX_DRAWDOWN, SIM_METRICS_CALMAR);
	pair(s, SIM_METRICS_EXPOSURE_TIME, SIM_METRICS_PROFIT_FACTOR);
	pair(s, SIM_METRICS_TRADES, SIM_METRICS_WIN_RATE);
	pair(s, SIM_METRICS_COST_TOTAL, SIM_METRICS_COST_BPS_PER_YEAR);
	sim_sheet_set_gap(s);
	chart(s, &p, false);
	time_axis(s);
	sim_mem_free(level);
}

/* Drawdown at each of n levels; the caller frees it. */
static double *drawdowns(const double *level, size_t n)
{
	double *d = sim_mem_array(n, sizeof(*d)), peak = level[0];

	for (size_t i = 0; i < n; i++) {
		peak = level[i] > peak ? level[i] : peak;
		d[i] = peak > 0 ? level[i] / peak - 1 : 0;
	}
	return d;
}

/* A row that points at where the strategy remarked something. */
static void mark_row(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;
	const char *glyph = s->opts->ascii ? "^" : "\xe2\x96\xb4";
	bool is_set[CHART] = { false };
	struct sim_buf b = SIM_BUF_INIT(4096);
	size_t end = 0;

	for (size_t i = 0; i < in->n_marks; i++) {
		size_t at = sim_report_level_at(s->r, in->marks[i].time);

		at = at * CHART / s->r->n_levels;
		is_set[at] = true;
		end = at + 1 > end ? at + 1 : end;
	}
	for (size_t i = 0; i < end; i++)
		sim_buf_puts(&b, is_set[i] ? glyph : " ");
	sim_sheet_set_line(s, "%*s  %s", LABEL, "marks", sim_buf_str(&b));
	sim_buf_release(&b);
}

void sim_sheet_pages_curve(struct sim_sheet_set *s)
{
	size_t n = s->r->n_levels;
	double *level = sim_report_levels(s->r), *d = drawdowns(level, n);
	bool is_marked = s->r->in->n_marks != 0;
	struct sim_plot equity = {
		.y = level, .n = n, .height = is_marked ? 11 : 12
	};
	struct sim_plot under = { .y = d, .n = n, .height = 6, .hang = true };

	sim_sheet_set_line(s, "%cEquity%c", MARK_BOLD, MARK_OFF);
	chart(s, &equity, false);
	if (is_marked)
		mark_row(s);
	sim_sheet_set_line(s, "%cDrawdown%c", MARK_BOLD, MARK_OFF);
	chart(s, &under, true);
	time_axis(s);
	sim_mem_free(d);
	sim_mem_free(level);
}

static void facts(struct sim_sheet_set *s, const char *title,
		  const struct sim_report_facts *f);

void sim_sheet_pages_metrics(struct sim_sheet_set *s)
{
	for (int g = 0; g <= SIM_METRICS_GROUP_TRADE; g++) {
		if (g == SIM_METRICS_GROUP_BENCHMARK && !s->r->bench_ret)
			continue;
		sim_sheet_set_gap(s);
		sim_sheet_set_room(s, 4);
		group(s, (enum sim_metrics_group)g);
	}
	facts(s, "Said by the strategy", &s->r->in->own);
}

static void bridge_row(struct sim_sheet_set *s, const char *sign,
		       const char *what, sim_dec v)
{
	char text[SHEET_TEXT];

	sim_sheet_set_line(s, "%s %-24s %22s", sign, what,
			   sim_sheet_set_money(v, false, text));
}

void sim_sheet_pages_costs(struct sim_sheet_set *s)
{
	const struct sim_report_bridge *b = &s->r->bridge;

	group(s, SIM_METRICS_GROUP_COST);
	group(s, SIM_METRICS_GROUP_EXPOSURE);
	group(s, SIM_METRICS_GROUP_ORDER);
	sim_sheet_set_gap(s);
	sim_sheet_set_line(s, "%cWhere the equity came from%c", MARK_BOLD,
			   MARK_OFF);
	bridge_row(s, " ", "Start", b->start);
	bridge_row(s, "+", "Closed trades, net", b->closed_net);
	bridge_row(s, "+", "Open trades, net", b->open_net);
	bridge_row(s, "+", "Dividends", b->dividends);
	bridge_row(s, "+", "Interest", b->interest);
	bridge_row(s, "-", "Borrow fees", b->borrow_fees);
	bridge_row(s, "=", "End", b->end);
	bridge_row(s, " ", "Unexplained", b->unexplained);
}

/* "key value", the value over as many lines as it takes. */
static void long_fact(struct sim_sheet_set *s, const char *key,
		      const char *text)
{
	char name[80], *clean;
	size_t n = strlen(text), size = n + 1;
	bool apart = strlen(key) > LONG_KEY;

	clean = sim_mem_alloc(size);
	sim_sheet_set_clean(text, (unsigned)n + 1, clean, size);
	sim_sheet_set_clean(key, 70, name, sizeof(name));
	n = strlen(clean);
	if (apart)
		sim_sheet_set_line(s, "  %s", name);
	for (size_t i = 0; i < n || !i; i += LONG_TEXT)
		sim_sheet_set_line(s, "  %-*s %.*s", LONG_KEY,
				   i || apart ? "" : name, LONG_TEXT,
				   clean + i);
	sim_mem_free(clean);
}

static bool is_short(const struct sim_report_fact *f)
{
	return strlen(f->key) <= 18 && (!f->value || strlen(f->value) <= 18);
}

/* One or two facts in a line. */
static void short_facts(struct sim_sheet_set *s,
			const struct sim_report_fact *f, int n)
{
	char key[2][32] = { "", "" }, text[2][32] = { "", "" };

	for (int i = 0; i < n; i++) {
		sim_sheet_set_clean(f[i].key, 18, key[i], sizeof(key[i]));
		sim_sheet_set_clean(f[i].value ? f[i].value : "", 18, text[i],
				    sizeof(text[i]));
	}
	sim_sheet_set_line(s, "  %-18s %-18s  %-18s %s", key[0], text[0],
			   key[1], text[1]);
}

static void facts(struct sim_sheet_set *s, const char *title,
		  const struct sim_report_facts *f)
{
	if (!f->n)
		return;
	sim_sheet_set_gap(s);
	sim_sheet_set_room(s, 2);
	sim_sheet_set_line(s, "%c%s%c", MARK_BOLD, title, MARK_OFF);
	for (size_t i = 0; i < f->n; i++) {
		const struct sim_report_fact *x = &f->items[i];
		int two = i + 1 < f->n && is_short(x + 1);

		if (is_short(x)) {
			short_facts(s, x, 1 + two);
			i += (size_t)two;
		} else {
			long_fact(s, x->key, x->value ? x->value : "");
		}
	}
}

static void stamps(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;

	sim_sheet_set_line(s, "%cStamps%c", MARK_BOLD, MARK_OFF);
	if (in->partial)
		long_fact(s, "PARTIAL", "the run was stopped early");
	for (size_t i = 0; i < in->n_stamps; i++)
		long_fact(s, "!", in->stamps[i]);
	if (!in->partial && !in->n_stamps)
		sim_sheet_set_line(s, "  none");
}

/* The newest marks; all of them are data. */
static void marks(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;
	size_t from = in->n_marks > MARKS_MAX ? in->n_marks - MARKS_MAX : 0;

	if (!in->n_marks)
		return;
	sim_sheet_set_gap(s);
	sim_sheet_set_room(s, 2);
	sim_sheet_set_line(s, "%cMarks%c%s", MARK_BOLD, MARK_OFF,
			   from ? ", the newest; run notes has all" : "");
	for (size_t i = from; i < in->n_marks; i++) {
		const struct sim_report_mark *m = &in->marks[i];
		char at[SIM_TIME_STRMAX + 40];
		size_t n = sim_time_format(m->time, at);

		if (m->symbol)
			snprintf(at + n, sizeof(at) - n, " %.33s", m->symbol);
		long_fact(s, at, m->text);
	}
}

void sim_sheet_pages_model(struct sim_sheet_set *s)
{
	const struct sim_report_input *in = s->r->in;

	stamps(s);
	facts(s, "Strategy parameters", &in->params);
	facts(s, "Market model", &in->models);
	facts(s, "Hashes", &in->hashes);
	marks(s);
}
