/*
 * route_signin: in with a password, on with a refresh token, out.
 *
 * A name that nobody has is answered as a wrong password is, after as much
 * work.
 */
#include "server/route_priv.h"

#include <stdio.h>
#include <string.h>

#include "db/lockout.h"
#include "util/mem.h"
#include "util/secret.h"

#define PASSWORD 1025			/* longest, with NUL */
#define GIVEN (SIM_PERSON_EMAIL + 3)	/* a name that was given, counted */
#define FRESH_SEC 600			/* a login may end others for so long */

static const char wrong[] = "name or password is wrong, or the account was "
			    "tried too often";

/* -- tries ----------------------------------------------------------------- */

void sim_route_try_name(const char *user, char out[SIM_USER_ID + 4])
{
	snprintf(out, SIM_USER_ID + 4, "id:%s", user);
}

/* The one for what was given as a name, which is never that of a user. */
static void given_name(const char *name, char out[GIVEN])
{
	snprintf(out, GIVEN, "n:%s", name);
}

int sim_route_try_clear(struct sim_route_work *w, const struct sim_user *u,
			const char *email, struct sim_err *err)
{
	char who[SIM_USER_ID + 4], given[GIVEN];
	int rc;

	sim_route_try_name(u->id, who);
	rc = sim_lockout_clear(w->db, who, err);
	given_name(u->name, given);
	if (!rc)
		rc = sim_lockout_clear(w->db, given, err);
	given_name(email, given);
	return rc ? rc : sim_lockout_clear(w->db, given, err);
}

/* -- the second factor ----------------------------------------------------- */

static int use_totp(struct sim_route_work *w, const char *user,
		    struct sim_person *p, const char *code,
		    struct sim_err *err)
{
	unsigned char seed[SIM_TOTP_SEED];
	int64_t step = 0;
	int rc = sim_person_open_seed(&w->r->env.seal, user, p, seed, err);

	if (!rc)
		rc = sim_totp_check(seed, code, w->now, p->totp_step, &step,
				    err);
	sim_secret_wipe(seed, sizeof(seed));
	if (!rc && w->r->env.is_strict && step != sim_totp_step(w->now))
		rc = sim_err_set(err, SIM_E_AUTH, "the code is not the one of "
				 "now; wait for the next one");
	if (rc)
		return rc;
	p->totp_step = step;
	return sim_person_put(w->db, user, p, err);
}

int sim_route_second_factor(struct sim_route_work *w, const char *user,
			    struct sim_person *p,
			    const struct sim_route_second *s,
			    struct sim_err *err)
{
	int rc;

	if (!p->is_totp_on)
		return SIM_OK;
	if (s->totp[0])
		return use_totp(w, user, p, s->totp, err);
	if (!s->recovery[0]) {
		w->code = "TOTP_REQUIRED";
		return sim_err_set(err, SIM_E_AUTH, "a second factor is wanted;"
				   " give totp_code or recovery_code");
	}
	rc = sim_person_code_use(w->db, user, s->recovery, err);
	return rc ? rc : sim_route_note(w, SIM_AUDIT_TOTP_RECOVERY, user, "",
					err);
}

/* -- tokens ---------------------------------------------------------------- */

/* Where it is wanted, one factor is enough to look, and to make the second. */
static int set_scopes(struct sim_route_work *w, struct sim_token_claims *c,
		      struct sim_err *err)
{
	struct sim_person p;
	int rc;

	if (!w->r->env.is_strict)
		return SIM_OK;
	rc = sim_person_get(w->db, c->user, &p, err);
	if (!rc && !p.is_totp_on)
		c->withheld = SIM_SCOPE_SIMULATE | SIM_SCOPE_ADMIN;
	sim_secret_wipe(&p, sizeof(p));
	return rc;
}

static int put_tokens(struct sim_route_work *w, const struct sim_user *u,
		      const struct sim_signin *l, const char *refresh,
		      struct sim_err *err)
{
	struct sim_token_claims c = { .plan = u->plan };
	char *text = NULL;
	struct sim_json j;
	int rc;

	memcpy(c.user, u->id, sizeof(u->id));
	memcpy(c.key, l->id, sizeof(l->id));
	rc = set_scopes(w, &c, err);
	if (!rc)
		rc = sim_token_issue(w->r->env.tokens, w->now, &c, &text, err);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_str(&j, "access_token", text);
	sim_json_int(&j, "expires_in", SIM_TOKEN_LIFE_SEC);
	sim_json_str(&j, "token_type", "Bearer");
	sim_json_str(&j, "refresh_token", refresh);
	sim_json_time(&j, "refresh_expires_at", l->expires);
	sim_json_str(&j, "session_id", l->id);
	sim_json_str(&j, "user_id", u->id);
	sim_json_str(&j, "username", u->name);
	sim_json_str(&j, "plan", sim_plan_names[u->plan]);
	sim_json_str(&j, "role", sim_user_roles[u->role]);
	sim_json_end(&j);
	sim_token_forget(text);
	return SIM_OK;
}

