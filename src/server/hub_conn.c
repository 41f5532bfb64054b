/*
 * hub_conn: connections: what comes in, one message after the other, warnings,
 * and why and how one is closed.
 */
#include "server/hub_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto/tick.h"
#include "server/hub_metrics.h"
#include "util/mem.h"

#define RESUME_READ	(SIM_HUB_PENDING_MAX / 2)
#define ABUSE_MAX	50	/* refusals in a minute before it is closed */
#define WARN_FIRST_MS	INT64_C(300000)
#define WARN_LAST_MS	INT64_C(60000)

/* -- saying ---------------------------------------------------------------- */

void sim_hub_say(struct sim_hub_conn *c, enum sim_message_type type,
		 const void *data, const struct sim_hub_about *about)
{
	const struct sim_message_style style = SIM_MESSAGE_STYLE_WIRE(
		about ? about->session_id : NULL, sim_hub_now(c->hub));
	struct sim_buf *b = &c->bench->scratch;

	if (c->is_closing)
		return;
	sim_buf_reset(b);
	sim_message_encode(b, type, data, about ? about->request_id : NULL,
			   &style);
	sim_net_send_lines(c->hub->net, c->id, b->data, b->len);
}

void sim_hub_error(struct sim_hub_conn *c, enum sim_message_code code,
		   const char *text, const struct sim_hub_about *about)
{
	struct sim_message_error e = {
		.error_code = sim_message_code_text(code), .message = text,
		.error_type = sim_message_code_kind(code),
		.has_error_type = true, .recoverable = true,
		.failed_request_id = about ? about->request_id : NULL,
		.has_failed_request_id = about && about->request_id,
		.details = { .text = "{}" }, .has_details = true,
	};

	if (about && about->details) {
		e.details.text = about->details;
		e.has_details = true;
	}
	if (about && about->retry_ms) {
		e.retry_after_ms = about->retry_ms;
		e.has_retry_after_ms = true;
	}
	sim_meter_add(c->hub->meter, SIM_METER_ERRORS, (int)code, 1);
	sim_hub_say(c, SIM_MESSAGE_error, &e, about);
}

void sim_hub_session_error(struct sim_hub_conn *c, const char *code,
			   const char *text, const struct sim_hub_about *about)
{
	struct sim_message_session_error e = {
		.error_code = code, .message = text,
		.details = { .text = about && about->details &&
				about->details[0] ? about->details : "{}" },
	};

	sim_meter_add_text(c->hub->meter, SIM_METER_ERRORS, code, 1);
	sim_hub_say(c, SIM_MESSAGE_session_error, &e, about);
}

/* -- closing --------------------------------------------------------------- */

static const struct closing {
	const char *reason;
	int code;
	bool may_return;
	const char *message;
} closings[] = {
#define SIM_HUB_CLOSING(id, reason, code, again, message) \
	{ reason, code, again, message },
#include "server/hub_closing.def"
#undef SIM_HUB_CLOSING
};

void sim_hub_close(struct sim_hub_conn *c, enum sim_hub_closing why)
{
	const struct closing *x = &closings[why];
	struct sim_message_connection_closing m = {
		.reason = (int)why, .message = x->message,
		.close_code = x->code, .reconnect_allowed = x->may_return,
		.session_state = c->current ?
			(int)sim_session_state(c->current->s) : 0,
		.has_session_state = c->current != NULL,
	};
	const struct sim_hub_about about = {
		.session_id = c->current ? sim_session_id(c->current->s) : NULL
	};

	if (c->is_closing)
		return;
	sim_hub_say(c, SIM_MESSAGE_connection_closing, &m, &about);
	c->is_closing = true;
	sim_net_close(c->hub->net, c->id, x->code, x->reason);
}

/* -- limits ---------------------------------------------------------------- */

static void limit_details(const struct sim_quota_answer *a, sim_time free_at,
			  struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "limit_name", sim_plan_limit_key((int)a->which));
	sim_json_int(&j, "limit", a->limit);
	sim_json_int(&j, "current_usage", a->usage);
	sim_json_time(&j, "reset_time", free_at);
	sim_json_str(&j, "plan", sim_plan_names[a->plan]);
	sim_json_end(&j);
}

static sim_time free_at(const struct sim_hub_conn *c,
			const struct sim_quota_answer *a)
{
	return sim_hub_now(c->hub) + (sim_time)a->reset_ns;
}

