/*
 * hub: opening, threads, what is done now and then, draining.
 */
#include "server/hub_job.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/hub_metrics.h"
#include "server/hub_people.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/secret.h"

#define POOL_THREADS	2
#define POOL_JOBS	64
#define LOOK_THREADS	1		/* one look at keys at a time, */
#define LOOK_JOBS	1		/* and none waits */
#define HASH_THREADS	2		/* passwords at a time, 64 MiB each */
#define HASH_JOBS	8		/* that wait: a third of a second */
#define SWEEP_MS	250
#define ALIVE_MS	10000
#define KEYS_MS		400	/* between looks at revoked keys */
#define KEYS_AGAIN_SEC	(15 + SIM_DB_BUSY_MS / 1000)
#define EXPIRE_MS	60000	/* between looks at sessions that are old */
#define JUMP_NS		(INT64_C(500000000))	/* of the wall clock */
#define TICKETS_MAX	100000
#define USERS_MAX	100000
#define WRITE_BYTES_MAX	((size_t)64 << 20)
#define KEEP_SEC	3600
#define IDLE_MS		30000
#define KEEP_OVER_SEC	(30 * 86400)

/* -- time ------------------------------------------------------------------ */

sim_time sim_hub_now(const struct sim_hub *h)
{
	sim_time t = h->config.now(h->config.ctx);

	return t / SIM_TIME_MS * SIM_TIME_MS;
}

int64_t sim_hub_ns(const struct sim_hub *h)
{
	return h->config.now_ns(h->config.ctx);
}

int64_t sim_hub_ms(const struct sim_hub *h)
{
	return sim_hub_ns(h) / 1000000;
}

sim_time sim_hub_even(const struct sim_hub *h)
{
	return h->began + (sim_hub_ns(h) - h->began_ns);
}

void sim_hub_new_id(char out[SIM_SESSION_ID])
{
	char hex[33];

	sim_secret_hex(hex, 16);
	snprintf(out, SIM_SESSION_ID, "ses_%s", hex);
}

/* -- a bench --------------------------------------------------------------- */

struct sim_hub_bench *sim_hub_bench_of(struct sim_hub *h, const char *user)
{
	uint32_t x = 2166136261u;

	for (; *user; user++)
		x = (x ^ (unsigned char)*user) * 16777619u;
	return &h->benches[(x ^ x >> 16) % h->nbenches];
}

static int64_t bench_now(void *ctx)
{
	return sim_hub_ms(((struct sim_hub_bench *)ctx)->hub);
}

/* Who has the next one. */
static void foresee_turn(const struct sim_hub_bench *b)
{
	const struct sim_due_item *next = sim_due_peek(&b->due);

	if (next)
		sim_hub_seat_foresee((const struct sim_hub_seat *)next,
				     SIM_SESSION_NEAR);
}

static int64_t bench_turn(void *ctx, int64_t now_ms)
{
	struct sim_hub_bench *b = ctx;
	struct sim_due_item *item;
	int64_t next, look, said_ms = now_ms;
	int n = 0;

	if (!b->is_begun)
		sim_net_gather();
	b->is_begun = true;
	sim_hub_seats_flush(b);
	while (n++ < 64 && (item = sim_due_pop(&b->due, now_ms))) {
		foresee_turn(b);
		sim_hub_seat_turn((struct sim_hub_seat *)item, now_ms);
		if (sim_hub_ms(b->hub) != said_ms) {
			sim_net_flush(b->hub->net);
			said_ms = sim_hub_ms(b->hub);
		}
	}
	if (now_ms >= b->next_sweep_ms) {
		sim_hub_conns_sweep(b, now_ms);
		sim_hub_seats_sweep(b, now_ms);
		b->next_sweep_ms = now_ms + SWEEP_MS;
	}
	look = b->stuffed ? sim_hub_conns_unstuff(b, now_ms) : b->next_sweep_ms;
	sim_net_flush(b->hub->net);
	next = sim_due_first(&b->due);
	next = next < look ? next : look;
	return next < b->next_sweep_ms ? next : b->next_sweep_ms;
}

static void decided(void *ctx, uint64_t up_to)
{
	struct sim_hub *h = ctx;

	(void)up_to;
	for (unsigned i = 0; i < h->nbenches; i++)
		sim_worker_wake(h->benches[i].worker);
}

