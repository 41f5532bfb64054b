/*
 * hub_job: something for the pool, and what follows from it at the bench.
 *
 * A job is made at the bench, works in the pool, and is done at the bench
 * again; until then its connection hears nothing else, so that messages keep
 * their order.
 */
#ifndef SIM_HUB_JOB_H
#define SIM_HUB_JOB_H

#include "server/hub_seat.h"

struct sim_hub_job {
	struct sim_worker_item item;	/* first */
	struct sim_pool_item late;	/* sim_hub_job_always */
	struct sim_hub *hub;
	struct sim_hub_bench *bench;
	struct sim_hub_conn *conn;	/* that waits for it; NULL: none */
	struct sim_hub_seat *seat;
	void (*work)(struct sim_hub_job *j, struct sim_db *db);
	void (*done)(struct sim_hub_job *j);
	uint64_t after;			/* this ticket is stored before */
	char *request_id;
	char user[SIM_USER_ID];
	char id[SIM_SESSION_ID];
	char *line;			/* the message, and its length */
	size_t line_len;
	struct sim_session *s;
	struct sim_session_refusal why;
	bool is_sole, is_refused, was_alive, is_unnamed, is_start;
	struct sim_hub_job *next_sole;	/* is_sole: its session is its own */
	struct sim_session_row *rows;
	size_t nrows;
	struct sim_session_row_whole whole;
	struct sim_session_again again;
	sim_time before;		/* of forgetting */
	struct sim_buf said;
	struct sim_err err;
	int rc;
};

/* c: whom it is for, who hears nothing else until it is done; h: the message
 * it is about.  Both may be NULL. */
struct sim_hub_job *sim_hub_job_new(struct sim_hub_bench *b,
				    struct sim_hub_conn *c,
				    const struct sim_hub_heard *h);
/* False: another has the session, for which c waits now; or there is no room,
 * and it was said.  The job is gone. */
bool sim_hub_job_start(struct sim_hub_job *j);
/* It waits for room when there is none.  Here and now when the pool ends; work
 * is not given a database then. */
void sim_hub_job_always(struct sim_hub_job *j);
struct sim_hub_about sim_hub_job_about(const struct sim_hub_job *j);
/* Say what was against it. */
void sim_hub_job_failed(struct sim_hub_job *j);
/* Has a job the session to itself? */
bool sim_hub_job_has(const struct sim_hub_bench *b, const char *user,
		     const char *id);

/* get_session: one as it stands, in memory or not. */
void sim_hub_get(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* list_sessions: the user's, newest first. */
void sim_hub_list(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* delete_session: out of memory, then out of the database. */
void sim_hub_delete(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* A session that was kept for long enough, unless somebody is at it. */
void sim_hub_forget(struct sim_hub_bench *b, const struct sim_session_row *r,
		    sim_time before);

#endif
