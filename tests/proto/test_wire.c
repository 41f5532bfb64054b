/* Frames of the wire: what they give and what a wrong one is told, the
 * envelope that answers get, decimals and times, the codes of errors, the hot
 * writer beside the generic one. */
#include <stdio.h>
#include <string.h>

#include "proto/message.h"
#include "proto/tick.h"
#include "suite.h"

#define FRAME_MAX 65536
#define ROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

static int decode(const char *frame, struct sim_message *m,
		  struct sim_err *err)
{
	return sim_message_decode_wire(frame, strlen(frame), FRAME_MAX,
				       SIM_MESSAGE_IN, m, err);
}

static struct sim_message right(const char *frame)
{
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!decode(frame, &m, &err), "%s", err.msg);
	return m;
}

/* -- what frames give ------------------------------------------------------ */

/* Both spellings of each field that has two. */
static const char *const spellings[] = {
	"{\"type\":\"create_session\",\"request_id\":\"r1\",\"data\":{"
	"\"session_id\":\"s-1\",\"symbols\":[\"AAPL\"],"
	"\"start_date\":\"2023-01-01\",\"end_date\":\"2023-06-30T16:00:00\","
	"\"initial_capital\":100000.50,\"leverage\":2,\"slip_out\":true,"
	"\"metadata\":{\"a\":[1.50,null]}}}",
	"{\"data\":{\"initial_cash\":\"100000.5\",\"end\":"
	"\"2023-06-30T16:00:00\",\"leverage\":\"2\",\"slip_out\":\"yes\","
	"\"start\":\"2023-01-01\",\"symbols\":[\"AAPL\"],\"start_date\":null,"
	"\"metadata\":{\"a\":[1.50,null]},\"session_id\":\"s-1\"},"
	"\"request_id\":\"r1\",\"type\":\"create_session\"}",
};

START_TEST(spelling)
{
	struct sim_message m = right(spellings[_i]);
	const struct sim_message_create_session *c = m.data;
	const struct sim_message_session_spec *s = c->spec;
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_json j;

	ck_assert_str_eq(m.request_id, "r1");
	ck_assert_str_eq(m.session_id, "s-1");
	ck_assert_uint_eq(s->n_symbols, 1);
	ck_assert_str_eq(s->symbols[0], "AAPL");
	ck_assert_str_eq(s->start_date, "2023-01-01");
	ck_assert_str_eq(s->end_date, "2023-06-30T16:00:00");
	ck_assert_int_eq(s->initial_capital, INT64_C(10000050000000));
	ck_assert_str_eq(s->leverage, "2");
	ck_assert_str_eq(s->slip_out, "yes");
	ck_assert(!s->has_commission && !s->has_warmup_bars);
	sim_json_init(&j, &out, false);
	sim_json_copy(&j, NULL, s->metadata.val);
	ck_assert_str_eq(sim_buf_str(&out), "{\"a\":[1.50,null]}");
	sim_buf_release(&out);
	sim_message_release(&m);
}
END_TEST

START_TEST(start)
{
	struct sim_message m = right(
		"{\"type\":\"start_simulation\",\"data\":{\"session_id\":\"s\","
		"\"max_pending_ticks\":4}}");
	const struct sim_message_start_simulation *s = m.data;

	ck_assert(!s->spec->has_symbols && !s->has_flow_control);
	ck_assert_int_eq(s->max_pending_ticks, 4);
	sim_message_release(&m);
	m = right("{\"type\":\"start_simulation\",\"data\":{\"symbols\":"
		  "[\"A\",\"B\"],\"start_date\":\"2023-01-01\","
		  "\"flow_control\":false}}");
	s = m.data;
	ck_assert_uint_eq(s->spec->n_symbols, 2);
	ck_assert(!s->spec->has_end_date && s->has_flow_control);
	sim_message_release(&m);
}
END_TEST

static const struct {
	const char *name, *type;
} types[] = {
	{ "health", "health_check" }, { "ping", "ping" },
	{ "stop_simulation", "stop_simulation" },
	{ "order_cancel", NULL },	/* lacks its field; see below */
	{ "hello", NULL }, { "bye", NULL },	/* the pipe's */
	{ "pong", NULL }, { "dance", NULL }, { "", NULL },
};

