/* A session beside its driver: dry runs that leave no trace, bars up to the
 * present, the log in chunks, what makes it elsewhere, and nobody driving. */
#include "suite.h"

#include "stage.h"

#define TYPE(type, data) "{\"type\":\"" type "\",\"data\":{" data "}}"
#define CREATE(more) TYPE("create_session", "\"symbols\":[\"AAA\",\"BBB\"]," \
	"\"start_date\":\"2020-01-01T01:00:00\",\"end_date\":\"2020-01-02\"" \
	more)
#define ORDER(id, more) "{\"order_id\":\"" id "\",\"symbol\":\"AAA\"," \
	"\"side\":\"buy\"," more "}"
#define BATCH(more, orders) TYPE("order_batch", "\"orders\":[" orders "]" more)
#define TRY ",\"dry_run\":true"
#define STEPS 60

/* -- dry runs -------------------------------------------------------------- */

/* Whatever can be asked for, or refused. */
static const char *const trials[] = {
	BATCH(TRY, ORDER("t1", "\"quantity\":10")),
	BATCH(TRY ",\"batch_id\":\"b1\"", ORDER("t1", "\"percent\":50")),
	BATCH(TRY, ORDER("t1", "\"all\":true") "," ORDER("t2", "\"all\":true")),
	BATCH(TRY, ORDER("t1", "\"quantity\":1000000")),
	BATCH(TRY, ORDER("t1", "\"quantity\":1") ","
	      ORDER("t1", "\"quantity\":1")),
	BATCH(TRY, ORDER("o1", "\"quantity\":1")),
	BATCH(TRY ",\"execution_mode\":\"atomic\"",
	      ORDER("t1", "\"quantity\":1") "," ORDER("t2", "\"quantity\":0")),
	BATCH(TRY, ORDER("t1", "\"notional\":5000,\"stop_loss\":\"0.01\","
			 "\"take_profit\":\"9999.00\"")),
	BATCH(TRY, ORDER("t1", "\"type\":\"limit\",\"price\":\"1.00\","
			 "\"quantity\":5,\"time_in_force\":\"gtc\"") ","
	      ORDER("t2", "\"type\":\"stop\",\"stop_price\":\"9999.00\","
		    "\"quantity\":5,\"oco_with\":\"t1\"")),
	BATCH(TRY, ORDER("t1", "\"quantity\":5,\"type\":\"stop\","
			 "\"stop_price\":\"9999.00\",\"oco_with\":\"rest\"")),
	BATCH(TRY, ORDER("t1", "\"type\":\"trailing_stop\","
			 "\"trail_percent\":5,\"quantity\":3")),
	BATCH(TRY, "{\"order_id\":\"t1\",\"symbol\":\"BBB\",\"side\":\"sell\","
	      "\"quantity\":3}"),
	BATCH(TRY, "{\"order_id\":\"t1\",\"symbol\":\"ZZZ\",\"side\":\"sell\","
	      "\"quantity\":3}"),
};

static void try_all(struct client *c)
{
	for (size_t i = 0; i < sizeof(trials) / sizeof(trials[0]); i++) {
		size_t kept = c->nkept;

		sim_buf_reset(&c->said);
		ck_assert_int_eq(client_line(c, trials[i]), 1);
		ck_assert_uint_eq(stage_count(sim_buf_str(&c->said), "\n"), 1);
		client_expect(c, "\"estimates\":{");
		ck_assert_uint_eq(c->nkept, kept);
	}
}

/* The same orders in every run. */
static void trade(struct client *c, int step)
{
	if (step == 1)
		client_send(c, BATCH("", ORDER("rest", "\"type\":\"limit\","
			"\"price\":\"1.00\",\"quantity\":5,"
			"\"time_in_force\":\"gtc\"")));
	if (step == 2)
		client_send(c, BATCH("", ORDER("o1", "\"quantity\":10,"
			"\"stop_loss\":\"1.00\"")));
	if (step == 20)
		client_send(c, BATCH(",\"batch_id\":\"b1\"",
				     ORDER("t1", "\"percent\":30")));
	if (step == 40)
		client_send(c, TYPE("cancel_order", "\"order_id\":\"rest\""));
}

