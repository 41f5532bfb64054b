/*
 * lua: strategies as Lua scripts; simutrador-lua(7) says what they may write.
 */
#ifndef SIM_LUA_H
#define SIM_LUA_H

#include "strategy/form.h"

/*
 * Make a strategy from f->text.
 *
 * Gives:  *out; its ops->free releases it.
 * Errors: SIM_E_STRATEGY the script, with its line; SIM_E_INVAL a parameter;
 *         SIM_E_NOENT there is no such file.
 */
int sim_lua_open(const struct sim_form *f, struct sim_strategy *out,
		 struct sim_err *err) SIM_MUST_CHECK;

#endif
