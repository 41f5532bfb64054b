/* The model: what it makes of messages, and that every frame fits its boxes. */
#include <unistd.h>

#include "market.h"
#include "tui/dash_save.h"
/* Its names would hide those of others. */
#include "heard.h"

START_TEST(nothing_twice)
{
	hear(TICK("1", "30", "11"));
	hear(FILL("e1", "a", "0"));
	hear(TICK("2", "31", "12"));
	frame();
	hear(TICK("2", "31", "12"));
	hear(TICK("1", "30", "11"));
	hear(FILL("e1", "a", "0"));
	ck_assert_uint_eq(sim_dash_facts(d).n_fills, 1);
	ck_assert_uint_eq(sim_dash_facts(d).step, 2);
	ck_assert(!sim_dash_is_dirty(d, s));
}
END_TEST

START_TEST(orders_live_and_die)
{
	struct sim_dash_order o;

	hear(TICK("1", "30", "11"));
	hear(BATCH(ORDER("a") "," ORDER("b") "," ORDER("c")));
	ck_assert(shows("sent"));
	hear("{\"type\":\"batch_ack\",\"data\":{\"session_id\":\"s\","
	     "\"batch_id\":\"b\",\"accepted_orders\":[\"a\",\"b\"],"
	     "\"rejected_orders\":{\"c\":\"INVALID: it is not right\"},"
	     "\"estimated_fills\":{}}}");
	ck_assert_uint_eq(sim_dash_facts(d).n_orders, 2);
	ck_assert(shows("INVALID: it is not right"));
	ck_assert(sim_dash_order(d, "a", &o));
	ck_assert(o.has_price && o.quantity == 10 * SIM_DEC_ONE);
	hear(FILL("e1", "a", "0"));
	ck_assert(!sim_dash_order(d, "a", &o));
	hear("{\"type\":\"order_cancelled\",\"data\":{\"session_id\":\"s\","
	     "\"order_id\":\"b\"}}");
	ck_assert_uint_eq(sim_dash_facts(d).n_orders, 0);
	/* A dry run is no order. */
	hear("{\"type\":\"order_batch\",\"data\":{\"session_id\":\"s\","
	     "\"dry_run\":true,\"orders\":[" ORDER("d") "]}}");
	ck_assert_uint_eq(sim_dash_facts(d).n_orders, 0);
}
END_TEST

START_TEST(asks_for_what_it_lacks)
{
	hear(TICK("1", "30", "11"));
	ck_assert_uint_eq(sim_dash_wants(d) & SIM_DASH_WANT_ORDERS, 0);
	hear("{\"type\":\"order_update\",\"data\":{\"session_id\":\"s\","
	     "\"order_id\":\"a/stop_loss\",\"symbol\":\"ACME\",\"status\":"
	     "\"accepted\"}}");
	ck_assert_uint_ne(sim_dash_wants(d) & SIM_DASH_WANT_ORDERS, 0);
	ck_assert_uint_eq(sim_dash_wants(d), 0);
	/* The account knows of no open order, the model of one. */
	hear(ACCOUNT("200", "100"));
	ck_assert_uint_ne(sim_dash_wants(d) & SIM_DASH_WANT_ORDERS, 0);
	hear("{\"type\":\"current_orders\",\"data\":{\"session_id\":\"s\","
	     "\"orders\":[]}}");
	ck_assert_uint_eq(sim_dash_facts(d).n_orders, 0);
	hear(ACCOUNT("200", "100"));
	ck_assert_uint_eq(sim_dash_wants(d), 0);
}
END_TEST

/* Prices that come after an account change equity by what is held. */
START_TEST(equity_is_marked)
{
	hear(TICK("1", "30", "10"));
	hear(ACCOUNT("200", "100"));
	ck_assert(shows("200.00"));
	hear(TICK("2", "31", "11"));
	ck_assert(shows("210.00"));
	ck_assert(shows("+10.00"));
	/* An account that comes before its step's bars is not counted twice. */
	hear(ACCOUNT("220", "120"));
	hear(TICK("3", "32", "12"));
	ck_assert(shows("220.00"));
}
END_TEST

