/*
 * login: who we are at a server: a token, renewed in time, and the file that
 * keeps it between commands.
 *
 * The file holds one entry for each server and profile, belongs to the user
 * alone (0600; refused when others can read it) and is replaced whole, under a
 * lock, so that two commands at once renew a token once.
 */
#ifndef SIM_LOGIN_H
#define SIM_LOGIN_H

#include "client/http.h"
#include "util/time.h"

#define SIM_LOGIN_EARLY		(5 * SIM_TIME_MIN)	/* of a token left */
#define SIM_LOGIN_FILE_MAX	(1 << 20)
#define SIM_LOGIN_ENTRIES_MAX	256
#define SIM_LOGIN_SECRET	4096	/* bytes of a key or token, and NUL */
#define SIM_LOGIN_NAME		128	/* of a profile, user id or plan */
#define SIM_LOGIN_TICKET	128

/* One entry; texts are "" when there is none. */
struct sim_login_entry {
	char server[SIM_HTTP_URL], profile[SIM_LOGIN_NAME];
	char user[SIM_LOGIN_NAME], plan[SIM_LOGIN_NAME];
	char api_key[SIM_LOGIN_SECRET];
	char token[SIM_LOGIN_SECRET];
	char refresh[SIM_LOGIN_SECRET];	/* a refresh token */
	sim_time expires;		/* of the token */
};

struct sim_login_cfg {
	struct sim_http_server server;
	const char *profile;	/* "" for none */
	const char *file;	/* the cache */
	const char *api_key;	/* from the environment, or NULL */
	const char *token;	/* the same; used as it is, instead of all */
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
 * new one by the refresh token or the API key, kept in the file.
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
 * Log in with an API key and keep the token; the key too with `keep`, so that
 * the token can be renewed.
 */
int sim_login_by_key(struct sim_login *l, const char *api_key, bool keep,
		     struct sim_err *err) SIM_MUST_CHECK;
/* Keep what POST /auth/login or /auth/refresh answered.
 * Errors: SIM_E_PROTO a field is missing or no text. */
int sim_login_keep(struct sim_login *l, const struct sim_json_val *answer,
		   struct sim_err *err) SIM_MUST_CHECK;
/* This server's and profile's entry; *found says whether there is one. */
int sim_login_look(struct sim_login *l, struct sim_login_entry *e,
		   bool *found, struct sim_err *err) SIM_MUST_CHECK;
/* Leave it out of the file, or with `all` every one; *n: how many. */
int sim_login_forget(struct sim_login *l, bool all, size_t *n,
		     struct sim_err *err) SIM_MUST_CHECK;
/* All entries, freed with sim_login_list_free, which wipes them. */
int sim_login_list(struct sim_login *l, struct sim_login_entry **list,
		   size_t *n, struct sim_err *err) SIM_MUST_CHECK;
void sim_login_list_free(struct sim_login_entry *list, size_t n);

/*
 * Is the file of this path the user's alone?  A missing one is.
 * Errors: SIM_E_CONFIG it is not, with what to do.
 */
int sim_login_check_file(const char *path, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
