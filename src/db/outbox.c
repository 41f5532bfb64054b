/* outbox: rows of the table outbox. */
#include "db/outbox.h"

#include <stdio.h>
#include <string.h>

#include "db/audit.h"
#include "db/db_priv.h"
#include "util/mem.h"
#include "util/secret.h"

#define BOX_MAX (SIM_OUTBOX_ARGS + SIM_SEAL_MORE)
#define WHY_MAX 129

static const struct {
	const char *template;
	int64_t life_sec;
	bool has_code;
} letters[] = {
#define SIM_LETTER(id, template, life, has_code, help) \
	{ template, life, has_code },
#include "db/letter.def"
#undef SIM_LETTER
};

const char *sim_outbox_template(enum sim_outbox_letter l)
{
	return letters[l].template;
}

int64_t sim_outbox_life_sec(enum sim_outbox_letter l)
{
	return letters[l].life_sec;
}

bool sim_outbox_has_code(enum sim_outbox_letter l)
{
	return letters[l].has_code;
}

static struct sim_seal_to to_of(const char *message_id)
{
	return (struct sim_seal_to){ message_id, "mail" };
}

static int insert(struct sim_db *db, const struct sim_seal *seal,
		  const struct sim_outbox_mail *m, sim_time now,
		  struct sim_err *err)
{
	size_t n = strlen(m->args);
	unsigned char box[BOX_MAX];
	char id[SIM_OUTBOX_ID];
	struct sim_seal_to to;
	int rc;

	sim_secret_hex(id, (SIM_OUTBOX_ID - 1) / 2);
	to = to_of(id);
	rc = sim_seal_close(seal, &to, m->args, n, box, err);
	return rc ? rc : sim_db_run(db, err, "INSERT INTO outbox (recipient,"
		" template, arguments, state, attempts, next_attempt, expires,"
		" message_id, created, error) VALUES (?1, ?2, ?3, 'waiting',"
		" 0, ?4, ?5, ?6, ?4, '')", "ssbiis", m->recipient,
		m->template, (const void *)box, n + SIM_SEAL_MORE, now,
		m->expires, id);
}

int sim_outbox_add(struct sim_db *db, const struct sim_seal_source *src,
		   const struct sim_outbox_mail *m, sim_time now,
		   struct sim_err *err)
{
	struct sim_seal *seal;
	int rc = sim_seal_load(src, &seal, err);

	if (rc)
		return rc;
	rc = insert(db, seal, m, now, err);
	sim_seal_free(seal);
	return rc;
}

int sim_outbox_pretend(struct sim_db *db, const struct sim_seal_source *src,
		       const struct sim_outbox_mail *m, sim_time now,
		       struct sim_err *err)
{
	int rc = sim_outbox_add(db, src, m, now, err);

	return rc ? rc : sim_db_run(db, err, "DELETE FROM outbox WHERE id ="
				    " last_insert_rowid()", "");
}

/* A row as it stands, its arguments still closed. */
struct closed {
	struct sim_outbox_mail m;
	unsigned char box[BOX_MAX];
	size_t n;
	int bad;			/* why it can't be opened */
	struct sim_err why;
};

static void read_row(sqlite3_stmt *st, struct closed *c)
{
	size_t n = (size_t)sqlite3_column_bytes(st, 3);

	memset(c, 0, sizeof(*c));
	c->m.id = sqlite3_column_int64(st, 0);
	sim_db_copy(st, 1, c->m.recipient, sizeof(c->m.recipient));
	sim_db_copy(st, 2, c->m.template, sizeof(c->m.template));
	c->n = n < sizeof(c->box) ? n : sizeof(c->box);
	if (c->n)
		memcpy(c->box, sqlite3_column_blob(st, 3), c->n);
	c->m.was_sending = sqlite3_column_int(st, 4) != 0;
	c->m.attempts = sqlite3_column_int64(st, 5);
	c->m.expires = sqlite3_column_int64(st, 6);
	sim_db_copy(st, 7, c->m.message_id, sizeof(c->m.message_id));
	c->m.created = sqlite3_column_int64(st, 8);
}

#define COLUMNS "id, recipient, template, arguments, state = 'sending'," \
	" attempts, expires, message_id, created"

