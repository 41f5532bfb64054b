/* hub_people: the hub's part in accounts. */
#include "server/hub_people.h"

#include <string.h>

#include "db/lockout.h"
#include "db/outbox.h"
#include "db/pending.h"
#include "db/signin.h"
#include "server/hub_conn.h"
#include "util/mem.h"

#define KEEP_SEC (30 * 86400)		/* what is over, for looking back */

_Static_assert((int)SIM_SIGNIN_ID == (int)SIM_APIKEY_ID, "ids in one list");

int sim_hub_people_ended(struct sim_db *db, sim_time since, sim_time now,
			 char (**ids)[SIM_APIKEY_ID], size_t *n,
			 struct sim_err *err)
{
	struct sim_apikey *keys = NULL;
	struct sim_signin *logins = NULL;
	size_t nkeys = 0, nlogins = 0;
	int rc = sim_apikey_ended(db, since, now, &keys, &nkeys, err);

	if (!rc)
		rc = sim_signin_ended(db, since, now, &logins, &nlogins, err);
	if (!rc) {
		*n = nkeys + nlogins;
		*ids = sim_mem_array(*n + 1, sizeof(**ids));
		for (size_t i = 0; i < nkeys; i++)
			memcpy((*ids)[i], keys[i].id, SIM_APIKEY_ID);
		for (size_t i = 0; i < nlogins; i++)
			memcpy((*ids)[nkeys + i], logins[i].id, SIM_APIKEY_ID);
	}
	sim_mem_free(keys);
	sim_mem_free(logins);
	return rc;
}

/* For a user's bench. */
struct plan_is {
	struct sim_worker_item item;	/* first */
	struct sim_hub_bench *bench;
	struct sim_user user;
};

static void set_plan(void *ctx, struct sim_worker_item *item)
{
	struct plan_is *x = (struct plan_is *)item;

	(void)ctx;
	sim_hub_conns_plan(x->bench, x->user.id, x->user.plan);
	sim_mem_free(x);
}

static void tell_plan(struct sim_hub *h, const struct sim_user *u)
{
	struct plan_is *x = sim_mem_zalloc(sizeof(*x));

	x->item.run = set_plan;
	x->bench = sim_hub_bench_of(h, u->id);
	x->user = *u;
	sim_worker_post(x->bench->worker, &x->item);
}

int sim_hub_people_changed(struct sim_hub *h, struct sim_db *db, sim_time now,
			   struct sim_err *err)
{
	struct sim_user *list = NULL;
	int64_t seen = h->audit_seen;
	size_t n = 0;
	int rc = sim_user_changed(db, &seen, now - SIM_TOKEN_LIFE_SEC *
				  SIM_TIME_SEC, &list, &n, err);

	for (size_t i = 0; !rc && i < n; i++) {
		tell_plan(h, &list[i]);
		sim_route_plan(h->routes, list[i].id, list[i].plan);
		if (!list[i].is_disabled)
			rc = sim_route_let_in(h->routes, db, list[i].id, now,
					      err);
	}
	if (!rc)
		h->audit_seen = seen;
	sim_mem_free(list);
	return rc;
}

int sim_hub_people_forget(struct sim_db *db, sim_time now, struct sim_err *err)
{
	sim_time before = now - KEEP_SEC * SIM_TIME_SEC;
	int rc = sim_pending_forget(db, now, err);

	if (!rc)
		rc = sim_lockout_forget(db, now, err);
	if (!rc)
		rc = sim_signin_forget(db, before, err);
	return rc ? rc : sim_outbox_forget(db, before, err);
}

/* -- mail ------------------------------------------------------------------ */

static sim_time post_now(void *ctx)
{
	return sim_hub_now(ctx);
}

static int64_t post_now_ms(void *ctx)
{
	return sim_hub_ms(ctx);
}

static void post_failed(void *ctx, const char *text)
{
	sim_hub_log(ctx, SIM_NET_LOG_WARNING, "mail", text);
}

static void post_tried(void *ctx, const char *outcome)
{
	sim_meter_add_text(((struct sim_hub *)ctx)->meter, SIM_METER_MAILS,
			   outcome, 1);
}

static void post_waiting(void *ctx, int64_t n)
{
	sim_meter_set(((struct sim_hub *)ctx)->meter, SIM_METER_MAIL_WAITING, 0,
		      n);
}

int sim_hub_people_start(struct sim_hub *h, struct sim_err *err)
{
	const struct sim_post_env env = { .db_path = h->config.db_path,
		.seal = h->config.seal, .ctx = h, .now = post_now,
		.now_ms = post_now_ms, .failed = post_failed,
		.tried = post_tried, .waiting = post_waiting };

	return h->config.post.from ?
		sim_post_start(&h->config.post, &env, &h->post, err) : SIM_OK;
}

static void env_posted(void *ctx)
{
	struct sim_hub *h = ctx;

	if (h->post)
		sim_post_wake(h->post);
}

/* -- what the routes need -------------------------------------------------- */

static bool env_submit_hash(void *ctx, void (*job)(void *own, void *arg),
			    void *arg)
{
	return sim_pool_submit(((struct sim_hub *)ctx)->hashes, job, arg);
}

static struct sim_db *env_db(void *ctx, void *own)
{
	(void)ctx;
	return own;
}

static void env_failed(void *ctx, const struct sim_err *err)
{
	sim_hub_log(ctx, SIM_NET_LOG_ERROR, "request", err->msg);
}

static void env_stats(void *ctx, struct sim_json *j)
{
	struct sim_hub *h = ctx;
	struct sim_net_stats net;

	sim_net_stats(h->net, &net);
	sim_json_int(j, "connections", (int64_t)net.open);
	sim_json_int(j, "websockets", (int64_t)net.open_websockets);
	sim_json_int(j, "sessions_in_memory",
		     (int64_t)atomic_load(&h->nseats));
	sim_json_int(j, "uptime_sec", (sim_hub_ns(h) - h->began_ns) /
		     SIM_TIME_SEC);
}

void sim_hub_people_env(struct sim_hub *h, struct sim_route_env *env)
{
	env->submit_hash = env_submit_hash;
	env->db = env_db;
	env->seal = h->config.seal;
	env->cost = h->config.cost;
	env->passwords = h->config.passwords;
	env->no_url_tokens = h->config.no_url_tokens;
	env->is_strict = h->config.is_strict;
	env->failed = env_failed;
	env->stats = env_stats;
	env->posted = env_posted;
}