START_TEST(named)
{
	char frame[100];
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	snprintf(frame, sizeof(frame), "{\"type\":\"%s\",\"request_id\":"
		 "\"q\",\"data\":{\"session_id\":\"s\"}}", types[_i].name);
	rc = decode(frame, &m, &err);
	ck_assert_str_eq(m.name, types[_i].name);
	ck_assert_str_eq(m.request_id, "q");
	ck_assert_str_eq(m.session_id, "s");
	if (types[_i].type) {
		ck_assert_int_eq(rc, 0);
		ck_assert_str_eq(sim_message_name((int)m.type), types[_i].type);
	} else if (!rc) {
		ck_assert_int_eq(m.type, SIM_MESSAGE__COUNT);
	} else {
		ck_assert_str_eq(err.msg, "Missing required fields: order_id");
		ck_assert_int_eq(m.type, SIM_MESSAGE_cancel_order);
		ck_assert_ptr_null(m.data);
	}
	sim_message_release(&m);
}
END_TEST

/* -- what is wrong --------------------------------------------------------- */

static const struct {
	const char *frame, *msg;
} wrong[] = {
	{ "", "JSON is wrong" },
	{ "tick_ack", "JSON is wrong" },
	{ "[1]", "the line has no type" },
	{ "\"ping\"", "the line has no type" },
	{ "{\"data\":{}}", "the line has no type" },
	{ "{\"type\":null}", "the line has no type" },
	{ "{\"type\":\"ping\",\"type\":\"ping\"}", "duplicate" },
	{ "{\"type\":\"ping\"} x", "JSON is wrong" },
	{ "{\"type\":\"ping\",\"data\":7}", "data of ping must be an object" },
	{ "{\"type\":\"ping\",\"request_id\":7}", "request_id must be a text" },
	{ "{\"type\":\"ping\",\"data\":{\"session_id\":\"\"}}",
	  "session_id must be a text of 1 to 64" },
	{ "{\"type\":\"ping\",\"data\":{\"session_id\":\"a b\"}}",
	  "session_id must be a text of 1 to 64" },
	{ "{\"type\":\"ping\",\"data\":{\"session_id\":\"a\\\"\"}}",
	  "session_id must be a text of 1 to 64" },
	{ "{\"type\":\"ping\",\"data\":{\"session_id\":{}}}",
	  "session_id must be a text of 1 to 64" },
	{ "{\"type\":\"create_session\"}",
	  "Missing required fields: symbols, start_date, end_date" },
	{ "{\"type\":\"create_session\",\"data\":{\"start\":\"2024-01-01\","
	  "\"symbols\":null}}",
	  "Missing required fields: symbols, end_date" },
	{ "{\"type\":\"create_session\",\"data\":{\"start\":\"soon\"}}",
	  "create_session.start is \"soon\"; it must be a date such as" },
	{ "{\"type\":\"create_session\",\"data\":{\"initial_cash\":"
	  "1234567890.1234567}}", "create_session.initial_cash is "
	  "1234567890.1234567; it must be a number of at most 15 digits" },
	{ "{\"type\":\"create_session\",\"data\":{\"leverage\":[]}}",
	  "create_session.leverage is a list or an object; it must be a text" },
	{ "{\"type\":\"order_batch\",\"data\":{\"orders\":[{\"order_id\":"
	  "\"a\"},{\"symbol\":\"A\",\"side\":\"buy\"}]}}",
	  "Missing required fields: orders[0].symbol, orders[0].side, "
	  "orders[1].order_id" },
	{ "{\"type\":\"order_batch\",\"data\":{\"orders\":[{\"side\":"
	  "\"hold\"}]}}", "order_batch.orders[0].side is \"hold\"; it must be "
	  "one of buy, sell" },
	{ "{\"type\":\"step_simulation\",\"data\":{\"ticks\":0}}",
	  "step_simulation.ticks is 0; it must be a whole number from 1" },
	{ "{\"type\":\"resume_session\",\"data\":{}}",
	  "Missing required fields: last_processed_sequence_id" },
	{ "{\"type\":\"set_speed\",\"data\":{\"speed\":\"fast\"}}",
	  "set_speed.speed is \"fast\"; it must be a number" },
	{ "{\"type\":\"set_speed\",\"data\":{\"speed\":-0.5}}",
	  "set_speed.speed is -0.5; it must be a number, 0 or more" },
};

