/*
 * order_text: an order as people write it, on a command line or in a file,
 * into the order of a message.
 */
#ifndef SIM_ORDER_TEXT_H
#define SIM_ORDER_TEXT_H

#include "proto/message.h"

#define SIM_ORDER_TEXT_MAX	10000	/* orders in a file: one batch */
#define SIM_ORDER_TEXT_BYTES	((size_t)4 << 20)

/*
 * Set one field by its name.
 *
 * Takes:  name: of the message's order, or a word that simutrador-order(1)
 *         lists; text: "10", "50%", "all", "$5000" of a quantity; kept.
 * Errors: SIM_E_USAGE with name and text.
 */
int sim_order_text_set(struct sim_message_order *o, const char *name,
		       const char *text, struct sim_err *err) SIM_MUST_CHECK;

/* Its type and prices, as words: "limit 10.5", "trail 2%", "moc"; none is
 * market.  Errors: SIM_E_USAGE. */
int sim_order_text_words(struct sim_message_order *o, int n, char **words,
			 struct sim_err *err) SIM_MUST_CHECK;
/* What its prices say it is, where its type wasn't said. */
void sim_order_text_infer(struct sim_message_order *o);

/*
 * Orders of a file, NDJSON or CSV with a heading.
 *
 * Takes:  text is changed, and must outlive the orders.
 * Gives:  *list, in the arena.
 * Errors: SIM_E_DATA with the line's number.
 */
struct sim_order_text_file {
	const char *name;		/* for sentences */
	char *text;
	size_t len;
	struct sim_mem_arena *arena;
};
int sim_order_text_read(const struct sim_order_text_file *f,
			struct sim_message_order **list, size_t *n,
			struct sim_err *err) SIM_MUST_CHECK;

#endif
