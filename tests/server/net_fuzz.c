/*
 * net_fuzz: requests, handshakes and frames, mutated, against net in the same
 * process: it has to stay alive, go on answering and end with nothing open.
 * 20,000 inputs, a million with SIM_LONG=1; an argument says how many, a
 * second one is the seed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/net.h"
#include "util/mem.h"
#include "util/rand.h"

#define CLIENTS		32
#define INPUT_MAX	70000
#define HEALTH_EVERY	1000
#define WAIT_MS		8000

#define WS_HEAD "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define SEED(s) { s, sizeof(s) - 1 }

static const struct seed { const char *data; size_t n; } requests[] = {
	SEED("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"),
	SEED("GET /a/../b%20c?x=1&y=%41&token=abc HTTP/1.1\r\nHost: x\r\n"
	     "Authorization: Bearer a.b.c\r\nX-API-Key: sk_1\r\n\r\n"),
	SEED("POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n"
	     "Content-Type: application/json\r\n\r\n{\"a\":1}"),
	SEED("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	     "\r\n3\r\nabc\r\n0\r\n\r\n"),
	SEED("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
	     "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd"),
	SEED("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /late HTTP/1.1\r\n"
	     "Host: x\r\n\r\nPOST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"),
	SEED("GET /late HTTP/1.1\r\nHost: x\r\n\r\nPOST /late HTTP/1.1\r\n"
	     "Host: x\r\nContent-Length: 5\r\n\r\nabcdeGET / HTTP/1.0\r\n\r\n"),
	SEED("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
	     "Content-Length: 2\r\nConnection: close\r\n\r\nab"),
	SEED("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, "
	     "HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk"
	     "AAQAAP__\r\n\r\n"),
	SEED("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
	SEED("OPTIONS * HTTP/1.1\r\nHost: x\r\nOrigin: http://o\r\n"
	     "X-Forwarded-For: 1.2.3.4, ::1\r\n\r\n"),
	SEED(WS_HEAD),
};
#define N_REQUESTS (sizeof(requests) / sizeof(*requests))

static const struct seed frames[] = {
	SEED("\x81\x85\1\2\3\4\x69\x67\x6f\x68\x6e"),	/* a text */
	SEED("\x81\x80\0\0\0\0"),
	SEED("\1\x82\0\0\0\0ab\x89\x81\0\0\0\0p\0\x80\0\0\0\0"
	     "\x80\x82\0\0\0\0cd"),
	SEED("\x82\x83\0\0\0\0\1\2\3"),
	SEED("\x88\x85\0\0\0\0\3\xe8" "bye"),
	SEED("\x8a\x84\0\0\0\0ping"),
	SEED("\x81\xfe\0\x80\0\0\0\0xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	     "xxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
	SEED("\x81\xff\0\0\0\0\0\0\0\3\0\0\0\0abc"),
	SEED("\x81\x88\0\0\0\0\xc3\xa9\xe2\x82\xac" "abc"),
	SEED("\x81\3abc"),
};
#define N_FRAMES (sizeof(frames) / sizeof(*frames))

static struct sim_net *net;
static atomic_ullong accepted, ended;

/* --- the server --- */

static atomic_ullong late;

static void hear_request(void *ctx, const struct sim_net_request *rq)
{
	struct sim_net_answer a;

	(void)ctx;
	if (strlen(rq->body) > rq->body_len)
		abort();
	if (!strcmp(rq->path, "/late")) {
		/* the tick answers it */
		atomic_store(&late, rq->id);
		return;
	}
	sim_net_answer_init(&a, 200);
	sim_buf_puts(&a.body, "{\"ok\":true}");
	sim_net_reply(net, rq->id, &a);
}

static void tick(void *ctx, int64_t now_ms)
{
	struct sim_net_answer a;

	(void)ctx, (void)now_ms;
	sim_net_answer_init(&a, 200);
	sim_net_reply(net, atomic_load(&late), &a);
}

static void judge(void *ctx, const struct sim_net_request *rq,
		  struct sim_net_verdict *v)
{
	(void)ctx;
	v->accept = !strcmp(rq->path, "/ws");
	if (v->accept)
		atomic_fetch_add(&accepted, 1);
}

static bool hear_message(void *ctx, uint64_t conn, void *user,
			 const char *text, size_t n)
{
	(void)ctx, (void)user;
	if (text[n])
		abort();
	sim_net_send(net, conn, text, n);
	return true;
}

