/* ws: a WebSocket to a server. */
#include <inttypes.h>
#include <libwebsockets.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/ws.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/str.h"

#define PROTOCOL	"simutrador"
#define FDS		16	/* of the library: one socket, a few pipes */
#define RX_BYTES	(64 << 10)
#define WORK_BYTES	(16 << 10)	/* a handshake with its token */
#define ABNORMAL	1006	/* closed without a close frame */

enum state { IDLE, OPENING, OPEN, CLOSING };

struct note {
	struct note *next;
	size_t len;
	char *text;		/* comes: text; goes: LWS_PRE bytes before */
};
struct queue {
	struct note *first, **last;
	size_t bytes;
};

struct sim_ws {
	struct sim_ws_config c;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct lws *wsi;
	enum state state;
	bool is_due, is_held;
	lws_sorted_usec_list_t timer;
	struct queue in, out;
	struct sim_buf part;		/* of a message that comes */
	const char *bearer;		/* during a handshake */
	lws_retry_bo_t alive;
	struct sim_ws_end end;
	char why[200];			/* it was not connected */
};

/* -- queues ---------------------------------------------------------------- */

static void push(struct queue *q, char *text, size_t len)
{
	struct note *n = sim_mem_alloc(sizeof(*n));

	*n = (struct note){ NULL, len, text };
	*(q->last ? q->last : &q->first) = n;
	q->last = &n->next;
	q->bytes += len;
}

/* Gives: its text, which is the caller's. */
static char *pull(struct queue *q, size_t *len)
{
	struct note *n = q->first;
	char *text = n->text;

	*len = n->len;
	q->first = n->next;
	q->bytes -= n->len;
	if (!q->first)
		q->last = NULL;
	sim_mem_free(n);
	return text;
}

static void drop_all(struct queue *q)
{
	size_t len;

	while (q->first)
		sim_mem_free(pull(q, &len));
}

/* -- callbacks ------------------------------------------------------------- */

static void gone(struct sim_ws *ws)
{
	ws->wsi = NULL;
	ws->state = IDLE;
	drop_all(&ws->out);
	sim_buf_reset(&ws->part);
}

static void refused(struct sim_ws *ws, struct lws *wsi, const char *text,
		    size_t len)
{
	char retry[24] = "";
	int64_t s;

	ws->end.http_status = (int)lws_http_client_http_response(wsi);
	if (lws_hdr_copy(wsi, retry, sizeof(retry),
			 WSI_TOKEN_HTTP_RETRY_AFTER) > 0 &&
	    !sim_str_int(retry, "", 0, INT_MAX / 1000, &s, NULL))
		ws->end.retry_ms = (int)s * 1000;
	snprintf(ws->why, sizeof(ws->why), "%.*s", (int)len, text ? text : "");
	gone(ws);
}

static int authorize(struct sim_ws *ws, struct lws *wsi, unsigned char **p,
		     size_t len)
{
	char text[SIM_WS_BEARER + 8];
	int n;

	if (!ws->bearer)
		return 0;
	n = snprintf(text, sizeof(text), "Bearer %s", ws->bearer);
	return lws_add_http_header_by_token(wsi,
		WSI_TOKEN_HTTP_AUTHORIZATION, (unsigned char *)text, n, p,
		*p + len) ? -1 : 0;
}

static int come(struct sim_ws *ws, struct lws *wsi, const char *p, size_t n)
{
	char *text;

	if (ws->part.len + n > ws->c.message_max) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL,
				 0);
		return -1;
	}
	sim_buf_add(&ws->part, p, n);
	if (!lws_is_final_fragment(wsi))
		return 0;
	text = sim_mem_alloc(ws->part.len + 1);
	memcpy(text, sim_buf_str(&ws->part), ws->part.len + 1);
	push(&ws->in, text, ws->part.len);
	sim_buf_reset(&ws->part);
	if (ws->in.bytes > ws->c.queue_max && !ws->is_held) {
		ws->is_held = true;
		lws_rx_flow_control(wsi, 0);
	}
	return 0;
}

