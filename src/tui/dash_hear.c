/* dash: messages, each to what it changes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tui/dash_do.h"
#include "tui/figure.h"
#include "util/mem.h"

/* Fills of another day are shown with their date. */
static void set_time(struct sim_dash *d, sim_time t)
{
	sim_time was = d->sim_time;
	sim_time shift = sim_dash_view_offset(d, t) * SIM_TIME_SEC;

	d->sim_time = t;
	if (was == SIM_TIME_NONE || sim_time_day_of(was + shift) !=
				    sim_time_day_of(t + shift))
		dash_touch(d, SIM_DASH_fills);
}

static void status(struct sim_dash *d, const struct sim_message_status *s)
{
	d->state = (enum dash_state)s->state;
	if (s->has_sim_time)
		set_time(d, s->sim_time);
	d->step = (uint64_t)s->sequence_id;
	d->n_steps = (uint64_t)s->ticks_total;
	d->progress = s->progress_pct >= 0 ? s->progress_pct : -1;
	d->wants &= ~(unsigned)SIM_DASH_WANT_STATUS;
	dash_touch(d, SIM_DASH_bar);
}

static void set_capital(struct sim_dash *d, sim_dec v)
{
	d->capital = v;
	d->has_capital = true;
	dash_touch(d, SIM_DASH_account);
}

static void names(struct sim_dash *d, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)sim_dash_symbol_of(d, name[i]);
}

/* -- one function for each message -----------------------------------------*/

static void hear_hello(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_hello *h = m->data;

	names(d, h->session->symbols, h->session->n_symbols);
	sim_dash_zone_hear(d, h->instruments.val);
	sim_dash_bars_frame(d, h->session->timeframe);
	set_capital(d, h->session->initial_capital);
	d->state = DASH_RUNNING;
	dash_touch(d, SIM_DASH_bar);
}

static void hear_tick(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_tick *t = m->data;

	if (d->step && (uint64_t)t->sequence_id <= d->step &&
	    t->sim_time <= d->sim_time)
		return;			/* told again */
	set_time(d, t->sim_time);
	d->step = (uint64_t)t->sequence_id;
	if (d->n_steps)
		d->progress = (double)d->step * 100 / (double)d->n_steps;
	d->market_session = t->has_market_session ? t->market_session : -1;
	if (d->state == DASH_UNKNOWN || d->state == DASH_READY)
		d->state = DASH_RUNNING;
	sim_dash_book_step(d);
	sim_dash_bars_frame(d, t->timeframe);
	sim_dash_bars_tick(d, t->candles.val, t->is_eod);
	sim_dash_money_mark(d);
	sim_dash_team_step(d);
	d->heard_at = d->now;
	dash_touch(d, SIM_DASH_bar);
}

static void hear_history(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_history_snapshot *h = m->data;

	sim_dash_bars_frame(d, h->timeframe);
	sim_dash_bars_history(d, h->candles.val);
}

static void hear_bars(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_bars *b = m->data;
	sim_time t;

	if (b->has_candles)
		sim_dash_bars_history(d, b->candles.val);
	if (b->has_rows)
		sim_dash_bars_rows(d, b->rows.val, b->has_is_eod && b->is_eod);
	if (!b->has_sequence_id)
		return;
	d->step = (uint64_t)b->sequence_id;
	if (b->has_sim_time &&
	    !__builtin_mul_overflow(b->sim_time, SIM_TIME_US, &t))
		set_time(d, t);
	sim_dash_book_step(d);
	sim_dash_money_mark(d);
	d->heard_at = d->now;
	dash_touch(d, SIM_DASH_bar);
}

static void hear_batch(struct sim_dash *d, const struct sim_message *m)
{
	sim_dash_book_sent(d, m->data);
}

static void hear_ack(struct sim_dash *d, const struct sim_message *m)
{
	sim_dash_book_ack(d, m->data);
}

static void hear_cancelled(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_order_cancelled *c = m->data;

	sim_dash_book_gone(d, c->order_id);
}