static void hear_closed(void *ctx, uint64_t conn, void *user, int code)
{
	(void)ctx, (void)conn, (void)user, (void)code;
	atomic_fetch_add(&ended, 1);
}

static const struct sim_net_ops ops = {
	.request = hear_request, .upgrade = judge, .message = hear_message,
	.closed = hear_closed, .tick = tick,
};

static void start(const char *loop)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_net_config c;

	sim_net_config_init(&c);
	c.listeners[0].port = 0;
	c.n_listeners = 1;
	c.ops = &ops;
	c.limits.per_address = 0;
	c.limits.answer_ms = 2000;
	c.limits.close_ms = 1000;
	c.loop = strcmp(loop, "poll") ? SIM_NET_LOOP_AUTO : SIM_NET_LOOP_POLL;
	if (sim_net_open(&c, &net, &err) || sim_net_start(net, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(69);
	}
}

/* --- the inputs --- */

static uint32_t below(struct sim_rand *r, uint32_t n)
{
	return (uint32_t)sim_rand_below(r, n);
}

static size_t add(char *out, size_t at, const struct seed *s)
{
	memcpy(out + at, s->data, s->n);
	return at + s->n;
}

/* Overwrite, insert, remove, repeat, or put in something known to be bad. */
static size_t mutate(struct sim_rand *r, char *s, size_t n, size_t from)
{
	static const char *const bad[] = {
		"-1", "99999999999", "\r\n\r\n", "\r\n", "\n", ":", ": ", "%00",
		"%zz", "chunked", "Content-Length: 5\r\n", "\xff", "Upgrade: x",
		"HTTP/1.1", "\xff\xff\xff\xff\xff\xff\xff\xff", "?", "&", "=",
		"\x81\xfe\xff\xff", "../",
	};
	size_t at = from + below(r, (uint32_t)(n - from)), len;
	const char *word;

	switch (below(r, 6)) {
	case 0:
		s[at] = (char)below(r, 256);
		return n;
	case 1:
		s[at] ^= (char)(1u << below(r, 8));
		return n;
	case 2:
		len = below(r, 8) % (n - at);
		memmove(s + at, s + at + len, n - at - len);
		return n - len;
	case 3:
		len = below(r, 2000) % (n - at) + 1;
		if (n + len > INPUT_MAX)
			return n;
		memmove(s + at + len, s + at, n - at);
		return n + len;
	default:
		word = bad[below(r, sizeof(bad) / sizeof(*bad))];
		len = strlen(word);
		if (n + len > INPUT_MAX)
			return n;
		memmove(s + at + len, s + at, n - at);
		memcpy(s + at, word, len);
		return n + len;
	}
}

static size_t make_input(struct sim_rand *r, char *out)
{
	static const struct seed head = SEED(WS_HEAD);
	size_t n = 0, from = 0;

	if (below(r, 2)) {
		n = add(out, n, &requests[below(r, N_REQUESTS)]);
		if (!below(r, 4))
			n = add(out, n, &requests[below(r, N_REQUESTS)]);
	} else {
		n = add(out, n, &head);
		from = below(r, 8) ? n : 0;
		for (uint32_t k = below(r, 6) + 1; k; k--)
			n = add(out, n, &frames[below(r, N_FRAMES)]);
	}
	for (uint32_t k = below(r, 5); k && n > from + 1; k--)
		n = mutate(r, out, n, from);
	return n;
}

/* --- the clients --- */

struct client {
	int fd;
	bool is_sent;
	char *input;
	size_t n, at;
	int idle;	/* polls without anything */
};

static int dial(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_port = htons((uint16_t)sim_net_port(net, 0));
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		perror("connect");
		exit(1);
	}
	return fd;
}

static void begin(struct client *c, struct sim_rand *r)
{
	c->fd = dial();
	c->n = make_input(r, c->input);
	c->at = 0;
	c->idle = 0;
	c->is_sent = false;
}

