/*
 * A line of a strategy decodes to a message of its direction whose texts are
 * within their bounds, or gives one sentence and leaves the output alone; a
 * line that the short way takes for a plain tick_ack is one for the decoder
 * too.
 */
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"
#include "proto/tick.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_batch(const struct sim_message_order_batch *b)
{
	for (size_t i = 0; i < b->n_orders; i++) {
		const struct sim_message_order *o = &b->orders[i];

		if (strlen(o->order_id) > 64 || strlen(o->symbol) > 32 ||
		    (unsigned)o->side >= SIM_SIDE__COUNT ||
		    (unsigned)o->type >= SIM_ORDER_TYPE__COUNT)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *line = (const char *)data;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_message m = { .type = SIM_MESSAGE__COUNT };
	int64_t id = 0;
	bool is_plain = sim_tick_ack(line, size, NULL, &id);

	if (sim_message_decode(line, size, SIM_MESSAGE_IN, &m, &err)) {
		if (m.doc || !err.msg[0] || strchr(err.msg, '\n') ||
		    (is_plain && id > 0))
			abort();
		return 0;
	}
	if (is_plain && (m.type != SIM_MESSAGE_tick_ack ||
			 ((const struct sim_message_tick_ack *)m.data)
			 ->sequence_id != id))
		abort();
	if (m.type < SIM_MESSAGE__COUNT &&
	    sim_message_dir(m.type) != SIM_MESSAGE_IN)
		abort();
	if (m.type == SIM_MESSAGE_order_batch)
		check_batch(m.data);
	sim_message_release(&m);
	return 0;
}