/* -- in -------------------------------------------------------------------- */

struct login {
	char name[SIM_PERSON_EMAIL], password[PASSWORD];
	char device[SIM_SIGNIN_DEVICE];
	struct sim_route_second second;
	bool is_there, is_shut;		/* the user; to be refused anyway */
	char hash[SIM_SECRET_HASH];	/* a new one, or "" */
	struct sim_user u;
	struct sim_person p;
	struct sim_signin signin;
	char refresh[SIM_SIGNIN_REFRESH];
};

static int read_login(struct sim_route_work *w, struct login *l,
		      struct sim_err *err)
{
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "username", true, l->name, sizeof(l->name) },
		{ SIM_ROUTE_STR, "password", true, l->password,
		  sizeof(l->password) },
		{ SIM_ROUTE_STR, "totp_code", false, l->second.totp,
		  sizeof(l->second.totp) },
		{ SIM_ROUTE_STR, "recovery_code", false, l->second.recovery,
		  sizeof(l->second.recovery) },
		{ SIM_ROUTE_STR, "device", false, l->device,
		  sizeof(l->device) },
	};

	return sim_route_fields(w, fields, sizeof(fields) / sizeof(fields[0]),
				err);
}

/* Whose name is it, and may it be tried?  For a name that nobody has another
 * is counted in place of the account. */
static bool may_try(struct sim_route_work *w, struct login *l, int *rc,
		    struct sim_err *err)
{
	struct sim_err none = SIM_ERR_INIT;
	char given[GIVEN], account[GIVEN];

	*rc = sim_person_find(w->db, l->name, &l->u, &l->p, &none);
	l->is_there = !*rc;
	if (*rc && *rc != SIM_E_NOENT) {
		sim_err_set(err, *rc, "%s", none.msg);
		return false;
	}
	given_name(l->name, given);
	if (l->is_there) {
		w->user = l->u;		/* so that a refusal says whose */
		sim_route_try_name(l->u.id, account);
	} else {
		snprintf(account, sizeof(account), "-:%s", l->name);
	}
	return sim_route_may_log_in(w, given, account, &l->is_shut, rc, err);
}

/* The same work for a name that nobody has. */
static int check_password(struct sim_route_work *w, struct login *l,
			  struct sim_err *err)
{
	const struct sim_secret_cost cost = w->r->env.cost;
	bool is_right = false, is_dated = false;
	int rc = sim_secret_password_check(l->password, l->is_there ?
					   l->p.password : "", cost, &is_right,
					   &is_dated, err);

	if (rc)
		return rc;
	if (!is_right || !l->is_there || l->is_shut || l->u.is_disabled)
		return sim_err_set(err, SIM_E_AUTH, "%s", wrong);
	return is_dated ? sim_secret_password(l->password, cost, l->hash,
					      err) : SIM_OK;
}

bool sim_route_password_is(struct sim_route_work *w, const char *password,
			   int *rc, struct sim_err *err)
{
	bool is_right = false, is_dated = false;
	char name[SIM_USER_ID + 4];
	struct sim_person p;

	sim_route_try_name(w->user.id, name);
	if (!sim_route_may_try(w, name, rc, err))
		return false;
	*rc = sim_person_get(w->db, w->user.id, &p, err);
	if (!*rc)
		*rc = sim_secret_password_check(password, p.password,
						w->r->env.cost, &is_right,
						&is_dated, err);
	sim_secret_wipe(&p, sizeof(p));
	if (!*rc && !is_right)
		*rc = sim_err_set(err, SIM_E_AUTH, "the password is wrong");
	if (!*rc)
		*rc = sim_lockout_clear(w->db, name, err);
	return !*rc;
}

/* In the transaction: what was looked at may have changed since. */
static int let_login(struct sim_route_work *w, struct login *l,
		     struct sim_err *err)
{
	struct sim_db_by by;
	struct sim_person p;
	int rc = sim_user_find(w->db, l->u.id, &l->u, err);

