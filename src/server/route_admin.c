/*
 * route_admin: what an administrator sees and changes of others.
 *
 * Who is disabled is out at once: logins end, keys are good for nothing.
 */
#include "server/route_priv.h"

#include <string.h>

#include "db/audit.h"
#include "db/outbox.h"
#include "db/session_row.h"
#include "util/mem.h"

#define WORD 32				/* a plan or role, with NUL */

/* -- who there is ---------------------------------------------------------- */

static void put_user(struct sim_json *j, const struct sim_user *u)
{
	sim_json_str(j, "user_id", u->id);
	sim_json_str(j, "username", u->name);
	sim_json_str(j, "plan", sim_plan_names[u->plan]);
	sim_json_str(j, "role", sim_user_roles[u->role]);
	sim_json_bool(j, "disabled", u->is_disabled);
	sim_json_time(j, "created_at", u->created);
}

int sim_route_do_admin_users(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_user *list = NULL;
	size_t n = 0, from = (size_t)w->after;
	struct sim_json j;
	int rc = sim_user_list(w->db, &list, &n, err);

	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_int(&j, "total", (int64_t)n);
	sim_json_array(&j, "users");
	for (size_t i = from; i < n && i - from < (size_t)w->last; i++) {
		sim_json_object(&j, NULL);
		put_user(&j, &list[i]);
		sim_json_end(&j);
	}
	sim_json_end(&j);
	sim_json_end(&j);
	sim_mem_free(list);
	return SIM_OK;
}

int sim_route_do_admin_user(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_person p;
	struct sim_user u;
	struct sim_json j;
	int rc = sim_user_find(w->db, w->id, &u, err);

	if (!rc)
		rc = sim_person_get(w->db, u.id, &p, err);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	put_user(&j, &u);
	sim_json_str(&j, "email", p.email[0] ? p.email : NULL);
	sim_json_str(&j, "full_name", p.full_name);
	sim_json_bool(&j, "has_password", p.password[0] != '\0');
	sim_json_bool(&j, "totp_enabled", p.is_totp_on);
	sim_json_end(&j);
	sim_secret_wipe(&p, sizeof(p));
	return SIM_OK;
}

/* -- changes --------------------------------------------------------------- */

/* The keys and logins of one who is disabled are good for nothing from now
 * on, and not only when the hub looks next. */
static int shut_out(struct sim_route_work *w, const struct sim_user *u,
		    const struct sim_route_ended *logins, struct sim_err *err)
{
	struct sim_apikey *keys = NULL;
	size_t n = 0;
	int rc = sim_apikey_list(w->db, u->id, &keys, &n, err);

	for (size_t i = 0; !rc && i < n; i++)
		sim_route_revoke(w->r, keys[i].id);
	for (size_t i = 0; i < logins->n; i++)
		sim_route_revoke(w->r, logins->list[i].id);
	sim_mem_free(keys);
	return rc;
}

static int store_user(struct sim_route_work *w, unsigned what,
		      struct sim_user *u, struct sim_err *err)
{
	const struct sim_db_by by = sim_route_by(w);
	struct sim_route_ended e = { .count = 0 };
	struct sim_json j;
	int rc = SIM_OK;

	if (what == SIM_USER_DISABLED && u->is_disabled)
		rc = sim_signin_list(w->db, u->id, w->now, &e.list, &e.n, err);
	if (!rc)
		rc = sim_user_change(w->db, &by, what, u, err);
	if (!rc)
		rc = u->is_disabled ? shut_out(w, u, &e, err) :
			sim_route_let_in(w->r, w->db, u->id, w->now, err);
	sim_mem_free(e.list);
	if (rc)
		return rc;
	sim_route_plan(w->r, u->id, u->plan);
	sim_route_begin(w, &j);
	put_user(&j, u);
	sim_json_end(&j);
	return SIM_OK;
}

/* The word that a field of the body has, and whose user it is about. */
static int read_word(struct sim_route_work *w, const char *field,
		     char word[WORD], struct sim_user *u, struct sim_err *err)
{
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_STR, field, true, word, WORD },
	};
	int rc = sim_route_fields(w, fields, 1, err);

	return rc ? rc : sim_user_find(w->db, w->id, u, err);
}

int sim_route_do_admin_plan(struct sim_route_work *w, struct sim_err *err)
{
	char plan[WORD];
	struct sim_user u;
	int rc = read_word(w, "plan", plan, &u, err);

	if (!rc)
		rc = sim_plan_parse(plan, &u.plan, err);
	return rc ? rc : store_user(w, SIM_USER_PLAN, &u, err);
}

int sim_route_do_admin_role(struct sim_route_work *w, struct sim_err *err)
{
	char role[WORD];
	struct sim_user u;
	int rc = read_word(w, "role", role, &u, err);

	if (!rc)
		rc = sim_user_role_parse(role, &u.role, err);
	return rc ? rc : store_user(w, SIM_USER_ROLE, &u, err);
}

int sim_route_do_admin_disable(struct sim_route_work *w, struct sim_err *err)
{
	bool is_disabled = true;
	const struct sim_route_field fields[] = {
		{ SIM_ROUTE_BOOL, "disabled", false, &is_disabled, 0 },
	};
	struct sim_user u;
	int rc = sim_route_fields(w, fields, 1, err);

	if (!rc)
		rc = sim_user_find(w->db, w->id, &u, err);
	if (rc)
		return rc;
	u.is_disabled = is_disabled;
	return store_user(w, SIM_USER_DISABLED, &u, err);
}

