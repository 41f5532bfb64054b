/* backend_priv: what is behind the door. */
#ifndef SIM_BACKEND_PRIV_H
#define SIM_BACKEND_PRIV_H

#include "backend/backend.h"

/* A line on its way. */
struct sim_backend_line {
	enum sim_message_type type;
	const char *request_id;		/* NULL: none */
	const char *session_id;		/* NULL: none */
	const char *text;		/* without its newline */
	size_t len;
	const void *data;		/* as the request had it, or NULL */
};

struct sim_backend_ops {
	const char *name;
	/* Say a line; it, or what it stands for, arrives once. */
	int (*send)(struct sim_backend *b, const struct sim_backend_line *l,
		    struct sim_err *err);
	/* The next message, replies too: 1; 0: none until deadline_ms by
	 * host.now_ms (INT64_MAX: for ever). */
	int (*next)(struct sim_backend *b, int64_t deadline_ms,
		    struct sim_backend_message *out, struct sim_err *err);
	void (*state)(const struct sim_backend *b,
		      struct sim_backend_state *out);
	void (*close)(struct sim_backend *b);
};

/* First in each backend. */
struct sim_backend {
	const struct sim_backend_ops *ops;
	struct sim_backend_host host;
	struct {
		struct sim_backend_message *list;
		size_t first, n, cap;
	} kept;				/* events, oldest first */
	struct sim_buf line;
	uint64_t asked;			/* requests so far */
	char code[64];
	char *details;
};

/* Fill in what all have. */
void sim_backend_init(struct sim_backend *b, const struct sim_backend_ops *ops,
		      const struct sim_backend_host *host);

/* Append a message of ours; data NULL: nothing but its session_id. */
void sim_backend_encode(struct sim_buf *out, enum sim_message_type type,
			const void *data, const char *request_id,
			const char *session_id);

/* Decode a line, which is taken over (freed) in any case.
 * Errors: SIM_E_PROTO. */
int sim_backend_take(char *line, size_t len, struct sim_backend_message *out,
		     struct sim_err *err);

#endif
