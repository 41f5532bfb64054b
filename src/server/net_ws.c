/*
 * net_ws: WebSockets: who may open one, whole messages in, bounded bytes out,
 * pings, closing.
 *
 * Frames are written here and handed to libwebsockets many at a time, as bytes
 * that go out as they are (LWS_WRITE_HTTP, which its WebSocket role passes
 * on): one system call for many messages, where its own framing takes one for
 * each.  A piece ends where a frame ends, so what the library itself sends
 * (pongs, the close frame) falls between frames.
 */
#include <libwebsockets.h>
#include <string.h>

#include "server/net_priv.h"
#include "util/mem.h"
#include "util/str.h"

#define PIECE_BYTES	((size_t)64 << 10)	/* at most, or one frame */
#define TURN_BYTES	((size_t)256 << 10)	/* then others have theirs */
#define KEY_LENGTH	24
#define HEARD_PART	8	/* of ping_ms, in which hearing it is no news */

/* --- opening --- */

static bool is_key(const char *key)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";

	return strlen(key) == KEY_LENGTH &&
	       strspn(key, set) == KEY_LENGTH - 2 &&
	       !strcmp(key + KEY_LENGTH - 2, "==");
}

static bool copy_is(struct lws *wsi, enum lws_token_indexes token,
		    const char *want)
{
	char text[64];

	return lws_hdr_copy(wsi, text, sizeof(text), token) > 0 &&
	       !strcmp(text, want);
}

static bool may_origin(const struct sim_net *net,
		       const struct sim_net_request *rq)
{
	const char *host;

	if (!rq->origin)
		return true;
	for (size_t i = 0; i < net->c.n_origins; i++)
		if (!strcmp(net->c.origins[i], "*") ||
		    sim_str_eq_nocase(net->c.origins[i], rq->origin))
			return true;
	host = strstr(rq->origin, "://");
	return host && rq->host && sim_str_eq_nocase(host + 3, rq->host);
}

/* 0, or the status of a refusal and why. */
static int check_handshake(const struct sim_net *net, struct sim_net_slot *s,
			   const char *protocol, const char **why)
{
	const struct sim_net_taken *t = s->taken;
	char key[64];

	*why = "only an upgrade to websocket is possible";
	if (!protocol || !sim_str_eq_nocase(protocol, "websocket"))
		return 400;
	*why = "a WebSocket is opened with GET and no body";
	if (strcmp(t->rq.method, "GET") || t->body_expected)
		return 400;
	*why = "Connection: Upgrade is missing";
	if (!sim_net_http_says(s->wsi, WSI_TOKEN_CONNECTION, "upgrade"))
		return 400;
	*why = "the only subprotocol here is " SIM_NET_PROTOCOL;
	if (lws_hdr_total_length(s->wsi, WSI_TOKEN_PROTOCOL) &&
	    !sim_net_http_says(s->wsi, WSI_TOKEN_PROTOCOL, SIM_NET_PROTOCOL))
		return 400;
	*why = "this server speaks WebSocket version 13";
	if (!copy_is(s->wsi, WSI_TOKEN_VERSION, "13"))
		return 426;
	*why = "Sec-WebSocket-Key must be 16 bytes in base64";
	if (lws_hdr_copy(s->wsi, key, sizeof(key), WSI_TOKEN_KEY) <= 0 ||
	    !is_key(key))
		return 400;
	*why = "this origin may not open a WebSocket here";
	return may_origin(net, &t->rq) ? 0 : 403;
}

static int refuse(struct sim_net *net, struct sim_net_slot *s,
		  struct sim_net_answer *a)
{
	sim_net_count(net, SIM_NET_COUNT_REFUSED, 1);
	sim_net_http_finish(net, s, a);
	return -1;
}

static int accept_it(struct sim_net *net, struct sim_net_slot *s,
		     const struct sim_net_verdict *v)
{
	uint64_t id = s->taken->rq.id;

	pthread_mutex_lock(&s->lock);
	s->is_conn = true;
	if (v->close_code) {
		s->close_code = v->close_code;
		memcpy(s->close_reason, v->close_reason, SIM_NET_REASON);
	}
	pthread_mutex_unlock(&s->lock);
	s->is_websocket = true;
	s->is_quiet = v->close_code;
	s->user = v->user;
	s->closed_code = SIM_NET_ABNORMAL;
	s->conn = id;
	sim_net_count(net, SIM_NET_COUNT_WEBSOCKETS, 1);
	sim_net_http_done(net, s, 101, 0);
	sim_mem_free(s->taken);
	s->taken = NULL;
	return 0;
}

