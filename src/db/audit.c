/* audit: the chain, appended, read and checked. */
#include "db/audit.h"

#include <stdio.h>
#include <string.h>

#include "db/db_priv.h"
#include "util/json.h"

#define TEXT_MAX 257			/* of subject and detail, with NUL */
#define LINE_MAX_BYTES (1 << 16)

static const char *const names[] = {
#define SIM_AUDIT_ACTION(id, name) name,
#include "db/audit_action.def"
#undef SIM_AUDIT_ACTION
};

const char *sim_audit_name(enum sim_audit_action action)
{
	return names[action];
}

void sim_audit_line(const struct sim_audit_entry *e, struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_int(&j, "seq", e->seq);
	sim_json_time(&j, "time", e->time);
	sim_json_str(&j, "actor", e->actor);
	sim_json_str(&j, "action", e->action);
	sim_json_str(&j, "subject", e->subject);
	sim_json_str(&j, "detail", e->detail);
	sim_json_str(&j, "prev", e->prev);
	sim_json_end(&j);
}

static void hash_entry(const struct sim_audit_entry *e,
		       char out[SIM_SHA256_HEX])
{
	struct sim_buf b = SIM_BUF_INIT(LINE_MAX_BYTES);
	uint8_t hash[SIM_SHA256_SIZE];

	sim_audit_line(e, &b);
	sim_sha256_of(sim_buf_str(&b), b.len, hash);
	sim_sha256_hex(hash, out);
	sim_buf_release(&b);
}

/* The newest entry's place and hash. */
static int read_head(struct sim_db *db, int64_t *seq,
		     char hash[SIM_SHA256_HEX], struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err,
				"SELECT seq, hash FROM audit_head", "");

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1) {
		*seq = sqlite3_column_int64(st, 0);
		sim_db_copy(st, 1, hash, SIM_SHA256_HEX);
	}
	sqlite3_finalize(st);
	if (!rc)
		return sim_err_set(err, SIM_E_DATA, "%s has lost the head of "
				   "its audit log; restore it from a backup",
				   db->path);
	return rc < 0 ? rc : SIM_OK;
}

int sim_audit_add(struct sim_db *db, const struct sim_db_by *by,
		  enum sim_audit_action action, const char *subject,
		  const char *detail, struct sim_err *err)
{
	char s[TEXT_MAX], d[TEXT_MAX];
	struct sim_audit_entry e = {
		.time = by->now, .actor = by->actor, .action = names[action],
		.subject = s, .detail = d,
	};
	int rc = read_head(db, &e.seq, e.prev, err);

	if (rc)
		return rc;
	snprintf(s, sizeof(s), "%s", subject);
	snprintf(d, sizeof(d), "%s%s%s", by->where ? by->where : "",
		 by->where && detail[0] ? " " : "", detail);
	e.seq++;
	hash_entry(&e, e.hash);
	rc = sim_db_run(db, err, "INSERT INTO audit VALUES"
			" (?1, ?2, ?3, ?4, ?5, ?6, ?7)", "iisssss", e.seq,
			e.time, e.actor, e.action, e.subject, e.detail,
			e.hash);
	if (rc)
		return rc;
	return sim_db_run(db, err, "UPDATE audit_head SET seq = ?1, hash = ?2",
			  "is", e.seq, e.hash);
}

#define COLUMNS "seq, time, actor, action, subject, detail, hash, coalesce(" \
	"(SELECT hash FROM audit AS b WHERE b.seq = a.seq - 1), '')"

/* Every row of a statement, which is finished. */
static int walk(struct sim_db *db, sqlite3_stmt *st,
		int (*each)(void *ctx, const struct sim_audit_entry *e,
			    struct sim_err *err),
		void *ctx, struct sim_err *err)
{
	struct sim_audit_entry e = { .prev = "" };
	int rc;

	while ((rc = sim_db_next(db, st, err)) == 1) {
		e.seq = sqlite3_column_int64(st, 0);
		e.time = sqlite3_column_int64(st, 1);
		e.actor = sim_db_text(st, 2);
		e.action = sim_db_text(st, 3);
		e.subject = sim_db_text(st, 4);
		e.detail = sim_db_text(st, 5);
		sim_db_copy(st, 6, e.hash, sizeof(e.hash));
		sim_db_copy(st, 7, e.prev, sizeof(e.prev));
		rc = each(ctx, &e, err);
		if (rc)
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

int sim_audit_each(struct sim_db *db, int64_t after, int64_t last,
		   int (*each)(void *ctx, const struct sim_audit_entry *e,
			       struct sim_err *err),
		   void *ctx, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM audit"
		" AS a WHERE seq > ?1 AND (?2 <= 0 OR seq > (SELECT seq FROM"
		"  audit_head) - ?2) ORDER BY seq", "ii", after, last);

	return rc ? rc : walk(db, st, each, ctx, err);
}

int sim_audit_find(struct sim_db *db, const struct sim_audit_query *q,
		   int (*each)(void *ctx, const struct sim_audit_entry *e,
			       struct sim_err *err),
		   void *ctx, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM audit"
		" AS a WHERE seq > ?1 AND (?3 = '' OR actor = ?3 OR"
		" subject = ?3) ORDER BY seq DESC LIMIT ?2", "iis", q->after,
		q->last, q->user);

	return rc ? rc : walk(db, st, each, ctx, err);
}

/* A check at work. */
struct check {
	int64_t n;
	char prev[SIM_SHA256_HEX];
};

static int check_entry(void *ctx, const struct sim_audit_entry *e,
		       struct sim_err *err)
{
	struct check *c = ctx;
	char hash[SIM_SHA256_HEX];

	hash_entry(e, hash);
	if (e->seq != c->n + 1)
		return sim_err_set(err, SIM_E_DATA, "audit entry %lld is "
				   "missing: %lld is followed by %lld",
				   (long long)c->n + 1, (long long)c->n,
				   (long long)e->seq);
	if (strcmp(e->prev, c->prev) || strcmp(e->hash, hash))
		return sim_err_set(err, SIM_E_DATA, "audit entry %lld is not "
				   "as it was written: its hash is %.16s... "
				   "where its text gives %.16s...",
				   (long long)e->seq, e->hash, hash);
	c->n = e->seq;
	memcpy(c->prev, e->hash, sizeof(c->prev));
	return SIM_OK;
}

int sim_audit_verify(struct sim_db *db, int64_t *n, struct sim_err *err)
{
	char hash[SIM_SHA256_HEX];
	struct check c = { 0, "" };
	int64_t head = 0;
	/* Nobody may append between the two looks. */
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	rc = sim_audit_each(db, 0, 0, check_entry, &c, err);
	if (!rc)
		rc = read_head(db, &head, hash, err);
	if (!rc && (head != c.n || strcmp(hash, c.prev)))
		rc = sim_err_set(err, SIM_E_DATA, "the audit log ends at entry "
				 "%lld, but %lld entries were written",
				 (long long)c.n, (long long)head);
	rc = sim_db_end(db, rc, err);
	if (!rc)
		*n = c.n;
	return rc;
}
