/*
 * net_priv: what the files of net share: the slot of a connection, and the
 * lists and queues it may stand in.
 */
#ifndef SIM_NET_PRIV_H
#define SIM_NET_PRIV_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "server/net.h"

struct lws;
struct lws_context;
struct lws_vhost;
struct ev_loop;

#define SIM_NET_SLOT_BITS	20	/* of a number; the rest is serial */
#define SIM_NET_SLOTS_MAX	((size_t)1 << SIM_NET_SLOT_BITS)
#define SIM_NET_TICK_MS		250
#define SIM_NET_PROTOCOL	"simutrador"

/* What a connection waits for: each is a list in the order of its deadlines,
 * since all in it were given the same time. */
enum sim_net_wait {
	SIM_NET_WAIT_NOTHING,
	SIM_NET_WAIT_HEADERS,
	SIM_NET_WAIT_BODY,
	SIM_NET_WAIT_ANSWER,	/* from ops */
	SIM_NET_WAIT_HEARD,	/* WebSocket, heard of since */
	SIM_NET_WAIT_PONG,
	SIM_NET_WAIT_CLOSE,	/* for the end */
	SIM_NET_WAIT_KILL,	/* until the next tick */
	SIM_NET_WAIT__COUNT
};

enum sim_net_count {
	SIM_NET_COUNT_ACCEPTED, SIM_NET_COUNT_FULL, SIM_NET_COUNT_ADDRESS,
	SIM_NET_COUNT_REQUESTS, SIM_NET_COUNT_HANDSHAKES,
	SIM_NET_COUNT_REFUSED, SIM_NET_COUNT_GUARDED,
	SIM_NET_COUNT_MESSAGES_IN, SIM_NET_COUNT_MESSAGES_OUT,
	SIM_NET_COUNT_BYTES_IN, SIM_NET_COUNT_BYTES_OUT,
	SIM_NET_COUNT_TOO_SLOW, SIM_NET_COUNT_TOO_BIG,
	SIM_NET_COUNT_TIMED_OUT, SIM_NET_COUNT_OPEN, SIM_NET_COUNT_WEBSOCKETS,
	SIM_NET_COUNT__COUNT
};

/* An IP address: 16 bytes, IPv4 mapped. */
struct sim_net_ip {
	unsigned char byte[16];
};
struct sim_net_block {
	struct sim_net_ip ip;
	unsigned bits;
};

/* An address and how many connections it has. */
struct sim_net_peer {
	struct sim_net_ip ip;
	uint32_t n, next;
};

/* Bytes in a row; freed when empty, but for what one that speaks keeps for
 * its next message: an idle connection holds none. */
struct sim_net_bytes {
	char *data;
	size_t len, cap;
};

/* A request that was taken from libwebsockets; one block of memory. */
struct sim_net_taken {
	struct sim_net_request rq;
	int64_t began_us;
	size_t body_expected;
	bool is_head;
	char address[SIM_NET_ADDRESS];
	struct sim_net_arg args[SIM_NET_ARGS];
	char text[];
};

/* What every message needs stands together and in front: with a thousand
 * connections that speak in turn, each line of it is far away. */
struct sim_net_slot {
	pthread_mutex_t lock;
	/* under lock but to read */
	_Atomic uint64_t id;	/* what others may name it by; 0: nothing */
	/* under lock */
	bool is_conn;		/* it names a WebSocket, no request */
	bool wants_more, is_too_slow;
	int close_code;
	struct sim_net_bytes out;	/* framed */
	/* any thread */
	atomic_size_t queued;
	struct sim_net_slot *ready_next;
	atomic_bool is_ready;		/* it stands in the ready list */
	/* net's thread */
	bool keeps_room;		/* in `out` and `sending` */
	bool is_websocket;		/* from an accepted upgrade on */
	bool is_open;			/* `opened` was called */
	bool is_paused, in_message, is_ending, is_peer_closing;
	bool has_said_close;		/* is_ending, by a frame of ours */
	bool is_broken;			/* closed as soon as it can be */
	bool is_quiet;			/* a verdict's close: no opened */
	enum sim_net_wait wait;
	int64_t since_us;
	struct lws *wsi;
	void *user;
	uint64_t conn;			/* its number while it is a WebSocket */
	struct sim_net_bytes sending;	/* taken from `out` */
	size_t sent, in_lws;		/* of `sending`; held by lws */
	struct sim_net_bytes in;	/* a body, or fragments of a message */
	struct sim_net_slot *prev, *next;	/* of its wait list */
	int closed_code;
	uint32_t peer;			/* index in net->peers */
	size_t listener;
	struct sim_net_ip ip;		/* of the socket's other end */
	struct sim_net_taken *taken;
	/* under lock */
	struct sim_net_answer *answer;
	char close_reason[SIM_NET_REASON];
};

