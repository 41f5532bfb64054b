/* backend_again: after a connection was made again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/backend_wire.h"
#include "backend/session.h"
#include "util/mem.h"

#define BUSY_MS		100	/* until a session that is busy is asked for */
#define TICK_MS		20000	/* until the tick of some orders is here */

/* -- asking on our own ----------------------------------------------------- */

static bool is_connected(const struct sim_backend_wire *l)
{
	return l->state == SIM_BACKEND_CONNECTED;
}

static int64_t now_ms(const struct sim_backend_wire *l)
{
	return l->b.host.now_ms(l->b.host.ctx);
}

/* Read until the answer; what else comes is heard as ever. */
static int await(struct sim_backend_wire *l, const char *id,
		 struct sim_backend_message *out, struct sim_err *err)
{
	int64_t deadline = now_ms(l) + SIM_BACKEND_CALL_MS;
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc;

	for (;;) {
		rc = sim_backend_wire_read(l, deadline, &m, err);
		if (rc < 0)
			return rc;
		if (!rc)
			return sim_err_set(err, SIM_E_TIMEOUT, "the server at "
					   "%.200s does not answer", l->where);
		if (m.m.request_id && !strcmp(m.m.request_id, id))
			break;
		sim_backend_wire_hear(l, &m);
	}
	*out = m;
	return SIM_OK;
}

static int ask(struct sim_backend_wire *l, enum sim_message_type type,
	       const void *data, const char *session_id,
	       struct sim_backend_message *out, struct sim_err *err)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BACKEND_LINE_MAX);
	char id[32];
	int rc;

	if (!is_connected(l))
		return sim_err_set(err, SIM_E_UNAVAILABLE, "the connection to "
				   "%.200s is lost", l->where);
	snprintf(id, sizeof(id), "r-%" PRIu64, ++l->own);
	sim_backend_encode(&text, type, data, id, session_id);
	rc = sim_backend_wire_write(l, text.data, text.len - 1, err);
	sim_buf_release(&text);
	return rc ? rc : await(l, id, out, err);
}

static bool is_busy(const struct sim_message *m)
{
	const struct sim_message_error *e = m->data;

	return m->type == SIM_MESSAGE_error &&
		!strcmp(e->error_code, "SERVICE_BUSY");
}

/* The same, for as long as the session is being loaded. */
static int ask_busy(struct sim_backend_wire *l, enum sim_message_type type,
		    const void *data, const char *session_id,
		    struct sim_backend_message *out, struct sim_err *err)
{
	int64_t deadline = now_ms(l) + SIM_BACKEND_CALL_MS;
	int rc;

	for (;;) {
		rc = ask(l, type, data, session_id, out, err);
		if (rc || !is_busy(&out->m) || now_ms(l) >= deadline)
			return rc;
		sim_backend_release(out);
		rc = sim_backend_wire_sleep(l, BUSY_MS, err);
		if (rc)
			return rc;
	}
}

static const char *session_of(const struct sim_backend_wire_asked *a)
{
	return a->session_id[0] ? a->session_id : NULL;
}

static void give(struct sim_backend_wire *l, enum sim_message_type type,
		 const void *data, const char *request_id,
		 const char *session_id)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;

	sim_backend_wire_make(l, type, data, request_id, session_id, &m);
	sim_backend_wire_give(l, &m);
}

/* -- sessions -------------------------------------------------------------- */

static const enum sim_message_type trades[] = {
	SIM_MESSAGE_order_batch, SIM_MESSAGE_cancel_order,
	SIM_MESSAGE_replace_order, SIM_MESSAGE_cancel_all,
};

static bool is_trade(const struct sim_backend_wire_asked *a)
{
	for (size_t i = 0; i < sizeof(trades) / sizeof(trades[0]); i++) {
		if (a->type == trades[i])
			return true;
	}
	return false;
}

/* The last tick that is done with: not one for which something is still to be
 * said. */
