/*
 * hub_out: what a connection is told, in its order and not before what it
 * follows from is stored; and why it is closed.
 */
#include "server/hub_seat.h"

#include <string.h>

#include "util/mem.h"

/* -- the queue ------------------------------------------------------------- */

static void add_piece(struct sim_hub_conn *c, const struct sim_hub_piece *p)
{
	struct sim_hub_piece *last = c->npieces ?
		&c->pieces[c->npieces - 1] : NULL;

	if (last && last->ticket == p->ticket && last->from == p->from) {
		last->len += p->len;
		return;
	}
	SIM_MEM_GROW(c->pieces, c->pieces_cap, c->npieces + 1);
	c->pieces[c->npieces++] = *p;
}

void sim_hub_tell(struct sim_hub_conn *c, const struct sim_hub_seat *from,
		  uint64_t ticket, const char *lines, size_t n)
{
	const struct sim_hub_piece piece = { ticket, from, n };

	if (c->is_closing || c->is_gone)
		return;
	if (!c->npieces && !ticket) {
		sim_net_send_lines(c->hub->net, c->id, lines, n);
		return;
	}
	if (!c->is_holding) {
		c->is_holding = true;
		c->next_holding = c->bench->holding;
		c->bench->holding = c;
	}
	c->queue.max = SIM_BUF_MAX;
	sim_buf_add(&c->queue, lines, n);
	add_piece(c, &piece);
}

size_t sim_hub_told(const struct sim_hub_conn *c)
{
	return c->queue.len + sim_net_queued(c->hub->net, c->id);
}

/* Take the first k pieces, n bytes, out. */
static void drop(struct sim_hub_conn *c, size_t k, size_t n)
{
	c->npieces -= k;
	memmove(c->pieces, c->pieces + k, c->npieces * sizeof(*c->pieces));
	memmove(c->queue.data, c->queue.data + n, c->queue.len - n);
	c->queue.len -= n;
}

/* Gives: whether something is left. */
static bool flush(struct sim_hub_conn *c, uint64_t decided)
{
	size_t k = 0, n = 0;

	while (k < c->npieces && c->pieces[k].ticket <= decided)
		n += c->pieces[k++].len;
	if (n)
		sim_net_send_lines(c->hub->net, c->id, c->queue.data, n);
	if (k)
		drop(c, k, n);
	return c->npieces != 0;
}

void sim_hub_conns_flush(struct sim_hub_bench *b, uint64_t decided)
{
	struct sim_hub_conn **at = &b->holding, *c;

	while ((c = *at)) {
		if (flush(c, decided)) {
			at = &c->next_holding;
			continue;
		}
		*at = c->next_holding;
		c->is_holding = false;
		if (c->is_complete)
			sim_hub_close(c, SIM_HUB_CLOSING_COMPLETE);
	}
}

bool sim_hub_unsay(struct sim_hub_conn *c, const struct sim_hub_seat *from,
		   uint64_t ticket)
{
	size_t kept = 0, at = 0, len = 0, was = c->npieces;

	for (size_t i = 0; i < was; i++) {
		struct sim_hub_piece p = c->pieces[i];

		if (p.from != from || p.ticket < ticket) {
			memmove(c->queue.data + len, c->queue.data + at,
				p.len);
			len += p.len;
			c->pieces[kept++] = p;
		}
		at += p.len;
	}
	/* It stays in the list of the bench until that is looked at. */
	c->npieces = kept;
	c->queue.len = len;
	return kept < was;
}

static void leave_holding(struct sim_hub_conn *c)
{
	struct sim_hub_conn **at = &c->bench->holding;

	while (c->is_holding && *at != c)
		at = &(*at)->next_holding;
	if (c->is_holding)
		*at = c->next_holding;
	c->is_holding = false;
	c->npieces = 0;
	sim_buf_reset(&c->queue);
}

void sim_hub_queue_release(struct sim_hub_conn *c)
{
	leave_holding(c);
	sim_buf_release(&c->queue);
	sim_mem_free(c->pieces);
}

