/* login: picks the entry, renews its token, asks with it. */
#include "client/login.h"

#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/secret.h"

/* A script of many commands may ask for tickets faster than a server gives
 * them. */
#define TICKET_PATIENCE_MS	10000

struct sim_login {
	struct sim_mem_arena arena;	/* cfg's texts that are no secrets */
	struct sim_login_cfg cfg;
	char *api_key, *given;		/* the environment's, or NULL */
	char mark[SIM_CREDENTIALS_MARK];	/* of api_key, or "" */
	struct sim_credentials_entry now;	/* as last seen */
	bool has_now;
};

/* -- a login ------------------------------------------------------------- */

static const char *copy(struct sim_login *l, const char *s)
{
	return s ? sim_mem_arena_strdup(&l->arena, s) : NULL;
}

struct sim_login *sim_login_new(const struct sim_login_cfg *cfg)
{
	struct sim_login *l = sim_mem_zalloc(sizeof(*l));

	l->cfg = *cfg;
	l->cfg.server.url = copy(l, cfg->server.url);
	l->cfg.server.socket = copy(l, cfg->server.socket);
	l->cfg.server.ca_file = copy(l, cfg->server.ca_file);
	l->cfg.profile = copy(l, cfg->profile);
	l->cfg.file = copy(l, cfg->file);
	l->api_key = cfg->api_key ? sim_mem_strdup(cfg->api_key) : NULL;
	l->given = cfg->token ? sim_mem_strdup(cfg->token) : NULL;
	l->cfg.api_key = l->cfg.token = NULL;
	if (l->api_key)
		sim_credentials_mark(l->api_key, l->mark);
	return l;
}

static void wipe_text(char *s)
{
	if (s)
		sim_secret_wipe(s, strlen(s));
	sim_mem_free(s);
}

void sim_login_free(struct sim_login *l)
{
	if (!l)
		return;
	wipe_text(l->api_key);
	wipe_text(l->given);
	sim_secret_wipe(&l->now, sizeof(l->now));
	sim_mem_arena_release(&l->arena);
	sim_mem_free(l);
}

/* -- the file ------------------------------------------------------------ */

static struct sim_credentials_entry *mine(const struct sim_login *l,
					  const struct sim_credentials *c)
{
	return sim_credentials_find(c, l->cfg.server.url, l->cfg.profile,
				    l->mark);
}

/* What the file says of us goes to l->now. */
static int look(struct sim_login *l, struct sim_err *err)
{
	struct sim_credentials c = SIM_CREDENTIALS_INIT;
	const struct sim_credentials_entry *e;
	int rc = sim_credentials_load(l->cfg.file, &c, err);

	if (rc)
		return rc;
	e = mine(l, &c);
	l->has_now = e != NULL;
	if (e)
		l->now = *e;
	sim_credentials_release(&c);
	return SIM_OK;
}

/* l->now goes to the file. */
static int keep(struct sim_login *l, struct sim_err *err)
{
	struct sim_credentials c = SIM_CREDENTIALS_INIT;
	struct sim_credentials_entry *e;
	int rc = sim_credentials_load(l->cfg.file, &c, err);

	if (rc)
		return rc;
	e = sim_credentials_need(&c, l->cfg.server.url, l->cfg.profile,
				 l->now.mark);
	*e = l->now;
	if (e->is_current)
		sim_credentials_choose(&c, e);
	rc = sim_credentials_save(l->cfg.file, &c, err);
	sim_credentials_release(&c);
	return rc;
}

/* With a key of the environment we can do without a file. */
static int lock(struct sim_login *l, int *fd, struct sim_err *err)
{
	int rc;

	*fd = -1;
	rc = sim_credentials_lock(l->cfg.file, fd, l->api_key ? NULL : err);
	return l->api_key && rc != SIM_E_INTR ? SIM_OK : rc;
}

static void unlock(int fd)
{
	if (fd >= 0)
		sim_file_unlock(fd);
}

