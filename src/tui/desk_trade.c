/* desk_trade: tickets, questions before anything is sent, and what came of
 * it. */
#include "tui/desk_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define ASK_COLS 60
#define ESTIMATE_MS 250			/* between two for moving prices */

static const char *session_of(const struct desk *k)
{
	return k->in->session ? k->in->session : "";
}

/* A name that no order of ours has had. */
static void name_order(struct desk *k, char out[64])
{
	snprintf(out, 64, "d%" PRIx64 "-%" PRId64,
		 (uint64_t)(k->in->host->now() / SIM_TIME_MS), ++k->asked);
}

/* -- tickets --------------------------------------------------------------- */

/* Have the engine look at the order as it is written now, or say what it
 * lacks. */
static void ask_estimate(struct desk *k)
{
	struct sim_slip_estimate *e = &k->slip.estimate;
	struct sim_err why = SIM_ERR_INIT;
	struct sim_message_order o;
	struct sim_message_order_batch b = {
		.orders = &o, .n_orders = 1, .has_orders = true,
		.dry_run = true, .has_dry_run = true,
	};
	char id[24];

	k->estimate = ++k->asked;
	k->estimated_at = sim_dash_facts(k->d).step;
	k->estimated_ms = k->now_ms;
	if (k->slip.is_change)
		return;
	if (sim_slip_order(&k->slip, &o, &why)) {
		e->is_hint = true;
		snprintf(e->refusal, sizeof(e->refusal), "%.*s",
			 (int)sizeof(e->refusal) - 1, why.msg);
		return;
	}
	snprintf(id, sizeof(id), "d%" PRId64, k->estimate);
	if (sim_desk_send(k, SIM_MESSAGE_order_batch, &b, id))
		k->pending++;
}

void sim_desk_trade_look(struct desk *k)
{
	if (k->mode == DESK_SLIP && k->slip.estimate.is_known &&
	    sim_dash_facts(k->d).step != k->estimated_at &&
	    k->now_ms - k->estimated_ms >= ESTIMATE_MS)
		ask_estimate(k);
}

void sim_desk_trade_slip(struct desk *k, enum sim_side side)
{
	struct sim_dash_pick p = sim_dash_pick(k->d);
	struct sim_dash_quote q = { .symbol = NULL };
	const char *symbol = p.symbol ? p.symbol : sim_dash_symbol(k->d, 0);
	char name[64];

	if (!symbol || !sim_dash_quote(k->d, symbol, &q))
		q.has_last = false;
	name_order(k, name);
	sim_slip_begin(&k->slip, name, symbol, side, q.has_last ? q.last : 0);
	k->mode = DESK_SLIP;
	ask_estimate(k);
	k->is_spoilt = true;
}

void sim_desk_trade_change(struct desk *k)
{
	struct sim_dash_pick p = sim_dash_pick(k->d);
	struct sim_dash_order o;

	if (!p.order_id || !sim_dash_order(k->d, p.order_id, &o)) {
		sim_desk_say(k, SIM_THEME_WARN, "select an open order to"
			     " change it");
		return;
	}
	sim_slip_change(&k->slip, &(struct sim_slip_order){
		.order_id = o.order_id, .symbol = o.symbol, .side = o.side,
		.type = o.type, .quantity = o.quantity,
		.price = o.has_price ? o.price : 0,
		.stop = o.has_stop_price ? o.stop_price : 0,
	});
	k->mode = DESK_SLIP;
	k->is_spoilt = true;
}

/* -- questions ------------------------------------------------------------- */

static void begin_ask(struct desk *k)
{
	sim_buf_reset(&k->ask.lines);
	*k->ask.command = '\0';
	k->ask.is_order = true;
}

static void send_asked(struct desk *k)
{
	sim_desk_uncover(k);
	if (!sim_desk_tell(k, sim_buf_str(&k->ask.lines), k->ask.lines.len))
		return;
	k->pending++;
	if (sim_dash_hear_line(k->d, sim_buf_str(&k->ask.lines),
			       k->ask.lines.len, NULL))
		SIM_BUG("a message of our own can't be read");
	sim_desk_remember(k, k->ask.command);
	sim_dash_log(k->d, SIM_THEME_INFO, false, k->ask.command);
}

