/*
 * store_bars: one mapped bar file.
 *
 * Opening reads the head and the marks alone; every offset in it is checked
 * against the file's size before a column is touched.
 */
#include <string.h>
#include <sys/stat.h>

#include "store/store_priv.h"
#include "util/file.h"
#include "util/mem.h"

struct sim_store_bars {
	struct store_shared *shared;	/* NULL: it is its opener's alone */
	struct sim_store_bars *next;	/* of them */
	unsigned users;
	struct stat file;
	struct sim_file_map map;
	const struct store_head *head;
	struct sim_instrument instrument;
	struct sim_bar_tf tf;
	struct sim_bar_series series;
};

static const char magic[8] = "\x89SIMBAR\n";

static bool is_text(const char *s, size_t size)
{
	return memchr(s, '\0', size) != NULL;
}

static int refuse(struct sim_err *err, const char *path, const char *why)
{
	return sim_err_set(err, SIM_E_DATA,
			   "%s %s; remove it and import the data again", path,
			   why);
}

static bool head_is_whole(const struct store_head *h)
{
	uint8_t check[SIM_SHA256_SIZE];

	sim_sha256_of(h, offsetof(struct store_head, check), check);
	return !memcmp(check, h->check, sizeof(check));
}

/* Columns are whole values within the file. */
static bool column_fits(const struct store_head *h, int col, size_t width)
{
	uint64_t at = h->column_at[col];

	return at % 64 == 0 && at >= h->head_size && at <= h->file_size &&
	       h->bars <= (h->file_size - at) / width;
}

static bool columns_fit(const struct store_head *h)
{
	bool ok = h->marks_at % 8 == 0 && h->marks_at >= h->head_size &&
		  h->marks_at <= h->file_size &&
		  sim_store_chunks(h->bars) <= (h->file_size - h->marks_at) /
					       sizeof(struct sim_store_mark);

	for (int c = COL_TS; ok && c < COL_VOLUME; c++)
		ok = column_fits(h, c, 8);
	if (ok && (h->has & HAS_VOLUME))
		ok = column_fits(h, COL_VOLUME, 8);
	if (ok && (h->has & HAS_FLAGS))
		ok = column_fits(h, COL_FLAGS, 1);
	return ok;
}

static bool values_make_sense(const struct store_head *h)
{
	return is_text(h->symbol, SIM_INSTRUMENT_SYMBOL) &&
	       is_text(h->calendar, sizeof(h->calendar)) &&
	       is_text(h->currency, 4) &&
	       is_text(h->asset_class, sizeof(h->asset_class)) &&
	       h->tick_size > 0 && h->lot_size > 0 && h->multiplier > 0 &&
	       h->tf_unit <= SIM_BAR_TF_WEEK && h->tf_span > 0 &&
	       h->bars > 0 && h->bars <= SIZE_MAX / 64 &&
	       h->first <= h->last;
}

static int check_head(const char *path, const struct sim_file_map *m,
		      struct sim_err *err)
{
	const struct store_head *h = (const void *)m->data;

	if (m->len < sizeof(magic) || memcmp(m->data, magic, sizeof(magic)))
		return refuse(err, path, "is not a bar file");
	if (m->len < sizeof(*h))
		return refuse(err, path, "is truncated");
	if (h->version != SIM_STORE_VERSION)
		return sim_err_set(err, SIM_E_DATA,
				   "%s has format version %u, this program "
				   "reads version %d; remove it and import the "
				   "data again", path, h->version,
				   SIM_STORE_VERSION);
	if (h->head_size != sizeof(*h) || !head_is_whole(h))
		return refuse(err, path, "has a damaged head");
	if (m->len < h->file_size)
		return refuse(err, path, "is truncated");
	if (m->len > h->file_size)
		return refuse(err, path, "has bytes after its end");
	if (!values_make_sense(h) || !columns_fit(h))
		return refuse(err, path, "has a head that makes no sense");
	return SIM_OK;
}

static const void *column(const struct sim_store_bars *b, int col)
{
	return b->map.data + b->head->column_at[col];
}

static int fill(struct sim_store_bars *b, const char *path,
		struct sim_err *err)
{
	const struct store_head *h = b->head;
	struct sim_instrument *ins = &b->instrument;

	memcpy(ins->symbol, h->symbol, sizeof(ins->symbol));
	memcpy(ins->currency, h->currency, sizeof(ins->currency));
	memcpy(ins->calendar, h->calendar, sizeof(ins->calendar));
	ins->tick_size = h->tick_size;
	ins->lot_size = h->lot_size;
	ins->multiplier = h->multiplier;
	if (!sim_vocab_asset_class_parse(h->asset_class, &ins->asset_class))
		return refuse(err, path, "has an unknown asset class");
	b->tf.unit = h->tf_unit;
	b->tf.span = h->tf_span;
	b->series = (struct sim_bar_series){
		h->bars, column(b, COL_TS), column(b, COL_OPEN),
		column(b, COL_HIGH), column(b, COL_LOW), column(b, COL_CLOSE),
		h->has & HAS_VOLUME ? column(b, COL_VOLUME) : NULL,
		h->has & HAS_FLAGS ? column(b, COL_FLAGS) : NULL,
		h->has & HAS_ROOM ? h->tf_span : 0
	};
	return SIM_OK;
}

int sim_store_bars_map(const char *path, struct sim_store_bars **out,
		       struct sim_err *err)
{
	struct sim_store_bars *b = sim_mem_zalloc(sizeof(*b));
	int rc = sim_file_map(path, &b->map, err);

