/*
 * cli: the command table, and what a command gets.
 *
 * To add a command: write cmd_foo.c ending in a `struct sim_cmd`, add a row to
 * commands.def and a line to local.mk, document it in man/.  The tests of
 * tests/cli compare help, manual and completion with the table.
 */
#ifndef SIM_CLI_H
#define SIM_CLI_H

#include <stdbool.h>

#include "cli/opt.h"
#include "cli/out.h"
#include "cli/settings.h"
#include "cli/term.h"
#include "store/store.h"

enum {
	SIM_CMD_PLAIN = 1 << 0,	/* prints text; no fields, sort or limit */
	SIM_CMD_CSV   = 1 << 1,	/* CSV, not table or NDJSON, unless asked */
	/* Its fields follow from what it reads: run() has them checked. */
	SIM_CMD_FIELDS = 1 << 2,
	SIM_CMD_ACTS  = 1 << 3,	/* its rows say what it did: no --where */
	SIM_CMD_ANY_PROFILE = 1 << 4,	/* the one of auth switch is left out */
	SIM_CMD_SECRET = 1 << 5,	/* a stray operand may be one: not
					 * quoted */
	SIM_CMD_ANYWAY = 1 << 6	/* runs without settings that can't be read */
};

struct sim_cli;

struct sim_cmd {
	const char *name;		/* "data import": words as typed */
	const char *summary;		/* no capital, no full stop */
	const char *operands;		/* as in the synopsis, or "" */
	int min, max;			/* how many operands; max -1: any */
	enum sim_opt_words words;	/* what completes an operand */
	const char *const *choices; /* words of the first operand, or NULL */
	const struct sim_opt *opts;	/* may be NULL */
	const struct sim_out_col *cols;	/* fields it prints; may be NULL */
	/* The same, when they depend on the options. */
	const struct sim_out_col *(*cols_of)(void);
	const char *const *examples;	/* NULL-ended, runnable */
	unsigned flags;
	/* Returns 0 or a SIM_E_*; cli.c prints err and exits. */
	int (*run)(struct sim_cli *cli, struct sim_err *err);
};

/* Options every command takes. */
struct sim_cli_common {
	const char *output, *fields, *where, *fail_if, *sort;
	const char *color, *profile, *config, *directory, *data_dir, *pager;
	const char *template, *tz, *ts, *timeout, *server;
	bool decimal_strings, no_input, local;
	bool json, ndjson, csv, no_header, quiet, yes, help, version,
	     help_json, no_color, no_pager;
	bool is_styled;			/* typed: another look than CSV's */
	int verbose;
	int64_t limit, decimals;
};

struct sim_cli {
	const struct sim_cmd *cmd;
	int argc;			/* operands */
	char **argv;
	const struct sim_cli_common *common;
	struct sim_settings *settings;
	const char *profile;		/* NULL: none */
	struct sim_err settings_err;	/* SIM_CMD_ANYWAY: what is wrong */
	struct sim_term term;
	struct sim_out *out;
	struct sim_store *store;	/* once sim_cli_store was called */
	struct sim_connect *connect;	/* once sim_cli_backend was called */
	struct sim_mem_arena *arena;	/* lives as long as the command */
};

extern const struct sim_cmd *const sim_cli_table[];	/* NULL-ended */
extern const struct sim_opt sim_cli_opts[];		/* the common ones */
/* What a group of commands is for: "data" -> one line; NULL: no group. */
const char *sim_cli_group(const char *word);

/* What the command line says of fields, against the columns of a command with
 * SIM_CMD_FIELDS.  Errors: those of sim_out_check. */
int sim_cli_check_fields(struct sim_cli *cli, const struct sim_out_col *cols,
			 struct sim_err *err) SIM_MUST_CHECK;

/* From now on stdout goes through a pager, where it is a terminal. */
void sim_cli_page(const struct sim_cli *cli);

/* The whole program: returns the exit status. */
int sim_cli_main(int argc, char **argv);

/* The row called by these words, NULL when none is. */
const struct sim_cmd *sim_cli_find(const char *first, const char *second);
/*
 * Where the command words stand in argv: options are skipped with their
 * values.  Gives: at[0], at[1] or -1; returns how many were found (0..2).
 */
int sim_cli_words(int argc, char **argv, int at[2]);

/* Ready for looking at stored words only (completion): the common options of
 * argv and the settings count, whatever is wrong is ignored. */
void sim_cli_light(struct sim_cli *cli, int argc, char **argv);

/* The store, opened when first asked for and closed by cli. */
int sim_cli_store(struct sim_cli *cli, struct sim_store **st,
		  struct sim_err *err) SIM_MUST_CHECK;
/* The backend that options and settings name, opened when first asked for and
 * closed by cli.  Errors: those of sim_connect_open. */
struct sim_backend;
int sim_cli_backend(struct sim_cli *cli, struct sim_backend **b,
		    struct sim_err *err) SIM_MUST_CHECK;
/* DATA/NAME, in the command's arena: "store", "runs", "calendars". */
int sim_cli_folder(struct sim_cli *cli, const char *name, const char **path,
		   struct sim_err *err) SIM_MUST_CHECK;
/* A word to the person at a terminal; nothing when stderr is not one. */
void sim_cli_note(const struct sim_cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Ask before something is removed: --yes says so, else a person at a terminal
 * is asked.
 *
 * Errors: SIM_E_USAGE neither; SIM_E_INTR the answer was no.
 */
int sim_cli_confirm(const struct sim_cli *cli, struct sim_err *err,
		    const char *fmt, ...)
	__attribute__((format(printf, 3, 4))) SIM_MUST_CHECK;
/* End the program from any thread, as a command's return would: print what is
 * ready and the sentence, and exit. */
_Noreturn void sim_cli_exit(const struct sim_cli *cli, int rc,
			    const struct sim_err *err);
/* One line on stderr unless --quiet. */
void sim_cli_warn(const struct sim_cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
