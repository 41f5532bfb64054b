/* route_call: the handlers that answer at once. */
#include "server/route_priv.h"

/* The protocol's times are in milliseconds. */
static sim_time ms_of(sim_time t)
{
	return t - t % SIM_TIME_MS;
}

static sim_time now(const struct sim_route_call *c)
{
	return c->r->env.now(c->r->env.ctx);
}

bool sim_route_call_validate(struct sim_route_call *c)
{
	struct sim_json j;

	sim_json_init(&j, &c->answer.body, false);
	sim_json_object(&j, NULL);
	sim_json_bool(&j, "valid", true);
	sim_json_str(&j, "user_id", c->who.user);
	sim_json_str(&j, "plan", sim_plan_names[c->who.plan]);
	sim_json_time(&j, "expires_at", c->who.expires);
	sim_json_end(&j);
	return true;
}

static void put_limits(struct sim_json *j, enum sim_plan plan)
{
	sim_json_object(j, "limits");
	for (int i = 0; i < SIM_PLAN_LIMIT__COUNT; i++)
		sim_json_int(j, sim_plan_limit_key(i),
			     sim_plan_limit(plan, (enum sim_plan_limit)i));
	sim_json_end(j);
}

/* null: nothing is used. */
static void put_reset(struct sim_json *j, const char *key, sim_time at,
		      uint64_t reset_ns)
{
	if (reset_ns)
		sim_json_time(j, key, ms_of(at + (sim_time)reset_ns +
					    SIM_TIME_MS - 1));
	else
		sim_json_null(j, key);
}

void sim_route_put_usage(struct sim_route *r, struct sim_json *j,
			 const char *user, enum sim_plan plan)
{
	struct sim_quota_answer a[SIM_QUOTA_COUNTED];
	const struct sim_route_env *env = &r->env;

	sim_json_str(j, "plan", sim_plan_names[plan]);
	put_limits(j, plan);
	sim_json_object(j, "usage");
	for (int i = 0; i < SIM_QUOTA_COUNTED; i++) {
		const struct sim_quota_ask ask = {
			user, plan, sim_quota_counted(i), env->now_ns(env->ctx)
		};

		sim_quota_look(env->quota, &ask, &a[i]);
		sim_json_int(j, sim_plan_limit_key((int)a[i].which),
			     a[i].usage);
	}
	sim_json_end(j);
	sim_json_object(j, "reset_times");
	for (int i = 0; i < SIM_QUOTA_COUNTED; i++)
		if (a[i].period_sec)
			put_reset(j, sim_plan_limit_key((int)a[i].which),
				  env->now(env->ctx), a[i].reset_ns);
	sim_json_end(j);
}

bool sim_route_call_limits(struct sim_route_call *c)
{
	struct sim_json j;

	sim_json_init(&j, &c->answer.body, false);
	sim_json_object(&j, NULL);
	sim_route_put_usage(c->r, &j, c->who.user, c->who.plan);
	sim_json_end(&j);
	return true;
}

bool sim_route_call_ticket(struct sim_route_call *c)
{
	const struct sim_route_env *env = &c->r->env;
	struct sim_route_event e = {
		.action = SIM_AUDIT_AUTH_TICKET, .id = c->rq->id,
		.user = c->who.user, .key = c->who.key,
		.address = c->rq->address, .path = "/ws-ticket", .detail = "",
	};
	char text[SIM_TICKET_TEXT];
	struct sim_json j;

	if (!sim_route_let(c->r, SIM_ROUTE_LIMITER_TICKET, c->who.user,
			   &c->answer)) {
		e.action = SIM_AUDIT_AUTH_LIMITED;
		e.detail = sim_route_limiter_type(SIM_ROUTE_LIMITER_TICKET);
		sim_route_audit(c->r, &e);
		return true;
	}
	if (sim_ticket_issue(env->tickets, &c->who, env->now_ns(env->ctx),
			     text, NULL)) {
		sim_route_busy(&c->answer, "too many tickets are unused",
			       SIM_TICKET_LIFE_SEC);
		return true;
	}
	sim_json_init(&j, &c->answer.body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "ticket", text);
	sim_json_int(&j, "expires_in", SIM_TICKET_LIFE_SEC);
	sim_json_end(&j);
	sim_route_audit(c->r, &e);
	return true;
}

bool sim_route_call_health(struct sim_route_call *c)
{
	enum sim_route_health h = c->r->env.health(c->r->env.ctx);
	struct sim_json j;

	c->answer.status = h == SIM_ROUTE_UNHEALTHY ? 503 : 200;
	sim_json_init(&j, &c->answer.body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "status", sim_route_healths[h]);
	sim_json_time(&j, "server_time", ms_of(now(c)));
	sim_json_str(&j, "server_version", c->r->env.version);
	sim_json_end(&j);
	return true;
}

bool sim_route_call_readyz(struct sim_route_call *c)
{
	struct sim_json j;

	if (!c->r->env.is_ready(c->r->env.ctx)) {
		sim_route_not_ready(c->r, &c->answer);
		return true;
	}
	sim_json_init(&j, &c->answer.body, false);
	sim_json_object(&j, NULL);
	sim_json_bool(&j, "ready", true);
	sim_json_end(&j);
	return true;
}

bool sim_route_call_metrics(struct sim_route_call *c)
{
	c->answer.type = "application/openmetrics-text; version=1.0.0;"
		" charset=utf-8";
	c->r->env.metrics(c->r->env.ctx, &c->answer.body);
	return true;
}

bool sim_route_call_no_upgrade(struct sim_route_call *c)
{
	sim_net_answer_error(&c->answer, 426, "INVALID_PARAMS",
			     "this path is for a WebSocket; ask for an upgrade"
			     " to it");
	sim_net_answer_header(&c->answer, "Upgrade", "websocket");
	return true;
}
