/* apikey: rows of the table api_key. */
#include "db/apikey.h"

#include <stdio.h>
#include <string.h>

#include "db/audit.h"
#include "db/db_priv.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/sha256.h"
#include "util/str.h"

#define ID_BYTES	10
#define KEY_BYTES	32
#define HINT		8		/* "sk_" and five digits */
#define COLUMNS "id, user, name, hint, created, expires, revoked, scopes"

static int check_name(const char *s, struct sim_err *err)
{
	size_t n = strnlen(s, SIM_APIKEY_NAME);
	char shown[SIM_STR_QUOTEMAX];

	if (n && n < SIM_APIKEY_NAME && sim_str_is_plain(s, n))
		return SIM_OK;
	sim_str_quote(s, n, shown);
	return sim_err_set(err, SIM_E_INVAL, "%s is no name for a key; use 1 to"
			   " 64 bytes without control characters", shown);
}

static void read_key(sqlite3_stmt *st, struct sim_apikey *k)
{
	sim_db_copy(st, 0, k->id, sizeof(k->id));
	sim_db_copy(st, 1, k->user, sizeof(k->user));
	sim_db_copy(st, 2, k->name, sizeof(k->name));
	sim_db_copy(st, 3, k->hint, sizeof(k->hint));
	k->created = sqlite3_column_int64(st, 4);
	k->expires = sqlite3_column_int64(st, 5);
	k->revoked = sqlite3_column_int64(st, 6);
	k->scopes = (unsigned)sqlite3_column_int(st, 7) & SIM_SCOPE_ALL;
}

/* What was revoked stays so, wherever the clock is set. */
bool sim_apikey_good(const struct sim_apikey *k, sim_time now)
{
	return k->revoked == SIM_TIME_MAX && k->expires > now;
}

/* May this user have one more key? */
static int check_owner(struct sim_db *db, const struct sim_apikey *k,
		       struct sim_err *err)
{
	struct sim_user u;
	sqlite3_stmt *st;
	int64_t n = 0;
	int rc = sim_user_find(db, k->user, &u, err);

	if (!rc && u.is_disabled)
		rc = sim_err_set(err, SIM_E_STATE, "user %s is disabled; enable"
				 " it before it gets a key", u.name);
	if (!rc)
		rc = sim_db_prepare(db, &st, err, "SELECT count(*) FROM api_key"
				    " WHERE user = ?1 AND revoked = ?3 AND"
				    " expires > ?2", "sii", k->user,
				    k->created, SIM_TIME_MAX);
	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	if (rc < 0)
		return rc;
	if (n >= SIM_APIKEY_MAX)
		return sim_err_set(err, SIM_E_STATE, "user %s has %d keys, the "
				   "most there can be; revoke one", u.name,
				   SIM_APIKEY_MAX);
	return SIM_OK;
}

/* The user's that ended long ago make room: who makes and ends keys all day
 * has no endless list of them. */
static int forget_old(struct sim_db *db, const char *user, sim_time now,
		      struct sim_err *err)
{
	return sim_db_run(db, err, "DELETE FROM api_key WHERE id IN"
			  " (SELECT id FROM api_key WHERE user = ?1 AND"
			  "  min(revoked, expires) <= ?2"
			  "  ORDER BY min(revoked, expires) DESC, id"
			  "  LIMIT -1 OFFSET ?3)", "sii", user, now,
			  (int64_t)SIM_APIKEY_KEPT);
}

static int insert(struct sim_db *db, const struct sim_apikey *k,
		  const char *text, struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];
	int rc;

	sim_sha256_of(text, strlen(text), hash);
	rc = sim_db_run(db, err, "INSERT INTO api_key (" COLUMNS ", hash)"
			" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
			"ssssiiiih", k->id, k->user, k->name, k->hint,
			k->created, k->expires, k->revoked,
			(int64_t)k->scopes, hash);
	return rc ? rc : forget_old(db, k->user, k->created, err);
}

/* Id, text, hint and times of a new key. */
static void make_key(struct sim_apikey *k, sim_time now,
		     char text[SIM_APIKEY_TEXT])
{
	memcpy(k->id, "k_", 2);
	sim_secret_hex(k->id + 2, ID_BYTES);
	memcpy(text, "sk_", 3);
	sim_secret_hex(text + 3, KEY_BYTES);
	memcpy(k->hint, text, HINT);
	k->hint[HINT] = '\0';
	k->created = now;
	k->revoked = SIM_TIME_MAX;
}

int sim_apikey_insert(struct sim_db *db, const struct sim_db_by *by,
		      struct sim_apikey *k, char text[SIM_APIKEY_TEXT],
		      struct sim_err *err)
{
	struct sim_apikey new = *k;
	char detail[160];
	int rc = check_name(k->name, err);