static int64_t done_with(const struct sim_backend_wire *l,
			 const struct sim_backend_wire_seat *x)
{
	int64_t last = x->is_free ? x->given : x->acked;

	for (size_t i = 0; i < l->nasked; i++) {
		const struct sim_backend_wire_asked *a = &l->asked[i];

		if (is_trade(a) && !strcmp(a->session_id, x->id) && a->step &&
		    last > a->step - 1)
			last = a->step - 1;
	}
	return last;
}

static void keep_missed(struct sim_backend_wire *l, const char *id,
			const struct sim_message_state_sync *s)
{
	for (size_t i = 0; i < s->n_missed_executions; i++) {
		SIM_MEM_GROW(l->missed, l->missed_cap, l->nmissed + 1);
		memset(&l->missed[l->nmissed], 0, sizeof(*l->missed));
		sim_backend_wire_make(l, SIM_MESSAGE_execution_report,
				      &s->missed_executions[i], NULL, id,
				      &l->missed[l->nmissed++]);
	}
}

/* The session is not to be had any more: the caller hears why. */
static void give_refusal(struct sim_backend_wire *l, const char *id,
			 struct sim_backend_message *m)
{
	struct sim_backend_message e = SIM_BACKEND_MESSAGE_INIT;

	sim_backend_wire_make(l, m->m.type, m->m.data, NULL, id, &e);
	sim_backend_wire_give(l, &e);
	sim_backend_wire_leave(l, id);
}

static int take_up(struct sim_backend_wire *l, const char *id,
		   struct sim_err *err)
{
	struct sim_backend_wire_seat *x = sim_backend_wire_seat(l, id, false);
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_message_resume_session r = {
		.last_processed_sequence_id = done_with(l, x),
	};
	char execution[24];
	int rc;

	snprintf(execution, sizeof(execution), "e%" PRId64, x->execution);
	r.last_execution_id = execution;
	r.has_last_execution_id = x->execution > 0;
	x->seen = 0;
	rc = ask_busy(l, SIM_MESSAGE_resume_session, &r, id, &m, err);
	if (rc)
		return rc;
	if (m.m.type == SIM_MESSAGE_state_sync) {
		const struct sim_message_state_sync *s = m.m.data;

		keep_missed(l, id, s);
		give(l, SIM_MESSAGE_account_snapshot, s->account_snapshot,
		     NULL, id);
	} else {
		give_refusal(l, id, &m);
	}
	sim_backend_release(&m);
	return SIM_OK;
}

static int watch(struct sim_backend_wire *l, const char *id,
		 struct sim_err *err)
{
	const struct sim_backend_wire_seat *x =
		sim_backend_wire_seat(l, id, false);
	/* What was missed comes before the answer. */
	const struct sim_message_attach_session a = {
		.events = x->events, .has_events = true,
		.last_event = x->event, .has_last_event = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = ask_busy(l, SIM_MESSAGE_attach_session, &a, id, &m, err);

	if (rc)
		return rc;
	if (m.m.type == SIM_MESSAGE_session_attached) {
		const struct sim_message_session_attached *s = m.m.data;

		/* It may be over by now. */
		give(l, SIM_MESSAGE_account_snapshot, s->account_snapshot,
		     NULL, id);
		give(l, SIM_MESSAGE_simulation_status, s->status, NULL, id);
	} else {
		give_refusal(l, id, &m);
	}
	sim_backend_release(&m);
	return SIM_OK;
}

/* Acknowledge again what was acknowledged. */
static int acknowledge(struct sim_backend_wire *l, const char *id,
		       struct sim_err *err)
{
	const struct sim_backend_wire_seat *x =
		sim_backend_wire_seat(l, id, false);
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(id, SIM_TIME_NONE);
	const struct sim_message_tick_ack a = { .sequence_id = x->acked };
	struct sim_buf text = SIM_BUF_INIT(1024);
	int rc = SIM_OK;

	if (x->acked) {
		sim_message_encode(&text, SIM_MESSAGE_tick_ack, &a, NULL,
				   &style);
		rc = sim_backend_wire_write(l, text.data, text.len - 1, err);
	}
	sim_buf_release(&text);
	x = sim_backend_wire_seat(l, id, false);
	if (!rc && x->hold)
		rc = sim_backend_wire_write(l, x->hold, strlen(x->hold), err);
	return rc;
}

static int for_seats(struct sim_backend_wire *l, bool is_driven,
		     int (*each)(struct sim_backend_wire *l, const char *id,
				 struct sim_err *err), struct sim_err *err)
{
	char id[SIM_BACKEND_WIRE_ID];
	int rc = 0;

