/*
 * lua_text: a script's text made ready for the interpreter.
 *
 * The operator `^` would call libm; it is read as `^ __power ^`, which the
 * sandbox answers with arithmetic that is the same everywhere.  Lines stay
 * lines.
 */
#ifndef SIM_LUA_TEXT_H
#define SIM_LUA_TEXT_H

#include "util/buf.h"

#define SIM_LUA_TEXT_POWER "^__power^"

/* Append a script to *out with its powers spelt out; what stands in strings
 * and comments stays. */
void sim_lua_text_prepare(const char *text, size_t len, struct sim_buf *out);

#endif
