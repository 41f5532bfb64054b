/* serve_local: serve --local, the server of whoever runs it: a Unix socket, no
 * tokens, no limits, and an end of its own when nobody needs it. */
#ifndef SIM_SERVE_LOCAL_H
#define SIM_SERVE_LOCAL_H

#include "cli/cli.h"
#include "backend/backend.h"
#include "server/hub.h"

struct sim_serve_local {
	const char *socket;		/* as asked for; NULL: the usual */
	const char *idle_exit;		/* a span; NULL: 15 minutes */
	char path[SIM_BACKEND_SOCKET], gone[SIM_BACKEND_SOCKET + 8];
	char secret[65];		/* of tokens that nobody gets */
	int64_t idle_ns, since_ns;
};

/* What of *c is other than that of a server for many; db_path only when it is
 * not set.  Errors: SIM_E_USAGE the span; those of sim_backend_local_socket. */
int sim_serve_local_configure(struct sim_cli *cli, struct sim_serve_local *l,
			      struct sim_hub_config *c, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Open the hub, and let its user in.
 *
 * Gives:  *h; NULL with SIM_OK when another server answers at the socket.  One
 *         that has the database and does not answer is waited for.
 * Errors: those of sim_hub_open.
 */
int sim_serve_local_open(struct sim_serve_local *l,
			 const struct sim_hub_config *c, struct sim_hub **h,
			 struct sim_err *err) SIM_MUST_CHECK;

/* Now and then: has nobody needed it for so long?  Then nobody finds it any
 * more either. */
bool sim_serve_local_is_done(struct sim_serve_local *l, struct sim_hub *h,
			     int64_t now_ns);

/* Before it stops: who comes now is to find nobody. */
void sim_serve_local_close(const struct sim_serve_local *l);

#endif
