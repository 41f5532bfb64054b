/* user: rows of the table user. */
#include "db/user.h"

#include <stdio.h>
#include <string.h>

#include "db/audit.h"
#include "db/db_priv.h"
#include "db/signin.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define ID_BYTES 10
#define COLUMNS "id, name, plan, role, disabled, created"

const char *const sim_user_roles[] = { "user", "admin", NULL };

int sim_user_role_parse(const char *s, enum sim_user_role *out,
			struct sim_err *err)
{
	for (int i = 0; sim_user_roles[i]; i++) {
		if (!strcmp(sim_user_roles[i], s)) {
			*out = (enum sim_user_role)i;
			return SIM_OK;
		}
	}
	return sim_err_set(err, SIM_E_INVAL, "'%.40s' is no role; the roles are"
			   " user and admin", s);
}

int sim_user_check_name(const char *s, struct sim_err *err)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-@+";
	size_t n = strnlen(s, SIM_USER_NAME);
	char shown[SIM_STR_QUOTEMAX];

	/* "u_..." would be taken for an id. */
	if (n && n < SIM_USER_NAME && strspn(s, allowed) == n &&
	    strncmp(s, "u_", 2) && s[0] != '-')
		return SIM_OK;
	sim_str_quote(s, n, shown);
	return sim_err_set(err, SIM_E_INVAL, "%s is no name for a user; use 1 "
			   "to 64 of a-z A-Z 0-9 . _ - @ +, not beginning with "
			   "u_ or -", shown);
}

static void read_user(sqlite3_stmt *st, struct sim_user *u)
{
	sim_db_copy(st, 0, u->id, sizeof(u->id));
	sim_db_copy(st, 1, u->name, sizeof(u->name));
	u->plan = (enum sim_plan)sqlite3_column_int(st, 2);
	u->role = (enum sim_user_role)sqlite3_column_int(st, 3);
	u->is_disabled = sqlite3_column_int(st, 4) != 0;
	u->created = sqlite3_column_int64(st, 5);
}

static int insert(struct sim_db *db, const struct sim_user *u,
		  struct sim_err *err)
{
	int rc = sim_db_run(db, err, "INSERT INTO user (" COLUMNS ") VALUES"
			    " (?1, ?2, ?3, ?4, 0, ?5)", "ssiii", u->id,
			    u->name, (int64_t)u->plan, (int64_t)u->role,
			    u->created);

	if (rc && sqlite3_extended_errcode(db->h) == SQLITE_CONSTRAINT_UNIQUE)
		return sim_err_set(err, SIM_E_STATE, "there is a user %s "
				   "already; choose another name", u->name);
	return rc;
}

static void describe(const struct sim_user *u, char *out, size_t size)
{
	snprintf(out, size, "name=%s plan=%s role=%s disabled=%s", u->name,
		 sim_plan_names[u->plan], sim_user_roles[u->role],
		 u->is_disabled ? "yes" : "no");
}

int sim_user_insert(struct sim_db *db, const struct sim_db_by *by,
		    struct sim_user *u, struct sim_err *err)
{
	struct sim_user new = *u;
	char detail[160];
	int rc = sim_user_check_name(u->name, err);

	if (rc)
		return rc;
	memcpy(new.id, "u_", 2);
	sim_secret_hex(new.id + 2, ID_BYTES);
	new.created = by->now;
	new.is_disabled = false;
	describe(&new, detail, sizeof(detail));
	rc = insert(db, &new, err);
	if (!rc)
		rc = sim_audit_add(db, by, SIM_AUDIT_USER_ADD, new.id, detail,
				   err);
	if (!rc)
		*u = new;
	return rc;
}

int sim_user_add(struct sim_db *db, const struct sim_db_by *by,
		 struct sim_user *u, struct sim_err *err)
{
	struct sim_user new = *u;
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = sim_user_insert(db, by, &new, err);
	rc = sim_db_end(db, rc, err);
	if (!rc)
		*u = new;
	return rc;
}

