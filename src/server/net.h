/*
 * net: every socket of the server, in one thread; the only home of
 * libwebsockets.
 *
 * HTTP requests and WebSocket messages come out whole, guarded and bounded;
 * answers and messages go in from any thread.  A request or connection is
 * named by a 64-bit number that never names another, so a late call for one
 * that is gone does nothing.  Nothing that was read from a query string or a
 * header reaches a log line.
 */
#ifndef SIM_NET_H
#define SIM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

#define SIM_NET_ADDRESS		46	/* text of an IPv4 or IPv6 address */
#define SIM_NET_LISTENERS	8
#define SIM_NET_ARGS		32	/* query arguments; more are 400 */
#define SIM_NET_HEADERS		12	/* extra headers of an answer */
#define SIM_NET_HEADER_NAME	32
#define SIM_NET_HEADER_VALUE	128
#define SIM_NET_REASON		124	/* of a close, NUL included */
#define SIM_NET_HEADER_MAX	24576	/* highest of limits.header_bytes */

/* Close codes that net itself uses. */
#define SIM_NET_GOING_AWAY	1001	/* the server stops */
#define SIM_NET_NOT_TEXT	1003	/* a binary frame */
#define SIM_NET_ABNORMAL	1006	/* ended without a close frame */
#define SIM_NET_TOO_SLOW	1008	/* the outbox is full */
#define SIM_NET_TOO_BIG		1009	/* passed limits.message_bytes */

struct sim_net;

/* An address to listen at, or a socket that listens already. */
struct sim_net_listener {
	const char *address;	/* IPv4 or IPv6; NULL: 127.0.0.1 */
	int port;		/* 0: the kernel chooses */
	int fd;			/* inherited (systemd); -1: none */
	/* address is the path of a Unix socket, mode 0600, at which only
	 * processes of our own user are let in */
	bool is_local;
};

/* Filled by sim_net_config_init; times in ms, sizes in bytes. */
struct sim_net_limits {
	size_t header_bytes;	/* of a request: else 431 or close */
	size_t body_bytes;	/* of a request: else 413 */
	size_t message_bytes;	/* of a WebSocket message, assembled: 1009 */
	size_t queue_bytes;	/* unsent of one connection: 1008 */
	size_t queue_all_bytes;	/* unsent of all: then 1008 from 64 KiB on */
	unsigned connections;	/* lowered to what RLIMIT_NOFILE allows */
	unsigned per_address;	/* connections of one; 0, proxies: no cap */
	int header_ms;		/* to send a request's headers */
	int body_ms;		/* to send its body */
	int answer_ms;		/* for ops to answer; then 504 */
	int ping_ms;		/* silent WebSocket: a ping is sent; 0: never */
	int pong_ms;		/* still silent after that: closed (1006) */
	int close_ms;		/* for the client to answer a close frame */
};

enum sim_net_loop { SIM_NET_LOOP_AUTO, SIM_NET_LOOP_POLL, SIM_NET_LOOP_EV };

struct sim_net_config {
	struct sim_net_listener listeners[SIM_NET_LISTENERS];
	size_t n_listeners;
	const char *cert_path, *key_path;	/* both: TLS; both NULL: none */
	/* "10.0.0.1", "fd00::/8": whose X-Forwarded-For is believed */
	const char *const *proxies;
	size_t n_proxies;
	/* "https://app.example.com" or "*": which Origin may open a WebSocket.
	 * No Origin, and the server's own (equal to Host), always may. */
	const char *const *origins;
	size_t n_origins;
	struct sim_net_limits limits;
	enum sim_net_loop loop;		/* AUTO: libev when there, else poll */
	const struct sim_net_ops *ops;
	void *ctx;			/* of ops */
};

struct sim_net_arg {
	const char *name, *value;	/* decoded */
};

/* What ops are told of a request; all text dies when the op returns. */
struct sim_net_request {
	uint64_t id;		/* of the request, or of the connection to be */
	const char *method;	/* "GET", "POST", ... */
	const char *path;	/* decoded, no query; begins with / */
	const struct sim_net_arg *args;
	size_t n_args;
	/* headers; NULL when absent */
	const char *api_key, *authorization, *content_type, *origin, *host;
	const char *user_agent;
	const char *body;	/* NUL-ended; "" when there is none */
	size_t body_len;
	const char *address;	/* the client's, as trusted proxies tell it */
	size_t listener;	/* index of the listener it came in by */
	bool is_tls;
};

