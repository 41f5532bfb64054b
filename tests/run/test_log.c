/* log: every event type survives writing and reading; seals notice changes.
 * Not covered: what the engine puts into events. */
#include <stdio.h>
#include <string.h>

#include "run/log.h"
#include "suite.h"

static struct sim_instrument ins[2] = {
	{ .symbol = "AAPL" }, { .symbol = "BRK.B" }
};

static struct sim_order order = {
	.id = 7, .side = SIM_SIDE_SELL, .type = SIM_ORDER_TYPE_STOP_LIMIT,
	.tif = SIM_TIF_GTD, .qty = 3 * SIM_DEC_ONE + 1, .limit = 12345,
	.stop = SIM_DEC_ONE / 2, .trail = 5, .take_profit = 6, .stop_loss = 7,
	.bracket_trail = 8, .bracket_trail_is_percent = true,
	.trail_is_percent = true, .reduce_only = true,
	.expire_at = INT64_C(1700000000123456789), .parent = 3, .oco = 4,
	.role = SIM_ORDER_ROLE_STOP_LOSS, .size_kind = SIM_ORDER_SIZE_RISK,
	.size = SIM_DEC_ONE, .size_at_fill = true, .filled = 9,
};
static struct sim_fill fill = {
	.order = 7, .sym = 1, .side = SIM_SIDE_SELL,
	.reason = SIM_FILL_REASON_TRAILING_STOP, .maker = true,
	.ambiguous = true, .synthetic = true, .is_close = true,
	.qty = SIM_DEC_ONE, .price = 2 * SIM_DEC_ONE,
	.base_price = 2 * SIM_DEC_ONE + 1, .commission = -3, .realized = -4,
};

static void make_event(struct sim_event *ev, int type)
{
	memset(ev, 0, sizeof(*ev));
	ev->type = (enum sim_event_type)type;
	ev->seq = (uint64_t)type + 1;
	ev->cause = (uint64_t)type;
	ev->time = INT64_C(1700000000) * SIM_TIME_SEC + type;
	ev->sym = type == SIM_EVENT_TYPE_MARGIN_CALL ? UINT32_MAX : 1;
	ev->order = &order;
	ev->fill = &fill;
	ev->fill_id = 5;
	ev->reason = 2;
	ev->text = "no \"cash\" \\ left\tat all";
	ev->a = 11;
	ev->b = SIM_DEC_MAX;
	ev->c = -SIM_DEC_MAX;
	ev->d = 17;
}

static void write_all(struct sim_log *l, struct sim_buf *b,
		      char hex[SIM_SHA256_HEX])
{
	struct sim_event ev;

	sim_log_begin(l, b, ins, 2);
	for (int t = 0; t < SIM_EVENT_TYPE__COUNT; t++) {
		make_event(&ev, t);
		sim_log_add(l, &ev);
	}
	sim_log_seal(l, hex);
}

START_TEST(round_trip)
{
	struct sim_buf a = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_log l, again;
	struct sim_log_reader r;
	struct sim_log_line line;
	struct sim_err err = SIM_ERR_INIT;
	char hex[SIM_SHA256_HEX], hex2[SIM_SHA256_HEX];
	int rc, n = 0;

	write_all(&l, &a, hex);
	ck_assert_int_eq(sim_log_open(&r, a.data, a.len, ins, 2, &err), 0);
	sim_log_begin(&again, &b, ins, 2);
	while ((rc = sim_log_next(&r, &line, &err)) == 1) {
		ck_assert_int_eq(line.ev.type, n++);
		sim_log_add(&again, &line.ev);
	}
	ck_assert_msg(!rc, "%s", err.msg);
	ck_assert_int_eq(n, SIM_EVENT_TYPE__COUNT);
	sim_log_seal(&again, hex2);
	ck_assert_str_eq(a.data, b.data);
	ck_assert_str_eq(hex, hex2);
	sim_buf_release(&a);
	sim_buf_release(&b);
}
END_TEST

