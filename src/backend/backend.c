/* backend: requests, replies and events over whatever is behind the door. */
#include "backend/backend_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define ID_TEXT	40

/* -- what was refused ------------------------------------------------------ */

/* What a program ends with, by error code. */
static const int statuses[SIM_MESSAGE_CODE__COUNT] = {
	[SIM_MESSAGE_CODE_INVALID_PARAMS] = SIM_E_INVAL,
	[SIM_MESSAGE_CODE_VALIDATION_ERROR] = SIM_E_STATE,
	[SIM_MESSAGE_CODE_SERVICE_BUSY] = SIM_E_AGAIN,
	[SIM_MESSAGE_CODE_SESSION_CREATE_FAILED] = SIM_E_UNAVAILABLE,
	[SIM_MESSAGE_CODE_NOT_IMPLEMENTED] = SIM_E_PROTO,
	[SIM_MESSAGE_CODE_UNKNOWN_TYPE] = SIM_E_PROTO,
	[SIM_MESSAGE_CODE_AUTH_FAILED] = SIM_E_AUTH,
	[SIM_MESSAGE_CODE_RATE_LIMITED] = SIM_E_AGAIN,
	[SIM_MESSAGE_CODE_HANDLER_TIMEOUT] = SIM_E_TIMEOUT,
	[SIM_MESSAGE_CODE_INSUFFICIENT_BUYING_POWER] = SIM_E_REJECTED,
	[SIM_MESSAGE_CODE_INVALID_ORDER_QUANTITY] = SIM_E_REJECTED,
	[SIM_MESSAGE_CODE_DUPLICATE_ORDER_ID] = SIM_E_REJECTED,
	[SIM_MESSAGE_CODE_UNKNOWN_ORDER] = SIM_E_NOENT,
	[SIM_MESSAGE_CODE_ORDER_REJECTED] = SIM_E_REJECTED,
	[SIM_MESSAGE_CODE_SESSION_NOT_FOUND] = SIM_E_NOENT,
	[SIM_MESSAGE_CODE_DATA_PROVIDER_UNAVAILABLE] = SIM_E_UNAVAILABLE,
	[SIM_MESSAGE_CODE_INVALID_SYMBOL] = SIM_E_NOENT,
	[SIM_MESSAGE_CODE_INVALID_DATE_RANGE] = SIM_E_INVAL,
	[SIM_MESSAGE_CODE_INSUFFICIENT_CAPITAL] = SIM_E_INVAL,
	[SIM_MESSAGE_CODE_SESSION_LIMIT_EXCEEDED] = SIM_E_AGAIN,
	[SIM_MESSAGE_CODE_DATA_FETCH_FAILED] = SIM_E_NOENT,
	[SIM_MESSAGE_CODE_VALIDATION_FAILED] = SIM_E_INVAL,
};

int sim_backend_status(const char *code)
{
	enum sim_message_code c = sim_message_code_find(code);

	return c != SIM_MESSAGE_CODE__COUNT && statuses[c] ? statuses[c] :
		SIM_E_PROTO;
}

static void forget_refusal(struct sim_backend *b)
{
	b->code[0] = '\0';
	sim_mem_free(b->details);
	b->details = NULL;
}

static void keep_details(struct sim_backend *b,
			 const struct sim_json_val *details)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BACKEND_LINE_MAX);
	struct sim_json j;

	if (!details)
		return;
	sim_json_init(&j, &text, false);
	sim_json_copy(&j, NULL, details);
	b->details = sim_mem_strdup(sim_buf_str(&text));
	sim_buf_release(&text);
}

static sim_time time_of(const struct sim_json_val *o, const char *key)
{
	const char *s = sim_json_as_str(sim_json_get(o, key));
	sim_time t;

	return s && !sim_time_parse(s, strlen(s), &t, NULL, NULL) ? t :
		SIM_TIME_NONE;
}

/* How long to wait: as it is said, or until what is used up comes back, by the
 * clock of who says it. */
static int64_t wait_ms(const struct sim_message *m,
		       const struct sim_json_val *details)
{
	const struct sim_message_error *e = m->data;
	sim_time said = time_of(sim_json_root(m->doc), "timestamp");
	sim_time until = time_of(details, "reset_time");

	if (m->type == SIM_MESSAGE_error && e->has_retry_after_ms)
		return e->retry_after_ms;
	return said == SIM_TIME_NONE || until == SIM_TIME_NONE ||
		until <= said ? 0 : (until / 1000000 - said / 1000000);
}

