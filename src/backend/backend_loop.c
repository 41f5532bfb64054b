/*
 * backend_loop: sessions of this process, behind the same messages as those of
 * a server, kept in a database file between commands.
 */
#include "backend/backend_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "util/mem.h"

#define USER		"local"
#define CAPITAL_MIN	1	/* anything: it is nobody else's */
#define CAPITAL_MAX	(INT64_C(90000000000) * SIM_DEC_ONE)
#define TICK_MS		20	/* without flow control, by default */
#define AT_ONCE		64	/* steps, before the time is looked at */

/* -- saying ---------------------------------------------------------------- */

void sim_backend_loop_give(struct sim_backend_loop *l, const char *line,
			   size_t n)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	if (sim_backend_take(sim_mem_strndup(line, n), n, &m, &err))
		SIM_BUG("a session said what can't be read");
	SIM_MEM_GROW(l->ready.list, l->ready.cap,
		     l->ready.first + l->ready.n + 1);
	l->ready.list[l->ready.first + l->ready.n++] = m;
}

void sim_backend_loop_say(struct sim_backend_loop *l,
			  enum sim_message_type type, const void *data,
			  const char *session_id)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(session_id, sim_backend_loop_now(l));
	struct sim_buf text = SIM_BUF_INIT(SIM_BACKEND_LINE_MAX);

	sim_message_encode(&text, type, data,
			   l->asked ? l->asked->request_id : NULL, &style);
	sim_backend_loop_give(l, text.data, text.len - 1);
	sim_buf_release(&text);
}

void sim_backend_loop_error(struct sim_backend_loop *l,
			    enum sim_message_code code, const char *text,
			    const char *session_id)
{
	const struct sim_message_error e = {
		.error_code = sim_message_code_text(code), .message = text,
		.error_type = sim_message_code_kind(code),
		.has_error_type = true, .recoverable = true,
		.failed_request_id = l->asked->request_id,
		.has_failed_request_id = l->asked->request_id != NULL,
		.details = { .text = "{}" }, .has_details = true,
	};

	sim_backend_loop_say(l, SIM_MESSAGE_error, &e, session_id);
}

void sim_backend_loop_refuse(struct sim_backend_loop *l, const char *code,
			     const char *text, const char *details)
{
	const struct sim_message_session_error e = {
		.error_code = code, .message = text,
		.details = { .text = details && details[0] ? details : "{}" },
	};

	sim_backend_loop_say(l, SIM_MESSAGE_session_error, &e,
			     l->asked->session_id);
}

/* -- hearing --------------------------------------------------------------- */

static void hear_ping(struct sim_backend_loop *l,
		      const struct sim_backend_loop_heard *h)
{
	const struct sim_message_pong m = {
		.server_time = sim_backend_loop_now(l)
	};

	(void)h;
	sim_backend_loop_say(l, SIM_MESSAGE_pong, &m, NULL);
}

static void hear_health(struct sim_backend_loop *l,
			const struct sim_backend_loop_heard *h)
{
	const struct sim_message_health m = {
		.server_time = sim_backend_loop_now(l),
		.server_version = PACKAGE_VERSION,
	};

	(void)h;
	sim_backend_loop_say(l, SIM_MESSAGE_health, &m, NULL);
}

static void hear_start(struct sim_backend_loop *l,
		       const struct sim_backend_loop_heard *h)
{
	const struct sim_message_start_simulation *m = h->m->data;

	if (m->spec && (m->spec->has_symbols || m->spec->has_start_date ||
			m->spec->has_end_date))
		sim_backend_loop_create(l, h);
	else
		sim_backend_loop_ask(l, h);
}

/* By type; what has no row is a session's. */
static const struct {
	void (*hear)(struct sim_backend_loop *l,
		     const struct sim_backend_loop_heard *h);
	bool is_session;	/* refused with session_error */
} hearers[SIM_MESSAGE__COUNT] = {
	[SIM_MESSAGE_ping] = { hear_ping, false },
	[SIM_MESSAGE_health_check] = { hear_health, false },
	[SIM_MESSAGE_create_session] = { sim_backend_loop_create, true },
	[SIM_MESSAGE_start_simulation] = { hear_start, true },
	[SIM_MESSAGE_get_session] = { sim_backend_loop_get, true },
	[SIM_MESSAGE_list_sessions] = { sim_backend_loop_list, true },
	[SIM_MESSAGE_delete_session] = { sim_backend_loop_delete, true },
	[SIM_MESSAGE_resume_session] = { sim_backend_loop_resume, true },
};

static void hear(struct sim_backend_loop *l,
		 const struct sim_backend_loop_heard *h)
{
	if (hearers[h->m->type].hear)
		hearers[h->m->type].hear(l, h);
	else
		sim_backend_loop_ask(l, h);
}

static void bad_message(struct sim_backend_loop *l, const char *text)
{
	if (hearers[l->asked->type].is_session)
		sim_backend_loop_refuse(l, "INVALID_PARAMS", text, NULL);
	else
		sim_backend_loop_error(l, SIM_MESSAGE_CODE_INVALID_PARAMS,
				       text, l->asked->session_id);
}

static int loop_send(struct sim_backend *b, const struct sim_backend_line *line,
		     struct sim_err *err)
{
	struct sim_backend_loop *l = (struct sim_backend_loop *)b;
	struct sim_err why = SIM_ERR_INIT;
	struct sim_message m;
	int rc = sim_message_decode_wire(line->text, line->len,
					 SIM_BACKEND_LINE_MAX, SIM_MESSAGE_IN,
					 &m, &why);
	const struct sim_backend_loop_heard h = { &m, line->text, line->len };

