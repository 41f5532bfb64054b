/*
 * lua_api: the functions of C that the driver calls while a script is set up,
 * as Lua functions; see driver.lua.
 */
#include <lauxlib.h>
#include <lua.h>

#include <string.h>

#include "strategy/lua_priv.h"
#include "util/str.h"

static const char cdef_text[] =
#include "strategy/lua_core.inc"
;

/* -- lists of names -------------------------------------------------------- */

static void push_names(lua_State *L, const char *const *names, int n)
{
	lua_createtable(L, n, 0);
	for (int i = 0; i < n; i++) {
		lua_pushstring(L, names[i]);
		lua_rawseti(L, -2, i + 1);
	}
}

/* "high, low and close" for messages; true in *real when any series will do. */
static void push_inputs(lua_State *L, const struct sim_ta_row *row, bool *real)
{
	luaL_Buffer b;

	*real = false;
	luaL_buffinit(L, &b);
	for (int i = 0; i < row->n_inputs; i++) {
		*real |= !strcmp(row->inputs[i], "real");
		if (i)
			luaL_addstring(&b, i + 1 < row->n_inputs ? ", "
								 : " and ");
		luaL_addstring(&b, row->inputs[i]);
	}
	luaL_pushresult(&b);
}

/* row(name): what an indicator is, or nil. */
static int l_row(lua_State *L)
{
	const struct sim_ta_row *row = sim_ta_lookup(luaL_checkstring(L, 1));
	const char *options[SIM_TA_OPTIONS];
	bool real;

	if (!row)
		return 0;
	lua_newtable(L);
	lua_pushstring(L, row->name);
	lua_setfield(L, -2, "name");
	push_inputs(L, row, &real);
	lua_setfield(L, -2, "inputs");
	lua_pushboolean(L, real);
	lua_setfield(L, -2, "real");
	for (int i = 0; i < row->n_options; i++)
		options[i] = row->options[i].name;
	push_names(L, options, row->n_options);
	lua_setfield(L, -2, "options");
	push_names(L, row->outputs, row->n_outputs);
	lua_setfield(L, -2, "outputs");
	return 1;
}

static struct sim_lua *self_of(lua_State *L)
{
	return lua_touserdata(L, lua_upvalueindex(1));
}

/* lookback(id): bars until an indicator has a value. */
static int l_lookback(lua_State *L)
{
	int id = (int)luaL_checkinteger(L, 1);

	lua_pushinteger(L, self_of(L)->feed.ask[id].lookback);
	return 1;
}

/* near(word, list): the nearest of a list, or nil. */
static int l_near(lua_State *L)
{
	const char *list[256];
	size_t n = 0;

	for (; n < 255; n++) {
		lua_rawgeti(L, 2, (int)n + 1);
		list[n] = lua_tostring(L, -1);
		lua_pop(L, 1);
		if (!list[n])
			break;
	}
	list[n] = NULL;
	lua_pushstring(L, sim_str_near(luaL_checkstring(L, 1), list));
	return 1;
}

static bool parse_side(const char *s, int *out)
{
	enum sim_side v;

	return sim_vocab_side_parse(s, &v) && (*out = (int)v, true);
}

static bool parse_type(const char *s, int *out)
{
	enum sim_order_type v;

	return sim_vocab_order_type_parse(s, &v) && (*out = (int)v, true);
}

static bool parse_tif(const char *s, int *out)
{
	enum sim_tif v;

	return sim_vocab_tif_parse(s, &v) && (*out = (int)v, true);
}

/* word(kind, text): the code of a word, or nil. */
static int l_word(lua_State *L)
{
	static const struct {
		const char *kind;
		bool (*parse)(const char *s, int *out);
	} kinds[] = {
		{ "side", parse_side }, { "type", parse_type },
		{ "tif", parse_tif },
	};
	const char *kind = luaL_checkstring(L, 1);
	const char *text = luaL_checkstring(L, 2);
	int code;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, kind) ||
		    !kinds[i].parse(text, &code))
			continue;
		lua_pushinteger(L, code);
		return 1;
	}
	return 0;
}

/* number_text(x): the shortest text that reads back as x. */
static int l_number_text(lua_State *L)
{
	char buf[SIM_STR_DOUBLEMAX];
	size_t n = sim_str_double(luaL_checknumber(L, 1), buf);

	lua_pushlstring(L, buf, n);
	return 1;
}

/* param(name, value): one more effective parameter, in their order. */
static int l_param(lua_State *L)
{
	struct sim_lua *l = self_of(L);

	if (l->nparams == SIM_LUA_PARAMS)
		return luaL_error(L, "a script may have %d parameters",
				  SIM_LUA_PARAMS);
	l->params[l->nparams].name = sim_mem_strdup(luaL_checkstring(L, 1));
	l->params[l->nparams++].value =
		sim_mem_strdup(luaL_checkstring(L, 2));
	return 0;
}

static void push_codes(lua_State *L, const char *field,
		       const char *const *names, int n)
{
	lua_createtable(L, 0, n);
	for (int i = 0; i < n; i++) {
		lua_pushinteger(L, i);
		lua_setfield(L, -2, names[i]);
	}
	lua_setfield(L, -2, field);
}

void sim_lua_api_push(struct sim_lua *l)
{
	static const char *const sizes[] = {
		[SIM_ORDER_SIZE_QTY] = "qty",
		[SIM_ORDER_SIZE_NOTIONAL] = "notional",
		[SIM_ORDER_SIZE_PERCENT] = "percent",
		[SIM_ORDER_SIZE_ALL] = "all", [SIM_ORDER_SIZE_RISK] = "risk",
	};
	static const char *const notes[] = {
		[SIM_NOTE_METRIC] = "metric", [SIM_NOTE_MARK] = "mark",
		[SIM_NOTE_LOG] = "log",
	};
	static const luaL_Reg functions[] = {
		{ "row", l_row }, { "lookback", l_lookback },
		{ "near", l_near }, { "word", l_word },
		{ "number_text", l_number_text }, { "param", l_param },
	};
	lua_State *L = sim_lua_state_get(l->state);

	lua_newtable(L);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]);
	     i++) {
		lua_pushlightuserdata(L, l);
		lua_pushcclosure(L, functions[i].func, 1);
		lua_setfield(L, -2, functions[i].name);
	}
	lua_pushstring(L, cdef_text);
	lua_setfield(L, -2, "cdef");
	push_codes(L, "size", sizes, 5);
	push_codes(L, "note", notes, 3);
}
