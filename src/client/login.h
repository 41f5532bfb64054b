/*
 * login: who we are at a server: a token, kept in a file (credentials.h) and
 * renewed in time; two commands at once renew it once.
 *
 * Which login it is: the environment's token, else what the environment's API
 * key gives, else what was logged in for this server and profile.
 */
#ifndef SIM_LOGIN_H
#define SIM_LOGIN_H

#include "client/credentials.h"
#include "client/http.h"

#define SIM_LOGIN_EARLY		(5 * SIM_TIME_MIN)	/* of a token left */
#define SIM_LOGIN_TICKET	128

struct sim_login_cfg {
	struct sim_http_server server;
	const char *profile;	/* "" for none */
	const char *file;	/* the cache */
	const char *api_key;	/* from the environment, or NULL */
	const char *token;	/* used as it is, instead of all; or NULL */
	sim_time (*now)(void *ctx);	/* wall clock */
	void *ctx;
};

struct sim_login;

/* Takes: cfg, copied with its texts.  Nothing is read or asked yet. */
struct sim_login *sim_login_new(const struct sim_login_cfg *cfg);
/* Wipes what is secret; NULL is fine. */
void sim_login_free(struct sim_login *l);

/*
 * A token that is good for at least SIM_LOGIN_EARLY: the one we have, else a
 * new one by the refresh token or the API key, kept in the file.  When there is
 * no new one to be had, the old one as long as it is good.
 *
 * Gives:  *token, good until the next call with this login.
 * Errors: SIM_E_AUTH nobody is logged in there, or the server refuses;
 *         SIM_E_CONFIG the file is not the user's alone, or damaged; else those
 *         of sim_http_call.
 */
int sim_login_token(struct sim_login *l, const char **token,
		    struct sim_err *err) SIM_MUST_CHECK;
/* The same, with a new one in any case. */
int sim_login_renew(struct sim_login *l, struct sim_err *err) SIM_MUST_CHECK;
/* A ticket for one WebSocket, good for half a minute (POST /ws-ticket). */
int sim_login_ticket(struct sim_login *l, char ticket[SIM_LOGIN_TICKET],
		     struct sim_err *err) SIM_MUST_CHECK;

/*
 * Ask one of the routes that want a token; when the server no longer takes
 * ours, get another one and ask once more.
 *
 * Takes:  rq->bearer is set here.
 * Gives and errors: as sim_http_call, and those of sim_login_token.
 */
int sim_login_call(struct sim_login *l, struct sim_http_request *rq,
		   struct sim_http_answer *a, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Log in with an API key and keep the token; the key too, so that the token can
 * be renewed, unless it is the environment's.
 */
int sim_login_by_key(struct sim_login *l, const char *api_key,
		     struct sim_err *err) SIM_MUST_CHECK;
/*
 * Keep what POST /auth/login answered (as /auth/token does, and perhaps with a
 * refresh_token).  Errors: SIM_E_PROTO a field is missing or no text.
 */
int sim_login_keep(struct sim_login *l, const struct sim_json_val *answer,
		   struct sim_err *err) SIM_MUST_CHECK;

/* Which login that is, as it stands in the file: *found, and then *e. */
int sim_login_look(struct sim_login *l, struct sim_credentials_entry *e,
		   bool *found, struct sim_err *err) SIM_MUST_CHECK;
/* Leave this server's and profile's out of the file, or with `all` every one;
 * *n: how many there were. */
int sim_login_forget(struct sim_login *l, bool all, size_t *n,
		     struct sim_err *err) SIM_MUST_CHECK;

#endif
