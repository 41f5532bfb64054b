/*
 * session: what is asked for and refused, what is said in which order, and
 * what holds the clock.
 */
#include "suite.h"

#include "stage.h"

#define CREATE(more) "{\"type\":\"create_session\",\"data\":{" \
	"\"symbols\":[\"AAA\"],\"start_date\":\"2020-01-01\"," \
	"\"end_date\":\"2020-01-01\"" more "},\"request_id\":\"r0\"}"
#define TYPE(type, data) "{\"type\":\"" type "\",\"data\":{" data "}}"
#define START TYPE("start_simulation", "")
#define BUY(id, batch) TYPE("order_batch", "\"batch_id\":\"" batch "\"," \
	"\"orders\":[{\"order_id\":\"" id "\",\"symbol\":\"AAA\"," \
	"\"side\":\"buy\",\"quantity\":10}]")

/* -- refused --------------------------------------------------------------- */

static const struct {
	const char *line, *code, *message, *details;
} refusals[] = {
	{ CREATE(",\"initial_capital\":999.99"), "INSUFFICIENT_CAPITAL",
	  "not between 1000.00 and 10000000.00", "\"minimum\":\"1000.00\"" },
	{ CREATE(",\"initial_cash\":10000000.01"), "INSUFFICIENT_CAPITAL",
	  "10000000.01 is not between", "\"maximum\":\"10000000.00\"" },
	{ CREATE(",\"timeframe\":\"7x\""), "INVALID_PARAMS", "7x", "" },
	{ CREATE(",\"warmup_bars\":100001"), "VALIDATION_FAILED",
	  "warmup_bars 100001", "" },
	{ CREATE(",\"commission\":\"bps:1\",\"commission_per_share\":1"),
	  "VALIDATION_FAILED", "exclude each other", "" },
	{ CREATE(",\"slippage\":\"lots\""), "VALIDATION_FAILED", "lots", "" },
	{ CREATE(",\"preset\":\"nyse\""), "VALIDATION_FAILED", "nyse", "" },
	{ CREATE(",\"session\":\"night\""), "VALIDATION_FAILED",
	  "regular or extended", "" },
	{ CREATE(",\"leverage\":2,\"account\":\"cash\""), "VALIDATION_FAILED",
	  "leverage 2", "" },
	{ CREATE(",\"timeframe\":\"1h\""), "DATA_FETCH_FAILED", "no 1h bars",
	  "\"available_timeframes\":[\"1min\"]" },
	{ TYPE("create_session", "\"symbols\":[],\"start\":\"2020-01-01\","
	       "\"end\":\"2020-01-02\""), "INVALID_PARAMS", "empty", "" },
	{ TYPE("create_session", "\"symbols\":[\"AAA\",\"AAA\"],"
	       "\"start\":\"2020-01-01\",\"end\":\"2020-01-02\""),
	  "INVALID_PARAMS", "twice", "" },
	{ TYPE("create_session", "\"symbols\":[\"A\",\"B\",\"C\",\"D\",\"E\","
	       "\"F\"],\"start\":\"2020-01-01\",\"end\":\"2020-01-02\""),
	  "SESSION_LIMIT_EXCEEDED", "at most 5 symbols",
	  "{\"limit\":5,\"requested\":6}" },
	{ TYPE("create_session", "\"symbols\":[\"A B\"],"
	       "\"start\":\"2020-01-01\",\"end\":\"2020-01-02\""),
	  "INVALID_SYMBOL", "A B", "{\"invalid_symbols\":[\"A B\"]}" },
	{ TYPE("create_session", "\"symbols\":[\"AAA\",\"BBBB\",\"QQQ\"],"
	       "\"start\":\"2020-01-01\",\"end\":\"2020-01-02\""),
	  "INVALID_SYMBOL", "no bars of QQQ and 1 more",
	  "{\"invalid_symbols\":[\"BBBB\",\"QQQ\"],\"suggestions\":"
	  "{\"BBBB\":[\"BBB\"],\"QQQ\":[]}}" },
	{ TYPE("start_simulation", "\"symbols\":[\"AAA\"]"),
	  "INVALID_PARAMS",
	  "Missing required fields: start_date, end_date", "" },
	{ CREATE(",\"metadata\":[]"), "INVALID_PARAMS", "an object", "" },
	{ TYPE("create_session", "\"symbols\":[\"AAA\"],"
	       "\"start\":\"2020-01-03\",\"end\":\"2020-01-02\""),
	  "INVALID_DATE_RANGE", "exchange", "" },
	{ TYPE("create_session", "\"symbols\":[\"AAA\"],"
	       "\"start\":\"2021-01-01\",\"end\":\"2021-01-02\""),
	  "INVALID_DATE_RANGE", "no bar to run on",
	  "{\"available\":{\"AAA\":{\"start\":\"2020-01-01T00:00:00Z\","
	  "\"end\":\"2020-01-01T08:19:00Z\",\"bars\":500}}}" },
};

