/*
 * The contract of all backends: the same requests have the same replies, the
 * same refusals with the same statuses and sentences, the same events, the
 * same final result and the same log.
 */
#include "suite.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "place.h"

/* -- what came, in words that can be compared ------------------------------ */

struct talk {
	struct sim_backend *b;
	struct sim_buf text;		/* all that came */
	struct sim_buf hash;		/* of the log */
	const char *id;
	uint64_t tick;
	bool is_over;
};

/* What differs from one time to the next, by the key it stands behind. */
static const char *const varying[] = {
	"timestamp", "created_at", "started_at", "server_time",
	"simulation_duration_sec", "request_id", "failed_request_id",
	"retry_after_ms",
};

static void blank(char *line, const char *key)
{
	char head[40], *at = line;

	snprintf(head, sizeof(head), "\"%s\":", key);
	while ((at = strstr(at, head))) {
		at += strlen(head);
		if (*at == '"') {
			char *end = strchr(at + 1, '"');

			memmove(at + 1, end, strlen(end) + 1);
		} else {
			size_t n = strcspn(at, ",}");

			memmove(at, at + n, strlen(at + n) + 1);
		}
	}
}

static void note(struct talk *t, const char *how,
		 const struct sim_backend_message *m)
{
	char *line = sim_mem_strdup(m->line);

	for (size_t i = 0; i < sizeof(varying) / sizeof(varying[0]); i++)
		blank(line, varying[i]);
	sim_buf_printf(&t->text, "%s %s\n", how, line);
	sim_mem_free(line);
}

/* Of a list the names and states: how far a session is, is only known of one
 * that is in memory. */
static void note_names(struct talk *t,
		       const struct sim_message_sessions_list *m)
{
	const struct sim_json_val *x;

	for (size_t i = 0; (x = sim_json_at(m->sessions.val, i)); i++)
		sim_buf_printf(&t->text, "session %s %s\n",
			       sim_json_as_str(sim_json_get(x, "session_id")),
			       sim_json_as_str(sim_json_get(x, "state")));
}

/* Ask; 0, or the status that it was refused with. */
static int ask_of(struct talk *t, enum sim_message_type type, const void *data,
		  const char *id)
{
	const struct sim_backend_request q = {
		.type = type, .data = data, .session_id = id,
	};
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;
	int rc = sim_backend_call(t->b, &q, &m, &err);

	if (rc) {
		sim_buf_printf(&t->text, "- %s %d %s %s %s\n",
			       sim_message_name((int)type), rc,
			       sim_backend_code(t->b), err.msg,
			       sim_backend_details(t->b));
		return rc;
	}
	ck_assert_str_eq(sim_backend_code(t->b), "");
	if (type == SIM_MESSAGE_list_sessions)
		note_names(t, m.m.data);
	else
		note(t, "=", &m);
	if (type == SIM_MESSAGE_get_log && m.m.data) {
		const struct sim_message_log_chunk *c = m.m.data;

		sim_buf_puts(&t->hash, c->has_hash ? c->hash : "");
	}
	sim_backend_release(&m);
	return 0;
}

static int ask(struct talk *t, enum sim_message_type type, const void *data)
{
	return ask_of(t, type, data, t->id);
}

static void fine(struct talk *t, enum sim_message_type type, const void *data)
{
	int rc = ask(t, type, data);

	ck_assert_msg(!rc, "%s", sim_buf_str(&t->text));
}

static void refused(struct talk *t, enum sim_message_type type,
		    const void *data, const char *id, int status)
{
	int rc = ask_of(t, type, data, id);

	ck_assert_msg(rc == status, "%s: %d and not %d\n%s",
		      sim_message_name((int)type), rc, status,
		      sim_buf_str(&t->text));
}

/* Events, up to a tick or the end. */
static void hear_to(struct talk *t, uint64_t tick)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	while (!t->is_over && t->tick < tick) {
		int rc = sim_backend_next(t->b, 20000, &m, &err);

		ck_assert_msg(rc == 1, "%d %s\n%s", rc, err.msg,
			      sim_buf_str(&t->text));
		note(t, "<", &m);
		if (m.m.type == SIM_MESSAGE_tick)
			t->tick++;
		t->is_over = m.m.type == SIM_MESSAGE_simulation_complete;
		sim_backend_release(&m);
	}
}