/* Everything that was said and recorded, but for the dry runs. */
static char *run_with(struct stage *x, const char *more, bool with_trials,
		      char hash[65])
{
	struct sim_buf all = SIM_BUF_INIT(SIM_BUF_MAX);
	struct client c;
	const char *h;
	char *text;

	client_open(&c, x, more);
	client_send(&c, TYPE("start_simulation", ""));
	for (int step = 1; step <= STEPS; step++) {
		ck_assert_uint_eq(client_run(&c, 1), 1);
		if (with_trials) {
			sim_buf_puts(&all, client_heard(&c));
			try_all(&c);
		}
		trade(&c, step);
		if (with_trials) {
			sim_buf_puts(&all, client_heard(&c));
			try_all(&c);
		}
		client_ack(&c);
	}
	client_send(&c, TYPE("query_positions", ""));
	client_send(&c, TYPE("query_orders", ""));
	client_send(&c, TYPE("stop_simulation", ""));
	client_run(&c, 1);
	sim_buf_puts(&all, client_heard(&c));
	for (size_t i = 0; i < c.nkept; i++)
		sim_buf_add(&all, c.kept[i].line, c.kept[i].len);
	sim_buf_puts(&all, sim_buf_str((struct sim_buf *)(uintptr_t)
				       sim_session_log(c.s, &h)));
	snprintf(hash, 65, "%s", h);
	client_close(&c);
	text = sim_mem_strdup(sim_buf_str(&all));
	sim_buf_release(&all);
	return text;
}

static const char *const accounts[] = {
	CREATE(""), CREATE(",\"account\":\"cash\""),
	CREATE(",\"commission\":\"per-order:7\",\"slippage\":\"bps:30\""),
	CREATE(",\"fill\":\"close\",\"max_volume_share\":\"0.1\""),
};

START_TEST(no_trace)
{
	char hash[65], other[65], *plain, *tried;
	struct stage x;

	stage_open(&x, 200);
	plain = run_with(&x, accounts[_i], false, hash);
	tried = run_with(&x, accounts[_i], true, other);
	ck_assert_str_eq(plain, tried);
	ck_assert_str_eq(hash, other);
	ck_assert_uint_eq(strlen(hash), 64);
	sim_mem_free(plain);
	sim_mem_free(tried);
	stage_close(&x);
}
END_TEST

static void take_text(const char *from, const char *key, char out[64])
{
	const char *at = strstr(from, key);

	ck_assert_msg(at != NULL, "no %s in %s", key, from);
	at += strlen(key);
	snprintf(out, 64, "%.*s", (int)strcspn(at, "\""), at);
}

