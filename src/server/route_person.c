/*
 * route_person: profile and password.
 *
 * A new password ends the user's other logins, and what waits for a code.
 */
#include "server/route_priv.h"

#include <string.h>

#include "db/pending.h"
#include "server/password.h"
#include "util/mem.h"
#include "util/secret.h"

/* -- profile --------------------------------------------------------------- */

/* Inside the answer's object. */
static int put_profile(struct sim_route_work *w, struct sim_json *j,
		       struct sim_err *err)
{
	const struct sim_user *u = &w->user;
	struct sim_person p;
	int64_t codes = 0;
	int rc = sim_person_get(w->db, u->id, &p, err);

	if (!rc)
		rc = sim_person_codes_left(w->db, u->id, &codes, err);
	if (rc)
		return rc;
	sim_json_str(j, "user_id", u->id);
	sim_json_str(j, "username", u->name);
	sim_json_str(j, "email", p.email[0] ? p.email : NULL);
	sim_json_str(j, "full_name", p.full_name);
	sim_json_str(j, "plan", sim_plan_names[u->plan]);
	sim_json_str(j, "role", sim_user_roles[u->role]);
	sim_json_time(j, "created_at", u->created);
	sim_json_bool(j, "has_password", p.password[0] != '\0');
	if (p.password[0])
		sim_json_time(j, "password_changed_at", p.password_changed);
	else
		sim_json_null(j, "password_changed_at");
	sim_json_bool(j, "totp_enabled", p.is_totp_on);
	sim_json_int(j, "recovery_codes_left", codes);
	sim_secret_wipe(&p, sizeof(p));
	return SIM_OK;
}

int sim_route_do_profile(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_json j;
	int rc;

	sim_route_begin(w, &j);
	rc = put_profile(w, &j, err);
	if (!rc)
		sim_json_end(&j);
	return rc;
}

struct wish {
	char full_name[SIM_PERSON_FULL_NAME], email[SIM_PERSON_EMAIL];
	char password[SIM_PASSWORD_MAX];
	bool has_name;
	char id[SIM_PENDING_ID], code[SIM_PENDING_CODE];
};

static int read_wish(struct sim_route_work *w, struct wish *x,
		     struct sim_err *err)
{
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "full_name", false, x->full_name,
		  sizeof(x->full_name) },
		{ SIM_ROUTE_STR, "email", false, x->email, sizeof(x->email) },
		{ SIM_ROUTE_STR, "password", false, x->password,
		  sizeof(x->password) },
	};
	int rc;

	/* No text has this byte, so what is absent is told from "". */
	x->full_name[0] = '\001';
	rc = sim_route_fields(w, fields, 3, err);
	x->has_name = x->full_name[0] != '\001';
	if (!rc && x->email[0])
		rc = sim_person_check_email(x->email, err);
	if (!rc && x->email[0] && !x->password[0])
		rc = sim_err_set(err, SIM_E_INVAL, "a new address needs the "
				 "password; give both");
	return rc;
}

/* The mail goes to the new address; the old one stays until its code is back.
 * To an address that another has nothing goes. */
static int ask_email(struct sim_route_work *w, struct wish *x,
		     struct sim_err *err)
{
	struct sim_pending p = { .purpose = SIM_PENDING_EMAIL };
	struct sim_route_letter letter = { .kind = SIM_OUTBOX_EMAIL,
		.to = x->email, .name = w->user.name, .code = x->code,
		.request_id = x->id };
	struct sim_err none = SIM_ERR_INIT;
	struct sim_person other;
	struct sim_user u;
	int rc;

	memcpy(p.user, w->user.id, sizeof(p.user));
	memcpy(p.email, x->email, sizeof(p.email));
	sim_pending_new_id(x->id);
	rc = sim_pending_add(w->db, &p, w->now, x->id, x->code, err);
	if (rc)
		return rc;
	rc = sim_person_find(w->db, x->email, &u, &other, &none);
	letter.is_pretended = !rc;
	return rc && rc != SIM_E_NOENT ? sim_err_set(err, rc, "%s", none.msg) :
		sim_route_post(w, &letter, err);
}

/* In the transaction. */
static int change_profile(struct sim_route_work *w, struct wish *x,
			  struct sim_err *err)
{
	struct sim_person p;
	int rc = sim_person_get(w->db, w->user.id, &p, err);

	if (!rc && x->has_name) {
		memcpy(p.full_name, x->full_name, sizeof(p.full_name));
		rc = sim_person_put(w->db, w->user.id, &p, err);
	}
	if (!rc && x->email[0])
		rc = ask_email(w, x, err);
	sim_secret_wipe(&p, sizeof(p));
	return rc ? rc : sim_route_note(w, SIM_AUDIT_PROFILE_CHANGE,
					w->user.id, x->email[0] ?
					"email asked for" : "", err);
}

static int wish_profile(struct sim_route_work *w, struct wish *x,
			struct sim_err *err)
{
	struct sim_json j;
	int rc = read_wish(w, x, err);

