/*
 * hub_session: sessions come, are taken up again, come to their end, and are
 * left when their connection is lost.
 *
 * What leaves memory is in the database: its configuration, its journal and
 * its state make it again.
 */
#include "server/hub_priv.h"

#include <stdio.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

/* -- hearing --------------------------------------------------------------- */

/* It has made its last step; an acknowledgement may still come of that. */
static void refuse_late(struct sim_hub_seat *x, const struct sim_hub_heard *h)
{
	if (h->m.type != SIM_MESSAGE_tick_ack)
		sim_hub_error(x->conn, SIM_MESSAGE_CODE_VALIDATION_ERROR,
			      "the session is coming to its end", &h->about);
}

void sim_hub_seat_hear(struct sim_hub_seat *x, const struct sim_hub_heard *h)
{
	const struct sim_session_heard heard = {
		.m = &h->m, .line = h->line, .line_len = h->line_len,
		.now = sim_hub_now(x->bench->hub),
		.now_ms = sim_hub_ms(x->bench->hub),
	};

	if (x->is_away || x->is_over)
		refuse_late(x, h);
	else if (sim_session_hear(x->s, &heard))
		sim_hub_seat_due(x, heard.now_ms);
	else
		sim_hub_error(x->conn, SIM_MESSAGE_CODE_INVALID_PARAMS, "a "
			      "session does not hear messages of this type",
			      &h->about);
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
	sim_hub_seat_hear(j->seat, &h);
	sim_message_release(&h.m);
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
	j = sim_hub_job_new(c->bench, c, h);
	j->seat = x;
	snprintf(j->id, sizeof(j->id), "%s", sim_session_id(s));
	j->is_unnamed = !h->m.session_id;
	j->is_sole = true;
	j->work = work_create;
	j->done = done_create;
	if (!sim_hub_job_start(j)) {
		sim_hub_uncount(x);
		sim_hub_seat_free(x);
	}
}

/* -- again ----------------------------------------------------------------- */

int sim_hub_session_of(const struct sim_hub *h,
		       const struct sim_session_row *r,
		       struct sim_session **s,
		       struct sim_session_refusal *why, struct sim_err *err)
{
	struct sim_session_ask ask = {
		.id = r->id, .user = r->user, .line = r->config,
		.line_len = strlen(r->config), .created = r->created,
		.max_symbols = INT64_MAX,
	};
	struct sim_message m;
	int rc = sim_message_decode_wire(r->config, ask.line_len,
					 ask.line_len, SIM_MESSAGE_IN, &m,
					 err);

	ask.m = &m;
	if (!rc)
		rc = sim_session_new(&h->session_env, &ask, s, why);
	sim_message_release(&m);
	return rc;
}

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

static void work_again(struct sim_hub_job *j, struct sim_db *db)
{
	j->rc = sim_session_row_load(db, j->user, j->id, &j->whole, &j->err);
	if (!j->rc)
		j->rc = sim_hub_session_of(j->hub, &j->whole.row, &j->s,
					   &j->why, &j->err);
	if (!j->rc) {
		j->rc = sim_session_load(j->s, &j->why);
		j->is_refused = j->rc != 0;
	}
	if (j->rc)
		return;
	put_inputs(j);
	j->again.now = sim_hub_now(j->hub);
	j->rc = sim_session_rebuild(j->s, &j->again, &j->err);
}

/* What was made again gets its seat, and speaks to the connection. */
static struct sim_hub_seat *sit(struct sim_hub_job *j)
{
	struct sim_hub_seat *x;

	if (j->conn->is_gone)
		return NULL;
	if (j->rc) {
		sim_hub_job_failed(j);
		return NULL;
	}
	x = sim_hub_seat_find(j->bench, j->user, j->id);
	if (x && x->is_away) {
		j->rc = sim_err_set(&j->err, SIM_E_AGAIN, "session %s is being "
				    "worked on elsewhere; try again", j->id);
		sim_hub_job_failed(j);
		return NULL;
	}
	if (x)
		sim_hub_leave(x);
	x = sim_hub_seat_new(j->bench, j->s);
	j->s = NULL;
	x->journaled = (int64_t)j->whole.n;
	x->is_stored = true;
	x->is_counted = !j->whole.row.is_over;
	sim_hub_seat_attach(x, j->conn);
	return x;
}

