/*
 * route_register: becoming a user, by way of a mail.
 *
 * Whether name or address are taken is told to the reader of the mail alone:
 * whoever asks gets the same answer, after the same work.
 */
#include "server/route_priv.h"

#include <stdio.h>
#include <string.h>

#include "db/pending.h"
#include "server/password.h"
#include "util/mem.h"
#include "util/secret.h"

struct applicant {
	struct sim_pending p;
	char password[SIM_PASSWORD_MAX];
	char id[SIM_PENDING_ID], code[SIM_PENDING_CODE];
};

static int read_applicant(struct sim_route_work *w, struct applicant *a,
			  struct sim_err *err)
{
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "username", true, a->p.name,
		  sizeof(a->p.name) },
		{ SIM_ROUTE_STR, "email", true, a->p.email,
		  sizeof(a->p.email) },
		{ SIM_ROUTE_STR, "password", true, a->password,
		  sizeof(a->password) },
	};
	const struct sim_password_of of = { a->p.name, a->p.email,
					    w->r->env.passwords };
	int rc = sim_route_fields(w, fields, 3, err);

	if (!rc)
		rc = sim_user_check_name(a->p.name, err);
	/* Or one could take another's address for a name. */
	if (!rc && strchr(a->p.name, '@'))
		rc = sim_err_set(err, SIM_E_INVAL, "a username has no @; give "
				 "the address as email");
	if (!rc)
		rc = sim_person_check_email(a->p.email, err);
	return rc ? rc : sim_password_check(a->password, &of, err);
}

/* Which mail is it to be? */
static int choose(struct sim_route_work *w, const struct applicant *a,
		  enum sim_outbox_letter *kind, struct sim_err *err)
{
	struct sim_err none = SIM_ERR_INIT;
	struct sim_person p;
	struct sim_user u;
	int by_name, by_email = sim_person_find(w->db, a->p.email, &u, &p,
						&none);

	if (by_email && by_email != SIM_E_NOENT)
		return sim_err_set(err, by_email, "%s", none.msg);
	by_name = sim_user_find(w->db, a->p.name, &u, &none);
	if (by_name && by_name != SIM_E_NOENT)
		return sim_err_set(err, by_name, "%s", none.msg);
	*kind = !by_email ? SIM_OUTBOX_KNOWN : !by_name ? SIM_OUTBOX_TAKEN :
		SIM_OUTBOX_REGISTER;
	return SIM_OK;
}

/* In the transaction.  A request whose mail brings no code waits in vain. */
static int apply(struct sim_route_work *w, struct applicant *a,
		 struct sim_err *err)
{
	struct sim_route_letter letter = { .to = a->p.email,
					   .name = a->p.name };
	int rc = choose(w, a, &letter.kind, err);

	sim_pending_new_id(a->id);
	if (!rc)
		rc = sim_pending_add(w->db, &a->p, w->now, a->id, a->code,
				     err);
	if (!rc && letter.kind == SIM_OUTBOX_REGISTER) {
		letter.code = a->code;
		letter.request_id = a->id;
	}
	if (!rc)
		rc = sim_route_post(w, &letter, err);
	return rc ? rc : sim_route_note(w, SIM_AUDIT_AUTH_REGISTER, a->p.name,
					"", err);
}

static void put_request(struct sim_route_work *w, const char *id)
{
	struct sim_json j;

	sim_route_begin(w, &j);
	sim_json_str(&j, "status", "mail_sent");
	sim_json_str(&j, "request_id", id);
	sim_json_int(&j, "expires_in", SIM_PENDING_LIFE_SEC);
	sim_json_end(&j);
}

static int take(struct sim_route_work *w, struct applicant *a,
		struct sim_err *err)
{
	int rc = read_applicant(w, a, err);

	if (rc || !sim_route_may_mail(w, a->p.email))
		return rc;
	rc = sim_secret_password(a->password, w->r->env.cost, a->p.password,
				 err);
	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = sim_db_end(w->db, apply(w, a, err), err);
	if (!rc)
		put_request(w, a->id);
	return rc;
}

