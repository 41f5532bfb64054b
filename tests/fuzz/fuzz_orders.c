/*
 * A list of orders that parses holds rows within the vocabulary, whose symbols
 * exist and whose sizes and prices are not negative, and parses from its kept
 * bytes again; one that doesn't leaves the output alone and gives one
 * sentence.
 */
#include <stdlib.h>
#include <string.h>

#include "model/vocab.h"
#include "run/orders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct sim_orders *o,
		      const struct sim_orders_row *r)
{
	const struct sim_order_req *q = &r->req;

	if (r->sym >= o->nsyms || !o->symbols[r->sym][0] || r->line < 1 ||
	    r->oco > o->groups)
		abort();
	if ((unsigned)q->side >= SIM_SIDE__COUNT ||
	    (unsigned)q->type >= SIM_ORDER_TYPE__COUNT ||
	    (unsigned)q->tif >= SIM_TIF__COUNT)
		abort();
	if (q->size < 0 || q->limit < 0 || q->stop < 0 || q->trail < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_orders *o = NULL, *again;

	if (sim_orders_parse("orders", (const char *)data, size, &o, &err)) {
		if (o || !err.msg[0] || strchr(err.msg, '\n'))
			abort();
		return 0;
	}
	for (size_t i = 0; i < o->n; i++)
		check_row(o, &o->rows[i]);
	if (sim_orders_parse("orders", sim_buf_str(&o->text), o->text.len,
			     &again, NULL) || again->n != o->n ||
	    again->nsyms != o->nsyms)
		abort();
	sim_orders_free(again);
	sim_orders_free(o);
	return 0;
}