static void done_resume(struct sim_hub_job *j)
{
	struct sim_hub_seat *x = sit(j);
	int64_t now_ms = sim_hub_ms(j->hub);

	if (!x)
		return;
	sim_session_say_sync(x->s, j->request_id, sim_hub_now(j->hub),
			     now_ms);
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

/* Its row will tell whether it still counts, but not yet. */
static void is_away(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_about about = h->about;

	about.retry_ms = 1000;
	sim_hub_error(c, SIM_MESSAGE_CODE_SERVICE_BUSY, "the session is being "
		      "loaded or concluded; try again", &about);
}

void sim_hub_resume(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	const struct sim_message_resume_session *m = h->m.data;
	struct sim_hub_about about = h->about;
	struct sim_session_again again = {
		.last_processed = (uint64_t)m->last_processed_sequence_id,
		.has_last_execution = m->has_last_execution_id,
	};
	struct sim_hub_seat *x;
	struct sim_hub_job *j;

	about.is_session = true;
	if (!h->m.session_id) {
		sim_hub_session_error(c, "INVALID_PARAMS", "Missing required "
				      "fields: session_id", &about);
		return;
	}
	if (m->has_last_execution_id &&
	    !execution_number(m->last_execution_id, &again.last_execution)) {
		sim_hub_session_error(c, "INVALID_PARAMS", "last_execution_id "
				      "is no execution_id; they are e1, e2, "
				      "...", &about);
		return;
	}
	x = sim_hub_seat_find(c->bench, c->who.user, h->m.session_id);
	if (x && x->is_away) {
		is_away(c, h);
		return;
	}
	if (x)
		sim_hub_leave(x);
	j = sim_hub_job_new(c->bench, c, h);
	j->again = again;
	j->is_sole = true;
	j->work = work_again;
	j->done = done_resume;
	sim_hub_job_start(j);
}

/* Where it stands is left alone: that is for resume_session. */
static void is_started(struct sim_hub_job *j)
{
	struct sim_hub_about about = sim_hub_job_about(j);
	char text[160];

	snprintf(text, sizeof(text), "the session %.64s was started before; "
		 "send resume_session to take it up", j->id);
	sim_hub_error(j->conn, SIM_MESSAGE_CODE_VALIDATION_ERROR, text,
		      &about);
}

static void done_reopen(struct sim_hub_job *j)
{
	if (!j->rc && sim_session_state(j->s) != SIM_SESSION_READY) {
		is_started(j);
		return;
	}
	j->seat = sit(j);
	if (j->seat)
		start_with(j);
}

/* Start a session that was made earlier, by this connection or another. */
void sim_hub_reopen(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_seat *x = sim_hub_seat_find(c->bench, c->who.user,
						   h->m.session_id);
	struct sim_hub_job *j;

	if (x && x->is_away) {
		is_away(c, h);
		return;
	}
	j = sim_hub_job_new(c->bench, c, h);
	j->is_sole = true;
	j->work = work_again;
	j->done = done_reopen;
	sim_hub_job_start(j);
}

/* -- its end --------------------------------------------------------------- */

static void keep_said(void *ctx, const char *lines, size_t n)
{
	sim_buf_add(ctx, lines, n);
}

static void keep_nothing(void *ctx, uint64_t step, const char *line, size_t n)
{
	(void)ctx, (void)step, (void)line, (void)n;
}

static void work_conclude(struct sim_hub_job *j, struct sim_db *db)
{
	(void)db;
	sim_session_conclude(j->seat->s, sim_hub_now(j->hub));
}

static void store_result(struct sim_hub_seat *x)
{
	struct sim_session *s = x->s;
	enum sim_session_state state = sim_session_state(s);
	const struct sim_session_row_change change = {
		.now = sim_hub_now(x->bench->hub),
		.state = sim_session_states[state], .is_over = true,
		.result = sim_session_result(s),
		.steps = (int64_t)sim_session_sequence(s),
	};

	sim_hub_seat_hold(x, sim_writer_change(x->bench->hub->writer,
					       sim_session_user(s),
					       sim_session_id(s), &change));
}

static void done_conclude(struct sim_hub_job *j)
{
	struct sim_hub_seat *x = j->seat;

	x->is_away = false;
	sim_session_attach(x->s, NULL);		/* it spoke to the job */
	if (x->is_lost) {
		sim_hub_seat_lost(x);
		return;
	}
	store_result(x);
	x->is_over = true;
	sim_hub_seat_say(x, j->said.data, j->said.len);
}

void sim_hub_end(struct sim_hub_seat *x)
{
	static const char stop[] =
		"{\"type\": \"stop_simulation\", \"data\": {}}";
	const struct sim_hub_about about = {
		.session_id = sim_session_id(x->s)
	};
	struct sim_hub_heard h = { .line = stop,
				   .line_len = sizeof(stop) - 1 };

	if (sim_message_decode_wire(stop, h.line_len, h.line_len,
				    SIM_MESSAGE_IN, &h.m, NULL))
		SIM_BUG("stop_simulation can't be read");
	sim_hub_error(x->conn, SIM_MESSAGE_CODE_HANDLER_TIMEOUT, "the session "
		      "has run for as long as the plan lets a simulation "
		      "last; it ends here", &about);
	sim_hub_seat_hear(x, &h);
	sim_message_release(&h.m);
}

void sim_hub_conclude(struct sim_hub_seat *x)
{
	struct sim_hub_job *j = sim_hub_job_new(x->bench, NULL, NULL);
	const struct sim_session_sink keep = { &j->said, keep_said,
					       keep_nothing };

	j->seat = x;
	j->work = work_conclude;
	j->done = done_conclude;
	j->after = 0;
	x->is_away = true;
	sim_session_attach(x->s, &keep);
	sim_hub_seat_due(x, 0);
	sim_hub_job_always(j);
}

void sim_hub_seat_over(struct sim_hub_seat *x)
{
	struct sim_hub_conn *c = x->conn;
	bool is_one_shot = sim_session_is_one_shot(x->s);
	bool is_alone = c && c->seats == x && !x->next_of_conn;

	if (c && is_alone && !is_one_shot)
		sim_hub_close(c, SIM_HUB_CLOSING_COMPLETE);
	sim_hub_uncount(x);
	sim_hub_seat_free(x);
}

void sim_hub_seat_lost(struct sim_hub_seat *x)
{
	const struct sim_hub_about about = {
		.session_id = sim_session_id(x->s), .is_session = true,
		.retry_ms = 1000,
	};

	if (!x->is_stored)
		sim_hub_uncount(x);
	if (x->conn && x->is_stored)
		sim_hub_error(x->conn, SIM_MESSAGE_CODE_SERVICE_BUSY, "the "
			      "server could not store what came last, so it "
			      "counts as not heard; send resume_session, then "
			      "what was not answered", &about);
	else if (x->conn)
		sim_hub_error(x->conn, SIM_MESSAGE_CODE_SESSION_CREATE_FAILED,
			      "the server could not store the session; try "
			      "again", &about);
	sim_hub_seat_attach(x, NULL);
	sim_hub_seat_free(x);
}

void sim_hub_uncount(struct sim_hub_seat *x)
{
	if (!x->is_counted)
		return;
	x->is_counted = false;
	sim_quota_give(x->bench->hub->quota, sim_session_user(x->s),
		       SIM_PLAN_LIMIT_concurrent_sessions, 1);
}

/* -- left ------------------------------------------------------------------ */

void sim_hub_leave(struct sim_hub_seat *x)
{
	struct sim_session_row_change change = {
		.now = sim_hub_now(x->bench->hub), .steps = -1,
	};

	sim_hub_seat_attach(x, NULL);
	if (x->is_away)
		return;
	/* One that does not count had its results before: so its row says. */
	if (!x->is_over && x->is_counted) {
		change.state =
			sim_session_states[sim_session_state(x->s)];
		change.steps = (int64_t)sim_session_sequence(x->s);
		sim_writer_change(x->bench->hub->writer,
				  sim_session_user(x->s),
				  sim_session_id(x->s), &change);
	}
	/* Whether it counts is known when its row, or result, is stored. */
	x->is_left = x->is_held && (x->is_over || !x->is_stored);
	if (x->is_left)
		sim_due_set(&x->bench->due, &x->due, SIM_DUE_NEVER);
	else
		sim_hub_seat_free(x);
}
