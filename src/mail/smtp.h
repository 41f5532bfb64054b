/*
 * smtp: a message given to a mail server, by SMTP with TLS (libcurl).
 *
 * Each call is one connection and one message.  A server that is not this
 * machine is spoken to through TLS alone.
 */
#ifndef SIM_SMTP_H
#define SIM_SMTP_H

#include <stdbool.h>

#include "util/buf.h"

#define SIM_SMTP_URL		256
#define SIM_SMTP_TIMEOUT_MS	30000

struct sim_smtp_server {
	const char *url;		/* as sim_smtp_check_url has it */
	const char *user, *password;	/* or NULL */
	const char *ca;			/* a file of certificates to trust;
					 * NULL: those of the system */
	long timeout_ms;		/* of a message; 0: SIM_SMTP_... */
	void *ctx;
	/* Now and then: end it?  is_whole: all of the message is there, and
	 * what comes of it is not known. */
	bool (*is_over)(void *ctx, bool is_whole);
	/* The server has taken it; called before the connection ends, since
	 * that may take long. */
	void (*taken)(void *ctx);
};

struct sim_smtp_mail {
	const char *from, *to;		/* sim_mail_check_address */
	const struct sim_buf *message;
};

/* smtp://HOST[:PORT] (TLS after STARTTLS) or smtps://HOST[:PORT].
 * Errors: SIM_E_INVAL. */
int sim_smtp_check_url(const char *url, struct sim_err *err) SIM_MUST_CHECK;

/*
 * Give it to the server; *is_taken says whether `taken` was called, whatever
 * is returned.
 *
 * Errors: SIM_E_DATA  the server will not have this message, now or later;
 *         SIM_E_AGAIN it says to try later; SIM_E_AUTH it doesn't let us in;
 *         SIM_E_TIMEOUT, SIM_E_UNAVAILABLE it isn't reached or went away;
 *         SIM_E_INTR is_over said so.  No message has a secret or an address.
 */
int sim_smtp_send(const struct sim_smtp_server *s,
		  const struct sim_smtp_mail *m, bool *is_taken,
		  struct sim_err *err) SIM_MUST_CHECK;

#endif