START_TEST(refusal)
{
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(decode(wrong[_i].frame, &m, &err), SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, wrong[_i].msg), "%s", err.msg);
	ck_assert_ptr_null(m.data);
	sim_message_release(&m);
}
END_TEST

/* An answer to a wrong frame names what it answers. */
START_TEST(answerable)
{
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(decode("{\"type\":\"tick_ack\",\"request_id\":\"q\","
				"\"data\":{\"session_id\":\"s\","
				"\"sequence_id\":-1}}", &m, &err), SIM_E_DATA);
	ck_assert_str_eq(m.request_id, "q");
	ck_assert_str_eq(m.session_id, "s");
	sim_message_release(&m);
}
END_TEST

START_TEST(bounds)
{
	char frame[200];
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;
	int n, depth;

	for (depth = SIM_MESSAGE_DEPTH - 1; depth <= SIM_MESSAGE_DEPTH;
	     depth++) {
		n = snprintf(frame, sizeof(frame), "{\"type\":\"ping\",\"x\":"
			     "%.*s%.*s}", depth, "[[[[[[[[[[[[[[[[[[[[", depth,
			     "]]]]]]]]]]]]]]]]]]]]");
		ck_assert_int_eq(decode(frame, &m, &err),
				 depth < SIM_MESSAGE_DEPTH ? 0 : SIM_E_DATA);
		sim_message_release(&m);
	}
	ck_assert_ptr_nonnull(strstr(err.msg, "deeper than 16 levels"));
	for (int max = n - 1; max <= n; max++) {
		memcpy(frame, "{\"type\":\"ping\"}", 15);
		memset(frame + 15, ' ', (size_t)n - 15);
		ck_assert_int_eq(sim_message_decode_wire(
			frame, (size_t)n, (size_t)max, SIM_MESSAGE_IN, &m,
			&err), max < n ? SIM_E_DATA : 0);
		sim_message_release(&m);
	}
	ck_assert_ptr_nonnull(strstr(err.msg, "bytes; it may have"));
}
END_TEST

/* Values as the conventions have them: text in, value. */
static const struct {
	const char *value;
	int64_t want;			/* -1: refused */
} decimals[] = {
	{ "\"187.00000001\"", INT64_C(18700000001) },
	{ "187.15", INT64_C(18715000000) },
	{ "1e2", INT64_C(10000000000) },
	{ "123456789012.345", -1 },
	{ "12345678901.2345", INT64_C(1234567890123450000) },
	{ "12345678901.23456", -1 },
	{ "100000000000000000", -1 },
	{ "\"12345678901.23456789\"", INT64_C(1234567890123456789) },
	{ "\"1.123456789\"", -1 }, { "\"1e2\"", -1 }, { "\"\"", -1 },
	{ "\" 1\"", -1 }, { "\"NaN\"", -1 }, { "[1]", -1 },
};

START_TEST(decimal)
{
	char frame[200];
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;
	const struct sim_message_replace_order *r;
	int rc;

	snprintf(frame, sizeof(frame), "{\"type\":\"replace_order\",\"data\":"
		 "{\"order_id\":\"a\",\"price\":%s}}", decimals[_i].value);
	rc = decode(frame, &m, &err);
	r = m.data;
	if (decimals[_i].want < 0)
		ck_assert_msg(rc && strstr(err.msg, "replace_order.price is"),
			      "%s", err.msg);
	else
		ck_assert(!rc && r->price == decimals[_i].want);
	sim_message_release(&m);
}
END_TEST

static const struct {
	const char *text;
	int64_t sec;			/* -1: refused */
} times[] = {
	{ "2023-01-01", 1672531200 },
	{ "2023-01-01T09:30:00", 1672565400 },
	{ "2023-01-01 09:30", 1672565400 },
	{ "2023-01-01T09:30:00Z", 1672565400 },
	{ "2023-01-01T09:30:00+02:00", 1672558200 },
	{ "2023-01-01T09:30:00-0500", 1672583400 },
	{ "2023-02-30", -1 }, { "01/02/2023", -1 }, { "", -1 },
};

