/*
 * route_work: what the pool does for a route: who asks is looked up, the
 * handler called, what went wrong told.
 *
 * The one place where roles are enforced.
 */
#include "server/route_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/lockout.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define BODY_DEPTH	4
#define LIST_MOST	1000

/* -- what went wrong ------------------------------------------------------- */

/* What the client is told; without a row, nothing of the server's troubles. */
static const struct {
	int rc, status;
	const char *code;
} failures[] = {
	{ SIM_E_INVAL, 400, "INVALID_PARAMS" },
	{ SIM_E_AUTH, 401, "AUTH_FAILED" },
	{ SIM_E_RISK, 403, "FORBIDDEN" },
	{ SIM_E_NOENT, 404, "NOT_FOUND" },
	{ SIM_E_STATE, 409, "CONFLICT" },
};

/* Without a token: what was tried, where that is known, is a user's. */
static void audit_refusal(const struct sim_route_work *w,
			  enum sim_audit_action action, const char *detail)
{
	const struct sim_route_event e = {
		.action = action, .id = w->rq, .user = w->who.user,
		.key = w->who.key[0] ? w->who.key : w->user.id,
		.address = w->address,
		.path = w->row->path, .detail = detail,
	};

	sim_route_audit(w->r, &e);
}

static void put_failure(struct sim_route_work *w, int rc,
			const struct sim_err *err)
{
	struct sim_net_answer *a = &w->answer;

	a->n_headers = 0;
	if (rc == SIM_E_AGAIN || rc == SIM_E_UNAVAILABLE) {
		sim_route_busy(a, "the server is busy; try again", 1);
		return;
	}
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (failures[i].rc != rc)
			continue;
		if (rc == SIM_E_AUTH)
			sim_route_unauthorized(a, w->code, err->msg);
		else
			sim_net_answer_error(a, failures[i].status, w->code ?
					     w->code : failures[i].code,
					     err->msg);
		return;
	}
	if (w->r->env.failed)
		w->r->env.failed(w->r->env.ctx, err);
	sim_net_answer_error(a, 500, "INTERNAL_ERROR", "it can't be done; the"
			     " server's log says why");
}

/* -- who asks -------------------------------------------------------------- */

/* A token says who got it; whether it still counts, and what its user may,
 * the database says. */
static int check_user(struct sim_route_work *w, struct sim_err *err)
{
	struct sim_signin l;
	int rc;

	if (w->row->role == SIM_ROUTE_NOBODY)
		return SIM_OK;
	rc = sim_user_find(w->db, w->who.user, &w->user, err);
	if (!rc && !strncmp(w->who.key, "l_", 2))
		rc = sim_signin_get(w->db, w->user.id, w->who.key, w->now, &l,
				    err);
	else if (!rc)
		rc = sim_apikey_is_live(w->db, w->user.id, w->who.key, w->now,
					err);
	if (rc == SIM_E_NOENT || rc == SIM_E_AUTH ||
	    (!rc && w->user.is_disabled))
		return sim_err_set(err, SIM_E_AUTH, "%s",
				   sim_token_reason(SIM_TOKEN_REFUSED));
	if (rc)
		return rc;
	if (w->row->role == SIM_ROUTE_ROLE_ADMIN &&
	    w->user.role != SIM_USER_ROLE_ADMIN)
		return sim_err_set(err, SIM_E_RISK, "this is for administrators"
				   " alone");
	return SIM_OK;
}

/* -- the job --------------------------------------------------------------- */

static void free_work(struct sim_route_work *w)
{
	if (w->body)
		sim_secret_wipe(w->body, w->body_len);
	sim_mem_free(w->body);
	sim_secret_wipe(w, sizeof(*w));
	sim_mem_free(w);
}

/* In the pool. */
static void job(void *own, void *arg)
{
	struct sim_route_work *w = arg;
	const struct sim_route_env *env = &w->r->env;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	w->db = env->db(env->ctx, own);
	w->now = env->now(env->ctx);
	sim_net_answer_init(&w->answer, 200);
	rc = check_user(w, &err);
	if (!rc)
		rc = w->row->work(w, &err);
	if (rc)
		put_failure(w, rc, &err);
	if (rc == SIM_E_AUTH)
		audit_refusal(w, SIM_AUDIT_AUTH_REFUSED, err.msg);
	if (rc == SIM_E_RISK)
		audit_refusal(w, SIM_AUDIT_AUTH_FORBIDDEN, err.msg);
	if (!rc && w->has_posted && env->posted)
		env->posted(env->ctx);
	env->reply(env->ctx, w->rq, &w->answer);
	free_work(w);
}

