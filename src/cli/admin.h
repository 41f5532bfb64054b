/* admin: what the commands on a server's database share. */
#ifndef SIM_ADMIN_H
#define SIM_ADMIN_H

#include "cli/cli.h"
#include "db/db.h"
#include "util/seal.h"

/* --db FILE, for the option tables. */
extern const char *sim_admin_db_path;
#define SIM_ADMIN_DB { SIM_OPT_PATH, "db", .arg = "FILE", \
	.help = "the server's database instead of server.db of the data" \
		" folder", \
	.value = &sim_admin_db_path, .words = SIM_OPT_WORDS_FILE }

/* An action of a command with verbs: its words after the verb. */
struct sim_admin_verb {
	const char *name;
	int operands;			/* after it */
	const char *shape;		/* of those, for messages */
	bool may_create;		/* the file, when it isn't there */
	/* Of the words, before the file is touched; or NULL. */
	int (*check)(const struct sim_cli *cli, struct sim_err *err);
	int (*run)(struct sim_cli *cli, struct sim_db *db,
		   struct sim_err *err);
};

/*
 * Open the database and run the verb that the first operand names.
 * Errors: SIM_E_USAGE an unknown verb, too few or too many words.
 */
int sim_admin_run(struct sim_cli *cli, const struct sim_admin_verb *verbs,
		  struct sim_err *err) SIM_MUST_CHECK;

/* Where the keys are that close secrets: `file`, else seal.key among the
 * credentials of the service manager, which is as it is, else of the data
 * folder, made when it isn't there. */
int sim_admin_seal(struct sim_cli *cli, const char *file,
		   struct sim_seal_source *out, struct sim_err *err)
	SIM_MUST_CHECK;

/* Who does it (this machine's user, as "local"), and the clock. */
struct sim_db_by sim_admin_by(void);

#endif
