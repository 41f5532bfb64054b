/* post: one letter at a time.  What came of it is written down before anything
 * else is done, however long that takes. */
#include "server/post.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "db/db.h"
#include "db/outbox.h"
#include "mail/mail.h"
#include "mail/smtp.h"
#include "server/post_text.h"
#include "server/worker.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/secret.h"

#define AGAIN_MS	1000	/* after the database failed */
#define LOOK_MS		30000	/* at the clock, which may be set */
#define FIRST_SEC	2	/* before the second attempt; then doubled */
#define MOST_SEC	900
#define GRACE_MS	3000	/* for a mail server's last word */

enum outcome { NOTHING, SENT, AGAIN, GIVEN_UP };
static const char *const outcomes[] = { "", "sent", "later", "failed" };

struct sim_post {
	struct sim_post_config config;
	struct sim_post_env env;
	struct sim_worker *worker;
	struct sim_db *db;
	char *templates[SIM_OUTBOX__COUNT];
	atomic_bool is_stopping;
	int64_t stop_ms;		/* when that was seen; 0: not yet */
	/* The letter at hand, and what came of it, till it is written down. */
	struct sim_outbox_mail m;
	enum outcome outcome;
	sim_time at;
	char why[129];
};

static const char *const *const ours[] = {
#define SIM_LETTER(id, template, life, has_code, help) sim_post_text_##id,
#include "db/letter.def"
#undef SIM_LETTER
};

/* -- templates ------------------------------------------------------------- */

static char *join(const char *const *lines)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char *s;

	for (; *lines; lines++) {
		sim_buf_puts(&b, *lines);
		sim_buf_putc(&b, '\n');
	}
	s = sim_mem_strdup(sim_buf_str(&b));
	sim_buf_release(&b);
	return s;
}

static int read_template(const char *dir, const char *name, char **out,
			 struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_MAIL_TEMPLATE + 1);
	char file[SIM_OUTBOX_TEMPLATE + 8], *path;
	int rc;

	snprintf(file, sizeof(file), "%s.txt", name);
	path = sim_file_join(dir, file);
	rc = sim_file_read(path, SIM_MAIL_TEMPLATE, &b, err);
	if (!rc && strlen(sim_buf_str(&b)) != b.len)
		rc = sim_err_set(err, SIM_E_DATA, "%s has a NUL byte; write"
				 " text", path);
	if (!rc)
		*out = sim_mem_strdup(sim_buf_str(&b));
	sim_buf_release(&b);
	sim_mem_free(path);
	return rc;
}

/* Arguments of a letter of a kind, for trying its template. */
static const char *sample(enum sim_outbox_letter l)
{
	return sim_outbox_has_code(l) ?
		"{\"name\":\"ann\",\"address\":\"192.0.2.1\",\"time\":"
		"\"2026-01-02T00:00:00Z\",\"code\":\"AAAAA-AAAAA\","
		"\"request_id\":\"r\",\"minutes\":10}" :
		"{\"name\":\"ann\",\"address\":\"192.0.2.1\",\"time\":"
		"\"2026-01-02T00:00:00Z\"}";
}

static int load_one(struct sim_post *p, enum sim_outbox_letter l,
		    struct sim_err *err)
{
	const char *name = sim_outbox_template(l);
	const struct sim_mail_letter letter = { .from = p->config.from,
		.to = "ann@example.org", .id = "0", .args = sample(l) };
	struct sim_buf out = SIM_BUF_INIT(SIM_MAIL_MESSAGE);
	int rc = SIM_OK;

	if (p->config.templates)
		rc = read_template(p->config.templates, name, &p->templates[l],
				   err);
	else
		p->templates[l] = join(ours[l]);
	if (!rc)
		rc = sim_mail_render(name, p->templates[l], &letter, &out, err);
	sim_buf_release(&out);
	return rc;
}

/* NULL: a later version put it there. */
static const char *template_of(const struct sim_post *p, const char *name)
{
	for (int i = 0; i < SIM_OUTBOX__COUNT; i++)
		if (!strcmp(name, sim_outbox_template(
				    (enum sim_outbox_letter)i)))
			return p->templates[i];
	return NULL;
}

