/*
 * hub_seat: a session in memory, who drives it, and who watches.
 *
 * What it says goes to both; an answer goes to who asked, whoever that is.
 * What leaves memory is in the database: its configuration, its journal and
 * its state make it again.
 */
#ifndef SIM_HUB_SEAT_H
#define SIM_HUB_SEAT_H

#include "server/hub_conn.h"

#define SIM_HUB_TICKETS_MAX	1000	/* of a session, before it waits */

/* What a watcher wants, as the words of attach_session. */
enum sim_hub_events {
	SIM_HUB_EVENTS_ALL, SIM_HUB_EVENTS_ORDERS, SIM_HUB_EVENTS_NONE
};

/* Somebody who watches. */
struct sim_hub_watch {
	struct sim_hub_seat *seat;
	struct sim_hub_conn *conn;
	struct sim_hub_watch *next_of_seat, *next_of_conn;
	enum sim_hub_events events;
};

struct sim_hub_seat {
	struct sim_due_item due;	/* first: the bench's queue */
	struct sim_session *s;
	struct sim_hub_bench *bench;
	struct sim_hub_conn *conn;	/* that drives it; or NULL */
	struct sim_hub_watch *watches;
	struct sim_hub_conn *asker;	/* while it hears that one */
	bool is_aside;			/* what it says is for that one alone */
	uint64_t seen;			/* executions that who drives it has, */
	uint64_t seen_event;		/* event of the last left out there */
	uint64_t stepper;		/* connection that asked for steps */
	struct sim_hub_seat *prev, *next;	/* of the bench */
	struct sim_hub_seat *next_of_conn, *next_in_slot, *next_held;
	bool is_held, is_settled;	/* in the bench's list of those */
	uint64_t *tickets;		/* of it, not yet stored */
	size_t ntickets, tickets_cap;
	int64_t journaled;		/* lines of its journal */
	enum sim_plan plan;		/* of its user */
	bool is_away, is_over;		/* a job has it; it has its results */
	bool is_stored;			/* its row is there */
	int64_t touched_ms;		/* when its row was last changed */
	int64_t used_ms;		/* when it was last at work, or asked */
	uint64_t place;			/* the sequence_id of its row */
	bool is_lost;			/* something of it was not stored */
	bool is_counted;		/* against concurrent_sessions */
	bool is_left;			/* goes once it is stored, or lost */
	bool is_busy;			/* counted as at work */
	int counted;			/* in the meter: its state + 1 */
};

/* -- hub_seat.c ------------------------------------------------------------ */

/* Give a session a seat; takes it. */
struct sim_hub_seat *sim_hub_seat_new(struct sim_hub_bench *b,
				      struct sim_session *s);
/* Take its session out of memory: what it was is in the database. */
void sim_hub_seat_free(struct sim_hub_seat *x);
/* Another session of the same name, made again, takes its place. */
void sim_hub_seat_swap(struct sim_hub_seat *x, struct sim_session *s);
/* The seat of a user's session; NULL: it has none. */
struct sim_hub_seat *sim_hub_seat_find(struct sim_hub_bench *b,
				       const char *user, const char *id);
/* Let its session speak to the seat. */
void sim_hub_seat_listen(struct sim_hub_seat *x);
/* Let the connection drive it, in place of whoever did; NULL: nobody does. */
void sim_hub_seat_attach(struct sim_hub_seat *x, struct sim_hub_conn *c);
/* What it says from now on leaves once the ticket is stored. */
void sim_hub_seat_hold(struct sim_hub_seat *x, uint64_t ticket);
/* Set when it is due, from what its session says. */
void sim_hub_seat_due(struct sim_hub_seat *x, int64_t now_ms);
/* It will be asked before long. */
void sim_hub_seat_foresee(const struct sim_hub_seat *x,
			  enum sim_session_distance d);
/* Some steps of it, or what follows its last one. */
void sim_hub_seat_turn(struct sim_hub_seat *x, int64_t now_ms);
/* Let leave what was stored by now. */
void sim_hub_seats_flush(struct sim_hub_bench *b);
/* Keep from growing old, end, or put away, those that are due for it. */
void sim_hub_seats_sweep(struct sim_hub_bench *b, int64_t now_ms);
/* Store where it stands. */
void sim_hub_seat_store(struct sim_hub_seat *x);

/* -- hub_watch.c: who hears what ------------------------------------------- */

/* Let it watch; again: the new choice counts. */
void sim_hub_watch(struct sim_hub_seat *x, struct sim_hub_conn *c,
		   enum sim_hub_events events);
/* It does no longer, or never did. */
void sim_hub_unwatch(struct sim_hub_seat *x, const struct sim_hub_conn *c);
/* Nobody does. */
void sim_hub_unwatch_all(struct sim_hub_seat *x);
/* What a session says, to whom it is for. */
void sim_hub_seat_say(struct sim_hub_seat *x, const char *lines, size_t n);
/* An error, to all who are at it. */
void sim_hub_seat_error(struct sim_hub_seat *x, enum sim_message_code code,
			const char *text, const struct sim_hub_about *about);

/* -- hub_session.c --------------------------------------------------------- */

/* create_session, or start_simulation that makes one. */
void sim_hub_create(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* start_simulation of one that was made before. */
void sim_hub_start_made(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* resume_session: made again from its journal, wherever it was. */
void sim_hub_resume(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* A message for a session, of whoever asks; one that is not in memory is made
 * again first. */
void sim_hub_ask(struct sim_hub_conn *c, const struct sim_hub_heard *h);
/* The same of one that has a seat; c NULL: of the hub itself. */
void sim_hub_seat_hear(struct sim_hub_seat *x, struct sim_hub_conn *c,
		       const struct sim_hub_heard *h);

/* -- hub_end.c ------------------------------------------------------------- */

/* End it as stop_simulation would: it has run as long as the plan lets it. */
void sim_hub_end(struct sim_hub_seat *x);
/* Its last step was made: work out the results, store and say them. */
void sim_hub_conclude(struct sim_hub_seat *x);
/* All it had to say has left. */
void sim_hub_seat_over(struct sim_hub_seat *x);
/* Something of it could not be stored: what was said since is unsaid. */
void sim_hub_seat_lost(struct sim_hub_seat *x);
/* Who drives it is gone. */
void sim_hub_leave(struct sim_hub_seat *x);
void sim_hub_uncount(struct sim_hub_seat *x);

#endif