	if (!rc && k->expires <= by->now)
		rc = sim_err_set(err, SIM_E_INVAL, "the key would have expired "
				 "already; let it expire later than now");
	if (!rc && (!k->scopes || k->scopes > SIM_SCOPE_ALL))
		rc = sim_err_set(err, SIM_E_INVAL, "the key would be good for "
				 "nothing; give it scopes");
	if (rc)
		return rc;
	make_key(&new, by->now, text);
	snprintf(detail, sizeof(detail), "user=%s name=%s hint=%s", new.user,
		 new.name, new.hint);
	rc = check_owner(db, &new, err);
	if (!rc)
		rc = insert(db, &new, text, err);
	if (!rc)
		rc = sim_audit_add(db, by, SIM_AUDIT_KEY_CREATE, new.id, detail,
				   err);
	if (rc)
		sim_secret_wipe(text, SIM_APIKEY_TEXT);
	else
		*k = new;
	return rc;
}

int sim_apikey_create(struct sim_db *db, const struct sim_db_by *by,
		      struct sim_apikey *k, char text[SIM_APIKEY_TEXT],
		      struct sim_err *err)
{
	struct sim_apikey new = *k;
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = sim_apikey_insert(db, by, &new, text, err);
	rc = sim_db_end(db, rc, err);
	if (rc)
		sim_secret_wipe(text, SIM_APIKEY_TEXT);
	else
		*k = new;
	return rc;
}

/* Another's is not there. */
static int find(struct sim_db *db, const struct sim_apikey *asked,
		struct sim_apikey *k, struct sim_err *err)
{
	const char *id = asked->id;
	char shown[SIM_STR_QUOTEMAX];
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM api_key"
				" WHERE id = ?1 AND (?2 = '' OR user = ?2)",
				"ss", id, asked->user);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		read_key(st, k);
	sqlite3_finalize(st);
	if (rc)
		return rc < 0 ? rc : SIM_OK;
	sim_str_quote(id, strnlen(id, SIM_APIKEY_ID), shown);
	return sim_err_set(err, SIM_E_NOENT, "there is no key %s; give the id "
			   "that the list of keys has", shown);
}

/* The key that was asked for, which must still be good. */
static int find_live(struct sim_db *db, const struct sim_apikey *asked,
		     sim_time now, struct sim_apikey *k, struct sim_err *err)
{
	int rc = find(db, asked, k, err);

	if (!rc && !sim_apikey_good(k, now))
		rc = sim_err_set(err, SIM_E_STATE, "key %s %s already; create "
				 "a new one", k->id,
				 k->revoked < SIM_TIME_MAX ? "is revoked" :
				 "has expired");
	return rc;
}

/* The old key ends at `until`, the new one takes its name and its end. */
static int replace(struct sim_db *db, const struct sim_apikey *old,
		   sim_time until, struct sim_apikey *new, const char *text,
		   struct sim_err *err)
{
	int rc;

	memcpy(new->user, old->user, sizeof(new->user));
	memcpy(new->name, old->name, sizeof(new->name));
	new->expires = old->expires;
	new->scopes = old->scopes;
	rc = sim_db_run(db, err, "UPDATE api_key SET expires = ?2"
			" WHERE id = ?1", "si", old->id,
			until < old->expires ? until : old->expires);
	/* With the old one, while that is good. */
	if (!rc)
		rc = check_owner(db, new, err);
	return rc ? rc : insert(db, new, text, err);
}

int sim_apikey_rotate(struct sim_db *db, const struct sim_db_by *by,
		      sim_time until, struct sim_apikey *k,
		      char text[SIM_APIKEY_TEXT], struct sim_err *err)
{
	struct sim_apikey old, new;
	char detail[160];
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	make_key(&new, by->now, text);
	rc = find_live(db, k, by->now, &old, err);
	if (!rc)
		rc = replace(db, &old, until, &new, text, err);
	if (!rc) {
		snprintf(detail, sizeof(detail), "new=%s hint=%s", new.id,
			 new.hint);
		rc = sim_audit_add(db, by, SIM_AUDIT_KEY_ROTATE, old.id,
				   detail, err);
	}
	rc = sim_db_end(db, rc, err);
	if (rc)
		sim_secret_wipe(text, SIM_APIKEY_TEXT);
	else
		*k = new;
	return rc;
}

static int end_key(struct sim_db *db, const struct sim_db_by *by,
		   const struct sim_apikey *k, struct sim_err *err)
{
	int rc = sim_db_run(db, err, "UPDATE api_key SET revoked = ?2"
			    " WHERE id = ?1", "si", k->id, by->now);

	return rc ? rc : sim_audit_add(db, by, SIM_AUDIT_KEY_REVOKE, k->id,
				       k->hint, err);
}

