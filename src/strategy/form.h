/*
 * form: which strategy to run, in whatever form it comes, and how it is made.
 */
#ifndef SIM_FORM_H
#define SIM_FORM_H

#include "strategy/strategy.h"
#include "util/stop.h"

#define SIM_FORM_NAME_MAX 64		/* bytes of a label, with NUL */

enum sim_form_kind {
#define SIM_FORM(id, name, opener, option, arg, words, help) SIM_FORM_##id,
#define SIM_FORM_FILE(id, name, opener, ext, help) SIM_FORM_##id,
#include "strategy/form.def"
#undef SIM_FORM
#undef SIM_FORM_FILE
	SIM_FORM__COUNT
};

/* Limits on a strategy that isn't ours. */
struct sim_form_limits {
	int64_t callback_ms;		/* wall clock a call may take */
	size_t memory;			/* bytes a script may hold */
	size_t line;			/* bytes of a line from a child */
};
#define SIM_FORM_LIMITS_INIT { 10000, (size_t)512 << 20, (size_t)1 << 20 }

/*
 * A strategy as asked for; all pointers are borrowed while it runs.
 *
 * One specification may make many strategies at once, in many threads.
 */
struct sim_form {
	enum sim_form_kind kind;
	/* BUILTIN: its name; LUA, PLUGIN: the file's path; PIPE: the command
	 * line, for /bin/sh -c. */
	const char *source;
	/* LUA: the script itself, len bytes; else NULL. */
	const char *text;
	size_t len;
	const struct sim_strategy_param *params;
	size_t nparams;
	uint64_t seed;
	/* PIPE: the folder it is started in; NULL: the current one. */
	const char *directory;
	bool sandbox;			/* PIPE: without network and files */
	const char *hidden;	/* a folder no sandbox shows, or NULL */
	struct sim_form_limits limits;
	/* A call has taken longer than it may: called in another thread while
	 * no call of the host is under way, and none begins again.  It must
	 * not return.  NULL: not watched. */
	void (*hang)(void *ctx, const struct sim_err *err);
	void *hang_ctx;
	/* While a process is waited for.  May be NULL. */
	const struct sim_stop *stop;
};
#define SIM_FORM_INIT { .limits = SIM_FORM_LIMITS_INIT }

/* "builtin", "lua", ...; NULL past the last. */
const char *sim_form_name(int kind);
/* The kind of that name, or -1. */
int sim_form_find(const char *name);

/* What a report calls it: the name, the file without its folders, the first
 * word of the command; cut to fit. */
void sim_form_label(const struct sim_form *f, char out[SIM_FORM_NAME_MAX]);

/*
 * Make the strategy.
 *
 * Gives:  *out; its ops->free releases it.
 * Errors: SIM_E_NOENT no such strategy or file; SIM_E_INVAL a parameter
 *         unknown, given twice or out of range; SIM_E_STRATEGY the script,
 *         child or plugin is wrong.
 */
int sim_form_open(const struct sim_form *f, struct sim_strategy *out,
		  struct sim_err *err) SIM_MUST_CHECK;

#endif