static void lost(void *ctx, uint64_t ticket, const struct sim_err *err)
{
	struct sim_hub *h = ctx;

	(void)ticket;
	sim_hub_log(h, SIM_NET_LOG_ERROR, "storage", err->msg);
}

static int64_t writer_ns(void *ctx)
{
	return sim_hub_ns(ctx);
}

/* -- revoked keys ---------------------------------------------------------- */

/* For every bench: connections of these keys are closed. */
struct revoked {
	struct sim_worker_item item;	/* first */
	struct sim_hub_bench *bench;
	size_t n;
	char keys[][SIM_APIKEY_ID];
};

static bool is_revoked(const struct sim_hub_conn *c, const void *ctx)
{
	const struct revoked *r = ctx;

	for (size_t i = 0; i < r->n; i++) {
		if (!strcmp(r->keys[i], c->who.key))
			return true;
	}
	return false;
}

static void close_revoked(void *ctx, struct sim_worker_item *item)
{
	struct revoked *r = (struct revoked *)item;

	(void)ctx;
	sim_hub_conns_close(r->bench, SIM_HUB_CLOSING_REVOKED, is_revoked, r);
	sim_mem_free(r);
}

static void tell_benches(struct sim_hub *h, char (*ids)[SIM_APIKEY_ID],
			 size_t n)
{
	for (unsigned i = 0; n && i < h->nbenches; i++) {
		struct revoked *r = sim_mem_alloc(sizeof(*r) +
						  n * sizeof(r->keys[0]));

		r->item.run = close_revoked;
		r->bench = &h->benches[i];
		r->n = n;
		memcpy(r->keys, ids, n * sizeof(r->keys[0]));
		sim_worker_post(r->bench->worker, &r->item);
	}
}

/* In its own thread: keys and logins that have gone bad since the last look.
 * Who ends one may wait SIM_DB_BUSY_MS for the database after having looked at
 * the clock, and clocks differ: what was seen is looked at for a while. */
static void look_at_keys(void *own, void *ctx)
{
	struct sim_hub *h = ctx;
	struct sim_err err = SIM_ERR_INIT;
	char (*ids)[SIM_APIKEY_ID] = NULL;
	sim_time now = sim_hub_now(h), since = h->keys_seen;
	size_t n = 0;

	/* At first: whatever has tokens that are good yet.  A clock may have
	 * been set back. */
	if (!since)
		since = now - SIM_TOKEN_LIFE_SEC * SIM_TIME_SEC;
	since = since < now ? since : now;
	if (sim_hub_people_ended(own, since - KEYS_AGAIN_SEC * SIM_TIME_SEC,
				 now, &ids, &n, &err)) {
		sim_hub_log(h, SIM_NET_LOG_ERROR, "keys", err.msg);
	} else {
		h->keys_seen = now;
		for (size_t i = 0; i < n; i++)
			sim_route_revoke(h->routes, ids[i]);
		tell_benches(h, ids, n);
	}
	sim_mem_free(ids);
	/* After it: who was enabled since has keys among those. */
	if (sim_hub_people_changed(h, own, now, &err))
		sim_hub_log(h, SIM_NET_LOG_ERROR, "users", err.msg);
	atomic_store(&h->is_looking, false);
}

/* For a bench: its users' sessions that nobody was at for long. */
struct old {
	struct sim_worker_item item;	/* first */
	struct sim_hub_bench *bench;
	struct sim_session_row *rows;
	size_t n;
	sim_time before;
};

static void forget_at_bench(void *ctx, struct sim_worker_item *item)
{
	struct old *o = (struct old *)item;

	(void)ctx;
	for (size_t i = 0; i < o->n; i++) {
		const struct sim_session_row *r = &o->rows[i];

		if (r->changed < o->before &&
		    sim_hub_bench_of(o->bench->hub, r->user) == o->bench)
			sim_hub_forget(o->bench, r, o->before);
	}
	sim_session_row_free(o->rows, o->n);
	sim_mem_free(o);
}

/* Each bench looks through all of them, of which there are few. */
static void find_old(struct sim_hub_bench *b, struct sim_db *db,
		     sim_time before, struct sim_err *err)
{
	struct old *o = sim_mem_zalloc(sizeof(*o));

	o->item.run = forget_at_bench;
	o->bench = b;
	o->before = before;
	if (sim_session_row_alive(db, &o->rows, &o->n, err))
		sim_mem_free(o);
	else
		sim_worker_post(b->worker, &o->item);
}