static int go(struct sim_ws *ws, struct lws *wsi)
{
	size_t len;
	char *text;
	int n;

	if (!ws->out.first && ws->state != CLOSING)
		return 0;
	if (!ws->out.first) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
		return -1;
	}
	text = pull(&ws->out, &len);
	n = lws_write(wsi, (unsigned char *)text + LWS_PRE, len,
		      LWS_WRITE_TEXT);
	sim_mem_free(text);
	if (n < 0)
		return -1;
	if (ws->out.first || ws->state == CLOSING)
		lws_callback_on_writable(wsi);
	return 0;
}

static void said_goodbye(struct sim_ws *ws, const unsigned char *p, size_t n)
{
	if (n < 2)
		return;
	ws->end.close_code = p[0] << 8 | p[1];
	snprintf(ws->end.reason, sizeof(ws->end.reason), "%.*s", (int)(n - 2),
		 (const char *)p + 2);
}

static int hear(struct lws *wsi, enum lws_callback_reasons reason, void *user,
		void *in, size_t len)
{
	struct lws_context *context = wsi ? lws_get_context(wsi) : NULL;
	struct sim_ws *ws = context ? lws_context_user(context) : NULL;

	(void)user;
	if (!ws || (ws->wsi && wsi != ws->wsi))
		return 0;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return authorize(ws, wsi, in, len);
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		refused(ws, wsi, in, in ? len : 0);
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		ws->state = OPEN;
		ws->end.close_code = ABNORMAL;
		return 0;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return come(ws, wsi, in, len);
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return go(ws, wsi);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		said_goodbye(ws, in, len);
		return 0;
	case LWS_CALLBACK_CLIENT_CLOSED:
		gone(ws);
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ PROTOCOL, hear, 0, RX_BYTES, 0, NULL, RX_BYTES },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* -- the library ----------------------------------------------------------- */

/* It changes what the process does with signals; that is not its business. */
static struct lws_context *make_context(struct lws_context_creation_info *i)
{
	struct lws_context *context;
	struct sigaction on_abort;
	sigset_t mask;

	sigaction(SIGABRT, NULL, &on_abort);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	lws_set_log_level(0, NULL);
	context = lws_create_context(i);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGABRT, &on_abort, NULL);
	return context;
}

static int make_vhost(struct sim_ws *ws, struct sim_err *err)
{
	struct lws_context_creation_info i;

	memset(&i, 0, sizeof(i));
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.protocols = protocols;
	i.vhost_name = PROTOCOL;
	i.alpn = "http/1.1";
	if (ws->c.is_tls) {
		i.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		i.client_ssl_ca_filepath = ws->c.ca_path;
		if (ws->c.ca_path)
			i.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
	}
	ws->vhost = lws_create_vhost(ws->context, &i);
	if (!ws->vhost)
		return sim_err_set(err, SIM_E_CONFIG, "the certificates %s "
				   "can't be used; give a PEM file",
				   ws->c.ca_path ? ws->c.ca_path :
				   "of the system");
	if (ws->c.has_no_proxy)
		lws_set_proxy(ws->vhost, "none:0");
	return SIM_OK;
}

/* What asks for the stop wakes the wait too. */
static void watch_stop(struct sim_ws *ws)
{
	lws_adopt_desc_t d = { .vh = ws->vhost };

	if (!ws->c.stop || ws->c.stop->fd < 0)
		return;
	d.type = LWS_ADOPT_RAW_FILE_DESC;
	d.fd.filefd = dup(ws->c.stop->fd);
	d.vh_prot_name = PROTOCOL;
	if (d.fd.filefd >= 0)
		lws_adopt_descriptor_vhost_via_info(&d);
}

int sim_ws_new(const struct sim_ws_config *c, struct sim_ws **out,
	       struct sim_err *err)
{
	const struct sim_buf part = SIM_BUF_INIT(c->message_max + 1);
	struct lws_context_creation_info i;
	struct sim_ws *ws = sim_mem_zalloc(sizeof(*ws));
	int rc;

