/* Messages that are made up, for the tests and the bench of the dashboard: a
 * conversation of a seed, in which everything happens that can. */
#ifndef MARKET_H
#define MARKET_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dash.h"

struct market {
	uint64_t seed, step, fills, orders;
	int n_symbols;
	bool is_plain;			/* names and prices of every day */
	double price[200];
	struct sim_buf line;
};

static inline uint32_t market_pick(struct market *m, uint32_t n)
{
	m->seed = m->seed * UINT64_C(6364136223846793005) +
		  UINT64_C(1442695040888963407);
	return (uint32_t)(m->seed >> 33) % n;
}

static inline void market_start(struct market *m, uint64_t seed, int n_symbols)
{
	memset(m, 0, sizeof(*m));
	m->seed = seed;
	m->n_symbols = n_symbols;
	m->line = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	for (int i = 0; i < n_symbols; i++)
		m->price[i] = 1 + market_pick(m, 90000) / 100.0;
}

static inline void market_name(const struct market *m, int i, char name[40])
{
	static const char *const odd[] = {
		"日経平均", "CAF\303\211", "e\314\201e\314\201", "삼성", "X",
		"A_LONG_NAME_OF_THIRTY_TWO_LETTE", "😀", "\342\200\213ZW"
	};

	if (m->is_plain || i % 3)
		snprintf(name, 40, "SYM%d", i);
	else
		snprintf(name, 40, "%s%d", odd[i / 3 % 8], i);
}

static inline void market_hear(struct market *m, struct sim_dash *d)
{
	struct sim_err err = SIM_ERR_INIT;

	if (sim_dash_hear_line(d, m->line.data, m->line.len, &err)) {
		fprintf(stderr, "%s\n%s\n", err.msg, m->line.data);
		abort();
	}
	sim_buf_reset(&m->line);
}

static inline void market_stamp(const struct market *m, uint64_t step,
				char text[SIM_TIME_STRMAX])
{
	(void)m;
	sim_time_format((1704205800 + (sim_time)(step % 390) * 60 +
			 (sim_time)(step / 390) * 86400) * SIM_TIME_SEC, text);
}

/* A step of the market, of all symbols or some. */
static inline void market_tick(struct market *m)
{
	char name[40], start[SIM_TIME_STRMAX], end[SIM_TIME_STRMAX];
	const char *comma = "";

	market_stamp(m, m->step, start);
	market_stamp(m, ++m->step, end);
	sim_buf_printf(&m->line, "{\"type\":\"tick\",\"data\":{\"session_id\":"
		       "\"s\",\"sequence_id\":%" PRIu64 ",\"sim_time\":\"%s\","
		       "\"timeframe\":\"1min\",\"candles\":{", m->step, end);
	for (int i = 0; i < m->n_symbols; i++) {
		double open = m->price[i], wide = open * 0.002;

		if (!m->is_plain && market_pick(m, 4) == 0)
			continue;
		m->price[i] *= 1 + ((int)market_pick(m, 2001) - 1000) / 5e5;
		market_name(m, i, name);
		sim_buf_printf(&m->line, "%s\"%s\":{\"date\":\"%s\",\"open\":"
			       "%.2f,\"high\":%.2f,\"low\":%.2f,\"close\":%.2f,"
			       "\"volume\":%u}", comma, name, start, open,
			       (open > m->price[i] ? open : m->price[i]) + wide,
			       (open < m->price[i] ? open : m->price[i]) -
			       wide / 2, m->price[i], market_pick(m, 90000));
		comma = ",";
	}
	sim_buf_printf(&m->line, "},\"market_session\":\"regular\","
		       "\"symbols_trading\":[],\"is_eod\":%s}}",
		       m->step % 390 == 0 ? "true" : "false");
}

static inline void market_fill(struct market *m)
{
	static const char *const reasons[] = { "market_open", "stop_loss",
					       "limit_touched", "liquidation" };
	char name[40], now[SIM_TIME_STRMAX];

	market_name(m, (int)market_pick(m, (uint32_t)m->n_symbols), name);
	market_stamp(m, m->step, now);
	sim_buf_printf(&m->line, "{\"type\":\"execution_report\",\"data\":{"
		       "\"session_id\":\"s\",\"execution_id\":\"e%" PRIu64 "\","
		       "\"order_id\":\"o%u\",\"symbol\":\"%s\",\"side\":\"%s\","
		       "\"executed_quantity\":%u,\"executed_price\":%.2f,"
		       "\"execution_time\":\"%s\",\"timestamp\":\"%s\","
		       "\"commission\":%.2f,\"slippage_bps\":%.2f,"
		       "\"is_partial\":%s,\"remaining_quantity\":%u,"
		       "\"ord_status\":\"filled\",\"fill_reason\":\"%s\","
		       "\"liquidity\":\"taker\",\"ambiguous\":%s,"
		       "\"position\":%d,\"cash\":1000}}", ++m->fills,
		       market_pick(m, 50), name, market_pick(m, 2) ? "buy" :
		       "sell", 1 + market_pick(m, 100000), m->price[0], now,
		       now, market_pick(m, 500) / 100.0 - 1,
		       market_pick(m, 100) / 10.0, market_pick(m, 2) ? "true" :
		       "false", market_pick(m, 9), reasons[market_pick(m, 4)],
		       market_pick(m, 5) ? "false" : "true",
		       (int)market_pick(m, 200000) - 100000);
}

