/* slip: which fields an order of a type has is a table. */
#include "tui/slip.h"

#include <stdio.h>
#include <string.h>

#include "tui/figure.h"

static const struct {
	const char *label;
	unsigned types;			/* 1 << type that have it; 0: all */
	bool is_choice, in_change;
	const char *option;		/* of the command line */
} fields[SIM_SLIP__COUNT] = {
#define BIT(t) (1u << SIM_ORDER_TYPE_##t)
	[SIM_SLIP_SYMBOL] = { "Symbol", 0, false, false, "" },
	[SIM_SLIP_SIDE] = { "Side", 0, true, false, "" },
	[SIM_SLIP_TYPE] = { "Type", 0, true, false, "" },
	[SIM_SLIP_QUANTITY] = { "Quantity", 0, false, true, "--quantity" },
	[SIM_SLIP_PRICE] = { "Limit", BIT(LIMIT) | BIT(STOP_LIMIT), false,
			     true, "--price" },
	[SIM_SLIP_STOP] = { "Stop", BIT(STOP) | BIT(STOP_LIMIT) |
			    BIT(TRAILING_STOP), false, true, "--stop-price" },
	[SIM_SLIP_TRAIL] = { "Trail by", BIT(TRAILING_STOP), false, false,
			     "" },
	[SIM_SLIP_TIF] = { "In force", 0, true, false, "--tif" },
	[SIM_SLIP_TAKE_PROFIT] = { "Take profit", 0, false, false,
				   "--take-profit" },
	[SIM_SLIP_STOP_LOSS] = { "Stop loss", 0, false, false,
				 "--stop-loss" },
#undef BIT
};

/* gtd needs a time, which nobody wants to type here. */
static const enum sim_tif tifs[] = {
	SIM_TIF_DAY, SIM_TIF_GTC, SIM_TIF_IOC, SIM_TIF_FOK, SIM_TIF_OPG,
	SIM_TIF_CLS,
};
#define N_TIFS ((int)(sizeof(tifs) / sizeof(tifs[0])))

static bool has_field(const struct sim_slip *t, enum sim_slip_field f)
{
	if (t->is_change && !fields[f].in_change)
		return false;
	/* A trailing stop's level follows the price; it can only be changed. */
	if (f == SIM_SLIP_STOP && t->type == SIM_ORDER_TYPE_TRAILING_STOP)
		return t->is_change;
	return !fields[f].types || fields[f].types >> t->type & 1;
}

/* -- beginning ------------------------------------------------------------- */

void sim_slip_begin(struct sim_slip *t, const char *order_id,
		    const char *symbol, enum sim_side side, sim_dec last)
{
	memset(t, 0, sizeof(*t));
	snprintf(t->order_id, sizeof(t->order_id), "%s", order_id);
	sim_edit_set(&t->text[SIM_SLIP_SYMBOL], symbol ? symbol : "");
	t->side = side;
	t->last = last;
	t->at = symbol && *symbol ? SIM_SLIP_QUANTITY : SIM_SLIP_SYMBOL;
}

static void set_dec(struct sim_edit *e, sim_dec v)
{
	char text[SIM_DEC_STRMAX];

	sim_dec_format(v, 0, text);
	sim_edit_set(e, v ? text : "");
}

void sim_slip_change(struct sim_slip *t, const struct sim_slip_order *o)
{
	memset(t, 0, sizeof(*t));
	snprintf(t->order_id, sizeof(t->order_id), "%s", o->order_id);
	t->is_change = true;
	t->side = o->side;
	t->type = o->type;
	sim_edit_set(&t->text[SIM_SLIP_SYMBOL], o->symbol);
	set_dec(&t->text[SIM_SLIP_QUANTITY], o->quantity);
	set_dec(&t->text[SIM_SLIP_PRICE], o->price);
	set_dec(&t->text[SIM_SLIP_STOP], o->stop);
	t->at = SIM_SLIP_QUANTITY;
}

/* -- keys ------------------------------------------------------------------ */

static void go(struct sim_slip *t, int by)
{
	do
		t->at = (enum sim_slip_field)(((int)t->at + by +
					       SIM_SLIP__COUNT) %
					      SIM_SLIP__COUNT);
	while (!has_field(t, t->at));
}

