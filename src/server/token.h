/*
 * token: the JSON Web Tokens of this server; the only home of libjwt.
 *
 * HS256 alone, with keys of at least 32 bytes.  libjwt says whether the
 * signature is right and nothing else: form, algorithm and each claim are
 * checked here, strictly, before and after.  Tokens may be issued and verified
 * from any thread while another reloads the keys; neither waits.
 */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "model/plan.h"
#include "util/time.h"

#define SIM_TOKEN_ISSUER	"simutrador-server"
#define SIM_TOKEN_AUDIENCE	"simutrador-client"
#define SIM_TOKEN_LIFE_SEC	3600
#define SIM_TOKEN_LEEWAY_SEC	60	/* clocks differ: for iat and nbf */
#define SIM_TOKEN_SECRET_MIN	32
#define SIM_TOKEN_SECRET_MAX	1024
#define SIM_TOKEN_TEXT_MAX	4096	/* longer ones are not looked at */
#define SIM_TOKEN_ID		64	/* of users and keys, with NUL */
#define SIM_TOKEN_JTI		128

enum sim_token_status {
#define SIM_TOKEN(id, close, http, reason) SIM_TOKEN_##id,
#include "server/token.def"
#undef SIM_TOKEN
	SIM_TOKEN__COUNT
};

/* token.def's columns.  The close code is 0 for SIM_TOKEN_OK. */
int sim_token_close_code(enum sim_token_status s);
int sim_token_http(enum sim_token_status s);
const char *sim_token_reason(enum sim_token_status s);

/* Whom a token speaks for. */
struct sim_token_claims {
	char user[SIM_TOKEN_ID];
	char key[SIM_TOKEN_ID];		/* API key or login it was got with */
	char jti[SIM_TOKEN_JTI];	/* "KEY.128 random bits in hex" */
	enum sim_plan plan;
	unsigned withheld;		/* scopes its key has not; 0: all */
	sim_time issued, expires;	/* whole seconds */
};

/* Where the secret comes from: `secret` (JWT_SECRET_KEY) when it is not NULL,
 * else the file, made when it isn't there: 64 hex digits, and on a second line,
 * if there is one, those of the key before.  A key before is good for as long
 * as the tokens that were made with it.  So the key is rotated by removing the
 * file and reloading. */
struct sim_token_source {
	const char *secret;
	const char *file;
	sim_time now;			/* when it is read */
};

struct sim_token;

/*
 * Load the keys.
 *
 * Gives:  *out, freed with sim_token_free when no thread uses it any more.
 * Errors: SIM_E_CONFIG the secret is too short or a public key's text, the
 *         file can be read by others, belongs to someone else or holds
 *         something else; SIM_E_IO, SIM_E_CANTCREAT.
 */
int sim_token_load(const struct sim_token_source *src, struct sim_token **out,
		   struct sim_err *err) SIM_MUST_CHECK;

/* Read the keys again (SIGHUP).  A key that was replaced stays good as the one
 * before.  From one thread at a time; on an error nothing has changed. */
int sim_token_reload(struct sim_token *t, const struct sim_token_source *src,
		     struct sim_err *err) SIM_MUST_CHECK;
void sim_token_free(struct sim_token *t);	/* NULL is fine */

/*
 * Make a token that is good from `now` for SIM_TOKEN_LIFE_SEC.
 *
 * Takes:  c->user, key, plan and withheld; gives the rest.
 * Gives:  *text, wiped and freed with sim_token_forget.
 * Errors: SIM_E_BUG when libjwt fails.
 */
int sim_token_issue(const struct sim_token *t, sim_time now,
		    struct sim_token_claims *c, char **text,
		    struct sim_err *err) SIM_MUST_CHECK;
void sim_token_forget(char *text);		/* NULL is fine */

/* Nothing was given: NULL, or blanks alone. */
bool sim_token_is_blank(const char *text, size_t n);

/*
 * Is this a token of ours that is good at `now`?  n bytes, without NUL; NULL
 * or blanks alone are SIM_TOKEN_MISSING.
 *
 * Gives:  *out on SIM_TOKEN_OK and SIM_TOKEN_EXPIRED.
 * Cost:   some 25 us, half of it libjwt's.
 */
enum sim_token_status sim_token_verify(const struct sim_token *t,
				       const char *text, size_t n,
				       sim_time now,
				       struct sim_token_claims *out);

#endif
