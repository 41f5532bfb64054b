/* pipe_hear: what the strategy says. */
#include "strategy/pipe_priv.h"

#include <stdio.h>
#include <string.h>

#include "util/str.h"

/* -- ready ---------------------------------------------------------------- */

static int set_topics(struct sim_pipe *p, const struct sim_message_ready *r,
		      struct sim_err *err)
{
	static const struct {
		const char *name;
		unsigned topic;
	} rows[] = {
		{ "tick", 0 }, { "bars", 0 },
		{ "execution_report", SIM_TALK_EXECUTIONS },
		{ "order_update", SIM_TALK_UPDATES },
		{ "account_snapshot", SIM_TALK_ACCOUNT },
		{ "corporate_action", SIM_TALK_ACTIONS },
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);

	p->talk.topics = 0;
	for (size_t i = 0; i < r->n_subscribe; i++) {
		size_t k = 0;

		while (k < n && strcmp(rows[k].name, r->subscribe[i]))
			k++;
		if (k == n)
			return sim_pipe_fail(p, err, "subscribes to '%.40s'; "
					     "it can subscribe to "
					     "execution_report, order_update, "
					     "account_snapshot and "
					     "corporate_action",
					     r->subscribe[i]);
		p->talk.topics |= rows[k].topic;
	}
	return SIM_OK;
}

int sim_pipe_ready(struct sim_pipe *p, const struct sim_message_ready *r,
		   struct sim_err *err)
{
	int rc = SIM_OK;

	p->is_ready = true;
	p->columns = r->profile == 1;
	p->talk.style.as_text = p->talk.style.is_money = r->decimals == 1;
	p->talk.tick.style = p->talk.style;
	p->talk.frequency =
		(enum sim_talk_frequency)r->account_update_frequency;
	p->warmup = (uint64_t)r->warmup_bars;
	p->talk.topics = SIM_TALK_EXECUTIONS | SIM_TALK_UPDATES |
		SIM_TALK_ACCOUNT | SIM_TALK_ACTIONS;
	p->talk.account_moved = true;
	if (r->has_subscribe)
		rc = set_topics(p, r, err);
	if (!rc && r->has_wake)
		rc = sim_pipe_wake_make(p, r->wake, err);
	return rc;
}

static int hear_ready(struct sim_pipe *p, const struct sim_message *m,
		      struct sim_err *err)
{
	if (p->is_ready)
		return sim_pipe_fail(p, err, "said ready twice");
	return sim_pipe_ready(p, m->data, err);
}

/* -- the step ------------------------------------------------------------- */

static int acknowledge(struct sim_pipe *p, int64_t sequence, int64_t orders,
		       struct sim_err *err)
{
	if (sequence != p->sequence || p->has_acked)
		return sim_pipe_fail(p, err, "acknowledged sequence_id %lld; "
				     "%lld was to be acknowledged, once",
				     (long long)sequence,
				     (long long)p->sequence);
	p->has_acked = true;
	p->orders_due = orders;
	return SIM_OK;
}

static int hear_ack(struct sim_pipe *p, const struct sim_message *m,
		    struct sim_err *err)
{
	const struct sim_message_tick_ack *a = m->data;

	if (a->processing_status && a->sequence_id == p->sequence &&
	    !p->has_acked)
		return SIM_OK;
	return acknowledge(p, a->sequence_id, a->orders_pending, err);
}

/* -- orders --------------------------------------------------------------- */

static int hear_talk(struct sim_pipe *p, const struct sim_message *m,
		     struct sim_err *err)
{
	int rc = sim_talk_hear(&p->talk, m, err);

	return rc < 0 ? rc : SIM_OK;
}

static int hear_batch(struct sim_pipe *p, const struct sim_message *m,
		      struct sim_err *err)
{
	const struct sim_message_order_batch *b = m->data;

	p->orders_due -= (int64_t)b->n_orders;
	return hear_talk(p, m, err);
}

/* -- timers and notes ----------------------------------------------------- */

static int hear_timer(struct sim_pipe *p, const struct sim_message *m,
		      struct sim_err *err)
{
	const struct sim_message_timer_set *t = m->data;
	const struct sim_strategy_host *h = p->talk.v->host;
	uint32_t id = sim_talk_names_find(&p->timers, t->timer_id);
	sim_time at = t->at;

	if (t->has_at == t->has_after_sec)
		return sim_pipe_fail(p, err, "set a timer without a time; "
				     "timer_set needs either at or "
				     "after_sec");
	if (t->has_after_sec &&
	    __builtin_add_overflow(p->talk.v->now, t->after_sec * SIM_TIME_SEC,
				   &at))
		at = SIM_TIME_MAX;
	if (!id)
		id = sim_talk_names_add(&p->timers, t->timer_id);
	return h->timer(h->ctx, at, t->every_sec * SIM_TIME_SEC, id, err);
}

static int note(struct sim_pipe *p, struct sim_note *n, struct sim_err *err)
{
	const struct sim_strategy_host *h = p->talk.v->host;

	return h->note(h->ctx, n, err);
}

