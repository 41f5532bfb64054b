/*
 * net_loop: libwebsockets' context, the listening sockets, the loop and time.
 *
 * Connections are accepted here and handed to the library, so caps hold before
 * it spends anything on them and running out of descriptors is no storm.  Time
 * comes from a timerfd, a socket to the library like any other: its own timers
 * don't fire in an idle libev loop.  libev serves ten thousand open
 * connections at the cost of those that speak; poll, which walks all of them,
 * is what there is without it.
 */
#include <config.h>
#include <errno.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#ifdef HAVE_EV_H
#include <ev.h>
#endif

#include "server/net_priv.h"
#include "util/mem.h"

#define FD_RESERVE	64	/* for files, databases and the library */
#define FD_WANTED	4096	/* beyond the connections */
#define FD_MOST		(1 << 20)	/* more costs the library memory */
#define ACCEPTS		64	/* at a turn */
#define RX_BYTES	1024	/* the library keeps as many for each */
#define TX_BYTES	(64 << 10)
#define SEND_BYTES	(256 << 10)	/* in the kernel, of each */
#define REFUSED_US	5000000
#define GATHERED_MAX	32	/* ready slots that may wait for a flush */
#define UNSENT_MS	60000	/* unacknowledged by a peer that is gone */

static _Thread_local const struct sim_net *own;
static _Thread_local struct {
	bool is_on;
	unsigned n;		/* ready, and not told of */
} gathered;

bool sim_net_loop_is_own(const struct sim_net *net)
{
	return own == net;
}

void sim_net_loop_kick(struct sim_net *net)
{
	if (!atomic_exchange(&net->is_kicked, true))
		lws_cancel_service(net->context);
}

void sim_net_loop_nudge(struct sim_net *net)
{
	gathered.n++;
	if (!gathered.is_on || gathered.n >= GATHERED_MAX)
		sim_net_flush(net);
}

void sim_net_gather(void)
{
	gathered.is_on = true;
}

void sim_net_flush(struct sim_net *net)
{
	if (gathered.n)
		sim_net_loop_kick(net);
	gathered.n = 0;
}

static int make_vhost(struct sim_net *net, struct sim_err *err);

/* --- what other threads handed in --- */

static void serve(struct sim_net *net, struct sim_net_slot *s)
{
	bool has_answer;

	if (!s->wsi)
		return;
	if (s->is_websocket) {
		sim_net_ws_wake(net, s);
		return;
	}
	pthread_mutex_lock(&s->lock);
	has_answer = s->answer;
	pthread_mutex_unlock(&s->lock);
	if (has_answer)
		lws_callback_on_writable(s->wsi);
}

static void drain(struct sim_net *net)
{
	struct sim_net_slot *s, *next;

	if (net->is_draining || !atomic_load(&net->ready))
		return;
	net->is_draining = true;
	for (s = sim_net_slot_ready(net); s; s = next) {
		next = s->ready_next;
		atomic_store(&s->is_ready, false);
		serve(net, s);
	}
	net->is_draining = false;
}

/* --- refusing --- */

enum refusal { FULL, ITS_ADDRESS, NO_DESCRIPTOR, REFUSALS };

/* How many were refused since it was said last, at most every five seconds. */
static void tell_refused(struct sim_net *net, enum refusal why)
{
	static const char *const texts[REFUSALS] = {
		"the server is full", "their address has as many as it may",
		"the process has no descriptor left",
	};

	if (!net->refused[why].n ||
	    net->now_us < net->refused[why].said_us + REFUSED_US)
		return;
	sim_net_log_add(why == ITS_ADDRESS ? SIM_NET_LOG_WARNING :
			SIM_NET_LOG_ERROR, "%u connections were refused: %s",
			net->refused[why].n, texts[why]);
	net->refused[why].n = 0;
	net->refused[why].said_us = net->now_us;
}

static void shed(struct sim_net *net, int fd, enum refusal why)
{
	sim_net_count(net, why == ITS_ADDRESS ? SIM_NET_COUNT_ADDRESS
		      : SIM_NET_COUNT_FULL, 1);
	close(fd);
	net->refused[why].n++;
	tell_refused(net, why);
}

/* --- time --- */

/* End it without a word.  The library doesn't end one that has bytes left to
 * flush, but one whose socket is dead and whose time is up: that is tried
 * until it is gone. */
