/* serve_manager: the server under a service manager: the sockets it hands
 * over, and where a key goes when stdout is a journal. */
#ifndef SIM_SERVE_MANAGER_H
#define SIM_SERVE_MANAGER_H

#include "cli/cli.h"
#include "server/hub.h"

/*
 * Listen at the sockets that were handed over, if there are, instead of those
 * of *n; their addresses are written into it, as text that stays.
 *
 * Errors: those of sim_notify_sockets.
 */
int sim_serve_manager_sockets(struct sim_net_config *n, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Under a manager a key goes to the file admin.key (mode 0600) of the data
 * folder, and key_text is wiped.  Else nothing happens.
 *
 * Errors: those of sim_file_write, with what to do about the key.
 */
int sim_serve_manager_keep(struct sim_cli *cli, char *key_text,
			   struct sim_err *err) SIM_MUST_CHECK;

#endif
