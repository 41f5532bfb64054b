/*
 * Routes with all that is around them played: clocks that stand, a pool that
 * works at once (or is full), a database of two users, and a list of what was
 * answered and audited.  For the tests and the fuzzer of the routes.
 */
#ifndef ROUTE_FIXTURE_H
#define ROUTE_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include <stdlib.h>

#include "server/route.h"
#include "util/file.h"

#define FIX_SECRET "0123456789abcdef0123456789ABCDEF"
#define FIX_NOW (INT64_C(1800000000) * SIM_TIME_SEC)
#define FIX_NS UINT64_C(1000000000)
#define FIX_KEY(x) "sk_" \
	"000000000000000000000000000000000000000000000000000000000000000" x
#define FIX_FREE FIX_KEY("1")		/* u_free, by k_1 */
#define FIX_PRO FIX_KEY("2")		/* u_pro, by k_2 */
#define FIX_BUSY FIX_KEY("b")		/* the database is locked */
#define FIX_BROKEN FIX_KEY("c")		/* the database can't be read */

struct fixture {
	struct sim_route *r;
	struct sim_route_env env;
	struct sim_token *tokens;
	sim_time now;
	uint64_t now_ns;
	bool is_full, is_ready;
	const char *revoked;		/* key id */
	enum sim_route_health health;
	int checks;			/* of keys */
	/* the answer, when there is one, and how many there were */
	struct sim_net_answer answer;
	uint64_t answered;
	int replies;
	struct sim_buf audit;		/* "action user key address detail\n" */
	char dir[32], db_path[48], seal_path[48];
	struct sim_db *db;		/* made when it is first wanted */
	struct sim_err why;		/* of the last 500 */
};

static inline sim_time fix_now(void *ctx)
{
	return ((struct fixture *)ctx)->now;
}

static inline uint64_t fix_now_ns(void *ctx)
{
	return ((struct fixture *)ctx)->now_ns;
}

static inline void fix_forget(struct fixture *f)
{
	sim_buf_release(&f->answer.body);
	sim_net_answer_init(&f->answer, 0);
}

static inline void fix_reply(void *ctx, uint64_t id, struct sim_net_answer *a)
{
	struct fixture *f = ctx;

	fix_forget(f);
	f->answer = *a;
	f->answered = id;
	f->replies++;
}

static inline bool fix_submit(void *ctx, void (*job)(void *own, void *arg),
			      void *arg)
{
	struct fixture *f = ctx;

	if (f->is_full)
		return false;
	job(f, arg);
	return true;
}

static inline int fix_check(void *ctx, void *own, const char *text,
			    sim_time now, struct sim_user *u,
			    struct sim_apikey *k)
{
	static const struct {
		const char *text, *user, *key;
		enum sim_plan plan;
		int rc;
	} keys[] = {
		{ FIX_FREE, "u_free", "k_1", SIM_PLAN_FREE, SIM_OK },
		{ FIX_PRO, "u_pro", "k_2", SIM_PLAN_PROFESSIONAL, SIM_OK },
		{ FIX_BUSY, "", "", SIM_PLAN_FREE, SIM_E_AGAIN },
		{ FIX_BROKEN, "", "", SIM_PLAN_FREE, SIM_E_IO },
	};
	struct fixture *f = ctx;

	(void)now;
	if (own != ctx)
		return SIM_E_BUG;
	f->checks++;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].text, text))
			continue;
		if (keys[i].rc)
			return keys[i].rc;
		memset(u, 0, sizeof(*u));
		memset(k, 0, sizeof(*k));
		snprintf(u->id, sizeof(u->id), "%s", keys[i].user);
		snprintf(k->id, sizeof(k->id), "%s", keys[i].key);
		k->scopes = SIM_SCOPE_ALL;
		u->plan = keys[i].plan;
		return SIM_OK;
	}
	return SIM_E_AUTH;
}

static inline bool fix_revoked(void *ctx, const struct sim_token_claims *c)
{
	struct fixture *f = ctx;

	return f->revoked && !strcmp(f->revoked, c->key);
}