/* In the pool: what is old enough is forgotten. */
static void forget_old(void *own, void *ctx)
{
	struct sim_hub *h = ctx;
	sim_time now = sim_hub_now(h);
	sim_time over = now - h->config.keep_over_sec * SIM_TIME_SEC;
	struct sim_err err = SIM_ERR_INIT;
	int64_t gone;

	for (unsigned i = 0; i < h->nbenches; i++)
		find_old(&h->benches[i], own,
			 now - h->config.keep_sec * SIM_TIME_SEC, &err);
	if (sim_session_row_expire(own, over, SIM_TIME_NONE, &gone, &err) ||
	    sim_hub_people_forget(own, now, &err) || err.code)
		sim_hub_log(h, SIM_NET_LOG_WARNING, "expire", err.msg);
}

/* -- net's ops ------------------------------------------------------------- */

static void on_request(void *ctx, const struct sim_net_request *rq)
{
	sim_route_request(((struct sim_hub *)ctx)->routes, rq);
}

/* Who runs the server comes in without a token. */
static void let_in(struct sim_hub *h, const struct sim_net_request *rq,
		   struct sim_net_verdict *v)
{
	const struct sim_quota_ask ask = {
		h->local.user, h->local.plan,
		SIM_PLAN_LIMIT_concurrent_connections,
		(uint64_t)sim_hub_ns(h)
	};
	struct sim_quota_answer a;
	bool is_health = !strcmp(rq->path, "/ws/health");

	if (!h->local.user[0] || atomic_load(&h->is_draining) ||
	    (!is_health && strcmp(rq->path, "/ws/simulate")))
		return;			/* refused with 404 */
	if (!is_health && !sim_quota_take(h->quota, &ask, 1, &a))
		return;
	v->accept = true;
	v->user = sim_hub_conn_new(h, is_health ? NULL : &h->local);
}

static void on_upgrade(void *ctx, const struct sim_net_request *rq,
		       struct sim_net_verdict *v)
{
	struct sim_hub *h = ctx;
	struct sim_token_claims who;

	if (h->config.net.listeners[rq->listener].is_local) {
		let_in(h, rq, v);
		return;
	}
	switch (sim_route_upgrade(h->routes, rq, v, &who)) {
	case SIM_ROUTE_REFUSED:
		return;
	case SIM_ROUTE_HEALTH:
		v->user = sim_hub_conn_new(h, NULL);
		return;
	case SIM_ROUTE_USER:
		v->user = sim_hub_conn_new(h, &who);
		return;
	}
}

/* Are the times in the database of use now?  Not while the wall clock jumps, or
 * what is written is lost: then all is kept for once more. */
static bool can_forget(struct sim_hub *h)
{
	int64_t ahead = sim_hub_now(h) - sim_hub_even(h);
	int64_t jump = ahead - h->ahead_ns;
	struct sim_writer_stats s;
	bool is_calm;

	sim_writer_stats(h->writer, &s);
	is_calm = jump < JUMP_NS && jump > -JUMP_NS && !s.is_failing &&
		s.lost == h->seen_lost;
	h->ahead_ns = ahead;
	h->seen_lost = s.lost;
	return is_calm;
}

static void on_tick(void *ctx, int64_t net_ms)
{
	struct sim_hub *h = ctx;
	int64_t keep = h->config.keep_sec * 1000, now_ms = sim_hub_ms(h);

	(void)net_ms;		/* its clock need not be the hub's */
	if (!can_forget(h))
		h->next_expire_ms = now_ms + keep;
	atomic_store(&h->turned_ms, sim_hub_ms(h));
	if (now_ms >= h->next_keys_ms && !atomic_exchange(&h->is_looking,
							  true)) {
		h->next_keys_ms = now_ms + KEYS_MS;
		if (!sim_pool_submit(h->looks, look_at_keys, h))
			atomic_store(&h->is_looking, false);
	}
	if (now_ms >= h->next_expire_ms) {
		h->next_expire_ms = now_ms + (keep < EXPIRE_MS ? keep :
					      EXPIRE_MS);
		sim_pool_submit(h->pool, forget_old, h);
	}
}

static void on_done(void *ctx, const struct sim_net_done *d)
{
	struct sim_hub *h = ctx;

	sim_meter_served(h->meter, d);
	if (h->config.served)
		h->config.served(h->config.ctx, d);
}