static int hear_log(struct sim_pipe *p, const struct sim_message *m,
		    struct sim_err *err)
{
	const struct sim_message_log *l = m->data;
	char text[SIM_NOTE_TEXT_MAX];
	struct sim_note n = { .kind = SIM_NOTE_LOG, .sym = UINT32_MAX,
			      .text = l->message };

	if (l->has_level) {
		snprintf(text, sizeof(text), "%s: %s", l->level, l->message);
		n.text = text;
	}
	return note(p, &n, err);
}

static int hear_metric(struct sim_pipe *p, const struct sim_message *m,
		       struct sim_err *err)
{
	const struct sim_message_metric *x = m->data;
	struct sim_note n = { .kind = SIM_NOTE_METRIC, .sym = UINT32_MAX,
			      .name = x->name, .value = x->value };

	return note(p, &n, err);
}

static int hear_annotate(struct sim_pipe *p, const struct sim_message *m,
			 struct sim_err *err)
{
	const struct sim_message_annotate *a = m->data;
	struct sim_note n = { .kind = SIM_NOTE_MARK, .sym = UINT32_MAX,
			      .text = a->text };

	if (a->has_symbol) {
		n.sym = sim_talk_symbol(&p->talk, a->symbol);
		if (n.sym == UINT32_MAX) {
			sim_talk_error(&p->talk, "INVALID_SYMBOL",
				       "the run has no such symbol",
				       m->request_id);
			return SIM_OK;
		}
	}
	return note(p, &n, err);
}

static int hear_stop(struct sim_pipe *p, const struct sim_message *m,
		     struct sim_err *err)
{
	(void)m;
	(void)err;
	p->talk.v->host->stop(p->talk.v->host->ctx);
	return SIM_OK;
}

static int hear_bye(struct sim_pipe *p, const struct sim_message *m,
		    struct sim_err *err)
{
	(void)m;
	if (!p->is_over)
		return sim_pipe_fail(p, err, "said bye before the run was "
				     "over; stop_simulation ends it early");
	p->has_bye = true;
	return SIM_OK;
}

/* -- which is which ------------------------------------------------------- */

enum { BEFORE = 1, DURING = 2, AFTER = 4, ALWAYS = 7 };

/* By type: who does it, and when in the run it may come. */
static const struct {
	int (*hear)(struct sim_pipe *p, const struct sim_message *m,
		    struct sim_err *err);
	unsigned when;
} hearers[SIM_MESSAGE__COUNT] = {
	[SIM_MESSAGE_ready] = { hear_ready, BEFORE | DURING },
	[SIM_MESSAGE_tick_ack] = { hear_ack, DURING },
	[SIM_MESSAGE_order_batch] = { hear_batch, DURING },
	[SIM_MESSAGE_cancel_order] = { hear_talk, DURING },
	[SIM_MESSAGE_replace_order] = { hear_talk, DURING },
	[SIM_MESSAGE_cancel_all] = { hear_talk, DURING },
	[SIM_MESSAGE_query_orders] = { hear_talk, DURING },
	[SIM_MESSAGE_query_positions] = { hear_talk, DURING },
	[SIM_MESSAGE_timer_set] = { hear_timer, DURING },
	[SIM_MESSAGE_log] = { hear_log, ALWAYS },
	[SIM_MESSAGE_metric] = { hear_metric, ALWAYS },
	[SIM_MESSAGE_annotate] = { hear_annotate, ALWAYS },
	[SIM_MESSAGE_stop_simulation] = { hear_stop, DURING },
	[SIM_MESSAGE_bye] = { hear_bye, ALWAYS },
};

static int dispatch(struct sim_pipe *p, const struct sim_message *m,
		    struct sim_err *err)
{
	unsigned now = p->is_over ? AFTER : p->is_ready ? DURING : BEFORE;

	if (m->type == SIM_MESSAGE__COUNT) {
		sim_talk_error(&p->talk, "UNKNOWN_TYPE",
			       "there is no message of this type",
			       m->request_id);
		return SIM_OK;
	}
	if (hearers[m->type].when & now)
		return hearers[m->type].hear(p, m, err);
	if (now == BEFORE)
		return sim_pipe_fail(p, err, "said %s before ready",
				     sim_message_name((int)m->type));
	sim_talk_error(&p->talk, "INVALID_PARAMS", "the run is over",
		       m->request_id);
	return SIM_OK;
}

int sim_pipe_hear(struct sim_pipe *p, const char *line, size_t n,
		  struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	char quoted[SIM_STR_QUOTEMAX];
	struct sim_message m;
	int64_t sequence;
	int rc;

	if (p->is_ready && !p->is_over &&
	    sim_tick_ack(line, n, NULL, &sequence))
		return acknowledge(p, sequence, 0, err);
	if (!n)
		return SIM_OK;
	if (sim_message_decode(line, n, SIM_MESSAGE_IN, &m, &why)) {
		sim_str_quote(line, n, quoted);
		return sim_pipe_fail(p, err, "wrote %s: %s", quoted, why.msg);
	}
	rc = dispatch(p, &m, err);
	sim_message_release(&m);
	return rc;
}
