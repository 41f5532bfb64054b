/* The sandbox: what a script may do gives the values it should, what it may
 * not ends in a sentence; with and without compiling. */
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "script/lua_state.h"
#include "suite.h"
#include "util/mem.h"

#define MIB ((size_t)1 << 20)

/* Run a text; its first result as text, or the fault's sentence. */
static void eval(const char *text, char out[600], int want_rc)
{
	struct sim_lua_state *s;
	struct sim_lua_state_fault f = { .line = 0 };
	struct sim_err err = SIM_ERR_INIT;
	int rc;

	ck_assert_int_eq(sim_lua_state_new(32 * MIB, 7, &s, &err), 0);
	rc = sim_lua_state_load(s, text, strlen(text), "t.lua", &err);
	if (!rc) {
		rc = sim_lua_state_call(s, 0, 1, &f);
		if (rc)
			sim_lua_state_tell(&f, NULL, &err);
	}
	if (rc) {
		snprintf(out, 600, "%s", err.msg);
	} else {
		lua_State *L = sim_lua_state_get(s);

		snprintf(out, 600, "%s", lua_tostring(L, -1) ?
			 lua_tostring(L, -1) : luaL_typename(L, -1));
	}
	sim_lua_state_free(s);
	ck_assert_msg(rc == want_rc, "%s: %s", text, out);
}

static const struct {
	const char *text, *want;
} good[] = {
	{ "return 2 ^ 10", "1024" },
	{ "return -2 ^ 2", "-4" },
	{ "return 2 ^ 3 ^ 2", "512" },
	{ "return 2 ^ -1", "0.5" },
	{ "return 2 ^ 0.5 == math.sqrt(2)", "boolean" },
	{ "return (2 ^ 0.3) == math.pow(2, 0.3) and 'same'", "same" },
	{ "return '2^3' --[[ 1^1 ]] -- 2^2\n", "2^3" },
	{ "return [==[a^]]b]==] .. 'x\\'^'", "a^]]bx'^" },
	{ "return ('10' ^ 2)", "100" },
	{ "return tostring({})", "table" },
	{ "return tostring(print)", "function" },
	{ "return tostring(coroutine.create(print))", "thread" },
	{ "return string.format('%s %s %d', {}, nil, 3)", "table nil 3" },
	{ "return ('%5.2f'):format(1)", " 1.00" },
	{ "return tostring(0/0)", "nan" },
	{ "return (('abc'):gsub('%w', { a = 1, b = 'x' }, 2))", "1xc" },
	{ "return (('abc'):gsub('%w', function(c) return c .. c end))",
	  "aabbcc" },
	{ "for i = 1, 300 do pcall(string.gsub, 'x', '.', error) "
	  "local c = coroutine.create(function() coroutine.yield() error() "
	  "end) coroutine.resume(c) coroutine.resume(c) end return 'level'",
	  "level" },
	{ "local c = coroutine.wrap(function(a) local b = coroutine.yield(a + "
	  "1) return b, nil, 3 end) local s = c(1) return s .. "
	  "select('#', c(5))", "23" },
	{ "local s = '' for k in pairs{b=1, a=2, [3]=1, [1]=1, [true]=1, "
	  "[false]=1} do s = s .. tostring(k) end return s",
	  "13abfalsetrue" },
	{ "local t, s = {}, '' for i = 1000, 1, -1 do t['k' .. i] = i end "
	  "local last for k in pairs(t) do if last and k <= last then "
	  "return 'unsorted' end last = k end return 'sorted'", "sorted" },
	{ "local t, n = {1, 2, 3, x=4}, 0 for k in pairs(t) do t[k] = nil "
	  "n = n + 1 end return n", "4" },
	{ "return next({z=1, y=2})", "y" },
	{ "local k = next({z=1, y=2}, 'y') return k", "z" },
	{ "return next({}) == nil and 'empty'", "empty" },
	{ "local a = math.random() math.randomseed(1) local b = "
	  "math.random() math.randomseed(1) return b == math.random() "
	  "and a ~= b and 'seeded'", "seeded" },
	{ "for i = 1, 1000 do local r = math.random(3) if r < 1 or r > 3 "
	  "or r % 1 ~= 0 then return r end end return 'in range'",
	  "in range" },
	{ "local r = math.random(5, 5) return r", "5" },
	{ "return math.log(8, 2) > 2.99 and math.exp(0)", "1" },
	{ "local C = {} C.__index = C function C.f() return 'm' end "
	  "return setmetatable({}, C).f()", "m" },
	{ "local C = setmetatable({}, {__index = {x = 5}}) "
	  "return setmetatable({}, {__index = C}).x", "5" },
	{ "local t = {} setmetatable({}, t) return getmetatable(t)", "nil" },
	{ "return select('#', unpack({1, 2, 3}))", "3" },
	{ "return getmetatable('') == nil and 'hidden'", "hidden" },
	{ "local f = coroutine.wrap(function() coroutine.yield(4) end) "
	  "return f()", "4" },
	{ "local ok, e = pcall(error, 'x') return e", "x" },
	{ "return type(_G.math)", "table" },
};