static void hear_replaced(struct sim_dash *d, const struct sim_message *m)
{
	(void)m;
	d->wants |= SIM_DASH_WANT_ORDERS;
}

static void hear_orders(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_current_orders *o = m->data;

	sim_dash_book_open(d, o->orders, o->n_orders);
}

static void hear_positions(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_current_positions *p = m->data;

	if (p->account)
		sim_dash_money_account(d, p->account);
}

static void hear_fill(struct sim_dash *d, const struct sim_message *m)
{
	sim_dash_book_fill(d, m->data);
}

static void hear_update(struct sim_dash *d, const struct sim_message *m)
{
	sim_dash_book_update(d, m->data);
}

static void hear_account(struct sim_dash *d, const struct sim_message *m)
{
	sim_dash_money_account(d, m->data);
}

static void hear_action(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_corporate_action *a = m->data;
	struct dash_event *e = sim_dash_book_event(d, DASH_ACTION, a->symbol);
	char one[SIM_FIGURE_MAX], two[SIM_FIGURE_MAX];

	sim_dash_book_ahead(d, e);
	e->position = a->quantity;
	if (a->has_amount) {
		sim_figure_quantity(one, a->amount, 8);
		sim_figure_dec(two, a->cash, 2);
		snprintf(e->text, sizeof(e->text), "dividend %s a share, cash "
			 "%s", one, two);
	} else {
		sim_figure_quantity(one, a->new_shares, 8);
		sim_figure_quantity(two, a->old_shares, 8);
		snprintf(e->text, sizeof(e->text), "split %s for %s", one, two);
	}
	d->wants |= SIM_DASH_WANT_ACCOUNT;
}

static void hear_mark(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_annotate *a = m->data;
	struct dash_event *e = sim_dash_book_event(d, DASH_MARK,
						   a->has_symbol ? a->symbol
								 : NULL);

	snprintf(e->text, sizeof(e->text), "%.150s", a->text);
}

static void hear_log(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_log *l = m->data;
	char text[DASH_TEXT];

	snprintf(text, sizeof(text), "%.16s%s%.130s",
		 l->has_level ? l->level : "", l->has_level ? ": " : "",
		 l->message);
	sim_dash_log(d, SIM_THEME_TEXT, false, text);
}

static void hear_error(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_error *e = m->data;
	char text[DASH_TEXT];

	snprintf(text, sizeof(text), "%.32s: %.120s", e->error_code,
		 e->message);
	sim_dash_log(d, SIM_THEME_ERROR, true, text);
}

static void hear_session_error(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_session_error *e = m->data;
	char text[DASH_TEXT];

	snprintf(text, sizeof(text), "%.32s: %.120s", e->error_code,
		 e->message);
	sim_dash_log(d, SIM_THEME_ERROR, true, text);
}

static void hear_warning(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_warning *w = m->data;

	sim_dash_log(d, SIM_THEME_WARN, true, w->message);
}

static void hear_closing(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_connection_closing *c = m->data;

	sim_dash_log(d, SIM_THEME_WARN, true, c->message);
}

static void hear_end(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_simulation_end *e = m->data;

	d->state = DASH_COMPLETED;
	d->has_results = true;
	d->total_return = e->total_return_pct;
	d->max_drawdown = e->max_drawdown_pct;
	d->sharpe = e->has_sharpe_ratio ? e->sharpe_ratio : NAN;
	if (d->progress >= 0 || d->n_steps)
		d->progress = 100;
	dash_touch(d, SIM_DASH_bar);
	dash_touch(d, SIM_DASH_account);
}

static void hear_status(struct sim_dash *d, const struct sim_message *m)
{
	status(d, m->data);
}

/* What its bars are is known once it has begun. */
static void want_details(struct sim_dash *d)
{
	if (!d->n_symbols || !d->symbol[0].calendar)
		d->wants |= SIM_DASH_WANT_DETAILS;
}

