/* attach: a strategy of here drives a session. */
#include "backend/attach_priv.h"

#include <inttypes.h>
#include <string.h>

#include "backend/attach_inputs.h"
#include "run/playlist.h"

#define PATIENCE_MS	60000		/* for a tick */

struct drive {
	const struct sim_attach *a;
	struct sim_attach_result *r;
	struct sim_attach_record *record;
	bool is_over;
};

/* -- a tick ---------------------------------------------------------------- */

static int acknowledge(const struct sim_attach *a, int64_t tick,
		       struct sim_err *err)
{
	const struct sim_message_tick_ack ack = { .sequence_id = tick };
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_tick_ack, .data = &ack,
		.session_id = a->session_id,
	};

	return sim_backend_send(a->b, &q, NULL, err);
}

static int end_it(const struct sim_attach *a, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_attach_ask(a, SIM_MESSAGE_stop_simulation, NULL,
				SIM_MESSAGE_simulation_stopped, &m, err);

	if (!rc)
		sim_backend_release(&m);
	return rc;
}

/* The strategy has failed: the session ends where it stands, as a run does. */
static int give_up(struct drive *d, const struct sim_err *why,
		   struct sim_err *err)
{
	int rc = sim_attach_record_send(d->record, d->a, err);

	d->r->failure = *why;
	return rc ? rc : end_it(d->a, err);
}

static int check_time(struct sim_stepper *s, const struct sim_message_tick *t,
		      struct sim_err *err)
{
	const struct sim_strategy_view *v = sim_stepper_view(s);

	if (v->now == t->sim_time && v->step == (uint64_t)t->sequence_id)
		return SIM_OK;
	return sim_err_set(err, SIM_E_REPRO, "tick %" PRId64 " of the session "
			   "is another step than step %" PRIu64 " here",
			   t->sequence_id, v->step);
}

/* The finer bars of the step's, where there are any. */
static int look_inside(struct drive *d, const struct sim_message_tick *t,
		       struct sim_err *err)
{
	struct sim_attach_run *x = d->r->made;
	int rc = SIM_OK;

	for (uint32_t i = 0; !rc && i < x->nsyms; i++) {
		if (sim_json_get(t->candles.val, x->data[i].instrument.symbol))
			rc = sim_attach_detail(d->a, x, i, err);
	}
	return rc;
}

static int hear_tick(struct drive *d, const struct sim_message_tick *t,
		     struct sim_err *err)
{
	struct sim_attach_result *r = d->r;
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_attach_fill(r->made, r->own, t, err);

	if (!rc)
		rc = look_inside(d, t, err);
	if (rc)
		return rc;
	rc = sim_stepper_step(r->own, &why);
	if (rc == SIM_E_STRATEGY)
		return give_up(d, &why, err);
	if (rc < 0) {
		*err = why;
		return rc;
	}
	rc = check_time(r->own, t, err);
	if (!rc)
		rc = sim_attach_record_send(d->record, d->a, err);
	if (!rc && sim_attach_record_is_over(d->record))
		rc = end_it(d->a, err);
	else if (!rc)
		rc = acknowledge(d->a, t->sequence_id, err);
	if (!rc && d->a->progress)
		d->a->progress(d->a->progress_ctx, (uint64_t)t->sequence_id,
			       r->made->ticks);
	return rc;
}

/* -- the session ----------------------------------------------------------- */

static bool is_about(const struct drive *d, const struct sim_message *m)
{
	return m->session_id && !strcmp(m->session_id, d->a->session_id);
}

/* Something went wrong there. */
static int hear_error(const struct sim_message *m, struct sim_err *err)
{
	const struct sim_message_error *e = m->data;
	const struct sim_message_session_error *s = m->data;
	bool is_error = m->type == SIM_MESSAGE_error;
	const char *code = is_error ? e->error_code : s->error_code;

	return sim_err_set(err, sim_backend_status(code), "%.480s", is_error ?
			   e->message : s->message);
}

static int hear(struct drive *d, struct sim_backend_message *m,
		struct sim_err *err)
{
	if (!is_about(d, &m->m))
		return SIM_OK;
	switch (m->m.type) {
	case SIM_MESSAGE_tick:
		return hear_tick(d, m->m.data, err);
	case SIM_MESSAGE_simulation_complete:
		d->r->end = *m;
		m->line = NULL;
		d->is_over = true;
		return SIM_OK;
	case SIM_MESSAGE_error:
	case SIM_MESSAGE_session_error:
		return hear_error(&m->m, err);
	default:
		return SIM_OK;
	}
}

