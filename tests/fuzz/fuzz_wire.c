/*
 * A frame of the wire decodes to a message that goes that way, within its
 * bounds, or gives one sentence; in both cases there is something to answer
 * with.  What was decoded is written, read again and written alike.  A frame
 * that the short way takes for a plain tick_ack is one for the decoder too.
 *
 * The first byte of an input says whose frame it is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"
#include "proto/tick.h"

#define FRAME_MAX 3000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_short(const char *s, size_t most)
{
	return !s || strlen(s) <= most;
}

static void check_ids(const struct sim_message *m)
{
	if (!is_short(m->session_id, SIM_MESSAGE_ID_MAX) ||
	    !is_short(m->request_id, SIM_MESSAGE_REQUEST_MAX) ||
	    (m->session_id && strpbrk(m->session_id, " \"\\\n")))
		abort();
}

static void write(struct sim_buf *out, const struct sim_message *m)
{
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE(m->session_id, SIM_TIME_NONE);

	sim_message_encode(out, m->type, m->data, m->request_id, &style);
}

/* Written, read and written again it is the same. */
static void check_stable(const struct sim_message *m,
			 enum sim_message_dir dir)
{
	struct sim_buf a = SIM_BUF_INIT(SIM_BUF_MAX), b = a;
	struct sim_err err = SIM_ERR_INIT;
	struct sim_message again;

	write(&a, m);
	if (sim_message_decode_wire(a.data, a.len, a.len, dir, &again, &err))
		abort();
	write(&b, &again);
	if (again.type != m->type || strcmp(a.data, b.data))
		abort();
	sim_message_release(&again);
	sim_buf_release(&a);
	sim_buf_release(&b);
}

static void check_plain(const struct sim_message *m, int rc, int64_t id)
{
	const struct sim_message_tick_ack *a = m->data;

	if (id < 1)
		return;
	if (rc || m->type != SIM_MESSAGE_tick_ack || a->sequence_id != id ||
	    a->processing_status || a->orders_pending ||
	    (m->session_id && strcmp(m->session_id, "s-1")))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum sim_message_dir dir = size && data[0] == '<' ? SIM_MESSAGE_OUT :
		SIM_MESSAGE_IN;
	const char *frame = (const char *)data + (size > 0);
	size_t n = size - (size > 0);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_message m;
	int64_t id = 0;
	bool is_plain = sim_tick_ack(frame, n, "s-1", &id);
	int rc = sim_message_decode_wire(frame, n, FRAME_MAX, dir, &m, &err);

	if (rc && (rc != SIM_E_DATA || m.data || !err.msg[0] ||
		   strchr(err.msg, '\n')))
		abort();
	if (!rc && n > FRAME_MAX)
		abort();
	check_ids(&m);
	if (is_plain && dir == SIM_MESSAGE_IN && n <= FRAME_MAX)
		check_plain(&m, rc, id);
	if (!rc && m.type < SIM_MESSAGE__COUNT) {
		if (sim_message_dir(m.type) != dir || !m.data ||
		    !(sim_message_place(m.type) & SIM_MESSAGE_WIRE))
			abort();
		check_stable(&m, dir);
	}
	sim_message_release(&m);
	return 0;
}
