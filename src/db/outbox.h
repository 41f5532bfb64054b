/*
 * outbox: mail that is to be sent, stored in the transaction of what it is
 * about, so that there is neither without the other.
 *
 * Its arguments hold codes that open doors: they are sealed while it waits and
 * gone when it is sent.
 */
#ifndef SIM_OUTBOX_H
#define SIM_OUTBOX_H

#include "db/db.h"
#include "util/seal.h"

#define SIM_OUTBOX_RECIPIENT	255	/* an address, NUL */
#define SIM_OUTBOX_TEMPLATE	33
#define SIM_OUTBOX_ID		33	/* 32 hex digits, NUL */
#define SIM_OUTBOX_ARGS		2048	/* JSON, NUL */

/* The kinds of mail (letter.def), by name and life. */
enum sim_outbox_letter {
#define SIM_LETTER(id, template, life, has_code, help) SIM_OUTBOX_##id,
#include "db/letter.def"
#undef SIM_LETTER
	SIM_OUTBOX__COUNT
};
const char *sim_outbox_template(enum sim_outbox_letter l);
int64_t sim_outbox_life_sec(enum sim_outbox_letter l);
bool sim_outbox_has_code(enum sim_outbox_letter l);

struct sim_outbox_mail {
	int64_t id;
	char recipient[SIM_OUTBOX_RECIPIENT];
	char template[SIM_OUTBOX_TEMPLATE];
	char args[SIM_OUTBOX_ARGS];	/* an object; wipe it after use */
	char message_id[SIM_OUTBOX_ID];	/* the same at each attempt */
	int64_t attempts;		/* that were begun before */
	/* An attempt was under way when its process ended, and the mail server
	 * may have taken it. */
	bool was_sending;
	sim_time created, expires;	/* of no use after that */
};

/* Store one; inside the transaction of what it is about.
 * Takes:  recipient, template, args and expires.
 * Errors: those of sim_seal_load. */
int sim_outbox_add(struct sim_db *db, const struct sim_seal_source *seal,
		   const struct sim_outbox_mail *m, sim_time now,
		   struct sim_err *err) SIM_MUST_CHECK;

/* The same work, and nothing is stored: who asks for nobody's mail is not to
 * know it by the time that takes. */
int sim_outbox_pretend(struct sim_db *db, const struct sim_seal_source *seal,
		       const struct sim_outbox_mail *m, sim_time now,
		       struct sim_err *err) SIM_MUST_CHECK;

/*
 * The next that is due, and mark it as being sent: one attempt more.  One whose
 * time is over is given up here.
 *
 * Gives:  1 and *m, or 0: none is due.
 * Errors: those of sim_seal_load and sim_seal_open, about one that is then
 *         given up; those of sim_db_begin.
 */
int sim_outbox_take(struct sim_db *db, const struct sim_seal_source *seal,
		    sim_time now, struct sim_outbox_mail *m,
		    struct sim_err *err) SIM_MUST_CHECK;
/* When the next is due; SIM_TIME_MAX: none waits. */
int sim_outbox_next(struct sim_db *db, sim_time *at, struct sim_err *err)
	SIM_MUST_CHECK;

/* What came of it: it was taken by the mail server; it is tried again at
 * `at`; it is given up.  `why` is kept (128 bytes of it).  The first and the
 * last are recorded. */
int sim_outbox_sent(struct sim_db *db, int64_t id, sim_time now,
		    struct sim_err *err) SIM_MUST_CHECK;
int sim_outbox_again(struct sim_db *db, int64_t id, sim_time at,
		     const char *why, struct sim_err *err) SIM_MUST_CHECK;
int sim_outbox_give_up(struct sim_db *db, int64_t id, sim_time now,
		       const char *why, struct sim_err *err) SIM_MUST_CHECK;

/* How many are neither sent nor given up. */
int sim_outbox_waiting(struct sim_db *db, int64_t *n, struct sim_err *err)
	SIM_MUST_CHECK;

/* How many there are of each kind. */
struct sim_outbox_stats {
	int64_t waiting, sent, failed;
};
int sim_outbox_stats(struct sim_db *db, struct sim_outbox_stats *out,
		     struct sim_err *err) SIM_MUST_CHECK;

/* Close again by the newest key what waits and was closed by another; inside a
 * transaction.  Gives: *n how many more. */
int sim_outbox_reseal(struct sim_db *db, const struct sim_seal *seal,
		      int64_t *n, struct sim_err *err) SIM_MUST_CHECK;

/* Forget those that were sent or given up and made before. */
int sim_outbox_forget(struct sim_db *db, sim_time before, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