START_TEST(moment)
{
	char frame[400];
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;
	const struct sim_message_order_batch *b;
	int rc;

	snprintf(frame, sizeof(frame), "{\"type\":\"order_batch\",\"data\":{"
		 "\"orders\":[{\"order_id\":\"a\",\"symbol\":\"A\",\"side\":"
		 "\"buy\",\"expire_at\":\"%s\"}]}}", times[_i].text);
	rc = decode(frame, &m, &err);
	b = m.data;
	if (times[_i].sec < 0)
		ck_assert_msg(rc && strstr(err.msg, "expire_at"), "%s",
			      err.msg);
	else
		ck_assert_int_eq(b->orders[0].expire_at,
				 times[_i].sec * SIM_TIME_SEC);
	sim_message_release(&m);
}
END_TEST

/* -- what is said ---------------------------------------------------------- */

#define NOW INT64_C(1700000000007000000)

static const char *encode(struct sim_buf *out, enum sim_message_type type,
			  const void *data, const char *request_id)
{
	const struct sim_message_style style = SIM_MESSAGE_STYLE_WIRE("s", NOW);

	sim_buf_reset(out);
	sim_message_encode(out, type, data, request_id, &style);
	return sim_buf_str(out);
}

START_TEST(created)
{
	const char *const symbols[] = { "A" };
	const struct sim_message_session_created c = {
		.state = 1, .symbols = symbols, .n_symbols = 1,
		.symbols_loaded = symbols, .n_symbols_loaded = 1,
		.start_date = 0, .end_date = SIM_TIME_DAY,
		.initial_capital = 100000 * SIM_DEC_ONE, .timeframe = "1min",
		.estimated_ticks = 390, .data_range_actual.text = "{\"A\":{}}",
		.created_at = NOW, .data_provider = "store",
		.commission_per_share = SIM_DEC_ONE / 200,
		.slippage_bps = 5 * SIM_DEC_ONE, .server_ready = true,
	};
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);

	ck_assert_str_eq(encode(&out, SIM_MESSAGE_session_created, &c, "r"),
		"{\"type\":\"session_created\",\"data\":{\"session_id\":\"s\","
		"\"status\":\"created\",\"state\":\"ready\",\"symbols\":"
		"[\"A\"],"
		"\"symbols_loaded\":[\"A\"],"
		"\"start_date\":\"1970-01-01T00:00:00Z\","
		"\"end_date\":\"1970-01-02T00:00:00Z\","
		"\"initial_capital\":100000,\"timeframe\":\"1min\","
		"\"warmup_bars\":0,\"estimated_ticks\":390,"
		"\"data_range_actual\":{\"A\":{}},"
		"\"created_at\":\"2023-11-14T22:13:20.007Z\","
		"\"data_provider\":\"store\",\"commission_per_share\":0.005,"
		"\"slippage_bps\":5,\"server_ready\":true},"
		"\"request_id\":\"r\","
		"\"timestamp\":\"2023-11-14T22:13:20.007Z\"}\n");
	sim_buf_release(&out);
}
END_TEST

/* Money with two decimals and all it has; what is not defined is null; what
 * only the pipe has is absent. */
START_TEST(result)
{
	const struct sim_message_simulation_end e = {
		.final_equity = INT64_C(10804500000000),
		.total_return_pct = 8.045, .total_commission = 108345000,
		.sharpe_ratio = 0.0 / 0.0, .calmar_ratio = 1.5,
		.total_trades = 3, .steps = 7,
	};
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);

	ck_assert_str_eq(encode(&out, SIM_MESSAGE_simulation_complete, &e,
				NULL),
		"{\"type\":\"simulation_complete\",\"data\":{\"session_id\":"
		"\"s\",\"final_equity\":\"108045.00\",\"total_return_pct\":"
		"8.045,\"total_trades\":3,\"winning_trades\":0,\"win_rate\":0,"
		"\"total_commission\":\"1.08345\",\"max_drawdown_pct\":0,"
		"\"sharpe_ratio\":null,\"sortino_ratio\":0,\"calmar_ratio\":"
		"1.5,\"simulation_duration_sec\":0},"
		"\"timestamp\":\"2023-11-14T22:13:20.007Z\"}\n");
	sim_buf_release(&out);
}
END_TEST