int sim_net_ws_upgrade(struct sim_net *net, struct sim_net_slot *s,
		       const char *protocol)
{
	struct sim_net_verdict v = { .accept = false };
	const char *why;
	int status;

	if (s->wait != SIM_NET_WAIT_HEADERS)
		return -1;
	sim_net_answer_init(&v.refusal, 404);
	if (sim_net_http_take(net, s, &v.refusal))
		return refuse(net, s, &v.refusal);
	sim_net_count(net, SIM_NET_COUNT_HANDSHAKES, 1);
	status = check_handshake(net, s, protocol, &why);
	if (status == 426)
		sim_net_answer_header(&v.refusal, "Sec-WebSocket-Version",
				      "13");
	if (status) {
		sim_net_count(net, SIM_NET_COUNT_GUARDED, 1);
		sim_net_answer_guard(&v.refusal, status, why);
		return refuse(net, s, &v.refusal);
	}
	sim_net_answer_guard(&v.refusal, 404, "there is no WebSocket here");
	if (net->ops.upgrade && !net->has_stopped)
		net->ops.upgrade(net->c.ctx, &s->taken->rq, &v);
	if (!v.accept)
		return refuse(net, s, &v.refusal);
	sim_net_answer_release(&v.refusal);
	return accept_it(net, s, &v);
}

void sim_net_ws_opened(struct sim_net *net, struct sim_net_slot *s)
{
	sim_net_slot_wait(net, s, SIM_NET_WAIT_HEARD);
	s->is_open = !s->is_quiet;
	if (s->is_open && net->ops.opened)
		net->ops.opened(net->c.ctx, s->conn, s->user);
	sim_net_ws_wake(net, s);	/* what was sent before it was open */
}

/* --- what comes in --- */

/* Moving it to the list's end touches three slots, so one that speaks all the
 * time isn't moved each time: its ping may come that much early. */
void sim_net_ws_heard(struct sim_net *net, struct sim_net_slot *s)
{
	int64_t part_us = (int64_t)net->c.limits.ping_ms * 1000 / HEARD_PART;

	if (s->wait == SIM_NET_WAIT_PONG ||
	    (s->wait == SIM_NET_WAIT_HEARD &&
	     net->now_us - s->since_us >= part_us))
		sim_net_slot_wait(net, s, SIM_NET_WAIT_HEARD);
}

static int close_now(struct sim_net *net, struct sim_net_slot *s, int code,
		     const char *reason)
{
	s->is_ending = true;
	s->closed_code = code;
	sim_net_slot_wait(net, s, SIM_NET_WAIT_CLOSE);
	lws_close_reason(s->wsi, (enum lws_close_status)code,
			 (unsigned char *)reason, strlen(reason));
	return -1;
}

/* The same while the client still sends: the library would close the socket on
 * what was not read, and its code would be lost with that.  So the frame is
 * written here, and what comes is let pass until the client answers. */
static int close_amid(struct sim_net *net, struct sim_net_slot *s, int code,
		      const char *reason)
{
	size_t n = strlen(reason);
	unsigned char frame[4 + SIM_NET_REASON] = {
		0x88, (unsigned char)(n + 2), (unsigned char)(code >> 8),
		(unsigned char)code
	};

	if (lws_partial_buffered(s->wsi) || n >= SIM_NET_REASON)
		return close_now(net, s, code, reason);
	memcpy(frame + 4, reason, n);
	s->is_ending = s->has_said_close = true;
	s->closed_code = code;
	sim_net_slot_clear(&s->in);
	sim_net_slot_wait(net, s, SIM_NET_WAIT_CLOSE);
	return lws_write(s->wsi, frame, n + 4, LWS_WRITE_HTTP) < 0 ? -1 : 0;
}

/* The library checks each piece, but not that the last one ends a character
 * when it is empty. */