static void choose(struct sim_slip *t, int by)
{
	int i = 0;

	switch (t->at) {
	case SIM_SLIP_SIDE:
		t->side = t->side == SIM_SIDE_BUY ? SIM_SIDE_SELL
						  : SIM_SIDE_BUY;
		break;
	case SIM_SLIP_TYPE:
		t->type = (enum sim_order_type)
			(((int)t->type + by + SIM_ORDER_TYPE__COUNT) %
			 SIM_ORDER_TYPE__COUNT);
		if (fields[SIM_SLIP_PRICE].types >> t->type & 1 && t->last &&
		    !t->text[SIM_SLIP_PRICE].len)
			set_dec(&t->text[SIM_SLIP_PRICE], t->last);
		break;
	case SIM_SLIP_TIF:
		while (i < N_TIFS && tifs[i] != t->tif)
			i++;
		t->tif = tifs[(i + by + N_TIFS) % N_TIFS];
		break;
	default:
		break;
	}
}

static bool event_choice(struct sim_slip *t, const struct sim_screen_event *ev)
{
	if (ev->kind != SIM_SCREEN_KEY)
		return false;
	switch (ev->code) {
	case SIM_SCREEN_LEFT: case 'h':
		choose(t, -1);
		return true;
	case SIM_SCREEN_RIGHT: case 'l': case ' ':
		choose(t, 1);
		return true;
	default:
		return false;
	}
}

bool sim_slip_event(struct sim_slip *t, const struct sim_screen_event *ev)
{
	struct sim_edit *e = &t->text[t->at];
	char was[SIM_EDIT_MAX];

	if (ev->kind == SIM_SCREEN_KEY && (ev->code == SIM_SCREEN_UP ||
					   ev->code == SIM_SCREEN_BACK_TAB)) {
		go(t, -1);
		return false;
	}
	if (ev->kind == SIM_SCREEN_KEY &&
	    (ev->code == SIM_SCREEN_DOWN || ev->code == 9)) {
		go(t, 1);
		return false;
	}
	if (fields[t->at].is_choice)
		return event_choice(t, ev);
	memcpy(was, e->text, sizeof(was));
	sim_edit_event(e, ev);
	return strcmp(was, e->text) != 0;
}

/* -- what it comes to ------------------------------------------------------ */

static const char *text_of(const struct sim_slip *t, enum sim_slip_field f)
{
	return t->text[f].text;
}

/* A positive number of n bytes. */
static int read_dec(const struct sim_slip *t, enum sim_slip_field f, size_t n,
		    sim_dec *out, struct sim_err *err)
{
	if (!sim_dec_parse(text_of(t, f), n, out, NULL) && *out > 0)
		return SIM_OK;
	return sim_err_set(err, SIM_E_USAGE, "%s: '%.40s' is no positive"
			   " number", fields[f].label, text_of(t, f));
}

/* One that may be missing where it is not needed. */
static int read_price(const struct sim_slip *t, enum sim_slip_field f,
		      sim_dec *out, bool *has, struct sim_err *err)
{
	size_t n = strlen(text_of(t, f));
	bool is_needed = fields[f].types != 0;
	int rc = SIM_OK;

	if (!has_field(t, f) || (!n && !is_needed))
		return SIM_OK;
	if (!n)
		return sim_err_set(err, SIM_E_USAGE, "%s: a price is needed",
				   fields[f].label);
	rc = read_dec(t, f, n, out, err);
	*has = !rc;
	return rc;
}

/* "10", "50%", "$5000", "all". */
static int read_quantity(const struct sim_slip *t, struct sim_message_order *o,
			 struct sim_err *err)
{
	const char *s = text_of(t, SIM_SLIP_QUANTITY);
	size_t n = strlen(s);

	if (!n)
		return sim_err_set(err, SIM_E_USAGE, "Quantity: how many? A"
				   " number, 10%% of equity, $5000, or all");
	o->all = o->has_all = !strcmp(s, "all");
	if (o->all)
		return SIM_OK;
	o->has_percent = s[n - 1] == '%';
	o->has_notional = *s == '$';
	o->has_quantity = !o->has_percent && !o->has_notional;
	if (o->has_notional && !sim_dec_parse(s + 1, n - 1, &o->notional,
					      NULL) && o->notional > 0)
		return SIM_OK;
	return read_dec(t, SIM_SLIP_QUANTITY, n - o->has_percent,
			o->has_percent ? &o->percent : &o->quantity, err);
}