	if (rc || (x->email[0] && (!sim_route_may_mail(w, x->email) ||
				   !sim_route_password_is(w, x->password, &rc,
							  err))))
		return rc;
	rc = sim_db_begin(w->db, err);
	if (!rc)
		rc = sim_db_end(w->db, change_profile(w, x, err), err);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	rc = put_profile(w, &j, err);
	if (!rc && x->email[0]) {
		sim_json_str(&j, "request_id", x->id);
		sim_json_int(&j, "expires_in", SIM_PENDING_LIFE_SEC);
	}
	if (!rc)
		sim_json_end(&j);
	return rc;
}

int sim_route_do_profile_change(struct sim_route_work *w, struct sim_err *err)
{
	struct wish *x = sim_mem_zalloc(sizeof(*x));
	int rc = wish_profile(w, x, err);

	sim_secret_wipe(x, sizeof(*x));
	sim_mem_free(x);
	return rc;
}

/* -- password -------------------------------------------------------------- */

struct renewal {
	char old[SIM_PASSWORD_MAX], new[SIM_PASSWORD_MAX];
	char id[SIM_PENDING_ID], code[32];
	struct sim_route_second second;
	bool revoke_keys;
	char hash[SIM_SECRET_HASH];
	struct sim_route_ended ended;
	struct sim_apikey *keys;	/* those that were revoked */
	size_t n_keys;
	bool is_refused;	/* and so to be stored, in part */
};

/* In the transaction: the new password, and what ends with the old one. */
static int set_password(struct sim_route_work *w, struct renewal *x,
			const char *but, enum sim_audit_action action,
			struct sim_err *err)
{
	struct sim_route_letter letter = { .kind = SIM_OUTBOX_PASSWORD_CHANGED,
					   .name = w->user.name };
	const struct sim_db_by by = sim_route_by(w);
	const char *user = w->user.id;
	struct sim_person p;
	int rc = sim_person_get(w->db, user, &p, err);

	if (rc)
		return rc;
	memcpy(p.password, x->hash, sizeof(p.password));
	p.password_changed = w->now;
	letter.to = p.email;
	rc = sim_person_put(w->db, user, &p, err);
	if (!rc)
		rc = sim_route_end_all(w, user, but, &x->ended, err);
	if (!rc && x->revoke_keys)
		rc = sim_apikey_revoke_all(w->db, &by, user, &x->keys,
					   &x->n_keys, err);
	if (!rc)
		rc = sim_pending_drop(w->db, user, err);
	if (!rc)
		rc = sim_route_note(w, action, user, "", err);
	return rc ? rc : sim_route_post(w, &letter, err);
}

static void put_renewal(struct sim_route_work *w, const struct renewal *x)
{
	struct sim_json j;

	sim_route_begin(w, &j);
	sim_json_str(&j, "status", "changed");
	sim_json_int(&j, "ended", x->ended.count);
	sim_json_int(&j, "revoked_keys", (int64_t)x->n_keys);
	sim_json_end(&j);
}

/* After the transaction, which gave rc: the old password's logins and keys are
 * good for nothing from now on. */
static int renewed(struct sim_route_work *w, struct renewal *x, int rc)
{
	sim_route_end_done(w, &x->ended, rc);
	for (size_t i = 0; !rc && i < x->n_keys; i++)
		sim_route_revoke(w->r, x->keys[i].id);
	sim_mem_free(x->keys);
	if (!rc)
		put_renewal(w, x);
	return rc;
}

/* May it be, and what is its hash? */
static int work_out(struct sim_route_work *w, struct renewal *x,
		    const char *name, const char *email, struct sim_err *err)
{
	const struct sim_password_of of = { name, email, w->r->env.passwords };
	int rc = sim_password_check(x->new, &of, err);

	return rc ? rc : sim_secret_password(x->new, w->r->env.cost, x->hash,
					     err);
}

static int change(struct sim_route_work *w, struct renewal *x,
		  struct sim_err *err)
{
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "current_password", true, x->old,
		  sizeof(x->old) },
		{ SIM_ROUTE_STR, "new_password", true, x->new,
		  sizeof(x->new) },
		{ SIM_ROUTE_BOOL, "revoke_keys", false, &x->revoke_keys, 0 },
	};
	struct sim_person p;
	int rc = sim_route_fields(w, fields, 3, err);

	if (!rc)
		rc = sim_person_get(w->db, w->user.id, &p, err);
	if (rc || !sim_route_password_is(w, x->old, &rc, err))
		return rc;
	rc = work_out(w, x, w->user.name, p.email, err);
	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = sim_db_end(w->db, set_password(w, x, w->who.key,
					    SIM_AUDIT_PASSWORD_CHANGE, err),
			err);
	return renewed(w, x, rc);
}

int sim_route_do_password_change(struct sim_route_work *w,
				 struct sim_err *err)
{
	struct renewal *x = sim_mem_zalloc(sizeof(*x));
	int rc = change(w, x, err);

	sim_secret_wipe(x, sizeof(*x));
	sim_mem_free(x);
	return rc;
}