struct sim_net_list {
	struct sim_net_slot *first, *last;
};

struct sim_net {
	struct sim_net_config c;
	struct sim_net_ops ops;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct ev_loop *ev;
	int listen_fd[SIM_NET_LISTENERS];
	int port[SIM_NET_LISTENERS];
	struct lws *listen_wsi[SIM_NET_LISTENERS];
	/* which of them the library closes, since it was handed them */
	bool is_handed[SIM_NET_LISTENERS], timer_is_handed;
	struct lws *timer_wsi;
	int timer_fd, spare_fd;
	struct sim_net_block *proxies;
	/* slots */
	struct sim_net_slot *slots;
	size_t n_slots;
	uint32_t *unused;		/* a stack of slot numbers */
	size_t n_unused;
	uint64_t serial;
	struct sim_net_peer *peers;	/* as many as slots */
	uint32_t *buckets;		/* hash: index of a peer + 1 */
	uint32_t buckets_mask;
	uint32_t peers_unused;		/* index + 1 of a list through `next` */
	struct sim_net_list waiting[SIM_NET_WAIT__COUNT];
	/* any thread */
	_Atomic(struct sim_net_slot *) ready;
	atomic_bool is_kicked;
	atomic_bool wants_renewal;	/* of the certificate */
	atomic_size_t queued_all;
	atomic_ullong count[SIM_NET_COUNT__COUNT];
	pthread_mutex_t lock;		/* of what follows */
	pthread_cond_t ended;
	bool is_started, is_stopping, has_ended;
	int64_t stop_at_us;
	char stop_reason[SIM_NET_REASON];
	/* net's thread */
	pthread_t thread;
	int64_t now_us, close_at_us;
	struct sim_net_bytes text;	/* the message of this moment */
	struct {
		int64_t said_us;
		unsigned n;
	} refused[3];			/* and not yet said */
	bool is_draining, has_stopped, has_closed, may_end;
};

/* A Unix socket that is ours; one that nobody listens at any more is replaced.
 * Errors: SIM_E_AGAIN somebody listens at it; SIM_E_CONFIG its folder is not
 * ours alone; SIM_E_CANTCREAT. */
int sim_net_local_bind(const char *path, int *fd, struct sim_err *err);
/* Is who connected a process of our user? */
bool sim_net_local_is_own(int fd);

/* net_addr.c: addresses */
int sim_net_addr_bind(const struct sim_net_listener *l, int *fd, int *port,
		      struct sim_err *err) SIM_MUST_CHECK;
void sim_net_addr_of(const struct sockaddr *sa, struct sim_net_ip *out);
void sim_net_addr_text(const struct sim_net_ip *ip,
		       char out[SIM_NET_ADDRESS]);
bool sim_net_addr_parse(const char *s, size_t n, struct sim_net_ip *out);
bool sim_net_addr_block(const char *s, struct sim_net_block *out);
bool sim_net_addr_in(const struct sim_net_ip *ip,
		     const struct sim_net_block *b, size_t n);
/* Whose address it is: the socket's, or of an X-Forwarded-For the last one
 * that no trusted proxy has. */
void sim_net_addr_client(const struct sim_net *net,
			 const struct sim_net_ip *peer, const char *forwarded,
			 char out[SIM_NET_ADDRESS]);

/* net_slot.c: slots, numbers, lists */
void sim_net_slot_init(struct sim_net *net, size_t n);
void sim_net_slot_free_all(struct sim_net *net);
/* NULL when all are in use. */
struct sim_net_slot *sim_net_slot_take(struct sim_net *net,
				       const struct sim_net_ip *ip);
void sim_net_slot_release(struct sim_net *net, struct sim_net_slot *s);
/* How many connections this address has. */
unsigned sim_net_slot_of_address(const struct sim_net *net,
				 const struct sim_net_ip *ip);
/* A new number for a slot: a request or connection begins. */
uint64_t sim_net_slot_name(struct sim_net *net, struct sim_net_slot *s,
			   bool is_conn);
void sim_net_slot_unname(struct sim_net *net, struct sim_net_slot *s);
/* Wait from now on for something else. */
void sim_net_slot_wait(struct sim_net *net, struct sim_net_slot *s,
		       enum sim_net_wait w);
