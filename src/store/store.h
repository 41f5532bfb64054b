/*
 * store: bars on disk, per symbol and timeframe, mapped when read.
 *
 * A file is a header (magic, version, instrument, timeframe, count, first and
 * last time, column offsets, content hash, chunk hashes) and packed columns of
 * 64-bit values, so that opening is mapping.  Files are replaced whole
 * (write, fsync, rename) under a lock per symbol; a truncated or foreign file
 * is refused with a sentence.
 */
#ifndef SIM_STORE_H
#define SIM_STORE_H

#include "model/action.h"
#include "model/bar.h"
#include "model/instrument.h"
#include "util/sha256.h"

#define SIM_STORE_CHUNK	4096		/* bars a chunk hash covers */

struct sim_store;			/* a folder */
struct sim_store_bars;			/* one mapped file */

/* Open the folder (made on first write).  Gives: *st, owned by the caller. */
int sim_store_open(const char *dir, struct sim_store **st, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_store_close(struct sim_store *st);

/* From now on a file that is opened again while it is open is mapped once, in
 * all threads.  Order: before any is opened; all are closed before st. */
void sim_store_share(struct sim_store *st);

/*
 * Map one series.  Cost: independent of the number of bars.
 *
 * Errors: SIM_E_NOENT not in the store (says how to import), SIM_E_DATA
 *         truncated, foreign or of another version.
 */
int sim_store_bars_open(const struct sim_store *st, const char *symbol,
			struct sim_bar_tf tf, struct sim_store_bars **b,
			struct sim_err *err) SIM_MUST_CHECK;
void sim_store_bars_close(struct sim_store_bars *b);
/* Give its memory back; what is touched is read again. */
void sim_store_bars_forget(const struct sim_store_bars *b);
/* Views that die with b. */
struct sim_bar_series sim_store_bars_series(const struct sim_store_bars *b);
const struct sim_instrument *
sim_store_bars_instrument(const struct sim_store_bars *b);
struct sim_bar_tf sim_store_bars_tf(const struct sim_store_bars *b);
const uint8_t *sim_store_bars_hash(const struct sim_store_bars *b);
/*
 * What is remembered of a chunk: its hash, and two sums over its rows that
 * find the row when exactly one was altered.  A run may keep the marks of its
 * data and compare later.
 */
struct sim_store_mark {
	uint8_t hash[SIM_SHA256_SIZE];
	uint64_t sum, weighted;
};
const struct sim_store_mark *
sim_store_bars_marks(const struct sim_store_bars *b, size_t *n);
static inline size_t sim_store_chunks(size_t bars)
{
	return (bars + SIM_STORE_CHUNK - 1) / SIM_STORE_CHUNK;
}
/* The marks of a series: room for sim_store_chunks(s->n). */
void sim_store_marks(const struct sim_bar_series *s, struct sim_store_mark *m);
/*
 * Compare n marks kept earlier with a series as it is now.
 *
 * Gives:  false when equal; else *chunk, the first that differs, and *row, the
 *         index of its altered bar, SIZE_MAX when that is not exactly one.
 */
bool sim_store_marks_differ(const struct sim_store_mark *m, size_t n,
			    const struct sim_bar_series *s, size_t *chunk,
			    size_t *row);

/* Recompute the hashes.  *chunk: the first chunk that differs (SIM_E_FALSE,
 * the message names chunk and row). */
int sim_store_bars_verify(const struct sim_store_bars *b, size_t *chunk,
			  struct sim_err *err) SIM_MUST_CHECK;

/*
 * The hash of a series (instrument, timeframe and bars), as the header holds
 * it: SHA-256 over the canonical header text and the chunk hashes.  chunks may
 * be NULL; else room for (n + SIM_STORE_CHUNK - 1) / SIM_STORE_CHUNK hashes.
 */
void sim_store_hash(const struct sim_instrument *ins, struct sim_bar_tf tf,
		    const struct sim_bar_series *s,
		    uint8_t (*chunks)[SIM_SHA256_SIZE],
		    uint8_t out[SIM_SHA256_SIZE]);

/* Write a series whole, replacing what was there. */
int sim_store_put(struct sim_store *st, const struct sim_instrument *ins,
		  struct sim_bar_tf tf, const struct sim_bar_series *s,
		  struct sim_err *err) SIM_MUST_CHECK;

/*
 * Merge a series into what is stored, under the symbol's lock.
 *
 * Takes:  m->replace.
 * Gives:  the counts in *m.
 * Errors: SIM_E_DATA an existing time with other values and !m->replace (names
 *         the time and both closes); SIM_E_CONFIG another instrument
 *         definition than stored; SIM_E_DATA bars that would stay were altered
 *         since they were stored.  Nothing is stored then.
 */
struct sim_store_merge {
	bool replace;			/* in: the new values win */
	size_t added;
	size_t same;			/* were there, equal */
	size_t changed;			/* were there, replaced */
};
int sim_store_merge(struct sim_store *st, const struct sim_instrument *ins,
		    struct sim_bar_tf tf, const struct sim_bar_series *s,
		    struct sim_store_merge *m, struct sim_err *err)
	SIM_MUST_CHECK;

/* The definition stored with any timeframe of the symbol; SIM_E_NOENT. */
int sim_store_instrument(const struct sim_store *st, const char *symbol,
			 struct sim_instrument *ins, struct sim_err *err)
	SIM_MUST_CHECK;

/* Is there something to remove?  Errors: SIM_E_NOENT. */
int sim_store_find(const struct sim_store *st, const char *symbol,
		   const struct sim_bar_tf *tf_or_all, struct sim_err *err)
	SIM_MUST_CHECK;

/* Remove one series, or the symbol whole (its actions too) when tf is NULL.
 * Errors: SIM_E_NOENT when there is none. */
int sim_store_remove(struct sim_store *st, const char *symbol,
		     const struct sim_bar_tf *tf_or_all, struct sim_err *err)
	SIM_MUST_CHECK;

/* What is stored, sorted by symbol then timeframe; freed with sim_mem_free. */
struct sim_store_entry {
	struct sim_instrument instrument;
	struct sim_bar_tf tf;
	size_t bars;
	sim_time first, last;
	uint8_t hash[SIM_SHA256_SIZE];
	char problem[128];		/* why it can't be opened, or "" */
};
int sim_store_list(const struct sim_store *st, struct sim_store_entry **out,
		   size_t *n, struct sim_err *err) SIM_MUST_CHECK;

/* Corporate actions of a symbol, ascending day; none stored: *n = 0. */
int sim_store_actions_get(const struct sim_store *st, const char *symbol,
			  struct sim_action **out, size_t *n,
			  struct sim_err *err) SIM_MUST_CHECK;
int sim_store_actions_put(struct sim_store *st, const char *symbol,
			  const struct sim_action *a, size_t n,
			  struct sim_err *err) SIM_MUST_CHECK;

#endif
