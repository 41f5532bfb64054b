/*
 * store_priv: what the files of this folder share: the layout of a bar file
 * and where files lie.
 *
 * DIR/SYMBOL/1min.bars     a series          (SYMBOL percent-encoded)
 * DIR/SYMBOL/actions       corporate actions
 * DIR/locks/SYMBOL         held while a symbol is written, never removed
 *
 * A bar file is the head, one mark a chunk, then the columns, each on a
 * 64-byte boundary, all little-endian.  The head ends in the SHA-256 of what
 * is before it, so that opening can trust it without reading the columns.
 */
#ifndef SIM_STORE_PRIV_H
#define SIM_STORE_PRIV_H

#include <pthread.h>

#include "store/store.h"

#define SIM_STORE_PATHMAX	4096
#define SIM_STORE_VERSION	1
#define SIM_STORE_SUFFIX	".bars"

enum { COL_TS, COL_OPEN, COL_HIGH, COL_LOW, COL_CLOSE, COL_VOLUME, COL_FLAGS,
       COL__COUNT };
/* HAS_ROOM: no two bars begin within a timeframe of each other. */
enum { HAS_VOLUME = 1, HAS_FLAGS = 2, HAS_ROOM = 4 };

struct store_head {
	char magic[8];
	uint32_t version;
	uint32_t head_size;
	char symbol[40];
	char calendar[24];
	char asset_class[16];
	char currency[8];
	int64_t tick_size, lot_size, multiplier;
	uint32_t tf_unit;
	uint32_t has;
	int64_t tf_span;
	uint64_t bars;
	int64_t first, last;
	uint64_t marks_at;
	uint64_t column_at[COL__COUNT];
	uint64_t file_size;
	uint8_t hash[SIM_SHA256_SIZE];		/* of the content */
	uint8_t check[SIM_SHA256_SIZE];		/* of the head before it */
};

/* Files that are open, and how each was when it was mapped. */
struct store_shared {
	pthread_mutex_t lock;
	struct sim_store_bars *first;
};

struct sim_store {
	char *dir;
	struct store_shared *shared;	/* NULL: each is mapped anew */
};

/* The symbol's folder, and the file of one series in it. */
int sim_store_path(const struct sim_store *st, const char *symbol,
		   const char *leaf, char path[SIM_STORE_PATHMAX],
		   struct sim_err *err) SIM_MUST_CHECK;
int sim_store_path_bars(const struct sim_store *st, const char *symbol,
			struct sim_bar_tf tf, char path[SIM_STORE_PATHMAX],
			struct sim_err *err) SIM_MUST_CHECK;
/* Make the symbol's folder and hold its lock; sim_file_unlock(*fd). */
int sim_store_lock(const struct sim_store *st, const char *symbol, int *fd,
		   struct sim_err *err) SIM_MUST_CHECK;

/* Map one file by its path. */
int sim_store_bars_map(const char *path, struct sim_store_bars **b,
		       struct sim_err *err) SIM_MUST_CHECK;
/* Write one file; the caller holds the lock. */
int sim_store_write(const char *path, const struct sim_instrument *ins,
		    struct sim_bar_tf tf, const struct sim_bar_series *s,
		    struct sim_err *err) SIM_MUST_CHECK;
/* The hash over the canonical header text and ready marks. */
void sim_store_hash_of_marks(const struct sim_instrument *ins,
			     struct sim_bar_tf tf,
			     const struct sim_bar_series *s, bool has_flags,
			     const struct sim_store_mark *marks,
			     uint8_t out[SIM_SHA256_SIZE]);
/* Whether any flag of the series is set. */
bool sim_store_hash_has_flags(const struct sim_bar_series *s);

#endif
