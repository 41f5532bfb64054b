/* backend_loop: what the parts of the sessions of this process share. */
#ifndef SIM_BACKEND_LOOP_H
#define SIM_BACKEND_LOOP_H

#include "backend/backend_priv.h"
#include "backend/session.h"
#include "db/session_row.h"
#include "store/store.h"

#define SIM_BACKEND_LOOP_UNWATCHED	(-1)

/* A session in memory. */
struct sim_backend_loop_seat {
	struct sim_backend_loop_seat *next;
	struct sim_backend_loop *loop;
	struct sim_session *s;
	int64_t journaled;		/* lines in its journal */
	bool is_driven;			/* by us */
	int events;			/* of attach_session, or UNWATCHED */
	bool is_stepping;		/* step_simulation was asked */
	bool is_over;			/* its result is stored */
	char state[SIM_SESSION_ROW_STATE];	/* as it is stored */
	uint64_t steps;			/* the same */
};

struct sim_backend_loop {
	struct sim_backend b;		/* first */
	struct sim_store *store;
	struct sim_calendars *calendars;
	struct sim_session_env env;
	struct sim_db *db;
	char *where;
	char user[SIM_USER_ID];
	struct sim_backend_loop_seat *seats, *current;
	const struct sim_message *asked;	/* being heard; or NULL */
	int stored;			/* what storing came to */
	bool is_storing;		/* in a transaction */
	struct sim_err why;
	struct {
		struct sim_backend_message *list;
		size_t first, n, cap;
	} ready;
};

/* A message that came. */
struct sim_backend_loop_heard {
	const struct sim_message *m;
	const char *line;
	size_t len;
};

/* Wall clock. */
static inline sim_time sim_backend_loop_now(const struct sim_backend_loop *l)
{
	return l->b.host.now(l->b.host.ctx);
}

/* Monotonic. */
static inline int64_t sim_backend_loop_ms(const struct sim_backend_loop *l)
{
	return l->b.host.now_ms(l->b.host.ctx);
}

/* -- backend_loop.c: what is said ------------------------------------------ */

/* A line, to be given; n bytes without its newline. */
void sim_backend_loop_give(struct sim_backend_loop *l, const char *line,
			   size_t n);
/* In answer to the message that is being heard. */
void sim_backend_loop_say(struct sim_backend_loop *l,
			  enum sim_message_type type, const void *data,
			  const char *session_id);
/* Refused: with error, and with session_error. */
void sim_backend_loop_error(struct sim_backend_loop *l,
			    enum sim_message_code code, const char *text,
			    const char *session_id);
void sim_backend_loop_refuse(struct sim_backend_loop *l, const char *code,
			     const char *text, const char *details);

/* -- backend_loop_seat.c: sessions ----------------------------------------- */

/* What is asked about sessions as such. */
void sim_backend_loop_create(struct sim_backend_loop *l,
			     const struct sim_backend_loop_heard *h);
void sim_backend_loop_get(struct sim_backend_loop *l,
			  const struct sim_backend_loop_heard *h);
void sim_backend_loop_list(struct sim_backend_loop *l,
			   const struct sim_backend_loop_heard *h);
void sim_backend_loop_delete(struct sim_backend_loop *l,
			     const struct sim_backend_loop_heard *h);
void sim_backend_loop_resume(struct sim_backend_loop *l,
			     const struct sim_backend_loop_heard *h);
/* What is asked of one, which is made again if it isn't in memory. */
void sim_backend_loop_ask(struct sim_backend_loop *l,
			  const struct sim_backend_loop_heard *h);

/* When the next session is due, and make its step. */
int64_t sim_backend_loop_due(struct sim_backend_loop *l,
			     struct sim_backend_loop_seat **which);
void sim_backend_loop_step(struct sim_backend_loop_seat *x);
/* Leave all as they stand. */
void sim_backend_loop_leave_all(struct sim_backend_loop *l);
/* End what was being stored.  Errors: those of the database. */
int sim_backend_loop_settle(struct sim_backend_loop *l, struct sim_err *err);

#endif