/* True: this one has ended. */
static bool step(struct client *c, short events, struct sim_rand *r)
{
	char text[4096];
	ssize_t n;

	if (!c->is_sent && events & POLLOUT) {
		n = send(c->fd, c->input + c->at, c->n - c->at,
			 MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			c->at += (size_t)n;
		if (c->at == c->n || (n < 0 && errno != EAGAIN)) {
			c->is_sent = true;
			/* most say that they end, some just wait */
			if (below(r, 16))
				shutdown(c->fd, SHUT_WR);
		}
	}
	if (events & (POLLIN | POLLHUP | POLLERR)) {
		c->idle = 0;
		n = recv(c->fd, text, sizeof(text), MSG_DONTWAIT);
		return !n || (n < 0 && errno != EAGAIN);
	}
	/* those that just wait are given up, which is an input too */
	return c->is_sent && ++c->idle > 200;
}

static bool is_well(void)
{
	static const char rq[] = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
	struct pollfd p = { .fd = dial(), .events = POLLIN };
	char text[64] = "";
	ssize_t n = send(p.fd, rq, sizeof(rq) - 1, MSG_NOSIGNAL);

	if (n > 0 && poll(&p, 1, WAIT_MS) == 1)
		n = recv(p.fd, text, sizeof(text) - 1, 0);
	close(p.fd);
	return n > 12 && !strncmp(text, "HTTP/1.1 200", 12);
}

static void turn(struct client *c, struct pollfd *p, struct sim_rand *r,
		 unsigned long *done)
{
	for (int i = 0; i < CLIENTS; i++)
		p[i] = (struct pollfd){ c[i].fd, (short)(POLLIN |
			(c[i].is_sent ? 0 : POLLOUT)), 0 };
	poll(p, CLIENTS, 1);
	for (int i = 0; i < CLIENTS; i++) {
		if (!step(&c[i], p[i].revents, r))
			continue;
		close(c[i].fd);
		begin(&c[i], r);
		++*done;
	}
}

static int fuzz(unsigned long most, uint64_t seed)
{
	struct sim_rand r;
	struct client c[CLIENTS];
	struct pollfd p[CLIENTS];
	unsigned long done = 0, next = HEALTH_EVERY;
	int rc = 0;

	sim_rand_init(&r, seed, "net");
	for (int i = 0; i < CLIENTS; i++) {
		c[i].input = sim_mem_alloc(INPUT_MAX + 4096);
		begin(&c[i], &r);
	}
	while (!rc && done < most) {
		turn(c, p, &r, &done);
		if (done < next)
			continue;
		next += HEALTH_EVERY;
		rc = !is_well();
		if (rc)
			printf("no answer after %lu inputs, seed %ju\n", done,
			       (uintmax_t)seed);
	}
	for (int i = 0; i < CLIENTS; i++) {
		close(c[i].fd);
		sim_mem_free(c[i].input);
	}
	return rc;
}

static int end(const char *loop, unsigned long most)
{
	struct sim_net_stats s;
	int rc = 0;

	sim_net_stop(net, 3000, NULL);
	if (!sim_net_wait(net, 10000)) {
		printf("%s: it does not end\n", loop);
		_exit(1);
	}
	sim_net_stats(net, &s);
	rc = s.open || s.queued_bytes ||
	     atomic_load(&accepted) != atomic_load(&ended);
	printf("%s (%s): %lu inputs, %ju requests, %ju handshakes, %ju "
	       "guarded, %ju messages; %ju open, %ju bytes queued, %llu of "
	       "%llu closed\n", loop, s.loop, most, (uintmax_t)s.requests,
	       (uintmax_t)s.handshakes, (uintmax_t)s.guarded,
	       (uintmax_t)s.messages_in, (uintmax_t)s.open,
	       (uintmax_t)s.queued_bytes, atomic_load(&ended),
	       atomic_load(&accepted));
	sim_net_free(net);
	return rc;
}

int main(int argc, char **argv)
{
	static const char *const loops[] = { "poll", "libev" };
	const char *is_long = getenv("SIM_LONG");
	unsigned long most = is_long && *is_long == '1' ? 1000000 : 20000;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	int rc = 0;

	if (argc > 1)
		most = strtoul(argv[1], NULL, 10);
	for (int i = 0; !rc && i < 2; i++) {
		start(loops[i]);
		rc = fuzz(most / 2, seed + (uint64_t)i);
		rc |= end(loops[i], most / 2);
	}
	printf("%s\n", rc ? "0 passed, 1 failed, 0 skipped"
	       : "1 passed, 0 failed, 0 skipped");
	return rc;
}
