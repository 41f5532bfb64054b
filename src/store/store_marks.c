/*
 * store_marks: what is remembered of 4096 bars, and how one altered bar is
 * found again.
 *
 * Beside the SHA-256 of a chunk stand S = sum h(row) and W = sum i * h(row)
 * (i from 1, mod 2^64), h a 64-bit mix of the row.  When one row changed,
 * dW = i * dS for exactly its i, so the row is named without a copy of the
 * data.  The sums only point; whether a chunk is intact the SHA-256 says.
 */
#include <string.h>

#include "store/store_priv.h"

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ (h >> 32);
}

static uint64_t row_hash(const struct sim_bar_series *s, size_t i, bool flags)
{
	uint64_t a = mix((uint64_t)s->ts[i], (uint64_t)s->open[i]);
	uint64_t b = mix((uint64_t)s->high[i], (uint64_t)s->low[i]);
	uint64_t c = mix((uint64_t)s->close[i],
			 s->volume ? (uint64_t)s->volume[i] : 0);

	return mix(mix(a, b), mix(c, flags ? s->flags[i] : 0));
}

static void mark_chunk(const struct sim_bar_series *s, size_t from, size_t n,
		       bool flags, struct sim_store_mark *m)
{
	struct sim_sha256 h;
	uint64_t sum = 0, weighted = 0;

	sim_sha256_init(&h);
	sim_sha256_update(&h, s->ts + from, n * 8);
	sim_sha256_update(&h, s->open + from, n * 8);
	sim_sha256_update(&h, s->high + from, n * 8);
	sim_sha256_update(&h, s->low + from, n * 8);
	sim_sha256_update(&h, s->close + from, n * 8);
	if (s->volume)
		sim_sha256_update(&h, s->volume + from, n * 8);
	if (flags)
		sim_sha256_update(&h, s->flags + from, n);
	sim_sha256_final(&h, m->hash);
	for (size_t i = 0; i < n; i++) {
		uint64_t r = row_hash(s, from + i, flags);

		sum += r;
		weighted += (i + 1) * r;
	}
	m->sum = sum;
	m->weighted = weighted;
}

static size_t chunk_rows(size_t n, size_t chunk)
{
	size_t left = n - chunk * SIM_STORE_CHUNK;

	return left < SIM_STORE_CHUNK ? left : SIM_STORE_CHUNK;
}

void sim_store_marks(const struct sim_bar_series *s, struct sim_store_mark *m)
{
	bool flags = sim_store_hash_has_flags(s);

	for (size_t i = 0; i < sim_store_chunks(s->n); i++)
		mark_chunk(s, i * SIM_STORE_CHUNK, chunk_rows(s->n, i), flags,
			   &m[i]);
}

/* The one row i with dW = i * dS, or SIZE_MAX. */
static size_t locate(const struct sim_store_mark *was,
		     const struct sim_store_mark *is, size_t rows)
{
	uint64_t ds = is->sum - was->sum, dw = is->weighted - was->weighted;

	for (size_t i = 0; ds && i < rows; i++)
		if ((i + 1) * ds == dw)
			return i;
	return SIZE_MAX;
}

bool sim_store_marks_differ(const struct sim_store_mark *m, size_t n,
			    const struct sim_bar_series *s, size_t *chunk,
			    size_t *row)
{
	bool flags = sim_store_hash_has_flags(s);
	size_t now = sim_store_chunks(s->n);

	for (size_t i = 0; i < n || i < now; i++) {
		struct sim_store_mark is;
		size_t rows, r = SIZE_MAX;

		if (i < n && i < now) {
			rows = chunk_rows(s->n, i);
			mark_chunk(s, i * SIM_STORE_CHUNK, rows, flags, &is);
			if (!memcmp(is.hash, m[i].hash, sizeof(is.hash)))
				continue;
			r = locate(&m[i], &is, rows);
		}
		*chunk = i;
		*row = r == SIZE_MAX ? r : i * SIM_STORE_CHUNK + r;
		return true;
	}
	return false;
}
