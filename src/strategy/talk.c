/* talk: which message is heard by whom; release. */
#include "strategy/talk.h"

/* -- orders --------------------------------------------------------------- */

static int hear_batch(struct sim_talk *t, const struct sim_message *m,
		      struct sim_err *err)
{
	return sim_talk_batch(t, m->data, m->request_id, err);
}

static int hear_cancel(struct sim_talk *t, const struct sim_message *m,
		       struct sim_err *err)
{
	const struct sim_message_cancel_order *c = m->data;

	return sim_talk_cancel(t, c->order_id, m->request_id, err);
}

static int hear_replace(struct sim_talk *t, const struct sim_message *m,
			struct sim_err *err)
{
	return sim_talk_replace(t, m->data, m->request_id, err);
}

static int hear_cancel_all(struct sim_talk *t, const struct sim_message *m,
			   struct sim_err *err)
{
	return sim_talk_cancel_all(t, m->data, m->request_id, err);
}

static int hear_query_orders(struct sim_talk *t, const struct sim_message *m,
			     struct sim_err *err)
{
	const struct sim_message_query_orders *q = m->data;
	const struct sim_talk_detail about = { "symbol", q->symbol };
	uint32_t sym = UINT32_MAX;

	(void)err;
	if (q->has_symbol)
		sym = sim_talk_symbol(t, q->symbol);
	if (q->has_symbol && sym == UINT32_MAX)
		sim_talk_error_about(t, "INVALID_SYMBOL", "the run has no such "
				     "symbol", &about, m->request_id);
	else
		sim_talk_tell_orders(t, sym, m->request_id);
	return SIM_OK;
}

static int hear_query_positions(struct sim_talk *t,
				const struct sim_message *m,
				struct sim_err *err)
{
	(void)err;
	sim_talk_tell_account(t, true, m->request_id);
	return SIM_OK;
}

/* By type. */
static int (*const hearers[SIM_MESSAGE__COUNT])
	(struct sim_talk *t, const struct sim_message *m,
	 struct sim_err *err) = {
	[SIM_MESSAGE_order_batch] = hear_batch,
	[SIM_MESSAGE_cancel_order] = hear_cancel,
	[SIM_MESSAGE_replace_order] = hear_replace,
	[SIM_MESSAGE_cancel_all] = hear_cancel_all,
	[SIM_MESSAGE_query_orders] = hear_query_orders,
	[SIM_MESSAGE_query_positions] = hear_query_positions,
};

int sim_talk_hear(struct sim_talk *t, const struct sim_message *m,
		  struct sim_err *err)
{
	int rc;

	if (m->type == SIM_MESSAGE__COUNT || !hearers[m->type])
		return 0;
	rc = hearers[m->type](t, m, err);
	if (!rc && t->style.is_wire)
		sim_talk_tell_updates(t);
	return rc ? rc : 1;
}

void sim_talk_release(struct sim_talk *t)
{
	sim_talk_names_release(&t->orders);
	sim_talk_names_release(&t->batches);
	sim_mem_free(t->order_name);
	sim_mem_free(t->batch_ack);
	sim_mem_free(t->events);
	sim_tick_release(&t->tick);
}