static void kill_slot(struct sim_net *net, struct sim_net_slot *s)
{
	bool is_second = s->wait == SIM_NET_WAIT_KILL;

	sim_net_slot_wait(net, s, SIM_NET_WAIT_KILL);
	if (!is_second) {
		lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK,
				LWS_TO_KILL_SYNC);
		if (!s->wsi)
			return;
	}
	shutdown(lws_get_socket_fd(s->wsi), SHUT_RDWR);
	lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static void silent(struct sim_net *net, struct sim_net_slot *s)
{
	if (s->is_paused)	/* it isn't heard because nobody listens */
		sim_net_slot_wait(net, s, SIM_NET_WAIT_HEARD);
	else if (s->wait == SIM_NET_WAIT_HEARD)
		sim_net_ws_ping(net, s);
	else
		kill_slot(net, s);
}

static void dropped(struct sim_net *net, struct sim_net_slot *s)
{
	sim_net_count(net, SIM_NET_COUNT_TIMED_OUT, 1);
	kill_slot(net, s);
}

static void ended(struct sim_net *net, struct sim_net_slot *s)
{
	kill_slot(net, s);
}

static void expire(struct sim_net *net)
{
	const struct sim_net_limits *l = &net->c.limits;
	const struct {
		int ms;
		void (*then)(struct sim_net *net, struct sim_net_slot *s);
	} rows[SIM_NET_WAIT__COUNT] = {
		[SIM_NET_WAIT_HEADERS] = { l->header_ms, dropped },
		[SIM_NET_WAIT_BODY] = { l->body_ms, sim_net_http_late },
		[SIM_NET_WAIT_ANSWER] = { l->answer_ms, sim_net_http_late },
		[SIM_NET_WAIT_HEARD] = { l->ping_ms, silent },
		[SIM_NET_WAIT_PONG] = { l->pong_ms, silent },
		[SIM_NET_WAIT_CLOSE] = { l->close_ms, ended },
		[SIM_NET_WAIT_KILL] = { 1, ended },
	};

	for (int w = 1; w < SIM_NET_WAIT__COUNT; w++) {
		int64_t before = net->now_us - (int64_t)rows[w].ms * 1000;
		struct sim_net_slot *s;

		while (rows[w].ms > 0 && (s = net->waiting[w].first) &&
		       s->since_us <= before)
			rows[w].then(net, s);
	}
}

static void kill_fd(struct lws **wsi)
{
	if (*wsi)
		lws_set_timeout(*wsi, PENDING_TIMEOUT_USER_OK,
				LWS_TO_KILL_SYNC);
	*wsi = NULL;
}

/* The stop has begun: nothing new. */
static void begin_stop(struct sim_net *net, int64_t stop_at_us)
{
	net->has_stopped = true;
	net->close_at_us = net->now_us + (stop_at_us - net->now_us) / 4;
	for (size_t i = 0; i < net->c.n_listeners; i++)
		kill_fd(&net->listen_wsi[i]);
	for (size_t i = 0; i < net->n_slots; i++) {
		struct sim_net_slot *s = &net->slots[i];

		if (s->wsi && !s->is_websocket &&
		    s->wait == SIM_NET_WAIT_HEADERS)
			sim_net_slot_wait(net, s, SIM_NET_WAIT_KILL);
	}
}

/* Those whom ops haven't closed by now. */
static void close_all(struct sim_net *net)
{
	char reason[SIM_NET_REASON];

	net->has_closed = true;
	pthread_mutex_lock(&net->lock);
	memcpy(reason, net->stop_reason, sizeof(reason));
	pthread_mutex_unlock(&net->lock);
	for (size_t i = 0; i < net->n_slots; i++) {
		struct sim_net_slot *s = &net->slots[i];

		if (s->wsi && s->is_websocket)
			sim_net_close(net, s->conn, SIM_NET_GOING_AWAY,
				      reason);
	}
	drain(net);
}

static void check_stop(struct sim_net *net)
{
	bool is_stopping;
	int64_t stop_at_us;

	pthread_mutex_lock(&net->lock);
	is_stopping = net->is_stopping;
	stop_at_us = net->stop_at_us;
	pthread_mutex_unlock(&net->lock);
	if (!is_stopping)
		return;
	if (!net->has_stopped)
		begin_stop(net, stop_at_us);
	if (!net->has_closed && net->now_us >= net->close_at_us)
		close_all(net);
	if (net->now_us >= stop_at_us)
		for (size_t i = 0; i < net->n_slots; i++)
			if (net->slots[i].wsi)
				kill_slot(net, &net->slots[i]);
	net->may_end = net->n_unused == net->n_slots;
#ifdef HAVE_EV_H
	if (net->may_end && net->ev)
		ev_break(net->ev, EVBREAK_ALL);
#endif
}

