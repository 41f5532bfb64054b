/*
 * post: a thread that takes mail from the outbox and sends it: to a mail
 * server, or into a folder.
 *
 * A letter that was taken is never sent again, and its Message-ID is the same
 * at each attempt.  A folder has each letter once, whatever happens.  By SMTP
 * one may come twice when the process, or the connection, ends between the mail
 * server's word and our hearing it (RFC 5321, 4.5.4.2); no sender can exclude
 * that without losing letters.
 */
#ifndef SIM_POST_H
#define SIM_POST_H

#include "util/seal.h"
#include "util/time.h"

struct sim_post;

struct sim_post_config {
	const char *url;		/* of the mail server; NULL: folder */
	const char *user, *password;	/* there, or NULL */
	const char *ca;			/* as sim_smtp_server has it */
	const char *from;		/* an address */
	const char *folder;		/* used without url */
	const char *templates;		/* a folder; NULL: ours */
};

/* What it needs of the server; called in its thread and in the starting one. */
struct sim_post_env {
	const char *db_path;
	struct sim_seal_source seal;
	void *ctx;
	sim_time (*now)(void *ctx);		/* wall clock */
	int64_t (*now_ms)(void *ctx);		/* monotonic */
	void (*failed)(void *ctx, const char *text);
	/* To be counted: what came of an attempt (a value of the label MAIL of
	 * meter.def), and how many wait.  May be NULL. */
	void (*tried)(void *ctx, const char *outcome);
	void (*waiting)(void *ctx, int64_t n);
};

/*
 * Read the templates, which must be good, and start the thread.
 *
 * Takes:  c, env: copied; what they point to lives as long.
 * Errors: SIM_E_INVAL the URL or the address; SIM_E_DATA a template; those of
 *         sim_file_read, sim_db_open and sim_worker_start.
 */
int sim_post_start(const struct sim_post_config *c,
		   const struct sim_post_env *env, struct sim_post **out,
		   struct sim_err *err) SIM_MUST_CHECK;
/* There is a letter; from any thread. */
void sim_post_wake(struct sim_post *p);
/* End it within a few seconds: a letter that the mail server has in full is
 * waited for, another is left for the next start.  NULL is fine. */
void sim_post_stop(struct sim_post *p);

#endif
