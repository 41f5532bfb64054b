/*
 * log: the event log, canonical NDJSON, written and read back.
 *
 * A line an event, keys in a fixed order, decimals as exact literals; the
 * last line seals the number of events and the SHA-256 of all lines before
 * it.  No id of a run, session, request or client, no text of a strategy.
 */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include "model/event.h"
#include "model/instrument.h"
#include "util/buf.h"
#include "util/sha256.h"

#define SIM_LOG_LINE_MAX 8192

/* A word of a vocabulary in its quotes. */
struct sim_log_word {
	char text[32];
	uint8_t len;			/* 0: no such word */
};
#define SIM_LOG_WORDS	16		/* most of a vocabulary */
#define SIM_LOG_VOCABS	8

struct sim_log {
	struct sim_buf *out;		/* borrowed */
	const struct sim_instrument *ins;	/* borrowed */
	uint32_t nsyms;
	size_t hashed;			/* bytes of out already in hash */
	uint64_t events;
	sim_time time;			/* whose text is in time_text */
	int64_t day;		/* of it; INT64_MIN: it has a fraction */
	uint8_t time_len;
	char time_text[SIM_TIME_STRMAX];
	struct sim_sha256 hash;
	struct sim_log_word words[SIM_LOG_VOCABS][SIM_LOG_WORDS];
};

/* Start a log in *out (reset). */
void sim_log_begin(struct sim_log *l, struct sim_buf *out,
		   const struct sim_instrument *ins, uint32_t nsyms);
void sim_log_add(struct sim_log *l, const struct sim_event *ev);
/* Append the seal.  Gives: the hash as hex. */
void sim_log_seal(struct sim_log *l, char hex[SIM_SHA256_HEX]);

/* One line read back; ev.order, ev.fill and ev.text point into it. */
struct sim_log_line {
	struct sim_event ev;
	struct sim_order order;
	struct sim_fill fill;
	char text[512];
};

/* Reading a log. */
struct sim_log_reader {
	const char *p, *end;
	const struct sim_instrument *ins;
	uint32_t nsyms;
	uint64_t line;			/* of the newest event, from 1 */
};
/* Check the seal and start.  Errors: SIM_E_DATA cut, or altered. */
int sim_log_open(struct sim_log_reader *r, const char *p, size_t n,
		 const struct sim_instrument *ins, uint32_t nsyms,
		 struct sim_err *err) SIM_MUST_CHECK;
/* The same of one that was written here, sealed or not yet, from behind the
 * event of this seq on; nothing is checked. */
void sim_log_open_after(struct sim_log_reader *r, const struct sim_buf *log,
			uint64_t seq, const struct sim_instrument *ins,
			uint32_t nsyms);
/*
 * The next event.
 * Gives:  1 and *ev; 0 at the end.
 * Errors: SIM_E_DATA with the line's number.
 */
int sim_log_next(struct sim_log_reader *r, struct sim_log_line *ev,
		 struct sim_err *err);

#endif
