/* desk, inside: for desk_*.c. */
#ifndef SIM_DESK_PRIV_H
#define SIM_DESK_PRIV_H

#include "tui/dash_save.h"
#include "tui/desk.h"
#include "tui/edit.h"
#include "tui/errand.h"
#include "tui/slip.h"

#define DESK_FRAME_MS	50	/* between two frames of what comes */
#define DESK_FRAMES	30	/* at most, in any second */
#define DESK_SPARE	6	/* of them, that keys may have at once */
#define DESK_COST_MS	(1000 / (DESK_FRAMES - DESK_SPARE) + 1)
#define DESK_HEAR_MS	8	/* heard at a time */
#define DESK_IDLE_MS	200	/* nothing happens: look at the clock */
#define DESK_COMMANDS	200	/* that were run and are remembered */
#define DESK_OFFERS	64	/* words that could stand at the cursor */
#define DESK_MARKS	32	/* bookmarks */
#define DESK_LOOKS	64	/* changes of the view that can be undone */
#define DESK_SAVED	24	/* steps that one can go back to at once */

/* What is over the panes and has the keys. */
enum desk_mode { DESK_PANES, DESK_LINE, DESK_SLIP, DESK_ASK };

/* What a line is typed for. */
enum desk_line {
	DESK_COMMAND, DESK_FILTER, DESK_STUDIES, DESK_SEEK, DESK_BREAK,
	DESK_LINE__COUNT
};

/* What an errand is for. */
enum desk_errand { DESK_SHOW, DESK_DO, DESK_COMPLETE };

/* A question, and what is said when the answer is yes. */
struct desk_ask {
	char question[160], command[SIM_SLIP_COMMAND];
	struct sim_buf lines;
	bool is_order;			/* the dashboard's model hears them */
};

struct desk_offer {
	char word[128], what[128];
};

/* How one looks at it. */
struct desk_look {
	enum sim_dash_layout layout;
	enum sim_dash_zone zone;
	int zoom;
	const struct sim_theme *theme;
	char studies[128];
	struct sim_dash_view view;
};

/* Where a replay stands and shall stand. */
struct desk_seek {
	uint64_t at, target;
	bool is_moving;			/* on its way to the target */
	bool is_turned;			/* to pause or go on when it is there */
	bool is_skipping;		/* what comes is of the past */
	bool is_placed;			/* the run was opened where it shall */
	int64_t since_ms;
	uint64_t mark[DESK_MARKS];
	size_t n_marks;
	struct sim_dash_saved *saved[DESK_SAVED];
	uint64_t saved_at[DESK_SAVED];
	size_t n_saved;
	uint64_t every;			/* steps between two of them */
	int n_breaks;
};

struct desk {
	const struct sim_desk_setup *in;
	struct sim_screen *s;
	struct sim_dash *d;
	struct sim_channel *c;
	enum desk_mode mode;
	/* the line that is typed */
	enum desk_line line;
	struct sim_edit edit;
	struct desk_offer offers[DESK_OFFERS];
	size_t n_offers;
	int offer;			/* the one that stands there; -1 */
	size_t offer_from;		/* where it begins in the line */
	char *commands[DESK_COMMANDS];
	size_t n_commands, recall;
	/* orders */
	struct sim_slip slip;
	struct desk_ask ask;
	int64_t asked, estimate;	/* numbers of requests */
	uint64_t estimated_at;		/* step of the estimate */
	int64_t estimated_ms;
	unsigned pending;		/* answers that are waited for */
	/* commands */
	struct sim_errand errand;
	enum desk_errand errand_is;
	char errand_line[SIM_EDIT_MAX];
	/* the clock */
	int speed;			/* row of the ladder */
	int64_t bar_ms;			/* simulated length of a bar */
	struct desk_seek seek;
	/* the view */
	struct desk_look looks[DESK_LOOKS];
	size_t n_looks, look;		/* look: where one stands */
	bool is_mouse;
	int border;			/* that is being dragged; -1: none */
	struct {
		int row, col;
		int64_t ms;
	} click;			/* the last one */
	/* the loop */
	int64_t now_ms, next_frame_ms, heard_ms;	/* heard_ms -1: drawn */
	int64_t credit_ms;		/* of frames; each takes DESK_COST_MS */
	int64_t listed_ms;		/* sessions were asked for then */
	bool is_leaving, is_spoilt;
	bool is_asked;			/* a key waits for its answer */
	struct sim_desk_stats *stats;
	int failed;			/* of the other end */
	struct sim_err *err;
};

/* -- desk.c ---------------------------------------------------------------- */