/* The account flat as an answer, whole inside of state_sync; each says whose
 * it is. */
START_TEST(account)
{
	const struct sim_message_account_snapshot a = { .cash = SIM_DEC_ONE };
	const struct sim_message_current_positions p = { .account = &a };
	const struct sim_message_execution_report missed = {
		.execution_id = "e1", .order_id = "o", .symbol = "A",
		.executed_quantity = SIM_DEC_ONE, .slippage_bps = SIM_DEC_ONE,
	};
	const struct sim_message_state_sync s = {
		.next_sequence_id = 4, .account_snapshot = &a,
		.missed_executions = &missed, .n_missed_executions = 1,
	};
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *text = encode(&out, SIM_MESSAGE_current_positions, &p,
				  NULL);

	ck_assert_ptr_nonnull(strstr(text, "{\"session_id\":\"s\",\"cash\":"
		"\"1.00\",\"equity\":\"0.00\",\"buying_power\":\"0.00\","
		"\"day_pnl\":\"0.00\","));
	ck_assert_ptr_null(strstr(text, "account"));
	text = encode(&out, SIM_MESSAGE_state_sync, &s, NULL);
	ck_assert_ptr_nonnull(strstr(text, "{\"session_id\":\"s\","
		"\"next_sequence_id\":4,\"account_snapshot\":{\"session_id\":"
		"\"s\",\"cash\":\"1.00\","));
	ck_assert_ptr_nonnull(strstr(text, "\"missed_executions\":[{"
		"\"session_id\":\"s\",\"execution_id\":\"e1\","));
	ck_assert_ptr_nonnull(strstr(text, "\"slippage_bps\":1,"));
	ck_assert_ptr_nonnull(strstr(text, "\"timestamp\":"
					   "\"1970-01-01T00:00:00Z\","));
	sim_buf_release(&out);
}
END_TEST

/* What names a session itself is not told twice; data as text. */
START_TEST(parts)
{
	const struct sim_message_session_info i = {
		.session_id = "other", .timeframe = "1h", .state = 4,
		.has_metadata = true, .metadata.text = "{\"k\":1}",
	};
	const struct sim_message_style style =
		SIM_MESSAGE_STYLE_WIRE("s", SIM_TIME_NONE);
	const struct sim_message_error e = {
		.error_code = "X", .message = "m", .recoverable = true,
	};
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_message_encode_data(&out, SIM_MESSAGE_session_details, &i, &style);
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&out),
		"{\"session_id\":\"other\",\"state\":\"completed\","
		"\"symbols\":[],"));
	ck_assert_ptr_null(strstr(sim_buf_str(&out), "\"s\""));
	ck_assert_ptr_nonnull(strstr(sim_buf_str(&out),
				     "\"metadata\":{\"k\":1}}"));
	sim_buf_reset(&out);
	sim_message_encode_text(&out, SIM_MESSAGE_sessions_list,
				"{\"sessions\":[]}", "q", &style);
	ck_assert_str_eq(sim_buf_str(&out), "{\"type\":\"sessions_list\","
			 "\"data\":{\"sessions\":[]},\"request_id\":\"q\"}\n");
	ck_assert_str_eq(encode(&out, SIM_MESSAGE_error, &e, NULL),
		"{\"type\":\"error\",\"data\":{\"session_id\":\"s\","
		"\"error_code\":\"X\",\"message\":\"m\",\"error_type\":"
		"\"validation\",\"severity\":\"error\",\"recoverable\":true,"
		"\"details\":{}},"
		"\"timestamp\":\"2023-11-14T22:13:20.007Z\"}\n");
	sim_buf_release(&out);
}
END_TEST

