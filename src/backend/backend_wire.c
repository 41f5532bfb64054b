/* backend_wire: a connection to a server that is made again. */
#include "backend/backend_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define RETRY_MS	100	/* first, doubled each time */
#define RETRY_MAX_MS	8000
#define ATTEMPTS	3	/* to connect for the first time */
#define PENDING_MAX	65536	/* requests that may wait */
#define CLOSE_DONE	1000	/* the server has nothing more to say */
#define CLOSE_MS	500
#define OWN	"q-"	/* begins the ids of requests of ours */

static int64_t now_ms(const struct sim_backend_wire *l)
{
	return l->b.host.now_ms(l->b.host.ctx);
}

static int left_ms(const struct sim_backend_wire *l, int64_t deadline_ms)
{
	int64_t ms;

	if (deadline_ms == INT64_MAX)
		return -1;
	ms = deadline_ms - now_ms(l);
	return ms < 0 ? 0 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

/* -- what is to be given --------------------------------------------------- */

void sim_backend_wire_give(struct sim_backend_wire *l,
			   struct sim_backend_message *m)
{
	SIM_MEM_GROW(l->ready.list, l->ready.cap, l->ready.first +
		     l->ready.n + 1);
	l->ready.list[l->ready.first + l->ready.n++] = *m;
	m->line = NULL;
}

static void take_ready(struct sim_backend_wire *l,
		       struct sim_backend_message *out)
{
	*out = l->ready.list[l->ready.first++];
	if (!--l->ready.n)
		l->ready.first = 0;
}

void sim_backend_wire_make(struct sim_backend_wire *l,
			   enum sim_message_type type, const void *data,
			   const char *request_id, const char *session_id,
			   struct sim_backend_message *out)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(session_id,
				       l->b.host.now(l->b.host.ctx));
	struct sim_buf text = SIM_BUF_INIT(SIM_BACKEND_LINE_MAX);
	struct sim_err err = SIM_ERR_INIT;

	sim_message_encode(&text, type, data, request_id, &style);
	if (sim_backend_take(sim_mem_strndup(text.data, text.len - 1),
			     text.len - 1, out, &err))
		SIM_BUG("a message of ours can't be read");
	sim_buf_release(&text);
}

/* -- sessions -------------------------------------------------------------- */

struct sim_backend_wire_seat *
sim_backend_wire_seat(struct sim_backend_wire *l, const char *id, bool make)
{
	struct sim_backend_wire_seat *x;

	if (!id)
		return NULL;
	for (size_t i = 0; i < l->nseats; i++) {
		if (!strcmp(l->seats[i].id, id))
			return &l->seats[i];
	}
	if (!make)
		return NULL;
	SIM_MEM_GROW(l->seats, l->seats_cap, l->nseats + 1);
	x = &l->seats[l->nseats++];
	memset(x, 0, sizeof(*x));
	snprintf(x->id, sizeof(x->id), "%s", id);
	return x;
}

void sim_backend_wire_leave(struct sim_backend_wire *l, const char *id)
{
	struct sim_backend_wire_seat *x = sim_backend_wire_seat(l, id, false);

	if (!x)
		return;
	sim_mem_free(x->hold);
	*x = l->seats[--l->nseats];
}

/* -- what was asked -------------------------------------------------------- */

struct sim_backend_wire_asked *
sim_backend_wire_asked(struct sim_backend_wire *l, uint64_t n)
{
	for (size_t i = 0; i < l->nasked; i++) {
		if (l->asked[i].n == n)
			return &l->asked[i];
	}
	return NULL;
}

void sim_backend_wire_forget(struct sim_backend_wire *l,
			     struct sim_backend_wire_asked *a)
{
	size_t after;

	if (!a)
		return;
	sim_mem_free(a->line);
	after = l->nasked-- - (size_t)(a - l->asked) - 1;
	memmove(a, a + 1, after * sizeof(*a));
}

