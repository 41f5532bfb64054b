/*
 * ticket: what a WebSocket is opened with in place of a token: 128 random
 * bits, good once and for 30 seconds.
 *
 * Only a hash is kept, and at most a stated number.  Any thread may call.
 */
#ifndef SIM_TICKET_H
#define SIM_TICKET_H

#include "server/token.h"

#define SIM_TICKET_TEXT		35	/* "t_", 32 hex digits, NUL */
#define SIM_TICKET_LIFE_SEC	30

struct sim_ticket;

/* Room for `max` unused tickets.  Freed with sim_ticket_free. */
struct sim_ticket *sim_ticket_new(size_t max);
void sim_ticket_free(struct sim_ticket *t);	/* NULL is fine */

/*
 * Make a ticket for the one who holds a good token.
 *
 * Takes:  now_ns, monotonic, as in the other call.
 * Errors: SIM_E_AGAIN so many are unused that there is no room.
 */
int sim_ticket_issue(struct sim_ticket *t, const struct sim_token_claims *c,
		     uint64_t now_ns, char text[SIM_TICKET_TEXT],
		     struct sim_err *err) SIM_MUST_CHECK;

/*
 * Use a ticket up.  n bytes; NULL or blanks alone are SIM_TOKEN_MISSING, one
 * that was used or never made SIM_TOKEN_INVALID, one used too late
 * SIM_TOKEN_EXPIRED (until it is forgotten).
 *
 * Gives:  *out on SIM_TOKEN_OK: the claims it was made from.
 */
enum sim_token_status sim_ticket_redeem(struct sim_ticket *t,
					const char *text, size_t n,
					uint64_t now_ns,
					struct sim_token_claims *out);

#endif
