/*
 * equity: the equity column file: one point a step, packed.
 *
 * A header (magic, count, section lengths, SHA-256 of what follows), then
 * times as differences of differences, values as differences, the benchmark
 * likewise (all variable-length), one bit a point for session closes, and what
 * was held at those and at the last point, gross and net, as differences.
 */
#ifndef SIM_EQUITY_H
#define SIM_EQUITY_H

#include "run/run.h"

#define SIM_EQUITY_POINTS_MAX ((uint64_t)1 << 36)

/* Append the file's bytes. */
void sim_equity_encode(const struct sim_run_equity *q, struct sim_buf *out);
/* Gives: *q, replacing what it held.  Errors: SIM_E_DATA cut or altered. */
int sim_equity_decode(const char *p, size_t n, struct sim_run_equity *q,
		      struct sim_err *err) SIM_MUST_CHECK;
void sim_equity_release(struct sim_run_equity *q);

#endif