static int start(const struct sim_attach *a, struct sim_err *err)
{
	const struct sim_message_start_simulation s = {
		.flow_control = true, .has_flow_control = true,
		.account_update_frequency = 2,	/* on demand */
		.has_account_update_frequency = true,
		.speed = a->speed, .has_speed = a->speed > 0,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_attach_ask(a, SIM_MESSAGE_start_simulation, &s,
				SIM_MESSAGE_simulation_started, &m, err);

	if (!rc)
		sim_backend_release(&m);
	return rc;
}

/* -- a session that was started before ------------------------------------- */

static int catch_up(struct drive *d, struct sim_err *err)
{
	struct sim_attach_result *r = d->r;
	int rc = sim_attach_fill_past(d->a, r->made, r->own, err);

	sim_attach_record_past(d->record, true);
	for (uint64_t i = 1; !rc && i < r->made->at; i++) {
		rc = sim_stepper_step(r->own, err);
		rc = rc < 0 ? rc : SIM_OK;
	}
	sim_attach_record_past(d->record, false);
	return rc;
}

/* Nothing has been done in it that is not known here. */
static int check_sync(const struct drive *d,
		      const struct sim_message_state_sync *s,
		      struct sim_err *err)
{
	const struct sim_message_account_snapshot *x = s->account_snapshot;

	if (!s->n_pending_orders && !s->n_missed_executions &&
	    !x->n_positions && x->cash == d->r->made->spec.config.cash)
		return SIM_OK;
	return sim_err_set(err, SIM_E_STATE, "the session %.64s has had orders "
			   "already; a strategy can take over one that has had "
			   "none", d->a->session_id);
}

static int take_over(struct drive *d, struct sim_err *err)
{
	const struct sim_attach *a = d->a;
	const struct sim_message_resume_session q = {
		.last_processed_sequence_id = (int64_t)d->r->made->at - 1,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = catch_up(d, err);

	if (!rc)
		rc = sim_attach_ask(a, SIM_MESSAGE_resume_session, &q,
				    SIM_MESSAGE_state_sync, &m, err);
	if (rc)
		return rc;
	rc = check_sync(d, m.m.data, err);
	sim_backend_release(&m);
	if (rc || !d->r->made->is_paused)
		return rc;
	rc = sim_attach_ask(a, SIM_MESSAGE_resume_simulation, NULL,
			    SIM_MESSAGE_simulation_resumed, &m, err);
	if (!rc)
		sim_backend_release(&m);
	return rc;
}

static int drive(struct drive *d, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc = d->r->made->at ? take_over(d, err) : start(d->a, err);

	while (!rc && !d->is_over) {
		rc = sim_backend_next(d->a->b, d->a->speed > 0 ? -1 :
				      PATIENCE_MS, &m, err);
		if (!rc)
			return sim_err_set(err, SIM_E_TIMEOUT, "nothing came "
					   "from the session %.64s within "
					   "%d s", d->a->session_id,
					   PATIENCE_MS / 1000);
		if (rc == 1)
			rc = hear(d, &m, err);
		sim_backend_release(&m);
		if (!rc && sim_stop_is_asked(d->a->stop))
			rc = sim_err_set(err, SIM_E_INTR, "interrupted; the "
					 "session %.64s stands where it is",
					 d->a->session_id);
	}
	return rc;
}

/* -- the log --------------------------------------------------------------- */

/* Its hash, once it is over there. */
static int ask_hash(const struct sim_attach *a, size_t size,
		    char hash[SIM_SHA256_HEX], struct sim_err *err)
{
	const struct sim_message_get_log q = {
		.since = (int64_t)size, .has_since = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_log_chunk *c;
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_attach_ask(a, SIM_MESSAGE_get_log, &q,
				SIM_MESSAGE_log_chunk, &m, &why);

	hash[0] = '\0';
	/* No line of the log begins there: it is another. */
	if (rc && !strcmp(sim_backend_code(a->b), "INVALID_PARAMS"))
		return SIM_OK;
	if (rc) {
		*err = why;
		return rc;
	}
	c = m.m.data;
	if (c->has_hash && !c->text[0])
		memcpy(hash, c->hash, strlen(c->hash) + 1);
	sim_backend_release(&m);
	return SIM_OK;
}

static int compare(const struct sim_attach *a, struct sim_attach_result *r,
		   struct sim_err *err)
{
	char hash[SIM_SHA256_HEX];
	int rc = ask_hash(a, r->run.log.len, hash, err);

	if (rc || !strcmp(hash, r->run.log_hash))
		return rc;
	return sim_err_set(err, SIM_E_REPRO, "the event log of the session "
			   "%.64s (%.16s) is not the one that the same orders "
			   "have here (%.16s); do both run the same version?",
			   a->session_id, hash[0] ? hash : "another length",
			   r->run.log_hash);
}

/* -- what came of it ------------------------------------------------------- */

static const struct sim_run_data *benchmark_of(const struct sim_attach *a,
					       const struct sim_run_spec *spec)
{
	for (uint32_t i = 0; a->benchmark_symbol && i < spec->nsyms; i++) {
		if (!strcmp(spec->data[i].instrument.symbol,
			    a->benchmark_symbol))
			return &spec->data[i];
	}
	return a->benchmark;
}

/* Now that all bars can be had, what decided the run is what would have decided
 * it where they are. */
static int describe(struct drive *d, struct sim_err *err)
{
	const struct sim_attach *a = d->a;
	struct sim_attach_result *r = d->r;
	int rc = sim_attach_inputs_get(a->b, a->session_id, a->calendar_dir,
				       &r->inputs, err);

	if (rc)
		return rc;
	r->spec = *sim_attach_inputs_spec(r->inputs);
	r->spec.form = a->form;
	r->spec.orders = a->orders;
	r->spec.seed = a->seed;
	r->spec.benchmark = benchmark_of(a, &r->spec);
	r->spec.band = a->band;
	r->spec.reach = true;
	return sim_run_complete(&r->spec, &r->strategy, &r->run, err);
}

static int finish(struct drive *d, struct sim_err *err)
{
	struct sim_attach_result *r = d->r;
	const struct sim_strategy_ops *o = r->strategy.ops;
	const struct sim_run_result *run;
	int rc = sim_stepper_finish(r->own, &run, err);

	if (rc)
		return rc;
	r->run = *run;
	r->run.instruments = NULL;
	r->run.reach = NULL;
	r->run.failure = r->failure;
	/* Somebody else ended it. */
	if (run->steps < r->made->ticks && !r->failure.code &&
	    !sim_attach_record_is_over(d->record))
		r->run.stop_step = run->steps;
	if (o->warmup)
		r->run.warmup = o->warmup(r->strategy.self);
	return SIM_OK;
}

/* -- the whole ------------------------------------------------------------- */

static int make_strategy(struct drive *d, struct sim_err *err)
{
	struct sim_attach_result *r = d->r;
	struct sim_form form = d->a->form;
	int rc;

	form.seed = d->a->seed;
	if (!d->a->orders)
		return sim_form_open(&form, &r->strategy, err);
	rc = sim_prepare_run(&r->made->spec, &r->made->prepared, err);
	return rc ? rc : sim_playlist_new(d->a->orders, &r->made->prepared,
					  &r->strategy, err);
}

static int make(struct drive *d, struct sim_err *err)
{
	struct sim_attach_result *r = d->r;
	int rc = sim_attach_make(d->a, &r->made, err);

	if (!rc)
		rc = make_strategy(d, err);
	if (rc)
		return rc;
	d->record = sim_attach_record_new(&r->strategy);
	return sim_stepper_open(&r->made->spec, &r->strategy, &r->own, err);
}

int sim_attach_drive(const struct sim_attach *a, struct sim_attach_result *r,
		     struct sim_err *err)
{
	struct drive d = { .a = a, .r = r };
	int rc = make(&d, err);

	if (!rc)
		rc = drive(&d, err);
	if (!rc)
		rc = finish(&d, err);
	if (!rc)
		rc = compare(a, r, err);
	return rc ? rc : describe(&d, err);
}

void sim_attach_release(struct sim_attach_result *r)
{
	sim_stepper_close(r->own);
	if (r->strategy.self)
		sim_attach_record_free(r->strategy.self);
	sim_attach_unmake(r->made);
	sim_attach_inputs_free(r->inputs);
	sim_backend_release(&r->end);
	/* The rest of it belongs to the stepper. */
	sim_mem_free(r->run.instruments);
	sim_mem_free(r->run.equity.benchmark);
	sim_mem_free(r->run.reach);
	sim_buf_release(&r->run.manifest);
	memset(r, 0, sizeof(*r));
}
