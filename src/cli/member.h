/* member: what the commands about a person's account at a server share: bodies
 * with secrets, answers that are printed, and where passwords come from. */
#ifndef SIM_MEMBER_H
#define SIM_MEMBER_H

#include "cli/ask.h"
#include "cli/auth.h"

/* Where passwords come from, for the option tables: standard input, a line
 * each, or a file; else the environment or a person. */
struct sim_member_words {
	bool with_password;
	const char *file;
};
extern struct sim_member_words sim_member_words;
#define SIM_MEMBER_OPTS \
	{ SIM_OPT_FLAG, "with-password", \
	  .help = "read passwords and codes from standard input, a line each", \
	  .value = &sim_member_words.with_password }, \
	{ SIM_OPT_PATH, "password-file", .arg = "FILE", \
	  .help = "read the password from the first line of a file that only" \
		  " you can read", \
	  .value = &sim_member_words.file, .words = SIM_OPT_WORDS_FILE }

/* The password there is, by the options above or SIMUTRADOR_PASSWORD, else by
 * asking with this prompt. */
int sim_member_password(const struct sim_cli *cli, const char *prompt,
			 char out[SIM_ASK_SECRET], struct sim_err *err)
	SIM_MUST_CHECK;
/* One to be: SIMUTRADOR_NEW_PASSWORD stands for it, and a person is asked
 * twice.  Takes: is_first, nothing else comes from the options. */
int sim_member_new_password(const struct sim_cli *cli, bool is_first,
			     char out[SIM_ASK_SECRET], struct sim_err *err)
	SIM_MUST_CHECK;
/* A code that came by mail or from a device. */
int sim_member_code(const struct sim_cli *cli, const char *prompt,
		     char out[SIM_ASK_SECRET], struct sim_err *err)
	SIM_MUST_CHECK;

/* A body: opened as an object, ended and wiped by sim_member_call. */
struct sim_member_body {
	struct sim_buf buf;
	struct sim_json json;
};
void sim_member_body(struct sim_member_body *b);
/* Wipe one that was not sent. */
void sim_member_wipe(struct sim_member_body *b);

/*
 * Ask a route, with the login (is_ours) or as nobody in particular.
 *
 * Takes:  body, or NULL; wiped whatever happens.
 * Gives:  *answer, to be released in any case.
 */
struct sim_member_ask {
	const char *method, *path;
	struct sim_member_body *body;
	bool is_ours;
};
int sim_member_call(struct sim_auth *a, const struct sim_member_ask *ask,
		     struct sim_http_answer *answer, struct sim_err *err)
	SIM_MUST_CHECK;

/* The members of v that are columns, in the row or object that is open; those
 * that end in _at as times. */
void sim_member_put(struct sim_out *o, const struct sim_out_col *cols,
		     const struct sim_json_val *v);
/* An object of it, and a list of the objects of `list` in it. */
void sim_member_print(struct sim_cli *cli, const struct sim_out_col *cols,
		       const struct sim_http_answer *a);
void sim_member_print_list(struct sim_cli *cli,
			    const struct sim_out_col *cols,
			    const struct sim_http_answer *a, const char *list);

/* The rows of a list from its last to its first. */
void sim_member_print_upwards(struct sim_cli *cli,
			       const struct sim_out_col *cols,
			       const struct sim_json_val *list);
/* What GET /auth/limits answers, a row each. */
extern const struct sim_out_col sim_member_limit_cols[];
void sim_member_print_limits(struct sim_cli *cli,
			      const struct sim_json_val *root);

/* All at once: with the login or without, ask and print an object, or the list
 * of this name in the answer. */
int sim_member_show(struct sim_cli *cli, const struct sim_member_ask *ask,
		     const struct sim_out_col *cols, const char *list,
		     struct sim_err *err) SIM_MUST_CHECK;

/* A verb of a command: its words after it, and what it does. */
struct sim_member_verb {
	const char *name;
	int min, max;
	const char *shape;		/* of those words, for messages */
	int (*run)(struct sim_cli *cli, struct sim_err *err);
};
/* Run the verb that the first operand names.  Errors: SIM_E_USAGE an unknown
 * one, too few or too many words. */
int sim_member_run(struct sim_cli *cli, const struct sim_member_verb *verbs,
		    struct sim_err *err) SIM_MUST_CHECK;

/* The code of a second factor: six digits are a device's, else it is a
 * recovery code; "" is none.  And what asks for it. */
#define SIM_MEMBER_SECOND "Code of your device, or a recovery code"
void sim_member_put_second(struct sim_member_body *b, const char *code);
/* Log in with name (or address) and password, and a second factor where the
 * server wants one. */
int sim_member_log_in(struct sim_cli *cli, struct sim_auth *a,
		       const char *name, struct sim_err *err) SIM_MUST_CHECK;

/* Put together "BASE/ID" in the arena; an id is a word of a URL.
 * Errors: SIM_E_USAGE it has other bytes. */
int sim_member_path(struct sim_cli *cli, const char *base, const char *id,
		     const char **path, struct sim_err *err) SIM_MUST_CHECK;

#endif
