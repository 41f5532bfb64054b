/*
 * desk: the dashboard at work: what comes is heard, keys are obeyed, what has
 * changed is drawn, until one leaves.
 *
 * One thread.  It waits for the terminal and the channel together and hears for
 * a few milliseconds at a time.  What comes is drawn twenty times a second; a
 * key ends the hearing and is answered by a frame of its own, thirty a second
 * together.
 */
#ifndef SIM_DESK_H
#define SIM_DESK_H

#include "tui/channel.h"
#include "tui/dash.h"
#include "tui/keys.h"
#include "util/stop.h"

/* What the program lends. */
struct sim_desk_host {
	int64_t (*now_ms)(void);		/* monotonic */
	sim_time (*now)(void);			/* wall clock: orders' names */
	const struct sim_stop *stop;		/* leave; NULL: never */
	const char *program;			/* runs commands */
	char *const *options;			/* of each, NULL-ended */
	int tty;				/* keys come from; -1: none */
	/* What only a terminal can do; NULL: it is none. */
	void (*mouse)(struct sim_screen *s, bool is_on);
	void (*suspend)(struct sim_screen *s);
	void (*send)(struct sim_screen *s, const char *text, size_t n);
};

struct sim_desk_setup {
	const struct sim_desk_host *host;
	struct sim_screen *screen;
	struct sim_dash *dash;
	struct sim_channel *channel;
	const struct sim_keys *keys;
	const char *run;		/* id of the stored run, or NULL */
	const char *session;		/* id of the session, or NULL */
	const char *at;			/* a run is opened there; NULL: end */
	const struct sim_theme *theme;	/* the user's own, or NULL */
	bool is_any;			/* nobody has named the session */
	bool is_sure;			/* orders are sent without a question */
	/* Before a key and at the end, wait until there is nothing to hear:
	 * the same keys then give the same frame. */
	bool is_steady;
};

struct sim_desk_stats {
	uint64_t frames, lines;		/* drawn, heard */
	int64_t worst_ms;		/* from hearing to drawing */
	bool has_offered;		/* all sessions, to choose one */
	char next[SIM_MESSAGE_ID_MAX + 1];	/* session to go over to; "" */
};

/*
 * Work until one leaves, or the screen has no more events.
 *
 * Gives:  *stats, also after an error.
 * Errors: SIM_E_INTR and the like when the stop was asked: the caller's code;
 *         what the process at the other end of the channel failed with.
 */
int sim_desk_run(const struct sim_desk_setup *setup,
		 struct sim_desk_stats *stats, struct sim_err *err)
	SIM_MUST_CHECK;

/* Take whole lines of n bytes with their newlines; false: there is no use. */
typedef bool (*sim_desk_line_say)(void *ctx, const char *text, size_t n);
/*
 * The same without a screen: what happens as lines of text, each once, as it is
 * heard (setup->screen is not drawn on).  Ends when a run was gone through, a
 * session is over, or nothing more comes.
 */
int sim_desk_plain(const struct sim_desk_setup *setup, sim_desk_line_say say,
		   void *ctx, struct sim_desk_stats *stats,
		   struct sim_err *err) SIM_MUST_CHECK;

#endif