static int read_trail(const struct sim_slip *t, struct sim_message_order *o,
		      struct sim_err *err)
{
	const char *s = text_of(t, SIM_SLIP_TRAIL);
	size_t n = strlen(s);

	if (!has_field(t, SIM_SLIP_TRAIL))
		return SIM_OK;
	if (!n)
		return sim_err_set(err, SIM_E_USAGE, "Trail by: how far? A"
				   " price, or 2%%");
	o->has_trail_percent = s[n - 1] == '%';
	o->has_trail_price = !o->has_trail_percent;
	return read_dec(t, SIM_SLIP_TRAIL, n - o->has_trail_percent,
			o->has_trail_percent ? &o->trail_percent
					     : &o->trail_price, err);
}

int sim_slip_order(const struct sim_slip *t, struct sim_message_order *out,
		   struct sim_err *err)
{
	struct sim_message_order o = {
		.order_id = t->order_id, .has_order_id = true,
		.symbol = text_of(t, SIM_SLIP_SYMBOL), .has_symbol = true,
		.side = (int)t->side, .has_side = true,
		.type = (int)t->type, .has_type = true,
		.time_in_force = (int)t->tif, .has_time_in_force = true,
	};
	int rc = SIM_OK;

	if (!*o.symbol)
		rc = sim_err_set(err, SIM_E_USAGE, "Symbol: of what?");
	if (!rc)
		rc = read_quantity(t, &o, err);
	if (!rc)
		rc = read_price(t, SIM_SLIP_PRICE, &o.price, &o.has_price,
				err);
	if (!rc)
		rc = read_price(t, SIM_SLIP_STOP, &o.stop_price,
				&o.has_stop_price, err);
	if (!rc)
		rc = read_trail(t, &o, err);
	if (!rc)
		rc = read_price(t, SIM_SLIP_TAKE_PROFIT, &o.take_profit,
				&o.has_take_profit, err);
	if (!rc)
		rc = read_price(t, SIM_SLIP_STOP_LOSS, &o.stop_loss,
				&o.has_stop_loss, err);
	if (!rc)
		*out = o;
	return rc;
}

int sim_slip_replace(const struct sim_slip *t,
		     struct sim_message_replace_order *out, struct sim_err *err)
{
	struct sim_message_replace_order r = {
		.order_id = t->order_id, .has_order_id = true,
	};
	const char *s = text_of(t, SIM_SLIP_QUANTITY);
	int rc = read_dec(t, SIM_SLIP_QUANTITY, strlen(s), &r.quantity, err);

	r.has_quantity = !rc;
	if (!rc)
		rc = read_price(t, SIM_SLIP_PRICE, &r.price, &r.has_price,
				err);
	if (!rc)
		rc = read_price(t, SIM_SLIP_STOP, &r.stop_price,
				&r.has_stop_price, err);
	if (!rc)
		*out = r;
	return rc;
}

/* -- the command ----------------------------------------------------------- */

static void add(char out[SIM_SLIP_COMMAND], const char *text)
{
	size_t n = strlen(out);

	snprintf(out + n, SIM_SLIP_COMMAND - n, "%s", text);
}

void sim_slip_word(char out[SIM_SLIP_COMMAND], const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/=%+,@-";
	size_t n;

	if (!*text)
		return;
	add(out, " ");
	if (!text[strspn(text, plain)]) {
		add(out, text);
		return;
	}
	/* What a shell would take otherwise. */
	add(out, "'");
	for (; *text; text += n + (text[n] == '\'')) {
		n = strcspn(text, "'");
		snprintf(out + strlen(out), SIM_SLIP_COMMAND - strlen(out),
			 "%.*s%s", (int)n, text, text[n] ? "'\\''" : "");
	}
	add(out, "'");
}

static void add_option(const struct sim_slip *t, enum sim_slip_field f,
		       char out[SIM_SLIP_COMMAND])
{
	if (!has_field(t, f) || !t->text[f].len)
		return;
	sim_slip_word(out, fields[f].option);
	sim_slip_word(out, text_of(t, f));
}

