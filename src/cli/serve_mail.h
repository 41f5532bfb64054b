/* serve_mail: where mail of the server goes: the options of serve. */
#ifndef SIM_SERVE_MAIL_H
#define SIM_SERVE_MAIL_H

#include "cli/cli.h"
#include "server/post.h"

/* As the options have it; wiped by sim_serve_mail_release. */
struct sim_serve_mail {
	const char *url, *ca, *user, *password_file, *from, *folder, *templates;
	char *password, *beside;	/* ours */
};

/* Has any been given? */
bool sim_serve_mail_is_given(const struct sim_serve_mail *m);
/*
 * Without a mail server mail goes to the folder, else to "mail" beside the
 * database.
 *
 * Gives:  *out, which points into *m.
 * Errors: SIM_E_USAGE options that don't go together; SIM_E_CONFIG others may
 *         read the password, or it is none, or there are no certificates;
 *         those of sim_file_read.
 */
int sim_serve_mail_configure(struct sim_serve_mail *m, const char *db_path,
			     struct sim_post_config *out, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_serve_mail_release(struct sim_serve_mail *m);

#endif