/* A sentence on the last line and in the log. */
void sim_desk_say(struct desk *k, enum sim_theme_role role, const char *fmt,
		  ...) __attribute__((format(printf, 3, 4)));
/* Something that was over the panes is so no more. */
void sim_desk_uncover(struct desk *k);

/* -- desk_hear.c ----------------------------------------------------------- */

/* Hear what has come, for a few milliseconds; true: there is more. */
bool sim_desk_hear(struct desk *k);
/* Say a message to the other end.  Gives: false, said, when it can't be. */
bool sim_desk_send(struct desk *k, enum sim_message_type type,
		   const void *data, const char *request_id);
/* Encode one, with a request_id of its own that is waited for. */
void sim_desk_encode(struct desk *k, enum sim_message_type type,
		     const void *data, struct sim_buf *out);
bool sim_desk_tell(struct desk *k, const char *text, size_t n);
/* Ask for what the picture lacks. */
void sim_desk_ask_wanted(struct desk *k);

/* -- desk_act.c ------------------------------------------------------------ */

/* Do it, or say why it can't be done here. */
void sim_desk_act(struct desk *k, enum sim_keys_action action);
/* Does the source have what it needs? */
bool sim_desk_can(const struct desk *k, enum sim_keys_action action);
/* A click or a turn of the wheel. */
void sim_desk_mouse(struct desk *k, const struct sim_screen_event *ev);
/* Remember a command that was run or what a key did. */
void sim_desk_remember(struct desk *k, const char *command);

/* -- desk_view.c ----------------------------------------------------------- */

/* Change the view, and be able to undo it. */
void sim_desk_view_begin(struct desk *k);
void sim_desk_view_change(struct desk *k, const struct desk_look *to);
/* The same for what the model has changed of its view by itself. */
void sim_desk_view_note(struct desk *k);
struct desk_look sim_desk_view_now(const struct desk *k);
void sim_desk_view_undo(struct desk *k, int by);
void sim_desk_view_copy(struct desk *k);

/* -- desk_trade.c ---------------------------------------------------------- */

/* Open a ticket for what is selected. */
void sim_desk_trade_slip(struct desk *k, enum sim_side side);
/* Open one for a change of the order that is selected. */
void sim_desk_trade_change(struct desk *k);
/* Ask whether the order that is selected, or all, shall be cancelled. */
void sim_desk_trade_cancel(struct desk *k, bool all);
/* The same of positions and closing. */
void sim_desk_trade_flatten(struct desk *k, bool all);
/* A key for the ticket. */
void sim_desk_trade_event(struct desk *k, const struct sim_screen_event *ev);
/* A key for the question: y sends. */
void sim_desk_trade_answer(struct desk *k, const struct sim_screen_event *ev);
/* Draw the ticket or the question. */
void sim_desk_trade_draw(struct desk *k);
/* Prices have moved since the ticket's cost was asked for: ask anew. */
void sim_desk_trade_look(struct desk *k);
/* What a request of ours came to. */
void sim_desk_trade_hear(struct desk *k, const struct sim_message *m);

/* -- desk_line.c ----------------------------------------------------------- */

/* Begin to type. */
void sim_desk_line_begin(struct desk *k, enum desk_line line);
/* A key for the line. */
void sim_desk_line_event(struct desk *k, const struct sim_screen_event *ev);
/* Draw it on the last row, and what could stand there above. */
void sim_desk_line_draw(struct desk *k);
/* Run a command line and show what it prints. */
void sim_desk_line_run(struct desk *k, const char *line);
/* Run one and show what it prints only if it fails. */
void sim_desk_line_do(struct desk *k, const char *line);
/* The errand is over. */
void sim_desk_line_done(struct desk *k);
void sim_desk_line_release(struct desk *k);

/* -- desk_seek.c ----------------------------------------------------------- */

/* Go to the end of a step. */
void sim_desk_seek_to(struct desk *k, uint64_t step);
/* "120", "+10", "50%", a time; an event's number as #N. */
void sim_desk_seek_place(struct desk *k, const char *text);
void sim_desk_seek_break(struct desk *k, const char *expr);
void sim_desk_seek_go_on(struct desk *k);
void sim_desk_seek_mark(struct desk *k);
void sim_desk_seek_jump(struct desk *k);
/* A line beginning with '!'; true when what follows is not to be heard. */
void sim_desk_seek_word(struct desk *k, const char *line);
/* A message was heard. */
void sim_desk_seek_hear(struct desk *k, const struct sim_message *m);
void sim_desk_seek_release(struct desk *k);
/* The clock. */
void sim_desk_seek_pause(struct desk *k);
void sim_desk_seek_step(struct desk *k);
void sim_desk_seek_speed(struct desk *k, int by);

#endif
