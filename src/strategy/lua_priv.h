/*
 * lua_priv: what the files of the Lua form share.
 */
#ifndef SIM_LUA_PRIV_H
#define SIM_LUA_PRIV_H

#include "script/lua_state.h"
#include "strategy/form.h"
#include "strategy/watchdog.h"
#include "ta/ta.h"
#include "util/mem.h"

#include "strategy/lua_core.def"

#define SIM_LUA_INDS 256		/* indicators of a script */
#define SIM_LUA_PARAMS 64

/* A column's place in sim_lua_bars. */
enum { SIM_LUA_TS, SIM_LUA_OPEN, SIM_LUA_HIGH, SIM_LUA_LOW, SIM_LUA_CLOSE,
       SIM_LUA_VOLUME, SIM_LUA_COLS };

/* An indicator as asked for, the same for every symbol. */
struct sim_lua_ask {
	const struct sim_ta_row *row;
	double opts[SIM_TA_OPTIONS];
	int32_t src, window;
	int32_t from[SIM_TA_INPUTS];	/* columns; or minus 1: ind, out */
	int32_t ind, out;
	int32_t lookback;		/* bars before its first value */
};

/* Streams and rings of all symbols. */
struct sim_lua_feed {
	struct sim_lua_core *core;
	struct sim_lua_ask ask[SIM_LUA_INDS];
	struct sim_lua_line {		/* what every bar looks at */
		int16_t src, sum_of;	/* a column; 0: a stream */
	} line[SIM_LUA_INDS];
	int32_t n;
	int32_t nsrc;			/* 1 and the higher timeframes */
	bool by_source[SIM_STRATEGY_FRAMES + 1];	/* has indicators */
	struct sim_ta_stream **streams;	/* [id * nsyms + symbol] */
};

/* Ask for an indicator.  Errors: SIM_E_INVAL. */
int sim_lua_feed_add(struct sim_lua_feed *f, struct sim_lua_wish *w,
		     struct sim_err *err) SIM_MUST_CHECK;
/* All are asked for: make them; core->depth and .pending follow. */
void sim_lua_feed_make(struct sim_lua_feed *f);
/* Bars up to and with the newest of symbol i in a source have closed, of
 * which `from` and later are new.  Errors: SIM_E_OVERFLOW. */
int sim_lua_feed_push(struct sim_lua_feed *f, int32_t src, uint32_t i,
		      int32_t from, struct sim_err *err) SIM_MUST_CHECK;
void sim_lua_feed_release(struct sim_lua_feed *f);

struct sim_lua {
	struct sim_lua_core core;
	struct sim_lua_feed feed;
	struct sim_lua_state *state;
	struct sim_watchdog dog;
	struct sim_strategy_ops ops;
	struct sim_strategy_view *view;
	struct sim_err fatal;		/* what the host ended the run with */
	const char *place;		/* "in on_start", or NULL: a bar */
	struct sim_lua_update *updates;	/* since the last step */
	size_t nupdates, updates_cap;
	struct {
		char *name, *value;
	} params[SIM_LUA_PARAMS];
	int nparams;
	char label[SIM_FORM_NAME_MAX];
	char where[160];
};

/* The part of core that trades: its functions. */
void sim_lua_order_bind(struct sim_lua *l);
/* Push the table of functions that the driver is given. */
void sim_lua_api_push(struct sim_lua *l);
/* Fill core->fill and an update. */
void sim_lua_order_fill(struct sim_lua *l, const struct sim_fill *f);
void sim_lua_order_note(struct sim_lua *l, const struct sim_event *ev);

#endif
