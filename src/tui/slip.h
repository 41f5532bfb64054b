/*
 * slip: an order ticket: an order, or a change of one, being written.
 *
 * It knows what is wrong with it, the message it would be and the command line
 * that does the same; what the order would cost it is told.
 */
#ifndef SIM_SLIP_H
#define SIM_SLIP_H

#include "proto/message.h"
#include "tui/edit.h"

#define SIM_SLIP_COMMAND 2048		/* bytes of a command line */

enum sim_slip_field {
	SIM_SLIP_SYMBOL, SIM_SLIP_SIDE, SIM_SLIP_TYPE, SIM_SLIP_QUANTITY,
	SIM_SLIP_PRICE, SIM_SLIP_STOP, SIM_SLIP_TRAIL, SIM_SLIP_TIF,
	SIM_SLIP_TAKE_PROFIT, SIM_SLIP_STOP_LOSS, SIM_SLIP__COUNT
};

/* What the engine says it would cost. */
struct sim_slip_estimate {
	bool is_known;
	char refusal[200];		/* or why it would be refused */
	bool is_hint;			/* that says what is missing yet */
	sim_dec quantity, price, cost, commission, margin, left;
};

struct sim_slip {
	bool is_change;			/* of an order that is open */
	char order_id[97];
	enum sim_side side;
	enum sim_order_type type;
	enum sim_tif tif;
	enum sim_slip_field at;
	struct sim_edit text[SIM_SLIP__COUNT];
	struct sim_slip_estimate estimate;
	sim_dec last;			/* price, 0: not known */
};

/* A new order; symbol and order_id are copied. */
void sim_slip_begin(struct sim_slip *t, const char *order_id,
		    const char *symbol, enum sim_side side, sim_dec last);
/* A change of an order as it is. */
struct sim_slip_order {
	const char *order_id, *symbol;
	enum sim_side side;
	enum sim_order_type type;
	sim_dec quantity, price, stop;	/* price and stop 0: none */
};
void sim_slip_change(struct sim_slip *t, const struct sim_slip_order *o);

/* A key; true when the order is another one than before. */
bool sim_slip_event(struct sim_slip *t, const struct sim_screen_event *ev);

/*
 * The order.  Its texts live with t.
 * Errors: SIM_E_USAGE what is missing or wrong, for the person.
 */
int sim_slip_order(const struct sim_slip *t, struct sim_message_order *o,
		   struct sim_err *err) SIM_MUST_CHECK;
int sim_slip_replace(const struct sim_slip *t,
		     struct sim_message_replace_order *r, struct sim_err *err)
	SIM_MUST_CHECK;
/* The command that does the same, "simutrador order buy ...", but for where. */
void sim_slip_command(const struct sim_slip *t, char out[SIM_SLIP_COMMAND]);
/* Put a blank and a word behind a command, quoted for a shell if need be; no
 * word: nothing. */
void sim_slip_word(char out[SIM_SLIP_COMMAND], const char *text);
/* What a batch_ack of a dry run says about it. */
void sim_slip_hear(struct sim_slip *t,
		   const struct sim_message_batch_ack *a);

/* Draw it in the middle of the screen; command: as above. */
void sim_slip_draw(struct sim_slip *t, struct sim_screen *s,
		   const char *command);

#endif