/* What came meanwhile. */
static void drain(struct talk *t)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	struct sim_err err = SIM_ERR_INIT;

	while (sim_backend_next(t->b, 0, &m, &err) == 1) {
		note(t, "<", &m);
		sim_backend_release(&m);
	}
}

static void acknowledge(struct talk *t)
{
	const struct sim_message_tick_ack a = {
		.sequence_id = (int64_t)t->tick
	};
	const struct sim_backend_request q = {
		.type = SIM_MESSAGE_tick_ack, .data = &a, .session_id = t->id,
	};
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_backend_send(t->b, &q, NULL, &err), 0);
}

/* -- what is asked --------------------------------------------------------- */

static const char *const both[] = { "AAA", "BBB" };
static const char *const unknown[] = { "AAA", "ZZZ" };

static struct sim_message_session_spec spec_of(const char *const *symbols)
{
	return (struct sim_message_session_spec){
		.symbols = symbols, .n_symbols = 2, .has_symbols = true,
		.start_date = "2020-01-01T00:30:00", .has_start_date = true,
		.end_date = "2020-01-01T01:30:00", .has_end_date = true,
		.warmup_bars = 5, .has_warmup_bars = true,
		.initial_capital = 50000 * SIM_DEC_ONE,
		.has_initial_capital = true,
	};
}

static void make(struct talk *t, const char *id)
{
	const struct sim_message_session_spec spec = spec_of(both);
	const struct sim_message_create_session c = { .spec = &spec };

	t->id = id;
	t->tick = 0;
	t->is_over = false;
	fine(t, SIM_MESSAGE_create_session, &c);
}

static void no_sessions(struct talk *t)
{
	struct sim_message_session_spec spec = spec_of(unknown);
	const struct sim_message_create_session c = { .spec = &spec };
	enum sim_message_type create = SIM_MESSAGE_create_session;
	size_t at;

	refused(t, create, &c, "x", SIM_E_NOENT);
	spec = spec_of(both);
	spec.end_date = "2019-01-01";
	refused(t, create, &c, "x", SIM_E_INVAL);
	spec.start_date = "2018-01-01";
	refused(t, create, &c, "x", SIM_E_INVAL);
	spec = spec_of(both);
	spec.initial_capital = 0;
	at = t->text.len;
	refused(t, create, &c, "x", SIM_E_INVAL);
	ck_assert_str_eq(sim_backend_code(t->b), "INSUFFICIENT_CAPITAL");
	t->text.len = at;		/* names limits, which are its own */
	spec = spec_of(both);
	spec.timeframe = "7min";
	spec.has_timeframe = true;
	refused(t, create, &c, "x", SIM_E_NOENT);
	refused(t, SIM_MESSAGE_get_session, NULL, "nobody", SIM_E_NOENT);
	refused(t, SIM_MESSAGE_get_session, NULL, NULL, SIM_E_INVAL);
	refused(t, SIM_MESSAGE_delete_session, NULL, "nobody", SIM_E_NOENT);
	refused(t, SIM_MESSAGE_query_status, NULL, "nobody", SIM_E_NOENT);
	refused(t, SIM_MESSAGE_query_status, NULL, NULL, SIM_E_NOENT);
	refused(t, SIM_MESSAGE_start_simulation, &(struct
		sim_message_start_simulation){ .has_spec = false }, "nobody",
		SIM_E_NOENT);
	refused(t, SIM_MESSAGE_resume_session, &(struct
		sim_message_resume_session){ .has_last_execution_id = false },
		"nobody", SIM_E_NOENT);
}

static struct sim_message_order order_of(const char *id, const char *symbol,
					 int quantity)
{
	return (struct sim_message_order){
		.order_id = id, .symbol = symbol,
		.quantity = quantity * SIM_DEC_ONE, .has_quantity = true,
	};
}

static struct sim_message_order limit_of(const char *id, int quantity,
					 int price)
{
	struct sim_message_order o = order_of(id, "AAA", quantity);

	o.type = 1;
	o.has_type = o.has_price = o.has_time_in_force = true;
	o.price = price * SIM_DEC_ONE;
	o.time_in_force = 1;
	return o;
}

