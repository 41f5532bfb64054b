/* backend_loop_seat: sessions of this process: made, made again, asked,
 * stepped and kept. */
#include <stdio.h>
#include <string.h>

#include "backend/backend_loop.h"
#include "backend/session_stored.h"
#include "util/mem.h"
#include "util/str.h"

enum events { ALL, ORDERS };	/* of attach_session */

/* -- storing --------------------------------------------------------------- */

/* One transaction a message, or a step. */
static bool may_store(struct sim_backend_loop *l)
{
	if (!l->stored && !l->is_storing) {
		l->stored = sim_db_begin(l->db, &l->why);
		l->is_storing = !l->stored;
	}
	return !l->stored;
}

int sim_backend_loop_settle(struct sim_backend_loop *l, struct sim_err *err)
{
	int rc = l->stored;

	if (l->is_storing)
		rc = sim_db_end(l->db, rc, &l->why);
	if (rc)
		*err = l->why;
	l->is_storing = false;
	l->stored = 0;
	return rc;
}

static void record(void *ctx, uint64_t step, const char *line, size_t n)
{
	struct sim_backend_loop_seat *x = ctx;
	struct sim_backend_loop *l = x->loop;
	const struct sim_session_row_entry e = {
		.n = x->journaled + 1, .step = (int64_t)step, .line = line,
		.len = n,
	};

	if (!may_store(l))
		return;
	l->stored = sim_session_row_append(l->db, l->user,
					   sim_session_id(x->s), &e, &l->why);
	x->journaled += !l->stored;
}

/* What has changed of its row. */
static void store_state(struct sim_backend_loop_seat *x, const char *result)
{
	struct sim_backend_loop *l = x->loop;
	const char *state = sim_session_states[sim_session_state(x->s)];
	const struct sim_session_row_change c = {
		.now = sim_backend_loop_now(l), .state = state,
		.is_over = x->is_over, .result = result,
		.steps = (int64_t)sim_session_sequence(x->s),
	};

	if (!result && !strcmp(state, x->state) &&
	    x->steps == (uint64_t)c.steps)
		return;
	if (may_store(l))
		l->stored = sim_session_row_change(l->db, l->user,
						   sim_session_id(x->s), &c,
						   &l->why);
	snprintf(x->state, sizeof(x->state), "%s", state);
	x->steps = (uint64_t)c.steps;
}

/* -- what it says ---------------------------------------------------------- */

static bool has_type(const char *line, enum sim_message_type type)
{
	static const char head[] = "{\"type\":\"";
	const char *name = sim_message_name((int)type);
	size_t n = strlen(name);

	return !strncmp(line, head, sizeof(head) - 1) &&
		!strncmp(line + sizeof(head) - 1, name, n) &&
		line[sizeof(head) - 1 + n] == '"';
}

/* Does it come to us as an event? */
static bool is_event(const struct sim_backend_loop_seat *x, const char *line)
{
	return x->is_driven || x->events == ALL ||
		(x->events == ORDERS && !has_type(line, SIM_MESSAGE_tick));
}

/* While something is asked, all but events is the answer; else the answer to
 * step_simulation alone comes late. */
static bool is_answer(const struct sim_backend_loop_seat *x, const char *line)
{
	static const enum sim_message_type events[] = {
		SIM_MESSAGE_tick, SIM_MESSAGE_execution_report,
		SIM_MESSAGE_order_update, SIM_MESSAGE_account_snapshot,
		SIM_MESSAGE_simulation_complete, SIM_MESSAGE_simulation_end,
	};

	if (!x->loop->asked)
		return x->is_stepping &&
			has_type(line, SIM_MESSAGE_simulation_stepped);
	if (x->loop->asked->type == SIM_MESSAGE_attach_session)
		return true;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (has_type(line, events[i]))
			return false;
	}
	return true;
}

