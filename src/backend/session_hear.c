/* session_hear: what a session hears, and when it may. */
#include "backend/session_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* -- starting -------------------------------------------------------------- */

static void set_pace(struct sim_session *s,
		     const struct sim_message_start_simulation *m)
{
	struct sim_session_pace *p = &s->pace;

	p->flow = m->has_flow_control ? m->flow_control : !s->is_one_shot;
	p->max_pending = m->has_max_pending_ticks ?
		(uint64_t)m->max_pending_ticks : 1;
	p->interval_ms = m->has_tick_interval_ms ? m->tick_interval_ms :
		p->flow ? 0 : s->env->tick_interval_ms;
	p->speed = m->has_speed ? m->speed : 0;
	s->talk.frequency =
		(enum sim_talk_frequency)m->account_update_frequency;
	s->on_disconnect = m->on_disconnect;
}

static void tell_started(struct sim_session *s, const char *request_id)
{
	const struct sim_session_pace *p = &s->pace;
	int64_t interval = sim_session_interval(s);
	struct sim_message_simulation_started m = {
		.started_at = s->started,
		.estimated_duration_sec = (double)s->total * 1e-3 *
			(double)interval,
		.tick_interval_ms = p->interval_ms,
		.flow_control_enabled = p->flow,
	};

	sim_talk_send(&s->talk, SIM_MESSAGE_simulation_started, &m, request_id);
}

static void record(struct sim_session *s, const char *line, size_t n)
{
	if (s->has_sink && s->sink.record)
		s->sink.record(s->sink.ctx, sim_session_view(s)->step, line,
			       n);
}

static int hear_start(struct sim_session *s, const struct sim_session_heard *h)
{
	struct sim_buf inputs = SIM_BUF_INIT(SIM_BUF_MAX);

	if (!s->missed.is_keeping)
		s->started = h->now;
	sim_session_put_inputs(s, s->started, &inputs);
	record(s, inputs.data, inputs.len);
	record(s, h->line, h->line_len);
	sim_buf_release(&inputs);
	set_pace(s, h->m->data);
	s->state = SIM_SESSION_RUNNING;
	s->pace.next_ms = h->now_ms;
	s->talk.account_moved = true;
	tell_started(s, h->m->request_id);
	sim_session_tell_history(s);
	return SIM_OK;
}

/* -- the clock ------------------------------------------------------------- */

static int wrong_sequence(struct sim_session *s, int64_t sequence,
			  const char *request_id)
{
	char text[160];

	snprintf(text, sizeof(text), "sequence_id %" PRId64 " is acknowledged, "
		 "and the newest tick is %" PRIu64, sequence,
		 sim_session_view(s)->step);
	sim_session_tell_error(s, SIM_MESSAGE_CODE_INVALID_PARAMS, text,
			       request_id);
	return SIM_OK;
}

static int acknowledge(struct sim_session *s, int64_t sequence,
		       const char *request_id)
{
	if (sequence < 0 || (uint64_t)sequence > sim_session_view(s)->step)
		return wrong_sequence(s, sequence, request_id);
	if ((uint64_t)sequence > s->pace.acked)
		s->pace.acked = (uint64_t)sequence;
	return SIM_OK;
}

static int64_t wait_of(const struct sim_message_tick_ack *a)
{
	if (!a->has_max_wait_ms)
		return SIM_SESSION_WAIT_MS;
	return a->max_wait_ms < SIM_SESSION_WAIT_MAX_MS ? a->max_wait_ms :
		SIM_SESSION_WAIT_MAX_MS;
}

static int hear_ack(struct sim_session *s, const struct sim_session_heard *h)
{
	const struct sim_message_tick_ack *a = h->m->data;
	struct sim_session_hold *hold = &s->pace.hold;
	bool is_ready = a->processing_status == 0;

	if ((uint64_t)a->sequence_id > sim_session_view(s)->step)
		return wrong_sequence(s, a->sequence_id, h->m->request_id);
	if (!is_ready || a->orders_pending) {
		hold->is_on = true;
		hold->until_ms = h->now_ms + wait_of(a);
		hold->orders_due = a->orders_pending;
		hold->sequence = (uint64_t)a->sequence_id;
	} else {
		hold->is_on = false;
	}
	return is_ready ? acknowledge(s, a->sequence_id, h->m->request_id) :
		SIM_OK;
}

bool sim_session_ack(struct sim_session *s, int64_t sequence_id, sim_time now)
{
	if (s->state != SIM_SESSION_RUNNING && s->state != SIM_SESSION_PAUSED)
		return false;
	sim_session_stamp(s, now);
	s->pace.hold.is_on = false;
	acknowledge(s, sequence_id, NULL);
	sim_session_flush(s);
	return true;
}

