/* route_priv: what the files of the routes share. */
#ifndef SIM_ROUTE_PRIV_H
#define SIM_ROUTE_PRIV_H

#include <pthread.h>

#include "db/outbox.h"
#include "db/person.h"
#include "db/signin.h"
#include "server/keyed.h"
#include "server/route.h"
#include "util/json.h"

#define SIM_ROUTE_ID	65		/* what stands for {id}, with NUL */

enum sim_route_kind {
	SIM_ROUTE_AT_ONCE, SIM_ROUTE_IN_POOL, SIM_ROUTE_HASH, SIM_ROUTE_SOCKET
};
enum sim_route_role {
	SIM_ROUTE_NOBODY, SIM_ROUTE_ROLE_USER, SIM_ROUTE_ROLE_ADMIN
};

struct sim_route_call;
struct sim_route_work;

/* A row of route.def; one of the handlers is NULL. */
struct sim_route_row {
	const char *method, *path;
	enum sim_route_kind kind;
	enum sim_route_role role;
	unsigned scope;
	enum sim_route_limiter limiter;
	bool (*at_once)(struct sim_route_call *c);
	int (*work)(struct sim_route_work *w, struct sim_err *err);
};

struct sim_route_plan {
	uint64_t when_ns;		/* first, as what revoked has */
	enum sim_plan plan;
};

struct sim_route {
	struct sim_route_env env;
	struct sim_bucket *buckets[SIM_ROUTE_LIMITER__COUNT];
	pthread_mutex_t revoked_lock;	/* of both */
	struct sim_keyed *revoked;	/* uint64_t: when, ns, by API key */
	struct sim_keyed *plans;	/* struct sim_route_plan, by user */
};

/* A request on its way through. */
struct sim_route_call {
	struct sim_route *r;
	const struct sim_net_request *rq;
	const struct sim_route_row *row;
	char id[SIM_ROUTE_ID];		/* what stands for {id} */
	struct sim_token_claims who;	/* where a token is needed */
	struct sim_net_answer answer;
};

/* The same in the pool; what it holds is its own. */
struct sim_route_work {
	struct sim_route *r;
	const struct sim_route_row *row;
	uint64_t rq;			/* the request */
	char address[SIM_NET_ADDRESS];
	char where[128];		/* for the audit log */
	char id[SIM_ROUTE_ID];
	int64_t after, last;		/* of a list: ?after= and ?last= */
	char *body;
	size_t body_len;
	struct sim_token_claims who;
	struct sim_db *db;
	sim_time now;
	struct sim_user user;		/* as it is now, where one is needed */
	const char *code;		/* in place of the usual error code */
	bool has_posted;
	struct sim_net_answer answer;
};

/*
 * The handlers of route.def.  At once: gives false when the answer comes later.
 * In the pool: gives an error, which is told as the table in route_work.c says,
 * or SIM_OK and the answer.
 */
#define SIM_ROUTE_DECLARE_AT_ONCE(h) \
	bool sim_route_call_##h(struct sim_route_call *c);
#define SIM_ROUTE_DECLARE_SOCKET(h) SIM_ROUTE_DECLARE_AT_ONCE(h)
#define SIM_ROUTE_DECLARE_IN_POOL(h) \
	int sim_route_do_##h(struct sim_route_work *w, struct sim_err *err);
#define SIM_ROUTE_DECLARE_HASH(h) SIM_ROUTE_DECLARE_IN_POOL(h)
#define SIM_ROUTE(method, path, kind, role, scope, limiter, handler) \
	SIM_ROUTE_DECLARE_##kind(handler)
#include "server/route.def"
#undef SIM_ROUTE

/* -- route.c --------------------------------------------------------------- */

/* Takes one of the limiter's for this key; false: *a is the 429. */
bool sim_route_let(struct sim_route *r, enum sim_route_limiter limiter,
		   const char *key, struct sim_net_answer *a);
/* A 429 with its headers. */
void sim_route_limited(struct sim_route *r, struct sim_net_answer *a,
		       const char *type, const struct sim_bucket_answer *b);
/* An error with Retry-After. */
void sim_route_busy(struct sim_net_answer *a, const char *message, int sec);
/* The same while it is starting or stopping, or nothing can be stored. */
void sim_route_not_ready(const struct sim_route *r, struct sim_net_answer *a);
/* 401, saying why; code NULL: AUTH_FAILED. */
void sim_route_unauthorized(struct sim_net_answer *a, const char *code,
			    const char *message);
/* Tell the audit log; one address's refusals not without end. */
void sim_route_audit(struct sim_route *r, const struct sim_route_event *e);
/* Who has a token that is good and not revoked. */
enum sim_token_status sim_route_who(struct sim_route *r, const char *text,
				    struct sim_token_claims *who);