static const struct {
	enum sim_message_code code;
	const char *text;
	int kind;			/* in the order of error.error_type */
} codes[] = {
	{ SIM_MESSAGE_CODE_INVALID_PARAMS, "INVALID_PARAMS", 0 },
	{ SIM_MESSAGE_CODE_INSUFFICIENT_BUYING_POWER,
	  "INSUFFICIENT_BUYING_POWER", 1 },
	{ SIM_MESSAGE_CODE_SERVICE_BUSY, "SERVICE_BUSY", 2 },
	{ SIM_MESSAGE_CODE_DATA_FETCH_FAILED, "DATA_FETCH_FAILED", 3 },
	{ SIM_MESSAGE_CODE_RATE_LIMITED, "RATE_LIMITED", 4 },
	{ SIM_MESSAGE_CODE__COUNT, "NO_SUCH", 0 },
};

START_TEST(code)
{
	ck_assert_int_eq(sim_message_code_find(codes[_i].text),
			 codes[_i].code);
	if (codes[_i].code == SIM_MESSAGE_CODE__COUNT)
		return;
	ck_assert_str_eq(sim_message_code_text(codes[_i].code),
			 codes[_i].text);
	ck_assert_int_eq(sim_message_code_kind(codes[_i].code),
			 codes[_i].kind);
}
END_TEST

/* -- the hot ones ---------------------------------------------------------- */

static const struct sim_bar bar = {
	.ts = INT64_C(1704205800000000000), .open = 18715000000,
	.high = 18720000000, .low = 18702000001, .close = 18700000000,
	.volume = INT64_C(120440000000000),
};

/* The generic codec reads what the hot writer wrote, and writes the same. */
static void same_as_generic(const struct sim_buf *hot,
			    const struct sim_message_style *style)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_err err = SIM_ERR_INIT;
	struct sim_message m;

	ck_assert_msg(!sim_message_decode_wire(
		hot->data, hot->len, FRAME_MAX, SIM_MESSAGE_OUT, &m, &err),
		"%s", err.msg);
	sim_message_encode(&out, SIM_MESSAGE_tick, m.data, NULL, style);
	ck_assert_str_eq(sim_buf_str(&out), sim_buf_str(hot));
	sim_message_release(&m);
	sim_buf_release(&out);
}

START_TEST(tick)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_tick t = { .out = &out, .timeframe = "1min",
		.style = SIM_MESSAGE_STYLE_WIRE("s", NOW) };
	struct sim_tick_end e = { 7, bar.ts + SIM_TIME_MIN, true,
				  (enum sim_tick_session)_i };

	sim_tick_begin(&t, &e);
	sim_tick_candle(&t, "A", &bar);
	sim_tick_candle(&t, "BRK.B", &bar);
	sim_tick_finish(&t, &e);
	if (_i == SIM_TICK_AFTER_HOURS)
		ck_assert_str_eq(sim_buf_str(&out),
			"{\"type\":\"tick\",\"data\":{\"session_id\":\"s\","
			"\"sequence_id\":7,\"sim_time\":\"2024-01-02T14:31:00Z"
			"\",\"timeframe\":\"1min\",\"candles\":{\"A\":{"
			"\"date\":\"2024-01-02T14:30:00Z\","
			"\"open\":\"187.15\",\"high\":"
			"\"187.20\",\"low\":\"187.02000001\",\"close\":"
			"\"187.00\",\"volume\":\"1204400.00\"},\"BRK.B\":{"
			"\"date\":\"2024-01-02T14:30:00Z\",\"open\":\"187.15\","
			"\"high\":\"187.20\",\"low\":\"187.02000001\","
			"\"close\":\"187.00\",\"volume\":\"1204400.00\"}},"
			"\"market_session\":\"after_hours\","
			"\"symbols_trading\":[\"A\",\"BRK.B\"],\"is_eod\":true}"
			",\"timestamp\":\"2023-11-14T22:13:20.007Z\"}\n");
	same_as_generic(&out, &t.style);
	sim_tick_release(&t);
	sim_buf_release(&out);
}
END_TEST

