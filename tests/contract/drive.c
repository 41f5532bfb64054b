/*
 * drive: simulate one session at a server, with orders that follow from a seed
 * and the ticks, and print all that came:
 *	drive ticks|steps|each|paced URL TOKEN SEED LAST-DAY [CA]
 *	drive watch URL TOKEN 0 SESSION
 *
 * ticks: driven by acknowledgements; each tick and each execution has to come
 * once, in order.  steps: nobody drives it, it is stepped, and asked where it
 * stands.  each: every kind of request, once or twice.  paced: it makes steps
 * that last.  watch: somebody else drives it; the executions and updates of it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "util/mem.h"

struct drive {
	struct host host;
	struct sim_backend *b;
	const char *id, *end;
	struct sim_rand rand;
	uint64_t tick, execution, orders;
	int open;			/* number of the last resting order */
	bool is_over;
	bool is_calm;			/* a tick is looked at, no more */
};

static void check(int rc, const struct sim_err *err)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "drive: %s\n", err->msg);
	exit(1);
}

static void fail(const char *what, uint64_t n)
{
	fprintf(stderr, "drive: %s %" PRIu64 "\n", what, n);
	exit(1);
}

static void call(struct drive *d, enum sim_message_type type, const void *data,
		 struct sim_backend_message *out)
{
	const struct sim_backend_request q = {
		.type = type, .data = data, .session_id = d->id,
		.timeout_ms = 60000,
	};
	struct sim_backend_message mine = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	check(sim_backend_call(d->b, &q, out ? out : &mine, &err), &err);
	sim_backend_release(&mine);
}

/* It may be refused, as the order may have been; then always. */
static void change(struct drive *d, enum sim_message_type type,
		   const void *data)
{
	const struct sim_backend_request q = {
		.type = type, .data = data, .session_id = d->id,
		.timeout_ms = 60000,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_backend_call(d->b, &q, &m, &err);

	if (!sim_backend_code(d->b)[0])
		check(rc, &err);
	printf("%s %s\n", sim_message_name((int)type),
	       sim_backend_code(d->b));
	sim_backend_release(&m);
}

static void create(struct drive *d)
{
	static const char *const symbols[] = { "ACME" };
	const struct sim_message_session_spec spec = {
		.symbols = symbols, .n_symbols = 1, .has_symbols = true,
		.start_date = "2024-03-04", .has_start_date = true,
		.end_date = d->end, .has_end_date = true,
		.timeframe = "1min", .has_timeframe = true,
	};
	const struct sim_message_create_session c = { .spec = &spec };
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;

	call(d, SIM_MESSAGE_create_session, &c, &m);
	d->id = sim_mem_strdup(m.m.session_id);
	sim_backend_release(&m);
}

/* An order, sometimes two of which the second rests. */
static void order(struct drive *d)
{
	char id[2][24];
	struct sim_message_order o[2];
	struct sim_message_order_batch batch = { .orders = o, .n_orders = 1 };

	memset(o, 0, sizeof(o));
	for (int i = 0; i < 2; i++) {
		snprintf(id[i], sizeof(id[i]), "o%" PRIu64, ++d->orders);
		o[i] = (struct sim_message_order){
			.order_id = id[i], .symbol = "ACME",
			.side = (int)sim_rand_below(&d->rand, 2),
			.quantity = SIM_DEC_ONE *
				(sim_dec)(1 + sim_rand_below(&d->rand, 50)),
			.has_quantity = true,
		};
	}
	if (sim_rand_below(&d->rand, 2)) {
		batch.n_orders = 2;
		o[1].type = 1;		/* limit, far away */
		o[1].has_type = true;
		o[1].side = 0;
		o[1].price = SIM_DEC_ONE * 5;
		o[1].has_price = true;
		o[1].time_in_force = 1;
		o[1].has_time_in_force = true;
	}
	call(d, SIM_MESSAGE_order_batch, &batch, NULL);
	if (batch.n_orders == 2) {
		const struct sim_message_cancel_order c = {
			.order_id = id[1]
		};
		const struct sim_message_replace_order r = {
			.order_id = id[1], .price = SIM_DEC_ONE * 6,
			.has_price = true,
		};

		change(d, SIM_MESSAGE_replace_order, &r);
		if (sim_rand_below(&d->rand, 2))
			change(d, SIM_MESSAGE_cancel_order, &c);
	}
}

static void hear_tick(struct drive *d, const struct sim_message_tick *t)
{
	const struct sim_message_tick_ack a = { .sequence_id = t->sequence_id };
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_tick_ack, .data = &a, .session_id = d->id,
	};
	struct sim_err err = SIM_ERR_INIT;

	if ((uint64_t)t->sequence_id != ++d->tick)
		fail("a tick came that was not expected:",
		     (uint64_t)t->sequence_id);
	if (d->is_calm)
		return;
	if (!sim_rand_below(&d->rand, 4))
		order(d);
	check(sim_backend_send(d->b, &q, NULL, &err), &err);
}

