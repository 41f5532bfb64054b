/*
 * err: how a failure travels.
 *
 * A function that can fail returns 0 or a negative SIM_E_* and, where the
 * caller may want to tell a person, takes a `struct sim_err *` last.  The
 * message is one complete sentence without a final full stop: the value, what
 * was expected, what to do.  On success *err is untouched, so calls can be
 * chained.  Only src/cli prints; nobody below it writes to stderr or exits.
 */
#ifndef SIM_ERR_H
#define SIM_ERR_H

#include <stdint.h>

enum sim_status {
#define SIM_STATUS(name, wire, http, exit_, text) SIM_N_##name,
#include "util/status.def"
#undef SIM_STATUS
	SIM_N__COUNT
};

/* The values functions return: 0, or minus the ordinal. */
enum {
#define SIM_STATUS(name, wire, http, exit_, text) SIM_##name = -SIM_N_##name,
#include "util/status.def"
#undef SIM_STATUS
};

struct sim_err {
	int code;		/* a SIM_E_* value */
	char msg[512];		/* one line, no newline, no final full stop */
	/* What a server said besides, when it was one that refused. */
	int64_t retry_ms;	/* it may go better after; 0: not known */
	char details[1024];	/* a JSON object; "" none, or too long */
};
#define SIM_ERR_INIT { 0, "", 0, "" }

/* Fill *err (may be NULL) and return `code`, so callers write return set(). */
int sim_err_set(struct sim_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Put to *err (may be NULL) what a server said besides the sentence, which is
 * there already and gets "; wait for N s"; a new sentence is without.
 *
 * Takes: retry_ms: not above 0 when it said no time; details: JSON, or NULL.
 */
void sim_err_add(struct sim_err *err, int64_t retry_ms, const char *details);

/* How many seconds that is, rounded up. */
int64_t sim_err_retry_sec(const struct sim_err *err);

/* Put "what: " (formatted) before the message that *err holds already. */
void sim_err_prefix(struct sim_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Lookups in status.def.  `code` is a return value (0 or negative). */
const char *sim_err_wire(int code);
const char *sim_err_text(int code);
int sim_err_exit(int code);

/* An impossible state: say where and abort.  User input never reaches it. */
_Noreturn void sim_err_bug(const char *file, int line, const char *what);
#define SIM_BUG(what) sim_err_bug(__FILE__, __LINE__, what)

/* A result that must be looked at. */
#define SIM_MUST_CHECK __attribute__((warn_unused_result))

#endif
