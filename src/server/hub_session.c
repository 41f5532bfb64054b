/*
 * hub_session: sessions come, are asked, and are taken up again.
 *
 * Whoever asks need not be who drives it; one that is not in memory is made
 * again first, from what is in the database.
 */
#include "server/hub_job.h"

#include <stdio.h>
#include <string.h>

#include "backend/session_stored.h"
#include "util/mem.h"
#include "util/str.h"

/* -- hearing --------------------------------------------------------------- */

/* It has made its last step; an acknowledgement may still come of that. */
static void refuse_late(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	if (c && h->m.type != SIM_MESSAGE_tick_ack)
		sim_hub_error(c, SIM_MESSAGE_CODE_VALIDATION_ERROR, "the "
			      "session is coming to its end", &h->about);
}

/* Is the session in a state in which it answers questions? */
static bool is_loaded(const struct sim_hub_seat *x)
{
	enum sim_session_state s = sim_session_state(x->s);

	return s != SIM_SESSION_INITIALIZING && s != SIM_SESSION_ERROR;
}

/* What follows from a message that was heard, for who is at the session. */
static void seat_asker(struct sim_hub_seat *x, struct sim_hub_conn *c,
		       const struct sim_hub_heard *h)
{
	const struct sim_message_attach_session *a = h->m.data;

	if (h->m.type == SIM_MESSAGE_step_simulation)
		x->stepper = x->conn == c ? 0 : c->id;
	if (h->m.type == SIM_MESSAGE_attach_session && x->conn != c &&
	    is_loaded(x))
		sim_hub_watch(x, c, (enum sim_hub_events)a->events);
	if (h->m.type != SIM_MESSAGE_detach_session)
		return;
	sim_hub_unwatch(x, c);
	if (x->conn == c)
		sim_hub_leave(x);
}

void sim_hub_seat_hear(struct sim_hub_seat *x, struct sim_hub_conn *c,
		       const struct sim_hub_heard *h)
{
	const struct sim_session_heard heard = {
		.m = &h->m, .line = h->line, .line_len = h->line_len,
		.now = sim_hub_now(x->bench->hub),
		.now_ms = sim_hub_ms(x->bench->hub),
	};
	bool was_heard;

	if (x->is_away || x->is_over) {
		refuse_late(c, h);
		return;
	}
	x->asker = c;
	x->is_aside = h->m.type == SIM_MESSAGE_attach_session;
	x->used_ms = heard.now_ms;
	x->is_left = false;
	was_heard = sim_session_hear(x->s, &heard);
	x->is_aside = false;
	x->asker = NULL;
	if (was_heard) {
		sim_hub_seat_due(x, heard.now_ms);
		if (c)
			seat_asker(x, c, h);
	} else {
		sim_hub_error(c, SIM_MESSAGE_CODE_INVALID_PARAMS, "a session "
			      "does not hear messages of this type",
			      &h->about);
	}
}

/* -- a new session --------------------------------------------------------- */

static void work_create(struct sim_hub_job *j, struct sim_db *db)
{
	struct sim_session_row r;

	j->rc = sim_session_row_find(db, j->user, j->id, &r, &j->err);
	if (!j->rc) {
		sim_session_row_release(&r);
		j->is_refused = true;
		j->rc = SIM_E_STATE;
		j->why.code = "VALIDATION_FAILED";
		snprintf(j->why.message, sizeof(j->why.message), "you have a "
			 "session %.64s already; choose another session_id, "
			 "or none", j->id);
		return;
	}
	if (j->rc != SIM_E_NOENT)
		return;
	if (sim_hub_health(j->hub) == SIM_HUB_UNHEALTHY) {
		j->rc = sim_err_set(&j->err, SIM_E_AGAIN, "nothing can be "
				    "stored now; try again later");
		return;
	}
	j->rc = sim_session_load(j->seat->s, &j->why);
	j->is_refused = j->rc != 0;
}