	ws->c = *c;
	ws->part = part;
	ws->alive.secs_since_valid_ping = (uint16_t)c->ping_s;
	ws->alive.secs_since_valid_hangup = (uint16_t)c->silence_s;
	memset(&i, 0, sizeof(i));
	i.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (c->is_tls)
		i.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	i.user = ws;
	i.fd_limit_per_thread = FDS;
	i.pt_serv_buf_size = WORK_BYTES;
	ws->context = make_context(&i);
	if (!ws->context) {
		sim_mem_free(ws);
		return sim_err_set(err, SIM_E_UNAVAILABLE, "the network "
				   "library can't be used here");
	}
	rc = make_vhost(ws, err);
	if (rc) {
		sim_ws_free(ws);
		return rc;
	}
	watch_stop(ws);
	*out = ws;
	return SIM_OK;
}

void sim_ws_free(struct sim_ws *ws)
{
	if (!ws)
		return;
	lws_sul_cancel(&ws->timer);
	lws_context_destroy(ws->context);
	drop_all(&ws->in);
	drop_all(&ws->out);
	sim_buf_release(&ws->part);
	sim_mem_free(ws);
}

/* -- waiting --------------------------------------------------------------- */

static void due(lws_sorted_usec_list_t *timer)
{
	struct sim_ws *ws = lws_container_of(timer, struct sim_ws, timer);

	ws->is_due = true;
	/* It may be called on the way into the wait that it is to end. */
	lws_cancel_service(ws->context);
}

static void set_timer(struct sim_ws *ws, int timeout_ms)
{
	ws->is_due = false;
	if (timeout_ms < 0)
		lws_sul_cancel(&ws->timer);
	else
		lws_sul_schedule(ws->context, 0, &ws->timer, due,
				 (lws_usec_t)timeout_ms * LWS_US_PER_MS);
}