/* The library keeps a vhost's certificate as long as one of its connections
 * lives, so a new certificate is a new vhost. */
static void renew(struct sim_net *net)
{
	struct lws_vhost *old = net->vhost;
	struct sim_err err = SIM_ERR_INIT;

	if (!net->c.cert_path || net->has_stopped)
		return;
	if (!make_vhost(net, &err))
		return;
	net->vhost = old;
	sim_net_log_add(SIM_NET_LOG_ERROR, "%s", err.msg);
}

void sim_net_renew(struct sim_net *net)
{
	atomic_store(&net->wants_renewal, true);
	sim_net_loop_kick(net);
}

/* Something woke the loop: from outside, or the timer. */
static void turn(struct sim_net *net)
{
	uint64_t n;

	net->now_us = sim_net_log_now_us();
	/* first, so that whoever comes from here on kicks again */
	atomic_store(&net->is_kicked, false);
	drain(net);
	if (atomic_exchange(&net->wants_renewal, false))
		renew(net);
	if (read(net->timer_fd, &n, sizeof(n)) > 0) {
		expire(net);
		for (int why = 0; why < REFUSALS; why++)
			tell_refused(net, (enum refusal)why);
		if (net->ops.tick)
			net->ops.tick(net->c.ctx, net->now_us / 1000);
	}
	check_stop(net);
	drain(net);		/* what ops said meanwhile, unkicked */
}

/* --- accepting --- */

static void welcome(struct sim_net *net, size_t listener, int fd,
		    const struct sockaddr *sa)
{
	const struct sim_net_limits *l = &net->c.limits;
	unsigned ms = UNSENT_MS;
	lws_adopt_desc_t d = { .vh = net->vhost };
	struct sim_net_slot *s;
	struct sim_net_ip ip;
	int on = 1, bytes = SEND_BYTES;

	if (net->c.listeners[listener].is_local && !sim_net_local_is_own(fd)) {
		sim_net_log_add(SIM_NET_LOG_WARNING, "a process of another "
				"user was turned away");
		close(fd);
		return;
	}
	sim_net_addr_of(sa, &ip);
	if (l->per_address &&
	    !sim_net_addr_in(&ip, net->proxies, net->c.n_proxies) &&
	    sim_net_slot_of_address(net, &ip) >= l->per_address) {
		shed(net, fd, ITS_ADDRESS);
		return;
	}
	s = sim_net_slot_take(net, &ip);
	if (!s) {
		shed(net, fd, FULL);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	s->listener = listener;
	sim_net_slot_wait(net, s, SIM_NET_WAIT_HEADERS);
	d.type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP |
		 (net->c.cert_path ? LWS_ADOPT_ALLOW_SSL : 0);
	d.fd.sockfd = fd;
	d.opaque = s;
	sim_net_count(net, SIM_NET_COUNT_ACCEPTED, 1);
	s->wsi = lws_adopt_descriptor_vhost_via_info(&d);
	if (!s->wsi && s->wait != SIM_NET_WAIT_NOTHING)
		sim_net_slot_release(net, s);
}

/* Out of descriptors: the kept one lets the connection be taken and closed,
 * where it would else wake the loop for ever. */
static void shed_spare(struct sim_net *net, int listen_fd)
{
	int fd;

	close(net->spare_fd);
	fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		shed(net, fd, NO_DESCRIPTOR);
	net->spare_fd = eventfd(0, EFD_CLOEXEC);
}

static void accept_some(struct sim_net *net, size_t listener)
{
	struct sockaddr_storage sa;

	net->now_us = sim_net_log_now_us();
	for (int i = 0; i < ACCEPTS; i++) {
		socklen_t len = sizeof(sa);
		int fd = accept4(net->listen_fd[listener],
				 (struct sockaddr *)&sa, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0)
			welcome(net, listener, fd, (struct sockaddr *)&sa);
		else if (errno == EMFILE || errno == ENFILE)
			shed_spare(net, net->listen_fd[listener]);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
	}
}

/* --- callbacks --- */

static void gone(struct sim_net *net, struct sim_net_slot *s)
{
	sim_net_ws_closed(net, s);
	sim_net_slot_release(net, s);
}

static int of_slot(struct sim_net *net, struct sim_net_slot *s,
		   enum lws_callback_reasons reason, void *in, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return sim_net_ws_upgrade(net, s, in);
	case LWS_CALLBACK_HTTP:
		return sim_net_http_request(net, s);
	case LWS_CALLBACK_HTTP_BODY:
		return sim_net_http_body(net, s, in, len);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return s->wait == SIM_NET_WAIT_BODY ?
			sim_net_http_whole(net, s) : 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return sim_net_http_writable(net, s);
	case LWS_CALLBACK_ESTABLISHED:
		sim_net_ws_opened(net, s);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		return sim_net_ws_receive(net, s, in, len);
	case LWS_CALLBACK_RECEIVE_PONG:
		sim_net_ws_heard(net, s);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return sim_net_ws_writable(net, s);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		return sim_net_ws_peer_closes(net, s, in, len);
	case LWS_CALLBACK_CLOSED:
		sim_net_ws_closed(net, s);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		gone(net, s);
		return 0;
	default:
		return 0;
	}
}