static void remember(struct sim_backend_wire *l,
		     const struct sim_backend_line *line)
{
	const struct sim_backend_wire_seat *x =
		sim_backend_wire_seat(l, line->session_id, false);
	struct sim_backend_wire_asked *a;

	SIM_MEM_GROW(l->asked, l->asked_cap, l->nasked + 1);
	a = &l->asked[l->nasked++];
	memset(a, 0, sizeof(*a));
	a->n = ++l->nth;
	a->type = line->type;
	a->line = sim_mem_strndup(line->text, line->len);
	a->len = line->len;
	a->step = x && x->is_driven ? x->given : 0;
	snprintf(a->request_id, sizeof(a->request_id), "%s", line->request_id);
	snprintf(a->session_id, sizeof(a->session_id), "%s",
		 line->session_id ? line->session_id : "");
}

/* Of cancel_all an order_cancelled is but a part of the answer, which is over
 * when the question that goes with it is answered. */
static bool answers(const struct sim_backend_wire_asked *a,
		    const struct sim_message *m)
{
	if (!m->request_id || strcmp(m->request_id, a->request_id))
		return false;
	return m->type == SIM_MESSAGE_order_cancelled ?
		a->type == SIM_MESSAGE_cancel_order :
		m->type != SIM_MESSAGE_current_orders ||
		a->type == SIM_MESSAGE_query_orders;
}

static struct sim_backend_wire_asked *
asked_by(struct sim_backend_wire *l, const struct sim_message *m)
{
	for (size_t i = 0; i < l->nasked; i++) {
		if (answers(&l->asked[i], m))
			return &l->asked[i];
	}
	return NULL;
}

static void forget_cancel_all(struct sim_backend_wire *l, const char *id)
{
	for (size_t i = l->nasked; i-- > 0; ) {
		if (l->asked[i].type == SIM_MESSAGE_cancel_all &&
		    !strcmp(l->asked[i].request_id, id))
			sim_backend_wire_forget(l, &l->asked[i]);
	}
}

/* -- what comes ------------------------------------------------------------ */

/* What an answer says about who is at which session. */
static void note_answer(struct sim_backend_wire *l, const struct sim_message *m,
			const char *asked)
{
	const struct sim_message_session_attached *a = m->data;
	struct sim_backend_wire_seat *x;
	struct sim_message q;

	switch (m->type) {
	case SIM_MESSAGE_simulation_started:
		x = sim_backend_wire_seat(l, m->session_id, true);
		x->is_driven = true;
		x->is_free = !((const struct sim_message_simulation_started *)
			       m->data)->flow_control_enabled;
		return;
	case SIM_MESSAGE_session_deleted:
	case SIM_MESSAGE_session_detached:
		sim_backend_wire_leave(l, m->session_id);
		return;
	case SIM_MESSAGE_session_attached:
		x = sim_backend_wire_seat(l, m->session_id, true);
		x->events = a->events;
		x->event = x->report = a->last_event;
		return;
	case SIM_MESSAGE_state_sync:
		break;
	default:
		return;
	}
	if (sim_message_decode_wire(asked, strlen(asked), strlen(asked),
				    SIM_MESSAGE_IN, &q, NULL))
		SIM_BUG("a request of ours can't be read");
	if (q.type == SIM_MESSAGE_resume_session) {
		const struct sim_message_resume_session *r = q.data;

		x = sim_backend_wire_seat(l, m->session_id, true);
		x->is_driven = true;
		x->given = x->acked = r->last_processed_sequence_id;
		x->execution = r->has_last_execution_id ?
			sim_backend_news_execution(r->last_execution_id) : 0;
	}
	sim_message_release(&q);
}

static void closing(struct sim_backend_wire *l,
		    const struct sim_message_connection_closing *c)
{
	snprintf(l->reason, sizeof(l->reason), "%s", c->message);
	l->is_quiet = c->close_code == CLOSE_DONE && c->reconnect_allowed;
	if (!c->reconnect_allowed && !l->is_quiet)
		sim_err_set(&l->fatal, SIM_E_AUTH, "the server closes the "
			    "connection: %.300s", c->message);
}