static void on_log(void *ctx, enum sim_net_level level, const char *line)
{
	sim_hub_log(ctx, level, "net", line);
}

static const struct sim_net_ops net_ops = {
	.request = on_request, .upgrade = on_upgrade,
	.opened = sim_hub_opened, .message = sim_hub_message,
	.closed = sim_hub_closed, .rested = sim_hub_rested, .tick = on_tick,
	.done = on_done, .log = on_log,
};

void sim_hub_log(struct sim_hub *h, enum sim_net_level level,
		 const char *event, const char *text)
{
	if (h->config.log)
		h->config.log(h->config.ctx, level, event, text);
}

/* -- opening --------------------------------------------------------------- */

void sim_hub_config_init(struct sim_hub_config *c)
{
	memset(c, 0, sizeof(*c));
	sim_net_config_init(&c->net);
	c->keep_sec = KEEP_SEC;
	c->keep_over_sec = KEEP_OVER_SEC;
	c->idle_ms = IDLE_MS;
	c->capital_min = 1000 * SIM_DEC_ONE;
	c->capital_max = 10000000 * SIM_DEC_ONE;
	c->tick_interval_ms = 20;
	sim_route_limits_init(&c->limits);
	c->cost = SIM_SECRET_COST;
}

static void *enter_pool(void *ctx, struct sim_err *err)
{
	struct sim_hub *h = ctx;
	struct sim_db *db;

	return sim_db_open(h->config.db_path, false, &db, err) ? NULL : db;
}

static void leave_pool(void *ctx, void *own)
{
	(void)ctx;
	sim_db_close(own);
}

/* What was alive when the server ended stands still until it is resumed, and
 * counts. */
static int find_alive(struct sim_hub *h, struct sim_db *db,
		      struct sim_err *err)
{
	struct sim_session_row_change paused = {
		.now = sim_hub_now(h), .steps = -1,
		.state = sim_session_states[SIM_SESSION_PAUSED],
	};
	const char *running = sim_session_states[SIM_SESSION_RUNNING];
	struct sim_session_row *rows;
	size_t n;
	int rc = sim_session_row_alive(db, &rows, &n, err);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < n; i++) {
		struct sim_user u;

		if (!strcmp(rows[i].state, running))
			rc = sim_session_row_change(db, rows[i].user,
						    rows[i].id, &paused, err);
		if (!rc)
			rc = sim_user_find(db, rows[i].user, &u, err);
		if (!rc) {
			struct sim_quota_ask ask = {
				u.id, u.plan,
				SIM_PLAN_LIMIT_concurrent_sessions,
				(uint64_t)sim_hub_ns(h)
			};

			sim_quota_hold(h->quota, &ask, 1);
		}
	}
	sim_session_row_free(rows, n);
	return rc;
}

static int open_storage(struct sim_hub *h, struct sim_err *err)
{
	const struct sim_writer_config writer = {
		.db_path = h->config.db_path, .bytes_max = WRITE_BYTES_MAX,
		.ctx = h, .decided = decided, .lost = lost,
		.now_ns = writer_ns, .committed = sim_hub_metrics_commit,
	};
	const struct sim_db_by by = { "server", sim_hub_now(h), NULL };
	struct sim_db *db;
	int rc = sim_db_open_by(h->config.db_path, true, &by, &db, err);

	if (rc)
		return rc;
	h->quota = sim_quota_new(USERS_MAX);
	rc = sim_db_claim(h->config.db_path, &h->claim, err);
	if (!rc)
		rc = find_alive(h, db, err);
	sim_db_close(db);
	if (!rc)
		rc = sim_store_open(h->config.store_dir, &h->store, err);
	if (!rc)
		sim_store_share(h->store);
	if (!rc)
		rc = sim_writer_start(&writer, &h->writer, err);
	return rc;
}

static int open_threads(struct sim_hub *h, struct sim_err *err)
{
	const struct sim_pool_own own = { h, enter_pool, leave_pool };
	unsigned n = h->config.pool_threads;
	int rc = sim_pool_start(n ? n : POOL_THREADS, POOL_JOBS, &own,
				&h->pool, err);

	if (!rc)
		rc = sim_pool_start(HASH_THREADS, HASH_JOBS, &own, &h->hashes,
				    err);
	if (!rc)
		rc = sim_pool_start(LOOK_THREADS, LOOK_JOBS, &own, &h->looks,
				    err);
	for (unsigned i = 0; !rc && i < h->nbenches; i++) {
		struct sim_hub_bench *b = &h->benches[i];
		const struct sim_worker_ops ops = { b, bench_now, bench_turn };

		b->hub = h;
		b->scratch.max = SIM_BUF_MAX;
		rc = sim_worker_start(&ops, &b->worker, err);
	}
	return rc;
}

