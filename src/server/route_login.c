/*
 * route_login: an API key for a token.  The key is looked up in the pool, and
 * wiped as soon as that is done.
 */
#include "server/route_priv.h"

#include <stdio.h>
#include <string.h>

#include "util/mem.h"
#include "util/secret.h"

struct login {
	struct sim_route *r;
	uint64_t id;
	char address[SIM_NET_ADDRESS];
	char key[SIM_APIKEY_TEXT];
};

static const char refused[] = "the API key is unknown, revoked or expired";

/* Nothing else can be a key, so nothing else is looked up. */
static bool looks_like_key(const char *s)
{
	return strnlen(s, SIM_APIKEY_TEXT) == SIM_APIKEY_TEXT - 1 &&
		!strncmp(s, "sk_", 3) &&
		strspn(s + 3, "0123456789abcdef") == SIM_APIKEY_TEXT - 4;
}

/* Empty, or an object, in which nothing is looked for. */
static bool body_is_plain(const struct sim_net_request *rq)
{
	struct sim_json_doc *doc;
	bool is_object;

	if (strspn(rq->body, " \t\r\n") == rq->body_len)
		return true;
	if (sim_json_parse(rq->body, rq->body_len, &doc, NULL))
		return false;
	is_object = sim_json_is_object(sim_json_root(doc));
	sim_json_free(doc);
	return is_object;
}

static void audit(const struct login *l, enum sim_audit_action action,
		  const struct sim_token_claims *who, const char *detail)
{
	const struct sim_route_event e = {
		.action = action, .id = l->id, .user = who->user,
		.key = who->key, .address = l->address,
		.path = "/auth/token", .detail = detail,
	};

	sim_route_audit(l->r, &e);
}

static void put_token(struct sim_net_answer *a, const char *text,
		      const struct sim_token_claims *c)
{
	struct sim_json j;

	sim_json_init(&j, &a->body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "access_token", text);
	sim_json_int(&j, "expires_in", SIM_TOKEN_LIFE_SEC);
	sim_json_str(&j, "token_type", "Bearer");
	sim_json_str(&j, "user_id", c->user);
	sim_json_str(&j, "plan", sim_plan_names[c->plan]);
	sim_json_end(&j);
}

/* What the client is told says nothing of the server's troubles. */
static void put_failure(struct sim_net_answer *a, int rc)
{
	if (rc == SIM_E_AUTH)
		sim_route_unauthorized(a, NULL, refused);
	else if (rc == SIM_E_AGAIN)
		sim_route_busy(a, "the server is busy; try again", 1);
	else
		sim_net_answer_error(a, 500, "INTERNAL_ERROR",
				     "the login can't be done; the server's"
				     " log says why");
}

static int log_in(struct login *l, void *own, struct sim_token_claims *c,
		  char **text)
{
	const struct sim_route_env *env = &l->r->env;
	sim_time now = env->now(env->ctx);
	struct sim_apikey k;
	struct sim_user u;
	int rc = env->check_key(env->ctx, own, l->key, now, &u, &k);

	sim_secret_wipe(l->key, sizeof(l->key));
	if (rc)
		return rc;
	snprintf(c->user, sizeof(c->user), "%s", u.id);
	snprintf(c->key, sizeof(c->key), "%s", k.id);
	c->plan = u.plan;
	c->withheld = SIM_SCOPE_ALL & ~k.scopes;
	return sim_token_issue(env->tokens, now, c, text, NULL);
}

/* In the pool. */
static void job(void *own, void *arg)
{
	struct login *l = arg;
	const struct sim_route_env *env = &l->r->env;
	struct sim_token_claims c = { .user = "" };
	struct sim_net_answer a;
	char *text = NULL;
	int rc = log_in(l, own, &c, &text);

	sim_net_answer_init(&a, 200);
	if (rc)
		put_failure(&a, rc);
	else
		put_token(&a, text, &c);
	sim_token_forget(text);
	if (!rc || rc == SIM_E_AUTH)
		audit(l, rc ? SIM_AUDIT_AUTH_REFUSED : SIM_AUDIT_AUTH_LOGIN, &c,
		      rc ? refused : "");
	env->reply(env->ctx, l->id, &a);
	sim_mem_free(l);
}

static struct login *login_new(const struct sim_route_call *c)
{
	struct login *l = sim_mem_zalloc(sizeof(*l));

	l->r = c->r;
	l->id = c->rq->id;
	snprintf(l->address, sizeof(l->address), "%s", c->rq->address);
	return l;
}

bool sim_route_call_token(struct sim_route_call *c)
{
	const struct sim_token_claims nobody = { .user = "" };
	const char *key = c->rq->api_key;
	struct login *l;

	if (!body_is_plain(c->rq)) {
		sim_net_answer_error(&c->answer, 400, "INVALID_PARAMS",
				     "the body must be empty or {}");
		return true;
	}
	l = login_new(c);
	if (!key || !looks_like_key(key)) {
		sim_route_unauthorized(&c->answer, NULL, key ? refused :
				       "an API key is wanted in X-API-Key");
		audit(l, SIM_AUDIT_AUTH_REFUSED, &nobody, refused);
		sim_mem_free(l);
		return true;
	}
	memcpy(l->key, key, sizeof(l->key));
	if (c->r->env.submit(c->r->env.ctx, job, l))
		return false;
	sim_secret_wipe(l, sizeof(*l));
	sim_mem_free(l);
	sim_route_busy(&c->answer, "too many logins are under way; try again",
		       1);
	return true;
}
