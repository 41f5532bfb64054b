/* auth: what the commands about logins share. */
#ifndef SIM_AUTH_H
#define SIM_AUTH_H

#include "cli/cli.h"
#include "cli/target.h"

/* The server a command is about and who we are there; closed with
 * sim_auth_close. */
struct sim_auth {
	struct sim_target target;
	struct sim_login *login;
};

/* Takes: server_url, which stands for --server, or NULL. */
int sim_auth_open(struct sim_cli *cli, const char *server_url,
		  struct sim_auth *a, struct sim_err *err) SIM_MUST_CHECK;
void sim_auth_close(struct sim_auth *a);
/* Every login that is kept.  Errors: those of sim_credentials_load. */
int sim_auth_load(struct sim_cli *cli, struct sim_credentials *c,
		  struct sim_err *err) SIM_MUST_CHECK;

/* Columns of a login; the second has the token too. */
extern const struct sim_out_col sim_auth_cols[], sim_auth_cols_token[];
extern const struct sim_out_col sim_auth_cols_all[], sim_auth_cols_all_token[];

/*
 * Print the login as an object.
 *
 * Gives:  *is_in: whether there is one that can be used.
 * Errors: SIM_E_CONFIG the file of logins is not ours alone, or damaged.
 */
int sim_auth_print(struct sim_cli *cli, struct sim_auth *a, bool show_token,
		   bool *is_in, struct sim_err *err) SIM_MUST_CHECK;
/* The fields of one entry of the file, in a row or object that is open. */
void sim_auth_put(struct sim_cli *cli, const struct sim_credentials_entry *e,
		  bool show_token);

/* A warning when what is secret would go over the network unencrypted. */
void sim_auth_warn(const struct sim_cli *cli, const struct sim_auth *a);

#endif