/* It is known where the session stands whose steps are asked for; or it is
 * refused, as they would be.  Or all is cancelled: it isn't asked again, which
 * would cancel what came since. */
static void hear_own(struct sim_backend_wire *l,
		     const struct sim_backend_message *m)
{
	const char *id = m->m.request_id + sizeof(OWN) - 1;
	const struct sim_message_status *s = m->m.data;
	struct sim_err err = SIM_ERR_INIT;

	for (size_t i = 0; i < l->nasked; i++) {
		struct sim_backend_wire_asked *a = &l->asked[i];

		if (strcmp(a->request_id, id))
			continue;
		if (a->type == SIM_MESSAGE_cancel_all) {
			sim_backend_wire_forget(l, a);
			return;
		}
		if (a->type != SIM_MESSAGE_step_simulation || a->goal)
			continue;
		a->goal = m->m.type == SIM_MESSAGE_simulation_status ?
			s->sequence_id + sim_backend_again_ticks(a) :
			INT64_MAX;
		if (sim_backend_wire_write(l, a->line, a->len, &err))
			return;		/* told where it is read */
	}
}

/* What is between the connection and us. */
static bool is_between(struct sim_backend_wire *l,
		       const struct sim_backend_message *m)
{
	if (m->m.type == SIM_MESSAGE_connection_closing)
		closing(l, m->m.data);
	else if (m->m.request_id &&
		 !strncmp(m->m.request_id, OWN, sizeof(OWN) - 1))
		hear_own(l, m);
	else if (m->m.type != SIM_MESSAGE_connection_ready)
		return false;
	return true;
}

/* Executions that happened without us, before the tick that they belong to. */
static void give_missed(struct sim_backend_wire *l,
			const struct sim_message *tick)
{
	const struct sim_message_tick *t = tick->data;
	size_t left = 0;

	for (size_t i = 0; i < l->nmissed; i++) {
		struct sim_backend_message *m = &l->missed[i];
		const struct sim_message_execution_report *r = m->m.data;
		bool is_its = tick->session_id &&
			!strcmp(m->m.session_id, tick->session_id);

		if (!is_its || (tick->type == SIM_MESSAGE_tick &&
				r->execution_time > t->sim_time))
			l->missed[left++] = *m;
		else if (sim_backend_news_is(l, &m->m))
			sim_backend_wire_give(l, m);
		else
			sim_backend_release(m);
	}
	l->nmissed = left;
}

static bool is_milestone(const struct sim_message *m)
{
	return m->type == SIM_MESSAGE_tick ||
		m->type == SIM_MESSAGE_execution_report ||
		m->type == SIM_MESSAGE_simulation_complete ||
		m->type == SIM_MESSAGE_simulation_end;
}

void sim_backend_wire_hear(struct sim_backend_wire *l,
			   struct sim_backend_message *m)
{
	struct sim_backend_wire_asked *a;

	if (is_between(l, m)) {
		sim_backend_release(m);
		return;
	}
	a = asked_by(l, &m->m);
	if (a && a->is_again && sim_backend_again_refused(l, a->n, &m->m)) {
		sim_backend_release(m);
		return;
	}
	a = asked_by(l, &m->m);		/* it may have moved */
	if (a) {
		note_answer(l, &m->m, a->line);
		sim_backend_wire_forget(l, a);
	}
	if (a && m->m.type == SIM_MESSAGE_current_orders)
		forget_cancel_all(l, m->m.request_id);
	if (l->nmissed && is_milestone(&m->m))
		give_missed(l, &m->m);
	if (sim_backend_news_is(l, &m->m))
		sim_backend_wire_give(l, m);
	else
		sim_backend_release(m);
}

/* -- the connection -------------------------------------------------------- */

static void tell(struct sim_backend_wire *l, const char *text)
{
	struct sim_backend_state s;

	if (!l->b.host.notice)
		return;
	sim_backend_state(&l->b, &s);
	l->b.host.notice(l->b.host.ctx, &s, text);
}