	if (!rc)
		rc = sim_person_get(w->db, l->u.id, &p, err);
	if (!rc && (l->u.is_disabled ||
		    !sim_secret_equal(p.password, l->p.password,
				      sizeof(p.password))))
		rc = sim_err_set(err, SIM_E_AUTH, "%s", wrong);
	if (rc)
		return rc;
	w->user = l->u;
	l->p = p;
	rc = sim_route_second_factor(w, l->u.id, &l->p, &l->second, err);
	if (!rc && l->hash[0]) {
		memcpy(l->p.password, l->hash, sizeof(l->hash));
		rc = sim_person_put(w->db, l->u.id, &l->p, err);
	}
	if (!rc)
		rc = sim_route_try_clear(w, &l->u, l->p.email, err);
	memcpy(l->signin.user, l->u.id, sizeof(l->u.id));
	memcpy(l->signin.device, l->device, sizeof(l->device));
	memcpy(l->signin.address, w->address, sizeof(w->address));
	by = sim_route_by(w);
	if (!rc)
		rc = sim_signin_begin(w->db, &by, &l->signin, l->refresh, err);
	return rc ? rc : sim_route_note(w, SIM_AUDIT_AUTH_LOGIN, l->signin.id,
					"password", err);
}

static int log_in(struct sim_route_work *w, struct login *l,
		  struct sim_err *err)
{
	int rc = read_login(w, l, err);

	if (rc || !may_try(w, l, &rc, err))
		return rc;
	rc = check_password(w, l, err);
	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = sim_db_end(w->db, let_login(w, l, err), err);
	return rc ? rc : put_tokens(w, &l->u, &l->signin, l->refresh, err);
}

int sim_route_do_login(struct sim_route_work *w, struct sim_err *err)
{
	struct login *l = sim_mem_zalloc(sizeof(*l));
	int rc = log_in(w, l, err);

	sim_secret_wipe(l, sizeof(*l));
	sim_mem_free(l);
	return rc;
}

/* -- on -------------------------------------------------------------------- */

/* In the transaction, which is committed for a token that came twice too.
 * Gives: *reused. */
static int go_on(struct sim_route_work *w, const char *old, struct login *l,
		 bool *reused, struct sim_err *err)
{
	struct sim_route_letter letter = { .kind = SIM_OUTBOX_REUSE };
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_signin_refresh(w->db, old, w->now, &l->signin, l->refresh,
				    &why);

	*reused = rc == SIM_E_STATE;
	if (rc && !*reused)
		return sim_err_set(err, rc, "%s", why.msg);
	rc = sim_user_find(w->db, l->signin.user, &l->u, err);
	if (!rc && l->u.is_disabled)
		rc = sim_err_set(err, SIM_E_AUTH, "%s",
				 sim_token_reason(SIM_TOKEN_REFUSED));
	if (rc)
		return rc;
	w->user = l->u;
	rc = sim_route_note(w, *reused ? SIM_AUDIT_AUTH_REUSE :
			    SIM_AUDIT_AUTH_REFRESH, l->signin.id, "", err);
	if (rc || !*reused)
		return rc;
	rc = sim_person_get(w->db, l->u.id, &l->p, err);
	letter.to = l->p.email;
	letter.name = l->u.name;
	return rc ? rc : sim_route_post(w, &letter, err);
}

static int refresh(struct sim_route_work *w, struct login *l,
		   struct sim_err *err)
{
	char old[SIM_SIGNIN_REFRESH] = "";
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "refresh_token", true, old, sizeof(old) },
	};
	bool reused = false;
	int rc = sim_route_fields(w, fields, 1, err);

	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = sim_db_end(w->db, go_on(w, old, l, &reused, err), err);
	sim_secret_wipe(old, sizeof(old));
	if (!rc && reused) {
		sim_route_revoke(w->r, l->signin.id);
		if (w->r->env.posted && w->has_posted)
			w->r->env.posted(w->r->env.ctx);
		return sim_err_set(err, SIM_E_AUTH, "the refresh token was used"
				   " before, so its login has ended; log in "
				   "again");
	}
	return rc ? rc : put_tokens(w, &l->u, &l->signin, l->refresh, err);
}

int sim_route_do_refresh(struct sim_route_work *w, struct sim_err *err)
{
	struct login *l = sim_mem_zalloc(sizeof(*l));
	int rc = refresh(w, l, err);

	sim_secret_wipe(l, sizeof(*l));
	sim_mem_free(l);
	return rc;
}

/* -- out ------------------------------------------------------------------- */

int sim_route_end_all(struct sim_route_work *w, const char *user,
		      const char *but, struct sim_route_ended *e,
		      struct sim_err *err)
{
	struct sim_signin *list = NULL;
	size_t n = 0;
	int rc = sim_signin_list(w->db, user, w->now, &list, &n, err);

	if (rc)
		return rc;
	e->list = list;
	e->n = n;
	for (size_t i = 0; but && i < n; i++)
		if (!strcmp(list[i].id, but))
			list[i].id[0] = '\0';
	return sim_signin_end_all(w->db, user, but, w->now, &e->count, err);
}