static bool is_utf8(const char *text, size_t n)
{
	static const unsigned least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const void *)text, *end = p + n;

	while (p < end) {
		unsigned c = *p++, more = c < 0xc0 ? 0 : c < 0xe0 ? 1 :
				c < 0xf0 ? 2 : 3;

		if (c < 0x80)
			continue;
		if (!more || c > 0xf4 || (size_t)(end - p) < more)
			return false;
		c &= 0x3fu >> more;
		for (unsigned i = 0; i < more; i++, p++) {
			if ((*p & 0xc0) != 0x80)
				return false;
			c = c << 6 | (*p & 0x3f);
		}
		if (c < least[more] || c > 0x10ffff ||
		    (c >= 0xd800 && c < 0xe000))
			return false;
	}
	return true;
}

static int deliver(struct sim_net *net, struct sim_net_slot *s,
		   const char *text, size_t n)
{
	sim_net_count(net, SIM_NET_COUNT_MESSAGES_IN, 1);
	sim_net_count(net, SIM_NET_COUNT_BYTES_IN, n);
	s->keeps_room = true;
	if (net->ops.message &&
	    !net->ops.message(net->c.ctx, s->conn, s->user, text, n)) {
		s->is_paused = true;
		lws_rx_flow_control(s->wsi, 0);
	}
	return 0;
}

int sim_net_ws_receive(struct sim_net *net, struct sim_net_slot *s,
		       const char *p, size_t n)
{
	bool is_last = lws_is_final_fragment(s->wsi);
	int rc;

	sim_net_ws_heard(net, s);
	if (s->is_ending || s->is_peer_closing || s->is_quiet)
		return 0;
	if (lws_frame_is_binary(s->wsi))
		return close_amid(net, s, SIM_NET_NOT_TEXT,
				  "only text messages are understood");
	/* what the frame announces counts before it has come */
	if (s->in.len + n + lws_remaining_packet_payload(s->wsi) >
	    net->c.limits.message_bytes) {
		sim_net_count(net, SIM_NET_COUNT_TOO_BIG, 1);
		return close_amid(net, s, SIM_NET_TOO_BIG,
				  "the message is too big");
	}
	if (is_last && !s->in_message) {
		/* the library's buffer may end where the text does */
		net->text.len = 0;
		sim_net_slot_grow(&net->text, n + 1);
		memcpy(net->text.data, n ? p : "", n);
		net->text.data[n] = '\0';
		return deliver(net, s, net->text.data, n);
	}
	sim_net_slot_grow(&s->in, n + 1);
	memcpy(s->in.data + s->in.len, n ? p : "", n);
	s->in.len += n;
	s->in_message = !is_last;
	if (!is_last)
		return 0;
	s->in.data[s->in.len] = '\0';
	if (!is_utf8(s->in.data, s->in.len))
		return close_now(net, s, 1007, "the text is not UTF-8");
	rc = deliver(net, s, s->in.data, s->in.len);
	sim_net_slot_clear(&s->in);
	return rc;
}

/* --- what goes out --- */

/* Bytes of whole frames from `sent` on: as many as make a piece. */
static size_t piece_of(const struct sim_net_slot *s)
{
	const unsigned char *p = (void *)s->sending.data;
	size_t at = s->sent, n;

	while (at < s->sending.len) {
		n = p[at + 1];
		if (n == 126)
			n = (size_t)(p[at + 2] << 8 | p[at + 3]) + 2;
		else if (n == 127)
			n = ((size_t)p[at + 6] << 24 | (size_t)p[at + 7] << 16 |
			     (size_t)p[at + 8] << 8 | p[at + 9]) + 8;
		n += 2;
		if (at > s->sent && at + n - s->sent > PIECE_BYTES)
			break;
		at += n;
	}
	return at - s->sent;
}

/* Write what there is and the socket takes.
 * Gives: 1 all is with the kernel; 0 more to do; -1 broken. */
static int flush(struct sim_net *net, struct sim_net_slot *s)
{
	size_t n;

	for (size_t turn = 0; turn < TURN_BYTES; turn += n) {
		if (lws_partial_buffered(s->wsi))
			return 0;
		sim_net_slot_unqueue(net, s, s->in_lws);
		s->in_lws = 0;
		if (s->sent == s->sending.len && !sim_net_slot_take_out(s))
			return 1;
		n = s->in_lws = piece_of(s);
		s->sent += n;
		if (lws_write(s->wsi, (unsigned char *)s->sending.data +
			      s->sent - n, n, LWS_WRITE_HTTP) < 0)
			return -1;
	}
	return 0;
}