static void warn_limit(struct sim_hub_conn *c,
		       const struct sim_quota_answer *a)
{
	struct sim_message_warning w = {
		.warning_type = sim_plan_limit_key((int)a->which),
		.message = "80% of this limit of the plan are used",
		.expires_at = free_at(c, a),
		.action_required = "slow down, or have the plan raised",
		.seconds_remaining = (int64_t)(a->reset_ns / 1000000000),
	};

	sim_hub_say(c, SIM_MESSAGE_rate_limit_warning, &w, NULL);
}

static void refuse_limit(struct sim_hub_conn *c,
			 const struct sim_quota_answer *a,
			 const struct sim_hub_about *about)
{
	struct sim_buf details = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_hub_about x = *about;
	char text[200];

	sim_hub_metrics_limited(c->hub, sim_plan_limit_key((int)a->which));
	limit_details(a, free_at(c, a), &details);
	x.details = sim_buf_str(&details);
	x.retry_ms = (int64_t)(a->reset_ns / 1000000) + 1;
	snprintf(text, sizeof(text), "%s is at %" PRId64 " of %" PRId64 ", "
		 "what the plan %s allows; wait, or have the plan raised",
		 sim_plan_limit_key((int)a->which), a->usage, a->limit,
		 sim_plan_names[a->plan]);
	if (x.is_session)
		sim_hub_session_error(c, "SESSION_LIMIT_EXCEEDED", text, &x);
	else
		sim_hub_error(c, SIM_MESSAGE_CODE_RATE_LIMITED, text, &x);
	sim_buf_release(&details);
	if (sim_hub_ms(c->hub) - c->abuse_ms > 60000) {
		c->abuse_ms = sim_hub_ms(c->hub);
		c->abuse = 0;
	}
	if (++c->abuse > ABUSE_MAX)
		sim_hub_close(c, SIM_HUB_CLOSING_RATE);
}

bool sim_hub_take(struct sim_hub_conn *c, enum sim_plan_limit which,
		  uint32_t n, const struct sim_hub_about *about)
{
	const struct sim_quota_ask ask = {
		c->who.user, c->who.plan, which,
		(uint64_t)sim_hub_ns(c->hub)
	};
	struct sim_quota_answer a;

	if (!sim_quota_take(c->hub->quota, &ask, n, &a)) {
		refuse_limit(c, &a, about);
		return false;
	}
	if (a.is_warning)
		warn_limit(c, &a);
	return true;
}

/* -- messages -------------------------------------------------------------- */

static void hear_ping(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_message_pong m = { .server_time = sim_hub_now(c->hub) };

	sim_hub_say(c, SIM_MESSAGE_pong, &m, &h->about);
}

static void hear_health(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_message_health m = {
		.status = (int)sim_hub_health(c->hub),
		.server_time = sim_hub_now(c->hub),
		.server_version = c->hub->config.version,
	};

	sim_hub_say(c, SIM_MESSAGE_health, &m, &h->about);
}

static void no_session(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	char text[200];

	if (!h->m.session_id)
		snprintf(text, sizeof(text), "this connection has no session; "
			 "create one, or name it as session_id");
	else
		snprintf(text, sizeof(text), "this connection is not at a "
			 "session %.64s; create it or, if it exists, send "
			 "resume_session", h->m.session_id);
	sim_hub_error(c, SIM_MESSAGE_CODE_SESSION_NOT_FOUND, text, &h->about);
}

/* The session a message is about, if this connection is at it. */
static struct sim_hub_seat *seat_of(struct sim_hub_conn *c,
				    const struct sim_message *m)
{
	struct sim_hub_seat *x = c->current;

	if (!m->session_id)
		return x;
	if (x && !strcmp(sim_session_id(x->s), m->session_id))
		return x;
	x = sim_hub_seat_find(c->bench, c->who.user, m->session_id);
	return x && x->conn == c ? x : NULL;
}

static void hear_session(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	struct sim_hub_seat *x = seat_of(c, &h->m);
	size_t orders = sim_session_orders_in(&h->m);

	if (!x) {
		no_session(c, h);
		return;
	}
	if (orders && !sim_hub_take(c, SIM_PLAN_LIMIT_orders_per_minute,
				    (uint32_t)orders, &h->about))
		return;
	sim_meter_add(c->hub->meter, SIM_METER_ORDERS, 0, (int64_t)orders);
	sim_hub_seat_hear(x, h);
}

