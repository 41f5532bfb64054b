/* person: rows of the tables account and recovery_code. */
#include "db/person.h"

#include <string.h>

#include "db/db_priv.h"
#include "util/mem.h"
#include "util/sha256.h"
#include "util/str.h"

#define COLUMNS "email, full_name, password, password_changed, totp, totp_on," \
	" totp_step"

int sim_person_check_email(const char *s, struct sim_err *err)
{
	static const char not[] = " <>()[],;:\\\"";
	size_t n = strnlen(s, SIM_PERSON_EMAIL);
	const char *at = memchr(s, '@', n), *dot = at ? strchr(at, '.') : NULL;
	char shown[SIM_STR_QUOTEMAX];
	bool is_fine = n && n < SIM_PERSON_EMAIL && at && at != s && dot &&
		dot > at + 1 && dot[1] && !strchr(at + 1, '@') &&
		s[n - 1] != '.';

	for (size_t i = 0; i < n; i++)
		is_fine &= s[i] > ' ' && s[i] < 127 && !strchr(not, s[i]);
	if (is_fine)
		return SIM_OK;
	sim_str_quote(s, n, shown);
	return sim_err_set(err, SIM_E_INVAL, "%s is no e-mail address; give "
			   "one like ann@example.org", shown);
}

static struct sim_seal_to to_of(const char *user)
{
	return (struct sim_seal_to){ user, "totp" };
}

static void read_account(sqlite3_stmt *st, int at, struct sim_person *a)
{
	memset(a, 0, sizeof(*a));
	sim_db_copy(st, at, a->email, sizeof(a->email));
	sim_db_copy(st, at + 1, a->full_name, sizeof(a->full_name));
	sim_db_copy(st, at + 2, a->password, sizeof(a->password));
	a->password_changed = sqlite3_column_int64(st, at + 3);
	a->has_seed = sqlite3_column_bytes(st, at + 4) == SIM_PERSON_BOX;
	if (a->has_seed)
		memcpy(a->box, sqlite3_column_blob(st, at + 4),
		       SIM_PERSON_BOX);
	a->is_totp_on = sqlite3_column_int(st, at + 5) != 0;
	a->totp_step = sqlite3_column_int64(st, at + 6);
}

int sim_person_get(struct sim_db *db, const char *user,
		    struct sim_person *out, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM account"
				" WHERE user = ?1", "s", user);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		read_account(st, 0, out);
	else if (!rc)
		memset(out, 0, sizeof(*out));
	sqlite3_finalize(st);
	return rc < 0 ? rc : SIM_OK;
}

int sim_person_find(struct sim_db *db, const char *who, struct sim_user *u,
		     struct sim_person *a, struct sim_err *err)
{
	struct sim_err none = SIM_ERR_INIT;
	char id[SIM_USER_ID] = "";
	struct sim_person person;
	struct sim_user user;
	bool is_there;
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT id FROM (SELECT user AS"
		" id, 1 AS rank FROM account WHERE email = ?1 UNION ALL"
		" SELECT id, 2 FROM user WHERE name = ?1) ORDER BY rank"
		" LIMIT 1", "s", who);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	is_there = rc == 1;
	if (is_there)
		sim_db_copy(st, 0, id, sizeof(id));
	sqlite3_finalize(st);
	if (rc < 0)
		return rc;
	/* Nobody is looked up as long as somebody. */
	rc = sim_user_find(db, id, &user, is_there ? err : &none);
	if (!rc || !is_there)
		rc = sim_person_get(db, id, &person, err);
	if (!rc && !is_there)
		rc = sim_err_set(err, SIM_E_NOENT, "nobody has that name or"
				 " address");
	if (rc)
		return rc;
	*u = user;
	*a = person;
	return SIM_OK;
}

int sim_person_put(struct sim_db *db, const char *user,
		    const struct sim_person *a, struct sim_err *err)
{
	const void *box = a->has_seed ? a->box : NULL;
	int rc = sim_db_run(db, err, "INSERT INTO account (user, " COLUMNS ")"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (user) DO"
		" UPDATE SET email = ?2, full_name = ?3, password = ?4,"
		" password_changed = ?5, totp = ?6, totp_on = ?7,"
		" totp_step = ?8", "ssssibii", user,
		a->email[0] ? a->email : NULL, a->full_name,
		a->password[0] ? a->password : NULL, a->password_changed, box,
		(size_t)SIM_PERSON_BOX, (int64_t)a->is_totp_on, a->totp_step);

	if (rc && sqlite3_extended_errcode(db->h) == SQLITE_CONSTRAINT_UNIQUE)
		return sim_err_set(err, SIM_E_STATE, "another user has this "
				   "e-mail address; give another one");
	return rc;
}

/* -- the seed -------------------------------------------------------------- */