/* -- reset ----------------------------------------------------------------- */

/* In the transaction.  For an address that nobody has a request waits too,
 * whose code nobody gets. */
static int ask_reset(struct sim_route_work *w, struct sim_pending *p,
		     const char *id, struct sim_err *err)
{
	struct sim_route_letter letter = { .kind = SIM_OUTBOX_RESET,
		.to = p->email, .request_id = id };
	struct sim_err none = SIM_ERR_INIT;
	char code[SIM_PENDING_CODE];
	struct sim_person person;
	struct sim_user u;
	int found = sim_person_find(w->db, p->email, &u, &person, &none), rc;
	bool is_user = !found && person.email[0] && !u.is_disabled;

	if (found && found != SIM_E_NOENT)
		return sim_err_set(err, found, "%s", none.msg);
	if (is_user)
		memcpy(p->user, u.id, sizeof(p->user));
	rc = sim_pending_add(w->db, p, w->now, id, code, err);
	letter.name = is_user ? u.name : "nobody";
	letter.code = code;
	letter.is_pretended = !is_user;
	if (!rc)
		rc = sim_route_post(w, &letter, err);
	sim_secret_wipe(code, sizeof(code));
	return rc ? rc : sim_route_note(w, SIM_AUDIT_PASSWORD_ASK, p->user, "",
					err);
}

int sim_route_do_password_ask(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_pending p = { .purpose = SIM_PENDING_RESET };
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "email", true, p.email, sizeof(p.email) },
	};
	char id[SIM_PENDING_ID];
	struct sim_json j;
	int rc = sim_route_fields(w, fields, 1, err);

	if (!rc)
		rc = sim_person_check_email(p.email, err);
	if (rc || !sim_route_may_mail(w, p.email))
		return rc;
	sim_pending_new_id(id);
	rc = sim_db_begin(w->db, err);
	if (!rc)
		rc = sim_db_end(w->db, ask_reset(w, &p, id, err), err);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_str(&j, "status", "mail_sent");
	sim_json_str(&j, "request_id", id);
	sim_json_int(&j, "expires_in", SIM_PENDING_LIFE_SEC);
	sim_json_end(&j);
	return SIM_OK;
}

/* In the transaction.  A wrong second factor uses the code up, so that nobody
 * tries one after the other; a missing one doesn't. */
static int reset(struct sim_route_work *w, struct renewal *x,
		 struct sim_err *err)
{
	struct sim_pending p = { .purpose = SIM_PENDING_RESET };
	const struct sim_password_of of = { w->user.name, p.email,
					    w->r->env.passwords };
	struct sim_person person;
	int rc = sim_pending_use(w->db, x->id, x->code, w->now, &p, err);

	if (!rc)
		rc = sim_user_find(w->db, p.user, &w->user, err);
	if (!rc && w->user.is_disabled)
		rc = sim_err_set(err, SIM_E_AUTH, "the user is disabled");
	if (!rc)
		rc = sim_password_check(x->new, &of, err);
	if (!rc)
		rc = sim_person_get(w->db, w->user.id, &person, err);
	if (rc)
		return rc;
	rc = sim_route_second_factor(w, w->user.id, &person, &x->second, err);
	x->is_refused = rc == SIM_E_AUTH && !w->code;
	if (!rc)
		rc = sim_route_try_clear(w, &w->user, person.email, err);
	return rc ? rc : set_password(w, x, NULL, SIM_AUDIT_PASSWORD_RESET,
				      err);
}

static int read_reset(struct sim_route_work *w, struct renewal *x,
		      struct sim_err *err)
{
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "request_id", true, x->id, sizeof(x->id) },
		{ SIM_ROUTE_STR, "code", true, x->code, sizeof(x->code) },
		{ SIM_ROUTE_STR, "new_password", true, x->new,
		  sizeof(x->new) },
		{ SIM_ROUTE_STR, "totp_code", false, x->second.totp,
		  sizeof(x->second.totp) },
		{ SIM_ROUTE_STR, "recovery_code", false, x->second.recovery,
		  sizeof(x->second.recovery) },
		{ SIM_ROUTE_BOOL, "revoke_keys", false, &x->revoke_keys, 0 },
	};
	int rc = sim_route_fields(w, fields, 6, err);

	return rc ? rc : work_out(w, x, "", "", err);
}

static int reset_all(struct sim_route_work *w, struct renewal *x,
		     struct sim_err *err)
{
	int rc = read_reset(w, x, err), stored;

	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = reset(w, x, err);
	stored = sim_db_end(w->db, x->is_refused ? SIM_OK : rc,
			    x->is_refused ? NULL : err);
	return renewed(w, x, rc ? rc : stored);
}

int sim_route_do_password_reset(struct sim_route_work *w, struct sim_err *err)
{
	struct renewal *x = sim_mem_zalloc(sizeof(*x));
	int rc = reset_all(w, x, err);

	sim_secret_wipe(x, sizeof(*x));
	sim_mem_free(x);
	return rc;
}
