/* sess_log: the event log of a session as it stands, fetched, and read. */
#ifndef SIM_SESS_LOG_H
#define SIM_SESS_LOG_H

#include "cli/sess.h"
#include "run/run.h"

struct sim_sess_log {
	struct sim_buf text;		/* whole lines */
	bool is_sealed;
	char hash[SIM_SHA256_HEX];	/* "" until it is sealed */
	/* What its orders are called, by number from 0, which is none; NULL:
	 * the engine made it. */
	char **names;
	size_t nnames, names_cap;
};
#define SIM_SESS_LOG_INIT { .text = SIM_BUF_INIT(SIM_BUF_MAX) }

/* Fetch it.  Gives: *l, SIM_SESS_LOG_INIT before, to be released. */
int sim_sess_log_fetch(struct sim_cli *cli, const char *id,
		       struct sim_sess_log *l, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_sess_log_release(struct sim_sess_log *l);
/* Bytes of its events, without the seal. */
size_t sim_sess_log_events(const struct sim_sess_log *l);

/* A result that knows its symbols and its log (its text is taken over,
 * and sealed where it isn't), and nothing else: enough for sim_run_orders. */
void sim_sess_log_result(const struct sim_sess *s, struct sim_sess_log *l,
			 struct sim_run_result *r);

#endif
