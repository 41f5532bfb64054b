/*
 * hub_job: what a connection asks for that has to wait: bars to be loaded, rows
 * to be read, results to be worked out.
 *
 * A job is made at the bench, works in the pool, and is done at the bench
 * again; until then its connection hears nothing else, so that messages keep
 * their order.
 */
#include "server/hub_job.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "backend/session_stored.h"
#include "util/mem.h"

/* -- the way there and back ------------------------------------------------ */

static void job_free(struct sim_hub_job *j)
{
	sim_session_free(j->s);
	sim_buf_release(&j->why.details);
	sim_session_row_free(j->rows, j->nrows);
	sim_session_row_release_whole(&j->whole);
	sim_mem_free((void *)(uintptr_t)j->again.inputs);
	sim_buf_release(&j->said);
	sim_mem_free(j->request_id);
	sim_mem_free(j->line);
	sim_mem_free(j);
}

bool sim_hub_job_has(const struct sim_hub_bench *b, const char *user,
		     const char *id)
{
	const struct sim_hub_job *k = b->sole;

	while (k && (strcmp(k->id, id) || strcmp(k->user, user)))
		k = k->next_sole;
	return k != NULL;
}

static void leave_sole(struct sim_hub_job *j)
{
	struct sim_hub_job **at = &j->bench->sole;

	while (*at && *at != j)
		at = &(*at)->next_sole;
	if (*at)
		*at = j->next_sole;
}

static void back(void *ctx, struct sim_worker_item *item)
{
	struct sim_hub_job *j = (struct sim_hub_job *)item;
	struct sim_hub_conn *c = j->conn;

	(void)ctx;
	if (c)
		c->is_busy = false;
	leave_sole(j);
	j->done(j);
	sim_hub_unpark(j->bench, j->user, j->id);
	atomic_fetch_sub(&j->hub->nbusy, 1);
	job_free(j);
	if (c)
		sim_hub_continue(c);
}

static void in_pool(void *own, void *ctx)
{
	struct sim_hub_job *j = ctx;

	struct sim_err ignored = SIM_ERR_INIT;

	/* Stored or lost: what it is about is in the database, or is not. */
	if (j->after)
		(void)!sim_writer_wait(j->hub->writer, j->after, &ignored);
	/* Nobody hears the answer any more, so the end need not wait for it. */
	if (j->conn && atomic_load(&j->hub->is_draining))
		j->rc = sim_err_set(&j->err, SIM_E_AGAIN,
				    "the server is coming to its end");
	else
		j->work(j, own);
	sim_worker_post(j->bench->worker, &j->item);
}

struct sim_hub_job *sim_hub_job_new(struct sim_hub_bench *b,
				    struct sim_hub_conn *c,
				    const struct sim_hub_heard *h)
{
	static const struct sim_session_refusal none =
		SIM_SESSION_REFUSAL_INIT;
	struct sim_hub_job *j = sim_mem_zalloc(sizeof(*j));

	j->item.run = back;
	j->hub = b->hub;
	j->bench = b;
	j->conn = c;
	j->why = none;
	j->said.max = SIM_BUF_MAX;
	j->after = sim_writer_last(b->hub->writer);
	if (c)
		memcpy(j->user, c->who.user, sizeof(j->user));
	if (!h)
		return j;
	j->request_id = h->m.request_id ? sim_mem_strdup(h->m.request_id) :
		NULL;
	j->line = sim_mem_strndup(h->line, h->line_len);
	j->line_len = h->line_len;
	if (h->m.session_id)
		snprintf(j->id, sizeof(j->id), "%s", h->m.session_id);
	return j;
}

static void refuse_full(struct sim_hub_job *j)
{
	const struct sim_hub_about about = { .request_id = j->request_id,
					     .retry_ms = 1000 };

	if (j->conn)
		sim_hub_error(j->conn, SIM_MESSAGE_CODE_SERVICE_BUSY, "the "
			      "server has as much to do as it can take; try "
			      "again", &about);
}

/* What makes, rebuilds and deletes a session must not meet another such. */
bool sim_hub_job_start(struct sim_hub_job *j)
{
	struct sim_hub_conn *c = j->conn;

	if (j->is_sole && sim_hub_job_has(j->bench, j->user, j->id)) {
		if (c)
			sim_hub_park(c, j->id);
		job_free(j);
		return false;
	}
	if (!sim_pool_submit(j->hub->pool, in_pool, j)) {
		refuse_full(j);
		job_free(j);
		return false;
	}
	atomic_fetch_add(&j->hub->nbusy, 1);
	if (c)
		c->is_busy = true;
	if (j->is_sole) {
		j->next_sole = j->bench->sole;
		j->bench->sole = j;
	}
	return true;
}

static void late_in_pool(void *own, struct sim_pool_item *item)
{
	in_pool(own, (char *)item - offsetof(struct sim_hub_job, late));
}

void sim_hub_job_always(struct sim_hub_job *j)
{
	atomic_fetch_add(&j->hub->nbusy, 1);
	j->late.job = late_in_pool;
	if (sim_pool_wait(j->hub->pool, &j->late))
		return;
	j->work(j, NULL);
	sim_worker_post(j->bench->worker, &j->item);
}

