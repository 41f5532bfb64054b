/* signin: rows of the tables login and refresh. */
#include "db/signin.h"

#include <string.h>

#include "db/audit.h"
#include "db/db_priv.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/sha256.h"

#define ID_BYTES	10
#define TOKEN_BYTES	32
#define GOES_ON "ended = 9223372036854775807 AND expires > "
#define COLUMNS "id, user, device, address, created, used, expires, ended"

static void read_login(sqlite3_stmt *st, struct sim_signin *l)
{
	sim_db_copy(st, 0, l->id, sizeof(l->id));
	sim_db_copy(st, 1, l->user, sizeof(l->user));
	sim_db_copy(st, 2, l->device, sizeof(l->device));
	sim_db_copy(st, 3, l->address, sizeof(l->address));
	l->created = sqlite3_column_int64(st, 4);
	l->used = sqlite3_column_int64(st, 5);
	l->expires = sqlite3_column_int64(st, 6);
	l->ended = sqlite3_column_int64(st, 7);
}

/* What was ended stays so, wherever the clock is set. */
static bool is_live(const struct sim_signin *l, sim_time now)
{
	return l->ended == SIM_TIME_MAX && l->expires > now;
}

/* Used now: until when it lasts. */
static sim_time lasts_until(const struct sim_signin *l, sim_time now)
{
	sim_time most = l->created + SIM_SIGNIN_LIFE_SEC * SIM_TIME_SEC;
	sim_time idle = now + SIM_SIGNIN_IDLE_SEC * SIM_TIME_SEC;

	return idle < most ? idle : most;
}

static int add_token(struct sim_db *db, const char *login,
		     char text[SIM_SIGNIN_REFRESH], struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];

	memcpy(text, "rt_", 3);
	sim_secret_hex(text + 3, TOKEN_BYTES);
	sim_sha256_of(text, strlen(text), hash);
	return sim_db_run(db, err, "INSERT INTO refresh VALUES (?1, ?2, 0)",
			  "hs", hash, login);
}

/* One that is in the way of another: 1, or 0. */
static int find_spare(struct sim_db *db, const char *user, sim_time now,
		      char id[SIM_SIGNIN_ID], struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT id FROM login WHERE"
		" user = ?1 AND " GOES_ON "?2"
		" ORDER BY used DESC, id LIMIT 1 OFFSET ?3", "sii", user, now,
		(int64_t)SIM_SIGNIN_MAX - 1);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		sim_db_copy(st, 0, id, SIM_SIGNIN_ID);
	sqlite3_finalize(st);
	return rc;
}

/* No more than SIM_SIGNIN_MAX, with the one that comes. */
static int make_room(struct sim_db *db, const struct sim_db_by *by,
		     const char *user, struct sim_err *err)
{
	char id[SIM_SIGNIN_ID];
	int64_t n;
	int rc;

	while ((rc = find_spare(db, user, by->now, id, err)) == 1) {
		rc = sim_signin_end(db, user, id, by->now, &n, err);
		if (!rc)
			rc = sim_audit_add(db, by, SIM_AUDIT_LOGIN_END, id,
					   "too many logins", err);
		if (rc)
			return rc;
	}
	return rc;
}

int sim_signin_begin(struct sim_db *db, const struct sim_db_by *by,
		    struct sim_signin *l, char text[SIM_SIGNIN_REFRESH],
		    struct sim_err *err)
{
	sim_time now = by->now;
	int rc = make_room(db, by, l->user, err);

	if (rc)
		return rc;
	memcpy(l->id, "l_", 2);
	sim_secret_hex(l->id + 2, ID_BYTES);
	l->created = l->used = now;
	l->ended = SIM_TIME_MAX;
	l->expires = lasts_until(l, now);
	rc = sim_db_run(db, err, "INSERT INTO login (" COLUMNS ") VALUES"
			" (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", "ssssiiii", l->id,
			l->user, l->device, l->address, l->created, l->used,
			l->expires, l->ended);
	return rc ? rc : add_token(db, l->id, text, err);
}