static bool is_listener(struct sim_net *net, struct lws *wsi, size_t *i)
{
	for (*i = 0; *i < net->c.n_listeners; ++*i)
		if (net->listen_wsi[*i] == wsi)
			return true;
	return false;
}

static int hear(struct lws *wsi, enum lws_callback_reasons reason,
		void *user, void *in, size_t len)
{
	struct lws_context *context = wsi ? lws_get_context(wsi) : NULL;
	struct sim_net *net = context ? lws_context_user(context) : NULL;
	struct sim_net_slot *s;
	size_t i;
	int rc = 0;

	(void)user;
	if (!net)
		return 0;
	s = lws_get_opaque_user_data(wsi);
	if (s) {
		if (!s->wsi)
			s->wsi = wsi;
		rc = of_slot(net, s, reason, in, len);
		drain(net);
	} else if (reason == LWS_CALLBACK_RAW_RX_FILE) {
		if (wsi == net->timer_wsi)
			turn(net);
		else if (is_listener(net, wsi, &i))
			accept_some(net, i);
	} else if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED) {
		turn(net);
	}
	return rc;
}

static const struct lws_protocols protocols[] = {
	{ SIM_NET_PROTOCOL, hear, 0, RX_BYTES, 0, NULL, TX_BYTES },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* --- opening --- */

/* As many descriptors as are wanted, if they may be had. */
static size_t raise_limit(const struct sim_net *net)
{
	struct rlimit r;
	rlim_t want = (rlim_t)net->c.limits.connections + FD_WANTED;

	if (getrlimit(RLIMIT_NOFILE, &r))
		return 256;
	if (r.rlim_cur < want || r.rlim_cur > FD_MOST) {
		r.rlim_cur = want > FD_MOST ? FD_MOST : want;
		if (r.rlim_cur > r.rlim_max)
			r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
		getrlimit(RLIMIT_NOFILE, &r);
	}
	return r.rlim_cur;
}

static struct lws *adopt_fd(struct sim_net *net, int fd)
{
	lws_adopt_desc_t d = { .vh = net->vhost };

	d.type = LWS_ADOPT_RAW_FILE_DESC;
	d.fd.filefd = fd;
	d.vh_prot_name = SIM_NET_PROTOCOL;
	return lws_adopt_descriptor_vhost_via_info(&d);
}

static struct lws_context *make_context(struct sim_net *net, bool has_ev)
{
	struct lws_context_creation_info i;
	void *loops[1] = { net->ev };

	memset(&i, 0, sizeof(i));
	i.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		    LWS_SERVER_OPTION_VALIDATE_UTF8 |
		    LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
	if (net->c.cert_path)
		i.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	if (has_ev) {
		i.options |= LWS_SERVER_OPTION_LIBEV;
		i.foreign_loops = loops;
	}
	i.user = net;
	i.max_http_header_data = (unsigned short)net->c.limits.header_bytes;
	i.timeout_secs = 30;		/* ours come first */
	return lws_create_context(&i);
}

static struct lws_context *make_ev_context(struct sim_net *net)
{
	struct lws_context *context = NULL;

#ifdef HAVE_EV_H
	net->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOSIGMASK);
	if (net->ev)
		context = make_context(net, true);
	if (!context && net->ev) {
		ev_loop_destroy(net->ev);
		net->ev = NULL;
	}
#else
	(void)net;
#endif
	return context;
}