static int64_t back_off(const struct sim_backend_wire *l)
{
	unsigned n = l->attempts < 7 ? l->attempts : 7;
	int64_t most = RETRY_MS << n;

	if (most > RETRY_MAX_MS)
		most = RETRY_MAX_MS;
	return most / 2 + (int64_t)(l->b.host.random(l->b.host.ctx) %
				    (uint64_t)(most / 2 + 1));
}

/* An attempt has failed, or the connection is gone: when to try again. */
static void wait_for_next(struct sim_backend_wire *l, int at_least_ms)
{
	char text[640];
	int64_t ms = back_off(l), left = l->lost_ms + l->give_up_ms - now_ms(l);

	if (ms < at_least_ms)
		ms = at_least_ms;
	/* However long a server asks to be left alone, this comes to an end. */
	if (ms > left)
		ms = left > 0 ? left + 1 : 1;
	l->retry_ms = now_ms(l) + ms;
	snprintf(text, sizeof(text), "connection to %s lost: %s; trying again "
		 "in %" PRId64 ".%" PRId64 " s", l->where,
		 l->reason[0] ? l->reason : "it was cut", (ms + 99) / 1000,
		 (ms + 99) % 1000 / 100);
	if (!l->is_quiet)
		tell(l, text);
}

/* What came before it was lost. */
static void hear_rest(struct sim_backend_wire *l)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err ignored = SIM_ERR_INIT;
	char *text;
	size_t len;

	while (sim_ws_receive(l->ws, 0, &text, &len, &ignored) == 1) {
		if (!sim_backend_take(text, len, &m, &ignored))
			sim_backend_wire_hear(l, &m);
	}
}

static void lost(struct sim_backend_wire *l, const struct sim_err *why)
{
	const struct sim_ws_end *end = sim_ws_end(l->ws);

	if (l->state != SIM_BACKEND_CONNECTED)
		return;
	l->state = SIM_BACKEND_CONNECTING;
	hear_rest(l);
	l->lost_ms = now_ms(l);
	l->attempts = 0;
	l->drops += !l->is_quiet;
	if (!l->reason[0])
		snprintf(l->reason, sizeof(l->reason), "%.*s",
			 (int)sizeof(l->reason) - 1, why->msg);
	l->is_refused = end->close_code >= 4000 && end->close_code <= 4003;
	if (l->is_quiet)
		l->retry_ms = now_ms(l);
	else
		wait_for_next(l, 0);
}

static int give_up(struct sim_backend_wire *l, struct sim_err *err)
{
	l->state = SIM_BACKEND_CLOSED;
	if (!l->fatal.code)
		sim_err_set(&l->fatal, SIM_E_UNAVAILABLE, "the connection to "
			    "%.200s could not be made again for %d s: %.200s",
			    l->where, l->give_up_ms / 1000, l->reason);
	*err = l->fatal;
	return l->fatal.code;
}

int sim_backend_wire_read(struct sim_backend_wire *l, int64_t deadline_ms,
			  struct sim_backend_message *m, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	char *text;
	size_t len;
	int rc = sim_ws_receive(l->ws, left_ms(l, deadline_ms), &text, &len,
				&why);

	if (rc == 1)
		return sim_backend_take(text, len, m, err) ? : 1;
	if (!rc)
		return 0;
	if (rc == SIM_E_UNAVAILABLE)
		lost(l, &why);
	*err = why;
	return rc;
}

int sim_backend_wire_write(struct sim_backend_wire *l, const char *text,
			   size_t len, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_ws_send(l->ws, text, len, SIM_BACKEND_CALL_MS, &why);

	if (rc == SIM_E_UNAVAILABLE || rc == SIM_E_TIMEOUT)
		lost(l, &why);
	if (rc)
		*err = why;
	return rc;
}

/* The first message of a connection; what it is closed with instead may be
 * about who we are. */
