/*
 * rowsum: a 32-bit checksum a bar, kept beside a run so that an altered bar
 * can be named by its row.
 *
 * File: magic, number of symbols, then per symbol the number of bars and a
 * little-endian sum for each.  The data hash in the manifest decides; the sums
 * only find.
 */
#ifndef SIM_ROWSUM_H
#define SIM_ROWSUM_H

#include "model/bar.h"
#include "util/buf.h"

/* Write such a file: begin, then one add a symbol, in order. */
void sim_rowsum_begin(struct sim_buf *out, uint32_t nsyms);
void sim_rowsum_add(struct sim_buf *out, const struct sim_bar_series *s);

/* The sums of one symbol in a file. */
struct sim_rowsum {
	const unsigned char *p;
	size_t n;
};
/* Those of the i-th symbol.  Errors: SIM_E_DATA not such a file. */
int sim_rowsum_open(const char *p, size_t n, uint32_t i, struct sim_rowsum *r,
		    struct sim_err *err) SIM_MUST_CHECK;
/* First row where s differs from the sums (or one of them ends); SIZE_MAX:
 * none. */
size_t sim_rowsum_compare(const struct sim_rowsum *r,
			  const struct sim_bar_series *s);

#endif