static inline void market_account(struct market *m)
{
	char name[40];
	int n = (int)market_pick(m, (uint32_t)m->n_symbols);
	double scale = market_pick(m, 2) ? 5e5 : 1;

	sim_buf_printf(&m->line, "{\"type\":\"account_snapshot\",\"data\":{"
		       "\"session_id\":\"s\",\"cash\":%.2f,\"equity\":%.2f,"
		       "\"buying_power\":%.2f,\"day_pnl\":%.2f,"
		       "\"realized_pnl\":-3.5,\"unrealized_pnl\":%.2f,"
		       "\"margin_used\":%.2f,\"positions\":[",
		       market_pick(m, 100000) * scale - 5e4,
		       market_pick(m, 100000) * scale,
		       market_pick(m, 1000) * scale,
		       market_pick(m, 1000) * scale - 500,
		       market_pick(m, 1000) - 500.0, market_pick(m, 9000) *
		       scale);
	for (int i = 0; i < n; i++) {
		market_name(m, i, name);
		sim_buf_printf(&m->line, "%s{\"symbol\":\"%s\",\"quantity\":"
			       "%d.5,\"avg_cost\":%.4f,\"market_value\":%.2f,"
			       "\"unrealized_pnl\":%.2f}", i ? "," : "", name,
			       (int)market_pick(m, 20000) - 10000, m->price[i],
			       m->price[i] * (market_pick(m, 2000) - 1000.0),
			       market_pick(m, 20000) - 10000.0);
	}
	sim_buf_puts(&m->line, "],\"open_orders\":[\"o1\"]}}");
}

static inline void market_orders(struct market *m)
{
	static const char *const types[] = { "market", "limit", "stop",
					     "stop_limit", "trailing_stop" };
	char name[40];
	int n = (int)market_pick(m, 30);

	sim_buf_puts(&m->line, "{\"type\":\"current_orders\",\"data\":{"
		     "\"session_id\":\"s\",\"orders\":[");
	for (int i = 0; i < n; i++) {
		uint32_t type = market_pick(m, 5);

		market_name(m, (int)market_pick(m, (uint32_t)m->n_symbols),
			    name);
		sim_buf_printf(&m->line, "%s{\"order_id\":\"o%d%s\",\"symbol\":"
			       "\"%s\",\"side\":\"%s\",\"type\":\"%s\","
			       "\"quantity\":%u,\"remaining_quantity\":1,"
			       "\"time_in_force\":\"gtc\",\"status\":"
			       "\"accepted\"", i ? "," : "", i, i % 5 ? "" :
			       "/a-name-that-goes-on-and-on", name,
			       market_pick(m, 2) ? "buy" : "sell", types[type],
			       market_pick(m, 100000));
		if (type == 1 || type == 3)
			sim_buf_printf(&m->line, ",\"price\":%.2f",
				       m->price[0]);
		if (type >= 2)
			sim_buf_printf(&m->line, ",\"stop_price\":%.2f",
				       m->price[0] * 1.01);
		sim_buf_putc(&m->line, '}');
	}
	sim_buf_puts(&m->line, "]}}");
}

static inline void market_state(struct market *m)
{
	static const char *const states[] = { "running", "paused", "completed",
					      "error", "ready" };

	sim_buf_printf(&m->line, "{\"type\":\"simulation_status\",\"data\":{"
		       "\"session_id\":\"%s\",\"state\":\"%s\",\"sequence_id\":"
		       "%" PRIu64 ",\"ticks_total\":%u,\"progress_pct\":%.1f}}",
		       market_pick(m, 2) ? "s" : "another-session",
		       states[market_pick(m, 5)], m->step,
		       market_pick(m, 100000), market_pick(m, 1000) / 10.0);
}

static inline void market_update(struct market *m)
{
	static const char *const states[] = { "accepted", "rejected",
					      "cancelled", "expired" };
	char name[40];

	market_name(m, (int)market_pick(m, (uint32_t)m->n_symbols), name);
	sim_buf_printf(&m->line, "{\"type\":\"order_update\",\"data\":{"
		       "\"session_id\":\"s\",\"order_id\":\"o%u\",\"symbol\":"
		       "\"%s\",\"status\":\"%s\",\"reason\":\"%.*s\"}}",
		       market_pick(m, 60), name, states[market_pick(m, 4)],
		       (int)market_pick(m, 60),
		       "a reason that is long enough to be cut where it ends, "
		       "wherever");
}

static inline void market_error(struct market *m)
{
	sim_buf_puts(&m->line, "{\"type\":\"error\",\"data\":{\"session_id\":"
		     "\"s\",\"error_code\":\"RATE_LIMITED\",\"message\":"
		     "\"too many at once: 日経 and others\",\"error_type\":"
		     "\"rate_limit\",\"severity\":\"error\",\"recoverable\":"
		     "true,\"details\":{}}}");
}

/* The next message, into m->line. */
static inline void market_next(struct market *m)
{
	static void (*const kinds[])(struct market *m) = {
		market_fill, market_account, market_orders, market_state,
		market_update, market_error, market_fill
	};
	uint32_t k = market_pick(m, 20);

	if (k < 7)
		kinds[k](m);
	else
		market_tick(m);
}

#endif