	for (size_t i = l->nseats; !rc && i-- > 0; ) {
		if (i >= l->nseats || l->seats[i].is_over ||
		    l->seats[i].is_driven != is_driven)
			continue;
		memcpy(id, l->seats[i].id, sizeof(id));
		rc = each(l, id, err);
	}
	return rc;
}

/* -- what was under way ---------------------------------------------------- */

int64_t sim_backend_again_ticks(const struct sim_backend_wire_asked *a)
{
	struct sim_message m;
	const struct sim_message_step_simulation *s;
	int64_t n;

	if (sim_message_decode_wire(a->line, a->len, a->len, SIM_MESSAGE_IN,
				    &m, NULL))
		SIM_BUG("a request of ours can't be read");
	s = m.data;
	n = s->has_ticks ? s->ticks : 1;
	sim_message_release(&m);
	return n;
}

static int send_again(struct sim_backend_wire *l,
		      struct sim_backend_wire_asked *a, struct sim_err *err)
{
	a->is_again = true;
	return sim_backend_wire_say(l, a, err);
}

/* Orders belong to a tick: they are sent when the session stands there. */
static int wait_tick(struct sim_backend_wire *l,
		     const struct sim_backend_wire_asked *a,
		     struct sim_err *err)
{
	int64_t deadline = now_ms(l) + TICK_MS, step = a->step;
	char id[SIM_BACKEND_WIRE_ID];
	int rc = 1;

