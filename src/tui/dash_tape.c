/* dash_tape: what `run replay` prints, and the event log of a run, as the
 * messages that a session would have said. */
#include "tui/dash_do.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "util/mem.h"

#define ID_MAX 32			/* bytes of a number with a letter */

static sim_dec dec_of(const struct sim_json_val *v, const char *key)
{
	sim_dec n = 0;

	(void)sim_json_as_dec(sim_json_get(v, key), &n);
	return n;
}

static const char *text_of(const struct sim_json_val *v, const char *key)
{
	const char *s = sim_json_as_str(sim_json_get(v, key));

	return s ? s : "";
}

static int64_t int_of(const struct sim_json_val *v, const char *key)
{
	int64_t n = 0;

	(void)sim_json_as_int(sim_json_get(v, key), &n);
	return n;
}

static bool time_of(const struct sim_json_val *v, const char *key, sim_time *t)
{
	const char *s = text_of(v, key);

	return *s && !sim_time_parse(s, strlen(s), t, NULL, NULL);
}

static bool flag_of(const struct sim_json_val *v, const char *key)
{
	bool is = false;

	return sim_json_as_bool(sim_json_get(v, key), &is) && is;
}

static void say(struct sim_dash *d, enum sim_message_type type,
		const void *data)
{
	struct sim_message m = { .type = type, .data = (void *)data };

	sim_dash_hear(d, &m);
	/* Each line says of which step it is. */
	sim_dash_book_step(d);
}

/* -- the state at the end of a step ---------------------------------------- */

/* What a unit has cost; value, not price, has contracts of several units. */
static sim_dec cost_of_one(const struct sim_json_val *v)
{
	sim_dec value = dec_of(v, "value"), cost = dec_of(v, "cost"), one;
	double last = sim_dec_to_double(dec_of(v, "last"));

	if (value && last > 0 && sim_dec_from_double(
		    last * fabs((double)cost / (double)value), &one))
		return one;
	return dec_of(v, "last");
}

static void hear_position(struct sim_dash *d, const struct sim_json_val *v,
			  struct sim_message_position *to)
{
	sim_dec value = dec_of(v, "value"), gain = 0;
	uint32_t at = sim_dash_symbol_of(d, text_of(v, "symbol"));

	(void)sim_dec_sub(value, dec_of(v, "cost"), &gain);
	*to = (struct sim_message_position){
		.symbol = text_of(v, "symbol"), .quantity = dec_of(v, "qty"),
		.avg_cost = cost_of_one(v), .market_value = value,
		.unrealized_pnl = gain,
	};
	if (at != UINT32_MAX)
		sim_dash_bars_last(d, at, dec_of(v, "last"));
}

static void hear_account(struct sim_dash *d, const struct sim_json_val *state)
{
	const struct sim_json_val *list = sim_json_get(state, "positions");
	size_t n = sim_json_len(list);
	struct sim_message_position *p = sim_mem_array(n + 1, sizeof(*p));
	struct sim_message_account_snapshot a = {
		.cash = dec_of(state, "cash"),
		.equity = dec_of(state, "equity"),
		.realized_pnl = dec_of(state, "realized"),
		.positions = p, .n_positions = n,
	};

	for (size_t i = 0; i < n; i++) {
		hear_position(d, sim_json_at(list, i), &p[i]);
		(void)sim_dec_add(a.unrealized_pnl, p[i].unrealized_pnl,
				  &a.unrealized_pnl);
	}
	say(d, SIM_MESSAGE_account_snapshot, &a);
	sim_mem_free(p);
}

static void hear_order(const struct sim_json_val *v, char id[ID_MAX],
		       struct sim_message_open_order *o)
{
	enum sim_order_type type = SIM_ORDER_TYPE_MARKET;
	enum sim_side side = SIM_SIDE_BUY;
	sim_dec filled = dec_of(v, "filled");

	(void)sim_vocab_side_parse(text_of(v, "side"), &side);
	(void)sim_vocab_order_type_parse(text_of(v, "type"), &type);
	snprintf(id, ID_MAX, "%" PRId64, int_of(v, "order"));
	*o = (struct sim_message_open_order){
		.order_id = id, .symbol = text_of(v, "symbol"), .side = side,
		.type = type, .quantity = dec_of(v, "quantity"),
		.price = dec_of(v, "limit"), .stop_price = dec_of(v, "stop"),
		.time_in_force = SIM_TIF_GTC,
		.status = filled ? SIM_ORDER_STATUS_PARTIALLY_FILLED
				 : SIM_ORDER_STATUS_ACCEPTED,
	};
	o->remaining_quantity = o->quantity - filled;
	o->has_price = o->price != 0;
	o->has_stop_price = o->stop_price != 0;
}

static void hear_orders(struct sim_dash *d, const struct sim_json_val *state)
{
	const struct sim_json_val *list = sim_json_get(state, "orders");
	size_t n = sim_json_len(list);
	struct sim_message_open_order *o = sim_mem_array(n + 1, sizeof(*o));
	char (*id)[ID_MAX] = sim_mem_array(n + 1, sizeof(*id));
	struct sim_message_current_orders m = { .orders = o, .n_orders = n };

	for (size_t i = 0; i < n; i++)
		hear_order(sim_json_at(list, i), id[i], &o[i]);
	say(d, SIM_MESSAGE_current_orders, &m);
	sim_mem_free(id);
	sim_mem_free(o);
}