static void send_orders(struct talk *t, const char *batch,
			const struct sim_message_order *o, size_t n,
			bool is_dry)
{
	const struct sim_message_order_batch b = {
		.orders = o, .n_orders = n, .batch_id = batch,
		.has_batch_id = true, .dry_run = is_dry,
		.has_dry_run = is_dry,
	};

	fine(t, SIM_MESSAGE_order_batch, &b);
}

static void trade(struct talk *t)
{
	const struct sim_message_order first[] = {
		order_of("o1", "AAA", 10), limit_of("o2", 5, 1),
		order_of("o3", "ZZZ", 1), order_of("o4", "AAA", -3),
		limit_of("o5", 7, 2),
	};
	const struct sim_message_order again = order_of("o1", "AAA", 1);
	struct sim_message_replace_order r = {
		.order_id = "o2", .price = 3 * SIM_DEC_ONE, .has_price = true,
	};
	struct sim_message_cancel_order c = { .order_id = "o2" };

	send_orders(t, "b0", first, 2, true);
	send_orders(t, "b1", first, 5, false);
	send_orders(t, "b1", first, 5, false);
	send_orders(t, "b2", &again, 1, false);
	fine(t, SIM_MESSAGE_query_orders, NULL);
	fine(t, SIM_MESSAGE_replace_order, &r);
	fine(t, SIM_MESSAGE_cancel_order, &c);
	refused(t, SIM_MESSAGE_cancel_order, &c, t->id, SIM_E_NOENT);
	refused(t, SIM_MESSAGE_replace_order, &r, t->id, SIM_E_NOENT);
	fine(t, SIM_MESSAGE_cancel_all, &(struct sim_message_cancel_all){
		.has_symbol = false });
	fine(t, SIM_MESSAGE_query_positions, NULL);
	drain(t);
}

static void look(struct talk *t)
{
	const struct sim_message_query_bars bars = {
		.count = 3, .has_count = true,
	};
	const struct sim_message_query_bars wrong = {
		.symbols = unknown, .n_symbols = 2, .has_symbols = true,
	};
	const struct sim_message_get_log all = { .has_since = false };
	const struct sim_message_get_log odd = {
		.since = 7, .has_since = true,
	};

	fine(t, SIM_MESSAGE_query_status, NULL);
	fine(t, SIM_MESSAGE_query_bars, &bars);
	refused(t, SIM_MESSAGE_query_bars, &wrong, t->id, SIM_E_NOENT);
	fine(t, SIM_MESSAGE_query_actions, NULL);
	fine(t, SIM_MESSAGE_get_log, &all);
	refused(t, SIM_MESSAGE_get_log, &odd, t->id, SIM_E_INVAL);
	fine(t, SIM_MESSAGE_get_session, NULL);
}

static void run(struct talk *t, uint64_t to)
{
	while (!t->is_over && t->tick < to) {
		acknowledge(t);
		hear_to(t, t->tick + 1);
	}
}

static void start(struct talk *t)
{
	const struct sim_message_start_simulation s = { .has_spec = false };
	const struct sim_message_order o = order_of("o0", "AAA", 1);
	const struct sim_message_order_batch b = {
		.orders = &o, .n_orders = 1,
	};

	refused(t, SIM_MESSAGE_order_batch, &b, t->id, SIM_E_STATE);
	refused(t, SIM_MESSAGE_pause_simulation, NULL, t->id, SIM_E_STATE);
	fine(t, SIM_MESSAGE_start_simulation, &s);
	hear_to(t, 1);
	refused(t, SIM_MESSAGE_start_simulation, &s, t->id, SIM_E_STATE);
}

/* -- a session from its beginning to its end ------------------------------- */

static void whole(struct talk *t)
{
	no_sessions(t);
	make(t, "first");
	refused(t, SIM_MESSAGE_create_session, &(struct
		sim_message_create_session){ .spec = &(struct
		sim_message_session_spec){ .symbols = both, .n_symbols = 2,
		.has_symbols = true, .start_date = "2020-01-01",
		.has_start_date = true, .end_date = "2020-01-01",
		.has_end_date = true } }, "first", SIM_E_INVAL);
	start(t);
	trade(t);
	look(t);
	run(t, 10);
	fine(t, SIM_MESSAGE_pause_simulation, NULL);
	refused(t, SIM_MESSAGE_attach_session, &(struct
		sim_message_attach_session){ .has_bars = false }, "nobody",
		SIM_E_NOENT);
	fine(t, SIM_MESSAGE_resume_simulation, NULL);
	run(t, UINT64_MAX);
	ck_assert(t->is_over);
}