struct sim_hub_about sim_hub_job_about(const struct sim_hub_job *j)
{
	return (struct sim_hub_about){
		.request_id = j->request_id,
		.session_id = j->id[0] && !j->is_unnamed ? j->id : NULL,
		.details = j->why.details.len ? sim_buf_str(&j->why.details) :
			NULL,
		.is_session = true,
	};
}

static void say_not_found(struct sim_hub_job *j)
{
	struct sim_hub_about about = sim_hub_job_about(j);
	char text[160];

	snprintf(text, sizeof(text), "there is no session %.64s", j->id);
	sim_hub_session_error(j->conn, "SESSION_NOT_FOUND", text, &about);
}

/* What the database, the journal or the session had against it. */
void sim_hub_job_failed(struct sim_hub_job *j)
{
	struct sim_hub_about about = sim_hub_job_about(j);

	if (j->is_refused)
		sim_hub_session_error(j->conn, j->why.code, j->why.message,
				      &about);
	else if (j->rc == SIM_E_NOENT)
		say_not_found(j);
	else if (j->rc == SIM_E_INVAL)
		sim_hub_session_error(j->conn, "INVALID_PARAMS", j->err.msg,
				      &about);
	else if (j->rc == SIM_E_DATA || j->rc == SIM_E_REPRO)
		sim_hub_session_error(j->conn, "VALIDATION_FAILED",
				      j->err.msg, &about);
	else
		sim_hub_error(j->conn, SIM_MESSAGE_CODE_SERVICE_BUSY,
			      j->err.msg, &about);
}

/* -- rows ------------------------------------------------------------------ */

/* What can be asked for by name, without a name. */
static bool has_id(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_about about = h->about;

	about.is_session = true;
	if (h->m.session_id)
		return true;
	sim_hub_session_error(c, "INVALID_PARAMS", "Missing required fields: "
			      "session_id", &about);
	return false;
}

/* A session that a crash left as it was made, but that was started. */
static const char *state_of(const struct sim_session_row *r)
{
	if (r->journaled > 1 &&		/* a start is two lines */
	    !strcmp(r->state, sim_session_states[SIM_SESSION_READY]))
		return sim_session_states[SIM_SESSION_PAUSED];
	return r->state;
}

/* A session as a line that made it tells; with_bars: with those, as far as
 * they are there, so that it is known how far it is. */
static int describe_row(struct sim_hub_job *j, const struct sim_session_row *r,
			bool with_bars, struct sim_buf *out)
{
	const struct sim_session_known known = { state_of(r),
						 (uint64_t)r->steps };
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session *s;
	int rc = sim_session_stored_make(&j->hub->session_env, r, &s, &why,
					 &j->err);

	if (!rc) {
		if (with_bars)
			(void)!sim_session_load(s, &why);
		sim_session_describe_as(s, &known, with_bars, out);
		sim_session_free(s);
	}
	sim_buf_release(&why.details);
	return rc;
}

static void work_get(struct sim_hub_job *j, struct sim_db *db)
{
	struct sim_session_row r;

	j->rc = sim_session_row_find(db, j->user, j->id, &r, &j->err);
	if (j->rc)
		return;
	j->rc = describe_row(j, &r, true, &j->said);
	sim_session_row_release(&r);
}

static void say_details(struct sim_hub_conn *c, const char *json,
			const struct sim_hub_about *about)
{
	const struct sim_message_style style = SIM_MESSAGE_STYLE_WIRE(
		NULL, sim_hub_now(c->hub));
	struct sim_buf *b = &c->bench->scratch;

	sim_buf_reset(b);
	sim_message_encode_text(b, SIM_MESSAGE_session_details, json,
				about->request_id, &style);
	sim_hub_tell(c, NULL, 0, b->data, b->len);
}

static void done_get(struct sim_hub_job *j)
{
	struct sim_hub_about about = sim_hub_job_about(j);

	if (j->rc)
		sim_hub_job_failed(j);
	else
		say_details(j->conn, sim_buf_str(&j->said), &about);
}

void sim_hub_get(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_seat *x;
	struct sim_hub_job *j;

	if (!has_id(c, h))
		return;
	x = sim_hub_seat_find(c->bench, c->who.user, h->m.session_id);
	if (x && !x->is_away) {
		struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);

		sim_session_describe(x->s, true, &out);
		say_details(c, sim_buf_str(&out), &h->about);
		sim_buf_release(&out);
		return;
	}
	j = sim_hub_job_new(c->bench, c, h);
	j->work = work_get;
	j->done = done_get;
	sim_hub_job_start(j);
}

static void work_list(struct sim_hub_job *j, struct sim_db *db)
{
	j->rc = sim_session_row_list(db, j->user, &j->rows, &j->nrows,
				     &j->err);
}