START_TEST(fill_is_whole)
{
	struct sim_buf a = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_log l;
	struct sim_log_reader r;
	struct sim_log_line line;
	char hex[SIM_SHA256_HEX];
	struct sim_event ev;

	sim_log_begin(&l, &a, ins, 2);
	make_event(&ev, SIM_EVENT_TYPE_FILL);
	sim_log_add(&l, &ev);
	sim_log_seal(&l, hex);
	ck_assert(strstr(a.data, "{\"seq\":7,\"sim_time\":\"2023-11-14T22:13:"
			 "20.000000006Z\",\"type\":\"fill\",\"cause\":6,"
			 "\"fill\":5,\"order\":7,\"symbol\":\"BRK.B\",")
		  == a.data);
	ck_assert_int_eq(sim_log_open(&r, a.data, a.len, ins, 2, NULL), 0);
	ck_assert_int_eq(sim_log_next(&r, &line, NULL), 1);
	ck_assert_int_eq(line.fill.base_price, fill.base_price);
	ck_assert_int_eq(line.fill.commission, -3);
	ck_assert_int_eq(line.fill.realized, -4);
	ck_assert_int_eq(line.fill.sym, 1);
	ck_assert_int_eq(line.fill.seq, 7);
	ck_assert_int_eq(line.ev.fill_id, 5);
	ck_assert_int_eq(line.ev.b, SIM_DEC_MAX);
	ck_assert(line.fill.maker && line.fill.ambiguous &&
		  line.fill.synthetic && line.fill.is_close);
	ck_assert_int_eq(sim_log_next(&r, &line, NULL), 0);
	sim_buf_release(&a);
}
END_TEST

/* Flipping any byte is noticed, by the seal or by the reader. */
START_TEST(every_byte_counts)
{
	struct sim_buf a = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_log l;
	struct sim_log_reader r;
	struct sim_err err = SIM_ERR_INIT;
	char hex[SIM_SHA256_HEX];

	write_all(&l, &a, hex);
	for (size_t i = 0; i < a.len; i++) {
		a.data[i] ^= 1;
		ck_assert_msg(sim_log_open(&r, a.data, a.len, ins, 2, &err) ==
			      SIM_E_DATA, "byte %zu may change unseen", i);
		a.data[i] ^= 1;
	}
	for (size_t n = 0; n < a.len; n++)
		ck_assert_int_eq(sim_log_open(&r, a.data, n, ins, 2, NULL),
				 SIM_E_DATA);
	sim_buf_release(&a);
}
END_TEST

/* Lines under a good seal that are no events. */
static const char *const bad[] = {
	"{}", "{\"seq\":1}", "{\"seq\":1,\"sim_time\":\"x\",\"type\":\"fill\"}",
	"{\"seq\":1,\"sim_time\":\"2024-01-02\",\"type\":\"margin_call\","
	"\"cause\":0,\"equity\":1}",
	"{\"seq\":1,\"sim_time\":\"2024-01-02\",\"type\":\"margin_call\","
	"\"cause\":0,\"equity\":1,\"required\":2,\"more\":3}",
	"{\"seq\":1,\"sim_time\":\"2024-01-02\",\"type\":\"nothing\","
	"\"cause\":0}",
	"{\"seq\":1,\"sim_time\":\"2024-01-02\",\"type\":\"dividend\","
	"\"cause\":0,\"symbol\":\"ZZZ\",\"per_share\":1,\"position\":1,"
	"\"amount\":1}",
};

START_TEST(bad_lines)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_log_reader r;
	struct sim_log_line line;
	struct sim_err err = SIM_ERR_INIT;
	uint8_t h[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];

	sim_buf_printf(&b, "%s\n", bad[_i]);
	sim_sha256_of(b.data, b.len, h);
	sim_sha256_hex(h, hex);
	sim_buf_printf(&b, "{\"type\":\"seal\",\"events\":1,\"sha256\":"
		       "\"%s\"}\n", hex);
	ck_assert_int_eq(sim_log_open(&r, b.data, b.len, ins, 2, &err), 0);
	ck_assert_int_eq(sim_log_next(&r, &line, &err), SIM_E_DATA);
	ck_assert(strstr(err.msg, "line 1"));
	sim_buf_release(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");

	tcase_add_test(t, round_trip);
	tcase_add_test(t, fill_is_whole);
	tcase_add_test(t, every_byte_counts);
	tcase_add_loop_test(t, bad_lines, 0, sizeof(bad) / sizeof(bad[0]));
	suite_add_tcase(s, t);
	return run_suite(s);
}
