/* keys: which key does what, from keys.def and the user's settings. */
#ifndef SIM_KEYS_H
#define SIM_KEYS_H

#include "tui/screen.h"

enum sim_keys_action {
#define SIM_KEY(action, keys, needs, hint, help, command) SIM_KEYS_##action,
#include "tui/keys.def"
#undef SIM_KEY
	SIM_KEYS__COUNT			/* none */
};

/* What an action needs of the source. */
enum {
	SIM_KEYS_NONE = 0,
	SIM_KEYS_CLOCK = 1 << 0,	/* a clock that can be told */
	SIM_KEYS_TRADE = 1 << 1,	/* orders */
	SIM_KEYS_SEEK = 1 << 2,		/* a past one can go to */
	SIM_KEYS_LOG = 1 << 3		/* what happened, to look it up */
};

struct sim_keys_row {
	const char *name;		/* "cancel_all" */
	const char *keys;
	unsigned needs;
	const char *hint, *help, *command;
};
/* The row of an action; NULL past the last. */
const struct sim_keys_row *sim_keys_row(int action);

#define SIM_KEYS_BOUND 256		/* keys that do something */

struct sim_keys {
	struct {
		uint32_t code;
		bool is_alt;
		enum sim_keys_action action;
	} bound[SIM_KEYS_BOUND];
	size_t n;
};

/*
 * The usual keys, then those of a text: "ACTION=KEY ACTION=KEY,KEY": such an
 * action has these keys alone, and they do nothing else.
 *
 * Errors: SIM_E_CONFIG no such action or key.
 */
int sim_keys_bind(struct sim_keys *k, const char *text, struct sim_err *err)
	SIM_MUST_CHECK;
enum sim_keys_action sim_keys_find(const struct sim_keys *k, uint32_t code,
				   bool is_alt);
/* The first key of an action by name ("<C-d>"), "" when it has none. */
const char *sim_keys_shown(const struct sim_keys *k,
			   enum sim_keys_action action, char buf[24]);

#endif