static void say(void *ctx, const char *lines, size_t n)
{
	struct sim_backend_loop_seat *x = ctx;
	const char *end = lines + n, *next;

	for (; lines < end; lines = next + 1) {
		next = memchr(lines, '\n', (size_t)(end - lines));
		if (is_event(x, lines) || is_answer(x, lines))
			sim_backend_loop_give(x->loop, lines,
					      (size_t)(next - lines));
		if (has_type(lines, SIM_MESSAGE_simulation_stepped))
			x->is_stepping = false;
	}
}

/* -- in memory ------------------------------------------------------------- */

static struct sim_backend_loop_seat *find(struct sim_backend_loop *l,
					  const char *id)
{
	struct sim_backend_loop_seat *x = l->seats;

	while (x && strcmp(sim_session_id(x->s), id))
		x = x->next;
	return x;
}

static struct sim_backend_loop_seat *sit(struct sim_backend_loop *l,
					 struct sim_session *s)
{
	struct sim_backend_loop_seat *x = sim_mem_zalloc(sizeof(*x));
	const struct sim_session_sink sink = {
		x, say, record,
	};

	x->loop = l;
	x->s = s;
	x->events = SIM_BACKEND_LOOP_UNWATCHED;
	x->next = l->seats;
	l->seats = x;
	sim_session_attach(s, &sink);
	return x;
}

static void stand_up(struct sim_backend_loop_seat *x)
{
	struct sim_backend_loop_seat **at = &x->loop->seats;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	if (x->loop->current == x)
		x->loop->current = NULL;
	sim_session_free(x->s);
	sim_mem_free(x);
}

/* As it stands, and nobody drives it. */
static void leave(struct sim_backend_loop_seat *x)
{
	if (x->is_driven)
		sim_session_drive(x->s, false, sim_backend_loop_now(x->loop));
	x->is_driven = false;
	x->events = SIM_BACKEND_LOOP_UNWATCHED;
	if (!x->is_over)
		store_state(x, NULL);
}

void sim_backend_loop_leave_all(struct sim_backend_loop *l)
{
	struct sim_err ignored = SIM_ERR_INIT;

	for (struct sim_backend_loop_seat *x = l->seats; x; x = x->next)
		leave(x);
	/* What can't be stored now counts as not done. */
	(void)!sim_backend_loop_settle(l, &ignored);
	while (l->seats)
		stand_up(l->seats);
}

/* -- refusing -------------------------------------------------------------- */

static void not_found(struct sim_backend_loop *l, const char *id,
		      bool is_error)
{
	char text[160];

	snprintf(text, sizeof(text), "there is no session %.64s", id);
	if (is_error)
		sim_backend_loop_error(l, SIM_MESSAGE_CODE_SESSION_NOT_FOUND,
				       text, id);
	else
		sim_backend_loop_refuse(l, "SESSION_NOT_FOUND", text, NULL);
}

/* What the database, the journal or the session had against it. */
static void failed(struct sim_backend_loop *l, int rc,
		   const struct sim_err *err,
		   const struct sim_session_refusal *why)
{
	if (why->code)
		sim_backend_loop_refuse(l, why->code, why->message,
					sim_buf_str(&why->details));
	else if (rc == SIM_E_NOENT)
		not_found(l, l->asked->session_id, false);
	else if (rc == SIM_E_INVAL)
		sim_backend_loop_refuse(l, "INVALID_PARAMS", err->msg, NULL);
	else if (rc == SIM_E_DATA || rc == SIM_E_REPRO)
		sim_backend_loop_refuse(l, "VALIDATION_FAILED", err->msg,
					NULL);
	else
		sim_backend_loop_error(l, SIM_MESSAGE_CODE_SERVICE_BUSY,
				       err->msg, l->asked->session_id);
}

/* What can be asked for by name, without a name. */
static bool has_id(struct sim_backend_loop *l)
{
	if (l->asked->session_id)
		return true;
	sim_backend_loop_refuse(l, "INVALID_PARAMS", "Missing required "
				"fields: session_id", NULL);
	return false;
}

/* -- made ------------------------------------------------------------------ */