/* The order that is selected stays so when another one goes. */
START_TEST(selection_stays)
{
	hear(TICK("1", "30", "11"));
	hear(BATCH(ORDER("a") "," ORDER("b") "," ORDER("c")));
	sim_dash_focus(d, SIM_DASH_orders);
	sim_dash_move(d, SIM_DASH_LINE, 1);
	ck_assert_str_eq(sim_dash_pick(d).order_id, "b");
	sim_dash_move(d, SIM_DASH_END, 1);
	sim_dash_move(d, SIM_DASH_LINE, -1);
	hear("{\"type\":\"order_cancelled\",\"data\":{\"session_id\":\"s\","
	     "\"order_id\":\"a\"}}");
	ck_assert_str_eq(sim_dash_pick(d).order_id, "b");
	ck_assert_str_eq(sim_dash_pick(d).symbol, "ACME");
	hear("{\"type\":\"order_cancelled\",\"data\":{\"session_id\":\"s\","
	     "\"order_id\":\"b\"}}");
	ck_assert_str_eq(sim_dash_pick(d).order_id, "c");
	hear("{\"type\":\"order_cancelled\",\"data\":{\"session_id\":\"s\","
	     "\"order_id\":\"c\"}}");
	ck_assert_ptr_null(sim_dash_pick(d).order_id);
	sim_dash_move(d, SIM_DASH_PAGE, 1);
	sim_dash_move(d, SIM_DASH_FIRST, 1);
}
END_TEST

START_TEST(other_sessions_are_rows)
{
	hear(TICK("1", "30", "11"));
	hear("{\"type\":\"simulation_paused\",\"data\":{\"session_id\":"
	     "\"other\",\"state\":\"paused\",\"sequence_id\":77,"
	     "\"ticks_total\":100,\"progress_pct\":77}}");
	ck_assert_str_eq(sim_dash_facts(d).state, "running");
	ck_assert_uint_eq(sim_dash_facts(d).step, 1);
	sim_dash_layout(d, SIM_DASH_MONITOR);
	ck_assert(shows("other"));
	ck_assert(shows("77.0%"));
	ck_assert_str_eq(sim_dash_pick(d).session_id, "other");
}
END_TEST

START_TEST(stale_is_seen)
{
	sim_dash_now(d, 100 * SIM_TIME_SEC);
	hear(TICK("1", "30", "11"));
	ck_assert(!shows("stale"));
	sim_dash_now(d, 104 * SIM_TIME_SEC);
	ck_assert(!shows("stale"));
	sim_dash_now(d, 106 * SIM_TIME_SEC);
	ck_assert(sim_dash_is_dirty(d, s));
	ck_assert(shows("stale"));
	hear(TICK("2", "31", "12"));
	sim_dash_now(d, 107 * SIM_TIME_SEC);
	ck_assert(!shows("stale"));
	sim_dash_link(d, SIM_DASH_RECONNECTING, 110 * SIM_TIME_SEC, "gone");
	ck_assert(shows("reconnecting in 3s"));
	sim_dash_now(d, 109 * SIM_TIME_SEC);
	ck_assert(shows("reconnecting in 1s"));
	ck_assert(shows("stale"));
	sim_dash_link(d, SIM_DASH_CONNECTED, SIM_TIME_NONE, NULL);
	ck_assert(!shows("stale"));
}
END_TEST

START_TEST(history_comes_before_or_after)
{
	static const char *const history =
		"{\"type\":\"history_snapshot\",\"data\":{\"session_id\":\"s\","
		"\"timeframe\":\"1min\",\"count\":2,\"candles\":{\"ACME\":["
		"{\"date\":\"2024-01-02T14:28:00Z\",\"open\":7,\"high\":7.5,"
		"\"low\":7,\"close\":7.25,\"volume\":1},"
		"{\"date\":\"2024-01-02T14:29:00Z\",\"open\":8,\"high\":8.5,"
		"\"low\":8,\"close\":8.25,\"volume\":1}]}}}";
	char *one;

	hear(history);
	hear(TICK("1", "30", "11"));
	sim_dash_chart_frame(d, 0);
	one = strdup(frame());
	sim_dash_forget(d);
	hear(TICK("1", "30", "11"));
	hear(history);
	hear(history);
	ck_assert_str_eq(frame(), one);
	free(one);
}
END_TEST