static inline enum sim_route_health fix_health(void *ctx)
{
	return ((struct fixture *)ctx)->health;
}

static inline bool fix_ready(void *ctx)
{
	return ((struct fixture *)ctx)->is_ready;
}

static inline void fix_metrics(void *ctx, struct sim_buf *out)
{
	(void)ctx;
	sim_buf_puts(out, "# EOF\n");
}

static inline void fix_audit(void *ctx, const struct sim_route_event *e)
{
	static const char *const names[] = {
#define SIM_AUDIT_ACTION(id, name) name,
#include "db/audit_action.def"
#undef SIM_AUDIT_ACTION
	};

	sim_buf_printf(&((struct fixture *)ctx)->audit, "%s %s %s %s %s %s\n",
		       names[e->action], e->user, e->key, e->address, e->path,
		       e->detail);
}

/* A database with nobody in it, made when it is first wanted. */
static inline struct sim_db *fix_db(void *ctx, void *own)
{
	struct fixture *f = ctx;

	(void)own;
	if (!f->db && sim_db_open(f->db_path, true, &f->db, &f->why))
		abort();
	return f->db;
}

static inline void fix_failed(void *ctx, const struct sim_err *err)
{
	((struct fixture *)ctx)->why = *err;
}

static inline void fix_stats(void *ctx, struct sim_json *j)
{
	(void)ctx;
	sim_json_int(j, "connections", 3);
}

/* NULL, or what went wrong. */
static inline const char *fix_open(struct fixture *f)
{
	const struct sim_token_source src = { FIX_SECRET, NULL, FIX_NOW };

	memset(f, 0, sizeof(*f));
	f->now = FIX_NOW;
	f->now_ns = 1000 * FIX_NS;
	f->is_ready = true;
	f->audit.max = SIM_BUF_MAX;
	sim_net_answer_init(&f->answer, 0);
	if (sim_token_load(&src, &f->tokens, NULL))
		return "the secret is not taken";
	f->env = (struct sim_route_env){
		.ctx = f, .version = "1.2.3", .tokens = f->tokens,
		.tickets = sim_ticket_new(100), .quota = sim_quota_new(100),
		.now = fix_now, .now_ns = fix_now_ns, .reply = fix_reply,
		.submit = fix_submit, .check_key = fix_check,
		.is_revoked = fix_revoked, .health = fix_health,
		.is_ready = fix_ready, .metrics = fix_metrics,
		.audit = fix_audit,
	};
	memcpy(f->dir, "/tmp/test_route.XXXXXX", 23);
	if (!mkdtemp(f->dir))
		return "there is no room for a database";
	snprintf(f->db_path, sizeof(f->db_path), "%s/a.db", f->dir);
	snprintf(f->seal_path, sizeof(f->seal_path), "%s/seal.key", f->dir);
	f->env.db = fix_db;
	f->env.failed = fix_failed;
	f->env.stats = fix_stats;
	f->env.seal = (struct sim_seal_source){ f->seal_path, true };
	f->env.cost = (struct sim_secret_cost){ 1, 64 };
	sim_route_limits_init(&f->env.limits);
	f->r = sim_route_new(&f->env);
	return NULL;
}

static inline void fix_close(struct fixture *f)
{
	fix_forget(f);
	sim_route_free(f->r);
	sim_ticket_free(f->env.tickets);
	sim_quota_free(f->env.quota);
	sim_token_free(f->tokens);
	sim_buf_release(&f->audit);
	sim_db_close(f->db);
	if (f->dir[0] && sim_file_remove_tree(f->dir, NULL))
		abort();
}

/* A header of an answer, or "". */
static inline const char *fix_header(const struct sim_net_answer *a,
				     const char *name)
{
	for (size_t i = 0; i < a->n_headers; i++)
		if (!strcmp(a->headers[i].name, name))
			return a->headers[i].value;
	return "";
}

#endif
