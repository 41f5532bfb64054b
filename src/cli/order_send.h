/*
 * order_send: orders go to a session as one batch, and come back as rows: what
 * became of each, or with --dry-run what would and at what cost.
 */
#ifndef SIM_ORDER_SEND_H
#define SIM_ORDER_SEND_H

#include "cli/sess.h"

extern const struct sim_out_col sim_order_send_cols[];

struct sim_order_send {
	const char *session;		/* as given, or NULL */
	struct sim_message_order *orders;	/* no order_id: one is made */
	size_t n;
	bool atomic, dry_run;
};

/*
 * Send, and print a row each.
 *
 * Errors: SIM_E_REJECTED one of them was, with its reason, after all rows;
 *         those of the backend.
 */
int sim_order_send_batch(struct sim_cli *cli, const struct sim_order_send *s,
			 struct sim_err *err) SIM_MUST_CHECK;

#endif