/* The slots that other threads have something for, oldest first. */
struct sim_net_slot *sim_net_slot_ready(struct sim_net *net);
/* Move what others have sent to `sending`, all of which is sent; false: there
 * is nothing. */
bool sim_net_slot_take_out(struct sim_net_slot *s);
/* Keep no room for messages any more. */
void sim_net_slot_trim(struct sim_net_slot *s);
void sim_net_slot_unqueue(struct sim_net *net, struct sim_net_slot *s,
			  size_t n);
void sim_net_slot_drop_out(struct sim_net *net, struct sim_net_slot *s);
void sim_net_slot_wake(struct sim_net *net, struct sim_net_slot *s);

/* Room for so many more bytes. */
void sim_net_slot_grow(struct sim_net_bytes *b, size_t need);
/* Free them. */
void sim_net_slot_clear(struct sim_net_bytes *b);
/* Add to a counter; the order of counters among themselves doesn't matter. */
static inline void sim_net_count(struct sim_net *net, enum sim_net_count c,
				 unsigned long long n)
{
	atomic_fetch_add_explicit(&net->count[c], n, memory_order_relaxed);
}

/* net_answer.c: the bytes of an answer.  The header block and body, appended;
 * `is_head` leaves the body out. */
void sim_net_answer_write(const struct sim_net_answer *a, bool is_head,
			  struct sim_buf *out);
void sim_net_answer_release(struct sim_net_answer *a);
/* A refusal by a guard here. */
void sim_net_answer_guard(struct sim_net_answer *a, int status,
			  const char *message);

/* net_http.c: requests */
int sim_net_http_request(struct sim_net *net, struct sim_net_slot *s);
int sim_net_http_body(struct sim_net *net, struct sim_net_slot *s,
		      const char *p, size_t n);
int sim_net_http_whole(struct sim_net *net, struct sim_net_slot *s);
int sim_net_http_writable(struct sim_net *net, struct sim_net_slot *s);
/* Take what stands in the headers.  Gives: *a filled and 1 when a guard
 * refuses it; 0 else. */
int sim_net_http_take(struct sim_net *net, struct sim_net_slot *s,
		      struct sim_net_answer *a);
/* Write it and end the connection.  Gives: what the callback returns. */
int sim_net_http_finish(struct sim_net *net, struct sim_net_slot *s,
			struct sim_net_answer *a);
/* Whether a header's list of words has this one, whatever its case. */
bool sim_net_http_says(struct lws *wsi, int token, const char *word);
void sim_net_http_late(struct sim_net *net, struct sim_net_slot *s);
void sim_net_http_done(struct sim_net *net, struct sim_net_slot *s, int status,
		       size_t answer_len);

/* net_ws.c: WebSockets; these give what the callback returns */
int sim_net_ws_upgrade(struct sim_net *net, struct sim_net_slot *s,
		       const char *protocol);
void sim_net_ws_opened(struct sim_net *net, struct sim_net_slot *s);
int sim_net_ws_receive(struct sim_net *net, struct sim_net_slot *s,
		       const char *p, size_t n);
int sim_net_ws_writable(struct sim_net *net, struct sim_net_slot *s);
void sim_net_ws_heard(struct sim_net *net, struct sim_net_slot *s);
int sim_net_ws_peer_closes(struct sim_net *net, struct sim_net_slot *s,
			   const unsigned char *p, size_t n);
void sim_net_ws_closed(struct sim_net *net, struct sim_net_slot *s);
void sim_net_ws_wake(struct sim_net *net, struct sim_net_slot *s);
/* Silent for long: a ping. */
void sim_net_ws_ping(struct sim_net *net, struct sim_net_slot *s);

/* net_loop.c: context, sockets, time */
int sim_net_loop_open(struct sim_net *net, struct sim_err *err) SIM_MUST_CHECK;
void sim_net_loop_run(struct sim_net *net);
void sim_net_loop_close(struct sim_net *net);
void sim_net_loop_kick(struct sim_net *net);
/* The same for a slot that was made ready; may be put off by sim_net_gather. */
void sim_net_loop_nudge(struct sim_net *net);
bool sim_net_loop_is_own(const struct sim_net *net);

/* net_log.c: libwebsockets' lines and ours, and the clock */
void sim_net_log_begin(struct sim_net *net);
void sim_net_log_end(void);
void sim_net_log_add(enum sim_net_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int64_t sim_net_log_now_us(void);

#endif