	if (rc) {
		sim_mem_free(b);
		return rc;
	}
	b->head = (const void *)b->map.data;
	rc = check_head(path, &b->map, err);
	if (!rc)
		rc = fill(b, path, err);
	if (rc) {
		sim_store_bars_close(b);
		return rc;
	}
	*out = b;
	return SIM_OK;
}

static bool is_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
		a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* One that is open already gets one user more. */
static int map_shared(struct store_shared *shared, const char *path,
		      struct sim_store_bars **out, struct sim_err *err)
{
	struct sim_store_bars *b;
	struct stat file;
	int rc = 0;

	memset(&file, 0, sizeof(file));
	if (stat(path, &file))
		return sim_store_bars_map(path, out, err);
	pthread_mutex_lock(&shared->lock);
	b = shared->first;
	while (b && !is_file(&b->file, &file))
		b = b->next;
	if (!b) {
		rc = sim_store_bars_map(path, &b, err);
		if (!rc) {
			b->file = file;
			b->shared = shared;
			b->next = shared->first;
			shared->first = b;
		}
	}
	if (!rc) {
		b->users++;
		*out = b;
	}
	pthread_mutex_unlock(&shared->lock);
	return rc;
}

/* Gives: whether that was its last user. */
static bool leave_shared(struct sim_store_bars *b)
{
	struct store_shared *shared = b->shared;
	struct sim_store_bars **at = &shared->first;
	bool is_last;

	pthread_mutex_lock(&shared->lock);
	is_last = !--b->users;
	if (is_last) {
		while (*at != b)
			at = &(*at)->next;
		*at = b->next;
	}
	pthread_mutex_unlock(&shared->lock);
	return is_last;
}

int sim_store_bars_open(const struct sim_store *st, const char *symbol,
			struct sim_bar_tf tf, struct sim_store_bars **out,
			struct sim_err *err)
{
	char path[SIM_STORE_PATHMAX], name[16];
	struct sim_store_bars *b;
	struct sim_err why = SIM_ERR_INIT;
	int rc = sim_store_path_bars(st, symbol, tf, path, err);

	if (rc)
		return rc;
	rc = st->shared ? map_shared(st->shared, path, &b, &why) :
		sim_store_bars_map(path, &b, &why);
	if (rc == SIM_E_NOENT)
		return sim_err_set(err, rc, "no %s bars of %s are stored; see "
				   "`simutrador data list`, or import them "
				   "with `simutrador data import FILE "
				   "--symbol %s`",
				   sim_bar_tf_text(tf, name), symbol, symbol);
	if (rc)
		return sim_err_set(err, rc, "%s", why.msg);
	if (strcmp(b->instrument.symbol, symbol) || b->tf.unit != tf.unit ||
	    b->tf.span != tf.span) {
		sim_store_bars_close(b);
		return refuse(err, path, "holds another series than its name "
					 "says");
	}
	*out = b;
	return SIM_OK;
}

void sim_store_bars_close(struct sim_store_bars *b)
{
	if (!b || (b->shared && !leave_shared(b)))
		return;
	sim_file_unmap(&b->map);
	sim_mem_free(b);
}

void sim_store_bars_forget(const struct sim_store_bars *b)
{
	sim_file_forget(&b->map);
}

struct sim_bar_series sim_store_bars_series(const struct sim_store_bars *b)
{
	return b->series;
}

const struct sim_instrument *
sim_store_bars_instrument(const struct sim_store_bars *b)
{
	return &b->instrument;
}

struct sim_bar_tf sim_store_bars_tf(const struct sim_store_bars *b)
{
	return b->tf;
}

const uint8_t *sim_store_bars_hash(const struct sim_store_bars *b)
{
	return b->head->hash;
}

const struct sim_store_mark *
sim_store_bars_marks(const struct sim_store_bars *b, size_t *n)
{
	*n = sim_store_chunks(b->series.n);
	return (const void *)(b->map.data + b->head->marks_at);
}

static int name_difference(const struct sim_store_bars *b, size_t chunk,
			   size_t row, struct sim_err *err)
{
	char name[16], when[SIM_TIME_STRMAX];

	sim_bar_tf_text(b->tf, name);
	if (row == SIZE_MAX)
		return sim_err_set(err, SIM_E_FALSE,
				   "the stored %s bars of %s were altered in "
				   "chunk %zu (more than one bar, from row %zu "
				   "on); import all of it again with --replace",
				   name,
				   b->instrument.symbol, chunk,
				   chunk * SIM_STORE_CHUNK);
	sim_time_format(b->series.ts[row], when);
	return sim_err_set(err, SIM_E_FALSE,
			   "the stored %s bars of %s were altered in chunk "
			   "%zu, row %zu (%s); import all of it again with "
			   "--replace", name,
			   b->instrument.symbol, chunk, row, when);
}

int sim_store_bars_verify(const struct sim_store_bars *b, size_t *chunk,
			  struct sim_err *err)
{
	size_t n, at, row;
	const struct sim_store_mark *m = sim_store_bars_marks(b, &n);
	uint8_t hash[SIM_SHA256_SIZE];

	if (sim_store_marks_differ(m, n, &b->series, &at, &row)) {
		*chunk = at;
		return name_difference(b, at, row, err);
	}
	sim_store_hash_of_marks(&b->instrument, b->tf, &b->series,
				b->series.flags != NULL, m, hash);
	if (!memcmp(hash, b->head->hash, sizeof(hash)))
		return SIM_OK;
	*chunk = 0;
	return sim_err_set(err, SIM_E_FALSE,
			   "the head of the stored bars of %s doesn't match "
			   "their hash; remove them and import the data again",
			   b->instrument.symbol);
}