struct sim_net_header {
	char name[SIM_NET_HEADER_NAME], value[SIM_NET_HEADER_VALUE];
};

/* An HTTP answer.  Cache-Control: no-store, Content-Length, Content-Type and
 * Connection: close are written by net: each connection serves one request,
 * since libwebsockets 4.1 misreads the body of a pipelined one. */
struct sim_net_answer {
	int status;
	const char *type;	/* static; NULL: application/json */
	struct sim_buf body;
	size_t n_headers;
	struct sim_net_header headers[SIM_NET_HEADERS];
};

/* Whether a WebSocket may be opened: how the upgrade op answers. */
struct sim_net_verdict {
	bool accept;		/* false: the handshake gets `refusal` */
	void *user;		/* accepted: handed to the ops below */
	/* accepted and not 0: the handshake is completed, and closed with this
	 * code and reason at once; of the ops only `closed` follows */
	int close_code;
	char close_reason[SIM_NET_REASON];
	struct sim_net_answer refusal;
};

/* How a request or handshake was answered, for logs and metrics. */
struct sim_net_done {
	uint64_t id;
	const char *method, *path;	/* no query */
	const char *address;
	size_t listener;
	int status;			/* 101 when a WebSocket was opened */
	int64_t took_us;		/* from its last byte to its answer */
	size_t body_len, answer_len;
};

enum sim_net_level { SIM_NET_LOG_ERROR, SIM_NET_LOG_WARNING };

/*
 * What the owner does with what comes in; every op is called in net's thread
 * and must not block.  Ops may call any function below but sim_net_free.
 * NULL ops are not called: no request op answers 404, no upgrade op 404.
 */
struct sim_net_ops {
	/* A request, whole; answered by sim_net_reply(rq->id), now or later. */
	void (*request)(void *ctx, const struct sim_net_request *rq);
	/* A WebSocket handshake that passed the guards.  *v comes refused with
	 * 404.  Each accepted one is followed by exactly one `closed`, even
	 * when the handshake fails on its way and `opened` never comes. */
	void (*upgrade)(void *ctx, const struct sim_net_request *rq,
			struct sim_net_verdict *v);
	void (*opened)(void *ctx, uint64_t conn, void *user);
	/* A text message, valid UTF-8, NUL-ended.  False: it was taken, but no
	 * more is read from this connection until sim_net_more(). */
	bool (*message)(void *ctx, uint64_t conn, void *user, const char *text,
			size_t n);
	/* code: the client's close code, 1005 if it gave none; the one this
	 * side closed with; or SIM_NET_ABNORMAL. */
	void (*closed)(void *ctx, uint64_t conn, void *user, int code);
	/* All that had come was handed out; now more is waited for. */
	void (*rested)(void *ctx);
	/* About four times a second; now_ms: monotonic. */
	void (*tick)(void *ctx, int64_t now_ms);
	void (*done)(void *ctx, const struct sim_net_done *d);
	/* One line without newline; twenty, and then one a second: what is
	 * left out is counted. */
	void (*log)(void *ctx, enum sim_net_level level, const char *line);
};

/* Counters since the start, and what is open now; for metrics. */
struct sim_net_stats {
	uint64_t accepted, refused_full, refused_address;
	uint64_t requests, handshakes, handshakes_refused;
	uint64_t guarded;	/* answered 4xx or dropped by a guard here */
	uint64_t messages_in, messages_out, bytes_in, bytes_out;
	uint64_t too_slow, too_big, timed_out;
	uint64_t open, open_websockets, queued_bytes;
	unsigned max_connections;
	const char *loop;	/* "poll" or "libev" */
};

/* Two listeners, 127.0.0.1:8001 and :8003, and the default limits. */
void sim_net_config_init(struct sim_net_config *c);