static void hear(struct drive *d, const struct sim_backend_message *m)
{
	const struct sim_message_execution_report *r = m->m.data;

	if (m->m.type == SIM_MESSAGE_tick)
		hear_tick(d, m->m.data);
	if (m->m.type == SIM_MESSAGE_execution_report) {
		if (strtoull(r->execution_id + 1, NULL, 10) != ++d->execution)
			fail("an execution came that was not expected, not",
			     d->execution);
		printf("%s %s %" PRId64 " %" PRId64 " %" PRId64 "\n",
		       r->execution_id, r->order_id, r->executed_quantity,
		       r->executed_price, r->cash);
	}
	if (m->m.type == SIM_MESSAGE_simulation_complete) {
		const struct sim_message_simulation_end *e = m->m.data;

		printf("end %" PRId64 " %" PRId64 " %.17g\n", e->final_equity,
		       e->total_trades, e->total_return_pct);
		d->is_over = true;
	}
	if (m->m.type == SIM_MESSAGE_error ||
	    m->m.type == SIM_MESSAGE_session_error) {
		fprintf(stderr, "drive: %s\n", m->line);
		exit(1);
	}
}

static void by_ticks(struct drive *d)
{
	const struct sim_message_start_simulation start = { 0 };
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	call(d, SIM_MESSAGE_start_simulation, &start, NULL);
	while (!d->is_over) {
		check(sim_backend_next(d->b, -1, &m, &err), &err);
		hear(d, &m);
		sim_backend_release(&m);
	}
}

/* Some steps, and where that leads. */
static void step(struct drive *d)
{
	const struct sim_message_step_simulation s = {
		.ticks = 1 + (int64_t)sim_rand_below(&d->rand, 9),
		.has_ticks = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_status *at;

	call(d, SIM_MESSAGE_step_simulation, &s, &m);
	at = m.m.data;
	printf("at %" PRId64 "\n", at->sequence_id);
	d->is_over = at->sequence_id > at->ticks_total - 20;
	sim_backend_release(&m);
}

static void by_steps(struct drive *d)
{
	const struct sim_message_start_simulation start = {
		.on_disconnect = 1, .has_on_disconnect = true,
	};

	call(d, SIM_MESSAGE_start_simulation, &start, NULL);
	call(d, SIM_MESSAGE_pause_simulation, NULL, NULL);
	call(d, SIM_MESSAGE_detach_session, NULL, NULL);
	step(d);
	while (!d->is_over) {
		if (!sim_rand_below(&d->rand, 3))
			order(d);
		step(d);
		call(d, SIM_MESSAGE_query_positions, NULL, NULL);
	}
	call(d, SIM_MESSAGE_stop_simulation, NULL, NULL);
}

/* Until that tick, or the end. */
static void go_to(struct drive *d, uint64_t tick)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	d->is_calm = true;
	while (!d->is_over && d->tick < tick) {
		check(sim_backend_next(d->b, -1, &m, &err), &err);
		hear(d, &m);
		sim_backend_release(&m);
	}
}

