/*
 * backend: the one door to sessions, wherever they are: in this process, on a
 * server of this machine, or on one elsewhere.
 *
 * What goes through is the protocol's messages; whoever opened one never asks
 * what is behind it.  A request has its reply, with the same status and the
 * same sentence everywhere; events come one by one, each once and in order,
 * also after a connection was lost and made again.  One thread; nothing
 * happens outside of the calls; no call blocks longer than its deadline.
 */
#ifndef SIM_BACKEND_H
#define SIM_BACKEND_H

#include "proto/message.h"
#include "util/stop.h"

#define SIM_BACKEND_CALL_MS	30000	/* a call lasts, when not told else */
#define SIM_BACKEND_LINE_MAX	((size_t)64 << 20)	/* bytes of a message */

struct sim_backend;

/* What comes: a decoded message, and the line that it came as, without its
 * newline.  Released by whoever got it. */
struct sim_backend_message {
	struct sim_message m;
	char *line;
	size_t len;
};
#define SIM_BACKEND_MESSAGE_INIT { .line = NULL }
void sim_backend_release(struct sim_backend_message *m); /* zeroed is fine */

/* What a request is. */
struct sim_backend_request {
	enum sim_message_type type;
	const void *data;		/* struct of the type; NULL: {} */
	const char *session_id;		/* NULL: none */
	int timeout_ms;			/* 0: SIM_BACKEND_CALL_MS */
};

/*
 * Ask, and wait for the reply.  What else comes meanwhile is kept for
 * sim_backend_next().
 *
 * Takes:  create_session without a session_id gets one that is chosen here;
 *         order_batch without a batch_id too.  So all may be sent again after
 *         a lost connection, and are.
 * Gives:  *reply, released by the caller.  Of cancel_all it is current_orders
 *         (each order_cancelled comes as an event), of one-message
 *         start_simulation session_created, of the others what
 *         simutrador-protocol(7) says.
 * Errors: what was refused: the status that goes with its error code, see
 *         sim_backend_code(), and the other side's sentence.  SIM_E_TIMEOUT no
 *         answer in time; SIM_E_UNAVAILABLE nobody there, or no more;
 *         SIM_E_AUTH; SIM_E_PROTO the other side speaks otherwise; SIM_E_INTR
 *         the stop was asked.
 */