static void hear_start(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	const struct sim_message_start_simulation *m = h->m.data;

	if (m->spec->has_symbols || m->spec->has_start_date ||
	    m->spec->has_end_date)
		sim_hub_create(c, h);
	else if (seat_of(c, &h->m) || !h->m.session_id)
		hear_session(c, h);
	else
		sim_hub_reopen(c, h);
}

/* By type; what has no row is a session's, or comes from the server alone. */
static const struct {
	void (*hear)(struct sim_hub_conn *c, const struct sim_hub_heard *h);
	bool is_session;	/* refused with session_error */
} hearers[SIM_MESSAGE__COUNT] = {
	[SIM_MESSAGE_ping] = { hear_ping, false },
	[SIM_MESSAGE_health_check] = { hear_health, false },
	[SIM_MESSAGE_create_session] = { sim_hub_create, true },
	[SIM_MESSAGE_start_simulation] = { hear_start, true },
	[SIM_MESSAGE_get_session] = { sim_hub_get, true },
	[SIM_MESSAGE_list_sessions] = { sim_hub_list, true },
	[SIM_MESSAGE_delete_session] = { sim_hub_delete, true },
	[SIM_MESSAGE_resume_session] = { sim_hub_resume, true },
};

static bool is_heard_here(const struct sim_hub_conn *c,
			  const struct sim_message *m)
{
	return !c->is_health || m->type == SIM_MESSAGE_ping ||
		m->type == SIM_MESSAGE_health_check ||
		m->type == SIM_MESSAGE__COUNT;
}

static void dispatch(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	if (c->is_health)
		hear_health(c, h);
	else if (hearers[h->m.type].hear)
		hearers[h->m.type].hear(c, h);
	else
		hear_session(c, h);
}

static void unknown_type(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	char text[160];

	snprintf(text, sizeof(text), "there is no message of type %.64s that "
		 "a client sends; see simutrador-protocol(7)", h->m.name);
	sim_hub_error(c, SIM_MESSAGE_CODE_UNKNOWN_TYPE, text, &h->about);
}

static void bad_message(struct sim_hub_conn *c, const struct sim_hub_heard *h,
			const char *text)
{
	if (h->m.type != SIM_MESSAGE__COUNT && hearers[h->m.type].is_session)
		sim_hub_session_error(c, "INVALID_PARAMS", text, &h->about);
	else
		sim_hub_error(c, SIM_MESSAGE_CODE_INVALID_PARAMS, text,
			      &h->about);
}

/* A plain acknowledgement, which is what most messages are. */
static bool heard_ack(struct sim_hub_conn *c, const char *text, size_t n)
{
	struct sim_hub_seat *x = c->current;
	int64_t sequence;

	if (!x || x->is_away ||
	    !sim_tick_ack(text, n, sim_session_id(x->s), &sequence) ||
	    !sim_session_ack(x->s, sequence, sim_hub_now(c->hub)))
		return false;
	sim_hub_seat_due(x, sim_hub_ms(c->hub));
	return true;
}

/* The session a message is about, named or not. */
static const char *about_whom(const struct sim_hub_conn *c,
			      const struct sim_message *m)
{
	bool is_of_session = m->type != SIM_MESSAGE__COUNT &&
		!hearers[m->type].hear;

	if (m->session_id || !is_of_session || !c->current)
		return m->session_id;
	return sim_session_id(c->current->s);
}

static void hear(struct sim_hub_conn *c, const char *text, size_t n)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_hub_heard h = { .line = text, .line_len = n };
	int rc;

	if (heard_ack(c, text, n))
		return;
	rc = sim_message_decode_wire(text, n,
				     c->hub->config.net.limits.message_bytes,
				     SIM_MESSAGE_IN, &h.m, &err);
	h.about.request_id = h.m.request_id;
	h.about.session_id = about_whom(c, &h.m);
	if (!is_heard_here(c, &h.m))
		sim_hub_error(c, SIM_MESSAGE_CODE_UNKNOWN_TYPE, "here ping "
			      "and health are heard; connect to /ws/simulate "
			      "for more", &h.about);
	else if (rc)
		bad_message(c, &h, err.msg);
	else if (h.m.type == SIM_MESSAGE__COUNT)
		unknown_type(c, &h);
	else
		dispatch(c, &h);
	sim_message_release(&h.m);
}

/* -- one after the other --------------------------------------------------- */

static void forget_text(struct sim_hub_conn *c, struct sim_hub_text *t)
{
	sim_mem_free(t);
	if (atomic_fetch_sub(&c->pending, 1) - 1 <= RESUME_READ &&
	    atomic_exchange(&c->is_full, false))
		sim_net_more(c->hub->net, c->id);
}