/* A query argument that is a whole number. */
static bool take_number(const struct sim_net_request *rq, const char *name,
			int64_t most, int64_t *out)
{
	const char *s = sim_net_request_arg(rq, name);

	return !s || !sim_str_int(s, name, 0, most, out, NULL);
}

static struct sim_route_work *work_new(const struct sim_route_call *c)
{
	struct sim_route_work *w = sim_mem_zalloc(sizeof(*w));

	w->r = c->r;
	w->row = c->row;
	w->rq = c->rq->id;
	w->who = c->who;
	w->last = 100;
	memcpy(w->id, c->id, sizeof(w->id));
	snprintf(w->address, sizeof(w->address), "%s", c->rq->address);
	snprintf(w->where, sizeof(w->where), "request=%llx address=%s path=%s",
		 (unsigned long long)w->rq, w->address, w->row->path);
	w->body = sim_mem_strndup(c->rq->body, c->rq->body_len);
	w->body_len = c->rq->body_len;
	return w;
}

bool sim_route_work_start(struct sim_route_call *c)
{
	const struct sim_route_env *env = &c->r->env;
	struct sim_route_work *w = work_new(c);
	bool is_hash = c->row->kind == SIM_ROUTE_HASH && env->submit_hash;

	if (!take_number(c->rq, "after", INT64_MAX, &w->after) ||
	    !take_number(c->rq, "last", LIST_MOST, &w->last)) {
		sim_net_answer_error(&c->answer, 400, "INVALID_PARAMS",
				     "after and last are whole numbers, and"
				     " last is at most 1000");
		free_work(w);
		return false;
	}
	if (is_hash ? env->submit_hash(env->ctx, job, w) :
	    env->submit(env->ctx, job, w))
		return true;
	free_work(w);
	sim_route_busy(&c->answer, "too much of this is under way; try again",
		       1);
	return false;
}

/* -- the body -------------------------------------------------------------- */

/* Text without control characters: it goes to tables and mail. */
static bool take_text(const char *s, const struct sim_route_field *f)
{
	size_t n = s ? strlen(s) : 0;

	if (!s || n >= f->size || !sim_str_is_plain(s, n))
		return false;
	memcpy(f->to, s, n + 1);
	return true;
}

static int take_field(const struct sim_route_field *f,
		      const struct sim_json_val *v, struct sim_err *err)
{
	switch (f->shape) {
	case SIM_ROUTE_STR:
		if (take_text(sim_json_as_str(v), f))
			return SIM_OK;
		return sim_err_set(err, SIM_E_INVAL, "%s must be text of at "
				   "most %zu bytes without control characters",
				   f->name, f->size - 1);
	case SIM_ROUTE_INT:
		if (sim_json_as_int(v, f->to))
			return SIM_OK;
		return sim_err_set(err, SIM_E_INVAL, "%s must be a whole "
				   "number", f->name);
	case SIM_ROUTE_BOOL:
		if (sim_json_as_bool(v, f->to))
			return SIM_OK;
		return sim_err_set(err, SIM_E_INVAL, "%s must be true or false",
				   f->name);
	}
	SIM_BUG("a field of no shape");
}

static int take_fields(const struct sim_json_val *root,
		       const struct sim_route_field *f, size_t n,
		       struct sim_err *err)
{
	struct sim_buf missing = SIM_BUF_INIT(400);
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < n; i++) {
		const struct sim_json_val *v = sim_json_get(root, f[i].name);

		if (v && !sim_json_is_null(v))
			rc = take_field(&f[i], v, err);
		else if (f[i].is_needed)
			sim_buf_printf(&missing, "%s%s", missing.len ? ", " :
				       "", f[i].name);
	}
	if (!rc && missing.len)
		rc = sim_err_set(err, SIM_E_INVAL, "Missing required fields: "
				 "%s", sim_buf_str(&missing));
	sim_buf_release(&missing);
	return rc;
}

int sim_route_fields(struct sim_route_work *w, const struct sim_route_field *f,
		     size_t n, struct sim_err *err)
{
	struct sim_json_doc *doc = NULL;
	const char *body = w->body;
	size_t len = w->body_len;
	int rc;

	if (strspn(body, " \t\r\n") == len) {
		body = "{}";
		len = 2;
	}
	if (sim_json_parse_to(body, len, BODY_DEPTH, &doc, NULL) ||
	    !sim_json_is_object(sim_json_root(doc))) {
		sim_json_free(doc);
		return sim_err_set(err, SIM_E_INVAL, "the body must be a JSON "
				   "object");
	}
	rc = take_fields(sim_json_root(doc), f, n, err);
	sim_json_free(doc);
	return rc;
}

/* -- what handlers share --------------------------------------------------- */

struct sim_db_by sim_route_by(const struct sim_route_work *w)
{
	return (struct sim_db_by){ w->user.id[0] ? w->user.id : "nobody",
				   w->now, w->where };
}