static int refused(struct sim_backend *b, const char *code, const char *text,
		   const struct sim_message *m,
		   const struct sim_json_val *details, struct sim_err *err)
{
	int rc = sim_err_set(err, sim_backend_status(code), "%.480s", text);

	snprintf(b->code, sizeof(b->code), "%s", code);
	keep_details(b, details);
	sim_err_add(err, wait_ms(m, details), b->details);
	return rc;
}

/* Is the reply a refusal? */
static int check_reply(struct sim_backend *b, const struct sim_message *m,
		       struct sim_err *err)
{
	if (m->type == SIM_MESSAGE_error) {
		const struct sim_message_error *e = m->data;

		return refused(b, e->error_code, e->message, m, e->details.val,
			       err);
	}
	if (m->type == SIM_MESSAGE_session_error) {
		const struct sim_message_session_error *e = m->data;

		return refused(b, e->error_code, e->message, m, e->details.val,
			       err);
	}
	return SIM_OK;
}

/* -- messages -------------------------------------------------------------- */

void sim_backend_release(struct sim_backend_message *m)
{
	if (m->line)
		sim_message_release(&m->m);
	sim_mem_free(m->line);
	m->line = NULL;
	m->len = 0;
}

int sim_backend_take(char *line, size_t len, struct sim_backend_message *out,
		     struct sim_err *err)
{
	struct sim_backend_message got = { .line = line, .len = len };
	struct sim_err why = SIM_ERR_INIT;

	if (sim_message_decode_wire(line, len, SIM_BACKEND_LINE_MAX,
				    SIM_MESSAGE_OUT, &got.m, &why)) {
		sim_backend_release(&got);
		return sim_err_set(err, SIM_E_PROTO, "the server said "
				   "something that is no message of this "
				   "protocol: %.300s", why.msg);
	}
	*out = got;
	return SIM_OK;
}

static void keep(struct sim_backend *b, const struct sim_backend_message *m)
{
	if (b->kept.first && b->kept.first + b->kept.n == b->kept.cap) {
		memmove(b->kept.list, b->kept.list + b->kept.first,
			b->kept.n * sizeof(*b->kept.list));
		b->kept.first = 0;
	}
	SIM_MEM_GROW(b->kept.list, b->kept.cap, b->kept.first + b->kept.n + 1);
	b->kept.list[b->kept.first + b->kept.n++] = *m;
}

static bool take_kept(struct sim_backend *b, struct sim_backend_message *out)
{
	if (!b->kept.n)
		return false;
	*out = b->kept.list[b->kept.first++];
	if (!--b->kept.n)
		b->kept.first = 0;
	return true;
}

static int64_t deadline_of(const struct sim_backend *b, int timeout_ms)
{
	return timeout_ms < 0 ? INT64_MAX :
		b->host.now_ms(b->host.ctx) + timeout_ms;
}

void sim_backend_encode(struct sim_buf *out, enum sim_message_type type,
			const void *data, const char *request_id,
			const char *session_id)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(session_id, SIM_TIME_NONE);
	struct sim_buf text = SIM_BUF_INIT(1024);
	struct sim_json j;

	if (data) {
		sim_message_encode(out, type, data, request_id, &style);
		return;
	}
	sim_json_init(&j, &text, false);
	sim_json_object(&j, NULL);
	if (session_id)
		sim_json_str(&j, "session_id", session_id);
	sim_json_end(&j);
	sim_message_encode_text(out, type, text.data, request_id, &style);
	sim_buf_release(&text);
}

/* -- asking ---------------------------------------------------------------- */

static void new_id(struct sim_backend *b, const char *prefix,
		   char out[ID_TEXT])
{
	uint64_t hi = b->host.random(b->host.ctx);

	snprintf(out, ID_TEXT, "%s%016" PRIx64, prefix, hi);
}

/* The request as it goes out, with the ids that make it safe to send again. */
static int say(struct sim_backend *b, const struct sim_backend_request *q,
	       const char *request_id, struct sim_err *err)
{
	struct sim_message_order_batch batch;
	char made[ID_TEXT], batch_id[ID_TEXT];
	struct sim_backend_line l = {
		.type = q->type, .request_id = request_id, .data = q->data,
		.session_id = q->session_id,
	};

	if (q->type == SIM_MESSAGE_create_session && !q->session_id) {
		new_id(b, "s_", made);
		l.session_id = made;
	}
	if (q->type == SIM_MESSAGE_order_batch) {
		batch = *(const struct sim_message_order_batch *)q->data;
		if (!batch.has_batch_id) {
			new_id(b, "b_", batch_id);
			batch.batch_id = batch_id;
			batch.has_batch_id = true;
		}
		l.data = &batch;
	}
	sim_buf_reset(&b->line);
	sim_backend_encode(&b->line, q->type, l.data, request_id,
			   l.session_id);
	if (b->line.overflow)
		return sim_err_set(err, SIM_E_INVAL, "a message of more than "
				   "%zu bytes can't be sent",
				   SIM_BACKEND_LINE_MAX);
	l.text = sim_buf_str(&b->line);
	l.len = b->line.len - 1;
	return b->ops->send(b, &l, err);
}