static int greet(struct sim_backend_wire *l, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_ws_end *end = sim_ws_end(l->ws);
	char *text;
	size_t len;
	int rc = sim_ws_receive(l->ws, l->connect_ms, &text, &len, err);

	if (rc == 1)
		rc = sim_backend_take(text, len, &m, err);
	else if (!rc)
		rc = sim_err_set(err, SIM_E_TIMEOUT, "the server at %.200s "
				 "says nothing", l->where);
	else if (end->close_code >= 4000 && end->close_code <= 4003)
		rc = sim_err_set(err, SIM_E_AUTH, "the server at %.200s does "
				 "not take our token (%s); log in again",
				 l->where, end->reason);
	if (rc)
		return rc;
	if (m.m.type != SIM_MESSAGE_connection_ready)
		rc = sim_err_set(err, SIM_E_PROTO, "what answers at %.200s is "
				 "no server of this protocol", l->where);
	sim_backend_release(&m);
	return rc;
}

static int refused_by(const struct sim_backend_wire *l, int rc,
		      struct sim_err *err)
{
	int status = sim_ws_end(l->ws)->http_status;
	int retry_ms = sim_ws_end(l->ws)->retry_ms;

	if (rc != SIM_E_UNAVAILABLE || !status)
		return rc;
	if (status == 401 || status == 403)
		return sim_err_set(err, SIM_E_AUTH, "the server at %.200s does "
				   "not let us in; log in again", l->where);
	if (status == 429)
		rc = sim_err_set(err, SIM_E_AGAIN, "the server at %.200s has "
				 "too many connections of ours, or too many "
				 "attempts; try again later", l->where);
	else if (status == 503 && retry_ms >= 0)
		rc = sim_err_set(err, SIM_E_AGAIN, "the server at %.200s has "
				 "too much to do, is starting or is stopping; "
				 "try again later", l->where);
	sim_err_add(err, retry_ms, NULL);
	return rc;
}

/* Was the handshake refused by a server that has no time just now? */
static bool is_busy(const struct sim_backend_wire *l, int rc)
{
	return rc == SIM_E_AGAIN && sim_ws_end(l->ws)->http_status == 503;
}

static int attempt(struct sim_backend_wire *l, struct sim_err *err)
{
	int rc = l->prepare(l, l->is_refused, err);

	if (rc)
		return rc;
	rc = sim_ws_connect(l->ws, &l->target, l->connect_ms, err);
	if (rc)
		return refused_by(l, rc, err);
	return greet(l, err);
}

/* Once, and once more when what was shown is no good any more. */
static int connect_once(struct sim_backend_wire *l, struct sim_err *err)
{
	int rc = attempt(l, err);

	if (rc == SIM_E_AUTH && !l->is_refused) {
		l->is_refused = true;
		rc = attempt(l, err);
	}
	if (rc)
		return rc;
	l->state = SIM_BACKEND_CONNECTED;
	l->is_refused = false;
	return SIM_OK;
}

int sim_backend_wire_sleep(struct sim_backend_wire *l, int64_t ms,
			   struct sim_err *err)
{
	return sim_stop_sleep(l->b.host.stop, ms) ? SIM_OK :
		sim_err_set(err, SIM_E_INTR, "interrupted");
}

static bool is_for_good(int rc)
{
	return rc == SIM_E_AUTH || rc == SIM_E_INTR || rc == SIM_E_CONFIG ||
		rc == SIM_E_PROTO;
}

/* Everything is as it was before the connection was lost. */
static void restored(struct sim_backend_wire *l)
{
	char text[320];

	snprintf(text, sizeof(text), "connected to %s again", l->where);
	if (!l->is_quiet)
		tell(l, text);
	l->is_quiet = false;
	l->reason[0] = '\0';
	l->attempts = 0;
}

