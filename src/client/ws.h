/*
 * ws: a WebSocket to a server, over TCP, TLS or a Unix socket; the only home of
 * libwebsockets' client.
 *
 * Text messages, whole, both ways, through bounded queues; nothing happens
 * outside of the calls, and none lasts longer than it is told, but for finding
 * a host by its name, which is the system's.  Made for one connection at a
 * time, which may be made anew any number of times.  Over a Unix socket no
 * other kind of socket is made.  Writes to no log.
 */
#ifndef SIM_WS_H
#define SIM_WS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/err.h"
#include "util/stop.h"

#define SIM_WS_BEARER	4096		/* bytes of a token, with NUL */
#define SIM_WS_REASON	124		/* bytes of a close's, with NUL */

struct sim_ws;

struct sim_ws_config {
	bool is_tls;
	const char *ca_path;	/* PEM; NULL: what the system trusts */
	bool has_no_proxy;	/* http_proxy doesn't count */
	size_t message_max;	/* bytes of one that comes */
	size_t queue_max;	/* bytes that wait, each way, before it slows */
	int ping_s;		/* silence until the other side is asked, and */
	int silence_s;		/* until it counts as gone */
	const struct sim_stop *stop;	/* or NULL */
};
/* Errors: SIM_E_UNAVAILABLE, SIM_E_CONFIG the certificates can't be used. */
int sim_ws_new(const struct sim_ws_config *c, struct sim_ws **out,
	       struct sim_err *err) SIM_MUST_CHECK;
/* Leaves without a word; NULL is fine. */
void sim_ws_free(struct sim_ws *ws);

/* Where; strings live for the call. */
struct sim_ws_target {
	const char *socket;	/* a Unix socket; NULL: host and port */
	const char *host;
	int port;
	const char *path;	/* with its query */
	const char *bearer;	/* Authorization, or NULL */
};
/* Why there is no connection, for programs. */
struct sim_ws_end {
	int http_status;	/* the handshake was refused with it; else 0 */
	int retry_ms;		/* Retry-After; -1: none */
	int close_code;		/* 1006: without a close frame; 0: no close */
	char reason[SIM_WS_REASON];	/* of the close */
};

/*
 * Connect; what is left of an earlier connection is dropped.  One that the
 * server closes at once was made: what it said comes by sim_ws_receive().
 *
 * Errors: SIM_E_UNAVAILABLE nobody there, or refused (sim_ws_end() tells);
 *         SIM_E_TIMEOUT; SIM_E_INTR.
 */
int sim_ws_connect(struct sim_ws *ws, const struct sim_ws_target *t,
		   int timeout_ms, struct sim_err *err) SIM_MUST_CHECK;

/* Queue a message, and send what can be sent at once.  Slows down (as far as
 * timeout_ms) while more than queue_max waits.
 * Errors: SIM_E_UNAVAILABLE there is no connection any more; SIM_E_TIMEOUT;
 *         SIM_E_INTR. */
int sim_ws_send(struct sim_ws *ws, const char *text, size_t n, int timeout_ms,
		struct sim_err *err) SIM_MUST_CHECK;

/*
 * The next message.
 *
 * Takes:  timeout_ms: 0 looks only; negative waits for ever.
 * Gives:  1 and *text, n bytes and a NUL, freed with sim_mem_free(); 0 none
 *         came in time.
 * Errors: SIM_E_UNAVAILABLE the connection is gone, after all that came before
 *         was given; SIM_E_INTR.
 */
int sim_ws_receive(struct sim_ws *ws, int timeout_ms, char **text, size_t *n,
		   struct sim_err *err) SIM_MUST_CHECK;

/* Send what waits, say goodbye, and wait for its answer, at most so long. */
void sim_ws_close(struct sim_ws *ws, int timeout_ms);

/* As far as is known. */
bool sim_ws_is_open(const struct sim_ws *ws);
/* How the last attempt or connection ended. */
const struct sim_ws_end *sim_ws_end(const struct sim_ws *ws);

#endif