/* Hear the message of the job, as what starts the session. */
static void start_with(struct sim_hub_job *j)
{
	struct sim_hub_heard h = { .line = j->line,
				   .line_len = j->line_len };

	if (sim_message_decode_wire(j->line, j->line_len, j->line_len,
				    SIM_MESSAGE_IN, &h.m, NULL))
		SIM_BUG("a message that was read can't be read again");
	h.about.request_id = h.m.request_id;
	h.about.session_id = j->id;
	sim_hub_seat_hear(j->seat, j->conn, &h);
	sim_message_release(&h.m);
}

/* One that was not even begun, since there is no time or it is there already,
 * is none of the user's hour. */
static void not_begun(struct sim_hub *h, const char *user)
{
	sim_quota_untake(h->quota, user, SIM_PLAN_LIMIT_sessions_per_hour, 1);
}

static void done_create(struct sim_hub_job *j)
{
	struct sim_hub_seat *x = j->seat;
	struct sim_session_row r = { .created = sim_hub_now(j->hub),
		.is_one_shot = sim_session_is_one_shot(x->s),
		.config = j->line };

	x->is_away = false;
	if (j->rc || j->conn->is_gone) {
		if (!j->conn->is_gone)
			sim_hub_job_failed(j);
		if (j->rc == SIM_E_AGAIN || j->rc == SIM_E_STATE)
			not_begun(j->hub, j->user);
		sim_hub_uncount(x);
		sim_hub_seat_free(x);
		return;
	}
	memcpy(r.user, j->user, sizeof(r.user));
	snprintf(r.id, sizeof(r.id), "%s", j->id);
	snprintf(r.state, sizeof(r.state), "%s",
		 sim_session_states[sim_session_state(x->s)]);
	sim_hub_seat_attach(x, j->conn);
	sim_hub_seat_hold(x, sim_writer_insert(j->hub->writer, &r));
	sim_session_say_created(x->s, j->request_id, sim_hub_now(j->hub));
	sim_hub_seat_due(x, sim_hub_ms(j->hub));
	if (r.is_one_shot)
		start_with(j);
}

/* May the user make one more?  What was taken is given back when not. */
static bool take_session(struct sim_hub_conn *c,
			 const struct sim_hub_about *about)
{
	if (!sim_hub_take(c, SIM_PLAN_LIMIT_concurrent_sessions, 1, about))
		return false;
	if (sim_hub_take(c, SIM_PLAN_LIMIT_sessions_per_hour, 1, about))
		return true;
	sim_quota_give(c->hub->quota, c->who.user,
		       SIM_PLAN_LIMIT_concurrent_sessions, 1);
	return false;
}

static void has_already(struct sim_hub_conn *c, const char *id,
			const struct sim_hub_about *about)
{
	char text[160];

	snprintf(text, sizeof(text), "you have a session %.64s already; choose "
		 "another session_id, or none", id);
	sim_hub_session_error(c, "VALIDATION_FAILED", text, about);
}

/* Checked against the message alone.  NULL: it was refused, and said. */
static struct sim_session *check_new(struct sim_hub_conn *c,
				     const struct sim_hub_heard *h,
				     struct sim_hub_about *about)
{
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	char id[SIM_SESSION_ID];
	const struct sim_session_ask ask = {
		.id = id, .user = c->who.user, .m = &h->m, .line = h->line,
		.line_len = h->line_len, .created = sim_hub_now(c->hub),
		.max_symbols = sim_plan_limit(c->who.plan,
			SIM_PLAN_LIMIT_symbols_per_session),
	};
	struct sim_session *s;

	sim_hub_new_id(id);
	if (sim_session_new(&c->hub->session_env, &ask, &s, &why)) {
		about->details = sim_buf_str(&why.details);
		sim_hub_session_error(c, why.code, why.message, about);
		sim_buf_release(&why.details);
		return NULL;
	}
	if (sim_hub_seat_find(c->bench, c->who.user, sim_session_id(s)))
		has_already(c, sim_session_id(s), about);
	else if (take_session(c, about))
		return s;
	sim_session_free(s);
	return NULL;
}