/* What it says is what placing does. */
START_TEST(estimated)
{
	static const char orders[] =
		ORDER("a", "\"quantity\":10") "," ORDER("b", "\"percent\":20");
	char expected[64], is[64];
	struct client c;
	struct stage x;
	const char *heard;

	stage_open(&x, 200);
	client_open(&c, &x, CREATE(",\"commission\":\"per-order:7\","
				   "\"slippage\":\"none\""));
	client_send(&c, "%s", TYPE("order_batch", "\"orders\":[],"
				   "\"dry_run\":true"));
	client_expect(&c, "VALIDATION_ERROR");
	client_send(&c, TYPE("start_simulation", ""));
	client_send(&c, "{\"type\":\"order_batch\",\"data\":{\"dry_run\":true,"
		    "\"orders\":[%s]}}", orders);
	client_expect(&c, "once the first tick has come");
	client_run(&c, 1);
	client_heard(&c);
	client_send(&c, "{\"type\":\"order_batch\",\"data\":{\"dry_run\":true,"
		    "\"orders\":[%s]}}", orders);
	heard = client_heard(&c);
	ck_assert_msg(strstr(heard, "\"a\":{\"quantity\":\"10.00\",") != NULL,
		      "%s", heard);
	ck_assert_ptr_nonnull(strstr(heard, "\"commission\":\"7.00\""));
	take_text(strstr(heard, "\"b\":{"), "\"buying_power_after\":\"",
		  expected);
	client_send(&c, "{\"type\":\"order_batch\",\"data\":{\"orders\":[%s]}}",
		    orders);
	ck_assert_ptr_null(strstr(client_heard(&c), "estimates"));
	client_send(&c, TYPE("query_positions", ""));
	take_text(client_heard(&c), "\"buying_power\":\"", is);
	ck_assert_str_eq(expected, is);
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- bars ------------------------------------------------------------------ */

START_TEST(bars)
{
	struct client c;
	struct stage x;
	const char *heard;

	stage_open(&x, 200);
	client_open(&c, &x, CREATE(""));
	client_heard(&c);
	client_send(&c, TYPE("query_bars", "\"count\":2"));
	client_expect(&c, "\"end\":\"2020-01-01T01:00:00Z\",\"count\":4");
	client_send(&c, TYPE("start_simulation", ""));
	client_run(&c, 1);
	client_heard(&c);
	client_send(&c, TYPE("query_bars", ""));
	client_expect(&c, "\"start\":\"2020-01-01T01:00:00Z\",\"end\":"
		      "\"2020-01-01T01:01:00Z\",\"count\":2");
	client_send(&c, TYPE("query_bars", "\"count\":5,"
			     "\"symbols\":[\"BBB\"]"));
	heard = client_heard(&c);
	ck_assert_msg(strstr(heard, "\"count\":5,\"candles\":{\"BBB\":[") !=
		      NULL, "%s", heard);
	ck_assert_ptr_null(strstr(heard, "01:01:00Z\",\"open\""));
	client_send(&c, TYPE("query_bars", "\"symbols\":[\"BBB\",\"QQQ\"]"));
	client_expect(&c, "\"error_code\":\"INVALID_SYMBOL\"");
	client_send(&c, TYPE("query_bars", "\"count\":60000"));
	client_expect(&c, "60000 bars of 2 symbols are more than the 100000");
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(attached)
{
	struct client c;
	struct stage x;
	const char *heard;

	stage_open(&x, 200);
	client_open(&c, &x, CREATE(""));
	client_send(&c, TYPE("start_simulation", ""));
	client_run(&c, 1);
	client_send(&c, BATCH("", ORDER("a", "\"type\":\"limit\","
		"\"price\":\"1.00\",\"quantity\":5")));
	client_heard(&c);
	client_send(&c, TYPE("attach_session", "\"events\":\"orders\","
			     "\"bars\":1"));
	heard = client_heard(&c);
	ck_assert_msg(strstr(heard, "\"state\":\"running\",\"sim_time\":"
		"\"2020-01-01T01:01:00Z\",\"sequence_id\":1,"
		"\"ticks_total\":") != NULL, "%s", heard);
	ck_assert_ptr_nonnull(strstr(heard, "\"events\":\"orders\",\"is_driven"
				     "\":true,\"account_snapshot\":{"));
	ck_assert_ptr_nonnull(strstr(heard, "\"pending_orders\":[{\"order_id\":"
				     "\"a\""));
	ck_assert_ptr_nonnull(strstr(heard, "\"history_snapshot\""));
	client_send(&c, TYPE("detach_session", ""));
	client_expect(&c, "\"session_detached\"");
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- told again ------------------------------------------------------------ */

#define EVENT "\"event\":"

/* Its number, of a report or an update; 0: the line is neither. */
static long event_of(const char *line)
{
	const char *at;

	if (strncmp(line, "{\"type\":\"execution_report\"", 26) &&
	    strncmp(line, "{\"type\":\"order_update\"", 22))
		return 0;
	at = strstr(line, EVENT);
	ck_assert_msg(at && at < strchr(line, '\n'), "%s", line);
	return strtol(at + sizeof(EVENT) - 1, NULL, 10);
}

/* The reports and updates of a text after an event, up to their numbers. */
static void take_events(const char *text, long after, struct sim_buf *out)
{
	for (; *text; text = strchr(text, '\n') + 1) {
		if (event_of(text) <= after)
			continue;
		sim_buf_add(out, text, (size_t)(strstr(text, EVENT) - text));
		sim_buf_printf(out, "%ld\n", event_of(text));
	}
}

/* Whoever comes again at any event is told what was told after it, alike, and
 * then where that leads. */
static void come_again(struct client *c, const struct sim_buf *told,
		       bool is_over)
{
	struct sim_buf want = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf got = SIM_BUF_INIT(SIM_BUF_MAX);
	char last[64];

	client_send(c, TYPE("attach_session", ""));
	take_text(client_heard(c), "\"last_event\":", last);
	for (long k = 0, n = strtol(last, NULL, 10); k <= n + 1; k++) {
		const char *heard, *end;

		client_send(c, "{\"type\":\"attach_session\",\"data\":{"
			    "\"last_event\":%ld}}", k);
		heard = client_heard(c);
		sim_buf_reset(&want);
		sim_buf_reset(&got);
		take_events(sim_buf_str(told), k, &want);
		take_events(heard, k, &got);
		ck_assert_str_eq(sim_buf_str(&got), sim_buf_str(&want));
		end = strstr(heard, "{\"type\":\"session_attached\"");
		ck_assert_ptr_nonnull(end);
		ck_assert_str_eq(strchr(end, '\n'), "\n");
		ck_assert_uint_eq(stage_count(heard, "\"simulation_complete\""),
				  is_over);
	}
	client_send(c, TYPE("attach_session", "\"events\":\"none\","
			    "\"last_event\":0"));
	ck_assert_uint_eq(stage_count(client_heard(c), "\n"), 1);
	sim_buf_release(&want);
	sim_buf_release(&got);
}

START_TEST(told_again)
{
	struct sim_buf told = SIM_BUF_INIT(SIM_BUF_MAX);
	struct client c;
	struct stage x;

	stage_open(&x, 200);
	client_open(&c, &x, accounts[_i]);
	client_send(&c, TYPE("attach_session", "\"last_event\":0"));
	client_expect(&c, "\"last_event\":0");
	client_send(&c, TYPE("start_simulation", ""));
	for (int step = 1; step <= STEPS; step++) {
		ck_assert_uint_eq(client_run(&c, 1), 1);
		trade(&c, step);
		if (step == 30)
			client_send(&c, BATCH("", ORDER("no",
							"\"quantity\":0")));
		if (step == 35)
			client_send(&c, BATCH("", "{\"order_id\":\"out\","
				"\"symbol\":\"AAA\",\"side\":\"sell\","
				"\"quantity\":10}"));
		sim_buf_puts(&told, client_heard(&c));
		try_all(&c);
		client_heard(&c);
		client_ack(&c);
		if (step == 25)
			come_again(&c, &told, false);
	}
	client_send(&c, TYPE("stop_simulation", ""));
	client_run(&c, 1);
	sim_buf_puts(&told, client_heard(&c));
	ck_assert_uint_gt(stage_count(told.data, "\"execution_report\""), 2);
	ck_assert_uint_gt(stage_count(told.data, "/stop_loss"), 0);
	come_again(&c, &told, true);
	sim_buf_release(&told);
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- the log --------------------------------------------------------------- */

static char *json_text(const char *frame, size_t *n)
{
	struct sim_json_doc *doc;
	const char *s;
	char *out;

	ck_assert_int_eq(sim_json_parse(frame, strcspn(frame, "\n"), &doc,
					NULL), 0);
	s = sim_json_as_str(sim_json_get(sim_json_get(sim_json_root(doc),
						      "data"), "text"));
	ck_assert_ptr_nonnull(s);
	*n = strlen(s);
	out = sim_mem_strdup(s);
	sim_json_free(doc);
	return out;
}

/* All of it, chunk by chunk.  Gives: how many there were. */
static int fetch_log(struct client *c, struct sim_buf *out)
{
	int chunks = 0;
	size_t n = 1;

	while (n) {
		char *text;

		client_heard(c);
		client_send(c, "{\"type\":\"get_log\",\"data\":{\"since\":"
			    "%zu}}", out->len);
		text = json_text(client_heard(c), &n);
		ck_assert_uint_le(n, 65536);
		sim_buf_puts(out, text);
		sim_mem_free(text);
		chunks++;
	}
	return chunks;
}

START_TEST(log_chunks)
{
	struct sim_buf got = SIM_BUF_INIT(SIM_BUF_MAX);
	const struct sim_buf *log;
	struct client c;
	struct stage x;
	const char *hash;
	char part[128];

	stage_open(&x, 1400);
	client_open(&c, &x, CREATE(""));
	client_send(&c, TYPE("start_simulation", ""));
	for (int i = 0; i < 600; i++) {
		client_run(&c, 1);
		client_send(&c, BATCH("", "{\"order_id\":\"n%d\",\"symbol\":"
			"\"AAA\",\"side\":\"%s\",\"quantity\":1}"), i,
			i % 2 ? "sell" : "buy");
		client_ack(&c);
	}
	ck_assert_int_gt(fetch_log(&c, &got), 3);
	log = sim_session_log(c.s, &hash);
	ck_assert_str_eq(sim_buf_str(&got), log->data);
	client_send(&c, TYPE("get_log", "\"since\":3"));
	client_expect(&c, "where no line of the log begins");
	client_send(&c, TYPE("get_log", "\"since\":99999999"));
	client_expect(&c, "INVALID_PARAMS");
	client_send(&c, TYPE("stop_simulation", ""));
	client_run(&c, 1);
	fetch_log(&c, &got);
	log = sim_session_log(c.s, &hash);
	ck_assert_str_eq(sim_buf_str(&got), log->data);
	client_send(&c, "{\"type\":\"get_log\",\"data\":{\"since\":%zu}}",
		    got.len);
	snprintf(part, sizeof(part), "\"is_sealed\":true,\"hash\":\"%s\"",
		 hash);
	client_expect(&c, part);
	sim_buf_release(&got);
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- elsewhere ------------------------------------------------------------- */

START_TEST(in_full)
{
	static const char *const parts[] = {
		"\"spec\":{\"symbols\":[\"AAA\",\"BBB\"]",
		"\"commission\":\"per-order:7\"", "\"engine\":\"",
		"\"config\":{\"preset\":\"us-equity\"", "\"slippage\":\"bps:",
		"\"initial-margin\":\"", "\"instruments\":{\"AAA\":{\"tick\":",
		"\"cal\":\"24/7\"", "\"on_disconnect\":\"run\"",
		"\"is_driven\":true",
	};
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct client c;
	struct stage x;

	stage_open(&x, 200);
	client_open(&c, &x, CREATE(",\"commission\":\"per-order:7\""));
	client_send(&c, TYPE("start_simulation", "\"on_disconnect\":\"run\""));
	sim_session_describe(c.s, true, &b);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_msg(strstr(sim_buf_str(&b), parts[i]) != NULL,
			      "%s: %s", parts[i], b.data);
	sim_buf_reset(&b);
	sim_session_describe(c.s, false, &b);
	ck_assert_ptr_null(strstr(b.data, "\"config\""));
	sim_buf_release(&b);
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(actions)
{
	const struct sim_action list[] = {
		{ .day = 18263, .type = SIM_ACTION_SPLIT, .num = 3, .den = 2 },
		{ .day = 18264, .type = SIM_ACTION_DIVIDEND,
		  .cash = SIM_DEC_ONE / 4 },
	};
	struct client c;
	struct stage x;

	stage_open(&x, 200);
	ck_assert_int_eq(sim_store_actions_put(x.store, "BBB", list, 2, NULL),
			 0);
	client_open(&c, &x, CREATE(""));
	client_heard(&c);
	client_send(&c, TYPE("query_actions", ""));
	client_expect(&c, "\"actions\":[{\"symbol\":\"BBB\",\"ex_date\":"
		"\"2020-01-02\",\"action\":\"split\",\"new_shares\":\"3.00\","
		"\"old_shares\":\"2.00\"},{\"symbol\":\"BBB\",\"ex_date\":"
		"\"2020-01-03\",\"action\":\"dividend\",\"amount\":\"0.25\"}]");
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- nobody drives --------------------------------------------------------- */

START_TEST(left)
{
	struct client c;
	struct stage x;

	stage_open(&x, 200);
	client_open(&c, &x, CREATE(""));
	client_send(&c, TYPE("start_simulation", ""));
	client_run(&c, 1);
	client_heard(&c);
	sim_session_drive(c.s, false, client_now(&c));
	client_expect(&c, "\"simulation_paused\"");
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_PAUSED);
	sim_session_drive(c.s, false, client_now(&c));
	ck_assert_uint_eq(c.said.len, 0);
	client_close(&c);
	client_open(&c, &x, CREATE(""));
	client_send(&c, TYPE("start_simulation", "\"on_disconnect\":\"run\","
			     "\"flow_control\":false,\"tick_interval_ms\":0"));
	sim_session_drive(c.s, false, client_now(&c));
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_RUNNING);
	ck_assert_uint_eq(client_run(&c, 50), 50);
	client_close(&c);
	stage_close(&x);
}
END_TEST

static void again(struct client *c, bool was_paused, uint64_t steps)
{
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct sim_session_input *in = sim_mem_array(c->nkept, sizeof(*in));
	struct sim_session_sink sink = client_sink(c);
	const struct sim_session_again a = {
		.inputs = in, .n = c->nkept, .now = client_now(c),
		.last_processed = steps, .is_undriven = true,
		.was_paused = was_paused,
	};
	struct sim_err err = SIM_ERR_INIT;

	for (size_t i = 0; i < c->nkept; i++)
		in[i] = (struct sim_session_input){
			c->kept[i].step, c->kept[i].line, c->kept[i].len
		};
	sim_session_free(c->s);
	ck_assert_int_eq(client_make(c, &why), 0);
	ck_assert_msg(!sim_session_rebuild(c->s, &a, &err), "%s", err.msg);
	sim_session_attach(c->s, &sink);
	sim_buf_release(&why.details);
	sim_mem_free(in);
}

/* Step by step, without anybody who acknowledges; what a step led to is there
 * after a rebuild. */
START_TEST(stepped)
{
	struct client c;
	struct stage x;
	size_t kept;

	stage_open(&x, 70);
	client_open(&c, &x, CREATE(""));
	client_send(&c, TYPE("start_simulation", "\"on_disconnect\":\"run\""));
	ck_assert_uint_eq(client_run(&c, 5), 1);
	sim_session_drive(c.s, false, client_now(&c));
	ck_assert_uint_eq(client_run(&c, 5), 0);
	client_send(&c, TYPE("pause_simulation", ""));
	kept = c.nkept;
	client_send(&c, "{\"type\":\"step_simulation\",\"data\":{\"ticks\":4},"
		    "\"request_id\":\"q1\"}");
	ck_assert_uint_eq(client_run(&c, 9), 4);
	client_expect(&c, "\"request_id\":\"q1\"");
	ck_assert_uint_eq(c.nkept, kept + 1);
	ck_assert_uint_eq(c.kept[kept].step, 5);
	again(&c, true, 0);
	ck_assert_uint_eq(sim_session_sequence(c.s), 5);
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_PAUSED);
	ck_assert_uint_eq(client_run(&c, 9), 0);
	client_send(&c, TYPE("resume_simulation", ""));
	ck_assert_uint_eq(client_run(&c, 9), 0);
	again(&c, false, 6);
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_RUNNING);
	ck_assert_uint_eq(sim_session_sequence(c.s), 6);
	ck_assert_uint_eq(client_run(&c, 9), 0);
	/* Beyond the last bar is the end, and the steps are answered. */
	client_send(&c, TYPE("pause_simulation", ""));
	client_heard(&c);
	client_send(&c, TYPE("step_simulation", "\"ticks\":9"));
	client_run(&c, 99);
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_COMPLETED);
	client_expect(&c, "\"simulation_stepped\"");
	client_close(&c);
	stage_close(&x);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watch");
	TCase *tc = tcase_create("watch");

	tcase_add_loop_test(tc, no_trace, 0,
			    sizeof(accounts) / sizeof(accounts[0]));
	tcase_add_test(tc, estimated);
	tcase_add_test(tc, bars);
	tcase_add_test(tc, attached);
	tcase_add_loop_test(tc, told_again, 0,
			    sizeof(accounts) / sizeof(accounts[0]));
	tcase_add_test(tc, log_chunks);
	tcase_add_test(tc, in_full);
	tcase_add_test(tc, actions);
	tcase_add_test(tc, left);
	tcase_add_test(tc, stepped);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
