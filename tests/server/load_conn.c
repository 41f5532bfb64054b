/* load_conn: an epoll WebSocket client of many connections. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#define TOKEN_MAX	4096
#define IN_MAX		((size_t)1 << 18)
#define PATIENCE_NS	INT64_C(120000000000)

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "load: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

void *room(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);

	if (!p)
		die("no memory");
	return p;
}

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* What the process has worked so far. */
int64_t cpu_ns(int pid)
{
	struct timespec t;
	clockid_t id;

	if (!pid || clock_getcpuclockid(pid, &id) || clock_gettime(id, &t))
		return 0;
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* --- opening --- */

static const char *token_of(const struct load *l, int number, size_t *n)
{
	const char *p = l->tokens;

	for (int k = number / l->per_user; k > 0 && p; k--) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	if (!p || !*p)
		die("no token for connection %d", number);
	*n = strcspn(p, "\n");
	return p;
}

static int dial(int port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	sa.sin_port = htons((uint16_t)port);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die("connection: %s", strerror(errno));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void shake(int fd, const char *token, size_t n)
{
	char text[TOKEN_MAX + 512];
	size_t got = 0;
	int len = snprintf(text, sizeof(text), "GET /ws/simulate%s%.*s "
			   "HTTP/1.1\r\nHost: localhost\r\n"
			   "Upgrade: websocket\r\nConnection: Upgrade\r\n"
			   "Sec-WebSocket-Version: 13\r\n"
			   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			   "\r\n", n ? "?token=" : "", (int)n, token);

	if (len >= (int)sizeof(text) || send(fd, text, (size_t)len, 0) != len)
		die("handshake: %s", strerror(errno));
	while (got < 4 || memcmp(text + got - 4, "\r\n\r\n", 4)) {
		if (got == sizeof(text) - 1 || recv(fd, text + got, 1, 0) != 1)
			die("handshake: no answer");
		got++;
	}
	text[got] = '\0';
	if (strncmp(text, "HTTP/1.1 101", 12))
		die("handshake: %.200s", text);
}

struct conn *open_one(struct load *l)
{
	struct conn *c = &l->conn[l->n];
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	const char *token = "";
	size_t n = 0;

	memset(c, 0, sizeof(*c));
	c->number = l->n;
	if (l->tokens)
		token = token_of(l, c->number, &n);
	c->fd = dial(l->port);
	shake(c->fd, token, n);
	if (epoll_ctl(l->ep, EPOLL_CTL_ADD, c->fd, &e))
		die("epoll: %s", strerror(errno));
	l->n++;
	return c;
}

/* --- frames --- */

/* A masked text frame; the mask is 0, which is one like any other. */
void say_raw(struct conn *c, const char *text, size_t n)
{
	static char out[IN_MAX];
	size_t at = 2;

	if (c->closed)
		return;
	if (n + 14 > sizeof(out))
		die("a message of %zu bytes", n);
	out[0] = (char)0x81;
	if (n < 126) {
		out[1] = (char)(0x80 | n);
	} else if (n < 65536) {
		out[1] = (char)(0x80 | 126);
		out[at++] = (char)(n >> 8);
		out[at++] = (char)n;
	} else {
		die("a message of %zu bytes", n);
	}
	memset(out + at, 0, 4);
	memcpy(out + at + 4, text, n);
	n += at + 4;
	if (send(c->fd, out, n, MSG_NOSIGNAL) != (ssize_t)n &&
	    errno != EPIPE && errno != ECONNRESET)
		die("sending: %s", strerror(errno));
}

void say(struct conn *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(text))
		die("a long message");
	say_raw(c, text, (size_t)n);
}

static void end_conn(struct load *l, struct conn *c, int code)
{
	if (c->closed)
		return;
	c->closed = code;
	l->nclosed++;
	epoll_ctl(l->ep, EPOLL_CTL_DEL, c->fd, NULL);
	close(c->fd);
}

static void hear_frame(struct load *l, struct conn *c, unsigned char *p,
		       size_t n)
{
	static const unsigned char back[] = { 0x88, 0x80, 0, 0, 0, 0 };
	int op = p[-1] & 15;	/* put there by take_frame */

	if (op == 1) {
		l->mode->hear(l, c, (char *)p, n);
	} else if (op == 8) {
		send(c->fd, back, sizeof(back), MSG_NOSIGNAL);
		end_conn(l, c, n >= 2 ? p[0] << 8 | p[1] : 1005);
	} else if (op != 9) {
		die("a frame of opcode %d", op);
	}
}

/* Hear the frame at p, of at most n bytes.  Gives: its size, 0 when it is not
 * whole. */
static size_t take_frame(struct load *l, struct conn *c, unsigned char *p,
			 size_t n)
{
	unsigned char first;
	size_t head = 2, len;

	if (n < 2)
		return 0;
	len = p[1] & 127;
	head = len < 126 ? 2 : len == 126 ? 4 : 10;
	if (n < head)
		return 0;
	if (head > 2) {
		len = 0;
		for (size_t i = 2; i < head; i++)
			len = len << 8 | p[i];
	}
	if (n < head + len)
		return 0;
	first = p[0];
	p[head - 1] = first;
	hear_frame(l, c, p + head, len);
	return head + len;
}

static void take(struct load *l, struct conn *c)
{
	static unsigned char in[IN_MAX];
	size_t at = 0, n = c->nleft, used;
	ssize_t got;

	if (c->closed)
		return;
	if (n)
		memcpy(in, c->left, n);
	got = recv(c->fd, in + n, sizeof(in) - n, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		end_conn(l, c, 1006);
		return;
	}
	n += (size_t)got;
	while (!c->closed && (used = take_frame(l, c, in + at, n - at)))
		at += used;
	if (n - at == sizeof(in))
		die("a frame is too long");
	c->nleft = n - at;
	if (c->nleft) {
		c->left = room(c->left, c->nleft);
		memcpy(c->left, in + at, c->nleft);
	}
}

/* Serve until is_over is set, or the time has come; 0: patience. */
void serve(struct load *l, int64_t until_ns)
{
	int64_t limit = until_ns ? until_ns : now_ns() + PATIENCE_NS;
	struct epoll_event ev[256];

	while (!l->is_over) {
		int64_t left = limit - now_ns();
		int k;

		if (left <= 0)
			break;
		k = epoll_wait(l->ep, ev, 256, (int)(left / 1000000) + 1);
		for (int i = 0; i < k; i++)
			take(l, ev[i].data.ptr);
	}
	if (!l->is_over && !until_ns)
		die("nothing comes any more: %d of %d ready, %d closed",
		    l->nready, l->conns, l->nclosed);
	l->is_over = false;
}