int sim_apikey_revoke(struct sim_db *db, const struct sim_db_by *by,
		      struct sim_apikey *k, struct sim_err *err)
{
	struct sim_apikey old;
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = find_live(db, k, by->now, &old, err);
	if (!rc)
		rc = end_key(db, by, &old, err);
	rc = sim_db_end(db, rc, err);
	if (rc)
		return rc;
	old.revoked = by->now;
	*k = old;
	return SIM_OK;
}

int sim_apikey_get(struct sim_db *db, const char *user, const char *id,
		   struct sim_apikey *out, struct sim_err *err)
{
	struct sim_apikey asked = { .id = "" };

	/* What is longer than an id is no key's, whole or cut. */
	snprintf(asked.id, sizeof(asked.id), "%s", id);
	snprintf(asked.user, sizeof(asked.user), "%s", user);
	return find(db, &asked, out, err);
}

int sim_apikey_is_live(struct sim_db *db, const char *user, const char *id,
		       sim_time now, struct sim_err *err)
{
	struct sim_apikey k;
	int rc = sim_apikey_get(db, user, id, &k, err);

	if (rc == SIM_E_NOENT || (!rc && !sim_apikey_good(&k, now)))
		return sim_err_set(err, SIM_E_AUTH, "the API key is not valid;"
				   " check it or ask for a new one");
	return rc;
}

/* All rows of a statement, which is finished. */
static int read_list(struct sim_db *db, sqlite3_stmt *st,
		     struct sim_apikey **out, size_t *n, struct sim_err *err)
{
	struct sim_apikey *list = NULL;
	size_t count = 0, cap = 0;
	int rc;

	while ((rc = sim_db_next(db, st, err)) == 1) {
		SIM_MEM_GROW(list, cap, count + 1);
		read_key(st, &list[count++]);
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

int sim_apikey_list(struct sim_db *db, const char *user,
		    struct sim_apikey **out, size_t *n, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM api_key"
				" WHERE ?1 = '' OR user = ?1"
				" ORDER BY created, id", "s",
				user ? user : "");

	return rc ? rc : read_list(db, st, out, n, err);
}

int sim_apikey_revoke_all(struct sim_db *db, const struct sim_db_by *by,
			  const char *user, struct sim_apikey **out, size_t *n,
			  struct sim_err *err)
{
	struct sim_apikey *list = NULL;
	size_t count = 0, live = 0;
	int rc = sim_apikey_list(db, user, &list, &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		if (!sim_apikey_good(&list[i], by->now))
			continue;
		list[i].revoked = by->now;
		rc = end_key(db, by, &list[i], err);
		list[live++] = list[i];
	}
	if (rc) {
		sim_mem_free(list);
		return rc;
	}
	*out = list;
	*n = live;
	return SIM_OK;
}

int sim_apikey_ended(struct sim_db *db, sim_time since, sim_time now,
		     struct sim_apikey **out, size_t *n, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM api_key"
				" WHERE (revoked >= ?1 AND revoked <> ?3)"
				" OR expires BETWEEN ?1 AND ?2"
				" OR user IN (SELECT id FROM user"
				"  WHERE disabled) ORDER BY id", "iii", since,
				now, SIM_TIME_MAX);

	return rc ? rc : read_list(db, st, out, n, err);
}

static int find_hash(struct sim_db *db, const uint8_t *hash,
		     struct sim_apikey *k, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS ", hash FROM"
				" api_key WHERE hash = ?1", "h", hash);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1) {
		read_key(st, k);
		/* The index compared in its own time; what decides does not. */
		if (!sim_secret_equal(sqlite3_column_blob(st, 8), hash,
				      SIM_SHA256_SIZE))
			rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

int sim_apikey_check(struct sim_db *db, const char *text, sim_time now,
		     struct sim_user *u, struct sim_apikey *k,
		     struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];
	struct sim_apikey found;
	struct sim_user owner;
	int rc;

	sim_sha256_of(text, strnlen(text, SIM_APIKEY_TEXT), hash);
	rc = find_hash(db, hash, &found, err);
	if (rc < 0)
		return rc;
	if (rc == 1 && sim_apikey_good(&found, now)) {
		rc = sim_user_find(db, found.user, &owner, err);
		if (rc)
			return rc;
		if (!owner.is_disabled) {
			*u = owner;
			*k = found;
			return SIM_OK;
		}
	}
	return sim_err_set(err, SIM_E_AUTH, "the API key is not valid; check it"
			   " or ask for a new one");
}