static void acknowledge(struct drive *d)
{
	const struct sim_message_tick_ack a = {
		.sequence_id = (int64_t)d->tick
	};
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_tick_ack, .data = &a, .session_id = d->id,
	};
	struct sim_err err = SIM_ERR_INIT;

	check(sim_backend_send(d->b, &q, NULL, &err), &err);
}

static void rest(const char *const *ids, size_t n, struct drive *d)
{
	struct sim_message_order o[4];
	const struct sim_message_order_batch batch = { .orders = o,
						       .n_orders = n };

	memset(o, 0, sizeof(o));
	for (size_t i = 0; i < n; i++)
		o[i] = (struct sim_message_order){
			.order_id = ids[i], .symbol = "ACME", .type = i > 0,
			.has_type = true, .quantity = SIM_DEC_ONE,
			.has_quantity = true, .price = SIM_DEC_ONE * 5,
			.has_price = i > 0, .time_in_force = 1,
			.has_time_in_force = true,
		};
	call(d, SIM_MESSAGE_order_batch, &batch, NULL);
}

static void print_open(struct drive *d)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_current_orders *c;

	call(d, SIM_MESSAGE_query_orders, NULL, &m);
	c = m.m.data;
	for (size_t i = 0; i < c->n_orders; i++)
		printf("open %s %" PRId64 "\n", c->orders[i].order_id,
		       c->orders[i].price);
	sim_backend_release(&m);
}

static void each_trade(struct drive *d)
{
	static const char *const first[] = { "a", "b", "c", "d" };
	static const char *const then[] = { "e", "f" }, *last[] = { "g", "h" };
	const struct sim_message_replace_order r = {
		.order_id = "b", .price = SIM_DEC_ONE * 6, .has_price = true,
	};
	const struct sim_message_cancel_order c = { .order_id = "c" };
	const struct sim_message_cancel_all all = { .has_symbol = false };
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_cancel_all, .data = &all,
		.session_id = d->id,
	};
	struct sim_err err = SIM_ERR_INIT;

	go_to(d, 1);
	rest(first, 4, d);
	change(d, SIM_MESSAGE_replace_order, &r);
	change(d, SIM_MESSAGE_cancel_order, &c);
	print_open(d);
	acknowledge(d);
	go_to(d, 2);
	call(d, SIM_MESSAGE_cancel_all, &all, NULL);
	rest(then, 2, d);
	print_open(d);
	/* Nobody waits for its answer, and it holds for those of now. */
	check(sim_backend_send(d->b, &q, NULL, &err), &err);
	print_open(d);
	rest(last, 2, d);
	print_open(d);
	acknowledge(d);
	go_to(d, 3);
	print_open(d);
}

static void tell_log(struct drive *d);

/* It is driven by ticks, and stopped; another one is stepped. */
static void each(struct drive *d)
{
	const struct sim_message_start_simulation start = { 0 };
	const struct sim_message_start_simulation run = {
		.on_disconnect = 1, .has_on_disconnect = true,
	};

	call(d, SIM_MESSAGE_start_simulation, &start, NULL);
	each_trade(d);
	call(d, SIM_MESSAGE_stop_simulation, NULL, NULL);
	go_to(d, UINT64_MAX);
	tell_log(d);
	call(d, SIM_MESSAGE_delete_session, NULL, NULL);
	sim_mem_free((void *)(uintptr_t)d->id);
	d->id = NULL;
	create(d);
	call(d, SIM_MESSAGE_start_simulation, &run, NULL);
	call(d, SIM_MESSAGE_pause_simulation, NULL, NULL);
	call(d, SIM_MESSAGE_detach_session, NULL, NULL);
	step(d);
	step(d);
	call(d, SIM_MESSAGE_stop_simulation, NULL, NULL);
}

