/* A model and a screen that tests tell messages and look at. */
#ifndef TEST_HEARD_H
#define TEST_HEARD_H

#include "suite.h"
#include "tui/dash.h"

static struct sim_dash *d;
static struct sim_screen *s;
static struct sim_buf out;

static inline void set_up(void)
{
	d = sim_dash_new();
	s = sim_screen_text(40, 160, "");
	out = (struct sim_buf)SIM_BUF_INIT(1 << 24);
}

static inline void tear_down(void)
{
	sim_screen_close(s);
	sim_dash_free(d);
	sim_buf_release(&out);
}

static inline void hear(const char *line)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_msg(!sim_dash_hear_line(d, line, strlen(line), &err), "%s",
		      err.msg);
}

static inline const char *frame(void)
{
	sim_dash_draw(d, s);
	sim_buf_reset(&out);
	sim_screen_text_write(s, true, &out);
	return sim_buf_str(&out);
}

static inline bool shows(const char *text)
{
	return strstr(frame(), text) != NULL;
}

#define TICK(n, t, price) "{\"type\":\"tick\",\"data\":{\"session_id\":\"s\"," \
	"\"sequence_id\":" n ",\"sim_time\":\"2024-01-02T14:" t ":00Z\"," \
	"\"timeframe\":\"1min\",\"candles\":{\"ACME\":{\"date\":" \
	"\"2024-01-02T14:" t ":00Z\",\"open\":10,\"high\":12,\"low\":9," \
	"\"close\":" price ",\"volume\":5}},\"market_session\":\"regular\"," \
	"\"symbols_trading\":[],\"is_eod\":false}}"
#define FILL(id, order, rest) "{\"type\":\"execution_report\",\"data\":{" \
	"\"session_id\":\"s\",\"execution_id\":\"" id "\",\"order_id\":\"" \
	order "\",\"symbol\":\"ACME\",\"side\":\"buy\"," \
	"\"executed_quantity\":10,\"executed_price\":10.5," \
	"\"execution_time\":\"2024-01-02T14:31:00Z\",\"timestamp\":" \
	"\"2024-01-02T14:31:00Z\",\"commission\":1,\"slippage_bps\":0," \
	"\"is_partial\":false,\"remaining_quantity\":" rest "," \
	"\"ord_status\":\"filled\",\"fill_reason\":\"market_open\"," \
	"\"liquidity\":\"taker\",\"ambiguous\":false,\"position\":10," \
	"\"cash\":0}}"
#define ACCOUNT(equity, value) "{\"type\":\"account_snapshot\",\"data\":{" \
	"\"session_id\":\"s\",\"cash\":100,\"equity\":" equity "," \
	"\"buying_power\":5,\"day_pnl\":0,\"realized_pnl\":0," \
	"\"unrealized_pnl\":0,\"margin_used\":0,\"positions\":[{\"symbol\":" \
	"\"ACME\",\"quantity\":10,\"avg_cost\":10,\"market_value\":" value "," \
	"\"unrealized_pnl\":0}],\"open_orders\":[]}}"
#define UPDATE(id, status, why) "{\"type\":\"order_update\",\"data\":{" \
	"\"session_id\":\"s\",\"order_id\":\"" id "\",\"symbol\":" \
	"\"ACME\",\"status\":\"" status "\",\"reason\":\"" why "\"}}"
#define BATCH(ids) "{\"type\":\"order_batch\",\"data\":{\"session_id\":\"s\"," \
	"\"batch_id\":\"b\",\"orders\":[" ids "]}}"
#define ORDER(id) "{\"order_id\":\"" id "\",\"symbol\":\"ACME\",\"side\":" \
	"\"buy\",\"type\":\"limit\",\"price\":9.5,\"quantity\":10}"

#endif