void sim_hub_create(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_about about = h->about;
	struct sim_hub_seat *x;
	struct sim_hub_job *j;
	struct sim_session *s;

	about.is_session = true;
	s = check_new(c, h, &about);
	if (!s)
		return;
	x = sim_hub_seat_new(c->bench, s);
	x->is_away = x->is_counted = true;
	x->plan = c->who.plan;
	sim_hub_seat_due(x, 0);
	j = sim_hub_job_new(c->bench, c, h);
	j->seat = x;
	snprintf(j->id, sizeof(j->id), "%s", sim_session_id(s));
	j->is_unnamed = !h->m.session_id;
	j->is_sole = true;
	j->work = work_create;
	j->done = done_create;
	if (!sim_hub_job_start(j)) {
		not_begun(c->hub, c->who.user);
		sim_hub_uncount(x);
		sim_hub_seat_free(x);
	}
}

/* -- again ----------------------------------------------------------------- */

static void put_inputs(struct sim_hub_job *j)
{
	const struct sim_session_row_whole *w = &j->whole;
	struct sim_session_input *in = sim_mem_array(w->n + 1, sizeof(*in));

	for (size_t i = 0; i < w->n; i++)
		in[i] = (struct sim_session_input){
			(uint64_t)w->journal[i].step, w->journal[i].line,
			strlen(w->journal[i].line),
		};
	j->again.inputs = in;
	j->again.n = w->n;
}

/* It is made again to be asked, where its row says it stood. */
static void stand_as_stored(struct sim_hub_job *j)
{
	const struct sim_session_row *r = &j->whole.row;

	j->again.last_processed = j->whole.n > 1 ? (uint64_t)r->steps : 0;
	j->again.was_paused = strcmp(r->state,
				     sim_session_states[SIM_SESSION_RUNNING]);
}

static void work_again(struct sim_hub_job *j, struct sim_db *db)
{
	j->rc = sim_session_row_load(db, j->user, j->id, &j->whole, &j->err);
	if (!j->rc)
		j->rc = sim_session_stored_make(&j->hub->session_env,
						&j->whole.row, &j->s, &j->why,
						&j->err);
	if (!j->rc) {
		j->rc = sim_session_load(j->s, &j->why);
		j->is_refused = j->rc != 0;
	}
	if (j->rc)
		return;
	put_inputs(j);
	j->again.now = sim_hub_now(j->hub);
	if (j->again.is_undriven)
		stand_as_stored(j);
	j->rc = sim_session_rebuild(j->s, &j->again, &j->err);
	if (!j->rc && j->again.is_undriven && j->whole.row.is_over)
		sim_session_conclude(j->s, j->again.now);
}


/* What was made again gets its seat, or that of the one that it replaces. */
static struct sim_hub_seat *sit(struct sim_hub_job *j)
{
	struct sim_hub_seat *x = j->seat;

	if (x) {
		sim_hub_seat_swap(x, j->s);
	} else {
		x = sim_hub_seat_new(j->bench, j->s);
		x->is_counted = !j->whole.row.is_over;
		x->plan = j->conn->who.plan;
	}
	j->s = NULL;
	x->journaled = (int64_t)j->whole.n;
	x->place = (uint64_t)j->whole.row.steps;
	x->is_stored = true;
	return x;
}

/* The one in memory goes on as it was. */
static void stay(struct sim_hub_job *j)
{
	struct sim_hub_seat *x = j->seat;

	if (!j->conn->is_gone)
		sim_hub_job_failed(j);
	if (!x)
		return;
	if (x->is_lost)
		sim_hub_seat_lost(x);
	else if (x->conn || x->watches)
		sim_hub_seat_due(x, sim_hub_ms(j->hub));
	else
		sim_hub_leave(x);
}

