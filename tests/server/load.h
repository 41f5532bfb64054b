/* load: what its two files share: connections and what is heard on them. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn {
	int fd;
	int number;
	char *left;		/* of a frame not yet whole */
	size_t nleft;
	int64_t asked_ns;
	uint64_t heard;		/* of what counts, while it counts */
	uint64_t sequence;	/* of its latest tick */
	int rounds;
	int closed;		/* close code; 0: open */
	bool is_ready;
};

struct load {
	const struct mode *mode;
	int port, conns, per_user;
	double seconds;
	int idle, pid, rounds, orders;
	char *tokens;
	struct conn *conn;
	int n;			/* of conn, opened */
	int ep;
	int nready, nclosed, nasked;
	bool is_held, is_counting, is_over;
	int64_t from_ns, to_ns;
	int64_t cpu_ns;		/* of the process pid, in between */
	int64_t *took;		/* latencies */
	size_t ntook, took_cap;
	char *text;		/* what echo says, and how much */
	size_t text_len;
};

struct mode {
	const char *name;
	int least;		/* arguments */
	bool has_tokens;
	void (*run)(struct load *l, char **args, int n);
	void (*hear)(struct load *l, struct conn *c, const char *text,
		     size_t n);
};

void die(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));
void *room(void *old, size_t n);
int64_t now_ns(void);
/* What the process has worked so far. */
int64_t cpu_ns(int pid);

/* Connect, with the token of its number. */
struct conn *open_one(struct load *l);
void say_raw(struct conn *c, const char *text, size_t n);
void say(struct conn *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Serve until is_over is set, or the time has come; 0: patience. */
void serve(struct load *l, int64_t until_ns);

#endif
