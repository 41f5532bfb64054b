/* backend_news: of what may come again over a new connection, what came
 * before. */
#include <string.h>

#include "backend/backend_wire.h"
#include "util/str.h"

int64_t sim_backend_news_execution(const char *execution_id)
{
	int64_t n;

	return execution_id[0] == 'e' &&
		!sim_str_int(execution_id + 1, "", 0, INT64_MAX, &n, NULL) ?
		n : 0;
}

static bool is_new_tick(struct sim_backend_wire_seat *x,
			const struct sim_message *m)
{
	const struct sim_message_tick *t = m->data;

	x->seen = t->sequence_id;
	if (t->sequence_id <= x->given)
		return false;
	x->given = t->sequence_id;
	return true;
}

static bool is_new_execution(struct sim_backend_wire_seat *x,
			     const struct sim_message *m)
{
	const struct sim_message_execution_report *r = m->data;
	int64_t n = sim_backend_news_execution(r->execution_id);

	if (!x->is_driven && r->has_event) {
		if (r->event <= x->event || r->event <= x->report)
			return false;
		x->report = r->event;
	} else if (n && n <= x->execution) {
		return false;
	}
	x->execution = n;
	return true;
}

/* It comes after the report of the same event, where there is one. */
static bool is_new_update(struct sim_backend_wire_seat *x,
			  const struct sim_message *m)
{
	const struct sim_message_order_update *u = m->data;

	if (x->is_driven || !u->has_event)
		return true;
	if (u->event <= x->event)
		return false;
	x->event = u->event;
	return true;
}

static bool is_over(struct sim_backend_wire_seat *x,
		    const struct sim_message *m)
{
	bool is_news = !x->is_over;

	(void)m;
	x->is_over = true;
	return is_news;
}

bool sim_backend_news_is(struct sim_backend_wire *l,
			 const struct sim_message *m)
{
	struct sim_backend_wire_seat *x =
		sim_backend_wire_seat(l, m->session_id, false);

	if (!x)
		return true;
	switch (m->type) {
	case SIM_MESSAGE_tick:
		return is_new_tick(x, m);
	case SIM_MESSAGE_execution_report:
		return is_new_execution(x, m);
	case SIM_MESSAGE_order_update:
		return is_new_update(x, m);
	case SIM_MESSAGE_simulation_complete:
	case SIM_MESSAGE_simulation_end:
		return is_over(x, m);
	default:
		return true;
	}
}
