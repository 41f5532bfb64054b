/*
 * route: from a request to its row, past the limiter and the token; and the
 * way to a WebSocket.
 */
#include "server/route_priv.h"

#include <string.h>

#include "util/mem.h"
#include "util/str.h"

#define KEYS_MAX	65536		/* addresses and users of a limiter */
#define REVOKED_NS	((SIM_TOKEN_LIFE_SEC + UINT64_C(60)) * SIM_TIME_SEC)
#define PLACE_RETRY_SEC	5		/* for a connection that is full */

static const struct {
	const char *type, *help;
	struct sim_bucket_rule rule;
} limiters[] = {
#define SIM_ROUTE_LIMITER(id, type, by, limit, period, help) \
	{ type, help, { limit, period } },
#include "server/route.def"
#undef SIM_ROUTE_LIMITER
};

#define ROLE_NOBODY SIM_ROUTE_NOBODY
#define ROLE_USER SIM_ROUTE_ROLE_USER
#define ROLE_ADMIN SIM_ROUTE_ROLE_ADMIN
#define BY_AT_ONCE(h) sim_route_call_##h, NULL
#define BY_SOCKET(h) sim_route_call_##h, NULL
#define BY_IN_POOL(h) NULL, sim_route_do_##h
#define BY_HASH(h) NULL, sim_route_do_##h

