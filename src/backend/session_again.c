/* session_again: a session made again from what was recorded of it. */
#include "backend/session_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "util/json.h"

#define LINE_MAX_BYTES ((size_t)64 << 20)	/* of what was recorded */

/* -- what it was started with ---------------------------------------------- */

void sim_session_put_inputs(const struct sim_session *s, sim_time now,
			    struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "type", "session_inputs");
	sim_json_object(&j, "data");
	sim_json_str(&j, "engine", PACKAGE_VERSION);
	sim_json_str(&j, "bars", s->bars);
	sim_json_int(&j, "ticks", (int64_t)s->total);
	sim_json_time(&j, "started_at", now);
	sim_json_end(&j);
	sim_json_end(&j);
}

static int unreadable(size_t i, const char *what, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "input %zu of what was recorded of "
			   "the session %s, so it can't be made again", i + 1,
			   what);
}

static int compare(const struct sim_session *s, const struct sim_json_val *v,
		   struct sim_err *err)
{
	const char *engine = sim_json_as_str(sim_json_get(v, "engine"));
	const char *bars = sim_json_as_str(sim_json_get(v, "bars"));

	if (!engine || !bars)
		return unreadable(0, "does not say what it ran on", err);
	if (strcmp(engine, PACKAGE_VERSION))
		return sim_err_set(err, SIM_E_REPRO, "the session was started "
				   "by version %.40s and this is "
				   PACKAGE_VERSION ", so it can't go on as it "
				   "was; make a new one", engine);
	if (strcmp(bars, s->bars))
		return sim_err_set(err, SIM_E_REPRO, "the bars of the store "
				   "are not those that the session was started "
				   "with, so it can't go on as it was; make a "
				   "new one");
	return SIM_OK;
}

static int check_inputs(struct sim_session *s,
			const struct sim_session_input *in, struct sim_err *err)
{
	const struct sim_json_val *v;
	struct sim_json_doc *doc;
	const char *time;
	int rc = sim_json_parse(in->line, in->line_len, &doc, err);

	if (rc)
		return unreadable(0, "is no JSON", err);
	v = sim_json_get(sim_json_root(doc), "data");
	time = sim_json_as_str(sim_json_get(v, "started_at"));
	rc = compare(s, v, err);
	if (!rc && (!time || sim_time_parse(time, strlen(time), &s->started,
					    NULL, NULL)))
		rc = unreadable(0, "does not say when it began", err);
	sim_json_free(doc);
	return rc;
}

/* -- the steps ------------------------------------------------------------- */

static bool is_missed(const struct sim_session_missed *x, uint64_t step,
		      uint32_t fill)
{
	return x->has_execution ? fill > x->after_execution :
		step > x->after_step;
}

static void keep_executions(struct sim_session *s)
{
	struct sim_session_missed *x = &s->missed;
	uint64_t step = sim_session_view(s)->step;

	for (size_t i = 0; i < s->talk.nevents; i++) {
		const struct sim_talk_event *e = &s->talk.events[i];

		if (e->ev.type != SIM_EVENT_TYPE_FILL ||
		    !is_missed(x, step, e->ev.fill_id))
			continue;
		SIM_MEM_GROW(x->reports, x->cap, x->n + 1);
		SIM_MEM_GROW(x->ids, x->ids_cap, x->n + 1);
		x->reports[x->n] = sim_talk_report(&s->talk, e);
		snprintf(x->ids[x->n], sizeof(x->ids[x->n]), "e%u",
			 (unsigned)e->ev.fill_id);
		x->n++;
	}
}

/* One more step.  1, or 0 when there is none. */
static int advance(struct sim_session *s, struct sim_err *err)
{
	struct sim_session_missed *x = &s->missed;
	int rc = sim_stepper_step(s->stepper, err);
	size_t at;

	if (rc != 1)
		return rc;
	keep_executions(s);
	if (sim_session_view(s)->step > x->after_step) {
		at = sim_session_tell_step(s);
		sim_buf_add(&x->ticks, s->out.data + at, s->out.len - at);
	} else {
		/* Telling gives the engine's own orders their names. */
		sim_session_begin_step(s);
		sim_talk_tell_updates(&s->talk);
	}
	sim_buf_reset(&s->out);
	return 1;
}

static int go_to(struct sim_session *s, uint64_t step, struct sim_err *err)
{
	int rc = 1;

	while (rc == 1 && sim_session_view(s)->step < step)
		rc = advance(s, err);
	return rc == 1 ? SIM_OK : rc;
}

/* -- the inputs ------------------------------------------------------------ */