START_TEST(looks)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_dash_quote q;
	enum sim_dash_layout layout;

	hear(TICK("1", "30", "11"));
	ck_assert(sim_dash_quote(d, "ACME", &q) && q.has_last &&
		  q.last == 11 * SIM_DEC_ONE);
	ck_assert(!sim_dash_quote(d, "NONE", &q));
	ck_assert(!sim_dash_select_symbol(d, "NONE"));
	ck_assert(sim_dash_select_symbol(d, "ACME"));
	ck_assert_str_eq(sim_dash_symbol(d, 0), "ACME");
	ck_assert_ptr_null(sim_dash_symbol(d, 1));
	ck_assert_int_eq(sim_dash_studies(d, "sma:5 rsi", &err), 0);
	ck_assert(shows("sma:5"));
	ck_assert_int_eq(sim_dash_studies(d, "nothing:5", &err), SIM_E_INVAL);
	ck_assert_int_eq(sim_dash_studies(d, "sma:0", &err), SIM_E_INVAL);
	ck_assert_int_eq(sim_dash_studies(d, "sma:5,6,7,8", &err),
			 SIM_E_INVAL);
	ck_assert_int_eq(sim_dash_studies(d, "sma sma sma sma", &err),
			 SIM_E_INVAL);
	ck_assert(shows("sma:5"));
	ck_assert_int_eq(sim_dash_studies(d, "", &err), 0);
	ck_assert(!shows("sma:5"));
	ck_assert_int_eq(sim_dash_layout_find("wide", &layout, &err), 0);
	ck_assert_int_eq(layout, SIM_DASH_WIDE);
	ck_assert_int_eq(sim_dash_layout_find("odd", &layout, &err),
			 SIM_E_INVAL);
	ck_assert_int_eq(sim_dash_hear_line(d, "{}", 2, &err), SIM_E_DATA);
	ck_assert_int_eq(sim_dash_hear_line(d, "x", 1, &err), SIM_E_DATA);
}
END_TEST