/* -- what came of it ------------------------------------------------------- */

static sim_time now(const struct sim_post *p)
{
	return p->env.now(p->env.ctx);
}

static void say(const struct sim_post *p, const char *what)
{
	char text[400];

	snprintf(text, sizeof(text), "%s (%s): %s: %s", p->m.message_id,
		 p->m.template, what, p->why);
	p->env.failed(p->env.ctx, text);
}

/* Write it down; what can't be is tried again before anything else is done. */
static int settle(struct sim_post *p, struct sim_err *err)
{
	int rc = SIM_OK;

	switch (p->outcome) {
	case NOTHING:
		return SIM_OK;
	case SENT:
		rc = sim_outbox_sent(p->db, p->m.id, now(p), err);
		break;
	case AGAIN:
		rc = sim_outbox_again(p->db, p->m.id, p->at, p->why, err);
		break;
	case GIVEN_UP:
		rc = sim_outbox_give_up(p->db, p->m.id, now(p), p->why,
					err);
		break;
	}
	if (rc)
		return rc;
	if (p->env.tried)
		p->env.tried(p->env.ctx, outcomes[p->outcome]);
	p->outcome = NOTHING;
	return SIM_OK;
}

/* Doubled from attempt to attempt. */
static int64_t wait_sec(int64_t attempts)
{
	int64_t sec = FIRST_SEC;

	while (--attempts > 0 && sec < MOST_SEC)
		sec *= 2;
	return sec < MOST_SEC ? sec : MOST_SEC;
}

static void not_sent(struct sim_post *p, int rc, const struct sim_err *err)
{
	int64_t sec = rc == SIM_E_INTR ? 0 : wait_sec(p->m.attempts);
	char what[48];

	snprintf(p->why, sizeof(p->why), "%.*s", (int)sizeof(p->why) - 1,
		 err->msg);
	p->at = now(p) + sec * SIM_TIME_SEC;
	p->outcome = rc == SIM_E_DATA || rc == SIM_E_INVAL ? GIVEN_UP : AGAIN;
	snprintf(what, sizeof(what), "will be tried in %lld s",
		 (long long)sec);
	say(p, p->outcome == AGAIN ? what : "is given up");
}

/* -- sending --------------------------------------------------------------- */

static bool is_over(void *ctx, bool is_whole)
{
	struct sim_post *p = ctx;
	int64_t ms = p->env.now_ms(p->env.ctx);

	if (!atomic_load(&p->is_stopping))
		return false;
	if (!p->stop_ms)
		p->stop_ms = ms;
	return !is_whole || ms - p->stop_ms >= GRACE_MS;
}

static void taken(void *ctx)
{
	struct sim_post *p = ctx;
	struct sim_err err = SIM_ERR_INIT;

	p->outcome = SENT;
	if (settle(p, &err))
		p->env.failed(p->env.ctx, err.msg);
}

static int deliver(struct sim_post *p, const struct sim_buf *message,
		   struct sim_err *err)
{
	const struct sim_smtp_server s = { .url = p->config.url,
		.user = p->config.user, .password = p->config.password,
		.ca = p->config.ca,
		.ctx = p, .is_over = is_over, .taken = taken };
	const struct sim_smtp_mail m = { p->config.from, p->m.recipient,
					 message };
	bool is_taken;
	int rc;

	if (p->config.url)
		return sim_smtp_send(&s, &m, &is_taken, err);
	rc = sim_mail_put(p->config.folder, p->m.message_id, message, err);
	if (!rc)
		taken(p);
	/* No disk is full for ever. */
	return rc ? SIM_E_IO : SIM_OK;
}