static int find_due(struct sim_db *db, sim_time now, struct closed *c,
		    struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM outbox"
		" WHERE state IN ('waiting', 'sending') AND next_attempt <= ?1"
		" ORDER BY next_attempt, id LIMIT 1", "i", now);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1)
		read_row(st, c);
	sqlite3_finalize(st);
	return rc;
}

static int open_box(const struct sim_seal *seal, struct closed *c,
		    struct sim_err *err)
{
	struct sim_seal_to to = to_of(c->m.message_id);
	int rc = sim_seal_open(seal, &to, c->box, c->n, c->m.args, err);

	if (!rc)
		c->m.args[c->n - SIM_SEAL_MORE] = '\0';
	return rc;
}

/* By its id and template: to whom, the outbox has. */
static int record(struct sim_db *db, int64_t id, sim_time now,
		  enum sim_audit_action action, struct sim_err *err)
{
	const struct sim_db_by by = { "server", now, NULL };
	char message[SIM_OUTBOX_ID] = "", template[SIM_OUTBOX_TEMPLATE] = "";
	char detail[SIM_OUTBOX_TEMPLATE + 16];
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT message_id, template"
				" FROM outbox WHERE id = ?1", "i", id);

	if (rc)
		return rc;
	rc = sim_db_next(db, st, err);
	if (rc == 1) {
		sim_db_copy(st, 0, message, sizeof(message));
		sim_db_copy(st, 1, template, sizeof(template));
	}
	sqlite3_finalize(st);
	snprintf(detail, sizeof(detail), "template=%s", template);
	return rc != 1 ? rc : sim_audit_add(db, &by, action, message, detail,
					    err);
}

/* It is over with: what it said is forgotten. */
static int set_over(struct sim_db *db, int64_t id, sim_time now,
		    const char *why, struct sim_err *err)
{
	char text[WHY_MAX];
	int rc;

	snprintf(text, sizeof(text), "%s", why ? why : "");
	rc = sim_db_run(db, err, "UPDATE outbox SET state = ?2, error = ?3,"
			" next_attempt = 0, arguments = x'' WHERE id = ?1",
			"iss", id, why ? "failed" : "sent", text);
	return rc ? rc : record(db, id, now, why ? SIM_AUDIT_MAIL_FAILED :
				SIM_AUDIT_MAIL_SENT, err);
}

/* The one that is due, those before it whose time is over given up: 1, or 0. */
static int find_good(struct sim_db *db, sim_time now, struct closed *c,
		     struct sim_err *err)
{
	int rc = find_due(db, now, c, err);

	while (rc == 1 && c->m.expires <= now) {
		rc = set_over(db, c->m.id, now, "its time was over", err);
		if (!rc)
			rc = find_due(db, now, c, err);
	}
	return rc;
}

/* In the transaction: find, open and mark.  One that can't be opened is given
 * up, so that it is in nobody's way; c->why says why. */
static int take(struct sim_db *db, const struct sim_seal_source *src,
		sim_time now, struct closed *c, struct sim_err *err)
{
	struct sim_seal *seal = NULL;
	int rc = find_good(db, now, c, err);

	if (rc != 1)
		return rc;
	c->bad = sim_seal_load(src, &seal, &c->why);
	if (!c->bad)
		c->bad = open_box(seal, c, &c->why);
	sim_seal_free(seal);
	if (c->bad)
		return set_over(db, c->m.id, now, "it can't be opened", err);
	c->m.attempts++;
	rc = sim_db_run(db, err, "UPDATE outbox SET state = 'sending',"
			" attempts = attempts + 1 WHERE id = ?1", "i",
			c->m.id);
	return rc ? rc : 1;
}

int sim_outbox_take(struct sim_db *db, const struct sim_seal_source *src,
		    sim_time now, struct sim_outbox_mail *m,
		    struct sim_err *err)
{
	struct closed *c;
	int found, rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	c = sim_mem_zalloc(sizeof(*c));
	found = take(db, src, now, c, err);
	rc = sim_db_end(db, found < 0 ? found : SIM_OK, err);
	if (!rc && found == 1)
		*m = c->m;
	if (!rc && c->bad)
		rc = sim_err_set(err, c->bad, "%s", c->why.msg);
	sim_secret_wipe(c, sizeof(*c));
	sim_mem_free(c);
	return rc ? rc : found;
}