/* -- saying ---------------------------------------------------------------- */

/* A connection that waits for storage is shown to live. */
static bool is_sign_of_life(enum sim_message_type type)
{
	return type == SIM_MESSAGE_pong || type == SIM_MESSAGE_health ||
		type == SIM_MESSAGE_connection_warning;
}

void sim_hub_say(struct sim_hub_conn *c, enum sim_message_type type,
		 const void *data, const struct sim_hub_about *about)
{
	const struct sim_message_style style = SIM_MESSAGE_STYLE_WIRE(
		about ? about->session_id : NULL, sim_hub_now(c->hub));
	struct sim_buf *b = &c->bench->scratch;

	if (c->is_closing)
		return;
	sim_buf_reset(b);
	sim_message_encode(b, type, data, about ? about->request_id : NULL,
			   &style);
	if (is_sign_of_life(type))
		sim_net_send_lines(c->hub->net, c->id, b->data, b->len);
	else
		sim_hub_tell(c, NULL, 0, b->data, b->len);
}

void sim_hub_error(struct sim_hub_conn *c, enum sim_message_code code,
		   const char *text, const struct sim_hub_about *about)
{
	struct sim_message_error e = {
		.error_code = sim_message_code_text(code), .message = text,
		.error_type = sim_message_code_kind(code),
		.has_error_type = true, .recoverable = true,
		.failed_request_id = about ? about->request_id : NULL,
		.has_failed_request_id = about && about->request_id,
		.details = { .text = "{}" }, .has_details = true,
	};

	if (about && about->details) {
		e.details.text = about->details;
		e.has_details = true;
	}
	if (about && about->retry_ms) {
		e.retry_after_ms = about->retry_ms;
		e.has_retry_after_ms = true;
	}
	sim_meter_add(c->hub->meter, SIM_METER_ERRORS, (int)code, 1);
	sim_hub_say(c, SIM_MESSAGE_error, &e, about);
}

void sim_hub_session_error(struct sim_hub_conn *c, const char *code,
			   const char *text, const struct sim_hub_about *about)
{
	struct sim_message_session_error e = {
		.error_code = code, .message = text,
		.details = { .text = about && about->details &&
				about->details[0] ? about->details : "{}" },
	};

	sim_meter_add_text(c->hub->meter, SIM_METER_ERRORS, code, 1);
	sim_hub_say(c, SIM_MESSAGE_session_error, &e, about);
}

/* -- closing --------------------------------------------------------------- */

static const struct closing {
	const char *reason;
	int code;
	bool may_return;
	const char *message;
} closings[] = {
#define SIM_HUB_CLOSING(id, reason, code, again, message) \
	{ reason, code, again, message },
#include "server/hub_closing.def"
#undef SIM_HUB_CLOSING
};

static void say_closing(struct sim_hub_conn *c, enum sim_hub_closing why)
{
	const struct closing *x = &closings[why];
	const struct sim_hub_seat *at = c->current;
	struct sim_message_connection_closing m = {
		.reason = (int)why, .message = x->message,
		.close_code = x->code, .reconnect_allowed = x->may_return,
		.session_state = at ? (int)sim_session_state(at->s) : 0,
		.has_session_state = at != NULL,
	};
	const struct sim_hub_about about = {
		.session_id = at ? sim_session_id(at->s) : NULL
	};

	sim_hub_say(c, SIM_MESSAGE_connection_closing, &m, &about);
}

/* What waits for storage goes unsaid, but for the end of a simulation. */
void sim_hub_close(struct sim_hub_conn *c, enum sim_hub_closing why)
{
	if (c->is_closing)
		return;
	if (c->npieces && why == SIM_HUB_CLOSING_COMPLETE) {
		c->is_complete = true;
		return;
	}
	flush(c, sim_writer_decided(c->hub->writer));
	leave_holding(c);
	say_closing(c, why);
	c->is_closing = true;
	sim_net_close(c->hub->net, c->id, closings[why].code,
		      closings[why].reason);
}
