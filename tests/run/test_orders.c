/* orders: good lists in both forms mean the same; each bad list gives one
 * sentence naming file, line and column.  Not covered: the submission. */
#include <string.h>

#include "run/orders.h"
#include "suite.h"

static struct sim_orders *parse(const char *text)
{
	struct sim_orders *o;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_orders_parse("o.csv", text, strlen(text), &o, &err),
		      "%s", err.msg);
	return o;
}

static const char csv[] =
	"\xef\xbb\xbftime,symbol,side,type,qty,limit,stop,trail,take_profit,"
	"stop_loss,tif,expire_at,oco,reduce_only\r\n"
	"2024-01-02T14:30:00Z,AAPL,buy,limit,10,99.5,,,110,90,gtc,,,\r\n"
	"\r\n"
	"2024-01-03,BRK.B,sell,,all,,,,,,,,,true\r\n"
	"\"2024-01-04 09:30\",AAPL,sell,,25%,,95.25,2%,,,gtd,"
	"2024-02-01T00:00:00Z,3,no\n"
	"2024-01-04T09:30:00Z,AAPL,sell,,5,94,95,,,,,,3,";
static const char ndjson[] =
	"{\"time\":\"2024-01-02T14:30:00Z\",\"symbol\":\"AAPL\",\"side\":"
	"\"buy\",\"type\":\"limit\",\"quantity\":10,\"limit\":\"99.5\","
	"\"take_profit\":110,\"stop_loss\":90,\"time_in_force\":\"gtc\"}\n"
	"\n"
	"{\"time\":\"2024-01-03\",\"symbol\":\"BRK.B\",\"side\":\"sell\","
	"\"quantity\":\"all\",\"reduce_only\":true,\"limit\":null}\n"
	"{\"time\":\"2024-01-04 09:30\",\"symbol\":\"AAPL\",\"side\":\"sell\","
	"\"qty\":\"25%\",\"stop\":95.25,\"trail\":\"2%\",\"tif\":\"gtd\","
	"\"expire_at\":\"2024-02-01T00:00:00Z\",\"oco\":3}\n"
	"{\"time\":\"2024-01-04T09:30:00Z\",\"symbol\":\"AAPL\",\"side\":"
	"\"sell\",\"quantity\":5,\"price\":94,\"stop\":95,\"oco\":3}\n";

START_TEST(good)
{
	struct sim_orders *o = parse(_i ? ndjson : csv);
	const struct sim_orders_row *r = o->rows;

	ck_assert_int_eq(o->is_ndjson, _i);
	ck_assert_int_eq(o->n, 4);
	ck_assert_int_eq(o->nsyms, 2);
	ck_assert_int_eq(o->groups, 3);
	ck_assert_str_eq(o->symbols[r[0].sym], "AAPL");
	ck_assert_int_eq(r[0].req.type, SIM_ORDER_TYPE_LIMIT);
	ck_assert_int_eq(r[0].req.size, 10 * SIM_DEC_ONE);
	ck_assert_int_eq(r[0].req.limit, 9950000000);
	ck_assert_int_eq(r[0].req.take_profit, 110 * SIM_DEC_ONE);
	ck_assert_int_eq(r[0].req.tif, SIM_TIF_GTC);
	ck_assert_str_eq(o->symbols[r[1].sym], "BRK.B");
	ck_assert(r[1].is_date && r[1].req.reduce_only);
	ck_assert_int_eq(r[1].line, 3 + !_i);
	ck_assert_int_eq(r[1].req.type, SIM_ORDER_TYPE_MARKET);
	ck_assert_int_eq(r[1].req.size_kind, SIM_ORDER_SIZE_ALL);
	ck_assert_int_eq(r[2].req.type, SIM_ORDER_TYPE_TRAILING_STOP);
	ck_assert_int_eq(r[2].req.size_kind, SIM_ORDER_SIZE_PERCENT);
	ck_assert(r[2].req.trail_is_percent);
	ck_assert_int_eq(r[2].req.trail, 2 * SIM_DEC_ONE);
	ck_assert_int_eq(r[2].req.tif, SIM_TIF_GTD);
	ck_assert_int_eq(r[3].req.type, SIM_ORDER_TYPE_STOP_LIMIT);
	ck_assert_int_eq(r[3].oco, 3);
	ck_assert_int_eq(r[3].time, r[2].time);
	sim_orders_free(o);
}
END_TEST