/* A write through TLS to somebody who is gone must not end the process. */
static void serve_quietly(struct sim_ws *ws, int ms)
{
	const struct timespec none = { 0, 0 };
	sigset_t pipe, before, pending;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	lws_service(ws->context, ms);
	if (!sigismember(&before, SIGPIPE) && !sigpending(&pending) &&
	    sigismember(&pending, SIGPIPE))
		sigtimedwait(&pipe, NULL, &none);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int turn(struct sim_ws *ws, bool may_wait, struct sim_err *err)
{
	if (sim_stop_is_asked(ws->c.stop))
		return sim_err_set(err, SIM_E_INTR, "interrupted");
	if (ws->c.is_tls)
		serve_quietly(ws, may_wait ? 0 : -1);
	else
		lws_service(ws->context, may_wait ? 0 : -1);
	return SIM_OK;
}

/* -- connecting ------------------------------------------------------------ */

static void leave(struct sim_ws *ws)
{
	if (ws->wsi)
		lws_set_timeout(ws->wsi, PENDING_TIMEOUT_USER_OK,
				LWS_TO_KILL_SYNC);
	gone(ws);
	drop_all(&ws->in);
	ws->is_held = false;
}

static int begin(struct sim_ws *ws, const struct sim_ws_target *t)
{
	struct lws_client_connect_info i;
	char address[256];

	snprintf(address, sizeof(address), "%s%s", t->socket ? "+" : "",
		 t->socket ? t->socket : t->host);
	memset(&i, 0, sizeof(i));
	i.context = ws->context;
	i.vhost = ws->vhost;
	i.address = address;
	i.port = t->port;
	i.path = t->path;
	i.host = i.origin = t->socket ? "localhost" : t->host;
	i.local_protocol_name = PROTOCOL;
	i.ssl_connection = ws->c.is_tls ? LCCSCF_USE_SSL : 0;
	i.pwsi = &ws->wsi;
	i.retry_and_idle_policy = &ws->alive;
	ws->state = OPENING;
	return lws_client_connect_via_info(&i) || ws->state != OPENING ? 0 : -1;
}

static int explain(const struct sim_ws *ws, const struct sim_ws_target *t,
		   struct sim_err *err)
{
	const char *where = t->socket ? t->socket : t->host;

	if (ws->end.http_status)
		return sim_err_set(err, SIM_E_UNAVAILABLE, "the server at "
				   "%.200s refuses the connection (HTTP "
				   "status %d)", where, ws->end.http_status);
	if (ws->c.is_tls && strstr(ws->why, "SSL"))
		return sim_err_set(err, SIM_E_UNAVAILABLE, "no secure "
				   "connection to %.200s: its certificate is "
				   "unknown here, has expired or is for "
				   "another name, or it speaks no TLS", where);
	return sim_err_set(err, SIM_E_UNAVAILABLE, "no server answers at "
			   "%.200s%s%s", where, ws->why[0] ? ": " : "",
			   ws->why);
}

int sim_ws_connect(struct sim_ws *ws, const struct sim_ws_target *t,
		   int timeout_ms, struct sim_err *err)
{
	int rc = 0;

	leave(ws);
	ws->end = (struct sim_ws_end){ .retry_ms = -1 };
	ws->why[0] = '\0';
	ws->bearer = t->bearer;
	set_timer(ws, timeout_ms);
	if (begin(ws, t))
		gone(ws);
	while (!rc && ws->state == OPENING && !ws->is_due)
		rc = turn(ws, true, err);
	ws->bearer = NULL;
	if (!rc && ws->state == OPENING)
		rc = sim_err_set(err, SIM_E_TIMEOUT, "the server at %.200s did "
				 "not answer in time",
				 t->socket ? t->socket : t->host);
	if (rc) {
		leave(ws);
		return rc;
	}
	/* One that stood, and may be closed again, has things to tell. */
	return ws->end.close_code ? SIM_OK : explain(ws, t, err);
}

/* -- talking --------------------------------------------------------------- */

static int is_gone(const struct sim_ws *ws, struct sim_err *err)
{
	if (ws->end.reason[0])
		return sim_err_set(err, SIM_E_UNAVAILABLE, "the server closed "
				   "the connection: %s", ws->end.reason);
	return sim_err_set(err, SIM_E_UNAVAILABLE, "the connection was lost");
}

int sim_ws_send(struct sim_ws *ws, const char *text, size_t n, int timeout_ms,
		struct sim_err *err)
{
	char *copy;
	int rc;

	if (ws->state != OPEN)
		return is_gone(ws, err);
	copy = sim_mem_alloc(LWS_PRE + n);
	memcpy(copy + LWS_PRE, text, n);
	push(&ws->out, copy, n);
	lws_callback_on_writable(ws->wsi);
	set_timer(ws, timeout_ms);
	rc = turn(ws, false, err);
	while (!rc && ws->state == OPEN && ws->out.bytes > ws->c.queue_max &&
	       !ws->is_due)
		rc = turn(ws, true, err);
	if (rc)
		return rc;
	if (ws->state != OPEN)
		return is_gone(ws, err);
	if (ws->out.bytes > ws->c.queue_max)
		return sim_err_set(err, SIM_E_TIMEOUT, "the server does not "
				   "take what is sent to it");
	return SIM_OK;
}

/* What was held back may come again. */
static void let_come(struct sim_ws *ws)
{
	if (ws->is_held && ws->in.bytes <= ws->c.queue_max / 2) {
		ws->is_held = false;
		if (ws->wsi)
			lws_rx_flow_control(ws->wsi, 1);
	}
}

int sim_ws_receive(struct sim_ws *ws, int timeout_ms, char **text, size_t *n,
		   struct sim_err *err)
{
	int rc = 0;

	if (!ws->in.first && ws->state != IDLE) {
		set_timer(ws, timeout_ms);
		rc = turn(ws, false, err);
	}
	while (!rc && !ws->in.first && ws->state != IDLE && timeout_ms &&
	       !ws->is_due)
		rc = turn(ws, true, err);
	if (rc)
		return rc;
	if (ws->in.first) {
		*text = pull(&ws->in, n);
		let_come(ws);
		return 1;
	}
	return ws->state == IDLE ? is_gone(ws, err) : 0;
}

void sim_ws_close(struct sim_ws *ws, int timeout_ms)
{
	if (ws->state == OPEN) {
		ws->state = CLOSING;
		lws_callback_on_writable(ws->wsi);
		set_timer(ws, timeout_ms);
		while (ws->state == CLOSING && !ws->is_due)
			lws_service(ws->context, 0);
	}
	leave(ws);
}

bool sim_ws_is_open(const struct sim_ws *ws)
{
	return ws->state == OPEN;
}

const struct sim_ws_end *sim_ws_end(const struct sim_ws *ws)
{
	return &ws->end;
}