/* The client's close frame; what was sent before goes out before the answer,
 * which is the library's. */
int sim_net_ws_peer_closes(struct sim_net *net, struct sim_net_slot *s,
			   const unsigned char *p, size_t n)
{
	int code = n < 2 ? 1005 : p[0] << 8 | p[1];

	if (s->is_ending)
		return s->has_said_close ? -1 : 0;
	if (flush(net, s) < 0)
		return -1;
	if (n == 1 || code > 4999)
		return close_now(net, s, 1002, "no close code");
	s->is_peer_closing = true;
	s->closed_code = code;
	sim_net_slot_wait(net, s, SIM_NET_WAIT_CLOSE);
	return 0;
}

int sim_net_ws_writable(struct sim_net *net, struct sim_net_slot *s)
{
	char reason[SIM_NET_REASON];
	int rc, code;

	if (s->is_broken)
		return -1;
	if (s->is_peer_closing || s->is_ending)
		return 0;
	rc = flush(net, s);
	if (rc < 0)
		return -1;
	if (!rc) {
		lws_callback_on_writable(s->wsi);
		return 0;
	}
	pthread_mutex_lock(&s->lock);
	code = s->close_code;
	memcpy(reason, s->close_reason, sizeof(reason));
	pthread_mutex_unlock(&s->lock);
	return code ? close_now(net, s, code, reason) : 0;
}

static void read_on(struct sim_net *net, struct sim_net_slot *s)
{
	s->is_paused = false;
	lws_rx_flow_control(s->wsi, 1);
	sim_net_ws_heard(net, s);
	/* what the library holds already is served by any event */
	lws_callback_on_writable(s->wsi);
}

/* Something was handed in by sim_net_send, _close or _more. */
void sim_net_ws_wake(struct sim_net *net, struct sim_net_slot *s)
{
	bool wants_more, is_too_slow, is_closing;
	int rc = 0;

	if (s->is_peer_closing || s->is_ending || s->is_broken ||
	    s->wait == SIM_NET_WAIT_NOTHING ||
	    s->wait == SIM_NET_WAIT_HEADERS)
		return;		/* ending, or not yet open */
	pthread_mutex_lock(&s->lock);
	wants_more = s->wants_more;
	s->wants_more = false;
	is_too_slow = s->is_too_slow;
	is_closing = s->close_code;
	pthread_mutex_unlock(&s->lock);
	if (wants_more && s->is_paused)
		read_on(net, s);
	if (is_too_slow)
		sim_net_slot_drop_out(net, s);
	if (is_closing && s->wait != SIM_NET_WAIT_CLOSE)
		sim_net_slot_wait(net, s, SIM_NET_WAIT_CLOSE);
	if (!is_closing)
		rc = flush(net, s);
	if (rc < 0) {
		s->is_broken = true;
		sim_net_slot_wait(net, s, SIM_NET_WAIT_KILL);
	} else if (!rc) {
		lws_callback_on_writable(s->wsi);
	}
}

void sim_net_ws_ping(struct sim_net *net, struct sim_net_slot *s)
{
	/* of an empty pong the library doesn't tell */
	static const unsigned char ping[] = { 0x89, 4, 'p', 'i', 'n', 'g' };

	sim_net_slot_wait(net, s, SIM_NET_WAIT_PONG);
	sim_net_slot_trim(s);
	if (lws_partial_buffered(s->wsi))
		return;		/* it isn't reading: pongs can't be awaited */
	if (lws_write(s->wsi, (unsigned char *)ping, sizeof(ping),
		      LWS_WRITE_HTTP) < 0) {
		s->is_broken = true;
		sim_net_slot_wait(net, s, SIM_NET_WAIT_KILL);
	}
}

void sim_net_ws_closed(struct sim_net *net, struct sim_net_slot *s)
{
	uint64_t conn = s->conn;
	void *user = s->user;

	if (!s->is_websocket)
		return;
	s->is_websocket = s->is_open = false;
	sim_net_slot_unname(net, s);
	atomic_fetch_sub(&net->count[SIM_NET_COUNT_WEBSOCKETS], 1);
	if (net->ops.closed)
		net->ops.closed(net->c.ctx, conn, user, s->closed_code);
}