static void open_ask(struct desk *k)
{
	if (k->in->is_sure) {
		send_asked(k);
		return;
	}
	k->mode = DESK_ASK;
	k->is_spoilt = true;
}

/* Where: the session, and what this dashboard was told on its command line. */
static void add_where(const struct desk *k, char out[SIM_SLIP_COMMAND])
{
	char *const *o = k->in->host->options;

	if (*session_of(k)) {
		sim_slip_word(out, "--session");
		sim_slip_word(out, session_of(k));
	}
	for (; o && *o; o++)
		sim_slip_word(out, *o);
}

/* The command of what is asked. */
static void set_command(struct desk *k, const char *words, const char *of)
{
	snprintf(k->ask.command, sizeof(k->ask.command), "simutrador %s",
		 words);
	sim_slip_word(k->ask.command, of);
	add_where(k, k->ask.command);
}

/* An order as people say it. */
static void describe(const struct sim_slip *t, char *out, size_t n)
{
	snprintf(out, n, "%s %.40s %.40s %s?",
		 t->side == SIM_SIDE_BUY ? "Buy" : "Sell",
		 t->text[SIM_SLIP_QUANTITY].text,
		 t->text[SIM_SLIP_SYMBOL].text,
		 t->type == SIM_ORDER_TYPE_MARKET ? "at market"
		 : sim_vocab_order_type_text(t->type));
}

static int encode_slip(struct desk *k, struct sim_err *err)
{
	struct sim_message_order o;
	struct sim_message_order_batch b = {
		.orders = &o, .n_orders = 1, .has_orders = true,
		.batch_id = k->slip.order_id, .has_batch_id = true,
	};
	struct sim_message_replace_order r;
	int rc;

	if (k->slip.is_change) {
		rc = sim_slip_replace(&k->slip, &r, err);
		if (!rc)
			sim_desk_encode(k, SIM_MESSAGE_replace_order, &r,
					&k->ask.lines);
		return rc;
	}
	rc = sim_slip_order(&k->slip, &o, err);
	if (!rc)
		sim_desk_encode(k, SIM_MESSAGE_order_batch, &b,
				&k->ask.lines);
	return rc;
}

/* The ticket is written: shall it be sent? */
static void ask_slip(struct desk *k)
{
	struct sim_err why = SIM_ERR_INIT;

	begin_ask(k);
	if (encode_slip(k, &why)) {
		sim_desk_say(k, SIM_THEME_WARN, "%s", why.msg);
		return;
	}
	/* It is not waited for before it is sent. */
	k->pending--;
	sim_slip_command(&k->slip, k->ask.command);
	add_where(k, k->ask.command);
	if (k->slip.is_change)
		snprintf(k->ask.question, sizeof(k->ask.question),
			 "Change order %s?", k->slip.order_id);
	else
		describe(&k->slip, k->ask.question, sizeof(k->ask.question));
	open_ask(k);
}

void sim_desk_trade_event(struct desk *k, const struct sim_screen_event *ev)
{
	if (ev->kind == SIM_SCREEN_KEY && (ev->code == 27 || ev->code == 3)) {
		sim_desk_uncover(k);
		return;
	}
	if (ev->kind == SIM_SCREEN_KEY && ev->code == 13) {
		ask_slip(k);
		return;
	}
	if (sim_slip_event(&k->slip, ev)) {
		k->slip.estimate = (struct sim_slip_estimate){
			.is_known = false };
		ask_estimate(k);
	}
}

static void ask_cancel(struct desk *k, const char *order_id)
{
	struct sim_message_cancel_order c = { .order_id = order_id,
					      .has_order_id = true };

	begin_ask(k);
	sim_desk_encode(k, SIM_MESSAGE_cancel_order, &c, &k->ask.lines);
	k->pending--;
	snprintf(k->ask.question, sizeof(k->ask.question),
		 "Cancel order %s?", order_id);
	set_command(k, "order cancel", order_id);
	open_ask(k);
}