/* -- what they do ---------------------------------------------------------- */

static int put_sessions(struct sim_route_work *w, struct sim_json *j,
			const char *user, struct sim_err *err)
{
	struct sim_session_row *list = NULL;
	size_t n = 0;
	int rc = sim_session_row_list(w->db, user, &list, &n, err);

	if (rc)
		return rc;
	sim_json_array(j, "sessions");
	for (size_t i = 0; i < n && i < (size_t)w->last; i++) {
		sim_json_object(j, NULL);
		sim_json_str(j, "session_id", list[i].id);
		sim_json_str(j, "state", list[i].state);
		sim_json_time(j, "created_at", list[i].created);
		sim_json_time(j, "changed_at", list[i].changed);
		sim_json_int(j, "steps", list[i].steps);
		sim_json_end(j);
	}
	sim_json_end(j);
	sim_session_row_free(list, n);
	return SIM_OK;
}

int sim_route_do_admin_sessions(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_user u;
	struct sim_json j;
	int rc = sim_user_find(w->db, w->id, &u, err);

	if (rc)
		return rc;
	sim_route_begin(w, &j);
	rc = sim_route_put_logins(w, &j, u.id, err);
	if (!rc)
		rc = put_sessions(w, &j, u.id, err);
	if (!rc)
		sim_json_end(&j);
	return rc;
}

/* In the transaction. */
static int end_logins(struct sim_route_work *w, const struct sim_user *u,
		      struct sim_route_ended *e, struct sim_err *err)
{
	int rc = sim_route_end_all(w, u->id, NULL, e, err);

	return rc ? rc : sim_route_note(w, SIM_AUDIT_LOGIN_END, u->id, "all",
					err);
}

int sim_route_do_admin_end(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_route_ended e = { .count = 0 };
	struct sim_user u;
	int rc = sim_user_find(w->db, w->id, &u, err);

	if (!rc)
		rc = sim_db_begin(w->db, err);
	if (rc)
		return rc;
	rc = sim_db_end(w->db, end_logins(w, &u, &e, err), err);
	return sim_route_end_answer(w, &e, rc);
}

int sim_route_do_admin_usage(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_user u;
	struct sim_json j;
	int rc = sim_user_find(w->db, w->id, &u, err);

	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_str(&j, "user_id", u.id);
	sim_route_put_usage(w->r, &j, u.id, u.plan);
	sim_json_end(&j);
	return SIM_OK;
}

/* -- the audit log --------------------------------------------------------- */

static int put_entry(void *ctx, const struct sim_audit_entry *e,
		     struct sim_err *err)
{
	struct sim_json *j = ctx;

	(void)err;
	sim_json_object(j, NULL);
	sim_json_int(j, "seq", e->seq);
	sim_json_time(j, "time", e->time);
	sim_json_str(j, "actor", e->actor);
	sim_json_str(j, "action", e->action);
	sim_json_str(j, "subject", e->subject);
	sim_json_str(j, "detail", e->detail);
	sim_json_str(j, "hash", e->hash);
	sim_json_end(j);
	return SIM_OK;
}

static int put_audit(struct sim_route_work *w, const char *user,
		     struct sim_err *err)
{
	const struct sim_audit_query q = { user, w->after, w->last };
	struct sim_json j;
	int rc;

	sim_route_begin(w, &j);
	sim_json_array(&j, "entries");
	rc = sim_audit_find(w->db, &q, put_entry, &j, err);
	if (rc)
		return rc;
	sim_json_end(&j);
	sim_json_end(&j);
	return SIM_OK;
}

int sim_route_do_admin_audit(struct sim_route_work *w, struct sim_err *err)
{
	return put_audit(w, "", err);
}

int sim_route_do_admin_user_audit(struct sim_route_work *w,
				  struct sim_err *err)
{
	struct sim_user u;
	int rc = sim_user_find(w->db, w->id, &u, err);

	return rc ? rc : put_audit(w, u.id, err);
}

/* -- numbers --------------------------------------------------------------- */

int sim_route_do_admin_stats(struct sim_route_work *w, struct sim_err *err)
{
	const struct sim_route_env *env = &w->r->env;
	struct sim_outbox_stats mail;
	struct sim_db_stats s;
	struct sim_json j;
	int rc = sim_db_stats(w->db, w->now, &s, err);

	if (!rc)
		rc = sim_outbox_stats(w->db, &mail, err);
	if (rc)
		return rc;
	sim_route_begin(w, &j);
	sim_json_str(&j, "server_version", env->version);
	sim_json_time(&j, "server_time", w->now);
	if (env->stats)
		env->stats(env->ctx, &j);
	sim_json_int(&j, "schema", s.schema);
	sim_json_int(&j, "users", s.users);
	sim_json_int(&j, "admins", s.admins);
	sim_json_int(&j, "disabled", s.disabled);
	sim_json_int(&j, "keys", s.keys);
	sim_json_int(&j, "live_keys", s.live_keys);
	sim_json_int(&j, "sessions", s.sessions);
	sim_json_int(&j, "live_sessions", s.live_sessions);
	sim_json_int(&j, "journal_lines", s.journal_lines);
	sim_json_int(&j, "audit_entries", s.audit_entries);
	sim_json_int(&j, "mail_waiting", mail.waiting);
	sim_json_int(&j, "mail_sent", mail.sent);
	sim_json_int(&j, "mail_failed", mail.failed);
	sim_json_int(&j, "bytes", s.bytes);
	sim_json_end(&j);
	return SIM_OK;
}
