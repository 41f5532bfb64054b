/*
 * formopt: which strategy, in which form, as options and an operand say it.
 *
 * The options follow from form.def: a command that runs a strategy has them
 * all by including formopt.def, and a new form is a new row there.
 */
#ifndef SIM_FORMOPT_H
#define SIM_FORMOPT_H

#include "cli/opt.h"
#include "run/folder.h"

/* Values as typed; NULL is not given. */
struct sim_formopt {
	const char *source[SIM_FORM__COUNT];	/* those with an option */
	const char *file;			/* the operand */
	struct sim_opt_list params;
	const char *callback, *ack, *memory;
	bool sandbox;
};

/* A strategy ready to be made. */
struct sim_formopt_made {
	struct sim_form form;
	struct sim_strategy_param *params;
	struct sim_buf text;		/* of a script */
	char *path;			/* of a file, from the root */
	char *directory;		/* the current one, of a command */
};
#define SIM_FORMOPT_MADE_INIT { .form = SIM_FORM_INIT }

/* How many strategies are named: it should be one. */
int sim_formopt_count(const struct sim_formopt *o);
/* "--strategy NAME, FILE.lua, ..." for a sentence; appends. */
void sim_formopt_choices(struct sim_buf *b);

/*
 * Read what o says, of which exactly one strategy is named or none.
 *
 * Takes:  o is borrowed as long as *m lives; its parameters are cut in two.
 * Gives:  *m, SIM_FORMOPT_MADE_INIT before, released also after an error;
 *         .form.source is NULL when none is named.
 * Errors: SIM_E_USAGE what doesn't go together; SIM_E_NOENT no such script;
 *         SIM_E_DATA it is too large.
 */
int sim_formopt_make(const struct sim_formopt *o, struct sim_formopt_made *m,
		     struct sim_err *err) SIM_MUST_CHECK;
/* The limits alone, and the sandbox, of a strategy that there is.
 * Errors: SIM_E_USAGE one that is not for its form. */
int sim_formopt_limits(const struct sim_formopt *o, struct sim_form *f,
		       struct sim_err *err) SIM_MUST_CHECK;
void sim_formopt_release(struct sim_formopt_made *m);

#endif
