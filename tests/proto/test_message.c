/* Messages to lines and back, for every kind of field; what a wrong field is
 * told; the hot writers beside what messages.def says of their messages. */
#include <string.h>

#include "proto/message.h"
#include "proto/tick.h"
#include "suite.h"

static struct sim_message decode(const char *line)
{
	struct sim_message m;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_message_decode(line, strlen(line), SIM_MESSAGE_IN,
					  &m, &err), "%s", err.msg);
	return m;
}

START_TEST(order)
{
	struct sim_message m = decode(
		"{\"type\":\"order_batch\",\"request_id\":\"r\",\"x\":1,"
		"\"data\":{\"orders\":[{\"order_id\":\"a\",\"symbol\":\"S\","
		"\"side\":\"sell\",\"type\":\"LMT\",\"quantity\":1.5,\"price\":"
		"\"187.00000001\",\"time_in_force\":\"gtd\",\"expire_at\":"
		"\"2024-01-02T10:00:00+01:00\",\"reduce_only\":true,"
		"\"stop_loss\":null,\"nobody\":{}}]}}");
	const struct sim_message_order_batch *b = m.data;
	const struct sim_message_order *o = b->orders;

	ck_assert_int_eq(m.type, SIM_MESSAGE_order_batch);
	ck_assert_str_eq(m.request_id, "r");
	ck_assert_uint_eq(b->n_orders, 1);
	ck_assert(!b->has_batch_id);
	ck_assert_str_eq(o->order_id, "a");
	ck_assert_int_eq(o->side, SIM_SIDE_SELL);
	ck_assert_int_eq(o->type, SIM_ORDER_TYPE_LIMIT);
	ck_assert_int_eq(o->quantity, 150000000);
	ck_assert_int_eq(o->price, INT64_C(18700000001));
	ck_assert_int_eq(o->time_in_force, SIM_TIF_GTD);
	ck_assert_int_eq(o->expire_at, INT64_C(1704186000000000000));
	ck_assert(o->reduce_only && o->has_reduce_only);
	ck_assert(!o->has_stop_loss && !o->has_notional);
	sim_message_release(&m);
}
END_TEST

static const struct {
	const char *line, *type;
} names[] = {
	{ "{\"type\":\"stop\"}", "stop_simulation" },
	{ "{\"type\":\"order_cancel\",\"data\":{\"order_id\":\"a\"}}",
	  "cancel_order" },
	{ "{\"type\":\"bye\",\"data\":null}", "bye" },
	{ "{\"type\":\"query_orders\",\"data\":{}}", "query_orders" },
	{ "{\"type\":\"tick\"}", NULL },	/* the other direction */
	{ "{\"type\":\"dance\",\"data\":7}", NULL },
};

START_TEST(type)
{
	struct sim_message m = decode(names[_i].line);

	if (names[_i].type)
		ck_assert_str_eq(sim_message_name((int)m.type),
				 names[_i].type);
	else
		ck_assert_int_eq(m.type, SIM_MESSAGE__COUNT);
	sim_message_release(&m);
}
END_TEST

static const struct {
	const char *line, *msg;
} wrong[] = {
	{ "[]", "the line has no type" },
	{ "{\"type\":7}", "the line has no type" },
	{ "{\"type\":\"tick_ack\"}", "tick_ack.sequence_id is missing" },
	{ "{\"type\":\"tick_ack\",\"data\":[]}", "the data of tick_ack "
	  "must be an object" },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":0}}",
	  "tick_ack.sequence_id is 0; it must be a whole number from 1" },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":1.5}}",
	  "sequence_id is 1.5" },
	{ "{\"type\":\"ready\",\"data\":{\"subscribe\":[1]}}",
	  "ready.subscribe is a list or an object; it must be a list of "
	  "texts" },
	{ "{\"type\":\"ready\",\"data\":{\"subscribe\":\"x\"}}",
	  "ready.subscribe is \"x\"; it must be a list" },
	{ "{\"type\":\"timer_set\",\"data\":{\"timer_id\":\"t\",\"at\":"
	  "\"noon\"}}", "timer_set.at is \"noon\"; it must be a time" },
	{ "{\"type\":\"metric\",\"data\":{\"name\":\"z\",\"value\":\"1\"}}",
	  "metric.value is \"1\"; it must be a number" },
	{ "{\"type\":\"order_batch\",\"data\":{\"orders\":[{},{}]}}",
	  "order_batch.orders[0].order_id is missing" },
	{ "{\"type\":\"replace_order\",\"data\":{\"order_id\":\"a\",\"price\":"
	  "1234567890123456}}", "at most 15 digits" },
	{ "{\"type\":\"replace_order\",\"data\":{\"order_id\":\"a\",\"price\":"
	  "true}}", "replace_order.price is true; it must be a decimal" },
};

START_TEST(refusal)
{
	struct sim_message m = { .type = SIM_MESSAGE__COUNT };
	struct sim_err err = SIM_ERR_INIT;
	const char *line = wrong[_i].line;

	ck_assert_int_eq(sim_message_decode(line, strlen(line),
					    SIM_MESSAGE_IN, &m, &err),
			 SIM_E_DATA);
	ck_assert_msg(strstr(err.msg, wrong[_i].msg), "%s", err.msg);
	ck_assert_ptr_null(m.data);
}
END_TEST

