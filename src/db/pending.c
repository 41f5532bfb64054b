/* pending: rows of the table pending. */
#include "db/pending.h"

#include <string.h>

#include "db/db_priv.h"
#include "util/sha256.h"

#define ID_BYTES 16

void sim_pending_new_id(char id[SIM_PENDING_ID])
{
	memcpy(id, "rq_", 3);
	sim_secret_hex(id + 3, ID_BYTES);
}

/* A code's hash is of no use with another request. */
static void hash_both(const char *id, const char *code,
		      uint8_t id_hash[SIM_SHA256_SIZE],
		      uint8_t code_hash[SIM_SHA256_SIZE])
{
	struct sim_sha256 h;

	sim_sha256_of(id, strnlen(id, SIM_PENDING_ID), id_hash);
	sim_sha256_init(&h);
	sim_sha256_update(&h, id, strnlen(id, SIM_PENDING_ID));
	sim_sha256_update(&h, ":", 1);
	sim_sha256_update(&h, code, strlen(code));
	sim_sha256_final(&h, code_hash);
}

int sim_pending_add(struct sim_db *db, const struct sim_pending *p,
		    sim_time now, const char *id, char code[SIM_PENDING_CODE],
		    struct sim_err *err)
{
	uint8_t id_hash[SIM_SHA256_SIZE], code_hash[SIM_SHA256_SIZE];
	/* Nobody's is looked for as somebody's is. */
	int rc = sim_db_run(db, err, "DELETE FROM pending WHERE user = ?1"
			    " AND purpose = ?2", "si", p->user,
			    (int64_t)p->purpose);

	if (rc)
		return rc;
	sim_secret_words(code, SIM_PENDING_CODE_CHARS);
	hash_both(id, code, id_hash, code_hash);
	return sim_db_run(db, err, "INSERT INTO pending VALUES (?1, ?2, ?3,"
			  " ?4, ?5, ?6, ?7, ?8)", "hihssssi", id_hash,
			  (int64_t)p->purpose, code_hash,
			  p->user[0] ? p->user : NULL, p->name, p->email,
			  p->password,
			  now + SIM_PENDING_LIFE_SEC * SIM_TIME_SEC);
}

static void read_pending(sqlite3_stmt *st, struct sim_pending *p)
{
	memset(p, 0, sizeof(*p));
	p->purpose = (enum sim_pending_purpose)sqlite3_column_int(st, 1);
	sim_db_copy(st, 2, p->user, sizeof(p->user));
	sim_db_copy(st, 3, p->name, sizeof(p->name));
	sim_db_copy(st, 4, p->email, sizeof(p->email));
	sim_db_copy(st, 5, p->password, sizeof(p->password));
	p->expires = sqlite3_column_int64(st, 6);
}

/* 1: it is there, and the code is its. */
static int find(struct sim_db *db, const uint8_t *id_hash,
		const uint8_t *code_hash, struct sim_pending *p,
		struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT code, purpose, user,"
		" name, email, password, expires FROM pending WHERE id = ?1",
		"h", id_hash);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1) {
		read_pending(st, p);
		if (!sim_secret_equal(sqlite3_column_blob(st, 0), code_hash,
				      SIM_SHA256_SIZE))
			rc = 0;
	}
	sqlite3_finalize(st);
	return rc;
}

int sim_pending_use(struct sim_db *db, const char *id, const char *code,
		    sim_time now, struct sim_pending *p, struct sim_err *err)
{
	uint8_t id_hash[SIM_SHA256_SIZE], code_hash[SIM_SHA256_SIZE];
	char text[SIM_PENDING_CODE] = "";
	struct sim_pending found;
	int rc;

	if (!sim_secret_words_read(code, text, SIM_PENDING_CODE_CHARS))
		text[0] = '\0';
	hash_both(id, text, id_hash, code_hash);
	rc = find(db, id_hash, code_hash, &found, err);
	if (rc < 0)
		return rc;
	if (!rc || found.purpose != p->purpose || found.expires <= now)
		return sim_err_set(err, SIM_E_AUTH, "the code is wrong, was "
				   "used, or is older than ten minutes; ask for"
				   " another one");
	rc = sim_db_run(db, err, "DELETE FROM pending WHERE id = ?1", "h",
			id_hash);
	if (!rc)
		*p = found;
	return rc;
}

int sim_pending_drop(struct sim_db *db, const char *user, struct sim_err *err)
{
	return sim_db_run(db, err, "DELETE FROM pending WHERE user = ?1", "s",
			  user);
}

int sim_pending_forget(struct sim_db *db, sim_time now, struct sim_err *err)
{
	return sim_db_run(db, err, "DELETE FROM pending WHERE expires < ?1",
			  "i", now);
}
