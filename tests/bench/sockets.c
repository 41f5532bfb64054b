/*
 * sockets: messages a second through net, and through a bare libwebsockets
 * echo in the same run, from one client that drives many connections; ratios
 * count, since machines differ.
 *
 *   sockets [SECONDS [IDLE]]
 *
 * Columns: connections that speak, messages in flight on each, and the rates.
 * "net" answers in its own thread, "net+thread" from another one, as the
 * server does.  IDLE more connections are open and silent in the last rows.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "server/net.h"
#include "util/mem.h"

#define BYTES		300
#define IN_FRAME	(BYTES + 8)	/* masked */
#define OUT_FRAME	(BYTES + 4)
#define WINDOW_MAX	64

/* --- bare --- */

struct line {
	struct line *next;
	size_t n;
	unsigned char text[];
};
struct lines {
	struct line *first, **last;
};

static int hear_bare(struct lws *wsi, enum lws_callback_reasons reason,
		     void *user, void *in, size_t len)
{
	struct lines *l = user;
	struct line *m;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		*l = (struct lines){ NULL, &l->first };
		return 0;
	case LWS_CALLBACK_RECEIVE:
		m = malloc(sizeof(*m) + LWS_PRE + len);
		m->next = NULL;
		m->n = len;
		memcpy(m->text + LWS_PRE, in, len);
		*l->last = m;
		l->last = &m->next;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		while ((m = l->first)) {
			l->first = m->next;
			if (!l->first)
				l->last = &l->first;
			lws_write(wsi, m->text + LWS_PRE, m->n,
				  LWS_WRITE_TEXT);
			free(m);
			if (lws_send_pipe_choked(wsi)) {
				lws_callback_on_writable(wsi);
				return 0;
			}
		}
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ "echo", hear_bare, sizeof(struct lines), 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void run_bare(int out)
{
	struct lws_context_creation_info i;
	struct lws_context *context;
	int port = 0;

	memset(&i, 0, sizeof(i));
	i.iface = "lo";
	i.protocols = protocols;
	i.options = LWS_SERVER_OPTION_DISABLE_IPV6 |
		    LWS_SERVER_OPTION_VALIDATE_UTF8;
	lws_set_log_level(0, NULL);
	for (int k = 0; k < 100; k++) {
		i.port = port = 20000 + (getpid() + k * 37) % 20000;
		context = lws_create_context(&i);
		if (context)
			break;
	}
	if (!context || write(out, &port, sizeof(port)) < 0)
		_exit(1);
	while (lws_service(context, 0) >= 0)
		;
	_exit(0);
}

/* --- net --- */

static struct sim_net *net;
static bool is_threaded;
static struct {
	pthread_mutex_t lock;
	pthread_cond_t any;
	struct job { uint64_t conn; size_t n; char text[BYTES]; } *jobs;
	size_t n, cap;
} todo = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, 0, 0 };

static void judge(void *ctx, const struct sim_net_request *rq,
		  struct sim_net_verdict *v)
{
	(void)ctx, (void)rq;
	v->accept = true;
}

static bool hear(void *ctx, uint64_t conn, void *user, const char *text,
		 size_t n)
{
	(void)ctx, (void)user;
	if (!is_threaded) {
		sim_net_send(net, conn, text, n);
		return true;
	}
	pthread_mutex_lock(&todo.lock);
	SIM_MEM_GROW(todo.jobs, todo.cap, todo.n + 1);
	todo.jobs[todo.n].conn = conn;
	todo.jobs[todo.n].n = n < BYTES ? n : BYTES;
	memcpy(todo.jobs[todo.n].text, text, todo.jobs[todo.n].n);
	if (!todo.n++)
		pthread_cond_signal(&todo.any);
	pthread_mutex_unlock(&todo.lock);
	return true;
}

static void *work(void *arg)
{
	struct job *jobs = NULL, *next;
	size_t n, cap = 0, next_cap;

	for (;;) {
		pthread_mutex_lock(&todo.lock);
		while (!todo.n)
			pthread_cond_wait(&todo.any, &todo.lock);
		next = todo.jobs;
		next_cap = todo.cap;
		n = todo.n;
		todo.jobs = jobs;
		todo.cap = cap;
		todo.n = 0;
		pthread_mutex_unlock(&todo.lock);
		jobs = next;
		cap = next_cap;
		for (size_t i = 0; i < n; i++)
			sim_net_send(net, jobs[i].conn, jobs[i].text,
				     jobs[i].n);
	}
	return arg;
}

static void run_net(int out, enum sim_net_loop loop)
{
	static const struct sim_net_ops ops = { .upgrade = judge,
						.message = hear };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_net_config c;
	pthread_t worker;
	int port;

	sim_net_config_init(&c);
	c.listeners[0].port = 0;
	c.n_listeners = 1;
	c.ops = &ops;
	c.loop = loop;
	c.limits.per_address = 0;
	if (sim_net_open(&c, &net, &err) || sim_net_start(net, &err))
		_exit(1);
	if (is_threaded)
		pthread_create(&worker, NULL, work, NULL);
	port = sim_net_port(net, 0);
	if (write(out, &port, sizeof(port)) < 0)
		_exit(1);
	for (;;)
		pause();
}

