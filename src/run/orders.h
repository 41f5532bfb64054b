/*
 * orders: a list of orders as a file, CSV or NDJSON.
 *
 * Columns (or keys) are the rows of orders.c: time, symbol, side, type,
 * quantity (a number, N% of equity, or all) or notional or risk, limit (or
 * price), stop, trail, take_profit, stop_loss, bracket_trail, time_in_force,
 * expire_at, oco, reduce_only.  `time` is the stamp of a bar of that symbol;
 * the order is submitted when that bar has closed.  For daily bars an
 * exchange date will do.  Instead of it, `at` is the end of a step.  A row
 * with cancel or replace is about an order before it, by its number.
 */
#ifndef SIM_ORDERS_H
#define SIM_ORDERS_H

#include "model/order.h"
#include "util/buf.h"

#define SIM_ORDERS_MAX		10000000	/* orders in a list */
#define SIM_ORDERS_BYTES_MAX	((size_t)2 << 30)
#define SIM_ORDERS_LINE_MAX	4096

enum sim_orders_kind {
	SIM_ORDERS_SUBMIT, SIM_ORDERS_CANCEL, SIM_ORDERS_REPLACE
};

struct sim_orders_row {
	sim_time time;
	bool is_date;		/* time is midnight of an exchange day */
	bool is_end;			/* time is the end of a step */
	uint8_t kind;			/* enum sim_orders_kind */
	uint32_t order;		/* what is cancelled or replaced */
	uint32_t oco_with;		/* an order's number, or 0 */
	uint32_t sym;			/* index into .symbols */
	uint32_t line;			/* in the file, from 1 */
	uint32_t oco;			/* group number from 1; 0: none */
	struct sim_order_req req;	/* .sym and .oco_with are not set;
					 * REPLACE: .size, .limit, .stop */
};

struct sim_orders {
	char *name;			/* of the file, for messages */
	bool is_ndjson;
	struct sim_buf text;		/* the bytes as they were read */
	struct sim_orders_row *rows;	/* in file order */
	size_t n, cap;
	char (*symbols)[33];		/* each once, as they came */
	size_t symbols_cap;
	uint32_t nsyms;
	uint32_t *table;		/* finds symbols: their index + 1 */
	size_t table_size;
	uint32_t groups;		/* highest OCO group number */
};

/*
 * Parse a list.  The format is seen from the first byte that is not blank:
 * '{' is NDJSON.
 *
 * Takes:  the bytes are copied.
 * Gives:  *o, owned by the caller (free); a list may be empty.
 * Errors: SIM_E_DATA with file, line, column, value and reason.
 */
int sim_orders_parse(const char *name, const char *p, size_t n,
		     struct sim_orders **o, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_orders_free(struct sim_orders *o);

#endif
