/*
 * A server for tests: a thread that answers one connection after the other with
 * given bytes, and remembers what it was asked.
 */
#ifndef ANSWERER_H
#define ANSWERER_H
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "suite.h"

#define ANSWERS		16
#define ASKED_BYTES	8192

struct answerer {
	int fd, n;		/* n: connections so far */
	int delay_ms;		/* -1: no answer before they end it */
	size_t fill;		/* so many blanks after each answer */
	const char *answers[ANSWERS];	/* the last one goes on */
	char asked[ANSWERS][ASKED_BYTES];
	char url[64], path[64];
	pthread_t thread;
};

#define ANSWER(status, body) "HTTP/1.1 " status "\r\nConnection: close\r\n" \
	"\r\n" body

static inline void hear(int c, char *to)
{
	size_t n = 0, head = 0, want = 0;
	const char *end, *length;
	ssize_t k;

	while (n < ASKED_BYTES - 1 &&
	       (k = recv(c, to + n, ASKED_BYTES - 1 - n, 0)) > 0) {
		n += (size_t)k;
		to[n] = '\0';
		end = strstr(to, "\r\n\r\n");
		if (!end)
			continue;
		head = (size_t)(end - to) + 4;
		length = strstr(to, "Content-Length: ");
		want = length ? (size_t)strtoul(length + 16, NULL, 10) : 0;
		if (n >= head + want)
			break;
	}
}

static inline void *answerer_run(void *arg)
{
	struct answerer *a = arg;
	char blanks[4096];
	int c;

	memset(blanks, ' ', sizeof(blanks));
	while ((c = accept(a->fd, NULL, NULL)) >= 0) {
		int i = a->n < ANSWERS - 1 ? a->n : ANSWERS - 1, last = i;

		hear(c, a->asked[i]);
		while (!a->answers[last])
			last--;
		__atomic_add_fetch(&a->n, 1, __ATOMIC_SEQ_CST);
		while (a->delay_ms < 0 && recv(c, blanks, 1, 0) > 0)
			;
		if (a->delay_ms > 0)
			usleep((useconds_t)a->delay_ms * 1000);
		send(c, a->answers[last], strlen(a->answers[last]),
		     MSG_NOSIGNAL);
		for (size_t k = 0; k < a->fill; k += sizeof(blanks))
			if (send(c, blanks, sizeof(blanks), MSG_NOSIGNAL) < 0)
				break;
		close(c);
	}
	return NULL;
}

static inline void answerer_start(struct answerer *a)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(in);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a->fd = socket(*a->path ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
	if (*a->path) {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", a->path);
		ck_assert_int_eq(bind(a->fd, (void *)&un, sizeof(un)), 0);
		snprintf(a->url, sizeof(a->url), "http://local");
	} else {
		ck_assert_int_eq(bind(a->fd, (void *)&in, len), 0);
		getsockname(a->fd, (void *)&in, &len);
		snprintf(a->url, sizeof(a->url), "http://127.0.0.1:%d",
			 ntohs(in.sin_port));
	}
	ck_assert_int_eq(listen(a->fd, 8), 0);
	ck_assert_int_eq(pthread_create(&a->thread, NULL, answerer_run, a), 0);
}

static inline void answerer_stop(struct answerer *a)
{
	shutdown(a->fd, SHUT_RDWR);
	pthread_join(a->thread, NULL);
	close(a->fd);
}
#endif
