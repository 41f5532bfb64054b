/*
 * backend_wire: a connection to a server that is made again when it is lost,
 * with what was under way.
 *
 * What was asked and not answered is asked again, where that is safe, or is
 * answered as the session shows it; sessions are taken up where the caller is;
 * ticks and executions are given once, in order.
 */
#ifndef SIM_BACKEND_WIRE_H
#define SIM_BACKEND_WIRE_H

#include "backend/backend_priv.h"
#include "client/ws.h"

#define SIM_BACKEND_WIRE_ID	65

/* A session that this connection drives or watches. */
struct sim_backend_wire_seat {
	char id[SIM_BACKEND_WIRE_ID];
	bool is_driven, is_over;
	bool is_free;			/* driven: nobody acknowledges */
	int events;			/* watched: of attach_session */
	int64_t given, acked;		/* ticks */
	int64_t execution;		/* number of the last one given */
	int64_t event;			/* watched: the last given as a whole */
	int64_t report;			/* and the last whose report was */
	int64_t seen;			/* newest tick since it was taken up */
	char *hold;			/* an acknowledgement that holds it */
};

/* Something that was asked and is not answered. */
struct sim_backend_wire_asked {
	enum sim_message_type type;
	char *line;
	size_t len;
	char request_id[SIM_MESSAGE_REQUEST_MAX + 1];
	char session_id[SIM_BACKEND_WIRE_ID];	/* "" is none */
	int64_t step;			/* it belongs to; of a driven session */
	int64_t goal;			/* step_simulation: its last tick; 0:
					 * not known, so it is not sent */
	bool is_again;			/* sent, maybe for the second time */
	bool is_due;			/* to be asked again */
	bool is_last;			/* it was: its refusal stands */
	uint64_t n;			/* names it while others come and go */
};

struct sim_backend_wire {
	struct sim_backend b;		/* first */
	struct sim_ws *ws;
	struct sim_ws_target target;
	/* Say in link->target where to connect to. */
	int (*prepare)(struct sim_backend_wire *l, bool is_refused,
		       struct sim_err *err);
	void (*release)(struct sim_backend_wire *l);	/* all of itself */
	int connect_ms, give_up_ms;
	char where[256];

	enum sim_backend_link state;
	bool is_refused;		/* what was shown is no good */
	bool is_quiet;			/* the server was done with us */
	int64_t lost_ms, retry_ms;
	unsigned attempts, drops;
	char reason[256];
	struct sim_err fatal;

	struct sim_backend_wire_seat *seats;
	size_t nseats, seats_cap;
	struct sim_backend_wire_asked *asked;
	size_t nasked, asked_cap;
	uint64_t nth;			/* of what was asked, so far */
	struct {
		struct sim_backend_message *list;
		size_t first, n, cap;
	} ready;			/* to be given */
	struct sim_backend_message *missed;	/* executions, with the next
						 * ticks */
	size_t nmissed, missed_cap;
	uint64_t own;			/* requests of its own so far */
};

extern const struct sim_backend_ops sim_backend_wire_local;
extern const struct sim_backend_ops sim_backend_wire_remote;

/* Fill in what all have; connect for the first time. */
void sim_backend_wire_init(struct sim_backend_wire *l,
			   const struct sim_backend_ops *ops,
			   const struct sim_backend_host *host);
int sim_backend_wire_open(struct sim_backend_wire *l, struct sim_err *err);
/* Wait, but for the stop. */
int sim_backend_wire_sleep(struct sim_backend_wire *l, int64_t ms,
			   struct sim_err *err);

/* -- between its parts ----------------------------------------------------- */

/* A session of this connection; NULL: it is none, and was not made. */
struct sim_backend_wire_seat *
sim_backend_wire_seat(struct sim_backend_wire *l, const char *id, bool make);
/* It is none any more. */
void sim_backend_wire_leave(struct sim_backend_wire *l, const char *id);
/* One message from the connection, as it is: 1, 0, or it was lost. */
int sim_backend_wire_read(struct sim_backend_wire *l, int64_t deadline_ms,
			  struct sim_backend_message *m, struct sim_err *err);
int sim_backend_wire_write(struct sim_backend_wire *l, const char *text,
			   size_t len, struct sim_err *err);
/* Say what was asked; with a question, where it has no answer of its own. */
int sim_backend_wire_say(struct sim_backend_wire *l,
			 const struct sim_backend_wire_asked *a,
			 struct sim_err *err);
/* A question of ours about it. */
int sim_backend_wire_ask(struct sim_backend_wire *l,
			 const struct sim_backend_wire_asked *a,
			 enum sim_message_type type, struct sim_err *err);
/* Look at what came; it is put to what is to be given, or dropped. */
void sim_backend_wire_hear(struct sim_backend_wire *l,
			   struct sim_backend_message *m);
/* To be given; taken over. */
void sim_backend_wire_give(struct sim_backend_wire *l,
			   struct sim_backend_message *m);
/* Make a message, as if it had come. */
void sim_backend_wire_make(struct sim_backend_wire *l,
			   enum sim_message_type type, const void *data,
			   const char *request_id, const char *session_id,
			   struct sim_backend_message *out);
/* What was asked, by its n; NULL: it is answered. */
struct sim_backend_wire_asked *
sim_backend_wire_asked(struct sim_backend_wire *l, uint64_t n);
/* It is answered; NULL is fine. */
void sim_backend_wire_forget(struct sim_backend_wire *l,
			     struct sim_backend_wire_asked *a);

/* backend_news.c: is a message news, of what comes once?  And the number of an
 * execution_id; 0: it is none. */
bool sim_backend_news_is(struct sim_backend_wire *l,
			 const struct sim_message *m);
int64_t sim_backend_news_execution(const char *execution_id);

/* backend_again.c: after a connection was made again: sessions, then what was
 * under way.  Errors: the connection was lost again; SIM_E_INTR. */
int sim_backend_again(struct sim_backend_wire *l, struct sim_err *err);
/* A refusal of something that was asked again, whose first copy may have
 * arrived.  False: it stands; true: it was answered as the session shows it,
 * or is asked once more when the connection, which was lost, is there again. */
bool sim_backend_again_refused(struct sim_backend_wire *l, uint64_t n,
			       const struct sim_message *m);
/* The ticks that a step_simulation asks for. */
int64_t sim_backend_again_ticks(const struct sim_backend_wire_asked *a);

#endif