int sim_outbox_next(struct sim_db *db, sim_time *at, struct sim_err *err)
{
	int64_t next = SIM_TIME_MAX;
	int rc = sim_db_number(db, &next, err, "SELECT coalesce(min("
			       "next_attempt), 9223372036854775807) FROM outbox"
			       " WHERE state IN ('waiting', 'sending')", "");

	if (!rc)
		*at = next;
	return rc;
}

int sim_outbox_sent(struct sim_db *db, int64_t id, sim_time now,
		    struct sim_err *err)
{
	int rc = sim_db_begin(db, err);

	return rc ? rc : sim_db_end(db, set_over(db, id, now, NULL, err), err);
}

int sim_outbox_again(struct sim_db *db, int64_t id, sim_time at,
		     const char *why, struct sim_err *err)
{
	char text[WHY_MAX];
	int rc = sim_db_begin(db, err);

	if (rc)
		return rc;
	snprintf(text, sizeof(text), "%s", why);
	rc = sim_db_run(db, err, "UPDATE outbox SET state = 'waiting',"
			" error = ?2, next_attempt = ?3 WHERE id = ?1", "isi",
			id, text, at);
	return sim_db_end(db, rc, err);
}

int sim_outbox_give_up(struct sim_db *db, int64_t id, sim_time now,
		       const char *why, struct sim_err *err)
{
	int rc = sim_db_begin(db, err);

	return rc ? rc : sim_db_end(db, set_over(db, id, now, why, err), err);
}

int sim_outbox_waiting(struct sim_db *db, int64_t *n, struct sim_err *err)
{
	return sim_db_number(db, n, err, "SELECT count(*) FROM outbox WHERE"
			     " state IN ('waiting', 'sending')", "");
}

int sim_outbox_stats(struct sim_db *db, struct sim_outbox_stats *out,
		     struct sim_err *err)
{
	struct sim_outbox_stats s = { 0, 0, 0 };
	int rc = sim_outbox_waiting(db, &s.waiting, err);

	if (!rc)
		rc = sim_db_number(db, &s.sent, err, "SELECT count(*) FROM"
				   " outbox WHERE state = 'sent'", "");
	if (!rc)
		rc = sim_db_number(db, &s.failed, err, "SELECT count(*) FROM"
				   " outbox WHERE state = 'failed'", "");
	if (!rc)
		*out = s;
	return rc;
}

/* The next that an old key closed, after `id`: 1, or 0. */
static int find_old(struct sim_db *db, const struct sim_seal *seal,
		    int64_t id, struct closed *c, struct sim_err *err)
{
	sqlite3_stmt *st;
	int rc = sim_db_prepare(db, &st, err, "SELECT " COLUMNS " FROM outbox"
		" WHERE state IN ('waiting', 'sending') AND id > ?1"
		" ORDER BY id", "i", id);

	if (rc)
		return rc;
	while ((rc = sim_db_next(db, st, err)) == 1) {
		read_row(st, c);
		if (!sim_seal_is_newest(seal, c->box, c->n))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

int sim_outbox_reseal(struct sim_db *db, const struct sim_seal *seal,
		      int64_t *n, struct sim_err *err)
{
	struct closed *c = sim_mem_zalloc(sizeof(*c));
	int rc;

	while ((rc = find_old(db, seal, c->m.id, c, err)) == 1) {
		struct sim_seal_to to = to_of(c->m.message_id);

		rc = open_box(seal, c, err);
		if (!rc)
			rc = sim_seal_close(seal, &to, c->m.args,
					    c->n - SIM_SEAL_MORE, c->box, err);
		if (!rc)
			rc = sim_db_run(db, err, "UPDATE outbox SET arguments"
					" = ?2 WHERE id = ?1", "ib", c->m.id,
					(const void *)c->box, c->n);
		if (rc)
			break;
		++*n;
	}
	sim_secret_wipe(c, sizeof(*c));
	sim_mem_free(c);
	return rc;
}

int sim_outbox_forget(struct sim_db *db, sim_time before, struct sim_err *err)
{
	return sim_db_run(db, err, "DELETE FROM outbox WHERE created < ?1 AND"
			  " state IN ('sent', 'failed')", "i", before);
}