	memcpy(id, a->session_id, sizeof(id));
	while (rc == 1) {
		const struct sim_backend_wire_seat *x =
			sim_backend_wire_seat(l, id, false);
		struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;

		if (!step || !x || !x->is_driven || x->is_over ||
		    x->seen >= step)
			return SIM_OK;
		rc = sim_backend_wire_read(l, deadline, &m, err);
		if (rc == 1)
			sim_backend_wire_hear(l, &m);
	}
	return rc;
}

/* The open order of this name, as *m lists them; NULL: there is none. */
static const struct sim_message_open_order *
find_open(const struct sim_backend_message *m, const char *order_id)
{
	const struct sim_message_current_orders *c = m->m.data;

	if (m->m.type != SIM_MESSAGE_current_orders)
		return NULL;
	for (size_t i = 0; i < c->n_orders; i++) {
		if (!strcmp(c->orders[i].order_id, order_id))
			return &c->orders[i];
	}
	return NULL;
}

static bool is_cancelled(const struct sim_message *asked,
			 const struct sim_backend_message *open)
{
	const struct sim_message_cancel_order *c = asked->data;

	return !find_open(open, c->order_id);
}

static bool is_replaced(const struct sim_message *asked,
			const struct sim_backend_message *open)
{
	const struct sim_message_replace_order *r = asked->data;
	const struct sim_message_open_order *o = find_open(open, r->order_id);

	return o && (!r->has_quantity || o->quantity == r->quantity) &&
		(!r->has_price || (o->has_price && o->price == r->price)) &&
		(!r->has_stop_price || (o->has_stop_price &&
					o->stop_price == r->stop_price));
}

static bool are_cancelled(const struct sim_message *asked,
			  const struct sim_backend_message *open)
{
	const struct sim_message_cancel_all *c = asked->data;
	const struct sim_message_current_orders *o = open->m.data;

	if (open->m.type != SIM_MESSAGE_current_orders)
		return false;
	for (size_t i = 0; i < o->n_orders; i++) {
		if (!c->has_symbol || !strcmp(o->orders[i].symbol, c->symbol))
			return false;
	}
	return true;
}

/* What the orders that are open tell about a change of them: done, and the
 * answer that goes with it. */
static const struct change {
	enum sim_message_type asked, answer;
	bool (*is_done)(const struct sim_message *asked,
			const struct sim_backend_message *open);
} changes[] = {
	{ SIM_MESSAGE_cancel_order, SIM_MESSAGE_order_cancelled,
	  is_cancelled },
	{ SIM_MESSAGE_replace_order, SIM_MESSAGE_order_replaced, is_replaced },
	{ SIM_MESSAGE_cancel_all, SIM_MESSAGE__COUNT, are_cancelled },
};

/* Its answer, which names the order as the request did. */
static void answer_change(struct sim_backend_wire *l, const struct change *c,
			  const struct sim_backend_wire_asked *a,
			  const struct sim_message *asked)
{
	const struct sim_message_cancel_order *o = asked->data;
	const struct sim_message_order_cancelled m = { .order_id =
		asked->type == SIM_MESSAGE_replace_order ?
		((const struct sim_message_replace_order *)
		 asked->data)->order_id : o->order_id };

	if (c->answer != SIM_MESSAGE__COUNT)
		give(l, c->answer, &m, a->request_id, session_of(a));
}

static int change_again(struct sim_backend_wire *l, uint64_t n,
			const struct change *c, struct sim_err *err)
{
	struct sim_backend_wire_asked *a = sim_backend_wire_asked(l, n);
	struct sim_backend_message open = SIM_BACKEND_MESSAGE_INIT;
	struct sim_message asked;
	bool is_done;
	int rc = ask(l, SIM_MESSAGE_query_orders, NULL, session_of(a), &open,
		     err);

	if (rc)
		return rc;
	a = sim_backend_wire_asked(l, n);	/* it may have moved */
	if (sim_message_decode_wire(a->line, a->len, a->len, SIM_MESSAGE_IN,
				    &asked, NULL))
		SIM_BUG("a request of ours can't be read");
	is_done = c->is_done(&asked, &open);
	if (is_done)
		answer_change(l, c, a, &asked);
	sim_message_release(&asked);
	sim_backend_release(&open);
	if (!is_done)
		return send_again(l, a, err);
	sim_backend_wire_forget(l, a);
	return SIM_OK;
}

/* -- steps ----------------------------------------------------------------- */

/* Ask for those that are left; the first copy may be at them yet. */
static int send_steps(struct sim_backend_wire *l,
		      const struct sim_backend_wire_asked *a, int64_t ticks,
		      struct sim_err *err)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(session_of(a), SIM_TIME_NONE);
	const struct sim_message_step_simulation s = {
		.ticks = ticks, .has_ticks = true,
		.until = a->goal, .has_until = true,
	};
	struct sim_buf text = SIM_BUF_INIT(1024);
	int rc;

	sim_message_encode(&text, SIM_MESSAGE_step_simulation, &s,
			   a->request_id, &style);
	rc = sim_backend_wire_write(l, text.data, text.len - 1, err);
	sim_buf_release(&text);
	return rc;
}

static bool is_state(const struct sim_message_status *s, const char *name)
{
	return !strcmp(sim_session_states[s->state], name);
}

/* Not known: where it stood was not told, as it would not have stepped. */
static bool has_goal(const struct sim_backend_wire_asked *a)
{
	return a->goal && a->goal != INT64_MAX;
}

static int step_again(struct sim_backend_wire *l, uint64_t n,
		      struct sim_err *err)
{
	struct sim_backend_wire_asked *a = sim_backend_wire_asked(l, n);
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_status *s;
	char id[SIM_BACKEND_WIRE_ID];
	int rc;

	memcpy(id, a->session_id, sizeof(id));
	rc = ask_busy(l, SIM_MESSAGE_query_status, NULL, id[0] ? id : NULL,
		      &m, err);
	if (rc)
		return rc;
	a = sim_backend_wire_asked(l, n);	/* it may have moved */
	s = m.m.data;
	if (m.m.type != SIM_MESSAGE_simulation_status) {
		rc = send_again(l, a, err);
	} else if (!has_goal(a)) {
		a->goal = s->sequence_id + sim_backend_again_ticks(a);
		rc = send_again(l, a, err);
	} else if (s->sequence_id >= a->goal || is_state(s, "completed")) {
		give(l, SIM_MESSAGE_simulation_stepped, s, a->request_id,
		     id[0] ? id : NULL);
		sim_backend_wire_forget(l, a);
	} else {
		rc = send_steps(l, a, a->goal - s->sequence_id, err);
	}
	sim_backend_release(&m);
	return rc;
}