	l->asked = &m;
	if (m.type == SIM_MESSAGE__COUNT)
		rc = sim_err_set(err, SIM_E_PROTO, "there is no message of "
				 "type %.64s that a client sends; see "
				 "simutrador-protocol(7)", m.name);
	else if (rc)
		bad_message(l, why.msg);
	else
		hear(l, &h);
	l->asked = NULL;
	rc = m.type == SIM_MESSAGE__COUNT ? rc : SIM_OK;
	sim_message_release(&m);
	return rc ? rc : sim_backend_loop_settle(l, err);
}

/* -- what comes ------------------------------------------------------------ */

/* Until it is time, or the stop is asked. */
static void rest(const struct sim_backend_loop *l, int64_t until_ms)
{
	const struct sim_stop *stop = l->b.host.stop;
	struct pollfd p = { stop ? stop->fd : -1, POLLIN, 0 };
	int64_t ms = -1;

	if (until_ms != SIM_SESSION_NEVER)
		ms = until_ms - sim_backend_loop_ms(l);
	if (until_ms == SIM_SESSION_NEVER || ms > 0)
		poll(&p, 1, ms > INT32_MAX ? INT32_MAX : (int)ms);
}

/* Steps that are due.  Gives: when the next is. */
static int turn(struct sim_backend_loop *l, int64_t *due, struct sim_err *err)
{
	struct sim_backend_loop_seat *x = NULL;

	for (int i = 0; i < AT_ONCE && !l->ready.n; i++) {
		*due = sim_backend_loop_due(l, &x);
		if (*due > sim_backend_loop_ms(l))
			break;
		sim_backend_loop_step(x);
	}
	return sim_backend_loop_settle(l, err);
}

static int loop_next(struct sim_backend *b, int64_t deadline_ms,
		     struct sim_backend_message *out, struct sim_err *err)
{
	struct sim_backend_loop *l = (struct sim_backend_loop *)b;
	int64_t due = 0;

	while (!l->ready.n) {
		int rc = turn(l, &due, err);

		if (rc)
			return rc;
		if (l->ready.n)
			break;
		if (sim_stop_is_asked(b->host.stop))
			return sim_err_set(err, SIM_E_INTR, "interrupted");
		if (sim_backend_loop_ms(l) >= deadline_ms)
			return 0;
		rest(l, due < deadline_ms ? due : deadline_ms);
	}
	*out = l->ready.list[l->ready.first++];
	if (!--l->ready.n)
		l->ready.first = 0;
	return 1;
}

/* -- opened and closed ----------------------------------------------------- */

static void loop_state(const struct sim_backend *b,
		       struct sim_backend_state *out)
{
	const struct sim_backend_loop *l = (const struct sim_backend_loop *)b;

	memset(out, 0, sizeof(*out));
	out->link = SIM_BACKEND_CONNECTED;
	snprintf(out->where, sizeof(out->where), "%s", l->where);
}

static void loop_close(struct sim_backend *b)
{
	struct sim_backend_loop *l = (struct sim_backend_loop *)b;

	sim_backend_loop_leave_all(l);
	for (size_t i = 0; i < l->ready.n; i++)
		sim_backend_release(&l->ready.list[l->ready.first + i]);
	sim_mem_free(l->ready.list);
	sim_db_close(l->db);
	sim_calendars_free(l->calendars);
	sim_store_close(l->store);
	sim_mem_free(l->where);
	sim_mem_free(l);
}

static const struct sim_backend_ops ops = {
	"loop", loop_send, loop_next, loop_state, loop_close,
};

/* The one user that there is. */
static int find_user(struct sim_backend_loop *l, struct sim_err *err)
{
	const struct sim_db_by by = { USER, sim_backend_loop_now(l), NULL };
	struct sim_user u = { .name = USER, .plan = SIM_PLAN_ENTERPRISE };
	int rc = sim_user_find(l->db, USER, &u, err);

	if (rc == SIM_E_NOENT)
		rc = sim_user_add(l->db, &by, &u, err);
	if (!rc)
		memcpy(l->user, u.id, sizeof(l->user));
	return rc;
}

static int open_all(struct sim_backend_loop *l,
		    const struct sim_backend_loop_config *c,
		    struct sim_err *err)
{
	const struct sim_db_by by = { USER, sim_backend_loop_now(l), NULL };
	int rc = sim_store_open(c->store_dir, &l->store, err);

	if (!rc)
		rc = sim_db_open_by(c->db_path, true, &by, &l->db, err);
	if (!rc)
		rc = find_user(l, err);
	l->calendars = sim_calendars_new(c->calendar_dir);
	l->env = (struct sim_session_env){
		.store = l->store, .calendars = l->calendars,
		.capital_min = CAPITAL_MIN, .capital_max = CAPITAL_MAX,
		.tick_interval_ms = TICK_MS,
	};
	return rc;
}

int sim_backend_open_loop(const struct sim_backend_loop_config *c,
			  struct sim_backend **out, struct sim_err *err)
{
	struct sim_backend_loop *l = sim_mem_zalloc(sizeof(*l));
	int rc;

	sim_backend_init(&l->b, &ops, &c->host);
	l->where = sim_mem_strdup(c->db_path);
	rc = open_all(l, c, err);
	if (rc) {
		sim_backend_close(&l->b);
		return rc;
	}
	*out = &l->b;
	return SIM_OK;
}
