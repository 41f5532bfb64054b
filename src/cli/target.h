/*
 * target: where a command's sessions are, from options and settings, and who we
 * are there.
 *
 * --local, then --server, then the setting `backend`, then server_url, then the
 * last login of the profile: a server that is named or logged in at is meant;
 * else it is this machine.
 */
#ifndef SIM_TARGET_H
#define SIM_TARGET_H

#include "cli/cli.h"
#include "client/login.h"

enum sim_target_kind {
	SIM_TARGET_LOCAL,	/* the daemon on this machine */
	SIM_TARGET_LOOP,	/* this process alone */
	SIM_TARGET_REMOTE
};

struct sim_target {
	enum sim_target_kind kind;
	const char *url;	/* REST, also where kind is another */
	const char *ws_url;	/* ws[s]://.../ws/simulate */
	const char *origin;	/* of url: "--server", "FILE:LINE", "login",
				 * "default", ... */
	const char *profile;	/* "" for none */
	const char *ca_file;	/* or NULL */
	bool is_logged_in;	/* url is the last login's */
	int timeout_ms, retries; /* of a request */
};

/*
 * Gives:  *t, its texts in the command's arena.
 * Errors: SIM_E_USAGE --local and --server; SIM_E_CONFIG a setting that is no
 *         URL or word.
 */
int sim_target_of(struct sim_cli *cli, struct sim_target *t,
		  struct sim_err *err) SIM_MUST_CHECK;
/* Where the profile ("" for none) was logged in last, in the command's arena;
 * NULL: nowhere, or the file can't be read, which logins say. */
const char *sim_target_last(struct sim_cli *cli, const char *profile);
/* Who we are at t->url, with the keys of the environment; freed with
 * sim_login_free.  Errors: SIM_E_CONFIG there is no state folder. */
int sim_target_login(struct sim_cli *cli, const struct sim_target *t,
		     struct sim_login **l, struct sim_err *err)
	SIM_MUST_CHECK;
/* The login that *e is, whatever the environment says: with e's own token where
 * it was got with a key that isn't kept.  Errors: the same. */
int sim_target_login_kept(struct sim_cli *cli, const struct sim_target *t,
			  const struct sim_credentials_entry *e,
			  struct sim_login **l, struct sim_err *err)
	SIM_MUST_CHECK;

/* The wall clock. */
sim_time sim_target_now(void);

#endif