/* A second tick forgets the first; without candles; with dates alone. */
START_TEST(bare)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_tick t = { .out = &out, .timeframe = "1min", .is_bare = true,
		.style = SIM_MESSAGE_STYLE_WIRE("s", SIM_TIME_NONE) };
	struct sim_tick_end e = { .sequence_id = 1, .now = bar.ts };

	sim_tick_begin(&t, &e);
	sim_tick_candle(&t, "A", &bar);
	sim_tick_finish(&t, &e);
	ck_assert_ptr_nonnull(strstr(out.data, "\"candles\":{\"A\":{\"date\":"
		"\"2024-01-02T14:30:00Z\"}},\"market_session\":\"regular\","
		"\"symbols_trading\":[\"A\"],"));
	sim_buf_reset(&out);
	sim_tick_begin(&t, &e);
	sim_tick_finish(&t, &e);
	ck_assert_ptr_nonnull(strstr(out.data, "\"candles\":{},"
		"\"market_session\":\"regular\",\"symbols_trading\":[],"));
	same_as_generic(&out, &t.style);
	sim_tick_release(&t);
	sim_buf_release(&out);
}
END_TEST

static const struct {
	const char *data;
	int64_t id;			/* 0: for the decoder */
} acks[] = {
	{ "{\"session_id\":\"s1\",\"sequence_id\":12}", 12 },
	{ "{\"session_id\": \"s1\", \"sequence_id\": 3, "
	  "\"processing_status\": \"ready\", \"orders_pending\": 0}", 3 },
	{ "{\"sequence_id\":4,\"session_id\":\"s1\"}", 4 },
	{ "{\"sequence_id\":4}", 4 },
	{ "{\"orders_pending\":0,\"max_wait_ms\":500,\"processing_status\":"
	  "\"ready\",\"sequence_id\":5,\"session_id\":\"s1\"}", 5 },
	{ "{\"max_wait_ms\":-1,\"sequence_id\":5}", 0 },
	{ "{\"orders_pending\":2,\"sequence_id\":5}", 0 },
	{ "{\"sequence_id\":4,\"sequence_id\":5}", 0 },
	{ "{\"sequence_id\":4,}", 0 }, { "{\"session_id\":\"s1\"}", 0 },
	{ "{\"sequence_id\":4,\"extra\":1}", 0 },
	{ "{\"session_id\":\"s2\",\"sequence_id\":12}", 0 },
	{ "{\"session_id\":\"s1\",\"sequence_id\":12,\"session_id\":\"s1\"}",
	  0 },
	{ "{\"session_id\":\"s11\",\"sequence_id\":12}", 0 },
	{ "{\"session_id\":\"s\",\"sequence_id\":12}", 0 },
	{ "{\"session_id\":\"s1\",\"sequence_id\":1,\"orders_pending\":01}",
	  0 },
	{ "{\"session_id\":\"s1\"", 0 },
};

START_TEST(ack)
{
	char frame[200];
	int64_t id = 0;
	bool is_plain;

	snprintf(frame, sizeof(frame), "{\"type\":\"tick_ack\",\"data\":%s}",
		 acks[_i].data);
	is_plain = sim_tick_ack(frame, strlen(frame), "s1", &id);
	ck_assert_int_eq(is_plain, acks[_i].id != 0);
	ck_assert_int_eq(id, acks[_i].id);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("wire");
	TCase *c = tcase_create("wire");

	tcase_add_loop_test(c, spelling, 0, ROWS(spellings));
	tcase_add_test(c, start);
	tcase_add_loop_test(c, named, 0, ROWS(types));
	tcase_add_loop_test(c, refusal, 0, ROWS(wrong));
	tcase_add_test(c, answerable);
	tcase_add_test(c, bounds);
	tcase_add_loop_test(c, decimal, 0, ROWS(decimals));
	tcase_add_loop_test(c, moment, 0, ROWS(times));
	tcase_add_test(c, created);
	tcase_add_test(c, result);
	tcase_add_test(c, account);
	tcase_add_test(c, parts);
	tcase_add_loop_test(c, code, 0, ROWS(codes));
	tcase_add_loop_test(c, tick, 0, 3);
	tcase_add_test(c, bare);
	tcase_add_loop_test(c, ack, 0, ROWS(acks));
	suite_add_tcase(s, c);
	return run_suite(s);
}
