/* session_stored: what plans allow was asked when it was made first. */
#include "backend/session_stored.h"

#include <string.h>

int sim_session_stored_make(const struct sim_session_env *env,
			    const struct sim_session_row *r,
			    struct sim_session **s,
			    struct sim_session_refusal *why,
			    struct sim_err *err)
{
	struct sim_session_ask ask = {
		.id = r->id, .user = r->user, .line = r->config,
		.line_len = strlen(r->config), .created = r->created,
		.max_symbols = INT64_MAX,
	};
	struct sim_message m;
	int rc = sim_message_decode_wire(r->config, ask.line_len,
					 ask.line_len, SIM_MESSAGE_IN, &m,
					 err);

	ask.m = &m;
	if (!rc)
		rc = sim_session_new(env, &ask, s, why);
	sim_message_release(&m);
	return rc;
}
