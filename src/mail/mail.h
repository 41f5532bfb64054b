/*
 * mail: a letter made of a template and its arguments, as a message that any
 * mail server takes (RFC 5322).
 *
 * A template is UTF-8: the line "Subject: TEXT", an empty line, the text.
 * {name} stands for an argument, {{ for a brace.  No argument can end a line.
 */
#ifndef SIM_MAIL_H
#define SIM_MAIL_H

#include <stdbool.h>

#include "util/buf.h"

#define SIM_MAIL_TEMPLATE	16384	/* bytes of a template, at most */
#define SIM_MAIL_MESSAGE	((size_t)256 << 10)
#define SIM_MAIL_ADDRESS	255	/* bytes of one, and NUL */

struct sim_mail_letter {
	const char *from, *to;		/* addresses */
	const char *id;			/* letters and digits; with the host of
					 * `from` it is the Message-ID */
	sim_time date;
	const char *args;		/* a JSON object: texts and numbers */
};

/* NAME@HOST, nothing beside it that means something in a header.
 * Errors: SIM_E_INVAL, with `what`. */
int sim_mail_check_address(const char *what, const char *s, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * The message, each line ending in CR LF.  The same letter gives the same
 * bytes.
 *
 * Takes:  what: the template's name, for messages; out: initialised, appended
 *         to; wipe it after use if the arguments are secret.
 * Errors: SIM_E_DATA the template has no subject, is too long, is not UTF-8,
 *         or names an argument that isn't there; SIM_E_INVAL an address.
 */
int sim_mail_render(const char *what, const char *template,
		    const struct sim_mail_letter *l, struct sim_buf *out,
		    struct sim_err *err) SIM_MUST_CHECK;

/*
 * Put a message into a folder, which is made when it isn't there, as the file
 * ID.eml of mode 0600; one of that id that is there is replaced by the whole
 * of the new one.
 *
 * Errors: those of sim_file_mkdirs and sim_file_write.
 */
int sim_mail_put(const char *dir, const char *id, const struct sim_buf *message,
		 struct sim_err *err) SIM_MUST_CHECK;
/* Remove what a crash has left of messages that were being put there. */
void sim_mail_tidy(const char *dir);

#endif
