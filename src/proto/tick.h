/*
 * tick: bars on their way to a strategy, and its answer: the part of the
 * protocol that is met on every step, written and read by hand.
 *
 * What is written is what messages.def says of tick, bars and tick_ack.
 */
#ifndef SIM_TICK_H
#define SIM_TICK_H

#include "model/bar.h"
#include "util/buf.h"

#define SIM_TICK_BLOCK 512		/* bars in a block */

/* A writer; .out and .as_text are the caller's to set. */
struct sim_tick {
	struct sim_buf *out;
	bool as_text;			/* decimals as strings */
	char timeframe[16];
	int64_t day;			/* whose text stands in date */
	char date[16];
	bool need_comma;
};

/* What ends a step, and nothing: a block that is not to be answered. */
struct sim_tick_end {
	int64_t sequence_id;
	sim_time now;
	bool is_eod;
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

/* Is the line a plain tick_ack, ready and with nothing pending?  Then its
 * sequence_id.  Other shapes of the message are for sim_message_decode(). */
bool sim_tick_ack(const char *line, size_t n, int64_t *sequence_id);

#endif