void sim_desk_trade_cancel(struct desk *k, bool all)
{
	struct sim_dash_pick p = sim_dash_pick(k->d);
	struct sim_dash_order o;
	struct sim_message_cancel_all c = { .has_symbol = false };

	if (!all && (!p.order_id || !sim_dash_order(k->d, p.order_id, &o))) {
		sim_desk_say(k, SIM_THEME_WARN,
			     "select an open order to cancel it");
		return;
	}
	if (!all) {
		ask_cancel(k, p.order_id);
		return;
	}
	begin_ask(k);
	sim_desk_encode(k, SIM_MESSAGE_cancel_all, &c, &k->ask.lines);
	k->pending--;
	snprintf(k->ask.question, sizeof(k->ask.question),
		 "Cancel all open orders (%zu)?",
		 sim_dash_facts(k->d).n_orders);
	set_command(k, "order cancel", "--all");
	open_ask(k);
}

/* What closes a position. */
static struct sim_message_order closing(sim_dec position, const char *symbol,
					const char *name)
{
	return (struct sim_message_order){
		.order_id = name, .has_order_id = true,
		.symbol = symbol, .has_symbol = true,
		.side = position > 0 ? SIM_SIDE_SELL : SIM_SIDE_BUY,
		.has_side = true,
		.quantity = position > 0 ? position : -position,
		.has_quantity = true, .reduce_only = true,
		.has_reduce_only = true,
	};
}

/* Positions that are open: symbols; freed by the caller. */
static struct sim_message_order *list_closing(struct desk *k,
					      const char *only,
					      char (**names)[64], size_t *n)
{
	size_t all = sim_dash_facts(k->d).n_symbols;
	struct sim_message_order *list = sim_mem_array(all + 1, sizeof(*list));
	struct sim_dash_quote q;

	*names = sim_mem_array(all + 1, sizeof(**names));
	*n = 0;
	for (size_t i = 0; i < all; i++) {
		const char *s = sim_dash_symbol(k->d, i);

		if (!s || (only && strcmp(only, s)) ||
		    !sim_dash_quote(k->d, s, &q) || !q.position)
			continue;
		name_order(k, (*names)[*n]);
		list[*n] = closing(q.position, s, (*names)[*n]);
		(*n)++;
	}
	return list;
}

void sim_desk_trade_flatten(struct desk *k, bool all)
{
	struct sim_dash_pick p = sim_dash_pick(k->d);
	char (*names)[64];
	struct sim_message_order_batch b = { .has_orders = true };
	struct sim_message_order *list =
		list_closing(k, all ? NULL : p.symbol ? p.symbol : "",
			     &names, &b.n_orders);

	if (!b.n_orders) {
		sim_desk_say(k, SIM_THEME_WARN, all ? "no position is open"
			     : "no position is open in what is selected");
	} else {
		b.orders = list;
		b.batch_id = names[0];
		b.has_batch_id = true;
		begin_ask(k);
		sim_desk_encode(k, SIM_MESSAGE_order_batch, &b,
				&k->ask.lines);
		k->pending--;
		if (all)
			snprintf(k->ask.question, sizeof(k->ask.question),
				 "Close all positions (%zu)?", b.n_orders);
		else
			snprintf(k->ask.question, sizeof(k->ask.question),
				 "Close the position in %s?", p.symbol);
		set_command(k, "position close", all ? "--all" : p.symbol);
		open_ask(k);
	}
	sim_mem_free(list);
	sim_mem_free(names);
}

/* -- answers --------------------------------------------------------------- */

void sim_desk_trade_answer(struct desk *k, const struct sim_screen_event *ev)
{
	if (ev->kind != SIM_SCREEN_KEY)
		return;
	if (ev->code != 'y' && ev->code != 'Y') {
		/* Back to the ticket, where there was one. */
		sim_desk_uncover(k);
		sim_desk_say(k, SIM_THEME_INFO, "nothing was sent");
		return;
	}
	send_asked(k);
}