/* --- the client --- */

static int dial(int port)
{
	static const char head[] = "GET /ws HTTP/1.1\r\nHost: localhost\r\n"
		"Upgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	char text[1024];
	size_t n = 0;

	sa.sin_port = htons((uint16_t)port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (send(fd, head, sizeof(head) - 1, 0) < 0)
		return -1;
	while (n < 4 || memcmp(text + n - 4, "\r\n\r\n", 4)) {
		if (n == sizeof(text) || recv(fd, text + n, 1, 0) != 1)
			return -1;
		n++;
	}
	return fd;
}

static char out_frames[WINDOW_MAX * IN_FRAME];

static void make_frames(void)
{
	for (int i = 0; i < WINDOW_MAX; i++) {
		char *p = out_frames + i * IN_FRAME;

		memset(p, 'x', IN_FRAME);
		memcpy(p, "\x81\xfe\x01\x2c\0\0\0\0", 8);
	}
}

struct conn {
	int fd;
	size_t got;	/* bytes of a frame not yet whole */
};

/* Take what came and send as many again. */
static size_t echo(struct conn *c)
{
	static char in[WINDOW_MAX * OUT_FRAME];
	ssize_t got = recv(c->fd, in, sizeof(in), MSG_DONTWAIT);
	size_t whole;

	if (got <= 0)
		return 0;
	c->got += (size_t)got;
	whole = c->got / OUT_FRAME;
	c->got %= OUT_FRAME;
	if (whole && send(c->fd, out_frames, whole * IN_FRAME,
			  MSG_NOSIGNAL) < 0)
		return 0;
	return whole;
}

/* Echoes a second over n connections with so many in flight on each. */
static double measure(int port, int n, int window, double length)
{
	struct conn *c = sim_mem_array((size_t)n, sizeof(*c));
	struct epoll_event ev[256];
	int ep = epoll_create1(0), k;
	double from = 0, to, now = 0;
	unsigned long long echoes = 0;

	for (int i = 0; i < n; i++) {
		struct epoll_event e = { .events = EPOLLIN };

		c[i].fd = dial(port);
		if (c[i].fd < 0)
			return 0;
		e.data.ptr = &c[i];
		epoll_ctl(ep, EPOLL_CTL_ADD, c[i].fd, &e);
		if (send(c[i].fd, out_frames, (size_t)window * IN_FRAME, 0) <
		    0)
			return 0;
	}
	to = seconds() + length + 0.3;
	while ((now = seconds()) < to) {
		if (from <= 0 && now > to - length) {
			from = now;
			echoes = 0;
		}
		k = epoll_wait(ep, ev, 256, 100);
		for (int i = 0; i < k; i++)
			echoes += echo(ev[i].data.ptr);
	}
	for (int i = 0; i < n; i++)
		close(c[i].fd);
	close(ep);
	sim_mem_free(c);
	return (double)echoes / (now - from);
}

enum kind { BARE, NET_POLL, NET_EV, NET_POLL_THREAD, NET_EV_THREAD, KINDS };
static const char *const names[KINDS] = { "bare", "net poll", "net libev",
	"net poll+thread", "net libev+thread" };

static double once(enum kind kind, int n, int window, double length,
		   int idle)
{
	int p[2], port = 0, *fds = sim_mem_array((size_t)idle + 1,
						 sizeof(*fds));
	double rate;
	pid_t child;

	if (pipe(p) || (child = fork()) < 0)
		exit(1);
	if (!child) {
		is_threaded = kind >= NET_POLL_THREAD;
		if (kind == BARE)
			run_bare(p[1]);
		else
			run_net(p[1], kind == NET_POLL ||
				kind == NET_POLL_THREAD ? SIM_NET_LOOP_POLL
				: SIM_NET_LOOP_AUTO);
	}
	if (read(p[0], &port, sizeof(port)) != sizeof(port))
		exit(1);
	for (int i = 0; i < idle; i++)
		fds[i] = dial(port);
	rate = measure(port, n, window, length);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (int i = 0; i < idle; i++)
		close(fds[i]);
	close(p[0]);
	close(p[1]);
	sim_mem_free(fds);
	return rate;
}

int main(int argc, char **argv)
{
	static const struct { int n, window; bool has_idle; } rows[] = {
		{ 1, 1, false }, { 100, 1, false }, { 100, 8, false },
		{ 1000, 1, false }, { 100, 1, true },
	};
	double length = argc > 1 ? strtod(argv[1], NULL) : 1;
	int idle = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	make_frames();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double bare = 0;

		if (rows[i].has_idle && !idle)
			continue;
		for (int k = 0; k < KINDS; k++) {
			double rate = once((enum kind)k, rows[i].n,
					   rows[i].window, length,
					   rows[i].has_idle ? idle : 0);

			if (k == BARE)
				bare = rate;
			printf("%4d x %d + %d idle  %-17s %9.0f/s  %.2f\n",
			       rows[i].n, rows[i].window,
			       rows[i].has_idle ? idle : 0, names[k], rate,
			       bare > 0 ? rate / bare : 0);
			fflush(stdout);
		}
	}
	return 0;
}