static void done_resume(struct sim_hub_job *j)
{
	struct sim_hub_seat *x = j->seat;
	int64_t now_ms = sim_hub_ms(j->hub);

	sim_hub_seats_flush(j->bench);
	if (x)
		x->is_away = false;
	if (j->rc || j->conn->is_gone) {
		stay(j);
		return;
	}
	x = sit(j);
	sim_hub_seat_attach(x, j->conn);
	x->seen = j->again.has_last_execution ? j->again.last_execution : 0;
	x->seen_event = 0;
	x->asker = j->conn;
	sim_session_say_sync(x->s, j->request_id, sim_hub_now(j->hub),
			     now_ms);
	x->asker = NULL;
	sim_hub_seat_due(x, now_ms);
}

/* "e12" -> 12. */
static bool execution_number(const char *id, uint64_t *out)
{
	int64_t n;

	if (id[0] != 'e' ||
	    sim_str_int(id + 1, "", 0, INT64_MAX, &n, NULL))
		return false;
	*out = (uint64_t)n;
	return true;
}

/* The session that is asked for, if it is in memory.  It may be busy: then the
 * connection waits until it is not, and *is_busy is set. */
static struct sim_hub_seat *seat_of(struct sim_hub_conn *c, const char *id,
				    bool *is_busy)
{
	struct sim_hub_seat *x = sim_hub_seat_find(c->bench, c->who.user, id);

	*is_busy = (x && (x->is_away || x->is_over)) ||
		sim_hub_job_has(c->bench, c->who.user, id);
	if (*is_busy)
		sim_hub_park(c, id);
	return x;
}

/* What last_processed_sequence_id and last_execution_id say.  False: it was
 * refused, and said. */
static bool read_resume(struct sim_hub_conn *c, const struct sim_hub_heard *h,
			struct sim_session_again *again)
{
	const struct sim_message_resume_session *m = h->m.data;
	struct sim_hub_about about = h->about;

	about.is_session = true;
	*again = (struct sim_session_again){
		.last_processed = (uint64_t)m->last_processed_sequence_id,
		.has_last_execution = m->has_last_execution_id,
		.tells_all = true,
	};
	if (!h->m.session_id) {
		sim_hub_session_error(c, "INVALID_PARAMS", "Missing required "
				      "fields: session_id", &about);
		return false;
	}
	if (m->has_last_execution_id &&
	    !execution_number(m->last_execution_id, &again->last_execution)) {
		sim_hub_session_error(c, "INVALID_PARAMS", "last_execution_id "
				      "is no execution_id; they are e1, e2, "
				      "...", &about);
		return false;
	}
	return true;
}

void sim_hub_resume(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_session_again again;
	struct sim_hub_seat *x;
	struct sim_hub_job *j;
	bool is_busy;

	if (!read_resume(c, h, &again))
		return;
	x = seat_of(c, h->m.session_id, &is_busy);
	if (is_busy)
		return;
	j = sim_hub_job_new(c->bench, c, h);
	j->again = again;
	j->seat = x;
	j->is_sole = true;
	j->work = work_again;
	j->done = done_resume;
	if (!sim_hub_job_start(j) || !x)
		return;
	x->is_away = true;
	x->is_left = false;
	sim_hub_seat_due(x, 0);
}

/* -- asked ----------------------------------------------------------------- */

static void no_session(struct sim_hub_conn *c, const struct sim_hub_about *a,
		       const char *id)
{
	char text[200];

	if (!id)
		snprintf(text, sizeof(text), "this connection is at no "
			 "session; create one, or name it as session_id");
	else
		snprintf(text, sizeof(text), "there is no session %.64s", id);
	if (a->is_session && id)
		sim_hub_session_error(c, "SESSION_NOT_FOUND", text, a);
	else
		sim_hub_error(c, SIM_MESSAGE_CODE_SESSION_NOT_FOUND, text, a);
}