static void has_already(struct sim_backend_loop *l, const char *id)
{
	char text[160];

	snprintf(text, sizeof(text), "you have a session %.64s already; choose "
		 "another session_id, or none", id);
	sim_backend_loop_refuse(l, "VALIDATION_FAILED", text, NULL);
}

static bool is_stored(struct sim_backend_loop *l, const char *id)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_session_row r;

	if (sim_session_row_find(l->db, l->user, id, &r, &err))
		return false;
	sim_session_row_release(&r);
	return true;
}

/* The row of a session that is ready. */
static int insert(struct sim_backend_loop_seat *x,
		  const struct sim_backend_loop_heard *h, struct sim_err *err)
{
	struct sim_backend_loop *l = x->loop;
	char *config = sim_mem_strndup(h->line, h->len);
	struct sim_session_row r = {
		.created = sim_backend_loop_now(l), .config = config,
		.is_one_shot = sim_session_is_one_shot(x->s),
	};
	int rc;

	snprintf(x->state, sizeof(x->state), "%s",
		 sim_session_states[sim_session_state(x->s)]);
	memcpy(r.user, l->user, sizeof(r.user));
	snprintf(r.id, sizeof(r.id), "%s", sim_session_id(x->s));
	memcpy(r.state, x->state, sizeof(r.state));
	rc = sim_session_row_insert(l->db, &r, err);
	sim_mem_free(config);
	return rc;
}

static void hear(struct sim_backend_loop_seat *x,
		 const struct sim_backend_loop_heard *h);

static void seat_new(struct sim_backend_loop *l, struct sim_session *s,
		     const struct sim_backend_loop_heard *h)
{
	static const struct sim_session_refusal none;
	struct sim_backend_loop_seat *x = sit(l, s);
	struct sim_err err = SIM_ERR_INIT;
	int rc = insert(x, h, &err);

	if (rc) {
		failed(l, rc, &err, &none);
		stand_up(x);
		return;
	}
	x->is_driven = true;
	l->current = x;
	sim_session_say_created(s, h->m->request_id, sim_backend_loop_now(l));
	if (sim_session_is_one_shot(s))
		hear(x, h);
}

void sim_backend_loop_create(struct sim_backend_loop *l,
			     const struct sim_backend_loop_heard *h)
{
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	char id[SIM_SESSION_ID];
	const struct sim_session_ask ask = {
		.id = id, .user = l->user, .m = h->m, .line = h->line,
		.line_len = h->len, .created = sim_backend_loop_now(l),
		.max_symbols = INT64_MAX,
	};
	struct sim_session *s = NULL;
	int rc;

	snprintf(id, sizeof(id), "s_%016llx", (unsigned long long)
		 l->b.host.random(l->b.host.ctx));
	rc = sim_session_new(&l->env, &ask, &s, &why);
	if (!rc && (find(l, sim_session_id(s)) ||
		    is_stored(l, sim_session_id(s)))) {
		has_already(l, sim_session_id(s));
		sim_session_free(s);
		return;
	}
	if (!rc)
		rc = sim_session_load(s, &why);
	if (rc) {
		sim_backend_loop_refuse(l, why.code, why.message,
					sim_buf_str(&why.details));
		sim_session_free(s);
	} else {
		seat_new(l, s, h);
	}
	sim_buf_release(&why.details);
}

/* -- made again ------------------------------------------------------------ */

static int rebuild(struct sim_session *s,
		   const struct sim_session_row_whole *w,
		   const struct sim_session_again *how, struct sim_err *err)
{
	struct sim_session_again a = *how;
	struct sim_session_input *in = sim_mem_array(w->n + 1, sizeof(*in));
	int rc;

	for (size_t i = 0; i < w->n; i++)
		in[i] = (struct sim_session_input){
			(uint64_t)w->journal[i].step, w->journal[i].line,
			w->journal[i].len,
		};
	a.inputs = in;
	a.n = w->n;
	if (a.is_undriven) {
		a.last_processed = w->n > 1 ? (uint64_t)w->row.steps : 0;
		a.was_paused = strcmp(w->row.state, sim_session_states[
					      SIM_SESSION_RUNNING]) != 0;
	}
	rc = sim_session_rebuild(s, &a, err);
	if (!rc && a.is_undriven && w->row.is_over)
		sim_session_conclude(s, a.now);
	sim_mem_free(in);
	return rc;
}

