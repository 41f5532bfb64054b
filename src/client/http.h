/*
 * http: one request to a server's REST routes and its answer, by libcurl.
 *
 * Certificates are verified; redirects are not followed, since what is sent may
 * be a secret; http_proxy, https_proxy and no_proxy count, but never for an
 * address of this machine.  No sentence from here contains a key, a token or a
 * body that was sent.
 */
#ifndef SIM_HTTP_H
#define SIM_HTTP_H

#include "util/json.h"
#include "util/stop.h"

#define SIM_HTTP_URL		512	/* bytes of a URL, and NUL */
#define SIM_HTTP_CODE		48
#define SIM_HTTP_BODY_MAX	(1 << 20)	/* bytes of an answer */
#define SIM_HTTP_TIMEOUT_MS	30000

/* Where; the strings outlive what is done with them. */
struct sim_http_server {
	const char *url;	/* as sim_http_url gives it */
	const char *socket;	/* a Unix socket to reach it by, or NULL */
	const char *ca_file;	/* PEM, instead of the system's; or NULL */
	int timeout_ms;		/* of a whole request; 0: the default */
	const struct sim_stop *stop;	/* ends a request; or NULL */
};

struct sim_http_request {
	const char *method;	/* "GET", "POST", "PUT", "DELETE" */
	const char *path;	/* "/auth/token" */
	const char *api_key;	/* X-API-Key, or NULL */
	const char *bearer;	/* Authorization, or NULL */
	const char *body;	/* JSON, or NULL */
	int patience_ms;	/* in all, where an answer says: later */
};

struct sim_http_answer {
	int status;		/* HTTP's; 0: there was no answer */
	char code[SIM_HTTP_CODE];	/* the server's word for an error */
	int retry_ms;		/* what Retry-After asks for; -1: nothing */
	struct sim_json_doc *doc;	/* the body, when it was an object */
};

/*
 * Check the URL of a server, and leave out a slash at its end.
 *
 * Takes:  `what` names it in sentences ("--server").
 * Errors: SIM_E_INVAL other than http[s]://HOST[:PORT][/PATH], or too long.
 */
int sim_http_url(const char *what, const char *text, char out[SIM_HTTP_URL],
		 struct sim_err *err) SIM_MUST_CHECK;
/* Does what is said to it stay on this machine? */
bool sim_http_is_local(const char *url);
/* Is it https? */
bool sim_http_is_secure(const char *url);

/*
 * Ask and wait for the answer.  What was refused for now, by an answer that
 * says until when, is asked again within the request's patience.
 *
 * Gives:  *a, also when it fails: what is known of the answer by then.  To be
 *         released in any case.
 * Errors: by the HTTP status, in one table: SIM_E_INVAL 400, SIM_E_AUTH 401
 *         and 403, SIM_E_NOENT 404, SIM_E_TIMEOUT 408, SIM_E_STATE 409,
 *         SIM_E_DATA 422,
 *         SIM_E_AGAIN 429, and 503 with Retry-After, SIM_E_UNAVAILABLE other
 *         5xx; SIM_E_UNAVAILABLE nobody answers or the answer is cut;
 *         SIM_E_TIMEOUT it takes too long; SIM_E_PROTO what answers is no such
 *         server (no JSON object, too much, a redirect); SIM_E_INTR `stop`.
 *         The sentence has the server's, where it gave one; *err too what it
 *         said besides.
 */
int sim_http_call(const struct sim_http_server *s,
		  const struct sim_http_request *rq, struct sim_http_answer *a,
		  struct sim_err *err) SIM_MUST_CHECK;
void sim_http_answer_release(struct sim_http_answer *a);

#endif
