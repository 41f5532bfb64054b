/*
 * expr_lua: the Lua state an expression runs in, and its functions.
 *
 * The state holds the functions of the table below and nothing else: no
 * library is opened, the compiler to machine code is off.  nil spreads through
 * arithmetic and makes every comparison false.  Results do not depend on the
 * C library's mathematics.
 */
#ifndef SIM_EXPR_LUA_H
#define SIM_EXPR_LUA_H

#include "script/expr.h"
#include "script/expr_parse.h"

struct lua_State;
typedef int sim_expr_lua_fn(struct lua_State *L);

struct sim_expr_lua_row {
	const char *name, *signature;	/* "abs", "abs(x)" */
	int min, max;			/* values it takes */
	enum sim_expr_parse_type takes, gives;
	double (*number)(double);	/* either: of one number */
	sim_expr_lua_fn *fn;		/* or: anything */
};

/* The i-th row, NULL past the last; the row of that name, or NULL. */
const struct sim_expr_lua_row *sim_expr_lua_row(int i);
const struct sim_expr_lua_row *sim_expr_lua_find(const char *name);

/*
 * A state with a translated expression at index 1.
 *
 * Takes:  extra, a function the translation may call as `push` with ctx as
 *         its first upvalue (a userdata that holds the pointer); or NULL.
 * Errors: SIM_E_USAGE the expression has too many parts for Lua.
 */
int sim_expr_lua_new(const struct sim_expr_parse *p, sim_expr_lua_fn *extra,
		     void *ctx, struct lua_State **out, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_expr_lua_free(struct lua_State *L);	/* NULL is fine */

/* Get ready to run, then push each slot's value in order. */
void sim_expr_lua_begin(struct lua_State *L);
void sim_expr_lua_value(struct lua_State *L, const struct sim_expr_value *v);
/*
 * Run over n values.
 * Gives:  *out; a text lives until the next sim_expr_lua_begin().
 * Errors: SIM_E_DATA, with `say` as first words and the field's name.
 */
int sim_expr_lua_run(struct lua_State *L, const struct sim_expr_parse *p,
		     struct sim_expr_value *out, struct sim_err *err)
	SIM_MUST_CHECK;

/* nil and false are false. */
bool sim_expr_lua_truth(const struct sim_expr_value *v);

/* In a function: an error with this sentence. */
int sim_expr_lua_error(struct lua_State *L, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