int sim_login_look(struct sim_login *l, struct sim_credentials_entry *e,
		   bool *found, struct sim_err *err)
{
	int rc = look(l, err);

	if (rc)
		return rc;
	*found = l->has_now;
	if (l->has_now)
		*e = l->now;
	return SIM_OK;
}

int sim_login_forget(struct sim_login *l, bool all, size_t *n,
		     struct sim_err *err)
{
	struct sim_credentials c = SIM_CREDENTIALS_INIT;
	size_t kept = 0, had;
	int fd, rc = sim_credentials_lock(l->cfg.file, &fd, err);

	if (rc)
		return rc;
	rc = sim_credentials_load(l->cfg.file, &c, err);
	had = c.n;
	for (size_t i = 0; i < had; i++)
		if (!all && (strcmp(c.v[i].server, l->cfg.server.url) ||
			     strcmp(c.v[i].profile, l->cfg.profile)))
			c.v[kept++] = c.v[i];
	c.n = kept;
	if (!rc && kept < had)
		rc = sim_credentials_save(l->cfg.file, &c, err);
	sim_credentials_release(&c);
	sim_file_unlock(fd);
	if (!rc)
		*n = had - kept;
	l->has_now = rc ? l->has_now : false;
	return rc;
}

/* -- what a server gives ------------------------------------------------- */

/* Nothing that a terminal would obey. */
static bool prints(const char *s)
{
	while (*s > ' ' && *s <= '~')
		s++;
	return !*s;
}

static int take_text(const struct sim_json_val *o, const char *key, char *out,
		     size_t size, struct sim_err *err)
{
	const char *s = sim_json_as_str(sim_json_get(o, key));

	if (!s || !*s || strlen(s) >= size || !prints(s))
		return sim_err_set(err, SIM_E_PROTO, "the server's answer has"
				   " no %s of 1 to %zu bytes; is it a"
				   " simutrador server of this version?", key,
				   size - 1);
	snprintf(out, size, "%s", s);
	return SIM_OK;
}

/* Of a new token into *e; a refresh token is renewed where one comes. */
static int take(struct sim_login *l, const struct sim_json_val *o,
		struct sim_credentials_entry *e, struct sim_err *err)
{
	int64_t sec = 0;
	int rc = take_text(o, "access_token", e->token, sizeof(e->token), err);

	if (!rc && (!sim_json_as_int(sim_json_get(o, "expires_in"), &sec) ||
		    sec < 1 || sec > 366 * 86400))
		rc = sim_err_set(err, SIM_E_PROTO, "the server's answer has no"
				 " expires_in of a second to a year; is it a"
				 " simutrador server of this version?");
	if (!rc)
		rc = take_text(o, "user_id", e->user, sizeof(e->user), err);
	if (!rc)
		rc = take_text(o, "plan", e->plan, sizeof(e->plan), err);
	if (!rc && sim_json_get(o, "refresh_token"))
		rc = take_text(o, "refresh_token", e->refresh,
			       sizeof(e->refresh), err);
	if (!rc)
		e->expires = l->cfg.now(l->cfg.ctx) + sec * SIM_TIME_SEC;
	return rc;
}

static int ask_by_key(struct sim_login *l, const char *key,
		      struct sim_credentials_entry *e, struct sim_err *err)
{
	const struct sim_http_request rq = {
		.method = "POST", .path = "/auth/token", .api_key = key,
	};
	struct sim_http_answer a;
	int rc = sim_http_call(&l->cfg.server, &rq, &a, err);

	if (!rc)
		rc = take(l, a.doc ? sim_json_root(a.doc) : NULL, e, err);
	sim_http_answer_release(&a);
	return rc;
}