static void hear_started(struct sim_dash *d, const struct sim_message *m)
{
	(void)m;
	d->state = DASH_RUNNING;
	d->wants |= SIM_DASH_WANT_STATUS;
	want_details(d);
	dash_touch(d, SIM_DASH_bar);
}

static void hear_created(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_session_created *c = m->data;

	names(d, c->symbols_loaded, c->n_symbols_loaded);
	sim_dash_bars_frame(d, c->timeframe);
	set_capital(d, c->initial_capital);
	d->state = (enum dash_state)c->state;
	d->start = c->start_date;
	d->end = c->end_date;
	d->n_steps = (uint64_t)c->estimated_ticks;
	dash_touch(d, SIM_DASH_bar);
}

static void hear_details(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_session_info *i = m->data;

	names(d, i->symbols, i->n_symbols);
	sim_dash_zone_hear(d, i->instruments.val);
	sim_dash_bars_frame(d, i->timeframe);
	set_capital(d, i->initial_capital);
	d->state = (enum dash_state)i->state;
	d->start = i->start_date;
	d->end = i->end_date;
	d->n_steps = (uint64_t)i->ticks_total;
	d->progress = i->progress_pct >= 0 ? i->progress_pct : -1;
	dash_touch(d, SIM_DASH_bar);
}

static void hear_attached(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_session_attached *a = m->data;

	if (a->status)
		status(d, a->status);
	if (a->account_snapshot)
		sim_dash_money_account(d, a->account_snapshot);
	sim_dash_book_open(d, a->pending_orders, a->n_pending_orders);
	want_details(d);
}

static void hear_sync(struct sim_dash *d, const struct sim_message *m)
{
	const struct sim_message_state_sync *s = m->data;

	if (s->has_current_sim_time)
		set_time(d, s->current_sim_time);
	d->step = (uint64_t)s->next_sequence_id - 1;
	for (size_t i = 0; i < s->n_missed_executions; i++)
		sim_dash_book_fill(d, &s->missed_executions[i]);
	if (s->account_snapshot)
		sim_dash_money_account(d, s->account_snapshot);
	sim_dash_book_open(d, s->pending_orders, s->n_pending_orders);
	d->wants |= SIM_DASH_WANT_STATUS;
	dash_touch(d, SIM_DASH_bar);
}

/* -- dispatch --------------------------------------------------------------*/

static void (*const hears[SIM_MESSAGE__COUNT])(struct sim_dash *d,
					       const struct sim_message *m) = {
	[SIM_MESSAGE_hello] = hear_hello,
	[SIM_MESSAGE_tick] = hear_tick,
	[SIM_MESSAGE_history_snapshot] = hear_history,
	[SIM_MESSAGE_bars] = hear_bars,
	[SIM_MESSAGE_order_batch] = hear_batch,
	[SIM_MESSAGE_batch_ack] = hear_ack,
	[SIM_MESSAGE_order_cancelled] = hear_cancelled,
	[SIM_MESSAGE_order_replaced] = hear_replaced,
	[SIM_MESSAGE_current_orders] = hear_orders,
	[SIM_MESSAGE_current_positions] = hear_positions,
	[SIM_MESSAGE_execution_report] = hear_fill,
	[SIM_MESSAGE_order_update] = hear_update,
	[SIM_MESSAGE_account_snapshot] = hear_account,
	[SIM_MESSAGE_corporate_action] = hear_action,
	[SIM_MESSAGE_annotate] = hear_mark,
	[SIM_MESSAGE_log] = hear_log,
	[SIM_MESSAGE_error] = hear_error,
	[SIM_MESSAGE_session_error] = hear_session_error,
	[SIM_MESSAGE_connection_warning] = hear_warning,
	[SIM_MESSAGE_rate_limit_warning] = hear_warning,
	[SIM_MESSAGE_connection_closing] = hear_closing,
	[SIM_MESSAGE_simulation_end] = hear_end,
	[SIM_MESSAGE_simulation_complete] = hear_end,
	[SIM_MESSAGE_simulation_status] = hear_status,
	[SIM_MESSAGE_simulation_paused] = hear_status,
	[SIM_MESSAGE_simulation_resumed] = hear_status,
	[SIM_MESSAGE_simulation_stepped] = hear_status,
	[SIM_MESSAGE_simulation_stopped] = hear_status,
	[SIM_MESSAGE_speed_set] = hear_status,
	[SIM_MESSAGE_simulation_started] = hear_started,
	[SIM_MESSAGE_session_created] = hear_created,
	[SIM_MESSAGE_session_details] = hear_details,
	[SIM_MESSAGE_session_attached] = hear_attached,
	[SIM_MESSAGE_state_sync] = hear_sync,
};