static const struct sim_route_row rows[] = {
#define SIM_ROUTE(method, path, kind, role, scope, limiter, handler) \
	{ #method, path, SIM_ROUTE_##kind, ROLE_##role, SIM_SCOPE_##scope, \
	  SIM_ROUTE_LIMITER_##limiter, BY_##kind(handler) },
#include "server/route.def"
#undef SIM_ROUTE
};
/* What a user may is looked up in the pool, so a route of administrators that
 * answers at once would be one of all users. */
#define SIM_ROUTE(method, path, kind, role, scope, limiter, handler) \
	_Static_assert(SIM_ROUTE_##kind == SIM_ROUTE_IN_POOL || \
		       SIM_ROUTE_##kind == SIM_ROUTE_HASH || \
		       (int)ROLE_##role != (int)SIM_ROUTE_ROLE_ADMIN, path);
#include "server/route.def"
#undef SIM_ROUTE
#define ROWS (sizeof(rows) / sizeof(rows[0]))

const char *const sim_route_healths[] = {
	"ok", "degraded", "unhealthy", NULL
};

const char *sim_route_limiter_type(int i)
{
	return i >= 0 && i < SIM_ROUTE_LIMITER__COUNT ? limiters[i].type : NULL;
}

const char *sim_route_limiter_help(int i)
{
	return i >= 0 && i < SIM_ROUTE_LIMITER__COUNT ? limiters[i].help : NULL;
}

void sim_route_limits_init(struct sim_route_limits *l)
{
	for (int i = 0; i < SIM_ROUTE_LIMITER__COUNT; i++)
		l->rules[i] = limiters[i].rule;
}

struct sim_route *sim_route_new(const struct sim_route_env *env)
{
	struct sim_route *r = sim_mem_zalloc(sizeof(*r));

	r->env = *env;
	for (int i = 0; i < SIM_ROUTE_LIMITER__COUNT; i++)
		r->buckets[i] = sim_bucket_new(&env->limits.rules[i], KEYS_MAX);
	pthread_mutex_init(&r->revoked_lock, NULL);
	r->revoked = sim_keyed_new(KEYS_MAX, sizeof(uint64_t));
	r->plans = sim_keyed_new(KEYS_MAX, sizeof(struct sim_route_plan));
	return r;
}

void sim_route_free(struct sim_route *r)
{
	if (!r)
		return;
	for (int i = 0; i < SIM_ROUTE_LIMITER__COUNT; i++)
		sim_bucket_free(r->buckets[i]);
	sim_keyed_free(r->revoked);
	sim_keyed_free(r->plans);
	pthread_mutex_destroy(&r->revoked_lock);
	sim_mem_free(r);
}

void sim_route_set_limits(struct sim_route *r, const struct sim_route_limits *l)
{
	for (int i = 0; i < SIM_ROUTE_LIMITER__COUNT; i++)
		sim_bucket_set(r->buckets[i], &l->rules[i]);
}

/* --- refusals --------------------------------------------------------- */

static void count_limited(struct sim_route *r, const char *type)
{
	if (r->env.limited)
		r->env.limited(r->env.ctx, type);
}

static void limit_headers(struct sim_net_answer *a, const char *type,
			  int64_t limit, int64_t period_sec, int64_t retry_sec)
{
	sim_net_answer_header(a, "Retry-After", "%lld", (long long)retry_sec);
	sim_net_answer_header(a, "X-RateLimit-Limit", "%lld",
			      (long long)limit);
	sim_net_answer_header(a, "X-RateLimit-Remaining", "0");
	sim_net_answer_header(a, "X-RateLimit-Period", "%lld",
			      (long long)period_sec);
	sim_net_answer_header(a, "X-RateLimit-Type", "%s", type);
}

void sim_route_limited(struct sim_route *r, struct sim_net_answer *a,
		       const char *type, const struct sim_bucket_answer *b)
{
	struct sim_json j;

	a->status = 429;
	count_limited(r, type);
	limit_headers(a, type, b->limit, b->period_sec, b->retry_after_sec);
	sim_buf_reset(&a->body);
	sim_json_init(&j, &a->body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "error", "RATE_LIMITED");
	sim_json_str(&j, "message", "there were too many requests; wait as"
		     " long as Retry-After says");
	sim_json_object(&j, "details");
	sim_json_str(&j, "type", type);
	sim_json_int(&j, "limit", b->limit);
	sim_json_int(&j, "period_sec", b->period_sec);
	sim_json_int(&j, "retry_after_sec", b->retry_after_sec);
	sim_json_end(&j);
	sim_json_end(&j);
}

bool sim_route_let(struct sim_route *r, enum sim_route_limiter limiter,
		   const char *key, struct sim_net_answer *a)
{
	struct sim_bucket_answer b;

	if (sim_bucket_take(r->buckets[limiter], key,
			    r->env.now_ns(r->env.ctx), &b))
		return true;
	sim_route_limited(r, a, limiters[limiter].type, &b);
	return false;
}

void sim_route_busy(struct sim_net_answer *a, const char *message, int sec)
{
	sim_net_answer_error(a, 503, "SERVICE_BUSY", message);
	sim_net_answer_header(a, "Retry-After", "%d", sec);
}

void sim_route_not_ready(const struct sim_route *r, struct sim_net_answer *a)
{
	bool is_ill = r->env.health(r->env.ctx) == SIM_ROUTE_UNHEALTHY;

	sim_route_busy(a, is_ill ? "the server can't store anything now, and "
		       "tries whether it can again; try again later" :
		       "the server is starting or stopping", 1);
}

void sim_route_unauthorized(struct sim_net_answer *a, const char *code,
			    const char *message)
{
	sim_net_answer_error(a, 401, code ? code : "AUTH_FAILED", message);
	sim_net_answer_header(a, "WWW-Authenticate", "Bearer");
}

/* The handshake of a user who has as many connections as the plan allows. */
static void refuse_place(struct sim_net_answer *a,
			 const struct sim_quota_answer *q)
{
	struct sim_json j;

	a->status = 429;
	limit_headers(a, "ws_connections", q->limit,
		      sim_plan_limit(q->plan,
				     SIM_PLAN_LIMIT_connection_duration_sec),
		      PLACE_RETRY_SEC);
	sim_buf_reset(&a->body);
	sim_json_init(&j, &a->body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "error", "RATE_LIMITED");
	sim_json_str(&j, "message", "the plan allows no more connections at a"
		     " time (concurrent_connections); close one");
	sim_json_object(&j, "details");
	sim_json_str(&j, "limit_name", sim_plan_limit_key((int)q->which));
	sim_json_int(&j, "limit", q->limit);
	sim_json_int(&j, "current_usage", q->usage);
	sim_json_str(&j, "plan", sim_plan_names[q->plan]);
	sim_json_end(&j);
	sim_json_end(&j);
}

void sim_route_audit(struct sim_route *r, const struct sim_route_event *e)
{
	bool is_refusal = e->action == SIM_AUDIT_AUTH_REFUSED ||
		e->action == SIM_AUDIT_AUTH_LIMITED ||
		e->action == SIM_AUDIT_AUTH_FORBIDDEN ||
		e->action == SIM_AUDIT_AUTH_LOCKED;
	char key[SIM_BUCKET_KEY];

	if (r->env.happened)
		r->env.happened(r->env.ctx, e->action);
	if (!r->env.audit)
		return;
	sim_bucket_address(e->address, key);
	if (is_refusal &&
	    !sim_bucket_take(r->buckets[SIM_ROUTE_LIMITER_AUDIT], key,
			     r->env.now_ns(r->env.ctx), NULL))
		return;
	r->env.audit(r->env.ctx, e);
}

/* Every route stands under /api too. */
static const char *plain_path(const char *path)
{
	return strncmp(path, "/api/", 5) ? path : path + 4;
}

/* Is this one that the row's path stands for?  id: what stands for {id}. */
static bool path_fits(const char *pattern, const char *path,
		      char id[SIM_ROUTE_ID])
{
	const char *hole = strstr(pattern, "{id}");
	size_t before = hole ? (size_t)(hole - pattern) : 0, n;

	id[0] = '\0';
	if (!hole)
		return !strcmp(pattern, path);
	if (strncmp(pattern, path, before))
		return false;
	path += before;
	n = strcspn(path, "/");
	if (!n || n >= SIM_ROUTE_ID || strcmp(path + n, hole + 4))
		return false;
	for (size_t i = 0; i < n; i++)
		if (path[i] <= ' ' || path[i] > '~')
			return false;
	memcpy(id, path, n);
	id[n] = '\0';
	return true;
}

/* Any row of this path, or NULL. */
static const struct sim_route_row *row_of(const char *path)
{
	char id[SIM_ROUTE_ID];

	for (size_t i = 0; i < ROWS; i++)
		if (path_fits(rows[i].path, plain_path(path), id))
			return &rows[i];
	return NULL;
}

const char *sim_route_path(const char *path)
{
	const struct sim_route_row *row = row_of(path);

	return row ? row->path : NULL;
}

/* The path is the row's: none that a stranger made up gets to a log. */
static void audit(struct sim_route *r, const struct sim_net_request *rq,
		  enum sim_audit_action action,
		  const struct sim_token_claims *who, const char *detail)
{
	const struct sim_route_row *row = row_of(rq->path);
	const struct sim_route_event e = {
		.action = action, .id = rq->id,
		.user = who ? who->user : "", .key = who ? who->key : "",
		.address = rq->address, .path = row ? row->path : "",
		.detail = detail,
	};

	sim_route_audit(r, &e);
}

/* --- tokens ----------------------------------------------------------- */

const char *sim_route_bearer(const struct sim_net_request *rq)
{
	const char *s = rq->authorization;
	char scheme[7];

	if (!s || strnlen(s, 7) < 7 || s[6] != ' ')
		return NULL;
	memcpy(scheme, s, 6);
	scheme[6] = '\0';
	return sim_str_eq_nocase(scheme, "Bearer") ? s + 7 : NULL;
}

/* Room for one more: without those whose tokens have all expired, or without
 * the oldest. */
static void make_room(struct sim_keyed *t, uint64_t now_ns)
{
	uint64_t *when;

	while ((when = sim_keyed_oldest(t)) &&
	       (sim_keyed_count(t) >= KEYS_MAX || now_ns > *when + REVOKED_NS))
		sim_keyed_drop(t, when);
}

/* The key's value, which begins with when that was: now. */
static void *note_now(struct sim_keyed *t, const char *key, uint64_t now_ns)
{
	size_t n = strnlen(key, SIM_KEYED_MAX);
	uint64_t *when = sim_keyed_find(t, key, n);

	if (!when) {
		make_room(t, now_ns);
		when = sim_keyed_add(t, key, n);
	}
	*when = now_ns;
	sim_keyed_touch(t, when);
	return when;
}

void sim_route_revoke(struct sim_route *r, const char *key)
{
	uint64_t now_ns = r->env.now_ns(r->env.ctx);

	pthread_mutex_lock(&r->revoked_lock);
	note_now(r->revoked, key, now_ns);
	pthread_mutex_unlock(&r->revoked_lock);
}

static void unrevoke(struct sim_route *r, const char *key)
{
	uint64_t *when;

	pthread_mutex_lock(&r->revoked_lock);
	when = sim_keyed_find(r->revoked, key, strlen(key));
	if (when)
		sim_keyed_drop(r->revoked, when);
	pthread_mutex_unlock(&r->revoked_lock);
}

int sim_route_let_in(struct sim_route *r, struct sim_db *db, const char *user,
		     sim_time now, struct sim_err *err)
{
	struct sim_apikey *keys = NULL;
	size_t n = 0;
	int rc = sim_apikey_list(db, user, &keys, &n, err);

	for (size_t i = 0; !rc && i < n; i++)
		if (sim_apikey_good(&keys[i], now))
			unrevoke(r, keys[i].id);
	sim_mem_free(keys);
	return rc;
}

void sim_route_plan(struct sim_route *r, const char *user, enum sim_plan plan)
{
	uint64_t now_ns = r->env.now_ns(r->env.ctx);
	struct sim_route_plan *p;

	pthread_mutex_lock(&r->revoked_lock);
	p = note_now(r->plans, user, now_ns);
	p->plan = plan;
	pthread_mutex_unlock(&r->revoked_lock);
}

/* A token has the plan of when it was made. */
static void put_plan(struct sim_route *r, struct sim_token_claims *who)
{
	const struct sim_route_plan *p;

	pthread_mutex_lock(&r->revoked_lock);
	p = sim_keyed_find(r->plans, who->user, strlen(who->user));
	if (p)
		who->plan = p->plan;
	pthread_mutex_unlock(&r->revoked_lock);
}

static bool is_revoked(struct sim_route *r, const struct sim_token_claims *who)
{
	bool found;

	pthread_mutex_lock(&r->revoked_lock);
	found = sim_keyed_find(r->revoked, who->key, strlen(who->key)) != NULL;
	pthread_mutex_unlock(&r->revoked_lock);
	return found || (r->env.is_revoked &&
			 r->env.is_revoked(r->env.ctx, who));
}

/* A token or ticket that is good may have been revoked since, and its user's
 * plan been changed. */
static enum sim_token_status check_since(struct sim_route *r,
					 enum sim_token_status s,
					 struct sim_token_claims *who)
{
	if (s != SIM_TOKEN_OK)
		return s;
	put_plan(r, who);
	return is_revoked(r, who) ? SIM_TOKEN_REFUSED : SIM_TOKEN_OK;
}

enum sim_token_status sim_route_who(struct sim_route *r, const char *text,
				    struct sim_token_claims *who)
{
	return check_since(r, sim_token_verify(r->env.tokens, text,
					       text ? strlen(text) : 0,
					       r->env.now(r->env.ctx), who),
			   who);
}

/* --- requests --------------------------------------------------------- */

static bool method_fits(const struct sim_route_row *row, const char *method)
{
	return !strcmp(row->method, method) ||
		(!strcmp(row->method, "GET") && !strcmp(method, "HEAD"));
}

/* 405, with the methods there are. */
static void refuse_method(const char *path, struct sim_net_answer *a)
{
	struct sim_buf allow = SIM_BUF_INIT(SIM_BUF_MAX);
	char id[SIM_ROUTE_ID];

	for (size_t i = 0; i < ROWS; i++) {
		if (!path_fits(rows[i].path, path, id))
			continue;
		sim_buf_printf(&allow, "%s%s%s", allow.len ? ", " : "",
			       rows[i].method, strcmp(rows[i].method, "GET") ?
			       "" : ", HEAD");
	}
	sim_net_answer_error(a, 405, "INVALID_PARAMS",
			     "this path is not for that method");
	sim_net_answer_header(a, "Allow", "%s", sim_buf_str(&allow));
	sim_buf_release(&allow);
}

/* The row of path and method; NULL: c->answer is the 404 or the 405. */
static const struct sim_route_row *find_row(struct sim_route_call *c)
{
	const char *path = plain_path(c->rq->path);
	bool is_there = false;

	for (size_t i = 0; i < ROWS; i++) {
		if (!path_fits(rows[i].path, path, c->id))
			continue;
		if (method_fits(&rows[i], c->rq->method))
			return &rows[i];
		is_there = true;
	}
	if (is_there)
		refuse_method(path, &c->answer);
	else
		sim_net_answer_error(&c->answer, 404, "NOT_FOUND",
				     "there is nothing at this path");
	return NULL;
}

/* Whose token is it, and is its key for this?  What the user may is looked up
 * in the pool (route_work.c). */
static bool check_token(struct sim_route_call *c)
{
	struct sim_token_claims who = { .user = "" };
	enum sim_token_status s = sim_route_who(c->r, sim_route_bearer(c->rq),
						&who);

	c->who = who;
	if (s != SIM_TOKEN_OK) {
		sim_route_unauthorized(&c->answer, NULL, sim_token_reason(s));
		c->answer.status = sim_token_http(s);
		audit(c->r, c->rq, SIM_AUDIT_AUTH_REFUSED, &who,
		      sim_token_reason(s));
		return false;
	}
	if (!(who.withheld & c->row->scope))
		return true;
	sim_net_answer_error(&c->answer, 403, "FORBIDDEN",
			     strncmp(who.key, "l_", 2) ? "the API key is not"
			     " for this; use one with the scope" :
			     "this is for logins with a second factor; enable"
			     " one and log in again");
	audit(c->r, c->rq, SIM_AUDIT_AUTH_FORBIDDEN, &who, "scope");
	return false;
}

/* Is the request let in?  False: c->answer says why not. */
static bool let_in(struct sim_route_call *c)
{
	char key[SIM_BUCKET_KEY];

	sim_bucket_address(c->rq->address, key);
	if (!sim_route_let(c->r, c->row->limiter, key, &c->answer)) {
		audit(c->r, c->rq, SIM_AUDIT_AUTH_LIMITED, NULL,
		      limiters[c->row->limiter].type);
		return false;
	}
	return c->row->role == SIM_ROUTE_NOBODY ||
		c->row->kind == SIM_ROUTE_SOCKET || check_token(c);
}

/* Gives: the answer comes later. */
static bool carry_out(struct sim_route_call *c)
{
	return c->row->at_once ? !c->row->at_once(c) :
		sim_route_work_start(c);
}

void sim_route_request(struct sim_route *r, const struct sim_net_request *rq)
{
	struct sim_route_call c = { .r = r, .rq = rq };

	sim_net_answer_init(&c.answer, 200);
	c.row = find_row(&c);
	if (c.row && let_in(&c) && carry_out(&c))
		return;
	r->env.reply(r->env.ctx, rq->id, &c.answer);
}

/* --- WebSockets ------------------------------------------------------- */

/* A ticket counts before a token, and the header before the query. */
static enum sim_token_status peer_who(struct sim_route *r,
				      const struct sim_net_request *rq,
				      struct sim_token_claims *who)
{
	const char *ticket = sim_net_request_arg(rq, "ticket");
	const char *token = sim_route_bearer(rq);
	enum sim_token_status s;

	if (!token && !r->env.no_url_tokens)
		token = sim_net_request_arg(rq, "token");
	if (!ticket)
		return sim_route_who(r, token, who);
	s = sim_ticket_redeem(r->env.tickets, ticket, strlen(ticket),
			      r->env.now_ns(r->env.ctx), who);
	return check_since(r, s, who);
}

static enum sim_route_peer close_at_once(struct sim_net_verdict *v,
					 enum sim_token_status s)
{
	size_t n = strlen(sim_token_reason(s));

	v->accept = true;
	v->close_code = sim_token_close_code(s);
	memcpy(v->close_reason, sim_token_reason(s), n + 1);
	return SIM_ROUTE_REFUSED;
}

static enum sim_route_peer let_user(struct sim_route *r,
				    const struct sim_net_request *rq,
				    struct sim_net_verdict *v,
				    struct sim_token_claims *out)
{
	struct sim_token_claims who = { .user = "" };
	enum sim_token_status s = peer_who(r, rq, &who);
	struct sim_quota_ask ask = {
		who.user, who.plan, SIM_PLAN_LIMIT_concurrent_connections,
		r->env.now_ns(r->env.ctx)
	};
	struct sim_quota_answer q;

	if (s == SIM_TOKEN_OK && (who.withheld & SIM_SCOPE_SIMULATE))
		s = SIM_TOKEN_REFUSED;
	if (s != SIM_TOKEN_OK) {
		audit(r, rq, SIM_AUDIT_AUTH_REFUSED, &who, sim_token_reason(s));
		return close_at_once(v, s);
	}
	if (!sim_quota_take(r->env.quota, &ask, 1, &q)) {
		count_limited(r, "ws_connections");
		refuse_place(&v->refusal, &q);
		audit(r, rq, SIM_AUDIT_AUTH_LIMITED, &who, "ws_connections");
		return SIM_ROUTE_REFUSED;
	}
	audit(r, rq, SIM_AUDIT_AUTH_CONNECT, &who, "");
	v->accept = true;
	*out = who;
	return SIM_ROUTE_USER;
}

enum sim_route_peer sim_route_upgrade(struct sim_route *r,
				      const struct sim_net_request *rq,
				      struct sim_net_verdict *v,
				      struct sim_token_claims *who)
{
	const struct sim_route_row *row = row_of(rq->path);
	bool is_socket = row && row->kind == SIM_ROUTE_SOCKET;
	struct sim_net_answer *a = &v->refusal;
	char key[SIM_BUCKET_KEY];

	sim_bucket_address(rq->address, key);
	if (!sim_route_let(r, SIM_ROUTE_LIMITER_HANDSHAKE, key, a)) {
		audit(r, rq, SIM_AUDIT_AUTH_LIMITED, NULL, "ws_handshake");
		return SIM_ROUTE_REFUSED;
	}
	if (is_socket && row->role == SIM_ROUTE_NOBODY) {
		v->accept = true;
		return SIM_ROUTE_HEALTH;
	}
	if (!is_socket) {
		sim_net_answer_error(a, 404, "NOT_FOUND",
				     "there is no WebSocket at this path");
		return SIM_ROUTE_REFUSED;
	}
	if (!r->env.is_ready(r->env.ctx)) {
		sim_route_not_ready(r, a);
		return SIM_ROUTE_REFUSED;
	}
	return let_user(r, rq, v, who);
}