/* Try, if it is time.  Gives: 0 also when there is still no connection. */
static int try_again(struct sim_backend_wire *l, int64_t deadline_ms,
		     struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int64_t until = l->retry_ms < deadline_ms ? l->retry_ms : deadline_ms;
	int rc = sim_backend_wire_sleep(l, until - now_ms(l), err);

	if (rc || now_ms(l) < l->retry_ms)
		return rc;
	rc = connect_once(l, &why);
	if (!rc)
		rc = sim_backend_again(l, &why);
	if (!rc && l->state == SIM_BACKEND_CONNECTED) {
		restored(l);
		return SIM_OK;
	}
	if (is_for_good(rc)) {
		l->fatal = why;
		return rc == SIM_E_INTR ? (*err = why, rc) : give_up(l, err);
	}
	l->attempts++;
	snprintf(l->reason, sizeof(l->reason), "%.*s",
		 (int)sizeof(l->reason) - 1, why.msg);
	l->state = SIM_BACKEND_CONNECTING;
	if (now_ms(l) > l->lost_ms + l->give_up_ms)
		return give_up(l, err);
	wait_for_next(l, sim_ws_end(l->ws)->retry_ms);
	return SIM_OK;
}

int sim_backend_wire_open(struct sim_backend_wire *l, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int rc = connect_once(l, &why);

	while ((rc == SIM_E_UNAVAILABLE || is_busy(l, rc)) &&
	       ++l->attempts < ATTEMPTS) {
		rc = sim_backend_wire_sleep(l, back_off(l), &why);
		if (!rc)
			rc = connect_once(l, &why);
	}
	l->attempts = 0;
	if (rc)
		*err = why;
	return rc;
}

/* -- the door -------------------------------------------------------------- */

static int check_fatal(struct sim_backend_wire *l, struct sim_err *err)
{
	if (l->state == SIM_BACKEND_CLOSED ||
	    (l->fatal.code && l->state != SIM_BACKEND_CONNECTED))
		return give_up(l, err);
	return SIM_OK;
}

static int wire_next(struct sim_backend *b, int64_t deadline_ms,
		     struct sim_backend_message *out, struct sim_err *err)
{
	struct sim_backend_wire *l = (struct sim_backend_wire *)b;
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err why = SIM_ERR_INIT;
	bool has_looked = false;
	int rc;

	while (!l->ready.n) {
		if (has_looked && now_ms(l) >= deadline_ms)
			return 0;
		has_looked = true;
		rc = check_fatal(l, err);
		if (rc)
			return rc;
		if (l->state != SIM_BACKEND_CONNECTED) {
			rc = try_again(l, deadline_ms, err);
			if (rc)
				return rc;
			continue;
		}
		rc = sim_backend_wire_read(l, deadline_ms, &m, &why);
		if (rc == 1) {
			sim_backend_wire_hear(l, &m);
		} else if (rc && rc != SIM_E_UNAVAILABLE) {
			*err = why;
			return rc;
		}
	}
	take_ready(l, out);
	return 1;
}

/* An acknowledgement is a state: which it is matters, not how often it is
 * said. */
static int acknowledge(struct sim_backend_wire *l,
		       const struct sim_backend_line *line, struct sim_err *err)
{
	const struct sim_message_tick_ack *a = line->data;
	struct sim_backend_wire_seat *x =
		sim_backend_wire_seat(l, line->session_id, false);

	if (x) {
		sim_mem_free(x->hold);
		x->hold = NULL;
		if (a->processing_status || a->orders_pending)
			x->hold = sim_mem_strndup(line->text, line->len);
		else if (a->sequence_id > x->acked)
			x->acked = a->sequence_id;
	}
	if (l->state != SIM_BACKEND_CONNECTED)
		return SIM_OK;
	if (sim_backend_wire_write(l, line->text, line->len, err) == SIM_E_INTR)
		return SIM_E_INTR;
	return SIM_OK;
}

int sim_backend_wire_ask(struct sim_backend_wire *l,
			 const struct sim_backend_wire_asked *a,
			 enum sim_message_type type, struct sim_err *err)
{
	struct sim_buf text = SIM_BUF_INIT(1024);
	char id[SIM_MESSAGE_REQUEST_MAX + 8];
	int rc;