static void conn_free(struct sim_hub_conn *c)
{
	*(c->prev ? &c->prev->next : &c->bench->conns) = c->next;
	if (c->next)
		c->next->prev = c->prev;
	sim_mem_free(c);
}

void sim_hub_continue(struct sim_hub_conn *c)
{
	struct sim_hub_text *t;

	while (!c->is_busy && (t = c->waiting)) {
		c->waiting = t->next;
		if (!c->waiting)
			c->waiting_end = &c->waiting;
		if (!c->is_closing && !c->is_gone)
			hear(c, t->text, t->n);
		forget_text(c, t);
	}
	if (c->is_gone && !c->is_busy)
		conn_free(c);
}

/* In net's thread, where what comes for a bench is gathered until net has no
 * more. */
static void post(struct sim_hub_bench *b, struct sim_worker_item *item)
{
	item->next = NULL;
	if (b->heard)
		b->heard_last->next = item;
	else
		b->heard = item;
	b->heard_last = item;
}

void sim_hub_rested(void *ctx)
{
	struct sim_hub *h = ctx;

	for (unsigned i = 0; i < h->nbenches; i++) {
		struct sim_hub_bench *b = &h->benches[i];

		if (b->heard)
			sim_worker_post_all(b->worker, b->heard,
					    b->heard_last);
		b->heard = NULL;
	}
}

static void text_item(void *ctx, struct sim_worker_item *item)
{
	struct sim_hub_text *t = (struct sim_hub_text *)item;
	struct sim_hub_conn *c = t->conn;

	(void)ctx;
	t->next = NULL;
	*c->waiting_end = t;
	c->waiting_end = &t->next;
	c->heard_ms = sim_hub_ms(c->hub);
	sim_hub_continue(c);
}

bool sim_hub_message(void *ctx, uint64_t id, void *user, const char *text,
		     size_t n)
{
	struct sim_hub_text *t = sim_mem_alloc(sizeof(*t) + n + 1);
	struct sim_hub_conn *c = user;
	bool is_full;

	(void)ctx, (void)id;
	t->item.run = text_item;
	t->conn = c;
	t->n = n;
	memcpy(t->text, text, n);
	t->text[n] = '\0';
	is_full = atomic_fetch_add(&c->pending, 1) + 1 >= SIM_HUB_PENDING_MAX;
	if (is_full)
		atomic_store(&c->is_full, true);
	post(c->bench, &t->item);
	return !is_full;
}

/* -- opening and its end --------------------------------------------------- */

static void say_ready(struct sim_hub_conn *c)
{
	static const char *const features[] = {
		"flow_control", "order_batch", "cancel_order",
		"replace_order", "brackets", "warmup", "resume_session",
		"step_simulation", "set_speed",
	};
	struct sim_message_connection_ready m = {
		.user_id = c->who.user, .plan = sim_plan_names[c->who.plan],
		.server_time = sim_hub_now(c->hub),
		.connection_expires_at = c->until,
		.idle_timeout_sec = sim_plan_limit(c->who.plan,
			SIM_PLAN_LIMIT_idle_timeout_sec),
		.max_simulation_duration_sec = sim_plan_limit(c->who.plan,
			SIM_PLAN_LIMIT_simulation_duration_sec),
		.concurrent_connections_limit = sim_plan_limit(c->who.plan,
			SIM_PLAN_LIMIT_concurrent_connections),
		.supported_features = features,
		.n_supported_features = sizeof(features) / sizeof(*features),
	};

	sim_hub_say(c, SIM_MESSAGE_connection_ready, &m, NULL);
}

static void opened_item(void *ctx, struct sim_worker_item *item)
{
	struct sim_hub_conn *c = (struct sim_hub_conn *)item;
	const struct sim_hub_heard nothing = { .line = "" };

	(void)ctx;
	c->next = c->bench->conns;
	if (c->next)
		c->next->prev = c;
	c->bench->conns = c;
	if (c->is_health)
		hear_health(c, &nothing);
	else
		say_ready(c);
	if (atomic_load(&c->hub->is_draining))
		sim_hub_close(c, SIM_HUB_CLOSING_MAINTENANCE);
}

static void closed_item(void *ctx, struct sim_worker_item *item)
{
	struct sim_hub_conn *c = (struct sim_hub_conn *)
		((char *)item - offsetof(struct sim_hub_conn, closed));

	(void)ctx;
	c->is_gone = true;
	while (c->seats)
		sim_hub_leave(c->seats);
	sim_hub_continue(c);
}