#define HEAD "time,symbol,side,quantity,limit\n"
static const struct {
	const char *text, *want[3];
} bad[] = {
	{ "at,symbol,side,quantity,cancel\n2024-01-02,A,buy,1,x\n",
	  { "column 5, cancel", "number of an order" } },
	{ "{\"at\":\"2024-01-02\",\"cancel\":1,\"replace\":1}\n",
	  { "cancels or replaces" } },
	{ "{\"time\":\"2024-01-02\",\"cancel\":1}\n",
	  { "line 1", "end of a step" } },
	{ "{\"cancel\":1}\n", { "line 1 has no time" } },
	{ "{\"at\":\"2024-01-02\",\"symbol\":\"A\",\"side\":\"buy\","
	  "\"quantity\":1,\"size_at\":\"never\"}\n", { "submit or fill" } },
	{ "time,symbol,sid,quantity\n", { "line 1", "\"sid\"" } },
	{ "time,symbol,side,side,quantity\n", { "line 1", "side twice" } },
	{ HEAD "2024-01-02,AAPL,buy,1\n", { "line 2 has 4 fields" } },
	{ HEAD "2024-01-02,AAPL,buy,1,,\n", { "more than the 5" } },
	{ HEAD "yesterday,AAPL,buy,1,\n",
	  { "line 2, column 1, time", "\"yesterday\"" } },
	{ HEAD "2024-01-02,A B,buy,1,\n", { "column 2, symbol", "\"A B\"" } },
	{ HEAD "2024-01-02,AAPL,hold,1,\n", { "column 3", "buy or sell" } },
	{ HEAD "2024-01-02,AAPL,buy,-1,\n", { "column 4", "\"-1\"" } },
	{ HEAD "2024-01-02,AAPL,buy,0,\n", { "column 4", "\"0\"" } },
	{ HEAD "2024-01-02,AAPL,buy,1e3,\n", { "column 4", "\"1e3\"" } },
	{ HEAD "2024-01-02,AAPL,buy,1,0.123456789\n",
	  { "column 5, limit", "eight decimals" } },
	{ HEAD "2024-01-02,AAPL,buy,,\n", { "no quantity" } },
	{ HEAD ",AAPL,buy,1,\n", { "line 2 has no time" } },
	{ HEAD "2024-01-02,AAPL,buy,1,\n2024-01-02,,buy,1,\n",
	  { "line 3 has no symbol" } },
	{ "time,symbol,side,quantity,notional\n2024-01-02,A,buy,1,5\n",
	  { "notional", "one of" } },
	{ "time,symbol,side,quantity,oco\n2024-01-02,A,buy,1,x\n",
	  { "column 5, oco", "\"x\"" } },
	{ "{\"time\":\"2024-01-02\"\n", { "o.csv: line 1" } },
	{ "{\"tme\":\"2024-01-02\"}\n", { "line 1", "\"tme\"" } },
	{ "{\"time\":\"2024-01-02\",\"symbol\":\"A\",\"side\":\"buy\","
	  "\"quantity\":[1]}\n", { "line 1, quantity" } },
	{ "{\"time\":\"2024-01-02\",\"symbol\":\"A\",\"side\":\"buy\","
	  "\"quantity\":1,\"qty\":2}\n", { "two names" } },
	{ "{\"time\":\"2024-01-02\",\"symbol\":\"A\",\"side\":\"buy\","
	  "\"quantity\":1}\n[1]\n", { "line 2" } },
};

START_TEST(refused)
{
	struct sim_orders *o = NULL;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_orders_parse("o.csv", bad[_i].text,
					  strlen(bad[_i].text), &o, &err),
			 SIM_E_DATA);
	ck_assert_ptr_null(o);
	ck_assert_msg(strstr(err.msg, "o.csv") == err.msg, "%s", err.msg);
	for (int k = 0; k < 3 && bad[_i].want[k]; k++)
		ck_assert_msg(strstr(err.msg, bad[_i].want[k]), "%s", err.msg);
}
END_TEST

START_TEST(changes)
{
	static const char text[] =
		"{\"at\":\"2024-01-02T21:00:00Z\",\"symbol\":\"A\","
		"\"side\":\"buy\",\"quantity\":1,\"limit\":5,"
		"\"oco_with\":7,\"size_at\":\"fill\"}\n"
		"{\"at\":\"2024-01-03T21:00:00Z\",\"replace\":1,"
		"\"quantity\":2,\"limit\":4}\n"
		"{\"at\":\"2024-01-04T21:00:00Z\",\"cancel\":1}\n";
	struct sim_orders *o = NULL;

	ck_assert_int_eq(sim_orders_parse("o", text, sizeof(text) - 1, &o,
					  NULL), SIM_OK);
	ck_assert_uint_eq(o->n, 3);
	ck_assert(o->rows[0].is_end && o->rows[0].req.size_at_fill);
	ck_assert_uint_eq(o->rows[0].oco_with, 7);
	ck_assert_int_eq(o->rows[1].kind, SIM_ORDERS_REPLACE);
	ck_assert_uint_eq(o->rows[1].order, 1);
	ck_assert_int_eq(o->rows[1].req.size, 2 * SIM_DEC_ONE);
	ck_assert_int_eq(o->rows[1].req.limit, 4 * SIM_DEC_ONE);
	ck_assert_int_eq(o->rows[2].kind, SIM_ORDERS_CANCEL);
	sim_orders_free(o);
	ck_assert_int_eq(sim_orders_parse("o", HEAD, strlen(HEAD), &o, NULL),
			 SIM_OK);
	ck_assert_uint_eq(o->n, 0);
	sim_orders_free(o);
}
END_TEST

START_TEST(zero_bytes)
{
	static const char text[] = HEAD "2024-01-02,AAPL,buy\0,1,\n";
	struct sim_orders *o;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_orders_parse("o.csv", text, sizeof(text) - 1, &o,
					  &err), SIM_E_DATA);
	ck_assert(strstr(err.msg, "line 2 holds a zero byte"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("orders");
	TCase *t = tcase_create("orders");

	tcase_add_loop_test(t, good, 0, 2);
	tcase_add_loop_test(t, refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, zero_bytes);
	tcase_add_test(t, changes);
	suite_add_tcase(s, t);
	return run_suite(s);
}
