/*
 * hub_conn: connections: they open, what comes in is heard one after the
 * other, they end.
 */
#include "server/hub_job.h"

#include <stdio.h>
#include <string.h>

#include "proto/tick.h"
#include "server/hub_metrics.h"
#include "util/mem.h"

#define RESUME_READ	(SIM_HUB_PENDING_MAX / 2)
#define STUFFED_MS	5	/* between looks at those that don't read */
#define TEXT_SPARE	192	/* bytes of a message whose memory is kept */

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

static void hear_start(struct sim_hub_conn *c, const struct sim_hub_heard *h)
{
	const struct sim_message_start_simulation *m = h->m.data;

	if (m->spec->has_symbols || m->spec->has_start_date ||
	    m->spec->has_end_date)
		sim_hub_create(c, h);
	else
		sim_hub_start_made(c, h);
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
		sim_hub_ask(c, h);
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

	if (!x || x->conn != c || x->is_away ||
	    !sim_tick_ack(text, n, sim_session_id(x->s), &sequence) ||
	    !sim_session_ack(x->s, sequence, sim_hub_now(c->hub)))
		return false;
	sim_hub_seat_due(x, c->heard_ms);
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

/* It is heard no more until it has read what it was told: who asks for a lot
 * at once waits for it, and no queue grows. */
static void stuff(struct sim_hub_conn *c)
{
	if (c->is_stuffed || sim_hub_told(c) <= SIM_HUB_QUEUED_MAX)
		return;
	c->is_stuffed = true;
	c->next_stuffed = c->bench->stuffed;
	c->bench->stuffed = c;
}

static void unstuff(struct sim_hub_conn *c)
{
	struct sim_hub_conn **at = &c->bench->stuffed;

	if (!c->is_stuffed)
		return;
	while (*at != c)
		at = &(*at)->next_stuffed;
	*at = c->next_stuffed;
	c->is_stuffed = false;
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
	stuff(c);
}

/* -- one after the other --------------------------------------------------- */

/* The memory of a small message is kept for the next one, so that it needn't
 * go from thread to thread. */
static void forget_text(struct sim_hub_conn *c, struct sim_hub_text *t)
{
	if (t->cap == TEXT_SPARE)
		t = atomic_exchange(&c->spare, t);
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
	sim_hub_queue_release(c);
	sim_mem_free(atomic_load(&c->spare));
	sim_mem_free(c);
}

static void put_first(struct sim_hub_conn *c, struct sim_hub_text *t)
{
	t->next = c->waiting;
	if (!c->waiting)
		c->waiting_end = &t->next;
	c->waiting = t;
}

void sim_hub_continue(struct sim_hub_conn *c)
{
	struct sim_hub_text *t;

	while (!c->is_busy && !c->is_stuffed && (t = c->waiting)) {
		c->waiting = t->next;
		if (!c->waiting)
			c->waiting_end = &c->waiting;
		if (!c->is_closing && !c->is_gone)
			hear(c, t->text, t->n);
		if (c->is_parked)
			put_first(c, t);
		else
			forget_text(c, t);
	}
	if (c->is_gone && !c->is_busy)
		conn_free(c);
}

int64_t sim_hub_conns_unstuff(struct sim_hub_bench *b, int64_t now_ms)
{
	struct sim_hub_conn *c, *next;

	for (c = b->stuffed; c; c = next) {
		next = c->next_stuffed;
		if (!c->is_closing &&
		    sim_hub_told(c) > SIM_HUB_QUEUED_MAX / 2)
			continue;
		unstuff(c);
		sim_hub_continue(c);
	}
	return b->stuffed ? now_ms + STUFFED_MS : SIM_WORKER_NEVER;
}

static struct sim_hub_text *text_new(struct sim_hub_conn *c, const char *text,
				     size_t n)
{
	struct sim_hub_text *t = n < TEXT_SPARE ?
		atomic_exchange(&c->spare, NULL) : NULL;
	size_t cap = n < TEXT_SPARE ? TEXT_SPARE : n + 1;

	if (!t)
		t = sim_mem_alloc(sizeof(*t) + cap);
	t->cap = cap;
	t->conn = c;
	t->n = n;
	memcpy(t->text, text, n);
	t->text[n] = '\0';
	return t;
}

void sim_hub_hear_first(struct sim_hub_conn *c, const char *line, size_t n)
{
	atomic_fetch_add(&c->pending, 1);
	put_first(c, text_new(c, line, n));
}

/* -- waiting for a session ------------------------------------------------- */

void sim_hub_park(struct sim_hub_conn *c, const char *session)
{
	c->is_busy = c->is_parked = true;
	snprintf(c->parked_at, sizeof(c->parked_at), "%s", session);
	c->next_parked = c->bench->parked;
	c->bench->parked = c;
}

/* The first of the list that waits for it, taken out. */
static struct sim_hub_conn *take_parked(struct sim_hub_conn **at,
					const char *user, const char *session)
{
	struct sim_hub_conn *c;

	while (*at && (strcmp((*at)->parked_at, session) ||
		       strcmp((*at)->who.user, user)))
		at = &(*at)->next_parked;
	c = *at;
	if (c)
		*at = c->next_parked;
	return c;
}

/* Those that have to wait again are in a list of their own by then. */
void sim_hub_unpark(struct sim_hub_bench *b, const char *user,
		    const char *session)
{
	struct sim_hub_conn *free_now = NULL, *c;
	char u[SIM_USER_ID], id[SIM_SESSION_ID];

	snprintf(u, sizeof(u), "%s", user);
	snprintf(id, sizeof(id), "%s", session);
	while ((c = take_parked(&b->parked, u, id))) {
		c->next_parked = free_now;
		free_now = c;
	}
	while ((c = free_now)) {
		free_now = c->next_parked;
		c->is_parked = c->is_busy = false;
		sim_hub_continue(c);
	}
}

void sim_hub_conns_release(struct sim_hub_bench *b)
{
	struct sim_hub_conn *c;

	while ((c = b->parked)) {
		b->parked = c->next_parked;
		c->is_parked = c->is_busy = false;
		c->is_gone = true;
		unstuff(c);
		sim_hub_continue(c);
	}
}

/* -- from net -------------------------------------------------------------- */

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

/* What a message needs is found step by step, and with a thousand connections
 * each step is a walk to memory: so it is gone for the next messages while
 * this one is heard, one step each. */
static void foresee_text(const struct sim_hub_conn *c, int ahead)
{
	const struct sim_hub_seat *x = ahead < 4 ? c->current : NULL;

	if (ahead == 4)
		SIM_MEM_FETCH(c, offsetof(struct sim_hub_conn, seats));
	else if (x && ahead == 3)
		SIM_MEM_FETCH(x, sizeof(*x));
	else if (x)
		sim_hub_seat_foresee(x, ahead == 2 ? SIM_SESSION_FAR :
				     SIM_SESSION_NEARER);
}

static void text_item(void *ctx, struct sim_worker_item *item)
{
	struct sim_hub_text *t = (struct sim_hub_text *)item;
	struct sim_hub_conn *c = t->conn;

	(void)ctx;
	item = item->next;
	for (int ahead = 1; ahead <= 4 && item && item->run == text_item;
	     ahead++, item = item->next)
		foresee_text(((struct sim_hub_text *)item)->conn, ahead);
	t->next = NULL;
	*c->waiting_end = t;
	c->waiting_end = &t->next;
	c->heard_ms = sim_hub_ms(c->hub);
	sim_hub_continue(c);
}

bool sim_hub_message(void *ctx, uint64_t id, void *user, const char *text,
		     size_t n)
{
	struct sim_hub_conn *c = user;
	struct sim_hub_text *t = text_new(c, text, n);
	bool is_full;

	(void)ctx, (void)id;
	t->item.run = text_item;
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
		"step_simulation", "set_speed", "attach_session", "dry_run",
		"get_log", "query_bars", "query_actions", "on_disconnect",
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
	struct sim_hub_conn *c = (struct sim_hub_conn *)
		((char *)item - offsetof(struct sim_hub_conn, opened));
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
	while (c->watches)
		sim_hub_unwatch(c->watches->seat, c);
	unstuff(c);
	sim_hub_continue(c);
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
	c->bench = sim_hub_bench_of(h, c->who.user);
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

/* -- all of them ----------------------------------------------------------- */

void sim_hub_conns_close(struct sim_hub_bench *b, enum sim_hub_closing why,
			 bool (*is_meant)(const struct sim_hub_conn *c,
					  const void *ctx), const void *ctx)
{
	for (struct sim_hub_conn *c = b->conns; c; c = c->next) {
		if (!is_meant || is_meant(c, ctx))
			sim_hub_close(c, why);
	}
}

void sim_hub_conns_plan(struct sim_hub_bench *b, const char *user,
			enum sim_plan plan)
{
	for (struct sim_hub_conn *c = b->conns; c; c = c->next) {
		if (!strcmp(c->who.user, user))
			c->who.plan = plan;
	}
}