/* From its row and journal.  Gives: its seat. */
static int wake(struct sim_backend_loop *l, const char *id,
		const struct sim_session_again *how,
		struct sim_backend_loop_seat **out,
		struct sim_session_refusal *why, struct sim_err *err)
{
	struct sim_session_row_whole w;
	struct sim_session *s = NULL;
	int rc = sim_session_row_load(l->db, l->user, id, &w, err);

	if (rc)
		return rc;
	rc = sim_session_stored_make(&l->env, &w.row, &s, why, err);
	if (!rc)
		rc = sim_session_load(s, why);
	if (!rc)
		rc = rebuild(s, &w, how, err);
	if (!rc) {
		*out = sit(l, s);
		(*out)->journaled = (int64_t)w.n;
		(*out)->steps = (uint64_t)w.row.steps;
		(*out)->is_over = w.row.is_over;
		memcpy((*out)->state, w.row.state, sizeof((*out)->state));
	} else {
		sim_session_free(s);
	}
	sim_session_row_release_whole(&w);
	return rc;
}

/* "e12" -> 12. */
static bool execution_number(const char *id, uint64_t *out)
{
	int64_t n;

	if (id[0] != 'e' || sim_str_int(id + 1, "", 0, INT64_MAX, &n, NULL))
		return false;
	*out = (uint64_t)n;
	return true;
}

void sim_backend_loop_resume(struct sim_backend_loop *l,
			     const struct sim_backend_loop_heard *h)
{
	const struct sim_message_resume_session *m = h->m->data;
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session_again again = {
		.last_processed = (uint64_t)m->last_processed_sequence_id,
		.has_last_execution = m->has_last_execution_id,
		.now = sim_backend_loop_now(l),
	};
	struct sim_backend_loop_seat *x = NULL, *before;
	struct sim_err err = SIM_ERR_INIT;
	int events = SIM_BACKEND_LOOP_UNWATCHED, rc;

	if (!has_id(l))
		return;
	if (m->has_last_execution_id &&
	    !execution_number(m->last_execution_id, &again.last_execution)) {
		sim_backend_loop_refuse(l, "INVALID_PARAMS",
					"last_execution_id is no execution_id; "
					"they are e1, e2, ...", NULL);
		return;
	}
	before = find(l, h->m->session_id);
	rc = wake(l, h->m->session_id, &again, &x, &why, &err);
	if (rc) {
		failed(l, rc, &err, &why);
	} else {
		if (before) {
			events = before->events;
			stand_up(before);
		}
		x->is_driven = true;
		x->events = events;
		l->current = x;
		sim_session_say_sync(x->s, h->m->request_id, again.now,
				     sim_backend_loop_ms(l));
	}
	sim_buf_release(&why.details);
}

/* -- asked about ----------------------------------------------------------- */

/* A session that a crash left as it was made, but that was started. */
static const char *state_of(const struct sim_session_row *r)
{
	if (r->journaled > 1 &&		/* a start is two lines */
	    !strcmp(r->state, sim_session_states[SIM_SESSION_READY]))
		return sim_session_states[SIM_SESSION_PAUSED];
	return r->state;
}

static int describe_row(struct sim_backend_loop *l,
			const struct sim_session_row *r, bool in_full,
			struct sim_buf *out, struct sim_err *err)
{
	const struct sim_session_known known = { state_of(r),
						 (uint64_t)r->steps };
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session *s;
	int rc = sim_session_stored_make(&l->env, r, &s, &why, err);

	if (!rc) {
		if (in_full)
			(void)!sim_session_load(s, &why);
		sim_session_describe_as(s, &known, in_full, out);
		sim_session_free(s);
	}
	sim_buf_release(&why.details);
	return rc;
}