	snprintf(id, sizeof(id), OWN "%s", a->request_id);
	sim_backend_encode(&text, type, NULL, id,
			   a->session_id[0] ? a->session_id : NULL);
	rc = sim_backend_wire_write(l, text.data, text.len - 1, err);
	sim_buf_release(&text);
	return rc;
}

int sim_backend_wire_say(struct sim_backend_wire *l,
			 const struct sim_backend_wire_asked *a,
			 struct sim_err *err)
{
	const struct sim_backend_wire_asked copy = *a;	/* it may move */
	int rc = sim_backend_wire_write(l, a->line, a->len, err);

	return rc || copy.type != SIM_MESSAGE_cancel_all ? rc :
		sim_backend_wire_ask(l, &copy, SIM_MESSAGE_query_orders, err);
}

static int wire_send(struct sim_backend *b, const struct sim_backend_line *line,
		     struct sim_err *err)
{
	struct sim_backend_wire *l = (struct sim_backend_wire *)b;
	struct sim_backend_wire_asked *a;
	int rc = check_fatal(l, err);

	if (rc)
		return rc;
	if (line->type == SIM_MESSAGE_tick_ack)
		return acknowledge(l, line, err);
	if (l->nasked >= PENDING_MAX)
		return sim_err_set(err, SIM_E_AGAIN, "%d requests wait for the "
				   "server's answer; ask less", PENDING_MAX);
	remember(l, line);
	if (l->state != SIM_BACKEND_CONNECTED)
		return SIM_OK;
	a = &l->asked[l->nasked - 1];
	/* Where a session stands now decides when its steps are made; they are
	 * asked for once that is known. */
	if (line->type == SIM_MESSAGE_step_simulation)
		rc = sim_backend_wire_ask(l, a, SIM_MESSAGE_query_status, err);
	else
		rc = sim_backend_wire_say(l, a, err);
	return rc == SIM_E_INTR ? rc : SIM_OK;
}

static void wire_state(const struct sim_backend *b,
		       struct sim_backend_state *out)
{
	const struct sim_backend_wire *l = (const struct sim_backend_wire *)b;
	int64_t wait = l->retry_ms - now_ms(l);

	memset(out, 0, sizeof(*out));
	out->link = l->state;
	if (l->state == SIM_BACKEND_CONNECTING && wait > 0)
		out->retry_ms = wait;
	out->attempts = l->attempts;
	out->drops = l->drops;
	snprintf(out->reason, sizeof(out->reason), "%s", l->reason);
	snprintf(out->where, sizeof(out->where), "%s", l->where);
}

static void wire_close(struct sim_backend *b)
{
	struct sim_backend_wire *l = (struct sim_backend_wire *)b;

	if (l->ws)
		sim_ws_close(l->ws, CLOSE_MS);
	sim_ws_free(l->ws);
	for (size_t i = 0; i < l->ready.n; i++)
		sim_backend_release(&l->ready.list[l->ready.first + i]);
	for (size_t i = 0; i < l->nmissed; i++)
		sim_backend_release(&l->missed[i]);
	sim_mem_free(l->missed);
	while (l->nasked)
		sim_backend_wire_forget(l, &l->asked[l->nasked - 1]);
	while (l->nseats)
		sim_backend_wire_leave(l, l->seats[0].id);
	sim_mem_free(l->ready.list);
	sim_mem_free(l->asked);
	sim_mem_free(l->seats);
	l->release(l);
}

const struct sim_backend_ops sim_backend_wire_local = {
	"local", wire_send, wire_next, wire_state, wire_close,
};
const struct sim_backend_ops sim_backend_wire_remote = {
	"remote", wire_send, wire_next, wire_state, wire_close,
};

void sim_backend_wire_init(struct sim_backend_wire *l,
			   const struct sim_backend_ops *ops,
			   const struct sim_backend_host *host)
{
	sim_backend_init(&l->b, ops, host);
	l->state = SIM_BACKEND_CONNECTING;
	if (!l->connect_ms)
		l->connect_ms = 10000;
	if (!l->give_up_ms)
		l->give_up_ms = 300000;
	l->lost_ms = now_ms(l);
}
