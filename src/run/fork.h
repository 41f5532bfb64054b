/*
 * fork: a run that shares another's history up to the end of a step and then
 * goes its own way: other rules, orders that are not sent, another strategy.
 *
 * Until its point a new strategy sees everything, and what it asks for is
 * refused without a trace.  A fork of a fork has two points.
 */
#ifndef SIM_FORK_H
#define SIM_FORK_H

#include "run/folder.h"
#include "util/mem.h"

#define SIM_FORK_POINTS 16
#define SIM_FORK_SETTINGS 32		/* at least those of config.h */
#define SIM_FORK_DROPS 1024

struct sim_fork_point {
	uint64_t seq, step;		/* newest event shared; that step */
	char run[SIM_FOLDER_ID];	/* the parent here, or "" elsewhere */
	char manifest[SIM_SHA256_HEX], log[SIM_SHA256_HEX];	/* parent's */
	struct sim_config config;	/* from there on */
	bool is_set[SIM_FORK_SETTINGS];	/* rows that were changed */
	uint32_t drop[SIM_FORK_DROPS];	/* order numbers */
	size_t ndrops;
	bool has_form;
	struct sim_form form;		/* with has_form */
	char hash[65];			/* of that strategy */
};

struct sim_fork {
	struct sim_fork_point *points;	/* SIM_FORK_POINTS, in order */
	size_t n;
	struct sim_run_turn turns[SIM_FORK_POINTS];
	struct sim_mem_arena arena;	/* what points borrow */
	struct sim_buf scripts[SIM_FORK_POINTS];
};

/* A fork without a point; released. */
void sim_fork_init(struct sim_fork *k);
void sim_fork_release(struct sim_fork *k);	/* all zero is fine too */

/*
 * The forks a saved run was made by; none for most.
 *
 * Gives:  *k, initialised before, released also after an error.
 * Errors: SIM_E_DATA a manifest that can't be read; SIM_E_NOENT a script is
 *         gone.
 */
int sim_fork_read(const struct sim_folder *f, const struct sim_config *base,
		  struct sim_fork *k, struct sim_err *err) SIM_MUST_CHECK;

/*
 * Where `at` is in a run: an event's number or a time.
 *
 * Gives:  *seq and *step: the end of the step of that event, or of the last
 *         step that ends at that time or before.
 * Errors: SIM_E_USAGE neither; SIM_E_NOENT no such event.
 */
int sim_fork_at(const struct sim_folder *f, const char *at, uint64_t *seq,
		uint64_t *step, struct sim_err *err) SIM_MUST_CHECK;

/* Can these orders be left out from that step on?  Errors: SIM_E_NOENT no such
 * order, SIM_E_INVAL it has ended by then or was made by the engine. */
int sim_fork_check_drops(const struct sim_folder *f,
			 const struct sim_fork_point *p, struct sim_err *err)
	SIM_MUST_CHECK;

/*
 * Add a point; equal steps stay in order.  Its hash is found.
 * Errors: SIM_E_INVAL too many; those of sim_form_open.
 */
int sim_fork_add(struct sim_fork *k, const struct sim_fork_point *p,
		 uint64_t seed, struct sim_err *err) SIM_MUST_CHECK;

/* Let a specification run so; k outlives it. */
void sim_fork_apply(struct sim_fork *k, struct sim_run_spec *spec);

/*
 * Is the parent's log shared up to the point?
 *
 * Errors: SIM_E_REPRO with the first event that differs: the strategy or the
 *         data is not what it was.
 */
int sim_fork_compare(const struct sim_folder *parent,
		     const struct sim_run_result *r,
		     const struct sim_fork_point *p, struct sim_err *err)
	SIM_MUST_CHECK;

/* Members of the manifest, and of a run's folder. */
void sim_fork_manifest(const struct sim_fork *k, struct sim_json *j);
int sim_fork_save(const struct sim_fork *k, const char *dir,
		  struct sim_err *err) SIM_MUST_CHECK;

/* The wrap of a specification: ctx is the struct sim_fork. */
int sim_fork_wrap(void *ctx, const struct sim_form *f, struct sim_strategy *s,
		  struct sim_err *err);

#endif