static void make_benches(struct sim_hub *h)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = h->config.workers;

	if (!n)
		n = cores > 1 ? (unsigned)cores - 1 : 1;
	h->nbenches = n < SIM_HUB_BENCHES_MAX ? n : SIM_HUB_BENCHES_MAX;
	h->benches = sim_mem_array(h->nbenches, sizeof(*h->benches));
}

/* -- what the routes need -------------------------------------------------- */

static sim_time env_now(void *ctx)
{
	return sim_hub_now(ctx);
}

static uint64_t env_ns(void *ctx)
{
	return (uint64_t)sim_hub_ns(ctx);
}

static void env_reply(void *ctx, uint64_t id, struct sim_net_answer *a)
{
	sim_net_reply(((struct sim_hub *)ctx)->net, id, a);
}

static bool env_submit(void *ctx, void (*job)(void *own, void *arg),
		       void *arg)
{
	return sim_pool_submit(((struct sim_hub *)ctx)->pool, job, arg);
}

static int env_check_key(void *ctx, void *own, const char *text, sim_time now,
			 struct sim_user *u, struct sim_apikey *k)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_apikey_check(own, text, now, u, k, &err);

	if (rc && rc != SIM_E_AUTH)
		sim_hub_log(ctx, SIM_NET_LOG_ERROR, "keys", err.msg);
	return rc;
}

static enum sim_route_health env_health(void *ctx)
{
	return (enum sim_route_health)sim_hub_health(ctx);
}

static bool env_is_ready(void *ctx)
{
	return sim_hub_health(ctx) == SIM_HUB_OK;
}

static void env_audit(void *ctx, const struct sim_route_event *e)
{
	struct sim_hub *h = ctx;
	const struct sim_db_by by = { e->user[0] ? e->user : "nobody",
				      sim_hub_now(h), NULL };
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_buf_printf(&b, "request=%llx address=%s path=%s %s",
		       (unsigned long long)e->id, e->address, e->path,
		       e->detail);
	sim_writer_audit(h->writer, &by, e->action, e->key, sim_buf_str(&b));
	sim_buf_release(&b);
}

static int open_net(struct sim_hub *h, struct sim_err *err)
{
	struct sim_route_env env = {
		.ctx = h, .version = h->config.version, .tokens = h->token,
		.tickets = h->tickets, .quota = h->quota,
		.limits = h->config.limits, .now = env_now,
		.now_ns = env_ns, .reply = env_reply, .submit = env_submit,
		.check_key = env_check_key, .health = env_health,
		.is_ready = env_is_ready, .metrics = sim_hub_metrics_write,
		.audit = env_audit, .happened = sim_hub_metrics_auth,
		.limited = sim_hub_metrics_limited,
	};

	sim_hub_people_env(h, &env);
	h->routes = sim_route_new(&env);
	h->config.net.ops = &net_ops;
	h->config.net.ctx = h;
	return sim_net_open(&h->config.net, &h->net, err);
}

int sim_hub_open(const struct sim_hub_config *c, struct sim_hub **out,
		 struct sim_err *err)
{
	struct sim_hub *h = sim_mem_zalloc(sizeof(*h));
	int rc;

	h->config = *c;
	h->claim = -1;
	h->began = sim_hub_now(h);
	h->began_ns = sim_hub_ns(h);
	h->session_env = (struct sim_session_env){
		.calendars = sim_calendars_new(c->calendar_dir),
		.capital_min = c->capital_min, .capital_max = c->capital_max,
		.tick_interval_ms = c->tick_interval_ms,
	};
	h->tickets = sim_ticket_new(TICKETS_MAX);
	h->meter = sim_hub_metrics_new(h);
	make_benches(h);
	rc = open_storage(h, err);
	h->session_env.store = h->store;
	h->config.token.now = sim_hub_now(h);
	if (!rc)
		rc = sim_token_load(&h->config.token, &h->token, err);
	if (!rc)
		rc = open_net(h, err);
	if (!rc)
		rc = open_threads(h, err);
	if (!rc)
		rc = sim_hub_people_start(h, err);
	if (rc)
		sim_hub_free(h);
	else
		*out = h;
	return rc;
}