/* The login of a token, and whether that was used: 1, or 0. */
static int find_token(struct sim_db *db, const uint8_t *hash,
		      struct sim_signin *l, bool *is_used, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS ", is_used,"
		" hash FROM refresh JOIN login ON login.id = refresh.login"
		" WHERE hash = ?1", "h", hash);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1) {
		read_login(st, l);
		*is_used = sqlite3_column_int(st, 8) != 0;
		if (!sim_secret_equal(sqlite3_column_blob(st, 9), hash,
				      SIM_SHA256_SIZE))
			rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

static int go_on(struct sim_db *db, const uint8_t *hash, sim_time now,
		 struct sim_signin *l, char text[SIM_SIGNIN_REFRESH],
		 struct sim_err *err)
{
	int rc = sim_db_run(db, err, "UPDATE refresh SET is_used = 1"
			    " WHERE hash = ?1", "h", hash);

	l->used = now;
	l->expires = lasts_until(l, now);
	if (!rc)
		rc = sim_db_run(db, err, "UPDATE login SET used = ?2,"
				" expires = ?3 WHERE id = ?1", "sii", l->id,
				l->used, l->expires);
	return rc ? rc : add_token(db, l->id, text, err);
}

int sim_signin_refresh(struct sim_db *db, const char *old, sim_time now,
		      struct sim_signin *l, char text[SIM_SIGNIN_REFRESH],
		      struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];
	bool is_used = false;
	int64_t n = 0;
	int rc;

	sim_sha256_of(old, strnlen(old, SIM_SIGNIN_REFRESH), hash);
	rc = find_token(db, hash, l, &is_used, err);
	if (rc < 0)
		return rc;
	if (!rc || !is_live(l, now))
		return sim_err_set(err, SIM_E_AUTH, "the refresh token is "
				   "unknown or its login is over; log in "
				   "again");
	if (!is_used)
		return go_on(db, hash, now, l, text, err);
	rc = sim_signin_end(db, l->user, l->id, now, &n, err);
	return rc ? rc : sim_err_set(err, SIM_E_STATE, "the refresh token was "
				     "used before, so its login has ended; log "
				     "in again");
}

int sim_signin_get(struct sim_db *db, const char *user, const char *id,
		  sim_time now, struct sim_signin *out, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM login"
		" WHERE user = ?1 AND id = ?2 AND " GOES_ON "?3",
		"ssi", user, id, now);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		read_login(st, out);
	sqlite3_finalize(st);
	if (!rc)
		return sim_err_set(err, SIM_E_NOENT, "there is no such login "
				   "that goes on; list those there are");
	return rc < 0 ? rc : SIM_OK;
}

/* All rows of a statement, which is finished. */
static int read_all(struct sim_db *db, sqlite3_stmt *st,
		    struct sim_signin **out, size_t *n, struct sim_err *err)
{
	struct sim_signin *list = NULL;
	size_t count = 0, cap = 0;
	int rc;

	while ((rc = sim_db_next(db, st, err)) == 1) {
		SIM_MEM_GROW(list, cap, count + 1);
		read_login(st, &list[count++]);
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

int sim_signin_list(struct sim_db *db, const char *user, sim_time now,
		   struct sim_signin **out, size_t *n, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM login"
		" WHERE user = ?1 AND " GOES_ON "?2"
		" ORDER BY created DESC, id", "si", user, now);

	return rc ? rc : read_all(db, st, out, n, err);
}

int sim_signin_ended(struct sim_db *db, sim_time since, sim_time now,
		    struct sim_signin **out, size_t *n, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM login"
		" WHERE (ended >= ?1 AND ended <> ?3) OR"
		" expires BETWEEN ?1 AND ?2 ORDER BY id", "iii", since, now,
		SIM_TIME_MAX);

	return rc ? rc : read_all(db, st, out, n, err);
}

int sim_signin_end(struct sim_db *db, const char *user, const char *id,
		  sim_time now, int64_t *n, struct sim_err *err)
{
	return sim_db_count(db, n, err, "UPDATE login SET ended = ?3 WHERE"
			    " user = ?1 AND id = ?2 AND " GOES_ON "?3", "ssi",
			    user, id, now);
}

int sim_signin_end_all(struct sim_db *db, const char *user, const char *but,
		      sim_time now, int64_t *n, struct sim_err *err)
{
	return sim_db_count(db, n, err, "UPDATE login SET ended = ?3 WHERE"
			    " user = ?1 AND id <> ?2 AND " GOES_ON "?3", "ssi",
			    user, but ? but : "", now);
}

int sim_signin_forget(struct sim_db *db, sim_time before, struct sim_err *err)
{
	return sim_db_run(db, err, "DELETE FROM login WHERE ended < ?1 OR"
			  " expires < ?1", "i", before);
}