/* What follows "Bearer ", or NULL. */
const char *sim_route_bearer(const struct sim_net_request *rq);

/* -- route_work.c ---------------------------------------------------------- */

/* Have the row's handler do it in the pool.  False: c->answer says why not. */
bool sim_route_work_start(struct sim_route_call *c);

/* A member of the body, by its shape. */
struct sim_route_field {
	enum { SIM_ROUTE_STR, SIM_ROUTE_INT, SIM_ROUTE_BOOL } shape;
	const char *name;
	bool is_needed;
	void *to;		/* char[size], int64_t or bool */
	size_t size;
};
/* Read the body; what is absent stays as it was.  Errors: SIM_E_INVAL. */
int sim_route_fields(struct sim_route_work *w, const struct sim_route_field *f,
		     size_t n, struct sim_err *err) SIM_MUST_CHECK;

/* Who does it, for the audit log. */
struct sim_db_by sim_route_by(const struct sim_route_work *w);
/* Record it, in the transaction; detail: a few words, or ""; the log has the
 * request, address and path before them. */
int sim_route_note(struct sim_route_work *w, enum sim_audit_action action,
		   const char *subject, const char *detail,
		   struct sim_err *err) SIM_MUST_CHECK;
/* Try a password or code of this name.  Gives: false: it was tried too often,
 * and the answer says so; *rc is then SIM_OK. */
bool sim_route_may_try(struct sim_route_work *w, const char *who, int *rc,
		       struct sim_err *err);
/* The same of a login, by name and account (sim_lockout_try_both): *is_shut is
 * to be answered as a wrong password is. */
bool sim_route_may_log_in(struct sim_route_work *w, const char *name,
			  const char *account, bool *is_shut, int *rc,
			  struct sim_err *err);
/* A limit by e-mail address; false: the answer says so. */
bool sim_route_may_mail(struct sim_route_work *w, const char *email);
/* Begin the answer's object, and end it. */
void sim_route_begin(struct sim_route_work *w, struct sim_json *j);

/* A letter to somebody; inside the transaction of what it is about. */
struct sim_route_letter {
	enum sim_outbox_letter kind;
	const char *to;			/* ""; then nothing is sent */
	const char *name;
	const char *code, *request_id;	/* or NULL */
	bool is_pretended;		/* all the work, and nothing is sent */
};
int sim_route_post(struct sim_route_work *w, const struct sim_route_letter *l,
		   struct sim_err *err) SIM_MUST_CHECK;

/* -- route_signin.c -------------------------------------------------------- */

/* The name under which a user's tries are counted. */
void sim_route_try_name(const char *user, char out[SIM_USER_ID + 4]);
/* In the transaction: forget all tries of a user, by whichever name. */
int sim_route_try_clear(struct sim_route_work *w, const struct sim_user *u,
			const char *email, struct sim_err *err) SIM_MUST_CHECK;
/* What came with a second factor. */
struct sim_route_second {
	char totp[16], recovery[64];
};
/*
 * Where the user has a second factor: was it given, and right?  Inside the
 * transaction; uses it up.
 *
 * Errors: SIM_E_AUTH; w->code is TOTP_REQUIRED when none was given.
 */
int sim_route_second_factor(struct sim_route_work *w, const char *user,
			    struct sim_person *p,
			    const struct sim_route_second *s,
			    struct sim_err *err) SIM_MUST_CHECK;
/* End all logins of a user but one (NULL: all), in the transaction, and
 * remember which, so that after it their tokens are good for nothing. */
struct sim_route_ended {
	struct sim_signin *list;
	size_t n;
	int64_t count;
};
int sim_route_end_all(struct sim_route_work *w, const char *user,
		      const char *but, struct sim_route_ended *e,
		      struct sim_err *err) SIM_MUST_CHECK;
/* After the transaction, which gave rc; releases *e. */
void sim_route_end_done(struct sim_route_work *w, struct sim_route_ended *e,
			int rc);
/* The same; an answer says how many ended.  Gives: rc. */
int sim_route_end_answer(struct sim_route_work *w, struct sim_route_ended *e,
			 int rc) SIM_MUST_CHECK;
/* Is this the password of the one who asks?  Counted as a try.  False: *rc, or
 * SIM_OK and the answer says that it was tried too often. */
bool sim_route_password_is(struct sim_route_work *w, const char *password,
			   int *rc, struct sim_err *err);
/* The logins of a user that go on, as the list logins. */
int sim_route_put_logins(struct sim_route_work *w, struct sim_json *j,
			 const char *user, struct sim_err *err) SIM_MUST_CHECK;

/* -- route_call.c ---------------------------------------------------------- */

/* What a user has used of the plan, as limits, usage and reset_times. */
void sim_route_put_usage(struct sim_route *r, struct sim_json *j,
			 const char *user, enum sim_plan plan);

#endif