static int hear_pause(struct sim_session *s, const struct sim_session_heard *h)
{
	if (s->state == SIM_SESSION_RUNNING)
		record(s, h->line, h->line_len);
	s->state = SIM_SESSION_PAUSED;
	sim_session_tell_status(s, SIM_MESSAGE_simulation_paused,
				h->m->request_id);
	return SIM_OK;
}

static int hear_resume(struct sim_session *s, const struct sim_session_heard *h)
{
	if (s->state == SIM_SESSION_PAUSED)
		record(s, h->line, h->line_len);
	s->state = SIM_SESSION_RUNNING;
	s->pace.quota = 0;
	sim_session_tell_status(s, SIM_MESSAGE_simulation_resumed,
				h->m->request_id);
	return SIM_OK;
}

static int hear_step(struct sim_session *s, const struct sim_session_heard *h)
{
	const struct sim_message_step_simulation *m = h->m->data;
	uint64_t at = sim_session_sequence(s);
	uint64_t n = m->has_ticks ? (uint64_t)m->ticks : 1;
	uint64_t until = m->has_until ? (uint64_t)m->until : UINT64_MAX;

	if (until < at)
		until = at;
	if (n > until - at)
		n = until - at;
	s->pace.quota = n;
	sim_mem_free(s->step_request);
	s->step_request = h->m->request_id ?
		sim_mem_strdup(h->m->request_id) : NULL;
	if (!n)
		sim_session_end_steps(s);
	return SIM_OK;
}

static int hear_speed(struct sim_session *s, const struct sim_session_heard *h)
{
	const struct sim_message_set_speed *m = h->m->data;

	record(s, h->line, h->line_len);
	if (m->has_speed)
		s->pace.speed = m->speed;
	if (m->has_tick_interval_ms)
		s->pace.interval_ms = m->tick_interval_ms;
	s->pace.next_ms = h->now_ms;
	sim_session_tell_status(s, SIM_MESSAGE_speed_set, h->m->request_id);
	return SIM_OK;
}

static int hear_stop(struct sim_session *s, const struct sim_session_heard *h)
{
	record(s, h->line, h->line_len);
	s->is_stopping = true;
	sim_session_tell_status(s, SIM_MESSAGE_simulation_stopped,
				h->m->request_id);
	return SIM_OK;
}

static int hear_status(struct sim_session *s, const struct sim_session_heard *h)
{
	sim_session_tell_status(s, SIM_MESSAGE_simulation_status,
				h->m->request_id);
	return SIM_OK;
}

/* -- orders ---------------------------------------------------------------- */

static int talk(struct sim_session *s, const struct sim_session_heard *h)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_talk_hear(&s->talk, h->m, &err);

	if (rc < 0)
		sim_session_die(s, &err);
	return SIM_OK;
}

static void refuse_early(struct sim_session *s,
			 const struct sim_session_heard *h)
{
	sim_session_tell_error(s, SIM_MESSAGE_CODE_VALIDATION_ERROR, "orders "
			       "can be sent once the first tick has come",
			       h->m->request_id);
}

static int trade(struct sim_session *s, const struct sim_session_heard *h)
{
	if (!sim_session_view(s)->step) {
		refuse_early(s, h);
		return SIM_OK;
	}
	record(s, h->line, h->line_len);
	return talk(s, h);
}

static void attempt_begin(void *ctx)
{
	sim_stepper_attempt_begin(ctx);
}

static void attempt_end(void *ctx)
{
	sim_stepper_attempt_end(ctx);
}

static bool attempt_quote(void *ctx, uint32_t id, struct sim_talk_quote *q)
{
	struct sim_attempt_quote x;

	if (!sim_stepper_quote(ctx, id, &x))
		return false;
	*q = (struct sim_talk_quote){ x.qty, x.price, x.cost, x.commission,
				      x.margin, x.power };
	return true;
}

/* What would become of it. */
static int try_batch(struct sim_session *s, const struct sim_session_heard *h)
{
	const struct sim_talk_trial trial = {
		s->stepper, attempt_begin, attempt_end, attempt_quote
	};
	struct sim_err err = SIM_ERR_INIT;

	if (!sim_session_view(s)->step)
		refuse_early(s, h);
	else if (sim_talk_try(&s->talk, h->m->data, h->m->request_id, &trial,
			      &err))
		sim_session_tell_error(s, SIM_MESSAGE_CODE_VALIDATION_ERROR,
				       err.msg, h->m->request_id);
	return SIM_OK;
}

