/*
 * store_hash: the content hash of a series.
 *
 * A canonical text of instrument, timeframe and count, then the SHA-256 of
 * every chunk; a chunk's hash covers its rows column by column, as 64-bit
 * little-endian values.  Flags that are all zero count as absent, so that the
 * hash doesn't depend on how a series was made.
 */
#include <stdio.h>
#include <string.h>

#include "store/store_priv.h"
#include "util/mem.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "bar files are mapped as they are: little-endian");

bool sim_store_hash_has_flags(const struct sim_bar_series *s)
{
	uint8_t any = 0;

	for (size_t i = 0; s->flags && i < s->n; i++)
		any |= s->flags[i];
	return any != 0;
}

static void hash_head(struct sim_sha256 *h, const struct sim_instrument *ins,
		      struct sim_bar_tf tf, const struct sim_bar_series *s,
		      bool has_flags)
{
	char text[512], tick[SIM_DEC_STRMAX], lot[SIM_DEC_STRMAX];
	char mult[SIM_DEC_STRMAX], name[16];
	int n;

	sim_dec_format(ins->tick_size, 0, tick);
	sim_dec_format(ins->lot_size, 0, lot);
	sim_dec_format(ins->multiplier, 0, mult);
	n = snprintf(text, sizeof(text),
		     "simutrador bars 1\nsymbol=%s\ntick=%s\nlot=%s\n"
		     "multiplier=%s\ncurrency=%s\nasset=%s\ncalendar=%s\n"
		     "timeframe=%s\nbars=%zu\nvolume=%d\nflags=%d\n",
		     ins->symbol, tick, lot, mult, ins->currency,
		     sim_vocab_asset_class_text(ins->asset_class),
		     ins->calendar, sim_bar_tf_text(tf, name), s->n,
		     s->volume != NULL, has_flags);
	sim_sha256_update(h, text, (size_t)n);
}

void sim_store_hash_of_marks(const struct sim_instrument *ins,
			     struct sim_bar_tf tf,
			     const struct sim_bar_series *s, bool has_flags,
			     const struct sim_store_mark *marks,
			     uint8_t out[SIM_SHA256_SIZE])
{
	struct sim_sha256 h;

	sim_sha256_init(&h);
	hash_head(&h, ins, tf, s, has_flags);
	for (size_t i = 0; i < sim_store_chunks(s->n); i++)
		sim_sha256_update(&h, marks[i].hash, SIM_SHA256_SIZE);
	sim_sha256_final(&h, out);
}

void sim_store_hash(const struct sim_instrument *ins, struct sim_bar_tf tf,
		    const struct sim_bar_series *s,
		    uint8_t (*chunks)[SIM_SHA256_SIZE],
		    uint8_t out[SIM_SHA256_SIZE])
{
	size_t n = sim_store_chunks(s->n);
	struct sim_store_mark *marks = sim_mem_array(n + 1, sizeof(*marks));

	sim_store_marks(s, marks);
	sim_store_hash_of_marks(ins, tf, s, sim_store_hash_has_flags(s), marks,
				out);
	for (size_t i = 0; chunks && i < n; i++)
		memcpy(chunks[i], marks[i].hash, SIM_SHA256_SIZE);
	sim_mem_free(marks);
}