static void hear_state(struct sim_dash *d, const struct sim_json_val *root,
		       const struct sim_json_val *state)
{
	const char *why = text_of(root, "stopped");
	struct sim_message_status s = {
		.state = !strcmp(why, "end") ? (int)DASH_COMPLETED
					     : (int)DASH_PAUSED,
		.sequence_id = int_of(state, "step"), .progress_pct = -1,
	};

	/* A step back: what came behind it is not so any more. */
	if (s.sequence_id < (int64_t)d->step)
		sim_dash_forget(d);
	s.has_sim_time = time_of(state, "time", &s.sim_time);
	say(d, SIM_MESSAGE_simulation_status, &s);
	hear_account(d, state);
	hear_orders(d, state);
	if (!strcmp(why, "break"))
		sim_dash_log(d, SIM_THEME_INFO, true, "a breakpoint holds");
}

/* -- events ---------------------------------------------------------------- */

static void hear_fill(struct sim_dash *d, const struct sim_json_val *v)
{
	enum sim_fill_reason reason = SIM_FILL_REASON_MARKET_OPEN;
	enum sim_side side = SIM_SIDE_BUY;
	char id[ID_MAX], order[ID_MAX];
	struct sim_message_execution_report x = {
		.execution_id = id, .order_id = order,
		.symbol = text_of(v, "symbol"),
		.executed_quantity = dec_of(v, "quantity"),
		.executed_price = dec_of(v, "price"),
		.execution_time = d->sim_time,
		.commission = dec_of(v, "commission"),
		.remaining_quantity = dec_of(v, "leaves"),
		.ambiguous = flag_of(v, "ambiguous"),
		.position = dec_of(v, "position"), .cash = dec_of(v, "cash"),
	};
	double base = sim_dec_to_double(dec_of(v, "base_price"));

	(void)sim_vocab_side_parse(text_of(v, "side"), &side);
	(void)sim_vocab_fill_reason_parse(text_of(v, "reason"), &reason);
	snprintf(id, sizeof(id), "e%" PRId64, int_of(v, "fill"));
	snprintf(order, sizeof(order), "%" PRId64, int_of(v, "order"));
	x.side = side;
	x.fill_reason = reason;
	x.is_partial = x.remaining_quantity > 0;
	if (base > 0 && !sim_dec_from_double(
		    (sim_dec_to_double(x.executed_price) / base - 1) *
		    (side == SIM_SIDE_SELL ? -1e4 : 1e4), &x.slippage_bps))
		x.slippage_bps = 0;
	say(d, SIM_MESSAGE_execution_report, &x);
}

static void hear_update(struct sim_dash *d, const struct sim_json_val *v,
			enum sim_order_status status)
{
	const char *why = text_of(v, "message");
	char order[ID_MAX];
	struct sim_message_order_update u = {
		.order_id = order, .symbol = text_of(v, "symbol"),
		.status = status,
	};

	u.reason = *why ? why : text_of(v, "reason");
	u.has_reason = *u.reason != '\0';
	snprintf(order, sizeof(order), "%" PRId64, int_of(v, "order"));
	say(d, SIM_MESSAGE_order_update, &u);
}

static const struct {
	const char *type;
	enum sim_order_status status;
} updates[] = {
	{ "order_accepted", SIM_ORDER_STATUS_ACCEPTED },
	{ "order_rejected", SIM_ORDER_STATUS_REJECTED },
	{ "order_cancelled", SIM_ORDER_STATUS_CANCELLED },
	{ "order_expired", SIM_ORDER_STATUS_EXPIRED },
};

static void hear_event(struct sim_dash *d, const struct sim_json_val *v)
{
	const char *type = text_of(v, "type"), *symbol = text_of(v, "symbol");
	struct sim_message_status s = {
		.state = (int)d->state, .sequence_id = (int64_t)d->step,
		.progress_pct = -1,
	};
	struct dash_event *e;

	s.has_sim_time = time_of(v, "sim_time", &s.sim_time);
	say(d, SIM_MESSAGE_simulation_status, &s);
	if (!strcmp(type, "fill")) {
		hear_fill(d, v);
		return;
	}
	for (size_t i = 0; i < sizeof(updates) / sizeof(updates[0]); i++)
		if (!strcmp(updates[i].type, type)) {
			hear_update(d, v, updates[i].status);
			return;
		}
	if (!strncmp(type, "order_", 6) || !strcmp(type, "seal"))
		return;
	e = sim_dash_book_event(d, DASH_ACTION, *symbol ? symbol : NULL);
	e->position = dec_of(v, "position");
	sim_dash_copy(e->text, sizeof(e->text), type);
}

/* -- lines ----------------------------------------------------------------- */

bool sim_dash_tape_line(struct sim_dash *d, const char *line, size_t n)
{
	struct sim_json_doc *doc;
	const struct sim_json_val *root, *v;
	bool is_ours = true;

	if (sim_json_parse(line, n, &doc, NULL))
		return false;
	root = sim_json_root(doc);
	if ((v = sim_json_get(root, "state")) && sim_json_is_object(v))
		hear_state(d, root, v);
	else if ((v = sim_json_get(root, "event")) && sim_json_is_object(v))
		hear_event(d, v);
	else if (sim_json_get(root, "seq") && sim_json_get(root, "sim_time"))
		hear_event(d, root);
	else if ((v = sim_json_get(root, "error")) && sim_json_is_object(v))
		sim_dash_log(d, SIM_THEME_ERROR, true, text_of(v, "message"));
	else
		is_ours = sim_json_get(root, "break") != NULL;
	sim_json_free(doc);
	return is_ours;
}