START_TEST(gives)
{
	char out[600];

	sim_lua_state_jit(_i & 1);
	eval(good[_i / 2].text, out, 0);
	ck_assert_str_eq(out, good[_i / 2].want);
	sim_lua_state_jit(true);
}
END_TEST

static const struct {
	const char *text, *want;
} bad[] = {
	{ "x = ", "t.lua, line 1: unexpected symbol near '<eof>'" },
	{ "\n\nlocal a = b.c", "t.lua, line 3: attempt to index global 'b' "
	  "(a nil value)" },
	{ "\nos.time()", "t.lua, line 2: os is not there: a script has no "
	  "files, clock or processes" },
	{ "io.open('/etc/passwd')", "no files, clock or processes" },
	{ "require('ffi')", "require is not there" },
	{ "load('return 1')", "may not make code" },
	{ "loadstring('return 1')", "may not make code" },
	{ "dofile('x')", "one file" },
	{ "debug.getinfo(1)", "debug is not there" },
	{ "collectgarbage()", "collectgarbage is not there" },
	{ "setfenv(1, {})", "setfenv is not there" },
	{ "newproxy(true)", "newproxy is not there" },
	{ "jit.off()", "jit is not there" },
	{ "local f = string.dump(print)", "field 'dump' (a nil value)" },
	{ "return ('%p'):format({})", "%p would show an address" },
	{ "return math.sin(1)", "math.sin is not there: its last bits" },
	{ "setmetatable({}, {__mode = 'k'})", "t.lua, line 1: __mode makes" },
	{ "local m = {} setmetatable({}, m) m.__mode = 'k'",
	  "t.lua, line 1: __mode makes a weak table" },
	{ "rawset({}, '__mode', 'v')", "__mode makes" },
	{ "for k in pairs({[{}] = 1}) do end", "t.lua, line 1: a table with "
	  "a table as a key has no fixed order" },
	{ "next({[print] = 1})", "a function as a key" },
	{ "return {} ^ 2", "t.lua, line 1: arithmetic on a table value in a "
	  "power" },
	{ "return 1 ^ nil", "arithmetic on a nil value" },
	{ "error({})", "error() was called with a table instead of a text" },
	{ "error('mine', 0)", "t.lua, line 1: mine" },
	{ "error('two\\nlines.')", "t.lua, line 1: two lines" },
	{ "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
	  "the script holds more than 32 MiB of memory" },
	{ "return ('x'):rep(1e8)", "the script holds more than 32 MiB" },
	{ "local function f() return 1 + f() end f()", "stack overflow" },
	{ "local function f(s) return (s:gsub('.', f)) end f('x')",
	  "t.lua, line 1: string.gsub is nested deeper than 100 times" },
	{ "local m = {} function m.__index() return ('x'):gsub('x', "
	  "setmetatable({}, m)) end ('x'):gsub('x', setmetatable({}, m))",
	  "string.gsub is nested deeper than 100 times" },
	{ "local function f() coroutine.wrap(f)() end\nf()",
	  "a coroutine is nested deeper than 100 times" },
	{ "local function f() error(select(2, coroutine.resume("
	  "coroutine.create(f))), 0) end f()",
	  "a coroutine is nested deeper than 100 times" },
	{ "('x'):gsub('x', function() return ('x'):rep(1e8) end)",
	  "the script holds more than 32 MiB" },
	{ "coroutine.wrap(function() return ('x'):rep(1e8) end)()",
	  "the script holds more than 32 MiB" },
	{ "\n('x'):gsub('x', function()\n error('in') end)",
	  "t.lua, line 3: in" },
	{ "coroutine.resume(1)", "argument 1 of coroutine.resume is a number, "
	  "not a thread" },
	{ "\033LJ", "t.lua is bytecode; a script has to be text" },
	{ "math.random(0)", "math.random has no number from 1 to 0" },
	{ "setmetatable(_G, {})", "protected metatable" },
};

