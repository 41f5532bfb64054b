/* panel: the account: what it is worth, how that came, how deep it has been,
 * how much of it is at risk. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/canvas.h"
#include "tui/figure.h"
#include "tui/panel.h"

#define ITEMS 13
#define BAR 6			/* cells of a bar */
#define LABEL 13			/* columns of a label and its gap */

struct item {
	const char *label;
	struct sim_table_cell value;
	double number;			/* of money, for where it is too wide */
};

static sim_dec to_dec(double v)
{
	sim_dec d = 0;

	(void)sim_dec_from_double(v, &d);
	return d;
}

/* What prices have added since a sum was heard; the most there is beyond. */
static sim_dec grown(sim_dec v, double more)
{
	sim_dec sum = v;

	if (!sim_dec_add(v, to_dec(more), &sum))
		sum = v > 0 ? SIM_DEC_MAX : -SIM_DEC_MAX;
	return sum;
}

static void add_money(struct item *it, int *n, const char *label, sim_dec v)
{
	it[*n].label = label;
	it[*n].value.ink = SIM_THEME_TEXT;
	it[*n].number = sim_dec_to_double(v);
	sim_figure_dec(it[(*n)++].value.text, v, 2);
}

static void add_gain(struct item *it, int *n, const char *label, sim_dec v)
{
	it[*n].label = label;
	it[*n].number = sim_dec_to_double(v);
	sim_panel_gain(&it[(*n)++].value, v, 2);
}

static void add_part(struct item *it, int *n, const char *label, double part)
{
	char text[SIM_FIGURE_MAX];

	it[*n].label = label;
	it[*n].value.ink = part > 0 ? SIM_THEME_UP
				    : part < 0 ? SIM_THEME_LOSS
					       : SIM_THEME_TEXT;
	snprintf(it[*n].value.text, sizeof(it[*n].value.text), "%s%s",
		 sim_figure_arrow(part),
		 sim_figure_percent(text, part * 100, 2));
	(*n)++;
}

/* A bar and what it says in percent. */
static void add_bar(struct item *it, int *n, const char *label, double part)
{
	int full = part < 0 ? 0 : part > 1 ? BAR : (int)(part * BAR + 0.5);
	char *out = it[*n].value.text;
	size_t at = 0;

	for (int i = 0; i < BAR; i++) {
		memcpy(out + at, i < full ? "▓" : "░", 3);
		at += 3;
	}
	snprintf(out + at, sizeof(it->value.text) - at, " %3.0f%%",
		 part > 99.99 ? 9999 : part * 100);
	it[*n].label = label;
	it[*n].value.ink = part > 0.8 ? SIM_THEME_WARN : SIM_THEME_TEXT;
	(*n)++;
}

/* The value of what is held, long and short, to equity. */
static double exposure(const struct sim_dash *d)
{
	double sum = 0;

	for (size_t i = 0; i < d->n_symbols; i++) {
		const struct dash_symbol *s = &d->symbol[i];
		double v = fabs(sim_dec_to_double(s->value));

		if (s->quantity)
			sum += s->marked && s->last ? v * (double)s->last /
						      (double)s->marked : v;
	}
	return d->account.marked_equity > 0 ? sum / d->account.marked_equity
					    : 0;
}

static int collect(const struct sim_dash *d, struct item it[ITEMS])
{
	const struct dash_account *a = &d->account;
	double base = sim_dec_to_double(d->capital);
	int n = 0;

	memset(it, 0, ITEMS * sizeof(*it));
	add_money(it, &n, "Equity", to_dec(a->marked_equity));
	if (base > 0)
		add_part(it, &n, "Return", a->marked_equity / base - 1);
	if (a->has_margin)
		add_gain(it, &n, "Day P&L", grown(a->day_gain, a->marked));
	add_gain(it, &n, "Open P&L", grown(a->unrealized, a->marked));
	add_gain(it, &n, "Realized", a->realized);
	add_money(it, &n, "Cash", a->cash);
	if (a->has_margin)
		add_money(it, &n, "Buying power", a->buying_power);
	if (d->curve.peak > 0)
		add_part(it, &n, "Drawdown", d->curve.last / d->curve.peak - 1);
	add_part(it, &n, "Max drawdown", d->curve.worst);
	add_bar(it, &n, "Exposure", exposure(d));
	if (a->has_margin && a->marked_equity > 0)
		add_bar(it, &n, "Margin", sim_dec_to_double(a->margin_used) /
			a->marked_equity);
	add_money(it, &n, "Fees", d->fees);
	if (d->has_results && isfinite(d->sharpe)) {
		it[n].label = "Sharpe";
		it[n].value.ink = SIM_THEME_TEXT;
		sim_figure_dec(it[n++].value.text, to_dec(d->sharpe), 2);
	}
	return n;
}