static void done_wake(struct sim_hub_job *j)
{
	struct sim_hub_about about = sim_hub_job_about(j);
	struct sim_hub_seat *x;

	if (j->conn->is_gone)
		return;
	if (j->rc == SIM_E_NOENT && !j->is_refused) {
		about.session_id = j->id;
		about.is_session = j->is_start;
		no_session(j->conn, &about, j->id);
		return;
	}
	if (j->rc) {
		sim_hub_job_failed(j);
		return;
	}
	x = sit(j);
	sim_hub_seat_listen(x);
	sim_hub_seat_due(x, sim_hub_ms(j->hub));
	sim_hub_hear_first(j->conn, j->line, j->line_len);
}

/* Make it again, then hear the message again. */
static void wake(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_job *j = sim_hub_job_new(c->bench, c, h);

	j->again.is_undriven = true;
	j->is_start = h->m.type == SIM_MESSAGE_start_simulation;
	j->is_sole = true;
	j->work = work_again;
	j->done = done_wake;
	sim_hub_job_start(j);
}

/* The session a message is about, in memory and free.  NULL: there will be
 * another time for it, or an answer was given. */
static struct sim_hub_seat *called(struct sim_hub_conn *c,
				   const struct sim_hub_heard *h)
{
	const char *id = h->m.session_id;
	struct sim_hub_seat *x;
	bool is_busy;

	if (!id && c->current)
		id = sim_session_id(c->current->s);
	if (!id) {
		no_session(c, &h->about, NULL);
		return NULL;
	}
	x = seat_of(c, id, &is_busy);
	if (!is_busy && !x)
		wake(c, h);
	return is_busy ? NULL : x;
}

/* Acknowledging is for who drives it; while nobody does, for anybody. */
static bool may_acknowledge(struct sim_hub_conn *c,
			    const struct sim_hub_seat *x,
			    const struct sim_hub_heard *h)
{
	if (h->m.type != SIM_MESSAGE_tick_ack || !x->conn || x->conn == c)
		return true;
	sim_hub_error(c, SIM_MESSAGE_CODE_VALIDATION_ERROR, "another "
		      "connection drives the session, and acknowledges its "
		      "ticks; send resume_session to take it over",
		      &h->about);
	return false;
}

void sim_hub_ask(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	size_t orders = sim_session_orders_in(&h->m);
	struct sim_hub_seat *x = called(c, h);

	if (!x || !may_acknowledge(c, x, h))
		return;
	if (orders && !sim_hub_take(c, SIM_PLAN_LIMIT_orders_per_minute,
				    (uint32_t)orders, &h->about))
		return;
	sim_meter_add(c->hub->meter, SIM_METER_ORDERS, 0, (int64_t)orders);
	sim_hub_seat_hear(x, c, h);
}

/* Where it stands is left alone: that is for resume_session. */
static void is_started(struct sim_hub_conn *c, const struct sim_hub_seat *x,
		       const struct sim_hub_about *about)
{
	char text[160];

	snprintf(text, sizeof(text), "the session %.64s was started before; "
		 "send resume_session to take it up", sim_session_id(x->s));
	sim_hub_error(c, SIM_MESSAGE_CODE_VALIDATION_ERROR, text, about);
}

/* By this connection or another: who starts it drives it. */
void sim_hub_start_made(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_seat *x = called(c, h);
	bool is_ready = x && sim_session_state(x->s) == SIM_SESSION_READY;

	if (!x)
		return;
	if (x->conn != c && !is_ready) {
		is_started(c, x, &h->about);
		return;
	}
	if (x->conn != c) {
		sim_hub_seat_attach(x, c);
		sim_session_drive(x->s, true, sim_hub_now(c->hub));
	}
	sim_hub_seat_hear(x, c, h);
}