int sim_person_close_seed(const struct sim_seal_source *src, const char *user,
			   const unsigned char seed[SIM_TOTP_SEED],
			   struct sim_person *a, struct sim_err *err)
{
	struct sim_seal_to to = to_of(user);
	struct sim_seal *seal;
	int rc = sim_seal_load(src, &seal, err);

	if (rc)
		return rc;
	rc = sim_seal_close(seal, &to, seed, SIM_TOTP_SEED, a->box, err);
	sim_seal_free(seal);
	if (!rc)
		a->has_seed = true;
	return rc;
}

int sim_person_open_seed(const struct sim_seal_source *src, const char *user,
			  const struct sim_person *a,
			  unsigned char seed[SIM_TOTP_SEED],
			  struct sim_err *err)
{
	const struct sim_seal_source there = { src->path, false };
	struct sim_seal_to to = to_of(user);
	struct sim_seal *seal;
	int rc = sim_seal_load(&there, &seal, err);

	if (rc)
		return rc;
	rc = sim_seal_open(seal, &to, a->box, sizeof(a->box), seed, err);
	sim_seal_free(seal);
	return rc;
}

/* One that an old key closed, its user's id in `user`: 1, or 0. */
static int find_old(struct sim_db *db, const struct sim_seal *seal,
		    char user[SIM_USER_ID], struct sim_person *a,
		    struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS ", user FROM"
		" account WHERE totp IS NOT NULL AND user > ?1 ORDER BY user",
		"s", user);

	if (rc)
		return rc;
	while ((rc = sim_db_next(db, st, err)) == 1) {
		read_account(st, 0, a);
		if (a->has_seed && !sim_seal_is_newest(seal, a->box,
						       sizeof(a->box)))
			break;
	}
	if (rc == 1)
		sim_db_copy(st, 7, user, SIM_USER_ID);
	sqlite3_finalize(st);
	return rc;
}

int sim_person_reseal(struct sim_db *db, const struct sim_seal *seal,
		       int64_t *n, struct sim_err *err)
{
	unsigned char seed[SIM_TOTP_SEED];
	char user[SIM_USER_ID] = "";
	struct sim_person a;
	int rc;

	while ((rc = find_old(db, seal, user, &a, err)) == 1) {
		struct sim_seal_to to = to_of(user);

		rc = sim_seal_open(seal, &to, a.box, sizeof(a.box), seed, err);
		if (!rc)
			rc = sim_seal_close(seal, &to, seed, sizeof(seed),
					    a.box, err);
		if (!rc)
			rc = sim_person_put(db, user, &a, err);
		if (rc)
			break;
		++*n;
	}
	sim_secret_wipe(seed, sizeof(seed));
	return rc;
}

/* -- recovery codes -------------------------------------------------------- */

/* The same code of two users is two hashes. */
static void hash_code(const char *user, const char *code,
		      uint8_t hash[SIM_SHA256_SIZE])
{
	struct sim_sha256 h;

	sim_sha256_init(&h);
	sim_sha256_update(&h, user, strlen(user));
	sim_sha256_update(&h, ":", 1);
	sim_sha256_update(&h, code, strlen(code));
	sim_sha256_final(&h, hash);
}

int sim_person_codes_make(struct sim_db *db, const char *user,
			   char (*codes)[SIM_PERSON_CODE],
			   struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];
	int rc = sim_db_run(db, err, "DELETE FROM recovery_code"
			    " WHERE user = ?1", "s", user);

	for (int i = 0; codes && !rc && i < SIM_PERSON_CODES; i++) {
		sim_secret_words(codes[i], SIM_PERSON_CODE_CHARS);
		hash_code(user, codes[i], hash);
		rc = sim_db_run(db, err, "INSERT INTO recovery_code VALUES"
				" (?1, ?2)", "sh", user, hash);
	}
	return rc;
}

int sim_person_code_use(struct sim_db *db, const char *user,
			 const char *code, struct sim_err *err)
{
	char text[SIM_PERSON_CODE] = "";
	uint8_t hash[SIM_SHA256_SIZE];
	int64_t n = 0;
	int rc;

	if (!sim_secret_words_read(code, text, SIM_PERSON_CODE_CHARS))
		text[0] = '\0';
	hash_code(user, text, hash);
	rc = sim_db_count(db, &n, err, "DELETE FROM recovery_code"
			  " WHERE user = ?1 AND hash = ?2", "sh", user, hash);
	sim_secret_wipe(text, sizeof(text));
	if (!rc && !n)
		rc = sim_err_set(err, SIM_E_AUTH, "the recovery code is wrong"
				 " or was used; try another one");
	return rc;
}

int sim_person_codes_left(struct sim_db *db, const char *user, int64_t *n,
			   struct sim_err *err)
{
	return sim_db_number(db, n, err, "SELECT count(*) FROM recovery_code"
			     " WHERE user = ?1", "s", user);
}