START_TEST(refuses)
{
	char out[600];

	sim_lua_state_jit(_i & 1);
	eval(bad[_i / 2].text, out, SIM_E_STRATEGY);
	ck_assert_msg(strstr(out, bad[_i / 2].want), "%s\ngives: %s",
		      bad[_i / 2].text, out);
	ck_assert_ptr_null(strchr(out, '\n'));
	sim_lua_state_jit(true);
}
END_TEST

/* Nothing that a script can name or be given is LuaJIT's own way out. */
START_TEST(nothing_leads_out)
{
	char out[600];

	eval("local seen, bad = {}, {} "
	     "local names = {dump=1, ffi=1, loadfile=1, load=1, os=1, io=1, "
	     "getfenv=1, setfenv=1, collectgarbage=1, newproxy=1, gcinfo=1} "
	     "local function walk(t, path) "
	     "  if seen[t] then return end seen[t] = true "
	     "  for k, v in pairs(t) do "
	     "    if names[k] then bad[#bad + 1] = path .. k end "
	     "    if type(v) == 'table' then walk(v, path .. k .. '.') end "
	     "  end end walk(_G, '') "
	     "return table.concat(bad, ' ') .. '|'", out, 0);
	ck_assert_str_eq(out, "|");
}
END_TEST

START_TEST(counts_memory)
{
	struct sim_lua_state *s;
	struct sim_err err = SIM_ERR_INIT;
	size_t before;

	ck_assert_int_eq(sim_lua_state_new(1000, 0, &s, &err),
			 SIM_E_STRATEGY);
	ck_assert_int_eq(sim_lua_state_new(MIB, 0, &s, &err), 0);
	before = sim_lua_state_used(s);
	ck_assert_uint_gt(before, 1000);
	lua_newuserdata(sim_lua_state_get(s), 4 * MIB);
	ck_assert_uint_gt(sim_lua_state_used(s), before + 4 * MIB - 1);
	sim_lua_state_free(s);
}
END_TEST

static void keep(void *ctx, const char *text, size_t n)
{
	snprintf(ctx, 64, "%.*s", (int)n, text);
}

START_TEST(prints)
{
	static const char text[] = "print('a', 1, nil, {}, true)";
	struct sim_lua_state *s;
	struct sim_lua_state_fault f = { .line = 0 };
	char got[64] = "";

	ck_assert_int_eq(sim_lua_state_new(8 * MIB, 0, &s, NULL), 0);
	sim_lua_state_on_print(s, keep, got);
	ck_assert_int_eq(sim_lua_state_load(s, text, strlen(text), "p", NULL),
			 0);
	ck_assert_int_eq(sim_lua_state_call(s, 0, 0, &f), 0);
	ck_assert_str_eq(got, "a\t1\tnil\ttable\ttrue");
	sim_lua_state_free(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lua_state");
	TCase *c = tcase_create("sandbox");

	tcase_add_loop_test(c, gives, 0,
			    2 * (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(c, refuses, 0,
			    2 * (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(c, nothing_leads_out);
	tcase_add_test(c, counts_memory);
	tcase_add_test(c, prints);
	suite_add_tcase(s, c);
	return run_suite(s);
}
