/*
 * hub_limit: what a connection may: the limits of its plan, and how long it
 * lasts.
 */
#include "server/hub_conn.h"

#include <inttypes.h>
#include <stdio.h>

#include "server/hub_metrics.h"

#define ABUSE_MAX	50	/* refusals in a minute before it is closed */
#define WARN_FIRST_MS	INT64_C(300000)
#define WARN_LAST_MS	INT64_C(60000)

/* -- of the plan ----------------------------------------------------------- */

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
	if (a->reset_ns)
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
		if ((int64_t)n > a.limit)	/* waiting is no help */
			a.reset_ns = 0;
		refuse_limit(c, &a, about);
		return false;
	}
	if (a.is_warning)
		warn_limit(c, &a);
	return true;
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