START_TEST(refused)
{
	struct sim_session_refusal why = SIM_SESSION_REFUSAL_INIT;
	struct client c = { .said = SIM_BUF_INIT(SIM_BUF_MAX) };
	struct stage x;

	stage_open(&x, 500);
	c.stage = &x;
	snprintf(c.config, sizeof(c.config), "%s", refusals[_i].line);
	ck_assert_int_eq(client_make(&c, &why), SIM_E_INVAL);
	ck_assert_str_eq(why.code, refusals[_i].code);
	ck_assert_msg(strstr(why.message, refusals[_i].message) != NULL, "%s",
		      why.message);
	ck_assert_msg(strstr(sim_buf_str(&why.details),
			     refusals[_i].details) != NULL, "%s",
		      sim_buf_str(&why.details));
	sim_buf_release(&why.details);
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- made ------------------------------------------------------------------ */

START_TEST(made)
{
	static const char *const parts[] = {
		("{\"type\":\"session_created\",\"data\":{\"session_id\":"
		 "\"mine\",\"status\":\"created\",\"state\":\"ready\","
		 "\"symbols\":[\"BBB\",\"AAA\"],\"symbols_loaded\":"
		 "[\"AAA\",\"BBB\"]"),
		"\"start_date\":\"2020-01-01T01:00:00Z\"",
		"\"initial_capital\":50000,", "\"timeframe\":\"1min\"",
		"\"estimated_ticks\":440", "\"warmup_bars\":3",
		("\"AAA\":{\"start\":\"2020-01-01T01:00:00Z\",\"end\":"
		 "\"2020-01-01T08:19:00Z\",\"bars\":440}"),
		"\"data_provider\":\"polygon\"",
		"\"commission_per_share\":0.01", "\"slippage_bps\":2",
		"\"server_ready\":true", "\"request_id\":\"r0\"",
		"\"timestamp\":\"2023-11-14T22:13:20.000Z\"",
	};
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct client c;
	struct stage x;
	const char *heard;

	stage_open(&x, 500);
	client_open(&c, &x, TYPE("create_session", "\"session_id\":\"mine\","
		"\"symbols\":[\"BBB\",\"AAA\"],\"start\":"
		"\"2020-01-01T01:00:00\",\"end\":\"2020-01-02\","
		"\"initial_cash\":\"50000\",\"timeframe\":\"1m\","
		"\"warmup_bars\":3,\"data_provider\":\"polygon\","
		"\"commission_per_share\":0.01,\"slippage_bps\":2,"
		"\"metadata\":{\"a\":[1]}"));
	heard = client_heard(&c);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_msg(strstr(heard, parts[i]) != NULL, "%s: %s",
			      parts[i], heard);
	sim_session_describe(c.s, false, &b);
	ck_assert_msg(strstr(sim_buf_str(&b), "\"metadata\":{\"a\":[1]}") !=
		      NULL, "%s", sim_buf_str(&b));
	ck_assert_ptr_nonnull(strstr(b.data, "\"session_id\":\"mine\""));
	ck_assert_str_eq(sim_session_user(c.s), "u-1");
	client_send(&c, START);
	heard = client_heard(&c);
	ck_assert_ptr_nonnull(strstr(heard, "\"flow_control_enabled\":true"));
	ck_assert_msg(strstr(heard, "\"count\":6,") != NULL, "%s", heard);
	ck_assert_ptr_nonnull(strstr(heard, "\"AAA\":[{\"date\":"
				     "\"2020-01-01T00:57:00Z\",\"open\":\""));
	client_run(&c, 1);
	heard = client_heard(&c);
	ck_assert_msg(strstr(heard, "\"market_session\":\"regular\","
			     "\"symbols_trading\":[\"AAA\",\"BBB\"]"), "%s",
		      heard);
	ck_assert_ptr_nonnull(strstr(heard, "\"buying_power\":\"50000.00\""));
	sim_buf_release(&b);
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(dates_alone)
{
	struct client c;
	struct stage x;

	stage_open(&x, 500);
	client_open(&c, &x, CREATE(",\"include_candles\":false"));
	client_heard(&c);
	client_send(&c, START);
	client_run(&c, 1);
	client_expect(&c, "\"candles\":{\"AAA\":{\"date\":"
		      "\"2020-01-01T00:00:00Z\"}}");
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- the clock ------------------------------------------------------------- */

START_TEST(flow)
{
	struct client c;
	struct stage x;

	stage_open(&x, 500);
	client_open(&c, &x, CREATE(""));
	client_send(&c, TYPE("start_simulation", "\"max_pending_ticks\":3"));
	ck_assert_uint_eq(client_run(&c, 100), 3);
	client_send(&c, TYPE("tick_ack", "\"sequence_id\":2"));
	ck_assert_uint_eq(client_run(&c, 100), 2);
	/* Again, or earlier: nothing. */
	client_send(&c, TYPE("tick_ack", "\"sequence_id\":1"));
	ck_assert_uint_eq(client_run(&c, 100), 0);
	client_heard(&c);
	client_send(&c, TYPE("tick_ack", "\"sequence_id\":6"));
	client_expect(&c, "\"error_code\":\"INVALID_PARAMS\"");
	ck_assert_uint_eq(sim_session_sequence(c.s), 5);
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(holds)
{
	struct client c;
	struct stage x;

	stage_open(&x, 500);
	client_open(&c, &x, CREATE(""));
	client_send(&c, START);
	ck_assert_uint_eq(client_run(&c, 9), 1);
	/* Orders that are to come, and come. */
	client_send(&c, TYPE("tick_ack", "\"sequence_id\":1,\"orders_pending\""
			     ":2,\"max_wait_ms\":1000"));
	ck_assert_uint_eq(client_run(&c, 9), 0);
	client_send(&c, BUY("a", "1"));
	ck_assert_uint_eq(client_run(&c, 9), 0);
	client_send(&c, BUY("b", "2"));
	ck_assert_uint_eq(client_run(&c, 9), 1);
	/* Orders that don't come. */
	client_send(&c, TYPE("tick_ack", "\"sequence_id\":2,\"orders_pending\""
			     ":1,\"max_wait_ms\":1000"));
	ck_assert_int_eq(sim_session_due(c.s, c.now_ms), c.now_ms + 1000);
	c.now_ms += 1000;
	ck_assert_uint_eq(client_run(&c, 9), 1);
	/* Somebody thinks, and is done; or isn't. */
	client_send(&c, TYPE("tick_ack", "\"sequence_id\":3,"
			     "\"processing_status\":\"need_time\","
			     "\"max_wait_ms\":500"));
	ck_assert_uint_eq(client_run(&c, 9), 0);
	client_ack(&c);
	ck_assert_uint_eq(client_run(&c, 9), 1);
	client_send(&c, TYPE("tick_ack", "\"sequence_id\":4,"
			     "\"processing_status\":\"processing\","
			     "\"max_wait_ms\":500"));
	c.now_ms += 500;
	ck_assert_uint_eq(client_run(&c, 9), 1);
	ck_assert_uint_eq(client_run(&c, 9), 0);
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(paced)
{
	struct client c;
	struct stage x;

	stage_open(&x, 500);
	client_open(&c, &x, TYPE("start_simulation", "\"symbols\":[\"AAA\"],"
		"\"start_date\":\"2020-01-01\",\"end_date\":\"2020-01-02\","
		"\"initial_capital\":100000,\"timeframe\":\"1min\""));
	ck_assert(sim_session_is_one_shot(c.s));
	client_heard(&c);
	client_send(&c, "%s", c.config);
	client_expect(&c, "\"type\":\"history_snapshot\"");
	ck_assert_uint_eq(client_run(&c, 9), 1);
	ck_assert_int_eq(sim_session_due(c.s, c.now_ms), c.now_ms + 20);
	client_send(&c, TYPE("set_speed", "\"tick_interval_ms\":5"));
	client_run(&c, 1);
	ck_assert_int_eq(sim_session_due(c.s, c.now_ms), c.now_ms + 5);
	/* A minute in a tenth of a second. */
	client_send(&c, TYPE("set_speed", "\"speed\":600"));
	client_run(&c, 1);
	ck_assert_int_eq(sim_session_due(c.s, c.now_ms), c.now_ms + 100);
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(controls)
{
	struct client c;
	struct stage x;

	stage_open(&x, 500);
	client_open(&c, &x, CREATE(""));
	client_send(&c, TYPE("pause_simulation", ""));
	client_expect(&c, "VALIDATION_ERROR");
	client_send(&c, TYPE("start_simulation", "\"max_pending_ticks\":50"));
	client_send(&c, BUY("early", "0"));
	client_expect(&c, "first tick");
	ck_assert_uint_eq(client_run(&c, 4), 4);
	client_heard(&c);
	client_send(&c, TYPE("pause_simulation", ""));
	client_expect(&c, "\"type\":\"simulation_paused\",\"data\":"
		      "{\"session_id\":\"s-1\",\"state\":\"paused\","
		      "\"sim_time\":\"2020-01-01T00:04:00Z\",\"sequence_id\":4,"
		      "\"ticks_total\":500,\"progress_pct\":0.8}");
	ck_assert_uint_eq(client_run(&c, 9), 0);
	client_send(&c, "{\"type\":\"step_simulation\",\"data\":{\"ticks\":3},"
		    "\"request_id\":\"q\"}");
	ck_assert_uint_eq(client_run(&c, 9), 3);
	client_expect(&c, "\"type\":\"simulation_stepped\"");
	client_send(&c, TYPE("resume_simulation", ""));
	client_expect(&c, "\"type\":\"simulation_resumed\"");
	ck_assert_uint_eq(client_run(&c, 2), 2);
	client_send(&c, TYPE("query_status", ""));
	client_expect(&c, "\"type\":\"simulation_status\"");
	client_send(&c, TYPE("stop_simulation", ""));
	client_expect(&c, "\"type\":\"simulation_stopped\",\"data\":"
		      "{\"session_id\":\"s-1\",\"state\":\"completed\"");
	ck_assert_uint_eq(client_run(&c, 9), 1);
	client_expect(&c, "\"type\":\"simulation_complete\"");
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_COMPLETED);
	ck_assert_ptr_nonnull(strstr(sim_session_result(c.s),
				     "\"final_equity\":\"100000.00\""));
	client_send(&c, TYPE("resume_simulation", ""));
	client_expect(&c, "while the session is");
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- orders ---------------------------------------------------------------- */

START_TEST(traded)
{
	static const char *const parts[] = {
		("\"type\":\"execution_report\",\"data\":{\"session_id\":"
		 "\"s-1\",\"execution_id\":\"e1\",\"order_id\":\"a\""),
		"\"status\":\"filled\"", "\"type\":\"account_snapshot\"",
		"\"day_pnl\":\"-", "\"margin_used\":\"0.00\"",
	};
	const char *heard, *exec, *tick;
	struct client c;
	struct stage x;

	stage_open(&x, 500);
	client_open(&c, &x, CREATE(""));
	client_send(&c, START);
	client_run(&c, 1);
	client_heard(&c);
	client_send(&c, BUY("a", "b1"));
	heard = client_heard(&c);
	ck_assert_msg(strstr(heard, "\"batch_id\":\"b1\",\"accepted_orders\":"
			     "[\"a\"],\"rejected_orders\":{}") != NULL, "%s",
		      heard);
	ck_assert_ptr_nonnull(strstr(heard, "\"status\":\"accepted\""));
	client_send(&c, "{\"type\":\"order_batch\",\"data\":{\"batch_id\":"
		    "\"b1\",\"orders\":[]},\"request_id\":\"again\"}");
	heard = client_heard(&c);
	ck_assert_ptr_nonnull(strstr(heard, "\"accepted_orders\":[\"a\"]"));
	ck_assert_ptr_nonnull(strstr(heard, "\"request_id\":\"again\""));
	client_send(&c, BUY("a", "b2"));
	client_expect(&c, "DUPLICATE_ORDER_ID");
	client_ack(&c);
	client_run(&c, 1);
	heard = client_heard(&c);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_msg(strstr(heard, parts[i]) != NULL, "%s: %s",
			      parts[i], heard);
	exec = strstr(heard, "execution_report");
	tick = strstr(heard, "\"type\":\"tick\"");
	ck_assert(exec && tick && exec < tick);
	client_send(&c, TYPE("cancel_order", "\"order_id\":\"a\""));
	heard = client_heard(&c);
	ck_assert_ptr_nonnull(strstr(heard, "\"UNKNOWN_ORDER\""));
	ck_assert_ptr_nonnull(strstr(heard, "\"error_type\":\"validation\""));
	ck_assert_ptr_nonnull(strstr(heard, "{\"order_id\":\"a\"}"));
	client_send(&c, TYPE("query_positions", ""));
	client_expect(&c, "\"quantity\":\"10.00\"");
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(to_the_end)
{
	const char *heard, *hash;
	struct client c;
	struct stage x;
	size_t n = 0;

	stage_open(&x, 500);
	client_open(&c, &x, CREATE(""));
	client_send(&c, START);
	while (client_run(&c, 9)) {
		n++;
		if (sim_session_state(c.s) == SIM_SESSION_RUNNING) {
			if (n % 20 == 1)
				client_send(&c, TYPE("order_batch",
					"\"orders\":[{\"order_id\":\"o%zu\","
					"\"symbol\":\"AAA\",\"side\":\"%s\","
					"\"quantity\":10}]"), n,
					n % 40 == 1 ? "buy" : "sell");
			client_ack(&c);
		}
	}
	heard = client_heard(&c);
	ck_assert_uint_eq(stage_count(heard, "\"type\":\"tick\""), 500);
	ck_assert_uint_gt(stage_count(heard, "\"execution_id\":"), 20);
	heard = sim_session_result(c.s);
	ck_assert_ptr_nonnull(strstr(heard, "\"sharpe_ratio\":null"));
	ck_assert_msg(strstr(heard, "\"total_trades\":12,") != NULL, "%s",
		      heard);
	sim_session_log(c.s, &hash);
	ck_assert_uint_eq(strlen(hash), 64);
	ck_assert_int_eq(sim_session_due(c.s, c.now_ms), SIM_SESSION_NEVER);
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* -- other bars ------------------------------------------------------------ */

/* Flat bars between two times in minutes from the 2nd of January 2020. */
static void flat_bars(struct stage *x, const char *symbol, int from, int to)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	const sim_dec p = 100 * SIM_DEC_ONE;

	for (int i = from; i < to; i++) {
		struct sim_bar b = {
			.ts = STAGE_START + SIM_TIME_DAY + i * SIM_TIME_MIN,
			.open = p, .high = p, .low = p, .close = p,
			.volume = 1000000 * SIM_DEC_ONE,
		};

		sim_bar_table_add(&t, &b, 0);
	}
	stage_put(x, symbol, "XNYS", &t);
	sim_bar_table_release(&t);
}

START_TEST(hours)
{
	const char *heard, *eod;
	struct client c;
	struct stage x;

	stage_open(&x, 10);
	/* 09:00 to 16:30 in New York. */
	flat_bars(&x, "NYS", 14 * 60, 21 * 60 + 30);
	client_open(&c, &x, TYPE("create_session", "\"symbols\":[\"NYS\"],"
		"\"start\":\"2020-01-02\",\"end\":\"2020-01-02\","
		"\"session\":\"extended\""));
	client_send(&c, TYPE("start_simulation", "\"max_pending_ticks\":999"));
	ck_assert_uint_eq(client_run(&c, 999), 450);
	heard = client_heard(&c);
	ck_assert_uint_eq(stage_count(heard, "\"pre_market\""), 30);
	ck_assert_uint_eq(stage_count(heard, "\"regular\""), 390);
	ck_assert_uint_eq(stage_count(heard, "\"after_hours\""), 30);
	ck_assert_uint_eq(stage_count(heard, "\"is_eod\":true"), 1);
	eod = strstr(heard, "\"is_eod\":true");
	ck_assert_ptr_null(strstr(eod, "\"regular\""));
	/* The end waits until all are acknowledged. */
	client_ack(&c);
	ck_assert_uint_eq(client_run(&c, 999), 1);
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_COMPLETED);
	client_close(&c);

	client_open(&c, &x, TYPE("create_session", "\"symbols\":[\"NYS\"],"
		"\"start\":\"2020-01-02\",\"end\":\"2020-01-02\""));
	client_expect(&c, "\"estimated_ticks\":390");
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* What a day has lost is of that day. */
START_TEST(days)
{
	struct client c;
	struct stage x;

	stage_open(&x, 10);
	flat_bars(&x, "NYS", 20 * 60 + 50, 24 * 60 + 15 * 60);
	client_open(&c, &x, TYPE("create_session", "\"symbols\":[\"NYS\"],"
		"\"start\":\"2020-01-02\",\"end\":\"2020-01-03\","
		"\"slippage_bps\":0"));
	client_send(&c, TYPE("start_simulation", "\"max_pending_ticks\":99,"
			     "\"account_update_frequency\":\"every_tick\""));
	client_run(&c, 1);
	client_send(&c, TYPE("order_batch", "\"orders\":[{\"order_id\":\"a\","
		"\"symbol\":\"NYS\",\"side\":\"buy\",\"quantity\":100}]"));
	client_run(&c, 1);
	client_expect(&c, "\"day_pnl\":\"-0.50\"");
	ck_assert_uint_eq(client_run(&c, 8), 8);
	client_expect(&c, "\"is_eod\":true");
	/* The day is over, and its gain is what it was until the next. */
	client_send(&c, TYPE("query_positions", ""));
	client_expect(&c, "\"day_pnl\":\"-0.50\"");
	client_run(&c, 1);
	client_expect(&c, "\"day_pnl\":\"0.00\"");
	client_close(&c);
	stage_close(&x);
}
END_TEST

/* A price that leaps out of all proportion ends the session, not more. */
START_TEST(dies)
{
	struct sim_bar_table t = SIM_BAR_TABLE_INIT;
	struct client c;
	struct stage x;

	stage_open(&x, 10);
	for (int i = 0; i < 5; i++) {
		sim_dec p = (i < 3 ? 1 : INT64_C(90000000000)) * SIM_DEC_ONE;
		struct sim_bar b = {
			.ts = STAGE_START + i * SIM_TIME_MIN, .open = p,
			.high = p, .low = p, .close = p,
			.volume = 1000000 * SIM_DEC_ONE,
		};

		sim_bar_table_add(&t, &b, 0);
	}
	stage_put(&x, "LEAP", "24/7", &t);
	sim_bar_table_release(&t);
	client_open(&c, &x, TYPE("create_session", "\"symbols\":[\"LEAP\"],"
		"\"start\":\"2020-01-01\",\"end\":\"2020-01-01\""));
	client_send(&c, START);
	client_run(&c, 1);
	client_send(&c, TYPE("order_batch", "\"orders\":[{\"order_id\":\"a\","
		"\"symbol\":\"LEAP\",\"side\":\"buy\",\"quantity\":1000}]"));
	for (int i = 0; i < 3; i++) {
		client_ack(&c);
		client_run(&c, 1);
	}
	client_expect(&c, "\"severity\":\"fatal\",\"recoverable\":false");
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_ERROR);
	ck_assert_int_eq(sim_session_due(c.s, c.now_ms), SIM_SESSION_NEVER);
	client_send(&c, TYPE("query_status", ""));
	client_expect(&c, "\"state\":\"error\"");
	client_close(&c);
	stage_close(&x);
}
END_TEST

START_TEST(left_alone)
{
	struct client c;
	struct stage x;

	stage_open(&x, 10);
	client_open(&c, &x, CREATE(""));
	client_send(&c, START);
	client_run(&c, 1);
	client_ack(&c);
	sim_session_attach(c.s, NULL);
	ck_assert_int_eq(sim_session_state(c.s), SIM_SESSION_PAUSED);
	ck_assert_int_eq(sim_session_due(c.s, c.now_ms), SIM_SESSION_NEVER);
	ck_assert_uint_gt(sim_session_memory(c.s), 0);
	client_close(&c);
	stage_close(&x);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("session");
	TCase *tc = tcase_create("session");

	tcase_add_loop_test(tc, refused, 0,
			    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(tc, made);
	tcase_add_test(tc, dates_alone);
	tcase_add_test(tc, flow);
	tcase_add_test(tc, holds);
	tcase_add_test(tc, paced);
	tcase_add_test(tc, controls);
	tcase_add_test(tc, traded);
	tcase_add_test(tc, to_the_end);
	tcase_add_test(tc, hours);
	tcase_add_test(tc, days);
	tcase_add_test(tc, dies);
	tcase_add_test(tc, left_alone);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