/* The largest and the smallest there are, on a screen of any size. */
START_TEST(extremes)
{
	static const char *const prices[][2] = {
		{ "90000000000", "90000000000.00000001" },
		{ "0.00000001", "0.00000002" },
		{ "0.00000001", "92000000000" }, { "5", "5" },
	};
	char line[1024];

	snprintf(line, sizeof(line), "{\"type\":\"tick\",\"data\":{"
		 "\"session_id\":\"s\",\"sequence_id\":1,\"sim_time\":"
		 "\"2024-01-02T14:30:00Z\",\"timeframe\":\"1min\","
		 "\"candles\":{\"ACME\":{\"date\":\"2024-01-02T14:29:00Z\","
		 "\"open\":\"%s\",\"high\":\"%s\",\"low\":\"%s\",\"close\":"
		 "\"%s\",\"volume\":\"92000000000\"}},\"market_session\":"
		 "\"regular\",\"symbols_trading\":[],\"is_eod\":true}}",
		 prices[_i][0], prices[_i][1], prices[_i][0], prices[_i][1]);
	hear(line);
	hear("{\"type\":\"current_orders\",\"data\":{\"session_id\":\"s\","
	     "\"orders\":[{\"order_id\":\"x\",\"symbol\":\"ACME\",\"side\":"
	     "\"buy\",\"type\":\"stop_limit\",\"quantity\":\"92000000000\","
	     "\"remaining_quantity\":\"0.00000001\",\"price\":"
	     "\"92000000000\",\"stop_price\":\"0.00000001\","
	     "\"time_in_force\":\"gtc\",\"status\":\"accepted\"}]}}");
	hear(ACCOUNT("\"-92000000000\"", "\"92000000000\""));
	hear(FILL("e1", "x", "\"92000000000\""));
	/* Gains that go on growing from the most there is. */
	hear("{\"type\":\"account_snapshot\",\"data\":{\"session_id\":\"s\","
	     "\"cash\":1,\"equity\":1,\"buying_power\":5,\"day_pnl\":"
	     "\"92233720368.54775807\",\"realized_pnl\":0,"
	     "\"unrealized_pnl\":\"92233720368.54775807\","
	     "\"margin_used\":0,\"positions\":[{\"symbol\":\"ACME\","
	     "\"quantity\":10,\"avg_cost\":10,\"market_value\":"
	     "\"10000000000\",\"unrealized_pnl\":0}],\"open_orders\":[]}}");
	hear(TICK("2", "31", "11"));
	hear("{\"type\":\"simulation_complete\",\"data\":{\"session_id\":"
	     "\"s\",\"final_equity\":\"1\",\"total_return_pct\":1e300,"
	     "\"total_trades\":1,\"winning_trades\":1,\"win_rate\":null,"
	     "\"total_commission\":0,\"max_drawdown_pct\":1e300,"
	     "\"sharpe_ratio\":-1e300,\"sortino_ratio\":null,"
	     "\"calmar_ratio\":null,\"simulation_duration_sec\":1}}");
	for (int layout = 0; layout < SIM_DASH_LAYOUT__COUNT; layout++) {
		sim_dash_layout(d, (enum sim_dash_layout)layout);
		for (int cols = 1; cols < 240; cols += 13) {
			sim_screen_resize(s, 1 + cols / 4, cols);
			frame();
			ck_assert_uint_eq(s->outside, 0);
		}
	}
}
END_TEST

START_TEST(mouse)
{
	hear(TICK("1", "30", "11"));
	hear(BATCH(ORDER("a") "," ORDER("b")));
	sim_screen_resize(s, 24, 80);
	frame();
	ck_assert(!sim_dash_click(d, 0, 5));		/* the session bar */
	ck_assert(sim_dash_click(d, 12, 16));		/* the tab "Orders" */
	ck_assert_int_eq(sim_dash_focused(d), SIM_DASH_orders);
	frame();
	ck_assert(sim_dash_click(d, 15, 20));		/* its second row */
	ck_assert_str_eq(sim_dash_pick(d).order_id, "b");
	ck_assert(sim_dash_wheel(d, 15, 20, -1));
	ck_assert_str_eq(sim_dash_pick(d).order_id, "a");
	ck_assert(sim_dash_wheel(d, 5, 60, 1));		/* the chart */
	ck_assert_int_eq(sim_dash_focused(d), SIM_DASH_chart);
	ck_assert(!sim_dash_click(d, 99, 99));
}
END_TEST

/* -- properties ------------------------------------------------------------*/

/* Every row has the columns of the screen, wide characters whole. */
static void check_grid(const struct sim_screen *g)
{
	for (int row = 0; row < g->rows; row++) {
		for (int col = 0; col < g->cols; col++) {
			const struct sim_screen_cell *c = sim_screen_at(g, row,
									col);
			int w = c->glyph[0] ? sim_glyph_width(c->glyph) : 0;

			ck_assert_int_ge(w, 0);
			ck_assert_int_le(w, 2);
			if (w == 2)
				ck_assert(col + 1 < g->cols &&
					  !c[1].glyph[0]);
			if (w == 0)
				ck_assert(col > 0 &&
					  sim_glyph_width(c[-1].glyph) == 2);
		}
	}
}

