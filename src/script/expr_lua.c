/* expr_lua: makes the state, lends it the functions and runs what was
 * translated; what Lua says about a failure becomes a sentence here. */
#include "script/expr_lua.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "script/lua_state.h"
#include "util/fmath.h"
#include "util/mem.h"
#include "util/str.h"

#define CHUNK	"=e"		/* Lua's messages start with "e:1: " */

int sim_expr_lua_error(lua_State *L, const char *fmt, ...)
{
	char say[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(say, sizeof(say), fmt, ap);
	va_end(ap);
	lua_pushstring(L, say);
	return lua_error(L);
}

/* -- functions ----------------------------------------------------------- */

static const char *type_word(lua_State *L, int at)
{
	switch (lua_type(L, at)) {
	case LUA_TSTRING:
		return "a text";
	case LUA_TBOOLEAN:
		return "a truth";
	case LUA_TNUMBER:
		return "a number";
	default:
		return "nothing";
	}
}

/* Push nil when one of the values is. */
static bool any_nil(lua_State *L)
{
	for (int i = 1; i <= lua_gettop(L); i++)
		if (lua_isnil(L, i)) {
			lua_pushnil(L);
			return true;
		}
	return false;
}

/* The function that runs: its first upvalue says which. */
static const struct sim_expr_lua_row *row_here(lua_State *L)
{
	return sim_expr_lua_row((int)lua_tointeger(L, lua_upvalueindex(1)));
}

static double number_at(lua_State *L, int at)
{
	if (lua_type(L, at) != LUA_TNUMBER)
		sim_expr_lua_error(L, "%s needs numbers, not %s",
				   row_here(L)->signature, type_word(L, at));
	return lua_tonumber(L, at);
}

static const char *text_at(lua_State *L, int at, size_t *len)
{
	if (lua_type(L, at) != LUA_TSTRING)
		sim_expr_lua_error(L, "%s needs texts, not %s",
				   row_here(L)->signature, type_word(L, at));
	return lua_tolstring(L, at, len);
}

/* A number, or nil for what is none. */
static int give(lua_State *L, double v)
{
	if (isnan(v))
		lua_pushnil(L);
	else
		lua_pushnumber(L, v);
	return 1;
}

static int of_number(lua_State *L)
{
	return any_nil(L) ? 1 : give(L, row_here(L)->number(number_at(L, 1)));
}

static double sign_of(double x)
{
	return (x > 0) - (x < 0);
}

static double log_of(double x)
{
	return x > 0 ? sim_fmath_log(x) : x == 0 ? -INFINITY : NAN;
}

static double root_of(double x)
{
	return x >= 0 ? sqrt(x) : NAN;
}

/* By squaring, exact while the products are. */
static double power_whole(double x, int n)
{
	double r = 1;

	for (int k = n < 0 ? -n : n; k; k >>= 1, x *= x)
		if (k & 1)
			r *= x;
	return n < 0 ? 1 / r : r;
}

static double power(double x, double y)
{
	if (y == floor(y) && fabs(y) <= 1024)
		return power_whole(x, (int)y);
	if (y == 0.5)
		return root_of(x);
	if (x < 0 && y == floor(y))
		return (fmod(y, 2) == 0 ? 1 : -1) * sim_fmath_pow(-x, y);
	return x < 0 ? NAN : sim_fmath_pow(x, y);
}

static int f_pow(lua_State *L)
{
	return any_nil(L) ? 1
		: give(L, power(number_at(L, 1), number_at(L, 2)));
}

static int extreme(lua_State *L, bool up)
{
	double best, v;

	if (any_nil(L))
		return 1;
	best = number_at(L, 1);
	for (int i = 2; i <= lua_gettop(L); i++) {
		v = number_at(L, i);
		if (up ? v > best : v < best)
			best = v;
	}
	return give(L, best);
}

static int f_max(lua_State *L)
{
	return extreme(L, true);
}

static int f_min(lua_State *L)
{
	return extreme(L, false);
}

static int f_len(lua_State *L)
{
	size_t n;

	if (any_nil(L))
		return 1;
	text_at(L, 1, &n);
	lua_pushinteger(L, (lua_Integer)n);
	return 1;
}

static int change_case(lua_State *L, char from, int step)
{
	luaL_Buffer b;
	const char *s;
	size_t n;

	if (any_nil(L))
		return 1;
	s = text_at(L, 1, &n);
	luaL_buffinit(L, &b);
	for (size_t i = 0; i < n; i++)
		luaL_addchar(&b, s[i] >= from && s[i] < from + 26
				 ? (char)(s[i] + step) : s[i]);
	luaL_pushresult(&b);
	return 1;
}

static int f_lower(lua_State *L)
{
	return change_case(L, 'A', 'a' - 'A');
}

static int f_upper(lua_State *L)
{
	return change_case(L, 'a', 'A' - 'a');
}

enum { STARTS = 1, ENDS = 2 };

static int find_part(lua_State *L, unsigned where)
{
	const char *s, *part;
	size_t n, m;
	bool found;

	if (any_nil(L))
		return 1;
	s = text_at(L, 1, &n);
	part = text_at(L, 2, &m);
	found = m <= n && (where ? !memcmp(where == STARTS ? s : s + n - m,
					   part, m)
				 : strstr(s, part) != NULL);
	lua_pushboolean(L, found);
	return 1;
}

static int f_contains(lua_State *L)
{
	return find_part(L, 0);
}

static int f_starts_with(lua_State *L)
{
	return find_part(L, STARTS);
}

static int f_ends_with(lua_State *L)
{
	return find_part(L, ENDS);
}

#define N SIM_EXPR_PARSE_NUM
#define T SIM_EXPR_PARSE_TEXT
#define B SIM_EXPR_PARSE_BOOL
static const struct sim_expr_lua_row rows[] = {
	{ "abs", "abs(x)", 1, 1, N, N, fabs, NULL },
	{ "ceil", "ceil(x)", 1, 1, N, N, ceil, NULL },
	{ "contains", "contains(text, part)", 2, 2, T, B, NULL, f_contains },
	{ "ends_with", "ends_with(text, part)", 2, 2, T, B, NULL, f_ends_with },
	{ "exp", "exp(x)", 1, 1, N, N, sim_fmath_exp, NULL },
	{ "floor", "floor(x)", 1, 1, N, N, floor, NULL },
	{ "len", "len(text)", 1, 1, T, N, NULL, f_len },
	{ "log", "log(x)", 1, 1, N, N, log_of, NULL },
	{ "lower", "lower(text)", 1, 1, T, T, NULL, f_lower },
	{ "max", "max(x, ...)", 1, 32, N, N, NULL, f_max },
	{ "min", "min(x, ...)", 1, 32, N, N, NULL, f_min },
	{ "pow", "pow(x, y)", 2, 2, N, N, NULL, f_pow },
	{ "round", "round(x)", 1, 1, N, N, round, NULL },
	{ "sign", "sign(x)", 1, 1, N, N, sign_of, NULL },
	{ "sqrt", "sqrt(x)", 1, 1, N, N, root_of, NULL },
	{ "starts_with", "starts_with(text, part)", 2, 2, T, B, NULL,
	  f_starts_with },
	{ "upper", "upper(text)", 1, 1, T, T, NULL, f_upper },
};
#undef N
#undef T
#undef B
#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

const struct sim_expr_lua_row *sim_expr_lua_row(int i)
{
	return i >= 0 && i < ROWS ? &rows[i] : NULL;
}

const struct sim_expr_lua_row *sim_expr_lua_find(const char *name)
{
	for (int i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

/* -- comparison and nil -------------------------------------------------- */

/* a < b is -1, equal 0, a > b 1; 2 when there is no answer. */
static int compare(lua_State *L)
{
	int ta = lua_type(L, 1), tb = lua_type(L, 2), c;
	double a, b;

	if (ta == LUA_TNUMBER && tb == LUA_TNUMBER) {
		a = lua_tonumber(L, 1);
		b = lua_tonumber(L, 2);
		return a == b ? 0 : a < b ? -1 : a > b ? 1 : 2;
	}
	if (ta == LUA_TSTRING && tb == LUA_TSTRING) {
		c = strcmp(lua_tostring(L, 1), lua_tostring(L, 2));
		return (c > 0) - (c < 0);
	}
	if (ta == LUA_TNIL || tb == LUA_TNIL)
		return 2;
	return sim_expr_lua_error(L, "%s and %s cannot be compared",
				  type_word(L, 1), type_word(L, 2));
}

static int less(lua_State *L)
{
	lua_pushboolean(L, compare(L) == -1);
	return 1;
}

static int less_or_equal(lua_State *L)
{
	lua_pushboolean(L, compare(L) <= 0);
	return 1;
}

static int greater(lua_State *L)
{
	lua_pushboolean(L, compare(L) == 1);
	return 1;
}

static int greater_or_equal(lua_State *L)
{
	int c = compare(L);

	lua_pushboolean(L, c == 0 || c == 1);
	return 1;
}

/* What an operator gives that met nil. */
static int nothing(lua_State *L)
{
	lua_pushnil(L);
	return 1;
}

static void teach_nil(lua_State *L)
{
	static const char *const all[] = {
		"__add", "__sub", "__mul", "__div", "__mod", "__unm",
		"__concat"
	};

	lua_pushnil(L);
	lua_newtable(L);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		lua_pushcfunction(L, nothing);
		lua_setfield(L, -2, all[i]);
	}
	lua_setmetatable(L, -2);
	lua_pop(L, 1);
}

/* -- the state ----------------------------------------------------------- */

static void lend(lua_State *L, sim_expr_lua_fn *extra, void *ctx)
{
	char name[32];

	lua_register(L, "c_lt", less);
	lua_register(L, "c_le", less_or_equal);
	lua_register(L, "c_gt", greater);
	lua_register(L, "c_ge", greater_or_equal);
	for (int i = 0; i < ROWS; i++) {
		lua_pushinteger(L, i);
		lua_pushcclosure(L, rows[i].fn ? rows[i].fn : of_number, 1);
		snprintf(name, sizeof(name), "g_%s", rows[i].name);
		lua_setglobal(L, name);
	}
	if (!extra)
		return;
	*(void **)lua_newuserdata(L, sizeof(void *)) = ctx;
	lua_pushcclosure(L, extra, 1);
	lua_setglobal(L, "push");
}

/* local f0,f1=... ; what comes before; return the expression */
static void put_chunk(const struct sim_expr_parse *p, struct sim_buf *b)
{
	for (size_t i = 0; i < p->nslots; i++)
		sim_buf_printf(b, "%sf%zu", i ? "," : "local ", i);
	sim_buf_puts(b, p->nslots ? "=... " : "");
	sim_buf_puts(b, p->pre.len ? sim_buf_str(&p->pre) : "");
	sim_buf_puts(b, "return ");
	sim_buf_add(b, p->out.data, p->out.len);
}

int sim_expr_lua_new(const struct sim_expr_parse *p, sim_expr_lua_fn *extra,
		     void *ctx, lua_State **out, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	lua_State *L = sim_lua_state_bare();
	int rc;

	lend(L, extra, ctx);
	teach_nil(L);
	put_chunk(p, &b);
	rc = luaL_loadbuffer(L, b.data, b.len, CHUNK);
	sim_buf_release(&b);
	if (rc) {
		lua_close(L);
		return sim_expr_lex_fail(&p->lex, err, "the expression has too "
					 "many parts; write it shorter");
	}
	*out = L;
	return SIM_OK;
}

void sim_expr_lua_free(lua_State *L)
{
	if (L)
		lua_close(L);
}

void sim_expr_lua_begin(lua_State *L)
{
	lua_settop(L, 1);
	lua_pushvalue(L, 1);
}

void sim_expr_lua_value(lua_State *L, const struct sim_expr_value *v)
{
	switch (v->type) {
	case SIM_EXPR_BOOL:
		lua_pushboolean(L, v->b);
		break;
	case SIM_EXPR_NUM:
		give(L, v->num);
		break;
	case SIM_EXPR_STR:
		lua_pushstring(L, v->str);
		break;
	case SIM_EXPR_NIL:
		lua_pushnil(L);
		break;
	}
}

/* The field whose local Lua's message names: "... local 'f3' (a ...". */
static const char *named(const struct sim_expr_parse *p, const char *msg)
{
	const char *at = strstr(msg, "local 'f");
	unsigned long i;
	char *end;

	if (!at)
		return NULL;
	i = strtoul(at + 8, &end, 10);
	return *end == '\'' && i < p->nslots ? p->names[p->slot[i]] : NULL;
}

static int say(const struct sim_expr_parse *p, const char *msg,
	       struct sim_err *err)
{
	char quoted[SIM_STR_QUOTEMAX];
	const char *is = strstr(msg, "a boolean") ? "a truth" : "a text";
	const char *name = named(p, msg);

	sim_str_quote(p->lex.text, strlen(p->lex.text), quoted);
	if (strncmp(msg, "e:1: ", 5))
		return sim_err_set(err, SIM_E_DATA, "%s %s: %s", p->lex.what,
				   quoted, msg);
	if (strstr(msg, "concatenate"))
		return sim_err_set(err, SIM_E_DATA, "%s %s: .. joins texts and "
				   "numbers, and %s is a truth", p->lex.what,
				   quoted, name ? name : "one side");
	return sim_err_set(err, SIM_E_DATA, "%s %s: arithmetic needs numbers, "
			   "and %s is %s", p->lex.what, quoted,
			   name ? name : "one side", is);
}

int sim_expr_lua_run(lua_State *L, const struct sim_expr_parse *p,
		     struct sim_expr_value *out, struct sim_err *err)
{
	if (lua_pcall(L, lua_gettop(L) - 2, 1, 0))
		return say(p, lua_tostring(L, -1), err);
	*out = (struct sim_expr_value){ .type = SIM_EXPR_NIL };
	switch (lua_type(L, -1)) {
	case LUA_TBOOLEAN:
		out->type = SIM_EXPR_BOOL;
		out->b = lua_toboolean(L, -1);
		break;
	case LUA_TNUMBER:
		out->num = lua_tonumber(L, -1);
		if (!isnan(out->num))
			out->type = SIM_EXPR_NUM;
		break;
	case LUA_TSTRING:
		out->type = SIM_EXPR_STR;
		out->str = lua_tostring(L, -1);
		break;
	default:
		break;
	}
	return SIM_OK;
}

bool sim_expr_lua_truth(const struct sim_expr_value *v)
{
	return v->type != SIM_EXPR_NIL && (v->type != SIM_EXPR_BOOL || v->b);
}
