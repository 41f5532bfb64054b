/*
 * trace_priv: what the engine tells a trace of an attempt to fill.
 *
 * All but sim_fill_execute only while e->trace.
 */
#ifndef SIM_TRACE_PRIV_H
#define SIM_TRACE_PRIV_H

#include "engine/engine_priv.h"

/* An attempt begins and ends; an order was weighed. */
void sim_trace_begin(struct sim_engine *e, const struct node *n,
		     const struct fill_at *at);
void sim_trace_end(struct sim_engine *e, const struct node *n, sim_dec qty);
void sim_trace_ask(struct sim_engine *e, const struct node *n);
/* Terms of the attempt at work: a price that slipped; what a fill owes; what
 * there is to fill; a trade as it is booked. */
void sim_trace_slip(struct sim_engine *e, sim_dec base, sim_dec by,
		    sim_dec moved, sim_dec ticked);
void sim_trace_fee(struct sim_engine *e, const struct node *n, sim_dec raw,
		   sim_dec value, sim_dec due);
void sim_trace_room(struct sim_engine *e, const struct sym *s, sim_dec left);

/* An attempt to fill, traced when somebody wants to know of it. */
static inline sim_dec sim_fill_execute(struct sim_engine *e, struct node *n,
				       const struct fill_at *at)
{
	return e->trace ? sim_fill_traced(e, n, at) :
		sim_fill_plain(e, n, at);
}

#endif
