/*
 * event: one line of the event log, as the engine hands it to its sink.
 *
 * Pointers are valid during the call only.
 */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include "model/order.h"

struct sim_event {
	enum sim_event_type type;
	uint64_t seq;			/* 1, 2, 3, ... without gaps */
	uint64_t cause;		/* seq that caused it; 0: the strategy */
	sim_time time;			/* sim_time of the step */
	uint32_t sym;			/* UINT32_MAX: the account */
	uint32_t fill_id;		/* FILL: 1, 2, ... */
	const struct sim_order *order;	/* ORDER_*; FILL: its order */
	const struct sim_fill *fill;	/* FILL */
	uint8_t reason;			/* REJECTED: sim_reject; CANCELLED,
					 * EXPIRED: sim_end_reason */
	const char *text;		/* REJECTED: the sentence */
	/* By type.  REJECTED and CANCELLED for buying power: a needed, b had.
	 * FILL: a filled and b left of its order, c position, d cash, all
	 * after the fill.  SPLIT: a = ratio num, b = den, c = position after,
	 * d = cash paid in lieu.  DIVIDEND: a per share, b position, c money.
	 * INTEREST and BORROW_FEE: a base, c money (signed as received), d
	 * days.  MARGIN_CALL: a equity, b required.  ORDER_TRIGGERED: a price.
	 * ORDER_REPLACED: the order's new values stand in *order. */
	sim_dec a, b, c, d;
};

#endif