/* Somebody looks here and there. */
static void look(struct market *m)
{
	static const char *const studies[] = { "", "sma:20 rsi:14",
					       "bbands macd", "atr" };
	struct sim_err err;
	int by = (int)market_pick(m, 41) - 20;

	switch (market_pick(m, 15)) {
	case 0:
		sim_dash_layout(d, (enum sim_dash_layout)market_pick(m, 4));
		break;
	case 1:
		sim_dash_focus_next(d, by);
		break;
	case 2:
		sim_dash_move(d, (enum sim_dash_move)market_pick(m, 5), by);
		break;
	case 3:
		sim_dash_zoom(d, (int)market_pick(m, 3));
		break;
	case 4:
		sim_dash_chart_scroll(d, by * 10);
		break;
	case 5:
		sim_dash_chart_zoom(d, by);
		break;
	case 6:
		sim_dash_chart_frame(d, by);
		break;
	case 7:
		sim_dash_chart_kind(d);
		break;
	case 8:
		sim_dash_chart_cursor(d, by);
		break;
	case 9:
		ck_assert(!sim_dash_studies(d, studies[market_pick(m, 4)],
					    &err));
		break;
	case 10:
		sim_dash_filter(d, market_pick(m, 3) ? "" : "s");
		break;
	case 11:
		sim_dash_sort(d, by);
		break;
	case 12:
		sim_dash_drag(d, (int)market_pick(m, 9) - 1,
			      (int)market_pick(m, 60),
			      (int)market_pick(m, 200));
		break;
	case 13:
		sim_dash_help(d, market_pick(m, 4) == 0);
		sim_dash_sheet(d, "A sheet", market_pick(m, 4) ? NULL :
			       "words and 日本語 words\n\nand more of them");
		break;
	default:
		sim_dash_click(d, (int)market_pick(m, 60),
			       (int)market_pick(m, 200));
	}
}

/* Random contents at random sizes: nothing is drawn outside of its box, a frame
 * drawn by what has changed is the one drawn anew, and hearing the same again
 * gives it again. */
static void one_conversation(uint64_t seed, int n)
{
	struct market m;
	struct sim_screen *fresh = sim_screen_text(10, 40, "");
	size_t cells;

	market_start(&m, seed, 1 + (int)(seed % 23));
	for (int i = 0; i < n; i++) {
		market_next(&m);
		market_hear(&m, d);
		if (market_pick(&m, 3) == 0)
			look(&m);
		if (market_pick(&m, 6) == 0)
			sim_screen_resize(s, 1 + (int)market_pick(&m, 70),
					  1 + (int)market_pick(&m, 250));
		s->set = fresh->set = (enum sim_glyph_set)(seed % 3);
		sim_dash_draw(d, s);
		ck_assert_uint_eq(s->outside, 0);
		if (i % 8)
			continue;
		check_grid(s);
		sim_screen_resize(fresh, s->rows, s->cols);
		sim_dash_draw(d, fresh);
		cells = (size_t)s->rows * (size_t)s->cols;
		for (size_t k = 0; k < cells; k++)
			ck_assert_msg(!strcmp(s->cells[k].glyph,
					      fresh->cells[k].glyph) &&
				      s->cells[k].ink == fresh->cells[k].ink,
				      "seed %d step %d cell %zu,%zu of %dx%d: "
				      "\"%s\" %x is not \"%s\" %x",
				      (int)seed, i, k / (size_t)s->cols,
				      k % (size_t)s->cols, s->cols, s->rows,
				      s->cells[k].glyph, s->cells[k].ink,
				      fresh->cells[k].glyph,
				      fresh->cells[k].ink);
	}
	sim_screen_close(fresh);
	sim_buf_release(&m.line);
}

START_TEST(frames_fit)
{
	one_conversation((uint64_t)_i * 7919 + 1,
			 getenv("SIM_LONG") ? 2000 : 110);
}
END_TEST

START_TEST(heard_again)
{
	struct market m;
	char *was = NULL;

	for (int turn = 0; turn < 2; turn++) {
		market_start(&m, 42, 9);
		for (int i = 0; i < 300; i++) {
			market_next(&m);
			market_hear(&m, d);
		}
		sim_buf_release(&m.line);
		if (turn == 0) {
			was = strdup(frame());
			sim_dash_forget(d);
			ck_assert_str_ne(frame(), was);
		}
	}
	ck_assert_str_eq(frame(), was);
	free(was);
}
END_TEST