/* A curve as dots, drawn from its lowest to its highest value. */
static void draw_curve(struct sim_screen *s, struct sim_screen_box b,
		       const double *v, size_t n, enum sim_theme_role role)
{
	struct sim_canvas c;
	double low = INFINITY, high = -INFINITY;
	int last[2] = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		low = v[i] < low ? v[i] : low;
		high = v[i] > high ? v[i] : high;
	}
	sim_canvas_init(&c, b.rows, b.cols);
	for (size_t i = 0; i < n; i++) {
		double part = high > low ? (v[i] - low) / (high - low) : 0.5;
		int at[2] = {
			n > 1 ? (int)((double)i * (b.cols * 2 - 1) /
				      (double)(n - 1)) : 0,
			(int)((1 - part) * (b.rows * 4 - 1) + 0.5)
		};

		sim_canvas_line(&c, i ? last : at, at, role);
		last[0] = at[0];
		last[1] = at[1];
	}
	sim_canvas_put(&c, s, b.row, b.col, NULL);
	sim_canvas_release(&c);
}

/* Equity above drawdown in the rest of the box, each below its label. */
static void draw_curves(const struct sim_dash *d, struct sim_screen *s,
			struct sim_screen_box b)
{
	int deep = b.rows >= 7 ? (b.rows - 2) / 3 : 0;
	struct sim_screen_box up = { b.row + 1, b.col + 1,
				     b.rows - 1 - (deep ? deep + 1 : 0),
				     b.cols - 2 };
	struct sim_screen_box down = { up.row + up.rows + 1, up.col, deep,
				       up.cols };

	if (b.rows < 3 || b.cols < 6 || d->curve.n < 2)
		return;
	sim_screen_put(s, b.row, b.col + 1, b.cols - 2, SIM_THEME_DIM,
		       "Equity since the start");
	draw_curve(s, up, d->curve.value, d->curve.n, SIM_THEME_LINE1);
	if (!deep)
		return;
	sim_screen_put(s, down.row - 1, b.col + 1, b.cols - 2, SIM_THEME_DIM,
		       "Drawdown");
	draw_curve(s, down, d->curve.depth, d->curve.n, SIM_THEME_DOWN);
}

static void draw_item(struct sim_screen *s, struct sim_screen_box b,
		      const struct item *it, bool is_stale)
{
	int label = b.cols > LABEL + 8 ? LABEL : b.cols / 3;
	char text[SIM_FIGURE_MAX], number[SIM_FIGURE_MAX];
	const char *value = it->value.text;

	if (sim_glyph_width(value) > b.cols - label && it->number) {
		snprintf(text, sizeof(text), "%s%s%.20s",
			 it->value.ink == SIM_THEME_TEXT ? "" :
			 sim_figure_arrow(it->number),
			 it->value.ink == SIM_THEME_UP ? "+" : "",
			 sim_figure_short(number, it->number));
		value = text;
	}
	sim_screen_put(s, b.row, b.col, label, SIM_THEME_DIM, it->label);
	sim_screen_right(s, b.row, b.col + label, b.cols - label,
			 is_stale ? SIM_THEME_STALE : it->value.ink, value);
}

static void draw(const struct sim_dash *d, struct sim_screen *s,
		 struct sim_screen_box box)
{
	struct item it[ITEMS];
	int n, groups, deep, wide;

	if (!d->account.is_known) {
		sim_screen_put(s, box.row, box.col + 1, box.cols - 2,
			       SIM_THEME_DIM, "no account yet");
		return;
	}
	n = collect(d, it);
	groups = box.cols / 32 < 1 ? 1 : box.cols / 32;
	while (groups > 1 && (n + groups - 2) / (groups - 1) <= box.rows)
		groups--;
	deep = (n + groups - 1) / groups;
	deep = deep < box.rows ? deep : box.rows;
	wide = (box.cols - 1) / groups;
	wide = groups > 1 && wide > 40 ? 40 : wide;
	for (int i = 0; i < n && i / deep < groups; i++) {
		struct sim_screen_box line = {
			box.row + i % deep, box.col + 1 + i / deep * wide, 1,
			wide - (groups > 1 ? 2 : 1)
		};

		draw_item(s, line, &it[i], d->is_stale);
	}
	draw_curves(d, s, (struct sim_screen_box){
		    box.row + deep, box.col, box.rows - deep, box.cols });
}

static void count(const struct sim_dash *d, struct sim_buf *out)
{
	char text[SIM_FIGURE_MAX];

	if (d->n_ambiguous)
		sim_buf_printf(out, "⚠ %s ambiguous",
			       sim_figure_count(text, d->n_ambiguous));
}

const struct sim_panel_ops sim_panel_account = {
	.count = count, .draw = draw, .nothing = "no account yet"
};
