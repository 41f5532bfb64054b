/*
 * bundle: a run and all that verifying it needs, in one file.
 *
 * A line of format, then parts: a line "NAME BYTES SHA256" and the bytes; the
 * last line is "end PARTS SHA256", the hash of all before it.  The same run
 * gives the same bytes.  What is read is not trusted: names, sizes and hashes
 * are checked before anything is used.
 */
#ifndef SIM_BUNDLE_H
#define SIM_BUNDLE_H

#include "run/verify.h"

#define SIM_BUNDLE_PARTS 100000		/* most of a bundle */
#define SIM_BUNDLE_NAME 64		/* bytes of a name, with NUL */

/* A part of a bundle that was read; it points into the bundle. */
struct sim_bundle_part {
	char name[SIM_BUNDLE_NAME];
	const char *data;
	size_t size;
};

struct sim_bundle {
	struct sim_bundle_part *parts;	/* names ascending */
	size_t n;
	/* Series made from parts, kept until the bundle is closed. */
	struct sim_bundle_series *series;
};

/*
 * Write a run's bundle.
 *
 * Takes:  spec, its inputs as sim_verify_spec gives them.
 * Gives:  appended to *out.
 * Errors: those of reading the run's folder.
 */
int sim_bundle_write(const struct sim_folder *f,
		     const struct sim_run_spec *spec, struct sim_buf *out,
		     struct sim_err *err) SIM_MUST_CHECK;

/*
 * Read one.
 *
 * Takes:  p, which outlives *b.
 * Gives:  *b, closed by the caller; written only on success.
 * Errors: SIM_E_DATA with what is wrong: no bundle, cut, altered, a name that
 *         no bundle has.
 */
int sim_bundle_parse(const char *p, size_t n, struct sim_bundle *b,
		     struct sim_err *err) SIM_MUST_CHECK;
void sim_bundle_close(struct sim_bundle *b);

/* Put its run among those of `dir` under the next free id. */
int sim_bundle_unpack(const struct sim_bundle *b, const char *dir,
		      char id[SIM_FOLDER_ID], struct sim_err *err)
	SIM_MUST_CHECK;
/* Put its calendars into `dir`, which is made when there are any. */
int sim_bundle_calendars(const struct sim_bundle *b, const char *dir,
			 struct sim_err *err) SIM_MUST_CHECK;

/*
 * A symbol's inputs from the bundle, as sim_verify_source.load gives them;
 * they live until the bundle is closed.
 *
 * Takes:  f, the unpacked run, whose manifest names instruments.
 */
int sim_bundle_load(struct sim_bundle *b, const struct sim_folder *f,
		    const char *symbol, struct sim_bar_tf tf,
		    struct sim_run_data *d, struct sim_err *err)
	SIM_MUST_CHECK;

#endif