static char *frame_after(struct market *m, int n)
{
	for (int i = 0; i < n; i++) {
		market_next(m);
		market_hear(m, d);
	}
	return strdup(frame());
}

/* Back to what was kept, and on again: the same frames. */
START_TEST(kept_and_restored)
{
	struct market m, again;
	struct sim_dash_saved *kept;
	char *there, *then, *further;

	market_start(&m, (uint64_t)_i + 5, 7);
	there = frame_after(&m, 120);
	kept = sim_dash_save(d);
	ck_assert_uint_gt(sim_dash_saved_bytes(kept), 1000);
	again = m;
	again.line = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	further = frame_after(&m, 120);
	sim_dash_restore(d, kept);
	ck_assert_str_eq(frame(), there);
	then = frame_after(&again, 120);
	ck_assert_str_eq(then, further);
	sim_dash_restore(d, kept);
	ck_assert_str_eq(frame(), there);
	sim_dash_saved_free(kept);
	sim_buf_release(&m.line);
	sim_buf_release(&again.line);
	free(there);
	free(then);
	free(further);
}
END_TEST

static size_t kept_bytes(void)
{
	struct sim_dash_saved *saved = sim_dash_save(d);
	size_t bytes = sim_dash_saved_bytes(saved);

	sim_dash_saved_free(saved);
	return bytes;
}

/* An hour and more of bars takes no more than its first minutes. */
START_TEST(bars_do_not_grow)
{
	size_t bytes = 0;
	struct market m;

	market_start(&m, 5, 3);
	m.is_plain = true;
	for (int i = 0; i < 300; i++) {
		market_tick(&m);
		market_hear(&m, d);
		if (i == 70)
			bytes = kept_bytes();
	}
	ck_assert_uint_eq(kept_bytes(), bytes);
	sim_buf_release(&m.line);
}
END_TEST

/* More bars, fills and points than are kept: the newest are there, all are
 * counted. */
START_TEST(memory_is_bounded)
{
	int n = getenv("SIM_LONG") ? 200000 : 17000;
	size_t bytes[2] = { 0, 0 };
	struct market m;

	market_start(&m, 3, 2);
	m.is_plain = true;
	for (int i = 0; i < n; i++) {
		market_tick(&m);
		market_hear(&m, d);
		market_fill(&m);
		market_hear(&m, d);
		if (i % 100 == 0) {
			market_account(&m);
			market_hear(&m, d);
			sim_dash_log(d, SIM_THEME_TEXT, false, "line");
		}
		/* Once everything is full, nothing grows. */
		if (i == 16500 || i == n - 1)
			bytes[i == n - 1] = kept_bytes();
	}
	ck_assert_uint_eq(bytes[0], bytes[1]);
	ck_assert_uint_eq(sim_dash_facts(d).n_fills, (uint64_t)n);
	ck_assert_uint_eq(sim_dash_facts(d).step, (uint64_t)n);
	sim_dash_focus(d, SIM_DASH_fills);
	sim_dash_move(d, SIM_DASH_END, 1);
	ck_assert_ptr_nonnull(sim_dash_pick(d).execution_id);
	ck_assert_int_eq(strtol(sim_dash_pick(d).execution_id + 1, NULL, 10),
			 n - SIM_DASH_FILLS + 1);
	frame();
	sim_buf_release(&m.line);
}
END_TEST

/* -- whose clock ------------------------------------------------------------*/

#define CALENDAR "zones.cal"		/* written below */
#define ZONE "/usr/share/zoneinfo/Asia/Kolkata"
#define DETAILS(sym, cal) "{\"type\":\"session_details\",\"data\":{" \
	"\"session_id\":\"s\",\"state\":\"running\",\"symbols\":[\"" sym \
	"\"],\"start_date\":\"2024-01-02T00:00:00Z\",\"end_date\":" \
	"\"2024-01-03T00:00:00Z\",\"initial_capital\":1,\"timeframe\":" \
	"\"1min\",\"warmup_bars\":0,\"created_at\":\"2024-01-02T00:00:00Z\"," \
	"\"sequence_id\":0,\"ticks_total\":9,\"progress_pct\":0," \
	"\"instruments\":{\"" sym "\":{\"tick\":1,\"cal\":\"" cal "\"}}}}"