/* session_details holds session_id itself. */
static void say_details(struct sim_backend_loop *l, const char *json)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(NULL, sim_backend_loop_now(l));
	struct sim_buf text = SIM_BUF_INIT(SIM_BACKEND_LINE_MAX);

	sim_message_encode_text(&text, SIM_MESSAGE_session_details, json,
				l->asked->request_id, &style);
	sim_backend_loop_give(l, text.data, text.len - 1);
	sim_buf_release(&text);
}

void sim_backend_loop_get(struct sim_backend_loop *l,
			  const struct sim_backend_loop_heard *h)
{
	static const struct sim_session_refusal none;
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_backend_loop_seat *x;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_session_row r;
	int rc = 0;

	if (!has_id(l))
		return;
	x = find(l, h->m->session_id);
	if (x) {
		sim_session_describe(x->s, true, &text);
	} else {
		rc = sim_session_row_find(l->db, l->user, h->m->session_id, &r,
					  &err);
		if (!rc) {
			rc = describe_row(l, &r, true, &text, &err);
			sim_session_row_release(&r);
		}
	}
	if (rc)
		failed(l, rc, &err, &none);
	else
		say_details(l, sim_buf_str(&text));
	sim_buf_release(&text);
}

/* Those of the rows, as they stand in memory where they are there. */
static void put_list(struct sim_backend_loop *l,
		     const struct sim_session_row *rows, size_t n,
		     struct sim_buf *out)
{
	struct sim_err ignored = SIM_ERR_INIT;
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_array(&j, NULL);
	for (size_t i = 0; i < n; i++) {
		struct sim_buf one = SIM_BUF_INIT(SIM_BUF_MAX);
		struct sim_backend_loop_seat *x = find(l, rows[i].id);

		if (x)
			sim_session_describe(x->s, false, &one);
		else if (describe_row(l, &rows[i], false, &one, &ignored))
			sim_buf_reset(&one);
		if (one.len)
			sim_json_raw(&j, NULL, one.data, one.len);
		sim_buf_release(&one);
	}
	sim_json_end(&j);
}

void sim_backend_loop_list(struct sim_backend_loop *l,
			   const struct sim_backend_loop_heard *h)
{
	static const struct sim_session_refusal none;
	struct sim_message_sessions_list m = { .sessions = { .text = NULL } };
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_session_row *rows;
	size_t n;
	int rc = sim_session_row_list(l->db, l->user, &rows, &n, &err);

	(void)h;
	if (rc) {
		failed(l, rc, &err, &none);
		return;
	}
	put_list(l, rows, n, &text);
	m.sessions.text = sim_buf_str(&text);
	sim_backend_loop_say(l, SIM_MESSAGE_sessions_list, &m, NULL);
	sim_buf_release(&text);
	sim_session_row_free(rows, n);
}

void sim_backend_loop_delete(struct sim_backend_loop *l,
			     const struct sim_backend_loop_heard *h)
{
	static const struct sim_session_refusal none;
	const struct sim_message_session_deleted m = { .no_more = 0 };
	struct sim_backend_loop_seat *x;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	if (!has_id(l))
		return;
	rc = sim_session_row_delete(l->db, l->user, h->m->session_id, &err);
	if (rc) {
		failed(l, rc, &err, &none);
		return;
	}
	x = find(l, h->m->session_id);
	if (x)
		stand_up(x);
	sim_backend_loop_say(l, SIM_MESSAGE_session_deleted, &m,
			     h->m->session_id);
}

/* -- asked ----------------------------------------------------------------- */

/* The session a message is about.  NULL: an answer was given. */
static struct sim_backend_loop_seat *called(struct sim_backend_loop *l)
{
	const struct sim_session_again as_stored = {
		.is_undriven = true, .now = sim_backend_loop_now(l),
	};
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_backend_loop_seat *x = l->current;
	const char *id = l->asked->session_id;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	if (!id && !x)
		sim_backend_loop_error(l, SIM_MESSAGE_CODE_SESSION_NOT_FOUND,
				       "this connection is at no session; "
				       "create one, or name it as session_id",
				       NULL);
	if (!id)
		return x;
	x = find(l, id);
	if (x)
		return x;
	rc = wake(l, id, &as_stored, &x, &why, &err);
	if (rc == SIM_E_NOENT && !why.code)
		not_found(l, id, true);
	else if (rc)
		failed(l, rc, &err, &why);
	sim_buf_release(&why.details);
	return rc ? NULL : x;
}

