/* hub_metrics: what the hub counts itself, and whom it asks for the rest. */
#include "server/hub_metrics.h"

#include <stdio.h>

static void collect(void *ctx, struct sim_meter *m)
{
	struct sim_hub *h = ctx;
	struct sim_net_stats net;
	struct sim_writer_stats writer;
	const struct sim_meter_sources from = { .net = &net,
						.writer = &writer };

	sim_net_stats(h->net, &net);
	sim_writer_stats(h->writer, &writer);
	sim_meter_take(m, &from);
	sim_meter_set(m, SIM_METER_POOL_QUEUE, 0,
		      (int64_t)sim_pool_waiting(h->pool));
	if (h->config.collect)
		h->config.collect(h->config.ctx, m);
}

struct sim_meter *sim_hub_metrics_new(struct sim_hub *h)
{
	const struct sim_meter_config c = {
		.version = h->config.version, .started = sim_hub_now(h),
		.ctx = h, .collect = collect,
	};

	return sim_meter_new(&c);
}

void sim_hub_metrics_write(void *ctx, struct sim_buf *out)
{
	sim_meter_write(((struct sim_hub *)ctx)->meter, out);
}

void sim_hub_metrics_seat(struct sim_hub_seat *x, bool is_there)
{
	struct sim_meter *m = x->bench->hub->meter;
	int now = 0;

	if (is_there && x->is_away)
		return;			/* a job has it */
	if (is_there)
		now = 1 + (int)sim_session_state(x->s);
	if (now == x->counted)
		return;
	if (x->counted)
		sim_meter_add(m, SIM_METER_SESSIONS, x->counted - 1, -1);
	if (now)
		sim_meter_add(m, SIM_METER_SESSIONS, now - 1, 1);
	x->counted = now;
}

void sim_hub_metrics_auth(void *ctx, enum sim_audit_action action)
{
	static const struct {
		enum sim_audit_action action;
		const char *event;
	} rows[] = {
		{ SIM_AUDIT_AUTH_LOGIN, "login" },
		{ SIM_AUDIT_AUTH_REFUSED, "refused" },
		{ SIM_AUDIT_AUTH_LIMITED, "limited" },
		{ SIM_AUDIT_AUTH_TICKET, "ticket" },
		{ SIM_AUDIT_AUTH_CONNECT, "connect" },
		{ SIM_AUDIT_AUTH_REGISTER, "register" },
		{ SIM_AUDIT_AUTH_VERIFY, "verify" },
		{ SIM_AUDIT_AUTH_REFRESH, "refresh" },
		{ SIM_AUDIT_AUTH_REUSE, "reuse" },
		{ SIM_AUDIT_AUTH_LOGOUT, "logout" },
		{ SIM_AUDIT_AUTH_LOCKED, "locked" },
		{ SIM_AUDIT_AUTH_FORBIDDEN, "forbidden" },
		{ SIM_AUDIT_PASSWORD_CHANGE, "password" },
		{ SIM_AUDIT_PASSWORD_RESET, "password" },
		{ SIM_AUDIT_TOTP_ENABLE, "totp" },
		{ SIM_AUDIT_TOTP_DISABLE, "totp" },
	};
	struct sim_hub *h = ctx;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].action == action)
			sim_meter_add_text(h->meter, SIM_METER_AUTH,
					   rows[i].event, 1);
	}
}

void sim_hub_metrics_limited(void *ctx, const char *type)
{
	sim_meter_add_text(((struct sim_hub *)ctx)->meter, SIM_METER_LIMITED,
			   type, 1);
}

void sim_hub_metrics_closed(void *ctx, int code)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", code);
	sim_meter_add_text(((struct sim_hub *)ctx)->meter, SIM_METER_CLOSED,
			   text, 1);
}

void sim_hub_metrics_commit(void *ctx, int64_t took_ns)
{
	sim_meter_observe(((struct sim_hub *)ctx)->meter,
			  SIM_METER_COMMIT_TIME, took_ns);
}
