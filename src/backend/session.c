/* session: made and freed, and what it is. */
#include "backend/session_priv.h"

#include <stdio.h>
#include <string.h>

const char *const sim_session_states[] = {
#define SIM_SESSION_STATE(id, name, help) name,
#include "backend/session_state.def"
#undef SIM_SESSION_STATE
	NULL
};

/* -- made ------------------------------------------------------------------ */

static int refuse_missing(const struct sim_message_session_spec *a,
			  struct sim_session_refusal *why)
{
	const struct {
		const char *name;
		bool is_there;
	} needed[] = {
		{ "symbols", a->has_symbols },
		{ "start_date", a->has_start_date },
		{ "end_date", a->has_end_date },
	};
	char names[64] = "";

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		size_t n = strlen(names);

		if (!needed[i].is_there)
			snprintf(names + n, sizeof(names) - n, "%s%s",
				 n ? ", " : "", needed[i].name);
	}
	return sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_PARAMS, NULL,
				  "Missing required fields: %s", names);
}

/* Keep the message: what it says is used as long as the session is. */
static int keep_message(struct sim_session *s,
			const struct sim_session_ask *ask,
			struct sim_session_refusal *why)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_message_decode_wire(ask->line, ask->line_len,
					 ask->line_len, SIM_MESSAGE_IN,
					 &s->made, &err);

	if (rc)
		return sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_PARAMS,
					  NULL, "%s", err.msg);
	s->is_one_shot = s->made.type == SIM_MESSAGE_start_simulation;
	if (s->is_one_shot) {
		const struct sim_message_start_simulation *m = s->made.data;

		s->ask = m->has_spec ? m->spec : NULL;
	} else if (s->made.type == SIM_MESSAGE_create_session) {
		const struct sim_message_create_session *m = s->made.data;

		s->ask = m->spec;
	}
	if (!s->ask)
		return sim_session_refuse(why, SIM_MESSAGE_CODE_INVALID_PARAMS,
					  NULL, "a session is made by "
					  "create_session, or start_simulation "
					  "with symbols, start_date and "
					  "end_date");
	if (!s->ask->has_symbols || !s->ask->has_start_date ||
	    !s->ask->has_end_date)
		return refuse_missing(s->ask, why);
	return SIM_OK;
}

static void set_talk(struct sim_session *s)
{
	struct sim_talk *t = &s->talk;
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(s->id, s->created);

	s->out.max = s->result_line.max = s->missed.ticks.max = SIM_BUF_MAX;
	t->out = t->tick.out = &s->out;
	t->style = t->tick.style = style;
	t->topics = SIM_TALK_EXECUTIONS | SIM_TALK_UPDATES | SIM_TALK_ACCOUNT;
	memcpy(t->tick.timeframe, s->timeframe, sizeof(t->tick.timeframe));
	t->tick.is_bare = s->ask->has_include_candles &&
		!s->ask->include_candles;
}

int sim_session_new(const struct sim_session_env *env,
		    const struct sim_session_ask *ask,
		    struct sim_session **out, struct sim_session_refusal *why)
{
	const struct sim_run_spec empty = SIM_RUN_SPEC_INIT;
	struct sim_session *s = sim_mem_zalloc(sizeof(*s));
	int rc;

	s->env = env;
	s->user = sim_mem_strdup(ask->user);
	s->created = ask->created;
	s->spec = empty;
	s->is_driven = true;
	snprintf(s->id, sizeof(s->id), "%s",
		 ask->m->session_id ? ask->m->session_id : ask->id);
	rc = keep_message(s, ask, why);
	if (!rc)
		rc = sim_session_make(s, ask->max_symbols, why);
	if (rc) {
		sim_session_free(s);
		return rc;
	}
	set_talk(s);
	*out = s;
	return SIM_OK;
}

void sim_session_free(struct sim_session *s)
{
	if (!s)
		return;
	sim_stepper_close(s->stepper);
	for (uint32_t i = 0; s->syms && i < s->nsyms; i++) {
		sim_store_bars_close(s->syms[i].stored);
		sim_store_bars_close(s->syms[i].finer);
		sim_mem_free(s->syms[i].actions);
	}
	sim_mem_free(s->syms);
	sim_mem_free(s->data);
	sim_talk_release(&s->talk);
	sim_message_release(&s->made);
	sim_mem_free(s->missed.reports);
	sim_mem_free(s->missed.ids);
	sim_buf_release(&s->missed.ticks);
	sim_mem_free(s->splits);
	sim_mem_free(s->step_request);
	sim_buf_release(&s->out);
	sim_buf_release(&s->result_line);
	sim_mem_free(s->user);
	sim_mem_free(s);
}

void sim_session_attach(struct sim_session *s,
			const struct sim_session_sink *sink)
{
	s->has_sink = sink != NULL;
	if (sink)
		s->sink = *sink;
	else if (s->state == SIM_SESSION_RUNNING)
		s->state = SIM_SESSION_PAUSED;
}

void sim_session_drive(struct sim_session *s, bool is_driven, sim_time now)
{
	s->is_driven = is_driven;
	if (is_driven || s->on_disconnect || s->is_stopping || s->is_over ||
	    s->state != SIM_SESSION_RUNNING)
		return;
	s->state = SIM_SESSION_PAUSED;
	sim_session_stamp(s, now);
	sim_session_tell_status(s, SIM_MESSAGE_simulation_paused, NULL);
	sim_session_flush(s);
}

/* -- what it is ------------------------------------------------------------ */

const char *sim_session_id(const struct sim_session *s)
{
	return s->id;
}

const char *sim_session_user(const struct sim_session *s)
{
	return s->user;
}

enum sim_session_state sim_session_state(const struct sim_session *s)
{
	return s->state;
}

uint64_t sim_session_sequence(const struct sim_session *s)
{
	return s->stepper ? sim_stepper_view(s->stepper)->step : 0;
}

sim_time sim_session_started(const struct sim_session *s)
{
	return s->started ? s->started : SIM_TIME_NONE;
}

bool sim_session_is_one_shot(const struct sim_session *s)
{
	return s->is_one_shot;
}

size_t sim_session_memory(const struct sim_session *s)
{
	/* The engine's own is little; bars are the store's, mapped. */
	size_t n = sizeof(*s) + s->out.cap + s->missed.ticks.cap;

	n += (size_t)sim_session_sequence(s) * (2 * sizeof(sim_dec) + 1);
	return n + s->nsyms * (size_t)512;
}

const struct sim_buf *sim_session_log(const struct sim_session *s,
				      const char **hash)
{
	if (s->stepper)
		return sim_stepper_log(s->stepper, hash);
	*hash = "";
	return &s->out;
}

const struct sim_run_spec *sim_session_spec(const struct sim_session *s)
{
	return &s->spec;
}

const char *sim_session_result(const struct sim_session *s)
{
	return sim_buf_str(&s->result_line);
}