static bool is_reply(const struct sim_backend_message *m, const char *id)
{
	return m->m.request_id && !strcmp(m->m.request_id, id);
}

/* Cancelled one by one; that all are is known by another question. */
static bool is_late_reply(const struct sim_backend_request *q,
			  const struct sim_message *m)
{
	return q->type == SIM_MESSAGE_cancel_all &&
		m->type == SIM_MESSAGE_order_cancelled;
}

static int await(struct sim_backend *b, const struct sim_backend_request *q,
		 const char *id, struct sim_backend_message *reply,
		 struct sim_err *err)
{
	int ms = q->timeout_ms ? q->timeout_ms : SIM_BACKEND_CALL_MS;
	int64_t deadline = deadline_of(b, ms);
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc;

	for (;;) {
		rc = b->ops->next(b, deadline, &m, err);
		if (rc < 0)
			return rc;
		if (!rc)
			return sim_err_set(err, SIM_E_TIMEOUT, "%s was not "
					   "answered within %d.%d s",
					   sim_message_name((int)q->type),
					   ms / 1000, ms % 1000 / 100);
		if (is_reply(&m, id) && !is_late_reply(q, &m.m))
			break;
		keep(b, &m);
	}
	rc = check_reply(b, &m.m, err);
	if (rc)
		sim_backend_release(&m);
	else
		*reply = m;
	return rc;
}

int sim_backend_call(struct sim_backend *b,
		     const struct sim_backend_request *q,
		     struct sim_backend_message *reply, struct sim_err *err)
{
	const struct sim_backend_request after = {
		.type = SIM_MESSAGE_query_orders, .timeout_ms = q->timeout_ms,
		.session_id = q->session_id,
	};
	char id[ID_TEXT];
	int rc;

	forget_refusal(b);
	snprintf(id, sizeof(id), "c-%" PRIu64, ++b->asked);
	rc = say(b, q, id, err);
	if (!rc && q->type == SIM_MESSAGE_cancel_all) {
		/* Its replies are as many as there were orders. */
		rc = say(b, &after, id, err);
	}
	return rc ? rc : await(b, q, id, reply, err);
}

int sim_backend_send(struct sim_backend *b,
		     const struct sim_backend_request *q,
		     const char *request_id, struct sim_err *err)
{
	char id[ID_TEXT];

	/* Answers find their way by it. */
	if (!request_id && q->type != SIM_MESSAGE_tick_ack) {
		snprintf(id, sizeof(id), "n-%" PRIu64, ++b->asked);
		request_id = id;
	}
	return say(b, q, request_id, err);
}

int sim_backend_next(struct sim_backend *b, int timeout_ms,
		     struct sim_backend_message *event, struct sim_err *err)
{
	if (take_kept(b, event))
		return 1;
	return b->ops->next(b, deadline_of(b, timeout_ms), event, err);
}

/* -- about it -------------------------------------------------------------- */

void sim_backend_init(struct sim_backend *b, const struct sim_backend_ops *ops,
		      const struct sim_backend_host *host)
{
	b->ops = ops;
	b->host = *host;
	b->line.max = SIM_BACKEND_LINE_MAX;
}

void sim_backend_close(struct sim_backend *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->kept.n; i++)
		sim_backend_release(&b->kept.list[b->kept.first + i]);
	sim_mem_free(b->kept.list);
	sim_mem_free(b->details);
	sim_buf_release(&b->line);
	b->ops->close(b);
}

const char *sim_backend_code(const struct sim_backend *b)
{
	return b->code;
}

const char *sim_backend_details(const struct sim_backend *b)
{
	return b->details ? b->details : "";
}

const char *sim_backend_name(const struct sim_backend *b)
{
	return b->ops->name;
}

void sim_backend_state(const struct sim_backend *b,
		       struct sim_backend_state *out)
{
	b->ops->state(b, out);
}