static int one_again(struct sim_backend_wire *l, uint64_t n,
		     struct sim_err *err)
{
	const struct sim_backend_wire_asked *a = sim_backend_wire_asked(l, n);
	enum sim_message_type type = a->type;
	int rc = 0;

	if (type == SIM_MESSAGE_step_simulation)
		return step_again(l, n, err);
	if (is_trade(a))
		rc = wait_tick(l, a, err);
	for (size_t k = 0; !rc && k < sizeof(changes) / sizeof(changes[0]);
	     k++) {
		if (changes[k].asked == type)
			return change_again(l, n, &changes[k], err);
	}
	return rc ? rc : send_again(l, sim_backend_wire_asked(l, n), err);
}

/* The next that is to be asked again; answers to those before it may come
 * meanwhile. */
static struct sim_backend_wire_asked *take_due(struct sim_backend_wire *l)
{
	for (size_t i = 0; i < l->nasked; i++) {
		if (l->asked[i].is_due) {
			l->asked[i].is_due = false;
			return &l->asked[i];
		}
	}
	return NULL;
}

int sim_backend_again(struct sim_backend_wire *l, struct sim_err *err)
{
	const struct sim_backend_wire_asked *a;
	int rc;

	for (size_t i = 0; i < l->nasked; i++) {
		l->asked[i].is_due = true;
		l->asked[i].is_last = false;
	}
	rc = for_seats(l, true, take_up, err);
	if (!rc)
		rc = for_seats(l, false, watch, err);
	while (!rc && is_connected(l) && (a = take_due(l)))
		rc = one_again(l, a->n, err);
	if (!rc)
		rc = for_seats(l, true, acknowledge, err);
	return rc;
}

/* -- refusals of the second copy ------------------------------------------- */

/* Each gives 1 when it is answered, 0 when the refusal stands; an error: it is
 * asked again. */

/* The session is not there.  That of the first copy may have been, and gone
 * with its connection as it was being made: now it can be made. */
static int create_now(struct sim_backend_wire *l, uint64_t n,
		      struct sim_err *err)
{
	struct sim_backend_wire_asked *a = sim_backend_wire_asked(l, n);

	if (a->is_last)
		return 0;
	a->is_last = true;
	return send_again(l, a, err) ? : SIM_E_AGAIN;
}

/* A session of that name is there: the one that was made. */
static int was_created(struct sim_backend_wire *l,
		       const struct sim_backend_wire_asked *a,
		       struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = ask_busy(l, SIM_MESSAGE_get_session, NULL, session_of(a), &m,
			  err);

	if (!rc && m.m.type == SIM_MESSAGE_session_details) {
		const struct sim_message_session_info *s = m.m.data;
		struct sim_message_session_created c = {
			.status = 0, .state = s->state,
			.symbols = s->symbols, .n_symbols = s->n_symbols,
			.symbols_loaded = s->symbols,
			.n_symbols_loaded = s->n_symbols,
			.start_date = s->start_date, .end_date = s->end_date,
			.initial_capital = s->initial_capital,
			.timeframe = s->timeframe,
			.warmup_bars = s->warmup_bars,
			.estimated_ticks = s->ticks_total,
			.data_range_actual = { .text = "{}" },
			.created_at = s->created_at,
			.data_provider = s->data_provider ?
				s->data_provider : "",
			.server_ready = true,
		};

		give(l, SIM_MESSAGE_session_created, &c, a->request_id,
		     session_of(a));
		rc = 1;
	} else if (!rc) {
		rc = create_now(l, a->n, err);
	}
	sim_backend_release(&m);
	return rc;
}

/* It was started: take it up where nothing was heard of it. */
static int was_started(struct sim_backend_wire *l,
		       const struct sim_backend_wire_asked *a,
		       struct sim_err *err)
{
	struct sim_message_simulation_started s = {
		.started_at = l->b.host.now(l->b.host.ctx),
		.flow_control_enabled = true,
	};
	const struct sim_message_start_simulation *q;
	struct sim_backend_wire_seat *x;
	struct sim_message m;