START_TEST(encoded)
{
	const char *const open[] = { "a", "b\"" };
	const struct sim_message_position held = {
		.symbol = "S", .quantity = -3 * SIM_DEC_ONE,
		.avg_cost = 1050000000, .market_value = -31 * SIM_DEC_ONE,
	};
	const struct sim_message_account_snapshot a = {
		.cash = SIM_DEC_ONE / 4, .equity = 5 * SIM_DEC_ONE,
		.positions = &held, .n_positions = 1,
		.open_orders = open, .n_open_orders = 2,
	};
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_message_style style = { .as_text = false };

	sim_message_encode(&out, SIM_MESSAGE_account_snapshot, &a, "q",
			   &style);
	ck_assert_str_eq(sim_buf_str(&out),
		"{\"type\":\"account_snapshot\",\"data\":{\"cash\":0.25,"
		"\"equity\":5,\"realized_pnl\":0,\"unrealized_pnl\":0,"
		"\"positions\":[{\"symbol\":\"S\",\"quantity\":-3,\"avg_cost\":"
		"10.5,\"market_value\":-31,\"unrealized_pnl\":0}],"
		"\"open_orders\":[\"a\",\"b\\\"\"]},\"request_id\":\"q\"}\n");
	sim_buf_reset(&out);
	style.as_text = style.is_money = true;
	sim_message_encode(&out, SIM_MESSAGE_account_snapshot, &a, NULL,
			   &style);
	ck_assert_ptr_nonnull(strstr(out.data, "\"cash\":\"0.25\",\"equity\":"
				     "\"5.00\""));
	sim_buf_release(&out);
}
END_TEST

static const struct sim_bar bar = {
	.ts = INT64_C(1704205800000000000), .open = 18715000000,
	.high = 18720000000, .low = 18702000001, .close = 18711000000,
	.volume = INT64_C(120440000000000),
};

START_TEST(tick)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_tick t = { .out = &out, .timeframe = "1min" };
	struct sim_tick_end e = { 7, bar.ts + SIM_TIME_MIN, true, 0 };

	sim_tick_begin(&t, &e);
	sim_tick_candle(&t, "A", &bar);
	sim_tick_candle(&t, "BRK.B", &bar);
	sim_tick_finish(&t, &e);
	ck_assert_str_eq(sim_buf_str(&out),
		"{\"type\":\"tick\",\"data\":{\"sequence_id\":7,\"sim_time\":"
		"\"2024-01-02T14:31:00Z\",\"timeframe\":\"1min\",\"candles\":{"
		"\"A\":{\"date\":\"2024-01-02T14:30:00Z\",\"open\":187.15,"
		"\"high\":187.2,\"low\":187.02000001,\"close\":187.11,"
		"\"volume\":1204400},\"BRK.B\":{\"date\":"
		"\"2024-01-02T14:30:00Z\",\"open\":187.15,\"high\":187.2,"
		"\"low\":187.02000001,\"close\":187.11,\"volume\":1204400}},"
		"\"is_eod\":true}}\n");
	sim_buf_release(&out);
}
END_TEST

START_TEST(block)
{
	struct sim_buf out = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_tick t = {
		.out = &out, .style = { .as_text = true, .is_money = true },
	};
	struct sim_tick_end e = { 8, bar.ts, false, 0 };

	sim_tick_block(&t, &e, false);
	sim_tick_row(&t, 0, &bar);
	sim_tick_row(&t, 12, &bar);
	sim_tick_block_finish(&t);
	sim_tick_block(&t, NULL, true);
	sim_tick_block_finish(&t);
	ck_assert_str_eq(sim_buf_str(&out),
		"{\"type\":\"bars\",\"data\":{\"sequence_id\":8,\"sim_time\":"
		"1704205800000000,\"is_eod\":false,\"cols\":[\"ts_us\",\"sym\","
		"\"o\",\"h\",\"l\",\"c\",\"v\"],\"rows\":[[1704205800000000,0,"
		"\"187.15\",\"187.20\",\"187.02000001\",\"187.11\","
		"\"1204400.00\"],[1704205800000000,12,\"187.15\",\"187.20\","
		"\"187.02000001\",\"187.11\",\"1204400.00\"]]}}\n"
		"{\"type\":\"bars\",\"data\":{\"history\":true,\"cols\":["
		"\"ts_us\",\"sym\",\"o\",\"h\",\"l\",\"c\",\"v\"],\"rows\":"
		"[]}}\n");
	sim_buf_release(&out);
}
END_TEST

static const struct {
	const char *line;
	int64_t id;			/* 0: for the decoder */
} acks[] = {
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":12}}", 12 },
	{ "{\"type\": \"tick_ack\", \"data\": {\"sequence_id\": 3}}", 3 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":4,"
	  "\"processing_status\":\"ready\"}}", 4 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":4,"
	  "\"processing_status\":\"need_time\"}}", 0 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":4,"
	  "\"orders_pending\":1}}", 0 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":04}}", 0 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":}}", 0 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":-4}}", 0 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":4}} x", 0 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":4}", 0 },
	{ "{\"data\":{\"sequence_id\":4},\"type\":\"tick_ack\"}", 0 },
	{ "{\"type\":\"tick_ack\",\"data\":{\"sequence_id\":"
	  "9999999999999999999999}}", 0 },
	{ "", 0 },
};

START_TEST(ack)
{
	int64_t id = 0;
	bool is_plain = sim_tick_ack(acks[_i].line, strlen(acks[_i].line),
				     NULL, &id);

	ck_assert_int_eq(is_plain, acks[_i].id != 0);
	ck_assert_int_eq(id, acks[_i].id);
}
END_TEST

#define ROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("message");
	TCase *c = tcase_create("message");

	tcase_add_test(c, order);
	tcase_add_loop_test(c, type, 0, ROWS(names));
	tcase_add_loop_test(c, refusal, 0, ROWS(wrong));
	tcase_add_test(c, encoded);
	tcase_add_test(c, tick);
	tcase_add_test(c, block);
	tcase_add_loop_test(c, ack, 0, ROWS(acks));
	suite_add_tcase(s, c);
	return run_suite(s);
}