/* It is over: what can still be asked, and what not. */
static void after(struct talk *t)
{
	const struct sim_message_order o = order_of("o9", "AAA", 1);

	t->id = "first";
	fine(t, SIM_MESSAGE_query_status, NULL);
	fine(t, SIM_MESSAGE_get_session, NULL);
	sim_buf_reset(&t->hash);
	fine(t, SIM_MESSAGE_get_log, &(struct sim_message_get_log){
		.has_since = false });
	ck_assert_uint_eq(t->hash.len, 64);
	refused(t, SIM_MESSAGE_order_batch, &(struct sim_message_order_batch){
		.orders = &o, .n_orders = 1 }, "first", SIM_E_STATE);
	refused(t, SIM_MESSAGE_stop_simulation, NULL, "first", SIM_E_STATE);
	fine(t, SIM_MESSAGE_query_positions, NULL);
	fine(t, SIM_MESSAGE_attach_session, &(struct
		sim_message_attach_session){ .has_last_event = true });
	drain(t);
	ck_assert_msg(strstr(t->text.data, "\"type\":\"order_update\"") &&
		      strstr(t->text.data, "\"type\":\"simulation_complete\""),
		      "%.3000s", t->text.len > 3000 ? t->text.data +
		      t->text.len - 3000 : t->text.data);
}

/* One that nobody acknowledges: step by step, from one opening to the next. */
static void stepwise_begin(struct talk *t)
{
	const struct sim_message_start_simulation s = {
		.on_disconnect = 1, .has_on_disconnect = true,
	};

	make(t, "second");
	fine(t, SIM_MESSAGE_start_simulation, &s);
	hear_to(t, 1);
}

static void stepwise(struct talk *t)
{
	const struct sim_message_order o = order_of("p1", "BBB", 4);
	const struct sim_message_step_simulation five = {
		.ticks = 5, .has_ticks = true,
	};

	t->id = "second";
	fine(t, SIM_MESSAGE_query_status, NULL);
	refused(t, SIM_MESSAGE_step_simulation, &five, t->id, SIM_E_STATE);
	fine(t, SIM_MESSAGE_pause_simulation, NULL);
	send_orders(t, "s1", &o, 1, false);
	fine(t, SIM_MESSAGE_step_simulation, &five);
	fine(t, SIM_MESSAGE_query_positions, NULL);
	drain(t);
}

static void stepwise_on(struct talk *t)
{
	const struct sim_message_attach_session a = {
		.events = 1, .has_events = true, .bars = 2, .has_bars = true,
		.last_event = 1, .has_last_event = true,
	};

	t->id = "second";
	fine(t, SIM_MESSAGE_query_status, NULL);
	fine(t, SIM_MESSAGE_attach_session, &a);
	fine(t, SIM_MESSAGE_cancel_all, &(struct sim_message_cancel_all){
		.has_symbol = false });
	fine(t, SIM_MESSAGE_step_simulation, &(struct
		sim_message_step_simulation){ .ticks = 3, .has_ticks = true });
	drain(t);
	fine(t, SIM_MESSAGE_detach_session, NULL);
	fine(t, SIM_MESSAGE_stop_simulation, NULL);
}

static void gone(struct talk *t)
{
	t->id = "second";
	fine(t, SIM_MESSAGE_list_sessions, NULL);
	fine(t, SIM_MESSAGE_delete_session, NULL);
	refused(t, SIM_MESSAGE_query_status, NULL, "second", SIM_E_NOENT);
}