/* Steps that last longer than it takes to connect again. */
static void paced(struct drive *d)
{
	const struct sim_message_start_simulation start = {
		.on_disconnect = 1, .has_on_disconnect = true,
		.tick_interval_ms = 250, .has_tick_interval_ms = true,
	};

	call(d, SIM_MESSAGE_start_simulation, &start, NULL);
	call(d, SIM_MESSAGE_pause_simulation, NULL, NULL);
	call(d, SIM_MESSAGE_detach_session, NULL, NULL);
	step(d);
	call(d, SIM_MESSAGE_stop_simulation, NULL, NULL);
}

static bool hear_watched(const struct sim_message *m)
{
	const struct sim_message_execution_report *r = m->data;
	const struct sim_message_order_update *u = m->data;

	if (m->type == SIM_MESSAGE_execution_report)
		printf("%" PRId64 " %s %s\n", r->event, r->execution_id,
		       r->order_id);
	if (m->type == SIM_MESSAGE_order_update)
		printf("%" PRId64 " %s %s\n", u->event,
		       sim_vocab_order_status_text(u->status), u->order_id);
	if (m->type == SIM_MESSAGE_simulation_complete)
		printf("end\n");
	fflush(stdout);
	return m->type != SIM_MESSAGE_simulation_complete;
}

static void watch(struct drive *d)
{
	const struct sim_message_attach_session a = {
		.events = 1, .has_events = true,	/* no ticks */
		.has_last_event = true,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;
	bool is_on = true;

	d->id = d->end;
	call(d, SIM_MESSAGE_attach_session, &a, NULL);
	while (is_on) {
		check(sim_backend_next(d->b, -1, &m, &err), &err);
		is_on = hear_watched(&m.m);
		sim_backend_release(&m);
	}
	d->id = NULL;
}

static void tell_log(struct drive *d)
{
	struct sim_message_get_log g = { .has_since = true };
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_log_chunk *c;
	bool is_more = true;

	while (is_more) {
		call(d, SIM_MESSAGE_get_log, &g, &m);
		c = m.m.data;
		g.since = c->offset + (int64_t)strlen(c->text);
		is_more = c->text[0] && g.since < c->size;
		if (!is_more)
			printf("log %" PRId64 " %s\n", g.since,
			       c->has_hash ? c->hash : "unsealed");
		sim_backend_release(&m);
	}
}

int main(int argc, char **argv)
{
	static struct drive d;
	struct sim_backend_remote_config c = {
		.host = host_of(&d.host), .credential = host_credential,
	};
	struct sim_err err = SIM_ERR_INIT;
	struct sim_backend_state state;

	if (argc < 6)
		return 2;
	c.url = argv[2];
	d.host.token = argv[3];
	d.end = argv[5];
	c.ca_path = argv[6];
	d.host.next_token = getenv("NEXT_TOKEN");
	if (getenv("GIVE_UP_MS"))
		c.give_up_ms = (int)strtol(getenv("GIVE_UP_MS"), NULL, 10);
	sim_rand_init(&d.rand, strtoull(argv[4], NULL, 10), "drive");
	check(sim_backend_open_remote(&c, &d.b, &err), &err);
	if (!strcmp(argv[1], "watch")) {
		watch(&d);
	} else {
		create(&d);
		if (!strcmp(argv[1], "steps"))
			by_steps(&d);
		else if (!strcmp(argv[1], "each"))
			each(&d);
		else if (!strcmp(argv[1], "paced"))
			paced(&d);
		else
			by_ticks(&d);
		tell_log(&d);
	}
	sim_backend_state(d.b, &state);
	fprintf(stderr, "drive: %" PRIu64 " ticks, %" PRIu64 " executions, %u "
		"drops, %u refusals\n", d.tick, d.execution, state.drops,
		d.host.refusals);
	sim_backend_close(d.b);
	sim_mem_free((void *)(uintptr_t)d.id);
	return 0;
}
