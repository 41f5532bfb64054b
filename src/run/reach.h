/*
 * reach: how far prices went between the fills of a run: what a trade's
 * excursions are computed from when the bars are gone.
 *
 * A fill reaches from itself to the next fill of its symbol, or to the end of
 * the run.  What counts are prices that the market surely met meanwhile: the
 * fill's own before slippage; of its bar, when the next fill is in a later
 * one, all prices if it filled at the open, else the close; all of the bars in
 * between; and of the next fill's bar the open, or all if that one filled at
 * the close.  Prices are for the shares of the fill: those after a split are
 * converted.
 */
#ifndef SIM_REACH_H
#define SIM_REACH_H

#include "run/prepare.h"

/* r->reach from the fills of r, whose bars are p's.  Cost: O(bars + fills). */
void sim_reach_make(const struct sim_prepare *p, struct sim_run_result *r);

/* The file: magic, count, SHA-256 of what follows; two 64-bit numbers a
 * fill. */
void sim_reach_encode(const struct sim_run_result *r, struct sim_buf *out);
/* Gives: r->reach.  Errors: SIM_E_DATA cut or altered, or of other fills. */
int sim_reach_decode(const char *p, size_t n, struct sim_run_result *r,
		     struct sim_err *err) SIM_MUST_CHECK;

#endif
