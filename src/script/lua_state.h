/*
 * lua_state: a sandboxed interpreter of its own for a script or expressions.
 *
 * A script has the language, string, table, math and coroutine; no files,
 * clock, processes, modules, foreign functions, bytecode or addresses, and
 * its pairs() is sorted.  States share nothing, so one may be used in each
 * thread.  What a script computes is the same on every machine.
 */
#ifndef SIM_LUA_STATE_H
#define SIM_LUA_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/err.h"

#define SIM_LUA_STATE_NAME_MAX 64	/* bytes of a chunk's name, with NUL */
#define SIM_LUA_STATE_TEXT_MAX ((size_t)4 << 20)	/* bytes of a script */

struct lua_State;
struct sim_lua_state;

/* What went wrong in a script, and where. */
struct sim_lua_state_fault {
	char chunk[SIM_LUA_STATE_NAME_MAX];	/* "": not in a script */
	int line;				/* 0: unknown */
	bool is_memory;				/* it may hold no more */
	char msg[400];
};

/*
 * A new state.
 *
 * Takes:  memory is the limit in bytes; seed that of math.random.
 * Gives:  *out, freed by sim_lua_state_free().
 * Errors: SIM_E_STRATEGY the limit is too small to begin with.
 */
int sim_lua_state_new(size_t memory, uint64_t seed, struct sim_lua_state **out,
		      struct sim_err *err) SIM_MUST_CHECK;
void sim_lua_state_free(struct sim_lua_state *s);	/* NULL is fine */

/*
 * An interpreter for expressions, which needs no sandbox because nothing is in
 * it: no library, no globals, no compiler to machine code, no limit.  Closed by
 * lua_close().
 */
struct lua_State *sim_lua_state_bare(void);

/* The interpreter, for lua.h.  Outside of sim_lua_state_call() it may hold as
 * much memory as it likes, so no call of lua.h fails there for want of it. */
struct lua_State *sim_lua_state_get(struct sim_lua_state *s);
/* Bytes it holds. */
size_t sim_lua_state_used(const struct sim_lua_state *s);

/* Push the table of the script's globals. */
void sim_lua_state_push_env(struct sim_lua_state *s);

/*
 * Compile a script and push it as a function over the script's globals.
 *
 * Takes:  name is what messages call it, "sma.lua".
 * Errors: SIM_E_STRATEGY with name, line and what is wrong; bytecode.
 */
int sim_lua_state_load(struct sim_lua_state *s, const char *text, size_t len,
		       const char *name, struct sim_err *err) SIM_MUST_CHECK;

/*
 * Push a chunk of our own as a function: it sees all of LuaJIT, ffi too, and
 * must keep that out of a script's reach.  The text is a constant of the
 * program: its address stands for it.  Its first argument shall be the
 * table that sim_lua_state_push_kit() pushes, where it needs it.
 */
void sim_lua_state_load_own(struct sim_lua_state *s, const char *text,
			    const char *name);
/*
 * Push what our own chunks share: env (the script's globals), sorted_keys(t),
 * power(x, y), number_of (a table: number_of.hook(x) makes a number of an
 * object in arithmetic), forbid(name, why).
 */
void sim_lua_state_push_kit(struct sim_lua_state *s);

/*
 * Call what lies under nargs arguments on the stack.
 *
 * Gives:  nres results on the stack; nothing after an error.
 * Errors: SIM_E_STRATEGY with *f.
 * Cost:   no allocation, no system call.
 */
int sim_lua_state_call(struct sim_lua_state *s, int nargs, int nres,
		       struct sim_lua_state_fault *f) SIM_MUST_CHECK;

/* Say a fault in a sentence: "sma.lua, line 3, <where>: ..."; where may be
 * NULL.  Returns SIM_E_STRATEGY. */
int sim_lua_state_tell(const struct sim_lua_state_fault *f, const char *where,
		       struct sim_err *err);

/* What print() shall do with its line of n bytes; without it nothing. */
void sim_lua_state_on_print(struct sim_lua_state *s,
			    void (*print)(void *ctx, const char *text,
					  size_t n), void *ctx);

/* For tests: states made from now on compile nothing (or do again). */
void sim_lua_state_jit(bool on);

#endif
