/* ask: secrets, from a prompt that doesn't show them, standard input or a file;
 * never from the command line. */
#ifndef SIM_ASK_H
#define SIM_ASK_H

#include "cli/cli.h"

#define SIM_ASK_SECRET	4096	/* bytes of a secret, and NUL */

/*
 * Ask a person at the terminal, without showing the answer.
 *
 * Errors: SIM_E_USAGE nobody can be asked (no terminal, --no-input): the
 *         sentence ends in `else_do`, what to do then; SIM_E_INVAL the answer
 *         is empty or too long; SIM_E_INTR.
 */
int sim_ask_person(const struct sim_cli *cli, const char *prompt,
		   const char *else_do, char out[SIM_ASK_SECRET],
		   struct sim_err *err) SIM_MUST_CHECK;
/* The first line of standard input, without blanks around it.
 * Errors: SIM_E_DATA there is none, or it is too long. */
int sim_ask_stdin(const char *what, char out[SIM_ASK_SECRET],
		  struct sim_err *err) SIM_MUST_CHECK;
/* The first line of a file that only its owner can read.
 * Errors: SIM_E_NOENT; SIM_E_CONFIG others can read it; SIM_E_DATA. */
int sim_ask_file(const char *path, char out[SIM_ASK_SECRET],
		 struct sim_err *err) SIM_MUST_CHECK;

#endif