/* Who starts it drives it.  False: it was refused. */
static bool may_start(struct sim_backend_loop_seat *x)
{
	struct sim_backend_loop *l = x->loop;
	char text[160];

	if (!x->is_driven && sim_session_state(x->s) != SIM_SESSION_READY) {
		snprintf(text, sizeof(text), "the session %.64s was started "
			 "before; send resume_session to take it up",
			 sim_session_id(x->s));
		sim_backend_loop_error(l, SIM_MESSAGE_CODE_VALIDATION_ERROR,
				       text, l->asked->session_id);
		return false;
	}
	x->is_driven = true;
	l->current = x;
	sim_session_drive(x->s, true, sim_backend_loop_now(l));
	return true;
}

/* After it has answered: who is at it. */
static void seat_asker(struct sim_backend_loop_seat *x,
		       const struct sim_message *m)
{
	if (m->type == SIM_MESSAGE_attach_session) {
		x->events = ((const struct sim_message_attach_session *)
			     m->data)->events;
		if (!x->loop->current)
			x->loop->current = x;
	} else if (m->type == SIM_MESSAGE_detach_session) {
		leave(x);
	} else if (m->type == SIM_MESSAGE_step_simulation) {
		x->is_stepping = true;
	}
}

/* Nobody may be there to wait for the end that was asked for. */
static void end(struct sim_backend_loop_seat *x)
{
	int64_t now = sim_backend_loop_ms(x->loop);

	while (!x->is_over && sim_session_due(x->s, now) <= now &&
	       sim_session_state(x->s) != SIM_SESSION_ERROR)
		sim_backend_loop_step(x);
}

static void hear(struct sim_backend_loop_seat *x,
		 const struct sim_backend_loop_heard *h)
{
	const struct sim_session_heard heard = {
		.m = h->m, .line = h->line, .line_len = h->len,
		.now = sim_backend_loop_now(x->loop),
		.now_ms = sim_backend_loop_ms(x->loop),
	};

	if (sim_session_hear(x->s, &heard)) {
		seat_asker(x, h->m);
		if (h->m->type == SIM_MESSAGE_stop_simulation)
			end(x);
	} else {
		sim_backend_loop_error(x->loop,
				       SIM_MESSAGE_CODE_INVALID_PARAMS,
				       "a session does not hear messages of "
				       "this type", h->m->session_id);
	}
}

void sim_backend_loop_ask(struct sim_backend_loop *l,
			  const struct sim_backend_loop_heard *h)
{
	struct sim_backend_loop_seat *x = called(l);

	if (x && (h->m->type != SIM_MESSAGE_start_simulation || may_start(x)))
		hear(x, h);
}

/* -- its clock ------------------------------------------------------------- */

int64_t sim_backend_loop_due(struct sim_backend_loop *l,
			     struct sim_backend_loop_seat **which)
{
	int64_t now = sim_backend_loop_ms(l), first = SIM_SESSION_NEVER;

	for (struct sim_backend_loop_seat *x = l->seats; x; x = x->next) {
		int64_t due = sim_session_due(x->s, now);

		if (due < first && (x->is_driven || x->is_stepping ||
				    x->events >= 0)) {
			first = due;
			*which = x;
		}
	}
	return first;
}

void sim_backend_loop_step(struct sim_backend_loop_seat *x)
{
	struct sim_backend_loop *l = x->loop;

	if (!sim_session_step(x->s, sim_backend_loop_now(l),
			      sim_backend_loop_ms(l)))
		return;
	sim_session_conclude(x->s, sim_backend_loop_now(l));
	x->is_over = true;
	x->is_driven = false;
	store_state(x, sim_session_result(x->s));
}