/* Each over a connection, or in a process, of its own. */
static void (*const parts[])(struct talk *t) = {
	whole, after, stepwise_begin, stepwise, stepwise_on, gone,
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void differ(size_t part, enum place_kind kind, const char *a,
		   const char *b)
{
	size_t i = 0, line;

	while (a[i] && a[i] == b[i])
		i++;
	for (line = i; line && a[line - 1] != '\n'; line--)
		;
	ck_abort_msg("part %zu, loop says\n%.1500s\nand %s says\n%.1500s",
		     part, a + line, place_names[kind], b + line);
}

static void speak(struct place *p, enum place_kind kind, size_t part,
		  struct sim_buf *out)
{
	struct talk t = { .text = SIM_BUF_INIT(SIM_BUF_MAX),
			  .hash = SIM_BUF_INIT(SIM_BUF_MAX) };

	t.b = place_backend(p, kind);
	parts[part](&t);
	sim_backend_close(t.b);
	sim_buf_release(&t.hash);
	*out = t.text;
}

START_TEST(all_say_the_same)
{
	static struct place p;

	place_open(&p);
	for (size_t i = 0; i < PARTS; i++) {
		struct sim_buf said[PLACES];

		for (int k = 0; k < PLACES; k++) {
			speak(&p, (enum place_kind)k, i, &said[k]);
			if (strcmp(said[k].data, said[0].data))
				differ(i, (enum place_kind)k, said[0].data,
				       said[k].data);
		}
		for (int k = 0; k < PLACES; k++)
			sim_buf_release(&said[k]);
	}
	place_close(&p);
}
END_TEST

/* Every code has a status of its own. */
START_TEST(codes_have_statuses)
{
	for (int i = 0; i < SIM_MESSAGE_CODE__COUNT; i++) {
		const char *code = sim_message_code_text(
			(enum sim_message_code)i);

		ck_assert_int_lt(sim_backend_status(code), 0);
		if (strcmp(code, "NOT_IMPLEMENTED") &&
		    strcmp(code, "UNKNOWN_TYPE"))
			ck_assert_msg(sim_backend_status(code) != SIM_E_PROTO,
				      "%s", code);
	}
	ck_assert_int_eq(sim_backend_status("NO_SUCH_CODE"), SIM_E_PROTO);
}
END_TEST

/* -- nobody there ---------------------------------------------------------- */

static int open_url(const char *url, struct sim_err *err)
{
	static struct host h = { .token = "none" };
	const struct sim_backend_remote_config c = {
		.host = host_of(&h), .url = url, .connect_ms = 300,
		.credential = host_credential,
	};
	struct sim_backend *b;

	return sim_backend_open_remote(&c, &b, err);
}

static const struct {
	const char *url;
	int status;
} urls[] = {
	{ "", SIM_E_INVAL }, { "localhost:80", SIM_E_INVAL },
	{ "ftp://localhost", SIM_E_INVAL }, { "ws://", SIM_E_INVAL },
	{ "ws://h:0", SIM_E_INVAL }, { "ws://h:65536", SIM_E_INVAL },
	{ "ws://h:x", SIM_E_INVAL }, { "ws://a@h", SIM_E_INVAL },
	{ "http://h/?token=x", SIM_E_INVAL }, { "ws://[::1", SIM_E_INVAL },
	{ "ws://127.0.0.1:1", SIM_E_UNAVAILABLE },
	{ "http://[::1]:1/", SIM_E_UNAVAILABLE },
};

START_TEST(urls_are_checked)
{
	struct sim_err err = SIM_ERR_INIT;
	int rc = open_url(urls[_i].url, &err);

	ck_assert_msg(rc == urls[_i].status, "%s: %d %s", urls[_i].url, rc,
		      err.msg);
	if (rc == SIM_E_INVAL)
		ck_assert_ptr_nonnull(strstr(err.msg, "URL of a server"));
}
END_TEST

/* Somebody who takes the connection and says nothing. */
START_TEST(silence_has_an_end)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	struct sim_err err = SIM_ERR_INIT;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int64_t began = host_now_ms(NULL);
	char url[64];

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	getsockname(fd, (struct sockaddr *)&sa, &len);
	snprintf(url, sizeof(url), "ws://127.0.0.1:%u", ntohs(sa.sin_port));
	ck_assert_int_eq(open_url(url, &err), SIM_E_TIMEOUT);
	ck_assert_int_lt(host_now_ms(NULL) - began, 60000);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("contract");
	TCase *tc = tcase_create("contract");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, codes_have_statuses);
	tcase_add_loop_test(tc, urls_are_checked, 0,
			    sizeof(urls) / sizeof(urls[0]));
	tcase_add_test(tc, silence_has_an_end);
	tcase_add_test(tc, all_say_the_same);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