int sim_hub_start(struct sim_hub *h, struct sim_err *err)
{
	atomic_store(&h->turned_ms, sim_hub_ms(h));
	return sim_net_start(h->net, err);
}

void sim_hub_let_in(struct sim_hub *h, const char *user)
{
	snprintf(h->local.user, sizeof(h->local.user), "%s", user);
	h->local.plan = SIM_PLAN_LOCAL;
}

bool sim_hub_is_idle(struct sim_hub *h)
{
	struct sim_net_stats s;
	bool came;

	sim_net_stats(h->net, &s);
	came = s.accepted != h->came;
	h->came = s.accepted;
	return !came && !s.open && !atomic_load(&h->nbusy) &&
		!sim_pool_waiting(h->pool);
}

bool sim_hub_is_alive(const struct sim_hub *h)
{
	return sim_hub_ms(h) - atomic_load(&h->turned_ms) < ALIVE_MS;
}

int sim_hub_port(const struct sim_hub *h, size_t i)
{
	return sim_net_port(h->net, i);
}

int sim_hub_reload(struct sim_hub *h, struct sim_err *err)
{
	h->config.token.now = sim_hub_now(h);
	sim_net_renew(h->net);
	return sim_token_reload(h->token, &h->config.token, err);
}

enum sim_hub_health sim_hub_health(struct sim_hub *h)
{
	struct sim_writer_stats s;

	sim_writer_stats(h->writer, &s);
	if (s.is_failing)
		return SIM_HUB_UNHEALTHY;
	return atomic_load(&h->is_draining) ? SIM_HUB_DEGRADED : SIM_HUB_OK;
}

/* -- the end --------------------------------------------------------------- */

struct drain {
	struct sim_worker_item item;	/* first */
	struct sim_hub_bench *bench;
};

static void drain_bench(void *ctx, struct sim_worker_item *item)
{
	struct drain *d = (struct drain *)item;

	(void)ctx;
	sim_hub_seats_flush(d->bench);
	sim_hub_conns_close(d->bench, SIM_HUB_CLOSING_MAINTENANCE, NULL, NULL);
	sim_mem_free(d);
}

void sim_hub_stop(struct sim_hub *h, int deadline_ms)
{
	if (atomic_exchange(&h->is_draining, true))
		return;
	for (unsigned i = 0; i < h->nbenches; i++) {
		struct drain *d = sim_mem_alloc(sizeof(*d));

		d->item.run = drain_bench;
		d->bench = &h->benches[i];
		sim_worker_post(d->bench->worker, &d->item);
	}
	sim_net_stop(h->net, deadline_ms, "server_maintenance");
	sim_net_wait(h->net, deadline_ms + 1000);
}

static void free_bench(struct sim_hub_bench *b)
{
	for (int i = 0; i < SIM_HUB_TABLE; i++) {
		struct sim_hub_seat *x;

		while ((x = b->table[i])) {
			sim_hub_unwatch_all(x);
			sim_hub_leave(x);
			if (b->table[i] == x)
				sim_hub_seat_free(x);
		}
	}
	sim_hub_conns_release(b);
	sim_due_release(&b->due);
	sim_buf_release(&b->scratch);
}

/* From the outside in: sockets are silent, the pool, the benches and the
 * storage end, and what they used is released. */
void sim_hub_free(struct sim_hub *h)
{
	if (!h)
		return;
	if (h->net)
		sim_hub_stop(h, 0);
	sim_pool_stop(h->hashes);
	sim_pool_stop(h->looks);
	sim_pool_stop(h->pool);
	sim_post_stop(h->post);
	if (h->writer)
		sim_writer_mute(h->writer);
	for (unsigned i = 0; i < h->nbenches; i++)
		sim_worker_stop(h->benches[i].worker);
	for (unsigned i = 0; i < h->nbenches; i++)
		free_bench(&h->benches[i]);
	sim_writer_stop(h->writer);
	sim_net_free(h->net);
	sim_route_free(h->routes);
	sim_store_close(h->store);
	sim_calendars_free(h->session_env.calendars);
	sim_token_free(h->token);
	sim_ticket_free(h->tickets);
	sim_quota_free(h->quota);
	sim_file_unlock(h->claim);
	sim_meter_free(h->meter);
	sim_mem_free(h->benches);
	sim_mem_free(h);
}