	if (!session_of(a))
		return 0;
	if (sim_message_decode_wire(a->line, a->len, a->len, SIM_MESSAGE_IN,
				    &m, NULL))
		SIM_BUG("a request of ours can't be read");
	q = m.data;
	if (q->has_flow_control)
		s.flow_control_enabled = q->flow_control;
	if (q->has_tick_interval_ms)
		s.tick_interval_ms = q->tick_interval_ms;
	sim_message_release(&m);
	x = sim_backend_wire_seat(l, a->session_id, true);
	x->is_driven = true;
	x->is_free = !s.flow_control_enabled;
	give(l, SIM_MESSAGE_simulation_started, &s, a->request_id,
	     a->session_id);
	/* Without a connection it is taken up with the other sessions. */
	(void)!take_up(l, a->session_id, err);
	return 1;
}

static int was_stopped(struct sim_backend_wire *l,
		       const struct sim_backend_wire_asked *a,
		       struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = ask_busy(l, SIM_MESSAGE_query_status, NULL, session_of(a), &m,
			  err);

	if (!rc && m.m.type == SIM_MESSAGE_simulation_status) {
		give(l, SIM_MESSAGE_simulation_stopped, m.m.data,
		     a->request_id, session_of(a));
		rc = 1;
	}
	sim_backend_release(&m);
	return rc;
}

static int was_deleted(struct sim_backend_wire *l,
		       const struct sim_backend_wire_asked *a,
		       struct sim_err *err)
{
	const struct sim_message_session_deleted d = { 0 };

	(void)err;
	give(l, SIM_MESSAGE_session_deleted, &d, a->request_id, session_of(a));
	sim_backend_wire_leave(l, a->session_id);
	return 1;
}

static int was_left(struct sim_backend_wire *l,
		    const struct sim_backend_wire_asked *a,
		    struct sim_err *err)
{
	const struct sim_message_session_detached d = { 0 };

	(void)err;
	give(l, SIM_MESSAGE_session_detached, &d, a->request_id,
	     session_of(a));
	sim_backend_wire_leave(l, a->session_id);
	return 1;
}

/* Of which refusal it follows that the first copy had arrived. */
static const struct {
	enum sim_message_type asked;
	const char *code;
	int (*then)(struct sim_backend_wire *l,
		    const struct sim_backend_wire_asked *a,
		    struct sim_err *err);
} refusals[] = {
	{ SIM_MESSAGE_create_session, "VALIDATION_FAILED", was_created },
	{ SIM_MESSAGE_start_simulation, "VALIDATION_ERROR", was_started },
	{ SIM_MESSAGE_stop_simulation, "VALIDATION_ERROR", was_stopped },
	{ SIM_MESSAGE_delete_session, "SESSION_NOT_FOUND", was_deleted },
	{ SIM_MESSAGE_detach_session, "VALIDATION_ERROR", was_left },
};

static const char *code_of(const struct sim_message *m)
{
	if (m->type == SIM_MESSAGE_error)
		return ((const struct sim_message_error *)m->data)->error_code;
	if (m->type == SIM_MESSAGE_session_error)
		return ((const struct sim_message_session_error *)
			m->data)->error_code;
	return "";
}

bool sim_backend_again_refused(struct sim_backend_wire *l, uint64_t n,
			       const struct sim_message *m)
{
	const char *code = code_of(m);
	struct sim_err err = SIM_ERR_INIT;

	for (size_t k = 0; k < sizeof(refusals) / sizeof(refusals[0]); k++) {
		const struct sim_backend_wire_asked a =
			*sim_backend_wire_asked(l, n);
		int rc;

		if (a.type != refusals[k].asked ||
		    strcmp(code, refusals[k].code))
			continue;
		rc = refusals[k].then(l, &a, &err);
		if (rc > 0)
			sim_backend_wire_forget(l,
						sim_backend_wire_asked(l, n));
		return rc != 0;
	}
	return false;
}