static int ask_by_refresh(struct sim_login *l, struct sim_credentials_entry *e,
			  struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(2 * SIM_CREDENTIALS_SECRET);
	struct sim_http_request rq = {
		.method = "POST", .path = "/auth/refresh",
	};
	struct sim_http_answer a;
	struct sim_json j;
	int rc;

	sim_json_init(&j, &b, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "refresh_token", e->refresh);
	sim_json_end(&j);
	rq.body = sim_buf_str(&b);
	rc = sim_http_call(&l->cfg.server, &rq, &a, err);
	if (!rc)
		rc = take(l, a.doc ? sim_json_root(a.doc) : NULL, e, err);
	sim_http_answer_release(&a);
	sim_secret_wipe(b.data, b.len);
	sim_buf_release(&b);
	return rc;
}

static int nobody(const struct sim_login *l, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_AUTH, "nobody is logged in at %s%s%s;"
			   " simutrador auth login does", l->cfg.server.url,
			   *l->cfg.profile ? " with profile " : "",
			   l->cfg.profile);
}

/* A new token for *e, by whatever there is. */
static int ask(struct sim_login *l, struct sim_credentials_entry *e,
	       struct sim_err *err)
{
	const char *key = l->api_key ? l->api_key : e->api_key;
	int rc = SIM_E_AUTH;

	if (!*key && !*e->refresh)
		return nobody(l, err);
	if (*e->refresh && !l->api_key)
		rc = ask_by_refresh(l, e, err);
	if (rc == SIM_E_AUTH && *key)
		rc = ask_by_key(l, key, e, err);
	return rc;
}

/* -- a token in time ----------------------------------------------------- */

static bool is_good(struct sim_login *l, sim_time left)
{
	return l->has_now && *l->now.token &&
		l->now.expires - l->cfg.now(l->cfg.ctx) > left;
}

/* With the lock: unless another command has done it meanwhile. */
static int renew_locked(struct sim_login *l, const char *refused,
			struct sim_err *err)
{
	struct sim_credentials_entry *e;
	int rc = look(l, l->api_key ? NULL : err);

	if (rc && !l->api_key)
		return rc;
	if (is_good(l, SIM_LOGIN_EARLY) && refused &&
	    strcmp(refused, l->now.token))
		return SIM_OK;
	e = sim_mem_zalloc(sizeof(*e));
	if (l->has_now)
		*e = l->now;
	snprintf(e->server, sizeof(e->server), "%s", l->cfg.server.url);
	snprintf(e->profile, sizeof(e->profile), "%s", l->cfg.profile);
	snprintf(e->mark, sizeof(e->mark), "%s", l->mark);
	rc = ask(l, e, err);
	if (!rc) {
		l->now = *e;
		l->has_now = true;
		rc = keep(l, l->api_key ? NULL : err);
		rc = l->api_key ? SIM_OK : rc;
	}
	sim_secret_wipe(e, sizeof(*e));
	sim_mem_free(e);
	return rc;
}

/* refused: the token that is no longer wanted; NULL: renew whatever is. */
static int renew(struct sim_login *l, const char *refused, struct sim_err *err)
{
	int fd, rc;

	if (l->given)
		return sim_err_set(err, SIM_E_AUTH, "the token of the"
				   " environment is used as it is, and the"
				   " server doesn't take it or it can't be"
				   " renewed; unset SIMUTRADOR_TOKEN");
	rc = lock(l, &fd, err);
	if (rc)
		return rc;
	rc = renew_locked(l, refused, err);
	unlock(fd);
	return rc;
}

int sim_login_renew(struct sim_login *l, struct sim_err *err)
{
	return renew(l, NULL, err);
}

int sim_login_token(struct sim_login *l, const char **token,
		    struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	int rc;

	if (l->given) {
		*token = l->given;
		return SIM_OK;
	}
	rc = is_good(l, SIM_LOGIN_EARLY) ? SIM_OK
		: look(l, l->api_key ? NULL : err);
	if (rc && !l->api_key)
		return rc;
	if (!is_good(l, SIM_LOGIN_EARLY)) {
		char old[SIM_CREDENTIALS_SECRET] = "";

		if (l->has_now)
			memcpy(old, l->now.token, sizeof(old));
		rc = renew(l, old, &why);
		sim_secret_wipe(old, sizeof(old));
		if (rc && !is_good(l, 0)) {
			if (err)
				*err = why;
			return rc;
		}
	}
	*token = l->now.token;
	return SIM_OK;
}