static void add_type(const struct sim_slip *t, char out[SIM_SLIP_COMMAND])
{
	static const char *const words[] = {
		[SIM_ORDER_TYPE_MARKET] = "", [SIM_ORDER_TYPE_LIMIT] = "limit",
		[SIM_ORDER_TYPE_STOP] = "stop",
		[SIM_ORDER_TYPE_STOP_LIMIT] = "stop-limit",
		[SIM_ORDER_TYPE_TRAILING_STOP] = "trail",
	};

	sim_slip_word(out, words[t->type]);
	if (has_field(t, SIM_SLIP_STOP))
		sim_slip_word(out, text_of(t, SIM_SLIP_STOP));
	if (has_field(t, SIM_SLIP_PRICE))
		sim_slip_word(out, text_of(t, SIM_SLIP_PRICE));
	if (has_field(t, SIM_SLIP_TRAIL))
		sim_slip_word(out, text_of(t, SIM_SLIP_TRAIL));
}

void sim_slip_command(const struct sim_slip *t, char out[SIM_SLIP_COMMAND])
{
	*out = '\0';
	add(out, "simutrador order");
	if (t->is_change) {
		sim_slip_word(out, "replace");
		sim_slip_word(out, t->order_id);
		add_option(t, SIM_SLIP_QUANTITY, out);
		add_option(t, SIM_SLIP_PRICE, out);
		add_option(t, SIM_SLIP_STOP, out);
	} else {
		sim_slip_word(out, sim_vocab_side_text(t->side));
		sim_slip_word(out, text_of(t, SIM_SLIP_SYMBOL));
		sim_slip_word(out, text_of(t, SIM_SLIP_QUANTITY));
		add_type(t, out);
		if (t->tif != SIM_TIF_DAY) {
			sim_slip_word(out, "--tif");
			sim_slip_word(out, sim_vocab_tif_text(t->tif));
		}
		add_option(t, SIM_SLIP_TAKE_PROFIT, out);
		add_option(t, SIM_SLIP_STOP_LOSS, out);
	}
}

/* -- what it would cost ---------------------------------------------------- */

void sim_slip_hear(struct sim_slip *t, const struct sim_message_batch_ack *a)
{
	struct sim_slip_estimate e = { .is_known = true };
	const struct sim_json_val *v =
		sim_json_get(a->estimates.val, t->order_id);
	const char *why = sim_json_as_str(
		sim_json_get(a->rejected_orders.val, t->order_id));
	const struct {
		const char *key;
		sim_dec *to;
	} parts[] = {
		{ "quantity", &e.quantity }, { "expected_price", &e.price },
		{ "cost", &e.cost }, { "commission", &e.commission },
		{ "margin", &e.margin }, { "buying_power_after", &e.left },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!sim_json_as_dec(sim_json_get(v, parts[i].key),
				     parts[i].to))
			*parts[i].to = 0;
	if (why)
		snprintf(e.refusal, sizeof(e.refusal), "%s", why);
	e.is_known = v != NULL || why != NULL;
	t->estimate = e;
}

/* -- drawing --------------------------------------------------------------- */

#define WIDTH 56
#define LABEL 14
#define ESTIMATE_ROWS 2

static int count_fields(const struct sim_slip *t)
{
	int n = 0;

	for (int f = 0; f < SIM_SLIP__COUNT; f++)
		n += has_field(t, (enum sim_slip_field)f);
	return n;
}

static const char *choice_text(const struct sim_slip *t,
			       enum sim_slip_field f)
{
	return f == SIM_SLIP_SIDE ? sim_vocab_side_text(t->side) :
		f == SIM_SLIP_TYPE ? sim_vocab_order_type_text(t->type) :
		sim_vocab_tif_text(t->tif);
}

static void draw_field(struct sim_slip *t, struct sim_screen *s,
		       enum sim_slip_field f, int row, struct sim_screen_box b)
{
	int width = b.cols - LABEL;
	bool is_at = f == t->at;
	char text[64];

	sim_screen_put(s, row, b.col, LABEL - 1,
		       is_at ? SIM_THEME_TITLE : SIM_THEME_DIM,
		       fields[f].label);
	if (!fields[f].is_choice) {
		sim_edit_draw(&t->text[f], s, row, b.col + LABEL, width,
			      is_at);
		return;
	}
	snprintf(text, sizeof(text), is_at ? "< %s >" : "%s",
		 choice_text(t, f));
	sim_screen_put(s, row, b.col + LABEL, width,
		       is_at ? SIM_THEME_INPUT : SIM_THEME_TEXT, text);
}

/* Money of the estimate; short where all of it would not fit. */
static void draw_sums(const struct sim_slip_estimate *e, struct sim_screen *s,
		      struct sim_screen_box b)
{
	const sim_dec sums[] = { e->cost, e->commission, e->margin, e->left };
	char price[SIM_FIGURE_MAX], sum[4][SIM_FIGURE_MAX], line[2][256];