static const struct clock {
	const char *details;
	const char *clock, *beside;	/* when it is 14:31 in UTC */
} clocks[] = {
	{ DETAILS("ACME", "XNYS"), "09:31:00 XNYS", "09:31 XNYS" },
	{ DETAILS("ACME", "24/5"), "09:31:00 24/5", "09:31 24/5" },
	{ DETAILS("ACME", "24/7"), "14:31:00 24/7", NULL },
	{ DETAILS("ACME", "zones"), "20:01:00 zones", "20:01 zones" },
	/* Known to a server alone: nobody here can say. */
	{ DETAILS("ACME", "elsewhere"), "14:31:00 UTC", NULL },
};

START_TEST(exchange_is_the_calendars)
{
	const struct clock *c = &clocks[_i];
	FILE *f = fopen(CALENDAR, "w");

	ck_assert_ptr_nonnull(f);
	if (strstr(c->details, "zones") && access(ZONE, R_OK))
		return;			/* without zones of the system */
	fputs("zone Asia/Kolkata\nhours mon-fri 09:15-15:30\n", f);
	fclose(f);
	sim_dash_calendars(d, ".");
	hear(c->details);
	hear(TICK("1", "31", "11"));
	if (c->beside)
		ck_assert_msg(shows(c->beside), "%s", frame());
	else
		ck_assert_msg(!shows("14:31 "), "%s", frame());
	sim_dash_zone(d, SIM_DASH_EXCHANGE);
	ck_assert_msg(shows(c->clock), "%s", frame());
	remove(CALENDAR);
}
END_TEST

/* Of two symbols it is the calendar of the one that is looked at. */
START_TEST(exchange_is_the_symbols)
{
	hear(DETAILS("COIN", "24/7"));
	hear(DETAILS("ACME", "XNYS"));
	hear(TICK("1", "31", "11"));
	sim_dash_zone(d, SIM_DASH_EXCHANGE);
	ck_assert(sim_dash_select_symbol(d, "COIN"));
	ck_assert_msg(shows("14:31:00 24/7"), "%s", frame());
	ck_assert(sim_dash_select_symbol(d, "ACME"));
	ck_assert_msg(shows("09:31:00 XNYS"), "%s", frame());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dash");
	TCase *t = tcase_create("model"), *p = tcase_create("properties");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, nothing_twice);
	tcase_add_test(t, orders_live_and_die);
	tcase_add_test(t, asks_for_what_it_lacks);
	tcase_add_test(t, equity_is_marked);
	tcase_add_test(t, selection_stays);
	tcase_add_test(t, other_sessions_are_rows);
	tcase_add_test(t, stale_is_seen);
	tcase_add_test(t, history_comes_before_or_after);
	tcase_add_test(t, looks);
	tcase_add_test(t, mouse);
	tcase_add_loop_test(t, extremes, 0, 4);
	tcase_add_loop_test(t, exchange_is_the_calendars, 0,
			    (int)(sizeof(clocks) / sizeof(clocks[0])));
	tcase_add_test(t, exchange_is_the_symbols);
	tcase_add_checked_fixture(p, set_up, tear_down);
	tcase_add_loop_test(p, frames_fit, 0, 12);
	tcase_add_test(p, heard_again);
	tcase_add_loop_test(p, kept_and_restored, 0, 3);
	tcase_add_test(p, bars_do_not_grow);
	tcase_add_test(p, memory_is_bounded);
	tcase_set_timeout(p, 600);
	suite_add_tcase(suite, t);
	suite_add_tcase(suite, p);
	return run_suite(suite);
}
