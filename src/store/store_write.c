/* store_write: a series becomes a file, whole or not at all. */
#include <stdio.h>
#include <string.h>

#include "store/store_priv.h"
#include "util/file.h"
#include "util/mem.h"

static const char magic[8] = "\x89SIMBAR\n";
static const char zeros[64];

static uint64_t align64(uint64_t at)
{
	return (at + 63) & ~UINT64_C(63);
}

struct column {
	const void *data;
	size_t width;			/* 0: absent */
};

static void columns_of(const struct sim_bar_series *s, bool flags,
		       struct column c[COL__COUNT])
{
	const void *data[COL__COUNT] = {
		s->ts, s->open, s->high, s->low, s->close, s->volume,
		flags ? s->flags : NULL
	};

	for (int i = 0; i < COL__COUNT; i++) {
		c[i].data = data[i];
		c[i].width = !data[i] ? 0 : i == COL_FLAGS ? 1 : 8;
	}
}

static void head_instrument(struct store_head *h,
			    const struct sim_instrument *ins)
{
	snprintf(h->symbol, sizeof(h->symbol), "%s", ins->symbol);
	snprintf(h->calendar, sizeof(h->calendar), "%s", ins->calendar);
	snprintf(h->currency, sizeof(h->currency), "%s", ins->currency);
	snprintf(h->asset_class, sizeof(h->asset_class), "%s",
		 sim_vocab_asset_class_text(ins->asset_class));
	h->tick_size = ins->tick_size;
	h->lot_size = ins->lot_size;
	h->multiplier = ins->multiplier;
}

static void head_layout(struct store_head *h, const struct column *c, size_t n)
{
	uint64_t at;

	h->marks_at = sizeof(*h);
	at = h->marks_at + sim_store_chunks(n) * sizeof(struct sim_store_mark);
	for (int i = 0; i < COL__COUNT; i++) {
		if (!c[i].width)
			continue;
		at = align64(at);
		h->column_at[i] = at;
		at += n * c[i].width;
	}
	h->file_size = at;
}

static int write_columns(struct sim_file_new *f, const struct store_head *h,
			 const struct column *c, struct sim_err *err)
{
	uint64_t at = h->marks_at + sim_store_chunks(h->bars) *
				    sizeof(struct sim_store_mark);
	int rc = SIM_OK;

	for (int i = 0; !rc && i < COL__COUNT; i++) {
		if (!c[i].width)
			continue;
		rc = sim_file_new_write(f, zeros, align64(at) - at, err);
		if (!rc)
			rc = sim_file_new_write(f, c[i].data,
						h->bars * c[i].width, err);
		at = align64(at) + h->bars * c[i].width;
	}
	return rc;
}

/*
 * The columns are on their way to the disk while they are hashed; the head,
 * which needs the hashes, is written last, over the place kept for it.
 */
static int write_file(struct sim_file_new *f, struct store_head *h,
		      const struct sim_instrument *ins,
		      const struct sim_bar_series *s, struct sim_err *err)
{
	size_t marks_size = sim_store_chunks(s->n) *
			    sizeof(struct sim_store_mark);
	struct sim_store_mark *marks = sim_mem_zalloc(marks_size);
	bool flags = h->has & HAS_FLAGS;
	const struct sim_bar_tf tf = { h->tf_unit, h->tf_span };
	struct column c[COL__COUNT];
	int rc;

	columns_of(s, flags, c);
	head_layout(h, c, s->n);
	rc = sim_file_new_write(f, h, sizeof(*h), err);
	if (!rc)
		rc = sim_file_new_write(f, marks, marks_size, err);
	if (!rc)
		rc = write_columns(f, h, c, err);
	if (!rc) {
		sim_file_new_start(f);
		sim_store_marks(s, marks);
		sim_store_hash_of_marks(ins, tf, s, flags, marks, h->hash);
		sim_sha256_of(h, offsetof(struct store_head, check), h->check);
		rc = sim_file_new_rewrite(f, 0, h, sizeof(*h), err);
	}
	if (!rc)
		rc = sim_file_new_rewrite(f, h->marks_at, marks, marks_size,
					  err);
	sim_mem_free(marks);
	return rc;
}

int sim_store_write(const char *path, const struct sim_instrument *ins,
		    struct sim_bar_tf tf, const struct sim_bar_series *s,
		    struct sim_err *err)
{
	bool flags = sim_store_hash_has_flags(s);
	struct sim_file_new f;
	struct store_head h;
	int rc;

	if (!s->n)
		return sim_err_set(err, SIM_E_DATA, "there are no bars of %s "
				   "to store", ins->symbol);
	memset(&h, 0, sizeof(h));
	memcpy(h.magic, magic, sizeof(magic));
	h.version = SIM_STORE_VERSION;
	h.head_size = sizeof(h);
	head_instrument(&h, ins);
	h.tf_unit = tf.unit;
	h.tf_span = tf.span;
	h.has = (s->volume ? HAS_VOLUME : 0) | (flags ? HAS_FLAGS : 0) |
		(sim_bar_gap(s) >= tf.span ? HAS_ROOM : 0);
	h.bars = s->n;
	h.first = s->ts[0];
	h.last = s->ts[s->n - 1];
	rc = sim_file_new_open(&f, path, 0644, err);
	if (rc)
		return rc;
	rc = write_file(&f, &h, ins, s, err);
	if (!rc)
		rc = sim_file_new_commit(&f, err);
	if (rc)
		sim_file_new_abort(&f);
	return rc;
}
