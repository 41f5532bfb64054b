/*
 * sess_stream: what a session says, as it says it.
 */
#ifndef SIM_SESS_STREAM_H
#define SIM_SESS_STREAM_H

#include "cli/sess.h"

/* An option --speed into a const char *. */
#define SIM_SESS_STREAM_SPEED_OPT(text_) { SIM_OPT_STR, "speed", \
	.arg = "SPEED", .value = &(text_), \
	.help = "let its clock go: 1x, 60x or max" }

struct sim_sess_stream {
	const char *session;		/* as given, or NULL */
	const char *speed;		/* NULL: it goes as it goes */
	bool orders_only;		/* no ticks */
	/* A message of the session; or the candle, in a tick, of a symbol that
	 * is one of the command's operands.  One of them is given; prints. */
	void (*event)(void *ctx, struct sim_cli *cli,
		      const struct sim_message *m);
	void (*candle)(void *ctx, struct sim_cli *cli,
		       const struct sim_message_tick *t, const char *symbol,
		       const struct sim_json_val *c);
	void *ctx;
};

/*
 * Watch until the session is over, or the output wants no more.
 *
 * Gives:  what the session says comes to event() or candle(); what the server
 *         says of the connection to stderr.
 */
int sim_sess_stream_run(struct sim_cli *cli, const struct sim_sess_stream *s,
			struct sim_err *err) SIM_MUST_CHECK;

/* Errors: SIM_E_NOENT an operand is no symbol of the session. */
int sim_sess_stream_check(struct sim_cli *cli, const struct sim_sess *s,
			  struct sim_err *err) SIM_MUST_CHECK;

/* The candle of a symbol, as fields open to volume of the row. */
void sim_sess_stream_candle(struct sim_out *o, const struct sim_json_val *c);

#endif
