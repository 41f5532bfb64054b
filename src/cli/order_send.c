/* order_send: batch, answer, rows. */
#include "cli/order_send.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "cli/seen.h"
#include "util/mem.h"

#define ID_LETTERS	8

const struct sim_out_col sim_order_send_cols[] = {
	{ "order", SIM_OUT_COL_ID }, { "symbol", 0 }, { "side", 0 },
	{ "type", 0 }, { "tif", SIM_OUT_COL_WIDE }, { "qty", 0 },
	{ "limit", 0 }, { "stop", 0 }, { "status", 0 },
	{ "expected_price", 0 }, { "cost", 0 }, { "commission", 0 },
	{ "margin", 0 }, { "buying_power_after", 0 }, { "reason", 0 },
	{ "text", SIM_OUT_COL_WIDE }, { NULL, 0 }
};

/* -- names ----------------------------------------------------------------- */

/* A name that no other order of the session has. */
static const char *new_id(struct sim_cli *cli)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char raw[ID_LETTERS] = { 0 };
	char id[ID_LETTERS + 3] = "o_";

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		SIM_BUG("no random bytes");
	for (size_t i = 0; i < ID_LETTERS; i++)
		id[i + 2] = letters[raw[i] % (sizeof(letters) - 1)];
	return sim_mem_arena_strdup(cli->arena, id);
}

/* -- rows ------------------------------------------------------------------ */

static void put_dec(struct sim_out *o, const char *name, bool has, sim_dec v)
{
	if (has)
		sim_out_dec(o, name, v);
}

static void put_asked(struct sim_out *o, const struct sim_message_order *q,
		      const struct sim_json_val *estimate)
{
	sim_dec qty = q->quantity;
	bool has = q->has_quantity || sim_json_as_dec(
		sim_json_get(estimate, "quantity"), &qty);

	sim_out_str(o, "order", q->order_id);
	sim_out_str(o, "symbol", q->symbol);
	sim_out_str(o, "side", sim_vocab_side_text(q->side));
	sim_out_str(o, "type", sim_vocab_order_type_text(q->type));
	sim_out_str(o, "tif", sim_vocab_tif_text(q->time_in_force));
	put_dec(o, "qty", has, qty);
	put_dec(o, "limit", q->has_price, q->price);
	put_dec(o, "stop", q->has_stop_price, q->stop_price);
}

static void put_estimate(struct sim_out *o, const struct sim_json_val *e)
{
	static const char *const names[] = {
		"expected_price", "cost", "commission", "margin",
		"buying_power_after"
	};
	sim_dec d;

	for (size_t i = 0; e && i < sizeof(names) / sizeof(names[0]); i++)
		if (sim_json_as_dec(sim_json_get(e, names[i]), &d))
			sim_out_dec(o, names[i], d);
}

/* The sentence of "CODE: order 3 is rejected (CODE): sentence". */
static const char *sentence_of(const char *why)
{
	const char *s = strstr(why, "is rejected ("), *end;

	end = s ? strstr(s, "): ") : NULL;
	if (end)
		return end + 3;
	s = strstr(why, ": ");
	return s ? s + 2 : why;
}

static void put_reason(struct sim_out *o, const char *why)
{
	char code[64];

	if (strchr(why, ':')) {
		snprintf(code, sizeof(code), "%.*s", (int)strcspn(why, ":"),
			 why);
		sim_out_str(o, "reason", code);
	}
	sim_out_str(o, "text", sentence_of(why));
}

static const char *reason_of(const struct sim_message_batch_ack *a,
			     const char *id)
{
	return sim_json_as_str(sim_json_get(a->rejected_orders.val, id));
}

static void put_order(struct sim_out *o, const struct sim_message_order *q,
		      const struct sim_message_batch_ack *a)
{
	const struct sim_json_val *e = sim_json_get(a->estimates.val,
						    q->order_id);
	const char *why = reason_of(a, q->order_id);
	sim_dec price;

	sim_out_row(o);
	put_asked(o, q, e);
	sim_out_str(o, "status", why ? "rejected" : "accepted");
	if (e)
		put_estimate(o, e);
	else if (!why && sim_json_as_dec(
			 sim_json_get(a->estimated_fills.val, q->order_id),
			 &price))
		sim_out_dec(o, "expected_price", price);
	if (why)
		put_reason(o, why);
	sim_out_row_end(o);
}

/* -- the batch ------------------------------------------------------------- */

static int rejected(const struct sim_order_send *s,
		    const struct sim_message_batch_ack *a, struct sim_err *err)
{
	const struct sim_message_order *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!reason_of(a, s->orders[i].order_id))
			continue;
		if (!n++)
			first = &s->orders[i];
	}
	if (!n)
		return SIM_OK;
	if (s->n == 1)
		return sim_err_set(err, SIM_E_REJECTED, "the order was "
				   "rejected: %.400s",
				   sentence_of(reason_of(a, first->order_id)));
	return sim_err_set(err, SIM_E_REJECTED, "%zu of %zu orders were "
			   "rejected; the first, %s: %.350s", n, s->n,
			   first->order_id,
			   sentence_of(reason_of(a, first->order_id)));
}

int sim_order_send_batch(struct sim_cli *cli, const struct sim_order_send *s,
			 struct sim_err *err)
{
	const struct sim_message_order_batch b = {
		.orders = s->orders, .n_orders = s->n, .has_orders = true,
		.execution_mode = s->atomic, .has_execution_mode = true,
		.dry_run = s->dry_run, .has_dry_run = s->dry_run,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const char *id;
	int rc = sim_sess_id(cli, s->session, SIM_SESS_STARTED, &id, err);

	for (size_t i = 0; i < s->n; i++)
		if (!s->orders[i].order_id)
			s->orders[i].order_id = new_id(cli);
	if (!rc)
		rc = sim_connect_call(cli, SIM_MESSAGE_order_batch, &b, id, &m,
				      err);
	if (rc)
		return rc;
	sim_out_list(cli->out, sim_order_send_cols);
	for (size_t i = 0; i < s->n; i++) {
		put_order(cli->out, &s->orders[i], m.m.data);
		if (!s->dry_run)
			sim_seen_add(cli, SIM_SEEN_ORDERS,
				     s->orders[i].order_id,
				     s->orders[i].symbol);
	}
	sim_out_end(cli->out);
	rc = rejected(s, m.m.data, err);
	sim_backend_release(&m);
	return rc;
}