static struct sim_hub_bench *bench_of(struct sim_hub *h, const char *user)
{
	uint32_t x = 2166136261u;

	for (; *user; user++)
		x = (x ^ (unsigned char)*user) * 16777619u;
	return &h->benches[(x ^ x >> 16) % h->nbenches];
}

struct sim_hub_conn *sim_hub_conn_new(struct sim_hub *h,
				      const struct sim_token_claims *who)
{
	struct sim_hub_conn *c = sim_mem_zalloc(sizeof(*c));
	int64_t life = 1000 * sim_plan_limit(who ? who->plan : SIM_PLAN_FREE,
		SIM_PLAN_LIMIT_connection_duration_sec);

	c->hub = h;
	c->opened.run = opened_item;
	c->closed.run = closed_item;
	if (who)
		c->who = *who;
	c->is_health = !who;
	c->bench = bench_of(h, c->who.user);
	c->waiting_end = &c->waiting;
	c->opened_ms = c->heard_ms = sim_hub_ms(h);
	c->until_ms = c->opened_ms + life;
	c->until = sim_hub_now(h) + life * 1000000;
	return c;
}

void sim_hub_opened(void *ctx, uint64_t id, void *user)
{
	struct sim_hub_conn *c = user;

	(void)ctx;
	c->id = id;
	c->was_opened = true;
	post(c->bench, &c->opened);
}

static void tell_gone(struct sim_hub *h, uint64_t id,
		      const struct sim_hub_conn *c, int code)
{
	const struct sim_hub_gone g = {
		.id = id, .user = c->who.user, .code = code,
		.lasted_ms = sim_hub_ms(h) - c->opened_ms,
	};

	if (h->config.gone)
		h->config.gone(h->config.ctx, &g);
}

void sim_hub_closed(void *ctx, uint64_t id, void *user, int code)
{
	struct sim_hub_conn *c = user;

	sim_hub_metrics_closed(ctx, code);
	if (!c)
		return;			/* its token was refused */
	tell_gone(ctx, id, c, code);
	if (!c->is_health)
		sim_quota_give(((struct sim_hub *)ctx)->quota, c->who.user,
			       SIM_PLAN_LIMIT_concurrent_connections, 1);
	if (c->was_opened)
		post(c->bench, &c->closed);
	else
		sim_mem_free(c);
}

/* -- now and then ---------------------------------------------------------- */

static void warn_end(struct sim_hub_conn *c, int64_t left_ms)
{
	bool is_last = left_ms <= WARN_LAST_MS;
	struct sim_message_warning w = {
		.warning_type = is_last ? "imminent_closure" :
			"approaching_timeout",
		.message = is_last ? "this connection ends within a minute" :
			"this connection ends within five minutes",
		.expires_at = c->until,
		.action_required = "connect anew and send resume_session",
		.seconds_remaining = left_ms / 1000,
	};

	sim_hub_say(c, SIM_MESSAGE_connection_warning, &w, NULL);
}

static void look_at(struct sim_hub_conn *c, int64_t now_ms)
{
	int64_t left = c->until_ms - now_ms;
	int64_t idle = 1000 * sim_plan_limit(c->who.plan,
					     SIM_PLAN_LIMIT_idle_timeout_sec);

	if (c->warned < 1 && left <= WARN_FIRST_MS && left > WARN_LAST_MS) {
		warn_end(c, left);
		c->warned = 1;
	}
	if (c->warned < 2 && left <= WARN_LAST_MS) {
		warn_end(c, left);
		c->warned = 2;
	}
	if (left <= 0)
		sim_hub_close(c, SIM_HUB_CLOSING_DURATION);
	else if (now_ms - c->heard_ms >= idle && !c->is_busy)
		sim_hub_close(c, SIM_HUB_CLOSING_IDLE);
}

void sim_hub_conns_sweep(struct sim_hub_bench *b, int64_t now_ms)
{
	for (struct sim_hub_conn *c = b->conns; c; c = c->next)
		look_at(c, now_ms);
}

void sim_hub_conns_close(struct sim_hub_bench *b, enum sim_hub_closing why,
			 bool (*is_meant)(const struct sim_hub_conn *c,
					  const void *ctx), const void *ctx)
{
	for (struct sim_hub_conn *c = b->conns; c; c = c->next) {
		if (!is_meant || is_meant(c, ctx))
			sim_hub_close(c, why);
	}
}
