/* scope: what a key is for (scope.def), as a set of bits. */
#ifndef SIM_SCOPE_H
#define SIM_SCOPE_H

#include "util/buf.h"

enum sim_scope_bit {
#define SIM_SCOPE(id, name, help) SIM_SCOPE_BIT_##id,
#include "db/scope.def"
#undef SIM_SCOPE
	SIM_SCOPE_BIT__COUNT
};
enum sim_scope {
#define SIM_SCOPE(id, name, help) SIM_SCOPE_##id = 1 << SIM_SCOPE_BIT_##id,
#include "db/scope.def"
#undef SIM_SCOPE
	SIM_SCOPE_NONE = 0,
	SIM_SCOPE_ALL = (1 << SIM_SCOPE_BIT__COUNT) - 1
};

/* Their names, NULL-ended. */
extern const char *const sim_scope_names[];

/* Names separated by blanks or commas.  Errors: SIM_E_INVAL one is unknown, or
 * there is none. */
int sim_scope_parse(const char *s, unsigned *out, struct sim_err *err)
	SIM_MUST_CHECK;
/* The names of a set, separated by blanks. */
void sim_scope_put(struct sim_buf *b, unsigned scopes);

#endif