static int make_vhost(struct sim_net *net, struct sim_err *err)
{
	struct lws_context_creation_info i;

	memset(&i, 0, sizeof(i));
	i.port = CONTEXT_PORT_NO_LISTEN_SERVER;
	i.protocols = protocols;
	i.vhost_name = SIM_NET_PROTOCOL;
	if (net->c.cert_path)
		i.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	i.alpn = "http/1.1";
	i.timeout_secs = 30;
	i.ssl_cert_filepath = net->c.cert_path;
	i.ssl_private_key_filepath = net->c.key_path;
	net->vhost = lws_create_vhost(net->context, &i);
	if (!net->vhost)
		return sim_err_set(err, SIM_E_CONFIG, "the certificate %s "
				   "and its key %s cannot be used; give PEM "
				   "files that belong to each other",
				   net->c.cert_path ? net->c.cert_path : "-",
				   net->c.key_path ? net->c.key_path : "-");
	return 0;
}

static int make_timer(struct sim_net *net, struct sim_err *err)
{
	struct itimerspec t = {
		.it_interval.tv_nsec = SIM_NET_TICK_MS * 1000000L,
		.it_value.tv_nsec = SIM_NET_TICK_MS * 1000000L,
	};

	net->spare_fd = eventfd(0, EFD_CLOEXEC);
	net->timer_fd = timerfd_create(CLOCK_MONOTONIC,
				       TFD_NONBLOCK | TFD_CLOEXEC);
	if (net->timer_fd < 0 || timerfd_settime(net->timer_fd, 0, &t, NULL))
		return sim_err_set(err, SIM_E_UNAVAILABLE,
				   "the system has no timer for the server: "
				   "%s", strerror(errno));
	net->timer_is_handed = true;
	net->timer_wsi = adopt_fd(net, net->timer_fd);
	if (!net->timer_wsi)
		return sim_err_set(err, SIM_E_UNAVAILABLE,
				   "the network library takes no timer");
	return 0;
}

int sim_net_loop_open(struct sim_net *net, struct sim_err *err)
{
	size_t fds = raise_limit(net), cap = fds > 2 * FD_RESERVE
		? fds - FD_RESERVE : fds / 2;
	int rc;

	if (net->c.limits.connections > cap)
		net->c.limits.connections = (unsigned)cap;
	sim_net_slot_init(net, net->c.limits.connections);
	if (net->c.loop != SIM_NET_LOOP_POLL)
		net->context = make_ev_context(net);
	if (!net->context && net->c.loop != SIM_NET_LOOP_EV)
		net->context = make_context(net, false);
	if (!net->context)
		return sim_err_set(err, SIM_E_UNAVAILABLE, "the network "
				   "library has no %s loop here",
				   net->c.loop == SIM_NET_LOOP_EV ? "libev"
				   : "poll");
	rc = make_vhost(net, err);
	if (!rc)
		rc = make_timer(net, err);
	for (size_t i = 0; !rc && i < net->c.n_listeners; i++) {
		net->is_handed[i] = true;
		net->listen_wsi[i] = adopt_fd(net, net->listen_fd[i]);
		if (!net->listen_wsi[i])
			rc = sim_err_set(err, SIM_E_UNAVAILABLE,
					 "the network library takes no "
					 "listening socket");
	}
	return rc;
}

static void rest(struct sim_net *net)
{
	if (net->ops.rested)
		net->ops.rested(net->c.ctx);
}

#ifdef HAVE_EV_H
static void before_wait(struct ev_loop *ev, struct ev_prepare *w, int events)
{
	(void)ev, (void)events;
	rest(w->data);
}
#endif

/* The loop of libev, while there is one. */
static void run_ev(struct sim_net *net)
{
#ifdef HAVE_EV_H
	struct ev_prepare resting;

	if (!net->ev)
		return;
	ev_prepare_init(&resting, before_wait);
	resting.data = net;
	ev_prepare_start(net->ev, &resting);
	while (!net->may_end)
		ev_run(net->ev, 0);
	ev_prepare_stop(net->ev, &resting);
#else
	(void)net;
#endif
}

void sim_net_loop_run(struct sim_net *net)
{
	own = net;
	net->now_us = sim_net_log_now_us();
	run_ev(net);
	while (!net->may_end && lws_service(net->context, 0) >= 0)
		rest(net);
	rest(net);
	own = NULL;
}

void sim_net_loop_close(struct sim_net *net)
{
	if (net->context)
		lws_context_destroy(net->context);
	net->context = NULL;
#ifdef HAVE_EV_H
	if (net->ev)
		ev_loop_destroy(net->ev);
#endif
	net->ev = NULL;
	if (net->spare_fd >= 0)
		close(net->spare_fd);
}