static void done_list(struct sim_hub_job *j)
{
	struct sim_message_sessions_list m = { .sessions = { .text = NULL } };
	struct sim_hub_about about = sim_hub_job_about(j);
	struct sim_json json;

	if (j->rc) {
		sim_hub_job_failed(j);
		return;
	}
	sim_json_init(&json, &j->said, false);
	sim_json_array(&json, NULL);
	for (size_t i = 0; i < j->nrows; i++) {
		struct sim_buf one = SIM_BUF_INIT(SIM_BUF_MAX);
		struct sim_hub_seat *x = sim_hub_seat_find(j->bench, j->user,
							   j->rows[i].id);

		if (x && !x->is_away)
			sim_session_describe(x->s, false, &one);
		else if (describe_row(j, &j->rows[i], false, &one))
			sim_buf_reset(&one);
		if (one.len)
			sim_json_raw(&json, NULL, one.data, one.len);
		sim_buf_release(&one);
	}
	sim_json_end(&json);
	m.sessions.text = sim_buf_str(&j->said);
	about.session_id = NULL;
	sim_hub_say(j->conn, SIM_MESSAGE_sessions_list, &m, &about);
}

void sim_hub_list(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_job *j = sim_hub_job_new(c->bench, c, h);

	j->work = work_list;
	j->done = done_list;
	sim_hub_job_start(j);
}

/* It was found; now it goes. */
static void work_delete(struct sim_hub_job *j, struct sim_db *db)
{
	struct sim_session_row r;
	uint64_t ticket;

	j->rc = sim_session_row_find(db, j->user, j->id, &r, &j->err);
	if (j->rc)
		return;
	j->was_alive = !r.is_over;
	sim_session_row_release(&r);
	ticket = sim_writer_delete(j->hub->writer, j->user, j->id);
	j->rc = sim_writer_wait(j->hub->writer, ticket, &j->err);
}

static void say_deleted(struct sim_hub_job *j)
{
	static const struct sim_message_session_deleted m = { .no_more = 0 };
	struct sim_hub_about about = sim_hub_job_about(j);
	struct sim_hub_watch *w = j->seat ? j->seat->watches : NULL;

	sim_hub_say(j->conn, SIM_MESSAGE_session_deleted, &m, &about);
	about.request_id = NULL;
	for (; w; w = w->next_of_seat) {
		if (w->conn != j->conn)
			sim_hub_say(w->conn, SIM_MESSAGE_session_deleted, &m,
				    &about);
	}
}

static void done_delete(struct sim_hub_job *j)
{
	struct sim_hub_seat *x = j->seat;

	sim_hub_seats_flush(j->bench);
	if (x)
		x->is_away = false;
	if (j->rc) {
		sim_hub_job_failed(j);
		if (x && x->is_lost)
			sim_hub_seat_lost(x);
		else if (x)
			sim_hub_leave(x);
		return;
	}
	if (j->was_alive)
		sim_quota_give(j->hub->quota, j->user,
			       SIM_PLAN_LIMIT_concurrent_sessions, 1);
	say_deleted(j);
	if (x)
		sim_hub_seat_free(x);
}

void sim_hub_delete(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_seat *x;
	struct sim_hub_job *j;

	if (!has_id(c, h))
		return;
	x = sim_hub_seat_find(c->bench, c->who.user, h->m.session_id);
	if (x && (x->is_away || x->is_over)) {
		sim_hub_park(c, h->m.session_id);
		return;
	}
	j = sim_hub_job_new(c->bench, c, h);
	j->is_sole = true;
	j->seat = x;
	j->work = work_delete;
	j->done = done_delete;
	if (!sim_hub_job_start(j) || !x)
		return;
	x->is_away = true;
	x->is_left = false;
	sim_hub_seat_due(x, 0);
}

/* -- kept for long enough -------------------------------------------------- */

/* It may have been taken up, and left again, since it was found. */
static void work_forget(struct sim_hub_job *j, struct sim_db *db)
{
	struct sim_session_row r;
	bool is_old;

	j->rc = sim_session_row_find(db, j->user, j->id, &r, &j->err);
	if (j->rc)
		return;
	is_old = !r.is_over && r.changed < j->before;
	sim_session_row_release(&r);
	if (!is_old) {
		j->rc = SIM_E_STATE;
		return;
	}
	j->rc = sim_writer_wait(j->hub->writer,
				sim_writer_delete(j->hub->writer, j->user,
						  j->id), &j->err);
}

static void done_forget(struct sim_hub_job *j)
{
	if (!j->rc)
		sim_quota_give(j->hub->quota, j->user,
			       SIM_PLAN_LIMIT_concurrent_sessions, 1);
}

void sim_hub_forget(struct sim_hub_bench *b, const struct sim_session_row *r,
		    sim_time before)
{
	struct sim_hub_job *j;

	if (sim_hub_seat_find(b, r->user, r->id))
		return;
	j = sim_hub_job_new(b, NULL, NULL);
	memcpy(j->user, r->user, sizeof(j->user));
	memcpy(j->id, r->id, sizeof(j->id));
	j->before = before;
	j->is_sole = true;
	j->work = work_forget;
	j->done = done_forget;
	sim_hub_job_start(j);
}