int sim_route_note(struct sim_route_work *w, enum sim_audit_action action,
		   const char *subject, const char *detail,
		   struct sim_err *err)
{
	const struct sim_db_by by = sim_route_by(w);

	if (w->r->env.happened)
		w->r->env.happened(w->r->env.ctx, action);
	return sim_audit_add(w->db, &by, action, subject, detail, err);
}

static void refuse_try(struct sim_route_work *w, sim_time until)
{
	struct sim_bucket_answer b = { .limit = SIM_LOCKOUT_FREE,
				       .period_sec = SIM_LOCKOUT_FORGET_SEC };

	b.retry_after_sec = (uint32_t)((until - w->now + SIM_TIME_SEC - 1) /
				       SIM_TIME_SEC);
	sim_route_limited(w->r, &w->answer, "login", &b);
	audit_refusal(w, SIM_AUDIT_AUTH_LOCKED, "");
}

bool sim_route_may_try(struct sim_route_work *w, const char *who, int *rc,
		       struct sim_err *err)
{
	sim_time until = SIM_TIME_NONE;

	*rc = sim_lockout_try(w->db, who, w->now, &until, err);
	if (!*rc && until != SIM_TIME_NONE)
		refuse_try(w, until);
	return !*rc && until == SIM_TIME_NONE;
}

bool sim_route_may_log_in(struct sim_route_work *w, const char *name,
			  const char *account, bool *is_shut, int *rc,
			  struct sim_err *err)
{
	const struct sim_lockout_pair who = { name, account };
	sim_time until = SIM_TIME_NONE;

	*rc = sim_lockout_try_both(w->db, &who, w->now, &until, is_shut, err);
	if (*rc)
		return false;
	if (until != SIM_TIME_NONE)
		refuse_try(w, until);
	else if (*is_shut)
		audit_refusal(w, SIM_AUDIT_AUTH_LOCKED, "account");
	return until == SIM_TIME_NONE;
}

bool sim_route_may_mail(struct sim_route_work *w, const char *email)
{
	struct sim_buf low = SIM_BUF_INIT(SIM_BUF_MAX);
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX], key[SIM_BUCKET_KEY];

	for (; *email; email++)
		sim_buf_putc(&low, (char)(*email >= 'A' && *email <= 'Z' ?
					  *email + ('a' - 'A') : *email));
	sim_sha256_of(sim_buf_str(&low), low.len, hash);
	sim_buf_release(&low);
	sim_sha256_hex(hash, hex);
	snprintf(key, sizeof(key), "%.*s", SIM_BUCKET_KEY - 1, hex);
	if (sim_route_let(w->r, SIM_ROUTE_LIMITER_MAIL, key, &w->answer))
		return true;
	audit_refusal(w, SIM_AUDIT_AUTH_LIMITED,
		      sim_route_limiter_type(SIM_ROUTE_LIMITER_MAIL));
	return false;
}

void sim_route_begin(struct sim_route_work *w, struct sim_json *j)
{
	sim_json_init(j, &w->answer.body, false);
	sim_json_object(j, NULL);
}

int sim_route_post(struct sim_route_work *w, const struct sim_route_letter *l,
		   struct sim_err *err)
{
	struct sim_outbox_mail m = { .expires = w->now +
		sim_outbox_life_sec(l->kind) * SIM_TIME_SEC };
	struct sim_buf args = SIM_BUF_INIT(SIM_OUTBOX_ARGS - 1);
	struct sim_json j;
	int rc;

	if (!l->to[0])
		return SIM_OK;
	sim_json_init(&j, &args, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "name", l->name);
	sim_json_str(&j, "address", w->address);
	sim_json_time(&j, "time", w->now);
	if (l->code) {
		sim_json_str(&j, "code", l->code);
		sim_json_str(&j, "request_id", l->request_id);
		sim_json_int(&j, "minutes", sim_outbox_life_sec(l->kind) / 60);
	}
	sim_json_end(&j);
	snprintf(m.recipient, sizeof(m.recipient), "%s", l->to);
	snprintf(m.template, sizeof(m.template), "%s",
		 sim_outbox_template(l->kind));
	snprintf(m.args, sizeof(m.args), "%s", sim_buf_str(&args));
	rc = l->is_pretended ?
		sim_outbox_pretend(w->db, &w->r->env.seal, &m, w->now, err) :
		sim_outbox_add(w->db, &w->r->env.seal, &m, w->now, err);
	w->has_posted |= !rc;
	sim_secret_wipe(&m, sizeof(m));
	if (args.len)
		sim_secret_wipe(args.data, args.len);
	sim_buf_release(&args);
	return rc;
}