static void send_one(struct sim_post *p)
{
	const struct sim_mail_letter l = { .from = p->config.from,
		.to = p->m.recipient, .id = p->m.message_id,
		.date = p->m.created, .args = p->m.args };
	const char *template = template_of(p, p->m.template);
	struct sim_buf message = SIM_BUF_INIT(SIM_MAIL_MESSAGE);
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	if (!template)
		rc = sim_err_set(&err, SIM_E_DATA, "there is no such template");
	else
		rc = sim_mail_render(p->m.template, template, &l, &message,
				     &err);
	if (!rc)
		rc = deliver(p, &message, &err);
	if (rc)
		not_sent(p, rc, &err);
	if (message.data)
		sim_secret_wipe(message.data, message.len);
	sim_buf_release(&message);
	sim_secret_wipe(p->m.args, sizeof(p->m.args));
}

/* Send the next that is due.  Gives: 1, or 0: none is. */
static int step(struct sim_post *p, struct sim_err *err)
{
	int rc = settle(p, err);

	if (!rc)
		rc = sim_outbox_take(p->db, &p->env.seal, now(p), &p->m, err);
	if (rc != 1)
		return rc;
	send_one(p);
	rc = settle(p, err);
	return rc ? rc : 1;
}

/* When the next is due, and how many wait. */
static int look(struct sim_post *p, sim_time *next, struct sim_err *err)
{
	int64_t n = 0;
	int rc = sim_outbox_next(p->db, next, err);

	if (!rc)
		rc = sim_outbox_waiting(p->db, &n, err);
	if (!rc && p->env.waiting)
		p->env.waiting(p->env.ctx, n);
	return rc;
}

static int64_t post_turn(void *ctx, int64_t now_ms)
{
	struct sim_post *p = ctx;
	struct sim_err err = SIM_ERR_INIT;
	sim_time next = SIM_TIME_MAX, wait;
	int rc = 0;

	(void)now_ms;
	while (!atomic_load(&p->is_stopping) && (rc = step(p, &err)) == 1)
		continue;
	if (!rc)
		rc = look(p, &next, &err);
	now_ms = p->env.now_ms(p->env.ctx);
	if (rc < 0) {
		p->env.failed(p->env.ctx, err.msg);
		return now_ms + AGAIN_MS;
	}
	if (next == SIM_TIME_MAX)
		return SIM_WORKER_NEVER;
	wait = (next - now(p)) / SIM_TIME_MS + 1;
	return now_ms + (wait < 1 ? 1 : wait < LOOK_MS ? wait : LOOK_MS);
}

static int64_t post_now_ms(void *ctx)
{
	struct sim_post *p = ctx;

	return p->env.now_ms(p->env.ctx);
}

/* -- beginning and end ----------------------------------------------------- */

static int check(const struct sim_post_config *c, struct sim_err *err)
{
	int rc = sim_mail_check_address("--mail-from", c->from, err);

	if (!rc && c->url)
		rc = sim_smtp_check_url(c->url, err);
	return rc;
}

int sim_post_start(const struct sim_post_config *c,
		   const struct sim_post_env *env, struct sim_post **out,
		   struct sim_err *err)
{
	struct sim_post *p;
	struct sim_worker_ops ops = { NULL, post_now_ms, post_turn };
	int rc = check(c, err);

	if (rc)
		return rc;
	p = sim_mem_zalloc(sizeof(*p));
	ops.ctx = p;
	p->config = *c;
	p->env = *env;
	for (int i = 0; !rc && i < SIM_OUTBOX__COUNT; i++)
		rc = load_one(p, (enum sim_outbox_letter)i, err);
	if (!rc && !c->url)
		sim_mail_tidy(c->folder);
	if (!rc)
		rc = sim_db_open(env->db_path, false, &p->db, err);
	if (!rc)
		rc = sim_worker_start(&ops, &p->worker, err);
	if (rc)
		sim_post_stop(p);
	else
		*out = p;
	return rc;
}

void sim_post_wake(struct sim_post *p)
{
	sim_worker_wake(p->worker);
}

void sim_post_stop(struct sim_post *p)
{
	if (!p)
		return;
	atomic_store(&p->is_stopping, true);
	sim_worker_stop(p->worker);
	sim_db_close(p->db);
	for (int i = 0; i < SIM_OUTBOX__COUNT; i++)
		sim_mem_free(p->templates[i]);
	sim_secret_wipe(p, sizeof(*p));
	sim_mem_free(p);
}