int sim_user_find(struct sim_db *db, const char *who, struct sim_user *out,
		  struct sim_err *err)
{
	char shown[SIM_STR_QUOTEMAX];
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM user"
				" WHERE id = ?1 OR name = ?1", "s", who);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		read_user(st, out);
	sqlite3_finalize(st);
	if (rc)
		return rc < 0 ? rc : SIM_OK;
	sim_str_quote(who, strnlen(who, SIM_STR_QUOTEMAX), shown);
	return sim_err_set(err, SIM_E_NOENT, "there is no user %s; give a name "
			   "or id that the list of users has", shown);
}

/* Every row of a statement, which is finished. */
static int read_list(struct sim_db *db, sqlite3_stmt *st,
		     struct sim_user **out, size_t *n, struct sim_err *err)
{
	struct sim_user *list = NULL;
	size_t count = 0, cap = 0;
	int rc;

	while ((rc = sim_db_next(db, st, err)) == 1) {
		SIM_MEM_GROW(list, cap, count + 1);
		read_user(st, &list[count++]);
	}
	sqlite3_finalize(st);
	if (rc) {
		sim_mem_free(list);
		return rc;
	}
	*out = list;
	*n = count;
	return SIM_OK;
}

int sim_user_list(struct sim_db *db, struct sim_user **out, size_t *n,
		  struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM user"
				" ORDER BY name", "");

	return rc ? rc : read_list(db, st, out, n, err);
}

int sim_user_changed(struct sim_db *db, int64_t *seq, sim_time since,
		     struct sim_user **out, size_t *n, struct sim_err *err)
{
	sqlite3_stmt *st;
	int64_t head = 0;
	int rc = sim_db_number(db, &head, err, "SELECT seq FROM audit_head",
			       "");

	if (!rc)
		rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM user"
			" WHERE id IN (SELECT subject FROM audit WHERE"
			"  seq > ?1 AND seq <= ?2 AND time >= ?3 AND"
			"  action = ?4) ORDER BY id", "iiis", *seq, head,
			since, sim_audit_name(SIM_AUDIT_USER_CHANGE));
	if (!rc)
		rc = read_list(db, st, out, n, err);
	if (!rc)
		*seq = head;
	return rc;
}

/* Somebody must stay who can give rights back. */
static int check_admins(struct sim_db *db, struct sim_err *err)
{
	int64_t n = 0;
	int rc = sim_db_number(db, &n, err, "SELECT count(*) FROM user"
			       " WHERE role = 1 AND NOT disabled", "");

	if (!rc && !n)
		rc = sim_err_set(err, SIM_E_STATE, "no enabled admin would be "
				 "left; make another user an admin first");
	return rc;
}

/* As it is now, but for what is to be changed. */
static void keep_rest(const struct sim_user *was, unsigned what,
		      struct sim_user *u)
{
	struct sim_user new = *was;

	if (what & SIM_USER_PLAN)
		new.plan = u->plan;
	if (what & SIM_USER_ROLE)
		new.role = u->role;
	if (what & SIM_USER_DISABLED)
		new.is_disabled = u->is_disabled;
	*u = new;
}

static int update(struct sim_db *db, unsigned what, struct sim_user *u,
		  sim_time now, struct sim_err *err)
{
	struct sim_user was;
	int64_t ended = 0;
	int rc = sim_user_find(db, u->id, &was, err);

	if (rc)
		return rc;
	keep_rest(&was, what, u);
	rc = sim_db_run(db, err, "UPDATE user SET plan = ?2, role = ?3,"
			" disabled = ?4 WHERE id = ?1", "siii", u->id,
			(int64_t)u->plan, (int64_t)u->role,
			(int64_t)u->is_disabled);
	if (!rc && was.role == SIM_USER_ROLE_ADMIN && !was.is_disabled)
		rc = check_admins(db, err);
	if (!rc && u->is_disabled)
		rc = sim_signin_end_all(db, u->id, NULL, now, &ended, err);
	return rc;
}

int sim_user_change(struct sim_db *db, const struct sim_db_by *by,
		    unsigned what, struct sim_user *u, struct sim_err *err)
{
	struct sim_user new = *u;
	char detail[160];
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = update(db, what, &new, by->now, err);
	if (!rc) {
		describe(&new, detail, sizeof(detail));
		rc = sim_audit_add(db, by, SIM_AUDIT_USER_CHANGE, new.id,
				   detail, err);
	}
	rc = sim_db_end(db, rc, err);
	if (!rc)
		*u = new;
	return rc;
}