void sim_route_end_done(struct sim_route_work *w, struct sim_route_ended *e,
			int rc)
{
	for (size_t i = 0; !rc && i < e->n; i++)
		if (e->list[i].id[0])
			sim_route_revoke(w->r, e->list[i].id);
	sim_mem_free(e->list);
	e->list = NULL;
}

int sim_route_end_answer(struct sim_route_work *w, struct sim_route_ended *e,
			 int rc)
{
	struct sim_json j;

	sim_route_end_done(w, e, rc);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_int(&j, "ended", e->count);
	sim_json_end(&j);
	return SIM_OK;
}

static int end_one(struct sim_route_work *w, const char *id, int64_t *n,
		   struct sim_err *err)
{
	int rc = sim_signin_end(w->db, w->user.id, id, w->now, n, err);

	if (!rc && !*n)
		rc = sim_err_set(err, SIM_E_NOENT, "there is no such login that"
				 " goes on; GET /auth/sessions lists them");
	return rc ? rc : sim_route_note(w, SIM_AUDIT_AUTH_LOGOUT, id, "", err);
}

static int end_all(struct sim_route_work *w, struct sim_route_ended *e,
		   struct sim_err *err)
{
	int rc = sim_route_end_all(w, w->user.id, NULL, e, err);

	return rc ? rc : sim_route_note(w, SIM_AUDIT_AUTH_LOGOUT, w->user.id,
					"all", err);
}

/* Was the login begun, or the key shown, a short time ago? */
static int check_fresh(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_signin l = { .created = w->who.issued };
	int rc = SIM_OK;

	if (!strncmp(w->who.key, "l_", 2))
		rc = sim_signin_get(w->db, w->user.id, w->who.key, w->now, &l,
				    err);
	if (rc || w->now < l.created + FRESH_SEC * SIM_TIME_SEC)
		return rc;
	w->code = "LOGIN_TOO_OLD";
	return sim_err_set(err, SIM_E_AUTH, "this login began more than %d "
			   "minutes ago, so it ends itself alone; log in again "
			   "to end others", FRESH_SEC / 60);
}

/* One's own, or with the scope for it another of the user's. */
static int check_logout(struct sim_route_work *w, const char *id, bool is_all,
			struct sim_err *err)
{
	if (!is_all && !strcmp(id, w->who.key))
		return strncmp(id, "l_", 2) ? sim_err_set(err, SIM_E_INVAL,
			"an API key has no login to end; name session_id or"
			" all") : SIM_OK;
	if (w->who.withheld & SIM_SCOPE_ACCOUNT)
		return sim_err_set(err, SIM_E_RISK, "the API key is not for "
				   "this; use one with the scope account");
	return check_fresh(w, err);
}

int sim_route_do_logout(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_route_ended e = { .count = 0 };
	char id[SIM_TOKEN_ID] = "";
	bool is_all = false;
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "session_id", false, id, sizeof(id) },
		{ SIM_ROUTE_BOOL, "all", false, &is_all, 0 },
	};
	int rc = sim_route_fields(w, fields, 2, err);

	if (!id[0])
		memcpy(id, w->who.key, sizeof(id));
	if (!rc)
		rc = check_logout(w, id, is_all, err);
	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = is_all ? end_all(w, &e, err) : end_one(w, id, &e.count, err);
	rc = sim_db_end(w->db, rc, err);
	if (!rc && !is_all)
		sim_route_revoke(w->r, id);
	return sim_route_end_answer(w, &e, rc);
}

/* -- which there are ------------------------------------------------------- */

int sim_route_put_logins(struct sim_route_work *w, struct sim_json *j,
			 const char *user, struct sim_err *err)
{
	struct sim_signin *list = NULL;
	size_t n = 0;
	int rc = sim_signin_list(w->db, user, w->now, &list, &n, err);

	if (rc)
		return rc;
	sim_json_array(j, "logins");
	for (size_t i = 0; i < n; i++) {
		sim_json_object(j, NULL);
		sim_json_str(j, "session_id", list[i].id);
		sim_json_str(j, "device", list[i].device);
		sim_json_str(j, "address", list[i].address);
		sim_json_time(j, "created_at", list[i].created);
		sim_json_time(j, "used_at", list[i].used);
		sim_json_time(j, "expires_at", list[i].expires);
		sim_json_bool(j, "is_current", !strcmp(list[i].id,
						       w->who.key));
		sim_json_end(j);
	}
	sim_json_end(j);
	sim_mem_free(list);
	return SIM_OK;
}

int sim_route_do_logins(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_json j;
	int rc;

	sim_route_begin(w, &j);
	rc = sim_route_put_logins(w, &j, w->user.id, err);
	if (!rc)
		sim_json_end(&j);
	return rc;
}
