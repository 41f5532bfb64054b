/*
 * hub_end: sessions come to their end, are left by who drives them, or are
 * found not to have been stored.
 */
#include "server/hub_job.h"

#include <stdio.h>
#include <string.h>

#include "util/mem.h"

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
	sim_hub_seat_listen(x);			/* it spoke to the job */
	sim_hub_seat_due(x, 0);
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
	sim_hub_seat_error(x, SIM_MESSAGE_CODE_HANDLER_TIMEOUT, "the session "
			   "has run for as long as the plan lets a simulation "
			   "last; it ends here", &about);
	sim_hub_seat_hear(x, NULL, &h);
	sim_message_release(&h.m);
}

void sim_hub_conclude(struct sim_hub_seat *x)
{
	struct sim_hub_job *j = sim_hub_job_new(x->bench, NULL, NULL);
	const struct sim_session_sink keep = { &j->said, keep_said,
					       keep_nothing };

	j->seat = x;
	memcpy(j->user, sim_session_user(x->s), strlen(
		       sim_session_user(x->s)) + 1);
	memcpy(j->id, sim_session_id(x->s), strlen(
		       sim_session_id(x->s)) + 1);
	j->work = work_conclude;
	j->done = done_conclude;
	j->after = 0;
	x->is_away = true;
	sim_session_attach(x->s, &keep);
	sim_hub_seat_due(x, 0);
	sim_hub_job_always(j);
}

/* It stays for those who look at it, until they have gone for a while. */
static void linger(struct sim_hub_seat *x)
{
	sim_hub_seat_attach(x, NULL);
	x->is_over = x->is_left = false;
	x->used_ms = sim_hub_ms(x->bench->hub);
	sim_hub_seat_due(x, x->used_ms);
}

void sim_hub_seat_over(struct sim_hub_seat *x)
{
	struct sim_hub_bench *b = x->bench;
	struct sim_hub_conn *c = x->conn;
	bool is_one_shot = sim_session_is_one_shot(x->s);
	bool is_alone = c && c->seats == x && !x->next_of_conn && !c->watches;
	char user[SIM_USER_ID], id[SIM_SESSION_ID];

	snprintf(user, sizeof(user), "%s", sim_session_user(x->s));
	snprintf(id, sizeof(id), "%s", sim_session_id(x->s));
	if (is_alone && !is_one_shot)
		sim_hub_close(c, SIM_HUB_CLOSING_COMPLETE);
	sim_hub_uncount(x);
	if (x->watches || !c)
		linger(x);
	else
		sim_hub_seat_free(x);
	sim_hub_unpark(b, user, id);
}

static void tell_lost(struct sim_hub_seat *x)
{
	const struct sim_hub_about about = {
		.session_id = sim_session_id(x->s), .is_session = true,
		.retry_ms = 1000,
	};

	if (x->is_stored)
		sim_hub_seat_error(x, SIM_MESSAGE_CODE_SERVICE_BUSY, "the "
				   "server could not store what came last, so "
				   "it counts as not heard; send "
				   "resume_session, then what was not "
				   "answered", &about);
	else
		sim_hub_seat_error(x, SIM_MESSAGE_CODE_SESSION_CREATE_FAILED,
				   "the server could not store the session; "
				   "try again", &about);
}

void sim_hub_seat_lost(struct sim_hub_seat *x)
{
	if (!x->is_stored)
		sim_hub_uncount(x);
	tell_lost(x);
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
	struct sim_hub *h = x->bench->hub;

	sim_hub_seat_attach(x, NULL);
	if (x->is_away)
		return;
	if (!x->is_over)
		sim_session_drive(x->s, false, sim_hub_now(h));
	sim_hub_seat_store(x);
	sim_hub_seat_due(x, sim_hub_ms(h));
	x->used_ms = sim_hub_ms(h);
	if (x->watches || x->is_busy)
		return;
	/* Who still waits for what it said is told when that is stored. */
	x->is_left = x->is_held;
	if (!x->is_left)
		sim_hub_seat_free(x);
}
