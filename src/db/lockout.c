/* lockout: rows of the table lockout, by the hash of the name in lower case. */
#include "db/lockout.h"

#include <string.h>

#include "db/db_priv.h"
#include "util/sha256.h"

#define NAME_MAX_BYTES 256

struct row {
	int64_t failures;
	sim_time last, until;
};

static void hash_name(const char *who, uint8_t hash[SIM_SHA256_SIZE])
{
	size_t n = strnlen(who, NAME_MAX_BYTES);
	char low[NAME_MAX_BYTES];

	for (size_t i = 0; i < n; i++)
		low[i] = (char)(who[i] >= 'A' && who[i] <= 'Z' ?
				who[i] + ('a' - 'A') : who[i]);
	sim_sha256_of(low, n, hash);
}

/* All zero when there is none that counts. */
static int read_row(struct sim_db *db, const uint8_t *hash, sim_time now,
		    struct row *r, struct sim_err *err)
{
	sim_time end;
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT failures, last, until"
				" FROM lockout WHERE who = ?1", "h", hash);

	if (rc)
		return rc;
	memset(r, 0, sizeof(*r));
	rc = sim_db_next(db, st, err);
	if (rc == 1) {
		r->failures = sqlite3_column_int64(st, 0);
		r->last = sqlite3_column_int64(st, 1);
		r->until = sqlite3_column_int64(st, 2);
	}
	sqlite3_finalize(st);
	/* The clock was set back: the pause would last until it is there. */
	if (r->last > now + SIM_LOCKOUT_MOST_SEC * SIM_TIME_SEC)
		r->until = SIM_TIME_NONE;
	end = r->until > r->last ? r->until : r->last;
	if (now >= end + SIM_LOCKOUT_FORGET_SEC * SIM_TIME_SEC)
		memset(r, 0, sizeof(*r));
	return rc < 0 ? rc : SIM_OK;
}

/* After so many failures. */
static int64_t pause_sec(int64_t failures)
{
	int64_t over = failures - SIM_LOCKOUT_FREE;
	int64_t sec;

	if (over < 0)
		return 0;
	sec = over < 4 ? SIM_LOCKOUT_PAUSE_SEC << over : SIM_LOCKOUT_MOST_SEC;
	return sec < SIM_LOCKOUT_MOST_SEC ? sec : SIM_LOCKOUT_MOST_SEC;
}

static int count(struct sim_db *db, const uint8_t *hash, sim_time now,
		 struct row *r, struct sim_err *err)
{
	int64_t sec;

	r->failures++;
	sec = pause_sec(r->failures);
	r->last = now;
	/* One beside it may have looked at the clock before. */
	r->until = sec ? now + sec * SIM_TIME_SEC : SIM_TIME_NONE;
	return sim_db_run(db, err, "INSERT OR REPLACE INTO lockout VALUES"
			  " (?1, ?2, ?3, ?4)", "hiii", hash, r->failures,
			  r->last, r->until);
}

/* In a transaction. */
static int try_one(struct sim_db *db, const char *who, sim_time now,
		   sim_time *until, struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];
	struct row r;
	int rc;

	hash_name(who, hash);
	rc = read_row(db, hash, now, &r, err);
	if (rc)
		return rc;
	*until = now < r.until ? r.until : SIM_TIME_NONE;
	return now < r.until ? SIM_OK : count(db, hash, now, &r, err);
}

int sim_lockout_try(struct sim_db *db, const char *who, sim_time now,
		    sim_time *until, struct sim_err *err)
{
	sim_time end = SIM_TIME_NONE;
	int rc = sim_db_begin(db, err);

	if (!rc)
		rc = sim_db_end(db, try_one(db, who, now, &end, err), err);
	if (!rc)
		*until = end;
	return rc;
}

int sim_lockout_try_both(struct sim_db *db, const struct sim_lockout_pair *who,
			 sim_time now, sim_time *until, bool *is_shut,
			 struct sim_err *err)
{
	sim_time end = SIM_TIME_NONE, own = SIM_TIME_NONE;
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = try_one(db, who->name, now, &end, err);
	if (!rc && end == SIM_TIME_NONE)
		rc = try_one(db, who->account, now, &own, err);
	rc = sim_db_end(db, rc, err);
	if (rc)
		return rc;
	*until = end;
	*is_shut = own != SIM_TIME_NONE;
	return SIM_OK;
}

int sim_lockout_clear(struct sim_db *db, const char *who, struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];

	hash_name(who, hash);
	return sim_db_run(db, err, "DELETE FROM lockout WHERE who = ?1", "h",
			  hash);
}

int sim_lockout_forget(struct sim_db *db, sim_time now, struct sim_err *err)
{
	sim_time old = now - (SIM_LOCKOUT_FORGET_SEC + SIM_LOCKOUT_MOST_SEC) *
		SIM_TIME_SEC;

	return sim_db_run(db, err, "DELETE FROM lockout WHERE last < ?1", "i",
			  old);
}