int sim_login_call(struct sim_login *l, struct sim_http_request *rq,
		   struct sim_http_answer *a, struct sim_err *err)
{
	struct sim_err why = SIM_ERR_INIT;
	char first[SIM_CREDENTIALS_SECRET];
	int rc;

	*a = (struct sim_http_answer){ .retry_ms = -1 };
	rc = sim_login_token(l, &rq->bearer, err);
	if (rc)
		return rc;
	rc = sim_http_call(&l->cfg.server, rq, a, &why);
	if (rc == SIM_E_AUTH && a->status == 401 && !l->given) {
		snprintf(first, sizeof(first), "%s", rq->bearer);
		rc = renew(l, first, NULL);
		sim_secret_wipe(first, sizeof(first));
		if (!rc) {
			sim_http_answer_release(a);
			rq->bearer = l->now.token;
			rc = sim_http_call(&l->cfg.server, rq, a, &why);
		} else {
			rc = SIM_E_AUTH;
		}
	}
	rq->bearer = NULL;
	if (rc && err)
		*err = why;
	return rc;
}

int sim_login_ticket(struct sim_login *l, char ticket[SIM_LOGIN_TICKET],
		     struct sim_err *err)
{
	struct sim_http_request rq = { .method = "POST",
				       .path = "/ws-ticket",
				       .patience_ms = TICKET_PATIENCE_MS };
	char text[SIM_LOGIN_TICKET];
	struct sim_http_answer a;
	int rc = sim_login_call(l, &rq, &a, err);

	if (!rc)
		rc = take_text(a.doc ? sim_json_root(a.doc) : NULL, "ticket",
			       text, sizeof(text), err);
	/* it goes into a URL */
	if (!rc && text[strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.")])
		rc = sim_err_set(err, SIM_E_PROTO, "the server's ticket has"
				 " bytes that none can have; is it a simutrador"
				 " server of this version?");
	if (!rc)
		memcpy(ticket, text, sizeof(text));
	sim_http_answer_release(&a);
	return rc;
}

/* -- logging in ---------------------------------------------------------- */

/* *e, which is new, becomes the entry of this server and profile, and the
 * current one of the profile. */
static int establish(struct sim_login *l, struct sim_credentials_entry *e,
		     struct sim_err *err)
{
	int fd, rc = sim_credentials_lock(l->cfg.file, &fd, err);

	if (rc)
		return rc;
	snprintf(e->server, sizeof(e->server), "%s", l->cfg.server.url);
	snprintf(e->profile, sizeof(e->profile), "%s", l->cfg.profile);
	e->is_current = true;
	l->now = *e;
	l->has_now = true;
	rc = keep(l, err);
	sim_file_unlock(fd);
	return rc;
}

int sim_login_by_key(struct sim_login *l, const char *api_key,
		     struct sim_err *err)
{
	struct sim_credentials_entry *e = sim_mem_zalloc(sizeof(*e));
	bool is_env = l->api_key && !strcmp(l->api_key, api_key);
	int rc = ask_by_key(l, api_key, e, err);

	if (!rc && is_env)
		snprintf(e->mark, sizeof(e->mark), "%s", l->mark);
	else if (!rc)
		snprintf(e->api_key, sizeof(e->api_key), "%s", api_key);
	if (!rc)
		rc = establish(l, e, err);
	sim_secret_wipe(e, sizeof(*e));
	sim_mem_free(e);
	return rc;
}

int sim_login_keep(struct sim_login *l, const struct sim_json_val *answer,
		   struct sim_err *err)
{
	struct sim_credentials_entry *e = sim_mem_zalloc(sizeof(*e));
	int rc = take(l, answer, e, err);

	if (!rc)
		rc = establish(l, e, err);
	sim_secret_wipe(e, sizeof(*e));
	sim_mem_free(e);
	return rc;
}