static bool is_status(enum sim_message_type t)
{
	return t == SIM_MESSAGE_simulation_status ||
	       t == SIM_MESSAGE_simulation_paused ||
	       t == SIM_MESSAGE_simulation_resumed ||
	       t == SIM_MESSAGE_simulation_stepped ||
	       t == SIM_MESSAGE_simulation_stopped ||
	       t == SIM_MESSAGE_speed_set;
}

/* What the table of sessions hears of it. */
static void tell_team(struct sim_dash *d, const struct sim_message *m)
{
	if (m->type == SIM_MESSAGE_sessions_list) {
		const struct sim_message_sessions_list *l = m->data;

		sim_dash_team_list(d, l->sessions.val);
	}
	if (!m->session_id || !*m->session_id)
		return;
	if (is_status(m->type))
		sim_dash_team_status(d, m->session_id, m->data);
	else if (m->type == SIM_MESSAGE_session_details)
		sim_dash_team_info(d, m->data, m->session_id);
	else if (m->type == SIM_MESSAGE_session_deleted)
		sim_dash_team_gone(d, m->session_id);
	else if (m->type == SIM_MESSAGE_session_created)
		d->wants |= SIM_DASH_WANT_SESSIONS;
}

void sim_dash_hear(struct sim_dash *d, const struct sim_message *m)
{
	const char *id = m->session_id && *m->session_id ? m->session_id : NULL;

	if (m->type >= SIM_MESSAGE__COUNT || !m->data)
		return;
	tell_team(d, m);
	if (!hears[m->type])
		return;
	if (id && !d->session[0] && !d->is_session_set) {
		snprintf(d->session, sizeof(d->session), "%s", id);
		dash_touch(d, SIM_DASH_bar);
		dash_touch(d, SIM_DASH_sessions);
	}
	if (!id || !strcmp(id, d->session))
		hears[m->type](d, m);
}

/* In the form of the wire, else of the pipe; whichever way it goes. */
static int decode(const char *line, size_t n, struct sim_message *m,
		  struct sim_err *err)
{
	const enum sim_message_dir dirs[] = { SIM_MESSAGE_OUT, SIM_MESSAGE_IN };
	struct sim_err why = SIM_ERR_INIT;
	int rc = 0;

	for (size_t i = 0; i < 2; i++) {
		rc = sim_message_decode_wire(line, n, n, dirs[i], m, &why);
		if (!rc && m->type < SIM_MESSAGE__COUNT)
			return 0;
		sim_message_release(m);
		rc = sim_message_decode(line, n, dirs[i], m, &why);
		if (!rc && m->type < SIM_MESSAGE__COUNT)
			return 0;
		if (!rc)
			sim_message_release(m);
	}
	return sim_err_set(err, SIM_E_DATA, "%.400s", rc ? why.msg : "the line "
			   "is no message of the protocol");
}

int sim_dash_hear_line(struct sim_dash *d, const char *line, size_t n,
		       struct sim_err *err)
{
	struct sim_message m;
	int rc;

	if (sim_dash_tape_line(d, line, n))
		return 0;
	rc = decode(line, n, &m, err);
	if (rc)
		return rc;
	sim_dash_hear(d, &m);
	sim_message_release(&m);
	return 0;
}
