/*
 * tick: bars on their way to a strategy, and its answer: the part of the
 * protocol that is met on every step, written and read by hand.
 *
 * What is written is what messages.def says of tick, bars and tick_ack.
 */
#ifndef SIM_TICK_H
#define SIM_TICK_H

#include "model/bar.h"
#include "proto/message.h"
#include "util/buf.h"

#define SIM_TICK_BLOCK 512		/* bars in a block */

/* A writer; zeroed, then .out, .style and .timeframe are the caller's to set.
 * On the wire it is released at the end. */
struct sim_tick {
	struct sim_buf *out;
	struct sim_message_style style;
	bool is_bare;			/* tick: of a bar only its date */
	char timeframe[16];
	struct {
		int64_t number;		/* of the day whose text stands here */
		char text[16];		/* "" is none */
	} day;
	bool need_comma;
	struct sim_buf names;		/* wire: of the tick's symbols */
};
void sim_tick_release(struct sim_tick *t);

/* The words of tick.market_session, in their order. */
enum sim_tick_session {
	SIM_TICK_REGULAR, SIM_TICK_PRE_MARKET, SIM_TICK_AFTER_HOURS
};

/* What ends a step, and nothing: a block that is not to be answered. */
struct sim_tick_end {
	int64_t sequence_id;
	sim_time now;
	bool is_eod;
	enum sim_tick_session session;	/* wire */
};

/* A message `tick`: begin, its candles, finish. */
void sim_tick_begin(struct sim_tick *t, const struct sim_tick_end *e);
void sim_tick_candle(struct sim_tick *t, const char *symbol,
		     const struct sim_bar *b);
void sim_tick_finish(struct sim_tick *t, const struct sim_tick_end *e);

/* A message `bars` in columns: begin (e NULL: not the last of its step), its
 * rows, finish. */
void sim_tick_block(struct sim_tick *t, const struct sim_tick_end *e,
		    bool is_history);
void sim_tick_row(struct sim_tick *t, uint32_t sym, const struct sim_bar *b);
void sim_tick_block_finish(struct sim_tick *t);

/* {date, open, ...} alone, for lists of candles. */
void sim_tick_bar(struct sim_tick *t, const struct sim_bar *b);

/*
 * Is the line a plain tick_ack, ready and with nothing pending?  Other shapes
 * of the message are for sim_message_decode().
 *
 * Takes:  session_id: what the line must name, if it names one; NULL: it may
 *         not.
 * Gives:  its sequence_id.
 */
bool sim_tick_ack(const char *line, size_t n, const char *session_id,
		  int64_t *sequence_id);

#endif