int sim_backend_call(struct sim_backend *b,
		     const struct sim_backend_request *q,
		     struct sim_backend_message *reply, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Say without waiting: tick_ack, or a question whose answer may come as an
 * event later.
 *
 * Takes:  request_id: of that answer, not beginning with a letter and "-";
 *         NULL: one that is made up.
 */
int sim_backend_send(struct sim_backend *b,
		     const struct sim_backend_request *q,
		     const char *request_id, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * The next event.  After a connection was lost and made again come
 * account_snapshot and, of a session that is watched, simulation_status; what
 * a watched session said meanwhile does not come again.
 *
 * Takes:  timeout_ms: 0 looks only, negative waits for ever.
 * Gives:  1 and *event, released by the caller; 0 nothing came in time.
 * Errors: as sim_backend_call()'s, but for what is refused, which is an event.
 */
int sim_backend_next(struct sim_backend *b, int timeout_ms,
		     struct sim_backend_message *event, struct sim_err *err)
	SIM_MUST_CHECK;

/* Sessions go on as the server is told to let them; NULL is fine. */
void sim_backend_close(struct sim_backend *b);

/* The error code of the last call that was refused, and its details as JSON;
 * "" when it was not. */
const char *sim_backend_code(const struct sim_backend *b);
const char *sim_backend_details(const struct sim_backend *b);
/* The status that goes with an error code of the protocol; SIM_E_PROTO: an
 * unknown one. */
int sim_backend_status(const char *code);

/* "loop", "local" or "remote"; for messages to people alone. */
const char *sim_backend_name(const struct sim_backend *b);

enum sim_backend_link {
	SIM_BACKEND_CONNECTED,
	SIM_BACKEND_CONNECTING,		/* is being made, at once or later */
	SIM_BACKEND_CLOSED,		/* for good; .reason says why */
};
struct sim_backend_state {
	enum sim_backend_link link;
	int64_t retry_ms;		/* CONNECTING: until the next attempt */
	unsigned attempts;		/* CONNECTING: that failed */
	unsigned drops;			/* connections that were lost */
	char reason[256];		/* of the last loss; "" none */
	char where[256];		/* URL or path; without secrets */
};
void sim_backend_state(const struct sim_backend *b,
		       struct sim_backend_state *out);

/* -- opening --------------------------------------------------------------- */

/* What the process lends; copied, what it points to outlives the backend. */
struct sim_backend_host {
	void *ctx;
	sim_time (*now)(void *ctx);		/* wall clock */
	int64_t (*now_ms)(void *ctx);		/* monotonic */
	uint64_t (*random)(void *ctx);		/* for ids and back-off */
	const struct sim_stop *stop;		/* NULL: never */
	/* The connection was lost, or is there again; NULL: nobody wants to
	 * know.  text: a sentence, "connection to HOST lost: WHY; trying again
	 * in 0.8 s". */
	void (*notice)(void *ctx, const struct sim_backend_state *state,
		       const char *text);
};

/* Sessions in this process, kept in a database file between commands.  The
 * clock of a session runs only inside of sim_backend_next() and
 * sim_backend_call(). */
struct sim_backend_loop_config {
	struct sim_backend_host host;
	const char *store_dir;			/* bars */
	const char *calendar_dir;		/* NULL: built-in ones alone */
	const char *db_path;			/* made when it isn't there */
};
int sim_backend_open_loop(const struct sim_backend_loop_config *c,
			  struct sim_backend **out, struct sim_err *err)
	SIM_MUST_CHECK;

/* What proves who we are. */
struct sim_backend_credential {
	bool is_ticket;		/* of POST /ws-ticket; else an access token */
	char text[4096];
};

/* A server elsewhere. */
struct sim_backend_remote_config {
	struct sim_backend_host host;
	const char *url;	/* ws, wss, http or https; a path replaces
				 * /ws/simulate */
	const char *ca_path;	/* certificates to trust; NULL: the system's */
	/* Before each connection: what to show.  is_refused: what was given
	 * last is no good any more.  May wait (for REST) at most timeout_ms.
	 * Errors: SIM_E_AUTH ends it; others are tried again. */
	int (*credential)(void *ctx, bool is_refused, int timeout_ms,
			  struct sim_backend_credential *out,
			  struct sim_err *err);
	int connect_ms;		/* an attempt lasts; 0: 10,000 */
	int give_up_ms;		/* without a connection; 0: 300,000 */
};
int sim_backend_open_remote(const struct sim_backend_remote_config *c,
			    struct sim_backend **out, struct sim_err *err)
	SIM_MUST_CHECK;

/* The server of this machine and this data folder, started when it is not
 * there. */
struct sim_backend_local_config {
	struct sim_backend_host host;
	const char *socket_path;	/* sim_backend_local_socket() */
	const char *const *argv;	/* of the server, NULL-ended; argv[0] is
					 * a path; NULL: is not started */
	const char *log_path;		/* its stdout and stderr, appended */
	int start_ms;			/* it may take; 0: 10,000 */
};
int sim_backend_open_local(const struct sim_backend_local_config *c,
			   struct sim_backend **out, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Where the local server of a data folder listens: in
 * $XDG_RUNTIME_DIR/simutrador, else in /tmp/simutrador-UID, which is made, mode
 * 0700, when make is set.
 *
 * Takes:  runtime_dir: value of XDG_RUNTIME_DIR or NULL.
 * Gives:  out: a path that fits a socket address.
 * Errors: SIM_E_NOENT no such data folder; SIM_E_CANTCREAT; SIM_E_CONFIG the
 *         folder is not ours alone.
 */
#define SIM_BACKEND_SOCKET	104	/* bytes of a path, with its NUL */
int sim_backend_local_socket(const char *runtime_dir, const char *data_dir,
			     bool make, char out[SIM_BACKEND_SOCKET],
			     struct sim_err *err) SIM_MUST_CHECK;

#endif