int sim_route_do_register(struct sim_route_work *w, struct sim_err *err)
{
	struct applicant *a = sim_mem_zalloc(sizeof(*a));
	int rc;

	a->p.purpose = SIM_PENDING_REGISTER;
	rc = take(w, a, err);
	sim_secret_wipe(a, sizeof(*a));
	sim_mem_free(a);
	return rc;
}

/* -- the code comes back --------------------------------------------------- */

static int make_user(struct sim_route_work *w, const struct sim_pending *p,
		     struct sim_user *u, struct sim_err *err)
{
	const struct sim_db_by by = { p->name, w->now, w->where };
	struct sim_person person = { .password_changed = w->now };
	int rc;

	*u = (struct sim_user){ .plan = SIM_PLAN_FREE,
				.role = SIM_USER_ROLE_USER };
	memcpy(u->name, p->name, sizeof(u->name));
	memcpy(person.email, p->email, sizeof(person.email));
	memcpy(person.password, p->password, sizeof(person.password));
	rc = sim_user_insert(w->db, &by, u, err);
	return rc ? rc : sim_person_put(w->db, u->id, &person, err);
}

static int change_email(struct sim_route_work *w, const struct sim_pending *p,
			struct sim_user *u, struct sim_err *err)
{
	struct sim_route_letter letter = { .kind = SIM_OUTBOX_EMAIL_CHANGED };
	char old[SIM_PERSON_EMAIL];
	struct sim_person person;
	int rc = sim_user_find(w->db, p->user, u, err);

	if (!rc)
		rc = sim_person_get(w->db, u->id, &person, err);
	if (rc)
		return rc;
	memcpy(old, person.email, sizeof(old));
	memcpy(person.email, p->email, sizeof(person.email));
	letter.to = old;
	letter.name = u->name;
	rc = sim_person_put(w->db, u->id, &person, err);
	/* Codes that went to the old address are good no more. */
	if (!rc)
		rc = sim_pending_drop(w->db, u->id, err);
	return rc ? rc : sim_route_post(w, &letter, err);
}

/* In the transaction. */
static int confirm(struct sim_route_work *w, const char *id, const char *code,
		   struct sim_user *u, struct sim_err *err)
{
	struct sim_pending p = { .purpose = SIM_PENDING_REGISTER };
	struct sim_err none = SIM_ERR_INIT;
	int rc = sim_pending_use(w->db, id, code, w->now, &p, &none);

	if (rc == SIM_E_AUTH) {
		p.purpose = SIM_PENDING_EMAIL;
		rc = sim_pending_use(w->db, id, code, w->now, &p, err);
	} else if (rc) {
		return sim_err_set(err, rc, "%s", none.msg);
	}
	if (!rc)
		rc = p.purpose == SIM_PENDING_EMAIL ?
			change_email(w, &p, u, err) : make_user(w, &p, u, err);
	sim_secret_wipe(p.password, sizeof(p.password));
	if (rc)
		return rc;
	w->user = *u;
	return sim_route_note(w, SIM_AUDIT_AUTH_VERIFY, u->id, "", err);
}

int sim_route_do_verify(struct sim_route_work *w, struct sim_err *err)
{
	char id[SIM_PENDING_ID] = "", code[32] = "";
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, "request_id", true, id, sizeof(id) },
		{ SIM_ROUTE_STR, "code", true, code, sizeof(code) },
	};
	struct sim_json j;
	struct sim_user u;
	int rc = sim_route_fields(w, fields, 2, err);

	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = sim_db_end(w->db, confirm(w, id, code, &u, err), err);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_str(&j, "status", "verified");
	sim_json_str(&j, "user_id", u.id);
	sim_json_str(&j, "username", u.name);
	sim_json_end(&j);
	return SIM_OK;
}