static void say_batch(struct desk *k, const struct sim_message_batch_ack *a)
{
	const char *id = NULL, *why;
	const struct sim_json_val *refused =
		sim_json_member(a->rejected_orders.val, 0, &id);

	why = sim_json_as_str(refused);
	if (why)
		sim_desk_say(k, SIM_THEME_ERROR, "refused: %s", why);
	else if (a->n_accepted_orders == 1)
		sim_desk_say(k, SIM_THEME_INFO, "order %s is accepted",
			     a->accepted_orders[0]);
	else
		sim_desk_say(k, SIM_THEME_INFO, "%zu orders are accepted",
			     a->n_accepted_orders);
}

void sim_desk_trade_hear(struct desk *k, const struct sim_message *m)
{
	const struct sim_message_batch_ack *a = m->data;
	const struct sim_message_error *e = m->data;
	const struct sim_message_session_error *x = m->data;
	int64_t id = m->request_id ? strtoll(m->request_id + 1, NULL, 10) : 0;

	switch (m->type) {
	case SIM_MESSAGE_batch_ack:
		if (a->has_estimates && id == k->estimate)
			sim_slip_hear(&k->slip, a);
		else if (!a->has_estimates)
			say_batch(k, a);
		break;
	case SIM_MESSAGE_error:
		if (id != k->estimate)
			sim_desk_say(k, SIM_THEME_ERROR, "%s", e->message);
		else
			snprintf(k->slip.estimate.refusal,
				 sizeof(k->slip.estimate.refusal), "%s",
				 e->message);
		break;
	case SIM_MESSAGE_session_error:
		sim_desk_say(k, SIM_THEME_ERROR, "%s", x->message);
		break;
	case SIM_MESSAGE_order_cancelled:
		sim_desk_say(k, SIM_THEME_INFO, "order %s is cancelled",
			     ((const struct sim_message_order_cancelled *)
			      m->data)->order_id);
		break;
	case SIM_MESSAGE_order_replaced:
		sim_desk_say(k, SIM_THEME_INFO, "order %s is changed",
			     ((const struct sim_message_order_replaced *)
			      m->data)->order_id);
		break;
	default:
		break;
	}
}

/* -- drawing --------------------------------------------------------------- */

static void draw_ask(struct desk *k)
{
	struct sim_screen *s = k->s;
	int cols = ASK_COLS + 2 < s->cols ? ASK_COLS + 2 : s->cols;
	int rows = 4 + sim_glyph_lines(k->ask.command, cols - 2) +
		sim_glyph_lines(k->ask.question, cols - 2);
	struct sim_screen_box b = { 0, 0, rows < s->rows ? rows : s->rows,
				    cols };
	struct sim_screen_box was;

	b.row = (s->rows - b.rows) / 2;
	b.col = (s->cols - b.cols) / 2;
	was = sim_screen_clip(s, b);
	sim_screen_fill(s, b, SIM_THEME_TEXT);
	sim_screen_frame(s, b, SIM_THEME_WARN, "Sure?");
	b = sim_screen_inside(b);
	sim_screen_clip(s, b);
	rows = sim_screen_lines(s, b, SIM_THEME_TITLE, k->ask.question, 0);
	b.row += rows;
	b.rows -= rows;
	rows = sim_screen_lines(s, b, SIM_THEME_INFO, k->ask.command, 0);
	/* Not below the frame, where there is no room for a blank line. */
	rows += rows + 1 < b.rows;
	if (rows < b.rows)
		sim_screen_put(s, b.row + rows, b.col, b.cols, SIM_THEME_DIM,
			       "y: yes   any other key: no");
	sim_screen_clip(s, was);
}

void sim_desk_trade_draw(struct desk *k)
{
	char command[SIM_SLIP_COMMAND];

	if (k->mode == DESK_ASK) {
		draw_ask(k);
		return;
	}
	sim_slip_command(&k->slip, command);
	add_where(k, command);
	sim_slip_draw(&k->slip, k->s, command);
}
