/*
 * file: files that are whole or absent.
 *
 * A replacement is written beside its target, fsynced, renamed over it, and
 * the folder is fsynced.  A crash leaves the old file or the new one.
 */
#ifndef SIM_FILE_H
#define SIM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* A read-only mapping; an empty file maps to len 0, data "". */
struct sim_file_map {
	const char *data;
	size_t len;
};
int sim_file_map(const char *path, struct sim_file_map *m, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_file_unmap(struct sim_file_map *m);
/* Give the memory of a mapping back; it is read again when touched. */
void sim_file_forget(const struct sim_file_map *m);

/* What messages call a path: "-" is standard input. */
const char *sim_file_called(const char *path);

/* Whole content into memory (path "-" is stdin), at most max bytes; a gzip
 * file is unpacked (the limit holds for what comes out).  Takes: *out must be
 * initialised; content is appended.  Errors: SIM_E_USAGE stdin was read before.
 */
int sim_file_read(const char *path, size_t max, struct sim_buf *out,
		  struct sim_err *err) SIM_MUST_CHECK;

/* Replace path by these bytes, atomically and durably, with this mode.  Of a
 * link, what it leads to is replaced; a device or a pipe is written to. */
int sim_file_write(const char *path, const void *p, size_t n, unsigned mode,
		   struct sim_err *err) SIM_MUST_CHECK;

/* The same in pieces: open makes path.tmp.PID, commit renames, abort (also
 * after a failed commit) removes. */
struct sim_file_new {
	int fd;
	char *path, *tmp;		/* tmp NULL: written where it is */
};
int sim_file_new_open(struct sim_file_new *f, const char *path, unsigned mode,
		      struct sim_err *err) SIM_MUST_CHECK;
int sim_file_new_write(struct sim_file_new *f, const void *p, size_t n,
		       struct sim_err *err) SIM_MUST_CHECK;
/* Let what was written start its way to the disk, so that commit waits less;
 * and write over what was written already. */
void sim_file_new_start(struct sim_file_new *f);
int sim_file_new_rewrite(struct sim_file_new *f, size_t at, const void *p,
			 size_t n, struct sim_err *err) SIM_MUST_CHECK;
int sim_file_new_commit(struct sim_file_new *f, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_file_new_abort(struct sim_file_new *f);

/* "dir/name"; freed with sim_mem_free. */
char *sim_file_join(const char *dir, const char *name);
/* Make a folder and its parents (0700 for those below HOME made anew). */
int sim_file_mkdirs(const char *path, struct sim_err *err) SIM_MUST_CHECK;
/* Remove a folder and what is in it (no links followed). */
int sim_file_remove_tree(const char *path, struct sim_err *err) SIM_MUST_CHECK;

/* An exclusive lock on a file (made when absent), waiting for it; the lock
 * dies with the process.  Unlock closes.
 * Errors: SIM_E_INTR when a signal was handled while waiting. */
int sim_file_lock(const char *path, int *fd, struct sim_err *err)
	SIM_MUST_CHECK;
/* The same on "PATH.lock", for whoever changes the file at PATH. */
int sim_file_lock_beside(const char *path, int *fd, struct sim_err *err)
	SIM_MUST_CHECK;
void sim_file_unlock(int fd);

#endif
