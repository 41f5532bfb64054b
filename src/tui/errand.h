/*
 * errand: a command of this program, run beside the dashboard, and what it
 * prints.
 *
 * It has no terminal and no input, and it ends with the dashboard.  What it
 * prints is kept up to a maximum; it is stopped when it prints more.
 */
#ifndef SIM_ERRAND_H
#define SIM_ERRAND_H

#include <sys/types.h>

#include "util/buf.h"
#include "util/err.h"

#define SIM_ERRAND_MAX	((size_t)4 << 20)	/* bytes that it prints */
#define SIM_ERRAND_WORDS 256

struct sim_errand {
	pid_t pid;			/* 0: none is under way */
	int fd;
	struct sim_buf out;
	bool is_cut;
	int status;			/* once it is over: exit status */
};
#define SIM_ERRAND_INIT { .fd = -1, .out = SIM_BUF_INIT(SIM_ERRAND_MAX) }

/* A line as words: blanks part them but in '' and "", \ takes away what the
 * next character means. */
struct sim_errand_words {
	char *v[SIM_ERRAND_WORDS + 2];	/* NULL-ended; freed by release */
	size_t n;
	size_t last;			/* where the last one begins */
	bool is_open;			/* a blank behind it would be part */
};
/* Errors: SIM_E_USAGE too many words, or a quote that does not end (only when
 * it must). */
int sim_errand_split(const char *line, bool must_end,
		     struct sim_errand_words *w, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_errand_words_release(struct sim_errand_words *w);

/*
 * Begin.
 *
 * Takes:  program: a path; argv with its name first; columns: how wide a
 *         table may be.
 * Errors: SIM_E_UNAVAILABLE it can't be started.
 */
int sim_errand_start(struct sim_errand *e, const char *program,
		     char *const *argv, int columns, struct sim_err *err)
	SIM_MUST_CHECK;
/* Take what it has printed, without waiting; true once it is over. */
bool sim_errand_pump(struct sim_errand *e);
/* End it, forget what it printed. */
void sim_errand_stop(struct sim_errand *e);

#endif
