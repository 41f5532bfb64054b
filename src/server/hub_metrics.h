/* hub_metrics: what the hub counts itself, and the text of all of it. */
#ifndef SIM_HUB_METRICS_H
#define SIM_HUB_METRICS_H

#include "server/hub_seat.h"

/* The hub's meter, which asks it for what others count; freed with
 * sim_meter_free. */
struct sim_meter *sim_hub_metrics_new(struct sim_hub *h);
/* OpenMetrics of all of it; ctx is the hub, as below. */
void sim_hub_metrics_write(void *ctx, struct sim_buf *out);

/* Count the session in the state that it has now, or no more. */
void sim_hub_metrics_seat(struct sim_hub_seat *x, bool is_there);
/* What routes and the writer tell. */
void sim_hub_metrics_auth(void *ctx, enum sim_audit_action action);
void sim_hub_metrics_limited(void *ctx, const char *type);
void sim_hub_metrics_closed(void *ctx, int code);
void sim_hub_metrics_commit(void *ctx, int64_t took_ns);

#endif