	sim_figure_dec(price, e->price, sim_figure_decimals(e->price));
	for (int is_short = 0; is_short < 2; is_short++) {
		for (int i = 0; i < 4; i++) {
			if (is_short)
				sim_figure_short(sum[i],
						 sim_dec_to_double(sums[i]));
			else
				sim_figure_dec(sum[i], sums[i], 2);
		}
		snprintf(line[0], sizeof(line[0]), "about %s  cost %s  fee %s",
			 price, sum[0], sum[1]);
		snprintf(line[1], sizeof(line[1]), "margin %s  buying power"
			 " then %s", sum[2], sum[3]);
		if (sim_glyph_width(line[0]) <= b.cols &&
		    sim_glyph_width(line[1]) <= b.cols)
			break;
	}
	for (int i = 0; i < 2; i++)
		sim_screen_put(s, b.row + i, b.col, b.cols, SIM_THEME_TEXT,
			       line[i]);
}

static void draw_estimate(const struct sim_slip *t, struct sim_screen *s,
			  struct sim_screen_box b)
{
	const struct sim_slip_estimate *e = &t->estimate;

	if (e->is_known && !*e->refusal)
		draw_sums(e, s, b);
	else if (*e->refusal)
		sim_screen_lines(s, b, e->is_hint ? SIM_THEME_DIM
						  : SIM_THEME_ERROR,
				 e->refusal, 0);
	else if (!t->is_change)
		sim_screen_put(s, b.row, b.col, b.cols, SIM_THEME_DIM,
			       "cost: not known yet");
}

/* The fields in so many rows: the first ones, or up to the one with the keys.
 * Gives: the rows they take. */
static int draw_fields(struct sim_slip *t, struct sim_screen *s,
		       struct sim_screen_box b)
{
	int before = 0, row = 0;

	for (int f = 0; f <= (int)t->at; f++)
		before += has_field(t, (enum sim_slip_field)f);
	for (int f = 0; f < SIM_SLIP__COUNT && row < b.rows; f++)
		if (has_field(t, (enum sim_slip_field)f) &&
		    before-- <= b.rows)
			draw_field(t, s, (enum sim_slip_field)f,
				   b.row + row++, b);
	return row;
}

/* Fields above, what they come to below: where there is little room, fewer of
 * the fields. */
static void draw_inside(struct sim_slip *t, struct sim_screen *s,
			struct sim_screen_box b, const char *command)
{
	int n = sim_glyph_lines(command, b.cols);
	struct sim_screen_box part = b;

	part.rows = b.rows - ESTIMATE_ROWS - n - 1;
	part.rows = part.rows < 1 ? 1 : part.rows;
	part.row += draw_fields(t, s, part);
	part.rows = ESTIMATE_ROWS;
	draw_estimate(t, s, part);
	part.row += part.rows;
	part.rows = b.row + b.rows - part.row;
	part.row += sim_screen_lines(s, part, SIM_THEME_INFO, command, 0);
	if (part.row < b.row + b.rows)
		sim_screen_put(s, part.row, b.col, b.cols, SIM_THEME_DIM,
			       b.cols < 46 ? "Enter: on  Esc: no  Tab: next" :
			       "Enter: on   Esc: not at all   Tab: next field");
}

void sim_slip_draw(struct sim_slip *t, struct sim_screen *s,
		   const char *command)
{
	int cols = WIDTH + 2 < s->cols ? WIDTH + 2 : s->cols;
	int n = sim_glyph_lines(command, cols - 2);
	int rows = count_fields(t) + ESTIMATE_ROWS + (n < 3 ? 3 : n) + 3;
	struct sim_screen_box b, was;
	char title[128];

	rows = rows < s->rows ? rows : s->rows;
	b = (struct sim_screen_box){ (s->rows - rows) / 2,
				     (s->cols - cols) / 2, rows, cols };
	was = sim_screen_clip(s, b);
	sim_screen_fill(s, b, SIM_THEME_TEXT);
	snprintf(title, sizeof(title), t->is_change ? "Change order %s"
		 : "Order", t->order_id);
	sim_screen_frame(s, b, SIM_THEME_FOCUS, title);
	b = sim_screen_inside(b);
	sim_screen_clip(s, b);
	draw_inside(t, s, b, command);
	sim_screen_clip(s, was);
}