static int hear_batch(struct sim_session *s, const struct sim_session_heard *h)
{
	const struct sim_message_order_batch *b = h->m->data;
	struct sim_session_hold *hold = &s->pace.hold;

	if (b->dry_run)
		return try_batch(s, h);
	/* An answer that is only given again changes nothing. */
	if (b->has_batch_id && sim_talk_names_find(&s->talk.batches,
						   b->batch_id))
		return talk(s, h);
	trade(s, h);
	if (hold->is_on && hold->orders_due > 0) {
		hold->orders_due -= (int64_t)b->n_orders;
		if (hold->orders_due <= 0)
			sim_session_release_hold(s);
	}
	return SIM_OK;
}

/* -- which is which -------------------------------------------------------- */

#define IN(state) (1u << SIM_SESSION_##state)
#define STARTED (IN(RUNNING) | IN(PAUSED))
#define LOADED (IN(READY) | STARTED | IN(COMPLETED))
#define ALWAYS (LOADED | IN(INITIALIZING) | IN(CANCELLED) | IN(ERROR))

/* By type: who does it, and in which states. */
static const struct {
	int (*hear)(struct sim_session *s, const struct sim_session_heard *h);
	unsigned when;
} hearers[SIM_MESSAGE__COUNT] = {
	[SIM_MESSAGE_start_simulation] = { hear_start, IN(READY) },
	[SIM_MESSAGE_tick_ack] = { hear_ack, STARTED },
	[SIM_MESSAGE_order_batch] = { hear_batch, STARTED },
	[SIM_MESSAGE_cancel_order] = { trade, STARTED },
	[SIM_MESSAGE_replace_order] = { trade, STARTED },
	[SIM_MESSAGE_cancel_all] = { trade, STARTED },
	[SIM_MESSAGE_query_orders] = { talk, LOADED },
	[SIM_MESSAGE_query_positions] = { talk, LOADED },
	[SIM_MESSAGE_query_status] = { hear_status, ALWAYS },
	[SIM_MESSAGE_pause_simulation] = { hear_pause, STARTED },
	[SIM_MESSAGE_resume_simulation] = { hear_resume, STARTED },
	[SIM_MESSAGE_step_simulation] = { hear_step, IN(PAUSED) },
	[SIM_MESSAGE_set_speed] = { hear_speed, STARTED },
	[SIM_MESSAGE_stop_simulation] = { hear_stop, STARTED },
	[SIM_MESSAGE_attach_session] = { sim_session_hear_attach, LOADED },
	[SIM_MESSAGE_detach_session] = { sim_session_hear_detach, ALWAYS },
	[SIM_MESSAGE_query_bars] = { sim_session_hear_bars, LOADED },
	[SIM_MESSAGE_query_actions] = { sim_session_hear_actions, LOADED },
	[SIM_MESSAGE_query_schedule] = { sim_session_hear_schedule, LOADED },
	[SIM_MESSAGE_query_inputs] = { sim_session_hear_inputs, LOADED },
	[SIM_MESSAGE_get_log] = { sim_session_hear_log, LOADED },
};

/* An acknowledgement that comes late is nobody's fault. */
static void refuse_now(struct sim_session *s, const struct sim_session_heard *h)
{
	char text[160];

	if (h->m->type == SIM_MESSAGE_tick_ack &&
	    (s->state == SIM_SESSION_COMPLETED || s->is_over))
		return;
	snprintf(text, sizeof(text), "%s can't be done while the session is %s",
		 sim_message_name((int)h->m->type),
		 s->is_stopping || s->is_over ? "ending" :
		 sim_session_states[s->state]);
	sim_session_tell_error(s, SIM_MESSAGE_CODE_VALIDATION_ERROR, text,
			       h->m->request_id);
}

int sim_session_hear(struct sim_session *s, const struct sim_session_heard *h)
{
	const int type = (int)h->m->type;
	bool is_ending;

	if (type == SIM_MESSAGE__COUNT || !hearers[type].hear)
		return 0;
	sim_session_stamp(s, h->now);
	is_ending = (s->is_stopping || s->is_over) &&
		hearers[type].when == STARTED;
	if (is_ending || !(hearers[type].when & 1u << s->state))
		refuse_now(s, h);
	else
		hearers[type].hear(s, h);
	sim_session_flush(s);
	return 1;
}

size_t sim_session_orders_in(const struct sim_message *m)
{
	const struct sim_message_order_batch *b = m->data;

	return m->type == SIM_MESSAGE_order_batch ? b->n_orders : 0;
}