/*
 * Bind, listen and make the context; nothing is served yet.
 *
 * Takes:  c and what it points to until sim_net_free; inherited sockets become
 *         net's also on failure.
 * Errors: SIM_E_INVAL an address, proxy or limit; SIM_E_UNAVAILABLE it cannot
 *         be bound (taken, not permitted); SIM_E_CONFIG certificate or key.
 * Order:  raises the soft RLIMIT_NOFILE to the hard one.  One net a process.
 */
int sim_net_open(const struct sim_net_config *c, struct sim_net **out,
		 struct sim_err *err) SIM_MUST_CHECK;

/* The port listener i is bound to. */
int sim_net_port(const struct sim_net *net, size_t i);

/* Serve in a thread of its own.  Errors: SIM_E_UNAVAILABLE no thread. */
int sim_net_start(struct sim_net *net, struct sim_err *err) SIM_MUST_CHECK;

/* Read certificate and key again, from any thread: connections from then on
 * get the new ones; those that can't be used are logged, and the old stay. */
void sim_net_renew(struct sim_net *net);

/*
 * Stop from any thread, gracefully: nothing new is accepted, what was sent
 * goes out, requests under way are answered.  Ops may say good-bye and close
 * their WebSockets; after a quarter of the time the others are closed with
 * 1001 and `reason`.  What is left after deadline_ms is cut.
 */
void sim_net_stop(struct sim_net *net, int deadline_ms, const char *reason);

/* Wait up to ms for the end that sim_net_stop began: true when it has come;
 * all `closed` ops have been called then. */
bool sim_net_wait(struct sim_net *net, int ms);

/* Stops at once what is not stopped yet; NULL is fine. */
void sim_net_free(struct sim_net *net);

/*
 * Send one text message.  From any thread; copies; never blocks.
 *
 * Errors: SIM_E_NOENT the connection is gone or closing; SIM_E_AGAIN the
 *         outbox is full: nothing was taken and the connection will be closed
 *         with SIM_NET_TOO_SLOW.  Both may be ignored.  An outbox that is
 *         all but empty (a sixteenth of limits.queue_bytes) takes a message of
 *         any size.
 * Order:  messages of one thread to one connection keep their order.
 */
int sim_net_send(struct sim_net *net, uint64_t conn, const char *text,
		 size_t n);

/* The same for lines: each becomes a message, without its newline; empty ones
 * are left out.  All are taken or none. */
int sim_net_send_lines(struct sim_net *net, uint64_t conn, const char *lines,
		       size_t n);

/* From now on what this thread sends may stay until its sim_net_flush(), or
 * until there is a fair amount of it, so that many wake the net once. */
void sim_net_gather(void);
void sim_net_flush(struct sim_net *net);

/* Close after what was sent; code 1000..4999, reason may be NULL.  Later sends
 * are SIM_E_NOENT, messages of the client are no longer heard. */
void sim_net_close(struct sim_net *net, uint64_t conn, int code,
		   const char *reason);

/* Read on, after message() was false. */
void sim_net_more(struct sim_net *net, uint64_t conn);

/* Bytes sent and not yet given to the kernel; 0 for one that is gone.  A
 * session slows down long before limits.queue_bytes. */
size_t sim_net_queued(struct sim_net *net, uint64_t conn);

/* Answer request `id` once.  Takes: a->body, which is released here in every
 * case.  A request that is gone or answered is ignored. */
void sim_net_reply(struct sim_net *net, uint64_t id, struct sim_net_answer *a);

/* An answer with this status, no headers and an empty body; the body's `max`
 * is set. */
void sim_net_answer_init(struct sim_net_answer *a, int status);
/* Add a header; text that doesn't fit is cut, and control characters and the
 * thirteenth header are left out. */
void sim_net_answer_header(struct sim_net_answer *a, const char *name,
			   const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Body {"error": code, "message": message}; whatever was in it is dropped. */
void sim_net_answer_error(struct sim_net_answer *a, int status,
			  const char *code, const char *message);

/* The value of the first argument of that name, or NULL. */
const char *sim_net_request_arg(const struct sim_net_request *rq,
				const char *name);

/* Counted without a lock: each is right, all of one moment they aren't. */
void sim_net_stats(struct sim_net *net, struct sim_net_stats *out);

#endif