static int feed(struct sim_session *s, const struct sim_session_input *in,
		size_t i, struct sim_err *err)
{
	struct sim_session_heard h = { .line = in->line,
				       .line_len = in->line_len,
				       .now = s->started };
	struct sim_message m;
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_message_decode_wire(in->line, in->line_len,
					 LINE_MAX_BYTES, SIM_MESSAGE_IN, &m,
					 &why);

	h.m = &m;
	if (!rc && !sim_session_hear(s, &h))
		rc = SIM_E_DATA;
	sim_message_release(&m);
	if (!rc && s->state == SIM_SESSION_ERROR)
		rc = SIM_E_DATA;
	return rc ? unreadable(i, "can't be heard", err) : SIM_OK;
}

/* A start is two lines, of which a crash may leave the first alone: then it
 * counts as not heard, and what starts the session later stands behind it.
 * Gives: the index of the inputs that were started with; a->n: none were. */
static size_t first_input(const struct sim_session_again *a)
{
	static const char head[] = "{\"type\":\"session_inputs\"";
	size_t i = 0;

	while (i + 1 < a->n && a->inputs[i + 1].line_len >= sizeof(head) &&
	       !memcmp(a->inputs[i + 1].line, head, sizeof(head) - 1))
		i++;
	return i + 1 < a->n ? i : a->n;
}

static int feed_all(struct sim_session *s, const struct sim_session_again *a,
		    size_t first, struct sim_err *err)
{
	for (size_t i = first + 1; i < a->n; i++) {
		const struct sim_session_input *in = &a->inputs[i];
		uint64_t step = sim_session_view(s)->step;
		int rc;

		if (in->step < step || in->step > s->total)
			return unreadable(i, "is of a step that can't be", err);
		rc = go_to(s, in->step, err);
		if (!rc)
			rc = feed(s, in, i, err);
		if (rc)
			return rc;
	}
	return SIM_OK;
}

/* Nobody acknowledges: no tick is made before somebody asks for it. */
static void stand_still(struct sim_session *s,
			const struct sim_session_again *a)
{
	struct sim_session_pace *p = &s->pace;
	uint64_t step = sim_session_view(s)->step;

	p->acked = step > p->max_pending ? step - p->max_pending : 0;
	if (a->was_paused && s->state == SIM_SESSION_RUNNING)
		s->state = SIM_SESSION_PAUSED;
}

int sim_session_rebuild(struct sim_session *s,
			const struct sim_session_again *a,
			struct sim_err *err)
{
	struct sim_session_missed *x = &s->missed;
	size_t first = first_input(a);
	bool has_begun = first < a->n;
	int rc;

	if (a->last_processed > (has_begun ? s->total : 0))
		return sim_err_set(err, SIM_E_INVAL, "last_processed_sequence_"
				   "id %" PRIu64 " is no tick of this session, "
				   "which has %" PRIu64, a->last_processed,
				   has_begun ? s->total : 0);
	s->is_driven = !a->is_undriven;
	if (!has_begun)
		return SIM_OK;
	sim_session_stamp(s, a->now);
	x->is_keeping = true;
	x->after_step = a->is_undriven ? UINT64_MAX : a->last_processed;
	x->after_execution = a->last_execution;
	x->has_execution = a->has_last_execution;
	rc = check_inputs(s, &a->inputs[first], err);
	if (!rc)
		rc = feed_all(s, a, first, err);
	if (!rc)
		rc = go_to(s, a->last_processed, err);
	if (rc)
		return rc;
	s->pace.acked = a->last_processed;
	if (a->is_undriven)
		stand_still(s, a);
	s->pace.hold.is_on = false;
	s->talk.told_execution = a->has_last_execution && !a->tells_all ?
		(uint32_t)a->last_execution : 0;
	s->talk.account_moved = !a->is_undriven;
	x->is_keeping = false;
	return SIM_OK;
}

/* -- said ------------------------------------------------------------------ */

void sim_session_say_sync(struct sim_session *s, const char *request_id,
			  sim_time now, int64_t now_ms)
{
	struct sim_session_missed *x = &s->missed;
	uint64_t step = sim_session_view(s)->step;
	struct sim_message_open_order *open;
	struct sim_talk_account account;
	struct sim_message_state_sync m = {
		.current_sim_time = step ? sim_session_view(s)->now : 0,
		.has_current_sim_time = step != 0,
		.next_sequence_id = (int64_t)x->after_step + 1,
		.missed_executions = x->reports,
		.n_missed_executions = x->n,
	};

	for (size_t i = 0; i < x->n; i++)
		x->reports[i].execution_id = x->ids[i];
	sim_session_stamp(s, now);
	sim_talk_account(&s->talk, &account);
	m.account_snapshot = &account.data;
	open = sim_talk_open_orders(&s->talk, UINT32_MAX, &m.n_pending_orders);
	m.pending_orders = open;
	sim_talk_send(&s->talk, SIM_MESSAGE_state_sync, &m, request_id);
	sim_mem_free(open);
	sim_talk_account_release(&account);
	sim_buf_add(&s->out, sim_buf_str(&x->ticks), x->ticks.len);
	sim_buf_release(&x->ticks);
	x->n = 0;
	s->pace.next_ms = now_ms;
	sim_session_flush(s);
}
